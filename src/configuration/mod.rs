//! The whole configuration of a kiosk: `station.toml`, `guides/*.toml`, `campaigns/*.toml` and, where
//! there is one, `dhis2.toml` together.
//!
//! It stands above their rooms because only here can be told whether a guide or campaign that
//! another file names is there. Every mistake of every file that the desk uses is told at once, or all
//! is sound. A mistake in a file that nothing uses does not stop the desk: it is a doubt, like a value
//! that can be used and is probably not meant.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::campaign::Campaign;
use crate::guide::{Guide, Language, Translation};
use crate::report::dhis2;
use crate::station::document::{Fault, Problem, Problems, Source};
use crate::station::{CampaignId, GuideId, Station};

mod doubts;
mod embedded;

/// A sound configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// The station and its desk.
    pub station: Station,
    /// The guides.
    pub guides: Guides,
    /// The campaigns there are, by their names; which of them are on, the station says.
    pub campaigns: BTreeMap<CampaignId, Campaign>,
    /// What DHIS2 calls the numbers; none where nobody said so.
    pub dhis2: Option<dhis2::Mapping>,
    /// What should be looked at, though the desk can work with it.
    pub doubts: Problems,
}

/// Names and texts of the sample files that are part of the program; `station.toml` is one of them.
pub fn sample_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    let guides = embedded::GUIDES.into_iter().chain(embedded::TRANSLATIONS);
    iter::once(embedded::STATION).chain(guides).chain(embedded::CAMPAIGNS)
}

/// The file of the station and its desk.
pub const STATION_FILE: &str = embedded::STATION.0;

/// Whether a file of this name is a sample file letter by letter: then nobody wrote it, whoever put it
/// there.
pub fn is_sample(name: &Path, bytes: &[u8]) -> bool {
    sample_files().any(|(sample, text)| Path::new(sample) == name && text.as_bytes() == bytes)
}

/// Whether these settings are those of the sample: nobody has made them a station's own.
pub fn is_sample_station(station: &Station) -> bool {
    Configuration::embedded().is_ok_and(|sample| sample.station == *station)
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
        iter::once(&self.first).chain(&self.others)
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
    campaigns: Vec<(Opened, PathBuf)>,
    dhis2: Option<Opened>,
}

