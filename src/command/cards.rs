//! `tiepdon cards`: the command cards on sheets of A4, nine each, to cut apart, laminate and lay beside the
//! reader. Each shows the button it stands for as it looks on the screen.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::card::Command;
use crate::configuration::Configuration;
use crate::export;
use crate::print::{
    Align, Area, Ink, Lettering, Paint, Paper, Place, PrintError, Sheet, Stroke, Weight,
};

/// Arguments of `tiepdon cards`.
#[derive(Args)]
pub struct Cards {
    /// Tệp PDF sẽ ghi; nếu đã có thì được thay bằng tệp mới.
    #[arg(long, value_name = "TỆP")]
    out: PathBuf,
    /// Thư mục cấu hình, để in tên trạm; bỏ trống thì tờ in không có tên trạm.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: Option<PathBuf>,
}

impl Cards {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let configuration = self.config.as_deref().map(Configuration::load).transpose()?;
        let station = configuration.map(|configuration| configuration.station.name);
        let pdf =
            pdf(station.as_deref()).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        export::file(&self.out, pdf).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        writeln!(io::stdout(), "{}", self.out.display())?;
        Ok(())
    }
}

const TITLE: &str = "Thẻ thay nút bấm";
const HOW_TO_USE: &str =
    "Không cần chạm màn hình: ông/bà đưa mã trên thẻ vào máy quét, như bấm nút cùng tên.";
const HOW_TO_MAKE: &str =
    "In trên giấy A4, đúng cỡ 100%. Cắt theo các dấu, ép nhựa rồi để cạnh máy quét.";

/// Cards beside each other and above each other, edge to edge.
const COLUMNS: usize = 3;
const ROWS: usize = 3;

/// White at the edges of the sheet, in mm: cut marks stand there, and every printer reaches them.
const MARGIN_MM: f32 = 10.0;

/// Where the cards are. The title stands above, a line for the staff below.
const CARDS: Area = Area {
    left: MARGIN_MM,
    top: 42.0,
    width: Sheet::WIDTH - 2.0 * MARGIN_MM,
    height: 80.0 * ROWS as f32,
};

/// From the cut to the frame of a card, in mm: scissors wander.
const BLEED_MM: f32 = 2.5;

/// From the frame of a card to its button, in mm.
const PADDING_MM: f32 = 2.5;

/// Side of a code in mm: 29 modules of 1.5 mm, with the quiet zone.
const CODE_MM: f32 = 43.5;

const STATION: Lettering =
    Lettering { weight: Weight::Bold, size: 5.2, ink: Ink::JADE, align: Align::Left };
const HEADING: Lettering =
    Lettering { weight: Weight::Bold, size: 11.0, ink: Ink::INK, align: Align::Left };
const SENTENCE: Lettering =
    Lettering { weight: Weight::Regular, size: 4.6, ink: Ink::INK, align: Align::Left };
const SMALL: Lettering =
    Lettering { weight: Weight::Regular, size: 3.6, ink: Ink::SOFT, align: Align::Left };
const LABEL: Lettering =
    Lettering { weight: Weight::Bold, size: 6.4, ink: Ink::INK, align: Align::Middle };

/// The sheets of all commands, headed by the name of the station where it is known.
fn pdf(station: Option<&str>) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new(TITLE)?;
    let commands: Vec<Command> = Command::all().map(|(command, _)| command).collect();
    for commands in commands.chunks(COLUMNS * ROWS) {
        paper.sheet(|sheet| {
            draw_words(sheet, station);
            draw_cut_marks(sheet);
            for (index, command) in commands.iter().enumerate() {
                draw_card(sheet, card(index), *command)?;
            }
            Ok(())
        })?;
    }
    paper.into_pdf()
}

/// The area of a card, counted row by row.
fn card(index: usize) -> Area {
    let (row, column) = (index / COLUMNS, index % COLUMNS);
    Area {
        left: cut_x(column),
        top: cut_y(row),
        width: CARDS.width / COLUMNS as f32,
        height: CARDS.height / ROWS as f32,
    }
}

