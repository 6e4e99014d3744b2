//! The reading side: rows back to events, and the proof that none was touched.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row, Rows};
use serde::Deserialize as _;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeSeed, IntoDeserializer as _, MapAccess};
use uuid::Uuid;

use super::chain::{Columns, Link};
use super::day_key::KeyOf;
use super::{Closing, JournalError, inspection, schema, store};
use crate::event::{
    Event, EventSeq, IllFormedCode, IllFormedDay, JournalId, Moment, Origin, StationDay, VisitId,
    What,
};

/// What journals of versions 1 and 2 have in place of [`ALL_COLUMNS`].
const COLUMNS_OF_VERSION_1: &str = "seq, id, station, point, day, wall_ms, uptime_ms, boot, sure, \
                                    visit, kind, body, token, NULL, chain, NULL";
const COLUMNS_OF_VERSION_2: &str = "seq, id, station, point, day, wall_ms, uptime_ms, boot, sure, \
                                    visit, kind, body, token, staff, chain, NULL";

/// In the order [`columns`] reads them.
pub(super) const ALL_COLUMNS: &str = "seq, id, station, point, day, wall_ms, uptime_ms, boot, \
                                      sure, visit, kind, body, token, staff, chain, person";

/// Where the link stands among the columns read.
const CHAIN: usize = 14;

/// And where what finds a person again stands, which came after it.
const PERSON: usize = 15;

/// The kinds of the index event_of_staff, word for word: only then SQLite uses it.
const STAFF_KINDS: &str = "kind IN
    ('pin-tried', 'pin-chosen', 'pin-reset', 'staff-added', 'staff-removed',
     'duty-began', 'duty-ended', 'exported', 'export-failed', 'restored', 'started')";

/// A journal open for reading only: for exports and checks, also while the kiosk is running.
pub struct JournalReader {
    connection: Connection,
    /// An older journal is read as it is: only the kiosk migrates.
    version: u32,
}

/// What walking the whole journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events there are.
    pub events: u64,
    /// The link of the last one.
    pub chain: Link,
    /// Every closing in the order they were made, with the chain up to and with its event: to be
    /// compared with what the signed document says.
    pub closings: Vec<(Closing, Link)>,
}

impl JournalReader {
    /// Opens the journal in the folder `data`.
    ///
    /// # Errors
    /// [`JournalError::Missing`], [`JournalError::Newer`], [`JournalError::Foreign`], or SQLite's
    /// errors.
    pub fn open(data: &Path) -> Result<Self, JournalError> {
        Self::open_file(&store::database(data))
    }

    /// Opens a database file, such as a backup.
    ///
    /// # Errors
    /// As [`JournalReader::open`].
    pub fn open_file(path: &Path) -> Result<Self, JournalError> {
        let connection = store::open_to_read(path)?;
        let version = schema::version(&connection)?;
        Ok(Self { connection, version })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Closings came with version 2.
    pub(super) fn is_without_closings(&self) -> bool {
        self.version < 2
    }

    fn columns(&self) -> &'static str {
        columns_of_version(self.version)
    }

