//! The key under which one station day recognises the same patient again.
//!
//! A 12-digit number is reversible from any plain hash within hours, so a visit keeps only an HMAC
//! under a random key of its day (product rule 2). The key lies beside the journal, never in it;
//! it survives a power cut at noon; when the day is over it is destroyed, and with it the last way
//! from a row to a person.
//!
//! As long as nobody vouches for the clock, which day it is is not known, and a key of that day may be
//! another day's. So such visits have a key of their own boot: nobody is taken for who came in another
//! boot, and no key of a day is made or destroyed by a clock that may be wrong. When the time becomes
//! known, that key becomes the key of the day it is, unless the day has one: see
//! `journal/settling.rs`.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::durable::{put_in_place, sync_folder};
use super::{JournalError, aside};
use crate::event::StationDay;
use crate::plain_file;

/// 256 bits: the strength of the hash it keys.
const KEY_BYTES: usize = 32;

/// A byte for the kind and 120 bits of the HMAC: two of a day's few hundred patients never meet by chance.
const TOKEN_BYTES: usize = 16;

/// The first byte of a token tells the kind of what it stands for, by how that begins: see
/// `card::Scan::identity`. Two numbers of one kind are two people's; codes change.
const KINDS: [(&[u8], u8); 3] = [(b"cccd:", 0), (b"bhxh:", 1), (b"code:", 2)];

/// Of anything else, such as name and birth.
const OTHER_KIND: u8 = 3;

/// Beginning of the name of a key under an unsure clock.
const UNSURE: &str = "unsure-";

/// So much is read of a key file: more tells as well that it is none.
const LONGEST: u64 = 4096;

/// Ending of a key file.
const KEY: &str = "key";

/// Ending of a key file that is not yet one.
const HALF_WRITTEN: &str = "new";

const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;

/// What stands in the journal in place of a number, or of name and birth. Its first byte is its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token(pub [u8; TOKEN_BYTES]);

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyOf {
    /// That of a station day.
    Day(StationDay),
    /// That of the visits which a boot has told for this day while nobody vouched for its clock.
    Unsure(Uuid, StationDay),
}

/// Tells one key from another, and nothing else about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyId(pub [u8; TOKEN_BYTES]);

type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The folder of keys, and the key in use.
pub(super) struct DayKeys {
    folder: PathBuf,
    current: Option<(KeyOf, Key)>,
}

impl DayKeys {
    /// Opens the folder, creating it for the owner alone.
    ///
    /// # Errors
    /// When the folder can be neither made nor entered.
    pub(super) fn open(folder: PathBuf) -> Result<Self, JournalError> {
        if let Err(source) = make_folder(&folder) {
            // People are not recognised without it; they are counted all the same.
            let error = JournalError::Folder { path: folder.clone(), source };
            tracing::error!(%error, "nobody can be recognised");
        }
        Ok(Self { folder, current: None })
    }

    /// The token of `identity` under a key, which is made if it is not there.
    ///
    /// # Errors
    /// When the key cannot be read or made durable. No token leaves before its key is on disk:
    /// otherwise a power cut could count the same patient twice.
    pub(super) fn token(&mut self, of: KeyOf, identity: &[u8]) -> Result<Token, JournalError> {
        let key = self.key_of(of)?;
        self.token_under(of, &key, identity)
    }

