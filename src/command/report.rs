//! `tiepdon report`: what a campaign's plan wants to be told, for a day, a week, a month or all of it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, anyhow};
use chrono::{Datelike as _, Days as DayCount};
use clap::{Args, ValueEnum};

use super::export::heading_of;
use super::opening_hours::opening_hours;
use crate::campaign::{Campaign, Days};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::event::{Moment, Origin, StationDay};
use crate::export;
use crate::figures::{Counted, Counting, Entered, Known, OpeningHours};
use crate::journal::{JournalError, JournalReader};
use crate::report::{
    self, Basis, Cell, ClosedDay, Document, Form, Heading, Letter, ReportFile, dhis2,
};
use crate::station::{CampaignId, Station};

/// Arguments of `tiepdon report`.
#[derive(Args)]
pub struct Report {
    /// Thư mục cấu hình, có tệp station.toml và thư mục campaigns.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: PathBuf,
    /// Thư mục dữ liệu của ki-ốt.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Chiến dịch: tên tệp trong thư mục campaigns, bỏ đuôi .toml.
    #[arg(long, value_name = "TÊN")]
    campaign: CampaignId,
    /// Kỳ báo cáo: day, week, month, campaign, hoặc TỪ..ĐẾN như 2026-11-01..2026-11-24.
    #[arg(long, value_name = "KỲ", default_value = "campaign")]
    period: Period,
    /// Dạng tệp; table in ra màn hình.
    #[arg(long, default_value = "table")]
    format: Asked,
    /// Thư mục nhận tệp; không cần với dạng table.
    #[arg(long, value_name = "THƯ_MỤC", required_if_eq_any([("format", "xlsx"), ("format", "csv"), ("format", "html"), ("format", "json"), ("format", "dhis2-json"), ("format", "pdf")]))]
    out: Option<PathBuf>,
}

/// In which form.
#[derive(Clone, Copy, ValueEnum)]
enum Asked {
    Table,
    Xlsx,
    Csv,
    Html,
    Json,
    Dhis2Json,
    Pdf,
}

/// Which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Day,
    Week,
    Month,
    Campaign,
    Days(Days),
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            "month" => Ok(Self::Month),
            "campaign" => Ok(Self::Campaign),
            _ => {
                let days = text.split_once("..").and_then(|(from, to)| {
                    Some(Days { from: from.parse().ok()?, to: to.parse().ok()? })
                });
                let days = days.filter(|days| days.from <= days.to);
                days.map(Self::Days).ok_or_else(|| {
                    "hãy ghi day, week, month, campaign, hoặc hai ngày như 2026-11-01..2026-11-24"
                        .to_owned()
                })
            }
        }
    }
}

impl Period {
    /// The days meant on the day `today`: those of the running week (from Monday), month or
    /// campaign, up to today.
    fn days(self, campaign: &Campaign, today: StationDay) -> Days {
        let back = |days: u32| {
            let date = today.0.checked_sub_days(DayCount::new(days.into()));
            date.map_or(today, StationDay)
        };
        let from = match self {
            Self::Day => today,
            Self::Week => back(today.0.weekday().num_days_from_monday()),
            Self::Month => back(today.0.day0()),
            Self::Campaign => campaign.days.from,
            Self::Days(days) => return days,
        };
        Days { from, to: if self == Self::Campaign { today.min(campaign.days.to) } else { today } }
    }
}

impl Report {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let configuration = Configuration::load(&self.config)?;
        let campaign = configuration.campaigns.get(&self.campaign).with_context(|| {
            let there: Vec<_> = configuration.campaigns.keys().map(ToString::to_string).collect();
            format!("không có chiến dịch {}; đang có: {}", self.campaign, there.join(", "))
        })?;
        let told = |error: JournalError| anyhow!("{error}. {}", error.advice());
        let journal = JournalReader::open(&self.data).map_err(told)?;
        let now = Clock::system().now();
        let heading = heading_of(&journal, now)?;
        let period = self.period.days(campaign, now.station_day());
        let station = &configuration.station;
        let gathered = Gathered::from(&journal, station, campaign, period, now)?;
        let document = gathered.document(&heading, station, campaign, period);
        let files = match self.format {
            Asked::Table => return print(&document),
            Asked::Xlsx => Form::Xlsx.files(&document)?,
            Asked::Csv => Form::Csv.files(&document)?,
            Asked::Json => Form::Json.files(&document)?,
            Asked::Html => Form::Html.files(&document)?,
            Asked::Pdf => Form::Pdf.files(&document)?,
            Asked::Dhis2Json => {
                let mapping = configuration.dhis2.as_ref();
                let file = dhis2::write(&heading, mapping, period, &gathered.basis())
                    .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
                vec![file]
            }
        };
        let out = self.out.context("thiếu --out")?;
        for path in keep(files, &out, campaign, &heading.origin, period)? {
            writeln!(io::stdout(), "{}", path.display())?;
        }
        Ok(())
    }
}

/// Writes the files of a report into a folder, and tells their names.
pub(super) fn keep(
    files: Vec<ReportFile>,
    out: &Path,
    campaign: &Campaign,
    origin: &Origin,
    period: Days,
) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(out).with_context(|| format!("không tạo được thư mục {}", out.display()))?;
    let mut written = Vec::new();
    for file in files {
        let path = out.join(name(&file, campaign, origin, period));
        export::file(&path, file.bytes).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        written.push(path);
    }
    Ok(written)
}

