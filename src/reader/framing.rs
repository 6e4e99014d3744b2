//! Cuts the stream of bytes from the port into records. Pure: the time comes in as a value, so
//! every pause can be tested without waiting. Nothing is lost, nothing doubled: how the bytes were
//! split on their way makes no difference, a frame cut off by a vanished port is no record, and a
//! code that stays under the reader is one record.
//!
//! A terminator ends a record, and a pause does; but neither ends a code that is not whole by its
//! shape ([`crate::card::shape`]). Its rest is waited for, shorter than the next person needs to
//! hold a card to the reader, and where a whole code comes instead of a rest, they are two records.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use zeroize::{Zeroize as _, Zeroizing};

use crate::card::MAX_RECORD;
use crate::card::answer::{self, Answer};
use crate::card::shape::{self, Shape};

/// How to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FramingOptions {
    /// So long a silence ends a record that has no terminator, and so long a number that has one is
    /// kept back, in case it is the first field of a card. At 9600 baud a byte takes 1 ms and
    /// readers send without pauses. What is not whole by its shape is waited for longer.
    pub gap: Duration,
    /// An identical record within so long after the last one is the same scan. Zero switches it
    /// off.
    pub debounce: Duration,
}

impl Default for FramingOptions {
    /// 120 ms and 2 s.
    fn default() -> Self {
        Self { gap: Duration::from_millis(120), debounce: Duration::from_secs(2) }
    }
}

/// So many records in a row without an end mark, and the reader most likely sends none: then a code
/// that pauses falls in two.
pub const NO_END_SUFFIX: u32 = 3;

/// What ended a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// CR, LF or NUL.
    Terminator,
    /// Its own shape: the `$` of a BHYT code, a whole card when the port vanished, or the first of
    /// two codes without anything between them.
    Shape,
    /// Silence. A reader whose records all end so lacks a suffix
    /// ([`crate::card::ReaderSetting::EndSuffix`]).
    Silence,
    /// It grew past [`MAX_RECORD`]; what follows up to the next terminator is dropped.
    Overflow,
}

/// One record, wiped when dropped. No `Debug`: it holds a person.
pub struct Record {
    bytes: Zeroizing<Vec<u8>>,
    ending: Ending,
    pause: Option<Duration>,
}

impl Record {
    /// The bytes, without terminator. Longer than [`MAX_RECORD`] by one after an overflow, which
    /// makes the decoder say "too long".
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What ended it.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// How long before its end the record before it ended, or was seen again; `None` for the first.
    #[must_use]
    pub fn pause(&self) -> Option<Duration> {
        self.pause
    }
}

/// So many different records are remembered for debouncing: two codes in view of the reader at
/// once are a card and a phone.
const REMEMBERED: usize = 4;

/// A NUL this early in a record does not end it: it is the head of an SSI packet or UTF-16, which
/// the decoder recognises only in one piece. No record is that short.
const SHORTEST_BEFORE_NUL: usize = 5;

/// What comes behind the end mark of a BHYT code and is no longer than this is a code id.
const LONGEST_CODE_ID: usize = 4;

/// A USB packet of a reader; one that is full to the brim has another behind it.
const USB_PACKET: usize = 64;

/// A piece of a code is waited for so many times the gap, within these bounds: longer than any hub
/// holds a packet back, shorter than anybody needs to hold the next card to the reader.
const PATIENCE: u32 = 4;
const SHORTEST_PATIENCE: Duration = Duration::from_millis(400);
const LONGEST_PATIENCE: Duration = Duration::from_secs(1);

/// Where a record under way may have to be parted after all.
#[derive(Clone, Copy)]
struct Seam {
    /// So many bytes stand before it.
    at: usize,
    /// A terminator stood here; else a pause.
    is_terminator: bool,
}

/// No code has more line ends in it than this.
const MOST_SEAMS: usize = 64;

/// Cuts bytes into records.
pub struct Framer {
    options: FramingOptions,
    /// Bytes of the record under way. Its capacity is never exceeded, so no copy stays behind.
    pending: Zeroizing<Vec<u8>>,
    /// Where terminators and pauses were within the record under way, in order.
    seams: Vec<Seam>,
    /// Bytes of what may be a module's answer to a command; it is no record.
    answer: Zeroizing<Vec<u8>>,
    /// Records that are whole and not yet given.
    ready: VecDeque<Record>,
    /// The record under way was too long and has been reported.
    skipping: bool,
    /// A BHYT code has just ended with its own mark.
    is_behind_end_mark: bool,
    /// So many records ended in silence since the last that ended with a terminator; `None` while
    /// no terminator has been seen.
    silent_since_suffix: Option<u32>,
    /// When the last byte came.
    last_byte: Duration,
    /// When a record was last seen, also one that was seen before.
    last_seen: Option<Duration>,
    /// The longest pause within the record under way.
    longest_pause: Duration,
    /// Keyed hashes of the last records and when each was seen last. Not the records themselves:
    /// nothing of a person outlives their record.
    seen: VecDeque<(u64, Duration)>,
    hasher: RandomState,
}

