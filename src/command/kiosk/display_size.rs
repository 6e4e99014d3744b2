//! The pages as large as the display says.

use std::path::Path;

use super::{Kiosk, Message, tell};
use crate::display::{self, Display};

/// What decides how large the pages are drawn.
pub(super) struct DisplaySize {
    /// Of a window that does not fill the display.
    windowed: Option<(u32, u32)>,
    display: Option<Display>,
    /// As it is drawn now.
    px_per_mm: f32,
}

impl DisplaySize {
    /// A window of its own size plays a display of that size, whatever it stands on.
    pub(super) fn of(windowed: Option<(u32, u32)>) -> Self {
        let display = match windowed {
            Some(_) => None,
            None => {
                let named = std::env::var(display::OUTPUT).ok();
                display::plugged_in(Path::new("/"), named.as_deref())
            }
        };
        Self { windowed, display, px_per_mm: 0.0 }
    }
}

impl Kiosk {
    /// Fills the display, and draws in its millimetres.
    pub(super) fn fit_the_display(&mut self) {
        let windowed = self.display.windowed;
        let drawn = windowed.or_else(|| self.screen.fill_display());
        let written = self.station.px_per_mm;
        let px_per_mm = display::px_per_mm(written, self.display.display.as_ref(), drawn);
        if px_per_mm != self.display.px_per_mm {
            self.display.px_per_mm = px_per_mm;
            self.screen.set_pixels_per_mm(px_per_mm);
            tracing::info!(px_per_mm, "the size of the display");
        }
    }

    /// Before the event loop runs there is no window to be laid anywhere.
    pub(super) fn fit_the_display_once_there_is_a_window(
        &self,
    ) -> Result<(), slint::EventLoopError> {
        let mailbox = self.mailbox.clone();
        self.screen.once_there_is_a_window(move || tell(&mailbox, Message::Window))
    }
}
