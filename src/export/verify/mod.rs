//! Whether an export is still what the station handed out.
//!
//! Reads what anybody may have written: follows no link, opens nothing but plain files, takes no
//! name that leads out of the folder. What it cannot prove it does not say: without a key from
//! elsewhere, a whole export is one that nobody changed *since it was signed by the key in it*.

mod closing;
mod fault;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use sha2::{Digest as _, Sha256};

use super::manifest::{
    Digest, Listed, MANIFEST, MOST_FILES, Manifest, NotUnderstood, PUBLIC_KEY, SIGNATURE,
    desk_in_name,
};
use super::place::{ASIDE, TOP};
use super::words;
use crate::event::{Origin, StationDay};
use crate::printable::{printable, printable_path};
use crate::seal::{Fingerprint, PublicKey, Signature};

pub use closing::{Closing, ClosingSigner};
pub use fault::Fault;

/// No manifest, key or closing of ours is longer. Larger ones are not ours, and are not read.
const LARGEST_READ: u64 = 16 * 1024 * 1024;

/// Ten years of a busy desk are half a GB. What is longer than this, or makes an export longer, is not
/// read: a sparse file of any length costs nothing to make.
const LARGEST_EXPORT: u64 = 2 * 1024 * 1024 * 1024;

/// Why nothing could be said at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The folder cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No export lies there.
    #[error("no export in {}", .0.display())]
    NoExport(PathBuf),
}

impl VerifyError {
    /// What to do, in words for whoever checks.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => {
                "Không mở được thư mục này. Vui lòng cắm lại USB hoặc xem lại đường dẫn."
            }
            Self::NoExport(_) => {
                "Ở đây không có bản xuất nào của máy tiếp đón. Vui lòng chỉ vào USB, vào thư mục \
                 TIEPDON, hoặc vào một thư mục trong đó."
            }
        }
    }
}

/// Who signed an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// No valid signature: nothing the export says of itself can be believed.
    Unknown,
    /// The key that lies in the export. Whether it is the station's is to be compared.
    Claimed(Fingerprint),
    /// A key that was given.
    Confirmed(Fingerprint),
    /// A key that is none of those that were given.
    Other(Fingerprint),
}

/// One export, looked through.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// Its folder.
    pub folder: PathBuf,
    /// What it says of itself; `None` when that cannot be read.
    pub manifest: Option<Manifest>,
    /// Who signed it.
    pub signer: Signer,
    /// Whether a later export of the same days took its place.
    pub is_earlier: bool,
    /// What is not as it was handed out, files in the order of their names. Empty: it is whole and
    /// unaltered.
    pub faults: Vec<Fault>,
    /// The days that were closed, in order.
    pub closings: Vec<Closing>,
    /// The days that were not.
    pub unclosed: Vec<StationDay>,
}

impl Inspected {
    /// Whether everything is as it was handed out.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Its folder in words: a foreign stick may call it anything.
    pub fn place(&self) -> String {
        printable_path(&self.folder)
    }

    /// The period in words; `None` when the manifest cannot be read.
    pub fn period(&self) -> Option<String> {
        self.manifest.as_ref().map(|manifest| words::period(manifest.period))
    }

    /// When it was made, in words; `None` when the manifest cannot be read.
    pub fn made(&self) -> Option<String> {
        self.manifest.as_ref().map(words::made)
    }

    /// The days of closings that another key signed than the export, by that key. Their signatures
    /// are right; whether the key was the station's is to be compared.
    pub fn other_keys(&self) -> BTreeMap<Fingerprint, Vec<StationDay>> {
        let own = self.manifest.as_ref().map(|manifest| manifest.key.fingerprint());
        let mut others = BTreeMap::<_, Vec<StationDay>>::new();
        for closing in self.closings.iter().filter(|closing| Some(closing.key) != own) {
            others.entry(closing.key).or_default().push(closing.day);
        }
        // A day may be closed more than once.
        others.values_mut().for_each(Vec::dedup);
        others
    }

    /// The days that were not closed, in words of one line; days in a row as one.
    pub fn unclosed_days(&self) -> String {
        words::days(&self.unclosed)
    }
}

