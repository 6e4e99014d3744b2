//! The writing side: the only connection that may append.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use rustix::fs::{FlockOperation, flock};
use uuid::Uuid;

use super::chain::{Columns, Link};
use super::day_key::{DayKeys, Token};
use super::{JournalError, read, schema};
use crate::event::{
    AgeBand, Arrival, CardKind, Event, EventSeq, Moment, Origin, RecordUsed, StationDay, VisitId,
    VisitNo, What,
};

const DATABASE: &str = "journal.db";
const DAY_KEYS: &str = "day-keys";
const LOCK: &str = "lock";

/// An export may hold a read lock for a moment; the next patient must not fail because of it.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The journal of one kiosk, open for writing.
pub struct Journal {
    connection: Connection,
    keys: DayKeys,
    origin: Origin,
    last: EventSeq,
    chain: Link,
    /// The day of the last arrival, and its number.
    arrivals: Option<(StationDay, VisitNo)>,
    /// Held as long as the journal is open: one writer, even if somebody starts a second kiosk.
    _lock: File,
}

/// A patient at the desk, before the journal knows whether they were here already today.
pub struct NewArrival<'a> {
    /// What was scanned, if anything.
    pub card: Option<CardKind>,
    /// Age band on this day.
    pub age: AgeBand,
    /// What tells the same person again today; never stored. `None` counts as a new person.
    pub identity: Option<&'a [u8]>,
}

/// A visit, as the journal answers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which visit: the proposed one, or the earlier one of the same person today.
    pub id: VisitId,
    /// Its station day; everything that follows in this visit counts for this day.
    pub day: StationDay,
    /// Its number of the day.
    pub number: VisitNo,
    /// When the person first arrived today.
    pub arrived: Moment,
    /// The last choice recorded for it.
    pub used: Option<RecordUsed>,
    /// Whether the person had arrived before.
    pub again: bool,
}

