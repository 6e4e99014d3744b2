//! Why an export failed, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::report::ReportError;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A table could not be written, whatever the disk.
    #[error("the report cannot be made")]
    Report(#[from] ReportError),
    /// The medium or the quota is full.
    #[error("no space left for {}", .0.display())]
    NoSpace(PathBuf),
    /// The medium is write protected, or the kernel made it so after an error.
    #[error("{} is on a read-only file system", .0.display())]
    ReadOnly(PathBuf),
    /// The folder is not there; a stick that was pulled looks the same.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The stick was pulled before the export was whole.
    #[error("the stick at {} was pulled", .0.display())]
    Unplugged(PathBuf),
    /// No stick is mounted there.
    #[error("{} is not a stick", .0.display())]
    NotRemovable(PathBuf),
    /// A link stands where the export needs a folder or a file of its own.
    #[error("{} is a link", .0.display())]
    SymLink(PathBuf),
    /// Something on the path is a file and not a folder.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The path does not end in a name that a file can have on every medium.
    #[error("{} does not end in the name of a file", .0.display())]
    NotAName(PathBuf),
    /// This user may not write there.
    #[error("no permission for {}", .0.display())]
    Denied(PathBuf),
    /// What was read back differs from what was written.
    #[error("{} reads back different from what was written", .0.display())]
    Unfaithful(PathBuf),
    /// Any other refusal, such as a stick that breaks while it is written.
    #[error("cannot write {}", .path.display())]
    Other {
        /// What was being written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ExportError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match Errno::from_io_error(&source) {
            Some(Errno::NOSPC | Errno::DQUOT) => Self::NoSpace(path),
            Some(Errno::ROFS) => Self::ReadOnly(path),
            Some(Errno::NOENT) => Self::Missing(path),
            Some(Errno::NODEV | Errno::NXIO) => Self::Unplugged(path),
            Some(Errno::LOOP) => Self::SymLink(path),
            Some(Errno::NOTDIR) => Self::NotAFolder(path),
            Some(Errno::ACCESS | Errno::PERM) => Self::Denied(path),
            Some(_) | None => Self::Other { path, source },
        }
    }

    /// What to do, in words for the people at the station.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Report(_) => {
                "Số liệu vẫn còn trong máy. Vui lòng báo cho người phụ trách phần mềm."
            }
            Self::NoSpace(_) => {
                "Nơi lưu đã đầy. Vui lòng xóa bớt tệp cũ hoặc dùng USB khác, rồi xuất lại."
            }
            Self::ReadOnly(_) => {
                "Nơi lưu đang bị khóa ghi. Vui lòng gạt nút khóa trên USB hoặc dùng USB khác, \
                 rồi xuất lại."
            }
            Self::Missing(_) => {
                "Không thấy thư mục lưu. Vui lòng cắm lại USB hoặc tạo thư mục, rồi xuất lại."
            }
            Self::Unplugged(_) => {
                "USB đã bị rút khi chưa chép xong. Số liệu vẫn còn trong máy và bản xuất trước \
                 vẫn nguyên. Vui lòng cắm lại USB, rồi xuất lại."
            }
            Self::NotRemovable(_) => {
                "Đây không phải USB. Vui lòng cắm USB vào máy, chờ hiện tên USB rồi xuất lại."
            }
            Self::SymLink(_) => {
                "Trên USB có một liên kết trùng tên với thư mục của máy, máy không ghi vào đó cho \
                 an toàn. Vui lòng dùng USB khác, rồi xuất lại."
            }
            Self::NotAFolder(_) => {
                "Nơi lưu là một tệp, không phải thư mục. Vui lòng chọn một thư mục, rồi xuất lại."
            }
            Self::NotAName(_) => "Vui lòng ghi cả tên tệp sau tên thư mục, rồi xuất lại.",
            Self::Denied(_) => {
                "Chương trình không được phép ghi vào đây. Vui lòng chọn thư mục khác hoặc cấp \
                 quyền ghi, rồi xuất lại."
            }
            Self::Unfaithful(_) => {
                "Nơi lưu ghi sai dữ liệu, có thể đã hỏng. Vui lòng dùng USB khác, rồi xuất lại."
            }
            Self::Other { .. } => {
                "Chưa lưu được tệp; số liệu vẫn còn trong máy. Vui lòng cắm lại hoặc đổi USB, rồi \
                 xuất lại."
            }
        }
    }
}
