//! From the bytes of a record to text one can rely on: UTF-8, else windows-1258, with mojibake
//! undone, control characters gone, and in NFC, so that equal names are equal. What could not be
//! saved is U+FFFD, and the digits around it can still be used.

use std::str;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};
use zeroize::Zeroizing;

use super::charset;
use super::warning::{Warning, Warnings};

/// The text of a record and what had to be done to get it.
pub(super) struct Text {
    /// NFC, without control or invisible characters except the tab. Not trimmed.
    pub(super) text: Zeroizing<String>,
    /// [`Warning::MojibakeRepaired`] or [`Warning::DecodedWindows1258`].
    pub(super) warnings: Warnings,
    /// The bytes ended inside a letter.
    pub(super) cut: bool,
}

/// Reads the bytes of a record. Total, and no buffer here is ever grown.
pub(super) fn read(bytes: &[u8]) -> Text {
    let mut warnings = Warnings::default();
    let (valid, cut) = match str::from_utf8(bytes) {
        Ok(text) => (Some(text), false),
        Err(error) if error.error_len().is_none() => {
            let whole_letters = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (str::from_utf8(whole_letters).ok(), true)
        }
        Err(_) => (None, false),
    };
    let text = match valid {
        Some(text) => match charset::undo_mojibake(text) {
            Some(repaired) => {
                warnings.add(Warning::MojibakeRepaired);
                clean(&repaired)
            }
            None => clean(text),
        },
        None => match charset::windows_1258(bytes) {
            Some(text) => {
                warnings.add(Warning::DecodedWindows1258);
                clean(&text)
            }
            None => clean(&replace_broken(bytes)),
        },
    };
    Text { text, warnings, cut }
}

/// UTF-8 with U+FFFD for what is none.
fn replace_broken(bytes: &[u8]) -> Zeroizing<String> {
    let mut text =
        Zeroizing::new(String::with_capacity(bytes.len() * char::REPLACEMENT_CHARACTER.len_utf8()));
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// NFC, without what nobody can see.
fn clean(text: &str) -> Zeroizing<String> {
    let visible = || text.chars().filter(|c| !is_invisible(*c));
    if text.chars().any(is_invisible) || is_nfc_quick(text.chars()) != IsNormalized::Yes {
        let length = visible().nfc().map(char::len_utf8).sum();
        let mut cleaned = Zeroizing::new(String::with_capacity(length));
        cleaned.extend(visible().nfc());
        cleaned
    } else {
        Zeroizing::new(text.to_owned())
    }
}

/// Control characters but the tab (which may be a wrong separator), byte order marks, soft
/// hyphens, zero-width and direction marks.
fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control() && c != '\t';
    }
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_nobody_sees_are_dropped_and_the_rest_is_nfc() {
        let text = read("\u{feff}\0\x02Nguye\u{302}\u{303}n\u{200b}\tMẫu\u{ad}\x7f".as_bytes());
        assert_eq!(text.text.as_str(), "Nguyễn\tMẫu");
        assert!(text.warnings.is_empty() && !text.cut);
    }

    #[test]
    fn a_record_that_ends_inside_a_letter_keeps_its_whole_letters() {
        let bytes = "Nguyễ".as_bytes();
        for cut in 1..3 {
            let text = read(&bytes[..bytes.len() - cut]);
            assert!(text.cut);
            assert_eq!(text.text.as_str(), "Nguy");
        }
    }

    #[test]
    fn bytes_of_an_unknown_character_set_leave_a_hole_and_keep_the_digits() {
        let text = read(b"001090000001||V\xa8\xa4 Th\xa8\xa8|02011990");
        assert!(text.text.starts_with("001090000001||V\u{fffd}"));
        assert!(text.text.ends_with("|02011990"));
        assert!(text.warnings.is_empty());
    }

    #[test]
    fn one_broken_letter_costs_no_other() {
        let text = read(b"Nguy\xe1\xbb\x85n V\xc4n M\xe1\xba\xabu|H\xc3\xb2a B\xc3\xacnh");
        assert_eq!(text.text.as_str(), "Nguyễn V\u{fffd}n Mẫu|Hòa Bình");
        assert!(text.warnings.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_give_visible_nfc_text_of_bounded_size(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let text = read(&bytes).text;
            prop_assert!(!text.chars().any(is_invisible));
            prop_assert_eq!(text.nfc().collect::<String>(), text.as_str());
            prop_assert!(text.len() <= 9 * bytes.len());
        }

        #[test]
        fn good_vietnamese_is_left_alone(name in "[A-Za-zĂÂĐÊÔƠƯăâđêôơưẠ-ỹ ,0-9|]{0,60}") {
            let text = read(name.as_bytes());
            prop_assert_eq!(text.text.as_str(), name);
            prop_assert!(text.warnings.is_empty());
        }
    }
}