    /// All events of `day` in the order they were recorded.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn events_of(&self, day: StationDay) -> Result<Vec<Event>, JournalError> {
        events_of(&self.connection, self.columns(), day)
    }

    /// The last start of the program: which desk this journal belongs to, and its names.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn last_start(&self) -> Result<Option<Event>, JournalError> {
        let seq: Option<i64> = self
            .connection
            .query_row(
                "SELECT seq FROM event WHERE kind = 'started' ORDER BY seq DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        seq.map(|seq| event(&self.connection, self.columns(), seq)).transpose()
    }

    /// The last event and its link: where the chain stands.
    ///
    /// # Errors
    /// SQLite's errors.
    pub fn head(&self) -> Result<(EventSeq, Link), JournalError> {
        end_of_chain(&self.connection)
    }

    /// Which journal this is.
    ///
    /// # Errors
    /// SQLite's errors.
    pub fn id(&self) -> Result<JournalId, JournalError> {
        id(&self.connection)
    }

    /// What PINs, duty, exports and starts are told from, in order: few among many events.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn staff_events(&self) -> Result<Vec<Event>, JournalError> {
        staff_events(&self.connection, self.columns())
    }

    /// What is told of reports beside the exports, in order: numbers that were entered, reminders
    /// that were dismissed. Looks at every event's kind, so not for a page that waits.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn report_events(&self) -> Result<Vec<Event>, JournalError> {
        let sql = format!(
            "SELECT {} FROM event WHERE kind IN ('number-entered', 'report-dismissed') ORDER BY seq",
            self.columns()
        );
        let mut statement = self.connection.prepare(&sql)?;
        all_events(statement.query([])?)
    }

    /// Hands `each` the events of the days `from` to `to`, both included: day by day, and within a
    /// day in the order they were recorded. Holds one event at a time.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn events_between(
        &self,
        from: StationDay,
        to: StationDay,
        each: &mut dyn FnMut(Event),
    ) -> Result<(), JournalError> {
        let sql = format!(
            "SELECT {} FROM event WHERE day BETWEEN ?1 AND ?2 ORDER BY day, seq",
            self.columns()
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        each_event(statement.query([from.to_string(), to.to_string()])?, each)
    }

    /// The day the journal began: that of the first event under a sure clock, or, while there is
    /// none, of the first event.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn first_day(&self) -> Result<Option<StationDay>, JournalError> {
        match first_sure_day(&self.connection)? {
            Some(day) => Ok(Some(day)),
            None => day_of(&self.connection, "SELECT seq, day FROM event ORDER BY seq LIMIT 1"),
        }
    }

    /// Reads every page, and holds every index against its table: what the program finds by an index is
    /// what the chain proves.
    ///
    /// # Errors
    /// [`JournalError::Unsound`] and SQLite's errors.
    pub fn check_contents(&self) -> Result<(), JournalError> {
        inspection::integrity(&self.connection)
    }

    /// Walks the whole chain, and matches closings with their events in both directions.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first event that is not what was written, or that is
    /// missing; [`JournalError::DamagedClosing`] with a closing that does not belong to its event;
    /// SQLite's errors.
    pub fn verify(&self) -> Result<Verified, JournalError> {
        // One view of both tables, also while the kiosk is writing.
        let _view = self.connection.unchecked_transaction()?;
        let mut expected = self.all_closings()?.into_iter().peekable();
        let sql = format!("SELECT {} FROM event NOT INDEXED ORDER BY seq", self.columns());
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut found = Verified { events: 0, chain: Link::BEGIN, closings: Vec::new() };
        while let Some(row) = rows.next()? {
            let seq = found.events + 1;
            let columns = columns(row)?;
            found.chain = found.chain.next(&columns);
            found.events = seq;
            let is_linked =
                row.get_ref(CHAIN)?.as_blob().map_err(rusqlite::Error::from)? == found.chain.0;
            if columns.seq != to_integer(seq) || !is_linked {
                return Err(JournalError::Damaged { seq });
            }
            let closing = expected.next_if(|closing| closing.seq.0 == seq);
            if closing.is_none() && columns.kind != DAY_CLOSED {
                continue;
            }
            let Some(closing) = closing else { return Err(JournalError::Damaged { seq }) };
            let event = to_event(row, &mut Reading::default())?;
            let is_number =
                matches!(event.what, What::DayClosed { number, .. } if number == closing.number);
            if event.day != closing.day || !is_number {
                return Err(closing.damaged());
            }
            found.closings.push((closing, found.chain));
        }
        match expected.next() {
            Some(closing) => Err(closing.damaged()),
            None => Ok(found),
        }
    }
}

/// The kind of [`What::DayClosed`].
pub(super) const DAY_CLOSED: &str = "day-closed";

pub(super) fn id(connection: &Connection) -> Result<JournalId, JournalError> {
    let id = connection.query_row("SELECT id FROM journal", [], |row| row.get(0)).optional()?;
    let id = id.ok_or_else(|| JournalError::Unsound("it has no id".to_owned()))?;
    Ok(JournalId(Uuid::from_bytes(id)))
}

/// The day of the first event under a sure clock.
pub(super) fn first_sure_day(connection: &Connection) -> Result<Option<StationDay>, JournalError> {
    day_of(connection, "SELECT seq, day FROM event WHERE sure = 1 ORDER BY seq LIMIT 1")
}

