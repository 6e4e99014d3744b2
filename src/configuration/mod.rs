//! The whole configuration of a kiosk: `station.toml` and `guides/*.toml` together.
//!
//! It stands above both rooms because only here can be told whether the guide that the station
//! names is there. Every mistake of every file is told at once, or all is sound.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::guide::{Guide, Language, Translation};
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

/// The guides a station offers; there is always one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guides {
    first: Lesson,
    others: Vec<Lesson>,
    install: Option<usize>,
}

/// A guide in every language it has been translated into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The guide.
    pub guide: Guide,
    translations: BTreeMap<Language, Translation>,
}

impl Lesson {
    /// Its words in `language`; none where they are those of the guide itself.
    pub fn translation(&self, language: Language) -> Option<&Translation> {
        self.translations.get(&language)
    }
}

impl Guides {
    /// The guide that stands first.
    pub fn default_guide(&self) -> &Guide {
        &self.first.guide
    }

    /// The guides in the order they are offered.
    pub fn iter(&self) -> impl Iterator<Item = &Lesson> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Which of them, from 0, teaches how to install VNeID.
    pub fn install(&self) -> Option<usize> {
        self.install
    }
}

/// A file, or what kept it from being read.
type Opened = Result<Source, Problem>;

/// All files of a configuration.
struct Files {
    station: Opened,
    guides: Vec<(Opened, PathBuf)>,
    translations: Vec<(Language, Opened, PathBuf)>,
}

impl Configuration {
    /// Reads the configuration in the folder `dir`.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn load(dir: &Path) -> Result<Self, Problems> {
        let station = Source::load(&dir.join("station.toml"));
        let folder = dir.join("guides");
        let mut found = Files { station, guides: Vec::new(), translations: Vec::new() };
        let open = |file: PathBuf| (Source::load(&file), file);
        let read = toml_files(&folder).and_then(|guides| {
            found.guides.extend(guides.into_iter().map(open));
            for language in Language::ALL {
                let files = toml_files(&folder.join(language.code()))?;
                found
                    .translations
                    .extend(files.into_iter().map(|file| (language, Source::load(&file), file)));
            }
            Ok(())
        });
        match read {
            Ok(()) => Self::read(found),
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
        let open = |(file, text): (&str, &str)| (Ok(Source::new(file, text)), PathBuf::from(file));
        let translations = embedded::TRANSLATIONS.into_iter().filter_map(|(file, text)| {
            let language = Language::of_code(file.split('/').nth(1)?)?;
            Some((language, Ok(Source::new(file, text)), PathBuf::from(file)))
        });
        let (file, text) = embedded::STATION;
        Self::read(Files {
            station: Ok(Source::new(file, text)),
            guides: embedded::GUIDES.into_iter().map(open).collect(),
            translations: translations.collect(),
        })
    }

    fn read(files: Files) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut named = BTreeMap::new();
        for (source, file) in files.guides {
            match (guide_id(&file), source) {
                (Ok(id), Ok(source)) => {
                    let guide = Guide::read(id.clone(), &source);
                    let lesson = guide
                        .map_err(|found| problems.extend(found))
                        .map(|guide| Lesson { guide, translations: BTreeMap::new() });
                    named.insert(id, lesson.ok());
                }
                (Ok(id), Err(problem)) => {
                    named.insert(id, None);
                    problems.push(problem);
                }
                (Err(problem), _) => problems.push(problem),
            }
        }
        for (language, source, file) in files.translations {
            let read = source
                .map_err(|problem| vec![problem])
                .and_then(|source| {
                    Translation::read(&source).map_err(|found| found.into_iter().collect())
                })
                .and_then(|words| guide_id(&file).map(|id| (id, words)).map_err(|it| vec![it]));
            match read {
                Ok((id, words)) => {
                    // One that is out of date, or of a guide that is gone, is left aside.
                    if let Some(Some(lesson)) = named.get_mut(&id)
                        && words.fits(&lesson.guide)
                    {
                        lesson.translations.insert(language, words);
                    }
                }
                Err(found) => problems.extend(found),
            }
        }
        let ids = named.keys().cloned().collect();
        let station = files
            .station
            .map_err(|problem| problems.push(problem))
            .and_then(|source| Station::read(&source, &ids).map_err(|found| problems.extend(found)))
            .ok();
        let guides = station.as_ref().and_then(|station| Guides::of(station, named));
        match (station, guides) {
            (Some(station), Some(guides)) if problems.is_empty() => Ok(Self { station, guides }),
            (_, _) => Err(problems.into_iter().collect()),
        }
    }
}

impl Guides {
    /// Those the station names; `None` when one of them has problems.
    fn of(station: &Station, mut named: BTreeMap<GuideId, Option<Lesson>>) -> Option<Self> {
        let first = named.remove(&station.default_guide).flatten()?;
        let others: Vec<Lesson> = station
            .more_guides
            .iter()
            .filter_map(|id| named.remove(id))
            .collect::<Option<Vec<_>>>()?;
        let mut guides = Self { first, others, install: None };
        guides.install = station
            .install_guide
            .as_ref()
            .and_then(|install| guides.iter().position(|lesson| lesson.guide.id == *install));
        Some(guides)
    }
}

/// The guides or translations in a folder, in the order of their names. None when there is no such
/// folder; what is hidden or does not end in `.toml` is none.
fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
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
