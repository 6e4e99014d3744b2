//! The QR of the chip CCCD (2021 to 06/2024, seven fields) and of the thẻ Căn cước (since 07/2024,
//! four more). Fields: number, old number, name, birth, sex, address, issue date, extras. There is
//! no checksum and no version; only the number must be right, all else is warned about.

use chrono::NaiveDate;

use super::date::{PartialDate, Style};
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

/// Reads the fields after the number. `count` is the number of fields in all, at least [`FIELDS`].
pub(super) fn read<'a>(
    personal_id: PersonalId,
    mut fields: impl Iterator<Item = &'a str>,
    count: usize,
    mut warnings: Warnings,
    today: NaiveDate,
) -> CitizenCard {
    let mut field = || fields.next().unwrap_or_default().trim();
    let extras = count.saturating_sub(FIELDS);
    if extras != 0 && extras != EXTRAS_2024 {
        warnings.add(Warning::UnknownFieldCount);
    }
    let old_id = old_id(field(), &mut warnings);
    let name = Name::judge(field(), &mut warnings);
    let birth = person::birth(field(), Style::Digits, today, &mut warnings);
    let sex = Sex::in_words(field());
    let address_field = field();
    if address_field.is_empty() {
        warnings.add(Warning::AddressMissing);
    }
    let address = Address::judge(address_field, &mut warnings);
    let issued =
        person::date_of_card(field(), Style::Digits, Warning::IssuedInvalid, &mut warnings);
    if issued.is_none() && !warnings.contains(Warning::IssuedInvalid) {
        warnings.add(Warning::IssuedMissing);
    }
    if name::lacks_diacritics(name.as_ref(), address.as_ref()) {
        warnings.add(Warning::NoDiacritics);
    }
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
        let card = read(id, fields.into_iter().skip(1), 7, Warnings::default(), today);
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
            let card = read(id, GOOD.into_iter().skip(1), count, Warnings::default(), today);
            assert_eq!((card.layout, card.extras), (layout, extras));
            assert_eq!(!card.warnings.contains(Warning::UnknownFieldCount), known);
        }
    }
}
