//! Cards and sticks that bring a configuration, to boxes that have none, and to boxes that have.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;
use crate::configuration::sample_files;
use crate::seal::{SealError, StationKey};

/// A kiosk and what it is brought.
struct Play {
    folder: TempDir,
}

impl Play {
    fn new() -> Self {
        let it = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(it.boot()).unwrap();
        it
    }

    fn boot(&self) -> PathBuf {
        self.folder.path().join("boot")
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("etc/tiepdon")
    }

    fn offer(&self, name: &str, text: &str) {
        let path = self.boot().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn look(&self) -> Outcome {
        provision(Carrier::Boot, &self.boot(), &self.config()).unwrap()
    }

    /// The station's name in the configuration that the kiosk would run with.
    fn station(&self) -> Option<String> {
        Configuration::load(&self.config()).ok().map(|it| it.station.name)
    }

    fn own(&self, name: &str) -> String {
        fs::read_to_string(self.config().join(name)).unwrap()
    }

    fn change_by_hand(&self, name: &str, from: &str, to: &str) {
        let text = self.own(name);
        assert!(text.contains(from));
        fs::write(self.config().join(name), text.replace(from, to)).unwrap();
    }
}

/// The box as the package leaves it: every sample file in its place.
fn packaged() -> Play {
    let it = Play::new();
    for (name, text) in sample_files() {
        files::write(&it.config().join(name), text.as_bytes()).unwrap();
    }
    it
}

const SAMPLE_NAME: &str = "Trạm Y tế xã Tri Tôn";

/// The sample station under another name.
fn station(name: &str) -> String {
    let (_, text) = sample_files().find(|(file, _)| *file == "station.toml").unwrap();
    assert!(text.contains(SAMPLE_NAME), "{text}");
    text.replace(SAMPLE_NAME, name)
}

#[test]
fn a_new_box_takes_what_its_card_brings_under_every_name_that_windows_users_give_it() {
    for name in [
        "tiepdon-station.toml",
        "TIEPDON-STATION.TOML",
        "tiepdon-station.toml.txt",
        "tiepdon/station.toml",
        "TIEPDON/Station.toml.TXT",
    ] {
        let it = Play::new();
        it.offer(name, &station("Trạm Một"));
        it.offer("config.txt", "arm_64bit=1");
        assert_eq!(it.look(), Outcome::Taken(1), "{name}");
        assert_eq!(it.station().as_deref(), Some("Trạm Một"), "{name}");
        assert_eq!(it.look(), Outcome::Nothing, "{name}: taken once");
    }
}

#[test]
fn a_whole_folder_brings_guides_and_campaigns_too() {
    let it = Play::new();
    for (name, text) in sample_files() {
        it.offer(&format!("tiepdon/{name}"), text);
    }
    let guide = "tiepdon/guides/tich-hop-bhyt.toml";
    let text = fs::read_to_string(it.boot().join(guide)).unwrap();
    it.offer(guide, &format!("# của trạm\n{text}"));
    it.offer("tiepdon/guides/._tich-hop-bhyt.toml", "what another system leaves");
    it.offer("tiepdon/readme.toml", "none of ours");
    assert_eq!(it.look(), Outcome::Taken(sample_files().count()));
    assert!(it.own("guides/tich-hop-bhyt.toml").starts_with("# của trạm\n"));
    assert!(!it.config().join("readme.toml").exists());
}

#[test]
fn who_changed_what_decides_and_no_clock() {
    type Change = fn(&Play);
    let cases: [(&str, Change, Outcome, &str); 6] = [
        ("nothing changed", |_| {}, Outcome::Nothing, "Trạm Một"),
        (
            "changed on the card",
            |it| it.offer("tiepdon-station.toml", &station("Trạm Hai")),
            Outcome::Taken(1),
            "Trạm Hai",
        ),
        (
            "changed by hand",
            |it| it.change_by_hand("station.toml", "Trạm Một", "Trạm Ba"),
            Outcome::Nothing,
            "Trạm Ba",
        ),
        (
            "changed by both",
            |it| {
                it.change_by_hand("station.toml", "Trạm Một", "Trạm Ba");
                it.offer("tiepdon-station.toml", &station("Trạm Hai"));
            },
            Outcome::Differs,
            "Trạm Ba",
        ),
        (
            "changed by both to the same",
            |it| {
                it.change_by_hand("station.toml", "Trạm Một", "Trạm Hai");
                it.offer("tiepdon-station.toml", &station("Trạm Hai"));
            },
            Outcome::Nothing,
            "Trạm Hai",
        ),
        (
            "taken off the card",
            |it| fs::remove_file(it.boot().join("tiepdon-station.toml")).unwrap(),
            Outcome::Nothing,
            "Trạm Một",
        ),
    ];
    for (name, change, outcome, station_name) in cases {
        let it = Play::new();
        it.offer("tiepdon-station.toml", &station("Trạm Một"));
        assert_eq!(it.look(), Outcome::Taken(1));
        change(&it);
        assert_eq!(it.look(), outcome, "{name}");
        assert_eq!(it.station().as_deref(), Some(station_name), "{name}");
    }
}

#[test]
fn what_was_replaced_is_kept() {
    let it = Play::new();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    assert_eq!(it.look(), Outcome::Taken(1));
    it.offer("tiepdon-station.toml", &station("Trạm Hai"));
    assert_eq!(it.look(), Outcome::Taken(1));
    assert_eq!(it.own(".replaced/station.toml"), station("Trạm Một"));
}

#[test]
fn a_sample_was_written_by_nobody_and_everything_else_by_somebody() {
    type Change = fn(&Play);
    const GUIDE: &str = "guides/tich-hop-bhyt.toml";
    let by_hand: Change = |it| it.change_by_hand("station.toml", SAMPLE_NAME, "Trạm Ba");
    let a_letter: Change = |it| {
        let text = it.own("station.toml");
        fs::write(it.config().join("station.toml"), text + "\n").unwrap();
    };
    let own_guide: Change = |it| {
        let text = it.own(GUIDE);
        fs::write(it.config().join(GUIDE), format!("# của trạm\n{text}")).unwrap();
    };
    let offers_that_guide: Change = |it| {
        let text = fs::read_to_string(it.config().join(GUIDE)).unwrap();
        it.offer("tiepdon/guides/tich-hop-bhyt.toml", &format!("{text}\n# của tỉnh\n"));
    };
    let samples_offered: Change = |it| {
        fs::remove_file(it.boot().join("tiepdon-station.toml")).unwrap();
        sample_files().for_each(|(name, text)| it.offer(&format!("tiepdon/{name}"), text));
    };
    let [one, three] = ["Trạm Một", "Trạm Ba"];
    let cases: [(&str, &[Change], Outcome, Outcome, &str); 6] = [
        ("as packaged", &[], Outcome::Taken(1), Outcome::Taken(1), one),
        ("written by hand", &[by_hand], Outcome::Differs, Outcome::Nothing, three),
        ("one letter more", &[a_letter], Outcome::Differs, Outcome::Nothing, SAMPLE_NAME),
        ("a guide of its own", &[own_guide], Outcome::Taken(1), Outcome::Taken(1), one),
        (
            "a guide of its own, and another offered",
            &[own_guide, offers_that_guide],
            Outcome::Differs,
            Outcome::Differs,
            SAMPLE_NAME,
        ),
        ("samples offered", &[samples_offered], Outcome::Nothing, Outcome::Nothing, SAMPLE_NAME),
    ];
    for (name, changes, on_the_card, on_a_stick, station_name) in cases {
        for (carrier, outcome) in [(Carrier::Boot, on_the_card), (Carrier::Stick, on_a_stick)] {
            let it = packaged();
            it.offer("tiepdon-station.toml", &station(one));
            changes.iter().for_each(|change| change(&it));
            let own_guide_before = it.own(GUIDE);
            let came = provision(carrier, &it.boot(), &it.config()).unwrap();
            assert_eq!(came, outcome, "{name}, {carrier:?}");
            assert_eq!(it.station().as_deref(), Some(station_name), "{name}, {carrier:?}");
            assert_eq!(it.own(GUIDE), own_guide_before, "{name}, {carrier:?}");
        }
    }
}

#[test]
fn a_package_that_brings_other_samples_makes_no_file_the_stations_own() {
    let it = packaged();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    assert_eq!(it.look(), Outcome::Taken(1));
    assert!(!it.config().join(REPLACED).exists(), "nobody wrote what was there");
    // What an upgrade does to settings nobody touched; here it takes one away.
    fs::remove_file(it.config().join("campaigns/tri-ton-2026.toml")).unwrap();
    it.offer("tiepdon-station.toml", &station("Trạm Hai"));
    assert_eq!(it.look(), Outcome::Taken(1));
    assert_eq!(it.station().as_deref(), Some("Trạm Hai"));
    assert_eq!(it.own(".replaced/station.toml"), station("Trạm Một"));
}

#[test]
fn a_stick_helps_a_new_box_and_changes_no_other() {
    let it = Play::new();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    let look = || provision(Carrier::Stick, &it.boot(), &it.config()).unwrap();
    assert_eq!(look(), Outcome::Taken(1));
    it.offer("tiepdon-station.toml", &station("Trạm Hai"));
    assert_eq!(look(), Outcome::Nothing);
    assert_eq!(it.station().as_deref(), Some("Trạm Một"));
}

#[test]
fn a_mistake_is_refused_with_its_place_on_the_card_and_everything_stays() {
    let it = Play::new();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    assert_eq!(it.look(), Outcome::Taken(1));
    let broken = station("Trạm Hai").replace("gap-ms = 120", "gap-ms = 5");
    let line = 1 + broken.lines().position(|line| line.starts_with("gap-ms")).unwrap();
    it.offer("tiepdon-station.toml", &broken);
    let Outcome::Refused(problems) = it.look() else { panic!("a mistake was taken") };
    let problems: Vec<_> = problems.iter().collect();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].file, it.boot().join("tiepdon-station.toml"));
    assert_eq!(problems[0].line, line);
    assert!(!problems[0].fix.is_empty());
    assert_eq!(it.station().as_deref(), Some("Trạm Một"));
    assert!(it.boot().join("tiepdon-station.toml").exists());
    assert!(!it.config().join(PART).exists());
}

