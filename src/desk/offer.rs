//! What the desk needs to know of the guides.

use std::sync::Arc;

use crate::card::NumberRule;
use crate::guide::Guide;

/// The guides the station offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// In the order of the screen.
    pub guides: Vec<GuideOutline>,
    /// Which of them teaches how to install VNeID, for whoever does not have it.
    pub install: Option<usize>,
}

impl Offer {
    /// What the number of a BHYT card must be: as the guide says in which it is asked for, else as
    /// the first guide says that says anything, else as the program knows it.
    pub fn number_rule(&self, guide: Option<usize>) -> Arc<NumberRule> {
        let own = guide.and_then(|guide| self.guides.get(guide)?.number_rule.as_ref());
        let first = || self.guides.iter().find_map(|guide| guide.number_rule.as_ref());
        own.or_else(first).cloned().unwrap_or_default()
    }
}

/// What the desk needs to know of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideOutline {
    /// Its name in events.
    pub id: String,
    /// Version of its text.
    pub version: u32,
    /// How many steps it has, at least 1.
    pub steps: u32,
    /// Whether the patient is asked at its end how it went.
    pub asks_result: bool,
    /// What it says of the number of a BHYT card, if anything.
    pub number_rule: Option<Arc<NumberRule>>,
}

impl GuideOutline {
    /// The outline of `guide`.
    pub fn of(guide: &Guide) -> Self {
        Self {
            id: guide.id.to_string(),
            version: guide.version,
            steps: u32::try_from(guide.steps.len()).unwrap_or(u32::MAX),
            asks_result: guide.asks_result,
            number_rule: guide.number_rule(),
        }
    }
}
