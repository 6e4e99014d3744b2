//! The program itself, as `tiepdon run` starts it.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};

use super::until;

/// Where a kiosk stands.
pub(crate) struct Place<'p> {
    /// What DISPLAY is to say.
    pub(crate) display: &'p str,
    pub(crate) data: &'p Path,
    pub(crate) scanner: &'p Path,
    /// Width and height of the window, in pixels.
    pub(crate) window: (u16, u16),
}

/// A running kiosk; killed when dropped.
pub(crate) struct Kiosk {
    program: Child,
    log: Option<JoinHandle<String>>,
}

impl Kiosk {
    /// Starts the program with the sample configuration, in a window of its own size.
    pub(crate) fn start(place: &Place<'_>) -> anyhow::Result<Self> {
        let (width, height) = place.window;
        Self::start_with(place, &["--windowed", &format!("{width}x{height}")])
    }

    /// The same as at a station, where it is to fill the display.
    pub(crate) fn fill_display(place: &Place<'_>) -> anyhow::Result<Self> {
        Self::start_with(place, &[])
    }

    fn start_with(place: &Place<'_>, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .arg("run")
            .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")])
            .arg("--data")
            .arg(place.data)
            .arg("--scanner")
            .arg(place.scanner)
            .args(arguments)
            .env("DISPLAY", place.display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("SLINT_BACKEND")
            .env_remove("SLINT_SCALE_FACTOR")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("the program does not start")?;
        let stderr = program.stderr.take();
        let log = thread::spawn(move || {
            let mut log = Vec::new();
            if let Some(mut stderr) = stderr {
                // What was read before an error is still worth telling.
                let _ = stderr.read_to_end(&mut log);
            }
            String::from_utf8_lossy(&log).into_owned()
        });
        Ok(Self { program, log: Some(log) })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.program.id()
    }

    /// Asks it to end, as systemd does, and waits until it has; gives its exit status and log.
    pub(crate) fn end(&mut self, patience: Duration) -> anyhow::Result<(ExitStatus, String)> {
        let id = i32::try_from(self.program.id())?;
        kill_process(Pid::from_raw(id).context("no process")?, Signal::TERM)?;
        let status = until("the end of the program", patience, || Ok(self.program.try_wait()?))?;
        Ok((status, self.log()))
    }

    fn log(&mut self) -> String {
        self.log.take().and_then(|log| log.join().ok()).unwrap_or_default()
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.program.kill();
        let _ = self.program.wait();
        if thread::panicking() {
            // The test that fails now should show what the program had to say. Not via stderr
            // directly: the harness keeps this beside the test's own words.
            println!("the program's log:\n{}", self.log());
        }
    }
}
