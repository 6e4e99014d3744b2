//! Writing files that do not count yet, and proving that the medium holds them.

use std::fs::File;
use std::io;
use std::path::Path;

use super::ExportError;
use super::disk::Disk;
use super::progress::{Course, Phase};

/// What is synced at once: on a stick that writes 5 MB/s the bar moves ten times a second.
const CHUNK: usize = 512 * 1024;

/// A file to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name in the folder.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A file that does not count yet, under the name it has until then.
pub(super) struct Draft<'a> {
    pub(super) name: String,
    pub(super) bytes: &'a [u8],
}

pub(super) fn total_bytes(drafts: &[Draft<'_>]) -> u64 {
    drafts.iter().map(|draft| u64::try_from(draft.bytes.len()).unwrap_or(u64::MAX)).sum()
}

/// Writes the drafts into the open folder `folder`, whose path is `at`; then reads them back from
/// the medium and compares them with what they were meant to be.
pub(super) fn write_drafts(
    disk: &impl Disk,
    folder: &File,
    at: &Path,
    drafts: &[Draft<'_>],
    course: &mut Course<'_>,
) -> Result<(), ExportError> {
    course.begin(Phase::Writing);
    for draft in drafts {
        write(disk, folder, draft, course)
            .map_err(|error| ExportError::new(&at.join(&draft.name), error))?;
    }
    course.begin(Phase::Checking);
    for draft in drafts {
        let path = at.join(&draft.name);
        match is_as_meant(disk, folder, draft, course) {
            Ok(true) => {}
            Ok(false) => return Err(ExportError::Unfaithful(path)),
            Err(error) => return Err(ExportError::new(&path, error)),
        }
    }
    Ok(())
}

fn write(
    disk: &impl Disk,
    folder: &File,
    draft: &Draft<'_>,
    course: &mut Course<'_>,
) -> io::Result<()> {
    let mut file = disk.create(folder, &draft.name)?;
    for chunk in draft.bytes.chunks(CHUNK) {
        disk.write(&mut file, chunk)?;
        disk.sync(&file)?;
        course.advance(chunk.len());
    }
    // An empty file has no chunk.
    if draft.bytes.is_empty() { disk.sync(&file) } else { Ok(()) }
}

fn is_as_meant(
    disk: &impl Disk,
    folder: &File,
    draft: &Draft<'_>,
    course: &mut Course<'_>,
) -> io::Result<bool> {
    let mut file = disk.reopen(folder, &draft.name)?;
    let mut found = vec![0; CHUNK];
    // After the last chunk the file must end.
    for meant in draft.bytes.chunks(CHUNK).chain([[].as_slice()]) {
        let count = disk.read(&mut file, &mut found)?;
        if found.get(..count) != Some(meant) {
            return Ok(false);
        }
        course.advance(count);
    }
    Ok(true)
}
