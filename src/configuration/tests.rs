use std::fs;
use std::path::Path;

use super::{Configuration, embedded};
use crate::guide::Language;
use crate::report::dhis2;

/// A folder with the sample configuration.
fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["campaigns", "guides", "guides/en", "guides/km"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    let files = embedded::GUIDES.into_iter().chain(embedded::TRANSLATIONS);
    let files = files.chain(embedded::CAMPAIGNS);
    for (file, text) in files.chain([embedded::STATION]) {
        fs::write(dir.path().join(file), text).unwrap();
    }
    dir
}

/// What is told about a folder, with the folder's own name left out.
fn complaints(dir: &Path) -> Vec<String> {
    let told = Configuration::load(dir).unwrap_err().to_string();
    told.replace(&format!("{}/", dir.display()), "").lines().map(str::to_owned).collect()
}

#[test]
fn the_sample_is_sound_and_the_same_in_the_program_and_on_disk() {
    let embedded = Configuration::embedded().unwrap();
    assert_eq!(Configuration::load(sample().path()).unwrap(), embedded);
    assert_eq!(embedded.guides.default_guide().id, embedded.station.default_guide);
    assert_eq!(embedded.campaigns.len(), embedded::CAMPAIGNS.len());
    assert_eq!(embedded.active_campaigns().count(), 0, "a station says which are on");
}

#[test]
fn the_program_holds_every_sample_file_there_is() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("kiosk-config");
    let files_in = |folder: &str| -> Vec<String> {
        let mut there: Vec<String> = fs::read_dir(sample.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap()))
            .collect();
        there.sort();
        there
    };
    assert_eq!(files_in("guides"), embedded::GUIDES.map(|(file, _)| file));
    assert_eq!(files_in("campaigns"), embedded::CAMPAIGNS.map(|(file, _)| file));
    let translations = [files_in("guides/en"), files_in("guides/km")].concat();
    assert_eq!(translations, embedded::TRANSLATIONS.map(|(file, _)| file));
}

#[test]
fn every_guide_of_the_sample_speaks_every_language() {
    let dir = sample();
    let station = embedded::STATION.1.replace(
        "\"tre-em\", \"xem-lai-lan-kham\"]",
        "\"tre-em\", \"xem-lai-lan-kham\", \"chu-ky-so\", \"tai-khoan-an-sinh\"]",
    );
    fs::write(dir.path().join("station.toml"), station).unwrap();
    let configuration = Configuration::load(dir.path()).unwrap();
    assert_eq!(configuration.guides.iter().count(), embedded::GUIDES.len());
    for lesson in configuration.guides.iter() {
        for language in [Language::English, Language::Khmer] {
            let words = lesson.translation(language);
            let words = words.unwrap_or_else(|| panic!("{} in {language:?}", lesson.guide.id));
            // Nobody who speaks it has read the Khmer yet, and the file says so.
            assert_eq!(words.needs_review, language == Language::Khmer, "{}", lesson.guide.id);
            assert_eq!(words.video_label.is_some(), lesson.guide.video.is_some());
        }
    }
}

#[test]
fn a_translation_of_another_version_is_left_aside() {
    let dir = sample();
    let file = dir.path().join("guides/en/tre-em.toml");
    let outdated = fs::read_to_string(&file).unwrap().replace("of-version = 1", "of-version = 9");
    fs::write(&file, outdated).unwrap();
    let configuration = Configuration::load(dir.path()).unwrap();
    let lesson = configuration.guides.iter().find(|it| it.guide.id.as_str() == "tre-em").unwrap();
    assert!(lesson.translation(Language::English).is_none());
    assert!(lesson.translation(Language::Khmer).is_some());
}

