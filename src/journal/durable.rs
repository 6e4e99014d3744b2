//! Files that take another's place so that a power cut leaves the one or the other, never half.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Syncs the finished file `new` and gives it the name `place`, in the same folder.
pub(super) fn put_in_place(new: &Path, place: &Path) -> io::Result<()> {
    File::open(new)?.sync_all()?;
    fs::rename(new, place)?;
    place.parent().map_or(Ok(()), sync_folder)
}

/// Makes names given or taken in `folder` durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes a file that may not be there.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
