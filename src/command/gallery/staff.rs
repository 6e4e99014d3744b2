//! The staff's pages with something on them: reached by the same presses as at the desk.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveTime;
use uuid::Uuid;

use super::super::demo::patient;
use crate::call::Standing;
use crate::card::decode;
use crate::event::{
    AgeBand, Arrival, CardKind, Choice, Correction, CorrectionReason, Entry, Event, EventSeq, Fact,
    Guidance, Hindrance, Hundredths, Integration, IntegrationResult, Moment, Obstacle, Origin,
    RecordUsed, Role, Source, StaffCode, StationDay, VisitId, VisitNo, Vouched, What,
};
use crate::figures::{Duty, Known, Measure, Share, Tally};
use crate::health::{Finding, Page, Part, Verdict};
use crate::reception::{
    Ask, Effect, Env, Event as News, HandCounted, Health, Outlook, Press, Question, ReportDue,
    State, View, WantedNumber, step, view,
};
use crate::staff::{Lockout, PinHash, Roster};

/// Visits of an invented morning: enough for more than a page.
const VISITS: u32 = 38;

/// When the station opens, and when it closes.
const HOURS: [std::ops::Range<u32>; 2] = [7 * 60..11 * 60 + 30, 13 * 60 + 30..17 * 60];

/// A month's report that is late, and a week's that is due today.
fn reports_due(today: StationDay) -> Vec<ReportDue> {
    let back = |days| {
        let day = today.0.checked_sub_days(chrono::Days::new(days));
        day.map_or(today, StationDay)
    };
    let at =
        |day: StationDay| day.0.and_time(NaiveTime::from_hms_opt(15, 0, 0).unwrap_or_default());
    let report = |title: &str, due, from, to, late| ReportDue {
        title: title.to_owned(),
        due,
        from,
        to,
        late,
        campaign: "tri-ton-2026".to_owned(),
        recipients: vec!["Sở Y tế tỉnh An Giang".to_owned(), "UBND xã Tri Tôn".to_owned()],
    };
    vec![
        report("Báo cáo tháng", at(back(14)), back(54), back(24), true),
        report("Báo cáo tuần", at(today), back(7), back(1), false),
    ]
}

/// Of an invented PIN.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw\
                    $k+1mX7958akz4XaWqqlI0gUAZKhT8sFx4iaJksBnjI0";

