//! What programs read: the figures of days as JSON, and the document of a day's closing, which is
//! signed as it stands.
//!
//! Names are those of the fields of [`DayFigures`]; `format` counts up when one changes its meaning.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, FixedOffset};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::flat::Flat;
use super::{Cell, Document, Heading, Table, words};
use crate::event::{ClosingWay, Event, Hundredths, JournalId, StaffCode, StationDay, What};
use crate::figures::{
    Counted, DayFigures, Duty, Entered, Gap, Minutes, Share, Tally, past_minutes,
};

/// Version of the document of a closing.
const FORMAT: u32 = 1;
/// Version of what is counted from many days. 2: a day without figures has none, and the reason.
const FORMAT_OF_DAYS: u32 = 2;
/// Version of a table. 2: a rate is three numbers, what leads a row in CSV leads it here, no row is a
/// sum.
const FORMAT_OF_TABLES: u32 = 2;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Figures<'a> {
    format: u32,
    #[serde(flatten)]
    desk: DeskNames<'a>,
    from: Option<StationDay>,
    to: Option<StationDay>,
    made_at: String,
    clock_sure: bool,
    days: Vec<Day<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct DeskNames<'a> {
    station: &'a str,
    station_name: &'a str,
    point: &'a str,
    point_name: &'a str,
}

#[derive(Serialize)]
struct Day<'a> {
    day: StationDay,
    /// `null` where they are not known.
    figures: Option<&'a DayFigures>,
    /// Why they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<&'static str>,
}

fn desk(heading: &Heading) -> DeskNames<'_> {
    DeskNames {
        station: heading.origin.station.as_str(),
        station_name: &heading.station_name,
        point: heading.origin.point.as_str(),
        point_name: &heading.point_name,
    }
}

/// The figures of the days, each with its own, in order.
///
/// # Errors
/// None that a figure can cause.
pub fn figures(heading: &Heading, days: &[Counted]) -> Result<Vec<u8>, serde_json::Error> {
    let figures = Figures {
        format: FORMAT_OF_DAYS,
        desk: desk(heading),
        from: days.first().map(Counted::day),
        to: days.last().map(Counted::day),
        made_at: heading.made_at.local().to_rfc3339(),
        clock_sure: heading.made_at.sure,
        days: days
            .iter()
            .map(|day| Day {
                day: day.day(),
                figures: day.figures(),
                gap: day.gap().map(Gap::name),
            })
            .collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&figures)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Tabular<'a> {
    title: &'a str,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    notes: &'a [String],
}

/// A report for programs: its tables by name, each with its headings and its rows in the layout of the
/// CSV file of the same name.
///
/// # Errors
/// None that a report can cause.
pub(super) fn report(document: &Document) -> Result<Vec<u8>, serde_json::Error> {
    let by_day = document.chart.table();
    let tables = document.tables().into_iter().chain([&by_day]);
    let tables: BTreeMap<_, _> = tables.map(|table| (table.stem, tabular(table))).collect();
    let mut bytes =
        serde_json::to_vec_pretty(&json!({ "format": FORMAT_OF_TABLES, "tables": tables }))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// One table for programs, in the form it has in a report.
///
/// # Errors
/// None that a table can cause.
pub fn table(table: &Table) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    struct Alone<'a> {
        format: u32,
        #[serde(flatten)]
        table: Tabular<'a>,
    }
    let mut bytes =
        serde_json::to_vec_pretty(&Alone { format: FORMAT_OF_TABLES, table: tabular(table) })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn tabular(table: &Table) -> Tabular<'_> {
    let flat = Flat::of(table);
    Tabular {
        title: &table.title,
        columns: flat.headings().to_vec(),
        rows: table.rows.iter().map(|row| flat.row(row)).collect(),
        notes: &table.notes,
    }
}

/// What a day's closing speaks of.
pub struct Closing<'a> {
    /// Whose it is; `made_at` is when it was closed.
    pub heading: &'a Heading,
    /// When the station is open on that day.
    pub hours: &'a [Range<Minutes>],
    /// Which day.
    pub day: StationDay,
    /// Which closing of that day.
    pub number: u32,
    /// Whether somebody did it.
    pub way: ClosingWay,
    /// Who.
    pub by: Option<StaffCode>,
    /// Which journal.
    pub journal: JournalId,
    /// Events of the journal up to and with the closing's own.
    pub total: u64,
    /// The chain's last link then.
    pub chain: [u8; 32],
    /// Events of the day.
    pub events: &'a [Event],
    /// The public half of the key that will sign it, in PEM: a station may come to another key, and
    /// then nothing but the document tells which one this was.
    pub public_key: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ClosingDocument<'a> {
    format: u32,
    #[serde(flatten)]
    desk: DeskNames<'a>,
    journal: String,
    day: StationDay,
    number: u32,
    way: ClosingWay,
    by: Option<StaffCode>,
    closed_at: String,
    clock_sure: bool,
    program: &'static str,
    public_key: &'a str,
    /// Of the whole journal, for the chain.
    events: u64,
    chain: String,
    /// Opening minutes with somebody on duty, of all that were past.
    duty: Duties,
    figures: DayFigures,
    /// Numbers that somebody else counted, in hundredths.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    entered: BTreeMap<String, Hundredths>,
    /// What came after the closing before this one.
    adjustments: Vec<Adjustment>,
}

