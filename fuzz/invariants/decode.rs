//! What holds of every record, whatever its bytes: it is something or is refused with a reason,
//! what is missing is told, and nothing is read out of it that does not stand in it.

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;
use tiepdon::card::{
    self, Address, CitizenCard, InsuranceCard, InsuranceId, Layout, MAX_RECORD, Name, PartialDate,
    Reason, Scan, Unreadable, Warning, Warnings, decode,
};

/// The day on which records are read.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();

/// A day before all others.
const LONG_AGO: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();

/// The only things that the day decides.
const OF_THE_DAY: [Warning; 3] =
    [Warning::BirthInFuture, Warning::CardExpired, Warning::CardNotYetValid];

pub(crate) fn check(record: &[u8]) {
    let scan = decode(record, TODAY);
    match &scan {
        Scan::Citizen(card) => check_citizen_card(card, record),
        Scan::Insurance(card) => check_insurance_card(card, record),
        Scan::PersonalNumber(id) => assert!(is_personal_number(id.reveal())),
        Scan::InsuranceNumber(id) => check_insurance_number(id),
        Scan::Command(command) => assert!(command.code().starts_with("TIEPDON:")),
        Scan::Unreadable(unreadable) => check_unreadable(*unreadable, record),
        Scan::Opaque(_) | Scan::Url | Scan::Payment => {}
    }
    check_holder_and_identity(&scan);
    assert!(scan.diagnose().is_none_or(|setting| is_advice(setting.advice())));
    let json = serde_json::to_string(&card::json::view(&scan)).unwrap();
    assert!(json.len() <= 2048 + 20 * record.len(), "more is made of a record than it has");
    the_day_decides_only_its_warnings(&json, record);
    control_characters_around_a_record_make_no_difference(&json, record);
}

fn check_citizen_card(card: &CitizenCard, record: &[u8]) {
    assert!(is_personal_number(card.personal_id.reveal()));
    assert_eq!(card.layout == Layout::Cccd2021, card.extras == 0);
    assert!(card.old_id.as_ref().is_none_or(|old| {
        is_personal_number(old.reveal()) || old.reveal().len() == 9 && is_digits(old.reveal())
    }));
    check_name(card.name.as_ref(), card.warnings);
    check_address(card.address.as_ref(), card.warnings);
    told(card.birth.is_some(), &[Warning::BirthMissing, Warning::BirthInvalid], card.warnings);
    told(card.sex.is_some(), &[Warning::SexUnknown], card.warnings);
    told(card.issued.is_some(), &[Warning::IssuedMissing, Warning::IssuedInvalid], card.warnings);
    check_dates([card.birth, card.issued], record);
}

fn check_insurance_card(card: &InsuranceCard, record: &[u8]) {
    match &card.personal_id {
        Some(id) => assert!(
            is_personal_number(id.reveal())
                && card.number.reveal() == id.reveal()
                && card.number.bhxh_id().is_none()
        ),
        None => check_insurance_number(&card.number),
    }
    check_name(card.name.as_ref(), card.warnings);
    // The newer layouts, of more than fifteen fields, have no address to miss.
    if card.address.is_some() || record.iter().filter(|byte| **byte == b'|').count() < 15 {
        check_address(card.address.as_ref(), card.warnings);
    }
    told(card.birth.is_some(), &[Warning::BirthMissing, Warning::BirthInvalid], card.warnings);
    told(card.sex.is_some(), &[Warning::SexUnknown], card.warnings);
    assert!(card.facility.as_ref().is_none_or(|code| code.len() == 5 && is_capital(code)));
    check_dates([card.birth, card.valid_from, card.valid_to, card.five_years], record);
}

fn check_insurance_number(id: &InsuranceId) {
    let number = id.reveal();
    match (id.object_code(), id.benefit_code(), id.unit_code()) {
        (Some(object), Some(benefit), Some(unit)) => {
            assert_eq!(number.len(), 15);
            assert!(number.starts_with(&format!("{object}{benefit}{unit}")));
            assert!(is_capital(number) && is_digits(benefit));
        }
        parts => assert!(parts == (None, None, None) && number.len() == 10 && is_digits(number)),
    }
    assert!(id.bhxh_id().is_none_or(|ten| ten.len() == 10 && is_digits(ten)));
}

fn check_unreadable(unreadable: Unreadable, record: &[u8]) {
    assert!(is_advice(unreadable.advice()));
    assert_eq!(unreadable.reason == Reason::TooLong, record.len() > MAX_RECORD);
}

fn check_name(name: Option<&Name>, warnings: Warnings) {
    let why = [Warning::NameInvalid, Warning::NameUnreliable, Warning::NameUndecodable];
    told(name.is_some(), &why, warnings);
    let Some(name) = name.map(Name::reveal) else { return };
    assert!(name.contains(char::is_alphabetic) && !is_damaged(name) && !name.contains('?'));
    assert!(name.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace)));
    assert!(!name.contains(char::is_control));
}

