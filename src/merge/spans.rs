//! Days as the spans they form: a month closed day by day is one of them.

use crate::event::StationDay;

/// Spans of days, in order, neither touching nor overlapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans(Vec<(StationDay, StationDay)>);

impl Spans {
    /// The days from the first to the last of each pair.
    pub(super) fn of(spans: impl IntoIterator<Item = (StationDay, StationDay)>) -> Self {
        let mut spans: Vec<_> = spans.into_iter().collect();
        spans.sort();
        let mut joined: Vec<(StationDay, StationDay)> = Vec::new();
        for (from, to) in spans {
            match joined.last_mut() {
                Some((_, last)) if after(*last) >= from => *last = to.max(*last),
                Some(_) | None => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    /// These days.
    pub(super) fn of_days(days: impl IntoIterator<Item = StationDay>) -> Self {
        Self::of(days.into_iter().map(|day| (day, day)))
    }

    pub(super) fn has(&self, day: StationDay) -> bool {
        let until = self.0.partition_point(|(from, _)| *from <= day);
        let span = until.checked_sub(1).and_then(|index| self.0.get(index));
        span.is_some_and(|(_, to)| day <= *to)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (StationDay, StationDay)> {
        self.0.iter().copied()
    }
}

/// The next day; at the end of the calendar the same.
pub(super) fn after(day: StationDay) -> StationDay {
    day.0.succ_opt().map_or(day, StationDay)
}

/// How many days `from` to `to` are, both of them too.
pub(super) fn length(from: StationDay, to: StationDay) -> u64 {
    u64::try_from((to.0 - from.0).num_days() + 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> StationDay {
        format!("2026-11-{number:02}").parse().unwrap()
    }

    #[test]
    fn days_in_a_row_and_spans_that_touch_are_one() {
        let days = Spans::of_days([3, 1, 2, 2, 7].map(day));
        assert_eq!(days.iter().collect::<Vec<_>>(), [(day(1), day(3)), (day(7), day(7))]);
        let spans = Spans::of([(day(5), day(9)), (day(1), day(4)), (day(6), day(7))]);
        assert_eq!(spans.iter().collect::<Vec<_>>(), [(day(1), day(9))]);
        for number in 1..=9 {
            assert_eq!(days.has(day(number)), [1, 2, 3, 7].contains(&number), "{number}");
        }
        assert!(!Spans::default().has(day(1)));
        assert_eq!(length(day(1), day(9)), 9);
    }
}
