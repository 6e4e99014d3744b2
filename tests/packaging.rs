//! What is packed keeps what was learned by accidents: `packaging/check` says so, and says otherwise
//! when one of them could happen again. Scripts of the appliance do what they promise.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]
#![expect(clippy::print_stderr, reason = "a test that cannot be tried here says why")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longer than a script of a few lines takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(name: &str) -> PathBuf {
    project().join("packaging/system").join(name)
}

fn check(project: &Path) -> Output {
    Command::new(project.join("packaging/check")).stdin(Stdio::null()).output().unwrap()
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// What `packaging/check` reads, where a test may spoil it.
fn spoilable() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["packaging", "kiosk-config", "Cargo.toml"] {
        copy(&project().join(name), folder.path());
    }
    fs::create_dir(folder.path().join("src")).unwrap();
    copy(&project().join("src/service"), &folder.path().join("src"));
    folder
}

#[test]
fn what_is_packed_is_right() {
    let said = check(project());
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// A file below the project, a line of it, what stands there instead, and what must be said.
const ACCIDENTS: [(&str, &str, &str, &str); 40] = [
    (
        "packaging/system/tiepdon.service",
        "LimitMEMLOCK=infinity",
        "LimitMEMLOCK=8M",
        "keep the patient at the desk out of the swap",
    ),
    (
        "packaging/system/tiepdon.service",
        "MemorySwapMax=0",
        "MemorySwapMax=64M",
        "would reach the swap",
    ),
    (
        "packaging/system/tiepdon.service",
        "StandardInput=tty-force",
        "StandardInput=null",
        "switch the keyboard off",
    ),
    ("packaging/system/tiepdon.service", "Conflicts=getty@tty1.service ", "Conflicts=", "login"),
    ("packaging/system/logind.conf", "NAutoVTs=0", "#NAutoVTs=0", "Ctrl+Alt+F2"),
    ("packaging/system/sysctl.conf", "kernel.sysrq = 0", "kernel.sysrq = 438", "restart"),
    ("packaging/debian/tiepdon.postinst", "mask ctrl-alt-del.target", "", "Ctrl+Alt+Del"),
    ("src/service/console.rs", "mute_keyboard", "keep_keyboard", "K_OFF"),
    ("src/service/console.rs", "graphics_mode", "text_mode", "KD_GRAPHICS"),
    ("packaging/system/tiepdon.service", "PrivateTmp=yes", "DevicePolicy=closed", "groups alone"),
    ("packaging/system/modules-load.conf", "cdc_acm", "", "cdc_acm"),
    ("packaging/system/tiepdon.service", "PrivateTmp=yes", "ProtectClock=yes", "synchronised"),
    ("packaging/system/tiepdon.service", " adjtimex", "", "adjtimex is not in"),
    ("packaging/system/tiepdon.service", "Restart=always", "Restart=on-failure", "come back"),
    (
        "packaging/system/tiepdon-display.service",
        "TimeoutStartSec=infinity",
        "TimeoutStartSec=90",
        "tomorrow",
    ),
    ("packaging/system/tiepdon.service", "OnFailure=", "#OnFailure=", "second step"),
    ("packaging/system/tiepdon-ladder.service", "OnFailure=", "#OnFailure=", "last step"),
    ("Cargo.toml", "backend-linuxkms-libinput", "backend-linuxkms", "libseat"),
    ("packaging/system/sysusers.conf", "m tiepdon dialout", "", "group dialout"),
    ("packaging/system/tiepdon.service", "WatchdogSec=30", "", "hung screen"),
    ("packaging/system/system.conf", "RuntimeWatchdogSec=14", "RuntimeWatchdogSec=60", "15"),
    ("packaging/debian/control", ", xkb-data", "", "first key press"),
    ("packaging/system/90-tiepdon.rules", "vfat|exfat", "vfat|ntfs", "FAT and exFAT"),
    ("packaging/system/tiepdon.service", "/run/tiepdon-eject", "", "be unmounted"),
    (
        "packaging/system/tiepdon.service",
        "Wants=tiepdon-display.service tiepdon-provision.service",
        "Wants=tiepdon-display.service",
        "settings of its storage card",
    ),
    (
        "packaging/system/tiepdon.service",
        "OOMScoreAdjust=-900",
        "Requires=tiepdon-provision.service",
        "keep the kiosk away",
    ),
    (
        "packaging/system/tiepdon.service",
        "ReadWritePaths=/run",
        "ReadWritePaths=/etc/tiepdon /run",
        "write its own settings",
    ),
    (
        "packaging/system/tiepdon-provision.service",
        "ExecCondition=",
        "ExecStart=",
        "count as a failure",
    ),
    (
        "packaging/system/tiepdon-usb@.service",
        "start tiepdon-provision",
        "start tiepdon-display",
        "plugged in later",
    ),
    (
        "packaging/system/mount-stick",
        "systemd-mount --collect",
        "systemd-mount --no-block --collect",
        "before it is mounted",
    ),
    ("packaging/debian/rules", "tiepdon-provision.service ", "", "out of the package"),
    ("packaging/system/90-tiepdon.rules", "0 1 0 -1 0 1", "0 -1 1 1 0 0", "by 90 degrees"),
    ("packaging/system/tiepdon.service", "FONTCONFIG_FILE=", "FONTCONFIG_PATH=", "other packages"),
    ("packaging/system/fonts.conf", "truetype/tiepdon", "truetype/noto", "own font"),
    (
        "packaging/system/fonts.conf",
        "<cachedir>",
        "<include>/etc</include><cachedir>",
        "/etc/fonts",
    ),
    ("packaging/debian/tiepdon.install", "fonts/Noto", "fonts/No", "the font out of the package"),
    ("packaging/build", " ui/fonts", "", "what is packed"),
    ("packaging/system/tiepdon.service", " tiepdon-devices.service", "", "neither display"),
    ("packaging/system/tiepdon-devices.service", "c '! ", "c '", "its affair"),
    ("packaging/debian/changelog", "tiepdon (", "tiepdon (9.", "changelog"),
];

#[test]
fn every_accident_that_could_happen_again_is_named() {
    let folder = spoilable();
    let whole = check(folder.path());
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    for (file, line, instead, sentence) in ACCIDENTS {
        let file = folder.path().join(file);
        let before = fs::read_to_string(&file).unwrap();
        let spoilt = before.replace(line, instead);
        assert_ne!(spoilt, before, "{} has no {line} to spoil", file.display());
        fs::write(&file, spoilt).unwrap();
        let said = check(folder.path());
        let words = String::from_utf8_lossy(&said.stderr);
        assert!(!said.status.success(), "{line} → {instead} is not noticed");
        assert!(words.contains(sentence), "{line} → {instead}: {words}");
        fs::write(&file, before).unwrap();
    }
}

#[test]
fn rules_that_are_read_before_their_facts_are_known_are_named() {
    let folder = spoilable();
    let system = folder.path().join("packaging/system");
    fs::rename(system.join("90-tiepdon.rules"), system.join("60-tiepdon.rules")).unwrap();
    let said = check(folder.path());
    assert!(!said.status.success());
    assert!(String::from_utf8_lossy(&said.stderr).contains("must be named 90-"));
}

/// Where systemd can be asked, it judges as well.
#[test]
fn a_unit_that_systemd_would_not_understand_is_named() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("skipped: systemd-analyze is not here");
        return;
    }
    let folder = spoilable();
    let unit = folder.path().join("packaging/system/tiepdon-ladder.service");
    let spoilt = fs::read_to_string(&unit).unwrap().replace("/ladder", "/lader");
    fs::write(&unit, spoilt).unwrap();
    let said = check(folder.path());
    assert!(!said.status.success());
    assert!(String::from_utf8_lossy(&said.stderr).contains("/usr/lib/tiepdon/lader"));
}

