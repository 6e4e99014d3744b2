//! The power goes while a backup is made and the side log is shortened: a journal's thread is killed
//! again and again in the middle of it, and every second time the database dies too.
//!
//! `TIEPDON_KILLS=200 cargo test --release --test kill_backup` for more than the usual 12. Alone in
//! its file: a child that is just being started holds the locks of its parent's other tests.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tiepdon::event::{Event, Moment, Origin, StationDay, Subject, What};
use tiepdon::journal::{
    Answer, ClosingDraft, Journal, JournalReader, Opened, Request, Sealed, Ticket, Writer,
};
use uuid::Uuid;

const USUAL_KILLS: usize = 12;
const MORNING_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
const DAY_MS: i64 = 86_400_000;

fn morning(days: i64) -> Moment {
    let wall_ms = MORNING_MS + days * DAY_MS;
    Moment { wall_ms, uptime_ms: 5_000, boot: Uuid::from_u128(1), sure: true }
}

fn open(data: &Path) -> Opened {
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    Journal::open(data, origin, morning(0)).unwrap()
}

fn seal(_: &ClosingDraft) -> Sealed {
    Sealed { document: b"{}".to_vec(), signature: [0; 64] }
}

/// All events in the order they were recorded.
fn events(data: &Path) -> Vec<Event> {
    let reader = JournalReader::open(data).unwrap();
    let day: StationDay = morning(0).station_day();
    let mut events = Vec::new();
    reader.events_between(day, day, &mut |event| events.push(event)).unwrap();
    events
}

/// The kiosk that is killed below: counts and backs up without pause.
#[test]
#[ignore = "started by the test below"]
fn counts_and_backs_up_until_it_is_killed() {
    let data = std::env::var("TIEPDON_TEST_DATA").unwrap();
    let (tell, answers) = channel();
    let journal = open(Path::new(&data)).journal;
    let writer = Writer::start(journal, Some(Box::new(seal)), move |_, answer| {
        let _ = tell.send(answer);
    });
    let writer = writer.unwrap();
    let ask = |request| writer.requests().send((Ticket::default(), request)).unwrap();
    let mut days = 0;
    ask(Request::BackUp { at: morning(days) });
    loop {
        let (at, by, what) = (morning(0), None, What::StaffCalled);
        ask(Request::Record { subject: Subject::Desk, at, by, what });
        loop {
            match answers.recv().unwrap() {
                Answer::Recorded { event, .. } => {
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "recorded {} {}", event.seq.0, event.id).unwrap();
                    out.flush().unwrap();
                    break;
                }
                Answer::BackedUp(_) => {
                    days = (days + 1) % 5;
                    ask(Request::BackUp { at: morning(days) });
                }
                Answer::Arrived { .. }
                | Answer::AlsoShown { .. }
                | Answer::Closed { .. }
                | Answer::EventsOf { .. }
                | Answer::BackUpFailed { .. }
                | Answer::SideLogFailed { .. }
                | Answer::NotRecognised { .. }
                | Answer::Reserve { .. }
                | Answer::ClockKnown { .. }
                | Answer::Failed { .. } => panic!("the journal refused"),
            }
        }
    }
}

#[test]
fn killed_at_any_moment_of_a_backup_nothing_that_was_answered_is_lost() {
    let kills = std::env::var("TIEPDON_KILLS").map_or(USUAL_KILLS, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut answered: Vec<(u64, String)> = Vec::new();
    for round in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "counts_and_backs_up_until_it_is_killed", "--ignored", "--nocapture"])
            .env("TIEPDON_TEST_DATA", &data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let dies = Instant::now() + Duration::from_millis(150 + 97 * (round as u64 * 7 % 13));
        let mut tell = |line: String| {
            if let Some(("recorded", rest)) = line.split_once(' ') {
                let (seq, id) = rest.split_once(' ').unwrap();
                answered.push((seq.parse().unwrap(), id.to_owned()));
            }
        };
        while Instant::now() < dies {
            tell(lines.next().unwrap().unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(&mut tell);
        // Every second time the card dies with the power.
        if round % 2 == 1 {
            let file = OpenOptions::new().write(true).open(data.join("journal.db")).unwrap();
            file.write_all_at(&[b'x'; 100], 0).unwrap();
            let _ = fs::remove_file(data.join("journal.db-wal"));
            assert!(open(&data).restored.unwrap().is_complete, "round {round}");
        }
        JournalReader::open(&data).unwrap().verify().unwrap();
        let found = events(&data);
        for (seq, id) in &answered {
            let event = &found[*seq as usize - 1];
            assert_eq!((event.seq.0, event.id.to_string()), (*seq, id.clone()), "round {round}");
        }
        let ids: BTreeSet<_> = found.iter().map(|event| event.id).collect();
        assert_eq!(ids.len(), found.len(), "round {round}: nothing twice");
    }
    println!("{} answered", answered.len());
    assert!(answered.len() > kills * 5, "{} answered: the test tested nothing", answered.len());
}
