//! What takes the place of a damaged database, and how.
//!
//! The newest good backup, with the events of the side log since and with every row of the damaged
//! database that is still what was written; without a backup these alone, if they reach back to the
//! first event; else a new journal. Each row is taken by its link, so it does not matter where it
//! comes from. The damaged files are kept in `data/damaged`, never removed. A power cut at any step
//! leaves the damaged database, or none beside its copies: both are restored anew at the next start.
//!
//! A database that can be read to its end and lacks only single rows, which nothing else has either,
//! is better than anything that could take its place: it stays, and the rows are remembered.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use super::durable::{put_in_place, remove_if_there, sync_folder};
use super::side_log::{self, Logged};
use super::store::{Marks, NewEvent};
use super::walk::{self, Walk};
use super::{JournalError, aside, backup, closing, inspection, read, schema, store};
use crate::event::{EventSeq, JournalId, Moment, Origin, What};
use crate::plain_file;

const PART: &str = "journal.restored";

/// What SQLite keeps beside a database. They go first: beside another database they would be
/// taken for its own.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// A journal was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// Events that stood in the backup, or in a database that had lost its newest ones.
    pub kept: u64,
    /// Events read back from the side log, or from what is sound of the damaged database.
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
    } else if let Some(unusable) = unusable(&path) {
        Err(JournalError::Unsound(format!("{} cannot be used", unusable.display())))
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
    let connection = open_sound(data, &path)?;
    match restored {
        Some(_) => Ok((connection, restored)),
        None => catch_up(data, origin, at, connection, logged),
    }
}

/// Which of the files of the database is none, or none that this program may use.
fn unusable(path: &Path) -> Option<PathBuf> {
    let [wal, shm] = companions(path);
    [path.to_owned(), wal, shm].into_iter().find(|path| plain_file::is_unusable(path))
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
        Some(from) => backup::check(from, &inspection::known(data))?,
        None => backup::newest_good(data, logged.as_ref().map(|logged| logged.journal))
            .ok_or_else(|| JournalError::NoBackup { path: data.to_owned() })?,
    };
    let restored = put_back(data, None, at, Some(&base.path), logged.as_ref())?;
    restored.ok_or_else(|| JournalError::NoBackup { path: data.to_owned() })
}

/// What root makes in a folder of somebody else belongs to them: the kiosk has to write to it.
fn give_to_owner<'p>(data: &Path, paths: impl IntoIterator<Item = &'p Path>) {
    let Ok(owner) = fs::metadata(data) else { return };
    if !rustix::process::geteuid().is_root() || owner.uid() == 0 {
        return;
    }
    for path in paths {
        if let Err(error) = chown(path, Some(owner.uid()), Some(owner.gid())) {
            tracing::warn!(%error, path = %path.display(), "it does not belong to the kiosk");
        }
    }
}

/// A header that names another program is damage where there was a journal.
fn is_damage(error: &JournalError, data: &Path) -> bool {
    error.is_damage() || matches!(error, JournalError::Foreign) && side_log::is_there(data)
}

/// Whether there was a journal whose file is gone.
fn is_lost(data: &Path, path: &Path) -> bool {
    let is_empty = fs::symlink_metadata(path)
        .map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |file| file.len() == 0);
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
    // The line of an event whose commit the power cut short: it came, and nobody was answered.
    const CUT_SHORT: u64 = 1;
    if is_complete && replayed == CUT_SHORT {
        return Ok((connection, None));
    }
    let mut set_aside = None;
    if !is_complete {
        // What it holds follows on another journal than this: kept, but not built on.
        let folder = aside::folder(data, at)?;
        side_log::copy_aside(data, &folder).map_err(|source| failed(&folder, source))?;
        if is_own {
            schema::rename(&connection, JournalId(Uuid::now_v7()))?;
        }
        set_aside = Some(folder);
    }
    note(&connection, Some(origin), at, What::Restored { kept, replayed })?;
    Ok((connection, Some(Restoration { kept, replayed, is_complete, set_aside })))
}

/// Builds the new database beside the old one, then changes their places. `None`: the old one is
/// better than that, and stays.
fn put_back(
    data: &Path,
    origin: Option<&Origin>,
    at: Moment,
    base: Option<&Path>,
    logged: Option<&Logged>,
) -> Result<Option<Restoration>, JournalError> {
    let (path, part) = (store::database(data), data.join(PART));
    let damaged = unusable(&path).is_none().then(|| store::open_to_read(&path).ok()).flatten();
    let built = build(&part, origin, at, (base, logged, damaged.as_ref()))?;
    let Built { kept, replayed, is_complete } = built;
    // Who asks for a backup gets it.
    let may_stay = origin.is_some() && !is_complete;
    if let Some(damaged) = damaged.as_ref().filter(|_| may_stay)
        && let Some(rows) = single_rows_damaged(damaged, kept + replayed)
    {
        tracing::error!(?rows, "nothing can heal these events; the others count");
        inspection::remember(data, &rows)?;
        remove_with_companions(&part).map_err(|source| failed(&part, source))?;
        return Ok(None);
    }
    drop(damaged);
    let folder = aside::folder(data, at)?;
    set_aside(data, &folder).map_err(|source| failed(&folder, source))?;
    put_in_place(&part, &path).map_err(|source| failed(&path, source))?;
    inspection::forget_known(data);
    let parent = folder.parent().unwrap_or(data);
    give_to_owner(data, [path.as_path(), folder.as_path(), parent]);
    Ok(Some(Restoration { kept, replayed, is_complete, set_aside: Some(folder) }))
}

