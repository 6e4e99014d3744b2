//! Exports on real file systems: ext4, exFAT and NTFS in an image of their own, mounted as a stick
//! would be, filled, protected, and pulled in the middle of a write.
//!
//! Needs root, loop devices and FUSE. Where those are missing a test says so and tries as much as
//! it can in a folder. Kernels of build machines seldom have FAT; there what an export leaves is
//! carried into a real FAT image and back by mtools.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says what broke by panicking")]
#![expect(clippy::print_stderr, reason = "a test that cannot be tried here says why")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tiepdon::event::{JournalId, Moment, Origin};
use tiepdon::export::{
    Bundle, Change, Digest, ExportError, Machine, NewFile, Period, Phase, Platform as _, Progress,
    TIME_TO_MOUNT, Volume, Watch, stick_at, to_folder, to_stick, verify,
};
use tiepdon::report::Heading;
use tiepdon::seal::StationKey;

const MIB: u64 = 1024 * 1024;
const FOLDER: &str = "TIEPDON/AG-TRITON_D1_2026-11-01_2026-11-30";

fn run(program: &str, arguments: &[&str]) -> io::Result<Output> {
    Command::new(program).args(arguments).output()
}

/// Runs a program that must do what it is asked.
fn must(program: &str, arguments: &[&str]) {
    let told = run(program, arguments).unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(told.status.success(), "{program} {arguments:?}: {told:?}");
}

fn is_here(program: &str) -> bool {
    run(program, &["--version"]).is_ok()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn key() -> StationKey {
    StationKey::open_or_make(tempfile::tempdir().unwrap().path()).unwrap()
}

/// A month whose largest file is `large` bytes long.
fn bundle(version: &str, large: u64) -> Bundle {
    let file = |name: &str, bytes: Vec<u8>| NewFile { name: name.to_owned(), bytes };
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    Bundle {
        heading: Heading {
            station_name: "Trạm y tế xã Tri Tôn".into(),
            origin,
            point_name: "Bàn tiếp đón số 1".into(),
            made_at: Moment {
                wall_ms: 1_795_514_700_000,
                uptime_ms: 0,
                boot: uuid::Uuid::nil(),
                sure: true,
            },
        },
        period: Period::new("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap()).unwrap(),
        journal: JournalId(uuid::Uuid::nil()),
        chain_head: Digest([7; 32]),
        events: 1234,
        files: vec![
            file("phien-ban.csv", version.as_bytes().to_vec()),
            // Does not compress: a file system must take it as it is.
            file("su-kien.json", noise(large)),
        ],
    }
}

fn noise(length: u64) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..length).map(next).collect()
}

/// A file system in a file.
struct Image {
    folder: TempDir,
}

impl Image {
    fn path(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn made_by(length: u64, make: &str, arguments: &[&str]) -> Self {
        let image = Self { folder: tempfile::tempdir().unwrap() };
        fs::File::create(image.path()).unwrap().set_len(length).unwrap();
        must(make, &[arguments, &[text(&image.path())]].concat());
        image
    }

    fn ext4(length: u64) -> Self {
        Self::made_by(length, "mkfs.ext4", &["-q", "-F"])
    }
}

/// A root for sticks of its own for every test, so that tests can run side by side.
struct Port {
    root: TempDir,
    machine: Machine,
}

impl Port {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let machine = Machine::with_roots(vec![root.path().to_owned()]).unwrap();
        Self { root, machine }
    }

    fn place(&self) -> PathBuf {
        self.root.path().join("USB của trạm")
    }

    /// Mounts an image, as the system does with a stick. `None` where this machine does not let us.
    fn insert(&self, image: &Path, options: &str) -> Option<Volume> {
        let place = self.place();
        fs::create_dir_all(&place).unwrap();
        let told = run("mount", &["-o", &format!("loop,{options}"), text(image), text(&place)]);
        match told {
            Ok(told) if told.status.success() => Some(stick_at(&self.machine, &place).unwrap()),
            Ok(_) | Err(_) => None,
        }
    }

