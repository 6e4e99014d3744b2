//! Counting one station day, event by event.

use std::collections::HashMap;

use super::DayFigures;
use crate::event::{
    AgeBand, Arrival, CardKind, Choice, Event, EventSeq, StationDay, VisitId, What,
};

/// The running count of one station day. Events may come in any order: which choice is the last is
/// told by their place in the journal. Each event must come once, as the journal guarantees.
#[derive(Clone, Debug)]
pub struct Tally {
    day: StationDay,
    visits: HashMap<VisitId, Visit>,
    staff_calls: u64,
    scanned_again: u64,
    unreadable: u64,
}

/// What counts of one visit.
#[derive(Clone, Debug, Default)]
struct Visit {
    arrived: Option<Arrived>,
    last_choice: Option<(EventSeq, Choice)>,
    guided: bool,
    finished_guide: bool,
}

#[derive(Clone, Copy, Debug)]
struct Arrived {
    card: Option<CardKind>,
    age: AgeBand,
    clock_sure: bool,
}

impl Tally {
    /// An empty count of `day`.
    pub fn new(day: StationDay) -> Self {
        Self { day, visits: HashMap::new(), staff_calls: 0, scanned_again: 0, unreadable: 0 }
    }

    /// The day that is counted.
    pub fn day(&self) -> StationDay {
        self.day
    }

    /// Counts one event. Events of other days are none of this count's business.
    pub fn add(&mut self, event: &Event) {
        if event.day != self.day {
            return;
        }
        match &event.what {
            What::Arrived(Arrival { number: _, card, age }) => {
                let arrived = Arrived { card: *card, age: *age, clock_sure: event.at.sure };
                self.with_visit(event, |visit| visit.arrived = Some(arrived));
            }
            What::Chose(choice) => self.with_visit(event, |visit| {
                if visit.last_choice.is_none_or(|(seq, _)| seq < event.seq) {
                    visit.last_choice = Some((event.seq, *choice));
                }
            }),
            What::Guided(guidance) => self.with_visit(event, |visit| {
                visit.guided = true;
                visit.finished_guide |= guidance.finished;
            }),
            What::ScannedAgain => self.scanned_again += 1,
            What::StaffCalled => self.staff_calls += 1,
            What::Unreadable { cause: _ } => self.unreadable += 1,
            What::Hindered(_)
            | What::Integrated(_)
            | What::ReaderLost
            | What::ReaderFound
            | What::Started { .. }
            | What::Stopped => {}
        }
    }

    fn with_visit(&mut self, event: &Event, note: impl FnOnce(&mut Visit)) {
        if let Some(id) = event.visit {
            note(self.visits.entry(id).or_default());
        }
    }

    /// The numbers so far.
    pub fn figures(&self) -> DayFigures {
        let mut figures = DayFigures {
            staff_calls: self.staff_calls,
            scanned_again: self.scanned_again,
            unreadable: self.unreadable,
            ..DayFigures::default()
        };
        for visit in self.visits.values() {
            // A visit is an arrival; what is told of one that never arrived counts nowhere.
            let Some(arrived) = visit.arrived else { continue };
            figures.arrivals += 1;
            match arrived.card {
                Some(card) => *figures.cards.slot(card) += 1,
                None => figures.without_card += 1,
            }
            *figures.ages.slot(arrived.age) += 1;
            *figures.used.slot(visit.last_choice.map(|(_, choice)| choice)) += 1;
            figures.guided += u64::from(visit.guided);
            figures.finished_guide += u64::from(visit.finished_guide);
            figures.unsure_clock += u64::from(!arrived.clock_sure);
        }
        figures
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{RecordUsed, Source, UnreadableCause};
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};
    use crate::figures::{Ages, Cards, Used};

    fn count(events: &[Event]) -> DayFigures {
        let mut tally = Tally::new(TODAY);
        for event in events {
            tally.add(event);
        }
        tally.figures()
    }

