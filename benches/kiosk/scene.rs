//! The kiosk on its display, and a way to see to the tenth of a millisecond when a page changes.
//!
//! The pixels are read from the memory of the X server itself, three rows at a time, every
//! 0.1 ms: a read costs a few microseconds and asks nothing of the server. Each part prints how
//! far apart the two reads around a change were, which is the most a figure can be too large.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use tiepdon::command::demo::patient;
use tiepdon::reader::FakeReader;

use crate::support::{Area, Framebuffer, Hands, Key, Kiosk, Picture, Place, Xvfb};

/// A change that takes longer did not happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// All of the screen.
const WHOLE: Area = Area { x: 0, y: 0, width: Xvfb::WIDTH, height: Xvfb::HEIGHT };

/// Rows at the top that tell that the reader is heard, whatever the page.
const UPPER_EDGE: u16 = 40;

/// What a page has for itself.
const PAGE: Area =
    Area { x: 0, y: UPPER_EDGE, width: Xvfb::WIDTH, height: Xvfb::HEIGHT - UPPER_EDGE };

/// The desk takes two presses within 300 ms for one.
const BETWEEN_PRESSES: Duration = Duration::from_millis(320);

/// A page that a scan has changed takes no press for this time.
const CHANGED_PAGE_RESTS: Duration = Duration::from_millis(720);

/// Two reads of the pixels are this far apart, and what the system adds to a sleep.
const LOOK_EVERY: Duration = Duration::from_micros(30);

/// A kiosk in a window that fills its display.
pub(crate) struct Scene {
    // In the order in which it is taken down.
    pub(crate) kiosk: Option<Kiosk>,
    reader: FakeReader,
    hands: Hands,
    screen: Framebuffer,
    display: Xvfb,
    pub(crate) data: PathBuf,
    link: PathBuf,
    _folder: TempDir,
    pressed: Instant,
    patients: usize,
}

/// Three rows of the screen that tell one page from another.
pub(crate) struct Witness([Area; 3]);

/// A page changed.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    /// Since the cause, until all of the rows had changed.
    pub(crate) after: Duration,
    /// How much earlier it may have been.
    pub(crate) error: Duration,
}

