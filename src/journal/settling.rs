//! What time it is became known: the visits of this boot that a wrong or unsure clock had dated get
//! the time at which they began, and where that is another day, they are moved there.
//!
//! Keeps product rule 6, and rule 5 with it: what stands in the wrong day stays there and ends with
//! `moved-to`; its events stand again in the right day, under another id, with the time at which
//! they happened, and end with `moved-from`. Nobody is recognised by it: the token of the wrong day
//! is not carried over. All of it is one transaction with `clock-known`, so a power cut leaves all of
//! it or nothing, and asking again changes nothing.
//!
//! A boot that ended before its time was known stays unsure: how long the computer was off cannot be
//! known.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension as _, params};
use uuid::{NoContext, Timestamp, Uuid};

use super::chain::Link;
use super::store::{Marks, NewEvent, insert_event};
use super::{Journal, JournalError, read};
use crate::event::{
    AgeBand, Arrival, Entry, Event, EventSeq, Moment, StaffCode, StationDay, VisitId, VisitNo,
    Vouched, What,
};

/// Who moves farther may well be of another age band than under the wrong date: the band is not known
/// any more, and not guessed.
const AGE_HOLDS_DAYS: u64 = 365;

/// A sure time that becomes known better by less stays as it was told.
const NEGLIGIBLE_MS: u64 = 60_000;

/// The age band of a visit's patient on a day, where the birth is still known: in memory only.
pub type Ages = Box<dyn Fn(VisitId, StationDay) -> Option<AgeBand> + Send + Sync>;

/// What became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockKnown {
    /// The first moment by it.
    pub at: Moment,
    /// Who vouches.
    pub way: Vouched,
    /// What this machine would have told then without it, milliseconds since 1970-01-01 UTC.
    pub told_ms: i64,
    /// Who of the staff set it.
    pub by: Option<StaffCode>,
}

/// What was recorded when the time became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The event `clock-known`.
    pub event: Event,
    /// How many visits count for another day now.
    pub moved: usize,
    /// How many visits stay in their day, which is known to be right now.
    pub dated: usize,
}

impl Journal {
    /// Records that the time of this boot is known, and settles its visits. `None`: nothing of this
    /// boot hangs on it, and nothing was written.
    ///
    /// # Errors
    /// When it could not be made durable: then nothing was written, and the same call may be tried
    /// again.
    pub fn clock_known(&mut self, known: &ClockKnown) -> Result<Option<Settled>, JournalError> {
        self.clock_known_with_ages(known, &|_, _| None)
    }

    /// As [`Journal::clock_known`], and the visits that move get the age of their right day. Who stays
    /// in a day has the age of that day already.
    ///
    /// # Errors
    /// As [`Journal::clock_known`].
    pub fn clock_known_with_ages(
        &mut self,
        known: &ClockKnown,
        ages: &dyn Fn(VisitId, StationDay) -> Option<AgeBand>,
    ) -> Result<Option<Settled>, JournalError> {
        let boot = known.at.boot;
        let tail = read::tail_of_boot(&self.connection, boot)?;
        let last_line = match tail.clock_known {
            Some(seq) => Some(read::event(&self.connection, read::ALL_COLUMNS, seq)?.at),
            None => None,
        };
        // Asked again before the first answer was here.
        if last_line == Some(known.at) {
            return Ok(None);
        }
        let told_before = last_line.map_or(known.told_ms, |line| known.at.wall_ms_by(&line));
        let is_news = known.way == Vouched::Staff
            || tail.is_unsure_since
            || is_another(told_before, known.at.wall_ms);
        if !is_news {
            return Ok(None);
        }
        let mut visits = visits_of(read::events_from(&self.connection, tail.first)?);
        visits.retain(|visit| visit.is_unsettled(&known.at));
        // They are numbered in the order in which they came.
        visits
            .sort_by_key(|visit| (visit.at.uptime_ms, visit.events.first().map(|event| event.seq)));

        let transaction = self.connection.unchecked_transaction()?;
        let mut settling = Settling::begin(self, known)?;
        let (mut moves, mut dated) = (Vec::new(), 0);
        for visit in &visits {
            let wall_ms = visit.at.wall_ms_by(&known.at);
            let day = Moment { wall_ms, ..visit.at }.station_day();
            if visit.is_day_said() || day == visit.day {
                settling.tell(visit.day, visit.id, What::Dated { wall_ms })?;
                dated += 1;
            } else {
                let age = ages(visit.id, day);
                moves.push((visit.id, settling.move_visit(visit, day, age)?));
            }
        }
        let Settling { event, last, chain, .. } = settling;
        transaction.commit()?;
        self.appended(last, chain);
        let moved = moves.len();
        self.visits_moved(moves);
        Ok(Some(Settled { event, moved, dated }))
    }

