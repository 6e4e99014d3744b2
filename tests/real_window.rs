//! The real program in a real window: a reader on a pseudo-terminal, an X server that shows its
//! screen to nobody, keys and clicks as that server hands them out. What counts is what a patient
//! would see, and what the journal holds afterwards.

#[expect(dead_code, reason = "the benchmark of the kiosk uses the rest")]
mod support;

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tiepdon::command::demo::{Patient, patient};
use tiepdon::event::{Event, RecordUsed, What};
use tiepdon::journal::JournalReader;
use tiepdon::reader::FakeReader;

use support::{Area, Framebuffer, Hands, Key, Kiosk, Picture, Place, Xvfb, until};

/// An unoptimised build on a busy computer starts, draws and syncs within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// The window of `make demo`, in pixels.
const WINDOW: (u16, u16) = (1280, 800);

/// All of it.
const WHOLE: Area = Area { x: 0, y: 0, width: WINDOW.0, height: WINDOW.1 };

/// What the idle page says and draws; the clock and the day's figures, which change by
/// themselves, stand elsewhere.
const INVITATION: Area = Area { x: 0, y: 120, width: 600, height: 440 };

/// Two pages differ in more than this part of the window; a changed figure in less.
const ANOTHER_PAGE: f64 = 0.05;

/// The desk takes two presses within 300 ms for one.
const BETWEEN_PRESSES: Duration = Duration::from_millis(320);

/// A reader that is plugged in again must be in use again within this time.
const READER_BACK: Duration = Duration::from_secs(1);

/// The idle page moves by a few pixels with every minute: what is compared with it must be drawn in
/// the same one.
fn early_in_a_minute() {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let second = since.as_secs() % 60;
    if second > 30 {
        thread::sleep(Duration::from_secs(61 - second));
    }
}

#[test]
fn patients_choose_by_key_and_by_click_and_stand_in_the_journal() -> anyhow::Result<()> {
    early_in_a_minute();
    let Some(mut desk) = Desk::open()? else { return Ok(()) };
    let idle = desk.page()?;
    let invitation = desk.screen.look(INVITATION)?;

    let first = patient(0);
    desk.send(&first)?;
    let choice = desk.page_after(&idle)?;
    desk.hands.press(Key::ONE)?;
    desk.wait_for_choices(&[(1, RecordUsed::Vneid)])?;
    let done = desk.page_after(&choice)?;
    ensure!(done.difference(&idle) > ANOTHER_PAGE, "the first patient saw no acknowledgement");

    let second = patient(1);
    desk.send(&second)?;
    let choice = desk.page_after(&done)?;
    desk.hands.touch(WINDOW.0 / 2, WINDOW.1 / 2)?;
    desk.hands.let_go()?;
    desk.wait_for_choices(&[(1, RecordUsed::Vneid), (2, RecordUsed::Paper)])?;
    let reason = desk.page_after(&choice)?;
    thread::sleep(BETWEEN_PRESSES);
    desk.hands.press(Key::RETURN)?;
    let done = desk.page_after(&reason)?;
    ensure!(done.difference(&idle) > ANOTHER_PAGE, "the second patient saw no acknowledgement");

    desk.screen.wait("the idle page", INVITATION, PATIENCE, |now| *now == invitation)?;
    let log = desk.end()?;
    for number in 1..=2 {
        ensure!(log.contains(&format!("recorded number={number}")), "{number} is not in\n{log}");
    }
    for Patient { name, personal_id, .. } in [first, second] {
        ensure!(!log.contains(&name) && !log.contains(&personal_id), "the log knows a patient");
    }
    Ok(())
}

#[test]
fn a_reader_pulled_out_shows_and_is_used_again_within_a_second() -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open()? else { return Ok(()) };
    let idle = desk.page()?;
    let invitation = desk.screen.look(INVITATION)?;

    desk.reader = None;
    desk.screen.wait("words about the reader", INVITATION, PATIENCE, |now| {
        now.difference(&invitation) > ANOTHER_PAGE
    })?;
    let back = Instant::now();
    desk.reader = Some(FakeReader::plug_in(&desk.link)?);
    until("the invitation", PATIENCE, || {
        Ok((desk.screen.look(INVITATION)? == invitation).then_some(()))
    })?;
    let took = back.elapsed();
    ensure!(took < READER_BACK, "the reader was back for {took:?} before it was used");

    desk.send(&patient(2))?;
    desk.page_after(&idle)?;
    let told = desk.events()?.into_iter().map(|event| event.what);
    let told: Vec<_> =
        told.filter(|what| matches!(what, What::ReaderLost | What::ReaderFound)).collect();
    ensure!(told == [What::ReaderLost, What::ReaderFound], "the journal tells of {told:?}");
    Ok(())
}

