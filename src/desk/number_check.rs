//! The number of the BHYT card: typed or scanned, copied to the phone, sent.
//!
//! What was sent at home nobody here knows: only the requests of this session are counted, and only
//! those are spoken of.

use super::step::{Desk, Whose};
use super::{Likeness, Place};
use crate::card::{Scan, TypedNumber, Verdict};
use crate::event::{Integration, IntegrationResult, Source, What};

/// Requests to integrate a BHYT card that VNeID takes in a day (plan A.5.1).
const SENDS_A_DAY: u8 = 3;

/// Requests that were sent from here, as the patient told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    /// How many, at most 3.
    pub made: u8,
    /// Whether VNeID took one of them.
    taken: bool,
}

impl Sends {
    /// Whether VNeID takes no more of them today.
    #[must_use]
    pub fn are_spent(self) -> bool {
        self.made >= SENDS_A_DAY
    }

    fn count(&mut self) {
        self.made = self.made.saturating_add(1).min(SENDS_A_DAY);
    }
}

impl Desk<'_> {
    /// "Kiểm tra số thẻ", from the step of a guide or from the list of guides.
    pub(super) fn check_number(&mut self) {
        let from = match self.state.place {
            Place::Guiding(reading) => Some(reading),
            Place::PickingGuide => None,
            Place::Idle
            | Place::Notice
            | Place::Display
            | Place::Choosing
            | Place::GivingReason
            | Place::Preparing
            | Place::Bringing(_)
            | Place::CheckingNumber(_)
            | Place::CopyingNumber(_)
            | Place::TellingResult(_)
            | Place::TellingCause(_)
            | Place::Saving
            | Place::Done(_)
            | Place::Unreadable(_)
            | Place::NotRecorded => return,
        };
        let rule = self.env.offer.number_rule(from.map(|reading| reading.guide));
        if let Some(session) = &mut self.state.session {
            session.card_number.set_rule(rule);
        }
        self.enter(Place::CheckingNumber(from));
    }

    pub(super) fn edit_number(&mut self, edit: impl FnOnce(&mut TypedNumber)) {
        if let (Place::CheckingNumber(_), Some(session)) =
            (self.state.place, &mut self.state.session)
        {
            session.citizen_card_shown = false;
            edit(&mut session.card_number);
        }
    }

    /// On from the number, if it has the right form.
    pub(super) fn copy_number(&mut self) {
        if let (Place::CheckingNumber(from), Some(session)) =
            (self.state.place, &mut self.state.session)
            && session.card_number.verdict() == Verdict::Right
        {
            session.citizen_card_shown = false;
            self.enter(Place::CopyingNumber(from));
        }
    }

    /// Where a number is asked for, a card is held to the reader for its number. That of a citizen
    /// card is mostly not what is asked for: this is said, and what was typed stays. The card of
    /// another person changes nothing here. Whether the scan was such a number; a card that was none
    /// is still somebody's.
    pub(super) fn scanned_for_number(&mut self, scan: &Scan) -> bool {
        let is_the_patients = self.whose(scan) != Whose::TheNextOnes;
        let (Place::CheckingNumber(_), Some(session)) = (self.state.place, &mut self.state.session)
        else {
            return false;
        };
        if session.documents.compare(scan) == Likeness::AnotherPerson {
            return false;
        }
        let number = &mut session.card_number;
        let scanned = match (scan.insurance_number(), scan.personal_number()) {
            (Some(scanned), _) => Some(scanned),
            (None, Some(scanned)) if number.would_take(&scanned) => Some(scanned),
            (None, Some(_)) => {
                session.citizen_card_shown = is_the_patients;
                None
            }
            (None, None) => None,
        };
        let Some(scanned) = scanned else { return false };
        number.fill(&scanned);
        session.citizen_card_shown = false;
        self.calm();
        true
    }

    /// "Đã gửi": VNeID took the request. This is recorded at once, in a guide and without one; what
    /// the patient tells at the guide's end counts more, for it is told later.
    pub(super) fn sent(&mut self) {
        let (Place::CopyingNumber(from), Some(session)) =
            (self.state.place, &mut self.state.session)
        else {
            return;
        };
        if session.sends.are_spent() {
            // Here this is the way out: there is nothing to send any more.
            self.finish();
            return;
        }
        session.sends.count();
        session.sends.taken = true;
        self.record_integration(IntegrationResult::Sent);
        match from {
            // Typed into the phone: the guide's next step is what comes after.
            Some(reading) => {
                self.enter(Place::Guiding(reading));
                self.go_on();
            }
            None => self.enter(Place::Saving),
        }
    }

    /// "Gửi chưa được": one of the three requests of the day is spent. With the third the day's
    /// result is known, unless one of them was taken.
    pub(super) fn send_failed(&mut self) {
        let (Place::CopyingNumber(_), Some(session)) = (self.state.place, &mut self.state.session)
        else {
            return;
        };
        if session.sends.are_spent() {
            return;
        }
        session.sends.count();
        if session.sends.are_spent() && !session.sends.taken {
            self.record_integration(IntegrationResult::ThreeADay);
        }
    }

    pub(super) fn record_integration(&mut self, result: IntegrationResult) {
        let source = Source::SelfDeclared;
        self.record_visit(What::Integrated(Integration { result, source }));
    }
}

const _: () = assert!(SENDS_A_DAY == 3, "the screens say three");
