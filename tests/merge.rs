//! Exports of many desks and stations as one report: what is counted, what is named, what is refused.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where it meets something it did not expect"
)]

mod exports;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use exports::{Desk, day, figures, morning, new_key, origin};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::{TempDir, tempdir};
use tiepdon::export::Period;
use tiepdon::figures::DayFigures;
use tiepdon::merge::{
    Expected, KeyList, Kind, ListError, MergeError, Merged, Refusal, Request, Why, merge,
};

/// Visits of a morning.
const SOME: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const FEW: &[u8] = &[3, 8, 21];

fn request(inputs: &[&Path]) -> Request {
    Request {
        inputs: inputs.iter().map(|path| path.to_path_buf()).collect(),
        keys: None,
        expected: None,
        period: None,
        strict: false,
        made_at: morning(day(30)),
    }
}

/// The result of a run that must give one, in a folder of its own.
fn merged(request: &Request) -> (TempDir, Merged) {
    let out = tempdir().unwrap();
    let merged = merge(request, out.path()).unwrap();
    (out, merged)
}

fn sum(of: impl IntoIterator<Item = DayFigures>) -> DayFigures {
    let mut sum = DayFigures::default();
    of.into_iter().for_each(|figures| sum.add(&figures));
    sum
}

/// The rows of a table of the result, each by its headings.
fn rows(merged: &Merged, stem: &str) -> Vec<BTreeMap<String, Value>> {
    let bytes = fs::read(merged.folder.join(format!("{stem}.json"))).unwrap();
    let table: Value = serde_json::from_slice(&bytes).unwrap();
    let headings = table["columns"].as_array().unwrap();
    let row = |row: &Value| {
        let cells = row.as_array().unwrap();
        assert_eq!(cells.len(), headings.len(), "{stem}");
        let named = headings.iter().zip(cells);
        named.map(|(name, cell)| (name.as_str().unwrap().to_owned(), cell.clone())).collect()
    };
    table["rows"].as_array().unwrap().iter().map(row).collect()
}

fn place(folder: &Path) -> String {
    fs::canonicalize(folder).unwrap().display().to_string()
}

fn copy(from: &Path, to: &Path) -> PathBuf {
    let to = to.join(from.file_name().unwrap());
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    to
}

fn only_refusal(merged: &Merged) -> (&str, &Refusal) {
    let [refused] = merged.refused.as_slice() else { panic!("{:?}", merged.refused) };
    assert!(refused.why.to_string().ends_with('.') && refused.why.advice().ends_with('.'));
    (&refused.place, &refused.why)
}

#[test]
fn desks_and_stations_are_summed_and_every_row_says_what_it_is_of() {
    let root = tempdir().unwrap();
    let desks = [("AG-TRITON", "D1"), ("AG-TRITON", "D2"), ("HP-CATHAI", "D1")];
    for (station, point) in desks {
        let desk = Desk::new(station, point);
        let closings = [desk.closing(day(1), 1, SOME), desk.closing(day(2), 1, FEW)];
        desk.export(&root.path().join(station).join(point), (1, 2), closings);
    }
    let (_out, merged) = merged(&request(&[root.path()]));
    assert_eq!((merged.stations, merged.desks, merged.closings), (2, 3, 6));
    let of_desk = sum([figures(day(1), SOME), figures(day(2), FEW)]);
    assert_eq!(merged.sum, sum([of_desk.clone(), of_desk.clone(), of_desk.clone()]));
    assert!(merged.refused.is_empty() && merged.gaps.is_empty() && merged.doubles.is_empty());
    assert_eq!(merged.folder.file_name().unwrap(), "tong-hop_2026-11-01_2026-11-02");

    let stations = rows(&merged, "tong-hop-tram");
    let told = |row: &BTreeMap<String, Value>| {
        let number = |name: &str| row[name].as_u64().unwrap();
        (row["Mã trạm"].as_str().unwrap().to_owned(), number("Số điểm"), number("Lượt đến"))
    };
    let arrivals = of_desk.arrivals;
    assert_eq!(
        stations.iter().map(told).collect::<Vec<_>>(),
        [("AG-TRITON".to_owned(), 2, 2 * arrivals), ("HP-CATHAI".to_owned(), 1, arrivals),],
        "no row is the sum of others"
    );
    let station = &stations[0];
    assert_eq!(station["Dùng VNeID"], 2 * of_desk.used.vneid());
    let percent = of_desk.used.vneid() as f64 * 100.0 / arrivals as f64;
    assert!((station["Tỷ lệ VNeID (%)"].as_f64().unwrap() - percent).abs() <= 0.051);
    assert_eq!(rows(&merged, "tong-hop-diem").len(), 3);
    let days = rows(&merged, "tong-hop-ngay");
    assert_eq!(days.len(), 6);
    assert_eq!((&days[3]["Mã điểm"], &days[3]["Ngày"]), (&"D2".into(), &"2026-11-02".into()));
    let all = rows(&merged, "tong-hop-chung");
    assert_eq!(all[0]["Số lượng"], 3 * arrivals);
}

