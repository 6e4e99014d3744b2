//! The words of the screens: all there in every language, with their placeholders, and every letter
//! in the embedded fonts. And the colours they are written in.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test says what broke by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ttf_parser::Face;
use unicode_normalization::is_nfc;

const LANGUAGES: [&str; 2] = ["en", "km"];

/// Context, which may be empty, and text.
type Message = (String, String);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path, ending) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|it| it == ending))
        .collect();
    found.sort();
    found
}

/// A quoted string at the beginning of `text`, as it stands in the file, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = inside.char_indices().find_map(|(at, sign)| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends.then_some(at)
    })?;
    Some((inside[..end].to_owned(), &inside[end + 1..]))
}

/// Every `@tr("…")` and `@tr("context" => "…")` of the pages.
fn messages_of_the_screens() -> BTreeSet<Message> {
    let mut messages = BTreeSet::new();
    for file in files(&root().join("ui"), "slint") {
        let text = fs::read_to_string(&file).unwrap();
        for call in text.split("@tr(").skip(1) {
            let (first, rest) = quoted(call).unwrap_or_else(|| panic!("{}", file.display()));
            let message = match rest.trim_start().strip_prefix("=>").and_then(quoted) {
                Some((second, _)) => (first, second),
                None => (String::new(), first),
            };
            messages.insert(message);
        }
    }
    assert!(messages.len() > 150, "{} messages", messages.len());
    messages
}

/// The entries of a `.po` file: one line a string, as our files are written.
fn translations(language: &str) -> BTreeMap<Message, String> {
    let file = root().join(format!("ui/translations/{language}/LC_MESSAGES/tiepdon-ui.po"));
    let text = fs::read_to_string(file).unwrap();
    let mut entries = BTreeMap::new();
    for entry in text.split("\n\n") {
        assert!(!entry.contains("fuzzy"), "{language}: a fuzzy entry is not shown: {entry}");
        let field = |name: &str| {
            let line = entry.lines().find_map(|line| line.strip_prefix(name))?;
            quoted(line).map(|(text, _)| text)
        };
        if let Some(text) = field("msgid ").filter(|text| !text.is_empty()) {
            let context = field("msgctxt ").unwrap_or_default();
            let twin = entries.insert((context, text.clone()), field("msgstr ").unwrap());
            assert_eq!(twin, None, "{language}: {text:?} twice");
        }
    }
    entries
}

/// `{}`, `{0}` and so on, in order.
fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(inside, _)| inside.to_owned()))
        .collect();
    found.sort();
    found
}

#[test]
fn no_word_of_the_screens_is_missing_in_any_language() {
    let screens = messages_of_the_screens();
    for language in LANGUAGES {
        let there = translations(language);
        let known: BTreeSet<&Message> = there.keys().collect();
        let missing: Vec<_> = screens.iter().filter(|message| !known.contains(message)).collect();
        let unused: Vec<_> =
            known.into_iter().filter(|message| !screens.contains(message)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:#?}");
        assert!(unused.is_empty(), "{language} has words no screen says: {unused:#?}");
        for ((_, text), words) in &there {
            assert!(!words.trim().is_empty(), "{language}: {text:?} is empty");
            assert_eq!(placeholders(words), placeholders(text), "{language}: {text:?}");
        }
    }
}

#[test]
fn nobody_takes_the_khmer_for_reviewed() {
    let file = root().join("ui/translations/km/LC_MESSAGES/tiepdon-ui.po");
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains("# needs review"));
}

/// Everything people may read, in every language.
fn all_words() -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for (_, text) in messages_of_the_screens() {
        words.insert(format!("vi: {text}"), text);
    }
    for language in LANGUAGES {
        for ((_, text), translated) in translations(language) {
            words.insert(format!("{language}: {text}"), translated);
        }
    }
    for file in files(&root().join("kiosk-config"), "toml") {
        let text = fs::read_to_string(&file).unwrap();
        let values: String =
            text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        words.insert(file.display().to_string(), values);
    }
    words
}

