//! A kiosk whose journal does not open.

use std::fs;

use super::*;

/// A file stands where the folder of the data should be: not even root can make one there.
fn blocked() -> Arc<TempDir> {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("data"), "in the way").unwrap();
    Arc::new(data)
}

#[test]
fn guides_go_on_without_a_journal() {
    let mut play = Play::open_in(blocked(), MORNING_MS);
    play.go_to_the_guides();
    assert!(play.reads("Tích hợp thẻ BHYT vào VNeID"), "{:?}", play.labels());
    play.press("Tích hợp thẻ BHYT vào VNeID");
    play.press("Đã xong, bước tiếp");
    assert!(play.reads("Đã xong, bước tiếp") || play.reads("Đã xong"), "{:?}", play.labels());
}

#[test]
fn nothing_is_called_recorded_without_a_journal_and_staff_read_why() {
    let mut play = Play::open_in(blocked(), MORNING_MS);
    play.scan(&buoi());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Máy chưa ghi được");
    assert!(!play.reads("Đã ghi nhận"));
    let health = &play.kiosk.staff.health;
    assert!(health.journal_refused);
    let told = health.notices.join(" ");
    assert!(told.contains("chưa mở được nơi lưu dữ liệu"), "{told}");
    assert!(told.contains("Kiểm tra thư mục dữ liệu"), "{told}");
}

#[test]
fn a_journal_that_opens_at_last_is_taken_over_when_nobody_is_at_the_desk() {
    let data = blocked();
    let mut play = Play::open_in(data.clone(), MORNING_MS);
    play.kiosk.handle(Message::Minute);
    play.until("it was tried in vain", |play| play.kiosk.without_journal == Some(Attempt::Due));
    assert_eq!(play.kiosk.ended.get(), Ended::Quit);

    fs::remove_file(data.path().join("data")).unwrap();
    play.scan(&buoi());
    play.kiosk.handle(Message::Minute);
    assert_eq!(play.kiosk.ended.get(), Ended::Quit, "somebody is at the desk");
    assert!(!data.path().join("data").exists());

    play.pass(Duration::from_secs(30));
    (0..15).for_each(|_| play.pass(Duration::from_secs(1)));
    play.kiosk.handle(Message::Minute);
    play.until("it starts again", |play| play.kiosk.ended.get() == Ended::ToStartAgain);

    let mut next = Play::open_in(play.lose_power(), MORNING_MS);
    next.scan(&buoi());
    next.press("Sổ sức khỏe trên VNeID");
    next.wait_for("Đã ghi nhận");
    assert_eq!(next.figures().used.vneid_self_declared, 1);
}

#[test]
fn a_second_kiosk_on_the_same_folder_does_not_begin() {
    let play = Play::open();
    let folder = play.data.path().join("data");
    let origin = play.kiosk.station.origin.clone();
    let refused = super::super::opening::open(&folder, &origin, &play.kiosk.clock);
    assert!(matches!(refused, Err(crate::journal::JournalError::InUse { .. })));
}
