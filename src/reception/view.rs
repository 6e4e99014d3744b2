//! What stands on the staff's pages: the state in words and numbers, nothing of it decided here.

use super::clock_form::{BOXES, ClockForm, Refusal};
use super::form::{About, Facts, Form};
use super::number::{NumberEntry, WantedNumber};
use super::state::{
    Examination, Filter, Page, PinPurpose, PinTrouble, Question, Said, State, StickPage,
};
use super::step::{
    Errand, Leaf, MOST_TO_LOOK_AFTER, MOST_TO_SIGN_IN, Period, days_back, paper_days, periods,
};
use super::{Env, words};
use crate::event::{
    Count, Entry, IntegrationResult, Obstacle, RecordUsed, Role, Source, StationDay, VisitNo,
    Vouched,
};
use crate::figures::{Arrived, DayFigures, Share, Tally, Visit, minute_of};
use crate::health::{Row, Verdict};

/// Which page stands there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ViewPage {
    /// The patients' pages.
    #[default]
    None,
    /// The PIN pad.
    Pin,
    /// The list of visits.
    Arrivals,
    /// One visit.
    Visit,
    /// A question with answers.
    Pick,
    /// Labels and values.
    Facts,
    /// The stick.
    Stick,
    /// Labels and values beside a chart.
    Figures,
    /// A number that somebody else counted.
    Number,
    /// The date and the time.
    Clock,
}

/// All that stands on the staff's pages. What the page does not show is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Which page.
    pub page: ViewPage,
    /// Who is signed in: "Điều dưỡng NV02".
    pub who: String,
    /// "đang trực từ 07:05", or nothing.
    pub since: String,
    /// How the box is, in a line.
    pub health: String,
    /// Something is wrong with the box.
    pub health_alarm: bool,
    /// Seconds until it locks itself.
    pub seconds_left: u32,
    /// What the last act came to, or nothing.
    pub said: String,
    /// It failed.
    pub said_alarm: bool,
    /// The PIN pad.
    pub pin: PinView,
    /// The visits, the latest first.
    pub rows: Vec<ListRow>,
    /// Which of them are shown.
    pub filter: Filter,
    /// How many there are in all, without a choice, and with a call: whatever is shown.
    pub counts: [usize; 3],
    /// Above the list.
    pub list_title: String,
    /// Another day than today is looked at.
    pub other_day: bool,
    /// The number of the campaign, or VNeID of all visits, of the day that is looked at.
    pub share: Share,
    /// What it is.
    pub share_label: &'static str,
    /// Percent to be reached.
    pub goal: Option<u32>,
    /// The shares of the days before, 0 to 1; `None` for a day without visits.
    pub bars: Vec<Option<f32>>,
    /// What should be seen to.
    pub due: Vec<FactLine>,
    /// "Vào ca" or "Hết ca".
    pub duty: &'static str,
    /// The visit.
    pub form: FormView,
    /// The question.
    pub question: String,
    /// What helps to answer it.
    pub question_note: String,
    /// The answers, and whether each stands there already.
    pub answers: Vec<(String, bool)>,
    /// Above labels and values.
    pub facts_title: String,
    /// Labels and values.
    pub facts: Vec<FactLine>,
    /// Below them.
    pub facts_note: String,
    /// The note says that something is wrong.
    pub facts_alarm: bool,
    /// The way on, or nothing.
    pub facts_on: &'static str,
    /// The stick.
    pub stick: StickView,
    /// A number that somebody else counted.
    pub number: NumberView,
    /// The date and the time.
    pub clock: ClockView,
}

/// A number that somebody else counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberView {
    /// What it is.
    pub title: String,
    /// For which day, and who counts it.
    pub note: String,
    /// As typed so far.
    pub typed: String,
    /// What it counts.
    pub unit: String,
    /// There is something to enter.
    pub ready: bool,
}

/// The page for date and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockView {
    /// Day, month, year, hour, minute.
    pub boxes: [String; BOXES],
    /// Which of them the next digit goes to, from 0.
    pub chosen: usize,
    /// Who vouches for the time now, or why what was typed is not taken.
    pub note: String,
    /// It was not taken, or nobody vouches.
    pub alarm: bool,
    /// The way on, or nothing.
    pub on: &'static str,
}

