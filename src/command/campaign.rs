//! `tiepdon campaign`: a file for a new plan, and what plans and measures there are.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};

use crate::campaign::{self, Days, History};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::event::{Moment, StationDay};
use crate::figures::Measure;
use crate::station::document::Source;
use crate::station::{CampaignId, GuideId};

/// Arguments of `tiepdon campaign`.
#[derive(Args)]
pub struct Campaign {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Tạo tệp cho một chiến dịch mới, có ghi chú cách điền.
    New {
        /// Tên chiến dịch, ví dụ tri-ton-2026; cũng là tên tệp.
        id: CampaignId,
        /// Thư mục campaigns cạnh tệp station.toml.
        #[arg(long, value_name = "THƯ_MỤC")]
        out: PathBuf,
    },
    /// Liệt kê các chiến dịch trong thư mục cấu hình.
    List {
        /// Thư mục cấu hình, có tệp station.toml.
        #[arg(long, value_name = "THƯ_MỤC")]
        config: PathBuf,
    },
    /// Liệt kê các số liệu máy đếm được: tên, tử số, mẫu số.
    Measures,
    /// Liệt kê báo cáo nào phải gửi lúc nào, cho những ngày nào, gửi ai.
    Deadlines {
        /// Tệp chiến dịch, ví dụ /etc/tiepdon/campaigns/tri-ton-2026.toml.
        #[arg(value_name = "TỆP")]
        file: PathBuf,
    },
}

impl Campaign {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        match self.task {
            Task::New { id, out } => {
                let file = begin(&id, &out)?;
                writeln!(io::stdout(), "{}", file.display())?;
                Ok(())
            }
            Task::List { config } => list(&Configuration::load(&config)?, io::stdout().lock()),
            Task::Measures => measures(io::stdout().lock()),
            Task::Deadlines { file } => {
                deadlines(&read(&file)?, Clock::system().now(), io::stdout().lock())
            }
        }
    }
}

/// Writes the file; what is there already stays as it is.
fn begin(id: &CampaignId, out: &Path) -> anyhow::Result<PathBuf> {
    let file = out.join(format!("{id}.toml"));
    let mut open = File::create_new(&file).map_err(|error| {
        let advice = if error.kind() == io::ErrorKind::AlreadyExists {
            "Đã có tệp này: đặt tên khác, hoặc sửa thẳng tệp đó."
        } else if error.kind() == io::ErrorKind::NotFound {
            "Không có thư mục này: tạo thư mục rồi chạy lại."
        } else {
            "Kiểm tra quyền ghi vào thư mục rồi chạy lại."
        };
        anyhow!("{}: {error}. {advice}", file.display())
    })?;
    open.write_all(campaign::start().as_bytes())
        .and_then(|()| open.sync_all())
        .with_context(|| file.display().to_string())?;
    Ok(file)
}

fn list(configuration: &Configuration, mut out: impl io::Write) -> anyhow::Result<()> {
    for (id, campaign) in &configuration.campaigns {
        let Days { from, to } = campaign.days;
        let on = if configuration.station.campaigns.contains(id) {
            "đang dùng"
        } else {
            "không dùng"
        };
        writeln!(out, "{id}\t{on}\t{from}\t{to}\t{}", campaign.title)?;
    }
    Ok(())
}

fn measures(mut out: impl io::Write) -> anyhow::Result<()> {
    for measure in Measure::all() {
        let whole = measure.whole_label().map_or_else(String::new, |whole| format!(" / {whole}"));
        writeln!(out, "{measure}\t{}{whole}", measure.label())?;
    }
    Ok(())
}

/// Reads one campaign; its guides are looked for beside it.
fn read(file: &Path) -> anyhow::Result<campaign::Campaign> {
    let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let id: CampaignId = name.parse().map_err(|_| {
        anyhow!(
            "{}: tên tệp chiến dịch chỉ gồm chữ thường không dấu, số và gạch nối, đuôi .toml",
            file.display()
        )
    })?;
    let source = Source::load(file).map_err(|problem| anyhow!("{problem}"))?;
    Ok(campaign::Campaign::read(id, &source, &guides_beside(file))?)
}

