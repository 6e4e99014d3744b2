//! The QR of the chip CCCD (2021 to 06/2024, seven fields) and of the thẻ Căn cước (since 07/2024,
//! four more). Fields: number, old number, name, birth, sex, address, issue date, extras. There is
//! no checksum and no version; only the number must be right, all else is warned about.

use chrono::NaiveDate;

use super::date::{self, PartialDate, Reading, Style};
use super::fields::Fields;
use super::marks;
use super::name;
use super::person::{self, Sex};
use super::secret::{Address, Name, OldId, PersonalId};
use super::warning::{Warning, Warnings};

/// Fields of the 2021 layout, and the fewest a card can have.
pub(super) const FIELDS: usize = 7;

/// Fields that the 2024 layout adds.
const EXTRAS_2024: usize = 4;

/// Which of the two cards it is, as far as the number of fields tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Chip CCCD, exactly seven fields.
    Cccd2021,
    /// Thẻ Căn cước, more than seven.
    CanCuoc2024,
}

impl Layout {
    /// The word for it in the output of `tiepdon decode`.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Cccd2021 => "cccd-2021",
            Self::CanCuoc2024 => "can-cuoc-2024",
        }
    }
}

/// A citizen card, or the same string out of VNeID: the two cannot be told apart.
pub struct CitizenCard {
    /// Which card.
    pub layout: Layout,
    /// The personal number.
    pub personal_id: PersonalId,
    /// CMND or an earlier personal number, if the card names one.
    pub old_id: Option<OldId>,
    /// Full name, `None` if it did not survive the way.
    pub name: Option<Name>,
    /// Date of birth, as precise as the card knows it.
    pub birth: Option<PartialDate>,
    /// Sex as printed.
    pub sex: Option<Sex>,
    /// Permanent address.
    pub address: Option<Address>,
    /// Date of issue.
    pub issued: Option<PartialDate>,
    /// How many fields follow the date of issue. What they mean is not published (parents of a
    /// child, a cancelled number), so nothing is read into them.
    pub extras: usize,
    /// What is odd.
    pub warnings: Warnings,
}

/// Where the fields stand that a broken letter may have moved: its second byte became a separator.
#[derive(Clone, Copy)]
struct Places {
    /// Date of birth; sex and address follow it, name and old number stand before it.
    birth: usize,
    /// Date of issue; the extras follow it.
    issued: usize,
}

impl Places {
    const USUAL: Self = Self { birth: 3, issued: 6 };

    /// Looks for a date and a sex one after the other where they should be, then a field or two
    /// later, then one earlier.
    fn find(fields: &Fields<'_>) -> Self {
        let usual = Self::USUAL.birth;
        let is_birth = |place: usize| date::is_full(fields.get(place));
        let is_sex = |place: usize| Sex::in_words(fields.get(place)).is_some();
        let is_anchored = |place: usize| {
            let is_followed = is_sex(place + 1) || place > usual && is_birth(place + 3);
            is_birth(place) && is_followed && place + 3 < fields.count
        };
        let stands = !matches!(date::read(fields.get(usual), Style::Digits), Reading::Invalid)
            || is_sex(usual + 1);
        let birth = if stands {
            usual
        } else {
            [4, 5, 2].into_iter().find(|place| is_anchored(*place)).unwrap_or(usual)
        };
        let expected = birth + 3;
        let moved = !fields.get(expected).is_empty() && !is_birth(expected);
        let issued = if moved {
            [1, 2].into_iter().map(|more| expected + more).find(|at| is_birth(*at))
        } else {
            None
        };
        Self { birth, issued: issued.unwrap_or(expected) }
    }
}

/// Whether the fields behind the number are those of a citizen card, and in their places.
pub(super) fn follows(fields: &Fields<'_>) -> bool {
    let Places { birth, issued } = Places::find(fields);
    fields.count >= FIELDS
        && date::is_full(fields.get(birth))
        && Sex::in_words(fields.get(birth + 1)).is_some()
        && issued < fields.count
}

