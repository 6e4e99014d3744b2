//! A damaged card: whatever becomes of the database, every event that was answered for is there
//! once, the chain holds, and counting goes on.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;
use tiepdon::event::{
    AgeBand, CardKind, ClosingWay, Entry, Event, Moment, Origin, StationDay, Subject, VisitId, What,
};
use tiepdon::journal::{
    Answer, ClosingDraft, Journal, JournalError, JournalReader, NewArrival, Opened, Request,
    Restoration, Sealed, Ticket, Writer, back_up, restore,
};
use uuid::Uuid;

const MORNING_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
const DAY_MS: i64 = 86_400_000;
const PAGE: u64 = 4096;

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

fn morning(days: i64) -> Moment {
    let wall_ms = MORNING_MS + days * DAY_MS;
    Moment { wall_ms, uptime_ms: 5_000, boot: Uuid::from_u128(1), sure: true }
}

fn day(days: i64) -> StationDay {
    morning(days).station_day()
}

fn open(data: &Path) -> Opened {
    Journal::open(data, origin(), morning(9)).unwrap()
}

/// `count` patients of one day, each with a card of their own.
fn arrive(journal: &mut Journal, days: i64, count: usize) -> Vec<Event> {
    let (card, age, entry) = (Some(CardKind::CanCuoc), AgeBand::From70, Entry::Usual);
    (0..count)
        .map(|_| {
            let identity = Uuid::now_v7();
            let identity = Some(identity.as_bytes().as_slice());
            let arrival =
                NewArrival { card, age, identity, person: None, entry, day: None, by: None };
            journal.arrive(VisitId(Uuid::now_v7()), morning(days), &arrival).unwrap().1
        })
        .collect()
}

fn seal(draft: &ClosingDraft) -> Sealed {
    Sealed { document: format!("{} {}", draft.day, draft.number).into(), signature: [9; 64] }
}

fn events(data: &Path) -> Vec<Event> {
    let reader = JournalReader::open(data).unwrap();
    let (mut events, days) = (Vec::new(), (day(-400), day(400)));
    reader.events_between(days.0, days.1, &mut |event| events.push(event)).unwrap();
    events.sort_by_key(|event| event.seq);
    events
}

fn database(data: &Path) -> PathBuf {
    data.join("journal.db")
}

/// A journal of some days with two backups, a closing, and events since; all that was answered.
fn used(data: &Path) -> Vec<Event> {
    let mut journal = open(data).journal;
    let mut answered = arrive(&mut journal, 0, 40);
    back_up(data, day(0)).unwrap();
    answered.extend(arrive(&mut journal, 1, 40));
    back_up(data, day(1)).unwrap();
    answered.extend(arrive(&mut journal, 2, 30));
    let closed = journal.close(day(1), morning(2), None, ClosingWay::Itself, &mut seal).unwrap();
    answered.push(closed.event);
    answered.extend(arrive(&mut journal, 2, 10));
    answered
}

static USED: LazyLock<(TempDir, Vec<Event>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let answered = used(folder.path());
    (folder, answered)
});

/// A copy of such a journal: quicker than making one.
fn copy_of_used() -> (TempDir, &'static [Event]) {
    let (original, answered) = &*USED;
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("backups")).unwrap();
    for folder in ["", "backups"] {
        for entry in fs::read_dir(original.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap();
                fs::copy(&path, copy.path().join(folder).join(name)).unwrap();
            }
        }
    }
    (copy, answered)
}

/// What was answered is there once, in the same order; then only what restoring recorded.
#[track_caller]
fn assert_nothing_lost(data: &Path, answered: &[Event]) {
    let reader = JournalReader::open(data).unwrap();
    let verified = reader.verify().unwrap();
    let found = events(data);
    assert_eq!(verified.events, found.len() as u64);
    let (kept, beyond) = found.split_at(answered.len());
    assert!(kept == answered, "answered events differ");
    assert!(beyond.iter().all(|event| matches!(event.what, What::Restored { .. })), "{beyond:?}");
}

/// Closes the database so that everything stands in the one file, as after a proper stop.
fn damage_by(data: &Path, damage: impl FnOnce(&File, u64)) {
    let path = database(data);
    let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    damage(&file, fs::metadata(&path).unwrap().len());
}

