//! The virtual terminal that the kiosk was started on.
//!
//! Drawing through the kernel leaves the console behind the picture alive: what is typed on a
//! keyboard, or by a scanner that plays one, goes to it too, and Ctrl+Alt+F2 opens a login prompt
//! that nobody sees. So its keyboard is switched off, and it neither draws nor blanks the display.

use std::ffi::OsStr;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use denise_evdev::ConsoleError;
use rustix::termios::ttyname;

/// A console that was taken; given back, as it was, when dropped. Where no program gives it back,
/// as after `kill -9`, systemd does (`TTYReset=`), or `kbd_mode -u -C /dev/tty1`.
#[derive(Debug)]
#[must_use = "the console is given back when this is dropped"]
pub struct Console(#[expect(dead_code, reason = "gives the console back")] denise_evdev::Console);

impl Console {
    /// Takes the console that `input`, the program's standard input, is. `None` when it is none,
    /// as in a terminal window or under a service manager that gave no terminal, and when it cannot
    /// be taken.
    pub fn take(input: impl AsFd) -> Option<Self> {
        let name = ttyname(input, Vec::new()).ok()?;
        match open(Path::new(OsStr::from_bytes(name.as_bytes()))) {
            Ok(console) => Some(Self(console)),
            Err(ConsoleError::NoConsole) => None,
            Err(error) => {
                tracing::warn!(%error, "keys typed here also reach the console");
                None
            }
        }
    }
}

fn open(path: &Path) -> Result<denise_evdev::Console, ConsoleError> {
    let mut console = denise_evdev::Console::open_path(path)?;
    console.mute_keyboard()?;
    console.graphics_mode()?;
    Ok(console)
}

#[cfg(test)]
mod tests {
    use std::fs::{File, OpenOptions};
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::tcgetattr;

    use super::*;

    #[test]
    fn a_terminal_that_is_no_console_is_left_as_it_is() {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let no_controlling_terminal = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(no_controlling_terminal)
            .open(name.to_str().unwrap())
            .unwrap();
        let settings = || {
            let it = tcgetattr(&terminal).unwrap();
            (it.input_modes, it.output_modes, it.control_modes, it.local_modes)
        };
        let before = settings();
        assert!(Console::take(&terminal).is_none());
        assert_eq!(settings(), before);
    }

    #[test]
    fn an_input_that_is_no_terminal_is_no_console() {
        assert!(Console::take(File::open("/dev/null").unwrap()).is_none());
        assert!(Console::take(tempfile::tempfile().unwrap()).is_none());
    }
}
