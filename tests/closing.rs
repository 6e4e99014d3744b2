//! Day closings on a real file: what wants one, what it says, and what a power cut leaves of it.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rusqlite::Connection;
use tiepdon::event::{
    AgeBand, CardKind, Choice, ClosingWay, Correction, CorrectionReason, Entry, Fact, Moment,
    Origin, RecordUsed, Role, Source, StaffCode, StationDay, Subject, VisitId, What,
};
use tiepdon::journal::{
    Answer, Closed, ClosingDraft, Journal, JournalError, JournalReader, NewArrival, Request,
    Sealed, Sealer, Ticket, Visit, Writer,
};
use uuid::Uuid;

const MORNING_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
const DAY_MS: i64 = 86_400_000;
const BUOI: &[u8] = b"cccd:089150000001";
const MAU: &[u8] = b"cccd:001090000001";

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

/// 07:42 on 2026-11-24 and some days.
fn morning(days: i64) -> Moment {
    let wall_ms = MORNING_MS + days * DAY_MS;
    Moment { wall_ms, uptime_ms: 5_000, boot: Uuid::from_u128(1), sure: true }
}

fn unsure(at: Moment) -> Moment {
    Moment { sure: false, ..at }
}

fn day(days: i64) -> StationDay {
    morning(days).station_day()
}

fn head() -> StaffCode {
    StaffCode::numbered(Role::Head, 1)
}

fn open(data: &Path) -> Journal {
    Journal::open(data, origin(), morning(0)).unwrap().journal
}

fn arrive(journal: &mut Journal, at: Moment, identity: Option<&[u8]>) -> Visit {
    let card = identity.map(|_| CardKind::CanCuoc);
    let (age, entry) = (AgeBand::From70, Entry::Usual);
    let arrival = NewArrival { card, age, identity, person: None, entry, day: None, by: None };
    journal.arrive(VisitId(Uuid::now_v7()), at, &arrival).unwrap().0
}

fn choose(journal: &mut Journal, visit: &Visit, used: RecordUsed) {
    let what = What::Chose(Choice { used, source: Source::SelfDeclared });
    journal.record((visit.id, visit.day), visit.arrived, None, what).unwrap();
}

/// A document that tells the draft, so that tests can read it.
fn seal(draft: &ClosingDraft) -> Sealed {
    let ClosingDraft { day, number, events, total, closed, .. } = draft;
    assert_eq!(events.last(), Some(closed));
    assert!(events.iter().all(|event| event.day == *day));
    let document = format!("{day} #{number}: {} of {total}", events.len()).into_bytes();
    Sealed { document, signature: [*number as u8; 64] }
}

fn close(journal: &mut Journal, of: StationDay, at: Moment) -> Closed {
    let closed = journal.close(of, at, Some(head()), ClosingWay::Head, &mut seal).unwrap();
    assert!(closed.key_left.is_none(), "{closed:?}");
    closed
}

fn wanting(journal: &mut Journal, today: i64) -> Vec<StationDay> {
    journal.days_to_close(day(today)).unwrap()
}

fn keys(data: &Path) -> usize {
    fs::read_dir(data.join("day-keys")).unwrap().count()
}

fn sql(data: &Path) -> Connection {
    Connection::open(data.join("journal.db")).unwrap()
}

