//! A finger on every target of every page: it goes down, the page is shown anew as after a touch, a
//! second, a minute and an answer of the journal, and it goes up. Then the target has acted, once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, init_no_event_loop, mock_elapsed_time,
};
use i_slint_core::input::TouchPhase;
use slint::platform::{InternalEvent, PointerEventButton, WindowEvent};
use slint::{ComponentHandle as _, LogicalPosition};

use super::{Exhibit, exhibits, hall_exhibits, staff_exhibits};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::desk::{self, Earlier, Look, Offer, Patience, State};
use crate::event::{Moment, RecordUsed, VisitNo};
use crate::reception::{self, FactLine, Mark, View, ViewPage};
use crate::screen::{Headless, Screen};

/// 07:42 in Vietnam on 24 November 2026.
const MORNING_MS: i64 = 1_795_480_920_000;

const MINUTE_MS: i64 = 60_000;

/// How long fingers lie on the glass: a robot's, a quick one's, an old one's.
const HOLDS: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(80), Duration::from_millis(400)];

/// Pixels across and down, and pixels per millimetre.
type Display = (u32, u32, f32);

/// Lying, small, standing: pixels across and down, pixels per millimetre, and the fingers.
const DISPLAYS: [(Display, &[Duration]); 3] =
    [((1280, 800, 5.9), &HOLDS), ((800, 480, 5.2), &[HOLDS[1]]), ((720, 1280, 8.2), &[HOLDS[1]])];

/// What a target did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Acted {
    ForPatients(desk::Press),
    ForStaff(reception::Press),
}

/// A window, and what its targets do.
struct Glass {
    screen: Screen,
    morning: Moment,
    acted: Rc<RefCell<Vec<Acted>>>,
}

impl Glass {
    fn open(display: (u32, u32, f32)) -> (Self, Configuration) {
        init_no_event_loop();
        Self::on_a_display(display)
    }

    fn on_a_display((width, height, px_per_mm): (u32, u32, f32)) -> (Self, Configuration) {
        let mut configuration = Configuration::embedded().unwrap();
        configuration.station.px_per_mm = Some(px_per_mm);
        let screen = Screen::open(&configuration.station, configuration.guides.clone()).unwrap();
        let acted: Rc<RefCell<Vec<Acted>>> = Rc::default();
        let (patients, staff) = (acted.clone(), acted.clone());
        screen.listen(move |press| patients.borrow_mut().push(Acted::ForPatients(press)), || {});
        screen.listen_to_staff(move |press| staff.borrow_mut().push(Acted::ForStaff(press)));
        screen.show_window(Some((width, height))).unwrap();
        let morning = Clock::simulated(MORNING_MS, 1).now();
        (Self { screen, morning, acted }, configuration)
    }

    /// The page as whoever comes to it finds it: nothing of the page before is left.
    fn come_to(&self, exhibit: &Exhibit) {
        let pin_pad = View { page: ViewPage::Pin, ..View::default() };
        self.screen.show_staff(&pin_pad);
        mock_elapsed_time(Duration::ZERO);
        self.screen.show_clock(&self.morning);
        self.screen.shift(&self.morning);
        self.screen.show_today(52, 37);
        self.screen.show(&exhibit.state);
        self.screen.show_staff(&exhibit.staff);
        self.screen.show_hall(&exhibit.hall);
        mock_elapsed_time(Duration::from_millis(1));
        self.acted.borrow_mut().clear();
    }

    /// All that may be shown while a finger lies there: the touch itself, a minute, a second, an
    /// answer of the journal.
    fn time_passes(&self, exhibit: &mut Exhibit) {
        self.screen.show(&exhibit.state);
        self.screen.show_staff(&exhibit.staff);
        mock_elapsed_time(Duration::ZERO);
        let later = Moment { wall_ms: self.morning.wall_ms + MINUTE_MS, ..self.morning };
        self.screen.show_clock(&later);
        self.screen.shift(&later);
        self.screen.show_hall(&exhibit.hall);
        mock_elapsed_time(Duration::ZERO);
        self.screen.show(&exhibit.state);
        self.screen.show_staff(&a_second_later(&exhibit.staff));
        mock_elapsed_time(Duration::ZERO);
        self.screen.show_today(53, 38);
        let known =
            exhibit.state.session.as_ref().map(|session| (session.earlier, session.patience));
        tell_the_desk(&mut exhibit.state, self.morning);
        self.screen.show(&exhibit.state);
        self.screen.show_staff(&with_an_arrival(&exhibit.staff));
        mock_elapsed_time(Duration::ZERO);
        if let (Some(session), Some((earlier, patience))) = (&mut exhibit.state.session, known) {
            session.earlier = earlier;
            session.patience = patience;
        }
    }

