//! The desk played through, event by event.

use std::time::Duration;

use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::card::decode;
use crate::event::{Choice, Guidance, RecordUsed, Source, UnreadableCause};

const BUOI: &[u8] =
    "089150000001||Nguyễn Thị Bưởi|02011950|Nữ|Khóm Thử, Tri Tôn, An Giang|15042021".as_bytes();
const NUI: &[u8] =
    "089090000002||Trần Văn Núi|28021990|Nam|Khóm Thử, Tri Tôn, An Giang|04102024||||".as_bytes();

const TIMING: Timing = Timing {
    idle_warning: Duration::from_secs(30),
    idle_wipe: Duration::from_secs(45),
    guide_warning: Duration::from_secs(105),
    guide_wipe: Duration::from_secs(120),
    done: Duration::from_secs(6),
};

const STEPS: u32 = 3;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// A desk with a journal that answers when told to.
struct Play {
    state: State,
    now: Duration,
    visits: u128,
    recorded: Vec<(Option<VisitId>, What)>,
    arrivals: Vec<(VisitId, Option<CardKind>, AgeBand)>,
    wake: Option<Duration>,
}

impl Play {
    fn begin() -> Self {
        Self {
            state: State::default(),
            now: Duration::ZERO,
            visits: 0,
            recorded: Vec::new(),
            arrivals: Vec::new(),
            wake: None,
        }
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.now += Duration::from_secs(1);
        self.event_at_once(event)
    }

    fn event_at_once(&mut self, event: Event) -> &mut Self {
        self.visits += 1;
        let env = Env {
            now: self.now,
            today: today(),
            fresh: VisitId(Uuid::from_u128(self.visits)),
            timing: &TIMING,
            guide: &GuideOutline { id: "tich-hop-bhyt".to_owned(), version: 2, steps: STEPS },
        };
        let (state, effects) = step(std::mem::take(&mut self.state), event, &env);
        self.state = state;
        for effect in effects {
            match effect {
                Effect::Arrive { visit, card, age, .. } => self.arrivals.push((visit, card, age)),
                Effect::Record { visit, what } => self.recorded.push((visit, what)),
                Effect::Wake(after) => self.wake = Some(after),
                Effect::Rest => self.wake = None,
            }
        }
        self
    }

    fn scan(&mut self, record: &[u8]) -> &mut Self {
        self.event(Event::Scanned(decode(record, today())))
    }

    fn press(&mut self, press: Press) -> &mut Self {
        self.event(Event::Pressed(press))
    }

    fn visit(&self) -> VisitId {
        self.arrivals.last().unwrap().0
    }

    fn arrived(&mut self, number: u32, earlier: Option<Earlier>) -> &mut Self {
        let proposed = self.visit();
        self.event(Event::Arrived { proposed, number: VisitNo(number), earlier })
    }

    fn written(&mut self, what: Written) -> &mut Self {
        let proposed = self.visit();
        self.event(Event::Recorded { proposed, what })
    }

    fn wait(&mut self) -> &mut Self {
        self.now += self.wake.expect("the desk waits for something");
        self.event_at_once(Event::TimedOut)
    }

    fn name(&self) -> &'static str {
        match &self.state.place {
            Place::Idle => "idle",
            Place::Choosing(_) => "choosing",
            Place::Guiding { .. } => "guiding",
            Place::Saving { .. } => "saving",
            Place::Done { .. } => "done",
            Place::Unreadable(_) => "unreadable",
            Place::NotRecorded { .. } => "not recorded",
        }
    }

    fn session(&self) -> &Session {
        match &self.state.place {
            Place::Choosing(session)
            | Place::Guiding { session, .. }
            | Place::Saving { session, .. }
            | Place::Done { session, .. }
            | Place::NotRecorded { session, .. } => session,
            Place::Idle | Place::Unreadable(_) => panic!("nobody is at the desk"),
        }
    }

    fn whats(&self) -> Vec<&What> {
        self.recorded.iter().map(|(_, what)| what).collect()
    }
}

/// Something done at the desk.
type Act = fn(&mut Play);

