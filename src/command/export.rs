//! `tiepdon export`: one day's log, as files that Excel opens right.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use crate::clock::Clock;
use crate::event::{Moment, StationDay, What};
use crate::export;
use crate::journal::JournalReader;
use crate::report::Heading;

/// Arguments of `tiepdon export`.
#[derive(Args)]
pub struct Export {
    /// Thư mục dữ liệu của ki-ốt.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Ngày cần xuất, ví dụ 2026-11-24.
    #[arg(long, value_name = "NĂM-THÁNG-NGÀY")]
    day: StationDay,
    /// Thư mục nhận tệp; phải có sẵn.
    #[arg(long, value_name = "THƯ_MỤC")]
    to: PathBuf,
}

impl Export {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let files = export_day(&self, &Clock::system())?;
        let mut out = io::stdout().lock();
        for file in files {
            writeln!(out, "{}", file.display())?;
        }
        Ok(())
    }

    pub(super) fn new(data: PathBuf, day: StationDay, to: PathBuf) -> Self {
        Self { data, day, to }
    }
}

/// Whose journal this is, as its last start told.
pub(super) fn heading_of(journal: &JournalReader, made_at: Moment) -> anyhow::Result<Heading> {
    let start = journal.last_start()?.context("sổ chưa có lần chạy nào của ki-ốt")?;
    let What::Started { station_name, point_name, .. } = start.what else {
        bail!("sổ ghi sai ở lần chạy cuối");
    };
    Ok(Heading { station_name, origin: start.origin, point_name, made_at })
}

/// Writes the files and tells which.
pub(super) fn export_day(export: &Export, clock: &Clock) -> anyhow::Result<Vec<PathBuf>> {
    let journal = JournalReader::open(&export.data)
        .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
    let heading = heading_of(&journal, clock.now())?;
    let events = journal.events_of(export.day)?;
    export::day(&heading, export.day, &events, &export.to)
        .map_err(|error| anyhow!("{error}. {}", error.advice()))
}
