//! Who arrives, and whether they were here already today.
//!
//! A document is found again by its number. Another document of the same person is found by name,
//! birth and sex; two people who share these have two numbers, and stay two. Both are kept as
//! tokens under the key of the day, so that nobody can tie a row to a person when the day is over.
//! While the clock is unsure, nobody is taken for who came in another boot: that may have been
//! another day.

use rusqlite::{OptionalExtension as _, params};

use super::chain::Link;
use super::day_key::{KeyOf, Token};
use super::other_keys::Seen;
use super::store::{Journal, Marks, NewArrival, NewEvent, Visit, insert_event};
use super::{JournalError, read};
use crate::event::{
    AgeBand, Arrival, CardKind, Correction, CorrectionReason, Entry, Event, EventSeq, Fact, Moment,
    RecordUsed, ShownDocument, StaffCode, StationDay, VisitId, What,
};

/// A further document of a visit under way.
pub struct NewDocument<'a> {
    /// What it is.
    pub card: CardKind,
    /// Age band on this day, as it tells.
    pub age: AgeBand,
    /// Its number; never stored.
    pub identity: Option<&'a [u8]>,
    /// Name, birth and sex; never stored either.
    pub person: Option<&'a [u8]>,
}

/// What became of a further document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What was written, in order.
    pub events: Vec<Event>,
    /// The earlier visit of the same person, if the document tells of one: the visit under way is
    /// struck out as a double, and what was said in it counts for this one.
    pub earlier: Option<Visit>,
}

/// Whether the visit `known` stands in the day ?1: it was neither moved to another nor struck out. A
/// person whose trial scan was struck out is new when they come as a patient.
const STANDS: &str = "NOT EXISTS
        (SELECT 1 FROM event WHERE day = ?1 AND visit = known.visit AND kind = 'moved-to')
    AND coalesce(
        (SELECT json_extract(body, '$.fact.counts') FROM event
         WHERE day = ?1 AND visit = known.visit AND kind = 'corrected'
               AND CASE WHEN json_valid(body) THEN json_extract(body, '$.fact.counts') END IS NOT NULL
         ORDER BY seq DESC LIMIT 1), 1)";

/// How somebody was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Number,
    Person,
}

impl Journal {
    /// Records that a patient arrived, or finds today's visit of the same person. Durable on return.
    ///
    /// # Errors
    /// When nothing could be made durable; the same call may be tried again.
    pub fn arrive(
        &mut self,
        proposed: VisitId,
        at: Moment,
        arrival: &NewArrival<'_>,
    ) -> Result<(Visit, Event), JournalError> {
        let day = arrival.day.unwrap_or_else(|| at.station_day());
        let NewArrival { card, age, entry, by, .. } = *arrival;
        // The token of a second visit would hide the first from the next scan.
        // Staff who name another day than the clock does know it.
        let key = match at.sure || day != at.station_day() {
            true => KeyOf::Day(day),
            false => KeyOf::Unsure(at.boot, day),
        };
        let marks = match entry {
            Entry::Usual => self.marks(key, at, arrival.identity, arrival.person),
            Entry::Second | Entry::FromPaper => Marks::default(),
        };
        if let Some((known, recognised)) = self.recognise(day, marks)? {
            let (marks, what) = match (recognised, card) {
                (By::Person, Some(card)) => (marks, What::AlsoShown(ShownDocument { card, age })),
                (By::Number, _) | (By::Person, None) => (Marks::default(), What::ScannedAgain),
            };
            if marks.token.is_some() {
                self.note_other_keys(known.id, key, arrival.identity, arrival.person);
            }
            let new = NewEvent { at, day, visit: Some(known.id), by, marks };
            return Ok((known, self.append(&new, what)?));
        }
        if marks.token.is_some() {
            self.note_other_keys(proposed, key, arrival.identity, arrival.person);
        }
        let number = self.next_number(day)?;
        let new = NewEvent { at, day, visit: Some(proposed), by, marks };
        let event = self.append(&new, What::Arrived(Arrival { number, card, age, entry }))?;
        self.numbered(day, number);
        let visit = Visit { id: proposed, day, number, arrived: at, used: None, again: false };
        Ok((visit, event))
    }

