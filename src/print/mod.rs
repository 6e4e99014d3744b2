//! Paper that the program makes: the one way to a PDF, for everything people print and hang up.
//!
//! A sheet is drawn with few words – text, line, rectangle, QR – in millimetres. Rules kept: the
//! letters are those of the screen, embedded, and can be searched and copied; a QR code is black,
//! sharp at any size, and never finer than an old reader manages; the same drawing gives the same
//! bytes. Nothing here touches a disk.

mod error;
mod format;
mod ink;
mod qr;
mod sheet;
mod typeface;
mod wrap;

use krilla::Document;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;

pub use error::PrintError;
pub use format::Format;
pub use ink::Ink;
pub use sheet::{Align, Area, Lettering, Paint, Place, Sheet, Stroke};
pub use typeface::Weight;

use sheet::{POINTS_PER_MM, width};
use typeface::Typefaces;

/// Sheets of one format that become one PDF.
pub struct Paper {
    document: Document,
    format: Format,
    typefaces: Typefaces,
}

impl Paper {
    /// A4 without a sheet. Programs that show the PDF show `title` too.
    ///
    /// # Errors
    /// [`PrintError::Typeface`].
    pub fn new(title: &str) -> Result<Self, PrintError> {
        Self::of(Format::A4, title)
    }

    /// Paper of a format, without a sheet.
    ///
    /// # Errors
    /// [`PrintError::Typeface`].
    pub fn of(format: Format, title: &str) -> Result<Self, PrintError> {
        let mut document = Document::new();
        let metadata = Metadata::new()
            .title(title.to_owned())
            .language("vi-VN".to_owned())
            .creator("tiepdon".to_owned());
        document.set_metadata(metadata);
        Ok(Self { document, format, typefaces: Typefaces::embedded()? })
    }

    /// How wide `words` are on A4, for what is laid out before its sheet is there.
    pub fn width_of(&self, words: &str, lettering: &Lettering) -> f32 {
        width(&self.typefaces.of(lettering.weight).shape(words), lettering.size)
    }

    /// Breaks words into lines as [`Sheet::wrap`] does.
    pub fn wrap(&self, words: &str, lettering: &Lettering, room: f32) -> Vec<String> {
        wrap::wrap(words, room, |line| self.width_of(line, lettering))
    }

    /// Adds a sheet and draws on it.
    ///
    /// # Errors
    /// Those of `draw`.
    pub fn sheet(
        &mut self,
        draw: impl FnOnce(&mut Sheet<'_>) -> Result<(), PrintError>,
    ) -> Result<(), PrintError> {
        let (width, height) = self.format.size_mm();
        let points = |mm: f32| mm * POINTS_PER_MM;
        // No page only where a side is zero; the default page of the library is A4, upright.
        let settings = PageSettings::from_wh(points(width), points(height)).unwrap_or_default();
        let mut page = self.document.start_page_with(settings);
        draw(&mut Sheet::new(page.surface(), &self.typefaces, width / Sheet::WIDTH))
    }

    /// The sheets as a PDF.
    ///
    /// # Errors
    /// [`PrintError::Pdf`].
    pub fn into_pdf(self) -> Result<Vec<u8>, PrintError> {
        Ok(self.document.finish()?)
    }
}

#[cfg(test)]
mod tests;