/// Name of a report's file, such as
/// `bao-cao_tri-ton-2026_AG-TRITON_D1_2026-07-07_2026-07-13.xlsx`; as on a stick.
fn name(file: &ReportFile, campaign: &Campaign, origin: &Origin, period: Days) -> String {
    let ReportFile { stem, ending, bytes: _ } = file;
    let (Origin { station, point }, Days { from, to }) = (origin, period);
    format!("{stem}_{}_{station}_{point}_{from}_{to}.{ending}", campaign.id)
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoReport {
    /// The journal could not be read.
    #[error("{0}. {advice}", advice = .0.advice())]
    Journal(#[from] JournalError),
    /// A closing in the journal is none.
    #[error("một bản chốt sổ trong máy không đọc được: {0}. Xin báo người phụ trách kỹ thuật.")]
    Closing(#[from] serde_json::Error),
}

/// What a report of a campaign rests on, as the journal has it.
pub(super) struct Gathered {
    days: Vec<Counted>,
    entered: Entered,
    closings: Vec<ClosedDay>,
}

impl Gathered {
    /// Reads every day that a report of `campaign` for `period` tells of, made at the moment `now`.
    ///
    /// # Errors
    /// What the journal says.
    pub(super) fn from(
        journal: &JournalReader,
        station: &Station,
        campaign: &Campaign,
        period: Days,
        now: Moment,
    ) -> Result<Self, NoReport> {
        let first = report::days_of_report(campaign, period).next();
        let days = Days { from: first.unwrap_or(period.from), to: period.to };
        let (days, entered) = count(journal, &opening_hours(&station.hours), days, now)?;
        let mut closings = Vec::new();
        for closing in journal.closings(period.from, period.to)? {
            closings.push(ClosedDay::read(closing.day, closing.number, &closing.document)?);
        }
        Ok(Self { days, entered, closings })
    }

    fn basis(&self) -> Basis<'_> {
        Basis { days: &self.days, entered: &self.entered, closings: &self.closings }
    }

    /// The report.
    pub(super) fn document(
        &self,
        heading: &Heading,
        station: &Station,
        campaign: &Campaign,
        period: Days,
    ) -> Document {
        report::of_campaign(heading, &station.letterhead, campaign, period, &self.basis())
    }
}

/// Which of the days of `period` the journal has figures of, on the day `today`.
pub(super) fn known_to(
    journal: &JournalReader,
    period: Days,
    today: StationDay,
) -> Result<Known, JournalError> {
    let closed = journal.closed_days(period.from, period.to)?;
    Ok(Known { began: journal.first_day()?, closed, today })
}

/// Every day of `period`, as far as it is known at the moment `now`, and what was entered on it.
pub(super) fn count(
    journal: &JournalReader,
    hours: &OpeningHours,
    period: Days,
    now: Moment,
) -> Result<(Vec<Counted>, Entered), JournalError> {
    let (mut counted, mut entered) = (Vec::new(), Entered::default());
    let known = known_to(journal, period, now.station_day())?;
    let count = |journal: &JournalReader, from, to| {
        let (mut counting, mut entered) =
            (Counting::new(from, hours.clone(), now), Entered::default());
        journal.events_between(from, to, &mut |event| {
            counting.add(&event);
            entered.add(&event);
        })?;
        Ok((counting.up_to(to), entered))
    };
    for (days, numbers) in journal.fold_stretches(period.from, period.to, &count)? {
        counted.extend(days.into_iter().map(|day| day.as_known(&known)));
        entered.extend(numbers);
    }
    Ok((counted, entered))
}

fn print(document: &Document) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let letter = &document.letter;
    writeln!(
        out,
        "{} – {}\n{}. {}.\n",
        letter.station,
        Letter::KIND,
        letter.subject,
        letter.period
    )?;
    for table in document.tables() {
        writeln!(out, "{}", table.sheet)?;
        let headings: Vec<&str> =
            table.columns.iter().map(|column| column.heading.as_ref()).collect();
        writeln!(out, "{}", headings.join("\t"))?;
        for row in table.lines() {
            let cells: Vec<String> = row.iter().map(shown).collect();
            writeln!(out, "{}", cells.join("\t"))?;
        }
        writeln!(out)?;
    }
    for note in &document.notes {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Unknown => "–".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Decimal(number) => number.to_string(),
        Cell::Share(share) => {
            share.percent().map(|percent| format!("{percent} %")).unwrap_or_default()
        }
        Cell::Day(day) => day.0.format("%d/%m/%Y").to_string(),
        Cell::Hour(hour) => format!("{hour} giờ"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> StationDay {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_a_word_or_two_days() {
        let configuration = Configuration::embedded().unwrap();
        let campaign =
            configuration.campaigns.values().find(|one| one.days.to >= day("2026-09-15"));
        let campaign = campaign.unwrap();
        let days = |text: &str| text.parse::<Period>().unwrap().days(campaign, day("2026-07-23"));
        let of = |from, to| Days { from: day(from), to: day(to) };
        assert_eq!(days("day"), of("2026-07-23", "2026-07-23"));
        assert_eq!(days("week"), of("2026-07-20", "2026-07-23"), "from Monday on");
        assert_eq!(days("month"), of("2026-07-01", "2026-07-23"));
        assert_eq!(days("campaign"), of("2026-06-15", "2026-07-23"), "up to today");
        assert_eq!(days("2026-07-01..2026-07-05"), of("2026-07-01", "2026-07-05"));
        for bad in ["", "year", "2026-07-05..2026-07-01", "2026-7-1..2026-07-05", "2026-07-01"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }
}
