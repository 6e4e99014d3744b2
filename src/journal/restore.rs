//! What takes the place of a damaged database, and how.
//!
//! The newest good backup, with the events of the side log since; without a backup the side log
//! alone, if it reaches back to the first event; else a new journal. The damaged files are kept in
//! `data/damaged`, never removed. A power cut at any step leaves the damaged database, or none
//! beside its copies: both are restored anew at the next start.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use super::durable::{put_in_place, remove_if_there, sync_folder};
use super::side_log::{self, Logged};
use super::store::{Marks, NewEvent};
use super::{JournalError, backup, inspection, read, schema, store};
use crate::event::{JournalId, Moment, Origin, What};

const DAMAGED: &str = "damaged";
const PART: &str = "journal.restored";

/// What SQLite keeps beside a database. They go first: beside another database they would be
/// taken for its own.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// A journal was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// Events that stood in the backup, or in a database that had lost its newest ones.
    pub kept: u64,
    /// Events read back from the side log.
    pub replayed: u64,
    /// Whether nothing is known to be missing. Otherwise the journal has a new id.
    pub is_complete: bool,
    /// Where the damaged files are.
    pub set_aside: Option<PathBuf>,
}

/// Opens the database of `data` for writing, restoring it if it is damaged. The lock is held.
/// `logged` is what the side log holds. What was restored stands in the journal as an event of
/// `origin`.
pub(super) fn open_or_restore(
    data: &Path,
    logged: Option<&Logged>,
    origin: &Origin,
    at: Moment,
) -> Result<(Connection, Option<Restoration>), JournalError> {
    let path = store::database(data);
    let opened = if is_lost(data, &path) {
        Err(JournalError::Unsound("it is missing".to_owned()))
    } else {
        open_sound(data, &path)
    };
    let restored = match opened {
        Ok(connection) => return catch_up(data, origin, at, connection, logged),
        Err(error) if is_damage(&error, data) => {
            tracing::error!(%error, "the journal is damaged and is being restored");
            let best = backup::newest_good(data, logged.map(|logged| logged.journal));
            let base = best.as_ref().map(|backup| backup.path.as_path());
            put_back(data, Some(origin), at, base, logged)?
        }
        Err(error) => return Err(error),
    };
    inspection::done(data);
    Ok((open_sound(data, &path)?, Some(restored)))
}

/// Puts the journal of `data` back to the backup `from`, or to the newest good one, with the events
/// of the side log since. What stood there is set aside. No kiosk may be running.
///
/// # Errors
/// [`JournalError::InUse`], [`JournalError::NoBackup`], the damage of `from`, or what the disk
/// refused: then nothing was changed, or the next start restores by itself.
pub fn restore(data: &Path, from: Option<&Path>, at: Moment) -> Result<Restoration, JournalError> {
    if !data.is_dir() {
        return Err(JournalError::NoBackup { path: data.to_owned() });
    }
    let _lock = store::take_lock(data)?;
    let logged = Logged::read(data);
    let base = match from {
        Some(from) => backup::check(from)?,
        None => backup::newest_good(data, logged.as_ref().map(|logged| logged.journal))
            .ok_or_else(|| JournalError::NoBackup { path: data.to_owned() })?,
    };
    put_back(data, None, at, Some(&base.path), logged.as_ref())
}

/// A header that names another program is damage where there was a journal.
fn is_damage(error: &JournalError, data: &Path) -> bool {
    error.is_damage() || matches!(error, JournalError::Foreign) && side_log::is_there(data)
}

/// Whether there was a journal whose file is gone.
fn is_lost(data: &Path, path: &Path) -> bool {
    let is_empty = fs::metadata(path).map_or(true, |file| file.len() == 0);
    is_empty && (side_log::is_there(data) || backup::is_there(data))
}

fn open_sound(data: &Path, path: &Path) -> Result<Connection, JournalError> {
    let connection = store::open_to_write(path)?;
    inspection::at_start(data, path, &connection)?;
    inspection::done(data);
    Ok(connection)
}

/// A sound database may have lost its write-ahead log: the side log has what stood in it.
fn catch_up(
    data: &Path,
    origin: &Origin,
    at: Moment,
    connection: Connection,
    logged: Option<&Logged>,
) -> Result<(Connection, Option<Restoration>), JournalError> {
    let kept = read::end_of_chain(&connection)?.0.0;
    let Some(logged) = logged.filter(|logged| logged.last().0 > kept) else {
        return Ok((connection, None));
    };
    let is_own = logged.journal == read::id(&connection)?;
    let (replayed, is_complete) = if is_own { logged.replay(&connection)? } else { (0, false) };
    let mut set_aside = None;
    if !is_complete {
        // What it holds follows on another journal than this: kept, but not built on.
        let folder = folder_aside(data, at)?;
        side_log::copy_aside(data, &folder).map_err(|source| failed(&folder, source))?;
        if is_own {
            schema::rename(&connection, JournalId(Uuid::now_v7()))?;
        }
        set_aside = Some(folder);
    }
    note(&connection, Some(origin), at, What::Restored { kept, replayed })?;
    Ok((connection, Some(Restoration { kept, replayed, is_complete, set_aside })))
}

