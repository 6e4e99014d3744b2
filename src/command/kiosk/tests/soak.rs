//! Months of work without a pause: a hundred thousand scans through a real port, with everything
//! that goes wrong at a station, on one kiosk that is never restarted. What it holds in memory, the
//! files it has open and the time it takes must be the same in the end as in the beginning.
//!
//! `cargo test --release --lib -- --ignored --nocapture a_hundred_thousand` for all of it;
//! `TIEPDON_SCANS=20000` for less.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::desk;
use crate::event::Source;
use crate::reader::FakeReader;
use crate::station::Device;

const SCANS: usize = 100_000;

/// What every run of the tests can afford.
const FEW_SCANS: usize = 2_000;

/// A day of the station in 17 seconds: some thousand scans, ten times as many as people come.
const SPEED: u32 = 5_000;

/// What a kiosk may need more of in the end than after its first days, in KiB.
const GROWTH_KIB: u64 = 2 * 1024;

/// How often memory and files are looked at.
const LOOKS: usize = 40;

/// How many looks are compared: the last ones, when the kiosk has seen everything once.
const COMPARED_LOOKS: usize = LOOKS / 2;

/// No look is compared before so many days were closed and the side log was shortened once: until then
/// not all has been seen.
const FIRST_DAYS: usize = 3;

/// The scans that are compared, at the beginning and at the end.
const COMPARED: usize = 1_000;

/// Nobody waits longer for a reader that was plugged in again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

struct Soak {
    play: Play,
    reader: Option<FakeReader>,
    link: PathBuf,
    /// Up to when timers were told the time.
    told: Instant,
    acknowledged: usize,
    days: usize,
    latencies: Vec<Duration>,
}

/// What a process holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    days: usize,
    kib: u64,
    descriptors: usize,
    side_log: u64,
}

impl Held {
    fn now(days: usize, data: &Path) -> Self {
        let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
        let line = rollup.lines().find(|line| line.starts_with("Rss:")).unwrap();
        let kib = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        let descriptors = fs::read_dir("/proc/self/fd").unwrap().count();
        Self { days, kib, descriptors, side_log: size_of(&data.join("side-log.jsonl")) }
    }
}

