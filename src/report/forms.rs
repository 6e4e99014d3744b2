//! Every form of a report carries the same numbers: each is read back as its readers read it, and
//! compared with the document cell by cell. What the other tests of forms are made of, too.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::sample::heading;
use super::{
    Basis, Cell, ClosedDay, Closing, Column, Document, Form, Heading, Holds, Table, closing,
    days_of_report, of_campaign, page, written,
};
use crate::campaign::{Campaign, Days, Means};
use crate::configuration::Configuration;
use crate::event::{
    AgeBand, CardKind, ClosingWay, EnteredNumber, Hindrance, Hundredths, Integration,
    IntegrationResult, JournalId, Obstacle, RecordUsed, Source, StationDay, What,
};
use crate::figures::sample::Desk;
use crate::figures::{Counted, Entered, Known, Observed, Share, Tally};
use crate::station::Letterhead;

fn campaigns() -> Vec<Campaign> {
    let configuration = Configuration::embedded().unwrap();
    assert_eq!(configuration.campaigns.len(), 5);
    configuration.campaigns.into_values().collect()
}

/// Invented days: what happens follows from `seed`, with a day in five without visits.
pub(super) fn days(campaign: &Campaign, period: Days, visits: u64, seed: u64) -> Desk {
    let mut state = seed;
    let mut roll = move |sides: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % sides).unwrap()
    };
    let mut desk = Desk::open(period.from);
    for day in days_of_report(campaign, period) {
        desk.day = day;
        desk.clock_sure = roll(6) > 0;
        let visits = if roll(5) == 0 { 0 } else { roll(visits) };
        for _ in 0..visits {
            let cards = [None, Some(CardKind::Cccd), Some(CardKind::Insurance)];
            let ages = [AgeBand::From70, AgeBand::From14, AgeBand::Under14, AgeBand::Unknown];
            let visit = desk.arrives(cards[roll(3)], ages[roll(4)]);
            let used = [RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither];
            let source = [Source::SelfDeclared, Source::NurseConfirmed][roll(2)];
            if let Some(used) = used.get(roll(4)) {
                desk.chooses(visit, *used, source);
            }
            if roll(3) == 0 {
                desk.is_guided(visit, 5);
            }
            if roll(3) == 0 {
                let result = IntegrationResult::ALL[roll(10)];
                desk.notes(Some(visit), What::Integrated(Integration { result, source }));
            }
            if roll(3) == 0 {
                let obstacle = Obstacle::ALL[roll(8)];
                desk.notes(Some(visit), What::Hindered(Hindrance { obstacle, source }));
            }
        }
        for target in &campaign.targets {
            if let (Means::ByHand(count), 0) = (&target.means, roll(4)) {
                let number = Some(Hundredths(u32::try_from(roll(10_001)).unwrap()));
                let figure = count.id.as_str().to_owned();
                desk.notes(None, What::NumberEntered(EnteredNumber { figure, number }));
            }
        }
    }
    desk
}

fn closed(desk: &Desk, day: StationDay) -> ClosedDay {
    let document = closing(&Closing {
        heading: &heading(),
        hours: &[420..600, 610..690],
        day,
        number: 1,
        way: ClosingWay::Head,
        by: Some(Desk::nurse()),
        journal: JournalId(Uuid::nil()),
        total: 17,
        chain: [0xab; 32],
        events: &desk.events,
        public_key: "",
    });
    ClosedDay::read(day, 1, &document.unwrap()).unwrap()
}

