//! The kiosk on Slint's testing back end: real pages, real journal on a real file, found and
//! pressed by accessible label, with time told by the test.

mod calls;
mod healing;
mod known_time;
mod opening;
mod soak;
mod staff;
mod two_documents;
mod whole_day;

use std::cell::Cell;
use std::time::{Duration, Instant};

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, init_no_event_loop, mock_elapsed_time,
};
use slint::ComponentHandle as _;
use slint::platform::PointerEventButton;
use tempfile::TempDir;

use super::*;
use crate::command::demo::patient;
use crate::command::gallery::exhibits;
use crate::desk::Look;
use crate::event::{IntegrationResult, Obstacle, RecordUsed, StationDay};
use crate::export::SimulatedMachine;
use crate::guide::Language;
use crate::journal::JournalReader;
use crate::reader::framing::{Framer, FramingOptions};

/// 07:42 in Vietnam on 24 November 2026.
const MORNING_MS: i64 = 1_795_480_920_000;

/// One millisecond of the test is a second at the desk, so that no press is taken for a tremble.
const CLOCK_SPEED: u32 = 1000;

/// Longer than any commit here takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The testing back end, once a thread: a kiosk that starts again finds it there.
fn init_slint() {
    thread_local! {
        static IS_THERE: Cell<bool> = const { Cell::new(false) };
    }
    if !IS_THERE.replace(true) {
        init_no_event_loop();
    }
}

struct Play {
    kiosk: Kiosk,
    inbox: Receiver<Message>,
    data: Arc<TempDir>,
    writer: Option<Writer>,
}

impl Play {
    fn open() -> Self {
        Self::open_in(Arc::new(tempfile::tempdir().unwrap()), MORNING_MS)
    }

    /// A kiosk whose data is there already, with a clock that begins then.
    fn open_in(data: Arc<TempDir>, begins_ms: i64) -> Self {
        Self::plugged_into(Arc::new(SimulatedMachine::default()), data, begins_ms)
    }

    fn plugged_into(platform: Arc<SimulatedMachine>, data: Arc<TempDir>, begins_ms: i64) -> Self {
        Self::with_clock(platform, data, Clock::simulated(begins_ms, CLOCK_SPEED))
    }

    fn with_clock(platform: Arc<SimulatedMachine>, data: Arc<TempDir>, clock: Clock) -> Self {
        Self::with_player(platform, data, clock, None)
    }

    fn with_player(
        platform: Arc<SimulatedMachine>,
        data: Arc<TempDir>,
        clock: Clock,
        player: Option<Player>,
    ) -> Self {
        Self::of(platform, data, clock, player, Beginnings::default())
    }

    /// A kiosk whose process has begun so often before.
    fn begun_again(data: Arc<TempDir>, clock: Clock, begun_again: Beginnings) -> Self {
        Self::of(Arc::new(SimulatedMachine::default()), data, clock, None, begun_again)
    }

    fn of(
        platform: Arc<SimulatedMachine>,
        data: Arc<TempDir>,
        clock: Clock,
        player: Option<Player>,
        begun_again: Beginnings,
    ) -> Self {
        init_slint();
        let setup = Setup {
            begun_again,
            configuration: Configuration::embedded().unwrap(),
            data: data.path().join("data"),
            clock,
            windowed: Some((1280, 800)),
            sounds: data.path().join("audio"),
            player,
            boot: data.path().join("boot"),
            platform,
        };
        let (kiosk, inbox, writer) = assemble(setup, Box::new(|_, _| {})).unwrap();
        kiosk.screen.show_window(Some((1280, 800))).unwrap();
        let mut play = Self { kiosk, inbox, data, writer: Some(writer) };
        play.settle();
        play
    }

    /// The plug is pulled: what is not on disk by now is lost.
    fn lose_power(mut self) -> Arc<TempDir> {
        if let Some(writer) = self.writer.take() {
            writer.stop();
        }
        self.data
    }

    /// Waits until `what` holds of the kiosk.
    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < until, "{what}; there is {:?}", self.labels());
            thread::sleep(Duration::from_millis(2));
            self.settle();
        }
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
        self.until(&format!("{label:?} does not appear"), |play| play.reads(label));
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
        thread::sleep(Duration::from_millis(1));
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

    /// What the journal holds of the day; it takes no more.
    fn events(&mut self) -> Vec<crate::event::Event> {
        if let Some(writer) = self.writer.take() {
            writer.stop();
        }
        JournalReader::open(&self.data.path().join("data")).unwrap().events_of(day()).unwrap()
    }

    fn figures(&mut self) -> crate::figures::DayFigures {
        Tally::of(day(), &self.events()).figures()
    }
}

