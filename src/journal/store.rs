//! The writing side: the only connection that may append.

use std::collections::HashMap;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};
use rustix::fs::{FlockOperation, flock};
use uuid::Uuid;

use super::chain::{Columns, Link};
use super::day_key::{DayKeys, Token};
use super::other_keys::OtherKeys;
use super::reserve::Taken;
use super::side_log::{Logged, SideLog};
use super::walk::Walk;
use super::{
    JournalError, Restoration, aside, backup, inspection, read, reserve, restore, schema, side_log,
};
use crate::event::{
    AgeBand, CardKind, Entry, Event, EventSeq, JournalId, Moment, Origin, RecordUsed, StaffCode,
    StationDay, VisitId, VisitNo, What,
};
use crate::plain_file;

const DATABASE: &str = "journal.db";
const DAY_KEYS: &str = "day-keys";
const LOCK: &str = "lock";

/// An export may hold a read lock for a moment; the next patient must not fail because of it.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A program that has just ended may leave its lock to a child of its own, which holds it from its
/// fork until it becomes another program. A kiosk that runs holds it for hours.
const LOCK_PAUSE: Duration = Duration::from_millis(25);
const LOCK_TRIES: u32 = 80;

/// Whatever the clock says: when a computer has run for so long, the day is over.
const A_DAY_MS: u64 = 24 * 3_600_000;

/// The journal of one kiosk, open for writing.
pub struct Journal {
    data: PathBuf,
    pub(super) connection: Connection,
    pub(super) keys: DayKeys,
    /// How this boot's documents are known under other keys, as long as the clock is unsure.
    pub(super) other_keys: OtherKeys,
    pub(super) id: JournalId,
    origin: Origin,
    last: EventSeq,
    chain: Link,
    /// The day of the last arrival, and its number.
    arrivals: Option<(StationDay, VisitNo)>,
    /// How far the chain was followed, for the figures that are signed.
    walk: Walk,
    /// Where visits were moved while somebody may still speak of them as they were.
    moved: HashMap<VisitId, (VisitId, StationDay)>,
    /// `None` as long as it could not be opened.
    side_log: Option<SideLog>,
    side_log_failed: Option<Failure>,
    /// Why nobody is recognised, as long as that is not told.
    key_failed: Option<JournalError>,
    /// Whether there is room kept for a full disk; `None` on a file system that keeps none.
    reserve: Option<bool>,
    /// Whether that was told.
    reserve_told: Option<bool>,
    /// Held as long as the journal is open: one writer, even if somebody starts a second kiosk.
    _lock: File,
}

/// The side log cannot be written.
struct Failure {
    /// Until it is told.
    error: Option<JournalError>,
}

/// A journal that was opened.
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// What had to be restored, if anything: staff must be told.
    pub restored: Option<Restoration>,
}

/// A patient at the desk, before the journal knows whether they were here already today.
pub struct NewArrival<'a> {
    /// What was scanned, if anything.
    pub card: Option<CardKind>,
    /// Age band on this day.
    pub age: AgeBand,
    /// What tells the same person again today; never stored. `None` counts as a new person.
    pub identity: Option<&'a [u8]>,
    /// What tells them again by another document; never stored either.
    pub person: Option<&'a [u8]>,
    /// How the visit comes into the journal. Only a usual one is looked for among today's.
    pub entry: Entry,
    /// The day it counts for, where that is not the day of recording.
    pub day: Option<StationDay>,
    /// Who of the staff recorded it.
    pub by: Option<StaffCode>,
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

/// What an event needs besides what happened.
pub(super) struct NewEvent {
    pub at: Moment,
    pub day: StationDay,
    pub visit: Option<VisitId>,
    pub by: Option<StaffCode>,
    pub marks: Marks,
}

/// What ties an event to a person as long as the key of its day is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// By the number of a document.
    pub token: Option<Token>,
    /// By name, birth and sex.
    pub person: Option<Token>,
}

