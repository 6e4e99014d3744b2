//! What is usual, where neither the file nor the display tells anything.

/// A 15.6-inch display of 1920 × 1080.
const DEFAULT: f32 = 5.6;

/// The panels that stations buy, from few pixels to many: the longer and the shorter side in pixels,
/// and pixels per millimetre.
const PANELS: [(u32, u32, f32); 9] = [
    // 7 inch.
    (800, 480, 5.2),
    // 8 inch.
    (800, 600, 4.9),
    // 10.1 inch.
    (1024, 600, 4.6),
    // 12.1 inch.
    (1024, 768, 4.2),
    // The 7-inch portrait panel of the Pi.
    (1280, 720, 8.2),
    // 10.1 inch.
    (1280, 800, 5.9),
    // 15.6 inch.
    (1366, 768, 4.0),
    (1920, 1080, DEFAULT),
    // 10.1 inch.
    (1920, 1200, 8.9),
];

/// Pixels per millimetre of the panel that most often has so many pixels, either way up. Between two
/// of them, that of the next smaller one; without any pixels known, that of the usual display.
pub fn px_per_mm(pixels: Option<(u32, u32)>) -> f32 {
    let Some((across, down)) = pixels else { return DEFAULT };
    let (long, short) = (across.max(down), across.min(down));
    let fits = |(panel_long, panel_short, _): &&(u32, u32, f32)| {
        *panel_long <= long && *panel_short <= short
    };
    PANELS.iter().rev().find(fits).map_or(PANELS[0].2, |(_, _, px_per_mm)| *px_per_mm)
}
