//! The journal's own thread: requests in, answers out, one at a time and in order.
//!
//! The screen never waits for the disk. A request names the visit the desk proposed; the writer
//! remembers which visit of the day that turned out to be.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{
    Ages, Backup, ClockKnown, Closed, Closing, ClosingDraft, Journal, JournalError, NewArrival,
    Sealed, Settled, Visit, back_up,
};
use crate::event::{
    AgeBand, CardKind, ClosingWay, Entry, Event, Moment, StaffCode, StationDay, Subject, VisitId,
    What,
};

/// Makes the signed document of a closing, on the journal's thread.
pub type Sealer = Box<dyn FnMut(&ClosingDraft) -> Sealed + Send>;

/// The desk works on one visit at a time; answers to the one before may still be under way.
const REMEMBERED_VISITS: usize = 4;

/// How often the thread looks whether a backup under way is done.
const LOOK_AFTER_BACKUP: Duration = Duration::from_millis(200);

/// What staff are told when the room kept for a full disk is in use.
pub const RESERVE_USED: &str = "Bộ nhớ gần hết chỗ. Máy vẫn ghi được lượt khám, nhưng không lâu nữa. \
    Xin xuất số liệu ra USB và báo người phụ trách kỹ thuật ngay hôm nay.";

/// The id under which whoever asked knows the visit.
fn id_of(subject: Subject) -> Option<VisitId> {
    match subject {
        Subject::Desk | Subject::Day(_) => None,
        Subject::Proposed(id) | Subject::Visit(id, _) => Some(id),
    }
}

/// What the desk asks of the journal.
pub enum Request {
    /// A patient arrived.
    Arrive {
        /// The id the visit gets if the person is new today.
        visit: VisitId,
        /// When.
        at: Moment,
        /// What was scanned, if anything.
        card: Option<CardKind>,
        /// Age band on this day.
        age: AgeBand,
        /// What tells the same person again today.
        identity: Option<Zeroizing<Vec<u8>>>,
        /// How the visit comes into the journal.
        entry: Entry,
        /// The day it counts for, where that is not the day of recording.
        day: Option<StationDay>,
        /// Who of the staff recorded it.
        by: Option<StaffCode>,
    },
    /// Something happened, in a visit or outside any.
    Record {
        /// In which visit, if any.
        subject: Subject,
        /// When.
        at: Moment,
        /// Who of the staff did it.
        by: Option<StaffCode>,
        /// What.
        what: What,
    },
    /// The day of this moment has begun: the keys of earlier days are destroyed.
    DayBegan {
        /// A moment of the new day.
        at: Moment,
    },
    /// Days are to be closed. Whatever else is asked meanwhile comes first, so that a patient never
    /// waits behind the days of a long holiday.
    Close {
        /// Which day; `None`: every day before today that wants it, if the clock is sure.
        day: Option<StationDay>,
        /// When.
        at: Moment,
        /// Who of the staff did it.
        by: Option<StaffCode>,
        /// Whether somebody did it.
        way: ClosingWay,
    },
    /// What time it is became known: visits get their day, and where births are known their age.
    ClockKnown(ClockKnown, Ages),
    /// All events of this day are to be read, after everything asked for so far.
    EventsOf(StationDay),
    /// A backup is to be made, in place of an earlier one of the same day. Nobody waits for it. Best
    /// asked for every night, and after a start that restored something.
    BackUp {
        /// When.
        at: Moment,
    },
    /// No more requests: the thread ends. Days not closed yet are closed after the next start.
    Stop,
}

