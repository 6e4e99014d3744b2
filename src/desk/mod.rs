//! What happens at the desk: every screen, choice and timeout of a session, as one pure function.
//!
//! [`step`] takes the state and an event and gives the next state and what to do about it. Time,
//! fresh ids and configuration come in as values; clock, disk, threads and Slint stay outside.
//! Keeps product rules 1 (nothing is "ghi nhận" before the journal says so) and 4 (no dead end:
//! every place has a way out and a timeout).

mod patient;
mod place;
mod step;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::NaiveDate;

pub use patient::{Address, Patient};
pub use place::{Earlier, Patience, Place, Receipt, Session, State, UnreadableScan};
pub use step::step;

use crate::card::{Identity, Scan};
use crate::event::{AgeBand, CardKind, VisitId, VisitNo, What};
use crate::guide::Guide;
use crate::station::Timing;

/// What the patient can do at the kiosk, by touch, key or command card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// "Không quét – tiếp tục".
    ContinueWithoutScan,
    /// "Sổ sức khỏe trên VNeID".
    ChooseVneid,
    /// "Sổ khám bệnh bằng giấy".
    ChoosePaper,
    /// "Chưa có, cần hướng dẫn".
    ChooseGuide,
    /// On to the next step of the guide, or out of its last.
    NextStep,
    /// Back one step, or out of the first.
    PreviousStep,
    /// "Làm lại từ đầu".
    StartOver,
    /// "Gọi nhân viên".
    CallStaff,
    /// "Tôi vẫn ở đây".
    Stay,
}

/// What can happen to the desk.
pub enum Event {
    /// The reader delivered a record.
    Scanned(Scan),
    /// The reader stopped answering.
    ReaderLost,
    /// The reader answers again.
    ReaderFound,
    /// The patient pressed something.
    Pressed(Press),
    /// The patient touched the screen somewhere.
    Touched,
    /// The time asked for with [`Effect::Wake`] is over.
    TimedOut,
    /// The journal made the arrival durable.
    Arrived {
        /// The visit as the desk proposed it.
        proposed: VisitId,
        /// Its number of the day.
        number: VisitNo,
        /// What was recorded today already, if the person was here before.
        earlier: Option<Earlier>,
    },
    /// The journal made an event of this visit durable.
    Recorded {
        /// The visit as the desk proposed it.
        proposed: VisitId,
        /// Whether it was the last event the patient waits for (a choice or the end of a guide).
        what: Written,
    },
    /// The journal could not write an event of this visit.
    NotRecorded {
        /// The visit as the desk proposed it.
        proposed: VisitId,
    },
}

/// Which kind of event of a visit became durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The choice of the record used.
    Choice,
    /// The end of a guide.
    Guidance,
    /// Anything the patient does not wait for.
    Other,
}

/// What the desk wants done.
pub enum Effect {
    /// Record that a patient arrived.
    Arrive {
        /// The id the visit gets if the person is new today.
        visit: VisitId,
        /// What was scanned, if anything.
        card: Option<CardKind>,
        /// Age band today.
        age: AgeBand,
        /// What tells the same person again today.
        identity: Option<Identity>,
    },
    /// Record what happened.
    Record {
        /// In which visit, if any.
        visit: Option<VisitId>,
        /// What.
        what: What,
    },
    /// Send [`Event::TimedOut`] after this time; replaces an earlier wish.
    Wake(Duration),
    /// No timeout is wanted.
    Rest,
}

/// What the desk needs to know of the world at one step.
pub struct Env<'a> {
    /// Monotonic time since some fixed moment, to tell two presses apart.
    pub now: Duration,
    /// The station day, for ages.
    pub today: NaiveDate,
    /// An id for a visit that may begin in this step.
    pub fresh: VisitId,
    /// How long the desk waits for people.
    pub timing: &'a Timing,
    /// The guide behind "cần hướng dẫn".
    pub guide: &'a GuideOutline,
}

/// What the desk needs to know of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideOutline {
    /// Its name in events.
    pub id: String,
    /// Version of its text.
    pub version: u32,
    /// How many steps it has, at least 1.
    pub steps: u32,
}

impl GuideOutline {
    /// The outline of `guide`.
    pub fn of(guide: &Guide) -> Self {
        Self {
            id: guide.id.to_string(),
            version: guide.version,
            steps: u32::try_from(guide.steps.len()).unwrap_or(u32::MAX),
        }
    }
}