fn check_address(address: Option<&Address>, warnings: Warnings) {
    let why = [Warning::AddressMissing, Warning::AddressUnreliable, Warning::AddressUndecodable];
    told(address.is_some(), &why, warnings);
    let Some(address) = address.map(Address::reveal) else { return };
    assert!(!address.is_empty() && address == address.trim() && !is_damaged(address));
    assert!(!address.contains(|c: char| c.is_control() && c != '\t'));
}

/// What a card does not tell has a warning that says why.
fn told(found: bool, why: &[Warning], warnings: Warnings) {
    assert!(found || why.iter().any(|warning| warnings.contains(*warning)), "{why:?}");
}

/// Dates are in the range of cards, and every digit of theirs stands in the record.
fn check_dates<const N: usize>(dates: [Option<PartialDate>; N], record: &[u8]) {
    let visible: String =
        record.iter().filter(|byte| byte.is_ascii_graphic()).copied().map(char::from).collect();
    for date in dates.into_iter().flatten() {
        assert!((1900..=2199).contains(&date.year()));
        assert!(ways_to_write(date).iter().any(|way| visible.contains(way)), "{date} is invented");
    }
}

fn ways_to_write(date: PartialDate) -> Vec<String> {
    let (day, month, year) = match date {
        PartialDate::Year(year) => return vec![format!("{year}")],
        PartialDate::Month { year, month } => (None, month, year),
        PartialDate::Day(date) => (Some(date.day()), date.month(), date.year()),
    };
    let padded = |day: Option<u32>| day.map_or(String::new(), |day| format!("{day:02}"));
    let mut ways = vec![format!("{}{month:02}{year}", padded(day))];
    for divider in ['/', '-', '.'] {
        for month in [format!("{month}"), format!("{month:02}")] {
            let days = day.map_or(vec![String::new()], |day| {
                vec![format!("{day}{divider}"), format!("{day:02}{divider}")]
            });
            ways.extend(days.iter().map(|day| format!("{day}{month}{divider}{year}")));
            ways.extend(day.map(|day| format!("{year}{divider}{month}{divider}{day}")));
            ways.push(format!("{year}{divider}{month}{divider}{}", padded(day)));
        }
    }
    ways
}

fn check_holder_and_identity(scan: &Scan) {
    let holder = scan.holder();
    let identity = scan.identity();
    let (has_holder, has_identity) = match scan {
        Scan::Citizen(_) | Scan::Insurance(_) | Scan::PersonalNumber(_) => (true, true),
        Scan::InsuranceNumber(_) | Scan::Opaque(_) => (false, true),
        Scan::Command(_) | Scan::Url | Scan::Payment | Scan::Unreadable(_) => (false, false),
    };
    assert_eq!((holder.is_some(), identity.is_some()), (has_holder, has_identity));
    if let Some(holder) = holder {
        assert!(holder.given.is_none_or(|given| !given.reveal().trim().is_empty()));
        assert!(holder.birth.is_none_or(|birth| (1900..=2399).contains(&birth.year())));
    }
    if let Some(identity) = identity {
        assert!(match identity.reveal().split_at(5) {
            ("cccd:", id) => is_personal_number(id),
            ("bhxh:", ten) => ten.len() == 10 && is_capital(ten),
            ("code:", code) => !code.is_empty(),
            _ => false,
        });
    }
}

fn the_day_decides_only_its_warnings(json: &str, record: &[u8]) {
    let without_those = |json: &str| {
        let mut view: Value = serde_json::from_str(json).unwrap();
        if let Some(warnings) = view.get_mut("warnings").and_then(Value::as_array_mut) {
            warnings.retain(|told| OF_THE_DAY.iter().all(|warning| told != warning.slug()));
        }
        view
    };
    let then = serde_json::to_string(&card::json::view(&decode(record, LONG_AGO))).unwrap();
    assert_eq!(without_those(json), without_those(&then));
}

/// Readers may be set to put STX and ETX around a code.
fn control_characters_around_a_record_make_no_difference(json: &str, record: &[u8]) {
    // A letter that was cut off would be cut off no longer, and a NUL may stand for a packet.
    let is_text = std::str::from_utf8(record).is_ok() && !record.contains(&0);
    if is_text && record.len() + 2 <= MAX_RECORD {
        let marked = decode(&[b"\x02", record, b"\x03"].concat(), TODAY);
        assert_eq!(serde_json::to_string(&card::json::view(&marked)).unwrap(), json);
    }
}

fn is_personal_number(text: &str) -> bool {
    text.len() == 12 && is_digits(text)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits and capitals without marks.
fn is_capital(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Letters were lost in it: a question mark inside a word stands for one.
fn is_damaged(text: &str) -> bool {
    let mut letters = text.chars().zip(text.chars().skip(1));
    text.contains(char::REPLACEMENT_CHARACTER)
        || letters.any(|(a, b)| a == '?' && b.is_alphabetic() || a.is_alphabetic() && b == '?')
}

/// Sentences for people.
fn is_advice(text: &str) -> bool {
    text.ends_with('.') && text.chars().all(|c| !c.is_control())
}
