//! The visits of a day, and one of them.

use super::super::form::{About, Facts, Form};
use super::super::state::{Filter, Question, State};
use super::super::{Env, words};
use super::day::{due, tell_the_share};
use super::{View, ViewPage};
use crate::event::{Entry, IntegrationResult, Obstacle, RecordUsed, Source, VisitNo};
use crate::figures::{Arrived, Called, Tally, Visit};

/// A visit in the list, or a call from the idle page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Number of the day; `None`: a call without a visit.
    pub number: Option<VisitNo>,
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

pub(super) fn tell_arrivals(view: &mut View, filter: Filter, state: &State, env: &Env<'_>) {
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
    let mut calls = tally.calls();
    calls.retain(|call| call.visit.is_none());
    let is_open = |visit: &Visit| visit.counts() && visit.used().is_none();
    let is_shown = |visit: &Visit, filter| match filter {
        Filter::All => true,
        Filter::Open => is_open(visit),
        Filter::Help => visit.needs_help(),
    };
    let count = |filter| visits.iter().filter(|(_, visit)| is_shown(visit, filter)).count();
    view.counts = [Filter::All, Filter::Open, Filter::Help].map(count);
    // A call is no visit: it stands in the list and is not counted as one.
    let waits = |call: &&Called| !call.helped;
    let [_, _, help] = &mut view.counts;
    *help += calls.iter().filter(waits).count();
    let calls = calls.iter().rev().filter(|call| match filter {
        Filter::All => true,
        Filter::Open => false,
        Filter::Help => waits(call),
    });
    let rows = visits.iter().filter(|(_, visit)| is_shown(visit, filter));
    let rows = rows.map(|(arrived, visit)| (arrived.at.wall_ms, list_row(arrived, visit)));
    view.rows = in_time(rows, calls.map(|call| (call.at.wall_ms, call_row(call))));
    tell_the_share(view, tally, env);
    view.due = due(env);
}

/// Visits in the order of their numbers, and each call before the first visit that was before it.
fn in_time(
    visits: impl Iterator<Item = (i64, ListRow)>,
    calls: impl Iterator<Item = (i64, ListRow)>,
) -> Vec<ListRow> {
    let mut calls = calls.peekable();
    let mut rows = Vec::new();
    for (arrived, row) in visits {
        while let Some((_, call)) = calls.next_if(|(called, _)| *called >= arrived) {
            rows.push(call);
        }
        rows.push(row);
    }
    rows.extend(calls.map(|(_, call)| call));
    rows
}

fn call_row(call: &Called) -> ListRow {
    let notes = match (call.helped, call.taken) {
        (true, _) => "Đã giúp",
        (false, Some(_)) => "Nhân viên đang đến",
        (false, None) => "Chưa ai đến",
    };
    ListRow {
        number: None,
        time: words::time(&call.at),
        age: "",
        card: "Từ màn hình chờ",
        used: "Gọi nhân viên",
        record: None,
        notes: notes.to_owned(),
        needs_help: !call.helped,
        is_open: false,
    }
}

pub(super) fn list_row(arrived: &Arrived, visit: &Visit) -> ListRow {
    ListRow {
        number: Some(arrived.number),
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
pub(super) fn notes(arrived: &Arrived, visit: &Visit) -> String {
    let confirmed = visit.choice().is_some_and(|choice| choice.source == Source::NurseConfirmed);
    let notes = [
        visit.is_help_coming().then_some("NV đang đến"),
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

pub(super) fn form_view(form: &Form, tally: &Tally) -> FormView {
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

pub(super) fn tell_question(view: &mut View, form: &Form, question: Question) {
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