/// The cut to the left of a column.
fn cut_x(column: usize) -> f32 {
    CARDS.left + CARDS.width * column as f32 / COLUMNS as f32
}

/// The cut above a row.
fn cut_y(row: usize) -> f32 {
    CARDS.top + CARDS.height * row as f32 / ROWS as f32
}

fn draw_words(sheet: &mut Sheet<'_>, station: Option<&str>) {
    let lines = [
        (station.unwrap_or_default(), 14.0, STATION),
        (TITLE, 25.0, HEADING),
        (HOW_TO_USE, 33.2, SENTENCE),
        (HOW_TO_MAKE, Sheet::HEIGHT - 6.0, SMALL),
    ];
    for (words, y, lettering) in lines {
        let lettering = sheet.fitted(words, lettering, CARDS.width);
        sheet.text(words, Place { x: CARDS.left, y }, &lettering);
    }
}

/// Lines outside the cards, and crosses between them, where no card shows them after the cut.
fn draw_cut_marks(sheet: &mut Sheet<'_>) {
    const STROKE: Stroke = Stroke { ink: Ink::SLATE, width: 0.25 };
    /// From the outermost cards to the mark.
    const GAP: f32 = 1.0;
    const LENGTH: f32 = 4.0;
    /// Half a cross.
    const ARM: f32 = 1.5;
    let mut mark = |x: f32, y: f32, dx: f32, dy: f32| {
        sheet.line(Place { x, y }, Place { x: x + dx, y: y + dy }, STROKE);
    };
    let (right, bottom) = (CARDS.left + CARDS.width, CARDS.top + CARDS.height);
    for x in (0..=COLUMNS).map(cut_x) {
        mark(x, CARDS.top - GAP, 0.0, -LENGTH);
        mark(x, bottom + GAP, 0.0, LENGTH);
    }
    for y in (0..=ROWS).map(cut_y) {
        mark(CARDS.left - GAP, y, -LENGTH, 0.0);
        mark(right + GAP, y, LENGTH, 0.0);
    }
    for x in (1..COLUMNS).map(cut_x) {
        for y in (1..ROWS).map(cut_y) {
            mark(x - ARM, y, 2.0 * ARM, 0.0);
            mark(x, y - ARM, 0.0, 2.0 * ARM);
        }
    }
}

fn draw_card(sheet: &mut Sheet<'_>, card: Area, command: Command) -> Result<(), PrintError> {
    const BUTTON_HEIGHT: f32 = 19.0;
    let frame = card.inset(BLEED_MM);
    sheet.rectangle(frame, 5.0, Paint::Edge(Stroke { ink: Ink::LINE, width: 0.4 }));
    let inside = frame.inset(PADDING_MM);
    let above = inside.height - BUTTON_HEIGHT;
    let button = Area { top: inside.top + above, height: BUTTON_HEIGHT, ..inside };
    draw_button(sheet, button, &Button::of(command));
    let code = Area {
        left: inside.left + (inside.width - CODE_MM) / 2.0,
        top: inside.top + (above - CODE_MM) / 2.0,
        width: CODE_MM,
        height: CODE_MM,
    };
    sheet.qr(command.code(), code)
}

fn draw_button(sheet: &mut Sheet<'_>, area: Area, button: &Button) {
    const RADIUS: f32 = 3.5;
    /// From one base line to the next, as a part of the type size: accents need it.
    const LEADING: f32 = 1.2;
    let (paint, ink) = match button.look {
        Look::Full { ground, pen } => (Paint::Fill(ground), pen),
        Look::Outlined { rim, pen } => (Paint::Edge(Stroke { ink: rim, width: 0.7 }), pen),
    };
    sheet.rectangle(area, RADIUS, paint);
    let middle = area.middle();
    let leading = LABEL.size * LEADING;
    let block = LABEL.capitals() + leading * (button.lines.len() as f32 - 1.0);
    for (line, words) in button.lines.iter().enumerate() {
        let base = middle.y - block / 2.0 + LABEL.capitals() + leading * line as f32;
        let lettering = Lettering { ink, ..LABEL };
        sheet.text(words, Place { y: base, ..middle }, &lettering);
    }
}

