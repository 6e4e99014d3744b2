//! From the bytes of one scan to what they are: a citizen card, a BHYT card, a number, a command
//! card, or a reason why not. Total: no bytes panic, none make it allocate more than a few times
//! their size, and none are refused without a reason. It proves that a card was scanned and never
//! that VNeID was used: both can carry the same string. Cross-checks warn and never refuse.

mod charset;
mod citizen;
mod command;
mod date;
mod hex;
mod holder;
mod insurance;
mod insurance_id;
pub mod json;
mod name;
mod number_form;
mod person;
mod personal_id;
mod province;
mod secret;
mod setting;
mod telex;
mod text;
mod typed_number;
mod unreadable;
mod warning;

use chrono::NaiveDate;

pub use citizen::{CitizenCard, Layout};
pub use command::Command;
pub use date::PartialDate;
pub use holder::Holder;
pub use insurance::InsuranceCard;
pub use insurance_id::OBJECT_CODES;
pub use number_form::{Code, LONGEST_NUMBER, NumberForm, NumberRule, Pattern, PatternError};
pub use person::Sex;
pub use secret::{Address, GivenName, Identity, InsuranceId, Name, OldId, PersonalId};
pub use setting::ReaderSetting;
pub use typed_number::{Issuer, Misfit, Possible, ScannedNumber, TypedNumber, Verdict};
pub use unreadable::{Reason, Unreadable};
pub use warning::{Warning, Warnings};

/// Longest record that is looked at, in bytes. The longest card is about 600; 2 KiB is nearly
/// what the largest QR code can hold.
pub const MAX_RECORD: usize = 2048;

/// Shortest token that may be VNeID's changing QR. Shorter ones are bar codes of things.
const SHORTEST_TOKEN: usize = 24;

/// What one record of the reader is.
pub enum Scan {
    /// A citizen card, or the same string out of VNeID.
    Citizen(Box<CitizenCard>),
    /// A BHYT card.
    Insurance(Box<InsuranceCard>),
    /// A personal number alone.
    PersonalNumber(PersonalId),
    /// A BHYT or BHXH number alone.
    InsuranceNumber(InsuranceId),
    /// One of our own command cards.
    Command(Command),
    /// A long token that cannot be read here, most likely VNeID's changing QR. It is not kept.
    Opaque,
    /// A web address. It is not kept.
    Url,
    /// A bank's payment code. It is not kept.
    Payment,
    /// Of no use, and why.
    Unreadable(Unreadable),
}

impl Scan {
    /// Names the setting that may have made this record unreadable, if none is named yet.
    pub fn suspect(&mut self, suspected: ReaderSetting) {
        if let Self::Unreadable(unreadable) = self {
            unreadable.setting.get_or_insert(suspected);
        }
    }

    /// The setting of the reader to change, if what it sent points to one.
    #[must_use]
    pub fn diagnose(&self) -> Option<ReaderSetting> {
        match self {
            Self::Citizen(card) => setting::of_warnings(card.warnings),
            Self::Insurance(card) => setting::of_warnings(card.warnings),
            Self::Unreadable(unreadable) => unreadable.setting,
            Self::PersonalNumber(_)
            | Self::InsuranceNumber(_)
            | Self::Command(_)
            | Self::Opaque
            | Self::Url
            | Self::Payment => None,
        }
    }
}

/// Says what a record is. `today` decides what has expired and what lies in the future.
#[must_use]
pub fn decode(record: &[u8], today: NaiveDate) -> Scan {
    let unreadable = |reason, setting| Scan::Unreadable(Unreadable { reason, setting });
    if record.len() > MAX_RECORD {
        return unreadable(Reason::TooLong, None);
    }
    if let Some(setting) = setting::of_packing(record) {
        return unreadable(Reason::Unknown, Some(setting));
    }
    let read = text::read(record);
    let text = read.text.trim();
    recognise(text, read.warnings, today).unwrap_or_else(|reason| {
        let cut = read.cut && reason == Reason::FieldCount;
        let reason = if cut { Reason::Truncated } else { reason };
        unreadable(reason, setting::of_text(text))
    })
}

/// Tells the kinds apart. Our own marks come first, then numbers, then guesses.
fn recognise(text: &str, mut warnings: Warnings, today: NaiveDate) -> Result<Scan, Reason> {
    let text = match without_symbology_mark(text) {
        Some(rest) => {
            warnings.add(Warning::SymbologyMark);
            rest
        }
        None => text,
    };
    if Command::claims(text) {
        return Command::read(text).map(Scan::Command).ok_or(Reason::Unknown);
    }
    if is_url(text) {
        return Ok(Scan::Url);
    }
    let mut fields = text.split('|');
    let first = fields.next().unwrap_or_default().trim();
    let rest = fields.clone().count();
    if let Some(id) = PersonalId::parse(first) {
        return match 1 + rest {
            1 => Ok(Scan::PersonalNumber(id)),
            count if count < citizen::FIELDS => Err(Reason::FieldCount),
            count => Ok(Scan::Citizen(Box::new(citizen::read(id, fields, count, warnings, today)))),
        };
    }
    if rest == 0 {
        return match InsuranceId::parse(first) {
            Some(id) => Ok(Scan::InsuranceNumber(id)),
            None if setting::has_wrong_separator(text) => Err(Reason::WrongSeparator),
            None => unparted(text),
        };
    }
    if let Some(id) = InsuranceId::parse_or_cut(first, &mut warnings) {
        let count = 1 + rest;
        return if count < insurance::FEWEST_FIELDS {
            let cut = text.rsplit('|').next().is_some_and(hex::ends_inside_a_byte);
            Err(if cut { Reason::Truncated } else { Reason::FieldCount })
        } else {
            let card = insurance::read(id, fields, count, warnings, today);
            Ok(Scan::Insurance(Box::new(card)))
        };
    }
    if is_payment(text) { Ok(Scan::Payment) } else { Err(Reason::BadId) }
}

/// What a text without fields is, if it is no number.
fn unparted(text: &str) -> Result<Scan, Reason> {
    if is_payment(text) {
        return Ok(Scan::Payment);
    }
    // A token has letters; a long row of digits is a bar code of goods.
    let is_token = text.len() >= SHORTEST_TOKEN
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if is_token { Ok(Scan::Opaque) } else { Err(Reason::Unknown) }
}

/// What follows the symbology mark (`]Q1`, then perhaps `\000026` for UTF-8) that some readers are
/// set to send in front of a code (ISO/IEC 15424).
fn without_symbology_mark(text: &str) -> Option<&str> {
    let marked = text.strip_prefix(']')?;
    let mut chars = marked.chars();
    let (symbology, modifier) = (chars.next()?, chars.next()?);
    if !symbology.is_ascii_alphabetic() || !modifier.is_ascii_alphanumeric() {
        return None;
    }
    let rest = chars.as_str();
    let without_eci = rest.strip_prefix('\\').and_then(|eci| eci.split_at_checked(6));
    match without_eci {
        Some((eci, rest)) if eci.bytes().all(|byte| byte.is_ascii_digit()) => Some(rest),
        Some(_) | None => Some(rest),
    }
}

/// A web address, with or without its scheme.
fn is_url(text: &str) -> bool {
    ["http://", "https://", "www."]
        .into_iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// A payment code of EMVCo (VietQR): it begins with its version, field 00 of length 02.
fn is_payment(text: &str) -> bool {
    text.starts_with("000201")
}

#[cfg(test)]
mod tests;
