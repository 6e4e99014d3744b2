//! When a call rings.

use std::time::Duration;

/// From then on the patient reads "Vẫn đang gọi…", and the bell has another tone.
pub(super) const STILL: Duration = Duration::from_secs(60);

/// After so long nobody is in earshot. The band stays, and whoever calls again is heard again.
const RUNG_OUT: Duration = Duration::from_secs(30 * 60);

/// After the first at once: twice soon, for whoever was not sure to have heard it.
const FIRST: [Duration; 3] = [Duration::ZERO, Duration::from_secs(5), Duration::from_secs(10)];

/// Then so often: often enough to be found, seldom enough to talk meanwhile.
const EVERY: Duration = Duration::from_secs(15);

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Somebody calls.
    Call,
    /// Nobody has come for a while.
    Still,
}

/// What rings at this moment after the call; `None`: nothing does.
pub(super) fn tone_at(at: Duration) -> Option<Tone> {
    let is_first = FIRST.contains(&at);
    let [.., last] = FIRST;
    let since = at.saturating_sub(last);
    let is_later = at > last && since.as_secs().is_multiple_of(EVERY.as_secs());
    let tone = if at < STILL { Tone::Call } else { Tone::Still };
    (is_first || is_later).then_some(tone)
}

/// The next moment after `at` at which something rings or is shown; `None`: it has rung out.
pub(super) fn next_after(at: Duration) -> Option<Duration> {
    let [.., last] = FIRST;
    let first = FIRST.into_iter().find(|moment| *moment > at);
    let later = || {
        let times = at.saturating_sub(last).as_secs() / EVERY.as_secs();
        last + EVERY * u32::try_from(times + 1).unwrap_or(u32::MAX)
    };
    let ring = first.unwrap_or_else(later);
    let next = if at < STILL { ring.min(STILL) } else { ring };
    (next <= RUNG_OUT).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rings_at_once_at_5_and_10_seconds_and_then_every_15_until_it_has_rung_out() {
        let mut at = Duration::ZERO;
        let mut heard = vec![(0, tone_at(at).unwrap())];
        while let Some(next) = next_after(at) {
            at = next;
            heard.extend(tone_at(at).map(|tone| (at.as_secs(), tone)));
        }
        let seconds: Vec<u64> = heard.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds[..9], [0, 5, 10, 25, 40, 55, 70, 85, 100]);
        assert!(seconds[2..].windows(2).all(|pair| pair[1] - pair[0] == 15));
        assert_eq!(seconds.last(), Some(&1795));
        for (second, tone) in heard {
            assert_eq!(tone, if second < 60 { Tone::Call } else { Tone::Still }, "{second}");
        }
    }

    #[test]
    fn that_it_still_rings_is_shown_after_a_minute_in_which_nothing_rings() {
        let minute = Duration::from_secs(60);
        assert_eq!(next_after(Duration::from_secs(55)), Some(minute));
        assert_eq!(tone_at(minute), None);
        assert_eq!(next_after(minute), Some(Duration::from_secs(70)));
    }
}
