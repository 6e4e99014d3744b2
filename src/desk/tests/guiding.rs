//! Guides, the number of the BHYT card, and how it went.

use super::*;

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
    assert_eq!((play.name(), play.session().sends.made), ("copy-number", 0));
    play.press(Press::SendFailed).press(Press::NextStep);
    assert_eq!((play.name(), play.step()), ("guide", 2), "the guide goes on behind it");
    assert_eq!(play.session().sends.made, 2, "one that failed, one that was taken");
    let recorded = format!("{:?}", play.recorded);
    assert!(!recorded.contains("0000000051"), "{recorded}");
    play.press(Press::StartOver);
    assert!(play.state.session.is_none());
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
