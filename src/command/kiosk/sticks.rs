//! Sticks: noticing them, and writing what a station hands out.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::event::{StaffCode, StationDay};
use crate::export::{self, Change, Phase, Platform, Progress, TIME_TO_MOUNT, Volume, Watch};
use crate::seal::StationKey;

use super::super::handout::{Handout, HandoutError, bundle};

/// How long the watch looks before it sees whether the kiosk has ended. A stick wakes it at once.
const LOOK: Duration = Duration::from_secs(5);

/// What the threads tell.
pub(super) enum News {
    /// A stick can be written to.
    In(Volume),
    /// This stick is gone.
    Out(Volume),
    /// A stick is in that cannot be read.
    Unreadable,
    /// So much is written and checked, 0 to 1.
    Progress(f32),
    /// The export is on the stick.
    Exported {
        /// First day.
        from: StationDay,
        /// Last day.
        to: StationDay,
        /// Who did it.
        by: StaffCode,
        /// SHA-256 of the manifest.
        manifest: String,
        /// How many files.
        files: usize,
        /// In which folder of the stick.
        folder: String,
        /// What people should know besides.
        note: Option<&'static str>,
    },
    /// It failed.
    Failed {
        /// What happened.
        what: String,
        /// What to do now.
        advice: &'static str,
    },
}

/// Tells of sticks that come and go, until `stop` is set.
pub(super) fn watch(platform: &dyn Platform, stop: &Arc<AtomicBool>, mut tell: impl FnMut(News)) {
    let mut watch = Watch::new(TIME_TO_MOUNT);
    while !stop.load(Ordering::Relaxed) {
        let changes = match watch.next(platform, LOOK) {
            Ok(changes) => changes,
            Err(error) => {
                tracing::warn!(%error, "cannot see whether a stick is in");
                std::thread::sleep(LOOK);
                continue;
            }
        };
        for change in changes {
            match change {
                Change::Inserted(volume) => tell(News::In(volume)),
                Change::Removed(volume) => tell(News::Out(volume)),
                Change::Unreadable(disk) => {
                    tracing::warn!(disk, "a stick has no file system known here");
                    tell(News::Unreadable);
                }
            }
        }
    }
}

/// Writes the handout to the stick and lets go of it; tells how far it is and how it ended.
pub(super) fn export(
    handout: &Handout,
    by: StaffCode,
    platform: &dyn Platform,
    stick: Option<&Volume>,
    key: &StationKey,
    tell: &mut dyn FnMut(News),
) {
    let written = stick.ok_or(HandoutError::NoStick).and_then(|stick| {
        let bundle = bundle(handout)?;
        let mut progress = |progress| tell(News::Progress(part(progress)));
        Ok(export::to_stick(platform, stick, bundle, key, &mut progress)?)
    });
    match written {
        Ok(exported) => {
            let Handout { from, to, .. } = *handout;
            let manifest = exported.manifest.to_string();
            let stays = exported.ejected.as_ref().err().map(export::EjectError::advice);
            let note = stays.or_else(|| exported.note());
            let folder = below(stick, &exported.folder);
            tell(News::Exported { from, to, by, manifest, files: exported.files, folder, note });
        }
        Err(error) => {
            tracing::warn!(%error, "the export failed");
            tell(News::Failed { what: error.what().to_owned(), advice: error.advice() });
        }
    }
}

/// A folder as people see it when they open the stick.
fn below(stick: Option<&Volume>, folder: &Path) -> String {
    let inside = stick.and_then(|stick| folder.strip_prefix(&stick.mount_point).ok());
    inside.unwrap_or(folder).display().to_string()
}

/// Writing and checking take about as long.
fn part(progress: Progress) -> f32 {
    let whole = progress.total_bytes.max(1) as f32;
    let done = progress.done_bytes as f32 / whole;
    match progress.phase {
        Phase::Writing => done / 2.0,
        Phase::Checking => 0.5 + done / 2.0,
        Phase::Placing | Phase::Unmounting => 1.0,
    }
}