fn day_of(connection: &Connection, sql: &str) -> Result<Option<StationDay>, JournalError> {
    let found: Option<(i64, String)> =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((seq, day)) = found else { return Ok(None) };
    day.parse().map(Some).map_err(|_| JournalError::Damaged { seq: to_count(seq) })
}

pub(super) fn staff_events(
    connection: &Connection,
    columns: &str,
) -> Result<Vec<Event>, JournalError> {
    let sql = format!("SELECT {columns} FROM event WHERE {STAFF_KINDS} ORDER BY seq");
    let mut statement = connection.prepare(&sql)?;
    all_events(statement.query([])?)
}

fn columns_of_version(version: u32) -> &'static str {
    match version {
        ..2 => COLUMNS_OF_VERSION_1,
        2 => COLUMNS_OF_VERSION_2,
        3.. => ALL_COLUMNS,
    }
}

/// What to read of a journal of any version in place of [`ALL_COLUMNS`].
pub(super) fn columns_of(connection: &Connection) -> Result<&'static str, JournalError> {
    Ok(columns_of_version(schema::version(connection)?))
}

/// The sequence and link of the last event, to go on from.
pub(super) fn end_of_chain(connection: &Connection) -> Result<(EventSeq, Link), JournalError> {
    let last: Option<(i64, [u8; 32])> = connection
        .query_row("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(last
        .map_or((EventSeq(0), Link::BEGIN), |(seq, chain)| (EventSeq(to_count(seq)), Link(chain))))
}

pub(super) fn events_of(
    connection: &Connection,
    columns: &str,
    day: StationDay,
) -> Result<Vec<Event>, JournalError> {
    let sql = format!("SELECT {columns} FROM event WHERE day = ?1 ORDER BY seq");
    let mut statement = connection.prepare_cached(&sql)?;
    all_events(statement.query([day.to_string()])?)
}

/// What stands of one boot at the end of the journal: its events follow each other, but for those of
/// earlier boots that are told again among them.
pub(super) struct Tail {
    /// The first of them; behind the end where there is none.
    pub first: EventSeq,
    /// The last that tells what time it is, as the database numbers it.
    pub clock_known: Option<i64>,
    /// Whether the clock was unsure after that.
    pub is_unsure_since: bool,
}

/// More events than are ever told again at once.
const MOST_TOLD_AGAIN: u32 = 512;

/// Looks from the end on back, however long the journal is.
pub(super) fn tail_of_boot(connection: &Connection, boot: Uuid) -> Result<Tail, JournalError> {
    let mut tail = Tail { first: EventSeq(u64::MAX), clock_known: None, is_unsure_since: false };
    let mut statement =
        connection.prepare_cached("SELECT seq, boot, kind, sure FROM event ORDER BY seq DESC")?;
    let mut rows = statement.query([])?;
    let mut of_others = 0;
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)? != boot.as_bytes() {
            of_others += 1;
            if of_others > MOST_TOLD_AGAIN {
                break;
            }
            continue;
        }
        of_others = 0;
        let seq: i64 = row.get(0)?;
        tail.first = EventSeq(to_count(seq));
        let kind = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        if tail.clock_known.is_none() {
            if kind == CLOCK_KNOWN {
                tail.clock_known = Some(seq);
            } else {
                tail.is_unsure_since |= !row.get::<_, bool>(3)?;
            }
        }
    }
    Ok(tail)
}

/// The kind of [`What::ClockKnown`].
const CLOCK_KNOWN: &str = "clock-known";

/// The last event since which computers of this journal have run for at least so long until `at`: how
/// long they were off comes on top.
pub(super) fn last_before(
    connection: &Connection,
    at: Moment,
    passed_ms: u64,
) -> Result<Option<EventSeq>, JournalError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, boot, uptime_ms FROM event ORDER BY seq DESC")?;
    let mut rows = statement.query([])?;
    // What has run since the boot that is looked at began, and when that boot was seen last.
    let (mut boot, mut until_ms, mut after_ms) = (at.boot, at.uptime_ms, 0_u64);
    let mut boots = vec![boot];
    while let Some(row) = rows.next()? {
        let (seq, of, uptime_ms): (i64, [u8; 16], i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (of, uptime_ms) = (Uuid::from_bytes(of), to_count(uptime_ms));
        if of != boot {
            // An event that was told again later: it says nothing of what ran when.
            if boots.contains(&of) {
                continue;
            }
            boots.push(of);
            after_ms = after_ms.saturating_add(until_ms);
            (boot, until_ms) = (of, uptime_ms);
        }
        if after_ms.saturating_add(until_ms.saturating_sub(uptime_ms)) >= passed_ms {
            return Ok(Some(EventSeq(to_count(seq))));
        }
    }
    Ok(None)
}