impl Journal {
    /// Opens the journal in the folder `data`, making, migrating or restoring it as needed.
    ///
    /// A damaged database is set aside with all its files; the newest good backup takes its place,
    /// with what the side log holds since, or else a new journal: counting goes on.
    ///
    /// # Errors
    /// See [`JournalError`]; a database that is newer or not ours is left untouched.
    pub fn open(data: &Path, origin: Origin, at: Moment) -> Result<Opened, JournalError> {
        match Self::open_once(data, origin.clone(), at) {
            Err(error) if error.is_full() && reserve::release(data) => {
                Self::open_once(data, origin, at)
            }
            opened => opened,
        }
    }

    fn open_once(data: &Path, origin: Origin, at: Moment) -> Result<Opened, JournalError> {
        make_usable(data)
            .map_err(|source| JournalError::Folder { path: data.to_owned(), source })?;
        let lock = take_lock(data)?;
        let logged = Logged::read(data);
        let (connection, restored) = restore::open_or_restore(data, logged.as_ref(), &origin, at)?;
        if logged.is_none() {
            side_log::set_aside(data);
        }
        let mut keys = DayKeys::open(data.join(DAY_KEYS))?;
        if let Err(error) = keys.forget_other_boots(at.boot) {
            tracing::error!(%error, "a key of an earlier boot is still there");
        }
        let other_keys = OtherKeys::open(keys.folder(), at.boot);
        let id = read::id(&connection)?;
        let (last, chain) = read::end_of_chain(&connection)?;
        let mut journal = Self {
            data: data.to_owned(),
            connection,
            keys,
            other_keys,
            id,
            origin,
            last,
            chain,
            arrivals: None,
            walk: Walk::new(inspection::known(data)),
            moved: HashMap::new(),
            side_log: None,
            side_log_failed: None,
            key_failed: None,
            reserve: None,
            reserve_told: Some(true),
            _lock: lock,
        };
        if let Err(error) = journal.forget_closed_days() {
            tracing::error!(%error, "a closed day's key is still there");
        }
        let result = journal.open_side_log(logged.as_ref());
        journal.side_log_went(result);
        journal.keep_reserve();
        Ok(Opened { journal, restored })
    }

    /// Records what happened in a visit of `day`, for which it counts, or where the visit was moved
    /// since. Durable on return.
    ///
    /// # Errors
    /// When it could not be made durable; the same call may be tried again.
    pub fn record(
        &mut self,
        (visit, day): (VisitId, StationDay),
        at: Moment,
        by: Option<StaffCode>,
        what: What,
    ) -> Result<Event, JournalError> {
        let (visit, day) = self.place_of((visit, day));
        self.append(&NewEvent { at, day, visit: Some(visit), by, marks: Marks::default() }, what)
    }

    /// Records what happened outside any visit. Durable on return.
    ///
    /// # Errors
    /// When it could not be made durable; the same call may be tried again.
    pub fn note(
        &mut self,
        at: Moment,
        by: Option<StaffCode>,
        what: What,
    ) -> Result<Event, JournalError> {
        self.note_of(at.station_day(), at, by, what)
    }

    /// The same for another day than that of `at`.
    ///
    /// # Errors
    /// When it could not be made durable; the same call may be tried again.
    pub fn note_of(
        &mut self,
        day: StationDay,
        at: Moment,
        by: Option<StaffCode>,
        what: What,
    ) -> Result<Event, JournalError> {
        self.append(&NewEvent { at, day, visit: None, by, marks: Marks::default() }, what)
    }

    /// Destroys what could still tie the visits of earlier and of closed days to people. While the
    /// clock is unsure, an earlier day is only one since whose last document the computer has run for
    /// a day and a night: a clock that runs ahead would cost today's patients their visit.
    ///
    /// # Errors
    /// When a key cannot be destroyed.
    pub fn forget_people_before(&mut self, at: Moment) -> Result<(), JournalError> {
        self.forget_closed_days()?;
        if at.sure {
            return self.keys.destroy_before(at.station_day());
        }
        let Some(over) = read::last_before(&self.connection, at, A_DAY_MS)? else { return Ok(()) };
        for key in self.keys.all()? {
            if read::last_token_under(&self.connection, key)? <= over {
                self.keys.destroy(key)?;
            }
        }
        Ok(())
    }

    /// What PINs, duty, exports and starts are told from: see [`JournalReader::staff_events`].
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn staff_events(&self) -> Result<Vec<Event>, JournalError> {
        read::staff_events(&self.connection, read::ALL_COLUMNS)
    }

