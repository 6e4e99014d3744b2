//! One step of the staff's side.

mod clock;
mod errands;
mod examination;
mod numbers;
mod questions;
mod scans;
mod signing_in;
mod visits;

use super::form::{About, Form};
use super::state::{Counted, Examination, Filter, Page, Said, SignedIn, State, StickPage};
use super::{Ask, Effect, Env, Event, Outlook, Press, ReportDue, Span, words};
use crate::event::{Entry, Role, StaffCode, StationDay};
use crate::staff::Roster;

/// Seconds without a touch after which the staff's side locks itself.
const SESSION_SECONDS: u32 = 90;

/// Seconds without a touch after which a PIN pad gives way to the patients again.
const PIN_SECONDS: u32 = 30;

/// How many days before today can be looked at on the screen; older ones stand in reports.
pub(super) const DAYS_BACK: u64 = 8;

/// The next state, and what to do about it.
pub fn step(state: State, event: Event, env: &Env<'_>) -> (State, Vec<Effect>) {
    let mut step = Step { state, env, effects: Vec::new() };
    step.take(event);
    (step.state, step.effects)
}

struct Step<'a> {
    state: State,
    env: &'a Env<'a>,
    effects: Vec<Effect>,
}

impl Step<'_> {
    fn take(&mut self, event: Event) {
        match event {
            Event::Pressed(press) => {
                self.stay();
                if !self.is_page_resting() {
                    self.press(press);
                }
            }
            Event::Touched => self.stay(),
            Event::Second => self.second(),
            Event::Scanned(scan) => self.scanned(&scan),
            Event::CodeChanged(scan) => self.code_changed(&scan),
            Event::PinJudged { staff, right } => self.pin_judged(staff, right),
            Event::StaffSaved { staff } => self.staff_saved(staff),
            Event::StaffNotSaved { advice } => self.staff_not_saved(advice),
            Event::Arrived { proposed, visit, day, number, again } => {
                self.arrived(proposed, Counted { visit, day, number }, again);
            }
            Event::Recorded(ask) => match ask {
                Ask::Form(form) => self.answered(form),
                Ask::Number => self.number_is_kept(),
                Ask::Dismissal => self.dismissal_is_kept(),
                Ask::Scan | Ask::Closing | Ask::Clock | Ask::Other => {}
            },
            Event::NotRecorded(ask) => self.not_recorded(ask),
            Event::NotBegun => self.not_begun(),
            Event::CountedBehind(number) => {
                if self.state.is_open() {
                    self.state.said = Some(Said::Counted(number));
                }
            }
            Event::DayLoaded(tally) => {
                if self.state.is_open() {
                    self.state.other = Some(tally);
                    self.enter(Page::Arrivals(Filter::All));
                }
            }
            Event::DayClosed { day, number, chain } => {
                if matches!(self.state.page, Page::Closing { .. }) {
                    self.enter(Page::DayClosed { day, number, chain });
                }
            }
            Event::StickIn | Event::StickOut => {}
            Event::StickUnreadable => {
                if matches!(self.state.page, Page::Stick(StickPage::Choosing { .. })) {
                    let what = words::STICK_UNREADABLE.to_owned();
                    self.export_failed(what, words::ANOTHER_STICK);
                }
            }
            Event::ExportProgress(part) => self.export_is_so_far(part),
            Event::Exported { files, folder, note } => self.exported(files, folder, note),
            Event::ExportFailed { what, advice } => self.export_failed(what, advice),
            Event::ClockKnown { at, moved } => self.clock_known(at, moved),
            Event::Examined(found) => self.examined(*found),
        }
    }

    /// Somebody is there: the time to the lock begins anew.
    fn stay(&mut self) {
        self.state.left = if self.state.who.is_some() { SESSION_SECONDS } else { PIN_SECONDS };
    }

    fn second(&mut self) {
        // Nobody touches a screen that says "Xin đừng rút USB".
        if !self.state.is_open() || self.is_writing() {
            return;
        }
        self.state.left = self.state.left.saturating_sub(1);
        if self.state.left == 0 {
            self.lock();
        }
    }

    fn is_writing(&self) -> bool {
        matches!(self.state.page, Page::Stick(StickPage::Writing { .. }))
    }

    /// Back to the patients; nothing of whoever was signed in stays.
    fn lock(&mut self) {
        self.state = State::default();
    }

    fn enter(&mut self, page: Page) {
        self.state.page = page;
    }

    fn press(&mut self, press: Press) {
        match press {
            Press::Open => self.open(),
            Press::Lock => {
                if !self.is_writing() {
                    self.lock();
                }
            }
            Press::Back => self.back(),
            Press::GoOn => self.go_on(),
            Press::Digit(digit) => self.digit(digit),
            Press::Erase => self.erase(),
            Press::Comma => {
                if let Page::Number { entry, asked: false, .. } = &mut self.state.page {
                    entry.comma();
                }
            }
            Press::Answer(number) => self.answer(number),
            Press::Show(_)
            | Press::Row(_)
            | Press::Call
            | Press::Add
            | Press::Duty
            | Press::Menu
            | Press::Used(_)
            | Press::Guided
            | Press::Accompanied
            | Press::Second
            | Press::Ask(_)
            | Press::StrikeOut
            | Press::Save
            | Press::Periods
            | Press::Dismiss
            | Press::OpenCounted
            | Press::Export => {
                if let Some(who) = self.state.who {
                    self.work(who, press);
                }
            }
        }
    }

    /// What only staff may do.
    fn work(&mut self, who: SignedIn, press: Press) {
        match press {
            Press::Show(filter) => {
                if let Page::Arrivals(shown) = &mut self.state.page {
                    *shown = filter;
                }
            }
            Press::Row(number) => self.open_row(who, number),
            Press::Call => self.meet_callers(who),
            Press::Add => self.add(),
            Press::Duty => self.change_duty(who),
            Press::Menu => self.enter(Page::Menu),
            Press::Periods => self.choose_period(who),
            Press::Dismiss => self.dismiss(who),
            Press::Export => self.export(who),
            Press::OpenCounted => self.open_counted(),
            Press::Save => self.save(),
            Press::Used(_)
            | Press::Guided
            | Press::Accompanied
            | Press::Second
            | Press::Ask(_)
            | Press::StrikeOut => self.fill_in(press),
            Press::Open
            | Press::Lock
            | Press::Back
            | Press::GoOn
            | Press::Digit(_)
            | Press::Comma
            | Press::Erase
            | Press::Answer(_) => {}
        }
    }

    fn go_on(&mut self) {
        match &self.state.page {
            Page::Welcome => {
                let today = self.env.now.station_day();
                if let Some(staff) = next_code(self.env.roster, Role::Head, today) {
                    self.choose_pin(staff, Some(Role::Head));
                }
            }
            Page::Closing { asked: false } => {
                if let Some(who) = self.state.who.filter(|who| who.role == Role::Head) {
                    let by = who.code;
                    let today = self.env.now.station_day();
                    // And what no clock was sure enough for to be closed by itself.
                    let before = self.env.outlook.unclosed.iter().copied();
                    for day in std::iter::once(today).chain(before) {
                        self.effects.push(Effect::CloseDay { day, by });
                    }
                    self.enter(Page::Closing { asked: true });
                }
            }
            Page::DayClosed { .. } => {
                self.enter(Page::Stick(StickPage::Choosing { span: None }));
            }
            Page::Form(_) => self.save(),
            Page::Number { .. } => self.enter_number(),
            Page::Stick(StickPage::Choosing { .. }) => {
                if let Some(who) = self.state.who {
                    self.export(who);
                }
            }
            Page::Clock(_) => self.set_clock(),
            Page::Health => self.examine(),
            Page::Examination(_) => self.next_advice(),
            Page::Stick(StickPage::Done { .. }) => self.enter(Page::Menu),
            Page::Stick(StickPage::Failed { span, .. }) => {
                let span = *span;
                self.enter(Page::Stick(StickPage::Choosing { span }));
            }
            Page::FreePeriod(form) => {
                let form = *form;
                self.take_period(form);
            }
            Page::Closed
            | Page::WhoIsThere(_)
            | Page::Pin { .. }
            | Page::Arrivals(_)
            | Page::Asking(..)
            | Page::Menu
            | Page::WhichDay
            | Page::WhichPaperDay
            | Page::WhichNumber
            | Page::NumberDay(_)
            | Page::Figures
            | Page::Closing { asked: true }
            | Page::Stick(StickPage::Writing { .. })
            | Page::Periods(_)
            | Page::Dismissing(_)
            | Page::Staff(_)
            | Page::Member(_)
            | Page::Removing(_) => {}
        }
    }

    fn back(&mut self) {
        let page = std::mem::take(&mut self.state.page);
        let before = match page {
            Page::Closed | Page::Welcome | Page::WhoIsThere(_) => return self.lock(),
            Page::Pin { purpose, .. } => match (self.state.who, purpose) {
                (Some(who), purpose) if purpose.staff() == who.code => Page::Menu,
                (Some(_), _) => Page::Staff(0),
                (None, _) => return self.lock(),
            },
            Page::Arrivals(_) if self.state.other.take().is_some() => Page::WhichDay,
            Page::Arrivals(_) => return self.lock(),
            Page::Form(Form { about: About::New { entry: Entry::FromPaper, .. }, .. })
                if self.state.other.is_none() =>
            {
                Page::WhichPaperDay
            }
            Page::Form(_) => return self.form_is_left(),
            Page::Menu | Page::Clock(_) => Page::Arrivals(Filter::All),
            Page::Asking(form, _) => Page::Form(form),
            Page::Stick(writing @ StickPage::Writing { .. }) => Page::Stick(writing),
            Page::Periods(_) => Page::Stick(StickPage::Choosing { span: None }),
            Page::FreePeriod(_) => Page::Periods(0),
            Page::Dismissing(report) => {
                Page::Stick(StickPage::Choosing { span: Some(report.span()) })
            }
            Page::WhichDay
            | Page::WhichPaperDay
            | Page::WhichNumber
            | Page::Figures
            | Page::Closing { .. }
            | Page::DayClosed { .. }
            | Page::Stick(_)
            | Page::Staff(_)
            | Page::Health => Page::Menu,
            Page::NumberDay(_) => Page::WhichNumber,
            Page::Number { which, .. } => Page::NumberDay(which),
            Page::Member(_) => Page::Staff(0),
            Page::Removing(staff) => Page::Member(staff),
            Page::Examination(Examination { found, advice: Some(_) }) => {
                Page::Examination(Examination { found, advice: None })
            }
            Page::Examination(_) => Page::Health,
        };
        self.enter(before);
    }
}

