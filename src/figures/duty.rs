//! How long of a day's opening hours somebody of the staff was at the desk (plan of Tri Tôn: at
//! least one health worker at the reception area).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::event::{Event, Moment, StaffCode, StationDay, What};

/// Minutes since midnight at UTC+7.
pub type Minutes = u32;

/// Minutes of a whole day.
const DAY_MINUTES: Minutes = 24 * 60;

/// Who was on duty when, on one station day.
#[derive(Clone, Debug)]
pub struct Duty {
    day: StationDay,
    /// Since when somebody is on duty who has not left.
    open: BTreeMap<StaffCode, Minutes>,
    done: Vec<Range<Minutes>>,
}

impl Duty {
    /// Nobody yet.
    pub fn new(day: StationDay) -> Self {
        Self { day, open: BTreeMap::new(), done: Vec::new() }
    }

    /// The day.
    pub fn day(&self) -> StationDay {
        self.day
    }

    /// Takes in one event, in the order of the journal. Events of other days or kinds say nothing
    /// about this day's duty.
    pub fn add(&mut self, event: &Event) {
        if event.day != self.day {
            return;
        }
        let minute = || minute_of(&event.at);
        if let What::DutyBegan { staff } = event.what {
            self.open.entry(staff).or_insert_with(minute);
        }
        if let What::DutyEnded { staff } = event.what
            && let Some(since) = self.open.remove(&staff)
        {
            self.done.push(since..minute());
        }
    }

    /// Since which minute of the day `staff` is on duty, if they are.
    pub fn since(&self, staff: StaffCode) -> Option<Minutes> {
        self.open.get(&staff).copied()
    }

    /// Whether anybody is on duty.
    pub fn is_anybody_there(&self) -> bool {
        !self.open.is_empty()
    }

    /// The minutes of the opening `hours` until `now` in which nobody was on duty, in order. Whoever
    /// did not sign off stays until then. `now` past the day means its end.
    pub fn uncovered(&self, hours: &[Range<Minutes>], now: Minutes) -> Vec<Range<Minutes>> {
        let now = now.min(DAY_MINUTES);
        let still_there = self.open.values().map(|since| *since..now);
        let mut covered: Vec<_> = self.done.iter().cloned().chain(still_there).collect();
        covered.sort_by_key(|range| range.start);
        let mut gaps = Vec::new();
        for open in hours {
            let mut at = open.start;
            let end = open.end.min(now);
            for there in &covered {
                if there.start > at && at < end {
                    gaps.push(at..there.start.min(end));
                }
                at = at.max(there.end);
            }
            if at < end {
                gaps.push(at..end);
            }
        }
        gaps
    }

    /// How many of the opening minutes until `now` were covered, and how many there were.
    pub fn covered(&self, hours: &[Range<Minutes>], now: Minutes) -> super::Share {
        let now = now.min(DAY_MINUTES);
        let length =
            |range: &Range<Minutes>| u64::from(range.end.min(now).saturating_sub(range.start));
        let whole: u64 = hours.iter().map(length).sum();
        let gaps: u64 = self.uncovered(hours, now).iter().map(length).sum();
        super::Share { part: whole.saturating_sub(gaps), whole }
    }
}

/// How many minutes of `day` are past at the moment `now`: nobody was at the desk in those to come.
pub fn past_minutes(day: StationDay, now: &Moment) -> Minutes {
    match day.cmp(&now.station_day()) {
        Ordering::Less => DAY_MINUTES,
        Ordering::Equal => minute_of(now),
        Ordering::Greater => 0,
    }
}

/// The minute of its day at UTC+7.
pub fn minute_of(at: &Moment) -> Minutes {
    use chrono::Timelike as _;
    let local = at.local();
    local.hour() * 60 + local.minute()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::Role;
    use crate::figures::sample::{Desk, TODAY};

    const HOURS: [Range<Minutes>; 2] = [7 * 60..11 * 60 + 30, 13 * 60 + 30..17 * 60];

    fn told(acts: &[(u16, Minutes, bool)]) -> Duty {
        let mut desk = Desk::open(TODAY);
        let mut duty = Duty::new(TODAY);
        for (who, minute, begins) in acts {
            let staff = StaffCode::numbered(Role::Nurse, *who);
            let what = if *begins { What::DutyBegan { staff } } else { What::DutyEnded { staff } };
            desk.notes_at(*minute, what);
        }
        for event in &desk.events {
            duty.add(event);
        }
        duty
    }

    #[test]
    fn uncovered_hours_are_the_opening_hours_without_anybody() {
        let all_day = told(&[(1, 6 * 60, true)]);
        assert_eq!(all_day.uncovered(&HOURS, 18 * 60), []);
        assert_eq!(all_day.since(StaffCode::numbered(Role::Nurse, 1)), Some(6 * 60));
        let late = told(&[(1, 7 * 60 + 5, true), (1, 11 * 60, false), (2, 13 * 60, true)]);
        assert_eq!(late.uncovered(&HOURS, 18 * 60), [420..425, 660..690]);
        let so_far = late.uncovered(&HOURS, 7 * 60 + 3);
        assert_eq!((so_far.len(), so_far[0].end), (1, 423), "what is to come is no gap");
        assert_eq!(late.covered(&HOURS, 18 * 60).part, 480 - 35);
        let nobody = told(&[]);
        assert_eq!(nobody.uncovered(&HOURS, 24 * 60), HOURS);
        assert_eq!(nobody.covered(&HOURS, 24 * 60).whole, 480);
        assert!(!nobody.is_anybody_there());
    }

    #[test]
    fn two_at_the_desk_cover_an_hour_once() {
        let two = told(&[(1, 420, true), (2, 430, true), (1, 440, false), (2, 500, false)]);
        assert_eq!(two.covered(&HOURS, 24 * 60).part, 80);
    }

    proptest! {
        #[test]
        fn covered_is_what_a_count_of_minutes_gives(
            mut minutes in prop::collection::vec((1..4_u16, 0..1440_u32, any::<bool>()), 0..12),
            now in 0..1500_u32,
        ) {
            minutes.sort_by_key(|(_, minute, _)| *minute);
            let duty = told(&minutes);
            let is_there = |at: Minutes| (1..4_u16).any(|who| {
                let mut there = false;
                for (someone, minute, begins) in &minutes {
                    if *someone == who && *minute <= at { there = *begins; }
                }
                there
            });
            let open = |at: &Minutes| HOURS.iter().any(|range| range.contains(at)) && *at < now;
            let whole = (0..1440).filter(open).count() as u64;
            let part = (0..1440).filter(open).filter(|at| is_there(*at)).count() as u64;
            prop_assert_eq!(duty.covered(&HOURS, now), crate::figures::Share { part, whole });
        }
    }
}