/// The PIN pad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinView {
    /// Whose PIN.
    pub title: String,
    /// What was wrong, or how many tries are left.
    pub note: String,
    /// Something was wrong.
    pub alarm: bool,
    /// How many digits are typed.
    pub digits: usize,
    /// Seconds until one may type.
    pub wait: u64,
    /// It is being judged.
    pub busy: bool,
}

/// A visit in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Number of the day.
    pub number: VisitNo,
    /// "07:42"; "phiếu" for one from the paper sheet.
    pub time: String,
    /// Age band.
    pub age: &'static str,
    /// What was scanned.
    pub card: &'static str,
    /// Which record, in words.
    pub used: &'static str,
    /// Which record.
    pub record: Option<RecordUsed>,
    /// What else is known, in few words.
    pub notes: String,
    /// The patient called and nobody has come.
    pub needs_help: bool,
    /// Nobody has said which record.
    pub is_open: bool,
}

/// A label and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactLine {
    /// What it is.
    pub label: String,
    /// How it stands.
    pub value: String,
    /// What is seen at a glance.
    pub mark: Mark,
}

/// A sign beside a fact, so that colour alone tells nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// None.
    #[default]
    Plain,
    /// It is as it should be.
    Good,
    /// Somebody has to do something about it.
    Alarm,
    /// Nobody knows.
    Unknown,
}

impl FactLine {
    fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), mark: Mark::Plain }
    }

    fn alarm_if(mut self, alarm: bool) -> Self {
        self.mark = if alarm { Mark::Alarm } else { self.mark };
        self
    }
}

/// The form of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormView {
    /// "Lượt số 38", "Lượt mới".
    pub title: String,
    /// What is known beside it.
    pub quiet: String,
    /// Which record.
    pub used: Option<RecordUsed>,
    /// A nurse says so.
    pub confirmed: bool,
    /// A nurse taught the patient.
    pub guided: bool,
    /// Somebody answers for the patient.
    pub accompanied: bool,
    /// Age band in words.
    pub age: String,
    /// How the integration went, in words.
    pub result: String,
    /// Why VNeID was not used, in words.
    pub obstacle: String,
    /// A second visit of that person.
    pub second: bool,
    /// It could be one.
    pub can_be_second: bool,
    /// The journal has not seen it yet.
    pub is_new: bool,
    /// It can be struck out.
    pub can_strike_out: bool,
    /// It is struck out.
    pub struck_out: bool,
    /// There is something to record.
    pub ready: bool,
}

/// The stick's page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StickView {
    /// A stick is in.
    pub is_in: bool,
    /// 0 to 1 while it is written.
    pub progress: Option<f32>,
    /// It may be pulled.
    pub done: bool,
    /// What people should know besides.
    pub note: &'static str,
    /// What happened and what to do now, when it failed.
    pub failed: Option<(String, &'static str)>,
    /// The periods on offer.
    pub periods: Vec<String>,
    /// The one that is chosen.
    pub period: usize,
}

