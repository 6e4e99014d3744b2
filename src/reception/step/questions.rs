//! Answers by their number.

use super::super::form::Form;
use super::super::state::{Page, Question, Said};
use super::super::{Effect, words};
use super::{Errand, Leaf, MOST_TO_SIGN_IN, Step, days_back, paper_days};
use crate::event::{AgeBand, Entry, IntegrationResult, Obstacle};

impl Step<'_> {
    pub(super) fn answer(&mut self, number: u8) {
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
                    && let Some(errand) = Errand::of(who.role, self.env.outlook).nth(index)
                {
                    self.run(errand, who);
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
            Page::WhichNumber => self.choose_number(index),
            Page::NumberDay(which) => {
                let which = *which;
                self.choose_number_day(which, index);
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
            Page::Periods(first) => {
                let first = *first;
                self.answer_about_period(first, index);
            }
            Page::Dismissing(_) => self.dismissed(index),
            Page::FreePeriod(form) => {
                let mut form = *form;
                form.choose(index);
                self.enter(Page::FreePeriod(form));
            }
            Page::Clock(form) => {
                let mut form = *form;
                form.choose(index);
                self.enter(Page::Clock(form));
            }
            Page::Closed
            | Page::Welcome
            | Page::Pin { .. }
            | Page::Arrivals(_)
            | Page::Form(_)
            | Page::Number { .. }
            | Page::Figures
            | Page::Closing { .. }
            | Page::DayClosed { .. }
            | Page::Stick(_)
            | Page::Health
            | Page::Examination(_) => {}
        }
    }

    /// An answer that stands there already is taken back.
    pub(super) fn answer_about(&mut self, mut form: Form, question: Question, index: usize) {
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
}