#[test]
fn a_day_of_no_visits_is_a_row_of_zeros_and_a_day_without_a_closing_is_no_row_but_a_gap() {
    let root = tempdir().unwrap();
    let desk = Desk::new("AG-TRITON", "D1");
    desk.export(root.path(), (1, 3), [desk.closing(day(1), 1, &[]), desk.closing(day(3), 1, FEW)]);
    let (_out, merged) = merged(&request(&[root.path()]));
    let days = rows(&merged, "tong-hop-ngay");
    let told: Vec<_> = days.iter().map(|row| (&row["Ngày"], &row["Lượt đến"])).collect();
    let (first, third) = ("2026-11-01".into(), "2026-11-03".into());
    assert_eq!(
        told,
        [(&first, &0.into()), (&third, &3.into())],
        "the first day is zero, the second is not there"
    );
    let gap = &merged.gaps[0];
    assert_eq!((gap.from, gap.to, gap.why), (day(2), day(2), Why::NotClosed));
    assert_eq!(rows(&merged, "tong-hop-tram")[0]["Ngày thiếu"], 1);
    assert_eq!(rows(&merged, "thieu").len(), 1);
}

#[test]
fn the_same_export_twice_counts_once_and_is_said() {
    let [root, copies] = [(); 2].map(|()| tempdir().unwrap());
    let desk = Desk::new("AG-TRITON", "D1");
    let closings = [1, 2, 3].map(|number| desk.closing(day(number), 1, SOME));
    let export = desk.export(root.path(), (1, 3), closings);
    let again = copy(&export, copies.path());
    // The same folder reached twice is one folder, and no matter for a report.
    let inputs = [root.path(), &export, copies.path()];
    let (_out, merged) = merged(&request(&inputs));
    assert_eq!(merged.closings, 3);
    assert_eq!(merged.sum.arrivals, 3 * SOME.len() as u64);
    let [double] = merged.doubles.as_slice() else { panic!("{:?}", merged.doubles) };
    assert_eq!((double.kind, double.from, double.to), (Kind::Same, day(1), day(3)));
    let mut places = [place(&export), place(&again)];
    places.sort();
    assert_eq!([&double.counted, &double.other], [&places[0], &places[1]]);
    assert_eq!(rows(&merged, "nguon").len(), 2);
}

#[test]
fn a_later_closing_replaces_the_earlier_one_wherever_it_lies() {
    let [first, second] = [(); 2].map(|()| tempdir().unwrap());
    let desk = Desk::new("AG-TRITON", "D1");
    let (one, two) = (desk.closing(day(1), 1, SOME), desk.closing(day(1), 2, FEW));
    desk.export(first.path(), (1, 1), [one.clone()]);
    desk.export(second.path(), (1, 2), [one, two, desk.closing(day(2), 1, FEW)]);
    for inputs in [[first.path(), second.path()], [second.path(), first.path()]] {
        let (_out, merged) = merged(&request(&inputs));
        assert_eq!(merged.sum, sum([figures(day(1), FEW), figures(day(2), FEW)]));
        assert_eq!(merged.closings, 2);
        assert!(merged.conflicts.is_empty());
        let later = |double: &&tiepdon::merge::Double| {
            double.kind == Kind::Later { number: 2, before: 1 } && double.from == day(1)
        };
        assert_eq!(merged.doubles.iter().filter(later).count(), 1, "{:?}", merged.doubles);
        assert_eq!(rows(&merged, "tong-hop-ngay")[0]["Lần chốt"], 2);
    }
}

