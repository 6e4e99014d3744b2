//! `tiepdon sheet`: the form on which staff count by pen while the box is down, so that counting
//! goes on (product rule 4) and is entered later. It asks what the box asks, and never who came
//! (product rule 2). Black and white only: stations copy it on what they have.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::paper_size::PaperSize;
use crate::configuration::Configuration;
use crate::event::{Obstacle, StationDay};
use crate::export;
use crate::print::{
    Align, Area, Format, Ink, Lettering, Paint, Paper, Place, PrintError, Sheet, Stroke, Weight,
};
use crate::report::words;
use crate::station::Station;

/// Arguments of `tiepdon sheet`.
#[derive(Args)]
pub struct TallySheet {
    /// Tệp PDF sẽ ghi; nếu đã có thì được thay bằng tệp mới.
    #[arg(long, value_name = "TỆP")]
    out: PathBuf,
    /// Thư mục cấu hình, để in tên trạm và điểm tiếp đón; bỏ trống thì để chỗ ghi tay.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: Option<PathBuf>,
    /// Ngày in sẵn trên phiếu, ví dụ 2026-11-24; bỏ trống thì để chỗ ghi tay.
    #[arg(long, value_name = "NĂM-THÁNG-NGÀY")]
    day: Option<StationDay>,
    /// Khổ giấy; khổ A3 có dòng và ô lớn hơn.
    #[arg(long, value_name = "KHỔ", default_value = "a4")]
    paper: PaperSize,
    /// Số dòng trên một trang, từ 10 đến 25; ít dòng thì dòng cao hơn.
    #[arg(long, value_name = "SỐ", default_value_t = MOST_ROWS,
        value_parser = between::<FEWEST_ROWS, MOST_ROWS>)]
    rows: u8,
    /// Số trang giống nhau, từ 1 đến 100; hai trang là hai mặt của một tờ.
    #[arg(long, value_name = "SỐ", default_value_t = 2, value_parser = between::<1, 100>)]
    pages: u8,
}

impl TallySheet {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let configuration = self.config.as_deref().map(Configuration::load).transpose()?;
        let form = Form {
            station: configuration.map(|configuration| configuration.station),
            day: self.day,
            rows: self.rows,
        };
        let pdf = form
            .pdf(self.paper.format(), self.pages)
            .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        export::file(&self.out, pdf).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        writeln!(io::stdout(), "{}", self.out.display())?;
        Ok(())
    }
}

/// A whole number of these bounds.
fn between<const LEAST: u8, const MOST: u8>(text: &str) -> Result<u8, String> {
    text.parse()
        .ok()
        .filter(|number| (LEAST..=MOST).contains(number))
        .ok_or_else(|| format!("hãy ghi một số từ {LEAST} đến {MOST}"))
}

const NATION: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
const TITLE: &str = "Phiếu đếm lượt khám khi máy không chạy";
const NO_NAMES: &str = "Không ghi họ tên, số thẻ của người bệnh.";
const HOW_TO_FILL: &str = "Mỗi lượt khám một dòng. Đánh dấu X vào ô; không rõ thì để trống. \
    Ghi sai thì gạch cả dòng, ghi lại ở dòng mới.";
const HOW_TO_ENTER: &str = "Khi máy chạy lại: mở màn hình nhân viên › Nhập bù từ phiếu giấy.";

/// More would be too low to write in.
const MOST_ROWS: u8 = 25;
/// Fewer would waste the paper.
const FEWEST_ROWS: u8 = 10;
const _: () = assert!(row_height(MOST_ROWS) >= 7.0, "a pen in a hurry needs 7 mm");

/// A question, and the boxes for its answers side by side.
struct Question {
    words: &'static str,
    /// None where one box says yes.
    answers: &'static [&'static str],
}

/// What the box asks, in its order.
const QUESTIONS: [Question; 5] = [
    Question { words: "Tuổi", answers: &["Dưới 14", "14–59", "60–69", "Từ 70"] },
    Question { words: "Dùng gì", answers: &["VNeID", "Sổ giấy", "Chưa có"] },
    Question { words: "Được hướng dẫn", answers: &[] },
    Question {
        words: "Tích hợp thẻ BHYT",
        answers: &["Đã có từ trước", "Xong tại chỗ", "Đã gửi", "Chưa được"],
    },
    Question { words: "Người giám hộ", answers: &[] },
];

impl Question {
    /// How many boxes it has.
    fn boxes(&self) -> usize {
        self.answers.len().max(1)
    }
}

