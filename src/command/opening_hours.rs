//! The opening hours of `station.toml`, as duty is counted by them.

use crate::figures::OpeningHours;
use crate::station::{Hours, OpenSpan};

/// When the station is open, in minutes.
pub(super) fn opening_hours(hours: &Hours) -> OpeningHours {
    let week = hours.week.each_ref();
    let week = week.map(|day| day.iter().map(|OpenSpan(span)| span.clone()).collect());
    OpeningHours::new(week, hours.days_off.clone())
}
