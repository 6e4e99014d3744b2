//! A reader made of software: a real pseudo-terminal, so that the demo and the tests run the same
//! port code as the appliance.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// A plugged-in reader. Dropping it pulls the plug.
pub struct FakeReader {
    master: File,
    link: PathBuf,
}

impl FakeReader {
    /// Plugs a reader in that appears at `link`, as udev would name it.
    ///
    /// # Errors
    /// When the system gives no pseudo-terminal or the link cannot be made; it says so in Vietnamese.
    pub fn plug_in(link: &Path) -> io::Result<Self> {
        Self::plug_in_at(link).map_err(|error| {
            let told = format!("không mở được cổng giả {}: {error}", link.display());
            io::Error::new(error.kind(), told)
        })
    }

    fn plug_in_at(link: &Path) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        // Otherwise the terminal would echo what is sent before the port is opened.
        let mut termios = tcgetattr(&master)?;
        termios.make_raw();
        tcsetattr(&master, OptionalActions::Now, &termios)?;
        let slave = ptsname(&master, Vec::new())?;
        match fs::remove_file(link) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        symlink(slave.to_string_lossy().as_ref(), link)?;
        Ok(Self { master: File::from(master), link: link.to_owned() })
    }

    /// Sends bytes as a reader would after a scan.
    ///
    /// # Errors
    /// When the terminal takes no more.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.master.write_all(bytes)
    }
}

impl Drop for FakeReader {
    fn drop(&mut self) {
        // A link that is gone already is just as unplugged.
        let _ = fs::remove_file(&self.link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_reader_can_be_made_it_is_told_what_was_tried() {
        let Err(error) = FakeReader::plug_in(Path::new("/khong/co/reader")) else { panic!() };
        assert!(error.to_string().starts_with("không mở được cổng giả /khong/co/reader: "));
    }
}