/// What stands on the screen.
pub fn view(state: &State, env: &Env<'_>) -> View {
    let mut view = View { seconds_left: state.left, ..View::default() };
    if !state.is_open() {
        return view;
    }
    tell_the_bar(&mut view, state, env);
    match &state.page {
        Page::Closed => {}
        Page::Welcome => tell_welcome(&mut view),
        Page::WhoIsThere(first) => {
            let leaf = Leaf::of(env.roster, *first, MOST_TO_SIGN_IN);
            view.ask("Ai đang ở bàn tiếp đón?", leaf_lines(&leaf, env));
        }
        Page::Pin { purpose, entry, trouble, busy } => {
            view.page = ViewPage::Pin;
            view.pin = pin_view(purpose, *trouble, env);
            view.pin.digits = entry.len();
            view.pin.busy = *busy;
        }
        Page::Arrivals(filter) => tell_arrivals(&mut view, *filter, state, env),
        Page::Form(form) => {
            view.page = ViewPage::Visit;
            view.form = form_view(form, state.other.as_deref().unwrap_or(env.today));
        }
        Page::Asking(form, question) => tell_question(&mut view, form, *question),
        Page::Menu => {
            let role = state.who.map_or(Role::Nurse, |who| who.role);
            view.ask("Việc khác", Errand::of(role, env.outlook).map(errand_words));
        }
        Page::WhichDay => {
            view.ask("Xem lại ngày nào?", days_back(env.now.station_day()).map(words::weekday));
        }
        Page::WhichPaperDay => {
            view.ask(
                "Nhập bù cho ngày nào?",
                paper_days(env.now.station_day()).map(words::weekday),
            );
        }
        Page::WhichNumber => {
            view.ask("Nhập số liệu nào?", env.outlook.numbers.iter().map(wanted_words));
        }
        Page::NumberDay(which) => {
            let days = paper_days(env.now.station_day()).map(words::weekday);
            view.ask("Số liệu của ngày nào?", days);
            view.question_note = number_label(*which, env);
        }
        Page::Number { which, day, entry, asked } => {
            view.page = ViewPage::Number;
            view.number = number_view(*which, *day, entry, *asked, env);
        }
        Page::Figures => tell_figures(&mut view, env),
        Page::Closing { asked } => tell_closing(&mut view, *asked, env),
        Page::DayClosed { day, number, chain } => {
            view.page = ViewPage::Facts;
            view.facts_title = format!("Đã chốt sổ ngày {}", words::date(*day));
            view.facts = vec![
                FactLine::new("Lần chốt", number.to_string()),
                FactLine::new("Mã chuỗi sự kiện", chain.clone()),
                FactLine::new("Dấu khóa của trạm", env.health.fingerprint.clone()),
            ];
            view.facts_note = "Số liệu đã ký. Ai đến sau vẫn được ghi và chốt thêm lần nữa.".into();
            view.facts_on = "Xuất ra USB";
        }
        Page::Stick(page) => tell_stick(&mut view, page, env),
        Page::Staff(first) => {
            let leaf = Leaf::of(env.roster, *first, MOST_TO_LOOK_AFTER);
            let more = ["Thêm điều dưỡng", "Thêm trưởng trạm"].map(str::to_owned);
            view.ask("Nhân viên", leaf_lines(&leaf, env).into_iter().chain(more));
            if let Some(Said::NotSaved(advice)) = state.said {
                view.question_note = advice.to_owned();
            }
        }
        Page::Member(staff) => {
            view.ask(
                format!("Nhân viên {staff}"),
                ["Cho chọn mã PIN mới", "Thôi dùng máy"].map(str::to_owned),
            );
        }
        Page::Removing(staff) => {
            view.ask(
                format!("Cho {staff} thôi dùng máy?"),
                ["Đúng, thôi dùng máy", "Không, giữ lại"].map(str::to_owned),
            );
            view.question_note =
                "Những gì người này đã ghi vẫn còn. Mã sẽ không cấp cho ai khác.".to_owned();
        }
        Page::Health => tell_health(&mut view, env),
        Page::Examination(examination) => tell_examination(&mut view, examination),
        Page::Clock(form) => tell_clock(&mut view, form, state, env),
    }
    view
}

impl View {
    fn ask(&mut self, question: impl Into<String>, answers: impl IntoIterator<Item = String>) {
        self.page = ViewPage::Pick;
        self.question = question.into();
        self.answers = answers.into_iter().map(|answer| (answer, false)).collect();
    }
}

fn tell_the_bar(view: &mut View, state: &State, env: &Env<'_>) {
    let health = env.health;
    let reader = if health.reader_missing { "Mất máy quét" } else { "Máy quét tốt" };
    let journal =
        if health.journal_refused { "Bộ nhớ không ghi được" } else { "Bộ nhớ tốt" };
    let clock = if env.now.sure { "Giờ đúng" } else { "Giờ chưa chắc" };
    view.health = [reader, journal, clock].join(" · ");
    view.health_alarm = health.reader_missing || health.journal_refused || !env.now.sure;
    if let Some(who) = state.who {
        view.who = format!("{} {}", words::role(who.role), who.code);
        let since = env.duty.since(who.code);
        view.since = since
            .map_or_else(String::new, |minute| format!("đang trực từ {}", words::minute(minute)));
        view.duty = if since.is_some() { "Hết ca" } else { "Vào ca" };
    }
    if let Some(said) = &state.said {
        (view.said, view.said_alarm) = said_words(said);
    }
}

