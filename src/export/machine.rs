//! The real machine: sticks are found without a desktop and without a daemon of ours, by what the
//! kernel says of mounts. Who mounts them is the system's affair (udev on the appliance, the
//! desktop elsewhere).

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::mount::{UnmountFlags, unmount};

use super::mounts::{self, Mount};
use super::volume::{Device, EjectError, Platform, Plugged, Volume};

/// Where sticks are mounted: by our own udev rule, by Debian's pmount, by udisks.
const ROOTS: [&str; 3] = ["/run/tiepdon-usb", "/media", "/run/media"];

/// Where a program without privileges asks for a stick to be unmounted: a file named like the last
/// folder of its mount point. In the sandbox of the kiosk neither system call nor setuid works, and
/// an unmount would stay in the sandbox.
const REQUESTS: &str = "/run/tiepdon-eject";

/// How long such a request may take; a stick that still writes needs most of it.
const PATIENCE: Duration = Duration::from_secs(15);

/// Unmounted is not flushed: the kernel has handed everything over, but many sticks say "done" and
/// go on writing from a memory of their own. VotingWorks lost data to this, and waits as long.
const SETTLE: Duration = Duration::from_secs(2);

const MOUNTS: &str = "/proc/self/mountinfo";
const DISKS: &str = "/sys/block";
const DEVICES: &str = "/sys/dev/block";

/// Unmounts what the owner may unmount: it is setuid, and knows udisks and fstab's `user`.
const UMOUNT: &str = "/bin/umount";

/// This machine. One for each thread that waits: a change ends the waiting of one of them.
#[derive(Debug)]
pub struct Machine {
    roots: Vec<PathBuf>,
    requests: PathBuf,
    mounts: PathBuf,
    disks: PathBuf,
    devices: PathBuf,
    /// Open for good, so that no change between two waits is missed.
    changes: File,
}

impl Machine {
    /// This machine, with sticks mounted where they usually are.
    ///
    /// # Errors
    /// When `/proc` is not there.
    pub fn new() -> io::Result<Self> {
        Self::with_roots(ROOTS.map(PathBuf::from).into())
    }

    /// This machine, with sticks mounted below `roots`.
    ///
    /// # Errors
    /// When `/proc` is not there.
    pub fn with_roots(roots: Vec<PathBuf>) -> io::Result<Self> {
        Ok(Self {
            roots,
            requests: REQUESTS.into(),
            mounts: MOUNTS.into(),
            disks: DISKS.into(),
            devices: DEVICES.into(),
            changes: File::open(MOUNTS)?,
        })
    }

    fn mounts(&self) -> io::Result<Vec<Mount>> {
        Ok(mounts::parse(&fs::read(&self.mounts)?))
    }

