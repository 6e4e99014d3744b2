//! Rows put into a journal past the program: what a later version, a damaged card or ten years of
//! patients leave there. The chain is computed here anew, apart from the program.

use std::path::Path;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

/// Appends `count` rows of `kind` with `body` to `day`, with the links that belong to them; all else
/// is as in the last row.
pub(crate) fn append(data: &Path, day: &str, (kind, body): (&str, &str), count: usize) {
    let connection = Connection::open(data.join("journal.db")).unwrap();
    // A body that is no JSON is one of the things that are found.
    connection.execute_batch("PRAGMA ignore_check_constraints = ON; BEGIN").unwrap();
    let mut last: (i64, Vec<u8>, String, String, i64, i64, Vec<u8>) = connection
        .query_row(
            "SELECT seq, chain, station, point, wall_ms, uptime_ms, boot FROM event
             ORDER BY seq DESC LIMIT 1",
            [],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                ))
            },
        )
        .unwrap();
    for _ in 0..count {
        last.0 += 1;
        let (seq, before, station, point, wall_ms, uptime_ms, boot) = &last;
        let id = *uuid::Uuid::now_v7().as_bytes();
        let mut hash = Sha256::new_with_prefix(before);
        for column in [
            seq.to_be_bytes().as_slice(),
            &id,
            station.as_bytes(),
            point.as_bytes(),
            day.as_bytes(),
            &wall_ms.to_be_bytes(),
            &uptime_ms.to_be_bytes(),
            boot,
            &[1],
            &[],
            kind.as_bytes(),
            body.as_bytes(),
            &[],
        ] {
            hash.update(u64::try_from(column.len()).unwrap().to_be_bytes());
            hash.update(column);
        }
        let chain = hash.finalize().to_vec();
        connection
            .execute(
                "INSERT INTO event (seq, id, station, point, day, wall_ms, uptime_ms, boot, sure,
                                    visit, kind, body, token, staff, chain, person)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, NULL, ?9, ?10, NULL, NULL, ?11, NULL)",
                params![seq, id, station, point, day, wall_ms, uptime_ms, boot, kind, body, chain],
            )
            .unwrap();
        last.1 = chain;
    }
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// Changes a row as a card that rots does: without asking anybody, and without a new link.
pub(crate) fn rot(data: &Path, seq: i64, change: &str) {
    let connection = Connection::open(data.join("journal.db")).unwrap();
    let trigger = "event_is_never_updated";
    let guard: String = connection
        .query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [trigger], |row| row.get(0))
        .unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA ignore_check_constraints = ON; DROP TRIGGER {trigger};
             UPDATE event SET {change} WHERE seq = {seq}; {guard};
             PRAGMA wal_checkpoint(TRUNCATE)"
        ))
        .unwrap();
}
