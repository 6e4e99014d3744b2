//! Reading a TOML file that people write by hand.
//!
//! Whoever edits `station.toml` at a station has no developer at hand. So a file is read to its
//! end and every mistake is told at once, each with its line, its column and what to write
//! instead. A known key is one that the program asks for; there is no second list to keep true.

mod problem;
pub mod rule;
mod source;
mod syntax;
mod table;

pub use problem::{Fault, Problem, Problems, quote};
pub use source::Source;
pub use table::{Reported, Table};