#[test]
fn closings_that_contradict_each_other_are_both_named_and_neither_counts() {
    let [first, second] = [(); 2].map(|()| tempdir().unwrap());
    let desk = Desk::new("AG-TRITON", "D1");
    let sound = desk.closing(day(2), 1, FEW);
    // A later closing of one line heals nothing: nobody knows which line is the desk's.
    let line = [desk.closing(day(1), 1, SOME), desk.closing(day(1), 2, SOME), sound.clone()];
    let one = desk.export(first.path(), (1, 2), line);
    let other = desk.export(second.path(), (1, 2), [desk.closing(day(1), 1, FEW), sound]);
    let mut request = request(&[first.path(), second.path()]);
    let (out, merged) = merged(&request);
    let [conflict] = merged.conflicts.as_slice() else { panic!("{:?}", merged.conflicts) };
    assert_eq!((conflict.day, conflict.number), (day(1), 1));
    let mut places = [place(&one), place(&other)];
    places.sort();
    assert_eq!(conflict.places, places);
    assert_eq!(merged.sum, figures(day(2), FEW));
    assert_eq!(merged.gaps[0].why, Why::Contradicting);
    let named = rows(&merged, "trung");
    assert!(places.iter().all(|it| named[0]["Bản kia"].as_str().unwrap().contains(it)));

    request.strict = true;
    let error = merge(&request, out.path()).unwrap_err();
    assert!(matches!(error, MergeError::Strict { .. }), "{error}");
    assert_eq!(error.conflicts().len(), 1);
}

#[test]
fn a_tampered_export_is_refused_and_does_not_stop_the_others() {
    let root = tempdir().unwrap();
    let [sound, altered] = [("AG-TRITON", "D1"), ("AG-TRITON", "D2")]
        .map(|(station, point)| Desk::new(station, point));
    sound.export(root.path(), (1, 1), [sound.closing(day(1), 1, FEW)]);
    let folder = altered.export(root.path(), (1, 1), [altered.closing(day(1), 1, SOME)]);
    let closing = folder.join("chot-so_AG-TRITON_D2_2026-11-01_1.json");
    let text = fs::read_to_string(&closing).unwrap();
    fs::write(&closing, text.replacen("\"arrivals\": 13", "\"arrivals\": 14", 1)).unwrap();
    let mut request = request(&[root.path()]);
    let (out, merged) = merged(&request);
    let (place, why) = only_refusal(&merged);
    assert_eq!(place, self::place(&folder));
    let file = "Tệp chot-so_AG-TRITON_D2_2026-11-01_1.json đã bị sửa.";
    assert_eq!(why.to_string(), file);
    assert_eq!(merged.sum, figures(day(1), FEW));
    assert_eq!(merged.gaps[0].why, Why::Refused);
    let refused = rows(&merged, "bi-tu-choi");
    assert_eq!((&refused[0]["Mã điểm"], &refused[0]["Vì sao"]), (&"D2".into(), &file.into()));

    // Whoever wants all or nothing gets nothing, and keeps what there was.
    request.strict = true;
    let error = merge(&request, out.path()).unwrap_err();
    assert_eq!(error.refused().len(), 1);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    assert!(merged.folder.join("tong-hop.xlsx").is_file());
}

#[test]
fn without_a_list_a_desk_keeps_the_key_it_was_first_seen_with() {
    let [first, second] = [(); 2].map(|()| tempdir().unwrap());
    let desk = Desk::new("AG-TRITON", "D1");
    let stranger = Desk { key: new_key(), heading: desk.heading.clone() };
    // Two more desks whose keys differ, as they should.
    let neighbour = Desk::new("AG-TRITON", "D2");
    neighbour.export(first.path(), (1, 1), [neighbour.closing(day(1), 1, FEW)]);
    let mut exports = [
        desk.export(first.path(), (1, 1), [desk.closing(day(1), 1, FEW)]),
        stranger.export(second.path(), (2, 2), [stranger.closing(day(2), 1, SOME)]),
    ]
    .map(|export| place(&export));
    exports.sort();
    let (_out, merged) = merged(&request(&[first.path(), second.path()]));
    let (refused, why) = only_refusal(&merged);
    assert_eq!(refused, exports[1]);
    assert!(
        matches!(why, Refusal::KeyChanged { first, signed, before }
            if *first == exports[0] && signed != before),
        "{why:?}"
    );
    assert_eq!(merged.desks, 2);
    let told = fs::read_to_string(merged.folder.join("nguon.csv")).unwrap();
    assert!(told.contains("chưa đối chiếu với danh sách khóa"), "{told}");
}