type Damage = fn(&Path);

const DAMAGES: [(&str, Damage); 10] = [
    ("cut in the middle", |data| damage_by(data, |file, len| file.set_len(len / 2 + 100).unwrap())),
    ("cut by one page", |data| damage_by(data, |file, len| file.set_len(len - PAGE).unwrap())),
    ("emptied", |data| damage_by(data, |file, _| file.set_len(0).unwrap())),
    ("header of garbage", |data| {
        damage_by(data, |file, _| file.write_all_at(&[b'x'; 100], 0).unwrap());
    }),
    ("first page zeroed", |data| {
        damage_by(data, |file, _| file.write_all_at(&[0; PAGE as usize], 0).unwrap());
    }),
    ("another program's name in the header", |data| {
        damage_by(data, |file, _| file.write_all_at(b"else", 68).unwrap());
    }),
    ("middle page zeroed", |data| {
        damage_by(data, |file, len| {
            file.write_all_at(&[0; PAGE as usize], len / PAGE / 2 * PAGE).unwrap();
        });
    }),
    ("last page zeroed", |data| {
        damage_by(data, |file, len| {
            file.write_all_at(&[0; PAGE as usize], len - PAGE).unwrap();
        });
    }),
    ("one row changed", |data| {
        let database = Connection::open(database(data)).unwrap();
        database
            .execute_batch(
                "DROP TRIGGER event_is_never_updated; UPDATE event SET wall_ms = 1 WHERE seq = 100",
            )
            .unwrap();
    }),
    ("removed", |data| fs::remove_file(database(data)).unwrap()),
];

#[test]
fn whatever_becomes_of_the_database_nothing_that_was_answered_is_lost() {
    for (name, damage) in DAMAGES {
        let (folder, answered) = copy_of_used();
        let data = folder.path();
        let id = JournalReader::open(data).unwrap().id().unwrap();
        damage(data);
        let before = fs::read(database(data)).ok();
        let Opened { mut journal, restored } = open(data);
        let restored = restored.unwrap_or_else(|| panic!("{name}: nothing was restored"));
        assert_eq!((restored.kept, restored.replayed), (80, 41), "{name}");
        assert!(restored.is_complete, "{name}");
        assert_nothing_lost(data, answered);
        assert_eq!(JournalReader::open(data).unwrap().id().unwrap(), id, "{name}");
        let closing = JournalReader::open(data).unwrap().last_closing().unwrap().unwrap();
        assert_eq!(closing.document, b"2026-11-25 1", "{name}");
        let aside = restored.set_aside.unwrap();
        assert!(aside.ends_with("damaged/2026-12-03T07-42-00"), "{}", aside.display());
        assert_eq!(fs::read(aside.join("journal.db")).ok(), before, "{name}: the evidence is kept");
        assert!(aside.join("side-log.jsonl").exists(), "{name}");

        let next = arrive(&mut journal, 9, 1);
        assert_eq!(next[0].seq.0, answered.len() as u64 + 2, "{name}: counting goes on");
        drop(journal);
        assert!(open(data).restored.is_none(), "{name}: once");
    }
}

/// The write-ahead log is gone, the database itself is sound but lacks its newest events.
#[test]
fn a_lost_write_ahead_log_is_made_good_from_the_side_log() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    let mut answered = arrive(&mut journal, 0, 5);
    drop(journal);
    let mut journal = open(data).journal;
    answered.extend(arrive(&mut journal, 0, 7));
    // As the card would be after pulling the plug, without the log.
    let copy = tempfile::tempdir().unwrap();
    for name in ["journal.db", "side-log.jsonl"] {
        fs::copy(data.join(name), copy.path().join(name)).unwrap();
    }
    let restored = open(copy.path()).restored.unwrap();
    assert_eq!((restored.kept, restored.replayed, restored.is_complete), (5, 7, true));
    assert_nothing_lost(copy.path(), &answered);
}

#[test]
fn without_any_backup_the_side_log_alone_brings_everything_back_even_the_journals_id() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    let answered = arrive(&mut journal, 0, 50);
    drop(journal);
    let id = JournalReader::open(data).unwrap().id().unwrap();
    fs::write(database(data), vec![b'x'; 5000]).unwrap();
    let restored = open(data).restored.unwrap();
    assert_eq!((restored.kept, restored.replayed, restored.is_complete), (0, 50, true));
    assert_nothing_lost(data, &answered);
    assert_eq!(JournalReader::open(data).unwrap().id().unwrap(), id);
}

