//! What a card that rots makes of a journal: rows, indexes and pages that are not what was written,
//! while every file can be opened. No figure is signed from it, no good backup is replaced by it.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use tiepdon::event::{
    AgeBand, CardKind, ClosingWay, Entry, Moment, Origin, StationDay, VisitId, What,
};
use tiepdon::journal::{
    Closed, ClosingDraft, Journal, JournalError, JournalReader, NewArrival, Opened, Sealed, Visit,
    back_up,
};
use uuid::Uuid;

#[path = "support/rows.rs"]
mod rows;

const MORNING_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
const DAY_MS: i64 = 86_400_000;

/// More than a start reads in full.
const MANY: usize = 30_000;

/// One that takes room.
fn long_event() -> (&'static str, String) {
    let guide = "g".repeat(200);
    let body =
        format!(r#"{{"guide":"{guide}","version":1,"reached":1,"steps":1,"finished":true}}"#);
    ("guided", body)
}

fn morning(days: i64) -> Moment {
    let wall_ms = MORNING_MS + days * DAY_MS;
    Moment { wall_ms, uptime_ms: 5_000, boot: Uuid::from_u128(1), sure: true }
}

fn day(days: i64) -> StationDay {
    morning(days).station_day()
}

fn open(data: &Path) -> Opened {
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    Journal::open(data, origin, morning(9)).unwrap()
}

fn arrive(journal: &mut Journal, days: i64, person: usize) -> Visit {
    let identity = format!("cccd:{person:012}");
    let arrival = NewArrival {
        card: Some(CardKind::CanCuoc),
        age: AgeBand::From70,
        identity: Some(identity.as_bytes()),
        person: None,
        entry: Entry::Usual,
        day: None,
        by: None,
    };
    journal.arrive(VisitId(Uuid::now_v7()), morning(days), &arrival).unwrap().0
}

fn arrive_all(journal: &mut Journal, days: i64, people: Range<usize>) {
    for person in people {
        arrive(journal, days, person);
    }
}

/// Takes every second entry out of an index.
fn rot_index(data: &Path, index: &str) {
    let path = data.join("journal.db");
    let sql: String = Connection::open(&path)
        .unwrap()
        .query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [index], |row| row.get(0))
        .unwrap();
    let half = match sql.contains("WHERE") {
        true => format!("{sql} AND seq % 2"),
        false => format!("{sql} WHERE seq % 2"),
    };
    for (sql, then) in [(&half, format!("REINDEX {index}")), (&sql, String::new())] {
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA writable_schema = ON").unwrap();
        let set = "UPDATE sqlite_schema SET sql = ?1 WHERE name = ?2";
        connection.execute(set, [sql.as_str(), index]).unwrap();
        let version: i64 =
            connection.query_row("PRAGMA schema_version", [], |row| row.get(0)).unwrap();
        connection.execute_batch(&format!("PRAGMA schema_version = {}", version + 1)).unwrap();
        drop(connection);
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(&then).unwrap();
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }
}

/// Closes the day; how many arrivals were signed.
fn signed(journal: &mut Journal, days: i64) -> Result<(usize, Closed), JournalError> {
    let mut arrivals = 0;
    let mut seal = |draft: &ClosingDraft| {
        let is_arrival = |what: &What| matches!(what, What::Arrived(_));
        arrivals = draft.events.iter().filter(|event| is_arrival(&event.what)).count();
        Sealed { document: b"{}".to_vec(), signature: [9; 64] }
    };
    let closed = journal.close(day(days), morning(days), None, ClosingWay::Head, &mut seal)?;
    Ok((arrivals, closed))
}

#[test]
fn verify_names_a_journal_whose_index_is_rotten() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path()).journal;
    arrive_all(&mut journal, 0, 0..9);
    drop(journal);
    let verify = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
        program.arg("verify").arg(folder.path()).output().unwrap()
    };
    let told = verify();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    rot_index(folder.path(), "event_by_token");
    let told = verify();
    assert!(!told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(words.contains("event_by_token"), "{words}");
}

#[test]
fn the_arrivals_of_a_rotten_index_are_all_signed() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path()).journal;
    arrive_all(&mut journal, 0, 0..40);
    rot_index(folder.path(), "event_by_day");
    let believed = JournalReader::open(folder.path()).unwrap().events_of(day(0)).unwrap().len();
    assert_eq!(believed, 20, "the index is rotten");
    assert_eq!(signed(&mut journal, 0).unwrap().0, 40);
}

