//! Bad codes, calls for staff, a reader that comes and goes.

use super::*;

#[test]
fn whoever_has_a_bad_card_goes_on_without_it() {
    let mut play = Play::begin();
    play.scan(b"???").press(Press::ContinueWithoutScan);
    assert_eq!((play.name(), play.arrivals.len()), ("choice", 1));
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
fn staff_are_called_from_the_visit_that_is_on_the_screen_or_from_none() {
    let mut play = Play::begin();
    play.press(Press::CallStaff);
    play.scan(BUOI).arrived(1, None).press(Press::CallStaff);
    assert_eq!(play.calls, [None, Some(play.visit())]);
    assert_eq!((play.name(), play.recorded.len()), ("choice", 0));
}

#[test]
fn the_cards_of_the_staff_about_calls_change_nothing_on_a_patients_page() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None).scan(b"TIEPDON:COMING").scan(b"TIEPDON:HELPED");
    assert_eq!((play.name(), play.recorded.len()), ("choice", 0));
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
