//! The journal's own thread: requests in, answers out, one at a time and in order.
//!
//! The screen never waits for the disk. A request names the visit the desk proposed; the writer
//! remembers which visit of the day that turned out to be.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use zeroize::Zeroizing;

use super::{Journal, JournalError, NewArrival, Visit};
use crate::event::{AgeBand, CardKind, Event, Moment, VisitId, What};

/// The desk works on one visit at a time; answers to the one before may still be under way.
const REMEMBERED_VISITS: usize = 4;

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
    },
    /// Something happened, in a visit or outside any.
    Record {
        /// The visit as proposed in [`Request::Arrive`].
        visit: Option<VisitId>,
        /// When.
        at: Moment,
        /// What.
        what: What,
    },
    /// The day of this moment has begun: the keys of earlier days are destroyed.
    DayBegan {
        /// A moment of the new day.
        at: Moment,
    },
    /// No more requests: the thread ends.
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
    /// Starts the thread. `answer` is called on it, after each commit.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        journal: Journal,
        answer: impl FnMut(Answer) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (requests, inbox) = channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || Scribe::new(journal, answer).serve(&inbox))?;
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

struct Scribe<F> {
    journal: Journal,
    known: VecDeque<(VisitId, Visit)>,
    /// The last arrival the disk refused: tried again before anything else of that visit.
    unwritten: Option<(VisitId, Moment, Person)>,
    answer: F,
}

/// Who arrived, as long as it takes to write it.
struct Person {
    card: Option<CardKind>,
    age: AgeBand,
    identity: Option<Zeroizing<Vec<u8>>>,
}

impl<F: FnMut(Answer)> Scribe<F> {
    fn new(journal: Journal, answer: F) -> Self {
        Self { journal, known: VecDeque::new(), unwritten: None, answer }
    }

    fn serve(mut self, inbox: &Receiver<Request>) {
        for request in inbox {
            match request {
                Request::Arrive { visit, at, card, age, identity } => {
                    self.arrive(visit, at, Person { card, age, identity });
                }
                Request::Record { visit, at, what } => self.record(visit, at, what),
                Request::DayBegan { at } => {
                    if let Err(error) = self.journal.forget_people_before(at) {
                        tracing::error!(%error, "old day keys are still there");
                    }
                }
                Request::Stop => return,
            }
        }
    }

    fn arrive(&mut self, proposed: VisitId, at: Moment, person: Person) {
        let identity = person.identity.as_ref().map(|identity| identity.as_slice());
        let arrival = NewArrival { card: person.card, age: person.age, identity };
        match self.journal.arrive(proposed, at, &arrival) {
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

    fn record(&mut self, proposed: Option<VisitId>, at: Moment, what: What) {
        if let Some((visit, arrived, person)) =
            self.unwritten.take_if(|(visit, ..)| Some(*visit) == proposed)
        {
            self.arrive(visit, arrived, person);
        }
        let written = match proposed {
            None => self.journal.note(at, what),
            Some(id) => match self.known.iter().rev().find(|(known, _)| *known == id) {
                Some((_, visit)) => self.journal.record(visit, at, what),
                None => Err(JournalError::UnknownVisit),
            },
        };
        match written {
            Ok(event) => (self.answer)(Answer::Recorded { proposed, event }),
            Err(error) => self.fail(proposed, error),
        }
    }

    fn fail(&mut self, proposed: Option<VisitId>, error: JournalError) {
        tracing::error!(%error, "the journal did not take an event");
        (self.answer)(Answer::Failed { proposed, error });
    }
}
