//! The power goes at any moment: the real program is killed without warning, again and again, while
//! patients scan and choose. What it had acknowledged must be there, once.
//!
//! `TIEPDON_KILLS=200 cargo test --release --test kill_nine` for more than the usual 50, and
//! `TIEPDON_SEED` for others.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tiepdon::command::demo::patient;
use tiepdon::event::{Event, StationDay, VisitId, What};
use tiepdon::journal::JournalReader;
use tiepdon::reader::FakeReader;

const USUAL_KILLS: usize = 50;
const USUAL_SEED: u64 = 20_261_124;

/// Long enough after the start for several patients; the moment of the kill lies anywhere in it. A
/// computer that has more to do gets twice what the first patient took.
const LONGEST_LIFE: Duration = Duration::from_millis(900);

/// The first patient of all is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

struct Kiosk {
    child: Child,
    log: Receiver<String>,
}

impl Kiosk {
    fn start(data: &Path, scanner: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .args(["run", "--headless", "800x480"])
            .arg("--config")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config"))
            .arg("--data")
            .arg(data)
            .arg("--scanner")
            .arg(scanner)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (lines, log) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, log }
    }

    /// Waits for "Đã ghi nhận", which the program also tells its log. `None` when time is up.
    fn acknowledges(&self, until: Instant) -> Option<u32> {
        loop {
            let left = until.checked_duration_since(Instant::now())?;
            let line = self.log.recv_timeout(left).ok()?;
            if let Some((_, number)) = line.split_once("recorded number=") {
                return Some(number.trim().parse().unwrap());
            }
        }
    }

    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.iter().collect()
    }
}

/// A small generator of its own: the same kills in every run, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, limit: Duration) -> Duration {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        limit.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

#[test]
fn no_acknowledged_visit_is_lost_and_none_is_doubled() {
    let kills = std::env::var("TIEPDON_KILLS").map_or(USUAL_KILLS, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (data, link) = (folder.path().join("data"), folder.path().join("reader"));
    let mut reader = FakeReader::plug_in(&link).unwrap();
    let seed = std::env::var("TIEPDON_SEED").map_or(USUAL_SEED, |n| n.parse().unwrap());
    let mut dice = Dice(seed);
    let mut acknowledged = BTreeSet::new();
    let mut person = 0;
    let mut all_seen = 0;

    let mut longest_life = LONGEST_LIFE;
    for round in 0..kills {
        let kiosk = Kiosk::start(&data, &link);
        let began = Instant::now();
        if round == 0 {
            let first = visit(&mut reader, &kiosk, person, began + PATIENCE);
            acknowledged.insert(first.expect("the first patient comes through"));
            person += 1;
            longest_life = longest_life.max(began.elapsed() * 2);
        }
        let dies = began + Duration::from_millis(60) + dice.up_to(longest_life);
        // The patient whom the last kill interrupted scans again: new, or known since before.
        while let Some(number) = visit(&mut reader, &kiosk, person, dies) {
            acknowledged.insert(number);
            person += 1;
        }
        for line in kiosk.kill() {
            if let Some((_, number)) = line.split_once("recorded number=") {
                acknowledged.insert(number.trim().parse().unwrap());
                person += 1;
            }
        }
        // What the dead program left unread in the port is not read by the next one either way:
        // a reader that is plugged in anew starts empty.
        drop(reader);
        reader = FakeReader::plug_in(&link).unwrap();
        all_seen = check(&data, &acknowledged, person, round);
    }
    println!("{kills} kills, {person} patients acknowledged, {all_seen} visits in the journal");
    assert!(person > kills / 5, "only {person} patients came through: the test tested nothing");
}

/// A patient scans and chooses; the number that was acknowledged before the kiosk dies.
fn visit(reader: &mut FakeReader, kiosk: &Kiosk, person: usize, dies: Instant) -> Option<u32> {
    reader.send(&patient(person).citizen_card()).ok()?;
    // The same command twice within two seconds would be one scan to the reader.
    let commands =
        [&b"TIEPDON:VNEID\r"[..], b"TIEPDON:PAPER\rTIEPDON:FINISH\r", b"tiepdon:vneid\r"];
    reader.send(commands.get(person % commands.len())?).ok()?;
    kiosk.acknowledges(dies)
}

/// Everything acknowledged is there once; at most the one interrupted patient is there beyond.
fn check(data: &Path, acknowledged: &BTreeSet<u32>, person: usize, round: usize) -> usize {
    let reader = JournalReader::open(data).unwrap_or_else(|error| panic!("round {round}: {error}"));
    let verified = reader.verify().unwrap_or_else(|error| panic!("round {round}: {error}"));
    let logged = second_copy(data);
    // Killed while both are written, one may have what the other comes to have at the next start.
    assert!(verified.events.abs_diff(logged) <= 1, "round {round}: {logged} in the side log");
    let events = todays_events(&reader);
    let mut numbers = BTreeMap::<u32, Vec<VisitId>>::new();
    for event in &events {
        if let What::Arrived(arrival) = &event.what {
            numbers.entry(arrival.number.0).or_default().push(event.visit.unwrap());
        }
    }
    for (number, visits) in &numbers {
        assert_eq!(visits.len(), 1, "round {round}: number {number} was given twice");
    }
    for number in acknowledged {
        let visit =
            numbers.get(number).unwrap_or_else(|| panic!("round {round}: {number} is lost"));
        let chose = |event: &&Event| {
            matches!(event.what, What::Chose(_)) && visit.contains(&event.visit.unwrap())
        };
        assert!(
            events.iter().any(|event| chose(&event)),
            "round {round}: {number} lost its choice"
        );
    }
    assert_eq!(acknowledged.len(), person, "round {round}: one number a patient");
    let beyond = numbers.len() - person;
    assert!(beyond <= 1, "round {round}: {beyond} visits nobody was acknowledged for");
    numbers.len()
}

/// How far the side log reaches: the number of its last whole line.
fn second_copy(data: &Path) -> u64 {
    let log = std::fs::read_to_string(data.join("side-log.jsonl")).unwrap_or_default();
    let last = log.rsplit_once('\n').map_or("", |(lines, _)| lines).lines().last();
    let seq = last.and_then(|line| line.strip_prefix(r#"{"seq":"#)?.split_once(','));
    seq.map_or(0, |(seq, _)| seq.parse().unwrap())
}

/// The events of the days the test runs on: one, unless midnight passes.
fn todays_events(reader: &JournalReader) -> Vec<Event> {
    let start = reader.last_start().unwrap();
    let days: BTreeSet<StationDay> = start
        .iter()
        .flat_map(|start| [Some(start.day), start.day.0.pred_opt().map(StationDay)])
        .flatten()
        .collect();
    days.into_iter().flat_map(|day| reader.events_of(day).unwrap()).collect()
}
