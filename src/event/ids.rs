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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Điều dưỡng: helps, logs assisted visits, corrects.
    Nurse,
    /// Giám đốc trạm: closes days, exports, looks after staff, and all a nurse may.
    Head,
}

/// Longest staff code: `NV` and a number.
const LONGEST_STAFF_CODE: usize = 8;

/// Who of the staff did something, such as `NV02`. Never a name: it stands in exports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StaffCode {
    /// ASCII, filled up with zeros.
    letters: [u8; LONGEST_STAFF_CODE],
}

/// A staff code that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no staff code: a capital, then at most {rest} of A-Z and 0-9", rest = LONGEST_STAFF_CODE - 1)]
pub struct IllFormedStaffCode(pub String);

impl StaffCode {
    /// The code of the `n`-th person of this role, from 1: `NV01`, `TT01`.
    pub fn numbered(role: Role, n: u16) -> Self {
        let prefix = match role {
            Role::Nurse => "NV",
            Role::Head => "TT",
        };
        let mut letters = [0; LONGEST_STAFF_CODE];
        for (to, from) in letters.iter_mut().zip(format!("{prefix}{n:02}").bytes()) {
            *to = from;
        }
        Self { letters }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        let code = self.letters.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(code).unwrap_or_default()
    }
}

impl std::str::FromStr for StaffCode {
    type Err = IllFormedStaffCode;

    fn from_str(text: &str) -> Result<Self, IllFormedStaffCode> {
        let is_code = text.len() <= LONGEST_STAFF_CODE
            && text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !is_code {
            return Err(IllFormedStaffCode(text.to_owned()));
        }
        let mut letters = [0; LONGEST_STAFF_CODE];
        for (to, from) in letters.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self { letters })
    }
}

impl TryFrom<String> for StaffCode {
    type Error = IllFormedStaffCode;

    fn try_from(text: String) -> Result<Self, IllFormedStaffCode> {
        text.parse()
    }
}

impl From<StaffCode> for String {
    fn from(code: StaffCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for StaffCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for StaffCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, StaffCode, StationCode};

    #[test]
    fn a_staff_code_is_short_and_no_name() {
        for good in ["NV02", "TT01", "A", "NV123456"] {
            let code: StaffCode = good.parse().unwrap();
            assert_eq!(code.to_string(), good);
        }
        for bad in ["", "02", "nv02", "NV 2", "BƯỞI", "NV1234567"] {
            assert!(bad.parse::<StaffCode>().is_err(), "{bad}");
        }
        assert_eq!(StaffCode::numbered(Role::Nurse, 2).as_str(), "NV02");
        assert_eq!(StaffCode::numbered(Role::Head, 1).as_str(), "TT01");
        assert_eq!(StaffCode::numbered(Role::Nurse, u16::MAX).as_str(), "NV65535");
    }

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