    /// What was known of this boot's time when the program ran before: who vouched, and the first
    /// moment by it.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn known_of_boot(&self, boot: Uuid) -> Result<Option<(Vouched, Moment)>, JournalError> {
        let Some(seq) = read::tail_of_boot(&self.connection, boot)?.clock_known else {
            return Ok(None);
        };
        let event = read::event(&self.connection, read::ALL_COLUMNS, seq)?;
        // One that cannot be read vouches for nothing.
        let What::ClockKnown { way, .. } = event.what else { return Ok(None) };
        Ok(Some((way, event.at)))
    }

    /// The last sure moment of an earlier boot, milliseconds since 1970-01-01 UTC: it is later now.
    ///
    /// # Errors
    /// SQLite's errors.
    pub fn last_sure_ms(&self, boot: Uuid) -> Result<Option<i64>, JournalError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT wall_ms FROM event WHERE sure = 1 AND boot <> ?1 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row(params![boot.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }
}

fn is_another(told_ms: i64, true_ms: i64) -> bool {
    told_ms.abs_diff(true_ms) >= NEGLIGIBLE_MS
}

/// A visit of this boot, as its events tell.
struct Standing {
    id: VisitId,
    day: StationDay,
    arrival: Arrival,
    /// When it began, as was told then.
    at: Moment,
    /// And as is known since.
    dated_ms: Option<i64>,
    is_moved: bool,
    events: Vec<Event>,
}

impl Standing {
    fn is_unsettled(&self, known: &Moment) -> bool {
        let is_sure = self.at.sure || self.dated_ms.is_some();
        let told_ms = self.dated_ms.unwrap_or(self.at.wall_ms);
        !self.is_moved && (!is_sure || is_another(told_ms, self.at.wall_ms_by(known)))
    }

    /// Staff said for which day it counts, from the paper sheet or among earlier days: not the clock.
    fn is_day_said(&self) -> bool {
        self.arrival.entry == Entry::FromPaper || self.day != self.at.station_day()
    }
}

/// The visits that began among these events.
fn visits_of(events: Vec<Event>) -> Vec<Standing> {
    let mut visits: HashMap<VisitId, Standing> = HashMap::new();
    for event in events {
        let Some(id) = event.visit else { continue };
        // It cannot be written again; it stays where it is.
        if event.what == What::NotUnderstood {
            continue;
        }
        if let What::Arrived(arrival) = &event.what {
            let (day, at, arrival) = (event.day, event.at, arrival.clone());
            let (dated_ms, is_moved, events) = (None, false, Vec::new());
            visits.insert(id, Standing { id, day, arrival, at, dated_ms, is_moved, events });
        }
        // What was told of a visit of an earlier boot moves with nothing.
        let Some(visit) = visits.get_mut(&id) else { continue };
        if let What::Dated { wall_ms } = event.what {
            visit.dated_ms = Some(wall_ms);
        }
        visit.is_moved |= matches!(event.what, What::MovedTo { .. });
        visit.events.push(event);
    }
    visits.into_values().collect()
}

/// The events that follow `clock-known` in its transaction.
struct Settling<'a> {
    journal: &'a Journal,
    known: &'a ClockKnown,
    event: Event,
    last: EventSeq,
    chain: Link,
    /// The last number given on each day.
    numbers: BTreeMap<StationDay, VisitNo>,
}

