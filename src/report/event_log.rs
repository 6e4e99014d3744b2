//! `su-kien`: what happened on a station day, one event a row, so that an inspector can recount
//! the figures ("tính thực chất") without learning who came.
//!
//! Whoever watched the waiting room must not find a patient's row: no time finer than the hour, no
//! row order, number or id that tells the order of arrival. Visits get a code that means nothing
//! outside this file.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use chrono::Timelike as _;
use sha2::{Digest as _, Sha256};

use super::{Cell, Column, Heading, Table, words};
use crate::event::{Event, EventSeq, StaffCode, StationDay, VisitId, What};

const COLUMNS: [Column; 14] = [
    Column::fixed("Mã trạm", 13),
    Column::fixed("Mã điểm", 8),
    Column::fixed("Ngày", 11),
    Column::fixed("Giờ", 7),
    Column::fixed("Mã lượt", 11),
    Column::fixed("Sự kiện", 22),
    Column::fixed("Đã quét", 23),
    Column::fixed("Nhóm tuổi", 15),
    Column::fixed("Sổ khám bệnh", 19),
    Column::fixed("Theo lời", 18),
    Column::fixed("Hướng dẫn", 20),
    Column::fixed("Chi tiết", 24),
    Column::fixed("Nhân viên", 11),
    Column::fixed("Đồng hồ", 11),
];

/// Bytes of the hash in a visit's code: two visits of a day of 300 share one once in 10^5 days.
const CODE_BYTES: usize = 4;

const ORDER_IS_HIDDEN: &str = "Để giữ kín thông tin người bệnh, giờ chỉ ghi phần giờ và các dòng \
    không xếp theo thứ tự đến. Mã lượt chỉ để ghép các sự kiện của cùng một lượt.";

pub(super) fn table(
    heading: &Heading,
    days: RangeInclusive<StationDay>,
    events: &[Event],
) -> Table {
    let of_days = || events.iter().filter(|event| days.contains(&event.day));
    let last_choices = last_choices(of_days());
    let mut lines: Vec<Line> = of_days().map(|event| line(event, &last_choices)).collect();
    lines.sort();
    Table {
        stem: "su-kien",
        sheet: "Sự kiện",
        title: "SỰ KIỆN TIẾP ĐÓN".into(),
        about: vec![
            ("Đơn vị", Cell::text(&heading.station_name)),
            ("Điểm tiếp đón", Cell::text(&heading.point_name)),
        ],
        columns: COLUMNS.to_vec(),
        rows: lines.into_iter().map(|line| line.cells).collect(),
        sum: None,
        notes: vec![ORDER_IS_HIDDEN.to_owned(), words::made(heading.made_at)],
        made_at: heading.made_at,
    }
}

/// A row and what it is sorted by. Two lines that compare equal read equal, so the order of the
/// journal shows nowhere.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    day: StationDay,
    hour: u32,
    visit_code: String,
    step: u8,
    cells: Vec<Cell>,
}

fn line(event: &Event, last_choices: &HashMap<VisitId, EventSeq>) -> Line {
    let hour = event.at.local().hour();
    let visit_code = event.visit.map(|visit| visit_code(event.day, visit)).unwrap_or_default();
    let superseded = event
        .visit
        .and_then(|visit| last_choices.get(&visit))
        .is_some_and(|last| event.seq < *last);
    let told = Told::of(&event.what);
    let cells = vec![
        Cell::text(event.origin.station.as_str()),
        Cell::text(event.origin.point.as_str()),
        Cell::Day(event.day),
        Cell::Hour(hour),
        if visit_code.is_empty() { Cell::Blank } else { Cell::text(&visit_code) },
        Cell::text(words::event(&event.what, superseded)),
        told.card,
        told.age,
        told.used,
        told.source,
        told.guide,
        told.detail,
        event.by.or(told.staff).map_or(Cell::Blank, |staff| Cell::text(staff.as_str())),
        Cell::text(words::clock(event.at)),
    ];
    Line { day: event.day, hour, visit_code, step: step(&event.what), cells }
}

