//! What time it is became known: the visits of this boot that a wrong or unsure clock had dated get
//! the time at which they began, and where that is another day, they are moved there.
//!
//! Keeps product rule 6, and rule 5 with it: what stands in the wrong day stays there and ends with
//! `moved-to`; its events stand again in the right day, under another id, with the time at which
//! they happened, and end with `moved-from`. A card that was read again on another day than it seemed
//! is a visit of that day; a visit whose patient was there already that day, before a power cut, is
//! told again as theirs. All of it is one transaction with `clock-known`, so a power cut leaves all of
//! it or nothing, and asking again changes nothing.
//!
//! Who comes again on the right day is recognised: see [`Marking`].
//!
//! A boot that ended before its time was known stays unsure: how long the computer was off cannot be
//! known.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{OptionalExtension as _, params};
use uuid::{NoContext, Timestamp, Uuid};

use super::chain::Link;
use super::day_key::{KeyId, KeyOf, Token};
use super::recognition::{By, differ};
use super::store::{Marks, NewEvent, insert_event};
use super::{Journal, JournalError, read};
use crate::event::{
    AgeBand, Arrival, CardKind, Correction, CorrectionReason, Entry, Event, EventSeq, Fact, Moment,
    ShownDocument, StaffCode, StationDay, VisitId, VisitNo, Vouched, What,
};

/// Who moves farther may well be of another age band than under the wrong date: the band is not known
/// any more, and not guessed.
const AGE_HOLDS_DAYS: u64 = 365;

/// The age of somebody on a day, who was told to be so old on another.
pub(super) fn age_on(day: StationDay, told: AgeBand, told_on: StationDay) -> AgeBand {
    let is_near = (day.0 - told_on.0).num_days().unsigned_abs() <= AGE_HOLDS_DAYS;
    if is_near { told } else { AgeBand::Unknown }
}

/// A sure time that becomes known better by less stays as it was told.
const NEGLIGIBLE_MS: u64 = 60_000;

