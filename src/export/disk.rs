//! The few things an export asks of a disk. A trait only so that tests can make each of them fail.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use rustix::fs::{Advice, FlockOperation, Mode, OFlags};
use rustix::io::retry_on_intr;

/// Read by everyone: an export holds no identity, and the one who carries the stick must open it.
const FILE_MODE: Mode = Mode::from_raw_mode(0o644);

pub(super) trait Disk {
    /// Opens a folder, and waits until no other export works in it.
    fn enter(&self, dir: &Path) -> io::Result<File>;
    /// Makes an empty file, or empties one that a power cut left behind.
    fn create(&self, path: &Path) -> io::Result<File>;
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Returns when the file or folder is on the medium.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Reads a synced file, from the medium and not from memory as far as the kernel allows.
    fn read_back(&self, path: &Path) -> io::Result<Vec<u8>>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn enter(&self, dir: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = File::from(rustix::fs::open(dir, flags, Mode::empty())?);
        // Some network file systems lock no folders: then exports there must not run side by side.
        match retry_on_intr(|| rustix::fs::flock(&dir, FlockOperation::LockExclusive)) {
            Ok(()) | Err(_) => Ok(dir),
        }
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::open(path, flags, FILE_MODE)?))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn read_back(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
