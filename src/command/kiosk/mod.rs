//! The rooms joined: reader → desk → journal → screen, for `run` and `demo` alike.
//!
//! The screen's own thread, where desk and staff's side decide and nothing ever waits for a disk or
//! a port; the reader's; the journal's; one that watches for sticks; and short ones for what takes
//! its time, such as comparing a PIN or writing a stick. They meet in one mailbox, which the
//! screen's thread empties in order.

mod asking;
mod babble;
mod births;
mod calls;
mod display_size;
mod examination;
mod hall;
mod known_time;
mod opening;
mod running_list;
mod sealing;
mod staff;
mod sticks;

use std::cell::Cell;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_channel::{Receiver, Sender, unbounded};
use slint::{Timer, TimerMode};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::opening_hours::opening_hours;
use super::own_memory::overwrite_stack;
use crate::call;
use crate::campaign::Campaign;
use crate::card::{self, Identity, ReaderSetting, Scan};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::desk::{Earlier, Effect, Env, Event, Offer, Place, State, Written, kind_of, step};
use crate::event::{ClosingWay, Count, Entry, Moment, StaffCode, Subject, VisitId, What};
use crate::export::{Platform, Volume};
use crate::figures::{OpeningHours, Tally};
use crate::health::{self, UnderVoltage};
use crate::journal::{
    Answer, ClockKnown, RESERVE_USED, Request, Restoration, Ticket, Visit, Writer,
};
use crate::reader::framing::{Ending, NO_END_SUFFIX};
use crate::reader::{Signal, listen};
use crate::reception::{self, Outlook, Press};
use crate::report::Heading;
use crate::screen::Screen;
use crate::seal::StationKey;
use crate::service::Beginnings;
use crate::station::document::Problems;
use crate::station::{Station, Timing};
use crate::voice::{Player, Voice};
use asking::{Asker, Asking};
use babble::{Babble, Counted, Junk};
use births::Births;
use calls::Calls;
use display_size::DisplaySize;
use hall::HallScreen;
use opening::{Attempt, Found};
use running_list::RunningList;
use sealing::Signing;
pub(super) use sealing::close_day;
use staff::{RosterChange, StaffSide};

/// What a kiosk is made of.
pub(super) struct Setup {
    /// How often the program began anew in this process.
    pub begun_again: Beginnings,
    pub configuration: Configuration,
    pub data: PathBuf,
    pub clock: Clock,
    /// Window size in pixels; `None` fills the display.
    pub windowed: Option<(u32, u32)>,
    /// Where the station's recorded sounds are.
    pub sounds: PathBuf,
    /// What plays sounds; `None`: there is no loudspeaker.
    pub player: Option<Player>,
    /// The boot partition, where a file can make forgotten PINs void.
    pub boot: PathBuf,
    /// What sticks are plugged into.
    pub platform: Arc<dyn Platform + Send + Sync>,
}

/// Sees every state the desk shows; the demo takes its pictures here.
pub(super) type Observer = Box<dyn FnMut(&Screen, &State)>;

/// What the screen's thread is told.
enum Message {
    Desk(Event),
    /// The same, from the reader's thread, which waits for room.
    Reader(Event),
    /// The reader sends without end what cannot be read.
    ReaderBabbles,
    Journal(Option<Ticket>, Box<Answer>),
    /// The reader has begun to send.
    Receiving,
    /// It has been silent since, or what it sent came to nothing.
    ReceivedNothing,
    /// The wish of this number is due.
    TimedOut(u64),
    Minute,
    /// The window is there.
    Window,
    /// Staff pressed something.
    Staff(Press),
    /// The wish of this number of a call is due.
    CallDue(u64),
    /// Staff touched the band of a call.
    CallAnswered(call::Event),
    /// A second has passed on the staff's side.
    Second,
    /// A PIN was compared.
    PinCompared {
        staff: StaffCode,
        right: bool,
    },
    /// The list of the staff was changed, or what to do because it was not.
    Roster(Result<Box<RosterChange>, &'static str>),
    /// What the staff's pages tell of the days before.
    Outlook(Outlook),
    /// What the hall sees of the campaign.
    Hall(HallScreen),
    /// Something about a stick.
    Stick(sticks::News),
    /// The whole box was looked at.
    Examined(Box<health::Page>),
    /// A journal that did not open was tried again.
    JournalTried {
        opens: bool,
    },
    /// The system gave no thread.
    NoThread,
    /// A finger was lifted from a page that stood still under it.
    FingerLifted,
}

/// Why a kiosk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The event loop was told to quit.
    Quit,
    /// A journal that did not open opens at last: the next start takes it over.
    ToStartAgain,
    /// The database showed damage: the next start looks for it and restores it.
    ToHeal,
}