/// Documents that follow each other faster are shown in one and the same visit to the desk.
const SAME_VISIT_MS: u64 = 10 * 60_000;

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
        let visits = self.unsettled(&known.at, tail.first)?;
        let today = known.at.station_day();
        // The first: under its key all who came later are known, too.
        let of_today = visits.iter().filter(|it| it.parts.iter().any(|it| it.day == today));
        let adopted = of_today.filter_map(|it| self.give_today_a_key(it.key(), boot, today)).next();
        let marking = Marking::of(self, &visits, today);

        let transaction = self.connection.unchecked_transaction()?;
        let mut settling = Settling::begin(self, known, marking, &visits)?;
        for visit in &visits {
            settling.settle(visit, ages)?;
        }
        let Settling { event, last, chain, moves, moved, dated, .. } = settling;
        transaction.commit()?;
        self.appended(last, chain);
        self.visits_moved(moves);
        self.forget_unsure_keys(boot, adopted);
        Ok(Some(Settled { event, moved, dated }))
    }

    /// The visits that this boot dated wrongly, in the order in which they came: so they are numbered.
    fn unsettled(&self, known: &Moment, first: EventSeq) -> Result<Vec<Standing>, JournalError> {
        let mut of_visits: HashMap<VisitId, Vec<Event>> = HashMap::new();
        for event in read::events_from(&self.connection, first)? {
            if let Some(visit) = event.visit {
                of_visits.entry(visit).or_default().push(event);
            }
        }
        let mut visits = Vec::new();
        for (id, mut events) in of_visits {
            let is_scanned = |event: &Event| is_scan(&event.what) && event.at.boot == known.boot;
            let begins = |event: &Event| matches!(event.what, What::Arrived(_));
            if !events.iter().any(begins) && events.iter().any(is_scanned) {
                // It began before this boot, and its patient seems to have come again since.
                let day = events.first().map_or_else(|| known.station_day(), |event| event.day);
                events = read::events_of(&self.connection, read::ALL_COLUMNS, day)?;
                events.retain(|event| event.visit == Some(id));
            }
            visits.extend(Standing::of(id, events, known));
        }
        visits.sort_by_key(|visit| (visit.at.uptime_ms, visit.parts.first().map(Part::first_seq)));
        Ok(visits)
    }

    /// As long as nobody knew which day it is, documents stood under a key of this boot. It becomes
    /// the key of today, if there is none yet; tells which key that was. Without one, nobody who came
    /// before is recognised, and everybody is counted.
    fn give_today_a_key(&self, from: KeyOf, boot: Uuid, today: StationDay) -> Option<KeyOf> {
        let to = KeyOf::Day(today);
        let adopted = || -> Result<bool, JournalError> {
            let is_there = self.keys.id_of(to)?.is_some();
            // The key of a day serves those who came in other boots.
            let is_ours = match from {
                KeyOf::Unsure(..) => true,
                KeyOf::Day(day) => !self.is_token_of_other_boots(day, boot)?,
            };
            if is_there || !is_ours {
                return Ok(false);
            }
            self.keys.adopt(from, to)
        };
        adopted()
            .inspect_err(|error| tracing::warn!(%error, "who came before is not recognised"))
            .unwrap_or_default()
            .then_some(from)
    }

    fn is_token_of_other_boots(&self, day: StationDay, boot: Uuid) -> Result<bool, JournalError> {
        let is_there = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM event
                 WHERE day = ?1 AND token IS NOT NULL AND boot <> ?2)",
            )?
            .query_row(params![day.to_string(), boot.as_bytes()], |row| row.get(0))?;
        Ok(is_there)
    }

    /// The time is known: every key is one of a day again.
    fn forget_unsure_keys(&mut self, boot: Uuid, adopted: Option<KeyOf>) {
        self.other_keys.forget();
        let mut destroy = || -> Result<(), JournalError> {
            for key in self.keys.all()? {
                if matches!(key, KeyOf::Unsure(of, _) if of == boot) || Some(key) == adopted {
                    self.keys.destroy(key)?;
                }
            }
            Ok(())
        };
        if let Err(error) = destroy() {
            tracing::error!(%error, "a key of the time when the clock was unsure is still there");
        }
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

/// Whether it tells that the patient of a visit showed a document once more.
fn is_scan(what: &What) -> bool {
    matches!(what, What::ScannedAgain | What::AlsoShown(_))
}

/// A visit that this boot dated wrongly, as its events tell.
struct Standing {
    id: VisitId,
    day: StationDay,
    arrival: Arrival,
    /// When it began, or what of it this boot dated wrongly, as was told then.
    at: Moment,
    /// What of it belongs to which day, that of its beginning first.
    parts: Vec<Part>,
}

/// What of a visit belongs to one day.
struct Part {
    day: StationDay,
    events: Vec<Event>,
}

impl Part {
    fn first_seq(&self) -> Option<EventSeq> {
        self.events.first().map(|event| event.seq)
    }
}

impl Standing {
    /// `None`: nothing of it is to be settled.
    fn of(id: VisitId, events: Vec<Event>, known: &Moment) -> Option<Self> {
        let begins = events.iter().find(|event| matches!(event.what, What::Arrived(_)))?;
        let What::Arrived(arrival) = &begins.what else { return None };
        let (day, began, arrival) = (begins.day, begins.at, arrival.clone());
        let is_ours = |event: &Event| event.at.boot == known.boot;
        let is_told = |event: &Event| matches!(event.what, What::Dated { .. });
        if events.iter().any(|event| matches!(event.what, What::MovedTo { .. })) {
            return None;
        }
        let dated_ms = events.iter().rev().find_map(|event| {
            if let What::Dated { wall_ms } = event.what { Some(wall_ms) } else { None }
        });
        // Staff said for which day it counts, from the paper sheet or among earlier days: not the clock.
        let is_day_said = arrival.entry == Entry::FromPaper || day != began.station_day();
        let is_here = began.boot == known.boot;
        let true_day = |at: Moment| {
            let wall_ms = at.wall_ms_by(known);
            Moment { wall_ms, ..at }.station_day()
        };
        let begins_on = if is_here && !is_day_said { true_day(began) } else { day };

        let mut parts = vec![Part { day: begins_on, events: Vec::new() }];
        let (mut under_way, mut last): (usize, Option<Moment>) = (0, None);
        let mut first_elsewhere = None;
        // What cannot be understood cannot be written again: it stays where it is.
        let can_move = |event: &Event| !is_told(event) && event.what != What::NotUnderstood;
        for event in events.into_iter().filter(can_move) {
            if is_scan(&event.what) && is_ours(&event) && !is_day_said {
                let is_near = |last: Moment| {
                    last.boot == event.at.boot
                        && event.at.uptime_ms.saturating_sub(last.uptime_ms) < SAME_VISIT_MS
                };
                if !last.is_some_and(is_near) {
                    let day = true_day(event.at);
                    let known_part = parts.iter().position(|part| part.day == day);
                    under_way = known_part.unwrap_or(parts.len());
                    if known_part.is_none() {
                        first_elsewhere = first_elsewhere.or(Some(event.at));
                        parts.push(Part { day, events: Vec::new() });
                    }
                }
            }
            last = Some(event.at);
            if let Some(part) = parts.get_mut(under_way) {
                part.events.push(event);
            }
        }
        let at = if is_here { began } else { first_elsewhere? };
        let is_sure = at.sure || is_here && dated_ms.is_some();
        let told_ms = if is_here { dated_ms.unwrap_or(at.wall_ms) } else { at.wall_ms };
        let is_unsettled = !is_sure || is_another(told_ms, at.wall_ms_by(known));
        is_unsettled.then_some(Self { id, day, arrival, at, parts })
    }

    /// Whether all of it belongs to the day where it stands.
    fn stays(&self) -> bool {
        matches!(self.parts.as_slice(), [part] if part.day == self.day)
    }

    /// Whether staff have said that it is no visit.
    fn is_corrected_away(&self) -> bool {
        let events = self.parts.iter().flat_map(|part| &part.events);
        let mut said: Vec<_> = events
            .filter_map(|event| {
                let What::Corrected(Correction { fact: Fact::Counts(counts), .. }) = event.what
                else {
                    return None;
                };
                Some((event.seq, counts))
            })
            .collect();
        said.sort_unstable();
        said.last().is_some_and(|(_, counts)| !counts)
    }

    /// How a part begins whose first event is this.
    fn arrival_by(&self, first: &What) -> Arrival {
        let told = |card: Option<CardKind>, age| Arrival { card, age, ..self.arrival.clone() };
        if let What::Arrived(arrival) = first {
            arrival.clone()
        } else if let What::AlsoShown(document) = first {
            told(Some(document.card), document.age)
        } else {
            told(self.arrival.card, self.arrival.age)
        }
    }

    /// The key under which the documents of this boot stand.
    fn key(&self) -> KeyOf {
        if self.at.sure { KeyOf::Day(self.day) } else { KeyOf::Unsure(self.at.boot, self.day) }
    }
}

/// By what the patients of moved visits are recognised in their right day.
///
/// Which identity a document tells is not kept. But what it is under the key of its visit stands in
/// the journal, and what it would have been under the other keys was noted (`journal/other_keys.rs`):
/// one of these is the key of the right day, or has just become it.
#[derive(Default)]
struct Marking {
    /// All that is known of each visit's documents.
    of: HashMap<VisitId, Vec<(KeyId, Marks)>>,
    keys: HashMap<StationDay, KeyId>,
}

impl Marking {
    /// What cannot be read costs recognition, never a visit.
    fn of(journal: &Journal, visits: &[Standing], today: StationDay) -> Self {
        let mut marking = Self::default();
        for visit in visits {
            if let Err(error) = marking.add(journal, visit) {
                tracing::warn!(%error, "a patient may be taken for a new one");
            }
        }
        for seen in journal.other_keys.seen() {
            let (visit, _) = journal.place_of((seen.visit, today));
            marking.of.entry(visit).or_default().push((seen.key, seen.marks));
        }
        marking
    }

    fn add(&mut self, journal: &Journal, visit: &Standing) -> Result<(), JournalError> {
        for part in &visit.parts {
            if let Some(key) = journal.keys.id_of(KeyOf::Day(part.day))? {
                self.keys.insert(part.day, key);
            }
        }
        if let Some(key) = journal.keys.id_of(visit.key())? {
            let marks = journal.marks_of(visit.day, visit.id)?;
            self.of.entry(visit.id).or_default().extend(marks.into_iter().map(|it| (key, it)));
        }
        Ok(())
    }

    /// What the documents of a visit are on a day.
    fn on(&self, visit: VisitId, day: StationDay) -> Vec<Marks> {
        let Some(of_day) = self.keys.get(&day) else { return Vec::new() };
        let mut marks: Vec<Marks> = Vec::new();
        for (_, known) in self.of.get(&visit).into_iter().flatten().filter(|(key, _)| key == of_day)
        {
            if !marks.contains(known) {
                marks.push(*known);
            }
        }
        marks
    }

    /// How two visits are known to be one patient's, as far as one key tells.
    fn are_one(&self, one: VisitId, other: VisitId) -> Option<By> {
        let under = |visit, key: KeyId| -> Vec<Marks> {
            let all = self.of.get(&visit).into_iter().flatten();
            all.filter(|(of, _)| *of == key).map(|(_, marks)| *marks).collect()
        };
        let keys = self.of.get(&one).into_iter().flatten().map(|(key, _)| *key);
        keys.filter_map(|key| alike(&under(one, key), &under(other, key))).next()
    }
}

/// How the documents of two visits are known to be one patient's.
fn alike(one: &[Marks], other: &[Marks]) -> Option<By> {
    let meet = |of: fn(&Marks) -> Option<Token>| {
        one.iter().filter_map(of).any(|token| other.iter().filter_map(of).any(|it| it == token))
    };
    if meet(|marks| marks.token) {
        Some(By::Number)
    } else {
        (meet(|marks| marks.person) && !differ(one, other)).then_some(By::Person)
    }
}

/// Where a visit stands, or another one of the same patient.
#[derive(Clone, Copy)]
struct Place {
    visit: VisitId,
    day: StationDay,
    number: VisitNo,
}

/// The events that follow `clock-known` in its transaction.
struct Settling<'a> {
    journal: &'a Journal,
    known: &'a ClockKnown,
    marking: Marking,
    /// What is not settled yet: nobody is found there.
    waiting: HashSet<VisitId>,
    event: Event,
    last: EventSeq,
    chain: Link,
    /// The last number given on each day.
    numbers: BTreeMap<StationDay, VisitNo>,
    /// What stands in its day now, and the visit it was.
    settled: Vec<(VisitId, Place)>,
    moves: Vec<(VisitId, (VisitId, StationDay))>,
    moved: usize,
    dated: usize,
}

