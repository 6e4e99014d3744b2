//! What the patient reads while the journal writes, fails or keeps silent.

use super::*;

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