impl Configuration {
    /// Reads the configuration in the folder `dir`.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn load(dir: &Path) -> Result<Self, Problems> {
        let station = Source::load(&dir.join(STATION_FILE));
        let folder = dir.join("guides");
        let open = |file: PathBuf| (Source::load(&file), file);
        let files_in =
            |folder: &Path| toml_files(folder).map_err(|error| unreadable(folder, &error));
        let (mut unread, mut translations) = (Vec::new(), Vec::new());
        let mut keep = |found: Result<Vec<PathBuf>, Problem>| {
            found.map_err(|problem| unread.push(problem)).unwrap_or_default()
        };
        let guides = keep(files_in(&folder));
        for language in Language::ALL {
            let files = keep(files_in(&folder.join(language.code())));
            translations
                .extend(files.into_iter().map(|file| (language, Source::load(&file), file)));
        }
        let campaigns = keep(files_in(&dir.join("campaigns")));
        let dhis2 = dir.join(dhis2::FILE);
        let dhis2 = dhis2.exists().then(|| Source::load(&dhis2));
        if !unread.is_empty() {
            // What is there beside them would be told to be missing.
            return Err(unread.into_iter().collect());
        }
        let files = Files {
            station,
            guides: guides.into_iter().map(open).collect(),
            translations,
            campaigns: campaigns.into_iter().map(open).collect(),
            dhis2,
        };
        let mut configuration = Self::read(&files)?;
        let strays = doubts::of_strays(dir, &files);
        let doubts = doubts::of_values(&files, &configuration);
        let unused = std::mem::take(&mut configuration.doubts);
        configuration.doubts = doubts.into_iter().chain(strays).chain(unused).collect();
        Ok(configuration)
    }

    /// The campaigns that are on, in the order of the station.
    pub fn active_campaigns(&self) -> impl Iterator<Item = &Campaign> {
        self.station.campaigns.iter().filter_map(|id| self.campaigns.get(id))
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
        Self::read(&Files {
            station: Ok(Source::new(file, text)),
            guides: embedded::GUIDES.into_iter().map(open).collect(),
            translations: translations.collect(),
            campaigns: embedded::CAMPAIGNS.into_iter().map(open).collect(),
            dhis2: None,
        })
    }

    fn read(files: &Files) -> Result<Self, Problems> {
        // Of files that may be used by nobody: whose they are, and what is wrong with them.
        let (mut of_guides, mut of_campaigns) = (Vec::new(), Vec::new());
        let mut unused = Vec::new();
        let mut named = BTreeMap::new();
        for (source, file) in &files.guides {
            let read = name_of::<GuideId>(file, &GUIDE_NAME);
            let Ok(id) = read.map_err(|problem| unused.push(problem)) else { continue };
            let read = opened(source).and_then(|source| {
                Guide::read(id.clone(), source).map_err(|found| found.into_iter().collect())
            });
            let lesson = read
                .map_err(|found: Vec<_>| of_guides.push((id.clone(), found)))
                .map(|guide| Lesson { guide, translations: BTreeMap::new() });
            named.insert(id, lesson.ok());
        }
        for (language, source, file) in &files.translations {
            let read = name_of::<GuideId>(file, &GUIDE_NAME);
            let Ok(id) = read.map_err(|problem| unused.push(problem)) else { continue };
            let read = opened(source).and_then(|source| {
                Translation::read(source).map_err(|found| found.into_iter().collect())
            });
            match (read, named.get_mut(&id)) {
                // One that is out of date, or of a guide that is gone, is left aside.
                (Ok(words), Some(Some(lesson))) if words.fits(&lesson.guide) => {
                    lesson.translations.insert(*language, words);
                }
                (Ok(_), _) => {}
                (Err(found), _) => of_guides.push((id, found)),
            }
        }
        let ids = named.keys().cloned().collect();
        let mut campaigns = BTreeMap::new();
        for (source, file) in &files.campaigns {
            let read = name_of::<CampaignId>(file, &CAMPAIGN_NAME);
            let Ok(id) = read.map_err(|problem| unused.push(problem)) else { continue };
            let read = opened(source).and_then(|source| {
                let read = Campaign::read(id.clone(), source, &ids);
                read.map_err(|found| found.into_iter().collect())
            });
            let campaign = read.map_err(|found: Vec<_>| of_campaigns.push((id.clone(), found)));
            campaigns.insert(id, campaign.ok());
        }
        let campaign_ids = campaigns.keys().cloned().collect();
        let mut problems = Vec::new();
        let station = opened(&files.station)
            .and_then(|source| {
                let read = Station::read(source, &ids, &campaign_ids);
                read.map_err(|found| found.into_iter().collect())
            })
            .map_err(|found: Vec<_>| problems.extend(found))
            .ok();
        let wanted = station.iter().flat_map(|station| &station.campaigns).filter_map(|id| {
            let campaign: Option<&Campaign> = campaigns.get(id)?.as_ref();
            Some(&campaign?.guides)
        });
        let wanted: Vec<GuideId> = wanted.flatten().cloned().collect();
        // Where nobody knows what the station uses, it may be any of them.
        let offered = station.as_ref().map(|station| offered(station, &wanted));
        let is_on =
            |id: &CampaignId| station.as_ref().is_none_or(|station| station.campaigns.contains(id));
        for (id, found) in of_campaigns {
            if is_on(&id) { problems.extend(found) } else { unused.extend(found) }
        }
        for (id, found) in of_guides {
            let is_used = offered.as_ref().is_none_or(|offered| offered.contains(&id));
            if is_used { problems.extend(found) } else { unused.extend(found) }
        }
        let by_hand = campaigns
            .iter()
            .filter(|(id, _)| is_on(id))
            .map(|(_, campaign)| campaign.as_ref())
            .collect::<Option<Vec<_>>>()
            .map(|_| {
                let counts = campaigns.values().flatten().flat_map(Campaign::hand_counts);
                counts.map(|(_, count)| count.id.clone()).collect()
            });
        let origin = station.as_ref().map(|station| &station.origin);
        let dhis2 = files.dhis2.as_ref().and_then(|source| {
            let read = opened(source).and_then(|source| {
                dhis2::Mapping::read(source, origin, by_hand.as_ref())
                    .map_err(|found| found.into_iter().collect())
            });
            read.map_err(|found: Vec<_>| problems.extend(found)).ok().flatten()
        });
        let guides = station
            .as_ref()
            .zip(offered)
            .and_then(|(station, ids)| Guides::of(station, &ids, named));
        match (station, guides) {
            (Some(station), Some(guides)) if problems.is_empty() => {
                let sound = |(id, campaign): (_, Option<_>)| Some((id, campaign?));
                let campaigns = campaigns.into_iter().filter_map(sound).collect();
                let doubts = unused.into_iter().collect();
                Ok(Self { station, guides, campaigns, dhis2, doubts })
            }
            (_, _) => Err(problems.into_iter().chain(unused).collect()),
        }
    }
}

