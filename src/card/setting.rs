//! A reader in the wrong mode is recognised by what it sends, and the advice names the setting to
//! change in the words of the readers' manuals. For the IT officer and the trouble screen.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::citizen;
use super::fields::Fields;
use super::secret::{InsuranceId, PersonalId};
use super::warning::{Warning, Warnings};

/// The setting of the reader that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderSetting {
    /// It types like a keyboard, through a layout or an input method, instead of sending serially.
    SerialMode,
    /// It converts the text to another character set, and Vietnamese letters do not survive.
    Utf8Output,
    /// It wraps each code in packets of Zebra's SSI protocol.
    PlainData,
    /// It puts its own signs before or behind each code: code id, AIM id, ECI.
    NoCodeId,
    /// It sends nothing after a code, so that each scan waits for the idle gap. Bytes cannot tell
    /// this: it is seen by how records end (see `Ending::Silence` of the reader's framing).
    EndSuffix,
}

impl ReaderSetting {
    /// The word for it in the output of `tiepdon decode`.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::SerialMode => "serial-mode",
            Self::Utf8Output => "utf8-output",
            Self::PlainData => "plain-data",
            Self::NoCodeId => "no-code-id",
            Self::EndSuffix => "end-suffix",
        }
    }

    /// What to change, in Vietnamese; the names in quotes are those of the readers' manuals.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::SerialMode => {
                "Đầu đọc đang gửi chữ như một bàn phím nên bị bộ gõ tiếng Việt hoặc kiểu bàn phím \
                 làm sai. Hãy mở sách hướng dẫn của đầu đọc và quét mã cài đặt “USB Virtual COM” \
                 (còn gọi là “USB CDC”, “USB Serial”), thay cho “USB Keyboard” (“HID”)."
            }
            Self::Utf8Output => {
                "Đầu đọc đang đổi bảng mã nên chữ tiếng Việt bị mất dấu hoặc sai. Hãy mở sách \
                 hướng dẫn của đầu đọc và quét mã cài đặt đầu ra “UTF-8” (hoặc “Raw data”), thay \
                 cho “GBK”, “Unicode” hay trang mã (“Code page”) khác."
            }
            Self::PlainData => {
                "Đầu đọc đang gửi theo gói lệnh SSI. Hãy mở sách hướng dẫn của đầu đọc và quét mã \
                 cài đặt “Simple COM Port Emulation” (hoặc “USB CDC Host”), thay cho “SSI over \
                 USB CDC”."
            }
            Self::NoCodeId => {
                "Đầu đọc đang gửi thêm ký hiệu trước hoặc sau mã. Hãy mở sách hướng dẫn của đầu \
                 đọc và quét mã cài đặt để bỏ tiền tố và mã loại: tắt “Code ID”, “AIM ID”, “ECI \
                 output”, “Prefix”."
            }
            Self::EndSuffix => {
                "Đầu đọc không gửi dấu kết thúc nên mỗi lần quét phải chờ thêm. Hãy mở sách hướng \
                 dẫn của đầu đọc và quét mã cài đặt “Add CR suffix” (thêm dấu xuống dòng sau mỗi \
                 mã)."
            }
        }
    }
}

/// The setting that packs a whole record in a way we do not unpack.
pub(super) fn of_packing(record: &[u8]) -> Option<ReaderSetting> {
    // SSI: length, opcode (0xF3 "decode data"), source 0 (the reader), status, type, data. The
    // length byte may have been taken for a line end before.
    if matches!(record, [0xF3, 0, ..] | [_, 0xF3, 0, ..]) {
        return Some(ReaderSetting::PlainData);
    }
    // UTF-16: more than a third of the bytes of any card would be zero.
    let zeros = record.iter().filter(|byte| **byte == 0).count();
    (record.len() >= 8 && zeros * 3 > record.len()).then_some(ReaderSetting::Utf8Output)
}

/// The setting that the oddities of a readable card point to.
pub(super) fn of_warnings(warnings: Warnings) -> Option<ReaderSetting> {
    let any = |of: &[Warning]| of.iter().any(|warning| warnings.contains(*warning));
    if any(&[Warning::ImeRepaired]) {
        Some(ReaderSetting::SerialMode)
    } else if any(&[
        Warning::MojibakeRepaired,
        Warning::DecodedWindows1258,
        Warning::NameUnreliable,
        Warning::AddressUnreliable,
        Warning::NoDiacritics,
    ]) {
        Some(ReaderSetting::Utf8Output)
    } else if any(&[Warning::SymbologyMark, Warning::CodeId]) {
        Some(ReaderSetting::NoCodeId)
    } else {
        None
    }
}

/// The setting that the text of an unreadable record points to.
pub(super) fn of_text(text: &str) -> Option<ReaderSetting> {
    let typed = has_wrong_separator(text) || has_digits_of_another_keyboard(text);
    let broken = text.contains(char::REPLACEMENT_CHARACTER);
    if typed {
        Some(ReaderSetting::SerialMode)
    } else if broken {
        Some(ReaderSetting::Utf8Output)
    } else if has_foreign_head(text) {
        Some(ReaderSetting::NoCodeId)
    } else {
        None
    }
}