    fn is_for_sticks(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root) && path != root)
    }

    /// Unmounts one place, with whatever right there is to it.
    fn let_go(&self, path: &Path) -> Result<(), EjectError> {
        match unmount(path, UnmountFlags::NOFOLLOW) {
            // Not there any more: whoever pulled it was quicker.
            Ok(()) | Err(Errno::INVAL | Errno::NOENT) => Ok(()),
            Err(Errno::BUSY) => Err(EjectError::Busy(path.to_owned())),
            Err(Errno::PERM) if self.requests.is_dir() => {
                self.ask_for(path).or_else(|_| umount(path))
            }
            Err(Errno::PERM) => umount(path),
            Err(errno) => Err(EjectError::Other { path: path.to_owned(), source: errno.into() }),
        }
    }

    /// Asks the system's service, and waits for it.
    fn ask_for(&self, path: &Path) -> Result<(), EjectError> {
        let failed = |source| EjectError::Other { path: path.to_owned(), source };
        let name = path.file_name().unwrap_or_default();
        File::create(self.requests.join(name)).map_err(failed)?;
        let until = Instant::now() + PATIENCE;
        loop {
            let there = self.mounts().map_err(failed)?;
            if there.iter().all(|mount| mount.mount_point != path) {
                return Ok(());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // A request nobody took must not unmount the next stick.
                let _ = fs::remove_file(self.requests.join(name));
                return Err(EjectError::NotAllowed(path.to_owned()));
            }
            self.wait(left.min(Duration::from_secs(1))).map_err(failed)?;
        }
    }

    /// Whether a device was pulled while it was mounted: the mount may stay until somebody cleans up.
    /// Only block devices, whose major number is not 0, are listed.
    fn is_gone(&self, device: Device) -> bool {
        device.major != 0
            && self.devices.is_dir()
            && !self.devices.join(device.to_string()).exists()
    }

    /// USB disks without any mounted part.
    fn unmounted(&self, mounts: &[Mount]) -> Vec<String> {
        let mounted: HashSet<Device> = mounts.iter().map(|mount| mount.device).collect();
        let Ok(disks) = fs::read_dir(&self.disks) else { return Vec::new() };
        let mut names: Vec<String> = disks
            .filter_map(Result::ok)
            .filter(|disk| is_usb_with_medium(&disk.path()))
            .filter(|disk| devices(&disk.path()).iter().all(|part| !mounted.contains(part)))
            .filter_map(|disk| disk.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }
}

impl Platform for Machine {
    fn plugged(&self) -> io::Result<Plugged> {
        let mounts = self.mounts()?;
        let mut volumes: Vec<Volume> = Vec::new();
        for mount in &mounts {
            // A folder of the SD card that is also seen in /media is no stick.
            let is_elsewhere = || {
                let mut same = mounts.iter().filter(|other| other.device == mount.device);
                same.any(|other| !self.is_for_sticks(&other.mount_point))
            };
            if !self.is_for_sticks(&mount.mount_point)
                || !mount.is_whole
                // Waits for somebody to look into it, and only then is something there.
                || mount.file_system == "autofs"
                || volumes.iter().any(|known| known.device == mount.device)
                || self.is_gone(mount.device)
                || is_elsewhere()
            {
                continue;
            }
            // Mounted over: what lies below cannot be reached.
            volumes.retain(|known| known.mount_point != mount.mount_point);
            // Pulled a moment ago: its mount goes, but has not gone yet.
            let Ok(space) = rustix::fs::statvfs(&mount.mount_point) else { continue };
            volumes.push(Volume {
                mount_point: mount.mount_point.clone(),
                device: mount.device,
                mount: mount.id,
                file_system: mount.file_system.clone(),
                read_only: mount.read_only,
                free_bytes: space.f_bavail.saturating_mul(space.f_frsize),
            });
        }
        Ok(Plugged { volumes, unmounted: self.unmounted(&mounts) })
    }

    fn wait(&self, at_most: Duration) -> io::Result<()> {
        let mut changes = [PollFd::new(&self.changes, PollFlags::PRI)];
        let at_most = Timespec::try_from(at_most).map_err(io::Error::other)?;
        retry_on_intr(|| poll(&mut changes, Some(&at_most)))?;
        Ok(())
    }

    fn flush(&self, volume: &Volume) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(&volume.mount_point, flags, Mode::empty())?;
        if Device::of(rustix::fs::fstat(&folder)?.st_dev) != volume.device {
            return Err(Errno::NODEV.into());
        }
        Ok(rustix::fs::syncfs(&folder)?)
    }

    fn eject(&self, volume: &Volume) -> Result<(), EjectError> {
        let failed = |source| EjectError::Other { path: volume.mount_point.clone(), source };
        let is_it = |mount: &Mount| mount.device == volume.device;
        // One stick may be mounted twice: unmounting one of the two flushes nothing.
        for mount in self.mounts().map_err(failed)?.iter().rev().filter(|mount| is_it(mount)) {
            if self.is_for_sticks(&mount.mount_point) {
                self.let_go(&mount.mount_point)?;
            }
        }
        if self.mounts().map_err(failed)?.iter().any(is_it) {
            return Err(EjectError::MountedElsewhere(volume.device));
        }
        thread::sleep(SETTLE);
        Ok(())
    }
}

