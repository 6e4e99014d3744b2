//! `cac-ngay`: the figures of one or several days, one day a row, days without visits too, and their sum. A day without
//! figures has no numbers but the reason.

use super::{Cell, Column, Heading, Table, gaps, words};
use crate::event::IntegrationResult;
use crate::figures::{Counted, DayFigures, Gap, Share};

const DAY: Column = Column::fixed("Ngày", 11);
const STATUS: Column = Column::fixed("Tình trạng", 12);

const FIGURES: [Column; 16] = [
    Column::fixed("Lượt đến", 8),
    Column::fixed("Dùng VNeID", 8),
    Column::percent("Tỷ lệ VNeID", 8),
    Column::fixed("Nhân viên xác nhận VNeID", 10),
    Column::fixed("Sổ giấy", 8),
    Column::fixed("Chưa có sổ", 8),
    Column::fixed("Chưa chọn", 8),
    Column::fixed("Được hướng dẫn", 8),
    Column::percent("Tỷ lệ hướng dẫn", 8),
    Column::fixed("Tích hợp xong tại chỗ", 9),
    Column::fixed("Đã gửi, chờ duyệt", 9),
    Column::fixed("Dưới 14 tuổi", 8),
    Column::fixed("Từ 60 tuổi", 8),
    Column::fixed("Có người giám hộ", 8),
    Column::fixed("Chưa chắc ngày giờ", 8),
    Column::fixed("Số lần sửa", 8),
];

/// `days` holds every day of the period, in order.
pub(super) fn table(heading: &Heading, days: &[Counted]) -> Table {
    let Heading { station_name, origin, point_name, made_at } = heading;
    let rows: Vec<_> = days
        .iter()
        .map(|day| row(Cell::Day(day.day()), status(day.gap()), day.figures()))
        .collect();
    let known: Vec<&DayFigures> = days.iter().filter_map(Counted::figures).collect();
    let sum = known.split_first().map(|(first, others)| {
        let mut sum = (*first).clone();
        others.iter().for_each(|figures| sum.add(figures));
        sum
    });
    let of = format!("{} trên {} ngày có số liệu", known.len(), days.len());
    let sum = row(Cell::text("Cộng"), of, sum.as_ref());
    let mut about = vec![
        ("Đơn vị", Cell::text(station_name)),
        ("Mã trạm", Cell::text(origin.station.as_str())),
        ("Điểm tiếp đón", Cell::text(point_name)),
        ("Mã điểm", Cell::text(origin.point.as_str())),
    ];
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        about.extend([("Từ ngày", Cell::Day(first.day())), ("Đến ngày", Cell::Day(last.day()))]);
    }
    let runs = gaps::runs(days.iter().map(|day| (day.day(), day.gap())));
    let missing = gaps::sentence(i64::try_from(days.len()).unwrap_or(i64::MAX), &runs);
    Table {
        stem: "cac-ngay",
        sheet: "Các ngày",
        title: "SỐ LIỆU TIẾP ĐÓN THEO NGÀY".into(),
        about,
        columns: [DAY, STATUS].into_iter().chain(figure_columns()).collect(),
        rows,
        sum: Some(sum),
        notes: missing.into_iter().chain([words::made(*made_at)]).collect(),
        made_at: *made_at,
    }
}

fn row(day: Cell, status: String, figures: Option<&DayFigures>) -> Vec<Cell> {
    let unknown = || vec![Cell::Unknown; FIGURES.len()];
    let cells = figures.map_or_else(unknown, figure_cells);
    [day, Cell::Text(status)].into_iter().chain(cells).collect()
}

/// How it stands with the figures of a day.
fn status(gap: Option<Gap>) -> String {
    gap.map_or_else(|| "đã chốt sổ".to_owned(), |gap| gap.to_string())
}

/// The columns of a row of figures, without what the figures are of.
pub fn figure_columns() -> impl Iterator<Item = Column> {
    FIGURES.into_iter()
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
    use crate::event::{AgeBand, RecordUsed, Source, StationDay};
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};
    use crate::figures::{Known, Observed, Tally};
    use crate::report::sample::heading;

    fn counted(desk: &Desk, day: StationDay) -> Counted {
        let tally = Tally::of(day, &desk.events);
        Observed { tally: &tally, desk: Share::default() }.into()
    }

    #[test]
    fn every_day_has_a_row_and_the_last_row_is_their_sum() {
        let mut desk = Desk::open(TODAY);
        for _ in 0..3 {
            let visit = desk.arrives(None, AgeBand::From70);
            desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        }
        let days = [YESTERDAY, TODAY].map(|day| counted(&desk, day));
        let table = table(&heading(), &days);
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        let zeros = [Cell::Day(YESTERDAY), Cell::text("đã chốt sổ"), Cell::Number(0)];
        assert_eq!(table.rows[0][..3], zeros, "a day of zeros");
        let sum = table.sum.as_ref().unwrap();
        assert_eq!((table.rows.len(), &table.rows[1][2..5]), (2, &sum[2..5]));
        assert_eq!(sum[0], Cell::text("Cộng"));
        assert_eq!(sum[4], Cell::Share(Share { part: 3, whole: 3 }));
    }

    #[test]
    fn a_day_that_is_not_closed_has_no_number_and_says_why() {
        let mut desk = Desk::open(TODAY);
        desk.arrives(None, AgeBand::From70);
        let known = Known { began: Some(TODAY), closed: [].into(), today: TODAY };
        let days = [YESTERDAY, TODAY].map(|day| counted(&desk, day).as_known(&known));
        let table = table(&heading(), &days);
        for (row, status) in table.lines().zip([
            "trước ngày máy bắt đầu đếm",
            "chưa chốt sổ",
            "0 trên 2 ngày có số liệu",
        ]) {
            assert_eq!(row[1], Cell::text(status));
            assert!(row[2..].iter().all(|cell| *cell == Cell::Unknown), "{row:?}");
        }
        assert!(table.notes[0].starts_with("Trong kỳ có 2 trên 2 ngày chưa có số liệu"));
    }
}