fn chose(used: RecordUsed) -> What {
    What::Chose(Choice { used, source: Source::SelfDeclared })
}

fn guided(reached: u32, finished: bool) -> What {
    let guide = "tich-hop-bhyt".to_owned();
    What::Guided(Guidance { guide, version: 2, reached, steps: STEPS, finished })
}

#[test]
fn a_scan_and_one_touch_are_enough() {
    let mut play = Play::begin();
    play.scan(BUOI);
    assert_eq!(play.arrivals[0].1, Some(CardKind::Cccd));
    assert_eq!(play.arrivals[0].2, AgeBand::From70);
    let patient = &play.session().patient;
    assert_eq!(patient.given_name.as_ref().unwrap().reveal(), "Bưởi");
    assert_eq!((patient.address, patient.birth_year), (Address::Grandmother, Some(1950)));
    play.arrived(38, None).press(Press::ChooseVneid);
    assert_eq!(play.whats(), [&chose(RecordUsed::Vneid)]);
    assert_eq!(play.written(Written::Choice).name(), "done");
    assert_eq!(play.state.acknowledged(), Some(VisitNo(38)));
    assert_eq!(play.wake, Some(TIMING.done));
    assert_eq!(play.wait().name(), "idle");
    assert_eq!(play.wake, None, "an idle desk sleeps");
}

#[test]
fn nothing_is_acknowledged_before_the_journal_answers_for_the_choice() {
    let mut play = Play::begin();
    play.scan(BUOI).press(Press::ChoosePaper);
    assert_eq!(play.name(), "saving");
    assert_eq!(play.arrived(1, None).name(), "saving", "the arrival alone is not the choice");
    assert_eq!(play.written(Written::Other).name(), "saving");
    let stranger = VisitId(Uuid::from_u128(99));
    play.event(Event::Recorded { proposed: stranger, what: Written::Choice });
    assert_eq!(play.name(), "saving", "another visit's answer is not this one's");
    assert_eq!(play.written(Written::Choice).name(), "done");
}

#[test]
fn a_journal_that_fails_or_stays_silent_is_never_taken_for_success() {
    for fails in [true, false] {
        let mut play = Play::begin();
        play.scan(BUOI).arrived(1, None).press(Press::ChooseVneid);
        if fails {
            let proposed = play.visit();
            play.event(Event::NotRecorded { proposed });
        } else {
            play.wait();
        }
        assert_eq!(play.name(), "not recorded");
        assert_eq!(play.wait().name(), "idle");
    }
}

#[test]
fn an_answer_that_comes_late_still_counts() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(7, None).press(Press::ChooseVneid).wait();
    assert_eq!(play.name(), "not recorded");
    assert_eq!(play.written(Written::Choice).state.acknowledged(), Some(VisitNo(7)));
}

#[test]
fn the_need_for_guidance_is_recorded_before_the_first_step_and_its_end_after_the_last() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide);
    assert_eq!(play.whats(), [&chose(RecordUsed::Neither)]);
    assert_eq!(play.written(Written::Choice).name(), "guiding", "the guide goes on");
    play.press(Press::NextStep).press(Press::PreviousStep).press(Press::NextStep);
    play.press(Press::NextStep);
    assert_eq!(play.name(), "guiding");
    play.press(Press::NextStep);
    assert_eq!(play.whats().last(), Some(&&guided(3, true)));
    assert_eq!(play.name(), "saving");
    assert_eq!(play.written(Written::Guidance).name(), "done");
}

#[test]
fn leaving_a_guide_by_any_door_records_how_far_it_went() {
    let doors: [(&str, Act); 4] = [
        ("start over", |play| {
            play.press(Press::StartOver);
        }),
        ("back out of the first step", |play| {
            play.press(Press::PreviousStep).press(Press::PreviousStep);
        }),
        ("the next patient's card", |play| {
            play.scan(NUI);
        }),
        ("walking away", |play| {
            play.wait();
            for _ in 0..15 {
                play.wait();
            }
        }),
    ];
    for (door, leave) in doors {
        let mut play = Play::begin();
        play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide).press(Press::NextStep);
        let visit = play.visit();
        leave(&mut play);
        assert_eq!(play.recorded.last(), Some(&(Some(visit), guided(2, false))), "{door}");
    }
}

