//! Counting one station day, event by event.

use std::collections::HashMap;

use super::{Ages, Cards, DayFigures, Used};
use crate::event::{
    AgeBand, Arrival, CardKind, Choice, Event, EventSeq, RecordUsed, Source, StationDay, VisitId,
    What,
};

/// The running count of one station day. Events may come in any order: which choice is the last is
/// told by their place in the journal. Each event must come once, as the journal guarantees.
#[derive(Clone, Debug)]
pub struct Tally {
    day: StationDay,
    visits: HashMap<VisitId, Visit>,
    staff_calls: u64,
    scanned_again: u64,
    unreadable: u64,
}

/// What counts of one visit.
#[derive(Clone, Debug, Default)]
struct Visit {
    arrived: Option<Arrived>,
    last_choice: Option<(EventSeq, Choice)>,
    guided: bool,
    finished_guide: bool,
}

#[derive(Clone, Copy, Debug)]
struct Arrived {
    card: Option<CardKind>,
    age: AgeBand,
    clock_sure: bool,
}

impl Tally {
    /// An empty count of `day`.
    pub fn new(day: StationDay) -> Self {
        Self { day, visits: HashMap::new(), staff_calls: 0, scanned_again: 0, unreadable: 0 }
    }

    /// The day that is counted.
    pub fn day(&self) -> StationDay {
        self.day
    }

    /// Counts one event. Events of other days are none of this count's business.
    pub fn add(&mut self, event: &Event) {
        if event.day != self.day {
            return;
        }
        match &event.what {
            What::Arrived(Arrival { number: _, card, age }) => {
                let arrived = Arrived { card: *card, age: *age, clock_sure: event.at.sure };
                self.with_visit(event, |visit| visit.arrived = Some(arrived));
            }
            What::Chose(choice) => self.with_visit(event, |visit| {
                if visit.last_choice.is_none_or(|(seq, _)| seq < event.seq) {
                    visit.last_choice = Some((event.seq, *choice));
                }
            }),
            What::Guided(guidance) => self.with_visit(event, |visit| {
                visit.guided = true;
                visit.finished_guide |= guidance.finished;
            }),
            What::ScannedAgain => self.scanned_again += 1,
            What::StaffCalled => self.staff_calls += 1,
            What::Unreadable { cause: _ } => self.unreadable += 1,
            What::ReaderLost | What::ReaderFound | What::Started { version: _ } | What::Stopped => {
            }
        }
    }

    fn with_visit(&mut self, event: &Event, note: impl FnOnce(&mut Visit)) {
        if let Some(id) = event.visit {
            note(self.visits.entry(id).or_default());
        }
    }

    /// The numbers so far.
    pub fn figures(&self) -> DayFigures {
        let mut figures = DayFigures {
            staff_calls: self.staff_calls,
            scanned_again: self.scanned_again,
            unreadable: self.unreadable,
            ..DayFigures::default()
        };
        for visit in self.visits.values() {
            // A visit is an arrival; what is told of one that never arrived counts nowhere.
            let Some(arrived) = visit.arrived else { continue };
            figures.arrivals += 1;
            match arrived.card {
                Some(card) => *figures.cards.slot(card) += 1,
                None => figures.without_card += 1,
            }
            *figures.ages.slot(arrived.age) += 1;
            *figures.used.slot(visit.last_choice.map(|(_, choice)| choice)) += 1;
            figures.guided += u64::from(visit.guided);
            figures.finished_guide += u64::from(visit.finished_guide);
            figures.unsure_clock += u64::from(!arrived.clock_sure);
        }
        figures
    }
}

impl Cards {
    fn slot(&mut self, card: CardKind) -> &mut u64 {
        match card {
            CardKind::Cccd => &mut self.cccd,
            CardKind::CanCuoc => &mut self.can_cuoc,
            CardKind::Insurance => &mut self.insurance,
            CardKind::PersonalNumber => &mut self.personal_number,
            CardKind::InsuranceNumber => &mut self.insurance_number,
            CardKind::Opaque => &mut self.opaque,
        }
    }
}

impl Ages {
    fn slot(&mut self, age: AgeBand) -> &mut u64 {
        match age {
            AgeBand::Under14 => &mut self.under_14,
            AgeBand::From14 => &mut self.from_14_to_59,
            AgeBand::From60 => &mut self.from_60_to_69,
            AgeBand::From70 => &mut self.from_70,
            AgeBand::Unknown => &mut self.unknown,
        }
    }
}

impl Used {
    fn slot(&mut self, choice: Option<Choice>) -> &mut u64 {
        match choice {
            Some(Choice { used: RecordUsed::Vneid, source: Source::SelfDeclared }) => {
                &mut self.vneid_self_declared
            }
            Some(Choice { used: RecordUsed::Vneid, source: Source::NurseConfirmed }) => {
                &mut self.vneid_confirmed
            }
            Some(Choice { used: RecordUsed::Paper, source: _ }) => &mut self.paper,
            Some(Choice { used: RecordUsed::Neither, source: _ }) => &mut self.neither,
            None => &mut self.unfinished,
        }
    }
}

#[cfg(test)]
mod tests;