    fn targets(&self) -> Vec<ElementHandle> {
        ElementQuery::from_root(self.screen.window())
            .match_accessible_role(AccessibleRole::Button)
            .find_all()
    }

    /// All that can be pressed, but for the ground below the pages.
    fn count_of_touches(&self) -> usize {
        ElementQuery::from_root(self.screen.window()).match_inherits("Touch").find_all().len() - 1
    }

    fn press(&self, position: LogicalPosition) {
        let button = PointerEventButton::Left;
        self.screen.window().window().dispatch_event(WindowEvent::PointerMoved { position });
        self.screen
            .window()
            .window()
            .dispatch_event(WindowEvent::PointerPressed { position, button });
    }

    fn lift(&self, position: LogicalPosition) {
        let button = PointerEventButton::Left;
        self.screen
            .window()
            .window()
            .dispatch_event(WindowEvent::PointerReleased { position, button });
    }

    /// What a target came to: what it told the program, and what the page reads then.
    fn outcome(&self) -> (Vec<Acted>, Vec<String>) {
        mock_elapsed_time(Duration::ZERO);
        let acted = self.acted.borrow().clone();
        // A target that tells the program leaves the page to it.
        let reads = if acted.is_empty() { self.reads() } else { Vec::new() };
        (acted, reads)
    }

    fn reads(&self) -> Vec<String> {
        let all = ElementQuery::from_root(self.screen.window()).match_predicate(|_| true);
        let mut labels: Vec<String> = all
            .find_all()
            .iter()
            .filter_map(|element| Some(element.accessible_label()?.to_string()))
            .collect();
        labels.retain(|label| !label.is_empty());
        labels
    }
}

fn a_second_later(view: &View) -> View {
    let seconds_left = view.seconds_left.saturating_sub(1);
    let mut later = View { seconds_left, said: String::new(), ..view.clone() };
    later.pin.wait = later.pin.wait.saturating_sub(1);
    later
}

/// Somebody arrives: the list grows at its head, the counts with it.
fn with_an_arrival(view: &View) -> View {
    let mut later = a_second_later(view);
    if view.page == ViewPage::Arrivals {
        if let Some(first) = view.rows.first() {
            let number = Some(VisitNo(first.number.map_or(0, |number| number.0) + 1));
            later.rows.insert(0, reception::ListRow { number, ..first.clone() });
        }
        later.counts = later.counts.map(|count| count + 1);
        later.share.whole += 1;
        later.bars.push(Some(0.5));
        let (label, value) = ("Báo cáo tuần".to_owned(), "16:00 hôm nay".to_owned());
        later.due.push(FactLine { label, value, mark: Mark::Alarm });
    }
    later
}

/// The journal knew the patient, and a second has passed.
fn tell_the_desk(state: &mut State, morning: Moment) {
    let Some(session) = &mut state.session else { return };
    session.earlier = Some(Earlier { arrived: morning, used: Some(RecordUsed::Paper) });
    if let Patience::Warned { seconds } = session.patience {
        session.patience = Patience::Warned { seconds: seconds - 1 };
    }
}

fn centre(element: &ElementHandle) -> LogicalPosition {
    let (place, size) = (element.absolute_position(), element.size());
    LogicalPosition::new(place.x + size.width / 2.0, place.y + size.height / 2.0)
}

fn is_ready(element: &ElementHandle) -> bool {
    element.accessible_enabled() != Some(false)
}