#[test]
fn the_same_card_twice_is_one_visit_and_another_card_is_the_next() {
    let mut play = Play::begin();
    play.scan(BUOI).scan(BUOI);
    assert_eq!(play.arrivals.len(), 1, "while the visit is under way");
    play.arrived(1, None).press(Press::ChooseVneid).scan(BUOI);
    assert_eq!(play.arrivals.len(), 1, "while it is being saved");
    play.written(Written::Choice).scan(BUOI);
    assert_eq!((play.arrivals.len(), play.name()), (2, "choosing"), "after it is done");
    play.scan(NUI);
    assert_eq!(play.arrivals.len(), 3);
    assert_eq!(play.session().patient.address, Address::Brother);
}

#[test]
fn two_cards_without_a_number_are_two_patients() {
    let token = b"VN1:Zm9vYmFyLXN5bnRoZXRpYy10b2tlbi0wMDAw";
    let mut play = Play::begin();
    play.scan(token).scan(token);
    assert_eq!(play.arrivals.len(), 2);
    assert_eq!(play.arrivals[0].1, Some(CardKind::Opaque));
}

#[test]
fn someone_without_a_card_is_as_welcome() {
    let mut play = Play::begin();
    play.press(Press::ContinueWithoutScan);
    assert_eq!((play.arrivals[0].1, play.arrivals[0].2), (None, AgeBand::Unknown));
    play.arrived(5, None).press(Press::ChoosePaper).written(Written::Choice);
    assert_eq!(play.state.acknowledged(), Some(VisitNo(5)));
}

#[test]
fn whoever_has_a_bad_card_goes_on_without_it() {
    let mut play = Play::begin();
    play.scan(b"???").press(Press::ContinueWithoutScan);
    assert_eq!((play.name(), play.arrivals.len()), ("choosing", 1));
}

#[test]
fn a_patient_who_walks_away_is_warned_then_wiped_and_stays_unfinished() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None);
    let scanned = play.now;
    play.wait();
    assert_eq!(play.session().patience, Patience::Warned { seconds: 15 });
    while play.name() == "choosing" {
        play.wait();
    }
    assert_eq!(play.now - scanned, TIMING.idle_wipe);
    assert_eq!(play.name(), "idle");
    assert_eq!(play.recorded, [], "no choice was made up");
}

#[test]
fn any_sign_of_life_ends_the_warning() {
    let signs: [Act; 4] = [
        |play| {
            play.press(Press::Stay);
        },
        |play| {
            play.event(Event::Touched);
        },
        |play| {
            play.scan(BUOI);
        },
        |play| {
            play.scan(b"???");
        },
    ];
    for sign in signs {
        let mut play = Play::begin();
        play.scan(BUOI).arrived(1, None).wait().wait();
        sign(&mut play);
        assert_eq!(play.session().patience, Patience::Calm);
        assert_eq!(play.wake, Some(TIMING.idle_warning));
    }
}

#[test]
fn a_trembling_finger_presses_once() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide);
    play.now += Duration::from_millis(299);
    play.event_at_once(Event::Pressed(Press::NextStep));
    assert!(matches!(play.state.place, Place::Guiding { step: 1, .. }));
    play.now += Duration::from_millis(300);
    play.event_at_once(Event::Pressed(Press::NextStep));
    assert!(matches!(play.state.place, Place::Guiding { step: 2, .. }));
}

#[test]
fn a_bad_scan_is_counted_without_a_visit_and_throws_nobody_out() {
    for (record, cause) in [
        (&b"001090000001|x|y"[..], UnreadableCause::FieldCount),
        (b"https://example.vn", UnreadableCause::WebAddress),
        (b"00020101021138000000000000000000", UnreadableCause::Payment),
        (b"???", UnreadableCause::Unknown),
    ] {
        let mut play = Play::begin();
        play.scan(record);
        assert_eq!(play.recorded, [(None, What::Unreadable { cause })]);
        assert_eq!((play.name(), play.arrivals.len()), ("unreadable", 0));
        assert_eq!(play.wait().name(), "idle");
        play.scan(BUOI).scan(record);
        assert_eq!(play.name(), "choosing");
    }
}

