//! Exports are for people with a spreadsheet, so a real one must open them: LibreOffice reads the
//! produced files and tells what it understood. Only letters, numbers and days that come back as
//! they went in are right, whatever our own reading of the format says.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where it meets something it did not expect"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tiepdon::campaign::{Campaign, Days};
use tiepdon::configuration::Configuration;
use tiepdon::event::{
    AgeBand, Arrival, CardKind, Choice, EnteredNumber, Entry, Event, EventSeq, Guidance,
    Hundredths, Moment, Origin, RecordUsed, Source, StationDay, VisitId, VisitNo, What,
};
use tiepdon::figures::{Counted, Entered, Observed, Share, Tally};
use tiepdon::report::{
    self, Basis, Cell, Document, Form, Format, Heading, days_of_report, of_campaign,
};
use tiepdon::station::Letterhead;
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
        let lines = fs::read_to_string(lines);
        let lines = lines.unwrap_or_else(|error| panic!("{error}: {told:?}"));
        lines.lines().map(str::to_owned).collect()
    })
}

/// The exported files: figures as XLSX and CSV, events as XLSX and CSV.
fn exported(events: &[Event], dir: &Path) -> [PathBuf; 4] {
    let tables = report::of_day(&heading(), day(), events);
    let files = tables.iter().flat_map(|table| Format::ALL.map(|format| (table, format)));
    let written = files.map(|(table, format)| {
        let path = dir.join(format!("{}.{}", table.stem, format.ending()));
        format.write(table, fs::File::create(&path).unwrap()).unwrap();
        path
    });
    written.collect::<Vec<_>>().try_into().unwrap()
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
    // The workbook shows a rate in percent; CSV holds the number alone.
    let assert_both_say = |line: &str| {
        assert!(workbook.iter().any(|seen| seen == line), "{line} not in {workbook:#?}");
        let line = line.trim_end_matches('%');
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
    // The workbook holds a third in full; CSV with one decimal.
    let third = "\"Đã quét: thẻ bảo hiểm y tế\",10,30,33";
    assert!(workbook.contains(&format!("{third}.3333333333333%")), "{workbook:#?}");
    assert!(values.iter().any(|line| line.ends_with(&format!("{third}.3"))), "{values:#?}");
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

/// What is understood of every sheet of a workbook, by the name of the sheet, numbers in full.
fn sheets_of(workbook: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    const EVERY_SHEET: &str =
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true,false,false,false,-1";
    let room = tempfile::tempdir().unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", room.path().display());
    let told = Command::new("soffice")
        .args(["--headless", profile.as_str(), "--convert-to", EVERY_SHEET, "--outdir"])
        .arg(room.path())
        .arg(workbook)
        .output()
        .unwrap();
    let stem = workbook.file_stem().unwrap().to_str().unwrap();
    let mut sheets = Vec::new();
    for file in fs::read_dir(room.path()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let Some(sheet) = name.strip_prefix(&format!("{stem}-")) else { continue };
        let mut rows = csv::ReaderBuilder::new();
        let rows = rows.has_headers(false).flexible(true).from_path(&path).unwrap();
        let rows = rows.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        sheets.push((sheet.to_owned(), rows.collect()));
    }
    assert!(!sheets.is_empty(), "{told:?}");
    sheets
}

/// Whether LibreOffice understood what the report says.
fn is_understood(seen: &str, cell: &Cell) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    let close = |seen: Option<f64>, meant: f64| seen.is_some_and(|it| (it - meant).abs() < 1e-9);
    match cell {
        Cell::Blank => seen.is_empty(),
        Cell::Unknown => seen == "–",
        Cell::Text(text) => seen == text,
        Cell::Number(meant) => close(number(seen), *meant as f64),
        Cell::Decimal(Hundredths(meant)) => close(number(seen), f64::from(*meant) / 100.0),
        Cell::Share(share) => match share.ratio() {
            Some(ratio) => {
                let percent = seen.strip_suffix('%').and_then(number);
                percent.is_some_and(|it| (it - ratio * 100.0).abs() < 1e-9)
            }
            None => seen.is_empty(),
        },
        // In full a day is told the English way, whatever way it is shown.
        Cell::Day(day) => seen == day.0.format("%m/%d/%Y").to_string(),
        Cell::Hour(hour) => seen == format!("{hour} giờ"),
    }
}

/// The first week of a campaign: the invented morning on its first day, and a number of the police.
fn report_of(campaign: &Campaign) -> Document {
    let from = campaign.days.from;
    let week = Days { from, to: StationDay(from.0 + chrono::Days::new(6)) };
    let mut events = morning();
    for event in &mut events {
        event.day = from;
    }
    for (_, count) in campaign.hand_counts() {
        let entered =
            EnteredNumber { figure: count.id.as_str().to_owned(), number: Some(Hundredths(9245)) };
        let what = What::NumberEntered(entered);
        events.push(Event { visit: None, what, ..events[0].clone() });
    }
    let counted = |day| {
        let tally = Tally::of(day, &events);
        Counted::from(Observed { tally: &tally, desk: Share { part: 300, whole: 480 } })
    };
    let days: Vec<_> = days_of_report(campaign, week).map(counted).collect();
    let entered = Entered::of(&events);
    let basis = Basis { days: &days, entered: &entered, closings: &[] };
    // Twelve digits with a zero before them, as no number keeps them.
    let heading = Heading { point_name: "012345678901".into(), ..heading() };
    of_campaign(&heading, &Letterhead::of("Xã Tri Tôn"), campaign, week, &basis)
}

#[test]
fn libreoffice_reads_every_number_of_the_report_of_every_plan() {
    if !spreadsheet_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let configuration = Configuration::embedded().unwrap();
    assert_eq!(configuration.campaigns.len(), 5);
    for campaign in configuration.campaigns.values() {
        let document = report_of(campaign);
        let file = Form::Xlsx.files(&document).unwrap().remove(0);
        let path = dir.path().join(format!("{}.xlsx", campaign.id));
        fs::write(&path, file.bytes).unwrap();
        let sheets = sheets_of(&path);
        let chart = document.chart.table();
        let mut understood = 0;
        for table in document.tables().into_iter().chain([&chart]) {
            let (_, seen) = sheets.iter().find(|(name, _)| name == table.sheet).unwrap();
            let is_heading = |row: &Vec<String>| {
                table.columns.iter().zip(row).all(|(column, seen)| column.heading == *seen)
            };
            let headings = seen.iter().position(is_heading).unwrap();
            for (row, meant) in seen[headings + 1..].iter().zip(&table.rows) {
                for (seen, meant) in row.iter().zip(meant) {
                    let place = (campaign.id.as_str(), table.sheet);
                    assert!(is_understood(seen, meant), "{place:?}: {meant:?} is read as {seen:?}");
                    understood += 1;
                }
            }
        }
        assert!(understood > 150, "{understood} cells of {}", campaign.id);
        let letter: Vec<&str> =
            sheets.iter().flat_map(|(_, rows)| rows.iter().flatten()).map(String::as_str).collect();
        let station = STATION_NAME.to_uppercase();
        let ground = document.letter.ground.as_str();
        assert!(ground.contains("012345678901"));
        for line in ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", &station, ground, "GIÁM ĐỐC"]
        {
            assert!(letter.contains(&line), "{line} in the letter of {}", campaign.id);
        }
    }
}
