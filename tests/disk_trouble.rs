//! Disks in trouble, for real: an ext4 of its own, filled to the last byte, protected, and failing
//! while patients come (product rule 4).
//!
//! Needs root and loop devices; where those are missing the tests say so and try nothing.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says what broke by panicking")]
#![expect(clippy::print_stderr, reason = "a test that cannot be tried here says why")]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::event::{AgeBand, ClosingWay, Entry, Moment, Origin, Subject, VisitId, What};
use tiepdon::health::{Finding, Part, Told, Verdict, examine};
use tiepdon::journal::{
    Answer, ClosingDraft, Journal, JournalReader, NewArrival, Request, Sealed, Sealer, Ticket,
    Writer,
};
use tiepdon::reader::FakeReader;
use uuid::Uuid;

const MIB: u64 = 1024 * 1024;
/// Smaller than any card; the file system's own journal takes a part.
const DISK: u64 = 64 * MIB;
/// More patients than fit into the room a full disk may still have in files that are there already.
const MOST_PATIENTS: usize = 20_000;
/// A week of a busy desk.
const MANY: usize = 400;

/// A small disk, mounted.
struct Disk {
    folder: TempDir,
}

impl Disk {
    /// `None` where this machine does not let us.
    fn mount() -> Option<Self> {
        let it = Self { folder: tempfile::tempdir().unwrap() };
        let image = it.folder.path().join("image");
        File::create(&image).unwrap().set_len(DISK).unwrap();
        fs::create_dir(it.place()).unwrap();
        // Nothing set aside for root: the tests are root.
        let made = Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image).status();
        let mounted = Command::new("mount")
            .args(["-o", "loop,errors=remount-ro"])
            .arg(&image)
            .arg(it.place())
            .status();
        let is_there = [made, mounted].iter().all(|it| it.as_ref().is_ok_and(ExitStatus::success));
        if !is_there {
            eprintln!("not tried: no disk can be mounted here");
        }
        is_there.then_some(it)
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn data(&self) -> PathBuf {
        self.place().join("data")
    }

    fn filler(&self) -> PathBuf {
        self.place().join("somebody-else")
    }

    /// Somebody else takes all the room there is, to the last block.
    fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.filler()).unwrap();
        for length in [MIB, 4096, 1] {
            let bytes = vec![1; usize::try_from(length).unwrap()];
            let refused = loop {
                if let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_data()) {
                    break error;
                }
            };
            assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        }
    }

    /// The kernel meets an error it made up, and protects the file system. `false` where it cannot.
    fn dies(&self) -> bool {
        let device = rustix::fs::stat(self.place()).unwrap().st_dev;
        let device = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
        let name = fs::canonicalize(Path::new("/sys/dev/block").join(device)).unwrap();
        let ext4 = Path::new("/sys/fs/ext4").join(name.file_name().unwrap());
        fs::write(ext4.join("trigger_fs_error"), "made up").is_ok()
    }

    fn has_reserve(&self) -> bool {
        self.data().join("reserve").exists()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Fails where nothing was mounted.
        let _ = Command::new("umount").arg(self.place()).output();
    }
}

fn at(minute: u64) -> Moment {
    let wall_ms = 1_795_480_920_000 + i64::try_from(minute).unwrap() * 60_000;
    Moment { wall_ms, uptime_ms: minute, boot: Uuid::from_u128(1), sure: true }
}

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

fn open(data: &Path) -> Journal {
    let opened = Journal::open(data, origin(), at(0)).unwrap();
    assert!(opened.restored.is_none());
    opened.journal
}

struct Desk {
    writer: Writer,
    answers: Receiver<Answer>,
}

impl Desk {
    fn open(data: &Path) -> Self {
        let (tell, answers) = channel();
        let seal = |draft: &ClosingDraft| Sealed {
            document: draft.total.to_string().into_bytes(),
            signature: [7; 64],
        };
        let sealer: Sealer = Box::new(seal);
        let writer = Writer::start(open(data), Some(sealer), move |_, answer| {
            let _ = tell.send(answer);
        });
        Self { writer: writer.unwrap(), answers }
    }

    fn ask(&self, request: Request) {
        self.writer.requests().send((Ticket::default(), request)).unwrap();
    }

