//! Clocks that lie, from the look at the computer to the figures of the days (product rule 6): each
//! way of lying is a row of a table, and in all of them every visit counts once.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::time::Duration;

use chrono::DateTime;
use proptest::prelude::*;
use tempfile::TempDir;
use tiepdon::clock::{Keeper, Known, Network, Reading};
use tiepdon::event::{
    AgeBand, CardKind, Choice, Correction, CorrectionReason, Entry, Fact, Moment, Origin,
    RecordUsed, Source, StationDay, VisitId, Vouched, What,
};
use tiepdon::figures::{DayFigures, Tally};
use tiepdon::journal::{ClockKnown, Journal, JournalReader, NewArrival, Settled, Visit};
use tiepdon::staff::Lockout;
use uuid::Uuid;

const MINUTE_MS: i64 = 60_000;

/// "24 08:00": that time in Vietnam in November 2026; "2036-11-24 08:00": in another year.
fn ms(text: &str) -> i64 {
    let (day, time) = text.split_once(' ').unwrap();
    let day = if day.len() == 2 { format!("2026-11-{day}") } else { day.to_owned() };
    DateTime::parse_from_rfc3339(&format!("{day}T{time}:00+07:00")).unwrap().timestamp_millis()
}

fn day(text: &str) -> StationDay {
    Moment { wall_ms: ms(&format!("{text} 12:00")), ..NO_MOMENT }.station_day()
}

const NO_MOMENT: Moment = Moment { wall_ms: 0, uptime_ms: 0, boot: Uuid::nil(), sure: true };

/// A kiosk whose computer is told what its clocks show.
struct Box {
    data: TempDir,
    journal: Option<Journal>,
    keeper: Keeper,
    boot: u128,
    reading: Reading,
    /// Seven wrong PINs, in the first boot.
    lockout: Lockout,
    tried: (u128, u64),
    visits: u8,
}

impl Box {
    fn at(wall: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let network = Network::Never;
        let reading = Reading { wall_ms: ms(wall), uptime_ms: 20_000, network, chip_agrees: false };
        let mut keeper = Keeper::new(Uuid::from_u128(1));
        let now = keeper.look(&reading);
        let journal = Journal::open(data.path(), origin(), now).unwrap().journal;
        let lockout = (0..7).fold(Lockout::default(), |lockout, _| lockout.tried(false, &now));
        let (boot, tried) = (1, (1, now.uptime_ms));
        Self { data, journal: Some(journal), keeper, boot, reading, lockout, tried, visits: 0 }
    }

    fn journal(&mut self) -> &mut Journal {
        self.journal.as_mut().unwrap()
    }

    fn restart(&mut self) {
        self.journal = None;
        self.keeper = Keeper::new(Uuid::from_u128(self.boot));
        let now = self.keeper.look(&self.reading);
        let journal = Journal::open(self.data.path(), origin(), now).unwrap().journal;
        if let Some((way, at)) = journal.known_of_boot(now.boot).unwrap() {
            self.keeper.resume(&at, way);
        }
        self.journal = Some(journal);
        self.now();
    }

    /// The moment, and whatever became known by looking.
    fn now(&mut self) -> Moment {
        let now = self.keeper.look(&self.reading);
        if let Some(known) = self.keeper.take_known() {
            self.settle(known);
        }
        let since = if self.boot == self.tried.0 { self.tried.1 } else { 0 };
        let waited = Duration::from_millis(self.reading.uptime_ms - since);
        let left = Duration::from_secs(60).saturating_sub(waited);
        assert_eq!(self.lockout.wait(&now), left, "only uptime shortens a wait");
        now
    }

    fn settle(&mut self, Known { at, way, told_ms }: Known) -> Option<Settled> {
        let known = ClockKnown { at, way, told_ms, by: None };
        self.journal().clock_known(&known).unwrap()
    }

    fn arrives(&mut self) -> Visit {
        let now = self.now();
        self.visits += 1;
        let identity = [self.visits];
        let arrival = NewArrival { identity: Some(&identity), ..stranger() };
        let proposed = VisitId(Uuid::now_v7());
        self.journal().arrive(proposed, now, &arrival).unwrap().0
    }

