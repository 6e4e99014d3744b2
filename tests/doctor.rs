//! `tiepdon doctor` as the IT officer runs it, on boxes made of files.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test says what broke by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use tiepdon::clock::Clock;
use tiepdon::event::Origin;
use tiepdon::journal::Journal;

/// A box on which little is told, and nothing is wrong.
struct Played {
    root: TempDir,
}

impl Played {
    fn new() -> Self {
        let it = Self { root: tempfile::tempdir().unwrap() };
        it.says("run/systemd/timesync/synchronized", "");
        it.says("sys/class/thermal/thermal_zone0/type", "cpu-thermal");
        it.says("sys/class/thermal/thermal_zone0/temp", "48000");
        it.says("sys/class/sound/card0/id", "Headphones");
        it.says("sys/class/sound/pcmC0D0p/dev", "116:2");
        it.says("usr/bin/aplay", "");
        fs::create_dir(it.data()).unwrap();
        it
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// What lies in the data folder, but for what SQLite puts beside a database that is read.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.data()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with("journal.db-"));
        names.sort();
        names
    }

    fn says(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn doctor(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
        command.arg("doctor").arg("--root").arg(self.root.path());
        command.arg("--data").arg(self.data()).args(arguments).output().unwrap()
    }

    /// Whether the doctor finds the box ready, and what is red.
    fn red(&self, arguments: &[&str]) -> Vec<(String, Value)> {
        let output = self.doctor(&[arguments, &["--json"]].concat());
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = told["findings"].as_array().unwrap().iter();
        let red = findings.filter(|finding| finding["verdict"] == "bad");
        let red: Vec<_> =
            red.map(|it| (it["part"].as_str().unwrap().to_owned(), it.clone())).collect();
        assert_eq!(told["ready"], red.is_empty());
        assert_eq!(output.status.code(), Some(i32::from(!red.is_empty())));
        red
    }
}

fn journal(data: &Path) {
    let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
    drop(Journal::open(data, origin, Clock::system().now()).unwrap());
}

#[test]
fn a_good_box_passes_and_the_page_says_so() {
    let it = Played::new();
    journal(&it.data());
    let before = it.files();
    let output = it.doctor(&[]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{page}");
    assert!(page.starts_with("Máy sẵn sàng"), "{page}");
    assert!(page.contains("+ Nhiệt độ: 48\u{a0}°C (tốt)"), "{page}");
    assert!(page.contains("? Màn hình: máy này không cho biết (không rõ)"), "{page}");
    assert_eq!(it.files(), before, "it leaves nothing behind");
}

#[test]
fn a_box_in_trouble_fails_and_the_page_says_what_to_do() {
    let it = Played::new();
    it.says("sys/class/thermal/thermal_zone0/temp", "91000");
    let output = it.doctor(&[]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success());
    assert!(page.starts_with("Có 1 mục cần xử lý"), "{page}");
    assert!(
        page.contains("! Nhiệt độ: 91\u{a0}°C, quá nóng (cần xử lý)\n    Xin để máy"),
        "{page}"
    );
    assert_eq!(it.red(&[]).iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["temperature"]);
}

#[test]
fn a_damaged_configuration_is_told_with_its_place() {
    let it = Played::new();
    it.says("config/station.toml", "name = \"");
    let config = it.root.path().join("config");
    let red = it.red(&["--config", config.to_str().unwrap()]);
    let [(part, finding)] = &red[..] else { panic!("{red:?}") };
    assert_eq!(part, "configuration");
    assert!(finding["advice"].as_str().unwrap().contains("station.toml:1:"), "{finding}");
}

#[test]
fn a_box_that_still_has_the_sample_settings_is_told_to_get_its_own() {
    let it = Played::new();
    let red = it.red(&["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")]);
    let (_, finding) = red.iter().find(|(part, _)| part == "configuration").unwrap();
    assert!(finding["advice"].as_str().unwrap().contains("tiepdon-station.toml"), "{finding}");
}

#[test]
fn a_damaged_database_is_told_and_left_as_it_is() {
    let it = Played::new();
    journal(&it.data());
    let database = it.data().join("journal.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[..64].fill(0x55);
    fs::write(&database, &bytes).unwrap();
    let red = it.red(&[]);
    let [(part, finding)] = &red[..] else { panic!("{red:?}") };
    assert_eq!(part, "records");
    assert!(!finding["advice"].as_str().unwrap().is_empty());
    assert_eq!(fs::read(&database).unwrap(), bytes);
}

#[test]
fn a_reader_that_is_not_there_and_a_clock_nobody_vouches_for_are_told() {
    let it = Played::new();
    fs::remove_dir_all(it.root.path().join("run/systemd")).unwrap();
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config"));
    let text = fs::read_to_string(sample.join("station.toml")).unwrap();
    assert!(text.contains("device = \"auto\""), "{text}");
    for folder in ["guides", "guides/en", "guides/km", "campaigns"] {
        for file in fs::read_dir(sample.join(folder)).unwrap().map(|it| it.unwrap().path()) {
            if file.is_file() {
                let name = file.file_name().unwrap().to_str().unwrap();
                it.says(&format!("config/{folder}/{name}"), &fs::read_to_string(&file).unwrap());
            }
        }
    }
    let text = text.replace("device = \"auto\"", "device = \"/dev/not-plugged-in\"");
    it.says("config/station.toml", &text);
    let config = it.root.path().join("config");
    let red = it.red(&["--config", config.to_str().unwrap()]);
    assert_eq!(red.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["reader", "clock"]);
    // The kiosk may have been given another port.
    let red = it.red(&["--config", config.to_str().unwrap(), "--scanner", "/dev/null"]);
    assert_eq!(red.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["clock"]);
}

#[test]
fn a_box_without_a_loudspeaker_is_told_so_and_one_is_tried_only_when_asked() {
    use std::os::unix::fs::PermissionsExt as _;
    let it = Played::new();
    journal(&it.data());
    fs::remove_dir_all(it.root.path().join("sys/class/sound")).unwrap();
    let red = it.red(&[]);
    let [(part, finding)] = &red[..] else { panic!("{red:?}") };
    assert_eq!(part, "loudspeaker");
    assert!(finding["advice"].as_str().unwrap().contains("loa"), "{finding}");

    let bin = it.root.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let heard = it.root.path().join("heard");
    let plays = |then: &str| {
        let script = format!("#!/bin/sh\ncat > {}\n{then}\n", heard.display());
        fs::write(bin.join("aplay"), script).unwrap();
        fs::set_permissions(bin.join("aplay"), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let sound = || {
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
        command.arg("doctor").arg("--root").arg(it.root.path()).arg("--sound");
        let output = command.env("PATH", path).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    plays("exit 0");
    assert!(!heard.exists(), "nobody asked for a sound yet");
    let page = sound();
    assert!(page.contains("+ Loa: đã phát được âm thanh"), "{page}");
    assert!(fs::read(&heard).unwrap().starts_with(b"RIFF"));
    it.says("sys/class/sound/pcmC0D0p/dev", "116:2");
    plays("echo 'audio open error: Device busy' >&2; exit 1");
    let page = sound();
    assert!(
        page.contains("! Loa: không phát được âm thanh: audio open error: Device busy"),
        "{page}"
    );
}
