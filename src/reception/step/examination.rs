//! Looking at the whole box, as `tiepdon doctor` does.

use super::super::Effect;
use super::super::state::{Examination, Page};
use super::Step;
use crate::event::Role;
use crate::health;

impl Step<'_> {
    pub(super) fn examine(&mut self) {
        if self.state.who.is_some_and(|who| who.role == Role::Head) {
            self.effects.push(Effect::Examine);
            self.enter(Page::Examination(Examination::default()));
        }
    }

    pub(super) fn examined(&mut self, found: health::Page) {
        if let Page::Examination(examination @ Examination { found: None, .. }) =
            &mut self.state.page
        {
            examination.found = Some(found);
        }
    }

    /// What must be done, one after the other, and then all findings again.
    pub(super) fn next_advice(&mut self) {
        if let Page::Examination(examination) = &mut self.state.page {
            let next = examination.advice.map_or(0, |advice| advice + 1);
            examination.advice = (next < examination.to_do().count()).then_some(next);
        }
    }
}
