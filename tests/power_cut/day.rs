//! The days that are cut short: the rooms of the kiosk joined as the kiosk joins them, in a program
//! of its own that tells every answer of the journal.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use tiepdon::event::{
    AgeBand, CardKind, Choice, ClosingWay, Correction, CorrectionReason, Entry, Fact, Medium,
    Moment, Origin, RecordUsed, Role, Source, StaffCode, Subject, VisitId, What,
};
use tiepdon::export::{self, Bundle, Digest, NewFile, Period};
use tiepdon::journal::{Answer, Journal, JournalReader, Request, Sealed, Sealer, Ticket, Writer};
use tiepdon::report::{self, Format, Heading};
use tiepdon::seal::{Signature, StationKey};
use tiepdon::staff::RosterFile;
use uuid::Uuid;

const OPENING_MS: i64 = 1_795_478_400_000; // 2026-11-24 07:00 in Vietnam
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// How many days a program lives through.
const DAYS: i64 = 3;

/// Who comes on a day, besides those who come again.
const PATIENTS: usize = 8;

/// `minute` minutes after the opening of a day; the clock is known to be right.
pub(crate) fn moment(day: i64, minute: i64) -> Moment {
    Moment {
        wall_ms: OPENING_MS + day * DAY_MS + minute * MINUTE_MS,
        uptime_ms: u64::try_from(5_000 + minute * MINUTE_MS).unwrap(),
        boot: Uuid::from_u128(u128::try_from(day).unwrap() + 1),
        sure: true,
    }
}

pub(crate) fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

/// What tells a person again on the same day.
pub(crate) fn identity(person: usize) -> Vec<u8> {
    format!("cccd:{person:012}").into_bytes()
}

fn heading(made_at: Moment) -> Heading {
    Heading {
        station_name: "Trạm y tế xã Tri Tôn".to_owned(),
        origin: origin(),
        point_name: "Bàn tiếp đón số 1".to_owned(),
        made_at,
    }
}

/// Tells the world, in one write.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Lives through the days in `root`.
pub(crate) fn live(root: &Path) {
    for day in 0..DAYS {
        Desk::open(root, day).live();
    }
}

/// Opens the journal in `root` as a start does, counts one patient, and ends.
pub(crate) fn start(root: &Path, day: i64) {
    let mut desk = Desk::open(root, day);
    desk.arrives(9_000);
    desk.close_up();
}

struct Desk<'a> {
    root: &'a Path,
    day: i64,
    minute: i64,
    key: Arc<StationKey>,
    writer: Writer,
    answers: Receiver<Answer>,
    backups: usize,
}

impl<'a> Desk<'a> {
    fn open(root: &'a Path, day: i64) -> Self {
        let data = root.join("data");
        let now = moment(day, 0);
        say(&format!("day {day}"));
        let journal = Journal::open(&data, origin(), now).unwrap().journal;
        let key = Arc::new(StationKey::open_or_make(&data).unwrap());
        say(&format!("key {}", key.public().fingerprint()));
        let (tell, answers) = channel();
        let writer = Writer::start(journal, Some(sealer(key.clone())), move |_, answer| {
            tell_of(&answer);
            let _ = tell.send(answer);
        });
        let writer = writer.unwrap();
        let mut desk = Self { root, day, minute: 0, key, writer, answers, backups: 0 };
        let started = What::Started {
            version: "1".to_owned(),
            station_name: heading(now).station_name,
            point_name: heading(now).point_name,
        };
        desk.note(None, started);
        desk
    }

    fn live(mut self) {
        let at = self.now();
        self.ask(Request::DayBegan { at });
        self.ask(Request::Close { day: None, at, by: None, way: ClosingWay::Itself });
        self.ask(Request::BackUp { at });
        let head = self.someone_joins();
        let mut first = None;
        for patient in 0..PATIENTS {
            let visit = self.arrives(usize::try_from(self.day).unwrap() * 100 + patient);
            first.get_or_insert(visit);
        }
        self.arrives(usize::try_from(self.day).unwrap() * 100 + 2);
        let (reason, fact) = (CorrectionReason::Mistyped, Fact::Used(RecordUsed::Paper));
        self.record(first.unwrap(), Some(head), What::Corrected(Correction { reason, fact }));
        if self.day < DAYS - 1 {
            let (at, by) = (self.now(), Some(head));
            let day = Some(at.station_day());
            self.ask(Request::Close { day, at, by, way: ClosingWay::Head });
            self.wait(|answer| matches!(answer, Answer::Closed { .. }));
            // Somebody comes all the same, is told again, and wants the day closed once more.
            self.arrives(usize::try_from(self.day).unwrap() * 100 + 99);
        }
        self.export(head);
        self.backs_up();
        // The same days again: the export before steps aside.
        self.export(head);
        self.backs_up();
        self.close_up();
    }

    fn now(&mut self) -> Moment {
        self.minute += 1;
        moment(self.day, self.minute)
    }

    fn ask(&self, request: Request) {
        self.writer.requests().send((Ticket::default(), request)).unwrap();
    }

    /// The answer that is waited for; those before it are passed over.
    fn wait(&mut self, wanted: impl Fn(&Answer) -> bool) -> Answer {
        loop {
            let answer = self.answers.recv().unwrap();
            if matches!(answer, Answer::BackedUp(_)) {
                self.backups += 1;
            }
            if wanted(&answer) {
                return answer;
            }
        }
    }

