//! A configuration that comes with the storage card or a stick, so that nobody types at a kiosk.
//!
//! On the boot partition, which any computer can write, or on a stick there may be a file
//! `tiepdon-station.toml`, or a folder `tiepdon` with `station.toml`, `guides` and `campaigns`. What
//! is not offered stays as it was, or comes from the sample files.
//!
//! Rule kept: nothing that people have written is overwritten behind their backs. No clock is asked
//! which file is newer – a box without a battery does not know – but who changed what:
//!
//! | own files | offered since last time | comes of it |
//! |---|---|---|
//! | none that people wrote | – | taken |
//! | as they were taken | the same | nothing |
//! | as they were taken | changed, on the boot partition | taken; the old ones are kept in `.replaced` |
//! | changed by hand, or never taken | changed, on the boot partition | kept, and told |
//! | any `station.toml` that people wrote | – , on a stick | kept |
//!
//! A file that is a sample file letter by letter was written by nobody: the package brings them.
//! What is offered and has a mistake is refused as a whole, with every place and its fix.
//!
//! The folder on the boot partition, and no stick, may also hold a copy of the station's key,
//! `station-key.pem`. The key is secret and one for ever, so it moves, and is never replaced:
//!
//! | own key | copy | comes of it |
//! |---|---|---|
//! | none | sound | taken; once that is durable, the copy is removed |
//! | the same | sound | the copy is removed |
//! | another, or unreadable | sound | both stay, and it is told |
//! | – | unreadable | both stay, and it is told with place and fix |

mod carrier;
mod error;
mod files;
mod key;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use crate::configuration::Configuration;
use crate::station::document::{Problem, Problems};
use carrier::Offered;
use files::Files;

pub use error::ProvisionError;
pub use key::{KeyOutcome, provision_key};

/// Files on their way in. Whole, or not there at all: a power cut ends what was begun.
const INCOMING: &str = ".incoming";
const PART: &str = ".incoming.part";
/// What was there before, of what people wrote.
const REPLACED: &str = ".replaced";
/// What was taken last: digest of what was offered, and of what people had written of all that stood
/// here then.
const TAKEN: &str = ".taken";

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The boot partition: whoever writes there holds the storage card in their hands.
    Boot,
    /// A stick: anybody can plug one in, so it only helps a box that has nothing yet.
    Stick,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is offered, or nothing new.
    Nothing,
    /// So many files were taken.
    Taken(usize),
    /// Mistakes: nothing was taken, what is offered stays where it is.
    Refused(Problems),
    /// Own files and offered ones were both changed: the own ones stay.
    Differs,
}

/// Looks at `from`, the folder that a carrier is seen in, for a configuration, and takes it to the
/// folder `config` if the rule says so. Ends what an earlier call began.
///
/// # Errors
/// When a folder cannot be read or written. What was there before is whole.
pub fn provision(carrier: Carrier, from: &Path, config: &Path) -> Result<Outcome, ProvisionError> {
    finish(config)?;
    let offered = match Offered::look(from)? {
        Some(Ok(offered)) => offered,
        Some(Err(problem)) => return Ok(Outcome::Refused([problem].into_iter().collect())),
        None => return Ok(Outcome::Nothing),
    };
    let own = Files::of(config)?;
    if own.holds(&offered.files) {
        return Ok(Outcome::Nothing);
    }
    let taken = fs::read_to_string(config.join(TAKEN)).unwrap_or_default();
    let (offered_then, written_then) = taken.trim().split_once('\n').unwrap_or_default();
    let written = own.written();
    if written.has_station()
        && (carrier == Carrier::Stick || offered.files.digest() == offered_then)
    {
        return Ok(Outcome::Nothing);
    }
    let is_as_taken = written.digest() == written_then;
    if !is_as_taken && (written.has_station() || written.contradict(&offered.files)) {
        return Ok(Outcome::Differs);
    }
    let base = if written.has_station() { own } else { Files::sample().with(own) };
    let whole = base.with(offered.files.clone());
    match put(&written, &whole, &offered, config)? {
        Ok(count) => Ok(Outcome::Taken(count)),
        Err(problems) => Ok(Outcome::Refused(problems)),
    }
}

/// Writes what is new to its waiting place, reads all of it as the kiosk would, and brings it in.
fn put(
    written: &Files,
    whole: &Files,
    offered: &Offered,
    config: &Path,
) -> Result<Result<usize, Problems>, ProvisionError> {
    let part = config.join(PART);
    files::remove_folder(&part)?;
    whole.write(&part)?;
    if let Err(problems) = Configuration::load(&part) {
        files::remove_folder(&part)?;
        let place = |problem: Problem| Problem {
            file: origin(&problem.file, &part, offered, config),
            ..problem
        };
        return Ok(Err(problems.into_iter().map(place).collect()));
    }
    if written.len() > 0 {
        files::remove_folder(&config.join(REPLACED))?;
        written.write(&config.join(REPLACED))?;
    }
    files::write(&part.join(TAKEN), &taken(&offered.files, whole))?;
    files::rename(&part, &config.join(INCOMING))?;
    finish(config)?;
    Ok(Ok(offered.files.len()))
}

fn taken(offered: &Files, whole: &Files) -> Vec<u8> {
    format!("{}\n{}\n", offered.digest(), whole.written().digest()).into_bytes()
}

/// Brings in what waits, file by file; each is whole before and after. The last one says that all
/// are in, so that this may be done again from any point.
fn finish(config: &Path) -> Result<(), ProvisionError> {
    let incoming = config.join(INCOMING);
    if !incoming.is_dir() {
        return Ok(());
    }
    let waiting = Files::of(&incoming)?;
    for name in waiting.names() {
        files::rename(&incoming.join(name), &config.join(name))?;
    }
    let note = incoming.join(TAKEN);
    if note.exists() {
        files::rename(&note, &config.join(TAKEN))?;
    }
    files::remove_folder(&incoming)
}

/// Where people find the file of a problem: what was offered where it was offered, the rest here.
fn origin(file: &Path, part: &Path, offered: &Offered, config: &Path) -> PathBuf {
    let Ok(name) = file.strip_prefix(part) else { return file.to_owned() };
    offered.places.get(name).cloned().unwrap_or_else(|| config.join(name))
}
