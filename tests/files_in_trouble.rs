//! Each file of the data folder in trouble: something else stands in its place, it cannot be read, it
//! belongs to somebody else. Counting goes on by itself, nothing that was answered is lost, and what
//! stood there is neither followed nor removed (product rule 4).

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says what broke by panicking")]
#![expect(clippy::print_stderr, reason = "a test that cannot be tried here says why")]

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::event::{AgeBand, CardKind, Entry, Event, Moment, Origin, StationDay, VisitId, What};
use tiepdon::journal::{Journal, JournalReader, NewArrival, back_up};
use tiepdon::reader::FakeReader;
use uuid::Uuid;

/// Longer than any start takes; a pipe that is waited for takes for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nobody in particular.
const NOBODY: u32 = 65_534;

const KEY: &str = "day-keys/2026-11-24.key";

fn at() -> Moment {
    let wall_ms = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
    Moment { wall_ms, uptime_ms: 5_000, boot: Uuid::from_u128(1), sure: true }
}

fn open(data: &Path) -> Journal {
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    Journal::open(data, origin, at()).unwrap().journal
}

/// Whether the person was here before.
fn arrive(journal: &mut Journal, person: usize) -> bool {
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
    journal.arrive(VisitId(Uuid::now_v7()), at(), &arrival).unwrap().0.again
}

fn events(data: &Path) -> Vec<Event> {
    let reader = JournalReader::open(data).unwrap();
    reader.verify().unwrap();
    reader.events_of(at().station_day()).unwrap()
}

/// A journal with ten patients, a backup and two more, and what it answered.
fn used(data: &Path) -> Vec<Event> {
    let mut journal = open(data);
    (0..10).for_each(|person| assert!(!arrive(&mut journal, person)));
    back_up(data, at().station_day()).unwrap();
    (10..12).for_each(|person| assert!(!arrive(&mut journal, person)));
    drop(journal);
    events(data)
}

type Put = fn(&Path, &Path);
type Trouble = fn(&Path);

/// What may come to stand where a file should be.
const IN_ITS_PLACE: [(&str, Put); 7] = [
    ("a folder", |path, _| fs::create_dir(path).unwrap()),
    ("a folder with something in it", |path, _| {
        fs::create_dir(path).unwrap();
        fs::write(path.join("something"), "kept").unwrap();
    }),
    ("a link", |path, outside| symlink(outside, path).unwrap()),
    ("a link to nothing", |path, outside| symlink(outside.with_extension("no"), path).unwrap()),
    ("a pipe", |path, _| mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap()),
    ("an empty file", |path, _| drop(File::create(path).unwrap())),
    ("garbage", |path, _| fs::write(path, [0xA5; 9_000]).unwrap()),
];

const PLACES: [&str; 16] = [
    "journal.db",
    "journal.db-wal",
    "journal.db-shm",
    "journal.restored",
    "side-log.jsonl",
    "side-log.new",
    "day-keys",
    KEY,
    "day-keys/2026-11-24.new",
    "lock",
    "reserve",
    "damaged",
    "backups",
    "backups/journal.part",
    "check-journal",
    "known-damage",
];

fn remove(path: &Path) {
    if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { drop(fs::remove_file(path)) }
}

#[test]
fn whatever_stands_where_a_file_should_be_counting_goes_on() {
    for place in PLACES {
        for (what, put) in IN_ITS_PLACE {
            // A folder is where a folder should be; what is beside the database is SQLite's, who
            // makes nothing of it.
            let is_folder = ["day-keys", "damaged", "backups"].contains(&place);
            if is_folder && what.starts_with("a folder") {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let (data, outside) = (folder.path().join("data"), folder.path().join("outside"));
            fs::write(&outside, "somebody else's").unwrap();
            let answered = used(&data);
            remove(&data.join(place));
            put(&data.join(place), &outside);

            let (done, waits) = channel();
            let of_thread = data.clone();
            thread::spawn(move || {
                let mut journal = open(&of_thread);
                let known = (0..12).filter(|person| arrive(&mut journal, *person)).count();
                let new = (12..15).filter(|person| !arrive(&mut journal, *person)).count();
                let again = (12..15).filter(|person| arrive(&mut journal, *person)).count();
                drop(back_up(&of_thread, at().station_day()));
                drop(journal);
                let _ = done.send((known, new, again));
            });
            let found = waits.recv_timeout(PATIENCE);
            let (known, new, again) =
                found.unwrap_or_else(|error| panic!("{place}: {what}: {error}"));
            let is_key = place == "day-keys" || place == KEY;
            assert_eq!(known, if is_key { 0 } else { 12 }, "{place}: {what}: recognised");
            assert_eq!((new, again), (3, 3), "{place}: {what}: counted, and recognised since");
            let found = events(&data);
            assert!(found.starts_with(&answered), "{place}: {what}: lost");
            assert_eq!(
                fs::read(&outside).unwrap(),
                b"somebody else's",
                "{place}: {what}: followed"
            );
            assert!(!outside.with_extension("no").exists(), "{place}: {what}: followed");
            let next = open(&data);
            assert_eq!(next.events_of(at().station_day()).unwrap(), found, "{place}: {what}");
        }
    }
}

#[test]
fn a_folder_nobody_may_enter_is_opened_again_by_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let answered = used(&data);
    fs::set_permissions(&data, Permissions::from_mode(0o000)).unwrap();
    assert!(arrive(&mut open(&data), 3));
    assert!(events(&data).starts_with(&answered));
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
}

