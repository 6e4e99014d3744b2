//! What can go wrong with the journal, and what to do about it.

use std::io;
use std::path::PathBuf;

use rusqlite::{ErrorCode, ffi};

use crate::event::StationDay;

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
    /// The journal did not open, and nothing can be written.
    #[error("there is no journal to write to")]
    NotOpen,
    /// There is no journal to read.
    #[error("there is no journal {}", path.display())]
    Missing {
        /// The database file.
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
    /// The database as a whole is damaged.
    #[error("the database is damaged: {0}")]
    Unsound(String),
    /// A file beside the database cannot be written or moved.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The second copy of the last events cannot be written. They stand in the database.
    #[error("the side log {} cannot be written: {source}", path.display())]
    SideLog {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to restore the journal from.
    #[error("there is no good backup in {}", path.display())]
    NoBackup {
        /// The data folder.
        path: PathBuf,
    },
    /// A closing does not belong to its event.
    #[error("closing {number} of {day} is damaged")]
    DamagedClosing {
        /// The day as it stands in the database.
        day: String,
        /// Which closing of that day.
        number: u32,
    },
    /// A closing was to be signed that says nothing.
    #[error("the closing of {day} has no document")]
    NoDocument {
        /// The day that stays open.
        day: StationDay,
    },
    /// A choice was to be recorded for a visit the journal does not know.
    #[error("the visit is not in the journal")]
    UnknownVisit,
    /// SQLite refused.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
}

/// What to do about a damaged database: the next start restores it.
const TO_RESTORE: &str = "Dữ liệu bị hỏng. Hãy tắt máy đúng cách rồi bật lại: máy tự khôi phục từ bản \
                          sao lưu. Khi ki-ốt đang tắt cũng có thể dùng lệnh tiepdon restore.";

impl JournalError {
    /// Whether the database itself is damaged: opening the journal anew restores it.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Unsound(_) => true,
            Self::Database(rusqlite::Error::SqliteFailure(failure, _)) => {
                // A sector that cannot be read is CORRUPTFS; what else cannot be read is READ.
                const CANNOT_BE_READ: [i32; 4] = [
                    ffi::SQLITE_IOERR_READ,
                    ffi::SQLITE_IOERR_SHORT_READ,
                    ffi::SQLITE_IOERR_CORRUPTFS,
                    ffi::SQLITE_IOERR_DATA,
                ];
                matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                    || CANNOT_BE_READ.contains(&failure.extended_code)
            }
            // A column holds what nobody wrote there.
            Self::Database(
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..),
            ) => true,
            Self::Database(_)
            | Self::Folder { .. }
            | Self::Key { .. }
            | Self::InUse { .. }
            | Self::NotOpen
            | Self::Missing { .. }
            | Self::Newer { .. }
            | Self::Foreign
            | Self::File { .. }
            | Self::SideLog { .. }
            | Self::NoBackup { .. }
            | Self::DamagedClosing { .. }
            | Self::NoDocument { .. }
            | Self::UnknownVisit => false,
        }
    }

    /// Whether there was no room on the disk.
    pub fn is_full(&self) -> bool {
        match self {
            // The second: the index of the write-ahead log could not grow.
            Self::Database(rusqlite::Error::SqliteFailure(failure, _)) => {
                // CannotOpen: a disk that has room, and no place for the file beside the database.
                matches!(failure.code, ErrorCode::DiskFull | ErrorCode::CannotOpen)
                    || failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE
            }
            Self::Folder { source, .. }
            | Self::Key { source, .. }
            | Self::File { source, .. }
            | Self::SideLog { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::Database(_)
            | Self::InUse { .. }
            | Self::NotOpen
            | Self::Missing { .. }
            | Self::Newer { .. }
            | Self::Foreign
            | Self::Damaged { .. }
            | Self::Unsound(_)
            | Self::NoBackup { .. }
            | Self::DamagedClosing { .. }
            | Self::NoDocument { .. }
            | Self::UnknownVisit => false,
        }
    }

    /// What to do now, for the people at the station.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Folder { .. } | Self::Key { .. } | Self::File { .. } => {
                "Kiểm tra thư mục dữ liệu: có đúng đường dẫn, còn chỗ trống và được phép ghi không."
            }
            Self::InUse { .. } => "Tắt chương trình tiepdon đang chạy rồi mở lại.",
            Self::NotOpen => {
                "Xin ghi lượt khám vào phiếu giấy và báo người phụ trách kỹ thuật. Máy tự thử lại mỗi phút."
            }
            Self::Missing { .. } => "Kiểm tra lại đường dẫn sau --data.",
            Self::Newer { .. } => {
                "Dữ liệu do bản mới hơn ghi. Hãy cài bản tiepdon mới; dữ liệu chưa bị thay đổi."
            }
            Self::Foreign => "Chọn một thư mục dữ liệu khác; tệp này chưa bị thay đổi.",
            Self::Unsound(_) => TO_RESTORE,
            // A header that is gone, a page that cannot be read.
            Self::Database(_) if self.is_damage() => TO_RESTORE,
            Self::SideLog { .. } => {
                "Lượt vẫn được ghi, nhưng thiếu bản ghi thứ hai. Kiểm tra thẻ nhớ: còn chỗ trống không."
            }
            Self::NoBackup { .. } => {
                "Chọn tệp sao lưu sau --from, hoặc kiểm tra lại đường dẫn sau --data."
            }
            Self::Damaged { .. }
            | Self::DamagedClosing { .. }
            | Self::NoDocument { .. }
            | Self::UnknownVisit => "Giữ nguyên thư mục dữ liệu và báo người phụ trách kỹ thuật.",
            Self::Database(_) => {
                "Kiểm tra thẻ nhớ: còn chỗ trống không, có bị khóa ghi không. Dữ liệu đã ghi vẫn còn."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt as _;

    use crate::event::{Moment, Origin};
    use crate::journal::{Journal, JournalReader};

    #[test]
    fn whoever_meets_a_destroyed_database_is_told_to_restore_it() {
        let data = tempfile::tempdir().unwrap();
        let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
        let boot = uuid::Uuid::nil();
        let at = Moment { wall_ms: 1_782_960_000_000, uptime_ms: 0, boot, sure: true };
        drop(Journal::open(data.path(), origin.clone(), at).unwrap());
        let path = data.path().join("journal.db");
        let good = fs::read(&path).unwrap();
        let reads = || JournalReader::open(data.path()).and_then(|reader| reader.verify());
        reads().unwrap();
        // The header of the file; then every page but the first.
        for destroyed in [0..100, 4096..good.len()] {
            let mut bytes = good.clone();
            bytes[destroyed.clone()].fill(0xA5);
            File::options().write(true).open(&path).unwrap().write_all_at(&bytes, 0).unwrap();
            let error = reads().unwrap_err();
            assert!(error.is_damage(), "{destroyed:?}: {error}");
            for told in ["tự khôi phục", "tiepdon restore"] {
                assert!(
                    error.advice().contains(told),
                    "{destroyed:?}: {error}: {}",
                    error.advice()
                );
            }
        }
        // And what is told is true.
        fs::write(&path, &good[..100]).unwrap();
        drop(Journal::open(data.path(), origin, at));
        reads().unwrap();
    }
}
