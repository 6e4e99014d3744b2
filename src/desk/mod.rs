//! What happens at the desk: every screen, choice and timeout of a session, as one pure function.
//!
//! [`step`] takes the state and an event and gives the next state and what to do about it. Time,
//! fresh ids and configuration come in as values; clock, disk, threads and Slint stay outside.
//! Keeps product rules 1 (nothing is "ghi nhận" before the journal says so) and 4 (no dead end:
//! every place has a way out and a timeout).

mod command_card;
mod documents;
mod look;
mod number_check;
mod offer;
mod patient;
mod place;
mod press;
mod queue;
mod step;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use documents::{Documents, Likeness};
pub use look::{Change, Look};
pub use number_check::Sends;
pub use offer::{GuideOutline, Offer};
pub use patient::{Address, Patient, Today, age_band, kind_of};
pub use place::{
    Earlier, Missing, Patience, Place, Reading, Receipt, Session, State, UnreadableScan,
};
pub use step::step;

use crate::card::{Identity, Issuer, Scan};
use crate::event::{AgeBand, CardKind, VisitId, VisitNo, What};
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
    /// The answer of this number, from 1, on a screen that asks.
    Answer(u8),
    /// On to the next step of the guide, or the way on of another screen.
    NextStep,
    /// "Quay lại".
    Back,
    /// "Xong, vào khám", from any screen by command card; on the screens it is the way on.
    Finish,
    /// "Kiểm tra số thẻ".
    CheckNumber,
    /// A key of the keypad: a letter or a digit.
    Type(char),
    /// "Xóa": the last character goes.
    Erase,
    /// "Xóa hết": all of the number goes.
    EraseAll,
    /// "Đơn vị cấp thẻ".
    Issuer(Issuer),
    /// "Gửi chưa được": one request of the day is spent.
    SendFailed,
    /// "Thông tin được giữ kín thế nào".
    ShowNotice,
    /// "Ngôn ngữ, chữ to".
    ShowDisplay,
    /// One thing about the look of the screens.
    Look(Change),
    /// "Làm lại từ đầu".
    StartOver,
    /// "Gọi nhân viên".
    CallStaff,
    /// "Tôi vẫn ở đây".
    Stay,
    /// "Lượt số 2 đã đếm": on to the patient who waits.
    ServeNext,
}

/// What can happen to the desk.
pub enum Event {
    /// The reader delivered a record.
    Scanned(Scan),
    /// A code that cannot be read followed another one without a pause: VNeID's code changes while it
    /// lies under the reader.
    CodeChanged(Scan),
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
        /// What kind of event.
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
    /// Why VNeID is not used.
    Obstacle,
    /// How the integration of the BHYT card went.
    Integration,
    /// Anything the patient does not wait for.
    Other,
}

impl Written {
    /// The kind of `what`.
    pub fn of(what: &What) -> Self {
        match what {
            What::Chose(_) => Self::Choice,
            What::Guided(_) => Self::Guidance,
            What::Hindered(_) => Self::Obstacle,
            What::Integrated(_) => Self::Integration,
            What::Arrived(_)
            | What::ScannedAgain
            | What::AlsoShown(_)
            | What::Accompanied
            | What::GuidedByStaff
            | What::Helped
            | What::Corrected(_)
            | What::StaffCalled
            | What::CallRung
            | What::CallTaken
            | What::Unreadable { .. }
            | What::ReaderLost
            | What::ReaderFound
            | What::ReaderBabbled { .. }
            | What::PinTried { .. }
            | What::PinChosen { .. }
            | What::PinReset { .. }
            | What::StaffAdded { .. }
            | What::StaffRemoved { .. }
            | What::DutyBegan { .. }
            | What::DutyEnded { .. }
            | What::DayClosed { .. }
            | What::Exported { .. }
            | What::ExportFailed { .. }
            | What::Restored { .. }
            | What::NumberEntered(_)
            | What::ReportDismissed { .. }
            | What::Started { .. }
            | What::Stopped
            | What::ClockKnown { .. }
            | What::Dated { .. }
            | What::MovedTo { .. }
            | What::MovedFrom { .. }
            | What::NotUnderstood => Self::Other,
        }
    }
}

/// What the journal still owes an answer for, one entry an event.
#[derive(Debug, Default)]
struct Owed(Vec<Written>);

impl Owed {
    fn expect(&mut self, what: Written) {
        if what != Written::Other {
            self.0.push(what);
        }
    }

    fn take(&mut self, what: Written) {
        if let Some(at) = self.0.iter().position(|owed| *owed == what) {
            self.0.swap_remove(at);
        }
    }

    fn are_all_here(&self) -> bool {
        self.0.is_empty()
    }
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
        /// What tells them again by another document.
        person: Option<Identity>,
    },
    /// Record that the patient of this visit showed another document.
    AlsoShow {
        /// In which visit.
        visit: VisitId,
        /// What it is.
        card: CardKind,
        /// Age band today, as it tells.
        age: AgeBand,
        /// Its number.
        identity: Option<Identity>,
        /// Name, birth and sex.
        person: Option<Identity>,
    },
    /// Record what happened.
    Record {
        /// In which visit, if any.
        visit: Option<VisitId>,
        /// What.
        what: What,
    },
    /// Call the staff.
    CallStaff {
        /// From which visit; `None`: from a page for everyone.
        visit: Option<VisitId>,
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
    pub today: Today,
    /// An id for a visit that may begin in this step.
    pub fresh: VisitId,
    /// How long the desk waits for people.
    pub timing: &'a Timing,
    /// The guides on offer.
    pub offer: &'a Offer,
}
