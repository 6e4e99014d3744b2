//! The whole graph of screens, walked from the idle one by everything a person can press.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;

/// What a person can do, and how it is told.
const WAYS: [(&str, Act); 19] = [
    ("scan", |play| {
        play.scan(BUOI).arrived(1, None);
    }),
    ("no card", |play| {
        play.press(Press::ContinueWithoutScan);
        if play.state.place == Place::Choosing {
            play.arrived(1, None);
        }
    }),
    ("bad scan", |play| {
        play.scan(b"???");
    }),
    ("card's number", |play| {
        play.scan(CARD);
    }),
    ("1", |play| answer(play, 1)),
    ("2", |play| answer(play, 2)),
    ("3", |play| answer(play, 3)),
    ("4", |play| answer(play, 4)),
    ("5", |play| answer(play, 5)),
    ("6", |play| answer(play, 6)),
    ("7", |play| answer(play, 7)),
    ("8", |play| answer(play, 8)),
    ("next", |play| {
        play.press(Press::NextStep).answered();
    }),
    ("back", |play| {
        play.press(Press::Back);
    }),
    ("finish", |play| {
        play.press(Press::Finish).answered();
    }),
    ("check number", |play| {
        play.press(Press::CheckNumber);
    }),
    ("send failed", |play| {
        play.press(Press::SendFailed);
    }),
    ("notice", |play| {
        play.press(Press::ShowNotice);
    }),
    ("display", |play| {
        play.press(Press::ShowDisplay);
    }),
];

fn answer(play: &mut Play, number: u8) {
    play.press(Press::Answer(number)).answered();
}

/// What tells one screen from another.
fn key(play: &Play) -> String {
    let session = play.state.session.as_ref();
    let number = session.map(|session| session.card_number.signs().len());
    format!("{:?} {number:?} {:?}", play.state.place, session.map(|it| it.sends.made))
}

fn replay(path: &[usize]) -> Play {
    let mut play = Play::begin();
    for way in path {
        (WAYS[*way].1)(&mut play);
    }
    play
}

/// Every screen that can be reached, with a shortest way to it.
fn screens() -> BTreeMap<String, Vec<usize>> {
    let mut found = BTreeMap::from([(key(&Play::begin()), Vec::new())]);
    let mut open = VecDeque::from([Vec::new()]);
    while let Some(path) = open.pop_front() {
        for way in 0..WAYS.len() {
            let mut longer = path.clone();
            longer.push(way);
            let key = key(&replay(&longer));
            if let Entry::Vacant(new) = found.entry(key) {
                new.insert(longer.clone());
                open.push_back(longer);
            }
        }
    }
    found
}

fn told(path: &[usize]) -> Vec<&'static str> {
    path.iter().map(|way| WAYS[*way].0).collect()
}

/// Touches from here to "Đã ghi nhận" or the idle screen, start over not counted among them.
fn touches_to_an_end(path: &[usize]) -> Option<usize> {
    let mut open = VecDeque::from([path.to_vec()]);
    while let Some(longer) = open.pop_front() {
        if matches!(replay(&longer).name(), "done" | "idle") {
            return Some(longer.len() - path.len());
        }
        if longer.len() < path.len() + 3 {
            open.extend((4..WAYS.len()).map(|way| {
                let mut next = longer.clone();
                next.push(way);
                next
            }));
        }
    }
    None
}

#[test]
fn every_screen_has_a_way_back_a_human_and_an_end_within_three_touches() {
    let screens = screens();
    let names: BTreeSet<_> = screens.values().map(|path| replay(path).name()).collect();
    // Saving ends by itself here, and a journal that fails has tests of its own.
    assert_eq!(names.len(), 15, "{names:?}");
    for path in screens.values() {
        let at = told(path);
        let here = replay(path).name();

        let mut over = replay(path);
        over.press(Press::StartOver);
        assert_eq!(over.name(), "idle", "start over after {at:?}");

        let mut calls = replay(path);
        calls.press(Press::CallStaff);
        assert_eq!(calls.name(), here, "calling staff takes nobody away after {at:?}");
        assert_eq!(calls.calls.len(), 1, "after {at:?}");

        let mut back = replay(path);
        back.press(Press::Back);
        let ends = matches!(here, "idle" | "done");
        assert!(ends || key(&back) != key(&replay(path)), "no way back after {at:?}");

        let touches = touches_to_an_end(path);
        assert!(touches.is_some_and(|touches| touches <= 2), "{touches:?} after {at:?}");

        let mut waits = replay(path);
        for _ in 0..200 {
            if waits.wake.is_none() {
                break;
            }
            waits.wait();
        }
        assert_eq!((waits.name(), waits.wake), ("idle", None), "waiting after {at:?}");
    }
}

#[test]
fn done_is_at_most_three_touches_away_whatever_is_chosen() {
    for (choice, used, most) in
        [("1", RecordUsed::Vneid, 1), ("2", RecordUsed::Paper, 2), ("3", RecordUsed::Neither, 3)]
    {
        let scan = 0;
        let choice = WAYS.iter().position(|(name, _)| *name == choice).unwrap();
        let rest = touches_to_an_end(&[scan, choice]).unwrap();
        let touches = 1 + rest;
        assert!(touches <= most, "{used:?} takes {touches} touches");
    }
}
