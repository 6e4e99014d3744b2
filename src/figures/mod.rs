//! What a station day comes to, as plain numbers.
//!
//! Pure: events in, numbers out; no clock, no database. The screen's "today" and the exported
//! report come from the same fold, so they cannot disagree. Counting rules: one patient, one
//! station day, one visit; the last choice counts; a visit without a choice is unfinished, not
//! forgotten; a rate is always told with its numerator and denominator.

mod calls;
mod counted;
mod day;
mod duty;
mod entered;
mod gap;
mod measure;
mod opening_hours;
#[cfg(test)]
pub(crate) mod sample;
mod share;
mod tally;
mod visit;

pub(crate) use calls::CallEvents;
pub use calls::{Called, Calls};
pub use counted::{Counted, Counting};
pub use day::{Ages, Cards, DayFigures, Used};
pub use duty::{Duty, Minutes, minute_of, past_minutes};
pub use entered::Entered;
pub use gap::{Gap, Known};
pub use measure::{Measure, Observed, Reading, UnknownMeasure};
pub use opening_hours::OpeningHours;
pub use share::Share;
pub use tally::Tally;
pub use visit::{Arrived, Visit};
