//! Station days, each counted to its end.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{DayFigures, Duty, Measure, Minutes, Observed, Reading, Tally};
use crate::event::{Event, StationDay};

/// What a station day came to: its figures and all that can be measured, without its visits. A
/// report asks each of its days many times, once for every row that adds up to a later one.
#[derive(Clone, Debug)]
pub struct Counted {
    day: StationDay,
    figures: DayFigures,
    readings: BTreeMap<Measure, Reading>,
}

impl From<Observed<'_>> for Counted {
    fn from(observed: Observed<'_>) -> Self {
        Self {
            day: observed.tally.day(),
            figures: observed.tally.figures(),
            readings: Measure::all_on(observed),
        }
    }
}

impl Counted {
    /// The day.
    pub fn day(&self) -> StationDay {
        self.day
    }

    /// Its figures.
    pub fn figures(&self) -> &DayFigures {
        &self.figures
    }

    /// What a measure came to on it.
    pub fn reading(&self, measure: Measure) -> Reading {
        self.readings.get(&measure).copied().unwrap_or_else(|| measure.of_nothing())
    }
}

/// A count of days, one after the other.
pub struct Counting {
    hours: Vec<Range<Minutes>>,
    /// Of the day that is being counted.
    tally: Tally,
    duty: Duty,
    counted: Vec<Counted>,
}

impl Counting {
    /// Begins with the day `first`, at a desk that is open in `hours`.
    pub fn new(first: StationDay, hours: Vec<Range<Minutes>>) -> Self {
        Self { hours, tally: Tally::new(first), duty: Duty::new(first), counted: Vec::new() }
    }

    /// Counts an event. They come day by day, and within a day in the order of the journal.
    pub fn add(&mut self, event: &Event) {
        self.go_on_to(event.day);
        self.tally.add(event);
        self.duty.add(event);
    }

    /// Every day from the first to `last`, also those on which nothing happened.
    pub fn up_to(mut self, last: StationDay) -> Vec<Counted> {
        if let Some(after) = last.0.succ_opt() {
            self.go_on_to(StationDay(after));
        }
        self.counted
    }

    fn go_on_to(&mut self, day: StationDay) {
        while self.tally.day() < day {
            let desk = self.duty.covered(&self.hours, Minutes::MAX);
            self.counted.push(Observed { tally: &self.tally, desk }.into());
            let Some(next) = self.tally.day().0.succ_opt().map(StationDay) else { break };
            (self.tally, self.duty) = (Tally::new(next), Duty::new(next));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AgeBand, RecordUsed, Source, What};
    use crate::figures::Share;
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};

    #[test]
    fn days_counted_one_after_the_other_are_what_each_is_alone() {
        let mut desk = Desk::open(YESTERDAY);
        let staff = Desk::nurse();
        desk.notes(None, What::DutyBegan { staff });
        let visit = desk.arrives(None, AgeBand::From70);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        desk.arrives(None, AgeBand::Under14);
        desk.notes(None, What::DutyEnded { staff });
        desk.day = StationDay(TODAY.0.succ_opt().unwrap());
        desk.arrives(None, AgeBand::From14);

        let hours = vec![420..450, 460..490];
        let mut counting = Counting::new(YESTERDAY, hours.clone());
        for event in &desk.events {
            counting.add(event);
        }
        let days = counting.up_to(StationDay(desk.day.0.succ_opt().unwrap()));

        let days_told: Vec<_> = days.iter().map(Counted::day).collect();
        let all: Vec<_> = YESTERDAY.0.iter_days().take(4).map(StationDay).collect();
        assert_eq!(days_told, all, "a day on which nothing happened is told too");
        for counted in &days {
            let tally = Tally::of(counted.day(), &desk.events);
            let mut duty = Duty::new(counted.day());
            desk.events.iter().for_each(|event| duty.add(event));
            let observed = Observed { tally: &tally, desk: duty.covered(&hours, Minutes::MAX) };
            assert_eq!(*counted.figures(), tally.figures());
            for measure in Measure::all() {
                assert_eq!(counted.reading(measure), measure.over([observed]), "{measure}");
            }
        }
        let arrivals: Vec<_> = days.iter().map(|day| day.figures().arrivals).collect();
        assert_eq!(arrivals, [2, 0, 1, 0]);
        let minutes = days[1].reading(Measure::DeskCovered).share();
        assert_eq!(minutes, Some(Share { part: 0, whole: 60 }), "open, and nobody there");
    }
}