    fn tell(&mut self, visit: Visit, what: What) {
        let now = self.now();
        self.journal().record((visit.id, visit.day), now, None, what).unwrap();
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Passes(minutes) => {
                self.reading.wall_ms += minutes * MINUTE_MS;
                self.reading.uptime_ms += u64::try_from(minutes * MINUTE_MS).unwrap();
            }
            Step::Freezes(minutes) => {
                self.reading.uptime_ms += u64::try_from(minutes * MINUTE_MS).unwrap();
            }
            Step::Jumps(wall) => self.reading.wall_ms = ms(wall),
            Step::Hand(wall) => {
                self.reading.wall_ms = ms(wall);
                self.reading.network = Network::Once;
            }
            Step::Visit => {
                let visit = self.arrives();
                let (used, source) = (RecordUsed::Vneid, Source::SelfDeclared);
                self.tell(visit, What::Chose(Choice { used, source }));
            }
            Step::Network(wall) => {
                self.reading.wall_ms = ms(wall);
                self.reading.network = Network::Now;
            }
            Step::Staff(wall) => {
                let known = self.keeper.set(ms(wall), &self.reading);
                self.settle(known);
            }
            Step::Restarts => self.restart(),
            Step::PlugPulled(wall) => {
                self.boot += 1;
                let (wall_ms, network) = (ms(wall), Network::Never);
                self.reading = Reading { wall_ms, uptime_ms: 20_000, network, chip_agrees: false };
                self.restart();
            }
        }
        self.now();
    }

    fn figures(&mut self, day: StationDay) -> DayFigures {
        Tally::of(day, &self.journal().events_of(day).unwrap()).figures()
    }
}

/// A visitor without anything known.
fn stranger() -> NewArrival<'static> {
    NewArrival {
        card: Some(CardKind::CanCuoc),
        age: AgeBand::From70,
        identity: None,
        person: None,
        entry: Entry::Usual,
        day: None,
        by: None,
    }
}

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

