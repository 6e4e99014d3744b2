//! What a reader on a real pseudo-terminal can do to us: nothing is lost, nothing is doubled.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::reader::{FakeReader, Signal, listen};
use tiepdon::station::{Device, ReaderSettings};

/// Longer than anything the reader room does on purpose.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Receiving,
    TooFast,
    Record(Vec<u8>),
    Lost,
    Found,
}

struct Desk {
    link: PathBuf,
    heard: Receiver<Heard>,
    stop: Arc<AtomicBool>,
    _folder: TempDir,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("reader");
        let (tell, heard) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let settings = ReaderSettings {
            device: Device::Path(link.clone()),
            baud: 9600,
            gap: Duration::from_millis(120),
            dtr: true,
        };
        listen(settings, stop.clone(), move |signal| {
            let heard = match signal {
                Signal::Record(record) => Heard::Record(record.bytes().to_vec()),
                Signal::Receiving => Heard::Receiving,
                Signal::TooFast(_) => Heard::TooFast,
                Signal::Lost => Heard::Lost,
                Signal::Found => Heard::Found,
            };
            // The test may have ended.
            let _ = tell.send(heard);
        })
        .unwrap();
        Self { link, heard, stop, _folder: folder }
    }

    fn with_reader() -> (Self, FakeReader) {
        let desk = Self::open();
        assert_eq!(desk.next(), Heard::Lost);
        let reader = FakeReader::plug_in(&desk.link).unwrap();
        assert_eq!(desk.next(), Heard::Found);
        (desk, reader)
    }

    /// What is told next of the reader and its records.
    fn next(&self) -> Heard {
        loop {
            let heard = self.heard.recv_timeout(PATIENCE).unwrap();
            if heard != Heard::Receiving {
                return heard;
            }
        }
    }

    fn next_record(&self) -> Vec<u8> {
        match self.next() {
            Heard::Record(bytes) => bytes,
            other @ (Heard::Receiving | Heard::TooFast | Heard::Lost | Heard::Found) => {
                panic!("no record but {other:?}")
            }
        }
    }

    fn nothing_for(&self, time: Duration) {
        assert_eq!(self.heard.recv_timeout(time), Err(RecvTimeoutError::Timeout));
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn card(index: usize) -> Vec<u8> {
    let sent = patient(index).citizen_card();
    sent.strip_suffix(b"\r\n").unwrap().to_vec()
}

fn with(bytes: &[u8], end: &[u8]) -> Vec<u8> {
    [bytes, end].concat()
}

#[test]
fn every_way_to_end_a_record_gives_the_same_record() {
    for end in [&b"\r"[..], b"\n", b"\r\n", b""] {
        let (desk, mut reader) = Desk::with_reader();
        reader.send(&with(&card(1), end)).unwrap();
        assert_eq!(desk.next_record(), card(1), "{end:?}");
        desk.nothing_for(Duration::from_millis(300));
    }
}

#[test]
fn the_first_byte_is_told_before_the_record_and_a_late_line_feed_is_not() {
    let (desk, mut reader) = Desk::with_reader();
    let told = || desk.heard.recv_timeout(PATIENCE).unwrap();
    let sent = card(1);
    let (first, rest) = sent.split_at(1);
    reader.send(first).unwrap();
    assert_eq!(told(), Heard::Receiving);
    reader.send(&with(rest, b"\r")).unwrap();
    assert_eq!(told(), Heard::Record(sent.clone()));
    reader.send(b"\n").unwrap();
    desk.nothing_for(Duration::from_millis(300));
    reader.send(&with(&card(2), b"\r\n")).unwrap();
    assert_eq!(told(), Heard::Receiving);
    assert_eq!(told(), Heard::Record(card(2)));
}

#[test]
fn a_card_in_drops_and_two_cards_in_a_gush_come_out_whole() {
    let (desk, mut reader) = Desk::with_reader();
    for byte in with(&card(1), b"\r") {
        reader.send(&[byte]).unwrap();
    }
    assert_eq!(desk.next_record(), card(1));
    reader.send(&[with(&card(2), b"\r\n"), with(&card(3), b"\r\n")].concat()).unwrap();
    assert_eq!(desk.next_record(), card(2));
    assert_eq!(desk.next_record(), card(3));
    desk.nothing_for(Duration::from_millis(300));
}

#[test]
fn a_reader_that_is_pulled_out_is_told_once_and_found_again_within_a_second() {
    let (desk, mut reader) = Desk::with_reader();
    for index in 0..3 {
        reader.send(&with(&card(index), b"\r")).unwrap();
        assert_eq!(desk.next_record(), card(index));
        drop(reader);
        assert_eq!(desk.next(), Heard::Lost);
        desk.nothing_for(Duration::from_millis(700));
        let back = Instant::now();
        reader = FakeReader::plug_in(&desk.link).unwrap();
        assert_eq!(desk.next(), Heard::Found);
        assert!(back.elapsed() < Duration::from_secs(1), "{:?}", back.elapsed());
    }
}

#[test]
fn half_a_card_of_a_vanished_reader_never_joins_the_next_one() {
    let (desk, mut reader) = Desk::with_reader();
    let whole = card(1);
    reader.send(whole.get(..40).unwrap()).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    drop(reader);
    assert_eq!(desk.next(), Heard::Lost);
    let mut reader = FakeReader::plug_in(&desk.link).unwrap();
    assert_eq!(desk.next(), Heard::Found);
    reader.send(&with(&card(2), b"\r")).unwrap();
    assert_eq!(desk.next_record(), card(2));
}

#[test]
fn noise_is_told_once_and_the_next_card_is_read() {
    let (desk, mut reader) = Desk::with_reader();
    // 64 KiB: a terminal holds 4, so the room must keep reading while the noise comes in.
    for _ in 0..64 {
        reader.send(&[b'#'; 1024]).unwrap();
    }
    reader.send(b"\r").unwrap();
    reader.send(&with(&card(4), b"\r")).unwrap();
    let noise = desk.next_record();
    assert!(noise.len() <= tiepdon::card::MAX_RECORD + 1, "{}", noise.len());
    assert_eq!(desk.next_record(), card(4));
}

#[test]
fn a_card_left_under_the_reader_is_one_scan() {
    let (desk, mut reader) = Desk::with_reader();
    for _ in 0..5 {
        reader.send(&with(&card(1), b"\r\n")).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(desk.next_record(), card(1));
    desk.nothing_for(Duration::from_millis(300));
}
