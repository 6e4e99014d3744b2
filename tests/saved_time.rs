//! A morning with yesterday's saved time: a computer without a clock chip goes on from the minute at
//! which it was switched off, and nobody vouches for that. Whoever is told "Đã ghi nhận" stands in
//! the record of the day on which they came, once, as soon as anybody knows which day it is – whatever
//! was before, whoever comes, and whenever and from whom the time becomes known (product rules 1, 6).

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::collections::BTreeMap;

use chrono::DateTime;
use proptest::prelude::*;
use tempfile::TempDir;
use tiepdon::clock::{Keeper, Known, Network, Reading};
use tiepdon::event::{
    AgeBand, CardKind, Choice, ClosingWay, Entry, Moment, Origin, RecordUsed, Source, StationDay,
    VisitId, What,
};
use tiepdon::figures::Tally;
use tiepdon::journal::{
    ClockKnown, ClosingDraft, Journal, JournalReader, NewArrival, Sealed, Settled, Visit,
};
use uuid::Uuid;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// "24 08:00": that time in Vietnam in November 2026.
fn ms(text: &str) -> i64 {
    let (day, time) = text.split_once(' ').unwrap();
    let text = format!("2026-11-{day}T{time}:00+07:00");
    DateTime::parse_from_rfc3339(&text).unwrap().timestamp_millis()
}

fn day_at(wall_ms: i64) -> StationDay {
    Moment { wall_ms, ..Moment::NEVER }.station_day()
}

fn day(text: &str) -> StationDay {
    day_at(ms(&format!("{text} 12:00")))
}

/// Who says what time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Network,
    Staff,
}

/// A kiosk whose computer has no clock chip.
struct Kiosk {
    data: TempDir,
    journal: Option<Journal>,
    keeper: Keeper,
    boot: u128,
    reading: Reading,
    /// What time it really is.
    true_ms: i64,
}

impl Kiosk {
    /// Switched on at this time, with the wall clock as far from it as told.
    fn on(true_ms: i64, off_ms: i64) -> Self {
        let data = tempfile::tempdir().unwrap();
        let wall_ms = true_ms + off_ms;
        let reading =
            Reading { wall_ms, uptime_ms: 20_000, network: Network::Never, chip_agrees: false };
        let keeper = Keeper::new(Uuid::from_u128(1));
        let mut kiosk = Self { data, journal: None, keeper, boot: 1, reading, true_ms };
        kiosk.restart();
        kiosk
    }

    fn journal(&mut self) -> &mut Journal {
        self.journal.as_mut().unwrap()
    }

    fn restart(&mut self) {
        self.journal = None;
        self.keeper = Keeper::new(Uuid::from_u128(self.boot));
        let now = self.keeper.look(&self.reading);
        let origin = Origin { station: "S".parse().unwrap(), point: "P".parse().unwrap() };
        let journal = Journal::open(self.data.path(), origin, now).unwrap().journal;
        if let Some((way, at)) = journal.known_of_boot(now.boot).unwrap() {
            self.keeper.resume(&at, way);
        }
        self.journal = Some(journal);
        let now = self.now();
        self.journal().forget_people_before(now).unwrap();
    }

    fn pass(&mut self, minutes: i64) {
        self.true_ms += minutes * MINUTE_MS;
        self.reading.wall_ms += minutes * MINUTE_MS;
        self.reading.uptime_ms += u64::try_from(minutes * MINUTE_MS).unwrap();
    }

    /// Off, and on again so much later; the wall clock goes on from where it stood, or from elsewhere.
    fn off(&mut self, minutes: i64, jumps_ms: i64) {
        self.boot += 1;
        self.true_ms += minutes * MINUTE_MS;
        let wall_ms = self.reading.wall_ms + jumps_ms;
        let network = Network::Never;
        self.reading = Reading { wall_ms, uptime_ms: 20_000, network, chip_agrees: false };
        self.restart();
    }

    fn now(&mut self) -> Moment {
        let now = self.keeper.look(&self.reading);
        if let Some(known) = self.keeper.take_known() {
            self.settle(known);
        }
        now
    }

    fn settle(&mut self, Known { at, way, told_ms }: Known) -> Option<Settled> {
        let known = ClockKnown { at, way, told_ms, by: None };
        self.journal().clock_known(&known).unwrap()
    }

    /// The time becomes known.
    fn learns(&mut self, way: Way) {
        match way {
            Way::Network => {
                self.reading.wall_ms = self.true_ms;
                self.reading.network = Network::Now;
            }
            Way::Staff => {
                let known = self.keeper.set(self.true_ms, &self.reading);
                self.settle(known);
            }
        }
        let now = self.now();
        assert_eq!(now.wall_ms, self.true_ms);
        self.journal().forget_people_before(now).unwrap();
    }

