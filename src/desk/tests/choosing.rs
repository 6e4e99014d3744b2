//! From a scan, a card or no card to a choice.

use super::*;

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
fn someone_without_a_card_is_as_welcome() {
    let mut play = Play::begin();
    play.press(Press::ContinueWithoutScan);
    assert_eq!((play.arrivals[0].1, play.arrivals[0].2), (None, AgeBand::Unknown));
    play.arrived(5, None).press(Press::ChoosePaper).press(Press::Finish).written(Written::Choice);
    assert_eq!(play.state.acknowledged(), Some(VisitNo(5)));
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
    assert_eq!((play.name(), play.session().sends.made), ("copy-number", 1));
    play.scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK");
    assert_eq!(play.name(), "guides");
    play.scan(b"TIEPDON:BACK").scan(b"TIEPDON:BACK").scan(b"TIEPDON:VNEID");
    assert_eq!(play.answered().name(), "done");
    play.scan(b"TIEPDON:START-OVER").scan(b"TIEPDON:EN").scan(b"TIEPDON:LARGE");
    assert_eq!((play.name(), play.state.look.language), ("idle", Language::English));
    play.scan(b"TIEPDON:NOTICE");
    assert_eq!(play.name(), "notice");
}
