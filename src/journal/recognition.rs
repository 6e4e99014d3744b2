//! Who arrives, and whether they were here already today.
//!
//! A document is found again by its number. Another document of the same person is found by name,
//! birth and sex; two people who share these have two numbers, and stay two. Both are kept as
//! tokens under the key of the day, so that nobody can tie a row to a person when the day is over.

use rusqlite::{OptionalExtension as _, params};

use super::chain::Link;
use super::day_key::Token;
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
enum By {
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
        let marks = match entry {
            Entry::Usual => self.marks(day, arrival.identity, arrival.person),
            Entry::Second | Entry::FromPaper => Marks::default(),
        };
        if let Some((known, recognised)) = self.recognise(day, marks)? {
            let (marks, what) = match (recognised, card) {
                (By::Person, Some(card)) => (marks, What::AlsoShown(ShownDocument { card, age })),
                (By::Number, _) | (By::Person, None) => (Marks::default(), What::ScannedAgain),
            };
            let new = NewEvent { at, day, visit: Some(known.id), by, marks };
            return Ok((known, self.append(&new, what)?));
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
        let marks = self.marks(day, identity, person);
        let what = match self.recognise(day, marks)? {
            Some((known, _)) if known.id != visit && !self.differ(day, known.id, visit)? => {
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
    fn marks(&mut self, day: StationDay, identity: Option<&[u8]>, person: Option<&[u8]>) -> Marks {
        let mut made = self.tokens(day, identity, person);
        // A key takes room, and the place of a file.
        if made.as_ref().is_err_and(JournalError::is_full) && self.release_reserve() {
            made = self.tokens(day, identity, person);
        }
        made.unwrap_or_else(|error| {
            self.key_failed(error);
            Marks::default()
        })
    }

    fn tokens(
        &mut self,
        day: StationDay,
        identity: Option<&[u8]>,
        person: Option<&[u8]>,
    ) -> Result<Marks, JournalError> {
        let mut token =
            |secret: Option<&[u8]>| secret.map(|secret| self.keys.token(day, secret)).transpose();
        Ok(Marks { token: token(identity)?, person: token(person)? })
    }

    /// Today's visit of the same person.
    fn recognise(
        &self,
        day: StationDay,
        Marks { token, person }: Marks,
    ) -> Result<Option<(Visit, By)>, JournalError> {
        let Some(token) = token else { return Ok(None) };
        if let Some(visit) = self.visit_by_token(day, token)? {
            return Ok(Some((visit, By::Number)));
        }
        let Some(person) = person else { return Ok(None) };
        let namesake = self.visit_of_person(day, person, token)?;
        Ok(namesake.map(|visit| (visit, By::Person)))
    }

    fn visit_by_token(&self, day: StationDay, token: Token) -> Result<Option<Visit>, JournalError> {
        let visit: Option<[u8; 16]> = self
            .connection
            .prepare_cached(&format!(
                "SELECT visit FROM event AS known WHERE day = ?1 AND token = ?2 AND {STANDS}
                 ORDER BY seq DESC LIMIT 1"
            ))?
            .query_row(params![day.to_string(), token.0], |row| row.get(0))
            .optional()?;
        visit.map_or(Ok(None), |visit| self.visit_of_id(day, visit))
    }

    /// The latest visit of somebody of this name and birth who showed no other number of the same
    /// kind: that would be a namesake.
    fn visit_of_person(
        &self,
        day: StationDay,
        person: Token,
        token: Token,
    ) -> Result<Option<Visit>, JournalError> {
        let visit: Option<[u8; 16]> = self
            .connection
            .prepare_cached(&format!(
                "SELECT visit FROM event AS known WHERE day = ?1 AND person = ?2 AND {STANDS}
                     AND NOT EXISTS (SELECT 1 FROM event WHERE day = ?1 AND visit = known.visit
                         AND substr(token, 1, 1) = substr(?3, 1, 1))
                 ORDER BY seq DESC LIMIT 1"
            ))?
            .query_row(params![day.to_string(), person.0, token.0], |row| row.get(0))
            .optional()?;
        visit.map_or(Ok(None), |visit| self.visit_of_id(day, visit))
    }

    /// Whether the two visits have two numbers of one kind: then they are two people's.
    fn differ(&self, day: StationDay, one: VisitId, other: VisitId) -> Result<bool, JournalError> {
        let differ = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM event AS a JOIN event AS b ON
                     a.day = ?1 AND a.visit = ?2 AND b.day = ?1 AND b.visit = ?3
                     AND a.token <> b.token AND substr(a.token, 1, 1) = substr(b.token, 1, 1)
                     AND substr(a.token, 1, 1) <> x'02')",
            )?
            .query_row(params![day.to_string(), one.0.as_bytes(), other.0.as_bytes()], |row| {
                row.get(0)
            })?;
        Ok(differ)
    }

    /// `None` where its arrival cannot be read: it does not count, and so the person is new.
    fn visit_of_id(&self, day: StationDay, id: [u8; 16]) -> Result<Option<Visit>, JournalError> {
        let (id, day) = self.place_of((VisitId(uuid::Uuid::from_bytes(id)), day));
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
        let mut documents = Vec::new();
        for row in rows {
            let (seq, marks): (i64, _) = row?;
            let what = read::event(&self.connection, read::ALL_COLUMNS, seq)?.what;
            if let What::Arrived(Arrival { card: Some(card), age, .. })
            | What::AlsoShown(ShownDocument { card, age }) = what
            {
                documents.push((ShownDocument { card, age }, marks));
            }
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
