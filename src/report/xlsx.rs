//! Tables as workbooks: what people open, print and hand on. A table alone is a sheet of its own; a
//! report is a letter whose first sheet carries the plan's table, with the others behind it.
//!
//! Numbers are numbers and days are days, shown by the spreadsheet in its own language; text is
//! never a formula, not even after someone edits the cell. A4 landscape with the margins and the
//! typeface of Nghị định 30/2020/NĐ-CP. Names no person. The same table gives the same bytes.

mod chart;
mod letter;

use std::io::Write;

use chrono::NaiveDate;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use super::{Cell, Column, Document, Table, written};
use crate::event::{Moment, StationDay};

const TYPEFACE: &str = "Times New Roman";
/// Points: Nghị định 30/2020/NĐ-CP wants 13 to 14.
const TEXT_POINTS: u8 = 13;
/// Points.
const TITLE_POINTS: u8 = 14;
/// Pixels at 96 dpi that Excel gives a row of `TEXT_POINTS` in `TYPEFACE`.
const ROW_PIXELS: u32 = 22;
/// Pixels at 96 dpi that Excel gives a column in `TYPEFACE` at `TEXT_POINTS`.
const COLUMN_PIXELS: u32 = 80;
/// Excel's number for A4.
const PAPER_A4: u8 = 9;
/// Inches (Nghị định 30/2020/NĐ-CP: left 30 mm, right 15 mm, top and bottom 20 mm).
const LEFT: f64 = 1.18;
const RIGHT: f64 = 0.59;
const TOP_AND_BOTTOM: f64 = 0.79;
/// Inches from the edge of the paper to the page number.
const TO_PAGE_NUMBER: f64 = 0.4;
/// Characters beside each other that can still be read when they are fitted to the width of a page.
const WIDEST_PAGE: usize = 240;
/// Level of zlib. On a sheet of a year's events it takes a quarter of the time of the usual 6 and
/// leaves an eighth more bytes.
const COMPRESSION: u8 = 3;
/// Pale blue-grey, still readable on a copy of a copy.
const HEADING_SHADE: Color = Color::RGB(0x00E7_EEF2);

pub(super) fn write(table: &Table, out: impl Write + Send) -> Result<(), XlsxError> {
    let looks = Looks::new();
    let mut workbook = workbook(&table.title, table.made_at, &looks)?;
    add(&mut workbook, table, &looks)?;
    workbook.save_to_writer(out)
}

/// Writes a whole report.
pub(super) fn write_report(document: &Document, out: impl Write + Send) -> Result<(), XlsxError> {
    let looks = Looks::new();
    let mut workbook = workbook(&document.letter.subject, document.made_at, &looks)?;
    // What fits the paper carries the letter; the plan's many columns follow on their own sheet.
    let [by_day, results, others @ ..] = document.tables();
    letter::fill(workbook.add_worksheet(), &document.letter, results, &looks)?;
    add(&mut workbook, by_day, &looks)?;
    let chart = Table { about: Vec::new(), ..document.chart.table() };
    let sheet = add(&mut workbook, &chart, &looks)?;
    chart::put(sheet, &document.chart, &chart)?;
    for table in others {
        add(&mut workbook, table, &looks)?;
    }
    workbook.save_to_writer(out)
}

/// A workbook without sheets.
pub(super) fn workbook(title: &str, made_at: Moment, looks: &Looks) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(COMPRESSION);
    workbook.set_default_format(&looks.plain, ROW_PIXELS, COLUMN_PIXELS)?;
    // Excel knows the years 1900 to 9999; a clock beyond them must not stop an export.
    let made_at = ExcelDateTime::from_timestamp(made_at.wall_ms.div_euclid(1000))
        .or_else(|_| ExcelDateTime::from_timestamp(0))?;
    let properties = DocProperties::new().set_title(title).set_creation_datetime(&made_at);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// Adds a sheet with this table and all that stands around it.
