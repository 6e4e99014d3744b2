//! A disk that fails where a test wants it to.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::disk::{Disk, Kind, RealDisk, Space};
use super::volume::Device;

/// What goes wrong with a disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// One operation fails, such as a write for lack of space.
    Once(Errno),
    /// From one operation on all fail, as on a pulled stick: nothing can be tidied up then.
    FromThenOn(Errno),
    /// Nothing fails, but the medium gives back something else than it got.
    Forgery,
}

/// The disk of this machine with a fault after some good operations.
pub(super) struct FaultyDisk {
    fault: Fault,
    good: Cell<usize>,
}

impl FaultyDisk {
    pub(super) fn new(fault: Fault, good: usize) -> Self {
        Self { fault, good: Cell::new(good) }
    }

    /// How many good operations are left.
    pub(super) fn left(&self) -> usize {
        self.good.get()
    }

    /// Takes the next operation: an error if it is to fail.
    fn next(&self) -> io::Result<()> {
        let left = self.good.get();
        self.good.set(left.saturating_sub(1));
        match self.fault {
            Fault::Once(errno) if left == 0 => {
                self.good.set(usize::MAX);
                Err(errno.into())
            }
            Fault::FromThenOn(errno) if left == 0 => Err(errno.into()),
            Fault::Once(_) | Fault::FromThenOn(_) | Fault::Forgery => Ok(()),
        }
    }
}

impl Disk for FaultyDisk {
    fn enter(&self, dir: &Path) -> io::Result<File> {
        self.next().and_then(|()| RealDisk.enter(dir))
    }

    fn device(&self, folder: &File) -> io::Result<Device> {
        self.next().and_then(|()| RealDisk.device(folder))
    }

    fn space(&self, folder: &File) -> io::Result<Space> {
        self.next().and_then(|()| RealDisk.space(folder))
    }

    fn descend(&self, folder: &File, name: &str) -> io::Result<File> {
        self.next().and_then(|()| RealDisk.descend(folder, name))
    }

    fn make_folder(&self, folder: &File, name: &str) -> io::Result<()> {
        self.next().and_then(|()| RealDisk.make_folder(folder, name))
    }

    fn names(&self, folder: &File) -> io::Result<Vec<OsString>> {
        self.next().and_then(|()| RealDisk.names(folder))
    }

    fn kind(&self, folder: &File, name: &str) -> io::Result<Option<Kind>> {
        self.next().and_then(|()| RealDisk.kind(folder, name))
    }

    fn create(&self, folder: &File, name: &str) -> io::Result<File> {
        self.next().and_then(|()| RealDisk.create(folder, name))
    }

    /// A write that fails has written half.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let fate = self.next();
        let written = if fate.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        RealDisk.write(file, written).and(fate)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.next().and_then(|()| RealDisk.sync(file))
    }

    fn reopen(&self, folder: &File, name: &str) -> io::Result<File> {
        self.next().and_then(|()| RealDisk.reopen(folder, name))
    }

    fn read(&self, file: &mut File, into: &mut [u8]) -> io::Result<usize> {
        self.next()?;
        let count = RealDisk.read(file, into)?;
        if self.fault == Fault::Forgery && count > 0 {
            into[count / 2] ^= 1;
        }
        Ok(count)
    }

    fn rename(&self, folder: &File, from: &str, to: &str) -> io::Result<()> {
        self.next().and_then(|()| RealDisk.rename(folder, from, to))
    }

    fn remove(&self, folder: &File, name: &str) -> io::Result<()> {
        self.next().and_then(|()| RealDisk.remove(folder, name))
    }

    fn remove_folder(&self, folder: &File, name: &str) -> io::Result<()> {
        self.next().and_then(|()| RealDisk.remove_folder(folder, name))
    }
}
