//! How soon after its start the kiosk shows its idle page.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::scene::Scene;
use crate::table::Figure;

const STARTS: u32 = 20;

/// A page that has not changed for so long is complete.
const STILL: Duration = Duration::from_millis(500);

/// From exec to the first frame, and to the frame that stays.
pub(crate) fn starts() -> anyhow::Result<Vec<Figure>> {
    let mut scene = Scene::empty()?;
    // The first start lays the journal out, once in the life of a kiosk.
    let witness = scene.witness(Scene::start)?;
    let (mut firsts, mut finals) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        scene.end()?;
        let empty = scene.look(&witness)?;
        let began = Instant::now();
        scene.start()?;
        let mut shown = empty.clone();
        let (mut first, mut last) = (None, Duration::ZERO);
        while first.is_none() || began.elapsed() < last + STILL {
            let now = scene.look(&witness)?;
            let after = began.elapsed();
            if now != shown {
                last = after;
                shown = now;
            }
            let is_drawn = shown.iter().zip(&empty).all(|(shown, empty)| shown != empty);
            if is_drawn && first.is_none() {
                first = Some(after);
            }
            ensure!(after < Duration::from_secs(10), "the kiosk shows nothing");
            thread::sleep(Duration::from_micros(200));
        }
        firsts.extend(first);
        finals.push(last);
    }
    Ok(vec![
        Figure::of_times("exec → first idle frame", &firsts).within(0.5, 150.0),
        Figure::of_times("exec → last change of the idle frame", &finals),
    ])
}
