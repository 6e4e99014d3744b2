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

/// The second file is made after public bug reports; its `note` and `source` keys tell which.
const VECTORS: [&str; 3] = [
    include_str!("vectors/scan-vectors.json"),
    include_str!("vectors/scan-vectors-2.json"),
    include_str!("vectors/scan-vectors-own.json"),
];

/// The day the vectors are read on.
const TODAY: &str = "2026-11-22";

struct Vector {
    id: String,
    bytes: Vec<u8>,
    expect: Vec<Value>,
    /// Before its first bytes are whole nothing tells what they are, so a pause ends them.
    in_one_piece: bool,
}

fn vectors() -> Vec<Vector> {
    let vector = |vector: &Value| Vector {
        id: vector["id"].as_str().unwrap().to_owned(),
        bytes: match vector["text"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => from_hex(vector["hex"].as_str().unwrap()),
        },
        expect: vector["expect"].as_array().unwrap().clone(),
        in_one_piece: vector["in_one_piece"].as_bool().unwrap_or(false),
    };
    let of_file = |file: &str| -> Vec<Vector> {
        let file: Value = serde_json::from_str(file).unwrap();
        file["vectors"].as_array().unwrap().iter().map(vector).collect()
    };
    VECTORS.into_iter().flat_map(of_file).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// What a port delivering these chunks 1 ms apart, and then falling silent, leads to.
fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Value> {
    read_with_pauses(chunks, Duration::from_millis(1), FramingOptions::default())
}

/// What a port delivering these chunks so far apart, and then falling silent, leads to.
fn read_with_pauses<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    pause: Duration,
    options: FramingOptions,
) -> Vec<Value> {
    let mut framer = Framer::new(options);
    let mut now = Duration::ZERO;
    let mut records: Vec<Record> = Vec::new();
    for chunk in chunks {
        // The reader's thread looks in time.
        while let Some(deadline) = framer.deadline().filter(|deadline| *deadline <= now) {
            records.extend(framer.expire(deadline));
        }
        records.extend(framer.push(chunk, now));
        now += pause;
    }
    while let Some(deadline) = framer.deadline() {
        records.extend(framer.expire(deadline));
    }
    let today = TODAY.parse().unwrap();
    let decoded = |record: &Record| {
        serde_json::to_value(card::json::view(&card::decode(record.bytes(), today))).unwrap()
    };
    records.iter().map(decoded).collect()
}

/// What differs between what was found and what is expected.
fn differences(found: &[Value], expect: &[Value]) -> Vec<String> {
    if found.len() != expect.len() {
        return vec![format!("{} records, not {}: {found:#?}", found.len(), expect.len())];
    }
    let mut differences = Vec::new();
    for (found, expect) in found.iter().zip(expect) {
        for (key, value) in expect.as_object().unwrap() {
            let holds = if key == "warnings_include" {
                let warnings = found["warnings"].as_array();
                value
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|warning| warnings.is_some_and(|warnings| warnings.contains(warning)))
            } else {
                &found[key] == value
            };
            if !holds {
                differences.push(format!("{key} is not {value} in {found}"));
            }
        }
    }
    differences
}

#[test]
fn every_vector_is_read_as_expected() {
    let mut wrong = Vec::new();
    for Vector { id, bytes, expect, .. } in vectors() {
        let differences = differences(&read([bytes.as_slice()]), &expect);
        wrong.extend(differences.into_iter().map(|difference| format!("{id}: {difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_vector_is_read_as_expected_when_it_comes_in_packets_with_pauses() {
    // A repetition stays one, however long it takes to come.
    let options =
        FramingOptions { debounce: Duration::from_secs(3600), ..FramingOptions::default() };
    let mut wrong = Vec::new();
    for Vector { id, bytes, expect, in_one_piece } in vectors() {
        // Where such codes end is told by their end mark or by silence alone.
        if in_one_piece || bytes.len() > card::MAX_RECORD || is_shapeless(&expect) {
            continue;
        }
        for packet in [1, 7, 64] {
            for pause in [0, 20, 150] {
                let pause = Duration::from_millis(pause);
                let found = read_with_pauses(bytes.chunks(packet), pause, options);
                let differences = differences(&found, &expect);
                wrong.extend(differences.into_iter().map(|difference| {
                    format!("{id} in packets of {packet} every {pause:?}: {difference}")
                }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the first record is no card, number nor command.
fn is_shapeless(expect: &[Value]) -> bool {
    const WITH_SHAPE: [&str; 5] =
        ["citizen-card", "insurance-card", "personal-id", "insurance-id", "command"];
    let kind = expect.first().and_then(|record| record["kind"].as_str());
    kind.is_some_and(|kind| !WITH_SHAPE.contains(&kind))
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
