//! What was recorded, when, and whether it has left the box.

use std::collections::BTreeSet;

use super::{Finding, Part};
use crate::event::{Count, Event, EventSeq, Moment, StationDay, What};

/// A monthly report would have taken them along.
const LONGEST_UNSENT_DAYS: i64 = 35;

/// How the journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Records {
    /// There is none yet.
    None,
    /// It can be read.
    Readable {
        /// How many events it holds.
        events: u64,
        /// Closed days that were never handed out.
        unsent: Unsent,
    },
    /// It cannot be read; what to do about it.
    Unreadable {
        /// The journal's own words.
        advice: String,
    },
}

/// Closed days that are in no export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// How many.
    pub days: usize,
    /// The first of them.
    pub oldest: Option<StationDay>,
    /// Today.
    pub today: StationDay,
}

impl Records {
    pub(super) fn findings(&self) -> Vec<Finding> {
        match self {
            Self::None => vec![Finding::unknown(Part::Records, "chưa có lượt nào")],
            Self::Readable { events, unsent } => vec![
                Finding::good(Part::Records, format!("đọc được, {} sự kiện", Count(*events))),
                unsent.finding(),
            ],
            Self::Unreadable { advice } => {
                vec![Finding::bad(Part::Records, "không đọc được", advice.clone())]
            }
        }
    }
}

impl Unsent {
    /// Which of the `closed` days – each with the event that closed it – no export of these events
    /// took along. A day that was closed again since is not in it either.
    pub fn of(
        closed: impl IntoIterator<Item = (StationDay, EventSeq)>,
        events: &[Event],
        today: StationDay,
    ) -> Self {
        let is_sent = |(day, seq): (StationDay, EventSeq)| {
            events.iter().filter(|event| event.seq > seq).any(|event| {
                matches!(event.what, What::Exported { from, to, .. } if from <= day && day <= to)
            })
        };
        let unsent: BTreeSet<StationDay> =
            closed.into_iter().filter(|it| !is_sent(*it)).map(|(day, _)| day).collect();
        Self { days: unsent.len(), oldest: unsent.first().copied(), today }
    }

    fn finding(self) -> Finding {
        let age = |oldest: StationDay| (self.today.0 - oldest.0).num_days();
        match self.oldest {
            None => Finding::good(Part::Export, "đã xuất hết các ngày đã chốt"),
            Some(oldest) if age(oldest) > LONGEST_UNSENT_DAYS => Finding::bad(
                Part::Export,
                format!("{} ngày đã chốt chưa xuất, từ {}", self.days, date(oldest)),
                "Xin xuất số liệu ra USB: nếu máy hỏng, số liệu những ngày này sẽ mất.",
            ),
            Some(oldest) => Finding::good(
                Part::Export,
                format!("{} ngày đã chốt chưa xuất, từ {}", self.days, date(oldest)),
            ),
        }
    }
}

fn date(StationDay(day): StationDay) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// Whether anybody vouches for the time.
pub(super) fn clock(now: &Moment) -> Finding {
    let text = now.local().format("%H:%M ngày %d/%m/%Y").to_string();
    if now.sure {
        Finding::good(Part::Clock, text)
    } else {
        Finding::bad(
            Part::Clock,
            format!("{text}, chưa chắc đúng"),
            "Xin đặt ngày giờ trên màn hình: Dành cho nhân viên, Việc khác, Ngày giờ của máy.",
        )
    }
}
