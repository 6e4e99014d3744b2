//! A reader cannot be faster than people. What comes faster for longer than a moment comes from a sick
//! reader, and is let go of unread: neither memory nor the card is filled with it.

use std::time::Duration;

/// A serial line at 115,200 baud brings 11,520; a queue of people brings a few hundred.
const BYTES_A_SECOND: u64 = 16 * 1024;

/// A moment of noise, behind which a card may come; more than a reader keeps while nobody listens.
const BYTES_AT_ONCE: u64 = 128 * 1024;

const NANOS_A_SECOND: u128 = 1_000_000_000;

/// How much may still come.
pub(super) struct Pace {
    left: u64,
    since: Duration,
}

impl Pace {
    /// Nothing has come for long.
    pub(super) const fn new(now: Duration) -> Self {
        Self { left: BYTES_AT_ONCE, since: now }
    }

    /// Whether so many bytes that came at `now` are to be read.
    pub(super) fn allows(&mut self, bytes: usize, now: Duration) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let passed = now.saturating_sub(self.since).as_nanos();
        let more = passed.saturating_mul(BYTES_A_SECOND.into()) / NANOS_A_SECOND;
        if more > 0 {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            self.left = self.left.saturating_add(more).min(BYTES_AT_ONCE);
            self.since = now;
        }
        let is_allowed = bytes <= self.left;
        if is_allowed {
            self.left -= bytes;
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_serial_line_at_full_speed_is_read_and_what_no_line_can_bring_is_not() {
        let mut pace = Pace::new(ms(0));
        assert!((0..600_000).step_by(10).all(|at| pace.allows(115, ms(at))), "115,200 baud");
        let mut pace = Pace::new(ms(0));
        let read = (0..10_000).filter(|at| pace.allows(1024, ms(*at))).count();
        assert!((128 + 150..128 + 170).contains(&read), "{read} of 10,000 packets in ten seconds");
    }

    #[test]
    fn a_card_is_read_a_tenth_of_a_second_after_a_flood() {
        let mut pace = Pace::new(ms(0));
        while pace.allows(1024, ms(5)) {}
        assert!(!pace.allows(400, ms(6)));
        assert!(pace.allows(400, ms(105)));
    }
}
