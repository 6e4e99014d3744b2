//! The list, the form of a visit, and what is recorded of it.

use super::super::form::{About, Form};
use super::super::state::{Page, PinTrouble, Question, Said, Saving, SignedIn};
use super::super::{Ask, Effect, Press, words};
use super::Step;
use crate::call::SAME_TOUCH;
use crate::event::{CorrectionReason, Entry, StationDay, Subject, VisitId, VisitNo, What};
use crate::figures::Tally;

impl Step<'_> {
    /// The visits of the day that is looked at.
    pub(super) fn shown(&self) -> &Tally {
        self.state.other.as_deref().unwrap_or(self.env.today)
    }

    pub(super) fn open_row(&mut self, who: SignedIn, number: VisitNo) {
        let day = self.shown().day();
        let found = self.shown().visits().find_map(|(id, visit)| {
            let is_it = visit.arrived().is_some_and(|arrived| arrived.number == number);
            is_it.then(|| (Form::of(id, day, visit), id, visit.needs_help()))
        });
        let Some((Some(form), id, needs_help)) = found else { return };
        self.state.said = None;
        if needs_help {
            let subject = Subject::Visit(id, day);
            let (ask, by) = (Ask::Other, who.code);
            self.effects.push(Effect::Record { ask, subject, by, what: What::Helped });
        }
        self.enter(Page::Form(form));
    }

    /// The row of a call from the idle page, which has no visit to open: the first touch says "Tôi đến",
    /// the next one that somebody has helped.
    pub(super) fn meet_callers(&mut self, who: SignedIn) {
        let day = self.shown().day();
        let mut calls = self.shown().calls();
        calls.retain(|call| call.visit.is_none() && !call.helped);
        if calls.is_empty() {
            return;
        }
        let now = self.env.now;
        let what = if calls.iter().any(|call| call.taken.is_none()) {
            What::CallTaken
        } else if calls.iter().any(|call| call.is_taken_within(SAME_TOUCH, &now)) {
            return;
        } else {
            What::Helped
        };
        let (ask, by, subject) = (Ask::Other, who.code, Subject::Day(day));
        self.effects.push(Effect::Record { ask, subject, by, what });
    }

    pub(super) fn add(&mut self) {
        let (today, shown) = (self.env.now.station_day(), self.shown().day());
        let entry = if shown < today { Entry::FromPaper } else { Entry::Usual };
        self.new_form(entry, if shown < today { shown } else { today });
    }

    pub(super) fn new_form(&mut self, entry: Entry, day: StationDay) {
        let about = About::New { visit: self.env.fresh, card: None, entry, day };
        self.enter(Page::Form(Form::new(about)));
    }

    pub(super) fn open_form(&mut self, id: VisitId, day: StationDay, number: VisitNo) {
        let known = self.env.today.visit(id).and_then(|visit| Form::of(id, day, visit));
        let about = About::Known { visit: id, number, day, card: None };
        self.state.said = None;
        self.enter(Page::Form(known.unwrap_or_else(|| Form::new(about))));
    }

    pub(super) fn fill_in(&mut self, press: Press) {
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
            | Press::Comma
            | Press::Erase
            | Press::Show(_)
            | Press::Row(_)
            | Press::Call
            | Press::Add
            | Press::Duty
            | Press::Menu
            | Press::Save
            | Press::Answer(_)
            | Press::Periods
            | Press::Dismiss
            | Press::OpenCounted
            | Press::Export => {}
        }
    }

    pub(super) fn save(&mut self) {
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

    pub(super) fn commit(&mut self, form: &Form, reason: CorrectionReason) {
        let Some(who) = self.state.who else { return };
        let by = who.code;
        self.state.saves += 1;
        let ask = Ask::Form(self.state.saves);
        let before = self.effects.len();
        let (subject, number) = match form.about {
            About::New { visit, card, entry, day } => {
                let (age, identity, person) = (form.now.age, None, None);
                self.effects.push(Effect::Arrive {
                    visit,
                    card,
                    age,
                    identity,
                    person,
                    entry,
                    day,
                    by,
                    ask,
                });
                (Subject::Proposed(visit), None)
            }
            About::Known { visit, number, day, .. } => (Subject::Visit(visit, day), Some(number)),
        };
        for what in form.statements(reason) {
            self.effects.push(Effect::Record { ask, subject, by, what });
        }
        let owed = self.effects.len() - before;
        let is_new = matches!(form.about, About::New { .. });
        let form_number = self.state.saves;
        self.state.saving = Some(Saving { form: form_number, owed, number, is_new, again: false });
        self.state.said = None;
        if let About::New { entry: Entry::FromPaper, day, .. } = form.about {
            // The next line of the sheet.
            self.new_form(Entry::FromPaper, day);
        } else {
            let is_other_day = form.about.day() != self.env.now.station_day();
            self.form_is_left();
            if is_other_day {
                self.effects.push(Effect::LoadDay(form.about.day()));
            }
        }
    }

    pub(super) fn answered(&mut self, form: u32) {
        let Some(saving) = self.state.saving.as_mut().filter(|saving| saving.form == form) else {
            return;
        };
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

    pub(super) fn not_recorded(&mut self, ask: Ask) {
        match ask {
            Ask::Form(form) => {
                self.state.saving.take_if(|saving| saving.form == form);
            }
            Ask::Scan => self.state.scanned = None,
            Ask::Number => {
                if let Page::Number { asked, .. } = &mut self.state.page {
                    *asked = false;
                }
            }
            Ask::Closing => {
                if let Page::Closing { asked } = &mut self.state.page {
                    *asked = false;
                }
            }
            Ask::Clock => {
                if let Page::Clock(form) = &mut self.state.page {
                    form.asked = false;
                }
            }
            Ask::Dismissal | Ask::Other => {}
        }
        if self.state.is_open() {
            self.state.said = Some(Said::NotRecorded);
        }
    }

    /// The machine has no room for what was to be done: whatever the page waits for does not come.
    pub(super) fn not_begun(&mut self) {
        if !self.state.is_open() {
            return;
        }
        self.state.said = Some(Said::NotRecorded);
        if matches!(self.state.page, Page::Pin { .. }) {
            self.pin_trouble(PinTrouble::NotSaved(words::JOURNAL_REFUSED));
        }
    }

    pub(super) fn change_duty(&mut self, who: SignedIn) {
        let staff = who.code;
        let is_there = self.env.duty.since(staff).is_some();
        let what = if is_there { What::DutyEnded { staff } } else { What::DutyBegan { staff } };
        let (ask, subject) = (Ask::Other, Subject::Desk);
        self.effects.push(Effect::Record { ask, subject, by: staff, what });
        let now = self.env.now;
        self.state.said = Some(if is_there { Said::OffDuty(now) } else { Said::OnDuty(now) });
    }
}
