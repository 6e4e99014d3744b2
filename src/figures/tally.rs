//! Counting one station day, event by event.

use std::collections::HashMap;

use super::{CallEvents, Called, DayFigures, Visit};
use crate::event::{Event, StationDay, VisitId, What};

/// The running count of one station day. Events may come in any order; each must come once, as the
/// journal guarantees.
#[derive(Clone, Debug)]
pub struct Tally {
    day: StationDay,
    visits: HashMap<VisitId, Visit>,
    calls: CallEvents,
    unreadable: u64,
}

impl Tally {
    /// An empty count of `day`.
    pub fn new(day: StationDay) -> Self {
        Self { day, visits: HashMap::new(), calls: CallEvents::default(), unreadable: 0 }
    }

    /// The count of `day` out of these events.
    pub fn of<'a>(day: StationDay, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut tally = Self::new(day);
        for event in events {
            tally.add(event);
        }
        tally
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
        if let Some(id) = event.visit {
            self.visits.entry(id).or_default().add(event);
        }
        match event.what {
            What::StaffCalled | What::CallRung | What::CallTaken | What::Helped => {
                self.calls.add(event);
            }
            What::Unreadable { cause: _ } => self.unreadable += 1,
            What::Arrived(_)
            | What::ScannedAgain
            | What::AlsoShown(_)
            | What::Chose(_)
            | What::Guided(_)
            | What::Hindered(_)
            | What::Integrated(_)
            | What::Accompanied
            | What::GuidedByStaff
            | What::Corrected(_)
            | What::ReaderLost
            | What::ReaderFound
            | What::ReaderBabbled { .. }
            | What::PinTried { .. }
            | What::PinChosen { .. }
            | What::PinReset { .. }
            | What::StaffAdded { .. }
            | What::StaffRemoved { .. }
            | What::DutyBegan { .. }
            | What::DutyEnded { .. }
            | What::DayClosed { .. }
            | What::Exported { .. }
            | What::ExportFailed { .. }
            | What::Restored { .. }
            | What::NumberEntered(_)
            | What::ReportDismissed { .. }
            | What::Started { .. }
            | What::Stopped
            | What::ClockKnown { .. }
            | What::Dated { .. }
            | What::MovedTo { .. }
            | What::MovedFrom { .. }
            | What::NotUnderstood => {}
        }
    }

    /// All visits of the day in no order, also those that were struck out.
    pub fn visits(&self) -> impl Iterator<Item = (VisitId, &Visit)> {
        let arrived = self.of_this_day().filter(|(_, visit)| visit.arrived().is_some());
        arrived.map(|(id, visit)| (*id, visit))
    }

    /// Without those that a wrong clock had put here.
    fn of_this_day(&self) -> impl Iterator<Item = (&VisitId, &Visit)> {
        self.visits.iter().filter(|(_, visit)| visit.moved_to().is_none())
    }

    /// One visit.
    pub fn visit(&self, id: VisitId) -> Option<&Visit> {
        self.visits.get(&id)
    }

    /// All calls of the day in the order of the journal, without those of visits that a wrong clock had
    /// put here.
    pub fn calls(&self) -> Vec<Called> {
        let is_elsewhere = |id| self.visit(id).is_some_and(|visit| visit.moved_to().is_some());
        let mut calls = self.calls.calls();
        calls.retain(|call| !call.visit.is_some_and(is_elsewhere));
        calls
    }

    /// The numbers so far.
    pub fn figures(&self) -> DayFigures {
        let calls = self.calls();
        let mut figures = DayFigures {
            staff_calls: calls.len() as u64,
            calls: calls.iter().collect(),
            unreadable: self.unreadable,
            ..DayFigures::default()
        };
        for (_, visit) in self.of_this_day() {
            figures.scanned_again += visit.scanned_again();
            figures.count(visit);
        }
        figures
    }
}

