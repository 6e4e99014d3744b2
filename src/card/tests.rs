//! The kinds told apart, and what holds for any bytes at all.

use proptest::prelude::*;

use super::*;

fn today() -> NaiveDate {
    "2026-11-22".parse().unwrap()
}

fn decoded(record: impl AsRef<[u8]>) -> Scan {
    decode(record.as_ref(), today())
}

fn json(scan: &Scan) -> serde_json::Value {
    serde_json::to_value(json::view(scan)).unwrap()
}

/// The kind, with the reason of an unreadable record behind it.
fn kind(record: impl AsRef<[u8]>) -> String {
    let object = json(&decoded(record));
    match object["reason"].as_str() {
        Some(reason) => format!("unreadable: {reason}"),
        None => object["kind"].as_str().unwrap().to_owned(),
    }
}

const CARD: &str = "001090000001|010000001|Nguyễn Văn Mẫu|02011990|Nam|Xã Thử, Hà Nội|15042021";
const INSURANCE: &str = "GD4010000000051|4e677579e1bb856e2056c4836e204de1baab75|02/01/1990|1|\
                         5468e1bbad|01 - 001|01/01/2025|-|20/12/2024|01000000000051|-|4|\
                         01/01/2029|00000000000000aa-7102|$";

#[test]
fn every_kind_is_told_apart() {
    let long_digits = "9".repeat(40);
    let too_long = "9".repeat(MAX_RECORD + 1);
    let table = [
        (CARD, "citizen-card"),
        ("001090000001", "personal-id"),
        (" 001090000001 ", "personal-id"),
        ("000201123456", "personal-id"),
        (INSURANCE, "insurance-card"),
        ("GD4010000000051", "insurance-id"),
        ("gd4010000000051", "insurance-id"),
        ("0000000051", "insurance-id"),
        ("]Q1001090000001", "personal-id"),
        ("]Q2\\000026001090000001", "personal-id"),
        ("TIEPDON:VNEID", "command"),
        ("tiepdon:start-over", "command"),
        ("TIEPDON:XYZ", "unreadable: unknown"),
        ("https://example.invalid/vneid?x=1", "url"),
        ("HTTP://EXAMPLE.INVALID", "url"),
        ("www.example.invalid", "url"),
        ("https://example.invalid/a|b", "url"),
        ("00020101021138000000000000000000", "payment"),
        ("000201|a|b", "payment"),
        ("VN1:Zm9vYmFyLXN5bnRoZXRpYy10b2tlbg==", "opaque"),
        ("eyJhbGciOiJub25lIn0.e30.c3ludGhldGlj", "opaque"),
        ("VN1:kurz", "unreadable: unknown"),
        ("a token with spaces is no token at all", "unreadable: unknown"),
        (&long_digits, "unreadable: unknown"),
        (&too_long, "unreadable: too-long"),
        ("8934567890123", "unreadable: unknown"),
        ("001090000001|010000001|Nguyễn Văn", "unreadable: field-count"),
        ("GD4010000000051|4e67", "unreadable: field-count"),
        ("GD4010000000051|4e677579e", "unreadable: truncated"),
        ("00109000001||Nguyễn Văn Mẫu|02011990|Nam|Hà Nội|15042021", "unreadable: bad-id"),
        ("||||||", "unreadable: bad-id"),
        ("a|b", "unreadable: bad-id"),
        ("001090000001;;Mẫu;02011990;Nam;Hà Nội;15042021", "unreadable: wrong-separator"),
        ("", "unreadable: unknown"),
    ];
    for (record, expected) in table {
        assert_eq!(kind(record), expected, "{record}");
    }
}

#[test]
fn a_record_that_ends_inside_a_letter_was_cut() {
    let bytes = "001090000001|010000001|Nguyễ".as_bytes();
    assert_eq!(kind(&bytes[..bytes.len() - 1]), "unreadable: truncated");
    assert_eq!(kind(bytes), "unreadable: field-count");
}

#[test]
fn the_holder_is_known_as_far_as_the_scan_tells() {
    let holder = decoded(CARD).holder().unwrap();
    assert_eq!(holder.given.unwrap().reveal(), "Mẫu");
    assert_eq!(holder.birth.unwrap().to_string(), "1990-01-02");
    assert_eq!(holder.sex, Some(Sex::Male));

    let holder = decoded(INSURANCE).holder().unwrap();
    assert_eq!(holder.given.unwrap().reveal(), "Mẫu");

    let holder = decoded("079185000002").holder().unwrap();
    assert!(holder.given.is_none());
    assert_eq!(holder.birth.unwrap().to_string(), "1985");
    assert_eq!(holder.sex, Some(Sex::Female));

    let odd = CARD.replace("Mẫu", "M4u");
    assert!(decoded(odd).holder().unwrap().given.is_none());
    for none in ["GD4010000000051", "TIEPDON:VNEID", "abc", "https://example.invalid"] {
        assert!(decoded(none).holder().is_none());
    }
}