/// White at the edges of the sheet, in mm.
const MARGIN: f32 = 10.0;

/// Head, rows and totals. Who counts stands above, what to know later below.
const TABLE: Area =
    Area { left: MARGIN, top: 50.0, width: Sheet::WIDTH - 2.0 * MARGIN, height: 204.0 };
const RIGHT: f32 = TABLE.left + TABLE.width;
const BOTTOM: f32 = TABLE.top + TABLE.height;

/// Height of the head, and of the part of it that holds questions with several answers.
const HEAD: f32 = 18.0;
const QUESTION_HEAD: f32 = 6.5;
const TOTALS: f32 = 9.0;

/// Widths of the columns; what is left over is for the obstacles.
const NUMBERS: f32 = 8.0;
const HOURS: f32 = 19.0;
const BOX_COLUMN: f32 = 11.0;
const BOXES_LEFT: f32 = TABLE.left + NUMBERS + HOURS;

/// Side of a box to tick.
const BOX: f32 = 4.6;

/// Finer lines are lost on worn-out copiers.
const FINE: Stroke = Stroke { ink: Ink::BLACK, width: 0.25 };
/// Around the table, between questions, and after every fifth row, so that no pen slips a row.
const STRONG: Stroke = Stroke { ink: Ink::BLACK, width: 0.6 };
const ROWS_BETWEEN_STRONG_LINES: u8 = 5;

const fn lettering(weight: Weight, size: f32, align: Align) -> Lettering {
    Lettering { weight, size, ink: Ink::BLACK, align }
}

const NATIONAL: Lettering = lettering(Weight::Bold, 3.2, Align::Middle);
const STATION: Lettering = lettering(Weight::Bold, 4.0, Align::Left);
const POINT: Lettering = lettering(Weight::Regular, 3.8, Align::Left);
const HEADING: Lettering = lettering(Weight::Bold, 7.0, Align::Middle);
const BLANKS: Lettering = lettering(Weight::Regular, 4.0, Align::Left);
const RULE: Lettering = lettering(Weight::Bold, 4.0, Align::Left);
const HINT: Lettering = lettering(Weight::Regular, 3.5, Align::Left);
const COLUMN: Lettering = lettering(Weight::Bold, 2.8, Align::Middle);
const QUESTION: Lettering = lettering(Weight::Bold, 3.4, Align::Middle);
const NUMBER: Lettering = lettering(Weight::Regular, 3.4, Align::Middle);

/// A part of a line that is filled in by pen.
#[derive(Clone, Copy)]
enum Part<'a> {
    Words(&'a str),
    /// A line to write on, so many mm long.
    Blank(f32),
    /// So many mm of white.
    Gap(f32),
}

use Part::{Blank, Gap, Words};

