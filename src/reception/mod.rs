//! The staff's side of the screen: signing in, today's arrivals, assisted visits, corrections, the
//! day's closing, the stick – as one pure function, like the patients' [`desk`](crate::desk).
//!
//! [`step`] takes the state and an event and gives the next state and what to do about it; [`view`]
//! says what stands on the screen. No clock, no disk, no thread, no Slint. Rules kept: nothing is
//! erased or edited (product rule 5); nothing is claimed before the journal has answered (rule 1);
//! whatever staff do, the patients' session waits behind it and a scan is never refused (rule 4).

mod clock_form;
mod form;
mod number;
mod period_form;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod typed_boxes;
mod view;
mod words;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use chrono::NaiveDateTime;

pub use clock_form::{BOXES, ClockForm, Refusal};
pub use form::{About, Facts, Form};
pub use number::{NumberEntry, WantedNumber};
pub use period_form::{NoSuchPeriod, PeriodForm};
pub use state::{
    Examination, Filter, Handing, Page, PinPurpose, PinTrouble, Question, Said, SignedIn, State,
    StickPage,
};
pub use step::step;
pub use view::{
    ClockView, FactLine, FormView, ListRow, Mark, NumberView, PinView, StickView, View, ViewPage,
    view,
};

use crate::card::{Identity, Scan};
use crate::event::{
    AgeBand, CardKind, Entry, Moment, Role, StaffCode, StationDay, Subject, VisitId, VisitNo,
    Vouched, What,
};
use crate::figures::{Duty, Gap, Known, Measure, Minutes, Observed, Share, Tally};
use crate::health;
use crate::staff::{Lockout, Pin, Roster, TypedPin};

/// What staff can do on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// "Dành cho nhân viên", on the patients' pages.
    Open,
    /// "Khóa".
    Lock,
    /// "Quay lại".
    Back,
    /// The way on of a page.
    GoOn,
    /// A key of a pad, 0 to 9.
    Digit(u8),
    /// "," of the number pad.
    Comma,
    /// "Xóa" of a pad.
    Erase,
    /// Which arrivals are listed.
    Show(Filter),
    /// The visit of this number, in the list.
    Row(VisitNo),
    /// A call from the idle page, in the list.
    Call,
    /// "Thêm lượt có hỗ trợ".
    Add,
    /// "Vào ca", "Hết ca".
    Duty,
    /// "Việc khác".
    Menu,
    /// The record used, as the nurse sees it.
    Used(crate::event::RecordUsed),
    /// "Đã hướng dẫn".
    Guided,
    /// "Qua người giám hộ".
    Accompanied,
    /// "Lượt thứ hai trong ngày".
    Second,
    /// A field of the form that is asked for on a page of its own.
    Ask(Question),
    /// "Bỏ lượt này", or back again.
    StrikeOut,
    /// "Ghi nhận", "Lưu".
    Save,
    /// The answer of this number, from 1, on a page that asks.
    Answer(u8),
    /// "Kỳ khác", and the reminders of reports.
    Periods,
    /// "Thôi nhắc báo cáo này".
    Dismiss,
    /// "Xuất ra USB".
    Export,
    /// "Lượt số 2 đã đếm": the visit of somebody who was counted beside the page.
    OpenCounted,
}

/// What the journal was asked for. The answer gives it back: two answers may be under way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To save the form of this number.
    Form(u32),
    /// To count who scanned.
    Scan,
    /// To keep a number that somebody else counted.
    Number,
    /// To close the day.
    Closing,
    /// To keep that a report is not reminded of.
    Dismissal,
    /// To keep what time it is.
    Clock,
    /// Something whose answer nobody waits for.
    Other,
}

