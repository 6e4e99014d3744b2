//! What can be drawn on a sheet. All lengths are millimetres on A4, from its left and upper edges;
//! on a larger paper all is larger.

use krilla::geom::{PathBuilder, Point};
use krilla::paint::{Fill, Stroke as PdfStroke};
use krilla::surface::Surface;
use krilla::text::KrillaGlyph;

use super::typeface::{Typefaces, Weight};
use super::{Format, Ink, PrintError, qr, wrap};

/// PDF counts in points, 72 to the inch.
pub(super) const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// How far the handles of a quarter of a circle are from its ends, in radii: 4/3·(√2 − 1).
const QUARTER_HANDLE: f32 = 0.552_285;

/// Height of capitals as a part of the type size.
const CAPITALS: f32 = 0.714;

/// A place on a sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// From the left edge.
    pub x: f32,
    /// From the upper edge.
    pub y: f32,
}

/// An upright rectangle on a sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left side, from the left edge.
    pub left: f32,
    /// Its upper side, from the upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

impl Area {
    /// Its middle.
    #[must_use]
    pub fn middle(self) -> Place {
        Place { x: self.left + self.width / 2.0, y: self.top + self.height / 2.0 }
    }

    /// The area inside that leaves `margin` on every side.
    #[must_use]
    pub fn inset(self, margin: f32) -> Self {
        Self {
            left: self.left + margin,
            top: self.top + margin,
            width: self.width - 2.0 * margin,
            height: self.height - 2.0 * margin,
        }
    }
}

/// Where words stand to the place they are drawn at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// They begin there.
    Left,
    /// They have their middle there.
    Middle,
    /// They end there.
    Right,
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lettering {
    /// Stroke of the letters.
    pub weight: Weight,
    /// Size of the type.
    pub size: f32,
    /// Their colour.
    pub ink: Ink,
    /// Where they stand to their place.
    pub align: Align,
}

impl Lettering {
    /// Height of its capitals, by which the eye centres words.
    #[must_use]
    pub fn capitals(self) -> f32 {
        self.size * CAPITALS
    }
}

/// A drawn line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// Its width.
    pub width: f32,
}

/// How a shape is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    /// All of it.
    Fill(Ink),
    /// A line inside its edge.
    Edge(Stroke),
}

/// A sheet, upright: 210 mm wide, 297 mm high, or larger and of the same shape.
pub struct Sheet<'a> {
    surface: Surface<'a>,
    typefaces: &'a Typefaces,
    points_per_mm: f32,
}

impl<'a> Sheet<'a> {
    /// Width of a sheet.
    pub const WIDTH: f32 = Format::A4.size_mm().0;
    /// Height of a sheet.
    pub const HEIGHT: f32 = Format::A4.size_mm().1;

    /// A sheet on which everything is `enlarged` times as large as on A4.
    pub(super) fn new(surface: Surface<'a>, typefaces: &'a Typefaces, enlarged: f32) -> Self {
        Self { surface, typefaces, points_per_mm: POINTS_PER_MM * enlarged }
    }

