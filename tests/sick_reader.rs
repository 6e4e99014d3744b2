//! A reader that sends rubbish without end, on a real pseudo-terminal, beside the real program: at the
//! terminal's own speed and at that of a serial line. Memory stays flat, the journal is not filled with
//! it, staff are told, the next patient is read as soon as it is over, and the program ends when it is
//! asked to.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::event::{Event, StationDay, What};
use tiepdon::journal::JournalReader;

const PATIENCE: Duration = Duration::from_secs(60);

/// A pseudo-terminal that never waits: a reader does not care whether anybody reads.
struct SickReader {
    line: File,
    dice: u64,
}

impl SickReader {
    fn plug_in(link: &Path) -> Self {
        let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&line).unwrap();
        unlockpt(&line).unwrap();
        let mut termios = tcgetattr(&line).unwrap();
        termios.make_raw();
        tcsetattr(&line, OptionalActions::Now, &termios).unwrap();
        let name = ptsname(&line, Vec::new()).unwrap();
        std::os::unix::fs::symlink(name.to_string_lossy().as_ref(), link).unwrap();
        let line: OwnedFd = line;
        fcntl_setfl(&line, fcntl_getfl(&line).unwrap() | OFlags::NONBLOCK).unwrap();
        Self { line: File::from(line), dice: 20_261_124 }
    }

    /// Random bytes, as a broken cable or a wrong speed gives; how many went out.
    fn babbles(&mut self, count: usize) -> usize {
        let bytes: Vec<u8> = (0..count)
            .map(|_| {
                self.dice = self
                    .dice
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                self.dice.to_be_bytes()[0]
            })
            .collect();
        self.line.write(&bytes).unwrap_or_default()
    }

    /// At 115,200 baud.
    fn babbles_on_a_line(&mut self, for_so_long: Duration) {
        let began = Instant::now();
        let mut sent = 0_u128;
        while began.elapsed() < for_so_long {
            let due = began.elapsed().as_micros() * 11_520 / 1_000_000;
            let count = usize::try_from(due.saturating_sub(sent)).unwrap();
            self.babbles(count);
            sent = due;
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn scans(&mut self, code: &[u8]) {
        let mut code = code;
        let until = Instant::now() + PATIENCE;
        while !code.is_empty() {
            assert!(Instant::now() < until, "nobody reads");
            match self.line.write(code) {
                Ok(sent) => code = code.get(sent..).unwrap_or_default(),
                Err(_) => thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

struct Kiosk {
    child: Child,
    log: Receiver<String>,
    data: PathBuf,
    _folder: TempDir,
}

impl Kiosk {
    fn start() -> (Self, SickReader) {
        let folder = tempfile::tempdir().unwrap();
        let (data, link) = (folder.path().join("data"), folder.path().join("reader"));
        let reader = SickReader::plug_in(&link);
        let mut child = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .args(["run", "--headless", "800x480", "--config"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config"))
            .arg("--data")
            .arg(&data)
            .arg("--scanner")
            .arg(&link)
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
        (Self { child, log, data, _folder: folder }, reader)
    }

    /// A patient comes and chooses; how long until "Đã ghi nhận".
    fn serves(&self, reader: &mut SickReader, person: usize) -> Duration {
        let began = Instant::now();
        reader.scans(&patient(person).citizen_card());
        // The same command twice within two seconds would be one scan to the reader.
        let is_even = person.is_multiple_of(2);
        reader.scans(if is_even { b"TIEPDON:VNEID\r" } else { b"tiepdon:vneid\r" });
        while began.elapsed() < PATIENCE {
            let line = self.log.recv_timeout(PATIENCE).unwrap();
            if line.contains("recorded number=") {
                return began.elapsed();
            }
        }
        panic!("nobody was served");
    }

    fn waits_for_line(&self, words: &str, patience: Duration) {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.log.recv_timeout(left) {
                Ok(line) if line.contains(words) => return,
                Ok(_) => {}
                Err(_) => panic!("{words:?} is not told"),
            }
        }
    }

    fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Every event since the start.
    fn events(&self) -> Vec<Event> {
        let reader = JournalReader::open(&self.data).unwrap();
        let day = reader.last_start().unwrap().unwrap().day;
        let days = [Some(day), day.0.succ_opt().map(StationDay)];
        days.into_iter().flatten().flat_map(|day| reader.events_of(day).unwrap()).collect()
    }

    fn unreadable(&self) -> usize {
        let is = |event: &&Event| matches!(event.what, What::Unreadable { .. });
        self.events().iter().filter(is).count()
    }

    /// Asked to end, as systemd does; how long it took.
    fn ends(&mut self) -> Duration {
        let began = Instant::now();
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        while self.child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
        began.elapsed()
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// More than a page and its letters take when they are drawn first.
const GROWN_KIB: u64 = 24 * 1024;

#[test]
fn a_flood_at_the_speed_of_the_terminal_fills_neither_memory_nor_journal_and_is_over_at_once() {
    let (mut kiosk, mut reader) = Kiosk::start();
    kiosk.serves(&mut reader, 0);
    let before = kiosk.memory_kib();
    let (began, mut sent, mut most) = (Instant::now(), 0, 0);
    while began.elapsed() < Duration::from_secs(15) {
        sent += reader.babbles(4096);
        most = most.max(kiosk.memory_kib());
    }
    assert!(sent > 1 << 20, "a flood of {sent} bytes is none");
    assert!(
        most < before + GROWN_KIB,
        "{before} KiB before the flood of {sent} bytes, {most} in it"
    );
    thread::sleep(Duration::from_millis(500));
    let served = kiosk.serves(&mut reader, 1);
    assert!(served < Duration::from_secs(3), "served {served:?} after the flood");
    let unreadable = kiosk.unreadable();
    assert!((1..=12).contains(&unreadable), "{unreadable} single events");
    // And in the middle of the next one it is asked to end.
    let flood = thread::spawn(move || {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(8) {
            reader.babbles(4096);
        }
        reader
    });
    thread::sleep(Duration::from_secs(2));
    let ended = kiosk.ends();
    assert!(ended < Duration::from_secs(2), "it ended after {ended:?}");
    drop(flood.join().unwrap());
}

#[test]
fn rubbish_at_115_200_baud_is_told_and_counted_once_a_minute_and_cards_are_read_in_between() {
    let (mut kiosk, mut reader) = Kiosk::start();
    kiosk.serves(&mut reader, 0);
    let before = kiosk.memory_kib();
    reader.babbles_on_a_line(Duration::from_secs(10));
    kiosk.waits_for_line("sends without end", Duration::from_secs(5));
    // Somebody comes in a pause that is hardly one.
    thread::sleep(Duration::from_millis(500));
    let served = kiosk.serves(&mut reader, 1);
    assert!(served < Duration::from_secs(3), "served {served:?} after the rubbish");
    // Over two beginnings of a minute at least.
    reader.babbles_on_a_line(Duration::from_secs(75));
    let grown = kiosk.memory_kib().saturating_sub(before);
    assert!(grown < GROWN_KIB, "it has grown by {grown} KiB");
    let ended = kiosk.ends();
    assert!(ended < Duration::from_secs(2), "it ended after {ended:?}");
    let unreadable = kiosk.unreadable();
    assert!((1..=24).contains(&unreadable), "{unreadable} single events");
    let counted: Vec<u64> = kiosk
        .events()
        .iter()
        .filter_map(|event| {
            let What::ReaderBabbled { records, bytes } = event.what else { return None };
            Some(records + bytes)
        })
        .collect();
    assert!((1..=3).contains(&counted.len()), "once a minute: {counted:?}");
    assert!(counted.iter().sum::<u64>() > 500, "{counted:?}");
}