impl Framer {
    /// A framer without a record under way.
    #[must_use]
    pub fn new(options: FramingOptions) -> Self {
        Self {
            options,
            pending: Zeroizing::new(Vec::with_capacity(MAX_RECORD + 1)),
            seams: Vec::with_capacity(MOST_SEAMS),
            answer: Zeroizing::new(Vec::with_capacity(USB_PACKET * 2)),
            ready: VecDeque::new(),
            skipping: false,
            is_behind_end_mark: false,
            silent_since_suffix: None,
            last_byte: Duration::ZERO,
            last_seen: None,
            longest_pause: Duration::ZERO,
            seen: VecDeque::with_capacity(REMEMBERED),
            hasher: RandomState::new(),
        }
    }

    /// Takes bytes that came at `now`, a time since any fixed moment that never runs backwards.
    /// Gives the records they complete, and before them the one that a silence had ended.
    pub fn push(&mut self, bytes: &[u8], now: Duration) -> Vec<Record> {
        if self.is_due(now) {
            self.end_in_silence(now);
        }
        if !bytes.is_empty() {
            self.note_pause(now);
        }
        for &byte in bytes {
            self.take(byte, now);
        }
        if !bytes.is_empty() {
            self.last_byte = now;
        }
        self.ready.drain(..).collect()
    }