/// What can happen to the staff's side.
pub enum Event {
    /// Somebody pressed something.
    Pressed(Press),
    /// Somebody touched the screen.
    Touched,
    /// A second has passed; comes while the staff's side is open.
    Second,
    /// The reader delivered a record, while somebody is signed in.
    Scanned(Scan),
    /// A code that cannot be read followed another one without a pause.
    CodeChanged(Scan),
    /// A PIN was compared, and the try is durable.
    PinJudged {
        /// Whose PIN it was meant to be.
        staff: StaffCode,
        /// Whether it was right.
        right: bool,
    },
    /// The new PIN, member or removal is durable.
    StaffSaved {
        /// Whom it is about.
        staff: StaffCode,
    },
    /// It could not be saved.
    StaffNotSaved {
        /// What to do now.
        advice: &'static str,
    },
    /// The journal made an arrival durable.
    Arrived {
        /// The visit as proposed.
        proposed: VisitId,
        /// The visit it is.
        visit: VisitId,
        /// Its day.
        day: StationDay,
        /// Its number of the day.
        number: VisitNo,
        /// Whether the person had been counted before.
        again: bool,
    },
    /// The journal made something else of ours durable.
    Recorded(Ask),
    /// The journal could not write.
    NotRecorded(Ask),
    /// The machine could not begin what was asked for.
    NotBegun,
    /// A patient who scanned was counted behind the staff's pages.
    CountedBehind(VisitNo),
    /// Another day's visits.
    DayLoaded(Box<Tally>),
    /// The day is closed and signed.
    DayClosed {
        /// Which day.
        day: StationDay,
        /// Which closing of that day.
        number: u32,
        /// First letters of the journal's chain, to compare with the paper.
        chain: String,
    },
    /// A stick can be written to.
    StickIn,
    /// The stick is gone.
    StickOut,
    /// A stick is in that cannot be read.
    StickUnreadable,
    /// So much of the export is written, 0 to 1.
    ExportProgress(f32),
    /// The export is on the stick, checked, and the stick may be pulled.
    Exported {
        /// How many files.
        files: usize,
        /// In which folder of the stick.
        folder: String,
        /// What people should know besides.
        note: Option<&'static str>,
    },
    /// What time it is became known, by staff or without them.
    ClockKnown {
        /// The first moment by it.
        at: Moment,
        /// How many visits count for another day now.
        moved: usize,
    },
    /// The whole box was looked at.
    Examined(Box<health::Page>),
    /// The export failed.
    ExportFailed {
        /// What happened.
        what: String,
        /// What to do now.
        advice: &'static str,
    },
}

/// What the staff's side wants done.
pub enum Effect {
    /// Compare this PIN with that of `staff`, record the try, then tell [`Event::PinJudged`].
    Judge {
        /// Whose PIN it is meant to be.
        staff: StaffCode,
        /// What was typed.
        typed: TypedPin,
    },
    /// Give `staff` this PIN; a new member if there is a role.
    ChoosePin {
        /// Who.
        staff: StaffCode,
        /// The role of a new member.
        new: Option<Role>,
        /// Boxed: secrets do not move about.
        pin: Box<Pin>,
        /// Who does it.
        by: Option<StaffCode>,
    },
    /// Let `staff` choose a new PIN at the next sign-in.
    ResetPin {
        /// Who.
        staff: StaffCode,
        /// Who does it.
        by: StaffCode,
    },
    /// Take `staff` off the list.
    Remove {
        /// Who.
        staff: StaffCode,
        /// Who does it.
        by: StaffCode,
    },
    /// Record that a patient arrived.
    Arrive {
        /// The id the visit gets if the person is new today.
        visit: VisitId,
        /// What was scanned.
        card: Option<CardKind>,
        /// Age band that day.
        age: AgeBand,
        /// What tells the same person again today.
        identity: Option<Identity>,
        /// What tells them again by another document.
        person: Option<Identity>,
        /// How the visit comes into the journal.
        entry: Entry,
        /// The day it counts for.
        day: StationDay,
        /// Who records it.
        by: StaffCode,
        /// What for.
        ask: Ask,
    },
    /// Record that the patient of this visit showed another document.
    AlsoShow {
        /// Which visit of which day.
        visit: (VisitId, StationDay),
        /// What it is.
        card: CardKind,
        /// Age band that day, as it tells.
        age: AgeBand,
        /// Its number.
        identity: Option<Identity>,
        /// Name, birth and sex.
        person: Option<Identity>,
        /// Who records it.
        by: StaffCode,
    },
    /// Record what happened.
    Record {
        /// What for.
        ask: Ask,
        /// About what.
        subject: Subject,
        /// Who did it.
        by: StaffCode,
        /// What.
        what: What,
    },
    /// Read the visits of another day, then tell [`Event::DayLoaded`].
    LoadDay(StationDay),
    /// Close and sign the day.
    CloseDay {
        /// Which.
        day: StationDay,
        /// Who does it.
        by: StaffCode,
    },
    /// It is this time now, then tell [`Event::ClockKnown`].
    SetClock {
        /// Milliseconds since 1970-01-01 UTC.
        wall_ms: i64,
        /// Who says so.
        by: StaffCode,
    },
    /// Look at the whole box, then tell [`Event::Examined`].
    Examine,
    /// Write the export of these days to the stick.
    Export {
        /// First day.
        from: StationDay,
        /// Last day.
        to: StationDay,
        /// Who does it.
        by: StaffCode,
    },
}

/// What the staff's side needs to know of the world at one step.
pub struct Env<'a> {
    /// When.
    pub now: Moment,
    /// An id for a visit that may begin in this step.
    pub fresh: VisitId,
    /// Today's visits.
    pub today: &'a Tally,
    /// Who is at the desk today.
    pub duty: &'a Duty,
    /// When the station is open.
    pub hours: &'a [Range<Minutes>],
    /// The people.
    pub roster: &'a Roster,
    /// Their tries.
    pub lockouts: &'a HashMap<StaffCode, Lockout>,
    /// How the box is.
    pub health: &'a Health,
    /// What the head should see: the days before today, and what is to be done.
    pub outlook: &'a Outlook,
}

