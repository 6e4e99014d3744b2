//! What a report is made of, before it is a file.

use std::borrow::Cow;

use crate::event::{Hundredths, Moment, StationDay};
use crate::figures::Share;

/// A table with what stands around it on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Start of the file name, ASCII, such as `tong-hop`.
    pub stem: &'static str,
    /// Name of the sheet: at most 31 characters, none of `[]:*?/\`.
    pub sheet: &'static str,
    /// Title above the table.
    pub title: Cow<'static, str>,
    /// What holds for every row. Stands above the table on paper, and leads each row in CSV, where
    /// a line must be understood without the others.
    pub about: Vec<(&'static str, Cell)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Sentences below the table; on paper only.
    pub notes: Vec<String>,
    /// When the table was made.
    pub made_at: Moment,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Heading above it.
    pub heading: Cow<'static, str>,
    /// Width on paper in characters; longer text is wrapped.
    pub width: u8,
}

impl Column {
    /// A column of this heading and width.
    pub fn new(heading: impl Into<Cow<'static, str>>, width: u8) -> Self {
        Self { heading: heading.into(), width }
    }

    /// A column whose heading stands in the program.
    pub(super) const fn fixed(heading: &'static str, width: u8) -> Self {
        Self { heading: Cow::Borrowed(heading), width }
    }
}

/// What one cell holds. The writers decide how each kind looks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Words; never a formula, whatever they begin with.
    Text(String),
    /// A count.
    Number(u64),
    /// A number that was entered, with decimals where it has some.
    Decimal(Hundredths),
    /// A rate, shown in percent.
    Share(Share),
    /// A station day.
    Day(StationDay),
    /// An hour of the day, 0 to 23: the finest time an export tells.
    Hour(u32),
}

impl Cell {
    /// A cell with these words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }
}