fn last_choices<'a>(events: impl Iterator<Item = &'a Event>) -> HashMap<VisitId, EventSeq> {
    let mut last = HashMap::new();
    for event in events {
        if let (Some(visit), What::Chose(_)) = (event.visit, &event.what) {
            let seq = last.entry(visit).or_insert(event.seq);
            *seq = event.seq.max(*seq);
        }
    }
    last
}

/// Stands for a visit in this file only. The visit's own id begins with its time of arrival and so
/// must not stand here; the rest of it is random enough that the hash cannot be undone by trying.
/// Begins with a letter, since a spreadsheet would read `12345678` or `123e4567` as a number.
fn visit_code(day: StationDay, visit: VisitId) -> String {
    let hash = Sha256::new().chain_update(day.to_string()).chain_update(visit.0).finalize();
    hash.iter().take(CODE_BYTES).fold("L".to_owned(), |code, byte| format!("{code}{byte:02x}"))
}

/// Order of a visit's events within one hour, by their nature and not by their time.
fn step(what: &What) -> u8 {
    match what {
        What::Arrived(_) => 0,
        What::ScannedAgain | What::AlsoShown(_) => 1,
        What::Chose(_) => 2,
        What::Accompanied => 3,
        What::Guided(_) => 4,
        What::GuidedByStaff => 5,
        What::Integrated(_) => 6,
        What::Hindered(_) => 7,
        What::StaffCalled => 8,
        What::CallRung => 9,
        What::CallTaken => 10,
        What::Helped => 11,
        What::Corrected(_) => 12,
        What::Unreadable { cause: _ } => 13,
        What::ReaderLost => 14,
        What::ReaderFound => 15,
        What::DutyBegan { .. } => 16,
        What::DutyEnded { .. } => 17,
        What::PinTried { .. } => 18,
        What::PinChosen { .. } => 19,
        What::PinReset { .. } => 20,
        What::StaffAdded { .. } => 21,
        What::StaffRemoved { .. } => 22,
        What::Started { .. } => 23,
        What::Stopped => 24,
        What::Restored { .. } => 25,
        What::Exported { .. } => 26,
        What::ExportFailed { .. } => 27,
        What::DayClosed { .. } => 28,
        What::Dated { .. } => 29,
        What::MovedFrom { .. } => 30,
        What::MovedTo { .. } => 31,
        What::ClockKnown { .. } => 32,
        What::NumberEntered(_) => 33,
        What::ReaderBabbled { .. } => 34,
        What::NotUnderstood => 35,
        What::ReportDismissed { .. } => 36,
    }
}

/// The columns that only some kinds of events fill.
struct Told {
    card: Cell,
    age: Cell,
    used: Cell,
    source: Cell,
    guide: Cell,
    detail: Cell,
    /// Whom of the staff it is about.
    staff: Option<StaffCode>,
}

impl Told {
    const NOTHING: Self = Self {
        card: Cell::Blank,
        age: Cell::Blank,
        used: Cell::Blank,
        source: Cell::Blank,
        guide: Cell::Blank,
        detail: Cell::Blank,
        staff: None,
    };