/// The last event by which somebody can be recognised with a key; 0 where there is none.
pub(super) fn last_token_under(
    connection: &Connection,
    key: KeyOf,
) -> Result<EventSeq, JournalError> {
    let (day, boot) = match key {
        KeyOf::Day(day) => (day, None),
        KeyOf::Unsure(boot, day) => (day, Some(boot)),
    };
    let seq = connection
        .prepare_cached(
            "SELECT coalesce(max(seq), 0) FROM event WHERE day = ?1 AND token IS NOT NULL
             AND CASE WHEN ?2 IS NULL THEN sure = 1 ELSE sure = 0 AND boot = ?2 END",
        )?
        .query_row((day.to_string(), boot.as_ref().map(Uuid::as_bytes)), |row| row.get(0))?;
    Ok(EventSeq(to_count(seq)))
}

/// All events from `first` on, in order.
pub(super) fn events_from(
    connection: &Connection,
    first: EventSeq,
) -> Result<Vec<Event>, JournalError> {
    let sql = format!("SELECT {ALL_COLUMNS} FROM event WHERE seq >= ?1 ORDER BY seq");
    let mut statement = connection.prepare_cached(&sql)?;
    all_events(statement.query([to_integer(first.0)])?)
}

pub(super) fn event(
    connection: &Connection,
    columns: &str,
    seq: i64,
) -> Result<Event, JournalError> {
    let sql = format!("SELECT {columns} FROM event WHERE seq = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([seq])?;
    match rows.next()? {
        Some(row) => to_event(row, &mut Reading::default()),
        None => Err(JournalError::Damaged { seq: to_count(seq) }),
    }
}

/// The `kind` and `body` columns of what happened.
pub(super) fn stored_form(what: &What) -> Result<(String, String), JournalError> {
    let mut value = serde_json::to_value(what).map_err(not_json)?;
    let kind = value.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    let body = value.get_mut("body").map_or(serde_json::Value::Null, serde_json::Value::take);
    Ok((kind, body.to_string()))
}

/// Reads both as the one value they were before [`stored_form`] took it apart. The database takes no
/// body that is not one whole value.
fn what(kind: &str, body: &str) -> Result<What, serde_json::Error> {
    What::deserialize(MapAccessDeserializer::new(Stored { kind: Some(kind), body: Some(body) }))
}

/// The two columns as a map of two entries: without making one text of them for each event of a
/// report, only to take it apart again.
struct Stored<'row> {
    kind: Option<&'row str>,
    body: Option<&'row str>,
}

impl<'row> MapAccess<'row> for Stored<'row> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'row>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        let key = if self.kind.is_some() {
            "kind"
        } else if self.body.is_some_and(|body| body != "null") {
            "body"
        } else {
            return Ok(None);
        };
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'row>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Self::Error> {
        match self.kind.take() {
            Some(kind) => seed.deserialize(BorrowedStrDeserializer::new(kind)),
            None => {
                let body = self.body.take().unwrap_or_default();
                seed.deserialize(&mut serde_json::Deserializer::from_str(body))
            }
        }
    }
}

