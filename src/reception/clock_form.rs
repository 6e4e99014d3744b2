//! A date and a time under the fingers of whoever looked at a watch and a calendar.

use chrono::{Datelike as _, NaiveDate, Timelike as _};

use super::typed_boxes::TypedBoxes;
use crate::event::{Moment, StationDay};

/// The boxes of the page, in the order of writing: day, month, year, hour, minute.
pub const BOXES: usize = 5;

/// How many digits each holds.
const WIDTHS: [u8; BOXES] = [2, 2, 4, 2, 2];

const MINUTE_MS: i64 = 60_000;

/// A date and a time that are being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockForm {
    boxes: TypedBoxes<BOXES>,
    /// Why it was not taken.
    pub(super) refused: Option<Refusal>,
    /// The journal was asked, and has not answered yet.
    pub(super) asked: bool,
}

/// Why a date and time are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The calendar has no such day, or the day no such hour.
    NoSuchTime,
    /// No right clock shows that: see [`Moment::PLAUSIBLE_MS`].
    NotInUseThen,
    /// Something was recorded under a sure clock on this day, and that is later.
    BeforeRecords(StationDay),
    /// The network knows better.
    NetworkKnows,
}

impl ClockForm {
    /// What the machine believes, to be put right.
    pub fn of(now: &Moment) -> Self {
        let boxes = TypedBoxes::of(numbers(now), WIDTHS);
        Self { boxes, refused: None, asked: false }
    }

    /// The boxes that nobody typed into go with the clock: saved as they are they must not set it back
    /// to when the page was opened.
    #[must_use]
    pub fn at(mut self, now: &Moment) -> Self {
        self.boxes.follow(numbers(now));
        self
    }

    /// The next digit goes to this box, from 0.
    pub fn choose(&mut self, chosen: usize) {
        if self.boxes.choose(chosen) {
            self.refused = None;
        }
    }

    /// A digit, 0 to 9. A box that is full hands on to the next.
    pub fn digit(&mut self, digit: u8) {
        self.refused = None;
        self.boxes.digit(digit);
    }

    /// The last digit goes; from an empty box back to the one before.
    pub fn erase(&mut self) {
        self.refused = None;
        self.boxes.erase();
    }

    /// What it says at the moment `now`, milliseconds since 1970-01-01 UTC. Seconds are not typed: they
    /// are the clock's where its hour and minute were left.
    ///
    /// # Errors
    /// Why it cannot be right. `last_sure_ms`: the last moment recorded under a sure clock.
    pub fn wall_ms(&self, now: &Moment, last_sure_ms: Option<i64>) -> Result<i64, Refusal> {
        let [day, month, year, hour, minute] = self.boxes.values();
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or_default(), month, day)
            .filter(|_| hour < 24 && minute < 60)
            .ok_or(Refusal::NoSuchTime)?;
        let minutes = i64::from(hour * 60 + minute);
        let is_the_clocks = self.boxes.is_untouched_from(3);
        let beyond_minute = if is_the_clocks { now.wall_ms.rem_euclid(MINUTE_MS) } else { 0 };
        let wall_ms = StationDay(date).begins_ms() + minutes * MINUTE_MS + beyond_minute;
        if !Moment::PLAUSIBLE_MS.contains(&wall_ms) {
            return Err(Refusal::NotInUseThen);
        }
        match last_sure_ms {
            // Seconds are not typed.
            Some(last_ms) if wall_ms + MINUTE_MS <= last_ms => {
                let last = Moment { wall_ms: last_ms, ..Moment::NEVER };
                Err(Refusal::BeforeRecords(last.station_day()))
            }
            Some(_) | None => Ok(wall_ms),
        }
    }

    /// What stands in the boxes: two digits, four for the year; while one is typed, what is typed.
    pub fn texts(&self) -> [String; BOXES] {
        self.boxes.texts()
    }

    /// Which box the next digit goes to, from 0.
    pub fn chosen(&self) -> usize {
        self.boxes.chosen()
    }
}