/// Presses everything on a display; how many targets there were, and which presses were lost.
fn press_everything(display: (u32, u32, f32), holds: &[Duration]) -> (usize, Vec<String>) {
    let (glass, configuration) = Glass::open(display);
    let offer = Offer::from(&configuration.guides);
    let station = &configuration.station;
    let mut all = exhibits(&station.timing, &offer, Look::default(), glass.morning);
    all.extend(staff_exhibits(&station.origin, glass.morning));
    all.extend(hall_exhibits());
    let (mut pressed, mut lost) = (0, Vec::new());
    for exhibit in &mut all {
        glass.come_to(exhibit);
        let targets = glass.targets();
        if targets.len() != glass.count_of_touches() {
            lost.push(format!(
                "{}: {} targets have a label, {} can be touched",
                exhibit.name,
                targets.len(),
                glass.count_of_touches()
            ));
        }
        let ready: Vec<bool> = targets.iter().map(is_ready).collect();
        for (index, _) in ready.into_iter().enumerate().filter(|(_, ready)| *ready) {
            pressed += 1;
            glass.come_to(exhibit);
            let before = glass.reads();
            let label = glass.targets()[index].accessible_label().unwrap_or_default();
            glass.targets()[index].invoke_accessible_default_action();
            let meant = glass.outcome();
            if meant.0.is_empty() && meant.1 == before {
                lost.push(format!("{}: {label:?} means nothing", exhibit.name));
            }
            for hold in holds {
                glass.come_to(exhibit);
                let finger = centre(&glass.targets()[index]);
                glass.press(finger);
                let reads = glass.reads();
                glass.time_passes(exhibit);
                mock_elapsed_time(*hold);
                glass.lift(finger);
                let (acted, after) = glass.outcome();
                let is_right = acted == meant.0 && (!acted.is_empty() || after != reads);
                if !is_right {
                    let name = &exhibit.name;
                    lost.push(format!("{name}: {label:?} held for {hold:?} came to {acted:?}"));
                }
            }
        }
    }
    (pressed, lost)
}

/// A thread for each display: the testing back end has one window system a thread.
#[test]
fn every_target_of_every_page_acts_once_however_long_the_finger_stays() {
    let threads = DISPLAYS.map(|(display, holds)| {
        (display, std::thread::spawn(move || press_everything(display, holds)))
    });
    for ((width, height, _), thread) in threads {
        let (pressed, lost) = thread.join().unwrap();
        // Fewer, and the test has gone blind.
        assert!(pressed > 600, "{pressed} targets at {width}×{height}");
        let (count, told) = (lost.len(), lost.join("\n"));
        assert!(lost.is_empty(), "{count} of {pressed} lost at {width}×{height}:\n{told}");
    }
}

/// A finger on the glass, as both back ends tell Slint of it.
fn touch(glass: &Glass, id: i32, at: LogicalPosition, phase: TouchPhase) {
    let position = (at.x, at.y).into();
    let event = WindowEvent::internal(InternalEvent::Touch { id, position, phase });
    glass.screen.window().window().dispatch_event(event);
}

/// The page of the three choices, and where they stand.
fn choices() -> (Glass, Exhibit, [LogicalPosition; 3]) {
    let (glass, configuration) = Glass::open(DISPLAYS[0].0);
    let offer = Offer::from(&configuration.guides);
    let timing = &configuration.station.timing;
    let all = exhibits(timing, &offer, Look::default(), glass.morning);
    let choice = all.into_iter().find(|exhibit| exhibit.name == "choice").unwrap();
    glass.come_to(&choice);
    let targets = glass.targets();
    let labels = ["Sổ sức khỏe trên VNeID", "Sổ khám bệnh bằng giấy", "Chưa có, cần hướng dẫn"];
    let places = labels.map(|label| {
        let target = targets
            .iter()
            .find(|target| target.accessible_label().is_some_and(|text| text.as_str() == label));
        centre(target.unwrap())
    });
    (glass, choice, places)
}

const ANSWER_1: Acted = Acted::ForPatients(desk::Press::Answer(1));

const ANSWER_2: Acted = Acted::ForPatients(desk::Press::Answer(2));

#[test]
fn a_finger_that_slides_off_does_nothing_and_one_that_comes_back_acts() {
    let (glass, _, [first, second, _]) = choices();
    for (way, acted) in [(&[second][..], vec![]), (&[second, first], vec![ANSWER_1])] {
        glass.acted.borrow_mut().clear();
        touch(&glass, 0, first, TouchPhase::Started);
        for place in way {
            touch(&glass, 0, *place, TouchPhase::Moved);
            mock_elapsed_time(HOLDS[1]);
        }
        touch(&glass, 0, *way.last().unwrap(), TouchPhase::Ended);
        assert_eq!(*glass.acted.borrow(), acted);
        // The same with a mouse.
        glass.acted.borrow_mut().clear();
        glass.press(first);
        for place in way {
            let position = *place;
            glass.screen.window().window().dispatch_event(WindowEvent::PointerMoved { position });
        }
        glass.lift(*way.last().unwrap());
        assert_eq!(*glass.acted.borrow(), acted);
    }
}

