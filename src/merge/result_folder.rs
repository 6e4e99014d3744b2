//! The folder of a result: written beside its place, synced, then put there by renaming, so that
//! whoever opens it sees all of one result or nothing of it.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::MergeError;
use crate::export::{ExportError, Period};

/// Where a result is until it is whole. Hidden, and always the same, so that the next run takes over
/// what a power cut left.
const DRAFT: &str = ".tong-hop.part";

/// Between the name of a result and the number of the later one that took its place; as with exports.
const ASIDE: &str = ".cu-";

/// What is written at once.
const CHUNK: usize = 256 * 1024;

/// A result that is not yet whole. Dropped, it is gone.
pub(super) struct Draft {
    out: PathBuf,
    path: PathBuf,
    /// Open for as long as nobody else may write a result here.
    folder: File,
    is_placed: bool,
}

impl Draft {
    /// Begins a result in `out`, which is made if it is not there. Waits while another one is
    /// written there.
    pub(super) fn open(out: &Path) -> Result<Self, MergeError> {
        let failed = |error| ExportError::new(out, error);
        fs::create_dir_all(out).map_err(failed)?;
        let folder = File::open(out).map_err(failed)?;
        // Some network file systems lock no folders: there, runs must not stand side by side.
        let _ = flock(&folder, FlockOperation::LockExclusive);
        let path = out.join(DRAFT);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ExportError::new(&path, error).into());
            }
            Ok(()) | Err(_) => {}
        }
        fs::create_dir(&path).map_err(|error| ExportError::new(&path, error))?;
        Ok(Self { out: out.to_owned(), path, folder, is_placed: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a file of the result.
    pub(super) fn create(&self, name: &str) -> Result<BufWriter<File>, MergeError> {
        let path = self.path.join(name);
        let file = File::create_new(&path).map_err(|error| ExportError::new(&path, error))?;
        Ok(BufWriter::with_capacity(CHUNK, file))
    }

    /// Puts the result in its place, durably, and tells where that is. An earlier one of the same
    /// days steps aside.
    pub(super) fn place(mut self, period: Period) -> Result<PathBuf, MergeError> {
        let name = format!("tong-hop_{}_{}", period.from(), period.to());
        let place = self.out.join(&name);
        let failed = |error| ExportError::new(&place, error);
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let synced = File::open(&path).and_then(|file| file.sync_all());
            synced.map_err(|error| ExportError::new(&path, error))?;
        }
        File::open(&self.path).and_then(|draft| draft.sync_all()).map_err(failed)?;
        let aside = self.step_aside(&name).map_err(failed)?;
        if let Err(error) = fs::rename(&self.path, &place) {
            if let Some(aside) = aside {
                // Of a medium that fails no more can be asked; the earlier one is whole there too.
                let _ = fs::rename(aside, &place);
            }
            return Err(failed(error).into());
        }
        self.is_placed = true;
        self.folder.sync_all().map_err(failed)?;
        Ok(place)
    }

    /// Gives an earlier result the next free number, and tells its path then.
    fn step_aside(&self, name: &str) -> io::Result<Option<PathBuf>> {
        let place = self.out.join(name);
        if place.symlink_metadata().is_err() {
            return Ok(None);
        }
        let mut highest = 0;
        for entry in fs::read_dir(&self.out)? {
            let found = entry?.file_name();
            let number = |found: &str| found.strip_prefix(name)?.strip_prefix(ASIDE)?.parse().ok();
            let number: Option<u32> = found.to_str().and_then(number);
            highest = highest.max(number.unwrap_or_default());
        }
        let aside = self.out.join(format!("{name}{ASIDE}{}", highest.saturating_add(1)));
        fs::rename(&place, &aside)?;
        Ok(Some(aside))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_placed {
            // Hidden and taken over by the next run, should this fail.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
