//! EDID: the 128 bytes by which a display tells what it is (VESA E-EDID 1.3 and 1.4). Only its size is
//! of use here, and that only where it can be true: many cheap panels tell the size of a television,
//! the shape of the picture instead of a size, or nothing.

use std::ops::RangeInclusive;

/// The first block.
const BLOCK: usize = 128;
const HEAD: [u8; 8] = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
/// Width and height in centimetres.
const CENTIMETRES: usize = 21;
/// The timing that the display prefers, of 18 bytes: it also says how large the picture is.
const TIMING: usize = 54;

/// As for the file: from a 43-inch full HD screen to a small tablet panel.
const POSSIBLE: RangeInclusive<f32> = 2.0..=16.0;

/// Pixels are square, but sizes are rounded, and panels of 800 × 480 are a little off.
const SQUARE: RangeInclusive<f32> = 0.8..=1.25;

/// How large a display is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Pixels across and down.
    pixels: (u16, u16),
    /// Millimetres across and down.
    millimetres: (u16, u16),
}

impl Panel {
    /// What an EDID says, if it is whole and can be true.
    pub fn read(edid: &[u8]) -> Option<Self> {
        let block: &[u8; BLOCK] = edid.first_chunk()?;
        let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        if !block.starts_with(&HEAD) || sum != 0 {
            return None;
        }
        let timing: &[u8; 18] = block.get(TIMING..)?.first_chunk()?;
        let [clock_low, clock_high, ..] = *timing;
        if clock_low == 0 && clock_high == 0 {
            // A text stands in its place: there are no pixels to count.
            return None;
        }
        let byte = |at: usize| u16::from(timing.get(at).copied().unwrap_or_default());
        let upper = |at: usize| (byte(at) >> 4) << 8;
        let lower = |at: usize| (byte(at) & 0x0f) << 8;
        let interlaced = byte(17) & 0x80 != 0;
        let lines = byte(5) | upper(7);
        let pixels = (byte(2) | upper(4), if interlaced { lines * 2 } else { lines });
        let exact = (byte(12) | upper(14), byte(13) | lower(14));
        let rounded = match block.get(CENTIMETRES..)? {
            [across, down, ..] => (u16::from(*across) * 10, u16::from(*down) * 10),
            _ => (0, 0),
        };
        [exact, rounded]
            .into_iter()
            .map(|millimetres| Self { pixels, millimetres })
            .find(Self::can_be_true)
    }

    /// Pixels per millimetre, with all pixels that it has.
    pub fn px_per_mm(&self) -> f32 {
        let (across, down) = self.densities();
        (across * down).sqrt()
    }

    /// Pixels per millimetre where a picture of this size fills it, either way up.
    pub fn px_per_mm_at(&self, (across, down): (u32, u32)) -> f32 {
        let (panel_across, panel_down) = self.pixels;
        self.px_per_mm() * across.max(down) as f32 / f32::from(panel_across.max(panel_down))
    }

    fn densities(&self) -> (f32, f32) {
        let Self { pixels, millimetres } = *self;
        let density = |pixels: u16, millimetres: u16| f32::from(pixels) / f32::from(millimetres);
        (density(pixels.0, millimetres.0), density(pixels.1, millimetres.1))
    }

    fn can_be_true(&self) -> bool {
        if self.millimetres.0 == 0 || self.millimetres.1 == 0 || self.is_a_shape() {
            return false;
        }
        let (across, down) = self.densities();
        POSSIBLE.contains(&across) && POSSIBLE.contains(&down) && SQUARE.contains(&(across / down))
    }

    /// "16:9" written where a size belongs: 160 × 90 mm, 16 × 9 cm.
    fn is_a_shape(&self) -> bool {
        const SHAPES: [(u16, u16); 6] = [(16, 9), (9, 16), (16, 10), (10, 16), (4, 3), (5, 4)];
        const TIMES: [u16; 3] = [1, 10, 100];
        SHAPES.iter().any(|(across, down)| {
            TIMES.iter().any(|times| self.millimetres == (across * times, down * times))
        })
    }
}
