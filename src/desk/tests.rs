//! The desk played through, event by event.

mod graph;

use std::time::Duration;

use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::card::{Issuer, decode};
use crate::event::{
    Choice, Guidance, Hindrance, Integration, IntegrationResult, Obstacle, RecordUsed, Source,
    UnreadableCause,
};
use crate::guide::Language;

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

const CARD: &[u8] = b"GD4010000000051";

/// A guide that asks how it went, and one that installs VNeID.
fn offer() -> Offer {
    let guide = |id: &str, asks_result| GuideOutline {
        id: id.to_owned(),
        version: 2,
        steps: STEPS,
        asks_result,
    };
    Offer {
        guides: vec![guide("tich-hop-bhyt", true), guide("cai-vneid-muc-2", false)],
        install: Some(1),
    }
}

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
    /// How many of the recorded events the journal has answered for.
    answered: usize,
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
            answered: 0,
        }
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.now += Duration::from_secs(1);
        self.event_at_once(event)
    }

    fn event_at_once(&mut self, event: Event) -> &mut Self {
        self.visits += 1;
        let offer = offer();
        let env = Env {
            now: self.now,
            today: today(),
            fresh: VisitId(Uuid::from_u128(self.visits)),
            timing: &TIMING,
            offer: &offer,
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

    /// The journal answers for everything it was asked and has not answered.
    fn answered(&mut self) -> &mut Self {
        let Some((proposed, ..)) = self.arrivals.last().copied() else { return self };
        let whats: Vec<Written> = self
            .recorded
            .iter()
            .skip(self.answered)
            .filter(|(visit, _)| *visit == Some(proposed))
            .map(|(_, what)| Written::of(what))
            .collect();
        self.answered = self.recorded.len();
        for what in whats {
            self.event_at_once(Event::Recorded { proposed, what });
        }
        self
    }

    /// Scanned, numbered, and in need of guidance with everything it takes.
    fn at_the_guides() -> Self {
        let mut play = Self::begin();
        play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide).press(Press::Answer(1));
        play
    }

    fn name(&self) -> &'static str {
        self.state.place.name()
    }

    fn step(&self) -> u32 {
        if let Place::Guiding(reading) = self.state.place { reading.step } else { 0 }
    }

    fn session(&self) -> &Session {
        self.state.session.as_ref().expect("somebody is at the desk")
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

fn guided(guide: &str, reached: u32, finished: bool) -> What {
    let guide = guide.to_owned();
    What::Guided(Guidance { guide, version: 2, reached, steps: STEPS, finished })
}

fn hindered(obstacle: Obstacle) -> What {
    What::Hindered(Hindrance { obstacle, source: Source::SelfDeclared })
}

fn integrated(result: IntegrationResult) -> What {
    What::Integrated(Integration { result, source: Source::SelfDeclared })
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
    play.scan(BUOI).press(Press::ChooseVneid);
    assert_eq!(play.name(), "saving");
    assert_eq!(play.arrived(1, None).name(), "saving", "the arrival alone is not the choice");
    assert_eq!(play.written(Written::Other).name(), "saving");
    let stranger = VisitId(Uuid::from_u128(99));
    play.event(Event::Recorded { proposed: stranger, what: Written::Choice });
    assert_eq!(play.name(), "saving", "another visit's answer is not this one's");
    assert_eq!(play.written(Written::Choice).name(), "done");
}

#[test]
fn paper_asks_why_once_and_takes_no_for_an_answer() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).press(Press::ChoosePaper);
    assert_eq!(play.whats(), [&chose(RecordUsed::Paper)], "recorded before the question");
    assert_eq!(play.written(Written::Choice).name(), "reason");
    play.press(Press::Finish);
    assert_eq!(play.name(), "done", "nothing is waited for any more");

    for (number, obstacle) in (1..).zip(press::REASONS) {
        let mut play = Play::begin();
        play.scan(BUOI).arrived(1, None).press(Press::ChoosePaper).press(Press::Answer(number));
        assert_eq!(play.whats().last(), Some(&&hindered(obstacle)));
        assert_eq!(play.written(Written::Choice).name(), "saving", "the reason is not durable yet");
        assert_eq!(play.written(Written::Obstacle).name(), "done");
    }
}

