//! A table as programs read it: in CSV and in JSON.
//!
//! Rules kept: one layout a file name; what holds for every row leads each row, station and point
//! first; a count is a number; a rate is its numerator, its denominator and a percent with one decimal,
//! each a number; no row is the sum of others; no two headings are the same.

use serde_json::Value;

use super::{Cell, Column, Holds, Table};
use crate::figures::Share;

/// What a rate's own columns are called behind its heading.
const PART: &str = " – tử số";
const WHOLE: &str = " – mẫu số";
const PERCENT: &str = " (%)";

/// The layout of one table.
pub(super) struct Flat {
    headings: Vec<String>,
    /// What leads each row.
    about: Vec<Value>,
    holds: Vec<Holds>,
}

impl Flat {
    pub(super) fn of(table: &Table) -> Self {
        let mut headings: Vec<String> =
            table.about.iter().map(|(name, _)| (*name).to_owned()).collect();
        for Column { heading, holds, .. } in &table.columns {
            match holds {
                Holds::Plain => headings.push(heading.to_string()),
                Holds::Percent => headings.push(format!("{heading}{PERCENT}")),
                Holds::Rate => headings
                    .extend([PART, WHOLE, PERCENT].map(|behind| format!("{heading}{behind}"))),
            }
        }
        make_unique(&mut headings);
        Self {
            headings,
            about: table.about.iter().map(|(_, cell)| value(cell)).collect(),
            holds: table.columns.iter().map(|column| column.holds).collect(),
        }
    }

    /// The headings, each once.
    pub(super) fn headings(&self) -> &[String] {
        &self.headings
    }

    /// A row, with what leads it.
    pub(super) fn row(&self, cells: &[Cell]) -> Vec<Value> {
        let mut row = self.about.clone();
        for (cell, holds) in cells.iter().zip(&self.holds) {
            match (holds, cell) {
                (Holds::Rate, Cell::Share(share)) => {
                    row.extend([share.part.into(), share.whole.into(), percent(*share)]);
                }
                (Holds::Rate, _) => row.extend([value(cell), Value::Null, Value::Null]),
                (Holds::Plain | Holds::Percent, _) => row.push(value(cell)),
            }
        }
        row
    }
}

/// A heading that stands there already gets a number.
fn make_unique(headings: &mut [String]) {
    for index in 1..headings.len() {
        let (before, rest) = headings.split_at_mut(index);
        let Some(heading) = rest.first_mut() else { return };
        let name = heading.clone();
        let mut number = 2;
        while before.contains(heading) {
            *heading = format!("{name} ({number})");
            number += 1;
        }
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Blank | Cell::Unknown => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Number(number) => (*number).into(),
        Cell::Decimal(number) => (f64::from(number.0) / 100.0).into(),
        Cell::Share(share) => percent(*share),
        Cell::Day(day) => day.to_string().into(),
        Cell::Hour(hour) => (*hour).into(),
    }
}

/// A rate in percent with one decimal, halves rounded up; nothing of nothing.
fn percent(share: Share) -> Value {
    share.tenths().map_or(Value::Null, |tenths| (tenths as f64 / 10.0).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Hundredths;
    use crate::report::sample::heading;

    #[test]
    fn a_rate_is_three_numbers_and_every_heading_stands_once() {
        let table = Table {
            stem: "x",
            sheet: "X",
            title: "X".into(),
            about: vec![("Mã trạm", Cell::text("AG-TRITON")), ("Ngày", Cell::text("mọi ngày"))],
            columns: vec![
                Column::new("Ngày", 8),
                Column::new("Đến", 8),
                Column::rate("Tỷ lệ", 8),
                Column::percent("Phần", 8),
                Column::new("Nhập", 8),
            ],
            rows: Vec::new(),
            sum: None,
            notes: Vec::new(),
            made_at: heading().made_at,
        };
        let flat = Flat::of(&table);
        assert_eq!(
            flat.headings(),
            [
                "Mã trạm",
                "Ngày",
                "Ngày (2)",
                "Đến",
                "Tỷ lệ – tử số",
                "Tỷ lệ – mẫu số",
                "Tỷ lệ (%)",
                "Phần (%)",
                "Nhập"
            ]
        );
        let share = Cell::Share(Share { part: 2, whole: 3 });
        let told = |cells: [Cell; 5]| serde_json::to_string(&flat.row(&cells)[2..]).unwrap();
        let day = Cell::Day("2026-11-24".parse().unwrap());
        let entered = Cell::Decimal(Hundredths(9250));
        assert_eq!(
            told([day.clone(), Cell::Number(3), share.clone(), share, entered]),
            r#"["2026-11-24",3,2,3,66.7,66.7,92.5]"#
        );
        let nothing = Cell::Share(Share { part: 0, whole: 0 });
        assert_eq!(
            told([day.clone(), Cell::Number(0), nothing.clone(), nothing, Cell::Blank]),
            r#"["2026-11-24",0,0,0,null,null,null]"#
        );
        assert_eq!(
            told([day, Cell::Unknown, Cell::Unknown, Cell::Unknown, Cell::Unknown]),
            r#"["2026-11-24",null,null,null,null,null,null]"#
        );
    }
}
