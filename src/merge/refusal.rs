//! Why an export does not count, and what to do about it.

use std::io;

use crate::event::{Origin, StationDay};
use crate::export::Fault;
use crate::seal::Fingerprint;

/// Faults that are told of one export; the rest is counted.
const TOLD: usize = 3;

/// An export that does not count.
#[derive(Debug)]
pub struct Refused {
    /// Its folder, in words.
    pub place: String,
    /// The desk it bears the name of; whether that is true was not found out.
    pub origin: Option<Origin>,
    /// Why.
    pub why: Refusal,
}

/// Why an export does not count.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("Ở đây không có bản xuất nào của máy tiếp đón.")]
    NoExport,
    /// It cannot be read.
    #[error("Không đọc được thư mục này.")]
    Unreadable(#[source] io::Error),
    /// It is not as it was handed out.
    #[error("{}", faults(.0))]
    Altered(Vec<Fault>),
    /// The list of keys has none for this desk.
    #[error("Danh sách khóa không có điểm này; bản xuất ký bằng khóa {0}.")]
    NotListed(Fingerprint),
    /// The list of keys has others for this desk.
    #[error("Bản xuất ký bằng khóa {0}, danh sách ghi khóa khác cho điểm này.")]
    ForeignKey(Fingerprint),
    /// Another export of this desk bears another key.
    #[error("Bản xuất ký bằng khóa {signed}, còn bản {first} của cùng điểm ký bằng khóa {before}.")]
    KeyChanged {
        /// The key of this one.
        signed: Fingerprint,
        /// The key of the first one.
        before: Fingerprint,
        /// The folder of the first one.
        first: String,
    },
    /// A closing was written by a later program.
    #[error("Bản chốt {0} do chương trình mới hơn lập.")]
    ClosingNewer(String),
    /// A closing has no figures.
    #[error("Bản chốt {0} không có số liệu đọc được.")]
    ClosingWithoutFigures(String),
    /// A closing is of a day that the export says not to cover.
    #[error("Bản chốt ngày {} nằm ngoài kỳ của bản xuất.", .0.0.format("%d/%m/%Y"))]
    ClosingOutside(StationDay),
    /// A closing has figures that cannot be.
    #[error("Số liệu trong bản chốt {0} không khớp nhau.")]
    ClosingImpossible(String),
}

impl Refusal {
    /// What to do, in words for whoever joins the exports.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoExport => {
                "Vui lòng chỉ vào USB, vào thư mục TIEPDON, hoặc thư mục chứa các bản xuất."
            }
            Self::Unreadable(_) => "Vui lòng cắm lại USB hoặc chép lại thư mục này.",
            Self::Altered(faults) => match faults.as_slice() {
                [Fault::FolderRenamed { .. }] => {
                    "Vui lòng đổi tên thư mục lại như lúc xuất, rồi tổng hợp lại."
                }
                [Fault::ManifestNewer] => "Vui lòng tổng hợp bằng bản tiepdon mới.",
                _ => "Xin đừng dùng bản này; hãy xin trạm xuất lại.",
            },
            Self::NotListed(_) => {
                "Xin gọi điện cho trạm, đọc đối chiếu mã khóa, rồi thêm điểm này vào danh sách khóa."
            }
            Self::ForeignKey(_) => {
                "Xin gọi điện cho trạm, đọc đối chiếu mã khóa. Trạm đã đổi máy thì thêm khóa mới \
                 vào danh sách; không đúng thì đừng dùng bản này."
            }
            Self::KeyChanged { .. } => {
                "Xin gọi điện cho trạm, đọc đối chiếu mã khóa, ghi khóa đúng vào danh sách rồi tổng \
                 hợp lại với --keys."
            }
            Self::ClosingNewer(_) => "Vui lòng tổng hợp bằng bản tiepdon mới.",
            Self::ClosingWithoutFigures(_)
            | Self::ClosingOutside(_)
            | Self::ClosingImpossible(_) => {
                "Xin đừng dùng bản này; hãy báo trạm và người phụ trách phần mềm."
            }
        }
    }
}

/// The first faults in words, and how many more there are.
fn faults(all: &[Fault]) -> String {
    let mut told: Vec<String> = all.iter().take(TOLD).map(ToString::to_string).collect();
    let more = all.len().saturating_sub(TOLD);
    if more > 0 {
        told.push(format!("Và {more} chỗ khác."));
    }
    told.join(" ")
}