#[test]
fn with_nothing_to_restore_from_a_new_journal_counts_on_and_the_file_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    fs::write(database(data), vec![b'x'; 5000]).unwrap();
    let Opened { mut journal, restored } = open(data);
    let Restoration { kept: 0, replayed: 0, is_complete: false, set_aside } = restored.unwrap()
    else {
        panic!("restored from nothing");
    };
    assert_eq!(fs::read(set_aside.unwrap().join("journal.db")).unwrap(), vec![b'x'; 5000]);
    assert_eq!(arrive(&mut journal, 0, 1)[0].seq.0, 2);
}

#[test]
fn when_the_newest_backup_is_damaged_too_the_one_before_it_and_the_side_log_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (writer, answers) = start(open(data).journal);
    let ask = |request| writer.requests().send((Ticket::default(), request)).unwrap();
    for days in 0..3 {
        for _ in 0..20 {
            ask(Request::Record {
                subject: Subject::Desk,
                at: morning(days),
                by: None,
                what: What::StaffCalled,
            });
        }
        ask(Request::BackUp { at: morning(days) });
        while !matches!(answers.recv_timeout(Duration::from_secs(20)).unwrap(), Answer::BackedUp(_))
        {
        }
    }
    writer.stop();
    let answered = events(data);
    let side_log = fs::read_to_string(data.join("side-log.jsonl")).unwrap();
    let lines = side_log.lines().filter(|line| line.contains("staff-called")).count();
    assert_eq!(lines, 20, "all since the backup before the newest, and no more");
    fs::write(data.join("backups/journal-2026-11-26.db"), vec![0; 9000]).unwrap();
    fs::remove_file(database(data)).unwrap();
    let restored = open(data).restored.unwrap();
    assert_eq!((restored.kept, restored.replayed, restored.is_complete), (40, 20, true));
    assert_nothing_lost(data, &answered);
}

#[test]
fn a_restored_journal_that_lacks_events_gets_a_new_id() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let answered = used(data);
    let id = JournalReader::open(data).unwrap().id().unwrap();
    fs::remove_file(database(data)).unwrap();
    fs::remove_file(data.join("side-log.jsonl")).unwrap();
    let restored = open(data).restored.unwrap();
    assert_eq!((restored.kept, restored.replayed, restored.is_complete), (80, 0, false));
    assert_nothing_lost(data, &answered[..80]);
    let reader = JournalReader::open(data).unwrap();
    assert_ne!(reader.id().unwrap(), id, "(journal, sequence) stays unique");
    let update =
        Connection::open(database(data)).unwrap().execute("UPDATE journal SET id = id", []);
    assert!(update.is_err(), "and the new id is guarded like the old one");
}

#[test]
fn a_torn_last_line_of_the_side_log_is_left_out_and_the_next_line_follows_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut answered = {
        let mut journal = open(data).journal;
        arrive(&mut journal, 0, 5)
    };
    let path = data.join("side-log.jsonl");
    let end = fs::read(&path).unwrap().iter().position(|byte| *byte == 0).unwrap() as u64;
    // The fifth line loses its end, as if power had gone while it was written.
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&[0; 100], end - 100).unwrap();
    let Opened { mut journal, restored } = open(data);
    assert!(restored.is_none(), "the database has it");
    answered.extend(arrive(&mut journal, 0, 5));
    drop(journal);
    fs::remove_file(database(data)).unwrap();
    let restored = open(data).restored.unwrap();
    assert_eq!((restored.replayed, restored.is_complete), (10, true));
    assert_nothing_lost(data, &answered);
}

/// The names under which what stands in a file's place is set aside.
fn names_aside(path: &Path) -> impl Iterator<Item = PathBuf> + use<'_> {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    (1..1_000).map(move |n| path.with_file_name(format!("{name}.aside-{n}")))
}

/// What stands in a file's place cannot be set aside: so it stays in the way.
fn take_all_names(path: &Path) {
    names_aside(path).for_each(|name| fs::write(name, "").unwrap());
}

