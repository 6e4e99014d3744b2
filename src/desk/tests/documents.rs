//! One person with several documents, and several people with codes alone.

use super::*;

impl Play {
    /// "Đã ghi nhận" is on the screen.
    fn is_done(&mut self) -> &mut Self {
        self.arrived(1, None).press(Press::ChooseVneid).answered();
        assert_eq!(self.name(), "done");
        self
    }

    fn visits(&self) -> usize {
        self.arrivals.len()
    }
}

#[test]
fn both_cards_of_one_person_are_one_visit_in_either_order() {
    for [first, second] in [[BUOI, HER_BHYT], [HER_BHYT, BUOI]] {
        let mut play = Play::begin();
        play.scan(first).scan(second);
        assert_eq!((play.visits(), play.also_shown.len(), play.name()), (1, 1, "choice"));
        play.is_done().scan(second);
        assert_eq!((play.visits(), play.name()), (2, "choice"), "the visit opens again");
        let mut play = Play::begin();
        play.scan(first).is_done().scan(second);
        assert_eq!((play.visits(), play.also_shown.len(), play.name()), (1, 1, "done"));
        assert_eq!(play.also_shown[0].0, play.visit());
    }
}

#[test]
fn two_people_who_share_name_and_birth_are_two() {
    let namesake = std::str::from_utf8(BUOI).unwrap().replace("089150000001", "089150000002");
    let mut play = Play::begin();
    play.scan(BUOI).scan(namesake.as_bytes());
    assert_eq!(play.visits(), 2);
    play.scan(HER_BHYT);
    assert_eq!(play.visits(), 2, "the card of one of them, who stands there");
}

/// Another code of the kind that VNeID shows.
fn code(number: u32) -> Vec<u8> {
    format!("VN1:c2FtcGxlLXRva2VuLW9mLW5vYm9k{number:04}").into_bytes()
}

fn changed(number: u32) -> Event {
    Event::CodeChanged(decode(&code(number), today()))
}

#[test]
fn vneids_code_is_the_answer_of_who_is_choosing_and_the_next_patients_afterwards() {
    let mut play = Play::begin();
    play.scan(BUOI).scan(CODE).scan(CODE);
    assert_eq!((play.visits(), play.also_shown.len()), (1, 1), "it lies there");
    play.scan(&code(1)).scan(&code(2));
    assert_eq!(play.visits(), 1, "and changes");
    play.is_done().scan(&code(3));
    assert_eq!((play.visits(), play.name()), (2, "choice"), "nobody is swallowed");
    play.scan(BUOI);
    assert_eq!(play.visits(), 2, "a code first, then the card");
    assert_eq!(play.session().patient.given_name.as_ref().unwrap().reveal(), "Bưởi");
}

#[test]
fn a_code_that_changes_under_the_reader_is_one_visit_and_never_nobodys() {
    let mut play = Play::begin();
    play.scan(CODE).event(changed(1)).event(changed(2));
    assert_eq!(play.visits(), 1);
    play.is_done().event(changed(3));
    assert_eq!((play.visits(), play.name(), play.wake), (1, "done", Some(TIMING.done)));
    play.wait().event(changed(4));
    assert_eq!((play.visits(), play.name()), (2, "choice"), "somebody waits to be counted");
}

#[test]
fn a_queue_of_people_with_codes_alone_is_as_many_visits_as_people() {
    let mut play = Play::begin();
    for person in 1..=10 {
        play.now += Duration::from_secs(2);
        play.scan(&code(person)).arrived(person, None).press(Press::ChooseVneid).answered();
        assert_eq!((play.visits(), play.name()), (usize::try_from(person).unwrap(), "done"));
    }
}

#[test]
fn who_went_on_without_a_card_and_finds_it_is_one_visit_as_long_as_they_are_there() {
    let mut play = Play::begin();
    play.press(Press::ContinueWithoutScan).scan(BUOI);
    assert_eq!((play.visits(), play.also_shown.len()), (1, 1));
    let mut play = Play::begin();
    play.press(Press::ContinueWithoutScan).wait().scan(BUOI);
    assert_eq!(play.visits(), 2, "nobody was there any more");
}

#[test]
fn a_bare_number_that_contradicts_the_card_is_somebody_elses() {
    let mut play = Play::begin();
    play.scan(HER_BHYT).scan(b"089150000001");
    assert_eq!(play.visits(), 1, "a woman born in 1950");
    play.scan(b"089090000002");
    assert_eq!(play.visits(), 2, "a man born in 1990");
}

#[test]
fn a_page_that_a_scan_has_just_changed_takes_no_press() {
    let mut play = Play::begin();
    play.scan(BUOI).arrived(1, None);
    play.scan(NUI);
    let of_nui = play.visit();
    for (after, taken) in [(120, false), (500, false), (100, true)] {
        play.now += Duration::from_millis(after);
        play.event_at_once(Event::Pressed(Press::ChooseVneid));
        assert_eq!(!play.recorded.is_empty(), taken, "{after}");
    }
    assert_eq!(play.recorded, [(Some(of_nui), chose(RecordUsed::Vneid))]);
}

#[test]
fn a_page_that_the_time_has_just_changed_takes_no_press() {
    let mut play = Play::begin();
    play.scan(BUOI).is_done().wait();
    assert_eq!(play.name(), "idle");
    play.now += Duration::from_millis(120);
    play.event_at_once(Event::Pressed(Press::CallStaff));
    assert!(play.calls.is_empty(), "meant for the page before");
    play.press(Press::CallStaff);
    assert_eq!(play.calls.len(), 1);
}
