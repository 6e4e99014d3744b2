//! The number of the BHYT card, and what was sent.

use super::*;
use crate::card::{NumberForm, NumberRule, Pattern, Verdict};

impl Play {
    /// At the number check, from the list of guides.
    fn at_the_number() -> Self {
        let mut play = Self::at_the_guides();
        play.press(Press::CheckNumber);
        play
    }

    fn types(&mut self, text: &str) -> &mut Self {
        for sign in text.chars() {
            self.press(Press::Type(sign));
        }
        self
    }

    fn verdict(&self) -> Verdict {
        self.session().card_number.verdict()
    }

    fn integrations(&self) -> Vec<IntegrationResult> {
        let told = |what: &What| {
            if let What::Integrated(told) = what { Some(told.result) } else { None }
        };
        self.recorded.iter().filter_map(|(_, what)| told(what)).collect()
    }
}

#[test]
fn a_citizen_number_is_neither_cut_nor_called_a_card_number() {
    let mut play = Play::at_the_number();
    play.types("089150000001");
    assert_eq!(play.session().card_number.signs(), "089150000001", "every digit stays in sight");
    assert_eq!(play.verdict(), Verdict::TooLong { length: 10, is_personal: true });
    assert_eq!(play.press(Press::NextStep).name(), "check-number", "there is no way on with it");
    play.press(Press::Erase).press(Press::Erase);
    assert_eq!(play.verdict(), Verdict::Right, "ten digits of it are of the right form");
    play.types("1").press(Press::EraseAll);
    assert_eq!((play.session().card_number.signs(), play.name()), ("", "check-number"));
}

#[test]
fn a_citizen_card_at_the_number_is_told_and_what_was_typed_stays() {
    for card in [BUOI, b"089150000001"] {
        let mut play = Play::at_the_number();
        play.types("GD40").scan(card);
        assert!(play.session().citizen_card_shown);
        assert_eq!((play.name(), play.session().card_number.signs()), ("check-number", "GD40"));
        assert_eq!(play.arrivals.len(), 1, "the same patient");
        play.types("1");
        assert!(!play.session().citizen_card_shown, "the patient goes on");
        play.scan(card).scan(CARD);
        assert!(!play.session().citizen_card_shown);
        assert_eq!(play.verdict(), Verdict::Right, "the BHYT card fills it in");
    }
}

#[test]
fn somebody_elses_citizen_card_at_the_number_counts_and_takes_nothing_away() {
    let mut play = Play::at_the_number();
    let visit = play.session().visit;
    play.types("GD40").scan(NUI);
    assert_eq!(play.arrivals.len(), 2, "the next patient is counted at once");
    assert_ne!(play.arrivals[1].0, visit);
    assert_eq!(
        (play.arrivals[1].1, play.arrivals[1].2),
        (Some(CardKind::CanCuoc), AgeBand::From14)
    );
    assert_eq!((play.name(), play.session().visit), ("check-number", visit));
    assert_eq!(play.session().card_number.signs(), "GD40");
}

#[test]
fn a_patient_without_a_card_who_shows_it_at_the_number_is_still_one_visit() {
    let mut play = Play::begin();
    play.press(Press::ContinueWithoutScan).arrived(1, None);
    play.press(Press::ChooseGuide).press(Press::Answer(1)).press(Press::CheckNumber);
    play.types("00").scan(BUOI);
    assert_eq!((play.arrivals.len(), play.name()), (1, "check-number"));
    assert_eq!(play.session().card_number.signs(), "00");
}

/// As a file may allow it once the personal number stands for the BHXH number.
fn twelve_digits() -> Offer {
    let today = NumberRule::default();
    let twelve = NumberForm {
        pattern: Pattern::read("999999999999").unwrap(),
        ..today.forms().next().unwrap().clone()
    };
    let mut offer = offer();
    offer.guides[0].number_rule =
        NumberRule::of(today.forms().cloned().chain([twelve])).map(std::sync::Arc::new);
    offer
}

