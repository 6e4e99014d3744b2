//! The posters for the wall, as the one who prints them and the one who reads them meet them: made
//! by the program from the sample configuration, printed into pictures by Poppler.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod paper;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use paper::{assert_printable, codes_in, pages_of, poppler_is_here, words_of};
use tempfile::TempDir;
use tiepdon::configuration::Configuration;
use tiepdon::guide::Guide;
use unicode_normalization::is_nfc;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config");

fn posters(out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["posters", "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// The guides the sample station offers.
fn guides() -> Vec<Guide> {
    let configuration = Configuration::load(Path::new(SAMPLE)).unwrap();
    configuration.guides.iter().map(|lesson| lesson.guide.clone()).collect()
}

fn first_guide() -> Guide {
    guides().remove(0)
}

fn file_of(dir: &Path, guide: &Guide, paper: &str) -> PathBuf {
    dir.join(format!("huong-dan-{}-{paper}.pdf", guide.id))
}

/// The posters of the sample station, in a folder of their own, which the program made.
fn sample(paper: &str) -> (TempDir, Vec<(Guide, PathBuf)>) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("tờ treo/tường");
    let told = posters(&out, &["--config", SAMPLE, "--paper", paper]);
    assert!(told.status.success(), "{told:?}");
    let made: Vec<_> = guides()
        .into_iter()
        .map(|guide| {
            let file = file_of(&out, &guide, paper);
            (guide, file)
        })
        .collect();
    let names = String::from_utf8(told.stdout).unwrap();
    assert!(names.lines().map(Path::new).eq(made.iter().map(|(_, file)| file)), "{names}");
    assert_eq!(fs::read_dir(&out).unwrap().count(), made.len());
    (dir, made)
}

#[test]
fn every_poster_says_every_word_of_its_guide_in_order() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, made) = sample("a4");
    for (guide, pdf) in made {
        let words = words_of(&pdf);
        assert!(is_nfc(&words));
        let heading = format!("Trạm Y tế xã Tri Tôn {} ", guide.title);
        assert!(words.starts_with(&heading), "{words}");
        let mut rest = words.as_str();
        for (index, step) in guide.steps.iter().enumerate() {
            let said = format!("{} {} {}", index + 1, step.title, step.body);
            let (_, after) = rest.split_once(&said).unwrap_or_else(|| panic!("{said}: {rest}"));
            rest = after;
        }
        assert!(words.contains("Cần giúp, mời hỏi nhân viên tiếp đón"), "{words}");
        let day = guide.checked_on.format("%d/%m/%Y");
        let version = format!("Bản {}, đối chiếu ngày {day}", guide.version);
        assert!(words.contains(&version), "{words}");
        if let Some(video) = guide.video {
            assert!(words.contains(&video.label) && words.contains(&video.address), "{words}");
        }
    }
}

#[test]
fn every_poster_is_one_page_of_its_paper_with_its_letters_in_it() {
    if !poppler_is_here() {
        return;
    }
    for (paper, size) in [("a4", "(A4)"), ("a3", "(A3)")] {
        let (_dir, made) = sample(paper);
        for (guide, pdf) in made {
            assert_printable(&pdf, 1, size, &guide.title);
        }
    }
}

#[test]
fn the_code_on_the_printed_poster_leads_to_the_video() {
    if !poppler_is_here() {
        return;
    }
    for (paper, least) in [("a4", 0.9), ("a3", 0.9 * std::f32::consts::SQRT_2)] {
        let (_dir, made) = sample(paper);
        assert!(made.iter().any(|(guide, _)| guide.video.is_some()));
        for (guide, pdf) in made {
            let codes: Vec<_> = pages_of(&pdf, &[]).iter().flat_map(codes_in).collect();
            let read: Vec<_> = codes.iter().map(|(text, _)| text.as_str()).collect();
            let wanted: Vec<_> = guide.video.iter().map(|video| video.url.as_str()).collect();
            assert_eq!(read, wanted, "{}", guide.id);
            // A pixel more or less at the edges of the picture is a hundredth of a millimetre.
            assert!(codes.iter().all(|(_, module)| *module > least - 0.01), "{codes:?}");
        }
    }
}

#[test]
fn without_a_configuration_the_posters_name_no_station() {
    if !poppler_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    assert!(posters(dir.path(), &[]).status.success());
    for guide in guides() {
        let words = words_of(&file_of(dir.path(), &guide, "a4"));
        assert!(words.starts_with(&guide.title), "{words}");
        assert!(!words.contains("Tri Tôn"), "{words}");
    }
}

/// The sample configuration with another text of its first guide.
fn with_first_guide(text: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("guides")).unwrap();
    fs::copy(Path::new(SAMPLE).join("station.toml"), dir.path().join("station.toml")).unwrap();
    for guide in guides() {
        let file = format!("guides/{}.toml", guide.id);
        fs::copy(Path::new(SAMPLE).join(&file), dir.path().join(&file)).unwrap();
    }
    let first = format!("guides/{}.toml", first_guide().id);
    fs::write(dir.path().join(first), text).unwrap();
    dir
}

#[test]
fn a_guide_too_long_for_one_page_is_named_and_nothing_is_written() {
    let step =
        format!("[[step]]\ntitle = \"Bước\"\nbody = \"{}\"\nview = \"home\"\n", "ạ ơ ".repeat(40));
    let head = "version = 1\nchecked-on = 2026-11-22\ntitle = \"Hướng dẫn dài\"\n";
    let configuration = with_first_guide(&format!("{head}{}", step.repeat(12)));
    let out = tempfile::tempdir().unwrap();
    let told = posters(out.path(), &["--config", configuration.path().to_str().unwrap()]);
    assert!(!told.status.success());
    let error = String::from_utf8(told.stderr).unwrap();
    let id = first_guide().id.to_string();
    for words in [id.as_str(), "“Hướng dẫn dài”", "Vui lòng viết ngắn lại"] {
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a file");
    fs::write(&file, "").unwrap();
    let told = posters(&file.join("below"), &[]);
    assert!(!told.status.success());
    let error = String::from_utf8(told.stderr).unwrap();
    assert!(error.contains("không tạo được thư mục"), "{error}");

    let first = file_of(dir.path(), &first_guide(), "a4");
    fs::write(&first, "earlier").unwrap();
    // A folder stands where the poster is drafted.
    let name = first.file_name().unwrap().to_str().unwrap();
    fs::create_dir(dir.path().join(format!(".{name}.part"))).unwrap();
    let told = posters(dir.path(), &[]);
    assert!(!told.status.success());
    let error = String::from_utf8(told.stderr).unwrap();
    assert!(error.contains("Chưa lưu được tệp"), "{error}");
    assert_eq!(fs::read(&first).unwrap(), b"earlier");
}