#[cfg(test)]
#[expect(clippy::wildcard_enum_match_arm, reason = "a recount looks for one kind of act at a time")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{
        AgeBand, CardKind, CorrectionReason, Entry, Fact, Hindrance, Integration,
        IntegrationResult, Obstacle, RecordUsed, Source, UnreadableCause,
    };
    use crate::figures::sample::{Desk, TODAY, YESTERDAY};
    use crate::figures::{Ages, Calls, Cards, Used};

    fn count(events: &[Event]) -> DayFigures {
        Tally::of(TODAY, events).figures()
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
        desk.notes(Some(other), What::GuidedByStaff);
        let figures = count(&desk.events);
        assert_eq!((figures.guided, figures.guided_by_kiosk, figures.guided_by_staff), (2, 2, 1));
    }

    #[test]
    fn a_correction_counts_over_what_was_said_before_and_a_visit_struck_out_counts_nowhere() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(Some(CardKind::Cccd), AgeBand::From14);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        desk.corrects(visit, CorrectionReason::Checked, Fact::Used(RecordUsed::Paper));
        desk.corrects(visit, CorrectionReason::Mistyped, Fact::Age(AgeBand::From60));
        let trial = desk.arrives(None, AgeBand::Unknown);
        desk.corrects(trial, CorrectionReason::Trial, Fact::Counts(false));
        let figures = count(&desk.events);
        assert_eq!((figures.arrivals, figures.struck_out, figures.corrections), (1, 1, 3));
        assert_eq!(figures.used, Used { paper: 1, ..Used::default() });
        assert_eq!(figures.ages, Ages { from_60_to_69: 1, ..Ages::default() });
        desk.corrects(trial, CorrectionReason::Mistyped, Fact::Counts(true));
        assert_eq!(count(&desk.events).arrivals, 2, "struck out by mistake");
    }

    #[test]
    fn staff_enter_second_visits_and_those_of_the_paper_sheet() {
        let mut desk = Desk::open(TODAY);
        let by = Some(Desk::nurse());
        desk.enters(None, AgeBand::Unknown, Entry::Usual, by);
        desk.enters(None, AgeBand::Unknown, Entry::Second, by);
        desk.enters(None, AgeBand::From70, Entry::FromPaper, by);
        desk.arrives(None, AgeBand::Unknown);
        let figures = count(&desk.events);
        assert_eq!((figures.arrivals, figures.assisted), (4, 3));
        assert_eq!((figures.second, figures.from_paper), (1, 1));
    }

    #[test]
    fn a_call_is_open_until_a_nurse_came_after_it() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::Unknown);
        let needs_help = |desk: &Desk| {
            Tally::of(TODAY, &desk.events).visit(visit).is_some_and(Visit::needs_help)
        };
        assert!(!needs_help(&desk));
        desk.notes(Some(visit), What::StaffCalled);
        assert!(needs_help(&desk));
        desk.notes(Some(visit), What::Helped);
        assert!(!needs_help(&desk));
        desk.notes(Some(visit), What::StaffCalled);
        assert!(needs_help(&desk));
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
        GuideByStaff,
        Accompany,
        Hinder(Obstacle),
        Integrate(IntegrationResult),
        Correct(Fact),
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

    fn fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither])
                .prop_map(Fact::Used),
            age().prop_map(Fact::Age),
            any::<bool>().prop_map(Fact::Accompanied),
            any::<bool>().prop_map(Fact::GuidedByStaff),
            prop::option::of(prop::sample::select(IntegrationResult::ALL.to_vec()))
                .prop_map(Fact::Integration),
            prop::option::of(prop::sample::select(Obstacle::ALL.to_vec())).prop_map(Fact::Obstacle),
            any::<bool>().prop_map(Fact::Counts),
        ]
    }

    fn age() -> impl Strategy<Value = AgeBand> {
        prop::sample::select(vec![
            AgeBand::Under14,
            AgeBand::From14,
            AgeBand::From60,
            AgeBand::From70,
            AgeBand::Unknown,
        ])
    }

    fn act() -> impl Strategy<Value = Act> {
        let used =
            prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither]);
        let source = prop::sample::select(vec![Source::SelfDeclared, Source::NurseConfirmed]);
        prop_oneof![
            (used, source).prop_map(|(used, source)| Act::Choose(used, source)),
            (1..=5_u32).prop_map(Act::Guide),
            Just(Act::GuideByStaff),
            Just(Act::Accompany),
            prop::sample::select(Obstacle::ALL.to_vec()).prop_map(Act::Hinder),
            prop::sample::select(IntegrationResult::ALL.to_vec()).prop_map(Act::Integrate),
            fact().prop_map(Act::Correct),
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
        (prop::bool::weighted(0.8), card, age(), any::<bool>(), prop::collection::vec(act(), 0..6))
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
                    Act::GuideByStaff => desk.notes(Some(visit), What::GuidedByStaff),
                    Act::Accompany => desk.notes(Some(visit), What::Accompanied),
                    Act::Hinder(obstacle) => {
                        let source = Source::SelfDeclared;
                        let what = What::Hindered(Hindrance { obstacle: *obstacle, source });
                        desk.notes(Some(visit), what);
                    }
                    Act::Integrate(result) => {
                        let source = Source::SelfDeclared;
                        let what = What::Integrated(Integration { result: *result, source });
                        desk.notes(Some(visit), what);
                    }
                    Act::Correct(fact) => desk.corrects(visit, CorrectionReason::Other, *fact),
                    Act::Rescan => desk.notes(Some(visit), What::ScannedAgain),
                    Act::Call => desk.notes(Some(visit), What::StaffCalled),
                }
            }
        }
        desk.events
    }

    /// The last of a story's acts that says something of one kind.
    fn last<T>(story: &Story, says: impl Fn(&Act) -> Option<T>) -> Option<T> {
        story.acts.iter().rev().find_map(says)
    }

    fn choice(story: &Story) -> Option<(RecordUsed, Source)> {
        last(story, |act| match act {
            Act::Choose(used, source) => Some((*used, *source)),
            Act::Correct(Fact::Used(used)) => Some((*used, Source::NurseConfirmed)),
            _ => None,
        })
    }

    fn age_of(story: &Story) -> AgeBand {
        let said = last(story, |act| match act {
            Act::Correct(Fact::Age(age)) => Some(*age),
            _ => None,
        });
        said.unwrap_or(story.age)
    }

    fn is_struck_out(story: &Story) -> bool {
        let said = last(story, |act| match act {
            Act::Correct(Fact::Counts(counts)) => Some(*counts),
            _ => None,
        });
        said == Some(false)
    }

    fn guided_by_staff(story: &Story) -> bool {
        let said = last(story, |act| match act {
            Act::GuideByStaff => Some(true),
            Act::Correct(Fact::GuidedByStaff(guided)) => Some(*guided),
            _ => None,
        });
        said == Some(true)
    }

    fn reached(story: &Story, least: u32) -> bool {
        story.acts.iter().any(|act| matches!(act, Act::Guide(step) if *step >= least))
    }

    fn integration(story: &Story) -> Option<IntegrationResult> {
        let said = last(story, |act| match act {
            Act::Integrate(result) => Some(Some(*result)),
            Act::Correct(Fact::Integration(result)) => Some(*result),
            _ => None,
        });
        said.flatten()
    }

    fn obstacle(story: &Story) -> Option<Obstacle> {
        let said = last(story, |act| match act {
            Act::Hinder(obstacle) => Some(Some(*obstacle)),
            Act::Correct(Fact::Obstacle(obstacle)) => Some(*obstacle),
            _ => None,
        });
        said.flatten()
    }

    /// The counting rules read straight off the stories, one filter per figure.
    fn recount(stories: &[Story]) -> DayFigures {
        let today: Vec<&Story> = stories.iter().filter(|story| story.today).collect();
        let visits = |holds: &dyn Fn(&Story) -> bool| {
            let counted = today.iter().filter(|story| !is_struck_out(story));
            counted.filter(|story| holds(story)).count() as u64
        };
        let acts = |holds: &dyn Fn(&Act) -> bool| {
            today.iter().flat_map(|story| &story.acts).filter(|act| holds(act)).count() as u64
        };
        let card = |kind| visits(&|story| story.card == kind);
        let age = |band| visits(&|story| age_of(story) == band);
        let used = |used, source| visits(&|story| choice(story) == Some((used, source)));
        let either =
            |wanted| visits(&|story| choice(story).is_some_and(|(used, _)| used == wanted));
        DayFigures {
            arrivals: visits(&|_| true),
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
                vneid_self_declared: used(RecordUsed::Vneid, Source::SelfDeclared),
                vneid_confirmed: used(RecordUsed::Vneid, Source::NurseConfirmed),
                paper: either(RecordUsed::Paper),
                neither: either(RecordUsed::Neither),
                unfinished: visits(&|story| choice(story).is_none()),
            },
            guided: visits(&|story| reached(story, 1) || guided_by_staff(story)),
            guided_by_kiosk: visits(&|story| reached(story, 1)),
            finished_guide: visits(&|story| reached(story, 5)),
            guided_by_staff: visits(&guided_by_staff),
            integration: IntegrationResult::ALL
                .into_iter()
                .map(|result| (result, visits(&|story| integration(story) == Some(result))))
                .collect(),
            obstacles: Obstacle::ALL
                .into_iter()
                .map(|kind| (kind, visits(&|story| obstacle(story) == Some(kind))))
                .collect(),
            accompanied: visits(&|story| {
                let said = last(story, |act| match act {
                    Act::Accompany => Some(true),
                    Act::Correct(Fact::Accompanied(accompanied)) => Some(*accompanied),
                    _ => None,
                });
                said == Some(true)
            }),
            assisted: 0,
            second: 0,
            from_paper: 0,
            struck_out: today.iter().filter(|story| is_struck_out(story)).count() as u64,
            corrections: acts(&|act| matches!(act, Act::Correct(_))),
            unsure_clock: visits(&|story| !story.clock_sure),
            staff_calls: acts(&|act| matches!(act, Act::Call)),
            calls: Calls { called: acts(&|act| matches!(act, Act::Call)), ..Calls::default() },
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

        /// One fold over the stories of two days gives what the days give when added.
        #[test]
        fn days_add_up(
            (stories, events) in stories_and_their_events_in_any_order()
        ) {
            let mut sum = count(&events);
            sum.add(&Tally::of(YESTERDAY, &events).figures());
            let as_one_day: Vec<Story> =
                stories.into_iter().map(|story| Story { today: true, ..story }).collect();
            prop_assert_eq!(sum, recount(&as_one_day));
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
            prop_assert!(figures.finished_guide <= figures.guided_by_kiosk);
            prop_assert!(figures.guided_by_kiosk.max(figures.guided_by_staff) <= figures.guided);
            prop_assert!(figures.guided <= figures.guided_by_kiosk + figures.guided_by_staff);
            prop_assert!(figures.guided <= figures.arrivals);
            prop_assert!(figures.integration.values().sum::<u64>() <= figures.arrivals);
            prop_assert!(figures.obstacles.values().sum::<u64>() <= figures.arrivals);
            prop_assert!(figures.unsure_clock <= figures.arrivals);
        }
    }
}