#[test]
fn calling_staff_is_recorded_once_and_stays_on_screen_after_the_patient() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).press(Press::CallStaff).press(Press::CallStaff);
    assert_eq!(play.recorded, [(Some(play.visit()), What::StaffCalled)]);
    play.press(Press::ChooseVneid).written(Written::Choice).wait();
    assert_eq!((play.name(), play.state.staff_called), ("idle", true));
    play.wait();
    assert!(!play.state.staff_called);
    assert_eq!(play.wake, None);
}

#[test]
fn the_reader_is_told_lost_and_found_once_each() {
    let mut play = Play::begin();
    play.event(Event::ReaderFound).event(Event::ReaderLost).event(Event::ReaderLost);
    assert!(play.state.reader_missing);
    play.event(Event::ReaderFound);
    assert_eq!(play.whats(), [&What::ReaderLost, &What::ReaderFound]);
    assert_eq!(play.name(), "idle");
}

#[test]
fn command_cards_do_what_touches_do() {
    let mut play = Play::begin();
    play.scan(b"TIEPDON:SKIP").arrived(1, None).scan(b"TIEPDON:GUIDE").scan(b"TIEPDON:NEXT");
    assert!(matches!(play.state.place, Place::Guiding { step: 2, .. }));
    play.scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:VNEID");
    assert_eq!(play.written(Written::Choice).name(), "done");
    play.scan(b"TIEPDON:START-OVER");
    assert_eq!(play.name(), "idle");
}

/// Everything that can happen, in any order.
fn any_event() -> impl Strategy<Value = u8> {
    0..20_u8
}

fn happen(play: &mut Play, event: u8) {
    let visit = play.arrivals.last().map_or(VisitId(Uuid::nil()), |(visit, ..)| *visit);
    match event {
        0 => play.scan(BUOI),
        1 => play.scan(NUI),
        2 => play.scan(b"noise"),
        3 => play.press(Press::ContinueWithoutScan),
        4 => play.press(Press::ChooseVneid),
        5 => play.press(Press::ChoosePaper),
        6 => play.press(Press::ChooseGuide),
        7 => play.press(Press::NextStep),
        8 => play.press(Press::PreviousStep),
        9 => play.press(Press::StartOver),
        10 => play.press(Press::CallStaff),
        11 => play.press(Press::Stay),
        12 => play.event(Event::Touched),
        13 => play.event(Event::TimedOut),
        14 => play.event(Event::Arrived { proposed: visit, number: VisitNo(1), earlier: None }),
        15 => play.event(Event::Recorded { proposed: visit, what: Written::Choice }),
        16 => play.event(Event::Recorded { proposed: visit, what: Written::Guidance }),
        17 => play.event(Event::NotRecorded { proposed: visit }),
        18 => play.event(Event::ReaderLost),
        _ => play.event(Event::ReaderFound),
    };
}

proptest! {
    #[test]
    fn from_anywhere_the_desk_comes_back_to_idle_by_waiting_alone(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut play = Play::begin();
        for event in events {
            happen(&mut play, event);
        }
        for _ in 0..60 {
            if play.wake.is_none() {
                break;
            }
            play.wait();
        }
        prop_assert_eq!(play.name(), "idle");
        prop_assert_eq!(play.wake, None);
    }

    #[test]
    fn start_over_leads_to_idle_from_anywhere(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut play = Play::begin();
        for event in events {
            happen(&mut play, event);
        }
        play.press(Press::StartOver);
        prop_assert_eq!(play.name(), "idle");
    }

    #[test]
    fn every_event_of_a_visit_names_a_visit_that_arrived(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut play = Play::begin();
        for event in events {
            happen(&mut play, event);
        }
        for (visit, _) in &play.recorded {
            if let Some(visit) = visit {
                prop_assert!(play.arrivals.iter().any(|(arrived, ..)| arrived == visit));
            }
        }
    }
}