    fn pull(&self) {
        must("umount", &[text(&self.place())]);
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // Whatever a failed test left mounted; most often nothing.
        while run("umount", &["-l", text(&self.place())]).is_ok_and(|told| told.status.success()) {}
    }
}

/// What is found, with the version of each export. All must be whole.
fn versions(root: &Path, key: &StationKey) -> Vec<String> {
    let found = verify(root, &[key.public()]).unwrap();
    let version = |folder: &Path| fs::read_to_string(folder.join("phien-ban.csv")).unwrap();
    found
        .iter()
        .map(|one| {
            assert_eq!(one.faults, [], "{}", one.folder.display());
            version(&one.folder)
        })
        .collect()
}

/// Loop devices are few, and mounting is quick: one such test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn nobody(_: Progress) {}

/// Where nothing can be mounted: the same bundle into a folder.
fn in_a_folder_only() {
    eprintln!("no mounts here (not root?): tried in a folder only");
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    to_folder(folder.path(), bundle("1", MIB), &key, &mut nobody).unwrap();
    assert_eq!(versions(folder.path(), &key), ["1"]);
}

#[test]
fn a_stick_is_seen_written_unmounted_and_whole_when_it_is_plugged_in_again() {
    let _alone = alone();
    let (port, image, key) = (Port::new(), Image::ext4(64 * MIB), key());
    let mut watch = Watch::new(TIME_TO_MOUNT);
    assert_eq!(watch.next(&port.machine, Duration::from_millis(1)).unwrap(), []);
    let Some(stick) = port.insert(&image.path(), "nosuid,nodev,noexec") else {
        return in_a_folder_only();
    };
    let changes = watch.next(&port.machine, Duration::ZERO).unwrap();
    assert_eq!(changes, [Change::Inserted(stick.clone())]);
    assert_eq!(stick.name(), "USB của trạm");
    assert_eq!((stick.file_system.as_str(), stick.read_only), ("ext4", false));
    assert!(stick.free_bytes > 16 * MIB);

    let mut phases = Vec::new();
    let mut tell = |progress: Progress| phases.push(progress.phase);
    let exported = to_stick(&port.machine, &stick, bundle("1", 5 * MIB), &key, &mut tell).unwrap();
    assert!(exported.ejected.is_ok(), "{:?}", exported.ejected);
    assert_eq!(phases.last(), Some(&Phase::Unmounting));
    assert_eq!(fs::read_dir(port.place()).unwrap().count(), 0, "it is not mounted any more");
    let changes = watch.next(&port.machine, Duration::ZERO).unwrap();
    assert_eq!(changes, [Change::Removed(stick)]);

    port.insert(&image.path(), "ro").unwrap();
    assert_eq!(versions(&port.place(), &key), ["1"]);
    assert!(port.place().join(FOLDER).is_dir());
    port.pull();
}

#[test]
fn the_kernel_tells_of_a_mount_at_once() {
    let _alone = alone();
    let (port, image) = (Port::new(), Image::ext4(16 * MIB));
    let mut watch = Watch::new(TIME_TO_MOUNT);
    let long = Duration::from_secs(30);
    thread::scope(|scope| {
        let inserted = scope.spawn(|| {
            thread::sleep(Duration::from_millis(300));
            port.insert(&image.path(), "rw").is_some()
        });
        let began = Instant::now();
        let mut changes = Vec::new();
        // Other mounts of this machine end the waiting too.
        while changes.is_empty() && began.elapsed() < long && !inserted.is_finished() {
            changes = watch.next(&port.machine, long.min(Duration::from_secs(5))).unwrap();
        }
        if !inserted.join().unwrap() {
            return;
        }
        if changes.is_empty() {
            changes = watch.next(&port.machine, Duration::ZERO).unwrap();
        }
        assert!(matches!(changes.as_slice(), [Change::Inserted(_)]), "{changes:?}");
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    });
}

