//! The QR of a BHYT card: `number|name|birth|sex|address|facility|from|to|issued|manager|parent|
//! area|five years|check|$`, names and addresses in hex, `-` for nothing. Older codes stop earlier,
//! newer ones put the level and the issuing office before the `$`: the end mark tells that a code is
//! whole, not the number of fields. Its check string is kept from nobody and verified by nobody: the
//! algorithm is not published.

use chrono::NaiveDate;

use super::date::{self, PartialDate, Reading, Style};
use super::fields::Fields;
use super::hex::{self, Field};
use super::marks;
use super::name;
use super::person::{self, Sex};
use super::secret::{Address, InsuranceId, Name, PersonalId};
use super::warning::{Warning, Warnings};

/// Fewest fields that still tell who it is and until when the card is valid.
pub(super) const FEWEST_FIELDS: usize = 8;

/// Fields of the oldest known layout without its end mark; more only add to its end.
const FIELDS: usize = 14;

/// With more fields than this, end mark included, the layout has no address: since 2021 it tells
/// the issuing office instead.
const FIELDS_WITH_ADDRESS: usize = 15;

/// What the last field of a whole code is.
const END_MARK: &str = "$";

/// A BHYT card on paper or in an app.
pub struct InsuranceCard {
    /// The number, 15 characters or 10 digits, or the personal number in its place.
    pub number: InsuranceId,
    /// The personal number, where the card carries it in the place of the BHYT number.
    pub personal_id: Option<PersonalId>,
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

/// Whether the fields behind the number are those of a BHYT code: birth and sex stand a place
/// earlier than on a citizen card.
pub(super) fn follows(fields: &Fields<'_>) -> bool {
    fields.count >= FEWEST_FIELDS
        && (date::is_full(fields.get(2)) || read_sex(fields.get(3)).is_some())
        && !date::is_full(fields.get(3))
        && !matches!(date::read(fields.get(2), Style::Slashes), Reading::Invalid)
}

/// Whether the fields say the year of birth and the sex that a personal number says.
pub(super) fn agrees(id: &PersonalId, fields: &Fields<'_>) -> bool {
    let year = match date::read(fields.get(2), Style::Slashes) {
        Reading::Known { date, .. } => Some(date.year()),
        Reading::Absent | Reading::Invalid => None,
    };
    year.is_some()
        && year == id.birth_year().map(PartialDate::year)
        && read_sex(fields.get(3)) == id.sex()
}

/// Whether the fields behind a personal number are those of a BHYT code: the name is in hex.
pub(super) fn follows_personal_number(fields: &Fields<'_>) -> bool {
    follows(fields) && hex::claims(fields.get(1))
}

/// Reads the fields after the number; there are at least [`FEWEST_FIELDS`] in all.
pub(super) fn read(
    number: InsuranceId,
    fields: &Fields<'_>,
    mut warnings: Warnings,
    today: NaiveDate,
) -> InsuranceCard {
    let [name, birth, sex, address, facility, from, to] =
        [1, 2, 3, 4, 5, 6, 7].map(|place| fields.get(place));
    let five_years = if fields.last == fields.get(12) { "" } else { fields.get(12) };
    number.check(&mut warnings);
    let ended = is_ended(fields.last, &mut warnings);
    if !ended {
        warnings.add(Warning::EndMarkMissing);
        if fields.count < FIELDS {
            warnings.add(Warning::UnknownFieldCount);
        }
    }
    // Hex goes through any character set unharmed; what is plain in it is plain on the card.
    let is_plain = !hex::claims(name);
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
            if fields.count <= FIELDS_WITH_ADDRESS {
                warnings.add(Warning::AddressMissing);
            }
            None
        }
        Field::Undecodable => {
            warnings.add(Warning::AddressUndecodable);
            None
        }
    };
    if is_plain {
        name::warn_of_lost_letters(name.as_ref(), address.as_ref(), &mut warnings);
    } else {
        name::warn_of_doubtful_name(name.as_ref(), &mut warnings);
    }
    let birth = person::birth(birth, Style::Slashes, today, &mut warnings);
    let sex = read_sex(sex);
    if sex.is_none() {
        warnings.add(Warning::SexUnknown);
    }
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
        personal_id: PersonalId::parse(number.reveal()),
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
fn read_sex(field: &str) -> Option<Sex> {
    match field {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        words => Sex::in_words(words),
    }
}

/// Whether the code ends in its mark: a field of its own, or the end of the last one where a
/// program left out the `|`. A code id may stand behind it.
fn is_ended(last: &str, warnings: &mut Warnings) -> bool {
    if last.ends_with(END_MARK) {
        return true;
    }
    let behind = last.rsplit_once(END_MARK).map(|(_, mark)| mark);
    let has_code_id = behind.is_some_and(marks::is_code_id);
    if has_code_id {
        warnings.add(Warning::CodeId);
    }
    has_code_id
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
        read(number, &Fields::of(&fields.join("|")), Warnings::default(), today)
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
