//! The QR of a BHYT card: `number|name|birth|sex|address|facility|from|to|issued|manager|parent|
//! area|five years|check|$`, names and addresses in hex, `-` for nothing. Its check string is kept
//! from nobody and verified by nobody: the algorithm is not published.

use chrono::NaiveDate;

use super::date::{PartialDate, Style};
use super::hex::{self, Field};
use super::name;
use super::person::{self, Sex};
use super::secret::{Address, InsuranceId, Name};
use super::warning::{Warning, Warnings};

/// Fewest fields that still tell who it is and until when the card is valid.
pub(super) const FEWEST_FIELDS: usize = 8;

/// Fields of the known layout, with the end mark.
const FIELDS: usize = 15;

/// What the last field of a whole code is.
const END_MARK: &str = "$";

/// A BHYT card on paper or in an app.
pub struct InsuranceCard {
    /// The number, 15 characters or 10 digits.
    pub number: InsuranceId,
    /// Full name, `None` if it could not be decoded.
    pub name: Option<Name>,
    /// Date of birth, as precise as the card knows it.
    pub birth: Option<PartialDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Address, on some cards the employer's name.
    pub address: Option<Address>,
    /// Facility of first registration, five characters.
    pub facility: Option<String>,
    /// First day of validity.
    pub valid_from: Option<PartialDate>,
    /// Last day of validity; `None` is open-ended.
    pub valid_to: Option<PartialDate>,
    /// Day on which five continuous years are reached.
    pub five_years: Option<PartialDate>,
    /// What is odd.
    pub warnings: Warnings,
}

/// Reads the fields after the number. `count` is the number of fields in all, at least
/// [`FEWEST_FIELDS`].
pub(super) fn read<'a>(
    number: InsuranceId,
    fields: impl Iterator<Item = &'a str>,
    count: usize,
    mut warnings: Warnings,
    today: NaiveDate,
) -> InsuranceCard {
    let mut rest = [""; FIELDS - 1];
    for (place, field) in rest.iter_mut().zip(fields) {
        *place = field.trim();
    }
    let [name, birth, sex, address, facility, from, to, _, _, _, _, five_years, check, end] = rest;
    number.check(&mut warnings);
    // Some programs leave out the `|` before the mark: it then ends the check string.
    let ended = end == END_MARK || check.ends_with(END_MARK);
    if !ended {
        warnings.add(Warning::EndMarkMissing);
    }
    if !matches!(FIELDS.checked_sub(count), Some(0 | 1)) {
        warnings.add(Warning::UnknownFieldCount);
    }
    let name = match hex::read(name, &mut warnings) {
        Field::Text(text) => Name::judge(&text, &mut warnings),
        Field::Absent => Name::judge("", &mut warnings),
        Field::Undecodable => {
            warnings.add(Warning::NameUndecodable);
            None
        }
    };
    let address = match hex::read(address, &mut warnings) {
        Field::Text(text) => Address::judge(&text, &mut warnings),
        Field::Absent => {
            warnings.add(Warning::AddressMissing);
            None
        }
        Field::Undecodable => {
            warnings.add(Warning::AddressUndecodable);
            None
        }
    };
    if name::lacks_diacritics(name.as_ref(), address.as_ref()) {
        warnings.add(Warning::NoDiacritics);
    }
    let birth = person::birth(birth, Style::Slashes, today, &mut warnings);
    let sex = read_sex(sex, &mut warnings);
    let facility = read_facility(facility, &mut warnings);
    let valid_from = validity(from, &mut warnings);
    let valid_to = validity(to, &mut warnings);
    let five_years = validity(five_years, &mut warnings);
    if valid_to.is_some_and(|to| to.is_before(today)) {
        warnings.add(Warning::CardExpired);
    }
    if valid_from.is_some_and(|from| from.is_after(today)) {
        warnings.add(Warning::CardNotYetValid);
    }
    InsuranceCard {
        number,
        name,
        birth,
        sex,
        address,
        facility,
        valid_from,
        valid_to,
        five_years,
        warnings,
    }
}