#[test]
fn the_head_closes_at_noon_a_patient_still_comes_and_the_day_is_closed_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data);
    let first = arrive(&mut journal, morning(0), Some(BUOI));
    choose(&mut journal, &first, RecordUsed::Vneid);
    let noon = close(&mut journal, day(0), morning(0));
    assert_eq!((noon.closing.number, noon.closing.seq.0), (1, 3));
    assert_eq!(noon.closing.document, b"2026-11-24 #1: 3 of 3");
    assert_eq!(noon.event.by, Some(head()));
    assert_eq!(keys(data), 0, "the key is gone with the closing");
    assert_eq!(wanting(&mut journal, 1), [], "nothing came since");

    let late = arrive(&mut journal, morning(0), Some(MAU));
    assert_eq!((late.number.0, late.again), (2, false), "counted on");
    assert!(arrive(&mut journal, morning(0), Some(MAU)).again, "and told again, under a new key");
    assert_eq!(wanting(&mut journal, 0), [], "today is not over");
    assert_eq!(wanting(&mut journal, 1), [day(0)]);
    let evening = close(&mut journal, day(0), morning(1));
    assert_eq!(evening.closing.number, 2);
    assert_eq!(evening.closing.document, b"2026-11-24 #2: 6 of 6");
    assert_eq!(evening.event.day, day(0), "the event counts for the day it closes");
    assert_eq!(keys(data), 0);
    assert_eq!(wanting(&mut journal, 1), []);

    let corrected = What::Corrected(Correction {
        reason: CorrectionReason::Mistyped,
        fact: Fact::Used(RecordUsed::Paper),
    });
    journal.record((first.id, first.day), morning(3), Some(head()), corrected).unwrap();
    assert_eq!(wanting(&mut journal, 3), [day(0), day(1), day(2)], "a correction; two empty days");
    for of in wanting(&mut journal, 3) {
        close(&mut journal, of, morning(3));
    }
    assert_eq!(wanting(&mut journal, 3), []);

    let reader = JournalReader::open(data).unwrap();
    let numbers: Vec<_> = reader
        .closings(day(0), day(1))
        .unwrap()
        .into_iter()
        .map(|closing| (closing.day, closing.number))
        .collect();
    assert_eq!(numbers, [(day(0), 1), (day(0), 2), (day(0), 3), (day(1), 1)]);
    assert_eq!(reader.last_closing().unwrap().unwrap().document, b"2026-11-26 #1: 1 of 10");
    let verified = reader.verify().unwrap();
    assert_eq!((verified.events, verified.closings.len()), (10, 5));
    assert_eq!(verified.closings[4].1, verified.chain, "the last event is a closing");
}

#[test]
fn the_draft_holds_the_chain_that_verifying_finds_at_its_event() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let mut heads = Vec::new();
    for days in 0..3 {
        arrive(&mut journal, morning(days), Some(BUOI));
        let mut sealer = |draft: &ClosingDraft| {
            heads.push((draft.journal, draft.chain));
            seal(draft)
        };
        journal.close(day(days), morning(days), None, ClosingWay::Itself, &mut sealer).unwrap();
        arrive(&mut journal, morning(days), None);
    }
    let reader = JournalReader::open(data.path()).unwrap();
    let found: Vec<_> = reader.verify().unwrap().closings.into_iter().map(|(_, at)| at).collect();
    assert_eq!(found, heads.iter().map(|(_, chain)| *chain).collect::<Vec<_>>());
    assert!(heads.iter().all(|(journal, _)| *journal == reader.id().unwrap()));
}

/// Days are told from 2026-11-24; `(on, sure)` are arrivals, `closed` the days closed, in order.
#[test]
fn the_days_that_want_a_closing() {
    struct Case {
        arrivals: &'static [(i64, bool)],
        closed: &'static [i64],
        today: i64,
        wanting: &'static [i64],
    }
    let table = [
        // An empty journal wants nothing.
        Case { arrivals: &[], closed: &[], today: 5, wanting: &[] },
        // Today does not; tomorrow it will.
        Case { arrivals: &[(0, true)], closed: &[], today: 0, wanting: &[] },
        Case { arrivals: &[(0, true)], closed: &[], today: 1, wanting: &[0] },
        // Days without visits do too, also the last ones.
        Case {
            arrivals: &[(0, true), (3, true)],
            closed: &[],
            today: 5,
            wanting: &[0, 1, 2, 3, 4],
        },
        Case { arrivals: &[(0, true), (3, true)], closed: &[0, 1, 3], today: 5, wanting: &[2, 4] },
        // Today closed by hand, and a clock set back afterwards.
        Case { arrivals: &[(0, true)], closed: &[0], today: 1, wanting: &[] },
        Case { arrivals: &[(5, true), (0, true)], closed: &[5], today: 1, wanting: &[0] },
        // A box that woke up without a clock: its day counts, the years after it do not.
        Case {
            arrivals: &[(-20_000, false), (0, true)],
            closed: &[],
            today: 2,
            wanting: &[-20_000, 0, 1],
        },
        Case { arrivals: &[(-20_000, false)], closed: &[], today: 2, wanting: &[-20_000] },
    ];
    for Case { arrivals, closed, today, wanting: expected } in table {
        let data = tempfile::tempdir().unwrap();
        let mut journal = open(data.path());
        for (on, sure) in arrivals {
            arrive(&mut journal, Moment { sure: *sure, ..morning(*on) }, None);
        }
        for on in closed {
            close(&mut journal, day(*on), morning(*on));
        }
        let expected: Vec<_> = expected.iter().map(|on| day(*on)).collect();
        assert_eq!(wanting(&mut journal, today), expected, "{arrivals:?} {closed:?} {today}");
    }
}

