//! From the bytes on the port to the properties of the window, in one process: the reader's
//! thread, the decoder, the desk and the screen, without a display server's part.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use tempfile::TempDir;
use tiepdon::card;
use tiepdon::clock::Clock;
use tiepdon::command::demo::patient;
use tiepdon::configuration::Configuration;
use tiepdon::desk::{Env, Event, Offer, State, step};
use tiepdon::event::VisitId;
use tiepdon::reader::{FakeReader, Signal, listen};
use tiepdon::screen::{Headless, Screen};
use tiepdon::station::Device;
use uuid::Uuid;

use crate::table::Figure;

const SCANS: usize = 1000;

const SIZE: (u32, u32) = (1920, 1080);

/// The frame of the scan before is drawn by then.
const BETWEEN_SCANS: Duration = Duration::from_millis(20);

/// A scan that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn scans() -> anyhow::Result<Vec<Figure>> {
    Headless::install(SIZE.0, SIZE.1)?;
    let folder = TempDir::new()?;
    let link = folder.path().join("reader");
    let reader = FakeReader::plug_in(&link)?;

    let mut configuration = Configuration::embedded()?;
    configuration.station.reader.device = Device::Path(link);
    let Configuration { station, guides, campaigns: _, dhis2: _, doubts: _ } = configuration;
    let offer = Offer::from(&guides);
    let screen = Screen::open(&station, guides)?;
    let clock = Clock::system();

    let (mailbox, inbox) = async_channel::unbounded();
    let stop = Arc::new(AtomicBool::new(false));
    let today = clock.now().station_day().0;
    let deliver = move |signal| {
        if let Signal::Record(record) = signal {
            // Fails only when the measuring is over.
            let _ = mailbox.try_send(card::decode(record.bytes(), today));
        }
    };
    let reader_thread = listen(station.reader.clone(), stop.clone(), deliver)?;

    let (shown, seen) = mpsc::channel();
    let timing = station.timing;
    screen.show_window(Some(SIZE))?;
    slint::spawn_local(async move {
        let mut state = State::default();
        while let Ok(scan) = inbox.recv().await {
            let env = Env {
                now: Duration::from_millis(clock.now().uptime_ms),
                today: today.into(),
                fresh: VisitId(Uuid::now_v7()),
                timing: &timing,
                offer: &offer,
            };
            state = step(state, Event::Scanned(scan), &env).0;
            screen.show(&state);
            // Fails only when the measuring is over.
            let _ = shown.send(Instant::now());
            screen.redraw_now();
        }
    })?;
    let people = thread::spawn(move || {
        let times = send_all(reader, &seen);
        slint::quit_event_loop()?;
        times
    });
    slint::run_event_loop()?;
    let times = people.join().map_err(|_| anyhow!("the sending thread panicked"))??;
    stop.store(true, Ordering::Relaxed);
    drop(reader_thread);
    Ok(vec![Figure::of_times("scan → property (in process)", &times).within(0.99, 5.0)])
}

fn send_all(
    mut reader: FakeReader,
    seen: &mpsc::Receiver<Instant>,
) -> anyhow::Result<Vec<Duration>> {
    (0..SCANS)
        .map(|index| {
            let card = patient(index).citizen_card();
            let sent = Instant::now();
            reader.send(&card)?;
            let shown = seen.recv_timeout(PATIENCE).context("a scan was lost")?;
            thread::sleep(BETWEEN_SCANS);
            Ok(shown.saturating_duration_since(sent))
        })
        .collect()
}
