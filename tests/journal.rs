//! The journal on a real file: what it promises before, during and after a power cut.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rusqlite::Connection;
use tiepdon::event::{
    AgeBand, CardKind, Choice, ClosingWay, Correction, CorrectionReason, Entry, Event, Fact,
    Moment, Origin, RecordUsed, Role, Source, StaffCode, VisitId, VisitNo, What,
};
use tiepdon::journal::{
    ClosingDraft, Journal, JournalError, JournalReader, NewArrival, NewDocument, SCHEMA_VERSION,
    Sealed, Visit,
};
use uuid::Uuid;

const MORNING_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
const DAY_MS: i64 = 86_400_000;
const BUOI: &[u8] = b"cccd:089150000001";
const BUOI_BHYT: &[u8] = b"bhxh:0000000051";
const BUOI_BORN: &[u8] = "name:NGUYEN THI BUOI|1950-01-02|f".as_bytes();
const MAU: &[u8] = b"cccd:001090000001";

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

fn at(wall_ms: i64) -> Moment {
    Moment { wall_ms, uptime_ms: 5_000, boot: Uuid::from_u128(1), sure: true }
}

fn open(data: &Path) -> Journal {
    Journal::open(data, origin(), at(MORNING_MS)).unwrap().journal
}

fn arrive(journal: &mut Journal, wall_ms: i64, identity: Option<&[u8]>) -> Visit {
    arrive_as(journal, wall_ms, identity, None)
}

fn arrive_as(
    journal: &mut Journal,
    wall_ms: i64,
    identity: Option<&[u8]>,
    person: Option<&[u8]>,
) -> Visit {
    let card = identity.map(|_| CardKind::CanCuoc);
    let (age, entry) = (AgeBand::From70, Entry::Usual);
    let arrival = NewArrival { card, age, identity, person, entry, day: None, by: None };
    journal.arrive(VisitId(Uuid::now_v7()), at(wall_ms), &arrival).unwrap().0
}

fn choose(journal: &mut Journal, visit: &Visit, used: RecordUsed) -> Event {
    let what = What::Chose(Choice { used, source: Source::SelfDeclared });
    journal.record((visit.id, visit.day), at(MORNING_MS + 5_000), None, what).unwrap()
}

fn sql(data: &Path) -> Connection {
    Connection::open(data.join("journal.db")).unwrap()
}

#[test]
fn the_bundled_sqlite_is_free_of_the_wal_reset_bug() {
    // 3.7.0 to 3.51.2 may corrupt a WAL database that two connections use.
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn a_patient_scanned_twice_today_is_one_visit_even_after_the_power_went() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let first = arrive(&mut journal, MORNING_MS, Some(BUOI));
    choose(&mut journal, &first, RecordUsed::Paper);
    drop(journal);

    let mut journal = open(data.path());
    let again = arrive(&mut journal, MORNING_MS + 3_600_000, Some(BUOI));
    assert!(again.again);
    assert_eq!((again.id, again.number), (first.id, VisitNo(1)));
    assert_eq!(again.arrived.wall_ms, MORNING_MS);
    assert_eq!(again.used, Some(RecordUsed::Paper));
    choose(&mut journal, &again, RecordUsed::Vneid);

    let other = arrive(&mut journal, MORNING_MS + 3_700_000, Some(MAU));
    assert_eq!((other.again, other.number), (false, VisitNo(2)));
    let third = arrive(&mut journal, MORNING_MS + 3_800_000, Some(BUOI));
    assert_eq!(third.used, Some(RecordUsed::Vneid), "the last choice counts");
}

#[test]
fn another_document_of_the_same_person_finds_the_visit_again_even_after_the_power_went() {
    for [first, second] in [[BUOI, BUOI_BHYT], [BUOI_BHYT, BUOI]] {
        let data = tempfile::tempdir().unwrap();
        let mut journal = open(data.path());
        let visit = arrive_as(&mut journal, MORNING_MS, Some(first), Some(BUOI_BORN));
        drop(journal);
        let mut journal = open(data.path());
        let later = MORNING_MS + 3_600_000;
        let again = arrive_as(&mut journal, later, Some(second), Some(BUOI_BORN));
        assert_eq!((again.id, again.again), (visit.id, true));
        // From now on by its number alone.
        assert_eq!(arrive(&mut journal, later, Some(second)).id, visit.id);
        let tomorrow = arrive_as(&mut journal, later + DAY_MS, Some(second), Some(BUOI_BORN));
        assert!(!tomorrow.again, "the keys of two days have nothing in common");
    }
}

