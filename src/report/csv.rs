//! A table as comma separated values, for other programs.
//!
//! UTF-8 with a byte order mark, or Excel reads Vietnamese as ANSI; CRLF; commas; text quoted. Numbers
//! are written as programs write them, with a point: whoever opens the file in Excel with Vietnamese
//! settings should take the workbook beside it. The layout is that of [`super::flat`].

use std::borrow::Cow;
use std::io::{self, Write};

use ::csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use serde_json::Value;

use super::flat::Flat;
use super::{Cell, Table};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(super) fn write(table: &Table, out: impl Write) -> io::Result<()> {
    let mut lines = Lines::begin(table, out)?;
    for row in &table.rows {
        lines.row(row)?;
    }
    lines.end().map(drop)
}

/// The lines of one table.
pub(super) struct Lines<W: Write> {
    csv: Writer<W>,
    flat: Flat,
}

impl<W: Write> Lines<W> {
    /// Writes what stands before the first row.
    pub(super) fn begin(table: &Table, mut out: W) -> io::Result<Self> {
        out.write_all(BYTE_ORDER_MARK)?;
        let mut csv = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::NonNumeric)
            .from_writer(out);
        let flat = Flat::of(table);
        // A plan's headings are anybody's text too.
        csv.write_record(flat.headings().iter().map(|heading| harmless(heading).into_owned()))?;
        Ok(Self { csv, flat })
    }

    pub(super) fn row(&mut self, row: &[Cell]) -> io::Result<()> {
        for value in self.flat.row(row) {
            self.csv.write_field(field(&value).as_bytes())?;
        }
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    pub(super) fn end(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}

fn field(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => harmless(text),
        Value::Number(_) | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string().into()
        }
    }
}

/// Keeps a spreadsheet from running text as a formula (CWE-1236): an apostrophe goes before
/// whatever could start one in Excel, LibreOffice or their East Asian settings. Quoting alone does
/// not help, since quotes are gone before the cell is read.
fn harmless(text: &str) -> Cow<'_, str> {
    const STARTS: [char; 14] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠', '\0'];
    if text.starts_with(STARTS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AgeBand, CardKind, RecordUsed, Source};
    use crate::figures::sample::{Desk, TODAY};
    use crate::report::of_day;
    use crate::report::sample::heading;

    fn written(table: &Table) -> String {
        let mut bytes = Vec::new();
        write(table, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn figures_of_one_visit(station_name: &str) -> String {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(Some(CardKind::CanCuoc), AgeBand::From70);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        let heading = super::super::Heading { station_name: station_name.into(), ..heading() };
        written(&of_day(&heading, TODAY, &desk.events)[0])
    }

    #[test]
    fn it_begins_with_a_byte_order_mark_and_ends_each_line_with_crlf() {
        let text = figures_of_one_visit("Trạm y tế xã Tri Tôn");
        assert!(text.starts_with("\u{feff}\"Đơn vị\",\"Mã trạm\","), "{text}");
        assert!(text.ends_with("\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert_eq!(text.matches('\u{feff}').count(), 1);
    }

    #[test]
    fn every_line_can_be_understood_without_the_others() {
        let text = figures_of_one_visit("Trạm y tế xã Tri Tôn");
        let station =
            "\"Trạm y tế xã Tri Tôn\",\"AG-TRITON\",\"Bàn tiếp đón số 1\",\"D1\",\"2026-11-24\",";
        for line in text.lines().skip(1) {
            assert!(line.starts_with(station), "{line}");
        }
        assert!(text.contains("\"Tổng số lượt đến khám\",1,\"\",\"\"\r\n"), "{text}");
        assert!(text.contains("\"Dùng VNeID: người dân tự khai\",1,1,100.0\r\n"), "{text}");
    }

    #[test]
    fn what_could_start_a_formula_is_made_harmless() {
        for bad in [
            "=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0a", "＝1", "＋1",
            "－1", "＠1", "\0=1",
        ] {
            assert_eq!(harmless(bad), format!("'{bad}"));
            let text = figures_of_one_visit(bad);
            assert!(text.contains(&format!("\r\n\"'{bad}\",")), "{bad:?}: {text}");
        }
        let desk = Desk::open(TODAY);
        let [mut table, _] = of_day(&heading(), TODAY, &desk.events);
        table.columns[0].heading = "=1+1".into();
        assert!(written(&table).contains("\"'=1+1\""), "a heading");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for good in ["", "Trạm y tế", "1=1", "a-b", "Ấp 5", "'đã có"] {
            assert_eq!(harmless(good), good);
        }
        assert!(figures_of_one_visit("Trạm \"mới\", xã A").contains("\"Trạm \"\"mới\"\", xã A\","));
    }
}
