//! The day in numbers: its figures, its closing, its way onto a stick.

use super::super::state::StickPage;
use super::super::step::{Offer, offers, preselected, report_of};
use super::super::{Env, PeriodForm, ReportDue, Span, words};
use super::{FactLine, View, ViewPage};
use crate::event::{DismissalReason, StationDay};
use crate::figures::{DayFigures, Gap, Tally, minute_of};

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
    pub note: String,
    /// What happened and what to do now, when it failed.
    pub failed: Option<(String, &'static str)>,
    /// "Báo cáo tuần 24–30/11".
    pub title: String,
    /// "Hạn 15:00 hôm nay · gửi Sở Y tế", and when it is done: where it stands.
    pub about: String,
    /// What the files will lack.
    pub missing: String,
    /// It is a report that one is reminded of.
    pub is_report: bool,
}

/// The share of the day that is looked at, and of the days before, today as the last.
pub(super) fn tell_the_share(view: &mut View, tally: &Tally, env: &Env<'_>) {
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
pub(super) fn due(env: &Env<'_>) -> Vec<FactLine> {
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
        let today = env.now.station_day();
        let title = words::handing(report.span(), Some(report), today).title;
        let value = words::deadline(report, today);
        due.push(FactLine::new(title, value).alarm_if(report.late));
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

/// The day's figures that the head looks at first.
pub(super) fn figure_lines(figures: &DayFigures) -> Vec<FactLine> {
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
        FactLine::new("Gọi nhân viên", calls_words(figures)),
    ]
}

/// How many calls, how many were answered, and how long people waited: of nobody who was not answered.
fn calls_words(figures: &DayFigures) -> String {
    let calls = figures.calls;
    if figures.staff_calls == 0 {
        return "chưa có lần nào".to_owned();
    }
    let taken = format!("{} lần, {} lần có người đến", figures.staff_calls, calls.taken);
    match calls.average_seconds() {
        None => taken,
        Some(..60) => format!("{taken}, chờ chưa đến 1 phút"),
        Some(seconds) => format!("{taken}, chờ trung bình {} phút", (seconds + 30) / 60),
    }
}

pub(super) fn tell_figures(view: &mut View, env: &Env<'_>) {
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

pub(super) fn tell_closing(view: &mut View, asked: bool, env: &Env<'_>) {
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
    let after =
        "Sau khi chốt, không ai còn nhận ra người bệnh trong số liệu: ai quét lại là một lượt mới.";
    notes.push(after.to_owned());
    view.facts_note = notes.join(" ");
}

pub(super) fn tell_stick(view: &mut View, page: &StickPage, env: &Env<'_>) {
    view.page = ViewPage::Stick;
    view.stick.is_in = env.health.stick;
    match page {
        StickPage::Choosing { span } => tell_the_choice(view, *span, env),
        StickPage::Writing { part, handing } => {
            view.stick.progress = Some(*part);
            view.stick.title.clone_from(&handing.title);
        }
        StickPage::Done { handing, files, folder, note } => {
            view.stick.done = true;
            view.stick.title.clone_from(&handing.title);
            let to = match handing.recipients.as_str() {
                "" => String::new(),
                recipients => format!(" Gửi {recipients}."),
            };
            view.stick.about = format!("{files} tệp trong thư mục {folder}.{to}");
            view.stick.note = note.unwrap_or_default().to_owned();
        }
        StickPage::Failed { what, advice, .. } => view.stick.failed = Some((what.clone(), advice)),
    }
}

/// What will be written: which days, due when, for whom, and what it will lack.
fn tell_the_choice(view: &mut View, span: Option<Span>, env: &Env<'_>) {
    let today = env.now.station_day();
    let span = span.unwrap_or_else(|| preselected(today, env.outlook));
    let report = report_of(span, env.outlook);
    let handing = words::handing(span, report, today);
    view.stick.title = handing.title;
    view.stick.is_report = report.is_some();
    let when = report.map(|report| words::begun(&words::deadline(report, today)));
    let whom = Some(handing.recipients).filter(|to| !to.is_empty()).map(|to| format!("gửi {to}"));
    view.stick.about = when.into_iter().chain(whom).collect::<Vec<_>>().join(" · ");
    let numbers: Vec<&str> = env.outlook.numbers_missing(span).collect();
    let mut missing = Vec::new();
    if !numbers.is_empty() {
        missing.push(format!("Chưa nhập: {}.", numbers.join("; ")));
    }
    let gaps = env.outlook.gaps(span);
    for gap in Gap::ALL {
        let days: Vec<_> =
            gaps.iter().filter(|(_, why)| *why == gap).map(|(day, _)| *day).collect();
        match days.as_slice() {
            [] => {}
            [day] => missing.push(format!("{} {gap}, sẽ để trống.", words::weekday(*day))),
            days => missing.push(format!("{} ngày {gap}, sẽ để trống.", days.len())),
        }
    }
    view.stick.missing = missing.join(" ");
}

/// The list of what can be handed out.
pub(super) fn tell_periods(view: &mut View, first: usize, env: &Env<'_>) {
    let today = env.now.station_day();
    let words_of = |offer: Offer<'_>| match offer {
        Offer::Report(report) => {
            let title = words::handing(report.span(), Some(report), today).title;
            let StationDay(due) = words::due_day(report.due);
            let due = due.format("%d/%m");
            format!("{title}, {} {due}", if report.late { "trễ" } else { "hạn" })
        }
        Offer::More(_) => "Báo cáo khác".to_owned(),
        Offer::Usual(span) => words::usual(span, today),
        Offer::Free => "Chọn ngày khác".to_owned(),
    };
    let offers = offers(today, env.outlook, first).into_iter().map(words_of);
    view.ask("Xuất kỳ nào?", offers);
}

/// Days of one's own choice.
pub(super) fn tell_free_period(view: &mut View, form: &PeriodForm) {
    view.page = ViewPage::Period;
    view.clock.boxes = form.texts();
    view.clock.chosen = form.chosen();
    view.clock.alarm = form.refused.is_some();
    let note = "Gõ ngày đầu và ngày cuối, tính cả hai ngày ấy.";
    view.clock.note = form.refused.map_or(note, words::no_such_period).to_owned();
    view.clock.on = "Chọn kỳ này";
}

/// Why a report is not handed in from here.
pub(super) fn tell_dismissal(view: &mut View, report: &ReportDue, env: &Env<'_>) {
    let today = env.now.station_day();
    let title = words::handing(report.span(), Some(report), today).title;
    view.ask(
        format!("Vì sao thôi nhắc {title}?"),
        DismissalReason::ALL.map(words::dismissal).map(str::to_owned),
    );
    view.question_note =
        "Máy ghi lại mã của người bỏ nhắc và lý do. Vẫn xuất được kỳ này lúc khác.".to_owned();
}
