//! A report on paper: the page of [`super::html`], on upright A4 as Nghị định 30/2020/NĐ-CP sets it –
//! its margins, and from the second page on the page's number in the middle of the upper margin.
//!
//! Everything is laid out first and drawn then, so that a page is known before it is begun: rows are
//! never broken, headings stand above what they head, and nothing is cut off. The same report gives
//! the same bytes.

mod columns;
mod layout;

use super::bars::Bars;
use super::page::{self, Look, Part};
use super::{COUNTRY, Chart, Document, Letter, MOTTO, written};
use crate::event::Count;
use crate::print::{Align, Area, Ink, Lettering, Paper, Place, PrintError, Stroke, Weight};

use layout::{BODY, LEFT, Layout, WIDTH};

/// The larger words of the head and of the subject, in mm.
const TITLE: Lettering = Lettering { weight: Weight::Bold, size: 4.4, ..BODY };
const STRONG: Lettering = Lettering { weight: Weight::Bold, ..BODY };
/// Both halves of the head; capitals are wide.
const HEAD: Lettering = Lettering { size: 3.5, align: Align::Middle, ..BODY };
const HEAD_STRONG: Lettering = Lettering { weight: Weight::Bold, ..HEAD };
const SMALL: Lettering = Lettering { size: 2.9, ..BODY };

/// Where the halves of the head and of the signatures have their middle, and their width.
const LEFT_HALF: (f32, f32) = (LEFT + 34.0, 68.0);
const RIGHT_HALF: (f32, f32) = (LEFT + WIDTH - 46.5, 93.0);

/// Blank lines between parts, in mm.
const GAP: f32 = 5.0;
/// Room for a signature and a seal.
const SIGNATURE: f32 = 32.0;

/// The chart: its area, the room for its names on the left and below, and a legend's square.
const CHART: Area = Area { left: LEFT + 13.0, top: 0.0, width: WIDTH - 13.0, height: 60.0 };
const BELOW_CHART: f32 = 7.0;
const SQUARE: f32 = 3.2;

const HAIRLINE: Stroke = Stroke { ink: Ink::of(0x0099_9999), width: 0.15 };
const RULE: Stroke = Stroke { ink: Ink::BLACK, width: 0.3 };

/// The PDF.
///
/// # Errors
/// When a row is higher than a page, or the typeface cannot be read.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, PrintError> {
    let letter = &document.letter;
    let mut paper = Paper::new(&format!("{}. {}", letter.subject, letter.period))?;
    let layout = laid_out(document, &paper)?;
    let pages = layout.into_pages();
    for page in pages {
        paper.sheet(|sheet| {
            for mark in page {
                mark.draw(sheet);
            }
            Ok(())
        })?;
    }
    paper.into_pdf()
}

fn laid_out<'a>(document: &Document, paper: &'a Paper) -> Result<Layout<'a>, PrintError> {
    let mut layout = Layout::new(paper);
    above(&mut layout, &document.letter)?;
    for (title, part) in page::parts(document) {
        layout.skip(GAP);
        match part {
            Part::Table(table) => layout.table(Some((&title, STRONG)), table, Look::Results)?,
            Part::Chart(shown) => chart(&mut layout, &title, shown)?,
        }
    }
    layout.skip(GAP);
    for note in &document.notes {
        layout.paragraph(note, BODY)?;
    }
    below(&mut layout, &document.letter)?;
    for (index, piece) in page::by_day(&document.by_day).iter().enumerate() {
        layout.turn();
        let title = (index == 0).then_some((page::APPENDIX, STRONG));
        layout.table(title, piece, Look::Days)?;
    }
    Ok(layout)
}

