//! A country joined: the exports of 3,321 stations over 92 days, every closing signed, into one
//! report within 60 s and 500 MB.
//!
//! `cargo bench --bench merge`; the folder for the disk is `TIEPDON_BENCH_DIR`, else the target
//! folder, because a temporary folder may lie in memory. Some 3 GB, half a million small files; what
//! they hold is read right after it was written, so from memory.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench may fail loudly"
)]

#[path = "../tests/exports/mod.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod exports;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use exports::Desk;
use serde_json::json;
use tiepdon::event::{Origin, StationDay};
use tiepdon::export::Digest;
use tiepdon::merge::{Merged, Request, merge};

/// All of the country; `TIEPDON_BENCH_STATIONS` joins fewer.
const STATIONS: usize = 3321;
const DAYS: usize = 92;
const SECONDS: f64 = 60.0;
const MEGABYTES: u64 = 500;

/// Set for the process that joins, to the folder with the exports: so its memory is its own.
const JOINS: &str = "TIEPDON_BENCH_JOINS";

fn stations() -> usize {
    let fewer = std::env::var("TIEPDON_BENCH_STATIONS");
    fewer.map_or(STATIONS, |number| number.parse().unwrap())
}

fn main() {
    if let Some(root) = std::env::var_os(JOINS) {
        join(&PathBuf::from(root));
        return;
    }
    let disk = std::env::var_os("TIEPDON_BENCH_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let root = tempfile::tempdir_in(disk).unwrap();
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= stations() {
                        return;
                    }
                    write_export(root.path(), number);
                }
            });
        }
    });
    println!("{} exports of {DAYS} days written in {:.1?}", stations(), began.elapsed());
    let this = std::env::current_exe().unwrap();
    let status = Command::new(this).env(JOINS, root.path()).status().unwrap();
    assert!(status.success());
}

fn days() -> impl Iterator<Item = StationDay> {
    let first: StationDay = "2026-09-01".parse().unwrap();
    first.0.iter_days().take(DAYS).map(StationDay)
}

/// An export as the program makes one, but without its syncs: the manifest is written here once
/// more, from its description alone.
fn write_export(root: &Path, number: usize) {
    let desk = Desk::new(&format!("TRAM-{number:04}"), "D1");
    let Origin { station, point } = &desk.heading.origin;
    let visits = |on: usize| (0..(number + on) % 30).map(move |it| (it * 7 + on) as u8);
    let closings = days().enumerate().map(|(on, day)| {
        let visits: Vec<u8> = visits(on).collect();
        desk.closing(day, 1, &visits)
    });
    let mut files: Vec<(String, Vec<u8>)> =
        closings.flatten().map(|file| (file.name, file.bytes)).collect();
    files.push(("khoa-cong-khai.pem".into(), desk.key.public().to_pem().into_bytes()));
    files.push(("tong-hop.csv".into(), b"\"a\"\r\n".to_vec()));
    files.sort();
    let listed: Vec<_> = files
        .iter()
        .map(|(name, bytes)| {
            let sha256 = Digest::of(bytes).to_string();
            json!({ "name": name, "size": bytes.len(), "sha256": sha256 })
        })
        .collect();
    let [from, to] = [days().next(), days().last()].map(Option::unwrap);
    let manifest = serde_json::to_vec_pretty(&json!({
        "format": 1,
        "program": "tiepdon 0.1.0",
        "station": station.as_str(),
        "station_name": desk.heading.station_name,
        "point": point.as_str(),
        "point_name": desk.heading.point_name,
        "journal": uuid::Uuid::nil().to_string(),
        "from": from.to_string(),
        "to": to.to_string(),
        "made_at": "2026-12-02T08:00:00+07:00",
        "clock_sure": true,
        "events": 1,
        "chain_head": "ab".repeat(32),
        "public_key": desk.key.public().to_pem(),
        "files": listed,
    }));
    let manifest = manifest.unwrap();
    let signature = format!("{}\n", desk.key.sign(&manifest)).into_bytes();
    files.push(("MANIFEST.json".into(), manifest));
    files.push(("MANIFEST.sig".into(), signature));
    let folder = root.join(format!("exports/{station}/{station}_{point}_{from}_{to}"));
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn join(root: &Path) {
    let request = Request {
        inputs: vec![root.join("exports")],
        keys: None,
        expected: None,
        period: None,
        strict: true,
        made_at: exports::morning("2026-12-02".parse().unwrap()),
    };
    let began = Instant::now();
    let merged = merge(&request, &root.join("out")).unwrap();
    let wall = began.elapsed().as_secs_f64();
    let Merged { stations: joined, closings, gaps, sum, folder, .. } = merged;
    assert_eq!((joined, closings as usize, gaps.len()), (stations(), stations() * DAYS, 0));
    let arrivals: usize =
        (0..stations()).flat_map(|number| (0..DAYS).map(move |on| (number + on) % 30)).sum();
    assert_eq!(sum.arrivals as usize, arrivals);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("no VmHWM");
    let peak_kib: u64 = peak.split_whitespace().next().unwrap().parse().unwrap();
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    println!(
        "{closings} closings of {joined} stations joined in {wall:.1} s ({} s of processors), \
         {} MB at most",
        used.tv_sec,
        peak_kib / 1000
    );
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        println!("  {:>11} {}", entry.metadata().unwrap().len(), entry.file_name().display());
    }
    assert!(wall <= SECONDS, "more than {SECONDS} s");
    assert!(peak_kib / 1000 <= MEGABYTES, "more than {MEGABYTES} MB");
}
