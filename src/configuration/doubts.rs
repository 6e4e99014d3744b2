//! What a configuration says that the desk can work with, and that is probably not meant. `tiepdon check`
//! tells it with its place; nothing stops for it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::Datelike as _;
use toml::de::DeValue;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::{Configuration, Files, STATION_FILE, opened};
use crate::campaign::Campaign;
use crate::desk::Place;
use crate::event::{Moment, StationDay};
use crate::figures::Measure;
use crate::guide::{Guide, Language, Translation};
use crate::printable::is_unseen;
use crate::station::GuideId;
use crate::station::document::{Fault, Problem, Source, quote, rule};

/// A report so long after the end of a plan is a mistyped year.
const LONGEST_AFTERMATH_DAYS: i64 = 366;

/// Nothing that a plan or a guide of this program names was before.
const FIRST_YEAR: i32 = 2020;

/// Everything questionable in files that are sound.
pub(super) fn of_values(files: &Files, configuration: &Configuration) -> Vec<Problem> {
    let mut doubts = Vec::new();
    let guides = files.guides.iter().map(|(source, _)| source);
    let translations = files.translations.iter().map(|(_, source, _)| source);
    let campaigns = files.campaigns.iter().map(|(source, _)| source);
    let station = std::iter::once(&files.station);
    for source in station.chain(guides).chain(translations).chain(campaigns).flatten() {
        doubts.extend(source.look_at_values(of_any_value));
    }
    doubts.extend(of_station(files, configuration));
    doubts.extend(of_campaigns(files, configuration));
    doubts.extend(of_translations(files));
    doubts
}

/// What is wrong with a value wherever it stands.
fn of_any_value(keys: &[&str], value: &DeValue<'_>) -> Option<Fault> {
    if let Ok(text) = rule::string(value) {
        if keys.last() == Some(&"url") && leads_into_a_private_network(text) {
            let fix = "ghi địa chỉ mà điện thoại của bà con mở được";
            return Some(Fault::new("dẫn đến máy trong mạng riêng", fix));
        }
        let sign = text.chars().find(|sign| is_strange(*sign))?;
        let message = format!("có ký tự lạ {}, màn hình có thể hiện sai", named(sign));
        return Some(Fault::new(message, "xóa ký tự đó, gõ lại phần chữ"));
    }
    let day = rule::day(value).ok()?;
    let end = Moment { wall_ms: Moment::PLAUSIBLE_MS.end, ..Moment::NEVER }.station_day().0;
    let message = format!("là ngày {}, xa bất thường", day.format("%d/%m/%Y"));
    (day.year() < FIRST_YEAR || day > end).then(|| Fault::new(message, "xem lại năm"))
}

/// Signs that no Vietnamese, English or Khmer text of a screen needs: pictures, signs that turn the
/// direction of writing, signs that nobody sees. Khmer parts its words with invisible signs.
fn is_strange(sign: char) -> bool {
    const PARTS_KHMER: [char; 3] = ['\u{200b}', '\u{200c}', '\u{200d}'];
    const KNOWN: [char; 4] = ['°', '№', '©', '®'];
    let kind = sign.general_category();
    kind == GeneralCategory::OtherSymbol && !KNOWN.contains(&sign)
        || kind == GeneralCategory::EnclosingMark
        || is_unseen(sign) && !PARTS_KHMER.contains(&sign)
}

/// By its number: the sign itself may turn the line it is told in.
fn named(sign: char) -> String {
    format!("U+{:04X}", u32::from(sign))
}

/// An address of numbers, or a name that only a network of one's own knows.
fn leads_into_a_private_network(url: &str) -> bool {
    const OWN: [&str; 6] = ["local", "localhost", "lan", "internal", "home", "test"];
    let host = url.trim_start_matches("https://").split(['/', '?', '#']).next();
    let last = host.and_then(|host| host.rsplit('.').next()).unwrap_or_default();
    last.bytes().all(|byte| byte.is_ascii_digit()) || OWN.contains(&&*last.to_ascii_lowercase())
}

