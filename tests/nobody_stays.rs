//! When a patient has gone, nothing of them is left in the program's memory: the real program is
//! searched from outside, as root can (product rule 2). Where nobody may look into another program,
//! the test says so and is skipped.
//!
//! What cannot be searched is what the program hands to others: the picture of the page in the
//! display's memory, until the next page is drawn over it.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]
#![expect(clippy::print_stderr, reason = "a test that cannot be tried here says why")]

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tiepdon::reader::FakeReader;

const PATIENCE: Duration = Duration::from_secs(60);

/// An invented person, of whom no word stands anywhere else.
struct Person {
    number: &'static str,
    old_number: &'static str,
    name: &'static str,
    given: &'static str,
    birth: &'static str,
    address: &'static str,
}

const WHO_CHOOSES: Person = Person {
    number: "089158974215",
    old_number: "351974218",
    name: "Huỳnh Thị Khuyếch",
    given: "Khuyếch",
    birth: "07031958",
    address: "Ấp Rừng Bịa, Xã Không Đâu, An Giang",
};

const WHO_WALKS_AWAY: Person = Person {
    number: "089049261734",
    old_number: "350261739",
    name: "Dương Văn Nguếch",
    given: "Nguếch",
    birth: "19081949",
    address: "Khóm Tưởng Tượng, Phường Chẳng Có, An Giang",
};

impl Person {
    fn card(&self) -> Vec<u8> {
        let Self { number, old_number, name, birth, address, .. } = self;
        let sex = if name.contains("Thị") { "Nữ" } else { "Nam" };
        format!("{number}|{old_number}|{name}|{birth}|{sex}|{address}|15042021\r").into_bytes()
    }

    /// Every piece, as it may stand in a memory.
    fn pieces(&self) -> Vec<(String, Vec<u8>)> {
        let Self { number, old_number, name, given, birth, address } = self;
        let (day, rest) = birth.split_at(2);
        let (month, year) = rest.split_at(2);
        let mut pieces = Vec::new();
        for text in [
            (*number).to_owned(),
            // Half a number that something was written over.
            number.chars().take(9).collect(),
            number.chars().skip(4).collect(),
            (*old_number).to_owned(),
            (*name).to_owned(),
            (*given).to_owned(),
            given.to_lowercase(),
            given.to_uppercase(),
            (*birth).to_owned(),
            format!("{day}/{month}/{year}"),
            format!("{year}-{month}-{day}"),
            (*address).to_owned(),
            address.split(',').next().unwrap().to_owned(),
        ] {
            pieces.push((text.clone(), text.clone().into_bytes()));
            let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            pieces.push((format!("{text} (UTF-16)"), wide));
        }
        pieces
    }
}

/// The program, with a memory that is looked into.
struct Kiosk {
    child: Child,
    log: Receiver<String>,
    _folder: TempDir,
    reader: FakeReader,
}

impl Kiosk {
    fn start() -> Self {
        Self::start_by(&mut Command::new(env!("CARGO_BIN_EXE_tiepdon")))
    }

    fn start_by(command: &mut Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (config, link) = (folder.path().join("config"), folder.path().join("reader"));
        copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")), &config);
        // The shortest times that a station may set.
        let station = fs::read_to_string(config.join("station.toml")).unwrap();
        let station = station
            .replace("idle-warning-s = 30", "idle-warning-s = 15")
            .replace("idle-wipe-s = 45", "idle-wipe-s = 25")
            .replace("done-s = 6", "done-s = 3");
        fs::write(config.join("station.toml"), station).unwrap();
        let reader = FakeReader::plug_in(&link).unwrap();
        let mut child = command
            .args(["run", "--headless", "1280x800", "--config"])
            .arg(config)
            .arg("--data")
            .arg(folder.path().join("data"))
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
        Self { child, log, _folder: folder, reader }
    }