#[test]
fn whoever_lacks_something_is_told_what_and_where_and_is_counted() {
    for (number, obstacle, place) in [
        (2, Obstacle::NoVneid, "guide"),
        (3, Obstacle::NoLevel2, "bring"),
        (4, Obstacle::NoSmartphone, "bring"),
    ] {
        let mut play = Play::begin();
        play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide).press(Press::Answer(number));
        assert_eq!(play.whats(), [&chose(RecordUsed::Neither), &hindered(obstacle)]);
        assert_eq!(play.name(), place);
        play.press(Press::Finish).answered();
        assert_eq!(play.name(), "done");
    }
}

#[test]
fn how_the_integration_went_is_asked_after_the_guide_that_asks() {
    let results = [
        (1, IntegrationResult::Done),
        (2, IntegrationResult::Sent),
        (4, IntegrationResult::Already),
        (5, IntegrationResult::Later),
    ];
    for (number, result) in results {
        let mut play = Play::at_the_guides();
        play.press(Press::Answer(1));
        for _ in 0..STEPS {
            play.press(Press::NextStep);
        }
        assert_eq!(play.name(), "result");
        play.press(Press::Answer(number));
        assert_eq!(play.whats().last(), Some(&&integrated(result)));
        assert_eq!(play.answered().name(), "done");
    }
    for (number, result) in (1..).zip(press::CAUSES) {
        let mut play = Play::at_the_guides();
        play.press(Press::Answer(1));
        for _ in 0..STEPS {
            play.press(Press::NextStep);
        }
        play.press(Press::Answer(3));
        assert_eq!(play.name(), "cause");
        play.press(Press::Answer(number));
        assert_eq!(play.whats().last(), Some(&&integrated(result)));
    }
    let mut play = Play::at_the_guides();
    play.press(Press::Answer(2));
    for _ in 0..STEPS {
        play.press(Press::NextStep);
    }
    assert_eq!(play.name(), "saving", "the other guide has nothing to ask");
}

#[test]
fn a_number_is_typed_or_scanned_and_nothing_of_it_is_recorded() {
    let mut play = Play::at_the_guides();
    play.press(Press::Answer(1)).press(Press::CheckNumber);
    assert_eq!(play.name(), "check-number");
    for sign in "GD8".chars() {
        play.press(Press::Type(sign));
    }
    assert_eq!(play.press(Press::NextStep).name(), "check-number", "not while it is wrong");
    play.press(Press::Type('4')).press(Press::Erase).press(Press::Issuer(Issuer::Army));
    assert_eq!(play.session().card_number.signs(), "GD");
    let arrivals = play.arrivals.len();
    play.scan(CARD);
    assert_eq!(play.arrivals.len(), arrivals, "a card held to the reader here is no new patient");
    assert_eq!(play.session().card_number.signs(), "GD4010000000051");
    play.press(Press::NextStep);
    assert_eq!((play.name(), play.session().sends_left), ("copy-number", 3));
    for left in [2, 1, 0, 0] {
        play.press(Press::SendFailed);
        assert_eq!(play.session().sends_left, left);
    }
    play.press(Press::NextStep);
    assert_eq!((play.name(), play.step()), ("guide", 2), "the guide goes on behind it");
    let recorded = format!("{:?}", play.recorded);
    assert!(!recorded.contains("0000000051"), "{recorded}");
    play.press(Press::StartOver);
    assert!(play.state.session.is_none());
}

#[test]
fn two_keys_in_a_hurry_are_two_and_one_key_twice_is_a_tremble() {
    let mut play = Play::at_the_guides();
    play.press(Press::CheckNumber).press(Press::Type('G'));
    for (sign, typed) in [('D', "GD"), ('D', "GD"), ('4', "GD4")] {
        play.now += Duration::from_millis(90);
        play.event_at_once(Event::Pressed(Press::Type(sign)));
        assert_eq!(play.session().card_number.signs(), typed);
    }
}