    #[test]
    fn the_last_choice_of_a_visit_counts_and_only_that() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(Some(CardKind::Cccd), AgeBand::From70);
        desk.chooses(visit, RecordUsed::Paper, Source::SelfDeclared);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        desk.chooses(visit, RecordUsed::Vneid, Source::NurseConfirmed);
        let figures = count(&desk.events);
        assert_eq!(figures.used, Used { vneid_confirmed: 1, ..Used::default() });
        desk.events.reverse();
        assert_eq!(count(&desk.events), figures);
    }

    #[test]
    fn a_visit_counts_once_however_often_it_is_guided() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::Unknown);
        desk.is_guided(visit, 2);
        desk.is_guided(visit, 5);
        desk.is_guided(visit, 1);
        let other = desk.arrives(None, AgeBand::Unknown);
        desk.is_guided(other, 4);
        let figures = count(&desk.events);
        assert_eq!((figures.guided, figures.finished_guide), (2, 1));
    }

    #[test]
    fn a_visit_without_a_choice_is_an_unfinished_arrival() {
        let mut desk = Desk::open(TODAY);
        desk.arrives(Some(CardKind::CanCuoc), AgeBand::Under14);
        let figures = count(&desk.events);
        assert_eq!((figures.arrivals, figures.used.unfinished), (1, 1));
    }

    #[test]
    fn events_of_another_day_do_not_count() {
        let mut desk = Desk::open(YESTERDAY);
        let visit = desk.arrives(Some(CardKind::Cccd), AgeBand::From14);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        desk.notes(None, What::StaffCalled);
        assert_eq!(count(&desk.events), DayFigures::default());
    }

    #[test]
    fn calls_rescans_and_unreadable_scans_are_counted_each_time() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(Some(CardKind::Cccd), AgeBand::From14);
        for _ in 0..2 {
            desk.notes(Some(visit), What::ScannedAgain);
        }
        for _ in 0..3 {
            desk.notes(None, What::StaffCalled);
        }
        for _ in 0..4 {
            desk.notes(None, What::Unreadable { cause: UnreadableCause::Payment });
        }
        let figures = count(&desk.events);
        assert_eq!((figures.scanned_again, figures.staff_calls, figures.unreadable), (2, 3, 4));
        assert_eq!(figures.arrivals, 1);
    }

    #[test]
    fn an_arrival_by_an_unsure_clock_is_told() {
        let mut desk = Desk::open(TODAY);
        desk.clock_sure = false;
        let visit = desk.arrives(None, AgeBand::Unknown);
        desk.clock_sure = true;
        desk.chooses(visit, RecordUsed::Paper, Source::SelfDeclared);
        desk.arrives(None, AgeBand::Unknown);
        assert_eq!(count(&desk.events).unsure_clock, 1);
    }

    /// One act of a visit after its arrival.
    #[derive(Clone, Debug)]
    enum Act {
        Choose(RecordUsed, Source),
        Guide(u32),
        Rescan,
        Call,
    }

    /// How one visit went.
    #[derive(Clone, Debug)]
    struct Story {
        today: bool,
        card: Option<CardKind>,
        age: AgeBand,
        clock_sure: bool,
        acts: Vec<Act>,
    }

    fn act() -> impl Strategy<Value = Act> {
        let used =
            prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither]);
        let source = prop::sample::select(vec![Source::SelfDeclared, Source::NurseConfirmed]);
        prop_oneof![
            (used, source).prop_map(|(used, source)| Act::Choose(used, source)),
            (1..=5_u32).prop_map(Act::Guide),
            Just(Act::Rescan),
            Just(Act::Call),
        ]
    }

    fn story() -> impl Strategy<Value = Story> {
        let card = prop::sample::select(vec![
            None,
            Some(CardKind::Cccd),
            Some(CardKind::CanCuoc),
            Some(CardKind::Insurance),
            Some(CardKind::PersonalNumber),
            Some(CardKind::InsuranceNumber),
            Some(CardKind::Opaque),
        ]);
        let age = prop::sample::select(vec![
            AgeBand::Under14,
            AgeBand::From14,
            AgeBand::From60,
            AgeBand::From70,
            AgeBand::Unknown,
        ]);
        (prop::bool::weighted(0.8), card, age, any::<bool>(), prop::collection::vec(act(), 0..6))
            .prop_map(|(today, card, age, clock_sure, acts)| Story {
                today,
                card,
                age,
                clock_sure,
                acts,
            })
    }

    fn told(stories: &[Story]) -> Vec<Event> {
        let mut desk = Desk::open(TODAY);
        for story in stories {
            desk.day = if story.today { TODAY } else { YESTERDAY };
            desk.clock_sure = story.clock_sure;
            let visit = desk.arrives(story.card, story.age);
            for act in &story.acts {
                match act {
                    Act::Choose(used, source) => desk.chooses(visit, *used, *source),
                    Act::Guide(reached) => desk.is_guided(visit, *reached),
                    Act::Rescan => desk.notes(Some(visit), What::ScannedAgain),
                    Act::Call => desk.notes(Some(visit), What::StaffCalled),
                }
            }
        }
        desk.events
    }

    /// The counting rules read straight off the stories, one filter per figure.
    fn recount(stories: &[Story]) -> DayFigures {
        let today: Vec<&Story> = stories.iter().filter(|story| story.today).collect();
        let visits = |holds: &dyn Fn(&Story) -> bool| {
            today.iter().filter(|story| holds(story)).count() as u64
        };
        let acts = |holds: &dyn Fn(&Act) -> bool| {
            today.iter().flat_map(|story| &story.acts).filter(|act| holds(act)).count() as u64
        };
        let card = |kind| visits(&|story| story.card == kind);
        let age = |band| visits(&|story| story.age == band);
        let used = |wanted: Option<(RecordUsed, Option<Source>)>| {
            visits(&|story| {
                let last = story.acts.iter().rev().find_map(|act| match act {
                    Act::Choose(used, source) => Some((*used, *source)),
                    Act::Guide(_) | Act::Rescan | Act::Call => None,
                });
                match (wanted, last) {
                    (None, last) => last.is_none(),
                    (Some(_), None) => false,
                    (Some((used, source)), Some(last)) => {
                        used == last.0 && source.is_none_or(|source| source == last.1)
                    }
                }
            })
        };
        let guided = |least| {
            visits(&|story| {
                story.acts.iter().any(|act| matches!(act, Act::Guide(step) if *step >= least))
            })
        };
        DayFigures {
            arrivals: today.len() as u64,
            without_card: card(None),
            cards: Cards {
                cccd: card(Some(CardKind::Cccd)),
                can_cuoc: card(Some(CardKind::CanCuoc)),
                insurance: card(Some(CardKind::Insurance)),
                personal_number: card(Some(CardKind::PersonalNumber)),
                insurance_number: card(Some(CardKind::InsuranceNumber)),
                opaque: card(Some(CardKind::Opaque)),
            },
            ages: Ages {
                under_14: age(AgeBand::Under14),
                from_14_to_59: age(AgeBand::From14),
                from_60_to_69: age(AgeBand::From60),
                from_70: age(AgeBand::From70),
                unknown: age(AgeBand::Unknown),
            },
            used: Used {
                vneid_self_declared: used(Some((RecordUsed::Vneid, Some(Source::SelfDeclared)))),
                vneid_confirmed: used(Some((RecordUsed::Vneid, Some(Source::NurseConfirmed)))),
                paper: used(Some((RecordUsed::Paper, None))),
                neither: used(Some((RecordUsed::Neither, None))),
                unfinished: used(None),
            },
            guided: guided(1),
            finished_guide: guided(5),
            unsure_clock: visits(&|story| !story.clock_sure),
            staff_calls: acts(&|act| matches!(act, Act::Call)),
            scanned_again: acts(&|act| matches!(act, Act::Rescan)),
            unreadable: 0,
        }
    }

    fn stories_and_their_events_in_any_order() -> impl Strategy<Value = (Vec<Story>, Vec<Event>)> {
        prop::collection::vec(story(), 0..12).prop_flat_map(|stories| {
            let events = told(&stories);
            (Just(stories), Just(events).prop_shuffle())
        })
    }

    proptest! {
        #[test]
        fn any_order_of_events_gives_what_a_recount_gives(
            (stories, events) in stories_and_their_events_in_any_order()
        ) {
            prop_assert_eq!(count(&events), recount(&stories));
        }

        #[test]
        fn the_parts_sum_to_their_wholes(
            (_, events) in stories_and_their_events_in_any_order()
        ) {
            let figures = count(&events);
            let ages = figures.ages;
            prop_assert_eq!(figures.scanned() + figures.without_card, figures.arrivals);
            prop_assert_eq!(ages.total(), figures.arrivals);
            prop_assert_eq!(figures.used.total(), figures.arrivals);
            let bands = ages.under_14 + ages.from_14_to_69() + ages.from_70 + ages.unknown;
            prop_assert_eq!(bands, figures.arrivals);
            prop_assert_eq!(
                ages.under_14 + ages.from_14_to_59 + ages.from_60() + ages.unknown,
                figures.arrivals
            );
            prop_assert!(figures.finished_guide <= figures.guided);
            prop_assert!(figures.guided <= figures.arrivals);
            prop_assert!(figures.unsure_clock <= figures.arrivals);
        }
    }
}
