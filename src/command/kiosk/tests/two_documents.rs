//! Every pair of documents of one person, as bytes of the reader, in both orders, at once and with
//! time between: one person, one visit.

use super::*;
use crate::event::Source;

/// What a person can hold to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Document {
    Cccd,
    CanCuoc,
    Bhyt,
    NewBhyt,
    PersonalNumber,
    BhytNumber,
    VneidCode,
}

use Document::*;

const ALL: [Document; 7] = [Cccd, CanCuoc, Bhyt, NewBhyt, PersonalNumber, BhytNumber, VneidCode];

/// An invented woman, told apart from the others by her numbers and her birthday.
#[derive(Clone, Copy)]
struct Woman(u32);

impl Woman {
    fn shows(self, document: Document) -> Vec<u8> {
        let Self(n) = self;
        let (day, month, year) = (n % 28 + 1, n / 28 % 12 + 1, 1950 + n / 336);
        let number = format!("0891{:02}{n:06}", year - 1900);
        let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (name, address) = ("Nguyễn Thị Bưởi", "Khóm Thử, Tri Tôn, An Giang");
        let born = format!("{day:02}{month:02}{year}");
        let insured = |number: &str| {
            format!(
                "{number}|{}|{day:02}/{month:02}/{year}|2|{}|89 - 001|01/01/2025|-|20/12/2024|\
                 89000000000051|-|4|01/01/2029|00000000000000aa-7102|$",
                hex("NGUYỄN THỊ BƯỞI"),
                hex(address)
            )
        };
        match document {
            Cccd => format!("{number}||{name}|{born}|Nữ|{address}|15042021"),
            CanCuoc => format!("{number}||{name}|{born}|Nữ|{address}|04102024||||"),
            Bhyt => insured(&format!("GD489{n:010}")),
            NewBhyt => insured(&format!("{n:010}")),
            PersonalNumber => number,
            BhytNumber => format!("GD489{n:010}"),
            VneidCode => {
                format!("VN1:c2FtcGxlLXRva2VuLW9mLW5vYm9k{n:04}")
            }
        }
        .into_bytes()
    }
}

/// Whether two documents can be seen to be one person's when nobody stands at the desk.
fn is_found_again(one: Document, other: Document) -> bool {
    let number = |document| match document {
        Cccd | CanCuoc | PersonalNumber => Some("personal"),
        Bhyt | NewBhyt | BhytNumber => Some("insurance"),
        VneidCode => None,
    };
    let has_name = |document| matches!(document, Cccd | CanCuoc | Bhyt | NewBhyt);
    // The same code again, as of a phone that shows it for a while.
    one == VneidCode && other == VneidCode
        || number(one).is_some() && number(one) == number(other)
        || has_name(one) && has_name(other)
}

impl Play {
    fn arrivals(&self) -> u64 {
        self.kiosk.tally.figures().arrivals
    }

    fn is_idle(&self) -> bool {
        self.kiosk.state.place == Place::Idle
    }

    /// Waits until the journal has counted so many, and has answered for all.
    fn counted(&mut self, arrivals: u64) {
        self.until("all are counted", |play| {
            play.arrivals() >= arrivals && play.kiosk.asking.is_quiet()
        });
    }
}

#[test]
fn all_documents_of_one_person_in_any_order_at_once_are_one_visit() {
    let mut play = Play::open();
    let mut person = 0;
    for first in ALL {
        for second in ALL {
            person += 1;
            let woman = Woman(person);
            play.scan(&woman.shows(first));
            thread::sleep(Duration::from_millis(3));
            play.scan(&woman.shows(second));
            play.counted(u64::from(person));
            assert_eq!(play.arrivals(), u64::from(person), "{first:?}, then {second:?}");
            play.press("Làm lại từ đầu");
        }
    }
    let figures = play.figures();
    assert_eq!(figures.used.unfinished, u64::from(person));
}

#[test]
fn documents_shown_later_on_the_day_find_the_visit_wherever_they_can_be_compared() {
    let mut play = Play::open();
    let (mut person, mut visits) = (0, 0);
    for first in ALL {
        for second in ALL {
            person += 1;
            let woman = Woman(person);
            play.scan(&woman.shows(first));
            play.press("Sổ sức khỏe trên VNeID");
            play.wait_for("Đã ghi nhận");
            play.press("Về màn hình đầu");
            assert!(play.is_idle());
            visits += 1;
            play.scan(&woman.shows(second));
            visits += u64::from(!is_found_again(first, second));
            play.counted(visits);
            assert_eq!(play.arrivals(), visits, "{first:?}, later {second:?}");
            play.press("Làm lại từ đầu");
        }
    }
}

#[test]
fn two_people_who_share_name_and_birth_are_two_whatever_they_show_first() {
    let mut play = Play::open();
    let of_another = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        // Another number, and nothing else.
        text.replacen("000", "900", 1).into_bytes()
    };
    let mut visits = 0;
    for (person, [first, second]) in
        [[Cccd, Cccd], [Cccd, CanCuoc], [Bhyt, Bhyt], [NewBhyt, Bhyt]].into_iter().enumerate()
    {
        for at_once in [true, false] {
            let woman = Woman(u32::try_from(2 * person).unwrap() + u32::from(at_once));
            play.scan(&woman.shows(first));
            if !at_once {
                play.press("Làm lại từ đầu");
            }
            play.scan(&of_another(woman.shows(second)));
            visits += 2;
            play.counted(visits);
            assert_eq!(play.arrivals(), visits, "{first:?}, {second:?}, at once: {at_once}");
            play.press("Làm lại từ đầu");
        }
    }
}

