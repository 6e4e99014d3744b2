//! Signing in the station's name: the documents of closed days, and what is handed out.

use std::ops::Range;
use std::sync::Arc;

use crate::event::{ClosingWay, Moment, Origin, What};
use crate::figures::Minutes;
use crate::journal::{ClosingDraft, Sealed, Sealer};
use crate::report::{self, Closing, Heading};
use crate::seal::StationKey;

/// Who signs.
#[derive(Clone)]
pub(super) struct Signing {
    pub(super) key: Arc<StationKey>,
    pub(super) origin: Origin,
    pub(super) station_name: String,
    pub(super) point_name: String,
    pub(super) hours: Vec<Range<Minutes>>,
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
            hours: &self.hours,
            day: draft.day,
            number: draft.number,
            way,
            by: closed.by,
            journal: draft.journal,
            total: draft.total,
            chain: draft.chain.0,
            events: &draft.events,
            public_key: &self.key.public().to_pem(),
        })
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a closing has no document");
            Vec::new()
        });
        let signature = self.key.sign(&document).to_bytes();
        Sealed { document, signature }
    }
}
