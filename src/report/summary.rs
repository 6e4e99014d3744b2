//! `tong-hop`: the figures of a station day, one indicator a row.

use super::{Cell, Column, Heading, Table, words};
use crate::event::{CardKind, RecordUsed, Source, StationDay};
use crate::figures::{DayFigures, Gap, Share};

const COLUMNS: [Column; 4] = [
    Column::fixed("Chỉ tiêu", 58),
    Column::fixed("Số lượng", 12),
    Column::fixed("Trên tổng", 12),
    Column::percent("Tỷ lệ", 12),
];

/// Why scans do not tell VNeID from a card (product rule 3), for whoever compares figures.
pub const VNEID_BY_WORD: &str = "Mã QR trên thẻ và trên VNeID có thể giống nhau, nên lượt dùng VNeID \
    được tính theo lựa chọn của người dân hoặc xác nhận của nhân viên, không tính theo mã đã quét.";

pub(super) fn table(
    heading: &Heading,
    day: StationDay,
    figures: Result<&DayFigures, Gap>,
) -> Table {
    let Heading { station_name, origin, point_name, made_at } = heading;
    Table {
        stem: "tong-hop",
        sheet: "Tổng hợp",
        title: "SỐ LIỆU TIẾP ĐÓN TRONG NGÀY".into(),
        about: vec![
            ("Đơn vị", Cell::text(station_name)),
            ("Mã trạm", Cell::text(origin.station.as_str())),
            ("Điểm tiếp đón", Cell::text(point_name)),
            ("Mã điểm", Cell::text(origin.point.as_str())),
            ("Ngày", Cell::Day(day)),
        ],
        columns: COLUMNS.to_vec(),
        rows: figures.map_or_else(|_| unknown_rows(), indicator_rows),
        sum: None,
        notes: notes(figures).into_iter().chain([words::made(*made_at)]).collect(),
        made_at: *made_at,
    }
}

/// The columns of [`indicator_rows`].
pub fn indicator_columns() -> Vec<Column> {
    COLUMNS.to_vec()
}

/// Every figure, one a row.
pub fn indicator_rows(figures: &DayFigures) -> Vec<Vec<Cell>> {
    let DayFigures {
        arrivals,
        without_card,
        cards,
        ages,
        used,
        guided,
        guided_by_kiosk,
        finished_guide,
        guided_by_staff,
        integration,
        obstacles,
        accompanied,
        assisted,
        second,
        from_paper,
        struck_out,
        corrections,
        unsure_clock,
        staff_calls,
        calls,
        scanned_again,
        unreadable,
    } = figures;
    let of_visits = |indicator: &str, part: u64| rate(indicator, figures.of_arrivals(part));
    let of_scans = |kind: CardKind, part: u64| {
        let share = Share { part, whole: figures.scanned() };
        rate(&format!("Đã quét: {}", words::card(kind)), share)
    };
    let record = |kind: RecordUsed, part: u64| {
        of_visits(&format!("Sổ khám bệnh: {}", words::used(kind)), part)
    };
    let vneid_by = |source: Source, part: u64| {
        of_visits(&format!("Dùng VNeID: {}", words::source(source)), part)
    };
    let results = integration.iter().map(|(result, part)| {
        of_visits(&format!("Tích hợp thẻ: {}", words::integration(*result)), *part)
    });
    let reasons = obstacles.iter().map(|(obstacle, part)| {
        of_visits(&format!("Vướng mắc: {}", words::obstacle(*obstacle)), *part)
    });
    let mut rows = vec![
        count("Tổng số lượt đến khám", *arrivals),
        of_visits("Lượt quét thẻ hoặc mã", figures.scanned()),
        of_visits("Lượt không quét", *without_card),
        of_scans(CardKind::Cccd, cards.cccd),
        of_scans(CardKind::CanCuoc, cards.can_cuoc),
        of_scans(CardKind::Insurance, cards.insurance),
        of_scans(CardKind::PersonalNumber, cards.personal_number),
        of_scans(CardKind::InsuranceNumber, cards.insurance_number),
        of_scans(CardKind::Opaque, cards.opaque),
        record(RecordUsed::Vneid, used.vneid()),
        vneid_by(Source::SelfDeclared, used.vneid_self_declared),
        vneid_by(Source::NurseConfirmed, used.vneid_confirmed),
        record(RecordUsed::Paper, used.paper),
        record(RecordUsed::Neither, used.neither),
        of_visits("Sổ khám bệnh: chưa chọn", used.unfinished),
        of_visits("Lượt được hướng dẫn", *guided),
        of_visits("Lượt xem hướng dẫn trên máy", *guided_by_kiosk),
        rate(
            "Lượt xem hết một bài hướng dẫn, trên số lượt xem hướng dẫn",
            Share { part: *finished_guide, whole: *guided_by_kiosk },
        ),
        of_visits("Lượt được nhân viên hướng dẫn", *guided_by_staff),
    ];
    rows.extend(results);
    rows.extend(reasons);
    rows.extend([
        of_visits("Tuổi: dưới 14", ages.under_14),
        of_visits("Tuổi: từ 14 đến 69", ages.from_14_to_69()),
        of_visits("Tuổi: từ 70 trở lên", ages.from_70),
        of_visits("Tuổi: không rõ", ages.unknown),
        of_visits("Người cao tuổi (từ 60 trở lên)", ages.from_60()),
        of_visits("Lượt có người giám hộ", *accompanied),
        of_visits("Lượt do nhân viên ghi", *assisted),
        of_visits("Lượt thứ hai trong ngày", *second),
        of_visits("Lượt nhập bù từ phiếu giấy", *from_paper),
        of_visits("Lượt ghi khi chưa chắc ngày giờ", *unsure_clock),
        count("Lượt đã bỏ, không tính vào tổng số", *struck_out),
        count("Số lần sửa lại", *corrections),
        count("Số lần gọi nhân viên", *staff_calls),
        rate("Lần gọi có loa kêu", calls.share(calls.rung)),
        rate("Lần gọi có nhân viên đến", calls.share(calls.taken)),
        rate("Lần gọi biết thời gian chờ, trên số lần có nhân viên đến", calls.timed_share()),
        count("Tổng số phút chờ của những lần đó", calls.waited_minutes()),
        count("Số lần quét lại trong ngày", *scanned_again),
        count("Số lần quét mã không đọc được", *unreadable),
    ]);
    rows
}

