//! The files of a configuration, in memory: few and small.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

use super::ProvisionError;
use crate::configuration::{STATION_FILE, is_sample, sample_files};

/// One byte more than any configuration file may have: a longer one is refused by who reads it.
const MOST_BYTES: u64 = 64 * 1024 + 1;

/// Many more than any station has. Whoever has more has put something else there.
const MOST_FILES: usize = 500;

/// Files by their names within the folder of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Files {
    /// Whether a file of this name belongs to a configuration.
    pub(super) fn has_place_for(name: &Path) -> bool {
        let parts: Vec<&str> = name.iter().filter_map(|part| part.to_str()).collect();
        let is_toml = |file: &str| file.ends_with(".toml") && !file.starts_with('.');
        match parts[..] {
            [file] => file == STATION_FILE,
            ["guides" | "campaigns", file] | ["guides", _, file] => is_toml(file),
            _ => false,
        }
    }

    /// Whether files of a configuration may be in a folder of this name.
    pub(super) fn has_folder(name: &Path) -> bool {
        Self::has_place_for(&name.join("x.toml"))
    }

    /// Those in a folder; none where there is no folder.
    pub(super) fn of(folder: &Path) -> Result<Self, ProvisionError> {
        let mut files = Self::default();
        files.add(folder, Path::new(""))?;
        Ok(files)
    }

    fn add(&mut self, root: &Path, below: &Path) -> Result<(), ProvisionError> {
        let folder = root.join(below);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|source| failed(&folder, source))?,
        };
        for entry in entries {
            let entry = entry.map_err(|source| failed(&folder, source))?;
            let name = below.join(entry.file_name());
            let path = entry.path();
            if path.is_dir() {
                if Self::has_folder(&name) {
                    self.add(root, &name)?;
                }
            } else if Self::has_place_for(&name) {
                self.read(&name, &path)?;
            }
        }
        Ok(())
    }

    /// The sample files that are part of the program, without the station's own.
    pub(super) fn sample() -> Self {
        let files = sample_files().filter(|(name, _)| *name != STATION_FILE);
        Self(files.map(|(name, text)| (name.into(), text.as_bytes().to_vec())).collect())
    }

    /// Those that people wrote: without the sample files, which are there before anybody has written
    /// anything, and change with the program.
    pub(super) fn written(&self) -> Self {
        let files = self.0.iter().filter(|(name, bytes)| !is_sample(name, bytes));
        Self(files.map(|(name, bytes)| (name.clone(), bytes.clone())).collect())
    }

    /// Adds the file at `place` under the name `name`.
    pub(super) fn read(&mut self, name: &Path, place: &Path) -> Result<(), ProvisionError> {
        if self.0.len() == MOST_FILES {
            let many = io::Error::other(format!("more than {MOST_FILES} files"));
            return Err(failed(place.parent().unwrap_or(place), many));
        }
        let mut bytes = Vec::new();
        let waits_for_nobody = OFlags::NONBLOCK.bits().cast_signed();
        let open = OpenOptions::new().read(true).custom_flags(waits_for_nobody).open(place);
        open.and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
            .map_err(|source| failed(place, source))?;
        self.0.insert(name.to_owned(), bytes);
        Ok(())
    }

    pub(super) fn has_station(&self) -> bool {
        self.0.contains_key(Path::new(STATION_FILE))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// These, with those of `other` in their places.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether all of `other` are among these, byte by byte.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.0.iter().all(|(name, bytes)| self.0.get(name) == Some(bytes))
    }

    /// Whether one of these has another content than the file of the same name in `other`.
    pub(super) fn contradict(&self, other: &Self) -> bool {
        let differs = |(name, bytes)| other.0.get(name).is_some_and(|others| others != bytes);
        self.0.iter().any(differs)
    }

    /// SHA-256 over names and contents, in hexadecimal.
    pub(super) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (name, bytes) in &self.0 {
            for part in [name.as_os_str().as_encoded_bytes(), bytes] {
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part);
            }
        }
        hash.finalize().iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"))
    }

    /// Writes all of them below `folder`. On the medium on return.
    pub(super) fn write(&self, folder: &Path) -> Result<(), ProvisionError> {
        make_folder(&folder.join("x")).map_err(|source| failed(folder, source))?;
        self.0.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
    }
}

/// Root writes the settings, the kiosk's own user reads them; they hold no secret.
const READ_BY_ALL: u32 = 0o644;
const ENTERED_BY_ALL: u32 = 0o755;

/// Writes a file in a folder that may not be there yet. On the medium on return.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ProvisionError> {
    let wrote = make_folder(path).and_then(|()| {
        let mut file = File::create(path)?;
        file.set_permissions(Permissions::from_mode(READ_BY_ALL))?;
        file.write_all(bytes)?;
        file.sync_all()
    });
    wrote.and_then(|()| sync_folder(path)).map_err(|source| failed(path, source))
}

/// Gives a file or folder another name, for good.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), ProvisionError> {
    let renamed = make_folder(to).and_then(|()| fs::rename(from, to));
    renamed.and_then(|()| sync_folder(to)).map_err(|source| failed(to, source))
}

/// Removes a folder that may not be there.
pub(super) fn remove_folder(folder: &Path) -> Result<(), ProvisionError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(folder, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn make_folder(of: &Path) -> io::Result<()> {
    let Some(folder) = of.parent().filter(|folder| !folder.is_dir()) else { return Ok(()) };
    make_folder(folder)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    fs::set_permissions(folder, Permissions::from_mode(ENTERED_BY_ALL))
}

fn sync_folder(of: &Path) -> io::Result<()> {
    of.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn failed(path: &Path, source: io::Error) -> ProvisionError {
    ProvisionError { path: path.to_owned(), source }
}
