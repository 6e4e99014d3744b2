//! A scripted morning of 40 invented patients, in accelerated time and without a display.
//!
//! The script stands outside the kiosk: it plugs a reader in, sends cards, presses keys, and sees
//! only what is on screen. What it prints at the end is counted from the journal.
//!
//! Timeouts run only while the script waits for one, so that on a slow machine no patient seems to
//! have walked away whose key is still on its way to the desk.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use slint::platform::Key;

use super::forbearance::Forbearance;
use super::{Folders, Patient, campaign, line, patient, summary};
use crate::card::Command;
use crate::clock::Clock;
use crate::command::export::{Export, export_day};
use crate::command::kiosk::{self, Setup};
use crate::configuration::Configuration;
use crate::desk::{Patience, Place, Receipt, State};
use crate::event::RecordUsed;
use crate::export::SimulatedMachine;
use crate::journal::JournalReader;
use crate::reader::FakeReader;
use crate::screen::{Headless, Keyboard, Passage, Screen};
use crate::service::Beginnings;

const PATIENTS: usize = 40;

/// The size of the pictures.
const DISPLAY: (u32, u32) = (1920, 1080);

/// Timeouts pass this many times faster: the 45 seconds before a wipe take three quarters of one.
const TIMER_SPEED: u32 = 60;

/// So does the wall clock: midnight comes only to a machine that needs a quarter of an hour.
const CLOCK_SPEED: u32 = TIMER_SPEED;

/// 24 November 2026 in Vietnam, when the desk opens at seven.
const OPENING_MS: i64 = 1_795_478_400_000;

/// A code that no decoder reads, as VNeID's own changing QR is.
pub(super) const OPAQUE: &[u8] = b"VN1:c2FtcGxlLXRva2VuLW9mLW5vYm9keS0wMDAwMA==\r";

/// How long the script waits for a screen before it calls the demo failed.
const PATIENCE: Forbearance = Forbearance { pause: Duration::from_millis(100), answers: 600 };

/// How long the screen's thread may draw, or wait for a processor, before it is said to hang.
const LONGEST_ANSWER: Duration = Duration::from_secs(300);

/// The desk takes two presses within 300 ms for one; its clock runs [`CLOCK_SPEED`] times as fast.
const BETWEEN_PRESSES: Duration = Duration::from_millis(20);

/// The reader's framing drops the same record within two seconds of real time.
const READER_DEBOUNCE: Duration = Duration::from_millis(2100);

/// Nobody scans in the very instant the idle screen appears.
const BEFORE_A_SCAN: Duration = Duration::from_millis(150);

/// What a patient does.
#[derive(Clone, Copy)]
enum Plan {
    Vneid,
    VneidByCommandCard,
    Paper,
    WholeGuide,
    LeavesGuide,
    ChecksTheNumber,
    LacksLevel2,
    ReadsTheNotice,
    WalksAway,
    Hesitates,
    CallsStaff,
    NoCard,
    InsuranceCard,
    Opaque,
    ComesBack,
    BadCodeFirst,
}

/// The morning, ten patients at a time.
const PLANS: [Plan; 10] = [
    Plan::Vneid,
    Plan::WholeGuide,
    Plan::Paper,
    Plan::Vneid,
    Plan::InsuranceCard,
    Plan::VneidByCommandCard,
    Plan::ComesBack,
    Plan::Vneid,
    Plan::NoCard,
    Plan::Paper,
];

/// Those who do something else than their place in the ten says.
const EXCEPTIONS: [(usize, Plan); 10] = [
    (3, Plan::WalksAway),
    (7, Plan::BadCodeFirst),
    (12, Plan::LeavesGuide),
    (13, Plan::Hesitates),
    (14, Plan::ChecksTheNumber),
    (17, Plan::Opaque),
    (22, Plan::CallsStaff),
    (24, Plan::ReadsTheNotice),
    (29, Plan::LacksLevel2),
    (33, Plan::WalksAway),
];

/// The name of a screen: of its picture, and what the script waits for.
type Seen = String;

