//! Days that have no figures. Rule kept: what is not known is never a zero.

use std::collections::BTreeSet;
use std::fmt;

use crate::event::StationDay;

/// Why a station day has no figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// The journal began later: nobody counted.
    BeforeJournal,
    /// The day is not closed: nobody has signed what it came to, if it was counted at all.
    NotClosed,
    /// The day has not come yet.
    ToCome,
}

impl Gap {
    /// Every reason, in the order in which they follow on one another.
    pub const ALL: [Self; 3] = [Self::BeforeJournal, Self::NotClosed, Self::ToCome];

    /// Its name in files for programs; once released, it keeps its meaning.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeJournal => "chua-bat-dau-dem",
            Self::NotClosed => "chua-chot-so",
            Self::ToCome => "chua-den",
        }
    }
}

/// In Vietnamese, as it stands beside a day.
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::BeforeJournal => "trước ngày máy bắt đầu đếm",
            Self::NotClosed => "chưa chốt sổ",
            Self::ToCome => "chưa đến",
        })
    }
}

/// Which days a journal has figures of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its first day; none of an empty journal.
    pub began: Option<StationDay>,
    /// The days that are closed.
    pub closed: BTreeSet<StationDay>,
    /// The day on which this is asked.
    pub today: StationDay,
}

impl Known {
    /// Why `day` has no figures; `None` if it has some.
    pub fn gap(&self, day: StationDay) -> Option<Gap> {
        if self.closed.contains(&day) {
            None
        } else if day > self.today {
            Some(Gap::ToCome)
        } else if self.began.is_none_or(|began| day < began) {
            Some(Gap::BeforeJournal)
        } else {
            Some(Gap::NotClosed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::sample::{TODAY, YESTERDAY};

    #[test]
    fn only_a_closed_day_has_figures() {
        let day = |text: &str| text.parse::<StationDay>().unwrap();
        let known = Known {
            began: Some(day("2026-11-20")),
            closed: [day("2026-11-20"), YESTERDAY].into(),
            today: TODAY,
        };
        for (asked, gap) in [
            ("2026-11-19", Some(Gap::BeforeJournal)),
            ("2026-11-20", None),
            ("2026-11-21", Some(Gap::NotClosed)),
            ("2026-11-23", None),
            ("2026-11-24", Some(Gap::NotClosed)),
            ("2026-11-25", Some(Gap::ToCome)),
        ] {
            assert_eq!(known.gap(day(asked)), gap, "{asked}");
        }
        let empty = Known { began: None, closed: BTreeSet::new(), today: TODAY };
        assert_eq!(empty.gap(TODAY), Some(Gap::BeforeJournal));
    }
}
