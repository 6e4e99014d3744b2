//! The port itself: find, open, read, lose, find again.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serialport::{SerialPort as _, TTYPort};
use zeroize::{Zeroize as _, Zeroizing};

use super::framing::{Framer, FramingOptions, Record};
use super::pace::Pace;
use super::ports::find;
use crate::station::ReaderSettings;

/// An idle reader costs one wake-up a second: often enough to notice that the program ends.
const IDLE_POLL: Duration = Duration::from_secs(1);

/// A reader that is back is found within this time and the time to open it: below one second.
const REOPEN_EVERY: Duration = Duration::from_millis(500);

/// More than any card at once; longer records come in several reads.
const READ_BYTES: usize = 1024;

/// A flood is emptied from the kernel's buffers in steps, so that it takes no processor for itself.
const AFTER_TOO_MUCH: Duration = Duration::from_millis(1);

/// What the room tells the rest of the program.
pub enum Signal {
    /// The first bytes of a record are here. At 9600 baud the last are a fifth of a second behind;
    /// what they make is told next, if they make anything.
    Receiving,
    /// The reader sent a record.
    Record(Record),
    /// So many bytes came faster than people and lines are: they were let go of unread.
    TooFast(usize),
    /// The reader is not there. Told once until it is back.
    Lost,
    /// The reader is there. Told once until it is lost.
    Found,
}

/// Listens on a thread of its own until `stop` is set, which it notices within a second.
///
/// # Errors
/// When the system gives no thread.
pub fn listen(
    settings: ReaderSettings,
    stop: Arc<AtomicBool>,
    deliver: impl FnMut(Signal) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("reader".to_owned()).spawn(move || {
        Listener { settings, stop, deliver, began: Instant::now(), is_there: None }.run();
    })
}

struct Listener<F> {
    settings: ReaderSettings,
    stop: Arc<AtomicBool>,
    deliver: F,
    began: Instant,
    is_there: Option<bool>,
}

impl<F: FnMut(Signal)> Listener<F> {
    fn run(mut self) {
        while !self.is_stopped() {
            if let Some(port) = self.open() {
                self.tell(true);
                self.read(port);
            } else {
                self.tell(false);
                thread::sleep(REOPEN_EVERY);
            }
        }
    }

    fn open(&self) -> Option<TTYPort> {
        let path = find(&self.settings.device)?;
        let opened = serialport::new(path.to_string_lossy(), self.settings.baud)
            .timeout(IDLE_POLL)
            .open_native();
        match opened {
            Ok(mut port) => {
                if self.settings.dtr {
                    // Ports without this line refuse; they send without it.
                    let _ = port.write_data_terminal_ready(true);
                }
                Some(port)
            }
            Err(error) => {
                if self.is_there != Some(false) {
                    tracing::warn!(path = %path.display(), %error, "the reader cannot be opened");
                }
                None
            }
        }
    }

    /// Reads until the port is gone.
    fn read(&mut self, mut port: TTYPort) {
        let mut framer =
            Framer::new(FramingOptions { gap: self.settings.gap, ..FramingOptions::default() });
        let mut pace = Pace::new(self.began.elapsed());
        let mut buffer = Zeroizing::new([0; READ_BYTES]);
        while !self.is_stopped() {
            let now = self.began.elapsed();
            let patience =
                framer.deadline().map_or(IDLE_POLL, |at| at.saturating_sub(now).min(IDLE_POLL));
            // A timeout of zero would not wait at all and spin.
            let patience = patience.max(Duration::from_millis(1));
            let read = port.set_timeout(patience).map_err(io::Error::from);
            match read.and_then(|()| port.read(buffer.as_mut_slice())) {
                // cfmakeraw asks for at least one byte, so zero means a port that hung up.
                Ok(0) => break,
                Ok(count) if !pace.allows(count, self.began.elapsed()) => {
                    buffer.as_mut_slice().zeroize();
                    // What had begun has no end any more.
                    if let Some(record) = framer.reset() {
                        (self.deliver)(Signal::Record(record));
                    }
                    (self.deliver)(Signal::TooFast(count));
                    thread::sleep(AFTER_TOO_MUCH);
                }
                Ok(count) => {
                    let was_receiving = framer.deadline().is_some();
                    let now = self.began.elapsed();
                    let records = framer.push(buffer.get(..count).unwrap_or_default(), now);
                    // The port stays open all day, the patient does not.
                    buffer.as_mut_slice().zeroize();
                    // A line feed that comes late begins nothing.
                    let begins = !records.is_empty() || framer.deadline().is_some();
                    if begins && !was_receiving {
                        (self.deliver)(Signal::Receiving);
                    }
                    for record in records {
                        (self.deliver)(Signal::Record(record));
                    }
                }
                Err(error) if is_only_waiting(&error) => {
                    while let Some(record) = framer.expire(self.began.elapsed()) {
                        (self.deliver)(Signal::Record(record));
                    }
                }
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "the reader is gone");
                    break;
                }
            }
        }
        if let Some(record) = framer.reset() {
            (self.deliver)(Signal::Record(record));
        }
        if !self.is_stopped() {
            // A cable that was merely tugged is back at once: only tell what lasts.
            drop(port);
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn tell(&mut self, is_there: bool) {
        if self.is_there.replace(is_there) != Some(is_there) {
            (self.deliver)(if is_there { Signal::Found } else { Signal::Lost });
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

fn is_only_waiting(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}
