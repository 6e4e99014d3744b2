//! A whole day with all that goes wrong, to the last visit: the power goes between the scan and the
//! choice, the clock comes back wrong, a PIN is mistyped, a stick is pulled, a visit is put right
//! after the closing – and figures, chain, closings and exports agree.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::sticks::News;
use super::*;
use crate::event::{CorrectionReason, VisitNo};
use crate::export;
use crate::reception::ViewPage;
use crate::seal::{Signature, StationKey};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

impl Play {
    fn staff_press(&mut self, press: Press) {
        thread::sleep(Duration::from_millis(1));
        self.kiosk.handle(Message::Staff(press));
        self.settle();
    }

    fn staff_type(&mut self, digits: &str) {
        for digit in digits.bytes() {
            self.staff_press(Press::Digit(digit - b'0'));
        }
    }

    fn staff_reads(&self, words: &str) -> bool {
        let view = self.kiosk.staff_view();
        view.said.contains(words) || view.pin.note.contains(words)
    }

    fn sign_in(&mut self, answer: u8, pin: &str) {
        self.staff_press(Press::Open);
        if self.kiosk.staff_view().page == ViewPage::Pick {
            self.staff_press(Press::Answer(answer));
        }
        self.staff_type(pin);
        self.until("signed in", |play| play.kiosk.staff.state.who.is_some());
    }

    fn save(&mut self, words: &str) {
        self.staff_press(Press::Save);
        self.until(words, |play| play.staff_reads(words));
    }

    fn insert(&mut self, machine: &SimulatedMachine, stick: &Path) {
        let volume = machine.insert(stick, false).unwrap();
        self.kiosk.handle(Message::Stick(News::In(volume)));
    }

    /// From the list to the stick's page, and on.
    fn export(&mut self, period: u8) {
        self.staff_press(Press::Menu);
        self.staff_press(Press::Answer(1));
        self.staff_press(Press::Periods);
        self.staff_press(Press::Answer(period + 1));
        self.staff_press(Press::Export);
        self.until("the export ends", |play| {
            let stick = play.kiosk.staff_view().stick;
            stick.done || stick.failed.is_some()
        });
    }
}

fn nui() -> Vec<u8> {
    patient(1).citizen_card()
}

fn third() -> Vec<u8> {
    patient(2).citizen_card()
}

