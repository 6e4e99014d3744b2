//! What time it is, and whether that can be believed.
//!
//! A Pi 4 has no clock battery: after a power cut its wall clock continues from some saved minute,
//! plausible and wrong (product rule 6). So a [`Moment`] always carries the uptime and the boot
//! beside the wall clock, and says whether anybody vouches for it: the network, a clock chip, staff.
//! Nothing here waits for any of them.

mod computer;
mod keeper;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use crate::event::{Moment, Vouched};
use computer::{Computer, millis, uptime};
pub use keeper::{Keeper, Known, Network, Reading};

/// Tells the time, for real or for a demo that runs a morning in a minute. Clones are one clock.
#[derive(Clone)]
pub struct Clock {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Kept { look: Arc<dyn Fn() -> Reading + Send + Sync>, keeper: Arc<Mutex<Keeper>> },
    Simulated { boot: Uuid, begins_ms: i64, began: Duration, speed: u32 },
}

impl Clock {
    /// The clock of this computer.
    pub fn system() -> Self {
        Self::system_at(Path::new("/"))
    }

    /// The clock of the computer that `look` looks at, in this boot of it.
    pub fn of(boot: Uuid, look: impl Fn() -> Reading + Send + Sync + 'static) -> Self {
        let keeper = Arc::new(Mutex::new(Keeper::new(boot)));
        Self { kind: Kind::Kept { look: Arc::new(look), keeper } }
    }

    /// The clock of a computer, with /proc, /run and /sys looked up below `root`.
    pub(crate) fn system_at(root: &Path) -> Self {
        let computer = if root == Path::new("/") { Computer::here() } else { Computer::at(root) };
        Self::of(computer.boot(), move || computer.read())
    }

    /// A clock that starts at `begins_ms` (milliseconds since 1970 UTC) and runs `speed` times
    /// as fast as real time. Always sure; nobody can set it.
    pub fn simulated(begins_ms: i64, speed: u32) -> Self {
        let (boot, began) = (Uuid::now_v7(), uptime());
        Self { kind: Kind::Simulated { boot, begins_ms, began, speed } }
    }

    /// The moment now.
    pub fn now(&self) -> Moment {
        match &self.kind {
            Kind::Kept { look, keeper } => {
                let mut keeper = lock(keeper);
                keeper.look(&look())
            }
            Kind::Simulated { boot, begins_ms, began, speed } => {
                let passed = uptime().saturating_sub(*began).saturating_mul(*speed);
                let wall_ms =
                    begins_ms.saturating_add(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
                Moment { wall_ms, uptime_ms: millis(passed), boot: *boot, sure: true }
            }
        }
    }

    /// Staff say that it is `wall_ms` now (milliseconds since 1970 UTC).
    pub fn set(&self, wall_ms: i64) -> Option<Known> {
        match &self.kind {
            Kind::Kept { look, keeper } => {
                let mut keeper = lock(keeper);
                Some(keeper.set(wall_ms, &look()))
            }
            Kind::Simulated { .. } => None,
        }
    }

    /// Takes over what was known in an earlier run of the program; nothing unless the boot is the
    /// same.
    pub fn resume(&self, at: &Moment, way: Vouched) {
        if let Some(mut keeper) = self.keeper() {
            keeper.resume(at, way);
        }
    }

    /// What became known since this was asked last.
    pub fn take_known(&self) -> Option<Known> {
        self.keeper()?.take_known()
    }

    /// Who vouches for the time.
    pub fn vouched(&self) -> Option<Vouched> {
        self.keeper()?.vouched()
    }

    /// Whether the wall clock jumped or stood still in this boot and nobody vouched for that.
    pub fn has_stepped(&self) -> bool {
        self.keeper().is_some_and(|keeper| keeper.has_stepped())
    }

    fn keeper(&self) -> Option<MutexGuard<'_, Keeper>> {
        match &self.kind {
            Kind::Kept { keeper, .. } => Some(lock(keeper)),
            Kind::Simulated { .. } => None,
        }
    }
}

fn lock(keeper: &Mutex<Keeper>) -> MutexGuard<'_, Keeper> {
    keeper.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_clock_begins_where_it_is_told() {
        let clock = Clock::simulated(1_000_000, 60);
        let now = clock.now();
        assert!((1_000_000..1_060_000).contains(&now.wall_ms), "{}", now.wall_ms);
        assert!(now.sure);
    }

    #[test]
    fn clones_are_one_clock() {
        const BOOT: Uuid = Uuid::from_u128(1);
        let morning_ms = Moment::PLAUSIBLE_MS.start;
        let (network, chip_agrees) = (Network::Never, false);
        let reading = Reading { wall_ms: 0, uptime_ms: 5, network, chip_agrees };
        let clock = Clock::of(BOOT, move || reading);
        let clone = clock.clone();
        assert!(!clone.now().sure);
        clock.set(morning_ms).unwrap();
        let now = Moment { wall_ms: morning_ms, uptime_ms: 5, boot: BOOT, sure: true };
        assert_eq!(clone.now(), now);
    }
}
