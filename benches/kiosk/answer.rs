//! How soon the screen answers: a scan, a finger that comes down, a finger that goes up.

use std::time::Duration;

use crate::scene::{Change, Scene, Witness, rest};
use crate::support::{Key, Xvfb};
use crate::table::Figure;

const SCANS: u32 = 150;
const TOUCHES: u32 = 75;

/// The middle card of the choice.
const CHOICE: (u16, u16) = (Xvfb::WIDTH / 2, Xvfb::HEIGHT / 2);

/// "Làm lại từ đầu", at the right of the bar.
const START_OVER: (u16, u16) = (Xvfb::WIDTH - 160, 52);

/// From the last byte on the port to the choice in pixels.
pub(crate) fn scans() -> anyhow::Result<Vec<Figure>> {
    let mut scene = Scene::idle()?;
    let witness = scene.witness(Scene::scan)?;
    let mut changes = Changes::default();
    for round in 0..SCANS {
        scene.wait_until_page_takes_presses();
        scene.change(&witness, |scene| scene.press(Key::ESCAPE))?;
        rest(round);
        changes.add(scene.change(&witness, Scene::scan)?);
    }
    Ok(vec![changes.figure("scan → the whole next page").within(0.99, 33.0), changes.error()])
}

/// From the last byte on the port to the line at the top that says the reader is heard: the first
/// pixels that change.
pub(crate) fn heard() -> anyhow::Result<Vec<Figure>> {
    let mut scene = Scene::idle()?;
    let (line, page) = (Witness::of_the_upper_edge(), scene.witness(Scene::scan)?);
    let mut changes = Changes::default();
    for round in 0..SCANS {
        scene.wait_until_page_takes_presses();
        scene.change(&page, |scene| scene.press(Key::ESCAPE))?;
        rest(round);
        changes.add(scene.change(&line, Scene::scan)?);
        rest(round);
    }
    let heard = changes.figure("scan → first changed pixels").within(0.5, 5.0).within(0.99, 16.0);
    Ok(vec![heard, changes.error()])
}

/// From the finger to the answer in pixels.
pub(crate) fn touches() -> anyhow::Result<Vec<Figure>> {
    let mut scene = Scene::idle()?;
    let mut errors = Changes::default();
    let mut figures = Vec::new();
    for (place, down, up) in [
        (
            CHOICE,
            "touch: finger down on a choice → pixels",
            "touch: finger up on a choice → pixels",
        ),
        (
            START_OVER,
            "touch: finger down on start over → pixels",
            "touch: finger up on start over → pixels",
        ),
    ] {
        scene.scan()?;
        scene.page()?;
        scene.wait_until_page_takes_presses();
        let pressed = scene.witness(|scene| scene.touch(place))?;
        let answered = scene.witness(Scene::let_go)?;
        let (mut downs, mut ups) = (Changes::default(), Changes::default());
        for round in 0..TOUCHES {
            rest(round);
            scene.change(&answered, Scene::scan)?;
            rest(round);
            scene.wait_until_page_takes_presses();
            downs.add(scene.change(&pressed, |scene| scene.touch(place))?);
            rest(round);
            ups.add(scene.change(&answered, Scene::let_go)?);
        }
        figures.push(downs.figure(down).within(0.5, 8.0));
        figures.push(ups.figure(up).within(0.5, 8.0));
        errors.join(downs);
        errors.join(ups);
    }
    figures.push(errors.error());
    Ok(figures)
}

#[derive(Default)]
struct Changes {
    after: Vec<Duration>,
    errors: Vec<Duration>,
}

impl Changes {
    fn add(&mut self, change: Change) {
        self.after.push(change.after);
        self.errors.push(change.error);
    }

    fn join(&mut self, other: Self) {
        self.after.extend(other.after);
        self.errors.extend(other.errors);
    }

    fn figure(&self, name: &'static str) -> Figure {
        Figure::of_times(name, &self.after)
    }

    fn error(&self) -> Figure {
        Figure::of_times("  at most so much too large", &self.errors)
    }
}