#[test]
fn two_files_for_one_station_and_files_that_are_none_are_refused() {
    let it = Play::new();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    it.offer("tiepdon/station.toml", &station("Trạm Hai"));
    assert!(matches!(it.look(), Outcome::Refused(_)));

    for bytes in [vec![0xff, 0xfe, b'a', 0], vec![b'x'; 3_000_000]] {
        let it = Play::new();
        fs::write(it.boot().join("tiepdon-station.toml"), bytes).unwrap();
        assert!(matches!(it.look(), Outcome::Refused(_)));
        assert!(it.station().is_none());
    }
}

#[test]
fn nothing_is_offered_by_a_card_without_our_files_or_no_card_at_all() {
    let it = Play::new();
    it.offer("tiepdon/audio/vi/choice.wav", "sound");
    it.offer("config.txt", "arm_64bit=1");
    assert_eq!(it.look(), Outcome::Nothing);
    let nowhere = it.boot().join("nowhere");
    assert_eq!(provision(Carrier::Boot, &nowhere, &it.config()).unwrap(), Outcome::Nothing);
    assert!(!it.config().exists());
}

#[test]
fn what_a_power_cut_left_half_way_is_ended_at_the_next_start() {
    let it = Play::new();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    assert_eq!(it.look(), Outcome::Taken(1));
    let incoming = it.config().join(INCOMING);
    // Cut before the files were whole: they are thrown away with the next ones.
    files::write(&it.config().join(PART).join("station.toml"), b"half").unwrap();
    // Cut after the first of two: the other waits.
    files::write(&incoming.join("station.toml"), station("Trạm Hai").as_bytes()).unwrap();
    files::write(&incoming.join(TAKEN), b"1\n2\n").unwrap();
    assert_eq!(it.look(), Outcome::Differs, "its own files are not those of the note it made up");
    assert_eq!(it.station().as_deref(), Some("Trạm Hai"));
    assert_eq!(it.own(TAKEN), "1\n2\n");
    assert!(!incoming.exists());
}

