//! What a station hands out: the files of a period, what they are, and the station's signature.

use std::io;
use std::path::Path;

use super::ExportError;
use super::draft::NewFile;
use super::manifest::{
    Digest, Listed, MANIFEST, Manifest, PUBLIC_KEY, Period, READ_ME, SIGNATURE, is_plain,
};
use super::read_me;
use crate::event::JournalId;
use crate::report::Heading;
use crate::seal::StationKey;

/// The program that signs, with its version.
const PROGRAM: &str = concat!("tiepdon ", env!("CARGO_PKG_VERSION"));

/// What is to be handed out.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Who hands it out, and when.
    pub heading: Heading,
    /// The days it covers.
    pub period: Period,
    /// The journal it comes from.
    pub journal: JournalId,
    /// The last link of that journal's chain.
    pub chain_head: Digest,
    /// How many events that journal holds.
    pub events: u64,
    /// Tables and closings. Names are plain ASCII; a closing `chot-so_….json` is followed by its
    /// signature `chot-so_….sig`.
    pub files: Vec<NewFile>,
}

/// A bundle as it goes into a folder.
pub(super) struct Signed {
    /// Name of the folder.
    pub(super) folder: String,
    /// The station's files, the key, the words, and at last the manifest and its signature.
    pub(super) files: Vec<NewFile>,
    /// SHA-256 of the manifest.
    pub(super) manifest: Digest,
}

impl Bundle {
    /// Lists and signs the files.
    ///
    /// # Errors
    /// [`ExportError::NotAName`] for a name that some file system would not take, that stands
    /// twice (FAT takes `A` for `a`), or that is one of ours.
    pub(super) fn sign(self, key: &StationKey) -> Result<Signed, ExportError> {
        check_names(&self.files)?;
        let mut manifest = Manifest {
            program: PROGRAM.to_owned(),
            origin: self.heading.origin,
            station_name: self.heading.station_name,
            point_name: self.heading.point_name,
            journal: self.journal,
            period: self.period,
            made_at: self.heading.made_at.local(),
            clock_sure: self.heading.made_at.sure,
            chain_head: self.chain_head,
            events: self.events,
            key: key.public(),
            files: Vec::new(),
        };
        let mut files = self.files;
        files.push(NewFile {
            name: PUBLIC_KEY.to_owned(),
            bytes: key.public().to_pem().into_bytes(),
        });
        files.sort_by(|one, other| one.name.cmp(&other.name));
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let words = read_me::text(&manifest, &names);
        files.push(NewFile { name: READ_ME.to_owned(), bytes: words });
        files.sort_by(|one, other| one.name.cmp(&other.name));

        manifest.files = files.iter().map(listed).collect();
        let bytes = manifest.to_json().map_err(|error| ExportError::Other {
            path: MANIFEST.into(),
            source: io::Error::from(error),
        })?;
        let signature = format!("{}\n", key.sign(&bytes)).into_bytes();
        let digest = Digest::of(&bytes);
        files.push(NewFile { name: MANIFEST.to_owned(), bytes });
        files.push(NewFile { name: SIGNATURE.to_owned(), bytes: signature });
        Ok(Signed { folder: manifest.folder_name(), files, manifest: digest })
    }
}

fn listed(file: &NewFile) -> Listed {
    Listed {
        name: file.name.clone(),
        size: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
        digest: Digest::of(&file.bytes),
    }
}

fn check_names(files: &[NewFile]) -> Result<(), ExportError> {
    let mut taken: Vec<String> =
        [MANIFEST, SIGNATURE, PUBLIC_KEY, READ_ME].map(str::to_ascii_lowercase).into();
    for file in files {
        let name = file.name.to_ascii_lowercase();
        if !is_plain(&file.name) || taken.contains(&name) {
            return Err(ExportError::NotAName(Path::new(&file.name).to_owned()));
        }
        taken.push(name);
    }
    Ok(())
}