enum Step {
    /// Minutes of all clocks.
    Passes(i64),
    /// Minutes in which the wall clock stands still.
    Freezes(i64),
    /// The wall clock, and nobody vouches for it.
    Jumps(&'static str),
    /// Somebody sets the wall clock that the network had set.
    Hand(&'static str),
    /// A patient comes, and chooses VNeID.
    Visit,
    /// A time server sets the wall clock.
    Network(&'static str),
    /// The head reads it off a watch.
    Staff(&'static str),
    /// The program ends and begins again.
    Restarts,
    /// The computer starts anew, at this time that nobody vouches for.
    PlugPulled(&'static str),
}

/// A day, its visits, and how many of them are of an unsure day.
type Expected = (&'static str, u64, u64);

#[test]
fn whatever_the_clock_does_every_visit_counts_once_and_in_its_day_as_soon_as_that_is_known() {
    use Step::{Freezes, Hand, Jumps, Network, Passes, PlugPulled, Restarts, Staff, Visit};
    let table: &[(&str, &str, &[Step], &[Expected])] = &[
        ("nobody ever vouches", "24 08:00", &[Visit, Passes(5), Visit], &[("24", 2, 2)]),
        (
            "unsure and right",
            "24 08:00",
            &[Visit, Passes(5), Network("24 08:06"), Visit],
            &[("24", 2, 0)],
        ),
        (
            "backwards",
            "24 08:00",
            &[Visit, Passes(10), Jumps("22 08:10"), Visit, Passes(1)],
            &[("22", 0, 0), ("24", 2, 2)],
        ),
        (
            "backwards, and then known",
            "24 08:00",
            &[Visit, Passes(10), Jumps("22 08:10"), Visit, Network("24 08:11"), Visit],
            &[("22", 0, 0), ("24", 3, 0)],
        ),
        (
            "backwards after the network had set it: somebody's hand",
            "24 08:00",
            &[Network("24 08:00"), Visit, Hand("22 08:01"), Visit, Passes(9), Visit],
            &[("22", 0, 0), ("24", 3, 0)],
        ),
        (
            "ten years ahead from the start",
            "2036-11-24 08:00",
            &[Visit, Passes(5), Visit, Staff("24 08:06"), Visit],
            &[("2036-11-24", 0, 0), ("24", 3, 0)],
        ),
        (
            "ten years ahead at once",
            "24 08:00",
            &[Visit, Passes(5), Jumps("2036-11-24 08:05"), Visit],
            &[("2036-11-24", 0, 0), ("24", 2, 2)],
        ),
        (
            "frozen before midnight",
            "24 23:50",
            &[Visit, Freezes(20), Visit, Network("25 00:11")],
            &[("24", 1, 0), ("25", 1, 0)],
        ),
        (
            "midnight comes",
            "24 23:50",
            &[Network("24 23:50"), Visit, Passes(20), Visit],
            &[("24", 1, 0), ("25", 1, 0)],
        ),
        (
            "midnight was over",
            "24 23:50",
            &[Visit, Passes(5), Visit, Network("25 00:06")],
            &[("24", 0, 0), ("25", 2, 0)],
        ),
        (
            "midnight was between",
            "24 23:50",
            &[Visit, Passes(5), Visit, Network("25 00:04")],
            &[("24", 1, 0), ("25", 1, 0)],
        ),
        (
            "midnight was still to come",
            "25 00:05",
            &[Visit, Passes(5), Staff("24 23:55"), Visit],
            &[("25", 0, 0), ("24", 2, 0)],
        ),
        (
            "the saved minute after the plug was pulled, and nobody looks",
            "24 15:00",
            &[Network("24 16:00"), Visit, PlugPulled("24 16:05"), Visit, Passes(5), Visit],
            &[("24", 3, 2)],
        ),
        (
            "the saved minute after the plug was pulled, and staff look",
            "24 15:00",
            &[
                Network("24 16:00"),
                Visit,
                PlugPulled("24 16:05"),
                Visit,
                Passes(5),
                Visit,
                Staff("25 07:40"),
                Visit,
            ],
            &[("24", 1, 0), ("25", 3, 0)],
        ),
        (
            "known in the next boot only",
            "23 08:00",
            &[Visit, PlugPulled("23 08:05"), Visit, Network("24 08:10"), Visit],
            &[("23", 1, 1), ("24", 2, 0)],
        ),
        (
            "staff mistake the day, and the network knows",
            "24 08:00",
            &[Staff("23 08:00"), Visit, Passes(5), Network("24 08:05"), Visit],
            &[("23", 0, 0), ("24", 2, 0)],
        ),
        (
            "staff mistake the day, and see it",
            "24 08:00",
            &[Visit, Staff("25 08:00"), Visit, Passes(5), Staff("24 08:05"), Visit],
            &[("25", 0, 0), ("24", 3, 0)],
        ),
        (
            "known after a restart of the program",
            "23 08:00",
            &[Visit, Restarts, Visit, Network("24 08:05"), Restarts, Visit],
            &[("23", 0, 0), ("24", 3, 0)],
        ),
        (
            "staff's word outlives the program, not the boot",
            "23 08:00",
            &[Staff("24 08:00"), Visit, Restarts, Passes(5), Visit, PlugPulled("23 08:05"), Visit],
            &[("24", 2, 0), ("23", 1, 1)],
        ),
    ];
    for (name, begins, steps, expected) in table {
        let mut the_box = Box::at(begins);
        for step in *steps {
            the_box.step(step);
        }
        let mut arrivals = 0;
        for (of, visits, unsure) in *expected {
            let figures = the_box.figures(day(of));
            assert_eq!(
                (figures.arrivals, figures.unsure_clock),
                (*visits, *unsure),
                "{name}: {of}"
            );
            assert_eq!(figures.used.vneid(), *visits, "{name}: {of}");
            arrivals += visits;
        }
        assert_eq!(arrivals, u64::from(the_box.visits), "{name}: the table names all of them");
        JournalReader::open(the_box.data.path()).unwrap().verify().unwrap();
    }
}

#[test]
fn asking_again_records_nothing_and_moves_nothing() {
    let mut the_box = Box::at("25 08:00");
    the_box.step(&Step::Visit);
    let known = the_box.keeper.set(ms("24 08:05"), &the_box.reading);
    let settled = the_box.settle(known).unwrap();
    assert_eq!((settled.moved, settled.dated), (1, 0));
    for way in [Vouched::Staff, Vouched::Network, Vouched::ClockChip] {
        assert_eq!(the_box.settle(Known { way, ..known }), None);
    }
    the_box.step(&Step::Passes(1));
    let said = the_box.keeper.set(ms("24 08:06"), &the_box.reading);
    let again = the_box.settle(said).unwrap();
    assert_eq!((again.moved, again.dated), (0, 0), "staff said so once more");
    the_box.restart();
    assert_eq!(the_box.figures(day("24")).arrivals, 1);
}

#[test]
fn who_came_under_a_wrong_date_is_recognised_today_and_counted_anew_on_that_date() {
    let mut the_box = Box::at("25 08:00");
    let arrival = || NewArrival { identity: Some(b"001150000001"), ..stranger() };
    let come = |the_box: &mut Box| {
        let now = the_box.now();
        let proposed = VisitId(Uuid::now_v7());
        the_box.journal().arrive(proposed, now, &arrival()).unwrap().0
    };
    let early = come(&mut the_box);
    the_box.step(&Step::Network("24 08:05"));
    let today = come(&mut the_box);
    assert!(today.again, "the visit of {early:?} stands in today now");
    assert!(come(&mut the_box).again);
    the_box.step(&Step::Passes(24 * 60));
    let tomorrow = come(&mut the_box);
    assert!(!tomorrow.again, "the visit of {early:?} is the 24th's");
    assert_eq!(the_box.figures(day("24")).arrivals, 1);
    assert_eq!(the_box.figures(day("25")).arrivals, 1);
}

#[test]
fn what_is_said_of_a_visit_after_it_was_moved_counts_where_it_is() {
    let mut the_box = Box::at("25 08:00");
    let visit = the_box.arrives();
    the_box.step(&Step::Network("24 08:05"));
    the_box.tell(visit, What::StaffCalled);
    let (used, source) = (RecordUsed::Paper, Source::SelfDeclared);
    the_box.tell(visit, What::Chose(Choice { used, source }));
    let figures = the_box.figures(day("24"));
    assert_eq!((figures.arrivals, figures.used.paper, figures.staff_calls), (1, 1, 1));
    assert_eq!(the_box.figures(day("25")), DayFigures::default());
}

#[test]
fn staff_who_say_the_day_are_not_overruled_by_the_clock() {
    let mut the_box = Box::at("25 08:00");
    let now = the_box.now();
    let proposed = VisitId(Uuid::now_v7());
    let arrival = NewArrival { entry: Entry::FromPaper, day: Some(day("23")), ..stranger() };
    the_box.journal().arrive(proposed, now, &arrival).unwrap();
    assert_eq!(the_box.figures(day("23")).unsure_clock, 1);
    the_box.step(&Step::Network("24 08:05"));
    let figures = the_box.figures(day("23"));
    assert_eq!((figures.arrivals, figures.from_paper, figures.unsure_clock), (1, 1, 0));
}

#[test]
fn an_age_read_under_a_date_ten_years_off_is_not_guessed() {
    for (wall, age) in [("2036-11-24 08:00", AgeBand::Unknown), ("26 08:00", AgeBand::From70)] {
        let mut the_box = Box::at(wall);
        the_box.step(&Step::Visit);
        the_box.step(&Step::Network("24 08:05"));
        let events = the_box.journal().events_of(day("24")).unwrap();
        let tally = Tally::of(day("24"), &events);
        let ages: Vec<AgeBand> = tally.visits().map(|(_, visit)| visit.age()).collect();
        assert_eq!(ages, [age], "{wall}");
    }
}

#[test]
fn an_age_whose_birth_is_still_known_is_the_one_of_the_right_day() {
    for wall in ["2036-11-24 08:00", "26 08:00"] {
        let mut the_box = Box::at(wall);
        let visits = [the_box.arrives(), the_box.arrives()];
        let known = the_box.keeper.set(ms("24 08:05"), &the_box.reading);
        let Known { at, way, told_ms } = known;
        let known = ClockKnown { at, way, told_ms, by: None };
        // Of the second nothing is known any more.
        let ages = |visit: VisitId, of: StationDay| {
            (visit == visits[0].id)
                .then(|| if of == day("24") { AgeBand::From60 } else { AgeBand::From70 })
        };
        the_box.journal().clock_known_with_ages(&known, &ages).unwrap().unwrap();
        let events = the_box.journal().events_of(day("24")).unwrap();
        let tally = Tally::of(day("24"), &events);
        let mut found: Vec<_> = tally.visits().map(|(_, visit)| visit).collect();
        found.sort_by_key(|visit| visit.arrived().unwrap().number);
        let of_stranger = if wall.len() > 8 { AgeBand::Unknown } else { AgeBand::From70 };
        let found: Vec<AgeBand> = found.into_iter().map(tiepdon::figures::Visit::age).collect();
        assert_eq!(found, [AgeBand::From60, of_stranger], "{wall}");
        JournalReader::open(the_box.data.path()).unwrap().verify().unwrap();
    }
}

/// What happens in a visit, and how many minutes later.
#[derive(Clone, Debug)]
struct Story {
    after: i64,
    acts: Vec<Act>,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Choose(RecordUsed),
    Call,
    Rescan,
    Correct(RecordUsed),
    StrikeOut,
}

fn story() -> impl Strategy<Value = Story> {
    let used =
        prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper, RecordUsed::Neither]);
    let act = prop_oneof![
        used.clone().prop_map(Act::Choose),
        Just(Act::Call),
        Just(Act::Rescan),
        used.prop_map(Act::Correct),
        Just(Act::StrikeOut),
    ];
    (0..700_i64, prop::collection::vec(act, 0..4)).prop_map(|(after, acts)| Story { after, acts })
}

/// What the stories come to, one filter per figure.
fn recount<'a>(stories: &(impl Iterator<Item = &'a Story> + Clone)) -> [u64; 7] {
    let acts = |holds: fn(&Act) -> bool| {
        stories.clone().flat_map(|story| &story.acts).filter(|act| holds(act)).count() as u64
    };
    let counts = |story: &&Story| !story.acts.iter().any(|act| matches!(act, Act::StrikeOut));
    let used = |wanted| {
        let said = |story: &&Story| {
            story.acts.iter().rev().find_map(|act| match act {
                Act::Choose(used) | Act::Correct(used) => Some(*used),
                Act::Call | Act::Rescan | Act::StrikeOut => None,
            }) == wanted
        };
        stories.clone().filter(counts).filter(said).count() as u64
    };
    [
        stories.clone().filter(counts).count() as u64,
        used(Some(RecordUsed::Vneid)),
        used(Some(RecordUsed::Paper)),
        used(None),
        acts(|act| matches!(act, Act::Call)),
        acts(|act| matches!(act, Act::Rescan)),
        acts(|act| matches!(act, Act::Correct(_) | Act::StrikeOut)),
    ]
}

fn counted(figures: &DayFigures) -> [u64; 7] {
    [
        figures.arrivals,
        figures.used.vneid(),
        figures.used.paper,
        figures.used.unfinished,
        figures.staff_calls,
        figures.scanned_again,
        figures.corrections,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Visits of a day or two under a clock that is off by days: moved, each day is what a recount of
    /// its stories gives, and all days together are what they were.
    #[test]
    fn moving_visits_changes_their_days_and_nothing_else(
        stories in prop::collection::vec(story(), 0..7), off_hours in -80..80_i64,
    ) {
        let begins = ms("24 10:00");
        let mut the_box = Box::at("24 10:00");
        the_box.step(&Step::PlugPulled("24 10:00"));
        let off_ms = off_hours * 60 * MINUTE_MS;
        let mut true_days = Vec::new();
        for story in &stories {
            the_box.step(&Step::Passes(story.after));
            let passed = i64::try_from(the_box.reading.uptime_ms - 20_000).unwrap();
            let wall_ms = begins + passed - off_ms;
            true_days.push(Moment { wall_ms, ..NO_MOMENT }.station_day());
            let visit = the_box.arrives();
            for act in &story.acts {
                let source = Source::SelfDeclared;
                let reason = CorrectionReason::Checked;
                the_box.tell(visit, match *act {
                    Act::Choose(used) => What::Chose(Choice { used, source }),
                    Act::Call => What::StaffCalled,
                    Act::Rescan => What::ScannedAgain,
                    Act::Correct(used) => {
                        What::Corrected(Correction { reason, fact: Fact::Used(used) })
                    }
                    Act::StrikeOut => {
                        What::Corrected(Correction { reason, fact: Fact::Counts(false) })
                    }
                });
            }
        }
        let days: Vec<StationDay> =
            day("18").0.iter_days().take(14).map(StationDay).collect();
        let sum = |the_box: &mut Box| {
            let mut sum = DayFigures::default();
            for day in &days {
                sum.add(&the_box.figures(*day));
            }
            DayFigures { unsure_clock: 0, ..sum }
        };
        let before = sum(&mut the_box);
        the_box.reading.wall_ms -= off_ms;
        the_box.reading.network = Network::Now;
        the_box.now();
        prop_assert_eq!(sum(&mut the_box), before);
        for day in &days {
            let of_day = stories.iter().zip(&true_days).filter(|(_, of)| *of == day);
            let figures = the_box.figures(*day);
            prop_assert_eq!(counted(&figures), recount(&of_day.map(|(story, _)| story)), "{}", day);
            prop_assert_eq!(figures.unsure_clock, 0);
        }
    }
}