#[test]
fn a_stick_mounted_twice_is_let_go_of_in_both_places() {
    let _alone = alone();
    let (port, image, key) = (Port::new(), Image::ext4(32 * MIB), key());
    let Some(stick) = port.insert(&image.path(), "rw") else { return in_a_folder_only() };
    let second = port.root.path().join("again");
    fs::create_dir(&second).unwrap();
    must("mount", &["--bind", text(&port.place()), text(&second)]);
    assert_eq!(port.machine.plugged().unwrap().volumes.len(), 1);
    let exported = to_stick(&port.machine, &stick, bundle("1", MIB), &key, &mut nobody).unwrap();
    assert!(exported.ejected.is_ok(), "{:?}", exported.ejected);
    for place in [port.place(), second] {
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0, "{}", place.display());
    }
}

#[test]
fn a_stick_in_use_is_saved_but_not_let_go_of() {
    let _alone = alone();
    let (port, image, key) = (Port::new(), Image::ext4(32 * MIB), key());
    let Some(stick) = port.insert(&image.path(), "rw") else { return in_a_folder_only() };
    let in_use = fs::File::create(port.place().join("letter.txt")).unwrap();
    let exported = to_stick(&port.machine, &stick, bundle("1", MIB), &key, &mut nobody).unwrap();
    let error = exported.ejected.unwrap_err();
    assert!(error.advice().contains("đã nằm trọn trên USB"), "{error}");
    drop(in_use);
    port.machine.eject(&stick).unwrap();
    assert_eq!(fs::read_dir(port.place()).unwrap().count(), 0);
}

#[test]
fn a_full_stick_says_so_and_keeps_the_earlier_export() {
    let _alone = alone();
    let (port, image, key) = (Port::new(), Image::ext4(8 * MIB), key());
    let Some(stick) = port.insert(&image.path(), "rw") else { return in_a_folder_only() };
    to_folder(&stick.mount_point, bundle("1", MIB / 2), &key, &mut nobody).unwrap();
    let told = to_stick(&port.machine, &stick, bundle("2", 20 * MIB), &key, &mut nobody);
    let error = told.unwrap_err();
    assert!(matches!(error, ExportError::NoSpace(_)), "{error}");
    // It also fills up in the middle, when somebody else writes to it at the same time.
    let free = stick_at(&port.machine, &port.place()).unwrap().free_bytes;
    let mut fill = |progress: Progress| {
        if progress.phase == Phase::Writing && progress.done_bytes > 0 {
            // Fails when the stick is full, which is what is wanted.
            let _ = fs::write(port.place().join("film.mp4"), vec![1; 16 * 1024 * 1024]);
        }
    };
    let large = bundle("2", free / 2);
    let error = to_stick(&port.machine, &stick, large, &key, &mut fill).unwrap_err();
    assert!(matches!(error, ExportError::NoSpace(_)), "{error}");
    assert_eq!(versions(&port.place(), &key), ["1"]);
    let top = fs::read_dir(port.place().join("TIEPDON")).unwrap();
    assert_eq!(top.count(), 1, "no draft takes up room");
    port.pull();
}

#[test]
fn a_protected_stick_says_so() {
    let _alone = alone();
    let (port, image, key) = (Port::new(), Image::ext4(16 * MIB), key());
    let Some(stick) = port.insert(&image.path(), "ro") else { return in_a_folder_only() };
    assert!(stick.read_only);
    let told = to_stick(&port.machine, &stick, bundle("1", MIB), &key, &mut nobody);
    assert!(matches!(told.unwrap_err(), ExportError::ReadOnly(_)));
    // The kernel protects a broken stick later than it was looked at.
    let believed = Volume { read_only: false, ..stick };
    let told = to_stick(&port.machine, &believed, bundle("1", MIB), &key, &mut nobody);
    assert!(matches!(told.unwrap_err(), ExportError::ReadOnly(_)));
    port.pull();
}

/// The file system stops answering, with nothing flushed, as if the stick were out.
fn cut_off(place: &Path) -> bool {
    run("xfs_io", &["-x", "-c", "shutdown", text(place)]).is_ok_and(|told| told.status.success())
}

