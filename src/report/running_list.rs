//! `danh-sach`: today's visits in order, for the desk itself when the machine stands still.
//!
//! Unlike what is handed out it tells order and time: it stays in the station's own folder, holds
//! nobody's name or number, and only the last day matters.

use super::{Cell, Column, Heading, Table, words};
use crate::figures::{Arrived, Tally, Visit};

const COLUMNS: [Column; 7] = [
    Column::fixed("Số", 6),
    Column::fixed("Lúc", 8),
    Column::fixed("Nhóm tuổi", 16),
    Column::fixed("Đã quét", 24),
    Column::fixed("Sổ khám bệnh", 24),
    Column::fixed("Hướng dẫn", 14),
    Column::fixed("Nhân viên", 10),
];

pub(super) fn table(heading: &Heading, tally: &Tally) -> Table {
    let mut visits: Vec<(Arrived, &Visit)> = tally
        .visits()
        .filter(|(_, visit)| visit.counts())
        .filter_map(|(_, visit)| Some((visit.arrived()?, visit)))
        .collect();
    visits.sort_by_key(|(arrived, _)| arrived.number);
    Table {
        stem: "danh-sach",
        sheet: "Danh sách",
        title: "DANH SÁCH LƯỢT ĐẾN TRONG NGÀY".into(),
        about: vec![
            ("Đơn vị", Cell::text(&heading.station_name)),
            ("Điểm tiếp đón", Cell::text(&heading.point_name)),
            ("Ngày", Cell::Day(tally.day())),
        ],
        columns: COLUMNS.to_vec(),
        rows: visits.into_iter().map(|(arrived, visit)| row(&arrived, visit)).collect(),
        sum: None,
        notes: Vec::new(),
        made_at: heading.made_at,
    }
}

fn row(arrived: &Arrived, visit: &Visit) -> Vec<Cell> {
    let guided = visit.is_guided_by_kiosk() || visit.is_guided_by_staff();
    vec![
        Cell::Number(u64::from(arrived.number.0)),
        Cell::text(arrived.at.local().format("%H:%M").to_string()),
        Cell::text(words::age(visit.age())),
        Cell::text(arrived.card.map_or("không quét", words::card)),
        Cell::text(visit.used().map_or("chưa chọn", words::used)),
        Cell::text(if guided { "có" } else { "" }),
        arrived.by.map_or(Cell::Blank, |staff| Cell::text(staff.as_str())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AgeBand, CorrectionReason, Fact, RecordUsed, Source};
    use crate::figures::sample::{Desk, TODAY};
    use crate::report::sample::heading;

    #[test]
    fn the_list_tells_every_visit_that_counts_in_order() {
        let mut desk = Desk::open(TODAY);
        let first = desk.arrives(None, AgeBand::From70);
        desk.chooses(first, RecordUsed::Paper, Source::SelfDeclared);
        let trial = desk.arrives(None, AgeBand::Unknown);
        desk.corrects(trial, CorrectionReason::Trial, Fact::Counts(false));
        desk.arrives(None, AgeBand::Under14);
        let table = table(&heading(), &Tally::of(TODAY, &desk.events));
        let told: Vec<_> = table.rows.iter().map(|row| (&row[0], &row[4])).collect();
        assert_eq!(
            told,
            [
                (&Cell::Number(1), &Cell::text("sổ giấy")),
                (&Cell::Number(3), &Cell::text("chưa chọn")),
            ]
        );
        assert_eq!(table.rows[0][1], Cell::text("07:00"));
    }
}
