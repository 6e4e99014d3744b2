//! A patient scans while staff are signed in: the visit is counted at once, and the nurse says the
//! rest. A page that holds what somebody has typed stays; who came meanwhile is told in the bar.

use super::super::form::About;
use super::super::state::{Counted, Filter, Page, Said};
use super::super::{Ask, Effect};
use super::Step;
use crate::card::Scan;
use crate::desk::{Documents, Likeness, Patient, kind_of};
use crate::event::{CardKind, Entry, StationDay, VisitId};

/// A page that a scan has just changed takes no press for this long, in milliseconds: as on the
/// patients' pages, the finger was on its way to the page before.
const CHANGED_PAGE_RESTS_MS: u64 = 700;

impl Step<'_> {
    pub(super) fn is_page_resting(&self) -> bool {
        let now = self.env.now.uptime_ms;
        let changed = self.state.changed_by_scan;
        changed.is_some_and(|changed| now.saturating_sub(changed) < CHANGED_PAGE_RESTS_MS)
    }

    pub(super) fn scanned(&mut self, scan: &Scan) {
        let Some(who) = self.state.who else { return };
        self.stay();
        let Some(card) = kind_of(scan) else {
            self.state.said = Some(Said::NotACard);
            return;
        };
        let day = self.env.now.station_day();
        let age = Patient::from_scan(scan, self.env.now).age;
        let identity = scan.identity();
        let person = scan.name_and_birth().and_then(|person| person.identity());
        let by = who.code;
        if let Some((visit, is_new)) = self.form_of(scan, card) {
            if is_new {
                self.effects.push(Effect::AlsoShow { visit, card, age, identity, person, by });
            }
            return;
        }
        let visit = self.env.fresh;
        if self.state.holds_input() {
            self.state.beside.push(visit);
        } else if !self.is_writing() {
            // While a stick is written the page stays; the patient is counted all the same.
            self.state.scanned = Some((visit, Documents::of(scan)));
            self.state.other = None;
        }
        let (card, entry, ask) = (Some(card), Entry::Usual, Ask::Scan);
        self.effects.push(Effect::Arrive {
            visit,
            card,
            age,
            identity,
            person,
            entry,
            day,
            by,
            ask,
        });
    }

    /// VNeID's code changes while it lies under the reader: the form that it opened stays.
    pub(super) fn code_changed(&mut self, scan: &Scan) {
        let is_form_open = matches!(self.state.page, Page::Form(_) | Page::Asking(..));
        if is_form_open && self.state.documents.is_some() {
            self.stay();
        } else {
            self.scanned(scan);
        }
    }

    /// The visit of the open form, if this document is its patient's, and whether it is a further
    /// one.
    fn form_of(&mut self, scan: &Scan, card: CardKind) -> Option<((VisitId, StationDay), bool)> {
        let (Page::Form(form) | Page::Asking(form, _)) = &self.state.page else { return None };
        let About::Known { visit, day, .. } = form.about else { return None };
        let (_, documents) = self.state.documents.as_mut().filter(|(of, _)| *of == visit)?;
        let is_theirs = match documents.compare(scan) {
            Likeness::SameDocument => return Some(((visit, day), false)),
            Likeness::SamePerson => true,
            // The patient shows VNeID to the nurse, or a card whose name did not come whole.
            Likeness::Unknown => card == CardKind::Opaque || documents.shares_birth(scan),
            Likeness::AnotherPerson => false,
        };
        is_theirs.then(|| {
            documents.add(scan);
            ((visit, day), true)
        })
    }

    pub(super) fn arrived(&mut self, proposed: VisitId, counted: Counted, again: bool) {
        if let Some(at) = self.state.beside.iter().position(|beside| *beside == proposed) {
            self.state.beside.remove(at);
            self.state.counted.push(counted);
        } else if let Some((_, documents)) =
            self.state.scanned.take_if(|(scanned, _)| *scanned == proposed)
        {
            let Counted { visit, day, number } = counted;
            self.open_form(visit, day, number);
            self.state.documents = Some((visit, documents));
            self.state.changed_by_scan = Some(self.env.now.uptime_ms);
        } else if let Some(saving) = &mut self.state.saving {
            saving.number = Some(counted.number);
            saving.again = again;
            let form = saving.form;
            self.answered(form);
        }
    }

    /// "Lượt số 2 đã đếm": that visit now, and what was under way after it.
    pub(super) fn open_counted(&mut self) {
        if self.state.counted.is_empty() || self.is_writing() {
            return;
        }
        let Counted { visit, day, number } = self.state.counted.remove(0);
        if let Page::Form(form) | Page::Asking(form, _) = &self.state.page {
            self.state.put_aside.push(*form);
        }
        self.open_form(visit, day, number);
    }

    /// A form was saved or left: the one that was put aside for it comes back.
    pub(super) fn form_is_left(&mut self) {
        self.state.documents = None;
        let page = self.state.put_aside.pop().map_or(Page::Arrivals(Filter::All), Page::Form);
        self.enter(page);
    }
}
