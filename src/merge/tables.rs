//! What the report says, as tables. Rules kept: a rate stands beside what it is a rate of; a day
//! without visits is a row of zeros, a day without a closing is no row but a gap.

use super::closed_day::ClosedDay;
use super::desk::{Desk, Source};
use super::{Conflict, Double, Gap, Kind, Merged, OtherKey, Refused, Request, Why};
use crate::event::{Moment, StationCode, StationDay};
use crate::export::days_in_words;
use crate::figures::DayFigures;
use crate::report::{
    Cell, Column, Table, VNEID_BY_WORD, figure_cells, figure_columns, indicator_columns,
    indicator_rows,
};

/// Characters of one cell. A spreadsheet takes 32,767; a foreign name may be of any length.
const LONGEST: usize = 2_000;

/// What stands before the sum of all rows.
const SUM: &str = "Cộng";

/// A heading with the width of its column, in characters.
type Titled = (&'static str, u8);

/// What several tables begin with.
const STATION: Titled = ("Mã trạm", 14);
const STATION_NAME: Titled = ("Đơn vị", 24);
const POINT: Titled = ("Mã điểm", 8);
const POINT_NAME: Titled = ("Điểm tiếp đón", 20);
const FROM: Titled = ("Từ ngày", 12);
const TO: Titled = ("Đến ngày", 12);
const CLOSED: Titled = ("Ngày đã chốt", 8);
const MISSING: Titled = ("Ngày thiếu", 8);

/// The days of all desks, without their rows.
pub(super) fn by_day(request: &Request) -> Table {
    let own = [STATION, POINT, ("Ngày", 12), ("Lần chốt", 6)];
    Table {
        stem: "tong-hop-ngay",
        sheet: "Theo ngày",
        title: "SỐ LIỆU TIẾP ĐÓN THEO TRẠM, ĐIỂM VÀ NGÀY".into(),
        about: vec![("Khóa ký", keys(request))],
        columns: columns(&own).chain(figure_columns()).collect(),
        rows: Vec::new(),
        sum: None,
        notes: vec![
            "Mỗi dòng là một bản chốt do trạm ký. Ngày chưa có bản chốt thì không có dòng."
                .to_owned(),
            made(request.made_at),
        ],
        made_at: request.made_at,
    }
}

/// A row of [`by_day`].
pub(super) fn row_of_day(desk: &Desk, closed: &ClosedDay) -> Vec<Cell> {
    let [station, point] = codes(desk);
    let own = [station, point, Cell::Day(closed.day), Cell::Number(closed.number)];
    own.into_iter().chain(figure_cells(&closed.figures)).collect()
}

/// Its last row.
pub(super) fn row_of_all_days(sum: &DayFigures) -> Vec<Cell> {
    let own = [Cell::text(SUM), Cell::Blank, Cell::Blank, Cell::Blank];
    own.into_iter().chain(figure_cells(sum)).collect()
}

/// The other tables: those that stand before [`by_day`] in the workbook, and those after it.
pub(super) fn all(request: &Request, merged: &Merged, desks: &[Desk]) -> [Vec<Table>; 2] {
    let report = Report { request, merged, desks };
    [
        vec![report.indicators(), report.by_station(), report.by_desk()],
        vec![report.gaps(), report.doubles(), report.sources(), report.refused()],
    ]
}

struct Report<'a> {
    request: &'a Request,
    merged: &'a Merged,
    desks: &'a [Desk],
}

/// What stands in a row of sums.
#[derive(Default)]
struct Sum {
    desks: u64,
    closings: u64,
    missing: u64,
    figures: DayFigures,
}

impl Sum {
    fn add(&mut self, desk: &Desk, missing: u64) {
        self.desks += 1;
        self.closings += desk.closings;
        self.missing += missing;
        self.figures.add(&desk.sum);
    }
}

