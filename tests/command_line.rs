//! The program as the IT officer meets it: wrong input gives a clear word, a failing exit code, and
//! leaves everything as it was.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tiepdon::clock::Clock;
use tiepdon::event::{AgeBand, ClosingWay, Entry, Origin, VisitId, What};
use tiepdon::journal::{
    ClosingDraft, Journal, JournalReader, NewArrival, SCHEMA_VERSION, Sealed, back_up,
};
use tiepdon::seal::StationKey;

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

/// Runs a kiosk until its log says that it has no journal; gives the log. It ends when it is asked to.
fn serves_without_journal(data: &Path) -> String {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut kiosk = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["run", "--headless", "800x480", "--config", SAMPLE, "--data"])
        .arg(data)
        .stderr(log.reopen().unwrap())
        .spawn()
        .unwrap();
    let pid = Pid::from_raw(i32::try_from(kiosk.id()).unwrap()).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    let ended = loop {
        thread::sleep(Duration::from_millis(50));
        let told = fs::read_to_string(log.path()).unwrap();
        if told.contains("the kiosk goes on without its journal") {
            // Asked too early it does not hear it.
            kill_process(pid, Signal::TERM).unwrap();
        }
        match kiosk.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if Instant::now() > until => break None,
            None => {}
        }
    };
    let _ = kiosk.kill();
    let told = fs::read_to_string(log.path()).unwrap();
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}: {told}");
    told
}

