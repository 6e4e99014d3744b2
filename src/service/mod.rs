//! What runs the kiosk as a service: systemd, which starts it and watches that it is alive, and the
//! console, whose keyboard must not reach a login prompt behind the screen.
//!
//! A hung screen is noticed because the sign of life comes from the event loop itself. Without
//! systemd or console every function here does nothing.

mod beginnings;
mod console;
mod supervisor;

pub use beginnings::{Beginnings, Reason};
pub use console::Console;
pub use supervisor::{alive, pulse, ready, starting, starting_again, stopping};
