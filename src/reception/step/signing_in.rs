//! Who is there, and the PIN that says so.

use super::super::Effect;
use super::super::state::{Filter, Page, PinPurpose, PinTrouble, Said, SignedIn};
use super::Step;
use crate::event::{Role, StaffCode};
use crate::staff::PinEntry;

impl Step<'_> {
    pub(super) fn open(&mut self) {
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
    pub(super) fn ask_for_pin(&mut self, staff: StaffCode) {
        let has_pin = self.env.roster.member(staff).is_some_and(|member| member.pin_hash.is_some());
        self.pin_pad(if has_pin {
            PinPurpose::SignIn(staff)
        } else {
            PinPurpose::Choose { staff, new: None }
        });
    }

    pub(super) fn pin_pad(&mut self, purpose: PinPurpose) {
        self.enter(Page::Pin { purpose, entry: PinEntry::default(), trouble: None, busy: false });
    }

    pub(super) fn choose_pin(&mut self, staff: StaffCode, new: Option<Role>) {
        self.pin_pad(PinPurpose::Choose { staff, new });
    }

    pub(super) fn digit(&mut self, digit: u8) {
        if let Page::Number { entry, asked: false, .. } = &mut self.state.page {
            return entry.push(digit);
        }
        if let Page::Clock(form) = &mut self.state.page {
            form.digit(digit);
        }
        if let Page::FreePeriod(form) = &mut self.state.page {
            form.digit(digit);
        }
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

    pub(super) fn pin_trouble(&mut self, why: PinTrouble) {
        if let Page::Pin { trouble, busy, .. } = &mut self.state.page {
            *trouble = Some(why);
            *busy = false;
        }
    }

    pub(super) fn pin_judged(&mut self, staff: StaffCode, right: bool) {
        let is_awaited = matches!(
            &self.state.page,
            Page::Pin { purpose: PinPurpose::SignIn(awaited), busy: true, .. } if *awaited == staff
        );
        if !is_awaited {
            return;
        }
        if right { self.sign_in(staff) } else { self.pin_trouble(PinTrouble::Wrong) }
    }

    pub(super) fn sign_in(&mut self, staff: StaffCode) {
        let Some(member) = self.env.roster.member(staff) else { return self.lock() };
        self.state.who = Some(SignedIn { code: staff, role: member.role });
        self.stay();
        if self.env.now.sure {
            self.enter(Page::Arrivals(Filter::All));
        } else {
            // Whoever is there has a watch; "Quay lại" leads to the list all the same.
            self.ask_for_time();
        }
    }

    pub(super) fn staff_saved(&mut self, staff: StaffCode) {
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

    pub(super) fn staff_not_saved(&mut self, advice: &'static str) {
        if matches!(self.state.page, Page::Pin { .. }) {
            self.pin_trouble(PinTrouble::NotSaved(advice));
        } else {
            self.state.said = Some(Said::NotSaved(advice));
        }
    }
}
