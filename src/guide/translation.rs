//! `guides/en/*.toml`, `guides/km/*.toml`: the words of a guide in another language.
//!
//! A translation belongs to one version of its guide. When the guide has changed since, patients
//! read the Vietnamese words rather than wrong ones.

use super::Guide;
use super::text::{LONGEST_BODY, LONGEST_TITLE};
use crate::station::document::{Problems, Reported, Source, Table, rule};

/// Khmer needs more signs than Vietnamese: marks count, and so do the invisible ends of words.
const LONGER: usize = 2;

/// The words of a guide in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The version of the guide it was made from.
    pub of_version: u32,
    /// Whether nobody who speaks the language has read it yet.
    pub needs_review: bool,
    /// What the guide teaches.
    pub title: String,
    /// What its video is.
    pub video_label: Option<String>,
    /// Its steps.
    pub steps: Vec<StepWords>,
}

/// The words of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepWords {
    /// The thing to do.
    pub title: String,
    /// How to do it.
    pub body: String,
}

impl Translation {
    /// Reads a translation.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read(source: &Source) -> Result<Self, Problems> {
        source.read(|root| {
            let of_version = root.required("of-version", "1", rule::whole(1..=9999));
            let needs_review = root.optional("needs-review", rule::flag);
            let title = root.required("title", "\"…\"", rule::text(LONGEST_TITLE * LONGER));
            let video_label = root.optional("video-label", rule::text(LONGEST_TITLE * LONGER));
            let steps = root.tables("step", 1..=12, StepWords::read);
            Ok(Self {
                of_version: of_version?,
                needs_review: needs_review?.unwrap_or_default(),
                title: title?,
                video_label: video_label?,
                steps: steps?,
            })
        })
    }

    /// Whether it was made from this guide as it is now.
    pub fn fits(&self, guide: &Guide) -> bool {
        self.of_version == guide.version && self.steps.len() == guide.steps.len()
    }
}

impl StepWords {
    fn read(step: &mut Table<'_>) -> Result<Self, Reported> {
        let title = step.required("title", "\"…\"", rule::text(LONGEST_TITLE * LONGER));
        let body = step.required("body", "\"…\"", rule::text(LONGEST_BODY * LONGER));
        Ok(Self { title: title?, body: body? })
    }
}
