//! The staff's side played by hand: a small world answers as the journal, the roster and the stick
//! would.

mod calls;

use std::collections::HashMap;

use uuid::Uuid;

use super::*;
use crate::card::decode;
use crate::event::{
    Arrival, Choice, CorrectionReason, DismissalReason, EnteredNumber, Event as Happened, EventSeq,
    Hundredths, IntegrationResult, Obstacle, RecordUsed, ShownDocument, Source, What,
};
use crate::figures::sample::{Desk, TODAY, YESTERDAY};
use crate::staff::{hash_of_482915, typed as pin_typed};

const SECOND_MS: u64 = 1000;
/// The morning of the sample day: 07:42.
const MORNING_MS: i64 = (7 * 60 + 42) * 60_000;
const HOURS: [Range<Minutes>; 2] = [7 * 60..11 * 60, 13 * 60..17 * 60];

/// Invented: born 1950.
const CARD: &str = "001150000001||Nguyễn Thị Bưởi|05031950|Nữ|Thôn Đông, Xã Minh Tâm|01012022";

struct World {
    state: State,
    uptime_ms: u64,
    seq: u64,
    today: Tally,
    duty: Duty,
    roster: Roster,
    pins: HashMap<StaffCode, String>,
    lockouts: HashMap<StaffCode, Lockout>,
    health: Health,
    outlook: Outlook,
    /// Everything recorded, in order.
    events: Vec<Happened>,
    /// What was wanted that this world does not do.
    wanted: Vec<Effect>,
    journal_refuses: bool,
    numbers: u32,
    tokens: HashMap<String, (VisitId, VisitNo)>,
    real_ids: HashMap<VisitId, VisitId>,
    clock_sure: bool,
}

impl World {
    fn without_staff() -> Self {
        Self {
            state: State::default(),
            uptime_ms: 0,
            seq: 0,
            today: Tally::new(TODAY),
            duty: Duty::new(TODAY),
            roster: Roster::default(),
            pins: HashMap::new(),
            lockouts: HashMap::new(),
            health: Health { stick: true, ..Health::default() },
            outlook: Outlook::default(),
            events: Vec::new(),
            wanted: Vec::new(),
            journal_refuses: false,
            numbers: 0,
            tokens: HashMap::new(),
            real_ids: HashMap::new(),
            clock_sure: true,
        }
    }

    /// A head TT01 and a nurse NV01, both with the PIN 482915.
    fn with_staff() -> Self {
        let mut world = Self::without_staff();
        for role in [Role::Head, Role::Nurse] {
            let code = world.roster.add(role, TODAY).unwrap();
            world.keep_pin(code, "482915");
        }
        world.outlook.numbers = vec![WantedNumber {
            figure: "co-sskdt-toan-xa".into(),
            label: "Có Sổ sức khỏe điện tử toàn xã".into(),
            counted_by: "Công an xã".into(),
            unit: "% công dân".into(),
            known: vec![(YESTERDAY, Hundredths(8800))],
        }];
        world
    }

    fn signed_in(code: &str) -> Self {
        let mut world = Self::with_staff();
        world.sign_in(code);
        world
    }

    fn sign_in(&mut self, code: &str) {
        self.press(Press::Open);
        let index = self.roster.active().position(|member| member.code == staff(code)).unwrap();
        self.press(Press::Answer(u8::try_from(index + 1).unwrap()));
        self.types("482915");
        assert_eq!(self.state.who.unwrap().code, staff(code));
    }

    fn keep_pin(&mut self, code: StaffCode, pin: &str) {
        self.pins.insert(code, pin.to_owned());
        self.roster.set_pin(code, hash_of_482915()).unwrap();
    }

    fn now(&self) -> Moment {
        let wall_ms = TODAY.begins_ms() + MORNING_MS + i64::try_from(self.uptime_ms).unwrap();
        Moment { wall_ms, uptime_ms: self.uptime_ms, boot: Uuid::nil(), sure: self.clock_sure }
    }