impl Journal {
    /// Opens the journal in the folder `data`, making or migrating it as needed.
    ///
    /// # Errors
    /// See [`JournalError`]; a database that is newer or not ours is left untouched.
    pub fn open(data: &Path, origin: Origin) -> Result<Self, JournalError> {
        fs::create_dir_all(data)
            .map_err(|source| JournalError::Folder { path: data.to_owned(), source })?;
        let lock = take_lock(data)?;
        let mut connection = Connection::open(database(data))?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        schema::migrate(&mut connection)?;
        // WAL keeps readers out of the writer's way; FULL syncs every commit, so that an answer
        // given is an answer kept when the plug is pulled (NORMAL may lose the last commits).
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let keys = DayKeys::open(data.join(DAY_KEYS))?;
        let (last, chain) = read::end_of_chain(&connection)?;
        Ok(Self { connection, keys, origin, last, chain, arrivals: None, _lock: lock })
    }

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
        let day = at.station_day();
        let token = arrival.identity.map(|identity| self.keys.token(day, identity)).transpose()?;
        if let Some(token) = token
            && let Some(known) = self.visit_by_token(day, token)?
        {
            let event = self.append(at, day, Some(known.id), What::ScannedAgain, None)?;
            return Ok((known, event));
        }
        let number = self.next_number(day)?;
        let what = What::Arrived(Arrival { number, card: arrival.card, age: arrival.age });
        let event = self.append(at, day, Some(proposed), what, token)?;
        self.arrivals = Some((day, number));
        let visit = Visit { id: proposed, day, number, arrived: at, used: None, again: false };
        Ok((visit, event))
    }

    /// Records what happened in a visit. Counts for the day of the visit. Durable on return.
    ///
    /// # Errors
    /// When it could not be made durable; the same call may be tried again.
    pub fn record(&mut self, visit: &Visit, at: Moment, what: What) -> Result<Event, JournalError> {
        self.append(at, visit.day, Some(visit.id), what, None)
    }

    /// Records what happened outside any visit. Durable on return.
    ///
    /// # Errors
    /// When it could not be made durable; the same call may be tried again.
    pub fn note(&mut self, at: Moment, what: What) -> Result<Event, JournalError> {
        self.append(at, at.station_day(), None, what, None)
    }

    /// Destroys what could still tie the visits of earlier days to people. Does nothing while the
    /// clock is unsure: a clock that runs ahead would cost today's patients their visit.
    ///
    /// # Errors
    /// When a key cannot be destroyed.
    pub fn forget_people_before(&mut self, at: Moment) -> Result<(), JournalError> {
        if at.sure { self.keys.destroy_before(at.station_day()) } else { Ok(()) }
    }

    /// All events of `day` in the order they were recorded.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn events_of(&self, day: StationDay) -> Result<Vec<Event>, JournalError> {
        read::events_of(&self.connection, day)
    }

    fn append(
        &mut self,
        at: Moment,
        day: StationDay,
        visit: Option<VisitId>,
        what: What,
        token: Option<Token>,
    ) -> Result<Event, JournalError> {
        let event = Event {
            seq: EventSeq(self.last.0 + 1),
            id: Uuid::now_v7(),
            origin: self.origin.clone(),
            day,
            at,
            visit,
            what,
        };
        let (kind, body) = read::stored_form(&event.what)?;
        let day_text = day.to_string();
        let columns = Columns {
            seq: read::to_integer(event.seq.0),
            id: event.id.as_bytes(),
            station: event.origin.station.as_str(),
            point: event.origin.point.as_str(),
            day: &day_text,
            wall_ms: at.wall_ms,
            uptime_ms: read::to_integer(at.uptime_ms),
            boot: at.boot.as_bytes(),
            sure: at.sure,
            visit: visit.as_ref().map(|visit| visit.0.as_bytes().as_slice()),
            kind: &kind,
            body: &body,
            token: token.as_ref().map(|token| token.0.as_slice()),
        };
        let chain = self.chain.next(&columns);
        self.connection
            .prepare_cached(
                "INSERT INTO event (seq, id, station, point, day, wall_ms, uptime_ms, boot, sure,
                                    visit, kind, body, token, chain)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                columns.seq,
                columns.id,
                columns.station,
                columns.point,
                columns.day,
                columns.wall_ms,
                columns.uptime_ms,
                columns.boot,
                columns.sure,
                columns.visit,
                columns.kind,
                columns.body,
                columns.token,
                chain.0,
            ])?;
        self.last = event.seq;
        self.chain = chain;
        Ok(event)
    }

    fn visit_by_token(&self, day: StationDay, token: Token) -> Result<Option<Visit>, JournalError> {
        let seq: Option<i64> = self
            .connection
            .prepare_cached("SELECT seq FROM event WHERE day = ?1 AND token = ?2")?
            .query_row(params![day.to_string(), token.0], |row| row.get(0))
            .optional()?;
        let Some(seq) = seq else { return Ok(None) };
        let arrived = read::event(&self.connection, seq)?;
        let damaged = || JournalError::Damaged { seq: arrived.seq.0 };
        let id = arrived.visit.ok_or_else(damaged)?;
        let What::Arrived(Arrival { number, .. }) = arrived.what else { return Err(damaged()) };
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
        let What::Chose(choice) = read::event(&self.connection, seq)?.what else {
            return Err(JournalError::Damaged { seq: read::to_count(seq) });
        };
        Ok(Some(choice.used))
    }

    /// Counted once a day: nobody else writes, the lock is ours.
    fn next_number(&self, day: StationDay) -> Result<VisitNo, JournalError> {
        if let Some((_, last)) = self.arrivals.filter(|(known, _)| *known == day) {
            return Ok(VisitNo(last.0 + 1));
        }
        let arrivals: u32 = self
            .connection
            .prepare_cached("SELECT count(*) FROM event WHERE day = ?1 AND kind = 'arrived'")?
            .query_row([day.to_string()], |row| row.get(0))?;
        Ok(VisitNo(arrivals + 1))
    }
}

pub(super) fn database(data: &Path) -> PathBuf {
    data.join(DATABASE)
}

/// Opens the database without the right to change it.
pub(super) fn open_to_read(data: &Path) -> Result<Connection, JournalError> {
    let path = database(data);
    if !path.is_file() {
        return Err(JournalError::Missing { path: data.to_owned() });
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let found = schema::version(&connection)?;
    if found > schema::VERSION {
        return Err(JournalError::Newer { found, known: schema::VERSION });
    }
    Ok(connection)
}

fn take_lock(data: &Path) -> Result<File, JournalError> {
    let failed = |source| JournalError::Folder { path: data.to_owned(), source };
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(data.join(LOCK))
        .map_err(failed)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(JournalError::InUse { path: data.to_owned() }),
        Err(other) => Err(failed(other.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_is_synced() {
        const FULL: i64 = 2;
        let data = tempfile::tempdir().unwrap();
        let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
        let journal = Journal::open(data.path(), origin).unwrap();
        let pragma = |name| journal.connection.pragma_query_value(None, name, |row| row.get(0));
        assert_eq!(pragma("synchronous"), Ok(FULL));
        let mode: String =
            journal.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