    fn of(what: &What) -> Self {
        match what {
            // The visit's number of the day would tell the order of arrival.
            What::Arrived(arrival) => Self {
                card: Cell::text(arrival.card.map_or("không quét", words::card)),
                age: Cell::text(words::age(arrival.age)),
                detail: words::entry(arrival.entry).map_or(Cell::Blank, Cell::text),
                ..Self::NOTHING
            },
            What::AlsoShown(document) => Self {
                card: Cell::text(words::card(document.card)),
                age: Cell::text(words::age(document.age)),
                ..Self::NOTHING
            },
            What::Corrected(correction) => {
                Self { detail: Cell::Text(words::correction(correction)), ..Self::NOTHING }
            }
            What::PinTried { staff, right } => {
                let detail = Cell::text(if *right { "đúng" } else { "sai" });
                Self { detail, staff: Some(*staff), ..Self::NOTHING }
            }
            What::PinReset { staff, way, file: _ } => Self {
                detail: Cell::text(words::reset(*way)),
                staff: Some(*staff),
                ..Self::NOTHING
            },
            What::PinChosen { staff }
            | What::StaffAdded { staff, role: _ }
            | What::StaffRemoved { staff }
            | What::DutyBegan { staff }
            | What::DutyEnded { staff } => Self { staff: Some(*staff), ..Self::NOTHING },
            What::DayClosed { number, way } => {
                Self { detail: Cell::Text(words::closing(*number, *way)), ..Self::NOTHING }
            }
            What::Exported { from, to, medium, manifest: _ } => {
                Self { detail: Cell::Text(words::exported(*from, *to, *medium)), ..Self::NOTHING }
            }
            What::ReportDismissed { campaign, from, to, reason } => {
                let detail = words::dismissed(campaign, *from, *to, *reason);
                Self { detail: Cell::Text(detail), ..Self::NOTHING }
            }
            What::NumberEntered(entered) => {
                Self { detail: Cell::Text(words::entered(entered)), ..Self::NOTHING }
            }
            What::Restored { kept, replayed } => {
                let detail = format!("giữ được {kept} sự kiện, đọc lại {replayed}");
                Self { detail: Cell::Text(detail), ..Self::NOTHING }
            }
            What::Chose(choice) => Self {
                used: Cell::text(words::used(choice.used)),
                source: Cell::text(words::source(choice.source)),
                ..Self::NOTHING
            },
            What::Guided(guidance) => Self {
                guide: Cell::text(format!("{}, bản {}", guidance.guide, guidance.version)),
                detail: Cell::Text(words::reached(guidance)),
                ..Self::NOTHING
            },
            What::Hindered(hindrance) => Self {
                source: Cell::text(words::source(hindrance.source)),
                detail: Cell::text(words::obstacle(hindrance.obstacle)),
                ..Self::NOTHING
            },
            What::Integrated(integration) => Self {
                source: Cell::text(words::source(integration.source)),
                detail: Cell::text(words::integration(integration.result)),
                ..Self::NOTHING
            },
            What::Unreadable { cause } => {
                Self { detail: Cell::text(words::cause(*cause)), ..Self::NOTHING }
            }
            What::ReaderBabbled { records, bytes } => {
                Self { detail: Cell::Text(words::babbled(*records, *bytes)), ..Self::NOTHING }
            }
            What::Started { version, .. } => {
                Self { detail: Cell::text(format!("phiên bản {version}")), ..Self::NOTHING }
            }
            What::ClockKnown { way, told_ms: _ } => {
                Self { detail: Cell::text(words::vouched(*way)), ..Self::NOTHING }
            }
            // Its number there would tell the order of arrival.
            What::MovedTo { day, number: _ } => {
                Self { detail: Cell::Text(words::moved_to(*day)), ..Self::NOTHING }
            }
            What::MovedFrom { day, number: _ } => {
                Self { detail: Cell::Text(words::moved_from(*day)), ..Self::NOTHING }
            }
            What::ScannedAgain
            | What::Dated { .. }
            | What::Accompanied
            | What::GuidedByStaff
            | What::Helped
            | What::StaffCalled
            | What::CallRung
            | What::CallTaken
            | What::ReaderLost
            | What::ReaderFound
            | What::ExportFailed { medium: _ }
            | What::Stopped
            | What::NotUnderstood => Self::NOTHING,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{AgeBand, CardKind, RecordUsed, Source};
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};
    use crate::report::sample::heading;

    fn cell<'a>(row: &'a [Cell], column: &str) -> &'a Cell {
        &row[COLUMNS.iter().position(|known| known.heading == column).unwrap()]
    }

    fn morning(visits: u32) -> Vec<Event> {
        let mut desk = Desk::open(TODAY);
        for _ in 0..visits {
            let visit = desk.arrives(Some(CardKind::Cccd), AgeBand::From14);
            desk.chooses(visit, RecordUsed::Paper, Source::SelfDeclared);
        }
        desk.events
    }

    proptest! {
        #[test]
        fn the_order_of_the_journal_shows_nowhere(
            events in Just(morning(8)).prop_shuffle()
        ) {
            prop_assert_eq!(
                table(&heading(), TODAY..=TODAY, &events),
                table(&heading(), TODAY..=TODAY, &morning(8))
            );
        }
    }

    /// Within an hour, arrivals that the journal holds as 1, 2, 3 … must not stand so.
    #[test]
    fn rows_of_one_hour_do_not_follow_the_order_of_arrival() {
        let mut desk = Desk::open(TODAY);
        let mut arrived = Vec::new();
        for _ in 0..12 {
            arrived.push(visit_code(TODAY, desk.arrives(None, AgeBand::Unknown)));
        }
        let table = table(&heading(), TODAY..=TODAY, &desk.events);
        let shown: Vec<&Cell> = table.rows.iter().map(|row| cell(row, "Mã lượt")).collect();
        let arrived: Vec<Cell> = arrived.into_iter().map(Cell::Text).collect();
        assert_ne!(shown, arrived.iter().collect::<Vec<_>>());
        arrived.iter().for_each(|code| assert!(shown.contains(&code)));
        assert!(table.rows.iter().all(|row| *cell(row, "Giờ") == Cell::Hour(7)));
    }

    #[test]
    fn neither_a_visits_number_nor_any_id_is_told() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::Unknown);
        let row = table(&heading(), TODAY..=TODAY, &desk.events).rows.remove(0);
        let shown = format!("{row:?}").replace('-', "");
        assert!(!shown.contains("Number"));
        let id = visit.0.simple().to_string();
        for eight in id.as_bytes().windows(8) {
            let eight = str::from_utf8(eight).unwrap();
            assert!(!shown.contains(eight), "{eight} of {id}");
        }
    }

    #[test]
    fn a_visits_code_is_a_hash_that_no_spreadsheet_takes_for_a_number() {
        let id: uuid::Uuid = "019aa5c4-5f00-7000-8000-000000000001".parse().unwrap();
        // sha256("2026-11-24" + the 16 bytes of the id), computed with Python's hashlib.
        assert_eq!(visit_code(TODAY, VisitId(id)), "Lfa75267b");
        assert_ne!(visit_code(TODAY, VisitId(id)), visit_code(YESTERDAY, VisitId(id)));
    }

    #[test]
    fn a_choice_that_was_changed_says_so_and_the_last_one_does_not() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::Unknown);
        desk.chooses(visit, RecordUsed::Paper, Source::SelfDeclared);
        desk.chooses(visit, RecordUsed::Vneid, Source::NurseConfirmed);
        let table = table(&heading(), TODAY..=TODAY, &desk.events);
        let told: Vec<(&Cell, &Cell)> = table
            .rows
            .iter()
            .map(|row| (cell(row, "Sự kiện"), cell(row, "Sổ khám bệnh")))
            .collect();
        assert_eq!(
            told,
            [
                (&Cell::text("đến khám"), &Cell::Blank),
                (&Cell::text("chọn sổ khám bệnh"), &Cell::text("sổ sức khỏe điện tử trên VNeID")),
                (&Cell::text("chọn sổ khám bệnh, sau đó chọn lại"), &Cell::text("sổ giấy")),
            ]
        );
    }

    #[test]
    fn events_of_another_day_are_left_out() {
        let mut desk = Desk::open(YESTERDAY);
        desk.arrives(None, AgeBand::Unknown);
        assert!(table(&heading(), TODAY..=TODAY, &desk.events).rows.is_empty());
    }
}
