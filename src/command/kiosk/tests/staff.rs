//! Staff at the real pages: found and pressed by what stands on them.

use super::*;

impl Play {
    /// A key of the PIN pad, six times.
    pub(super) fn types(&mut self, digits: &str) {
        for digit in digits.chars() {
            self.press(&digit.to_string());
        }
    }

    /// The first start: the head chooses a PIN.
    pub(super) fn set_up_the_head(&mut self) {
        self.press("Dành cho nhân viên");
        self.press("Chọn mã PIN");
        self.types("482915");
        self.types("482915");
        self.until("the head is signed in", |play| play.kiosk.staff.state.who.is_some());
    }
}

#[test]
fn a_head_is_set_up_and_an_assisted_visit_recorded_with_four_touches_on_the_real_pages() {
    let mut play = Play::open();
    play.set_up_the_head();
    assert!(play.reads("Lượt đến hôm nay"), "{:?}", play.labels());
    for label in ["Thêm lượt có hỗ trợ", "Sổ sức khỏe trên VNeID", "Đã hướng dẫn", "Ghi nhận"]
    {
        play.press(label);
    }
    play.wait_for("Đã ghi nhận lượt số 1");
    let figures = play.figures();
    assert_eq!((figures.assisted, figures.guided_by_staff), (1, 1));
    assert_eq!(figures.used.vneid_confirmed, 1);
}

#[test]
fn an_arrival_stands_in_the_list_within_a_second() {
    let mut play = Play::open();
    play.set_up_the_head();
    let began = Instant::now();
    play.scan(&buoi());
    play.until("the visit opens", |play| play.reads("Lượt số 1"));
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_patient_waits_behind_the_staffs_pages_and_has_all_the_time_again() {
    let mut play = Play::open();
    play.scan(&buoi());
    play.press("Dành cho nhân viên");
    assert!(!play.reads("Xin chào bà Bưởi"), "{:?}", play.labels());
    play.pass(Duration::from_secs(29));
    play.press("Quay lại");
    assert!(play.reads("Xin chào bà Bưởi"), "{:?}", play.labels());
    play.pass(Duration::from_secs(29));
    assert!(play.reads("Xin chào bà Bưởi"), "{:?}", play.labels());
}

#[test]
fn a_scan_beside_an_open_pin_pad_is_the_patients() {
    let mut play = Play::open();
    play.set_up_the_head();
    play.kiosk.handle(Message::Staff(Press::Lock));
    play.press("Dành cho nhân viên");
    assert!(play.reads("Mã PIN của TT01"), "{:?}", play.labels());
    play.scan(&buoi());
    assert!(play.reads("Xin chào bà Bưởi"), "{:?}", play.labels());
}

#[test]
fn a_pin_is_wrong_until_it_is_right_and_every_try_is_an_event() {
    let mut play = Play::open();
    play.set_up_the_head();
    play.kiosk.handle(Message::Staff(Press::Lock));
    play.press("Dành cho nhân viên");
    play.types("482916");
    play.wait_for("Mã PIN chưa đúng. Còn 4 lần thử.");
    play.types("482915");
    play.until("the head is signed in", |play| play.kiosk.staff.state.who.is_some());
    let tries =
        play.told(|what| if let What::PinTried { right, .. } = what { Some(right) } else { None });
    assert_eq!(tries, [false, true]);
}

#[test]
fn a_file_on_the_boot_partition_lets_the_head_choose_a_new_pin() {
    let mut play = Play::open();
    play.set_up_the_head();
    let data = play.lose_power();
    let boot = data.path().join("boot");
    std::fs::create_dir_all(&boot).unwrap();
    std::fs::write(boot.join("tiepdon-reset-pin.txt"), "").unwrap();
    let mut play = Play::open_in(data, MORNING_MS);
    assert!(std::fs::read_dir(&boot).unwrap().next().is_none(), "the file is gone");
    play.press("Dành cho nhân viên");
    assert!(play.reads("TT01 chọn mã PIN mới"), "{:?}", play.labels());
    let resets =
        play.told(|what| if let What::PinReset { way, .. } = what { Some(way) } else { None });
    assert_eq!(resets, [crate::event::ResetWay::BootFile]);
}

#[test]
fn the_list_of_today_lies_in_the_folder_the_station_chose() {
    let mut play = Play::open();
    play.press("Không quét – tiếp tục");
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    let folder = play.data.path().join("list");
    std::fs::create_dir(&folder).unwrap();
    play.kiosk.running_list = Some(RunningList {
        folder: folder.clone(),
        heading: crate::report::sample::heading(),
        written: None,
        writing: None,
    });
    play.kiosk.handle(Message::Minute);
    let file = folder.join("danh-sach_AG-TRITON_D1_2026-11-24.csv");
    play.until("the list is written", |_| file.exists());
    let list = std::fs::read_to_string(&file).unwrap();
    assert!(list.contains("sổ sức khỏe điện tử trên VNeID"), "{list}");
}

#[test]
fn a_head_has_the_whole_box_looked_at_and_reads_what_must_be_done() {
    let mut play = Play::open();
    play.set_up_the_head();
    // As on a box whose reader was pulled out.
    play.kiosk.handle(Message::Desk(Event::ReaderLost));
    for label in ["Việc khác", "Tình trạng máy", "Kiểm tra cả máy"] {
        play.press(label);
    }
    play.until("the box was looked at", |play| play.reads("Xem cách xử lý"));
    assert!(play.reads("Ghi thử") && play.reads("Chỗ trống"), "{:?}", play.labels());
    play.press("Xem cách xử lý");
    assert!(play.reads("Máy quét"), "{:?}", play.labels());
    let advice = play.labels().iter().any(|label| label.contains("cắm lại dây máy quét"));
    assert!(advice, "{:?}", play.labels());
    play.press("Quay lại");
    assert!(play.reads("Ghi thử"), "{:?}", play.labels());
    play.press("Quay lại");
    assert!(play.reads("Kiểm tra cả máy"), "{:?}", play.labels());
}

#[test]
fn a_damaged_list_of_staff_is_set_aside_and_no_code_is_given_twice() {
    let mut play = Play::open();
    play.set_up_the_head();
    let data = play.lose_power();
    std::fs::write(data.path().join("data/staff.json"), "{").unwrap();
    let mut play = Play::open_in(data.clone(), MORNING_MS);
    assert!(data.path().join("data/staff.json.damaged-1").exists());
    play.scan(&buoi());
    assert!(play.reads("Xin chào bà Bưởi"), "patients are not stopped by it");
    play.press("Dành cho nhân viên");
    play.press("Chọn mã PIN");
    assert!(play.reads("TT02 chọn mã PIN mới"), "{:?}", play.labels());
}
