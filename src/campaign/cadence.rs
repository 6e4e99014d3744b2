//! Which reports a plan wants, how often, and for whom.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use toml::de::DeValue;

use super::Days;
use crate::event::StationDay;
use crate::station::MinuteOfDay;
use crate::station::document::{Fault, Reported, Table, rule};

/// One report that is due once or again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it is called.
    pub title: String,
    /// When it is due.
    pub cadence: Cadence,
    /// Before this time of the day it is due on; 24:00 leaves the whole day.
    pub before: MinuteOfDay,
    /// To whom, where that is not whom all reports of the campaign go to.
    pub to: Vec<String>,
}

/// How often a report is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Every day.
    Daily,
    /// Once a week, on this day.
    Weekly(Weekday),
    /// Once a month.
    Monthly {
        /// On this day of the month, and on the last one of a shorter month.
        day: u32,
        /// The last day of the month it tells of, where the plan's month is not the calendar's; in a
        /// shorter month its last.
        through: Option<u32>,
    },
    /// Every so many days, counted from the first day of the campaign.
    EveryDays(u32),
    /// Once.
    Once(StationDay),
}

/// A time the report is due, and the last day it tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) at: NaiveDateTime,
    pub(super) through: NaiveDate,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// The cadences by their words, before what else each needs.
#[derive(Clone, Copy)]
enum Every {
    Day,
    Week,
    Month,
    Days,
    Once,
}

const EVERY: [(&str, Every); 5] = [
    ("day", Every::Day),
    ("week", Every::Week),
    ("month", Every::Month),
    ("days", Every::Days),
    ("once", Every::Once),
];

/// Minutes of a day.
const DAY_MINUTES: u32 = 24 * 60;
/// More recipients than any plan names.
const MOST_RECIPIENTS: usize = 8;
/// Longest title and name of a recipient, in characters.
const LONGEST_TITLE: usize = 80;

/// Those whom reports go to: there is at least one.
pub(super) fn recipients() -> impl Fn(&DeValue<'_>) -> Result<Vec<String>, Fault> {
    let several = rule::several(MOST_RECIPIENTS, rule::text(LONGEST_TITLE));
    move |value| match several(value) {
        Ok(none) if none.is_empty() => {
            Err(Fault::new("đang để trống", "ghi ít nhất một nơi nhận, ví dụ [\"UBND xã …\"]"))
        }
        several => several,
    }
}

impl Report {
    /// Reads a report of the campaign of these days, if they could be read.
    pub(super) fn read(report: &mut Table<'_>, days: Option<Days>) -> Result<Self, Reported> {
        let title = report.required("title", "\"Báo cáo tuần\"", rule::text(LONGEST_TITLE));
        let every = report.required("every", "\"week\"", rule::word(&EVERY));
        let before = report.optional(
            "before",
            rule::parsed("giờ", "ghi giờ và phút, ví dụ \"15:00\"; hết ngày là \"24:00\""),
        );
        let to = report.optional("to", recipients());
        if every.is_err() {
            // Whatever was meant, these may belong to it.
            for key in ["weekday", "day", "through", "days", "date"] {
                report.optional(key, |_| Ok(()))?;
            }
        }
        // A key is known only where its cadence asks for it, so one too many is told by the table.
        let cadence = match every? {
            Every::Day => Cadence::Daily,
            Every::Week => {
                Cadence::Weekly(report.required("weekday", "\"tuesday\"", rule::word(&WEEKDAYS))?)
            }
            Every::Month => {
                let day = report.required("day", "10", rule::whole(1..=31));
                let through = report.optional("through", rule::whole(1..=31));
                Cadence::Monthly { day: day?, through: through? }
            }
            Every::Days => {
                Cadence::EveryDays(report.required("days", "2", rule::whole(2..=366))?)
            }
            Every::Once => {
                let date = report.required("date", "2026-09-10", rule::day)?;
                after_the_first_day(report, date, days)?;
                Cadence::Once(StationDay(date))
            }
        };
        let before = before?.unwrap_or(MinuteOfDay(DAY_MINUTES));
        Ok(Self { title: title?, cadence, before, to: to?.unwrap_or_default() })
    }

    /// The times it is due, from the first that can tell of a day of the campaign on. A report tells
    /// of whole days, so of those that are over when it is due; a monthly one of whole months, or of
    /// the months of the plan.
    pub(super) fn due(&self, campaign: Days) -> impl Iterator<Item = Due> {
        let first = campaign.from.0;
        let cadence = self.cadence;
        let before = self.before;
        let on = move |nth: u32| match cadence {
            Cadence::Daily => first.checked_add_days(chrono::Days::new(nth.into())),
            Cadence::Weekly(weekday) => {
                let wait = weekday.days_since(first.weekday());
                first.checked_add_days(chrono::Days::new(u64::from(wait) + 7 * u64::from(nth)))
            }
            Cadence::Monthly { day, .. } => day_of_month(first, nth, day),
            Cadence::EveryDays(days) => {
                let last = u64::from(days) * (u64::from(nth) + 1) - 1;
                first.checked_add_days(chrono::Days::new(last))
            }
            Cadence::Once(date) => (nth == 0).then_some(date.0),
        };
        (0..)
            .map_while(on)
            .map_while(move |day| {
                let minutes = TimeDelta::minutes(before.0.into());
                let at = day.and_time(NaiveTime::MIN).checked_add_signed(minutes)?;
                let over = at.date().pred_opt()?;
                let through = match cadence {
                    Cadence::Monthly { through: None, .. } => last_of_the_month_over(over)?,
                    Cadence::Monthly { through: Some(last), .. } => newest(over, last)?,
                    Cadence::Daily
                    | Cadence::Weekly(_)
                    | Cadence::EveryDays(_)
                    | Cadence::Once(_) => over,
                };
                Some(Due { at, through })
            })
            .skip_while(move |due| due.through < first)
    }
}

/// A day of the `nth` month from that of `first` on.
fn day_of_month(first: NaiveDate, nth: u32, day: u32) -> Option<NaiveDate> {
    let month = first.with_day(1)?.checked_add_months(chrono::Months::new(nth))?;
    let last = month.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
    month.with_day(day.min(last.day()))
}

/// The newest day on or before `day` that is this one of its month.
fn newest(day: NaiveDate, of_month: u32) -> Option<NaiveDate> {
    let this_month = day_of_month(day, 0, of_month)?;
    if this_month <= day {
        return Some(this_month);
    }
    day_of_month(day.with_day(1)?.pred_opt()?, 0, of_month)
}

/// The last day of the newest month that is over on the evening of `day`.
fn last_of_the_month_over(day: NaiveDate) -> Option<NaiveDate> {
    let tomorrow = day.succ_opt()?;
    if tomorrow.day() == 1 { Some(day) } else { day.with_day(1)?.pred_opt() }
}

fn after_the_first_day(
    report: &mut Table<'_>,
    date: NaiveDate,
    days: Option<Days>,
) -> Result<(), Reported> {
    match days {
        Some(days) if date <= days.from.0 => {
            let message = format!(
                "không sau ngày bắt đầu chiến dịch {}, nên chưa có gì để báo cáo",
                days.from
            );
            Err(report.fault("date", Fault::new(message, "sửa lại ngày")))
        }
        Some(_) | None => Ok(()),
    }
}
