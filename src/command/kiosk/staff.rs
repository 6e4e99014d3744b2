//! The staff's side joined to what it needs: the list of the staff, their tries and duty, the
//! journal, the stick.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use rustix::fs::statvfs;
use slint::{Timer, TimerMode};
use uuid::Uuid;

use super::super::handout::{Handout, Plans};
use super::asking::Asker;
use super::{Kiosk, Message, births, secret, sticks, tell};
use crate::campaign::{
    Campaign, Days, Deadline, HandCount, HandedIn, History, Means, Standing, deadlines,
};
use crate::desk;
use crate::event::{
    ClosingWay, Event, Medium, Moment, ResetWay, Role, StaffCode, StationDay, Subject, VisitId,
    What,
};
use crate::figures::{Duty, Entered, Known, Measure, Minutes, OpeningHours, Tally};
use crate::health::has_loudspeaker;
use crate::journal::{Closing, JournalError, JournalReader, Request};
use crate::reception::{
    self, Ask, Effect, Env, Event as News, HandCounted, Health, Outlook, ReportDue, Span,
    WantedNumber,
};
use crate::staff::{BootReset, Lockout, Pin, PinHash, Roster, RosterFile, StaffError, TypedPin};

/// How many days before today the chart shows.
const CHART_DAYS: u64 = 9;

/// How many signs of the chain people compare with a paper.
const CHAIN_SIGNS: usize = 16;

/// The staff's side and what it is joined to.
pub(super) struct StaffSide {
    pub(super) state: reception::State,
    pub(super) health: Health,
    roster: Roster,
    /// One change after the other.
    file: Arc<Mutex<RosterFile>>,
    lockouts: HashMap<StaffCode, Lockout>,
    duty: Duty,
    hours: OpeningHours,
    outlook: Outlook,
    /// A judgement that waits until its try is durable.
    judged: Option<(StaffCode, bool)>,
    second: Timer,
}

/// A change of the list of the staff, on disk.
pub(super) struct RosterChange {
    roster: Roster,
    staff: StaffCode,
    events: Vec<What>,
    by: Option<StaffCode>,
}

/// What must be recorded about the staff at the start.
pub(super) struct StaffStart {
    pub(super) side: StaffSide,
    pub(super) events: Vec<What>,
}

impl StaffSide {
    /// Reads the list of the staff in `data`, obeys a reset file in `boot` if told to, and takes over
    /// the tries and the duty out of `history`, the journal's events about staff.
    pub(super) fn open(
        data: &Path,
        boot: Option<&Path>,
        hours: OpeningHours,
        history: &[Event],
        today: StationDay,
    ) -> StaffStart {
        let file = RosterFile::in_folder(data);
        let mut health = Health {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            free_bytes: free_bytes(data),
            ..Health::default()
        };
        let mut roster = read_roster(&file, history, today, &mut health);
        let events = obey_reset_file(boot, &file, &mut roster, history, &mut health);
        let mut side = Self {
            state: reception::State::default(),
            health,
            roster,
            file: Arc::new(Mutex::new(file)),
            lockouts: HashMap::new(),
            duty: Duty::new(today),
            hours,
            outlook: Outlook::default(),
            judged: None,
            second: Timer::default(),
        };
        for event in history {
            side.note(event);
        }
        StaffStart { side, events }
    }

    /// Something staff must know, told once.
    pub(super) fn notice(&mut self, words: &str) {
        if !self.health.notices.iter().any(|known| known == words) {
            self.health.notices.push(words.to_owned());
        }
    }

    /// What staff were told by [`Self::notice`] holds no longer.
    pub(super) fn is_over(&mut self, words: &str) {
        self.health.notices.retain(|known| known != words);
    }

    /// A day has begun: nobody is on duty yet.
    pub(super) fn day_is(&mut self, day: StationDay) {
        if day > self.duty.day() {
            self.duty = Duty::new(day);
            self.outlook.closed_today = None;
        }
    }