/// Runs the morning and leaves its traces in `folders`.
pub(super) fn play(mut configuration: Configuration, folders: &Folders) -> anyhow::Result<()> {
    let began = Instant::now();
    let timeouts = Timeouts { passage: Passage::at_speed(TIMER_SPEED), until: Arc::default() };
    Headless::install_in(DISPLAY.0, DISPLAY.1, timeouts.passage.clone())?;
    let clock = Clock::simulated(OPENING_MS, CLOCK_SPEED);
    let day = clock.now().station_day();

    let plan = campaign::begin(&mut configuration, day)?;
    let reader = FakeReader::plug_in(&folders.reader)?;
    let steps = configuration.guides.default_guide().steps.len();
    let (sightings, seen) = channel();
    let script = Script {
        seen,
        timeouts: timeouts.clone(),
        reader: Some(reader),
        link: folders.reader.clone(),
        keyboard: None,
        steps: u32::try_from(steps)?,
        latencies: Vec::new(),
    };
    let script = script.start()?;
    let mut album = Album { folder: folders.pictures.clone(), taken: BTreeSet::new() };
    let station = configuration.station.clone();
    let setup = Setup {
        begun_again: Beginnings::default(),
        configuration,
        data: folders.data.clone(),
        clock: clock.clone(),
        windowed: Some(DISPLAY),
        sounds: folders.data.join("audio"),
        // Its hours take seconds: it would ring without a pause.
        player: None,
        boot: folders.data.join("boot"),
        platform: Arc::new(SimulatedMachine::default()),
    };
    let mut last: Option<Seen> = None;
    let observer = move |screen: &Screen, state: &State| {
        let now = seen_in(state);
        timeouts.reached(&now);
        album.picture(screen, state, &now);
        if last.as_ref() != Some(&now) {
            last = Some(now.clone());
            // The script ends before the kiosk does.
            let _ = sightings.send((now, Instant::now(), screen.keyboard()));
        }
    };
    kiosk::serve(setup, Box::new(observer))?;
    let latencies = script.join().map_err(|_| anyhow!("kịch bản chạy thử bị dừng đột ngột"))??;

    kiosk::close_day(&station, &folders.data, clock.now(), day)?;
    let export = Export::new(folders.data.clone(), day, folders.export.clone());
    let mut written = vec![export_day(&export, &clock)?];
    let journal = JournalReader::open(&folders.data)?;
    let at = (day, clock.now());
    written.extend(campaign::report(&plan, &station, &journal, at, &folders.report)?);
    summary::print(folders, day, &written, &latencies, began.elapsed())
}

fn seen_in(state: &State) -> Seen {
    let session = state.session.as_ref();
    if session.is_some_and(|session| session.patience != Patience::Calm) {
        return "are-you-there".to_owned();
    }
    let again = session.is_some_and(|session| session.earlier.is_some());
    let name = state.place.name();
    if let Place::Guiding(reading) = state.place {
        format!("{name}-{}-{}", reading.guide + 1, reading.step)
    } else if state.place == Place::Idle && state.reader_missing {
        format!("{name}-reader-missing")
    } else if state.place == Place::Choosing && again {
        format!("{name}-again")
    } else {
        name.to_owned()
    }
}

/// One picture of every screen the morning shows.
struct Album {
    folder: PathBuf,
    taken: BTreeSet<String>,
}

impl Album {
    fn picture(&mut self, screen: &Screen, state: &State, seen: &str) {
        let name = if let Place::Done(receipt) = state.place {
            done_name(receipt).to_owned()
        } else if screen.shows_a_call() && matches!(state.place, Place::Idle | Place::Choosing) {
            format!("{seen}-staff-called")
        } else {
            seen.to_owned()
        };
        if self.taken.insert(name.clone())
            && let Err(error) = screen.save_picture(&self.folder.join(format!("{name}.png")))
        {
            tracing::error!(%error, "no picture");
        }
    }
}

fn done_name(receipt: Receipt) -> &'static str {
    match receipt.used {
        RecordUsed::Vneid if receipt.again => "done-again",
        RecordUsed::Vneid => "done-vneid",
        RecordUsed::Paper => "done-paper",
        RecordUsed::Neither if receipt.guided => "done-guided",
        RecordUsed::Neither => "done-not-yet",
    }
}

/// The timeouts of the desk, which run while the script waits for what they bring.
#[derive(Clone)]
struct Timeouts {
    passage: Passage,
    until: Arc<Mutex<Option<Seen>>>,
}