#[test]
fn nobody_is_called_by_what_is_left_of_a_name() {
    let given = |name: &str, address: &str| {
        let card = format!("048150000012||{name}|1950|Nữ|{address}|15042021");
        decoded(card).holder().unwrap().given.map(|given| given.reveal().to_owned())
    };
    for (name, address) in [
        ("Nguyn Th Bi", "T 2, Phng Th"),
        ("Nguyn Th Bi", "Tổ 2, Phường Thử"),
        ("NGUYEN THI BUOI", "To 2, Phuong Thu"),
        ("NGUYEN THI BUOI", "Tổ 2, Phường Thử"),
        ("Nguy?n Th? B??i", "T? 2, Ph??ng Th?"),
        ("Nguyễn Thị Bưởi 2", "Tổ 2, Phường Thử"),
    ] {
        assert_eq!(given(name, address), None, "{name}");
    }
    for (name, called) in
        [("Nguyễn Thị Bưởi", "Bưởi"), ("Phan Anh Minh", "Minh"), ("Y Thử Niê", "Y Thử")]
    {
        assert_eq!(given(name, "Tổ 2, Phường Thử").as_deref(), Some(called));
    }
    let hex = |name: &str| -> String { name.bytes().map(|byte| format!("{byte:02x}")).collect() };
    let insured = |name: &str| {
        let card = INSURANCE.replace("4e677579e1bb856e2056c4836e204de1baab75", &hex(name));
        decoded(card).holder().unwrap().given.map(|given| given.reveal().to_owned())
    };
    assert_eq!(insured("Phan Anh Minh").as_deref(), Some("Minh"));
    assert_eq!(insured("NGUYEN THI BUOI"), None);
}

#[test]
fn a_lost_birth_or_sex_is_the_numbers() {
    for birth in ["", "31021990", "0201?990"] {
        let holder = decoded(CARD.replace("02011990", birth)).holder().unwrap();
        assert_eq!(holder.birth, Some(PartialDate::Year(1990)), "{birth}");
    }
    let holder = decoded(CARD.replace("|Nam|", "|?|")).holder().unwrap();
    assert_eq!(holder.sex, Some(Sex::Male));
    // A birth that is there stands, also where the number says otherwise.
    let holder = decoded(CARD.replace("02011990", "02011991")).holder().unwrap();
    assert_eq!(holder.birth.unwrap().year(), 1991);
}

#[test]
fn a_bhyt_card_with_the_personal_number_is_the_same_person() {
    let personal = INSURANCE.replace("GD4010000000051|", "001090000001|");
    let scan = decoded(&personal);
    assert_eq!(scan.identity().unwrap().reveal(), "cccd:001090000001");
    assert_eq!(scan.identity().unwrap().reveal(), decoded(CARD).identity().unwrap().reveal());
    let Scan::Insurance(card) = scan else { panic!("a BHYT card") };
    assert_eq!(card.number.bhxh_id(), None);
    assert_eq!((card.number.object_code(), card.number.unit_code()), (None, None));
}

#[test]
fn a_person_has_one_identity_however_the_number_is_scanned() {
    let identity = |record: &str| decoded(record).identity().map(|id| id.reveal().to_owned());
    for record in [CARD, "001090000001"] {
        assert_eq!(identity(record).unwrap(), "cccd:001090000001");
    }
    let short_form = INSURANCE.replace("GD4010000000051|", "0000000051|");
    for record in [INSURANCE, &short_form, "GD4010000000051", "0000000051"] {
        assert_eq!(identity(record).unwrap(), "bhxh:0000000051");
    }
    assert_eq!(identity("DN7010A0000005B").unwrap(), "bhxh:0A0000005B");
    let code = "VN1:Zm9vYmFyLXN5bnRoZXRpYy10b2tlbg==";
    assert_eq!(identity(code).unwrap(), format!("code:{code}"), "the same code again");
    for none in ["TIEPDON:VNEID", "abc"] {
        assert!(identity(none).is_none());
    }
}

