//! The real program in a real window: a reader on a pseudo-terminal, an X server that shows its
//! screen to nobody, keys and clicks as that server hands them out. What counts is what a patient
//! would see, and what the journal holds afterwards.

#[expect(dead_code, reason = "the benchmark of the kiosk uses the rest")]
mod support;

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tiepdon::command::demo::{Patient, patient};
use tiepdon::event::{Event, RecordUsed, What};
use tiepdon::journal::JournalReader;
use tiepdon::reader::FakeReader;

use support::{Area, Framebuffer, Glass, Hands, Key, Kiosk, Picture, Place, Xvfb, until};

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

/// The desk takes no press on a page that a scan has just changed.
const CHANGED_PAGE_RESTS: Duration = Duration::from_millis(720);

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
    let choice = desk.scans(&first, &idle)?;
    desk.hands.press(Key::ONE)?;
    desk.wait_for_choices(&[(1, RecordUsed::Vneid)])?;
    let done = desk.page_after(&choice)?;
    ensure!(done.difference(&idle) > ANOTHER_PAGE, "the first patient saw no acknowledgement");

    let second = patient(1);
    let choice = desk.scans(&second, &done)?;
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

    desk.scans(&patient(2), &idle)?;
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

/// Two who may sign in, and the head, who does not.
const STAFF: [&str; 3] = ["head", "nurse", "nurse"];

/// How long people's fingers stay.
const QUICK: Duration = Duration::from_millis(80);
const USUAL: Duration = Duration::from_millis(160);
const SLOW: Duration = Duration::from_millis(300);

/// Where the targets stand in [`WINDOW`], in pixels.
mod place {
    pub(super) const DOOR: (u16, u16) = (1185, 36);
    pub(super) const CHOICES: [(u16, u16); 3] = [(230, 407), (640, 407), (1047, 407)];
    /// Of four answers in two columns.
    pub(super) const HAS_ALL: (u16, u16) = (335, 327);
    /// Of six answers in three columns.
    pub(super) const SECOND_GUIDE: (u16, u16) = (640, 288);
    pub(super) const CHECK_NUMBER: (u16, u16) = (1047, 520);
    pub(super) const LETTER_G: (u16, u16) = (892, 266);
    /// At the left of the foot.
    pub(super) const BACK: (u16, u16) = (178, 723);
    /// The second of the staff's codes.
    pub(super) const NURSE: (u16, u16) = (936, 246);
    /// The keys of 1 to 9.
    pub(super) fn key(digit: u16) -> (u16, u16) {
        let (row, column) = ((digit - 1) / 3, (digit - 1) % 3);
        (789 + column * 184, 144 + row * 147)
    }
    pub(super) const LATEST_VISIT: (u16, u16) = (410, 147);
    pub(super) const OTHER_THINGS: (u16, u16) = (199, 728);
    pub(super) const FIRST_OF_THE_MENU: (u16, u16) = (233, 249);
}

/// The way to a guide, back, and to the letters of the number check.
fn a_patient_opens_a_guide_and_types_a_letter(mut desk: Desk) -> anyhow::Result<()> {
    let idle = desk.page()?;
    desk.scans(&patient(0), &idle)?;
    desk.turn("the third choice", place::CHOICES[2], SLOW)?;
    let guides = desk.turn("the first answer", place::HAS_ALL, QUICK)?;
    desk.turn("the second guide", place::SECOND_GUIDE, USUAL)?;
    let again = desk.turn("the way back", place::BACK, QUICK)?;
    ensure!(again.difference(&guides) < ANOTHER_PAGE, "the way back leads elsewhere");
    let letters = desk.turn("the number check", place::CHECK_NUMBER, SLOW)?;
    desk.press(place::LETTER_G, QUICK)?;
    desk.screen.wait("the first letter of the number", WHOLE, PATIENCE, |now| {
        now.difference(&letters) > ANOTHER_PAGE / 5.0
    })?;
    let guided = desk.events()?.into_iter().filter(|event| matches!(event.what, What::Guided(_)));
    ensure!(guided.count() == 1, "not one guide in the journal");
    Ok(())
}