#[test]
fn a_clock_that_jumped_by_decades_does_not_make_thousands_of_empty_days() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, morning(0), None);
    let days = wanting(&mut journal, 20_000);
    assert_eq!(days.len(), 1 + 400);
    assert_eq!((days[0], days[1], days[400]), (day(0), day(19_600), day(19_999)));
}

#[test]
fn a_key_that_cannot_be_destroyed_is_told_and_tried_again_while_the_closing_stands() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data);
    arrive(&mut journal, morning(0), Some(BUOI));
    let key = data.join("day-keys/2026-11-24.key");
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap(); // a folder can be no key, and is not removed like a file
    let closed = journal.close(day(0), morning(0), None, ClosingWay::Itself, &mut seal).unwrap();
    assert!(matches!(closed.key_left, Some(JournalError::Key { .. })), "{closed:?}");
    assert_eq!(wanting(&mut journal, 1), [], "the day is closed all the same");
    assert!(journal.forget_people_before(unsure(morning(0))).is_err());
    fs::remove_dir(&key).unwrap();
    fs::write(&key, [1; 32]).unwrap();
    journal.forget_people_before(unsure(morning(0))).unwrap();
    assert_eq!(keys(data), 0);
}

#[test]
fn a_key_that_outlived_its_closing_in_a_power_cut_is_destroyed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data);
    arrive(&mut journal, morning(0), Some(BUOI));
    let key = data.join("day-keys/2026-11-24.key");
    let bytes = fs::read(&key).unwrap();
    close(&mut journal, day(0), morning(0));
    drop(journal);
    fs::write(&key, bytes).unwrap();
    let mut journal = open(data);
    assert_eq!(keys(data), 0);
    arrive(&mut journal, morning(0), Some(MAU));
    drop(journal);
    assert!(arrive(&mut open(data), morning(0), Some(MAU)).again, "the new key is spared");
}

#[test]
fn a_closing_without_a_document_is_none_and_the_day_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path());
    arrive(&mut journal, morning(0), Some(BUOI));
    let mut nothing = |_: &ClosingDraft| Sealed { document: Vec::new(), signature: [0; 64] };
    let told = journal.close(day(0), morning(0), None, ClosingWay::Itself, &mut nothing);
    assert!(matches!(told, Err(JournalError::NoDocument { .. })), "{told:?}");
    let verified = JournalReader::open(folder.path()).unwrap().verify().unwrap();
    assert_eq!(
        (verified.events, verified.closings.len(), wanting(&mut journal, 1).len()),
        (1, 0, 1)
    );
    assert!(arrive(&mut journal, morning(0), Some(BUOI)).again, "the key is still there");
    close(&mut journal, day(0), morning(1));
}

/// A power cut leaves the database and any beginning of the log written since: whichever it is,
/// the day-closed event and its document are both there or neither.
#[test]
fn a_power_cut_at_any_byte_of_a_closing_leaves_all_of_it_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data);
    arrive(&mut journal, morning(0), Some(BUOI));
    let wal = data.join("journal.db-wal");
    let before = fs::metadata(&wal).unwrap().len();
    // A document of many pages, so that the cut has many places.
    let mut long = |draft: &ClosingDraft| Sealed { document: vec![7; 20_000], ..seal(draft) };
    journal.close(day(0), morning(0), None, ClosingWay::Itself, &mut long).unwrap();
    let (database, log) = (fs::read(data.join("journal.db")).unwrap(), fs::read(&wal).unwrap());
    let (mut whole, mut nothing) = (0, 0);
    let after = log.len();
    for cut in (before as usize..=after).step_by(1030).chain([after - 1, after]) {
        let copy = tempfile::tempdir().unwrap();
        fs::write(copy.path().join("journal.db"), &database).unwrap();
        fs::write(copy.path().join("journal.db-wal"), &log[..cut]).unwrap();
        let mut journal = open(copy.path());
        let verified = JournalReader::open(copy.path()).unwrap().verify().unwrap();
        match (verified.events, verified.closings.len(), wanting(&mut journal, 1).len()) {
            (2, 1, 0) => whole += 1,
            (1, 0, 1) => nothing += 1,
            other => panic!("cut at {cut} of {after}: {other:?}"),
        }
        close(&mut journal, day(0), morning(1));
        assert_eq!(wanting(&mut journal, 1), [], "cut at {cut}: closed anew or again");
    }
    assert!(whole >= 1 && nothing >= 20, "{whole} whole, {nothing} nothing");
}

