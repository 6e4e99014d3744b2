//! A display of our own: an X server that shows its screen to nobody but us.

use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use super::Framebuffer;

/// In memory: the server writes every pixel here, and no disk should have to.
const MEMORY: &str = "/dev/shm";

/// A running Xvfb with one screen, usually of 1920 × 1080; ends when dropped.
pub(crate) struct Xvfb {
    server: Child,
    name: String,
    folder: TempDir,
}

impl Xvfb {
    pub(crate) const WIDTH: u16 = 1920;
    pub(crate) const HEIGHT: u16 = 1080;

    /// Whether this computer has no Xvfb.
    pub(crate) fn is_missing() -> bool {
        let found = Command::new("Xvfb").arg("-help").stderr(Stdio::null()).status();
        matches!(found, Err(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// Starts it on the first free display, and returns when it takes connections.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::of_size(Self::WIDTH, Self::HEIGHT)
    }

    /// The same with a screen of this size.
    pub(crate) fn of_size(width: u16, height: u16) -> anyhow::Result<Self> {
        let folder =
            if Path::new(MEMORY).is_dir() { TempDir::new_in(MEMORY)? } else { TempDir::new()? };
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .arg("-fbdir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb does not start")?;
        let mut number = String::new();
        let answer = server.stdout.take().map(BufReader::new);
        let told = answer.map_or(Ok(0), |mut answer| answer.read_line(&mut number));
        // From here on dropping ends the server.
        let xvfb = Self { server, name: format!(":{}", number.trim()), folder };
        told?;
        ensure!(xvfb.name.len() > 1, "Xvfb found no free display");
        Ok(xvfb)
    }

    /// What DISPLAY is to say.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The pixels on its screen.
    pub(crate) fn framebuffer(&self) -> anyhow::Result<Framebuffer> {
        Framebuffer::open(&self.folder.path().join("Xvfb_screen0"))
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
