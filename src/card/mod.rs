//! From the bytes of one scan to what they are: a citizen card, a BHYT card, a number, a command
//! card, or a reason why not. Total: no bytes panic, none make it allocate more than a few times
//! their size, and none are refused without a reason. It proves that a card was scanned and never
//! that VNeID was used: both can carry the same string. Cross-checks warn and never refuse.

pub mod answer;
mod charset;
mod citizen;
mod command;
mod date;
mod fields;
mod hex;
mod holder;
mod insurance;
mod insurance_id;
pub mod json;
mod link;
mod lost_letters;
mod marks;
mod name;
mod name_and_birth;
mod number_form;
mod person;
mod personal_id;
mod province;
mod secret;
mod setting;
pub mod shape;
mod telex;
mod text;
mod token;
mod typed_number;
mod unreadable;
mod warning;

use chrono::NaiveDate;

use fields::Fields;
use marks::Unmarked;

pub use citizen::{CitizenCard, Layout};
pub use command::Command;
pub use date::PartialDate;
pub use holder::Holder;
pub use insurance::InsuranceCard;
pub use insurance_id::OBJECT_CODES;
pub use name_and_birth::NameAndBirth;
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
    /// A token that cannot be read here and looks like VNeID's changing QR. It only tells the same
    /// code again.
    Opaque(Identity),
    /// An address on the web or in an app. It is not kept.
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
            | Self::Opaque(_)
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
    let read = text::read(answer::without_answers(record));
    let text = read.text.trim();
    recognise(text, read.warnings, today).unwrap_or_else(|reason| {
        let cut = read.cut && reason == Reason::FieldCount;
        let reason = if cut { Reason::Truncated } else { reason };
        unreadable(reason, setting::of_text(text))
    })
}

/// Tells the kinds apart. Our own marks come first, then numbers, then guesses.
fn recognise(text: &str, mut warnings: Warnings, today: NaiveDate) -> Result<Scan, Reason> {
    let Unmarked { rest, is_goods } = marks::take_off(text);
    if rest.is_some() {
        warnings.add(Warning::SymbologyMark);
    }
    let text = rest.as_deref().map_or(text, String::as_str);
    if let Some(command) = Command::find(text) {
        return command.map(Scan::Command).ok_or(Reason::Unknown);
    }
    let fields = Fields::of(text);
    if is_goods && fields.count == 1 {
        // Twelve digits under the mark of a bar code of goods are no personal number.
        return Err(Reason::Unknown);
    }
    let first = fields.get(0);
    if fields.count == 1 {
        return alone(first);
    }
    if link::is_link(text) {
        return Ok(Scan::Url);
    }
    if let Some(known) = card(first, &fields, warnings, today) {
        return known;
    }
    if is_payment(text) {
        return Ok(Scan::Payment);
    }
    let number = marks::number_of_card(&fields).ok_or(Reason::BadId)?;
    warnings.add(Warning::CodeId);
    card(number, &fields, warnings, today).unwrap_or(Err(Reason::BadId))
}

/// A record of several fields that begins with a number; `None` where it begins with none.
fn card(
    number: &str,
    fields: &Fields<'_>,
    mut warnings: Warnings,
    today: NaiveDate,
) -> Option<Result<Scan, Reason>> {
    if let Some(id) = PersonalId::parse(number) {
        return Some(if insurance::follows_personal_number(fields) {
            let card = insurance::read(InsuranceId::personal(&id), fields, warnings, today);
            Ok(Scan::Insurance(Box::new(card)))
        } else if fields.count < citizen::FIELDS {
            Err(Reason::FieldCount)
        } else if citizen::contradicts(fields) {
            Err(Reason::Unknown)
        } else {
            Ok(Scan::Citizen(Box::new(citizen::read(id, fields, warnings, today))))
        });
    }
    let id = InsuranceId::parse_or_cut(number, &mut warnings)?;
    Some(if fields.count < insurance::FEWEST_FIELDS {
        let is_cut = hex::ends_inside_a_byte(fields.last);
        Err(if is_cut { Reason::Truncated } else { Reason::FieldCount })
    } else {
        Ok(Scan::Insurance(Box::new(insurance::read(id, fields, warnings, today))))
    })
}

/// What a text without fields is.
fn alone(text: &str) -> Result<Scan, Reason> {
    let number = |text: &str| {
        PersonalId::parse(text)
            .filter(PersonalId::can_stand_alone)
            .map(Scan::PersonalNumber)
            .or_else(|| InsuranceId::parse(text).map(Scan::InsuranceNumber))
    };
    if let Some(number) = number(text).or_else(|| marks::bare_number(text).and_then(number)) {
        Ok(number)
    } else if setting::has_wrong_separator(text) {
        Err(Reason::WrongSeparator)
    } else if is_payment(text) {
        Ok(Scan::Payment)
    } else if token::is_like_vneid(text) {
        Ok(Scan::Opaque(holder::by_code(text)))
    } else if link::is_link(text) {
        Ok(Scan::Url)
    } else {
        Err(Reason::Unknown)
    }
}

/// A payment code of EMVCo (VietQR): it begins with its version, field 00 of length 02.
fn is_payment(text: &str) -> bool {
    text.starts_with("000201")
}

#[cfg(test)]
mod tests;
