//! An invented bundle for tests.

use super::{Bundle, Digest, NewFile, Period};
use crate::event::JournalId;
use crate::report::sample::heading;
use crate::seal::StationKey;

/// One and the same key in all tests of one process.
pub(crate) fn key() -> StationKey {
    static FOLDER: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap());
    StationKey::open_or_make(folder.path()).unwrap()
}

/// The key of a station nobody knows.
pub(crate) fn another_key() -> StationKey {
    StationKey::open_or_make(tempfile::tempdir().unwrap().path()).unwrap()
}

pub(crate) fn closing(day: &str) -> Vec<u8> {
    let chain = "ab".repeat(32);
    format!(
        "{{\"day\":\"{day}\",\"number\":7,\"station\":\"AG-TRITON\",\"point\":\"D1\",\
         \"events\":12,\"chain\":\"{chain}\"}}\n"
    )
    .into_bytes()
}

/// Two days, of which the first is closed; `version` is the first line of its CSV.
pub(crate) fn bundle(version: &str) -> Bundle {
    let file = |name: &str, bytes: Vec<u8>| NewFile { name: name.to_owned(), bytes };
    let closing = closing("2026-11-23");
    let signature = format!("{}\n", key().sign(&closing)).into_bytes();
    Bundle {
        heading: heading(),
        period: Period::new("2026-11-23".parse().unwrap(), "2026-11-24".parse().unwrap()).unwrap(),
        journal: JournalId("019aa5c4-5f00-7000-8000-000000000001".parse().unwrap()),
        chain_head: Digest([7; 32]),
        events: 1234,
        files: vec![
            file("tong-hop.xlsx", vec![0x50; 3000]),
            file("tong-hop.csv", format!("{version}\r\n").into_bytes()),
            file("su-kien.json", b"[1,2]\n".repeat(100_000)),
            file("chot-so_2026-11-23.json", closing),
            file("chot-so_2026-11-23.sig", signature),
        ],
    }
}