/// The report of invented days; every third day is not closed, the last is to come, and the machine
/// came two days late.
pub(super) fn document(
    heading: &Heading,
    campaign: &Campaign,
    period: Days,
    visits: u64,
    seed: u64,
) -> Document {
    let desk = days(campaign, period, visits, seed);
    let is_closed = |(index, _): &(i32, StationDay)| index % 3 != 2;
    let known = Known {
        began: campaign.days.from.0.checked_add_days(chrono::Days::new(2)).map(StationDay),
        closed: days_of_report(campaign, period)
            .skip(2)
            .filter(|day| *day < period.from)
            .chain((0..).zip(period.iter()).filter(is_closed).map(|(_, day)| day))
            .filter(|day| *day < period.to)
            .collect(),
        today: StationDay(period.to.0.pred_opt().unwrap()),
    };
    let counted: Vec<Counted> = days_of_report(campaign, period)
        .map(|day| {
            let of_day = desk.events.iter().filter(|event| event.day == day);
            let of_day: Vec<_> = of_day.cloned().collect();
            let tally = Tally::of(day, &of_day);
            let day = Observed { tally: &tally, desk: Share { part: 300, whole: 480 } };
            Counted::from(day).as_known(&known)
        })
        .collect();
    let days = period.iter().filter(|day| known.closed.contains(day));
    let closings: Vec<ClosedDay> = days.map(|day| closed(&desk, day)).collect();
    let entered = Entered::of(&desk.events);
    let basis = Basis { days: &counted, entered: &entered, closings: &closings };
    of_campaign(heading, &Letterhead::of("Xã Tri Tôn"), campaign, period, &basis)
}

/// The third week of a campaign.
pub(super) fn week(campaign: &Campaign) -> Days {
    let mut days = campaign.days.iter().skip(14).take(7);
    let from = days.next().unwrap();
    Days { from, to: days.last().unwrap() }
}

/// A week of each of the five campaigns.
pub(super) fn documents() -> Vec<Document> {
    let of = |campaign: &Campaign| document(&heading(), campaign, week(campaign), 9, 7);
    campaigns().iter().map(of).collect()
}

/// A week of a station and a desk of this name.
pub(super) fn named(name: &str) -> Document {
    let heading = Heading { station_name: name.into(), point_name: name.into(), ..heading() };
    let campaign = &campaigns()[4];
    document(&heading, campaign, week(campaign), 9, 7)
}

/// The longest report there is: 33 columns, three months.
pub(super) fn longest() -> Document {
    let campaigns = campaigns();
    let campaign = campaigns.iter().find(|one| one.id.as_str() == "tri-ton-2026").unwrap();
    assert_eq!(campaign.columns.len(), 33);
    assert!(campaign.days.count() >= 92);
    document(&heading(), campaign, campaign.days, 6, 7)
}

/// What was read back from a cell.
#[derive(Clone, Debug, PartialEq)]
enum Read {
    Nothing,
    Number(f64),
    /// In percent, all that a form says.
    Percent(f64),
    Share(u64, u64),
    Text(String),
}

/// Whether what was read is what the document says.
fn says(read: &Read, cell: &Cell) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
    match (cell, read) {
        // A form for people shows that a number is missing, one for programs has none.
        (Cell::Blank | Cell::Unknown, Read::Nothing) => true,
        (Cell::Unknown, Read::Text(read)) => read == written::UNKNOWN,
        (Cell::Text(text), Read::Text(read)) => read == text,
        (Cell::Text(text), Read::Nothing) => text.is_empty(),
        // Words that look like a number are one to who reads without asking.
        (Cell::Text(text), Read::Number(read)) => text.parse() == Ok(*read),
        (Cell::Number(number), Read::Number(read)) => near(*read, *number as f64),
        (Cell::Decimal(number), Read::Number(read)) => near(*read, f64::from(number.0) / 100.0),
        (Cell::Share(share), Read::Share(part, whole)) => {
            (share.part, share.whole) == (*part, *whole)
        }
        (Cell::Share(share), Read::Number(read)) => share.ratio().is_some_and(|it| near(it, *read)),
        (Cell::Share(share), Read::Percent(read)) => {
            // One decimal.
            share.ratio().is_some_and(|it| (it * 100.0 - read).abs() <= 0.050_001)
        }
        (Cell::Share(share), Read::Nothing) => share.whole == 0,
        (Cell::Day(day), Read::Text(read)) => day.to_string() == *read,
        (Cell::Day(day), Read::Number(read)) => {
            let first: StationDay = "1899-12-30".parse().unwrap();
            near(*read, (day.0 - first.0).num_days() as f64)
        }
        (_, _) => false,
    }
}

