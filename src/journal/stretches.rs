//! Reading many days at once: side by side on as many threads as there are processors, and yet as of
//! one moment.

use std::iter::zip;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread::{self, available_parallelism};

use chrono::Days;

use super::{JournalError, JournalReader};
use crate::event::StationDay;

/// More threads than a small computer has processors would only wait for each other, and for its
/// storage card.
const MOST_STRETCHES: i64 = 4;

/// What is shorter is read sooner than another reader is there.
const SHORTEST_DAYS: i64 = 7;

/// How often readers of one moment are looked for while somebody writes.
const TRIES: u32 = 10;

/// A first and a last day.
type Stretch = (StationDay, StationDay);

impl JournalReader {
    /// Lets `fold` make something of the days `from` to `to`, both included, in one or in several
    /// stretches; returns what it made, in the order of the days. All of them see the journal as of
    /// one moment, also while the kiosk is writing: a visit that is moved from one day to another is
    /// seen on one of the two.
    ///
    /// # Errors
    /// Those of `fold`, and SQLite's.
    pub fn fold_stretches<T: Send>(
        &self,
        from: StationDay,
        to: StationDay,
        fold: &(dyn Fn(&Self, StationDay, StationDay) -> Result<T, JournalError> + Sync),
    ) -> Result<Vec<T>, JournalError> {
        let at_once = available_parallelism().map_or(1, NonZero::get);
        let stretches = stretches(from, to, at_once.try_into().unwrap_or(MOST_STRETCHES));
        let alone = || Ok(vec![fold(self, from, to)?]);
        if stretches.len() == 1 {
            return alone();
        }
        let Some(readers) = self.of_one_moment(stretches.len())? else { return alone() };
        let folded = thread::scope(|scope| {
            let folding = zip(readers, stretches).map(|(reader, (from, to))| {
                thread::Builder::new().spawn_scoped(scope, move || fold(&reader, from, to))
            });
            let folding: Result<Vec<_>, _> = folding.collect();
            let joined = |thread: thread::ScopedJoinHandle<'_, Result<T, JournalError>>| {
                thread.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            folding.ok().map(|folding| folding.into_iter().map(joined).collect())
        });
        // The system had no thread for it.
        folded.unwrap_or_else(alone)
    }

    /// So many readers that see the same journal; `None` when somebody writes all the time.
    fn of_one_moment(&self, count: usize) -> Result<Option<Vec<Self>>, JournalError> {
        let Some(path) = self.connection().path().map(Path::new) else { return Ok(None) };
        for _ in 0..TRIES {
            let mut readers = Vec::new();
            let mut heads = Vec::new();
            for _ in 0..count {
                let reader = Self::open_file(path)?;
                // It sees what there is at its first look, until it is dropped.
                reader.connection().execute_batch("BEGIN")?;
                heads.push(reader.head()?);
                readers.push(reader);
            }
            // Events are only ever appended: with the same end all is the same.
            if heads.windows(2).all(|two| matches!(two, [one, other] if one == other)) {
                return Ok(Some(readers));
            }
        }
        Ok(None)
    }
}

/// The days from `from` to `to` in at most `at_once` stretches of about the same length.
fn stretches(from: StationDay, to: StationDay, at_once: i64) -> Vec<Stretch> {
    let days = (to.0 - from.0).num_days() + 1;
    let count = at_once.min(MOST_STRETCHES).min(days / SHORTEST_DAYS).max(1);
    let begin = |nth: i64| {
        let after = Days::new(u64::try_from(days * nth / count).unwrap_or_default());
        from.0.checked_add_days(after).map_or(to, StationDay)
    };
    let last = |nth: i64| begin(nth + 1).0.pred_opt().map_or(to, StationDay);
    (0..count).map(|nth| (begin(nth), if nth + 1 == count { to } else { last(nth) })).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(days: u64) -> StationDay {
        StationDay(chrono::NaiveDate::from_ymd_opt(2026, 6, 15).unwrap() + Days::new(days))
    }

    #[test]
    fn a_week_is_one_stretch_and_a_campaign_as_many_as_there_are_processors() {
        assert_eq!(stretches(day(0), day(0), 4), [(day(0), day(0))]);
        assert_eq!(stretches(day(0), day(12), 4), [(day(0), day(12))]);
        assert_eq!(stretches(day(0), day(91), 2), [(day(0), day(45)), (day(46), day(91))]);
        assert_eq!(stretches(day(0), day(91), 64).len(), 4);
        assert_eq!(stretches(day(3), day(0), 4), [(day(3), day(0))], "no day at all");
    }

    proptest! {
        #[test]
        fn every_day_is_in_one_stretch(first in 0..50_u64, more in 0..400_u64, at_once in 1..70_i64) {
            let (from, to) = (day(first), day(first + more));
            let all = stretches(from, to, at_once);
            let days = all.iter().flat_map(|(from, to)| {
                from.0.iter_days().take_while(|day| *day <= to.0).map(StationDay)
            });
            let expected = from.0.iter_days().take_while(|day| *day <= to.0).map(StationDay);
            prop_assert!(days.eq(expected));
        }
    }
}