/// What the journal answers.
pub enum Answer {
    /// The arrival is durable.
    Arrived {
        /// The id the desk proposed.
        proposed: VisitId,
        /// The visit it is.
        visit: Visit,
        /// What was written.
        event: Event,
    },
    /// The event is durable.
    Recorded {
        /// The id the desk proposed, if the event belongs to a visit.
        proposed: Option<VisitId>,
        /// What was written.
        event: Event,
    },
    /// A day is closed.
    Closed {
        /// What was written.
        event: Event,
        /// The signed document.
        closing: Closing,
        /// Why the day's key is still there, if so; destroying it is tried again.
        key_left: Option<JournalError>,
    },
    /// All events of a day, in order.
    EventsOf {
        /// The day.
        day: StationDay,
        /// Its events.
        events: Vec<Event>,
    },
    /// What became known about the time is durable, or changes nothing.
    ClockKnown {
        /// What was recorded.
        settled: Option<Settled>,
        /// All events of the day that it is now; none where nothing was recorded.
        today: Vec<Event>,
    },
    /// A backup was made and checked.
    BackedUp(Backup),
    /// No backup was made; counting is not touched by it. Damage of the database is looked for at
    /// the next start.
    BackUpFailed {
        /// Why.
        error: JournalError,
    },
    /// What was written stands in the database, but not in the second copy beside it. Told once
    /// until it works again.
    SideLogFailed {
        /// Why.
        error: JournalError,
    },
    /// Whether there is room kept for a full disk, when that changes. Without it the disk is full, or
    /// nearly: see [`RESERVE_USED`].
    Reserve {
        /// Whether it is there.
        is_whole: bool,
    },
    /// Nothing was written.
    Failed {
        /// The id the desk proposed, if the request belonged to a visit.
        proposed: Option<VisitId>,
        /// Why.
        error: JournalError,
    },
}

/// The running thread.
pub struct Writer {
    requests: Sender<Request>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread. `sealer` signs closings on it, and without one none is made; `answer` is
    /// called on it, after each commit.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        journal: Journal,
        sealer: Option<Sealer>,
        answer: impl FnMut(Answer) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (requests, inbox) = channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || Scribe::new(journal, sealer, answer).serve(&inbox))?;
        Ok(Self { requests, thread })
    }

    /// The thread of a journal that did not open: whoever asks for something to be written is told
    /// that it was not. What nobody waits for is left undone; the next start makes up for it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn refusing(answer: impl FnMut(Answer) + Send + 'static) -> std::io::Result<Self> {
        let (requests, inbox) = channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || refuse(&inbox, answer))?;
        Ok(Self { requests, thread })
    }

    /// The way to the thread.
    pub fn requests(&self) -> Sender<Request> {
        self.requests.clone()
    }

    /// Ends the thread after all requests so far are done.
    pub fn stop(self) {
        // Both fail only when the thread is gone already, which is what we want.
        let _ = self.requests.send(Request::Stop);
        let _ = self.thread.join();
    }
}

fn refuse(inbox: &Receiver<Request>, mut answer: impl FnMut(Answer)) {
    for request in inbox {
        let proposed = match request {
            Request::Arrive { visit, .. } => Some(visit),
            Request::Record { subject, .. } => id_of(subject),
            Request::EventsOf(_) | Request::Close { way: ClosingWay::Head, .. } => None,
            Request::Close { way: ClosingWay::Itself, .. }
            | Request::DayBegan { .. }
            | Request::ClockKnown(..)
            | Request::BackUp { .. } => continue,
            Request::Stop => return,
        };
        let error = JournalError::NotOpen;
        tracing::error!(%error, "an event was not taken");
        answer(Answer::Failed { proposed, error });
    }
}

/// Asks again, once, with the room kept for a full disk.
fn with_room<T>(
    journal: &mut Journal,
    mut ask: impl FnMut(&mut Journal) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    match ask(journal) {
        Err(error) if error.is_full() && journal.release_reserve() => ask(journal),
        answered => answered,
    }
}

struct Scribe<F> {
    journal: Journal,
    /// Without one no day can be closed.
    sealer: Option<Sealer>,
    /// A backup under way.
    backup: Option<JoinHandle<Result<Backup, JournalError>>>,
    /// Days still to be closed.
    due: VecDeque<DayDue>,
    known: VecDeque<(VisitId, Visit)>,
    /// The last arrival the disk refused: tried again before anything else of that visit.
    unwritten: Option<(VisitId, Moment, Person)>,
    answer: F,
}

