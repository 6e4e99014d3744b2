//! A sick reader: it sends without end what is no code at all. A reader cannot be faster than people,
//! so the first few are recorded one by one, as a patient with a bad card is; what follows is counted,
//! told to staff, and recorded once a minute. Cards are read in between, and as soon as it is over.
//!
//! And what a reader sends never waits in a longer queue than people make: the reader's thread waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::asking::Asker;
use super::{Kiosk, Message};
use crate::event::{Subject, What};
use crate::journal::Request;

/// What staff read meanwhile.
pub(super) const BABBLES: &str = "Máy quét gửi liên tục dữ liệu vô nghĩa. Xin rút dây máy quét rồi cắm \
    lại; nếu vẫn vậy, xin thay máy quét. Bà con vẫn được ghi bằng nút “Không quét”.";

/// So many codes that cannot be read, within so short a time: no hand shows them so fast.
const QUICK: usize = 8;
const QUICK_MS: u64 = 5_000;

/// And nobody goes on at that for so long.
const MANY: usize = 30;
const MANY_MS: u64 = 60_000;

/// It is over when nothing of the kind has come for this time.
const OVER_MS: u64 = 10_000;

/// So many scans may wait for the desk and the journal: more than any queue of people brings while a
/// sick card syncs.
const MOST_WAITING: usize = 64;

/// The reader waits no longer than this for room: what the journal never answers must not shut people
/// out.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What a sick reader sent, as the reader's thread counts it and the screen's thread records it.
#[derive(Default)]
pub(super) struct Counted {
    records: AtomicU64,
    bytes: AtomicU64,
    is_sick: AtomicBool,
    /// Scans that the desk has not taken yet.
    untaken: AtomicUsize,
    /// What the journal has not answered yet.
    unanswered: AtomicUsize,
}

/// The side of the reader's thread.
pub(super) struct Babble {
    counted: Arc<Counted>,
    /// When the last codes came that cannot be read, by uptime.
    last_ms: VecDeque<u64>,
}

/// What is to be done with a code that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Junk {
    /// A patient's, most likely.
    Told,
    /// It is counted: the reader is sick, as is known from now on.
    FirstCounted,
    /// As before.
    Counted,
}

impl Babble {
    pub(super) fn new(counted: Arc<Counted>) -> Self {
        Self { counted, last_ms: VecDeque::with_capacity(MANY) }
    }

    /// A code came that cannot be read.
    pub(super) fn junk(&mut self, now_ms: u64) -> Junk {
        let passed = |since: &u64| now_ms.saturating_sub(*since);
        if self.last_ms.back().is_some_and(|last| passed(last) >= OVER_MS) {
            self.counted.is_sick.store(false, Ordering::Relaxed);
            self.last_ms.clear();
        }
        if self.last_ms.len() == MANY {
            self.last_ms.pop_front();
        }
        self.last_ms.push_back(now_ms);
        let within = |time: u64| self.last_ms.iter().filter(|at| passed(at) < time).count();
        let was_sick = self.counted.is_sick.load(Ordering::Relaxed);
        if !was_sick && within(QUICK_MS) < QUICK && within(MANY_MS) < MANY {
            return Junk::Told;
        }
        self.counted.records.fetch_add(1, Ordering::Relaxed);
        self.is_sick(was_sick)
    }

    /// Bytes came faster than any line brings them, and were let go of.
    pub(super) fn dropped(&mut self, bytes: usize) -> Junk {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.counted.bytes.fetch_add(bytes, Ordering::Relaxed);
        let was_sick = self.counted.is_sick.load(Ordering::Relaxed);
        self.is_sick(was_sick)
    }

    fn is_sick(&self, was_sick: bool) -> Junk {
        self.counted.is_sick.store(true, Ordering::Relaxed);
        if was_sick { Junk::Counted } else { Junk::FirstCounted }
    }

    /// Whether what is heard now is most likely nobody's.
    pub(super) fn goes_on(&self, now_ms: u64) -> bool {
        let last = self.last_ms.back();
        self.counted.is_sick.load(Ordering::Relaxed)
            && last.is_none_or(|last| now_ms.saturating_sub(*last) < OVER_MS)
    }