    /// All events of `day` in the order they were recorded.
    ///
    /// # Errors
    /// SQLite's errors and [`JournalError::Damaged`].
    pub fn events_of(&self, day: StationDay) -> Result<Vec<Event>, JournalError> {
        read::events_of(&self.connection, read::ALL_COLUMNS, day)
    }

    pub(super) fn append(&mut self, new: &NewEvent, what: What) -> Result<Event, JournalError> {
        let transaction = self.connection.unchecked_transaction()?;
        let (event, chain) = self.insert(new, what)?;
        // Both are written to the medium at the same time: a patient waits for the slower one.
        let lacking = self.side_log.as_ref().and_then(|it| it.lacking(&self.connection).ok());
        let (Some(side_log), Some(lacking)) = (&mut self.side_log, lacking) else {
            transaction.commit()?;
            self.appended(event.seq, chain);
            return Ok(event);
        };
        let before = side_log.end();
        let (committed, written) = thread::scope(|scope| {
            let written = thread::Builder::new()
                .name("side log".to_owned())
                .spawn_scoped(scope, || side_log.write(&lacking));
            let committed = transaction.commit();
            // Without a thread, or after one that broke off, the line comes with `follow`.
            (committed, written.ok().and_then(|thread| thread.join().ok()))
        });
        if let Err(error) = committed {
            if let Err(error) = side_log.take_back(before) {
                tracing::error!(%error, "a line of an event that was not committed may still stand");
            }
            return Err(error.into());
        }
        (self.last, self.chain) = (event.seq, chain);
        match written {
            Some(result) => self.side_log_went(result),
            None => self.follow(),
        }
        Ok(event)
    }

    /// The event and its link are durable: the next one follows them.
    pub(super) fn appended(&mut self, last: EventSeq, chain: Link) {
        self.last = last;
        self.chain = chain;
        self.follow();
    }

    /// Writes to the side log what it lacks. Counting goes on without it: what it misses stands in
    /// the database and is added as soon as the file can be written again.
    fn follow(&mut self) {
        let result = match &mut self.side_log {
            Some(side_log) => side_log.follow(&self.connection),
            None => {
                let logged = Logged::read(&self.data);
                self.open_side_log(logged.as_ref())
            }
        };
        self.side_log_went(result);
    }

    fn side_log_went(&mut self, result: Result<(), JournalError>) {
        match result {
            Ok(()) => self.side_log_failed = None,
            Err(error) if self.side_log_failed.is_none() => {
                tracing::error!(%error, "the side log did not take an event");
                self.side_log_failed = Some(Failure { error: Some(error) });
            }
            Err(_) => {}
        }
    }

    /// A patient is counted without being recognised.
    pub(super) fn key_failed(&mut self, error: JournalError) {
        tracing::error!(%error, "a patient is counted and cannot be recognised");
        self.key_failed = Some(error);
    }

    /// Why patients are not recognised, if there was one since this was last asked.
    pub(super) fn take_key_failure(&mut self) -> Option<JournalError> {
        self.key_failed.take()
    }

    fn open_side_log(&mut self, logged: Option<&Logged>) -> Result<(), JournalError> {
        let (backed_up, _) = backup::backed_up(&self.data, self.id);
        let (data, connection) = (&self.data, &self.connection);
        let mut side_log = SideLog::open(data, connection, self.id, logged, backed_up)?;
        side_log.follow(&self.connection)?;
        self.side_log = Some(side_log);
        Ok(())
    }

    /// Tries once more to write what the side log lacks; tells whether it lacks nothing now.
    pub(super) fn catch_up(&mut self) -> bool {
        self.follow();
        self.side_log_failed.is_none()
    }

    /// Why the side log cannot be written, told once.
    pub(super) fn take_side_log_failure(&mut self) -> Option<JournalError> {
        self.side_log_failed.as_mut()?.error.take()
    }

    /// Sees to it that there is room kept for a full disk.
    pub(super) fn keep_reserve(&mut self) {
        match reserve::take(&self.data) {
            Ok(Taken::Whole) => self.reserve = Some(true),
            Ok(Taken::NoRoom) => self.reserve = Some(false),
            Ok(Taken::Never) => self.reserve = None,
            Err(error) => tracing::error!(%error, "no room is kept for a full disk"),
        }
    }

