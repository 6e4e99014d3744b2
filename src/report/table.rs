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
    /// What holds for every row. Stands above the table on paper, and leads each row in CSV and JSON,
    /// where a row must be understood without the others.
    pub about: Vec<(&'static str, Cell)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Their sum, as long as a row. For people: a program that adds up rows would count twice.
    pub sum: Option<Vec<Cell>>,
    /// Sentences below the table; on paper only.
    pub notes: Vec<String>,
    /// When the table was made.
    pub made_at: Moment,
}

impl Table {
    /// The rows and, where there is one, their sum.
    pub fn lines(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.rows.iter().chain(&self.sum)
    }
}

/// What stands in a column, for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holds {
    /// Anything but rates.
    #[default]
    Plain,
    /// Rates whose numerator and denominator stand in no other column.
    Rate,
    /// Rates whose numerator and denominator stand in other columns.
    Percent,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Heading above it.
    pub heading: Cow<'static, str>,
    /// Width on paper in characters; longer text is wrapped.
    pub width: u8,
    /// What stands in it.
    pub holds: Holds,
}

impl Column {
    /// A column of this heading and width.
    pub fn new(heading: impl Into<Cow<'static, str>>, width: u8) -> Self {
        Self { heading: heading.into(), width, holds: Holds::Plain }
    }

    /// A column of rates with nothing of what they are made of beside them.
    pub fn rate(heading: impl Into<Cow<'static, str>>, width: u8) -> Self {
        Self { heading: heading.into(), width, holds: Holds::Rate }
    }

    /// A column of rates beside what they are made of.
    pub(super) const fn percent(heading: &'static str, width: u8) -> Self {
        Self { heading: Cow::Borrowed(heading), width, holds: Holds::Percent }
    }

    /// A column whose heading stands in the program.
    pub(super) const fn fixed(heading: &'static str, width: u8) -> Self {
        Self { heading: Cow::Borrowed(heading), width, holds: Holds::Plain }
    }
}

/// What one cell holds. The writers decide how each kind looks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing, where nothing belongs.
    Blank,
    /// A number that is not known. Never a zero: the day is not closed, is to come, or was before
    /// anybody counted.
    Unknown,
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