pub(super) fn add<'a>(
    workbook: &'a mut Workbook,
    table: &Table,
    looks: &Looks,
) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(table.sheet)?;
    let mut row = head(sheet, table, looks)?;
    row = rows(sheet, row, table, looks)?;
    notes(sheet, row, table, looks)?;
    Ok(sheet)
}

/// Writes what stands above the rows and tells the row of the headings.
pub(super) fn head(sheet: &mut Worksheet, table: &Table, looks: &Looks) -> Result<u32, XlsxError> {
    let mut row = 0;
    let whole = Columns::of(table);
    across(sheet, row, whole, &Cell::text(table.title.as_ref()), &looks.title)?;
    for (name, cell) in &table.about {
        row += 1;
        // A name before words is part of them; before a number it is part of how that is shown.
        let named = match cell {
            Cell::Text(text) => Cell::Text(format!("{name}: {text}")),
            Cell::Blank
            | Cell::Unknown
            | Cell::Number(_)
            | Cell::Decimal(_)
            | Cell::Share(_)
            | Cell::Day(_)
            | Cell::Hour(_) => cell.clone(),
        };
        let looks = CellLooks::named(name, &looks.plain.clone().set_text_wrap());
        across(sheet, row, whole, &named, &looks)?;
    }
    row += 2;
    headings(sheet, row, table, looks)?;
    set_page(sheet, row)?;
    let pages = Columns::of(table).width.div_ceil(WIDEST_PAGE);
    if let Some(pages) = u16::try_from(pages).ok().filter(|pages| *pages > 1) {
        // Smaller letters nobody could read: several pages side by side, each with the day.
        sheet.set_print_fit_to_pages(pages, 0);
        sheet.set_repeat_columns(0, 1)?;
    }
    Ok(row)
}

fn headings(
    sheet: &mut Worksheet,
    row: u32,
    table: &Table,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut highest = 1;
    for (column, Column { heading, width, holds: _ }) in (0..).zip(&table.columns) {
        // Excel's unit is the width of a digit, a little more than a letter needs on average.
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(row, column, heading.as_ref(), &looks.heading)?;
        highest = highest.max(lines(&Cell::text(heading.as_ref()), usize::from(*width)));
    }
    set_lines(sheet, row, highest)
}

/// Writes the rows below `row`, and tells the last.
fn rows(
    sheet: &mut Worksheet,
    mut row: u32,
    table: &Table,
    looks: &Looks,
) -> Result<u32, XlsxError> {
    for cells in table.lines() {
        row += 1;
        put_row(sheet, row, &table.columns, cells, looks)?;
    }
    Ok(row)
}

/// Writes one row of the table.
pub(super) fn put_row(
    sheet: &mut Worksheet,
    row: u32,
    columns: &[Column],
    cells: &[Cell],
    looks: &Looks,
) -> Result<(), XlsxError> {
    let lines = cells
        .iter()
        .zip(columns)
        .map(|(cell, Column { width, .. })| lines(cell, usize::from(*width)));
    set_lines(sheet, row, lines.max().unwrap_or(1))?;
    for (column, cell) in (0..).zip(cells) {
        put(sheet, (row, column), cell, &looks.body)?;
    }
    Ok(())
}

/// Writes what stands below the rows, of which `last` is the last, and tells the last row.
pub(super) fn notes(
    sheet: &mut Worksheet,
    last: u32,
    table: &Table,
    looks: &Looks,
) -> Result<u32, XlsxError> {
    let mut row = last + 1;
    for note in &table.notes {
        row += 1;
        across(sheet, row, Columns::of(table), &Cell::text(note), &looks.note)?;
    }
    Ok(row)
}

/// Columns beside each other, and how many characters they hold together.
#[derive(Clone, Copy)]
struct Columns {
    first: u16,
    last: u16,
    width: usize,
}