    /// It is this day, whatever it was before, and this has happened on it.
    pub(super) fn today_is(&mut self, day: StationDay, events: &[Event]) {
        self.duty = Duty::new(day);
        self.outlook.closed_today = None;
        for event in events {
            self.duty.add(event);
            if let What::DayClosed { number, .. } = event.what {
                self.outlook.closed_today = Some(number);
            }
        }
    }

    /// Takes in one durable event.
    pub(super) fn note(&mut self, event: &Event) {
        self.day_is(event.day);
        self.duty.add(event);
        if let What::PinTried { staff, right } = event.what {
            let lockout = self.lockouts.entry(staff).or_default();
            *lockout = lockout.tried(right, &event.at);
        }
        if let What::PinReset { staff, .. } | What::PinChosen { staff } = event.what {
            self.lockouts.remove(&staff);
        }
        if let What::DayClosed { number, .. } = event.what {
            if event.day == self.duty.day() {
                self.outlook.closed_today = Some(number);
            }
            self.outlook.unclosed.retain(|day| *day != event.day);
            if let Some(known) = &mut self.outlook.known {
                known.closed.insert(event.day);
            }
        }
        if let What::Exported { to, medium: Medium::Stick, .. } = event.what {
            self.outlook.exported_to = self.outlook.exported_to.max(Some(to));
        }
    }

    fn env<'a>(&'a self, now: Moment, today: &'a Tally) -> Env<'a> {
        Env {
            now,
            fresh: VisitId(Uuid::now_v7()),
            today,
            duty: &self.duty,
            hours: self.hours.on(now.station_day()),
            roster: &self.roster,
            lockouts: &self.lockouts,
            health: &self.health,
            outlook: &self.outlook,
        }
    }
}

/// The list of the staff. A damaged one is set aside, never written over: whoever is at the desk
/// sets up a head anew, and no code is given twice.
fn read_roster(
    file: &RosterFile,
    history: &[Event],
    today: StationDay,
    health: &mut Health,
) -> Roster {
    let error = match file.read() {
        Ok(roster) => return roster,
        Err(error) => error,
    };
    tracing::error!(%error, "the list of the staff cannot be read");
    health.notices.push(error.advice().to_owned());
    if matches!(error, StaffError::Damaged { .. } | StaffError::Twice { .. })
        && let Err(error) = file.set_aside()
    {
        tracing::error!(%error, "the damaged list of the staff stays where it is");
    }
    let mut roster = Roster::default();
    for event in history {
        if let What::StaffAdded { staff, role } = event.what {
            roster.retire(staff, role, today);
        }
    }
    roster
}

/// A file on the boot partition makes PINs void; one that cannot be deleted does so once.
fn obey_reset_file(
    boot: Option<&Path>,
    file: &RosterFile,
    roster: &mut Roster,
    history: &[Event],
    health: &mut Health,
) -> Vec<What> {
    let Some(reset) = boot.and_then(BootReset::look) else { return Vec::new() };
    let digest = reset.digest();
    let was_obeyed = history.iter().any(
        |event| matches!(&event.what, What::PinReset { file: Some(known), .. } if *known == digest),
    );
    if was_obeyed {
        return Vec::new();
    }
    let staff = roster.obey(&reset);
    if let Err(error) = file.write(roster) {
        tracing::error!(%error, "the PINs were not reset");
        health.notices.push(error.advice().to_owned());
        return Vec::new();
    }
    let file = match reset.consume() {
        Ok(()) => None,
        Err(error) => {
            tracing::warn!(%error, "the reset file stays and is not obeyed again");
            health.notices.push(error.advice().to_owned());
            Some(digest)
        }
    };
    let event = |staff| What::PinReset { staff, way: ResetWay::BootFile, file: file.clone() };
    staff.into_iter().map(event).collect()
}

fn free_bytes(data: &Path) -> Option<u64> {
    statvfs(data).ok().map(|fs| fs.f_bavail.saturating_mul(fs.f_frsize))
}

