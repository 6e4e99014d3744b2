//! Whether the box gets enough power, and whether it stays cool.
//!
//! A weak supply damages storage cards long before anything else is noticed. The Raspberry Pi tells
//! of it for a moment only: its driver clears the firmware's memory every two seconds. So whoever
//! runs all day waits for that moment and keeps it, under the name of the boot it happened in.

use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;

use super::tree::{entries, said};
use super::{Finding, Part, Tree};

/// In the data folder: the boot in which the power was too weak.
const LATCH: &str = "under-voltage";

const BOOT_ID: &str = "proc/sys/kernel/random/boot_id";

/// What the firmware answers where no driver clears its memory: bit 0 now, bit 16 since the boot.
const THROTTLED: &str = "get_throttled";
const UNDER_VOLTAGE: u64 = 1 | 1 << 16;

/// A Raspberry Pi slows down from here on.
const HOT_MILLICELSIUS: i64 = 80_000;

/// The alarm of the driver `rpi_volt`.
#[derive(Debug)]
pub struct UnderVoltage {
    boot: String,
    /// Open for good: the kernel tells of changes to whoever has read it before.
    alarm: File,
}

impl UnderVoltage {
    /// The alarm of the box below `root`; `None` where there is none.
    #[must_use]
    pub fn look_for(root: &Path) -> Option<Self> {
        let tree = Tree::new(root);
        let alarm = File::open(alarm(&tree)?).ok()?;
        Some(Self { boot: said(tree.at(BOOT_ID))?, alarm })
    }

    /// Keeps in `data` that the power is weak, if it is, and waits for a change, at most so long.
    ///
    /// # Errors
    /// When waiting is not possible, or `data` takes nothing.
    pub fn wait(&mut self, data: &Path, at_most: Duration) -> io::Result<()> {
        self.alarm.rewind()?;
        let is_weak = io::read_to_string(&mut self.alarm)?.trim() == "1";
        // Written once a boot: writing is what a weak supply endangers.
        if is_weak && said(data.join(LATCH)).as_ref() != Some(&self.boot) {
            fs::write(data.join(LATCH), &self.boot)?;
        }
        let at_most = Timespec::try_from(at_most).map_err(io::Error::other)?;
        let mut changes = [PollFd::new(&self.alarm, PollFlags::PRI)];
        retry_on_intr(|| poll(&mut changes, Some(&at_most)))?;
        Ok(())
    }
}

fn alarm(tree: &Tree) -> Option<PathBuf> {
    let mut chips = tree.entries("sys/class/hwmon").into_iter();
    let chip = chips.find(|chip| said(chip.join("name")).is_some_and(|it| it == "rpi_volt"))?;
    let alarm = chip.join("in0_lcrit_alarm");
    alarm.exists().then_some(alarm)
}

/// The folders are called after the board: `soc/soc:firmware`, `soc@107c000000/…:firmware`.
fn throttled(tree: &Tree) -> Option<u64> {
    let is = |path: &Path, fits: fn(&str) -> bool| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(fits)
    };
    let mut socs = tree.entries("sys/devices/platform").into_iter();
    let soc = socs.find(|path| is(path, |name| name.starts_with("soc")))?;
    let firmwares =
        entries(&soc).into_iter().filter(|path| is(path, |it| it.ends_with("firmware")));
    let bits = firmwares.filter_map(|firmware| said(firmware.join(THROTTLED))).next()?;
    u64::from_str_radix(bits.trim_start_matches("0x"), 16).ok()
}

/// Whether the power was too weak in this boot.
pub(super) fn supply(tree: &Tree, data: Option<&Path>) -> Finding {
    let boot = said(tree.at(BOOT_ID));
    let kept = data.and_then(|data| said(data.join(LATCH)));
    let is_kept = boot.is_some() && boot == kept;
    let alarm = alarm(tree).and_then(said).map(|alarm| alarm == "1");
    let firmware = throttled(tree).map(|bits| bits & UNDER_VOLTAGE != 0);
    if is_kept || alarm == Some(true) || firmware == Some(true) {
        Finding::bad(
            Part::Power,
            "nguồn yếu, dễ hỏng thẻ nhớ",
            "Xin dùng đúng bộ nguồn đi kèm máy, không dùng sạc điện thoại. Xin rút bớt thiết bị USB.",
        )
    } else if alarm.is_some() || firmware.is_some() {
        Finding::good(Part::Power, "đủ từ lúc bật máy")
    } else {
        Finding::unknown(Part::Power, "máy này không cho biết")
    }
}

/// How hot the processor is.
pub(super) fn temperature(tree: &Tree) -> Finding {
    let zones = tree.entries("sys/class/thermal").into_iter();
    let temperatures = zones.filter_map(|zone| {
        let is_processor = said(zone.join("type"))?.starts_with("cpu");
        said(zone.join("temp")).filter(|_| is_processor)?.parse::<i64>().ok()
    });
    let Some(hottest) = temperatures.max() else {
        return Finding::unknown(Part::Temperature, "máy này không cho biết");
    };
    let text = format!("{}\u{a0}°C", hottest / 1000);
    if hottest >= HOT_MILLICELSIUS {
        Finding::bad(
            Part::Temperature,
            format!("{text}, quá nóng"),
            "Xin để máy nơi thoáng, không che các khe. Xin kiểm tra quạt của máy.",
        )
    } else {
        Finding::good(Part::Temperature, text)
    }
}