/// Compares a table, read back, with the document's. A form for programs has no sum.
fn compare(form: &str, table: &Table, read: &[Vec<Read>]) -> Result<(), TestCaseError> {
    let is_for_programs = matches!(form, "json" | "csv");
    let sums = if is_for_programs { 0 } else { table.sum.iter().count() };
    prop_assert_eq!(read.len(), table.rows.len() + sums, "{} of {}", form, table.stem);
    for (row, (read, cells)) in read.iter().zip(table.lines()).enumerate() {
        prop_assert_eq!(read.len(), cells.len(), "{} of {}", form, table.stem);
        for (column, (read, cell)) in table.columns.iter().zip(read.iter().zip(cells)) {
            let place = format!("{form} of {}, row {row}, {}", table.stem, column.heading);
            prop_assert!(says(read, cell), "{}: {:?} for {:?}", place, read, cell);
        }
    }
    Ok(())
}

/// The cells of a row as programs read it: a rate is three numbers, or a percent beside its parts.
fn unflattened(row: &[Value], table: &Table) -> Vec<Read> {
    let number = |value: &Value| value.as_f64().unwrap();
    let plain = |value: &Value| match value {
        Value::Null => Read::Nothing,
        Value::Number(_) => Read::Number(number(value)),
        Value::String(text) => Read::Text(text.clone()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => panic!("{value}"),
    };
    let mut left = &row[table.about.len()..];
    let mut take = |count: usize| {
        let (taken, others) = left.split_at(count);
        left = others;
        taken.to_vec()
    };
    let cell = |column: &Column| match column.holds {
        Holds::Plain => plain(&take(1)[0]),
        Holds::Percent => {
            let value = &take(1)[0];
            value.as_f64().map_or_else(|| plain(value), Read::Percent)
        }
        Holds::Rate => {
            let rate = take(3);
            if rate[0].is_null() {
                assert!(rate.iter().all(Value::is_null), "{rate:?}");
                return Read::Nothing;
            }
            let (part, whole) = (number(&rate[0]), number(&rate[1]));
            assert_eq!(rate[2].is_null(), whole == 0.0, "{rate:?}");
            if whole > 0.0 {
                assert!((number(&rate[2]) - part * 100.0 / whole).abs() <= 0.050_001, "{rate:?}");
            }
            Read::Share(part as u64, whole as u64)
        }
    };
    let read = table.columns.iter().map(cell).collect();
    assert!(left.is_empty(), "{left:?}");
    read
}

fn from_json(bytes: &[u8], table: &Table) -> Vec<Vec<Read>> {
    let told: Value = serde_json::from_slice(bytes).unwrap();
    let rows = told["tables"][table.stem]["rows"].as_array().unwrap();
    rows.iter().map(|row| unflattened(row.as_array().unwrap(), table)).collect()
}

/// As a program that takes quoted fields for words and others for numbers.
fn from_csv(bytes: &[u8], table: &Table) -> Vec<Vec<Read>> {
    let mut reader = ::csv::Reader::from_reader(bytes);
    let headings = reader.headers().unwrap().clone();
    let mut names: Vec<&str> = headings.iter().collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), headings.len(), "{headings:?}");
    let value = |field: &str| match field.parse::<serde_json::Number>() {
        _ if field.is_empty() => Value::Null,
        Ok(number) => Value::Number(number),
        Err(_) => Value::String(field.to_owned()),
    };
    let rows = reader.records().map(Result::unwrap);
    rows.map(|record| unflattened(&record.iter().map(value).collect::<Vec<_>>(), table)).collect()
}

