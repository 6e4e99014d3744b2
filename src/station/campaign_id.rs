//! The name by which `station.toml` and the commands call a campaign.

use super::name::plain_name;

plain_name! {
    /// File name of a campaign without its ending, such as `tri-ton-2026`.
    CampaignId, IllFormedCampaignId, "campaign's name"
}
