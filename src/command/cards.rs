//! `tiepdon cards`: the command cards on a sheet of A4, to cut apart, laminate and lay beside the
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
        let pdf = pdf(station.as_deref())
            .map_err(|error| anyhow!("{}. {}", error, error.advice()))?;
        export::file(&self.out, pdf)
            .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        writeln!(io::stdout(), "{}", self.out.display())?;
        Ok(())
    }
}

const TITLE: &str = "Thẻ thay nút bấm";
const HOW_TO_USE: &str =
    "Không cần chạm màn hình: ông/bà đưa mã trên thẻ vào máy quét, như bấm nút cùng tên.";
const HOW_TO_MAKE: &str =
    "In trên giấy A4, đúng cỡ 100%. Cắt theo các dấu, ép nhựa rồi để cạnh máy quét.";

/// The sheet: three columns of three cards, edge to edge.
mod layout {
    use crate::print::{Area, Sheet};

    pub(super) const COLUMNS: usize = 3;
    /// No printer needs more white at the edge.
    pub(super) const MARGIN: f32 = 10.0;
    pub(super) const GRID: Area =
        Area { left: MARGIN, top: 42.0, width: Sheet::WIDTH - 2.0 * MARGIN, height: 240.0 };
    pub(super) const CARD_WIDTH: f32 = GRID.width / COLUMNS as f32;
    pub(super) const CARD_HEIGHT: f32 = 80.0;
    /// White between the cut and the frame of a card: scissors wander.
    pub(super) const BLEED: f32 = 2.5;
}

/// Writes the sheet of all commands, headed by the name of the station where it is known.
fn pdf(station: Option<&str>) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new(TITLE)?;
    paper.sheet(|sheet| {
        draw_words(sheet, station);
        draw_cut_marks(sheet);
        for (index, command) in Command::ALL.into_iter().enumerate() {
            let (row, column) = (index / layout::COLUMNS, index % layout::COLUMNS);
            let card = Area {
                left: layout::GRID.left + column as f32 * layout::CARD_WIDTH,
                top: layout::GRID.top + row as f32 * layout::CARD_HEIGHT,
                width: layout::CARD_WIDTH,
                height: layout::CARD_HEIGHT,
            };
            draw_card(sheet, card, index + 1, command)?;
        }
        Ok(())
    })?;
    paper.into_pdf()
}
