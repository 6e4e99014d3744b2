//! What a closing counted, and whether that can be.

use serde::Deserialize;

use crate::event::StationDay;
use crate::export::{Closing, Digest};
use crate::figures::DayFigures;
use crate::seal::Fingerprint;

/// The latest form of a closing's document that is known here.
const FORMAT: u32 = 1;

/// More than any desk counts of anything in a day; so small that the sums of every desk of the
/// country over years neither overflow nor lose a digit in a spreadsheet.
const MOST: u64 = 1_000_000_000;

/// A day of a desk, as one of its closings tells it.
#[derive(Clone, Debug)]
pub(super) struct ClosedDay {
    pub(super) day: StationDay,
    /// Which closing of that day.
    pub(super) number: u64,
    /// Of the document as it was signed.
    pub(super) digest: Digest,
    pub(super) figures: DayFigures,
    /// The key that signed it.
    pub(super) key: Fingerprint,
}

/// Why a signed closing cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotCounted {
    /// A later program wrote it.
    Newer,
    /// It holds no figures.
    NoFigures,
    /// Its parts are more or less than their whole.
    Impossible,
}

#[derive(Deserialize)]
struct Form {
    format: u32,
}

#[derive(Deserialize)]
struct Written {
    figures: DayFigures,
}

impl ClosedDay {
    /// Reads the document of `closing`, whose signature was found right.
    pub(super) fn read(closing: Closing, document: &[u8]) -> Result<Self, NotCounted> {
        let form: Form = serde_json::from_slice(document).map_err(|_| NotCounted::NoFigures)?;
        if form.format > FORMAT {
            return Err(NotCounted::Newer);
        }
        let Written { figures } =
            serde_json::from_slice(document).map_err(|_| NotCounted::NoFigures)?;
        if !is_possible(&figures) {
            return Err(NotCounted::Impossible);
        }
        let Closing { day, number, events: _, key } = closing;
        Ok(Self { day, number, digest: Digest::of(document), figures, key })
    }
}

/// Whether the parts make up the whole. Who signs may still be wrong, and one absurd number would
/// spoil the sum of a province.
fn is_possible(figures: &DayFigures) -> bool {
    let DayFigures {
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
    } = figures;
    // Of the visits of the day.
    let parts = [
        *without_card,
        cards.cccd,
        cards.can_cuoc,
        cards.insurance,
        cards.personal_number,
        cards.insurance_number,
        cards.opaque,
        ages.under_14,
        ages.from_14_to_59,
        ages.from_60_to_69,
        ages.from_70,
        ages.unknown,
        used.vneid_self_declared,
        used.vneid_confirmed,
        used.paper,
        used.neither,
        used.unfinished,
        *guided,
        *guided_by_kiosk,
        *finished_guide,
        *guided_by_staff,
        *accompanied,
        *assisted,
        *second,
        *from_paper,
        *unsure_clock,
    ];
    let results = integration.values().chain(obstacles.values());
    let beside = [*arrivals, *struck_out, *corrections, *staff_calls, *scanned_again, *unreadable];
    beside.iter().all(|count| *count <= MOST)
        && parts.iter().chain(results).all(|part| part <= arrivals)
        && [cards.total() + without_card, ages.total(), used.total()] == [*arrivals; 3]
        && integration.values().sum::<u64>() <= *arrivals
        && obstacles.values().sum::<u64>() <= *arrivals
        && *guided <= guided_by_kiosk + guided_by_staff
        && guided_by_kiosk.max(guided_by_staff) <= guided
        && finished_guide <= guided_by_kiosk
        && calls.called <= *staff_calls
        && calls.are_possible()
        && calls.waited_seconds <= MOST
}