#[test]
fn a_stick_pulled_anywhere_keeps_the_earlier_export_and_shows_nothing_half() {
    let _alone = alone();
    if !is_here("xfs_io") {
        eprintln!("xfs_io (xfsprogs) is not here: no stick was pulled");
        return;
    }
    let key = key();
    for (phase, part) in [
        (Phase::Writing, 0),
        (Phase::Writing, 50),
        (Phase::Writing, 100),
        (Phase::Checking, 50),
        (Phase::Placing, 100),
        (Phase::Unmounting, 100),
    ] {
        let (port, image) = (Port::new(), Image::ext4(32 * MIB));
        let Some(stick) = port.insert(&image.path(), "rw") else { return in_a_folder_only() };
        to_folder(&stick.mount_point, bundle("1", MIB), &key, &mut nobody).unwrap();
        port.machine.flush(&stick).unwrap();
        let mut is_out = false;
        let mut pull = |progress: Progress| {
            let done = 100 * progress.done_bytes / progress.total_bytes;
            if !is_out && progress.phase == phase && done >= part {
                is_out = cut_off(&port.place());
                assert!(is_out);
                must("umount", &["-l", text(&port.place())]);
            }
        };
        let large = bundle("2", 4 * MIB);
        let error = to_stick(&port.machine, &stick, large, &key, &mut pull).unwrap_err();
        assert!(matches!(error, ExportError::Unplugged(_)), "{phase:?} {part}: {error:?}");

        let again = port.insert(&image.path(), "rw").unwrap();
        let found = versions(&port.place(), &key);
        assert!(found.contains(&"1".to_owned()), "{phase:?} {part}: {found:?}");
        let told = to_stick(&port.machine, &again, bundle("3", MIB), &key, &mut nobody).unwrap();
        assert!(told.ejected.is_ok());
        port.insert(&image.path(), "ro").unwrap();
        let found = versions(&port.place(), &key);
        assert!(["1", "3"].iter().all(|it| found.contains(&(*it).to_owned())), "{found:?}");
        let top = fs::read_dir(port.place().join("TIEPDON")).unwrap();
        assert_eq!(top.count(), found.len(), "{phase:?} {part}: a draft was left");
        port.pull();
    }
}

#[test]
fn nothing_is_written_into_the_folder_that_a_pulled_stick_was_mounted_on() {
    let _alone = alone();
    let (port, image, key) = (Port::new(), Image::ext4(16 * MIB), key());
    let Some(stick) = port.insert(&image.path(), "rw") else { return in_a_folder_only() };
    port.pull();
    let told = to_stick(&port.machine, &stick, bundle("1", MIB), &key, &mut nobody);
    assert!(matches!(told.unwrap_err(), ExportError::Unplugged(_)));
    assert_eq!(fs::read_dir(port.place()).unwrap().count(), 0);
}

/// A file system in memory, to put an image on that has less room than it says.
struct Memory(TempDir);

impl Memory {
    fn of(bytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={bytes}");
        let told = run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", text(folder.path())]);
        told.is_ok_and(|told| told.status.success()).then_some(Self(folder))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", text(self.0.path())]);
    }
}

/// A stick whose memory ends before its size does: a fraud that is sold everywhere.
#[test]
fn a_stick_that_is_smaller_than_it_says_is_not_believed() {
    let _alone = alone();
    let Some(memory) = Memory::of(6 * MIB) else { return in_a_folder_only() };
    let (port, key) = (Port::new(), key());
    let image = memory.0.path().join("image");
    fs::File::create(&image).unwrap().set_len(64 * MIB).unwrap();
    must("mkfs.ext4", &["-q", "-F", "-E", "nodiscard", "-O", "^has_journal", text(&image)]);
    let Some(stick) = port.insert(&image, "rw") else { return in_a_folder_only() };
    assert!(stick.free_bytes > 32 * MIB);
    to_folder(&stick.mount_point, bundle("1", MIB), &key, &mut nobody).unwrap();
    let told = to_stick(&port.machine, &stick, bundle("2", 16 * MIB), &key, &mut nobody);
    let error = told.unwrap_err();
    // Here the kernel even knows that there is no room; a real one fails or forgets.
    let is_told = matches!(
        error,
        ExportError::NoSpace(_) | ExportError::Other { .. } | ExportError::Unfaithful(_)
    );
    assert!(is_told, "{error:?}");
    assert_eq!(versions(&port.place(), &key), ["1"]);
    port.pull();
}