#[test]
fn a_card_then_the_bhyt_card_then_vneid_on_a_command_card_is_one_visit_with_its_choice() {
    let mut play = Play::open();
    play.scan(&Woman(1).shows(Cccd));
    thread::sleep(Duration::from_millis(3));
    play.scan(&Woman(1).shows(Bhyt));
    play.scan(b"TIEPDON:VNEID");
    play.wait_for("Đã ghi nhận");
    let figures = play.figures();
    assert_eq!((figures.arrivals, figures.used.vneid(), figures.used.unfinished), (1, 1, 0));
}

#[test]
fn the_choice_on_the_screen_is_kept_however_many_visits_others_enter_meanwhile() {
    let mut play = Play::open();
    play.set_up_the_head();
    play.kiosk.handle(Message::Staff(Press::Lock));
    play.scan(&Woman(1).shows(Cccd));
    play.counted(1);
    play.press("Dành cho nhân viên");
    play.types("482915");
    play.until("the head is signed in", |play| play.kiosk.staff.state.who.is_some());
    for line in 2..=12 {
        play.press("Thêm lượt có hỗ trợ");
        play.press("Sổ giấy");
        play.press("Ghi nhận");
        play.wait_for(&format!("Đã ghi nhận lượt số {line}"));
    }
    play.press("Khóa");
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    let chosen = play.told(|what| {
        let What::Chose(choice) = what else { return None };
        (choice.source == Source::SelfDeclared).then_some(choice.used)
    });
    assert_eq!(chosen, [RecordUsed::Vneid]);
}

#[test]
fn a_pin_that_is_being_typed_is_not_thrown_away_by_a_scan() {
    let mut play = Play::open();
    play.set_up_the_head();
    play.kiosk.handle(Message::Staff(Press::Lock));
    play.press("Dành cho nhân viên");
    play.press("4");
    play.scan(&Woman(1).shows(Cccd));
    play.wait_for("Lượt số 1 đã đếm");
    assert!(play.reads("Mã PIN của TT01"), "{:?}", play.labels());
    play.press("Quay lại");
    assert!(play.reads("Xin chào bà Bưởi"), "{:?}", play.labels());
}

/// Bytes of the reader at their time, as the reader's thread hands them on.
struct Readings {
    framer: Framer,
    deliver: Box<dyn FnMut(Signal)>,
}

impl Readings {
    fn of(play: &Play) -> Self {
        let deliver = decode_to(
            play.kiosk.mailbox.clone(),
            play.kiosk.clock.clone(),
            play.kiosk.babble.clone(),
        );
        Self { framer: Framer::new(FramingOptions::default()), deliver: Box::new(deliver) }
    }

    fn at(&mut self, play: &mut Play, time_ms: u64, document: &[u8]) {
        let mut bytes = document.to_vec();
        bytes.push(b'\r');
        for record in self.framer.push(&bytes, Duration::from_millis(time_ms)) {
            (self.deliver)(Signal::Record(record));
        }
        play.settle();
    }
}

#[test]
fn a_phone_that_lies_under_the_reader_while_its_code_changes_is_one_visit() {
    let mut play = Play::open();
    let mut readings = Readings::of(&play);
    let shows = |code| Woman(code).shows(VneidCode);
    // The same code is read again and again, then another one.
    for time_ms in (0..3_000).step_by(500) {
        readings.at(&mut play, time_ms, &shows(1));
    }
    readings.at(&mut play, 3_500, &shows(2));
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    for time_ms in (4_000..6_000).step_by(500) {
        readings.at(&mut play, time_ms, &shows(2));
    }
    readings.at(&mut play, 6_500, &shows(3));
    play.counted(1);
    assert_eq!(play.arrivals(), 1);
    assert!(play.reads("Đã ghi nhận"), "{:?}", play.labels());
}

#[test]
fn a_code_that_changes_slowly_is_followed_in_its_rhythm() {
    let mut play = Play::open();
    let mut readings = Readings::of(&play);
    for (code, time_ms) in [(1, 0), (2, 2_300), (3, 4_600)] {
        readings.at(&mut play, time_ms, &Woman(code).shows(VneidCode));
    }
    play.press("Sổ sức khỏe trên VNeID");
    play.wait_for("Đã ghi nhận");
    readings.at(&mut play, 7_400, &Woman(4).shows(VneidCode));
    play.counted(1);
    assert_eq!(play.arrivals(), 1);
    assert!(play.reads("Đã ghi nhận"), "{:?}", play.labels());
}

#[test]
fn a_queue_of_phones_six_seconds_apart_is_as_many_visits_as_people() {
    let mut play = Play::open();
    let mut readings = Readings::of(&play);
    for person in 0..8_u32 {
        let begin = u64::from(person) * 6_000;
        for time_ms in [0, 700, 1_400] {
            readings.at(&mut play, begin + time_ms, &Woman(person).shows(VneidCode));
        }
        play.counted(u64::from(person) + 1);
        assert_eq!(play.arrivals(), u64::from(person) + 1);
        play.press("Sổ sức khỏe trên VNeID");
        play.wait_for("Đã ghi nhận");
    }
    let figures = play.figures();
    assert_eq!((figures.arrivals, figures.used.vneid()), (8, 8));
}
