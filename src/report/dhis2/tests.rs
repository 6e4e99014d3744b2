use serde_json::{Value as Json, json};

use super::*;
use crate::event::{
    AgeBand, ClosingWay, EnteredNumber, JournalId, RecordUsed, Source as Said, What,
};
use crate::figures::sample::{Desk, TODAY, YESTERDAY};
use crate::figures::{Counted, Entered, Known, Observed, Share, Tally};
use crate::report::sample::heading;
use crate::report::{ClosedDay, Closing, closing};

const MAPPING: &str = r#"
data-set = "VdTiepDon01"
attribute-option-combo = "VdToHop0001"

[[org-unit]]
station = "AG-TRITON"
id = "VdTramTT001"

[[org-unit]]
station = "AG-TRITON"
point = "D2"
id = "VdDiemTT002"

[[value]]
shows = "arrivals"
data-element = "VdLuotDen01"

[[value]]
shows = "vneid-used"
as = "count"
data-element = "VdVneid0001"
category-option-combo = "VdPhanTo001"

[[value]]
shows = "desk-covered"
as = "whole"
data-element = "VdPhutMo001"

[[value]]
shows = "co-sskdt"
data-element = "VdSoSK00001"
"#;

fn by_hand() -> BTreeSet<HandId> {
    BTreeSet::from(["co-sskdt".parse().unwrap()])
}