    /// As [`DayKeys::token`], under a key that is not made; `None` where it is not there.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub(super) fn token_if_there(
        &self,
        of: KeyOf,
        identity: &[u8],
    ) -> Result<Option<Token>, JournalError> {
        self.key_if_there(of)?.map(|key| self.token_under(of, &key, identity)).transpose()
    }

    fn token_under(&self, of: KeyOf, key: &Key, identity: &[u8]) -> Result<Token, JournalError> {
        let mut token = self.hash(of, key, identity)?;
        if let Some(first) = token.first_mut() {
            let kind = KINDS.iter().find(|(begin, _)| identity.starts_with(begin));
            *first = kind.map_or(OTHER_KIND, |(_, kind)| *kind);
        }
        Ok(Token(token))
    }

    fn hash(&self, of: KeyOf, key: &Key, bytes: &[u8]) -> Result<[u8; TOKEN_BYTES], JournalError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).map_err(|_| {
            JournalError::Key { path: self.path_of(of), source: io::ErrorKind::InvalidData.into() }
        })?;
        mac.update(bytes);
        let mut hash = [0; TOKEN_BYTES];
        for (to, from) in hash.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        Ok(hash)
    }

    /// Which key it is; `None` where it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn id_of(&self, of: KeyOf) -> Result<Option<KeyId>, JournalError> {
        /// No identity begins so.
        const WHICH_KEY: &[u8] = b"which key";
        let key = self.key_if_there(of)?;
        key.map(|key| self.hash(of, &key, WHICH_KEY).map(KeyId)).transpose()
    }

    fn key_of(&mut self, of: KeyOf) -> Result<Key, JournalError> {
        if let Some((known, key)) = &self.current
            && *known == of
        {
            return Ok(key.clone());
        }
        let path = self.path_of(of);
        let key = read_or_make(&path).map_err(|source| JournalError::Key { path, source })?;
        self.current = Some((of, key.clone()));
        Ok(key)
    }

    fn key_if_there(&self, of: KeyOf) -> Result<Option<Key>, JournalError> {
        if let Some((known, key)) = &self.current
            && *known == of
        {
            return Ok(Some(key.clone()));
        }
        let path = self.path_of(of);
        match read(&path) {
            Ok(key) => Ok(key),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(JournalError::Key { path, source }),
        }
    }

    /// Whether the key in use is this one: then keys of days before it are destroyed already.
    pub(super) fn is_in_use(&self, of: KeyOf) -> bool {
        self.current.as_ref().is_some_and(|(known, _)| *known == of)
    }

    /// What was recognised by the key `from` is recognised by the key `to` from now on, which is not
    /// there yet. Durable on return.
    ///
    /// # Errors
    /// When `from` cannot be read, or `to` cannot be made.
    pub(super) fn adopt(&self, from: KeyOf, to: KeyOf) -> Result<bool, JournalError> {
        let Some(key) = self.key_if_there(from)? else { return Ok(false) };
        let path = self.path_of(to);
        write(&path, &key).map_err(|source| JournalError::Key { path, source })?;
        Ok(true)
    }

    /// Destroys the keys of all days before `day`. Keys of later days stay: the clock may have
    /// been set back.
    ///
    /// # Errors
    /// When the folder cannot be read or a key cannot be removed.
    pub(super) fn destroy_before(&self, day: StationDay) -> Result<(), JournalError> {
        let failed = |source| JournalError::Folder { path: self.folder.clone(), source };
        let mut destroyed = false;
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            // A key half written when the power went never made a token.
            let is_half = path.extension().is_some_and(|ending| ending == HALF_WRITTEN);
            if is_half || day_set_aside(&path).is_some_and(|of| of < day) {
                destroy_set_aside(&path);
                destroyed = true;
            } else if day_of(&path).is_some_and(|of| of < day) {
                destroy(&path).map_err(|source| JournalError::Key { path, source })?;
                destroyed = true;
            }
        }
        if destroyed {
            sync_folder(&self.folder).map_err(failed)?;
        }
        Ok(())
    }

    /// The keys that are there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(super) fn all(&self) -> Result<Vec<KeyOf>, JournalError> {
        let failed = |source| JournalError::Folder { path: self.folder.clone(), source };
        let mut keys = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            keys.extend(key_named(&entry.map_err(failed)?.path()));
        }
        Ok(keys)
    }

    /// Destroys a key: who comes later gets a token of a new one.
    ///
    /// # Errors
    /// When it cannot be removed for good.
    pub(super) fn destroy(&mut self, of: KeyOf) -> Result<(), JournalError> {
        self.current = None;
        if let (KeyOf::Day(day), Ok(entries)) = (of, fs::read_dir(&self.folder)) {
            for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
                if day_set_aside(&path) == Some(day) {
                    destroy_set_aside(&path);
                }
            }
        }
        let path = self.path_of(of);
        destroy(&path)
            .and_then(|()| sync_folder(&self.folder))
            .map_err(|source| JournalError::Key { path, source })
    }

    /// Destroys the keys that other boots had while nobody vouched for their clocks: nobody is
    /// recognised by them any more.
    ///
    /// # Errors
    /// When the folder cannot be read or a key cannot be removed.
    pub(super) fn forget_other_boots(&mut self, boot: Uuid) -> Result<(), JournalError> {
        for key in self.all()? {
            if matches!(key, KeyOf::Unsure(of, _) if of != boot) {
                self.destroy(key)?;
            }
        }
        Ok(())
    }

    /// The folder they lie in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn path_of(&self, of: KeyOf) -> PathBuf {
        self.folder.join(match of {
            KeyOf::Day(day) => format!("{day}.{KEY}"),
            KeyOf::Unsure(boot, day) => format!("{UNSURE}{}_{day}.{KEY}", boot.simple()),
        })
    }
}