/// Runs the kiosk until the event loop is told to quit.
pub(super) fn serve(setup: Setup, observer: Observer) -> anyhow::Result<Ended> {
    let (settings, windowed) = (setup.configuration.station.reader.clone(), setup.windowed);
    let clock = setup.clock.clone();
    let (kiosk, inbox, writer) = assemble(setup, observer)?;
    let (ended, babble) = (kiosk.ended.clone(), kiosk.babble.clone());

    let stop = Arc::new(AtomicBool::new(false));
    let deliver = decode_to(kiosk.mailbox.clone(), clock.clone(), kiosk.babble.clone());
    listen(settings, stop.clone(), deliver).context("không mở được luồng máy quét")?;
    watch_for_sticks(&kiosk, &stop)?;
    watch_power(&kiosk, &stop)?;

    kiosk.screen.show_window(windowed).context("không mở được màn hình")?;
    kiosk.fit_the_display_once_there_is_a_window()?;
    slint::spawn_local(kiosk.serve(inbox))?;
    slint::run_event_loop()?;

    // The threads of reader and sticks end by themselves within seconds; nobody waits for them.
    stop.store(true, Ordering::Relaxed);
    let (subject, at) = (Subject::Desk, clock.now());
    for what in babble.take().into_iter().chain([What::Stopped]) {
        let request = Request::Record { subject, at, by: None, what };
        writer.requests().send((Ticket::default(), request))?;
    }
    writer.stop();
    Ok(ended.get())
}

fn watch_for_sticks(kiosk: &Kiosk, stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    let (platform, stop, mailbox) = (kiosk.platform.clone(), stop.clone(), kiosk.mailbox.clone());
    thread::Builder::new()
        .name("sticks".to_owned())
        .spawn(move || {
            sticks::watch(&*platform, &stop, |news| tell(&mailbox, Message::Stick(news)));
        })
        .context("không mở được luồng USB")?;
    Ok(())
}

/// A moment of weak power is over before anybody looks: it is kept for the page of the box's health.
fn watch_power(kiosk: &Kiosk, stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    /// The kernel tells of changes; this is for the end of the program.
    const LOOK_AGAIN: Duration = Duration::from_secs(60);
    let Some(mut power) = UnderVoltage::look_for(Path::new("/")) else { return Ok(()) };
    let (stop, data) = (stop.clone(), kiosk.data.clone());
    let watch = move || {
        while !stop.load(Ordering::Relaxed) {
            if let Err(error) = power.wait(&data, LOOK_AGAIN) {
                tracing::error!(%error, "the power cannot be watched");
                return;
            }
        }
    };
    thread::Builder::new()
        .name("power".to_owned())
        .spawn(watch)
        .context("không mở được luồng theo dõi nguồn điện")?;
    Ok(())
}

