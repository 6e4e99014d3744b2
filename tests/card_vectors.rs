//! Every vector goes the way of real bytes, through framing and decoder, and must come out as
//! expected – in one piece and cut at every byte boundary. All people in the vectors are invented.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test ends where it meets something it did not expect"
)]

use std::time::Duration;

use serde_json::Value;
use tiepdon::card;
use tiepdon::reader::framing::{Framer, FramingOptions, Record};

const VECTORS: &str = include_str!("vectors/scan-vectors.json");

/// The day the vectors are read on.
const TODAY: &str = "2026-11-22";

struct Vector {
    id: String,
    bytes: Vec<u8>,
    expect: Vec<Value>,
}

fn vectors() -> Vec<Vector> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vector = |vector: &Value| Vector {
        id: vector["id"].as_str().unwrap().to_owned(),
        bytes: from_hex(vector["hex"].as_str().unwrap()),
        expect: vector["expect"].as_array().unwrap().clone(),
    };
    file["vectors"].as_array().unwrap().iter().map(vector).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// What a port delivering these chunks 1 ms apart, and then falling silent, leads to.
fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Value> {
    let mut framer = Framer::new(FramingOptions::default());
    let mut now = Duration::ZERO;
    let mut records: Vec<Record> = Vec::new();
    for chunk in chunks {
        records.extend(framer.push(chunk, now));
        now += Duration::from_millis(1);
    }
    records.extend(framer.deadline().and_then(|deadline| framer.expire(deadline)));
    assert!(framer.deadline().is_none());
    let today = TODAY.parse().unwrap();
    let decoded = |record: &Record| {
        serde_json::to_value(card::json::view(&card::decode(record.bytes(), today))).unwrap()
    };
    records.iter().map(decoded).collect()
}

#[test]
fn every_vector_is_read_as_expected() {
    for Vector { id, bytes, expect } in vectors() {
        let found = read([bytes.as_slice()]);
        assert_eq!(found.len(), expect.len(), "{id}: number of records in {found:#?}");
        for (found, expect) in found.iter().zip(&expect) {
            for (key, value) in expect.as_object().unwrap() {
                if key == "warnings_include" {
                    let warnings = found["warnings"].as_array().unwrap();
                    for warning in value.as_array().unwrap() {
                        assert!(warnings.contains(warning), "{id}: {warning} is not in {found:#}");
                    }
                } else {
                    assert_eq!(&found[key], value, "{id}: {key} in {found:#}");
                }
            }
        }
    }
}

#[test]
fn every_vector_is_read_the_same_when_cut_at_any_byte() {
    for Vector { id, bytes, .. } in vectors() {
        let whole = read([bytes.as_slice()]);
        // What is too long on purpose is all the same inside.
        let step = if bytes.len() > card::MAX_RECORD { 97 } else { 1 };
        for at in (0..bytes.len()).step_by(step) {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(read([head, tail]), whole, "{id} cut at {at}");
        }
        assert_eq!(read(bytes.chunks(1)), whole, "{id} byte by byte");
    }
}

#[test]
fn an_unreadable_record_always_comes_with_advice() {
    for Vector { id, bytes, .. } in vectors() {
        for found in read([bytes.as_slice()]) {
            let unreadable = found["kind"] == "unreadable";
            assert_eq!(found["advice"].is_string(), unreadable, "{id}");
        }
    }
}