/// A page of ten answers has room for so many of the staff, and the way to the next.
pub(super) const MOST_TO_SIGN_IN: usize = 9;

/// And where they are looked after, for two more ways on.
pub(super) const MOST_TO_LOOK_AFTER: usize = 7;

/// A part of the list of the staff.
pub(super) struct Leaf {
    pub(super) members: Vec<StaffCode>,
    /// Where the next part begins, if the list is longer than one: after the last comes the first.
    pub(super) next: Option<usize>,
}

impl Leaf {
    pub(super) fn of(roster: &Roster, first: usize, most: usize) -> Self {
        let all: Vec<StaffCode> = roster.active().map(|member| member.code).collect();
        let members = all.iter().copied().skip(first).take(most).collect();
        let behind = first + most;
        let next = (all.len() > most).then_some(if behind < all.len() { behind } else { 0 });
        Self { members, next }
    }
}

/// What "Việc khác" offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Export,
    CloseDay,
    Figures,
    OtherDay,
    FromPaper,
    Staff,
    Health,
    MyPin,
    Numbers,
    Clock,
}

impl Errand {
    /// What this role may do, in the order of the page.
    pub(super) fn of(role: Role, outlook: &Outlook) -> impl Iterator<Item = Self> {
        let numbers = (!outlook.numbers.is_empty()).then_some(Self::Numbers);
        Self::of_role(role).iter().copied().chain(numbers)
    }

