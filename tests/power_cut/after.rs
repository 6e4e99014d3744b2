//! What must hold after a power cut.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::event::{AgeBand, CardKind, Entry, Event, Moment, StationDay, VisitId, What};
use tiepdon::export;
use tiepdon::journal::{Journal, JournalError, JournalReader, NewArrival, Opened};
use tiepdon::reader::FakeReader;
use tiepdon::seal::{Signature, StationKey};
use tiepdon::staff::RosterFile;
use uuid::Uuid;

use crate::medium::{Dice, Fate, after_a_cut};
use crate::story::{DAMAGE, Story, Told, all_events, is_number, number_in, program};
use crate::{data, day, folder};

/// A moment at which the power goes, and what becomes of what was not synced then.
pub(crate) struct Cut<'a> {
    pub(crate) story: &'a Story,
    /// Before this step.
    pub(crate) at: usize,
    pub(crate) fate: Fate,
    pub(crate) seed: u64,
}

impl Cut<'_> {
    fn name(&self) -> String {
        let Self { story, at, fate, seed } = self;
        format!("{}, cut before step {at}, {fate:?}, seed {seed}", story.name)
    }

    /// The folder as it is found after the cut.
    fn folder(&self) -> TempDir {
        let folder = folder();
        let mut dice = Dice(self.seed);
        after_a_cut(&self.story.recording, self.at, self.fate, &mut dice).write(folder.path());
        folder
    }

    /// The rooms start as they do in the kiosk. Whether something had to be restored.
    pub(crate) fn starts_again(&self) -> bool {
        let folder = self.folder();
        for (at, told) in self.story.told.iter().filter(|(at, _)| *at < self.at) {
            // Who came later that day has a key of its own.
            if let Told::Closed(day) = told {
                self.keys_are_gone(folder.path(), *day, *at);
            }
        }
        let restored = self.start(folder.path());
        self.beside_the_journal(folder.path());
        restored
    }

    /// The card lost the database too: the second copy has all that was answered for.
    pub(crate) fn starts_again_without_its_database(&self) {
        let folder = self.folder();
        let database = data(folder.path()).join("journal.db");
        let Ok(mut bytes) = fs::read(&database) else { return };
        if bytes.len() < DAMAGE.len() {
            return;
        }
        bytes[..DAMAGE.len()].copy_from_slice(DAMAGE);
        fs::write(&database, bytes).unwrap();
        let _ = fs::remove_file(data(folder.path()).join("journal.db-wal"));
        self.start(folder.path());
    }

    fn start(&self, root: &Path) -> bool {
        let (name, data) = (self.name(), data(root));
        let on = self.story.switched_on(self.at);
        let opened = open(&data, on);
        let Opened { mut journal, restored } =
            opened.unwrap_or_else(|error| panic!("{name}: {error}"));
        let owed = self.story.owed(self.at);
        if let Some(restored) = &restored {
            assert!(owed == 0 || restored.is_complete, "{name}: {restored:?}");
        }
        let found = self.journal_is_whole(&data);
        self.side_log_follows(&data, &found);
        for event in &found {
            if let What::DayClosed { .. } = event.what
                && let Some(at) = self.story.closed_at(event)
            {
                self.keys_are_gone(root, event.day, at);
            }
        }
        // Whoever was here before is known again, and the next one is new.
        let today = on.station_day();
        let arrive = |journal: &mut Journal, identity: &[u8]| {
            let (card, age, entry) = (Some(CardKind::Cccd), AgeBand::From60, Entry::Usual);
            let arrival = NewArrival {
                card,
                age,
                identity: Some(identity),
                person: None,
                entry,
                day: None,
                by: None,
            };
            journal.arrive(VisitId(Uuid::now_v7()), on, &arrival).unwrap().0
        };
        if let Some((visit, person)) = self.last_seen(today, &found) {
            let again = arrive(&mut journal, &day::identity(person));
            assert!(again.again && again.id == visit, "{name}: {person} is not known any more");
        }
        let numbers = numbers_of(today, &found);
        let new = arrive(&mut journal, b"somebody who was never here");
        assert!(!new.again && new.number.0 as usize == numbers + 1, "{name}: {new:?}");
        drop(journal);
        let opened = open(&data, on).unwrap();
        assert!(opened.restored.is_none(), "{name}: restored twice, {:?}", opened.restored);
        restored.is_some()
    }

    /// The chain is whole and signed; every event that was answered for is there once, in its place,
    /// and besides nothing but what was asked for, and what a start notes.
    fn journal_is_whole(&self, data: &Path) -> Vec<Event> {
        let (name, story) = (self.name(), self.story);
        let reader = JournalReader::open(data).unwrap();
        let verified = reader.verify().unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = all_events(&reader);
        assert_eq!(found.len() as u64, verified.events, "{name}");
        let pairs = found.iter().zip(&story.events);
        let same = pairs.take_while(|(found, meant)| found == meant).count();
        let owed = story.owed(self.at);
        assert!(same as u64 >= owed, "{name}: {same} events of {owed} that were answered for");
        for event in &found[same..] {
            let is_of_a_start =
                matches!(event.what, What::Restored { .. } | What::Started { .. } | What::Stopped);
            assert!(is_of_a_start, "{name}: nobody asked for {event:?}");
        }
        let key = StationKey::open_or_make(data).unwrap().public();
        for told in story.told_until(self.at) {
            if let Told::Key(fingerprint) = told {
                assert_eq!(key.fingerprint().to_string(), *fingerprint, "{name}");
            }
        }
        for (closing, _) in &verified.closings {
            let signature = Signature::from_bytes(closing.signature);
            assert!(key.verify(&closing.document, &signature), "{name}: {}", closing.day);
        }
        found
    }

    /// The side log belongs to this journal and reaches as far.
    fn side_log_follows(&self, data: &Path, found: &[Event]) {
        let name = self.name();
        let log = fs::read_to_string(data.join("side-log.jsonl")).unwrap();
        let whole = log.rsplit_once('\n').unwrap().0;
        let mut lines = whole.lines().map(|line| {
            serde_json::from_str::<serde_json::Value>(line)
                .unwrap_or_else(|error| panic!("{name}: {error} in {line}"))
        });
        let header = lines.next().unwrap();
        let journal = JournalReader::open(data).unwrap().id().unwrap();
        assert_eq!(header["journal"], journal.0.simple().to_string(), "{name}");
        let mut last = header["after"].as_u64().unwrap();
        for line in lines {
            last += 1;
            let event = &found[usize::try_from(last).unwrap() - 1];
            let told = (line["seq"].as_u64(), line["id"].as_str().unwrap().to_owned());
            assert_eq!(told, (Some(last), event.id.simple().to_string()), "{name}");
        }
        assert_eq!(last, found.len() as u64, "{name}: the side log does not keep up");
    }

    /// No key of `day` that was made before the step `at` is there, under no name.
    fn keys_are_gone(&self, root: &Path, day: StationDay, at: usize) {
        let over: Vec<_> =
            self.story.keys.iter().filter(|key| key.day == day && key.made < at).collect();
        let Ok(entries) = fs::read_dir(data(root).join("day-keys")) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let back = over.iter().any(|key| key.bytes == bytes);
            assert!(!back, "{}: a key of {day} is back as {}", self.name(), path.display());
        }
    }

    /// The last person who was told a visit of today, if their key was not destroyed since.
    fn last_seen(&self, today: StationDay, found: &[Event]) -> Option<(VisitId, usize)> {
        let seen = self.story.told_until(self.at).filter_map(|told| {
            let Told::Seen { visit, day, person } = told else { return None };
            (*day == today).then_some((*visit, *person))
        });
        let (visit, person) = seen.last()?;
        let arrived = found.iter().find(|event| event.visit == Some(visit))?.seq;
        let is_closed = found.iter().any(|event| {
            event.day == today
                && event.seq > arrived
                && matches!(event.what, What::DayClosed { .. })
        });
        (!is_closed).then_some((visit, person))
    }

    /// Exports, backups, the list of the staff, and what was set aside.
    fn beside_the_journal(&self, root: &Path) {
        let (name, data) = (self.name(), data(root));
        let mut exports: BTreeMap<&str, usize> = BTreeMap::new();
        let mut staff = 0;
        for told in self.story.told_until(self.at) {
            match told {
                Told::Exported(folder) => *exports.entry(folder).or_default() += 1,
                Told::Staff(count) => staff = *count,
                Told::Recorded(_)
                | Told::Day(_)
                | Told::Key(_)
                | Told::Seen { .. }
                | Told::Closed(_) => {}
            }
        }
        let roster = RosterFile::in_folder(&data).read().unwrap();
        assert!(roster.members().len() >= staff, "{name}: a member of staff is lost");

        let key = StationKey::open_or_make(&data).unwrap().public();
        let found = export::verify(&root.join("out"), &[key]).unwrap_or_default();
        for one in &found {
            assert!(one.is_whole(), "{name}: {one:?}");
        }
        for (folder, count) in exports {
            let there = found.iter().filter(|one| {
                let name = one.folder.file_name().unwrap().to_str().unwrap();
                name == folder || name.starts_with(&format!("{folder}.cu-"))
            });
            assert!(there.count() >= count, "{name}: {folder} is lost");
        }

        for backup in fs::read_dir(data.join("backups")).into_iter().flatten() {
            let path = backup.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "db") {
                let reader = JournalReader::open_file(&path).unwrap();
                let verified = reader.verify();
                assert!(verified.is_ok(), "{name}: {} {verified:?}", path.display());
            }
        }
        if self.story.has_damage {
            let aside = fs::read_dir(data.join("damaged")).into_iter().flatten();
            let kept = aside.filter(|folder| {
                let folder = folder.as_ref().unwrap().path();
                fs::read(folder.join("journal.db")).is_ok_and(|bytes| bytes.starts_with(DAMAGE))
            });
            assert!(kept.count() > 0, "{name}: the damaged database is lost");
        }
    }

    /// The program itself starts, finds the journal whole, and counts the next patient.
    pub(crate) fn starts_the_real_program(&self) {
        let (name, root) = (self.name(), self.folder());
        let beside = TempDir::new().unwrap();
        let link = beside.path().join("reader");
        let mut reader = FakeReader::plug_in(&link).unwrap();
        let mut running = program(root.path(), &link).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
        reader.send(&patient(7_000).citizen_card()).unwrap();
        reader.send(b"TIEPDON:VNEID\r").unwrap();
        let told = lines.by_ref().map(Result::unwrap).find_map(|line| number_in(&line));
        let number = told.unwrap_or_else(|| panic!("{name}: the program ended"));
        let id = i32::try_from(running.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        lines.for_each(drop);
        assert!(running.wait().unwrap().success(), "{name}");

        let mut verify = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
        let verified = verify.arg("verify").arg(data(root.path())).output().unwrap();
        let words = String::from_utf8_lossy(&verified.stderr);
        assert!(verified.status.success(), "{name}: {words}");
        let found = all_events(&JournalReader::open(&data(root.path())).unwrap());
        let pairs = found.iter().zip(&self.story.events);
        let same = pairs.take_while(|(found, meant)| found == meant).count();
        assert!(same as u64 >= self.story.owed(self.at), "{name}: {same} events");
        let given: Vec<_> = found.iter().filter(|event| is_number(event, number)).collect();
        let today = given.last().unwrap().day;
        let count = given.iter().filter(|event| event.day == today).count();
        assert_eq!(count, 1, "{name}: number {number} was given twice");
    }
}

/// A child that another thread is just starting holds our locks until it is another program.
fn open(data: &Path, on: Moment) -> Result<Opened, JournalError> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        match Journal::open(data, day::origin(), on) {
            Err(JournalError::InUse { .. }) if Instant::now() < until => {
                thread::sleep(Duration::from_millis(2));
            }
            opened => return opened,
        }
    }
}

/// How many visits the day has.
fn numbers_of(day: StationDay, events: &[Event]) -> usize {
    let mut numbers: Vec<_> = events
        .iter()
        .filter(|event| event.day == day)
        .filter_map(|event| {
            if let What::Arrived(arrival) = &event.what { Some(arrival.number.0) } else { None }
        })
        .collect();
    numbers.sort_unstable();
    let count = numbers.len();
    assert!(numbers.iter().zip(1..).all(|(number, meant)| *number == meant), "{numbers:?}");
    count
}

impl Story {
    /// The step by which somebody was told of this closing; `None` if it is not one of this story.
    fn closed_at(&self, closing: &Event) -> Option<usize> {
        let told = self.told.iter().find(|(_, told)| *told == Told::Recorded(closing.seq.0));
        told.map(|(at, _)| *at)
    }
}
