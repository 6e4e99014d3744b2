//! The kiosk under a service manager, played by this test on the socket systemd would listen on.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs::OpenOptions;
use std::io::{ErrorKind, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::reader::FakeReader;

/// Longer than any start or commit here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What systemd gives the kiosk to show a sign of life.
const WATCHDOG: Duration = Duration::from_millis(400);

/// A display that no computer has.
const NO_DISPLAY: &str = "TIEPDON-TEST-1";

/// Ten signs of life.
const HUNG: Duration = WATCHDOG.saturating_mul(5);

struct Service {
    kiosk: Child,
    socket: UnixDatagram,
    /// The kiosk's log, which nobody reads unless the test does.
    log: PipeReader,
    folder: TempDir,
    reader: FakeReader,
    keeps_log_open: PipeWriter,
}

impl Service {
    fn start() -> Self {
        Self::with(&["--headless", "800x480"])
    }

    fn with(display: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let socket = UnixDatagram::bind(at("notify")).unwrap();
        let reader = FakeReader::plug_in(&at("reader")).unwrap();
        let (log, stderr) = std::io::pipe().unwrap();
        let kiosk = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
            .arg("run")
            .args(display)
            .env("SLINT_DRM_OUTPUT", NO_DISPLAY)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("SLINT_BACKEND")
            .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")])
            .args(["--data".as_ref(), at("data").as_os_str()])
            .args(["--scanner".as_ref(), at("reader").as_os_str()])
            .env("NOTIFY_SOCKET", at("notify"))
            .env("WATCHDOG_USEC", WATCHDOG.as_micros().to_string())
            .env_remove("WATCHDOG_PID")
            .stdin(Stdio::null())
            .stderr(stderr.try_clone().unwrap())
            .spawn()
            .unwrap();
        Self { kiosk, socket, log, folder, reader, keeps_log_open: stderr }
    }

    /// What the kiosk tells next; `None` when it is silent for so long.
    fn told_within(&self, time: Duration) -> Option<String> {
        self.socket.set_read_timeout(Some(time)).unwrap();
        let mut message = [0; 4096];
        match self.socket.recv(&mut message) {
            Ok(length) => Some(String::from_utf8(message.get(..length).unwrap().to_vec()).unwrap()),
            Err(error) => {
                let silent = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
                assert!(silent, "{error}");
                None
            }
        }
    }

    /// Reads on until the kiosk tells `line`; gives all it told before.
    fn until_told(&self, line: &str) -> String {
        let (until, mut told) = (Instant::now() + PATIENCE, String::new());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{line} is not told, but: {told}");
            let message = self.told_within(left).unwrap_or_default();
            if message.lines().any(|it| it == line) {
                return told;
            }
            told += &message;
        }
    }

    /// Lets the log grow until it takes not one byte more: the next line waits for ever.
    fn block_log(&self) {
        // A description of its own, so that only this one does not wait.
        let path = format!("/proc/self/fd/{}", self.keeps_log_open.as_raw_fd());
        let never_waits = i32::try_from(OFlags::NONBLOCK.bits()).unwrap();
        let mut log = OpenOptions::new().write(true).custom_flags(never_waits).open(path).unwrap();
        for bytes in [&[b' '; 4096][..], b" "] {
            while log.write(bytes).is_ok() {}
        }
    }

    fn asked_to_end(&self) {
        let id = i32::try_from(self.kiosk.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Fails when it has ended already.
        let _ = self.kiosk.kill();
        let _ = self.kiosk.wait();
    }
}

#[test]
fn systemd_is_told_of_the_start_of_life_and_of_the_end() {
    let mut service = Service::start();
    let before = service.until_told("READY=1");
    assert!(before.contains("EXTEND_TIMEOUT_USEC="), "{before}");
    assert!(!before.contains("WATCHDOG=1"), "no sign of life before there is a screen: {before}");
    assert!(service.folder.path().join("data/journal.db").exists(), "ready with a journal");
    for _ in 0..3 {
        service.until_told("WATCHDOG=1");
    }
    service.asked_to_end();
    service.until_told("STOPPING=1");
    assert!(service.kiosk.wait().unwrap().success());
}

#[test]
fn a_screen_that_hangs_shows_no_sign_of_life_and_one_that_goes_on_shows_it_again() {
    let mut service = Service::start();
    service.until_told("READY=1");
    service.until_told("WATCHDOG=1");
    // "Đã ghi nhận" is told to the log, on the screen's own thread.
    service.block_log();
    service.reader.send(&patient(0).citizen_card()).unwrap();
    service.reader.send(b"TIEPDON:VNEID\r").unwrap();
    let until = Instant::now() + PATIENCE;
    while service.told_within(HUNG).is_some() {
        assert!(Instant::now() < until, "it does not hang");
    }
    assert_eq!(service.kiosk.try_wait().unwrap(), None, "it lives, and so seems well");

    let mut held_back = [0; 4096];
    while service.log.read(&mut held_back).unwrap() == held_back.len() {}
    service.until_told("WATCHDOG=1");
}

#[test]
fn a_box_without_a_display_says_so_and_ends_soon_and_never_seems_ready() {
    let mut service = Service::with(&[]);
    let status = service.kiosk.wait().unwrap();
    assert!(!status.success(), "so that systemd tries again");
    while let Some(told) = service.told_within(Duration::from_millis(1)) {
        assert!(!told.contains("READY=1"), "{told}");
    }
    service.block_log();
    let mut log = vec![0; 65536];
    let length = service.log.read(&mut log).unwrap();
    let log = String::from_utf8_lossy(&log[..length]).into_owned();
    assert!(log.contains("không mở được màn hình"), "{log}");
    assert!(!service.folder.path().join("data").exists(), "nothing was begun");
}
