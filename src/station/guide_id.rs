//! The name by which `station.toml` and the journal call a guide.

use super::name::plain_name;

plain_name! {
    /// File name of a guide without its ending, such as `tich-hop-bhyt`.
    GuideId, IllFormedGuideId, "guide's name"
}

impl GuideId {
    /// The guide that the campaign plans ask for first, and that comes with the program.
    pub(super) fn of_the_sample() -> Self {
        Self("tich-hop-bhyt".to_owned())
    }

    /// The others that come with the program and are offered everywhere; what only some campaigns
    /// offer is not among them.
    pub(super) fn behind_the_first_of_the_sample() -> [Self; 4] {
        ["mo-so-suc-khoe", "cai-vneid-muc-2", "tre-em", "xem-lai-lan-kham"]
            .map(|name| Self(name.to_owned()))
    }

    /// The one that teaches how to install VNeID.
    pub(super) fn of_the_install_sample() -> Self {
        Self("cai-vneid-muc-2".to_owned())
    }
}