#[test]
fn people_who_share_name_and_birth_are_as_many_as_their_numbers() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let mut scan = |identity| arrive_as(&mut journal, MORNING_MS, Some(identity), Some(BUOI_BORN));
    let (one, other) = (scan(BUOI), scan(MAU));
    assert_ne!(one.id, other.id);
    let card = scan(BUOI_BHYT);
    assert_eq!(card.id, other.id, "of one of the two: the last who showed no such card");
    assert_eq!(scan(b"bhxh:0000000052").id, one.id, "and this one can only be the other's");
    assert!(!scan(b"bhxh:0000000053").again, "a third person's");
}

#[test]
fn a_document_that_tells_of_an_earlier_visit_makes_one_of_both() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let first = arrive_as(&mut journal, MORNING_MS, Some(BUOI), Some(BUOI_BORN));
    // Back with VNeID's code, which tells nothing, and then the card.
    let second = arrive(&mut journal, MORNING_MS + 1_000, None);
    choose(&mut journal, &second, RecordUsed::Vneid);
    let document = NewDocument {
        card: CardKind::Insurance,
        age: AgeBand::From70,
        identity: Some(BUOI_BHYT),
        person: Some(BUOI_BORN),
    };
    let place = (second.id, second.day);
    let shown = journal.also_shown(place, at(MORNING_MS + 2_000), None, &document).unwrap();
    let earlier = shown.earlier.unwrap();
    assert_eq!(
        (earlier.id, earlier.number, earlier.used),
        (first.id, VisitNo(1), Some(RecordUsed::Vneid))
    );
    choose(&mut journal, &second, RecordUsed::Paper);
    drop(journal);
    let mut journal = open(data.path());
    let again = arrive(&mut journal, MORNING_MS + 9_000, Some(BUOI_BHYT));
    assert_eq!((again.id, again.used), (first.id, Some(RecordUsed::Paper)));
    let events = journal.events_of(first.day).unwrap();
    let figures = tiepdon::figures::Tally::of(first.day, &events).figures();
    assert_eq!((figures.arrivals, figures.struck_out, figures.used.paper), (1, 1, 1));
    drop(journal);
    JournalReader::open(data.path()).unwrap().verify().unwrap();
}

#[test]
fn a_trial_that_was_struck_out_does_not_swallow_the_patient() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let trial = arrive(&mut journal, MORNING_MS, Some(BUOI));
    let strike = |counts| {
        let (reason, fact) = (CorrectionReason::Trial, Fact::Counts(counts));
        What::Corrected(Correction { reason, fact })
    };
    let strikes = |journal: &mut Journal, counts| {
        journal.record((trial.id, trial.day), at(MORNING_MS), None, strike(counts)).unwrap();
    };
    strikes(&mut journal, false);
    strikes(&mut journal, true);
    assert_eq!(arrive(&mut journal, MORNING_MS, Some(BUOI)).id, trial.id, "it counts again");
    strikes(&mut journal, false);
    assert!(!arrive(&mut journal, MORNING_MS, Some(BUOI)).again);
}

#[test]
fn tomorrow_the_same_patient_is_a_new_visit_with_number_one() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, MORNING_MS, Some(MAU));
    let today = arrive(&mut journal, MORNING_MS, Some(BUOI));
    let tomorrow = arrive(&mut journal, MORNING_MS + DAY_MS, Some(BUOI));
    assert_ne!(today.id, tomorrow.id);
    assert_eq!((tomorrow.number, tomorrow.again), (VisitNo(1), false));
}

