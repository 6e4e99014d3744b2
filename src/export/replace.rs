//! Putting files in place of earlier ones so that no reader and no power cut sees half of one.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::ExportError;
use super::disk::Disk;
use super::draft::{Draft, NewFile, total_bytes, write_drafts};
use super::progress::Course;

/// Where a file is written first: in the same folder, because only there a rename is atomic, and
/// always under the same name, so that what a power cut leaves is taken over by the next export.
fn draft(file: &NewFile) -> Draft<'_> {
    Draft { name: format!(".{}.part", file.name), bytes: &file.bytes }
}

/// Writes all drafts first and puts them in place last: what can fail for a reason of the medium –
/// space, protection, damage – fails before any earlier file is touched.
pub(super) fn replace(
    disk: &impl Disk,
    dir: &Path,
    files: &[NewFile],
) -> Result<Vec<PathBuf>, ExportError> {
    let folder = disk.enter(dir).map_err(|error| ExportError::new(dir, error))?;
    let drafts: Vec<Draft<'_>> = files.iter().map(draft).collect();
    let mut nobody_watches = |_| {};
    let mut course = Course::new(total_bytes(&drafts), &mut nobody_watches);
    let placed = write_drafts(disk, &folder, dir, &drafts, &mut course)
        .and_then(|()| place_all(disk, &folder, dir, files));
    if placed.is_err() {
        for draft in &drafts {
            // Most are gone or were never made, and of a medium that fails no more can be asked.
            let _ = disk.remove(&folder, &draft.name);
        }
    }
    let synced = disk.sync(&folder).map_err(|error| ExportError::new(dir, error));
    placed.and_then(|paths| synced.map(|()| paths))
}

fn place_all(
    disk: &impl Disk,
    folder: &File,
    dir: &Path,
    files: &[NewFile],
) -> Result<Vec<PathBuf>, ExportError> {
    files
        .iter()
        .map(|file| {
            let place = dir.join(&file.name);
            match disk.rename(folder, &draft(file).name, &file.name) {
                Ok(()) => Ok(place),
                Err(error) => Err(ExportError::new(&place, error)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rustix::io::Errno;

    use super::*;
    use crate::export::disk::RealDisk;
    use crate::export::faulty::{Fault, FaultyDisk};

    const NAMES: [&str; 3] = ["a.xlsx", "b.csv", "c.csv"];
    /// Create, write, sync; later open it again, read it, read its end.
    const STEPS_OF_A_DRAFT: usize = 6;
    /// Enter, then the drafts.
    const STEPS_BEFORE_THE_FIRST_RENAME: usize = 1 + STEPS_OF_A_DRAFT * NAMES.len();
    /// The renames, then the sync of the folder.
    const ALL_STEPS: usize = STEPS_BEFORE_THE_FIRST_RENAME + NAMES.len() + 1;

    fn export(version: &str) -> Vec<NewFile> {
        let bytes = version.repeat(9000).into_bytes();
        NAMES.map(|name| NewFile { name: name.into(), bytes: bytes.clone() }).into()
    }

    /// A folder with an earlier export in it.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        replace(&RealDisk, dir.path(), &export("earlier")).unwrap();
        dir
    }

    /// For each file, whether it is the new one. Panics when it is neither.
    fn is_new(dir: &Path) -> [bool; 3] {
        NAMES.map(|name| {
            let found = fs::read(dir.join(name)).unwrap();
            let new = found == "newer".repeat(9000).into_bytes();
            assert!(new || found == "earlier".repeat(9000).into_bytes(), "{name} is half");
            new
        })
    }

    fn count(dir: &Path) -> usize {
        fs::read_dir(dir).unwrap().count()
    }

    #[test]
    fn whichever_step_fails_every_file_stays_whole_and_no_draft_is_left() {
        for step in 0..ALL_STEPS {
            let dir = folder();
            let disk = FaultyDisk::new(Fault::Once(Errno::NOSPC), step);
            let failure = replace(&disk, dir.path(), &export("newer")).unwrap_err();
            assert!(matches!(failure, ExportError::NoSpace(_)), "step {step}: {failure}");
            if step <= STEPS_BEFORE_THE_FIRST_RENAME {
                assert_eq!(is_new(dir.path()), [false; 3], "step {step}");
            }
            is_new(dir.path());
            assert_eq!(count(dir.path()), NAMES.len(), "step {step}");
        }
    }

    #[test]
    fn a_stick_pulled_at_any_step_holds_whole_files_and_the_next_export_tidies_up() {
        for step in 0..ALL_STEPS {
            let dir = folder();
            let disk = FaultyDisk::new(Fault::FromThenOn(Errno::IO), step);
            let failure = replace(&disk, dir.path(), &export("newer")).unwrap_err();
            assert!(matches!(failure, ExportError::Other { .. }), "step {step}: {failure}");
            is_new(dir.path());
            replace(&RealDisk, dir.path(), &export("newer")).unwrap();
            assert_eq!(is_new(dir.path()), [true; 3], "step {step}");
            assert_eq!(count(dir.path()), NAMES.len(), "step {step}");
        }
    }

    #[test]
    fn it_takes_as_many_steps_as_the_tests_let_fail() {
        let dir = folder();
        let disk = FaultyDisk::new(Fault::FromThenOn(Errno::IO), ALL_STEPS);
        replace(&disk, dir.path(), &export("newer")).unwrap();
        assert_eq!(disk.left(), 0);
        assert_eq!(is_new(dir.path()), [true; 3]);
    }

    #[test]
    fn a_medium_that_reads_back_something_else_is_not_believed() {
        let disk = FaultyDisk::new(Fault::Forgery, 0);
        let dir = folder();
        let failure = replace(&disk, dir.path(), &export("newer")).unwrap_err();
        assert!(matches!(failure, ExportError::Unfaithful(_)), "{failure}");
        assert_eq!(is_new(dir.path()), [false; 3]);
        assert_eq!(count(dir.path()), NAMES.len());
    }

    #[test]
    fn every_cause_has_its_own_error_with_the_path() {
        let dir = folder();
        let file = dir.path().join(NAMES[0]);
        let gone = dir.path().join("gone");
        let cause = |path: &Path| replace(&RealDisk, path, &export("newer")).unwrap_err();
        assert!(matches!(cause(&gone), ExportError::Missing(path) if path == gone));
        assert!(matches!(cause(&file), ExportError::NotAFolder(path) if path == file));
        let refused = |errno: Errno| ExportError::new(&file, errno.into());
        assert!(matches!(refused(Errno::ROFS), ExportError::ReadOnly(path) if path == file));
        assert!(matches!(refused(Errno::ACCESS), ExportError::Denied(path) if path == file));
        assert!(matches!(refused(Errno::PERM), ExportError::Denied(path) if path == file));
        assert!(matches!(refused(Errno::DQUOT), ExportError::NoSpace(path) if path == file));
        assert!(matches!(refused(Errno::IO), ExportError::Other { path, .. } if path == file));
    }

    #[test]
    fn a_folder_in_the_place_of_a_file_stops_the_export_and_leaves_no_draft() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(NAMES[1])).unwrap();
        let failure = replace(&RealDisk, dir.path(), &export("newer")).unwrap_err();
        assert!(failure.to_string().contains(NAMES[1]), "{failure}");
        assert_eq!(count(dir.path()), 2);
    }
}
