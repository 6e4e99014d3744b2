//! What a plan asks of a station: its days, targets, reports and texts, from one file a plan.
//!
//! Nothing of any plan is in code, so that the next plan is only a new file. This room reads the
//! file, says whether a target is reached, and what is due when; the numbers come from `figures`,
//! and it knows neither a clock nor the journal.

mod cadence;
mod column;
mod days;
mod deadline;
mod hall;
mod plan;
mod shows;
mod start;
mod target;

pub use cadence::{Cadence, Report};
pub use column::{Column, Fact};
pub use days::Days;
pub use deadline::{Deadline, HandedIn, History, Standing, deadlines};
pub use hall::Hall;
pub use plan::{Campaign, Document, Phase, Texts};
pub use shows::{Face, Shows};
pub use start::start;
pub use target::{Bound, Goal, HandCount, HandId, IllFormedHandId, Means, Outcome, Target};

#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod tests;
