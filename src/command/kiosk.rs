//! The rooms joined: reader → desk → journal → screen, for `run` and `demo` alike.
//!
//! Three threads. The screen's own, where the desk decides and nothing ever waits for a disk or a
//! port; the reader's; the journal's. They meet in one mailbox, which the screen's thread empties
//! in order.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context as _;
use async_channel::{Receiver, Sender, unbounded};
use slint::{Timer, TimerMode};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::card::{self, ReaderSetting};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::desk::{Earlier, Effect, Env, Event, Offer, Place, State, Written, step};
use crate::event::{VisitId, What};
use crate::figures::Tally;
use crate::journal::{Answer, Journal, Request, Writer};
use crate::reader::framing::{Ending, NO_END_SUFFIX};
use crate::reader::{Signal, listen};
use crate::screen::Screen;
use crate::station::Timing;
use crate::voice::Voice;

/// What a kiosk is made of.
pub(super) struct Setup {
    pub configuration: Configuration,
    pub data: PathBuf,
    pub clock: Clock,
    /// Window size in pixels; `None` fills the display.
    pub windowed: Option<(u32, u32)>,
    /// Where the station's recorded sounds are.
    pub sounds: PathBuf,
}

/// Sees every state the desk shows; the demo takes its pictures here.
pub(super) type Observer = Box<dyn FnMut(&Screen, &State)>;

/// What the screen's thread is told.
enum Message {
    Desk(Event),
    Journal(Box<Answer>),
    /// The reader has begun to send.
    Receiving,
    /// It has been silent since, or what it sent came to nothing.
    ReceivedNothing,
    /// The wish of this number is due.
    TimedOut(u64),
    Minute,
}

/// Runs the kiosk until the event loop is told to quit.
pub(super) fn serve(setup: Setup, observer: Observer) -> anyhow::Result<()> {
    let (settings, windowed) = (setup.configuration.station.reader.clone(), setup.windowed);
    let clock = setup.clock.clone();
    let (kiosk, inbox, writer) = assemble(setup, observer)?;

    let stop = Arc::new(AtomicBool::new(false));
    let deliver = decode_to(kiosk.mailbox.clone(), clock.clone());
    listen(settings, stop.clone(), deliver).context("không mở được luồng máy quét")?;

    kiosk.screen.show_window(windowed).context("không mở được màn hình")?;
    slint::spawn_local(kiosk.serve(inbox))?;
    slint::run_event_loop()?;

    // The reader's thread ends by itself within a second; nobody waits for it.
    stop.store(true, Ordering::Relaxed);
    writer.requests().send(Request::Record {
        visit: None,
        at: clock.now(),
        what: What::Stopped,
    })?;
    writer.stop();
    Ok(())
}

/// Everything but the reader and the event loop.
fn assemble(
    setup: Setup,
    observer: Observer,
) -> anyhow::Result<(Kiosk, Receiver<Message>, Writer)> {
    let Setup { configuration, data, clock, windowed: _, sounds } = setup;
    let station = configuration.station;
    let offer = Offer::from(&configuration.guides);

    // The window first: opening the journal can wait on an old card, people should not.
    let screen = Screen::open(&station, configuration.guides).context("không mở được màn hình")?;
    let journal = Journal::open(&data, station.origin)
        .map_err(|error| anyhow::anyhow!("{error}. {}", error.advice()))?;
    let now = clock.now();
    let mut tally = Tally::new(now.station_day());
    for event in journal.events_of(now.station_day())? {
        tally.add(&event);
    }

    let (mailbox, inbox) = unbounded();
    let answers = mailbox.clone();
    let writer =
        Writer::start(journal, move |answer| tell(&answers, Message::Journal(Box::new(answer))))?;
    let started = What::Started {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        station_name: station.name,
        point_name: station.point_name,
    };
    writer.requests().send(Request::Record { visit: None, at: now, what: started })?;
    writer.requests().send(Request::DayBegan { at: now })?;

    let (presses, touches) = (mailbox.clone(), mailbox.clone());
    screen.listen(
        move |press| tell(&presses, Message::Desk(Event::Pressed(press))),
        move || tell(&touches, Message::Desk(Event::Touched)),
    );
    let mut kiosk = Kiosk {
        screen,
        state: State::default(),
        timing: station.timing,
        offer,
        clock,
        tally,
        journal: writer.requests(),
        mailbox,
        wake: Timer::default(),
        wake_number: 0,
        minute: Timer::default(),
        heard: Timer::default(),
        voice: Voice::new(sounds),
        observer,
    };
    kiosk.minute_passed();
    kiosk.show();
    Ok((kiosk, inbox, writer))
}

