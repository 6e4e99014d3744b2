//! Days without figures, in words: "Không có số liệu, để trống chứ không phải 0: …".

use crate::campaign::Days;
use crate::event::StationDay;
use crate::figures::Gap;

/// The days without figures among `days`, in order, neighbours of one reason together.
pub(super) fn runs(days: impl IntoIterator<Item = (StationDay, Option<Gap>)>) -> Vec<(Days, Gap)> {
    let mut runs: Vec<(Days, Gap)> = Vec::new();
    for (day, gap) in days {
        let Some(gap) = gap else { continue };
        match runs.last_mut() {
            Some((run, reason)) if *reason == gap && run.to.0.succ_opt() == Some(day.0) => {
                run.to = day;
            }
            Some(_) | None => runs.push((Days { from: day, to: day }, gap)),
        }
    }
    runs
}

/// How many days these are.
pub(super) fn count(runs: &[(Days, Gap)]) -> i64 {
    runs.iter().map(|(days, _)| days.count()).sum()
}

/// "từ 01/10/2026 đến 05/10/2026 (trước ngày máy bắt đầu đếm); 24/11/2026 (chưa chốt sổ)".
pub(super) fn in_words(runs: &[(Days, Gap)]) -> String {
    let one = |(days, gap): &(Days, Gap)| {
        let Days { from, to } = *days;
        let (from_day, to_day) = (from.0.format("%d/%m/%Y"), to.0.format("%d/%m/%Y"));
        if from == to {
            format!("{from_day} ({gap})")
        } else {
            format!("từ {from_day} đến {to_day} ({gap})")
        }
    };
    runs.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The sentence below a table of `days` days, of which `runs` have no figures; none where none is
/// missing.
pub(super) fn sentence(days: i64, runs: &[(Days, Gap)]) -> Option<String> {
    let missing = count(runs);
    (missing > 0).then(|| {
        format!(
            "Trong kỳ có {missing} trên {days} ngày chưa có số liệu, để trống chứ không phải 0: {}.",
            in_words(runs)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_figures_are_named_with_why() {
        let first: StationDay = "2026-11-22".parse().unwrap();
        let days = first.0.iter_days().take(5).map(StationDay);
        let (before, open) = (Some(Gap::BeforeJournal), Some(Gap::NotClosed));
        let found = runs(days.zip([before, before, None, open, Some(Gap::ToCome)]));
        assert_eq!(count(&found), 4);
        assert_eq!(
            sentence(5, &found).unwrap(),
            "Trong kỳ có 4 trên 5 ngày chưa có số liệu, để trống chứ không phải 0: từ 22/11/2026 \
             đến 23/11/2026 (trước ngày máy bắt đầu đếm); 25/11/2026 (chưa chốt sổ); 26/11/2026 \
             (chưa đến)."
        );
        assert_eq!(sentence(5, &[]), None);
    }
}
