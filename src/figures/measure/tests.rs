//! Every measure against a recount that replays the events in their order and knows the rules by
//! the measures' names only.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::event::{
    Correction, CorrectionReason, Event, Fact, Guidance, Hindrance, Integration, StationDay,
    VisitId, What,
};
use crate::figures::sample::{Desk, TODAY, YESTERDAY};

const NOBODY: Share = Share { part: 0, whole: 0 };

fn reading(measure: Measure, desk: &Desk) -> (u64, Option<u64>) {
    let tally = Tally::of(TODAY, &desk.events);
    let Reading { part, whole } = measure.over([Observed { tally: &tally, desk: NOBODY }]);
    (part, whole)
}

fn integrates(desk: &mut Desk, visit: VisitId, result: IntegrationResult) {
    let source = Source::SelfDeclared;
    desk.notes(Some(visit), What::Integrated(Integration { result, source }));
}

fn is_hindered(desk: &mut Desk, visit: VisitId, obstacle: Obstacle) {
    let source = Source::SelfDeclared;
    desk.notes(Some(visit), What::Hindered(Hindrance { obstacle, source }));
}

#[test]
fn every_measure_has_a_name_of_its_own_and_is_found_by_it() {
    let names: BTreeSet<_> = Measure::all().map(Measure::name).collect();
    let labels: BTreeSet<_> = Measure::all().map(Measure::label).collect();
    assert_eq!((names.len(), labels.len()), (Measure::all().count(), Measure::all().count()));
    for measure in Measure::all() {
        assert_eq!(measure.to_string().parse(), Ok(measure));
        assert!(
            measure
                .name()
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        assert_eq!(measure.is_rate(), measure.whole_label().is_some(), "{measure}");
    }
    assert_eq!("arival".parse::<Measure>(), Err(UnknownMeasure("arival".into())));
}

/// These names stand in campaign files in the field: they never change.
#[test]
fn the_names_of_the_measures_are_pinned() {
    let names: Vec<_> = Measure::all().map(Measure::name).collect();
    assert_eq!(
        names.join(" "),
        "arrivals corrections desk-covered unfinished unsure-clock entered-by-staff vneid-used \
         vneid-self-declared vneid-confirmed vneid-confirmed-of-users paper-used neither-used no-paper-book \
         no-paper-book-strict guided guided-by-kiosk guided-by-nurse guide-finished guided-result-known integrated \
         integrated-asked integration-failed integrated-bhyt integrated-14-bhyt vneid-14-bhyt \
         level-2 level-2-guided level-2-integrated smartphone bhyt-level-2-smartphone-integrated \
         under-14 from-60 from-70 accompanied under-14-accompanied from-70-accompanied \
         guardian-integrated elderly-assisted from-60-guided-by-nurse citizen-card integration-already integration-done \
         integration-sent integration-later integration-three-a-day integration-already-approved \
         integration-same-last-ten integration-wrong-number integration-number-unknown \
         integration-failed-otherwise obstacle-no-smartphone obstacle-no-vneid \
         obstacle-no-level-2 obstacle-not-integrated obstacle-no-network \
         obstacle-forgot-password obstacle-prefers-paper obstacle-other card-none card-cccd \
         card-can-cuoc card-insurance card-personal-number card-insurance-number card-opaque"
    );
}

#[test]
fn what_is_divided_by_what_of_the_rates_within_a_group() {
    let mut desk = Desk::open(TODAY);
    // A nurse has seen one of three, and taught two of four old people; one was only helped.
    for (age, source, taught, result) in [
        (AgeBand::From60, Some(Source::NurseConfirmed), true, Some(IntegrationResult::Done)),
        (AgeBand::From70, Some(Source::SelfDeclared), true, None),
        (AgeBand::From70, Some(Source::SelfDeclared), false, Some(IntegrationResult::Later)),
        (AgeBand::From60, None, false, None),
        (AgeBand::From14, None, true, Some(IntegrationResult::Later)),
        (AgeBand::Unknown, None, false, None),
    ] {
        let visit = desk.arrives(None, age);
        if let Some(source) = source {
            desk.chooses(visit, RecordUsed::Vneid, source);
        }
        if taught {
            desk.notes(Some(visit), What::GuidedByStaff);
        }
        if let Some(result) = result {
            integrates(&mut desk, visit, result);
        }
        if age == AgeBand::From60 && source.is_none() {
            desk.notes(Some(visit), What::Helped);
        }
    }
    assert_eq!(reading(Measure::VneidConfirmed, &desk), (1, Some(6)));
    assert_eq!(reading(Measure::VneidConfirmedOfUsers, &desk), (1, Some(3)));
    assert_eq!(reading(Measure::Guided, &desk), (3, Some(6)));
    assert_eq!(reading(Measure::GuidedResultKnown, &desk), (2, Some(3)));
    assert_eq!(reading(Measure::IntegratedAsked, &desk), (1, Some(3)));
    assert_eq!(reading(Measure::ElderlyAssisted, &desk), (3, Some(4)));
    assert_eq!(reading(Measure::From60GuidedByNurse, &desk), (2, Some(4)));
}

/// A rate of a group says in its words that it is one of that group.
#[test]
fn the_words_of_a_rate_say_what_it_is_divided_by() {
    for measure in [
        Measure::VneidConfirmed,
        Measure::VneidConfirmedOfUsers,
        Measure::GuidedResultKnown,
        Measure::IntegratedAsked,
        Measure::ElderlyAssisted,
        Measure::From60GuidedByNurse,
    ] {
        assert!(measure.label().contains(", trên "), "{measure}: {}", measure.label());
    }
}

#[test]
fn neither_counts_as_no_paper_and_strictly_only_with_a_citizen_document() {
    let mut desk = Desk::open(TODAY);
    for (card, used) in [
        (None, Some(RecordUsed::Vneid)),
        (Some(CardKind::Cccd), Some(RecordUsed::Neither)),
        (None, Some(RecordUsed::Neither)),
        (Some(CardKind::Insurance), Some(RecordUsed::Neither)),
        (Some(CardKind::CanCuoc), Some(RecordUsed::Paper)),
        (Some(CardKind::CanCuoc), None),
    ] {
        let visit = desk.arrives(card, AgeBand::Unknown);
        if let Some(used) = used {
            desk.chooses(visit, used, Source::SelfDeclared);
        }
    }
    assert_eq!(reading(Measure::NoPaperBook, &desk), (4, Some(6)));
    assert_eq!(reading(Measure::NoPaperBookStrict, &desk), (2, Some(6)));
    assert_eq!(reading(Measure::VneidUsed, &desk), (1, Some(6)));
}

#[test]
fn a_request_refused_because_a_record_exists_is_integrated_and_no_failure() {
    let mut desk = Desk::open(TODAY);
    for result in IntegrationResult::ALL {
        let visit = desk.arrives(None, AgeBand::From14);
        integrates(&mut desk, visit, result);
    }
    desk.arrives(None, AgeBand::From14);
    assert_eq!(reading(Measure::Integrated, &desk), (3, Some(11)));
    assert_eq!(reading(Measure::IntegratedAsked, &desk), (3, Some(10)));
    assert_eq!(reading(Measure::IntegrationFailed, &desk), (5, Some(11)));
    let already_approved = Measure::Integration(IntegrationResult::AlreadyApproved);
    assert_eq!(reading(already_approved, &desk), (1, Some(11)));
}

#[test]
fn who_lacks_level_2_leaves_the_group_unless_seen_in_vneid() {
    let mut desk = Desk::open(TODAY);
    let lacks = desk.arrives(None, AgeBand::From14);
    is_hindered(&mut desk, lacks, Obstacle::NoLevel2);
    let has_it_now = desk.arrives(None, AgeBand::From14);
    is_hindered(&mut desk, has_it_now, Obstacle::NoLevel2);
    integrates(&mut desk, has_it_now, IntegrationResult::Done);
    desk.arrives(None, AgeBand::From14);
    assert_eq!(reading(Measure::Level2, &desk), (2, Some(3)));
    assert_eq!(reading(Measure::Level2Integrated, &desk), (1, Some(2)), "silence is no success");
}

#[test]
fn the_group_from_14_with_bhyt_holds_nobody_of_unknown_age_or_unknown_bhyt() {
    let mut desk = Desk::open(TODAY);
    desk.arrives(Some(CardKind::Insurance), AgeBand::From14);
    desk.arrives(Some(CardKind::Insurance), AgeBand::Unknown);
    desk.arrives(Some(CardKind::Insurance), AgeBand::Under14);
    desk.arrives(Some(CardKind::Cccd), AgeBand::From14);
    let says_so = desk.arrives(Some(CardKind::Cccd), AgeBand::From70);
    is_hindered(&mut desk, says_so, Obstacle::NotIntegrated);
    let done = desk.arrives(Some(CardKind::Cccd), AgeBand::From60);
    integrates(&mut desk, done, IntegrationResult::Done);
    assert_eq!(reading(Measure::Integrated14Bhyt, &desk), (1, Some(3)));
    assert_eq!(reading(Measure::IntegratedBhyt, &desk), (1, Some(5)));
}

#[test]
fn an_old_visit_from_the_paper_sheet_was_not_helped_at_the_desk() {
    let mut desk = Desk::open(TODAY);
    let by = Some(Desk::nurse());
    desk.enters(None, AgeBand::From70, Entry::FromPaper, by);
    desk.enters(None, AgeBand::From60, Entry::Usual, by);
    let called = desk.arrives(None, AgeBand::From70);
    desk.notes(Some(called), What::StaffCalled);
    assert_eq!(reading(Measure::ElderlyAssisted, &desk), (1, Some(3)));
    desk.notes(Some(called), What::Helped);
    assert_eq!(reading(Measure::ElderlyAssisted, &desk), (2, Some(3)));
}

#[test]
fn the_minutes_of_duty_add_up_over_days() {
    let empty = Tally::new(TODAY);
    let days = [(420, 480), (0, 480)]
        .map(|(part, whole)| Observed { tally: &empty, desk: Share { part, whole } });
    let reading = Measure::DeskCovered.over(days);
    assert_eq!(reading.share(), Some(Share { part: 420, whole: 960 }));
    assert_eq!(Measure::DeskCovered.over([]).share(), Some(NOBODY));
    assert_eq!(Measure::Arrivals.over([]).share(), None);
}

/// A visit, replayed.
#[derive(Clone, Debug)]
struct Told {
    card: Option<CardKind>,
    age: AgeBand,
    entry: Entry,
    by_staff: bool,
    sure: bool,
    used: Option<RecordUsed>,
    seen: bool,
    kiosk: bool,
    finished: bool,
    nurse: bool,
    helped: bool,
    accompanied: bool,
    result: Option<IntegrationResult>,
    obstacle: Option<Obstacle>,
    counts: bool,
    corrections: u64,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the rest says nothing about a visit")]
fn replay(events: &[Event], day: StationDay) -> Vec<Told> {
    let mut visits: BTreeMap<VisitId, Told> = BTreeMap::new();
    let mut events: Vec<_> = events.iter().filter(|event| event.day == day).collect();
    events.sort_by_key(|event| event.seq);
    for event in events {
        let Some(id) = event.visit else { continue };
        if let What::Arrived(arrival) = &event.what {
            let told = Told {
                card: arrival.card,
                age: arrival.age,
                entry: arrival.entry,
                by_staff: event.by.is_some(),
                sure: event.at.sure,
                used: None,
                seen: false,
                kiosk: false,
                finished: false,
                nurse: false,
                helped: false,
                accompanied: false,
                result: None,
                obstacle: None,
                counts: true,
                corrections: 0,
            };
            visits.insert(id, told);
        }
        let told = visits.get_mut(&id).unwrap();
        match &event.what {
            What::Chose(choice) => {
                told.used = Some(choice.used);
                told.seen = choice.source == Source::NurseConfirmed;
            }
            What::Guided(guidance) => {
                told.kiosk = true;
                told.finished |= guidance.finished;
            }
            What::GuidedByStaff => told.nurse = true,
            What::Helped => told.helped = true,
            What::Accompanied => told.accompanied = true,
            What::Hindered(hindrance) => told.obstacle = Some(hindrance.obstacle),
            What::Integrated(integration) => told.result = Some(integration.result),
            What::Corrected(correction) => {
                told.corrections += 1;
                match correction.fact {
                    Fact::Used(used) => (told.used, told.seen) = (Some(used), true),
                    Fact::Age(age) => told.age = age,
                    Fact::Accompanied(accompanied) => told.accompanied = accompanied,
                    Fact::GuidedByStaff(guided) => told.nurse = guided,
                    Fact::Integration(result) => told.result = result,
                    Fact::Obstacle(obstacle) => told.obstacle = obstacle,
                    Fact::Counts(counts) => told.counts = counts,
                }
            }
            _ => {}
        }
    }
    visits.into_values().collect()
}

impl Told {
    fn vneid(&self) -> bool {
        self.used == Some(RecordUsed::Vneid)
    }

    fn neither(&self) -> bool {
        self.used == Some(RecordUsed::Neither)
    }

    fn integrated(&self) -> bool {
        use IntegrationResult::{Already, AlreadyApproved, Done};
        [Already, Done, AlreadyApproved].map(Some).contains(&self.result)
    }

    fn seen_in_vneid(&self) -> bool {
        use IntegrationResult::{Already, AlreadyApproved, Done, SameLastTen, Sent, ThreeADay};
        let sent = [Already, AlreadyApproved, Done, SameLastTen, Sent, ThreeADay].map(Some);
        self.vneid() || sent.contains(&self.result)
    }

    fn level_2(&self) -> bool {
        self.seen_in_vneid()
            || ![Some(Obstacle::NoLevel2), Some(Obstacle::NoVneid)].contains(&self.obstacle)
    }

    fn smartphone(&self) -> bool {
        self.seen_in_vneid() || self.obstacle != Some(Obstacle::NoSmartphone)
    }

    fn bhyt(&self) -> bool {
        [Some(CardKind::Insurance), Some(CardKind::InsuranceNumber)].contains(&self.card)
            || self.result.is_some()
            || self.obstacle == Some(Obstacle::NotIntegrated)
    }

    fn is(&self, ages: &[AgeBand]) -> bool {
        ages.contains(&self.age)
    }

    /// Whether it is in the denominator of the measure of this name, and in the numerator.
    fn under(&self, name: &str) -> (bool, bool) {
        use AgeBand::{From14, From60, From70, Under14};
        let guided = self.kiosk || self.nurse;
        let bhyt_14 = self.bhyt() && self.is(&[From14, From60, From70]);
        let citizen =
            [CardKind::Cccd, CardKind::CanCuoc, CardKind::PersonalNumber, CardKind::Opaque];
        let assisted = self.nurse || self.helped || self.by_staff && self.entry != Entry::FromPaper;
        let result = |result: IntegrationResult| (true, self.result == Some(result));
        let obstacle = |obstacle: Obstacle| (true, self.obstacle == Some(obstacle));
        let card = |card: CardKind| (true, self.card == Some(card));
        match name {
            "unfinished" => (true, self.used.is_none()),
            "unsure-clock" => (true, !self.sure),
            "entered-by-staff" => (true, self.by_staff),
            "vneid-used" => (true, self.vneid()),
            "vneid-self-declared" => (true, self.vneid() && !self.seen),
            "vneid-confirmed" => (true, self.vneid() && self.seen),
            "vneid-confirmed-of-users" => (self.vneid(), self.seen),
            "paper-used" => (true, self.used == Some(RecordUsed::Paper)),
            "neither-used" => (true, self.neither()),
            "no-paper-book" => (true, self.vneid() || self.neither()),
            "no-paper-book-strict" => {
                let shown = self.card.is_some_and(|card| citizen.contains(&card));
                (true, self.vneid() || self.neither() && shown)
            }
            "guided" => (true, guided),
            "guided-by-kiosk" => (true, self.kiosk),
            "guided-by-nurse" => (true, self.nurse),
            "guide-finished" => (self.kiosk, self.finished),
            "guided-result-known" => (guided, self.result.is_some()),
            "integrated" => (true, self.integrated()),
            "integrated-asked" => (self.result.is_some(), self.integrated()),
            "integration-failed" => {
                let open = [IntegrationResult::Sent, IntegrationResult::Later].map(Some);
                let failed = self.result.is_some() && !open.contains(&self.result);
                (true, failed && !self.integrated())
            }
            "integrated-bhyt" => (self.bhyt(), self.integrated()),
            "integrated-14-bhyt" => (bhyt_14, self.integrated()),
            "vneid-14-bhyt" => (bhyt_14, self.vneid()),
            "level-2" => (true, self.level_2()),
            "level-2-guided" => (self.level_2(), guided),
            "level-2-integrated" => (self.level_2(), self.integrated()),
            "smartphone" => (true, self.smartphone()),
            "bhyt-level-2-smartphone-integrated" => {
                (self.bhyt() && self.level_2() && self.smartphone(), self.integrated())
            }
            "under-14" => (true, self.is(&[Under14])),
            "from-60" => (true, self.is(&[From60, From70])),
            "from-70" => (true, self.is(&[From70])),
            "accompanied" => (true, self.accompanied),
            "under-14-accompanied" => (self.is(&[Under14]), self.accompanied),
            "from-70-accompanied" => (self.is(&[From70]), self.accompanied),
            "guardian-integrated" => {
                (self.is(&[Under14, From70]), self.accompanied && self.integrated())
            }
            "elderly-assisted" => (self.is(&[From60, From70]), assisted),
            "from-60-guided-by-nurse" => (self.is(&[From60, From70]), self.nurse),
            "citizen-card" => {
                (true, [Some(CardKind::Cccd), Some(CardKind::CanCuoc)].contains(&self.card))
            }
            "integration-already" => result(IntegrationResult::Already),
            "integration-done" => result(IntegrationResult::Done),
            "integration-sent" => result(IntegrationResult::Sent),
            "integration-later" => result(IntegrationResult::Later),
            "integration-three-a-day" => result(IntegrationResult::ThreeADay),
            "integration-already-approved" => result(IntegrationResult::AlreadyApproved),
            "integration-same-last-ten" => result(IntegrationResult::SameLastTen),
            "integration-wrong-number" => result(IntegrationResult::WrongNumber),
            "integration-number-unknown" => result(IntegrationResult::NumberUnknown),
            "integration-failed-otherwise" => result(IntegrationResult::FailedOtherwise),
            "obstacle-no-smartphone" => obstacle(Obstacle::NoSmartphone),
            "obstacle-no-vneid" => obstacle(Obstacle::NoVneid),
            "obstacle-no-level-2" => obstacle(Obstacle::NoLevel2),
            "obstacle-not-integrated" => obstacle(Obstacle::NotIntegrated),
            "obstacle-no-network" => obstacle(Obstacle::NoNetwork),
            "obstacle-forgot-password" => obstacle(Obstacle::ForgotPassword),
            "obstacle-prefers-paper" => obstacle(Obstacle::PrefersPaper),
            "obstacle-other" => obstacle(Obstacle::Other),
            "card-none" => (true, self.card.is_none()),
            "card-cccd" => card(CardKind::Cccd),
            "card-can-cuoc" => card(CardKind::CanCuoc),
            "card-insurance" => card(CardKind::Insurance),
            "card-personal-number" => card(CardKind::PersonalNumber),
            "card-insurance-number" => card(CardKind::InsuranceNumber),
            "card-opaque" => card(CardKind::Opaque),
            unknown => panic!("no rule for {unknown}"),
        }
    }
}

fn recount(name: &str, told: &[Told], desk: Share) -> (u64, Option<u64>) {
    let counted: Vec<_> = told.iter().filter(|told| told.counts).collect();
    match name {
        "arrivals" => (counted.len() as u64, None),
        "corrections" => (told.iter().map(|told| told.corrections).sum(), None),
        "desk-covered" => (desk.part, Some(desk.whole)),
        _ => {
            let among: Vec<_> = counted.iter().filter(|told| told.under(name).0).collect();
            let part = among.iter().filter(|told| told.under(name).1).count();
            (part as u64, Some(among.len() as u64))
        }
    }
}

fn act() -> impl Strategy<Value = What> {
    let used =
        prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither]);
    let source = prop::sample::select(vec![Source::SelfDeclared, Source::NurseConfirmed]);
    let result = prop::sample::select(IntegrationResult::ALL.to_vec());
    let obstacle = prop::sample::select(Obstacle::ALL.to_vec());
    let fact = prop_oneof![
        used.clone().prop_map(Fact::Used),
        age().prop_map(Fact::Age),
        any::<bool>().prop_map(Fact::Accompanied),
        any::<bool>().prop_map(Fact::GuidedByStaff),
        prop::option::of(result.clone()).prop_map(Fact::Integration),
        prop::option::of(obstacle.clone()).prop_map(Fact::Obstacle),
        any::<bool>().prop_map(Fact::Counts),
    ];
    let hindered = |obstacle| What::Hindered(Hindrance { obstacle, source: Source::SelfDeclared });
    let integrated =
        |result| What::Integrated(Integration { result, source: Source::SelfDeclared });
    let guided = |reached| {
        What::Guided(Guidance {
            guide: "tre-em".into(),
            version: 1,
            reached,
            steps: 3,
            finished: reached == 3,
        })
    };
    prop_oneof![
        (used, source).prop_map(|(used, source)| What::Chose(Choice { used, source })),
        (1..=3_u32).prop_map(guided),
        Just(What::GuidedByStaff),
        Just(What::Helped),
        Just(What::Accompanied),
        obstacle.prop_map(hindered),
        result.prop_map(integrated),
        fact.prop_map(|fact| What::Corrected(Correction { reason: CorrectionReason::Other, fact })),
    ]
}

