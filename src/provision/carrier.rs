//! What a boot partition or a stick offers, as computers of all kinds write it: names in any case,
//! and endings that Windows hides.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::ProvisionError;
use super::files::Files;
use crate::configuration::STATION_FILE;
use crate::station::document::{Fault, Problem};

pub(super) const FOLDER: &str = "tiepdon";
const FILE: &str = "tiepdon-station.toml";
const ENDING: &str = ".txt";

/// Files that are offered.
pub(super) struct Offered {
    pub(super) files: Files,
    /// Where each of them is.
    pub(super) places: BTreeMap<PathBuf, PathBuf>,
}

impl Offered {
    /// Looks into the folder of a carrier. `None` where nothing is offered; a folder that cannot be
    /// read offers nothing.
    pub(super) fn look(from: &Path) -> Result<Option<Result<Self, Problem>>, ProvisionError> {
        let mut places = BTreeMap::new();
        if let Some(folder) = entry(from, FOLDER).filter(|path| path.is_dir()) {
            collect(&folder, Path::new(""), &mut places);
        }
        if let Some(file) = entry(from, FILE).filter(|path| path.is_file()) {
            if let Some(other) = places.get(Path::new(STATION_FILE)) {
                let fault = Fault::new(
                    format!("có hai tệp cấu hình trạm, tệp kia là {}", other.display()),
                    "giữ lại một tệp",
                );
                return Ok(Some(Err(Problem::of_file(file, fault))));
            }
            places.insert(STATION_FILE.into(), file);
        }
        if places.is_empty() {
            return Ok(None);
        }
        let mut files = Files::default();
        for (name, place) in &places {
            files.read(name, place)?;
        }
        Ok(Some(Ok(Self { files, places })))
    }
}

/// The entry of `folder` that people mean by `name`.
pub(super) fn entry(folder: &Path, name: &str) -> Option<PathBuf> {
    entries(folder).into_iter().find(|(plain, _)| plain == name).map(|(_, path)| path)
}

/// Name and place of what lies in a folder, in the order of the names.
fn entries(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut named: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().to_str()?.to_ascii_lowercase();
            Some((name.trim_end_matches(ENDING).to_owned(), entry.path()))
        })
        .collect();
    named.sort();
    named
}

/// The files of a configuration below `folder`; two folders deep at most, as `guides/km`.
fn collect(folder: &Path, below: &Path, places: &mut BTreeMap<PathBuf, PathBuf>) {
    for (name, path) in entries(folder) {
        let name = below.join(name);
        if path.is_dir() {
            // No deeper: on a stick a link may lead back to where it came from.
            if Files::has_folder(&name) {
                collect(&path, &name, places);
            }
        } else if path.is_file() && Files::has_place_for(&name) {
            places.insert(name, path);
        }
    }
}