/// Everything but the reader and the event loop.
fn assemble(
    setup: Setup,
    observer: Observer,
) -> anyhow::Result<(Kiosk, Receiver<Message>, Writer)> {
    let Setup { configuration, data, clock, windowed, sounds, player, boot, platform, .. } = setup;
    let begun_again = setup.begun_again;
    let campaigns: Vec<Campaign> = configuration.active_campaigns().cloned().collect();
    let station = Arc::new(configuration.station);
    let doubts = configuration.doubts;
    let offer = Offer::from(&configuration.guides);

    // The window first: opening the journal can wait on an old card, people should not.
    let screen = Screen::open(&station, configuration.guides).context("không mở được màn hình")?;
    let found = opening::open(&data, &station.origin, &clock)
        .map_err(|error| anyhow::anyhow!("{error}. {}", error.advice()))?;
    let Found { journal, tally, staff_events, last_sure_ms, notice } = found;
    let without_journal = journal.is_none().then_some(Attempt::Due);
    let now = clock.now();
    let hours = opening_hours(&station.hours);
    // What cannot be recorded is not obeyed.
    let reset_from = journal.is_some().then_some(boot.as_path());
    let start = StaffSide::open(&data, reset_from, hours.clone(), &staff_events, now.station_day());
    let mut staff = start.side;
    staff.health.last_sure_ms = last_sure_ms;
    staff.health.journal_refused = journal.is_none();
    staff.health.notices.extend(notice);
    let signing = open_key(&data, &station, hours, &mut staff.health);

    let (mailbox, inbox) = unbounded();
    let answers = mailbox.clone();
    let sealer = signing.as_ref().map(Signing::sealer);
    let answer = move |ticket, answer| tell(&answers, Message::Journal(ticket, Box::new(answer)));
    let writer = match journal {
        Some(journal) => Writer::start(journal, sealer, answer),
        None => Writer::refusing(answer),
    }?;
    let running_list = station.list_folder.clone().map(|folder| RunningList {
        folder,
        heading: Heading {
            station_name: station.name.clone(),
            origin: station.origin.clone(),
            point_name: station.point_name.clone(),
            made_at: now,
        },
        written: None,
        writing: None,
    });
    let started = What::Started {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        station_name: station.name.clone(),
        point_name: station.point_name.clone(),
    };
    let asking = Asking::new(writer.requests());
    for what in [started].into_iter().chain(start.events) {
        let (subject, at) = (Subject::Desk, now);
        asking.ask(Asker::House, Request::Record { subject, at, by: None, what });
    }

    let (presses, touches, staff_presses) = (mailbox.clone(), mailbox.clone(), mailbox.clone());
    screen.listen(
        move |press| tell(&presses, Message::Desk(Event::Pressed(press))),
        move || tell(&touches, Message::Desk(Event::Touched)),
    );
    let (lifted, call_answers) = (mailbox.clone(), mailbox.clone());
    screen.when_lifted(move || tell(&lifted, Message::FingerLifted));
    screen.listen_for_answers(move |answer| tell(&call_answers, Message::CallAnswered(answer)));
    screen.listen_to_staff(move |press| tell(&staff_presses, Message::Staff(press)));
    let mut kiosk = Kiosk {
        screen,
        state: State::default(),
        timing: station.timing,
        offer,
        clock,
        tally,
        asking,
        mailbox,
        wake: Timer::default(),
        wake_number: 0,
        minute: Timer::default(),
        heard: Timer::default(),
        voice: Voice::new(sounds, player.clone()),
        calls: Calls::new(player),
        observer,
        staff,
        signing,
        data,
        platform,
        campaigns: Arc::new(campaigns),
        station,
        doubts,
        hall: HallScreen::default(),
        stick: None,
        running_list,
        untold: None,
        births: Births::default(),
        babble: Arc::default(),
        without_journal,
        begun_again,
        is_to_heal: false,
        ended: Rc::new(Cell::new(Ended::Quit)),
        display: DisplaySize::of(windowed),
    };
    kiosk.fit_the_display();
    // Before the days before are closed: their visits may be another day's.
    kiosk.look_at_the_clock();
    kiosk.day_began(&now);
    kiosk.minute_passed();
    kiosk.take_up_calls();
    kiosk.show();
    Ok((kiosk, inbox, writer))
}

/// What staff read when the next start did not heal what it was to heal.
const NOT_HEALED: &str = "Máy thấy dữ liệu hỏng mà chưa tự sửa được. Máy vẫn đếm tiếp những gì ghi được. \
    Xin báo người phụ trách kỹ thuật.";

/// What staff read while the key of the day cannot be used.
const NOT_RECOGNISED: &str = "Máy chưa nhận ra người quét lại trong ngày: người quét hai lần bị đếm hai lần. \
    Xin xem danh sách và bỏ lượt trùng.";