fn above(layout: &mut Layout<'_>, letter: &Letter) -> Result<(), PrintError> {
    layout
        .side_by_side((&letter.authority, HEAD, LEFT_HALF), (COUNTRY, HEAD_STRONG, RIGHT_HALF))?;
    let ends = layout.side_by_side(
        (&letter.station, HEAD_STRONG, LEFT_HALF),
        (MOTTO, HEAD_STRONG, RIGHT_HALF),
    )?;
    // A line as long as the motto, and one of a third of the name's half.
    let motto = layout.width_of(MOTTO, &HEAD_STRONG);
    for ((middle, _), length, y) in [(LEFT_HALF, 24.0, ends.0), (RIGHT_HALF, motto, ends.1)] {
        let y = y + 1.0;
        let from = Place { x: middle - length / 2.0, y };
        layout.line(from, Place { x: middle + length / 2.0, y }, RULE);
    }
    layout.skip(2.5);
    layout.side_by_side(
        (&letter.number, HEAD, LEFT_HALF),
        (&letter.place_and_date, HEAD, RIGHT_HALF),
    )?;
    layout.skip(GAP);
    for (words, lettering) in
        [(Letter::KIND, TITLE), (&letter.subject, STRONG), (&letter.period, BODY)]
    {
        layout.paragraph(words, Lettering { align: Align::Middle, ..lettering })?;
    }
    layout.skip(GAP / 2.0);
    layout.paragraph(&letter.addressed(), BODY)?;
    layout.paragraph(&letter.ground, BODY)
}

fn below(layout: &mut Layout<'_>, letter: &Letter) -> Result<(), PrintError> {
    layout.skip(GAP);
    layout.keep(SIGNATURE)?;
    let top = layout.y();
    let strong = Lettering { align: Align::Left, ..HEAD_STRONG };
    layout.words(Letter::COPIES, Place { x: LEFT, y: top + 4.0 }, strong);
    let signer = Place { x: RIGHT_HALF.0, y: top + 4.0 };
    layout.words(&letter.signer, signer, HEAD_STRONG);
    for (line, words) in (1_u8..).zip(Letter::COPIED) {
        let y = top + 4.0 + f32::from(line) * 4.2;
        layout.words(words, Place { x: LEFT, y }, SMALL);
    }
    layout.skip(SIGNATURE);
    Ok(())
}

fn chart(layout: &mut Layout<'_>, title: &str, chart: &Chart) -> Result<(), PrintError> {
    let heading = layout.height_of(title, STRONG);
    layout.keep(heading + 2.0 + CHART.height + BELOW_CHART + 2.0 * SQUARE + 6.0)?;
    layout.paragraph(title, STRONG)?;
    layout.skip(2.0);
    let top = layout.y();
    let Bars { bars, rules, days, gaps } = Bars::of(chart, CHART.width, CHART.height);
    for (y, visits) in rules {
        let y = top + y;
        let to = Place { x: CHART.left + CHART.width, y };
        layout.line(Place { x: CHART.left, y }, to, HAIRLINE);
        let before = Place { x: CHART.left - 1.5, y: y + 1.0 };
        layout.words(
            &Count(visits).to_string(),
            before,
            Lettering { align: Align::Right, ..SMALL },
        );
    }
    for bar in bars {
        let (left, top) = (CHART.left + bar.left, top + bar.top);
        let area = Area { left, top, width: bar.width, height: bar.height };
        layout.block(area, colour(bar.part));
    }
    for (x, _) in gaps {
        let place = Place { x: CHART.left + x, y: top + CHART.height - 1.0 };
        layout.words(written::UNKNOWN, place, Lettering { align: Align::Middle, ..SMALL });
    }
    for (x, day) in days {
        let place = Place { x: CHART.left + x, y: top + CHART.height + 4.5 };
        let words = day.0.format("%d/%m").to_string();
        layout.words(&words, place, Lettering { align: Align::Middle, size: 2.6, ..SMALL });
    }
    layout.skip(CHART.height + BELOW_CHART);
    legend(layout);
    Ok(())
}

/// What the colours are, in a line that goes on below where it is too long.
fn legend(layout: &mut Layout<'_>) {
    let mut x = LEFT;
    for (part, name) in Chart::PARTS.iter().enumerate() {
        let width = SQUARE + 1.5 + layout.width_of(name, &SMALL);
        if x > LEFT && x + width > LEFT + WIDTH {
            x = LEFT;
            layout.skip(SQUARE + 2.0);
        }
        let top = layout.y();
        let square = Area { left: x, top, width: SQUARE, height: SQUARE };
        layout.block(square, colour(part));
        layout.words(name, Place { x: x + SQUARE + 1.5, y: top + 2.7 }, SMALL);
        x += width + 6.0;
    }
    layout.skip(SQUARE + 2.0);
}

