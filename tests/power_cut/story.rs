//! What was recorded, and what somebody was told meanwhile.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tiepdon::clock::Clock;
use tiepdon::command::demo::patient;
use tiepdon::event::{Event, Moment, StationDay, VisitId, What};
use tiepdon::journal::JournalReader;
use tiepdon::reader::FakeReader;

use crate::medium::{Dice, Fate, after_a_cut};
use crate::recording::{Recording, Step, Tree};
use crate::trace::{Trace, traced};
use crate::{DAY, ROOT, data, day, folder};

/// How many patients the real program counts while it is recorded.
const PATIENTS: usize = 12;

/// Who was told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Everything up to this event is durable.
    Recorded(u64),
    /// A day has begun, by its number.
    Day(i64),
    /// This is the station's key.
    Key(String),
    /// This visit is of this person.
    Seen { visit: VisitId, day: StationDay, person: usize },
    /// The list of the staff is so long.
    Staff(usize),
    /// A day is closed and its key destroyed.
    Closed(StationDay),
    /// An export is whole, in this folder.
    Exported(String),
}

/// A key of a day, from the step on with which it came into being.
pub(crate) struct DayKey {
    pub(crate) day: StationDay,
    pub(crate) bytes: Vec<u8>,
    pub(crate) made: usize,
}

pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) recording: Recording,
    /// All that was in the journal at the end.
    pub(crate) events: Vec<Event>,
    /// What was told, and before which step.
    pub(crate) told: Vec<(usize, Told)>,
    pub(crate) keys: Vec<DayKey>,
    /// Events, of `events`, that had been answered for before it began.
    pub(crate) owed_before: u64,
    /// What had been told before it began.
    pub(crate) told_before: Vec<Told>,
    /// Whether it began with a damaged database, which must not be lost.
    pub(crate) has_damage: bool,
    is_real_time: bool,
}

impl Story {
    /// Three days of the kiosk's rooms: patients, corrections, closings, backups, exports.
    pub(crate) fn of_days() -> Self {
        let root = folder();
        fs::create_dir(data(root.path())).unwrap();
        fs::create_dir(root.path().join("out")).unwrap();
        Self::told_by_a_child("days", &root, "lives_through_days", 0)
    }

    /// A start on a database that is damaged.
    pub(crate) fn of_restoring(days: &Self) -> Self {
        let root = folder();
        days.left_before(days.recording.steps.len() * 9 / 10, Fate::Kept).write(root.path());
        let database = data(root.path()).join("journal.db");
        let mut bytes = fs::read(&database).unwrap();
        bytes[..DAMAGE.len()].copy_from_slice(DAMAGE);
        fs::write(&database, bytes).unwrap();
        // It has a sound copy of that page.
        let _ = fs::remove_file(data(root.path()).join("journal.db-wal"));
        let mut story = Self::told_by_a_child("restoring", &root, "starts_once_more", 2);
        story.begins_after(days, days.recording.steps.len() * 9 / 10);
        story.has_damage = true;
        story.restores();
        story
    }

    /// A start on a database whose write-ahead log is gone: the side log has what stood in it.
    pub(crate) fn of_catching_up(days: &Self) -> Self {
        // Where the write-ahead log has just been emptied, its loss loses nothing.
        let mut stories = [7, 6, 8, 5].into_iter().map(|tenth| {
            let root = folder();
            let cut = days.recording.steps.len() * tenth / 10;
            days.left_before(cut, Fate::Kept).write(root.path());
            fs::remove_file(data(root.path()).join("journal.db-wal")).unwrap();
            let mut story = Self::told_by_a_child("catching up", &root, "starts_once_more", 2);
            story.begins_after(days, cut);
            story
        });

        stories.find(Self::has_restored).expect("something is to be restored")
    }

    /// A start after a cut is cut in its turn.
    pub(crate) fn of_a_start_after_a_cut(days: &Self) -> Self {
        let root = folder();
        let cut = days.recording.steps.len() / 2;
        days.left_before(cut, Fate::Pages).write(root.path());
        let mut story = Self::told_by_a_child("starting", &root, "starts_once_more", 2);
        story.begins_after(days, cut);
        story
    }

