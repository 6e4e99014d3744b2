//! The band of a call on every page at every size: it is there, it can be touched, and nothing that a
//! finger may be on moves when it comes, changes or goes.

use std::collections::BTreeMap;

use super::*;
use crate::call::{Shown, Standing};

const BAND: [&str; 2] = ["Nhân viên: tôi đến", "Nhân viên: giúp xong"];

fn targets(screen: &Screen) -> BTreeMap<String, String> {
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
    let things = things(screen.window());
    let buttons = things.iter().filter(|thing| thing.is_button());
    buttons.map(|button| (button.label.clone(), button.area.told())).collect()
}

fn faults((width, height, px_per_mm): (u32, u32, f32)) -> Vec<String> {
    init_no_event_loop();
    let mut configuration = Configuration::embedded().unwrap();
    configuration.station.px_per_mm = Some(px_per_mm);
    let offer = Offer::from(&configuration.guides);
    let timing = configuration.station.timing;
    let origin = configuration.station.origin.clone();
    let screen = Screen::open(&configuration.station, configuration.guides).unwrap();
    screen.show_window(Some((width, height))).unwrap();
    let morning = Clock::simulated(MORNING_MS, 1).now();
    let window = Area { left: 0.0, top: 0.0, right: width as f32, bottom: height as f32 };
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
            let things = things(screen.window());
            let bands: Vec<&Thing> = things
                .iter()
                .filter(|thing| thing.is_button() && BAND.contains(&thing.label.as_str()))
                .collect();
            let [button] = &bands[..] else {
                fault("there is no band, or more than one".to_owned());
                continue;
            };
            let area = button.area;
            if !window.holds(&area) || area.width().min(area.height()) < least {
                fault(format!("the band is touched at {}", area.told()));
            }
            for thing in &things {
                if let What::Words(words) = &thing.what
                    && !window.holds(&words.letters)
                {
                    fault(format!("{:?} is cut off at {}", words.text, words.letters.told()));
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
    let found: Vec<String> = DISPLAYS
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
