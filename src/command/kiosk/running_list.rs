//! Today's visits written beside the machine every minute, so that a station whose power stays away
//! knows how far it had come (as VotingWorks' poll book keeps a paper copy going).

use std::path::PathBuf;
use std::thread;

use crate::event::{Moment, Origin};
use crate::export;
use crate::figures::Tally;
use crate::report::{self, Format, Heading};

/// Where the list is written.
pub(super) struct RunningList {
    pub(super) folder: PathBuf,
    /// Whose list it is.
    pub(super) heading: Heading,
    /// What stands there: nothing new, nothing written.
    pub(super) written: Option<Vec<u8>>,
}

impl RunningList {
    /// Writes the list if it has changed, on a thread of its own: the folder may be a slow stick.
    pub(super) fn write(&mut self, tally: &Tally, now: Moment) {
        self.heading.made_at = now;
        let table = report::running_list(&self.heading, tally);
        let mut bytes = Vec::new();
        if let Err(error) = Format::Csv.write(&table, &mut bytes) {
            tracing::error!(%error, "the running list cannot be made");
            return;
        }
        if self.written.as_ref() == Some(&bytes) {
            return;
        }
        let Origin { station, point } = &self.heading.origin;
        let path = self.folder.join(format!("danh-sach_{station}_{point}_{}.csv", tally.day()));
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