    fn scan(&mut self, person: u8) -> Visit {
        let now = self.now();
        let number = format!("cccd:0011500000{person:02}");
        let born = format!("name and birth {person}");
        let arrival = NewArrival {
            card: Some(CardKind::CanCuoc),
            age: AgeBand::From70,
            identity: Some(number.as_bytes()),
            person: Some(born.as_bytes()),
            entry: Entry::Usual,
            day: None,
            by: None,
        };
        self.journal().arrive(VisitId(Uuid::now_v7()), now, &arrival).unwrap().0
    }

    /// The BHYT card of the same person, as a new arrival.
    fn scan_insurance(&mut self, person: u8) -> Visit {
        let now = self.now();
        let number = format!("bhxh:01150000{person:02}");
        let born = format!("name and birth {person}");
        let arrival = NewArrival {
            card: Some(CardKind::Insurance),
            age: AgeBand::From70,
            identity: Some(number.as_bytes()),
            person: Some(born.as_bytes()),
            entry: Entry::Usual,
            day: None,
            by: None,
        };
        self.journal().arrive(VisitId(Uuid::now_v7()), now, &arrival).unwrap().0
    }

    fn chooses(&mut self, visit: Visit, used: RecordUsed) {
        let now = self.now();
        let what = What::Chose(Choice { used, source: Source::SelfDeclared });
        self.journal().record((visit.id, visit.day), now, None, what).unwrap();
    }

    fn close(&mut self, day: StationDay, way: ClosingWay) {
        let now = self.now();
        self.journal().close(day, now, None, way, &mut seal).unwrap();
    }

    /// Arrivals, those by VNeID, by paper, and those whose day is not known.
    fn figures(&mut self, day: StationDay) -> (u64, u64, u64, u64) {
        let tally = Tally::of(day, &self.journal().events_of(day).unwrap());
        let figures = tally.figures();
        (figures.arrivals, figures.used.vneid(), figures.used.paper, figures.unsure_clock)
    }

    fn keys(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.data.path().join("day-keys")).unwrap();
        let mut names: Vec<String> =
            folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn verify(&self) {
        JournalReader::open(self.data.path()).unwrap().verify().unwrap();
    }
}

fn seal(_: &ClosingDraft) -> Sealed {
    Sealed { document: b"{}".to_vec(), signature: [0; 64] }
}

/// When the time becomes known, as seen by the patient of the morning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    BeforeTheScan,
    BeforeTheChoice,
    AfterTheChoice,
    /// After the patient has come once more.
    AfterTheSecondScan,
    /// And the program has begun again since.
    AfterARestart,
}

#[test]
fn a_morning_with_yesterdays_saved_time_loses_nothing() {
    use When::{AfterARestart, AfterTheChoice, AfterTheSecondScan, BeforeTheChoice, BeforeTheScan};
    const ORDERS: [When; 5] =
        [BeforeTheScan, BeforeTheChoice, AfterTheChoice, AfterTheSecondScan, AfterARestart];
    let (yesterday, today) = (day("23"), day("24"));
    for is_closed in [false, true] {
        for person in [1, 2] {
            for when in ORDERS {
                for way in [Way::Network, Way::Staff] {
                    let name = format!("closed: {is_closed}, person {person}, {when:?}, {way:?}");
                    let mut kiosk = Kiosk::on(ms("23 08:00"), 0);
                    kiosk.learns(way);
                    let before = kiosk.scan(1);
                    kiosk.chooses(before, RecordUsed::Paper);
                    kiosk.pass(8 * 60);
                    if is_closed {
                        kiosk.close(yesterday, ClosingWay::Head);
                    }
                    // From 16:00 to 07:00, and the clock goes on at 16:00.
                    kiosk.off(15 * 60, 0);
                    let learns = |kiosk: &mut Kiosk, at: When| {
                        if at == when {
                            kiosk.learns(way);
                            // As the machine does once it knows that the day is over.
                            if !is_closed {
                                kiosk.close(yesterday, ClosingWay::Itself);
                            }
                        }
                    };
                    learns(&mut kiosk, BeforeTheScan);
                    let visit = kiosk.scan(person);
                    assert!(!visit.again, "{name}: nobody was here this morning");
                    learns(&mut kiosk, BeforeTheChoice);
                    kiosk.pass(1);
                    kiosk.chooses(visit, RecordUsed::Vneid);
                    learns(&mut kiosk, AfterTheChoice);
                    kiosk.pass(60);
                    let again = kiosk.scan(person);
                    assert!(again.again, "{name}: recognised, also after moving");
                    learns(&mut kiosk, AfterTheSecondScan);
                    if when == AfterARestart {
                        kiosk.restart();
                    }
                    learns(&mut kiosk, AfterARestart);
                    assert!(kiosk.scan(person).again, "{name}: recognised at the end");
                    assert_eq!(kiosk.figures(yesterday), (1, 0, 1, 0), "{name}");
                    assert_eq!(kiosk.figures(today), (1, 1, 0, 0), "{name}");
                    assert_eq!(kiosk.keys(), ["2026-11-24.key"], "{name}");
                    kiosk.verify();
                }
            }
        }
    }
}