/// The damaged rows of a database all of whose pages are sound and that holds at least `others`
/// events.
fn single_rows_damaged(damaged: &Connection, others: u64) -> Option<BTreeSet<u64>> {
    inspection::quick_check(damaged).ok()?;
    let rows = Walk::damaged_rows(damaged).ok()?;
    let (last, _) = read::end_of_chain(damaged).ok()?;
    // The last row leads on: nothing can be appended to one that is not what was written.
    (last.0 >= others && !rows.contains(&last.0) && !rows.is_empty()).then_some(rows)
}

/// What a new database was made of.
struct Built {
    kept: u64,
    replayed: u64,
    is_complete: bool,
}

/// Makes the database `part` of a backup, the side log, and what is sound of the damaged database.
fn build(
    part: &Path,
    origin: Option<&Origin>,
    at: Moment,
    (base, logged, damaged): (Option<&Path>, Option<&Logged>, Option<&Connection>),
) -> Result<Built, JournalError> {
    if let Some(unusable) = unusable(part) {
        aside::rename(&unusable).map_err(|source| failed(&unusable, source))?;
    }
    remove_with_companions(part)
        .and_then(|()| base.map_or(Ok(0), |base| fs::copy(base, part)))
        .map_err(|source| failed(part, source))?;
    let connection = store::open_to_write(part)?;
    // A row is taken as it was written.
    connection.pragma_update(None, "ignore_check_constraints", true)?;
    let kept = read::end_of_chain(&connection)?.0.0;
    let of_damaged = damaged.and_then(|damaged| read::id(damaged).ok());
    if base.is_none() {
        let logged = logged.filter(|logged| logged.reaches_back_to(0)).map(|it| it.journal);
        let begins = of_damaged.filter(|_| damaged.is_some_and(first_row_is_sound));
        if let Some(id) = logged.or(begins) {
            schema::rename(&connection, id)?;
        }
    }
    let id = read::id(&connection)?;
    let logged = logged.filter(|logged| logged.journal == id);
    let damaged = damaged.filter(|_| of_damaged == Some(id));
    let mut reached = kept;
    loop {
        let before = reached;
        if let Some(logged) = logged {
            reached += logged.replay(&connection)?.0;
        }
        if let Some(damaged) = damaged {
            reached += take_over(damaged, &connection)?;
        }
        if reached == before {
            break;
        }
    }
    let end_of_damaged = damaged
        .filter(|damaged| inspection::quick_check(damaged).is_ok())
        .and_then(|damaged| read::end_of_chain(damaged).ok())
        .map(|(last, _)| last.0);
    let last = logged.map(|logged| logged.last().0).max(end_of_damaged);
    let is_complete = last.is_some_and(|last| reached >= last);
    if base.is_some() && !is_complete {
        schema::rename(&connection, JournalId(Uuid::now_v7()))?;
    }
    let replayed = reached - kept;
    note(&connection, origin, at, What::Restored { kept, replayed })?;
    // Closing writes everything into the one file.
    connection.close().map_err(|(_, error)| error)?;
    Ok(Built { kept, replayed, is_complete })
}

fn first_row_is_sound(damaged: &Connection) -> bool {
    let first = || -> Result<bool, JournalError> {
        let sql =
            format!("SELECT {} FROM event NOT INDEXED WHERE seq = 1", read::columns_of(damaged)?);
        let mut statement = damaged.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        Ok(walk::follow(row, 1, super::Link::BEGIN)?.day.is_some())
    };
    first().unwrap_or(false)
}

/// Appends the rows of `from` that follow on what `to` has, up to the first that does not, or that
/// cannot be read. Tells how many.
fn take_over(from: &Connection, to: &Connection) -> Result<u64, JournalError> {
    let (EventSeq(kept), mut chain) = read::end_of_chain(to)?;
    let Ok(columns) = read::columns_of(from) else { return Ok(0) };
    let sql = format!("SELECT {columns} FROM event NOT INDEXED WHERE seq > ?1 ORDER BY seq");
    let Ok(mut statement) = from.prepare(&sql) else { return Ok(0) };
    let Ok(mut rows) = statement.query([read::to_integer(kept)]) else { return Ok(0) };
    let transaction = to.unchecked_transaction()?;
    let mut taken = 0;
    while let Ok(Some(row)) = rows.next() {
        let Ok(followed) = walk::follow(row, kept + taken + 1, chain) else { break };
        if followed.day.is_none() {
            break;
        }
        let columns = read::columns(row)?;
        let mut of_row = None;
        if columns.kind == read::DAY_CLOSED {
            of_row = closing::of_event(from, columns.seq).ok().flatten();
            if of_row.is_none() {
                break;
            }
        }
        store::insert_row(to, &columns, followed.link)?;
        if let Some(closing) = of_row {
            closing::insert(to, &closing)?;
        }
        chain = followed.link;
        taken += 1;
    }
    transaction.commit()?;
    Ok(taken)
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

fn set_aside(data: &Path, folder: &Path) -> io::Result<()> {
    // Its own file stays where it is; the copy is evidence.
    if let Err(error) = side_log::copy_aside(data, folder) {
        tracing::error!(%error, "the side log cannot be copied");
    }
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