    fn acknowledges(&self) {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if self.log.recv_timeout(left).unwrap().contains("recorded number=") {
                return;
            }
        }
    }

    /// Every piece of this person that stands in the program's memory, and in what part of it.
    fn pieces_of(&self, person: &Person) -> Vec<String> {
        let pieces = person.pieces();
        let mut found = Vec::new();
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.child.id())).unwrap();
        let mut memory = File::open(format!("/proc/{}/mem", self.child.id())).unwrap();
        for line in maps.lines() {
            let mut words = line.split_ascii_whitespace();
            let (range, rights) = (words.next().unwrap(), words.next().unwrap());
            // What cannot be written holds what the program's files hold; the kernel's pages are not
            // readable.
            if !rights.starts_with("rw") || line.ends_with("[vvar]") {
                continue;
            }
            let (from, to) = range.split_once('-').unwrap();
            let from = u64::from_str_radix(from, 16).unwrap();
            let to = u64::from_str_radix(to, 16).unwrap();
            let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
            memory.seek(SeekFrom::Start(from)).unwrap();
            if memory.read_exact(&mut bytes).is_err() {
                continue;
            }
            for (name, piece) in &pieces {
                if holds(&bytes, piece) {
                    let part = line.split_ascii_whitespace().nth(5).unwrap_or("anonymous");
                    found.push(format!("{name} in {part} {range}"));
                }
            }
        }
        found
    }

    /// Waits until nothing of this person is there any more; what is left when time is up.
    fn left_of(&self, person: &Person, patience: Duration) -> Vec<String> {
        let began = Instant::now();
        loop {
            let left = self.pieces_of(person);
            if left.is_empty() || began.elapsed() > patience {
                return left;
            }
            thread::sleep(Duration::from_millis(500));
        }
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks at the first byte of a piece first: most memory is zero, and no piece begins so.
fn holds(mut bytes: &[u8], piece: &[u8]) -> bool {
    let Some(first) = piece.first() else { return false };
    while let Some(next) = bytes.iter().position(|byte| byte == first) {
        bytes = bytes.get(next..).unwrap_or_default();
        if bytes.starts_with(piece) {
            return true;
        }
        bytes = bytes.get(1..).unwrap_or_default();
    }
    false
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// Whether somebody may look into the memory of a program that does not want it: root may.
fn may_look() -> bool {
    let may = rustix::process::geteuid().is_root();
    if !may {
        eprintln!("SKIPPED: only root may look into the memory of another program");
    }
    may
}

#[test]
fn when_the_session_is_over_nothing_of_the_patient_is_left_in_memory() {
    if !may_look() {
        return;
    }
    let mut kiosk = Kiosk::start();
    // At the desk they are there: the search finds what there is.
    kiosk.reader.send(&WHO_CHOOSES.card()).unwrap();
    let until = Instant::now() + PATIENCE;
    while kiosk.pieces_of(&WHO_CHOOSES).is_empty() {
        assert!(Instant::now() < until, "the patient at the desk is not found");
        thread::sleep(Duration::from_millis(100));
    }
    kiosk.reader.send(b"TIEPDON:VNEID\r").unwrap();
    kiosk.acknowledges();
    // "Đã ghi nhận" stands for three seconds.
    let left = kiosk.left_of(&WHO_CHOOSES, Duration::from_secs(8));
    assert_eq!(left, [""; 0], "after the choice");

    kiosk.reader.send(&WHO_WALKS_AWAY.card()).unwrap();
    let until = Instant::now() + PATIENCE;
    while kiosk.pieces_of(&WHO_WALKS_AWAY).is_empty() {
        assert!(Instant::now() < until, "the patient at the desk is not found");
    }
    // The page is wiped after 25 seconds.
    let left = kiosk.left_of(&WHO_WALKS_AWAY, Duration::from_secs(32));
    assert_eq!(left, [""; 0], "after walking away");
    if let Some(status) = kiosk.child.try_wait().unwrap() {
        panic!("the program ended: {status}");
    }
}

/// A small swap, and a group of processes whose memory is pushed into it.
struct Swap {
    folder: TempDir,
    group: PathBuf,
}

impl Swap {
    const MIB: u64 = 96;

    /// `None` where this machine does not let a test do that.
    fn make() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("swap");
        File::create(&file).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, vec![0; usize::try_from(Self::MIB << 20).unwrap()]).unwrap();
        let groups = [Path::new("/sys/fs/cgroup/memory"), Path::new("/sys/fs/cgroup")];
        let group = groups.into_iter().find_map(|root| {
            let group = root.join(format!("tiepdon-test-{}", process::id()));
            fs::create_dir(&group).ok()?;
            let knows = ["memory.force_empty", "memory.reclaim"];
            if knows.into_iter().any(|name| group.join(name).exists()) {
                return Some(group);
            }
            let _ = fs::remove_dir(&group);
            None
        })?;
        let swap = Self { folder, group };
        let runs = |name: &str| {
            let status = Command::new(name).arg(&file).stdout(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        (runs("mkswap") && runs("swapon")).then_some(swap)
    }

    /// The command, within the group.
    fn within(&self, program: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", r#"echo $$ > "$0/cgroup.procs" && exec "$@""#]);
        command.arg(&self.group).arg(program);
        command
    }

    /// Pushes whatever can be pushed.
    fn push(&self) {
        for (name, how_much) in [("memory.force_empty", "0"), ("memory.reclaim", "1G")] {
            for _ in 0..3 {
                // It fails when there is less than that: then all there is was pushed.
                let _ = fs::write(self.group.join(name), how_much);
            }
        }
        let _ = Command::new("sync").status();
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("swap")).unwrap()
    }
}

impl Drop for Swap {
    fn drop(&mut self) {
        let _ = Command::new("swapoff").arg(self.folder.path().join("swap")).status();
        for _ in 0..50 {
            if fs::remove_dir(&self.group).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// How much of a process lies in the swap.
fn swapped_kib(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmSwap:")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_swap_gets_nothing_of_a_patient_neither_at_the_desk_nor_afterwards() {
    let swap = may_look().then(Swap::make).flatten();
    let Some(swap) = swap else {
        eprintln!("SKIPPED: this machine does not let a test make a swap and fill it");
        return;
    };
    // Somebody who does not keep their memory, so that it is seen that the pushing works.
    let mut victim = swap.within("sleep").arg("300").spawn().unwrap();
    let mut kiosk = Kiosk::start_by(&mut swap.within(env!("CARGO_BIN_EXE_tiepdon")));
    kiosk.reader.send(&WHO_CHOOSES.card()).unwrap();
    let until = Instant::now() + PATIENCE;
    while kiosk.pieces_of(&WHO_CHOOSES).is_empty() {
        assert!(Instant::now() < until, "the patient at the desk is not found");
    }
    swap.push();
    let (of_victim, at_desk) = (swapped_kib(victim.id()), swapped_kib(kiosk.child.id()));
    kiosk.reader.send(b"TIEPDON:VNEID\r").unwrap();
    kiosk.acknowledges();
    thread::sleep(Duration::from_secs(4));
    swap.push();
    let afterwards = swapped_kib(kiosk.child.id());
    let bytes = swap.bytes();
    drop(kiosk);
    victim.kill().unwrap();
    victim.wait().unwrap();
    if of_victim == 0 {
        eprintln!("SKIPPED: nothing can be pushed into the swap of this machine");
        return;
    }
    assert_eq!((at_desk, afterwards), (0, 0), "KiB of the kiosk, {of_victim} of the other");
    for (name, piece) in WHO_CHOOSES.pieces() {
        assert!(!holds(&bytes, &piece), "{name} is in the swap");
    }
}