impl<'a> Settling<'a> {
    fn begin(
        journal: &'a Journal,
        known: &'a ClockKnown,
        marking: Marking,
        visits: &[Standing],
    ) -> Result<Self, JournalError> {
        let ClockKnown { at, way, told_ms, by } = *known;
        let new = NewEvent { at, day: at.station_day(), visit: None, by, marks: Marks::default() };
        let (event, chain) = journal.insert(&new, What::ClockKnown { way, told_ms })?;
        Ok(Self {
            journal,
            known,
            marking,
            waiting: visits.iter().map(|visit| visit.id).collect(),
            last: event.seq,
            event,
            chain,
            numbers: BTreeMap::new(),
            settled: Vec::new(),
            moves: Vec::new(),
            moved: 0,
            dated: 0,
        })
    }

    /// Something that is recorded now.
    fn tell(&mut self, day: StationDay, visit: VisitId, what: What) -> Result<(), JournalError> {
        self.tell_with(day, visit, Marks::default(), what)
    }

    fn tell_with(
        &mut self,
        day: StationDay,
        visit: VisitId,
        marks: Marks,
        what: What,
    ) -> Result<(), JournalError> {
        let ClockKnown { at, by, .. } = *self.known;
        self.append(&NewEvent { at, day, visit: Some(visit), by, marks }, what)
    }