#[test]
fn a_second_finger_presses_nothing_and_the_first_goes_on_when_it_has_left() {
    let (glass, _, [first, second, _]) = choices();
    touch(&glass, 0, first, TouchPhase::Started);
    touch(&glass, 1, second, TouchPhase::Started);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
    touch(&glass, 1, second, TouchPhase::Ended);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
    touch(&glass, 0, first, TouchPhase::Ended);
    assert_eq!(*glass.acted.borrow(), [ANSWER_1]);
}

#[test]
fn nothing_acts_when_the_first_of_two_fingers_leaves_first() {
    let (glass, _, [first, second, third]) = choices();
    touch(&glass, 0, first, TouchPhase::Started);
    touch(&glass, 1, second, TouchPhase::Started);
    touch(&glass, 0, first, TouchPhase::Ended);
    touch(&glass, 1, second, TouchPhase::Ended);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
    // Three of them, and one that stays while another comes and goes.
    for (id, at) in [(0, first), (1, second), (2, third)] {
        touch(&glass, id, at, TouchPhase::Started);
    }
    touch(&glass, 0, first, TouchPhase::Ended);
    touch(&glass, 1, second, TouchPhase::Ended);
    touch(&glass, 0, first, TouchPhase::Started);
    touch(&glass, 0, first, TouchPhase::Ended);
    touch(&glass, 2, third, TouchPhase::Ended);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
    touch(&glass, 0, second, TouchPhase::Started);
    touch(&glass, 0, second, TouchPhase::Ended);
    assert_eq!(*glass.acted.borrow(), [ANSWER_2], "the next finger alone is a press again");
}

#[test]
fn two_fingers_on_one_target_are_one_press() {
    let (glass, _, [first, ..]) = choices();
    for leaves_first in [0, 1] {
        glass.acted.borrow_mut().clear();
        let beside = LogicalPosition::new(first.x + 20.0, first.y);
        let places = [first, beside];
        touch(&glass, 0, places[0], TouchPhase::Started);
        touch(&glass, 1, places[1], TouchPhase::Started);
        for id in [leaves_first, 1 - leaves_first] {
            let at = places[usize::try_from(id).unwrap()];
            touch(&glass, id, at, TouchPhase::Ended);
        }
        assert_eq!(*glass.acted.borrow(), [ANSWER_1], "{leaves_first} leaves first");
    }
}

#[test]
fn a_hand_that_rests_on_the_glass_is_no_press() {
    let (glass, _, [first, second, _]) = choices();
    for (rests, acted) in [(9, vec![ANSWER_1]), (11, vec![])] {
        glass.acted.borrow_mut().clear();
        touch(&glass, 0, first, TouchPhase::Started);
        mock_elapsed_time(Duration::ZERO);
        for _ in 0..rests {
            mock_elapsed_time(Duration::from_secs(1));
        }
        touch(&glass, 0, first, TouchPhase::Ended);
        mock_elapsed_time(Duration::ZERO);
        assert_eq!(*glass.acted.borrow(), acted, "after {rests} s");
    }
    touch(&glass, 0, second, TouchPhase::Started);
    touch(&glass, 0, second, TouchPhase::Ended);
    assert_eq!(*glass.acted.borrow(), [ANSWER_2], "the next finger is a press again");
}

#[test]
fn a_press_ends_with_the_page_it_began_on() {
    let (glass, mut choice, [first, ..]) = choices();
    // Another patient's page of choices: the same elements, another meaning.
    glass.press(first);
    let session = choice.state.session.as_mut().unwrap();
    session.visit = crate::event::VisitId(uuid::Uuid::from_u128(2));
    glass.screen.show(&choice.state);
    glass.lift(first);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
    // The time is over: another page, another target at the same place.
    glass.come_to(&choice);
    glass.press(first);
    glass.screen.show(&State::default());
    mock_elapsed_time(HOLDS[1]);
    glass.lift(first);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
    // Staff's page over it.
    glass.come_to(&choice);
    glass.press(first);
    glass.screen.show_staff(&View { page: ViewPage::Pin, ..View::default() });
    glass.lift(first);
    assert!(glass.acted.borrow().is_empty(), "{:?}", glass.acted);
}