    fn with_env<T>(&self, use_it: impl FnOnce(&Env<'_>) -> T) -> T {
        use_it(&Env {
            now: self.now(),
            fresh: VisitId(Uuid::from_u128(u128::from(self.uptime_ms) + 1)),
            today: &self.today,
            duty: &self.duty,
            hours: &HOURS,
            roster: &self.roster,
            lockouts: &self.lockouts,
            health: &self.health,
            outlook: &self.outlook,
        })
    }

    fn view(&self) -> View {
        self.with_env(|env| view(&self.state, env))
    }

    fn press(&mut self, press: Press) {
        self.uptime_ms += SECOND_MS;
        self.step(Event::Pressed(press));
    }

    fn types(&mut self, digits: &str) {
        for digit in digits.bytes() {
            self.press(Press::Digit(digit - b'0'));
        }
    }

    fn scan(&mut self, text: &str) {
        self.uptime_ms += SECOND_MS;
        self.step(Event::Scanned(decode(text.as_bytes(), TODAY.0)));
    }

    fn step(&mut self, event: Event) {
        let state = std::mem::take(&mut self.state);
        let (state, effects) = self.with_env(|env| step(state, event, env));
        self.state = state;
        for effect in effects {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Judge { staff, typed } => {
                let right = typed == pin_typed(&self.pins[&staff]);
                let now = self.now();
                let lockout = self.lockouts.entry(staff).or_default();
                *lockout = lockout.tried(right, &now);
                self.step(Event::PinJudged { staff, right });
            }
            Effect::ChoosePin { staff, new, .. } => {
                if let Some(role) = new {
                    assert_eq!(self.roster.add(role, TODAY).unwrap(), staff);
                }
                self.keep_pin(staff, "482915");
                self.step(Event::StaffSaved { staff });
            }
            Effect::Arrive { visit, card, age, identity, entry, day, by, ask, person: _ } => {
                if self.journal_refuses {
                    return self.step(Event::NotRecorded(ask));
                }
                let token = identity.map(|identity| identity.reveal().to_owned());
                if let Some((known, number)) =
                    token.as_ref().and_then(|token| self.tokens.get(token)).copied()
                {
                    self.real_ids.insert(visit, known);
                    self.append(known, by, What::ScannedAgain);
                    let (proposed, visit) = (visit, known);
                    return self.step(Event::Arrived { proposed, visit, day, number, again: true });
                }
                self.numbers += 1;
                let number = VisitNo(self.numbers);
                if let Some(token) = token {
                    self.tokens.insert(token, (visit, number));
                }
                self.append(visit, by, What::Arrived(Arrival { number, card, age, entry }));
                let proposed = visit;
                self.step(Event::Arrived { proposed, visit, day, number, again: false });
            }
            Effect::AlsoShow { visit: (visit, _), card, age, by, .. } => {
                self.note(Some(visit), by, What::AlsoShown(ShownDocument { card, age }));
                self.step(Event::Recorded(Ask::Other));
            }
            Effect::Record { ask, subject, by, what } => {
                if self.journal_refuses {
                    return self.step(Event::NotRecorded(ask));
                }
                let visit = match subject {
                    Subject::Desk | Subject::Day(_) => None,
                    Subject::Proposed(id) => Some(self.real_ids.get(&id).copied().unwrap_or(id)),
                    Subject::Visit(id, _) => Some(id),
                };
                self.note(visit, by, what);
                self.step(Event::Recorded(ask));
            }
            other @ (Effect::ResetPin { .. }
            | Effect::Remove { .. }
            | Effect::Examine
            | Effect::LoadDay(_)
            | Effect::CloseDay { .. }
            | Effect::SetClock { .. }
            | Effect::Export { .. }) => self.wanted.push(other),
        }
    }

    fn append(&mut self, visit: VisitId, by: StaffCode, what: What) {
        self.note(Some(visit), by, what);
    }

    fn note(&mut self, visit: Option<VisitId>, by: StaffCode, what: What) {
        self.seq += 1;
        let event = Happened {
            seq: EventSeq(self.seq),
            id: Uuid::nil(),
            origin: Desk::origin(),
            day: TODAY,
            at: self.now(),
            visit,
            by: Some(by),
            what,
        };
        self.today.add(&event);
        self.duty.add(&event);
        self.events.push(event);
    }

    /// A patient chose at the kiosk, or walked away.
    fn patient(&mut self, used: Option<RecordUsed>) -> VisitNo {
        self.numbers += 1;
        let (number, id) = (VisitNo(self.numbers), VisitId(Uuid::now_v7()));
        let arrival = Arrival { number, card: None, age: AgeBand::Unknown, entry: Entry::Usual };
        let nobody = staff("TT01");
        self.note(Some(id), nobody, What::Arrived(arrival));
        if let Some(used) = used {
            let source = Source::SelfDeclared;
            self.note(Some(id), nobody, What::Chose(Choice { used, source }));
        }
        number
    }

    /// What was recorded since `from`, in short.
    fn said_since(&self, from: usize) -> Vec<What> {
        self.events[from..].iter().map(|event| event.what.clone()).collect()
    }
}

fn staff(code: &str) -> StaffCode {
    code.parse().unwrap()
}

fn confirmed(used: RecordUsed) -> What {
    What::Chose(Choice { used, source: Source::NurseConfirmed })
}

#[test]
fn at_the_first_start_a_head_is_set_up_on_the_screen() {
    let mut world = World::without_staff();
    world.press(Press::Open);
    assert_eq!(world.view().facts_on, "Chọn mã PIN");
    world.press(Press::GoOn);
    assert_eq!(world.view().pin.title, "TT01 chọn mã PIN mới");
    world.types("123456");
    assert!(world.view().pin.alarm, "too easy to guess");
    world.types("482915");
    world.types("482916");
    assert_eq!(world.view().pin.note, "Hai lần nhập không giống nhau. Mời chọn lại.");
    world.types("482915");
    world.types("482915");
    assert_eq!(world.state.who, Some(SignedIn { code: staff("TT01"), role: Role::Head }));
    assert_eq!(world.view().page, ViewPage::Arrivals);
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left_and_then_one_waits() {
    let mut world = World::with_staff();
    world.press(Press::Open);
    world.press(Press::Answer(2));
    for left in (1..5).rev() {
        world.types("111111");
        assert_eq!(world.view().pin.note, format!("Mã PIN chưa đúng. Còn {left} lần thử."));
    }
    world.types("111111");
    assert_eq!(world.view().pin.wait, 15);
    world.types("482915");
    assert_eq!(world.view().pin.digits, 0, "not taken while one waits");
    world.uptime_ms += 15 * SECOND_MS;
    world.types("482915");
    assert_eq!(world.state.who.unwrap().code, staff("NV01"));
}

#[test]
fn an_assisted_check_in_takes_four_touches() {
    let mut world = World::signed_in("NV01");
    let from = world.events.len();
    let touches = [Press::Add, Press::Used(RecordUsed::Vneid), Press::Guided, Press::Save];
    assert!(touches.len() <= 4);
    for touch in touches {
        world.press(touch);
    }
    assert_eq!(world.view().said, "Đã ghi nhận lượt số 1");
    let said = world.said_since(from);
    assert!(matches!(&said[0], What::Arrived(arrival) if arrival.entry == Entry::Usual));
    assert_eq!(said[1..], [confirmed(RecordUsed::Vneid), What::GuidedByStaff]);
    assert!(world.events[from..].iter().all(|event| event.by == Some(staff("NV01"))));
}

#[test]
fn a_scan_is_counted_at_once_and_the_nurse_says_the_rest() {
    let mut world = World::signed_in("NV01");
    world.scan(CARD);
    let shown = world.view();
    assert_eq!((shown.page, shown.form.title.as_str()), (ViewPage::Visit, "Lượt số 1"));
    assert_eq!(shown.form.age, "Từ 70 tuổi");
    assert_eq!(world.today.figures().used.unfinished, 1, "walks away: an arrival all the same");
    world.press(Press::Used(RecordUsed::Paper));
    world.press(Press::Ask(Question::Obstacle));
    world.press(Press::Answer(1));
    world.press(Press::Save);
    assert_eq!(world.view().said, "Đã lưu lượt số 1");
    let figures = world.today.figures();
    assert_eq!((figures.arrivals, figures.used.paper), (1, 1));
    assert_eq!(figures.obstacles[&Obstacle::NoSmartphone], 1);
    assert_eq!(figures.corrections, 0, "nothing was put right: nothing had been said");
}

#[test]
fn what_is_no_card_says_so_and_counts_nobody() {
    let mut world = World::signed_in("NV01");
    let from = world.events.len();
    for scanned in ["8934563138165", "TIEPDON:VNEID", "https://example.vn"] {
        world.scan(scanned);
        assert_eq!(world.view().said, "Mã này không phải thẻ", "{scanned}");
    }
    assert_eq!(world.events.len(), from);
}

#[test]
fn the_same_card_opens_the_same_visit_and_a_second_one_is_added_on_purpose() {
    let mut world = World::signed_in("NV01");
    for _ in 0..2 {
        world.scan(CARD);
        assert_eq!(world.view().form.title, "Lượt số 1");
    }
    assert!(world.view().form.can_be_second);
    world.press(Press::Second);
    assert_eq!(world.view().form.title, "Lượt thứ hai");
    assert_eq!(world.view().form.age, "Từ 70 tuổi");
    world.press(Press::Used(RecordUsed::Vneid));
    world.press(Press::Save);
    assert_eq!(world.view().said, "Đã ghi nhận lượt số 2");
    let figures = world.today.figures();
    assert_eq!((figures.arrivals, figures.second), (2, 1));
}

/// Invented, the same person: her BHYT card, and the card of somebody else.
const HER_BHYT: &str = "GD4890000000051|4e677579e1bb856e205468e1bb8b2042c6b0e1bb9f69|05/03/1950|2|\
    416e204769616e67|89 - 001|01/01/2025|-|20/12/2024|89000000000051|-|4|01/01/2029|\
    00000000000000aa-7102|$";
const ANOTHER: &str = "001090000002||Trần Văn Núi|28021990|Nam|Thôn Đông, Xã Minh Tâm|01012022";
const CODE: &[u8] = b"VN1:c2FtcGxlLXRva2VuLW9mLW5vYm9keS0wMDAwMQ==";

#[test]
fn a_form_that_holds_what_a_nurse_said_stays_and_the_newcomer_is_one_touch_away() {
    let mut world = World::signed_in("NV01");
    world.press(Press::Add);
    world.press(Press::Used(RecordUsed::Vneid));
    let from = world.events.len();
    world.scan(ANOTHER);
    let shown = world.view();
    assert_eq!((shown.page, shown.form.used), (ViewPage::Visit, Some(RecordUsed::Vneid)));
    assert!(shown.form.is_new, "the form is still of the patient without a card");
    assert_eq!(shown.counted, Some(VisitNo(1)), "the newcomer is counted at once");
    world.press(Press::Guided);
    assert_eq!(world.events.len(), from + 1, "the nurse's next touch says nothing of the newcomer");

    world.press(Press::OpenCounted);
    assert_eq!((world.view().form.title.as_str(), world.view().counted), ("Lượt số 1", None));
    world.press(Press::Used(RecordUsed::Paper));
    world.press(Press::Save);
    let shown = world.view();
    assert!(shown.form.is_new && shown.form.guided, "what was said before is there again");
    world.press(Press::Save);
    assert_eq!(world.view().said, "Đã ghi nhận lượt số 2");
    let figures = world.today.figures();
    assert_eq!((figures.arrivals, figures.used.vneid_confirmed, figures.used.paper), (2, 1, 1));
}

#[test]
fn the_documents_of_one_patient_are_one_visit_while_a_nurse_has_it_open() {
    let mut world = World::signed_in("NV01");
    world.scan(CARD);
    world.press(Press::Used(RecordUsed::Vneid));
    for document in [HER_BHYT.as_bytes(), CODE, CODE, CARD.as_bytes()] {
        world.scan(std::str::from_utf8(document).unwrap());
        let shown = world.view();
        assert_eq!((shown.form.title.as_str(), shown.counted), ("Lượt số 1", None));
        assert_eq!(shown.form.used, Some(RecordUsed::Vneid));
    }
    world.scan(ANOTHER);
    assert_eq!(world.view().counted, Some(VisitNo(2)));
    assert_eq!(world.today.figures().arrivals, 2);
}

#[test]
fn a_card_whose_name_did_not_come_whole_is_the_same_patients_by_birth() {
    let plain: String = "NGUYEN THI BUOI".bytes().map(|byte| format!("{byte:02x}")).collect();
    let plain = HER_BHYT
        .replace("4e677579e1bb856e205468e1bb8b2042c6b0e1bb9f69", &plain)
        .replace("416e204769616e67", "-");
    let mut world = World::signed_in("NV01");
    world.scan(CARD);
    world.press(Press::Used(RecordUsed::Vneid));
    world.scan(&plain);
    assert_eq!((world.view().counted, world.today.figures().arrivals), (None, 1));
    world.scan(&plain.replace("1950|2|", "1951|2|").replace("0000051", "0000555"));
    assert_eq!(world.today.figures().arrivals, 2, "born in another year");
}

#[test]
fn a_number_or_a_pin_that_is_typed_is_not_thrown_away_by_a_scan() {
    let mut world = World::signed_in("TT01");
    world.press(Press::Menu);
    let numbers = world.view().answers.iter().position(|(words, _)| words.contains("nơi khác đếm"));
    world.press(Press::Answer(u8::try_from(numbers.unwrap() + 1).unwrap()));
    world.press(Press::Answer(1));
    world.press(Press::Answer(1));
    world.press(Press::Digit(7));
    world.scan(CARD);
    let shown = world.view();
    assert_eq!((shown.page, shown.number.typed.as_str()), (ViewPage::Number, "7"));
    assert_eq!((shown.counted, world.today.figures().arrivals), (Some(VisitNo(1)), 1));
}

#[test]
fn a_page_that_a_scan_has_just_changed_takes_no_press() {
    let mut world = World::signed_in("NV01");
    world.scan(CARD);
    for (after_ms, taken) in [(120, false), (500, false), (100, true)] {
        world.uptime_ms += after_ms;
        world.step(Event::Pressed(Press::Used(RecordUsed::Vneid)));
        assert_eq!(world.view().form.used.is_some(), taken, "{after_ms}");
    }
}

#[test]
fn an_answer_for_something_else_is_not_taken_for_the_forms() {
    let mut world = World::signed_in("NV01");
    let number = world.patient(None);
    world.press(Press::Row(number));
    world.press(Press::Used(RecordUsed::Vneid));
    let state = std::mem::take(&mut world.state);
    let pressed = |env: &Env<'_>| step(state, Event::Pressed(Press::Save), env);
    let (state, effects) = world.with_env(pressed);
    world.state = state;
    assert_eq!(effects.len(), 1);
    for other in [Event::Recorded(Ask::Other), Event::Recorded(Ask::Form(7))] {
        world.step(other);
        assert_eq!(world.view().said, "", "nothing of the form is durable yet");
    }
    world.step(Event::NotRecorded(Ask::Scan));
    world.step(Event::Recorded(Ask::Form(1)));
    assert_eq!(world.view().said, "Đã lưu lượt số 1");
}

#[test]
fn what_a_patient_said_is_confirmed_without_a_reason_and_put_right_with_one() {
    let mut world = World::signed_in("NV01");
    let number = world.patient(Some(RecordUsed::Vneid));
    let from = world.events.len();
    world.press(Press::Row(number));
    assert!(!world.view().form.confirmed);
    world.press(Press::Used(RecordUsed::Vneid));
    world.press(Press::Save);
    assert_eq!(world.said_since(from), [confirmed(RecordUsed::Vneid)]);

    world.press(Press::Row(number));
    world.press(Press::Used(RecordUsed::Paper));
    world.press(Press::Save);
    assert_eq!(world.view().question, "Vì sao sửa?");
    world.press(Press::Answer(3));
    let What::Corrected(correction) = &world.events.last().unwrap().what else { panic!() };
    assert_eq!(correction.reason, CorrectionReason::Checked);
    assert_eq!(world.today.figures().used.paper, 1);
    assert_eq!(world.view().rows[0].notes, "Đã sửa · NV xác nhận");
}

#[test]
fn every_single_fact_can_be_said_taken_back_and_said_again() {
    let mut world = World::signed_in("NV01");
    let number = world.patient(Some(RecordUsed::Paper));
    let asked = |question, answer| vec![Press::Ask(question), Press::Answer(answer)];
    let acts = [
        vec![Press::Guided],
        vec![Press::Accompanied],
        asked(Question::Age, 4),
        asked(Question::Result, 2),
        asked(Question::Obstacle, 3),
        vec![Press::StrikeOut],
    ];
    for act in acts {
        for _ in 0..3 {
            world.press(Press::Row(number));
            let before = world.view().form;
            for press in &act {
                world.press(*press);
            }
            assert_ne!(world.view().form, before);
            assert!(world.view().form.ready);
            world.press(Press::Save);
            if world.view().page == ViewPage::Pick {
                world.press(Press::Answer(1));
            }
            assert_eq!(world.view().page, ViewPage::Arrivals, "{act:?}");
            assert!(!world.view().said_alarm);
        }
    }
    let figures = world.today.figures();
    assert_eq!((figures.arrivals, figures.struck_out), (0, 1));
    world.press(Press::Row(number));
    world.press(Press::StrikeOut);
    world.press(Press::Save);
    world.press(Press::Answer(1));
    let figures = world.today.figures();
    assert_eq!((figures.guided_by_staff, figures.accompanied, figures.ages.from_70), (1, 1, 1));
    assert_eq!(figures.integration[&IntegrationResult::Done], 1);
    assert_eq!(figures.obstacles[&Obstacle::NoLevel2], 1);
}

#[test]
fn the_list_filters_who_has_not_chosen_and_who_called() {
    let mut world = World::signed_in("NV01");
    world.patient(Some(RecordUsed::Vneid));
    let open = world.patient(None);
    let calls = world.patient(Some(RecordUsed::Paper));
    let id = world.today.visits().find(|(_, v)| v.arrived().unwrap().number == calls).unwrap().0;
    world.note(Some(id), staff("TT01"), What::StaffCalled);
    assert_eq!(world.view().counts, [3, 1, 1]);
    let numbers = |world: &World| -> Vec<u32> {
        world.view().rows.iter().map(|row| row.number.unwrap().0).collect()
    };
    assert_eq!(numbers(&world), [3, 2, 1], "the latest first");
    world.press(Press::Show(Filter::Open));
    assert_eq!(numbers(&world), [open.0]);
    world.press(Press::Show(Filter::Help));
    assert_eq!(numbers(&world), [calls.0]);
    world.press(Press::Row(calls));
    assert_eq!(world.events.last().unwrap().what, What::Helped);
    world.press(Press::Back);
    assert_eq!(world.view().counts, [3, 1, 0]);
}

#[test]
fn nothing_is_claimed_when_the_journal_refuses() {
    let mut world = World::signed_in("NV01");
    world.journal_refuses = true;
    world.press(Press::Add);
    world.press(Press::Used(RecordUsed::Vneid));
    world.press(Press::Save);
    let shown = world.view();
    assert!(shown.said_alarm && shown.said.contains("ghi ra phiếu"), "{}", shown.said);
    world.journal_refuses = false;
    world.press(Press::Add);
    world.press(Press::Used(RecordUsed::Vneid));
    world.press(Press::Save);
    assert_eq!(world.view().said, "Đã ghi nhận lượt số 1");
}

#[test]
fn a_paper_sheet_is_entered_line_after_line() {
    let mut world = World::signed_in("NV01");
    world.press(Press::Menu);
    world.press(Press::Answer(2));
    assert_eq!(world.view().answers[1].0, "Thứ Hai 23/11");
    world.press(Press::Answer(2));
    for used in [RecordUsed::Paper, RecordUsed::Vneid] {
        assert_eq!(world.view().form.title, "Nhập bù Thứ Hai 23/11");
        world.press(Press::Used(used));
        world.press(Press::Save);
    }
    let entries: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| {
            let What::Arrived(arrival) = &event.what else { return None };
            Some((arrival.entry, event.visit))
        })
        .collect();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|(entry, _)| *entry == Entry::FromPaper));
    assert_ne!(entries[0].1, entries[1].1);
}