#[test]
fn the_guide_that_installs_vneid_is_found_among_those_on_offer() {
    let guides = Configuration::embedded().unwrap().guides;
    let install = guides.iter().nth(guides.install().unwrap()).unwrap();
    assert_eq!(install.guide.id.as_str(), "cai-vneid-muc-2");
    let dir = sample();
    let station = embedded::STATION.1.replace("\"cai-vneid-muc-2\", ", "");
    fs::write(dir.path().join("station.toml"), station).unwrap();
    assert_eq!(Configuration::load(dir.path()).unwrap().guides.install(), None);
}

#[test]
fn the_guides_stand_in_the_order_of_the_station() {
    let configuration = Configuration::embedded().unwrap();
    let ids: Vec<&str> = configuration.guides.iter().map(|it| it.guide.id.as_str()).collect();
    assert_eq!(
        ids,
        ["tich-hop-bhyt", "mo-so-suc-khoe", "cai-vneid-muc-2", "tre-em", "xem-lai-lan-kham"]
    );
}

/// What is doubted about a folder that is sound, with the folder's own name left out.
fn doubts(dir: &Path) -> Vec<String> {
    let told = Configuration::load(dir).unwrap().doubts.to_string();
    told.replace(&format!("{}/", dir.display()), "").lines().map(str::to_owned).collect()
}

#[test]
fn a_broken_file_that_the_desk_does_not_use_stops_nothing_and_is_told() {
    let dir = sample();
    assert_eq!(doubts(dir.path()), [""; 0]);
    let broken = embedded::GUIDES[0].1.replacen("version = 1", "version = 0", 1);
    fs::write(dir.path().join("guides/a-khac.toml"), broken).unwrap();
    let (name, campaign) = embedded::CAMPAIGNS[0];
    fs::write(dir.path().join(name), campaign.replacen("from = ", "form = ", 1)).unwrap();
    fs::copy(dir.path().join(embedded::CAMPAIGNS[1].0), dir.path().join("campaigns/A (1).toml"))
        .unwrap();
    let told = doubts(dir.path());
    for file in ["guides/a-khac.toml:", &format!("{name}:"), "campaigns/A (1).toml:1:1: tên tệp"]
    {
        assert!(told.iter().any(|line| line.starts_with(file)), "{file} in {told:?}");
    }

    // The same mistake where it counts.
    let id = Path::new(name).file_stem().unwrap().to_str().unwrap();
    let station = embedded::STATION.1.replace("active = []", &format!("active = [\"{id}\"]"));
    assert_ne!(station, embedded::STATION.1);
    fs::write(dir.path().join("station.toml"), station).unwrap();
    let told = complaints(dir.path());
    assert!(told.iter().any(|line| line.starts_with(&format!("{name}:"))), "{told:?}");
}

/// One change of a sound folder: the file, what it says, what it says then, and the doubt.
type Change<'c> = (&'c str, &'c str, &'c str, &'c str);

