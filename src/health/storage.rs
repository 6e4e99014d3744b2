//! The folder of the data and what it lies on: does what is written stay, how much more fits, and is
//! the card dying?
//!
//! A dying card does not go read-only on a Raspberry Pi, it limps: so the errors the file system
//! counts are read. They are kept by the file system itself, over restarts.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

use super::tree::said;
use super::{Finding, Part, Tree, page};
use crate::event::Moment;
use crate::export::{Mount, parse_mounts};

/// Less than this is no room for a journal that grows and its 14 backups.
const LEAST_FREE_BYTES: u64 = 256 * 1024 * 1024;

/// File systems that are gone with the power. A read-only root under an overlay keeps its changes
/// in memory.
const VANISHING: [&str; 4] = ["overlay", "ramfs", "rootfs", "tmpfs"];

/// How much of its life an eMMC has used, in tenths, from 1; 11 is beyond (JEDEC JESD84-B50).
const WORN: u32 = 10;

/// Of an eMMC's spare blocks so much are used that it says so: 1 is normal, 2 from 80 %, 3 urgent.
const FEW_SPARE_BLOCKS: u32 = 2;

/// Where the folder lies.
struct Place {
    mount: Mount,
    /// The kernel's name of the partition, such as `mmcblk0p2`, and where it stands in sysfs.
    partition: Option<PathBuf>,
}

pub(super) fn findings(tree: &Tree, data: &Path) -> Vec<Finding> {
    if !data.is_dir() {
        return vec![if data.exists() {
            Finding::bad(
                Part::Folder,
                "không phải thư mục",
                "Xin báo người phụ trách kỹ thuật kiểm tra đường dẫn của thư mục dữ liệu.",
            )
        } else {
            Finding::unknown(Part::Folder, "chưa có, máy tự tạo khi chạy lần đầu")
        }];
    }
    let place = place(tree, data);
    let free = statvfs(data).ok().map(|fs| fs.f_bavail.saturating_mul(fs.f_frsize));
    let mut findings = vec![folder(place.as_ref()), space(free)];
    findings.extend([errors(tree, place.as_ref()), wear(place.as_ref())]);
    findings
}

/// The last of the mounts that lie nearest above it: a later one covers an earlier one.
fn place(tree: &Tree, data: &Path) -> Option<Place> {
    let data = fs::canonicalize(data).ok()?;
    let mounts = parse_mounts(&fs::read(tree.at("proc/self/mountinfo")).ok()?);
    let above = mounts.into_iter().filter(|mount| data.starts_with(&mount.mount_point));
    let mount = above.max_by_key(|mount| mount.mount_point.components().count())?;
    let partition = fs::canonicalize(tree.at("sys/dev/block").join(mount.device.to_string())).ok();
    Some(Place { mount, partition })
}

fn folder(place: Option<&Place>) -> Finding {
    let Some(Place { mount, .. }) = place else {
        return Finding::unknown(Part::Folder, "máy này không cho biết");
    };
    if VANISHING.contains(&mount.file_system.as_str()) {
        Finding::bad(
            Part::Folder,
            "dữ liệu mất khi tắt máy",
            "Xin báo người phụ trách kỹ thuật: thư mục dữ liệu phải nằm trên phân vùng ghi được.",
        )
    } else if mount.read_only {
        Finding::bad(
            Part::Folder,
            "bộ nhớ bị khóa, không ghi được",
            "Xin tắt máy và bật lại. Nếu vẫn bị khóa, xin báo người phụ trách kỹ thuật thay thẻ nhớ.",
        )
    } else {
        Finding::good(Part::Folder, format!("ghi được ({})", mount.file_system))
    }
}

fn space(free: Option<u64>) -> Finding {
    match free {
        None => Finding::unknown(Part::Space, "máy này không cho biết"),
        Some(free) if free < LEAST_FREE_BYTES => Finding::bad(
            Part::Space,
            format!("chỉ còn {}", page::bytes(free)),
            "Xin xuất số liệu ra USB, rồi báo người phụ trách kỹ thuật dọn bộ nhớ.",
        ),
        Some(free) => Finding::good(Part::Space, format!("còn {}", page::bytes(free))),
    }
}

/// Only ext4 counts.
fn errors(tree: &Tree, place: Option<&Place>) -> Finding {
    let unknown = || Finding::unknown(Part::CardErrors, "máy này không đếm lỗi");
    let Some(Place { mount, partition: Some(partition) }) = place else { return unknown() };
    let Some(name) = partition.file_name().filter(|_| mount.file_system == "ext4") else {
        return unknown();
    };
    let counts = tree.at("sys/fs/ext4").join(name);
    let number = |file: &str| said(counts.join(file))?.parse::<i64>().ok();
    match number("errors_count") {
        None => unknown(),
        Some(0) => Finding::good(Part::CardErrors, "chưa có"),
        Some(count) => {
            // 0 is no date: the clock or the kernel did not know.
            let first = number("first_error_time").filter(|seconds| *seconds > 0).map(first_error);
            Finding::bad(
                Part::CardErrors,
                format!("{count} lỗi{}", first.unwrap_or_default()),
                "Xin xuất số liệu ra USB ngay hôm nay, rồi báo người phụ trách kỹ thuật thay thẻ nhớ.",
            )
        }
    }
}

fn first_error(seconds: i64) -> String {
    let wall_ms = seconds.saturating_mul(1000);
    let at = Moment { wall_ms, uptime_ms: 0, boot: uuid::Uuid::nil(), sure: false };
    format!(", lần đầu {}", at.local().format("%d/%m/%Y"))
}

/// Only eMMC tells; the files of an SD card are not there.
fn wear(place: Option<&Place>) -> Finding {
    let unknown = || Finding::unknown(Part::CardWear, "loại bộ nhớ này không cho biết");
    let partition = place.and_then(|place| place.partition.as_deref());
    let Some(disk) = partition.and_then(|partition| {
        // The whole disk may be one file system.
        if partition.join("partition").exists() { partition.parent() } else { Some(partition) }
    }) else {
        return unknown();
    };
    let life = said(disk.join("device/life_time")).unwrap_or_default();
    // Two kinds of cells; 0 is "not defined".
    let used = life.split_whitespace().filter_map(hexadecimal).filter(|used| *used > 0).max();
    let spare = said(disk.join("device/pre_eol_info"))
        .and_then(|text| hexadecimal(&text))
        .filter(|spare| *spare > 0);
    let is_worn = used.is_some_and(|used| used >= WORN);
    if is_worn || spare.is_some_and(|spare| spare >= FEW_SPARE_BLOCKS) {
        Finding::bad(
            Part::CardWear,
            "bộ nhớ sắp hết tuổi thọ",
            "Xin xuất số liệu ra USB, rồi báo người phụ trách kỹ thuật thay bộ nhớ.",
        )
    } else if let Some(used) = used {
        Finding::good(Part::CardWear, format!("đã dùng không quá {}\u{a0}% tuổi thọ", used * 10))
    } else if spare.is_some() {
        Finding::good(Part::CardWear, "bình thường")
    } else {
        unknown()
    }
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}
