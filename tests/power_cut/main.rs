//! The power goes between any two writes. What the program does to its folder is recorded with every
//! sync, then replayed up to some point onto an empty folder: what was synced is there, and of the
//! rest whatever a medium may keep (see `medium`). After every cut the program must start, with all
//! it had answered for.
//!
//! `TIEPDON_CUTS=2000 cargo test --release --test power_cut` for more than the usual 100.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a test says what broke by panicking"
)]

mod after;
mod day;
mod medium;
mod recording;
mod story;
mod trace;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use after::Cut;
use medium::{Dice, Fate};
use story::Story;
use tempfile::TempDir;

const USUAL_CUTS: usize = 100;

/// After so many cuts the real program is started, with a reader, for one patient.
const CUTS_A_REAL_START: usize = 10;

/// The folder that a child of this test works in, and the day on which it starts there.
const ROOT: &str = "TIEPDON_TEST_ROOT";
const DAY: &str = "TIEPDON_TEST_DAY";

#[test]
#[ignore = "started by the test below"]
fn lives_through_days() {
    day::live(Path::new(&std::env::var(ROOT).unwrap()));
}

#[test]
#[ignore = "started by the test below"]
fn starts_once_more() {
    let day = std::env::var(DAY).unwrap().parse().unwrap();
    day::start(Path::new(&std::env::var(ROOT).unwrap()), day);
}

#[test]
fn after_a_power_cut_at_any_step_everything_answered_for_is_there_once() {
    if let Some(why) = trace::why_not() {
        assert!(std::env::var_os("CI").is_none(), "CI must be able to watch programs: {why}");
        // Straight to the terminal: what a passing test prints with a macro is not shown.
        let _ = writeln!(std::io::stderr(), "SKIPPED: power cuts. {why}");
        return;
    }
    let cuts = std::env::var("TIEPDON_CUTS").map_or(USUAL_CUTS, |n| n.parse().unwrap());
    let began = Instant::now();
    let days = Story::of_days();
    let stories = [
        (Story::of_the_program(), 20),
        (Story::of_restoring(&days), 12),
        (Story::of_catching_up(&days), 8),
        (Story::of_a_start_after_a_cut(&days), 10),
        (days, 50),
    ];
    println!("recorded in {:?}", began.elapsed());
    let mut all = Vec::new();
    for (story, percent) in &stories {
        println!(
            "{}: {} steps, {} of them syncs, {} events",
            story.name,
            story.recording.steps.len(),
            story.recording.syncs(),
            story.events.len(),
        );
        let count = (cuts * percent).div_ceil(100);
        let mut dice = Dice(20_261_124);
        let steps = story.recording.steps.len();
        all.extend((0..count).map(|number| {
            // Everywhere alike, and in each stretch anywhere.
            let stretch = steps * number / count..steps * (number + 1) / count;
            let at = stretch.start + dice.below(stretch.len().max(1)) + 1;
            let fate = Fate::ALL[number % Fate::ALL.len()];
            Cut { story, at: at.min(steps), fate, seed: number as u64 }
        }));
    }
    let (next, restored) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, cut)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    all.get(number).map(|cut| (number, cut))
                } {
                    restored.fetch_add(usize::from(cut.starts_again()), Ordering::Relaxed);
                    cut.starts_again_without_its_database();
                    if number.is_multiple_of(CUTS_A_REAL_START) {
                        cut.starts_the_real_program();
                    }
                }
            });
        }
    });
    let restored = restored.into_inner();
    println!("{} cuts, {restored} of them with a restored journal", all.len());
    println!("all in {:?}", began.elapsed());
}

/// A folder for a medium after a cut: in memory where there is such a place, because its syncs are
/// not what is tested.
fn folder() -> TempDir {
    const MEMORY: &str = "/dev/shm";
    if Path::new(MEMORY).is_dir() { TempDir::new_in(MEMORY) } else { TempDir::new() }.unwrap()
}

fn data(root: &Path) -> PathBuf {
    root.join("data")
}
