//! The picture of a QR code, drawn pixel by pixel.
//!
//! The software renderer scales pictures unevenly, which eats the quiet zone. So each module is a
//! whole number of pixels here, and the screen shows the picture as it is.

use qrcode::{Color, EcLevel, QrCode};

/// Modules left white on each side, from the standard (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// Side of a module in mm that phones of every age read from a kiosk.
const GOOD_MODULE_MM: f32 = 0.9;

/// Side of a module in mm below which no code is shown. A phone reads from about ten times the
/// side of a code: with 50 modules of half a millimetre from 25 cm, as near as people hold it.
const LEAST_MODULE_MM: f32 = 0.5;

/// A square grey picture of a QR code with its quiet zone, black on white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPicture {
    /// Width and height in pixels.
    pub side_px: usize,
    /// Row by row from the top, one byte a pixel: 0 is black, 255 is white.
    pub pixels: Vec<u8>,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrRefused {
    /// No QR code holds that much.
    #[error("the text is too long for a QR code")]
    TooLong,
    /// The modules would be too small to be read.
    #[error("a QR code of {modules} modules does not fit into {space_px} pixels")]
    NoRoom {
        /// Modules on a side, with the quiet zone.
        modules: usize,
        /// Pixels there are.
        space_px: usize,
    },
}

/// Draws `text` at error level M on a display of `px_per_mm`, at most `space_px` wide and high.
/// Modules are as small as can be from 0.9 mm up, and smaller only where space is short.
///
/// # Errors
/// When the text is too long, or its modules would be smaller than half a millimetre or a pixel.
pub fn draw(text: &str, px_per_mm: f32, space_px: usize) -> Result<QrPicture, QrRefused> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrRefused::TooLong)?;
    let modules = code.width() + 2 * QUIET_ZONE;
    let good = whole_pixels(GOOD_MODULE_MM * px_per_mm);
    let least = whole_pixels(LEAST_MODULE_MM * px_per_mm);
    let module = good.min(space_px / modules);
    if module < least {
        return Err(QrRefused::NoRoom { modules, space_px });
    }

    let side_px = modules * module;
    let mut pixels = Vec::with_capacity(side_px * side_px);
    let margin = vec![WHITE; QUIET_ZONE * module];
    let white_rows = vec![WHITE; QUIET_ZONE * module * side_px];
    pixels.extend_from_slice(&white_rows);
    for modules in code.to_colors().chunks(code.width()) {
        let shades = modules.iter().flat_map(|module_color| {
            let shade = match module_color {
                Color::Dark => BLACK,
                Color::Light => WHITE,
            };
            std::iter::repeat_n(shade, module)
        });
        let row: Vec<u8> =
            margin.iter().copied().chain(shades).chain(margin.iter().copied()).collect();
        for _ in 0..module {
            pixels.extend_from_slice(&row);
        }
    }
    pixels.extend_from_slice(&white_rows);
    Ok(QrPicture { side_px, pixels })
}

const BLACK: u8 = 0;
const WHITE: u8 = 255;

/// The least whole number of pixels, at least one, that is not smaller than `length_px`.
fn whole_pixels(length_px: f32) -> usize {
    // The cast saturates: a display without a sensible resolution gets modules of one pixel, or
    // none that fit.
    (length_px.ceil() as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::{QrPicture, QrRefused, draw};

    const URL: &str = "https://example.vn/tram-y-te/video/tich-hop-the-bao-hiem-y-te";
    /// Modules on a side of the code of `URL`, with the quiet zone.
    const MODULES: usize = 41;

    fn read(picture: &QrPicture) -> String {
        let side = picture.side_px;
        let at = |x: usize, y: usize| picture.pixels[y * side + x];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, at);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        let (meta, text) = grids[0].decode().unwrap();
        assert_eq!(meta.ecc_level, 0, "level M");
        text
    }

    #[test]
    fn the_picture_reads_as_the_text_on_every_display() {
        for (px_per_mm, space_px) in [(5.6, 420), (5.2, 300), (2.7, 200), (11.9, 900), (5.6, 130)] {
            let picture = draw(URL, px_per_mm, space_px).unwrap();
            assert_eq!(read(&picture), URL, "{px_per_mm} px/mm, {space_px} px");
            assert_eq!(picture.pixels.len(), picture.side_px * picture.side_px);
            assert!(picture.side_px <= space_px);
        }
    }

    #[test]
    fn a_module_has_nine_tenths_of_a_millimetre_where_there_is_room() {
        for (px_per_mm, space_px, module_px) in
            [(5.6, 1000, 6), (5.6, 6 * MODULES, 6), (5.6, 6 * MODULES - 1, 5), (10.0, 1000, 9)]
        {
            let side_px = draw(URL, px_per_mm, space_px).unwrap().side_px;
            assert_eq!(side_px, module_px * MODULES, "{px_per_mm} px/mm, {space_px} px");
        }
    }

    #[test]
    fn a_code_too_small_for_a_phone_is_not_drawn() {
        // Half a millimetre at 5.6 px/mm is three whole pixels.
        assert!(draw(URL, 5.6, 3 * MODULES).is_ok());
        let space_px = 3 * MODULES - 1;
        assert_eq!(draw(URL, 5.6, space_px), Err(QrRefused::NoRoom { modules: MODULES, space_px }));
        assert!(draw(URL, f32::INFINITY, 1000).is_err());
        assert!(draw(URL, f32::NAN, 10).is_err());
        assert!(draw("x", 5.6, 0).is_err());
    }

    #[test]
    fn the_quiet_zone_is_four_white_modules_on_every_side() {
        let QrPicture { side_px, pixels } = draw(URL, 5.6, 420).unwrap();
        let margin = 4 * side_px / MODULES;
        for (i, pixel) in pixels.iter().enumerate() {
            let (x, y) = (i % side_px, i / side_px);
            let inside = margin..side_px - margin;
            assert!(*pixel == 255 || (inside.contains(&x) && inside.contains(&y)), "{x},{y}");
        }
        assert_eq!(pixels[margin * side_px + margin], 0, "the finder pattern starts there");
    }

    #[test]
    fn a_text_beyond_the_largest_code_is_refused() {
        assert_eq!(draw(&"a".repeat(3000), 5.6, 10_000), Err(QrRefused::TooLong));
    }
}
