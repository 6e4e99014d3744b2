//! Exports are for people with a spreadsheet, so a real one must open them: LibreOffice reads the
//! produced files and tells what it understood. Only letters, numbers and days that come back as
//! they went in are right, whatever our own reading of the format says.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where it meets something it did not expect"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tiepdon::event::{
    AgeBand, Arrival, CardKind, Choice, Entry, Event, EventSeq, Guidance, Moment, Origin,
    RecordUsed, Source, StationDay, VisitId, VisitNo, What,
};
use tiepdon::export;
use tiepdon::figures::Tally;
use tiepdon::report::Heading;
use uuid::Uuid;

/// How LibreOffice tells what it sees: comma, double quote, UTF-8, from the first line, English;
/// quotes around text and nothing else; numbers the way they are shown.
const AS_SHOWN: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true,true";
/// The same with numbers in full.
const IN_FULL: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true,false";
/// How LibreOffice is told to read CSV, as its window proposes for a file with a byte order mark:
/// comma, double quote, UTF-8, numbers and days recognised.
const OF_CSV: &str = "--infilter=CSV:44,34,76,1,,1033,false,true";

/// A station that was named by someone who wants to see a formula run.
const STATION_NAME: &str = "=1+1 Trạm y tế xã Tri Tôn";
/// Every letter that Vietnamese adds to ASCII.
const POINT_NAME: &str = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀ\
    ềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ";

fn day() -> StationDay {
    "2026-11-24".parse().unwrap()
}

fn heading() -> Heading {
    Heading {
        station_name: STATION_NAME.into(),
        origin: Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() },
        point_name: POINT_NAME.into(),
        made_at: moment(10 * 3_600_000),
    }
}

fn moment(since_midnight_ms: i64) -> Moment {
    let wall_ms = day().begins_ms() + since_midnight_ms;
    Moment { wall_ms, uptime_ms: 0, boot: Uuid::nil(), sure: true }
}

/// Forty invented visits from seven o'clock on, one every four minutes.
fn morning() -> Vec<Event> {
    let cards = [None, Some(CardKind::Cccd), Some(CardKind::CanCuoc), Some(CardKind::Insurance)];
    let ages = [AgeBand::From70, AgeBand::From14, AgeBand::From60, AgeBand::Under14];
    let choices = [
        Some((RecordUsed::Vneid, Source::SelfDeclared)),
        Some((RecordUsed::Paper, Source::SelfDeclared)),
        Some((RecordUsed::Vneid, Source::NurseConfirmed)),
        Some((RecordUsed::Neither, Source::SelfDeclared)),
        None,
    ];
    let mut events = Vec::new();
    for visit in 0..40_usize {
        let number = u32::try_from(visit).unwrap() + 1;
        let mut what = vec![What::Arrived(Arrival {
            number: VisitNo(number),
            card: cards[visit % cards.len()],
            age: ages[visit % ages.len()],
            entry: Entry::Usual,
        })];
        if let Some((used, source)) = choices[visit % choices.len()] {
            what.push(What::Chose(Choice { used, source }));
            if used == RecordUsed::Neither {
                what.push(What::Guided(Guidance {
                    guide: "tich-hop-bhyt".into(),
                    version: 1,
                    reached: 5,
                    steps: 5,
                    finished: true,
                }));
            }
        }
        for what in what {
            let seq = events.len() as u64 + 1;
            events.push(Event {
                seq: EventSeq(seq),
                id: Uuid::from_u64_pair(seq, 0),
                origin: heading().origin,
                day: day(),
                at: moment(7 * 3_600_000 + i64::from(number) * 240_000),
                visit: Some(VisitId(Uuid::from_u64_pair(number.into(), u64::MAX))),
                by: None,
                what,
            });
        }
    }
    events
}

/// Whether LibreOffice is here. In CI it has to be.
fn spreadsheet_is_here() -> bool {
    let here = Command::new("soffice").arg("--version").output().is_ok();
    assert!(here || std::env::var_os("CI").is_none(), "CI must have LibreOffice (soffice)");
    if !here {
        // Straight to the terminal: what a passing test prints with a macro is not shown.
        let missing = "SKIPPED: no LibreOffice (soffice); apt install libreoffice-calc-nogui\n";
        std::io::stderr().write_all(missing.as_bytes()).unwrap();
    }
    here
}

/// The lines LibreOffice tells after opening each of `files`, all of the same kind.
fn seen<const N: usize>(files: [&Path; N], how: &str) -> [Vec<String>; N] {
    let room = tempfile::tempdir().unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", room.path().display());
    let reading = files[0].extension().is_some_and(|kind| kind == "csv").then_some(OF_CSV);
    let told = Command::new("soffice")
        .args(["--headless", profile.as_str()])
        .args(reading)
        .args(["--convert-to", how, "--outdir"])
        .arg(room.path())
        .args(files)
        .output()
        .unwrap();
    files.map(|file| {
        let lines = room.path().join(file.with_extension("csv").file_name().unwrap());
        let lines = std::fs::read_to_string(lines);
        let lines = lines.unwrap_or_else(|error| panic!("{error}: {told:?}"));
        lines.lines().map(str::to_owned).collect()
    })
}

/// The exported files: figures as XLSX and CSV, events as XLSX and CSV.
fn exported(events: &[Event], dir: &Path) -> [PathBuf; 4] {
    export::day(&heading(), day(), events, dir).unwrap().try_into().unwrap()
}