/// What a report tells of a closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// The day.
    pub day: StationDay,
    /// Which closing of the day.
    number: u32,
    told: TellsOfClosing,
    /// SHA-256 of the document, as it was signed.
    fingerprint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct TellsOfClosing {
    way: ClosingWay,
    by: Option<StaffCode>,
    #[serde(deserialize_with = "moment")]
    closed_at: DateTime<FixedOffset>,
    clock_sure: bool,
}

fn moment<'de, D: Deserializer<'de>>(text: D) -> Result<DateTime<FixedOffset>, D::Error> {
    let text = String::deserialize(text)?;
    DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)
}

impl ClosedDay {
    /// Reads the document of a closing.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(day: StationDay, number: u32, document: &[u8]) -> Result<Self, serde_json::Error> {
        let fingerprint = hex(Sha256::digest(document).as_slice());
        Ok(Self { day, number, told: serde_json::from_slice(document)?, fingerprint })
    }

    /// Its row: day, number, when, who, the clock, fingerprint.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let TellsOfClosing { way, by, closed_at, clock_sure } = &self.told;
        let who = match (way, by) {
            (ClosingWay::Head, Some(by)) => by.to_string(),
            (ClosingWay::Head, None) => "trưởng trạm".to_owned(),
            (ClosingWay::Itself, _) => "máy tự chốt".to_owned(),
        };
        vec![
            Cell::Day(self.day),
            Cell::Number(self.number.into()),
            Cell::Text(closed_at.format("%H:%M ngày %d/%m/%Y").to_string()),
            Cell::Text(who),
            Cell::text(if *clock_sure { "chắc chắn" } else { "chưa chắc" }),
            Cell::text(&self.fingerprint),
        ]
    }
}

#[derive(Serialize)]
struct Duties {
    covered: u64,
    of: u64,
}

#[derive(Serialize)]
struct Adjustment {
    /// When it was recorded.
    on: StationDay,
    by: Option<StaffCode>,
    what: String,
}

