//! Calls played through, event by event.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const A: VisitId = VisitId(Uuid::from_u128(1));
const B: VisitId = VisitId(Uuid::from_u128(2));
/// What the journal says that A is: they were here before.
const EARLIER: VisitId = VisitId(Uuid::from_u128(9));

fn today() -> StationDay {
    "2026-11-24".parse().unwrap()
}

/// A call is about one of these.
const IDLE: Option<VisitId> = None;

fn subject(visit: Option<VisitId>) -> Subject {
    visit.map_or(Subject::Day(today()), Subject::Proposed)
}

/// The rules with a timer that runs when told to.
#[derive(Default)]
struct Play {
    state: State,
    now: Duration,
    /// What was heard, and when.
    heard: Vec<(u64, Tone)>,
    sounding: bool,
    due: Option<Duration>,
    recorded: Vec<(Subject, What)>,
}

impl Play {
    fn event(&mut self, event: Event) -> &mut Self {
        let env = Env { now: self.now, today: today() };
        let (state, effects) = step(std::mem::take(&mut self.state), event, &env);
        self.state = state;
        for effect in effects {
            match effect {
                Effect::Ring(tone) => {
                    self.heard.push((self.now.as_secs(), tone));
                    self.sounding = true;
                }
                Effect::Hush => self.sounding = false,
                Effect::Record { subject, what } => self.recorded.push((subject, what)),
                Effect::Wake(after) => self.due = Some(self.now + after),
                Effect::Rest => self.due = None,
            }
        }
        self
    }

    fn called(&mut self, visit: Option<VisitId>) -> &mut Self {
        self.event(Event::Called { visit })
    }

    /// So many seconds pass.
    fn pass(&mut self, seconds: u64) -> &mut Self {
        let until = self.now + Duration::from_secs(seconds);
        while let Some(due) = self.due.filter(|due| *due <= until) {
            self.now = due;
            self.due = None;
            self.event(Event::Due);
        }
        self.now = until;
        self
    }

    fn seconds(&self) -> Vec<u64> {
        self.heard.iter().map(|(second, _)| *second).collect()
    }

    fn told(&self, what: &What) -> Vec<Subject> {
        let told = self.recorded.iter().filter(|(_, told)| told == what);
        told.map(|(subject, _)| *subject).collect()
    }
}

#[test]
fn a_call_rings_in_its_rhythm_until_it_is_taken() {
    let mut play = Play::default();
    play.called(Some(A)).pass(59);
    assert_eq!(play.seconds(), [0, 5, 10, 25, 40, 55]);
    assert_eq!(play.state.shown(Some(A)).patient, Standing::Ringing);
    play.pass(1);
    assert_eq!(play.state.shown(Some(A)).patient, Standing::StillRinging);
    assert_eq!(play.heard.len(), 6, "the minute itself is silent");
    play.pass(25);
    assert_eq!(play.heard[6..], [(70, Tone::Still), (85, Tone::Still)]);
    play.event(Event::Taken).pass(100);
    assert_eq!(play.heard.len(), 8);
    assert!(!play.sounding);
    assert_eq!(play.state.shown(Some(A)).patient, Standing::Coming);
    play.event(Event::Helped);
    assert_eq!((play.state.shown(Some(A)), play.due), (Shown::default(), None));
    let expected = [What::StaffCalled, What::CallTaken, What::Helped];
    assert_eq!(play.recorded, expected.map(|what| (subject(Some(A)), what)));
}

#[test]
fn pressing_again_changes_nothing_while_it_rings_or_somebody_comes() {
    let mut play = Play::default();
    play.called(Some(A)).pass(3).called(Some(A)).called(Some(A)).pass(17);
    assert_eq!(play.seconds(), [0, 5, 10]);
    play.event(Event::Taken).called(Some(A)).pass(20);
    assert_eq!((play.heard.len(), play.told(&What::StaffCalled).len()), (3, 1));
}

#[test]
fn a_trembling_touch_takes_the_call_and_does_not_end_it() {
    let mut play = Play::default();
    play.called(Some(A)).event(Event::Taken);
    play.now += Duration::from_millis(300);
    play.event(Event::Helped);
    assert_eq!(play.state.shown(Some(A)).band, Standing::Coming);
    play.pass(1).event(Event::Taken).event(Event::Helped);
    assert_eq!(play.state.shown(Some(A)).band, Standing::None);
    assert_eq!(play.told(&What::CallTaken).len(), 1);
}

