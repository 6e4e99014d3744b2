//! One step of the staff's side.

use super::form::{About, Form};
use super::state::{
    Filter, Page, PinPurpose, PinTrouble, Question, Said, Saving, SignedIn, State, StickPage,
};
use super::{Effect, Env, Event, Outlook, Press, words};
use crate::card::Scan;
use crate::desk::{Patient, kind_of};
use crate::event::{
    AgeBand, CorrectionReason, Entry, IntegrationResult, Obstacle, Role, StaffCode, StationDay,
    Subject, VisitId, VisitNo, What,
};
use crate::figures::Tally;
use crate::staff::{PinEntry, Roster};

/// Seconds without a touch after which the staff's side locks itself.
const SESSION_SECONDS: u32 = 90;

/// Seconds without a touch after which a PIN pad gives way to the patients again.
const PIN_SECONDS: u32 = 30;

/// How many days before today can be looked at on the screen; older ones stand in reports.
pub(super) const DAYS_BACK: u64 = 8;

/// The next state, and what to do about it.
pub fn step(state: State, event: Event, env: &Env<'_>) -> (State, Vec<Effect>) {
    let mut step = Step { state, env, effects: Vec::new() };
    step.take(event);
    (step.state, step.effects)
}

struct Step<'a> {
    state: State,
    env: &'a Env<'a>,
    effects: Vec<Effect>,
}

