//! A call at the real program, with a player on the PATH that keeps what it is handed.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test says what broke by panicking"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tiepdon::event::What;
use tiepdon::journal::JournalReader;
use tiepdon::reader::FakeReader;

/// Longer than any start here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A busy machine is late, never early.
const LATE: Duration = Duration::from_millis(2500);

struct Hall {
    kiosk: Child,
    folder: TempDir,
    reader: FakeReader,
}

impl Hall {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("bin")).unwrap();
        // Keeps what it hears under its own id, tells when, and plays longer than any chime.
        let script = format!(
            "#!/bin/sh\ntest \"$*\" = \"-q -\" || exit 2\nf={0}/$$\ncat > $f.wav\n\
             date +%s%N > $f.part\nmv $f.part $f.heard\nexec sleep 60\n",
            folder.path().display()
        );
        fs::write(at("bin/aplay"), script).unwrap();
        fs::set_permissions(at("bin/aplay"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::var("PATH").unwrap();
        let reader = FakeReader::plug_in(&at("reader")).unwrap();
        let kiosk = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .args(["run", "--headless", "800x480"])
            .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")])
            .args(["--data".as_ref(), at("data").as_os_str()])
            .args(["--scanner".as_ref(), at("reader").as_os_str()])
            .env("PATH", format!("{}:{path}", at("bin").display()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut hall = Self { kiosk, folder, reader };
        let journal = hall.folder.path().join("data/journal.db");
        hall.until("the journal", |_| journal.exists().then_some(()));
        hall
    }

    fn until<T>(&mut self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = look(self) {
                return seen;
            }
            assert!(Instant::now() < until, "waited in vain for {what}");
            assert_eq!(self.kiosk.try_wait().unwrap(), None, "the kiosk has ended");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// When each chime was heard, in nanoseconds, and the id of its player.
    fn heard(&self) -> Vec<(u128, String)> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut heard: Vec<_> = paths
            .filter(|path| path.extension().is_some_and(|it| it == "heard"))
            .map(|path| {
                let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (fs::read_to_string(path).unwrap().trim().parse().unwrap(), id)
            })
            .collect();
        heard.sort();
        heard
    }

    fn wav(&self, id: &str) -> PathBuf {
        self.folder.path().join(format!("{id}.wav"))
    }

    fn told(&self) -> Vec<What> {
        let reader = JournalReader::open(&self.folder.path().join("data")).unwrap();
        let day = tiepdon::clock::Clock::system().now().station_day();
        let events = reader.events_of(day).unwrap().into_iter().map(|event| event.what);
        let about_calls = |what: &What| {
            matches!(what, What::StaffCalled | What::CallRung | What::CallTaken | What::Helped)
        };
        events.filter(about_calls).collect()
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        // Fails when it has ended already.
        let _ = self.kiosk.kill();
        let _ = self.kiosk.wait();
    }
}

/// As strict as a decoder: what the head says, and what follows it.
fn assert_is_a_chime(path: &Path) {
    let file = fs::read(path).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let half = |at: usize| u16::from_le_bytes(file[at..at + 2].try_into().unwrap());
    assert_eq!((&file[..4], &file[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!((word(16), half(20), half(22), half(34)), (16, 1, 1, 16), "PCM, mono, 16 bits");
    assert_eq!((word(24), word(28), half(32)), (48_000, 96_000, 2));
    assert_eq!((&file[36..40], word(40) as usize), (&b"data"[..], file.len() - 44));
    assert_eq!(word(4) as usize, file.len() - 8);
    let samples: Vec<f64> = file[44..]
        .chunks_exact(2)
        .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0)
        .collect();
    let peak = samples.iter().fold(0.0_f64, |most, sample| most.max(sample.abs()));
    let power = samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64;
    assert!((0.3..0.9).contains(&peak), "the peak is {peak}");
    assert!(power.sqrt() > 0.05, "it is silent: {}", power.sqrt());
}

#[test]
fn a_call_is_played_in_its_rhythm_and_stops_within_a_second_when_staff_come() {
    let mut hall = Hall::open();
    hall.reader.send(b"TIEPDON:STAFF\r").unwrap();
    let heard = hall.until("three chimes", |hall| {
        let heard = hall.heard();
        (heard.len() == 3).then_some(heard)
    });
    for (index, after) in [(1, 5_u64), (2, 10)] {
        let passed = Duration::from_nanos(u64::try_from(heard[index].0 - heard[0].0).unwrap());
        let after = Duration::from_secs(after);
        assert!(passed.abs_diff(after) < LATE, "{passed:?} after the first");
    }
    for (_, id) in &heard {
        assert_is_a_chime(&hall.wav(id));
    }
    let plays = |id: &str| Path::new(&format!("/proc/{id}")).exists();
    let [(_, first), (_, second), (_, third)] = &heard[..] else { panic!("{heard:?}") };
    assert!(!plays(first) && !plays(second) && plays(third), "one at a time");

    let began = Instant::now();
    hall.reader.send(b"TIEPDON:COMING\r").unwrap();
    hall.until("silence", |_| (!plays(third)).then_some(()));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(1), "it stopped after {took:?}");
    hall.until("the events", |hall| (hall.told().len() == 3).then_some(()));
    assert_eq!(hall.told(), [What::StaffCalled, What::CallRung, What::CallTaken]);

    // The next would have come 15 s after the third.
    std::thread::sleep(Duration::from_secs(16));
    assert_eq!(hall.heard().len(), 3);
    hall.reader.send(b"TIEPDON:HELPED\r").unwrap();
    hall.until("the events", |hall| (hall.told().len() == 4).then_some(()));
}

#[test]
fn no_player_and_no_sound_stop_no_call() {
    let mut hall = Hall::open();
    fs::remove_file(hall.folder.path().join("bin/aplay")).unwrap();
    hall.reader.send(b"TIEPDON:STAFF\r").unwrap();
    hall.until("the call", |hall| (hall.told() == [What::StaffCalled]).then_some(()));
    hall.reader.send(b"TIEPDON:COMING\r").unwrap();
    hall.until("the answer", |hall| (hall.told().len() > 1).then_some(()));
    if Command::new("aplay").arg("--version").output().is_err() {
        assert_eq!(hall.told(), [What::StaffCalled, What::CallTaken], "it was never heard");
    }
}
