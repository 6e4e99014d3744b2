//! Days and moments as people here write them.

use super::manifest::{Manifest, Period};
use crate::event::StationDay;

/// `24/11/2026`.
pub(super) fn day(day: StationDay) -> String {
    day.0.format("%d/%m/%Y").to_string()
}

/// `01/11/2026 đến 20/11/2026, 24/11/2026`: days in order, those in a row as one.
pub(crate) fn days(days: &[StationDay]) -> String {
    let in_a_row = |one: &StationDay, next: &StationDay| one.0.succ_opt() == Some(next.0);
    let rows = days.chunk_by(in_a_row).filter_map(|row| match row {
        [] => None,
        [only] => Some(day(*only)),
        [first, .., last] => Some(format!("{} đến {}", day(*first), day(*last))),
    });
    rows.collect::<Vec<_>>().join(", ")
}

/// `Ngày 24/11/2026`, or from the first to the last.
pub(super) fn period(period: Period) -> String {
    let (from, to) = (day(period.from()), day(period.to()));
    if period.from() == period.to() {
        format!("Ngày {from}")
    } else {
        format!("Từ ngày {from} đến hết ngày {to}")
    }
}

/// `17:05 ngày 24/11/2026`, and whether that can be believed.
pub(super) fn made(manifest: &Manifest) -> String {
    let doubt =
        if manifest.clock_sure { "" } else { " (đồng hồ của máy chưa chắc đúng)" };
    format!("{}{doubt}", manifest.made_at.format("%H:%M ngày %d/%m/%Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_a_row_are_told_as_one() {
        for (listed, told) in [
            (&[] as &[&str], ""),
            (&["2026-11-24"], "24/11/2026"),
            (&["2026-10-31", "2026-11-01"], "31/10/2026 đến 01/11/2026"),
            (
                &["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-05", "2026-11-07"],
                "01/11/2026 đến 03/11/2026, 05/11/2026, 07/11/2026",
            ),
        ] {
            let listed: Vec<StationDay> = listed.iter().map(|day| day.parse().unwrap()).collect();
            assert_eq!(days(&listed), told);
        }
    }
}
