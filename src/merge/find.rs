//! Where exports lie: on sticks, in folders of one station, in folders of such folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{Refusal, Refused};
use crate::event::Origin;
use crate::export::{desk_of, is_export};
use crate::printable::printable_path;

/// Folders within folders: province, commune, station, stick, `TIEPDON`, export, and some to spare.
const DEEPEST: usize = 8;

/// Exports by the desk whose name they bear, in the order of their paths; those without such a name
/// come first. What they say of themselves is not yet known to be true.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) groups: Vec<(Option<Origin>, Vec<PathBuf>)>,
    pub(super) refused: Vec<Refused>,
}

/// Looks for exports in all `inputs`; one that is reached twice is found once.
pub(super) fn exports(inputs: &[PathBuf]) -> Found {
    let mut search = Search::default();
    for input in inputs {
        let before = search.reached;
        match fs::canonicalize(input) {
            Ok(path) => search.walk(&path, 0),
            Err(error) => search.refuse(input, Refusal::Unreadable(error)),
        }
        if search.reached == before {
            search.refuse(input, Refusal::NoExport);
        }
    }
    let mut groups: BTreeMap<Option<Origin>, Vec<PathBuf>> = BTreeMap::new();
    for folder in search.found {
        groups.entry(desk_of(&folder)).or_default().push(folder);
    }
    Found { groups: groups.into_iter().collect(), refused: search.refused }
}

#[derive(Default)]
struct Search {
    found: BTreeSet<PathBuf>,
    refused: Vec<Refused>,
    /// Exports and refusals met, also those met before.
    reached: usize,
}

impl Search {
    fn refuse(&mut self, path: &Path, why: Refusal) {
        self.reached += 1;
        self.refused.push(Refused { place: place(path), origin: None, why });
    }

    fn walk(&mut self, folder: &Path, depth: usize) {
        if is_export(folder) {
            self.reached += 1;
            self.found.insert(folder.to_owned());
            return;
        }
        if depth == DEEPEST {
            return;
        }
        match folders_in(folder) {
            Ok(inner) => inner.iter().for_each(|inner| self.walk(inner, depth + 1)),
            Err(error) => self.refuse(folder, Refusal::Unreadable(error)),
        }
    }
}

/// The folders in a folder; links and drafts are left aside.
fn folders_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut inner = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.file_type()?.is_dir() {
            inner.push(entry.path());
        }
    }
    Ok(inner)
}

/// A folder in words: a foreign stick may call it anything.
pub(super) fn place(path: &Path) -> String {
    printable_path(path)
}