impl Step<'_> {
    fn take(&mut self, event: Event) {
        match event {
            Event::Pressed(press) => {
                self.stay();
                self.press(press);
            }
            Event::Touched => self.stay(),
            Event::Second => self.second(),
            Event::Scanned(scan) => self.scanned(&scan),
            Event::PinJudged { staff, right } => self.pin_judged(staff, right),
            Event::StaffSaved { staff } => self.staff_saved(staff),
            Event::StaffNotSaved { advice } => self.staff_not_saved(advice),
            Event::Arrived { proposed, visit, day, number, again } => {
                if self.state.scanned.take_if(|scanned| *scanned == proposed).is_some() {
                    self.open_form(visit, day, number);
                    return;
                }
                if let Some(saving) = &mut self.state.saving {
                    saving.number = Some(number);
                    saving.again = again;
                }
                self.answered();
            }
            Event::Recorded => self.answered(),
            Event::NotRecorded => self.not_recorded(),
            Event::DayLoaded(tally) => {
                if self.state.is_open() {
                    self.state.other = Some(tally);
                    self.enter(Page::Arrivals(Filter::All));
                }
            }
            Event::DayClosed { day, number, chain } => {
                if matches!(self.state.page, Page::Closing { .. }) {
                    self.enter(Page::DayClosed { day, number, chain });
                }
            }
            Event::StickIn | Event::StickOut => {}
            Event::StickUnreadable => {
                if matches!(self.state.page, Page::Stick(StickPage::Choosing { .. })) {
                    let what = words::STICK_UNREADABLE.to_owned();
                    let advice = words::ANOTHER_STICK;
                    self.stick_is(|_| StickPage::Failed { what, advice });
                }
            }
            Event::ExportProgress(part) => self.stick_is(|_| StickPage::Writing(part)),
            Event::Exported { note } => self.stick_is(|_| StickPage::Done(note)),
            Event::ExportFailed { what, advice } => {
                self.stick_is(|_| StickPage::Failed { what, advice });
            }
        }
    }

    /// Somebody is there: the time to the lock begins anew.
    fn stay(&mut self) {
        self.state.left = if self.state.who.is_some() { SESSION_SECONDS } else { PIN_SECONDS };
    }

    fn second(&mut self) {
        // Nobody touches a screen that says "Xin đừng rút USB".
        if !self.state.is_open() || self.is_writing() {
            return;
        }
        self.state.left = self.state.left.saturating_sub(1);
        if self.state.left == 0 {
            self.lock();
        }
    }

    fn is_writing(&self) -> bool {
        matches!(self.state.page, Page::Stick(StickPage::Writing(_)))
    }

    /// Back to the patients; nothing of whoever was signed in stays.
    fn lock(&mut self) {
        self.state = State::default();
    }

    fn enter(&mut self, page: Page) {
        self.state.page = page;
    }

    fn press(&mut self, press: Press) {
        match press {
            Press::Open => self.open(),
            Press::Lock => {
                if !self.is_writing() {
                    self.lock();
                }
            }
            Press::Back => self.back(),
            Press::GoOn => self.go_on(),
            Press::Digit(digit) => self.digit(digit),
            Press::Erase => {
                if let Page::Pin { entry, busy: false, .. } = &mut self.state.page {
                    entry.erase();
                }
            }
            Press::Answer(number) => self.answer(number),
            Press::Show(_)
            | Press::Row(_)
            | Press::Add
            | Press::Duty
            | Press::Menu
            | Press::Used(_)
            | Press::Guided
            | Press::Accompanied
            | Press::Second
            | Press::Ask(_)
            | Press::StrikeOut
            | Press::Save
            | Press::Period(_)
            | Press::Export => {
                if let Some(who) = self.state.who {
                    self.work(who, press);
                }
            }
        }
    }

    /// What only staff may do.
    fn work(&mut self, who: SignedIn, press: Press) {
        match press {
            Press::Show(filter) => {
                if let Page::Arrivals(shown) = &mut self.state.page {
                    *shown = filter;
                }
            }
            Press::Row(number) => self.open_row(who, number),
            Press::Add => self.add(),
            Press::Duty => self.change_duty(who),
            Press::Menu => self.enter(Page::Menu),
            Press::Period(chosen) => {
                self.stick_is(|page| match page {
                    StickPage::Choosing { .. } => StickPage::Choosing { period: chosen },
                    StickPage::Writing(_) | StickPage::Done(_) | StickPage::Failed { .. } => page,
                });
            }
            Press::Export => self.export(who),
            Press::Save => self.save(),
            Press::Used(_)
            | Press::Guided
            | Press::Accompanied
            | Press::Second
            | Press::Ask(_)
            | Press::StrikeOut => self.fill_in(press),
            Press::Open
            | Press::Lock
            | Press::Back
            | Press::GoOn
            | Press::Digit(_)
            | Press::Erase
            | Press::Answer(_) => {}
        }
    }

    // ── Signing in ──────────────────────────────────────────────────────────────────────────────

    fn open(&mut self) {
        if self.state.is_open() {
            return;
        }
        if self.env.roster.needs_setup() {
            self.enter(Page::Welcome);
            return;
        }
        let mut active = self.env.roster.active();
        if let (Some(only), None) = (active.next(), active.next()) {
            self.ask_for_pin(only.code);
        } else {
            self.enter(Page::WhoIsThere(0));
        }
    }

    /// The PIN of this one; whoever has none chooses one.
    fn ask_for_pin(&mut self, staff: StaffCode) {
        let has_pin = self.env.roster.member(staff).is_some_and(|member| member.pin_hash.is_some());
        self.pin_pad(if has_pin {
            PinPurpose::SignIn(staff)
        } else {
            PinPurpose::Choose { staff, new: None }
        });
    }

    fn pin_pad(&mut self, purpose: PinPurpose) {
        self.enter(Page::Pin { purpose, entry: PinEntry::default(), trouble: None, busy: false });
    }

    fn choose_pin(&mut self, staff: StaffCode, new: Option<Role>) {
        self.pin_pad(PinPurpose::Choose { staff, new });
    }

    fn digit(&mut self, digit: u8) {
        let Page::Pin { purpose, entry, trouble, busy: busy @ false } = &mut self.state.page else {
            return;
        };
        let staff = purpose.staff();
        let must_wait = self
            .env
            .lockouts
            .get(&staff)
            .is_some_and(|lockout| !lockout.wait(&self.env.now).is_zero());
        if must_wait && matches!(purpose, PinPurpose::SignIn(_)) {
            return;
        }
        entry.push(digit);
        *trouble = None;
        let Some(typed) = entry.take() else { return };
        match purpose {
            PinPurpose::SignIn(_) => {
                *busy = true;
                self.effects.push(Effect::Judge { staff, typed });
            }
            PinPurpose::Choose { new, .. } => match crate::staff::Pin::try_new(typed, staff) {
                Ok(first) => {
                    let new = *new;
                    self.pin_pad(PinPurpose::Repeat { staff, new, first: Box::new(first) });
                }
                Err(weak) => *trouble = Some(PinTrouble::Weak(weak)),
            },
            PinPurpose::Repeat { new, first, .. } => {
                let new = *new;
                if !first.is(&typed) {
                    self.choose_pin(staff, new);
                    self.pin_trouble(PinTrouble::NotTheSame);
                    return;
                }
                let by = self.state.who.map(|who| who.code);
                let repeat = std::mem::take(&mut self.state.page);
                self.choose_pin(staff, new);
                if let Page::Pin { purpose: PinPurpose::Repeat { first: pin, .. }, .. } = repeat {
                    self.effects.push(Effect::ChoosePin { staff, new, pin, by });
                }
                if let Page::Pin { busy, .. } = &mut self.state.page {
                    *busy = true;
                }
            }
        }
    }

    fn pin_trouble(&mut self, why: PinTrouble) {
        if let Page::Pin { trouble, busy, .. } = &mut self.state.page {
            *trouble = Some(why);
            *busy = false;
        }
    }

    fn pin_judged(&mut self, staff: StaffCode, right: bool) {
        let is_awaited = matches!(
            &self.state.page,
            Page::Pin { purpose: PinPurpose::SignIn(awaited), busy: true, .. } if *awaited == staff
        );
        if !is_awaited {
            return;
        }
        if right { self.sign_in(staff) } else { self.pin_trouble(PinTrouble::Wrong) }
    }

    fn sign_in(&mut self, staff: StaffCode) {
        let Some(member) = self.env.roster.member(staff) else { return self.lock() };
        self.state.who = Some(SignedIn { code: staff, role: member.role });
        self.stay();
        self.enter(Page::Arrivals(Filter::All));
    }

    fn staff_saved(&mut self, staff: StaffCode) {
        let Some(who) = self.state.who else {
            // The head was set up, or somebody chose a PIN at sign-in.
            if matches!(self.state.page, Page::Pin { .. }) {
                self.sign_in(staff);
                self.state.said = Some(Said::PinKept(staff));
            }
            return;
        };
        let Page::Pin { purpose: PinPurpose::Choose { staff: of, new }, .. } = &self.state.page
        else {
            return;
        };
        if *of != staff {
            return;
        }
        let to_list = new.is_some() || staff != who.code;
        self.state.said = Some(Said::PinKept(staff));
        self.enter(if to_list { Page::Staff(0) } else { Page::Menu });
    }

    fn staff_not_saved(&mut self, advice: &'static str) {
        if matches!(self.state.page, Page::Pin { .. }) {
            self.pin_trouble(PinTrouble::NotSaved(advice));
        } else {
            self.state.said = Some(Said::NotSaved(advice));
        }
    }

    // ── Visits ──────────────────────────────────────────────────────────────────────────────────

    /// The visits of the day that is looked at.
    fn shown(&self) -> &Tally {
        self.state.other.as_deref().unwrap_or(self.env.today)
    }

    fn open_row(&mut self, who: SignedIn, number: VisitNo) {
        let day = self.shown().day();
        let found = self.shown().visits().find_map(|(id, visit)| {
            let is_it = visit.arrived().is_some_and(|arrived| arrived.number == number);
            is_it.then(|| (Form::of(id, day, visit), id, visit.needs_help()))
        });
        let Some((Some(form), id, needs_help)) = found else { return };
        self.state.said = None;
        if needs_help {
            let subject = Subject::Visit(id, day);
            self.effects.push(Effect::Record { subject, by: who.code, what: What::Helped });
        }
        self.enter(Page::Form(form));
    }

    fn add(&mut self) {
        let (today, shown) = (self.env.now.station_day(), self.shown().day());
        let entry = if shown < today { Entry::FromPaper } else { Entry::Usual };
        self.new_form(entry, if shown < today { shown } else { today });
    }

    fn new_form(&mut self, entry: Entry, day: StationDay) {
        let about = About::New { visit: self.env.fresh, card: None, entry, day };
        self.enter(Page::Form(Form::new(about)));
    }

    /// A patient at the desk scans while staff are signed in: the visit is counted at once, and
    /// the nurse says the rest.
    fn scanned(&mut self, scan: &Scan) {
        let Some(who) = self.state.who else { return };
        self.stay();
        let Some(card) = kind_of(scan) else {
            self.state.said = Some(Said::NotACard);
            return;
        };
        let day = self.env.now.station_day();
        let patient = Patient::from_scan(scan, day.0);
        // While a stick is written the page stays; the patient is counted all the same.
        if !self.is_writing() {
            self.state.scanned = Some(self.env.fresh);
            self.state.other = None;
        }
        self.effects.push(Effect::Arrive {
            visit: self.env.fresh,
            card: Some(card),
            age: patient.age,
            identity: scan.identity(),
            entry: Entry::Usual,
            day,
            by: who.code,
        });
    }

    fn open_form(&mut self, id: VisitId, day: StationDay, number: VisitNo) {
        let known = self.env.today.visit(id).and_then(|visit| Form::of(id, day, visit));
        let about = About::Known { visit: id, number, day, card: None };
        self.state.said = None;
        self.enter(Page::Form(known.unwrap_or_else(|| Form::new(about))));
    }

    fn fill_in(&mut self, press: Press) {
        let fresh = self.env.fresh;
        let Page::Form(form) = &mut self.state.page else { return };
        match press {
            Press::Used(used) => form.choose(used),
            Press::Guided => form.now.guided = !form.now.guided,
            Press::Accompanied => form.now.accompanied = !form.now.accompanied,
            Press::Second => match form.about {
                About::Known { day, card, .. } => {
                    let age = form.before.age;
                    let entry = Entry::Second;
                    *form = Form::new(About::New { visit: fresh, card, entry, day });
                    form.now.age = age;
                }
                About::New { visit, card, entry, day } => {
                    let entry = match entry {
                        Entry::Usual => Entry::Second,
                        Entry::Second => Entry::Usual,
                        Entry::FromPaper => Entry::FromPaper,
                    };
                    form.about = About::New { visit, card, entry, day };
                }
            },
            Press::StrikeOut => {
                if matches!(form.about, About::Known { .. }) {
                    form.now.counts = !form.now.counts;
                }
            }
            Press::Ask(question) => {
                let form = *form;
                self.enter(Page::Asking(form, question));
            }
            Press::Open
            | Press::Lock
            | Press::Back
            | Press::GoOn
            | Press::Digit(_)
            | Press::Erase
            | Press::Show(_)
            | Press::Row(_)
            | Press::Add
            | Press::Duty
            | Press::Menu
            | Press::Save
            | Press::Answer(_)
            | Press::Period(_)
            | Press::Export => {}
        }
    }

    fn save(&mut self) {
        let Page::Form(form) = self.state.page else { return };
        if !form.is_ready() || self.state.saving.is_some() {
            return;
        }
        if form.needs_reason() {
            self.enter(Page::Asking(form, Question::Reason));
        } else {
            self.commit(&form, CorrectionReason::Other);
        }
    }

    fn commit(&mut self, form: &Form, reason: CorrectionReason) {
        let Some(who) = self.state.who else { return };
        let by = who.code;
        let before = self.effects.len();
        let (subject, number) = match form.about {
            About::New { visit, card, entry, day } => {
                let (age, identity) = (form.now.age, None);
                self.effects.push(Effect::Arrive { visit, card, age, identity, entry, day, by });
                (Subject::Proposed(visit), None)
            }
            About::Known { visit, number, day, .. } => (Subject::Visit(visit, day), Some(number)),
        };
        for what in form.statements(reason) {
            self.effects.push(Effect::Record { subject, by, what });
        }
        let owed = self.effects.len() - before;
        let is_new = matches!(form.about, About::New { .. });
        self.state.saving = Some(Saving { owed, number, is_new, again: false });
        self.state.said = None;
        if let About::New { entry: Entry::FromPaper, day, .. } = form.about {
            // The next line of the sheet.
            self.new_form(Entry::FromPaper, day);
        } else {
            let is_other_day = form.about.day() != self.env.now.station_day();
            self.enter(Page::Arrivals(Filter::All));
            if is_other_day {
                self.effects.push(Effect::LoadDay(form.about.day()));
            }
        }
    }

    fn answered(&mut self) {
        let Some(saving) = &mut self.state.saving else { return };
        saving.owed = saving.owed.saturating_sub(1);
        if saving.owed > 0 {
            return;
        }
        let Some(saving) = self.state.saving.take() else { return };
        let Some(number) = saving.number else { return };
        self.state.said = Some(match (saving.is_new, saving.again) {
            (true, true) => Said::RecordedAgain(number),
            (true, false) => Said::Recorded(number),
            (false, _) => Said::Saved(number),
        });
    }

    fn not_recorded(&mut self) {
        self.state.saving = None;
        self.state.scanned = None;
        if self.state.is_open() {
            self.state.said = Some(Said::NotRecorded);
            if let Page::Closing { asked } = &mut self.state.page {
                *asked = false;
            }
            if matches!(self.state.page, Page::Pin { .. }) {
                self.pin_trouble(PinTrouble::NotSaved(words::JOURNAL_REFUSED));
            }
        }
    }

    fn change_duty(&mut self, who: SignedIn) {
        let staff = who.code;
        let is_there = self.env.duty.since(staff).is_some();
        let what = if is_there { What::DutyEnded { staff } } else { What::DutyBegan { staff } };
        self.effects.push(Effect::Record { subject: Subject::Desk, by: staff, what });
        let now = self.env.now;
        self.state.said = Some(if is_there { Said::OffDuty(now) } else { Said::OnDuty(now) });
    }

    // ── Questions ───────────────────────────────────────────────────────────────────────────────

    fn answer(&mut self, number: u8) {
        let index = usize::from(number).wrapping_sub(1);
        match &self.state.page {
            Page::WhoIsThere(first) => {
                let leaf = Leaf::of(self.env.roster, *first, MOST_TO_SIGN_IN);
                match leaf.members.get(index) {
                    Some(staff) => self.ask_for_pin(*staff),
                    None if index == leaf.members.len() => {
                        if let Some(next) = leaf.next {
                            self.enter(Page::WhoIsThere(next));
                        }
                    }
                    None => {}
                }
            }
            Page::Asking(form, question) => {
                let (form, question) = (*form, *question);
                self.answer_about(form, question, index);
            }
            Page::Menu => {
                if let Some(who) = self.state.who
                    && let Some(errand) = Errand::of(who.role).get(index)
                {
                    self.run(*errand, who);
                }
            }
            Page::WhichDay => {
                if let Some(day) = days_back(self.env.now.station_day()).nth(index) {
                    self.effects.push(Effect::LoadDay(day));
                }
            }
            Page::WhichPaperDay => {
                if let Some(day) = paper_days(self.env.now.station_day()).nth(index) {
                    self.new_form(Entry::FromPaper, day);
                }
            }
            Page::Staff(first) => {
                let first = *first;
                self.answer_about_staff(first, index);
            }
            Page::Member(staff) => {
                let staff = *staff;
                match index {
                    0 => self.reset_pin(staff),
                    1 => self.enter(Page::Removing(staff)),
                    _ => {}
                }
            }
            Page::Removing(staff) => {
                let staff = *staff;
                match (index, self.state.who) {
                    (0, Some(who)) => {
                        self.effects.push(Effect::Remove { staff, by: who.code });
                        self.state.said = Some(Said::Removed(staff));
                        self.enter(Page::Staff(0));
                    }
                    (1, _) => self.enter(Page::Member(staff)),
                    _ => {}
                }
            }
            Page::Closed
            | Page::Welcome
            | Page::Pin { .. }
            | Page::Arrivals(_)
            | Page::Form(_)
            | Page::Figures
            | Page::Closing { .. }
            | Page::DayClosed { .. }
            | Page::Stick(_)
            | Page::Health => {}
        }
    }

    /// An answer that stands there already is taken back.
    fn answer_about(&mut self, mut form: Form, question: Question, index: usize) {
        match question {
            Question::Age => {
                let Some(age) = words::AGES.get(index).copied() else { return };
                form.now.age = if form.now.age == age { AgeBand::Unknown } else { age };
            }
            Question::Result => {
                let Some(result) = IntegrationResult::ALL.get(index).copied() else { return };
                form.now.integration =
                    Some(result).filter(|_| form.now.integration != Some(result));
            }
            Question::Obstacle => {
                let Some(obstacle) = Obstacle::ALL.get(index).copied() else { return };
                form.now.obstacle = Some(obstacle).filter(|_| form.now.obstacle != Some(obstacle));
            }
            Question::Reason => {
                if let Some(reason) = words::REASONS.get(index) {
                    self.commit(&form, *reason);
                }
                return;
            }
        }
        self.enter(Page::Form(form));
    }

    // ── Errands ─────────────────────────────────────────────────────────────────────────────────

    fn run(&mut self, errand: Errand, who: SignedIn) {
        match errand {
            Errand::Export => self.enter(Page::Stick(StickPage::Choosing { period: 0 })),
            Errand::CloseDay => self.enter(Page::Closing { asked: false }),
            Errand::Figures => self.enter(Page::Figures),
            Errand::OtherDay => self.enter(Page::WhichDay),
            Errand::FromPaper => self.enter(Page::WhichPaperDay),
            Errand::Staff => self.enter(Page::Staff(0)),
            Errand::Health => self.enter(Page::Health),
            Errand::MyPin => self.choose_pin(who.code, None),
        }
    }

    fn answer_about_staff(&mut self, first: usize, index: usize) {
        let leaf = Leaf::of(self.env.roster, first, MOST_TO_LOOK_AFTER);
        if let Some(staff) = leaf.members.get(index) {
            self.enter(Page::Member(*staff));
            return;
        }
        let behind = index - leaf.members.len();
        match (leaf.next, behind) {
            (Some(next), 0) => self.enter(Page::Staff(next)),
            (Some(_), 1) | (None, 0) => self.add_member(Role::Nurse),
            (Some(_), 2) | (None, 1) => self.add_member(Role::Head),
            (Some(_) | None, _) => {}
        }
    }

    fn add_member(&mut self, role: Role) {
        if let Some(staff) = next_code(self.env.roster, role, self.env.now.station_day()) {
            self.choose_pin(staff, Some(role));
        }
    }

    fn reset_pin(&mut self, staff: StaffCode) {
        let Some(who) = self.state.who else { return };
        if staff == who.code {
            self.choose_pin(staff, None);
            return;
        }
        self.effects.push(Effect::ResetPin { staff, by: who.code });
        self.state.said = Some(Said::PinReset(staff));
        self.enter(Page::Staff(0));
    }

    fn export(&mut self, who: SignedIn) {
        let Page::Stick(StickPage::Choosing { period }) = self.state.page else { return };
        if !self.env.health.stick || who.role != Role::Head {
            return;
        }
        let periods = periods(self.env.now.station_day(), self.env.outlook);
        if let Some(Period { from, to, .. }) = periods.get(usize::from(period)) {
            self.effects.push(Effect::Export { from: *from, to: *to, by: who.code });
            self.enter(Page::Stick(StickPage::Writing(0.0)));
        }
    }

    fn stick_is(&mut self, next: impl FnOnce(StickPage) -> StickPage) {
        if let Page::Stick(page) = &mut self.state.page {
            let now = std::mem::replace(page, StickPage::Done(None));
            *page = next(now);
        }
    }

    // ── Ways on and back ────────────────────────────────────────────────────────────────────────

    fn go_on(&mut self) {
        match &self.state.page {
            Page::Welcome => {
                let today = self.env.now.station_day();
                if let Some(staff) = next_code(self.env.roster, Role::Head, today) {
                    self.choose_pin(staff, Some(Role::Head));
                }
            }
            Page::Closing { asked: false } => {
                if let Some(who) = self.state.who.filter(|who| who.role == Role::Head) {
                    let by = who.code;
                    let today = self.env.now.station_day();
                    // And what no clock was sure enough for to be closed by itself.
                    let before = self.env.outlook.unclosed.iter().copied();
                    for day in std::iter::once(today).chain(before) {
                        self.effects.push(Effect::CloseDay { day, by });
                    }
                    self.enter(Page::Closing { asked: true });
                }
            }
            Page::DayClosed { .. } => {
                self.enter(Page::Stick(StickPage::Choosing { period: 0 }));
            }
            Page::Form(_) => self.save(),
            Page::Stick(StickPage::Choosing { .. }) => {
                if let Some(who) = self.state.who {
                    self.export(who);
                }
            }
            Page::Stick(StickPage::Done(_)) => self.enter(Page::Menu),
            Page::Stick(StickPage::Failed { .. }) => {
                self.enter(Page::Stick(StickPage::Choosing { period: 0 }));
            }
            Page::Closed
            | Page::WhoIsThere(_)
            | Page::Pin { .. }
            | Page::Arrivals(_)
            | Page::Asking(..)
            | Page::Menu
            | Page::WhichDay
            | Page::WhichPaperDay
            | Page::Figures
            | Page::Closing { asked: true }
            | Page::Stick(StickPage::Writing(_))
            | Page::Staff(_)
            | Page::Member(_)
            | Page::Removing(_)
            | Page::Health => {}
        }
    }

    fn back(&mut self) {
        let page = std::mem::take(&mut self.state.page);
        let before = match page {
            Page::Closed | Page::Welcome | Page::WhoIsThere(_) => return self.lock(),
            Page::Pin { purpose, .. } => match (self.state.who, purpose) {
                (Some(who), purpose) if purpose.staff() == who.code => Page::Menu,
                (Some(_), _) => Page::Staff(0),
                (None, _) => return self.lock(),
            },
            Page::Arrivals(_) if self.state.other.take().is_some() => Page::WhichDay,
            Page::Arrivals(_) => return self.lock(),
            Page::Form(Form { about: About::New { entry: Entry::FromPaper, .. }, .. })
                if self.state.other.is_none() =>
            {
                Page::WhichPaperDay
            }
            Page::Form(_) | Page::Menu => Page::Arrivals(Filter::All),
            Page::Asking(form, _) => Page::Form(form),
            Page::Stick(StickPage::Writing(part)) => Page::Stick(StickPage::Writing(part)),
            Page::WhichDay
            | Page::WhichPaperDay
            | Page::Figures
            | Page::Closing { .. }
            | Page::DayClosed { .. }
            | Page::Stick(_)
            | Page::Staff(_)
            | Page::Health => Page::Menu,
            Page::Member(_) => Page::Staff(0),
            Page::Removing(staff) => Page::Member(staff),
        };
        self.enter(before);
    }
}

