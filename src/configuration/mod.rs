//! The whole configuration of a kiosk: `station.toml` and `guides/*.toml` together.
//!
//! It stands above both rooms because only here can be told whether the guide that the station
//! names is there. Every mistake of every file is told at once, or all is sound.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::guide::Guide;
use crate::station::document::{Fault, Problem, Problems, Source};
use crate::station::{GuideId, Station};

mod embedded;

/// A sound configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// The station and its desk.
    pub station: Station,
    /// The guides.
    pub guides: Guides,
}

/// The guides of a station; there is always one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guides {
    default: Guide,
    others: Vec<Guide>,
}

impl Guides {
    /// The guide that "cần hướng dẫn" opens.
    pub fn default_guide(&self) -> &Guide {
        &self.default
    }

    /// Every guide, the default one first.
    pub fn iter(&self) -> impl Iterator<Item = &Guide> {
        std::iter::once(&self.default).chain(&self.others)
    }
}

/// A file, or what kept it from being read.
type Opened = Result<Source, Problem>;

impl Configuration {
    /// Reads the configuration in the folder `dir`.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn load(dir: &Path) -> Result<Self, Problems> {
        let station = Source::load(&dir.join("station.toml"));
        let folder = dir.join("guides");
        match guide_files(&folder) {
            Ok(files) => {
                let guides = files.into_iter().map(|file| (Source::load(&file), file));
                Self::read(station, guides)
            }
            Err(error) => {
                let fault = Fault::new(
                    format!("không đọc được thư mục này ({error})"),
                    "cấp quyền đọc thư mục cho người dùng chạy tiepdon",
                );
                Err(std::iter::once(Problem::of_file(folder, fault)).collect())
            }
        }
    }

    /// The sample configuration that is part of the program.
    ///
    /// # Errors
    /// None, as a test of this room makes sure.
    pub fn embedded() -> Result<Self, Problems> {
        let guides =
            embedded::GUIDES.map(|(file, text)| (Ok(Source::new(file, text)), file.into()));
        let (file, text) = embedded::STATION;
        Self::read(Ok(Source::new(file, text)), guides)
    }

    fn read(
        station: Opened,
        guides: impl IntoIterator<Item = (Opened, PathBuf)>,
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut named = BTreeMap::new();
        for (source, file) in guides {
            match (guide_id(&file), source) {
                (Ok(id), Ok(source)) => {
                    let guide = Guide::read(id.clone(), &source);
                    named.insert(id, guide.map_err(|found| problems.extend(found)).ok());
                }
                (Ok(id), Err(problem)) => {
                    named.insert(id, None);
                    problems.push(problem);
                }
                (Err(problem), _) => problems.push(problem),
            }
        }
        let ids = named.keys().cloned().collect();
        let station = station
            .map_err(|problem| problems.push(problem))
            .and_then(|source| Station::read(&source, &ids).map_err(|found| problems.extend(found)))
            .ok();
        let guides = station
            .as_ref()
            .and_then(|station| named.remove(&station.default_guide).flatten())
            .map(|default| Guides { default, others: named.into_values().flatten().collect() });
        match (station, guides) {
            (Some(station), Some(guides)) if problems.is_empty() => Ok(Self { station, guides }),
            (_, _) => Err(problems.into_iter().collect()),
        }
    }
}

/// The guides in a folder, in the order of their names. None when there is no such folder; what
/// is hidden or does not end in `.toml` is none.
fn guide_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let file = entry?.path();
        let hidden = file.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        let toml = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        if toml && !hidden && !file.is_dir() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The name of a guide, from its file.
fn guide_id(file: &Path) -> Result<GuideId, Problem> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".toml").and_then(|stem| stem.parse().ok()).ok_or_else(|| {
        let fault = Fault::new(
            "tên tệp hướng dẫn chỉ gồm chữ thường không dấu, số và gạch nối, nhiều nhất 40 ký tự",
            "đổi tên tệp, ví dụ tich-hop-bhyt.toml",
        );
        Problem::of_file(file, fault)
    })
}

#[cfg(test)]
mod tests;