#[test]
fn two_people_of_the_morning_are_two_visits_whatever_they_do_afterwards() {
    let mut kiosk = Kiosk::on(ms("24 07:00"), -15 * 60 * MINUTE_MS);
    for person in [1, 2] {
        let visit = kiosk.scan(person);
        kiosk.chooses(visit, RecordUsed::Vneid);
    }
    kiosk.pass(10);
    kiosk.learns(Way::Network);
    for person in [1, 2] {
        assert!(kiosk.scan(person).again);
        assert!(kiosk.scan_insurance(person).again, "by name and birth, too");
        assert!(kiosk.scan_insurance(person).again);
    }
    assert_eq!(kiosk.figures(day("24")), (2, 2, 0, 0));
    assert_eq!(kiosk.figures(day("23")), (0, 0, 0, 0));
}

#[test]
fn who_comes_again_after_a_power_cut_at_noon_is_one_visit_once_the_day_is_known() {
    for way in [Way::Network, Way::Staff] {
        for restarts in [false, true] {
            for knows_in_the_morning in [true, false] {
                let mut kiosk = Kiosk::on(ms("24 07:00"), 0);
                if knows_in_the_morning {
                    kiosk.learns(way);
                }
                let visit = kiosk.scan(1);
                kiosk.chooses(visit, RecordUsed::Paper);
                kiosk.learns(way);
                kiosk.pass(60);
                kiosk.off(30, 0);
                // The citizen card of one who showed it, the BHYT card of another.
                let visit = kiosk.scan(1);
                assert!(!visit.again, "whether it is still the same day is not known");
                kiosk.chooses(visit, RecordUsed::Vneid);
                kiosk.scan_insurance(1);
                let other = kiosk.scan(2);
                kiosk.chooses(other, RecordUsed::Paper);
                if restarts {
                    kiosk.restart();
                }
                kiosk.learns(way);
                assert_eq!(kiosk.figures(day("24")), (2, 1, 1, 0), "{way:?} {restarts}");
                for person in [1, 2] {
                    assert!(kiosk.scan(person).again);
                    assert!(kiosk.scan_insurance(person).again);
                }
                assert_eq!(kiosk.figures(day("24")), (2, 1, 1, 0), "{way:?} {restarts}");
                assert_eq!(kiosk.keys(), ["2026-11-24.key"]);
                kiosk.verify();
            }
        }
    }
}

#[test]
fn a_scan_under_an_unsure_clock_in_another_day_destroys_no_key() {
    for jumps_ms in [DAY_MS, 40 * 365 * DAY_MS, -DAY_MS, -20 * 365 * DAY_MS] {
        let mut kiosk = Kiosk::on(ms("24 07:00"), 0);
        kiosk.learns(Way::Network);
        let visit = kiosk.scan(1);
        kiosk.chooses(visit, RecordUsed::Paper);
        kiosk.off(5, jumps_ms);
        let wrong = kiosk.scan(2);
        kiosk.chooses(wrong, RecordUsed::Vneid);
        assert!(kiosk.keys().contains(&"2026-11-24.key".to_owned()), "{jumps_ms}");
        kiosk.learns(Way::Network);
        for person in [1, 2] {
            assert!(kiosk.scan(person).again, "{jumps_ms}: person {person} was here this morning");
        }
        assert_eq!(kiosk.figures(day("24")), (2, 1, 1, 0), "{jumps_ms}");
        assert_eq!(kiosk.keys(), ["2026-11-24.key"]);
        kiosk.verify();
    }
}