#[test]
fn a_folder_that_takes_nothing_is_told_and_stays_as_it_was() {
    let it = Play::new();
    it.offer("tiepdon-station.toml", &station("Trạm Một"));
    fs::write(it.folder.path().join("etc"), "a file").unwrap();
    let error = provision(Carrier::Boot, &it.boot(), &it.config()).unwrap_err();
    assert!(error.to_string().contains("etc"), "{error}");
    assert!(error.advice().contains("thư mục cấu hình"));
    let file = fs::metadata(it.folder.path().join("etc")).unwrap();
    assert_eq!(file.len(), 6);
    assert_eq!(file.permissions().mode() & 0o777, 0o644);
}

/// A data folder, and the boot partition of a card that was prepared for it.
struct KeyPlay {
    play: Play,
    /// What the station signed with before.
    before: StationKey,
}

impl KeyPlay {
    fn new() -> Self {
        let play = Play::new();
        let (old, data) = (play.folder.path().join("old"), play.folder.path().join("data"));
        for folder in [&old, &data] {
            fs::create_dir(folder).unwrap();
        }
        let before = StationKey::open_or_make(&old).unwrap();
        play.offer(
            "TIEPDON/Station-Key.pem.txt",
            &fs::read_to_string(old.join("station-key.pem")).unwrap(),
        );
        Self { play, before }
    }

