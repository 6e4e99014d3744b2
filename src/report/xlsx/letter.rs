//! The first sheet of a report: the plan's table in the frame of an official letter.

use rust_xlsxwriter::{Format, FormatAlign, FormatUnderline, Worksheet, XlsxError};

use super::{CellLooks, Columns, across, headings, notes, rows, set_page};
use crate::report::{COUNTRY, Cell, Letter, MOTTO, Table};

/// How the lines of a letter look.
pub(super) struct Looks {
    middle: CellLooks,
    strong: CellLooks,
    underlined: CellLooks,
    slanted: CellLooks,
    left: CellLooks,
    list: CellLooks,
}

impl Looks {
    pub(super) fn of(plain: &Format) -> Self {
        let wrapped = plain.clone().set_text_wrap().set_align(FormatAlign::Top);
        let middle = wrapped.clone().set_align(FormatAlign::Center);
        let strong = middle.clone().set_bold();
        Self {
            middle: CellLooks::of(&middle),
            underlined: CellLooks::of(&strong.clone().set_underline(FormatUnderline::Single)),
            strong: CellLooks::of(&strong),
            slanted: CellLooks::of(&middle.set_italic()),
            list: CellLooks::of(&wrapped.clone().set_font_size(11)),
            left: CellLooks::of(&wrapped),
        }
    }
}

/// Writes the sheet.
pub(super) fn fill(
    sheet: &mut Worksheet,
    letter: &Letter,
    table: &Table,
    looks: &super::Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(table.sheet)?;
    let whole = Columns::of(table);
    let (left, right) = halves(table);
    let own = &looks.letter;
    let mut row = 0;
    for (one, one_looks, other, other_looks) in [
        (letter.authority.as_str(), &own.middle, COUNTRY, &own.strong),
        (&letter.station, &own.underlined, MOTTO, &own.underlined),
        (&letter.number, &own.middle, &letter.place_and_date, &own.slanted),
    ] {
        across(sheet, row, left, &Cell::text(one), one_looks)?;
        across(sheet, row, right, &Cell::text(other), other_looks)?;
        row += 1;
    }
    row += 1;
    for (words, looks) in [
        (Letter::KIND, &looks.title),
        (&letter.subject, &own.strong),
        (&letter.period, &own.slanted),
        (&letter.addressed(), &own.middle),
        (&letter.ground, &own.left),
    ] {
        across(sheet, row, whole, &Cell::text(words), looks)?;
        row += 1;
    }
    let heading_row = row + 1;
    headings(sheet, heading_row, table, looks)?;
    row = rows(sheet, heading_row, table, looks)?;
    row = notes(sheet, row, table, looks)? + 2;
    across(sheet, row, left, &Cell::text(Letter::COPIES), &own.slanted)?;
    across(sheet, row, right, &Cell::text(&letter.signer), &own.strong)?;
    for line in Letter::COPIED {
        row += 1;
        across(sheet, row, left, &Cell::text(line), &own.list)?;
    }
    set_page(sheet, heading_row)
}

/// The columns left and right of the middle, for what stands side by side.
fn halves(table: &Table) -> (Columns, Columns) {
    let whole = Columns::of(table);
    let (mut left, mut width) = (0_u16, 0);
    for column in &table.columns {
        if width * 2 >= whole.width || left >= whole.last {
            break;
        }
        width += usize::from(column.width);
        left += 1;
    }
    let last_left = left.saturating_sub(1);
    let right =
        Columns { first: left.min(whole.last), last: whole.last, width: whole.width - width };
    (Columns { first: 0, last: last_left, width }, right)
}
