//! Calls at the real pages, with a player that writes down what it is handed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::*;
use crate::call::Tone;
use crate::event::{Event as Stored, Role};
use crate::voice::chime;

fn new_data() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

/// What stands in the staff's list, without what is known of a visit.
fn notes(play: &Play) -> Vec<String> {
    play.kiosk.staff_view().rows.into_iter().map(|row| row.notes).collect()
}

/// A kiosk and its loudspeaker.
struct Hall {
    play: Play,
    heard: PathBuf,
}

impl Hall {
    fn open() -> Self {
        Self::open_in(new_data(), "exit 0", Clock::simulated(MORNING_MS, CLOCK_SPEED))
    }

    /// The player writes the length of what it is handed, and then does this.
    fn open_in(data: Arc<TempDir>, then: &str, clock: Clock) -> Self {
        let (program, heard) = (data.path().join("player"), data.path().join("heard"));
        let script = format!("#!/bin/sh\nwc -c >> {}\n{then}\n", heard.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let platform = Arc::new(SimulatedMachine::default());
        let player = Some(Player::new(program));
        Self { play: Play::with_player(platform, data, clock, player), heard }
    }

    /// What was heard so far.
    fn tones(&self) -> Vec<Tone> {
        let text = fs::read_to_string(&self.heard).unwrap_or_default();
        let tone = |line: &str| {
            let length: usize = line.trim().parse().unwrap();
            let tones = [Tone::Call, Tone::Still];
            tones.into_iter().find(|tone| chime(*tone).len() == length).unwrap()
        };
        text.lines().map(tone).collect()
    }

    /// Waits until so many tones are heard, and no more.
    fn hears(&mut self, count: usize) {
        let until = Instant::now() + PATIENCE;
        while self.tones().len() < count || self.play.kiosk.calls.bell.is_sounding() {
            assert!(Instant::now() < until, "{:?} instead of {count}", self.tones());
            thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(self.tones().len(), count);
    }

    /// What the journal holds about calls.
    fn told(&mut self) -> Vec<Stored> {
        let mut events = self.play.events();
        events.retain(|event| {
            matches!(
                event.what,
                What::StaffCalled | What::CallRung | What::CallTaken | What::Helped
            )
        });
        events
    }

    fn whats(&mut self) -> Vec<What> {
        self.told().into_iter().map(|event| event.what).collect()
    }
}

#[test]
fn a_call_is_heard_in_its_rhythm_and_after_a_minute_with_another_tone() {
    let mut hall = Hall::open();
    hall.play.press("Gọi nhân viên");
    hall.hears(1);
    let mut expected = 1;
    for second in 1..=86 {
        hall.play.pass(Duration::from_secs(1));
        expected += usize::from([5, 10, 25, 40, 55, 70, 85].contains(&second));
        hall.hears(expected);
        let still = hall.play.reads("Vẫn đang gọi, xin đợi…");
        assert_eq!(still, second >= 60, "at {second} s");
        assert_eq!(hall.play.reads("Đã gọi nhân viên"), second < 60, "at {second} s");
    }
    let tones = hall.tones();
    assert!(tones[..6].iter().all(|tone| *tone == Tone::Call), "{tones:?}");
    assert_eq!(tones[6..], [Tone::Still; 2]);
}

#[test]
fn one_touch_on_the_band_takes_a_call_and_one_more_ends_it_without_a_pin() {
    let mut hall = Hall::open();
    hall.play.scan(&buoi());
    hall.play.press("Gọi nhân viên");
    hall.hears(1);
    assert!(!hall.play.reads("Gọi nhân viên"), "there is nothing left to press");
    hall.play.pass(Duration::from_secs(5));
    hall.hears(2);
    hall.play.press("Nhân viên: tôi đến");
    assert!(hall.play.reads("Nhân viên đang đến"), "{:?}", hall.play.labels());
    assert!(hall.play.reads("Sổ sức khỏe trên VNeID"), "the page stays as it was");
    hall.play.pass(Duration::from_secs(20));
    hall.hears(2);
    // A second of the desk is a millisecond.
    thread::sleep(Duration::from_millis(3));
    hall.play.press("Nhân viên: giúp xong");
    assert!(hall.play.reads("Gọi nhân viên"));
    assert!(!hall.play.reads("Nhân viên: giúp xong"));
    let told = hall.told();
    let whats: Vec<&What> = told.iter().map(|event| &event.what).collect();
    assert_eq!(whats, [&What::StaffCalled, &What::CallRung, &What::CallTaken, &What::Helped]);
    assert!(told.iter().all(|event| event.visit == told[0].visit && event.visit.is_some()));
    let figures = hall.play.figures();
    assert_eq!((figures.staff_calls, figures.calls.rung, figures.calls.taken), (1, 1, 1));
}

#[test]
fn a_call_outlives_the_patient_and_the_next_one_is_served() {
    let mut hall = Hall::open();
    hall.play.scan(&buoi());
    hall.play.press("Gọi nhân viên");
    hall.play.press("Sổ sức khỏe trên VNeID");
    hall.play.wait_for("Đã ghi nhận");
    assert!(hall.play.reads("Đã gọi nhân viên"));
    hall.play.press("Về màn hình đầu");
    assert!(hall.play.reads("Nhân viên: tôi đến"), "{:?}", hall.play.labels());
    hall.play.scan(&patient(1).citizen_card());
    assert!(hall.play.reads("Gọi nhân viên"), "the call is not this patient's");
    hall.play.press("Sổ sức khỏe trên VNeID");
    hall.play.wait_for("Đã ghi nhận");
    hall.play.scan(b"TIEPDON:COMING");
    assert!(hall.play.reads("Nhân viên: giúp xong"), "{:?}", hall.play.labels());
    assert!(hall.play.reads("Đã ghi nhận"), "a card of the staff takes nobody's page");
    hall.play.scan(b"TIEPDON:COMING");
    assert!(
        hall.play.reads("Nhân viên: giúp xong"),
        "a card that lies under the reader ends nothing"
    );
    hall.play.scan(b"TIEPDON:HELPED");
    assert!(!hall.play.reads("Nhân viên: giúp xong"));
    let told = hall.told();
    let of_one = told.iter().all(|event| event.visit == told[0].visit);
    assert!(of_one, "{told:?}");
    assert_eq!(told.last().unwrap().what, What::Helped);
}

#[test]
fn who_is_signed_in_takes_the_call_under_their_code_and_sees_it_as_a_row() {
    let mut hall = Hall::open();
    hall.play.set_up_the_head();
    hall.play.kiosk.handle(Message::Staff(Press::Lock));
    hall.play.press("Gọi nhân viên");
    hall.hears(1);
    hall.play.press("Dành cho nhân viên");
    assert!(hall.play.reads("Nhân viên: tôi đến"), "on the PIN pad too");
    hall.play.types("482915");
    hall.play.until("the head is signed in", |play| play.kiosk.staff.state.who.is_some());
    hall.play.press("Nhân viên: tôi đến");
    let is_row = |label: &String| label.starts_with("Gọi nhân viên, ");
    let row = hall.play.labels().into_iter().find(is_row).unwrap();
    hall.play.until("the row says so", |play| notes(play) == ["Nhân viên đang đến"]);
    hall.play.press(&row);
    hall.play.until("the row says so", |play| notes(play) == ["Đã giúp"]);
    assert!(!hall.play.reads("Nhân viên: giúp xong"), "the band has gone");
    let head = StaffCode::numbered(Role::Head, 1);
    let by: Vec<_> = hall.told().into_iter().map(|event| (event.what, event.by)).collect();
    assert_eq!(
        by,
        [
            (What::StaffCalled, None),
            (What::CallRung, None),
            (What::CallTaken, Some(head)),
            (What::Helped, Some(head))
        ]
    );
}

#[test]
fn a_call_rings_when_the_journal_refuses_and_when_the_loudspeaker_does() {
    let mut hall = Hall::open();
    if let Some(writer) = hall.play.writer.take() {
        writer.stop();
    }
    hall.play.press("Gọi nhân viên");
    hall.hears(1);
    assert!(hall.play.reads("Nhân viên: tôi đến"));

    let clock = Clock::simulated(MORNING_MS, CLOCK_SPEED);
    let mut hall = Hall::open_in(new_data(), "exit 1", clock);
    hall.play.press("Gọi nhân viên");
    hall.hears(1);
    hall.play.pass(Duration::from_secs(5));
    assert!(hall.play.kiosk.staff.health.bell_fails, "staff are told");
    assert!(hall.play.reads("Nhân viên: tôi đến"), "and it is seen");
    assert_eq!(hall.whats(), [What::StaffCalled], "it was not heard");
}

#[test]
fn a_program_that_starts_again_takes_up_a_young_call_and_leaves_an_old_one_alone() {
    for (later_minutes, rings) in [(2, true), (30, false)] {
        thread::spawn(move || {
            // As fast as time: how long ago the call was is what counts here.
            let mut hall = Hall::open_in(new_data(), "exit 0", Clock::simulated(MORNING_MS, 1));
            hall.play.press("Gọi nhân viên");
            hall.hears(1);
            // The journal has answered.
            hall.play.until("the call is counted", |play| !play.kiosk.tally.calls().is_empty());
            let data = hall.play.lose_power();
            let clock = Clock::simulated(MORNING_MS + later_minutes * 60_000, 1);
            let mut hall = Hall::open_in(data, "exit 0", clock);
            hall.hears(if rings { 2 } else { 1 });
            assert_eq!(hall.play.reads("Nhân viên: tôi đến"), rings);
            assert_eq!(hall.play.reads("Đã gọi nhân viên"), rings);
        })
        .join()
        .unwrap();
    }
}
