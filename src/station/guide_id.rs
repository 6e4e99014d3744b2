//! The name by which `station.toml` and the journal call a guide.

use std::fmt;
use std::str::FromStr;

/// File name of a guide without its ending, such as `tich-hop-bhyt`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuideId(String);

/// A name that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a guide's name: 1 to {longest} of a-z, 0-9 and hyphen", longest = GuideId::LONGEST)]
pub struct IllFormedGuideId(pub String);

impl GuideId {
    /// Longest name in bytes: it stands in every event of a guided visit.
    pub const LONGEST: usize = 40;

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

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GuideId {
    type Err = IllFormedGuideId;

    fn from_str(text: &str) -> Result<Self, IllFormedGuideId> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IllFormedGuideId(text.to_owned()))
        }
    }
}

impl fmt::Display for GuideId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