impl Columns {
    /// All of a table.
    fn of(table: &Table) -> Self {
        let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or_default();
        let width = table.columns.iter().map(|column| usize::from(column.width)).sum();
        Self { first: 0, last, width }
    }
}

/// Writes a cell over columns.
fn across(
    sheet: &mut Worksheet,
    row: u32,
    columns: Columns,
    cell: &Cell,
    looks: &CellLooks,
) -> Result<(), XlsxError> {
    set_lines(sheet, row, lines(cell, columns.width))?;
    if columns.first < columns.last {
        sheet.merge_range(row, columns.first, row, columns.last, "", &looks.text)?;
    }
    put(sheet, (row, columns.first), cell, looks)
}

/// Gives a row the height of its lines: Excel does so by itself for plain cells but not for merged
/// ones, LibreOffice for neither.
fn set_lines(sheet: &mut Worksheet, row: u32, lines: u32) -> Result<(), XlsxError> {
    if lines > 1 {
        sheet.set_row_height_pixels(row, ROW_PIXELS * lines)?;
    }
    Ok(())
}

/// Lines that a cell takes in a column of `width` characters, wrapped between words and, where a
/// word is wider than the column, within it.
fn lines(cell: &Cell, width: usize) -> u32 {
    let text = match cell {
        Cell::Text(text) => text.as_str(),
        Cell::Blank
        | Cell::Unknown
        | Cell::Number(_)
        | Cell::Decimal(_)
        | Cell::Share(_)
        | Cell::Day(_)
        | Cell::Hour(_) => "",
    };
    let width = width.max(1);
    let mut lines = 1;
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        let with_space = if used == 0 { length } else { used + 1 + length };
        if with_space <= width {
            used = with_space;
            continue;
        }
        let own_lines = length.div_ceil(width);
        lines += if used == 0 { own_lines - 1 } else { own_lines };
        used = length - (own_lines - 1) * width;
    }
    u32::try_from(lines).unwrap_or(u32::MAX)
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    looks: &CellLooks,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Blank => sheet.write_blank(row, column, &looks.text)?,
        Cell::Unknown => {
            sheet.write_string_with_format(row, column, written::UNKNOWN, &looks.number)?
        }
        Cell::Text(text) => sheet.write_string_with_format(row, column, text, &looks.text)?,
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, *number as f64, &looks.number)?
        }
        Cell::Decimal(number) => {
            let looks = if number.0.is_multiple_of(100) { &looks.number } else { &looks.decimal };
            sheet.write_number_with_format(row, column, f64::from(number.0) / 100.0, looks)?
        }
        Cell::Share(share) => match share.ratio() {
            Some(ratio) => sheet.write_number_with_format(row, column, ratio, &looks.share)?,
            None => sheet.write_blank(row, column, &looks.share)?,
        },
        Cell::Day(day) => {
            sheet.write_number_with_format(row, column, serial_date(*day), &looks.day)?
        }
        Cell::Hour(hour) => sheet.write_number_with_format(row, column, *hour, &looks.hour)?,
    };
    Ok(())
}

/// Excel's date: days since 1899-12-30, right from March 1900 on.
fn serial_date(day: StationDay) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    day.0.signed_duration_since(epoch).num_days() as f64
}

fn set_page(sheet: &mut Worksheet, heading_row: u32) -> Result<(), XlsxError> {
    sheet
        .set_paper_size(PAPER_A4)
        .set_landscape()
        .set_margins(LEFT, RIGHT, TOP_AND_BOTTOM, TOP_AND_BOTTOM, TO_PAGE_NUMBER, TO_PAGE_NUMBER)
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true)
        // The page number is centred at the top (Nghị định 30/2020/NĐ-CP).
        .set_header(format!("&C&\"{TYPEFACE}\"&{TEXT_POINTS}&P"));
    sheet.set_repeat_rows(heading_row, heading_row)?;
    sheet.set_freeze_panes(heading_row + 1, 0)?;
    Ok(())
}

