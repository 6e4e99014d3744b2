//! The journal's own thread: requests in, answers out, one at a time and in order.
//!
//! The screen never waits for the disk. A request names the visit the desk proposed; the writer
//! remembers which visit of the day that turned out to be.

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zeroize::Zeroizing;

use super::settling::age_on;
use super::{
    Ages, Backup, ClockKnown, Closed, Closing, ClosingDraft, Journal, JournalError, NewArrival,
    NewDocument, Sealed, Settled, Shown, Visit, back_up,
};
use crate::event::{
    AgeBand, CardKind, ClosingWay, Entry, Event, Moment, StaffCode, StationDay, Subject, VisitId,
    What,
};

/// Makes the signed document of a closing, on the journal's thread.
pub type Sealer = Box<dyn FnMut(&ClosingDraft) -> Sealed + Send>;

/// Who asked for something. The answer gives it back, so that it reaches nobody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What a proposed visit turned out to be is remembered for this long, in milliseconds of uptime:
/// longer than any page waits for a patient or a nurse, whatever others do meanwhile.
const REMEMBERED_MS: u64 = 24 * 3_600_000;

/// From this many on, older ones are looked for and forgotten.
const MANY_VISITS: usize = 1_024;

/// So many arrivals that the disk refused are kept, to be written when it takes them. They hold
/// identities, and a disk that takes nothing for so long will hardly take them.
const MOST_UNWRITTEN: usize = 64;

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
        /// What tells them again by another document.
        person: Option<Zeroizing<Vec<u8>>>,
        /// How the visit comes into the journal.
        entry: Entry,
        /// The day it counts for, where that is not the day of recording.
        day: Option<StationDay>,
        /// Who of the staff recorded it.
        by: Option<StaffCode>,
    },
    /// The patient of a visit showed another document.
    AlsoShow {
        /// In which visit.
        subject: Subject,
        /// When.
        at: Moment,
        /// What it is.
        card: CardKind,
        /// Age band on this day, as it tells.
        age: AgeBand,
        /// Its number.
        identity: Option<Zeroizing<Vec<u8>>>,
        /// Name, birth and sex.
        person: Option<Zeroizing<Vec<u8>>>,
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
    /// A further document is durable.
    AlsoShown {
        /// The id the desk proposed, or that of the visit.
        proposed: VisitId,
        /// The earlier visit of the same person, if this document tells of one: it is the desk's
        /// visit from now on.
        earlier: Option<Visit>,
        /// What was written.
        events: Vec<Event>,
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
    /// A patient was counted, but cannot be recognised again: the key of the day cannot be used.
    NotRecognised {
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
    requests: Sender<(Ticket, Request)>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread. `sealer` signs closings on it, and without one none is made; `answer` is
    /// called on it, after each commit, with the ticket of the request it answers. What nobody asked
    /// for has none.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        journal: Journal,
        sealer: Option<Sealer>,
        answer: impl FnMut(Option<Ticket>, Answer) + Send + 'static,
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
    pub fn refusing(
        answer: impl FnMut(Option<Ticket>, Answer) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (requests, inbox) = channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || refuse(&inbox, answer))?;
        Ok(Self { requests, thread })
    }

    /// The way to the thread.
    pub fn requests(&self) -> Sender<(Ticket, Request)> {
        self.requests.clone()
    }

    /// Ends the thread after all requests so far are done.
    pub fn stop(self) {
        // Both fail only when the thread is gone already, which is what we want.
        let _ = self.requests.send((Ticket::default(), Request::Stop));
        let _ = self.thread.join();
    }
}

fn refuse(inbox: &Receiver<(Ticket, Request)>, mut answer: impl FnMut(Option<Ticket>, Answer)) {
    for (ticket, request) in inbox {
        let proposed = match request {
            Request::Arrive { visit, .. } => Some(visit),
            Request::Record { subject, .. } | Request::AlsoShow { subject, .. } => id_of(subject),
            Request::EventsOf(_) | Request::Close { way: ClosingWay::Head, .. } => None,
            Request::Close { way: ClosingWay::Itself, .. }
            | Request::DayBegan { .. }
            | Request::ClockKnown(..)
            | Request::BackUp { .. } => continue,
            Request::Stop => return,
        };
        let error = JournalError::NotOpen;
        tracing::error!(%error, "an event was not taken");
        answer(Some(ticket), Answer::Failed { proposed, error });
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
    /// Closings that were asked for, and whose days are not known yet.
    planned: VecDeque<Due<Option<StationDay>>>,
    /// Days still to be closed.
    due: VecDeque<Due<StationDay>>,
    /// What the visits turned out to be that were proposed, and when that was, by uptime.
    known: HashMap<VisitId, (Visit, u64)>,
    /// Arrivals the disk refused, in order: tried again before anything else is written.
    unwritten: VecDeque<Unwritten>,
    /// The first moment by the time of this boot, once it is known.
    time: Option<Moment>,
    answer: F,
}

/// A day to be closed, or all that want it, and what the event will say.
#[derive(Clone, Copy)]
struct Due<D> {
    day: D,
    at: Moment,
    by: Option<StaffCode>,
    way: ClosingWay,
    ticket: Ticket,
}

/// An arrival that the disk refused.
struct Unwritten {
    ticket: Ticket,
    proposed: VisitId,
    at: Moment,
    person: Person,
}

impl Unwritten {
    /// Who came while the clock was unsure has come at the time that is known since.
    fn by(self, known: Option<&Moment>) -> Self {
        let Self { at, mut person, .. } = self;
        let Some(known) = known.filter(|known| known.boot == at.boot && !at.sure) else {
            return Self { person, ..self };
        };
        let now = Moment { wall_ms: at.wall_ms_by(known), sure: true, ..at };
        let (told_on, day) = (at.station_day(), now.station_day());
        person.age = age_on(day, person.age, told_on);
        // Staff who named the day of the clock named it after the clock.
        person.day = person.day.map(|said| if said == told_on { day } else { said });
        Self { at: now, person, ..self }
    }
}

/// Who arrived, as long as it takes to write it.
struct Person {
    card: Option<CardKind>,
    age: AgeBand,
    identity: Option<Zeroizing<Vec<u8>>>,
    person: Option<Zeroizing<Vec<u8>>>,
    entry: Entry,
    day: Option<StationDay>,
    by: Option<StaffCode>,
}

impl<F: FnMut(Option<Ticket>, Answer)> Scribe<F> {
    fn new(journal: Journal, sealer: Option<Sealer>, answer: F) -> Self {
        let (planned, due) = (VecDeque::new(), VecDeque::new());
        let (known, unwritten) = (HashMap::new(), VecDeque::new());
        Self { journal, sealer, backup: None, planned, due, known, unwritten, time: None, answer }
    }

    fn serve(mut self, inbox: &Receiver<(Ticket, Request)>) {
        self.tell_of_reserve();
        while let Some((ticket, request)) = self.next(inbox) {
            match request {
                Request::Arrive { visit, at, card, age, identity, person, entry, day, by } => {
                    let person = Person { card, age, identity, person, entry, day, by };
                    self.write_what_was_refused();
                    self.arrive(ticket, visit, at, person);
                }
                Request::AlsoShow { subject, at, card, age, identity, person, by } => {
                    let (identity, person) = (as_bytes(&identity), as_bytes(&person));
                    let document = NewDocument { card, age, identity, person };
                    self.also_show(ticket, subject, at, by, &document);
                }
                Request::Record { subject, at, by, what } => {
                    self.record(ticket, subject, at, by, &what);
                }
                Request::DayBegan { at } => {
                    if let Err(error) = self.journal.forget_people_before(at) {
                        tracing::error!(%error, "old day keys are still there");
                    }
                    self.journal.keep_reserve();
                }
                Request::Close { day, at, by, way } => {
                    self.planned.push_back(Due { day, at, by, way, ticket });
                }
                Request::EventsOf(day) => match self.journal.events_of(day) {
                    Ok(events) => (self.answer)(Some(ticket), Answer::EventsOf { day, events }),
                    Err(error) => self.fail(ticket, None, error),
                },
                Request::ClockKnown(known, ages) => self.settle(ticket, &known, &*ages),
                Request::BackUp { at } => self.back_up(ticket, at.station_day()),
                Request::Stop => return,
            }
            self.tell_what_failed();
        }
    }

    /// The next request; as long as there is none, closes due days and looks after a backup under
    /// way. `None` when nobody can ask.
    fn next(&mut self, inbox: &Receiver<(Ticket, Request)>) -> Option<(Ticket, Request)> {
        while !self.planned.is_empty() || !self.due.is_empty() {
            match inbox.try_recv() {
                Ok(request) => return Some(request),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => self.close_a_little(),
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

    fn back_up(&mut self, ticket: Ticket, day: StationDay) {
        if self.backup.is_some() {
            return;
        }
        let data = self.journal.data().to_owned();
        let thread = thread::Builder::new().name("backup".to_owned());
        match thread.spawn(move || back_up(&data, day)) {
            Ok(thread) => self.backup = Some(thread),
            Err(source) => {
                let path = self.journal.data().to_owned();
                self.fail(ticket, None, JournalError::Folder { path, source });
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
                (self.answer)(None, Answer::BackedUp(backup));
            }
            Ok(Err(error)) => {
                if error.is_damage() {
                    self.journal.suspect();
                }
                (self.answer)(None, Answer::BackUpFailed { error });
            }
            Err(_) => tracing::error!("the backup's thread broke off"),
        }
    }

    fn tell_what_failed(&mut self) {
        if let Some(error) = self.journal.take_key_failure() {
            (self.answer)(None, Answer::NotRecognised { error });
        }
        if let Some(error) = self.journal.take_side_log_failure() {
            let is_helped =
                error.is_full() && self.journal.release_reserve() && self.journal.catch_up();
            if !is_helped {
                (self.answer)(None, Answer::SideLogFailed { error });
            }
        }
        self.tell_of_reserve();
    }

    fn tell_of_reserve(&mut self) {
        if let Some(is_whole) = self.journal.take_reserve_news() {
            (self.answer)(None, Answer::Reserve { is_whole });
        }
    }

    /// One step towards the closings that are due. What is signed is counted from rows that were all
    /// looked at, which takes a while after a start: in steps so short that no patient waits for them.
    fn close_a_little(&mut self) {
        /// Some milliseconds on the appliance's processor.
        const ROWS: u64 = 500;
        let asked = self.planned.front().map(|due| due.ticket);
        let Some(ticket) = asked.or(self.due.front().map(|due| due.ticket)) else { return };
        match self.journal.walk_on(ROWS) {
            Ok(false) => {}
            Ok(true) => {
                if let Some(asked) = self.planned.pop_front() {
                    self.plan_closing(asked);
                } else if let Some(due) = self.due.pop_front() {
                    self.close(due);
                }
            }
            Err(error) => {
                self.planned.clear();
                self.due.clear();
                self.fail(ticket, None, error);
            }
        }
    }

    fn plan_closing(&mut self, Due { day, at, by, way, ticket }: Due<Option<StationDay>>) {
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
                        self.due.push_back(Due { day, at, by, way, ticket });
                    }
                }
            }
            Err(error) => self.fail(ticket, None, error),
        }
    }

    fn close(&mut self, Due { day, at, by, way, ticket }: Due<StationDay>) {
        let Some(sealer) = &mut self.sealer else { return };
        match with_room(&mut self.journal, |it| it.close(day, at, by, way, sealer)) {
            Ok(Closed { event, closing, key_left }) => {
                (self.answer)(Some(ticket), Answer::Closed { event, closing, key_left });
            }
            Err(error) => {
                // The other days would fail alike; they are asked for again soon enough.
                self.due.clear();
                self.fail(ticket, None, error);
            }
        }
        self.tell_what_failed();
    }

    fn arrive(&mut self, ticket: Ticket, proposed: VisitId, at: Moment, person: Person) {
        match self.try_to_arrive(ticket, proposed, at, &person) {
            Ok(()) => {}
            Err(error) => {
                if self.unwritten.len() == MOST_UNWRITTEN {
                    tracing::error!("an arrival that could not be written is given up");
                    self.unwritten.pop_front();
                }
                self.unwritten.push_back(Unwritten { ticket, proposed, at, person });
                self.fail(ticket, Some(proposed), error);
            }
        }
    }

    fn try_to_arrive(
        &mut self,
        ticket: Ticket,
        proposed: VisitId,
        at: Moment,
        arriving: &Person,
    ) -> Result<(), JournalError> {
        let Person { card, age, ref identity, ref person, entry, day, by } = *arriving;
        let (identity, person) = (as_bytes(identity), as_bytes(person));
        let arrival = NewArrival { card, age, identity, person, entry, day, by };
        let (visit, event) = with_room(&mut self.journal, |it| it.arrive(proposed, at, &arrival))?;
        self.remember(proposed, visit, at);
        (self.answer)(Some(ticket), Answer::Arrived { proposed, visit, event });
        Ok(())
    }

    /// Whoever arrived while the disk took nothing is counted as soon as it does.
    fn write_what_was_refused(&mut self) {
        while let Some(refused) = self.unwritten.pop_front() {
            let Unwritten { ticket, proposed, at, person } = refused.by(self.time.as_ref());
            if let Err(error) = self.try_to_arrive(ticket, proposed, at, &person) {
                tracing::debug!(%error, "arrivals still wait to be written");
                self.unwritten.push_front(Unwritten { ticket, proposed, at, person });
                return;
            }
        }
    }

    fn remember(&mut self, proposed: VisitId, visit: Visit, at: Moment) {
        if self.known.len() >= MANY_VISITS {
            self.known.retain(|_, (_, since)| at.uptime_ms.saturating_sub(*since) < REMEMBERED_MS);
        }
        self.known.insert(proposed, (visit, at.uptime_ms));
    }

    /// Which visit of which day it is about; `None`: none.
    fn place_of(&self, subject: Subject) -> Result<Option<(VisitId, StationDay)>, JournalError> {
        match subject {
            Subject::Desk | Subject::Day(_) => Ok(None),
            Subject::Visit(id, day) => Ok(Some((id, day))),
            Subject::Proposed(id) => match self.known.get(&id) {
                Some((visit, _)) => Ok(Some((visit.id, visit.day))),
                None => Err(JournalError::UnknownVisit),
            },
        }
    }

    fn settle(
        &mut self,
        ticket: Ticket,
        known: &ClockKnown,
        ages: &dyn Fn(VisitId, StationDay) -> Option<AgeBand>,
    ) {
        let answer = self.journal.clock_known_with_ages(known, ages).and_then(|settled| {
            let day = known.at.station_day();
            let events = settled.as_ref().map(|_| self.journal.events_of(day)).transpose()?;
            Ok(Answer::ClockKnown { settled, today: events.unwrap_or_default() })
        });
        match answer {
            Ok(answer) => {
                self.time = Some(known.at);
                (self.answer)(Some(ticket), answer);
                self.write_what_was_refused();
            }
            Err(error) => self.fail(ticket, None, error),
        }
    }

    fn record(
        &mut self,
        ticket: Ticket,
        subject: Subject,
        at: Moment,
        by: Option<StaffCode>,
        what: &What,
    ) {
        self.write_what_was_refused();
        let written = self.place_of(subject).and_then(|place| {
            with_room(&mut self.journal, |it| match (place, subject) {
                (Some(visit), _) => it.record(visit, at, by, what.clone()),
                (None, Subject::Day(day)) => it.note_of(day, at, by, what.clone()),
                (None, _) => it.note(at, by, what.clone()),
            })
        });
        let proposed = id_of(subject);
        match written {
            Ok(event) => (self.answer)(Some(ticket), Answer::Recorded { proposed, event }),
            Err(error) => self.fail(ticket, proposed, error),
        }
    }

    fn also_show(
        &mut self,
        ticket: Ticket,
        subject: Subject,
        at: Moment,
        by: Option<StaffCode>,
        document: &NewDocument<'_>,
    ) {
        self.write_what_was_refused();
        let shown = self.place_of(subject).and_then(|place| {
            let visit = place.ok_or(JournalError::UnknownVisit)?;
            with_room(&mut self.journal, |it| it.also_shown(visit, at, by, document))
        });
        match (shown, id_of(subject)) {
            (Ok(Shown { events, earlier }), Some(proposed)) => {
                if let Some(visit) = earlier {
                    self.remember(proposed, visit, at);
                }
                (self.answer)(Some(ticket), Answer::AlsoShown { proposed, earlier, events });
            }
            (Err(error), proposed) => self.fail(ticket, proposed, error),
            // A document without a visit was refused above.
            (Ok(_), None) => {}
        }
    }

    fn fail(&mut self, ticket: Ticket, proposed: Option<VisitId>, error: JournalError) {
        tracing::error!(%error, "the journal did not take an event");
        if error.is_damage() {
            self.journal.suspect();
        }
        (self.answer)(Some(ticket), Answer::Failed { proposed, error });
    }
}

fn as_bytes(secret: &Option<Zeroizing<Vec<u8>>>) -> Option<&[u8]> {
    secret.as_ref().map(|secret| secret.as_slice())
}