    /// Records that the patient of a visit showed another document. Durable on return.
    ///
    /// Where the document tells that the same person was here already today, under a document that
    /// could not be compared with the one of this visit, both become one: the earlier.
    ///
    /// # Errors
    /// When nothing could be made durable; the same call may be tried again.
    pub fn also_shown(
        &mut self,
        visit: (VisitId, StationDay),
        at: Moment,
        by: Option<StaffCode>,
        document: &NewDocument<'_>,
    ) -> Result<Shown, JournalError> {
        let (visit, day) = self.place_of(visit);
        let NewDocument { card, age, identity, person } = *document;
        let key = if at.sure { KeyOf::Day(day) } else { self.key_of_visit(visit, day)? };
        let marks = self.marks(key, at, identity, person);
        self.note_other_keys(visit, key, identity, person);
        let what = match self.recognise(day, marks)? {
            Some((known, _)) if known.id != visit && !self.are_two(day, known.id, visit)? => {
                let what = What::AlsoShown(ShownDocument { card, age });
                return self.join(
                    known,
                    visit,
                    &NewEvent { at, day, visit: None, by, marks },
                    what,
                );
            }
            Some((known, By::Number)) if known.id == visit => What::ScannedAgain,
            Some(_) | None => What::AlsoShown(ShownDocument { card, age }),
        };
        let marks = if what == What::ScannedAgain { Marks::default() } else { marks };
        let event = self.append(&NewEvent { at, day, visit: Some(visit), by, marks }, what)?;
        Ok(Shown { events: vec![event], earlier: None })
    }

    /// Without a key nobody is recognised, and everybody is counted (product rule 4).
    fn marks(
        &mut self,
        key: KeyOf,
        at: Moment,
        identity: Option<&[u8]>,
        person: Option<&[u8]>,
    ) -> Marks {
        let begins = key == KeyOf::Day(at.station_day()) && !self.keys.is_in_use(key);
        let mut made = self.tokens(key, identity, person);
        // A key takes room, and the place of a file.
        if made.as_ref().is_err_and(JournalError::is_full) && self.release_reserve() {
            made = self.tokens(key, identity, person);
        }
        let marks = made.unwrap_or_else(|error| {
            self.key_failed(error);
            Marks::default()
        });
        // The first of a day that somebody vouches for: the days before are over.
        if begins
            && at.sure
            && marks.token.is_some()
            && let Err(error) = self.keys.destroy_before(at.station_day())
        {
            self.key_failed(error);
        }
        marks
    }

