//! Which number is told: the keys `shows` and `as`, of a column of a report as of a value of DHIS2.

use std::collections::BTreeSet;

use super::HandId;
use super::column::Fact;
use crate::figures::Measure;
use crate::station::document::{Fault, Reported, Table, rule};

/// What is told. `F` is what can be told beside numbers; where that is nothing, an empty type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shows<F = Fact> {
    /// Something about the row.
    Fact(F),
    /// A number the desk counts.
    Measured(Measure, Face),
    /// A number somebody enters.
    ByHand(HandId),
}

/// Which number of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The count, or the numerator of a rate.
    Count,
    /// The denominator of a rate.
    Whole,
    /// The rate in percent.
    Rate,
}

impl<F: Clone> Shows<F> {
    /// Reads `shows` and `as`. `facts` and `faces` are the words for what can be told; `by_hand` are
    /// the numbers that are entered, and when they could not be read, `None`, none is said to be
    /// unknown. `fix` tells what can stand at `shows`.
    ///
    /// # Errors
    /// The first problem, reported at its place.
    pub fn read(
        table: &mut Table<'_>,
        facts: &[(&str, F)],
        faces: &[(&str, Face)],
        by_hand: Option<&BTreeSet<HandId>>,
        fix: impl Fn() -> String,
    ) -> Result<Self, Reported> {
        let facts = facts.iter().map(|(word, fact)| (*word, Self::Fact(fact.clone())));
        let measures = Measure::all().map(|it| (it.name(), Self::Measured(it, Face::Count)));
        let hand = by_hand.into_iter().flatten().map(|id| (id.as_str(), Self::ByHand(id.clone())));
        let words: Vec<_> = facts.chain(measures).chain(hand).collect();
        let shows = table.required("shows", "\"arrivals\"", |value| {
            let known = rule::word_of_list(&words, &fix)(value);
            match (by_hand, rule::string(value)?.parse()) {
                // What is wrong with those numbers is told elsewhere; this name may be one of theirs.
                (None, Ok(id)) => known.or(Ok(Self::ByHand(id))),
                (_, _) => known,
            }
        });
        let face = table.optional("as", rule::word(faces));
        match (shows?, face?) {
            (Self::Measured(measure, _), Some(face))
                if measure.is_rate() || face == Face::Count =>
            {
                Ok(Self::Measured(measure, face))
            }
            (shows, None) => Ok(shows),
            (_, Some(_)) => {
                let fault = Fault::new(
                    "chỉ dùng cho số liệu có tỷ lệ",
                    "xóa dòng này, hoặc chọn số liệu khác ở shows",
                );
                Err(table.fault("as", fault))
            }
        }
    }
}
