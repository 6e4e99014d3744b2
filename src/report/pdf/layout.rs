//! Pages before they are drawn: what stands where, and where a new page begins.

use std::cell::RefCell;
use std::collections::HashMap;

use super::columns;
use crate::print::{
    Align, Area, Ink, Lettering, Paint, Paper, Place, PrintError, Sheet, Stroke, Weight,
};
use crate::report::page::{self, Look};
use crate::report::{Table, written};

/// Margins of Nghị định 30/2020/NĐ-CP: left 30 mm, right 15 mm, top and bottom 20 mm.
pub(super) const LEFT: f32 = 30.0;
pub(super) const WIDTH: f32 = Sheet::WIDTH - LEFT - 15.0;
pub(super) const TOP: f32 = 20.0;
pub(super) const BOTTOM: f32 = Sheet::HEIGHT - 20.0;

/// Running text.
pub(super) const BODY: Lettering =
    Lettering { weight: Weight::Regular, size: 3.9, ink: Ink::BLACK, align: Align::Left };
/// In tables.
pub(super) const CELL: Lettering = Lettering { size: 2.9, ..BODY };
pub(super) const HEADING: Lettering = Lettering { weight: Weight::Bold, ..CELL };
/// What a rate is a rate of.
const OF: Lettering = Lettering { size: 2.2, ..CELL };
/// Fingerprints.
pub(super) const MARK: Lettering = Lettering { size: 2.1, ..CELL };

/// Between the line around a cell and its words.
pub(super) const PAD: f32 = 1.0;
/// From one line to the next, in sizes of the type; and how much of that is above the base line.
const LEADING: f32 = 1.36;
const ASCENT: f32 = 1.07;
/// The same in tables, where lines are closer so that a month stands on a page.
const ROW_LEADING: f32 = 1.25;
const ROW_ASCENT: f32 = 1.0;

const BORDER: Stroke = Stroke { ink: Ink::of(0x0055_5555), width: 0.15 };
const SHADE: Ink = Ink::of(0x00e7_eef2);
/// The page's number: its base line, and its letters.
const NUMBER_Y: f32 = 13.0;
const NUMBER: Lettering = Lettering { align: Align::Middle, size: 4.4, ..BODY };

/// Something that is drawn.
pub(super) enum Mark {
    Words { words: String, place: Place, lettering: Lettering },
    Line { from: Place, to: Place, stroke: Stroke },
    Block { area: Area, paint: Paint },
}

impl Mark {
    pub(super) fn draw(self, sheet: &mut Sheet<'_>) {
        match self {
            Self::Words { words, place, lettering } => sheet.text(&words, place, &lettering),
            Self::Line { from, to, stroke } => sheet.line(from, to, stroke),
            Self::Block { area, paint } => sheet.rectangle(area, 0.0, paint),
        }
    }
}

/// Where the next words go, and all before.
pub(super) struct Layout<'a> {
    paper: &'a Paper,
    pages: Vec<Vec<Mark>>,
    y: f32,
    /// Widths in sizes of the type: shaping words is slow, and most cells hold one of few.
    known: RefCell<HashMap<(Weight, String), f32>>,
}

/// Words with their middle, and the room they have.
type Half<'w> = (&'w str, Lettering, (f32, f32));

/// A row that is laid out: the lines of its cells, and how high it is.
struct Row {
    cells: Vec<Vec<(String, Lettering)>>,
    height: f32,
}

impl<'a> Layout<'a> {
    pub(super) fn new(paper: &'a Paper) -> Self {
        Self { paper, pages: vec![Vec::new()], y: TOP, known: RefCell::default() }
    }

    /// The pages, each from the second on with its number.
    pub(super) fn into_pages(self) -> Vec<Vec<Mark>> {
        let mut pages = self.pages;
        for (number, page) in (1_u32..).zip(&mut pages).skip(1) {
            let place = Place { x: LEFT + WIDTH / 2.0, y: NUMBER_Y };
            page.push(Mark::Words { words: number.to_string(), place, lettering: NUMBER });
        }
        pages
    }

    pub(super) fn y(&self) -> f32 {
        self.y
    }

    pub(super) fn width_of(&self, words: &str, lettering: &Lettering) -> f32 {
        let mut known = self.known.borrow_mut();
        let key = (lettering.weight, words.to_owned());
        let of_one = || self.paper.width_of(words, &Lettering { size: 1.0, ..*lettering });
        lettering.size * *known.entry(key).or_insert_with(of_one)
    }

