//! A command card before any other.

use super::*;

const OF_NOBODY: [&[u8]; 10] = [
    b"TIEPDON:VNEID",
    b"TIEPDON:PAPER",
    b"TIEPDON:GUIDE",
    b"TIEPDON:1",
    b"TIEPDON:8",
    b"TIEPDON:NEXT",
    b"TIEPDON:BACK",
    b"TIEPDON:FINISH",
    b"TIEPDON:CHECK-NUMBER",
    b"TIEPDON:SEND-FAILED",
];

#[test]
fn a_command_card_of_nobody_is_answered_and_counts_nothing() {
    for code in OF_NOBODY {
        let mut play = Play::begin();
        play.scan(code);
        let named = String::from_utf8_lossy(code);
        assert!(play.state.card_first, "{named} is not answered");
        assert_eq!(play.name(), "idle", "{named}");
        assert!(play.arrivals.is_empty() && play.recorded.is_empty(), "{named} counts");
        let shown = play.wake.expect("the sentence goes away");
        assert!((5..=10).contains(&shown.as_secs()), "{named}: {shown:?}");
        play.wait();
        assert!(!play.state.card_first && play.name() == "idle", "{named} stays");
        assert_eq!(play.wake, None, "{named}");
    }
}

#[test]
fn the_sentence_ends_with_whatever_comes_next() {
    let mut play = Play::begin();
    play.scan(b"TIEPDON:VNEID").scan(BUOI);
    assert_eq!((play.name(), play.state.card_first), ("choice", false));
    play.arrived(1, None).scan(b"TIEPDON:VNEID");
    assert_eq!(play.answered().name(), "done");

    let mut play = Play::begin();
    play.scan(b"TIEPDON:VNEID").press(Press::ContinueWithoutScan);
    assert_eq!((play.name(), play.state.card_first), ("choice", false));
    let mut play = Play::begin();
    play.scan(b"TIEPDON:VNEID").press(Press::ShowNotice);
    assert_eq!((play.name(), play.state.card_first), ("notice", false));
}

#[test]
fn cards_for_everybody_act_on_the_idle_screen() {
    let mut play = Play::begin();
    play.scan(b"TIEPDON:SKIP");
    assert_eq!((play.name(), play.arrivals.len()), ("choice", 1));
    let mut play = Play::begin();
    play.scan(b"TIEPDON:EN").scan(b"TIEPDON:LARGE").scan(b"TIEPDON:CONTRAST");
    let look = play.state.look;
    assert_eq!((look.language, look.large, look.contrast), (Language::English, true, true));
    play.scan(b"TIEPDON:STAFF");
    assert!(play.calls.len() == 1 && !play.state.card_first);
    play.scan(b"TIEPDON:NOTICE");
    assert_eq!(play.name(), "notice");
    play.scan(b"TIEPDON:START-OVER");
    assert_eq!((play.name(), play.state.card_first), ("idle", false));
}

#[test]
fn a_choice_on_a_page_for_everybody_is_answered_and_the_way_on_still_leads_on() {
    for leads_there in [&b"TIEPDON:NOTICE"[..], b"???"] {
        let mut play = Play::begin();
        play.scan(leads_there).scan(b"TIEPDON:PAPER");
        assert_eq!((play.name(), play.state.card_first), ("idle", true));
        let mut play = Play::begin();
        play.scan(leads_there).scan(b"TIEPDON:BACK");
        assert_eq!((play.name(), play.state.card_first), ("idle", false));
        let mut play = Play::begin();
        play.scan(leads_there).scan(b"TIEPDON:NEXT");
        assert_eq!((play.name(), play.arrivals.len()), ("choice", 1));
    }
}

#[test]
fn the_sentence_takes_neither_a_call_nor_a_look_away() {
    let mut play = Play::begin();
    play.press(Press::CallStaff).scan(b"TIEPDON:EN").scan(b"TIEPDON:VNEID").wait();
    assert_eq!(play.calls.len(), 1);
    assert_eq!(play.state.look.language, Language::English);
    assert!(play.wake.is_some(), "they still end");
}
