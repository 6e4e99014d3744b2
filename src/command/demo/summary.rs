//! What the demo prints at its end: figures counted from the journal it left, and what it measured.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::Folders;
use crate::event::{Event, RecordUsed, StationDay, VisitId, What};
use crate::figures::Tally;
use crate::journal::JournalReader;

pub(super) fn print(
    folders: &Folders,
    day: StationDay,
    written: &[PathBuf],
    latencies: &[Duration],
    took: Duration,
) -> anyhow::Result<()> {
    let journal = JournalReader::open(&folders.data)?;
    let events = journal.verify()?.events;
    let of_day = journal.events_of(day)?;
    let figures = Tally::of(day, &of_day).figures();
    let recount = Recount::of(&of_day);
    let pictures = fs::read_dir(&folders.pictures)?.count();
    let mut sorted = latencies.to_vec();
    sorted.sort();

    let mut out = io::stdout().lock();
    writeln!(out, "Buổi sáng chạy thử, ngày {day} (đếm từ sổ trong {}):", folders.data.display())?;
    for (name, count, recount) in [
        ("lượt đến", figures.arrivals, Some(recount.arrivals)),
        ("  có quét thẻ", figures.scanned(), Some(recount.scanned)),
        ("  dùng VNeID", figures.used.vneid(), Some(recount.of_used(RecordUsed::Vneid))),
        ("  dùng sổ giấy", figures.used.paper, Some(recount.of_used(RecordUsed::Paper))),
        (
            "  chưa có, đã xem hướng dẫn",
            figures.used.neither,
            Some(recount.of_used(RecordUsed::Neither)),
        ),
        ("  chưa chọn", figures.used.unfinished, Some(recount.unfinished())),
        ("xem hướng dẫn trên máy", figures.guided, None),
        ("gọi nhân viên", figures.staff_calls, None),
        ("quét lại trong ngày", figures.scanned_again, None),
        ("mã không đọc được", figures.unreadable, None),
        ("sự kiện trong sổ, dây băm nguyên vẹn", events, None),
    ] {
        let told = recount.map(|recount| format!(" (đếm tay từng sự kiện: {recount})"));
        writeln!(out, "{count:>6}  {name}{}", told.unwrap_or_default())?;
        ensure!(recount.is_none_or(|recount| recount == count), "số liệu và đếm tay khác nhau");
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
    for place in written {
        writeln!(out, "Đã xuất {}", place.display())?;
    }
    Ok(())
}

/// The day counted once more without the rooms that count: by whoever goes through the events with a
/// pencil. Nobody of the staff corrects anything in the demo.
struct Recount {
    arrivals: u64,
    scanned: u64,
    used: HashMap<VisitId, RecordUsed>,
}

impl Recount {
    fn of(events: &[Event]) -> Self {
        let mut recount = Self { arrivals: 0, scanned: 0, used: HashMap::new() };
        for event in events {
            if let What::Arrived(arrival) = &event.what {
                recount.arrivals += 1;
                recount.scanned += u64::from(arrival.card.is_some());
            }
            if let (What::Chose(choice), Some(visit)) = (&event.what, event.visit) {
                recount.used.insert(visit, choice.used);
            }
        }
        recount
    }

    fn of_used(&self, used: RecordUsed) -> u64 {
        self.used.values().filter(|it| **it == used).map(|_| 1).sum()
    }

    fn unfinished(&self) -> u64 {
        let chosen: u64 = self.used.values().map(|_| 1).sum();
        self.arrivals - chosen
    }
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
