//! The one function of the desk.

use std::time::Duration;

use super::{
    Documents, Effect, Env, Event, Likeness, Look, Owed, Patience, Patient, Place, Press, Receipt,
    Sends, Session, State, UnreadableScan, Written, kind_of,
};
use crate::card::{Identity, Reason, Scan, TypedNumber, Unreadable};
use crate::event::{CardKind, UnreadableCause, VisitId, What};

/// A trembling finger touches twice; a second press within this time is the same one.
const SAME_PRESS: Duration = Duration::from_millis(300);

/// The same for one key of a keypad. Numbers have many zeros in a row, and people type them quickly; a
/// finger that trembles is quicker.
const SAME_KEY: Duration = Duration::from_millis(120);

/// A page that a scan or the time has just changed takes no press for this time: the finger was on its
/// way to the page before, perhaps another patient's. People need 0.2 s to see that a page has changed and
/// 0.5 s to aim anew.
const CHANGED_PAGE_RESTS: Duration = Duration::from_millis(700);

/// Longer than the slowest SD card took to sync in the field; then the patient is told.
const SAVING_LIMIT: Duration = Duration::from_secs(10);

/// Long enough to read two sentences and look for a nurse.
const NOT_RECORDED_SHOWN: Duration = Duration::from_secs(20);

/// Long enough to read one sentence; the next scan ends it at once.
const UNREADABLE_SHOWN: Duration = Duration::from_secs(8);

/// The countdown of the idle warning.
const COUNTDOWN: Duration = Duration::from_secs(1);

/// What happens next: the new state, and what to do about it, in this order.
pub fn step(state: State, event: Event, env: &Env<'_>) -> (State, Vec<Effect>) {
    let mut desk = Desk { state, effects: Vec::new(), env };
    match event {
        Event::Scanned(scan) => desk.scanned(&scan),
        Event::CodeChanged(scan) => desk.code_changed(&scan),
        Event::ReaderLost => desk.reader_is_missing(true),
        Event::ReaderFound => desk.reader_is_missing(false),
        Event::Pressed(press) => desk.pressed(press),
        Event::Touched => desk.calm(),
        Event::TimedOut => desk.unasked(Desk::timed_out),
        Event::Arrived { proposed, number, earlier } => {
            if let Some(session) = desk.session_on_screen_or_waiting(proposed) {
                session.number = Some(number);
                session.earlier = earlier;
            }
        }
        Event::Recorded { proposed, what } => desk.recorded(proposed, what),
        Event::NotRecorded { proposed } => desk.not_recorded(proposed),
    }
    (desk.state, desk.effects)
}

pub(super) struct Desk<'a> {
    pub(super) state: State,
    pub(super) effects: Vec<Effect>,
    pub(super) env: &'a Env<'a>,
}