/// Where nobody ever vouches for the clock, the day is over when the computer has run for a day and a
/// night since, whatever the clock says.
#[test]
fn without_anybody_who_knows_the_time_a_key_is_gone_when_a_day_has_passed_for_sure() {
    let mut kiosk = Kiosk::on(ms("24 07:00"), 0);
    kiosk.learns(Way::Network);
    kiosk.scan(1);
    let start_and_run = |kiosk: &mut Kiosk, minutes| {
        kiosk.off(5, 0);
        kiosk.scan(2);
        kiosk.pass(minutes);
        kiosk.scan(3);
        let now = kiosk.now();
        kiosk.journal().forget_people_before(now).unwrap();
    };
    for _ in 0..2 {
        start_and_run(&mut kiosk, 11 * 60);
        assert!(kiosk.keys().contains(&"2026-11-24.key".to_owned()), "22 hours have passed");
    }
    start_and_run(&mut kiosk, 3 * 60);
    assert!(!kiosk.keys().contains(&"2026-11-24.key".to_owned()), "25 hours have passed");
    // Of one boot that runs for days, too.
    kiosk.pass(25 * 60);
    kiosk.scan(3);
    kiosk.pass(25 * 60);
    let now = kiosk.now();
    kiosk.journal().forget_people_before(now).unwrap();
    let left: Vec<_> = kiosk.keys().into_iter().filter(|name| name.ends_with("key")).collect();
    assert_eq!(left.len(), 0, "{left:?}");
}

/// Staff mistake the day: what was joined to a visit of that day comes to its own.
#[test]
fn what_a_mistaken_day_had_joined_to_a_visit_of_yesterday_comes_to_its_own_day() {
    let (yesterday, today) = (day("23"), day("24"));
    let mut kiosk = Kiosk::on(ms("23 08:00"), 0);
    kiosk.learns(Way::Network);
    let before = kiosk.scan(1);
    kiosk.chooses(before, RecordUsed::Paper);
    kiosk.pass(8 * 60);
    kiosk.off(15 * 60, 0);
    let mistaken = kiosk.keeper.set(kiosk.true_ms - DAY_MS, &kiosk.reading);
    kiosk.settle(mistaken);
    let visit = kiosk.scan(1);
    kiosk.chooses(visit, RecordUsed::Vneid);
    assert_eq!(kiosk.figures(yesterday), (1, 1, 0, 0));
    kiosk.learns(Way::Network);
    assert_eq!(kiosk.figures(yesterday), (1, 0, 1, 0));
    assert_eq!(kiosk.figures(today), (1, 1, 0, 0));
    kiosk.verify();
    // And once more: nothing is left to move.
    kiosk.pass(1);
    kiosk.learns(Way::Staff);
    assert_eq!(kiosk.figures(yesterday), (1, 0, 1, 0));
    assert_eq!(kiosk.figures(today), (1, 1, 0, 0));
}

/// The clock passes midnight where the day does not.
#[test]
fn who_comes_before_and_after_a_midnight_of_the_wrong_clock_is_one_visit() {
    let mut kiosk = Kiosk::on(ms("24 07:30"), -8 * 60 * MINUTE_MS);
    for person in [1, 2] {
        let visit = kiosk.scan(person);
        kiosk.chooses(visit, RecordUsed::Paper);
    }
    kiosk.pass(60);
    for person in [2, 3] {
        let visit = kiosk.scan(person);
        assert!(!visit.again, "the clock tells another day");
        kiosk.chooses(visit, RecordUsed::Vneid);
    }
    kiosk.learns(Way::Network);
    assert_eq!(kiosk.figures(day("24")), (3, 2, 1, 0));
    for person in [1, 2, 3] {
        assert!(kiosk.scan(person).again, "person {person}");
    }
    assert_eq!(kiosk.figures(day("23")), (0, 0, 0, 0));
}

/// What happens, one after the other.
#[derive(Clone, Copy, Debug)]
enum Act {
    Passes(i64),
    Scan(u8),
    /// The last who scanned chooses.
    Chooses(RecordUsed),
    Learns(Way),
    /// Off for so many minutes; the wall clock goes on so far from where it stood.
    Off(i64, i64),
    Restarts,
}

fn act() -> impl Strategy<Value = Act> {
    let used = prop::sample::select(vec![RecordUsed::Vneid, RecordUsed::Paper]);
    let way = prop::sample::select(vec![Way::Network, Way::Staff]);
    let jump = prop::sample::select(vec![0, 0, 0, DAY_MS, -DAY_MS, 9 * 60 * MINUTE_MS]);
    prop_oneof![
        3 => (1..300_i64).prop_map(Act::Passes),
        6 => (1..4_u8).prop_map(Act::Scan),
        6 => used.prop_map(Act::Chooses),
        2 => way.prop_map(Act::Learns),
        2 => (1..1500_i64, jump).prop_map(|(minutes, jump)| Act::Off(minutes, jump)),
        1 => Just(Act::Restarts),
    ]
}