#[test]
fn what_belongs_to_no_call_does_nothing() {
    for event in [
        Event::Taken,
        Event::Helped,
        Event::Heard,
        Event::Due,
        Event::Met { visit: Some(A) },
        Event::Met { visit: None },
        Event::Left { visit: A },
    ] {
        let mut play = Play::default();
        play.event(event);
        assert!(play.recorded.is_empty() && play.heard.is_empty(), "{event:?}");
        assert_eq!((play.state.shown(None), play.due), (Shown::default(), None), "{event:?}");
    }
}

#[test]
fn a_call_is_the_first_patients_and_the_next_one_can_call_too() {
    let mut play = Play::default();
    play.called(Some(A)).pass(7);
    let newcomer = play.state.shown(Some(B));
    assert_eq!((newcomer.band, newcomer.patient), (Standing::Ringing, Standing::None));
    play.called(Some(B)).pass(5);
    assert_eq!(play.seconds(), [0, 5, 7, 10], "B hears it at once, and the rhythm goes on");
    assert_eq!(play.state.shown(Some(B)).callers, 2);
    // One touch takes both.
    play.event(Event::Taken);
    assert_eq!(play.told(&What::CallTaken), [subject(Some(A)), subject(Some(B))]);
}

#[test]
fn who_calls_while_somebody_comes_to_another_is_heard() {
    let mut play = Play::default();
    play.called(Some(A)).event(Event::Taken).pass(20).called(Some(B)).pass(6);
    assert_eq!(play.seconds(), [0, 20, 25]);
    assert_eq!(play.state.shown(Some(A)).patient, Standing::Coming);
    assert_eq!(play.state.shown(Some(B)).patient, Standing::Ringing);
    // Helping A does not help B.
    play.event(Event::Helped);
    assert_eq!(play.told(&What::Helped), [subject(Some(A))]);
    assert_eq!(play.state.shown(Some(B)).band, Standing::Ringing);
    play.pass(10);
    assert_eq!(play.seconds(), [0, 20, 25, 30]);
}

#[test]
fn a_call_from_the_idle_page_holds_for_whoever_scans_next_and_outlives_every_session() {
    let mut play = Play::default();
    play.called(IDLE).pass(4);
    assert_eq!(play.state.shown(Some(A)).patient, Standing::Ringing, "it may be who called");
    play.event(Event::Left { visit: A }).pass(1);
    assert_eq!((play.seconds(), play.state.shown(None).patient), (vec![0, 5], Standing::Ringing));
    play.called(IDLE);
    assert_eq!(play.told(&What::StaffCalled), [subject(IDLE)]);
}

#[test]
fn a_patients_call_outlives_the_session_and_ends_with_it_only_once_it_was_taken() {
    let mut play = Play::default();
    play.called(Some(A)).pass(4).event(Event::Left { visit: A });
    assert_eq!(play.state.shown(None).patient, Standing::Ringing);
    let mut play = Play::default();
    play.called(Some(A)).event(Event::Taken).pass(9).event(Event::Left { visit: B });
    assert_eq!(play.state.shown(None).band, Standing::Coming);
    play.event(Event::Left { visit: A });
    assert_eq!((play.state.shown(None).band, play.due), (Standing::None, None));
    assert_eq!(play.told(&What::Helped), [subject(Some(A))]);
}

#[test]
fn a_nurse_who_opens_the_call_in_the_list_ends_it_and_records_it_there() {
    for (visit, met) in [(Some(A), Some(A)), (IDLE, None)] {
        let mut play = Play::default();
        play.called(visit).pass(2).event(Event::Met { visit: Some(B) });
        assert_eq!(play.state.shown(visit).band, Standing::Ringing);
        play.event(Event::Met { visit: met }).pass(60);
        assert_eq!((play.seconds(), play.sounding), (vec![0], false));
        assert_eq!(play.recorded.len(), 1, "the call alone: {:?}", play.recorded);
    }
}

#[test]
fn a_person_who_was_here_before_is_told_by_their_first_visit() {
    let arrived = Event::Arrived { proposed: A, visit: EARLIER, day: today() };
    let known = Subject::Visit(EARLIER, today());
    for is_answered_first in [true, false] {
        let mut play = Play::default();
        if is_answered_first {
            play.event(arrived).called(Some(A));
            assert_eq!(play.told(&What::StaffCalled), [known]);
        } else {
            play.called(Some(A)).event(arrived);
        }
        assert_eq!(play.state.shown(Some(A)).patient, Standing::Ringing);
        play.called(Some(A)).event(Event::Taken);
        assert_eq!(play.told(&What::CallTaken), [known]);
        assert_eq!(play.told(&What::StaffCalled).len(), 1);
        play.event(Event::Met { visit: Some(EARLIER) });
        assert!(!play.state.is_open());
    }
}