impl Kiosk {
    /// One step of the staff's side.
    pub(super) fn staff_step(&mut self, news: News) {
        let was_open = self.staff.state.is_open();
        let now = self.clock.now();
        let mut birth = None;
        if let (News::Scanned(scan), false) = (&news, now.sure) {
            birth = births::told_by(scan);
        }
        let state = std::mem::take(&mut self.staff.state);
        let (state, effects) = reception::step(state, news, &self.staff.env(now, &self.tally));
        self.staff.state = state;
        match (was_open, self.staff.state.is_open()) {
            (false, true) => self.staff_came(),
            (true, false) => self.staff_left(),
            (true, true) | (false, false) => {}
        }
        for effect in effects {
            if let (Effect::Arrive { visit, .. }, Some(birth)) = (&effect, birth) {
                self.births.keep(*visit, birth);
            }
            self.carry_out_for_staff(effect);
        }
        self.show();
    }

    /// What stands on the staff's pages.
    pub(super) fn staff_view(&self) -> reception::View {
        reception::view(&self.staff.state, &self.staff.env(self.clock.now(), &self.tally))
    }

    fn staff_came(&mut self) {
        let mailbox = self.mailbox.clone();
        self.staff.second.start(TimerMode::Repeated, Duration::from_secs(1), move || {
            tell(&mailbox, Message::Second);
        });
        self.look_out();
    }

    /// The patient who stood behind goes on, with the whole time again.
    fn staff_left(&mut self) {
        self.staff.second.stop();
        self.step(desk::Event::Touched);
    }

    /// Reads what the staff's pages tell of the days before, on a thread of its own.
    pub(super) fn look_out(&self) {
        let (data, mailbox) = (self.data.clone(), self.mailbox.clone());
        let (now, campaigns) = (self.clock.now(), self.campaigns.clone());
        let (mut outlook, hours) = (self.staff.outlook.clone(), self.staff.hours.clone());
        self.on_a_thread("outlook", move || {
            match read_outlook(&data, &now, (&campaigns, &hours), &mut outlook) {
                Ok(()) => tell(&mailbox, Message::Outlook(outlook)),
                Err(error) => tracing::warn!(%error, "cannot read the days before"),
            }
        });
    }

    pub(super) fn outlook_is(&mut self, outlook: Outlook) {
        // What was closed or exported while the days were read is known here alone.
        let Outlook { closed_today, exported_to, .. } = self.staff.outlook;
        self.staff.outlook = Outlook { closed_today, exported_to, ..outlook };
        self.show();
    }

    fn carry_out_for_staff(&mut self, effect: Effect) {
        let at = self.clock.now();
        match effect {
            Effect::Judge { staff, typed } => self.judge(staff, typed),
            Effect::ChoosePin { staff, new, pin, by } => self.choose_pin(staff, new, *pin, by),
            Effect::ResetPin { staff, by } => {
                let what = What::PinReset { staff, way: ResetWay::Head, file: None };
                self.change_roster(staff, vec![what], Some(by), move |roster| {
                    roster.reset_pin(staff)
                });
            }
            Effect::Remove { staff, by } => {
                let what = What::StaffRemoved { staff };
                let today = at.station_day();
                self.change_roster(staff, vec![what], Some(by), move |roster| {
                    roster.remove(staff, today)
                });
            }
            Effect::Arrive { visit, card, age, identity, person, entry, day, by, ask } => {
                let (identity, person) = (secret(identity), secret(person));
                let (day, by) = (Some(day), Some(by));
                let request =
                    Request::Arrive { visit, at, card, age, identity, person, entry, day, by };
                self.asking.ask(Asker::Staff(ask), request);
            }
            Effect::AlsoShow { visit: (visit, day), card, age, identity, person, by } => {
                let (identity, person) = (secret(identity), secret(person));
                let (subject, by) = (Subject::Visit(visit, day), Some(by));
                let request = Request::AlsoShow { subject, at, card, age, identity, person, by };
                self.asking.ask(Asker::Staff(Ask::Other), request);
            }
            Effect::Record { ask, subject, by, what } => {
                if what == What::CallTaken && self.calls.state.has_untaken_of_nobody() {
                    // The bell is told, and it records what comes of it.
                    return self.call_step(crate::call::Event::Taken);
                }
                if what == What::Helped {
                    self.call_is_met(subject);
                }
                let request = Request::Record { subject, at, by: Some(by), what };
                self.asking.ask(Asker::Staff(ask), request);
            }
            Effect::LoadDay(day) => {
                self.asking.ask(Asker::Staff(Ask::Other), Request::EventsOf(day));
            }
            Effect::CloseDay { day, by } => {
                let (day, by, way) = (Some(day), Some(by), ClosingWay::Head);
                let request = Request::Close { day, at, by, way };
                self.asking.ask(Asker::Staff(Ask::Closing), request);
            }
            Effect::SetClock { wall_ms, by } => self.set_clock(wall_ms, by),
            Effect::Examine => self.examine(),
            Effect::Export { from, to, by } => self.export_to_stick(from, to, by),
        }
    }