/// What staff read after the journal was restored.
fn told_of(restored: &Restoration) -> String {
    let Restoration { kept, replayed, is_complete, .. } = restored;
    if *is_complete {
        format!("Dữ liệu bị hỏng đã được khôi phục đủ: {} sự kiện.", Count(kept + replayed))
    } else {
        format!(
            "Dữ liệu bị hỏng, chỉ khôi phục được {} sự kiện. Xin đối chiếu với phiếu giấy và báo \
             người phụ trách kỹ thuật.",
            Count(kept + replayed)
        )
    }
}

/// The station's key. Without it days are not closed and nothing is handed out; patients are counted
/// all the same.
fn open_key(
    data: &Path,
    station: &Station,
    hours: OpeningHours,
    health: &mut reception::Health,
) -> Option<Signing> {
    match StationKey::open_or_make(data) {
        Ok(key) => {
            health.fingerprint = key.public().fingerprint().to_string();
            Some(Signing {
                key: Arc::new(key),
                origin: station.origin.clone(),
                station_name: station.name.clone(),
                point_name: station.point_name.clone(),
                hours,
            })
        }
        Err(error) => {
            tracing::error!(%error, "the station has no key");
            health.notices.push(error.advice().to_owned());
            None
        }
    }
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
    asking: Asking,
    mailbox: Sender<Message>,
    wake: Timer,
    /// Which wish the timer runs for: one that was replaced may already be in the mailbox.
    wake_number: u64,
    minute: Timer,
    /// Runs while the reader is heard and has not yet delivered.
    heard: Timer,
    voice: Voice,
    calls: Calls,
    observer: Observer,
    staff: StaffSide,
    /// `None` while the station's key cannot be read.
    signing: Option<Signing>,
    data: PathBuf,
    platform: Arc<dyn Platform + Send + Sync>,
    /// Those that are on.
    campaigns: Arc<Vec<Campaign>>,
    station: Arc<Station>,
    /// What its settings say that should be looked at.
    doubts: Problems,
    hall: HallScreen,
    stick: Option<Volume>,
    running_list: Option<RunningList>,
    /// What became known about the time and is not durable yet.
    untold: Option<ClockKnown>,
    /// Of those who came since the start, as long as nobody vouches for the clock.
    births: Births,
    /// What a sick reader sent since it was recorded last.
    babble: Arc<Counted>,
    /// `None` where the journal opened.
    without_journal: Option<Attempt>,
    begun_again: Beginnings,
    /// Damage was found that nobody waits for: healed when nobody is at the desk.
    is_to_heal: bool,
    ended: Rc<Cell<Ended>>,
    display: DisplaySize,
}

impl Kiosk {
    async fn serve(mut self, inbox: Receiver<Message>) {
        /// Longer than one message takes, shorter than anybody notices.
        const AT_A_TIME: Duration = Duration::from_millis(20);
        let mut began = Instant::now();
        while let Ok(message) = inbox.recv().await {
            let is_receiving = matches!(message, Message::Receiving);
            self.handle(message);
            self.babble.journal_owes(self.asking.under_way());
            if began.elapsed() > AT_A_TIME {
                // However full the mailbox is, the window is drawn, fingers are felt, and the program
                // ends when it is asked to.
                let_others_go_first().await;
                began = Instant::now();
            }
            if is_receiving {
                // Seen at once, before the time it takes to draw a whole page.
                self.next_frame().await;
            }
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Desk(event) => self.desk_event(event),
            Message::Reader(event) => self.reader_message(event),
            Message::ReaderBabbles => self.reader_babbles(),
            Message::Journal(ticket, answer) => self.answered(ticket, *answer),
            Message::Receiving => self.receiving(),
            Message::ReceivedNothing => self.screen.show_receiving(false),
            Message::TimedOut(number) if number == self.wake_number => self.timed_out(),
            Message::TimedOut(_) => {}
            Message::Minute => self.minute_passed(),
            Message::Window => self.fit_the_display(),
            Message::Staff(press) => self.staff_step(reception::Event::Pressed(press)),
            Message::CallDue(wish) => self.call_due(wish),
            Message::CallAnswered(answer) => self.call_answered(answer),
            Message::Second => self.staff_step(reception::Event::Second),
            Message::PinCompared { staff, right } => self.pin_compared(staff, right),
            Message::Roster(outcome) => self.roster_is(outcome),
            Message::Outlook(outlook) => self.outlook_is(outlook),
            Message::Hall(hall) => {
                self.hall = hall;
                self.show();
            }
            Message::Stick(news) => self.stick_news(news),
            Message::JournalTried { opens } => self.journal_tried(opens),
            Message::Examined(found) => self.staff_step(reception::Event::Examined(found)),
            Message::FingerLifted => {
                self.show_the_time();
                self.show();
            }
            Message::NoThread => self.staff_step(reception::Event::NotBegun),
        }
    }

