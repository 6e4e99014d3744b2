//! Boxes made of files: a good Raspberry Pi, and what is different on others.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::event::{Event, EventSeq, Medium, Origin, StationDay, What};

const BOOT: &str = "0f5a3c1e-5a1b-4c3d-9e8f-102030405060";
const DISK: &str = "sys/devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:1/block/mmcblk0";

/// A box, as its kernel tells of it.
struct PlayedBox {
    root: TempDir,
}

impl PlayedBox {
    /// Nothing at all is known of it.
    fn silent() -> Self {
        let it = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir_all(it.data()).unwrap();
        it
    }

    /// A Raspberry Pi 4 with a touch screen and an SD card, on which nothing is wrong.
    fn good_pi() -> Self {
        let it = Self::silent();
        it.says("sys/class/drm/version", "drm 1.1.0 20060810");
        it.says("sys/class/drm/card1-HDMI-A-1/status", "connected");
        it.says("sys/class/drm/card1-HDMI-A-2/status", "disconnected");
        it.says("sys/class/drm/card1-Writeback-1/status", "unknown");
        it.says("sys/class/input/event0/device/properties", "0");
        it.says("sys/class/input/event1/device/properties", "2");
        it.says("sys/class/input/event1/dev", "13:65");
        it.says("run/udev/data/c13:65", "E:ID_INPUT_TOUCHSCREEN=1");
        it.says("sys/class/sound/card0/id", "vc4hdmi0");
        it.says("sys/class/sound/pcmC0D0p/dev", "116:2");
        it.says("usr/bin/aplay", "");
        it.says("sys/class/hwmon/hwmon0/name", "cpu_thermal");
        it.says("sys/class/hwmon/hwmon1/name", "rpi_volt");
        it.says("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0");
        it.says("sys/devices/platform/soc/soc:firmware/get_throttled", "0");
        it.says("proc/sys/kernel/random/boot_id", BOOT);
        it.says("sys/class/thermal/thermal_zone0/type", "cpu-thermal");
        it.says("sys/class/thermal/thermal_zone0/temp", "48686");
        it.says("sys/fs/ext4/mmcblk0p3/errors_count", "0");
        it.says("sys/fs/ext4/mmcblk0p3/first_error_time", "0");
        it.says(&format!("{DISK}/device/type"), "SD");
        it.says(&format!("{DISK}/mmcblk0p3/partition"), "3");
        let links = it.root.path().join("sys/dev/block");
        fs::create_dir_all(&links).unwrap();
        symlink(format!("../../../{DISK}/mmcblk0p3"), links.join("179:3")).unwrap();
        it.lies_on("179:3", "rw,relatime", "ext4", "rw");
        it
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("var/lib/tiepdon")
    }

    fn says(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
    }

