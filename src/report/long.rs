//! A table too long to hold: its rows go to CSV, to JSON and to a sheet of a workbook as they come.
//!
//! Rule kept: all three get the same rows through the same writers as any other table, so that none
//! says more or less than the others.

use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::flat::Flat;
use super::{Cell, ReportError, Table, csv, machine, xlsx};

/// Rows of a sheet in Excel and LibreOffice.
const ROWS_OF_A_SHEET: u32 = 1_048_576;

/// A long table that is being written, and the workbook it will stand in.
pub struct LongTable<W: Write> {
    /// Without its rows.
    table: Table,
    csv: csv::Lines<W>,
    json: Rows<W>,
    /// For people alone.
    sum: Option<Vec<Cell>>,
    workbook: Workbook,
    looks: xlsx::Looks,
    /// The sheets of this table; the rows go into the last one.
    sheets: usize,
    /// The last row written to it.
    row: u32,
    rows_of_a_sheet: u32,
}

impl<W: Write> LongTable<W> {
    /// Begins the table `head`, which brings no rows. What the workbook does not keep in memory
    /// waits in the folder `spare`.
    ///
    /// # Errors
    /// When an output or the folder refuses.
    pub fn begin(head: Table, csv: W, json: W, spare: &Path) -> Result<Self, ReportError> {
        Self::begin_with(head, csv, json, spare, ROWS_OF_A_SHEET)
    }

    fn begin_with(
        table: Table,
        csv: W,
        json: W,
        spare: &Path,
        rows_of_a_sheet: u32,
    ) -> Result<Self, ReportError> {
        let looks = xlsx::Looks::new();
        let mut workbook = xlsx::workbook(&table.title, table.made_at, &looks)?;
        workbook.set_tempdir(spare)?;
        let (csv, json) = (csv::Lines::begin(&table, csv)?, Rows::begin(&table, json)?);
        let mut long = Self {
            table,
            csv,
            json,
            sum: None,
            workbook,
            looks,
            sheets: 0,
            row: 0,
            rows_of_a_sheet,
        };
        long.begin_sheet()?;
        Ok(long)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_low_memory()?;
        self.sheets += 1;
        if self.sheets == 1 {
            sheet.set_name(self.table.sheet)?;
        } else {
            sheet.set_name(format!("{} {}", self.table.sheet, self.sheets))?;
        }
        self.row = xlsx::head(sheet, &self.table, &self.looks)?;
        Ok(())
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, XlsxError> {
        self.workbook.worksheet_from_index(self.sheets.saturating_sub(1))
    }

    /// Writes the next row.
    ///
    /// # Errors
    /// When an output refuses.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), ReportError> {
        self.put(cells)?;
        self.csv.row(cells)?;
        self.json.row(cells)?;
        Ok(())
    }

    /// Their sum, which stands below them in the workbook.
    pub fn sum(&mut self, cells: Vec<Cell>) {
        self.sum = Some(cells);
    }

    fn put(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.row + 1 >= self.rows_of_a_sheet {
            self.begin_sheet()?;
        }
        self.row += 1;
        let (last, row) = (self.sheets.saturating_sub(1), self.row);
        let sheet = self.workbook.worksheet_from_index(last)?;
        xlsx::put_row(sheet, row, &self.table.columns, cells, &self.looks)
    }

    /// Ends the table, puts other tables before and after it into the workbook, and writes that.
    /// Gives back the outputs for CSV and JSON, flushed.
    ///
    /// # Errors
    /// When an output refuses, or a text is longer than a spreadsheet's cell can be.
    pub fn end(
        mut self,
        before: &[Table],
        after: &[Table],
        workbook: impl Write + Send,
    ) -> Result<(W, W), ReportError> {
        if let Some(sum) = self.sum.take() {
            self.put(&sum)?;
        }
        let room = u32::try_from(self.table.notes.len() + 1).unwrap_or(u32::MAX);
        if self.row.saturating_add(room) < self.rows_of_a_sheet {
            let (table, row) = (self.table.clone(), self.row);
            let looks = xlsx::Looks::new();
            xlsx::notes(self.sheet()?, row, &table, &looks)?;
        }
        for table in before.iter().chain(after) {
            xlsx::add(&mut self.workbook, table, &self.looks)?;
        }
        let own = self.sheets;
        if let Some(moved) = self.workbook.worksheets_mut().get_mut(..own + before.len()) {
            moved.rotate_left(own);
        }
        self.workbook.save_to_writer(workbook)?;
        Ok((self.csv.end()?, self.json.end()?))
    }
}

/// The rows of a table for programs; see [`machine::table`], whose fields these are.
struct Rows<W> {
    out: W,
    flat: Flat,
    is_first: bool,
}

