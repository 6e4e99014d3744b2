//! Time, trembling fingers, and what is gone with the patient.

use super::*;

#[test]
fn two_keys_in_a_hurry_are_two_and_one_key_twice_is_a_tremble() {
    let mut play = Play::at_the_guides();
    play.press(Press::CheckNumber).press(Press::Type('G'));
    for (sign, typed) in [('D', "GD"), ('D', "GD"), ('4', "GD4")] {
        play.now += Duration::from_millis(90);
        play.event_at_once(Event::Pressed(Press::Type(sign)));
        assert_eq!(play.session().card_number.signs(), typed);
    }
    for (sign, typed) in
        [('0', "GD40"), ('1', "GD401"), ('0', "GD4010"), ('0', "GD40100"), ('0', "GD401000")]
    {
        play.now += Duration::from_millis(200);
        play.event_at_once(Event::Pressed(Press::Type(sign)));
        assert_eq!(play.session().card_number.signs(), typed, "zeros in a row are meant");
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
