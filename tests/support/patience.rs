//! Waiting for a condition, never for a time.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;

/// Often enough that nobody waits for the waiting, seldom enough to leave the core to others.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Looks until `look` sees something; fails with `what` when `patience` is over.
pub(crate) fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let began = Instant::now();
    loop {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        if began.elapsed() > patience {
            bail!("waited {patience:?} in vain for {what}");
        }
        thread::sleep(LOOK_EVERY);
    }
}