    /// Writes one line of words; `place` is on their base line. Letters that Noto Sans does not
    /// have are printed as an empty box.
    pub fn text(&mut self, words: &str, place: Place, lettering: &Lettering) {
        let typeface = self.typefaces.of(lettering.weight);
        let glyphs = typeface.shape(words);
        let x = match lettering.align {
            Align::Left => place.x,
            Align::Middle => place.x - width(&glyphs, lettering.size) / 2.0,
            Align::Right => place.x - width(&glyphs, lettering.size),
        };
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(lettering.ink)));
        let start = self.point(Place { x, ..place });
        let size = lettering.size * self.points_per_mm;
        self.surface.draw_glyphs(start, &glyphs, typeface.font(), words, size, false);
    }

    /// How wide `words` are.
    pub fn width_of(&self, words: &str, lettering: &Lettering) -> f32 {
        width(&self.typefaces.of(lettering.weight).shape(words), lettering.size)
    }

    /// The lettering, smaller where `words` would be wider than `room`.
    pub fn fitted(&self, words: &str, lettering: Lettering, room: f32) -> Lettering {
        let width = self.width_of(words, &lettering);
        if width <= room {
            return lettering;
        }
        Lettering { size: lettering.size * (room / width), ..lettering }
    }

    /// Breaks words at their blanks into lines at most `room` wide, as few as possible. A word that
    /// is wider alone is broken inside.
    pub fn wrap(&self, words: &str, lettering: &Lettering, room: f32) -> Vec<String> {
        wrap::wrap(words, room, |line| self.width_of(line, lettering))
    }

    /// As [`Self::wrap`], with lines about as long as each other.
    pub fn wrap_evenly(&self, words: &str, lettering: &Lettering, room: f32) -> Vec<String> {
        wrap::wrap_evenly(words, room, |line| self.width_of(line, lettering))
    }

    /// Draws a straight line.
    pub fn line(&mut self, from: Place, to: Place, stroke: Stroke) {
        let mut path = PathBuilder::new();
        let (from, to) = (self.point(from), self.point(to));
        path.move_to(from.x, from.y);
        path.line_to(to.x, to.y);
        self.draw(path, Paint::Edge(stroke));
    }

    /// Draws a rectangle with round corners; a `radius` of half its height makes a pill or a disc.
    pub fn rectangle(&mut self, area: Area, radius: f32, paint: Paint) {
        let mut path = PathBuilder::new();
        match paint {
            Paint::Fill(_) => self.add_rectangle(&mut path, area, radius),
            Paint::Edge(Stroke { width, .. }) => {
                self.add_rectangle(&mut path, area.inset(width / 2.0), radius - width / 2.0);
            }
        }
        self.draw(path, paint);
    }

    /// The side of the square in which the QR code of `text` has modules of `module` mm.
    ///
    /// # Errors
    /// When the text is too long.
    pub fn qr_side(&self, text: &str, module: f32) -> Result<f32, PrintError> {
        qr::side(text, module)
    }

    /// Draws the QR code of `text` at error level M, with its quiet zone, as large as `square`
    /// holds. The ground must be white.
    ///
    /// # Errors
    /// When the text is too long, or its modules would be smaller than 0.9 mm.
    pub fn qr(&mut self, text: &str, square: Area) -> Result<(), PrintError> {
        let mut path = PathBuilder::new();
        for area in qr::dark_areas(text, square)? {
            self.add_rectangle(&mut path, area, 0.0);
        }
        // One path and one fill: no seam between the rows on any screen or printer.
        self.draw(path, Paint::Fill(Ink::BLACK));
        Ok(())
    }

    fn draw(&mut self, path: PathBuilder, paint: Paint) {
        let (fill, stroke) = match paint {
            Paint::Fill(ink) => (Some(fill(ink)), None),
            Paint::Edge(Stroke { ink, width }) => {
                let paint = ink.color().into();
                let width = width * self.points_per_mm;
                (None, Some(PdfStroke { paint, width, ..PdfStroke::default() }))
            }
        };
        self.surface.set_fill(fill);
        self.surface.set_stroke(stroke);
        // A path without any extent is none, and leaves the paper white.
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn point(&self, place: Place) -> Point {
        Point::from_xy(place.x * self.points_per_mm, place.y * self.points_per_mm)
    }

    /// Adds a rectangle, clockwise from its upper left corner.
    fn add_rectangle(&self, path: &mut PathBuilder, area: Area, radius: f32) {
        let [left, top, width, height, radius] =
            [area.left, area.top, area.width, area.height, radius]
                .map(|mm| mm * self.points_per_mm);
        let (right, bottom) = (left + width, top + height);
        let radius = radius.clamp(0.0, (width.min(height) / 2.0).max(0.0));
        if radius == 0.0 {
            path.move_to(left, top);
            path.line_to(right, top);
            path.line_to(right, bottom);
            path.line_to(left, bottom);
            path.close();
            return;
        }
        // From a corner to the handles of its arc.
        let near = radius * (1.0 - QUARTER_HANDLE);
        path.move_to(left + radius, top);
        path.line_to(right - radius, top);
        path.cubic_to(right - near, top, right, top + near, right, top + radius);
        path.line_to(right, bottom - radius);
        path.cubic_to(right, bottom - near, right - near, bottom, right - radius, bottom);
        path.line_to(left + radius, bottom);
        path.cubic_to(left + near, bottom, left, bottom - near, left, bottom - radius);
        path.line_to(left, top + radius);
        path.cubic_to(left, top + near, left + near, top, left + radius, top);
        path.close();
    }
}

pub(super) fn width(glyphs: &[KrillaGlyph], size: f32) -> f32 {
    size * glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>()
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: ink.color().into(), ..Fill::default() }
}
