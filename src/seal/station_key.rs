//! The private half of the station's key, and the file it lies in.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::{SECRET_KEY_LENGTH, Signer as _, SigningKey};
use rustix::fs::{FlockOperation, flock};
use zeroize::Zeroizing;

use super::{PublicKey, SealError, Signature};
use crate::plain_file;

/// The key in the data folder. One that is being made has the ending `new`, as the day keys have.
const FILE: &str = "station-key.pem";

/// Longer is no key.
const LONGEST: u64 = 64 * 1024;

const OWNER_ONLY: u32 = 0o600;
const NOT_THE_OWNER: u32 = 0o077;

/// What came of a copy of a key that was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenOver {
    /// It is the station's from now on, and on the medium.
    Now(PublicKey),
    /// It was the station's before.
    Already,
    /// The station has another key, and keeps it.
    HasAnother,
}

/// What the station signs with. Has no `Debug` and no `Display`, and is wiped when dropped.
pub struct StationKey(SigningKey);

impl StationKey {
    /// Name of the key's file, in the data folder and wherever a copy is offered.
    pub const FILE: &str = FILE;

    /// The key of the station whose data is in `folder`.
    ///
    /// # Errors
    /// When there is none, or it is unreadable or damaged.
    pub fn open(folder: &Path) -> Result<Self, SealError> {
        let path = folder.join(FILE);
        read(&path)?.ok_or(SealError::Missing(path))
    }

    /// The key of the station whose data is in `folder`: the one that is there, or at the first
    /// start a new one, which is on the medium when this returns.
    ///
    /// # Errors
    /// A key that is there but unreadable or damaged is never replaced.
    pub fn open_or_make(folder: &Path) -> Result<Self, SealError> {
        let path = folder.join(FILE);
        if let Some(key) = read(&path)? {
            return Ok(key);
        }
        let not_made = |source| SealError::NotMade { path: path.clone(), source };
        let folder = File::open(folder).map_err(not_made)?;
        flock(&folder, FlockOperation::LockExclusive).map_err(|errno| not_made(errno.into()))?;
        // Another program may have made one while we waited.
        match read(&path)? {
            Some(key) => Ok(key),
            None => make(&folder, &path).map_err(not_made),
        }
    }

    /// Takes the copy of a key in the file `offered` for that of the station whose data is in `folder`,
    /// if it has none yet. The copy stays where it is.
    ///
    /// # Errors
    /// When no key can be read from the copy, or from the file that should hold the station's; or when
    /// the copy cannot be written.
    pub fn take_over(offered: &Path, folder: &Path) -> Result<TakenOver, SealError> {
        let copy = parse(offered)?.ok_or_else(|| SealError::Unreadable {
            path: offered.to_owned(),
            source: io::ErrorKind::NotFound.into(),
        })?;
        let path = folder.join(FILE);
        let not_made = |source| SealError::NotMade { path: path.clone(), source };
        let folder = File::open(folder).map_err(not_made)?;
        flock(&folder, FlockOperation::LockExclusive).map_err(|errno| not_made(errno.into()))?;
        let public = PublicKey(copy.verifying_key());
        match read(&path)? {
            Some(own) if own.public() == public => Ok(TakenOver::Already),
            Some(_) => Ok(TakenOver::HasAnother),
            None => {
                write(&folder, &path, &copy).map_err(not_made)?;
                Ok(TakenOver::Now(public))
            }
        }
    }

    /// Signs exactly these bytes.
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(bytes))
    }

    /// The half that everybody may have.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

fn read(path: &Path) -> Result<Option<StationKey>, SealError> {
    let key = parse(path)?;
    if key.is_some() {
        close_to_others(path);
    }
    Ok(key.map(StationKey))
}

fn parse(path: &Path) -> Result<Option<SigningKey>, SealError> {
    let pem = match plain_file::read(path, LONGEST).map(Zeroizing::new) {
        Ok(bytes) => bytes,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(long) if long.kind() == io::ErrorKind::FileTooLarge => {
            return Err(SealError::Damaged(path.to_owned()));
        }
        Err(source) => return Err(SealError::Unreadable { path: path.to_owned(), source }),
    };
    let key = str::from_utf8(&pem).ok().and_then(|pem| SigningKey::from_pkcs8_pem(pem).ok());
    key.ok_or_else(|| SealError::Damaged(path.to_owned())).map(Some)
}

/// A key copied back from elsewhere may have come with the permissions of that place.
fn close_to_others(path: &Path) {
    let open =
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & NOT_THE_OWNER != 0);
    if open {
        let closed = fs::set_permissions(path, Permissions::from_mode(OWNER_ONLY));
        tracing::warn!(path = %path.display(), closed = closed.is_ok(), "others could read the key");
    }
}

