//! The modules of a QR code as shapes, which stay sharp on any printer.

use qrcode::{Color, EcLevel, QrCode};

use super::{Area, PrintError};

/// Modules left white on each side, from the standard (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// Side of a module in mm that phones and readers of every age manage, on worn paper too.
pub(super) const LEAST_MODULE_MM: f32 = 0.9;

/// The side of a square that holds the QR code of `text`, quiet zone and all, with modules of
/// `module_mm`.
pub(super) fn side(text: &str, module_mm: f32) -> Result<f32, PrintError> {
    Ok((encoded(text)?.width() + 2 * QUIET_ZONE) as f32 * module_mm)
}

fn encoded(text: &str) -> Result<QrCode, PrintError> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| PrintError::QrTooLong)
}

/// The dark areas of the QR code of `text` at error level M. With its quiet zone it fills `square`,
/// of which the shorter side counts.
pub(super) fn dark_areas(text: &str, square: Area) -> Result<Vec<Area>, PrintError> {
    let code = encoded(text)?;
    let modules = code.width() + 2 * QUIET_ZONE;
    let module_mm = square.width.min(square.height) / modules as f32;
    if module_mm.is_nan() || module_mm < LEAST_MODULE_MM {
        return Err(PrintError::QrTooFine { module_mm });
    }
    let mm = |modules: usize| modules as f32 * module_mm;
    let mut areas = Vec::new();
    for (row, colors) in code.to_colors().chunks(code.width()).enumerate() {
        let mut column = 0;
        // Modules side by side are one area: between two, some programs show a hairline.
        for run in colors.chunk_by(PartialEq::eq) {
            if run.first() == Some(&Color::Dark) {
                areas.push(Area {
                    left: square.left + mm(QUIET_ZONE + column),
                    top: square.top + mm(QUIET_ZONE + row),
                    width: mm(run.len()),
                    height: mm(1),
                });
            }
            column += run.len();
        }
    }
    Ok(areas)
}
