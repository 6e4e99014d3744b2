//! The letters of the screen, on paper. Words are shaped once, for measuring and for drawing, so
//! that what was measured is what is printed.

use harfrust::{Direction, FontRef, Language, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::PrintError;

/// Stroke of the letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// For reading.
    Regular,
    /// For titles and labels.
    Bold,
}

/// Both weights of Noto Sans.
pub(super) struct Typefaces {
    regular: Typeface,
    bold: Typeface,
}

impl Typefaces {
    pub(super) fn embedded() -> Result<Self, PrintError> {
        Ok(Self {
            regular: Typeface::new(include_bytes!("../../ui/fonts/NotoSans-Regular.ttf"))?,
            bold: Typeface::new(include_bytes!("../../ui/fonts/NotoSans-Bold.ttf"))?,
        })
    }

    pub(super) fn of(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// One weight, as the shaper and as the PDF see it.
pub(super) struct Typeface {
    face: FontRef<'static>,
    shaper: ShaperData,
    font: Font,
}

impl Typeface {
    fn new(file: &'static [u8]) -> Result<Self, PrintError> {
        let face = FontRef::new(file).map_err(|_| PrintError::Typeface)?;
        let font = Font::new(file.into(), 0).ok_or(PrintError::Typeface)?;
        Ok(Self { shaper: ShaperData::new(&face), face, font })
    }

    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The glyphs of one line, left to right, in parts of the type size.
    pub(super) fn shape(&self, words: &str) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(words);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        if let Some(vietnamese) = Language::new("vi") {
            buffer.set_language(vietnamese);
        }
        let shaper = self.shaper.shaper(&self.face).build();
        let em = shaper.units_per_em() as f32;
        let shaped = shaper.shape(buffer, ShapeOptions::new());

        // A glyph stands for the bytes from its cluster on to the next one's.
        let clusters = || shaped.glyph_infos().iter().map(|glyph| glyph.cluster as usize);
        shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .enumerate()
            .map(|(i, (glyph, position))| {
                let begin = glyph.cluster as usize;
                let end = clusters().skip(i).find(|next| *next > begin).unwrap_or(words.len());
                KrillaGlyph::new(
                    GlyphId::new(glyph.glyph_id),
                    position.x_advance as f32 / em,
                    position.x_offset as f32 / em,
                    position.y_offset as f32 / em,
                    position.y_advance as f32 / em,
                    begin..end,
                    None,
                )
            })
            .collect()
    }
}
