//! `tiepdon reader` and `tiepdon decode` as the IT officer uses them.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tiepdon::command::demo::patient;
use tiepdon::reader::FakeReader;

fn listen(link: &Path, show: bool) -> (Child, impl Iterator<Item = String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
    command.args(["reader", "--seconds", "10", "--listen"]).arg(link);
    if show {
        command.arg("--show");
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    (child, lines)
}

#[test]
fn the_reader_command_tells_kind_and_length_and_content_only_when_asked() {
    for show in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("reader");
        let mut reader = FakeReader::plug_in(&link).unwrap();
        let (mut child, mut lines) = listen(&link, show);
        assert!(lines.next().unwrap().contains("Đã nối"));
        let card = patient(3).citizen_card();
        reader.send(&card).unwrap();
        let told = lines.next().unwrap();
        let length = format!("{} byte", card.len() - 2);
        assert!(told.contains("thẻ căn cước") && told.contains(&length), "{told}");
        reader.send(b"TIEPDON:PAPER\r").unwrap();
        let next = lines.next().unwrap();
        assert_eq!(next.contains(&patient(3).personal_id), show, "{next}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_reader_without_a_suffix_is_told_which_setting_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let mut reader = FakeReader::plug_in(&link).unwrap();
    let (mut child, mut lines) = listen(&link, false);
    lines.next();
    for index in 0..3 {
        reader.send(patient(index).citizen_card().strip_suffix(b"\r\n").unwrap()).unwrap();
        assert!(lines.next().unwrap().contains("không có dấu kết thúc"));
    }
    assert!(lines.next().unwrap().contains("Add CR suffix"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_reader_that_adds_its_code_id_is_told_which_setting_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let mut reader = FakeReader::plug_in(&link).unwrap();
    let (mut child, mut lines) = listen(&link, false);
    lines.next();
    for (index, mark) in [(0, &b"s"[..]), (1, b"]Q1"), (2, b"\\000026")] {
        reader.send(&[mark, &patient(index).citizen_card()].concat()).unwrap();
        assert!(lines.next().unwrap().contains("thẻ căn cước"));
        let advice = lines.next().unwrap();
        assert!(advice.contains("bỏ tiền tố và mã loại"), "{advice}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_card_in_packets_with_pauses_is_one_code() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let mut reader = FakeReader::plug_in(&link).unwrap();
    let (mut child, mut lines) = listen(&link, false);
    lines.next();
    for index in 0..3 {
        // Without a suffix: only its shape tells that the card is not whole yet.
        let card = patient(index).citizen_card();
        let card = card.strip_suffix(b"\r\n").unwrap();
        for packet in card.chunks(64) {
            reader.send(packet).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(150));
        }
        let told = lines.next().unwrap();
        let length = format!("{} byte", card.len());
        assert!(told.contains("thẻ căn cước") && told.contains(&length), "{told}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn decode(bytes: &[u8]) -> (String, bool) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["decode", "--today", "2026-11-22"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.success())
}

#[test]
fn every_vector_holds_through_the_decode_command() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/scan-vectors.json");
    let vectors: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for vector in vectors.get("vectors").unwrap().as_array().unwrap() {
        let id = vector.get("id").unwrap();
        let (told, readable) = decode(&from_hex(vector.get("hex").unwrap().as_str().unwrap()));
        let records: Vec<serde_json::Value> =
            told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let expected = vector.get("expect").unwrap().as_array().unwrap();
        assert_eq!(records.len(), expected.len(), "{id}: {told}");
        for (record, expected) in records.iter().zip(expected) {
            for (key, value) in expected.as_object().unwrap() {
                let warnings = record.get("warnings").and_then(|list| list.as_array());
                if key == "warnings_include" {
                    let has = |slug| warnings.is_some_and(|list| list.contains(slug));
                    assert!(value.as_array().unwrap().iter().all(has), "{id}: {record}");
                } else {
                    assert_eq!(record.get(key), Some(value), "{id}: {key}");
                }
            }
        }
        let unreadable = records.iter().any(|record| record.get("kind").unwrap() == "unreadable");
        assert_eq!(readable, !unreadable, "{id}: exit code");
    }
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}