impl Soak {
    fn open(scans: usize) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let link = folder.path().join("reader");
        let reader = Some(FakeReader::plug_in(&link).unwrap());
        let clock = Clock::simulated(MORNING_MS, SPEED);
        let play = Play::with_clock(Arc::new(SimulatedMachine::default()), folder, clock.clone());
        let mut settings = Configuration::embedded().unwrap().station.reader;
        settings.device = Device::Path(link.clone());
        let deliver = decode_to(play.kiosk.mailbox.clone(), clock, play.kiosk.babble.clone());
        listen(settings, Arc::new(AtomicBool::new(false)), deliver).unwrap();
        // Written to, so that it is in memory from the beginning.
        let mut latencies = vec![Duration::MAX; 2 * scans];
        latencies.clear();
        let (told, acknowledged, days) = (Instant::now(), 0, 0);
        let mut soak = Self { play, reader, link, told, acknowledged, days, latencies };
        soak.set_up_the_head();
        soak
    }

    /// Lets the time pass, and handles what is in the mailbox.
    fn settle(&mut self) {
        let passed = self.told.elapsed();
        self.told += passed;
        let day = self.play.kiosk.tally.day();
        mock_elapsed_time(passed * SPEED);
        self.play.settle();
        self.days += usize::from(self.play.kiosk.tally.day() != day);
    }

    /// The time stands still meanwhile: nobody here is as slow as a minute.
    fn until(&mut self, what: &str, holds: impl Fn(&Kiosk) -> bool) {
        let until = Instant::now() + LONGEST_WAIT;
        loop {
            self.play.settle();
            if holds(&self.play.kiosk) {
                return;
            }
            assert!(Instant::now() < until, "{what}: {}", self.play.kiosk.state.place.name());
            thread::sleep(Duration::from_micros(50));
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.reader.as_mut().unwrap().send(bytes).unwrap();
    }

    fn press(&mut self, press: desk::Press) {
        self.play.kiosk.handle(Message::Desk(Event::Pressed(press)));
        self.play.settle();
    }

    fn staff(&mut self, press: Press) {
        self.play.kiosk.handle(Message::Staff(press));
        self.play.settle();
    }

    fn types_the_pin(&mut self) {
        for digit in [4, 8, 2, 9, 1, 5] {
            self.staff(Press::Digit(digit));
        }
    }

    fn set_up_the_head(&mut self) {
        self.staff(Press::Open);
        self.staff(Press::GoOn);
        self.types_the_pin();
        self.types_the_pin();
        self.until("the head is signed in", |kiosk| kiosk.staff.state.who.is_some());
        self.staff(Press::Lock);
    }

    fn visit(&mut self, number: usize) {
        let card = if number.is_multiple_of(6) {
            patient(person(number)).insurance_card()
        } else {
            patient(person(number)).citizen_card()
        };
        let sent = Instant::now();
        self.send(&card);
        self.until("the card is greeted", |kiosk| kiosk.state.place == Place::Choosing);
        self.latencies.push(sent.elapsed());
        match number % 10 {
            0..=5 => self.press(desk::Press::ChooseVneid),
            6..=8 => {
                self.press(desk::Press::ChoosePaper);
                self.press(desk::Press::Answer(u8::try_from(1 + number % 7).unwrap()));
            }
            _ => {
                self.press(desk::Press::ChooseGuide);
                self.press(desk::Press::Answer(1));
                self.press(desk::Press::Answer(1));
                for _ in 0..self.play.kiosk.offer.guides[0].steps {
                    self.press(desk::Press::NextStep);
                }
                self.press(desk::Press::Answer(2));
            }
        }
        self.until("it is recorded", |kiosk| kiosk.state.acknowledged().is_some());
        self.acknowledged += 1;
        self.start_over();
    }

    fn start_over(&mut self) {
        self.press(desk::Press::StartOver);
        self.until("nobody is there", |kiosk| kiosk.state.place == Place::Idle);
    }

    /// What goes wrong, and what else happens, each in its turn.
    fn disturb(&mut self, number: usize) {
        match number % 1_000 {
            100 | 600 => {
                self.reader = None;
                self.until("the reader is missed", |kiosk| kiosk.state.reader_missing);
                self.reader = Some(FakeReader::plug_in(&self.link).unwrap());
                self.until("the reader is found", |kiosk| !kiosk.state.reader_missing);
            }
            150 | 350 | 550 | 850 => {
                let noise: Vec<u8> = (0..900).map(|at| (at * at + number) as u8 | 0x80).collect();
                self.send(&noise);
                let is_told = |kiosk: &Kiosk| matches!(kiosk.state.place, Place::Unreadable(_));
                self.until("noise is told", is_told);
                self.start_over();
            }
            200 | 450 | 700 => {
                for language in Language::ALL {
                    self.press(desk::Press::ShowDisplay);
                    self.press(desk::Press::Look(desk::Change::Language(language)));
                    self.start_over();
                }
            }
            250 | 750 => {
                // Staff come, look, count somebody by hand, and go.
                self.staff(Press::Open);
                self.types_the_pin();
                self.until("signed in", |kiosk| kiosk.staff.state.who.is_some());
                self.staff(Press::Duty);
                self.staff(Press::Add);
                self.staff(Press::Used(RecordUsed::Vneid));
                let before = self.play.kiosk.tally.figures().arrivals;
                self.staff(Press::Save);
                self.until("counted", |kiosk| kiosk.tally.figures().arrivals != before);
                self.staff(Press::Lock);
            }
            300 | 800 => {
                self.press(desk::Press::CallStaff);
                self.press(desk::Press::ShowNotice);
                self.start_over();
            }
            _ => {}
        }
    }
}

/// Every seventh was here before, though not so lately that the reader would take it for one scan;
/// and the demo has no more people than this.
fn person(number: usize) -> usize {
    const PEOPLE: usize = 90_000;
    const LATELY: usize = 60;
    let is_back = number % 7 == 6 && number >= LATELY;
    (if is_back { number - LATELY } else { number }) % PEOPLE
}

/// The looks that are compared.
fn warm(looks: &[Held]) -> &[Held] {
    let shortened = looks.windows(2).position(|two| two[1].side_log < two[0].side_log);
    let closed = looks.iter().position(|held| held.days >= FIRST_DAYS);
    let first = shortened.zip(closed).map_or(looks.len(), |(before, day)| day.max(before + 1));
    &looks[first.max(LOOKS - COMPARED_LOOKS).min(looks.len())..]
}

/// The middle one.
fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

