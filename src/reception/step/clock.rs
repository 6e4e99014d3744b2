//! The date and the time: whoever is at the desk has a watch.

use super::super::Effect;
use super::super::clock_form::{ClockForm, Refusal};
use super::super::state::{Filter, Page, Said};
use super::Step;
use crate::event::{Moment, Role, Vouched};

impl Step<'_> {
    pub(super) fn ask_for_time(&mut self) {
        self.enter(Page::Clock(ClockForm::of(&self.env.now)));
    }

    /// A head who sees that the machine has records of a later day may know better than those: else
    /// one mistyped year would stand for ever.
    pub(super) fn set_clock(&mut self) {
        let Some(who) = self.state.who else { return };
        let health = self.env.health;
        let Page::Clock(form) = &mut self.state.page else { return };
        if form.asked {
            return;
        }
        let insists =
            who.role == Role::Head && matches!(form.refused, Some(Refusal::BeforeRecords(_)));
        let said = if health.vouched == Some(Vouched::Network) {
            Err(Refusal::NetworkKnows)
        } else {
            *form = form.at(&self.env.now);
            form.wall_ms(&self.env.now, health.last_sure_ms.filter(|_| !insists))
        };
        match said {
            Ok(wall_ms) => {
                form.asked = true;
                form.refused = None;
                self.effects.push(Effect::SetClock { wall_ms, by: who.code });
            }
            Err(refusal) => form.refused = Some(refusal),
        }
    }

    pub(super) fn clock_known(&mut self, at: Moment, moved: usize) {
        if self.state.who.is_none() {
            return;
        }
        self.state.said = Some(Said::ClockKnown(at, moved));
        if matches!(self.state.page, Page::Clock(_)) {
            self.enter(Page::Arrivals(Filter::All));
        }
    }
}