/// The guides of the configuration that the campaign's file belongs to.
fn guides_beside(file: &Path) -> BTreeSet<GuideId> {
    let folder = file.parent().and_then(Path::parent).map(|root| root.join("guides"));
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.path().file_stem()?.to_str()?.parse().ok()).collect()
}

/// A line a report: due when, for which days, what it is called, for whom.
fn deadlines(
    campaign: &campaign::Campaign,
    now: Moment,
    mut out: impl io::Write,
) -> anyhow::Result<()> {
    let now = now.local().naive_local();
    let due = campaign::deadlines(campaign, now, History::default());
    if due.is_empty() {
        writeln!(out, "Kế hoạch này không đặt hạn báo cáo nào.")?;
    }
    for deadline in due {
        let Days { from, to } = deadline.days;
        let told = |day: StationDay| day.0.format("%d/%m/%Y");
        let past = if deadline.due <= now { "\tđã qua" } else { "" };
        writeln!(
            out,
            "{}\t{}–{}\t{}\t{}{past}",
            deadline.due.format("%H:%M %d/%m/%Y"),
            told(from),
            told(to),
            deadline.report.title,
            campaign.recipients_of(deadline.report).join("; "),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_campaign_is_sound_and_never_replaces_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let id: CampaignId = "xa-moi-2027".parse().unwrap();
        let file = begin(&id, dir.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), campaign::start());
        std::fs::write(&file, "của trạm").unwrap();
        let refused = begin(&id, dir.path()).unwrap_err().to_string();
        assert!(refused.contains("đặt tên khác"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "của trạm");
        let nowhere = begin(&id, &dir.path().join("campaigns")).unwrap_err().to_string();
        assert!(nowhere.contains("tạo thư mục"), "{nowhere}");
    }

    #[test]
    fn the_list_says_which_campaigns_are_on() {
        let mut configuration = Configuration::embedded().unwrap();
        configuration.station.campaigns.push("tri-ton-2026".parse().unwrap());
        let mut told = Vec::new();
        list(&configuration, &mut told).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.lines().count(), 5);
        assert!(
            told.contains("tri-ton-2026\tđang dùng\t2026-06-15\t2026-09-15\tChiến dịch rà soát")
        );
        assert!(told.contains("dak-rve-2025\tkhông dùng\t2025-09-29\t2025-10-20\t"));
    }

    #[test]
    fn what_is_due_when_is_listed_from_a_file_alone() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("kiosk-config/campaigns");
        let campaign = read(&folder.join("tri-ton-2026.toml")).unwrap();
        let now = "2026-07-08".parse::<StationDay>().unwrap().begins_ms();
        let mut told = Vec::new();
        deadlines(&campaign, Moment { wall_ms: now, ..Moment::NEVER }, &mut told).unwrap();
        let told = String::from_utf8(told).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 12 + 4 + 1);
        assert!(
            lines[0].starts_with("15:00 07/07/2026\t15/06/2026–06/07/2026\tBáo cáo tuần"),
            "{told}"
        );
        assert!(lines[0].ends_with("\tđã qua") && lines[0].contains("Sở Y tế"), "{told}");
        assert!(!lines[1].ends_with("đã qua"), "{told}");
        let quiet = read(&folder.join("dak-rve-2025.toml")).unwrap();
        let mut told = Vec::new();
        deadlines(&quiet, Moment::NEVER, &mut told).unwrap();
        assert!(String::from_utf8(told).unwrap().contains("không đặt hạn"));
        let refused = read(&folder.join("Không Có.toml")).err().unwrap().to_string();
        assert!(refused.contains("tên tệp chiến dịch"), "{refused}");
    }

    #[test]
    fn every_measure_is_listed_with_its_denominator() {
        let mut told = Vec::new();
        measures(&mut told).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.lines().count(), Measure::all().count());
        assert!(told.contains("arrivals\tTổng số lượt đến khám\n"));
        assert!(told.contains("guided\tLượt được hướng dẫn / Tổng số lượt đến khám\n"));
    }
}
