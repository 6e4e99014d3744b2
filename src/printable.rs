//! Text that others wrote, made harmless: signs that steer a terminal, that turn the direction of writing,
//! or that nobody sees are replaced, so that a name looks like what it is.

use std::path::Path;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// `text` with a mark in the place of every sign that is not seen as a sign of its own.
pub fn printable(text: &str) -> String {
    text.replace(is_unseen, "\u{fffd}")
}

/// A path in words: a foreign stick may call a file anything.
pub fn printable_path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Whether a sign does something to the signs around it instead of being seen.
pub fn is_unseen(sign: char) -> bool {
    matches!(
        sign.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    )
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn only_what_is_seen_stays() {
        for (text, shown) in [
            ("Trạm Y tế xã Tri Tôn – Bàn “1”, 75%", "Trạm Y tế xã Tri Tôn – Bàn “1”, 75%"),
            ("រោងបុណ្យ", "រោងបុណ្យ"),
            ("a\u{1b}[31mb\n", "a\u{fffd}[31mb\u{fffd}"),
            ("\u{202e}abc\u{2066}", "\u{fffd}abc\u{fffd}"),
            ("Tri\u{200b}Tôn\u{feff}", "Tri\u{fffd}Tôn\u{fffd}"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}