/// `1` or `2`; some programs write the words.
fn read_sex(field: &str, warnings: &mut Warnings) -> Option<Sex> {
    let sex = match field {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        words => Sex::in_words(words),
    };
    if sex.is_none() {
        warnings.add(Warning::SexUnknown);
    }
    sex
}

/// `01 - 001`, `01 – 001`, `01 001` or `01001`, always given as `01001`.
fn read_facility(field: &str, warnings: &mut Warnings) -> Option<String> {
    let code: String =
        field.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let foreign = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, ' ' | '-' | '–' | '—');
    if code.len() == 5 && !field.contains(foreign) {
        return Some(code);
    }
    if !code.is_empty() || field.contains(foreign) {
        warnings.add(Warning::FacilityInvalid);
    }
    None
}

/// A date of validity; absent is open-ended and nothing odd.
fn validity(field: &str, warnings: &mut Warnings) -> Option<PartialDate> {
    person::date_of_card(field, Style::Slashes, Warning::ValidityInvalid, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A good card, the address in plain text.
    const GOOD: [&str; 15] = [
        "GD4010000000051",
        "4e677579e1bb856e2056c4836e204de1baab75",
        "02/01/1990",
        "1",
        "Xã Thử, Hà Nội",
        "01 - 001",
        "01/01/2025",
        "-",
        "20/12/2024",
        "01000000000051",
        "-",
        "4",
        "01/01/2029",
        "00000000000000aa-7102",
        "$",
    ];

    fn card(fields: &[&str]) -> InsuranceCard {
        let number = InsuranceId::parse(fields[0]).unwrap();
        let today = "2026-11-22".parse().unwrap();
        let rest = fields.iter().copied().skip(1);
        read(number, rest, fields.len(), Warnings::default(), today)
    }

    fn slugs(card: &InsuranceCard) -> Vec<&'static str> {
        card.warnings.iter().map(Warning::slug).collect()
    }

    #[test]
    fn each_oddity_has_its_warning_and_nothing_else_has_one() {
        let table = [
            (0, "GD4010000000051", &[][..]),
            (1, "-", &["name-invalid"]),
            (1, "4e677579e1bb8", &["name-undecodable"]),
            (1, "4e677579e1bb856e2056c4836e204de1bâb75", &["ime-repaired"]),
            (2, "1950", &[]),
            (2, "03/1950", &[]),
            (2, "2/1/1990", &["nonstandard-date"]),
            (2, "02/01/2027", &["birth-in-future"]),
            (2, "-", &["birth-missing"]),
            (3, "2", &[]),
            (3, "Nữ", &[]),
            (3, "3", &["sex-unknown"]),
            (4, "-", &["address-missing"]),
            (4, "20", &["address-missing"]),
            (4, "4e677579e1bb8", &["address-undecodable"]),
            (5, "", &[]),
            (5, "01 - 01", &["facility-invalid"]),
            (5, "01/001", &["facility-invalid"]),
            (6, "01/01/2027", &["card-not-yet-valid"]),
            (6, "32/01/2025", &["validity-invalid"]),
            (7, "21/11/2026", &["card-expired"]),
            (7, "22/11/2026", &[]),
            (12, "-", &[]),
            (14, "", &["end-mark-missing"]),
        ];
        for (place, value, expected) in table {
            let mut fields = GOOD;
            fields[place] = value;
            assert_eq!(slugs(&card(&fields)), expected, "field {place}: {value:?}");
        }
    }

    #[test]
    fn the_end_mark_may_stand_in_a_field_of_its_own_or_end_the_last_one() {
        let mut joined = GOOD;
        joined[13] = "00000000000000aa-7102$";
        assert!(slugs(&card(&joined[..14])).is_empty());
        assert_eq!(slugs(&card(&GOOD[..14])), ["end-mark-missing"]);
        assert_eq!(slugs(&card(&GOOD[..8])), ["unknown-field-count", "end-mark-missing"]);
    }

    #[test]
    fn a_facility_is_five_characters_however_it_is_written() {
        for written in ["01 - 001", "01 – 001", "01 001", "01001", "01-001"] {
            let mut fields = GOOD;
            fields[5] = written;
            assert_eq!(card(&fields).facility.as_deref(), Some("01001"), "{written}");
        }
    }
}