/// The desk on its thread.
struct Kiosk {
    screen: Screen,
    state: State,
    timing: Timing,
    offer: Offer,
    clock: Clock,
    /// Today's figures, for the idle screen.
    tally: Tally,
    journal: mpsc::Sender<Request>,
    mailbox: Sender<Message>,
    wake: Timer,
    /// Which wish the timer runs for: one that was replaced may already be in the mailbox.
    wake_number: u64,
    minute: Timer,
    /// Runs while the reader is heard and has not yet delivered.
    heard: Timer,
    voice: Voice,
    observer: Observer,
}

impl Kiosk {
    async fn serve(mut self, inbox: Receiver<Message>) {
        while let Ok(message) = inbox.recv().await {
            let is_receiving = matches!(message, Message::Receiving);
            self.handle(message);
            if is_receiving {
                // Seen at once, before the time it takes to draw a whole page.
                self.next_frame().await;
            }
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Desk(event) => self.step(event),
            Message::Journal(answer) => self.answered(*answer),
            Message::Receiving => self.receiving(),
            Message::ReceivedNothing => self.screen.show_receiving(false),
            Message::TimedOut(number) if number == self.wake_number => self.step(Event::TimedOut),
            Message::TimedOut(_) => {}
            Message::Minute => self.minute_passed(),
        }
    }

    /// Shows that the reader is heard.
    fn receiving(&mut self) {
        /// Longer than the longest card takes at 9600 baud, and than the silence that ends it.
        const COMES_TO_NOTHING: Duration = Duration::from_secs(2);
        self.screen.show_receiving(true);
        self.screen.redraw_now();
        let mailbox = self.mailbox.clone();
        self.heard.start(TimerMode::SingleShot, COMES_TO_NOTHING, move || {
            tell(&mailbox, Message::ReceivedNothing);
        });
    }

    /// Returns when the next frame is drawn, or when nobody draws.
    async fn next_frame(&self) {
        /// A few refreshes of any display.
        const NOBODY_DRAWS: Duration = Duration::from_millis(50);
        let (drawn, frame) = async_channel::bounded(1);
        let late = drawn.clone();
        // Both fail when the other was first.
        self.screen.on_next_frame(move || {
            let _ = drawn.try_send(());
        });
        Timer::single_shot(NOBODY_DRAWS, move || {
            let _ = late.try_send(());
        });
        // Fails only when both senders are gone, and then there is nothing to wait for.
        let _ = frame.recv().await;
    }

    fn step(&mut self, event: Event) {
        let now = self.clock.now();
        let env = Env {
            now: Duration::from_millis(now.uptime_ms),
            today: now.station_day().0,
            fresh: VisitId(Uuid::now_v7()),
            timing: &self.timing,
            offer: &self.offer,
        };
        let (state, effects) = step(std::mem::take(&mut self.state), event, &env);
        self.state = state;
        for effect in effects {
            self.carry_out(effect);
        }
        self.show();
    }

    fn carry_out(&mut self, effect: Effect) {
        let at = self.clock.now();
        match effect {
            Effect::Arrive { visit, card, age, identity } => {
                let identity =
                    identity.map(|identity| Zeroizing::new(identity.reveal().as_bytes().to_vec()));
                self.ask(Request::Arrive { visit, at, card, age, identity });
            }
            Effect::Record { visit, what } => self.ask(Request::Record { visit, at, what }),
            Effect::Wake(after) => {
                self.wake_number += 1;
                let (mailbox, number) = (self.mailbox.clone(), self.wake_number);
                self.wake.start(TimerMode::SingleShot, after, move || {
                    tell(&mailbox, Message::TimedOut(number));
                });
            }
            Effect::Rest => {
                self.wake_number += 1;
                self.wake.stop();
            }
        }
    }

