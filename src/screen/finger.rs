//! What becomes of a page that has a finger on it. The page stands still until the finger is lifted:
//! nothing appears, vanishes or moves under it, and what is shown late is asked for again then. A page
//! that gives way to another – a scan, a time that is over – does so at once, and the press with it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use slint::ComponentHandle as _;
use tiepdon_ui::{Hand, KioskWindow};

use crate::desk::{Look, Patience, Place, State};
use crate::event::VisitId;
use crate::reception::{View, ViewPage};

/// The page of the patients, as far as it gives a press its meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
struct PatientsPage {
    place: Place,
    visit: Option<VisitId>,
    asks_who_is_there: bool,
    look: Look,
    /// A number that a reader typed is another than the one that was judged.
    signs: usize,
}

impl PatientsPage {
    fn of(state: &State) -> Self {
        let session = state.session.as_ref();
        Self {
            place: state.place,
            visit: session.map(|session| session.visit),
            asks_who_is_there: session
                .is_some_and(|session| matches!(session.patience, Patience::Warned { .. })),
            look: state.look,
            signs: session.map_or(0, |session| session.card_number.signs().len()),
        }
    }
}

/// The page of the staff. A row of the list is pressed by its visit, wherever it stands.
#[derive(PartialEq)]
struct StaffsPage {
    page: ViewPage,
    titles: [String; 7],
    on: [&'static str; 2],
    answers: Vec<String>,
    stick: (bool, bool, bool, bool),
}

impl StaffsPage {
    fn of(view: &View) -> Self {
        let (form, facts, pin) = (&view.form.title, &view.facts_title, &view.pin.title);
        Self {
            page: view.page,
            titles: [
                &view.list_title,
                form,
                &view.question,
                facts,
                pin,
                &view.number.title,
                &view.stick.title,
            ]
            .map(Clone::clone),
            on: [view.facts_on, view.clock.on],
            answers: view.answers.iter().map(|(answer, _)| answer.clone()).collect(),
            stick: (
                view.stick.is_in,
                view.stick.progress.is_some(),
                view.stick.done,
                view.stick.failed.is_some(),
            ),
        }
    }
}

/// Which pages a finger may lie on, and whether something waits for it.
#[derive(Default)]
pub(super) struct Finger {
    patients: Cell<Option<PatientsPage>>,
    staffs: RefCell<Option<StaffsPage>>,
    waits: Rc<Cell<bool>>,
}

impl Finger {
    /// Calls `again` when a finger is lifted from a page that is to be shown anew.
    pub(super) fn when_lifted(&self, window: &KioskWindow, again: impl Fn() + 'static) {
        let waits = self.waits.clone();
        window.global::<tiepdon_ui::Kiosk>().on_let_go(move || {
            if waits.take() {
                again();
            }
        });
    }

    /// Whether what the page shows beside its question has to wait.
    pub(super) fn holds(&self, window: &KioskWindow) -> bool {
        let holds = window.global::<Hand>().get_held();
        if holds {
            self.waits.set(true);
        }
        holds
    }

    /// Whether the patients' page that is to be shown stands there already, under a finger. Behind the
    /// staff's pages no finger reaches it.
    pub(super) fn holds_patients_page(
        &self,
        window: &KioskWindow,
        state: &State,
        is_seen: bool,
    ) -> bool {
        let page = Some(PatientsPage::of(state));
        let is_the_same = self.patients.replace(page) == page;
        is_seen && self.holds_or_ends(window, is_the_same)
    }

    /// Whether the staff's page that is to be shown stands there already, under a finger.
    pub(super) fn holds_staffs_page(&self, window: &KioskWindow, view: &View) -> bool {
        let page = Some(StaffsPage::of(view));
        let is_the_same = *self.staffs.borrow() == page;
        self.staffs.replace(page);
        self.holds_or_ends(window, is_the_same)
    }

    fn holds_or_ends(&self, window: &KioskWindow, is_the_same: bool) -> bool {
        if is_the_same {
            return self.holds(window);
        }
        if window.global::<Hand>().get_held() {
            window.global::<Hand>().invoke_forget();
        }
        false
    }
}