    /// Hashing takes its time on purpose; the screen does not wait for it.
    fn judge(&self, staff: StaffCode, typed: TypedPin) {
        let hash = self.staff.roster.member(staff).and_then(|member| member.pin_hash.clone());
        let mailbox = self.mailbox.clone();
        self.on_a_thread("pin", move || {
            let right = hash.is_some_and(|hash| {
                hash.matches(&typed).unwrap_or_else(|error| {
                    tracing::error!(%error, "a PIN could not be compared");
                    false
                })
            });
            tell(&mailbox, Message::PinCompared { staff, right });
        });
    }

    /// The try is written before its answer is shown: else pulling the plug made it free.
    pub(super) fn pin_compared(&mut self, staff: StaffCode, right: bool) {
        self.staff.judged = Some((staff, right));
        let what = What::PinTried { staff, right };
        let at = self.clock.now();
        let request = Request::Record { subject: Subject::Desk, at, by: None, what };
        self.asking.ask(Asker::Pin, request);
    }

    fn choose_pin(&self, staff: StaffCode, new: Option<Role>, pin: Pin, by: Option<StaffCode>) {
        let today = self.clock.now().station_day();
        let added = new.map(|role| What::StaffAdded { staff, role });
        let events = added.into_iter().chain([What::PinChosen { staff }]).collect();
        self.change_roster(staff, events, by, move |roster| {
            if let Some(role) = new {
                roster.add(role, today)?;
            }
            roster.set_pin(staff, PinHash::of(&pin)?)
        });
    }

    /// Changes the list of the staff on a thread of its own, and writes it.
    fn change_roster(
        &self,
        staff: StaffCode,
        events: Vec<What>,
        by: Option<StaffCode>,
        change: impl FnOnce(&mut Roster) -> Result<(), StaffError> + Send + 'static,
    ) {
        let (file, mailbox) = (self.staff.file.clone(), self.mailbox.clone());
        self.on_a_thread("roster", move || {
            // From the file, not from a copy: the change before this one may just be written.
            let file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let written = file.read().and_then(|mut roster| {
                change(&mut roster)?;
                file.write(&roster)?;
                Ok(roster)
            });
            let outcome = match written {
                Ok(roster) => Ok(Box::new(RosterChange { roster, staff, events, by })),
                Err(error) => {
                    tracing::error!(%error, "the list of the staff was not written");
                    Err(error.advice())
                }
            };
            tell(&mailbox, Message::Roster(outcome));
        });
    }

    pub(super) fn roster_is(&mut self, outcome: Result<Box<RosterChange>, &'static str>) {
        match outcome {
            Ok(change) => {
                let RosterChange { roster, staff, events, by } = *change;
                self.staff.roster = roster;
                let at = self.clock.now();
                for what in events {
                    let request = Request::Record { subject: Subject::Desk, at, by, what };
                    self.asking.ask(Asker::House, request);
                }
                self.staff_step(News::StaffSaved { staff });
            }
            Err(advice) => self.staff_step(News::StaffNotSaved { advice }),
        }
    }

