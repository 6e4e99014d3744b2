//! Births of the patients who came while nobody vouched for the clock, so that their ages can be put
//! right when the time becomes known. In memory only, beside the random id of the visit and without
//! name or number; wiped as soon as the time is known, and at the latest with the program.

use std::collections::VecDeque;

use chrono::{Datelike as _, NaiveDate};
use zeroize::Zeroizing;

use crate::card::{PartialDate, Scan};
use crate::desk::age_band;
use crate::event::VisitId;
use crate::journal::Ages;

/// More than a station has in two days. Of who came before, the age stays as it was told.
const MOST: usize = 500;

/// A birth as year, month and day; zero for what is not known.
type Birth = Zeroizing<[i32; 3]>;

/// Births by visit, the oldest first.
#[derive(Clone, Default)]
pub(super) struct Births(VecDeque<(VisitId, Birth)>);

impl Births {
    /// Keeps the birth of a visit's patient.
    pub(super) fn keep(&mut self, visit: VisitId, birth: PartialDate) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((visit, Zeroizing::new(packed(birth))));
    }

    /// Wipes them all.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Whether nobody's birth is kept.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the journal asks for ages; a copy, wiped when the journal has answered.
    pub(super) fn ages(&self) -> Ages {
        let births = self.clone();
        Box::new(move |visit, day| {
            let (_, birth) = births.0.iter().rev().find(|(of, _)| *of == visit)?;
            unpacked(birth).map(|birth| age_band(birth, day))
        })
    }
}

/// The birth of the person whose card was scanned.
pub(super) fn told_by(scan: &Scan) -> Option<PartialDate> {
    scan.holder().and_then(|holder| holder.birth)
}

fn packed(birth: PartialDate) -> [i32; 3] {
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    match birth {
        PartialDate::Year(year) => [year, 0, 0],
        PartialDate::Month { year, month } => [year, small(month), 0],
        PartialDate::Day(date) => [date.year(), small(date.month()), small(date.day())],
    }
}

fn unpacked(&[year, month, day]: &[i32; 3]) -> Option<PartialDate> {
    let (month, day) = (u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    Some(match (month, day) {
        (0, _) => PartialDate::Year(year),
        (month, 0) => PartialDate::Month { year, month },
        (month, day) => PartialDate::Day(NaiveDate::from_ymd_opt(year, month, day)?),
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::AgeBand;

    fn visit(number: usize) -> VisitId {
        VisitId(Uuid::from_u128(number as u128))
    }

    #[test]
    fn a_birth_gives_the_age_of_any_day_until_it_is_forgotten() {
        let today = "2026-11-22".parse().unwrap();
        let mut births = Births::default();
        for (number, birth, band) in [
            (1, PartialDate::Year(1950), AgeBand::From70),
            (2, PartialDate::Month { year: 1966, month: 12 }, AgeBand::From14),
            (3, PartialDate::Day("1966-11-22".parse().unwrap()), AgeBand::From60),
            (4, PartialDate::Day("2027-01-01".parse().unwrap()), AgeBand::Unknown),
        ] {
            births.keep(visit(number), birth);
            assert_eq!(births.ages()(visit(number), today), Some(band), "{birth}");
        }
        assert_eq!(births.ages()(visit(9), today), None);
        births.forget();
        assert_eq!(births.ages()(visit(1), today), None);
    }

    #[test]
    fn no_more_are_kept_than_a_station_has_in_two_days() {
        let mut births = Births::default();
        for number in 0..=MOST {
            births.keep(visit(number), PartialDate::Year(1950));
        }
        let today = "2026-11-22".parse().unwrap();
        assert_eq!(births.0.len(), MOST);
        assert_eq!(births.ages()(visit(0), today), None);
        assert_eq!(births.ages()(visit(MOST), today), Some(AgeBand::From70));
    }
}