    /// Something that happened before, with the time at which it did.
    fn tell_again(
        &mut self,
        (visit, day): (VisitId, StationDay),
        event: &Event,
        marks: Marks,
        what: What,
    ) -> Result<(), JournalError> {
        let known = self.known.at;
        let at = if event.at.boot == known.boot {
            Moment { wall_ms: event.at.wall_ms_by(&known), sure: true, ..event.at }
        } else {
            event.at
        };
        self.append(&NewEvent { at, day, visit: Some(visit), by: event.by, marks }, what)
    }

    fn append(&mut self, new: &NewEvent, what: What) -> Result<(), JournalError> {
        let (journal, end) = (self.journal, (self.last, self.chain));
        let (event, chain) = insert_event(&journal.connection, journal.origin(), end, new, what)?;
        (self.last, self.chain) = (event.seq, chain);
        Ok(())
    }

    fn settle(
        &mut self,
        visit: &Standing,
        ages: &dyn Fn(VisitId, StationDay) -> Option<AgeBand>,
    ) -> Result<(), JournalError> {
        self.waiting.remove(&visit.id);
        if visit.stays() {
            return self.date(visit);
        }
        let mut first = None;
        let mut latest = None;
        for part in &visit.parts {
            let place = match self.earlier(visit, part.day)? {
                Some((place, by)) => self.tell_as_theirs(visit, part, place, by)?,
                None => self.move_part(visit, part, ages(visit.id, part.day))?,
            };
            self.settled.push((visit.id, place));
            first = first.or(Some(place));
            latest = Some(place);
        }
        let (Some(first), Some(latest)) = (first, latest) else { return Ok(()) };
        let to = What::MovedTo { day: first.day, number: first.number };
        self.tell(visit.day, visit.id, to)?;
        // Who is at the desk now speaks of the last.
        self.moves.push((visit.id, (latest.visit, latest.day)));
        self.moved += 1;
        Ok(())
    }

