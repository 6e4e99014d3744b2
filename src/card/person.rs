//! What both kinds of card say of a person and of their own dates, with the warnings that go with
//! it.

use chrono::NaiveDate;

use super::charset;
use super::date::{self, PartialDate, Reading, Style};
use super::warning::{Warning, Warnings};

/// Sex as documents state it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Sex {
    /// `Nam` or `Nữ`, in any case, also without marks, and where UTF-8 was taken for Latin-1.
    pub(super) fn in_words(field: &str) -> Option<Self> {
        Self::in_good_words(field)
            .or_else(|| charset::undo_mojibake(field).and_then(|field| Self::in_good_words(&field)))
    }

    fn in_good_words(field: &str) -> Option<Self> {
        if field.eq_ignore_ascii_case("nam") {
            Some(Self::Male)
        } else if matches!(field, "Nữ" | "nữ" | "NỮ" | "nỮ") || field.eq_ignore_ascii_case("nu")
        {
            Some(Self::Female)
        } else {
            None
        }
    }
}

/// A date of birth.
pub(super) fn birth(
    field: &str,
    style: Style,
    today: NaiveDate,
    warnings: &mut Warnings,
) -> Option<PartialDate> {
    match date::read(field, style) {
        Reading::Absent => {
            warnings.add(Warning::BirthMissing);
            None
        }
        Reading::Invalid => {
            warnings.add(Warning::BirthInvalid);
            None
        }
        Reading::Known { date, zeros, nonstandard } => {
            if zeros {
                warnings.add(Warning::BirthDayMonthZero);
            }
            if nonstandard {
                warnings.add(Warning::NonstandardDate);
            }
            if date.is_after(today) {
                warnings.add(Warning::BirthInFuture);
            }
            Some(date)
        }
    }
}

/// A date of the card itself; each kind of card has its own word for one that is none.
pub(super) fn date_of_card(
    field: &str,
    style: Style,
    invalid: Warning,
    warnings: &mut Warnings,
) -> Option<PartialDate> {
    match date::read(field, style) {
        Reading::Absent => None,
        Reading::Invalid => {
            warnings.add(invalid);
            None
        }
        Reading::Known { date, zeros, nonstandard } => {
            if zeros || nonstandard {
                warnings.add(Warning::NonstandardDate);
            }
            Some(date)
        }
    }
}
