//! Signing in the station's name: the documents of closed days, and what is handed out.

use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;

use super::super::opening_hours::opening_hours;
use crate::event::{ClosingWay, Moment, Origin, StationDay, What};
use crate::figures::OpeningHours;
use crate::journal::{ClosingDraft, Journal, Sealed, Sealer};
use crate::report::{self, Closing, Heading};
use crate::seal::StationKey;
use crate::station::Station;

/// Closes `day` of a journal that no kiosk has open, as the kiosk would.
///
/// # Errors
/// When there is no key, or the journal refuses.
pub(in crate::command) fn close_day(
    station: &Station,
    data: &Path,
    at: Moment,
    day: StationDay,
) -> anyhow::Result<()> {
    let key =
        StationKey::open_or_make(data).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
    let signing = Signing {
        key: Arc::new(key),
        origin: station.origin.clone(),
        station_name: station.name.clone(),
        point_name: station.point_name.clone(),
        hours: opening_hours(&station.hours),
    };
    let told = |error: crate::journal::JournalError| anyhow!("{error}. {}", error.advice());
    let mut journal = Journal::open(data, station.origin.clone(), at).map_err(told)?.journal;
    journal
        .close(day, at, None, ClosingWay::Itself, &mut |draft| signing.seal(draft))
        .map_err(told)?;
    Ok(())
}

/// Who signs.
#[derive(Clone)]
pub(super) struct Signing {
    pub(super) key: Arc<StationKey>,
    pub(super) origin: Origin,
    pub(super) station_name: String,
    pub(super) point_name: String,
    pub(super) hours: OpeningHours,
}

impl Signing {
    /// The heading of what is made now.
    pub(super) fn heading(&self, made_at: Moment) -> Heading {
        Heading {
            station_name: self.station_name.clone(),
            origin: self.origin.clone(),
            point_name: self.point_name.clone(),
            made_at,
        }
    }

    /// Signs the closings of days, on the journal's thread.
    pub(super) fn sealer(&self) -> Sealer {
        let signing = self.clone();
        Box::new(move |draft| signing.seal(draft))
    }

    fn seal(&self, draft: &ClosingDraft) -> Sealed {
        let closed = &draft.closed;
        let way =
            if let What::DayClosed { way, .. } = closed.what { way } else { ClosingWay::Itself };
        let document = report::closing(&Closing {
            heading: &self.heading(closed.at),
            hours: self.hours.on(draft.day),
            day: draft.day,
            number: draft.number,
            way,
            by: closed.by,
            journal: draft.journal,
            total: draft.total,
            chain: draft.chain.0,
            events: &draft.events,
            public_key: &self.key.public().to_pem(),
        });
        let document = match document {
            Ok(document) => document,
            Err(error) => {
                tracing::error!(%error, "a closing has no document");
                // Nothing is signed, and the day stays open.
                return Sealed { document: Vec::new(), signature: [0; 64] };
            }
        };
        let signature = self.key.sign(&document).to_bytes();
        Sealed { document, signature }
    }
}