impl<W: Write> Rows<W> {
    fn begin(table: &Table, mut out: W) -> io::Result<Self> {
        let head = machine::table(table)?;
        // Everything but the rows, which are empty and come last here.
        let mut head: serde_json::Map<String, Value> = serde_json::from_slice(&head)?;
        head.shift_remove("rows");
        let head = serde_json::to_string_pretty(&head)?;
        let open = head.trim_end().strip_suffix('}').unwrap_or_default().trim_end();
        write!(out, "{open},\n  \"rows\": [")?;
        Ok(Self { out, flat: Flat::of(table), is_first: true })
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let before = if self.is_first { "\n    " } else { ",\n    " };
        self.is_first = false;
        self.out.write_all(before.as_bytes())?;
        Ok(serde_json::to_writer(&mut self.out, &self.flat.row(cells))?)
    }

    fn end(mut self) -> io::Result<W> {
        self.out.write_all(b"\n  ]\n}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;
    use crate::figures::Share;
    use crate::figures::sample::TODAY;
    use crate::report::sample::heading;
    use crate::report::{Column, Format, table_for_programs};

    fn table() -> Table {
        let row = |number| {
            let share = Share { part: number, whole: 40 };
            vec![Cell::text("=1+1"), Cell::Number(number), Cell::Share(share), Cell::Day(TODAY)]
        };
        Table {
            stem: "x",
            sheet: "Dài",
            title: "BẢNG DÀI".into(),
            about: vec![("Mã trạm", Cell::text("AG-TRITON"))],
            columns: ["Lời", "Số", "Tỷ lệ", "Ngày"]
                .map(
                    |name| {
                        if name == "Tỷ lệ" {
                            Column::rate(name, 8)
                        } else {
                            Column::new(name, 8)
                        }
                    },
                )
                .into(),
            rows: (0..20).map(row).collect(),
            sum: None,
            notes: vec!["Ghi chú.".to_owned()],
            made_at: heading().made_at,
        }
    }

    struct Written {
        csv: Vec<u8>,
        json: Vec<u8>,
        workbook: Vec<u8>,
    }

    fn written(rows_of_a_sheet: u32) -> Written {
        let spare = tempfile::tempdir().unwrap();
        let (whole, mut workbook) = (table(), Vec::new());
        let head = Table { rows: Vec::new(), ..whole.clone() };
        let outputs = (Vec::new(), Vec::new());
        let long = LongTable::begin_with(head, outputs.0, outputs.1, spare.path(), rows_of_a_sheet);
        let mut long = long.unwrap();
        for row in &whole.rows {
            long.row(row).unwrap();
        }
        let [before, after] =
            ["Trước", "Sau"].map(|sheet| [Table { sheet, rows: Vec::new(), ..table() }]);
        let (csv, json) = long.end(&before, &after, &mut workbook).unwrap();
        Written { csv, json, workbook }
    }

    fn part(workbook: &[u8], name: &str) -> String {
        let mut zip = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn sheets(workbook: &[u8]) -> Vec<String> {
        let text = part(workbook, "xl/workbook.xml");
        let named = text.split("<sheet name=\"").skip(1);
        named.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_long_table_says_what_the_same_table_says_when_it_is_short() {
        let long = written(ROWS_OF_A_SHEET);
        let mut csv = Vec::new();
        Format::Csv.write(&table(), &mut csv).unwrap();
        assert!(long.csv == csv);
        let [told, expected] = [long.json, table_for_programs(&table()).unwrap()]
            .map(|bytes| serde_json::from_slice::<Value>(&bytes).unwrap());
        assert_eq!(told, expected);
        assert_eq!(sheets(&long.workbook), ["Trước", "Dài", "Sau"]);
        let sheet = part(&long.workbook, "xl/worksheets/sheet2.xml");
        for number in 0..20 {
            assert!(sheet.contains(&format!("<v>{number}</v>")), "{number}: {sheet}");
        }
    }

    #[test]
    fn a_table_longer_than_a_sheet_goes_on_in_the_next_one_with_its_headings() {
        // Title, about, a blank row and the headings come before.
        let long = written(4 + 8);
        assert_eq!(sheets(&long.workbook), ["Trước", "Dài", "Dài 2", "Dài 3", "Sau"]);
        let rows = |sheet: usize| {
            let text = part(&long.workbook, &format!("xl/worksheets/sheet{sheet}.xml"));
            let days = text.matches("<v>46350</v>").count();
            (days, text.matches("<row ").count())
        };
        assert_eq!([2, 3, 4].map(|sheet| rows(sheet).0), [8, 8, 4]);
        assert!((2..=4).all(|sheet| rows(sheet).1 <= 12));
        assert_eq!(written(ROWS_OF_A_SHEET).csv, long.csv);
    }
}
