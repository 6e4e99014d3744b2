//! What a reader may be set to send around a code: the symbology mark of ISO/IEC 15424 (`]Q1`), the
//! mark of a character set (ECI, `\000026`), and the maker's own code id of one to four signs (`s`,
//! `Q`, `P01`) before or behind it. They are taken off, and a warning says which setting to change.

use zeroize::Zeroizing;

use super::fields::Fields;
use super::insurance_id;
use super::secret::{InsuranceId, PersonalId};
use super::{citizen, insurance};

/// Longest code id of the makers' manuals, in signs.
const LONGEST_CODE_ID: usize = 4;

/// Longest line a module may say as it starts, glued to the first code.
const LONGEST_GREETING: usize = 40;

/// What the makers' manuals call the symbologies that a card or a sheet of ours can be in. Around a
/// whole card any sign will do; around a number alone only these, because a serial number has
/// letters too.
const CODE_IDS: [&str; 18] = [
    "s", "Q", "q", "QR", "P01", "P00", "w", "u", "r", "z", "j", "b", "D", "B", "X", "]", "<A>",
    "<Q>",
];

/// A text without the marks that need no look at what they mark.
pub(super) struct Unmarked {
    /// The rest; `None` if there was no mark.
    pub(super) rest: Option<Zeroizing<String>>,
    /// The mark says that this is a bar code of goods (EAN, UPC).
    pub(super) is_goods: bool,
}

/// Takes off symbology marks at both ends and marks of character sets wherever they stand.
pub(super) fn take_off(text: &str) -> Unmarked {
    let mut is_goods = false;
    let mut marks_character_sets = false;
    let mut rest = text.trim();
    loop {
        if let Some((symbology, behind)) = symbology_mark(rest) {
            is_goods |= symbology == 'E';
            rest = behind.trim_start();
        } else if let Some(behind) = character_set_mark(rest) {
            marks_character_sets = true;
            rest = behind.trim_start();
        } else {
            break;
        }
    }
    if let Some((before, _)) = rest
        .len()
        .checked_sub(3)
        .and_then(|from| rest.split_at_checked(from))
        .filter(|(before, mark)| !before.is_empty() && symbology_mark(mark).is_some())
    {
        rest = before.trim_end();
    }
    let is_marked_inside = |at: usize| rest.get(at..).and_then(character_set_mark).is_some();
    marks_character_sets |= rest.match_indices('\\').any(|(at, _)| is_marked_inside(at));
    let is_changed = marks_character_sets || rest.len() != text.trim().len();
    let rest = is_changed.then(|| {
        if marks_character_sets {
            without_character_set_marks(rest)
        } else {
            Zeroizing::new(rest.to_owned())
        }
    });
    Unmarked { rest, is_goods }
}

/// A text without marks of character sets; a reader that sends them doubles other backslashes.
fn without_character_set_marks(mut text: &str) -> Zeroizing<String> {
    // Never longer than what it is made of, so it does not grow.
    let mut unmarked = Zeroizing::new(String::with_capacity(text.len()));
    while let Some((before, backslash)) = text.find('\\').and_then(|at| text.split_at_checked(at)) {
        unmarked.push_str(before);
        text = character_set_mark(backslash).unwrap_or_else(|| {
            unmarked.push('\\');
            let behind = backslash.get(1..).unwrap_or_default();
            behind.strip_prefix('\\').unwrap_or(behind)
        });
    }
    unmarked.push_str(text);
    unmarked
}

/// `]`, a letter for the symbology, a sign for how it was read.
fn symbology_mark(text: &str) -> Option<(char, &str)> {
    let mut chars = text.strip_prefix(']')?.chars();
    let (symbology, modifier) = (chars.next()?, chars.next()?);
    let is_mark = symbology.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric();
    is_mark.then_some((symbology, chars.as_str()))
}

/// A backslash, which some readers double, and six digits.
fn character_set_mark(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('\\')?;
    let digits = digits.strip_prefix('\\').unwrap_or(digits);
    let (number, behind) = digits.split_at_checked(6)?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(behind)
}

/// The first field of a record that is parted like a card, without what a reader put before the
/// number; `None` where the rest is not the card that the number says.
pub(super) fn number_of_card<'a>(fields: &Fields<'a>) -> Option<&'a str> {
    let first = fields.get(0);
    if insurance::follows(fields) {
        return [15, 12, 10].into_iter().find_map(|length| {
            let (mark, number) = split_behind(first, length)?;
            is_before_insurance_number(mark, number, fields).then_some(number)
        });
    }
    let (mark, number) = split_behind(first, 12)?;
    let id = PersonalId::parse(number)?;
    // A digit too many is a misread number, unless the number that is left agrees with the card.
    let ends_in_digit = mark.ends_with(|c: char| c.is_ascii_digit());
    let is_sure = citizen::agrees(&id, fields);
    let is_short = is_code_id(mark) && !ends_in_digit && citizen::follows(fields);
    (is_short || is_sure && mark.chars().count() <= LONGEST_GREETING).then_some(number)
}