/// Room for a day.
const ANY_DAY: [Part<'static>; 6] =
    [Words("Ngày "), Blank(9.0), Words(" / "), Blank(9.0), Words(" / 20"), Blank(9.0)];

/// What one form says and holds.
struct Form {
    station: Option<Station>,
    day: Option<StationDay>,
    rows: u8,
}

impl Form {
    /// The form, on as many pages as asked.
    fn pdf(&self, format: Format, pages: u8) -> Result<Vec<u8>, PrintError> {
        let mut paper = Paper::of(format, TITLE)?;
        for _ in 0..pages {
            paper.sheet(|sheet| {
                self.draw_station(sheet);
                draw_nation(sheet);
                self.draw_heading(sheet);
                draw_head(sheet);
                self.draw_rows(sheet);
                draw_totals(sheet);
                draw_frame(sheet);
                draw_foot(sheet);
                Ok(())
            })?;
        }
        paper.into_pdf()
    }

    /// Draws the name of the station and of the desk, or room for them.
    fn draw_station(&self, sheet: &mut Sheet<'_>) {
        /// As much as the nation leaves.
        const ROOM: f32 = 100.0;
        let [first, second] = [13.0, 18.6].map(|y| Place { x: TABLE.left, y });
        if let Some(station) = &self.station {
            let name = sheet.fitted(&station.name, STATION, ROOM);
            sheet.text(&station.name, first, &name);
            let point = sheet.fitted(&station.point_name, POINT, ROOM);
            sheet.text(&station.point_name, second, &point);
        } else {
            fill_in(sheet, first, &POINT, &[Words("Trạm y tế "), Blank(70.0)]);
            fill_in(sheet, second, &POINT, &[Words("Điểm tiếp đón "), Blank(61.5)]);
        }
    }

    /// Draws what the form is, the day, who counts, and how.
    fn draw_heading(&self, sheet: &mut Sheet<'_>) {
        sheet.text(TITLE, Place { x: Sheet::WIDTH / 2.0, y: 28.5 }, &HEADING);
        let day = self.day.map(|StationDay(day)| day.format("Ngày %d/%m/%Y").to_string());
        let mut parts = match &day {
            Some(day) => vec![Words(day)],
            None => ANY_DAY.to_vec(),
        };
        let who = Words("Người ghi (mã nhân viên) ");
        parts.extend([Gap(6.0), Words("Tờ số "), Blank(14.0), Gap(6.0), who, Blank(34.0)]);
        fill_in(sheet, Place { x: TABLE.left, y: 37.0 }, &BLANKS, &parts);
        sheet.text(NO_NAMES, Place { x: TABLE.left, y: 43.0 }, &RULE);
        let hint = sheet.fitted(HOW_TO_FILL, HINT, TABLE.width);
        sheet.text(HOW_TO_FILL, Place { x: TABLE.left, y: 47.8 }, &hint);
    }

    fn draw_rows(&self, sheet: &mut Sheet<'_>) {
        let height = row_height(self.rows);
        for row in 0..self.rows {
            let top = TABLE.top + HEAD + height * f32::from(row);
            let strong = row % ROWS_BETWEEN_STRONG_LINES == 0;
            draw_across(sheet, TABLE.left, RIGHT, top, if strong { STRONG } else { FINE });
            let number = Area { left: TABLE.left, top, width: NUMBERS, height };
            write_in(sheet, number, &(row + 1).to_string(), &NUMBER);
            for left in (0..boxes()).map(box_left) {
                let middle = Area { left, top, width: BOX_COLUMN, height }.middle();
                let (left, top) = (middle.x - BOX / 2.0, middle.y - BOX / 2.0);
                let tick = Area { left, top, width: BOX, height: BOX };
                sheet.rectangle(tick, 0.0, Paint::Edge(FINE));
            }
        }
    }
}

const fn row_height(rows: u8) -> f32 {
    (TABLE.height - HEAD - TOTALS) / rows as f32
}

/// Boxes in a row.
fn boxes() -> usize {
    QUESTIONS.iter().map(Question::boxes).sum()
}

/// Left side of a column of boxes.
fn box_left(column: usize) -> f32 {
    BOXES_LEFT + BOX_COLUMN * column as f32
}

fn draw_nation(sheet: &mut Sheet<'_>) {
    let middle = RIGHT - sheet.width_of(NATION, &NATIONAL) / 2.0;
    sheet.text(NATION, Place { x: middle, y: 13.0 }, &NATIONAL);
    sheet.text(MOTTO, Place { x: middle, y: 17.6 }, &NATIONAL);
    let half = sheet.width_of(MOTTO, &NATIONAL) / 2.0;
    draw_across(sheet, middle - half, middle + half, 19.2, FINE);
}

/// Draws what the columns are.
fn draw_head(sheet: &mut Sheet<'_>) {
    let whole = |left: f32, width: f32| Area { left, top: TABLE.top, width, height: HEAD };
    write_in(sheet, whole(TABLE.left, NUMBERS), "TT", &COLUMN);
    write_in(sheet, whole(TABLE.left + NUMBERS, HOURS), "Giờ", &QUESTION);
    let mut first = 0;
    for question in &QUESTIONS {
        let (left, end) = (box_left(first), box_left(first + question.boxes()));
        let area = whole(left, end - left);
        if question.answers.is_empty() {
            write_in(sheet, area, question.words, &COLUMN);
        } else {
            write_in(sheet, Area { height: QUESTION_HEAD, ..area }, question.words, &QUESTION);
            draw_across(sheet, left, end, TABLE.top + QUESTION_HEAD, FINE);
        }
        for (column, answer) in (first..).zip(question.answers) {
            let top = TABLE.top + QUESTION_HEAD;
            let height = HEAD - QUESTION_HEAD;
            let area = Area { left: box_left(column), top, width: BOX_COLUMN, height };
            write_in(sheet, area, answer, &COLUMN);
        }
        first += question.boxes();
    }
    let left = box_left(boxes());
    write_in(sheet, whole(left, RIGHT - left), "Vướng mắc (số\u{a0}1–8)", &COLUMN);
}

/// Draws room for the sums.
fn draw_totals(sheet: &mut Sheet<'_>) {
    let top = BOTTOM - TOTALS;
    draw_across(sheet, TABLE.left, RIGHT, top, STRONG);
    let base = top + (TOTALS + RULE.capitals()) / 2.0;
    sheet.text("Cộng", Place { x: TABLE.left + 2.0, y: base }, &RULE);
}

/// Draws the sides of the table, and the lines between its columns.
fn draw_frame(sheet: &mut Sheet<'_>) {
    let x = TABLE.left + NUMBERS;
    sheet.line(Place { x, y: TABLE.top }, Place { x, y: BOTTOM - TOTALS }, FINE);
    let mut down = |x: f32, top: f32, stroke: Stroke| {
        sheet.line(Place { x, y: top }, Place { x, y: BOTTOM }, stroke);
    };
    let mut first = 0;
    for question in &QUESTIONS {
        down(box_left(first), TABLE.top, STRONG);
        for column in first + 1..first + question.boxes() {
            down(box_left(column), TABLE.top + QUESTION_HEAD, FINE);
        }
        first += question.boxes();
    }
    down(box_left(boxes()), TABLE.top, STRONG);
    sheet.rectangle(TABLE.inset(-STRONG.width / 2.0), 0.0, Paint::Edge(STRONG));
}

/// Draws what the numbers of the obstacles mean, and what to do when the box is back.
fn draw_foot(sheet: &mut Sheet<'_>) {
    const LEADING: f32 = 4.5;
    const COLUMNS: usize = 2;
    let rows = Obstacle::ALL.len().div_ceil(COLUMNS);
    let x = TABLE.left;
    let top = BOTTOM + 5.5;
    sheet.text("Vướng mắc:", Place { x, y: top }, &HINT);
    for (index, obstacle) in Obstacle::ALL.into_iter().enumerate() {
        let x = x + 25.0 + 80.0 * (index / rows) as f32;
        let y = top + LEADING * (index % rows) as f32;
        let said = format!("{}. {}", index + 1, words::obstacle(obstacle));
        sheet.text(&said, Place { x, y }, &HINT);
    }
    let y = top + LEADING * rows as f32 + 1.5;
    sheet.text(HOW_TO_ENTER, Place { x, y }, &RULE);
    let mut parts = vec![Words("Đã nhập vào máy: ")];
    parts.extend(ANY_DAY);
    parts.extend([Words(", lúc "), Blank(9.0), Words(" giờ "), Blank(9.0)]);
    parts.extend([Words(", mã nhân viên "), Blank(34.0)]);
    fill_in(sheet, Place { x, y: y + 6.5 }, &BLANKS, &parts);
}

/// Draws a line from left to right.
fn draw_across(sheet: &mut Sheet<'_>, left: f32, right: f32, y: f32, stroke: Stroke) {
    sheet.line(Place { x: left, y }, Place { x: right, y }, stroke);
}

/// Writes a line to be filled in, from `start` on.
fn fill_in(sheet: &mut Sheet<'_>, start: Place, lettering: &Lettering, parts: &[Part<'_>]) {
    /// From the base line down to the line of a blank.
    const BELOW: f32 = 0.6;
    let Place { mut x, y } = start;
    for part in parts {
        let width = match *part {
            Words(words) => {
                sheet.text(words, Place { x, y }, lettering);
                sheet.width_of(words, lettering)
            }
            Blank(width) => {
                draw_across(sheet, x, x + width, y + BELOW, FINE);
                width
            }
            Gap(width) => width,
        };
        x += width;
    }
}

/// Writes words into the middle of an area, on as many lines as they need.
fn write_in(sheet: &mut Sheet<'_>, area: Area, words: &str, lettering: &Lettering) {
    /// White on each side, in mm.
    const PADDING: f32 = 0.4;
    /// From one base line to the next, as a part of the type size: accents need it.
    const LEADING: f32 = 1.25;
    let lines = sheet.wrap(words, lettering, area.width - 2.0 * PADDING);
    let leading = lettering.size * LEADING;
    let block = lettering.capitals() + leading * (lines.len() as f32 - 1.0);
    let middle = area.middle();
    let mut y = middle.y - block / 2.0 + lettering.capitals();
    for line in lines {
        sheet.text(&line, Place { y, ..middle }, lettering);
        y += leading;
    }
}
