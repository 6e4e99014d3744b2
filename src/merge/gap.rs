//! Days without a closing that counts. They are no zeros: nobody knows what happened on them.

use std::collections::{BTreeMap, BTreeSet};

use super::Expected;
use super::desk::Desk;
use super::spans::{Spans, after, length};
use crate::event::{Origin, StationDay};
use crate::export::Period;

/// Some days in a row of one desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The desk.
    pub origin: Origin,
    /// Name of its station; empty when nothing of it was read.
    pub station_name: String,
    /// Its own name; empty likewise.
    pub point_name: String,
    /// The first day.
    pub from: StationDay,
    /// The last one.
    pub to: StationDay,
    /// Why they are missing.
    pub why: Why,
}

impl Gap {
    /// How many days.
    pub fn days(&self) -> u64 {
        length(self.from, self.to)
    }
}

/// Why days are missing, by what has to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The desk is expected, and nothing of it was found.
    Silent,
    /// No export covers these days.
    NotSent,
    /// No export that counts covers these days, and one of the desk was refused.
    Refused,
    /// An export covers these days, but they were not closed.
    NotClosed,
    /// Closings of these days contradict each other.
    Contradicting,
}

/// The gaps of all desks that sent something or were expected to, in order. A station closes every
/// day of the calendar, those without visits too, so every day is looked for.
pub(super) fn gaps(desks: &[Desk], expected: Option<&Expected>, period: Period) -> Vec<Gap> {
    let sent: BTreeMap<&Origin, &Desk> =
        desks.iter().filter_map(|desk| Some((desk.origin.as_ref()?, desk))).collect();
    let awaited = expected.iter().flat_map(|expected| &expected.0);
    let all: BTreeSet<&Origin> = sent.keys().copied().chain(awaited).collect();
    all.into_iter().flat_map(|origin| of_desk(origin, sent.get(origin).copied(), period)).collect()
}

fn of_desk(origin: &Origin, desk: Option<&Desk>, period: Period) -> Vec<Gap> {
    let gap = |from, to, why| Gap {
        origin: origin.clone(),
        station_name: desk.map(|desk| desk.station_name.clone()).unwrap_or_default(),
        point_name: desk.map(|desk| desk.point_name.clone()).unwrap_or_default(),
        from,
        to,
        why,
    };
    let Some(desk) = desk else { return vec![gap(period.from(), period.to(), Why::Silent)] };
    let why = |day: StationDay| {
        if desk.closed.has(day) {
            None
        } else if desk.contradicting.has(day) {
            Some(Why::Contradicting)
        } else if desk.covered.has(day) {
            Some(Why::NotClosed)
        } else if desk.refused.is_empty() {
            Some(Why::NotSent)
        } else {
            Some(Why::Refused)
        }
    };
    let mut gaps: Vec<Gap> = Vec::new();
    // What holds for the first day of a stretch holds for all of it.
    let begins = stretches([&desk.closed, &desk.contradicting, &desk.covered], period);
    let ends = begins.iter().skip(1).map(|next| before(*next)).chain([period.to()]);
    for (from, to) in begins.iter().copied().zip(ends) {
        let Some(why) = why(from) else { continue };
        match gaps.last_mut() {
            Some(last) if last.why == why && after(last.to) == from => last.to = to,
            Some(_) | None => gaps.push(gap(from, to, why)),
        }
    }
    gaps
}

/// The days of `period` on which something may change, in order; its first is one of them.
fn stretches(spans: [&Spans; 3], period: Period) -> BTreeSet<StationDay> {
    let edges = spans.into_iter().flat_map(Spans::iter).flat_map(|(from, to)| [from, after(to)]);
    edges.filter(|day| period.from() < *day && *day <= period.to()).chain([period.from()]).collect()
}

fn before(day: StationDay) -> StationDay {
    day.0.pred_opt().map_or(day, StationDay)
}