/// The program as the user it runs as at a station, on data that is there already.
struct Station {
    folder: TempDir,
}

impl Station {
    /// `None` where tests are not root, and so cannot be somebody else.
    fn open() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("not tried: nobody else can be taken for the owner here");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let it = Self { folder };
        fs::create_dir(it.data()).unwrap();
        chown(it.data(), Some(NOBODY), Some(NOBODY)).unwrap();
        fs::set_permissions(it.data(), Permissions::from_mode(0o700)).unwrap();
        Some(it)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Lets it serve one patient after the other; fails when one of them is not acknowledged.
    fn serves(&self, people: &[usize], trouble: &str) {
        self.runs(people, None, trouble);
    }

    /// The same; then somebody who was here before shows the card once more.
    fn runs(&self, people: &[usize], again: Option<usize>, trouble: &str) {
        let link = self.folder.path().join("reader");
        let mut reader = FakeReader::plug_in(&link).unwrap();
        fs::set_permissions(fs::canonicalize(&link).unwrap(), Permissions::from_mode(0o666))
            .unwrap();
        let mut kiosk = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .args(["run", "--headless", "800x480", "--config"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config"))
            .arg("--data")
            .arg(self.data())
            .arg("--scanner")
            .arg(&link)
            .uid(NOBODY)
            .gid(NOBODY)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = lines(kiosk.stderr.take().unwrap());
        let mut told = String::new();
        for person in people {
            reader.send(&patient(*person).citizen_card()).unwrap();
            let command = [&b"TIEPDON:VNEID\r"[..], b"tiepdon:vneid\r"];
            reader.send(command.get(person % 2).unwrap()).unwrap();
            let until = Instant::now() + PATIENCE;
            loop {
                let left = until.saturating_duration_since(Instant::now());
                let line = log.recv_timeout(left);
                let Ok(line) = line else {
                    let _ = kiosk.kill();
                    panic!("{trouble}: patient {person} is not counted: {told}");
                };
                if line.contains("recorded number=") {
                    break;
                }
                told += &line;
                told.push('\n');
            }
        }
        if let Some(again) = again {
            // Nothing tells when the same choice is there once more.
            reader.send(&patient(again).citizen_card()).unwrap();
            thread::sleep(Duration::from_secs(2));
        }
        kiosk.kill().unwrap();
        kiosk.wait().unwrap();
    }

    fn arrivals(&self) -> usize {
        let reader = JournalReader::open(&self.data()).unwrap();
        reader.verify().unwrap();
        let today: StationDay = reader.last_start().unwrap().unwrap().day;
        let is_arrival = |event: &&Event| matches!(event.what, What::Arrived(_));
        reader.events_of(today).unwrap().iter().filter(is_arrival).count()
    }
}

fn lines(stderr: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (lines, log) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    log
}

#[test]
fn a_file_that_is_somebody_elses_or_that_nobody_may_read_stops_no_counting() {
    let troubles: [(&str, Trouble); 2] = [
        ("mode 000", |path| fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap()),
        ("root's", |path| {
            chown(path, Some(0), Some(0)).unwrap();
            let is_folder = path.is_dir();
            let mode = if is_folder { 0o700 } else { 0o600 };
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }),
    ];
    for place in
        ["journal.db", "side-log.jsonl", "day-keys", "day key", "lock", "backups", "reserve"]
    {
        for (what, trouble) in troubles {
            let Some(station) = Station::open() else { return };
            station.serves(&[0, 1], "before");
            let path = match place {
                "day key" => fs::read_dir(station.data().join("day-keys"))
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
                    .find(|path| path.extension().is_some_and(|ending| ending == "key"))
                    .unwrap(),
                name => station.data().join(name),
            };
            trouble(&path);
            let named = format!("{place}: {what}");
            station.runs(&[2, 3], Some(0), &named);
            // Of the day's key the person of the morning is not recognised; nobody is lost.
            let is_key = place.starts_with("day") && (place, what) != ("day-keys", "mode 000");
            assert_eq!(station.arrivals(), if is_key { 5 } else { 4 }, "{named}");
        }
    }
}

#[test]
fn what_root_restores_is_the_kiosks() {
    let Some(station) = Station::open() else { return };
    station.serves(&[0, 1], "before");
    let data = station.data();
    let today = JournalReader::open(&data).unwrap().last_start().unwrap().unwrap().day;
    back_up(&data, today).unwrap();
    let restored = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["restore", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    station.runs(&[2], Some(0), "after root restored it");
    assert_eq!(station.arrivals(), 3);
    assert!(
        !fs::read_dir(&data)
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().contains("aside") })
    );
}