#[test]
fn with_a_list_only_its_keys_count() {
    let [root, lists] = [(); 2].map(|()| tempdir().unwrap());
    let [known, foreign, unlisted] = ["D1", "D2", "D3"].map(|point| Desk::new("AG-TRITON", point));
    for desk in [&known, &foreign, &unlisted] {
        desk.export(root.path(), (1, 1), [desk.closing(day(1), 1, FEW)]);
    }
    let file = lists.path().join("khoa.txt");
    let lines = format!(
        "\u{feff}# khóa của huyện\r\n\r\nAG-TRITON D1 {}\r\nAG-TRITON D2 {}\r\n",
        known.key.public().fingerprint().to_string().to_lowercase(),
        new_key().public().fingerprint(),
    );
    fs::write(&file, lines).unwrap();
    let folder = lists.path().join("khoa");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("AG-TRITON_D1.pem"), new_key().public().to_pem()).unwrap();
    fs::write(folder.join("AG-TRITON_D1_may-moi.pem"), known.key.public().to_pem()).unwrap();
    fs::write(folder.join("AG-TRITON_D2.pem"), new_key().public().to_pem()).unwrap();
    fs::write(folder.join("ghi-chu.txt"), "của Sở Y tế").unwrap();
    for list in [file, folder] {
        let keys = Some(KeyList::read(&list).unwrap());
        let (_out, merged) = merged(&Request { keys, ..request(&[root.path()]) });
        assert_eq!((merged.desks, merged.refused.len()), (1, 2));
        assert!(matches!(merged.refused[0].why, Refusal::ForeignKey(_)), "{:?}", merged.refused);
        assert!(matches!(merged.refused[1].why, Refusal::NotListed(_)), "{:?}", merged.refused);
        let told = fs::read_to_string(merged.folder.join("nguon.csv")).unwrap();
        assert!(told.contains("đã đối chiếu với danh sách khóa"), "{told}");
    }
}

/// The desk lost its key after two days, and its export of three holds closings of both.
#[test]
fn closings_of_a_lost_key_count_and_are_named_by_that_key() {
    let [root, lists] = [(); 2].map(|()| tempdir().unwrap());
    let old = Desk::new("AG-TRITON", "D1");
    let new = Desk { key: new_key(), heading: old.heading.clone() };
    let closings =
        [old.closing(day(1), 1, FEW), old.closing(day(2), 1, SOME), new.closing(day(3), 1, FEW)];
    let export = new.export(root.path(), (1, 3), closings);
    let [lost, present] = [&old, &new].map(|desk| desk.key.public().fingerprint());
    let list = |keys: &[_]| {
        let file = lists.path().join("khoa.txt");
        let lines: Vec<String> = keys.iter().map(|key| format!("AG-TRITON D1 {key}\n")).collect();
        fs::write(&file, lines.concat()).unwrap();
        Some(KeyList::read(&file).unwrap())
    };
    for (keys, is_listed) in
        [(None, false), (list(&[present]), false), (list(&[present, lost]), true)]
    {
        let (_out, merged) = merged(&Request { keys, ..request(&[root.path()]) });
        assert_eq!((merged.closings, merged.refused.len()), (3, 0));
        let [other] = merged.other_keys.as_slice() else { panic!("{:?}", merged.other_keys) };
        assert_eq!((other.key, other.is_listed), (lost, is_listed));
        assert_eq!(other.days, [day(1), day(2)]);
        assert_eq!(other.place, place(&export));
        let told = &rows(&merged, "nguon")[0]["Bản chốt do khóa khác ký"];
        let known = if is_listed { "có trong danh sách" } else { "chưa đối chiếu" };
        assert_eq!(*told, format!("{lost} ({known}): 01/11/2026 đến 02/11/2026"));
        let caveats = fs::read_to_string(merged.folder.join("tong-hop-chung.json")).unwrap();
        assert_eq!(caveats.contains("khóa chưa đối chiếu ký"), !is_listed, "{caveats}");
    }
    // What no key signed counts as little as before.
    let [document, _] = old.closing(day(1), 1, FEW);
    let [_, forged] = new.signed(day(1), 1, b"{}".to_vec());
    let elsewhere = tempdir().unwrap();
    new.export(elsewhere.path(), (1, 1), [[document, forged]]);
    let error = merge(&request(&[elsewhere.path()]), elsewhere.path()).unwrap_err();
    let [refused] = error.refused() else { panic!("{error:?}") };
    assert!(matches!(refused.why, Refusal::Altered(_)), "{refused:?}");
}