#[test]
fn duty_is_taken_up_and_laid_down() {
    let mut world = World::signed_in("NV01");
    assert_eq!(world.view().duty, "Vào ca");
    assert!(world.view().due.iter().any(|line| line.value.starts_with("trống")));
    world.press(Press::Duty);
    assert_eq!(world.view().duty, "Hết ca");
    assert!(world.view().since.starts_with("đang trực từ 07:42"));
    world.press(Press::Duty);
    assert_eq!(world.view().duty, "Vào ca");
}

#[test]
fn it_locks_itself_after_ninety_seconds_without_a_touch() {
    let mut world = World::signed_in("NV01");
    for _ in 0..89 {
        world.step(Event::Second);
    }
    assert!(world.state.is_open());
    world.step(Event::Touched);
    for _ in 0..89 {
        world.step(Event::Second);
    }
    assert_eq!(world.view().seconds_left, 1);
    world.step(Event::Second);
    assert!(!world.state.is_open());
    assert!(world.state.who.is_none());
}

#[test]
fn a_pin_pad_left_alone_gives_way_to_the_patients() {
    let mut world = World::with_staff();
    world.press(Press::Open);
    world.press(Press::Answer(1));
    world.types("48");
    for _ in 0..30 {
        world.step(Event::Second);
    }
    assert!(!world.state.is_open());
}