#[test]
fn a_page_stands_still_under_a_finger_and_asks_to_be_shown_when_it_is_lifted() {
    let (glass, mut choice, [first, ..]) = choices();
    let asked: Rc<RefCell<u32>> = Rc::default();
    let asks = asked.clone();
    glass.screen.when_lifted(move || *asks.borrow_mut() += 1);
    let still = glass.reads();
    glass.press(first);
    glass.time_passes(&mut choice);
    assert_eq!(glass.reads(), still);
    let elsewhere = LogicalPosition::new(1.0, 1.0);
    glass
        .screen
        .window()
        .window()
        .dispatch_event(WindowEvent::PointerMoved { position: elsewhere });
    glass.lift(elsewhere);
    assert_eq!((*asked.borrow(), glass.acted.borrow().len()), (1, 0));
    glass.time_passes(&mut choice);
    assert_ne!(glass.reads(), still);
    // Nothing was to be shown: nothing is asked.
    glass.press(elsewhere);
    glass.lift(elsewhere);
    assert_eq!(*asked.borrow(), 1);
}

/// What changes on the display when a finger goes down in `place`: the part of the target's pixels
/// that look different.
fn part_that_shows_it(glass: &Glass, target: &ElementHandle) -> f32 {
    let picture = || glass.screen.window().window().take_snapshot().unwrap();
    let before = picture();
    let (place, size) = (target.absolute_position(), target.size());
    glass.press(centre(target));
    mock_elapsed_time(Duration::ZERO);
    let after = picture();
    glass.screen.window().window().dispatch_event(WindowEvent::PointerExited);
    mock_elapsed_time(Duration::ZERO);
    let width = before.width() as usize;
    let (mut changed, mut count) = (0_u32, 0_u32);
    for y in place.y as usize..((place.y + size.height) as usize).min(before.height() as usize) {
        for x in place.x as usize..((place.x + size.width) as usize).min(width) {
            let (old, new) = (before.as_slice()[y * width + x], after.as_slice()[y * width + x]);
            count += 1;
            changed += u32::from(contrast(old, new) >= 3.0);
        }
    }
    changed as f32 / count.max(1) as f32
}

/// Of two colours, as WCAG 2 counts it.
fn contrast(one: slint::Rgba8Pixel, other: slint::Rgba8Pixel) -> f32 {
    fn light(pixel: slint::Rgba8Pixel) -> f32 {
        let linear = |part: u8| {
            let part = f32::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(pixel.r) + 0.7152 * linear(pixel.g) + 0.0722 * linear(pixel.b)
    }
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// In the usual look and in black on white: a part of every target turns from light to dark or from
/// dark to light.
#[test]
fn every_target_shows_that_it_is_pressed() {
    let looking = std::thread::spawn(move || {
        Headless::install(800, 480).unwrap();
        let (glass, configuration) = Glass::on_a_display((800, 480, 5.2));
        let offer = Offer::from(&configuration.guides);
        let station = &configuration.station;
        let [usual, contrast] = [false, true].map(|contrast| {
            let look = Look { contrast, ..Look::default() };
            exhibits(&station.timing, &offer, look, glass.morning)
        });
        let all = usual.into_iter().chain(staff_exhibits(&station.origin, glass.morning));
        let (mut seen, mut unseen) = (HashSet::new(), Vec::new());
        for exhibit in all.chain(contrast) {
            glass.come_to(&exhibit);
            for target in glass.targets() {
                let (label, width) =
                    (target.accessible_label().unwrap_or_default(), target.size().width);
                // One of each kind is enough.
                let kind = (
                    label.to_string(),
                    width as u32,
                    target.accessible_checked(),
                    exhibit.state.look.contrast,
                );
                if is_ready(&target) && seen.insert(kind.clone()) {
                    let part = part_that_shows_it(&glass, &target);
                    if part < 0.025 {
                        unseen.push(format!("{}: {kind:?} shows it on {part}", exhibit.name));
                    }
                }
            }
        }
        (seen.len(), unseen)
    });
    let (seen, unseen) = looking.join().unwrap();
    assert!(seen > 150, "only {seen} kinds of targets");
    assert!(unseen.is_empty(), "{} of {seen}:\n{}", unseen.len(), unseen.join("\n"));
}