/// A nurse beside a second one signs in, opens the visit of a patient and looks at another day.
fn a_nurse_beside_another_signs_in(mut desk: Desk) -> anyhow::Result<()> {
    let idle = desk.page()?;
    desk.scans(&patient(0), &idle)?;
    desk.turn("the first choice", place::CHOICES[0], QUICK)?;
    desk.wait_for_choices(&[(1, RecordUsed::Vneid)])?;
    desk.turn("the door", place::DOOR, USUAL)?;
    desk.turn("a code of the staff", place::NURSE, USUAL)?;
    for digit in [7, 3, 9, 1, 5, 8, 7, 3, 9, 1, 5, 8] {
        desk.press(place::key(digit), QUICK)?;
    }
    until("the new PIN in the journal", PATIENCE, || {
        let chosen = |event: &Event| matches!(event.what, What::PinChosen { .. });
        Ok(desk.events()?.iter().any(chosen).then_some(()))
    })?;
    // Where nobody vouches for the time, whoever signs in is asked for it first.
    if desk.events()?.last().is_some_and(|event| !event.at.sure) {
        desk.turn("the way past the clock", place::BACK, USUAL)?;
    }
    let list = desk.page()?;
    desk.turn("the latest visit", place::LATEST_VISIT, SLOW)?;
    let again = desk.turn("the way back", place::BACK, QUICK)?;
    ensure!(again.difference(&list) < ANOTHER_PAGE, "the way back leads elsewhere");
    desk.turn("\"Việc khác\"", place::OTHER_THINGS, QUICK)?;
    desk.turn("the first of the menu", place::FIRST_OF_THE_MENU, SLOW)?;
    Ok(())
}

#[test]
fn a_press_of_human_length_opens_a_guide_and_types_a_letter() -> anyhow::Result<()> {
    let Some(desk) = Desk::open()? else { return Ok(()) };
    a_patient_opens_a_guide_and_types_a_letter(desk)
}

#[test]
fn a_press_of_human_length_signs_a_nurse_in_beside_another() -> anyhow::Result<()> {
    let Some(desk) = Desk::open_with(Display::with_mouse()?, &STAFF)? else { return Ok(()) };
    a_nurse_beside_another_signs_in(desk)
}

#[test]
fn a_finger_on_the_glass_opens_a_guide_and_types_a_letter() -> anyhow::Result<()> {
    let Some(desk) = Desk::open_with(Display::with_glass()?, &[])? else { return Ok(()) };
    a_patient_opens_a_guide_and_types_a_letter(desk)
}

#[test]
fn a_finger_on_the_glass_signs_a_nurse_in_beside_another() -> anyhow::Result<()> {
    let Some(desk) = Desk::open_with(Display::with_glass()?, &STAFF)? else { return Ok(()) };
    a_nurse_beside_another_signs_in(desk)
}

#[test]
fn of_two_fingers_on_the_glass_the_first_chooses() -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open_with(Display::with_glass()?, &[])? else { return Ok(()) };
    let idle = desk.page()?;
    let choice = desk.scans(&patient(0), &idle)?;
    let [first, second, third] = place::CHOICES;
    let Display::Glass(glass) = &mut desk.display else { anyhow::bail!("no glass") };
    // A finger that slides off and leaves, and two of which the first leaves first: nothing.
    glass.touch(0, third)?;
    thread::sleep(QUICK);
    glass.slide(0, second)?;
    glass.lift(0, second)?;
    thread::sleep(BETWEEN_PRESSES);
    glass.touch(0, third)?;
    glass.touch(1, first)?;
    thread::sleep(QUICK);
    glass.lift(0, third)?;
    glass.lift(1, first)?;
    thread::sleep(BETWEEN_PRESSES);
    ensure!(desk.page()?.difference(&choice) < ANOTHER_PAGE, "one of these fingers chose");
    desk.wait_for_choices(&[])?;
    let Display::Glass(glass) = &mut desk.display else { anyhow::bail!("no glass") };
    glass.touch(0, second)?;
    thread::sleep(QUICK);
    glass.touch(1, first)?;
    thread::sleep(QUICK);
    glass.lift(1, first)?;
    glass.lift(0, second)?;
    desk.wait_for_choices(&[(1, RecordUsed::Paper)])
}

/// A kiosk in front of its first patient.
struct Desk {
    // In the order in which it is taken down.
    kiosk: Kiosk,
    reader: Option<FakeReader>,
    hands: Hands,
    screen: Framebuffer,
    display: Display,
    data: PathBuf,
    link: PathBuf,
    _folder: TempDir,
}