fn said_words(said: &Said) -> (String, bool) {
    match said {
        Said::Recorded(number) => (format!("Đã ghi nhận lượt số {number}"), false),
        Said::RecordedAgain(number) => (format!("Đã ghi vào lượt số {number} đã có"), false),
        Said::Saved(number) => (format!("Đã lưu lượt số {number}"), false),
        Said::OnDuty(at) => (format!("Đã vào ca lúc {}", words::time(at)), false),
        Said::OffDuty(at) => (format!("Đã hết ca lúc {}", words::time(at)), false),
        Said::PinKept(staff) => (format!("Đã lưu mã PIN của {staff}"), false),
        Said::Removed(staff) => (format!("{staff} đã thôi dùng máy"), false),
        Said::PinReset(staff) => (format!("{staff} sẽ chọn mã PIN mới"), false),
        Said::NumberEntered(day) => (format!("Đã ghi số liệu ngày {}", words::date(*day)), false),
        Said::ClockKnown(at, 0) => (format!("Đã đúng giờ: {}", words::time(at)), false),
        Said::ClockKnown(_, moved) => (format!("Đã đúng giờ, chuyển ngày {moved} lượt"), false),
        Said::NotACard => ("Mã này không phải thẻ".to_owned(), true),
        Said::NotRecorded => ("Chưa ghi được, xin ghi ra phiếu".to_owned(), true),
        Said::NotSaved(_) => ("Chưa lưu được danh sách".to_owned(), true),
    }
}

fn leaf_lines(leaf: &Leaf, env: &Env<'_>) -> Vec<String> {
    let members = leaf.members.iter().filter_map(|staff| env.roster.member(*staff));
    let lines = members.map(|member| format!("{} {}", words::role(member.role), member.code));
    lines.chain(leaf.next.map(|_| "Người khác".to_owned())).collect()
}

fn errand_words(errand: Errand) -> String {
    let words = match errand {
        Errand::Export => "Xuất ra USB",
        Errand::CloseDay => "Chốt sổ hôm nay",
        Errand::Figures => "Số liệu hôm nay",
        Errand::OtherDay => "Xem lại ngày trước",
        Errand::FromPaper => "Nhập bù từ phiếu giấy",
        Errand::Staff => "Nhân viên",
        Errand::Health => "Tình trạng máy",
        Errand::MyPin => "Đổi mã PIN của tôi",
        Errand::Numbers => "Nhập số liệu nơi khác đếm",
        Errand::Clock => "Ngày giờ của máy",
    };
    words.to_owned()
}

/// What the number is, and what was entered last.
fn wanted_words(wanted: &WantedNumber) -> String {
    match wanted.known.last() {
        Some((day, number)) => {
            format!("{} – {} ngày {}", wanted.label, number, words::date(*day))
        }
        None => wanted.label.clone(),
    }
}

fn number_label(which: usize, env: &Env<'_>) -> String {
    env.outlook.numbers.get(which).map(|wanted| wanted.label.clone()).unwrap_or_default()
}

fn number_view(
    which: usize,
    day: StationDay,
    entry: &NumberEntry,
    asked: bool,
    env: &Env<'_>,
) -> NumberView {
    let Some(wanted) = env.outlook.numbers.get(which) else { return NumberView::default() };
    let before = wanted.known.iter().find(|(known, _)| *known == day);
    let before = before.map(|(_, number)| format!(" Đang ghi {number}, số mới sẽ thay."));
    NumberView {
        title: wanted.label.clone(),
        note: format!(
            "Ngày {}, do {} đếm.{}",
            words::date(day),
            wanted.counted_by,
            before.unwrap_or_default()
        ),
        typed: entry.shown(),
        unit: wanted.unit.clone(),
        ready: !asked && entry.value().is_some(),
    }
}

fn tell_welcome(view: &mut View) {
    view.page = ViewPage::Facts;
    view.facts_title = "Mời trưởng trạm chọn mã PIN".to_owned();
    view.facts = vec![
        FactLine::new("Bước 1", "Chọn 6 số dễ nhớ với mình, khó đoán với người khác"),
        FactLine::new("Bước 2", "Nhập lại 6 số đó"),
        FactLine::new("Bước 3", "Thêm các điều dưỡng ở mục “Nhân viên”"),
    ];
    view.facts_note = "Trong lúc này người bệnh vẫn dùng máy như thường.".to_owned();
    view.facts_on = "Chọn mã PIN";
}

