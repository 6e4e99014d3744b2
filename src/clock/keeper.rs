//! One line of time through one boot, and who vouches for it.
//!
//! Pure: what a look at the computer shows comes in as a value. Between two looks only uptime counts.
//! So a wall clock that jumps back, jumps ahead or stands still moves no visit to another day: the
//! line bends only where somebody vouches for the wall clock (product rule 6).

use uuid::Uuid;

use crate::event::{Moment, Vouched};

/// What a look at the computer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock, milliseconds since 1970-01-01 UTC.
    pub wall_ms: i64,
    /// Milliseconds since the boot, counting sleep.
    pub uptime_ms: u64,
    /// What the network has done for the wall clock.
    pub network: Network,
    /// Whether the kernel took the wall clock from a chip with a battery, and both still agree.
    pub chip_agrees: bool,
}

/// What the network has done for the wall clock in this boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Nothing that we know of.
    #[default]
    Never,
    /// It was set by a time server in this boot. Somebody may have set it otherwise since.
    Once,
    /// The kernel says that it is kept in step. Setting the clock by hand ends that at once.
    Now,
}

/// What time it is became known, or known better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The first moment by it.
    pub at: Moment,
    /// Who vouches.
    pub way: Vouched,
    /// What would have been told at that moment without it, milliseconds since 1970-01-01 UTC.
    pub told_ms: i64,
}

/// The line of one boot.
#[derive(Clone, Debug)]
pub struct Keeper {
    boot: Uuid,
    line: Option<Line>,
    stepped: bool,
    /// What nobody has asked for yet.
    known: Option<Known>,
}

/// Time goes on from here as uptime does.
#[derive(Clone, Copy, Debug)]
struct Line {
    wall_ms: i64,
    uptime_ms: u64,
    vouched: Option<Vouched>,
}

impl Line {
    fn told_ms(&self, uptime_ms: u64) -> i64 {
        let (begin, now) = (i128::from(self.uptime_ms), i128::from(uptime_ms));
        let told = i128::from(self.wall_ms) + now - begin;
        i64::try_from(told).unwrap_or(i64::MAX)
    }
}

impl Keeper {
    /// Wall clock and uptime run alike – the kernel slews both – so more than this is a step.
    const STEP_MS: u64 = 2_000;

    /// The line of this boot, which begins with the first look.
    pub fn new(boot: Uuid) -> Self {
        Self { boot, line: None, stepped: false, known: None }
    }

    /// The moment of this look.
    pub fn look(&mut self, reading: &Reading) -> Moment {
        let Reading { wall_ms, uptime_ms, .. } = *reading;
        let line = self.line.unwrap_or(Line { wall_ms, uptime_ms, vouched: None });
        let told_ms = line.told_ms(uptime_ms);
        let stepped = wall_ms.abs_diff(told_ms) > Self::STEP_MS;
        let is_plausible = |ms| Moment::PLAUSIBLE_MS.contains(&ms);
        let way = vouched_anew(line.vouched, reading).filter(|_| is_plausible(wall_ms));
        self.line = Some(match way {
            Some(way) => Line { wall_ms, uptime_ms, vouched: Some(way) },
            // The program began before the system had read the time it saved.
            None if line.vouched.is_none() && !is_plausible(told_ms) => {
                Line { wall_ms, uptime_ms, vouched: None }
            }
            None => {
                self.stepped |= stepped;
                line
            }
        });
        let now = self.moment(uptime_ms);
        if let Some(way) = way.filter(|way| line.vouched != Some(*way) || stepped) {
            self.known = Some(Known { at: now, way, told_ms });
        }
        now
    }

    /// Staff say that it is `wall_ms` at this look. Only the network knows better.
    pub fn set(&mut self, wall_ms: i64, reading: &Reading) -> Known {
        let told_ms = self.look(reading).wall_ms;
        let uptime_ms = reading.uptime_ms;
        self.line = Some(Line { wall_ms, uptime_ms, vouched: Some(Vouched::Staff) });
        self.known = None;
        Known { at: self.moment(uptime_ms), way: Vouched::Staff, told_ms }
    }