    fn ask(&self, request: Request) {
        if self.journal.send(request).is_err() {
            tracing::error!("the journal's thread is gone");
        }
    }

    fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Arrived { proposed, visit, event } => {
                self.count(&event);
                let earlier =
                    visit.again.then_some(Earlier { arrived: visit.arrived, used: visit.used });
                self.step(Event::Arrived { proposed, number: visit.number, earlier });
            }
            Answer::Recorded { proposed, event } => {
                self.count(&event);
                if let Some(proposed) = proposed {
                    self.step(Event::Recorded { proposed, what: Written::of(&event.what) });
                } else {
                    self.show();
                }
            }
            Answer::Failed { proposed, .. } => {
                if let Some(proposed) = proposed {
                    self.step(Event::NotRecorded { proposed });
                }
            }
        }
    }

    fn count(&mut self, event: &crate::event::Event) {
        if event.day > self.tally.day() {
            self.tally = Tally::new(event.day);
        }
        self.tally.add(event);
    }

    fn show(&mut self) {
        let figures = self.tally.figures();
        self.screen.show_today(figures.arrivals, figures.used.vneid());
        self.screen.show(&self.state);
        self.heard.stop();
        self.screen.show_receiving(false);
        self.screen.redraw_now();
        self.read_aloud();
        (self.observer)(&self.screen, &self.state);
    }

    /// A guide has a sound for each step, called by the guide's own name.
    fn read_aloud(&mut self) {
        let look = self.state.look;
        if !look.aloud {
            self.voice.hush();
            return;
        }
        let name = self.state.place.name();
        if let Place::Guiding(reading) = self.state.place
            && let Some(guide) = self.offer.guides.get(reading.guide)
        {
            self.voice.say(look.language, &format!("{name}-{}-{}", guide.id, reading.step));
        } else {
            self.voice.say(look.language, name);
        }
    }

    /// Shows the time, and comes again when the next minute begins.
    fn minute_passed(&mut self) {
        const MINUTE_MS: i64 = 60_000;
        let now = self.clock.now();
        if now.station_day() > self.tally.day() {
            self.tally = Tally::new(now.station_day());
            self.ask(Request::DayBegan { at: now });
        }
        self.screen.show_clock(&now);
        self.screen.shift(&now);
        let left = u64::try_from(MINUTE_MS - now.wall_ms.rem_euclid(MINUTE_MS)).unwrap_or_default();
        let mailbox = self.mailbox.clone();
        self.minute.start(TimerMode::SingleShot, Duration::from_millis(left), move || {
            tell(&mailbox, Message::Minute);
        });
    }
}

/// The reader's thread decodes too, so that the screen's thread only decides.
fn decode_to(mailbox: Sender<Message>, clock: Clock) -> impl FnMut(Signal) + Send {
    let mut told = None;
    let mut without_end = 0_u32;
    move |signal| {
        let event = match signal {
            Signal::Receiving => {
                tell(&mailbox, Message::Receiving);
                return;
            }
            Signal::Record(record) => {
                let mut scan = card::decode(record.bytes(), clock.now().station_day().0);
                without_end = if record.ending() == Ending::Silence { without_end + 1 } else { 0 };
                if without_end >= NO_END_SUFFIX {
                    scan.suspect(ReaderSetting::EndSuffix);
                }
                let setting = scan.diagnose();
                if setting.is_some() && setting != told {
                    let setting = setting.map(ReaderSetting::slug).unwrap_or_default();
                    tracing::warn!(setting, "the reader is set up wrongly; see `tiepdon reader`");
                }
                told = setting;
                Event::Scanned(scan)
            }
            Signal::Lost => Event::ReaderLost,
            Signal::Found => Event::ReaderFound,
        };
        tell(&mailbox, Message::Desk(event));
    }
}

/// The mailbox has no limit and closes only when the window is gone.
fn tell(mailbox: &Sender<Message>, message: Message) {
    let _ = mailbox.try_send(message);
}

#[cfg(test)]
mod tests;
