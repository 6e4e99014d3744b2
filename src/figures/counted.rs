//! Station days, each counted to its end.

use std::collections::BTreeMap;

use super::{
    DayFigures, Duty, Gap, Known, Measure, Observed, OpeningHours, Reading, Tally, past_minutes,
};
use crate::event::{Event, Moment, StationDay};

/// What a station day came to: its figures and all that can be measured, without its visits; or why
/// that is not known. A report asks each of its days many times, once for every row that adds up to
/// a later one.
#[derive(Clone, Debug)]
pub struct Counted {
    day: StationDay,
    found: Result<Found, Gap>,
}

#[derive(Clone, Debug)]
struct Found {
    figures: DayFigures,
    readings: BTreeMap<Measure, Reading>,
}

impl From<Observed<'_>> for Counted {
    fn from(observed: Observed<'_>) -> Self {
        Self {
            day: observed.tally.day(),
            found: Ok(Found {
                figures: observed.tally.figures(),
                readings: Measure::all_on(observed),
            }),
        }
    }
}

impl Counted {
    /// The day.
    pub fn day(&self) -> StationDay {
        self.day
    }

    /// The same day as far as it is known: without figures where the journal has none of it.
    #[must_use]
    pub fn as_known(self, known: &Known) -> Self {
        let found = known.gap(self.day).map_or(self.found, Err);
        Self { found, ..self }
    }

    /// Its figures; `None` where they are not known.
    pub fn figures(&self) -> Option<&DayFigures> {
        self.found.as_ref().ok().map(|found| &found.figures)
    }

    /// What a measure came to on it; `None` where that is not known.
    pub fn reading(&self, measure: Measure) -> Option<Reading> {
        let found = self.found.as_ref().ok()?;
        Some(found.readings.get(&measure).copied().unwrap_or_else(|| measure.of_nothing()))
    }

    /// Why it has no figures.
    pub fn gap(&self) -> Option<Gap> {
        self.found.as_ref().err().copied()
    }
}

/// A count of days, one after the other.
pub struct Counting {
    hours: OpeningHours,
    now: Moment,
    /// Of the day that is being counted.
    tally: Tally,
    duty: Duty,
    counted: Vec<Counted>,
}

impl Counting {
    /// Begins with the day `first`, at a desk that is open in `hours`. Minutes of duty after `now`
    /// are not past, and count neither as covered nor as open.
    pub fn new(first: StationDay, hours: OpeningHours, now: Moment) -> Self {
        let (tally, duty) = (Tally::new(first), Duty::new(first));
        Self { hours, now, tally, duty, counted: Vec::new() }
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
            let today = self.tally.day();
            let past = past_minutes(today, &self.now);
            let desk = self.duty.covered(self.hours.on(today), past);
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
        let late =
            Moment { wall_ms: day_after(day_after(desk.day)).begins_ms() + 1, ..Moment::NEVER };
        let mut counting = Counting::new(YESTERDAY, OpeningHours::every_day(&hours), late);
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
            let observed = Observed { tally: &tally, desk: duty.covered(&hours, 24 * 60) };
            assert_eq!(counted.figures(), Some(&tally.figures()));
            for measure in Measure::all() {
                assert_eq!(counted.reading(measure), Some(measure.over([observed])), "{measure}");
            }
        }
        let arrivals: Vec<_> = days.iter().map(|day| day.figures().unwrap().arrivals).collect();
        assert_eq!(arrivals, [2, 0, 1, 0]);
        let minutes = days[1].reading(Measure::DeskCovered).and_then(Reading::share);
        assert_eq!(minutes, Some(Share { part: 0, whole: 60 }), "open, and nobody there");
    }

    fn day_after(day: StationDay) -> StationDay {
        StationDay(day.0.succ_opt().unwrap())
    }

    #[test]
    fn minutes_of_duty_that_are_not_past_are_not_covered() {
        let mut desk = Desk::open(TODAY);
        let staff = Desk::nurse();
        desk.notes(None, What::DutyBegan { staff });
        let hours = [(); 7].map(|()| vec![420..690, 810..1020]);
        let hours = OpeningHours::new(hours, [YESTERDAY].into());
        // 11:30 of today: the nurse has been there since 7:00, and the afternoon is to come.
        let now = TODAY.begins_ms() + 690 * 60_000;
        let now = Moment { wall_ms: now, ..Moment::NEVER };
        let mut counting = Counting::new(YESTERDAY, hours, now);
        desk.events.iter().for_each(|event| counting.add(event));
        let days = counting.up_to(day_after(TODAY));
        let covered = |day: &Counted| day.reading(Measure::DeskCovered).and_then(Reading::share);
        let (off, today, tomorrow) = (covered(&days[0]), covered(&days[1]), covered(&days[2]));
        assert_eq!(off, Some(Share { part: 0, whole: 0 }), "a day off asks for nobody");
        assert_eq!(today, Some(Share { part: 270, whole: 270 }));
        assert_eq!(tomorrow, Some(Share { part: 0, whole: 0 }));
    }

    #[test]
    fn a_day_that_is_not_closed_has_no_number_at_all() {
        let tally = Tally::new(TODAY);
        let counted = Counted::from(Observed { tally: &tally, desk: Share::default() });
        let known = |closed: &[StationDay]| Known {
            began: Some(YESTERDAY),
            closed: closed.iter().copied().collect(),
            today: TODAY,
        };
        let closed = counted.clone().as_known(&known(&[TODAY]));
        assert_eq!(closed.figures().map(|figures| figures.arrivals), Some(0), "an explicit zero");
        let open = counted.as_known(&known(&[YESTERDAY]));
        assert_eq!((open.figures(), open.gap()), (None, Some(Gap::NotClosed)));
        for measure in Measure::all() {
            assert_eq!(open.reading(measure), None, "{measure}");
        }
    }
}