/// A day to be closed, and what its event will say.
#[derive(Clone, Copy)]
struct DayDue {
    day: StationDay,
    at: Moment,
    by: Option<StaffCode>,
    way: ClosingWay,
}

/// Who arrived, as long as it takes to write it.
struct Person {
    card: Option<CardKind>,
    age: AgeBand,
    identity: Option<Zeroizing<Vec<u8>>>,
    entry: Entry,
    day: Option<StationDay>,
    by: Option<StaffCode>,
}

impl<F: FnMut(Answer)> Scribe<F> {
    fn new(journal: Journal, sealer: Option<Sealer>, answer: F) -> Self {
        let (due, known) = (VecDeque::new(), VecDeque::new());
        Self { journal, sealer, backup: None, due, known, unwritten: None, answer }
    }

    fn serve(mut self, inbox: &Receiver<Request>) {
        self.tell_of_reserve();
        while let Some(request) = self.next(inbox) {
            match request {
                Request::Arrive { visit, at, card, age, identity, entry, day, by } => {
                    self.arrive(visit, at, Person { card, age, identity, entry, day, by });
                }
                Request::Record { subject, at, by, what } => self.record(subject, at, by, &what),
                Request::DayBegan { at } => {
                    if let Err(error) = self.journal.forget_people_before(at) {
                        tracing::error!(%error, "old day keys are still there");
                    }
                    self.journal.keep_reserve();
                }
                Request::Close { day, at, by, way } => self.plan_closing(day, at, by, way),
                Request::EventsOf(day) => match self.journal.events_of(day) {
                    Ok(events) => (self.answer)(Answer::EventsOf { day, events }),
                    Err(error) => self.fail(None, error),
                },
                Request::ClockKnown(known, ages) => self.settle(&known, &*ages),
                Request::BackUp { at } => self.back_up(at.station_day()),
                Request::Stop => return,
            }
            self.tell_of_side_log();
        }
    }

