//! An idle reader must not cost a core. Alone in its process: it counts the wake-ups of a thread.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use tiepdon::reader::{FakeReader, listen};
use tiepdon::station::{Device, ReaderSettings};

const WATCHED: Duration = Duration::from_secs(4);

const STARTED_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn the_reader_thread_wakes_at_most_once_a_second_and_twice_while_it_looks_for_a_port() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let settings = ReaderSettings {
        device: Device::Path(link.clone()),
        baud: 9600,
        gap: Duration::from_millis(120),
        dtr: true,
    };
    listen(settings, Arc::new(AtomicBool::new(false)), |_| {}).unwrap();
    let looking = wake_ups_in(WATCHED);
    assert!(looking <= 2 * WATCHED.as_secs() + 1, "{looking} wake-ups without a port");

    let _reader = FakeReader::plug_in(&link).unwrap();
    std::thread::sleep(Duration::from_millis(600));
    let waiting = wake_ups_in(WATCHED);
    assert!(waiting <= WATCHED.as_secs() + 1, "{waiting} wake-ups while waiting for a scan");
}

fn wake_ups_in(time: Duration) -> u64 {
    let before = wake_ups();
    std::thread::sleep(time);
    wake_ups() - before
}

/// Voluntary context switches of the reader's thread.
fn wake_ups() -> u64 {
    let status = fs::read_to_string(reader_task().join("status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("voluntary")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// A thread takes its name only when it first runs: on a busy machine that is later than `listen`.
fn reader_task() -> PathBuf {
    let is_reader = |task: &PathBuf| {
        fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "reader")
    };
    let deadline = Instant::now() + STARTED_WITHIN;
    loop {
        let mut tasks = fs::read_dir("/proc/self/task").unwrap();
        if let Some(task) = tasks.find_map(|task| Some(task.unwrap().path()).filter(is_reader)) {
            return task;
        }
        assert!(Instant::now() < deadline, "no thread of this process is called reader");
        std::thread::sleep(Duration::from_millis(10));
    }
}
