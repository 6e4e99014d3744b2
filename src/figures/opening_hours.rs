//! When the station is open on which day.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::Datelike as _;

use super::Minutes;
use crate::event::StationDay;

/// When the station is open: by the day of the week, but for days off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpeningHours {
    /// Monday first.
    week: [Vec<Range<Minutes>>; 7],
    days_off: BTreeSet<StationDay>,
}

impl OpeningHours {
    /// The hours of each day of the week, Monday first, and the days on which it stays closed.
    pub fn new(week: [Vec<Range<Minutes>>; 7], days_off: BTreeSet<StationDay>) -> Self {
        Self { week, days_off }
    }

    /// The same hours every day.
    pub fn every_day(hours: &[Range<Minutes>]) -> Self {
        Self { week: [(); 7].map(|()| hours.to_vec()), days_off: BTreeSet::new() }
    }

    /// The hours of a day, in order; none on a day off.
    pub fn on(&self, day: StationDay) -> &[Range<Minutes>] {
        if self.days_off.contains(&day) {
            return &[];
        }
        let weekday = usize::try_from(day.0.weekday().num_days_from_monday());
        let hours = weekday.ok().and_then(|weekday| self.week.get(weekday));
        hours.map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_go_by_the_weekday_and_a_day_off_has_none() {
        let mut week = [(); 7].map(|()| vec![420..690, 810..1020]);
        week[5].truncate(1);
        week[6] = Vec::new();
        let day = |text: &str| text.parse::<StationDay>().unwrap();
        let hours = OpeningHours::new(week, [day("2026-09-02")].into());
        let minutes = |text: &str| hours.on(day(text)).iter().map(Range::len).sum::<usize>();
        assert_eq!(minutes("2026-11-27"), 480, "a Friday");
        assert_eq!(minutes("2026-11-28"), 270, "a Saturday");
        assert_eq!(minutes("2026-11-29"), 0, "a Sunday");
        assert_eq!(minutes("2026-09-02"), 0, "a Wednesday, and a day off");
    }
}
