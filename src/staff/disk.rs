//! The few things the staff's file asks of a disk. A trait only so that tests can make each of them
//! fail.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// The hashes in the file are nobody else's business.
const OWNER_ONLY_FILE: u32 = 0o600;

pub(super) trait Disk {
    /// Makes an empty file for the owner alone, or empties one that a power cut left behind.
    fn create(&self, path: &Path) -> io::Result<File>;
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn open_folder(&self, folder: &Path) -> io::Result<File>;
    /// Returns when the file or folder is on the medium.
    fn sync(&self, file: &File) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY_FILE)
            .open(path)?;
        // The mode above holds for new files only, not for one that was left behind.
        file.set_permissions(Permissions::from_mode(OWNER_ONLY_FILE))?;
        Ok(file)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn open_folder(&self, folder: &Path) -> io::Result<File> {
        File::open(folder)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