    fn silences(&self, path: &str) {
        let path = self.root.path().join(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// What the data folder is mounted from.
    fn lies_on(&self, device: &str, options: &str, file_system: &str, of_the_whole: &str) {
        let data = fs::canonicalize(self.data()).unwrap();
        let above = data.parent().unwrap().display();
        let lines = format!(
            "25 1 179:2 / / ro,relatime shared:1 - ext4 /dev/mmcblk0p2 ro\n\
             30 25 {device} / {above} {options} shared:2 - {file_system} /dev/x {of_the_whole}\n\
             31 25 0:24 / /run rw,nosuid,nodev shared:3 - tmpfs tmpfs rw\n"
        );
        self.says("proc/self/mountinfo", &lines);
    }

    fn findings(&self) -> Vec<Finding> {
        examine(self.root.path(), Some(&self.data()), &good_news())
    }

    fn finding(&self, part: Part) -> Finding {
        let mut findings = self.findings();
        findings.retain(|finding| finding.part == part);
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.remove(0)
    }

    fn verdict(&self, part: Part) -> Verdict {
        self.finding(part).verdict
    }
}

fn at(day: &str, sure: bool) -> Moment {
    let day: StationDay = day.parse().unwrap();
    Moment { wall_ms: day.begins_ms(), uptime_ms: 1, boot: uuid::Uuid::nil(), sure }
}

fn unsent(days: usize, oldest: Option<&str>) -> Unsent {
    let day = |text: &str| text.parse().unwrap();
    Unsent { days, oldest: oldest.map(day), today: day("2026-11-24") }
}

fn good_news() -> Told {
    Told {
        reader_babbles: false,
        reader: Some(true),
        heard: None,
        px_per_mm: None,
        now: Some(at("2026-11-24", true)),
        records: Some(Records::Readable { events: 1234, unsent: unsent(0, None) }),
        settings: Some(Settings::Own),
    }
}

#[test]
fn a_good_box_is_all_green_but_for_what_an_sd_card_does_not_tell() {
    let unknown: Vec<Part> = PlayedBox::good_pi()
        .findings()
        .into_iter()
        .filter(|finding| {
            assert_ne!(finding.verdict, Verdict::Bad, "{finding:?}");
            finding.verdict == Verdict::Unknown
        })
        .map(|finding| finding.part)
        .collect();
    assert_eq!(unknown, [Part::CardWear]);
}

#[test]
fn a_file_that_contradicts_the_display_is_told_and_is_no_alarm() {
    let it = PlayedBox::good_pi();
    let block = crate::display::tests::edid((1366, 768), (344, 194), (34, 19));
    fs::write(it.root.path().join("sys/class/drm/card1-HDMI-A-1/edid"), block).unwrap();
    let display = |px_per_mm| {
        let told = Told { px_per_mm, ..good_news() };
        let mut findings = examine(it.root.path(), Some(&it.data()), &told);
        findings.retain(|finding| finding.part == Part::Display);
        findings.remove(0)
    };
    // 3.96 is what the display says.
    for agrees in [None, Some(3.97), Some(4.4), Some(3.5)] {
        assert_eq!(display(agrees).verdict, Verdict::Good, "{agrees:?}");
    }
    for contradicts in [5.6, 4.6, 3.4, 2.0] {
        let finding = display(Some(contradicts));
        assert_eq!(finding.verdict, Verdict::Unknown, "{contradicts}");
        let written = format!("{contradicts:.1}").replace('.', ",");
        assert!(finding.text.contains(&written) && finding.text.contains("4,0"), "{finding:?}");
        assert!(finding.advice.contains("px-per-mm"), "{finding:?}");
        let page = Page::of(&[finding]);
        assert!(page.is_ready, "a warning keeps nobody from working");
    }
    // A display that lies tells nothing.
    let block = crate::display::tests::edid((1366, 768), (160, 90), (16, 9));
    fs::write(it.root.path().join("sys/class/drm/card1-HDMI-A-1/edid"), block).unwrap();
    assert_eq!(display(Some(5.6)).verdict, Verdict::Good);
}

#[test]
fn a_box_that_tells_nothing_is_unknown_and_never_bad() {
    let it = PlayedBox::silent();
    let findings = examine(it.root.path(), Some(&it.data()), &Told::default());
    for finding in findings {
        let is_seen = matches!(finding.part, Part::Space | Part::Writing);
        let expected = if is_seen { Verdict::Good } else { Verdict::Unknown };
        assert_eq!(finding.verdict, expected, "{finding:?}");
    }
    let it = PlayedBox::silent();
    it.silences("var");
    for finding in examine(it.root.path(), Some(&it.data()), &Told::default()) {
        assert_eq!(finding.verdict, Verdict::Unknown, "{finding:?}");
    }
}

/// What is different on this box, and what is found of it.
type Case = (&'static str, Part, fn(&PlayedBox), Verdict, &'static str);

#[test]
fn every_trouble_is_told_and_what_only_looks_like_one_is_not() {
    use Verdict::{Bad, Good, Unknown};
    let cases: [Case; 45] = [
        (
            "a second display",
            Part::Display,
            |it| {
                it.says("sys/class/drm/card1-HDMI-A-2/status", "connected");
            },
            Good,
            "HDMI-A-1",
        ),
        (
            "no display",
            Part::Display,
            |it| {
                it.says("sys/class/drm/card1-HDMI-A-1/status", "disconnected");
            },
            Bad,
            "không thấy",
        ),
        (
            "a display that cannot be asked",
            Part::Display,
            |it| {
                it.says("sys/class/drm/card1-HDMI-A-1/status", "disconnected");
                it.says("sys/class/drm/card1-Composite-1/status", "unknown");
            },
            Unknown,
            "",
        ),
        ("no graphics", Part::Display, |it| it.silences("sys/class/drm"), Unknown, ""),
        (
            "a mouse, no touch",
            Part::Touch,
            |it| {
                it.says("sys/class/input/event1/device/properties", "1");
            },
            Unknown,
            "không thấy",
        ),
        (
            "a touch pad points and is not looked at",
            Part::Touch,
            |it| {
                it.says("sys/class/input/event1/device/properties", "5");
            },
            Unknown,
            "",
        ),
        (
            "several properties",
            Part::Touch,
            |it| {
                it.says("sys/class/input/event1/device/properties", "16");
            },
            Good,
            "",
        ),
        ("no udev", Part::Touch, |it| it.silences("run/udev"), Bad, "không dùng được"),
        (
            "udev of the initramfs alone",
            Part::Touch,
            |it| {
                it.silences("run/udev/data/c13:65");
                it.says("run/udev/data/c13:64", "");
            },
            Bad,
            "không dùng được",
        ),
        (
            "no udev and no touch",
            Part::Touch,
            |it| {
                it.silences("run/udev");
                it.says("sys/class/input/event1/device/properties", "0");
            },
            Unknown,
            "",
        ),
        (
            "a weak supply now",
            Part::Power,
            |it| {
                it.says("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1");
            },
            Bad,
            "nguồn yếu",
        ),
        (
            "another chip's alarm",
            Part::Power,
            |it| {
                it.says("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1");
            },
            Good,
            "",
        ),
        (
            "a weak supply earlier, told by the firmware",
            Part::Power,
            |it| {
                it.says("sys/devices/platform/soc/soc:firmware/get_throttled", "50000");
            },
            Bad,
            "nguồn yếu",
        ),
        (
            "slow because it was hot, not weak",
            Part::Power,
            |it| {
                it.says("sys/devices/platform/soc/soc:firmware/get_throttled", "e0008");
            },
            Good,
            "",
        ),
        (
            "firmware alone, on another board",
            Part::Power,
            |it| {
                it.silences("sys/class/hwmon");
                it.silences("sys/devices/platform/soc");
                let path =
                    "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled";
                it.says(path, "0x0");
            },
            Good,
            "",
        ),
        (
            "no such chip",
            Part::Power,
            |it| {
                it.silences("sys/class/hwmon");
                it.silences("sys/devices/platform/soc");
            },
            Unknown,
            "",
        ),
        (
            "weak in this boot",
            Part::Power,
            |it| {
                it.says("var/lib/tiepdon/under-voltage", BOOT);
            },
            Bad,
            "nguồn yếu",
        ),
        (
            "weak in an earlier boot",
            Part::Power,
            |it| {
                it.says("var/lib/tiepdon/under-voltage", "11111111-5a1b-4c3d-9e8f-102030405060");
            },
            Good,
            "",
        ),
        (
            "weak in a boot nobody knows",
            Part::Power,
            |it| {
                it.silences("proc/sys/kernel/random/boot_id");
                it.says("var/lib/tiepdon/under-voltage", "");
            },
            Good,
            "",
        ),
        (
            "warm",
            Part::Temperature,
            |it| {
                it.says("sys/class/thermal/thermal_zone0/temp", "79999");
            },
            Good,
            "79\u{a0}°C",
        ),
        (
            "hot",
            Part::Temperature,
            |it| {
                it.says("sys/class/thermal/thermal_zone0/temp", "80000");
            },
            Bad,
            "80\u{a0}°C",
        ),
        (
            "a hot battery",
            Part::Temperature,
            |it| {
                it.says("sys/class/thermal/thermal_zone1/type", "BAT0");
                it.says("sys/class/thermal/thermal_zone1/temp", "99000");
            },
            Good,
            "48\u{a0}°C",
        ),
        ("no thermometer", Part::Temperature, |it| it.silences("sys/class/thermal"), Unknown, ""),
        (
            "a thermometer that says nothing",
            Part::Temperature,
            |it| {
                it.says("sys/class/thermal/thermal_zone0/temp", "");
            },
            Unknown,
            "",
        ),
        (
            "relatime is no ro",
            Part::Folder,
            |it| {
                it.lies_on(
                    "179:3",
                    "rw,relatime,errors=remount-ro",
                    "ext4",
                    "rw,errors=remount-ro",
                );
            },
            Good,
            "ext4",
        ),
        (
            "read-only",
            Part::Folder,
            |it| {
                it.lies_on("179:3", "ro,relatime", "ext4", "ro");
            },
            Bad,
            "bị khóa",
        ),
        (
            "made read-only by the kernel",
            Part::Folder,
            |it| {
                it.lies_on("179:3", "rw,relatime", "ext4", "ro,errors=remount-ro");
            },
            Bad,
            "bị khóa",
        ),
        (
            "made read-only by a newer kernel",
            Part::Folder,
            |it| {
                let of_the_whole = "rw,errors=remount-ro,emergency_ro";
                it.lies_on("179:3", "rw,relatime", "ext4", of_the_whole);
            },
            Bad,
            "bị khóa",
        ),
        (
            "on an overlay",
            Part::Folder,
            |it| {
                it.lies_on("0:27", "rw,relatime", "overlay", "rw,lowerdir=/a,upperdir=/b");
            },
            Bad,
            "mất khi tắt máy",
        ),
        (
            "in memory",
            Part::Folder,
            |it| {
                it.lies_on("0:28", "rw", "tmpfs", "rw,size=65536k");
            },
            Bad,
            "mất khi tắt máy",
        ),
        (
            "on another good file system",
            Part::Folder,
            |it| {
                it.lies_on("179:3", "rw", "f2fs", "rw");
            },
            Good,
            "f2fs",
        ),
        ("no list of mounts", Part::Folder, |it| it.silences("proc/self"), Unknown, ""),
        (
            "errors, with a date",
            Part::CardErrors,
            |it| {
                it.says("sys/fs/ext4/mmcblk0p3/errors_count", "3");
                it.says("sys/fs/ext4/mmcblk0p3/first_error_time", "1793491200");
            },
            Bad,
            "3 lỗi, lần đầu 01/11/2026",
        ),
        (
            "errors without a date",
            Part::CardErrors,
            |it| {
                it.says("sys/fs/ext4/mmcblk0p3/errors_count", "1");
            },
            Bad,
            "1 lỗi",
        ),
        (
            "errors of another partition",
            Part::CardErrors,
            |it| {
                it.says("sys/fs/ext4/mmcblk0p2/errors_count", "7");
            },
            Good,
            "",
        ),
        (
            "no ext4: not told, not healthy",
            Part::CardErrors,
            |it| {
                it.lies_on("179:3", "rw", "f2fs", "rw");
            },
            Unknown,
            "",
        ),
        (
            "a kernel that does not count",
            Part::CardErrors,
            |it| {
                it.silences("sys/fs/ext4/mmcblk0p3");
            },
            Unknown,
            "",
        ),
        (
            "a count that is no number",
            Part::CardErrors,
            |it| {
                it.says("sys/fs/ext4/mmcblk0p3/errors_count", "many");
            },
            Unknown,
            "",
        ),
        (
            "a new eMMC",
            Part::CardWear,
            |it| {
                it.says(&format!("{DISK}/device/life_time"), "0x01 0x02");
                it.says(&format!("{DISK}/device/pre_eol_info"), "0x01");
            },
            Good,
            "20\u{a0}%",
        ),
        (
            "an eMMC of which nothing is defined",
            Part::CardWear,
            |it| {
                it.says(&format!("{DISK}/device/life_time"), "0x00 0x00");
                it.says(&format!("{DISK}/device/pre_eol_info"), "0x00");
            },
            Unknown,
            "",
        ),
        (
            "an eMMC near its end",
            Part::CardWear,
            |it| {
                it.says(&format!("{DISK}/device/life_time"), "0x02 0x0a");
            },
            Bad,
            "sắp hết",
        ),
        (
            "an eMMC beyond its end",
            Part::CardWear,
            |it| {
                it.says(&format!("{DISK}/device/life_time"), "0x0b 0x01");
            },
            Bad,
            "sắp hết",
        ),
        (
            "few spare blocks",
            Part::CardWear,
            |it| {
                it.says(&format!("{DISK}/device/life_time"), "0x03 0x03");
                it.says(&format!("{DISK}/device/pre_eol_info"), "0x02");
            },
            Bad,
            "sắp hết",
        ),
        (
            "spare blocks alone",
            Part::CardWear,
            |it| {
                it.says(&format!("{DISK}/device/pre_eol_info"), "0x01");
            },
            Good,
            "bình thường",
        ),
        (
            "a file in place of the folder",
            Part::Folder,
            |it| {
                it.silences("var/lib/tiepdon");
                it.says("var/lib/tiepdon", "");
            },
            Bad,
            "không phải thư mục",
        ),
    ];
    for (name, part, change, verdict, text) in cases {
        let it = PlayedBox::good_pi();
        change(&it);
        let findings = it.findings();
        let of_it: Vec<_> = findings.iter().filter(|finding| finding.part == part).collect();
        let [finding] = of_it[..] else { panic!("{name}: {of_it:?}") };
        assert_eq!(finding.verdict, verdict, "{name}: {finding:?}");
        assert!(finding.text.contains(text), "{name}: {finding:?}");
        assert!(verdict != Bad || !finding.advice.is_empty(), "{name} leaves people alone");
        for other in findings.iter().filter(|other| other.part != part) {
            let is_follower = name == "a file in place of the folder";
            assert!(other.verdict != Bad || is_follower, "{name} also alarms {other:?}");
        }
    }
}

#[test]
fn what_other_rooms_tell_is_judged() {
    let it = PlayedBox::good_pi();
    let found = |told: Told, part: Part| {
        let findings = examine(it.root.path(), None, &told);
        findings.into_iter().find(|finding| finding.part == part).unwrap()
    };
    let sick = found(Told { reader_babbles: true, ..good_news() }, Part::Reader);
    assert_eq!(sick.verdict, Verdict::Bad);
    let gone = found(Told { reader: Some(false), ..good_news() }, Part::Reader);
    assert_eq!(gone.verdict, Verdict::Bad);
    let unsure = Told { now: Some(at("1970-01-01", false)), ..good_news() };
    let unsure = found(unsure, Part::Clock);
    assert_eq!(unsure.verdict, Verdict::Bad);
    assert!(unsure.text.starts_with("00:00 ngày 01/01/1970"), "{unsure:?}");
    for (days, oldest, verdict, text) in [
        (0, None, Verdict::Good, "đã xuất hết"),
        (1, Some("2026-11-23"), Verdict::Good, "1 ngày đã chốt chưa xuất, từ 23/11/2026"),
        (20, Some("2026-10-20"), Verdict::Good, "từ 20/10/2026"),
        (21, Some("2026-10-19"), Verdict::Bad, "từ 19/10/2026"),
    ] {
        let records = Some(Records::Readable { events: 9, unsent: unsent(days, oldest) });
        let finding = found(Told { records, ..good_news() }, Part::Export);
        assert_eq!(finding.verdict, verdict, "{finding:?}");
        assert!(finding.text.contains(text), "{finding:?}");
    }
    let records = Some(Records::Unreadable { advice: "Xin gọi.".into() });
    let finding = found(Told { records, ..good_news() }, Part::Records);
    assert_eq!((finding.verdict, finding.advice.as_str()), (Verdict::Bad, "Xin gọi."));
}

#[test]
fn a_moment_of_weak_power_is_kept_for_this_boot_and_written_once() {
    const SHORT: Duration = Duration::from_millis(1);
    let it = PlayedBox::good_pi();
    let alarm = "sys/class/hwmon/hwmon1/in0_lcrit_alarm";
    let mut watch = UnderVoltage::look_for(it.root.path()).unwrap();
    watch.wait(&it.data(), SHORT).unwrap();
    assert_eq!(it.verdict(Part::Power), Verdict::Good);

    it.says(alarm, "1");
    watch.wait(&it.data(), SHORT).unwrap();
    it.says(alarm, "0");
    watch.wait(&it.data(), SHORT).unwrap();
    assert_eq!(it.verdict(Part::Power), Verdict::Bad, "the moment is over, the harm is done");
    let kept = it.data().join("under-voltage");
    let written = fs::metadata(&kept).unwrap().modified().unwrap();
    it.says(alarm, "1");
    watch.wait(&it.data(), SHORT).unwrap();
    assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), written);

