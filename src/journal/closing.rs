//! Day closings: the signed figures of a station day, and which days still want one.
//!
//! A closing is an event and a signed document in one transaction: both are there or neither. It
//! speaks of everything recorded for its day until then; what is recorded later is closed again
//! under the next number, never changed (product rule 5). With the closing the day's key is
//! destroyed (product rule 2).

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::day_key::KeyOf;
use super::store::{Marks, NewEvent};
use super::walk::Walk;
use super::{Journal, JournalError, JournalReader, Link, read};
use crate::event::{ClosingWay, Event, EventSeq, JournalId, Moment, StaffCode, StationDay, What};

/// How far back days without any event are closed: a year and a month. A clock that once stood in
/// another century must not make the machine sign thousands of empty days.
const DAYS_BACK: u64 = 400;

/// What a closing is about, before it is signed.
#[derive(Clone, Debug)]
pub struct ClosingDraft {
    /// The day.
    pub day: StationDay,
    /// Which closing of that day, from 1.
    pub number: u32,
    /// Every event of the day in order; the last one is the closing itself.
    pub events: Vec<Event>,
    /// Events of the whole journal up to and with the closing.
    pub total: u64,
    /// The chain up to and with the closing.
    pub chain: Link,
    /// Which journal.
    pub journal: JournalId,
    /// The event of the closing.
    pub closed: Event,
}

/// What came of signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The document, exactly as it was signed. Empty: none could be made, and nothing was signed.
    pub document: Vec<u8>,
    /// Ed25519 over the document.
    pub signature: [u8; 64],
}

/// A closing, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The day.
    pub day: StationDay,
    /// Which closing of that day, from 1.
    pub number: u32,
    /// Its event.
    pub seq: EventSeq,
    /// The document, exactly as it was signed.
    pub document: Vec<u8>,
    /// The signature over it.
    pub signature: [u8; 64],
}

impl Closing {
    /// It does not belong to its event.
    pub(super) fn damaged(&self) -> JournalError {
        JournalError::DamagedClosing { day: self.day.to_string(), number: self.number }
    }
}

/// A day that was closed.
#[derive(Debug)]
pub struct Closed {
    /// The event.
    pub event: Event,
    /// The document and its signature.
    pub closing: Closing,
    /// Why the day's key could not be destroyed, if so. The closing stands; destroying is tried
    /// again at every closing, every new day and every start.
    pub key_left: Option<JournalError>,
}

impl Journal {
    /// The days before `today` that want a closing, in order: every calendar day since the journal
    /// began that has none – a day without visits is closed with explicit zeros – and every day for
    /// which something was recorded after its last closing.
    ///
    /// Days without any event are named only from the first event under a sure clock on, and at
    /// most 400 days back.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn days_to_close(&mut self, today: StationDay) -> Result<Vec<StationDay>, JournalError> {
        self.walk_to_the_end()?;
        days_to_close(self.walk(), &self.connection, today)
    }

    /// Closes `day`: records that it is closed, with what `seal` makes of it, then destroys the
    /// day's key. Durable on return. A patient who comes later on that day is counted, and the day
    /// wants a further closing; but nobody can tell any more whether they were here before.
    ///
    /// The figures are counted from rows whose links were computed anew, in the order of their numbers:
    /// no index is asked, and a day one of whose rows is damaged is not signed.
    ///
    /// # Errors
    /// When it could not be made durable, [`JournalError::Damaged`], and [`JournalError::NoDocument`]
    /// where `seal` made none: then nothing was written and the key is still there.
    pub fn close(
        &mut self,
        day: StationDay,
        at: Moment,
        by: Option<StaffCode>,
        way: ClosingWay,
        seal: &mut dyn FnMut(&ClosingDraft) -> Sealed,
    ) -> Result<Closed, JournalError> {
        self.walk_to_the_end()?;
        let number = number_of_closings(&self.connection, day)? + 1;
        let new = NewEvent { at, day, visit: None, by, marks: Marks::default() };
        let transaction = self.connection.unchecked_transaction()?;
        let mut events = self.walk().events_of(&self.connection, day)?;
        let (event, chain) = self.insert(&new, What::DayClosed { number, way })?;
        events.push(event.clone());
        let sealed = seal(&ClosingDraft {
            day,
            number,
            events,
            total: event.seq.0,
            chain,
            journal: self.id,
            closed: event.clone(),
        });
        let Sealed { document, signature } = sealed;
        if document.is_empty() {
            return Err(JournalError::NoDocument { day });
        }
        let closing = Closing { day, number, seq: event.seq, document, signature };
        insert(&self.connection, &closing)?;
        transaction.commit()?;
        self.appended(event.seq, chain);
        let key_left = self.forget_closed_days().err();
        if let Some(error) = &key_left {
            tracing::error!(%error, %day, "the day is closed but its key is still there");
        }
        Ok(Closed { event, closing, key_left })
    }

    /// Destroys the keys that no closing has to wait for any more. Also what a power cut between a
    /// closing and this left behind.
    pub(super) fn forget_closed_days(&mut self) -> Result<(), JournalError> {
        for key in self.keys.all()? {
            let (KeyOf::Day(day) | KeyOf::Unsure(_, day)) = key;
            if is_key_over(&self.connection, day)? {
                self.keys.destroy(key)?;
            }
        }
        Ok(())
    }
}

impl JournalReader {
    /// The closings of the days `from` to `to`, both included, by day and number.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::DamagedClosing`].
    pub fn closings(&self, from: StationDay, to: StationDay) -> Result<Vec<Closing>, JournalError> {
        self.closings_where(
            "day BETWEEN ?1 AND ?2 ORDER BY day, number",
            &[&from.to_string(), &to.to_string()],
        )
    }