#[test]
fn only_the_head_closes_exports_and_looks_after_the_staff() {
    let answers = |code| {
        let mut world = World::signed_in(code);
        world.press(Press::Menu);
        world.view().answers.into_iter().map(|(answer, _)| answer).collect::<Vec<_>>()
    };
    let heads_only = ["Xuất ra USB", "Chốt sổ hôm nay", "Nhân viên", "Tình trạng máy"];
    for errand in heads_only {
        assert!(answers("TT01").iter().any(|answer| answer == errand));
        assert!(!answers("NV01").iter().any(|answer| answer == errand));
    }
}

#[test]
fn the_head_closes_the_day_and_reads_what_was_signed() {
    let mut world = World::signed_in("TT01");
    world.patient(None);
    world.press(Press::Menu);
    world.press(Press::Answer(2));
    assert!(world.view().facts_note.starts_with("Còn 1 lượt chưa chọn."));
    world.press(Press::GoOn);
    world.press(Press::GoOn);
    assert!(matches!(world.wanted[..], [Effect::CloseDay { day: TODAY, .. }]), "once");
    world.step(Event::DayClosed { day: TODAY, number: 1, chain: "a1b2c3d4".into() });
    assert_eq!(world.view().facts_title, "Đã chốt sổ ngày 24/11/2026");
    world.press(Press::GoOn);
    assert_eq!(world.view().page, ViewPage::Stick);
}