impl<'a> Settling<'a> {
    fn begin(journal: &'a Journal, known: &'a ClockKnown) -> Result<Self, JournalError> {
        let ClockKnown { at, way, told_ms, by } = *known;
        let new = NewEvent { at, day: at.station_day(), visit: None, by, marks: Marks::default() };
        let (event, chain) = journal.insert(&new, What::ClockKnown { way, told_ms })?;
        let last = event.seq;
        Ok(Self { journal, known, event, last, chain, numbers: BTreeMap::new() })
    }

    /// Something that is recorded now.
    fn tell(&mut self, day: StationDay, visit: VisitId, what: What) -> Result<(), JournalError> {
        let ClockKnown { at, by, .. } = *self.known;
        self.append(&NewEvent { at, day, visit: Some(visit), by, marks: Marks::default() }, what)
    }

    fn append(&mut self, new: &NewEvent, what: What) -> Result<(), JournalError> {
        let (journal, end) = (self.journal, (self.last, self.chain));
        let (event, chain) = insert_event(&journal.connection, journal.origin(), end, new, what)?;
        (self.last, self.chain) = (event.seq, chain);
        Ok(())
    }

    /// The visit stands again in `day`, and no longer where it stood.
    fn move_visit(
        &mut self,
        visit: &Standing,
        day: StationDay,
        known_age: Option<AgeBand>,
    ) -> Result<(VisitId, StationDay), JournalError> {
        let known = self.known.at;
        let number = self.next_number(day)?;
        let id = visit_id_of(visit.at.wall_ms_by(&known));
        let is_near = (day.0 - visit.day.0).num_days().unsigned_abs() <= AGE_HOLDS_DAYS;
        let told = if is_near { visit.arrival.age } else { AgeBand::Unknown };
        let age = known_age.unwrap_or(told);
        for event in &visit.events {
            let mut what = event.what.clone();
            if matches!(what, What::Dated { .. } | What::MovedFrom { .. }) {
                continue;
            }
            if let What::Arrived(arrival) = &mut what {
                (arrival.number, arrival.age) = (number, age);
            }
            if let What::AlsoShown(document) = &mut what {
                let told = if is_near { document.age } else { AgeBand::Unknown };
                document.age = known_age.unwrap_or(told);
            }
            let at = Moment { wall_ms: event.at.wall_ms_by(&known), sure: true, ..event.at };
            let new = NewEvent { at, day, visit: Some(id), by: event.by, marks: Marks::default() };
            self.append(&new, what)?;
        }
        let from = What::MovedFrom { day: visit.day, number: visit.arrival.number };
        self.tell(day, id, from)?;
        self.tell(visit.day, visit.id, What::MovedTo { day, number })?;
        Ok((id, day))
    }

    fn next_number(&mut self, day: StationDay) -> Result<VisitNo, JournalError> {
        let number = match self.numbers.get(&day) {
            Some(last) => VisitNo(last.0 + 1),
            None => self.journal.first_free_number(day)?,
        };
        self.numbers.insert(day, number);
        Ok(number)
    }
}