    /// The days from `from` to `to`, both included, that were closed at least once.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::DamagedClosing`].
    pub fn closed_days(
        &self,
        from: StationDay,
        to: StationDay,
    ) -> Result<BTreeSet<StationDay>, JournalError> {
        if self.is_without_closings() {
            return Ok(BTreeSet::new());
        }
        let sql = "SELECT day, max(number) FROM closing WHERE day BETWEEN ?1 AND ?2 GROUP BY day";
        let mut statement = self.connection().prepare_cached(sql)?;
        let mut rows = statement.query([from.to_string(), to.to_string()])?;
        let mut days = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let (day, number): (String, u32) = (row.get(0)?, row.get(1)?);
            let damaged = || JournalError::DamagedClosing { day: day.clone(), number };
            days.insert(day.parse().map_err(|_| damaged())?);
        }
        Ok(days)
    }

    /// The newest closing, of whichever day.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::DamagedClosing`].
    pub fn last_closing(&self) -> Result<Option<Closing>, JournalError> {
        Ok(self.closings_where("TRUE ORDER BY seq DESC LIMIT 1", &[])?.pop())
    }

    /// All closings in the order they were made.
    pub(super) fn all_closings(&self) -> Result<Vec<Closing>, JournalError> {
        self.closings_where("TRUE ORDER BY seq", &[])
    }

    fn closings_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Closing>, JournalError> {
        if self.is_without_closings() {
            return Ok(Vec::new());
        }
        let sql =
            format!("SELECT day, number, seq, document, signature FROM closing WHERE {condition}");
        let mut statement = self.connection().prepare_cached(&sql)?;
        let mut rows = statement.query(values)?;
        let mut closings = Vec::new();
        while let Some(row) = rows.next()? {
            closings.push(to_closing(row)?);
        }
        Ok(closings)
    }
}

pub(super) fn to_closing(row: &Row<'_>) -> Result<Closing, JournalError> {
    let (day, number): (String, u32) = (row.get("day")?, row.get("number")?);
    let Ok(day) = day.parse() else { return Err(JournalError::DamagedClosing { day, number }) };
    let seq = EventSeq(read::to_count(row.get("seq")?));
    let (document, signature) = (row.get("document")?, row.get("signature")?);
    Ok(Closing { day, number, seq, document, signature })
}

/// The closing of the event with this number.
pub(super) fn of_event(connection: &Connection, seq: i64) -> Result<Option<Closing>, JournalError> {
    let mut statement = connection.prepare_cached(
        "SELECT day, number, seq, document, signature FROM closing WHERE seq = ?1",
    )?;
    let mut rows = statement.query([seq])?;
    rows.next()?.map(to_closing).transpose()
}

pub(super) fn insert(connection: &Connection, closing: &Closing) -> Result<(), JournalError> {
    let Closing { day, number, seq, document, signature } = closing;
    connection
        .prepare_cached(
            "INSERT INTO closing (day, number, seq, document, signature)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![day.to_string(), number, read::to_integer(seq.0), document, signature])?;
    Ok(())
}

fn number_of_closings(connection: &Connection, day: StationDay) -> Result<u32, JournalError> {
    let number = connection
        .prepare_cached("SELECT coalesce(max(number), 0) FROM closing WHERE day = ?1")?
        .query_row([day.to_string()], |row| row.get(0))?;
    Ok(number)
}

/// Whether the day is closed and no token was made for it since.
fn is_key_over(connection: &Connection, day: StationDay) -> Result<bool, JournalError> {
    let is_over = connection
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM event WHERE day = ?1 AND token IS NOT NULL
                                                      AND seq > last.seq)
             FROM (SELECT max(seq) AS seq FROM closing WHERE day = ?1) AS last
             WHERE last.seq IS NOT NULL",
        )?
        .query_row([day.to_string()], |row| row.get(0))
        .optional()?;
    Ok(is_over.unwrap_or(false))
}

fn days_to_close(
    walk: &Walk,
    connection: &Connection,
    today: StationDay,
) -> Result<Vec<StationDay>, JournalError> {
    let closed = last_closings(connection)?;
    let (mut known, mut wanting) = (BTreeSet::new(), BTreeSet::new());
    for (day, last) in walk.days().filter(|(day, _)| *day < today) {
        known.insert(day);
        if closed.get(&day) != Some(&last) {
            wanting.insert(day);
        }
    }
    let earliest = today.0.checked_sub_days(Days::new(DAYS_BACK)).map(StationDay);
    if let Some(began) = read::first_sure_day(connection)? {
        let began = earliest.map_or(began, |earliest| began.max(earliest));
        let calendar = began.0.iter_days().map(StationDay).take_while(|day| *day < today);
        wanting.extend(calendar.filter(|day| !known.contains(day)));
    }
    Ok(wanting.into_iter().collect())
}

/// The event of the last closing of each day. A few a day: read without an index.
fn last_closings(connection: &Connection) -> Result<BTreeMap<StationDay, u64>, JournalError> {
    let mut statement = connection.prepare_cached("SELECT day, seq FROM closing NOT INDEXED")?;
    let mut rows = statement.query([])?;
    let mut last = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (day, seq): (String, i64) = (row.get(0)?, row.get(1)?);
        let Ok(day) = day.parse() else { continue };
        let known = last.entry(day).or_default();
        *known = read::to_count(seq).max(*known);
    }
    Ok(last)
}
