//! What can go wrong while a configuration is brought in.

use std::io;
use std::path::PathBuf;

/// A failure; what was there before is whole.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be used: {source}", path.display())]
pub struct ProvisionError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl ProvisionError {
    /// What to do now, for the people at the station.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        "Kiểm tra thư mục cấu hình: lệnh này phải được phép ghi, và thẻ nhớ còn chỗ trống."
    }
}