impl Report<'_> {
    fn table(
        &self,
        (stem, sheet): (&'static str, &'static str),
        title: &'static str,
        columns: Vec<Column>,
        rows: Vec<Vec<Cell>>,
        notes: Vec<String>,
    ) -> Table {
        let made_at = self.request.made_at;
        Table {
            stem,
            sheet,
            title: title.into(),
            about: vec![
                ("Từ ngày", Cell::Day(self.merged.period.from())),
                ("Đến ngày", Cell::Day(self.merged.period.to())),
                ("Khóa ký", keys(self.request)),
            ],
            columns,
            rows,
            sum: None,
            notes: notes.into_iter().chain([made(made_at)]).collect(),
            made_at,
        }
    }

    /// What whoever reads a sum has to know of it.
    fn caveats(&self) -> Vec<String> {
        let Merged { gaps, conflicts, other_keys, refused, .. } = self.merged;
        let mut notes = vec![
            "Mỗi ngày của mỗi điểm tính một lần, theo bản chốt sau cùng do trạm ký.".to_owned(),
        ];
        let missing: u64 = gaps.iter().map(Gap::days).sum();
        if missing > 0 {
            notes.push(format!(
                "Còn thiếu {missing} ngày của các điểm; ngày thiếu không phải là 0. Xem bảng Thiếu."
            ));
        }
        if !conflicts.is_empty() {
            notes.push(format!(
                "Có {} ngày không tính vì bản chốt trái nhau. Xem bảng Trùng.",
                conflicts.len()
            ));
        }
        if other_keys.iter().any(|other| !other.is_listed) {
            notes.push(
                "Có bản chốt do khóa chưa đối chiếu ký, khác khóa của bản xuất. Xem bảng Nguồn."
                    .to_owned(),
            );
        }
        if !refused.is_empty() {
            notes.push(format!(
                "Có {} bản xuất bị từ chối, không tính vào đây. Xem bảng Bị từ chối.",
                refused.len()
            ));
        }
        notes
    }

    fn missing(&self, desk: &Desk) -> u64 {
        let Some(origin) = &desk.origin else { return 0 };
        // The gaps are in the order of the desks.
        let from = self.merged.gaps.partition_point(|gap| gap.origin < *origin);
        let of_desk = self.merged.gaps.iter().skip(from).take_while(|gap| gap.origin == *origin);
        of_desk.map(Gap::days).sum()
    }

    fn indicators(&self) -> Table {
        let notes = [self.caveats(), vec![VNEID_BY_WORD.to_owned()]].concat();
        let rows = indicator_rows(&self.merged.sum);
        let name = ("tong-hop-chung", "Tổng hợp chung");
        self.table(name, "TỔNG HỢP SỐ LIỆU TIẾP ĐÓN", indicator_columns(), rows, notes)
    }

    fn by_station(&self) -> Table {
        let own = [STATION, STATION_NAME, ("Số điểm", 7), CLOSED, MISSING];
        let mut all = Sum::default();
        let mut rows = Vec::new();
        for of_station in self.heard().chunk_by(|one, other| one.station() == other.station()) {
            let Some(first) = of_station.first() else { continue };
            let mut sum = Sum::default();
            for desk in of_station {
                sum.add(desk, self.missing(desk));
                all.add(desk, self.missing(desk));
            }
            let [station, _] = codes(first);
            rows.push(row_of_sum([station, text(&first.station_name)], Some(sum.desks), &sum));
        }
        let table = self.table(
            ("tong-hop-tram", "Theo trạm"),
            "SỐ LIỆU TIẾP ĐÓN THEO TRẠM",
            columns(&own).chain(figure_columns()).collect(),
            rows,
            self.caveats(),
        );
        let sum = row_of_sum([Cell::text(SUM), Cell::Blank], Some(all.desks), &all);
        Table { sum: Some(sum), ..table }
    }

    fn by_desk(&self) -> Table {
        let own = [STATION, STATION_NAME, POINT, POINT_NAME, CLOSED, MISSING];
        let mut all = Sum::default();
        let mut rows = Vec::new();
        for desk in self.heard() {
            let mut sum = Sum::default();
            sum.add(desk, self.missing(desk));
            all.add(desk, self.missing(desk));
            let [station, point] = codes(desk);
            let names = [station, text(&desk.station_name), point, text(&desk.point_name)];
            rows.push(row_of_sum(names, None, &sum));
        }
        let names = [Cell::text(SUM), Cell::Blank, Cell::Blank, Cell::Blank];
        let table = self.table(
            ("tong-hop-diem", "Theo điểm"),
            "SỐ LIỆU TIẾP ĐÓN THEO ĐIỂM",
            columns(&own).chain(figure_columns()).collect(),
            rows,
            self.caveats(),
        );
        Table { sum: Some(row_of_sum(names, None, &all)), ..table }
    }

    /// The desks of which an export counts.
    fn heard(&self) -> Vec<&Desk> {
        self.desks.iter().filter(|desk| !desk.sources.is_empty()).collect()
    }

    fn gaps(&self) -> Table {
        let own = [
            STATION,
            STATION_NAME,
            POINT,
            POINT_NAME,
            FROM,
            TO,
            ("Số ngày", 7),
            ("Vì sao", 30),
            ("Việc cần làm", 40),
        ];
        let row = |gap: &Gap| {
            let (why, advice) = why(gap.why);
            vec![
                Cell::text(gap.origin.station.as_str()),
                text(&gap.station_name),
                Cell::text(gap.origin.point.as_str()),
                text(&gap.point_name),
                Cell::Day(gap.from),
                Cell::Day(gap.to),
                Cell::Number(gap.days()),
                Cell::text(why),
                Cell::text(advice),
            ]
        };
        self.table(
            ("thieu", "Thiếu"),
            "NGÀY CHƯA CÓ BẢN CHỐT",
            columns(&own).collect(),
            self.merged.gaps.iter().map(row).collect(),
            vec!["Trạm chốt sổ mọi ngày trong lịch, kể cả ngày không có lượt nào.".to_owned()],
        )
    }

    fn doubles(&self) -> Table {
        let own =
            [STATION, POINT, FROM, TO, ("Chuyện gì", 34), ("Bản được tính", 40), ("Bản kia", 40)];
        let conflict = |Conflict { origin, day, number, places: [one, other] }: &Conflict| {
            vec![
                Cell::text(origin.station.as_str()),
                Cell::text(origin.point.as_str()),
                Cell::Day(*day),
                Cell::Day(*day),
                Cell::Text(format!(
                    "Hai bản chốt lần {number} khác nhau: không tính ngày này. Xin trạm cho biết \
                     bản nào đúng."
                )),
                Cell::Blank,
                text(&format!("{one}; {other}")),
            ]
        };
        let double = |double: &Double| {
            let Double { origin, kind, from, to, counted, other } = double;
            let what = match kind {
                Kind::Same => "Cùng một bản chốt: tính một lần.".to_owned(),
                Kind::Later { number, before } => {
                    format!("Chốt lại lần {number}, thay cho lần {before}.")
                }
            };
            vec![
                Cell::text(origin.station.as_str()),
                Cell::text(origin.point.as_str()),
                Cell::Day(*from),
                Cell::Day(*to),
                Cell::Text(what),
                text(counted),
                text(other),
            ]
        };
        let Merged { doubles, conflicts, .. } = self.merged;
        self.table(
            ("trung", "Trùng"),
            "BẢN CHỐT TRÙNG NHAU",
            columns(&own).collect(),
            conflicts.iter().map(conflict).chain(doubles.iter().map(double)).collect(),
            Vec::new(),
        )
    }

    fn sources(&self) -> Table {
        let own = [
            STATION,
            STATION_NAME,
            POINT,
            POINT_NAME,
            FROM,
            TO,
            ("Lập lúc", 18),
            ("Khóa ký", 26),
            ("Bản chốt do khóa khác ký", 40),
            ("Số ngày được tính", 8),
            ("Những ngày được tính", 40),
            ("Thư mục", 40),
            ("Chương trình", 14),
        ];
        let mut rows = Vec::new();
        for desk in self.desks {
            for source in &desk.sources {
                let [station, point] = codes(desk);
                let again = if source.is_earlier { " (bản cũ, đã xuất lại)" } else { "" };
                rows.push(vec![
                    station,
                    text(&source.station_name),
                    point,
                    text(&source.point_name),
                    Cell::Day(source.period.from()),
                    Cell::Day(source.period.to()),
                    text(&source.made),
                    Cell::Text(source.key.to_string()),
                    other_keys(&source.other_keys),
                    Cell::Number(source.days.len().try_into().unwrap_or(u64::MAX)),
                    days(&source.days),
                    text(&format!("{}{again}", source.place)),
                    text(&source.program),
                ]);
            }
        }
        let is_listed = |source: &Source| source.other_keys.iter().all(|other| other.is_listed);
        let known = if self.request.keys.is_some() {
            if self.desks.iter().flat_map(|desk| &desk.sources).all(is_listed) {
                "Mọi khóa ở đây đều có trong danh sách khóa đã đưa."
            } else {
                "Mọi khóa của bản xuất đều có trong danh sách khóa đã đưa; khóa khác đã ký bản chốt \
                 thì chưa đủ: xin gọi điện cho trạm và đọc đối chiếu mã khóa."
            }
        } else {
            "Khóa chưa đối chiếu với danh sách nào: xin gọi điện cho trạm và đọc đối chiếu mã khóa, \
             hoặc tổng hợp lại với --keys."
        };
        let name = ("nguon", "Nguồn");
        let columns = columns(&own).collect();
        self.table(name, "CÁC BẢN XUẤT ĐÃ DÙNG", columns, rows, vec![known.to_owned()])
    }

    fn refused(&self) -> Table {
        let own = [STATION, POINT, ("Thư mục", 44), ("Vì sao", 60), ("Việc cần làm", 44)];
        let row = |Refused { place, origin, why }: &Refused| {
            let code = |code: Option<&str>| code.map_or(Cell::Blank, Cell::text);
            vec![
                code(origin.as_ref().map(|origin| origin.station.as_str())),
                code(origin.as_ref().map(|origin| origin.point.as_str())),
                text(place),
                text(&why.to_string()),
                Cell::text(why.advice()),
            ]
        };
        self.table(
            ("bi-tu-choi", "Bị từ chối"),
            "CÁC BẢN XUẤT BỊ TỪ CHỐI, KHÔNG TÍNH",
            columns(&own).collect(),
            self.merged.refused.iter().map(row).collect(),
            Vec::new(),
        )
    }
}