#[test]
fn what_can_be_used_and_is_probably_not_meant_is_told_with_its_place() {
    let table: [Change<'_>; 14] = [
        (
            "station.toml",
            "name = \"",
            "name = \"\u{1f3e5} ",
            "station.toml:25:8: name có ký tự lạ U+1F3E5",
        ),
        (
            "station.toml",
            "name = \"",
            "name = \"\u{202e}",
            "station.toml:25:8: name có ký tự lạ U+202E",
        ),
        (
            "station.toml",
            "active = []",
            "active = [\"tri-ton-2026\", \"tri-ton-2026\"]",
            "active ghi \"tri-ton-2026\" hai lần",
        ),
        (
            "station.toml",
            "\"tre-em\", \"xem",
            "\"tre-em\", \"tre-em\", \"xem",
            "more-guides ghi \"tre-em\" hai lần",
        ),
        (
            "station.toml",
            "\"cai-vneid-muc-2\", \"",
            "\"",
            "install-guide là \"cai-vneid-muc-2\", không có trong",
        ),
        (
            "guides/tich-hop-bhyt.toml",
            "url = \"https://",
            "url = \"https://127.0.0.1/",
            "url dẫn đến máy trong mạng riêng",
        ),
        (
            "guides/tich-hop-bhyt.toml",
            "url = \"https://",
            "url = \"https://may-chu.local/",
            "url dẫn đến máy trong mạng riêng",
        ),
        ("guides/tich-hop-bhyt.toml", "checked-on = 20", "checked-on = 21", "checked-on là ngày"),
        (
            "guides/en/tre-em.toml",
            "of-version = 1",
            "of-version = 9",
            "of-version là 9, bài hướng dẫn nay là bản 1",
        ),
        (
            "guides/tre-em.toml",
            "version = 1",
            "version = 2",
            "of-version là 1, bài hướng dẫn nay là bản 2",
        ),
        (
            "guides/en/tre-em.toml",
            "[[step]]",
            "[[step]]\ntitle = \"A\"\nbody = \"B\"\n\n[[step]]",
            "guides/en/tre-em.toml:1:1: bản dịch có",
        ),
        (
            "campaigns/tri-ton-2026.toml",
            "every = \"once\"\ndate = 2026",
            "every = \"once\"\ndate = 2029",
            "date sau ngày kết thúc chiến dịch hơn một năm",
        ),
        (
            "campaigns/tri-ton-2026.toml",
            "by-hand = \"",
            "by-hand = \"arrivals\" # ",
            "by-hand \"arrivals\" là tên số liệu máy đếm",
        ),
        (
            "campaigns/tri-ton-2026.toml",
            "until = 2026-06-30",
            "until = 2027-12-01",
            "until ngoài thời gian của chiến dịch",
        ),
    ];
    for (file, before, after, doubt) in table {
        let dir = sample();
        let path = dir.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(before), "{file}: {before}");
        fs::write(&path, text.replacen(before, after, 1)).unwrap();
        let told = doubts(dir.path());
        assert!(told.iter().any(|line| line.contains(doubt)), "{doubt} in {told:?}");
    }
}

#[test]
fn files_that_nobody_reads_are_told() {
    let dir = sample();
    let at = |name: &str| dir.path().join(name);
    for folder in ["guides/fr", "guides/en/thu-muc.toml", "audio/vi", "audio/xx"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    let sound = crate::voice::chime(crate::call::Tone::Call);
    for good in ["audio/vi/choice.wav", "audio/vi/guide-tich-hop-bhyt-3.wav"] {
        fs::write(at(good), &sound).unwrap();
    }
    fs::write(at("audio/vi/choic.wav"), &sound).unwrap();
    fs::write(at("audio/vi/guide-tich-hop-bhyt-99.wav"), &sound).unwrap();
    fs::write(at("audio/vi/done.wav"), "ID3 an MP3 under another name").unwrap();
    fs::write(at("campaigns/tri-ton-2026.toml.txt"), "").unwrap();
    fs::write(at("Station.toml"), "").unwrap();
    fs::copy(at("guides/en/tre-em.toml"), at("guides/en/khong-co.toml")).unwrap();
    let told = doubts(dir.path());
    let files: Vec<&str> = told.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(
        files,
        [
            "Station.toml",
            "audio/vi/choic.wav",
            "audio/vi/done.wav",
            "audio/vi/guide-tich-hop-bhyt-99.wav",
            "audio/xx",
            "campaigns/tri-ton-2026.toml.txt",
            "guides/en/khong-co.toml",
            "guides/en/thu-muc.toml",
            "guides/fr",
        ],
        "{told:#?}"
    );
}

#[test]
fn a_pipe_in_the_place_of_a_file_holds_nobody_up() {
    let dir = sample();
    let file = dir.path().join("station.toml");
    fs::remove_file(&file).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
    assert!(fifo.success());
    let told = complaints(dir.path());
    assert!(told[0].starts_with("station.toml:1:1: không phải tệp"), "{told:?}");
}

#[test]
fn other_files_among_the_guides_are_left_alone() {
    let dir = sample();
    let guides = dir.path().join("guides");
    for file in [".tich-hop-bhyt.toml", "GHI CHÚ.txt", "tich-hop-bhyt.toml~", "toml"] {
        fs::write(guides.join(file), b"\xff").unwrap();
    }
    fs::create_dir(guides.join("cu.toml")).unwrap();
    assert!(Configuration::load(dir.path()).is_ok());
}

#[test]
fn the_campaigns_the_station_names_are_on_in_its_order() {
    let dir = sample();
    let on = |names: &str| {
        let station = embedded::STATION.1.replace("active = []", &format!("active = [{names}]"));
        fs::write(dir.path().join("station.toml"), station).unwrap();
    };
    on("\"tri-ton-2026\", \"dan-tien-2025\"");
    let configuration = Configuration::load(dir.path()).unwrap();
    let ids: Vec<_> = configuration.active_campaigns().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["tri-ton-2026", "dan-tien-2025"]);
    on("\"tri-ton-2026\"");
    fs::remove_dir_all(dir.path().join("campaigns")).unwrap();
    let told = complaints(dir.path());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].ends_with(
            "active chỉ đến tệp campaigns/tri-ton-2026.toml nhưng không có tệp đó; \
             chép thư mục mẫu campaigns vào cạnh station.toml"
        ),
        "{told:?}"
    );
}

