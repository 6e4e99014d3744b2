//! How much of a code is here: whole, a piece, or something that has no shape. The reader's framing
//! asks, so that neither a line end inside a code nor a pause on its way makes two records of one.
//! Works on bytes as they come; what they mean is decided elsewhere.

use super::command::Command;
use super::{answer, token};

/// How much of a code bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All of it is here: a card with its last field, a BHYT code with its end mark, a command.
    Whole,
    /// All that tells who it is, but fields of the 2024 layout may follow.
    Enough,
    /// A number that may stand alone, or be the first field of a card.
    Number,
    /// The beginning of a code.
    Piece,
    /// Nothing that has a shape.
    Other,
}

/// A BHYT code of fewer fields tells nothing.
const FEWEST_INSURANCE_FIELDS: usize = 9;

/// No layout has more.
const MOST_INSURANCE_FIELDS: usize = 20;

/// Fields of a citizen card of 2021, and since 07/2024.
const CARD_2021: usize = 7;
const CARD_2024: usize = 11;

/// Longest BHYT number of old scans.
const LONGEST_NUMBER: usize = 20;

/// Nothing this short is a code.
const TOO_SHORT: usize = 4;

/// The shape of what came so far.
#[must_use]
pub fn of(record: &[u8]) -> Shape {
    let code = without_marks(record);
    if code.len() <= TOO_SHORT {
        return Shape::Piece;
    }
    let fields = code.split(|byte| *byte == b'|');
    let count = fields.clone().count();
    if count == 1 {
        return of_unparted(code);
    }
    match head_of(code) {
        Some(Head::Insurance) => of_insurance(code, count),
        Some(Head::Personal) if is_insurance_by_name(code) => of_insurance(code, count),
        Some(Head::Personal) => of_citizen(code, count),
        None => Shape::Other,
    }
}

/// Whether everything that tells who it is has come: the date of issue of a citizen card in full.
#[must_use]
pub fn tells_who(record: &[u8]) -> bool {
    match of(record) {
        Shape::Whole | Shape::Enough => true,
        Shape::Number | Shape::Piece | Shape::Other => false,
    }
}

/// Whether a whole card or command is here: a code that people have, not one of things.
#[must_use]
pub fn is_whole_card(record: &[u8]) -> bool {
    of(record) == Shape::Whole && is_whole_calendar_or_contact(record).is_none()
}

/// Where the first of two codes ends that came without anything between them.
#[must_use]
pub fn end_of_first(record: &[u8]) -> Option<usize> {
    let separators = record.iter().enumerate().filter(|(_, byte)| **byte == b'|');
    let after = |nth: usize| separators.clone().nth(nth - 1).map(|(at, _)| at + 1);
    let after_date = after(CARD_2021 - 1).map(|at| at + 8);
    let after_extras = after(CARD_2024 - 1);
    [after_date, after_extras].into_iter().flatten().find(|at| {
        record
            .split_at_checked(*at)
            .is_some_and(|(first, second)| tells_who(first) && is_whole_card(second))
    })
}

/// Whose number begins a code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Personal,
    Insurance,
}

/// What the first field is, also behind a code id.
fn head_of(code: &[u8]) -> Option<Head> {
    let first = field(code, 0).trim_ascii();
    let alone = kind_of_number(first);
    alone.or_else(|| {
        // A digit before a number makes it another number, so an id does not begin with one.
        let is_id = first.first().is_some_and(|sign| !sign.is_ascii_digit());
        (1..=TOO_SHORT).filter(|_| is_id).find_map(|id| kind_of_number(first.get(id..)?))
    })
}

fn kind_of_number(number: &[u8]) -> Option<Head> {
    match number.len() {
        12 if is_digits(number) => Some(Head::Personal),
        10 if is_digits(number) => Some(Head::Insurance),
        15..=LONGEST_NUMBER if begins_insurance_number(number) => Some(Head::Insurance),
        _ => None,
    }
}