/// All pages of the staff's side, by name.
pub(super) fn staff_views(origin: &Origin, morning: Moment) -> Vec<(String, (View, Standing))> {
    let desk = || Office::open(origin, morning, VISITS);
    let nurse = || desk().signed_in(2);
    let head = || desk().signed_in(1);
    let menu_of_a_nurse = || nurse().press(Press::Menu);
    let menu = |answer| head().press(Press::Menu).press(Press::Answer(answer));
    let mut views = Vec::new();
    let mut show = |name: &str, office: Office| {
        let call = office.call;
        views.push((format!("staff-{name}"), (office.view(), call)));
    };

    show("welcome", Office::open(origin, morning, 0).without_staff().press(Press::Open));
    show("who", desk().press(Press::Open));
    let pin = || desk().press(Press::Open).press(Press::Answer(2));
    show("pin", pin().types("482"));
    show("pin-wrong", pin().types("482916").judged(false));
    show("pin-wait", (0..6).fold(pin(), |office, _| office.types("482916").judged(false)));
    let own = || nurse().press(Press::Menu).press(Press::Answer(4));
    show("pin-choose", own());
    show("pin-weak", own().types("123456"));
    show("pin-repeat", own().types("739158").types("73"));
    show("pin-not-the-same", own().types("739158").types("739157"));

    show("arrivals", nurse().press(Press::Duty));
    show("arrivals-head", head());
    show("arrivals-empty", Office::open(origin, morning, 0).signed_in(2));
    show("arrivals-not-chosen", nurse().press(Press::Show(crate::reception::Filter::Open)));
    show("arrivals-help", nurse().press(Press::Show(crate::reception::Filter::Help)));
    show("arrivals-call", nurse().called_at_idle(Standing::Ringing));
    show("arrivals-call-coming", nurse().called_at_idle(Standing::Coming));
    show("visit-new-call", nurse().called_at_idle(Standing::StillRinging).press(Press::Add));
    show("pin-call", pin().types("48").called_at_idle(Standing::Ringing));
    show("menu-call", menu_of_a_nurse().called_at_idle(Standing::Coming));
    show("arrivals-recorded", nurse().adds());
    show("arrivals-not-recorded", nurse().adds().hears(News::NotRecorded(Ask::Other)));
    show(
        "arrivals-other-day",
        nurse().press(Press::Menu).press(Press::Answer(1)).loads_yesterday(),
    );
    show("visit-new", nurse().press(Press::Add).press(Press::Used(RecordUsed::Vneid)));
    show("visit-known", nurse().scans());
    show(
        "visit-beside",
        nurse().press(Press::Add).press(Press::Used(RecordUsed::Vneid)).scans_beside(),
    );
    show("visit-second", nurse().press(Press::Row(VisitNo(3))).press(Press::Second));
    show("visit-struck-out", nurse().press(Press::Row(VisitNo(3))).press(Press::StrikeOut));
    let asks = |question| nurse().press(Press::Row(VisitNo(3))).press(Press::Ask(question));
    show("age", asks(Question::Age));
    show(
        "result",
        asks(Question::Result).press(Press::Answer(2)).press(Press::Ask(Question::Result)),
    );
    show("obstacle", asks(Question::Obstacle));
    let corrects = nurse().press(Press::Row(VisitNo(3))).press(Press::StrikeOut);
    show("reason", corrects.press(Press::Save));
    show("menu-nurse", nurse().press(Press::Menu));
    show("menu-head", head().press(Press::Menu));
    show("stick-none", menu(1).without_stick());
    show("stick-ready", menu(1));
    show("stick-report-lacks", menu(1).lacking());
    let periods = || menu(1).press(Press::Periods);
    show("stick-periods", periods());
    show("stick-period", periods().press(Press::Answer(7)).types("0110"));
    show(
        "stick-no-such-period",
        periods().press(Press::Answer(7)).types("3102").press(Press::GoOn),
    );
    show("stick-periods-many", menu(1).owing_more().press(Press::Periods));
    show("stick-usual", periods().press(Press::Answer(4)));
    show("stick-dismissing", menu(1).press(Press::Dismiss));
    let writing = || menu(1).press(Press::Export).hears(News::ExportProgress(0.62));
    show("stick-writing", writing());
    show(
        "stick-done",
        writing().hears(News::Exported {
            files: 41,
            folder: "TIEPDON/AG-TRITON_D1_2026-11-17_2026-11-23".to_owned(),
            note: None,
        }),
    );
    show(
        "stick-failed",
        writing().hears(News::ExportFailed {
            what: "Chưa xuất được ra USB".to_owned(),
            advice: crate::export::ExportError::NoSpace("/media/usb".into()).advice(),
        }),
    );
    show("closing", menu(2));
    let closed = News::DayClosed {
        day: morning.station_day(),
        number: 1,
        chain: "4f1c9a3bd2e07788".to_owned(),
    };
    show("day-closed", menu(2).hears(closed));
    show("figures", menu(3));
    show("which-day", menu(4));
    show("which-paper-day", menu(5));
    show("visit-from-paper", menu(5).press(Press::Answer(2)));
    show("members", menu(6));
    show("member", menu(6).press(Press::Answer(2)));
    show("removing", menu(6).press(Press::Answer(2)).press(Press::Answer(2)));
    show("health", menu(7));
    let examines = || menu(7).press(Press::GoOn);
    show("examining", examines());
    let ready = news_of(|found| found.verdict != Verdict::Bad);
    show("examined-ready", examines().hears(ready));
    let examined = || examines().hears(news_of(|_| true));
    show("examined", examined());
    show("advice", examined().press(Press::GoOn));
    let numbers = || menu(10);
    show("which-number", numbers());
    show("number-day", numbers().press(Press::Answer(2)));
    let number = || numbers().press(Press::Answer(2)).press(Press::Answer(2));
    show("number", number());
    show("number-typed", number().types("92").press(Press::Comma).types("4"));
    let unsure = |member| Office::open(origin, morning, VISITS).unsure().signed_in(member);
    show("clock-unsure", unsure(2));
    show("clock-typed", unsure(2).types("24112"));
    show("clock-no-such-time", unsure(2).types("31112026").press(Press::GoOn));
    show("clock-before-records", unsure(2).types("20112026").press(Press::GoOn));
    show("clock-head-insists", unsure(1).types("20112026").press(Press::GoOn));
    show("clock-known", menu(9).vouched(Vouched::Network));
    let known = News::ClockKnown { at: morning, moved: 12 };
    show("arrivals-clock-known", unsure(2).types("24112026").press(Press::GoOn).hears(known));
    views
}