    fn of_role(role: Role) -> &'static [Self] {
        match role {
            Role::Nurse => {
                &[Self::OtherDay, Self::FromPaper, Self::Figures, Self::MyPin, Self::Clock]
            }
            Role::Head => &[
                Self::Export,
                Self::CloseDay,
                Self::Figures,
                Self::OtherDay,
                Self::FromPaper,
                Self::Staff,
                Self::Health,
                Self::MyPin,
                Self::Clock,
            ],
        }
    }
}

/// The days before today that can be looked at, the latest first.
pub(super) fn days_back(today: StationDay) -> impl Iterator<Item = StationDay> {
    (1..=DAYS_BACK)
        .filter_map(move |back| today.0.checked_sub_days(chrono::Days::new(back)).map(StationDay))
}

/// The days the paper sheet or a number can be entered for: today, and those before.
pub(super) fn paper_days(today: StationDay) -> impl Iterator<Item = StationDay> {
    std::iter::once(today).chain(days_back(today))
}

/// What can be put on a stick, or asked for there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer<'a> {
    /// A report that is due.
    Report(&'a ReportDue),
    /// Further reports, from this one on.
    More(usize),
    /// Other days that are often wanted.
    Usual(Span),
    /// Days of one's own choice.
    Free,
}

/// As many answers as a small standing display has room for with so many words in each.
const MOST_OFFERS: usize = 8;

