//! A whole report: the frame of a letter, its tables, and a chart by day. Each form – workbook,
//! page, paper, programs – is written from this one value, so that none can say another number.

use super::{Cell, Column, Letter, Table};
use crate::event::{Moment, StationDay};

/// One report, before it is a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What stands around the numbers.
    pub letter: Letter,
    /// The plan's own columns, a row a day and their sum ("bao-cao").
    pub by_day: Table,
    /// The same columns turned: a row a number, of the period and since the campaign began
    /// ("ket-qua"). What fits on paper.
    pub results: Table,
    /// The targets, of the period and since the campaign began ("chi-tieu").
    pub targets: Table,
    /// What stood in the way ("vuong-mac").
    pub difficulties: Table,
    /// The signed closings the numbers stand on, and the days without ("chot-so").
    pub closings: Table,
    /// How patients came, day by day ("theo-ngay").
    pub chart: Chart,
    /// Sentences below the numbers.
    pub notes: Vec<String>,
    /// When it was made.
    pub made_at: Moment,
}

impl Document {
    /// Its tables, in the order of the sheets of a workbook.
    pub fn tables(&self) -> [&Table; 5] {
        [&self.by_day, &self.results, &self.targets, &self.difficulties, &self.closings]
    }
}

/// Visits by day, in parts that sum to the whole: stacked bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// The days, in order, each with as many numbers as [`Self::PARTS`]; a day without figures has
    /// none.
    pub days: Vec<(StationDay, Option<[u64; 4]>)>,
    /// Whose it is, and of which days: what leads its rows.
    pub about: Vec<(&'static str, Cell)>,
    /// When it was made.
    pub made_at: Moment,
}

impl Chart {
    /// What the parts are, from the axis up.
    pub const PARTS: [&str; 4] =
        ["Dùng VNeID", "Dùng sổ giấy", "Chưa có sổ, cần hướng dẫn", "Chưa chọn"];
    /// Their colours as 0xRRGGBB, told apart in print without colour too: each is lighter or darker
    /// than its neighbours.
    pub const COLOURS: [u32; 4] = [0x0B_6E4F, 0xE0_A458, 0x5B_7FA6, 0xC9_CED3];

    /// Visits of the busiest day.
    pub fn most(&self) -> u64 {
        let of_day = |(_, parts): &(_, Option<[u64; 4]>)| parts.iter().flatten().sum();
        self.days.iter().map(of_day).max().unwrap_or_default()
    }

    /// Its numbers as a table.
    pub fn table(&self) -> Table {
        let parts = Self::PARTS.map(|part| Column::fixed(part, 16));
        let mut columns = vec![Column::fixed("Ngày", 12)];
        columns.extend(parts);
        columns.push(Column::fixed("Tổng số lượt đến khám", 16));
        let row = |(day, parts): &(StationDay, Option<[u64; 4]>)| {
            let mut cells = vec![Cell::Day(*day)];
            match parts {
                Some(parts) => {
                    cells.extend(parts.map(Cell::Number));
                    cells.push(Cell::Number(parts.iter().sum()));
                }
                None => cells.extend(vec![Cell::Unknown; Self::PARTS.len() + 1]),
            }
            cells
        };
        Table {
            stem: "theo-ngay",
            sheet: "Theo ngày",
            title: self.title.clone().into(),
            about: self.about.clone(),
            columns,
            rows: self.days.iter().map(row).collect(),
            sum: None,
            notes: Vec::new(),
            made_at: self.made_at,
        }
    }
}
