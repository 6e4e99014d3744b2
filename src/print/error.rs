//! Why something cannot be printed, and what to do about it.

use krilla::error::KrillaError;

use super::qr::LEAST_MODULE_MM;

/// Why something cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The letters that are part of the program cannot be read.
    #[error("the embedded typeface cannot be read")]
    Typeface,
    /// No QR code holds that much.
    #[error("the text is too long for a QR code")]
    QrTooLong,
    /// The QR code does not fit into its place with modules that can be read.
    #[error("the modules of a QR code would be {module_mm:.2} mm, less than {LEAST_MODULE_MM} mm")]
    QrTooFine {
        /// Side of a module, in mm.
        module_mm: f32,
    },
    /// The words do not fit on the sheet in letters that can be read.
    #[error("the words do not fit on the sheet")]
    Overfull,
    /// The sheets cannot be put into a PDF.
    #[error("the PDF cannot be made")]
    Pdf(#[from] KrillaError),
}

impl PrintError {
    /// What to do, in words for the people at the station.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Typeface | Self::Pdf(_) => {
                "Vui lòng cài lại chương trình; nếu vẫn lỗi, báo cho người phụ trách phần mềm."
            }
            Self::Overfull => {
                "Lời quá dài, in lên một tờ thì chữ nhỏ, khó đọc. Vui lòng viết ngắn lại hoặc bớt \
                 bước."
            }
            Self::QrTooLong | Self::QrTooFine { .. } => {
                "Nội dung của mã quá dài nên in ra khó quét. Vui lòng dùng địa chỉ ngắn hơn."
            }
        }
    }
}
