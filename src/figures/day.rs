//! The numbers of one station day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Calls, Share, Visit};
use crate::event::{
    AgeBand, CardKind, Choice, Entry, IntegrationResult, Obstacle, RecordUsed, Source,
};

/// Figures of one station day at one desk. Counts of visits unless a field says otherwise. Signed
/// closings hold them under these names: a name, once released, keeps its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Visits that were taught, by the kiosk or by a nurse.
    pub guided: u64,
    /// Visits that opened at least one guide on the kiosk; part of `guided`.
    pub guided_by_kiosk: u64,
    /// Visits that followed at least one guide to its end; part of `guided_by_kiosk`.
    pub finished_guide: u64,
    /// Visits that a nurse taught; part of `guided`.
    pub guided_by_staff: u64,
    /// Visits by how the integration of the BHYT card went, every result named.
    pub integration: BTreeMap<IntegrationResult, u64>,
    /// Visits by why VNeID was not used, every obstacle named.
    pub obstacles: BTreeMap<Obstacle, u64>,
    /// Visits in which somebody answered for the patient.
    pub accompanied: u64,
    /// Visits recorded by staff.
    pub assisted: u64,
    /// Second visits of a day, added on purpose; part of `assisted`.
    pub second: u64,
    /// Visits entered from the paper sheet; part of `assisted`.
    pub from_paper: u64,
    /// Visits that staff struck out; not part of `arrivals` nor of anything else here.
    pub struck_out: u64,
    /// How often something of a visit was put right; corrections, not visits.
    pub corrections: u64,
    /// Visits recorded while the clock was not known to be right, so that their day is unsure.
    pub unsure_clock: u64,
    /// How often staff was called; calls, not visits.
    pub staff_calls: u64,
    /// How they were answered; calls, not visits. Versions before 2026-12 do not tell: then no call is
    /// in it, whatever `staff_calls` says.
    #[serde(default)]
    pub calls: Calls,
    /// How often a card was read again for a visit that existed already; scans, not visits.
    pub scanned_again: u64,
    /// Scans that were no usable card; scans, not visits.
    pub unreadable: u64,
}

impl Default for DayFigures {
    /// A day on which nothing happened, with explicit zeros.
    fn default() -> Self {
        Self {
            arrivals: 0,
            without_card: 0,
            cards: Cards::default(),
            ages: Ages::default(),
            used: Used::default(),
            guided: 0,
            guided_by_kiosk: 0,
            finished_guide: 0,
            guided_by_staff: 0,
            integration: IntegrationResult::ALL.into_iter().map(|result| (result, 0)).collect(),
            obstacles: Obstacle::ALL.into_iter().map(|obstacle| (obstacle, 0)).collect(),
            accompanied: 0,
            assisted: 0,
            second: 0,
            from_paper: 0,
            struck_out: 0,
            corrections: 0,
            unsure_clock: 0,
            staff_calls: 0,
            calls: Calls::default(),
            scanned_again: 0,
            unreadable: 0,
        }
    }
}

impl DayFigures {
    /// Counts one visit.
    pub(super) fn count(&mut self, visit: &Visit) {
        // A visit is an arrival; what is told of one that never arrived counts nowhere.
        let Some(arrived) = visit.arrived() else { return };
        self.corrections += visit.corrections();
        if visit.is_struck_out() {
            self.struck_out += 1;
            return;
        }
        self.arrivals += 1;
        match arrived.card {
            Some(card) => *self.cards.slot(card) += 1,
            None => self.without_card += 1,
        }
        *self.ages.slot(visit.age()) += 1;
        *self.used.slot(visit.choice()) += 1;
        let (by_kiosk, by_staff) = (visit.is_guided_by_kiosk(), visit.is_guided_by_staff());
        self.guided += u64::from(by_kiosk || by_staff);
        self.guided_by_kiosk += u64::from(by_kiosk);
        self.finished_guide += u64::from(visit.has_finished_guide());
        self.guided_by_staff += u64::from(by_staff);
        if let Some(result) = visit.integration() {
            *self.integration.entry(result).or_default() += 1;
        }
        if let Some(obstacle) = visit.obstacle() {
            *self.obstacles.entry(obstacle).or_default() += 1;
        }
        self.accompanied += u64::from(visit.is_accompanied());
        self.assisted += u64::from(arrived.by.is_some());
        self.second += u64::from(arrived.entry == Entry::Second);
        self.from_paper += u64::from(arrived.entry == Entry::FromPaper);
        self.unsure_clock += u64::from(!arrived.at.sure);
    }

    /// Takes in the figures of another day.
    pub fn add(&mut self, other: &Self) {
        let Self {
            arrivals,
            without_card,
            cards,
            ages,
            used,
            guided,
            guided_by_kiosk,
            finished_guide,
            guided_by_staff,
            integration,
            obstacles,
            accompanied,
            assisted,
            second,
            from_paper,
            struck_out,
            corrections,
            unsure_clock,
            staff_calls,
            calls,
            scanned_again,
            unreadable,
        } = other;
        self.arrivals += arrivals;
        self.without_card += without_card;
        self.cards.add(*cards);
        self.ages.add(*ages);
        self.used.add(*used);
        self.guided += guided;
        self.guided_by_kiosk += guided_by_kiosk;
        self.finished_guide += finished_guide;
        self.guided_by_staff += guided_by_staff;
        for (result, count) in integration {
            *self.integration.entry(*result).or_default() += count;
        }
        for (obstacle, count) in obstacles {
            *self.obstacles.entry(*obstacle).or_default() += count;
        }
        self.accompanied += accompanied;
        self.assisted += assisted;
        self.second += second;
        self.from_paper += from_paper;
        self.struck_out += struck_out;
        self.corrections += corrections;
        self.unsure_clock += unsure_clock;
        self.staff_calls += staff_calls;
        self.calls.add(*calls);
        self.scanned_again += scanned_again;
        self.unreadable += unreadable;
    }

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    fn add(&mut self, other: Self) {
        self.cccd += other.cccd;
        self.can_cuoc += other.can_cuoc;
        self.insurance += other.insurance;
        self.personal_number += other.personal_number;
        self.insurance_number += other.insurance_number;
        self.opaque += other.opaque;
    }

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    fn add(&mut self, other: Self) {
        self.under_14 += other.under_14;
        self.from_14_to_59 += other.from_14_to_59;
        self.from_60_to_69 += other.from_60_to_69;
        self.from_70 += other.from_70;
        self.unknown += other.unknown;
    }

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    fn add(&mut self, other: Self) {
        self.vneid_self_declared += other.vneid_self_declared;
        self.vneid_confirmed += other.vneid_confirmed;
        self.paper += other.paper;
        self.neither += other.neither;
        self.unfinished += other.unfinished;
    }

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