impl Desk {
    /// `None`, with a word about it, where there is no X server to be had.
    fn open() -> anyhow::Result<Option<Self>> {
        Self::open_with(Display::with_mouse()?, &[])
    }

    /// With these of the staff.
    fn open_with(display: Option<Display>, staff: &[&str]) -> anyhow::Result<Option<Self>> {
        let Some(display) = display else { return Ok(None) };
        let folder = TempDir::new()?;
        let (data, link) = (folder.path().join("data"), folder.path().join("reader"));
        for role in staff {
            add_staff(&data, role)?;
        }
        let (screen, hands) = (display.framebuffer()?, Hands::before(display.name())?);
        let reader = Some(FakeReader::plug_in(&link)?);
        let place = Place { display: display.name(), data: &data, scanner: &link, window: WINDOW };
        let kiosk = Kiosk::start(&place)?;
        hands.turn_to_window(WINDOW, PATIENCE)?;
        Ok(Some(Self { kiosk, reader, hands, screen, display, data, link, _folder: folder }))
    }

    fn send(&mut self, person: &Patient) -> anyhow::Result<()> {
        let reader = self.reader.as_mut().context("the reader is pulled out")?;
        Ok(reader.send(&person.citizen_card())?)
    }

    /// A patient scans, and looks at the page that follows `before` as long as it takes no press: a
    /// finger on its way to the page before is not theirs.
    fn scans(&mut self, person: &Patient, before: &Picture) -> anyhow::Result<Picture> {
        self.send(person)?;
        let page = self.page_after(before)?;
        thread::sleep(CHANGED_PAGE_RESTS);
        Ok(page)
    }

    /// A finger's press in `place`, as long as `hold`, and the pause after it.
    fn press(&mut self, (x, y): (u16, u16), hold: Duration) -> anyhow::Result<()> {
        match &mut self.display {
            Display::Mouse(_) => {
                self.hands.touch(x, y)?;
                thread::sleep(hold);
                self.hands.let_go()?;
            }
            Display::Glass(glass) => {
                glass.touch(0, (x, y))?;
                thread::sleep(hold);
                glass.lift(0, (x, y))?;
            }
        }
        thread::sleep(BETWEEN_PRESSES);
        Ok(())
    }

    /// Presses there, and gives the page that follows.
    fn turn(&mut self, what: &str, place: (u16, u16), hold: Duration) -> anyhow::Result<Picture> {
        let before = self.page()?;
        self.press(place, hold)?;
        self.page_after(&before).with_context(|| format!("{what}, pressed for {hold:?}"))
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

/// What a kiosk hangs on.
enum Display {
    /// Pressed by the left button of a mouse.
    Mouse(Xvfb),
    /// Pressed by fingers.
    Glass(Glass),
}

impl Display {
    fn with_mouse() -> anyhow::Result<Option<Self>> {
        if Xvfb::is_missing() {
            return skipped("Xvfb");
        }
        Ok(Some(Self::Mouse(Xvfb::start()?)))
    }

    fn with_glass() -> anyhow::Result<Option<Self>> {
        if Glass::is_missing() {
            return skipped("Xorg with its drivers dummy and inputtest");
        }
        Ok(Some(Self::Glass(Glass::start()?)))
    }

    fn name(&self) -> &str {
        match self {
            Self::Mouse(display) => display.name(),
            Self::Glass(display) => display.name(),
        }
    }

    fn framebuffer(&self) -> anyhow::Result<Framebuffer> {
        match self {
            Self::Mouse(display) => display.framebuffer(),
            Self::Glass(display) => display.framebuffer(),
        }
    }
}

/// Nothing to test with here; where the tests run for everybody there must be.
fn skipped(what: &str) -> anyhow::Result<Option<Display>> {
    ensure!(std::env::var_os("CI").is_none(), "{what} is not installed");
    // The harness swallows what a test prints, but not this.
    writeln!(io::stderr(), "SKIPPED: {what} is not installed; .ci/packages test gets it")?;
    Ok(None)
}

/// As whoever sets up the box does.
fn add_staff(data: &Path, role: &str) -> anyhow::Result<()> {
    let told = Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["staff", "add", "--role", role])
        .args(["--config", concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config")])
        .arg("--data")
        .arg(data)
        .output()?;
    ensure!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    Ok(())
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
