//! The append-only store of what happened: a SQLite file, one writer, one commit per event.
//!
//! Keeps product rules 1, 2 and 5: what it has answered for survives pulling the plug; no identity
//! reaches the disk; the database itself refuses to change or remove an event.

mod chain;
mod day_key;
mod error;
mod read;
mod schema;
mod store;
mod writer;

pub use chain::Link;
pub use error::JournalError;
pub use read::JournalReader;
pub use schema::VERSION as SCHEMA_VERSION;
pub use store::{Journal, NewArrival, Visit};
pub use writer::{Answer, Request, Writer};
