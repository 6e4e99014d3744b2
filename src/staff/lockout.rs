//! How long somebody has to wait after wrong PINs.
//!
//! What is known comes from the tries in the journal, so a restart forgets nothing; and only
//! uptime counts as time that passed, so setting the clock shortens nothing (product rule 6).

use std::time::Duration;

use uuid::Uuid;

use crate::event::Moment;

/// Wrong PINs without a wait: fingers slip.
const FREE_TRIES: u32 = 5;

/// The wait after the last free try; each further wrong PIN doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(15);

/// A million PINs then take a century, and a nurse who mistook the PIN is back the same morning.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How the tries of one staff code stand: what its tries since the last right one, oldest first,
/// add up to.
///
/// A try must be durable in the journal before its answer is shown: otherwise pulling the plug
/// after each wrong PIN makes tries free. A code whose PIN was reset begins with
/// [`Lockout::default`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    wrong: u32,
    /// Boot and uptime of the last wrong try.
    last: Option<(Uuid, Duration)>,
}

impl Lockout {
    /// What the next try makes of it: a right PIN forgets all wrong ones.
    #[must_use]
    pub fn tried(self, right: bool, at: &Moment) -> Self {
        if right {
            return Self::default();
        }
        Self { wrong: self.wrong.saturating_add(1), last: Some((at.boot, uptime(at))) }
    }

    /// How long it is until the next try is taken; zero when it is taken at once.
    ///
    /// After a restart the whole wait begins anew at the boot: how long the box was off cannot be
    /// known.
    #[must_use]
    pub fn wait(&self, now: &Moment) -> Duration {
        let Some((boot, since)) = self.last else { return Duration::ZERO };
        let begin = if boot == now.boot { since } else { Duration::ZERO };
        self.full_wait().saturating_sub(uptime(now).saturating_sub(begin))
    }

    /// How many wrong PINs are left before the first wait, for "Còn 3 lần thử". None once waits
    /// have begun: then there is one try after each.
    #[must_use]
    pub fn tries_left(&self) -> u32 {
        FREE_TRIES.saturating_sub(self.wrong)
    }

    fn full_wait(&self) -> Duration {
        match self.wrong.checked_sub(FREE_TRIES) {
            Some(doubled) => {
                FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doubled)).min(LONGEST_WAIT)
            }
            None => Duration::ZERO,
        }
    }
}

fn uptime(at: &Moment) -> Duration {
    Duration::from_millis(at.uptime_ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST_BOOT: Uuid = Uuid::from_u128(1);
    const SECOND_BOOT: Uuid = Uuid::from_u128(2);
    const MORNING_MS: i64 = 1_795_480_000_000;

    fn at(boot: Uuid, uptime_s: u64) -> Moment {
        Moment { wall_ms: MORNING_MS, uptime_ms: uptime_s * 1000, boot, sure: true }
    }

    fn wrong(tries: u32, at: &Moment) -> Lockout {
        (0..tries).fold(Lockout::default(), |lockout, _| lockout.tried(false, at))
    }

    /// Wrong tries so far, seconds to wait, free tries left.
    const TABLE: [(u32, u64, u32); 17] = [
        (0, 0, 5),
        (1, 0, 4),
        (2, 0, 3),
        (3, 0, 2),
        (4, 0, 1),
        (5, 15, 0),
        (6, 30, 0),
        (7, 60, 0),
        (8, 120, 0),
        (9, 240, 0),
        (10, 480, 0),
        (11, 960, 0),
        (12, 1920, 0),
        (13, 3600, 0),
        (14, 3600, 0),
        (15, 3600, 0),
        (16, 3600, 0),
    ];

    #[test]
    fn five_tries_are_free_and_each_further_one_doubles_the_wait_up_to_an_hour() {
        let tried = at(FIRST_BOOT, 1000);
        for (tries, seconds, left) in TABLE {
            let lockout = wrong(tries, &tried);
            assert_eq!(lockout.wait(&tried), Duration::from_secs(seconds), "after {tries}");
            assert_eq!(lockout.tries_left(), left, "after {tries}");
        }
    }

    #[test]
    fn the_wait_ends_when_so_much_uptime_has_passed() {
        for (tries, seconds, _) in TABLE {
            let lockout = wrong(tries, &at(FIRST_BOOT, 1000));
            for passed in [0, 1, seconds.saturating_sub(1), seconds, seconds + 1] {
                let left = lockout.wait(&at(FIRST_BOOT, 1000 + passed));
                assert_eq!(left.as_secs(), seconds.saturating_sub(passed), "{tries} {passed}");
            }
        }
    }

    #[test]
    fn after_a_restart_the_whole_wait_begins_anew_at_the_boot() {
        for (tries, seconds, left) in TABLE {
            let lockout = wrong(tries, &at(FIRST_BOOT, 1000));
            for since_boot in [0, 12, seconds, seconds + 1] {
                let wait = lockout.wait(&at(SECOND_BOOT, since_boot));
                assert_eq!(wait.as_secs(), seconds.saturating_sub(since_boot), "{tries}");
            }
            assert_eq!(lockout.tries_left(), left);
        }
    }

    #[test]
    fn restarts_between_tries_win_no_tries() {
        let mut lockout = Lockout::default();
        for (tries, seconds, left) in TABLE {
            let now = at(Uuid::from_u128(tries.into()), 20);
            if tries > 0 {
                lockout = lockout.tried(false, &now);
            }
            assert_eq!(lockout.wait(&now).as_secs(), seconds, "after {tries}");
            assert_eq!(lockout.tries_left(), left, "after {tries}");
        }
    }

    #[test]
    fn a_right_pin_forgets_all_wrong_ones() {
        let now = at(FIRST_BOOT, 1000);
        for (tries, _, _) in TABLE {
            assert_eq!(wrong(tries, &now).tried(true, &now), Lockout::default());
        }
        assert_eq!(Lockout::default().wait(&now), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn setting_the_clock_changes_nothing(
            tries in 0_u32..20, then: i64, later: i64, sure: [bool; 2], passed_s in 0_u64..4000,
        ) {
            let tried = at(FIRST_BOOT, 1000);
            let now = at(FIRST_BOOT, 1000 + passed_s);
            let set = |moment: Moment, wall_ms, sure| Moment { wall_ms, sure, ..moment };
            prop_assert_eq!(
                wrong(tries, &set(tried, then, sure[0])).wait(&set(now, later, sure[1])),
                wrong(tries, &tried).wait(&now)
            );
        }

        #[test]
        fn no_number_is_too_large(tries in 0_u32..80, tried: u64, now: u64, boot: bool) {
            let moment = |uptime_ms, boot| Moment { uptime_ms, ..at(boot, 0) };
            let lockout = wrong(tries, &moment(tried, FIRST_BOOT));
            let wait = lockout.wait(&moment(now, if boot { FIRST_BOOT } else { SECOND_BOOT }));
            prop_assert!(wait <= LONGEST_WAIT);
        }
    }
}