#[test]
fn every_letter_is_in_the_embedded_fonts_and_written_in_one_piece() {
    let fonts = files(&root().join("ui/fonts"), "ttf");
    for weight in ["Regular", "Bold"] {
        let bytes: Vec<Vec<u8>> = fonts
            .iter()
            .filter(|path| path.to_str().unwrap().ends_with(&format!("{weight}.ttf")))
            .map(|path| fs::read(path).unwrap())
            .collect();
        let faces: Vec<Face<'_>> = bytes.iter().map(|it| Face::parse(it, 0).unwrap()).collect();
        assert_eq!(faces.len(), 2, "Latin and Khmer in {weight}");
        for (place, words) in all_words() {
            assert!(is_nfc(&words), "{place}");
            // The pages write a line break as \n, and the software draws none for it.
            for letter in words.replace("\\n", " ").chars().filter(|letter| !letter.is_control()) {
                let drawn = faces.iter().any(|face| face.glyph_index(letter).is_some());
                assert!(drawn, "{weight} has no {letter:?} (U+{:04X}): {place}", letter as u32);
            }
        }
    }
}

/// A colour of the theme: without and with more contrast.
fn colours() -> BTreeMap<String, [[u8; 3]; 2]> {
    let theme = fs::read_to_string(root().join("ui/theme.slint")).unwrap();
    let mut colours = BTreeMap::new();
    for line in theme.lines() {
        let Some((name, value)) =
            line.trim().strip_prefix("out property <color> ").and_then(|rest| rest.split_once(':'))
        else {
            continue;
        };
        let hex = |at: usize| u8::from_str_radix(value_at(value, at), 16).unwrap();
        let found: Vec<usize> = value.match_indices('#').map(|(at, _)| at + 1).collect();
        let colour = |start: usize| [hex(start), hex(start + 2), hex(start + 4)];
        let usual = *found.last().unwrap();
        colours.insert(name.to_owned(), [colour(usual), colour(found[0])]);
    }
    assert!(colours.len() > 12, "{colours:?}");
    colours
}

fn value_at(value: &str, at: usize) -> &str {
    &value[at..at + 2]
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_pair_of_text_and_ground_is_at_least_seven_to_one() {
    let colours = colours();
    let pairs = [
        ("ink", "paper"),
        ("ink", "card"),
        ("ink", "stone"),
        ("ink", "amber"),
        ("ink", "amber-pressed"),
        ("ink", "amber-pale"),
        ("ink", "jade-pale"),
        ("soft", "paper"),
        ("soft", "card"),
        ("soft", "stone"),
        ("jade", "paper"),
        ("jade", "card"),
        ("jade", "jade-pale"),
        ("card", "jade"),
        ("card", "jade-pressed"),
        ("card", "blue"),
        ("card", "blue-pressed"),
        ("blue", "blue-pale"),
        ("card", "red"),
    ];
    for (look, index) in [("usual", 0), ("more contrast", 1)] {
        for (text, ground) in pairs {
            let ratio = contrast(colours[text][index], colours[ground][index]);
            assert!(ratio >= 7.0, "{text} on {ground} is {ratio:.2}:1 in the {look} look");
        }
    }
}

/// Where words may end in "…", and why: everywhere else long ones are broken into lines.
const MAY_BE_SHORTENED: [(&str, &str); 1] = [
    // A line of the day's list has room for one line of notes; touched, it tells all of them.
    ("ui/staff/arrivals.slint", "root.visit.notes"),
];

#[test]
fn no_words_end_in_dots_but_where_a_touch_tells_the_rest() {
    let mut found = Vec::new();
    for path in files(&root().join("ui"), "slint") {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.contains("elide")) {
            // The text stands a few lines above, in the same element.
            let element = lines[at.saturating_sub(8)..at].join("\n");
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let is_known = MAY_BE_SHORTENED
                .iter()
                .any(|(file, words)| *file == name && element.contains(words));
            if !is_known {
                found.push(format!("{name}:{}", at + 1));
            }
        }
    }
    assert!(found.is_empty(), "words may be shortened at {}", found.join(", "));
}
