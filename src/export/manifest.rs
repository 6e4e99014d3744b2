//! `MANIFEST.json`: what an export says of itself, and what its signature covers.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::event::{JournalId, Origin, StationDay};
use crate::printable::printable;
use crate::seal::PublicKey;

/// The form written here. A change that older programs would read wrong counts it up.
const FORMAT: u32 = 1;

/// The manifest's name in the folder of an export.
pub(super) const MANIFEST: &str = "MANIFEST.json";
/// The signature over the exact bytes of [`MANIFEST`], in base64 and one line.
pub(super) const SIGNATURE: &str = "MANIFEST.sig";
/// The public key, as a file of its own for people who check with openssl.
pub(super) const PUBLIC_KEY: &str = "khoa-cong-khai.pem";
/// What a person should read first.
pub(super) const READ_ME: &str = "DOC-TOI.txt";

/// More files than ten years of closings and reports have; and in the folder of an export a few may have
/// been added.
pub(super) const MOST_FILES: usize = 20_000;

/// Digits of SHA-256 in hexadecimal.
const HEX_DIGITS: usize = 64;

/// First and last station day of an export, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: StationDay,
    to: StationDay,
}

impl Period {
    /// The days from `from` to `to`; `None` when `to` comes first.
    pub fn new(from: StationDay, to: StationDay) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// One day.
    pub fn day(day: StationDay) -> Self {
        Self { from: day, to: day }
    }

    /// The first day.
    pub fn from(self) -> StationDay {
        self.from
    }

    /// The last day.
    pub fn to(self) -> StationDay {
        self.to
    }

    /// Every day.
    pub fn days(self) -> impl Iterator<Item = StationDay> {
        self.from.0.iter_days().take_while(move |day| *day <= self.to.0).map(StationDay)
    }
}

/// SHA-256 of a file, or the head of the journal's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    fn from_hex(text: &str) -> Option<Self> {
        if text.len() != HEX_DIGITS
            || !text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A file of an export, as it was meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of its content.
    pub digest: Digest,
}

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The program that made it, with its version.
    pub program: String,
    /// Codes of the station and the desk.
    pub origin: Origin,
    /// Name of the station.
    pub station_name: String,
    /// Name of the desk.
    pub point_name: String,
    /// The journal that was exported.
    pub journal: JournalId,
    /// The days it covers.
    pub period: Period,
    /// When it was made, on Vietnam's clock.
    pub made_at: DateTime<FixedOffset>,
    /// Whether that clock could be believed.
    pub clock_sure: bool,
    /// The last link of the journal's chain then.
    pub chain_head: Digest,
    /// How many events the journal held then.
    pub events: u64,
    /// The key it is signed with.
    pub key: PublicKey,
    /// Every other file of the folder, sorted by name.
    pub files: Vec<Listed>,
}

/// Why a manifest could not be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotUnderstood {
    /// It was changed or damaged.
    Damaged,
    /// A later program made it.
    Newer,
}

/// How it stands in the file. Fields keep their names and meaning for ever.
#[derive(Serialize, Deserialize)]
struct Written {
    format: u32,
    program: String,
    station: String,
    station_name: String,
    point: String,
    point_name: String,
    journal: String,
    from: String,
    to: String,
    made_at: String,
    clock_sure: bool,
    events: u64,
    chain_head: String,
    public_key: String,
    files: Vec<WrittenFile>,
}

#[derive(Serialize, Deserialize)]
struct WrittenFile {
    name: String,
    size: u64,
    sha256: String,
}

/// All that an older or newer program needs to see whether it can read the rest.
#[derive(Deserialize)]
struct Form {
    format: u32,
}

impl Manifest {
    /// The folder of this export, such as `AG-TRITON_D1_2026-11-01_2026-11-30`: plain ASCII, safe
    /// on a stick with FAT.
    pub fn folder_name(&self) -> String {
        folder_name(&self.origin, self.period)
    }