impl Play {
    /// Without a card to the guides.
    fn go_to_the_guides(&mut self) {
        self.press("Không quét – tiếp tục");
        self.press("Chưa có, cần hướng dẫn");
        self.press("Đã có VNeID mức 2");
    }

    /// Without a card through the first guide to its end.
    fn follow_the_first_guide(&mut self) {
        self.go_to_the_guides();
        self.press("Tích hợp thẻ BHYT vào VNeID");
        for _ in 1..self.kiosk.offer.guides[0].steps {
            self.press("Đã xong, bước tiếp");
        }
        self.press("Đã xong");
    }

    /// What the journal holds of one kind.
    fn told<T>(&mut self, of: impl Fn(What) -> Option<T>) -> Vec<T> {
        self.events().into_iter().filter_map(|event| of(event.what)).collect()
    }
}

fn day() -> StationDay {
    "2026-11-24".parse().unwrap()
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
    play.follow_the_first_guide();
    play.press("Đã gửi, đang chờ duyệt");
    play.wait_for("Đã ghi nhận");
    let figures = play.figures();
    assert_eq!((figures.used.neither, figures.finished_guide, figures.without_card), (1, 1, 1));
}

#[test]
fn the_same_card_later_that_day_shows_what_was_recorded_and_counts_once() {
    let mut play = Play::open();
    play.scan(&buoi());
    play.press("Sổ khám bệnh bằng giấy");
    play.press("Quên mật khẩu");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    play.scan(&buoi());
    play.until("the earlier record is shown", |play| {
        play.labels().iter().any(|label| label.starts_with("Đã ghi nhận lúc 0"))
    });
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
    for language in Language::ALL {
        thread::spawn(move || {
            let play = Play::open();
            let look = Look { language, ..Look::default() };
            let (offer, now) = (&play.kiosk.offer, play.kiosk.clock.now());
            for exhibit in exhibits(&play.kiosk.timing, offer, look, now) {
                exhibit.show_on(&play.kiosk.screen);
                mock_elapsed_time(Duration::ZERO);
                let mut labels: Vec<_> = play
                    .buttons()
                    .iter()
                    .map(|button| button.accessible_label().unwrap_or_default().to_string())
                    .collect();
                assert!(!labels.is_empty(), "{}", exhibit.name);
                assert!(labels.iter().all(|label| !label.is_empty()), "{}", exhibit.name);
                let count = labels.len();
                labels.sort();
                labels.dedup();
                assert_eq!(labels.len(), count, "{}: {labels:?}", exhibit.name);
            }
        })
        .join()
        .unwrap();
    }
}

#[test]
fn the_answers_of_a_page_stand_in_the_order_of_the_desk() {
    let reasons = [
        ("Không có điện thoại thông minh", Obstacle::NoSmartphone),
        ("Chưa có tài khoản mức 2", Obstacle::NoLevel2),
        ("Chưa tích hợp thẻ BHYT", Obstacle::NotIntegrated),
        ("Không có mạng", Obstacle::NoNetwork),
        ("Quên mật khẩu", Obstacle::ForgotPassword),
        ("Thích dùng sổ giấy", Obstacle::PrefersPaper),
        ("Lý do khác", Obstacle::Other),
    ];
    let mut play = Play::open();
    for (label, _) in reasons {
        play.press("Không quét – tiếp tục");
        play.press("Sổ khám bệnh bằng giấy");
        play.press(label);
        play.wait_for("Đã ghi nhận");
        play.press("Về màn hình đầu");
    }
    for label in ["Có VNeID, chưa có mức 2", "Không có điện thoại thông minh"] {
        play.press("Không quét – tiếp tục");
        play.press("Chưa có, cần hướng dẫn");
        play.press(label);
        play.press("Đã hiểu, vào khám");
        play.wait_for("Đã ghi nhận");
        play.press("Về màn hình đầu");
    }
    let told =
        play.told(|what| if let What::Hindered(told) = what { Some(told.obstacle) } else { None });
    let mut expected: Vec<_> = reasons.into_iter().map(|(_, obstacle)| obstacle).collect();
    expected.extend([Obstacle::NoLevel2, Obstacle::NoSmartphone]);
    assert_eq!(told, expected);
}