    /// Words in lines that fit into `room`.
    fn lines(&self, words: &str, lettering: Lettering, room: f32) -> Vec<String> {
        if !words.is_empty() && self.width_of(words, &lettering) <= room {
            return vec![words.to_owned()];
        }
        self.paper.wrap(words, &lettering, room)
    }

    /// How high words are over the whole width.
    pub(super) fn height_of(&self, words: &str, lettering: Lettering) -> f32 {
        self.lines(words, lettering, WIDTH).len() as f32 * lettering.size * LEADING
    }

    /// Leaves room; none at the top of a page.
    pub(super) fn skip(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Makes sure that so much fits on this page, or begins one.
    pub(super) fn keep(&mut self, height: f32) -> Result<(), PrintError> {
        if height > BOTTOM - TOP {
            return Err(PrintError::Overfull);
        }
        if self.y + height > BOTTOM {
            self.turn();
        }
        Ok(())
    }

    pub(super) fn words(&mut self, words: &str, place: Place, lettering: Lettering) {
        self.mark(Mark::Words { words: words.to_owned(), place, lettering });
    }

    pub(super) fn line(&mut self, from: Place, to: Place, stroke: Stroke) {
        self.mark(Mark::Line { from, to, stroke });
    }

    pub(super) fn block(&mut self, area: Area, ink: Ink) {
        self.mark(Mark::Block { area, paint: Paint::Fill(ink) });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Words over the whole width.
    pub(super) fn paragraph(
        &mut self,
        words: &str,
        lettering: Lettering,
    ) -> Result<(), PrintError> {
        let x = match lettering.align {
            Align::Left => LEFT,
            Align::Middle => LEFT + WIDTH / 2.0,
            Align::Right => LEFT + WIDTH,
        };
        for line in self.lines(words, lettering, WIDTH) {
            self.keep(lettering.size * LEADING)?;
            self.y += lettering.size * ASCENT;
            self.words(&line, Place { x, y: self.y }, lettering);
            self.y += lettering.size * (LEADING - ASCENT);
        }
        self.y += 0.8;
        Ok(())
    }

    /// Words in two halves, each around its middle; tells where each ends.
    pub(super) fn side_by_side(
        &mut self,
        left: Half<'_>,
        right: Half<'_>,
    ) -> Result<(f32, f32), PrintError> {
        let top = self.y;
        let mut ends = [top; 2];
        for ((words, lettering, (x, room)), end) in [left, right].into_iter().zip(&mut ends) {
            for line in self.lines(words, lettering, room) {
                let y = *end + lettering.size * ASCENT;
                self.words(&line, Place { x, y }, lettering);
                *end += lettering.size * LEADING;
            }
        }
        let [left, right] = ends;
        self.y = left.max(right);
        if self.y > BOTTOM { Err(PrintError::Overfull) } else { Ok((left, right)) }
    }

    /// A table below its title. Rows are not broken; headings are repeated on each page.
    pub(super) fn table(
        &mut self,
        title: Option<(&str, Lettering)>,
        table: &Table,
        look: Look,
    ) -> Result<(), PrintError> {
        let widths = columns::widths(self, table, look);
        let middle = Lettering { align: Align::Middle, ..HEADING };
        let headings = table.columns.iter().map(|it| vec![(it.heading.to_string(), middle)]);
        let headings = self.row(headings, &widths);
        let rows: Vec<Row> = table
            .lines()
            .enumerate()
            .map(|(index, row)| {
                let weight = match look {
                    Look::Days if index == table.rows.len() => Weight::Bold,
                    Look::Days | Look::Results => Weight::Regular,
                };
                let cells = row.iter().map(|cell| {
                    let is_number = written::is_number(cell);
                    let align = if is_number { Align::Right } else { Align::Left };
                    let lines = page::lines(cell, look).into_iter().zip([CELL, OF]);
                    let written = lines.map(|(line, lettering)| {
                        let lettering = Lettering { weight, align, ..lettering };
                        let lettering = columns::lettering(&line, lettering);
                        (line, lettering)
                    });
                    written.collect()
                });
                self.row(cells, &widths)
            })
            .collect();
        if let Some((title, lettering)) = title {
            let first = rows.first().map_or(0.0, |row| row.height);
            self.keep(self.height_of(title, lettering) + 1.8 + headings.height + first)?;
            self.paragraph(title, lettering)?;
            self.y += 1.0;
        }
        self.keep(headings.height)?;
        self.draw(&headings, &widths, Some(SHADE));
        for row in &rows {
            if headings.height + row.height > BOTTOM - TOP {
                return Err(PrintError::Overfull);
            }
            if self.y + row.height > BOTTOM {
                self.turn();
                self.draw(&headings, &widths, Some(SHADE));
            }
            self.draw(row, &widths, None);
        }
        Ok(())
    }

    /// Breaks the words of cells into the lines they take in their columns.
    fn row(&self, cells: impl Iterator<Item = Vec<(String, Lettering)>>, widths: &[f32]) -> Row {
        let cells: Vec<Vec<(String, Lettering)>> = cells
            .zip(widths)
            .map(|(lines, width)| {
                let room = width - 2.0 * PAD;
                let wrapped = lines.into_iter().flat_map(|(line, lettering)| {
                    let lines = self.lines(&line, lettering, room);
                    lines.into_iter().map(move |line| (line, lettering))
                });
                wrapped.collect()
            })
            .collect();
        let of_cell = |lines: &Vec<(String, Lettering)>| {
            lines.iter().map(|(_, lettering)| lettering.size * ROW_LEADING).sum::<f32>()
        };
        // A row of blanks is as high as one of words: somebody may write in it.
        let height = cells.iter().map(of_cell).fold(CELL.size * ROW_LEADING, f32::max) + PAD;
        Row { cells, height }
    }

    fn draw(&mut self, row: &Row, widths: &[f32], ground: Option<Ink>) {
        let mut left = LEFT;
        for (lines, width) in row.cells.iter().zip(widths) {
            let area = Area { left, top: self.y, width: *width, height: row.height };
            if let Some(ink) = ground {
                self.block(area, ink);
            }
            // Lines of neighbours lie over each other.
            let boxed = Area {
                width: area.width + BORDER.width,
                height: area.height + BORDER.width,
                ..area
            };
            self.mark(Mark::Block { area: boxed, paint: Paint::Edge(BORDER) });
            let mut top = self.y + PAD / 2.0;
            for (words, lettering) in lines {
                let x = match lettering.align {
                    Align::Left => left + PAD,
                    Align::Middle => left + width / 2.0,
                    Align::Right => left + width - PAD,
                };
                let y = top + lettering.size * ROW_ASCENT;
                self.words(words, Place { x, y }, *lettering);
                top += lettering.size * ROW_LEADING;
            }
            left += width;
        }
        self.y += row.height;
    }
}

/// What a mark takes of its page.
#[cfg(test)]
#[derive(Debug)]
pub(super) struct Extent {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
    /// Its words, if it has any.
    pub(super) what: Option<String>,
}

#[cfg(test)]
impl Extent {
    pub(super) fn meets(&self, other: &Self) -> bool {
        const TOUCHES: f32 = 0.05;
        self.left + TOUCHES < other.right
            && other.left + TOUCHES < self.right
            && self.top + TOUCHES < other.bottom
            && other.top + TOUCHES < self.bottom
    }
}

#[cfg(test)]
impl Mark {
    pub(super) fn extent(&self, paper: &Paper) -> Extent {
        let of = |left: f32, top: f32, right: f32, bottom: f32| {
            let (left, right) = (left.min(right), left.max(right));
            Extent { left, top: top.min(bottom), right, bottom: top.max(bottom), what: None }
        };
        match self {
            Self::Words { words, place: Place { x, y }, lettering } => {
                let width = paper.width_of(words, lettering);
                let left = match lettering.align {
                    Align::Left => *x,
                    Align::Middle => x - width / 2.0,
                    Align::Right => x - width,
                };
                // Vietnamese capitals bear two marks; letters that hang below take a quarter.
                let (top, bottom) = (y - lettering.size, y + lettering.size * 0.25);
                let what = Some(words.clone());
                Extent { what, ..of(left, top, left + width, bottom) }
            }
            Self::Line { from, to, .. } => of(from.x, from.y, to.x, to.y),
            Self::Block { area, .. } => {
                of(area.left, area.top, area.left + area.width, area.top + area.height)
            }
        }
    }
}