    /// When [`Framer::expire`] is to be called, if no byte comes before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        if self.ready.is_empty() { self.silence_ends() } else { Some(self.last_byte) }
    }

    /// When silence ends the record under way.
    fn silence_ends(&self) -> Option<Duration> {
        let under_way = self.skipping || !self.pending.is_empty() || !self.answer.is_empty();
        under_way.then(|| self.last_byte.saturating_add(self.wait()))
    }

    /// Ends the record under way if it has been silent for long enough. More than one may come of
    /// it: call it until [`Framer::deadline`] lies ahead.
    pub fn expire(&mut self, now: Duration) -> Option<Record> {
        if self.ready.is_empty() && self.is_due(now) {
            self.end_in_silence(now);
        }
        self.ready.pop_front()
    }

    /// The port was lost. A card that is whole by its shape is given, and a number that was
    /// terminated; half a frame is dropped, so that neither it nor what comes after the port's
    /// return becomes a visit of nobody.
    pub fn reset(&mut self) -> Option<Record> {
        self.skipping = false;
        self.answer.zeroize();
        let terminated_number = self.is_held() && shape::of(&self.pending) == Shape::Number;
        if terminated_number || shape::tells_who(&self.pending) {
            let end = self.pending.len();
            self.give(end, Ending::Shape, self.last_byte);
        }
        self.wipe();
        self.ready.pop_front()
    }

    fn is_due(&self, now: Duration) -> bool {
        self.silence_ends().is_some_and(|end| now >= end)
    }

    /// How long a silence ends what is under way.
    fn wait(&self) -> Duration {
        let gap = self.options.gap;
        if self.skipping {
            return gap;
        }
        let patience = self.patience();
        let sends_suffix = self.silent_since_suffix.is_some();
        let is_full_packet = self.pending.len().is_multiple_of(USB_PACKET);
        let waits = match (shape::of(&self.pending), self.is_held()) {
            (Shape::Whole, _) | (Shape::Number | Shape::Enough, true) => false,
            (Shape::Piece, _) | (Shape::Enough, false) => true,
            (Shape::Number, false) => sends_suffix,
            (Shape::Other, _) => sends_suffix || is_full_packet,
        };
        // Bytes that have come with pauses go on doing so.
        let paced = self.longest_pause.saturating_mul(2).min(patience);
        if waits { patience } else { gap.max(paced) }
    }

    /// How long the rest of a code is waited for.
    fn patience(&self) -> Duration {
        let gap = self.options.gap;
        gap.saturating_mul(PATIENCE).clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE).max(gap)
    }

    /// Remembers a pause within the record under way.
    fn note_pause(&mut self, now: Duration) {
        if self.pending.is_empty() {
            return;
        }
        let pause = now.saturating_sub(self.last_byte);
        // A reader that always pauses shows nothing by pausing.
        let is_seam = pause >= self.options.gap
            && (self.longest_pause < self.options.gap || pause >= self.longest_pause * 2);
        self.longest_pause = self.longest_pause.max(pause);
        if is_seam && !self.is_held() && self.seams.len() < MOST_SEAMS {
            self.seams.push(Seam { at: self.pending.len(), is_terminator: false });
        }
    }

    fn take(&mut self, byte: u8, now: Duration) {
        if !self.answer.is_empty() || !self.skipping && matches!(byte, 2 | 3) {
            self.answer.push(byte);
            match answer::of(&self.answer) {
                Answer::Begun => {}
                Answer::Whole(_) => self.forget_answer(),
                Answer::None => self.take_what_was_no_answer(now),
            }
        } else {
            self.take_plain(byte, now);
        }
    }

    fn forget_answer(&mut self) {
        self.answer.as_mut_slice().zeroize();
        self.answer.clear();
    }

    fn take_what_was_no_answer(&mut self, now: Duration) {
        let bytes = Zeroizing::new(self.answer.to_vec());
        self.forget_answer();
        for &byte in bytes.iter() {
            self.take_plain(byte, now);
        }
    }

    fn take_plain(&mut self, byte: u8, now: Duration) {
        match byte {
            b'\r' | b'\n' => {
                self.skipping = false;
                self.silent_since_suffix = Some(0);
                return self.terminate(now);
            }
            0 if self.pending.is_empty() => {
                self.skipping = false;
                return;
            }
            0 if self.nul_ends() => return self.terminate(now),
            _ if self.skipping => return,
            _ => {}
        }
        if self.is_held() && !self.goes_on_with(byte) {
            self.settle(Ending::Terminator, now);
        }
        self.pending.push(byte);
        if self.pending.len() > MAX_RECORD {
            self.skipping = true;
            let end = self.pending.len();
            self.give(end, Ending::Overflow, now);
        } else if byte == b'$' && self.pending.ends_with(b"|$") {
            let shape = shape::of(&self.pending);
            if shape == Shape::Whole {
                self.settle(Ending::Shape, now);
                self.is_behind_end_mark = true;
            }
        }
    }

    /// Whether a NUL ends the record under way, and is not half a letter of UTF-16.
    fn nul_ends(&self) -> bool {
        let utf16 = matches!(self.pending.as_slice(), [_, 0, _, 0, ..]);
        self.pending.len() >= SHORTEST_BEFORE_NUL && !utf16
    }

    /// A terminator came: the end of the record, unless what is here is not a whole code.
    fn terminate(&mut self, now: Duration) {
        if self.pending.is_empty() || self.is_held() {
            return;
        }
        self.part(Ending::Terminator, now);
        let is_whole = match shape::of(&self.pending) {
            Shape::Whole | Shape::Other => true,
            Shape::Enough | Shape::Number | Shape::Piece => self.seams.len() == MOST_SEAMS,
        };
        if is_whole || is_blank(&self.pending) || self.is_code_id_behind_end_mark() {
            let end = self.pending.len();
            self.give(end, Ending::Terminator, now);
        } else {
            self.seams.push(Seam { at: self.pending.len(), is_terminator: true });
        }
    }

    /// Whether the record under way has been terminated and waits for a rest that may come.
    fn is_held(&self) -> bool {
        self.seams.last().is_some_and(|seam| seam.is_terminator && seam.at == self.pending.len())
    }

    /// Whether a code that was terminated can go on with this sign.
    fn goes_on_with(&self, byte: u8) -> bool {
        match shape::of(&self.pending) {
            Shape::Enough => byte == b'|',
            // Twelve digits are the whole number; ten may be the head of twelve.
            Shape::Number => {
                byte == b'|' || self.pending.trim_ascii().len() == 10 && byte.is_ascii_digit()
            }
            Shape::Whole | Shape::Piece | Shape::Other => true,
        }
    }

    /// Silence ends the record under way.
    fn end_in_silence(&mut self, now: Duration) {
        self.skipping = false;
        if !self.answer.is_empty() {
            self.take_what_was_no_answer(now);
        }
        let ending = if self.is_held() { Ending::Terminator } else { Ending::Silence };
        self.settle(ending, now);
    }

    /// Gives all that is under way.
    fn settle(&mut self, ending: Ending, now: Duration) {
        self.part(ending, now);
        let end = self.pending.len();
        self.give(end, ending, now);
    }

    /// Gives what stands before the last code under way, where a seam or the shapes of two codes
    /// show that there is more than one.
    fn part(&mut self, ending: Ending, now: Duration) {
        loop {
            if let Some(end) = shape::end_of_first(&self.pending) {
                self.give(end, Ending::Shape, now);
                continue;
            }
            let end = self.pending.len();
            let shape = shape::of(&self.pending);
            let mut inner = self.seams.iter().filter(|seam| seam.at < end);
            // What stands before the first separator is the number with its marks, or a part of it.
            let is_in_number =
                |at: usize| !self.pending.get(..at).unwrap_or_default().contains(&b'|');
            let is_card_behind = |seam: &&Seam| {
                let behind = self.pending.get(seam.at..).unwrap_or_default();
                !(shape == Shape::Whole && is_in_number(seam.at)) && shape::is_whole_card(behind)
            };
            let seam = inner.clone().find(is_card_behind).or_else(|| {
                let is_two = shape == Shape::Other;
                is_two.then(|| inner.rfind(|seam| seam.is_terminator)).flatten()
            });
            let seam = seam.copied();
            let Some(Seam { at, is_terminator }) = seam else { return };
            let before = if is_terminator { Ending::Terminator } else { Ending::Silence };
            let before = if ending == Ending::Overflow { Ending::Shape } else { before };
            self.give(at, before, now);
        }
    }

    /// Gives the first bytes under way as a record, unless they are blank, a code id behind an end
    /// mark, or a repetition.
    fn give(&mut self, end: usize, ending: Ending, now: Duration) {
        let is_all = end == self.pending.len();
        let is_nothing = is_blank(self.pending.get(..end).unwrap_or_default())
            || is_all && self.is_code_id_behind_end_mark();
        let fresh = !is_nothing && self.is_fresh(end, now);
        if fresh {
            // Exactly as long as needed, and moved on without another copy.
            let bytes = self.pending.get(..end).unwrap_or_default().to_vec();
            let pause = self.last_seen.map(|seen| now.saturating_sub(seen));
            self.ready.push_back(Record { bytes: Zeroizing::new(bytes), ending, pause });
        }
        if !is_nothing {
            self.last_seen = Some(now);
        }
        if end > 0 {
            self.learn_from(ending);
            self.is_behind_end_mark = false;
        }
        self.forget(end);
    }

    /// Whether a reader sends a terminator; several records in a row without one, and it does not.
    fn learn_from(&mut self, ending: Ending) {
        self.silent_since_suffix = match (ending, self.silent_since_suffix) {
            (Ending::Terminator, _) => Some(0),
            (Ending::Silence, Some(silent)) if silent + 1 < NO_END_SUFFIX => Some(silent + 1),
            (Ending::Silence, _) => None,
            (Ending::Shape | Ending::Overflow, known) => known,
        };
    }

    fn is_code_id_behind_end_mark(&self) -> bool {
        self.is_behind_end_mark && self.pending.len() <= LONGEST_CODE_ID
    }

    /// Forgets the first bytes under way. Only what was used: the rest of the buffer is clean.
    fn forget(&mut self, end: usize) {
        let length = self.pending.len();
        let left = length.saturating_sub(end);
        self.pending.copy_within(length - left.., 0);
        if let Some(rest) = self.pending.get_mut(left..) {
            rest.zeroize();
        }
        self.pending.truncate(left);
        self.seams.retain_mut(|seam| {
            seam.at = seam.at.saturating_sub(end);
            seam.at > 0
        });
        if left == 0 {
            self.longest_pause = Duration::ZERO;
        }
    }

    /// Forgets the record under way.
    fn wipe(&mut self) {
        let end = self.pending.len();
        self.forget(end);
        self.forget_answer();
    }

    /// Whether no identical record was seen lately. A code left under the reader is seen again and
    /// again: each time counts anew, so that it stays one scan for as long as it lies there.
    fn is_fresh(&mut self, end: usize, now: Duration) -> bool {
        let hash = self.hasher.hash_one(self.pending.get(..end).unwrap_or_default());
        let window = self.options.debounce;
        self.seen.retain(|(_, at)| now.saturating_sub(*at) < window);
        let known = self.seen.iter().position(|(seen, _)| *seen == hash);
        if let Some(place) = known {
            self.seen.remove(place);
        } else if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        if !window.is_zero() {
            self.seen.push_back((hash, now));
        }
        known.is_none()
    }
}