/// What is offered for the stick: the reports that are due and whose days are over, from `first` on,
/// the newest first; then today, the last seven days, this month, last month, and any days.
pub(super) fn offers(today: StationDay, outlook: &Outlook, first: usize) -> Vec<Offer<'_>> {
    use chrono::Datelike as _;
    let day = |date: Option<chrono::NaiveDate>| date.map_or(today, StationDay);
    let week = day(today.0.checked_sub_days(chrono::Days::new(6)));
    let month = day(today.0.with_day(1));
    let last_of_before = day(month.0.pred_opt());
    let before = day(last_of_before.0.with_day(1));
    let ready = ready_reports(today, outlook);

    let usual = [(today, today), (week, today), (month, today), (before, last_of_before)];
    let usual = usual.map(|(from, to)| Offer::Usual(Span { from, to }));
    let room = MOST_OFFERS - usual.len() - 1;
    let (room, has_more) = if ready.len() > room { (room - 1, true) } else { (room, false) };
    let behind = first + room;
    let more = has_more.then_some(Offer::More(if behind < ready.len() { behind } else { 0 }));
    let reports = ready.into_iter().skip(first).take(room).map(Offer::Report);
    reports.chain(more).chain(usual).chain([Offer::Free]).collect()
}

/// The reports whose days are over, the newest first.
fn ready_reports(today: StationDay, outlook: &Outlook) -> Vec<&ReportDue> {
    let is_over = |report: &&ReportDue| {
        report.to < today || report.to == today && outlook.closed_today.is_some()
    };
    let mut ready: Vec<_> = outlook.reports.iter().filter(is_over).collect();
    ready.sort_by_key(|report| std::cmp::Reverse((report.due, report.from)));
    ready
}

/// The days that are handed out where none were chosen: those of the newest report that is due.
pub(super) fn preselected(today: StationDay, outlook: &Outlook) -> Span {
    let newest = ready_reports(today, outlook).first().map(|report| report.span());
    newest.unwrap_or(Span { from: today, to: today })
}

/// The report of just these days.
pub(super) fn report_of(span: Span, outlook: &Outlook) -> Option<&ReportDue> {
    outlook.reports.iter().find(|report| report.span() == span)
}

/// The code a new member gets.
fn next_code(roster: &Roster, role: Role, today: StationDay) -> Option<StaffCode> {
    roster.clone().add(role, today).ok()
}