#[test]
fn the_wrong_mode_of_a_reader_is_named() {
    let latin: String = CARD.bytes().map(char::from).collect();
    let utf16: Vec<u8> = CARD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let telex = INSURANCE.replace("baab", "bâb");
    let table: [(&[u8], Option<ReaderSetting>); 13] = [
        (
            b"s001090000001||Mau Thu|02011990|Nam|H\xc3\xa0 N\xe1\xbb\x99i|15042021",
            Some(ReaderSetting::NoCodeId),
        ),
        (
            b"\\000026001090000001||M\xe1\xba\xabu|02011990|Nam|H\xc3\xa0|15042021",
            Some(ReaderSetting::NoCodeId),
        ),
        // More than a code id, and the number does not vouch for the rest.
        (b"ABCDEFGH001090000001||Mau|02011991|Nam|Ha Noi|15042021", Some(ReaderSetting::NoCodeId)),
        (b"GD4010000000051|4d6169|1950|1|-|01 - 001|01/01/2025|-|$", None),
        (CARD.as_bytes(), None),
        (INSURANCE.as_bytes(), None),
        (latin.as_bytes(), Some(ReaderSetting::Utf8Output)),
        (
            b"001090000001||V\xa8\xa4 ?|02011990|Nam|H\xa8\xa4|15042021",
            Some(ReaderSetting::Utf8Output),
        ),
        (&utf16, Some(ReaderSetting::Utf8Output)),
        (telex.as_bytes(), Some(ReaderSetting::SerialMode)),
        (b"001090000001~~Mau~02011990~Nam~Ha Noi~15042021", Some(ReaderSetting::SerialMode)),
        ("àà&àçàààààà&*à&à".as_bytes(), Some(ReaderSetting::SerialMode)),
        (b"\x17\xf3\0\0\x1c001090000001\xf5\x30", Some(ReaderSetting::PlainData)),
    ];
    for (record, setting) in table {
        assert_eq!(decoded(record).diagnose(), setting, "{}", String::from_utf8_lossy(record));
    }
}

#[test]
fn json_begins_with_the_kind_and_keeps_the_order_of_its_keys() {
    let text = serde_json::to_string(&json::view(&decoded("001090000001"))).unwrap();
    assert_eq!(
        text,
        r#"{"kind":"personal-id","personal_id":"001090000001","province_at_registration":"Hà Nội","warnings":[]}"#
    );
    let text = serde_json::to_string(&json::view(&decoded("TIEPDON:NEXT"))).unwrap();
    assert_eq!(text, r#"{"kind":"command","code":"TIEPDON:NEXT"}"#);
    assert_eq!(
        serde_json::to_string(&json::view(&decode(
            b"VN1:c2FtcGxlLXRva2VuLW9mLW5vYm9keS0wMDAwMQ==",
            today()
        )))
        .unwrap(),
        r#"{"kind":"opaque"}"#
    );
}

#[test]
fn advice_is_given_for_every_reason_and_names_no_foreign_word() {
    for reason in [
        Reason::FieldCount,
        Reason::BadId,
        Reason::Truncated,
        Reason::TooLong,
        Reason::WrongSeparator,
        Reason::Unknown,
    ] {
        let advice = Unreadable { reason, setting: None }.advice();
        assert!(advice.contains("ông/bà") && !advice.contains("scan"), "{advice}");
    }
}

/// Bytes that look like something: fields of cards, whole and damaged, and noise between.
fn card_like() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        Just(b"001090000001".to_vec()),
        Just(b"GD4010000000051".to_vec()),
        Just(b"0000000051".to_vec()),
        Just("Nguyễn Văn Mẫu".as_bytes().to_vec()),
        Just(b"4e677579e1bb85".to_vec()),
        "[0-9a-fâêàầđ]{0,20}".prop_map(String::into_bytes),
        "[0-9/.-]{0,10}".prop_map(String::into_bytes),
        "\\PC{0,12}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12),
        Just(Vec::new()),
    ];
    prop::collection::vec(field, 0..18).prop_map(|fields| fields.join(&b'|'))
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_to_something_sayable(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            card_like(),
        ],
    ) {
        let scan = decoded(&bytes);
        let _ = (scan.holder(), scan.identity(), scan.diagnose());
        let object = json(&scan);
        prop_assert!(object["kind"].is_string());
        if let Some(holder) = scan.holder() {
            let _ = holder.birth.and_then(|birth| birth.age_on(today()));
        }
    }

    #[test]
    fn a_number_and_seven_fields_are_never_refused(
        // A word in the place of the old number is a sign of another document.
        old in "[0-9]{0,12}",
        rest in prop::collection::vec("[^|\0]{0,20}", 5..13),
    ) {
        let record = format!("001090000001|{old}|{}", rest.join("|"));
        let scan = decoded(&record);
        prop_assert!(matches!(scan, Scan::Citizen(_)));
    }
}
