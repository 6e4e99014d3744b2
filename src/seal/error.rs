//! Why the station has no key to sign with, and what to do about it.

use std::io;
use std::path::PathBuf;

/// Why the station's key could be neither read nor made.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is a key, but it cannot be read.
    #[error("cannot read the key {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is a key file that holds no key. It stays as it is: a copy may yet be found, and a new
    /// key would make the station a stranger to all who know the old one.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// There is no key yet, and nobody asked for one.
    #[error("there is no key {}", .0.display())]
    Missing(PathBuf),
    /// There is no key yet, and none could be made.
    #[error("cannot make the key {}", .path.display())]
    NotMade {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SealError {
    /// What to do, in words for the people at the station.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => {
                "Máy không đọc được khóa ký của trạm. Ki-ốt vẫn ghi nhận bình thường; vui lòng \
                 khởi động lại máy, nếu vẫn báo lỗi thì gọi người phụ trách phần mềm."
            }
            Self::Damaged(_) => {
                "Tệp khóa ký của trạm bị hỏng. Vui lòng đừng xóa tệp này; hãy gọi người phụ trách \
                 phần mềm để chép lại từ bản sao lưu."
            }
            Self::Missing(_) => {
                "Ở đây chưa có khóa ký của trạm: ki-ốt tự tạo khi chạy lần đầu. Vui lòng xem lại thư \
                 mục dữ liệu; nếu đúng là trạm mới và muốn tạo khóa ngay, thêm --make."
            }
            Self::NotMade { .. } => {
                "Chưa tạo được khóa ký của trạm, có thể thẻ nhớ đã đầy hoặc bị khóa ghi. Vui lòng \
                 kiểm tra thẻ nhớ rồi khởi động lại máy."
            }
        }
    }
}
