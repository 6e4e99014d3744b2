//! A kiosk reads for years: whatever the reader sends, framing and decoding must leave no memory
//! behind. Alone in its process, because it measures the memory of all of it.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test ends where it meets something it did not expect"
)]

use std::fs;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;
use tiepdon::card::{Scan, decode};
use tiepdon::reader::framing::{Framer, FramingOptions, Record};

/// So many records, or what a debug build reads in a few seconds.
const RECORDS: u32 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// After so many, every buffer has the size it keeps.
const WARM_UP: u32 = RECORDS / 10;

/// What the allocator may take for its own order, in KiB: less than the smallest allocation lost
/// with every record would add up to.
const TOLERANCE_KIB: u64 = 1024;

/// Between two scans: sooner than the debounce, so that some records are repetitions.
const PAUSE: Duration = Duration::from_millis(300);

#[test]
fn a_million_records_of_mixed_noise_leave_no_memory_behind() {
    let mut desk = Desk {
        vectors: vectors(),
        noise: Noise(1),
        framer: Framer::new(FramingOptions::default()),
        now: Duration::ZERO,
        bytes: Vec::with_capacity(8192),
        today: "2026-11-22".parse().unwrap(),
        people: 0,
    };
    desk.read(WARM_UP);
    let before = resident_kib();
    desk.read(RECORDS - WARM_UP);
    let after = resident_kib();
    assert!((RECORDS / 4..RECORDS / 4 * 3).contains(&desk.people), "not mixed: {}", desk.people);
    assert!(after <= before + TOLERANCE_KIB, "{before} KiB became {after} KiB");
}

struct Desk {
    vectors: Vec<Vec<u8>>,
    noise: Noise,
    framer: Framer,
    now: Duration,
    /// What the port gives at once.
    bytes: Vec<u8>,
    today: NaiveDate,
    /// Records that named a person.
    people: u32,
}

impl Desk {
    fn read(&mut self, mut records: u32) {
        while records > 0 {
            self.now += PAUSE;
            self.scan();
            let found = self.framer.push(&self.bytes, self.now);
            self.people += found.iter().map(|record| self.names_a_person(record)).sum::<u32>();
            records = records.saturating_sub(u32::try_from(found.len()).unwrap());
        }
    }

    /// A code as it is, one with broken bytes, or noise; with an end or without.
    fn scan(&mut self) {
        let Self { vectors, noise, bytes, .. } = self;
        bytes.clear();
        if noise.below(4) == 0 {
            let length = if noise.below(100) == 0 { 8000 } else { noise.below(300) };
            bytes.extend((0..length).map(|_| noise.byte()));
        } else {
            bytes.extend_from_slice(&vectors[noise.below(vectors.len())]);
            for _ in 0..noise.below(4) {
                let place = noise.below(bytes.len());
                bytes[place] = noise.byte();
            }
        }
        if noise.below(2) == 0 {
            bytes.push(b'\r');
        }
    }

    fn names_a_person(&self, record: &Record) -> u32 {
        let scan = decode(record.bytes(), self.today);
        let (holder, identity) = (scan.holder(), scan.identity());
        assert!(holder.is_none() || identity.is_some());
        assert!(!matches!(scan, Scan::Unreadable(_)) || identity.is_none());
        identity.is_some().into()
    }
}

/// Noise that is the same in every run (xorshift).
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

fn vectors() -> Vec<Vec<u8>> {
    let file: Value = serde_json::from_str(include_str!("vectors/scan-vectors.json")).unwrap();
    let bytes = |vector: &Value| from_hex(vector["hex"].as_str().unwrap());
    file["vectors"].as_array().unwrap().iter().map(bytes).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The memory this process has, counted page by page: the sum in `statm` lags behind.
fn resident_kib() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = rollup.lines().find(|line| line.starts_with("Rss:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