impl Timeouts {
    /// Lets them run until the screen `wanted` is there.
    fn run_until(&self, wanted: &str) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some(wanted.to_owned());
        self.passage.go_on();
    }

    /// A screen is there: on the screen's thread, before any further timeout.
    fn reached(&self, seen: &str) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if until.take_if(|wanted| wanted == seen).is_some() {
            self.passage.stand_still();
        }
    }

    /// Holds them, whatever was waited for.
    fn hold(&self) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = None;
        self.passage.stand_still();
    }
}

/// The people of the morning, on a thread of their own.
struct Script {
    seen: Receiver<(Seen, Instant, Keyboard)>,
    timeouts: Timeouts,
    reader: Option<FakeReader>,
    link: PathBuf,
    keyboard: Option<Keyboard>,
    steps: u32,
    latencies: Vec<Duration>,
}

impl Script {
    fn start(mut self) -> std::io::Result<JoinHandle<anyhow::Result<Vec<Duration>>>> {
        thread::Builder::new().name("morning".to_owned()).spawn(move || {
            let played = self.play();
            // Also after a failure: otherwise the kiosk would wait for patients for ever.
            slint::quit_event_loop()?;
            played.map(|()| self.latencies)
        })
    }

    fn play(&mut self) -> anyhow::Result<()> {
        self.wait_for_idle()?;
        for index in 0..PATIENTS {
            let exception = EXCEPTIONS.iter().find(|(at, _)| *at == index);
            let plan = match exception {
                Some((_, plan)) => *plan,
                None => PLANS.get(index % PLANS.len()).copied().unwrap_or(Plan::Vneid),
            };
            let person = patient(index);
            self.visit(index, &person, plan).with_context(|| format!("người bệnh thứ {index}"))?;
            if index == PATIENTS / 2 {
                self.pull_the_reader_out_and_in()?;
            }
        }
        Ok(())
    }

    fn visit(&mut self, index: usize, person: &Patient, plan: Plan) -> anyhow::Result<()> {
        let card = person.citizen_card();
        match plan {
            Plan::Vneid => self.scan_and_press(&card, "1"),
            Plan::Paper => self.scan_and_say_why(&card, "6"),
            Plan::InsuranceCard => self.scan_and_press(&person.insurance_card(), "1"),
            Plan::Opaque => self.scan_and_press(OPAQUE, "1"),
            Plan::VneidByCommandCard => {
                self.scan(&card)?;
                self.send(&line(Command::Vneid))?;
                self.wait_for_done()
            }
            Plan::WholeGuide => {
                self.open_the_first_guide(&card)?;
                for step in 1..=self.steps {
                    self.wait(&format!("guide-1-{step}"))?;
                    self.press(Key::Return)?;
                }
                self.wait("result")?;
                self.press("2")?;
                self.wait_for_done()
            }
            Plan::LeavesGuide => {
                self.open_the_first_guide(&card)?;
                self.wait("guide-1-1")?;
                self.press(Key::Return)?;
                self.wait("guide-1-2")?;
                self.press(Key::Escape)?;
                self.wait_for_idle()
            }
            Plan::ChecksTheNumber => {
                self.open_the_first_guide(&card)?;
                self.wait("guide-1-1")?;
                self.send(&line(Command::CheckNumber))?;
                self.wait("check-number")?;
                self.send(&person.insurance_card())?;
                thread::sleep(BETWEEN_PRESSES);
                self.send(&line(Command::Next))?;
                self.wait("copy-number")?;
                self.send(&line(Command::Finish))?;
                self.wait_for_done()
            }
            Plan::LacksLevel2 => {
                self.scan(&card)?;
                self.press("3")?;
                self.wait("prepare")?;
                self.press("3")?;
                self.wait("bring")?;
                self.press(Key::Return)?;
                self.wait_for_done()
            }
            Plan::ReadsTheNotice => {
                self.send(&line(Command::Notice))?;
                self.wait("notice")?;
                self.scan_and_press(&card, "1")
            }
            Plan::WalksAway => {
                self.scan(&card)?;
                self.wait_out("are-you-there")?;
                self.wait_for_idle()
            }
            Plan::Hesitates => {
                self.scan(&card)?;
                self.wait_out("are-you-there")?;
                self.press(Key::Return)?;
                self.wait("choice")?;
                self.press("2")?;
                self.wait("reason")?;
                self.press(Key::Return)?;
                self.wait_for_done()
            }
            Plan::CallsStaff => {
                self.scan(&card)?;
                self.send(&line(Command::Staff))?;
                self.send(&line(Command::Coming))?;
                self.press("1")?;
                self.wait_for_done()
            }
            Plan::NoCard => {
                self.press(Key::Return)?;
                self.wait("choice")?;
                self.press("2")?;
                self.wait("reason")?;
                self.press("1")?;
                self.wait_for_done()
            }
            Plan::ComesBack => {
                self.scan_and_say_why(&card, "5")?;
                thread::sleep(READER_DEBOUNCE);
                self.send(&card)?;
                self.wait("choice-again")?;
                self.press("1")?;
                self.wait_for_done()
            }
            Plan::BadCodeFirst => {
                self.send(format!("08915{index}|\r").as_bytes())?;
                self.wait("unreadable")?;
                self.scan_and_press(&card, "1")
            }
        }
    }

