//! Whether a database is sound: what is looked at before the kiosk counts, and what at night.
//!
//! Every start looks at the size of the file and at the newest events, and reads a small database
//! in full. A large one is read in full before each backup; what is found then makes the next
//! start read it in full, and restore it.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::chain::Link;
use super::{JournalError, read};
use crate::event::EventSeq;

/// Read in full at every start up to this size, in bytes: some 100 ms on the appliance.
const SMALL: u64 = 8 * 1024 * 1024;

/// How many of the newest events every start looks at.
const NEWEST: u64 = 1_000;

/// While this file is there, the next start reads the database in full.
const MARK: &str = "check-journal";

/// Asks the next start to read the database in full.
pub(super) fn ask_for(data: &Path) {
    if let Err(error) = fs::write(data.join(MARK), []) {
        tracing::error!(%error, "the next start will not check the journal in full");
    }
}

/// Nothing is suspected any more.
pub(super) fn done(data: &Path) {
    // Most often it is not there; if it stays, one start takes longer.
    let _ = fs::remove_file(data.join(MARK));
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
    if expected <= SMALL || data.join(MARK).exists() {
        quick_check(connection)?;
    }
    check_end(connection)
}

/// Reads the whole database.
///
/// # Errors
/// [`JournalError::Unsound`] and SQLite's errors.
pub(super) fn quick_check(connection: &Connection) -> Result<(), JournalError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(JournalError::Unsound(found)) }
}

/// Follows the chain through the newest events.
///
/// # Errors
/// [`JournalError::Damaged`] and SQLite's errors.
pub(super) fn check_end(connection: &Connection) -> Result<(), JournalError> {
    read::id(connection)?;
    let (last, _) = read::end_of_chain(connection)?;
    let before = last.0.saturating_sub(NEWEST);
    let damaged = || JournalError::Damaged { seq: before };
    let mut link = match before {
        0 => Link::BEGIN,
        seq => read::link_of(connection, EventSeq(seq))?.ok_or_else(damaged)?,
    };
    let columns = read::columns_of(connection)?;
    let sql = format!("SELECT {columns} FROM event WHERE seq > ?1 ORDER BY seq");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([read::to_integer(before)])?;
    let mut seq = before;
    while let Some(row) = rows.next()? {
        seq += 1;
        let columns = read::columns(row)?;
        link = link.next(&columns);
        if columns.seq != read::to_integer(seq) || read::chain(row)? != link.0 {
            return Err(JournalError::Damaged { seq });
        }
    }
    Ok(())
}
