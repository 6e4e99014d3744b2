//! A report on upright A4: the order of its parts, and the plan's table by day in pieces that fit
//! beside each other. The page on the screen and the one on paper are both made of this.

use super::{Cell, Chart, Column, Document, Table, written};

/// Above the plan's own columns, which stand behind the letter.
pub(super) const APPENDIX: &str = "Phụ lục: theo ngày";

/// What a part of a report shows.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// A table.
    Table(&'a Table),
    /// The chart.
    Chart(&'a Chart),
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// What a rate is a rate of stands in columns beside it.
    Results,
    /// A row a day and their sum; what a rate is a rate of stands below it.
    Days,
}

/// Characters that fit beside each other on the paper between its margins, in the type of tables.
const ROOM: usize = 96;
/// What the lines and blanks around a cell take, in characters.
const AROUND: usize = 2;

/// Most characters without a blank between them that a cell must not break.
const LONGEST_RUN: usize = 24;

/// The parts of the letter, each below its title.
pub(super) fn parts(document: &Document) -> [(String, Part<'_>); 5] {
    let Document { targets, results, difficulties, chart, closings, .. } = document;
    [
        ("I", targets.sheet, Part::Table(targets)),
        ("II", results.sheet, Part::Table(results)),
        ("III", difficulties.sheet, Part::Table(difficulties)),
        ("IV", chart.title.as_str(), Part::Chart(chart)),
        ("V", closings.sheet, Part::Table(closings)),
    ]
    .map(|(number, title, part)| (format!("{number}. {title}"), part))
}

/// The lines of a cell.
pub(super) fn lines(cell: &Cell, look: Look) -> Vec<String> {
    let below = match (cell, look) {
        (Cell::Share(share), Look::Days) => written::counts(*share),
        (_, Look::Days | Look::Results) => None,
    };
    [Some(written::cell(cell)), below].into_iter().flatten().collect()
}

/// The table by day in pieces that fit, each with the day again. Left out is what says the same in
/// every row, as the letter says it already, and the number of the row.
pub(super) fn by_day(table: &Table) -> Vec<Table> {
    let all = || 0..table.columns.len();
    let is_day = |column: &usize| matches!(cells(table, *column).next(), Some(Cell::Day(_)));
    let first = all().find(is_day).or_else(|| all().find(|it| is_row_number(table, *it)));
    let kept: Vec<(usize, usize)> = all()
        .filter(|column| Some(*column) != first)
        .filter(|column| !is_row_number(table, *column) && !repeats(table, *column))
        .map(|column| (column, width(table, column)))
        .collect();
    let taken = first.map(|column| width(table, column)).unwrap_or_default();
    let fewest = grouped(&kept, taken, ROOM);
    // As many pieces, about as wide as each other.
    let even = (0..ROOM).rev().map(|room| grouped(&kept, taken, room));
    let even = even.take_while(|groups| groups.len() == fewest.len()).last().unwrap_or(fewest);
    even.iter()
        .map(|group| of_columns(table, first.into_iter().chain(group.iter().copied())))
        .collect()
}

/// Columns in groups of at most `room`, of which `taken` is needed in each; one at least.
fn grouped(columns: &[(usize, usize)], taken: usize, room: usize) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut used = 0;
    for (column, width) in columns {
        match groups.last_mut() {
            Some(group) if used + width <= room => {
                group.push(*column);
                used += width;
            }
            Some(_) | None => {
                groups.push(vec![*column]);
                used = taken + width;
            }
        }
    }
    groups
}

fn of_columns(table: &Table, columns: impl Iterator<Item = usize>) -> Table {
    let columns: Vec<usize> = columns.collect();
    let of_row = |row: &Vec<Cell>| columns.iter().filter_map(|it| row.get(*it)).cloned().collect();
    Table {
        columns: columns.iter().filter_map(|it| table.columns.get(*it)).cloned().collect(),
        rows: table.rows.iter().map(of_row).collect(),
        sum: table.sum.as_ref().map(of_row),
        about: table.about.clone(),
        notes: table.notes.clone(),
        title: table.title.clone(),
        ..*table
    }
}

fn cells(table: &Table, column: usize) -> impl Iterator<Item = &Cell> {
    table.lines().filter_map(move |row| row.get(column))
}

/// 1, 2, 3 … and nothing in the row of the sum: a number that is counted has a sum.
fn is_row_number(table: &Table, column: usize) -> bool {
    let last = table.rows.len();
    last > 0
        && table.sum.is_some()
        && (1..).zip(cells(table, column)).enumerate().all(|(row, (number, cell))| {
            if row == last { *cell == Cell::Blank } else { *cell == Cell::Number(number) }
        })
}

/// The same words in every row, such as the station's name.
fn repeats(table: &Table, column: usize) -> bool {
    let mut cells = cells(table, column);
    match cells.next() {
        Some(Cell::Text(words)) if !words.is_empty() => {
            cells.all(|cell| matches!(cell, Cell::Text(other) if other == words))
        }
        Some(_) | None => false,
    }
}

/// How many characters a column needs so that no word in it is broken.
fn width(table: &Table, column: usize) -> usize {
    let Some(Column { heading, width, holds: _ }) = table.columns.get(column) else { return 0 };
    let longest = |text: &str| runs(text).map(|run| run.chars().count()).max().unwrap_or_default();
    let of_cell =
        |cell: &Cell| lines(cell, Look::Days).iter().map(|line| longest(line)).max().unwrap_or(0);
    let needed = cells(table, column).map(of_cell).max().unwrap_or_default().max(longest(heading));
    let has_numbers =
        cells(table, column).any(|cell| written::is_number(cell) || matches!(cell, Cell::Day(_)));
    AROUND + if has_numbers { needed } else { needed.max(usize::from(*width)) }
}

/// What a line is not broken in.
pub(super) fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() && letter != '\u{a0}')
}

