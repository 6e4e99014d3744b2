//! `tiepdon check`: is the configuration sound?

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;

use crate::configuration::Configuration;
use crate::guide::AcceptedForm;

/// Arguments of `tiepdon check`.
#[derive(Args)]
pub struct Check {
    /// Thư mục cấu hình, có tệp station.toml.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: PathBuf,
}

impl Check {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let configuration = Configuration::load(&self.config)?;
        let station = &configuration.station;
        writeln!(
            io::stdout(),
            "Cấu hình đúng: {} ({}), {} ({}), {} bài hướng dẫn, \
             {} chiến dịch ({} đang dùng).",
            station.name,
            station.origin.station,
            station.point_name,
            station.origin.point,
            configuration.guides.iter().count(),
            configuration.campaigns.len(),
            configuration.active_campaigns().count(),
        )?;
        let offered = configuration.guides.iter().map(|lesson| &lesson.guide);
        for guide in offered.filter(|guide| !guide.number_forms.is_empty()) {
            for form in &guide.number_forms {
                let AcceptedForm { name, source, checked_on, form: _ } = form;
                let day = checked_on.format("%d/%m/%Y");
                writeln!(
                    io::stdout(),
                    "Số thẻ BHYT trong {}: {name} ({source}; đối chiếu {day}).",
                    guide.id,
                )?;
            }
        }
        let doubts = &configuration.doubts;
        if !doubts.is_empty() {
            writeln!(io::stdout(), "Vẫn chạy được, nhưng nên xem lại:\n{doubts}")?;
        }
        Ok(())
    }
}
