//! `tong-hop` of several days: one day a row, days without visits too, and their sum.

use super::{Cell, Column, Heading, Table, words};
use crate::event::{IntegrationResult, StationDay};
use crate::figures::{DayFigures, Share};

const COLUMNS: [Column; 17] = [
    Column::fixed("Ngày", 11),
    Column::fixed("Lượt đến", 8),
    Column::fixed("Dùng VNeID", 8),
    Column::fixed("Tỷ lệ VNeID", 8),
    Column::fixed("Nhân viên xác nhận VNeID", 10),
    Column::fixed("Sổ giấy", 8),
    Column::fixed("Chưa có sổ", 8),
    Column::fixed("Chưa chọn", 8),
    Column::fixed("Được hướng dẫn", 8),
    Column::fixed("Tỷ lệ hướng dẫn", 8),
    Column::fixed("Tích hợp xong tại chỗ", 9),
    Column::fixed("Đã gửi, chờ duyệt", 9),
    Column::fixed("Dưới 14 tuổi", 8),
    Column::fixed("Từ 60 tuổi", 8),
    Column::fixed("Có người giám hộ", 8),
    Column::fixed("Chưa chắc ngày giờ", 8),
    Column::fixed("Số lần sửa", 8),
];

/// `days` holds every day of the period, in order.
pub(super) fn table(heading: &Heading, days: &[(StationDay, DayFigures)]) -> Table {
    let Heading { station_name, origin, point_name, made_at } = heading;
    let mut rows: Vec<_> =
        days.iter().map(|(day, figures)| row(Cell::Day(*day), figures)).collect();
    let mut sum = DayFigures::default();
    for (_, figures) in days {
        sum.add(figures);
    }
    rows.push(row(Cell::text("Cộng"), &sum));
    let mut about = vec![
        ("Đơn vị", Cell::text(station_name)),
        ("Mã trạm", Cell::text(origin.station.as_str())),
        ("Điểm tiếp đón", Cell::text(point_name)),
        ("Mã điểm", Cell::text(origin.point.as_str())),
    ];
    if let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) {
        about.extend([("Từ ngày", Cell::Day(*first)), ("Đến ngày", Cell::Day(*last))]);
    }
    Table {
        stem: "tong-hop",
        sheet: "Tổng hợp",
        title: "SỐ LIỆU TIẾP ĐÓN THEO NGÀY".into(),
        about,
        columns: COLUMNS.to_vec(),
        rows,
        notes: vec![words::made(*made_at)],
        made_at: *made_at,
    }
}

fn row(day: Cell, figures: &DayFigures) -> Vec<Cell> {
    [day].into_iter().chain(figure_cells(figures)).collect()
}

/// The columns of a row of figures, without what the figures are of.
pub fn figure_columns() -> impl Iterator<Item = Column> {
    COLUMNS.into_iter().skip(1)
}

/// The cells below [`figure_columns`].
pub fn figure_cells(figures: &DayFigures) -> Vec<Cell> {
    let DayFigures { arrivals, used, guided, ages, .. } = figures;
    let rate = |part| Cell::Share(Share { part, whole: *arrivals });
    let result =
        |result| Cell::Number(figures.integration.get(&result).copied().unwrap_or_default());
    vec![
        Cell::Number(*arrivals),
        Cell::Number(used.vneid()),
        rate(used.vneid()),
        Cell::Number(used.vneid_confirmed),
        Cell::Number(used.paper),
        Cell::Number(used.neither),
        Cell::Number(used.unfinished),
        Cell::Number(*guided),
        rate(*guided),
        result(IntegrationResult::Done),
        result(IntegrationResult::Sent),
        Cell::Number(ages.under_14),
        Cell::Number(ages.from_60()),
        Cell::Number(figures.accompanied),
        Cell::Number(figures.unsure_clock),
        Cell::Number(figures.corrections),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AgeBand, RecordUsed, Source};
    use crate::figures::Tally;
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};
    use crate::report::sample::heading;

    #[test]
    fn every_day_has_a_row_and_the_last_row_is_their_sum() {
        let mut desk = Desk::open(TODAY);
        for _ in 0..3 {
            let visit = desk.arrives(None, AgeBand::From70);
            desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        }
        let days = [YESTERDAY, TODAY].map(|day| (day, Tally::of(day, &desk.events).figures()));
        let table = table(&heading(), &days);
        assert!(table.rows.iter().all(|row| row.len() == COLUMNS.len()));
        assert_eq!(table.rows[0][..2], [Cell::Day(YESTERDAY), Cell::Number(0)], "a day of zeros");
        assert_eq!(table.rows[1][1..4], table.rows[2][1..4]);
        assert_eq!(table.rows[2][0], Cell::text("Cộng"));
        assert_eq!(table.rows[2][3], Cell::Share(Share { part: 3, whole: 3 }));
    }
}
