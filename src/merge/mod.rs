//! Exports of many desks and stations as one report: what a commune and a province have until there
//! is a network.
//!
//! Rules kept: a figure counts only if its station signed it; a day of a desk counts once, by its
//! last closing; what is missing, doubled or refused is named and never filled up or guessed. One
//! desk is looked through at a time and only its sums stay in memory, so that a whole country fits
//! into the memory of a small computer.

mod closed_day;
mod desk;
mod error;
mod expected;
mod find;
mod gap;
mod key_list;
mod refusal;
mod result_folder;
mod spans;
mod tables;

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::event::{Moment, Origin};
use crate::export::Period;
use crate::figures::DayFigures;
use crate::report::{self, Format, LongTable, ReportError};
use desk::{Desk, judge};
use find::Found;
use gap::gaps;
use result_folder::Draft;

pub use desk::{Conflict, Double, Kind, OtherKey};
pub use error::MergeError;
pub use expected::Expected;
pub use gap::{Gap, Why};
pub use key_list::{KeyList, ListError};
pub use refusal::{Refusal, Refused};

/// Desks that may be looked through before the report has taken them, for each thread.
const AHEAD: usize = 4;

/// What is to be joined.
#[derive(Debug)]
pub struct Request {
    /// Exports, or folders that hold some.
    pub inputs: Vec<PathBuf>,
    /// Whose keys are known. Without it the key in an export is taken for its desk's.
    pub keys: Option<KeyList>,
    /// The desks that should have sent something.
    pub expected: Option<Expected>,
    /// The days to report. Without it those that the exports cover.
    pub period: Option<Period>,
    /// Whether anything refused stops everything.
    pub strict: bool,
    /// When the report is made.
    pub made_at: Moment,
}

/// What came of it.
#[derive(Debug)]
pub struct Merged {
    /// The folder of the result.
    pub folder: PathBuf,
    /// The days it tells of.
    pub period: Period,
    /// Stations with at least one closing.
    pub stations: usize,
    /// Desks with at least one closing.
    pub desks: usize,
    /// Closed days of desks that count.
    pub closings: u64,
    /// The sum of all of them.
    pub sum: DayFigures,
    /// Days without a closing that counts.
    pub gaps: Vec<Gap>,
    /// Closings that stand more than once, or were replaced by a later one.
    pub doubles: Vec<Double>,
    /// Closings that contradict each other; their days do not count.
    pub conflicts: Vec<Conflict>,
    /// Keys that signed closings of an export, though not the export.
    pub other_keys: Vec<OtherKey>,
    /// Exports that do not count.
    pub refused: Vec<Refused>,
}

/// Joins the exports into a folder of its own in `out`, which is made if it is not there; an earlier
/// result of the same days steps aside.
///
/// # Errors
/// A variant per cause. Then `out` holds what it held before.
pub fn merge(request: &Request, out: &Path) -> Result<Merged, MergeError> {
    let Found { groups, refused } = find::exports(&request.inputs);
    if groups.is_empty() {
        return Err(MergeError::NoExport(refused));
    }
    let draft = Draft::open(out)?;
    let mut long = LongTable::begin(
        tables::by_day(request),
        draft.create("tong-hop-ngay.csv")?,
        draft.create("tong-hop-ngay.json")?,
        draft.path(),
    )?;
    let mut desks = Vec::new();
    let judged = |(origin, folders): &(Option<Origin>, Vec<PathBuf>)| {
        judge(origin.as_ref(), folders, request)
    };
    in_order(&groups, judged, |mut desk: Desk| {
        for closed in std::mem::take(&mut desk.days) {
            long.row(&tables::row_of_day(&desk, &closed))?;
            desk.sum.add(&closed.figures);
            desk.closings += 1;
        }
        desks.push(desk);
        Ok(())
    })?;

    let mut merged = sum_up(request, refused, &mut desks)?;
    long.sum(tables::row_of_all_days(&merged.sum));
    let [before, after] = tables::all(request, &merged, &desks);
    for table in before.iter().chain(&after) {
        let mut csv = draft.create(&format!("{}.csv", table.stem))?;
        Format::Csv.write(table, &mut csv)?;
        close(csv)?;
        let mut json = draft.create(&format!("{}.json", table.stem))?;
        json.write_all(&report::table_for_programs(table)?).map_err(ReportError::from)?;
        close(json)?;
    }
    let mut workbook = draft.create("tong-hop.xlsx")?;
    let (csv, json) = long.end(&before, &after, &mut workbook)?;
    for file in [csv, json, workbook] {
        close(file)?;
    }
    merged.folder = draft.place(merged.period)?;
    Ok(merged)
}