/// Looks through the export in the folder `path`, or through all that lie in it: on a stick, those
/// in its folder `TIEPDON`. With `keys`, an export signed by any other key is at fault.
///
/// # Errors
/// When there is none, or the folder cannot be read. What is wrong *in* an export is no error.
pub fn verify(path: &Path, keys: &[PublicKey]) -> Result<Vec<Inspected>, VerifyError> {
    let path = &fs::canonicalize(path).map_err(unreadable(path))?;
    let folders = if is_export(path) {
        vec![path.clone()]
    } else {
        let mut folders = exports_in(path)?;
        if path.join(TOP).is_dir() {
            folders.extend(exports_in(&path.join(TOP))?);
        }
        folders
    };
    if folders.is_empty() {
        return Err(VerifyError::NoExport(path.clone()));
    }
    folders.into_iter().map(|folder| inspect(folder, keys, &mut |_, _, _| {})).collect()
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> VerifyError {
    let path = path.to_owned();
    move |source| VerifyError::Unreadable { path, source }
}

/// Whether a folder is an export. By its name or by its manifest: one that lost either is still
/// found.
pub fn is_export(folder: &Path) -> bool {
    desk_of(folder).is_some()
        || [MANIFEST, SIGNATURE].iter().any(|name| folder.join(name).symlink_metadata().is_ok())
}

/// The desk that an export's folder bears the name of. Whether that is true, [`inspect`] tells.
pub fn desk_of(folder: &Path) -> Option<Origin> {
    desk_in_name(official_name(folder).0)
}

/// The name of a folder without the mark of one that stepped aside, and whether it had one.
fn official_name(folder: &Path) -> (&str, bool) {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split_once(ASIDE) {
        Some((official, number)) if number.parse::<u32>().is_ok() => (official, true),
        Some(_) | None => (name, false),
    }
}

fn exports_in(folder: &Path) -> Result<Vec<PathBuf>, VerifyError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let is_draft = entry.file_name().as_encoded_bytes().starts_with(b".");
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !is_draft && is_export(&entry.path()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// So many strange files beside those of an export are told.
const MOST_ADDED: usize = 1_000;

/// What lies in a folder by name: the length of a plain file, `None` for anything else.
type Contents = BTreeMap<String, Option<u64>>;

fn contents(folder: &Path) -> Result<Contents, VerifyError> {
    let mut contents = Contents::new();
    // Ours have far fewer: those that are left out are missing, or as good as added.
    for entry in fs::read_dir(folder).map_err(unreadable(folder))?.take(MOST_FILES + MOST_ADDED) {
        let entry = entry.map_err(unreadable(folder))?;
        // Of a link, the link itself.
        let length = entry.metadata().ok().filter(fs::Metadata::is_file).map(|found| found.len());
        contents.insert(printable(&entry.file_name().to_string_lossy()), length);
    }
    Ok(contents)
}

/// Looks through the one export in `folder`. `each` is given every closing that bears a right
/// signature, in the order of their names: its file, and the very bytes that were signed. They
/// count only if the export turns out to be whole.
///
/// # Errors
/// When the folder cannot be read. What is wrong *in* an export is no error.
pub fn inspect(
    folder: PathBuf,
    keys: &[PublicKey],
    each: &mut dyn FnMut(&str, Closing, &[u8]),
) -> Result<Inspected, VerifyError> {
    let mut contents = contents(&folder)?;
    let (official, is_earlier) = official_name(&folder);
    let mut faults = Vec::new();
    let bytes = take(&folder, &mut contents, MANIFEST);
    let signature = take(&folder, &mut contents, SIGNATURE);
    let read = bytes.and_then(|bytes| match Manifest::from_json(&bytes) {
        Ok(manifest) => Ok((bytes, manifest)),
        Err(NotUnderstood::Damaged) => Err(Fault::ManifestDamaged),
        Err(NotUnderstood::Newer) => Err(Fault::ManifestNewer),
    });
    let (bytes, manifest) = match read {
        Ok(read) => read,
        Err(fault) => {
            return Ok(Inspected {
                manifest: None,
                signer: Signer::Unknown,
                is_earlier,
                faults: vec![fault],
                closings: Vec::new(),
                unclosed: Vec::new(),
                folder,
            });
        }
    };
    let signer = match signature.and_then(|text| check(&manifest.key, &bytes, &text)) {
        Err(fault) => {
            faults.push(fault);
            Signer::Unknown
        }
        Ok(()) => {
            let signed = manifest.key.fingerprint();
            if keys.is_empty() {
                Signer::Claimed(signed)
            } else if keys.contains(&manifest.key) {
                Signer::Confirmed(signed)
            } else {
                let given = keys.iter().map(PublicKey::fingerprint).collect();
                faults.push(Fault::OtherSigner { signed, given });
                Signer::Other(signed)
            }
        }
    };
    if official != manifest.folder_name() {
        let found = printable(official);
        faults.push(Fault::FolderRenamed { found, meant: manifest.folder_name() });
    }
    faults.extend(compare(&folder, contents, &manifest));
    let (closings, faulty) = closing::read_all(&folder, &manifest, keys, &faults, each);
    faults.extend(faulty);
    let closed: HashSet<StationDay> = closings.iter().map(|closing| closing.day).collect();
    let unclosed = manifest.period.days().filter(|day| !closed.contains(day)).collect();
    Ok(Inspected {
        manifest: Some(manifest),
        signer,
        is_earlier,
        faults,
        closings,
        unclosed,
        folder,
    })
}

/// Takes one of the small files that are no part of the list out of `contents`, and reads it.
fn take(folder: &Path, contents: &mut Contents, name: &str) -> Result<Vec<u8>, Fault> {
    match contents.remove(name) {
        None => Err(Fault::Removed(name.to_owned())),
        Some(None) => Err(Fault::NotAFile(name.to_owned())),
        Some(Some(length)) if length > LARGEST_READ => Err(Fault::Altered(name.to_owned())),
        Some(Some(_)) => read(&folder.join(name)).map_err(|_| Fault::Unreadable(name.to_owned())),
    }
}

/// One line with the signature, and nothing else: no byte of the file may be changed unnoticed.
fn signature_in(text: &[u8]) -> Option<Signature> {
    str::from_utf8(text).ok()?.strip_suffix('\n')?.parse().ok()
}

fn check(key: &PublicKey, bytes: &[u8], text: &[u8]) -> Result<(), Fault> {
    match signature_in(text) {
        Some(signature) if key.verify(bytes, &signature) => Ok(()),
        Some(_) | None => Err(Fault::SignatureWrong),
    }
}

fn compare(folder: &Path, contents: Contents, manifest: &Manifest) -> Vec<Fault> {
    let names: HashSet<&str> = manifest.files.iter().map(|listed| listed.name.as_str()).collect();
    let (listed, added): (Contents, Contents) =
        contents.into_iter().partition(|(name, _)| names.contains(name.as_str()));
    let mut added = Added::new(folder, added);
    let mut room = LARGEST_EXPORT;
    let mut faults = Vec::new();
    for file in &manifest.files {
        let fault = match listed.get(&file.name) {
            Some(length) => compare_file(folder, file, *length, &mut room),
            None => Some(match added.take_content_of(file, &mut room) {
                Some(to) => Fault::Renamed { from: file.name.clone(), to },
                None => Fault::Removed(file.name.clone()),
            }),
        };
        let fault = fault.map(|fault| match other_key(folder, file, manifest) {
            Some(found) => Fault::KeyExchanged { found },
            None => fault,
        });
        faults.extend(fault);
    }
    faults.extend(added.names.into_iter().map(Fault::Added));
    faults
}

fn compare_file(
    folder: &Path,
    file: &Listed,
    length: Option<u64>,
    room: &mut u64,
) -> Option<Fault> {
    let name = file.name.clone();
    match length {
        None => Some(Fault::NotAFile(name)),
        Some(found) if found != file.size => Some(Fault::Resized { name, found, meant: file.size }),
        Some(found) => match digest(&folder.join(&file.name), found, room) {
            Ok(Some(found)) if found == file.digest => None,
            Ok(Some(_)) => Some(Fault::Altered(name)),
            Ok(None) => Some(Fault::TooLong { name, length: found }),
            Err(_) => Some(Fault::Unreadable(name)),
        },
    }
}

/// Files that were put into the folder, or have another name now. Each is read once at most.
struct Added<'f> {
    folder: &'f Path,
    names: BTreeSet<String>,
    by_length: HashMap<u64, Vec<String>>,
    by_content: HashMap<Digest, Vec<String>>,
}

impl<'f> Added<'f> {
    fn new(folder: &'f Path, contents: Contents) -> Self {
        let mut by_length = HashMap::<u64, Vec<String>>::new();
        for (name, length) in &contents {
            if let Some(length) = length {
                by_length.entry(*length).or_default().push(name.clone());
            }
        }
        let (names, by_content) = (contents.into_keys().collect(), HashMap::new());
        Self { folder, names, by_length, by_content }
    }

    /// The name under which a missing file lies in the folder now; it is no added one then.
    fn take_content_of(&mut self, file: &Listed, room: &mut u64) -> Option<String> {
        for name in self.by_length.remove(&file.size).unwrap_or_default() {
            if let Ok(Some(found)) = digest(&self.folder.join(&name), file.size, room) {
                self.by_content.entry(found).or_default().push(name);
            }
        }
        let name = self.by_content.get_mut(&file.digest)?.pop()?;
        self.names.remove(&name);
        Some(name)
    }
}

/// The key that lies in the place of the right one, if it is a key at all.
fn other_key(folder: &Path, file: &Listed, manifest: &Manifest) -> Option<Fingerprint> {
    if file.name != PUBLIC_KEY {
        return None;
    }
    let text = String::from_utf8(read(&folder.join(PUBLIC_KEY)).ok()?).ok()?;
    let found = PublicKey::from_pem(&text).ok()?;
    (found != manifest.key).then(|| found.fingerprint())
}

/// Opens a plain file. A link or a pipe put there since it was listed is not followed or waited for.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(LARGEST_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The digest of a file of this length; `None` where it is longer than there is room for, and is not read.
fn digest(path: &Path, length: u64, room: &mut u64) -> io::Result<Option<Digest>> {
    let Some(left) = room.checked_sub(length) else { return Ok(None) };
    *room = left;
    // It may have grown since it was listed.
    let mut file = open(path)?.take(length.saturating_add(1));
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 256 * 1024];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(Some(Digest(hash.finalize().into()))),
            Ok(count) => hash.update(chunk.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