/// What a look at an invented box finds: of its findings, those wanted.
fn news_of(wanted: impl Fn(&Finding) -> bool) -> News {
    let findings = [
        Finding::good(Part::Display, "đã nối (HDMI-A-1)"),
        Finding::good(Part::Touch, "có màn hình cảm ứng"),
        Finding::bad(
            Part::Reader,
            "không thấy máy quét",
            "Xin cắm lại dây máy quét. Nếu vẫn không thấy, xin thử cổng USB khác.",
        ),
        Finding::bad(
            Part::Power,
            "nguồn yếu, dễ hỏng thẻ nhớ",
            "Xin dùng đúng bộ nguồn đi kèm máy, không dùng sạc điện thoại. Xin rút bớt thiết bị USB.",
        ),
        Finding::good(Part::Temperature, "52 °C"),
        Finding::good(Part::Folder, "ghi được (ext4)"),
        Finding::good(Part::Space, "còn 21,4 GB"),
        Finding::good(Part::CardErrors, "chưa có"),
        Finding::unknown(Part::CardWear, "loại bộ nhớ này không cho biết"),
        Finding::good(Part::Writing, "ghi rồi đọc lại đúng"),
        Finding::good(Part::Clock, "07:42 ngày 24/11/2026"),
        Finding::good(Part::Records, "đọc được, 18.245 sự kiện"),
        Finding::good(Part::Export, "đã xuất hết các ngày đã chốt"),
        Finding::good(Part::Configuration, "đúng"),
    ];
    let findings: Vec<Finding> = findings.into_iter().filter(wanted).collect();
    News::Examined(Box::new(Page::of(&findings)))
}

/// An invented desk and its staff: TT01, NV01 and NV02.
struct Office {
    origin: Origin,
    state: State,
    now: Moment,
    today: Tally,
    yesterday: Tally,
    duty: Duty,
    roster: Roster,
    lockouts: HashMap<StaffCode, Lockout>,
    health: Health,
    outlook: Outlook,
    wanted: Vec<Effect>,
    call: Standing,
}

impl Office {
    fn open(origin: &Origin, now: Moment, visits: u32) -> Self {
        let today = now.station_day();
        let yesterday = today.0.pred_opt().map_or(today, StationDay);
        let mut roster = Roster::default();
        for role in [Role::Head, Role::Nurse, Role::Nurse] {
            if let (Ok(code), Ok(hash)) =
                (roster.add(role, today), PinHash::try_from(HASH.to_owned()))
            {
                // Fails only for a code that is not there.
                let _ = roster.set_pin(code, hash);
            }
        }
        let shares = [
            (19, 31),
            (25, 40),
            (0, 0),
            (30, 44),
            (33, 45),
            (36, 47),
            (40, 50),
            (41, 49),
            (44, 51),
        ];
        let shares = shares.map(|(part, whole)| (yesterday, Share { part, whole })).to_vec();
        Self {
            origin: origin.clone(),
            state: State::default(),
            now,
            today: Tally::of(today, &morning_of(origin, now, today, visits)),
            yesterday: Tally::of(yesterday, &morning_of(origin, now, yesterday, VISITS)),
            duty: Duty::new(today),
            roster,
            lockouts: HashMap::new(),
            health: Health {
                stick: true,
                free_bytes: Some(21_400_000_000),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                fingerprint: "7C1D-09A4-E2B8-5F36-41D0-93BE-2A77-C85E-10F4-6B2D".to_owned(),
                events: 18_245,
                ..Health::default()
            },
            outlook: Outlook {
                shares,
                unclosed: Vec::new(),
                exported_to: Some(yesterday),
                closed_today: None,
                headline: Some((Measure::NoPaperBook, 90)),
                reports: reports_due(today),
                numbers: wanted_numbers(yesterday),
                hand_counts: Vec::new(),
                known: None,
            },
            wanted: Vec::new(),
            call: Standing::None,
        }
    }

    /// More reports are late than the list has room for.
    fn owing_more(mut self) -> Self {
        let more = self.outlook.reports.clone();
        self.outlook.reports.extend(more);
        self
    }

    /// The report lacks two numbers, and two of its days are not closed.
    fn lacking(mut self) -> Self {
        let today = self.now.station_day();
        let Some(report) = self.outlook.reports.last().map(ReportDue::span) else { return self };
        let count = |label: &str| HandCounted {
            label: label.to_owned(),
            campaign: report,
            adds_up: true,
            entered: BTreeSet::new(),
        };
        self.outlook.hand_counts = vec![count("Tài khoản mức 2"), count("Người có SSKĐT")];
        let closed = report.days().skip(2).collect();
        self.outlook.known = Some(Known { began: Some(report.from), closed, today });
        self
    }

