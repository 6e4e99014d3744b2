//! Where the bars of the chart by day stand. Lengths are millimetres from the left and upper edges of
//! the chart's own area; whoever draws it, on a page or on paper, draws the same.

use super::Chart;
use crate::event::StationDay;

/// A chart that is laid out.
pub(super) struct Bars {
    /// The bars, day by day from the axis up; parts of nothing have none.
    pub(super) bars: Vec<Bar>,
    /// Lines across, from below: where, and the visits they stand for.
    pub(super) rules: Vec<(f32, u64)>,
    /// Where the middle of a day is that has room for its name.
    pub(super) days: Vec<(f32, StationDay)>,
    /// Where the middle of a day is that has no figures.
    pub(super) gaps: Vec<(f32, StationDay)>,
}

/// One part of one day.
pub(super) struct Bar {
    /// Its day.
    pub(super) day: StationDay,
    /// Which of [`Chart::PARTS`].
    pub(super) part: usize,
    /// Its visits.
    pub(super) visits: u64,
    /// Its left side.
    pub(super) left: f32,
    /// Its upper side.
    pub(super) top: f32,
    /// Its width.
    pub(super) width: f32,
    /// Its height.
    pub(super) height: f32,
}

/// How much of its place a bar fills.
const FULL: f32 = 0.7;
/// Most lines above the axis.
const MOST_RULES: u64 = 5;
/// Most names of days that have room beside each other.
const MOST_DAYS: usize = 12;

impl Bars {
    /// Lays out the chart in an area.
    pub(super) fn of(chart: &Chart, width: f32, height: f32) -> Self {
        let step = step(chart.most());
        let steps = chart.most().div_ceil(step).max(1);
        let high = |visits: u64| height * (visits as f32 / (step as f32 * steps as f32));
        let place = width / chart.days.len().max(1) as f32;
        let mut bars = Vec::new();
        let (mut days, mut gaps) = (Vec::new(), Vec::new());
        let every = chart.days.len().div_ceil(MOST_DAYS).max(1);
        for (index, (day, parts)) in chart.days.iter().enumerate() {
            let middle = place * (index as f32 + 0.5);
            if index.is_multiple_of(every) {
                days.push((middle, *day));
            }
            if parts.is_none() {
                gaps.push((middle, *day));
            }
            let mut below = 0;
            for (part, visits) in
                parts.iter().flatten().enumerate().filter(|(_, visits)| **visits > 0)
            {
                below += visits;
                bars.push(Bar {
                    day: *day,
                    part,
                    visits: *visits,
                    left: middle - place * FULL / 2.0,
                    top: height - high(below),
                    width: place * FULL,
                    height: high(*visits),
                });
            }
        }
        let rules = (0..=steps).map(|rule| rule.saturating_mul(step));
        let rules = rules.map(|visits| (height - high(visits), visits)).collect();
        Self { bars, rules, days, gaps }
    }
}

/// Visits from one line to the next: 1, 2 or 5 with noughts.
fn step(most: u64) -> u64 {
    let mut ten: u64 = 1;
    loop {
        for step in [1, 2, 5].map(|one| ten.saturating_mul(one)) {
            if most.div_ceil(step) <= MOST_RULES {
                return step;
            }
        }
        ten = ten.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::heading;

    fn chart(days: &[[u64; 4]]) -> Chart {
        let first: StationDay = "2026-06-15".parse().unwrap();
        let days =
            first.0.iter_days().map(StationDay).zip(days.iter().copied().map(Some)).collect();
        Chart { title: "Thử".into(), days, about: Vec::new(), made_at: heading().made_at }
    }

    #[test]
    fn lines_stand_at_round_numbers_and_hold_the_highest_bar() {
        for (most, lines) in [
            (0, vec![0, 1]),
            (1, vec![0, 1]),
            (5, vec![0, 1, 2, 3, 4, 5]),
            (6, vec![0, 2, 4, 6]),
            (41, vec![0, 10, 20, 30, 40, 50]),
            (1234, vec![0, 500, 1000, 1500]),
        ] {
            let bars = Bars::of(&chart(&[[most, 0, 0, 0]]), 100.0, 50.0);
            let numbers: Vec<u64> = bars.rules.iter().map(|(_, number)| *number).collect();
            assert_eq!(numbers, lines, "{most}");
        }
        assert!(step(u64::MAX) > 0);
    }

    #[test]
    fn a_day_without_figures_is_marked_and_has_no_bar() {
        let mut chart = chart(&[[1, 0, 0, 0], [0; 4], [2, 0, 0, 0]]);
        chart.days[2].1 = None;
        let bars = Bars::of(&chart, 90.0, 60.0);
        assert_eq!(bars.gaps, [(75.0, chart.days[2].0)], "a day of zeros is not marked");
        assert!(bars.bars.iter().all(|bar| bar.day == chart.days[0].0));
    }

    #[test]
    fn parts_stand_on_each_other_and_within_the_area() {
        let days: Vec<[u64; 4]> = (0..92).map(|day| [day, 92 - day, day % 3, 0]).collect();
        let bars = Bars::of(&chart(&days), 150.0, 60.0);
        assert!(bars.days.len() <= MOST_DAYS && bars.days.len() > MOST_DAYS / 2);
        let mut right = 0.0;
        for day in &chart(&days).days {
            let of_day: Vec<&Bar> = bars.bars.iter().filter(|bar| bar.day == day.0).collect();
            let told: u64 = of_day.iter().map(|bar| bar.visits).sum();
            assert_eq!(told, day.1.unwrap().iter().sum::<u64>());
            let mut bottom = 60.0;
            for bar in &of_day {
                assert!((bar.top + bar.height - bottom).abs() < 0.001, "{:?}", bar.day);
                bottom = bar.top;
                assert!(bar.left >= right && bar.top >= -0.001);
            }
            right = of_day[0].left + of_day[0].width;
        }
        assert!(right <= 150.0);
        assert!(Bars::of(&chart(&[]), 150.0, 60.0).bars.is_empty());
    }
}