    /// Returns when there is room for another scan.
    pub(super) fn wait_for_room(&self) {
        let mut waited = Duration::ZERO;
        while self.counted.waiting() >= MOST_WAITING && waited < LONGEST_WAIT {
            thread::sleep(LOOK_AGAIN);
            waited += LOOK_AGAIN;
        }
        self.counted.untaken.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counted {
    fn waiting(&self) -> usize {
        let unanswered = self.unanswered.load(Ordering::Relaxed);
        self.untaken.load(Ordering::Relaxed).saturating_add(unanswered)
    }

    /// What a sick reader sent since this was asked last.
    pub(super) fn take(&self) -> Option<What> {
        let records = self.records.swap(0, Ordering::Relaxed);
        let bytes = self.bytes.swap(0, Ordering::Relaxed);
        (records > 0 || bytes > 0).then_some(What::ReaderBabbled { records, bytes })
    }

    /// The desk has taken a scan.
    pub(super) fn taken(&self) {
        let less = |untaken: usize| Some(untaken.saturating_sub(1));
        // It always gives a number, so it never fails.
        let _ = self.untaken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// The journal owes so many answers.
    pub(super) fn journal_owes(&self, answers: usize) {
        self.unanswered.store(answers, Ordering::Relaxed);
    }
}

impl Kiosk {
    /// The reader is sick, as staff are told at once.
    pub(super) fn reader_babbles(&mut self) {
        tracing::error!("the reader sends without end what cannot be read; see `tiepdon reader`");
        self.staff.health.reader_babbles = true;
        self.staff.notice(BABBLES);
        self.show();
    }

    /// Once a minute: what a sick reader sent in it, as one event.
    pub(super) fn count_babble(&mut self) {
        if let Some(what) = self.babble.take() {
            let (subject, at) = (Subject::Desk, self.clock.now());
            self.asking.ask(Asker::House, Request::Record { subject, at, by: None, what });
        } else if self.staff.health.reader_babbles {
            self.babble.is_sick.store(false, Ordering::Relaxed);
            self.staff.health.reader_babbles = false;
            self.staff.is_over(BABBLES);
            self.show();
        }
    }

    /// Of a message of the reader's thread.
    pub(super) fn reader_message(&mut self, event: crate::desk::Event) {
        self.babble.taken();
        self.handle(Message::Desk(event));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(times_ms: impl Iterator<Item = u64>) -> (usize, u64) {
        let counted = Arc::new(Counted::default());
        let mut babble = Babble::new(counted.clone());
        let told = times_ms.filter(|at| babble.junk(*at) == Junk::Told).count();
        (told, counted.records.load(Ordering::Relaxed))
    }

    #[test]
    fn a_patient_with_a_bad_card_is_told_each_time_and_a_babbling_reader_is_counted() {
        assert_eq!(told((0..120_000).step_by(2_500)).0, 48, "somebody tries for two minutes");
        assert_eq!(told((0..3_600_000).step_by(8)), (7, 450_000 - 7), "an hour at 115,200 baud");
        let (slow, counted) = told((0..3_600_000).step_by(1_000));
        assert_eq!((slow, counted), (29, 3_600 - 29), "one a second");
    }

    #[test]
    fn when_it_is_over_a_bad_card_is_told_again() {
        let mut babble = Babble::new(Arc::default());
        for at in 0..100 {
            babble.junk(at * 10);
        }
        assert!(babble.goes_on(1_000 + OVER_MS / 2));
        assert!(!babble.goes_on(1_000 + OVER_MS));
        assert_eq!(babble.junk(1_000 + OVER_MS), Junk::Told);
    }

    #[test]
    fn the_reader_waits_while_the_desk_is_behind_but_not_for_ever() {
        let counted = Arc::new(Counted::default());
        let babble = Babble::new(counted.clone());
        for _ in 0..MOST_WAITING {
            babble.wait_for_room();
        }
        assert_eq!(counted.waiting(), MOST_WAITING);
        let began = std::time::Instant::now();
        babble.wait_for_room();
        assert!(began.elapsed() >= LONGEST_WAIT);
        counted.taken();
        counted.taken();
        counted.journal_owes(1);
        assert_eq!(counted.waiting(), MOST_WAITING);
    }
}
