//! Sticks: noticing them, and writing what a station hands out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::campaign::{Campaign, Days};
use crate::event::{StaffCode, StationDay};
use crate::export::{
    self, Bundle, Change, Digest, ExportError, NewFile, Period, Phase, Platform, Progress,
    TIME_TO_MOUNT, Volume, Watch,
};
use crate::figures::{DayFigures, Tally};
use crate::journal::{JournalError, JournalReader};
use crate::report::{self, Form, Format, Heading, ReportError};
use crate::seal::{Signature, StationKey};
use crate::station::Station;

use super::super::report::{Gathered, NoReport};

/// How long the watch looks before it sees whether the kiosk has ended. A stick wakes it at once.
const LOOK: Duration = Duration::from_secs(5);

/// What the threads tell.
pub(super) enum News {
    /// A stick can be written to.
    In(Volume),
    /// This stick is gone.
    Out(Volume),
    /// A stick is in that cannot be read.
    Unreadable,
    /// So much is written and checked, 0 to 1.
    Progress(f32),
    /// The export is on the stick.
    Exported {
        /// First day.
        from: StationDay,
        /// Last day.
        to: StationDay,
        /// Who did it.
        by: StaffCode,
        /// SHA-256 of the manifest.
        manifest: String,
        /// What people should know besides.
        note: Option<&'static str>,
    },
    /// It failed.
    Failed {
        /// What happened.
        what: String,
        /// What to do now.
        advice: &'static str,
    },
}

/// What is to be handed out.
pub(super) struct Handout {
    pub(super) data: PathBuf,
    pub(super) heading: Heading,
    pub(super) from: StationDay,
    pub(super) to: StationDay,
    pub(super) by: StaffCode,
    /// What the plans want to be told.
    pub(super) campaigns: Arc<Vec<Campaign>>,
    /// When the station is open, and what its letters carry.
    pub(super) station: Arc<Station>,
}

/// Why nothing could be handed out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandoutError {
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What a plan wants to be told could not be gathered.
    #[error(transparent)]
    NoReport(#[from] NoReport),
    /// A table could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A document could not be made.
    #[error(transparent)]
    Document(#[from] serde_json::Error),
    /// The stick refused.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The last day lies before the first.
    #[error("the period ends before it begins")]
    NoPeriod,
    /// There is no stick.
    #[error("there is no stick")]
    NoStick,
}

impl HandoutError {
    /// What happened, for the people at the station.
    fn what(&self) -> &'static str {
        match self {
            Self::Journal(_) | Self::NoReport(_) => "Máy chưa đọc được số liệu",
            Self::Report(_) | Self::Document(_) | Self::NoPeriod => "Máy chưa lập được báo cáo",
            Self::Export(_) => "Chưa xuất được ra USB",
            Self::NoStick => "Chưa thấy USB",
        }
    }

    /// What to do now.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Journal(error) | Self::NoReport(NoReport::Journal(error)) => error.advice(),
            Self::Export(error) => error.advice(),
            Self::Report(_)
            | Self::NoReport(NoReport::Closing(_))
            | Self::Document(_)
            | Self::NoPeriod => "Vui lòng thử lại. Nếu vẫn vậy, xin báo người phụ trách kỹ thuật.",
            Self::NoStick => "Mời cắm USB vào máy rồi bấm lại.",
        }
    }
}

/// Tells of sticks that come and go, until `stop` is set.
pub(super) fn watch(platform: &dyn Platform, stop: &Arc<AtomicBool>, mut tell: impl FnMut(News)) {
    let mut watch = Watch::new(TIME_TO_MOUNT);
    while !stop.load(Ordering::Relaxed) {
        let changes = match watch.next(platform, LOOK) {
            Ok(changes) => changes,
            Err(error) => {
                tracing::warn!(%error, "cannot see whether a stick is in");
                std::thread::sleep(LOOK);
                continue;
            }
        };
        for change in changes {
            match change {
                Change::Inserted(volume) => tell(News::In(volume)),
                Change::Removed(volume) => tell(News::Out(volume)),
                Change::Unreadable(disk) => {
                    tracing::warn!(disk, "a stick has no file system known here");
                    tell(News::Unreadable);
                }
            }
        }
    }
}

