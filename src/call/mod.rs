//! "Gọi nhân viên": a call rings until somebody of the staff takes it, and is over when they have
//! helped. As pure as the desk: [`step`] takes the state and an event and gives the next state and
//! what to do about it; clock, loudspeaker and journal stay outside.
//!
//! A call belongs to the visit it was made from, or to nobody where it was made from the idle page.
//! It outlives the session, and nothing that happens to the journal or to the loudspeaker ends it.
//! Several can be open: they ring together, one touch takes them all, one more ends them.

mod rhythm;
mod step;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use rhythm::Tone;
pub use step::{SAME_TOUCH, step};

use crate::event::{StationDay, Subject, VisitId, What};

/// A call open in the journal for longer is not taken up by a program that starts: after so long the
/// patient was helped or has left, and a bell that rings for nobody teaches staff not to come.
pub const TAKEN_UP_WITHIN: Duration = Duration::from_secs(10 * 60);

/// All calls that are open.
#[derive(Debug, Default)]
pub struct State {
    open: Vec<Call>,
    /// The last visit the journal told of: as proposed, and what it is.
    arrived: Option<(VisitId, VisitId, StationDay)>,
    /// How far the bell is: since the first of the calls that nobody has taken.
    rung: Duration,
    bell: Bell,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Bell {
    /// Nothing.
    #[default]
    Quiet,
    /// The next moment at which it rings, or says that it still does.
    Ringing {
        /// How far the bell is then.
        next: Duration,
    },
    /// It has rung for long enough; the call is still open.
    RungOut,
    /// Staff are on their way.
    Coming,
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    /// The visit as the desk proposed it; `None`: from the idle page, or from before a start.
    proposed: Option<VisitId>,
    subject: Subject,
    /// The loudspeaker was heard, and that is recorded.
    was_rung: bool,
    /// Uptime at which somebody said "Tôi đến".
    taken: Option<Duration>,
}

impl Call {
    fn is_of(&self, visit: VisitId) -> bool {
        self.proposed == Some(visit) || matches!(self.subject, Subject::Visit(id, _) if id == visit)
    }

    /// Whether it came from the idle page.
    fn is_nobodys(&self) -> bool {
        match self.subject {
            Subject::Desk | Subject::Day(_) => true,
            Subject::Proposed(_) | Subject::Visit(..) => false,
        }
    }
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// "Gọi nhân viên" was pressed.
    Called {
        /// By the patient of this visit; `None`: from the idle page.
        visit: Option<VisitId>,
    },
    /// A program that starts finds a call that is open.
    Found {
        /// What it is about.
        subject: Subject,
        /// Somebody said "Tôi đến".
        taken: bool,
    },
    /// The journal tells which visit a proposed one became.
    Arrived {
        /// The visit as proposed.
        proposed: VisitId,
        /// The visit it is.
        visit: VisitId,
        /// Its day.
        day: StationDay,
    },
    /// The loudspeaker has played what was asked for.
    Heard,
    /// The time asked for with [`Effect::Wake`] is over.
    Due,
    /// "Tôi đến".
    Taken,
    /// "Đã giúp xong".
    Helped,
    /// A nurse has opened the call in the staff's list, and what is recorded of it is recorded there.
    Met {
        /// Of this visit; `None`: from the idle page.
        visit: Option<VisitId>,
    },
    /// The patient of this visit has read "Đã ghi nhận" and is gone.
    Left {
        /// Which, as proposed.
        visit: VisitId,
    },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Play this.
    Ring(Tone),
    /// Play nothing any more.
    Hush,
    /// Record what happened.
    Record {
        /// About what.
        subject: Subject,
        /// What.
        what: What,
    },
    /// Send [`Event::Due`] after this time; replaces an earlier wish.
    Wake(Duration),
    /// Nothing is waited for.
    Rest,
}

/// What the rules need to know of the world at one step.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// Monotonic time: a clock that jumps neither stretches nor ends a call.
    pub now: Duration,
    /// The day a call from the idle page counts for.
    pub today: StationDay,
}

/// How a call stands, for those who see the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has called.
    #[default]
    None,
    /// It rings.
    Ringing,
    /// It has rung for a while, and nobody has come.
    StillRinging,
    /// Somebody of the staff is on their way.
    Coming,
}

/// What the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// To the staff, on every page.
    pub band: Standing,
    /// How many people wait.
    pub callers: usize,
    /// To whoever stands there, in the place of "Gọi nhân viên".
    pub patient: Standing,
}

impl State {
    /// What is shown while the patient of `visit` stands there, as proposed; `None`: nobody does.
    pub fn shown(&self, visit: Option<VisitId>) -> Shown {
        // At the idle page every call is heard: one more changes nothing. And whoever called from there
        // may be the one who scans now.
        let theirs =
            |call: &&Call| visit.is_none_or(|visit| call.is_of(visit) || call.is_nobodys());
        Shown {
            band: self.standing(self.open.iter()),
            callers: self.open.len(),
            patient: self.standing(self.open.iter().filter(theirs)),
        }
    }

    /// Whether a call from the idle page waits for "Tôi đến".
    pub fn has_untaken_of_nobody(&self) -> bool {
        self.open.iter().any(|call| call.is_nobodys() && call.taken.is_none())
    }

    /// Whether a call is open.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    fn standing<'a>(&self, mut calls: impl Iterator<Item = &'a Call> + Clone) -> Standing {
        if calls.clone().next().is_none() {
            Standing::None
        } else if calls.all(|call| call.taken.is_some()) {
            Standing::Coming
        } else if self.rung >= rhythm::STILL {
            Standing::StillRinging
        } else {
            Standing::Ringing
        }
    }
}
