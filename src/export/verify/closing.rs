//! The closings that came with an export: which days were closed, and by whom.

use std::path::Path;

use serde::Deserialize;

use super::super::manifest::Manifest;
use super::{Fault, read, signature_in};
use crate::event::{Origin, StationDay};
use crate::seal::{Fingerprint, PublicKey, Signature};

/// Begins the name of every closing.
const STEM: &str = "chot-so_";

/// A day that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closing {
    /// The day.
    pub day: StationDay,
    /// Running number of the closing.
    pub number: u64,
    /// How many events the day had.
    pub events: u64,
    /// The key that signed it. A station that lost its key goes on with another one, and what the
    /// old one signed stays as it is.
    pub key: Fingerprint,
}

/// Whose signature a closing bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosingSigner {
    /// This key signed the very bytes.
    Key(Fingerprint),
    /// The key that the closing names did not sign it, nor did a known one.
    Nobody,
    /// No known key signed it, and it names none, as those of earlier programs.
    Unknown,
}

impl ClosingSigner {
    /// Who signed `document`: one of the `known` keys, or else the key that the document itself
    /// names. Whether that one is the station's is to be compared, as of any key that came along.
    pub fn of(document: &[u8], signature: &Signature, known: &[PublicKey]) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        struct Naming {
            public_key: String,
        }
        if let Some(key) = known.iter().find(|key| key.verify(document, signature)) {
            return Self::Key(key.fingerprint());
        }
        match serde_json::from_slice(document) {
            Err(_) => Self::Unknown,
            Ok(Naming { public_key }) => match PublicKey::from_pem(&public_key) {
                Ok(key) if key.verify(document, signature) => Self::Key(key.fingerprint()),
                Ok(_) | Err(_) => Self::Nobody,
            },
        }
    }
}

/// What is needed here of a closing; it may say more.
#[derive(Deserialize)]
struct Written {
    day: String,
    number: u64,
    station: String,
    point: String,
    events: u64,
}

/// The closings among the files of an export, in the order of their days, and what is wrong with
/// any of them. One that is already at fault as a file is not looked at again. `keys` are known
/// beside that of the manifest.
pub(super) fn read_all(
    folder: &Path,
    manifest: &Manifest,
    keys: &[PublicKey],
    faults: &[Fault],
    each: &mut dyn FnMut(&str, Closing, &[u8]),
) -> (Vec<Closing>, Vec<Fault>) {
    let mut closings = Vec::new();
    let mut faulty = Vec::new();
    let keys: Vec<PublicKey> = [manifest.key].into_iter().chain(keys.iter().copied()).collect();
    let names = manifest.files.iter().map(|file| file.name.as_str());
    for name in names.filter(|name| name.starts_with(STEM) && name.ends_with(".json")) {
        if !is_sound(name, faults) {
            continue;
        }
        match closing(folder, name, &manifest.origin, &keys) {
            Ok((closing, bytes)) => {
                each(name, closing, &bytes);
                closings.push(closing);
            }
            Err(fault) => faulty.push(fault),
        }
    }
    closings.sort();
    (closings, faulty)
}

fn is_sound(name: &str, faults: &[Fault]) -> bool {
    let is_about = |fault: &Fault| match fault {
        Fault::Removed(of)
        | Fault::Altered(of)
        | Fault::NotAFile(of)
        | Fault::Unreadable(of)
        | Fault::Renamed { from: of, to: _ }
        | Fault::Resized { name: of, .. }
        | Fault::TooLong { name: of, .. } => of == name,
        Fault::ManifestDamaged
        | Fault::ManifestNewer
        | Fault::SignatureWrong
        | Fault::OtherSigner { .. }
        | Fault::FolderRenamed { .. }
        | Fault::KeyExchanged { .. }
        | Fault::Added(_)
        | Fault::ClosingDamaged(_)
        | Fault::ClosingUnsigned(_) => false,
    };
    !faults.iter().any(is_about)
}

fn closing(
    folder: &Path,
    name: &str,
    origin: &Origin,
    keys: &[PublicKey],
) -> Result<(Closing, Vec<u8>), Fault> {
    let damaged = || Fault::ClosingDamaged(name.to_owned());
    let unsigned = || Fault::ClosingUnsigned(name.to_owned());
    let bytes = read(&folder.join(name)).map_err(|_| Fault::Unreadable(name.to_owned()))?;
    let signature = read(&folder.join(name).with_extension("sig")).map_err(|_| unsigned())?;
    let signature = signature_in(&signature).ok_or_else(unsigned)?;
    let ClosingSigner::Key(key) = ClosingSigner::of(&bytes, &signature, keys) else {
        return Err(unsigned());
    };
    let written: Written = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let day = written.day.parse().map_err(|_| damaged())?;
    if written.station != origin.station.as_str() || written.point != origin.point.as_str() {
        return Err(damaged());
    }
    let Written { number, events, .. } = written;
    Ok((Closing { day, number, events, key }, bytes))
}