/// Builds the new database beside the old one, then changes their places.
fn put_back(
    data: &Path,
    origin: Option<&Origin>,
    at: Moment,
    base: Option<&Path>,
    logged: Option<&Logged>,
) -> Result<Restoration, JournalError> {
    let part = data.join(PART);
    let (kept, replayed, is_complete) = build(&part, origin, at, base, logged)?;
    let folder = folder_aside(data, at)?;
    set_aside(data, &folder).map_err(|source| failed(&folder, source))?;
    let path = store::database(data);
    put_in_place(&part, &path).map_err(|source| failed(&path, source))?;
    Ok(Restoration { kept, replayed, is_complete, set_aside: Some(folder) })
}

/// Makes the database `part`: how many events it kept and got back, and whether it has them all.
fn build(
    part: &Path,
    origin: Option<&Origin>,
    at: Moment,
    base: Option<&Path>,
    logged: Option<&Logged>,
) -> Result<(u64, u64, bool), JournalError> {
    remove_with_companions(part)
        .and_then(|()| base.map_or(Ok(0), |base| fs::copy(base, part)))
        .map_err(|source| failed(part, source))?;
    let connection = store::open_to_write(part)?;
    let kept = read::end_of_chain(&connection)?.0.0;
    if let (None, Some(logged)) = (base, logged.filter(|logged| logged.reaches_back_to(0))) {
        schema::rename(&connection, logged.journal)?;
    }
    let id = read::id(&connection)?;
    let (replayed, is_complete) = match logged.filter(|logged| logged.journal == id) {
        Some(logged) => logged.replay(&connection)?,
        None => (0, false),
    };
    if base.is_some() && !is_complete {
        schema::rename(&connection, JournalId(Uuid::now_v7()))?;
    }
    note(&connection, origin, at, What::Restored { kept, replayed })?;
    // Closing writes everything into the one file.
    connection.close().map_err(|(_, error)| error)?;
    Ok((kept, replayed, is_complete))
}

/// Appends an event of `origin`; where nobody knows it, of the desk the last event happened at.
fn note(
    connection: &Connection,
    origin: Option<&Origin>,
    at: Moment,
    what: What,
) -> Result<(), JournalError> {
    let end = read::end_of_chain(connection)?;
    let last = || read::event(connection, read::ALL_COLUMNS, read::to_integer(end.0.0));
    let origin = match origin {
        Some(origin) => origin.clone(),
        None if end.0.0 == 0 => return Ok(()),
        None => last()?.origin,
    };
    let new =
        NewEvent { at, day: at.station_day(), visit: None, by: None, marks: Marks::default() };
    store::insert_event(connection, &origin, end, &new, what)?;
    Ok(())
}

/// A new folder for what is set aside, named by the time.
fn folder_aside(data: &Path, at: Moment) -> Result<PathBuf, JournalError> {
    let parent = data.join(DAMAGED);
    let time = at.local().format("%Y-%m-%dT%H-%M-%S");
    let name = |n: u32| if n == 1 { time.to_string() } else { format!("{time}-{n}") };
    fs::create_dir_all(&parent).map_err(|source| failed(&parent, source))?;
    for folder in (1..).map(|n| parent.join(name(n))) {
        match fs::create_dir(&folder) {
            Ok(()) => {
                // What is moved there must not be durable before the way to it is.
                let synced = sync_folder(&parent).and_then(|()| sync_folder(data));
                return synced.map(|()| folder).map_err(|source| failed(&parent, source));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(failed(&folder, source)),
        }
    }
    Err(failed(&parent, io::ErrorKind::AlreadyExists.into()))
}

fn set_aside(data: &Path, folder: &Path) -> io::Result<()> {
    side_log::copy_aside(data, folder)?;
    let path = store::database(data);
    for path in companions(&path).into_iter().chain([path]) {
        let name = path.file_name().unwrap_or_default();
        match fs::rename(&path, folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        // In this order on the medium too.
        sync_folder(data)?;
    }
    sync_folder(folder)
}

fn remove_with_companions(path: &Path) -> io::Result<()> {
    companions(path).iter().try_for_each(|path| remove_if_there(path))?;
    remove_if_there(path)
}

fn companions(path: &Path) -> [PathBuf; 2] {
    COMPANIONS.map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        name.into()
    })
}

fn failed(path: &Path, source: io::Error) -> JournalError {
    JournalError::File { path: path.to_owned(), source }
}