#[test]
fn patients_without_a_card_are_each_a_visit_of_their_own() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let numbers: Vec<_> = (0..3).map(|_| arrive(&mut journal, MORNING_MS, None).number.0).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn a_visit_that_goes_on_past_midnight_counts_for_the_day_it_began() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let visit = arrive(&mut journal, MORNING_MS, Some(BUOI));
    let what = What::Chose(Choice { used: RecordUsed::Vneid, source: Source::SelfDeclared });
    let event = journal.record((visit.id, visit.day), at(MORNING_MS + DAY_MS), None, what).unwrap();
    assert_eq!(event.day, visit.day);
}

#[test]
fn what_was_written_is_read_back_unchanged() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let nurse = StaffCode::numbered(Role::Nurse, 2);
    let arrival = NewArrival {
        card: Some(CardKind::Cccd),
        age: AgeBand::From14,
        identity: None,
        person: None,
        entry: Entry::FromPaper,
        day: Some(at(MORNING_MS - DAY_MS).station_day()),
        by: Some(nurse),
    };
    let (visit, arrived) =
        journal.arrive(VisitId(Uuid::now_v7()), at(MORNING_MS), &arrival).unwrap();
    let chose = choose(&mut journal, &visit, RecordUsed::Neither);
    let called = journal.note(at(MORNING_MS), None, What::StaffCalled).unwrap();
    assert_eq!((arrived.by, arrived.day), (Some(nurse), visit.day));
    let reader = JournalReader::open(data.path()).unwrap();
    assert_eq!(reader.events_of(visit.day).unwrap(), [arrived.clone(), chose.clone()]);
    let mut all = Vec::new();
    let today = at(MORNING_MS).station_day();
    reader.events_between(visit.day, today, &mut |event| all.push(event)).unwrap();
    assert_eq!(all, [arrived, chose, called]);
    assert_eq!(reader.first_day().unwrap(), Some(visit.day));
}

#[test]
fn many_days_read_side_by_side_are_of_one_moment_while_patients_come() {
    const DAYS: i64 = 30;
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    for back in 0..DAYS {
        arrive(&mut journal, MORNING_MS - back * DAY_MS, None);
    }
    let (from, to) = (at(MORNING_MS - (DAYS - 1) * DAY_MS).station_day(), at(MORNING_MS));
    let reader = JournalReader::open(data.path()).unwrap();
    let is_over = AtomicBool::new(false);
    let looks = thread::scope(|scope| {
        scope.spawn(|| {
            for back in (0..DAYS).cycle() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                arrive(&mut journal, MORNING_MS - back * DAY_MS, None);
            }
        });
        let count = |reader: &JournalReader, from, to| {
            let mut seen = 0;
            reader.events_between(from, to, &mut |_| seen += 1)?;
            Ok((reader.head()?.0.0, seen))
        };
        let looks: Vec<_> =
            (0..40).map(|_| reader.fold_stretches(from, to.station_day(), &count)).collect();
        is_over.store(true, Ordering::Relaxed);
        looks
    });
    let mut ends = Vec::new();
    for stretches in looks {
        let stretches: Vec<(u64, u64)> = stretches.unwrap();
        // One alone sees no more than its own moment.
        if let [(end, _), _, ..] = stretches.as_slice() {
            assert!(stretches.iter().all(|(other, _)| other == end), "{stretches:?}");
            let seen: u64 = stretches.iter().map(|(_, seen)| seen).sum();
            assert_eq!(seen, *end, "every event is in one stretch");
            ends.push(*end);
        }
    }
    if thread::available_parallelism().unwrap().get() > 1 {
        assert!(ends.first().unwrap() < ends.last().unwrap(), "nobody came: {ends:?}");
    }
}

#[test]
fn the_events_of_staff_are_found_by_their_index_in_order() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let nurse = StaffCode::numbered(Role::Nurse, 1);
    let added = What::StaffAdded { staff: nurse, role: Role::Nurse };
    let mut expected = Vec::new();
    for what in [added, What::PinChosen { staff: nurse }, What::DutyBegan { staff: nurse }] {
        arrive(&mut journal, MORNING_MS, None);
        expected.push(journal.note(at(MORNING_MS), Some(nurse), what).unwrap());
    }
    assert_eq!(journal.staff_events().unwrap(), expected);
    assert_eq!(JournalReader::open(data.path()).unwrap().staff_events().unwrap(), expected);
}