/// Whether a record that is parted like a card has signs before its number that are no code id we
/// know how to take off.
fn has_foreign_head(text: &str) -> bool {
    let fields = Fields::of(text);
    let first = fields.get(0);
    let from = first.len().saturating_sub(12);
    let number = first.get(from..).and_then(PersonalId::parse);
    let marked = first
        .get(..from)
        .is_some_and(|head| !head.is_empty() && !head.ends_with(|c: char| c.is_ascii_digit()));
    number.is_some() && marked && citizen::follows(&fields)
}

/// Whether a number is followed by fields that something else than `|` parts: `;`, a tab, or what
/// the key of `|` is on another keyboard.
pub(super) fn has_wrong_separator(text: &str) -> bool {
    /// A card has six separators; fewer of one sign can be in any text.
    const FEWEST: usize = 6;
    // The number of a driving licence has twelve digits too: what follows must be a card.
    let is_card = |number: &str, rest: &str, separator: char| {
        let parted = Zeroizing::new(format!("{number}{rest}").replace(separator, "|"));
        let fields = Fields::of(&parted);
        PersonalId::parse(number).is_none() || !citizen::contradicts(&fields)
    };
    let after_number = |length| {
        let (number, rest) = text.split_at_checked(length)?;
        let known = PersonalId::parse(number).is_some() || InsuranceId::parse(number).is_some();
        known.then_some((number, rest))
    };
    [10, 12, 15].into_iter().filter_map(after_number).any(|(number, rest)| {
        rest.chars().next().is_some_and(|separator| {
            !separator.is_alphanumeric()
                && separator != '|'
                && rest.chars().filter(|c| *c == separator).count() >= FEWEST
                && is_card(number, rest, separator)
        })
    })
}

/// Whether a record begins with what the keys 0 to 9 are on a French keyboard, on a Vietnamese
/// one, or with Shift held: all cards begin with digits.
fn has_digits_of_another_keyboard(text: &str) -> bool {
    /// So many digits in a row are no accident any more.
    const HEAD: usize = 6;
    let head = || text.chars().take(HEAD);
    let all = |is_digit_key: fn(char) -> bool| head().count() == HEAD && head().all(is_digit_key);
    all(|c| "à&é\"'(-è_ç".contains(c))
        || all(|c| ")!@#$%^&*(".contains(c))
        || all(|c| {
            // đ ă â ê ô and the five tones as keys of their own; NFC has put them together.
            const VIETNAMESE: &str = "đaeo\u{302}\u{306}\u{300}\u{301}\u{303}\u{309}\u{323}";
            !c.is_ascii() && std::iter::once(c).nfd().all(|mark| VIETNAMESE.contains(mark))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_and_utf_16_are_seen_before_anything_is_read() {
        let ssi = b"\x17\xf3\x00\x00\x1c001090000001|\xf5\x30";
        assert_eq!(of_packing(ssi), Some(ReaderSetting::PlainData));
        assert_eq!(of_packing(&ssi[1..]), Some(ReaderSetting::PlainData));
        let utf16: Vec<u8> = "001090000001|Mẫu".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(of_packing(&utf16), Some(ReaderSetting::Utf8Output));
        assert_eq!(of_packing(&utf16[1..]), Some(ReaderSetting::Utf8Output));
        assert_eq!(of_packing("001090000001|010000001|Nguyễn\0".as_bytes()), None);
        assert_eq!(of_packing(b""), None);
    }

    #[test]
    fn digits_of_another_keyboard_are_recognised() {
        for typed in ["àà&àçàààààà&*à&à", "đđăđ\u{1ecd}đđ", "))!)()))))!~"] {
            let typed: String = typed.nfc().collect();
            assert_eq!(of_text(&typed), Some(ReaderSetting::SerialMode), "{typed}");
        }
        assert!(has_digits_of_another_keyboard("đđăđâêô"));
        for text in ["Nguyễn Văn Mẫu", "đường", "001090000001", "", "àà"] {
            assert!(!has_digits_of_another_keyboard(text), "{text}");
        }
    }

    #[test]
    fn a_separator_is_wrong_only_after_a_number_and_often_enough() {
        assert!(has_wrong_separator("001090000001;;Nguyễn Văn Mẫu;02011990;Nam;Hà Nội;15042021"));
        assert!(has_wrong_separator("001090000001\t\tMẫu\t02011990\tNam\tHà Nội\t15042021"));
        assert!(has_wrong_separator("GD4010000000051~4e~02/01/1990~1~53~01~01/01/2025~-~$"));
        for text in ["001090000001||||||", "001090000001;a;b", "a;b;c;d;e;f;g;h", "001090000001"] {
            assert!(!has_wrong_separator(text), "{text}");
        }
    }

    #[test]
    fn the_oddities_of_a_card_point_to_the_setting() {
        for (warning, setting) in [
            (Warning::ImeRepaired, Some(ReaderSetting::SerialMode)),
            (Warning::MojibakeRepaired, Some(ReaderSetting::Utf8Output)),
            (Warning::DecodedWindows1258, Some(ReaderSetting::Utf8Output)),
            (Warning::NameUnreliable, Some(ReaderSetting::Utf8Output)),
            (Warning::NoDiacritics, Some(ReaderSetting::Utf8Output)),
            (Warning::CardExpired, None),
        ] {
            let mut warnings = Warnings::default();
            warnings.add(warning);
            assert_eq!(of_warnings(warnings), setting);
        }
    }
}
