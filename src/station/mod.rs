//! What a station sets for itself: `station.toml`, and the way configuration files are read.
//!
//! Nothing runs on half a configuration: a `Station` exists only when every value of its file is
//! sound. Defaults stand in one place, and the sample file in `kiosk-config/` shows each of them.

mod campaign_id;
pub mod document;
mod guide_id;
mod hours;
mod letterhead;
pub(crate) mod name;
mod settings;

pub use campaign_id::{CampaignId, IllFormedCampaignId};
pub use guide_id::{GuideId, IllFormedGuideId};
pub use hours::{Hours, IllFormedSpan, IllFormedTime, MinuteOfDay, OpenSpan};
pub use letterhead::Letterhead;
pub use settings::{Device, ReaderSettings, RelativePath, Station, Timing};
pub(crate) use settings::{guide_name, there_is};

#[cfg(test)]
mod tests;
