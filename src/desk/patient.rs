//! The little the screen says of a patient: how to speak to them, given name, birth year.

use crate::card::{GivenName, Holder, Layout, PartialDate, Scan, Sex};
use crate::event::{AgeBand, CardKind};

/// From this age a person is "ông" or "bà" and counts as "người cao tuổi" (Luật Người cao tuổi).
const ELDER: u32 = 60;

/// From this age people have their own VNeID account (NĐ 69/2024); below they are spoken to as
/// children.
const OWN_ACCOUNT: u32 = 14;

/// The oldest band of the campaigns.
const OLDEST_BAND: u32 = 70;

/// What kind of document a scan came from; `None` when it is none.
pub fn kind_of(scan: &Scan) -> Option<CardKind> {
    match scan {
        Scan::Citizen(card) => Some(match card.layout {
            Layout::Cccd2021 => CardKind::Cccd,
            Layout::CanCuoc2024 => CardKind::CanCuoc,
        }),
        Scan::Insurance(_) => Some(CardKind::Insurance),
        Scan::PersonalNumber(_) => Some(CardKind::PersonalNumber),
        Scan::InsuranceNumber(_) => Some(CardKind::InsuranceNumber),
        Scan::Opaque => Some(CardKind::Opaque),
        Scan::Command(_) | Scan::Url | Scan::Payment | Scan::Unreadable(_) => None,
    }
}

/// How a Vietnamese speaker addresses the patient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Address {
    /// "ông/bà": sex or age unknown.
    #[default]
    Neutral,
    /// "ông".
    Grandfather,
    /// "bà".
    Grandmother,
    /// "anh".
    Brother,
    /// "chị".
    Sister,
    /// "cháu".
    Child,
}

/// Who stands at the desk, as far as the screen shows it. Wiped with the session.
#[derive(Default)]
pub struct Patient {
    /// How to speak to them.
    pub address: Address,
    /// Given name only.
    pub given_name: Option<GivenName>,
    /// Birth year.
    pub birth_year: Option<i32>,
    /// Age band today.
    pub age: AgeBand,
}

impl Patient {
    /// Takes over what another document of the same person tells, where nothing was known.
    pub(super) fn learn(&mut self, other: Self) {
        if self.given_name.is_none() {
            self.given_name = other.given_name;
        }
        if self.birth_year.is_none() {
            self.birth_year = other.birth_year;
        }
        if self.address == Address::Neutral {
            self.address = other.address;
        }
        if self.age == AgeBand::Unknown {
            self.age = other.age;
        }
    }

    /// What `scan` tells of its holder on the day `today`.
    pub fn from_scan(scan: &Scan, today: chrono::NaiveDate) -> Self {
        let Some(holder) = scan.holder() else { return Self::default() };
        let Holder { given, birth, sex } = holder;
        let age = birth.and_then(|birth| birth.age_on(today));
        Self {
            address: address(sex, age),
            given_name: given,
            birth_year: birth.map(PartialDate::year),
            age: age.map_or(AgeBand::Unknown, band),
        }
    }
}

fn address(sex: Option<Sex>, age: Option<u32>) -> Address {
    let (Some(sex), Some(age)) = (sex, age) else { return Address::Neutral };
    match (age, sex) {
        (..OWN_ACCOUNT, _) => Address::Child,
        (OWN_ACCOUNT..ELDER, Sex::Male) => Address::Brother,
        (OWN_ACCOUNT..ELDER, Sex::Female) => Address::Sister,
        (ELDER.., Sex::Male) => Address::Grandfather,
        (ELDER.., Sex::Female) => Address::Grandmother,
    }
}

fn band(age: u32) -> AgeBand {
    match age {
        ..OWN_ACCOUNT => AgeBand::Under14,
        OWN_ACCOUNT..ELDER => AgeBand::From14,
        ELDER..OLDEST_BAND => AgeBand::From60,
        OLDEST_BAND.. => AgeBand::From70,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_spoken_to_by_age_and_sex() {
        for (sex, age, expected) in [
            (Some(Sex::Female), Some(76), Address::Grandmother),
            (Some(Sex::Male), Some(60), Address::Grandfather),
            (Some(Sex::Male), Some(59), Address::Brother),
            (Some(Sex::Female), Some(14), Address::Sister),
            (Some(Sex::Female), Some(13), Address::Child),
            (None, Some(13), Address::Neutral),
            (Some(Sex::Male), None, Address::Neutral),
        ] {
            assert_eq!(address(sex, age), expected, "{age:?}");
        }
    }

    #[test]
    fn bands_change_on_the_birthdays_of_the_plans() {
        for (age, expected) in [
            (0, AgeBand::Under14),
            (13, AgeBand::Under14),
            (14, AgeBand::From14),
            (59, AgeBand::From14),
            (60, AgeBand::From60),
            (69, AgeBand::From60),
            (70, AgeBand::From70),
            (120, AgeBand::From70),
        ] {
            assert_eq!(band(age), expected, "{age}");
        }
    }
}
