//! All exports of one desk, and what they come to together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::closed_day::{ClosedDay, NotCounted};
use super::find::place;
use super::spans::Spans;
use super::{KeyList, Refusal, Refused, Request};
use crate::event::{Origin, StationCode, StationDay};
use crate::export::{Manifest, Period, VerifyError, inspect};
use crate::figures::DayFigures;
use crate::seal::Fingerprint;

/// One desk, looked through.
#[derive(Debug)]
pub(super) struct Desk {
    /// `None` for exports that do not even bear the name of one; all of them are refused.
    pub(super) origin: Option<Origin>,
    /// As its newest export calls them.
    pub(super) station_name: String,
    pub(super) point_name: String,
    /// The days that count, in order, until they are written.
    pub(super) days: Vec<ClosedDay>,
    /// How many those were, and their sum.
    pub(super) closings: u64,
    pub(super) sum: DayFigures,
    /// The days that count, those that do not because closings contradict each other, and those
    /// that an export covers.
    pub(super) closed: Spans,
    pub(super) contradicting: Spans,
    pub(super) covered: Spans,
    pub(super) sources: Vec<Source>,
    pub(super) doubles: Vec<Double>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) refused: Vec<Refused>,
}

/// An export that counts.
#[derive(Debug)]
pub(super) struct Source {
    /// Its folder, in words.
    pub(super) place: String,
    /// Whether the desk has exported the same days again since.
    pub(super) is_earlier: bool,
    pub(super) station_name: String,
    pub(super) point_name: String,
    pub(super) period: Period,
    /// When it was made, in words.
    pub(super) made: String,
    pub(super) program: String,
    pub(super) key: Fingerprint,
    /// The days that were counted from it.
    pub(super) days: Vec<StationDay>,
    /// Those of them that another key had signed.
    pub(super) other_keys: Vec<OtherKey>,
    /// For the order in which a desk's exports were made.
    made_at: i64,
}

/// A key that signed closings of an export, though not the export: that of the desk before it lost
/// it, or a stranger's. The key of the export vouches that it handed them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherKey {
    /// The desk.
    pub origin: Origin,
    /// The key.
    pub key: Fingerprint,
    /// Whether the list of keys has it for this desk.
    pub is_listed: bool,
    /// The days that were counted by its closings.
    pub days: Vec<StationDay>,
    /// The folder of the export, in words.
    pub place: String,
}

/// Closings that stand more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// The desk.
    pub origin: Origin,
    /// What about them.
    pub kind: Kind,
    /// The first of some days in a row.
    pub from: StationDay,
    /// The last of them.
    pub to: StationDay,
    /// The folder of the export that counts, in words.
    pub counted: String,
    /// The folder of the other one; may be the same.
    pub other: String,
}

/// How two closings of one day stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The same closing.
    Same,
    /// The day was closed again, and the later closing counts.
    Later {
        /// Number of the one that counts.
        number: u64,
        /// Number of the one it replaces.
        before: u64,
    },
}

/// Two closings that cannot both be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The desk.
    pub origin: Origin,
    /// The day, which does not count.
    pub day: StationDay,
    /// The number that both bear.
    pub number: u64,
    /// The folders of the two exports, in words.
    pub places: [String; 2],
}

/// A closing, and which of the desk's exports it came with.
struct Candidate {
    export: usize,
    closed: ClosedDay,
}

/// Looks through all exports of one desk, in the order of their paths.
pub(super) fn judge(origin: Option<&Origin>, folders: &[PathBuf], request: &Request) -> Desk {
    let mut desk = Desk::of(origin.cloned());
    let mut candidates = Vec::new();
    for folder in folders {
        match accept(folder, request, desk.sources.first()) {
            Ok((source, closings)) => {
                let export = desk.sources.len();
                let wanted = closings.into_iter().filter(|one| request.wants(one.day));
                candidates.extend(wanted.map(|closed| Candidate { export, closed }));
                desk.sources.push(source);
            }
            Err(why) => {
                let origin = origin.cloned();
                desk.refused.push(Refused { place: place(folder), origin, why });
            }
        }
    }
    if let Some(newest) = desk.sources.iter().max_by_key(|source| source.made_at) {
        desk.station_name = newest.station_name.clone();
        desk.point_name = newest.point_name.clone();
    }
    desk.covered = Spans::of(desk.sources.iter().map(|it| (it.period.from(), it.period.to())));
    if let Some(origin) = origin {
        desk.decide(origin, candidates, request.keys.as_ref());
    }
    desk
}

impl Request {
    fn wants(&self, day: StationDay) -> bool {
        self.period.is_none_or(|period| (period.from()..=period.to()).contains(&day))
    }
}