#[test]
fn days_that_want_a_closing_are_known_without_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path()).journal;
    arrive(&mut journal, 0, 1);
    arrive(&mut journal, 1, 2);
    signed(&mut journal, 0).unwrap();
    arrive(&mut journal, 0, 3);
    for index in ["event_by_day", "event_by_token"] {
        rot_index(folder.path(), index);
        assert_eq!(journal.days_to_close(day(2)).unwrap(), [day(0), day(1)], "{index}");
    }
}

#[test]
fn a_day_with_a_row_that_was_changed_is_not_signed_until_it_is_healed() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path()).journal;
    arrive_all(&mut journal, 0, 0..9);
    rows::rot(folder.path(), 4, "body = replace(body, 'can-cuoc', 'cccd')");
    let refused = signed(&mut journal, 0).map(|(arrivals, _)| arrivals);
    assert!(matches!(refused, Err(JournalError::Damaged { seq: 4 })), "{refused:?}");
    drop(journal);
    let mut journal = open(folder.path()).journal;
    assert_eq!(signed(&mut journal, 0).unwrap().0, 9);
    JournalReader::open(folder.path()).unwrap().verify().unwrap();
}

#[test]
fn a_start_makes_a_rotten_index_anew_and_nobody_is_doubled() {
    for (index, many) in [
        ("event_by_day", 0),
        ("event_by_token", 0),
        ("event_by_token", MANY),
        ("event_by_day", MANY),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(folder.path()).journal;
        journal.note(morning(0), None, What::ReaderLost).unwrap();
        drop(journal);
        let (kind, body) = long_event();
        rows::append(folder.path(), &day(0).to_string(), (kind, &body), many);
        let mut journal = open(folder.path()).journal;
        arrive_all(&mut journal, 1, 0..40);
        drop(journal);
        rot_index(folder.path(), index);
        let mut journal = open(folder.path()).journal;
        let again = (0..40).filter(|person| arrive(&mut journal, 1, *person).again).count();
        assert_eq!(again, 40, "{index}, {many} rows before");
        assert_eq!(journal.events_of(day(1)).unwrap().len(), 80, "{index}");
    }
}

#[test]
fn a_backup_of_a_journal_that_rots_replaces_no_good_one() {
    type Rot = fn(&Path);
    let rots: [(&str, Rot); 3] = [
        ("an old row", |data| rows::rot(data, 7, "kind = 'reader-lost'")),
        ("an index", |data| rot_index(data, "event_by_day")),
        ("a partial index", |data| rot_index(data, "event_by_token")),
    ];
    for (name, rot) in rots {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let mut journal = open(data).journal;
        arrive_all(&mut journal, 0, 0..3);
        rows::append(data, &day(0).to_string(), ("reader-found", "null"), 2_000);
        let good = back_up(data, day(0)).unwrap();
        let bytes = fs::read(&good.path).unwrap();
        rot(data);
        let refused = back_up(data, day(0));
        assert!(refused.as_ref().is_err_and(JournalError::is_damage), "{name}: {refused:?}");
        assert!(fs::read(&good.path).unwrap() == bytes, "{name}: the good one stays");
        assert_eq!(fs::read_dir(data.join("backups")).unwrap().count(), 1, "{name}");
        drop(journal);
        // What was found makes the next start look for it, and heal it.
        let Opened { journal, .. } = open(data);
        JournalReader::open(data).unwrap().verify().unwrap();
        assert_eq!(journal.damaged_for_good(), 0, "{name}");
        back_up(data, day(0)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// An old row is changed, and every copy of it is gone.
#[test]
fn a_row_that_nothing_can_heal_costs_itself_and_is_found_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    arrive_all(&mut journal, 0, 0..5);
    let id = JournalReader::open(data).unwrap().id().unwrap();
    drop(journal);
    let (kind, body) = long_event();
    rows::append(data, &day(0).to_string(), (kind, &body), MANY);
    rows::rot(data, 2, "kind = 'reader-lost', body = 'null'");
    fs::remove_file(data.join("side-log.jsonl")).unwrap();

    let mut journal = open(data).journal;
    let refused = signed(&mut journal, 0).map(|(arrivals, _)| arrivals);
    assert!(matches!(refused, Err(JournalError::Damaged { seq: 2 })), "{refused:?}");
    journal.suspect();
    drop(journal);

    for start in 0..3 {
        let Opened { mut journal, restored } = open(data);
        assert!(restored.is_none(), "start {start}: nothing took its place");
        assert_eq!(journal.damaged_for_good(), 1, "start {start}: and that is known");
        assert_eq!(JournalReader::open(data).unwrap().id().unwrap(), id);
        if start == 0 {
            assert_eq!(signed(&mut journal, 0).unwrap().0, 4, "the others are signed");
        }
        arrive(&mut journal, 1, 100 + start);
        back_up(data, day(1)).unwrap();
        journal.suspect();
    }
}