    /// What happens at the desk, while staff are signed in: cards are theirs. A scan while a PIN
    /// pad is open is a patient's, and the pad gives way (product rule 4), unless a nurse is typing:
    /// then the patient is counted behind it, and the pad says so.
    fn desk_event(&mut self, event: Event) {
        let is_open = self.staff.state.is_open();
        if self.is_call_card(&event) {
            return;
        }
        if is_open && matches!(event, Event::Touched) {
            self.staff_step(reception::Event::Touched);
        } else if is_open && let Event::CodeChanged(scan) = event {
            if self.staff.state.who.is_some() {
                self.staff_step(reception::Event::CodeChanged(scan));
            } else {
                self.step(Event::CodeChanged(scan));
            }
        } else if is_open && let Event::Scanned(scan) = event {
            self.scanned_beside_staff(scan);
        } else {
            self.step(event);
        }
        self.staff.health.reader_missing = self.state.reader_missing;
    }

    fn scanned_beside_staff(&mut self, scan: Scan) {
        if self.staff.state.who.is_some() {
            self.staff_step(reception::Event::Scanned(scan));
            return;
        }
        if kind_of(&scan).is_some() && !self.staff.state.holds_input() {
            self.staff_step(reception::Event::Pressed(Press::Lock));
        }
        self.step(Event::Scanned(scan));
    }

