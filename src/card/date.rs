//! Dates as precise as a card knows them. Many old people have only a year of birth, and a day
//! that is not on the card is never made up.

use std::fmt;

use chrono::{Datelike as _, NaiveDate};

/// Years a card can carry. 1900 is what the century digit of the personal number begins with;
/// anything later than today is told by a warning, not here.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

/// A date of which day, or day and month, may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialDate {
    /// Only the year, 1900 to 2199.
    Year(i32),
    /// Year and month.
    Month {
        /// 1900 to 2199.
        year: i32,
        /// 1 to 12.
        month: u32,
    },
    /// The full date.
    Day(NaiveDate),
}

impl PartialDate {
    /// The year, always known.
    #[must_use]
    pub fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Month { year, .. } => year,
            Self::Day(date) => date.year(),
        }
    }

    /// The first day it can be: what is unknown counts as the first.
    fn first_day(self) -> (i32, u32, u32) {
        match self {
            Self::Year(year) => (year, 1, 1),
            Self::Month { year, month } => (year, month, 1),
            Self::Day(date) => (date.year(), date.month(), date.day()),
        }
    }

    /// The last day it can be; days of month 31 and 32 only compare, they are never shown.
    fn last_day(self) -> (i32, u32, u32) {
        match self {
            Self::Year(year) => (year, 12, 31),
            Self::Month { year, month } => (year, month, 31),
            Self::Day(date) => (date.year(), date.month(), date.day()),
        }
    }

    /// Completed years on `day`, `None` before birth.
    ///
    /// An unknown birthday counts as the first day it can be, so with a year alone the age is the
    /// difference of the years. Vietnamese social insurance reckons likewise (day and month
    /// unknown: 1 January), and it keeps the old people it concerns in the band that gets help.
    /// Somebody born on 29 February is a year older on 1 March.
    #[must_use]
    pub fn age_on(self, day: NaiveDate) -> Option<u32> {
        let (year, month, first) = self.first_day();
        let before_birthday = (day.month(), day.day()) < (month, first);
        u32::try_from(day.year() - year - i32::from(before_birthday)).ok()
    }

    /// Whether both can be the same day.
    #[must_use]
    pub fn may_be(self, other: Self) -> bool {
        let are_same = |one: Option<u32>, other: Option<u32>| {
            one.zip(other).is_none_or(|(one, other)| one == other)
        };
        self.year() == other.year()
            && are_same(self.month(), other.month())
            && are_same(self.day(), other.day())
    }

    fn month(self) -> Option<u32> {
        match self {
            Self::Year(_) => None,
            Self::Month { month, .. } => Some(month),
            Self::Day(date) => Some(date.month()),
        }
    }

    fn day(self) -> Option<u32> {
        match self {
            Self::Year(_) | Self::Month { .. } => None,
            Self::Day(date) => Some(date.day()),
        }
    }

    /// Whether even the first day it can be lies after `day`.
    #[must_use]
    pub fn is_after(self, day: NaiveDate) -> bool {
        self.first_day() > (day.year(), day.month(), day.day())
    }

    /// Whether even the last day it can be lies before `day`.
    pub(super) fn is_before(self, day: NaiveDate) -> bool {
        self.last_day() < (day.year(), day.month(), day.day())
    }
}

/// ISO 8601 as precise as known: `1950`, `1950-03` or `1950-03-07`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Day(date) => write!(f, "{date}"),
        }
    }
}

/// How a kind of card writes its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `ddMMyyyy`, `MMyyyy` or `yyyy`: citizen cards.
    Digits,
    /// `dd/MM/yyyy`, `MM/yyyy` or `yyyy`: BHYT cards.
    Slashes,
}

/// What a date field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing, or the `-` that stands for nothing.
    Absent,
    /// Something that is no date.
    Invalid,
    /// A date.
    Known {
        /// As precise as it is written.
        date: PartialDate,
        /// Day or month was `00`.
        zeros: bool,
        /// Written in another way than [`Style`] says.
        nonstandard: bool,
    },
}