impl Scene {
    /// A display, a reader that is plugged in, and no kiosk yet.
    pub(crate) fn empty() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let (data, link) = (folder.path().join("data"), folder.path().join("reader"));
        let display = Xvfb::start()?;
        Ok(Self {
            kiosk: None,
            reader: FakeReader::plug_in(&link)?,
            hands: Hands::before(display.name())?,
            screen: display.framebuffer()?,
            display,
            data,
            link,
            _folder: folder,
            pressed: Instant::now(),
            patients: 0,
        })
    }

    /// The same with a kiosk that waits for its first patient.
    pub(crate) fn idle() -> anyhow::Result<Self> {
        let mut scene = Self::empty()?;
        scene.start()?;
        scene.hands.turn_to_window((Xvfb::WIDTH, Xvfb::HEIGHT), PATIENCE)?;
        scene.page()?;
        Ok(scene)
    }

    /// Starts the kiosk; when it returns, the program has just begun to run.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        let Self { display, data, link: scanner, .. } = self;
        let (display, window) = (display.name(), (Xvfb::WIDTH, Xvfb::HEIGHT));
        self.kiosk = Some(Kiosk::start(&Place { display, data, scanner, window })?);
        Ok(())
    }

    /// Ends the kiosk, and waits until its window is gone.
    pub(crate) fn end(&mut self) -> anyhow::Result<()> {
        if let Some(mut kiosk) = self.kiosk.take() {
            kiosk.end(PATIENCE)?;
        }
        self.screen.wait("an empty screen", WHOLE, PATIENCE, Picture::is_blank)?;
        Ok(())
    }

    /// The page on the screen, once it has stopped changing.
    pub(crate) fn page(&self) -> anyhow::Result<Picture> {
        self.screen.wait("a page", WHOLE, PATIENCE, |page| !page.is_blank())
    }

    /// The next patient lays a card on the reader.
    pub(crate) fn scan(&mut self) -> anyhow::Result<()> {
        let card = patient(self.patients).citizen_card();
        self.patients += 1;
        Ok(self.reader.send(&card)?)
    }

    /// Presses a key, as soon as the desk believes in another press.
    pub(crate) fn press(&mut self, key: Key) -> anyhow::Result<()> {
        self.wait_between_presses();
        self.pressed = Instant::now();
        self.hands.press(key)
    }

    /// Puts a finger on the glass.
    pub(crate) fn touch(&mut self, (x, y): (u16, u16)) -> anyhow::Result<()> {
        self.hands.touch(x, y)
    }

    /// Takes it off again, which is a press.
    pub(crate) fn let_go(&mut self) -> anyhow::Result<()> {
        self.pressed = Instant::now();
        self.hands.let_go()
    }

    /// Waits until the desk believes in another press.
    pub(crate) fn wait_between_presses(&self) {
        thread::sleep(BETWEEN_PRESSES.saturating_sub(self.pressed.elapsed()));
    }

    /// Waits until the page that a scan has just changed takes a press.
    pub(crate) fn wait_until_page_takes_presses(&self) {
        self.wait_between_presses();
        thread::sleep(CHANGED_PAGE_RESTS);
    }

    /// Does something, and tells how long after it `witness` saw all of its rows change.
    pub(crate) fn change(
        &mut self,
        witness: &Witness,
        cause: impl FnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<Change> {
        let before = witness.look(&self.screen)?;
        let caused = Instant::now();
        cause(self)?;
        let mut last = caused.elapsed();
        loop {
            let now = witness.look(&self.screen)?;
            let after = caused.elapsed();
            if now.iter().zip(&before).all(|(now, before)| now != before) {
                return Ok(Change { after, error: after.saturating_sub(last) });
            }
            if after > PATIENCE {
                bail!("nothing changed on the screen");
            }
            last = after;
            thread::sleep(LOOK_EVERY);
        }
    }

    /// The rows that tell the page now on the screen from the one that `cause` leads to.
    pub(crate) fn witness(
        &mut self,
        cause: impl FnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<Witness> {
        let before = self.screen.look(PAGE)?;
        cause(self)?;
        let after = self.screen.wait("another page", PAGE, PATIENCE, |page| *page != before)?;
        Witness::between(&before, &after)
    }

    /// The rows of the screen as `witness` sees them.
    pub(crate) fn look(&self, witness: &Witness) -> anyhow::Result<[Picture; 3]> {
        witness.look(&self.screen)
    }
}

impl Witness {
    /// Where every page says that the reader is heard.
    pub(crate) fn of_the_upper_edge() -> Self {
        Self([2, 4, 6].map(|y| Area { x: 0, y, width: Xvfb::WIDTH, height: 1 }))
    }

    /// The quarters of the rows that differ: what is drawn from top to bottom has mostly changed
    /// when the third has, and the bar and the foot of the pages stay out of it.
    fn between(before: &Picture, after: &Picture) -> anyhow::Result<Self> {
        let rows: Vec<u16> = before.rows_unlike(after).collect();
        let row = |quarter: usize| {
            let y = rows.get(rows.len() * quarter / 4).copied();
            let y = y.context("the page did not change")?;
            anyhow::Ok(Area { x: 0, y, width: Xvfb::WIDTH, height: 1 })
        };
        Ok(Self([row(1)?, row(2)?, row(3)?]))
    }

    fn look(&self, screen: &Framebuffer) -> anyhow::Result<[Picture; 3]> {
        let [first, second, third] = self.0;
        Ok([screen.look(first)?, screen.look(second)?, screen.look(third)?])
    }
}

/// Waits until whatever a change set off is over, a little differently long each time: refreshes
/// must not keep step with the measuring.
pub(crate) fn rest(round: u32) {
    const SHORTEST: Duration = Duration::from_millis(60);
    const STEP: Duration = Duration::from_micros(1_300);
    thread::sleep(SHORTEST + STEP * (round % 13));
}