    /// The bytes that are signed.
    pub(super) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let file = |file: &Listed| WrittenFile {
            name: file.name.clone(),
            size: file.size,
            sha256: file.digest.to_string(),
        };
        let written = Written {
            format: FORMAT,
            program: self.program.clone(),
            station: self.origin.station.to_string(),
            station_name: self.station_name.clone(),
            point: self.origin.point.to_string(),
            point_name: self.point_name.clone(),
            journal: self.journal.0.to_string(),
            from: self.period.from.to_string(),
            to: self.period.to.to_string(),
            made_at: self.made_at.to_rfc3339_opts(SecondsFormat::Secs, false),
            clock_sure: self.clock_sure,
            events: self.events,
            chain_head: self.chain_head.to_string(),
            public_key: self.key.to_pem(),
            files: self.files.iter().map(file).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&written)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a manifest that anybody may have written: names that lead out of the folder, or stand
    /// twice, are not accepted.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, NotUnderstood> {
        let form: Form = serde_json::from_slice(bytes).map_err(|_| NotUnderstood::Damaged)?;
        if form.format > FORMAT {
            return Err(NotUnderstood::Newer);
        }
        let written = serde_json::from_slice(bytes).map_err(|_| NotUnderstood::Damaged)?;
        Self::read(written).ok_or(NotUnderstood::Damaged)
    }

    fn read(written: Written) -> Option<Self> {
        let file = |file: WrittenFile| {
            let digest = Digest::from_hex(&file.sha256)?;
            is_plain(&file.name).then_some(Listed { name: file.name, size: file.size, digest })
        };
        if written.files.len() > MOST_FILES {
            return None;
        }
        let files: Vec<Listed> = written.files.into_iter().map(file).collect::<Option<_>>()?;
        let words = |text: String| printable(&text);
        let is_sorted = files.is_sorted_by(|one, next| one.name < next.name);
        is_sorted.then_some(Self {
            program: words(written.program),
            origin: Origin {
                station: written.station.parse().ok()?,
                point: written.point.parse().ok()?,
            },
            station_name: words(written.station_name),
            point_name: words(written.point_name),
            journal: JournalId(Uuid::parse_str(&written.journal).ok()?),
            period: Period::new(written.from.parse().ok()?, written.to.parse().ok()?)?,
            made_at: DateTime::parse_from_rfc3339(&written.made_at).ok()?,
            clock_sure: written.clock_sure,
            chain_head: Digest::from_hex(&written.chain_head)?,
            events: written.events,
            key: PublicKey::from_pem(&written.public_key).ok()?,
            files,
        })
    }
}

/// `AG-TRITON_D1_2026-11-01_2026-11-30`.
pub(super) fn folder_name(origin: &Origin, period: Period) -> String {
    let Origin { station, point } = origin;
    format!("{station}_{point}_{}_{}", period.from, period.to)
}

/// The desk that such a name speaks of; `None` for any other name.
pub(super) fn desk_in_name(name: &str) -> Option<Origin> {
    let parts: Vec<&str> = name.split('_').collect();
    let [station, point, from, to] = parts.as_slice() else { return None };
    let origin = Origin { station: station.parse().ok()?, point: point.parse().ok()? };
    let are_days = [from, to].iter().all(|day| day.parse::<StationDay>().is_ok());
    are_days.then_some(origin)
}

/// A name that every file system takes and none takes for another: short, plain ASCII, no hidden
/// file, nothing that Windows keeps for devices.
pub(super) fn is_plain(name: &str) -> bool {
    /// Half of what FAT takes; leaves room for the ending of a draft.
    const LONGEST: usize = 128;
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_numbered_device = ["com", "lpt"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|digit| matches!(digit.as_bytes(), [b'0'..=b'9']))
    });
    name.len() <= LONGEST
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && !name.ends_with('.')
        && !DEVICES.contains(&stem.as_str())
        && !is_numbered_device
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_file_system_takes_otherwise_are_refused() {
        for good in
            ["MANIFEST.json", "su-kien_AG-TRITON_D1_2026-11-24.csv", "a", "config.txt", "0.x"]
        {
            assert!(is_plain(good), "{good}");
        }
        let long = "a".repeat(129);
        for bad in [
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "a/b",
            "a\\b",
            ".hidden",
            "-x",
            "a.",
            "a b",
            "số.csv",
            "con",
            "CON.txt",
            "com1.csv",
            "LPT9",
            "a:b",
            "a?",
            &long,
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }

    #[test]
    fn a_period_has_all_its_days_and_is_never_backwards() {
        let day = |text: &str| text.parse::<StationDay>().unwrap();
        let period = Period::new(day("2026-02-27"), day("2026-03-02")).unwrap();
        let days: Vec<String> = period.days().map(|day| day.to_string()).collect();
        assert_eq!(days, ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
        assert_eq!(Period::new(day("2026-03-02"), day("2026-02-27")), None);
        assert_eq!(Period::day(day("2026-03-02")).days().count(), 1);
    }

    #[test]
    fn a_digest_has_one_written_form() {
        let digest = Digest::of(b"abc");
        // FIPS 180-2, appendix B.1.
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(Digest::from_hex(text), Some(digest));
        for bad in ["", &text.to_uppercase(), &text.replacen('b', "+", 1), &format!("{text}0")] {
            assert_eq!(Digest::from_hex(bad), None, "{bad}");
        }
    }
}