#[test]
fn a_kiosk_told_to_end_ends_in_order() -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open()? else { return Ok(()) };
    desk.end()?;
    let last = desk.events()?.pop().map(|event| event.what);
    ensure!(last == Some(What::Stopped), "the journal ends with {last:?}");
    Ok(())
}

/// A kiosk in front of its first patient.
struct Desk {
    // In the order in which it is taken down.
    kiosk: Kiosk,
    reader: Option<FakeReader>,
    hands: Hands,
    screen: Framebuffer,
    _display: Xvfb,
    data: PathBuf,
    link: PathBuf,
    _folder: TempDir,
}

impl Desk {
    /// `None`, with a word about it, where there is no X server to be had.
    fn open() -> anyhow::Result<Option<Self>> {
        if Xvfb::is_missing() {
            ensure!(std::env::var_os("CI").is_none(), "Xvfb is not installed");
            // The harness swallows what a test prints, but not this.
            writeln!(io::stderr(), "SKIPPED: Xvfb is not installed; .ci/packages test gets it")?;
            return Ok(None);
        }
        let folder = TempDir::new()?;
        let (data, link) = (folder.path().join("data"), folder.path().join("reader"));
        let display = Xvfb::start()?;
        let (screen, hands) = (display.framebuffer()?, Hands::before(&display)?);
        let reader = Some(FakeReader::plug_in(&link)?);
        let place = Place { display: &display, data: &data, scanner: &link, window: WINDOW };
        let kiosk = Kiosk::start(&place)?;
        hands.turn_to_window(WINDOW, PATIENCE)?;
        Ok(Some(Self {
            kiosk,
            reader,
            hands,
            screen,
            _display: display,
            data,
            link,
            _folder: folder,
        }))
    }

    fn send(&mut self, person: &Patient) -> anyhow::Result<()> {
        let reader = self.reader.as_mut().context("the reader is pulled out")?;
        Ok(reader.send(&person.citizen_card())?)
    }

    /// The page on the screen.
    fn page(&self) -> anyhow::Result<Picture> {
        self.screen.wait("a page", WHOLE, PATIENCE, |now| !now.is_blank())
    }

    /// The page that follows `before`.
    fn page_after(&self, before: &Picture) -> anyhow::Result<Picture> {
        let is_another = |now: &Picture| now.difference(before) > ANOTHER_PAGE;
        self.screen.wait("another page", WHOLE, PATIENCE, is_another)
    }

    fn events(&self) -> anyhow::Result<Vec<Event>> {
        let journal = JournalReader::open(&self.data)?;
        let start = journal.last_start()?.context("the journal tells of no start")?;
        Ok(journal.events_of(start.day)?)
    }

    /// Waits until these visits, by number, have these choices, and no others have any.
    fn wait_for_choices(&self, wanted: &[(u32, RecordUsed)]) -> anyhow::Result<()> {
        until("the choices in the journal", PATIENCE, || {
            Ok((choices(&self.events()?) == wanted).then_some(()))
        })
    }

    /// Asks the program to end, and gives what it had to say.
    fn end(&mut self) -> anyhow::Result<String> {
        let (status, log) = self.kiosk.end(PATIENCE)?;
        ensure!(status.success(), "the program ended with {status}:\n{log}");
        Ok(log)
    }
}

/// What each visit, by number, says of the record used.
fn choices(events: &[Event]) -> Vec<(u32, RecordUsed)> {
    let mut numbers = HashMap::new();
    let mut choices = Vec::new();
    for event in events {
        if let What::Arrived(arrival) = &event.what {
            numbers.insert(event.visit, arrival.number.0);
        } else if let What::Chose(choice) = &event.what
            && let Some(number) = numbers.get(&event.visit)
        {
            choices.push((*number, choice.used));
        }
    }
    choices
}
