//! Files that outlive a pulled plug and a pulled stick.
//!
//! Rule kept: a file said to be saved is saved, and whole. Every file is written beside its place,
//! synced and read back before the first of them takes the place of an earlier export; so a full or
//! broken stick leaves the earlier export as it was and nothing half written.
//!
//! What is handed out on a stick is a [`Bundle`]: a folder of its own with a signed list of what is
//! in it, so that [`verify()`] can tell on any computer whose it is and whether it was changed.

mod bundle;
mod disk;
mod draft;
mod error;
#[cfg(test)]
mod faulty;
mod machine;
mod manifest;
mod mounts;
mod place;
mod progress;
mod read_me;
mod replace;
#[cfg(test)]
pub(crate) mod sample;
mod simulated;
mod stick;
mod verify;
mod volume;
mod watch;
mod words;

use std::path::Path;

use disk::RealDisk;
use replace::replace;

pub use bundle::Bundle;
pub use draft::NewFile;
pub use error::ExportError;
pub use machine::Machine;
pub use manifest::{Digest, Listed, Manifest, Period};
pub(crate) use mounts::{Mount, parse as parse_mounts};
pub use progress::{Phase, Progress};
pub use simulated::SimulatedMachine;
pub use stick::{Exported, stick_at, to_folder, to_stick};
pub use verify::{
    Closing, ClosingSigner, Fault, Inspected, Signer, VerifyError, desk_of, inspect, is_export,
    verify,
};
pub use volume::{Device, EjectError, Platform, Plugged, Volume};
pub use watch::{Change, TIME_TO_MOUNT, Watch};
pub(crate) use words::days as days_in_words;

/// Writes one file that is no part of a day, such as a sheet to print, in place of an earlier one.
/// Its folder must exist.
///
/// # Errors
/// A variant per cause, with the path it is about.
pub fn file(path: &Path, bytes: Vec<u8>) -> Result<(), ExportError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| ExportError::NotAName(path.to_owned()))?.to_owned();
    // A bare name has an empty parent, which is the folder we stand in.
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    replace(&RealDisk, dir, &[NewFile { name, bytes }]).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_single_file_takes_the_place_of_an_earlier_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("thẻ.pdf");
        for bytes in [b"earlier".to_vec(), b"newer".to_vec()] {
            file(&path, bytes.clone()).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let nowhere = file(&dir.path().join("gone/the.pdf"), Vec::new()).unwrap_err();
        assert!(matches!(nowhere, ExportError::Missing(_)), "{nowhere}");
        let folder = file(&dir.path().join(".."), Vec::new()).unwrap_err();
        assert!(matches!(folder, ExportError::NotAName(_)), "{folder}");
    }
}
