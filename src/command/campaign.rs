//! `tiepdon campaign`: a file for a new plan, and what plans and measures there are.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};

use crate::campaign::{self, Days};
use crate::configuration::Configuration;
use crate::figures::Measure;
use crate::station::CampaignId;

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
    fn every_measure_is_listed_with_its_denominator() {
        let mut told = Vec::new();
        measures(&mut told).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.lines().count(), Measure::all().count());
        assert!(told.contains("arrivals\tTổng số lượt đến khám\n"));
        assert!(told.contains("guided\tLượt được hướng dẫn / Tổng số lượt đến khám\n"));
    }
}
