//! How large the display is, so that a button of 20 mm is 20 mm: what the display tells of itself,
//! and what is usual where it tells nothing.
//!
//! Looked up below a root, so that a folder can play any box. The kernel tells the same whether the
//! screens are drawn on its own graphics or in an X window.

mod edid;
mod usual;

use std::fs;
use std::path::{Path, PathBuf};

pub use edid::Panel;
pub use usual::px_per_mm as usual_px_per_mm;

/// The variable that names one of several displays.
pub const OUTPUT: &str = "SLINT_DRM_OUTPUT";

/// A display that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display {
    /// Where, as the kernel names it: `HDMI-A-1`.
    pub connector: String,
    /// The pixels of the mode it prefers.
    pub pixels: Option<(u32, u32)>,
    /// What it tells of its size, if that can be believed.
    pub panel: Option<Panel>,
}

/// The display that the screens are drawn on: the one of this name, else the first that is plugged in,
/// in the order in which the kernel numbers them. Slint chooses so too, and takes the name from
/// [`OUTPUT`].
pub fn plugged_in(root: &Path, named: Option<&str>) -> Option<Display> {
    let entries = fs::read_dir(root.join("sys/class/drm")).ok()?;
    let mut connected: Vec<(u32, String, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let connector = path.file_name()?.to_str()?.split_once('-')?.1.to_owned();
            if said(&path.join("status"))? != "connected" {
                return None;
            }
            let number = said(&path.join("connector_id")).and_then(|id| id.parse().ok());
            // Older kernels do not tell the number; their names count in the same order.
            Some((number.unwrap_or(u32::MAX), connector, path))
        })
        .collect();
    connected.sort();
    if let Some(named) = named {
        connected.retain(|(_, connector, _)| connector == named);
    }
    let (_, connector, path) = connected.into_iter().next()?;
    let modes = said(&path.join("modes"));
    let pixels = modes.and_then(|modes| pixels_of(modes.lines().next()?));
    let panel = fs::read(path.join("edid")).ok().and_then(|bytes| Panel::read(&bytes));
    Some(Display { connector, pixels, panel })
}

/// Pixels per millimetre: what the station's file says, else what the display says, else what is
/// usual. `drawn`: how many pixels fill the display, where that is known already.
pub fn px_per_mm(
    written: Option<f32>,
    display: Option<&Display>,
    drawn: Option<(u32, u32)>,
) -> f32 {
    let told = || {
        let panel = display?.panel?;
        // A display that shows fewer pixels than it has makes each of them larger.
        Some(drawn.map_or(panel.px_per_mm(), |drawn| panel.px_per_mm_at(drawn)))
    };
    let shown = drawn.or_else(|| display.and_then(|display| display.pixels));
    written.or_else(told).unwrap_or_else(|| usual_px_per_mm(shown))
}

/// `1280x800`, or `1920x1080i`.
fn pixels_of(mode: &str) -> Option<(u32, u32)> {
    let (across, down) = mode.trim_end_matches('i').split_once('x')?;
    Some((across.parse().ok()?, down.parse().ok()?))
}

fn said(path: &Path) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

#[cfg(test)]
pub(crate) mod tests;