#[test]
fn that_it_was_heard_is_recorded_once_a_call() {
    let mut play = Play::default();
    play.called(Some(A)).event(Event::Heard).pass(5).event(Event::Heard).called(Some(B));
    play.event(Event::Heard);
    assert_eq!(play.told(&What::CallRung), [subject(Some(A)), subject(Some(B))]);
    let mut silent = Play::default();
    silent.called(Some(A)).pass(100);
    assert!(silent.told(&What::CallRung).is_empty(), "no loudspeaker, and it rings all the same");
}

#[test]
fn it_rings_out_and_whoever_calls_again_is_heard_again() {
    let mut play = Play::default();
    play.called(IDLE).pass(3 * 3600);
    assert_eq!(*play.seconds().last().unwrap(), 1795);
    assert_eq!(play.state.shown(None).band, Standing::StillRinging, "the band stays");
    let before = play.heard.len();
    play.called(IDLE).pass(5);
    assert_eq!(play.heard.len(), before + 2);
    assert_eq!(play.told(&What::StaffCalled).len(), 1, "one call");
}

#[test]
fn staff_who_come_and_forget_to_say_that_they_helped_claim_nothing() {
    let mut play = Play::default();
    play.called(Some(A)).pass(30).event(Event::Taken).pass(179);
    assert_eq!(play.state.shown(None).band, Standing::Coming);
    play.pass(1);
    assert_eq!(play.state.shown(None), Shown::default());
    assert!(play.told(&What::Helped).is_empty());
}

#[test]
fn a_call_found_at_the_start_rings_and_one_that_was_taken_does_not() {
    let found = |taken| Event::Found { subject: Subject::Visit(A, today()), taken };
    let mut play = Play::default();
    play.event(found(false)).pass(5);
    assert_eq!((play.seconds(), play.recorded.len()), (vec![0, 5], 0), "it is recorded already");
    let mut play = Play::default();
    play.event(found(true)).pass(5);
    assert_eq!((play.heard.len(), play.state.shown(None).band), (0, Standing::Coming));
}

/// Some event of a busy desk.
fn event() -> impl Strategy<Value = Event> {
    let visit = prop::sample::select(vec![A, B]);
    let either = prop::sample::select(vec![None, Some(A), Some(B), Some(EARLIER)]);
    prop_oneof![
        either.clone().prop_map(|visit| Event::Called { visit }),
        Just(Event::Arrived { proposed: A, visit: EARLIER, day: today() }),
        Just(Event::Heard),
        Just(Event::Taken),
        Just(Event::Helped),
        either.prop_map(|visit| Event::Met { visit }),
        visit.prop_map(|visit| Event::Left { visit }),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_an_open_call_is_heard_or_answered_and_every_answer_has_its_call(
        story in prop::collection::vec((event(), 0..200_u64), 0..40)
    ) {
        let mut play = Play::default();
        for (event, seconds) in story {
            play.event(event);
            let band = play.state.shown(None).band;
            prop_assert_eq!(band == Standing::None, !play.state.is_open());
            let waits = play.state.is_open() && play.state.bell != Bell::RungOut;
            prop_assert_eq!(play.due.is_some(), waits, "nothing is forgotten");
            let before = play.heard.len();
            let rings = matches!(band, Standing::Ringing | Standing::StillRinging)
                && play.state.bell != Bell::RungOut;
            play.pass(seconds);
            prop_assert!(rings || play.heard.len() == before, "it rings for nobody");
            prop_assert!(!rings || seconds < 15 || play.heard.len() > before, "it does not ring");
        }
        let mut open: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (subject, what) in &play.recorded {
            // A's call is told by either id, as the journal would.
            let key = match subject {
                Subject::Proposed(A) | Subject::Visit(EARLIER, _) | Subject::Proposed(EARLIER) => "A".to_owned(),
                Subject::Desk | Subject::Day(_) | Subject::Proposed(_) | Subject::Visit(..) => {
                    format!("{subject:?}")
                }
            };
            let (calls, taken) = open.entry(key).or_default();
            if *what == What::StaffCalled { *calls += 1; }
            if *what == What::CallTaken { *taken += 1; }
            prop_assert!(*taken <= *calls, "{:?}", play.recorded);
        }
    }
}