impl Desk<'_> {
    fn scanned(&mut self, scan: &Scan) {
        self.unasked(|desk| desk.take(scan));
    }

    /// What no finger asked for: if it changes the page, a finger may be on its way to the page before.
    fn unasked(&mut self, happens: impl FnOnce(&mut Self)) {
        let before = self.shown();
        happens(self);
        if self.shown() != before {
            self.state.changed_unasked = Some(self.env.now);
        }
    }

    /// What stands on the screen, and whose it is.
    fn shown(&self) -> (Place, Option<VisitId>) {
        (self.state.place, self.state.session.as_ref().map(|session| session.visit))
    }

    fn take(&mut self, scan: &Scan) {
        match scan {
            Scan::Command(command) => self.obey(*command),
            Scan::Unreadable(unreadable) => self.unreadable(UnreadableScan {
                cause: cause_of(unreadable),
                setting: unreadable.setting,
            }),
            Scan::Url => self.unreadable(of_no_use(UnreadableCause::WebAddress)),
            Scan::Payment => self.unreadable(of_no_use(UnreadableCause::Payment)),
            Scan::Citizen(_)
            | Scan::Insurance(_)
            | Scan::PersonalNumber(_)
            | Scan::InsuranceNumber(_)
            | Scan::Opaque(_) => {
                if let Some(kind) = kind_of(scan) {
                    self.card(scan, kind);
                }
            }
        }
    }

    /// A card: the same person's again, or the next patient's.
    fn card(&mut self, scan: &Scan, kind: CardKind) {
        if self.scanned_for_number(scan) {
            return;
        }
        match self.whose(scan) {
            Whose::ShownBefore => self.calm(),
            Whose::OfTheSamePatient => self.also_shown(scan, kind),
            Whose::TheNextOnes => self.next_patient(scan, kind),
        }
    }

    /// Who holds this document to the reader.
    pub(super) fn whose(&self, scan: &Scan) -> Whose {
        let Some(session) = &self.state.session else { return Whose::TheNextOnes };
        let likeness = session.documents.compare(scan);
        let is_over = matches!(self.state.place, Place::Done(_) | Place::NotRecorded);
        match likeness {
            Likeness::SamePerson => Whose::OfTheSamePatient,
            Likeness::AnotherPerson => Whose::TheNextOnes,
            // After "Đã ghi nhận" the same card opens the visit again, to change the choice.
            Likeness::SameDocument if matches!(self.state.place, Place::Done(_)) => {
                Whose::TheNextOnes
            }
            Likeness::SameDocument => Whose::ShownBefore,
            // Who is done makes room for the next, who must not be swallowed.
            Likeness::Unknown if is_over => Whose::TheNextOnes,
            // VNeID's code is shown as the answer, and people search their phone for long.
            Likeness::Unknown if kind_of(scan) == Some(CardKind::Opaque) => Whose::OfTheSamePatient,
            // Somebody is evidently there.
            Likeness::Unknown if session.patience == Patience::Calm => Whose::OfTheSamePatient,
            Likeness::Unknown => Whose::TheNextOnes,
        }
    }

    /// The patient at the desk shows another document: the page stays, the greeting may know more.
    fn also_shown(&mut self, scan: &Scan, card: CardKind) {
        let Some(session) = &mut self.state.session else { return };
        let patient = Patient::from_scan(scan, self.env.today);
        let (visit, age) = (session.visit, patient.age);
        session.documents.add(scan);
        session.patient.learn(patient);
        let (identity, person) = tokens(scan);
        self.effects.push(Effect::AlsoShow { visit, card, age, identity, person });
        self.stay_on();
    }

    /// VNeID's code changes while it lies under the reader. Who has just been served is not served
    /// again; on a screen that nobody uses it is somebody who waits to be counted.
    fn code_changed(&mut self, scan: &Scan) {
        match &self.state.session {
            Some(session) if self.state.place != Place::NotRecorded => {
                if session.documents.compare(scan) != Likeness::SameDocument {
                    self.also_shown(scan, CardKind::Opaque);
                } else {
                    self.stay_on();
                }
            }
            Some(_) | None => self.scanned(scan),
        }
    }

    /// The page stays, and its time begins anew.
    fn stay_on(&mut self) {
        if let Place::Done(receipt) = self.state.place {
            self.enter(Place::Done(receipt));
        } else {
            self.calm();
        }
    }

    /// The next patient: the page is theirs, unless it holds what another one has typed.
    fn next_patient(&mut self, scan: &Scan, kind: CardKind) {
        if self.serve_who_waits(scan) {
            return;
        }
        let patient = Patient::from_scan(scan, self.env.today);
        if self.holds_input() {
            let session = self.arrive(Some(kind), patient, Some(scan));
            self.let_wait(session);
            return;
        }
        if self.is_somebody_else(scan) {
            self.forget_look();
        }
        self.leave();
        self.begin(Some(kind), patient, Some(scan));
    }

    /// Whether the screen still belongs to another patient than this one.
    fn is_somebody_else(&self, scan: &Scan) -> bool {
        let session = self.state.session.as_ref();
        session.is_some_and(|session| {
            matches!(session.documents.compare(scan), Likeness::AnotherPerson | Likeness::Unknown)
        })
    }

    pub(super) fn begin_without_card(&mut self) {
        self.begin(None, Patient::default(), None);
    }

    fn begin(&mut self, card: Option<CardKind>, patient: Patient, scan: Option<&Scan>) {
        let session = self.arrive(card, patient, scan);
        self.state.session = Some(session);
        self.enter(Place::Choosing);
    }

    /// Counts a patient.
    fn arrive(&mut self, card: Option<CardKind>, patient: Patient, scan: Option<&Scan>) -> Session {
        let visit = self.env.fresh;
        let (identity, person) = scan.map(tokens).unwrap_or_default();
        self.effects.push(Effect::Arrive { visit, card, age: patient.age, identity, person });
        Session {
            visit,
            patient,
            documents: scan.map(Documents::of).unwrap_or_default(),
            number: None,
            earlier: None,
            patience: Patience::Calm,
            used: None,
            guided: false,
            card_number: TypedNumber::default(),
            citizen_card_shown: false,
            sends: Sends::default(),
            owed: Owed::default(),
            refused: false,
        }
    }

    fn unreadable(&mut self, scan: UnreadableScan) {
        self.record(None, What::Unreadable { cause: scan.cause });
        if self.is_busy() {
            // A patient in the middle of something is not thrown out by a bad read.
            self.calm();
        } else {
            self.enter(Place::Unreadable(scan));
        }
    }

    /// Whether a patient is in the middle of something. After "Đã ghi nhận" the same card opens
    /// the visit again, to change the choice.
    fn is_busy(&self) -> bool {
        self.state.session.is_some() && !matches!(self.state.place, Place::Done(_))
    }

    fn reader_is_missing(&mut self, missing: bool) {
        if self.state.reader_missing != missing {
            self.state.reader_missing = missing;
            self.record(None, if missing { What::ReaderLost } else { What::ReaderFound });
        }
    }

    fn pressed(&mut self, press: Press) {
        let is_too_early = self
            .state
            .changed_unasked
            .is_some_and(|changed| self.env.now.saturating_sub(changed) < CHANGED_PAGE_RESTS);
        if is_too_early {
            return self.calm();
        }
        let last = self.state.last_press.replace((press, self.env.now));
        let is_tremble = last.is_some_and(|(last, at)| {
            let same = match (last, press) {
                // Two keys of the keypad one after the other are meant.
                (Press::Type(one), Press::Type(other)) if one != other => Duration::ZERO,
                (Press::Type(_), Press::Type(_)) => SAME_KEY,
                _ => SAME_PRESS,
            };
            self.env.now.saturating_sub(at) < same
        });
        if !is_tremble {
            self.press(press);
        }
    }

    fn timed_out(&mut self) {
        if self.state.card_first {
            // Only the sentence is over; a call or another look waits on.
            self.enter(Place::Idle);
            return;
        }
        match self.waits() {
            Waits::ForThePatient { warning, wipe } => {
                let Some(session) = &mut self.state.session else { return };
                let seconds = match session.patience {
                    Patience::Calm => whole_seconds(wipe.saturating_sub(warning)),
                    Patience::Warned { seconds: ..=1 } => {
                        self.leave();
                        self.forget_look();
                        self.enter(Place::Idle);
                        return;
                    }
                    Patience::Warned { seconds } => seconds - 1,
                };
                session.patience = Patience::Warned { seconds };
                self.effects.push(Effect::Wake(COUNTDOWN));
            }
            Waits::ForTheJournal => self.enter(Place::NotRecorded),
            Waits::ToGoAway(_) | Waits::ForAnyone => {
                // Whoever has a bad card is still there and tries again.
                if !matches!(self.state.place, Place::Unreadable(_)) {
                    self.forget_look();
                }
                self.enter(Place::Idle);
            }
        }
    }

    /// The next patient finds the usual screens.
    pub(super) fn forget_look(&mut self) {
        self.state.look = Look::default();
    }

    /// The journal answered. Only now the patient may read "Đã ghi nhận" (product rule 1).
    fn recorded(&mut self, proposed: VisitId, what: Written) {
        let Some(session) = self.session_of(proposed) else { return };
        session.owed.take(what);
        if matches!(self.state.place, Place::Saving | Place::NotRecorded) {
            self.acknowledge();
        }
    }

    /// "Đã ghi nhận", if everything the patient said is durable.
    fn acknowledge(&mut self) {
        let Some(session) = &self.state.session else { return };
        let (true, Some(number), Some(used)) =
            (session.owed.are_all_here(), session.number, session.used)
        else {
            return;
        };
        let (guided, again) = (session.guided, session.earlier.is_some());
        self.enter(Place::Done(Receipt { number, used, guided, again }));
    }

    /// A failed arrival waits for the choice, with which it is tried again; a failed choice waits
    /// for the patient's next word.
    fn not_recorded(&mut self, proposed: VisitId) {
        let is_saving = self.state.place == Place::Saving;
        let Some(session) = self.session_of(proposed) else { return };
        if is_saving {
            self.enter(Place::NotRecorded);
        } else if !session.owed.are_all_here() {
            session.refused = true;
        }
    }

    /// Ends what is under way without losing what it taught.
    pub(super) fn leave(&mut self) {
        if let Place::Guiding(reading)
        | Place::CheckingNumber(Some(reading))
        | Place::CopyingNumber(Some(reading)) = self.state.place
        {
            self.record_guidance(reading, false);
        }
    }

    pub(super) fn enter(&mut self, place: Place) {
        if place == Place::Idle && self.serve_next() {
            return;
        }
        self.state.place = place;
        self.state.card_first = false;
        if matches!(place, Place::Idle | Place::Notice | Place::Display | Place::Unreadable(_)) {
            // Zeroised here: nothing of the patient outlives the session, not even the last key.
            self.state.session = None;
            self.state.last_press = self.state.last_press.map(|(_, at)| (Press::Stay, at));
        }
        self.calm_session();
        if place == Place::Saving {
            self.try_again_what_was_refused();
            self.acknowledge();
            if self.state.place != Place::Saving {
                return;
            }
        }
        let wake = match self.waits() {
            Waits::ForThePatient { warning, .. } => Some(warning),
            Waits::ForTheJournal => Some(SAVING_LIMIT),
            Waits::ToGoAway(after) => Some(after),
            Waits::ForAnyone => None,
        };
        self.effects.push(wake.map_or(Effect::Rest, Effect::Wake));
    }

    fn try_again_what_was_refused(&mut self) {
        if let Some(session) = &mut self.state.session
            && std::mem::take(&mut session.refused)
            && let Some(used) = session.used
        {
            // The answer to the one that failed never comes.
            session.owed.take(Written::Choice);
            self.record_choice(used);
        }
    }

    /// Somebody is there: the idle time begins anew where there is one.
    pub(super) fn calm(&mut self) {
        match self.waits() {
            Waits::ForThePatient { warning, .. } => {
                self.calm_session();
                self.effects.push(Effect::Wake(warning));
            }
            // Somebody reads, or chooses how the screens look.
            Waits::ToGoAway(after)
                if matches!(self.state.place, Place::Notice | Place::Display) =>
            {
                self.effects.push(Effect::Wake(after));
            }
            Waits::ToGoAway(_) | Waits::ForTheJournal | Waits::ForAnyone => {}
        }
    }

    fn calm_session(&mut self) {
        if let Some(session) = &mut self.state.session {
            session.patience = Patience::Calm;
        }
    }

    /// What the screen waits for, and how long.
    fn waits(&self) -> Waits {
        let timing = self.env.timing;
        match self.state.place {
            Place::Choosing
            | Place::GivingReason
            | Place::Preparing
            | Place::Bringing(_)
            | Place::PickingGuide
            | Place::TellingResult(_)
            | Place::TellingCause(_) => {
                Waits::ForThePatient { warning: timing.idle_warning, wipe: timing.idle_wipe }
            }
            // People look at their phone meanwhile.
            Place::Guiding(_) | Place::CheckingNumber(_) | Place::CopyingNumber(_) => {
                Waits::ForThePatient { warning: timing.guide_warning, wipe: timing.guide_wipe }
            }
            Place::Saving => Waits::ForTheJournal,
            Place::Done(_) => Waits::ToGoAway(timing.done),
            Place::Unreadable(_) => Waits::ToGoAway(UNREADABLE_SHOWN),
            Place::NotRecorded => Waits::ToGoAway(NOT_RECORDED_SHOWN),
            Place::Notice | Place::Display => Waits::ToGoAway(timing.idle_wipe),
            Place::Idle if self.state.look != Look::default() => Waits::ToGoAway(timing.idle_wipe),
            Place::Idle => Waits::ForAnyone,
        }
    }

    fn session_on_screen_or_waiting(&mut self, visit: VisitId) -> Option<&mut Session> {
        let waiting = self.state.waiting.iter_mut().map(|waiting| &mut waiting.session);
        self.state.session.iter_mut().chain(waiting).find(|session| session.visit == visit)
    }

    fn session_of(&mut self, visit: VisitId) -> Option<&mut Session> {
        self.state.session.as_mut().filter(|session| session.visit == visit)
    }

    /// Something of the visit under way, which the patient waits for.
    pub(super) fn record_visit(&mut self, what: What) {
        if let Some(session) = &mut self.state.session {
            session.owed.expect(Written::of(&what));
            let visit = Some(session.visit);
            self.record(visit, what);
        }
    }

    fn record(&mut self, visit: Option<VisitId>, what: What) {
        self.effects.push(Effect::Record { visit, what });
    }
}

/// What a screen waits for.
enum Waits {
    /// The patient: warned after the one time, wiped after the other.
    ForThePatient { warning: Duration, wipe: Duration },
    /// The journal's answer.
    ForTheJournal,
    /// Nothing: it goes away by itself.
    ToGoAway(Duration),
    /// Whoever comes.
    ForAnyone,
}

fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX).max(1)
}

/// Whose a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The patient's at the desk, who has shown it already.
    ShownBefore,
    /// The patient's at the desk, who shows another one.
    OfTheSamePatient,
    /// Somebody's whose page is to begin.
    TheNextOnes,
}

/// What finds the visit again: by number, and by name and birth.
fn tokens(scan: &Scan) -> (Option<Identity>, Option<Identity>) {
    (scan.identity(), scan.name_and_birth().and_then(|person| person.identity()))
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
