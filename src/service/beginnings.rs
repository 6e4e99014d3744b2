//! How often the program began anew in the same process. The service manager sees nothing of that, so
//! it is counted here, in a variable that goes on with the process and leaves nothing on the disk:
//! what helped once may be tried again later, what does not help is not tried for ever.

use std::env;
use std::time::Duration;

/// Where the beginnings so far are told to the next one.
const VARIABLE: &str = "TIEPDON_BEGUN_AGAIN";

/// More within this time, and the program ends with a failure, which the service manager counts.
const MOST: usize = 5;
const WITHIN: Duration = Duration::from_secs(10 * 60);

/// A start that heals what is damaged has healed it, or cannot.
const BETWEEN_HEALINGS: Duration = Duration::from_secs(3_600);

/// Why the program begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// To heal a journal that was found damaged.
    Damage,
    /// Any other.
    Other,
}

/// The beginnings of this process so far, with the uptime of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginnings(Vec<(Reason, Duration)>);

impl Beginnings {
    /// Those of the process that runs.
    pub fn so_far() -> Self {
        env::var(VARIABLE).map(|told| Self::told(&told)).unwrap_or_default()
    }

    /// What cannot be read was told by nobody.
    fn told(told: &str) -> Self {
        let beginning = |text: &str| {
            let (reason, seconds) = text.split_once(':')?;
            let reason = if reason == "damage" { Reason::Damage } else { Reason::Other };
            Some((reason, Duration::from_secs(seconds.parse().ok()?)))
        };
        Self(told.split_whitespace().filter_map(beginning).collect())
    }

    /// Whether another beginning may heal what the last one did not.
    pub fn may_heal(&self, uptime: Duration) -> bool {
        let mut healings = self.0.iter().filter(|(reason, _)| *reason == Reason::Damage);
        healings.all(|(_, since)| uptime.saturating_sub(*since) >= BETWEEN_HEALINGS)
    }

    /// One more; `None`: there were too many.
    #[must_use]
    pub fn again(mut self, reason: Reason, uptime: Duration) -> Option<Self> {
        self.0.retain(|(_, since)| uptime.saturating_sub(*since) < BETWEEN_HEALINGS);
        self.0.push((reason, uptime));
        let is_recent = |since: Duration| uptime.saturating_sub(since) < WITHIN;
        let recent = self.0.iter().filter(|(_, since)| is_recent(*since)).count();
        (recent <= MOST).then_some(self)
    }

    /// The variable and its value for the next beginning.
    pub fn for_the_next(&self) -> (&'static str, String) {
        let told = self.0.iter().map(|(reason, since)| {
            let reason = match reason {
                Reason::Damage => "damage",
                Reason::Other => "other",
            };
            format!("{reason}:{}", since.as_secs())
        });
        (VARIABLE, told.collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_a_start_did_not_heal_is_not_tried_again_for_an_hour() {
        let none = Beginnings::default();
        assert!(none.may_heal(at(5)));
        let once = none.again(Reason::Other, at(5)).unwrap();
        assert!(once.may_heal(at(6)), "that start healed nothing and was not meant to");
        let healed = once.again(Reason::Damage, at(7)).unwrap();
        let told = Beginnings::told(&healed.for_the_next().1);
        assert_eq!(told, healed, "the next beginning knows");
        assert!(!told.may_heal(at(8)) && !told.may_heal(at(3_606)));
        assert!(told.may_heal(at(3_607)));
    }

    #[test]
    fn more_than_five_beginnings_in_ten_minutes_are_a_failure() {
        let mut begun = Beginnings::default();
        for second in 0..5 {
            begun = begun.again(Reason::Other, at(second)).unwrap();
        }
        assert_eq!(begun.clone().again(Reason::Other, at(599)), None);
        assert!(begun.again(Reason::Other, at(604)).is_some(), "but not for ever");
    }

    #[test]
    fn what_nobody_told_is_none() {
        for told in ["", "x", "damage:", "damage:-1", ":::"] {
            assert_eq!(Beginnings::told(told), Beginnings::default(), "{told}");
        }
    }
}
