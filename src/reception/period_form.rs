//! The first and the last day of what is handed out, under the fingers of the head.

use chrono::{Datelike as _, NaiveDate};

use super::Span;
use super::typed_boxes::TypedBoxes;
use crate::event::StationDay;

/// The boxes of the page: day, month and year of the first day, and of the last.
const BOXES: usize = 6;

/// How many digits each holds.
const WIDTHS: [u8; BOXES] = [2, 2, 4, 2, 2, 4];

/// Longest period: a year and a day, so that any year fits.
const LONGEST: i64 = 367;

/// A period that is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodForm {
    boxes: TypedBoxes<BOXES>,
    /// Why it was not taken.
    pub(super) refused: Option<NoSuchPeriod>,
}

/// Why a period is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSuchPeriod {
    /// The calendar has no such day.
    NoSuchDay,
    /// It ends before it begins.
    Reversed,
    /// It ends after today.
    ToCome,
    /// It is longer than a year.
    TooLong,
}

impl PeriodForm {
    /// These days, to be changed.
    pub fn of(span: Span) -> Self {
        let [from, to] = [span.from, span.to].map(numbers);
        let [[a, b, c], [d, e, f]] = [from, to];
        Self { boxes: TypedBoxes::of([a, b, c, d, e, f], WIDTHS), refused: None }
    }

    /// The next digit goes to this box, from 0.
    pub fn choose(&mut self, chosen: usize) {
        self.boxes.choose(chosen);
        self.refused = None;
    }

    /// A digit, 0 to 9.
    pub fn digit(&mut self, digit: u8) {
        self.refused = None;
        self.boxes.digit(digit);
    }

    /// The last digit goes.
    pub fn erase(&mut self) {
        self.refused = None;
        self.boxes.erase();
    }

    /// The days it says.
    ///
    /// # Errors
    /// Why they cannot be handed out.
    pub fn span(&self, today: StationDay) -> Result<Span, NoSuchPeriod> {
        let [from_day, from_month, from_year, to_day, to_month, to_year] = self.boxes.values();
        let day = |year: u32, month, day| {
            let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
            date.map(StationDay)
        };
        let from = day(from_year, from_month, from_day).ok_or(NoSuchPeriod::NoSuchDay)?;
        let to = day(to_year, to_month, to_day).ok_or(NoSuchPeriod::NoSuchDay)?;
        if to < from {
            Err(NoSuchPeriod::Reversed)
        } else if to > today {
            Err(NoSuchPeriod::ToCome)
        } else if (to.0 - from.0).num_days() >= LONGEST {
            Err(NoSuchPeriod::TooLong)
        } else {
            Ok(Span { from, to })
        }
    }

    /// What stands in the boxes.
    pub fn texts(&self) -> Vec<String> {
        self.boxes.texts().into()
    }

    /// Which box the next digit goes to, from 0.
    pub fn chosen(&self) -> usize {
        self.boxes.chosen()
    }
}

fn numbers(day: StationDay) -> [u16; 3] {
    let StationDay(date) = day;
    let year = u32::try_from(date.year()).unwrap_or_default();
    [date.day(), date.month(), year].map(|value| u16::try_from(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> StationDay {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_two_days_of_the_past_in_their_order() {
        let today = day("2026-11-24");
        let span = |digits: &str| {
            let mut form = PeriodForm::of(Span { from: today, to: today });
            digits.bytes().for_each(|digit| form.digit(digit - b'0'));
            form.span(today)
        };
        assert_eq!(span(""), Ok(Span { from: today, to: today }));
        let typed = span("0510202618112026");
        assert_eq!(typed, Ok(Span { from: day("2026-10-05"), to: day("2026-11-18") }));
        assert_eq!(span("3102"), Err(NoSuchPeriod::NoSuchDay));
        assert_eq!(span("2411202623112026"), Err(NoSuchPeriod::Reversed));
        assert_eq!(span("2411202625112026"), Err(NoSuchPeriod::ToCome));
        assert_eq!(span("2311202524112026"), Ok(Span { from: day("2025-11-23"), to: today }));
        assert_eq!(span("2011202524112026"), Err(NoSuchPeriod::TooLong));
    }
}