#[test]
#[ignore = "takes minutes; a small one runs below"]
fn a_hundred_thousand_scans_leave_the_kiosk_as_it_was() {
    let scans = std::env::var("TIEPDON_SCANS").map_or(SCANS, |n| n.parse().unwrap());
    let began = Instant::now();
    let mut soak = Soak::open(scans);
    let data = soak.play.data.path().join("data");
    let mut looks = Vec::new();
    let mut number = 0;
    while number < scans || warm(&looks).len() < COMPARED_LOOKS {
        soak.disturb(number);
        soak.visit(number);
        soak.settle();
        number += 1;
        if number.is_multiple_of(scans / LOOKS) {
            let held = Held::now(soak.days, &data);
            let journal = size_of(&data.join("journal.db"));
            println!(
                "{:>7} scans, {:>3} days: {} KiB, {} descriptors, journal {journal}, side log {}, \
                 a scan {:?}",
                number,
                soak.days,
                held.kib,
                held.descriptors,
                held.side_log,
                median(&soak.latencies[soak.latencies.len() - scans / LOOKS..]),
            );
            looks.push(held);
        }
    }
    let (took, scans) = (began.elapsed(), number);
    let Soak { mut play, acknowledged, latencies, days, .. } = soak;
    // A day that began with the last patients may just be closing the one before.
    let (from, to) = (day(), "2030-01-01".parse().unwrap());
    play.until("every day before today is closed", |_| {
        JournalReader::open(&data).unwrap().closings(from, to).unwrap().len() >= days
    });
    if let Some(writer) = play.writer.take() {
        writer.stop();
    }

    let compared = COMPARED.min(scans / 4);
    let (first, last) = (&latencies[..compared], &latencies[scans - compared..]);
    let (first, last) = (median(first), median(last));
    let ratio = last.as_secs_f64() / first.as_secs_f64();
    let reader = JournalReader::open(&data).unwrap();
    let verified = reader.verify().unwrap();
    let bytes = size_of(&data.join("journal.db"));
    let an_event = bytes / verified.events;
    println!(
        "{scans} scans in {took:?}, {days} days closed or begun, {} closings; {} events of {an_event} \
         bytes; a scan took {first:?} in the beginning, {last:?} in the end: {ratio:.2}",
        verified.closings.len(),
        verified.events,
    );

    let mut chosen = 0;
    let mut count = |event: crate::event::Event| {
        if let What::Chose(choice) = event.what {
            chosen += usize::from(choice.source == Source::SelfDeclared);
        }
    };
    reader.events_between(from, to, &mut count).unwrap();
    assert_eq!((acknowledged, chosen), (scans, scans), "every visit is counted, and once");

    let warm = warm(&looks);
    let (least, most) = (
        warm.iter().map(|held| held.kib).min().unwrap(),
        warm.iter().map(|held| held.kib).max().unwrap(),
    );
    assert!(most - least <= 2 * GROWTH_KIB, "{least} to {most} KiB");
    let grown = warm[warm.len() - 1].kib.saturating_sub(warm[0].kib);
    assert!(grown <= GROWTH_KIB, "{grown} KiB more in the end");
    // A backup under way has a few open.
    let open: Vec<_> = warm.iter().map(|held| held.descriptors).collect();
    let (fewest, last_ones) = (*open.iter().min().unwrap(), &open[open.len() - 5..]);
    assert!(last_ones.iter().min() == Some(&fewest), "descriptors leak: {open:?}");
    assert!((150..=700).contains(&an_event), "{an_event} bytes an event");
    // What else the computer does decides over a minute, and over an hour it is the same.
    assert!(scans < SCANS || ratio < 1.5, "a scan takes {ratio:.2} times as long in the end");
}

/// In a process of its own: what the other tests hold is not the kiosk's.
#[test]
fn a_few_thousand_scans_leave_the_kiosk_as_it_was() {
    const ALL_OF_IT: &str =
        "command::kiosk::tests::soak::a_hundred_thousand_scans_leave_the_kiosk_as_it_was";
    let told = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", ALL_OF_IT, "--ignored", "--nocapture"])
        .env("TIEPDON_SCANS", FEW_SCANS.to_string())
        // As tiepdon.service sets it.
        .env("MALLOC_MMAP_THRESHOLD_", "1048576")
        .output()
        .unwrap();
    let words =
        [told.stdout, told.stderr].map(|words| String::from_utf8_lossy(&words).into_owned());
    assert!(told.status.success(), "{}", words.concat());
    print!("{}", words[0]);
}
