//! Every screen in every state, laid out with the real fonts on the displays of the field, in every
//! language and look: nothing leaves the window, no word leaves its button or is shortened, no drawing
//! leaves its tile, nothing lies over anything else, every target is as large as a finger.

mod calls;
mod drawn;

use std::sync::Mutex;

use i_slint_backend_testing::init_no_event_loop;

use self::drawn::{Area, Thing, What, Words, things};
use super::{Exhibit, exhibits, hall_exhibits, staff_exhibits};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::desk::{Look, Offer};
use crate::event::Moment;
use crate::guide::Language;
use crate::screen::Screen;

/// Pixels across and down, and pixels per millimetre of the panel that usually has them.
const DISPLAYS: [(u32, u32, f32); 10] = [
    // 15.6 inch, lying and standing.
    (1920, 1080, 5.6),
    (1080, 1920, 5.6),
    (1366, 768, 4.0),
    // 10.1 inch.
    (1280, 800, 5.9),
    (1024, 600, 4.6),
    // 12.1 inch.
    (1024, 768, 4.2),
    // 8 inch.
    (800, 600, 4.9),
    // 7 inch, lying and standing.
    (800, 480, 5.2),
    (480, 800, 5.2),
    // The portrait panel of the Pi.
    (720, 1280, 8.2),
];

/// Below this the display has less than 10 inches, and 15 mm must do.
const SMALL_MM: f32 = 125.0;

/// Smaller letters stand only in drawings, and these on the drawing of a card.
const LEAST_LETTERS: f32 = 24.0;
const ON_A_CARD: &str = "CĂN CƯỚC";

/// 07:42 in Vietnam on 24 November 2026.
const MORNING_MS: i64 = 1_795_480_920_000;

/// As long as `station.toml` allows: what is shortened with them is shortened at some station.
const LONG_STATION: &str = "Trạm Y tế đặc khu Côn Đảo – Điểm trạm Bến Đầm số 2";
const LONG_POINT: &str = "Bàn tiếp đón và hướng dẫn 2, cạnh sơ cứu";

/// How much wider than its telephone the label of a guide's drawing may be, on either side.
const BESIDE_A_DRAWING: f32 = 0.2;

/// A page on a display.
struct Page<'p> {
    name: &'p str,
    window: Area,
    px_per_mm: f32,
    least_target: f32,
    things: &'p [Thing],
    faults: &'p mut Vec<String>,
}

