//! A page that holds what a patient has typed, and who scans beside it.

use super::*;

fn typing() -> Play {
    let mut play = Play::at_the_guides();
    play.press(Press::CheckNumber).press(Press::Type('G')).press(Press::Type('D'));
    play
}

#[test]
fn who_scans_beside_a_typed_number_is_counted_and_waits_for_the_screen() {
    let mut play = typing();
    play.scan(NUI);
    assert_eq!((play.arrivals.len(), play.name()), (2, "check-number"));
    assert_eq!(play.session().card_number.signs(), "GD");
    assert_eq!(play.state.waiting_number(), None, "not told before it is durable");
    play.arrived(2, None).scan(NUI);
    assert_eq!((play.state.waiting_number(), play.arrivals.len()), (Some(VisitNo(2)), 2));

    play.press(Press::Finish).answered();
    assert_eq!(play.name(), "saving", "the journal has answered for the other visit alone");
}

#[test]
fn one_touch_lets_the_newcomer_go_first_and_what_was_typed_comes_back() {
    let mut play = typing();
    play.scan(NUI).arrived(2, None).press(Press::ServeNext);
    assert_eq!((play.name(), play.session().patient.address), ("choice", Address::Brother));
    play.press(Press::ChooseVneid).answered();
    assert_eq!(play.state.acknowledged(), Some(VisitNo(2)));
    play.wait();
    assert_eq!((play.name(), play.session().card_number.signs()), ("check-number", "GD"));
    play.press(Press::Type('4'));
    assert_eq!(play.session().card_number.signs(), "GD4");
}

#[test]
fn who_waits_comes_to_the_screen_by_itself_when_it_is_free() {
    let mut play = typing();
    play.scan(NUI).arrived(2, None).press(Press::StartOver);
    assert_eq!((play.name(), play.session().number), ("choice", Some(VisitNo(2))));
    play.press(Press::StartOver);
    assert_eq!((play.name(), play.state.session.is_none()), ("idle", true));
}

#[test]
fn an_empty_page_for_a_number_holds_nothing() {
    let mut play = Play::at_the_guides();
    play.press(Press::CheckNumber).scan(NUI);
    assert_eq!(play.name(), "choice");
}

#[test]
fn the_bhyt_card_of_another_person_does_not_overwrite_a_number_and_is_counted() {
    // A man born in 1990.
    let another = std::str::from_utf8(HER_BHYT).unwrap().replace("1950|2|", "1990|1|");
    let another = another.replace("GD4890000000051", "GD4890000000555");
    let mut play = typing();
    play.scan(another.as_bytes());
    assert_eq!((play.arrivals.len(), play.name()), (2, "check-number"));
    assert_eq!(play.session().card_number.signs(), "GD");
    play.scan(HER_BHYT);
    assert_eq!(play.session().card_number.signs(), "GD4890000000051", "her own");
}
