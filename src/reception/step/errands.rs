//! "Việc khác": the stick, the staff, other days.

use super::super::state::{Filter, Page, Said, SignedIn, StickPage};
use super::super::{Ask, Effect, PeriodForm, ReportDue, words};
use super::{
    Errand, Leaf, MOST_TO_LOOK_AFTER, Offer, Step, next_code, offers, preselected, report_of,
};
use crate::event::{DismissalReason, Role, StaffCode, StationDay, Subject, What};

impl Step<'_> {
    pub(super) fn run(&mut self, errand: Errand, who: SignedIn) {
        match errand {
            Errand::Export => self.enter(Page::Stick(StickPage::Choosing { span: None })),
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
        let Page::Stick(StickPage::Choosing { span }) = self.state.page else { return };
        if !self.env.health.stick || who.role != Role::Head {
            return;
        }
        let span = span.unwrap_or_else(|| preselected(self.today(), self.env.outlook));
        let handing = words::handing(span, report_of(span, self.env.outlook), self.today());
        self.effects.push(Effect::Export { from: span.from, to: span.to, by: who.code });
        self.enter(Page::Stick(StickPage::Writing { part: 0.0, handing }));
    }

    fn today(&self) -> StationDay {
        self.env.now.station_day()
    }

    /// "Kỳ khác", and the reminders on the list of arrivals.
    pub(super) fn choose_period(&mut self, who: SignedIn) {
        let is_there =
            matches!(self.state.page, Page::Arrivals(_) | Page::Stick(StickPage::Choosing { .. }));
        if is_there && who.role == Role::Head && self.state.other.is_none() {
            self.enter(Page::Periods(0));
        }
    }

    pub(super) fn answer_about_period(&mut self, first: usize, index: usize) {
        let today = self.today();
        let offers = offers(today, self.env.outlook, first);
        let next = match offers.get(index) {
            None => return,
            Some(Offer::Report(report)) => {
                Page::Stick(StickPage::Choosing { span: Some(report.span()) })
            }
            Some(Offer::Usual(span)) => Page::Stick(StickPage::Choosing { span: Some(*span) }),
            Some(Offer::More(next)) => Page::Periods(*next),
            Some(Offer::Free) => {
                Page::FreePeriod(PeriodForm::of(preselected(today, self.env.outlook)))
            }
        };
        self.enter(next);
    }

    pub(super) fn take_period(&mut self, mut form: PeriodForm) {
        self.enter(match form.span(self.today()) {
            Ok(span) => Page::Stick(StickPage::Choosing { span: Some(span) }),
            Err(refused) => {
                form.refused = Some(refused);
                Page::FreePeriod(form)
            }
        });
    }

    /// "Thôi nhắc báo cáo này": asks why.
    pub(super) fn dismiss(&mut self, who: SignedIn) {
        let Page::Stick(StickPage::Choosing { span }) = self.state.page else { return };
        let span = span.unwrap_or_else(|| preselected(self.today(), self.env.outlook));
        if let (Role::Head, Some(report)) = (who.role, report_of(span, self.env.outlook)) {
            self.enter(Page::Dismissing(report.clone()));
        }
    }

    pub(super) fn dismissed(&mut self, index: usize) {
        let Page::Dismissing(report) = &self.state.page else { return };
        let (Some(reason), Some(who)) = (DismissalReason::ALL.get(index), self.state.who) else {
            return;
        };
        let ReportDue { campaign, from, to, .. } = report;
        let (campaign, from, to, reason) = (campaign.clone(), *from, *to, *reason);
        let what = What::ReportDismissed { campaign, from, to, reason };
        let (ask, subject, by) = (Ask::Dismissal, Subject::Desk, who.code);
        self.effects.push(Effect::Record { ask, subject, by, what });
    }

    /// The journal has the dismissal.
    pub(super) fn dismissal_is_kept(&mut self) {
        if matches!(self.state.page, Page::Dismissing(_)) {
            self.state.said = Some(Said::Dismissed);
            self.enter(Page::Arrivals(Filter::All));
        }
    }

    pub(super) fn export_is_so_far(&mut self, so_far: f32) {
        if let Page::Stick(StickPage::Writing { part, .. }) = &mut self.state.page {
            *part = so_far;
        }
    }

    pub(super) fn exported(&mut self, files: usize, folder: String, note: Option<&'static str>) {
        if let Page::Stick(StickPage::Writing { handing, .. }) = &self.state.page {
            let handing = handing.clone();
            self.enter(Page::Stick(StickPage::Done { handing, files, folder, note }));
        }
    }

    pub(super) fn export_failed(&mut self, what: String, advice: &'static str) {
        let Page::Stick(page) = &self.state.page else { return };
        let span = match page {
            StickPage::Choosing { span } | StickPage::Failed { span, .. } => *span,
            StickPage::Writing { handing, .. } | StickPage::Done { handing, .. } => {
                Some(handing.span)
            }
        };
        self.enter(Page::Stick(StickPage::Failed { what, advice, span }));
    }
}