    /// What the journal made durable, unless it was a patient's.
    pub(super) fn recorded_for_staff(&mut self, asker: Asker, event: &Event) {
        if matches!(
            event.what,
            What::Exported { .. } | What::NumberEntered(_) | What::ReportDismissed { .. }
        ) {
            // A report that was due may be handed in now, a number stands anew.
            self.look_out();
        }
        match asker {
            Asker::Pin => self.judge_is_durable(),
            Asker::Staff(ask) => self.staff_step(News::Recorded(ask)),
            Asker::Desk | Asker::House => self.show(),
        }
    }

    fn judge_is_durable(&mut self) {
        if let Some((staff, right)) = self.staff.judged.take() {
            self.staff_step(News::PinJudged { staff, right });
        }
    }

    /// The journal refuses. Staff must get in all the same, to see what is wrong (product rule 4):
    /// the try counts in memory.
    pub(super) fn not_recorded_for_staff(&mut self, asker: Asker) {
        match asker {
            Asker::Pin => {
                if let Some((staff, right)) = self.staff.judged {
                    let lockout = self.staff.lockouts.entry(staff).or_default();
                    *lockout = lockout.tried(right, &self.clock.now());
                }
                self.judge_is_durable();
            }
            Asker::Staff(ask) => self.staff_step(News::NotRecorded(ask)),
            Asker::Desk | Asker::House => {}
        }
    }

    pub(super) fn day_closed(&mut self, asker: Asker, event: &Event, closing: &Closing) {
        self.count(event);
        if asker == Asker::House {
            // The machine closed a day by itself: no page waits for that.
            return self.show();
        }
        let chain = document_chain(closing);
        self.staff_step(News::DayClosed { day: closing.day, number: closing.number, chain });
    }

    pub(super) fn events_are(&mut self, day: StationDay, events: &[Event]) {
        self.staff_step(News::DayLoaded(Box::new(Tally::of(day, events))));
    }

    fn export_to_stick(&self, from: StationDay, to: StationDay, by: StaffCode) {
        let Some(signing) = self.signing.clone() else {
            let mailbox = self.mailbox.clone();
            return tell(
                &mailbox,
                Message::Stick(sticks::News::Failed {
                    what: "Máy không đọc được khóa của trạm".to_owned(),
                    advice: "Vui lòng báo người phụ trách kỹ thuật. Số liệu vẫn còn trong máy.",
                }),
            );
        };
        let at = self.clock.now();
        let heading = signing.heading(at);
        let (data, campaigns) = (self.data.clone(), self.campaigns.clone());
        let station = Arc::clone(&self.station);
        let plans = Some(Plans { campaigns, station });
        let handout = Handout { data, heading, from, to, plans };
        let (mailbox, platform, stick) =
            (self.mailbox.clone(), self.platform.clone(), self.stick.clone());
        self.on_a_thread("export", move || {
            sticks::export(&handout, by, &*platform, stick.as_ref(), &signing.key, &mut |news| {
                tell(&mailbox, Message::Stick(news));
            });
        });
    }

    /// What the stick's threads tell.
    pub(super) fn stick_news(&mut self, news: sticks::News) {
        let at = self.clock.now();
        let subject = Subject::Desk;
        match news {
            sticks::News::In(volume) => {
                self.stick = Some(volume);
                self.staff.health.stick = true;
                self.staff_step(News::StickIn);
            }
            sticks::News::Out(volume) => {
                // Another one may still be in.
                self.stick.take_if(|stick| stick.mount == volume.mount);
                self.staff.health.stick = self.stick.is_some();
                self.staff_step(News::StickOut);
            }
            sticks::News::Unreadable => self.staff_step(News::StickUnreadable),
            sticks::News::Progress(part) => self.staff_step(News::ExportProgress(part)),
            sticks::News::Exported { from, to, by, manifest, files, folder, note } => {
                let what = What::Exported { from, to, medium: Medium::Stick, manifest };
                let request = Request::Record { subject, at, by: Some(by), what };
                self.asking.ask(Asker::House, request);
                self.staff_step(News::Exported { files, folder, note });
            }
            sticks::News::Failed { what, advice } => {
                let failed = What::ExportFailed { medium: Medium::Stick };
                let request = Request::Record { subject, at, by: None, what: failed };
                self.asking.ask(Asker::House, request);
                self.staff_step(News::ExportFailed { what, advice });
            }
        }
    }