    /// The visit stands in its day.
    fn date(&mut self, visit: &Standing) -> Result<(), JournalError> {
        let wall_ms = visit.at.wall_ms_by(&self.known.at);
        let mut marks = self.marking.on(visit.id, visit.day);
        // What stands in the journal under the key of the day needs not be told again.
        let there = self.journal.marks_of(visit.day, visit.id)?;
        marks.retain(|marks| !there.contains(marks));
        if marks.is_empty() {
            marks.push(Marks::default());
        }
        for marks in marks {
            self.tell_with(visit.day, visit.id, marks, What::Dated { wall_ms })?;
        }
        self.dated += 1;
        let number = visit.arrival.number;
        let here = Place { visit: visit.id, day: visit.day, number };
        let (Some((place, by)), Some(part)) =
            (self.earlier(visit, visit.day)?, visit.parts.first())
        else {
            self.settled.push((visit.id, here));
            return Ok(());
        };
        let place = self.tell_as_theirs(visit, part, place, by)?;
        let (reason, fact) = (CorrectionReason::Double, Fact::Counts(false));
        self.tell(visit.day, visit.id, What::Corrected(Correction { reason, fact }))?;
        self.moves.push((visit.id, (place.visit, place.day)));
        self.settled.push((visit.id, place));
        Ok(())
    }