fn of_unparted(code: &[u8]) -> Shape {
    if is_digits(code) {
        return match code.len() {
            10 | 12 => Shape::Number,
            ..=11 => Shape::Piece,
            _ => Shape::Other,
        };
    }
    match Command::begun(code) {
        Some(true) => return Shape::Whole,
        Some(false) => return Shape::Piece,
        None => {}
    }
    if let Some(is_whole) = is_whole_calendar_or_contact(code) {
        return if is_whole { Shape::Whole } else { Shape::Piece };
    }
    if token::is_begun(code) {
        return Shape::Piece;
    }
    if begins_insurance_number(code) && code.len() <= LONGEST_NUMBER {
        return if code.len() == 15 { Shape::Number } else { Shape::Piece };
    }
    let is_id = code.first().is_some_and(|sign| !sign.is_ascii_digit());
    let behind_id = (1..=TOO_SHORT).filter_map(|id| code.get(id..));
    let is_number = |rest: &[u8]| {
        rest.len() <= 12 && is_digits(rest) || rest.len() <= 15 && begins_insurance_number(rest)
    };
    if let Some(is_whole) = behind_id.clone().find_map(Command::begun) {
        return if is_whole { Shape::Whole } else { Shape::Piece };
    }
    if is_id && behind_id.clone().any(is_number) { Shape::Piece } else { Shape::Other }
}

fn of_citizen(code: &[u8], count: usize) -> Shape {
    let is_date = |place: usize| is_date(field(code, place).trim_ascii());
    let issued = CARD_2021 - 1;
    if count < CARD_2021 {
        Shape::Piece
    } else if is_date(issued) {
        let has_more_to_come = count > CARD_2021 || is_since_2024(field(code, issued).trim_ascii());
        if count >= CARD_2024 || !has_more_to_come { Shape::Whole } else { Shape::Enough }
    } else if (CARD_2021 + 1..=CARD_2021 + 2).contains(&count) && is_date(count - 1) {
        // A letter that broke became a separator, and the date moved on.
        Shape::Whole
    } else if count <= CARD_2024 {
        Shape::Piece
    } else {
        Shape::Other
    }
}

fn of_insurance(code: &[u8], count: usize) -> Shape {
    let ends = code.trim_ascii_end().ends_with(b"$");
    if count >= FEWEST_INSURANCE_FIELDS && ends {
        Shape::Whole
    } else if count <= MOST_INSURANCE_FIELDS {
        Shape::Piece
    } else {
        Shape::Other
    }
}

/// A BHYT code whose number is the personal number has a name in hex where a card has a number.
fn is_insurance_by_name(code: &[u8]) -> bool {
    let name = field(code, 1).trim_ascii();
    name.len() >= 8
        && name.iter().all(u8::is_ascii_hexdigit)
        && name.iter().any(u8::is_ascii_alphabetic)
}

