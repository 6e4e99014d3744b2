//! Where a session stands.

use std::time::Duration;

use super::Patient;
use crate::card::{Identity, ReaderSetting};
use crate::event::{Moment, RecordUsed, UnreadableCause, VisitId, VisitNo};

/// The whole state of the desk.
#[derive(Default)]
pub struct State {
    /// Which screen, with what belongs to it.
    pub place: Place,
    /// "Gọi nhân viên" was pressed and nobody started over since.
    pub staff_called: bool,
    /// Whether the reader is missing.
    pub reader_missing: bool,
    /// When the last press was taken, to ignore a trembling finger's second one.
    pub(super) last_press: Option<Duration>,
}

impl State {
    /// The number of the visit the patient reads as "Đã ghi nhận", if it is on screen.
    pub fn acknowledged(&self) -> Option<VisitNo> {
        if let Place::Done { receipt, .. } = &self.place { Some(receipt.number) } else { None }
    }
}

/// Which screen the desk shows.
#[derive(Default)]
pub enum Place {
    /// Waiting for a scan.
    #[default]
    Idle,
    /// "Hôm nay ông/bà dùng gì để khám?".
    Choosing(Session),
    /// On a step of the guide.
    Guiding {
        /// The visit under way.
        session: Session,
        /// The step on screen, from 1.
        step: u32,
        /// The highest step shown so far.
        reached: u32,
    },
    /// Waiting for the journal.
    Saving {
        /// The visit under way.
        session: Session,
        /// What was chosen.
        used: RecordUsed,
        /// Whether a guide was followed.
        guided: bool,
    },
    /// "Đã ghi nhận": durable.
    Done {
        /// Who, for the words on the screen.
        session: Session,
        /// What was recorded.
        receipt: Receipt,
    },
    /// The scan was of no use.
    Unreadable(UnreadableScan),
    /// The journal could not write; nothing is claimed.
    NotRecorded {
        /// The visit that waits, in case the journal answers after all.
        session: Session,
        /// What was chosen.
        used: RecordUsed,
        /// Whether a guide was followed.
        guided: bool,
    },
}

/// One patient at the desk, from scan to wipe.
pub struct Session {
    /// The visit as proposed to the journal.
    pub visit: VisitId,
    /// What the screen shows of the patient.
    pub patient: Patient,
    /// Told apart from the next card by this; gone with the session.
    pub(super) identity: Option<Identity>,
    /// Number of the day, once the journal has answered.
    pub number: Option<VisitNo>,
    /// What was recorded for the same person today already.
    pub earlier: Option<Earlier>,
    /// How long the patient has not touched anything.
    pub patience: Patience,
}

/// How patient the desk still is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patience {
    /// Nobody has to hurry.
    #[default]
    Calm,
    /// "Ông/bà còn ở đây không?", with the seconds until the wipe.
    Warned {
        /// Seconds left.
        seconds: u32,
    },
}

/// An earlier visit of the same person today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// When the person arrived.
    pub arrived: Moment,
    /// What was chosen then, if anything.
    pub used: Option<RecordUsed>,
}

/// What the journal answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number of the day.
    pub number: VisitNo,
    /// The record used.
    pub used: RecordUsed,
    /// Whether a guide was followed.
    pub guided: bool,
    /// Whether the person had been counted before this session.
    pub again: bool,
}

/// A scan that could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableScan {
    /// Why.
    pub cause: UnreadableCause,
    /// The setting of the reader that most likely caused it: then staff must know.
    pub setting: Option<ReaderSetting>,
}