/// Whether the fields say the year of birth and the sex that the number says.
pub(super) fn agrees(id: &PersonalId, fields: &Fields<'_>) -> bool {
    let birth = Places::find(fields).birth;
    let year = match date::read(fields.get(birth), Style::Digits) {
        Reading::Known { date, .. } => Some(date.year()),
        Reading::Absent | Reading::Invalid => None,
    };
    follows(fields)
        && year.is_some()
        && year == id.birth_year().map(PartialDate::year)
        && Sex::in_words(fields.get(birth + 1)) == id.sex()
}

/// Whether a number of twelve digits begins something else, as the one of a driving licence does: a
/// word stands where a card has the old number, and neither birth nor sex nor issue is one.
pub(super) fn contradicts(fields: &Fields<'_>) -> bool {
    let Places { birth, issued } = Places::find(fields);
    let is_date =
        |place| matches!(date::read(fields.get(place), Style::Digits), Reading::Known { .. });
    let old = fields.get(birth.saturating_sub(2));
    old.chars().any(|c| c.is_alphabetic() || c == '/')
        && !(is_date(birth) && Sex::in_words(fields.get(birth + 1)).is_some())
        && Sex::in_words(fields.get(birth + 1)).is_none()
        && !(is_date(birth) && is_date(issued))
}

/// Reads the fields after the number; there are at least [`FIELDS`] in all.
pub(super) fn read(
    personal_id: PersonalId,
    fields: &Fields<'_>,
    mut warnings: Warnings,
    today: NaiveDate,
) -> CitizenCard {
    let places = Places::find(fields);
    let extras = fields.count.saturating_sub(1 + places.issued);
    let is_usual = places.birth == Places::USUAL.birth && places.issued == Places::USUAL.issued;
    if !is_usual || extras != 0 && extras != EXTRAS_2024 {
        warnings.add(Warning::UnknownFieldCount);
    }
    let old_id = if places.birth < Places::USUAL.birth {
        warnings.add(Warning::OldIdInvalid);
        None
    } else {
        old_id(fields.get(1), &mut warnings)
    };
    let name = if places.birth > Places::USUAL.birth {
        // A separator out of a broken letter: what stands before it is half a name.
        warnings.add(Warning::NameUnreliable);
        None
    } else {
        Name::judge(fields.get(places.birth - 1), &mut warnings)
    };
    let birth = person::birth(fields.get(places.birth), Style::Digits, today, &mut warnings);
    let sex = Sex::in_words(fields.get(places.birth + 1));
    let address = address(fields, places, &mut warnings);
    let issued_field = without_code_id(fields, places.issued, &mut warnings);
    let issued =
        person::date_of_card(issued_field, Style::Digits, Warning::IssuedInvalid, &mut warnings);
    if issued.is_none() && !warnings.contains(Warning::IssuedInvalid) {
        warnings.add(Warning::IssuedMissing);
    }
    if extras == EXTRAS_2024 && marks::is_code_id(fields.last) {
        warnings.add(Warning::CodeId);
    }
    name::warn_of_lost_letters(name.as_ref(), address.as_ref(), &mut warnings);
    cross_check(&personal_id, birth, sex, &mut warnings);
    CitizenCard {
        layout: if extras == 0 { Layout::Cccd2021 } else { Layout::CanCuoc2024 },
        personal_id,
        old_id,
        name,
        birth,
        sex,
        address,
        issued,
        extras,
        warnings,
    }
}

/// The address, unless a separator out of a broken letter cut it.
fn address(fields: &Fields<'_>, places: Places, warnings: &mut Warnings) -> Option<Address> {
    if places.issued > places.birth + 3 {
        warnings.add(Warning::AddressUnreliable);
        return None;
    }
    let field = fields.get(places.birth + 2);
    if field.is_empty() {
        warnings.add(Warning::AddressMissing);
    }
    Address::judge(field, warnings)
}

/// The date of issue without the code id that a reader put behind the last field.
fn without_code_id<'a>(fields: &Fields<'a>, place: usize, warnings: &mut Warnings) -> &'a str {
    const DATE: usize = 8;
    let field = fields.get(place);
    match field.split_at_checked(DATE) {
        Some((date, mark))
            if place + 1 == fields.count
                && date.bytes().all(|byte| byte.is_ascii_digit())
                && !mark.starts_with(|c: char| c.is_ascii_digit())
                && marks::is_code_id(mark) =>
        {
            warnings.add(Warning::CodeId);
            date
        }
        Some(_) | None => field,
    }
}

