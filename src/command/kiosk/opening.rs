//! The journal at the start, and a kiosk whose journal does not open: the card is protected, its
//! folder is gone. The guides go on, whoever is counted is counted on paper, staff read why, and
//! once a minute it is tried again (product rule 4).

use std::path::Path;

use super::{Ended, Kiosk, Message, known_time, tell, told_of};
use crate::clock::Clock;
use crate::desk::Place;
use crate::event::{Count, Event, Origin};
use crate::figures::Tally;
use crate::journal::{Journal, JournalError, Opened};

/// How far it is with a journal that did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// It is tried again within a minute.
    Due,
    /// It is being tried.
    UnderWay,
}

/// The journal, and what it tells of the time before.
pub(super) struct Found {
    /// `None` where it does not open.
    pub(super) journal: Option<Journal>,
    /// Today so far.
    pub(super) tally: Tally,
    /// What the staff's side is told from.
    pub(super) staff_events: Vec<Event>,
    /// The last sure moment before this boot.
    pub(super) last_sure_ms: Option<i64>,
    /// What staff read about it.
    pub(super) notice: Option<String>,
}

/// Opens the journal in `data` and reads what the kiosk begins with. What turns out to be damaged
/// only then is restored at once.
///
/// # Errors
/// When there is nothing to go on with: the folder is another kiosk's, or another program's.
pub(super) fn open(data: &Path, origin: &Origin, clock: &Clock) -> Result<Found, JournalError> {
    let found = match read(data, origin, clock) {
        Err(error) if error.is_damage() => read(data, origin, clock),
        found => found,
    };
    match found {
        Err(error @ (JournalError::InUse { .. } | JournalError::Foreign)) => Err(error),
        Err(error) => {
            tracing::error!(%error, "the kiosk goes on without its journal");
            Ok(Found {
                journal: None,
                tally: Tally::new(clock.now().station_day()),
                staff_events: Vec::new(),
                last_sure_ms: None,
                notice: Some(format!("Máy chưa mở được nơi lưu dữ liệu. {}", error.advice())),
            })
        }
        Ok(found) => Ok(found),
    }
}

fn read(data: &Path, origin: &Origin, clock: &Clock) -> Result<Found, JournalError> {
    let Opened { journal, restored } = Journal::open(data, origin.clone(), clock.now())?;
    let begin = || -> Result<_, JournalError> {
        let last_sure_ms = known_time::take_over(clock, &journal)?;
        let today = clock.now().station_day();
        let tally = Tally::of(today, &journal.events_of(today)?);
        Ok((last_sure_ms, tally, journal.staff_events()?))
    };
    match begin() {
        Ok((last_sure_ms, tally, staff_events)) => {
            let notice = restored.as_ref().map(told_of).or_else(|| told_of_damage(&journal));
            Ok(Found { journal: Some(journal), tally, staff_events, last_sure_ms, notice })
        }
        Err(error) => {
            if error.is_damage() {
                journal.suspect();
            }
            Err(error)
        }
    }
}

/// What staff read of events that nothing can heal.
fn told_of_damage(journal: &Journal) -> Option<String> {
    let count = u64::try_from(journal.damaged_for_good()).ok().filter(|count| *count > 0)?;
    Some(format!(
        "Có {} sự kiện cũ bị hỏng, không bản sao nào còn: máy không tính những sự kiện này. Các sự kiện \
         khác vẫn đủ. Xin báo người phụ trách kỹ thuật.",
        Count(count)
    ))
}

impl Kiosk {
    /// Tries to open a journal that did not open, while nobody is at the desk; on a thread, because a
    /// sick card may let it wait.
    pub(super) fn try_to_open(&mut self) {
        if self.without_journal != Some(Attempt::Due) || self.is_in_use() {
            return;
        }
        self.without_journal = Some(Attempt::UnderWay);
        let (data, origin, clock) =
            (self.data.clone(), self.station.origin.clone(), self.clock.clone());
        let mailbox = self.mailbox.clone();
        self.on_a_thread("opening", move || {
            let opened = read(&data, &origin, &clock);
            if let Err(error) = &opened {
                tracing::error!(%error, "the journal still does not open");
            }
            let opens = opened.is_ok();
            // Closed before the next start opens it.
            drop(opened);
            tell(&mailbox, Message::JournalTried { opens });
        });
    }

    /// Where it opens, the next start takes it over. Whoever has come meanwhile is served first.
    pub(super) fn journal_tried(&mut self, opens: bool) {
        self.without_journal = Some(Attempt::Due);
        if opens && !self.is_in_use() {
            self.end_to_start_again(Ended::ToStartAgain);
        }
    }

    pub(super) fn is_in_use(&self) -> bool {
        self.staff.state.is_open() || !matches!(self.state.place, Place::Idle)
    }
}