/// An image as a block device, as these drivers want it.
struct Loop(String);

impl Loop {
    fn of(image: &Path) -> Option<Self> {
        let told = run("losetup", &["--find", "--show", text(image)]).ok()?;
        let device = String::from_utf8(told.stdout).unwrap().trim().to_owned();
        told.status.success().then_some(Self(device))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = run("losetup", &["--detach", &self.0]);
    }
}

/// FUSE's drivers for what sticks are sold with: (program that formats, its arguments, driver).
const DRIVERS: [(&str, &[&str], &str); 2] =
    [("mkfs.exfat", &[], "mount.exfat-fuse"), ("mkntfs", &["-Q", "-F", "-q"], "ntfs-3g")];

#[test]
fn exfat_and_ntfs_take_an_export_and_keep_the_earlier_one() {
    let _alone = alone();
    for (make, arguments, driver) in DRIVERS {
        if !is_here(make) || !Path::new("/dev/fuse").exists() {
            eprintln!("{make} or /dev/fuse is not here: {driver} was not tried");
            continue;
        }
        let image = Image::made_by(64 * MIB, make, arguments);
        let Some(device) = Loop::of(&image.path()) else { return in_a_folder_only() };
        let (port, key) = (Port::new(), key());
        let place = port.place();
        fs::create_dir(&place).unwrap();
        let mount = || {
            let told = run(driver, &[&device.0, text(&place)]);
            told.is_ok_and(|told| told.status.success())
        };
        if !mount() {
            eprintln!("{driver} does not mount here: not tried");
            continue;
        }
        let mut expected = Vec::new();
        for version in ["1", "2", "3"] {
            let stick = stick_at(&port.machine, &place).unwrap();
            assert_eq!(stick.file_system, "fuseblk");
            let month = bundle(version, 3 * MIB);
            let told = to_stick(&port.machine, &stick, month, &key, &mut nobody).unwrap();
            assert!(told.ejected.is_ok(), "{driver}: {:?}", told.ejected);
            // Its driver is a program, and ends a moment after the unmounting.
            thread::sleep(Duration::from_millis(500));
            assert!(mount(), "{driver} did not mount again");
            expected.push(version);
            let mut found = versions(&place, &key);
            found.sort();
            assert_eq!(found, expected, "{driver}");
        }
        let stick = stick_at(&port.machine, &place).unwrap();
        let error = to_stick(&port.machine, &stick, bundle("4", 80 * MIB), &key, &mut nobody);
        assert!(matches!(error.unwrap_err(), ExportError::NoSpace(_)), "{driver}");
        port.pull();
    }
}

/// Every name must be one that FAT keeps as it is, letter by letter.
#[test]
fn what_an_export_leaves_survives_a_real_fat() {
    if !is_here("mcopy") || !is_here("mkfs.vfat") {
        eprintln!("mtools or dosfstools is not here: no FAT was tried");
        return;
    }
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    for version in ["1", "2"] {
        to_folder(folder.path(), bundle(version, 2 * MIB), &key, &mut nobody).unwrap();
    }
    for bits in ["12", "16", "32"] {
        let length = if bits == "12" { 8 * MIB } else { 64 * MIB };
        let image = Image::made_by(length, "mkfs.vfat", &["-F", bits]);
        let path = image.path();
        must("mcopy", &["-s", "-Q", "-i", text(&path), text(&folder.path().join("TIEPDON")), "::"]);
        must("fsck.vfat", &["-n", text(&path)]);
        let back = tempfile::tempdir().unwrap();
        must("mcopy", &["-s", "-Q", "-i", text(&path), "::TIEPDON", text(back.path())]);
        assert_eq!(versions(back.path(), &key), ["2", "1"], "FAT{bits}");
    }
}