    /// The key under which the documents of a visit stand.
    fn key_of_visit(&self, visit: VisitId, day: StationDay) -> Result<KeyOf, JournalError> {
        let arrived: Option<([u8; 16], bool)> = self
            .connection
            .prepare_cached(
                "SELECT boot, sure FROM event WHERE day = ?1 AND visit = ?2 AND kind = 'arrived'",
            )?
            .query_row(params![day.to_string(), visit.0.as_bytes()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(match arrived {
            Some((boot, false)) => KeyOf::Unsure(uuid::Uuid::from_bytes(boot), day),
            Some((_, true)) | None => KeyOf::Day(day),
        })
    }

    /// What a document is under the other keys there are is noted: the clock may turn out to be wrong,
    /// and one of them to be today's. Under a clock that was right all the time there are none.
    fn note_other_keys(
        &mut self,
        visit: VisitId,
        own: KeyOf,
        identity: Option<&[u8]>,
        person: Option<&[u8]>,
    ) {
        if identity.is_none() {
            return;
        }
        let noted = self.keys.all().and_then(|keys| {
            let mut seen = Vec::new();
            for other in keys.into_iter().filter(|other| *other != own) {
                let token = |secret: Option<&[u8]>| -> Result<Option<Token>, JournalError> {
                    let token = secret.map(|secret| self.keys.token_if_there(other, secret));
                    Ok(token.transpose()?.flatten())
                };
                let marks = Marks { token: token(identity)?, person: token(person)? };
                if let Some(key) = self.keys.id_of(other)? {
                    seen.push(Seen { visit, key, marks });
                }
            }
            Ok(seen)
        });
        match noted {
            Ok(seen) => self.other_keys.note(&seen),
            Err(error) => tracing::warn!(%error, "a patient may be taken for a new one"),
        }
    }

    fn tokens(
        &mut self,
        key: KeyOf,
        identity: Option<&[u8]>,
        person: Option<&[u8]>,
    ) -> Result<Marks, JournalError> {
        let mut token =
            |secret: Option<&[u8]>| secret.map(|secret| self.keys.token(key, secret)).transpose();
        Ok(Marks { token: token(identity)?, person: token(person)? })
    }

    /// Today's visit of the same person.
    fn recognise(
        &self,
        day: StationDay,
        marks: Marks,
    ) -> Result<Option<(Visit, By)>, JournalError> {
        for (visit, by) in self.visits_like(day, marks)? {
            if let Some(visit) = self.visit_of_id(day, visit)? {
                return Ok(Some((visit, by)));
            }
        }
        Ok(None)
    }

    /// The visits of that day by somebody with these marks, the likeliest first.
    pub(super) fn visits_like(
        &self,
        day: StationDay,
        Marks { token, person }: Marks,
    ) -> Result<Vec<(VisitId, By)>, JournalError> {
        let Some(token) = token else { return Ok(Vec::new()) };
        let by_number = self.visits_by_token(day, token)?;
        let by_person = match person.filter(|_| by_number.is_empty()) {
            Some(person) => self.visits_of_person(day, person, token)?,
            None => Vec::new(),
        };
        let by = |by| move |visit| (visit, by);
        Ok(by_number
            .into_iter()
            .map(by(By::Number))
            .chain(by_person.into_iter().map(by(By::Person)))
            .collect())
    }

    fn visits_by_token(&self, day: StationDay, token: Token) -> Result<Vec<VisitId>, JournalError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT visit FROM event AS known WHERE day = ?1 AND token = ?2 AND {STANDS}
             GROUP BY visit ORDER BY max(seq) DESC"
        ))?;
        let visits = statement.query_map(params![day.to_string(), token.0], to_visit)?;
        Ok(visits.collect::<Result<_, _>>()?)
    }

    /// The visits of somebody of this name and birth who showed no other number of the same kind, the
    /// latest first: that would be a namesake.
    fn visits_of_person(
        &self,
        day: StationDay,
        person: Token,
        token: Token,
    ) -> Result<Vec<VisitId>, JournalError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT visit FROM event AS known WHERE day = ?1 AND person = ?2 AND {STANDS}
                 AND NOT EXISTS (SELECT 1 FROM event WHERE day = ?1 AND visit = known.visit
                     AND substr(token, 1, 1) = substr(?3, 1, 1))
             GROUP BY visit ORDER BY max(seq) DESC"
        ))?;
        let visits = statement.query_map(params![day.to_string(), person.0, token.0], to_visit)?;
        Ok(visits.collect::<Result<_, _>>()?)
    }

    /// Whether two visits are two people's.
    fn are_two(&self, day: StationDay, one: VisitId, other: VisitId) -> Result<bool, JournalError> {
        Ok(differ(&self.marks_of(day, one)?, &self.marks_of(day, other)?))
    }

    /// By what the patient of a visit can be recognised.
    pub(super) fn marks_of(
        &self,
        day: StationDay,
        visit: VisitId,
    ) -> Result<Vec<Marks>, JournalError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT token, person FROM event
             WHERE day = ?1 AND visit = ?2 AND token IS NOT NULL ORDER BY seq",
        )?;
        let marks = statement.query_map(params![day.to_string(), visit.0.as_bytes()], |row| {
            let token = |bytes: Option<_>| bytes.map(Token);
            Ok(Marks { token: token(row.get(0)?), person: token(row.get(1)?) })
        })?;
        Ok(marks.collect::<Result<_, _>>()?)
    }

    /// `None` where its arrival cannot be read: it does not count, and so the person is new.
    pub(super) fn visit_of_id(
        &self,
        day: StationDay,
        id: VisitId,
    ) -> Result<Option<Visit>, JournalError> {
        let (id, day) = self.place_of((id, day));
        let seq: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT seq FROM event WHERE day = ?1 AND visit = ?2 AND kind = 'arrived'",
            )?
            .query_row(params![day.to_string(), id.0.as_bytes()], |row| row.get(0))
            .optional()?;
        let Some(seq) = seq else { return Ok(None) };
        let arrived = read::event(&self.connection, read::ALL_COLUMNS, seq)?;
        let What::Arrived(Arrival { number, .. }) = arrived.what else { return Ok(None) };
        let used = self.last_choice(day, id)?;
        Ok(Some(Visit { id, day, number, arrived: arrived.at, used, again: true }))
    }

    fn last_choice(
        &self,
        day: StationDay,
        visit: VisitId,
    ) -> Result<Option<RecordUsed>, JournalError> {
        let seq: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT seq FROM event WHERE day = ?1 AND visit = ?2 AND kind = 'chose'
                 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row(params![day.to_string(), visit.0.as_bytes()], |row| row.get(0))
            .optional()?;
        let Some(seq) = seq else { return Ok(None) };
        let event = read::event(&self.connection, read::ALL_COLUMNS, seq)?;
        let What::Chose(choice) = event.what else { return Ok(None) };
        Ok(Some(choice.used))
    }

    /// Two visits turn out to be one person's: what was said in the later counts for the earlier,
    /// and the later counts no more. `new`: when, by whom, and the tokens of the document.
    fn join(
        &mut self,
        earlier: Visit,
        later: VisitId,
        new: &NewEvent,
        document: What,
    ) -> Result<Shown, JournalError> {
        let day = new.day;
        let said = self.said_in(day, later)?;
        let documents = self.documents_of(day, later)?;
        let end = self.end();
        let transaction = self.connection.unchecked_transaction()?;
        let mut joining = Joining { journal: self, end, events: Vec::new() };
        let of = |visit, marks| NewEvent { visit: Some(visit), marks, ..*new };
        for (document, marks) in documents {
            joining.append(&of(earlier.id, marks), What::AlsoShown(document))?;
        }
        joining.append(&of(earlier.id, new.marks), document)?;
        for event in said {
            let again = NewEvent { at: event.at, by: event.by, ..of(earlier.id, Marks::default()) };
            joining.append(&again, event.what)?;
        }
        let (reason, fact) = (CorrectionReason::Double, Fact::Counts(false));
        let double = What::Corrected(Correction { reason, fact });
        joining.append(&of(later, Marks::default()), double)?;
        let Joining { end, events, .. } = joining;
        transaction.commit()?;
        self.appended(end.0, end.1);
        self.visits_moved(vec![(later, (earlier.id, day))]);
        let used = self.last_choice(day, earlier.id)?;
        Ok(Shown { events, earlier: Some(Visit { used, ..earlier }) })
    }

    /// The documents of a visit by which its patient can be recognised.
    fn documents_of(
        &self,
        day: StationDay,
        visit: VisitId,
    ) -> Result<Vec<(ShownDocument, Marks)>, JournalError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, token, person FROM event
             WHERE day = ?1 AND visit = ?2 AND token IS NOT NULL ORDER BY seq",
        )?;
        let rows = statement.query_map(params![day.to_string(), visit.0.as_bytes()], |row| {
            let token = |bytes: Option<_>| bytes.map(Token);
            Ok((row.get(0)?, Marks { token: token(row.get(1)?), person: token(row.get(2)?) }))
        })?;
        let (mut documents, mut known_since) = (Vec::new(), Vec::new());
        for row in rows {
            let (seq, marks): (i64, _) = row?;
            let what = read::event(&self.connection, read::ALL_COLUMNS, seq)?.what;
            if let What::Arrived(Arrival { card: Some(card), age, .. })
            | What::AlsoShown(ShownDocument { card, age }) = what
            {
                documents.push((ShownDocument { card, age }, marks));
            } else {
                known_since.push(marks);
            }
        }
        // What the documents are under the key of the day, since that is known.
        for ((_, marks), known) in documents.iter_mut().zip(known_since) {
            *marks = known;
        }
        Ok(documents)
    }

    /// What was said in a visit, besides how it began and when.
    fn said_in(&self, day: StationDay, visit: VisitId) -> Result<Vec<Event>, JournalError> {
        let mut events = self.events_of(day)?;
        events.retain(|event| {
            let is_said = !matches!(
                event.what,
                What::Arrived(_)
                    | What::ScannedAgain
                    | What::AlsoShown(_)
                    | What::Dated { .. }
                    | What::MovedFrom { .. }
                    | What::NotUnderstood
            );
            event.visit == Some(visit) && is_said
        });
        Ok(events)
    }
}

