//! What this computer shows of its clocks, and who has set them.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rtime_clock::adjtime::{Timex, adjtimex};
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

use super::keeper::{Network, Reading};

/// systemd-timesyncd creates this file at the first synchronisation after boot, and only then.
const SYNCHRONISED: &str = "run/systemd/timesync/synchronized";

/// The computer's clock chips.
const CHIPS: &str = "sys/class/rtc";

/// `1` where the kernel took its time from this chip at boot.
const SET_BY_CHIP: &str = "hctosys";

/// The chip's own time in seconds since 1970; cannot be read where the battery failed.
const CHIP_SECONDS: &str = "since_epoch";

/// A chip without a battery begins again in 1970 or 2000 while the saved time of the last shutdown
/// looks right; one with a battery drifts by minutes a year.
const CHIP_AGREES_MS: u64 = 10 * 60_000;

const BOOT_ID: &str = "proc/sys/kernel/random/boot_id";

/// The kernel sets it at boot and whenever the clock is set by hand; chrony, ntpd and timesyncd
/// clear it.
const STA_UNSYNC: i32 = 0x0040;

/// A computer, with /proc, /run and /sys looked up below `root`.
#[derive(Clone, Debug)]
pub(super) struct Computer {
    root: PathBuf,
    /// Another computer's tree is not about this kernel.
    asks_kernel: bool,
}

impl Computer {
    /// This one.
    pub(super) fn here() -> Self {
        Self { root: PathBuf::from("/"), asks_kernel: true }
    }

    /// Another one, whose tree lies below `root`.
    pub(super) fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), asks_kernel: false }
    }

    /// The id of this boot.
    pub(super) fn boot(&self) -> Uuid {
        std::fs::read_to_string(self.root.join(BOOT_ID))
            .ok()
            .and_then(|text| Uuid::parse_str(text.trim()).ok())
            // Without a boot id every start counts as a boot of its own: never two as one.
            .unwrap_or_else(Uuid::now_v7)
    }

    /// One look at all of it. A chip behind a slow bus is asked only while nobody better is there.
    pub(super) fn read(&self) -> Reading {
        let network = if self.asks_kernel && kernel_is_in_step() {
            Network::Now
        } else if self.root.join(SYNCHRONISED).exists() {
            Network::Once
        } else {
            Network::Never
        };
        let (wall_ms, uptime_ms) = (wall_ms(), millis(uptime()));
        let chip_agrees = network == Network::Never && self.chip_agrees(wall_ms);
        Reading { wall_ms, uptime_ms, network, chip_agrees }
    }

    fn chip_agrees(&self, wall_ms: i64) -> bool {
        let Ok(chips) = std::fs::read_dir(self.root.join(CHIPS)) else { return false };
        chips.flatten().any(|chip| chip_vouches(&chip.path(), wall_ms))
    }
}

fn chip_vouches(chip: &Path, wall_ms: i64) -> bool {
    let read = |name| std::fs::read_to_string(chip.join(name)).unwrap_or_default();
    if read(SET_BY_CHIP).trim() != "1" {
        return false;
    }
    let seconds = read(CHIP_SECONDS).trim().parse::<i64>();
    seconds.is_ok_and(|seconds| seconds.saturating_mul(1000).abs_diff(wall_ms) <= CHIP_AGREES_MS)
}

/// Reading needs no right; a sandbox that refuses the call leaves the other witnesses.
fn kernel_is_in_step() -> bool {
    let mut timex = Timex::new();
    adjtimex(&mut timex).is_ok() && timex.0.status & STA_UNSYNC == 0
}

fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

/// Since the boot, counting sleep.
pub(super) fn uptime() -> Duration {
    let since_boot = clock_gettime(ClockId::Boottime);
    Duration::try_from(since_boot).unwrap_or_default()
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn write(tree: &TempDir, path: &str, text: &str) {
        let path = tree.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn a_network_that_once_set_the_clock_is_told() {
        let tree = tempfile::tempdir().unwrap();
        let computer = Computer::at(tree.path());
        assert_eq!(computer.read().network, Network::Never);
        write(&tree, SYNCHRONISED, "");
        assert_eq!(computer.read().network, Network::Once);
    }

    #[test]
    fn a_chip_vouches_only_for_the_time_it_set_and_still_shows() {
        let now = wall_ms() / 1000;
        for (set, seconds, vouches) in [
            ("0\n", format!("{now}\n"), false),
            ("1\n", format!("{now}\n"), true),
            ("1\n", format!("{}\n", now - 540), true),
            ("1\n", format!("{}\n", now - 660), false),
            ("1\n", "946684800\n".to_owned(), false),
            ("1\n", String::new(), false),
        ] {
            let tree = tempfile::tempdir().unwrap();
            write(&tree, "sys/class/rtc/rtc0/hctosys", "0\n");
            write(&tree, "sys/class/rtc/rtc1/hctosys", set);
            write(&tree, "sys/class/rtc/rtc1/since_epoch", &seconds);
            let reading = Computer::at(tree.path()).read();
            assert_eq!(reading.chip_agrees, vouches, "{set:?} {seconds:?}");
        }
    }

    #[test]
    fn all_looks_of_one_boot_share_its_id_and_without_one_no_two_do() {
        let tree = tempfile::tempdir().unwrap();
        let computer = Computer::at(tree.path());
        assert_ne!(computer.boot(), computer.boot());
        write(&tree, BOOT_ID, "0f5a3c1e-5a1b-4c3d-9e8f-102030405060\n");
        assert_eq!(computer.boot(), computer.boot());
    }

    /// A container's sandbox may refuse; a call that is wrong would be refused otherwise.
    #[test]
    fn the_kernel_answers_or_forbids_the_question() {
        if let Err(error) = adjtimex(&mut Timex::new()) {
            assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied, "{error}");
        }
    }
}
