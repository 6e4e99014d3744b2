//! What becomes known about the time while the kiosk runs: noticed once a minute, never waited for.

use super::Kiosk;
use super::asking::Asker;
use crate::clock::{Clock, Known};
use crate::event::{Event, StaffCode};
use crate::figures::Tally;
use crate::journal::{ClockKnown, Journal, JournalError, Request, Settled};
use crate::reception::{Ask, Event as News};

/// What an earlier run of this boot knew of the time, and the last sure moment before this boot.
pub(super) fn take_over(clock: &Clock, journal: &Journal) -> Result<Option<i64>, JournalError> {
    let boot = clock.now().boot;
    let known = journal.known_of_boot(boot)?;
    if let Some((way, at)) = known {
        clock.resume(&at, way);
    }
    journal.last_sure_ms(boot)
}

impl Kiosk {
    /// Tells the journal what became known, again where it could not be written.
    pub(super) fn look_at_the_clock(&mut self) {
        self.staff.health.vouched = self.clock.vouched();
        let has_stepped = self.clock.has_stepped();
        if has_stepped && !self.staff.health.clock_stepped {
            tracing::warn!("the wall clock jumped or stood still; time goes on by uptime");
        }
        self.staff.health.clock_stepped = has_stepped;
        if let Some(known) = self.clock.take_known() {
            self.is_known(known, None);
        } else if let Some(untold) = self.untold {
            let request = Request::ClockKnown(untold, self.births.ages());
            self.asking.ask(Asker::House, request);
        }
    }

    /// Staff say what time it is.
    pub(super) fn set_clock(&mut self, wall_ms: i64, by: StaffCode) {
        match self.clock.set(wall_ms) {
            Some(known) => {
                self.is_known(known, Some(by));
                // A day may have begun by it, and the screen shows the time.
                self.minute_passed();
            }
            None => self.staff_step(News::NotRecorded(Ask::Clock)),
        }
    }

    fn is_known(&mut self, Known { at, way, told_ms }: Known, by: Option<StaffCode>) {
        tracing::info!(?way, told_ms, wall_ms = at.wall_ms, "it is known what time it is");
        let known = ClockKnown { at, way, told_ms, by };
        self.untold = Some(known);
        let asker = by.map_or(Asker::House, |_| Asker::Staff(Ask::Clock));
        self.asking.ask(asker, Request::ClockKnown(known, self.births.ages()));
    }

    /// Visits stand in their day now, and today may be another day than it was.
    pub(super) fn clock_settled(&mut self, settled: Option<Settled>, today: &[Event]) {
        self.untold = None;
        // Nobody needs them any more.
        self.births.forget();
        let Some(Settled { event, moved, dated }) = settled else { return };
        tracing::info!(moved, dated, "visits got their day");
        self.tally = Tally::of(event.day, today);
        self.staff.today_is(event.day, today);
        self.staff_step(News::ClockKnown { at: event.at, moved });
        self.look_out();
    }
}
