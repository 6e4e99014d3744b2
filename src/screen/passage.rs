//! Time that passes for the display in memory as its holder wants it: fast, or not at all.
//!
//! Rule kept: what is slow outside takes no time here. It passes only while the screen has nothing
//! to do, and never past the next timer, so that a morning in accelerated time goes the same way on
//! a machine that has other things to do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The time of a display's timers. All copies are one.
#[derive(Clone, Debug)]
pub struct Passage(Arc<Mutex<Passing>>);

#[derive(Debug)]
struct Passing {
    passed: Duration,
    goes_on: bool,
    speed: u32,
}

impl Passage {
    /// Time that passes `speed` times as fast as outside.
    pub fn at_speed(speed: u32) -> Self {
        let passing = Passing { passed: Duration::ZERO, goes_on: true, speed: speed.max(1) };
        Self(Arc::new(Mutex::new(passing)))
    }

    /// Lets time pass. A screen that naps without it is to be woken.
    pub fn go_on(&self) {
        self.lock().goes_on = true;
    }

    /// Holds time where it is.
    pub fn stand_still(&self) {
        self.lock().goes_on = false;
    }

    /// What has passed so far.
    pub(super) fn now(&self) -> Duration {
        self.lock().passed
    }

    /// How long the screen may nap outside until a timer is due `until` from now; `None` while time
    /// stands still.
    pub(super) fn nap(&self, until: Duration) -> Option<Duration> {
        let passing = self.lock();
        passing.goes_on.then(|| until / passing.speed)
    }

    /// The screen napped for `outside` while time went on, and a timer is due `until` from the
    /// beginning of that nap.
    pub(super) fn napped(&self, outside: Duration, until: Duration) {
        let mut passing = self.lock();
        if passing.goes_on {
            let inside = outside.saturating_mul(passing.speed).min(until);
            passing.passed = passing.passed.saturating_add(inside);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Passing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn however_late_the_screen_wakes_it_is_the_time_of_the_next_timer_and_no_later() {
        let passage = Passage::at_speed(60);
        assert_eq!(passage.nap(SECOND * 30), Some(SECOND / 2));
        passage.napped(SECOND / 4, SECOND * 30);
        assert_eq!(passage.now(), SECOND * 15, "somebody pressed");
        passage.napped(SECOND * 600, SECOND * 15);
        assert_eq!(passage.now(), SECOND * 30, "the machine had other things to do");
    }

    #[test]
    fn while_time_stands_still_no_timer_comes_nearer() {
        let passage = Passage::at_speed(60);
        passage.napped(SECOND, SECOND);
        passage.clone().stand_still();
        assert_eq!(passage.nap(SECOND), None);
        passage.napped(SECOND, SECOND * 30);
        assert_eq!(passage.now(), SECOND);
        passage.go_on();
        passage.napped(SECOND, SECOND * 30);
        assert_eq!(passage.now(), SECOND * 31);
    }
}
