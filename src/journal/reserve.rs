//! Room kept for the day the disk is full.
//!
//! Product rule 4: a full disk must not stop the counting. A file in the data folder holds room that
//! nothing else can take; when the journal finds no more, the file goes, and there is enough for the
//! patients of weeks and for closing their days. Staff are told, and it is taken again when there is
//! room.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate, statvfs};
use rustix::io::Errno;

use super::aside;
use super::durable::{remove_if_there, sync_folder};

const NAME: &str = "reserve";

/// The write-ahead log grows to 4 MiB, the side log by a quarter; an event takes about 1 KiB of each.
const LENGTH: u64 = 8 * 1024 * 1024;

/// Each keeps the place of one file: of the two beside the database, a day's key, the side log.
const SPARE_FILES: [&str; 6] =
    ["reserve.1", "reserve.2", "reserve.3", "reserve.4", "reserve.5", "reserve.6"];

/// So much must stay free for everybody else when it is taken.
const LEAVES: u64 = 4 * LENGTH;

/// How [`take`] went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is there.
    Whole,
    /// There is no room for it.
    NoRoom,
    /// This file system keeps no room for a file.
    Never,
}

/// Sees to it that the reserve is there. On the medium on return.
pub(super) fn take(data: &Path) -> io::Result<Taken> {
    let path = data.join(NAME);
    let keeps_places = keep_places(data);
    if fs::symlink_metadata(&path).is_ok_and(|file| file.len() == LENGTH && holds_room(&file)) {
        return Ok(if keeps_places { Taken::Whole } else { Taken::NoRoom });
    }
    if fs::symlink_metadata(&path).is_ok_and(|it| !it.is_file()) {
        aside::rename(&path)?;
    }
    // One that a power cut left, or that was copied here without its room.
    remove_if_there(&path)?;
    if free_bytes(data)? < LENGTH + LEAVES {
        return Ok(Taken::NoRoom);
    }
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    match fallocate(&file, FallocateFlags::empty(), 0, LENGTH) {
        Ok(()) => {}
        Err(Errno::OPNOTSUPP) => return remove_if_there(&path).map(|()| Taken::Never),
        Err(error) => {
            remove_if_there(&path)?;
            return if error == Errno::NOSPC { Ok(Taken::NoRoom) } else { Err(error.into()) };
        }
    }
    file.sync_all()?;
    sync_folder(data)?;
    Ok(Taken::Whole)
}

/// Sees to it that the places of some files are kept; tells whether they are. On the medium with the
/// next sync of the folder: after a power cut they are made again.
fn keep_places(data: &Path) -> bool {
    SPARE_FILES.iter().all(|name| {
        let made = OpenOptions::new().write(true).create_new(true).open(data.join(name));
        made.is_ok() || fs::symlink_metadata(data.join(name)).is_ok()
    })
}

/// Lets go of the reserve; tells whether there was any.
pub(super) fn release(data: &Path) -> bool {
    // A file system may have room and no place for one more file: what begins with a day's first
    // patient is made again then.
    let spared = SPARE_FILES.map(|name| fs::remove_file(data.join(name)).is_ok()).contains(&true);
    let path = data.join(NAME);
    if !fs::symlink_metadata(&path).is_ok_and(|file| holds_room(&file)) {
        return spared;
    }
    // Emptied first: a folder may not take the removal of a name on a full disk.
    let emptied = File::create(&path).and_then(|file| file.sync_all());
    let removed = fs::remove_file(&path).and_then(|()| sync_folder(data));
    spared || emptied.is_ok() || removed.is_ok()
}

/// Free space of the disk in bytes, for whoever is not root.
pub(super) fn free_bytes(data: &Path) -> io::Result<u64> {
    let disk = statvfs(data)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether there is room for `bytes` more that leaves the reserve's length untouched.
pub(super) fn has_room_for(data: &Path, bytes: u64) -> io::Result<bool> {
    Ok(free_bytes(data)? >= bytes.saturating_add(LENGTH))
}

/// A file with holes has a length but no room.
fn holds_room(file: &fs::Metadata) -> bool {
    const BLOCK: u64 = 512;
    file.is_file() && file.blocks().saturating_mul(BLOCK) >= LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_real_room_and_taken_once() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(take(data.path()).unwrap(), Taken::Whole);
        let file = fs::metadata(data.path().join(NAME)).unwrap();
        assert!(holds_room(&file), "{file:?}");
        assert_eq!(take(data.path()).unwrap(), Taken::Whole);
        assert_eq!(fs::metadata(data.path().join(NAME)).unwrap().ino(), file.ino());

        assert!(release(data.path()));
        assert!(!data.path().join(NAME).exists());
        assert!(!release(data.path()), "it can be let go once");
    }

    #[test]
    fn a_file_with_holes_is_no_reserve() {
        let data = tempfile::tempdir().unwrap();
        File::create(data.path().join(NAME)).unwrap().set_len(LENGTH).unwrap();
        assert!(!release(data.path()));
        File::create(data.path().join(NAME)).unwrap().set_len(LENGTH).unwrap();
        assert_eq!(take(data.path()).unwrap(), Taken::Whole);
        assert!(holds_room(&fs::metadata(data.path().join(NAME)).unwrap()));
    }
}