fn read(text: &str) -> Result<Option<Mapping>, Vec<String>> {
    let source = Source::new(FILE, text);
    Mapping::read(&source, Some(&Desk::origin()), Some(&by_hand()))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn mapping() -> Mapping {
    read(MAPPING).unwrap().unwrap()
}

/// Yesterday nobody came; today two with a clock that was not sure, and a number is entered.
fn told(mapping: &Mapping, period: Days, closed: bool) -> Json {
    let mut desk = Desk::open(YESTERDAY);
    desk.day = TODAY;
    desk.clock_sure = false;
    let visit = desk.arrives(None, AgeBand::From70);
    desk.chooses(visit, RecordUsed::Vneid, Said::SelfDeclared);
    desk.arrives(None, AgeBand::Unknown);
    let number = Some(Hundredths(9250));
    desk.notes(None, What::NumberEntered(EnteredNumber { figure: "co-sskdt".into(), number }));
    let days = [YESTERDAY, TODAY].map(|day| {
        let tally = Tally::of(day, &desk.events);
        Counted::from(Observed { tally: &tally, desk: Share { part: 300, whole: 480 } })
    });
    let document = closing(&Closing {
        heading: &heading(),
        hours: &[],
        day: TODAY,
        number: 1,
        way: ClosingWay::Itself,
        by: None,
        journal: JournalId(uuid::Uuid::nil()),
        total: 4,
        chain: [0; 32],
        events: &desk.events,
        public_key: "",
    });
    let closings = [ClosedDay::read(TODAY, 1, &document.unwrap()).unwrap()];
    let entered = Entered::of(&desk.events);
    let closings = if closed { closings.as_slice() } else { &[] };
    let basis = Basis { days: &days, entered: &entered, closings };
    let file = write(&heading(), Some(mapping), period, &basis).unwrap();
    assert_eq!((file.stem, file.ending), ("dhis2", "json"));
    serde_json::from_slice(&file.bytes).unwrap()
}

#[test]
fn a_value_a_day_and_line_zeros_too_and_nothing_for_what_was_not_entered() {
    let (comment, aoc, unit) = (
        "2 lượt ghi khi máy chưa chắc ngày giờ: ngày của các lượt này cần đối chiếu.",
        "VdToHop0001",
        "VdTramTT001",
    );
    let plain = |element: &str, period: &str, value: &str| {
        json!({ "dataElement": element, "attributeOptionCombo": aoc, "period": period,
            "orgUnit": unit, "value": value })
    };
    let with = |mut value: Json, key: &str, what: &str| {
        value[key] = what.into();
        value
    };
    let vneid = |period, value| {
        with(plain("VdVneid0001", period, value), "categoryOptionCombo", "VdPhanTo001")
    };
    let unsure = |value| with(value, "comment", comment);
    assert_eq!(
        told(&mapping(), Days { from: YESTERDAY, to: TODAY }, true),
        json!({
            "dataSet": "VdTiepDon01",
            "orgUnit": unit,
            "attributeOptionCombo": aoc,
            "dataValues": [
                plain("VdLuotDen01", "20261123", "0"),
                vneid("20261123", "0"),
                plain("VdPhutMo001", "20261123", "480"),
                unsure(plain("VdLuotDen01", "20261124", "2")),
                unsure(vneid("20261124", "1")),
                unsure(plain("VdPhutMo001", "20261124", "480")),
                unsure(plain("VdSoSK00001", "20261124", "92.5")),
            ],
        })
    );
}

#[test]
fn a_day_without_figures_has_no_value_not_even_what_was_entered() {
    let known = |closed: &[StationDay]| Known {
        began: Some(YESTERDAY),
        closed: closed.iter().copied().collect(),
        today: TODAY,
    };
    let mut desk = Desk::open(TODAY);
    let number = Some(Hundredths(9250));
    desk.notes(None, What::NumberEntered(EnteredNumber { figure: "co-sskdt".into(), number }));
    let entered = Entered::of(&desk.events);
    let tomorrow = StationDay(TODAY.0.succ_opt().unwrap());
    let period = Days { from: YESTERDAY, to: tomorrow };
    let written = |known: &Known| {
        let days: Vec<Counted> = period
            .iter()
            .map(|day| {
                let tally = Tally::of(day, &desk.events);
                Counted::from(Observed { tally: &tally, desk: Share::default() }).as_known(known)
            })
            .collect();
        let basis = Basis { days: &days, entered: &entered, closings: &[] };
        write(&heading(), Some(&mapping()), period, &basis)
    };
    let file = written(&known(&[YESTERDAY])).unwrap();
    let set: Json = serde_json::from_slice(&file.bytes).unwrap();
    let values = set["dataValues"].as_array().unwrap();
    assert!(values.iter().all(|value| value["period"] == "20261123"), "{set}");
    assert_eq!(values.len(), 3);
    let refused = written(&known(&[])).unwrap_err();
    assert!(matches!(refused, NotForDhis2::NothingKnown(_)), "{refused}");
    assert!(refused.to_string().contains("23/11/2026 đến 25/11/2026"), "{refused}");
}

#[test]
fn only_one_day_that_is_closed_is_called_complete() {
    let one = Days { from: TODAY, to: TODAY };
    let set = told(&mapping(), one, true);
    assert_eq!((&set["completeDate"], &set["period"]), (&json!("2026-11-24"), &json!("20261124")));
    assert_eq!(set["dataValues"].as_array().unwrap().len(), 4);
    for set in [
        told(&mapping(), one, false),
        told(&mapping(), Days { from: YESTERDAY, to: YESTERDAY }, true),
        told(&mapping(), Days { from: YESTERDAY, to: TODAY }, true),
    ] {
        assert!(set.get("completeDate").is_none() && set.get("period").is_none(), "{set}");
    }
}

#[test]
fn a_point_with_an_id_of_its_own_has_it_before_the_station() {
    let mapping = mapping();
    let of = |station: &str, point: &str| {
        let origin = Origin { station: station.parse().unwrap(), point: point.parse().unwrap() };
        mapping.org_unit(&origin).map(ToString::to_string)
    };
    assert_eq!(of("AG-TRITON", "D1").as_deref(), Some("VdTramTT001"));
    assert_eq!(of("AG-TRITON", "D2").as_deref(), Some("VdDiemTT002"));
    assert_eq!(of("AG-KHAC", "D2"), None);
}

#[test]
fn without_a_mapping_the_file_to_write_is_named_with_an_example_that_is_sound() {
    let entered = Entered::default();
    let basis = Basis { days: &[], entered: &entered, closings: &[] };
    let period = Days { from: TODAY, to: TODAY };
    let refused = write(&heading(), None, period, &basis).unwrap_err();
    assert!(matches!(refused, NotForDhis2::NoMapping));
    let advice = refused.advice();
    assert!(advice.contains("dhis2.toml cạnh station.toml"), "{advice}");
    let (_, example) = advice.split_once("\n\n").unwrap();
    let mapping = read(example).unwrap().expect("the example is a mapping");
    assert_eq!(mapping.values.len(), 2);

    let elsewhere = Origin { station: "AG-KHAC".parse().unwrap(), point: "D1".parse().unwrap() };
    let heading = Heading { origin: elsewhere, ..heading() };
    let refused = write(&heading, Some(&mapping), period, &basis).unwrap_err();
    assert!(matches!(&refused, NotForDhis2::NoOrgUnit(_)));
    assert!(refused.advice().contains("AG-KHAC"), "{}", refused.advice());
}

#[test]
fn the_sample_file_maps_nothing_yet() {
    assert_eq!(read(SAMPLE), Ok(None));
    assert_eq!(read(""), Ok(None));
    let told = read("dataset = \"VdTiepDon01\"\n").unwrap_err();
    assert_eq!(told, ["dhis2.toml:1:1: tệp này không có khóa \"dataset\"; sửa thành data-set"]);
}

#[test]
fn every_mistake_is_told_with_its_place_and_what_to_write() {
    let changed = |from: &str, to: &str| {
        assert!(MAPPING.contains(from), "{from}");
        read(&MAPPING.replacen(from, to, 1)).unwrap_err().join("\n")
    };
    for (from, to, place, part) in [
        (
            "VdTiepDon01",
            "1dTiepDon01",
            "dhis2.toml:2:12: data-set không đúng dạng mã DHIS2",
            "11 chữ",
        ),
        ("VdTramTT001", "VdTramTT01", "dhis2.toml:7:6: id không đúng dạng", "11 chữ"),
        (
            "\"arrivals\"",
            "\"arivals\"",
            "dhis2.toml:15:9: shows không có giá trị",
            "sửa thành \"arrivals\"",
        ),
        ("\"co-sskdt\"", "\"xyz\"", "dhis2.toml:30:9: shows", "tiepdon campaign measures"),
        ("as = \"whole\"", "as = \"rate\"", "dhis2.toml:26:6: as không có giá trị", "count, whole"),
        ("\"desk-covered\"", "\"arrivals\"", "dhis2.toml:26:6: as chỉ dùng cho", "xóa dòng này"),
        ("VdPhutMo001", "VdLuotDen01", "dhis2.toml:27:16: data-element đã có", "bỏ một mục"),
        (
            "data-set = \"VdTiepDon01\"",
            "",
            "dhis2.toml:1:1: tệp này thiếu khóa data-set",
            "thêm dòng",
        ),
        (
            "[[org-unit]]\nstation = \"AG-TRITON\"\nid",
            "[[org-unit]]\nstation = \"AG-KHAC\"\nid",
            "dhis2.toml:5:1: org-unit không có trạm AG-TRITON (điểm D1)",
            "thêm mục [[org-unit]]",
        ),
    ] {
        let told = changed(from, to);
        assert!(told.starts_with(place) && told.contains(part), "{told}");
    }
}

#[test]
fn a_number_of_a_broken_campaign_is_not_called_unknown() {
    let source = Source::new(FILE, MAPPING.replace("co-sskdt", "so-khac"));
    assert!(Mapping::read(&source, None, None).is_ok());
    assert!(Mapping::read(&source, None, Some(&by_hand())).is_err());
}
