//! The demo's whole morning, from the reader's bytes to the exported files, and what it left of
//! the patients: nothing.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tiepdon::command::demo::patient;
use tiepdon::event::{RecordUsed, StationDay, What};
use tiepdon::export::verify;
use tiepdon::figures::Tally;
use tiepdon::journal::JournalReader;

#[test]
fn a_morning_ends_as_figures_files_and_pictures_and_leaves_no_trace_of_a_person() {
    let out = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["demo", "--headless", "--out"])
        .arg(out.path())
        .env("TIEPDON_LOG", "trace")
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    let summary = String::from_utf8(output.stdout).unwrap();

    let day: StationDay = "2026-11-24".parse().unwrap();
    let journal = JournalReader::open(&out.path().join("data")).unwrap();
    let events = journal.events_of(day).unwrap();
    let figures = Tally::of(day, &events).figures();
    // The script: 40 patients, of whom two walk away, four come back and are counted once.
    assert_eq!(figures.arrivals, 40, "{summary}");
    assert_eq!((figures.used.unfinished, figures.scanned_again), (2, 4), "{summary}");
    assert_eq!((figures.used.vneid(), figures.used.paper, figures.used.neither), (21, 10, 7));
    assert_eq!((figures.guided, figures.finished_guide, figures.unreadable), (6, 4, 1));
    assert!(summary.contains("    40  lượt đến"), "{summary}");
    let choices = events.iter().filter(
        |event| matches!(&event.what, What::Chose(choice) if choice.used == RecordUsed::Vneid),
    );
    assert_eq!(choices.count(), 21);

    let files = walk(out.path());
    let named =
        |ending: &str| files.iter().filter(|f| f.to_str().unwrap().ends_with(ending)).count();
    // Three of the signed export, and the report of the running plan.
    assert_eq!((named(".xlsx"), named(".csv"), named(".pdf"), named(".html")), (4, 3, 1, 1));
    let exports = verify(&out.path().join("export"), &[]).unwrap();
    assert!(exports.len() == 1 && exports[0].is_whole(), "{exports:?}");
    assert!(named(".png") >= 18, "{} pictures", named(".png"));

    let secrets: Vec<Vec<u8>> = (0..40).flat_map(secrets_of).collect();
    for file in files.iter().filter(|file| file.extension().is_none_or(|e| e != "png")) {
        for (part, content) in contents(file) {
            assert_holds_nobody(&format!("{} {part}", file.display()), &content, &secrets);
        }
    }
    assert_holds_nobody("the log", log.as_bytes(), &secrets);
    assert_holds_nobody("the summary", summary.as_bytes(), &secrets);
}

/// What must not be found anywhere: number, name, address, in plain letters and in hex.
fn secrets_of(index: usize) -> Vec<Vec<u8>> {
    let person = patient(index);
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let in_hex = [hex(&person.name), hex(&person.address)];
    [person.personal_id.get(2..).unwrap().to_owned(), person.name, person.address]
        .into_iter()
        .chain(in_hex)
        .map(String::into_bytes)
        .collect()
}

fn assert_holds_nobody(place: &str, content: &[u8], secrets: &[Vec<u8>]) {
    for secret in secrets {
        let found = content.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "{place} holds {}", String::from_utf8_lossy(secret));
    }
}

/// A workbook is a zip: what is in it would hide behind the compression.
fn contents(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut contents = vec![(String::new(), fs::read(file).unwrap())];
    if file.extension().is_some_and(|ending| ending == "xlsx") {
        let mut archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            contents.push((part.name().unwrap().into_owned(), content));
        }
    }
    contents
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .collect()
}
