//! `tiepdon export`: one day's log, as files that Excel opens right and `tiepdon verify` accepts.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use super::handout::{Handout, bundle};
use super::report::known_to;
use crate::campaign::Days;
use crate::clock::Clock;
use crate::event::{Moment, StationDay, What};
use crate::export;
use crate::figures::Gap;
use crate::journal::{JournalError, JournalReader};
use crate::report::Heading;
use crate::seal::StationKey;

/// Arguments of `tiepdon export`.
#[derive(Args)]
pub struct Export {
    /// Thư mục dữ liệu của ki-ốt.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Ngày cần xuất, ví dụ 2026-11-24 hoặc 24/11/2026.
    #[arg(long, value_name = "NĂM-THÁNG-NGÀY", value_parser = day_as_written)]
    day: StationDay,
    /// Thư mục nhận bản xuất; phải có sẵn. Máy tạo trong đó một thư mục TIEPDON như trên USB.
    #[arg(long, value_name = "THƯ_MỤC")]
    to: PathBuf,
}

impl Export {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let folder = export_day(&self, &Clock::system())?;
        writeln!(io::stdout(), "{}", folder.display())?;
        Ok(())
    }

    pub(super) fn new(data: PathBuf, day: StationDay, to: PathBuf) -> Self {
        Self { data, day, to }
    }
}

/// A day as people and as programs write it.
pub(super) fn day_as_written(text: &str) -> Result<StationDay, String> {
    let as_people_do = || {
        let mut parts = text.splitn(3, '/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        format!("{year}-{month:0>2}-{day:0>2}").parse().ok()
    };
    let day = text.parse().ok().or_else(as_people_do);
    day.ok_or_else(|| {
        format!(
            "\"{text}\" không phải một ngày; ghi năm-tháng-ngày như 2026-11-24, hoặc 24/11/2026"
        )
    })
}

/// Why a day cannot be handed out, and what to do.
fn without_figures(
    day: StationDay,
    gap: Gap,
    began: Option<StationDay>,
    today: StationDay,
) -> String {
    let told = |day: StationDay| day.0.format("%d/%m/%Y");
    let (day, today) = (told(day), told(today));
    match (gap, began) {
        (Gap::BeforeJournal, Some(began)) => format!(
            "ngày {day} không có số liệu: máy bắt đầu đếm từ ngày {}. Mời chọn từ ngày đó trở đi.",
            told(began)
        ),
        (Gap::BeforeJournal, None) => {
            format!("ngày {day} không có số liệu: máy chưa đếm ngày nào. Mời chạy ki-ốt trước.")
        }
        (Gap::ToCome, _) => {
            format!("ngày {day} chưa đến, hôm nay là {today}. Mời chọn một ngày đã chốt sổ.")
        }
        (Gap::NotClosed, _) => format!(
            "ngày {day} chưa chốt sổ nên chưa có số liệu. Mời trưởng trạm chốt sổ trên máy, rồi \
             xuất lại."
        ),
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

/// Writes a folder that is signed like one on a stick, and tells which.
pub(super) fn export_day(export: &Export, clock: &Clock) -> anyhow::Result<PathBuf> {
    let told = |error: JournalError| anyhow!("{error}. {}", error.advice());
    let journal = JournalReader::open(&export.data).map_err(told)?;
    let heading = heading_of(&journal, clock.now())?;
    let today = heading.made_at.station_day();
    let known = known_to(&journal, Days { from: export.day, to: export.day }, today);
    let known = known.map_err(told)?;
    if let Some(gap) = known.gap(export.day) {
        bail!(without_figures(export.day, gap, known.began, today));
    }
    let key =
        StationKey::open(&export.data).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
    let (data, day) = (export.data.clone(), export.day);
    let handout = Handout { data, heading, from: day, to: day, plans: None };
    let bundle = bundle(&handout).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
    export::to_folder(&export.to, bundle, &key, &mut |_| {})
        .map_err(|error| anyhow!("{error}. {}", error.advice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_taken_as_people_and_as_programs_write_it() {
        let day: StationDay = "2026-11-04".parse().unwrap();
        for text in ["2026-11-04", "04/11/2026", "4/11/2026"] {
            assert_eq!(day_as_written(text), Ok(day), "{text}");
        }
        for text in ["", "11/2026", "2026-11-4", "31/02/2026", "04/11/26", "2026/11/04", "mai"] {
            let told = day_as_written(text).unwrap_err();
            assert!(told.contains("ghi năm-tháng-ngày như 2026-11-24"), "{text}: {told}");
        }
    }
}
