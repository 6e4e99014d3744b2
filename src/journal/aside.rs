//! Where things go that cannot be used: kept under another name, never followed, never removed.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::JournalError;
use super::durable::sync_folder;
use crate::event::Moment;

const DAMAGED: &str = "damaged";

/// How many names are tried before it is given up.
const MOST_NAMES: u32 = 1_000;

const OWNER_ONLY_FOLDER: u32 = 0o700;

/// A new folder for what is set aside, named by the time.
///
/// # Errors
/// When it cannot be made.
pub(super) fn folder(data: &Path, at: Moment) -> Result<PathBuf, JournalError> {
    let parent = parent(data)?;
    let time = at.local().format("%Y-%m-%dT%H-%M-%S");
    let failed = |path: &Path, source| JournalError::File { path: path.to_owned(), source };
    for folder in (1..MOST_NAMES).map(|n| parent.join(numbered(&time.to_string(), n))) {
        match make(&folder) {
            Ok(()) => {
                // What is moved there must not be durable before the way to it is.
                let synced = sync_folder(&parent).and_then(|()| sync_folder(data));
                return synced.map(|()| folder).map_err(|source| failed(&parent, source));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(failed(&folder, source)),
        }
    }
    Err(failed(&parent, io::ErrorKind::AlreadyExists.into()))
}

/// Folder of all that was set aside; the next name where something else has this one.
fn parent(data: &Path) -> Result<PathBuf, JournalError> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for parent in (1..MOST_NAMES).map(|n| data.join(numbered(DAMAGED, n))) {
        match make(&parent) {
            Ok(()) => return Ok(parent),
            Err(_) if is_ours(&parent) => return Ok(parent),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(source) => return Err(JournalError::File { path: parent, source }),
        }
    }
    Err(JournalError::File { path: data.join(DAMAGED), source: last })
}

/// Whether it is a folder, no link to one, that something can be put into.
fn is_ours(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    fs::symlink_metadata(folder).is_ok_and(|it| it.is_dir())
        && access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(OWNER_ONLY_FOLDER).create(folder)
}

fn numbered(name: &str, n: u32) -> String {
    if n == 1 { name.to_owned() } else { format!("{name}-{n}") }
}

/// Gives `path` another name in its own folder: what is somebody else's folder cannot be moved to
/// another one. Tells the new name.
///
/// # Errors
/// When it cannot be renamed.
pub(super) fn rename(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for n in 1..MOST_NAMES {
        let new = path.with_file_name(format!("{name}.aside-{n}"));
        if fs::symlink_metadata(&new).is_err() {
            fs::rename(path, &new)?;
            path.parent().map_or(Ok(()), sync_folder)?;
            tracing::error!(from = %path.display(), to = %new.display(), "set aside: it cannot be used");
            return Ok(new);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