    fn arrives(&mut self, person: usize) -> VisitId {
        let at = self.now();
        let identity = Some(zeroize::Zeroizing::new(identity(person)));
        self.ask(Request::Arrive {
            visit: VisitId(Uuid::now_v7()),
            at,
            card: Some(CardKind::Cccd),
            age: AgeBand::From60,
            identity,
            person: None,
            entry: Entry::Usual,
            day: None,
            by: None,
        });
        let answer = self.wait(|answer| matches!(answer, Answer::Arrived { .. }));
        let Answer::Arrived { visit, .. } = answer else { unreachable!() };
        say(&format!("seen {} {} {person}", visit.id.0, visit.day));
        let used = if person.is_multiple_of(3) { RecordUsed::Paper } else { RecordUsed::Vneid };
        self.record(visit.id, None, What::Chose(Choice { used, source: Source::SelfDeclared }));
        visit.id
    }

    fn record(&mut self, visit: VisitId, by: Option<StaffCode>, what: What) {
        let at = self.now();
        let subject = Subject::Visit(visit, at.station_day());
        self.ask(Request::Record { subject, at, by, what });
        self.wait(|answer| matches!(answer, Answer::Recorded { .. }));
    }

    fn note(&mut self, by: Option<StaffCode>, what: What) {
        let at = self.now();
        self.ask(Request::Record { subject: Subject::Desk, at, by, what });
        self.wait(|answer| matches!(answer, Answer::Recorded { .. }));
    }

    /// The list of the staff grows by one, the event follows.
    fn someone_joins(&mut self) -> StaffCode {
        let today = self.now().station_day();
        let file = RosterFile::in_folder(&self.root.join("data"));
        let mut roster = file.read().unwrap();
        let role = if self.day == 0 { Role::Head } else { Role::Nurse };
        let staff = roster.add(role, today).unwrap();
        file.write(&roster).unwrap();
        say(&format!("staff {}", roster.members().len()));
        self.note(None, What::StaffAdded { staff, role });
        staff
    }

    fn backs_up(&mut self) {
        // One at a time: the writer takes no second one while the first is under way.
        let at = self.now();
        self.ask(Request::BackUp { at });
        let wanted = self.backups + 1;
        while self.backups < wanted {
            self.wait(|answer| matches!(answer, Answer::BackedUp(_)));
        }
    }

    /// Everything since the first day, as it is put on a stick.
    fn export(&mut self, by: StaffCode) {
        let now = self.now();
        let (from, to) = (moment(0, 0).station_day(), now.station_day());
        let reader = JournalReader::open(&self.root.join("data")).unwrap();
        let mut events = Vec::new();
        reader.events_between(from, to, &mut |event| events.push(event)).unwrap();
        let mut files = Vec::new();
        for table in report::of_day(&heading(now), to, &events) {
            let mut bytes = Vec::new();
            Format::Csv.write(&table, &mut bytes).unwrap();
            files.push(NewFile { name: format!("{}.csv", table.stem), bytes });
        }
        for closing in reader.closings(from, to).unwrap() {
            let stem = format!("chot-so_{}_{}", closing.day, closing.number);
            let signature = format!("{}\n", Signature::from_bytes(closing.signature));
            files.push(NewFile { name: format!("{stem}.json"), bytes: closing.document });
            files.push(NewFile { name: format!("{stem}.sig"), bytes: signature.into_bytes() });
        }
        let (last, chain) = reader.head().unwrap();
        let bundle = Bundle {
            heading: heading(now),
            period: Period::new(from, to).unwrap(),
            journal: reader.id().unwrap(),
            chain_head: Digest(chain.0),
            events: last.0,
            files,
        };
        let folder =
            export::to_folder(&self.root.join("out"), bundle, &self.key, &mut |_| {}).unwrap();
        say(&format!("exported {}", folder.file_name().unwrap().to_str().unwrap()));
        let (medium, manifest) = (Medium::Folder, String::new());
        self.note(Some(by), What::Exported { from, to, medium, manifest });
    }

    fn close_up(mut self) {
        self.note(None, What::Stopped);
        self.writer.stop();
    }
}

fn sealer(key: Arc<StationKey>) -> Sealer {
    Box::new(move |draft| {
        let closed = &draft.closed;
        let document = report::closing(&report::Closing {
            heading: &heading(closed.at),
            hours: &[],
            day: draft.day,
            number: draft.number,
            way: ClosingWay::Itself,
            by: closed.by,
            journal: draft.journal,
            total: draft.total,
            chain: draft.chain.0,
            events: &draft.events,
            public_key: &key.public().to_pem(),
        });
        let document = document.unwrap();
        let signature = key.sign(&document).to_bytes();
        Sealed { document, signature }
    })
}

/// On the writer's own thread, at the moment of the answer.
fn tell_of(answer: &Answer) {
    match answer {
        Answer::Arrived { event, .. } | Answer::Recorded { event, .. } => {
            say(&format!("recorded {} {}", event.seq.0, event.id));
        }
        Answer::AlsoShown { events, .. } => {
            for event in events {
                say(&format!("recorded {} {}", event.seq.0, event.id));
            }
        }
        Answer::Closed { event, closing, key_left } => {
            assert!(key_left.is_none(), "{key_left:?}");
            say(&format!("recorded {} {}", event.seq.0, event.id));
            say(&format!("closed {}", closing.day));
        }
        Answer::BackedUp(backup) => say(&format!("backed-up {}", backup.events)),
        Answer::EventsOf { .. } | Answer::ClockKnown { .. } | Answer::Reserve { .. } => {}
        Answer::BackUpFailed { error }
        | Answer::SideLogFailed { error }
        | Answer::NotRecognised { error }
        | Answer::Failed { error, .. } => panic!("the journal refused: {error}"),
    }
}
