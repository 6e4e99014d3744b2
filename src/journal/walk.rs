//! The chain followed row by row, by sequence number and without any index: what the figures that are
//! signed are counted from.
//!
//! An index may be rotten while its table is whole, and a row may be changed while every page is
//! sound. So a day is looked up in none: the walk goes through every row from the first on, computes
//! each link anew, and remembers between which rows each day stands. It goes on from where it
//! stopped, in small steps, so that a patient never waits for it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};

use super::chain::Link;
use super::{JournalError, read};
use crate::event::{Event, StationDay};

/// How far the chain was followed, and which days stand where.
#[derive(Debug)]
pub(super) struct Walk {
    /// How many rows were followed: the next one has this number and one more.
    followed: u64,
    /// The link of the last of them.
    link: Link,
    /// Where each day stands, by its text: a row whose day is none still has a place.
    days: BTreeMap<String, Stretch>,
    /// Rows that are known to be damaged, and cannot be healed.
    known: BTreeSet<u64>,
    /// Those that were found to be.
    damaged: Vec<u64>,
    /// Whether it goes on behind a damaged row that nobody knew of.
    tolerant: bool,
}

/// All rows of a day, and others between them.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    first: u64,
    /// The link before the first.
    before: Link,
    last: u64,
}

impl Walk {
    /// From the first row on. What is damaged beyond `known` ends it.
    pub(super) fn new(known: BTreeSet<u64>) -> Self {
        let (days, damaged) = (BTreeMap::new(), Vec::new());
        Self { followed: 0, link: Link::BEGIN, days, known, damaged, tolerant: false }
    }

    /// From the first row on to the last, past every row that is damaged.
    ///
    /// # Errors
    /// When a row is missing, and SQLite's errors.
    pub(super) fn damaged_rows(connection: &Connection) -> Result<BTreeSet<u64>, JournalError> {
        let mut walk = Self { tolerant: true, ..Self::new(BTreeSet::new()) };
        walk.follow_all(connection)?;
        Ok(walk.damaged.into_iter().collect())
    }

    /// How many rows were followed, and the link of the last.
    pub(super) fn end(&self) -> (u64, Link) {
        (self.followed, self.link)
    }

    /// Follows all rows there are.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first row that is not what was written, or that is missing;
    /// SQLite's errors.
    pub(super) fn follow_all(&mut self, connection: &Connection) -> Result<(), JournalError> {
        const AT_ONCE: u64 = 100_000;
        while !self.go_on(connection, AT_ONCE)? {}
        Ok(())
    }

    /// Follows `rows` more; tells whether there are no others.
    ///
    /// # Errors
    /// As [`Walk::follow_all`].
    pub(super) fn go_on(
        &mut self,
        connection: &Connection,
        rows: u64,
    ) -> Result<bool, JournalError> {
        let columns = read::columns_of(connection)?;
        let sql =
            format!("SELECT {columns} FROM event NOT INDEXED WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        let mut statement = connection.prepare_cached(&sql)?;
        let (from, rows) = (read::to_integer(self.followed), read::to_integer(rows));
        let mut found = statement.query([from, rows])?;
        let mut followed = 0;
        while let Some(row) = found.next()? {
            let seq = self.followed + 1;
            let Followed { day, link } = follow(row, seq, self.link)?;
            if day.is_none() {
                if !self.tolerant && !self.known.contains(&seq) {
                    return Err(JournalError::Damaged { seq });
                }
                self.damaged.push(seq);
            }
            if let Some(day) = day {
                let stretch = Stretch { first: seq, before: self.link, last: seq };
                match self.days.get_mut(day) {
                    Some(known) => known.last = seq,
                    None => {
                        self.days.insert(day.to_owned(), stretch);
                    }
                }
            }
            self.link = link;
            self.followed = seq;
            followed += 1;
        }
        Ok(followed < rows)
    }

    /// The days of the rows followed so far, each with the number of its last row.
    pub(super) fn days(&self) -> impl Iterator<Item = (StationDay, u64)> {
        self.days.iter().filter_map(|(day, stretch)| Some((day.parse().ok()?, stretch.last)))
    }

    /// The events of `day` among the rows followed so far, in order, with every link between the first
    /// and the last of them computed once more. A row that is known to be damaged is left out.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first row that is not what was written; SQLite's errors.
    pub(super) fn events_of(
        &self,
        connection: &Connection,
        day: StationDay,
    ) -> Result<Vec<Event>, JournalError> {
        let day = day.to_string();
        let Some(Stretch { first, before, last }) = self.days.get(&day).copied() else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT {} FROM event NOT INDEXED WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
            read::columns_of(connection)?
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([read::to_integer(first), read::to_integer(last)])?;
        let (mut seq, mut link, mut events) = (first, before, Vec::new());
        let mut reading = read::Reading::default();
        while let Some(row) = rows.next()? {
            let followed = follow(row, seq, link)?;
            if followed.day.is_none() && !self.known.contains(&seq) {
                return Err(JournalError::Damaged { seq });
            }
            if followed.day == Some(day.as_str()) {
                events.push(reading.event(row)?);
            }
            link = followed.link;
            seq += 1;
        }
        if seq == last + 1 { Ok(events) } else { Err(JournalError::Damaged { seq }) }
    }
}

/// One row behind another.
pub(super) struct Followed<'row> {
    /// Its day; `None` where the row is not what was written.
    pub day: Option<&'row str>,
    /// The link it ends with.
    pub link: Link,
}