#[test]
fn a_second_visit_on_purpose_does_not_hide_the_first() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let first = arrive(&mut journal, MORNING_MS, Some(BUOI));
    let (card, age, entry) = (Some(CardKind::CanCuoc), AgeBand::From70, Entry::Second);
    let second =
        NewArrival { card, age, identity: Some(BUOI), person: None, entry, day: None, by: None };
    let (visit, _) = journal.arrive(VisitId(Uuid::now_v7()), at(MORNING_MS), &second).unwrap();
    assert_eq!((visit.number, visit.again), (VisitNo(2), false));
    assert_eq!(arrive(&mut journal, MORNING_MS, Some(BUOI)).id, first.id);
}

#[test]
fn the_journal_begins_with_the_first_sure_clock() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let begins = || JournalReader::open(data.path()).unwrap().first_day().unwrap();
    assert_eq!(begins(), None);
    let unsure = Moment { sure: false, ..at(0) };
    journal.note(unsure, None, What::StaffCalled).unwrap();
    assert_eq!(begins(), Some(unsure.station_day()), "better than nothing");
    journal.note(at(MORNING_MS), None, What::StaffCalled).unwrap();
    assert_eq!(begins(), Some(at(MORNING_MS).station_day()));
}

#[test]
fn the_database_itself_refuses_to_change_or_remove_an_event() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, MORNING_MS, Some(BUOI));
    arrive(&mut journal, MORNING_MS, Some(MAU));
    let database = sql(data.path());
    for forbidden in [
        "UPDATE event SET kind = 'chose' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 2",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
        "UPDATE journal SET id = randomblob(16)",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal VALUES (1, randomblob(16))",
    ] {
        assert!(database.execute_batch(forbidden).is_err(), "{forbidden}");
    }
    assert_eq!(JournalReader::open(data.path()).unwrap().verify().unwrap().events, 2);
}

#[test]
fn an_event_changed_behind_the_programs_back_is_named() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    for _ in 0..5 {
        arrive(&mut journal, MORNING_MS, None);
    }
    drop(journal);
    let reader = JournalReader::open(data.path()).unwrap();
    assert_eq!(reader.verify().unwrap().events, 5);
    sql(data.path())
        .execute_batch(
            "DROP TRIGGER event_is_never_updated; UPDATE event SET wall_ms = 0 WHERE seq = 3",
        )
        .unwrap();
    assert!(matches!(reader.verify(), Err(JournalError::Damaged { seq: 3 })));
}

#[test]
fn a_removed_event_leaves_a_gap_that_is_named() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    for _ in 0..5 {
        arrive(&mut journal, MORNING_MS, None);
    }
    drop(journal);
    sql(data.path())
        .execute_batch("DROP TRIGGER event_is_never_deleted; DELETE FROM event WHERE seq = 2")
        .unwrap();
    let reader = JournalReader::open(data.path()).unwrap();
    assert!(matches!(reader.verify(), Err(JournalError::Damaged { seq: 2 })));
}

#[test]
fn a_second_kiosk_on_the_same_data_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let _first = open(data.path());
    assert!(matches!(
        Journal::open(data.path(), origin(), at(MORNING_MS)),
        Err(JournalError::InUse { .. })
    ));
}

#[test]
fn a_journal_of_a_newer_program_is_left_untouched() {
    let data = tempfile::tempdir().unwrap();
    drop(open(data.path()));
    sql(data.path()).pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    let before = std::fs::read(data.path().join("journal.db")).unwrap();
    let newer = |result: Result<(), JournalError>| {
        assert!(matches!(result, Err(JournalError::Newer { .. })), "{result:?}");
    };
    newer(Journal::open(data.path(), origin(), at(MORNING_MS)).map(drop));
    newer(JournalReader::open(data.path()).map(drop));
    assert_eq!(std::fs::read(data.path().join("journal.db")).unwrap(), before);
}

