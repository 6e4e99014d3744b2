//! The append-only store of what happened: a SQLite file, one writer, one commit per event.
//!
//! Keeps product rules 1, 2 and 5: what it has answered for survives pulling the plug; no identity
//! reaches the disk; the database itself refuses to change or remove an event.

mod aside;
mod backup;
mod chain;
mod closing;
mod day_key;
mod durable;
mod error;
mod inspection;
mod other_keys;
mod read;
mod recognition;
mod reserve;
mod restore;
mod schema;
mod settling;
mod side_log;
mod store;
mod stretches;
mod walk;
mod writer;

pub use backup::{Backup, back_up};
pub use chain::Link;
pub use closing::{Closed, Closing, ClosingDraft, Sealed};
pub use error::JournalError;
pub use read::{JournalReader, Verified};
pub use recognition::{NewDocument, Shown};
pub use restore::{Restoration, restore};
pub use schema::VERSION as SCHEMA_VERSION;
pub use settling::{Ages, ClockKnown, Settled};
pub use store::{Journal, NewArrival, Opened, Visit};
pub use writer::{Answer, RESERVE_USED, Request, Sealer, Ticket, Writer};
