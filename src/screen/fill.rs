//! The whole display, also where nobody places windows.
//!
//! "Full screen" is a wish to the window manager. A kiosk in X may have none: then the window stays as
//! small as it was made, unless the program itself gives it the display's size and its corner.

use slint::ComponentHandle as _;
use slint::winit_030::WinitWindowAccessor as _;
use slint::winit_030::winit::window::Window;

use super::Screen;

impl Screen {
    /// Lays the window over the whole display where it does not lie there yet: a display may be turned
    /// or change its size while the program runs. Gives the pixels that fill the display, in those of
    /// the pages; `None` where there is no window system, or no window yet.
    pub fn fill_display(&self) -> Option<(u32, u32)> {
        self.window.window().with_winit_window(lay_over_display).flatten()
    }

    /// Calls `then` when the window is there. Never where there is no window system.
    ///
    /// # Errors
    /// When the event loop is over.
    pub fn once_there_is_a_window(
        &self,
        then: impl FnOnce() + 'static,
    ) -> Result<(), slint::EventLoopError> {
        let window = self.window.as_weak();
        slint::spawn_local(async move {
            let Some(window) = window.upgrade() else { return };
            let there = window.window().winit_window().await.is_ok();
            if there {
                then();
            }
        })
        .map(drop)
    }
}

fn lay_over_display(window: &Window) -> Option<(u32, u32)> {
    let display = window.current_monitor().or_else(|| window.primary_monitor())?;
    let size = display.size();
    // Wayland places windows itself, and some displays tell nothing.
    if size.width == 0 || size.height == 0 {
        return None;
    }
    if window.inner_size() != size {
        // With a window manager this changes nothing that "full screen" does not.
        let _ = window.request_inner_size(size);
    }
    if window.outer_position().is_ok_and(|position| position != display.position()) {
        window.set_outer_position(display.position());
    }
    let drawn = size.to_logical::<u32>(window.scale_factor());
    Some((drawn.width, drawn.height))
}
