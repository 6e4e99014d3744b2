//! How the box is: what the kernel, the disk and the clock tell, as findings in words.
//!
//! Rule kept: silence rather than a false alarm. What cannot be told is [`Verdict::Unknown`] and
//! never bad, so that people believe the red that is left. Everything is looked up below a root, so
//! that a folder can play any box.

mod canary;
mod devices;
mod finding;
mod loudspeaker;
mod page;
mod power;
mod records;
mod settings;
mod storage;
mod tree;

use std::path::Path;

use crate::event::Moment;

pub use finding::{Finding, Part, Verdict};
pub use loudspeaker::has_loudspeaker;
pub use page::{Page, Row};
pub use power::UnderVoltage;
pub use records::{Records, Unsent};
pub use settings::Settings;
use tree::Tree;

/// What only other rooms can tell. `None` where they were not asked.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Whether the reader is plugged in.
    pub reader: Option<bool>,
    /// Whether it sent what is no code, without end, within the last minutes.
    pub reader_babbles: bool,
    /// Whether the loudspeaker was heard when it was last asked to play; with why it was not.
    pub heard: Option<Result<(), String>>,
    /// Pixels per millimetre of the display, as the station's file says.
    pub px_per_mm: Option<f32>,
    /// The time.
    pub now: Option<Moment>,
    /// The journal.
    pub records: Option<Records>,
    /// The configuration.
    pub settings: Option<Settings>,
}

/// Looks at the box below `root`, `/` but for tests, and at the folder `data`, where there is one.
/// Writes a few kilobytes there and takes them away again. The order is that of the page.
pub fn examine(root: &Path, data: Option<&Path>, told: &Told) -> Vec<Finding> {
    let tree = Tree::new(root);
    let mut findings = vec![
        devices::display(&tree, told.px_per_mm),
        devices::touch(&tree),
        devices::reader(told.reader, told.reader_babbles),
        loudspeaker::finding(&tree, told.heard.as_ref()),
        power::supply(&tree, data),
        power::temperature(&tree),
    ];
    if let Some(data) = data {
        findings.extend(storage::findings(&tree, data));
        findings.push(canary::finding(data));
    }
    findings.extend(told.now.map(|now| records::clock(&now)));
    findings.extend(told.records.iter().flat_map(Records::findings));
    findings.extend(told.settings.as_ref().map(Settings::finding));
    findings
}

#[cfg(test)]
mod tests;
