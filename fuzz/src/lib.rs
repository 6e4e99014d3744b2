//! The rooms that take what the program does not choose: bytes of a port, files people wrote. They
//! are the program's own files under the program's own paths, without its screens and journal.
#![forbid(unsafe_code)]

#[path = "../../src/campaign/mod.rs"]
pub mod campaign;
#[path = "../../src/card/mod.rs"]
pub mod card;
#[path = "../../src/configuration/mod.rs"]
pub mod configuration;
#[path = "../../src/event/mod.rs"]
pub mod event;
#[path = "../../src/figures/mod.rs"]
pub mod figures;
#[path = "../../src/reader/framing.rs"]
pub mod framing;
#[path = "../../src/guide/mod.rs"]
pub mod guide;
#[path = "../../src/station/mod.rs"]
pub mod station;

/// The reader's room without its port.
pub mod reader {
    pub use crate::framing;
}