#[test]
fn the_look_is_gone_with_whoever_chose_it() {
    let mut play = Play::begin();
    play.press(Press::Look(Change::Large)).press(Press::Look(Change::Language(Language::Khmer)));
    assert!(play.state.look.large);
    play.scan(BUOI).arrived(1, None).press(Press::ChooseVneid).answered();
    assert_eq!(play.state.look.language, Language::Khmer, "to the end of the visit");
    play.wait();
    assert_eq!((play.name(), play.state.look), ("idle", Look::default()));

    play.press(Press::Look(Change::Contrast));
    assert_eq!(play.wake, Some(TIMING.idle_wipe), "whoever only looks at it leaves it too");
    play.wait();
    assert_eq!((play.state.look, play.wake), (Look::default(), None));
}

#[test]
fn nobody_gets_the_look_of_the_patient_before() {
    let english = Press::Look(Change::Language(Language::English));
    let is_english = |play: &Play| play.state.look.language == Language::English;
    let mut play = Play::begin();
    play.press(english).scan(BUOI);
    assert!(is_english(&play), "chosen before the scan, for it");
    play.arrived(1, None).press(Press::ChooseVneid).answered().scan(BUOI);
    assert!(is_english(&play), "the same patient again");
    play.scan(NUI);
    assert!(!is_english(&play), "the next one");

    let mut play = Play::begin();
    play.press(english).scan(BUOI).arrived(1, None).press(Press::ChooseVneid).answered();
    play.press(Press::StartOver);
    assert!(!is_english(&play), "the visit is over");

    let mut play = Play::begin();
    play.press(english).scan(b"???").wait();
    assert!(is_english(&play), "a bad card is tried again");
}

#[test]
fn whoever_reads_or_chooses_the_look_has_all_the_time() {
    for open in [Press::ShowNotice, Press::ShowDisplay] {
        let mut play = Play::begin();
        play.press(open);
        for act in [Event::Touched, Event::Pressed(Press::Look(Change::Large))] {
            play.wake = None;
            play.event(act);
            assert_eq!(play.wake, Some(TIMING.idle_wipe), "{open:?}");
        }
    }
}

#[test]
fn no_key_of_a_number_outlives_the_session() {
    let mut play = Play::at_the_guides();
    play.press(Press::CheckNumber).press(Press::Type('G')).wait();
    for _ in 0..TIMING.guide_wipe.as_secs() {
        if play.name() == "idle" {
            break;
        }
        play.wait();
    }
    assert_eq!(play.name(), "idle");
    assert!(!matches!(play.state.last_press, Some((Press::Type(_), _))));
}

#[test]
fn what_the_disk_refused_meanwhile_is_tried_again_with_the_next_word() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).press(Press::ChoosePaper);
    let proposed = play.visit();
    play.event(Event::NotRecorded { proposed });
    assert_eq!(play.name(), "reason");
    play.press(Press::Answer(1));
    let again = play.whats().iter().filter(|what| ***what == chose(RecordUsed::Paper)).count();
    assert_eq!(again, 2);
    play.written(Written::Obstacle);
    assert_eq!(play.name(), "saving", "nothing is claimed before the choice is durable");
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
        assert_eq!(play.name(), "not-recorded");
        assert_eq!(play.wait().name(), "idle");
    }
}

#[test]
fn an_answer_that_comes_late_still_counts() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(7, None).press(Press::ChooseVneid).wait();
    assert_eq!(play.name(), "not-recorded");
    assert_eq!(play.written(Written::Choice).state.acknowledged(), Some(VisitNo(7)));
}

#[test]
fn the_need_for_guidance_is_recorded_before_the_first_step_and_its_end_after_the_last() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide);
    assert_eq!(play.whats(), [&chose(RecordUsed::Neither)]);
    assert_eq!(play.written(Written::Choice).name(), "prepare", "the patient goes on");
    play.press(Press::Answer(1)).press(Press::Answer(2));
    play.press(Press::NextStep).press(Press::Back).press(Press::NextStep);
    play.press(Press::NextStep);
    assert_eq!(play.name(), "guide");
    play.press(Press::NextStep);
    assert_eq!(play.whats().last(), Some(&&guided("cai-vneid-muc-2", 3, true)));
    assert_eq!(play.name(), "saving");
    assert_eq!(play.written(Written::Guidance).name(), "done");
}

