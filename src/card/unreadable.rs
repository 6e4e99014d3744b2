//! Why a record is of no use, and what the person in front of the reader can do about it.

use super::setting::ReaderSetting;

/// A record that is nothing we know. It holds nothing of what was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Why.
    pub reason: Reason,
    /// The setting of the reader that most likely caused it.
    pub setting: Option<ReaderSetting>,
}

/// Why a record is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Too few fields for the card that its number says it is.
    FieldCount,
    /// It is parted like a card, but does not begin with a number of the right form.
    BadId,
    /// It ended inside a letter or a byte.
    Truncated,
    /// Longer than any card: over 2 KiB.
    TooLong,
    /// A card whose fields are parted by something else than `|`.
    WrongSeparator,
    /// Anything else.
    Unknown,
}

impl Reason {
    /// The word for it in the output of `tiepdon decode`; never changes.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::FieldCount => "field-count",
            Self::BadId => "bad-id",
            Self::Truncated => "truncated",
            Self::TooLong => "too-long",
            Self::WrongSeparator => "wrong-separator",
            Self::Unknown => "unknown",
        }
    }
}

impl Unreadable {
    /// What to do next, in Vietnamese, for the person who scanned.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self.reason {
            Reason::FieldCount => {
                "Mã này còn thiếu thông tin. Xin ông/bà quét mã QR trên thẻ căn cước, hoặc chọn \
                 “Không quét – tiếp tục”."
            }
            Reason::BadId => {
                "Mã này không có số định danh hợp lệ. Xin ông/bà quét mã QR trên thẻ căn cước, \
                 hoặc chọn “Không quét – tiếp tục”."
            }
            Reason::Truncated => {
                "Máy chưa đọc được hết mã. Xin ông/bà giữ yên thẻ trước máy thêm một chút rồi \
                 quét lại."
            }
            Reason::TooLong => {
                "Mã này quá dài, không phải mã trên thẻ. Xin ông/bà quét mã QR trên thẻ căn cước, \
                 hoặc chọn “Không quét – tiếp tục”."
            }
            Reason::WrongSeparator => {
                "Máy quét chưa được cài đặt đúng nên chưa đọc được thẻ. Xin ông/bà gọi nhân viên \
                 giúp, hoặc chọn “Không quét – tiếp tục”."
            }
            Reason::Unknown => {
                "Đây không phải mã trên thẻ căn cước hay thẻ bảo hiểm y tế. Xin ông/bà quét lại \
                 mã QR trên thẻ, hoặc chọn “Không quét – tiếp tục”."
            }
        }
    }
}
