//! What a patient has shown so far, and whether a further document can be theirs.

use super::kind_of;
use crate::card::{Identity, NameAndBirth, PartialDate, Scan, Sex};
use crate::event::CardKind;

/// What a patient has shown. In memory only, as long as their page is on the screen.
#[derive(Default)]
pub struct Documents {
    numbers: Vec<Identity>,
    person: Option<NameAndBirth>,
    birth: Option<PartialDate>,
    sex: Option<Sex>,
}

/// How a document compares with what was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It was shown already.
    SameDocument,
    /// It is another document of the same person.
    SamePerson,
    /// It is another person's.
    AnotherPerson,
    /// There is nothing to compare: it may be either.
    Unknown,
}

impl Documents {
    /// Those of somebody who has shown only this.
    pub fn of(scan: &Scan) -> Self {
        let mut documents = Self::default();
        documents.add(scan);
        documents
    }

    /// This one was shown too.
    pub fn add(&mut self, scan: &Scan) {
        let holder = scan.holder();
        self.birth = self.birth.or(holder.as_ref().and_then(|holder| holder.birth));
        self.sex = self.sex.or(holder.and_then(|holder| holder.sex));
        self.numbers.extend(scan.identity());
        if self.person.is_none() {
            self.person = scan.name_and_birth();
        }
    }

    /// Whether this document can belong to who has shown these.
    pub fn compare(&self, scan: &Scan) -> Likeness {
        if let Some(number) = scan.identity() {
            if self.numbers.iter().any(|known| known.reveal() == number.reveal()) {
                return Likeness::SameDocument;
            }
            if kind_of(scan) == Some(CardKind::Opaque) {
                return Likeness::Unknown;
            }
            // Two people may share a name and a birth date. Nobody has two numbers.
            if self.numbers.iter().any(|known| known.register() == number.register()) {
                return Likeness::AnotherPerson;
            }
        }
        if let (Some(known), Some(shown)) = (&self.person, scan.name_and_birth()) {
            return if known.is_same(&shown) {
                Likeness::SamePerson
            } else {
                Likeness::AnotherPerson
            };
        }
        if self.contradicts(scan) { Likeness::AnotherPerson } else { Likeness::Unknown }
    }

    /// Whether a birth is known of both, and may be the same.
    pub fn shares_birth(&self, scan: &Scan) -> bool {
        let shown = scan.holder().and_then(|holder| holder.birth);
        self.birth.zip(shown).is_some_and(|(known, shown)| known.may_be(shown))
    }

    /// Whether birth or sex are known of both and differ.
    fn contradicts(&self, scan: &Scan) -> bool {
        let Some(holder) = scan.holder() else { return false };
        let births = self.birth.zip(holder.birth);
        let sexes = self.sex.zip(holder.sex);
        births.is_some_and(|(known, shown)| !known.may_be(shown))
            || sexes.is_some_and(|(known, shown)| known != shown)
    }
}
