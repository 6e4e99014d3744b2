//! Today's visits written beside the machine every minute, so that a station whose power stays away
//! knows how far it had come (as VotingWorks' poll book keeps a paper copy going).

use std::path::PathBuf;
use std::thread;

use super::sealing::Signing;
use crate::event::Moment;
use crate::export;
use crate::figures::Tally;
use crate::report::{self, Format};

/// Where the list is written.
pub(super) struct RunningList {
    folder: PathBuf,
    /// How many events the list on disk knows: nothing new, nothing written.
    written: Option<Vec<u8>>,
}

impl RunningList {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Self { folder, written: None }
    }

    /// Writes the list if it has changed, on a thread of its own: the folder may be a slow stick.
    pub(super) fn write(&mut self, tally: &Tally, signing: Option<&Signing>, now: Moment) {
        let Some(signing) = signing else { return };
        let table = report::running_list(&signing.heading(now), tally);
        let mut bytes = Vec::new();
        if let Err(error) = Format::Csv.write(&table, &mut bytes) {
            return tracing::error!(%error, "the running list cannot be made");
        }
        if self.written.as_ref() == Some(&bytes) {
            return;
        }
        let path = self.folder.join(format!(
            "danh-sach_{}_{}_{}.csv",
            signing.origin.station,
            signing.origin.point,
            tally.day()
        ));
        self.written = Some(bytes.clone());
        let work = move || {
            if let Err(error) = export::file(&path, bytes) {
                tracing::warn!(%error, "the running list was not written");
            }
        };
        if let Err(error) = thread::Builder::new().name("list".to_owned()).spawn(work) {
            tracing::warn!(%error, "the running list was not written");
        }
    }
}
