//! Numbers that somebody else counts and the staff enter: the last one entered for a day counts.

use std::collections::BTreeMap;

use crate::event::{EnteredNumber, Event, EventSeq, Hundredths, StationDay, What};

/// What was entered, by day. The order in which events are added does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    days: BTreeMap<StationDay, BTreeMap<String, (EventSeq, Option<Hundredths>)>>,
}

impl Entered {
    /// What these events entered.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut entered = Self::default();
        for event in events {
            entered.add(event);
        }
        entered
    }

    /// Takes note of an event; all but those of entered numbers change nothing.
    pub fn add(&mut self, event: &Event) {
        let What::NumberEntered(EnteredNumber { figure, number }) = &event.what else { return };
        let day = self.days.entry(event.day).or_default();
        match day.get_mut(figure) {
            Some((seq, _)) if *seq > event.seq => {}
            Some(known) => *known = (event.seq, *number),
            None => {
                day.insert(figure.clone(), (event.seq, *number));
            }
        }
    }

    /// Takes in what was entered for other days.
    pub fn extend(&mut self, other: Self) {
        self.days.extend(other.days);
    }

    /// Every number that stands for `day`, by name.
    pub fn on(&self, day: StationDay) -> BTreeMap<String, Hundredths> {
        let told = self.days.get(&day).into_iter().flatten();
        told.filter_map(|(figure, (_, number))| Some((figure.clone(), (*number)?))).collect()
    }

    /// The numbers of one name from `from` to `to`, by day.
    pub fn between(
        &self,
        figure: &str,
        from: StationDay,
        to: StationDay,
    ) -> impl Iterator<Item = (StationDay, Hundredths)> {
        let days = (from <= to).then(|| self.days.range(from..=to));
        days.into_iter().flatten().filter_map(move |(day, told)| {
            let (_, number) = told.get(figure)?;
            Some((*day, (*number)?))
        })
    }

    /// Their sum, for what is counted anew every day; `None` where none was entered.
    pub fn sum(&self, figure: &str, from: StationDay, to: StationDay) -> Option<Hundredths> {
        let numbers = self.between(figure, from, to).map(|(_, number)| number);
        numbers.reduce(|one, other| Hundredths(one.0.saturating_add(other.0)))
    }

    /// The newest of them, for what is told as it stands, such as a share of the people.
    pub fn last(&self, figure: &str, from: StationDay, to: StationDay) -> Option<Hundredths> {
        self.between(figure, from, to).last().map(|(_, number)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};

    fn enters(desk: &mut Desk, figure: &str, number: Option<u32>) {
        let number = number.map(Hundredths);
        desk.notes(None, What::NumberEntered(EnteredNumber { figure: figure.into(), number }));
    }

    #[test]
    fn the_last_number_of_a_day_counts_in_whatever_order_the_events_come() {
        let mut desk = Desk::open(YESTERDAY);
        enters(&mut desk, "a", Some(500));
        enters(&mut desk, "a", Some(700));
        desk.day = TODAY;
        enters(&mut desk, "a", Some(9000));
        enters(&mut desk, "b", Some(100));
        enters(&mut desk, "b", None);
        let entered = Entered::of(&desk.events);
        assert_eq!(entered, Entered::of(desk.events.iter().rev()));
        assert_eq!(entered.sum("a", YESTERDAY, TODAY), Some(Hundredths(9700)));
        assert_eq!(entered.last("a", YESTERDAY, TODAY), Some(Hundredths(9000)));
        assert_eq!(entered.last("a", YESTERDAY, YESTERDAY), Some(Hundredths(700)));
        assert_eq!(entered.last("b", YESTERDAY, TODAY), None, "taken back");
        assert_eq!(entered.sum("c", YESTERDAY, TODAY), None, "none is not zero");
        assert_eq!(entered.on(TODAY), BTreeMap::from([("a".to_owned(), Hundredths(9000))]));
        assert_eq!(entered.sum("a", TODAY, YESTERDAY), None);
    }
}
