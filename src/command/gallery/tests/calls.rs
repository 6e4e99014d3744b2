//! The band of a call on every page at every size: it is there, it can be touched, and nothing that a
//! finger may be on moves when it comes, changes or goes.

use std::collections::BTreeMap;

use super::*;
use crate::call::{Shown, Standing};

/// All sizes of the field, pixels across and down, and pixels per millimetre.
const SIZES: [(u32, u32, f32); 10] = [
    (1920, 1080, 5.6),
    (1366, 768, 4.0),
    (1280, 800, 5.9),
    (1024, 768, 4.0),
    (1024, 600, 5.0),
    (800, 600, 4.6),
    (800, 480, 5.2),
    (480, 800, 5.2),
    (720, 1280, 8.2),
    (1080, 1920, 5.6),
];

const BAND: [&str; 2] = ["Nhân viên: tôi đến", "Nhân viên: giúp xong"];

fn targets(screen: &Screen) -> BTreeMap<String, String> {
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
    let buttons = ElementQuery::from_root(screen.window())
        .match_accessible_role(AccessibleRole::Button)
        .find_all();
    let place = |button: ElementHandle| {
        let label = button.accessible_label().unwrap_or_default();
        (label.to_string(), Box::of(&button).told())
    };
    buttons.into_iter().map(place).collect()
}

fn faults((width, height, px_per_mm): (u32, u32, f32)) -> Vec<String> {
    init_no_event_loop();
    let mut configuration = Configuration::embedded().unwrap();
    configuration.station.px_per_mm = px_per_mm;
    let offer = Offer::from(&configuration.guides);
    let timing = configuration.station.timing;
    let origin = configuration.station.origin.clone();
    let screen = Screen::open(&configuration.station, configuration.guides).unwrap();
    screen.show_window(Some((width, height))).unwrap();
    let morning = Clock::simulated(MORNING_MS, 1).now();
    let window = Box { left: 0.0, top: 0.0, right: width as f32, bottom: height as f32 };
    let is_small = width.min(height) as f32 / px_per_mm < SMALL_MM;
    let least = if is_small { 15.0 } else { 20.0 } * px_per_mm - 1.0;
    let mut faults = Vec::new();
    let mut all = exhibits(&timing, &offer, Look::default(), morning);
    all.extend(exhibits(&timing, &offer, Look { low: true, ..Look::default() }, morning));
    all.extend(staff_exhibits(&origin, morning));
    for exhibit in all {
        exhibit.show_on(&screen);
        screen.show_call(Shown::default());
        let before = targets(&screen);
        for band in [Standing::Ringing, Standing::StillRinging, Standing::Coming] {
            let mut fault =
                |what: String| faults.push(format!("{} {band:?}: {what}", exhibit.name));
            screen.show_call(Shown { band, callers: 12, patient: Standing::None });
            let mut during = targets(&screen);
            during.retain(|label, _| !BAND.contains(&label.as_str()));
            if during != before {
                fault(format!("{during:?} instead of {before:?}"));
            }
            let buttons = ElementQuery::from_root(screen.window())
                .match_accessible_role(AccessibleRole::Button)
                .match_predicate(|it| {
                    it.accessible_label().is_some_and(|label| BAND.contains(&label.as_str()))
                });
            let [button] = &buttons.find_all()[..] else {
                fault("there is no band, or more than one".to_owned());
                continue;
            };
            let place = Box::of(button);
            let side = (place.right - place.left).min(place.bottom - place.top);
            if !window.holds(&place) || side < least {
                fault(format!("the band is touched at {}", place.told()));
            }
            for text in texts(ElementQuery::from_root(screen.window())) {
                let (words, inside) = (said(&text), Box::of(&text));
                if !window.holds(&inside) {
                    fault(format!("{words} is cut off at {}", inside.told()));
                }
            }
        }
        screen.show_call(Shown::default());
        if targets(&screen) != before {
            faults.push(format!("{}: something has moved since", exhibit.name));
        }
    }
    faults
}

#[test]
fn nothing_moves_under_a_finger_when_a_call_comes_or_goes_at_any_size() {
    let found: Vec<String> = SIZES
        .map(|size| std::thread::spawn(move || (size, faults(size))))
        .into_iter()
        .flat_map(|thread| {
            let ((width, height, _), faults) = thread.join().unwrap();
            faults.into_iter().map(move |fault| format!("{width}×{height} {fault}"))
        })
        .collect();
    let some: Vec<&str> = found.iter().take(20).map(String::as_str).collect();
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), some.join("\n"));
}