#[test]
fn a_guide_that_is_not_there_is_told_where_a_campaign_names_it() {
    let dir = sample();
    fs::remove_file(dir.path().join("guides/chu-ky-so.toml")).unwrap();
    let told = doubts(dir.path());
    let whole = "guides chỉ đến tệp guides/chu-ky-so.toml nhưng không có tệp đó";
    assert!(told[0].starts_with("campaigns/dan-tien-2025.toml:"), "{told:?}");
    assert!(told[0].contains(whole), "{told:?}");
}

#[test]
fn a_broken_campaign_is_told_once_whether_it_is_on_or_not() {
    let dir = sample();
    let campaigns = dir.path().join("campaigns");
    let broken =
        embedded::CAMPAIGNS[4].1.replace("\"integrated-14-bhyt\"", "\"integrated-14-bhty\"");
    fs::write(campaigns.join("tri-ton-2026.toml"), broken).unwrap();
    fs::write(campaigns.join("Đợt 2.toml"), "").unwrap();
    let station = embedded::STATION.1.replace("active = []", "active = [\"tri-ton-2026\"]");
    fs::write(dir.path().join("station.toml"), station).unwrap();
    let told = complaints(dir.path());
    assert!(told.iter().all(|line| line.starts_with("campaigns/")), "{told:?}");
    assert!(told.iter().any(|line| line.ends_with("sửa thành \"integrated-14-bhyt\"")), "{told:?}");
    assert!(
        told.iter().any(|line| line.starts_with("campaigns/Đợt 2.toml:1:1: tên tệp chiến dịch")),
        "{told:?}"
    );
}

#[test]
fn codes_of_dhis2_are_read_beside_the_station_and_checked_with_its_campaigns() {
    let dir = sample();
    let write = |text: &str| fs::write(dir.path().join(dhis2::FILE), text).unwrap();
    assert_eq!(Configuration::load(dir.path()).unwrap().dhis2, None, "no file");
    write(include_str!("../../kiosk-config/dhis2.toml"));
    assert_eq!(Configuration::load(dir.path()).unwrap().dhis2, None, "the sample maps nothing");
    let example = dhis2::Mapping::example();
    write(&example.replace("\"arrivals\"", "\"xac-thuc-bhyt-toan-xa\""));
    assert!(Configuration::load(dir.path()).unwrap().dhis2.is_some(), "entered for a campaign");
    write(&example.replace("\"arrivals\"", "\"arivals\"").replace("AG-TRITON", "AG-KHAC"));
    let told = complaints(dir.path());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("dhis2.toml:") && told[0].ends_with("sửa thành \"arrivals\""));
    write(&example.replace("AG-TRITON", "AG-KHAC"));
    let told = complaints(dir.path());
    assert!(told[0].starts_with("dhis2.toml:") && told[0].contains("AG-TRITON"), "{told:?}");
    write("#");
    fs::remove_file(dir.path().join(dhis2::FILE)).unwrap();
    fs::create_dir(dir.path().join(dhis2::FILE)).unwrap();
    assert_eq!(complaints(dir.path()).len(), 1, "what cannot be read is told");
}

