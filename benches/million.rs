//! Three years of a busy desk: a journal of a million events must serve like a new one.
//!
//! `cargo bench --bench million`; the folder for the disk is `TIEPDON_BENCH_DIR`, else the target
//! folder, because a temporary folder may lie in memory. Some 500 MB.

#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tiepdon::campaign::Days;
use tiepdon::configuration::Configuration;
use tiepdon::event::{AgeBand, CardKind, ClosingWay, Entry, Moment, Origin, StationDay, VisitId};
use tiepdon::figures::{Counting, Entered, OpeningHours, Tally};
use tiepdon::journal::{ClosingDraft, Journal, JournalReader, NewArrival, Sealed, back_up};
use tiepdon::report::{Basis, Document, Form, Heading, of_campaign};
use tiepdon::station::Letterhead;
use uuid::Uuid;

const MILLION: i64 = 1_000_000;
const EVENTS_A_DAY: i64 = 913; // three years
const VISITS_OF_A_FULL_DAY: u64 = 500;
const BEGAN_MS: i64 = 1_795_480_920_000; // 2026-11-24 07:42 in Vietnam
const DAY_MS: i64 = 86_400_000;

fn moment(day: i64) -> Moment {
    let wall_ms = BEGAN_MS + day * DAY_MS;
    Moment { wall_ms, uptime_ms: 1, boot: Uuid::from_u128(1), sure: true }
}

fn day(day: i64) -> StationDay {
    moment(day).station_day()
}

fn open(data: &Path) -> Journal {
    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    Journal::open(data, origin, moment(0)).unwrap().journal
}