#[test]
fn a_closing_that_cannot_be_written_leaves_nothing_and_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data);
    arrive(&mut journal, morning(0), Some(BUOI));
    sql(data)
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON closing BEGIN SELECT raise(ABORT, 'full'); END",
        )
        .unwrap();
    let result = journal.close(day(0), morning(0), None, ClosingWay::Itself, &mut seal);
    assert!(matches!(result, Err(JournalError::Database(_))), "{result:?}");
    assert_eq!(keys(data), 1, "the key stays as long as the day is not closed");
    assert!(arrive(&mut journal, morning(0), Some(BUOI)).again, "counting goes on");
    sql(data).execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(close(&mut journal, day(0), morning(0)).closing.number, 1);
    assert_eq!(JournalReader::open(data).unwrap().verify().unwrap().events, 3);
}

#[test]
fn a_closing_that_was_removed_moved_or_added_behind_the_programs_back_is_named() {
    let tampering = [
        ("DELETE FROM closing WHERE number = 1", "event 2 of the journal is damaged"),
        ("UPDATE closing SET day = '2026-11-25'", "closing 1 of 2026-11-25 is damaged"),
        ("UPDATE closing SET number = 2", "closing 2 of 2026-11-24 is damaged"),
        ("UPDATE closing SET seq = 1", "closing 1 of 2026-11-24 is damaged"),
        (
            "INSERT INTO closing VALUES ('2026-11-25', 1, 9, x'00', zeroblob(64))",
            "closing 1 of 2026-11-25 is damaged",
        ),
    ];
    for (statement, error) in tampering {
        let data = tempfile::tempdir().unwrap();
        let mut journal = open(data.path());
        arrive(&mut journal, morning(0), None);
        close(&mut journal, day(0), morning(0));
        drop(journal);
        let database = sql(data.path());
        assert!(statement.starts_with("INSERT") || database.execute_batch(statement).is_err());
        database
            .execute_batch(&format!(
                "PRAGMA foreign_keys = OFF; DROP TRIGGER closing_is_never_updated;
                 DROP TRIGGER closing_is_never_deleted; {statement}"
            ))
            .unwrap();
        let found = JournalReader::open(data.path()).unwrap().verify().unwrap_err();
        assert_eq!(found.to_string(), error, "{statement}");
    }
}

/// The writer's thread, and what it answers.
fn start(journal: Journal) -> (Writer, Receiver<Answer>) {
    let (tell, answers) = channel();
    let sealer: Sealer = Box::new(seal);
    let writer = Writer::start(journal, Some(sealer), move |_, answer| {
        let _ = tell.send(answer);
    });
    (writer.unwrap(), answers)
}

fn next(answers: &Receiver<Answer>) -> Answer {
    answers.recv_timeout(Duration::from_secs(10)).unwrap()
}

#[test]
fn after_midnight_the_writer_closes_every_day_that_wants_it_but_only_under_a_sure_clock() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, morning(0), Some(BUOI));
    let (writer, answers) = start(journal);
    let close = |at| Request::Close { day: None, at, by: None, way: ClosingWay::Itself };
    let ask = |request| writer.requests().send((Ticket::default(), request)).unwrap();
    ask(close(unsure(morning(3))));
    ask(close(morning(3)));
    ask(close(morning(3)));
    for days in 0..3 {
        let Answer::Closed { event, closing, key_left: None } = next(&answers) else { panic!() };
        assert_eq!((event.day, closing.day, closing.number), (day(days), day(days), 1));
    }
    writer.stop();
    assert!(answers.recv().is_err(), "no day is closed twice");
    assert_eq!(keys(data.path()), 0);
}

#[test]
fn a_patient_does_not_wait_behind_the_closings_of_a_long_holiday() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, morning(0), None);
    let (writer, answers) = start(journal);
    let ask = |request| writer.requests().send((Ticket::default(), request)).unwrap();
    ask(Request::Close { day: None, at: morning(300), by: None, way: ClosingWay::Itself });
    assert!(matches!(next(&answers), Answer::Closed { .. }));
    ask(Request::Record {
        subject: Subject::Desk,
        at: morning(300),
        by: None,
        what: What::StaffCalled,
    });
    let before = (0..300).position(|_| matches!(next(&answers), Answer::Recorded { .. })).unwrap();
    assert!(before < 200, "{before} closings first");
    writer.stop();
}