fn umount(path: &Path) -> Result<(), EjectError> {
    let mut command = Command::new(UMOUNT);
    command.arg("--").arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(EjectError::NotAllowed(path.to_owned())),
    }
}

/// `/sys/block/sda` points to `…/usb1/1-1/…/block/sda`. A card reader without a card has no size.
fn is_usb_with_medium(disk: &Path) -> bool {
    let is_usb = fs::canonicalize(disk).is_ok_and(|path| {
        path.iter().any(|part| part.to_str().is_some_and(|name| name.starts_with("usb")))
    });
    is_usb && fs::read_to_string(disk.join("size")).is_ok_and(|size| size.trim() != "0")
}

/// The disk itself and its partitions.
fn devices(disk: &Path) -> Vec<Device> {
    let parts = fs::read_dir(disk).into_iter().flatten().filter_map(Result::ok);
    let parts = parts.map(|entry| entry.path()).filter(|path| path.join("partition").exists());
    parts
        .chain([disk.to_owned()])
        .filter_map(|path| device(&path.join(OsStr::new("dev"))))
        .collect()
}

/// A file of sysfs that holds `8:1`.
fn device(path: &Path) -> Option<Device> {
    let text = fs::read_to_string(path).ok()?;
    let (major, minor) = text.trim().split_once(':')?;
    Some(Device { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A machine whose kernel says what the test wrote.
    struct Told {
        tree: tempfile::TempDir,
        machine: Machine,
    }

    impl Told {
        fn new() -> Self {
            let tree = tempfile::tempdir().unwrap();
            let at = |name: &str| tree.path().join(name);
            fs::create_dir_all(at("media")).unwrap();
            fs::create_dir_all(at("block")).unwrap();
            fs::write(at("mounts"), "").unwrap();
            let machine = Machine {
                roots: vec![at("media")],
                requests: at("requests"),
                mounts: at("mounts"),
                disks: at("block"),
                devices: at("dev"),
                changes: File::open("/proc/self/mountinfo").unwrap(),
            };
            Self { tree, machine }
        }

        /// Each line is `device folder-below-the-tree root options file-system`.
        fn mounts(&self, lines: &[&str]) {
            let mut told = String::new();
            for (id, line) in (1..).zip(lines) {
                let [device, folder, root, options, file_system] =
                    line.split(' ').collect::<Vec<_>>().try_into().unwrap();
                let place = self.tree.path().join(folder);
                fs::create_dir_all(&place).unwrap();
                let place = place.display();
                told += &format!("{id} 0 {device} {root} {place} {options} - {file_system} x rw\n");
            }
            fs::write(self.tree.path().join("mounts"), told).unwrap();
        }

        fn disk(&self, bus: &str, name: &str, size: &str, devices: &[(&str, &str)]) {
            let disk = self.tree.path().join("devices").join(bus).join(name);
            fs::create_dir_all(&disk).unwrap();
            fs::write(disk.join("size"), size).unwrap();
            for (part, device) in devices {
                let part = disk.join(part);
                fs::create_dir_all(&part).unwrap();
                fs::write(part.join("dev"), format!("{device}\n")).unwrap();
                if part != disk.join("") {
                    fs::write(part.join("partition"), "1\n").unwrap();
                }
            }
            symlink(&disk, self.tree.path().join("block").join(name)).unwrap();
        }

        fn seen(&self) -> Vec<String> {
            let volumes = self.machine.plugged().unwrap().volumes;
            volumes.iter().map(|volume| format!("{} {}", volume.device, volume.name())).collect()
        }
    }

    #[test]
    fn a_stick_is_a_whole_file_system_below_a_root_for_sticks() {
        let told = Told::new();
        told.mounts(&[
            "179:2 . / rw ext4",
            "8:1 media/co-Lan / rw,nosuid vfat",
            "8:17 media/tram/D2 / ro exfat",
            "0:40 media / rw tmpfs",
            "0:41 media/auto / rw autofs",
            "8:33 srv/archive / rw ext4",
            "179:2 media/tram/card / rw ext4",
            "8:49 media/folder /photos rw vfat",
        ]);
        assert_eq!(told.seen(), ["8:1 co-Lan", "8:17 D2"]);
        let volumes = told.machine.plugged().unwrap().volumes;
        assert_eq!(volumes.iter().map(|it| it.read_only).collect::<Vec<_>>(), [false, true]);
        assert!(volumes[0].free_bytes > 0);
    }

    #[test]
    fn a_stick_mounted_twice_is_one_and_one_mounted_over_another_hides_it() {
        let told = Told::new();
        told.mounts(&["8:1 media/a / rw vfat", "8:1 media/b / rw vfat"]);
        assert_eq!(told.seen(), ["8:1 a"]);
        told.mounts(&["8:1 media/a / rw vfat", "8:17 media/a / rw vfat"]);
        assert_eq!(told.seen(), ["8:17 a"]);
    }

    #[test]
    fn a_stick_pulled_without_being_unmounted_is_gone() {
        let told = Told::new();
        told.mounts(&["8:1 media/a / rw vfat", "8:17 media/b / rw vfat", "0:9 media/c / rw fuse"]);
        fs::create_dir_all(told.tree.path().join("dev/8:17")).unwrap();
        assert_eq!(told.seen(), ["8:17 b", "0:9 c"]);
    }

    #[test]
    fn usb_disks_with_a_medium_of_which_nothing_is_mounted_are_told() {
        let told = Told::new();
        told.mounts(&["8:1 media/a / rw vfat"]);
        told.disk("pci/usb1/1-1/block", "sda", "100\n", &[("", "8:0"), ("sda1", "8:1")]);
        told.disk("pci/usb1/1-2/block", "sdb", "100\n", &[("", "8:16"), ("sdb1", "8:17")]);
        told.disk("pci/usb1/1-3/block", "sdc", "100\n", &[("", "8:32")]);
        told.disk("pci/usb1/1-4/block", "sdd", "0\n", &[("", "8:48")]);
        told.disk("platform/mmc0/block", "mmcblk0", "100\n", &[("", "179:0")]);
        assert_eq!(told.machine.plugged().unwrap().unmounted, ["sdb", "sdc"]);
    }

    #[test]
    fn waiting_ends_by_itself() {
        let began = Instant::now();
        Told::new().machine.wait(Duration::from_millis(20)).unwrap();
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_request_is_left_where_the_system_finds_it_and_waited_for() {
        let told = Told::new();
        fs::create_dir(&told.machine.requests).unwrap();
        told.mounts(&["8:1 media/sda1 / rw vfat"]);
        let place = told.tree.path().join("media/sda1");
        let request = told.machine.requests.join("sda1");
        thread::scope(|scope| {
            // Plays the system: sees the request, unmounts.
            scope.spawn(|| {
                while !request.exists() {
                    thread::sleep(Duration::from_millis(5));
                }
                fs::remove_file(&request).unwrap();
                told.mounts(&[]);
            });
            told.machine.ask_for(&place).unwrap();
        });
        assert!(!request.exists());
    }

    #[test]
    fn flushing_a_folder_that_no_longer_is_the_stick_says_that_it_is_gone() {
        let told = Told::new();
        told.mounts(&["8:1 media/a / rw vfat"]);
        let volume = told.machine.plugged().unwrap().volumes.remove(0);
        let error = told.machine.flush(&volume).unwrap_err();
        assert_eq!(Errno::from_io_error(&error), Some(Errno::NODEV));
    }
}