/// Spaces and control characters only, perhaps with a byte order mark: an empty record.
fn is_blank(record: &[u8]) -> bool {
    without_bom(record).iter().all(|byte| *byte <= b' ' || *byte == 0x7f)
}

/// Some readers put a byte order mark in front.
fn without_bom(record: &[u8]) -> &[u8] {
    record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CARD: &str = "001090000001|010000001|Nguyễn Văn Mẫu|02011990|Nam|Hà Nội|15042021";
    const NEW_CARD: &str = "048200000011||Phạm Văn Mẫu|01062000|Nam|Đà Nẵng|04102024||||";
    const INSURANCE: &str = "GD4010000000051|4e67|02/01/1990|1|53e1|01 - 001|01/01/2025|-|\
                             20/12/2024|01000000000051|-|4|01/01/2029|00000000000000aa-7102|$";

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn framer() -> Framer {
        Framer::new(FramingOptions::default())
    }

    fn texts(records: impl IntoIterator<Item = Record>) -> Vec<(String, Ending)> {
        let text =
            |record: Record| (String::from_utf8_lossy(record.bytes()).into(), record.ending());
        records.into_iter().map(text).collect()
    }

    fn terminated(text: &str) -> (String, Ending) {
        (text.to_owned(), Ending::Terminator)
    }

    #[test]
    fn cr_lf_crlf_and_nul_end_a_record_at_once() {
        for end in ["\r", "\n", "\r\n", "\0", "\n\r", "\r\0"] {
            let mut framer = framer();
            let stream = format!("{CARD}{end}{NEW_CARD}{end}");
            let expected = [terminated(CARD), terminated(NEW_CARD)];
            assert_eq!(texts(framer.push(stream.as_bytes(), ms(0))), expected, "{end:?}");
            assert_eq!(framer.expire(ms(1000)).map(|_| ()), None);
            assert_eq!(framer.deadline(), None);
        }
    }

    #[test]
    fn silence_ends_a_record_without_terminator_and_no_earlier() {
        let mut framer = framer();
        assert!(framer.push(&CARD.as_bytes()[..20], ms(0)).is_empty());
        assert_eq!(framer.deadline(), Some(ms(480)), "a piece is waited for");
        assert!(framer.push(&CARD.as_bytes()[20..], ms(50)).is_empty());
        assert_eq!(framer.deadline(), Some(ms(170)), "a whole card is not");
        assert!(framer.expire(ms(169)).is_none());
        assert_eq!(texts(framer.expire(ms(170))), [(CARD.to_owned(), Ending::Silence)]);
        assert_eq!(framer.deadline(), None);
    }

    #[test]
    fn bytes_after_a_missed_deadline_begin_a_new_record() {
        let mut framer = framer();
        framer.push(CARD.as_bytes(), ms(0));
        let records = framer.push(format!("{NEW_CARD}\r").as_bytes(), ms(500));
        assert_eq!(texts(records), [(CARD.to_owned(), Ending::Silence), terminated(NEW_CARD)]);
    }

    #[test]
    fn a_bhyt_code_is_complete_with_its_end_mark() {
        for head in ["", "\u{feff}"] {
            let mut framer = framer();
            let records = framer.push(format!("{head}{INSURANCE}\r\n").as_bytes(), ms(0));
            assert_eq!(texts(records), [(format!("{head}{INSURANCE}"), Ending::Shape)]);
            assert_eq!(framer.deadline(), None);
        }
        for other in ["GD4010000000051|4e67|$", "abc|d|e|f|g|h|i|j|k|l|$", "$"] {
            assert!(framer().push(other.as_bytes(), ms(0)).is_empty());
        }
    }

    #[test]
    fn blank_records_are_none() {
        let mut framer = framer();
        assert!(framer.push(b"   \r\n\r\n\0\0 \t\r\x02\x03\n\xef\xbb\xbf\r", ms(0)).is_empty());
        framer.push(b"  ", ms(0));
        assert!(framer.expire(ms(200)).is_none());
    }

    #[test]
    fn noise_is_reported_once_and_the_next_card_is_not_lost() {
        let mut framer = framer();
        let noise = vec![b'9'; 64 * 1024];
        let mut records = Vec::new();
        for chunk in noise.chunks(1000) {
            records.extend(framer.push(chunk, ms(0)));
        }
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].ending(), Ending::Overflow);
        assert_eq!(records[0].bytes().len(), MAX_RECORD + 1);
        let after_terminator = framer.push(format!("\r{CARD}\r").as_bytes(), ms(0));
        assert_eq!(texts(after_terminator), [terminated(CARD)]);

        framer.push(&noise, ms(5000));
        assert_eq!(framer.deadline(), Some(ms(5120)));
        assert!(framer.expire(ms(5120)).is_none());
        let after_silence = framer.push(format!("{NEW_CARD}\r").as_bytes(), ms(5130));
        assert_eq!(texts(after_silence), [terminated(NEW_CARD)]);
    }

    #[test]
    fn the_longest_record_is_whole_and_one_more_byte_is_too_long() {
        let longest = "x".repeat(MAX_RECORD);
        let records = framer().push(format!("{longest}\r").as_bytes(), ms(0));
        assert_eq!(texts(records), [terminated(&longest)]);
        let records = framer().push(format!("{longest}x\r").as_bytes(), ms(0));
        assert_eq!(texts(records), [(format!("{longest}x"), Ending::Overflow)]);
    }

    #[test]
    fn a_code_left_under_the_reader_is_one_record() {
        let mut framer = framer();
        let card = format!("{CARD}\r");
        let other = format!("{NEW_CARD}\r");
        assert_eq!(framer.push(card.as_bytes(), ms(0)).len(), 1);
        for at in [500, 1000, 2900, 4800] {
            assert!(framer.push(card.as_bytes(), ms(at)).is_empty(), "at {at}");
        }
        assert_eq!(framer.push(other.as_bytes(), ms(4900)).len(), 1);
        assert!(framer.push(card.as_bytes(), ms(5000)).is_empty());
        assert_eq!(framer.push(card.as_bytes(), ms(7000)).len(), 1);

        let mut every =
            Framer::new(FramingOptions { debounce: ms(0), ..FramingOptions::default() });
        assert_eq!(every.push(card.repeat(3).as_bytes(), ms(0)).len(), 3);
    }

    #[test]
    fn a_vanished_port_leaves_a_whole_card_or_nothing() {
        for (pending, whole) in [
            (CARD, true),
            (NEW_CARD, true),
            (NEW_CARD.trim_end_matches("||"), true),
            (CARD.trim_end_matches('1'), false),
            ("001090000001", false),
            (INSURANCE.trim_end_matches('$'), false),
            ("", false),
        ] {
            let mut framer = framer();
            framer.push(pending.as_bytes(), ms(0));
            let record = framer.reset();
            assert_eq!(record.is_some(), whole, "{pending}");
            assert!(record.is_none_or(|record| record.ending() == Ending::Shape));
            assert_eq!(framer.deadline(), None);
            // What the port sends when it is back is not glued to the rest.
            let again = framer.push(format!("{INSURANCE}\r").as_bytes(), ms(50));
            assert_eq!(texts(again), [(INSURANCE.to_owned(), Ending::Shape)]);
        }
    }

    #[test]
    fn a_card_sent_again_by_a_port_that_came_back_is_not_doubled() {
        let mut framer = framer();
        framer.push(CARD.as_bytes(), ms(0));
        assert!(framer.reset().is_some());
        assert!(framer.push(format!("{CARD}\r").as_bytes(), ms(900)).is_empty());
    }

    #[test]
    fn ssi_packets_and_utf_16_stay_in_one_piece() {
        let ssi = [b"\x47\xf3\0\0\x1c", CARD.as_bytes(), b"\xf5\x30"].concat();
        let mut framer = framer();
        assert!(framer.push(&ssi, ms(0)).is_empty());
        assert_eq!(framer.expire(ms(120)).unwrap().bytes(), ssi);

        let utf16: Vec<u8> = CARD.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(framer.push(&utf16, ms(1000)).is_empty());
        assert_eq!(framer.push(b"\r\0", ms(1000))[0].bytes(), utf16);
    }

    /// Records as readers send them, none a repetition of another nor blank.
    fn records() -> impl Strategy<Value = Vec<(String, &'static str)>> {
        // No pieces of codes: those are joined, which other tests look at.
        let text = "[0-9A-Za-zÀ-ỹ|/ -]{1,40}";
        let end = prop::sample::select(vec!["\r", "\n", "\r\n", "\0", "\r\n\r\n"]);
        prop::collection::vec((text, end), 0..6).prop_map(|mut records| {
            for (place, (text, _)) in records.iter_mut().enumerate() {
                text.insert_str(0, &format!("no. {place}: "));
            }
            records
        })
    }

    proptest! {
        #[test]
        fn terminated_records_come_out_as_they_went_in(records in records()) {
            let stream: String = records.iter().map(|(text, end)| format!("{text}{end}")).collect();
            let expected: Vec<_> = records.iter().map(|(text, _)| terminated(text)).collect();
            prop_assert_eq!(texts(framer().push(stream.as_bytes(), ms(0))), expected);
        }

        #[test]
        fn how_bytes_are_split_makes_no_difference(
            stream in prop::collection::vec(prop_oneof![
                3 => any::<u8>(),
                1 => prop::sample::select(b"\r\n\0$|".to_vec()),
            ], 0..5000),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let mut whole = framer();
            let mut expected = texts(whole.push(&stream, ms(0)));
            expected.extend(texts(whole.expire(ms(500))));

            let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            at.sort_unstable();
            let mut parts = framer();
            let mut found = Vec::new();
            let mut from = 0;
            for (step, to) in at.into_iter().chain([stream.len()]).enumerate() {
                found.extend(texts(parts.push(&stream[from..to], ms(step as u64))));
                from = to;
            }
            found.extend(texts(parts.expire(ms(500))));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn every_record_stands_in_the_stream_once_and_in_order(
            stream in prop::collection::vec(any::<u8>(), 0..6000),
        ) {
            let options = FramingOptions { debounce: ms(0), ..FramingOptions::default() };
            let mut framer = Framer::new(options);
            let mut records = framer.push(&stream, ms(0));
            records.extend(framer.expire(ms(500)));
            let visible = |bytes: &[u8]| -> Vec<u8> {
                bytes.iter().copied().filter(|byte| !b"\r\n\0".contains(byte)).collect()
            };
            let stream = visible(&stream);
            let mut rest = stream.as_slice();
            for record in &records {
                prop_assert!(record.bytes().len() <= MAX_RECORD + 1);
                let record = visible(record.bytes());
                let at = rest.windows(record.len().max(1)).position(|w| w == record);
                prop_assert!(at.is_some());
                rest = &rest[at.unwrap() + record.len()..];
            }
        }

        #[test]
        fn a_code_is_one_record_however_its_bytes_come(
            code in prop::sample::select(CODES.to_vec()),
            head in prop::sample::select(vec!["", "]Q1", "\\000026", "s", "P01", "\u{2}"]),
            inside in prop::option::of((
                any::<prop::sample::Index>(),
                prop::sample::select(vec!["\r", "\n", "\r\n"]),
            )),
            end in prop::sample::select(vec!["\r", "\n", "\r\n", ""]),
            pieces in prop::collection::vec((1usize..80, 0u64..200), 1..40),
        ) {
            let whole = format!("{head}{code}");
            let mut sent = whole.clone().into_bytes();
            if let Some((place, terminator)) = inside {
                // A line end right behind a number leaves a number, which is not waited for.
                let place = 13 + head.len() + place.index(code.len() - 14);
                sent.splice(place..place, terminator.bytes());
            }
            sent.extend(end.bytes());
            let mut framer = framer();
            let mut found = Vec::new();
            let (mut now, mut rest) = (ms(0), sent.as_slice());
            for (length, pause) in pieces.iter().cycle() {
                let (piece, others) = rest.split_at((*length).min(rest.len()));
                found.extend(due(&mut framer, now));
                found.extend(framer.push(piece, now));
                // Before the number is whole nothing tells a card from a number.
                let pause = if sent.len() - others.len() <= 24 { pause / 2 } else { *pause };
                now += ms(pause);
                rest = others;
                if rest.is_empty() {
                    break;
                }
            }
            found.extend(due(&mut framer, now + ms(2000)));
            prop_assert_eq!(found.len(), 1, "{:?}", texts(found));
            prop_assert_eq!(found[0].bytes(), whole.as_bytes());
        }

        #[test]
        fn two_codes_one_after_the_other_are_two_records(
            first in prop::sample::select(CODES.to_vec()),
            cut in prop::option::of(any::<prop::sample::Index>()),
            end in prop::sample::select(vec!["\r", "\n", "\r\n", "\0", ""]),
            pause in 0u64..3000,
            size in 1usize..80,
        ) {
            let second = "079185000002||Trần Thị Thử|28021985|Nữ|Xã Thử|10102021";
            // Perhaps the first was taken away before the reader had it all.
            let first = match cut {
                Some(cut) => {
                    let end = first.floor_char_boundary(20 + cut.index(first.len() - 20));
                    first.get(..end).unwrap()
                }
                None => first,
            };
            let mut framer = framer();
            let mut found = Vec::new();
            let mut now = ms(0);
            let pieces = format!("{first}{end}");
            for piece in pieces.as_bytes().chunks(size) {
                found.extend(framer.push(piece, now));
                now += ms(1);
            }
            now += ms(pause);
            found.extend(due(&mut framer, now));
            for piece in format!("{second}\r").as_bytes().chunks(size) {
                found.extend(framer.push(piece, now));
                now += ms(1);
            }
            found.extend(due(&mut framer, now + ms(2000)));
            let found = texts(found);
            // Half a code with the next right behind it, and nothing between, cannot be told apart.
            if !end.is_empty() || pause >= 150 || cut.is_none() {
                let expected = [first.to_owned(), second.to_owned()];
                let found: Vec<String> = found.into_iter().map(|(text, _)| text).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    /// One of each layout.
    const CODES: [&str; 5] = [
        CARD,
        NEW_CARD,
        INSURANCE,
        "0000000071|4e67757941|02/01/1990|1|-|48 - C54|01/07/2023|-|31/07/2023|480|-|4|01/10/2027|\
         aa-1202|4|5157e1baad6e|$",
        "048090000011|4e67757941|02/01/1990|1|-|48 - C54|01/07/2023|-|31/07/2023|480|-|4|\
         01/10/2027|aa-1202|$",
    ];

    /// What the port's thread finds when it looks at every deadline up to `now`.
    fn due(framer: &mut Framer, now: Duration) -> Vec<Record> {
        let mut records = Vec::new();
        while let Some(deadline) = framer.deadline().filter(|deadline| *deadline <= now) {
            records.extend(framer.expire(deadline));
        }
        records
    }

    #[test]
    fn a_number_with_a_line_end_comes_out_within_the_gap() {
        for number in ["001090000001", "0000000071", "GD4010000000051"] {
            let mut framer = framer();
            assert!(framer.push(format!("{number}\r\n").as_bytes(), ms(0)).is_empty());
            assert_eq!(framer.deadline(), Some(ms(120)));
            assert_eq!(texts(framer.expire(ms(120))), [terminated(number)]);
        }
    }

    #[test]
    fn a_reader_that_sends_a_suffix_is_waited_for() {
        let token = "eyJhbGciOiJub25lIn0=".repeat(5);
        let mut framer = framer();
        framer.push(token.as_bytes(), ms(0));
        assert_eq!(framer.deadline(), Some(ms(120)), "nothing is known of this reader");
        framer.expire(ms(120));
        framer.push(b"xin chao\r", ms(1000));
        framer.push(token.as_bytes(), ms(4000));
        assert_eq!(framer.deadline(), Some(ms(4480)));
        assert_eq!(texts(framer.push(b"x\r", ms(4400))), [terminated(&format!("{token}x"))]);
    }

    #[test]
    fn half_a_code_and_seconds_later_a_whole_one_are_two() {
        let mut framer = framer();
        let cut_off = CARD.get(..30).unwrap();
        assert!(framer.push(format!("{cut_off}\r").as_bytes(), ms(0)).is_empty());
        let half = due(&mut framer, ms(3000));
        assert_eq!(texts(half), [terminated(cut_off)]);
        assert_eq!(
            texts(framer.push(format!("{NEW_CARD}\r").as_bytes(), ms(3000))),
            [terminated(NEW_CARD)]
        );
    }

    #[test]
    fn answers_of_the_module_are_no_records_and_harm_none() {
        let answer = [2, 0, 0, 1, 0, 0x33, 0x31];
        let mut framer = framer();
        assert!(framer.push(&answer, ms(0)).is_empty());
        assert_eq!(framer.deadline(), None);
        let glued = [&answer[..], CARD.as_bytes(), b"\r", &answer, NEW_CARD.as_bytes(), b"\r"];
        let records = framer.push(&glued.concat(), ms(10));
        assert_eq!(texts(records), [terminated(CARD), terminated(NEW_CARD)]);
        framer.push(&answer[..5], ms(5000));
        assert!(framer.expire(ms(6000)).is_none());
        let records = framer.push(format!("\u{2}{INSURANCE}").as_bytes(), ms(9000));
        assert_eq!(texts(records), [(format!("\u{2}{INSURANCE}"), Ending::Shape)]);
    }

    #[test]
    fn a_code_id_behind_an_end_mark_is_no_record() {
        let mut framer = framer();
        let records = framer.push(format!("{INSURANCE}P01\r{CARD}\r").as_bytes(), ms(0));
        assert_eq!(texts(records), [(INSURANCE.to_owned(), Ending::Shape), terminated(CARD)]);
    }
}