fn make(folder: &File, path: &Path) -> io::Result<StationKey> {
    let mut secret = Zeroizing::new([0; SECRET_KEY_LENGTH]);
    getrandom::fill(secret.as_mut_slice()).map_err(io::Error::other)?;
    let key = SigningKey::from_bytes(&secret);
    write(folder, path, &key)?;
    Ok(StationKey(key))
}

fn write(folder: &File, path: &Path, key: &SigningKey) -> io::Result<()> {
    // Without the public half: openssl refuses the later form (RFC 5958) that holds both.
    let pem = KeypairBytes { secret_key: key.to_bytes(), public_key: None }
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(io::Error::other)?;
    let new = half_made(path);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&new)?;
    // Root makes it for the kiosk.
    let owner = folder.metadata()?;
    if file.metadata()?.uid() != owner.uid() {
        fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
    }
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    folder.sync_all()
}

/// Where a key is written first, so that a power cut leaves no half of one in its place.
fn half_made(path: &Path) -> PathBuf {
    path.with_extension("new")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{chown, symlink};
    use std::process::Command;
    use std::thread;

    use super::*;

    fn pem(folder: &Path) -> Vec<u8> {
        fs::read(folder.join(FILE)).unwrap()
    }

    #[test]
    fn the_first_start_makes_a_key_and_later_ones_find_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = StationKey::open_or_make(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let again = StationKey::open_or_make(folder.path()).unwrap();
        assert_eq!(again.public(), first.public());
        assert!(again.public().verify(b"x", &first.sign(b"x")));
        let elsewhere = tempfile::tempdir().unwrap();
        let other = StationKey::open_or_make(elsewhere.path()).unwrap();
        assert_ne!(other.public(), first.public());
        assert!(!other.public().verify(b"x", &first.sign(b"x")));
        assert!(!first.public().verify(b"y", &first.sign(b"x")));
    }

    #[test]
    fn a_key_half_written_when_the_power_went_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("station-key.new");
        fs::write(&new, b"-----BEGIN PRIV").unwrap();
        fs::set_permissions(&new, Permissions::from_mode(0o644)).unwrap();
        let key = StationKey::open_or_make(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "not the mode of what was left");
        assert!(!new.exists());
        assert_eq!(StationKey::open_or_make(folder.path()).unwrap().public(), key.public());
    }

    #[test]
    fn a_link_in_the_place_of_a_draft_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        symlink(outside.path(), folder.path().join("station-key.new")).unwrap();
        StationKey::open_or_make(folder.path()).unwrap();
        assert_eq!(fs::read(outside.path()).unwrap(), b"");
    }

    #[test]
    fn a_damaged_key_is_an_error_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        StationKey::open_or_make(folder.path()).unwrap();
        let good = pem(folder.path());
        let other_form = b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        for damaged in [&good[..good.len() / 2], b"", &[0xff; 119], other_form] {
            fs::write(folder.path().join(FILE), damaged).unwrap();
            let error = StationKey::open_or_make(folder.path()).err().unwrap();
            assert!(matches!(error, SealError::Damaged(_)), "{error}");
            assert_eq!(pem(folder.path()), damaged);
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FILE)).unwrap();
        let error = StationKey::open_or_make(folder.path()).err().unwrap();
        assert!(matches!(error, SealError::Unreadable { .. }), "{error}");
        let nowhere = folder.path().join("gone");
        let error = StationKey::open_or_make(&nowhere).err().unwrap();
        assert!(matches!(error, SealError::NotMade { .. }), "{error}");
    }

    #[test]
    fn a_key_that_others_could_read_is_closed_to_them() {
        let folder = tempfile::tempdir().unwrap();
        StationKey::open_or_make(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        StationKey::open_or_make(folder.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn two_programs_that_start_at_once_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let open = || StationKey::open_or_make(folder.path()).unwrap().public().to_pem();
        let keys = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    }

    #[test]
    fn a_copy_is_taken_by_a_station_without_a_key_and_by_no_other() {
        let home = tempfile::tempdir().unwrap();
        let key = StationKey::open_or_make(home.path()).unwrap();
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("COPY.PEM");
        // As an editor of another system leaves it.
        let text = String::from_utf8(pem(home.path())).unwrap().replace('\n', "\r\n");
        fs::write(&file, &text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();

        let new = tempfile::tempdir().unwrap();
        let take = |folder: &Path| StationKey::take_over(&file, folder);
        assert_eq!(take(new.path()).unwrap(), TakenOver::Now(key.public()));
        assert_eq!(pem(new.path()), pem(home.path()));
        let mode = fs::metadata(new.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(new.path()).unwrap().count(), 1);
        assert_eq!(take(new.path()).unwrap(), TakenOver::Already);
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "the copy is as it was");

        let other = tempfile::tempdir().unwrap();
        StationKey::open_or_make(other.path()).unwrap();
        let before = pem(other.path());
        assert_eq!(take(other.path()).unwrap(), TakenOver::HasAnother);
        fs::write(other.path().join(FILE), "damaged").unwrap();
        let error = take(other.path()).unwrap_err();
        assert!(matches!(&error, SealError::Damaged(path) if path.starts_with(other.path())));
        assert_ne!(before, pem(other.path()));
        assert_eq!(pem(other.path()), b"damaged");
    }

    #[test]
    fn a_copy_that_is_no_key_is_named_and_nothing_is_made_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.pem");
        let data = tempfile::tempdir().unwrap();
        let error = StationKey::take_over(&file, data.path()).unwrap_err();
        assert!(matches!(&error, SealError::Unreadable { path, .. } if *path == file), "{error}");
        fs::write(&file, "-----BEGIN PRIVATE KEY-----\n").unwrap();
        let error = StationKey::take_over(&file, data.path()).unwrap_err();
        assert!(matches!(&error, SealError::Damaged(path) if *path == file), "{error}");
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }

    /// Only root can try.
    #[test]
    fn a_key_that_root_makes_belongs_to_whom_the_folder_belongs() {
        let folder = tempfile::tempdir().unwrap();
        let own = fs::metadata(folder.path()).unwrap().uid();
        let kiosk = if chown(folder.path(), Some(4321), Some(4322)).is_ok() { 4321 } else { own };
        StationKey::open_or_make(folder.path()).unwrap();
        assert_eq!(fs::metadata(folder.path().join(FILE)).unwrap().uid(), kiosk);
    }

    /// RFC 8410, section 10.1 and RFC 8032, section 7.1, test 1.
    #[test]
    fn keys_and_signatures_are_those_of_the_standards() {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
                   -----END PUBLIC KEY-----\n";
        let key = PublicKey::from_pem(pem).unwrap();
        assert_eq!(key.to_pem(), pem);
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let byte =
            |at: usize| u8::from_str_radix(secret.get(2 * at..2 * at + 2).unwrap(), 16).unwrap();
        let key = StationKey(SigningKey::from_bytes(&std::array::from_fn(byte)));
        assert_eq!(
            key.sign(b"").to_string(),
            "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=="
        );
        assert_eq!(
            key.public().fingerprint().to_string(),
            "06E3-FD8F-DA29-BB60-AB59-557D-E61E-DB0A-ECDB-2311"
        );
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        StationKey::open_or_make(folder.path()).unwrap();
        let private = String::from_utf8(pem(folder.path())).unwrap();
        for bad in ["", "MCowBQYDK2VwAyEA", &private] {
            assert_eq!(PublicKey::from_pem(bad), Err(super::super::IllFormedPublicKey), "{bad}");
        }
    }

    /// What an inspector without this program does, as DOC-TOI.txt tells it.
    #[test]
    #[expect(clippy::print_stderr, reason = "says why nothing was tried")]
    fn openssl_reads_the_keys_and_checks_a_signature() {
        let folder = tempfile::tempdir().unwrap();
        let key = StationKey::open_or_make(folder.path()).unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("public.pem"), key.public().to_pem()).unwrap();
        fs::write(at("text"), "Tiếp Đón").unwrap();
        fs::write(at("text.sig"), format!("{}\n", key.sign("Tiếp Đón".as_bytes()))).unwrap();
        let openssl = |arguments: &str| {
            let mut command = Command::new("openssl");
            command.args(arguments.split(' ')).current_dir(folder.path()).output()
        };
        if openssl("version").is_err() {
            eprintln!("openssl is not here: nobody else's word on our keys and signatures");
            return;
        }
        let told = openssl("pkey -in station-key.pem -pubout").unwrap();
        assert_eq!(String::from_utf8_lossy(&told.stdout), key.public().to_pem(), "{told:?}");
        let told = openssl("base64 -d -A -in text.sig -out raw").unwrap();
        assert!(told.status.success(), "{told:?}");
        let check = "pkeyutl -verify -pubin -inkey public.pem -rawin -in text -sigfile raw";
        let told = openssl(check).unwrap();
        assert!(told.status.success(), "{told:?}");
        fs::write(at("text"), "Tiếp Đốn").unwrap();
        assert!(!openssl(check).unwrap().status.success());
    }
}