    fn next(&self) -> Answer {
        self.answers.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// A patient is counted; gives what else was told, if anything.
    fn patient(&self) -> Option<Answer> {
        self.ask(Request::Arrive {
            visit: VisitId(Uuid::now_v7()),
            at: at(1),
            card: None,
            age: AgeBand::From70,
            identity: None,
            person: None,
            entry: Entry::Usual,
            day: None,
            by: None,
        });
        match self.next() {
            Answer::Arrived { .. } => self.answers.try_recv().ok(),
            Answer::Failed { error, .. } => panic!("a patient was refused: {error}"),
            other @ (Answer::Reserve { .. } | Answer::SideLogFailed { .. }) => {
                assert!(matches!(self.next(), Answer::Arrived { .. }));
                Some(other)
            }
            Answer::Recorded { .. }
            | Answer::AlsoShown { .. }
            | Answer::Closed { .. }
            | Answer::EventsOf { .. }
            | Answer::ClockKnown { .. }
            | Answer::BackedUp(_)
            | Answer::NotRecognised { .. }
            | Answer::BackUpFailed { .. } => panic!("nobody asked for it"),
        }
    }
}

/// There is room, but no place for one file more: what makes no file today makes some tomorrow.
#[test]
fn patients_are_counted_on_a_disk_that_takes_no_file_more() {
    let Some(disk) = Disk::mount() else { return };
    drop(open(&disk.data()));
    let many = disk.place().join("many");
    fs::create_dir(&many).unwrap();
    let refused = (0..).find_map(|n| File::create(many.join(format!("{n}"))).err()).unwrap();
    assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
    let mut journal = open(&disk.data());
    for (person, again) in [(1, false), (2, false), (1, true)] {
        let identity = format!("cccd:{person:012}");
        let arrival = NewArrival {
            card: None,
            age: AgeBand::Unknown,
            identity: Some(identity.as_bytes()),
            person: None,
            entry: Entry::Usual,
            day: None,
            by: None,
        };
        let (visit, _) = journal.arrive(VisitId(Uuid::now_v7()), at(1), &arrival).unwrap();
        assert_eq!(visit.again, again, "{person}");
    }
    drop(journal);
    JournalReader::open(&disk.data()).unwrap().verify().unwrap();
}

#[test]
fn patients_are_counted_and_the_day_is_closed_on_a_full_disk_and_staff_are_told() {
    let Some(disk) = Disk::mount() else { return };
    let desk = Desk::open(&disk.data());
    assert!(desk.patient().is_none(), "nothing to tell while there is room");
    assert!(disk.has_reserve());
    disk.fill();

    let mut counted = 1;
    let told = loop {
        counted += 1;
        assert!(counted < MOST_PATIENTS, "the disk is not full");
        if let Some(told) = desk.patient() {
            break told;
        }
    };
    assert!(matches!(told, Answer::Reserve { is_whole: false }));
    assert!(!disk.has_reserve());
    for _ in 0..MANY {
        assert!(desk.patient().is_none(), "told once");
        counted += 1;
    }

    // A copy of everything would take the last room from the patients.
    desk.ask(Request::BackUp { at: at(2) });
    assert!(matches!(desk.next(), Answer::BackUpFailed { error } if error.is_full()));
    let (day, by, way) = (Some(at(2).station_day()), None, ClosingWay::Itself);
    desk.ask(Request::Close { day, at: at(3), by, way });
    assert!(matches!(desk.next(), Answer::Closed { .. }));

    fs::remove_file(disk.filler()).unwrap();
    desk.ask(Request::DayBegan { at: at(24 * 60) });
    assert!(matches!(desk.next(), Answer::Reserve { is_whole: true }));
    assert!(disk.has_reserve());
    desk.writer.stop();

    let reader = JournalReader::open(&disk.data()).unwrap();
    let verified = reader.verify().unwrap();
    assert_eq!(verified.closings.len(), 1);
    let events = reader.events_of(at(0).station_day()).unwrap();
    let arrived = events.iter().filter(|event| matches!(event.what, What::Arrived(_)));
    assert_eq!(arrived.count(), counted);
    println!("{counted} patients, {MANY} of them in the reserve");
}

#[test]
fn a_kiosk_starts_and_counts_on_a_disk_that_is_full_already() {
    let Some(disk) = Disk::mount() else { return };
    drop(open(&disk.data()));
    assert!(disk.has_reserve());
    disk.fill();
    let desk = Desk::open(&disk.data());
    let mut told = Vec::new();
    for _ in 0..MANY {
        told.extend(desk.patient());
    }
    assert!(matches!(told[..], [Answer::Reserve { is_whole: false }]));
    desk.writer.stop();

    // The next start finds neither room nor reserve, and says so again.
    let desk = Desk::open(&disk.data());
    assert!(matches!(desk.next(), Answer::Reserve { is_whole: false }));
    assert!(desk.patient().is_none());
    desk.writer.stop();
}

#[test]
fn a_disk_that_can_only_be_read_refuses_in_words() {
    let Some(disk) = Disk::mount() else { return };
    drop(open(&disk.data()));
    let status =
        Command::new("mount").args(["-o", "remount,ro"]).arg(disk.place()).status().unwrap();
    assert!(status.success());
    let Err(error) = Journal::open(&disk.data(), origin(), at(0)) else { panic!("it was opened") };
    assert!(!error.is_damage() && !error.is_full(), "{error}");
    assert!(error.advice().contains("được phép ghi"), "{}", error.advice());
    let findings = examine(Path::new("/"), Some(&disk.data()), &Told::default());
    assert_eq!(red(&findings), [Part::Folder, Part::Space, Part::Writing]);
}

#[test]
fn a_kiosk_on_a_disk_that_can_only_be_read_serves_all_the_same() {
    let Some(disk) = Disk::mount() else { return };
    drop(open(&disk.data()));
    let status =
        Command::new("mount").args(["-o", "remount,ro"]).arg(disk.place()).status().unwrap();
    assert!(status.success());
    let room = tempfile::tempdir().unwrap();
    let (notify, reader) = (room.path().join("notify"), room.path().join("reader"));
    let socket = UnixDatagram::bind(&notify).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut reader_end = FakeReader::plug_in(&reader).unwrap();
    let mut kiosk = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["run", "--headless", "800x480"])
        .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config"), "--data"])
        .arg(disk.data())
        .arg("--scanner")
        .arg(&reader)
        .env("NOTIFY_SOCKET", &notify)
        .stderr(File::create(room.path().join("log")).unwrap())
        .spawn()
        .unwrap();
    let mut told = [0; 4096];
    loop {
        let length = socket.recv(&mut told).unwrap();
        if String::from_utf8_lossy(told.get(..length).unwrap()).contains("READY=1") {
            break;
        }
    }
    // Which choice of the patient's is refused is seen in src/command/kiosk/tests/opening.rs.
    reader_end.send(&patient(0).citizen_card()).unwrap();
    reader_end.send(b"TIEPDON:VNEID\r").unwrap();
    let refused = "there is no journal to write to";
    let log = || fs::read_to_string(room.path().join("log")).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while !log().contains(refused) && Instant::now() < until {
        thread::sleep(Duration::from_millis(50));
    }
    let id = Pid::from_raw(i32::try_from(kiosk.id()).unwrap()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
    assert!(kiosk.wait().unwrap().success(), "{}", log());
    assert!(log().contains(refused), "{}", log());
    assert!(!log().contains("recorded number"), "{}", log());
}

#[test]
fn a_card_that_dies_while_patients_come_refuses_them_in_words_and_is_told_of() {
    let Some(disk) = Disk::mount() else { return };
    let healthy = examine(Path::new("/"), Some(&disk.data()), &Told::default());
    assert_eq!(red(&healthy), []);
    let desk = Desk::open(&disk.data());
    assert!(desk.patient().is_none());
    let findings = examine(Path::new("/"), Some(&disk.data()), &Told::default());
    assert_eq!(red(&findings), [Part::Space], "it is a small disk, and nothing else");
    if !disk.dies() {
        eprintln!("not tried: this kernel lets no file system fail on purpose");
        return;
    }
    desk.ask(Request::Record {
        subject: Subject::Desk,
        at: at(2),
        by: None,
        what: What::Started {
            version: String::new(),
            station_name: String::new(),
            point_name: String::new(),
        },
    });
    let Answer::Failed { error, .. } = desk.next() else { panic!("a dead card took an event") };
    assert!(!error.is_damage(), "a restart would restore nothing: {error}");
    assert!(error.advice().contains("khóa ghi"), "{}", error.advice());
    let findings = examine(Path::new("/"), Some(&disk.data()), &Told::default());
    let expected = [Part::Folder, Part::Space, Part::CardErrors, Part::Writing];
    assert_eq!(red(&findings), expected);
    desk.writer.stop();
    assert_eq!(JournalReader::open(&disk.data()).unwrap().verify().unwrap().events, 1);
}

/// What must be done about the disk.
fn red(findings: &[Finding]) -> Vec<Part> {
    let red = findings.iter().filter(|finding| finding.verdict == Verdict::Bad);
    let of_the_disk = [Part::Folder, Part::Space, Part::CardErrors, Part::CardWear, Part::Writing];
    red.map(|finding| finding.part).filter(|part| of_the_disk.contains(part)).collect()
}