fn to_visit(row: &rusqlite::Row<'_>) -> rusqlite::Result<VisitId> {
    row.get(0).map(uuid::Uuid::from_bytes).map(VisitId)
}

/// Whether both have numbers of one kind, and none of them in common: then they are two people's.
/// Codes change.
pub(super) fn differ(one: &[Marks], other: &[Marks]) -> bool {
    /// What codes begin with.
    const CODE: u8 = 2;
    let numbers = |marks: &[Marks]| -> Vec<[u8; 16]> {
        let tokens = marks.iter().filter_map(|marks| marks.token);
        tokens.map(|token| token.0).filter(|token| token.first() != Some(&CODE)).collect()
    };
    let (one, other) = (numbers(one), numbers(other));
    let is_in_common = one.iter().any(|token| other.contains(token));
    let is_of_one_kind =
        one.iter().any(|token| other.iter().any(|other| other.first() == token.first()));
    is_of_one_kind && !is_in_common
}

/// The events of one transaction.
struct Joining<'a> {
    journal: &'a Journal,
    end: (EventSeq, Link),
    events: Vec<Event>,
}

impl Joining<'_> {
    fn append(&mut self, new: &NewEvent, what: What) -> Result<(), JournalError> {
        let journal = self.journal;
        let (event, chain) =
            insert_event(&journal.connection, journal.origin(), self.end, new, what)?;
        self.end = (event.seq, chain);
        self.events.push(event);
        Ok(())
    }
}