    /// Once a minute.
    pub(super) fn look_after_the_box(&mut self) {
        self.staff.health.free_bytes = free_bytes(&self.data);
        self.staff.health.loudspeaker = has_loudspeaker(Path::new("/"));
    }

    pub(super) fn on_a_thread(&self, name: &str, work: impl FnOnce() + Send + 'static) {
        if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
            tracing::error!(%error, name, "no thread");
            tell(&self.mailbox, Message::NoThread);
        }
    }
}

/// The shares of the last days, and which of them are not closed.
fn read_outlook(
    data: &Path,
    now: &Moment,
    (campaigns, hours): (&[Campaign], &OpeningHours),
    outlook: &mut Outlook,
) -> Result<(), JournalError> {
    let today = now.station_day();
    outlook.headline = headline(campaigns, today);
    let reader = JournalReader::open(data)?;
    let began = reader.first_day()?;
    let about_reports = reader.report_events()?;
    let history = [reader.staff_events()?, about_reports.clone()].concat();
    outlook.reports = reports_due(campaigns, now, began, &history);
    outlook.hand_counts = hand_counts(campaigns, &Entered::of(&about_reports));
    let longest_ago = today.0.checked_sub_days(KNOWN_DAYS).map_or(today, StationDay);
    let closed_days = reader.closed_days(longest_ago, today)?;
    outlook.known = Some(Known { began, closed: closed_days, today });
    let before = |back| today.0.checked_sub_days(chrono::Days::new(back)).map(StationDay);
    let mut entered = Entered::of(&reader.events_of(today)?);
    let days: Vec<StationDay> = (1..=CHART_DAYS).rev().filter_map(before).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(()) };
    let closed: Vec<StationDay> =
        reader.closings(*first, *last)?.iter().map(|closing| closing.day).collect();
    outlook.shares.clear();
    for day in &days {
        let events = reader.events_of(*day)?;
        let tally = Tally::of(*day, &events);
        let mut duty = Duty::new(*day);
        for event in &events {
            duty.add(event);
            entered.add(event);
        }
        let desk = duty.covered(hours.on(*day), Minutes::MAX);
        outlook.shares.push((*day, outlook.share_of(&tally, desk)));
    }
    outlook.numbers = wanted_numbers(campaigns, *first, today, &entered);
    outlook.unclosed = days
        .into_iter()
        .filter(|day| began.is_some_and(|began| began <= *day) && !closed.contains(day))
        .collect();
    Ok(())
}

/// The number of the campaign that runs today: the first of its targets that the desk counts as a
/// rate, and the percent to be reached.
fn headline(campaigns: &[Campaign], today: StationDay) -> Option<(Measure, u32)> {
    let running = campaigns.iter().filter(|campaign| campaign.days.has(today));
    running.flat_map(|campaign| &campaign.targets).find_map(|target| {
        let Means::Measured(measure) = target.means else { return None };
        target.goal.filter(|_| measure.is_rate()).map(|goal| (measure, goal.number))
    })
}

/// How long after a campaign its last numbers are still entered.
const LATE_NUMBERS: TimeDelta = TimeDelta::days(31);

