//! Exports of invented desks, signed as real ones are.

use std::path::{Path, PathBuf};

use tiepdon::event::{
    AgeBand, Arrival, CardKind, Choice, ClosingWay, Entry, Event, EventSeq, Integration,
    IntegrationResult, JournalId, Moment, Origin, RecordUsed, Source, StationDay, VisitId, VisitNo,
    What,
};
use tiepdon::export::{Bundle, Digest, NewFile, Period, to_folder};
use tiepdon::figures::{DayFigures, Tally};
use tiepdon::report::{Closing, Heading, closing};
use tiepdon::seal::StationKey;
use uuid::Uuid;

/// A day of November 2026.
pub(crate) fn day(number: u32) -> StationDay {
    format!("2026-11-{number:02}").parse().unwrap()
}

pub(crate) fn origin(station: &str, point: &str) -> Origin {
    Origin { station: station.parse().unwrap(), point: point.parse().unwrap() }
}

/// A desk with its key.
pub(crate) struct Desk {
    pub(crate) heading: Heading,
    pub(crate) key: StationKey,
}

impl Desk {
    pub(crate) fn new(station: &str, point: &str) -> Self {
        let heading = Heading {
            station_name: format!("Trạm y tế {station}"),
            origin: origin(station, point),
            point_name: format!("Bàn {point}"),
            made_at: morning(day(30)),
        };
        Self { heading, key: new_key() }
    }

    /// The signed document of a closing, with its signature.
    pub(crate) fn closing(&self, day: StationDay, number: u32, visits: &[u8]) -> [NewFile; 2] {
        let events = events(&self.heading.origin, day, visits);
        let document = closing(&Closing {
            heading: &self.heading,
            hours: std::slice::from_ref(&(420..690)),
            day,
            number,
            way: ClosingWay::Head,
            by: None,
            journal: JournalId(Uuid::nil()),
            total: events.len() as u64,
            chain: [0xab; 32],
            events: &events,
            public_key: &self.key.public().to_pem(),
        });
        self.signed(day, number, document.unwrap())
    }

    /// Any document in the place of a closing.
    pub(crate) fn signed(&self, day: StationDay, number: u32, bytes: Vec<u8>) -> [NewFile; 2] {
        let Origin { station, point } = &self.heading.origin;
        let stem = format!("chot-so_{station}_{point}_{day}_{number}");
        let signature = format!("{}\n", self.key.sign(&bytes)).into_bytes();
        [
            NewFile { name: format!("{stem}.json"), bytes },
            NewFile { name: format!("{stem}.sig"), bytes: signature },
        ]
    }

    /// Hands out `closings` for the days `from` to `to` into `root`, as on a stick.
    pub(crate) fn export(
        &self,
        root: &Path,
        (from, to): (u32, u32),
        closings: impl IntoIterator<Item = [NewFile; 2]>,
    ) -> PathBuf {
        let table = NewFile { name: "tong-hop.csv".into(), bytes: b"\"a\"\r\n".to_vec() };
        let bundle = Bundle {
            heading: self.heading.clone(),
            period: Period::new(day(from), day(to)).unwrap(),
            journal: JournalId(Uuid::nil()),
            chain_head: Digest([7; 32]),
            events: 1234,
            files: closings.into_iter().flatten().chain([table]).collect(),
        };
        std::fs::create_dir_all(root).unwrap();
        to_folder(root, bundle, &self.key, &mut |_| {}).unwrap()
    }
}

pub(crate) fn new_key() -> StationKey {
    StationKey::open_or_make(tempfile::tempdir().unwrap().path()).unwrap()
}

/// What a day of these visits comes to.
pub(crate) fn figures(day: StationDay, visits: &[u8]) -> DayFigures {
    Tally::of(day, &events(&origin("X", "Y"), day, visits)).figures()
}

/// Half past seven.
pub(crate) fn morning(day: StationDay) -> Moment {
    let wall_ms = day.begins_ms() + 450 * 60_000;
    Moment { wall_ms, uptime_ms: 0, boot: Uuid::nil(), sure: true }
}

/// Visits of every kind: each byte is one.
pub(crate) fn events(origin: &Origin, day: StationDay, visits: &[u8]) -> Vec<Event> {
    let cards = [None, Some(CardKind::Cccd), Some(CardKind::CanCuoc), Some(CardKind::Insurance)];
    let ages = [AgeBand::From70, AgeBand::From14, AgeBand::From60, AgeBand::Under14];
    let choices = [
        Some((RecordUsed::Vneid, Source::SelfDeclared)),
        Some((RecordUsed::Paper, Source::SelfDeclared)),
        Some((RecordUsed::Vneid, Source::NurseConfirmed)),
        Some((RecordUsed::Neither, Source::SelfDeclared)),
        None,
    ];
    let mut events = Vec::new();
    for (number, visit) in (1..).zip(visits.iter().map(|visit| usize::from(*visit))) {
        let mut what = vec![What::Arrived(Arrival {
            number: VisitNo(number),
            card: cards[visit % cards.len()],
            age: ages[visit / 4 % ages.len()],
            entry: Entry::Usual,
        })];
        if let Some((used, source)) = choices[visit % choices.len()] {
            what.push(What::Chose(Choice { used, source }));
        }
        if visit % 3 == 0 {
            what.push(What::GuidedByStaff);
            let result = IntegrationResult::ALL[visit % IntegrationResult::ALL.len()];
            what.push(What::Integrated(Integration { result, source: Source::SelfDeclared }));
        }
        if visit % 7 == 0 {
            what.push(What::StaffCalled);
        }
        for what in what {
            let seq = events.len() as u64 + 1;
            events.push(Event {
                seq: EventSeq(seq),
                id: Uuid::from_u64_pair(seq, 0),
                origin: origin.clone(),
                day,
                at: morning(day),
                visit: Some(VisitId(Uuid::from_u64_pair(number.into(), u64::MAX))),
                by: None,
                what,
            });
        }
    }
    events
}