    /// A patient's time does not run while staff are at the screen; pages that go away by
    /// themselves do so behind it.
    fn timed_out(&mut self) {
        if self.staff.state.is_open() {
            let before = self.wake_number;
            self.step(Event::Touched);
            if self.wake_number != before {
                return;
            }
        }
        self.step(Event::TimedOut);
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
            today: now.into(),
            fresh: VisitId(Uuid::now_v7()),
            timing: &self.timing,
            offer: &self.offer,
        };
        let mut birth = None;
        if let (Event::Scanned(scan), false) = (&event, now.sure) {
            birth = births::told_by(scan);
        }
        let has_read = matches!(self.state.place, Place::Done(_));
        let reader = self.state.session.as_ref().filter(|_| has_read).map(|session| session.visit);
        let (state, effects) = step(std::mem::take(&mut self.state), event, &env);
        self.state = state;
        self.patient_may_have_left(reader);
        for effect in effects {
            if let (Effect::Arrive { visit, .. } | Effect::AlsoShow { visit, .. }, Some(birth)) =
                (&effect, birth)
            {
                self.births.keep(*visit, birth);
            }
            self.carry_out(effect);
        }
        self.show();
    }

    fn carry_out(&mut self, effect: Effect) {
        let at = self.clock.now();
        match effect {
            Effect::Arrive { visit, card, age, identity, person } => {
                let (identity, person) = (secret(identity), secret(person));
                let (entry, day, by) = (Entry::Usual, None, None);
                let request =
                    Request::Arrive { visit, at, card, age, identity, person, entry, day, by };
                self.asking.ask(Asker::Desk, request);
            }
            Effect::AlsoShow { visit, card, age, identity, person } => {
                let (identity, person) = (secret(identity), secret(person));
                let subject = Subject::Proposed(visit);
                let request =
                    Request::AlsoShow { subject, at, card, age, identity, person, by: None };
                self.asking.ask(Asker::Desk, request);
            }
            Effect::Record { visit, what } => {
                let subject = visit.map_or(Subject::Desk, Subject::Proposed);
                self.asking.ask(Asker::Desk, Request::Record { subject, at, by: None, what });
            }
            Effect::CallStaff { visit } => self.call_step(call::Event::Called { visit }),
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

    fn answered(&mut self, ticket: Option<Ticket>, answer: Answer) {
        let asker = self.asking.asker(ticket);
        match &answer {
            Answer::Failed { .. } => self.staff.health.journal_refused = true,
            Answer::Arrived { .. }
            | Answer::AlsoShown { .. }
            | Answer::Recorded { .. }
            | Answer::Closed { .. } => {
                self.staff.health.journal_refused = false;
                self.asking.is_answered(ticket);
            }
            Answer::EventsOf { .. } | Answer::ClockKnown { .. } => self.asking.is_answered(ticket),
            Answer::BackedUp(_)
            | Answer::BackUpFailed { .. }
            | Answer::SideLogFailed { .. }
            | Answer::NotRecognised { .. }
            | Answer::Reserve { .. } => {}
        }
        match answer {
            Answer::Arrived { proposed, visit, event } => {
                self.count(&event);
                self.arrived(asker, proposed, &visit);
            }
            Answer::AlsoShown { proposed, earlier, events } => {
                for event in &events {
                    self.count(event);
                }
                match (asker, earlier) {
                    (Asker::Desk, Some(visit)) => self.arrived(asker, proposed, &visit),
                    _ => self.show(),
                }
            }
            Answer::Recorded { proposed, event } => {
                self.count(&event);
                if let (Asker::Desk, Some(proposed)) = (asker, proposed) {
                    self.step(Event::Recorded { proposed, what: Written::of(&event.what) });
                } else {
                    self.recorded_for_staff(asker, &event);
                }
            }
            Answer::Closed { event, closing, key_left } => {
                if let Some(error) = key_left {
                    tracing::error!(%error, "the key of a closed day is still there");
                }
                self.day_closed(asker, &event, &closing);
            }
            Answer::EventsOf { day, events } => self.events_are(day, &events),
            Answer::ClockKnown { settled, today } => self.clock_settled(settled, &today),
            Answer::BackedUp(backup) => tracing::info!(?backup, "a backup was made"),
            Answer::BackUpFailed { error } => {
                tracing::error!(%error, "no backup was made");
                self.staff.notice(error.advice());
                if error.is_damage() {
                    self.damage_was_found(Asker::House);
                }
            }
            Answer::Reserve { is_whole: false } => self.staff.notice(RESERVE_USED),
            Answer::Reserve { is_whole: true } => self.staff.is_over(RESERVE_USED),
            Answer::NotRecognised { error } => {
                tracing::error!(%error, "nobody is recognised");
                self.staff.notice(NOT_RECOGNISED);
            }
            Answer::SideLogFailed { error } => {
                tracing::error!(%error, "the side log does not keep up");
                self.staff.notice(error.advice());
            }
            Answer::Failed { proposed, error } => {
                if error.is_damage() {
                    self.damage_was_found(asker);
                }
                match (asker, proposed) {
                    (Asker::Desk, Some(proposed)) => self.step(Event::NotRecorded { proposed }),
                    (Asker::Staff(_) | Asker::Pin, _) => self.not_recorded_for_staff(asker),
                    (Asker::Desk | Asker::House, _) => self.show(),
                }
            }
        }
    }

    fn arrived(&mut self, asker: Asker, proposed: VisitId, visit: &Visit) {
        let Visit { id, day, number, again, .. } = *visit;
        self.call_step(call::Event::Arrived { proposed, visit: id, day });
        match asker {
            Asker::Staff(_) => {
                let visit = id;
                self.staff_step(reception::Event::Arrived { proposed, visit, day, number, again });
            }
            Asker::Desk => {
                let earlier = again.then_some(Earlier { arrived: visit.arrived, used: visit.used });
                self.step(Event::Arrived { proposed, number, earlier });
                if self.staff.state.is_open() {
                    self.staff_step(reception::Event::CountedBehind(number));
                }
            }
            Asker::Pin | Asker::House => self.show(),
        }
    }

    /// A damaged database is restored at a start: better a blank screen for a second than a day of
    /// patients that nobody counts. What nobody at the desk waits for is healed when nobody is there.
    /// A start that did not help is not tried again at once: counting goes on as far as it goes.
    fn damage_was_found(&mut self, asker: Asker) {
        let uptime = Duration::from_millis(self.clock.now().uptime_ms);
        if !self.begun_again.may_heal(uptime) {
            self.staff.notice(NOT_HEALED);
        } else if asker == Asker::House && self.is_in_use() {
            self.is_to_heal = true;
        } else {
            self.end_to_start_again(Ended::ToHeal);
        }
    }

    fn heal_when_nobody_is_there(&mut self) {
        if self.is_to_heal && !self.is_in_use() {
            self.end_to_start_again(Ended::ToHeal);
        }
    }

    fn end_to_start_again(&self, ended: Ended) {
        self.ended.set(ended);
        // Fails only where no loop runs, as in tests.
        let _ = slint::quit_event_loop();
    }

    fn count(&mut self, event: &crate::event::Event) {
        if event.day > self.tally.day() {
            self.tally = Tally::new(event.day);
        }
        self.tally.add(event);
        self.staff.health.events = event.seq.0;
        self.staff.note(event);
    }

    fn show(&mut self) {
        let figures = self.tally.figures();
        self.screen.show_today(figures.arrivals, figures.used.vneid());
        self.screen.show_hall(&self.hall.shown(&self.clock.now(), &self.tally));
        self.screen.show(&self.state);
        let here = self.state.session.as_ref().map(|session| session.visit);
        self.screen.show_call(self.calls.state.shown(here));
        self.screen.show_staff(&self.staff_view());
        self.heard.stop();
        self.screen.show_receiving(false);
        self.screen.redraw_now();
        self.read_aloud();
        (self.observer)(&self.screen, &self.state);
    }

    /// A guide has a sound for each step, called by the guide's own name.
    fn read_aloud(&mut self) {
        if self.calls.bell.is_sounding() {
            return;
        }
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

    /// A day has begun, or the program has: what is left of the days before is closed, their keys
    /// are destroyed, and a copy of the journal is made.
    fn day_began(&self, now: &Moment) {
        let at = *now;
        self.asking.ask(Asker::House, Request::DayBegan { at });
        if self.signing.is_some() {
            let (day, by, way) = (None, None, ClosingWay::Itself);
            self.asking.ask(Asker::House, Request::Close { day, at, by, way });
        }
        self.asking.ask(Asker::House, Request::BackUp { at });
        self.count_for_the_hall(at);
    }

    /// On a thread of its own: months of events may have to be read.
    fn count_for_the_hall(&self, now: Moment) {
        let (data, mailbox) = (self.data.clone(), self.mailbox.clone());
        let campaigns = Arc::clone(&self.campaigns);
        self.on_a_thread("hall", move || match HallScreen::read(&data, &campaigns, &now) {
            Ok(hall) => tell(&mailbox, Message::Hall(hall)),
            Err(error) => tracing::warn!(%error, "cannot count the campaign for the hall"),
        });
    }

    fn show_the_time(&self) {
        let now = self.clock.now();
        self.screen.show_clock(&now);
        self.screen.shift(&now);
    }

    /// Shows the time, and comes again when the next minute begins.
    fn minute_passed(&mut self) {
        const MINUTE_MS: i64 = 60_000;
        let now = self.clock.now();
        self.look_at_the_clock();
        if now.station_day() > self.tally.day() {
            self.tally = Tally::new(now.station_day());
            self.staff.day_is(now.station_day());
            self.day_began(&now);
        }
        self.count_babble();
        self.look_after_the_box();
        self.try_to_open();
        self.heal_when_nobody_is_there();
        if let Some(list) = &mut self.running_list {
            list.write(&self.tally, now);
        }
        self.fit_the_display();
        self.screen.show_hall(&self.hall.shown(&now, &self.tally));
        self.show_the_time();
        let left = u64::try_from(MINUTE_MS - now.wall_ms.rem_euclid(MINUTE_MS)).unwrap_or_default();
        let mailbox = self.mailbox.clone();
        self.minute.start(TimerMode::SingleShot, Duration::from_millis(left), move || {
            tell(&mailbox, Message::Minute);
        });
    }
}

/// A code that follows another one within this time is the same phone's, whose code has changed: a
/// reader that lies ready reads what is in front of it again and again, and nobody takes a phone away
/// and holds another one there so fast.
const CODE_CHANGES_WITHIN: Duration = Duration::from_millis(2_500);

/// A code that has changed in a slower rhythm may go on in it, up to this time: people who hold one
/// phone after the other there are farther apart.
const SLOWEST_CHANGE: Duration = Duration::from_secs(4);

/// The reader's thread decodes too, so that the screen's thread only decides.
fn decode_to(
    mailbox: Sender<Message>,
    clock: Clock,
    counted: Arc<Counted>,
) -> impl FnMut(Signal) + Send {
    let mut babble = Babble::new(counted);
    let mut told = None;
    let mut without_end = 0_u32;
    let mut was_code = false;
    let mut rhythm = Duration::ZERO;
    move |signal| {
        let event = match signal {
            Signal::Receiving => {
                // The line at the top of the screen is for people.
                if !babble.goes_on(clock.now().uptime_ms) {
                    tell(&mailbox, Message::Receiving);
                }
                return;
            }
            Signal::TooFast(bytes) => {
                if babble.dropped(bytes) == Junk::FirstCounted {
                    tell(&mailbox, Message::ReaderBabbles);
                }
                return;
            }
            Signal::Record(record) => {
                let mut scan = card::decode(record.bytes(), clock.now().station_day().0);
                overwrite_stack();
                without_end = if record.ending() == Ending::Silence { without_end + 1 } else { 0 };
                if without_end >= NO_END_SUFFIX {
                    scan.suspect(ReaderSetting::EndSuffix);
                }
                if matches!(scan, Scan::Unreadable(_) | Scan::Url | Scan::Payment) {
                    match babble.junk(clock.now().uptime_ms) {
                        Junk::Told => {}
                        Junk::FirstCounted => {
                            tell(&mailbox, Message::ReaderBabbles);
                            return;
                        }
                        Junk::Counted => return,
                    }
                }
                let setting = scan.diagnose();
                if setting.is_some() && setting != told {
                    let setting = setting.map(ReaderSetting::slug).unwrap_or_default();
                    tracing::warn!(setting, "the reader is set up wrongly; see `tiepdon reader`");
                }
                told = setting;
                let is_code = matches!(scan, Scan::Opaque(_));
                let longest = (rhythm * 3 / 2).clamp(CODE_CHANGES_WITHIN, SLOWEST_CHANGE);
                let was_code = std::mem::replace(&mut was_code, is_code);
                let pause = record.pause().filter(|pause| *pause <= longest && was_code && is_code);
                rhythm = pause.unwrap_or_default();
                if pause.is_some() { Event::CodeChanged(scan) } else { Event::Scanned(scan) }
            }
            Signal::Lost => Event::ReaderLost,
            Signal::Found => Event::ReaderFound,
        };
        babble.wait_for_room();
        tell(&mailbox, Message::Reader(event));
    }
}

/// Lets whatever else waits for the event loop come first.
async fn let_others_go_first() {
    let mut was_asked = false;
    poll_fn(|context| {
        if std::mem::replace(&mut was_asked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn secret(identity: Option<Identity>) -> Option<Zeroizing<Vec<u8>>> {
    identity.map(|identity| Zeroizing::new(identity.reveal().as_bytes().to_vec()))
}

/// The mailbox has no limit and closes only when the window is gone.
fn tell(mailbox: &Sender<Message>, message: Message) {
    let _ = mailbox.try_send(message);
}

#[cfg(test)]
mod tests;