    fn scan_and_say_why(&mut self, card: &[u8], reason: &str) -> anyhow::Result<()> {
        self.scan(card)?;
        self.press("2")?;
        self.wait("reason")?;
        self.press(reason)?;
        self.wait_for_done()
    }

    /// Has everything a guide needs, and takes the first.
    fn open_the_first_guide(&mut self, card: &[u8]) -> anyhow::Result<()> {
        self.scan(card)?;
        self.press("3")?;
        self.wait("prepare")?;
        self.press("1")?;
        self.wait("guides")?;
        self.press("1")
    }

    fn pull_the_reader_out_and_in(&mut self) -> anyhow::Result<()> {
        self.reader = None;
        self.wait("idle-reader-missing")?;
        self.reader = Some(FakeReader::plug_in(&self.link)?);
        self.wait("idle")
    }

    fn scan_and_press(&mut self, card: &[u8], key: &str) -> anyhow::Result<()> {
        self.scan(card)?;
        self.press(key)?;
        self.wait_for_done()
    }

    /// Sends a card and measures how long the screen takes to greet.
    fn scan(&mut self, card: &[u8]) -> anyhow::Result<()> {
        thread::sleep(BEFORE_A_SCAN);
        let sent = Instant::now();
        self.send(card)?;
        let greeted = self.wait_at("choice")?;
        self.latencies.push(greeted.saturating_duration_since(sent));
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.reader.as_mut().context("đầu đọc giả đang rút ra")?.send(bytes)?;
        Ok(())
    }

    /// Presses a key, after the desk is ready to believe in a second press.
    fn press(&self, key: impl Into<slint::SharedString>) -> anyhow::Result<()> {
        thread::sleep(BETWEEN_PRESSES);
        self.keyboard.as_ref().context("chưa có màn hình")?.press(key)?;
        Ok(())
    }

    fn wait_for_done(&mut self) -> anyhow::Result<()> {
        self.wait("done")?;
        self.wait_for_idle()
    }

    fn wait_for_idle(&mut self) -> anyhow::Result<()> {
        self.wait_out("idle")
    }

    /// Waits for a screen that a timeout may bring.
    fn wait_out(&mut self, wanted: &str) -> anyhow::Result<()> {
        self.timeouts.run_until(wanted);
        // The screen's thread may sleep as long as time stands still.
        answer_of_the_screen()?;
        let waited = self.wait(wanted);
        self.timeouts.hold();
        waited
    }

    fn wait(&mut self, wanted: &str) -> anyhow::Result<()> {
        self.wait_at(wanted).map(drop)
    }

    fn wait_at(&mut self, wanted: &str) -> anyhow::Result<Instant> {
        let mut last = None;
        loop {
            let Some((seen, at, keyboard)) = PATIENCE.next(&self.seen, answer_of_the_screen)?
            else {
                bail!("màn hình {wanted} không hiện ra; màn hình cuối: {last:?}");
            };
            self.keyboard = Some(keyboard);
            if seen == wanted {
                return Ok(at);
            }
            last = Some(seen);
        }
    }
}

/// Returns when the screen's thread has done what it had to do.
fn answer_of_the_screen() -> anyhow::Result<()> {
    let (answer, answered) = channel();
    slint::invoke_from_event_loop(move || {
        // Who asked may have given up.
        let _ = answer.send(());
    })?;
    answered.recv_timeout(LONGEST_ANSWER).context("màn hình bị treo")
}
