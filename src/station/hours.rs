//! When the station is open: then somebody of the staff should be at the desk (plan of Tri Tôn).

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use crate::event::StationDay;

/// Minutes of a day.
const DAY_MINUTES: u32 = 24 * 60;

/// From one time of the day to a later one, in minutes since midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSpan(pub Range<u32>);

/// A span that was not written `07:00-11:30`, or ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no span of time; write it as \"07:00-11:30\"")]
pub struct IllFormedSpan(pub String);

impl FromStr for OpenSpan {
    type Err = IllFormedSpan;

    fn from_str(text: &str) -> Result<Self, IllFormedSpan> {
        let span = text.split_once('-').and_then(|(from, to)| Some(minute(from)?..minute(to)?));
        match span {
            Some(span) if span.start < span.end => Ok(Self(span)),
            Some(_) | None => Err(IllFormedSpan(text.to_owned())),
        }
    }
}

/// A time of the day in minutes since midnight; 1440 is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteOfDay(pub u32);

/// A time that was not written `15:00`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time of a day; write it as \"15:00\"")]
pub struct IllFormedTime(pub String);

impl FromStr for MinuteOfDay {
    type Err = IllFormedTime;

    fn from_str(text: &str) -> Result<Self, IllFormedTime> {
        minute(text).map(Self).ok_or_else(|| IllFormedTime(text.to_owned()))
    }
}

/// The minute of `07:30`; `24:00` is the end of the day.
fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let is_written_out = hour.len() == 2 && minute.len() == 2;
    let number = |digits: &str| digits.parse::<u32>().ok().filter(|_| is_written_out);
    let (hour, minute) = (number(hour)?, number(minute)?);
    Some(hour * 60 + minute).filter(|at| minute < 60 && *at <= DAY_MINUTES)
}

/// When the station is open: by the day of the week, but for days off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The hours of each day of the week, Monday first, each in order.
    pub week: [Vec<OpenSpan>; 7],
    /// The days on which it stays closed, such as Tết.
    pub days_off: BTreeSet<StationDay>,
}

/// Whether the spans follow one another without touching.
pub(super) fn are_in_order(spans: &[OpenSpan]) -> bool {
    spans.is_sorted_by(|OpenSpan(one), OpenSpan(next)| one.end < next.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_two_times_of_a_day() {
        let span = |text: &str| text.parse::<OpenSpan>().map(|OpenSpan(span)| span);
        assert_eq!(span("07:00-11:30"), Ok(420..690));
        assert_eq!(span("13:30 - 24:00"), Ok(810..1440));
        for bad in
            ["", "07:00", "7:00-11:30", "11:30-07:00", "07:60-08:00", "07:00-25:00", "07h-08h"]
        {
            assert!(span(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spans_stand_in_order() {
        let spans =
            |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
        assert!(are_in_order(&spans(&["07:00-11:30", "13:30-17:00"])));
        assert!(!are_in_order(&spans(&["13:30-17:00", "07:00-11:30"])));
        assert!(!are_in_order(&spans(&["07:00-11:30", "11:00-17:00"])));
    }
}
