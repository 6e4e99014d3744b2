//! Figures and events as tables that people at a station, a commune and a Sở Y tế can open.
//!
//! A table is made once and written twice, as XLSX and as CSV, so that the two cannot disagree.
//! Nothing here touches a disk: the writers take any `impl Write`. Rules kept: a rate stands beside
//! its numerator and denominator; a day without visits has explicit zeros; no table tells who came
//! or in which order (no name, no number of the day, no time finer than the hour).

mod bars;
mod campaign;
mod csv;
pub mod dhis2;
#[cfg(test)]
mod dictionary;
mod document;
mod event_log;
mod flat;
#[cfg(test)]
mod forms;
mod gaps;
mod html;
mod letter;
mod long;
mod machine;
mod page;
mod pdf;
mod period;
mod running_list;
#[cfg(test)]
pub(crate) mod sample;
mod summary;
mod table;
pub(crate) mod words;
mod written;
mod xlsx;

use std::io::{self, Write};

use crate::campaign::{Campaign, Days};
use crate::event::{Event, Moment, Origin, StationDay};
use crate::figures::{Counted, Gap, Tally};
use crate::print::PrintError;
use crate::station::Letterhead;

pub use campaign::{Basis, days_of_report};
pub use document::{Chart, Document};
pub use letter::{COUNTRY, Letter, MOTTO};
pub use long::LongTable;
pub use machine::{ClosedDay, Closing, closing, figures, hex, table as table_for_programs};
pub use period::{figure_cells, figure_columns};
pub use summary::{VNEID_BY_WORD, indicator_columns, indicator_rows};
pub use table::{Cell, Column, Holds, Table};

/// Who reports, and when the report was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Name of the station, as it stands on its letters.
    pub station_name: String,
    /// Codes of the station and the desk.
    pub origin: Origin,
    /// Name of the desk (điểm trạm).
    pub point_name: String,
    /// When the report is made. The same events, heading and moment give the same bytes.
    pub made_at: Moment,
}

/// The two tables of a station day that has figures: the figures ("tong-hop") and the events without identity
/// ("su-kien"). Events of other days are left out; their order does not matter.
pub fn of_day(heading: &Heading, day: StationDay, events: &[Event]) -> [Table; 2] {
    let figures = Tally::of(day, events).figures();
    [summary::table(heading, day, Ok(&figures)), event_log::table(heading, day..=day, events)]
}

/// The tables of a period: a row a day ("cac-ngay"), the events, and of a single day its figures
/// ("tong-hop"). `days` holds every day of the period in order, each as far as it is known, `events`
/// all their events.
pub fn of_period(heading: &Heading, days: &[Counted], events: &[Event]) -> Vec<Table> {
    let of = |end: Option<&Counted>| end.map_or(heading.made_at.station_day(), Counted::day);
    let period = of(days.first())..=of(days.last());
    let mut tables = vec![period::table(heading, days), event_log::table(heading, period, events)];
    if let [day] = days {
        let figures = day.figures().ok_or(day.gap().unwrap_or(Gap::NotClosed));
        tables.push(summary::table(heading, day.day(), figures));
    }
    tables
}

/// What a campaign's plan wants to be told of `period`.
pub fn of_campaign(
    heading: &Heading,
    letterhead: &Letterhead,
    campaign: &Campaign,
    period: Days,
    basis: &Basis<'_>,
) -> Document {
    campaign::document(heading, letterhead, campaign, period, basis)
}

/// Today's visits in order, for the station's own folder: see [`running_list`](self).
pub fn running_list(heading: &Heading, tally: &Tally) -> Table {
    running_list::table(heading, tally)
}

/// A form a table can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Workbook for Excel and LibreOffice: what people should open.
    Xlsx,
    /// Comma separated values, for other programs.
    Csv,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 2] = [Self::Xlsx, Self::Csv];

    /// Ending of a file in this form, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// Writes `table` in this form.
    ///
    /// # Errors
    /// When `out` refuses, or a text is longer than a spreadsheet's cell can be.
    pub fn write(self, table: &Table, out: impl Write + Send) -> Result<(), ReportError> {
        match self {
            Self::Xlsx => Ok(xlsx::write(table, out)?),
            Self::Csv => Ok(csv::write(table, out)?),
        }
    }
}

/// A form a whole report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One workbook: what is sent.
    Xlsx,
    /// A file a table, for other programs.
    Csv,
    /// All tables in one file, for other programs.
    Json,
    /// One page for a browser, with nothing outside it.
    Html,
    /// The same page on paper.
    Pdf,
}

/// One file of a report.
#[derive(Debug)]
pub struct ReportFile {
    /// Start of its name, such as `bao-cao`.
    pub stem: &'static str,
    /// End of its name, without the dot.
    pub ending: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 5] = [Self::Xlsx, Self::Csv, Self::Json, Self::Html, Self::Pdf];

    /// The report in this form.
    ///
    /// # Errors
    /// When a text is longer than its form can hold.
    pub fn files(self, document: &Document) -> Result<Vec<ReportFile>, ReportError> {
        let stem = document.by_day.stem;
        let one = |ending, bytes| Ok(vec![ReportFile { stem, ending, bytes }]);
        match self {
            Self::Xlsx => {
                let mut bytes = Vec::new();
                xlsx::write_report(document, &mut bytes)?;
                one("xlsx", bytes)
            }
            Self::Csv => {
                let chart = document.chart.table();
                let tables = document.tables().into_iter().chain([&chart]);
                let file = |table: &Table| {
                    let mut bytes = Vec::new();
                    csv::write(table, &mut bytes)?;
                    Ok(ReportFile { stem: table.stem, ending: "csv", bytes })
                };
                tables.map(file).collect()
            }
            Self::Json => one("json", machine::report(document)?),
            Self::Html => one("html", html::write(document).into_bytes()),
            Self::Pdf => one("pdf", pdf::write(document)?),
        }
    }
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The workbook could not be made.
    #[error("cannot write the workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The report for programs could not be written.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The comma separated values could not be written.
    #[error("cannot write the comma separated values: {0}")]
    Csv(#[from] io::Error),
    /// The report could not be laid out on paper.
    #[error("cannot write the report as PDF: {0}")]
    Pdf(#[from] PrintError),
}
