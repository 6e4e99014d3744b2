//! What holds of the records cut out of any stream: in whatever pieces it comes, with whatever
//! pauses, and however often the port is lost.
//!
//! An input is a stream with a script before it: a byte that tells the script's length, then one
//! byte a [`Step`].

use std::time::Duration;

use tiepdon::card::MAX_RECORD;
use tiepdon::reader::framing::{Ending, Framer, FramingOptions, Record};

/// What the port does next.
enum Step {
    /// It gives so many bytes, or what is left.
    Give(usize),
    /// It is silent, and nobody looks.
    Pause(Duration),
    /// Somebody looks whether the silence has ended a record.
    Look,
    /// It is lost.
    Lose,
}

impl Step {
    fn of(byte: u8) -> Self {
        match byte {
            0..=0x7f => Self::Give(byte.into()),
            // Up to 3 s: beyond the silence that ends a record, and beyond the debounce.
            0x80..=0xbf => Self::Pause(Duration::from_millis(48) * u32::from(byte - 0x80)),
            0xc0..=0xdf => Self::Look,
            0xe0..=0xff => Self::Lose,
        }
    }
}

pub(crate) fn check(input: &[u8]) {
    let (&length, rest) = input.split_first().unwrap_or((&0, &[]));
    let (script, stream) = rest.split_at(rest.len().min(length.into()));
    pieces_make_no_difference(script, stream);
    debouncing_only_leaves_out_repetitions(stream);
    whatever_the_port_does_nothing_is_invented_and_the_next_card_is_read(script, stream);
}

fn pieces_make_no_difference(script: &[u8], stream: &[u8]) {
    let whole = read([stream], FramingOptions::default());
    assert_eq!(read(stream.chunks(1), FramingOptions::default()), whole, "byte by byte");
    let mut rest = stream;
    let mut pieces = Vec::new();
    for &byte in script {
        if let Step::Give(count) = Step::of(byte) {
            let (piece, others) = rest.split_at(count.min(rest.len()));
            pieces.push(piece);
            rest = others;
        }
    }
    pieces.push(rest);
    assert_eq!(read(pieces, FramingOptions::default()), whole, "in the pieces of the script");
}

fn debouncing_only_leaves_out_repetitions(stream: &[u8]) {
    let with = read([stream], FramingOptions::default());
    let every = FramingOptions { debounce: Duration::ZERO, ..FramingOptions::default() };
    let without = read([stream], every);
    let mut debounced = with.iter().peekable();
    for (place, record) in without.iter().enumerate() {
        if debounced.next_if(|next| *next == record).is_none() {
            assert!(without[..place].iter().any(|before| before.0 == record.0), "a record is lost");
        }
    }
    assert!(debounced.next().is_none(), "a record comes from nowhere");
    assert!(with.windows(2).all(|pair| pair[0].0 != pair[1].0), "a record is doubled");
}

fn whatever_the_port_does_nothing_is_invented_and_the_next_card_is_read(
    script: &[u8],
    stream: &[u8],
) {
    let options = FramingOptions::default();
    let mut framer = Framer::new(options);
    let (mut now, mut last_byte) = (Duration::ZERO, Duration::ZERO);
    let mut rest = stream;
    let mut found = Vec::new();
    for step in script.iter().copied().map(Step::of).chain([Step::Give(usize::MAX)]) {
        match step {
            Step::Give(count) => {
                let (piece, others) = rest.split_at(count.min(rest.len()));
                rest = others;
                found.extend(framer.push(piece, now).into_iter().map(|record| (record, now)));
                if !piece.is_empty() {
                    last_byte = now;
                }
            }
            Step::Pause(pause) => now += pause,
            Step::Look => found.extend(due(&mut framer, now).map(|record| (record, now))),
            Step::Lose => {
                let whole = framer.reset();
                assert!(whole.as_ref().is_none_or(|card| card.ending() == Ending::Shape));
                assert_eq!(framer.deadline(), None, "a lost port leaves nothing behind");
                found.extend(whole.map(|record| (record, last_byte)));
            }
        }
        assert!(framer.deadline().is_none_or(|deadline| {
            // What is not whole by its shape is waited for, but never longer than a person waits.
            (options.gap..=Duration::from_secs(1)).contains(&(deadline - last_byte))
        }));
    }
    if let Some(deadline) = framer.deadline() {
        now = now.max(deadline);
        found.extend(due(&mut framer, now).map(|record| (record, now)));
    }
    assert_eq!(framer.deadline(), None, "silence ends every record");
    every_record_is_a_piece_of_the_stream(&found, stream);
    for pair in found.windows(2) {
        let [(before, then), (record, at)] = pair else { continue };
        let doubled = before.bytes() == record.bytes() && *at - *then < options.debounce;
        assert!(!doubled, "the same record twice within the debounce");
    }

    const CARD: &[u8] = b"001090000001||Nguyen Van Mau|02011990|Nam|Ha Noi|15042021";
    now += options.debounce;
    let card = framer.push(&[CARD, b"\r\n"].concat(), now);
    assert!(matches!(card.as_slice(), [card] if card.bytes() == CARD), "the next card is lost");
}

/// What has been waited for long enough.
fn due(framer: &mut Framer, now: Duration) -> impl Iterator<Item = Record> {
    let mut records = Vec::new();
    while framer.deadline().is_some_and(|deadline| deadline <= now) {
        records.extend(framer.expire(now));
    }
    records.into_iter()
}

/// Terminators inside a code are left out of it.
fn without_terminators(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| !b"\r\n\0".contains(byte)).collect()
}

/// No record overlaps another, none is out of order, none holds a byte that was not sent.
fn every_record_is_a_piece_of_the_stream(found: &[(Record, Duration)], stream: &[u8]) {
    let stream = without_terminators(stream);
    let mut rest = stream.as_slice();
    for (record, _) in found {
        let bytes = record.bytes();
        let overflown = record.ending() == Ending::Overflow;
        assert!(!bytes.is_empty() && !bytes.iter().any(|byte| b"\r\n".contains(byte)));
        assert!(bytes.len() <= MAX_RECORD + 1);
        assert_eq!(bytes.len() > MAX_RECORD, overflown);
        let bytes = without_terminators(bytes);
        let place = rest.windows(bytes.len().max(1)).position(|piece| piece == bytes);
        rest = &rest[place.expect("the record stands in the stream") + bytes.len()..];
    }
}

/// The records of a stream that comes in these pieces 1 µs apart and then falls silent.
fn read<'s>(
    pieces: impl IntoIterator<Item = &'s [u8]>,
    options: FramingOptions,
) -> Vec<(Vec<u8>, Ending)> {
    let mut framer = Framer::new(options);
    let mut now = Duration::ZERO;
    let mut records = Vec::new();
    for piece in pieces {
        records.extend(framer.push(piece, now));
        now += Duration::from_micros(1);
    }
    while let Some(deadline) = framer.deadline() {
        records.extend(framer.expire(deadline));
    }
    records.into_iter().map(|record| (record.bytes().to_vec(), record.ending())).collect()
}
