//! What is found damaged while the kiosk runs: it begins again once, and no more.

use std::fs;

use super::*;
use crate::journal::JournalReader;
use crate::service::Reason;

#[path = "../../../../tests/support/rows.rs"]
mod rows;

const DAY_MS: i64 = 86_400_000;

/// More than a start reads in full.
const MANY: usize = 30_000;

/// One that takes room.
fn long_event() -> (&'static str, String) {
    let guide = "g".repeat(200);
    let body =
        format!(r#"{{"guide":"{guide}","version":1,"reached":1,"steps":1,"finished":true}}"#);
    ("guided", body)
}

/// A day with a patient that nobody closed.
fn unclosed_day() -> Arc<TempDir> {
    let mut play = Play::open();
    play.scan(&buoi());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    play.lose_power()
}

/// Lets the kiosk begin until it no longer asks to begin again; how often it did.
fn begin_until_it_stays(mut data: Arc<TempDir>, begins_ms: i64) -> (Play, usize) {
    let mut begun = Beginnings::default();
    for beginnings in 0..20 {
        let clock = Clock::simulated(begins_ms, CLOCK_SPEED);
        let mut play = Play::begun_again(data, clock, begun.clone());
        // Days are closed and a backup is made meanwhile, or damage is found.
        let until = Instant::now() + PATIENCE;
        let closed = |play: &Play| {
            let reader = JournalReader::open(&play.data.path().join("data")).unwrap();
            let first = reader.first_day().unwrap().unwrap();
            reader.closings(first, first).is_ok_and(|closings| !closings.is_empty())
        };
        while play.kiosk.ended.get() == Ended::Quit && !closed(&play) && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
            play.settle();
        }
        let news = Instant::now() + Duration::from_millis(500);
        while play.kiosk.ended.get() == Ended::Quit && Instant::now() < news {
            thread::sleep(Duration::from_millis(5));
            play.settle();
        }
        if play.kiosk.ended.get() == Ended::Quit {
            return (play, beginnings);
        }
        let uptime = Duration::from_millis(play.kiosk.clock.now().uptime_ms);
        begun = begun.again(Reason::Damage, uptime).expect("it begins again and again");
        data = play.lose_power();
    }
    panic!("it begins again for ever");
}

/// Somebody comes and is counted; the first day is closed with its arrival.
fn serves_and_has_closed(play: &mut Play, arrivals: u64) {
    play.scan(&buoi());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    let reader = JournalReader::open(&play.data.path().join("data")).unwrap();
    let first = reader.first_day().unwrap().unwrap();
    let closing = reader.closings(first, first).unwrap().pop().expect("the day is closed");
    let document: serde_json::Value = serde_json::from_slice(&closing.document).unwrap();
    assert_eq!(document["figures"]["arrivals"], arrivals, "{document}");
}

#[test]
fn an_event_nobody_can_read_costs_its_meaning_and_neither_its_day_nor_today() {
    for (kind, body) in [
        ("vneid-scanned", r#"{"by":"a later version"}"#),
        ("chose", r#"{"used":"#),
        ("arrived", "{}"),
        ("corrected", "\u{1}"),
    ] {
        let data = unclosed_day();
        let folder = data.path().join("data");
        let today = [MORNING_MS, MORNING_MS + DAY_MS].map(|wall_ms| {
            let start = JournalReader::open(&folder).unwrap().last_start().unwrap().unwrap();
            Moment { wall_ms, ..start.at }.station_day().to_string()
        });
        for day in today {
            rows::append(&folder, &day, (kind, body), 1);
        }
        let (mut play, beginnings) = begin_until_it_stays(data, MORNING_MS + DAY_MS);
        assert_eq!(beginnings, 0, "{kind}: nothing is damaged");
        serves_and_has_closed(&mut play, 1);
        JournalReader::open(&folder).unwrap().verify().unwrap();
    }
}

#[test]
fn a_letter_flipped_in_an_old_event_is_healed_by_one_beginning() {
    let data = unclosed_day();
    let folder = data.path().join("data");
    let day = JournalReader::open(&folder).unwrap().first_day().unwrap().unwrap();
    let (kind, body) = long_event();
    rows::append(&folder, &day.to_string(), (kind, &body), MANY);
    crate::journal::back_up(&folder, day).unwrap();
    rows::rot(&folder, 3, "kind = 'arrivet'");
    let (mut play, beginnings) = begin_until_it_stays(data, MORNING_MS + DAY_MS);
    assert_eq!(beginnings, 1);
    serves_and_has_closed(&mut play, 1);
    JournalReader::open(&folder).unwrap().verify().unwrap();
    let told = play.kiosk.staff.health.notices.join(" ");
    assert!(told.contains("đã được khôi phục đủ"), "{told}");
}

#[test]
fn what_nothing_can_heal_is_tried_once_and_told() {
    let data = unclosed_day();
    let folder = data.path().join("data");
    let day = JournalReader::open(&folder).unwrap().first_day().unwrap().unwrap();
    let (kind, body) = long_event();
    rows::append(&folder, &day.to_string(), (kind, &body), MANY);
    rows::rot(&folder, 3, "kind = 'arrivet'");
    fs::remove_file(folder.join("side-log.jsonl")).unwrap();
    drop(fs::remove_dir_all(folder.join("backups")));
    let (mut play, beginnings) = begin_until_it_stays(data, MORNING_MS + DAY_MS);
    assert_eq!(beginnings, 1);
    let told = play.kiosk.staff.health.notices.join(" ");
    assert!(told.contains("không bản sao nào còn"), "{told}");
    serves_and_has_closed(&mut play, 1);
}

#[test]
fn damage_that_a_beginning_did_not_heal_is_told_and_the_kiosk_stays() {
    let mut play = Play::open();
    let damage = || {
        let error = crate::journal::JournalError::Damaged { seq: 7 };
        Box::new(Answer::Failed { proposed: None, error })
    };
    let uptime = Duration::from_millis(play.kiosk.clock.now().uptime_ms);
    play.kiosk.begun_again = Beginnings::default().again(Reason::Damage, uptime).unwrap();
    play.kiosk.handle(Message::Journal(None, damage()));
    assert_eq!(play.kiosk.ended.get(), Ended::Quit);
    let told = play.kiosk.staff.health.notices.join(" ");
    assert!(told.contains("chưa tự sửa được"), "{told}");

    let mut play = Play::open();
    play.scan(&buoi());
    play.wait_for("Sổ khám bệnh bằng giấy");
    play.kiosk.handle(Message::Journal(None, damage()));
    assert_eq!(play.kiosk.ended.get(), Ended::Quit, "somebody is at the desk");
    play.pass(Duration::from_secs(30));
    (0..15).for_each(|_| play.pass(Duration::from_secs(1)));
    play.kiosk.handle(Message::Minute);
    assert_eq!(play.kiosk.ended.get(), Ended::ToHeal);
}