/// How the parts of a sheet look.
pub(super) struct Looks {
    plain: Format,
    title: CellLooks,
    heading: Format,
    body: CellLooks,
    note: CellLooks,
    letter: letter::Looks,
}

impl Looks {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_font_name(TYPEFACE).set_font_size(TEXT_POINTS);
        let wrapped = plain.clone().set_text_wrap().set_align(FormatAlign::Top);
        let boxed = wrapped.clone().set_border(FormatBorder::Thin);
        let title =
            plain.clone().set_bold().set_font_size(TITLE_POINTS).set_align(FormatAlign::Center);
        Self {
            letter: letter::Looks::of(&plain),
            plain,
            title: CellLooks::of(&title),
            heading: boxed
                .clone()
                .set_bold()
                .set_background_color(HEADING_SHADE)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            body: CellLooks::of(&boxed),
            note: CellLooks::of(&wrapped.set_italic()),
        }
    }
}

/// How each kind of cell looks.
struct CellLooks {
    text: Format,
    number: Format,
    decimal: Format,
    share: Format,
    day: Format,
    hour: Format,
}

impl CellLooks {
    fn of(base: &Format) -> Self {
        Self::shown(base, "")
    }

    /// Shows numbers and days after a name, as in "Ngày: 24/11/2026"; the cell holds the day alone.
    fn named(name: &str, base: &Format) -> Self {
        Self::shown(&base.clone().set_align(FormatAlign::Left), &format!("\"{name}: \""))
    }

    /// Number formats are written the English way; each spreadsheet shows them in its own language.
    fn shown(base: &Format, before: &str) -> Self {
        let shown = |code: &str| base.clone().set_num_format(format!("{before}{code}"));
        Self {
            // As text: "=1+1" stays text even when someone edits the cell.
            text: base.clone().set_num_format("@"),
            number: shown("#,##0"),
            decimal: shown("#,##0.0#"),
            share: shown("0.0%"),
            day: shown("dd/mm/yyyy"),
            hour: shown("0\" giờ\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AgeBand, Moment};
    use crate::figures::sample::{Desk, TODAY};
    use crate::report::sample::heading;
    use crate::report::{Heading, of_day};

    fn written(made_at: Moment) -> Vec<Vec<u8>> {
        let mut desk = Desk::open(TODAY);
        desk.arrives(None, AgeBand::Unknown);
        let heading = Heading { made_at, ..heading() };
        let tables = of_day(&heading, TODAY, &desk.events);
        tables
            .iter()
            .map(|table| {
                let mut bytes = Vec::new();
                write(table, &mut bytes).unwrap();
                bytes
            })
            .collect()
    }

    #[test]
    fn the_same_table_gives_the_same_bytes() {
        assert!(written(heading().made_at) == written(heading().made_at));
    }

    #[test]
    fn an_absurd_clock_does_not_stop_an_export() {
        for wall_ms in [i64::MIN, -1, 0, i64::MAX] {
            written(Moment { wall_ms, ..heading().made_at });
        }
    }

    #[test]
    fn a_day_is_the_number_that_excel_gives_it() {
        assert_eq!(serial_date(TODAY), 46_350.0);
        assert_eq!(serial_date("1970-01-01".parse().unwrap()), 25_569.0);
    }

    #[test]
    fn lines_are_counted_as_a_spreadsheet_wraps_them() {
        for (text, width, expected) in [
            ("", 8, 1),
            ("sổ giấy", 8, 1),
            ("sổ sức khỏe", 8, 2),
            ("từ 70 tuổi trở lên", 8, 3),
            ("tich-hop-bhyt", 8, 2),
            ("bài tich-hop-bhyt xa", 8, 3),
            ("a", 0, 1),
        ] {
            assert_eq!(lines(&Cell::text(text), width), expected, "{text:?} in {width}");
        }
    }
}