#[test]
fn a_side_log_that_cannot_be_written_is_told_once_and_made_good_later() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let journal = open(data).journal;
    drop(journal);
    let path = data.join("side-log.jsonl");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    take_all_names(&path);
    let (writer, answers) = start(open(data).journal);
    let call = || Request::Record {
        subject: Subject::Desk,
        at: morning(0),
        by: None,
        what: What::StaffCalled,
    };
    for _ in 0..3 {
        writer.requests().send((Ticket::default(), call())).unwrap();
    }
    let told: Vec<_> = (0..4)
        .map(|_| match answers.recv_timeout(Duration::from_secs(9)).unwrap() {
            Answer::Recorded { .. } => "recorded",
            Answer::SideLogFailed { error: JournalError::SideLog { .. } } => "side log",
            Answer::Arrived { .. }
            | Answer::AlsoShown { .. }
            | Answer::Closed { .. }
            | Answer::EventsOf { .. }
            | Answer::BackUpFailed { .. }
            | Answer::BackedUp(_)
            | Answer::SideLogFailed { .. }
            | Answer::NotRecognised { .. }
            | Answer::Reserve { .. }
            | Answer::ClockKnown { .. }
            | Answer::Failed { .. } => "other",
        })
        .collect();
    assert_eq!(told, ["recorded", "side log", "recorded", "recorded"]);
    fs::remove_dir(&path).unwrap();
    writer.requests().send((Ticket::default(), call())).unwrap();
    writer.stop();
    let answered = events(data);
    fs::remove_file(database(data)).unwrap();
    assert_eq!(open(data).restored.unwrap().replayed, 4);
    assert_nothing_lost(data, &answered);
}

#[test]
fn the_side_log_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    let (card, age, entry) = (Some(CardKind::CanCuoc), AgeBand::From70, Entry::Usual);
    let identity = Some(b"cccd:089150000001".as_slice());
    let arrival = NewArrival { card, age, identity, person: None, entry, day: None, by: None };
    journal.arrive(VisitId(Uuid::now_v7()), morning(0), &arrival).unwrap();
    back_up(data, day(0)).unwrap();
    for path in [data.join("side-log.jsonl"), data.join("backups/journal-2026-11-24.db")] {
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(12).any(|bytes| bytes == b"089150000001"), "{}", path.display());
        let hex = b"303839313530303030303031";
        assert!(!bytes.windows(hex.len()).any(|bytes| bytes == hex), "{}", path.display());
    }
}

#[test]
fn fourteen_backups_are_kept_and_a_clock_that_ran_ahead_does_not_make_an_old_one_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    for days in [300].into_iter().chain(0..20) {
        arrive(&mut journal, 0, 1);
        back_up(data, day(days)).unwrap();
    }
    let mut names: Vec<_> = fs::read_dir(data.join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 14);
    assert_eq!(names[0], "journal-2026-11-30.db", "the oldest are gone, also the one from 2027");
    drop(journal);
    fs::remove_file(database(data)).unwrap();
    assert_eq!(open(data).restored.unwrap().kept, 21);
}

#[test]
fn damage_that_only_the_nightly_check_sees_is_restored_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    let mut answered = arrive(&mut journal, 0, 100);
    back_up(data, day(0)).unwrap();
    // Past the size that every start reads in full.
    let mut long = |draft: &ClosingDraft| Sealed { document: vec![1; 9_000_000], ..seal(draft) };
    answered.push(
        journal.close(day(0), morning(1), None, ClosingWay::Itself, &mut long).unwrap().event,
    );
    answered.extend(arrive(&mut journal, 1, 1_500));
    drop(journal);
    damage_by(data, |file, _| file.write_all_at(&[0; PAGE as usize], 20 * PAGE).unwrap());
    let Opened { journal, restored } = open(data);
    assert!(restored.is_none(), "an old page does not show at the start");
    let damage = back_up(data, day(1)).unwrap_err();
    assert!(matches!(damage, JournalError::Unsound(_) | JournalError::Database(_)), "{damage}");
    assert_eq!(fs::read_dir(data.join("backups")).unwrap().count(), 1, "no backup of damage");
    drop(journal);
    let restored = open(data).restored.unwrap();
    assert_eq!((restored.kept, restored.is_complete), (100, true));
    assert_nothing_lost(data, &answered);
    assert!(!data.join("check-journal").exists());
}