fn not_json(error: serde_json::Error) -> JournalError {
    JournalError::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn all_events(rows: Rows<'_>) -> Result<Vec<Event>, JournalError> {
    let mut events = Vec::new();
    each_event(rows, &mut |event| events.push(event))?;
    Ok(events)
}

fn each_event(mut rows: Rows<'_>, each: &mut dyn FnMut(Event)) -> Result<(), JournalError> {
    let mut reading = Reading::default();
    while let Some(row) = rows.next()? {
        match to_event(row, &mut reading) {
            Ok(event) => each(event),
            // It costs itself, never the day. That it is damaged is found by its link.
            Err(error) => tracing::error!(%error, "a row of the journal cannot be read"),
        }
    }
    Ok(())
}

/// What was read last. The next row mostly tells the same desk and day, and a report reads tens of
/// thousands of rows.
#[derive(Default)]
pub(super) struct Reading {
    origin: Option<Origin>,
    day: Option<(String, StationDay)>,
}

impl Reading {
    /// The event of a row read with the columns of its version.
    pub(super) fn event(&mut self, row: &Row<'_>) -> Result<Event, JournalError> {
        to_event(row, self)
    }

    fn origin(&mut self, station: &str, point: &str) -> Result<Origin, IllFormedCode> {
        let is_same =
            |origin: &&Origin| origin.station.as_str() == station && origin.point.as_str() == point;
        if let Some(origin) = self.origin.as_ref().filter(is_same) {
            return Ok(origin.clone());
        }
        let origin = Origin { station: station.parse()?, point: point.parse()? };
        Ok(self.origin.insert(origin).clone())
    }

    fn day(&mut self, text: &str) -> Result<StationDay, IllFormedDay> {
        match &self.day {
            Some((before, day)) if before == text => Ok(*day),
            _ => {
                let day = text.parse()?;
                self.day = Some((text.to_owned(), day));
                Ok(day)
            }
        }
    }
}

fn to_event(row: &Row<'_>, before: &mut Reading) -> Result<Event, JournalError> {
    let columns = columns(row)?;
    let seq = to_count(columns.seq);
    let damaged = || JournalError::Damaged { seq };
    let uuid = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| damaged());
    Ok(Event {
        seq: EventSeq(seq),
        id: uuid(columns.id)?,
        origin: before.origin(columns.station, columns.point).map_err(|_| damaged())?,
        day: before.day(columns.day).map_err(|_| damaged())?,
        at: Moment {
            wall_ms: columns.wall_ms,
            uptime_ms: to_count(columns.uptime_ms),
            boot: uuid(columns.boot)?,
            sure: columns.sure,
        },
        visit: columns.visit.map(uuid).transpose()?.map(VisitId),
        by: columns.staff.map(str::parse).transpose().map_err(|_| damaged())?,
        what: understood(&columns),
    })
}

/// What a row says. A row that cannot be read costs its own meaning, never the day: whether it is what
/// was written is for the chain to tell.
fn understood(columns: &Columns<'_>) -> What {
    what(columns.kind, columns.body).unwrap_or_else(|error| {
        tracing::warn!(%error, seq = columns.seq, kind = columns.kind, "an event is not understood");
        What::NotUnderstood
    })
}

/// Reads by position: looking columns up by name takes longer than hashing them.
pub(super) fn columns<'row>(row: &'row Row<'_>) -> Result<Columns<'row>, rusqlite::Error> {
    Ok(Columns {
        seq: row.get(0)?,
        id: row.get_ref(1)?.as_blob()?,
        station: row.get_ref(2)?.as_str()?,
        point: row.get_ref(3)?.as_str()?,
        day: row.get_ref(4)?.as_str()?,
        wall_ms: row.get(5)?,
        uptime_ms: row.get(6)?,
        boot: row.get_ref(7)?.as_blob()?,
        sure: row.get(8)?,
        visit: row.get_ref(9)?.as_blob_or_null()?,
        kind: row.get_ref(10)?.as_str()?,
        body: row.get_ref(11)?.as_str()?,
        token: row.get_ref(12)?.as_blob_or_null()?,
        staff: row.get_ref(13)?.as_str_or_null()?,
        person: row.get_ref(PERSON)?.as_blob_or_null()?,
    })
}

/// The link of an event read with [`ALL_COLUMNS`].
pub(super) fn chain<'row>(row: &'row Row<'_>) -> Result<&'row [u8], rusqlite::Error> {
    Ok(row.get_ref(CHAIN)?.as_blob()?)
}

/// The link of the event `seq`.
pub(super) fn link_of(
    connection: &Connection,
    seq: EventSeq,
) -> Result<Option<Link>, JournalError> {
    let link = connection
        .prepare_cached("SELECT chain FROM event WHERE seq = ?1")?
        .query_row([to_integer(seq.0)], |row| row.get(0))
        .optional()?;
    Ok(link.map(Link))
}

/// SQLite's integers are signed; our counts never come near the sign.
pub(super) fn to_integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn to_count(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or_default()
}