    /// Somebody has called from the idle page a minute ago.
    fn called_at_idle(mut self, call: Standing) -> Self {
        let mut at = self.now;
        at.wall_ms -= 60_000;
        let mut told = vec![What::StaffCalled];
        told.extend((call == Standing::Coming).then_some(What::CallTaken));
        for (what, seq) in told.into_iter().zip(1_000_000..) {
            self.today.add(&Event {
                seq: EventSeq(seq),
                id: Uuid::from_u128(seq.into()),
                origin: self.origin.clone(),
                day: self.today.day(),
                at,
                visit: None,
                by: None,
                what,
            });
        }
        self.call = call;
        self
    }

    fn without_staff(mut self) -> Self {
        self.roster = Roster::default();
        self
    }

    /// Nobody vouches for the time.
    fn unsure(mut self) -> Self {
        self.now.sure = false;
        self.health.last_sure_ms = Some(self.now.wall_ms);
        self
    }

    fn vouched(mut self, way: Vouched) -> Self {
        self.health.vouched = Some(way);
        self
    }

    fn without_stick(mut self) -> Self {
        self.health.stick = false;
        self
    }

    fn signed_in(self, member: u8) -> Self {
        self.press(Press::Open).press(Press::Answer(member)).types("482915").judged(true)
    }

    fn press(self, press: Press) -> Self {
        self.hears(News::Pressed(press))
    }

    fn types(self, digits: &str) -> Self {
        digits.bytes().fold(self, |office, digit| office.press(Press::Digit(digit - b'0')))
    }

    /// The PIN that was typed last is right, or not.
    fn judged(mut self, right: bool) -> Self {
        let judged = self.wanted.iter().rev().find_map(|effect| {
            if let Effect::Judge { staff, .. } = effect { Some(*staff) } else { None }
        });
        let Some(staff) = judged else { return self };
        let lockout = self.lockouts.entry(staff).or_default();
        *lockout = lockout.tried(right, &self.now);
        self.hears(News::PinJudged { staff, right })
    }

    fn adds(self) -> Self {
        let (visit, day) = (self.fresh(), self.now.station_day());
        let office =
            self.press(Press::Add).press(Press::Used(RecordUsed::Vneid)).press(Press::Save);
        let number = VisitNo(VISITS + 1);
        office
            .hears(News::Arrived { proposed: visit, visit, day, number, again: false })
            .hears(News::Recorded(Ask::Form(1)))
    }

    /// The next patient scans beside what is typed.
    fn scans_beside(self) -> Self {
        let scan = decode(&patient(1).citizen_card(), self.now.station_day().0);
        let (visit, day, number) = (self.fresh(), self.now.station_day(), VisitNo(VISITS + 1));
        self.hears(News::Scanned(scan)).hears(News::Arrived {
            proposed: visit,
            visit,
            day,
            number,
            again: false,
        })
    }

    fn scans(self) -> Self {
        let scan = decode(&patient(0).citizen_card(), self.now.station_day().0);
        let (proposed, day) = (self.fresh(), self.now.station_day());
        let visit = self.today.visits().find_map(|(id, visit)| {
            visit.arrived().is_some_and(|arrived| arrived.number == VisitNo(VISITS)).then_some(id)
        });
        let number = VisitNo(VISITS);
        let visit = visit.unwrap_or(proposed);
        self.hears(News::Scanned(scan)).hears(News::Arrived {
            proposed,
            visit,
            day,
            number,
            again: false,
        })
    }

    fn loads_yesterday(self) -> Self {
        let tally = self.yesterday.clone();
        self.hears(News::DayLoaded(Box::new(tally)))
    }

    fn fresh(&self) -> VisitId {
        VisitId(Uuid::from_u128(u128::from(self.now.uptime_ms) + 1))
    }

