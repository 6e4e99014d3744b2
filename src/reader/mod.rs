//! The QR reader on a serial port: bytes in, whole records out, and the truth about whether it is
//! there.
//!
//! A reader may be pulled out, swapped or babble at any time; the room heals by itself and never
//! stops the kiosk (product rule 4). Bytes live in zeroizing buffers and never reach a log.

mod fake;
pub mod framing;
mod pace;
mod port;
mod ports;

pub use fake::FakeReader;
pub use port::{Signal, listen};
pub use ports::{Port, PortKind, is_plugged_in, ports};
