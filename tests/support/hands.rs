//! Fingers: keys and touches as the display server hands them out, through its XTEST extension.

use std::time::Duration;

use anyhow::Context as _;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, MapState, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::{CURRENT_TIME, NONE};

use super::until;

/// The finger, or the left button of a mouse.
const FIRST_BUTTON: u8 = 1;

/// A key by its keysym (X11/keysymdef.h).
#[derive(Clone, Copy)]
pub(crate) struct Key(u32);

impl Key {
    pub(crate) const ONE: Self = Self(0x31);
    pub(crate) const THREE: Self = Self(0x33);
    pub(crate) const RETURN: Self = Self(0xff0d);
    pub(crate) const ESCAPE: Self = Self(0xff1b);
}

/// Someone in front of a display.
pub(crate) struct Hands {
    connection: RustConnection,
    root: Window,
    first_keycode: u8,
    keysyms_per_keycode: u8,
    keysyms: Vec<u32>,
}

impl Hands {
    /// Steps up to the display; the pointer goes where it covers nothing.
    pub(crate) fn before(display: &str) -> anyhow::Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(display))?;
        let setup = connection.setup();
        let screen = setup.roots.get(screen).context("the display has no screen")?;
        let (root, corner) =
            (screen.root, (screen.width_in_pixels - 1, screen.height_in_pixels - 1));
        let (first_keycode, last_keycode) = (setup.min_keycode, setup.max_keycode);
        let count = last_keycode - first_keycode + 1;
        let mapping = connection.get_keyboard_mapping(first_keycode, count)?.reply()?;
        let hands = Self {
            connection,
            root,
            first_keycode,
            keysyms_per_keycode: mapping.keysyms_per_keycode,
            keysyms: mapping.keysyms,
        };
        hands.point_at(corner.0, corner.1)?;
        Ok(hands)
    }

    /// Waits for a window of this size and gives it the keyboard: there is no window manager that
    /// would.
    pub(crate) fn turn_to_window(
        &self,
        (width, height): (u16, u16),
        patience: Duration,
    ) -> anyhow::Result<()> {
        until("the window", patience, || {
            for window in self.connection.query_tree(self.root)?.reply()?.children {
                // A window may be gone between the list and the question.
                let Ok(geometry) = self.connection.get_geometry(window)?.reply() else { continue };
                let Ok(attributes) = self.connection.get_window_attributes(window)?.reply() else {
                    continue;
                };
                if (geometry.width, geometry.height) == (width, height)
                    && attributes.map_state == MapState::VIEWABLE
                {
                    let focus = self.connection.set_input_focus(
                        InputFocus::POINTER_ROOT,
                        window,
                        CURRENT_TIME,
                    )?;
                    focus.check()?;
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
    }

    /// Presses and releases a key.
    pub(crate) fn press(&self, key: Key) -> anyhow::Result<()> {
        let width = usize::from(self.keysyms_per_keycode);
        // The first column is the key without Shift.
        let row = self.keysyms.chunks(width).position(|row| row.first() == Some(&key.0));
        let row = u8::try_from(row.context("the keyboard lacks this key")?)?;
        let keycode = self.first_keycode + row;
        self.send(KEY_PRESS_EVENT, keycode, 0, 0)?;
        self.send(KEY_RELEASE_EVENT, keycode, 0, 0)
    }

    /// Puts the finger on the glass.
    pub(crate) fn touch(&self, x: u16, y: u16) -> anyhow::Result<()> {
        self.point_at(x, y)?;
        self.send(BUTTON_PRESS_EVENT, FIRST_BUTTON, 0, 0)
    }

    /// Takes the finger off the glass.
    pub(crate) fn let_go(&self) -> anyhow::Result<()> {
        self.send(BUTTON_RELEASE_EVENT, FIRST_BUTTON, 0, 0)
    }

    fn point_at(&self, x: u16, y: u16) -> anyhow::Result<()> {
        self.send(MOTION_NOTIFY_EVENT, 0, i16::try_from(x)?, i16::try_from(y)?)
    }

    /// Returns when the request is on its way, not when it is answered: what comes of it may be
    /// timed.
    fn send(&self, event: u8, detail: u8, x: i16, y: i16) -> anyhow::Result<()> {
        let root = if event == MOTION_NOTIFY_EVENT { self.root } else { NONE };
        self.connection.xtest_fake_input(event, detail, 0, root, x, y, 0)?.ignore_error();
        self.connection.flush()?;
        Ok(())
    }
}
