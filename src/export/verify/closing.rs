//! The closings that came with an export: which days were closed, and by whom.

use std::path::Path;

use serde::Deserialize;

use super::super::manifest::Manifest;
use super::{Fault, check, read};
use crate::event::StationDay;

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
/// any of them. One that is already at fault as a file is not looked at again.
pub(super) fn read_all(
    folder: &Path,
    manifest: &Manifest,
    faults: &[Fault],
    each: &mut dyn FnMut(&str, Closing, &[u8]),
) -> (Vec<Closing>, Vec<Fault>) {
    let mut closings = Vec::new();
    let mut faulty = Vec::new();
    let names = manifest.files.iter().map(|file| file.name.as_str());
    for name in names.filter(|name| name.starts_with(STEM) && name.ends_with(".json")) {
        if !is_sound(name, faults) {
            continue;
        }
        match closing(folder, name, manifest) {
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
        | Fault::Resized { name: of, .. } => of == name,
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

fn closing(folder: &Path, name: &str, manifest: &Manifest) -> Result<(Closing, Vec<u8>), Fault> {
    let damaged = || Fault::ClosingDamaged(name.to_owned());
    let unsigned = || Fault::ClosingUnsigned(name.to_owned());
    let bytes = read(&folder.join(name)).map_err(|_| Fault::Unreadable(name.to_owned()))?;
    let signature = read(&folder.join(name).with_extension("sig")).map_err(|_| unsigned())?;
    check(&manifest.key, &bytes, &signature).map_err(|_| unsigned())?;
    let written: Written = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let day = written.day.parse().map_err(|_| damaged())?;
    let origin = &manifest.origin;
    if written.station != origin.station.as_str() || written.point != origin.point.as_str() {
        return Err(damaged());
    }
    Ok((Closing { day, number: written.number, events: written.events }, bytes))
}