#[test]
fn libreoffice_reads_the_figures_that_were_counted() {
    if !spreadsheet_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let events = morning();
    let figures = Tally::of(day(), &events).figures();
    assert_eq!((figures.arrivals, figures.scanned(), figures.used.vneid()), (40, 30, 16));
    assert_eq!((figures.cards.insurance, figures.guided), (10, 8));

    let [workbook, values, ..] = exported(&events, dir.path());
    let [workbook] = seen([&workbook], IN_FULL);
    let [values] = seen([&values], IN_FULL);
    let assert_both_say = |line: &str| {
        assert!(workbook.iter().any(|seen| seen == line), "{line} not in {workbook:#?}");
        assert!(values.iter().any(|seen| seen.ends_with(line)), "{line} not in {values:#?}");
    };
    assert_both_say(&format!("\"Tổng số lượt đến khám\",{},,", figures.arrivals));
    for (name, part, rate) in [
        ("Lượt quét thẻ hoặc mã", figures.scanned(), "75%"),
        ("Lượt không quét", figures.without_card, "25%"),
        ("Sổ khám bệnh: sổ sức khỏe điện tử trên VNeID", figures.used.vneid(), "40%"),
        ("Dùng VNeID: người dân tự khai", figures.used.vneid_self_declared, "20%"),
        ("Dùng VNeID: nhân viên xác nhận", figures.used.vneid_confirmed, "20%"),
        ("Sổ khám bệnh: sổ giấy", figures.used.paper, "20%"),
        ("Sổ khám bệnh: chưa chọn", figures.used.unfinished, "20%"),
        ("Lượt xem hướng dẫn trên máy", figures.guided, "20%"),
        ("Tuổi: từ 14 đến 69", figures.ages.from_14_to_69(), "50%"),
        ("Người cao tuổi (từ 60 trở lên)", figures.ages.from_60(), "50%"),
        ("Lượt ghi khi chưa chắc ngày giờ", figures.unsure_clock, "0%"),
    ] {
        assert_both_say(&format!("\"{name}\",{part},{},{rate}", figures.arrivals));
    }
    // The workbook holds a third in full; CSV, which must not hold a decimal mark, in whole percent.
    let third = "\"Đã quét: thẻ bảo hiểm y tế\",10,30,33";
    assert!(workbook.contains(&format!("{third}.3333333333333%")), "{workbook:#?}");
    assert!(values.iter().any(|line| line.ends_with(&format!("{third}%"))), "{values:#?}");
}

#[test]
fn libreoffice_shows_a_workbook_as_it_is_meant() {
    if !spreadsheet_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let [figures, _, events, _] = exported(&morning(), dir.path());
    let [figures, events] = seen([&figures, &events], AS_SHOWN);

    // What stands without quotes is a number or a day to LibreOffice, and not a text.
    for line in [
        &format!("\"Đơn vị: {STATION_NAME}\",,,"),
        &format!("\"Điểm tiếp đón: {POINT_NAME}\",,,"),
        "Ngày: 24/11/2026,,,",
        "\"Đã quét: thẻ bảo hiểm y tế\",10,30,33.3%",
    ] {
        assert!(figures.iter().any(|seen| seen == line), "{line} not in {figures:#?}");
    }
    let headings = events.iter().position(|line| line.starts_with("\"Mã trạm\"")).unwrap();
    let rows = &events[headings + 1..][..morning().len()];
    for row in rows {
        let hour = ["7 giờ", "8 giờ", "9 giờ"]
            .into_iter()
            .find(|hour| row.starts_with(&format!("\"AG-TRITON\",\"D1\",24/11/2026,{hour},\"L")));
        assert!(hour.is_some(), "{row}");
    }
    assert!(!events[headings + 1 + rows.len()].contains("AG-TRITON"));
}

#[test]
fn libreoffice_reads_the_comma_separated_values_as_they_were_written() {
    if !spreadsheet_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let [_, figures, _, events] = exported(&morning(), dir.path());
    for lines in seen([&figures, &events], AS_SHOWN) {
        assert!(lines[0].starts_with("\"Đơn vị\",\""), "the byte order mark shows: {}", lines[0]);
        for line in &lines[1..] {
            assert!(line.starts_with(&format!("\"'{STATION_NAME}\",")), "{line}");
            assert!(line.contains(&format!("\"{POINT_NAME}\"")), "{line}");
            assert!(line.contains(",2026-11-24,"), "{line}");
        }
    }
}

#[test]
fn libreoffice_runs_no_text_of_a_workbook_as_a_formula() {
    if !spreadsheet_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut events = morning();
    for event in &mut events {
        if let What::Guided(guidance) = &mut event.what {
            guidance.guide = "=1+1".into();
        }
    }
    let [_, _, workbook, _] = exported(&events, dir.path());
    let [lines] = seen([&workbook], AS_SHOWN);
    assert!(lines.iter().any(|line| line.contains("\"=1+1, bản 1\"")), "{lines:#?}");
}

#[test]
fn libreoffice_opens_a_day_without_visits() {
    if !spreadsheet_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let [figures, _, events, _] = exported(&[], dir.path());
    let [figures, events] = seen([&figures, &events], IN_FULL);
    assert!(figures.contains(&"\"Tổng số lượt đến khám\",0,,".to_owned()), "{figures:#?}");
    assert!(figures.contains(&"\"Tuổi: dưới 14\",0,0,".to_owned()), "{figures:#?}");
    assert!(events.iter().any(|line| line.starts_with("\"Mã trạm\"")), "{events:#?}");
}