fn age() -> impl Strategy<Value = AgeBand> {
    use AgeBand::{From14, From60, From70, Under14, Unknown};
    prop::sample::select(vec![Under14, From14, From60, From70, Unknown])
}

/// The events of some visits of two days, in any order.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let card = prop::sample::select(Measure::CARDS.to_vec());
    let entry = prop::sample::select(vec![Entry::Usual, Entry::Second, Entry::FromPaper]);
    let visit = (any::<[bool; 3]>(), card, age(), entry, prop::collection::vec(act(), 0..6));
    prop::collection::vec(visit, 0..14)
        .prop_map(|visits| {
            let mut desk = Desk::open(TODAY);
            for ([today, sure, by_staff], card, age, entry, acts) in visits {
                desk.day = if today { TODAY } else { YESTERDAY };
                desk.clock_sure = sure;
                let visit = desk.enters(card, age, entry, by_staff.then(Desk::nurse));
                for act in acts {
                    desk.notes(Some(visit), act);
                }
            }
            desk.events
        })
        .prop_shuffle()
}

proptest! {
    #[test]
    fn every_measure_equals_a_naive_recount_and_a_period_is_the_sum_of_its_days(
        events in events(),
        minutes in any::<[u16; 2]>(),
    ) {
        let days = [TODAY, YESTERDAY];
        let tallies = days.map(|day| Tally::of(day, &events));
        let desks = minutes.map(|part| Share { part: part.into(), whole: u64::from(part) * 2 });
        let observed = [0, 1].map(|day| Observed { tally: &tallies[day], desk: desks[day] });
        let told = days.map(|day| replay(&events, day));
        for measure in Measure::all() {
            let name = measure.name();
            let over = measure.over(observed);
            let mut sum = (0, measure.is_rate().then_some(0));
            for (day, observed) in observed.into_iter().enumerate() {
                let Reading { part, whole } = measure.over([observed]);
                prop_assert_eq!((part, whole), recount(name, &told[day], desks[day]), "{}", name);
                prop_assert!(whole.is_none_or(|whole| part <= whole), "{}", name);
                sum = (sum.0 + part, sum.1.zip(whole).map(|(sum, whole)| sum + whole));
            }
            prop_assert_eq!((over.part, over.whole), sum, "{}", name);
        }
    }

    #[test]
    fn the_parts_of_a_day_sum_to_their_wholes(events in events()) {
        let tally = Tally::of(TODAY, &events);
        let read = |measure: Measure| measure.over([Observed { tally: &tally, desk: NOBODY }]);
        let sum = |measures: &[Measure]| measures.iter().map(|one| read(*one).part).sum::<u64>();
        let arrivals = read(Measure::Arrivals).part;
        let used = [Measure::VneidUsed, Measure::PaperUsed, Measure::NeitherUsed, Measure::Unfinished];
        prop_assert_eq!(sum(&used), arrivals);
        prop_assert_eq!(sum(&Measure::CARDS.map(Measure::Card)), arrivals);
        let results = sum(&IntegrationResult::ALL.map(Measure::Integration));
        prop_assert_eq!(Some(results), read(Measure::IntegratedAsked).whole);
        let figures = tally.figures();
        prop_assert_eq!(figures.arrivals, arrivals, "measures and the day's figures agree");
        prop_assert_eq!(figures.used.vneid(), read(Measure::VneidUsed).part);
        prop_assert_eq!(figures.guided, read(Measure::Guided).part);
        prop_assert_eq!(figures.corrections, read(Measure::Corrections).part);
    }
}
