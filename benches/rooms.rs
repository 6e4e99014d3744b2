//! The rooms one by one: a step of the desk, and a commit of the journal beside the least any
//! durable write costs on the same file system.
//!
//! `cargo bench --bench rooms`; the folder for the disk is `TIEPDON_BENCH_DIR`, else the target
//! folder, because a temporary folder may lie in memory.

#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::fs::File;
use std::hint::black_box;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use tiepdon::card::decode;
use tiepdon::command::demo::patient;
use tiepdon::configuration::Configuration;
use tiepdon::desk::{Env, Event, Offer, Press, State, step};
use tiepdon::event::{AgeBand, CardKind, Entry, Moment, Origin, VisitId};
use tiepdon::journal::{Journal, NewArrival};
use uuid::Uuid;

/// One page of the database and its WAL header: the least SQLite writes for a commit.
const PAGE: usize = 4096 + 24;

fn desk(criterion: &mut Criterion) {
    let configuration = Configuration::embedded().unwrap();
    let offer = Offer::from(&configuration.guides);
    let morning = moment(0);
    let today = morning.station_day().0;
    let env = |seconds| Env {
        now: Duration::from_secs(seconds),
        today: today.into(),
        fresh: VisitId(Uuid::from_u128(1)),
        timing: &configuration.station.timing,
        offer: &offer,
    };
    let card = patient(0).citizen_card();
    let scanned = || Event::Scanned(decode(&card, today));
    criterion.bench_function("desk: a scan on the idle screen", |bench| {
        bench.iter_batched(
            || (State::default(), scanned()),
            |(state, event)| black_box(step(state, event, &env(1))),
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("desk: a choice", |bench| {
        bench.iter_batched(
            || step(State::default(), scanned(), &env(1)).0,
            |state| black_box(step(state, Event::Pressed(Press::ChooseVneid), &env(2))),
            BatchSize::SmallInput,
        );
    });
}

fn journal(criterion: &mut Criterion) {
    let folder = tempfile::tempdir_in(disk()).unwrap();
    let mut group = criterion.benchmark_group("a durable write");
    group.sample_size(50);

    let mut raw = File::create(folder.path().join("raw")).unwrap();
    let page = vec![7; PAGE];
    raw.write_all(&vec![0; PAGE * 1000]).unwrap();
    raw.sync_all().unwrap();
    let mut at = 0;
    group.bench_function("raw: write a page and fdatasync", |bench| {
        bench.iter(|| {
            raw.seek(SeekFrom::Start(at % 1000 * PAGE as u64)).unwrap();
            at += 1;
            raw.write_all(&page).unwrap();
            raw.sync_data().unwrap();
        });
    });

    let origin = Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() };
    let mut journal =
        Journal::open(&folder.path().join("data"), origin, moment(0)).unwrap().journal;
    let mut person = 0_u64;
    group.bench_function("journal: a new patient", |bench| {
        bench.iter(|| {
            person += 1;
            let identity = format!("cccd:{person:012}");
            let arrival = NewArrival {
                card: Some(CardKind::CanCuoc),
                age: AgeBand::From70,
                identity: Some(identity.as_bytes()),
                person: None,
                entry: Entry::Usual,
                day: None,
                by: None,
            };
            // A day has a few hundred patients; later ones go to the next day.
            let at = moment(person / 300);
            black_box(journal.arrive(VisitId(Uuid::now_v7()), at, &arrival).unwrap());
        });
    });
    group.finish();
}

fn moment(day: u64) -> Moment {
    let wall_ms = 1_795_480_920_000 + i64::try_from(day).unwrap() * 86_400_000;
    Moment { wall_ms, uptime_ms: 1, boot: Uuid::from_u128(1), sure: true }
}

fn disk() -> PathBuf {
    std::env::var_os("TIEPDON_BENCH_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from)
}

criterion_group!(benches, desk, journal);
criterion_main!(benches);
