//! Figures and their targets, side by side.

use std::io::{self, Write as _};
use std::time::Duration;

/// One line of the table.
pub(crate) struct Figure {
    name: &'static str,
    /// In order of size, in `unit`.
    values: Vec<f64>,
    unit: &'static str,
    targets: Vec<Target>,
}

/// No more than `limit` at this part of all values; 0.5 is the median.
struct Target {
    part: f64,
    limit: f64,
}

impl Figure {
    /// Many measurements of one time.
    pub(crate) fn of_times(name: &'static str, times: &[Duration]) -> Self {
        let values = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        Self::new(name, values, "ms")
    }

    /// One measurement.
    pub(crate) fn single(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self::new(name, vec![value], unit)
    }

    fn new(name: &'static str, mut values: Vec<f64>, unit: &'static str) -> Self {
        values.sort_by(f64::total_cmp);
        Self { name, values, unit, targets: Vec::new() }
    }

    /// Sets a target: `limit` for the value below which `part` of all lie.
    pub(crate) fn within(mut self, part: f64, limit: f64) -> Self {
        self.targets.push(Target { part, limit });
        self
    }

    /// The value below which `part` of all lie.
    fn at(&self, part: f64) -> f64 {
        let last = self.values.len().saturating_sub(1);
        let place = (part * last as f64).ceil() as usize;
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let Self { name, values, unit, targets } = self;
        let mut out = io::stdout().lock();
        write!(out, "{name:<44} {:>5}", values.len())?;
        for part in [0.5, 0.9, 0.99, 1.0] {
            write!(out, " {:>8.2}", self.at(part))?;
        }
        write!(out, " {unit:<4}")?;
        for Target { part, limit } in targets {
            let verdict = if self.at(*part) <= *limit { "ok" } else { "MISSED" };
            let percent = part * 100.0;
            write!(out, "  p{percent:.0} ≤ {limit} {verdict}")?;
        }
        writeln!(out)?;
        out.flush()
    }
}

pub(crate) fn print_heading() -> io::Result<()> {
    let (figure, n, unit) = ("", "n", "");
    let columns = ["p50", "p90", "p99", "max"].map(|column| format!("{column:>8}")).join(" ");
    writeln!(io::stdout(), "{figure:<44} {n:>5} {columns} {unit:<4}  target")
}