#[test]
fn a_day_with_all_that_goes_wrong_is_counted_to_the_last_visit() {
    let machine = Arc::new(SimulatedMachine::default());
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    let open = |begins_ms| Play::plugged_into(machine.clone(), folder.clone(), begins_ms);

    // Before opening: the head is set up and adds a nurse.
    let mut play = open(MORNING_MS);
    play.staff_press(Press::Open);
    play.staff_press(Press::GoOn);
    play.staff_type("482915");
    play.staff_type("482915");
    play.until("the head is signed in", |play| play.kiosk.staff.state.who.is_some());
    for answer in [6, 2] {
        if answer == 6 {
            play.staff_press(Press::Menu);
        }
        play.staff_press(Press::Answer(answer));
    }
    play.staff_type("739158");
    play.staff_type("739158");
    play.until("the nurse has a PIN", |play| play.staff_reads("Đã lưu mã PIN của NV01"));
    play.staff_press(Press::Lock);

    // The nurse mistypes, waits for nothing, and goes on duty.
    play.staff_press(Press::Open);
    play.staff_press(Press::Answer(2));
    play.staff_type("739159");
    play.until("a wrong PIN", |play| play.staff_reads("Còn 4 lần thử"));
    play.staff_type("739158");
    play.until("signed in", |play| play.kiosk.staff.state.who.is_some());
    play.staff_press(Press::Duty);
    play.staff_press(Press::Lock);

    // The power goes between the scan and the choice; the clock comes back twenty minutes late.
    play.scan(&buoi());
    play.until("the arrival is durable", |play| {
        play.kiosk.state.session.as_ref().is_some_and(|session| session.number.is_some())
    });
    play.lose_power();
    let mut play = open(MORNING_MS - 20 * MINUTE_MS);
    play.scan(&buoi());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    assert_eq!(play.kiosk.state.acknowledged(), Some(VisitNo(1)), "the same patient, one visit");
    play.press("Về màn hình đầu");

    // A patient with the paper book; a nurse with a patient who needs help; a trial scan.
    play.press("Không quét – tiếp tục");
    play.press("Sổ khám bệnh bằng giấy");
    play.press("Quên mật khẩu");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    play.sign_in(2, "739158");
    play.scan(&nui());
    play.until("the form of the scan", |play| play.kiosk.staff_view().page == ViewPage::Visit);
    play.staff_press(Press::Used(RecordUsed::Vneid));
    play.staff_press(Press::Guided);
    play.save("Đã lưu lượt số 3");
    play.staff_press(Press::Row(VisitNo(1)));
    play.staff_press(Press::Used(RecordUsed::Vneid));
    play.save("Đã lưu lượt số 1");
    play.staff_press(Press::Add);
    play.staff_press(Press::Used(RecordUsed::Paper));
    play.save("Đã ghi nhận lượt số 4");
    play.staff_press(Press::Row(VisitNo(4)));
    play.staff_press(Press::StrikeOut);
    play.staff_press(Press::Save);
    play.staff_press(Press::Answer(5));
    play.until("struck out", |play| play.staff_reads("Đã lưu lượt số 4"));
    play.staff_press(Press::Lock);

    // The head closes the day; somebody comes all the same.
    play.sign_in(1, "482915");
    play.staff_press(Press::Menu);
    play.staff_press(Press::Answer(2));
    play.staff_press(Press::GoOn);
    play.until("the day is closed", |play| {
        play.kiosk.staff_view().facts_title == "Đã chốt sổ ngày 24/11/2026"
    });
    let keys = || fs::read_dir(folder.path().join("data/day-keys")).unwrap().count();
    assert_eq!(keys(), 0, "nobody can tie a row to a person any more");
    play.staff_press(Press::Lock);
    play.scan(&third());
    play.press("Sổ khám bệnh bằng giấy");
    play.press("Bỏ qua");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");

    // The stick is pulled; the next try holds.
    play.sign_in(1, "482915");
    play.insert(&machine, &stick);
    machine.pull(&stick);
    play.export(0);
    let (what, advice) = play.kiosk.staff_view().stick.failed.unwrap();
    assert!(what.contains("USB") && !advice.is_empty(), "{what} {advice}");
    assert_eq!(walk(&stick), Vec::<PathBuf>::new(), "nothing half is left");
    play.staff_press(Press::Back);
    play.staff_press(Press::Back);
    play.insert(&machine, &stick);
    play.export(0);
    assert!(play.kiosk.staff_view().stick.done);
    assert!(machine.plugged().unwrap().volumes.is_empty(), "it may be pulled");
    play.lose_power();

    // The next morning the machine closes what came late; a nurse puts a visit right.
    let mut play = open(MORNING_MS + DAY_MS);
    play.until("the late visit is closed", |play| closings(play.data.path()).len() == 2);
    play.sign_in(2, "739158");
    play.staff_press(Press::Menu);
    play.staff_press(Press::Answer(1));
    play.staff_press(Press::Answer(1));
    play.until("yesterday's visits", |play| {
        play.kiosk.staff_view().list_title == "Lượt đến ngày 24/11/2026"
    });
    play.staff_press(Press::Row(VisitNo(2)));
    play.staff_press(Press::Used(RecordUsed::Vneid));
    play.staff_press(Press::Save);
    play.staff_press(Press::Answer(3));
    play.until("put right", |play| play.staff_reads("Đã lưu lượt số 2"));
    play.lose_power();

    // The morning after: closed once more, and everything agrees.
    let mut play = open(MORNING_MS + 2 * DAY_MS);
    play.until("the correction is closed", |play| {
        closings(play.data.path()).iter().filter(|closing| closing.day == day()).count() == 3
    });
    play.sign_in(1, "482915");
    play.insert(&machine, &stick);
    play.export(1);
    assert!(play.kiosk.staff_view().stick.done);
    play.lose_power();

    let reader = JournalReader::open(&folder.path().join("data")).unwrap();
    let figures = Tally::of(day(), &reader.events_of(day()).unwrap()).figures();
    assert_eq!((figures.arrivals, figures.struck_out, figures.corrections), (4, 1, 2));
    assert_eq!((figures.used.vneid(), figures.used.vneid_confirmed), (3, 3));
    assert_eq!((figures.used.paper, figures.guided_by_staff), (1, 1));

    let verified = reader.verify().unwrap();
    let key = StationKey::open_or_make(&folder.path().join("data")).unwrap().public();
    for (closing, link) in &verified.closings {
        let signature = Signature::from_bytes(closing.signature);
        assert!(key.verify(&closing.document, &signature));
        let document: serde_json::Value = serde_json::from_slice(&closing.document).unwrap();
        assert_eq!(document["chain"], crate::report::hex(&link.0));
    }
    let last = verified.closings.iter().rfind(|(closing, _)| closing.day == day());
    let last: serde_json::Value = serde_json::from_slice(&last.unwrap().0.document).unwrap();
    assert_eq!(last["figures"], serde_json::to_value(&figures).unwrap());
    assert_eq!(last["adjustments"][0]["by"], "NV01");
    assert_eq!(last["adjustments"][0]["on"], "2026-11-25");
    let reason = last["adjustments"][0]["what"].as_str().unwrap();
    assert!(
        reason.starts_with("đã hỏi lại người bệnh"),
        "{reason} {:?}",
        CorrectionReason::Checked
    );

    let exports = export::verify(&stick, &[key]).unwrap();
    assert_eq!(exports.len(), 2, "the day, and the week");
    assert!(exports.iter().all(export::Inspected::is_whole), "{exports:?}");
    let week = walk(&stick)
        .into_iter()
        .find(|file| file.ends_with("so-lieu_AG-TRITON_D1_2026-11-20_2026-11-26.json"));
    let told: serde_json::Value =
        serde_json::from_slice(&fs::read(week.unwrap()).unwrap()).unwrap();
    let of_day = told["days"].as_array().unwrap().iter().find(|one| one["day"] == "2026-11-24");
    assert_eq!(of_day.unwrap()["figures"], serde_json::to_value(&figures).unwrap());

    for file in walk(folder.path()) {
        let content = fs::read(&file).unwrap();
        for index in 0..3 {
            let person = patient(index);
            let number = person.personal_id.get(3..).unwrap();
            for secret in [number, &person.name, &person.address] {
                let found = content.windows(secret.len()).any(|it| it == secret.as_bytes());
                assert!(!found, "{} holds {secret}", file.display());
            }
        }
    }
}

fn closings(folder: &Path) -> Vec<crate::journal::Closing> {
    let reader = JournalReader::open(&folder.join("data")).unwrap();
    let last = StationDay(day().0.checked_add_days(chrono::Days::new(9)).unwrap());
    reader.closings(day(), last).unwrap()
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
