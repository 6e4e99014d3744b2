//! "Việc khác": the stick, the staff, other days.

use super::super::Effect;
use super::super::state::{Page, Said, SignedIn, StickPage};
use super::{Errand, Leaf, MOST_TO_LOOK_AFTER, Period, Step, next_code, periods};
use crate::event::{Role, StaffCode};

impl Step<'_> {
    pub(super) fn run(&mut self, errand: Errand, who: SignedIn) {
        match errand {
            Errand::Export => self.enter(Page::Stick(StickPage::Choosing { period: 0 })),
            Errand::CloseDay => self.enter(Page::Closing { asked: false }),
            Errand::Figures => self.enter(Page::Figures),
            Errand::OtherDay => self.enter(Page::WhichDay),
            Errand::FromPaper => self.enter(Page::WhichPaperDay),
            Errand::Staff => self.enter(Page::Staff(0)),
            Errand::Health => self.enter(Page::Health),
            Errand::Numbers => self.enter(Page::WhichNumber),
            Errand::MyPin => self.choose_pin(who.code, None),
            Errand::Clock => self.ask_for_time(),
        }
    }

    pub(super) fn answer_about_staff(&mut self, first: usize, index: usize) {
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

    pub(super) fn add_member(&mut self, role: Role) {
        if let Some(staff) = next_code(self.env.roster, role, self.env.now.station_day()) {
            self.choose_pin(staff, Some(role));
        }
    }

    pub(super) fn reset_pin(&mut self, staff: StaffCode) {
        let Some(who) = self.state.who else { return };
        if staff == who.code {
            self.choose_pin(staff, None);
            return;
        }
        self.effects.push(Effect::ResetPin { staff, by: who.code });
        self.state.said = Some(Said::PinReset(staff));
        self.enter(Page::Staff(0));
    }

    pub(super) fn export(&mut self, who: SignedIn) {
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

    pub(super) fn stick_is(&mut self, next: impl FnOnce(StickPage) -> StickPage) {
        if let Page::Stick(page) = &mut self.state.page {
            let now = std::mem::replace(page, StickPage::Done(None));
            *page = next(now);
        }
    }
}