/// How the box is, as far as the staff's side tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Whether the reader is missing.
    pub reader_missing: bool,
    /// Whether it sends without end what cannot be read.
    pub reader_babbles: bool,
    /// Whether the loudspeaker was not heard when it should have rung for a call.
    pub bell_fails: bool,
    /// Whether the computer has a loudspeaker, if it tells.
    pub loudspeaker: Option<bool>,
    /// Whether the journal refused the last thing it was asked to write.
    pub journal_refused: bool,
    /// Who vouches for the time.
    pub vouched: Option<Vouched>,
    /// The wall clock jumped or stood still, and nobody vouched for that.
    pub clock_stepped: bool,
    /// The last moment recorded under a sure clock before this boot, milliseconds since 1970-01-01
    /// UTC.
    pub last_sure_ms: Option<i64>,
    /// Whether a stick can be written to.
    pub stick: bool,
    /// Free space of the data folder in bytes, if known.
    pub free_bytes: Option<u64>,
    /// Version of the program.
    pub version: String,
    /// Fingerprint of the station's key, in groups.
    pub fingerprint: String,
    /// Events in the journal.
    pub events: u64,
    /// Something staff must know, in words: the journal was restored, the list of staff was damaged.
    pub notices: Vec<String>,
}

/// The days before today, and what is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The number of the campaign, or VNeID of all visits where none runs: the oldest of the last ten
    /// days first; today is not among them.
    pub shares: Vec<(StationDay, Share)>,
    /// Days before today that are not closed.
    pub unclosed: Vec<StationDay>,
    /// The last day that was exported to a stick.
    pub exported_to: Option<StationDay>,
    /// Whether today was closed already, and under which number.
    pub closed_today: Option<u32>,
    /// The number of the campaign that runs: what is counted, and the percent to be reached.
    pub headline: Option<(Measure, u32)>,
    /// Reports that are late or due within a week, the most pressing first.
    pub reports: Vec<ReportDue>,
    /// Numbers that somebody else counts and the campaigns that run want to be told.
    pub numbers: Vec<WantedNumber>,
    /// The same of all campaigns, with the days for which they were entered.
    pub hand_counts: Vec<HandCounted>,
    /// Which days have figures; none: not read yet.
    pub known: Option<Known>,
}

impl Outlook {
    /// The numbers entered by hand that a report of these days will lack.
    pub fn numbers_missing(&self, span: Span) -> impl Iterator<Item = &str> {
        let lacks = move |count: &&HandCounted| {
            let Span { from, to } = count.campaign;
            let first = if count.adds_up { span.from.max(from) } else { from };
            let last = span.to.min(if count.adds_up { to } else { span.to });
            from <= span.to
                && span.from <= to
                && count.entered.iter().all(|day| *day < first || *day > last)
        };
        self.hand_counts.iter().filter(lacks).map(|count| count.label.as_str())
    }

    /// The days of these that have no figures, with why.
    pub fn gaps(&self, span: Span) -> Vec<(StationDay, Gap)> {
        let Some(known) = &self.known else { return Vec::new() };
        let is_closed = |day| day == known.today && self.closed_today.is_some();
        let gap = |day| known.gap(day).filter(|_| !is_closed(day)).map(|gap| (day, gap));
        span.days().filter_map(gap).collect()
    }

    /// What the chart shows, of one day; `desk`: its opening minutes with somebody on duty, of all.
    pub fn share_of(&self, tally: &Tally, desk: Share) -> Share {
        if let Some((measure, _)) = self.headline {
            return measure.over([Observed { tally, desk }]).share().unwrap_or_default();
        }
        let figures = tally.figures();
        figures.of_arrivals(figures.used.vneid())
    }
}

/// A report that a campaign's plan wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDue {
    /// What it is called.
    pub title: String,
    /// Before when, in local time.
    pub due: NaiveDateTime,
    /// The first day it tells of.
    pub from: StationDay,
    /// The last.
    pub to: StationDay,
    /// That time is over.
    pub late: bool,
    /// Of which campaign, by the name of its file.
    pub campaign: String,
    /// To whom it goes.
    pub recipients: Vec<String>,
}

impl ReportDue {
    /// The days it tells of.
    pub fn span(&self) -> Span {
        Span { from: self.from, to: self.to }
    }
}

/// Days from one to another, both among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: StationDay,
    /// The last.
    pub to: StationDay,
}

impl Span {
    /// The days, in order.
    pub fn days(self) -> impl Iterator<Item = StationDay> {
        self.from.0.iter_days().map(StationDay).take_while(move |day| *day <= self.to)
    }
}

/// A number that somebody else counts for a campaign, and the days for which it was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandCounted {
    /// What it is.
    pub label: String,
    /// The days of the campaign.
    pub campaign: Span,
    /// Each day has its own number; else the newest since the campaign began stands.
    pub adds_up: bool,
    /// The days for which it was entered.
    pub entered: BTreeSet<StationDay>,
}