    /// Takes over what was known in an earlier run of the program. That of another boot is worth
    /// nothing here: how long the computer was off cannot be known.
    pub fn resume(&mut self, at: &Moment, way: Vouched) {
        if at.boot == self.boot && self.line.is_none_or(|line| line.vouched.is_none()) {
            let Moment { wall_ms, uptime_ms, .. } = *at;
            self.line = Some(Line { wall_ms, uptime_ms, vouched: Some(way) });
        }
    }

    /// What became known since this was asked last.
    pub fn take_known(&mut self) -> Option<Known> {
        self.known.take()
    }

    /// Who vouches for the time now.
    pub fn vouched(&self) -> Option<Vouched> {
        self.line.and_then(|line| line.vouched)
    }

    /// Whether the wall clock jumped or stood still in this boot and nobody vouched for that.
    pub fn has_stepped(&self) -> bool {
        self.stepped
    }

    fn moment(&self, uptime_ms: u64) -> Moment {
        let wall_ms = self.line.map_or(0, |line| line.told_ms(uptime_ms));
        let sure = self.vouched().is_some();
        Moment { wall_ms, uptime_ms, boot: self.boot, sure }
    }
}

/// Who vouches for the wall clock of this look, where that counts for more than what is known.
fn vouched_anew(known: Option<Vouched>, reading: &Reading) -> Option<Vouched> {
    match (reading.network, known) {
        (Network::Now, _) | (Network::Once, None | Some(Vouched::ClockChip | Vouched::Staff)) => {
            Some(Vouched::Network)
        }
        (Network::Never, None | Some(Vouched::ClockChip)) if reading.chip_agrees => {
            Some(Vouched::ClockChip)
        }
        (Network::Once, Some(Vouched::Network)) | (Network::Never, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOOT: Uuid = Uuid::from_u128(1);
    /// 07:42 in Vietnam on 24 November 2026.
    const MORNING_MS: i64 = 1_795_480_920_000;
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    /// Nobody vouches.
    fn alone(wall_ms: i64, uptime_ms: u64) -> Reading {
        Reading { wall_ms, uptime_ms, network: Network::Never, chip_agrees: false }
    }

    fn by(network: Network, wall_ms: i64, uptime_ms: u64) -> Reading {
        Reading { network, ..alone(wall_ms, uptime_ms) }
    }

    fn chip(wall_ms: i64, uptime_ms: u64) -> Reading {
        Reading { chip_agrees: true, ..alone(wall_ms, uptime_ms) }
    }

    /// The wall clock's jump, from its true way, ten minutes after the first look; `None`: it
    /// stands still.
    const JUMPS: [(&str, Option<i64>); 6] = [
        ("backwards by an hour", Some(-HOUR)),
        ("backwards by a day", Some(-DAY)),
        ("ahead by ten years", Some(3652 * DAY)),
        ("ahead across midnight", Some(17 * HOUR)),
        ("to 1970", Some(-MORNING_MS)),
        ("frozen", None),
    ];

    fn jumped(jump: Option<i64>, passed_ms: i64) -> i64 {
        jump.map_or(MORNING_MS, |jump| MORNING_MS + passed_ms + jump)
    }

    #[test]
    fn a_wall_clock_that_jumps_or_stands_still_bends_nothing_unless_somebody_vouches() {
        for (name, jump) in JUMPS {
            let first: [Reading; 4] = [
                alone(MORNING_MS, 0),
                by(Network::Now, MORNING_MS, 0),
                by(Network::Once, MORNING_MS, 0),
                chip(MORNING_MS, 0),
            ];
            for first in first {
                let mut keeper = Keeper::new(BOOT);
                let sure = keeper.look(&first).sure;
                keeper.take_known();
                let passed = 10 * MINUTE;
                let network =
                    if first.network == Network::Now { Network::Once } else { first.network };
                let after = by(network, jumped(jump, passed), 600_000);
                let now = keeper.look(&after);
                assert_eq!(now.wall_ms, MORNING_MS + passed, "{name} after {first:?}");
                assert_eq!(now.sure, sure, "{name} after {first:?}");
                assert!(keeper.has_stepped(), "{name} after {first:?}");
                assert_eq!(keeper.take_known(), None, "{name} after {first:?}");
            }
        }
    }

    #[test]
    fn what_the_network_keeps_in_step_is_believed_wherever_it_jumps() {
        for (name, jump) in JUMPS {
            let mut keeper = Keeper::new(BOOT);
            keeper.look(&alone(MORNING_MS, 0));
            let wall_ms = jumped(jump, 10 * MINUTE);
            let now = keeper.look(&by(Network::Now, wall_ms, 600_000));
            let is_plausible = Moment::PLAUSIBLE_MS.contains(&wall_ms);
            assert_eq!(now.sure, is_plausible, "{name}");
            let told_ms = MORNING_MS + 10 * MINUTE;
            assert_eq!(now.wall_ms, if is_plausible { wall_ms } else { told_ms }, "{name}");
            let known = Known { at: now, way: Vouched::Network, told_ms };
            assert_eq!(keeper.take_known(), is_plausible.then_some(known), "{name}");
            assert_eq!(keeper.take_known(), None, "told once");
        }
    }

    #[test]
    fn the_network_knows_better_than_staff_and_staff_better_than_a_chip() {
        let mut keeper = Keeper::new(BOOT);
        assert!(keeper.look(&chip(MORNING_MS, 0)).sure);
        assert_eq!(keeper.vouched(), Some(Vouched::ClockChip));
        let known = keeper.set(MORNING_MS + DAY, &chip(MORNING_MS + 1000, 1000));
        assert_eq!((known.way, known.told_ms), (Vouched::Staff, MORNING_MS + 1000));
        let now = keeper.look(&chip(MORNING_MS + 2000, 2000));
        assert_eq!(now.wall_ms, MORNING_MS + DAY + 1000, "the chip is not asked any more");
        let now = keeper.look(&by(Network::Once, MORNING_MS + 3000, 3000));
        assert_eq!((now.wall_ms, keeper.vouched()), (MORNING_MS + 3000, Some(Vouched::Network)));
        let known = keeper.take_known().unwrap();
        assert_eq!((known.way, known.told_ms), (Vouched::Network, MORNING_MS + DAY + 2000));
    }

    #[test]
    fn what_an_earlier_run_knew_holds_in_the_same_boot_only() {
        let set = Keeper::new(BOOT).set(MORNING_MS, &alone(0, 5000));
        for (boot, sure) in [(BOOT, true), (Uuid::from_u128(2), false)] {
            let mut keeper = Keeper::new(boot);
            keeper.look(&alone(MORNING_MS - DAY, 65_000));
            keeper.resume(&set.at, set.way);
            let now = keeper.look(&alone(MORNING_MS - DAY, 65_000));
            let wall_ms = if sure { MORNING_MS + MINUTE } else { MORNING_MS - DAY };
            assert_eq!((now.wall_ms, now.sure), (wall_ms, sure));
        }
    }

    #[test]
    fn a_time_nobody_can_live_in_is_left_as_soon_as_there_is_a_better_one() {
        let mut keeper = Keeper::new(BOOT);
        assert!(!keeper.look(&by(Network::Once, 5000, 5000)).sure, "1970 is never sure");
        let now = keeper.look(&alone(MORNING_MS, 6000));
        assert_eq!((now.wall_ms, now.sure), (MORNING_MS, false));
        assert!(!keeper.has_stepped(), "reading the saved time is no step");
    }

    proptest! {
        #[test]
        fn no_number_is_too_large(looks in prop::collection::vec((any::<i64>(), any::<u64>(), 0..3_u8, any::<bool>()), 1..8)) {
            let mut keeper = Keeper::new(BOOT);
            for (wall_ms, uptime_ms, network, chip_agrees) in looks {
                let network = [Network::Never, Network::Once, Network::Now][usize::from(network)];
                keeper.look(&Reading { wall_ms, uptime_ms, network, chip_agrees });
            }
        }

        /// Whatever a wall clock does that nobody vouches for, the line is as straight as uptime.
        #[test]
        fn time_passes_as_uptime_does(walls in prop::collection::vec(any::<i64>(), 1..8)) {
            let mut keeper = Keeper::new(BOOT);
            keeper.look(&alone(MORNING_MS, 0));
            for (wall_ms, uptime_ms) in walls.into_iter().zip((0_u64..).step_by(7919)) {
                let now = keeper.look(&alone(wall_ms, uptime_ms));
                prop_assert_eq!(now.wall_ms, MORNING_MS + i64::try_from(uptime_ms).unwrap());
            }
        }
    }
}