    /// The program itself, as the appliance runs it, with patients at its reader.
    pub(crate) fn of_the_program() -> Self {
        let root = folder();
        fs::create_dir(data(root.path())).unwrap();
        fs::create_dir(root.path().join("out")).unwrap();
        let before = Tree::of(root.path());
        let beside = TempDir::new().unwrap();
        let (log, link) = (beside.path().join("log"), beside.path().join("reader"));
        let mut reader = FakeReader::plug_in(&link).unwrap();
        let mut strace = traced(&program(root.path(), &link), &log);
        let mut running = strace.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
        for person in 0..PATIENTS {
            reader.send(&patient(person).citizen_card()).unwrap();
            // The same command twice within two seconds would be one scan to the reader.
            let commands =
                [&b"TIEPDON:VNEID\r"[..], b"TIEPDON:PAPER\rTIEPDON:FINISH\r", b"tiepdon:vneid\r"];
            reader.send(commands[person % commands.len()]).unwrap();
            let told = lines.by_ref().map(Result::unwrap).find(|line| number_in(line).is_some());
            assert!(told.is_some(), "the program ended");
        }
        let first = fs::read_to_string(&log).unwrap();
        let id = first.split_whitespace().next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        lines.for_each(drop);
        assert!(running.wait().unwrap().success());
        let mut story = Self::read("the program", root.path(), before, &log);
        story.is_real_time = true;
        story
    }

    fn told_by_a_child(name: &'static str, root: &TempDir, test: &str, day: i64) -> Self {
        let before = Tree::of(root.path());
        let beside = TempDir::new().unwrap();
        let log = beside.path().join("log");
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test, "--ignored", "--nocapture"]);
        child.env(ROOT, root.path()).env(DAY, day.to_string());
        let told = traced(&child, &log).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        Self::read(name, root.path(), before, &log)
    }

    fn read(name: &'static str, root: &Path, before: Tree, log: &Path) -> Self {
        let recording = Recording::of(&Trace::read(log), root, before);
        let events = all_events(&JournalReader::open(&data(root)).unwrap());
        let said = recording.said(recording.steps.len());
        let told = said.filter_map(|(at, line)| Some((at, read_line(line, &events)?))).collect();
        let keys = keys_made(&recording.steps);
        let (owed_before, told_before) = (0, Vec::new());
        let (has_damage, is_real_time) = (false, false);
        Self {
            name,
            recording,
            events,
            told,
            keys,
            owed_before,
            told_before,
            has_damage,
            is_real_time,
        }
    }

    fn left_before(&self, cut: usize, fate: Fate) -> Tree {
        after_a_cut(&self.recording, cut, fate, &mut Dice(1))
    }

    fn has_restored(&self) -> bool {
        self.events.iter().any(|event| matches!(event.what, What::Restored { .. }))
    }

    /// Otherwise it tells of nothing.
    fn restores(&self) {
        assert!(self.has_restored(), "{}: nothing had to be restored", self.name);
    }

    fn begins_after(&mut self, days: &Self, cut: usize) {
        self.owed_before = days.owed(cut);
        self.told_before = days.told_until(cut).cloned().collect();
    }

    /// What had been told when the power went.
    pub(crate) fn told_until(&self, cut: usize) -> impl Iterator<Item = &Told> {
        let now = self.told.iter().filter(move |(at, _)| *at < cut).map(|(_, told)| told);
        self.told_before.iter().chain(now)
    }

    /// How many events had been answered for.
    pub(crate) fn owed(&self, cut: usize) -> u64 {
        let recorded = self
            .told_until(cut)
            .filter_map(|told| if let Told::Recorded(seq) = told { Some(*seq) } else { None });
        recorded.max().unwrap_or(0).max(self.owed_before)
    }

    /// When somebody switches the machine on again.
    pub(crate) fn switched_on(&self, cut: usize) -> Moment {
        if self.is_real_time {
            return Clock::system().now();
        }
        let days = self
            .told_until(cut)
            .filter_map(|told| if let Told::Day(day) = told { Some(*day) } else { None });
        day::moment(days.last().unwrap_or(0), 600)
    }
}