/// What the desks come to.
fn sum_up(
    request: &Request,
    mut refused: Vec<Refused>,
    desks: &mut [Desk],
) -> Result<Merged, MergeError> {
    let (mut doubles, mut conflicts, mut sum) = (Vec::new(), Vec::new(), DayFigures::default());
    for desk in desks.iter_mut() {
        doubles.append(&mut desk.doubles);
        conflicts.append(&mut desk.conflicts);
        sum.add(&desk.sum);
    }
    let period = request.period.or_else(|| {
        let covered = || desks.iter().flat_map(|desk| desk.covered.iter());
        Period::new(covered().map(|(from, _)| from).min()?, covered().map(|(_, to)| to).max()?)
    });
    let expected = request.expected.as_ref();
    let gaps = period.map(|period| gaps(desks, expected, period)).unwrap_or_default();
    // Gaps are told otherwise where an export was refused, so they come first.
    refused.extend(desks.iter_mut().flat_map(|desk| std::mem::take(&mut desk.refused)));
    let accepted = desks.iter().any(|desk| !desk.sources.is_empty());
    let Some(period) = period.filter(|_| accepted) else {
        return Err(MergeError::NothingAccepted(refused));
    };
    if request.strict && !(refused.is_empty() && conflicts.is_empty()) {
        return Err(MergeError::Strict { refused, conflicts });
    }
    let sources = desks.iter().flat_map(|desk| &desk.sources);
    let other_keys = sources.flat_map(|source| source.other_keys.iter().cloned()).collect();
    let counting = || desks.iter().filter(|desk| desk.closings > 0);
    let mut stations: Vec<_> = counting().filter_map(Desk::station).collect();
    stations.dedup();
    Ok(Merged {
        folder: PathBuf::new(),
        period,
        stations: stations.len(),
        desks: counting().count(),
        closings: counting().map(|desk| desk.closings).sum(),
        sum,
        gaps,
        doubles,
        conflicts,
        other_keys,
        refused,
    })
}

fn close(file: BufWriter<File>) -> Result<(), MergeError> {
    let written = file.into_inner().map(drop).map_err(io::IntoInnerError::into_error);
    Ok(written.map_err(ReportError::from)?)
}

/// Judges every item, on all processors, and hands the results on in the order of the items; never
/// more than a few ahead, so that memory stays small however many there are.
fn in_order<T: Sync, R: Send>(
    items: &[T],
    judged: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), MergeError>,
) -> Result<(), MergeError> {
    let lanes = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let lane = |lane: usize| {
            let (hand_over, handed) = sync_channel(AHEAD);
            let (judged, mine) = (&judged, items.iter().skip(lane).step_by(lanes));
            // Whoever stops taking wants no more.
            scope.spawn(move || mine.map(judged).try_for_each(|it| hand_over.send(it)));
            handed
        };
        let handed: Vec<_> = (0..lanes).map(lane).collect();
        let turns = handed.iter().cycle().take(items.len());
        // A lane ends early only by a panic, which the scope passes on.
        turns.map_while(|lane| lane.recv().ok()).try_for_each(&mut take)
    })
}