#[test]
fn a_list_that_cannot_be_understood_is_named_with_its_line() {
    let folder = tempdir().unwrap();
    let list = folder.path().join("danh-sach.txt");
    let written = |text: &str| {
        fs::write(&list, text).unwrap();
        (KeyList::read(&list).unwrap_err(), Expected::read(&list).unwrap_err())
    };
    let (keys, expected) = written("# chưa có gì\n");
    assert!(matches!(keys, ListError::Empty(_)) && matches!(expected, ListError::Empty(_)));
    for bad in ["AG-TRITON", "ag-triton D1 x", "AG-TRITON D/1 x"] {
        let (keys, expected) = written(&format!("#\n{bad}\n"));
        for error in [keys, expected] {
            assert!(matches!(&error, ListError::Line { line: 2, text, .. } if text == bad));
            assert!(error.to_string().contains("danh-sach.txt, dòng 2"), "{error}");
        }
    }
    fs::write(&list, "AG-TRITON D1 AB12\n").unwrap();
    assert!(KeyList::read(&list).is_err(), "half a fingerprint is none");
    let keys = folder.path().join("khoa");
    assert!(matches!(KeyList::read(&keys), Err(ListError::Unreadable { .. })));
    fs::create_dir(&keys).unwrap();
    assert!(matches!(KeyList::read(&keys), Err(ListError::Empty(_))));
    fs::write(keys.join("AG-TRITON_D1.pem"), "khóa").unwrap();
    assert!(matches!(KeyList::read(&keys), Err(ListError::NotAKey(_))));
    fs::rename(keys.join("AG-TRITON_D1.pem"), keys.join("tri-ton.pem")).unwrap();
    assert!(matches!(KeyList::read(&keys), Err(ListError::Nobodys(_))));
}

#[test]
fn what_is_missing_is_named_by_what_has_to_be_done_about_it() {
    let root = tempdir().unwrap();
    let [one, two] = ["D1", "D2"].map(|point| Desk::new("AG-TRITON", point));
    let closed = |desk: &Desk, days: &[u32]| -> Vec<_> {
        days.iter().map(|number| desk.closing(day(*number), 1, FEW)).collect()
    };
    one.export(root.path(), (1, 5), closed(&one, &[1, 2, 5]));
    one.export(root.path(), (9, 10), closed(&one, &[9]));
    two.export(root.path(), (1, 12), closed(&two, &(1..=12).collect::<Vec<_>>()));
    let list = root.path().join("phai-gui.txt");
    fs::write(&list, "AG-TRITON D1 Bàn một\nHP-CATHAI D1 Cát Hải\n").unwrap();
    let expected = Some(Expected::read(&list).unwrap());
    let told = |merged: &Merged| -> Vec<_> {
        let gap = |gap: &tiepdon::merge::Gap| {
            let station = gap.origin.station.to_string();
            (station, (gap.from, gap.to), gap.days(), gap.why)
        };
        merged.gaps.iter().map(gap).collect()
    };
    let (_out, all) = merged(&Request { expected: expected.clone(), ..request(&[root.path()]) });
    let (one, silent) = ("AG-TRITON".to_owned(), "HP-CATHAI".to_owned());
    assert_eq!(
        told(&all),
        [
            (one.clone(), (day(3), day(4)), 2, Why::NotClosed),
            (one.clone(), (day(6), day(8)), 3, Why::NotSent),
            (one.clone(), (day(10), day(10)), 1, Why::NotClosed),
            (one.clone(), (day(11), day(12)), 2, Why::NotSent),
            (silent.clone(), (day(1), day(12)), 12, Why::Silent),
        ]
    );
    let period = Period::new(day(4), day(6));
    let (_out, some) = merged(&Request { expected, period, ..request(&[root.path()]) });
    assert_eq!(
        told(&some),
        [
            (one.clone(), (day(4), day(4)), 1, Why::NotClosed),
            (one, (day(6), day(6)), 1, Why::NotSent),
            (silent, (day(4), day(6)), 3, Why::Silent),
        ]
    );
    assert_eq!(some.closings, 1 + 3, "days outside the period do not count");
    assert_eq!(some.sum.arrivals, 4 * FEW.len() as u64);
}