/// A button as it looks on the screen.
struct Button {
    lines: &'static [&'static str],
    look: Look,
}

enum Look {
    Full { ground: Ink, pen: Ink },
    Outlined { rim: Ink, pen: Ink },
}

impl Button {
    fn of(command: Command) -> Self {
        const GO_ON: Look = Look::Full { ground: Ink::JADE, pen: Ink::WHITE };
        const TEACH: Look = Look::Full { ground: Ink::BLUE, pen: Ink::WHITE };
        const HELP: Look = Look::Full { ground: Ink::AMBER, pen: Ink::INK };
        const BOOK: Look = Look::Outlined { rim: Ink::SLATE, pen: Ink::INK };
        const OTHER: Look = Look::Outlined { rim: Ink::JADE, pen: Ink::JADE };
        let (lines, look): (&[&str], Look) = match command {
            Command::Vneid => (&["Sổ sức khỏe", "trên VNeID"], GO_ON),
            Command::Paper => (&["Sổ khám bệnh", "bằng giấy"], BOOK),
            Command::Guide => (&["Chưa có,", "cần hướng dẫn"], TEACH),
            Command::Skip => (&["Không quét –", "tiếp tục"], OTHER),
            Command::Answer(1) => (&["Ô số 1"], OTHER),
            Command::Answer(2) => (&["Ô số 2"], OTHER),
            Command::Answer(3) => (&["Ô số 3"], OTHER),
            Command::Answer(4) => (&["Ô số 4"], OTHER),
            Command::Answer(5) => (&["Ô số 5"], OTHER),
            Command::Answer(6) => (&["Ô số 6"], OTHER),
            Command::Answer(7) => (&["Ô số 7"], OTHER),
            Command::Answer(_) => (&["Ô số 8"], OTHER),
            Command::Next => (&["Đã xong,", "bước tiếp"], GO_ON),
            Command::Finish => (&["Xong,", "vào khám"], GO_ON),
            Command::CheckNumber => (&["Kiểm tra", "số thẻ"], OTHER),
            Command::SendFailed => (&["Gửi", "chưa được"], OTHER),
            Command::Vietnamese => (&["Tiếng Việt"], OTHER),
            Command::English => (&["English"], OTHER),
            // The printed letters have no Khmer.
            Command::Khmer => (&["Tiếng Khmer"], OTHER),
            Command::Large => (&["Chữ to"], OTHER),
            Command::Contrast => (&["Đen trắng", "rõ nét"], OTHER),
            Command::Notice => (&["Thông tin", "được giữ kín"], OTHER),
            Command::Back => (&["Quay lại"], OTHER),
            Command::StartOver => (&["Làm lại", "từ đầu"], OTHER),
            Command::Staff => (&["Gọi", "nhân viên"], HELP),
            Command::Stay => (&["Tôi vẫn", "ở đây"], GO_ON),
            Command::Coming => (&["Nhân viên:", "tôi đến"], HELP),
            Command::Helped => (&["Nhân viên:", "giúp xong"], HELP),
        };
        Self { lines, look }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_fits_into_its_button() {
        let room = card(0).inset(BLEED_MM + PADDING_MM).width - 2.0 * 2.0;
        let mut paper = Paper::new(TITLE).unwrap();
        paper
            .sheet(|sheet| {
                for words in Command::all().flat_map(|(command, _)| Button::of(command).lines) {
                    let width = sheet.width_of(words, &LABEL);
                    assert!(width <= room, "{words} is {width} mm wide");
                }
                Ok(())
            })
            .unwrap();
    }
}
