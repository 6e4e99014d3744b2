//! The kiosk on Slint's testing back end: real pages, real journal on a real file, found and
//! pressed by accessible label, with time told by the test.

use std::time::{Duration, Instant};

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, init_no_event_loop, mock_elapsed_time,
};
use slint::platform::PointerEventButton;
use tempfile::TempDir;

use super::*;
use crate::command::demo::patient;
use crate::event::{RecordUsed, StationDay};
use crate::journal::JournalReader;

/// 07:42 in Vietnam on 24 November 2026.
const MORNING_MS: i64 = 1_795_480_920_000;

/// One millisecond of the test is a second at the desk, so that no press is taken for a tremble.
const CLOCK_SPEED: u32 = 1000;

/// Longer than any commit here takes.
const PATIENCE: Duration = Duration::from_secs(10);

struct Play {
    kiosk: Kiosk,
    inbox: Receiver<Message>,
    data: TempDir,
    writer: Option<Writer>,
}

impl Play {
    fn open() -> Self {
        init_no_event_loop();
        let data = tempfile::tempdir().unwrap();
        let setup = Setup {
            configuration: Configuration::embedded().unwrap(),
            data: data.path().to_owned(),
            clock: Clock::simulated(MORNING_MS, CLOCK_SPEED),
            windowed: None,
        };
        let (kiosk, inbox, writer) = assemble(setup, Box::new(|_, _| {})).unwrap();
        kiosk.screen.show_window(Some((1280, 800))).unwrap();
        let mut play = Self { kiosk, inbox, data, writer: Some(writer) };
        play.settle();
        play
    }

    /// Handles what is in the mailbox, and runs Slint's change handlers.
    fn settle(&mut self) {
        mock_elapsed_time(Duration::ZERO);
        while let Ok(message) = self.inbox.try_recv() {
            self.kiosk.handle(message);
            mock_elapsed_time(Duration::ZERO);
        }
    }

    /// Waits for the journal until the screen reads `label`.
    fn wait_for(&mut self, label: &str) {
        let until = Instant::now() + PATIENCE;
        while self.labelled(label).is_empty() {
            assert!(
                Instant::now() < until,
                "{label:?} does not appear; there is {:?}",
                self.labels()
            );
            std::thread::sleep(Duration::from_millis(2));
            self.settle();
        }
    }

    fn pass(&mut self, time: Duration) {
        mock_elapsed_time(time);
        self.settle();
    }

    fn scan(&mut self, bytes: &[u8]) {
        let scan = card::decode(bytes, self.kiosk.clock.now().station_day().0);
        self.kiosk.handle(Message::Desk(Event::Scanned(scan)));
        self.settle();
    }

    /// Presses with a pointer, through real hit testing.
    fn press(&mut self, label: &str) {
        std::thread::sleep(Duration::from_millis(1));
        let mut buttons = self.buttons();
        buttons.retain(|button| button.accessible_label().is_some_and(|text| text == label));
        assert_eq!(buttons.len(), 1, "{label:?} among {:?}", self.labels());
        buttons[0].mock_single_click(PointerEventButton::Left);
        self.settle();
    }

    fn buttons(&self) -> Vec<ElementHandle> {
        ElementQuery::from_root(self.kiosk.screen.window())
            .match_accessible_role(AccessibleRole::Button)
            .find_all()
    }

    fn labelled(&self, label: &str) -> Vec<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.kiosk.screen.window(), label).collect()
    }

    fn reads(&self, label: &str) -> bool {
        !self.labelled(label).is_empty()
    }

    /// All a screen reader would find.
    fn labels(&self) -> Vec<String> {
        let all = ElementQuery::from_root(self.kiosk.screen.window()).match_predicate(|_| true);
        all.find_all().iter().filter_map(|e| Some(e.accessible_label()?.to_string())).collect()
    }

    fn figures(&mut self) -> crate::figures::DayFigures {
        if let Some(writer) = self.writer.take() {
            writer.stop();
        }
        let day: StationDay = "2026-11-24".parse().unwrap();
        let mut tally = Tally::new(day);
        for event in JournalReader::open(self.data.path()).unwrap().events_of(day).unwrap() {
            tally.add(&event);
        }
        tally.figures()
    }
}

/// "Nguyễn Thị Bưởi", 1950: the demo's first patient.
fn buoi() -> Vec<u8> {
    patient(0).citizen_card()
}

#[test]
fn a_patient_scans_presses_once_and_reads_the_number_of_the_day() {
    let mut play = Play::open();
    assert!(play.reads("Mời ông/bà quét mã QR"));
    play.scan(&buoi());
    assert!(play.reads("Xin chào bà Bưởi"), "{:?}", play.labels());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    assert!(play.labels().iter().any(|label| label.ends_with(" 1")), "{:?}", play.labels());
    play.pass(Duration::from_secs(6));
    assert!(play.reads("Mời ông/bà quét mã QR"));
    assert_eq!(play.figures().used.vneid_self_declared, 1);
}