    /// The visit of the same patient that stands in the day already, and how that is known.
    fn earlier(
        &self,
        visit: &Standing,
        day: StationDay,
    ) -> Result<Option<(Place, By)>, JournalError> {
        // A second visit on purpose, or one that staff have struck out, is nobody's double.
        if visit.arrival.entry != Entry::Usual || visit.is_corrected_away() {
            return Ok(None);
        }
        let of_day = self.settled.iter().filter(|(of, it)| it.day == day && *of != visit.id);
        let here = of_day
            .filter_map(|(of, place)| Some((*place, self.marking.are_one(*of, visit.id)?)))
            .next();
        if here.is_some() {
            return Ok(here);
        }
        let marks = self.marking.on(visit.id, day);
        for of_document in &marks {
            for (found, by) in self.journal.visits_like(day, *of_document)? {
                let is_other = found != visit.id && !self.waiting.contains(&found);
                let is_theirs = by == By::Number
                    || !differ(&self.journal.marks_of(day, found)?, marks.as_slice());
                if is_other
                    && is_theirs
                    && let Some(found) = self.journal.visit_of_id(day, found)?
                {
                    let place = Place { visit: found.id, day: found.day, number: found.number };
                    return Ok(Some((place, by)));
                }
            }
        }
        Ok(None)
    }

    /// What happened in one visit is told again in another one of the same patient.
    fn tell_as_theirs(
        &mut self,
        visit: &Standing,
        part: &Part,
        place: Place,
        by: By,
    ) -> Result<Place, JournalError> {
        let mut marks = self.marking.on(visit.id, place.day).into_iter();
        let there = (place.visit, place.day);
        for event in &part.events {
            let mut what = event.what.clone();
            if let What::MovedFrom { .. }
            | What::Corrected(Correction { fact: Fact::Counts(_), .. }) = what
            {
                continue;
            }
            if let What::Arrived(Arrival { card, age, .. }) = what {
                let shown = card.filter(|_| by == By::Person);
                what = shown.map_or(What::ScannedAgain, |card| {
                    What::AlsoShown(ShownDocument { card, age })
                });
            }
            let of_document = if matches!(what, What::AlsoShown(_)) { marks.next() } else { None };
            self.tell_again(there, event, of_document.unwrap_or_default(), what)?;
        }
        Ok(place)
    }

    /// A part of the visit stands in its day.
    fn move_part(
        &mut self,
        visit: &Standing,
        part: &Part,
        known_age: Option<AgeBand>,
    ) -> Result<Place, JournalError> {
        let day = part.day;
        let number = self.next_number(day)?;
        let began = part.events.first().map_or(visit.at, |event| event.at);
        let is_ours = began.boot == self.known.at.boot;
        let id =
            visit_id_of(if is_ours { began.wall_ms_by(&self.known.at) } else { began.wall_ms });
        let told = |age| known_age.unwrap_or_else(|| age_on(day, age, visit.day));
        let mut marks = self.marking.on(visit.id, day).into_iter();
        let mut is_begun = false;
        for event in &part.events {
            let mut what = event.what.clone();
            if matches!(what, What::MovedFrom { .. }) {
                continue;
            }
            if !is_begun {
                what = What::Arrived(visit.arrival_by(&what));
                is_begun = true;
            }
            if let What::Arrived(arrival) = &mut what {
                (arrival.number, arrival.age) = (number, told(arrival.age));
            }
            if let What::AlsoShown(document) = &mut what {
                document.age = told(document.age);
            }
            let is_document = matches!(what, What::Arrived(_) | What::AlsoShown(_));
            let of_document = if is_document { marks.next() } else { None };
            self.tell_again((id, day), event, of_document.unwrap_or_default(), what)?;
        }
        let from = What::MovedFrom { day: visit.day, number: visit.arrival.number };
        self.tell_with(day, id, marks.next().unwrap_or_default(), from)?;
        Ok(Place { visit: id, day, number })
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
        let mut seal = |_: &_| Sealed { document: b"{}".to_vec(), signature: [0; 64] };
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