    fn data(&self) -> PathBuf {
        self.play.folder.path().join("data")
    }

    fn copy(&self) -> PathBuf {
        self.play.boot().join("TIEPDON/Station-Key.pem.txt")
    }

    fn look(&self) -> KeyOutcome {
        provision_key(&self.play.boot(), &self.data())
    }

    fn signs_as_before(&self) -> bool {
        StationKey::open_or_make(&self.data()).unwrap().public() == self.before.public()
    }
}

#[test]
fn a_key_on_the_boot_partition_becomes_that_of_a_box_without_one_and_stays_in_one_place() {
    let it = KeyPlay::new();
    let KeyOutcome::Taken { place, new, stays: None } = it.look() else { panic!("not taken") };
    assert_eq!((place, new), (it.copy(), Some(it.before.public().fingerprint())));
    assert!(it.signs_as_before());
    assert!(!it.copy().exists());
    assert!(matches!(it.look(), KeyOutcome::Nothing));
}

#[test]
fn a_copy_that_a_power_cut_left_is_removed_at_the_next_start() {
    let it = KeyPlay::new();
    let text = fs::read_to_string(it.copy()).unwrap();
    assert!(matches!(it.look(), KeyOutcome::Taken { .. }));
    fs::write(it.copy(), text).unwrap();
    let again = it.look();
    assert!(matches!(again, KeyOutcome::Taken { new: None, stays: None, .. }), "{again:?}");
    assert!(!it.copy().exists());
    assert!(it.signs_as_before());
}

#[test]
fn a_card_full_of_files_or_with_an_endless_key_holds_nothing_up() {
    let it = packaged();
    for number in 0..600 {
        it.offer(&format!("tiepdon/guides/g{number}.toml"), "x");
    }
    let told = provision(Carrier::Boot, &it.boot(), &it.config()).unwrap_err();
    assert!(told.to_string().contains("more than 500 files"), "{told}");

    let it = KeyPlay::new();
    let key = fs::File::create(it.copy()).unwrap();
    key.set_len(2 << 30).unwrap();
    assert!(matches!(it.look(), KeyOutcome::Refused { error: SealError::Damaged(_), .. }));
}

#[test]
fn a_key_that_is_there_is_never_replaced_by_another() {
    let it = KeyPlay::new();
    let own = StationKey::open_or_make(&it.data()).unwrap();
    let came = it.look();
    assert!(matches!(&came, KeyOutcome::Differs(place) if *place == it.copy()), "{came:?}");
    assert!(came.advice().contains("Máy vẫn dùng khóa đang có"));
    assert!(it.copy().exists(), "it may be the only copy");
    assert_eq!(StationKey::open_or_make(&it.data()).unwrap().public(), own.public());
}

#[test]
fn what_is_no_key_is_refused_with_its_place_and_the_way_out() {
    let it = KeyPlay::new();
    fs::write(it.copy(), "-----BEGIN PRIVATE KEY-----\n").unwrap();
    let came = it.look();
    let KeyOutcome::Refused { place, error } = &came else { panic!("{came:?}") };
    assert_eq!(*place, it.copy());
    assert!(error.to_string().contains("Station-Key.pem.txt"), "{error}");
    assert!(came.advice().contains("chép lại tệp khóa"));
    assert_eq!(fs::read_dir(it.data()).unwrap().count(), 0);

    let it = KeyPlay::new();
    fs::write(it.data().join("station-key.pem"), "damaged").unwrap();
    let came = it.look();
    let KeyOutcome::Refused { error, .. } = &came else { panic!("{came:?}") };
    assert!(error.to_string().contains("data"), "it is the station's own: {error}");
    assert!(came.advice().contains("đừng xóa"));
    assert!(it.copy().exists());
}

#[test]
#[expect(clippy::print_stderr, reason = "says why nothing was tried")]
fn a_key_on_a_boot_partition_that_cannot_be_written_is_taken_and_told() {
    let it = KeyPlay::new();
    let folder = it.copy().parent().unwrap().to_owned();
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        eprintln!("skipped: nothing is forbidden to root");
        return;
    }
    let came = it.look();
    let KeyOutcome::Taken { new: Some(_), stays: Some(_), .. } = &came else { panic!("{came:?}") };
    assert!(came.advice().contains("xóa tệp này"));
    assert!(it.copy().exists());
    assert!(it.signs_as_before());
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
}