/// Names that stand twice, and a guide for installing VNeID that is not on offer.
fn of_station(files: &Files, configuration: &Configuration) -> Vec<Problem> {
    let Ok(source) = &files.station else { return Vec::new() };
    let default_guide = &configuration.station.default_guide;
    let offered: Vec<&GuideId> =
        configuration.guides.iter().map(|lesson| &lesson.guide.id).collect();
    let (mut active, mut guides) = (BTreeSet::new(), BTreeSet::from([default_guide.to_string()]));
    source.look_at_values(|keys, value| {
        let name = rule::string(value).ok()?;
        let twice = || Fault::new(format!("ghi {} hai lần", quote(name)), "bỏ bớt một chỗ");
        match keys {
            [.., "active"] => (!active.insert(name.to_owned())).then(twice),
            [.., "more-guides"] => (!guides.insert(name.to_owned())).then(twice),
            [.., "install-guide"] => {
                let is_offered = offered.iter().any(|id| id.as_str() == name);
                let message = format!("là {}, không có trong các bài đang dùng", quote(name));
                let fix = "thêm bài đó vào more-guides, hoặc sửa tên bài";
                (!is_offered).then(|| Fault::new(message, fix))
            }
            _ => None,
        }
    })
}

/// Days outside of the plan, and numbers by hand under a name of the machine's.
fn of_campaigns(files: &Files, configuration: &Configuration) -> Vec<Problem> {
    let sound = |file: &Path| {
        let id = file.file_stem()?.to_str()?;
        configuration.campaigns.iter().find(|(known, _)| known.as_str() == id)
    };
    let mut doubts = Vec::new();
    for (source, file) in &files.campaigns {
        let (Ok(source), Some((_, campaign))) = (source, sound(file)) else { continue };
        doubts.extend(source.look_at_values(|keys, value| of_campaign(campaign, keys, value)));
    }
    doubts
}

fn of_campaign(campaign: &Campaign, keys: &[&str], value: &DeValue<'_>) -> Option<Fault> {
    let days = campaign.days;
    match keys {
        ["target", "until"] => {
            let until = StationDay(rule::day(value).ok()?);
            let is_outside = !days.has(until);
            is_outside.then(|| Fault::new("ngoài thời gian của chiến dịch", "xem lại ngày này"))
        }
        ["report", "date"] => {
            let date = rule::day(value).ok()?;
            let late = (date - days.to.0).num_days() > LONGEST_AFTERMATH_DAYS;
            late.then(|| Fault::new("sau ngày kết thúc chiến dịch hơn một năm", "xem lại năm"))
        }
        ["target", "by-hand"] => {
            let name = rule::string(value).ok()?;
            let is_measure = Measure::all().any(|measure| measure.name() == name);
            let message = format!("{} là tên số liệu máy đếm", quote(name));
            let fix = "đặt tên khác; máy đếm được thì ghi measure";
            is_measure.then(|| Fault::new(message, fix))
        }
        _ => None,
    }
}

/// Translations that no patient reads: behind their guide, ahead of it, shorter, or of none.
fn of_translations(files: &Files) -> Vec<Problem> {
    let guides = guides_of(files);
    let mut doubts = Vec::new();
    for (_, source, file) in &files.translations {
        let has_guide = files.guides.iter().any(|(_, guide)| guide.file_name() == file.file_name());
        if !has_guide {
            let fault = Fault::new("không có bài hướng dẫn cùng tên", "đổi tên tệp, hoặc xóa tệp");
            doubts.push(Problem::of_file(file, fault));
            continue;
        }
        let Ok(source) = source else { continue };
        let id = file.file_stem().and_then(OsStr::to_str);
        let guide = guides.iter().find(|guide| Some(guide.id.as_str()) == id);
        let (Ok(words), Some(guide)) = (Translation::read(source), guide) else { continue };
        doubts.extend(of_translation(source, &words, guide));
    }
    doubts
}

/// The guides that are sound.
fn guides_of(files: &Files) -> Vec<Guide> {
    let read = |(source, file): &(Result<Source, Problem>, PathBuf)| {
        let id = file.file_stem()?.to_str()?.parse().ok()?;
        Guide::read(id, opened(source).ok()?).ok()
    };
    files.guides.iter().filter_map(read).collect()
}

fn of_translation(source: &Source, words: &Translation, guide: &Guide) -> Vec<Problem> {
    if words.of_version != guide.version {
        return source.look_at_values(|keys, _| {
            let message =
                format!("là {}, bài hướng dẫn nay là bản {}", words.of_version, guide.version);
            let fix = "dịch lại theo bản mới rồi ghi số bản; đến lúc đó bà con đọc tiếng Việt";
            (keys == ["of-version"]).then(|| Fault::new(message, fix))
        });
    }
    if words.steps.len() == guide.steps.len() {
        return Vec::new();
    }
    let (here, there) = (words.steps.len(), guide.steps.len());
    let message = format!("bản dịch có {here} bước, bài hướng dẫn có {there} bước");
    let fix = "dịch cho đủ bước; đến lúc đó bà con đọc tiếng Việt";
    vec![Problem::of_file(source.file(), Fault::new(message, fix))]
}

