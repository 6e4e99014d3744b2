//! Backups: whole, checked copies of the database in `data/backups`, one a day, the newest 14.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::durable::{put_in_place, remove_if_there};
use super::{JournalError, aside, inspection, read, reserve, store};
use crate::event::{JournalId, StationDay};
use crate::plain_file;

const FOLDER: &str = "backups";
const PART: &str = "journal.part";

/// Two weeks: longer than a damage stays unnoticed that only shows in the nightly check.
const KEPT: usize = 14;

/// A backup that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Which journal.
    pub journal: JournalId,
    /// How many events it holds.
    pub events: u64,
}

/// Makes the backup of `day`, in place of an earlier one of the same day, on a connection of its
/// own: the kiosk goes on writing meanwhile. Checks the journal first, and the copy afterwards.
///
/// # Errors
/// [`JournalError::Unsound`] when the journal is damaged: it is looked at in full at the next
/// start. [`JournalError::File`] and SQLite's errors otherwise. The earlier backups stay.
pub fn back_up(data: &Path, day: StationDay) -> Result<Backup, JournalError> {
    let folder = data.join(FOLDER);
    let part = folder.join(PART);
    let made = make(data, &folder, &part, day);
    if let Err(error) = &made {
        // Most often there is none, and of a disk that fails no more can be asked.
        let _ = remove_if_there(&part);
        if error.is_damage() {
            inspection::ask_for(data);
        }
    }
    made
}

fn make(data: &Path, folder: &Path, part: &Path, day: StationDay) -> Result<Backup, JournalError> {
    let failed = |source| JournalError::File { path: part.to_owned(), source };
    let database = store::database(data);
    let source = store::open_to_read(&database)?;
    // Also what no copy would show: an index that is not what its table is.
    inspection::integrity(&source)?;
    make_folder(folder).map_err(failed)?;
    if plain_file::is_unusable(part) {
        aside::rename(part).map_err(failed)?;
    }
    remove_if_there(part).map_err(failed)?;
    // The last room is for patients, not for copies.
    let size = fs::metadata(&database).map_err(failed)?.len();
    if !reserve::has_room_for(data, size).map_err(failed)? {
        return Err(failed(io::ErrorKind::StorageFull.into()));
    }
    source.execute("VACUUM INTO ?1", [path_text(part).map_err(failed)?])?;
    let path = folder.join(format!("journal-{day}.db"));
    // The copy holds every row as it was read: its chain is the journal's.
    let backup = Backup { path, ..check(part, &inspection::known(data))? };
    put_in_place(part, &backup.path).map_err(failed)?;
    let others = ranked(data, Some(backup.journal)).into_iter().map(|backup| backup.path);
    for path in others.filter(|path| *path != backup.path).skip(KEPT - 1) {
        // One too many does no harm; it goes next time.
        let _ = fs::remove_file(path);
    }
    Ok(backup)
}

/// Whatever stands in the way of the folder is set aside.
fn make_folder(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder).is_ok_and(|it| !it.is_dir()) {
        aside::rename(folder)?;
    }
    fs::create_dir_all(folder)
}

/// The newest backup that is sound, of `journal` before any other.
pub(super) fn newest_good(data: &Path, journal: Option<JournalId>) -> Option<Backup> {
    let known = inspection::known(data);
    ranked(data, journal).into_iter().find_map(|backup| match check(&backup.path, &known) {
        Ok(good) => Some(good),
        Err(error) => {
            tracing::error!(%error, path = %backup.path.display(), "a backup is of no use");
            None
        }
    })
}

/// How many events the best and the second-best backup of `journal` hold, 0 where there is none.
pub(super) fn backed_up(data: &Path, journal: JournalId) -> (u64, u64) {
    let own = ranked(data, Some(journal)).into_iter().filter(|known| known.journal == journal);
    let mut events = own.map(|known| known.events);
    (events.next().unwrap_or(0), events.next().unwrap_or(0))
}

/// Whether there is any.
pub(super) fn is_there(data: &Path) -> bool {
    !ranked(data, None).is_empty()
}

/// Reads all of a backup, follows its chain, and finds it sound but for the rows that are `known` to be
/// damaged for good.
pub(super) fn check(path: &Path, known: &BTreeSet<u64>) -> Result<Backup, JournalError> {
    let connection = store::open_to_read(path)?;
    inspection::quick_check(&connection)?;
    inspection::whole_chain(&connection, known)?;
    look_at(path, &connection)
}

fn look_at(path: &Path, connection: &Connection) -> Result<Backup, JournalError> {
    let events = read::end_of_chain(connection)?.0.0;
    Ok(Backup { path: path.to_owned(), journal: read::id(connection)?, events })
}

/// The backups of `data`, best first: those of `journal`, then those with most events. Not by their
/// names: a clock that once ran ahead must not make an old one the newest. Files that cannot be
/// opened stay where they are and are left out.
fn ranked(data: &Path, journal: Option<JournalId>) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(data.join(FOLDER)) else { return Vec::new() };
    let mut known: Vec<Backup> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_backup = path.extension().is_some_and(|ending| ending == "db");
            let connection = is_backup.then(|| store::open_to_read(&path))?.ok()?;
            look_at(&path, &connection).ok()
        })
        .collect();
    known.sort_by_key(|backup| Reverse((Some(backup.journal) == journal, backup.events)));
    known
}

/// SQLite takes names as text.
fn path_text(path: &Path) -> io::Result<&str> {
    path.to_str().ok_or_else(|| io::ErrorKind::InvalidFilename.into())
}