#[test]
fn a_database_of_another_program_is_left_untouched() {
    let data = tempfile::tempdir().unwrap();
    sql(data.path()).execute_batch("CREATE TABLE theirs (a)").unwrap();
    let before = std::fs::read(data.path().join("journal.db")).unwrap();
    let result = Journal::open(data.path(), origin(), at(MORNING_MS)).map(drop);
    assert!(matches!(result, Err(JournalError::Foreign)), "{result:?}");
    assert_eq!(std::fs::read(data.path().join("journal.db")).unwrap(), before);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let Err(error) = Journal::open(&file, origin(), at(MORNING_MS)) else {
        panic!("opened a file as folder")
    };
    assert!(error.to_string().contains("a-file"), "{error}");
    assert!(error.advice().contains("thư mục dữ liệu"));
}

#[test]
fn the_key_of_a_day_that_is_over_is_gone_but_only_a_sure_clock_may_say_so() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, MORNING_MS, Some(BUOI));
    let keys = || walk(&data.path().join("day-keys")).len();
    let tomorrow = at(MORNING_MS + DAY_MS);
    journal.forget_people_before(Moment { sure: false, ..tomorrow }).unwrap();
    assert_eq!(keys(), 1);
    journal.forget_people_before(tomorrow).unwrap();
    assert_eq!(keys(), 0);
}

#[test]
fn no_identity_reaches_the_disk() {
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    arrive(&mut journal, MORNING_MS, Some(BUOI));
    arrive(&mut journal, MORNING_MS, Some(BUOI));
    for entry in walk(data.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        for secret in [BUOI, &BUOI[5..]] {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{} holds a number", entry.display());
        }
    }
}

#[test]
fn journals_of_every_released_version_open_count_on_and_keep_their_chain() {
    for version in 1..=SCHEMA_VERSION {
        let fixture =
            format!("{}/tests/fixtures/journal-v{version}.db", env!("CARGO_MANIFEST_DIR"));
        let data = tempfile::tempdir().unwrap();
        std::fs::copy(&fixture, data.path().join("journal.db")).expect(&fixture);
        let old = JournalReader::open(data.path()).unwrap();
        assert_eq!(old.verify().unwrap().events, 4, "{fixture} is read as it is");
        assert_eq!(old.last_closing().unwrap().is_some(), version > 1, "{fixture}");
        drop(old);
        let mut journal = open(data.path());
        let day = at(MORNING_MS).station_day();
        let before = journal.events_of(day).unwrap();
        assert_eq!(before.len(), 4, "{fixture}");
        let visit = arrive(&mut journal, MORNING_MS, Some(BUOI));
        assert_eq!(visit.number, VisitNo(3), "{fixture}");
        let reader = JournalReader::open(data.path()).unwrap();
        assert_eq!(reader.verify().unwrap().events, 5, "{fixture}");
        assert_eq!(reader.events_of(day).unwrap()[..4], before, "{fixture}");
    }
}

/// Writes the fixture of the current version; run by hand once when a version is released:
/// `cargo test --test journal -- --ignored writes_the_fixture`.
#[test]
#[ignore = "only when a schema version is released"]
fn writes_the_fixture_of_this_version() {
    let path =
        format!("{}/tests/fixtures/journal-v{SCHEMA_VERSION}.db", env!("CARGO_MANIFEST_DIR"));
    assert!(!Path::new(&path).exists(), "{path} is released and never rewritten");
    let data = tempfile::tempdir().unwrap();
    let mut journal = open(data.path());
    let visit = arrive_as(&mut journal, MORNING_MS, Some(BUOI), Some(BUOI_BORN));
    let (head, used) = (StaffCode::numbered(Role::Head, 1), RecordUsed::Vneid);
    let what = What::Chose(Choice { used, source: Source::NurseConfirmed });
    journal.record((visit.id, visit.day), at(MORNING_MS), Some(head), what).unwrap();
    arrive(&mut journal, MORNING_MS, None);
    let mut seal = |_: &ClosingDraft| Sealed { document: b"{}".into(), signature: [7; 64] };
    journal.close(visit.day, at(MORNING_MS), Some(head), ClosingWay::Head, &mut seal).unwrap();
    drop(journal);
    let database = sql(data.path());
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    std::fs::copy(data.path().join("journal.db"), path).unwrap();
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .collect()
}
