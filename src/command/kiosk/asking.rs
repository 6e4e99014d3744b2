//! Who asked the journal for what: an answer goes to whoever asked, and to nobody else.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

use crate::journal::{Request, Ticket};
use crate::reception;

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// The patients' side.
    Desk,
    /// The staff's side, and what for.
    Staff(reception::Ask),
    /// A PIN was compared, and the try is to be durable before it is judged.
    Pin,
    /// The kiosk itself: nobody waits for the answer.
    House,
}

/// So many answers may be under way. The journal answers each request; what it never answered is
/// let go of then.
const MOST_UNDER_WAY: usize = 1_024;

/// The way to the journal's thread.
pub(super) struct Asking {
    journal: Sender<(Ticket, Request)>,
    last: Cell<u64>,
    under_way: RefCell<BTreeMap<Ticket, Asker>>,
}

impl Asking {
    pub(super) fn new(journal: Sender<(Ticket, Request)>) -> Self {
        Self { journal, last: Cell::new(0), under_way: RefCell::default() }
    }

    pub(super) fn ask(&self, asker: Asker, request: Request) {
        let ticket = Ticket(self.last.get() + 1);
        self.last.set(ticket.0);
        if asker != Asker::House {
            let mut under_way = self.under_way.borrow_mut();
            under_way.insert(ticket, asker);
            if under_way.len() > MOST_UNDER_WAY {
                under_way.pop_first();
            }
        }
        if self.journal.send((ticket, request)).is_err() {
            tracing::error!("the journal's thread is gone");
        }
    }

    /// Who asked for what was answered.
    pub(super) fn asker(&self, ticket: Option<Ticket>) -> Asker {
        let under_way = self.under_way.borrow();
        ticket.and_then(|ticket| under_way.get(&ticket).copied()).unwrap_or(Asker::House)
    }

    /// How many answers somebody waits for.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.borrow().len()
    }

    /// Whether all who wait for an answer have it.
    #[cfg(test)]
    pub(super) fn is_quiet(&self) -> bool {
        self.under_way.borrow().is_empty()
    }

    /// It was answered for good. What failed may still succeed: an arrival is tried again.
    pub(super) fn is_answered(&self, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            self.under_way.borrow_mut().remove(&ticket);
        }
    }
}