fn row_of_sum<const N: usize>(names: [Cell; N], desks: Option<u64>, sum: &Sum) -> Vec<Cell> {
    let counts = desks.into_iter().chain([sum.closings, sum.missing]).map(Cell::Number);
    // Of no closing nothing is known: that is no zero.
    let figures = match sum.closings {
        0 => vec![Cell::Unknown; figure_columns().count()],
        _ => figure_cells(&sum.figures),
    };
    names.into_iter().chain(counts).chain(figures).collect()
}

fn columns(own: &[Titled]) -> impl Iterator<Item = Column> {
    own.iter().map(|(heading, width)| Column::new(*heading, *width))
}

fn codes(desk: &Desk) -> [Cell; 2] {
    let station = desk.station().map(StationCode::as_str);
    let point = desk.origin.as_ref().map(|origin| origin.point.as_str());
    [station, point].map(|code| code.map_or(Cell::Blank, Cell::text))
}

/// Words of others, not longer than a cell.
fn text(words: &str) -> Cell {
    let mut kept: String = words.chars().take(LONGEST).collect();
    if kept.len() < words.len() {
        kept.push('…');
    }
    Cell::Text(kept)
}

fn days(days: &[StationDay]) -> Cell {
    text(&days_in_words(days))
}

/// Keys beside that of the export, each with its days.
fn other_keys(others: &[OtherKey]) -> Cell {
    let one = |OtherKey { key, is_listed, days, .. }: &OtherKey| {
        let known = if *is_listed { "có trong danh sách" } else { "chưa đối chiếu" };
        format!("{key} ({known}): {}", days_in_words(days))
    };
    match others {
        [] => Cell::Blank,
        others => text(&others.iter().map(one).collect::<Vec<_>>().join("; ")),
    }
}