/// Whether the words are rather a mark, such as a fingerprint: small, and broken where it must be.
pub(super) fn is_mark(text: &str) -> bool {
    runs(text).any(|run| run.chars().count() > LONGEST_RUN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Share;
    use crate::report::sample::heading;

    fn table(columns: &[(&str, Vec<Cell>)]) -> Table {
        let last = columns[0].1.len() - 1;
        let of_row = |row: usize| columns.iter().map(|(_, cells)| cells[row].clone()).collect();
        Table {
            stem: "bao-cao",
            sheet: "Báo cáo",
            title: "Thử".into(),
            about: Vec::new(),
            columns: columns.iter().map(|(name, _)| Column::new((*name).to_owned(), 8)).collect(),
            rows: (0..last).map(of_row).collect(),
            sum: Some(of_row(last)),
            notes: Vec::new(),
            made_at: heading().made_at,
        }
    }

    fn numbers(numbers: [u64; 3]) -> Vec<Cell> {
        numbers.map(Cell::Number).into()
    }

    fn days() -> Vec<Cell> {
        let day = |text: &str| Cell::Day(text.parse().unwrap());
        vec![day("2026-11-23"), day("2026-11-24"), Cell::text("Cộng")]
    }

    fn headings(table: &Table) -> Vec<&str> {
        table.columns.iter().map(|column| column.heading.as_ref()).collect()
    }

    #[test]
    fn what_only_repeats_is_left_out_and_what_is_counted_or_empty_stays() {
        let told = by_day(&table(&[
            ("TT", vec![Cell::Number(1), Cell::Number(2), Cell::Blank]),
            ("Ngày", days()),
            ("Trạm", vec![Cell::text("Trạm A"); 3]),
            ("Lượt", numbers([1, 2, 3])),
            ("Lũy kế", numbers([1, 2, 2])),
            ("Vướng mắc", vec![Cell::text(""); 3]),
            ("Ghi chú", vec![Cell::Blank; 3]),
        ]));
        let [piece] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(headings(piece), ["Ngày", "Lượt", "Lũy kế", "Vướng mắc", "Ghi chú"]);
        assert_eq!(piece.sum.as_ref().unwrap()[1], Cell::Number(3));
    }

    #[test]
    fn every_piece_fits_begins_with_the_day_and_none_is_lost() {
        let names: Vec<String> = (0..40).map(|number| format!("Cột-số-{number}")).collect();
        let mut columns = vec![("Ngày", days())];
        columns.extend(names.iter().map(|name| (name.as_str(), numbers([7, 8, 15]))));
        let pieces = by_day(&table(&columns));
        let mut seen = Vec::new();
        for piece in &pieces {
            let wide: usize = (0..piece.columns.len()).map(|column| width(piece, column)).sum();
            assert!(wide <= ROOM, "{wide}");
            assert_eq!(headings(piece)[0], "Ngày");
            seen.extend(headings(piece).into_iter().skip(1).map(str::to_owned));
        }
        assert_eq!(seen, names);
        let counts: Vec<usize> = pieces.iter().map(|piece| piece.columns.len()).collect();
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        assert!(most - least <= 2, "{counts:?}");
    }

    #[test]
    fn a_column_wider_than_the_paper_has_a_piece_of_its_own() {
        let long = "x".repeat(200);
        let pieces = by_day(&table(&[
            ("Ngày", days()),
            ("a", numbers([1, 1, 2])),
            (&long, numbers([2, 2, 4])),
            ("b", numbers([3, 3, 6])),
        ]));
        assert_eq!(pieces.iter().map(headings).collect::<Vec<_>>().concat().len(), 6);
        assert_eq!(pieces.len(), 3);
    }

    #[test]
    fn a_rate_by_day_stands_above_what_it_is_a_rate_of() {
        let share = Cell::Share(Share { part: 2, whole: 3 });
        assert_eq!(lines(&share, Look::Days), ["66,7\u{a0}%", "2/3"]);
        assert_eq!(lines(&share, Look::Results), ["66,7\u{a0}%"]);
        let nothing = Cell::Share(Share { part: 0, whole: 0 });
        assert_eq!(lines(&nothing, Look::Days), [""]);
    }
}
