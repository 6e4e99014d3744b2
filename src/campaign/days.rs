//! Station days from one to another.

use crate::event::StationDay;

/// All days from `from` to `to`, both of them too; none where `to` lies before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: StationDay,
    /// Last day.
    pub to: StationDay,
}

impl Days {
    /// Whether this day is one of them.
    pub fn has(self, day: StationDay) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// How many they are.
    pub fn count(self) -> i64 {
        ((self.to.0 - self.from.0).num_days() + 1).max(0)
    }

    /// The days, in order.
    pub fn iter(self) -> impl Iterator<Item = StationDay> {
        self.from.0.iter_days().map(StationDay).take_while(move |day| *day <= self.to)
    }
}
