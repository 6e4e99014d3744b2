//! Whether a database is sound: what is looked at before the kiosk counts, and what at night.
//!
//! Every start looks at the size of the file, at the newest events and at what the indexes hold of
//! them, and reads a small database in full. A large one is read in full before each backup. What is
//! found then, or while the kiosk runs, makes the next start read it in full: it looks for everything
//! that can have been found, and restores it.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::Path;

use rusqlite::Connection;

use super::chain::Link;
use super::durable::{put_in_place, remove_if_there};
use super::walk::Walk;
use super::{JournalError, read, walk};
use crate::event::EventSeq;
use crate::plain_file;

/// Read in full at every start up to this size, in bytes: some 100 ms on the appliance.
const SMALL: u64 = 8 * 1024 * 1024;

/// How many of the newest events every start looks at.
const NEWEST: u64 = 1_000;

/// While this file is there, the next start reads the database in full.
const MARK: &str = "check-journal";

/// The numbers of the rows that are damaged and that nothing can heal, one a line.
const KNOWN: &str = "known-damage";
const KNOWN_NEW: &str = "known-damage.new";

/// More would be no list of rows.
const MOST_KNOWN: u64 = 1024 * 1024;

/// Asks the next start to read the database in full.
pub(super) fn ask_for(data: &Path) {
    let mut options = OpenOptions::new();
    let marked = plain_file::open(&data.join(MARK), options.write(true).create(true));
    if let Err(error) = marked {
        tracing::error!(%error, "the next start will not check the journal in full");
    }
}

/// Nothing is suspected any more.
pub(super) fn done(data: &Path) {
    // Most often it is not there; if it stays, one start takes longer.
    let _ = fs::remove_file(data.join(MARK));
}

/// The rows of the journal of `data` that are damaged for good.
pub(super) fn known(data: &Path) -> BTreeSet<u64> {
    let text = plain_file::read(&data.join(KNOWN), MOST_KNOWN).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().filter_map(|line| line.parse().ok()).collect()
}

/// Remembers the rows that nothing can heal, so that they are not found anew for ever.
///
/// # Errors
/// When it cannot be made durable.
pub(super) fn remember(data: &Path, rows: &BTreeSet<u64>) -> Result<(), JournalError> {
    let (new, place) = (data.join(KNOWN_NEW), data.join(KNOWN));
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    remove_if_there(&new)
        .and_then(|()| fs::write(&new, text))
        .and_then(|()| put_in_place(&new, &place))
        .map_err(|source| JournalError::File { path: place, source })
}

/// Another database has taken the place of the damaged one.
pub(super) fn forget_known(data: &Path) {
    // A row that is sound is read as such whatever stands there.
    let _ = remove_if_there(&data.join(KNOWN));
}

/// What a start looks at. `path` is the file that `connection` is open on.
///
/// # Errors
/// An error that is damage ([`JournalError::is_damage`]) when the database is not sound.
pub(super) fn at_start(
    data: &Path,
    path: &Path,
    connection: &Connection,
) -> Result<(), JournalError> {
    let size = || fs::metadata(path).map_or(0, |file| file.len());
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let expected = read::to_count(number("page_count")? * number("page_size")?);
    if size() < expected {
        // The last pages may stand in the write-ahead log alone.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        if size() < expected {
            return Err(JournalError::Unsound("the file is too short".to_owned()));
        }
    }
    let known = known(data);
    if expected <= SMALL || plain_file::is_something_there(&data.join(MARK)) {
        whole_chain(connection, &known)?;
        return healed_indexes(connection);
    }
    check_end(connection, &known)?;
    if indexes_hold_the_end(connection)? { Ok(()) } else { healed_indexes(connection) }
}

/// Follows the whole chain, past the rows that are `known` to be damaged.
///
/// # Errors
/// [`JournalError::Damaged`] and SQLite's errors.
pub(super) fn whole_chain(
    connection: &Connection,
    known: &BTreeSet<u64>,
) -> Result<(), JournalError> {
    read::id(connection)?;
    Walk::new(known.clone()).follow_all(connection)
}