#[test]
fn closing_today_closes_what_was_left_open_before() {
    let mut world = World::signed_in("TT01");
    world.outlook.unclosed = vec!["2026-11-20".parse().unwrap()];
    assert!(world.view().due.iter().any(|line| line.label == "Chưa chốt sổ"));
    world.press(Press::Menu);
    world.press(Press::Answer(2));
    world.press(Press::GoOn);
    let days: Vec<String> = world
        .wanted
        .iter()
        .map(|effect| {
            let Effect::CloseDay { day, .. } = effect else { panic!() };
            day.to_string()
        })
        .collect();
    assert_eq!(days, ["2026-11-24", "2026-11-20"]);
}

#[test]
fn a_patient_who_scans_while_a_stick_is_written_is_counted() {
    let mut world = World::signed_in("TT01");
    world.press(Press::Menu);
    world.press(Press::Answer(1));
    world.press(Press::Export);
    world.scan(CARD);
    assert_eq!(world.view().page, ViewPage::Stick);
    assert_eq!(world.today.figures().arrivals, 1);
}

#[test]
fn an_export_shows_its_progress_and_when_the_stick_may_be_pulled() {
    let mut world = World::signed_in("TT01");
    world.press(Press::Menu);
    world.press(Press::Answer(1));
    assert_eq!(world.view().stick.title, "Hôm nay 24/11");
    world.press(Press::Periods);
    assert_eq!(
        answers(&world),
        [
            "Hôm nay 24/11",
            "7 ngày qua, 18–24/11",
            "Tháng 11, 01–24/11",
            "Tháng 10, 01–31/10",
            "Chọn ngày khác"
        ]
    );
    world.press(Press::Answer(4));
    world.press(Press::Export);
    let [Effect::Export { from, to, .. }] = &world.wanted[..] else { panic!() };
    assert_eq!((from.to_string(), to.to_string()), ("2026-10-01".into(), "2026-10-31".into()));
    world.step(Event::ExportProgress(0.5));
    assert_eq!(world.view().stick.progress, Some(0.5));
    for _ in 0..200 {
        world.step(Event::Second);
    }
    assert!(world.state.is_open(), "nobody is locked out while the stick is written");
    world.press(Press::Lock);
    assert!(world.state.is_open());
    let folder = "TIEPDON/AG-TRITON_D1_2026-10-01_2026-10-31".to_owned();
    world.step(Event::Exported { files: 23, folder, note: None });
    let stick = world.view().stick;
    assert!(stick.done);
    assert_eq!(stick.title, "Tháng 10, 01–31/10");
    assert_eq!(stick.about, "23 tệp trong thư mục TIEPDON/AG-TRITON_D1_2026-10-01_2026-10-31.");
    world.press(Press::GoOn);
    assert_eq!(world.view().page, ViewPage::Pick);
}

#[test]
fn a_stick_that_cannot_be_read_does_not_disturb_the_one_being_written() {
    let mut world = World::signed_in("TT01");
    world.press(Press::Menu);
    world.press(Press::Answer(1));
    world.step(Event::StickUnreadable);
    assert!(world.view().stick.failed.is_some());
    world.press(Press::GoOn);
    world.press(Press::Export);
    world.step(Event::StickUnreadable);
    assert_eq!(world.view().stick.progress, Some(0.0));
}

fn answers(world: &World) -> Vec<String> {
    world.view().answers.into_iter().map(|(answer, _)| answer).collect()
}

fn day(text: &str) -> StationDay {
    text.parse().unwrap()
}

/// Due at 15:00 of `due`.
fn report(title: &str, due: &str, from: &str, to: &str) -> ReportDue {
    ReportDue {
        title: title.into(),
        due: day(due).0.and_hms_opt(15, 0, 0).unwrap(),
        from: day(from),
        to: day(to),
        late: day(due) < TODAY,
        campaign: "tri-ton-2026".into(),
        recipients: vec!["Sở Y tế".into(), "UBND xã".into()],
    }
}

