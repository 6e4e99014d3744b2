//! What is known of one visit.

use crate::event::{
    AgeBand, Arrival, CardKind, Choice, Correction, Entry, Event, EventSeq, Fact, Hindrance,
    Integration, IntegrationResult, Moment, Obstacle, RecordUsed, Source, StaffCode, StationDay,
    VisitNo, What,
};

/// What is known of one visit, told by its events in any order: where they disagree, the later one
/// in the journal counts.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    arrived: Option<Arrived>,
    age: Latest<AgeBand>,
    /// As a further document tells it, which counts where nothing else does.
    documented_age: Latest<AgeBand>,
    used: Latest<Choice>,
    accompanied: Latest<bool>,
    guided_by_staff: Latest<bool>,
    integration: Latest<Option<IntegrationResult>>,
    obstacle: Latest<Option<Obstacle>>,
    counts: Latest<bool>,
    called: Latest<()>,
    taken: Latest<()>,
    helped: Latest<()>,
    guided_by_kiosk: bool,
    finished_guide: bool,
    corrections: u64,
    scanned_again: u64,
    dated: Latest<i64>,
    moved_to: Option<StationDay>,
    moved_from: Option<StationDay>,
}

/// How a visit began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Number of the day.
    pub number: VisitNo,
    /// What was scanned, if anything.
    pub card: Option<CardKind>,
    /// When it was recorded: for a visit from the paper sheet not when the patient came.
    pub at: Moment,
    /// How it came into the journal.
    pub entry: Entry,
    /// Who of the staff recorded it; `None`: the patient, at the kiosk.
    pub by: Option<StaffCode>,
}

impl Visit {
    /// Takes in one event of this visit. Each must come once.
    pub(super) fn add(&mut self, event: &Event) {
        let seq = event.seq;
        match &event.what {
            What::Arrived(Arrival { number, card, age, entry }) => {
                let (at, by) = (event.at, event.by);
                self.arrived =
                    Some(Arrived { number: *number, card: *card, at, entry: *entry, by });
                self.age.set(seq, *age);
            }
            What::Chose(choice) => self.used.set(seq, *choice),
            What::Guided(guidance) => {
                self.guided_by_kiosk = true;
                self.finished_guide |= guidance.finished;
            }
            What::Hindered(Hindrance { obstacle, source: _ }) => {
                self.obstacle.set(seq, Some(*obstacle));
            }
            What::Integrated(Integration { result, source: _ }) => {
                self.integration.set(seq, Some(*result));
            }
            What::Accompanied => self.accompanied.set(seq, true),
            What::GuidedByStaff => self.guided_by_staff.set(seq, true),
            What::StaffCalled => self.called.set(seq, ()),
            What::CallTaken => self.taken.set(seq, ()),
            What::ScannedAgain => self.scanned_again += 1,
            What::AlsoShown(document) => {
                self.scanned_again += 1;
                self.documented_age.set(seq, document.age);
            }
            What::Dated { wall_ms } => self.dated.set(seq, *wall_ms),
            What::MovedTo { day, number: _ } => self.moved_to = Some(*day),
            What::MovedFrom { day, number: _ } => self.moved_from = Some(*day),
            What::Helped => self.helped.set(seq, ()),
            What::Corrected(Correction { reason: _, fact }) => {
                self.corrections += 1;
                self.correct(seq, *fact);
            }
            What::CallRung
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
            | What::NotUnderstood => {}
        }
    }

    fn correct(&mut self, seq: EventSeq, fact: Fact) {
        match fact {
            Fact::Used(used) => self.used.set(seq, Choice { used, source: Source::NurseConfirmed }),
            Fact::Age(age) => self.age.set(seq, age),
            Fact::Accompanied(accompanied) => self.accompanied.set(seq, accompanied),
            Fact::GuidedByStaff(guided) => self.guided_by_staff.set(seq, guided),
            Fact::Integration(result) => self.integration.set(seq, result),
            Fact::Obstacle(obstacle) => self.obstacle.set(seq, obstacle),
            Fact::Counts(counts) => self.counts.set(seq, counts),
        }
    }

