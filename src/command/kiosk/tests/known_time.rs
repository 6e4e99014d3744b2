//! A kiosk whose clock nobody vouches for, until somebody does.

use std::sync::{Mutex, PoisonError};

use super::*;
use crate::clock::{Network, Reading};
use crate::event::AgeBand;

const DAY_MS: i64 = 24 * 3_600_000;

/// A computer whose clocks show what the test writes here.
#[derive(Clone)]
struct Computer(Arc<Mutex<Reading>>);

impl Computer {
    fn at(wall_ms: i64) -> Self {
        let (network, chip_agrees) = (Network::Never, false);
        Self(Arc::new(Mutex::new(Reading { wall_ms, uptime_ms: 20_000, network, chip_agrees })))
    }

    fn show(&self, change: impl FnOnce(&mut Reading)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A kiosk on it: every look takes a second, so that no press is taken for a tremble.
    fn kiosk(&self, data: Arc<TempDir>) -> Play {
        self.kiosk_of_boot(7, data)
    }

    fn kiosk_of_boot(&self, boot: u128, data: Arc<TempDir>) -> Play {
        let readings = self.0.clone();
        let clock = Clock::of(Uuid::from_u128(boot), move || {
            let mut reading = readings.lock().unwrap_or_else(PoisonError::into_inner);
            reading.uptime_ms += 1000;
            reading.wall_ms += 1000;
            *reading
        });
        Play::with_clock(Arc::new(SimulatedMachine::default()), data, clock)
    }
}

fn new_data() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

impl Play {
    fn arrivals_of_today(&self) -> u64 {
        self.kiosk.tally.figures().arrivals
    }
}

#[test]
fn visits_come_to_the_right_day_when_the_network_is_there_and_today_is_that_day() {
    let computer = Computer::at(MORNING_MS + DAY_MS);
    let mut play = computer.kiosk(new_data());
    play.scan(&buoi());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    assert_ne!(play.kiosk.tally.day(), day());
    computer.show(|reading| {
        reading.wall_ms -= DAY_MS;
        reading.network = Network::Now;
    });
    play.kiosk.handle(Message::Minute);
    play.until("today is the right day", |play| play.kiosk.tally.day() == day());
    assert_eq!(play.arrivals_of_today(), 1);
    play.scan(&patient(1).citizen_card());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    assert_eq!(play.arrivals_of_today(), 2);
    let figures = play.figures();
    assert_eq!((figures.arrivals, figures.used.vneid(), figures.unsure_clock), (2, 2, 0));
}

#[test]
fn an_age_told_under_a_clock_that_cannot_be_right_is_unknown_and_is_put_right() {
    const YEAR_MS: i64 = 365 * DAY_MS;
    let ages = |play: &Play| -> Vec<AgeBand> {
        let mut visits: Vec<_> = play.kiosk.tally.visits().collect();
        visits.sort_by_key(|(_, visit)| visit.arrived().map(|arrived| arrived.number));
        visits.into_iter().map(|(_, visit)| visit.age()).collect()
    };
    // 1970, 2000, 2024 and 2099: before and long after the program can run. 2029 may be true, and the
    // ages that go with it are wrong by three years.
    for (years, told) in [
        (-56, AgeBand::Unknown),
        (-26, AgeBand::Unknown),
        (-2, AgeBand::Unknown),
        (73, AgeBand::Unknown),
        (3, AgeBand::From70),
    ] {
        let computer = Computer::at(MORNING_MS + years * YEAR_MS);
        let mut play = computer.kiosk(new_data());
        // 68 years old on the day of the test.
        play.scan("089158900001||Lê Thị Mẫu|01021958|Nữ|Xã Thử|15042021\r".as_bytes());
        play.press("Sổ sức khỏe trên VNeID");
        play.wait_for("Đã ghi nhận");
        play.press("Về màn hình đầu");
        assert_eq!(ages(&play), [told], "{years} years off");
        computer.show(|reading| {
            reading.wall_ms -= years * YEAR_MS;
            reading.network = Network::Now;
        });
        play.kiosk.handle(Message::Minute);
        play.until("the visit stands in its day", |play| {
            play.kiosk.tally.day() == day() && play.arrivals_of_today() == 1
        });
        assert_eq!(ages(&play), [AgeBand::From60], "{years} years off, and known");
        assert!(play.kiosk.births.is_empty(), "nobody's birth is kept any longer");
        // Under a clock that somebody vouches for nothing is kept at all.
        play.scan(&buoi());
        play.press("Sổ sức khỏe trên VNeID");
        play.wait_for("Đã ghi nhận");
        assert!(play.kiosk.births.is_empty());
        let figures = play.figures();
        assert_eq!((figures.arrivals, figures.unsure_clock), (2, 0));
    }
}

#[test]
fn staff_set_the_time_on_the_real_page_and_it_holds_after_a_restart_of_the_program() {
    let computer = Computer::at(MORNING_MS - DAY_MS);
    let mut play = computer.kiosk(new_data());
    play.scan(&buoi());
    play.press("Sổ khám bệnh bằng giấy");
    play.press("Quên mật khẩu");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    play.press("Dành cho nhân viên");
    play.press("Chọn mã PIN");
    for digit in "482915482915".chars() {
        play.press(&digit.to_string());
    }
    play.until("the time is asked for", |play| play.reads("Lưu giờ này"));
    for digit in "241120260742".chars() {
        play.press(&digit.to_string());
    }
    play.press("Lưu giờ này");
    play.wait_for("Đã đúng giờ, chuyển ngày 1 lượt");
    assert_eq!((play.kiosk.tally.day(), play.arrivals_of_today()), (day(), 1));

    let data = play.lose_power();
    let mut play = computer.kiosk(data);
    assert_eq!((play.kiosk.tally.day(), play.arrivals_of_today()), (day(), 1));
    assert!(play.kiosk.clock.now().sure, "staff's word holds in this boot");
    assert_eq!(play.figures().used.paper, 1);
}

#[test]
fn a_second_scan_is_told_no_time_that_nobody_vouches_for() {
    let computer = Computer::at(MORNING_MS);
    let mut play = computer.kiosk(new_data());
    play.scan(&buoi());
    play.press("Sổ khám bệnh bằng giấy");
    play.press("Quên mật khẩu");
    play.wait_for("Đã ghi nhận");
    play.press("Về màn hình đầu");
    play.scan(&buoi());
    let begins =
        |play: &Play, words: &str| play.labels().iter().any(|label| label.starts_with(words));
    play.until("the earlier record is shown", |play| begins(play, "Hôm nay đã ghi nhận"));
    assert!(!begins(&play, "Đã ghi nhận lúc"), "{:?}", play.labels());
}

#[test]
fn who_came_yesterday_and_comes_in_a_morning_with_yesterdays_time_is_a_visit_of_today() {
    let yesterday = Computer::at(MORNING_MS - DAY_MS);
    yesterday.show(|reading| reading.network = Network::Now);
    let mut play = yesterday.kiosk(new_data());
    play.scan(&buoi());
    play.press("Sổ khám bệnh bằng giấy");
    play.press("Quên mật khẩu");
    play.wait_for("Đã ghi nhận");
    let data = play.lose_power();

    // Nobody has closed the day, and the clock goes on from the evening.
    let this_morning = Computer::at(MORNING_MS - DAY_MS + 8 * 3_600_000);
    let mut play = this_morning.kiosk_of_boot(8, data);
    play.scan(&buoi());
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    this_morning.show(|reading| {
        reading.wall_ms = MORNING_MS;
        reading.network = Network::Now;
    });
    play.kiosk.handle(Message::Minute);
    play.until("the visit stands in its day", |play| {
        play.kiosk.tally.day() == day() && play.arrivals_of_today() == 1
    });
    // The page of the patient who is still there goes on where their visit stands now.
    play.press("Về màn hình đầu");
    play.scan(&buoi());
    play.until("their visit of today is found", |play| {
        play.labels().iter().any(|label| label.starts_with("Đã ghi nhận lúc"))
    });
    let figures = play.figures();
    assert_eq!((figures.arrivals, figures.used.vneid(), figures.unsure_clock), (1, 1, 0));
    let before = Moment { wall_ms: MORNING_MS - DAY_MS, ..Moment::NEVER }.station_day();
    let reader = JournalReader::open(&play.data.path().join("data")).unwrap();
    let figures = Tally::of(before, &reader.events_of(before).unwrap()).figures();
    assert_eq!((figures.arrivals, figures.used.paper, figures.used.vneid()), (1, 1, 0));
}
