//! `tiepdon provision` as the appliance's unit runs it: settings and key come by card or stick, the
//! exit code says whether any did, and the kiosk's user can read what it needs and nobody the key.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tiepdon::configuration::{Configuration, sample_files};
use tiepdon::seal::StationKey;

const TAKEN: i32 = 0;
const NOTHING: i32 = 1;
const TROUBLE: i32 = 2;

/// A machine as the package leaves it.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new() -> Self {
        let it = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in sample_files() {
            it.lay(&format!("config/{name}"), text);
        }
        for folder in ["data", "boot", "sticks/sda1"] {
            fs::create_dir_all(it.at(folder)).unwrap();
        }
        it
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn lay(&self, name: &str, text: &str) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), text).unwrap();
    }

    /// Exit code and words, of a unit that keeps what it makes to itself.
    fn provision(&self) -> (i32, String) {
        let mut command = Command::new("sh");
        command.args(["-c", r#"umask 077; exec "$0" provision "$@""#]);
        command.arg(env!("CARGO_BIN_EXE_tiepdon"));
        for name in ["config", "data", "boot", "sticks"] {
            command.arg(format!("--{name}")).arg(self.at(name));
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    fn station(&self) -> String {
        Configuration::load(&self.at("config")).unwrap().station.name
    }
}

fn station(name: &str) -> String {
    let (_, text) = sample_files().find(|(file, _)| *file == "station.toml").unwrap();
    text.replace("Trạm Y tế xã Tri Tôn", name)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_packaged_machine_gets_its_station_from_the_card_and_its_user_can_read_it() {
    let it = Machine::new();
    assert_eq!(it.provision(), (NOTHING, "Không có gì mới.\n".to_owned()));
    it.lay("boot/tiepdon-station.toml", &station("Trạm Một"));
    it.lay(
        "boot/tiepdon/guides/rieng.toml",
        &fs::read_to_string(it.at("config/guides/tre-em.toml")).unwrap(),
    );
    let (code, words) = it.provision();
    assert_eq!((code, it.station().as_str()), (TAKEN, "Trạm Một"), "{words}");
    assert!(words.contains("Đã nhận cấu hình từ") && words.contains("2 tệp"), "{words}");
    for name in ["config/station.toml", "config/guides/rieng.toml"] {
        assert_eq!(mode(&it.at(name)), 0o644, "{name}");
    }
    assert_eq!(it.provision().0, NOTHING);
}

#[test]
fn a_stick_is_looked_at_after_the_card_and_helps_once() {
    let it = Machine::new();
    it.lay("sticks/sda1/tiepdon-station.toml", &station("Trạm Một"));
    assert_eq!(it.provision().0, TAKEN);
    it.lay("sticks/sdb1/tiepdon-station.toml", &station("Trạm Hai"));
    assert_eq!(it.provision().0, NOTHING);
    assert_eq!(it.station(), "Trạm Một");

    let it = Machine::new();
    it.lay("sticks/sda1/tiepdon-station.toml", &station("Trạm Một"));
    it.lay("boot/tiepdon-station.toml", &station("Trạm Hai"));
    assert_eq!(it.provision().0, TAKEN);
    assert_eq!(it.station(), "Trạm Hai");
}

#[test]
fn what_is_refused_is_told_with_its_place_and_ends_as_trouble() {
    let it = Machine::new();
    it.lay("boot/tiepdon-station.toml", &station("Trạm Một").replace("gap-ms = 120", "gap-ms = 5"));
    let (code, words) = it.provision();
    assert_eq!(code, TROUBLE, "{words}");
    assert!(words.contains("tiepdon-station.toml:"), "{words}");
    // A mistake on the card does not keep a good stick away.
    it.lay("sticks/sda1/tiepdon-station.toml", &station("Trạm Hai"));
    let (code, words) = it.provision();
    assert_eq!((code, it.station().as_str()), (TAKEN, "Trạm Hai"), "{words}");
    assert!(words.contains("boot/tiepdon-station.toml:"), "{words}");
}

#[test]
fn the_key_comes_from_the_card_alone_and_nobody_else_can_read_it() {
    let it = Machine::new();
    let old = tempfile::tempdir().unwrap();
    let key = StationKey::open_or_make(old.path()).unwrap().public();
    let pem = fs::read_to_string(old.path().join(StationKey::FILE)).unwrap();
    it.lay("sticks/sda1/tiepdon/station-key.pem", &pem);
    assert_eq!(it.provision().0, NOTHING);
    it.lay("boot/tiepdon/station-key.pem", &pem);
    let (code, words) = it.provision();
    assert_eq!(code, TAKEN, "{words}");
    assert!(words.contains(&key.fingerprint().to_string()), "{words}");
    assert!(!words.contains("PRIVATE"), "{words}");
    assert!(!it.at("boot/tiepdon/station-key.pem").exists());
    assert_eq!(mode(&it.at("data/station-key.pem")), 0o600);
    assert_eq!(StationKey::open_or_make(&it.at("data")).unwrap().public(), key);

    it.lay("boot/tiepdon/station-key.pem", "no key");
    let (code, words) = it.provision();
    assert_eq!(code, TROUBLE, "{words}");
    assert!(words.contains("Chưa nhận khóa ở"), "{words}");
}