/// A page of ten answers has room for so many of the staff, and the way to the next.
pub(super) const MOST_TO_SIGN_IN: usize = 9;

/// And where they are looked after, for two more ways on.
pub(super) const MOST_TO_LOOK_AFTER: usize = 7;

/// A part of the list of the staff.
pub(super) struct Leaf {
    pub(super) members: Vec<StaffCode>,
    /// Where the next part begins, if the list is longer than one: after the last comes the first.
    pub(super) next: Option<usize>,
}

impl Leaf {
    pub(super) fn of(roster: &Roster, first: usize, most: usize) -> Self {
        let all: Vec<StaffCode> = roster.active().map(|member| member.code).collect();
        let members = all.iter().copied().skip(first).take(most).collect();
        let behind = first + most;
        let next = (all.len() > most).then_some(if behind < all.len() { behind } else { 0 });
        Self { members, next }
    }
}

/// What "Việc khác" offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Export,
    CloseDay,
    Figures,
    OtherDay,
    FromPaper,
    Staff,
    Health,
    MyPin,
}

impl Errand {
    /// What this role may do, in the order of the page.
    pub(super) fn of(role: Role) -> &'static [Self] {
        match role {
            Role::Nurse => &[Self::OtherDay, Self::FromPaper, Self::Figures, Self::MyPin],
            Role::Head => &[
                Self::Export,
                Self::CloseDay,
                Self::Figures,
                Self::OtherDay,
                Self::FromPaper,
                Self::Staff,
                Self::Health,
                Self::MyPin,
            ],
        }
    }
}