fn pin_view(purpose: &PinPurpose, trouble: Option<PinTrouble>, env: &Env<'_>) -> PinView {
    let staff = purpose.staff();
    let title = match purpose {
        PinPurpose::SignIn(_) => format!("Mã PIN của {staff}"),
        PinPurpose::Choose { .. } => format!("{staff} chọn mã PIN mới"),
        PinPurpose::Repeat { .. } => "Nhập lại mã PIN mới".to_owned(),
    };
    let mut pin = PinView { title, ..PinView::default() };
    let lockout = env.lockouts.get(&staff).copied().unwrap_or_default();
    if matches!(purpose, PinPurpose::SignIn(_)) {
        pin.wait = lockout.wait(&env.now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
    }
    pin.alarm = trouble.is_some();
    pin.note = match trouble {
        Some(PinTrouble::Wrong) => match lockout.tries_left() {
            0 => "Mã PIN chưa đúng. Vui lòng chờ rồi thử lại.".to_owned(),
            left => format!("Mã PIN chưa đúng. Còn {left} lần thử."),
        },
        Some(PinTrouble::Weak(weak)) => weak.advice().to_owned(),
        Some(PinTrouble::NotTheSame) => "Hai lần nhập không giống nhau. Mời chọn lại.".to_owned(),
        Some(PinTrouble::NotSaved(advice)) => advice.to_owned(),
        None => String::new(),
    };
    pin
}

fn tell_arrivals(view: &mut View, filter: Filter, state: &State, env: &Env<'_>) {
    let tally = state.other.as_deref().unwrap_or(env.today);
    view.page = ViewPage::Arrivals;
    view.filter = filter;
    view.other_day = state.other.is_some();
    view.list_title = if view.other_day {
        format!("Lượt đến ngày {}", words::date(tally.day()))
    } else {
        "Lượt đến hôm nay".to_owned()
    };
    let mut visits: Vec<(Arrived, &Visit)> =
        tally.visits().filter_map(|(_, visit)| Some((visit.arrived()?, visit))).collect();
    visits.sort_by_key(|(arrived, _)| std::cmp::Reverse(arrived.number));
    let is_open = |visit: &Visit| visit.counts() && visit.used().is_none();
    let is_shown = |visit: &Visit, filter| match filter {
        Filter::All => true,
        Filter::Open => is_open(visit),
        Filter::Help => visit.needs_help(),
    };
    let count = |filter| visits.iter().filter(|(_, visit)| is_shown(visit, filter)).count();
    view.counts = [Filter::All, Filter::Open, Filter::Help].map(count);
    view.rows = visits
        .iter()
        .filter(|(_, visit)| is_shown(visit, filter))
        .map(|(arrived, visit)| list_row(arrived, visit))
        .collect();
    tell_the_share(view, tally, env);
    view.due = due(env);
}

fn list_row(arrived: &Arrived, visit: &Visit) -> ListRow {
    ListRow {
        number: arrived.number,
        time: if arrived.entry == Entry::FromPaper {
            "phiếu".to_owned()
        } else {
            words::time(&arrived.at)
        },
        age: words::age_short(visit.age()),
        card: words::card(arrived.card),
        used: if visit.is_struck_out() { "Đã bỏ" } else { words::used(visit.used()) },
        record: visit.used().filter(|_| visit.counts()),
        notes: notes(arrived, visit),
        needs_help: visit.needs_help(),
        is_open: visit.counts() && visit.used().is_none(),
    }
}

/// What else is known of a visit, the most telling first.
fn notes(arrived: &Arrived, visit: &Visit) -> String {
    let confirmed = visit.choice().is_some_and(|choice| choice.source == Source::NurseConfirmed);
    let notes = [
        visit.moved_from().map(|_| "Đã chuyển ngày"),
        (visit.corrections() > 0).then_some("Đã sửa"),
        visit.obstacle().map(words::obstacle),
        visit.is_accompanied().then_some("Giám hộ"),
        visit.is_guided_by_staff().then_some("NV hướng dẫn"),
        visit.is_guided_by_kiosk().then_some("Đã xem hướng dẫn"),
        visit.integration().map(words::result),
        confirmed.then_some("NV xác nhận"),
        (arrived.entry == Entry::Second).then_some("Lượt thứ hai"),
        (!arrived.at.sure).then_some("Giờ chưa chắc"),
    ];
    let mut notes: Vec<&str> = notes.into_iter().flatten().collect();
    notes.truncate(2);
    notes.join(" · ")
}

/// The share of the day that is looked at, and of the days before, today as the last.
fn tell_the_share(view: &mut View, tally: &Tally, env: &Env<'_>) {
    let desk = env.duty.covered(env.hours, minute_of(&env.now));
    view.share = env.outlook.share_of(tally, desk);
    let today = env.outlook.share_of(env.today, desk);
    let shares = env.outlook.shares.iter().map(|(_, share)| *share).chain([today]);
    view.bars = shares.map(|share| share.ratio().map(|ratio| ratio as f32)).collect();
    (view.share_label, view.goal) = match env.outlook.headline {
        Some((measure, goal)) => (measure.label(), Some(goal)),
        None => ("Dùng VNeID", None),
    };
}

/// What should be seen to.
fn due(env: &Env<'_>) -> Vec<FactLine> {
    let mut due: Vec<FactLine> = env
        .health
        .notices
        .iter()
        .map(|notice| FactLine::new("Cần biết", notice).alarm_if(true))
        .collect();
    if !env.now.sure {
        due.push(FactLine::new("Giờ của máy", "chưa chắc đúng").alarm_if(true));
    }
    let gaps = env.duty.uncovered(env.hours, minute_of(&env.now));
    if !gaps.is_empty() {
        let minutes: u32 = gaps.iter().map(|gap| gap.end - gap.start).sum();
        let value = format!("trống {minutes} phút");
        due.push(FactLine::new("Bàn tiếp đón", value).alarm_if(true));
    }
    match env.outlook.unclosed.as_slice() {
        [] => {}
        [day] => due.push(FactLine::new("Chưa chốt sổ", words::weekday(*day)).alarm_if(true)),
        days => {
            due.push(FactLine::new("Chưa chốt sổ", format!("{} ngày", days.len())).alarm_if(true));
        }
    }
    for report in &env.outlook.reports {
        let when = words::due(report.due, env.now.station_day());
        let value =
            if report.late { format!("trễ, hạn {when}") } else { format!("hạn {when}") };
        due.push(FactLine::new(report.title.clone(), value).alarm_if(report.late));
    }
    due.push(FactLine::new(
        "Xuất ra USB lần cuối",
        env.outlook.exported_to.map_or_else(
            || "chưa lần nào".to_owned(),
            |day| format!("đến hết {}", words::weekday(day)),
        ),
    ));
    due
}

fn form_view(form: &Form, tally: &Tally) -> FormView {
    let Facts { choice, age, accompanied, guided, integration, obstacle, counts } = form.now;
    let mut known = vec![words::card(form.about.card()).to_owned()];
    let title = match form.about {
        About::New { entry: Entry::FromPaper, day, .. } => {
            known.clear();
            format!("Nhập bù {}", words::weekday(day))
        }
        About::New { entry: Entry::Second, .. } => "Lượt thứ hai".to_owned(),
        About::New { entry: Entry::Usual, .. } => "Lượt mới".to_owned(),
        About::Known { visit, number, day, .. } => {
            let arrived = tally.visit(visit).and_then(Visit::arrived);
            if tally.day() != day {
                known.push(words::date(day));
            }
            if let Some(arrived) = arrived.filter(|arrived| arrived.entry != Entry::FromPaper) {
                known.push(words::time(&arrived.at));
            }
            format!("Lượt số {number}")
        }
    };
    let is_new = matches!(form.about, About::New { .. });
    let entry = match form.about {
        About::New { entry, .. } => Some(entry),
        About::Known { .. } => None,
    };
    FormView {
        title,
        quiet: known.join(" · "),
        used: choice.map(|choice| choice.used),
        confirmed: choice.is_some_and(|choice| choice.source == Source::NurseConfirmed),
        guided,
        accompanied,
        age: words::age(age).to_owned(),
        result: integration.map_or("Chưa hỏi", words::result).to_owned(),
        obstacle: obstacle.map_or("Không có", words::obstacle).to_owned(),
        second: entry == Some(Entry::Second),
        can_be_second: entry != Some(Entry::FromPaper),
        is_new,
        can_strike_out: !is_new,
        struck_out: !counts,
        ready: form.is_ready(),
    }
}

fn tell_question(view: &mut View, form: &Form, question: Question) {
    view.page = ViewPage::Pick;
    let now = form.now;
    (view.question, view.answers) = match question {
        Question::Age => (
            "Người bệnh bao nhiêu tuổi?".to_owned(),
            words::AGES.map(|age| (words::age(age).to_owned(), now.age == age)).to_vec(),
        ),
        Question::Result => (
            "Tích hợp thẻ bảo hiểm y tế thế nào?".to_owned(),
            IntegrationResult::ALL
                .map(|result| (words::result(result).to_owned(), now.integration == Some(result)))
                .to_vec(),
        ),
        Question::Obstacle => (
            "Vướng mắc gì?".to_owned(),
            Obstacle::ALL
                .map(|obstacle| {
                    (words::obstacle(obstacle).to_owned(), now.obstacle == Some(obstacle))
                })
                .to_vec(),
        ),
        Question::Reason => (
            "Vì sao sửa?".to_owned(),
            words::REASONS.map(|reason| (words::reason(reason).to_owned(), false)).to_vec(),
        ),
    };
    view.question_note = match question {
        Question::Age | Question::Result | Question::Obstacle => "Chạm lại để bỏ chọn.",
        Question::Reason => "Cách ghi cũ vẫn được giữ lại bên cạnh cách ghi mới.",
    }
    .to_owned();
}

/// The day's figures that the head looks at first.
fn figure_lines(figures: &DayFigures) -> Vec<FactLine> {
    let of_visits = |part| words::share(figures.of_arrivals(part));
    let used = figures.used;
    vec![
        FactLine::new("Lượt đến", figures.arrivals.to_string()),
        FactLine::new("Dùng VNeID", of_visits(used.vneid())),
        FactLine::new("– nhân viên xác nhận", of_visits(used.vneid_confirmed)),
        FactLine::new("Dùng sổ giấy", of_visits(used.paper)),
        FactLine::new("Chưa có sổ", of_visits(used.neither)),
        FactLine::new("Chưa chọn", of_visits(used.unfinished)).alarm_if(used.unfinished > 0),
        FactLine::new("Được hướng dẫn", of_visits(figures.guided)),
        FactLine::new("Từ 60 tuổi", of_visits(figures.ages.from_60())),
        FactLine::new("Đã bỏ, không tính", figures.struck_out.to_string()),
        FactLine::new("Số lần sửa", figures.corrections.to_string()),
    ]
}

fn tell_figures(view: &mut View, env: &Env<'_>) {
    view.page = ViewPage::Figures;
    view.facts_title = "Số liệu hôm nay".to_owned();
    let figures = env.today.figures();
    view.facts = figure_lines(&figures);
    let covered = env.duty.covered(env.hours, minute_of(&env.now));
    view.facts.push(FactLine::new(
        "Giờ mở cửa có người trực",
        format!("{} trên {} phút", covered.part, covered.whole),
    ));
    tell_the_share(view, env.today, env);
}

fn tell_closing(view: &mut View, asked: bool, env: &Env<'_>) {
    view.page = ViewPage::Facts;
    let figures = env.today.figures();
    view.facts_title = format!("Chốt sổ ngày {}", words::date(env.now.station_day()));
    view.facts = figure_lines(&figures);
    view.facts_on = if asked { "" } else { "Chốt và ký" };
    let mut notes = Vec::new();
    if let Some(number) = env.outlook.closed_today {
        notes.push(format!("Hôm nay đã chốt {number} lần."));
    }
    if figures.used.unfinished > 0 {
        notes.push(format!("Còn {} lượt chưa chọn.", figures.used.unfinished));
    }
    if !env.now.sure {
        notes.push("Giờ của máy chưa chắc đúng; bản chốt sẽ ghi rõ điều này.".to_owned());
    }
    view.facts_alarm = !notes.is_empty();
    notes.push("Sau khi chốt, không ai còn nhận ra người bệnh trong số liệu.".to_owned());
    view.facts_note = notes.join(" ");
}

fn tell_stick(view: &mut View, page: &StickPage, env: &Env<'_>) {
    view.page = ViewPage::Stick;
    view.stick.is_in = env.health.stick;
    let periods = periods(env.now.station_day(), env.outlook);
    view.stick.periods = periods.iter().map(|period| period_words(period, env)).collect();
    match page {
        StickPage::Choosing { period } => view.stick.period = usize::from(*period),
        StickPage::Writing(part) => view.stick.progress = Some(*part),
        StickPage::Done(note) => {
            view.stick.done = true;
            view.stick.note = note.unwrap_or_default();
        }
        StickPage::Failed { what, advice } => view.stick.failed = Some((what.clone(), advice)),
    }
}

fn period_words(period: &Period, env: &Env<'_>) -> String {
    use chrono::Datelike as _;
    if let Some(report) = &period.report {
        return report.clone();
    }
    let Period { from, to, .. } = *period;
    let today = env.now.station_day();
    if from == today {
        "Hôm nay".to_owned()
    } else if to == today && from.0.day() != 1 {
        "7 ngày qua".to_owned()
    } else {
        format!("Tháng {}", from.0.month())
    }
}

fn tell_health(view: &mut View, env: &Env<'_>) {
    view.page = ViewPage::Facts;
    view.facts_title = "Tình trạng máy".to_owned();
    let health = env.health;
    let reader = if health.reader_missing { "không thấy, kiểm tra dây" } else { "tốt" };
    let journal = if health.journal_refused { "không ghi được" } else { "tốt" };
    let clock = if env.now.sure { words::vouched(health.vouched) } else { "chưa chắc đúng" };
    let free = health.free_bytes.map_or_else(|| "không rõ".to_owned(), words::bytes);
    view.facts = vec![
        FactLine::new("Máy quét", reader).alarm_if(health.reader_missing),
        FactLine::new("Ghi dữ liệu", journal).alarm_if(health.journal_refused),
        FactLine::new("Giờ của máy", clock).alarm_if(!env.now.sure),
        FactLine::new(
            "Đồng hồ trong máy",
            if health.clock_stepped { "bị nhảy" } else { "chạy đều" },
        )
        .alarm_if(health.clock_stepped),
        FactLine::new("Chỗ trống", free),
        FactLine::new("Sự kiện đã ghi", Count(health.events).to_string()),
        FactLine::new("USB", if health.stick { "đã cắm" } else { "chưa cắm" }),
        FactLine::new("Phiên bản", health.version.clone()),
        FactLine::new("Dấu khóa của trạm", health.fingerprint.clone()),
    ];
    view.facts_note = health.notices.join(" ");
    view.facts_alarm = !health.notices.is_empty();
    view.facts_on = "Kiểm tra cả máy";
}

fn tell_examination(view: &mut View, examination: &Examination) {
    view.page = ViewPage::Facts;
    let Some(found) = &examination.found else {
        view.facts_title = "Đang kiểm tra máy".to_owned();
        view.facts_note = "Xin đợi một chút.".to_owned();
        return;
    };
    let to_do = examination.to_do().count();
    let read =
        examination.advice.and_then(|number| Some((number, examination.to_do().nth(number)?)));
    let Some((number, row)) = read else {
        view.facts_title.clone_from(&found.title);
        view.facts = found.rows.iter().map(finding).collect();
        view.facts_on = if to_do > 0 { "Xem cách xử lý" } else { "" };
        return;
    };
    view.facts_title = format!("Việc cần làm {}/{to_do}", number + 1);
    view.facts = vec![finding(row)];
    view.facts_note.clone_from(&row.advice);
    view.facts_on = if number + 1 < to_do { "Việc tiếp theo" } else { "Xem lại tất cả" };
}

fn finding(row: &Row) -> FactLine {
    let mark = match row.verdict {
        Verdict::Good => Mark::Good,
        Verdict::Bad => Mark::Alarm,
        Verdict::Unknown => Mark::Unknown,
    };
    FactLine { mark, ..FactLine::new(row.name, row.text.clone()) }
}

fn tell_clock(view: &mut View, form: &ClockForm, state: &State, env: &Env<'_>) {
    view.page = ViewPage::Clock;
    let is_head = state.who.is_some_and(|who| who.role == Role::Head);
    let vouched = env.health.vouched;
    let insists = is_head && matches!(form.refused, Some(Refusal::BeforeRecords(_)));
    view.clock = ClockView {
        boxes: form.texts(),
        chosen: form.chosen(),
        note: form.refused.map_or_else(
            || words::who_vouches(vouched, env.now.sure).to_owned(),
            |refusal| words::refusal(refusal, is_head),
        ),
        alarm: form.refused.is_some() || !env.now.sure,
        on: match (form.asked || vouched == Some(Vouched::Network), insists) {
            (true, _) => "",
            (false, true) => "Vẫn lưu giờ này",
            (false, false) => "Lưu giờ này",
        },
    };
}
