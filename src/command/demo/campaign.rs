//! The demo's plan: that of `tiepdon campaign new`, running on the demo's day.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use chrono::Days as DayCount;

use super::super::export::heading_of;
use super::super::report::{Gathered, keep};
use crate::campaign::{self, Campaign, Days};
use crate::configuration::Configuration;
use crate::event::{Moment, StationDay};
use crate::journal::JournalReader;
use crate::report::Form;
use crate::station::Station;
use crate::station::document::Source;

/// Name of the plan.
const ID: &str = "chay-thu";

/// So long the plan has run on the demo's day, and so long it goes on.
const FORTNIGHT: DayCount = DayCount::new(14);

/// Puts the plan beside the others, and on; gives it back. `day` is in the middle of it.
pub(super) fn begin(
    configuration: &mut Configuration,
    day: StationDay,
) -> anyhow::Result<Campaign> {
    let from = day.0.checked_sub_days(FORTNIGHT).map_or(day, StationDay);
    let to = day.0.checked_add_days(FORTNIGHT).map_or(day, StationDay);
    let text = campaign::start()
        .replace("title = \"Đợt cao điểm …\"", "title = \"Đợt chạy thử ở bàn tiếp đón\"")
        .replace("from = 2026-01-01", &format!("from = {from}"))
        .replace("to = 2026-01-31", &format!("to = {to}"));
    let guides = configuration.guides.iter().map(|lesson| lesson.guide.id.clone()).collect();
    let plan = Campaign::read(ID.parse()?, &Source::new(ID, text), &guides)?;
    configuration.station.campaigns = vec![plan.id.clone()];
    configuration.campaigns.insert(plan.id.clone(), plan.clone());
    Ok(plan)
}

/// Writes the plan's report of `day` as people send it, read it and print it.
pub(super) fn report(
    plan: &Campaign,
    station: &Station,
    journal: &JournalReader,
    (day, now): (StationDay, Moment),
    out: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let period = Days { from: day, to: day };
    let heading = heading_of(journal, now)?;
    let gathered = Gathered::from(journal, station, plan, period, now)?;
    let document = gathered.document(&heading, station, plan, period);
    let mut written = Vec::new();
    for form in [Form::Pdf, Form::Xlsx, Form::Html] {
        let files = form.files(&document).map_err(|error| anyhow!("{error}"))?;
        written.extend(keep(files, out, plan, &heading.origin, period)?);
    }
    Ok(written)
}