#[test]
fn a_signed_closing_that_cannot_be_true_or_understood_is_refused_by_its_name() {
    let desk = Desk::new("AG-TRITON", "D1");
    let [document, _] = desk.closing(day(1), 1, SOME);
    let text = String::from_utf8(document.bytes).unwrap();
    type IsRight = fn(&Refusal) -> bool;
    let edits: [(&str, &str, IsRight); 6] = [
        ("\"format\": 1", "\"format\": 2", |why| matches!(why, Refusal::ClosingNewer(_))),
        ("\"figures\"", "\"numbers\"", |why| matches!(why, Refusal::ClosingWithoutFigures(_))),
        ("\"no-level2\"", "\"no-phone\"", |why| matches!(why, Refusal::ClosingWithoutFigures(_))),
        ("\"arrivals\": 13", "\"arrivals\": 12", |why| {
            matches!(why, Refusal::ClosingImpossible(_))
        }),
        ("\"paper\": 3", "\"paper\": 2", |why| matches!(why, Refusal::ClosingImpossible(_))),
        ("\"unreadable\": 0", "\"unreadable\": 18446744073709551615", |why| {
            matches!(why, Refusal::ClosingImpossible(_))
        }),
    ];
    let other = Desk::new("AG-TRITON", "D2");
    for (from, to, is_it) in edits {
        assert!(text.contains(from), "{from}: {text}");
        let root = tempdir().unwrap();
        other.export(root.path(), (1, 1), [other.closing(day(1), 1, FEW)]);
        let edited = text.replacen(from, to, 1).into_bytes();
        desk.export(root.path(), (1, 1), [desk.signed(day(1), 1, edited)]);
        let (_out, merged) = merged(&request(&[root.path()]));
        let (_, why) = only_refusal(&merged);
        assert!(is_it(why), "{to}: {why:?}");
        assert!(why.to_string().contains("chot-so_AG-TRITON_D1_2026-11-01_1.json"), "{why}");
        assert_eq!(merged.sum, figures(day(1), FEW));
    }
    let root = tempdir().unwrap();
    other.export(root.path(), (1, 1), [other.closing(day(1), 1, FEW)]);
    desk.export(root.path(), (1, 1), [desk.closing(day(2), 1, SOME)]);
    let (_out, merged) = merged(&request(&[root.path()]));
    assert!(matches!(only_refusal(&merged).1, Refusal::ClosingOutside(it) if *it == day(2)));
}

#[test]
fn exports_are_found_in_folders_of_folders_and_nothing_else_is_taken_for_one() {
    let root = tempdir().unwrap();
    let desk = Desk::new("AG-TRITON", "D1");
    let commune = root.path().join("An Giang/Tri Tôn/usb");
    let export = desk.export(&commune, (1, 1), [desk.closing(day(1), 1, FEW)]);
    assert!(export.starts_with(commune.join("TIEPDON")));
    fs::rename(&export, export.with_file_name(".AG-TRITON_D1_2026-11-01_2026-11-01.part")).unwrap();
    let empty = root.path().join("trống");
    fs::create_dir(&empty).unwrap();
    let error = merge(&request(&[root.path()]), &empty).unwrap_err();
    assert!(matches!(error, MergeError::NoExport(_)), "a draft is no export: {error}");
    fs::rename(export.with_file_name(".AG-TRITON_D1_2026-11-01_2026-11-01.part"), &export).unwrap();
    symlink(&export, root.path().join("liên-kết")).unwrap();
    symlink(root.path(), root.path().join("vòng")).unwrap();

    let gone = root.path().join("không-có");
    let (_out, found) = merged(&request(&[root.path(), &empty, &gone]));
    assert_eq!((found.desks, found.closings), (1, 1));
    assert!(matches!(found.refused[0].why, Refusal::NoExport));
    assert!(matches!(found.refused[1].why, Refusal::Unreadable(_)));
    assert_eq!(found.refused[1].place, gone.display().to_string());

    // Without its name nothing says whose folder it is; verify says the same.
    let renamed = export.with_file_name("ban-sao");
    fs::rename(&export, &renamed).unwrap();
    let neighbour = Desk::new("AG-TRITON", "D2");
    neighbour.export(root.path(), (1, 1), [neighbour.closing(day(1), 1, SOME)]);
    let (_out, found) = merged(&request(&[root.path()]));
    let (place, why) = only_refusal(&found);
    assert_eq!(place, self::place(&renamed));
    assert!(why.advice().starts_with("Vui lòng đổi tên thư mục lại"), "{why}");
    assert_eq!(found.sum, figures(day(1), SOME));
}

