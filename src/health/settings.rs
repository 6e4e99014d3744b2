//! Whose settings the kiosk runs with.

use super::{Finding, Part};

/// How the configuration is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settings {
    /// The station's own.
    Own,
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
    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::Own => Finding::good(Part::Configuration, "đúng"),
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