#[test]
fn a_unit_that_may_do_too_much_is_named() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("skipped: systemd-analyze is not here");
        return;
    }
    let folder = spoilable();
    let unit = folder.path().join("packaging/system/tiepdon.service");
    let open = fs::read_to_string(&unit).unwrap();
    let open = open.replace("CapabilityBoundingSet=\n", "");
    fs::write(&unit, open).unwrap();
    let said = check(folder.path());
    assert!(!said.status.success());
    assert!(String::from_utf8_lossy(&said.stderr).contains("Overall exposure"));
}

#[test]
fn a_machine_is_started_anew_only_when_it_has_run_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let uptime = folder.path().join("uptime");
    let helps = |up: &str| {
        fs::write(&uptime, up).unwrap();
        let said = Command::new(script("ladder")).arg(&uptime).output().unwrap();
        said.status.success()
    };
    assert!(!helps("9.87 31.40\n"));
    assert!(!helps("1799.99 3000.00\n"));
    assert!(helps("1800.00 3000.00\n"));
    assert!(helps("864213.09 1500000.00\n"));
    // What cannot be read restarts nothing.
    assert!(!helps(""));
    fs::remove_file(&uptime).unwrap();
    assert!(!Command::new(script("ladder")).arg(&uptime).output().unwrap().status.success());
}