#[test]
fn a_result_is_whole_or_not_there_and_an_earlier_one_steps_aside() {
    let [root, out] = [(); 2].map(|()| tempdir().unwrap());
    let desk = Desk::new("AG-TRITON", "D1");
    let export = desk.export(root.path(), (1, 1), [desk.closing(day(1), 1, FEW)]);
    // What a power cut left behind.
    fs::create_dir(out.path().join(".tong-hop.part")).unwrap();
    fs::write(out.path().join(".tong-hop.part/tong-hop.xlsx"), "nửa chừng").unwrap();
    fs::write(out.path().join("của-tôi.txt"), "giữ nguyên").unwrap();
    let request = request(&[root.path()]);
    let names = || -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(out.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let first = merge(&request, out.path()).unwrap().folder;
    let workbook = fs::read(first.join("tong-hop.xlsx")).unwrap();
    let result = "tong-hop_2026-11-01_2026-11-01";
    assert_eq!(names(), ["của-tôi.txt", result]);
    assert_eq!(fs::read_dir(&first).unwrap().count(), 1 + 2 * 8, "a workbook, eight tables twice");

    merge(&request, out.path()).unwrap();
    merge(&request, out.path()).unwrap();
    let aside = [1, 2].map(|number| format!("{result}.cu-{number}"));
    assert_eq!(names(), ["của-tôi.txt", result, &aside[0], &aside[1]]);
    assert_eq!(fs::read(out.path().join(&aside[0]).join("tong-hop.xlsx")).unwrap(), workbook);

    // Nothing usable: what is there stays as it is.
    fs::write(export.join("tong-hop.csv"), "đã sửa").unwrap();
    let error = merge(&request, out.path()).unwrap_err();
    assert!(matches!(error, MergeError::NothingAccepted(_)), "{error}");
    assert_eq!(names().len(), 4);
    let file = out.path().join("của-tôi.txt");
    let error = merge(&request, &file).unwrap_err();
    assert!(matches!(error, MergeError::Place(_)), "{error}");
    assert_eq!(fs::read_to_string(file).unwrap(), "giữ nguyên");
}

/// Needs root; where that is missing it says so.
#[test]
fn a_full_medium_leaves_the_earlier_result_whole() {
    let [root, out] = [(); 2].map(|()| tempdir().unwrap());
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=160k", "none"])
        .arg(out.path())
        .output()
        .is_ok_and(|told| told.status.success());
    if !mounted {
        std::io::stderr().write_all(b"SKIPPED: no tmpfs can be mounted here\n").unwrap();
        return;
    }
    let desk = Desk::new("AG-TRITON", "D1");
    desk.export(root.path(), (1, 1), [desk.closing(day(1), 1, FEW)]);
    let request = request(&[root.path()]);
    let first = merge(&request, out.path()).unwrap().folder;
    let read = || fs::read(first.join("tong-hop.xlsx")).unwrap();
    let workbook = read();
    let errors: Vec<String> = (0..4)
        .map_while(|_| merge(&request, out.path()).err())
        .map(|error| error.to_string())
        .collect();
    let (left, found) = (fs::read_dir(out.path()).unwrap().count(), read());
    assert!(Command::new("umount").arg(out.path()).status().unwrap().success());
    assert!(!errors.is_empty(), "the medium was to be too small for a second result");
    assert_eq!(left, 1, "{errors:?}");
    assert_eq!(found, workbook);
}

proptest! {
    // Every case syncs its files as an export does.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_sum_is_the_naive_sum_of_the_closings_that_count(
        desks in prop::collection::vec(
            prop::collection::btree_map(
                1_u32..8,
                prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 1..4),
                1..4,
            ),
            1..5,
        ),
        twice in any::<bool>(),
    ) {
        let [root, copies] = [(); 2].map(|()| tempdir().unwrap());
        let (mut naive, mut closed) = (Vec::new(), 0);
        for (number, days) in desks.iter().enumerate() {
            // Two desks a station.
            let (station, point) = (format!("S{}", number / 2), format!("D{}", number % 2));
            let desk = Desk::new(&station, &point);
            let closings = days.iter().flat_map(|(on, closings)| {
                (1..).zip(closings).map(|(number, visits)| desk.closing(day(*on), number, visits))
            });
            let export = desk.export(root.path(), (1, 7), closings.collect::<Vec<_>>());
            if twice {
                copy(&export, copies.path());
            }
            closed += days.len() as u64;
            let last = |(on, closings): (&u32, &Vec<Vec<u8>>)| {
                (station.clone(), figures(day(*on), closings.last().unwrap()))
            };
            naive.extend(days.iter().map(last));
        }
        let inputs: &[&Path] = if twice { &[root.path(), copies.path()] } else { &[root.path()] };
        let (_out, merged) = merged(&request(inputs));
        let all = || naive.iter().map(|(_, figures)| figures.clone());
        prop_assert_eq!(&merged.sum, &sum(all()));
        prop_assert_eq!(merged.closings, closed);
        prop_assert_eq!(merged.gaps.iter().map(tiepdon::merge::Gap::days).sum::<u64>(),
            7 * desks.len() as u64 - closed);
        let arrivals = |rows: &[BTreeMap<String, Value>]| {
            rows.iter().map(|row| row["Lượt đến"].as_u64().unwrap_or_default()).sum::<u64>()
        };
        for stem in ["tong-hop-tram", "tong-hop-diem", "tong-hop-ngay"] {
            prop_assert_eq!(arrivals(&rows(&merged, stem)), merged.sum.arrivals);
        }
        for row in rows(&merged, "tong-hop-tram") {
            let of_it = naive.iter().filter(|(station, _)| row["Mã trạm"] == station.as_str());
            let figures = sum(of_it.map(|(_, figures)| figures.clone()));
            if row["Ngày đã chốt"] == 0 {
                prop_assert!(row["Lượt đến"].is_null(), "of no closing nothing is known");
                continue;
            }
            prop_assert_eq!(&row["Lượt đến"], &figures.arrivals);
            prop_assert_eq!(&row["Dùng VNeID"], &figures.used.vneid());
            prop_assert_eq!(&row["Được hướng dẫn"], &figures.guided);
            prop_assert_eq!(&row["Từ 60 tuổi"], &figures.ages.from_60());
        }
    }
}