/// Reads every page, every row and every entry of every index.
///
/// # Errors
/// [`JournalError::Unsound`] and SQLite's errors.
pub(super) fn integrity(connection: &Connection) -> Result<(), JournalError> {
    check(connection, "PRAGMA integrity_check(1)")
}

/// Reads every page and every row, but no index against its table.
///
/// # Errors
/// [`JournalError::Unsound`] and SQLite's errors.
pub(super) fn quick_check(connection: &Connection) -> Result<(), JournalError> {
    check(connection, "PRAGMA quick_check(1)")
}

/// Whether a row is what was written is for its link to tell: a body that is no JSON may be.
fn check(connection: &Connection, pragma: &str) -> Result<(), JournalError> {
    connection.pragma_update(None, "ignore_check_constraints", true)?;
    let found = connection.query_row(pragma, [], |row| row.get::<_, String>(0));
    connection.pragma_update(None, "ignore_check_constraints", false)?;
    let found = found?;
    if found == "ok" { Ok(()) } else { Err(JournalError::Unsound(found)) }
}

/// Every row is what was written; an index that is not can be made anew from them.
fn healed_indexes(connection: &Connection) -> Result<(), JournalError> {
    let Err(error) = integrity(connection) else { return Ok(()) };
    tracing::error!(%error, "an index is damaged and is made anew");
    connection.execute_batch("REINDEX").map_err(|_| error)?;
    integrity(connection)
}

/// Follows the chain through the newest events.
///
/// # Errors
/// [`JournalError::Damaged`] and SQLite's errors.
pub(super) fn check_end(
    connection: &Connection,
    known: &BTreeSet<u64>,
) -> Result<(), JournalError> {
    read::id(connection)?;
    let (last, _) = read::end_of_chain(connection)?;
    let before = last.0.saturating_sub(NEWEST);
    let damaged = || JournalError::Damaged { seq: before };
    let mut link = match before {
        0 => Link::BEGIN,
        seq => read::link_of(connection, EventSeq(seq))?.ok_or_else(damaged)?,
    };
    let columns = read::columns_of(connection)?;
    let sql = format!("SELECT {columns} FROM event NOT INDEXED WHERE seq > ?1 ORDER BY seq");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([read::to_integer(before)])?;
    let mut seq = before;
    while let Some(row) = rows.next()? {
        seq += 1;
        let followed = walk::follow(row, seq, link)?;
        if followed.day.is_none() && !known.contains(&seq) {
            return Err(JournalError::Damaged { seq });
        }
        link = followed.link;
    }
    Ok(())
}

/// Whether the indexes by which people are recognised and days are found hold the newest events: of
/// a page that an old card gave back as it once was, nothing else tells.
fn indexes_hold_the_end(connection: &Connection) -> Result<bool, JournalError> {
    let newest = "event NOT INDEXED WHERE seq > (SELECT max(seq) FROM event) - ?1";
    // Each newest event is looked for by the index that a patient would be looked for by.
    let lost = |index: &str, column: &str| {
        format!(
            "SELECT EXISTS (SELECT 1 FROM (SELECT seq, day, {column} AS mark FROM {newest}) AS known
             WHERE mark IS NOT NULL AND NOT EXISTS
                 (SELECT 1 FROM event INDEXED BY {index}
                  WHERE day = known.day AND {column} = known.mark AND seq = known.seq
                        AND {column} IS NOT NULL))"
        )
    };
    for (index, column) in
        [("event_by_day", "day"), ("event_by_token", "token"), ("event_by_person", "person")]
    {
        let is_lost: bool =
            connection
                .query_row(&lost(index, column), [read::to_integer(NEWEST)], |row| row.get(0))?;
        if is_lost {
            return Ok(false);
        }
    }
    Ok(true)
}
