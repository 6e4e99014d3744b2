//! Today's visits written beside the machine every minute, so that a station whose power stays away
//! knows how far it had come (as VotingWorks' poll book keeps a paper copy going).

use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use crate::event::{Moment, Origin};
use crate::export;
use crate::figures::Tally;
use crate::report::{self, Format, Heading};

/// Where the list is written.
pub(super) struct RunningList {
    pub(super) folder: PathBuf,
    /// Whose list it is.
    pub(super) heading: Heading,
    /// What stands there, where that is known: nothing new, nothing written.
    pub(super) written: Option<Vec<u8>>,
    /// Writes, and tells what stands there then.
    pub(super) writing: Option<JoinHandle<Option<Vec<u8>>>>,
}

impl RunningList {
    /// Writes the list if it has changed or was not written the last time, on a thread of its own:
    /// the folder may be a slow stick. While that is still busy, nothing is begun.
    pub(super) fn write(&mut self, tally: &Tally, now: Moment) {
        self.heading.made_at = now;
        let table = report::running_list(&self.heading, tally);
        let mut bytes = Vec::new();
        if let Err(error) = Format::Csv.write(&table, &mut bytes) {
            tracing::error!(%error, "the running list cannot be made");
            return;
        }
        if let Some(writing) = self.writing.take_if(|writing| writing.is_finished()) {
            self.written = writing.join().ok().flatten();
        }
        if self.writing.is_some() || self.written.as_ref() == Some(&bytes) {
            return;
        }
        let Origin { station, point } = &self.heading.origin;
        let path = self.folder.join(format!("danh-sach_{station}_{point}_{}.csv", tally.day()));
        let work = move || match export::file(&path, bytes.clone()) {
            Ok(()) => Some(bytes),
            Err(error) => {
                tracing::warn!(%error, "the running list was not written");
                None
            }
        };
        match thread::Builder::new().name("list".to_owned()).spawn(work) {
            Ok(writing) => self.writing = Some(writing),
            Err(error) => tracing::warn!(%error, "the running list was not written"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::event::AgeBand;
    use crate::figures::sample::{Desk, TODAY};
    use crate::report::sample::heading;

    /// A minute, and as long as the list takes.
    fn minute(list: &mut RunningList, tally: &Tally) {
        let wall_ms = TODAY.begins_ms() + 480 * 60_000;
        list.write(tally, Moment { wall_ms, uptime_ms: 0, boot: uuid::Uuid::nil(), sure: true });
        while list.writing.as_ref().is_some_and(|writing| !writing.is_finished()) {
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_list_that_could_not_be_written_is_tried_again_and_one_that_stands_is_not() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("stick");
        let mut list = RunningList {
            folder: folder.clone(),
            heading: heading(),
            written: None,
            writing: None,
        };
        let mut desk = Desk::open(TODAY);
        desk.arrives(None, AgeBand::From70);
        let tally = Tally::of(TODAY, &desk.events);
        let file = folder.join(format!("danh-sach_AG-TRITON_D1_{TODAY}.csv"));

        minute(&mut list, &tally);
        assert!(!file.exists(), "no stick");
        fs::create_dir(&folder).unwrap();
        minute(&mut list, &tally);
        let written = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        minute(&mut list, &tally);
        assert!(!file.exists(), "nothing new, nothing written");

        desk.arrives(None, AgeBand::From14);
        minute(&mut list, &Tally::of(TODAY, &desk.events));
        assert!(fs::read(&file).unwrap().len() > written.len());
    }
}
