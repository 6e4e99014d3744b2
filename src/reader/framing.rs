//! Cuts the stream of bytes from the port into records. Pure: the time comes in as a value, so
//! every pause can be tested without waiting. Nothing is lost, nothing doubled: how the bytes were
//! split on their way makes no difference, a frame cut off by a vanished port is no record, and a
//! code that stays under the reader is one record.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use zeroize::{Zeroize as _, Zeroizing};

use crate::card::MAX_RECORD;

/// How to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FramingOptions {
    /// So long a silence ends a record that has no terminator. At 9600 baud a byte takes 1 ms and
    /// readers send without pauses; below 100 ms a busy USB hub could cut a record in two.
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
    /// Its own shape: the `$` of a BHYT code, or a whole card when the port vanished.
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
}

/// So many different records are remembered for debouncing: two codes in view of the reader at
/// once are a card and a phone.
const REMEMBERED: usize = 4;

/// A NUL this early in a record does not end it: it is the head of an SSI packet or UTF-16, which
/// the decoder recognises only in one piece. No record is that short.
const SHORTEST_BEFORE_NUL: usize = 5;

/// Cuts bytes into records.
pub struct Framer {
    options: FramingOptions,
    /// Bytes of the record under way. Its capacity is never exceeded, so no copy stays behind.
    pending: Zeroizing<Vec<u8>>,
    /// The record under way was too long and has been reported.
    skipping: bool,
    /// When the last byte came.
    last_byte: Duration,
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
            skipping: false,
            last_byte: Duration::ZERO,
            seen: VecDeque::with_capacity(REMEMBERED),
            hasher: RandomState::new(),
        }
    }

    /// Takes bytes that came at `now`, a time since any fixed moment that never runs backwards.
    /// Gives the records they complete, and before them the one that a silence had ended.
    pub fn push(&mut self, bytes: &[u8], now: Duration) -> Vec<Record> {
        let mut records = Vec::from_iter(self.expire(now));
        for &byte in bytes {
            records.extend(self.take(byte, now));
        }
        if !bytes.is_empty() {
            self.last_byte = now;
        }
        records
    }

    /// When [`Framer::expire`] is to be called, if no byte comes before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let under_way = self.skipping || !self.pending.is_empty();
        under_way.then(|| self.last_byte.saturating_add(self.options.gap))
    }

    /// Ends the record under way if it has been silent for long enough.
    pub fn expire(&mut self, now: Duration) -> Option<Record> {
        self.deadline().filter(|deadline| now >= *deadline)?;
        self.skipping = false;
        self.end(Ending::Silence, now)
    }

    /// The port was lost. A card that is whole by its shape is given; half a frame is dropped, so
    /// that neither it nor what comes after the port's return becomes a visit of nobody.
    pub fn reset(&mut self) -> Option<Record> {
        self.skipping = false;
        if is_whole_citizen_card(&self.pending) {
            return self.end(Ending::Shape, self.last_byte);
        }
        self.wipe();
        None
    }

    fn take(&mut self, byte: u8, now: Duration) -> Option<Record> {
        match byte {
            b'\r' | b'\n' => {
                self.skipping = false;
                return self.end(Ending::Terminator, now);
            }
            0 if self.pending.is_empty() => {
                self.skipping = false;
                return None;
            }
            0 if self.nul_ends() => return self.end(Ending::Terminator, now),
            _ if self.skipping => return None,
            _ => {}
        }
        self.pending.push(byte);
        if self.pending.len() > MAX_RECORD {
            self.skipping = true;
            self.end(Ending::Overflow, now)
        } else if byte == b'$' && is_whole_insurance_code(&self.pending) {
            self.end(Ending::Shape, now)
        } else {
            None
        }
    }

    /// Whether a NUL ends the record under way, and is not half a letter of UTF-16.
    fn nul_ends(&self) -> bool {
        let utf16 = matches!(self.pending.as_slice(), [_, 0, _, 0, ..]);
        self.pending.len() >= SHORTEST_BEFORE_NUL && !utf16
    }

    /// Gives the record under way, unless it is blank or a repetition.
    fn end(&mut self, ending: Ending, now: Duration) -> Option<Record> {
        if self.pending.is_empty() {
            return None;
        }
        let fresh = !is_blank(&self.pending) && self.is_fresh(now);
        // Exactly as long as needed, and moved on without another copy.
        let bytes = fresh.then(|| Zeroizing::new(self.pending.to_vec()));
        self.wipe();
        bytes.map(|bytes| Record { bytes, ending })
    }

    /// Forgets the record under way. Only what it used: the rest of the buffer is clean already.
    fn wipe(&mut self) {
        self.pending.as_mut_slice().zeroize();
        self.pending.clear();
    }

    /// Whether no identical record was seen lately. A code left under the reader is seen again and
    /// again: each time counts anew, so that it stays one scan for as long as it lies there.
    fn is_fresh(&mut self, now: Duration) -> bool {
        let hash = self.hasher.hash_one(self.pending.as_slice());
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

/// The fields of a record, if the first is a number of one of these lengths.
fn fields_of<'r>(
    record: &'r [u8],
    lengths: &[usize],
) -> Option<impl Iterator<Item = &'r [u8]> + use<'r>> {
    let fields = without_bom(record).trim_ascii_start().split(|byte| *byte == b'|');
    let number = fields.clone().next()?;
    let is_number = lengths.contains(&number.len()) && number.iter().all(u8::is_ascii_alphanumeric);
    is_number.then_some(fields)
}

/// A BHYT code whose last field is its end mark. Fourteen fields and the mark are the known
/// layout, eight the fewest that tell anything.
fn is_whole_insurance_code(record: &[u8]) -> bool {
    record.ends_with(b"|$")
        && fields_of(record, &[10, 15, 16, 17]).is_some_and(|fields| fields.count() > 8)
}

/// A card that has its seventh field, the date of issue, in full.
fn is_whole_citizen_card(record: &[u8]) -> bool {
    fields_of(record, &[12])
        .and_then(|mut fields| fields.nth(6))
        .is_some_and(|issued| issued.len() == 8 && issued.iter().all(u8::is_ascii_digit))
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
        assert_eq!(framer.deadline(), Some(ms(120)));
        assert!(framer.push(&CARD.as_bytes()[20..], ms(119)).is_empty());
        assert_eq!(framer.deadline(), Some(ms(239)));
        assert!(framer.expire(ms(238)).is_none());
        assert_eq!(texts(framer.expire(ms(239))), [(CARD.to_owned(), Ending::Silence)]);
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
        let text = "[0-9]{5}[0-9A-Za-zÀ-ỹ|/ -]{1,40}";
        let end = prop::sample::select(vec!["\r", "\n", "\r\n", "\0", "\r\n\r\n"]);
        prop::collection::vec((text, end), 0..6).prop_map(|mut records| {
            for (place, (text, _)) in records.iter_mut().enumerate() {
                text.insert_str(0, &place.to_string());
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
            let mut rest = stream.as_slice();
            for record in &records {
                prop_assert!(record.bytes().len() <= MAX_RECORD + 1);
                let at = rest.windows(record.bytes().len()).position(|w| w == record.bytes());
                prop_assert!(at.is_some());
                rest = &rest[at.unwrap() + record.bytes().len()..];
            }
        }
    }
}