fn numbers(now: &Moment) -> [u16; BOXES] {
    let local = now.local();
    let year = u32::try_from(local.year()).unwrap_or_default();
    [local.day(), local.month(), year, local.hour(), local.minute()]
        .map(|value| u16::try_from(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        let wall_ms = chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        Moment { wall_ms, ..Moment::NEVER }
    }

    fn opened() -> Moment {
        at("2036-01-02T03:04:05+07:00")
    }

    fn typed(digits: &str) -> ClockForm {
        let mut form = ClockForm::of(&opened());
        for digit in digits.bytes().filter(u8::is_ascii_digit) {
            form.digit(digit - b'0');
        }
        form
    }

    #[test]
    fn twelve_digits_are_a_date_and_a_time() {
        let form = typed("24 11 2026 07 42");
        assert_eq!(form.texts(), ["24", "11", "2026", "07", "42"]);
        assert_eq!(form.wall_ms(&opened(), None), Ok(at("2026-11-24T07:42:00+07:00").wall_ms));
    }

    #[test]
    fn what_is_not_typed_stays() {
        let mut form = typed("");
        form.choose(2);
        "2026".bytes().for_each(|digit| form.digit(digit - b'0'));
        assert_eq!(
            (form.texts(), form.chosen()),
            (["02", "01", "2026", "03", "04"].map(str::to_owned), 3)
        );
        assert_eq!(
            form.wall_ms(&opened(), None),
            Err(Refusal::NotInUseThen),
            "January was before the program"
        );
    }

    #[test]
    fn what_is_not_typed_goes_with_the_clock() {
        let (opened, saved) = (at("2026-11-24T07:41:50+07:00"), at("2026-11-24T07:43:20+07:00"));
        let untouched = ClockForm::of(&opened).at(&saved);
        assert_eq!(untouched.texts(), ["24", "11", "2026", "07", "43"]);
        assert_eq!(untouched.wall_ms(&saved, None), Ok(saved.wall_ms), "not set back");
        let mut form = ClockForm::of(&opened);
        "25".bytes().for_each(|digit| form.digit(digit - b'0'));
        let another_day = form.at(&saved).wall_ms(&saved, None);
        assert_eq!(another_day, Ok(at("2026-11-25T07:43:20+07:00").wall_ms));
        form.choose(4);
        "40".bytes().for_each(|digit| form.digit(digit - b'0'));
        let another_minute = form.at(&saved).wall_ms(&saved, None);
        assert_eq!(another_minute, Ok(at("2026-11-25T07:40:00+07:00").wall_ms));
    }

    #[test]
    fn a_digit_can_be_taken_back_across_boxes() {
        let mut form = typed("24 1");
        form.erase();
        form.erase();
        assert_eq!(form.chosen(), 0);
        form.digit(2);
        assert_eq!(form.texts()[0], "2");
        form.digit(5);
        assert_eq!((form.texts()[0].as_str(), form.chosen()), ("25", 1));
        for _ in 0..9 {
            form.erase();
        }
        assert_eq!(form.chosen(), 0);
    }

    #[test]
    fn what_cannot_be_right_is_refused() {
        let last = at("2026-11-24T16:05:30+07:00").wall_ms;
        let the_24th = StationDay(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
        for (digits, refusal) in [
            ("31 11 2026 07 42", Some(Refusal::NoSuchTime)),
            ("29 02 2027 07 42", Some(Refusal::NoSuchTime)),
            ("24 11 2026 24 00", Some(Refusal::NoSuchTime)),
            ("24 11 2026 07 60", Some(Refusal::NoSuchTime)),
            ("00 00 0000 00 00", Some(Refusal::NoSuchTime)),
            ("24 11 2006 07 42", Some(Refusal::NotInUseThen)),
            ("24 11 2066 07 42", Some(Refusal::NotInUseThen)),
            ("24 11 2026 16 04", Some(Refusal::BeforeRecords(the_24th))),
            ("24 11 2026 16 05", None),
            ("25 11 2026 00 00", None),
        ] {
            assert_eq!(typed(digits).wall_ms(&opened(), Some(last)).err(), refusal, "{digits}");
        }
    }
}
