//! Calls for staff, and how they were answered.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Share;
use crate::event::{Event, EventSeq, Moment, VisitId, What};

/// How the calls of a day were answered. Signed closings hold it under these names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Calls {
    /// Calls whose answer would be known.
    pub called: u64,
    /// For these the loudspeaker was heard.
    pub rung: u64,
    /// To these somebody came, or said that they were coming.
    pub taken: u64,
    /// Of those `taken`: how long the patient waited is known.
    pub timed: u64,
    /// How long those `timed` waited together. A call that nobody took waits in no sum.
    pub waited_seconds: u64,
}

impl Calls {
    pub(super) fn add(&mut self, other: Self) {
        self.called += other.called;
        self.rung += other.rung;
        self.taken += other.taken;
        self.timed += other.timed;
        self.waited_seconds += other.waited_seconds;
    }

    /// Whether the parts fit their wholes.
    pub fn are_possible(&self) -> bool {
        self.rung <= self.called
            && self.taken <= self.called
            && self.timed <= self.taken
            && (self.timed > 0 || self.waited_seconds == 0)
    }

    /// `part` as a share of the calls.
    pub fn share(&self, part: u64) -> Share {
        Share { part, whole: self.called }
    }

    /// Of how many of the answered calls it is known how long the patient waited.
    pub fn timed_share(&self) -> Share {
        Share { part: self.timed, whole: self.taken }
    }

    /// How long those `timed` waited together, in whole minutes.
    pub fn waited_minutes(&self) -> u64 {
        (self.waited_seconds + 30) / 60
    }

    /// How long a patient waited on average; `None` where it is known of none.
    pub fn average_seconds(&self) -> Option<u64> {
        self.waited_seconds.checked_div(self.timed)
    }
}

impl<'a> FromIterator<&'a Called> for Calls {
    fn from_iter<T: IntoIterator<Item = &'a Called>>(calls: T) -> Self {
        let mut sum = Self::default();
        for call in calls {
            let waited = call.waited_seconds();
            sum.add(Self {
                called: 1,
                rung: u64::from(call.rung),
                taken: u64::from(call.taken.is_some()),
                timed: u64::from(waited.is_some()),
                waited_seconds: waited.unwrap_or_default(),
            });
        }
        sum
    }
}

/// One call, as far as the events tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    /// The visit it was made from; `None`: from the idle page.
    pub visit: Option<VisitId>,
    /// When.
    pub at: Moment,
    /// The loudspeaker was heard.
    pub rung: bool,
    /// When somebody came, or said that they were coming.
    pub taken: Option<Moment>,
    /// Somebody has helped.
    pub helped: bool,
}

impl Called {
    /// How long the patient waited for an answer; `None`: nobody answered, or no clock tells.
    pub fn waited_seconds(&self) -> Option<u64> {
        self.taken.and_then(|taken| seconds_between(&self.at, &taken))
    }

    /// Whether it was answered in this boot, so shortly before that moment.
    pub fn is_taken_within(&self, time: Duration, now: &Moment) -> bool {
        self.taken.is_some_and(|taken| {
            let passed = now.uptime_ms.saturating_sub(taken.uptime_ms);
            taken.boot == now.boot && Duration::from_millis(passed) < time
        })
    }

    /// How long ago it was at that moment; `None`: no clock tells.
    pub fn seconds_until(&self, now: &Moment) -> Option<u64> {
        seconds_between(&self.at, now)
    }
}

/// Within a boot the uptime tells; between two boots only two sure clocks do.
fn seconds_between(from: &Moment, to: &Moment) -> Option<u64> {
    if from.boot == to.boot {
        return to.uptime_ms.checked_sub(from.uptime_ms).map(|ms| ms / 1000);
    }
    let ms = to.wall_ms.checked_sub(from.wall_ms).filter(|_| from.sure && to.sure)?;
    u64::try_from(ms).ok().map(|ms| ms / 1000)
}

/// The events about calls of a day, in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallEvents(Vec<(EventSeq, Option<VisitId>, Moment, Kind)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Called,
    Rung,
    Taken,
    Helped,
}

impl CallEvents {
    /// Takes in one event; others than those about calls say nothing.
    pub(super) fn add(&mut self, event: &Event) {
        let kinds = [
            (What::StaffCalled, Kind::Called),
            (What::CallRung, Kind::Rung),
            (What::CallTaken, Kind::Taken),
            (What::Helped, Kind::Helped),
        ];
        let kind = kinds.into_iter().find(|(what, _)| *what == event.what);
        self.0.extend(kind.map(|(_, kind)| (event.seq, event.visit, event.at, kind)));
    }

