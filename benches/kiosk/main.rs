//! The kiosk as a user has it: the release program in a window of 1920 × 1080 on an X server of
//! its own, measured from outside, against the targets of the project.
//!
//! `cargo bench --bench kiosk` measures everything (some five minutes), `-- scan start` only what
//! is named. Nothing else should run meanwhile.

mod answer;
mod footprint;
mod property;
mod scene;
mod start;
#[path = "../../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;
mod table;

use std::env;

use anyhow::bail;
use table::Figure;

/// One measurement.
type Part = fn() -> anyhow::Result<Vec<Figure>>;

/// What can be measured, by the name on the command line.
const PARTS: [(&str, Part); 7] = [
    ("property", property::scans),
    ("heard", answer::heard),
    ("scan", answer::scans),
    ("touch", answer::touches),
    ("start", start::starts),
    ("memory", footprint::memory),
    ("idle", footprint::idle),
];

fn main() -> anyhow::Result<()> {
    // Cargo adds options of its own, such as --bench.
    let wanted: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if let Some(unknown) = wanted.iter().find(|name| PARTS.iter().all(|(part, _)| part != name)) {
        bail!("there is no part {unknown}; there are {}", PARTS.map(|(part, _)| part).join(", "));
    }
    table::print_heading()?;
    for (name, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|part| part == name) {
            for figure in measure()? {
                figure.print()?;
            }
        }
    }
    Ok(())
}