    it.says(alarm, "0");
    it.says("proc/sys/kernel/random/boot_id", "22222222-5a1b-4c3d-9e8f-102030405060");
    assert_eq!(it.verdict(Part::Power), Verdict::Good, "another boot, perhaps another supply");
}

#[test]
fn a_box_without_the_chip_has_nothing_to_wait_for() {
    assert!(UnderVoltage::look_for(PlayedBox::silent().root.path()).is_none());
}

#[test]
fn the_page_tells_first_what_must_be_done() {
    let it = PlayedBox::good_pi();
    assert_eq!(Page::of(&it.findings()).title, "Máy sẵn sàng, 1 mục không rõ");
    it.says("sys/class/thermal/thermal_zone0/temp", "91000");
    let page = Page::of(&it.findings());
    assert!(!page.is_ready);
    assert_eq!(page.title, "Có 1 mục cần xử lý");
    let row = &page.rows[0];
    assert_eq!(
        (row.name, row.state, row.text.as_str()),
        ("Nhiệt độ", "Cần xử lý", "91\u{a0}°C, quá nóng")
    );
    assert_eq!(page.rows.len(), it.findings().len());
    assert_eq!(page.rows[1].name, "Màn hình", "the rest keeps its order");
}

#[test]
fn a_closed_day_is_unsent_until_an_export_after_its_last_closing() {
    let day = |text: &str| -> StationDay { text.parse().unwrap() };
    let export = |seq: u64, from: &str, to: &str| Event {
        seq: EventSeq(seq),
        id: uuid::Uuid::nil(),
        origin: Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() },
        day: day("2026-11-24"),
        at: at("2026-11-24", true),
        visit: None,
        by: None,
        what: What::Exported {
            from: day(from),
            to: day(to),
            medium: Medium::Stick,
            manifest: String::new(),
        },
    };
    let closed = [("2026-11-20", 10), ("2026-11-21", 20), ("2026-11-22", 30), ("2026-11-20", 40)];
    let unsent_after = |events: &[Event]| {
        let closed = closed.map(|(text, seq)| (day(text), EventSeq(seq)));
        Unsent::of(closed, events, day("2026-11-24"))
    };
    assert_eq!(unsent_after(&[]), unsent(3, Some("2026-11-20")));
    let before = export(35, "2026-11-20", "2026-11-21");
    assert_eq!(unsent_after(std::slice::from_ref(&before)), unsent(2, Some("2026-11-20")));
    let after = export(41, "2026-11-20", "2026-11-20");
    assert_eq!(unsent_after(&[before, after]), unsent(1, Some("2026-11-22")));
    assert_eq!(unsent_after(&[export(50, "2026-11-01", "2026-11-30")]), unsent(0, None));
}