    /// The next request; as long as there is none, closes due days and looks after a backup under
    /// way. `None` when nobody can ask.
    fn next(&mut self, inbox: &Receiver<Request>) -> Option<Request> {
        while let Some(due) = self.due.front().copied() {
            match inbox.try_recv() {
                Ok(request) => return Some(request),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {
                    self.due.pop_front();
                    self.close(due);
                }
            }
        }
        while self.backup.is_some() {
            match inbox.recv_timeout(LOOK_AFTER_BACKUP) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.finish_backup(),
            }
        }
        inbox.recv().ok()
    }

    fn back_up(&mut self, day: StationDay) {
        if self.backup.is_some() {
            return;
        }
        let data = self.journal.data().to_owned();
        let thread = thread::Builder::new().name("backup".to_owned());
        match thread.spawn(move || back_up(&data, day)) {
            Ok(thread) => self.backup = Some(thread),
            Err(source) => {
                let path = self.journal.data().to_owned();
                self.fail(None, JournalError::Folder { path, source });
            }
        }
    }

    fn finish_backup(&mut self) {
        let Some(thread) = self.backup.take_if(|thread| thread.is_finished()) else { return };
        match thread.join() {
            Ok(Ok(backup)) => {
                if let Err(error) = self.journal.shorten_side_log() {
                    tracing::error!(%error, "the side log stays longer than it must be");
                }
                (self.answer)(Answer::BackedUp(backup));
            }
            Ok(Err(error)) => {
                if error.is_damage() {
                    self.journal.suspect();
                }
                (self.answer)(Answer::BackUpFailed { error });
            }
            Err(_) => tracing::error!("the backup's thread broke off"),
        }
    }

    fn tell_of_side_log(&mut self) {
        if let Some(error) = self.journal.take_side_log_failure() {
            let is_helped =
                error.is_full() && self.journal.release_reserve() && self.journal.catch_up();
            if !is_helped {
                (self.answer)(Answer::SideLogFailed { error });
            }
        }
        self.tell_of_reserve();
    }

    fn tell_of_reserve(&mut self) {
        if let Some(is_whole) = self.journal.take_reserve_news() {
            (self.answer)(Answer::Reserve { is_whole });
        }
    }

    fn plan_closing(
        &mut self,
        day: Option<StationDay>,
        at: Moment,
        by: Option<StaffCode>,
        way: ClosingWay,
    ) {
        let days = match day {
            Some(day) => Ok(vec![day]),
            None if at.sure => self.journal.days_to_close(at.station_day()),
            // Which days are over is not known.
            None => Ok(Vec::new()),
        };
        match days {
            Ok(days) => {
                for day in days {
                    if !self.due.iter().any(|due| due.day == day) {
                        self.due.push_back(DayDue { day, at, by, way });
                    }
                }
            }
            Err(error) => self.fail(None, error),
        }
    }

    fn close(&mut self, DayDue { day, at, by, way }: DayDue) {
        let Some(sealer) = &mut self.sealer else { return };
        match with_room(&mut self.journal, |it| it.close(day, at, by, way, sealer)) {
            Ok(Closed { event, closing, key_left }) => {
                (self.answer)(Answer::Closed { event, closing, key_left });
            }
            Err(error) => {
                // The other days would fail alike; they are asked for again soon enough.
                self.due.clear();
                self.fail(None, error);
            }
        }
        self.tell_of_side_log();
    }

    fn arrive(&mut self, proposed: VisitId, at: Moment, person: Person) {
        let Person { card, age, ref identity, entry, day, by } = person;
        let identity = identity.as_ref().map(|identity| identity.as_slice());
        let arrival = NewArrival { card, age, identity, entry, day, by };
        match with_room(&mut self.journal, |it| it.arrive(proposed, at, &arrival)) {
            Ok((visit, event)) => {
                self.unwritten = None;
                self.known.push_back((proposed, visit));
                if self.known.len() > REMEMBERED_VISITS {
                    self.known.pop_front();
                }
                (self.answer)(Answer::Arrived { proposed, visit, event });
            }
            Err(error) => {
                self.unwritten = Some((proposed, at, person));
                self.fail(Some(proposed), error);
            }
        }
    }

    fn settle(
        &mut self,
        known: &ClockKnown,
        ages: &dyn Fn(VisitId, StationDay) -> Option<AgeBand>,
    ) {
        let answer = self.journal.clock_known_with_ages(known, ages).and_then(|settled| {
            let day = known.at.station_day();
            let events = settled.as_ref().map(|_| self.journal.events_of(day)).transpose()?;
            Ok(Answer::ClockKnown { settled, today: events.unwrap_or_default() })
        });
        match answer {
            Ok(answer) => (self.answer)(answer),
            Err(error) => self.fail(None, error),
        }
    }

    fn record(&mut self, subject: Subject, at: Moment, by: Option<StaffCode>, what: &What) {
        let proposed = id_of(subject);
        if let Some((visit, arrived, person)) =
            self.unwritten.take_if(|(visit, ..)| Some(*visit) == proposed)
        {
            self.arrive(visit, arrived, person);
        }
        let written = match subject {
            Subject::Desk => with_room(&mut self.journal, |it| it.note(at, by, what.clone())),
            Subject::Day(day) => {
                with_room(&mut self.journal, |it| it.note_of(day, at, by, what.clone()))
            }
            Subject::Visit(id, day) => {
                with_room(&mut self.journal, |it| it.record((id, day), at, by, what.clone()))
            }
            Subject::Proposed(id) => {
                match self.known.iter().rev().find(|(known, _)| *known == id) {
                    Some((_, visit)) => with_room(&mut self.journal, |it| {
                        it.record((visit.id, visit.day), at, by, what.clone())
                    }),
                    None => Err(JournalError::UnknownVisit),
                }
            }
        };
        match written {
            Ok(event) => (self.answer)(Answer::Recorded { proposed, event }),
            Err(error) => self.fail(proposed, error),
        }
    }

    fn fail(&mut self, proposed: Option<VisitId>, error: JournalError) {
        tracing::error!(%error, "the journal did not take an event");
        if error.is_damage() {
            self.journal.suspect();
        }
        (self.answer)(Answer::Failed { proposed, error });
    }
}
