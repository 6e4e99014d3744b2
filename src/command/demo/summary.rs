//! What the demo prints at its end: figures counted from the journal it left, and what it measured.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::Folders;
use crate::event::StationDay;
use crate::figures::Tally;
use crate::journal::JournalReader;

pub(super) fn print(
    folders: &Folders,
    day: StationDay,
    exported: &Path,
    latencies: &[Duration],
    took: Duration,
) -> anyhow::Result<()> {
    let journal = JournalReader::open(&folders.data)?;
    let events = journal.verify()?.events;
    let figures = Tally::of(day, &journal.events_of(day)?).figures();
    let pictures = fs::read_dir(&folders.pictures)?.count();
    let mut sorted = latencies.to_vec();
    sorted.sort();

    let mut out = io::stdout().lock();
    writeln!(out, "Buổi sáng chạy thử, ngày {day} (đếm từ sổ trong {}):", folders.data.display())?;
    for (name, count) in [
        ("lượt đến", figures.arrivals),
        ("  có quét thẻ", figures.scanned()),
        ("  dùng VNeID", figures.used.vneid()),
        ("  dùng sổ giấy", figures.used.paper),
        ("  chưa có, đã xem hướng dẫn", figures.used.neither),
        ("  chưa chọn", figures.used.unfinished),
        ("xem hướng dẫn trên máy", figures.guided),
        ("gọi nhân viên", figures.staff_calls),
        ("quét lại trong ngày", figures.scanned_again),
        ("mã không đọc được", figures.unreadable),
        ("sự kiện trong sổ, dây băm nguyên vẹn", events),
    ] {
        writeln!(out, "{count:>6}  {name}")?;
    }
    writeln!(
        out,
        "Từ lúc quét đến lúc chào: giữa {:.1} ms, 99% dưới {:.1} ms. Bộ nhớ: {} MiB. Thời gian: {:.0} s.",
        millis(&sorted, 50),
        millis(&sorted, 99),
        memory_mib().unwrap_or_default(),
        took.as_secs_f64(),
    )?;
    writeln!(out, "{pictures} ảnh màn hình trong {}", folders.pictures.display())?;
    writeln!(out, "Đã xuất {}", exported.display())?;
    Ok(())
}

fn millis(sorted: &[Duration], percent: usize) -> f64 {
    let at = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
}

/// The proportional share of this process, in MiB.
fn memory_mib() -> anyhow::Result<u64> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = rollup.lines().find(|line| line.starts_with("Pss:")).context("no Pss")?;
    let kib: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kib / 1024)
}