/// The document of a closing, as it is signed.
///
/// # Errors
/// None that a figure can cause.
pub fn closing(closing: &Closing<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let mut duty = Duty::new(closing.day);
    for event in closing.events {
        duty.add(event);
    }
    let made_at = closing.heading.made_at;
    let past = past_minutes(closing.day, &made_at);
    let Share { part: covered, whole: of } = duty.covered(closing.hours, past);
    let document = ClosingDocument {
        format: FORMAT,
        desk: desk(closing.heading),
        journal: closing.journal.0.to_string(),
        day: closing.day,
        number: closing.number,
        way: closing.way,
        by: closing.by,
        closed_at: made_at.local().to_rfc3339(),
        clock_sure: made_at.sure,
        program: env!("CARGO_PKG_VERSION"),
        public_key: closing.public_key,
        events: closing.total,
        chain: hex(&closing.chain),
        duty: Duties { covered, of },
        figures: Tally::of(closing.day, closing.events).figures(),
        entered: Entered::of(closing.events).on(closing.day),
        adjustments: adjustments(closing.events),
    };
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What stands between the last two closings of the day; nothing at the first one.
fn adjustments(events: &[Event]) -> Vec<Adjustment> {
    let is_closing = |event: &&Event| matches!(event.what, What::DayClosed { .. });
    let closings: Vec<_> = events.iter().filter(is_closing).map(|event| event.seq).collect();
    let [.., before, this] = closings.as_slice() else { return Vec::new() };
    let since = events.iter().filter(|event| event.seq > *before && event.seq < *this);
    since
        .filter(|event| !is_told_again(event, events))
        .map(|event| Adjustment {
            on: event.at.station_day(),
            by: event.by,
            what: if let What::Corrected(correction) = &event.what {
                words::correction(correction)
            } else if let What::NumberEntered(entered) = &event.what {
                words::entered(entered)
            } else if let What::MovedTo { day, .. } = event.what {
                words::moved_to(day)
            } else if let What::MovedFrom { day, .. } = event.what {
                words::moved_from(day)
            } else {
                words::event(&event.what, false).to_owned()
            },
        })
        .collect()
}

/// A visit that came from another day is one adjustment, whatever had happened in it there.
fn is_told_again(event: &Event, events: &[Event]) -> bool {
    event.visit.is_some()
        && events.iter().any(|moved| {
            moved.visit == event.visit
                && moved.seq > event.seq
                && matches!(moved.what, What::MovedFrom { .. })
        })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::{AgeBand, CorrectionReason, Fact, RecordUsed, Source, VisitNo};
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};
    use crate::figures::{Known, Observed};
    use crate::report::sample::heading;

    fn document(desk: &Desk, number: u32) -> Value {
        let facts = Closing {
            heading: &heading(),
            hours: &[420..600, 610..690],
            day: TODAY,
            number,
            way: ClosingWay::Head,
            by: Some(Desk::nurse()),
            journal: JournalId(Uuid::nil()),
            total: 17,
            chain: [0xab; 32],
            events: &desk.events,
            public_key: "-----BEGIN PUBLIC KEY-----",
        };
        serde_json::from_slice(&closing(&facts).unwrap()).unwrap()
    }

    #[test]
    fn a_closing_says_whose_it_is_what_was_counted_and_where_the_chain_stood() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::From70);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        desk.notes(None, What::DayClosed { number: 1, way: ClosingWay::Head });
        let told = document(&desk, 1);
        assert_eq!(told["station"], "AG-TRITON");
        assert_eq!(told["day"], "2026-11-24");
        assert_eq!(told["events"], 17);
        assert_eq!(told["chain"], "ab".repeat(32));
        assert_eq!(told["public-key"], "-----BEGIN PUBLIC KEY-----");
        assert_eq!(told["figures"]["arrivals"], 1);
        assert_eq!(told["figures"]["used"]["vneid-self-declared"], 1);
        assert_eq!(told["figures"]["obstacles"]["no-level2"], 0, "explicit zeros");
        assert_eq!(told["duty"], serde_json::json!({ "covered": 0, "of": 260 }));
        assert_eq!(told["adjustments"], serde_json::json!([]));
    }

    #[test]
    fn a_closing_at_noon_signs_no_minute_of_the_afternoon() {
        let mut desk = Desk::open(TODAY);
        desk.notes(None, What::DutyBegan { staff: Desk::nurse() });
        let mut heading = heading();
        heading.made_at.wall_ms = TODAY.begins_ms() + 600 * 60_000;
        let facts = Closing {
            heading: &heading,
            hours: &[420..600, 610..690],
            day: TODAY,
            number: 1,
            way: ClosingWay::Head,
            by: Some(Desk::nurse()),
            journal: JournalId(Uuid::nil()),
            total: 1,
            chain: [0; 32],
            events: &desk.events,
            public_key: "",
        };
        let told: Value = serde_json::from_slice(&closing(&facts).unwrap()).unwrap();
        assert_eq!(told["duty"], serde_json::json!({ "covered": 180, "of": 180 }));
    }

    #[test]
    fn what_came_after_a_closing_stands_in_the_next_one_with_its_date_and_code() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::From70);
        desk.notes(None, What::DayClosed { number: 1, way: ClosingWay::Itself });
        desk.corrects(visit, CorrectionReason::Trial, Fact::Counts(false));
        desk.notes(None, What::DayClosed { number: 2, way: ClosingWay::Itself });
        let told = document(&desk, 2);
        assert_eq!(
            told["adjustments"],
            serde_json::json!([{
                "on": "2026-11-24",
                "by": "NV02",
                "what": "quét thử; sửa thành: không tính là lượt khám"
            }])
        );
        assert_eq!(told["figures"]["struck-out"], 1);
    }

    #[test]
    fn a_visit_that_came_from_another_day_is_one_adjustment() {
        let mut desk = Desk::open(TODAY);
        let gone = desk.arrives(None, AgeBand::From70);
        desk.notes(None, What::DayClosed { number: 1, way: ClosingWay::Itself });
        let come = desk.arrives(None, AgeBand::From70);
        desk.chooses(come, RecordUsed::Vneid, Source::SelfDeclared);
        let number = VisitNo(1);
        desk.notes(Some(come), What::MovedFrom { day: YESTERDAY, number });
        desk.notes(Some(gone), What::MovedTo { day: YESTERDAY, number });
        desk.notes(None, What::DayClosed { number: 2, way: ClosingWay::Itself });
        let told = document(&desk, 2);
        let what: Vec<&str> = told["adjustments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|adjustment| adjustment["what"].as_str().unwrap())
            .collect();
        assert_eq!(
            what,
            [
                "chuyển từ ngày 23/11/2026 vì ngày giờ máy sai",
                "chuyển sang ngày 23/11/2026 vì ngày giờ máy sai"
            ]
        );
        assert_eq!(told["figures"]["arrivals"], 1);
        assert_eq!(told["figures"]["used"]["vneid-self-declared"], 1);
    }

    #[test]
    fn figures_of_days_hold_every_day() {
        let tally = Tally::new(TODAY);
        let today = Counted::from(Observed { tally: &tally, desk: Share::default() });
        let days = [today.clone()];
        let told: Value = serde_json::from_slice(&figures(&heading(), &days).unwrap()).unwrap();
        assert_eq!(told["days"][0]["day"], "2026-11-24");
        assert_eq!(told["days"][0]["figures"]["arrivals"], 0);
        assert_eq!(
            (&told["from"], &told["to"]),
            (&told["days"][0]["day"], &told["days"][0]["day"])
        );
        let known = Known { began: Some(TODAY), closed: [].into(), today: TODAY };
        let open = figures(&heading(), &[today.as_known(&known)]).unwrap();
        let told: Value = serde_json::from_slice(&open).unwrap();
        assert_eq!(told["days"][0]["figures"], Value::Null, "not known is not zero");
        assert_eq!(told["days"][0]["gap"], "chua-chot-so");
    }
}
