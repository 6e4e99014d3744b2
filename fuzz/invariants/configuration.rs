//! What holds of every file, whatever its bytes: it is a sound configuration, or every mistake is
//! told in one line, with a place that is in the file and with what to do.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tiepdon::campaign::{Campaign, History, deadlines};
use tiepdon::guide::{Guide, Translation, draw};
use tiepdon::station::document::{Problem, Problems, Source};
use tiepdon::station::{CampaignId, GuideId, Station};

pub(crate) fn check(bytes: &[u8]) {
    let file = Path::new("station.toml");
    let text = String::from_utf8_lossy(bytes);
    match Source::from_bytes(file, bytes.to_vec()) {
        Ok(source) => {
            check_station(&source, &text);
            check_guide(&source, &text);
            check_campaign(&source, &text);
            check_translation(&source, &text);
        }
        Err(problem) => check_problems(&Problems::from_iter([problem]), &text),
    }
}

fn check_station(source: &Source, text: &str) {
    let guides = BTreeSet::from([guide_id()]);
    let campaigns = BTreeSet::from([campaign_id()]);
    let station = match Station::read(source, &guides, &campaigns) {
        Ok(station) => station,
        Err(problems) => return check_problems(&problems, text),
    };
    for (name, longest) in [
        (&station.name, 50),
        (&station.commune, 40),
        (&station.province, 40),
        (&station.point_name, 40),
    ] {
        check_words(name, longest);
    }
    assert!(station.px_per_mm.is_none_or(|px_per_mm| (2.0..=16.0).contains(&px_per_mm)));
    assert!((50..=500).contains(&station.reader.gap.as_millis()));
    let (timing, react) = (station.timing, Duration::from_secs(10));
    assert!(timing.idle_warning + react <= timing.idle_wipe);
    assert!(timing.guide_warning + react <= timing.guide_wipe);
    assert!(guides.contains(&station.default_guide));
    assert!(station.more_guides.iter().all(|guide| guides.contains(guide)));
    assert!(station.install_guide.iter().all(|guide| guides.contains(guide)));
    assert!(station.campaigns.iter().all(|campaign| campaigns.contains(campaign)));
    assert_eq!(Station::read(&saved_by_windows(text), &guides, &campaigns), Ok(station));
}

fn check_campaign(source: &Source, text: &str) {
    let guides = BTreeSet::from([guide_id()]);
    let campaign = match Campaign::read(campaign_id(), source, &guides) {
        Ok(campaign) => campaign,
        Err(problems) => return check_problems(&problems, text),
    };
    assert!(campaign.days.count() > 0 && !campaign.targets.is_empty());
    assert!(campaign.phases.iter().all(|phase| campaign.days.has(phase.days.from)));
    let now = campaign.days.from.0.and_time(chrono::NaiveTime::MIN);
    let due = deadlines(&campaign, now, History::default());
    assert!(due.iter().all(|it| it.days.count() > 0 && it.due.date() > it.days.to.0));
    assert_eq!(Campaign::read(campaign_id(), &saved_by_windows(text), &guides), Ok(campaign));
}

fn check_guide(source: &Source, text: &str) {
    let guide = match Guide::read(guide_id(), source) {
        Ok(guide) => guide,
        Err(problems) => return check_problems(&problems, text),
    };
    check_words(&guide.title, 40);
    assert!((1..=9999).contains(&guide.version) && (1..=12).contains(&guide.steps.len()));
    for step in &guide.steps {
        check_words(&step.title, 40);
        check_words(&step.body, 160);
        if let Some(touch) = &step.touch {
            check_words(touch, 45);
        }
    }
    if let Some(video) = &guide.video {
        check_words(&video.label, 40);
        check_words(&video.address, 40);
        // Beside a step it has a third of the height of a full HD screen.
        assert!(draw(video.url.as_str(), 5.6, 360).is_ok(), "a link that cannot be shown");
    }
    assert_eq!(Guide::read(guide_id(), &saved_by_windows(text)), Ok(guide));
}

fn check_translation(source: &Source, text: &str) {
    let words = match Translation::read(source) {
        Ok(words) => words,
        Err(problems) => return check_problems(&problems, text),
    };
    check_words(&words.title, 80);
    for step in &words.steps {
        check_words(&step.title, 80);
        check_words(&step.body, 320);
    }
    assert_eq!(Translation::read(&saved_by_windows(text)), Ok(words));
}

fn guide_id() -> GuideId {
    "tich-hop-bhyt".parse().unwrap()
}

fn campaign_id() -> CampaignId {
    "tri-ton-2026".parse().unwrap()
}

/// The same text with a byte order mark and CRLF, as editors on Windows save it.
fn saved_by_windows(text: &str) -> Source {
    let lines = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\n', "\r\n");
    Source::new("station.toml", format!("\u{feff}{lines}"))
}

/// Words that a screen can show on its line.
fn check_words(words: &str, longest: usize) {
    assert!(!words.is_empty() && words == words.trim());
    assert!(words.chars().count() <= longest && !words.contains(char::is_control));
}

fn check_problems(problems: &Problems, text: &str) {
    assert!(problems.iter().next().is_some(), "refused without a reason");
    assert!(problems.iter().is_sorted_by_key(|problem| (problem.line, problem.column)));
    let visible = |line: &str| line.trim_start_matches('\u{feff}').chars().count();
    let lengths: Vec<usize> = text.split('\n').map(visible).collect();
    for problem in problems.iter() {
        check_problem(problem, &lengths);
    }
}

/// `lengths` are those of the file's lines, in characters.
fn check_problem(problem: &Problem, lengths: &[usize]) {
    let Problem { line, column, message, fix, .. } = problem;
    let length = line.checked_sub(1).and_then(|before| lengths.get(before));
    // One beyond the last character is where something is missing.
    let inside = length.is_some_and(|length| (1..=length + 1).contains(column));
    assert!(inside, "{line}:{column} is not in the file");
    for words in [message, fix] {
        assert!(!words.trim().is_empty(), "{line}:{column}: nothing is told");
        assert!(!words.contains(char::is_control), "{line}:{column}: not on one line");
    }
    assert!(problem.to_string().starts_with(&format!("station.toml:{line}:{column}: ")));
}
