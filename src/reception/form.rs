//! One visit under a nurse's fingers: what was known, what is said now, and what follows.

use crate::event::{
    AgeBand, CardKind, Choice, Correction, CorrectionReason, Entry, Fact, Hindrance, Integration,
    IntegrationResult, Obstacle, RecordUsed, Source, StationDay, VisitId, VisitNo, What,
};
use crate::figures::Visit;

/// What can be said of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which record was used, and on whose word.
    pub choice: Option<Choice>,
    /// Age band on the day of the visit.
    pub age: AgeBand,
    /// Whether somebody answered for the patient.
    pub accompanied: bool,
    /// Whether a nurse taught the patient.
    pub guided: bool,
    /// How the integration of the BHYT card went.
    pub integration: Option<IntegrationResult>,
    /// Why VNeID was not used.
    pub obstacle: Option<Obstacle>,
    /// Whether it is a visit at all.
    pub counts: bool,
}

impl Facts {
    /// Nothing is known yet.
    pub const NOTHING: Self = Self {
        choice: None,
        age: AgeBand::Unknown,
        accompanied: false,
        guided: false,
        integration: None,
        obstacle: None,
        counts: true,
    };

    /// What the journal knows of a visit.
    pub fn of(visit: &Visit) -> Self {
        Self {
            choice: visit.choice(),
            age: visit.age(),
            accompanied: visit.is_accompanied(),
            guided: visit.is_guided_by_staff(),
            integration: visit.integration(),
            obstacle: visit.obstacle(),
            counts: !visit.is_struck_out(),
        }
    }
}

/// Which visit a form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One that the journal has not seen yet.
    New {
        /// The id it gets.
        visit: VisitId,
        /// What was scanned, where it is a second visit of somebody who scanned.
        card: Option<CardKind>,
        /// How it comes into the journal.
        entry: Entry,
        /// The day it counts for.
        day: StationDay,
    },
    /// One of the journal.
    Known {
        /// Its id.
        visit: VisitId,
        /// Its number of the day.
        number: VisitNo,
        /// Its day.
        day: StationDay,
        /// What was scanned.
        card: Option<CardKind>,
    },
}

impl About {
    /// The day it counts for.
    pub fn day(self) -> StationDay {
        match self {
            Self::New { day, .. } | Self::Known { day, .. } => day,
        }
    }

    /// What was scanned.
    pub fn card(self) -> Option<CardKind> {
        match self {
            Self::New { card, .. } | Self::Known { card, .. } => card,
        }
    }
}

/// One visit under a nurse's fingers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Which.
    pub about: About,
    /// What was known when the form was opened.
    pub before: Facts,
    /// What is said now.
    pub now: Facts,
}

impl Form {
    /// An empty form.
    pub fn new(about: About) -> Self {
        Self { about, before: Facts::NOTHING, now: Facts::NOTHING }
    }

    /// The form of a visit of the journal; `None` when its arrival is missing.
    pub fn of(id: VisitId, day: StationDay, visit: &Visit) -> Option<Self> {
        let arrived = visit.arrived()?;
        let (number, card) = (arrived.number, arrived.card);
        let facts = Facts::of(visit);
        let about = About::Known { visit: id, number, day, card };
        Some(Self { about, before: facts, now: facts })
    }

    /// A nurse says which record was used: what the patient said is confirmed, or put right.
    pub fn choose(&mut self, used: RecordUsed) {
        self.now.choice = Some(Choice { used, source: Source::NurseConfirmed });
    }

    /// Whether there is something to record: a visit that is new, or something said anew.
    pub fn is_ready(&self) -> bool {
        match self.about {
            About::New { .. } => self.now.choice.is_some(),
            About::Known { .. } => self.now != self.before,
        }
    }

    /// Whether something that was said is taken back or replaced: then a reason is asked for. What
    /// was not known before is no correction.
    pub fn needs_reason(&self) -> bool {
        let Self { before, now, .. } = self;
        is_replaced(before.choice.map(|choice| choice.used), now.choice.map(|choice| choice.used))
            || before.age != AgeBand::Unknown && before.age != now.age
            || before.accompanied && !now.accompanied
            || before.guided && !now.guided
            || is_replaced(before.integration, now.integration)
            || is_replaced(before.obstacle, now.obstacle)
            || before.counts != now.counts
    }

    /// What is to be recorded in the visit, besides its arrival. `reason` is that of every
    /// correction in it.
    pub fn statements(&self, reason: CorrectionReason) -> Vec<What> {
        let Self { about, before, now } = self;
        let source = Source::NurseConfirmed;
        let correct = |fact| What::Corrected(Correction { reason, fact });
        let mut said = Vec::new();
        if let Some(choice) = now.choice.filter(|_| now.choice != before.choice) {
            said.push(match before.choice {
                Some(earlier) if earlier.used != choice.used => correct(Fact::Used(choice.used)),
                Some(_) | None => What::Chose(choice),
            });
        }
        let is_new = matches!(about, About::New { .. });
        if now.age != before.age && !is_new {
            said.push(if before.age == AgeBand::Unknown {
                let reason = CorrectionReason::Forgotten;
                What::Corrected(Correction { reason, fact: Fact::Age(now.age) })
            } else {
                correct(Fact::Age(now.age))
            });
        }
        match (before.accompanied, now.accompanied) {
            (false, true) => said.push(What::Accompanied),
            (true, false) => said.push(correct(Fact::Accompanied(false))),
            (true, true) | (false, false) => {}
        }
        match (before.guided, now.guided) {
            (false, true) => said.push(What::GuidedByStaff),
            (true, false) => said.push(correct(Fact::GuidedByStaff(false))),
            (true, true) | (false, false) => {}
        }
        match (before.integration, now.integration) {
            (before, now) if before == now => {}
            (None, Some(result)) => said.push(What::Integrated(Integration { result, source })),
            (_, now) => said.push(correct(Fact::Integration(now))),
        }
        match (before.obstacle, now.obstacle) {
            (before, now) if before == now => {}
            (None, Some(obstacle)) => said.push(What::Hindered(Hindrance { obstacle, source })),
            (_, now) => said.push(correct(Fact::Obstacle(now))),
        }
        if before.counts != now.counts {
            said.push(correct(Fact::Counts(now.counts)));
        }
        said
    }
}

fn is_replaced<T: Copy + PartialEq>(before: Option<T>, now: Option<T>) -> bool {
    before.is_some() && before != now
}
