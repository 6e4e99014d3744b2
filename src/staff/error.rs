//! What can go wrong with the staff's file, their PINs and the reset file, and what to do about it.

use std::io;
use std::path::PathBuf;

use crate::event::{Role, StaffCode};

/// A failure around the staff. The file is as it was, or as it was to become: never half of it.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The file is there but cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file, or its folder, cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file does not hold what the program wrote. What it holds is not repeated: there are
    /// hashes in it.
    #[error("{} is damaged at line {line}, column {column}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// Where in the line, from 1; 0 where it only begins.
        column: usize,
    },
    /// One code stands in the file for two people.
    #[error("{} holds the code {code} twice", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// The code.
        code: StaffCode,
    },
    /// The file was written by a newer program.
    #[error("{} has version {found}, this program knows version {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Version of the file.
        found: u32,
        /// Version known here.
        known: u32,
    },
    /// Nobody of the staff has this code, or no longer.
    #[error("nobody of the staff has the code {0}")]
    Unknown(StaffCode),
    /// Without a head nobody could close a day, export, or look after the staff.
    #[error("{0} is the last head and cannot be removed")]
    LastHead(StaffCode),
    /// Every number of this role was given.
    #[error("no code is left for another {0:?}")]
    NoCodeLeft(Role),
    /// The system had no memory or no randomness for a hash.
    #[error("the PIN cannot be hashed: {0}")]
    Hash(#[from] argon2::password_hash::Error),
    /// The reset file stays, most likely because the boot partition is read-only. It must not be
    /// obeyed again.
    #[error("{} cannot be deleted: {source}", path.display())]
    ResetStays {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl StaffError {
    /// What to do now, for the people at the station.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } | Self::Unwritable { .. } => {
                "Kiểm tra thẻ nhớ: còn chỗ trống không, có bị khóa ghi không, rồi thử lại."
            }
            Self::Damaged { .. } | Self::Twice { .. } => {
                "Tệp danh sách nhân viên bị hỏng; số liệu khám vẫn còn. Vui lòng báo người phụ \
                 trách kỹ thuật cất tệp hỏng và lập lại danh sách."
            }
            Self::Newer { .. } => {
                "Danh sách nhân viên do bản mới hơn ghi. Hãy cài bản tiepdon mới; tệp chưa bị thay \
                 đổi."
            }
            Self::Unknown(_) => "Kiểm tra lại mã nhân viên trong danh sách.",
            Self::LastHead(_) => {
                "Trạm phải luôn có một trưởng trạm. Hãy thêm trưởng trạm mới trước, rồi bỏ mã này."
            }
            Self::NoCodeLeft(_) => "Đã hết mã nhân viên. Vui lòng báo người phụ trách kỹ thuật.",
            Self::Hash(_) => "Tắt máy, bật lại rồi thử lần nữa.",
            Self::ResetStays { .. } => {
                "PIN đã được đặt lại, nhưng máy không xóa được tệp tiepdon-reset-pin trên thẻ nhớ. \
                 Khi tiện, vui lòng tắt máy và xóa tệp này bằng máy tính."
            }
        }
    }
}