/// Writes the handout to the stick and lets go of it; tells how far it is and how it ended.
pub(super) fn export(
    handout: &Handout,
    platform: &dyn Platform,
    stick: Option<&Volume>,
    key: &StationKey,
    tell: &mut dyn FnMut(News),
) {
    let written = stick.ok_or(HandoutError::NoStick).and_then(|stick| {
        let bundle = bundle(handout)?;
        let mut progress = |progress| tell(News::Progress(part(progress)));
        Ok(export::to_stick(platform, stick, bundle, key, &mut progress)?)
    });
    match written {
        Ok(exported) => {
            let Handout { from, to, by, .. } = *handout;
            let manifest = exported.manifest.to_string();
            let stays = exported.ejected.as_ref().err().map(export::EjectError::advice);
            let note = stays.or_else(|| exported.note());
            tell(News::Exported { from, to, by, manifest, note });
        }
        Err(error) => {
            tracing::warn!(%error, "the export failed");
            tell(News::Failed { what: error.what().to_owned(), advice: error.advice() });
        }
    }
}

/// Writing and checking take about as long.
fn part(progress: Progress) -> f32 {
    let whole = progress.total_bytes.max(1) as f32;
    let done = progress.done_bytes as f32 / whole;
    match progress.phase {
        Phase::Writing => done / 2.0,
        Phase::Checking => 0.5 + done / 2.0,
        Phase::Placing | Phase::Unmounting => 1.0,
    }
}

/// Whether a period touches the days of a campaign.
fn is_told(campaign: &Campaign, from: StationDay, to: StationDay) -> bool {
    campaign.days.from <= to && from <= campaign.days.to
}

/// Everything of the period: tables, figures for programs, signed closings.
pub(super) fn bundle(handout: &Handout) -> Result<Bundle, HandoutError> {
    let Handout { data, heading, from, to, .. } = handout;
    let reader = JournalReader::open(data)?;
    let period = Period::new(*from, *to).ok_or(HandoutError::NoPeriod)?;
    let mut tallies: BTreeMap<StationDay, Tally> =
        period.days().map(|day| (day, Tally::new(day))).collect();
    let mut events = Vec::new();
    reader.events_between(*from, *to, &mut |event| {
        if let Some(tally) = tallies.get_mut(&event.day) {
            tally.add(&event);
        }
        events.push(event);
    })?;
    let days: Vec<(StationDay, DayFigures)> =
        tallies.into_iter().map(|(day, tally)| (day, tally.figures())).collect();
    let name = |stem: &str, ending: &str| {
        let (station, point) = (&heading.origin.station, &heading.origin.point);
        let days = if from == to { from.to_string() } else { format!("{from}_{to}") };
        format!("{stem}_{station}_{point}_{days}.{ending}")
    };
    let mut files = Vec::new();
    for table in report::of_period(heading, &days, &events) {
        for format in Format::ALL {
            let mut bytes = Vec::new();
            format.write(&table, &mut bytes)?;
            files.push(NewFile { name: name(table.stem, format.ending()), bytes });
        }
    }
    for campaign in handout.campaigns.iter().filter(|campaign| is_told(campaign, *from, *to)) {
        let days = Days { from: *from, to: *to };
        let gathered = Gathered::from(&reader, &handout.station, campaign, days)?;
        let document = gathered.document(heading, &handout.station, campaign, days);
        for form in Form::ALL {
            for file in form.files(&document)? {
                let stem = format!("{}_{}", file.stem, campaign.id);
                files.push(NewFile { name: name(&stem, file.ending), bytes: file.bytes });
            }
        }
    }
    files.push(NewFile { name: name("so-lieu", "json"), bytes: report::figures(heading, &days)? });
    for closing in reader.closings(*from, *to)? {
        let (station, point) = (&heading.origin.station, &heading.origin.point);
        let stem = format!("chot-so_{station}_{point}_{}_{}", closing.day, closing.number);
        let signature = format!("{}\n", Signature::from_bytes(closing.signature));
        files.push(NewFile { name: format!("{stem}.json"), bytes: closing.document });
        files.push(NewFile { name: format!("{stem}.sig"), bytes: signature.into_bytes() });
    }
    let (last, chain) = reader.head()?;
    Ok(Bundle {
        heading: heading.clone(),
        period,
        journal: reader.id()?,
        chain_head: Digest(chain.0),
        events: last.0,
        files,
    })
}
