//! The reading side: rows back to events, and the proof that none was touched.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row};
use uuid::Uuid;

use super::chain::{Columns, Link};
use super::{JournalError, store};
use crate::event::{Event, EventSeq, JournalId, Moment, Origin, StationDay, VisitId, What};

const ALL_COLUMNS: &str = "seq, id, station, point, day, wall_ms, uptime_ms, boot, sure, visit, \
                           kind, body, token, chain";

/// A journal open for reading only: for exports and checks, also while the kiosk is running.
pub struct JournalReader {
    connection: Connection,
}

impl JournalReader {
    /// Opens the journal in the folder `data`.
    ///
    /// # Errors
    /// [`JournalError::Missing`], [`JournalError::Newer`], or SQLite's errors.
    pub fn open(data: &Path) -> Result<Self, JournalError> {
        Ok(Self { connection: store::open_to_read(data)? })
    }

    /// All events of `day` in the order they were recorded.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn events_of(&self, day: StationDay) -> Result<Vec<Event>, JournalError> {
        events_of(&self.connection, day)
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
        seq.map(|seq| event(&self.connection, seq)).transpose()
    }

    /// Which journal this is.
    ///
    /// # Errors
    /// SQLite's errors.
    pub fn id(&self) -> Result<JournalId, JournalError> {
        let id = self.connection.query_row("SELECT id FROM journal", [], |row| row.get(0))?;
        Ok(JournalId(Uuid::from_bytes(id)))
    }

    /// Walks the whole chain and returns its last link and the number of events.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first event that is not what was written, or that is
    /// missing; SQLite's errors.
    pub fn verify(&self) -> Result<(Link, u64), JournalError> {
        let mut rows =
            self.connection.prepare(&format!("SELECT {ALL_COLUMNS} FROM event ORDER BY seq"))?;
        let mut rows = rows.query([])?;
        let (mut link, mut count) = (Link::BEGIN, 0);
        while let Some(row) = rows.next()? {
            count += 1;
            link = link.next(&columns(row)?);
            let stored: [u8; 32] = row.get("chain")?;
            if row.get::<_, i64>("seq")? != to_integer(count) || stored != link.0 {
                return Err(JournalError::Damaged { seq: count });
            }
        }
        Ok((link, count))
    }
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
    day: StationDay,
) -> Result<Vec<Event>, JournalError> {
    let sql = format!("SELECT {ALL_COLUMNS} FROM event WHERE day = ?1 ORDER BY seq");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([day.to_string()])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(to_event(row)?);
    }
    Ok(events)
}

pub(super) fn event(connection: &Connection, seq: i64) -> Result<Event, JournalError> {
    let sql = format!("SELECT {ALL_COLUMNS} FROM event WHERE seq = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([seq])?;
    match rows.next()? {
        Some(row) => to_event(row),
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

fn what(kind: &str, body: &str) -> Result<What, serde_json::Error> {
    let body: serde_json::Value = serde_json::from_str(body)?;
    let mut value = serde_json::json!({ "kind": kind });
    if let (Some(object), false) = (value.as_object_mut(), body.is_null()) {
        object.insert("body".to_owned(), body);
    }
    serde_json::from_value(value)
}

fn not_json(error: serde_json::Error) -> JournalError {
    JournalError::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn to_event(row: &Row<'_>) -> Result<Event, JournalError> {
    let columns = columns(row)?;
    let seq = to_count(columns.seq);
    let damaged = || JournalError::Damaged { seq };
    let uuid = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| damaged());
    Ok(Event {
        seq: EventSeq(seq),
        id: uuid(columns.id)?,
        origin: Origin {
            station: columns.station.parse().map_err(|_| damaged())?,
            point: columns.point.parse().map_err(|_| damaged())?,
        },
        day: columns.day.parse().map_err(|_| damaged())?,
        at: Moment {
            wall_ms: columns.wall_ms,
            uptime_ms: to_count(columns.uptime_ms),
            boot: uuid(columns.boot)?,
            sure: columns.sure,
        },
        visit: columns.visit.map(uuid).transpose()?.map(VisitId),
        what: what(columns.kind, columns.body).map_err(|_| damaged())?,
    })
}

fn columns<'row>(row: &'row Row<'_>) -> Result<Columns<'row>, rusqlite::Error> {
    let blob =
        |name: &str| -> Result<&'row [u8], rusqlite::Error> { Ok(row.get_ref(name)?.as_blob()?) };
    let optional_blob = |name: &str| -> Result<Option<&'row [u8]>, rusqlite::Error> {
        Ok(row.get_ref(name)?.as_blob_or_null()?)
    };
    let text =
        |name: &str| -> Result<&'row str, rusqlite::Error> { Ok(row.get_ref(name)?.as_str()?) };
    Ok(Columns {
        seq: row.get("seq")?,
        id: blob("id")?,
        station: text("station")?,
        point: text("point")?,
        day: text("day")?,
        wall_ms: row.get("wall_ms")?,
        uptime_ms: row.get("uptime_ms")?,
        boot: blob("boot")?,
        sure: row.get("sure")?,
        visit: optional_blob("visit")?,
        kind: text("kind")?,
        body: text("body")?,
        token: optional_blob("token")?,
    })
}

/// SQLite's integers are signed; our counts never come near the sign.
pub(super) fn to_integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn to_count(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or_default()
}