#[test]
fn a_report_that_is_due_is_told_with_its_dates_deadline_and_recipients() {
    let mut world = World::signed_in("TT01");
    world.outlook.reports = vec![report("Báo cáo tuần", "2026-11-24", "2026-11-17", "2026-11-23")];
    let due = world.view().due;
    assert!(due.iter().any(|line| {
        line.label == "Báo cáo tuần 17–23/11" && line.value == "hạn 15:00 hôm nay"
    }));
    world.outlook.headline = Some((Measure::Guided, 100));
    let shown = world.view();
    assert_eq!((shown.share_label, shown.goal), ("Lượt được hướng dẫn", Some(100)));
    world.press(Press::Menu);
    assert_eq!(answers(&world)[0], "Xuất ra USB (1 đến hạn)");
    world.press(Press::Answer(1));
    let stick = world.view().stick;
    assert_eq!(stick.title, "Báo cáo tuần 17–23/11");
    assert_eq!(stick.about, "Hạn 15:00 hôm nay · gửi Sở Y tế; UBND xã");
    world.press(Press::Export);
    let [Effect::Export { from, to, .. }] = &world.wanted[..] else { panic!() };
    assert_eq!((*from, *to), (day("2026-11-17"), day("2026-11-23")));
    // Handed in, it is due no more; what stands on the stick is told all the same.
    world.outlook.reports.clear();
    world.step(Event::Exported { files: 41, folder: "TIEPDON/X".into(), note: None });
    let stick = world.view().stick;
    assert_eq!(stick.title, "Báo cáo tuần 17–23/11");
    assert_eq!(stick.about, "41 tệp trong thư mục TIEPDON/X. Gửi Sở Y tế; UBND xã.");
}

#[test]
fn all_reports_that_are_due_can_be_seen_the_newest_is_chosen_and_any_days_can_be() {
    let mut world = World::signed_in("TT01");
    let week = |from: &str, to: &str, due: &str| report("Báo cáo tuần", due, from, to);
    world.outlook.reports = vec![
        week("2026-10-13", "2026-10-19", "2026-10-20"),
        week("2026-10-20", "2026-10-26", "2026-10-27"),
        week("2026-10-27", "2026-11-02", "2026-11-03"),
        week("2026-11-03", "2026-11-09", "2026-11-10"),
        week("2026-11-10", "2026-11-16", "2026-11-17"),
        week("2026-11-17", "2026-11-23", "2026-11-24"),
        // Its last day is not over.
        week("2026-11-24", "2026-11-30", "2026-12-01"),
    ];
    world.press(Press::Menu);
    world.press(Press::Answer(1));
    assert_eq!(world.view().stick.title, "Báo cáo tuần 17–23/11", "the newest that is due");
    world.press(Press::Periods);
    let told = answers(&world);
    assert_eq!(
        told,
        [
            "Báo cáo tuần 17–23/11, hạn 24/11",
            "Báo cáo tuần 10–16/11, trễ 17/11",
            "Báo cáo khác",
            "Hôm nay 24/11",
            "7 ngày qua, 18–24/11",
            "Tháng 11, 01–24/11",
            "Tháng 10, 01–31/10",
            "Chọn ngày khác"
        ]
    );
    world.press(Press::Answer(3));
    assert_eq!(answers(&world)[0], "Báo cáo tuần 03–09/11, trễ 10/11");
    world.press(Press::Answer(3));
    assert_eq!(answers(&world)[1], "Báo cáo tuần 13–19/10, trễ 20/10");
    world.press(Press::Answer(2));
    let stick = world.view().stick;
    assert_eq!(stick.title, "Báo cáo tuần 13–19/10");
    assert_eq!(stick.about, "Trễ, hạn 15:00 Thứ Ba 20/10 · gửi Sở Y tế; UBND xã");

    world.press(Press::Periods);
    world.press(Press::Answer(8));
    assert_eq!(world.view().page, ViewPage::Period);
    world.types("05102026");
    world.types("04102026");
    world.press(Press::GoOn);
    assert_eq!(world.view().clock.note, "Ngày cuối đang trước ngày đầu. Mời xem lại.");
    world.press(Press::Answer(4));
    world.types("18102026");
    world.press(Press::GoOn);
    let stick = world.view().stick;
    assert_eq!((stick.title.as_str(), stick.is_report), ("Các ngày 05–18/10", false));
    world.press(Press::Export);
    let [Effect::Export { from, to, .. }] = &world.wanted[..] else { panic!() };
    assert_eq!((*from, *to), (day("2026-10-05"), day("2026-10-18")));
}

#[test]
fn what_a_report_will_lack_is_told_before_it_is_written() {
    let mut world = World::signed_in("TT01");
    world.outlook.reports = vec![report("Báo cáo tuần", "2026-11-24", "2026-11-17", "2026-11-23")];
    let campaign = Span { from: day("2026-11-01"), to: day("2026-12-31") };
    let count = |label: &str, adds_up, entered: &[&str]| HandCounted {
        label: label.into(),
        campaign,
        adds_up,
        entered: entered.iter().map(|text| day(text)).collect(),
    };
    world.outlook.hand_counts = vec![
        count("Tài khoản mức 2", true, &["2026-11-16"]),
        count("Cài mới", true, &["2026-11-18"]),
        count("Có SSKĐT", false, &["2026-11-02"]),
        count("Cán bộ", false, &["2026-11-24"]),
    ];
    world.outlook.known = Some(Known {
        began: Some(day("2026-11-18")),
        closed: ["2026-11-18", "2026-11-20", "2026-11-21", "2026-11-22"].map(day).into(),
        today: TODAY,
    });
    world.press(Press::Menu);
    world.press(Press::Answer(1));
    assert_eq!(
        world.view().stick.missing,
        "Chưa nhập: Tài khoản mức 2; Cán bộ. Thứ Ba 17/11 trước ngày máy bắt đầu đếm, sẽ để \
         trống. 2 ngày chưa chốt sổ, sẽ để trống."
    );
    world.press(Press::Periods);
    world.press(Press::Answer(2));
    assert!(world.view().stick.missing.contains("Thứ Ba 24/11 chưa chốt sổ"));
    world.outlook.closed_today = Some(1);
    assert!(!world.view().stick.missing.contains("24/11"), "closed a moment ago");
}

