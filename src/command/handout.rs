//! What a station hands out: on a stick from the kiosk, or into a folder from the command line.

use std::path::PathBuf;
use std::sync::Arc;

use super::report::{Gathered, NoReport, count};
use crate::campaign::{Campaign, Days};
use crate::event::StationDay;
use crate::export::{Bundle, Digest, ExportError, NewFile, Period};
use crate::figures::OpeningHours;
use crate::journal::{JournalError, JournalReader};
use crate::report::{self, Form, Format, Heading, ReportError};
use crate::seal::Signature;
use crate::station::Station;

/// What is to be handed out.
pub(in crate::command) struct Handout {
    pub(in crate::command) data: PathBuf,
    pub(in crate::command) heading: Heading,
    pub(in crate::command) from: StationDay,
    pub(in crate::command) to: StationDay,
    /// What the plans want to be told; without the configuration none is.
    pub(in crate::command) plans: Option<Plans>,
}

/// The plans, and the station that reports to them.
pub(in crate::command) struct Plans {
    pub(in crate::command) campaigns: Arc<Vec<Campaign>>,
    /// When the station is open, and what its letters carry.
    pub(in crate::command) station: Arc<Station>,
}

/// Why nothing could be handed out.
#[derive(Debug, thiserror::Error)]
pub(in crate::command) enum HandoutError {
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
    pub(in crate::command) fn what(&self) -> &'static str {
        match self {
            Self::Journal(_) | Self::NoReport(_) => "Máy chưa đọc được số liệu",
            Self::Report(_) | Self::Document(_) | Self::NoPeriod => "Máy chưa lập được báo cáo",
            Self::Export(_) => "Chưa xuất được ra USB",
            Self::NoStick => "Chưa thấy USB",
        }
    }

    /// What to do now.
    pub(in crate::command) fn advice(&self) -> &'static str {
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

/// Whether a period touches the days of a campaign.
fn is_told(campaign: &Campaign, from: StationDay, to: StationDay) -> bool {
    campaign.days.from <= to && from <= campaign.days.to
}

/// Everything of the period: tables, figures for programs, signed closings.
pub(in crate::command) fn bundle(handout: &Handout) -> Result<Bundle, HandoutError> {
    let Handout { data, heading, from, to, .. } = handout;
    let reader = JournalReader::open(data)?;
    let period = Period::new(*from, *to).ok_or(HandoutError::NoPeriod)?;
    let now = heading.made_at;
    // Nothing here tells of duty: only plans ask for it, and they come with the station.
    let hours = OpeningHours::default();
    let (days, _) = count(&reader, &hours, Days { from: *from, to: *to }, now)?;
    let mut events = Vec::new();
    reader.events_between(*from, *to, &mut |event| events.push(event))?;
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
    let plans = handout.plans.iter().flat_map(|Plans { campaigns, station }| {
        campaigns.iter().map(move |campaign| (campaign, station))
    });
    for (campaign, station) in plans.filter(|(campaign, _)| is_told(campaign, *from, *to)) {
        let days = Days { from: *from, to: *to };
        let gathered = Gathered::from(&reader, station, campaign, days, now)?;
        let document = gathered.document(heading, station, campaign, days);
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
