//! Which display the window goes to.

use std::env;

use anyhow::Context as _;

use crate::screen::with_fonts;

/// Chooses the display at run time: a desktop when there is one, else the display itself through
/// the kernel. The software renderer in both: it starts in a tenth of the time and memory of the
/// others and draws a full page in a few milliseconds. `SLINT_BACKEND` overrides both choices.
pub(super) fn choose() -> anyhow::Result<()> {
    let selector = slint::BackendSelector::new();
    if env::var_os("SLINT_BACKEND").is_some_and(|wish| !wish.is_empty()) {
        return with_fonts(|| selector.select()).context("SLINT_BACKEND không dùng được");
    }
    let backend = if has_desktop() { "winit" } else { "linuxkms" };
    let selector = selector.backend_name(backend.to_owned()).renderer_name("software".to_owned());
    with_fonts(|| selector.select()).with_context(|| format!("không mở được màn hình ({backend})"))
}

/// Whether a window system is there to open a window in.
pub(super) fn has_desktop() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