#[test]
fn leaving_a_guide_by_any_door_records_how_far_it_went() {
    let doors: [(&str, Act); 6] = [
        ("start over", |play| {
            play.press(Press::StartOver);
        }),
        ("back out of the first step", |play| {
            play.press(Press::Back).press(Press::Back);
        }),
        ("into the room", |play| {
            play.press(Press::Finish);
        }),
        ("from the number check", |play| {
            play.press(Press::CheckNumber).press(Press::StartOver);
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
        let mut play = Play::at_the_guides();
        play.press(Press::Answer(1)).press(Press::NextStep);
        let visit = play.visit();
        leave(&mut play);
        let last = play.recorded.last();
        assert_eq!(last, Some(&(Some(visit), guided("tich-hop-bhyt", 2, false))), "{door}");
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
    assert_eq!((play.arrivals.len(), play.name()), (2, "choice"), "after it is done");
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
    play.arrived(5, None).press(Press::ChoosePaper).press(Press::Finish).written(Written::Choice);
    assert_eq!(play.state.acknowledged(), Some(VisitNo(5)));
}

#[test]
fn whoever_has_a_bad_card_goes_on_without_it() {
    let mut play = Play::begin();
    play.scan(b"???").press(Press::ContinueWithoutScan);
    assert_eq!((play.name(), play.arrivals.len()), ("choice", 1));
}

#[test]
fn a_patient_who_walks_away_is_warned_then_wiped_and_stays_unfinished() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None);
    let scanned = play.now;
    play.wait();
    assert_eq!(play.session().patience, Patience::Warned { seconds: 15 });
    while play.name() == "choice" {
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
    play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide).press(Press::Answer(1));
    play.press(Press::Answer(1));
    play.now += Duration::from_millis(299);
    play.event_at_once(Event::Pressed(Press::NextStep));
    assert_eq!(play.step(), 1);
    play.now += Duration::from_millis(300);
    play.event_at_once(Event::Pressed(Press::NextStep));
    assert_eq!(play.step(), 2);
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
        assert_eq!(play.name(), "choice");
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
    play.scan(b"TIEPDON:SKIP").arrived(1, None).scan(b"TIEPDON:GUIDE").scan(b"TIEPDON:1");
    play.scan(b"TIEPDON:1").scan(b"TIEPDON:NEXT");
    assert_eq!(play.step(), 2);
    play.scan(b"TIEPDON:CHECK-NUMBER")
        .scan(CARD)
        .scan(b"TIEPDON:NEXT")
        .scan(b"TIEPDON:SEND-FAILED");
    assert_eq!((play.name(), play.session().sends_left), ("copy-number", 2));
    play.scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK");
    assert_eq!(play.name(), "guides");
    play.scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:VNEID");
    assert_eq!(play.answered().name(), "done");
    play.scan(b"TIEPDON:START-OVER").scan(b"TIEPDON:EN").scan(b"TIEPDON:LARGE");
    assert_eq!((play.name(), play.state.look.language), ("idle", Language::English));
    play.scan(b"TIEPDON:NOTICE");
    assert_eq!(play.name(), "notice");
}

/// Everything that can happen, in any order.
fn any_event() -> impl Strategy<Value = u8> {
    0..32_u8
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
        8 => play.press(Press::Back),
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
        19 => play.event(Event::ReaderFound),
        20 => play.press(Press::Finish),
        21 => play.press(Press::CheckNumber),
        22 => play.scan(CARD),
        23 => play.press(Press::SendFailed),
        24 => play.press(Press::ShowNotice),
        25 => play.press(Press::ShowDisplay),
        26 => play.press(Press::Look(Change::Large)),
        27 => play.event(Event::Recorded { proposed: visit, what: Written::Obstacle }),
        28 => play.answered(),
        number => play.press(Press::Answer(number - 28)),
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
        prop_assert!(play.state.session.is_none());
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
