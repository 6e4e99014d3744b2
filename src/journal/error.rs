//! What can go wrong with the journal, and what to do about it.

use std::io;
use std::path::PathBuf;

/// A failure of the journal. Nothing was acknowledged, nothing already written was changed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A folder of the data cannot be made, entered or read.
    #[error("the data folder {} cannot be used: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key of a day cannot be read, made or destroyed.
    #[error("the day key {} cannot be used: {source}", path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another program writes this journal.
    #[error("another tiepdon already uses the data folder {}", path.display())]
    InUse {
        /// The data folder.
        path: PathBuf,
    },
    /// There is no journal to read.
    #[error("there is no journal in {}", path.display())]
    Missing {
        /// The data folder.
        path: PathBuf,
    },
    /// The database was written by a newer program.
    #[error("the journal has version {found}, this program knows versions up to {known}")]
    Newer {
        /// Version of the database.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// The file is a database, but none of ours.
    #[error("the file is not a journal of tiepdon")]
    Foreign,
    /// A row does not hold what the program wrote.
    #[error("event {seq} of the journal is damaged")]
    Damaged {
        /// Position of the event.
        seq: u64,
    },
    /// A choice was to be recorded for a visit the journal does not know.
    #[error("the visit is not in the journal")]
    UnknownVisit,
    /// SQLite refused.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
}

impl JournalError {
    /// What to do now, for the people at the station.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Folder { .. } | Self::Key { .. } => {
                "Kiểm tra thư mục dữ liệu: có đúng đường dẫn, còn chỗ trống và được phép ghi không."
            }
            Self::InUse { .. } => "Tắt chương trình tiepdon đang chạy rồi mở lại.",
            Self::Missing { .. } => "Kiểm tra lại đường dẫn sau --data.",
            Self::Newer { .. } => {
                "Dữ liệu do bản mới hơn ghi. Hãy cài bản tiepdon mới; dữ liệu chưa bị thay đổi."
            }
            Self::Foreign => "Chọn một thư mục dữ liệu khác; tệp này chưa bị thay đổi.",
            Self::Damaged { .. } | Self::UnknownVisit => {
                "Giữ nguyên thư mục dữ liệu và báo người phụ trách kỹ thuật."
            }
            Self::Database(_) => {
                "Kiểm tra thẻ nhớ: còn chỗ trống không, có bị khóa ghi không. Dữ liệu đã ghi vẫn còn."
            }
        }
    }
}