/// The numbers to be entered of the campaigns that run or have just ended, and what was since `from`.
fn wanted_numbers(
    campaigns: &[Campaign],
    from: StationDay,
    today: StationDay,
    entered: &Entered,
) -> Vec<WantedNumber> {
    let running = campaigns.iter().filter(|campaign| {
        let Days { from, to } = campaign.days;
        (from.0..=to.0 + LATE_NUMBERS).contains(&today.0)
    });
    let counts = running.flat_map(Campaign::hand_counts);
    counts
        .map(|(_, HandCount { id, short, counted_by, unit, .. })| WantedNumber {
            figure: id.as_str().to_owned(),
            label: short.clone(),
            counted_by: counted_by.clone(),
            unit: unit.clone(),
            known: entered.between(id.as_str(), from, today).collect(),
        })
        .take(MOST_NUMBERS)
        .collect()
}

/// As many as a page of answers has room for.
const MOST_NUMBERS: usize = 10;

/// How far back it is known which days are closed: the longest period that can be handed out.
const KNOWN_DAYS: chrono::Days = chrono::Days::new(366);

/// The numbers that somebody else counts for any campaign, and the days for which they stand.
fn hand_counts(campaigns: &[Campaign], entered: &Entered) -> Vec<HandCounted> {
    let of_campaign = |campaign: &Campaign| {
        let Days { from, to } = campaign.days;
        let last = StationDay(to.0 + LATE_NUMBERS);
        let count = |(_, count): (_, &HandCount)| HandCounted {
            label: count.short.clone(),
            campaign: Span { from, to },
            adds_up: count.adds_up,
            entered: entered.between(count.id.as_str(), from, last).map(|(day, _)| day).collect(),
        };
        campaign.hand_counts().map(count).collect::<Vec<_>>()
    };
    campaigns.iter().flat_map(of_campaign).collect()
}

/// The reports that are due next and those that are late, the most pressing first.
fn reports_due(
    campaigns: &[Campaign],
    now: &Moment,
    began: Option<StationDay>,
    history: &[Event],
) -> Vec<ReportDue> {
    /// Reports further ahead are no news yet.
    const AHEAD: TimeDelta = TimeDelta::days(7);
    let handed_in: Vec<HandedIn> = history
        .iter()
        .filter_map(|event| {
            let What::Exported { from, to, .. } = event.what else { return None };
            Some(HandedIn { days: Days { from, to }, at: event.at.local().naive_local() })
        })
        .collect();
    let dismissed_of = |campaign: &Campaign| -> Vec<Days> {
        let of_it = history.iter().filter_map(|event| {
            let What::ReportDismissed { campaign: id, from, to, .. } = &event.what else {
                return None;
            };
            (id.as_str() == campaign.id.as_str()).then_some(Days { from: *from, to: *to })
        });
        of_it.collect()
    };
    let local = now.local().naive_local();
    let of_campaign = |campaign: &Campaign| {
        let dismissed = dismissed_of(campaign);
        let history = History { began, handed_in: &handed_in, dismissed: &dismissed };
        let wanted = deadlines(campaign, local, history).into_iter().filter(|deadline| {
            match deadline.standing {
                Standing::HandedIn { .. } | Standing::Dismissed | Standing::BeforeUs => false,
                Standing::Late => true,
                Standing::Open => deadline.due <= local + AHEAD,
            }
        });
        let told = |deadline: Deadline<'_>| ReportDue {
            title: deadline.report.title.clone(),
            due: deadline.due,
            from: deadline.days.from,
            to: deadline.days.to,
            late: deadline.standing == Standing::Late,
            campaign: campaign.id.as_str().to_owned(),
            recipients: campaign.recipients_of(deadline.report).to_vec(),
        };
        wanted.map(told).collect::<Vec<_>>()
    };
    let mut due: Vec<ReportDue> = campaigns.iter().flat_map(of_campaign).collect();
    due.sort_by_key(|report| report.due);
    due
}

/// The first signs of the chain, as the signed document has it.
fn document_chain(closing: &Closing) -> String {
    let document: serde_json::Value = serde_json::from_slice(&closing.document).unwrap_or_default();
    let chain = document.get("chain").and_then(|chain| chain.as_str()).unwrap_or_default();
    chain.chars().take(CHAIN_SIGNS).collect()
}