#[test]
fn a_missing_configuration_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        complaints(&dir.path().join("nowhere")),
        ["station.toml:1:1: không có tệp này; chép tệp mẫu cùng tên trong kiosk-config vào đây, \
          hoặc sửa đường dẫn sau --config"]
    );
}

#[test]
fn a_guide_that_is_not_there_is_told_where_the_station_names_it() {
    let dir = sample();
    for folder in ["guides", "campaigns"] {
        fs::remove_dir_all(dir.path().join(folder)).unwrap();
    }
    let line =
        |key: &str| embedded::STATION.1.lines().position(|line| line.starts_with(key)).unwrap() + 1;
    let told = |key: &str, column: u32, guide: &str| {
        format!(
            "station.toml:{}:{column}: {key} chỉ đến tệp guides/{guide}.toml nhưng không có tệp \
             đó; chép thư mục mẫu guides vào cạnh station.toml",
            line(key)
        )
    };
    assert_eq!(
        complaints(dir.path()),
        [
            told("default-guide", 17, "tich-hop-bhyt"),
            told("more-guides", 15, "mo-so-suc-khoe"),
            told("install-guide", 17, "cai-vneid-muc-2"),
        ]
    );
}

#[test]
fn the_mistakes_of_all_files_are_told_at_once() {
    let dir = sample();
    let write = |file: &str, text: &[u8]| fs::write(dir.path().join(file), text).unwrap();
    let station = embedded::STATION.1.replace("baud = 9600", "baud = 96");
    write("station.toml", station.as_bytes());
    write("guides/tich-hop-bhyt.toml", b"version = 0\n");
    write("guides/khac.toml", b"title = \"\xf4\"");
    write("guides/Bai 2.toml", b"");
    let line = station.lines().position(|line| line == "baud = 96").unwrap() + 1;
    let told: Vec<String> = complaints(dir.path())
        .iter()
        .map(|complaint| complaint.split([';', ',']).next().unwrap().to_owned())
        .collect();
    assert_eq!(
        told,
        [
            "guides/Bai 2.toml:1:1: tên tệp hướng dẫn chỉ gồm chữ thường không dấu",
            "guides/khac.toml:1:10: chữ trong tệp không theo bảng mã UTF-8",
            "guides/tich-hop-bhyt.toml:1:1: tệp này thiếu khóa checked-on",
            "guides/tich-hop-bhyt.toml:1:1: tệp này thiếu khóa title",
            "guides/tich-hop-bhyt.toml:1:1: tệp này thiếu mục [[step]]",
            "guides/tich-hop-bhyt.toml:1:11: version phải từ 1 đến 9999",
            &format!("station.toml:{line}:8: baud không dùng được giá trị 96"),
        ]
    );
}

#[test]
fn a_video_in_the_place_of_a_guide_is_not_read_to_its_end() {
    let dir = sample();
    fs::write(dir.path().join("guides/tich-hop-bhyt.toml"), vec![b' '; 64 * 1024 + 1]).unwrap();
    assert_eq!(
        complaints(dir.path()),
        ["guides/tich-hop-bhyt.toml:1:1: tệp lớn hơn 64 KiB, không phải tệp cài đặt; \
          chép lại tệp mẫu cùng tên"]
    );
}