#[test]
fn a_backup_that_finds_no_space_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut journal = open(data).journal;
    arrive(&mut journal, 0, 3);
    back_up(data, day(0)).unwrap();
    // A folder in the place of the draft is as good as a full disk: nothing can be written there.
    let part = data.join("backups/journal.part");
    fs::create_dir_all(part.join("x")).unwrap();
    take_all_names(&part);
    let error = back_up(data, day(1)).unwrap_err();
    assert!(matches!(error, JournalError::File { .. }), "{error}");
    fs::remove_dir_all(&part).unwrap();
    for name in names_aside(&part) {
        fs::remove_file(name).unwrap();
    }
    assert_eq!(fs::read_dir(data.join("backups")).unwrap().count(), 1);
    arrive(&mut journal, 0, 1);
    let backup = back_up(data, day(1)).unwrap();
    assert_eq!(backup.events, 4);
    let verified = JournalReader::open_file(&backup.path).unwrap().verify().unwrap();
    assert_eq!(verified.events, 4, "a backup is a journal that can be read");
}

#[test]
fn restoring_by_hand_takes_the_file_that_was_named_and_refuses_while_a_kiosk_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let answered = used(data);
    let oldest = data.join("backups/journal-2026-11-24.db");
    {
        let _running = open(data);
        let refused = restore(data, Some(&oldest), morning(9));
        assert!(matches!(refused, Err(JournalError::InUse { .. })), "{refused:?}");
    }
    let restored = restore(data, None, morning(9)).unwrap();
    assert_eq!((restored.kept, restored.replayed, restored.is_complete), (80, 41, true));
    assert_nothing_lost(data, &answered);
    let garbage = data.join("garbage");
    fs::write(&garbage, vec![7; 5000]).unwrap();
    assert!(restore(data, Some(&garbage), morning(9)).is_err());
    assert_nothing_lost(data, &answered);
    let nothing = tempfile::tempdir().unwrap();
    let refused = restore(nothing.path(), None, morning(9));
    assert!(matches!(refused, Err(JournalError::NoBackup { .. })), "{refused:?}");
}

/// Each state a power cut can leave between the steps of restoring.
#[test]
fn restoring_that_was_interrupted_at_any_step_is_done_anew() {
    type Cut = fn(&Path);
    let cuts: [Cut; 4] = [
        |data| fs::write(data.join("journal.restored"), b"half").unwrap(),
        |data| {
            fs::write(data.join("journal.restored"), b"half").unwrap();
            fs::write(data.join("journal.restored-wal"), b"half").unwrap();
            fs::remove_file(data.join("journal.db-wal")).unwrap_or_default();
        },
        // The old database is away, the new one not yet in its place.
        |data| {
            fs::create_dir_all(data.join("damaged/2026-12-03T07-42-00")).unwrap();
            let aside = data.join("damaged/2026-12-03T07-42-00/journal.db");
            fs::rename(database(data), aside).unwrap();
        },
        |data| fs::write(data.join("side-log.new"), b"half").unwrap(),
    ];
    for cut in cuts {
        let (folder, answered) = copy_of_used();
        let data = folder.path();
        damage_by(data, |file, _| file.write_all_at(&[b'x'; 100], 0).unwrap());
        cut(data);
        assert!(open(data).restored.unwrap().is_complete);
        assert_nothing_lost(data, answered);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Any few bytes anywhere in the file: noticed at the start, or harmless to what was answered.
    #[test]
    fn any_damage_to_a_small_database_is_noticed_or_harmless(
        place in 0_f64..1.0, length in 1_usize..9_000, filling in any::<u8>(),
    ) {
        let (folder, answered) = copy_of_used();
        let data = folder.path();
        damage_by(data, |file, len| {
            let at = (place * len as f64) as u64;
            let length = length.min((len - at) as usize);
            file.write_all_at(&vec![filling; length], at).unwrap();
        });
        drop(open(data));
        assert_nothing_lost(data, answered);
    }
}

fn start(journal: Journal) -> (Writer, Receiver<Answer>) {
    let (tell, answers) = channel();
    let writer = Writer::start(journal, Some(Box::new(seal)), move |_, answer| {
        let _ = tell.send(answer);
    });
    (writer.unwrap(), answers)
}
