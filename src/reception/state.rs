//! Where the staff's side stands.

use super::clock_form::ClockForm;
use super::form::{About, Form};
use super::number::NumberEntry;
use super::period_form::PeriodForm;
use super::{ReportDue, Span};
use crate::desk::Documents;
use crate::event::{Moment, Role, StaffCode, StationDay, VisitId, VisitNo};
use crate::figures::Tally;
use crate::health::{self, Verdict};
use crate::staff::{Pin, PinEntry, WeakPin};

/// The whole state of the staff's side.
#[derive(Default)]
pub struct State {
    /// Which page.
    pub page: Page,
    /// Who is signed in.
    pub who: Option<SignedIn>,
    /// What the last act came to.
    pub said: Option<Said>,
    /// The visits of another day, while that day is looked at.
    pub other: Option<Box<Tally>>,
    /// Seconds until it locks by itself.
    pub left: u32,
    /// A scan whose visit the journal has not told yet, and what was shown.
    pub(super) scanned: Option<(VisitId, Documents)>,
    /// What the patient of the open form has shown, where a scan opened it.
    pub(super) documents: Option<(VisitId, Documents)>,
    /// Scans beside a page that holds what somebody typed; the journal has not told of them yet.
    pub(super) beside: Vec<VisitId>,
    /// And those it has told of: the first is opened first.
    pub(super) counted: Vec<Counted>,
    /// Forms that wait until such a visit is dealt with, the last on top.
    pub(super) put_aside: Vec<Form>,
    /// When a scan last changed the page, in milliseconds of uptime.
    pub(super) changed_by_scan: Option<u64>,
    /// How many forms were saved.
    pub(super) saves: u32,
    /// What is being saved.
    pub(super) saving: Option<Saving>,
}

impl State {
    /// Whether the staff's pages take the place of the patients'.
    pub fn is_open(&self) -> bool {
        !matches!(self.page, Page::Closed)
    }

    /// Whether the page holds what somebody has typed or said.
    pub fn holds_input(&self) -> bool {
        match &self.page {
            Page::Form(form) => matches!(form.about, About::New { .. }) || form.now != form.before,
            Page::Asking(..) | Page::Clock(_) | Page::FreePeriod(_) => true,
            Page::Pin { entry, .. } => !entry.is_empty(),
            Page::Number { entry, .. } => !entry.is_empty(),
            Page::Closed
            | Page::Welcome
            | Page::WhoIsThere(_)
            | Page::Arrivals(_)
            | Page::Menu
            | Page::WhichDay
            | Page::WhichPaperDay
            | Page::WhichNumber
            | Page::NumberDay(_)
            | Page::Figures
            | Page::Closing { .. }
            | Page::DayClosed { .. }
            | Page::Stick(_)
            | Page::Periods(_)
            | Page::Dismissing(_)
            | Page::Staff(_)
            | Page::Member(_)
            | Page::Removing(_)
            | Page::Health
            | Page::Examination(_) => false,
        }
    }
}

/// A visit that was counted beside the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub visit: VisitId,
    pub day: StationDay,
    pub number: VisitNo,
}

/// Who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub code: StaffCode,
    /// What they may do.
    pub role: Role,
}

/// Which page of the staff's side.
#[derive(Default)]
pub enum Page {
    /// None: the patients' pages are shown.
    #[default]
    Closed,
    /// Nobody is on the list: the head is set up.
    Welcome,
    /// "Ai đang ở bàn?", from this one of the list on.
    WhoIsThere(usize),
    /// A PIN is typed.
    Pin {
        /// What for.
        purpose: PinPurpose,
        /// What is typed.
        entry: PinEntry,
        /// What was wrong with the one before.
        trouble: Option<PinTrouble>,
        /// It is being judged.
        busy: bool,
    },
    /// The visits of a day.
    Arrivals(Filter),
    /// One visit.
    Form(Form),
    /// A question about a visit.
    Asking(Form, Question),
    /// "Việc khác".
    Menu,
    /// Which day to look at.
    WhichDay,
    /// For which day the paper sheet is entered.
    WhichPaperDay,
    /// Which number somebody else counted.
    WhichNumber,
    /// For which day it stands; the number by its place in the outlook.
    NumberDay(usize),
    /// The number itself.
    Number {
        /// Which, by its place in the outlook.
        which: usize,
        /// For which day.
        day: StationDay,
        /// What is typed.
        entry: NumberEntry,
        /// The journal was asked, and has not answered yet.
        asked: bool,
    },
    /// The figures of today.
    Figures,
    /// "Chốt sổ hôm nay": what will be signed.
    Closing {
        /// The journal was asked, and has not answered yet.
        asked: bool,
    },
    /// What was signed.
    DayClosed {
        /// Which day.
        day: StationDay,
        /// Which closing of that day.
        number: u32,
        /// First letters of the journal's chain.
        chain: String,
    },
    /// The stick.
    Stick(StickPage),
    /// Which days are handed out: the reports that are due, from this one on, and other days.
    Periods(usize),
    /// Days of one's own choice.
    FreePeriod(PeriodForm),
    /// Why this report is not handed in from here.
    Dismissing(ReportDue),
    /// The list of the staff, from this one on.
    Staff(usize),
    /// One of the staff.
    Member(StaffCode),
    /// Sure that this one leaves?
    Removing(StaffCode),
    /// How the box is.
    Health,
    /// How the whole box is, looked at anew.
    Examination(Examination),
    /// The date and the time.
    Clock(ClockForm),
}

