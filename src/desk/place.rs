//! Where a session stands.

use std::collections::VecDeque;
use std::time::Duration;

use super::look::Look;
use super::number_check::Sends;
use super::{Documents, Owed, Patient};
use crate::card::{ReaderSetting, TypedNumber};
use crate::event::{Moment, Obstacle, RecordUsed, UnreadableCause, VisitId, VisitNo};

/// The whole state of the desk.
#[derive(Default)]
pub struct State {
    /// Which screen.
    pub place: Place,
    /// Who stands there; somebody on every screen but those for everyone.
    pub session: Option<Session>,
    /// How the screens look to whoever stands there.
    pub look: Look,
    /// A command card was scanned before any other: the idle screen asks for that one first.
    pub card_first: bool,
    /// Whether the reader is missing.
    pub reader_missing: bool,
    /// The last press and when it was taken, to ignore a trembling finger's second one.
    pub(super) last_press: Option<(super::Press, Duration)>,
    /// When a scan, or the time, last changed the page.
    pub(super) changed_unasked: Option<Duration>,
    /// Who was counted while the page held another patient's input, or gave way to them: the next
    /// first. They wait for the screen.
    pub(super) waiting: VecDeque<Waiting>,
}

/// A patient who waits for the screen.
pub(super) struct Waiting {
    /// The page they come to.
    pub place: Place,
    /// What is known of them.
    pub session: Session,
}

impl State {
    /// An idle desk whose screens look so.
    pub fn with_look(look: Look) -> Self {
        Self { look, ..Self::default() }
    }

    /// The number of the visit that waits for the screen next, once the journal has counted it.
    pub fn waiting_number(&self) -> Option<VisitNo> {
        self.waiting.front().and_then(|waiting| waiting.session.number)
    }

    /// The number of the visit the patient reads as "Đã ghi nhận", if it is on screen.
    pub fn acknowledged(&self) -> Option<VisitNo> {
        if let Place::Done(receipt) = self.place { Some(receipt.number) } else { None }
    }
}

/// Which screen the desk shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Waiting for a scan.
    #[default]
    Idle,
    /// What is read, why, by whom and for how long, in full.
    Notice,
    /// Language and size of the screens.
    Display,
    /// "Hôm nay ông/bà dùng gì để khám?".
    Choosing,
    /// "Vì sao hôm nay dùng sổ giấy?".
    GivingReason,
    /// "Ông/bà đã có những gì?": what a guide needs.
    Preparing,
    /// What to bring, and where to go.
    Bringing(Missing),
    /// "Ông/bà muốn xem gì?".
    PickingGuide,
    /// On a step of a guide.
    Guiding(Reading),
    /// Typing the number of the BHYT card. From the step of a guide, or from the list of guides.
    CheckingNumber(Option<Reading>),
    /// The right number, large, for copying to the phone.
    CopyingNumber(Option<Reading>),
    /// "Kết quả thế nào?".
    TellingResult(Reading),
    /// "Vì sao chưa được?".
    TellingCause(Reading),
    /// Waiting for the journal.
    Saving,
    /// "Đã ghi nhận": durable.
    Done(Receipt),
    /// The scan was of no use.
    Unreadable(UnreadableScan),
    /// The journal could not write; nothing is claimed.
    NotRecorded,
}

impl Place {
    /// All names.
    pub const NAMES: [&str; 17] = [
        "idle",
        "notice",
        "display",
        "choice",
        "reason",
        "prepare",
        "bring",
        "guides",
        "guide",
        "check-number",
        "copy-number",
        "result",
        "cause",
        "saving",
        "done",
        "unreadable",
        "not-recorded",
    ];

    /// Its name, for pictures and sounds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Notice => "notice",
            Self::Display => "display",
            Self::Choosing => "choice",
            Self::GivingReason => "reason",
            Self::Preparing => "prepare",
            Self::Bringing(_) => "bring",
            Self::PickingGuide => "guides",
            Self::Guiding(_) => "guide",
            Self::CheckingNumber(_) => "check-number",
            Self::CopyingNumber(_) => "copy-number",
            Self::TellingResult(_) => "result",
            Self::TellingCause(_) => "cause",
            Self::Saving => "saving",
            Self::Done(_) => "done",
            Self::Unreadable(_) => "unreadable",
            Self::NotRecorded => "not-recorded",
        }
    }
}

/// What a patient lacks for a guide, in the order of the screen's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// VNeID itself, or a version new enough.
    Vneid,
    /// The level-2 account, which only the police give.
    Level2,
    /// A smartphone.
    Smartphone,
}

impl Missing {
    /// As it is counted.
    pub fn obstacle(self) -> Obstacle {
        match self {
            Self::Vneid => Obstacle::NoVneid,
            Self::Level2 => Obstacle::NoLevel2,
            Self::Smartphone => Obstacle::NoSmartphone,
        }
    }
}

/// Where in which guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which of the guides on offer, from 0.
    pub guide: usize,
    /// The step on screen, from 1.
    pub step: u32,
    /// The highest step shown so far.
    pub reached: u32,
}

/// One patient at the desk, from scan to wipe.
pub struct Session {
    /// The visit as proposed to the journal.
    pub visit: VisitId,
    /// What the screen shows of the patient.
    pub patient: Patient,
    /// What was shown so far, to tell the patient from the next one; gone with the session.
    pub(super) documents: Documents,
    /// Number of the day, once the journal has answered.
    pub number: Option<VisitNo>,
    /// What was recorded for the same person today already.
    pub earlier: Option<Earlier>,
    /// How long the patient has not touched anything.
    pub patience: Patience,
    /// What was chosen.
    pub used: Option<RecordUsed>,
    /// Whether a guide was opened.
    pub guided: bool,
    /// The number being checked; in memory only.
    pub card_number: TypedNumber,
    /// A citizen card was held to the reader where the number of the BHYT card is asked for.
    pub citizen_card_shown: bool,
    /// Requests that were sent in this session.
    pub sends: Sends,
    /// What the journal has not answered for yet.
    pub(super) owed: Owed,
    /// The journal refused something while the patient was busy with something else.
    pub(super) refused: bool,
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