#[test]
fn a_display_that_is_switched_on_late_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("card1-HDMI-A-1");
    fs::create_dir(&output).unwrap();
    fs::write(output.join("status"), "disconnected\n").unwrap();
    let mut waiting = Command::new(script("await-display")).arg(folder.path()).spawn().unwrap();
    thread::sleep(Duration::from_secs(5));
    assert!(waiting.try_wait().unwrap().is_none(), "has not waited");
    fs::write(output.join("status"), "connected\n").unwrap();
    let began = Instant::now();
    loop {
        if let Some(ended) = waiting.try_wait().unwrap() {
            assert!(ended.success());
            break;
        }
        assert!(began.elapsed() < PATIENCE, "still waits");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Only root can give devices away, and only pretended ones are given here.
#[test]
fn without_udev_display_and_reader_come_to_the_groups_of_the_kiosk() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root gives files to groups");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("dri")).unwrap();
    for name in ["dri/card0", "ttyUSB0", "ttyS0"] {
        fs::write(folder.path().join(name), "").unwrap();
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let given = Command::new(script("devices")).arg("once").arg(folder.path()).output().unwrap();
    assert!(given.status.success() && given.stderr.is_empty(), "{given:?}");
    let who = |name: &str| {
        let mut stat = Command::new("stat");
        stat.args(["-c", "%U:%G:%a"]).arg(folder.path().join(name));
        String::from_utf8(stat.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    assert_eq!(who("dri/card0"), "root:video:660");
    assert_eq!(who("ttyUSB0"), "root:dialout:660");
    assert_eq!(who("ttyS0"), "root:root:600");
}

/// Requests are taken away in any case, and only names of sticks reach systemd.
#[test]
fn nothing_but_sticks_can_be_asked_to_be_unmounted() {
    let folder = tempfile::tempdir().unwrap();
    let (requests, programs) = (folder.path().join("requests"), folder.path().join("bin"));
    fs::create_dir(&requests).unwrap();
    fs::create_dir(&programs).unwrap();
    let asked = folder.path().join("asked");
    let stand_in = programs.join("systemd-mount");
    fs::write(&stand_in, format!("#!/bin/sh\necho \"$@\" >>{}\n", asked.display())).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&stand_in).status().unwrap().success());
    for name in ["sda1", "sdb", "..", "-h", "a b", ".hidden", "tiepdon-usb", "*"] {
        let _ = fs::write(requests.join(name), "");
    }
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let done = Command::new(script("eject")).arg(&requests).env("PATH", path).status().unwrap();
    assert!(done.success());
    assert_eq!(fs::read_dir(&requests).unwrap().count(), 0);
    let asked = fs::read_to_string(&asked).unwrap();
    let asked: Vec<&str> = asked.lines().collect();
    assert_eq!(asked, ["--umount /run/tiepdon-usb/sda1", "--umount /run/tiepdon-usb/sdb"]);
}

/// Without a font and without the program itself there is still a page, and it says what to do.
#[test]
fn the_page_of_the_bare_console_needs_nothing_that_may_be_broken() {
    let page = Command::new("/bin/sh")
        .arg(script("diagnosis"))
        .arg("0")
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(page.status.success());
    let words = String::from_utf8(page.stdout).unwrap();
    assert!(words.contains("Rút điện của máy") || words.contains("Rut dien cua may"), "{words}");
    assert!(words.contains("Tệp cài đặt") || words.contains("Tep cai dat"), "{words}");
}