/// Whether a mark stands before the number of a BHYT card, and is no part of a longer number that
/// came damaged.
fn is_before_insurance_number(mark: &str, number: &str, fields: &Fields<'_>) -> bool {
    let is_known = CODE_IDS.contains(&mark);
    if let Some(id) = PersonalId::parse(number) {
        return is_code_id(mark) && (is_known || insurance::agrees(&id, fields));
    }
    // Two letters begin a number of fifteen characters, and a digit begins one of twelve.
    let ends_in_digit = mark.ends_with(|c: char| c.is_ascii_digit());
    let begins_with_letters = mark.chars().take(2).filter(char::is_ascii_alphabetic).count() == 2;
    let is_apart = number.len() == 15 || !ends_in_digit && !begins_with_letters;
    InsuranceId::parse(number).is_some() && is_code_id(mark) && (is_known || is_apart)
}

/// A number alone without its code id, if it is a number that somebody can have.
pub(super) fn bare_number(text: &str) -> Option<&str> {
    let is_number = |number: &str| {
        if let Some(id) = PersonalId::parse(number) {
            return id.province_at_registration().is_some() && id.can_stand_alone();
        }
        InsuranceId::parse(number).is_some_and(|id| insurance_id::is_issued(&id))
    };
    CODE_IDS
        .into_iter()
        .filter_map(|id| text.strip_prefix(id).or_else(|| text.strip_suffix(id)))
        .find(|number| is_number(number))
}

/// A text without the code id behind it.
pub(super) fn without_code_id_behind(text: &str) -> impl Iterator<Item = &str> {
    CODE_IDS.into_iter().filter_map(|id| text.strip_suffix(id))
}

/// A text from each of its first signs on, as far as a code id can reach.
pub(super) fn behind_code_id(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().take(LONGEST_CODE_ID + 1).filter_map(|(at, _)| text.get(at..))
}

/// Whether a few signs behind a code can be its code id.
pub(super) fn is_code_id(mark: &str) -> bool {
    (1..=LONGEST_CODE_ID).contains(&mark.chars().count())
        && mark.chars().all(|c| !c.is_whitespace() && !c.is_control() && c.is_ascii())
}

/// A text cut before its last `length` bytes, if something stands before them.
fn split_behind(text: &str, length: usize) -> Option<(&str, &str)> {
    text.len()
        .checked_sub(length)
        .and_then(|from| text.split_at_checked(from))
        .filter(|(mark, _)| !mark.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unmarked(text: &str) -> Option<String> {
        take_off(text).rest.map(|rest| rest.as_str().to_owned())
    }

    #[test]
    fn marks_are_taken_off_wherever_they_stand() {
        for (text, rest) in [
            ("]Q1abc", "abc"),
            ("]Q2\\000026abc", "abc"),
            ("\\000026]Q1abc", "abc"),
            ("\\\\000026abc", "abc"),
            ("\\000003ab\\000026c", "abc"),
            ("\\000026a\\\\b", "a\\b"),
            ("]d2abc", "abc"),
            ("abc]Q1", "abc"),
            ("abc\\000026", "abc"),
            ("]C1 \\000026 abc", "abc"),
        ] {
            assert_eq!(unmarked(text).as_deref(), Some(rest), "{text}");
        }
        for text in ["abc", "", "]", "]Q", "\\00002", "a\\b", "a\\\\b", "\\00002x6", "[a]"] {
            assert_eq!(unmarked(text), None, "{text}");
        }
        assert!(take_off("]E08934567890123").is_goods && !take_off("]Q1x").is_goods);
    }

    #[test]
    fn a_number_alone_gives_up_only_the_ids_of_the_manuals() {
        for (text, number) in [
            ("s001090000001", Some("001090000001")),
            ("001090000001Q", Some("001090000001")),
            ("P01001090000001", Some("001090000001")),
            ("sGD4010000000051", Some("GD4010000000051")),
            ("AB001090000001", None),
            ("s999990000001", None),
            ("s001490000001", None),
            ("s0000000051", None),
            ("sZZ4010000000051", None),
        ] {
            assert_eq!(bare_number(text), number, "{text}");
        }
    }
}