    /// The calls, in the order of the journal. What is told of a visit answers its calls before it.
    pub(super) fn calls(&self) -> Vec<Called> {
        let mut events = self.0.clone();
        events.sort_by_key(|(seq, ..)| *seq);
        let mut calls: Vec<Called> = Vec::new();
        for (_, visit, at, kind) in events {
            if kind == Kind::Called {
                calls.push(Called { visit, at, rung: false, taken: None, helped: false });
            }
            let open = |call: &&mut Called| call.visit == visit && !call.helped;
            for call in calls.iter_mut().filter(open) {
                match kind {
                    Kind::Called => {}
                    Kind::Rung => call.rung |= call.taken.is_none(),
                    Kind::Taken => call.taken = call.taken.or(Some(at)),
                    Kind::Helped => {
                        call.taken = call.taken.or(Some(at));
                        call.helped = true;
                    }
                }
            }
        }
        calls
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::AgeBand;
    use crate::figures::sample::{Desk, TODAY};
    use crate::figures::{DayFigures, Tally};

    fn figures(desk: &Desk) -> DayFigures {
        Tally::of(TODAY, &desk.events).figures()
    }

    /// The events of one call, some minutes apart.
    fn told(whats: &[(u64, What)]) -> Desk {
        let mut desk = Desk::open(TODAY);
        for (minute, what) in whats {
            desk.notes(None, what.clone());
            desk.events.last_mut().unwrap().at.uptime_ms = minute * 60_000;
        }
        desk
    }

    #[test]
    fn a_wait_ends_with_the_first_answer_and_no_answer_is_no_wait_of_no_time() {
        let call = (0, What::StaffCalled);
        let answered = Calls { called: 1, rung: 0, taken: 1, timed: 1, waited_seconds: 120 };
        for (events, expected) in [
            (vec![call.clone()], Calls { called: 1, ..Calls::default() }),
            (vec![call.clone(), (2, What::CallTaken)], answered),
            (vec![call.clone(), (2, What::CallTaken), (9, What::Helped)], answered),
            // As before there was a band to touch: a nurse opened the visit.
            (vec![call.clone(), (2, What::Helped)], answered),
            (
                vec![call.clone(), (1, What::CallRung), (2, What::CallTaken)],
                Calls { rung: 1, ..answered },
            ),
            (
                vec![call.clone(), (2, What::CallTaken), (3, What::Helped), (5, What::StaffCalled)],
                Calls { called: 2, ..answered },
            ),
            (vec![(2, What::CallTaken)], Calls::default()),
        ] {
            let mut desk = told(&events);
            assert_eq!(figures(&desk).calls, expected, "{events:?}");
            assert!(expected.are_possible());
            desk.events.reverse();
            assert_eq!(figures(&desk).calls, expected, "in any order: {events:?}");
        }
        assert_eq!(figures(&told(&[call])).calls.average_seconds(), None);
    }

    #[test]
    fn a_wait_over_a_start_is_known_by_two_sure_clocks_only() {
        for (sure, expected) in [(true, Some(120)), (false, None)] {
            let mut desk = told(&[(90, What::StaffCalled), (1, What::CallTaken)]);
            let [called, taken] = &mut desk.events[..] else { panic!() };
            taken.at.boot = Uuid::from_u128(7);
            taken.at.wall_ms = called.at.wall_ms + 120_000;
            taken.at.sure = sure;
            let calls = figures(&desk).calls;
            assert_eq!((calls.taken, calls.average_seconds()), (1, expected));
        }
    }

    #[test]
    fn what_is_told_of_one_visit_answers_no_other() {
        let mut desk = Desk::open(TODAY);
        let [one, other] = [(); 2].map(|()| desk.arrives(None, AgeBand::Unknown));
        for visit in [Some(one), Some(other), None] {
            desk.notes(visit, What::StaffCalled);
        }
        desk.notes(Some(other), What::CallTaken);
        let calls = Tally::of(TODAY, &desk.events).calls();
        let taken: Vec<_> = calls.iter().map(|call| (call.visit, call.taken.is_some())).collect();
        assert_eq!(taken, [(Some(one), false), (Some(other), true), (None, false)]);
    }

    #[test]
    fn the_closing_of_an_older_version_tells_of_no_answer_and_claims_none() {
        let mut document = serde_json::to_value(DayFigures::default()).unwrap();
        document["staff-calls"] = 5.into();
        document.as_object_mut().unwrap().remove("calls");
        let figures: DayFigures = serde_json::from_value(document).unwrap();
        assert_eq!((figures.staff_calls, figures.calls), (5, Calls::default()));
        assert_eq!(figures.calls.share(figures.calls.taken).ratio(), None);
    }
}