/// The same rows without any number.
fn unknown_rows() -> Vec<Vec<Cell>> {
    let unknown = |cell: Cell| match cell {
        Cell::Number(_) | Cell::Share(_) => Cell::Unknown,
        Cell::Blank
        | Cell::Unknown
        | Cell::Text(_)
        | Cell::Decimal(_)
        | Cell::Day(_)
        | Cell::Hour(_) => cell,
    };
    let rows = indicator_rows(&DayFigures::default()).into_iter();
    rows.map(|row| row.into_iter().map(unknown).collect()).collect()
}

fn count(indicator: &str, number: u64) -> Vec<Cell> {
    vec![Cell::text(indicator), Cell::Number(number), Cell::Blank, Cell::Blank]
}

fn rate(indicator: &str, share: Share) -> Vec<Cell> {
    let Share { part, whole } = share;
    vec![Cell::text(indicator), Cell::Number(part), Cell::Number(whole), Cell::Share(share)]
}

fn notes(figures: Result<&DayFigures, Gap>) -> Vec<String> {
    let mut notes = Vec::new();
    let figures = match figures {
        Ok(figures) => figures,
        Err(gap) => {
            return vec![format!("Ngày này chưa có số liệu ({gap}), để trống chứ không phải 0.")];
        }
    };
    if figures.arrivals == 0 {
        notes.push("Trong ngày không có lượt đến khám nào.".to_owned());
    }
    if figures.unsure_clock > 0 {
        notes.push(format!(
            "Có {} lượt ghi khi máy chưa chắc ngày giờ: cần đối chiếu ngày trước khi báo cáo.",
            figures.unsure_clock
        ));
    }
    notes.push(VNEID_BY_WORD.to_owned());
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::AgeBand;
    use crate::figures::Tally;
    use crate::figures::sample::{Desk, TODAY};
    use crate::report::sample::heading;

    fn of(events: &[crate::event::Event]) -> Table {
        let mut tally = Tally::new(TODAY);
        for event in events {
            tally.add(event);
        }
        table(&heading(), TODAY, Ok(&tally.figures()))
    }

    fn row<'a>(table: &'a Table, indicator: &str) -> &'a [Cell] {
        table.rows.iter().find(|row| row[0] == Cell::text(indicator)).unwrap()
    }

    #[test]
    fn a_day_without_visits_has_explicit_zeros_and_no_rate() {
        let table = of(&[]);
        for row in &table.rows {
            assert_eq!(row.len(), table.columns.len());
            assert_eq!(row[1], Cell::Number(0), "{row:?}");
        }
        assert!(table.notes.iter().any(|note| note.contains("không có lượt đến khám")));
        assert!(!table.notes.iter().any(|note| note.contains("chưa chắc")));
    }

    #[test]
    fn a_day_without_figures_has_no_number_and_says_why() {
        let table = table(&heading(), TODAY, Err(Gap::NotClosed));
        assert_eq!(table.rows.len(), of(&[]).rows.len());
        for row in &table.rows {
            let is_blank = |cell: &Cell| matches!(cell, Cell::Unknown | Cell::Blank);
            assert!(row[1] == Cell::Unknown && row[1..].iter().all(is_blank), "{row:?}");
        }
        assert!(table.notes[0].contains("chưa chốt sổ"), "{:?}", table.notes);
        assert!(!table.notes.iter().any(|note| note.contains("không có lượt")));
    }

    #[test]
    fn a_rate_stands_beside_its_numerator_and_denominator() {
        let mut desk = Desk::open(TODAY);
        let first = desk.arrives(Some(CardKind::Cccd), AgeBand::From70);
        desk.chooses(first, RecordUsed::Vneid, Source::NurseConfirmed);
        desk.arrives(None, AgeBand::Unknown);
        let table = of(&desk.events);
        assert_eq!(
            row(&table, "Dùng VNeID: nhân viên xác nhận")[1..],
            [Cell::Number(1), Cell::Number(2), Cell::Share(Share { part: 1, whole: 2 })]
        );
        assert_eq!(row(&table, "Đã quét: thẻ căn cước công dân gắn chip")[2], Cell::Number(1));
    }

    #[test]
    fn every_indicator_has_its_own_name() {
        let mut names: Vec<Cell> = of(&[]).rows.into_iter().map(|row| row[0].clone()).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn visits_by_an_unsure_clock_are_pointed_out() {
        let mut desk = Desk::open(TODAY);
        desk.clock_sure = false;
        desk.arrives(None, AgeBand::Unknown);
        let table = of(&desk.events);
        assert_eq!(row(&table, "Lượt ghi khi chưa chắc ngày giờ")[1], Cell::Number(1));
        assert!(table.notes.iter().any(|note| note.starts_with("Có 1 lượt ghi")));
    }
}
