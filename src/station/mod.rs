//! What a station sets for itself: `station.toml`, and the way configuration files are read.
//!
//! Nothing runs on half a configuration: a `Station` exists only when every value of its file is
//! sound. Defaults stand in one place, and the sample file in `kiosk-config/` shows each of them.

pub mod document;
mod guide_id;
mod hours;
mod settings;

pub use guide_id::{GuideId, IllFormedGuideId};
pub use hours::{IllFormedSpan, OpenSpan};
pub use settings::{Device, ReaderSettings, RelativePath, Station, Timing};

#[cfg(test)]
mod tests;
