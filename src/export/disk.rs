//! The few things an export asks of a disk. A trait only so that tests can make each of them fail.
//!
//! Everything below the first folder is reached through an open folder and a name, never through a
//! path: so no link on a foreign stick leads anywhere else, and when a stick is pulled nothing is
//! written into the empty folder it was mounted on.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use rustix::fs::{Advice, AtFlags, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};

use super::volume::Device;

/// Read by everyone: an export holds no identity, and the one who carries the stick must open it.
const FILE_MODE: Mode = Mode::from_raw_mode(0o644);
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o755);

/// What bears a name in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// How much room there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Space {
    pub(super) free_bytes: u64,
    /// Files take up whole blocks: on FAT and exFAT up to 128 KiB for a file of one byte.
    pub(super) block_bytes: u64,
}

pub(super) trait Disk {
    /// Opens a folder, and waits until no other export works in it.
    fn enter(&self, dir: &Path) -> io::Result<File>;
    /// The device an open folder lies on.
    fn device(&self, folder: &File) -> io::Result<Device>;
    fn space(&self, folder: &File) -> io::Result<Space>;
    /// Opens a folder in a folder, never through a link.
    fn descend(&self, folder: &File, name: &str) -> io::Result<File>;
    fn make_folder(&self, folder: &File, name: &str) -> io::Result<()>;
    fn names(&self, folder: &File) -> io::Result<Vec<OsString>>;
    /// What bears this name, a link being a link. `None` when nothing does.
    fn kind(&self, folder: &File, name: &str) -> io::Result<Option<Kind>>;
    /// Makes an empty file, or empties one that a power cut left behind.
    fn create(&self, folder: &File, name: &str) -> io::Result<File>;
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Returns when the file or folder is on the medium.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Opens a synced file to read it from the medium, and not from memory as far as the kernel
    /// allows.
    fn reopen(&self, folder: &File, name: &str) -> io::Result<File>;
    /// Reads until `into` is full or the file ends, and tells how much that was.
    fn read(&self, file: &mut File, into: &mut [u8]) -> io::Result<usize>;
    fn rename(&self, folder: &File, from: &str, to: &str) -> io::Result<()>;
    fn remove(&self, folder: &File, name: &str) -> io::Result<()>;
    fn remove_folder(&self, folder: &File, name: &str) -> io::Result<()>;
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

    fn device(&self, folder: &File) -> io::Result<Device> {
        Ok(Device::of(rustix::fs::fstat(folder)?.st_dev))
    }

    fn space(&self, folder: &File) -> io::Result<Space> {
        let told = rustix::fs::fstatvfs(folder)?;
        let free_bytes = told.f_bavail.saturating_mul(told.f_frsize);
        Ok(Space { free_bytes, block_bytes: told.f_frsize })
    }

    fn descend(&self, folder: &File, name: &str) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(folder, name, flags, Mode::empty()) {
            Ok(opened) => Ok(File::from(opened)),
            // The kernel says the same of a link and of a file.
            Err(Errno::NOTDIR) if self.kind(folder, name)? == Some(Kind::Link) => {
                Err(Errno::LOOP.into())
            }
            Err(errno) => Err(errno.into()),
        }
    }

    fn make_folder(&self, folder: &File, name: &str) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(folder, name, FOLDER_MODE)?)
    }

    fn names(&self, folder: &File) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(folder)? {
            let name = entry?.file_name().to_bytes().to_owned();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }

    fn kind(&self, folder: &File, name: &str) -> io::Result<Option<Kind>> {
        let found = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => found,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        };
        Ok(Some(match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            FileType::Fifo
            | FileType::Socket
            | FileType::CharacterDevice
            | FileType::BlockDevice
            | FileType::Unknown => Kind::Other,
        }))
    }

    fn create(&self, folder: &File, name: &str) -> io::Result<File> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(folder, name, flags, FILE_MODE)?))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn reopen(&self, folder: &File, name: &str) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::openat(folder, name, flags, Mode::empty())?);
        rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
        Ok(file)
    }

    fn read(&self, file: &mut File, mut into: &mut [u8]) -> io::Result<usize> {
        let wanted = into.len();
        while !into.is_empty() {
            match file.read(into) {
                Ok(0) => break,
                Ok(count) => into = into.get_mut(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(wanted - into.len())
    }

    fn rename(&self, folder: &File, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(folder, from, folder, to)?)
    }

    fn remove(&self, folder: &File, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::empty())?)
    }

    fn remove_folder(&self, folder: &File, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR)?)
    }
}
