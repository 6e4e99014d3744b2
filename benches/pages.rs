//! How long a change from any page to any other takes: the properties, the layout and every pixel
//! that differs, by the software renderer into memory, on one core.
//!
//! `cargo bench --bench pages`. The slowest page to come to is what counts.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter, set_platform, update_timers_and_animations};
use slint::{PhysicalSize, PlatformError, Rgb8Pixel};
use tiepdon::clock::Clock;
use tiepdon::command::gallery::exhibits;
use tiepdon::configuration::Configuration;
use tiepdon::desk::{Look, Offer, State};
use tiepdon::screen::Screen;

/// Across, down, pixels per millimetre, and what a change may take at the median, in milliseconds.
const DISPLAYS: [(u32, u32, f32, f64); 2] = [(1280, 800, 5.9, 16.0), (1920, 1080, 5.6, 33.0)];

const ROUNDS: usize = 3;

/// 07:42 in Vietnam on 24 November 2026.
const MORNING_MS: i64 = 1_795_480_920_000;

/// A display that draws when it is told to.
struct Memory {
    window: Rc<MinimalSoftwareWindow>,
    began: Instant,
}

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.began.elapsed()
    }
}

fn main() -> anyhow::Result<()> {
    let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
    let memory = Memory { window: window.clone(), began: Instant::now() };
    set_platform(Box::new(memory)).map_err(PlatformError::SetPlatformError)?;
    for (width, height, px_per_mm, limit) in DISPLAYS {
        let mut times = changes(&window, (width, height), px_per_mm)?;
        let mut all: Vec<Duration> = times.values().flatten().copied().collect();
        let (name, slowest) = times
            .iter_mut()
            .map(|(name, times)| (name.as_str(), median(times)))
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .unwrap_or_default();
        let verdict = if slowest <= limit { "ok" } else { "MISSED" };
        writeln!(
            io::stdout(),
            "{width} × {height}: {} changes, median {:.1} ms; slowest page {name}: median \
             {slowest:.1} ms (at most {limit} ms: {verdict})",
            all.len(),
            median(&mut all),
        )?;
    }
    Ok(())
}

/// The times by the page that was come to.
fn changes(
    window: &MinimalSoftwareWindow,
    (width, height): (u32, u32),
    px_per_mm: f32,
) -> anyhow::Result<BTreeMap<String, Vec<Duration>>> {
    let mut configuration = Configuration::embedded()?;
    configuration.station.px_per_mm = Some(px_per_mm);
    let offer = Offer::from(&configuration.guides);
    let screen = Screen::open(&configuration.station, configuration.guides)?;
    window.set_size(PhysicalSize::new(width, height));
    screen.show_window(Some((width, height)))?;
    let stride = usize::try_from(width)?;
    let mut pixels = vec![Rgb8Pixel::default(); stride * usize::try_from(height)?];
    let mut draw = |state: &State| {
        let began = Instant::now();
        screen.show(state);
        update_timers_and_animations();
        window.draw_if_needed(|renderer| {
            renderer.render(&mut pixels, stride);
        });
        began.elapsed()
    };
    let morning = Clock::simulated(MORNING_MS, 1).now();
    let timing = configuration.station.timing;
    // One state of each page.
    let mut pages: BTreeMap<&str, State> = BTreeMap::new();
    for exhibit in exhibits(&timing, &offer, Look::default(), morning) {
        pages.entry(exhibit.state.place.name()).or_insert(exhibit.state);
    }
    let mut times: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for from in pages.keys() {
            for (to, state) in &pages {
                if from == to {
                    continue;
                }
                if let Some(before) = pages.get(from) {
                    draw(before);
                }
                times.entry((*to).to_owned()).or_default().push(draw(state));
            }
        }
    }
    Ok(times)
}

/// In milliseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1e3
}
