//! An invented desk that tests tell what happens; it numbers and dates the events.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::event::{
    AgeBand, Arrival, CardKind, Choice, Correction, CorrectionReason, Entry, Event, EventSeq, Fact,
    Guidance, Moment, Origin, RecordUsed, Role, Source, StaffCode, StationDay, VisitId, VisitNo,
    What,
};

/// A Tuesday.
pub(crate) const TODAY: StationDay = StationDay(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
/// The day before.
pub(crate) const YESTERDAY: StationDay = StationDay(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());

/// Steps of the invented guide.
const GUIDE_STEPS: u32 = 5;
/// The day's first event.
const OPENS_MS: i64 = 7 * 3_600_000;
/// Between two events, so that twelve of them fill an hour.
const BETWEEN_EVENTS_MS: i64 = 5 * 60_000;

/// A desk and what was noted there.
pub(crate) struct Desk {
    pub(crate) day: StationDay,
    pub(crate) clock_sure: bool,
    pub(crate) events: Vec<Event>,
    visits: u32,
}

impl Desk {
    pub(crate) fn open(day: StationDay) -> Self {
        Self { day, clock_sure: true, events: Vec::new(), visits: 0 }
    }

    pub(crate) fn origin() -> Origin {
        Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
    }

    /// The nurse of this desk.
    pub(crate) fn nurse() -> StaffCode {
        StaffCode::numbered(Role::Nurse, 2)
    }

    pub(crate) fn arrives(&mut self, card: Option<CardKind>, age: AgeBand) -> VisitId {
        self.enters(card, age, Entry::Usual, None)
    }

    pub(crate) fn enters(
        &mut self,
        card: Option<CardKind>,
        age: AgeBand,
        entry: Entry,
        by: Option<StaffCode>,
    ) -> VisitId {
        self.visits += 1;
        // In the field the first half of an id is its time, and so tells the order of arrival.
        let visit = VisitId(Uuid::from_u64_pair(self.visits.into(), 0x8000_0000_0000_0000));
        let number = VisitNo(self.visits);
        self.notes_by(by, Some(visit), What::Arrived(Arrival { number, card, age, entry }));
        visit
    }

    pub(crate) fn corrects(&mut self, visit: VisitId, reason: CorrectionReason, fact: Fact) {
        let what = What::Corrected(Correction { reason, fact });
        self.notes_by(Some(Self::nurse()), Some(visit), what);
    }

    pub(crate) fn chooses(&mut self, visit: VisitId, used: RecordUsed, source: Source) {
        self.notes(Some(visit), What::Chose(Choice { used, source }));
    }

    pub(crate) fn is_guided(&mut self, visit: VisitId, reached: u32) {
        self.notes(
            Some(visit),
            What::Guided(Guidance {
                guide: "tich-hop-bhyt".into(),
                version: 1,
                reached,
                steps: GUIDE_STEPS,
                finished: reached == GUIDE_STEPS,
            }),
        );
    }

    pub(crate) fn notes(&mut self, visit: Option<VisitId>, what: What) {
        self.notes_by(None, visit, what);
    }

    /// Notes something outside any visit at this minute of the day.
    pub(crate) fn notes_at(&mut self, minute: u32, what: What) {
        self.notes(None, what);
        let event = self.events.last_mut().unwrap();
        event.at.wall_ms = self.day.begins_ms() + i64::from(minute) * 60_000;
    }

    fn notes_by(&mut self, by: Option<StaffCode>, visit: Option<VisitId>, what: What) {
        let before = self.events.len() as u64;
        let wall_ms =
            self.day.begins_ms() + OPENS_MS + BETWEEN_EVENTS_MS * i64::try_from(before).unwrap();
        self.events.push(Event {
            seq: EventSeq(before + 1),
            id: Uuid::from_u64_pair(before, u64::MAX),
            origin: Self::origin(),
            day: self.day,
            at: Moment { wall_ms, uptime_ms: before, boot: Uuid::nil(), sure: self.clock_sure },
            visit,
            by,
            what,
        });
    }
}