/// The part of `text` behind `start`, up to `end`.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}

/// The sheets of a workbook, each as its rows.
fn from_xlsx(bytes: &[u8]) -> Vec<Vec<Vec<Read>>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).ok()?.read_to_string(&mut text).unwrap();
        Some(text)
    };
    let strings = part("xl/sharedStrings.xml").unwrap();
    let strings: Vec<String> = strings
        .split("<si>")
        .skip(1)
        .map(|item| {
            let item = item.split_once("<t").unwrap().1.split_once('>').unwrap().1;
            unescaped(item.split_once("</t>").unwrap().0)
        })
        .collect();
    let cell = |xml: &str| match between(xml, "<v>", "</v>") {
        None => Read::Nothing,
        Some(index) if xml.contains("t=\"s\"") => {
            Read::Text(strings[index.parse::<usize>().unwrap()].clone())
        }
        Some(number) => Read::Number(number.parse().unwrap()),
    };
    (1..)
        .map_while(|number| part(&format!("xl/worksheets/sheet{number}.xml")))
        .map(|sheet| {
            let data = between(&sheet, "<sheetData>", "</sheetData>").unwrap();
            let rows = data.split("<row ").skip(1);
            rows.map(|row| row.split("<c ").skip(1).map(cell).collect()).collect()
        })
        .collect()
}

/// The rows below the headings of a table.
fn below_headings<'s>(sheet: &'s [Vec<Read>], table: &Table) -> &'s [Vec<Read>] {
    let headings: Vec<Read> =
        table.columns.iter().map(|it| Read::Text(it.heading.to_string())).collect();
    let first = sheet.iter().position(|row| *row == headings).unwrap() + 1;
    &sheet[first..first + table.lines().count()]
}

/// The tables of a page that have this name, each as its headings and its rows.
fn from_html(page: &str, stem: &str) -> Vec<(Vec<String>, Vec<Vec<Read>>)> {
    let cell = |html: &str| {
        let (tag, rest) = html.split_once('>').unwrap();
        let text = unescaped(rest.split_once('<').unwrap().0);
        match between(tag, "data-value=\"", "\"") {
            None if text.is_empty() => Read::Nothing,
            None => Read::Text(text),
            Some(value) => match value.split_once('/') {
                Some((part, whole)) => Read::Share(part.parse().unwrap(), whole.parse().unwrap()),
                None => value.parse().map_or(Read::Text(value.to_owned()), Read::Number),
            },
        }
    };
    page.split("<table")
        .skip(1)
        .filter(|table| between(table, "data-table=\"", "\"") == Some(stem))
        .map(|table| {
            let table = table.split_once("</table>").unwrap().0;
            let headings = table.split("<th ").skip(1);
            let headings = headings.map(|it| unescaped(between(it, ">", "</th>").unwrap()));
            let body = between(table, "<tbody>", "</tbody>").unwrap();
            let rows = body.split("<tr>").skip(1);
            let rows = rows.map(|row| row.split("<td").skip(1).map(cell).collect());
            (headings.collect(), rows.collect())
        })
        .collect()
}

/// The bars of a page's chart, as rows of its table.
fn bars_of(page: &str, table: &Table) -> Vec<Vec<Read>> {
    let mut days: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for bar in page.split("<rect ").skip(1) {
        let told = |name: &str| between(bar, &format!("data-{name}=\""), "\"").unwrap();
        let part: usize = told("part").parse().unwrap();
        days.entry(told("day").to_owned()).or_default()[part] = told("value").parse().unwrap();
    }
    let row = |row: &Vec<Cell>| {
        let Cell::Day(day) = &row[0] else { panic!("{row:?}") };
        if page.contains(&format!("data-gap=\"{day}\"")) {
            assert!(!days.contains_key(&day.to_string()), "{day} has bars and is not known");
            let mut read = vec![Read::Text(day.to_string())];
            read.extend(vec![Read::Nothing; 5]);
            return read;
        }
        // A day without visits has no bars.
        let parts = days.get(&day.to_string()).copied().unwrap_or_default();
        let mut read = vec![Read::Text(day.to_string())];
        read.extend(parts.iter().map(|part| Read::Number(*part as f64)));
        read.push(Read::Number(parts.iter().sum::<u64>() as f64));
        read
    };
    table.rows.iter().map(row).collect()
}