#[test]
fn a_file_that_allows_twelve_digits_is_followed_from_the_guide_and_from_the_list() {
    let ways: [Act; 2] = [
        |play| {
            play.press(Press::CheckNumber);
        },
        |play| {
            play.press(Press::Answer(1)).press(Press::CheckNumber);
        },
    ];
    for way in ways {
        let mut play = Play::at_the_guides();
        play.offer = twelve_digits();
        way(&mut play);
        play.types("089150000001");
        assert_eq!(play.verdict(), Verdict::Right);
        play.press(Press::EraseAll).scan(BUOI);
        assert_eq!(play.session().card_number.signs(), "089150000001", "the card fills it in");
        assert!(!play.session().citizen_card_shown);
        assert_eq!(play.press(Press::NextStep).name(), "copy-number");
    }
}

#[test]
fn what_is_sent_from_the_direct_check_is_recorded() {
    let mut play = Play::at_the_number();
    play.scan(CARD).press(Press::NextStep);
    assert_eq!(play.name(), "copy-number");
    play.press(Press::NextStep);
    assert_eq!((play.name(), play.integrations()), ("saving", vec![IntegrationResult::Sent]));
    assert_eq!(play.answered().name(), "done");
}

#[test]
fn what_is_sent_from_a_guide_is_recorded_and_told_again_at_its_end() {
    let mut play = Play::at_the_guides();
    play.press(Press::Answer(1)).press(Press::CheckNumber).scan(CARD).press(Press::NextStep);
    play.press(Press::NextStep);
    assert_eq!((play.name(), play.integrations()), ("guide", vec![IntegrationResult::Sent]));
    for _ in 1..STEPS {
        play.press(Press::NextStep);
    }
    play.press(Press::Answer(3)).press(Press::Answer(2));
    assert_eq!(play.integrations().last(), Some(&IntegrationResult::AlreadyApproved));
}

#[test]
fn three_requests_that_failed_end_the_sending_and_are_recorded() {
    for in_guide in [false, true] {
        let mut play = Play::at_the_guides();
        if in_guide {
            play.press(Press::Answer(1));
        }
        play.press(Press::CheckNumber).scan(CARD).press(Press::NextStep);
        for made in [1, 2, 3, 3] {
            assert!(!play.session().sends.are_spent() || made == 3);
            play.press(Press::SendFailed);
            assert_eq!((play.name(), play.session().sends.made), ("copy-number", made));
        }
        assert!(play.session().sends.are_spent());
        assert_eq!(play.integrations(), [IntegrationResult::ThreeADay], "once");
        play.press(Press::Back).press(Press::NextStep);
        assert!(play.session().sends.are_spent(), "the page says so when it is opened again");
        play.press(Press::NextStep);
        assert_eq!((play.name(), play.integrations().len()), ("saving", 1), "the way out");
        assert_eq!(play.answered().name(), "done");
        let guided = play.whats().into_iter().filter(|what| matches!(what, What::Guided(_)));
        assert_eq!(guided.count(), usize::from(in_guide));
    }
}

#[test]
fn a_request_that_was_taken_is_not_called_a_failure_by_the_third() {
    let mut play = Play::at_the_guides();
    play.press(Press::Answer(1)).press(Press::CheckNumber).scan(CARD);
    play.press(Press::NextStep).press(Press::SendFailed).press(Press::NextStep);
    assert_eq!(play.name(), "guide");
    play.press(Press::Back).press(Press::CheckNumber).press(Press::NextStep);
    play.press(Press::SendFailed);
    assert!(play.session().sends.are_spent());
    assert_eq!(play.integrations(), [IntegrationResult::Sent]);
}

/// A BHYT card that bears the personal number, as it is announced.
const NEWER_CARD: &[u8] =
    b"089150000001|4e677579e1bb856e205468e1bb8b2042c6b0e1bb9f69|02/01/1950|2|-|\
    89 - 001|01/01/2026|-|20/12/2025|-|-|4|01/01/2030|0123456789abcdef-7102|-|-|$";

#[test]
fn a_bhyt_card_whose_form_is_not_known_is_not_taken_for_a_citizen_card() {
    let mut play = Play::at_the_number();
    play.scan(NEWER_CARD);
    assert_eq!((play.arrivals.len(), play.name()), (1, "check-number"));
    let number = &play.session().card_number;
    assert_eq!(number.verdict(), Verdict::TooLong { length: 10, is_personal: true });
    assert!(number.is_scanned() && !play.session().citizen_card_shown);
    play.press(Press::Erase);
    assert!(!play.session().card_number.is_scanned(), "somebody has changed it");
}
