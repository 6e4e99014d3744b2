//! Numbers that somebody else counted: which, for which day, how many.

use super::super::number::NumberEntry;
use super::super::state::{Page, Said};
use super::super::{Ask, Effect};
use super::{Step, paper_days};
use crate::event::{EnteredNumber, Subject, What};

impl Step<'_> {
    pub(super) fn choose_number(&mut self, index: usize) {
        if index < self.env.outlook.numbers.len() {
            self.enter(Page::NumberDay(index));
        }
    }

    pub(super) fn choose_number_day(&mut self, which: usize, index: usize) {
        if let Some(day) = paper_days(self.env.now.station_day()).nth(index) {
            let entry = NumberEntry::default();
            self.enter(Page::Number { which, day, entry, asked: false });
        }
    }

    pub(super) fn enter_number(&mut self) {
        let Page::Number { which, day, entry, asked: asked @ false } = &mut self.state.page else {
            return;
        };
        let wanted = self.env.outlook.numbers.get(*which);
        let (Some(wanted), Some(number), Some(who)) = (wanted, entry.value(), self.state.who)
        else {
            return;
        };
        *asked = true;
        let entered = EnteredNumber { figure: wanted.figure.clone(), number: Some(number) };
        let (subject, by) = (Subject::Day(*day), who.code);
        let what = What::NumberEntered(entered);
        self.effects.push(Effect::Record { ask: Ask::Number, subject, by, what });
    }

    /// The journal has the number.
    pub(super) fn number_is_kept(&mut self) {
        if let Page::Number { day, asked: true, .. } = self.state.page {
            self.state.said = Some(Said::NumberEntered(day));
            self.enter(Page::WhichNumber);
        }
    }

    pub(super) fn erase(&mut self) {
        if let Page::Pin { entry, busy: false, .. } = &mut self.state.page {
            entry.erase();
        } else if let Page::Number { entry, asked: false, .. } = &mut self.state.page {
            entry.erase();
        } else if let Page::Clock(form) = &mut self.state.page {
            form.erase();
        } else if let Page::FreePeriod(form) = &mut self.state.page {
            form.erase();
        }
    }
}
