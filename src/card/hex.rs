//! The text fields of a BHYT code: hex of UTF-8 on most cards, hex of UTF-16 on some old ones,
//! plain text out of some programs, and `-` for nothing.

use zeroize::Zeroizing;

use super::telex;
use super::text;
use super::warning::{Warning, Warnings};

/// Plain text shorter than this may well hold a digit ("Tổ5"); a hex name is never that short.
const SHORTEST_HEX: usize = 8;

/// What a text field holds.
pub(super) enum Field {
    /// Nothing, or `-`.
    Absent,
    /// Text, NFC, not trimmed.
    Text(Zeroizing<String>),
    /// Something that claims to be hex and is no text.
    Undecodable,
}

impl Field {
    /// Hex of nothing but spaces is nothing.
    fn of(text: Zeroizing<String>) -> Self {
        if text.trim().is_empty() { Self::Absent } else { Self::Text(text) }
    }
}

/// Reads a text field; adds what had to be repaired.
pub(super) fn read(field: &str, warnings: &mut Warnings) -> Field {
    let field = field.trim();
    if field.is_empty() || field == "-" {
        return Field::Absent;
    }
    if !claims(field) {
        return Field::Text(Zeroizing::new(field.to_owned()));
    }
    if let Some(text) = decode(field.as_bytes(), warnings) {
        return Field::of(text);
    }
    if let Some(text) = telex::restore(field).and_then(|hex| decode(&hex, warnings)) {
        warnings.add(Warning::ImeRepaired);
        return Field::of(text);
    }
    if has_digit(field) {
        Field::Undecodable
    } else {
        Field::Text(Zeroizing::new(field.to_owned()))
    }
}

/// Whether a field is meant as hex. Programs that write plain text write whole names and addresses:
/// with spaces.
pub(super) fn claims(field: &str) -> bool {
    let possible = field.chars().all(telex::is_possible);
    !field.contains(char::is_whitespace)
        && (possible || has_digit(field) && field.len() >= SHORTEST_HEX)
}

fn has_digit(field: &str) -> bool {
    field.contains(|c: char| c.is_ascii_digit())
}

/// Whether hex ends in the middle of a byte: a sign that a record was cut.
pub(super) fn ends_inside_a_byte(field: &str) -> bool {
    !field.len().is_multiple_of(2)
        && field.len() >= SHORTEST_HEX
        && field.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text of good hex. Bytes that are no UTF-8 are refused here: half a name is none.
fn decode(hex: &[u8], warnings: &mut Warnings) -> Option<Zeroizing<String>> {
    if !hex.len().is_multiple_of(2) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(hex.len() / 2));
    for pair in hex.chunks_exact(2) {
        bytes.push(telex::byte(pair)?);
    }
    if bytes.contains(&0) {
        return utf16(&bytes).map(|text| text::read(text.as_bytes()).text);
    }
    let is_text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains(char::is_control));
    is_text.then(|| {
        let read = text::read(&bytes);
        warnings.add_all(read.warnings);
        read.text
    })
}

/// UTF-16, low byte first, as old cards have it.
fn utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let units = bytes.chunks_exact(2).map(|pair| match *pair {
        [low, high] => u16::from_le_bytes([low, high]),
        _ => 0,
    });
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for c in char::decode_utf16(units) {
        text.push(c.ok().filter(|c| !c.is_control())?);
    }
    bytes.len().is_multiple_of(2).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: impl AsRef<[u8]>) -> String {
        bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn text(field: &str) -> Option<(String, Vec<&'static str>)> {
        let mut warnings = Warnings::default();
        match read(field, &mut warnings) {
            Field::Text(text) => {
                Some((text.as_str().to_owned(), warnings.iter().map(Warning::slug).collect()))
            }
            Field::Absent | Field::Undecodable => None,
        }
    }

    fn undecodable(field: &str) -> bool {
        matches!(read(field, &mut Warnings::default()), Field::Undecodable)
    }

    #[test]
    fn hex_of_utf8_and_of_utf16_is_text_in_either_case() {
        let name = "Nguyễn Văn Mẫu";
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for field in [hex(name), hex(name).to_uppercase(), hex(utf16)] {
            assert_eq!(text(&field), Some((name.to_owned(), vec![])), "{field}");
        }
    }

    #[test]
    fn hex_that_went_through_telex_is_put_right_with_a_warning() {
        let damaged = "4e677579e1bb856e2056c4836e204de1bâb75";
        let repaired = Some(("Nguyễn Văn Mẫu".to_owned(), vec!["ime-repaired"]));
        assert_eq!(text(damaged), repaired);
        assert_eq!(text(&damaged.to_uppercase()), repaired);
    }

    #[test]
    fn plain_text_is_left_as_it_is() {
        for plain in ["Nguyễn Văn Mẫu", "Mẫu", "Ba", "Tổ5", "Tổ 5, Xã Thử", "Đê"] {
            assert_eq!(text(plain), Some((plain.to_owned(), vec![])), "{plain}");
        }
    }

    #[test]
    fn hex_that_is_no_text_is_told_from_nothing_at_all() {
        for field in [
            "4e677579e1bb8",  // half a byte
            "4e677579e1bb",   // half a letter
            "4e67757900",     // odd number of bytes with a zero
            "4e67750a79",     // a control character
            "zz677579e1bb85", // no hex
            "4e677579e1ff85", // no UTF-8
        ] {
            assert!(undecodable(field), "{field}");
        }
        for field in ["", " ", "-", " - ", "20", "2020c2a0", "efbbbf"] {
            assert!(matches!(read(field, &mut Warnings::default()), Field::Absent), "{field}");
        }
    }
}