impl Page<'_> {
    fn fault(&mut self, what: &str) {
        self.faults.push(format!("{}: {what}", self.name));
    }

    /// What `thing` stands in and what is so, from the outside to the inside.
    fn around<'t>(
        things: &'t [Thing],
        thing: &'t Thing,
        is: impl Fn(&Thing) -> bool + 't,
    ) -> impl DoubleEndedIterator<Item = &'t Thing> {
        thing.within.iter().map(|at| &things[*at]).filter(move |around| is(around))
    }

    fn look(&mut self) {
        let things = self.things;
        for thing in things {
            if thing.is_button() {
                self.look_at_button(thing);
            }
            match &thing.what {
                What::Words(words) => self.look_at_words(thing, words),
                What::Picture => self.look_at_picture(thing),
                What::Surface | What::Frame => {}
            }
            if thing.is_seen() {
                self.look_around(thing);
            }
        }
        self.look_for_overlaps();
    }

    fn look_at_button(&mut self, button: &Thing) {
        let (label, area) = (&button.label, button.area);
        if !self.window.holds(&area) {
            self.fault(&format!("the button {label:?} leaves the window at {}", area.told()));
        }
        let side = area.width().min(area.height());
        if side < self.least_target {
            let mm = side / self.px_per_mm;
            self.fault(&format!("the button {label:?} is {mm:.1} mm"));
        }
    }

    fn look_at_words(&mut self, thing: &Thing, words: &Words) {
        let (text, area) = (&words.text, thing.area);
        if !self.window.holds(&area) {
            self.fault(&format!("{text:?} is cut off at {}", area.told()));
        }
        if words.across > area.width() + 1.0 {
            let (needs, has) = (words.across, area.width());
            self.fault(&format!("{text:?} needs {needs:.0} px across and has {has:.0}"));
        }
        if words.down > area.height() + 1.0 {
            let (needs, has) = (words.down, area.height());
            self.fault(&format!("{text:?} needs {needs:.0} px down and has {has:.0}"));
        }
        let is_in_drawing = Self::around(self.things, thing, Thing::is_drawing).next().is_some();
        if !is_in_drawing && words.text != ON_A_CARD && words.size < LEAST_LETTERS - 0.5 {
            self.fault(&format!("{text:?} is written in {:.0} px", words.size));
        }
    }

    fn look_at_picture(&mut self, picture: &Thing) {
        if !self.window.holds(&picture.area) {
            self.fault(&format!("a drawing is cut off at {}", picture.area.told()));
        }
    }

    /// Whether it stays in its button, in its drawing, and on the ground it stands on.
    fn look_around(&mut self, thing: &Thing) {
        let things = self.things;
        for around in Self::around(things, thing, |it| it.is_button() || it.is_drawing()) {
            let beside =
                if around.is_drawing() { around.area.width() * BESIDE_A_DRAWING } else { 0.0 };
            if !around.area.holds_within(&thing.area, beside) {
                let (it, at) = (thing.told(), thing.area.told());
                let (label, place) = (&around.label, around.area.told());
                self.fault(&format!("{it} at {at} leaves {label:?} at {place}"));
            }
        }
        let is_words = matches!(thing.what, What::Words(_));
        let is_ground = |it: &Thing| matches!(it.what, What::Surface);
        if is_words
            && let Some(ground) = Self::around(things, thing, is_ground).next_back()
            && !ground.area.holds(&thing.seen_at())
        {
            let (it, at, place) = (thing.told(), thing.seen_at().told(), ground.area.told());
            self.fault(&format!("{it} at {at} leaves its ground at {place}"));
        }
    }

    /// No words over words, no words over a button that is not theirs, no button over a button.
    fn look_for_overlaps(&mut self) {
        let things = self.things;
        // A chip's target reaches below its bar, under what the page has to touch there; a tile is
        // what it looks like.
        let tile = |thing: &Thing| thing.is_button() && thing.is_seen();
        let words = |thing: &Thing| matches!(thing.what, What::Words(_));
        for (at, thing) in things.iter().enumerate() {
            if !tile(thing) && !words(thing) {
                continue;
            }
            let drawing =
                |it: &Thing| Self::around(things, it, Thing::is_drawing).next().map(|it| it.area);
            for (other_at, other) in things.iter().enumerate().skip(at + 1) {
                let is_a_pair = tile(other) && !thing.within.contains(&other_at)
                    || words(other) && !other.within.contains(&at);
                let same_drawing = drawing(thing).is_some_and(|it| drawing(other) == Some(it));
                if is_a_pair && !same_drawing && thing.seen_at().overlaps(&other.seen_at()) {
                    let (one, two) = (thing.told(), other.told());
                    let (at, there) = (thing.seen_at().told(), other.seen_at().told());
                    self.fault(&format!("{one} at {at} lies over {two} at {there}"));
                }
            }
        }
    }
}

/// Everything wrong with the screens of one display in one look.
fn faults(display: (u32, u32, f32), look: Look) -> Vec<String> {
    let (width, height, px_per_mm) = display;
    init_no_event_loop();
    let mut configuration = Configuration::embedded().unwrap();
    configuration.station.px_per_mm = Some(px_per_mm);
    configuration.station.name = LONG_STATION.to_owned();
    configuration.station.point_name = LONG_POINT.to_owned();
    let offer = Offer::from(&configuration.guides);
    let timing = configuration.station.timing;
    let origin = configuration.station.origin.clone();
    let screen = Screen::open(&configuration.station, configuration.guides).unwrap();
    screen.show_window(Some((width, height))).unwrap();
    let morning: Moment = Clock::simulated(MORNING_MS, 1).now();
    screen.show_clock(&morning);
    screen.show_today(52, 37);
    let is_small = width.min(height) as f32 / px_per_mm < SMALL_MM;
    let window = Area { left: 0.0, top: 0.0, right: width as f32, bottom: height as f32 };

    let mut faults = Vec::new();
    let mut all: Vec<Exhibit> = exhibits(&timing, &offer, look, morning);
    if look == Look::default() {
        all.extend(staff_exhibits(&origin, morning));
        all.extend(hall_exhibits());
    }
    for exhibit in all {
        exhibit.show_on(&screen);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
        Page {
            name: &exhibit.name,
            window,
            px_per_mm,
            least_target: if is_small { 15.0 } else { 20.0 } * px_per_mm - 1.0,
            things: &things(screen.window()),
            faults: &mut faults,
        }
        .look();
    }
    faults
}

/// The testing back end has one window system a thread; no more threads than processors, for all
/// looks are tried at once.
fn assert_faultless(look: Look) {
    let waiting = Mutex::new(DISPLAYS.to_vec());
    let found = Mutex::new(Vec::new());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors.min(DISPLAYS.len()) {
            scope.spawn(|| {
                while let Some(display) = { waiting.lock().unwrap().pop() } {
                    let thread = std::thread::spawn(move || faults(display, look));
                    let faults = thread.join().unwrap();
                    let (width, height, _) = display;
                    let told = faults.into_iter().map(|it| format!("{width}×{height} {it}"));
                    found.lock().unwrap().extend(told);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
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
