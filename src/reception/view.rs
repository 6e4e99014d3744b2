//! What stands on the staff's pages: the state in words and numbers, nothing of it decided here.

mod day;
mod machine;
mod typing;
mod visits;

use super::number::WantedNumber;
use super::state::{Filter, Page, Said, State};
use super::step::{Errand, Leaf, MOST_TO_LOOK_AFTER, MOST_TO_SIGN_IN, days_back, paper_days};
use super::{Env, words};
use crate::event::{Role, VisitNo};
use crate::figures::Share;
use day::{tell_closing, tell_dismissal, tell_figures, tell_free_period, tell_periods, tell_stick};
use machine::{tell_examination, tell_health};
use typing::{number_label, number_view, pin_view, tell_clock};
use visits::{form_view, tell_arrivals, tell_question};

pub use day::StickView;
pub use typing::{ClockView, NumberView, PinView};
pub use visits::{FormView, ListRow};

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
    /// Days of one's own choice.
    Period,
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
    /// The number of the visit that was counted beside the page and can be opened.
    pub counted: Option<VisitNo>,
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
            view.ask(
                "Việc khác",
                Errand::of(role, env.outlook).map(|errand| errand_words(errand, env.outlook)),
            );
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
        Page::Periods(first) => tell_periods(&mut view, *first, env),
        Page::FreePeriod(form) => tell_free_period(&mut view, form),
        Page::Dismissing(report) => tell_dismissal(&mut view, report, env),
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
    let reader = match (health.reader_missing, health.reader_babbles) {
        (true, _) => "Mất máy quét",
        (false, true) => "Máy quét hỏng",
        (false, false) => "Máy quét tốt",
    };
    let journal =
        if health.journal_refused { "Bộ nhớ không ghi được" } else { "Bộ nhớ tốt" };
    let clock = if env.now.sure { "Giờ đúng" } else { "Giờ chưa chắc" };
    view.health = [reader, journal, clock].join(" · ");
    view.health_alarm =
        health.reader_missing || health.reader_babbles || health.journal_refused || !env.now.sure;
    if let Some(who) = state.who {
        view.who = format!("{} {}", words::role(who.role), who.code);
        let since = env.duty.since(who.code);
        view.since = since
            .map_or_else(String::new, |minute| format!("đang trực từ {}", words::minute(minute)));
        view.duty = if since.is_some() { "Hết ca" } else { "Vào ca" };
    }
    view.counted = state.counted.first().map(|counted| counted.number);
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
        Said::Dismissed => ("Đã thôi nhắc báo cáo".to_owned(), false),
        Said::ClockKnown(at, 0) => (format!("Đã đúng giờ: {}", words::time(at)), false),
        Said::ClockKnown(_, moved) => (format!("Đã đúng giờ, chuyển ngày {moved} lượt"), false),
        Said::Counted(number) => (format!("Lượt số {number} đã đếm"), false),
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

fn errand_words(errand: Errand, outlook: &super::Outlook) -> String {
    let words = match errand {
        Errand::Export if !outlook.reports.is_empty() => {
            return format!("Xuất ra USB ({} đến hạn)", outlook.reports.len());
        }
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