fn colour(part: usize) -> Ink {
    Ink::of(Chart::COLOURS.get(part).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::layout::{BOTTOM, Extent, TOP};
    use super::*;
    use crate::report::forms::{documents, longest, named};

    /// What is drawn on each page.
    fn extents(document: &Document) -> Vec<Vec<Extent>> {
        let paper = Paper::new("Thử").unwrap();
        let pages = laid_out(document, &paper).unwrap().into_pages();
        pages.iter().map(|page| page.iter().map(|mark| mark.extent(&paper)).collect()).collect()
    }

    /// Nothing beyond the margins, but for the page's number; no words over others.
    fn assert_in_order(pages: &[Vec<Extent>]) {
        for (number, page) in (1..).zip(pages) {
            let mut words: Vec<&Extent> = Vec::new();
            for extent in page {
                let Extent { left, top, right, bottom, what } = extent;
                let in_width = *left >= LEFT - 0.3 && *right <= LEFT + WIDTH + 0.3;
                let in_height = *top >= TOP - 0.5 && *bottom <= BOTTOM + 0.5;
                let is_number = *what == Some(number.to_string()) && *bottom < TOP;
                assert!(in_width && (in_height || is_number), "page {number}: {extent:?}");
                if what.is_some() {
                    words.push(extent);
                }
            }
            for (index, one) in words.iter().enumerate() {
                let over = words.iter().skip(index + 1).find(|other| one.meets(other));
                assert!(over.is_none(), "page {number}: {one:?} and {over:?}");
            }
        }
    }

    #[test]
    fn nothing_is_cut_off_and_no_words_lie_over_others() {
        for document in documents() {
            assert_in_order(&extents(&document));
        }
        assert_in_order(&extents(&named(&"Ươ".repeat(25))));
    }

    #[test]
    fn a_long_report_goes_on_page_by_page_with_its_headings() {
        let document = longest();
        let pages = extents(&document);
        assert!(pages.len() > 10, "{}", pages.len());
        assert_in_order(&pages);
        let on = |page: &[Extent], words: &str| {
            page.iter().any(|extent| extent.what.as_deref() == Some(words))
        };
        assert!(!on(&pages[0], "1"), "the first page bears no number");
        for (number, page) in (1..).zip(&pages).skip(1) {
            assert!(on(page, &number.to_string()));
        }
        let first = pages.iter().position(|page| on(page, page::APPENDIX)).unwrap();
        for page in pages.iter().skip(first) {
            assert!(on(page, "Ngày"), "headings are repeated");
        }
        let pieces = page::by_day(&document.by_day);
        let drawn: Vec<&str> = pages
            .iter()
            .flatten()
            .filter_map(|it| it.what.as_deref())
            .flat_map(page::runs)
            .collect();
        for column in pieces.iter().flat_map(|piece| &piece.columns) {
            let broken = page::runs(&column.heading).find(|run| !drawn.contains(run));
            assert_eq!(broken, None, "no word is broken");
        }
        for row in &document.by_day.rows {
            let Some(day) = row.iter().find(|cell| matches!(cell, crate::report::Cell::Day(_)))
            else {
                continue;
            };
            let day = written::cell(day);
            let told = pages.iter().skip(first).filter(|page| on(page, &day)).count();
            assert_eq!(told, pieces.len(), "{day}");
        }
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let document = documents().remove(0);
        assert!(write(&document).unwrap() == write(&document).unwrap());
    }

    #[test]
    fn a_row_higher_than_a_page_is_refused_and_not_cut_off() {
        let mut document = documents().remove(0);
        let words = "sổ ".repeat(3000);
        document.difficulties.rows[0][0] = crate::report::Cell::Text(words);
        assert!(matches!(write(&document), Err(PrintError::Overfull)));
    }
}