fn keys(request: &Request) -> Cell {
    Cell::text(if request.keys.is_some() {
        "đã đối chiếu với danh sách khóa"
    } else {
        "chưa đối chiếu với danh sách khóa"
    })
}

fn made(at: Moment) -> String {
    format!("Tổng hợp lúc {}.", at.local().format("%H:%M ngày %d/%m/%Y"))
}

/// Why days are missing, and what to do.
fn why(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::Silent => {
            ("Có trong danh sách nhưng chưa gửi gì.", "Xin trạm xuất số liệu ra USB rồi gửi.")
        }
        Why::NotSent => (
            "Chưa có bản xuất cho những ngày này.",
            "Xin trạm xuất kỳ có những ngày này ra USB rồi gửi.",
        ),
        Why::Refused => (
            "Không có bản xuất dùng được; có bản bị từ chối.",
            "Vui lòng xem bảng Bị từ chối, rồi xin trạm xuất lại.",
        ),
        Why::NotClosed => (
            "Có bản xuất nhưng chưa chốt sổ.",
            "Xin trạm chốt sổ những ngày này, xuất lại rồi gửi.",
        ),
        Why::Contradicting => (
            "Có hai bản chốt trái nhau.",
            "Vui lòng xem bảng Trùng, rồi xin trạm cho biết bản nào đúng.",
        ),
    }
}