/// The days before today that can be looked at, the latest first.
pub(super) fn days_back(today: StationDay) -> impl Iterator<Item = StationDay> {
    (1..=DAYS_BACK)
        .filter_map(move |back| today.0.checked_sub_days(chrono::Days::new(back)).map(StationDay))
}

/// The days the paper sheet can be entered for: today, and those before.
pub(super) fn paper_days(today: StationDay) -> impl Iterator<Item = StationDay> {
    std::iter::once(today).chain(days_back(today))
}

/// Some days that can be put on a stick.
pub(super) struct Period {
    pub(super) from: StationDay,
    pub(super) to: StationDay,
    /// The report they are those of.
    pub(super) report: Option<String>,
}

/// As many as the page has room for.
const MOST_PERIODS: usize = 4;

/// The periods on offer for the stick: first those of reports that are due and whose days are over,
/// then today, the last seven days, this month, last month.
pub(super) fn periods(today: StationDay, outlook: &Outlook) -> Vec<Period> {
    use chrono::Datelike as _;
    let day = |date: Option<chrono::NaiveDate>| date.map_or(today, StationDay);
    let week = day(today.0.checked_sub_days(chrono::Days::new(6)));
    let month = day(today.0.with_day(1));
    let last_of_before = day(month.0.pred_opt());
    let before = day(last_of_before.0.with_day(1));
    let due = outlook.reports.iter().filter(|report| report.to <= today);
    let due = due.map(|report| Period {
        from: report.from,
        to: report.to,
        report: Some(report.title.clone()),
    });
    let usual = [(today, today), (week, today), (month, today), (before, last_of_before)];
    let usual = usual.map(|(from, to)| Period { from, to, report: None });
    due.take(MOST_PERIODS / 2).chain(usual).take(MOST_PERIODS).collect()
}

/// The code a new member gets.
fn next_code(roster: &Roster, role: Role, today: StationDay) -> Option<StaffCode> {
    roster.clone().add(role, today).ok()
}