/// `BEGIN:VCARD` and the like come in lines, and their lines are nothing on their own.
fn is_whole_calendar_or_contact(code: &[u8]) -> Option<bool> {
    const KINDS: [(&[u8], &[u8]); 3] = [
        (b"BEGIN:VCALENDAR", b"END:VCALENDAR"),
        (b"BEGIN:VCARD", b"END:VCARD"),
        (b"BEGIN:VEVENT", b"END:VEVENT"),
    ];
    KINDS.into_iter().find_map(|(begin, end)| {
        let begins = |text: &[u8], with: &[u8]| {
            let length = text.len().min(with.len());
            text.get(..length)
                .zip(with.get(..length))
                .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let has_end = code.windows(end.len()).any(|piece| piece.eq_ignore_ascii_case(end));
        begins(code, begin).then_some(has_end)
    })
}

/// Two letters, a digit, then digits or letters, as far as it goes.
fn begins_insurance_number(text: &[u8]) -> bool {
    match text {
        [a, b, benefit, rest @ ..] => {
            a.is_ascii_alphabetic()
                && b.is_ascii_alphabetic()
                && benefit.is_ascii_digit()
                && rest.iter().all(u8::is_ascii_alphanumeric)
        }
        short => short.iter().all(u8::is_ascii_alphabetic),
    }
}

fn is_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

/// `ddMMyyyy` or `dd/MM/yyyy`.
fn is_date(field: &[u8]) -> bool {
    match field.len() {
        8 => is_digits(field),
        10 => field.iter().enumerate().all(|(place, sign)| match place {
            2 | 5 => !sign.is_ascii_alphanumeric(),
            _ => sign.is_ascii_digit(),
        }),
        _ => false,
    }
}

/// Whether a date is that of a card of the 2024 layout, which has four fields more.
fn is_since_2024(date: &[u8]) -> bool {
    let part = |from: usize, to: usize| date.get(from..to).unwrap_or_default();
    let (month, year) =
        if date.len() == 8 { (part(2, 4), part(4, 8)) } else { (part(3, 5), part(6, 10)) };
    (year, month) >= (b"2024".as_slice(), b"07".as_slice())
}

fn field(code: &[u8], place: usize) -> &[u8] {
    code.split(|byte| *byte == b'|').nth(place).unwrap_or_default()
}

/// What follows the answers, byte order mark, control characters and marks at the head.
fn without_marks(record: &[u8]) -> &[u8] {
    let mut rest = answer::without_answers(record);
    loop {
        rest = match rest {
            [0..=b' ' | 0x7f, behind @ ..] | [0xef, 0xbb, 0xbf, behind @ ..] => behind,
            [b']', symbology, modifier, behind @ ..]
                if symbology.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                behind
            }
            [b'\\', b'\\', a, b, c, d, e, f, behind @ ..]
            | [b'\\', a, b, c, d, e, f, behind @ ..]
                if [a, b, c, d, e, f].into_iter().all(u8::is_ascii_digit) =>
            {
                behind
            }
            _ => return rest,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "001090000001|010000001|Nguyễn Văn Mẫu|02011990|Nam|Hà Nội|15042021";
    const NEW_CARD: &str = "048200000011||Phạm Văn Mẫu|01062000|Nam|Đà Nẵng|04102024||||";
    const INSURANCE: &str = "GD4010000000051|4e67|02/01/1990|1|53e1|01 - 001|01/01/2025|-|\
                             20/12/2024|01000000000051|-|4|01/01/2029|00000000000000aa-7102|$";

    #[test]
    fn a_code_is_whole_with_its_last_sign_and_no_sign_earlier() {
        let personal = INSURANCE.replace("GD4010000000051|4e67|", "001090000051|4e677579e1bb85|");
        for (head, code, earliest) in [
            ("", CARD, CARD.len()),
            ("]Q1", CARD, CARD.len()),
            ("\\000026", CARD, CARD.len()),
            ("s", CARD, CARD.len()),
            ("P01", INSURANCE, INSURANCE.len()),
            ("\u{feff}\u{1d}", INSURANCE, INSURANCE.len()),
            ("", NEW_CARD, NEW_CARD.len()),
            ("", &personal, personal.len()),
            ("", "TIEPDON:START-OVER", 18),
        ] {
            let code = format!("{head}{code}");
            for end in 0..code.len() {
                let shape = of(&code.as_bytes()[..end]);
                assert_ne!(shape, Shape::Whole, "{}", &code.as_bytes()[..end].escape_ascii());
                assert_ne!(shape, Shape::Other, "{}", &code.as_bytes()[..end].escape_ascii());
            }
            assert_eq!(of(code.as_bytes()), Shape::Whole, "{code} of {earliest}");
        }
    }

    #[test]
    fn numbers_pieces_and_other_things_are_told_apart() {
        for (text, shape) in [
            ("", Shape::Piece),
            ("0480", Shape::Piece),
            ("048090", Shape::Piece),
            ("0480900000", Shape::Number),
            ("048090000011", Shape::Number),
            ("GD4010000000051", Shape::Number),
            ("GD40100", Shape::Piece),
            ("8934567890123", Shape::Other),
            ("xin chao ong ba", Shape::Other),
            ("WIFI:S:TramYTe;T:WPA;;", Shape::Other),
            ("BEGIN:VCARDN:Mau", Shape::Piece),
            ("BEGIN:VCARDN:MauEND:VCARD", Shape::Whole),
            ("480123456789;NGUYEN VAN MAU;02/01/1990", Shape::Other),
            ("00109000001||Mau|02011990|Nam|Ha Noi|15042021", Shape::Other),
            ("048200000011||Mau|01062000|Nam|Da Nang|04102024", Shape::Enough),
            ("048200000011||Mau|01062000|Nam|Da Nang|", Shape::Piece),
        ] {
            assert_eq!(of(text.as_bytes()), shape, "{text}");
        }
    }

    #[test]
    fn two_codes_without_anything_between_them_are_parted() {
        for (first, second) in
            [(CARD, NEW_CARD), (NEW_CARD, CARD), (CARD, INSURANCE), (NEW_CARD, INSURANCE)]
        {
            let both = format!("{first}{second}");
            assert_eq!(end_of_first(both.as_bytes()), Some(first.len()), "{both}");
        }
        for one in [CARD, NEW_CARD, INSURANCE, "001090000001", "a|b|c|d|e|f|g|h|i|j|k|l|m"] {
            assert_eq!(end_of_first(one.as_bytes()), None, "{one}");
        }
    }
}
