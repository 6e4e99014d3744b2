//! The numbers of one station day.

use super::Share;
use crate::event::{AgeBand, CardKind, Choice, RecordUsed, Source};

/// Figures of one station day at one desk. Counts of visits unless a field says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayFigures {
    /// All visits of the day.
    pub arrivals: u64,
    /// Visits that began with "Không quét – tiếp tục".
    pub without_card: u64,
    /// Visits that began with a scan, by what was scanned.
    pub cards: Cards,
    /// All visits by age band.
    pub ages: Ages,
    /// All visits by the record used.
    pub used: Used,
    /// Visits that opened at least one guide on the kiosk.
    pub guided: u64,
    /// Visits that followed at least one guide to its end; part of `guided`.
    pub finished_guide: u64,
    /// Visits recorded while the clock was not known to be right, so that their day is unsure.
    pub unsure_clock: u64,
    /// How often staff was called; calls, not visits.
    pub staff_calls: u64,
    /// How often a card was read again for a visit that existed already; scans, not visits.
    pub scanned_again: u64,
    /// Scans that were no usable card; scans, not visits.
    pub unreadable: u64,
}

impl DayFigures {
    /// Visits that began with a scan.
    pub fn scanned(&self) -> u64 {
        self.cards.total()
    }

    /// `part` as a share of all visits.
    pub fn of_arrivals(&self, part: u64) -> Share {
        Share { part, whole: self.arrivals }
    }
}

/// Scanned visits by the kind of document. Says nothing about VNeID: its QR and the card's can be
/// the same string (product rule 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cards {
    /// Chip CCCD of 2021–06/2024.
    pub cccd: u64,
    /// Thẻ Căn cước since 07/2024.
    pub can_cuoc: u64,
    /// BHYT card.
    pub insurance: u64,
    /// Bare personal number.
    pub personal_number: u64,
    /// Bare BHYT or BHXH number.
    pub insurance_number: u64,
    /// Token that cannot be read here.
    pub opaque: u64,
}

impl Cards {
    /// All scanned visits.
    pub fn total(&self) -> u64 {
        let Self { cccd, can_cuoc, insurance, personal_number, insurance_number, opaque } = *self;
        cccd + can_cuoc + insurance + personal_number + insurance_number + opaque
    }

    /// Where a visit with this card is counted.
    pub(super) fn slot(&mut self, card: CardKind) -> &mut u64 {
        match card {
            CardKind::Cccd => &mut self.cccd,
            CardKind::CanCuoc => &mut self.can_cuoc,
            CardKind::Insurance => &mut self.insurance,
            CardKind::PersonalNumber => &mut self.personal_number,
            CardKind::InsuranceNumber => &mut self.insurance_number,
            CardKind::Opaque => &mut self.opaque,
        }
    }
}

/// Visits by age on the day of the visit. The fields do not overlap; the bands that reports ask
/// for are made of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// Below 14 years.
    pub under_14: u64,
    /// 14 to 59 years.
    pub from_14_to_59: u64,
    /// 60 to 69 years.
    pub from_60_to_69: u64,
    /// 70 years and more.
    pub from_70: u64,
    /// Not known, and not guessed.
    pub unknown: u64,
}

impl Ages {
    /// 14 to 69 years.
    pub fn from_14_to_69(&self) -> u64 {
        self.from_14_to_59 + self.from_60_to_69
    }

    /// 60 years and more ("người cao tuổi"). Overlaps with [`Self::from_14_to_69`].
    pub fn from_60(&self) -> u64 {
        self.from_60_to_69 + self.from_70
    }

    /// All visits.
    pub fn total(&self) -> u64 {
        self.under_14 + self.from_14_to_59 + self.from_60_to_69 + self.from_70 + self.unknown
    }

    /// Where a visit of this age is counted.
    pub(super) fn slot(&mut self, age: AgeBand) -> &mut u64 {
        match age {
            AgeBand::Under14 => &mut self.under_14,
            AgeBand::From14 => &mut self.from_14_to_59,
            AgeBand::From60 => &mut self.from_60_to_69,
            AgeBand::From70 => &mut self.from_70,
            AgeBand::Unknown => &mut self.unknown,
        }
    }
}

/// Visits by the record used, from the last choice of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// SSKĐT on VNeID, on the patient's word alone.
    pub vneid_self_declared: u64,
    /// SSKĐT on VNeID, seen by a nurse ("tính thực chất").
    pub vneid_confirmed: u64,
    /// Paper book.
    pub paper: u64,
    /// None yet, asked for guidance.
    pub neither: u64,
    /// No choice was made, or not yet.
    pub unfinished: u64,
}

impl Used {
    /// SSKĐT on VNeID, whoever says so.
    pub fn vneid(&self) -> u64 {
        self.vneid_self_declared + self.vneid_confirmed
    }

    /// All visits.
    pub fn total(&self) -> u64 {
        self.vneid() + self.paper + self.neither + self.unfinished
    }

    /// Where a visit with this last choice is counted.
    pub(super) fn slot(&mut self, choice: Option<Choice>) -> &mut u64 {
        match choice {
            Some(Choice { used: RecordUsed::Vneid, source: Source::SelfDeclared }) => {
                &mut self.vneid_self_declared
            }
            Some(Choice { used: RecordUsed::Vneid, source: Source::NurseConfirmed }) => {
                &mut self.vneid_confirmed
            }
            Some(Choice { used: RecordUsed::Paper, source: _ }) => &mut self.paper,
            Some(Choice { used: RecordUsed::Neither, source: _ }) => &mut self.neither,
            None => &mut self.unfinished,
        }
    }
}
