//! Every screen in every state, laid out with the real fonts at the four sizes of the field, in every
//! language and look: nothing leaves the window, no word leaves its button, every target is as large
//! as a finger.

mod calls;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, init_no_event_loop};

use super::{exhibits, hall_exhibits, staff_exhibits};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::desk::{Look, Offer};
use crate::guide::Language;
use crate::screen::Screen;

/// Pixels across and down, and pixels per millimetre: 15.6 inch, 10.1 inch, 7 inch, and the
/// portrait panel of the Pi.
const DISPLAYS: [(u32, u32, f32); 4] =
    [(1920, 1080, 5.6), (1280, 800, 5.9), (800, 480, 5.2), (720, 1280, 8.2)];

/// Below this the display is a small one, where 15 mm must do.
const SMALL_MM: f32 = 110.0;

/// 07:42 in Vietnam on 24 November 2026.
const MORNING_MS: i64 = 1_795_480_920_000;

/// Where an element stands, in pixels.
#[derive(Clone, Copy)]
struct Box {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Box {
    fn of(element: &ElementHandle) -> Self {
        let (place, size) = (element.absolute_position(), element.size());
        Self {
            left: place.x,
            top: place.y,
            right: place.x + size.width,
            bottom: place.y + size.height,
        }
    }

    /// Rounding to whole pixels moves an edge by less than one.
    fn holds(&self, other: &Self) -> bool {
        other.left >= self.left - 1.0
            && other.top >= self.top - 1.0
            && other.right <= self.right + 1.0
            && other.bottom <= self.bottom + 1.0
    }

    fn told(&self) -> String {
        format!("{:.0}–{:.0} × {:.0}–{:.0}", self.left, self.right, self.top, self.bottom)
    }
}

/// Everything wrong with the screens of one display in one look.
fn faults(display: (u32, u32, f32), look: Look) -> Vec<String> {
    let (width, height, px_per_mm) = display;
    init_no_event_loop();
    let mut configuration = Configuration::embedded().unwrap();
    configuration.station.px_per_mm = px_per_mm;
    let offer = Offer::from(&configuration.guides);
    let timing = configuration.station.timing;
    let origin = configuration.station.origin.clone();
    let screen = Screen::open(&configuration.station, configuration.guides).unwrap();
    screen.show_window(Some((width, height))).unwrap();
    let morning = Clock::simulated(MORNING_MS, 1).now();
    screen.show_clock(&morning);
    screen.show_today(52, 37);
    let window = Box { left: 0.0, top: 0.0, right: width as f32, bottom: height as f32 };
    let is_small = width.min(height) as f32 / px_per_mm < SMALL_MM;
    let least_target = if is_small { 15.0 } else { 20.0 } * px_per_mm - 1.0;

    let mut faults = Vec::new();
    let mut all = exhibits(&timing, &offer, look, morning);
    if look == Look::default() {
        all.extend(staff_exhibits(&origin, morning));
        all.extend(hall_exhibits());
    }
    for exhibit in all {
        exhibit.show_on(&screen);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
        let mut fault = |what: String| faults.push(format!("{}: {what}", exhibit.name));
        for text in texts(ElementQuery::from_root(screen.window())) {
            let place = Box::of(&text);
            if !window.holds(&place) {
                fault(format!("{} is cut off at {}", said(&text), place.told()));
            }
        }
        let buttons = ElementQuery::from_root(screen.window())
            .match_accessible_role(AccessibleRole::Button)
            .find_all();
        for button in buttons {
            let place = Box::of(&button);
            let label = button.accessible_label().unwrap_or_default();
            if !window.holds(&place) {
                fault(format!("the button {label:?} leaves the window at {}", place.told()));
            }
            let side = (place.right - place.left).min(place.bottom - place.top);
            if side < least_target {
                let mm = side / px_per_mm;
                fault(format!("the button {label:?} is {mm:.1} mm"));
            }
            for text in texts(button.query_descendants()) {
                let inside = Box::of(&text);
                let needed = text.accessible_value().and_then(|it| it.parse::<f32>().ok());
                if needed.is_some_and(|needed| needed > inside.bottom - inside.top + 1.0) {
                    fault(format!("the words of {label:?} need {needed:?} px: {}", inside.told()));
                }
                if !place.holds(&inside) {
                    let (text, words) = (said(&text), inside.told());
                    fault(format!("{text} of {label:?} at {words} leaves {}", place.told()));
                }
            }
        }
    }
    faults
}

fn texts(query: ElementQuery) -> Vec<ElementHandle> {
    query.match_inherits("Text").find_all()
}

fn said(text: &ElementHandle) -> String {
    let label = text.accessible_label().unwrap_or_default();
    if label.is_empty() { "a text".to_owned() } else { format!("{label:?}") }
}

/// A thread for each display: the testing back end has one window system a thread.
fn assert_faultless(look: Look) {
    let found: Vec<String> = DISPLAYS
        .map(|display| std::thread::spawn(move || (display, faults(display, look))))
        .into_iter()
        .flat_map(|thread| {
            let ((width, height, _), faults) = thread.join().unwrap();
            faults.into_iter().map(move |fault| format!("{width}×{height} {fault}"))
        })
        .collect();
    assert!(found.is_empty(), "{} faults in {look:?}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn nothing_is_cut_off_in_vietnamese() {
    assert_faultless(Look::default());
}

#[test]
fn nothing_is_cut_off_in_english() {
    assert_faultless(Look { language: Language::English, ..Look::default() });
}

#[test]
fn nothing_is_cut_off_in_khmer() {
    assert_faultless(Look { language: Language::Khmer, ..Look::default() });
}

#[test]
fn nothing_is_cut_off_in_large_letters() {
    assert_faultless(Look { large: true, ..Look::default() });
}

#[test]
fn nothing_is_cut_off_where_everything_is_lower() {
    assert_faultless(Look { low: true, contrast: true, ..Look::default() });
}