/// What stands at the beginning of a damaged database.
pub(crate) const DAMAGE: &[u8] = b"what a dying card makes of a page";

/// The real program.
pub(crate) fn program(root: &Path, scanner: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
    program.args(["run", "--headless", "800x480"]);
    program.args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")]);
    program.arg("--data").arg(data(root)).arg("--scanner").arg(scanner);
    program.arg("--boot").arg(root.join("boot"));
    program
}

/// The number that the program's log says is recorded.
pub(crate) fn number_in(line: &str) -> Option<u32> {
    let (_, number) = line.split_once("recorded number=")?;
    number.trim().parse().ok()
}

/// Everything in a journal, in the order it was recorded.
pub(crate) fn all_events(reader: &JournalReader) -> Vec<Event> {
    let day = |text: &str| text.parse::<StationDay>().unwrap();
    let mut events = Vec::new();
    let (from, to) = (day("1990-01-01"), day("2190-01-01"));
    reader.events_between(from, to, &mut |event| events.push(event)).unwrap();
    events.sort_by_key(|event| event.seq);
    let ids: BTreeSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), events.len(), "an event stands there twice");
    events
}

fn read_line(line: &str, events: &[Event]) -> Option<Told> {
    if let Some(number) = number_in(line) {
        return Some(Told::Recorded(choice_of(number, events)));
    }
    let mut words = line.split(' ');
    let kind = words.next()?;
    let mut word = || words.next().unwrap_or_else(|| panic!("{line}"));
    Some(match kind {
        "recorded" => {
            let (seq, id) = (word().parse().unwrap(), word());
            let event = &events[usize::try_from(seq).unwrap() - 1];
            assert_eq!((event.seq.0, event.id.to_string().as_str()), (seq, id));
            Told::Recorded(seq)
        }
        "day" => Told::Day(word().parse().unwrap()),
        "key" => Told::Key(line["key ".len()..].to_owned()),
        "seen" => Told::Seen {
            visit: VisitId(word().parse().unwrap()),
            day: word().parse().unwrap(),
            person: word().parse().unwrap(),
        },
        "staff" => Told::Staff(word().parse().unwrap()),
        "closed" => Told::Closed(word().parse().unwrap()),
        "exported" => Told::Exported(word().to_owned()),
        _ => return None,
    })
}

/// Whether it is the arrival that was given this number.
pub(crate) fn is_number(event: &Event, number: u32) -> bool {
    matches!(&event.what, What::Arrived(arrival) if arrival.number.0 == number)
}

/// The event that the program had answered for when it showed this number.
fn choice_of(number: u32, events: &[Event]) -> u64 {
    let visits: Vec<_> =
        events.iter().filter(|event| is_number(event, number)).map(|event| event.visit).collect();
    assert_eq!(visits.len(), 1, "number {number} was given {} times", visits.len());
    let chose = |event: &&Event| event.visit == visits[0] && matches!(event.what, What::Chose(_));
    events.iter().find(chose).unwrap().seq.0
}

fn keys_made(steps: &[Step]) -> Vec<DayKey> {
    let mut half_made = Vec::new();
    let mut keys = Vec::new();
    for (made, step) in steps.iter().enumerate() {
        if let Step::Named { name: (_, name), file } = step
            && let Some((day, "new")) = name.to_str().and_then(|name| name.split_once('.'))
            && let Ok(day) = day.parse::<StationDay>()
        {
            half_made.push((day, *file));
        }
        if let Step::Wrote { file, bytes, .. } = step
            && let Some((day, _)) = half_made.iter().find(|(_, half)| half == file)
            && bytes.iter().any(|byte| *byte != 0)
        {
            keys.push(DayKey { day: *day, bytes: bytes.clone(), made });
        }
    }
    keys
}