#[test]
fn a_failure_is_told_with_its_cause() {
    let results = [
        ("Gửi quá 3 lần trong ngày", IntegrationResult::ThreeADay),
        ("Thẻ đã được duyệt trước đó", IntegrationResult::AlreadyApproved),
        ("Trùng 10 số cuối với yêu cầu khác", IntegrationResult::SameLastTen),
        ("Sai số thẻ", IntegrationResult::WrongNumber),
        ("Không nhớ số thẻ", IntegrationResult::NumberUnknown),
        ("Lý do khác", IntegrationResult::FailedOtherwise),
    ];
    let mut play = Play::open();
    for (label, _) in results {
        play.follow_the_first_guide();
        play.press("Gửi không được");
        play.press(label);
        play.wait_for("Đã ghi nhận");
        play.press("Về màn hình đầu");
    }
    let told =
        play.told(|what| if let What::Integrated(told) = what { Some(told.result) } else { None });
    assert_eq!(told, results.map(|(_, result)| result));
}

#[test]
fn a_number_is_typed_on_the_keys_of_the_page() {
    let mut play = Play::open();
    play.go_to_the_guides();
    play.press("Kiểm tra số thẻ BHYT");
    for key in ["G", "D", "8"] {
        play.press(key);
    }
    assert!(play.reads("Ký tự thứ 3 phải là số từ 1 đến 5."), "{:?}", play.labels());
    for key in ["4", "0", "1", "0", "0", "0", "0", "0", "0", "0", "0", "5", "1"] {
        play.press(key);
    }
    play.press("Đúng dạng, tiếp tục");
    assert!(play.reads("GD 4 01 00000 00051"), "{:?}", play.labels());
    let reads = |play: &Play, words: &str| play.labels().iter().any(|it| it.contains(words));
    assert!(!reads(&play, "Còn 3 lần"), "nobody knows what was sent at home");
    play.press("Gửi chưa được");
    assert!(reads(&play, "Ở đây đã gửi 1 lần"), "{:?}", play.labels());
    play.press("Làm lại từ đầu");
    let left = play.labels().join(" ");
    assert!(!left.contains("00051"), "{left}");
}

