//! The columns of a campaign's report, which the unit above wants in its own order and words.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::HandId;
use super::shows::{Face, Shows};
use crate::station::document::{Fault, Reported, Table, rule};

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The words above it.
    pub heading: String,
    /// What its cells hold.
    pub shows: Shows,
    /// Whether it counts from the first day of the campaign ("lũy kế") instead of the row's days.
    pub cumulative: bool,
}

/// What a row can say beside numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Running number of the row ("TT").
    Row,
    /// The day or days.
    Day,
    /// Name of the station.
    Station,
    /// Name of the point.
    Point,
    /// Obstacles and their counts ("khó khăn, vướng mắc").
    Difficulties,
    /// Left empty, to write in.
    Notes,
}

const FACTS: [(&str, Fact); 6] = [
    ("row", Fact::Row),
    ("day", Fact::Day),
    ("station", Fact::Station),
    ("point", Fact::Point),
    ("difficulties", Fact::Difficulties),
    ("notes", Fact::Notes),
];

const FACES: [(&str, Face); 3] =
    [("count", Face::Count), ("whole", Face::Whole), ("rate", Face::Rate)];

/// Longest heading in characters.
const LONGEST_HEADING: usize = 100;

/// What the columns so far hold, to find one that stands there twice.
#[derive(Default)]
pub(super) struct Before {
    headings: BTreeSet<String>,
    columns: Vec<Column>,
}

impl Column {
    /// Reads a column. `by_hand` are the numbers that are entered; `None` when they could not be
    /// read, and then none is said to be unknown.
    pub(super) fn read(
        table: &mut Table<'_>,
        by_hand: Option<&BTreeSet<HandId>>,
        before: &RefCell<Before>,
    ) -> Result<Self, Reported> {
        let heading =
            table.required("heading", "\"Tổng số lượt đến\"", rule::text(LONGEST_HEADING));
        let shows = Shows::read(table, &FACTS, &FACES, by_hand, where_columns_stand);
        let cumulative = table.optional("cumulative", rule::flag);
        let (heading, shows) = (heading?, shows?);
        let cumulative = cumulative?.unwrap_or_default();
        if cumulative && matches!(shows, Shows::Fact(_)) {
            let fault = Fault::new("chỉ dùng cho cột số", "xóa dòng này");
            return Err(table.fault("cumulative", fault));
        }
        let column = Self { heading, shows, cumulative };
        before.borrow_mut().hold(table, &column)?;
        Ok(column)
    }
}

impl Before {
    fn hold(&mut self, table: &mut Table<'_>, column: &Column) -> Result<(), Reported> {
        if !self.headings.insert(column.heading.clone()) {
            let fault = Fault::new("trùng với tiêu đề một cột ở trên", "đặt tiêu đề khác");
            return Err(table.fault("heading", fault));
        }
        let same = |other: &&Column| {
            (&other.shows, other.cumulative) == (&column.shows, column.cumulative)
        };
        // Rows may be left empty as often as the form has it.
        if column.shows != Shows::Fact(Fact::Notes)
            && let Some(twin) = self.columns.iter().find(same)
        {
            let fault = Fault::new(
                format!("đã có ở cột \"{}\"", twin.heading),
                "bỏ một cột, hoặc đổi as, cumulative",
            );
            return Err(table.fault("shows", fault));
        }
        self.columns.push(column.clone());
        Ok(())
    }
}

fn where_columns_stand() -> String {
    let facts = FACTS.map(|(word, _)| word).join(", ");
    format!("ghi {facts}, tên số liệu nhập tay, hoặc tên trong: tiepdon campaign measures")
}
