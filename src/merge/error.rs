//! Why no report was made, and what to do about it.

use super::{Conflict, Refused};
use crate::export::ExportError;
use crate::report::ReportError;

/// Why no report was made.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Nowhere is an export.
    #[error("không thấy bản xuất nào")]
    NoExport(Vec<Refused>),
    /// Every export was refused.
    #[error("không có bản xuất nào dùng được")]
    NothingAccepted(Vec<Refused>),
    /// Something was refused, and then nothing was wanted.
    #[error("có bản xuất bị từ chối hoặc bản chốt trái nhau")]
    Strict {
        /// Exports that do not count.
        refused: Vec<Refused>,
        /// Closings that contradict each other.
        conflicts: Vec<Conflict>,
    },
    /// The result could not be put into its folder.
    #[error("chưa ghi được kết quả: {0}")]
    Place(#[from] ExportError),
    /// A table could not be written.
    #[error("chưa ghi được bảng: {0}")]
    Table(#[from] ReportError),
    /// A table for programs could not be made.
    #[error("chưa ghi được bảng: {0}")]
    Document(#[from] serde_json::Error),
}

impl MergeError {
    /// What to do, in words for whoever joins the exports.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoExport(_) => {
                "Vui lòng chỉ vào USB, vào thư mục TIEPDON, hoặc thư mục chứa các bản xuất."
            }
            Self::NothingAccepted(_) => "Vui lòng xem lý do của từng bản ở trên.",
            Self::Strict { .. } => {
                "Vui lòng xử lý từng bản ở trên; hoặc bỏ --strict để tổng hợp phần còn lại."
            }
            Self::Place(error) => error.advice(),
            Self::Table(_) | Self::Document(_) => {
                "Có thể nơi lưu đã đầy. Vui lòng xem lại chỗ trống, rồi tổng hợp lại."
            }
        }
    }

    /// The exports that were refused before it came to this.
    pub fn refused(&self) -> &[Refused] {
        match self {
            Self::NoExport(refused)
            | Self::NothingAccepted(refused)
            | Self::Strict { refused, .. } => refused,
            Self::Place(_) | Self::Table(_) | Self::Document(_) => &[],
        }
    }

    /// The closings that contradict each other, where that stopped everything.
    pub fn conflicts(&self) -> &[Conflict] {
        match self {
            Self::Strict { conflicts, .. } => conflicts,
            Self::NoExport(_)
            | Self::NothingAccepted(_)
            | Self::Place(_)
            | Self::Table(_)
            | Self::Document(_) => &[],
        }
    }
}