    /// How it began; `None` when its arrival is not among the events, and then it counts nowhere.
    pub fn arrived(&self) -> Option<Arrived> {
        let mut arrived = self.arrived?;
        if let Some(wall_ms) = self.dated.get() {
            arrived.at = Moment { wall_ms, sure: true, ..arrived.at };
        }
        Some(arrived)
    }

    /// Whether it counts as an arrival: it began, this is its day, and nobody has struck it out as a
    /// trial or double.
    pub fn counts(&self) -> bool {
        self.arrived.is_some() && self.moved_to.is_none() && !self.is_struck_out()
    }

    /// The day it counts for, where the clock was wrong and that is another one: then nothing of it
    /// counts here.
    pub fn moved_to(&self) -> Option<StationDay> {
        self.moved_to
    }

    /// The day it stood in before, because the clock was wrong.
    pub fn moved_from(&self) -> Option<StationDay> {
        self.moved_from
    }

    /// Whether staff said that it is no visit.
    pub fn is_struck_out(&self) -> bool {
        self.counts.get() == Some(false)
    }

    /// Age band on the day of the visit.
    pub fn age(&self) -> AgeBand {
        let is_known = |age: &AgeBand| *age != AgeBand::Unknown;
        let told = [&self.age, &self.documented_age].into_iter().filter_map(Latest::get);
        told.clone().find(is_known).unwrap_or_default()
    }

    /// The last choice; `None` while the visit is unfinished.
    pub fn choice(&self) -> Option<Choice> {
        self.used.get()
    }

    /// The record used; `None` while the visit is unfinished.
    pub fn used(&self) -> Option<RecordUsed> {
        self.choice().map(|choice| choice.used)
    }

    /// Whether somebody answered for the patient.
    pub fn is_accompanied(&self) -> bool {
        self.accompanied.get() == Some(true)
    }

    /// Whether a guide of the kiosk was opened.
    pub fn is_guided_by_kiosk(&self) -> bool {
        self.guided_by_kiosk
    }

    /// Whether a guide of the kiosk was followed to its end.
    pub fn has_finished_guide(&self) -> bool {
        self.finished_guide
    }

    /// Whether a nurse taught the patient.
    pub fn is_guided_by_staff(&self) -> bool {
        self.guided_by_staff.get() == Some(true)
    }

    /// How the integration of the BHYT card went, as told last.
    pub fn integration(&self) -> Option<IntegrationResult> {
        self.integration.get().flatten()
    }

    /// Why VNeID was not used, as told last.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle.get().flatten()
    }

    /// Whether the patient called and nobody has come since ("cần giúp").
    pub fn needs_help(&self) -> bool {
        self.called.seq() > self.helped.seq()
    }

    /// Whether somebody is on their way to a patient who called.
    pub fn is_help_coming(&self) -> bool {
        self.needs_help() && self.taken.seq() > self.called.seq()
    }

    /// Whether a nurse came to the patient who had called.
    pub fn was_helped(&self) -> bool {
        self.helped.get().is_some()
    }

    /// How often its card was read again.
    pub(super) fn scanned_again(&self) -> u64 {
        self.scanned_again
    }

    /// How often something of it was put right.
    pub fn corrections(&self) -> u64 {
        self.corrections
    }
}

/// A value and where in the journal it was said.
#[derive(Clone, Copy, Debug)]
struct Latest<T>(Option<(EventSeq, T)>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy> Latest<T> {
    fn set(&mut self, seq: EventSeq, value: T) {
        if self.seq() < Some(seq) {
            self.0 = Some((seq, value));
        }
    }

    fn get(&self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }

    fn seq(&self) -> Option<EventSeq> {
        self.0.map(|(seq, _)| seq)
    }
}