/// What a person said on a day, last; `None`: nothing yet.
type Days = BTreeMap<(StationDay, u8), Option<RecordUsed>>;

/// What a boot whose time is not known yet will have said.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// As it really was.
    true_days: Vec<(StationDay, u8, Option<RecordUsed>)>,
    /// And as its clock tells.
    told: Days,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96, failure_persistence: None, ..ProptestConfig::default()
    })]

    /// Acknowledged is on record, in the right day, once – for every boot whose time became known.
    /// What a boot told that ended before is on record once in the day that it told, and says that it
    /// is unsure.
    #[test]
    fn acknowledged_is_on_record_in_the_right_day_once(acts in prop::collection::vec(act(), 1..24)) {
        let mut kiosk = Kiosk::on(ms("24 07:00"), -3 * 60 * MINUTE_MS);
        let mut known = Days::new();
        let mut unsure: BTreeMap<StationDay, u64> = BTreeMap::new();
        let mut waiting = Waiting::default();
        let mut is_known = false;
        let mut at_desk: Option<(u8, Visit, StationDay, StationDay)> = None;
        for act in acts {
            match act {
                Act::Passes(minutes) => {
                    kiosk.pass(minutes);
                    // The page gives up long before.
                    at_desk = None;
                }
                Act::Scan(person) => {
                    // Two scans in one breath are one visit to the desk.
                    kiosk.pass(11);
                    let told = kiosk.now().station_day();
                    let visit = kiosk.scan(person);
                    let today = day_at(kiosk.true_ms);
                    if is_known {
                        let was_here = known.contains_key(&(today, person));
                        prop_assert_eq!(visit.again, was_here, "person {} on {}", person, today);
                        known.entry((today, person)).or_default();
                    } else {
                        prop_assert_eq!(visit.again, waiting.told.contains_key(&(told, person)));
                        waiting.told.entry((told, person)).or_default();
                        waiting.true_days.push((today, person, None));
                    }
                    at_desk = Some((person, visit, today, told));
                }
                Act::Chooses(used) => {
                    let Some((person, visit, today, told)) = at_desk else { continue };
                    kiosk.chooses(visit, used);
                    if is_known {
                        known.insert((today, person), Some(used));
                    } else {
                        waiting.told.insert((told, person), Some(used));
                        waiting.true_days.push((today, person, Some(used)));
                    }
                }
                Act::Learns(way) => {
                    if is_known && way == Way::Staff {
                        continue;
                    }
                    kiosk.learns(way);
                    is_known = true;
                    for (day, person, used) in std::mem::take(&mut waiting).true_days {
                        let said = known.entry((day, person)).or_default();
                        *said = used.or(*said);
                    }
                }
                Act::Off(minutes, jump) => {
                    kiosk.off(minutes, jump);
                    for (day, _) in std::mem::take(&mut waiting).told.into_keys() {
                        *unsure.entry(day).or_default() += 1;
                    }
                    (is_known, at_desk) = (false, None);
                }
                Act::Restarts => kiosk.restart(),
            }
        }
        for (day, _) in waiting.told.into_keys() {
            *unsure.entry(day).or_default() += 1;
        }
        let days: Vec<StationDay> = day("01").0.iter_days().take(60).map(StationDay).collect();
        let mut arrivals = 0;
        for day in days {
            let of_day = || known.iter().filter(|((of, _), _)| *of == day);
            let used = |used| of_day().filter(|(_, said)| **said == Some(used)).count() as u64;
            let events = kiosk.journal().events_of(day).unwrap();
            let tally = Tally::of(day, &events);
            let figures = tally.figures();
            let of_unsure = unsure.get(&day).copied().unwrap_or_default();
            let here = of_day().count() as u64;
            prop_assert_eq!(
                (figures.arrivals, figures.unsure_clock), (here + of_unsure, of_unsure), "{}", day,
            );
            let sure: Vec<_> = tally.visits().filter(|(_, it)| it.arrived().unwrap().at.sure).collect();
            let counted = |wanted| {
                sure.iter().filter(|(_, it)| it.counts() && it.used() == Some(wanted)).count() as u64
            };
            for wanted in [RecordUsed::Vneid, RecordUsed::Paper] {
                prop_assert_eq!(counted(wanted), used(wanted), "{}: {:?}", day, wanted);
            }
            arrivals += figures.arrivals;
        }
        let all = known.len() as u64 + unsure.values().sum::<u64>();
        prop_assert_eq!(arrivals, all, "nothing stands in any other day");
        kiosk.verify();
    }
}
