//! Whatever happens in whatever order.

use proptest::prelude::*;

use super::*;

/// Everything that can happen, in any order.
fn any_event() -> impl Strategy<Value = u8> {
    0..40_u8
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
        29 => play.scan(CODE),
        30 => play.event(Event::CodeChanged(decode(CODE, today()))),
        31 => play.press(Press::ServeNext),
        32 => play.scan(b"089090000002"),
        33 => play.press(Press::Type('0')),
        34 => play.press(Press::Type('G')),
        35 => play.press(Press::EraseAll),
        number => play.press(Press::Answer(number - 35)),
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
        for _ in 0..600 {
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
        // Who waits comes to the screen in turn.
        for _ in 0..=play.state.waiting.len() {
            play.press(Press::StartOver);
        }
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
