//! What a document that was shown under an unsure clock would be under the other keys there are: a
//! patient of this morning who comes again after a power cut is found as soon as it is known that it
//! is still the same day, though their number is not kept (product rule 2).
//!
//! A file beside the keys, of one boot, without any identity; destroyed when the time of that boot is
//! known, and with the next boot. Where it cannot be written, that costs recognition and nothing else.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::day_key::{KeyId, Token};
use super::durable::{remove_if_there, sync_folder};
use super::store::Marks;
use crate::event::VisitId;

/// Ending of the file.
const SEEN: &str = "seen";

/// An id, a key's id and two tokens.
const FIELD: usize = 16;
const RECORD: usize = 4 * FIELD;

/// In place of a token that there is not. No token begins so.
const NO_TOKEN: [u8; FIELD] = [0xFF; FIELD];

const OWNER_ONLY: u32 = 0o600;

/// A document of a visit, under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// The visit, as it was told when the document was shown.
    pub visit: VisitId,
    /// The key.
    pub key: KeyId,
    /// What the document is under it.
    pub marks: Marks,
}

/// All of one boot.
pub(super) struct OtherKeys {
    path: PathBuf,
    seen: Vec<Seen>,
}

impl OtherKeys {
    /// Those of this boot, in the folder of the keys; those of other boots are destroyed.
    pub(super) fn open(folder: &Path, boot: Uuid) -> Self {
        let path = folder.join(format!("{}.{SEEN}", boot.simple()));
        if let Err(error) = destroy_others(folder, &path) {
            tracing::warn!(%error, "what an earlier boot noted about its documents is still there");
        }
        let seen = match fs::read(&path) {
            Ok(bytes) => bytes.chunks_exact(RECORD).filter_map(record).collect(),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "what was noted about documents cannot be read");
                }
                Vec::new()
            }
        };
        Self { path, seen }
    }

    /// Notes documents; durable on return, if it can be.
    pub(super) fn note(&mut self, seen: &[Seen]) {
        if seen.is_empty() {
            return;
        }
        self.seen.extend(seen);
        if let Err(error) = self.write(seen) {
            tracing::warn!(%error, "after a restart a patient may be taken for a new one");
        }
    }

    fn write(&self, seen: &[Seen]) -> io::Result<()> {
        let is_new = !self.path.exists();
        let mut file =
            OpenOptions::new().append(true).create(true).mode(OWNER_ONLY).open(&self.path)?;
        let bytes: Vec<u8> = seen.iter().flat_map(bytes).collect();
        file.write_all(&bytes)?;
        file.sync_data()?;
        match self.path.parent().filter(|_| is_new) {
            Some(folder) => sync_folder(folder),
            None => Ok(()),
        }
    }

    /// What is noted, in the order in which it came.
    pub(super) fn seen(&self) -> &[Seen] {
        &self.seen
    }

    /// The time is known: nothing of it is needed any more.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
        if let Err(error) = remove_if_there(&self.path) {
            tracing::warn!(%error, "what was noted about documents is still there");
        }
    }
}

fn destroy_others(folder: &Path, ours: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == SEEN) && path != ours {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn bytes(seen: &Seen) -> Vec<u8> {
    let Seen { visit, key, marks: Marks { token, person } } = seen;
    let field = |token: &Option<Token>| token.map_or(NO_TOKEN, |token| token.0);
    [*visit.0.as_bytes(), key.0, field(token), field(person)].concat()
}

fn record(bytes: &[u8]) -> Option<Seen> {
    let mut fields =
        bytes.chunks_exact(FIELD).filter_map(|field| <[u8; FIELD]>::try_from(field).ok());
    let mut token = || fields.next();
    let (visit, key, number, person) = (token()?, token()?, token()?, token()?);
    let there = |token: [u8; FIELD]| (token != NO_TOKEN).then_some(Token(token));
    let marks = Marks { token: there(number), person: there(person) };
    Some(Seen { visit: VisitId(Uuid::from_bytes(visit)), key: KeyId(key), marks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_there_after_a_restart_and_gone_in_the_next_boot() {
        let folder = tempfile::tempdir().unwrap();
        let (boot, next) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let open = |boot| OtherKeys::open(folder.path(), boot);
        let seen = |number| Seen {
            visit: VisitId(Uuid::from_u128(number)),
            key: KeyId([7; FIELD]),
            marks: Marks { token: Some(Token([1; FIELD])), person: None },
        };
        let mut other_keys = open(boot);
        other_keys.note(&[seen(1), seen(2)]);
        other_keys.note(&[seen(3)]);
        assert_eq!(open(boot).seen(), [seen(1), seen(2), seen(3)]);
        assert_eq!(open(next).seen(), []);
        assert_eq!(open(boot).seen(), []);
    }

    #[test]
    fn half_a_record_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let boot = Uuid::from_u128(1);
        fs::write(folder.path().join(format!("{}.seen", boot.simple())), [1; RECORD + 9]).unwrap();
        assert_eq!(OtherKeys::open(folder.path(), boot).seen().len(), 1);
    }
}