/// Reads a date field in any way of writing that was seen, and tells whether it is the usual one.
pub(super) fn read(field: &str, style: Style) -> Reading {
    let field = field.trim();
    if field.is_empty() || field == "-" {
        return Reading::Absent;
    }
    let parts = if field.bytes().all(|byte| byte.is_ascii_digit()) {
        undivided(field)
    } else {
        divided(field)
    };
    let Some(((day, month, year), written)) = parts else { return Reading::Invalid };
    match partial_date(day, month, year) {
        Some((date, zeros)) => {
            let nonstandard = match written {
                Written::YearAlone => false,
                Written::Undivided => style != Style::Digits,
                Written::Slashes => style != Style::Slashes,
                Written::Otherwise => true,
            };
            Reading::Known { date, zeros, nonstandard }
        }
        None => Reading::Invalid,
    }
}

/// Whether a field is a date of which day, month and year are written.
pub(super) fn is_full(field: &str) -> bool {
    field.trim().len() >= 8 && matches!(read(field, Style::Digits), Reading::Known { .. })
}

/// The way a date is written.
#[derive(Clone, Copy)]
enum Written {
    YearAlone,
    Undivided,
    Slashes,
    Otherwise,
}

/// Day, month and year as numbers; `None` where the field does not have them.
type Parts = ((Option<u32>, Option<u32>, u32), Written);

/// `yyyy`, `MMyyyy`, `ddMMyyyy`.
fn undivided(digits: &str) -> Option<Parts> {
    let number = |from, to| digits.get(from..to).and_then(|part| part.parse().ok());
    match digits.len() {
        4 => Some(((None, None, number(0, 4)?), Written::YearAlone)),
        6 => Some(((None, number(0, 2), number(2, 6)?), Written::Undivided)),
        8 => Some(((number(0, 2), number(2, 4), number(4, 8)?), Written::Undivided)),
        _ => None,
    }
}

/// `dd/MM/yyyy`, `MM/yyyy`, `yyyy-MM-dd` and the like, divided by `/`, `-` or `.`.
fn divided(field: &str) -> Option<Parts> {
    let divider = field.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = field.split(divider).map(str::trim);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let year = |part: &str| (part.len() == 4).then(|| number(part)).flatten();
    let short = |part: &str| (part.len() <= 2).then(|| number(part)).flatten();
    let padded = |part: &str| part.len() == 2;
    let slashes = |usual: bool| match usual && divider == '/' {
        true => Written::Slashes,
        false => Written::Otherwise,
    };
    let Some(third) = third else {
        let parts = (None, Some(short(first)?), year(second)?);
        return Some((parts, slashes(padded(first))));
    };
    if first.len() == 4 {
        return Some((
            (Some(short(third)?), Some(short(second)?), year(first)?),
            Written::Otherwise,
        ));
    }
    let parts = (Some(short(first)?), Some(short(second)?), year(third)?);
    Some((parts, slashes(padded(first) && padded(second))))
}

/// A number of ASCII digits only: `parse` alone would take `+1`.
fn number(part: &str) -> Option<u32> {
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
}