#[test]
fn a_reminder_is_dismissed_with_a_reason_that_is_recorded() {
    let mut world = World::signed_in("TT01");
    world.outlook.reports = vec![report("Báo cáo tuần", "2026-11-24", "2026-11-17", "2026-11-23")];
    world.press(Press::Menu);
    world.press(Press::Answer(1));
    world.press(Press::Dismiss);
    assert_eq!(world.view().question, "Vì sao thôi nhắc Báo cáo tuần 17–23/11?");
    let before = world.events.len();
    world.press(Press::Answer(9));
    assert_eq!(world.events.len(), before, "there is no ninth reason");
    world.press(Press::Answer(3));
    let told = world.events.last().unwrap();
    let (from, to) = (day("2026-11-17"), day("2026-11-23"));
    let (campaign, reason) = ("tri-ton-2026".to_owned(), DismissalReason::NotWanted);
    assert_eq!(told.what, What::ReportDismissed { campaign, from, to, reason });
    assert_eq!(told.by.unwrap().as_str(), "TT01");
    assert_eq!(world.view().said, "Đã thôi nhắc báo cáo");
}

#[test]
fn only_the_head_hands_out_and_dismisses() {
    let mut world = World::signed_in("NV01");
    world.outlook.reports = vec![report("Báo cáo tuần", "2026-11-24", "2026-11-17", "2026-11-23")];
    world.press(Press::Periods);
    world.press(Press::Dismiss);
    assert_eq!(world.view().page, ViewPage::Arrivals);
    assert!(world.wanted.is_empty());
}

#[test]
fn the_head_adds_resets_and_removes_staff() {
    let mut world = World::signed_in("TT01");
    let to_staff = |world: &mut World| {
        world.press(Press::Menu);
        world.press(Press::Answer(6));
    };
    to_staff(&mut world);
    world.press(Press::Answer(3));
    assert_eq!(world.view().pin.title, "NV02 chọn mã PIN mới");
    world.types("739158");
    world.types("739158");
    assert_eq!(world.view().said, "Đã lưu mã PIN của NV02");
    world.press(Press::Answer(2));
    world.press(Press::Answer(1));
    assert!(matches!(world.wanted[..], [Effect::ResetPin { .. }]));
    world.press(Press::Answer(3));
    world.press(Press::Answer(2));
    world.press(Press::Answer(2));
    assert_eq!(world.wanted.len(), 1, "not so sure");
    world.press(Press::Answer(2));
    world.press(Press::Answer(1));
    assert!(matches!(world.wanted[..], [_, Effect::Remove { .. }]));
}

#[test]
fn a_long_list_of_staff_has_more_pages_and_nobody_is_left_out() {
    let mut world = World::with_staff();
    for _ in 0..12 {
        let code = world.roster.add(Role::Nurse, TODAY).unwrap();
        world.keep_pin(code, "482915");
    }
    world.press(Press::Open);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let answers = world.view().answers;
        seen.extend(answers.iter().map(|(answer, _)| answer.clone()));
        world.press(Press::Answer(u8::try_from(answers.len()).unwrap()));
    }
    for member in world.roster.active() {
        assert!(seen.iter().any(|line| line.ends_with(member.code.as_str())), "{:?}", member.code);
    }
    assert!(world.view().answers[0].0.ends_with("TT01"), "after the last comes the first");
}

#[test]
fn from_every_page_back_leads_to_the_patients() {
    let pages: Vec<Vec<Press>> = vec![
        vec![],
        vec![Press::Add],
        vec![Press::Add, Press::Ask(Question::Result)],
        vec![Press::Menu],
        vec![Press::Menu, Press::Answer(1)],
        vec![Press::Menu, Press::Answer(2)],
        vec![Press::Menu, Press::Answer(3)],
        vec![Press::Menu, Press::Answer(4)],
        vec![Press::Menu, Press::Answer(5)],
        vec![Press::Menu, Press::Answer(5), Press::Answer(1)],
        vec![Press::Menu, Press::Answer(6)],
        vec![Press::Menu, Press::Answer(6), Press::Answer(1)],
        vec![Press::Menu, Press::Answer(6), Press::Answer(2), Press::Answer(2)],
        vec![Press::Menu, Press::Answer(6), Press::Answer(3)],
        vec![Press::Menu, Press::Answer(7)],
        vec![Press::Menu, Press::Answer(8)],
        vec![Press::Menu, Press::Answer(9)],
        vec![Press::Menu, Press::Answer(10), Press::Answer(1)],
        vec![Press::Menu, Press::Answer(10), Press::Answer(1), Press::Answer(1), Press::Digit(5)],
    ];
    for presses in pages {
        let mut world = World::signed_in("TT01");
        for press in &presses {
            world.press(*press);
        }
        let mut backs = 0;
        while world.state.is_open() {
            world.press(Press::Back);
            backs += 1;
            assert!(backs < 8, "{presses:?}");
        }
    }
}

#[test]
fn a_number_of_the_police_is_entered_for_its_day_by_whoever_heard_it() {
    let mut world = World::signed_in("NV01");
    world.press(Press::Menu);
    world.press(Press::Answer(6));
    assert!(world.view().answers[0].0.ends_with("88 ngày 23/11/2026"), "{:?}", world.view());
    world.press(Press::Answer(1));
    // The day before.
    world.press(Press::Answer(2));
    assert!(world.view().number.note.contains("Đang ghi 88"), "{:?}", world.view().number);
    world.press(Press::GoOn);
    assert!(!world.view().number.ready, "nothing is typed");
    world.types("92");
    world.press(Press::Comma);
    world.types("4");
    assert_eq!(world.view().number.typed, "92,4");

    world.journal_refuses = true;
    world.press(Press::GoOn);
    assert!(world.view().number.ready, "it can be tried again");
    assert!(world.view().said_alarm);
    world.journal_refuses = false;

    let state = std::mem::take(&mut world.state);
    let (state, effects) = world.with_env(|env| step(state, Event::Pressed(Press::GoOn), env));
    world.state = state;
    let [Effect::Record { ask: Ask::Number, subject, by, what }] = effects.as_slice() else {
        panic!("one")
    };
    assert_eq!((*subject, *by), (Subject::Day(YESTERDAY), staff("NV01")));
    let entered =
        EnteredNumber { figure: "co-sskdt-toan-xa".into(), number: Some(Hundredths(9240)) };
    assert_eq!(*what, What::NumberEntered(entered));
    world.press(Press::GoOn);
    world.step(Event::Recorded(Ask::Number));
    assert_eq!(world.view().said, "Đã ghi số liệu ngày 23/11/2026");
    assert_eq!(world.view().question, "Nhập số liệu nào?");
}