/// Which key a file is.
fn key_named(path: &Path) -> Option<KeyOf> {
    let name = path.file_stem().filter(|_| path.extension().is_some_and(|ending| ending == KEY))?;
    let name = name.to_str()?;
    match name.strip_prefix(UNSURE) {
        Some(name) => {
            let (boot, day) = name.split_once('_')?;
            Some(KeyOf::Unsure(boot.parse().ok()?, day.parse().ok()?))
        }
        None => Some(KeyOf::Day(name.parse().ok()?)),
    }
}

/// The day whose key a file is.
fn day_of(path: &Path) -> Option<StationDay> {
    match key_named(path)? {
        KeyOf::Day(day) => Some(day),
        KeyOf::Unsure(..) => None,
    }
}

/// `None`: what is there is no key. Longer is none either.
fn read(path: &Path) -> io::Result<Option<Key>> {
    let bytes = plain_file::read(path, LONGEST).map(Zeroizing::new)?;
    Ok(<[u8; KEY_BYTES]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new))
}

fn read_or_make(path: &Path) -> io::Result<Key> {
    match read(path) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => {
            // A damaged key cannot recognise anybody. A new one counts on; patients who were here
            // already today may count twice, which the log says.
            tracing::warn!(path = %path.display(), "the day key is damaged; made a new one");
            make(path)
        }
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => make(path),
        Err(error) if plain_file::is_of_the_file(&error) => {
            tracing::error!(%error, path = %path.display(), "the day key cannot be read");
            aside::rename(path)?;
            make(path)
        }
        Err(other) => Err(other),
    }
}

fn make(path: &Path) -> io::Result<Key> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).map_err(io::Error::other)?;
    write(path, &key)?;
    Ok(key)
}

