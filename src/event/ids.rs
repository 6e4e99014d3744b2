//! Numbers and codes that must not be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Position of an event in the journal of one kiosk, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventSeq(pub u64);

/// Running number of a visit on one station day at one desk, from 1. The patient sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VisitNo(pub u32);

impl fmt::Display for VisitNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One visit, unique among all stations (UUIDv7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitId(pub Uuid);

/// One journal. A new SD card starts a new journal, so that (journal, sequence) stays unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JournalId(pub Uuid);

/// The desk an event happened at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The station.
    pub station: StationCode,
    /// The desk of that station.
    pub point: PointCode,
}

/// A code that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a code: at most {longest} of A-Z, 0-9 and hyphen, no hyphen at the ends",
    longest = LONGEST_CODE
)]
pub struct IllFormedCode(pub String);

/// Codes stand in file names and on sticks with FAT, so they stay short and plain.
const LONGEST_CODE: usize = 24;

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_CODE
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The code as text: ASCII capitals, digits and hyphens.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IllFormedCode;

            fn from_str(text: &str) -> Result<Self, IllFormedCode> {
                if is_code(text) { Ok(Self(text.to_owned())) } else { Err(IllFormedCode(text.to_owned())) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// Code of a station, given by the province and unique in the country, such as `AG-TRITON`.
    StationCode
}

code! {
    /// Code of a desk within its station, such as `D1`.
    PointCode
}

#[cfg(test)]
mod tests {
    use super::StationCode;

    #[test]
    fn a_code_is_fit_for_file_names() {
        for good in ["A", "AG-TRITON", "89-30544", "HP-CATHAI-01"] {
            assert!(good.parse::<StationCode>().is_ok(), "{good}");
        }
        for bad in ["", "-A", "A-", "a", "TRI TÔN", "A/B", "A_B", "ABCDEFGHIJKLMNOPQRSTUVWXY"] {
            assert!(bad.parse::<StationCode>().is_err(), "{bad}");
        }
    }
}