/// Follows the row that should be number `seq` from the link before it.
///
/// # Errors
/// [`JournalError::Damaged`] where it is another, and SQLite's errors.
pub(super) fn follow<'row>(
    row: &'row Row<'_>,
    seq: u64,
    link: Link,
) -> Result<Followed<'row>, JournalError> {
    let missing = || JournalError::Damaged { seq };
    if row.get::<_, i64>(0)? != read::to_integer(seq) {
        return Err(missing());
    }
    let stored = Link(read::chain(row)?.try_into().map_err(|_| missing())?);
    let columns = read::columns(row).ok().filter(|columns| link.next(columns) == stored);
    Ok(Followed { day: columns.map(|columns| columns.day), link: stored })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use uuid::Uuid;

    use super::*;
    use crate::event::{Moment, Origin, What};
    use crate::journal::Journal;

    const MORNING_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
    const DAY_MS: i64 = 86_400_000;

    fn at(days: i64) -> Moment {
        let wall_ms = MORNING_MS + days * DAY_MS;
        Moment { wall_ms, uptime_ms: 1, boot: Uuid::from_u128(1), sure: true }
    }

    /// Three events each of three days in turn.
    fn journal() -> (tempfile::TempDir, Journal) {
        let folder = tempfile::tempdir().unwrap();
        let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
        let mut journal = Journal::open(folder.path(), origin, at(0)).unwrap().journal;
        for _ in 0..3 {
            for day in 0..3 {
                journal.note(at(day), None, What::ReaderLost).unwrap();
            }
        }
        (folder, journal)
    }

    fn change(connection: &Connection, sql: &str) {
        connection
            .execute_batch(&format!("DROP TRIGGER IF EXISTS event_is_never_updated; {sql}"))
            .unwrap();
    }

    #[test]
    fn in_whatever_steps_it_goes_a_day_has_all_its_events() {
        let (_folder, journal) = journal();
        for rows in [1, 2, 4, 9, 100] {
            let mut walk = Walk::new(BTreeSet::new());
            while !walk.go_on(&journal.connection, rows).unwrap() {}
            assert_eq!(walk.end().0, 9);
            for day in 0..3 {
                let day = at(day).station_day();
                let found = walk.events_of(&journal.connection, day).unwrap();
                assert_eq!(found, journal.events_of(day).unwrap());
                assert_eq!(found.len(), 3);
            }
            let lasts: Vec<_> = walk.days().map(|(_, last)| last).collect();
            assert_eq!(lasts, [7, 8, 9]);
        }
    }

    #[test]
    fn a_row_that_was_changed_after_it_was_followed_is_noticed_when_its_day_is_counted() {
        let (_folder, journal) = journal();
        let mut walk = Walk::new(BTreeSet::new());
        walk.follow_all(&journal.connection).unwrap();
        change(&journal.connection, "UPDATE event SET kind = 'reader-found' WHERE seq = 5");
        for (day, is_touched) in [(0, true), (1, true), (2, true)] {
            let found = walk.events_of(&journal.connection, at(day).station_day());
            assert_eq!(matches!(found, Err(JournalError::Damaged { seq: 5 })), is_touched);
        }
        let mut again = Walk::new(BTreeSet::new());
        let found = again.follow_all(&journal.connection);
        assert!(matches!(found, Err(JournalError::Damaged { seq: 5 })), "{found:?}");
    }

    #[test]
    fn a_row_that_is_known_to_be_damaged_costs_itself_alone() {
        let (_folder, journal) = journal();
        change(&journal.connection, "UPDATE event SET kind = 'reader-found' WHERE seq = 5");
        let known = Walk::damaged_rows(&journal.connection).unwrap();
        assert_eq!(known, [5].into());
        let mut walk = Walk::new(known);
        walk.follow_all(&journal.connection).unwrap();
        let counts = [0, 1, 2]
            .map(|day| walk.events_of(&journal.connection, at(day).station_day()).unwrap().len());
        assert_eq!(counts, [3, 2, 3]);
    }

    #[test]
    fn a_row_that_is_missing_is_noticed() {
        let (_folder, journal) = journal();
        journal
            .connection
            .execute_batch("DROP TRIGGER event_is_never_deleted; DELETE FROM event WHERE seq = 4")
            .unwrap();
        let found = Walk::new(BTreeSet::new()).follow_all(&journal.connection);
        assert!(matches!(found, Err(JournalError::Damaged { seq: 4 })), "{found:?}");
    }
}