#[test]
fn nobody_is_asked_for_numbers_that_no_campaign_wants() {
    let mut world = World::signed_in("TT01");
    world.press(Press::Menu);
    let with = world.view().answers.len();
    world.outlook.numbers.clear();
    assert_eq!(world.view().answers.len(), with - 1);
}

mod any_press {
    use proptest::prelude::*;

    use super::*;

    fn press() -> impl Strategy<Value = Press> {
        prop_oneof![
            Just(Press::Open),
            Just(Press::Back),
            Just(Press::GoOn),
            (0..10_u8).prop_map(Press::Digit),
            Just(Press::Erase),
            Just(Press::Comma),
            prop::sample::select(vec![Filter::All, Filter::Open, Filter::Help])
                .prop_map(Press::Show),
            (0..5_u32).prop_map(|number| Press::Row(VisitNo(number))),
            Just(Press::Add),
            Just(Press::Duty),
            Just(Press::Menu),
            prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither])
                .prop_map(Press::Used),
            Just(Press::Guided),
            Just(Press::Accompanied),
            Just(Press::Second),
            prop::sample::select(vec![
                Question::Age,
                Question::Result,
                Question::Obstacle,
                Question::Reason
            ])
            .prop_map(Press::Ask),
            Just(Press::StrikeOut),
            Just(Press::Save),
            (0..12_u8).prop_map(Press::Answer),
            Just(Press::Periods),
            Just(Press::Dismiss),
            Just(Press::Export),
        ]
    }

    proptest! {
        /// Whatever is pressed: every page has words, nothing happens without a name on it, and a
        /// visit counts once.
        #[test]
        fn nothing_breaks_and_everything_bears_a_code(
            presses in prop::collection::vec(press(), 0..60),
            signed_in in any::<bool>(),
        ) {
            let mut world =
                if signed_in { World::signed_in("TT01") } else { World::with_staff() };
            world.patient(None);
            for press in presses {
                world.press(press);
                let shown = world.view();
                prop_assert_eq!(shown.page == ViewPage::None, !world.state.is_open());
                if shown.page == ViewPage::Pick {
                    prop_assert!(!shown.question.is_empty() && !shown.answers.is_empty());
                    prop_assert!(shown.answers.len() <= 10);
                }
                if world.state.who.is_none() {
                    prop_assert!(matches!(shown.page, ViewPage::None | ViewPage::Pin | ViewPage::Pick));
                }
            }
            let arrivals = world.events.iter().filter(|event| matches!(event.what, What::Arrived(_)));
            let figures = world.today.figures();
            prop_assert_eq!(arrivals.count() as u64, figures.arrivals + figures.struck_out);
        }
    }
}

/// What staff set the clock to, in order.
fn times_set(world: &World) -> Vec<(i64, StaffCode)> {
    let set = world.wanted.iter().filter_map(|effect| {
        if let Effect::SetClock { wall_ms, by } = effect { Some((*wall_ms, *by)) } else { None }
    });
    set.collect()
}

fn signed_in_unsure(code: &str) -> World {
    let mut world = World::with_staff();
    world.clock_sure = false;
    world.sign_in(code);
    world
}

#[test]
fn whoever_signs_in_under_an_unsure_clock_is_asked_for_the_time_and_may_leave_it() {
    let mut world = signed_in_unsure("NV01");
    let view = world.view();
    assert_eq!((view.page, view.clock.alarm), (ViewPage::Clock, true));
    assert_eq!(view.clock.boxes, ["24", "11", "2026", "07", "42"], "what the machine believes");
    world.press(Press::Back);
    assert_eq!(world.view().page, ViewPage::Arrivals);
    assert!(times_set(&world).is_empty());
    assert_eq!(World::signed_in("NV01").view().page, ViewPage::Arrivals, "nothing to ask");
}

#[test]
fn a_nurse_sets_the_time_digit_by_digit_and_is_told_when_it_is_durable() {
    let mut world = signed_in_unsure("NV01");
    world.types("25112026");
    assert_eq!(world.view().clock.chosen, 3);
    world.types("0805");
    world.press(Press::GoOn);
    world.press(Press::GoOn);
    let eight_five = (8 * 60 + 5) * 60_000;
    let day = StationDay(TODAY.0.succ_opt().unwrap());
    assert_eq!(times_set(&world), [(day.begins_ms() + eight_five, staff("NV01"))], "once");
    assert_eq!(world.view().clock.on, "", "the journal has not answered");
    world.clock_sure = true;
    let at = world.now();
    world.step(Event::ClockKnown { at, moved: 3 });
    let view = world.view();
    assert_eq!(view.page, ViewPage::Arrivals);
    assert_eq!((view.said.as_str(), view.said_alarm), ("Đã đúng giờ, chuyển ngày 3 lượt", false));
}

#[test]
fn a_time_before_the_records_is_refused_to_a_nurse_and_a_head_may_insist() {
    for (code, insists) in [("NV01", false), ("TT01", true)] {
        let mut world = signed_in_unsure(code);
        world.health.last_sure_ms = Some(TODAY.begins_ms());
        world.types("20112026");
        world.press(Press::GoOn);
        assert!(times_set(&world).is_empty(), "{code}");
        assert!(world.view().clock.note.starts_with("Máy đã ghi đến ngày 24/11/2026."), "{code}");
        world.press(Press::GoOn);
        assert_eq!(!times_set(&world).is_empty(), insists, "{code}");
    }
}

#[test]
fn what_the_network_says_is_not_set_by_hand_and_what_the_journal_refused_is_asked_again() {
    let mut world = signed_in_unsure("TT01");
    world.health.vouched = Some(Vouched::Network);
    world.press(Press::GoOn);
    assert!(times_set(&world).is_empty());
    world.health.vouched = None;
    world.press(Press::GoOn);
    world.step(Event::NotRecorded(Ask::Clock));
    assert!(world.view().said_alarm);
    world.press(Press::GoOn);
    assert_eq!(times_set(&world).len(), 2);
}