/// The file, or what kept it from being read.
fn opened(source: &Opened) -> Result<&Source, Vec<Problem>> {
    source.as_ref().map_err(|problem| vec![problem.clone()])
}

/// As many guides as the page holds.
const MOST_OFFERED: usize = 7;

/// Those that the active campaigns want, in their order, then those the station names, as many as the
/// page holds. The one for whoever does not have VNeID is always among them.
fn offered(station: &Station, wanted: &[GuideId]) -> Vec<GuideId> {
    let own = iter::once(&station.default_guide).chain(&station.more_guides);
    let mut ids: Vec<GuideId> = Vec::new();
    for id in wanted.iter().chain(own) {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    if let Some(install) = &station.install_guide
        && ids.iter().position(|id| id == install).is_some_and(|place| place >= MOST_OFFERED)
    {
        ids.truncate(MOST_OFFERED - 1);
        ids.push(install.clone());
    }
    ids.truncate(MOST_OFFERED);
    ids
}

impl Guides {
    /// These, in this order; `None` when one of them has problems.
    fn of(
        station: &Station,
        ids: &[GuideId],
        mut named: BTreeMap<GuideId, Option<Lesson>>,
    ) -> Option<Self> {
        let mut lessons =
            ids.iter().map(|id| named.remove(id).flatten()).collect::<Option<Vec<_>>>()?;
        let first = lessons.remove(0);
        let others = lessons;
        let mut guides = Self { first, others, install: None };
        guides.install = station
            .install_guide
            .as_ref()
            .and_then(|install| guides.iter().position(|lesson| lesson.guide.id == *install));
        Some(guides)
    }
}

fn unreadable(folder: &Path, error: &io::Error) -> Problem {
    let fault = Fault::new(
        format!("không đọc được thư mục này ({error})"),
        "cấp quyền đọc thư mục cho người dùng chạy tiepdon",
    );
    Problem::of_file(folder, fault)
}

/// The guides, translations or campaigns in a folder, in the order of their names. None when there
/// is no such folder; what is hidden or does not end in `.toml` is none.
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

/// What kind of file a name is of, and how to write it.
struct NameOf {
    kind: &'static str,
    example: &'static str,
}

const GUIDE_NAME: NameOf = NameOf { kind: "hướng dẫn", example: "tich-hop-bhyt.toml" };
const CAMPAIGN_NAME: NameOf = NameOf { kind: "chiến dịch", example: "tri-ton-2026.toml" };

/// The name of a guide or campaign, from its file.
fn name_of<T: FromStr>(file: &Path, NameOf { kind, example }: &NameOf) -> Result<T, Problem> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".toml").and_then(|stem| stem.parse().ok()).ok_or_else(|| {
        let fault = Fault::new(
            format!(
                "tên tệp {kind} chỉ gồm chữ thường không dấu, số và gạch nối, nhiều nhất 40 ký tự"
            ),
            format!("đổi tên tệp, ví dụ {example}"),
        );
        Problem::of_file(file, fault)
    })
}

#[cfg(test)]
mod tests;
