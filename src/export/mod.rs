//! Files that outlive a pulled plug and a pulled stick.
//!
//! Rule kept: a file said to be saved is saved, and whole. Every file of a day is written beside
//! its place, synced and read back before the first of them takes the place of an earlier export;
//! so a full or broken stick leaves the earlier export as it was and nothing half written.

mod disk;
mod error;
mod replace;

use std::path::{Path, PathBuf};

use crate::event::{Event, Origin, StationDay};
use crate::report::{self, Format, Heading, Table};
use disk::RealDisk;
use replace::{NewFile, replace};

pub use error::ExportError;

/// Writes the tables of `day` into the existing folder `dir`, each as XLSX and CSV, in place of
/// earlier exports of that day, and tells the files written. When it fails before the first file is
/// in place, all earlier files stay; after that (`dir` vanished between two renames), every file is
/// whole, be it the earlier or the new one. Two exports into one folder wait for each other.
///
/// # Errors
/// A variant per cause, with the path it is about.
pub fn day(
    heading: &Heading,
    day: StationDay,
    events: &[Event],
    dir: &Path,
) -> Result<Vec<PathBuf>, ExportError> {
    let mut files = Vec::new();
    for table in report::of_day(heading, day, events) {
        for format in Format::ALL {
            let mut bytes = Vec::new();
            format.write(&table, &mut bytes)?;
            files.push(NewFile { name: file_name(&table, &heading.origin, day, format), bytes });
        }
    }
    replace(&RealDisk, dir, &files)
}

/// `tong-hop_AG-TRITON_D1_2026-11-24.xlsx`: plain ASCII, safe on a stick with FAT.
fn file_name(table: &Table, origin: &Origin, day: StationDay, format: Format) -> String {
    let Origin { station, point } = origin;
    format!("{}_{station}_{point}_{day}.{}", table.stem, format.ending())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::event::{AgeBand, CardKind, RecordUsed, Source};
    use crate::figures::sample::{Desk, TODAY};
    use crate::report::sample::heading;

    #[test]
    fn a_day_is_four_files_with_plain_names() {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(Some(CardKind::Cccd), AgeBand::From70);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        let written = day(&heading(), TODAY, &desk.events, dir.path()).unwrap();
        let names = [
            "tong-hop_AG-TRITON_D1_2026-11-24.xlsx",
            "tong-hop_AG-TRITON_D1_2026-11-24.csv",
            "su-kien_AG-TRITON_D1_2026-11-24.xlsx",
            "su-kien_AG-TRITON_D1_2026-11-24.csv",
        ];
        assert_eq!(written, names.map(|name| dir.path().join(name)));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), names.len());
    }

    #[test]
    fn the_same_day_exported_twice_gives_the_same_bytes() {
        let mut desk = Desk::open(TODAY);
        for _ in 0..20 {
            let visit = desk.arrives(None, AgeBand::Unknown);
            desk.is_guided(visit, 5);
        }
        let [first, second] = [(); 2].map(|()| {
            let dir = tempfile::tempdir().unwrap();
            let written = day(&heading(), TODAY, &desk.events, dir.path()).unwrap();
            written.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
        });
        assert!(first == second);
    }
}
