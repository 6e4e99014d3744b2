//! The program of the system that plays a sound, so that a sound that hangs never holds up a screen.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::fs::{MemfdFlags, memfd_create};

use super::chime;
use crate::call::Tone;

/// ALSA's own player, of `alsa-utils`.
pub const APLAY: &str = "aplay";

/// A player that is asked as `aplay` is: `-q FILE`, or `-q -` for what it is handed.
#[derive(Clone, Debug)]
pub struct Player(PathBuf);

impl Player {
    /// The program of this name or path.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self(program.into())
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.0
    }

    /// Begins to play a file.
    pub(super) fn play_file(&self, sound: &Path) -> io::Result<Child> {
        self.play(sound.as_os_str(), Stdio::null())
    }

    /// Plays the chime of a call, and waits for its end.
    ///
    /// # Errors
    /// When there is no player, or it fails: with the first line of what it says.
    pub fn play_to_the_end(&self, tone: Tone) -> io::Result<()> {
        let output = Command::new(&self.0)
            .arg("-q")
            .arg("-")
            .stdin(handed(tone)?)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        let told = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(told.lines().next().unwrap_or_default().to_owned()))
    }

    /// Begins to play the chime of a call.
    pub(super) fn chime(&self, tone: Tone) -> io::Result<Child> {
        self.play(OsStr::new("-"), handed(tone)?)
    }

    fn play(&self, what: &OsStr, handed: Stdio) -> io::Result<Child> {
        Command::new(&self.0)
            .arg("-q")
            .arg(what)
            .stdin(handed)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }
}

/// In memory: a call rings on a full or damaged card too.
fn handed(tone: Tone) -> io::Result<Stdio> {
    let mut file = File::from(memfd_create("chime", MemfdFlags::CLOEXEC)?);
    file.write_all(&chime(tone))?;
    file.rewind()?;
    Ok(file.into())
}