#[test]
fn a_data_folder_that_cannot_be_one_is_named_and_the_kiosk_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("not-a-folder");
    fs::write(&file, "theirs").unwrap();
    let told = serves_without_journal(&file);
    assert!(told.contains("not-a-folder"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
}

#[test]
fn a_journal_of_a_newer_program_stays_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
    drop(Journal::open(data.path(), origin, Clock::system().now()).unwrap());
    let database = data.path().join("journal.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    drop(connection);
    let before = fs::read(&database).unwrap();

    let newer = format!("the journal has version {}", SCHEMA_VERSION + 1);
    let told = serves_without_journal(data.path());
    assert!(told.contains(&newer), "{told}");
    let to = tempfile::tempdir().unwrap();
    let (from, to) = (data.path().to_str().unwrap(), to.path().to_str().unwrap());
    let output = tiepdon(&["export", "--data", from, "--day", "2026-11-24", "--to", to]);
    assert!(!output.status.success());
    assert!(errors(&output).contains(&newer), "{}", errors(&output));
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

/// Signs nothing: the journal does not ask what a closing says.
fn seal(_: &ClosingDraft) -> Sealed {
    Sealed { document: b"{}".to_vec(), signature: [0; 64] }
}

#[test]
fn a_day_without_figures_is_not_exported_and_a_closed_one_is_signed() {
    let folder = data_of_a_day();
    let data = folder.path().to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let to = out.path().to_str().unwrap();
    let export = |day: &str| tiepdon(&["export", "--data", data, "--day", day, "--to", to]);
    for (day, why) in [
        ("01/07/2026", "máy bắt đầu đếm từ ngày 02/07/2026"),
        ("2026-07-02", "ngày 02/07/2026 chưa chốt sổ"),
        ("2199-01-01", "ngày 01/01/2199 chưa đến"),
        ("2026-7-2", "ghi năm-tháng-ngày như 2026-11-24, hoặc 24/11/2026"),
    ] {
        let output = export(day);
        assert!(!output.status.success(), "{day}");
        assert!(errors(&output).contains(why), "{day}: {}", errors(&output));
    }
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    let now = Clock::simulated(1_782_970_000_000, 1).now();
    let mut journal = Journal::open(folder.path(), origin, now).unwrap().journal;
    let way = ClosingWay::Itself;
    journal.close("2026-07-02".parse().unwrap(), now, None, way, &mut |draft| seal(draft)).unwrap();
    drop(journal);
    let without_key = export("02/07/2026");
    assert!(errors(&without_key).contains("chưa có khóa"), "{}", errors(&without_key));
    assert_eq!(fs::read_dir(to).unwrap().count(), 0);

    StationKey::open_or_make(folder.path()).unwrap();
    let told = said(&["export", "--data", data, "--day", "02/07/2026", "--to", to]);
    let signed = Path::new(told.trim_end());
    assert!(signed.join("MANIFEST.sig").is_file(), "{told}");
    let days = fs::read_to_string(signed.join("cac-ngay_AG-TRITON_D1_2026-07-02.csv")).unwrap();
    assert!(days.contains("2026-07-02") && days.contains("đã chốt sổ"), "{days}");
}

/// What the program prints, if it was content.
fn said(arguments: &[&str]) -> String {
    let output = tiepdon(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn staff_are_added_listed_and_removed_and_a_code_is_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let staff = |rest: &[&str]| {
        let arguments = [&["staff", "--config", SAMPLE, "--data", data], rest].concat();
        (tiepdon(&arguments), arguments.join(" "))
    };
    let told = |rest: &[&str]| String::from_utf8(staff(rest).0.stdout).unwrap();
    assert_eq!(told(&["add", "--role", "head"]), "TT01\n");
    assert_eq!(told(&["add", "--role", "nurse"]), "NV01\n");
    assert_eq!(told(&["remove", "NV01"]), "NV01\n");
    assert_eq!(told(&["add", "--role", "nurse"]), "NV02\n");
    assert_eq!(told(&["reset-pin", "NV02"]), "NV02\n");
    let list = told(&["list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 3, "{list}");
    assert!(lines[1].starts_with("NV01\tđiều dưỡng") && lines[1].contains("thôi dùng máy"));
    let (last_head, command) = staff(&["remove", "TT01"]);
    assert!(!last_head.status.success(), "{command}");
    assert!(errors(&last_head).contains("Trạm phải luôn có một"), "{}", errors(&last_head));
    let events = JournalReader::open(folder.path()).unwrap().staff_events().unwrap();
    assert_eq!(events.len(), 5, "every change is an event");
}

/// A kiosk ran here and counted somebody.
fn data_of_a_day() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    let now = Clock::simulated(1_782_960_000_000, 1).now();
    let mut journal = Journal::open(folder.path(), origin, now).unwrap().journal;
    let started = What::Started {
        version: "0.1.0".into(),
        station_name: "Trạm Y tế xã Tri Tôn".into(),
        point_name: "Bàn 1".into(),
    };
    journal.note(now, None, started).unwrap();
    let (entry, day, by) = (Entry::Usual, None, None);
    let arrival = NewArrival {
        card: None,
        age: AgeBand::From70,
        identity: None,
        person: None,
        entry,
        day,
        by,
    };
    journal.arrive(VisitId(uuid::Uuid::from_u128(1)), now, &arrival).unwrap();
    folder
}

#[test]
fn a_journal_is_verified_and_the_first_event_that_was_changed_is_named() {
    let folder = data_of_a_day();
    let data = folder.path().to_str().unwrap();
    let refused = tiepdon(&["key", "--data", data]);
    assert!(!refused.status.success() && !folder.path().join(StationKey::FILE).exists());
    let key = said(&["key", "--make", "--data", data]);
    assert_eq!(said(&["key", "--data", data]), key);
    assert!(key.starts_with("-----BEGIN PUBLIC KEY-----"), "{key}");
    assert!(said(&["verify", data]).contains("KHỚP"));
    let database = folder.path().join("journal.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER event_is_never_updated; UPDATE event SET wall_ms = 1 WHERE seq = 2",
        )
        .unwrap();
    drop(connection);
    for path in [data, database.to_str().unwrap()] {
        let output = tiepdon(&["verify", path]);
        assert!(!output.status.success());
        assert!(errors(&output).contains("event 2"), "{}", errors(&output));
    }
}

#[test]
fn what_is_written_is_its_owners_alone_whatever_the_shell_says() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("posters");
    let told = Command::new("sh")
        .args(["-c", "umask 000 && exec \"$0\" posters --out \"$1\""])
        .arg(env!("CARGO_BIN_EXE_tiepdon"))
        .arg(&out)
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", errors(&told));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&out), 0o700);
    for file in fs::read_dir(&out).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn a_name_that_steers_a_terminal_is_told_without_doing_so() {
    let told = tiepdon(&["check", "--config", "/no\u{1b}[2J/where"]);
    let told = errors(&told);
    assert!(told.contains("/no\u{fffd}[2J/where"), "{told:?}");
}

#[test]
fn a_report_follows_the_plan_and_a_campaign_that_is_not_there_is_told() {
    let folder = data_of_a_day();
    let data = folder.path().to_str().unwrap();
    let report = ["report", "--config", SAMPLE, "--data", data];
    let days = ["--period", "2026-07-01..2026-07-03"];
    let told = said(&[&report[..], &["--campaign", "tri-ton-2026"], &days].concat());
    assert!(told.contains("Từ ngày 01/07/2026 đến ngày 03/07/2026"), "{told}");
    assert!(told.contains("02/07/2026\t"), "{told}");
    let out = folder.path().join("out");
    let form = |form: &str| {
        let files = ["--format", form, "--out", out.to_str().unwrap()];
        tiepdon(&[&report[..], &["--campaign", "tri-ton-2026"], &days, &files].concat())
    };
    for (asked, file, ending) in [
        ("xlsx", "bao-cao", "xlsx"),
        ("csv", "chi-tieu", "csv"),
        ("json", "bao-cao", "json"),
        ("html", "bao-cao", "html"),
        ("pdf", "bao-cao", "pdf"),
    ] {
        let output = form(asked);
        assert!(output.status.success(), "{asked}: {}", errors(&output));
        let path =
            out.join(format!("{file}_tri-ton-2026_AG-TRITON_D1_2026-07-01_2026-07-03.{ending}"));
        assert!(fs::metadata(path).unwrap().len() > 500, "{asked}");
    }
    let without_codes = form("dhis2-json");
    assert!(errors(&without_codes).contains("dhis2.toml"), "{}", errors(&without_codes));
    let json = out.join("bao-cao_tri-ton-2026_AG-TRITON_D1_2026-07-01_2026-07-03.json");
    let json = fs::read_to_string(json).unwrap();
    assert!(json.contains("\"Từ ngày\"") && json.contains("\"2026-07-01\""), "{json}");
    let unknown = tiepdon(&[&report[..], &["--campaign", "khong-co"]].concat());
    assert!(errors(&unknown).contains("tri-ton-2026"), "{}", errors(&unknown));
}

#[test]
fn a_backup_is_restored_while_no_kiosk_runs() {
    let folder = data_of_a_day();
    let day = "2026-07-02".parse().unwrap();
    back_up(folder.path(), day).unwrap();
    fs::write(folder.path().join("journal.db"), b"torn").unwrap();
    let data = folder.path().to_str().unwrap();
    said(&["restore", "--data", data]);
    assert!(said(&["verify", data]).contains("Sự kiện    3"), "the two, and that it was restored");
}
