//! How wide the columns of a table are: each as wide as its longest word, and what is left goes to
//! those whose lines are long – the way browsers do it.

use super::layout::{CELL, HEADING, Layout, MARK, PAD, WIDTH};
use crate::print::Lettering;
use crate::report::page::{self, Look};
use crate::report::{Cell, Table};

/// How wide a letter is on average, in sizes of the type.
const LETTER: f32 = 0.57;

/// The least a column needs, and what its longest line would take.
#[derive(Clone, Copy)]
struct Need {
    least: f32,
    most: f32,
}

/// How a line of a cell is written: what has no blank to break at is small.
pub(super) fn lettering(line: &str, usual: Lettering) -> Lettering {
    if page::is_mark(line) {
        Lettering { weight: usual.weight, align: usual.align, ..MARK }
    } else {
        usual
    }
}

/// The widths of the columns in mm; together they are as wide as the paper between its margins.
pub(super) fn widths(layout: &Layout<'_>, table: &Table, look: Look) -> Vec<f32> {
    let mut needs: Vec<Need> = table
        .columns
        .iter()
        .map(|column| need(layout, &column.heading, HEADING))
        .map(|need| Need { most: need.least, ..need })
        .collect();
    for row in table.lines() {
        for (known, cell) in needs.iter_mut().zip(row) {
            for line in page::lines(cell, look) {
                // Rows in bold are wider than others.
                let bold = Lettering { weight: HEADING.weight, ..CELL };
                let need = need(layout, &line, lettering(&line, bold));
                known.least = known.least.max(need.least);
                known.most = known.most.max(need.most);
            }
        }
    }
    for (index, (known, column)) in needs.iter_mut().zip(&table.columns).enumerate() {
        let mut cells = table.lines().filter_map(|row| row.get(index));
        if look == Look::Days && cells.all(|cell| *cell == Cell::Blank) {
            // Somebody may write in it.
            known.most = known.most.max(f32::from(column.width) * CELL.size * LETTER);
        }
    }
    shared(&needs, WIDTH)
}

fn need(layout: &Layout<'_>, line: &str, lettering: Lettering) -> Need {
    let longest = page::runs(line).map(|run| {
        let width = layout.width_of(run, &lettering);
        // In two lines, with a letter to spare.
        if lettering.size == MARK.size { width / 2.0 + MARK.size } else { width }
    });
    let around = 2.0 * PAD + 0.2;
    let least = longest.fold(0.0, f32::max) + around;
    Need { least, most: (layout.width_of(line, &lettering) + around).max(least) }
}

/// Shares `room` among columns.
fn shared(needs: &[Need], room: f32) -> Vec<f32> {
    let least: f32 = needs.iter().map(|need| need.least).sum();
    let wanted: f32 = needs.iter().map(|need| need.most - need.least).sum();
    let left = room - least;
    if left < 0.0 {
        // Words are broken then, rather than cut off.
        return needs.iter().map(|need| need.least * room / least).collect();
    }
    if wanted > left {
        let given = left / wanted;
        return needs.iter().map(|need| need.least + (need.most - need.least) * given).collect();
    }
    let most = least + wanted;
    needs.iter().map(|need| need.most * room / most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_paper_and_none_is_narrower_than_its_longest_word_where_there_is_room() {
        let need = |(least, most): (f32, f32)| Need { least, most };
        for (needs, room) in [
            (vec![(10.0, 10.0), (20.0, 200.0), (10.0, 50.0)], 100.0),
            (vec![(10.0, 10.0), (20.0, 30.0)], 100.0),
            (vec![(80.0, 90.0), (80.0, 80.0)], 100.0),
        ] {
            let needs: Vec<Need> = needs.into_iter().map(need).collect();
            let widths = shared(&needs, room);
            assert!((widths.iter().sum::<f32>() - room).abs() < 0.01, "{widths:?}");
            let fits = needs.iter().map(|need| need.least).sum::<f32>() <= room;
            let enough = needs.iter().zip(&widths).all(|(need, width)| *width >= need.least - 0.01);
            assert_eq!(enough, fits, "{widths:?}");
        }
    }
}
