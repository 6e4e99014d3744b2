//! What can be wrong with an export, in words for whoever checks it.

use std::fmt;

use crate::seal::Fingerprint;

/// Something that is not as it was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `MANIFEST.json` is no manifest.
    ManifestDamaged,
    /// `MANIFEST.json` was made by a later program.
    ManifestNewer,
    /// The signature does not fit the manifest.
    SignatureWrong,
    /// Another key signed than the one that was given.
    OtherSigner {
        /// The key that signed.
        signed: Fingerprint,
        /// The keys that were given.
        given: Vec<Fingerprint>,
    },
    /// The folder says another station, desk or period than the manifest.
    FolderRenamed {
        /// Its name.
        found: String,
        /// The name it was handed out with.
        meant: String,
    },
    /// The public key in the folder is not the one that signed.
    KeyExchanged {
        /// The key that lies there.
        found: Fingerprint,
    },
    /// A file is gone.
    Removed(String),
    /// A file holds something else.
    Altered(String),
    /// A file is longer or shorter.
    Resized {
        /// Its name.
        name: String,
        /// Its length in bytes.
        found: u64,
        /// The length it was handed out with.
        meant: u64,
    },
    /// A file is longer than any that is handed out, and was not read.
    TooLong {
        /// Its name.
        name: String,
        /// Its length in bytes.
        length: u64,
    },
    /// A file has another name.
    Renamed {
        /// The name it was handed out with.
        from: String,
        /// The name it has.
        to: String,
    },
    /// Something was put into the folder.
    Added(String),
    /// Something else bears the name of a file: a folder, a link, a pipe.
    NotAFile(String),
    /// The medium does not give a file back.
    Unreadable(String),
    /// A closing is no closing of this station and desk.
    ClosingDamaged(String),
    /// A closing bears the signature of no key that is known or that it names.
    ClosingUnsigned(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManifestDamaged => {
                f.write_str("Tệp MANIFEST.json đã bị sửa hoặc bị hỏng, không đọc được.")
            }
            Self::ManifestNewer => f.write_str(
                "Tệp MANIFEST.json do chương trình mới hơn lập; hãy kiểm tra bằng bản tiepdon mới.",
            ),
            Self::SignatureWrong => {
                f.write_str("Chữ ký không đúng: tệp MANIFEST.json hoặc MANIFEST.sig đã bị sửa.")
            }
            Self::OtherSigner { signed, given } => {
                let given: Vec<String> = given.iter().map(ToString::to_string).collect();
                let given = given.join(", ");
                write!(f, "Số liệu do khóa khác ký ({signed}), không phải khóa đã đưa ({given}).")
            }
            Self::FolderRenamed { found, meant } => {
                write!(f, "Thư mục đã bị đổi tên thành {found}; lúc xuất là {meant}.")
            }
            Self::KeyExchanged { found } => {
                write!(f, "Tệp khoa-cong-khai.pem đã bị thay bằng khóa khác ({found}).")
            }
            Self::Removed(name) => write!(f, "Thiếu tệp {name}."),
            Self::Altered(name) => write!(f, "Tệp {name} đã bị sửa."),
            Self::Resized { name, found, meant } => {
                write!(f, "Tệp {name} đã bị sửa: dài {found} byte, lúc xuất dài {meant} byte.")
            }
            Self::TooLong { name, length } => {
                write!(f, "Tệp {name} dài {length} byte, dài hơn mọi tệp máy xuất; không đọc.")
            }
            Self::Renamed { from, to } => write!(f, "Tệp {from} đã bị đổi tên thành {to}."),
            Self::Added(name) => write!(f, "{name} được thêm vào, lúc xuất không có."),
            Self::NotAFile(name) => write!(f, "{name} không còn là tệp thường."),
            Self::Unreadable(name) => {
                write!(f, "Không đọc được tệp {name}; USB có thể đã hỏng.")
            }
            Self::ClosingDamaged(name) => {
                write!(f, "Tệp {name} không phải biên bản chốt sổ của điểm này.")
            }
            Self::ClosingUnsigned(name) => {
                write!(f, "Biên bản chốt sổ {name} không có chữ ký đúng của trạm.")
            }
        }
    }
}
