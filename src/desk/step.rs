//! The one function of the desk.

use std::mem;
use std::time::Duration;

use super::{
    Effect, Env, Event, Patience, Patient, Place, Press, Receipt, Session, State, UnreadableScan,
    Written,
};
use crate::card::{Command, Identity, Layout, Reason, Scan, Unreadable};
use crate::event::{
    CardKind, Choice, Guidance, RecordUsed, Source, UnreadableCause, VisitId, What,
};

/// A trembling finger touches twice; a second press within this time is the same one.
const SAME_PRESS: Duration = Duration::from_millis(300);

/// Longer than the slowest SD card took to sync in the field; then the patient is told.
const SAVING_LIMIT: Duration = Duration::from_secs(10);

/// Long enough to read two sentences and look for a nurse.
const NOT_RECORDED_SHOWN: Duration = Duration::from_secs(20);

/// Long enough to read one sentence; the next scan ends it at once.
const UNREADABLE_SHOWN: Duration = Duration::from_secs(8);

/// How long "Đã gọi nhân viên" stays after the session has ended.
const STAFF_CALL_SHOWN: Duration = Duration::from_secs(120);

/// The countdown of the idle warning.
const COUNTDOWN: Duration = Duration::from_secs(1);

/// What happens next: the new state, and what to do about it, in this order.
pub fn step(state: State, event: Event, env: &Env<'_>) -> (State, Vec<Effect>) {
    let mut desk = Desk { state, effects: Vec::new(), env };
    match event {
        Event::Scanned(scan) => desk.scanned(&scan),
        Event::ReaderLost => desk.reader_is_missing(true),
        Event::ReaderFound => desk.reader_is_missing(false),
        Event::Pressed(press) => desk.pressed(press),
        Event::Touched => desk.calm(),
        Event::TimedOut => desk.timed_out(),
        Event::Arrived { proposed, number, earlier } => {
            if let Some(session) = desk.session_of(proposed) {
                session.number = Some(number);
                session.earlier = earlier;
            }
        }
        Event::Recorded { proposed, what } => desk.recorded(proposed, what),
        Event::NotRecorded { proposed } => desk.not_recorded(proposed),
    }
    (desk.state, desk.effects)
}

struct Desk<'a> {
    state: State,
    effects: Vec<Effect>,
    env: &'a Env<'a>,
}