/// Nine digits of a CMND, or twelve of an earlier personal number.
fn old_id(field: &str, warnings: &mut Warnings) -> Option<OldId> {
    if field.is_empty() {
        return None;
    }
    let good = matches!(field.len(), 9 | 12) && field.bytes().all(|byte| byte.is_ascii_digit());
    if !good {
        warnings.add(Warning::OldIdInvalid);
    }
    good.then(|| OldId::hold(field))
}

/// Compares the card with its number. A number can be older than a correction of sex or birth, so
/// a difference says "look", not "forged".
fn cross_check(
    id: &PersonalId,
    birth: Option<PartialDate>,
    sex: Option<Sex>,
    warnings: &mut Warnings,
) {
    match sex {
        None => warnings.add(Warning::SexUnknown),
        Some(_) if sex != id.sex() => warnings.add(Warning::IdSexMismatch),
        Some(_) => {}
    }
    if birth.is_some_and(|birth| Some(birth.year()) != id.birth_year().map(PartialDate::year)) {
        warnings.add(Warning::IdYearMismatch);
    }
    if id.province_at_registration().is_none() {
        warnings.add(Warning::ProvinceUnknown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [&str; 7] =
        ["001090000001", "010000001", "Nguyễn Văn Mẫu", "02011990", "Nam", "Hà Nội", "15042021"];

    /// The warnings of a good card of which one field is changed.
    fn warned(place: usize, value: &str) -> Vec<&'static str> {
        let mut fields = GOOD;
        fields[place] = value;
        let today = "2026-11-22".parse().unwrap();
        let id = PersonalId::parse(fields[0]).unwrap();
        let text = fields.join("|");
        let card = read(id, &Fields::of(&text), Warnings::default(), today);
        card.warnings.iter().map(Warning::slug).collect()
    }

    #[test]
    fn each_oddity_has_its_warning_and_nothing_else_has_one() {
        let table = [
            (1, "", &[][..]),
            (1, "001090000002", &[]),
            (1, "12345678", &["old-id-invalid"]),
            (2, "", &["name-invalid"]),
            (3, "", &["birth-missing"]),
            (3, "31021990", &["birth-invalid"]),
            (3, "02012027", &["birth-in-future", "id-year-mismatch"]),
            (3, "23111990", &[]),
            (3, "02011991", &["id-year-mismatch"]),
            (3, "00001990", &["birth-day-month-zero"]),
            (3, "02/01/1990", &["nonstandard-date"]),
            (4, "Nữ", &["id-sex-mismatch"]),
            (4, "nu", &["id-sex-mismatch"]),
            (4, "", &["sex-unknown"]),
            (4, "N\u{fffd}", &["sex-unknown"]),
            (4, "NAM", &[]),
            (5, "", &["address-missing"]),
            (5, "H\u{fffd} N?i", &["address-unreliable"]),
            (6, "", &["issued-missing"]),
            (6, "-", &["issued-missing"]),
            (6, "15132021", &["issued-invalid"]),
            (6, "00002021", &["nonstandard-date"]),
            (0, "097090000001", &["province-unknown"]),
            (0, "001190000001", &["id-sex-mismatch"]),
            (0, "001290000001", &["id-year-mismatch"]),
        ];
        for (place, value, slugs) in table {
            assert_eq!(warned(place, value), slugs, "field {place}: {value:?}");
        }
    }

    #[test]
    fn the_number_of_fields_tells_the_layout() {
        for (count, layout, extras, known) in [
            (7, Layout::Cccd2021, 0, true),
            (8, Layout::CanCuoc2024, 1, false),
            (11, Layout::CanCuoc2024, 4, true),
            (12, Layout::CanCuoc2024, 5, false),
        ] {
            let id = PersonalId::parse(GOOD[0]).unwrap();
            let today = "2026-11-22".parse().unwrap();
            let text = GOOD.join("|") + &"|".repeat(count - GOOD.len());
            let card = read(id, &Fields::of(&text), Warnings::default(), today);
            assert_eq!((card.layout, card.extras), (layout, extras));
            assert_eq!(!card.warnings.contains(Warning::UnknownFieldCount), known);
        }
    }
}