#[test]
fn a_box_that_runs_as_the_station_of_the_sample_is_not_ready() {
    let wrong = Settings::Wrong { problems: 2, told: "station.toml:3:1: …".to_owned() };
    for (settings, verdict, text, advice) in [
        (Settings::Own, Verdict::Good, "đúng", ""),
        (Settings::Sample, Verdict::Bad, "vẫn là tệp mẫu", "tiepdon-station.toml"),
        (wrong, Verdict::Bad, "2 chỗ sai", "station.toml:3:1"),
    ] {
        let it = PlayedBox::good_pi();
        let told = Told { settings: Some(settings), ..good_news() };
        let findings = examine(it.root.path(), Some(&it.data()), &told);
        let found = findings.last().unwrap();
        assert_eq!((found.part, found.verdict), (Part::Configuration, verdict), "{found:?}");
        assert!(found.text.contains(text) && found.advice.contains(advice), "{found:?}");
    }
}

#[test]
fn a_box_that_cannot_ring_is_told_what_to_do() {
    let it = PlayedBox::good_pi();
    let finding = it.finding(Part::Loudspeaker);
    assert_eq!((finding.verdict, &*finding.text), (Verdict::Good, "đã nối (vc4hdmi0)"));

    it.silences("usr/bin/aplay");
    let finding = it.finding(Part::Loudspeaker);
    assert_eq!(finding.verdict, Verdict::Bad);
    assert!(finding.advice.contains("alsa-utils"), "{finding:?}");

    // A microphone is no loudspeaker.
    it.silences("sys/class/sound/pcmC0D0p");
    it.says("sys/class/sound/pcmC0D0c/dev", "116:3");
    let finding = it.finding(Part::Loudspeaker);
    assert_eq!((finding.verdict, &*finding.text), (Verdict::Bad, "không thấy loa"));
    assert!(finding.advice.contains("cắm loa USB"), "{finding:?}");
    assert_eq!(has_loudspeaker(it.root.path()), Some(false));

    let silent = PlayedBox::silent();
    assert_eq!(silent.verdict(Part::Loudspeaker), Verdict::Unknown);
    assert_eq!(has_loudspeaker(silent.root.path()), None);
}

#[test]
fn what_was_played_tells_more_than_what_is_plugged_in() {
    let it = PlayedBox::good_pi();
    let of = |heard: Result<(), &str>| {
        let heard = Some(heard.map_err(str::to_owned));
        let told = Told { heard, ..good_news() };
        let findings = examine(it.root.path(), None, &told);
        findings.into_iter().find(|finding| finding.part == Part::Loudspeaker).unwrap()
    };
    assert_eq!(of(Ok(())).text, "đã phát được âm thanh (vc4hdmi0)");
    let failed = of(Err("audio open error"));
    assert_eq!(failed.verdict, Verdict::Bad);
    assert_eq!(failed.text, "không phát được âm thanh: audio open error");
}