impl Desk<'_> {
    fn scanned(&mut self, scan: &Scan) {
        match scan {
            // A card is scanned on purpose: nothing trembles here.
            Scan::Command(command) => self.press(press_of(*command)),
            Scan::Unreadable(unreadable) => self.unreadable(UnreadableScan {
                cause: cause_of(unreadable),
                setting: unreadable.setting,
            }),
            Scan::Url => self.unreadable(of_no_use(UnreadableCause::WebAddress)),
            Scan::Payment => self.unreadable(of_no_use(UnreadableCause::Payment)),
            Scan::Citizen(card) => self.card(
                scan,
                match card.layout {
                    Layout::Cccd2021 => CardKind::Cccd,
                    Layout::CanCuoc2024 => CardKind::CanCuoc,
                },
            ),
            Scan::Insurance(_) => self.card(scan, CardKind::Insurance),
            Scan::PersonalNumber(_) => self.card(scan, CardKind::PersonalNumber),
            Scan::InsuranceNumber(_) => self.card(scan, CardKind::InsuranceNumber),
            Scan::Opaque => self.card(scan, CardKind::Opaque),
        }
    }

    /// A card: the same person's again, or the next patient's.
    fn card(&mut self, scan: &Scan, kind: CardKind) {
        let identity = scan.identity();
        let is_under_way = match &self.state.place {
            Place::Choosing(session)
            | Place::Guiding { session, .. }
            | Place::Saving { session, .. }
            | Place::NotRecorded { session, .. } => {
                is_same(session.identity.as_ref(), identity.as_ref())
            }
            // After "Đã ghi nhận" the same card opens the visit again, to change the choice.
            Place::Idle | Place::Done { .. } | Place::Unreadable(_) => false,
        };
        if is_under_way {
            self.calm();
            return;
        }
        self.leave();
        let patient = Patient::from_scan(scan, self.env.today);
        self.begin(Some(kind), patient, [identity, scan.identity()]);
    }

    /// `kept` and `sent` are the same identity: secrets are not cloned.
    fn begin(
        &mut self,
        card: Option<CardKind>,
        patient: Patient,
        [kept, sent]: [Option<Identity>; 2],
    ) {
        let visit = self.env.fresh;
        self.state.staff_called = false;
        self.effects.push(Effect::Arrive { visit, card, age: patient.age, identity: sent });
        self.enter(Place::Choosing(Session {
            visit,
            patient,
            identity: kept,
            number: None,
            earlier: None,
            patience: Patience::Calm,
        }));
    }

    fn unreadable(&mut self, scan: UnreadableScan) {
        self.record(None, What::Unreadable { cause: scan.cause });
        match self.state.place {
            Place::Idle | Place::Done { .. } | Place::Unreadable(_) => {
                self.enter(Place::Unreadable(scan));
            }
            // A patient in the middle of something is not thrown out by a bad read.
            Place::Choosing(_)
            | Place::Guiding { .. }
            | Place::Saving { .. }
            | Place::NotRecorded { .. } => self.calm(),
        }
    }

    fn reader_is_missing(&mut self, missing: bool) {
        if self.state.reader_missing != missing {
            self.state.reader_missing = missing;
            self.record(None, if missing { What::ReaderLost } else { What::ReaderFound });
        }
    }

    fn pressed(&mut self, press: Press) {
        let last = self.state.last_press.replace(self.env.now);
        if last.is_some_and(|last| self.env.now.saturating_sub(last) < SAME_PRESS) {
            return;
        }
        self.press(press);
    }

    fn press(&mut self, press: Press) {
        self.calm();
        match press {
            Press::ContinueWithoutScan => {
                if matches!(self.state.place, Place::Idle | Place::Unreadable(_)) {
                    self.begin(None, Patient::default(), [None, None]);
                }
            }
            Press::ChooseVneid => self.choose(RecordUsed::Vneid),
            Press::ChoosePaper => self.choose(RecordUsed::Paper),
            Press::ChooseGuide => self.choose_guide(),
            Press::NextStep => self.next_step(),
            Press::PreviousStep => self.previous_step(),
            Press::StartOver => {
                self.leave();
                self.state.staff_called = false;
                self.enter(Place::Idle);
            }
            Press::CallStaff => self.call_staff(),
            Press::Stay => {}
        }
    }

    fn choose(&mut self, used: RecordUsed) {
        let Some(session) = self.take_choosing() else { return };
        self.record_choice(session.visit, used);
        self.enter(Place::Saving { session, used, guided: false });
    }

    /// The need for guidance is recorded at once: whoever walks away from the guide counts too.
    fn choose_guide(&mut self) {
        let Some(session) = self.take_choosing() else { return };
        self.record_choice(session.visit, RecordUsed::Neither);
        self.enter(Place::Guiding { session, step: 1, reached: 1 });
    }

    fn next_step(&mut self) {
        let Some((session, step, reached)) = self.take_guiding() else { return };
        if step < self.env.guide.steps {
            let step = step + 1;
            self.enter(Place::Guiding { session, step, reached: reached.max(step) });
        } else {
            self.record_guidance(session.visit, reached, true);
            self.enter(Place::Saving { session, used: RecordUsed::Neither, guided: true });
        }
    }

    fn previous_step(&mut self) {
        let Some((session, step, reached)) = self.take_guiding() else { return };
        if step > 1 {
            self.enter(Place::Guiding { session, step: step - 1, reached });
        } else {
            self.record_guidance(session.visit, reached, false);
            self.enter(Place::Choosing(session));
        }
    }

    fn call_staff(&mut self) {
        if self.state.staff_called {
            return;
        }
        self.state.staff_called = true;
        let visit = self.session().map(|session| session.visit);
        self.record(visit, What::StaffCalled);
        if matches!(self.state.place, Place::Idle) {
            self.effects.push(Effect::Wake(STAFF_CALL_SHOWN));
        }
    }

    fn timed_out(&mut self) {
        let wipe_after_warning = self.warning_seconds();
        match &mut self.state.place {
            Place::Choosing(session) | Place::Guiding { session, .. } => {
                match session.patience {
                    Patience::Calm => {
                        session.patience = Patience::Warned { seconds: wipe_after_warning };
                    }
                    Patience::Warned { seconds: ..=1 } => {
                        self.leave();
                        self.enter(Place::Idle);
                        return;
                    }
                    Patience::Warned { seconds } => {
                        session.patience = Patience::Warned { seconds: seconds - 1 };
                    }
                }
                self.effects.push(Effect::Wake(COUNTDOWN));
            }
            Place::Saving { .. } => {
                if let Some(visit) = self.session().map(|session| session.visit) {
                    self.not_recorded(visit);
                }
            }
            Place::Idle => {
                self.state.staff_called = false;
                self.enter(Place::Idle);
            }
            Place::Done { .. } | Place::Unreadable(_) | Place::NotRecorded { .. } => {
                self.enter(Place::Idle);
            }
        }
    }

    /// The journal answered. Only now the patient may read "Đã ghi nhận" (product rule 1).
    fn recorded(&mut self, proposed: VisitId, what: Written) {
        let Some(awaited) = self.awaited_by(proposed) else { return };
        let number = self.session().and_then(|session| session.number);
        let (true, Some(number)) = (what == awaited, number) else { return };
        if let Some((session, used, guided)) = self.take_waiting() {
            let again = session.earlier.is_some();
            let receipt = Receipt { number, used, guided, again };
            self.enter(Place::Done { session, receipt });
        }
    }

    /// A failed arrival waits for the choice, with which it is tried again.
    fn not_recorded(&mut self, proposed: VisitId) {
        if self.awaited_by(proposed).is_some()
            && let Some((session, used, guided)) = self.take_waiting()
        {
            self.enter(Place::NotRecorded { session, used, guided });
        }
    }

    /// What `visit` waits for, if it is on screen and waits.
    fn awaited_by(&self, visit: VisitId) -> Option<Written> {
        if let Place::Saving { session, guided, .. } | Place::NotRecorded { session, guided, .. } =
            &self.state.place
            && session.visit == visit
        {
            return Some(if *guided { Written::Guidance } else { Written::Choice });
        }
        None
    }

    /// Ends what is under way without losing what it taught.
    fn leave(&mut self) {
        if let Place::Guiding { session, reached, .. } = &self.state.place {
            self.record_guidance(session.visit, *reached, false);
        }
    }

    fn enter(&mut self, place: Place) {
        self.state.place = place;
        self.calm_session();
        self.effects.push(match &self.state.place {
            Place::Idle if self.state.staff_called => Effect::Wake(STAFF_CALL_SHOWN),
            Place::Idle => Effect::Rest,
            Place::Choosing(_) => Effect::Wake(self.env.timing.idle_warning),
            Place::Guiding { .. } => Effect::Wake(self.env.timing.guide_warning),
            Place::Saving { .. } => Effect::Wake(SAVING_LIMIT),
            Place::Done { .. } => Effect::Wake(self.env.timing.done),
            Place::Unreadable(_) => Effect::Wake(UNREADABLE_SHOWN),
            Place::NotRecorded { .. } => Effect::Wake(NOT_RECORDED_SHOWN),
        });
    }

    /// Somebody is there: the idle time begins anew where there is one.
    fn calm(&mut self) {
        let warn = match self.state.place {
            Place::Choosing(_) => self.env.timing.idle_warning,
            Place::Guiding { .. } => self.env.timing.guide_warning,
            Place::Idle
            | Place::Saving { .. }
            | Place::Done { .. }
            | Place::Unreadable(_)
            | Place::NotRecorded { .. } => return,
        };
        self.calm_session();
        self.effects.push(Effect::Wake(warn));
    }

    fn calm_session(&mut self) {
        if let Some(session) = self.session() {
            session.patience = Patience::Calm;
        }
    }

    fn warning_seconds(&self) -> u32 {
        let timing = self.env.timing;
        let left = match self.state.place {
            Place::Guiding { .. } => timing.guide_wipe.saturating_sub(timing.guide_warning),
            Place::Idle
            | Place::Choosing(_)
            | Place::Saving { .. }
            | Place::Done { .. }
            | Place::Unreadable(_)
            | Place::NotRecorded { .. } => timing.idle_wipe.saturating_sub(timing.idle_warning),
        };
        u32::try_from(left.as_secs()).unwrap_or(u32::MAX).max(1)
    }

    fn session(&mut self) -> Option<&mut Session> {
        match &mut self.state.place {
            Place::Choosing(session)
            | Place::Guiding { session, .. }
            | Place::Saving { session, .. }
            | Place::Done { session, .. }
            | Place::NotRecorded { session, .. } => Some(session),
            Place::Idle | Place::Unreadable(_) => None,
        }
    }

    fn session_of(&mut self, visit: VisitId) -> Option<&mut Session> {
        self.session().filter(|session| session.visit == visit)
    }

    fn take_choosing(&mut self) -> Option<Session> {
        let place = mem::take(&mut self.state.place);
        if let Place::Choosing(session) = place {
            return Some(session);
        }
        self.state.place = place;
        None
    }

    fn take_guiding(&mut self) -> Option<(Session, u32, u32)> {
        let place = mem::take(&mut self.state.place);
        if let Place::Guiding { session, step, reached } = place {
            return Some((session, step, reached));
        }
        self.state.place = place;
        None
    }

    fn take_waiting(&mut self) -> Option<(Session, RecordUsed, bool)> {
        let place = mem::take(&mut self.state.place);
        if let Place::Saving { session, used, guided }
        | Place::NotRecorded { session, used, guided } = place
        {
            return Some((session, used, guided));
        }
        self.state.place = place;
        None
    }

    fn record_choice(&mut self, visit: VisitId, used: RecordUsed) {
        self.record(Some(visit), What::Chose(Choice { used, source: Source::SelfDeclared }));
    }

    fn record_guidance(&mut self, visit: VisitId, reached: u32, finished: bool) {
        let guide = self.env.guide;
        let guidance = Guidance {
            guide: guide.id.clone(),
            version: guide.version,
            reached,
            steps: guide.steps,
            finished,
        };
        self.record(Some(visit), What::Guided(guidance));
    }

    fn record(&mut self, visit: Option<VisitId>, what: What) {
        self.effects.push(Effect::Record { visit, what });
    }
}

/// Two cards without a number are never the same.
fn is_same(one: Option<&Identity>, other: Option<&Identity>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.reveal() == other.reveal())
}

fn of_no_use(cause: UnreadableCause) -> UnreadableScan {
    UnreadableScan { cause, setting: None }
}

fn cause_of(unreadable: &Unreadable) -> UnreadableCause {
    match unreadable.reason {
        Reason::FieldCount => UnreadableCause::FieldCount,
        Reason::BadId => UnreadableCause::BadId,
        Reason::Truncated => UnreadableCause::Truncated,
        Reason::TooLong => UnreadableCause::TooLong,
        Reason::WrongSeparator => UnreadableCause::WrongSeparator,
        Reason::Unknown => UnreadableCause::Unknown,
    }
}

fn press_of(command: Command) -> Press {
    match command {
        Command::Vneid => Press::ChooseVneid,
        Command::Paper => Press::ChoosePaper,
        Command::Guide => Press::ChooseGuide,
        Command::Skip => Press::ContinueWithoutScan,
        Command::Next => Press::NextStep,
        Command::Back => Press::PreviousStep,
        Command::StartOver => Press::StartOver,
        Command::Staff => Press::CallStaff,
        Command::Stay => Press::Stay,
    }
}
