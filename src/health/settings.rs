//! Whose settings the kiosk runs with.

use super::{Finding, Part};
use crate::configuration::is_sample_station;
use crate::station::Station;
use crate::station::document::Problems;

/// How the configuration is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settings {
    /// The station's own.
    Own,
    /// The station's own, with what should be looked at.
    Doubtful {
        /// How many.
        doubts: usize,
        /// All of them, with places and fixes.
        told: String,
    },
    /// The sample, as it came: another station's name stands on the screen and in every record.
    Sample,
    /// It has mistakes.
    Wrong {
        /// How many.
        problems: usize,
        /// All of them, with places and fixes.
        told: String,
    },
}

impl Settings {
    /// Those of a configuration that is sound.
    pub fn of(station: &Station, doubts: &Problems) -> Self {
        if is_sample_station(station) {
            Self::Sample
        } else if doubts.is_empty() {
            Self::Own
        } else {
            Self::Doubtful { doubts: doubts.iter().count(), told: doubts.to_string() }
        }
    }

    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::Own => Finding::good(Part::Configuration, "đúng"),
            Self::Doubtful { doubts, told } => {
                Finding::good(Part::Configuration, format!("đúng, {doubts} chỗ nên xem lại"))
                    .with_advice(told.clone())
            }
            Self::Sample => Finding::bad(
                Part::Configuration,
                "vẫn là tệp mẫu, chưa phải của trạm",
                "Xin ghi mã và tên của trạm vào station.toml trước khi đón người bệnh. Có thể chép \
                 tệp tiepdon-station.toml vào thẻ nhớ hoặc USB.",
            ),
            Self::Wrong { problems, told } => {
                Finding::bad(Part::Configuration, format!("{problems} chỗ sai"), told.clone())
            }
        }
    }
}