/// Verifies one export and reads its closings; `first` is one of the same desk that counts.
fn accept(
    folder: &Path,
    request: &Request,
    first: Option<&Source>,
) -> Result<(Source, Vec<ClosedDay>), Refusal> {
    let mut closings = Vec::new();
    let mut not_counted = None;
    let mut read = |name: &str, closing, document: &[u8]| match ClosedDay::read(closing, document) {
        Ok(closed) => closings.push(closed),
        Err(why) => not_counted = not_counted.take().or(Some((name.to_owned(), why))),
    };
    let inspected = inspect(folder.to_owned(), &[], &mut read).map_err(|error| match error {
        VerifyError::Unreadable { path: _, source } => Refusal::Unreadable(source),
        VerifyError::NoExport(_) => Refusal::NoExport,
    })?;
    let made = inspected.made().unwrap_or_default();
    let is_earlier = inspected.is_earlier;
    let (Some(manifest), []) = (inspected.manifest, inspected.faults.as_slice()) else {
        return Err(Refusal::Altered(inspected.faults));
    };
    let key = manifest.key.fingerprint();
    is_its_key(&manifest.origin, key, request, first)?;
    if let Some((name, why)) = not_counted {
        return Err(match why {
            NotCounted::Newer => Refusal::ClosingNewer(name),
            NotCounted::NoFigures => Refusal::ClosingWithoutFigures(name),
            NotCounted::Impossible => Refusal::ClosingImpossible(name),
        });
    }
    let Manifest { station_name, point_name, period, made_at, program, .. } = manifest;
    let days = period.from()..=period.to();
    if let Some(outside) = closings.iter().find(|closed| !days.contains(&closed.day)) {
        return Err(Refusal::ClosingOutside(outside.day));
    }
    let source = Source {
        place: place(folder),
        is_earlier,
        station_name,
        point_name,
        period,
        made,
        program,
        key,
        days: Vec::new(),
        other_keys: Vec::new(),
        made_at: made_at.timestamp(),
    };
    Ok((source, closings))
}

/// Whether a good signature is that of the desk.
fn is_its_key(
    origin: &Origin,
    signed: Fingerprint,
    request: &Request,
    first: Option<&Source>,
) -> Result<(), Refusal> {
    match (&request.keys, first) {
        (Some(list), _) => match list.knows(origin, signed) {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::ForeignKey(signed)),
            None => Err(Refusal::NotListed(signed)),
        },
        (None, Some(first)) if first.key != signed => {
            Err(Refusal::KeyChanged { signed, before: first.key, first: first.place.clone() })
        }
        (None, Some(_) | None) => Ok(()),
    }
}

impl Source {
    /// A day counts by a closing of this export.
    fn count(&mut self, closed: &ClosedDay, origin: &Origin, keys: Option<&KeyList>) {
        let ClosedDay { day, key, .. } = *closed;
        self.days.push(day);
        if key == self.key {
            return;
        }
        if let Some(other) = self.other_keys.iter_mut().find(|other| other.key == key) {
            other.days.push(day);
            return;
        }
        let is_listed = keys.and_then(|keys| keys.knows(origin, key)) == Some(true);
        let (origin, place) = (origin.clone(), self.place.clone());
        self.other_keys.push(OtherKey { origin, key, is_listed, days: vec![day], place });
    }
}

impl Desk {
    fn of(origin: Option<Origin>) -> Self {
        Self {
            origin,
            station_name: String::new(),
            point_name: String::new(),
            days: Vec::new(),
            closings: 0,
            sum: DayFigures::default(),
            closed: Spans::default(),
            contradicting: Spans::default(),
            covered: Spans::default(),
            sources: Vec::new(),
            doubles: Vec::new(),
            conflicts: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// The station's code; `None` for exports that bear the name of none.
    pub(super) fn station(&self) -> Option<&StationCode> {
        self.origin.as_ref().map(|origin| &origin.station)
    }

    /// Finds the closing of each day that counts.
    fn decide(&mut self, origin: &Origin, mut candidates: Vec<Candidate>, keys: Option<&KeyList>) {
        candidates.sort_by_key(|it| (it.closed.day, it.closed.number, it.export));
        let mut doubles: BTreeMap<(Kind, usize, usize), Vec<StationDay>> = BTreeMap::new();
        let same_day = |one: &Candidate, other: &Candidate| one.closed.day == other.closed.day;
        for of_day in candidates.chunk_by(same_day) {
            if let Some((one, other)) = contradiction(of_day) {
                let ClosedDay { day, number, .. } = one.closed;
                let places = [self.place(one.export), self.place(other.export)];
                self.conflicts.push(Conflict { origin: origin.clone(), day, number, places });
                continue;
            }
            let Some(last) = of_day.last() else { continue };
            let number = last.closed.number;
            let of_number = |wanted: u64| of_day.iter().find(|it| it.closed.number == wanted);
            let counts = of_number(number).unwrap_or(last);
            for other in of_day {
                let before = other.closed.number;
                let first = of_number(before).unwrap_or(other);
                let (kind, counted) = if first.export != other.export {
                    (Kind::Same, first)
                } else if before != number {
                    (Kind::Later { number, before }, counts)
                } else {
                    continue;
                };
                let days = doubles.entry((kind, counted.export, other.export)).or_default();
                days.push(other.closed.day);
            }
            if let Some(source) = self.sources.get_mut(counts.export) {
                source.count(&counts.closed, origin, keys);
            }
            self.days.push(counts.closed.clone());
        }
        self.closed = Spans::of_days(self.days.iter().map(|closed| closed.day));
        self.contradicting = Spans::of_days(self.conflicts.iter().map(|conflict| conflict.day));
        for ((kind, counted, other), days) in doubles {
            for (from, to) in Spans::of_days(days).iter() {
                let (counted, other) = (self.place(counted), self.place(other));
                let origin = origin.clone();
                self.doubles.push(Double { origin, kind, from, to, counted, other });
            }
        }
    }

    fn place(&self, export: usize) -> String {
        self.sources.get(export).map(|source| source.place.clone()).unwrap_or_default()
    }
}

/// Two closings of a day with one number and different content. Then nobody can tell from here which
/// line of closings is the desk's, and the later ones do not tell either.
fn contradiction(of_day: &[Candidate]) -> Option<(&Candidate, &Candidate)> {
    of_day.windows(2).find_map(|pair| match pair {
        [one, other]
            if one.closed.number == other.closed.number
                && one.closed.digest != other.closed.digest =>
        {
            Some((one, other))
        }
        _ => None,
    })
}
