//! Who was counted and waits for the screen: a scan never replaces a page that holds what somebody
//! has typed.

use super::Likeness;
use super::place::{Place, Session, Waiting};
use super::step::Desk;
use crate::card::Scan;

/// So many people wait at most for their page. Whoever comes after them is counted all the same.
const MOST_WAITING: usize = 8;

impl Desk<'_> {
    /// Whether the page holds what its patient has typed.
    pub(super) fn holds_input(&self) -> bool {
        let is_typed = || {
            let session = self.state.session.as_ref();
            session.is_some_and(|session| !session.card_number.signs().is_empty())
        };
        matches!(self.state.place, Place::CheckingNumber(_) | Place::CopyingNumber(_)) && is_typed()
    }

    /// A patient who was counted comes to the screen after those who wait already.
    pub(super) fn let_wait(&mut self, session: Session) {
        if self.state.waiting.len() < MOST_WAITING {
            self.state.waiting.push_back(Waiting { place: Place::Choosing, session });
        }
        self.calm();
    }

    /// Whoever waits is served when they scan again.
    pub(super) fn serve_who_waits(&mut self, scan: &Scan) -> bool {
        let is_theirs = |waiting: &Waiting| {
            matches!(
                waiting.session.documents.compare(scan),
                Likeness::SameDocument | Likeness::SamePerson
            )
        };
        let Some(at) = self.state.waiting.iter().position(is_theirs) else { return false };
        if self.holds_input() {
            self.calm();
            return true;
        }
        let Some(next) = self.state.waiting.remove(at) else { return false };
        self.forget_look();
        self.leave();
        self.serve(next);
        true
    }

    /// The next of those who wait, if the screen is free for them.
    pub(super) fn serve_next(&mut self) -> bool {
        let Some(next) = self.state.waiting.pop_front() else { return false };
        self.serve(next);
        true
    }

    /// "Lượt số 2 đã đếm": the page on the screen waits in its turn, with all that was typed.
    pub(super) fn let_next_go_first(&mut self) {
        let Some(next) = self.state.waiting.pop_front() else { return };
        if let Some(session) = self.state.session.take() {
            self.state.waiting.push_back(Waiting { place: self.state.place, session });
        }
        self.serve(next);
    }

    fn serve(&mut self, Waiting { place, session }: Waiting) {
        self.state.session = Some(session);
        self.enter(place);
    }
}