/// The date of these parts, and whether one of them was zero and therefore unknown.
fn partial_date(day: Option<u32>, month: Option<u32>, year: u32) -> Option<(PartialDate, bool)> {
    if !YEARS.contains(&year) {
        return None;
    }
    let year = i32::try_from(year).ok()?;
    match (day, month) {
        (_, None) => Some((PartialDate::Year(year), false)),
        (day, Some(0)) if day.unwrap_or_default() <= 31 => Some((PartialDate::Year(year), true)),
        (day @ (None | Some(0)), Some(month @ 1..=12)) => {
            Some((PartialDate::Month { year, month }, day.is_some()))
        }
        (Some(day), Some(month)) => {
            NaiveDate::from_ymd_opt(year, month, day).map(|date| (PartialDate::Day(date), false))
        }
        (None, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn known(field: &str, style: Style) -> (String, bool, bool) {
        match read(field, style) {
            Reading::Known { date, zeros, nonstandard } => (date.to_string(), zeros, nonstandard),
            other @ (Reading::Absent | Reading::Invalid) => panic!("{field}: {other:?}"),
        }
    }

    #[test]
    fn dates_are_as_precise_as_they_are_written() {
        let table = [
            ("02011990", Style::Digits, "1990-01-02", false, false),
            ("1950", Style::Digits, "1950", false, false),
            ("031950", Style::Digits, "1950-03", false, false),
            ("00001950", Style::Digits, "1950", true, false),
            ("00031950", Style::Digits, "1950-03", true, false),
            ("001950", Style::Digits, "1950", true, false),
            ("02/01/1990", Style::Digits, "1990-01-02", false, true),
            ("2-1-1990", Style::Digits, "1990-01-02", false, true),
            ("02.01.1990", Style::Digits, "1990-01-02", false, true),
            ("1990-01-02", Style::Digits, "1990-01-02", false, true),
            (" 02011990 ", Style::Digits, "1990-01-02", false, false),
            ("02/01/1990", Style::Slashes, "1990-01-02", false, false),
            ("2/1/1990", Style::Slashes, "1990-01-02", false, true),
            ("03/1950", Style::Slashes, "1950-03", false, false),
            ("1950", Style::Slashes, "1950", false, false),
            ("00/00/1950", Style::Slashes, "1950", true, false),
            ("02011990", Style::Slashes, "1990-01-02", false, true),
            ("29022000", Style::Digits, "2000-02-29", false, false),
        ];
        for (field, style, date, zeros, nonstandard) in table {
            assert_eq!(known(field, style), (date.to_owned(), zeros, nonstandard), "{field}");
        }
    }

    #[test]
    fn what_is_no_date_is_never_turned_into_one() {
        for field in [
            "31021990",
            "32011990",
            "02131990",
            "29021900",
            "02011899",
            "0201",
            "020119901",
            "150420",
            "abc",
            "02/01",
            "02/01/90",
            "02/01/1990/1",
            "+2/01/1990",
            "/",
            "2-",
            "--",
            "０２０１１９９０",
            "99990000",
            "131950",
        ] {
            assert_eq!(read(field, Style::Digits), Reading::Invalid, "{field}");
            assert_eq!(read(field, Style::Slashes), Reading::Invalid, "{field}");
        }
        for field in ["", "  ", "-", " - "] {
            assert_eq!(read(field, Style::Slashes), Reading::Absent, "{field:?}");
        }
    }

    #[test]
    fn age_is_in_completed_years_and_an_unknown_birthday_has_passed() {
        let full = PartialDate::Day(day("1956-11-22"));
        assert_eq!(full.age_on(day("2026-11-21")), Some(69));
        assert_eq!(full.age_on(day("2026-11-22")), Some(70));
        let leap = PartialDate::Day(day("2012-02-29"));
        assert_eq!(leap.age_on(day("2026-02-28")), Some(13));
        assert_eq!(leap.age_on(day("2026-03-01")), Some(14));
        let month = PartialDate::Month { year: 1956, month: 11 };
        assert_eq!(month.age_on(day("2026-10-31")), Some(69));
        assert_eq!(month.age_on(day("2026-11-01")), Some(70));
        assert_eq!(PartialDate::Year(1956).age_on(day("2026-01-01")), Some(70));
        assert_eq!(PartialDate::Year(2027).age_on(day("2026-12-31")), None);
        assert_eq!(PartialDate::Day(day("2026-11-23")).age_on(day("2026-11-22")), None);
    }

    #[test]
    fn before_and_after_are_said_only_when_sure() {
        let today = day("2026-11-22");
        let month = PartialDate::Month { year: 2026, month: 11 };
        assert!(!month.is_after(today) && !month.is_before(today));
        assert!(
            !PartialDate::Year(2026).is_after(today) && !PartialDate::Year(2026).is_before(today)
        );
        assert!(
            PartialDate::Year(2027).is_after(today) && PartialDate::Year(2025).is_before(today)
        );
        assert!(PartialDate::Day(day("2026-11-23")).is_after(today));
        assert!(!PartialDate::Day(today).is_before(today));
    }

    proptest! {
        #[test]
        fn every_real_day_survives_both_ways_of_writing(days in 0i64..109_500) {
            let date = day("1900-01-01") + chrono::TimeDelta::days(days);
            let digits = date.format("%d%m%Y").to_string();
            let slashes = date.format("%d/%m/%Y").to_string();
            let expected = (date.to_string(), false, false);
            prop_assert_eq!(known(&digits, Style::Digits), expected.clone());
            prop_assert_eq!(known(&slashes, Style::Slashes), expected);
        }

        #[test]
        fn no_field_panics(field in "\\PC{0,12}") {
            read(&field, Style::Digits);
            read(&field, Style::Slashes);
        }
    }
}
