//! The chart by day, drawn by the spreadsheet itself from the numbers beside it.

use rust_xlsxwriter::{
    Chart as Drawing, ChartFont, ChartLegendPosition, ChartSolidFill, ChartType, Color, Worksheet,
    XlsxError,
};

use super::TYPEFACE;
use crate::report::{Chart, Table};

/// Pixels at 96 dpi: the width of the paper between its margins, and half its height.
const WIDTH: u32 = 960;
const HEIGHT: u32 = 420;
/// Points.
const LETTERS: u8 = 11;

/// Puts the chart below its table, which stands on this sheet under a title and no other lines.
pub(super) fn put(sheet: &mut Worksheet, chart: &Chart, table: &Table) -> Result<(), XlsxError> {
    let first = HEADING_ROW + 1;
    let days = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let last = HEADING_ROW + days;
    let mut font = ChartFont::new();
    font.set_name(TYPEFACE).set_size(LETTERS);
    let mut drawing = Drawing::new(ChartType::ColumnStacked);
    let names = Chart::PARTS.iter().zip(Chart::COLOURS);
    for (column, (_, colour)) in (1..).zip(names) {
        drawing
            .add_series()
            .set_name((table.sheet, HEADING_ROW, column))
            .set_categories((table.sheet, first, 0, last, 0))
            .set_values((table.sheet, first, column, last, column))
            .set_gap(40)
            .set_format(ChartSolidFill::new().set_color(Color::RGB(colour)));
    }
    drawing.title().set_name(chart.title.as_str()).set_font(&font);
    drawing.x_axis().set_num_format("dd/mm").set_font(&font);
    drawing.y_axis().set_num_format("#,##0").set_font(&font);
    drawing.legend().set_position(ChartLegendPosition::Bottom).set_font(&font);
    drawing.set_width(WIDTH).set_height(HEIGHT);
    sheet.insert_chart(last + 2, 0, &drawing)?;
    // A page of its own: a chart must not be cut where the rows end.
    sheet.set_page_breaks(&[last + 2])?;
    Ok(())
}

/// Below the title and an empty row.
const HEADING_ROW: u32 = 2;