/// How LibreOffice tells what it sees in every sheet: comma, double quote, UTF-8, from the first
/// line, English; quotes around text and nothing else; numbers in full.
const EVERY_SHEET: &str =
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true,false,false,false,-1";

#[test]
fn libreoffice_reads_the_numbers_of_every_sheet_as_they_were_summed() {
    if Command::new("soffice").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI must have LibreOffice (soffice)");
        std::io::stderr().write_all(b"SKIPPED: no LibreOffice (soffice)\n").unwrap();
        return;
    }
    let [root, room] = [(); 2].map(|()| tempdir().unwrap());
    let mut desk = Desk::new("AG-TRITON", "D1");
    // A name by someone who wants to see a formula run.
    desk.heading.station_name = "=1+1 Trạm".to_owned();
    let closings = [desk.closing(day(1), 1, SOME), desk.closing(day(2), 1, &[])];
    desk.export(root.path(), (1, 3), closings);
    let (_out, merged) = merged(&request(&[root.path()]));
    let told = Command::new("soffice")
        .args(["--headless", &format!("-env:UserInstallation=file://{}/p", room.path().display())])
        .args(["--convert-to", EVERY_SHEET, "--outdir"])
        .args([room.path(), &merged.folder.join("tong-hop.xlsx")])
        .output()
        .unwrap();
    let sheet = |name: &str| -> Vec<String> {
        let lines = fs::read_to_string(room.path().join(format!("tong-hop-{name}.csv")));
        let lines = lines.unwrap_or_else(|error| panic!("{name}: {error}: {told:?}"));
        lines.lines().map(str::to_owned).collect()
    };
    let expected = figures(day(1), SOME);
    let (arrivals, vneid) = (expected.arrivals, expected.used.vneid());
    let has = |name: &str, line: &str| {
        let seen = sheet(name);
        assert!(seen.iter().any(|seen| seen.starts_with(line)), "{line} not in {seen:#?}");
    };
    has("Tổng hợp chung", &format!("\"Tổng số lượt đến khám\",{arrivals},,"));
    has(
        "Tổng hợp chung",
        &format!("\"Sổ khám bệnh: sổ sức khỏe điện tử trên VNeID\",{vneid},{arrivals},"),
    );
    let name = "\"AG-TRITON\",\"=1+1 Trạm\"";
    has("Theo trạm", &format!("{name},1,2,1,{arrivals},{vneid},"));
    has("Theo trạm", &format!("\"Cộng\",,1,2,1,{arrivals},{vneid},"));
    has("Theo điểm", &format!("{name},\"D1\",\"Bàn D1\",2,1,{arrivals},{vneid},"));
    // In full a day is told in English: month, day, year.
    has("Theo ngày", &format!("\"AG-TRITON\",\"D1\",11/01/2026,1,{arrivals},{vneid},"));
    has("Theo ngày", "\"AG-TRITON\",\"D1\",11/02/2026,1,0,0,,0,");
    has("Theo ngày", &format!("\"Cộng\",,,,{arrivals},{vneid},"));
    has("Thiếu", &format!("{name},\"D1\",\"Bàn D1\",11/03/2026,11/03/2026,1,"));
    has("Nguồn", &format!("{name},\"D1\",\"Bàn D1\",11/01/2026,11/03/2026,"));
    for empty in ["Trùng", "Bị từ chối"] {
        has(empty, "\"Mã trạm\",");
    }
    // CSV, where quotes are gone before a cell is read.
    let values = fs::read_to_string(merged.folder.join("tong-hop-tram.csv")).unwrap();
    assert!(values.contains(",\"'=1+1 Trạm\","), "{values}");
    assert_eq!(origin("AG-TRITON", "D1"), desk.heading.origin);
}