    /// Lets go of the room kept for a full disk; tells whether there was any.
    pub(super) fn release_reserve(&mut self) -> bool {
        self.reserve = self.reserve.and(Some(false));
        let released = reserve::release(&self.data);
        tracing::warn!(released, "the disk is full");
        released
    }

    /// Whether there is room kept for a full disk, told when it changes.
    pub(super) fn take_reserve_news(&mut self) -> Option<bool> {
        let news = self.reserve.filter(|_| self.reserve != self.reserve_told)?;
        self.reserve_told = Some(news);
        Some(news)
    }

    /// A good backup was made: the side log lets go of what the backup before it holds, so that
    /// even the loss of the newest one loses nothing.
    ///
    /// # Errors
    /// When the shorter side log cannot be written; the longer one stays.
    pub(super) fn shorten_side_log(&mut self) -> Result<(), JournalError> {
        let (_, before) = backup::backed_up(&self.data, self.id);
        match &mut self.side_log {
            Some(side_log) => side_log.forget_until(&self.data, before),
            None => Ok(()),
        }
    }

    /// The database showed damage: the next start reads it in full, and restores it.
    pub fn suspect(&self) {
        inspection::ask_for(&self.data);
    }

    /// Visits stand in other days now, or are another visit's.
    pub(super) fn visits_moved(&mut self, moves: Vec<(VisitId, (VisitId, StationDay))>) {
        self.arrivals = None;
        self.moved.extend(moves);
    }

    /// Where a visit stands now.
    pub(super) fn place_of(&self, mut place: (VisitId, StationDay)) -> (VisitId, StationDay) {
        // Every move gives an id of its own, so this ends.
        while let Some(next) = self.moved.get(&place.0) {
            place = *next;
        }
        place
    }

    /// How many rows are damaged that nothing could heal: they count nothing, and are no reason to
    /// look for damage again.
    pub fn damaged_for_good(&self) -> usize {
        inspection::known(&self.data).len()
    }

    /// Follows `rows` more rows of the chain, as a closing wants it; tells whether that is all.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first row that is not what was written, and SQLite's errors.
    pub(super) fn walk_on(&mut self, rows: u64) -> Result<bool, JournalError> {
        if !self.walk.go_on(&self.connection, rows)? {
            return Ok(false);
        }
        // Rows that are missing at the end are missed by no row after them.
        let (followed, link) = self.walk.end();
        if (EventSeq(followed), link) == (self.last, self.chain) {
            Ok(true)
        } else {
            Err(JournalError::Damaged { seq: followed + 1 })
        }
    }

    /// The chain, as far as it was followed.
    pub(super) fn walk(&self) -> &Walk {
        &self.walk
    }

    /// Follows the chain to its end.
    ///
    /// # Errors
    /// As [`Journal::walk_on`].
    pub(super) fn walk_to_the_end(&mut self) -> Result<(), JournalError> {
        const AT_ONCE: u64 = 100_000;
        while !self.walk_on(AT_ONCE)? {}
        Ok(())
    }

    /// The desk it belongs to.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The folder it lies in.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Inserts the next event; a commit makes it durable.
    pub(super) fn insert(&self, new: &NewEvent, what: What) -> Result<(Event, Link), JournalError> {
        insert_event(&self.connection, &self.origin, (self.last, self.chain), new, what)
    }

    /// Counted once a day: nobody else writes, the lock is ours.
    pub(super) fn next_number(&self, day: StationDay) -> Result<VisitNo, JournalError> {
        if let Some((_, last)) = self.arrivals.filter(|(known, _)| *known == day) {
            return Ok(VisitNo(last.0 + 1));
        }
        self.first_free_number(day)
    }

    /// A visit of this day got this number.
    pub(super) fn numbered(&mut self, day: StationDay, number: VisitNo) {
        self.arrivals = Some((day, number));
    }

    /// Where the chain ends.
    pub(super) fn end(&self) -> (EventSeq, Link) {
        (self.last, self.chain)
    }