    fn env(&self) -> Env<'_> {
        Env {
            now: self.now,
            fresh: self.fresh(),
            today: &self.today,
            duty: &self.duty,
            hours: &HOURS,
            roster: &self.roster,
            lockouts: &self.lockouts,
            health: &self.health,
            outlook: &self.outlook,
        }
    }

    fn hears(mut self, news: News) -> Self {
        let state = std::mem::take(&mut self.state);
        let (state, effects) = step(state, news, &self.env());
        self.state = state;
        for effect in &effects {
            if let Effect::Record { what: What::DutyBegan { staff }, .. } = effect {
                let what = What::DutyBegan { staff: *staff };
                self.duty.add(&told(&self.origin, self.now, 1, None, what));
            }
        }
        self.wanted.extend(effects);
        self
    }

    fn view(&self) -> View {
        view(&self.state, &self.env())
    }
}

/// What a commune's police tell of a campaign.
fn wanted_numbers(yesterday: StationDay) -> Vec<WantedNumber> {
    let wanted = [
        ("nhan-vien", "Nhân viên y tế đủ điều kiện", "Trạm Y tế", "% nhân viên", None),
        ("toan-xa", "Xác thực thẻ toàn xã", "Công an xã", "% công dân", Some(9180)),
        ("sskdt", "Có Sổ sức khỏe điện tử toàn xã", "Công an xã", "% công dân", Some(8450)),
    ];
    let wanted = wanted.into_iter().map(|(figure, label, counted_by, unit, known)| WantedNumber {
        figure: figure.to_owned(),
        label: label.to_owned(),
        counted_by: counted_by.to_owned(),
        unit: unit.to_owned(),
        known: known.map(|number| (yesterday, Hundredths(number))).into_iter().collect(),
    });
    wanted.collect()
}

fn told(origin: &Origin, at: Moment, seq: u64, visit: Option<VisitId>, what: What) -> Event {
    Event {
        seq: EventSeq(seq),
        id: Uuid::nil(),
        origin: origin.clone(),
        day: at.station_day(),
        at,
        visit,
        by: None,
        what,
    }
}

/// The events of an invented morning that ends at `now`, with everything in it that a list can show.
fn morning_of(origin: &Origin, now: Moment, day: StationDay, visits: u32) -> Vec<Event> {
    const BETWEEN_MS: i64 = 75_000;
    let cards = [Some(CardKind::CanCuoc), Some(CardKind::Cccd), None, Some(CardKind::Insurance)];
    let ages =
        [AgeBand::From70, AgeBand::From14, AgeBand::From60, AgeBand::Under14, AgeBand::From14];
    let source = Source::SelfDeclared;
    let chose = |used| What::Chose(Choice { used, source });
    let guided = Guidance {
        guide: "tich-hop-bhyt".to_owned(),
        version: 1,
        reached: 5,
        steps: 5,
        finished: true,
    };
    let mut events: Vec<Event> = Vec::new();
    for (number, (card, age)) in (1..=visits).zip(cards.iter().cycle().zip(ages.iter().cycle())) {
        let ago = BETWEEN_MS * i64::from(visits - number);
        let back = day_offset_ms(now, day);
        let at = Moment { wall_ms: now.wall_ms - ago - back, ..now };
        let visit = VisitId(Uuid::from_u128(u128::from(number)));
        let arrival =
            Arrival { number: VisitNo(number), card: *card, age: *age, entry: Entry::Usual };
        let mut acts = vec![What::Arrived(arrival)];
        match number % 9 {
            0 => acts.push(What::StaffCalled),
            1 | 2 | 6 => acts.push(chose(RecordUsed::Vneid)),
            3 => acts.extend([
                chose(RecordUsed::Paper),
                What::Hindered(Hindrance { obstacle: Obstacle::NoSmartphone, source }),
            ]),
            4 => acts.extend([chose(RecordUsed::Neither), What::Guided(guided.clone())]),
            5 => acts.extend([
                chose(RecordUsed::Vneid),
                What::Corrected(Correction {
                    reason: CorrectionReason::Checked,
                    fact: Fact::Used(RecordUsed::Paper),
                }),
            ]),
            7 => acts.extend([
                What::Chose(Choice { used: RecordUsed::Vneid, source: Source::NurseConfirmed }),
                What::GuidedByStaff,
                What::Integrated(Integration { result: IntegrationResult::Done, source }),
            ]),
            _ => acts.extend([chose(RecordUsed::Paper), What::Accompanied]),
        }
        for what in acts {
            let seq = u64::try_from(events.len()).unwrap_or_default() + 1;
            events.push(Event { day, ..told(origin, at, seq, Some(visit), what) });
        }
    }
    events
}

/// From a moment of `day` to the same hour of today.
fn day_offset_ms(now: Moment, day: StationDay) -> i64 {
    now.station_day().begins_ms() - day.begins_ms()
}