fn disk() -> PathBuf {
    std::env::var_os("TIEPDON_BENCH_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from)
}

/// A journal of `events` events, written past the program and its syncs. The chain is computed here
/// once more, from its description alone: `verify` accepting it proves both.
fn journal_of(events: i64) -> TempDir {
    let data = tempfile::tempdir_in(disk()).unwrap();
    drop(open(data.path()));
    let mut database = Connection::open(data.path().join("journal.db")).unwrap();
    let transaction = database.transaction().unwrap();
    let mut insert = transaction
        .prepare(
            "INSERT INTO event (seq, id, station, point, day, wall_ms, uptime_ms, boot, sure,
                                visit, kind, body, token, staff, chain)
             VALUES (?1, ?2, 'AG-TRITON', 'D1', ?3, ?4, 1, ?5, 1, ?6, ?7, ?8, ?9, NULL, ?10)",
        )
        .unwrap();
    let boot = Uuid::from_u128(1);
    let (mut chain, mut number) = ([0; 32], 0);
    for seq in 1..=events {
        let at = moment(seq / EVENTS_A_DAY);
        let day = at.station_day().to_string();
        let id = Uuid::from_u128(u128::from(seq.unsigned_abs()));
        let step = seq % EVENTS_A_DAY % 3;
        number = if seq % EVENTS_A_DAY == 0 { 0 } else { number };
        let visit = Uuid::from_u128(u128::from((seq - step).unsigned_abs()) << 32);
        let (kind, body) = match step {
            0 => {
                number += 1;
                let arrival = r#","card":"can-cuoc","age":"from70"}"#;
                ("arrived", format!(r#"{{"number":{number}{arrival}"#))
            }
            1 => (
                "guided",
                r#"{"guide":"tich-hop-bhyt","version":1,"reached":3,"steps":5,"finished":false}"#
                    .to_owned(),
            ),
            _ => ("chose", r#"{"used":"vneid","source":"self-declared"}"#.to_owned()),
        };
        let token = (step == 0).then(|| visit.as_bytes().as_slice());
        let mut hash = Sha256::new();
        hash.update(chain);
        for column in [
            seq.to_be_bytes().as_slice(),
            id.as_bytes(),
            b"AG-TRITON",
            b"D1",
            day.as_bytes(),
            &at.wall_ms.to_be_bytes(),
            &1_i64.to_be_bytes(),
            boot.as_bytes(),
            &[1],
            visit.as_bytes(),
            kind.as_bytes(),
            body.as_bytes(),
            token.unwrap_or_default(),
        ] {
            hash.update((column.len() as u64).to_be_bytes());
            hash.update(column);
        }
        chain = hash.finalize().into();
        insert
            .execute(params![
                seq,
                id.as_bytes(),
                day,
                at.wall_ms,
                boot.as_bytes(),
                visit.as_bytes(),
                kind,
                body,
                token,
                chain
            ])
            .unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
    data
}

fn arrive(journal: &mut Journal, person: u64, on: i64) {
    let (card, age, entry) = (Some(CardKind::CanCuoc), AgeBand::From70, Entry::Usual);
    let identity = format!("cccd:{person:012}");
    let identity = Some(identity.as_bytes());
    let arrival = NewArrival { card, age, identity, person: None, entry, day: None, by: None };
    let (visit, _) = journal.arrive(VisitId(Uuid::now_v7()), moment(on), &arrival).unwrap();
    black_box(visit);
}

fn seal(draft: &ClosingDraft) -> Sealed {
    let figures = Tally::of(draft.day, &draft.events).figures();
    Sealed { document: format!("{figures:?}").into_bytes(), signature: [1; 64] }
}

/// The report of Tri Tôn, with all its columns, over these days and from their first on.
fn report_of(reader: &JournalReader, days: Days) -> Document {
    let configuration = Configuration::embedded().unwrap();
    let mut campaigns = configuration.campaigns.into_values();
    let mut campaign = campaigns.find(|one| one.id.as_str() == "tri-ton-2026").unwrap();
    campaign.days = days;
    let count = |reader: &JournalReader, from, to| {
        let mut counting =
            Counting::new(from, OpeningHours::every_day(&[420..660, 810..1020]), Moment::NEVER);
        let mut entered = Entered::default();
        reader.events_between(from, to, &mut |event| {
            counting.add(&event);
            entered.add(&event);
        })?;
        Ok((counting.up_to(to), entered))
    };
    let (mut counted, mut entered) = (Vec::new(), Entered::default());
    for (days, numbers) in reader.fold_stretches(days.from, days.to, &count).unwrap() {
        counted.extend(days);
        entered.extend(numbers);
    }
    let basis = Basis { days: &counted, entered: &entered, closings: &[] };
    let heading = Heading {
        station_name: "Trạm Y tế xã Tri Tôn".into(),
        origin: Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() },
        point_name: "Bàn tiếp đón 1".into(),
        made_at: moment(0),
    };
    of_campaign(&heading, &Letterhead::of("Xã Tri Tôn"), &campaign, days, &basis)
}

/// What a report costs follows its days, not the journal: the same days at the end of journals of
/// three sizes. 913 events a day are some 300 patients, a station's busiest.
fn reports(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    for events in [10_000, 100_000, MILLION] {
        let data = journal_of(events);
        let reader = JournalReader::open(data.path()).unwrap();
        let last = events / EVENTS_A_DAY - 1;
        for (name, days) in [("a day", 1), ("92 days", 92)] {
            let days = Days { from: day((last + 1 - days).max(0)), to: day(last) };
            group.bench_function(format!("{name}, journal of {events}"), |bench| {
                bench.iter(|| black_box(report_of(&reader, days)));
            });
        }
        if events == MILLION {
            let document = report_of(&reader, Days { from: day(last - 364), to: day(last) });
            group.bench_function("workbook of a year", |bench| {
                bench.iter(|| black_box(Form::Xlsx.files(&document).unwrap()));
            });
        }
    }
    group.finish();
}

fn million(criterion: &mut Criterion) {
    let (large, small) = (journal_of(MILLION), journal_of(10_000));
    let today = MILLION / EVENTS_A_DAY + 1;
    // What was written past the program is not in the side log; from here on it is.
    drop(open(large.path()));
    drop(open(small.path()));
    let mut group = criterion.benchmark_group("a million events");
    group.sample_size(10);

    group.bench_function("open", |bench| bench.iter(|| black_box(open(large.path()))));

    let reader = JournalReader::open(large.path()).unwrap();
    let busy = day(today / 2);
    group.bench_function("events and figures of a day", |bench| {
        bench.iter(|| black_box(Tally::of(busy, &reader.events_of(busy).unwrap()).figures()));
    });
    group.bench_function("verify", |bench| {
        bench.iter(|| assert!(reader.verify().unwrap().events >= MILLION as u64));
    });

    let mut journal = open(large.path());
    group.sample_size(10).bench_function("days to close", |bench| {
        bench.iter(|| black_box(journal.days_to_close(day(today + 1)).unwrap()));
    });
    let mut closed = today;
    group.bench_function("close a day of 500 visits", |bench| {
        bench.iter_custom(|times| {
            let mut took = Duration::ZERO;
            for _ in 0..times {
                closed += 1;
                for person in 0..VISITS_OF_A_FULL_DAY {
                    arrive(&mut journal, person, closed);
                }
                let (at, way) = (moment(closed), ClosingWay::Head);
                let began = Instant::now();
                journal.close(at.station_day(), at, None, way, &mut seal).unwrap();
                took += began.elapsed();
            }
            took
        });
    });
    group.finish();
    drop(journal);
    patients_of_two_journals(small.path(), large.path(), closed + 1);
    patients_during_a_backup();
}

/// Whether a patient waits longer where more were before: turn by turn, because a disk is fast one
/// second and slow the next, and the whole told as a ratio.
fn patients_of_two_journals(small: &Path, large: &Path, on: i64) {
    const TURNS: u64 = 1000;
    let mut journals = [open(small), open(large)];
    let mut waits = [Vec::new(), Vec::new()];
    for person in 0..TURNS {
        for (journal, waits) in journals.iter_mut().zip(&mut waits) {
            let began = Instant::now();
            arrive(journal, person, on);
            waits.push(began.elapsed());
        }
    }
    let [few, many] = waits.map(|mut waits| {
        waits.sort();
        waits.get(waits.len() / 2).copied().unwrap_or_default()
    });
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    println!(
        "a new patient after 1,000,000 events: {many:?}, after 10,000: {few:?}, {ratio:.2} times"
    );
}

/// How long a patient waits while a backup of 100,000 events is made: no benchmark of criterion's,
/// because the backup ends when it ends.
fn patients_during_a_backup() {
    let data = journal_of(100_000);
    let mut journal = open(data.path());
    let on = 100_000 / EVENTS_A_DAY + 1;
    let mut person = 0;
    let mut wait = |journal: &mut Journal| {
        person += 1;
        let began = Instant::now();
        arrive(journal, person, on);
        began.elapsed()
    };
    let usual: Vec<Duration> = (0..200).map(|_| wait(&mut journal)).collect();
    let folder = data.path().to_owned();
    let began = Instant::now();
    let backup = std::thread::spawn(move || back_up(&folder, day(on)).unwrap());
    let mut during = Vec::new();
    while !backup.is_finished() {
        during.push(wait(&mut journal));
    }
    let took = began.elapsed();
    for (name, mut waits) in [("before", usual), ("during", during)] {
        waits.sort();
        let (median, longest) = (waits.get(waits.len() / 2), waits.last());
        println!("a patient {name} a backup: median {median:?}, longest {longest:?}");
    }
    println!("backup of 100,000 events: {took:?}");
}

criterion_group!(benches, million, reports);
criterion_main!(benches);
