//! "Gọi nhân viên" joined to what it needs: the loudspeaker, the journal, a timer.

use std::time::Duration;

use slint::{Timer, TimerMode};

use super::asking::Asker;
use super::{Kiosk, Message, tell};
use crate::call::{Effect, Env, Event, State, TAKEN_UP_WITHIN, step};
use crate::card::{Command, Scan};
use crate::desk;
use crate::event::{Moment, Subject, VisitId, What};
use crate::figures::Tally;
use crate::journal::Request;
use crate::voice::{Bell, Player};

/// The calls that are open, and the bell that rings for them.
pub(super) struct Calls {
    pub(super) state: State,
    pub(super) bell: Bell,
    timer: Timer,
    /// Which wish the timer runs for.
    wish: u64,
}

impl Calls {
    pub(super) fn new(player: Option<Player>) -> Self {
        let (state, bell) = (State::default(), Bell::new(player));
        Self { state, bell, timer: Timer::default(), wish: 0 }
    }
}

impl Kiosk {
    /// One step of the rules of a call.
    pub(super) fn call_step(&mut self, event: Event) {
        // What the last chime came to, before anything else happens to the call.
        let bell = &mut self.calls.bell;
        let mut heard = bell.outcome();
        if matches!(event, Event::Taken | Event::Met { .. }) && bell.is_sounding() {
            heard = Some(true);
        }
        if let Some(heard) = heard {
            self.staff.health.bell_fails = !heard;
            if heard {
                self.call_step_alone(Event::Heard);
            }
        }
        self.call_step_alone(event);
    }

    fn call_step_alone(&mut self, event: Event) {
        let at = self.clock.now();
        let env = Env { now: Duration::from_millis(at.uptime_ms), today: at.station_day() };
        let (state, effects) = step(std::mem::take(&mut self.calls.state), event, &env);
        self.calls.state = state;
        // Whoever is signed in is who comes.
        let by = self.staff.state.who.map(|who| who.code);
        for effect in effects {
            match effect {
                Effect::Ring(tone) => {
                    // One loudspeaker: two sounds at once shut each other out.
                    self.voice.give_way();
                    self.calls.bell.ring(tone);
                }
                Effect::Hush => self.calls.bell.hush(),
                Effect::Record { subject, what } => {
                    // The rest is done by the patient, or by the machine.
                    let by = by.filter(|_| matches!(what, What::CallTaken | What::Helped));
                    let request = Request::Record { subject, at, by, what };
                    self.asking.ask(Asker::House, request);
                }
                Effect::Wake(after) => {
                    self.calls.wish += 1;
                    let (mailbox, wish) = (self.mailbox.clone(), self.calls.wish);
                    self.calls.timer.start(TimerMode::SingleShot, after, move || {
                        tell(&mailbox, Message::CallDue(wish));
                    });
                }
                Effect::Rest => {
                    self.calls.wish += 1;
                    self.calls.timer.stop();
                }
            }
        }
    }

    /// The time a call asked for is over.
    pub(super) fn call_due(&mut self, wish: u64) {
        if wish == self.calls.wish {
            self.call_step(Event::Due);
            self.show();
        }
    }

    /// The band was pressed.
    pub(super) fn call_answered(&mut self, event: Event) {
        self.call_step(event);
        self.show();
    }

    /// A card of the staff about a call: theirs on every page, whoever is signed in.
    pub(super) fn is_call_card(&mut self, event: &desk::Event) -> bool {
        let desk::Event::Scanned(Scan::Command(command)) = event else { return false };
        let answer = match command {
            Command::Coming => Some(Event::Taken),
            Command::Helped => Some(Event::Helped),
            Command::Vneid
            | Command::Paper
            | Command::Guide
            | Command::Skip
            | Command::Answer(_)
            | Command::Next
            | Command::Back
            | Command::Finish
            | Command::CheckNumber
            | Command::SendFailed
            | Command::Vietnamese
            | Command::English
            | Command::Khmer
            | Command::Large
            | Command::Contrast
            | Command::Notice
            | Command::StartOver
            | Command::Staff
            | Command::Stay => None,
        };
        if let Some(answer) = answer {
            self.call_answered(answer);
        }
        answer.is_some()
    }

    /// Whoever has read "Đã ghi nhận" and goes was helped by whoever had come.
    pub(super) fn patient_may_have_left(&mut self, acknowledged: Option<VisitId>) {
        let now = self.state.session.as_ref().map(|session| session.visit);
        if let Some(visit) = acknowledged.filter(|visit| now != Some(*visit)) {
            self.call_step(Event::Left { visit });
        }
    }

    /// A nurse has opened a call in the list.
    pub(super) fn call_is_met(&mut self, subject: Subject) {
        let visit = match subject {
            Subject::Visit(visit, _) | Subject::Proposed(visit) => Some(visit),
            Subject::Day(_) | Subject::Desk => None,
        };
        self.call_step(Event::Met { visit });
    }

    /// Calls that the program before left open, and that are so young that somebody still waits.
    pub(super) fn take_up_calls(&mut self) {
        let now = self.clock.now();
        for (subject, taken) in open_calls(&self.tally, &now) {
            self.call_step(Event::Found { subject, taken });
        }
    }
}

fn open_calls(tally: &Tally, now: &Moment) -> Vec<(Subject, bool)> {
    let day = tally.day();
    let calls = tally.calls().into_iter().filter(|call| !call.helped);
    // Nobody knows how long ago it was: then nobody is made to run for it.
    let young = calls.filter(|call| {
        call.seconds_until(now).is_some_and(|seconds| seconds <= TAKEN_UP_WITHIN.as_secs())
    });
    let subject = |visit: Option<VisitId>| {
        visit.map_or(Subject::Day(day), |visit| Subject::Visit(visit, day))
    };
    young.map(|call| (subject(call.visit), call.taken.is_some())).collect()
}
