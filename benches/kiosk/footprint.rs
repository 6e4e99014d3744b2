//! What the kiosk costs while it works and while it waits.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::scene::{Scene, rest};
use crate::support::Key;
use crate::table::Figure;

const VISITS: u32 = 40;

/// How long the kiosk is watched while nobody comes: a whole turn of its clock.
const WATCHED: Duration = Duration::from_secs(60);

/// "Đã ghi nhận" goes away by itself after 6 s.
const UNTIL_IDLE: Duration = Duration::from_secs(8);

/// The share of memory that is the kiosk's, after a morning of visits by key; every fourth goes
/// into the guide.
pub(crate) fn memory() -> anyhow::Result<Vec<Figure>> {
    let mut scene = Scene::idle()?;
    let id = scene.kiosk.as_ref().context("no kiosk")?.id();
    let before = pss_mib(id)?;
    let witness = scene.witness(Scene::scan)?;
    for visit in 0..VISITS {
        let key = if visit % 4 == 3 { Key::THREE } else { Key::ONE };
        scene.wait_until_page_takes_presses();
        scene.change(&witness, |scene| scene.press(key))?;
        rest(visit);
        if visit % 4 == 3 {
            scene.press(Key::RETURN)?;
            scene.press(Key::RETURN)?;
            scene.press(Key::ESCAPE)?;
            rest(visit);
        }
        if visit + 1 < VISITS {
            scene.change(&witness, Scene::scan)?;
            rest(visit);
        }
    }
    thread::sleep(UNTIL_IDLE);
    Ok(vec![
        Figure::single("PSS before the first visit", before, "MiB"),
        Figure::single("PSS after 40 visits", pss_mib(id)?, "MiB").within(0.5, 35.0),
    ])
}

/// What a kiosk does while nobody comes.
pub(crate) fn idle() -> anyhow::Result<Vec<Figure>> {
    let mut scene = Scene::idle()?;
    let witness = scene.witness(Scene::scan)?;
    scene.wait_until_page_takes_presses();
    scene.change(&witness, |scene| scene.press(Key::ESCAPE))?;
    thread::sleep(UNTIL_IDLE);
    let id = scene.kiosk.as_ref().context("no kiosk")?.id();
    let (began, before) = (Instant::now(), Work::of(id)?);
    thread::sleep(WATCHED);
    let (took, after) = (began.elapsed().as_secs_f64(), Work::of(id)?);
    let ran = (after.ran.saturating_sub(before.ran)).as_secs_f64();
    let switches = after.switches.saturating_sub(before.switches) as f64;
    Ok(vec![
        Figure::single("idle, of one core", ran / took * 100.0, "%").within(0.5, 0.05),
        Figure::single("idle, times a thread woke up a second", switches / took, ""),
    ])
}

/// The proportional set size: memory shared with others counts for its part.
fn pss_mib(id: u32) -> anyhow::Result<f64> {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib: f64 = line.context("no Pss")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// What the threads of a process have done so far.
#[derive(Default)]
struct Work {
    ran: Duration,
    switches: u64,
}

impl Work {
    fn of(id: u32) -> anyhow::Result<Self> {
        let mut work = Self::default();
        for task in fs::read_dir(format!("/proc/{id}/task"))? {
            let task = task?.path();
            // In nanoseconds; the ticks of /proc/…/stat are 10 ms long, too coarse for what idles.
            let schedstat = fs::read_to_string(task.join("schedstat"))?;
            let ran = schedstat.split_ascii_whitespace().next().context("no run time")?;
            work.ran += Duration::from_nanos(ran.parse()?);
            let status = fs::read_to_string(task.join("status"))?;
            let switches =
                status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            work.switches += switches.context("no switches")?.trim().parse::<u64>()?;
        }
        Ok(work)
    }
}
