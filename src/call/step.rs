//! One step of the rules of a call.

use std::time::Duration;

use super::rhythm::{next_after, tone_at};
use super::{Bell, Call, Effect, Env, Event, State};
use crate::event::{Subject, VisitId, What};

/// Nobody helps within a second: a trembling finger's second touch does not end what its first took.
pub const SAME_TOUCH: Duration = Duration::from_secs(1);

/// "Nhân viên đang đến" is believed for so long, and the next one who calls must ring. Then the call ends
/// as taken; that anybody helped is not known, and not recorded.
const COMING: Duration = Duration::from_secs(3 * 60);

/// What happens next: the new state, and what to do about it, in this order.
pub fn step(state: State, event: Event, env: &Env) -> (State, Vec<Effect>) {
    let mut step = Step { state, effects: Vec::new(), env };
    step.take(event);
    (step.state, step.effects)
}

struct Step<'a> {
    state: State,
    effects: Vec<Effect>,
    env: &'a Env,
}

impl Step<'_> {
    fn take(&mut self, event: Event) {
        match event {
            Event::Called { visit } => self.called(visit),
            Event::Found { subject, taken } => {
                let taken = taken.then_some(self.env.now);
                self.opens(Call { proposed: None, subject, was_rung: false, taken });
            }
            Event::Arrived { proposed, visit, day } => {
                self.state.arrived = Some((proposed, visit, day));
                for call in &mut self.state.open {
                    if call.subject == Subject::Proposed(proposed) {
                        call.subject = Subject::Visit(visit, day);
                    }
                }
            }
            Event::Heard => self.heard(),
            Event::Due => self.due(),
            Event::Taken => self.taken(),
            Event::Helped => {
                let now = self.env.now;
                let is_helped = |call: &Call| {
                    call.taken.is_some_and(|taken| now.saturating_sub(taken) >= SAME_TOUCH)
                };
                self.end(is_helped, Some(What::Helped));
            }
            Event::Met { visit: Some(visit) } => self.end(|call| call.is_of(visit), None),
            Event::Met { visit: None } => self.end(Call::is_nobodys, None),
            Event::Left { visit } => {
                self.end(|call| call.is_of(visit) && call.taken.is_some(), Some(What::Helped));
            }
        }
    }

    /// Who has called already is heard already. Only a bell that has rung out rings anew.
    fn called(&mut self, visit: Option<VisitId>) {
        let already = match visit {
            Some(visit) => self.state.open.iter().find(|call| call.is_of(visit)),
            // Nobody knows who stands at the idle page: any call will do.
            None => self.state.open.first(),
        };
        if already.is_some() {
            if self.state.bell == Bell::RungOut {
                self.begin_to_ring();
            }
            return;
        }
        let subject = visit.map_or(Subject::Day(self.env.today), |visit| self.subject_of(visit));
        self.record(subject, What::StaffCalled);
        self.opens(Call { proposed: visit, subject, was_rung: false, taken: None });
    }

    fn subject_of(&self, proposed: VisitId) -> Subject {
        match self.state.arrived {
            Some((known, visit, day)) if known == proposed => Subject::Visit(visit, day),
            Some(_) | None => Subject::Proposed(proposed),
        }
    }

    fn opens(&mut self, call: Call) {
        self.state.open.push(call);
        if call.taken.is_some() {
            self.all_may_be_taken();
        } else if let Bell::Ringing { .. } = self.state.bell {
            // Whoever calls hears it at once; the rhythm goes on.
            self.effects.extend(tone_at(Duration::ZERO).map(Effect::Ring));
        } else {
            self.begin_to_ring();
        }
    }

    fn begin_to_ring(&mut self) {
        self.state.rung = Duration::ZERO;
        self.ring_on();
    }

    fn ring_on(&mut self) {
        let at = self.state.rung;
        self.effects.extend(tone_at(at).map(Effect::Ring));
        if let Some(next) = next_after(at) {
            self.state.bell = Bell::Ringing { next };
            self.effects.push(Effect::Wake(next.saturating_sub(at)));
        } else {
            self.state.bell = Bell::RungOut;
            self.effects.push(Effect::Rest);
        }
    }

    fn heard(&mut self) {
        let mut heard = Vec::new();
        for call in &mut self.state.open {
            if !call.was_rung && call.taken.is_none() {
                call.was_rung = true;
                heard.push(call.subject);
            }
        }
        for subject in heard {
            self.record(subject, What::CallRung);
        }
    }

    fn due(&mut self) {
        match self.state.bell {
            Bell::Ringing { next } => {
                self.state.rung = next;
                self.ring_on();
            }
            Bell::Coming => {
                self.state.open.clear();
                self.is_over();
            }
            Bell::Quiet | Bell::RungOut => {}
        }
    }

    fn taken(&mut self) {
        let now = self.env.now;
        let mut taken = Vec::new();
        for call in &mut self.state.open {
            if call.taken.is_none() {
                call.taken = Some(now);
                taken.push(call.subject);
            }
        }
        if taken.is_empty() {
            return;
        }
        for subject in taken {
            self.record(subject, What::CallTaken);
        }
        self.all_may_be_taken();
    }

    /// Ends some calls; `told`: what is recorded of each.
    fn end(&mut self, is_over: impl Fn(&Call) -> bool, told: Option<What>) {
        let ended: Vec<Subject> =
            self.state.open.iter().filter(|call| is_over(call)).map(|call| call.subject).collect();
        if ended.is_empty() {
            return;
        }
        self.state.open.retain(|call| !is_over(call));
        if let Some(what) = told {
            for subject in ended {
                self.record(subject, what.clone());
            }
        }
        if self.state.open.is_empty() { self.is_over() } else { self.all_may_be_taken() }
    }

    /// The bell is still where nobody is left who waits for an answer.
    fn all_may_be_taken(&mut self) {
        let are_all_taken = self.state.open.iter().all(|call| call.taken.is_some());
        if are_all_taken {
            self.state.bell = Bell::Coming;
            self.effects.extend([Effect::Hush, Effect::Wake(COMING)]);
        }
    }

    fn is_over(&mut self) {
        self.state.bell = Bell::Quiet;
        self.state.rung = Duration::ZERO;
        self.effects.extend([Effect::Hush, Effect::Rest]);
    }

    fn record(&mut self, subject: Subject, what: What) {
        self.effects.push(Effect::Record { subject, what });
    }
}
