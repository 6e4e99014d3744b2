//! What can happen at a desk: the words in which the rooms speak about visits.
//!
//! Types only, no behaviour: the desk decides which event happens, the journal keeps it, figures
//! count it, reports print it. The catalogue is closed – an event that is not here cannot be
//! recorded – and holds no identity: no type in this room can carry a name, a number or an address.

mod catalogue;
mod count;
mod ids;
mod moment;

pub use catalogue::{
    AgeBand, Arrival, CardKind, Choice, ClosingWay, Correction, CorrectionReason, DismissalReason,
    EnteredNumber, Entry, Fact, Guidance, Hindrance, Hundredths, Integration, IntegrationResult,
    Medium, Obstacle, RecordUsed, ResetWay, ShownDocument, Source, UnreadableCause, Vouched, What,
};
pub use count::Count;
pub use ids::{
    EventSeq, IllFormedCode, IllFormedStaffCode, JournalId, Origin, PointCode, Role, StaffCode,
    StationCode, VisitId, VisitNo,
};
pub use moment::{IllFormedDay, Moment, StationDay};

/// What an event to be recorded is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The desk as a whole.
    Desk,
    /// The desk on this day, which may be over.
    Day(StationDay),
    /// The visit proposed to the journal under this id: one of the last few. Which visit of the day
    /// it became, the journal knows.
    Proposed(VisitId),
    /// A visit of the journal, by its id and day.
    Visit(VisitId, StationDay),
}

/// One thing that happened, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Position in the journal of this kiosk, from 1, without gaps.
    pub seq: EventSeq,
    /// UUIDv7, unique among all stations.
    pub id: uuid::Uuid,
    /// The desk it happened at.
    pub origin: Origin,
    /// The station day it counts for. For a visit, the day of its arrival, even past midnight.
    pub day: StationDay,
    /// When it happened.
    pub at: Moment,
    /// The visit it belongs to, if any.
    pub visit: Option<VisitId>,
    /// Who of the staff did it; `None` for what patients and the machine do.
    pub by: Option<StaffCode>,
    /// What happened.
    pub what: What,
}