/// A new id that begins with the time of arrival, as every visit's does.
fn visit_id_of(wall_ms: i64) -> VisitId {
    let wall_ms = u64::try_from(wall_ms).unwrap_or_default();
    let nanos = u32::try_from(wall_ms % 1000).unwrap_or_default() * 1_000_000;
    VisitId(Uuid::new_v7(Timestamp::from_unix(NoContext, wall_ms / 1000, nanos)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Origin;
    use crate::figures::Tally;
    use crate::journal::{JournalReader, NewArrival};

    /// 08:05 in Vietnam on 24 November 2026, an hour after this boot.
    const NOW: Moment = Moment {
        wall_ms: 1_795_482_300_000,
        uptime_ms: 3_600_000,
        boot: Uuid::from_u128(7),
        sure: true,
    };
    const DAY_MS: i64 = 24 * 3_600_000;
    const VISITS: u64 = 3;

    fn open(data: &std::path::Path) -> Journal {
        let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
        Journal::open(data, origin, NOW).unwrap().journal
    }

    fn arrivals(journal: &Journal, day: StationDay) -> u64 {
        Tally::of(day, &journal.events_of(day).unwrap()).figures().arrivals
    }

    /// Visits before the time was known, under a clock that was a day ahead.
    fn visits_of_a_wrong_day(journal: &mut Journal) -> StationDay {
        let mut wrong = NOW.station_day();
        for minute in 1..=VISITS {
            let uptime_ms = minute * 60_000;
            let at = Moment { uptime_ms, sure: false, ..NOW };
            let at = Moment { wall_ms: at.wall_ms_by(&NOW) + DAY_MS, ..at };
            let arrival = NewArrival {
                card: None,
                age: AgeBand::Unknown,
                identity: None,
                person: None,
                entry: Entry::Usual,
                day: None,
                by: None,
            };
            let (visit, _) = journal.arrive(VisitId(Uuid::now_v7()), at, &arrival).unwrap();
            journal.record((visit.id, visit.day), at, None, What::StaffCalled).unwrap();
            wrong = visit.day;
        }
        wrong
    }

    /// The power goes at every insert in turn: all of it or nothing is there at the next start, and
    /// then it is done once.
    #[test]
    fn a_power_cut_in_the_middle_leaves_nothing_and_the_next_start_does_it_once() {
        let known =
            ClockKnown { at: NOW, way: Vouched::Network, told_ms: NOW.wall_ms + DAY_MS, by: None };
        let today = NOW.station_day();
        // clock-known; of each visit two events, moved-from and moved-to.
        let inserts = 1 + VISITS * 4;
        for cut in 1..=inserts {
            let data = tempfile::tempdir().unwrap();
            let mut journal = open(data.path());
            let wrong = visits_of_a_wrong_day(&mut journal);
            let before = read::end_of_chain(&journal.connection).unwrap();
            let at_seq = before.0.0 + cut;
            journal
                .connection
                .execute_batch(&format!(
                    "CREATE TEMP TRIGGER power_cut BEFORE INSERT ON event WHEN new.seq = {at_seq}
                     BEGIN SELECT raise(ABORT, 'the power goes'); END;"
                ))
                .unwrap();
            assert!(journal.clock_known(&known).is_err(), "cut {cut}");
            drop(journal);

            let mut journal = open(data.path());
            assert_eq!(read::end_of_chain(&journal.connection).unwrap(), before, "cut {cut}");
            assert_eq!((arrivals(&journal, wrong), arrivals(&journal, today)), (VISITS, 0));
            let settled = journal.clock_known(&known).unwrap().unwrap();
            assert_eq!(settled.moved as u64, VISITS, "cut {cut}");
            assert_eq!(read::end_of_chain(&journal.connection).unwrap().0.0, before.0.0 + inserts);
            assert_eq!(journal.clock_known(&known).unwrap(), None, "cut {cut}");
            assert_eq!((arrivals(&journal, wrong), arrivals(&journal, today)), (0, VISITS));
            drop(journal);
            JournalReader::open(data.path()).unwrap().verify().unwrap();
        }
    }

    #[test]
    fn a_closed_day_that_visits_leave_or_enter_wants_a_further_closing() {
        use crate::event::ClosingWay;
        use crate::journal::Sealed;
        let data = tempfile::tempdir().unwrap();
        let mut journal = open(data.path());
        let wrong = visits_of_a_wrong_day(&mut journal);
        let mut seal = |_: &_| Sealed { document: Vec::new(), signature: [0; 64] };
        let (today, head) = (NOW.station_day(), ClosingWay::Head);
        for day in [today, wrong] {
            journal.close(day, NOW, None, head, &mut seal).unwrap();
        }
        let later = StationDay(wrong.0.succ_opt().unwrap());
        assert_eq!(journal.days_to_close(later).unwrap(), []);
        let known =
            ClockKnown { at: NOW, way: Vouched::Staff, told_ms: NOW.wall_ms + DAY_MS, by: None };
        journal.clock_known(&known).unwrap();
        assert_eq!(journal.days_to_close(later).unwrap(), [today, wrong]);
    }
}