#[test]
fn nobodys_name_stays_after_the_idle_time() {
    let mut play = Play::open();
    play.scan(&buoi());
    play.pass(Duration::from_secs(30));
    assert!(play.reads("Bà còn ở đây không?"), "{:?}", play.labels());
    for _ in 0..15 {
        assert!(!play.reads("Mời ông/bà quét mã QR"));
        play.pass(Duration::from_secs(1));
    }
    assert!(play.reads("Mời ông/bà quét mã QR"), "{:?}", play.labels());
    let left = play.labels().join(" ");
    assert!(!left.contains("Bưởi") && !left.contains("1950"), "{left}");
    assert_eq!(play.figures().used.unfinished, 1);
}

#[test]
fn whoever_says_they_are_still_here_has_all_the_time_again() {
    let mut play = Play::open();
    play.scan(&buoi());
    play.pass(Duration::from_secs(30));
    play.press("Tôi vẫn ở đây");
    assert!(play.reads("Sổ sức khỏe trên VNeID"));
    play.pass(Duration::from_secs(29));
    assert!(play.reads("Sổ sức khỏe trên VNeID"));
}

#[test]
fn the_guide_is_followed_to_its_end_and_leads_to_ghi_nhan() {
    let mut play = Play::open();
    play.press("Không quét – tiếp tục");
    play.press("Chưa có, cần hướng dẫn");
    let steps = play.kiosk.guide.steps;
    for _ in 1..steps {
        play.press("Đã xong, bước tiếp");
    }
    play.press("Đã xong");
    play.wait_for("Đã ghi nhận");
    let figures = play.figures();
    assert_eq!((figures.used.neither, figures.finished_guide, figures.without_card), (1, 1, 1));
}

#[test]
fn the_same_card_later_that_day_shows_what_was_recorded_and_counts_once() {
    let mut play = Play::open();
    play.scan(&buoi());
    play.press("Sổ khám bệnh bằng giấy");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    play.scan(&buoi());
    let until = Instant::now() + PATIENCE;
    while !play.labels().iter().any(|label| label.starts_with("Đã ghi nhận lúc 0")) {
        assert!(Instant::now() < until, "{:?}", play.labels());
        play.settle();
    }
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    let figures = play.figures();
    assert_eq!((figures.arrivals, figures.used.vneid(), figures.used.paper), (1, 1, 0));
}

#[test]
fn a_journal_that_cannot_write_is_told_to_the_patient_and_never_called_recorded() {
    let mut play = Play::open();
    play.scan(&buoi());
    // The journal is gone, as after a card that died: nobody answers any more.
    if let Some(writer) = play.writer.take() {
        writer.stop();
    }
    play.press("Sổ sức khỏe trên VNeID");
    assert!(!play.reads("Đã ghi nhận"));
    play.pass(Duration::from_secs(10));
    assert!(play.reads("Máy chưa ghi được"), "{:?}", play.labels());
}

#[test]
fn every_button_of_every_page_has_a_label_of_its_own() {
    let mut play = Play::open();
    let check = |play: &Play| {
        let buttons = play.buttons();
        let mut labels: Vec<_> =
            buttons.iter().map(|b| b.accessible_label().unwrap_or_default().to_string()).collect();
        assert!(!labels.is_empty());
        let count = labels.len();
        labels.sort();
        labels.dedup();
        assert_eq!(labels.len(), count, "{labels:?}");
        assert!(labels.iter().all(|label| !label.is_empty()));
    };
    check(&play);
    play.scan(&buoi());
    check(&play);
    play.press("Chưa có, cần hướng dẫn");
    check(&play);
    play.pass(Duration::from_secs(105));
    check(&play);
    play.press("Tôi vẫn ở đây");
    play.press("Làm lại từ đầu");
    play.scan(b"???\r");
    check(&play);
}

#[test]
fn the_record_used_is_what_the_patient_pressed() {
    for (label, used) in [
        ("Sổ sức khỏe trên VNeID", RecordUsed::Vneid),
        ("Sổ khám bệnh bằng giấy", RecordUsed::Paper),
    ] {
        std::thread::spawn(move || {
            let mut play = Play::open();
            play.scan(&buoi());
            play.press(label);
            play.wait_for("Đã ghi nhận");
            let figures = play.figures();
            let counted = match used {
                RecordUsed::Vneid => figures.used.vneid_self_declared,
                RecordUsed::Paper => figures.used.paper,
                RecordUsed::Neither => figures.used.neither,
            };
            assert_eq!(counted, 1, "{label}");
        })
        .join()
        .unwrap();
    }
}
