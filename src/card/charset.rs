//! The single-byte character sets readers put Vietnamese into: windows-1258 when they convert,
//! windows-1252 or Latin-1 when they take UTF-8 for something else. Two small tables; a crate for
//! all the world's character sets would be two hundred times their size.
//! Source: <https://encoding.spec.whatwg.org/#legacy-single-byte-encodings>.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// 0x80 to 0x9F of windows-1252. The five unused places are the control characters of Latin-1.
const HIGH_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Where windows-1258 differs from windows-1252 in a sign that Vietnamese needs.
const fn in_1258(byte: u8) -> Option<char> {
    Some(match byte {
        0xC3 => 'Ă',
        0xCC => '\u{300}',
        0xD0 => 'Đ',
        0xD2 => '\u{309}',
        0xD5 => 'Ơ',
        0xDD => 'Ư',
        0xDE => '\u{303}',
        0xE3 => 'ă',
        0xEC => '\u{301}',
        0xF0 => 'đ',
        0xF2 => '\u{323}',
        0xF5 => 'ơ',
        0xFD => 'ư',
        0xFE => '₫',
        _ => return None,
    })
}

/// The character of a byte in windows-1252.
fn in_1252(byte: u8) -> char {
    let high = byte.checked_sub(0x80).and_then(|place| HIGH_1252.get(usize::from(place)));
    high.copied().unwrap_or_else(|| char::from(byte))
}

/// The byte a character had in windows-1252 or Latin-1, which differ only where one has nothing.
fn byte_1252(c: char) -> Option<u8> {
    u8::try_from(c).ok().or_else(|| {
        let place = HIGH_1252.iter().position(|high| *high == c)?;
        u8::try_from(place + 0x80).ok()
    })
}

/// Reads windows-1258, unless what comes out is no Vietnamese: then the bytes are something else
/// (GBK, Latin-1, noise), and a wrong name would be worse than none. The result is not yet NFC.
pub(super) fn windows_1258(bytes: &[u8]) -> Option<Zeroizing<String>> {
    // Vietnamese letters are 0xC0 and above, signs are below, and no word has a sign right behind
    // such a letter. UTF-8 has nothing else: this is UTF-8 of which a letter was broken.
    if bytes.windows(2).any(|pair| matches!(pair, [0xC0..=0xFF, 0x80..=0xBF])) {
        return None;
    }
    let chars = || bytes.iter().map(|&byte| in_1258(byte).unwrap_or_else(|| in_1252(byte)));
    if !chars().nfc().all(|c| c.is_ascii() || is_vietnamese(c)) {
        return None;
    }
    let mut text = Zeroizing::new(String::with_capacity(chars().map(char::len_utf8).sum()));
    text.extend(chars());
    Some(text)
}

/// Signs that Vietnamese never has, and UTF-8 taken for windows-1252 nearly always: the first
/// bytes of ế ờ ạ, of ă đ, of ơ ư and of the byte order mark.
const MOJIBAKE: [&str; 6] = ["á»", "áº", "Ä", "Æ°", "Æ¡", "ï»¿"];

/// The first byte of à ê ô and many more; as a Vietnamese capital it proves nothing alone.
const PERHAPS_MOJIBAKE: char = 'Ã';

/// Whether a text is surely UTF-8 that was taken for windows-1252.
pub(super) fn looks_like_mojibake(text: &str) -> bool {
    !text.is_ascii() && MOJIBAKE.iter().any(|sign| text.contains(sign))
}

/// Undoes UTF-8 that was taken for windows-1252 or Latin-1; `None` if it was not or is past help.
pub(super) fn undo_mojibake(text: &str) -> Option<Zeroizing<String>> {
    if !looks_like_mojibake(text) && !text.contains(PERHAPS_MOJIBAKE) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    for c in text.chars() {
        bytes.push(byte_1252(c)?);
    }
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// Whether a character outside ASCII belongs into Vietnamese names and addresses: the alphabet,
/// the letters of the minorities' names, and typographic marks.
fn is_vietnamese(c: char) -> bool {
    matches!(c,
        'À'..='Ã' | 'È'..='Ê' | 'Ì' | 'Í' | 'Ñ'..='Õ' | 'Ù' | 'Ú' | 'Ý'
        | 'à'..='ã' | 'è'..='ê' | 'ì' | 'í' | 'ñ'..='õ' | 'ù' | 'ú' | 'ý'
        | 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư'
        | 'Č' | 'č' | 'Ĕ' | 'ĕ' | 'Ĭ' | 'ĭ' | 'Ŏ' | 'ŏ' | 'Ŭ' | 'ŭ'
        | 'Ạ'..='ỹ' | '‘' | '’' | '“' | '”' | '–' | '—' | '´')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every letter of the alphabet with every tone, as a text.
    const ALPHABET: &str = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụ\
                            ưừửữứựvxyỳỷỹýỵ";

    /// Converts as windows-1258 does: base letter, then the tone as a mark of its own.
    fn to_1258(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for c in text.chars() {
            let whole = (0..=255).find(|&byte| in_1258(byte).unwrap_or_else(|| in_1252(byte)) == c);
            if let Some(byte) = whole {
                bytes.push(byte);
                continue;
            }
            let marks: Vec<char> = std::iter::once(c).nfd().collect();
            let tone = *marks
                .iter()
                .find(|m| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(**m))
                .unwrap();
            let base: String = marks.into_iter().filter(|m| *m != tone).nfc().collect();
            bytes.extend(to_1258(&base));
            bytes.extend(to_1258(&tone.to_string()));
        }
        bytes
    }

    #[test]
    fn every_vietnamese_letter_comes_back_from_windows_1258() {
        for text in [ALPHABET.to_owned(), ALPHABET.to_uppercase()] {
            let read = windows_1258(&to_1258(&text)).unwrap();
            assert_eq!(read.nfc().collect::<String>(), text);
        }
    }

    #[test]
    fn every_vietnamese_letter_comes_back_from_latin_1_and_windows_1252() {
        for text in [ALPHABET.to_owned(), ALPHABET.to_uppercase()] {
            let latin: String = text.bytes().map(char::from).collect();
            assert_eq!(undo_mojibake(&latin).unwrap().as_str(), text);
            let windows: String = text.bytes().map(in_1252).collect();
            assert_eq!(undo_mojibake(&windows).unwrap().as_str(), text);
            assert!(looks_like_mojibake(&latin) && looks_like_mojibake(&windows));
        }
    }

    #[test]
    fn good_text_is_not_taken_for_mojibake() {
        for text in ["LÃ VÂN MẪU", "LÃ VÂN", "LÃ", "Nguyễn Văn Mẫu", "Ha Noi", ALPHABET]
        {
            assert!(undo_mojibake(text).is_none(), "{text}");
            assert!(!looks_like_mojibake(text), "{text}");
        }
    }

    #[test]
    fn bytes_that_give_no_vietnamese_are_not_read_as_windows_1258() {
        // à and è in GBK; å in Latin-1; noise; UTF-8 of which one letter was broken.
        for bytes in [
            &b"V\xa8\xa4 Th\xa8\xa8"[..],
            b"\xc5ngstr\xf8m",
            b"abc\xff",
            b"\x80\x81",
            b"H\xc3\x92A B\xc3NH",
        ] {
            assert!(windows_1258(bytes).is_none());
        }
    }
}
