//! The desks that should have sent something.

use std::collections::BTreeSet;
use std::path::Path;

use super::ListError;
use super::key_list::{lines, not_understood, origin};
use crate::event::Origin;

/// A list of desks.
#[derive(Clone, Debug, Default)]
pub struct Expected(pub(super) BTreeSet<Origin>);

impl Expected {
    /// Reads a file with a line `station point` for each desk; what follows on a line, such as a
    /// name, is for people.
    ///
    /// # Errors
    /// A variant per cause; no line is left out silently.
    pub fn read(path: &Path) -> Result<Self, ListError> {
        let desk = |(line, words): &(usize, Vec<String>)| {
            let read = match words.as_slice() {
                [station, point, ..] => origin(station, point),
                [] | [_] => None,
            };
            read.ok_or_else(|| not_understood(path, *line, words))
        };
        let desks: BTreeSet<Origin> = lines(path)?.iter().map(desk).collect::<Result<_, _>>()?;
        if desks.is_empty() { Err(ListError::Empty(path.to_owned())) } else { Ok(Self(desks)) }
    }
}
