//! The little the screen says of a patient: how to speak to them, given name, birth year.

use chrono::NaiveDate;

use crate::card::{GivenName, Holder, Layout, PartialDate, Scan, Sex};
use crate::event::{AgeBand, CardKind, Moment, StationDay};

/// From this age a person is "ông" or "bà" and counts as "người cao tuổi" (Luật Người cao tuổi).
const ELDER: u32 = 60;

/// From this age people have their own VNeID account (NĐ 69/2024); below they are spoken to as
/// children.
const OWN_ACCOUNT: u32 = 14;

/// The oldest band of the campaigns.
const OLDEST_BAND: u32 = 70;

/// Nobody at a desk is older: what says so is a wrong date.
const OLDEST: u32 = 120;

/// The day on which ages are reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// The day.
    pub day: NaiveDate,
    /// Whether somebody vouches for it; else it is believed only as far as it can be.
    pub sure: bool,
}

impl Today {
    /// Whether ages may be reckoned on it: a clock that nobody vouches for and that shows a day before
    /// the program was written, or long after it can be in use, is known to be wrong.
    fn is_believed(self) -> bool {
        let day_of = |wall_ms| Moment { wall_ms, ..Moment::NEVER }.station_day().0;
        let plausible = day_of(Moment::PLAUSIBLE_MS.start)..day_of(Moment::PLAUSIBLE_MS.end);
        self.sure || plausible.contains(&self.day)
    }
}

/// A day that somebody vouches for.
impl From<NaiveDate> for Today {
    fn from(day: NaiveDate) -> Self {
        Self { day, sure: true }
    }
}

/// The day of a moment, as sure as the moment is.
impl From<Moment> for Today {
    fn from(now: Moment) -> Self {
        Self { day: now.station_day().0, sure: now.sure }
    }
}

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
        Scan::Opaque(_) => Some(CardKind::Opaque),
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
    pub fn from_scan(scan: &Scan, today: impl Into<Today>) -> Self {
        let today = today.into();
        let Some(holder) = scan.holder() else { return Self::default() };
        let Holder { given, birth, sex } = holder;
        // What lies in the future is no birth, unless it is the clock that is wrong.
        let birth = birth.filter(|birth| !today.sure || !birth.is_after(today.day));
        let age = birth.filter(|_| today.is_believed()).and_then(|birth| age_on(birth, today.day));
        Self {
            address: address(sex, age),
            given_name: given,
            birth_year: birth.map(PartialDate::year),
            age: age.map_or(AgeBand::Unknown, band),
        }
    }
}

/// The band of somebody born then, on this day.
pub fn age_band(birth: PartialDate, day: StationDay) -> AgeBand {
    age_on(birth, day.0).map_or(AgeBand::Unknown, band)
}

/// Completed years, where somebody can have them.
fn age_on(birth: PartialDate, day: NaiveDate) -> Option<u32> {
    if birth.is_after(day) {
        return None;
    }
    birth.age_on(day).filter(|age| *age <= OLDEST)
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
    fn no_age_is_taken_from_a_clock_that_cannot_be_right() {
        let card = "048090000011||Nguyễn Văn Mẫu|02011990|Nam|Tổ 2, Phường Thử|15042021";
        let on = |day: &str, sure: bool| {
            let day: NaiveDate = day.parse().unwrap();
            let scan = crate::card::decode(card.as_bytes(), day);
            let patient = Patient::from_scan(&scan, Today { day, sure });
            (patient.age, patient.address, patient.birth_year)
        };
        let known = (AgeBand::From14, Address::Brother, Some(1990));
        assert_eq!(on("2026-11-22", true), known);
        assert_eq!(on("2026-11-22", false), known);
        let unknown = (AgeBand::Unknown, Address::Neutral, Some(1990));
        for day in ["1970-01-01", "2000-01-01", "2026-10-01", "2099-01-01"] {
            assert_eq!(on(day, false), unknown, "{day}");
        }
        // Somebody vouches, so it is the card that is wrong.
        assert_eq!(on("1989-01-01", true), (AgeBand::Unknown, Address::Neutral, None));
        assert_eq!(on("2126-01-01", true), (AgeBand::Unknown, Address::Neutral, Some(1990)));
    }

    #[test]
    fn a_birth_in_the_future_is_none_and_a_lost_one_is_the_numbers_year() {
        let told = |birth: &str| {
            let card = format!("048090000011||Mẫu|{birth}|Nam|Tổ 2, Phường Thử|15042021");
            let today: NaiveDate = "2026-11-22".parse().unwrap();
            let patient = Patient::from_scan(&crate::card::decode(card.as_bytes(), today), today);
            (patient.birth_year, patient.age)
        };
        assert_eq!(told("23112026"), (None, AgeBand::Unknown));
        assert_eq!(told("22112026"), (Some(2026), AgeBand::Under14));
        assert_eq!(told("31021990"), (Some(1990), AgeBand::From14));
        assert_eq!(told(""), (Some(1990), AgeBand::From14));
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
