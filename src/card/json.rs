//! The JSON of `tiepdon decode`. This is the only place where personal data leaves the secret
//! types, on purpose: the command is the IT officer's tool to see what a reader sends. Nothing of
//! it may be logged, exported or kept. Keys and slugs are a public contract.

use serde::{Serialize, Serializer};

use super::citizen::CitizenCard;
use super::date::PartialDate;
use super::insurance::InsuranceCard;
use super::person::Sex;
use super::secret::{Address, Name, OldId};
use super::setting::ReaderSetting;
use super::warning::{Warning, Warnings};
use super::{InsuranceId, PersonalId, Scan, Unreadable};

/// A scan to be written as one JSON object, `kind` first.
pub fn view(scan: &Scan) -> impl Serialize {
    match scan {
        Scan::Citizen(card) => View::from(&**card),
        Scan::Insurance(card) => View::from(&**card),
        Scan::PersonalNumber(id) => View::from(id),
        Scan::InsuranceNumber(id) => View::from(id),
        Scan::Command(command) => View::Command { code: command.code() },
        Scan::Opaque(_) => View::Opaque {},
        Scan::Url => View::Url {},
        Scan::Payment => View::Payment {},
        Scan::Unreadable(unreadable) => View::from(*unreadable),
    }
}

/// The objects, their keys in the order in which they are written.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum View<'a> {
    CitizenCard {
        layout: &'static str,
        personal_id: &'a str,
        old_id: Option<&'a str>,
        name: Option<&'a str>,
        birth: Option<PartialDate>,
        sex: Option<Sex>,
        address: Option<&'a str>,
        issued: Option<PartialDate>,
        extras: usize,
        province_at_registration: Option<&'static str>,
        warnings: Warnings,
    },
    InsuranceCard {
        number: &'a str,
        object_code: Option<&'a str>,
        benefit_code: Option<&'a str>,
        unit_code: Option<&'a str>,
        bhxh_id: Option<&'a str>,
        name: Option<&'a str>,
        birth: Option<PartialDate>,
        sex: Option<Sex>,
        address: Option<&'a str>,
        facility: Option<&'a str>,
        valid_from: Option<PartialDate>,
        valid_to: Option<PartialDate>,
        five_years: Option<PartialDate>,
        warnings: Warnings,
    },
    PersonalId {
        personal_id: &'a str,
        province_at_registration: Option<&'static str>,
        warnings: Warnings,
    },
    InsuranceId {
        number: &'a str,
        object_code: Option<&'a str>,
        benefit_code: Option<&'a str>,
        unit_code: Option<&'a str>,
        bhxh_id: Option<&'a str>,
        warnings: Warnings,
    },
    Command {
        code: &'static str,
    },
    Opaque {},
    Url {},
    Payment {},
    Unreadable {
        reason: &'static str,
        advice: &'static str,
        reader_setting: Option<&'static str>,
        reader_advice: Option<&'static str>,
    },
}

impl<'a> From<&'a CitizenCard> for View<'a> {
    fn from(card: &'a CitizenCard) -> Self {
        Self::CitizenCard {
            layout: card.layout.slug(),
            personal_id: card.personal_id.reveal(),
            old_id: card.old_id.as_ref().map(OldId::reveal),
            name: card.name.as_ref().map(Name::reveal),
            birth: card.birth,
            sex: card.sex,
            address: card.address.as_ref().map(Address::reveal),
            issued: card.issued,
            extras: card.extras,
            province_at_registration: card.personal_id.province_at_registration(),
            warnings: card.warnings,
        }
    }
}

impl<'a> From<&'a InsuranceCard> for View<'a> {
    fn from(card: &'a InsuranceCard) -> Self {
        Self::InsuranceCard {
            number: card.number.reveal(),
            object_code: card.number.object_code(),
            benefit_code: card.number.benefit_code(),
            unit_code: card.number.unit_code(),
            bhxh_id: card.number.bhxh_id(),
            name: card.name.as_ref().map(Name::reveal),
            birth: card.birth,
            sex: card.sex,
            address: card.address.as_ref().map(Address::reveal),
            facility: card.facility.as_deref(),
            valid_from: card.valid_from,
            valid_to: card.valid_to,
            five_years: card.five_years,
            warnings: card.warnings,
        }
    }
}

impl<'a> From<&'a PersonalId> for View<'a> {
    fn from(id: &'a PersonalId) -> Self {
        let province_at_registration = id.province_at_registration();
        let mut warnings = Warnings::default();
        if province_at_registration.is_none() {
            warnings.add(Warning::ProvinceUnknown);
        }
        Self::PersonalId { personal_id: id.reveal(), province_at_registration, warnings }
    }
}

impl<'a> From<&'a InsuranceId> for View<'a> {
    fn from(id: &'a InsuranceId) -> Self {
        let mut warnings = Warnings::default();
        id.check(&mut warnings);
        Self::InsuranceId {
            number: id.reveal(),
            object_code: id.object_code(),
            benefit_code: id.benefit_code(),
            unit_code: id.unit_code(),
            bhxh_id: id.bhxh_id(),
            warnings,
        }
    }
}

impl From<Unreadable> for View<'_> {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable {
            reason: unreadable.reason.slug(),
            advice: unreadable.advice(),
            reader_setting: unreadable.setting.map(ReaderSetting::slug),
            reader_advice: unreadable.setting.map(ReaderSetting::advice),
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Sex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Male => "male",
            Self::Female => "female",
        })
    }
}

impl Serialize for Warnings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Warning::slug))
    }
}