/// How far a look at the whole box is.
#[derive(Default)]
pub struct Examination {
    /// What was found; `None` while it is looked for.
    pub found: Option<health::Page>,
    /// Which of the things that must be done is read.
    pub advice: Option<usize>,
}

impl Examination {
    /// What must be done.
    pub(super) fn to_do(&self) -> impl Iterator<Item = &health::Row> {
        let rows = self.found.iter().flat_map(|page| &page.rows);
        rows.filter(|row| row.verdict == Verdict::Bad)
    }
}

/// What a PIN is typed for.
pub enum PinPurpose {
    /// To sign in.
    SignIn(StaffCode),
    /// A new one is chosen.
    Choose {
        /// Whose.
        staff: StaffCode,
        /// The role of a new member.
        new: Option<Role>,
    },
    /// The new one is typed again, to be sure of it.
    Repeat {
        /// Whose.
        staff: StaffCode,
        /// The role of a new member.
        new: Option<Role>,
        /// What was typed first.
        first: Box<Pin>,
    },
}

impl PinPurpose {
    /// Whose PIN it is.
    pub fn staff(&self) -> StaffCode {
        match self {
            Self::SignIn(staff) | Self::Choose { staff, .. } | Self::Repeat { staff, .. } => *staff,
        }
    }
}

/// What is wrong with a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinTrouble {
    /// It is not the right one.
    Wrong,
    /// It is too easy to guess.
    Weak(WeakPin),
    /// The second is another than the first.
    NotTheSame,
    /// The try could not be recorded, or the PIN not be kept.
    NotSaved(&'static str),
}

/// Which arrivals are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Without a choice ("chưa chọn").
    Open,
    /// Who called ("cần giúp").
    Help,
}

/// A question about a visit, on a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The age band.
    Age,
    /// How the integration went.
    Result,
    /// Why VNeID was not used.
    Obstacle,
    /// Why something is put right.
    Reason,
}

/// The stick's page.
#[derive(Clone, Debug, PartialEq)]
pub enum StickPage {
    /// Waiting for a stick, or for the word to write.
    Choosing {
        /// The days that were chosen; none: those of the newest report that is due.
        span: Option<Span>,
    },
    /// Writing.
    Writing {
        /// How far, 0 to 1.
        part: f32,
        /// What.
        handing: Handing,
    },
    /// The stick may be pulled.
    Done {
        /// What stands on it.
        handing: Handing,
        /// How many files.
        files: usize,
        /// In which folder of the stick.
        folder: String,
        /// What people should know besides.
        note: Option<&'static str>,
    },
    /// It failed.
    Failed {
        /// What happened.
        what: String,
        /// What to do now.
        advice: &'static str,
        /// The days that were chosen.
        span: Option<Span>,
    },
}

/// What is handed out: told to the end as it was when it was begun, also when it is due no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handing {
    /// The days.
    pub span: Span,
    /// "Báo cáo tuần 24–30/11".
    pub title: String,
    /// To whom, if it is a report.
    pub recipients: String,
}

/// What the last act came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A visit is recorded.
    Recorded(VisitNo),
    /// A visit of that person was recorded today already, and holds what was said now.
    RecordedAgain(VisitNo),
    /// A visit is put right.
    Saved(VisitNo),
    /// Somebody is on duty from now on.
    OnDuty(Moment),
    /// Somebody is off duty from now on.
    OffDuty(Moment),
    /// A PIN is kept.
    PinKept(StaffCode),
    /// Somebody left.
    Removed(StaffCode),
    /// A PIN must be chosen anew.
    PinReset(StaffCode),
    /// A number that somebody else counted is entered.
    NumberEntered(StationDay),
    /// A report is not reminded of any more.
    Dismissed,
    /// What time it is is known; so many visits count for another day now.
    ClockKnown(Moment, usize),
    /// A patient was counted behind these pages.
    Counted(VisitNo),
    /// What was scanned is no card.
    NotACard,
    /// The journal could not write.
    NotRecorded,
    /// The list of the staff could not be written.
    NotSaved(&'static str),
}

/// A form that waits for the journal.
pub(super) struct Saving {
    /// Which, among those that were saved.
    pub(super) form: u32,
    /// Answers that are still to come.
    pub(super) owed: usize,
    /// The visit's number, once known.
    pub(super) number: Option<VisitNo>,
    /// The visit was new.
    pub(super) is_new: bool,
    /// The person had been counted before.
    pub(super) again: bool,
}
