//! What `docs/du-lieu.md` promises to analysts: the exports of several days read with the five lines it
//! prints. With pandas they are run; without it the same files are read by a plain reader of CSV.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use tiepdon::clock::Clock;
use tiepdon::event::{
    AgeBand, Choice, ClosingWay, Entry, Origin, RecordUsed, Source, StationDay, VisitId, What,
};
use tiepdon::journal::{Journal, NewArrival, Sealed};
use tiepdon::seal::StationKey;

const DICTIONARY: &str = include_str!("../docs/du-lieu.md");

const FIRST: i64 = 1_793_836_800_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// Visits of each day, and how many of them used VNeID; the last day is not closed.
const DAYS: [(u32, u32); 4] = [(3, 2), (0, 0), (5, 1), (4, 4)];

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

fn day(index: usize) -> StationDay {
    at(index).station_day()
}

fn at(index: usize) -> tiepdon::event::Moment {
    Clock::simulated(FIRST + i64::try_from(index).unwrap() * DAY_MS, 1).now()
}

/// A station of some days, exported day by day.
fn exported(root: &Path) {
    let data = root.join("data");
    fs::create_dir(&data).unwrap();
    let mut journal = Journal::open(&data, origin(), at(0)).unwrap().journal;
    let started = What::Started {
        version: "0.1.0".into(),
        station_name: "Trạm Y tế xã Tri Tôn".into(),
        point_name: "Bàn 1".into(),
    };
    journal.note(at(0), None, started).unwrap();
    let mut id = 0;
    for (index, (visits, vneid)) in DAYS.into_iter().enumerate() {
        for visit in 0..visits {
            id += 1;
            let visit_id = VisitId(uuid::Uuid::from_u128(id));
            let arrival = NewArrival {
                card: None,
                age: AgeBand::From70,
                identity: None,
                person: None,
                entry: Entry::Usual,
                day: None,
                by: None,
            };
            journal.arrive(visit_id, at(index), &arrival).unwrap();
            let used = if visit < vneid { RecordUsed::Vneid } else { RecordUsed::Paper };
            let what = What::Chose(Choice { used, source: Source::SelfDeclared });
            journal.record((visit_id, day(index)), at(index), None, what).unwrap();
        }
        if index + 1 < DAYS.len() {
            let mut seal = |_: &_| Sealed { document: b"{}".to_vec(), signature: [0; 64] };
            journal.close(day(index), at(index), None, ClosingWay::Itself, &mut seal).unwrap();
        }
    }
    drop(journal);
    StationKey::open_or_make(&data).unwrap();
    for index in 0..DAYS.len() {
        let output = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .args(["export", "--data", data.to_str().unwrap(), "--to", root.to_str().unwrap()])
            .args(["--day", &day(index).to_string()])
            .output()
            .unwrap();
        assert_eq!(output.status.success(), index + 1 < DAYS.len(), "{output:?}");
    }
}

/// The lines of Python that the dictionary prints.
fn printed() -> &'static str {
    DICTIONARY.split_once("```python\n").unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_five_lines_of_the_dictionary_read_the_files_of_several_days() {
    let root = tempfile::tempdir().unwrap();
    exported(root.path());
    assert_eq!(printed().lines().count(), 5);

    let (mut arrivals, mut vneid, mut days) = (0, 0, 0);
    for folder in fs::read_dir(root.path().join("TIEPDON")).unwrap() {
        let files = fs::read_dir(folder.unwrap().path()).unwrap().map(|file| file.unwrap().path());
        for file in files.filter(|file| {
            let name = file.file_name().unwrap().to_str().unwrap();
            name.starts_with("cac-ngay_") && name.ends_with(".csv")
        }) {
            let mut reader = csv::Reader::from_path(file).unwrap();
            let headings = reader.headers().unwrap().clone();
            let place = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
            for row in reader.records() {
                let row = row.unwrap();
                let number = |name: &str| row[place(name)].parse::<u32>().unwrap();
                arrivals += number("Lượt đến");
                vneid += number("Dùng VNeID");
                days += 1;
            }
        }
    }
    assert_eq!((days, arrivals, vneid), (3, 8, 3), "the day that is not closed is not there");

    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let has_pandas = Command::new(&python).args(["-c", "import pandas"]).output();
    if !has_pandas.is_ok_and(|output| output.status.success()) {
        std::io::stderr().write_all(b"SKIPPED: no pandas; read as CSV alone\n").unwrap();
        return;
    }
    let output = Command::new(&python)
        .args(["-c", printed()])
        .current_dir(root.path())
        .env("PYTHONIOENCODING", "utf-8")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let last: Vec<&str> = told.lines().last().unwrap().split_whitespace().collect();
    assert!(last.starts_with(&["AG-TRITON", "D1"]), "{told}");
    let numbers: Vec<f64> = last[2..].iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(numbers, [8.0, 3.0], "{told}");
}
