//! What time it is, and whether that can be believed.
//!
//! A Pi 4 has no clock battery: after a power cut its wall clock continues from some saved minute,
//! plausible and wrong (product rule 6). So a [`Moment`] always carries the uptime and the boot
//! beside the wall clock, and says whether anybody vouches for it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

use crate::event::Moment;

/// No right clock shows a time before this program was written: 2026-11-01 UTC.
const EARLIEST_PLAUSIBLE_MS: i64 = 1_793_491_200_000;

/// systemd-timesyncd creates this file at the first synchronisation after boot, and only then.
const SYNCHRONISED: &str = "run/systemd/timesync/synchronized";

/// `1` where the kernel took its time from this battery-backed clock at boot.
const SET_BY_RTC: &str = "sys/class/rtc/rtc0/hctosys";

const BOOT_ID: &str = "proc/sys/kernel/random/boot_id";

/// Tells the time, for real or for a demo that runs a morning in a minute.
#[derive(Clone, Debug)]
pub struct Clock {
    boot: Uuid,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    System { root: PathBuf },
    Simulated { begins_ms: i64, began: Duration, speed: u32 },
}

impl Clock {
    /// The clock of this computer.
    pub fn system() -> Self {
        Self::system_at(Path::new("/"))
    }

    /// The clock of this computer, with /proc, /run and /sys looked up below `root`.
    pub(crate) fn system_at(root: &Path) -> Self {
        let boot = std::fs::read_to_string(root.join(BOOT_ID))
            .ok()
            .and_then(|text| Uuid::parse_str(text.trim()).ok())
            // Without a boot id every start counts as a boot of its own: never two as one.
            .unwrap_or_else(Uuid::now_v7);
        Self { boot, kind: Kind::System { root: root.to_owned() } }
    }

    /// A clock that starts at `begins_ms` (milliseconds since 1970 UTC) and runs `speed` times
    /// as fast as real time.
    pub fn simulated(begins_ms: i64, speed: u32) -> Self {
        let kind = Kind::Simulated { begins_ms, began: uptime(), speed };
        Self { boot: Uuid::now_v7(), kind }
    }

    /// The moment now.
    pub fn now(&self) -> Moment {
        let uptime = uptime();
        match &self.kind {
            Kind::System { root } => {
                let wall_ms = system_wall_ms();
                let sure = wall_ms >= EARLIEST_PLAUSIBLE_MS && is_vouched_for(root);
                Moment { wall_ms, uptime_ms: millis(uptime), boot: self.boot, sure }
            }
            Kind::Simulated { begins_ms, began, speed } => {
                let passed = uptime.saturating_sub(*began).saturating_mul(*speed);
                let wall_ms =
                    begins_ms.saturating_add(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
                Moment { wall_ms, uptime_ms: millis(passed), boot: self.boot, sure: true }
            }
        }
    }
}

fn is_vouched_for(root: &Path) -> bool {
    root.join(SYNCHRONISED).exists()
        || std::fs::read_to_string(root.join(SET_BY_RTC)).is_ok_and(|flag| flag.trim() == "1")
}

fn system_wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

fn uptime() -> Duration {
    let since_boot = clock_gettime(ClockId::Boottime);
    Duration::try_from(since_boot).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_sure_only_when_somebody_vouches_for_it() {
        let tree = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let sure = || Clock::system_at(tree.path()).now().sure;

        assert!(!sure(), "nothing known");
        write(SET_BY_RTC, "0\n");
        assert!(!sure(), "a clock chip that did not set the time");
        write(SET_BY_RTC, "1\n");
        assert!(sure(), "time taken from a clock chip");
        write(SET_BY_RTC, "0\n");
        write(SYNCHRONISED, "");
        assert!(sure(), "synchronised over the network");
    }

    #[test]
    fn all_moments_of_one_boot_share_its_id() {
        let tree = tempfile::tempdir().unwrap();
        let path = tree.path().join(BOOT_ID);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "0f5a3c1e-5a1b-4c3d-9e8f-102030405060\n").unwrap();
        let (first, second) = (Clock::system_at(tree.path()), Clock::system_at(tree.path()));
        assert_eq!(first.now().boot, second.now().boot);
    }

    #[test]
    fn a_simulated_clock_begins_where_it_is_told() {
        let clock = Clock::simulated(1_000_000, 60);
        let now = clock.now();
        assert!((1_000_000..1_060_000).contains(&now.wall_ms), "{}", now.wall_ms);
        assert!(now.sure);
    }
}