    /// A number is given once, also that of a visit that was moved away.
    pub(super) fn first_free_number(&self, day: StationDay) -> Result<VisitNo, JournalError> {
        let arrivals: u32 = self
            .connection
            .prepare_cached("SELECT count(*) FROM event WHERE day = ?1 AND kind = 'arrived'")?
            .query_row([day.to_string()], |row| row.get(0))?;
        Ok(VisitNo(arrivals + 1))
    }
}

/// Inserts the event that follows the end of the chain.
pub(super) fn insert_event(
    connection: &Connection,
    origin: &Origin,
    (last, chain): (EventSeq, Link),
    new: &NewEvent,
    what: What,
) -> Result<(Event, Link), JournalError> {
    let NewEvent { at, day, visit, by, marks } = *new;
    let event = Event {
        seq: EventSeq(last.0 + 1),
        id: Uuid::now_v7(),
        origin: origin.clone(),
        day,
        at,
        visit,
        by,
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
        token: marks.token.as_ref().map(|token| token.0.as_slice()),
        staff: by.as_ref().map(StaffCode::as_str),
        person: marks.person.as_ref().map(|token| token.0.as_slice()),
    };
    let chain = chain.next(&columns);
    insert_row(connection, &columns, chain)?;
    Ok((event, chain))
}

/// Inserts one row.
pub(super) fn insert_row(
    connection: &Connection,
    columns: &Columns<'_>,
    chain: Link,
) -> Result<(), JournalError> {
    connection
        .prepare_cached(
            "INSERT INTO event (seq, id, station, point, day, wall_ms, uptime_ms, boot, sure,
                                visit, kind, body, token, staff, chain, person)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
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
            columns.staff,
            chain.0,
            columns.person,
        ])?;
    Ok(())
}

pub(super) fn database(data: &Path) -> PathBuf {
    data.join(DATABASE)
}

/// Opens a database for writing, making or migrating it as needed.
pub(super) fn open_to_write(path: &Path) -> Result<Connection, JournalError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    schema::migrate(&mut connection)?;
    // WAL keeps readers out of the writer's way; FULL syncs every commit, so that an answer given
    // is an answer kept when the plug is pulled (NORMAL may lose the last commits).
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Opens a database without the right to change it.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, JournalError> {
    if !path.is_file() {
        return Err(JournalError::Missing { path: path.to_owned() });
    }
    // One thread at a time, as Rust sees to it: no lock around every column.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let found = schema::version(&connection)?;
    if found > schema::VERSION {
        return Err(JournalError::Newer { found, known: schema::VERSION });
    }
    Ok(connection)
}

/// A folder of ours that nobody may enter is opened for us alone.
fn make_usable(data: &Path) -> io::Result<()> {
    const OWNER_ONLY: u32 = 0o700;
    fs::create_dir_all(data)?;
    let permissions = fs::metadata(data)?.permissions();
    if permissions.mode() & OWNER_ONLY != OWNER_ONLY {
        fs::set_permissions(data, Permissions::from_mode(permissions.mode() | OWNER_ONLY))?;
    }
    Ok(())
}

pub(super) fn take_lock(data: &Path) -> Result<File, JournalError> {
    let failed = |source| JournalError::Folder { path: data.to_owned(), source };
    let path = data.join(LOCK);
    if plain_file::is_unusable(&path) {
        aside::rename(&path).map_err(failed)?;
    }
    let mut options = File::options();
    let file = plain_file::open(&path, options.write(true).create(true).truncate(false))
        .map_err(failed)?;
    let mut tries = LOCK_TRIES;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) if tries > 0 => {
                tries -= 1;
                thread::sleep(LOCK_PAUSE);
            }
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(JournalError::InUse { path: data.to_owned() });
            }
            Err(other) => return Err(failed(other.into())),
        }
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
        let at = Moment { wall_ms: 0, uptime_ms: 0, boot: Uuid::nil(), sure: false };
        let journal = Journal::open(data.path(), origin, at).unwrap().journal;
        let pragma = |name| journal.connection.pragma_query_value(None, name, |row| row.get(0));
        assert_eq!(pragma("synchronous"), Ok(FULL));
        let mode: String =
            journal.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
