//! A display with glass on it: an X server whose screen is seen by nobody and whose only input device
//! is a touch screen that the tests put fingers on. Xvfb has no touch screen and XTEST no touch, so this
//! is the whole X server, with its own drivers for a screen that is not there and for input by a
//! socket (inputtest(4)). It takes no console and no rights.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use super::{Framebuffer, until};

const SERVER: &str = "/usr/lib/xorg/Xorg";

const DRIVERS: [&str; 2] =
    ["/usr/lib/xorg/modules/drivers/dummy_drv.so", "/usr/lib/xorg/modules/input/inputtest_drv.so"];

const PATIENCE: Duration = Duration::from_secs(20);

/// A display of 1280 × 800 under glass; ends when dropped.
pub(crate) struct Glass {
    server: Child,
    name: String,
    hand: UnixStream,
    _folder: TempDir,
}

impl Glass {
    pub(crate) const WIDTH: u16 = 1280;
    pub(crate) const HEIGHT: u16 = 800;

    /// Whether this computer lacks the server or one of its two drivers.
    pub(crate) fn is_missing() -> bool {
        !Path::new(SERVER).exists() || DRIVERS.iter().any(|driver| !Path::new(driver).exists())
    }

    /// Starts the server on the first free display, and lays a hand beside the glass.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let (settings, socket) = (folder.path().join("xorg.conf"), folder.path().join("glass"));
        fs::write(&settings, settings_for(&socket))?;
        let mut server = Command::new(SERVER)
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset"])
            // A seat without a console.
            .args(["-seat", "tiepdon", "-novtswitch", "-sharevts"])
            .arg("-config")
            .arg(&settings)
            .arg("-logfile")
            .arg(folder.path().join("log"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xorg does not start")?;
        let answer = server.stdout.take().map(BufReader::new);
        let mut number = String::new();
        let told = answer.map_or(Ok(0), |mut answer| answer.read_line(&mut number));
        let hand = until("the touch screen", PATIENCE, || Ok(UnixStream::connect(&socket).ok()));
        let hand = match hand {
            Ok(hand) => hand,
            Err(error) => {
                let _ = server.kill();
                let _ = server.wait();
                return Err(error);
            }
        };
        // From here on dropping ends the server.
        let mut glass = Self { server, name: format!(":{}", number.trim()), hand, _folder: folder };
        told?;
        ensure!(glass.name.len() > 1, "Xorg found no free display");
        glass.hand.set_read_timeout(Some(PATIENCE))?;
        glass.hand.write_all(&protocol::version())?;
        glass.hand.read_exact(&mut [0; protocol::VERSION_ANSWER])?;
        Ok(glass)
    }

    /// What DISPLAY is to say.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The pixels on its screen.
    pub(crate) fn framebuffer(&self) -> anyhow::Result<Framebuffer> {
        Framebuffer::of_server(&self.name)
    }

    /// Puts a finger down; returns when the server has told of it.
    pub(crate) fn touch(&mut self, finger: u32, place: (u16, u16)) -> io::Result<()> {
        self.tell(finger, protocol::BEGIN, place)
    }

    /// Slides it over the glass.
    pub(crate) fn slide(&mut self, finger: u32, place: (u16, u16)) -> io::Result<()> {
        self.tell(finger, protocol::UPDATE, place)
    }

    /// Lifts it.
    pub(crate) fn lift(&mut self, finger: u32, place: (u16, u16)) -> io::Result<()> {
        self.tell(finger, protocol::END, place)
    }

    fn tell(&mut self, finger: u32, phase: u32, (x, y): (u16, u16)) -> io::Result<()> {
        // The glass counts from 0 to 65535 whatever lies below it.
        let at = |pixel: u16, of: u16| f64::from(pixel) * 65535.0 / f64::from(of - 1);
        let place = [at(x, Self::WIDTH), at(y, Self::HEIGHT)];
        self.hand.write_all(&protocol::touch(finger, phase, place))?;
        self.hand.write_all(&protocol::wait())?;
        self.hand.read_exact(&mut [0; protocol::WAIT_ANSWER])
    }
}

impl Drop for Glass {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// One card without hardware, one screen, one touch screen, and nothing looked for.
fn settings_for(socket: &Path) -> String {
    let (width, height) = (Glass::WIDTH, Glass::HEIGHT);
    format!(
        r#"
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoAddGPU" "false"
EndSection
Section "Device"
    Identifier "card"
    Driver "dummy"
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 5-1000
    VertRefresh 5-200
    Modeline "{width}x{height}" 83.50 {width} 1352 1480 1680 {height} 803 809 831
EndSection
Section "Screen"
    Identifier "screen"
    Device "card"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "{width}x{height}"
    EndSubSection
EndSection
Section "InputDevice"
    Identifier "glass"
    Driver "inputtest"
    Option "SocketPath" "{socket}"
    Option "DeviceType" "Touch"
    Option "TouchCount" "5"
EndSection
Section "ServerLayout"
    Identifier "layout"
    Screen "screen"
    InputDevice "glass" "SendCoreEvents"
EndSection
"#,
        socket = socket.display()
    )
}

/// What the driver reads: C structs of this machine's byte order (xf86-input-inputtest-protocol.h).
mod protocol {
    const CLIENT_VERSION: u32 = 0;
    const WAIT_FOR_SYNC: u32 = 1;
    const TOUCH: u32 = 6;

    pub(super) const BEGIN: u32 = 18;
    pub(super) const UPDATE: u32 = 19;
    pub(super) const END: u32 = 20;

    pub(super) const VERSION_ANSWER: usize = 12;
    pub(super) const WAIT_ANSWER: usize = 8;

    /// Axes a message has room for, twice.
    const AXES: usize = 64;

    fn message(event: u32, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + body.len()).unwrap_or(u32::MAX);
        [&length.to_ne_bytes(), &event.to_ne_bytes(), body].concat()
    }

    /// 1.1.
    pub(super) fn version() -> Vec<u8> {
        message(CLIENT_VERSION, &[1_u16.to_ne_bytes(), 1_u16.to_ne_bytes()].concat())
    }

    pub(super) fn wait() -> Vec<u8> {
        message(WAIT_FOR_SYNC, &[])
    }

    pub(super) fn touch(finger: u32, phase: u32, place: [f64; 2]) -> Vec<u8> {
        const WITHOUT_ACCELERATION: u32 = 0;
        /// The first two axes, of 64; and what the compiler leaves free before the numbers.
        const MASK: [u8; 12] = [0b11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let mut axes = [0.0_f64; 2 * AXES];
        axes[..2].copy_from_slice(&place);
        let mut body = Vec::new();
        for word in [finger, phase, WITHOUT_ACCELERATION] {
            body.extend(word.to_ne_bytes());
        }
        body.extend(MASK);
        body.extend(axes.iter().flat_map(|axis| axis.to_ne_bytes()));
        message(TOUCH, &body)
    }
}
