//! The database's form, and the way from every older form to it.
//!
//! A migration, once released, is never edited: boxes in the field have run it. Each runs in its
//! own transaction together with the new version number, so that a power cut leaves the old form
//! or the new one. `tests/fixtures/` keeps a database of every version ever released.

use rusqlite::{Connection, TransactionBehavior};

use super::JournalError;
use crate::event::JournalId;

/// Marks the file as ours ("TDon"), for file(1) and against opening something else's database.
const APPLICATION_ID: i32 = 0x5444_6f6e;

/// Each step with the version it leads to.
const MIGRATIONS: [(u32, &str); 3] = [
    (1, include_str!("schema/0001_events.sql")),
    (2, include_str!("schema/0002_staff_and_closings.sql")),
    (3, include_str!("schema/0003_people.sql")),
];

/// The version this program writes.
pub const VERSION: u32 = 3;

/// Brings a new or older database to [`VERSION`].
///
/// # Errors
/// [`JournalError::Newer`] for a database of a newer program and [`JournalError::Foreign`] for a
/// database that is not a journal; both are left untouched. SQLite's errors otherwise.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let found = version(connection)?;
    let is_new = found == 0 && application == 0 && is_empty(connection)?;
    if application != APPLICATION_ID && !is_new {
        return Err(JournalError::Foreign);
    }
    if found > VERSION {
        return Err(JournalError::Newer { found, known: VERSION });
    }
    for (version, sql) in MIGRATIONS.into_iter().filter(|(version, _)| *version > found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Gives the journal another id, so that (journal, seq) stays unique: for a restored journal that
/// lacks events somebody may have been told of, and for one rebuilt from its side log.
///
/// # Errors
/// SQLite's errors.
pub(super) fn rename(connection: &Connection, id: JournalId) -> Result<(), JournalError> {
    const GUARD: &str = "journal_is_never_updated";
    let transaction = connection.unchecked_transaction()?;
    let guard: String = transaction.query_row(
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?1",
        [GUARD],
        |row| row.get(0),
    )?;
    transaction.execute_batch(&format!("DROP TRIGGER {GUARD}"))?;
    transaction.execute("UPDATE journal SET id = ?1", [id.0.as_bytes()])?;
    transaction.execute_batch(&guard)?;
    transaction.commit()?;
    Ok(())
}

/// The version of an existing database, 0 for an empty one.
///
/// # Errors
/// SQLite's errors.
pub(super) fn version(connection: &Connection) -> Result<u32, JournalError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
    // A negative version is none of ours; the largest one is "newer than we know".
    Ok(u32::try_from(version).unwrap_or(u32::MAX))
}

fn is_empty(connection: &Connection) -> Result<bool, JournalError> {
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    Ok(objects == 0)
}