fn write(path: &Path, key: &Key) -> io::Result<()> {
    let new = path.with_extension(HALF_WRITTEN);
    if plain_file::is_unusable(&new) {
        aside::rename(&new)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(OWNER_ONLY_FILE);
    let mut file = plain_file::open(&new, &mut options)?;
    file.write_all(key.as_slice())?;
    put_in_place(&new, path)
}

/// Overwrites, then removes. On flash the old bytes may outlive both; the threat model says so.
fn destroy(path: &Path) -> io::Result<()> {
    let overwritten =
        plain_file::open(path, OpenOptions::new().write(true)).and_then(|mut file| {
            file.write_all(&[0; KEY_BYTES])?;
            file.sync_all()
        });
    match overwritten {
        // What cannot be opened is no more to be read once it is gone.
        Err(error) if !plain_file::is_of_the_file(&error) => Err(error),
        Ok(()) | Err(_) => fs::remove_file(path),
    }
}

/// One that nobody could read, and that may be no key at all.
fn destroy_set_aside(path: &Path) {
    if let Err(error) = destroy(path) {
        tracing::warn!(%error, path = %path.display(), "what stood in a key's place is still there");
    }
}

/// The day of a key that was set aside: its file could not be read.
fn day_set_aside(path: &Path) -> Option<StationDay> {
    let (day, _) = path.file_name()?.to_str()?.split_once(".key.aside-")?;
    day.parse().ok()
}

/// The folder, for the owner alone. Whatever else stands there is set aside.
fn make_folder(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder).is_ok_and(|it| !it.is_dir()) {
        aside::rename(folder)?;
    }
    fs::create_dir_all(folder)?;
    let ours = fs::set_permissions(folder, Permissions::from_mode(OWNER_ONLY_FOLDER))
        .and_then(|()| fs::read_dir(folder).map(drop));
    match ours {
        // It is somebody else's, or the card no longer gives it back.
        Err(error) if plain_file::is_of_the_file(&error) => {
            aside::rename(folder)?;
            fs::create_dir(folder)?;
            fs::set_permissions(folder, Permissions::from_mode(OWNER_ONLY_FOLDER))
        }
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> KeyOf {
        KeyOf::Day(text.parse().unwrap())
    }

    fn files(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_same_person_has_one_token_a_day_even_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let open = || DayKeys::open(folder.path().join("keys")).unwrap();
        let first = open().token(day("2026-11-24"), b"cccd:001090000001").unwrap();
        let mut keys = open();
        assert_eq!(keys.token(day("2026-11-24"), b"cccd:001090000001").unwrap(), first);
        assert_ne!(keys.token(day("2026-11-24"), b"cccd:001090000002").unwrap(), first);
        assert_ne!(keys.token(day("2026-11-25"), b"cccd:001090000001").unwrap(), first);
    }

    #[test]
    fn keys_of_days_before_are_destroyed_and_later_ones_and_those_of_an_unsure_clock_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = DayKeys::open(folder.path().to_owned()).unwrap();
        let boot = Uuid::from_u128(7);
        let unsure = KeyOf::Unsure(boot, "2026-11-23".parse().unwrap());
        for of in [day("2026-11-23"), day("2026-11-26"), day("2026-11-24"), unsure] {
            keys.token(of, b"x").unwrap();
        }
        assert_eq!(keys.all().unwrap().len(), 4);
        keys.destroy_before("2026-11-24".parse().unwrap()).unwrap();
        let unsure = format!("unsure-{}_2026-11-23.key", boot.simple());
        assert_eq!(files(folder.path()), ["2026-11-24.key", "2026-11-26.key", &unsure]);
    }

    #[test]
    fn a_key_that_becomes_a_days_key_makes_the_same_tokens() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = DayKeys::open(folder.path().to_owned()).unwrap();
        let unsure = KeyOf::Unsure(Uuid::from_u128(7), "2026-11-23".parse().unwrap());
        let today = day("2026-11-24");
        assert!(!keys.adopt(unsure, today).unwrap(), "there is none");
        let token = keys.token(unsure, b"x").unwrap();
        assert_eq!(keys.token_if_there(today, b"x").unwrap(), None);
        assert!(keys.adopt(unsure, today).unwrap());
        assert_eq!(keys.id_of(today).unwrap(), keys.id_of(unsure).unwrap());
        keys.destroy(unsure).unwrap();
        assert_eq!(keys.token(today, b"x").unwrap(), token);
        assert_eq!(files(folder.path()), ["2026-11-24.key"]);
    }

    #[test]
    fn keys_are_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys_folder = folder.path().join("keys");
        let mut keys = DayKeys::open(keys_folder.clone()).unwrap();
        keys.token(day("2026-11-24"), b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&keys_folder), 0o700);
        assert_eq!(mode(&keys_folder.join("2026-11-24.key")), 0o600);
    }

    #[test]
    fn a_key_half_written_when_the_power_went_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("2026-11-24.new"), [1; 7]).unwrap();
        fs::write(folder.path().join("2026-11-24.key"), [1; 7]).unwrap();
        let mut keys = DayKeys::open(folder.path().to_owned()).unwrap();
        let token = keys.token(day("2026-11-24"), b"x").unwrap();
        assert_eq!(files(folder.path()), ["2026-11-24.key"]);
        let mut again = DayKeys::open(folder.path().to_owned()).unwrap();
        assert_eq!(again.token(day("2026-11-24"), b"x").unwrap(), token);
    }
}
