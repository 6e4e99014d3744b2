//! When something happened, and for which day it counts.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Vietnam keeps UTC+7 all year.
const VIETNAM_SECONDS_EAST: i32 = 7 * 3600;

/// 2026-11-01 UTC.
const WRITTEN_MS: i64 = 1_793_491_200_000;

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// A point in time, told three ways because a box without a clock battery cannot trust one alone
/// (product rule 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Wall clock, milliseconds since 1970-01-01 UTC. May be wrong unless `sure`.
    pub wall_ms: i64,
    /// Milliseconds since this boot, counting sleep. Never runs backwards within one boot.
    pub uptime_ms: u64,
    /// The boot that `uptime_ms` belongs to.
    pub boot: Uuid,
    /// Whether the wall clock was known to be right (synchronised or confirmed by staff).
    pub sure: bool,
}

impl Moment {
    /// No moment of any computer, to be filled in.
    pub const NEVER: Self = Self { wall_ms: 0, uptime_ms: 0, boot: Uuid::nil(), sure: false };

    /// What a right clock can show: this program was written after 2026-11-01 UTC and will not be in
    /// use twenty years later. Milliseconds since 1970-01-01 UTC.
    pub const PLAUSIBLE_MS: Range<i64> = WRITTEN_MS..WRITTEN_MS + 20 * YEAR_MS;

    /// The wall clock in Vietnam. Clamped to the calendar's range for absurd clocks.
    pub fn local(&self) -> DateTime<FixedOffset> {
        let utc = DateTime::from_timestamp_millis(self.wall_ms).unwrap_or_default();
        match FixedOffset::east_opt(VIETNAM_SECONDS_EAST) {
            Some(vietnam) => utc.with_timezone(&vietnam),
            None => utc.fixed_offset(),
        }
    }

    /// The wall clock of this moment by another one of the same boot, whose wall clock is right:
    /// between the two so much time has passed as the uptime says. Milliseconds since 1970-01-01 UTC.
    pub fn wall_ms_by(&self, known: &Self) -> i64 {
        let passed = i128::from(self.uptime_ms) - i128::from(known.uptime_ms);
        i64::try_from(i128::from(known.wall_ms) + passed).unwrap_or(i64::MAX)
    }

    /// The station day of this moment: the calendar day at UTC+7.
    pub fn station_day(&self) -> StationDay {
        StationDay(self.local().date_naive())
    }
}

/// A calendar day at UTC+7, the unit of counting and closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StationDay(pub NaiveDate);

impl StationDay {
    /// The moment this day begins, in milliseconds since 1970-01-01 UTC.
    pub fn begins_ms(self) -> i64 {
        let midnight = self.0.and_time(chrono::NaiveTime::MIN)
            - TimeDelta::seconds(VIETNAM_SECONDS_EAST.into());
        midnight.and_utc().timestamp_millis()
    }
}

impl TryFrom<String> for StationDay {
    type Error = IllFormedDay;

    fn try_from(text: String) -> Result<Self, IllFormedDay> {
        text.parse()
    }
}

impl From<StationDay> for String {
    fn from(day: StationDay) -> Self {
        day.to_string()
    }
}

impl fmt::Display for StationDay {
    /// `2026-11-24`, the form of file names and of the database.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// A day that was not written `YYYY-MM-DD`, or does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a day; write it as YYYY-MM-DD, for example 2026-11-24")]
pub struct IllFormedDay(pub String);

impl FromStr for StationDay {
    type Err = IllFormedDay;

    fn from_str(text: &str) -> Result<Self, IllFormedDay> {
        // chrono also takes "2026-1-2"; file names and the database know one form only. And it reads
        // its pattern anew for every event of a report.
        let mut parts = text.splitn(3, '-').map(|part| (part.len(), part));
        let mut number = |digits: usize| -> Option<u32> {
            let (length, part) = parts.next()?;
            let is_number = length == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number)
        };
        let read =
            |year: u32, month, day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
        let day = number(4).zip(number(2)).zip(number(2));
        day.and_then(|((year, month), day)| read(year, month, day))
            .map(Self)
            .ok_or_else(|| IllFormedDay(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, StationDay};

    fn at(text: &str) -> Moment {
        let wall_ms = chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        Moment { wall_ms, uptime_ms: 0, boot: uuid::Uuid::nil(), sure: true }
    }

    #[test]
    fn the_station_day_changes_at_midnight_in_vietnam() {
        for (utc, day) in [
            ("2026-11-23T16:59:59Z", "2026-11-23"),
            ("2026-11-23T17:00:00Z", "2026-11-24"),
            ("2026-11-24T16:59:59Z", "2026-11-24"),
        ] {
            assert_eq!(at(utc).station_day().to_string(), day, "{utc}");
        }
    }

    #[test]
    fn a_day_begins_where_it_says() {
        let day: StationDay = "2026-11-24".parse().unwrap();
        assert_eq!(day.begins_ms(), at("2026-11-23T17:00:00Z").wall_ms);
    }

    #[test]
    fn only_one_way_to_write_a_day() {
        for bad in ["", "2026-1-2", "24/11/2026", "2026-02-30", "2026-11-24 ", "hôm nay"] {
            assert!(bad.parse::<StationDay>().is_err(), "{bad}");
        }
    }
}