fn compare_html(page: &str, document: &Document) -> Result<(), TestCaseError> {
    let [_, others @ ..] = document.tables();
    for table in others {
        let read = from_html(page, table.stem);
        let [(_, rows)] = read.as_slice() else { panic!("{} of {}", read.len(), table.stem) };
        compare("html", table, rows)?;
    }
    let pieces = from_html(page, document.by_day.stem);
    let expected = page::by_day(&document.by_day);
    prop_assert_eq!(pieces.len(), expected.len());
    let mut seen = Vec::new();
    for (headings, rows) in &pieces {
        for (column, heading) in headings.iter().enumerate() {
            // Against the whole table, not against the piece: what was cut wrongly is found too.
            let of_document = document.by_day.columns.iter().position(|it| it.heading == *heading);
            let of_document = of_document.unwrap();
            for (read, cells) in rows.iter().zip(document.by_day.lines()) {
                prop_assert!(says(&read[column], &cells[of_document]), "{}: {:?}", heading, read);
            }
            prop_assert_eq!(rows.len(), document.by_day.lines().count());
            seen.push(of_document);
        }
    }
    for (index, column) in document.by_day.columns.iter().enumerate() {
        let is_there = seen.contains(&index) || ["TT", "Điểm trạm"].contains(&&*column.heading);
        prop_assert!(is_there, "{} is lost", column.heading);
    }
    let chart = document.chart.table();
    compare("html", &chart, &bars_of(page, &chart))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_reports_forms_carry_the_same_numbers(which in 0_usize..5, seed in any::<u64>()) {
        let campaign = &campaigns()[which];
        let document = document(&heading(), campaign, week(campaign), 12, seed);
        let chart = document.chart.table();
        let of = |form: Form| form.files(&document).unwrap();

        let json = &of(Form::Json)[0].bytes;
        let csv = of(Form::Csv);
        let sheets = from_xlsx(&of(Form::Xlsx)[0].bytes);
        let [by_day, results, others @ ..] = document.tables();
        let in_workbook: Vec<&Table> =
            [results, by_day, &chart].into_iter().chain(others).collect();
        prop_assert_eq!(sheets.len(), in_workbook.len());
        for (sheet, table) in sheets.iter().zip(in_workbook) {
            compare("json", table, &from_json(json, table))?;
            compare("xlsx", table, below_headings(sheet, table))?;
            let file = csv.iter().find(|file| file.stem == table.stem).unwrap();
            compare("csv", table, &from_csv(&file.bytes, table))?;
        }
        let page = String::from_utf8(of(Form::Html).remove(0).bytes).unwrap();
        compare_html(&page, &document)?;
    }
}

#[test]
fn a_number_that_is_not_the_same_is_found() {
    let share = Cell::Share(Share { part: 2, whole: 3 });
    for (read, cell) in [
        (Read::Number(4.0), Cell::Number(3)),
        (Read::Nothing, Cell::Number(0)),
        (Read::Number(0.0), Cell::Blank),
        (Read::Number(0.0), Cell::Unknown),
        (Read::Number(92.4), Cell::Decimal(Hundredths(9250))),
        (Read::Share(2, 4), share.clone()),
        (Read::Percent(66.8), share.clone()),
        (Read::Nothing, share),
    ] {
        assert!(!says(&read, &cell), "{read:?} {cell:?}");
    }
}