/// Files and folders beside the others whose names nobody asks for.
pub(super) fn of_strays(dir: &Path, files: &Files) -> Vec<Problem> {
    let mut doubts = Vec::new();
    let guides = dir.join("guides");
    for folder in [dir.to_owned(), guides.clone(), dir.join("campaigns")] {
        for entry in entries(&folder) {
            doubts.extend(of_name(&folder, &entry));
        }
    }
    for folder in entries(&guides).into_iter().filter(|entry| entry.is_dir()) {
        let is_known = name(&folder).is_some_and(|code| Language::of_code(code).is_some());
        if is_known {
            doubts.extend(entries(&folder).iter().filter_map(|entry| of_name(&folder, entry)));
        } else {
            let fault = Fault::new("không có ngôn ngữ này", format!("dùng một trong: {}", codes()));
            doubts.push(Problem::of_file(folder, fault));
        }
    }
    doubts.extend(of_sounds(&dir.join("audio"), &guides_of(files)));
    doubts
}

/// A settings file that the system or a browser has renamed, or a folder in its place.
fn of_name(folder: &Path, entry: &Path) -> Option<Problem> {
    let name = name(entry)?;
    let lower = name.to_lowercase();
    let fault = if name.starts_with('.') || name.ends_with('~') {
        return None;
    } else if lower.ends_with(".toml") && entry.is_dir() {
        Fault::new("là thư mục, không phải tệp", "xóa thư mục, chép tệp vào đây")
    } else if lower.ends_with(".toml.txt") {
        Fault::new("tên có thêm đuôi .txt nên không được đọc", "đổi tên, bỏ đuôi .txt")
    } else if lower == STATION_FILE && name != STATION_FILE {
        Fault::new("tên có chữ hoa nên không được đọc", format!("đổi tên thành {STATION_FILE}"))
    } else {
        return None;
    };
    Some(Problem::of_file(folder.join(name), fault))
}

/// Sounds that are never played.
fn of_sounds(audio: &Path, guides: &[Guide]) -> Vec<Problem> {
    let mut doubts = Vec::new();
    for folder in entries(audio).into_iter().filter(|entry| entry.is_dir()) {
        if name(&folder).is_none_or(|code| Language::of_code(code).is_none()) {
            let fault = Fault::new("không có ngôn ngữ này", format!("dùng một trong: {}", codes()));
            doubts.push(Problem::of_file(folder, fault));
            continue;
        }
        for sound in entries(&folder) {
            doubts.extend(of_sound(&sound, guides).map(|fault| Problem::of_file(sound, fault)));
        }
    }
    doubts
}

fn of_sound(sound: &Path, guides: &[Guide]) -> Option<Fault> {
    let name = name(sound)?;
    let screen = name.strip_suffix(".wav");
    if name.starts_with('.') {
        None
    } else if screen.is_none_or(|screen| !is_screen(screen, guides)) {
        let names = Place::NAMES.join(", ");
        let fix = format!("đặt tên .wav theo: {names}, guide-tên bài-số bước");
        Some(Fault::new("không phải tên một màn hình", fix))
    } else {
        let fault = || Fault::new("không phải tệp âm thanh WAV", "lưu lại dạng WAV (PCM)");
        (!is_wave(sound)).then(fault)
    }
}

/// Each step of a guide is a screen of its own.
fn is_screen(name: &str, guides: &[Guide]) -> bool {
    let is_step = |guide: &Guide| {
        let steps = 1..=guide.steps.len();
        steps.map(|step| format!("guide-{}-{step}", guide.id)).any(|screen| screen == name)
    };
    Place::NAMES.contains(&name) || guides.iter().any(is_step)
}

fn is_wave(sound: &Path) -> bool {
    let mut head = [0; 12];
    let is_file = fs::metadata(sound).is_ok_and(|about| about.is_file());
    let read = is_file && File::open(sound).and_then(|mut file| file.read_exact(&mut head)).is_ok();
    read && head.starts_with(b"RIFF") && head.ends_with(b"WAVE")
}

fn codes() -> String {
    Language::ALL.map(Language::code).join(", ")
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// What is in a folder, in the order of names; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = found.map(|entry| entry.path()).collect();
    found.sort();
    found
}