#[test]
fn a_citizen_number_on_the_keys_is_told_and_may_go_as_a_whole() {
    let mut play = Play::open();
    play.go_to_the_guides();
    play.press("Kiểm tra số thẻ BHYT");
    assert!(play.reads("Bấm chữ cái hoặc quét thẻ BHYT."), "{:?}", play.labels());
    play.press("Chuyển sang chữ số");
    assert!(play.reads("Bấm chữ số hoặc quét thẻ BHYT."), "{:?}", play.labels());
    for key in ["0", "8", "9", "1", "5", "0", "0", "0", "0", "0"] {
        play.press(key);
    }
    assert!(play.reads("Số thẻ đúng dạng."), "{:?}", play.labels());
    assert!(!play.reads("Xóa hết"));
    for key in ["0", "1"] {
        play.press(key);
        assert!(play.reads("Số này dài hơn số thẻ BHYT."), "{:?}", play.labels());
        let advice = "Đây là số căn cước? Mời ông/bà bấm số trên thẻ BHYT, hoặc quét thẻ BHYT.";
        assert!(play.reads(advice), "{:?}", play.labels());
    }
    let labels = play.labels();
    assert!(labels.iter().all(|label| !label.contains("đúng rồi")), "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("08915 0000001")), "{labels:?}");
    play.press("Xóa hết");
    assert!(play.reads("Bảo hiểm xã hội Việt Nam"), "{:?}", play.labels());
    assert!(!play.reads("Xóa hết"));
    play.scan(&buoi());
    assert!(play.reads("Đây là thẻ căn cước."), "{:?}", play.labels());
}

#[test]
fn three_requests_from_the_direct_check_are_told_and_recorded() {
    let mut play = Play::open();
    play.go_to_the_guides();
    play.press("Kiểm tra số thẻ BHYT");
    play.scan(b"GD4010000000051");
    play.press("Đúng dạng, tiếp tục");
    assert!(play.reads("Đã gửi, vào khám"), "{:?}", play.labels());
    for _ in 0..3 {
        play.press("Gửi chưa được");
    }
    assert!(play.reads("Ở đây đã gửi đủ 3 lần"), "{:?}", play.labels());
    assert!(!play.reads("Gửi chưa được"));
    play.press("Xong, vào khám");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    play.go_to_the_guides();
    play.press("Kiểm tra số thẻ BHYT");
    play.scan(b"GD4010000000051");
    play.press("Đúng dạng, tiếp tục");
    play.press("Đã gửi, vào khám");
    play.wait_for("Đã ghi nhận");
    let told =
        play.told(|what| if let What::Integrated(told) = what { Some(told.result) } else { None });
    assert_eq!(told, [IntegrationResult::ThreeADay, IntegrationResult::Sent]);
}

#[test]
fn a_guide_without_a_video_shows_no_code_of_another() {
    let mut play = Play::open();
    play.press("English");
    play.press("No scan – continue");
    play.press("Not yet, show me how");
    play.press("VNeID with level 2");
    play.press("Add your BHYT card to VNeID");
    assert!(play.kiosk.screen.window().global::<tiepdon_ui::Kiosk>().get_video().present);
    play.press("Back");
    play.press("Children and people in care");
    assert!(!play.kiosk.screen.window().global::<tiepdon_ui::Kiosk>().get_video().present);
}

#[test]
fn the_notice_leads_on_without_a_scan() {
    let mut play = Play::open();
    play.press("Thông tin được giữ kín");
    play.press("Không quét – tiếp tục");
    assert!(play.reads("Sổ sức khỏe trên VNeID"), "{:?}", play.labels());
}

#[test]
fn a_reader_that_is_heard_shows_until_it_has_delivered() {
    let mut play = Play::open();
    let is_shown =
        |play: &Play| play.kiosk.screen.window().global::<tiepdon_ui::Kiosk>().get_receiving();
    play.kiosk.handle(Message::Receiving);
    assert!(is_shown(&play));
    play.scan(&buoi());
    assert!(!is_shown(&play), "the page is the answer");
    play.kiosk.handle(Message::Receiving);
    play.pass(Duration::from_secs(2));
    assert!(!is_shown(&play), "it came to nothing");
}

#[test]
fn the_screens_speak_the_language_that_was_chosen_until_the_patient_is_gone() {
    let mut play = Play::open();
    play.press("English");
    assert!(!play.reads("Mời ông/bà quét mã QR"), "{:?}", play.labels());
    play.scan(&buoi());
    let spoken = play.labels();
    assert!(!spoken.contains(&"Sổ sức khỏe trên VNeID".to_owned()), "{spoken:?}");
    for _ in 0..20 {
        play.pass(Duration::from_secs(30));
    }
    assert!(play.reads("Mời ông/bà quét mã QR"), "{:?}", play.labels());
}

#[test]
fn the_record_used_is_what_the_patient_pressed() {
    for (label, used) in [
        ("Sổ sức khỏe trên VNeID", RecordUsed::Vneid),
        ("Sổ khám bệnh bằng giấy", RecordUsed::Paper),
    ] {
        thread::spawn(move || {
            let mut play = Play::open();
            play.scan(&buoi());
            play.press(label);
            if used == RecordUsed::Paper {
                play.press("Bỏ qua");
            }
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

#[test]
fn a_reader_that_sends_no_end_mark_is_named_where_a_code_falls_in_two() {
    let (mailbox, inbox) = unbounded();
    let mut deliver = decode_to(mailbox, Clock::simulated(MORNING_MS, 1), Arc::default());
    let mut framer = Framer::new(FramingOptions::default());
    let mut named = Vec::new();
    for (half, at) in ["089150900001|x", "089150900002|y", "089150900003|z"].iter().zip(1..) {
        assert!(framer.push(half.as_bytes(), Duration::from_secs(at)).is_empty());
        let record = framer.expire(framer.deadline().unwrap()).unwrap();
        deliver(Signal::Record(record));
        let Ok(Message::Reader(Event::Scanned(Scan::Unreadable(scan)))) = inbox.try_recv() else {
            panic!("half a card is unreadable");
        };
        named.push(scan.setting);
    }
    assert_eq!(named, [None, None, Some(ReaderSetting::EndSuffix)]);
}
