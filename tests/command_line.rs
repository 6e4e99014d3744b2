//! The program as the IT officer meets it: wrong input gives a clear word, a failing exit code, and
//! leaves everything as it was.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tiepdon::clock::Clock;
use tiepdon::event::Origin;
use tiepdon::journal::{Journal, SCHEMA_VERSION};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config");

fn tiepdon(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn run(config: &Path, data: &Path) -> Output {
    let (config, data) = (config.to_str().unwrap(), data.to_str().unwrap());
    tiepdon(&["run", "--headless", "800x480", "--config", config, "--data", data])
}

#[test]
fn the_sample_configuration_is_sound() {
    let output = tiepdon(&["check", "--config", SAMPLE]);
    assert!(output.status.success(), "{}", errors(&output));
}

#[test]
fn every_mistake_of_a_configuration_is_told_with_its_place_and_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("guides")).unwrap();
    let guide = "guides/tich-hop-bhyt.toml";
    fs::copy(Path::new(SAMPLE).join(guide), folder.path().join(guide)).unwrap();
    let sample = fs::read_to_string(Path::new(SAMPLE).join("station.toml")).unwrap();
    let broken = sample.replace("gap-ms = 120", "gap-ms = 5").replace("baud =", "bauds =");
    fs::write(folder.path().join("station.toml"), &broken).unwrap();
    let line = |key: &str| 1 + broken.lines().position(|line| line.starts_with(key)).unwrap();

    let output = tiepdon(&["check", "--config", folder.path().to_str().unwrap()]);
    assert!(!output.status.success());
    let told = errors(&output);
    assert!(told.contains(&format!("station.toml:{}:10: ", line("gap-ms"))), "{told}");
    assert!(told.contains(&format!("station.toml:{}:1: ", line("bauds"))), "{told}");
    assert!(told.contains("baud"), "the nearest key is named: {told}");
}

#[test]
fn a_kiosk_without_its_configuration_does_not_start_and_makes_no_data() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = run(&folder.path().join("nowhere"), &data);
    assert!(!output.status.success());
    assert!(errors(&output).contains("station.toml"), "{}", errors(&output));
    assert!(!data.exists());
}

#[test]
fn a_data_folder_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("not-a-folder");
    fs::write(&file, "").unwrap();
    let output = run(Path::new(SAMPLE), &file);
    assert!(!output.status.success());
    assert!(errors(&output).contains("not-a-folder"), "{}", errors(&output));
}

#[test]
fn a_journal_of_a_newer_program_stops_the_kiosk_and_the_export_and_stays_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
    drop(Journal::open(data.path(), origin, Clock::system().now()).unwrap());
    let database = data.path().join("journal.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    drop(connection);
    let before = fs::read(&database).unwrap();

    let to = tempfile::tempdir().unwrap();
    let (from, to) = (data.path().to_str().unwrap(), to.path().to_str().unwrap());
    for output in [
        run(Path::new(SAMPLE), data.path()),
        tiepdon(&["export", "--data", from, "--day", "2026-11-24", "--to", to]),
    ] {
        assert!(!output.status.success());
        let newer = format!("{}", SCHEMA_VERSION + 1);
        assert!(errors(&output).contains(&newer), "{}", errors(&output));
    }
    assert_eq!(fs::read(&database).unwrap(), before);
    assert_eq!(fs::read_dir(to).unwrap().count(), 0);
}

#[test]
fn an_export_of_nothing_or_to_nowhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (here, nowhere) = (folder.path().to_str().unwrap(), "/nowhere/at/all");
    for (data, day) in [(nowhere, "2026-11-24"), (here, "2026-11-24"), (here, "24/11/2026")] {
        let output = tiepdon(&["export", "--data", data, "--day", day, "--to", here]);
        assert!(!output.status.success(), "{data} {day}");
        assert!(!errors(&output).is_empty());
    }
    assert_eq!(fs::read_dir(here).unwrap().count(), 0, "looking must not make a journal");
}
