//! The way back in when the heads' PINs are forgotten: a file on the boot partition.
//!
//! Whoever can write there holds the storage card in their hands, and any computer can write it:
//! the partition is FAT. So the file is taken as such computers make it: names in any case, endings
//! that Windows hides, byte order marks, UTF-16.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use super::StaffError;
use crate::event::StaffCode;

const NAME: &str = "tiepdon-reset-pin";
const ENDING: &str = ".txt";

/// Far more than the codes of any station; a longer file is none of ours.
const MOST_BYTES: u64 = 4096;

/// Whose PINs are to be chosen anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of all heads.
    AllHeads,
    /// Those of these codes. Empty when no line was a code.
    Codes(Vec<StaffCode>),
}

/// A reset file that was found.
#[derive(Clone, Debug)]
pub struct BootReset {
    path: PathBuf,
    modified: SystemTime,
    content: Vec<u8>,
    whose: Whose,
}

impl BootReset {
    /// Looks for a reset file in the folder of the boot partition. Of several, the newest. A folder
    /// or file that cannot be read is as good as none.
    #[must_use]
    pub fn look(folder: &Path) -> Option<Self> {
        let entries = fs::read_dir(folder).ok()?;
        let named = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_str().is_some_and(is_reset_name));
        let found = named.filter_map(|entry| match read(&entry.path()) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(path = %entry.path().display(), %error, "cannot read the reset file");
                None
            }
        });
        found.max_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)))
    }

    /// Whose PINs it asks to reset.
    #[must_use]
    pub fn whose(&self) -> &Whose {
        &self.whose
    }

    /// SHA-256 over content and time of change, in hexadecimal. A file that could not be deleted is
    /// known again by it.
    #[must_use]
    pub fn digest(&self) -> String {
        let since = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let hash = Sha256::new()
            .chain_update(since.as_millis().to_be_bytes())
            .chain_update(&self.content)
            .finalize();
        hash.iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"))
    }

    /// Deletes the file, for good.
    ///
    /// # Errors
    /// [`StaffError::ResetStays`], as on a read-only partition: then its digest must be kept, so
    /// that it resets nothing again.
    pub fn consume(&self) -> Result<(), StaffError> {
        let deleted = match fs::remove_file(&self.path) {
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.and_then(|()| self.sync_folder()),
        };
        deleted.map_err(|source| StaffError::ResetStays { path: self.path.clone(), source })
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

/// Endings are stripped as often as they come: where Windows hides them, people add another.
fn is_reset_name(name: &str) -> bool {
    name.to_ascii_lowercase().trim_end_matches(ENDING) == NAME
}

fn read(path: &Path) -> io::Result<Option<BootReset>> {
    // Looked at before it is opened: a link leads anywhere, and opening a pipe waits for ever.
    let about = fs::symlink_metadata(path)?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return Ok(None);
    }
    let mut content = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut content)?;
    let whose = whose(&content);
    Ok(Some(BootReset { path: path.to_owned(), modified: about.modified()?, content, whose }))
}

fn whose(content: &[u8]) -> Whose {
    // What is left of UTF-16 and byte order marks without these bytes is the ASCII of the codes.
    let plain = content.iter().filter(|byte| !matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF));
    let text = String::from_utf8_lossy(&plain.copied().collect::<Vec<_>>()).to_ascii_uppercase();
    let lines: Vec<_> = text.split_whitespace().collect();
    if lines.is_empty() {
        Whose::AllHeads
    } else {
        Whose::Codes(lines.into_iter().filter_map(|line| line.parse().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn found(name: &str, content: &[u8]) -> Option<BootReset> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), content).unwrap();
        BootReset::look(folder.path())
    }

    fn codes(codes: &[&str]) -> Whose {
        Whose::Codes(codes.iter().map(|code| code.parse().unwrap()).collect())
    }

    #[test]
    fn the_file_is_found_under_every_name_that_windows_users_give_it() {
        for name in [
            "tiepdon-reset-pin",
            "tiepdon-reset-pin.txt",
            "TIEPDON-RESET-PIN.TXT",
            "Tiepdon-Reset-Pin",
            "tiepdon-reset-pin.txt.txt",
        ] {
            assert_eq!(found(name, b"").unwrap().whose(), &Whose::AllHeads, "{name}");
        }
        for name in
            ["tiepdon-reset-pin.bak", "reset-pin", "tiepdon-reset-pin-", ".txt", "config.txt"]
        {
            assert!(found(name, b"").is_none(), "{name}");
        }
        assert!(BootReset::look(Path::new("/no/such/folder")).is_none());
    }

    #[test]
    fn an_empty_file_means_all_heads_and_others_name_codes() {
        let utf16 = |text: &str| {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
        };
        let table = [
            (b"".to_vec(), Whose::AllHeads),
            (b" \r\n\r\n".to_vec(), Whose::AllHeads),
            ("\u{feff}\r\n".as_bytes().to_vec(), Whose::AllHeads),
            (utf16("\r\n"), Whose::AllHeads),
            (b"NV02".to_vec(), codes(&["NV02"])),
            (b"nv02\r\n tt01 \r\n".to_vec(), codes(&["NV02", "TT01"])),
            ("\u{feff}NV02\nTT01".as_bytes().to_vec(), codes(&["NV02", "TT01"])),
            (utf16("NV02\r\nTT01\r\n"), codes(&["NV02", "TT01"])),
            // Never all heads by mistake.
            ("Bưởi\n".as_bytes().to_vec(), codes(&[])),
            (b"02\nNV-02\nNV02\n".to_vec(), codes(&["NV02"])),
        ];
        for (content, whose) in table {
            let reset = found("tiepdon-reset-pin", &content).unwrap();
            assert_eq!(reset.whose(), &whose, "{content:?}");
        }
    }

    #[test]
    fn a_folder_a_link_and_a_file_too_long_are_no_reset_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(NAME)).unwrap();
        fs::write(folder.path().join("empty"), "").unwrap();
        let link = folder.path().join("tiepdon-reset-pin.txt");
        std::os::unix::fs::symlink(folder.path().join("empty"), link).unwrap();
        assert!(BootReset::look(folder.path()).is_none());
        assert!(found(NAME, &[b' '; 4097]).is_none());
        assert!(found(NAME, &[b' '; 4096]).is_some());
    }

    fn write_at(folder: &Path, name: &str, content: &str, seconds: u64) {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn of_several_files_the_newest_counts() {
        let folder = tempfile::tempdir().unwrap();
        write_at(folder.path(), "tiepdon-reset-pin", "NV01", 1_000);
        write_at(folder.path(), "tiepdon-reset-pin.txt", "NV02", 3_000);
        write_at(folder.path(), "TIEPDON-RESET-PIN", "NV03", 2_000);
        for code in ["NV02", "NV03", "NV01"] {
            let reset = BootReset::look(folder.path()).unwrap();
            assert_eq!(reset.whose(), &codes(&[code]));
            reset.consume().unwrap();
        }
        assert!(BootReset::look(folder.path()).is_none());
    }

    #[test]
    fn the_same_file_has_the_same_digest_and_a_changed_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let digest = |content, seconds| {
            write_at(folder.path(), NAME, content, seconds);
            BootReset::look(folder.path()).unwrap().digest()
        };
        let first = digest("NV02", 1_000);
        assert_eq!(first.len(), 64);
        assert_eq!(digest("NV02", 1_000), first);
        assert_ne!(digest("NV02", 1_002), first);
        assert_ne!(digest("NV03", 1_000), first);
        // { printf '%032x' 1000000 | xxd -r -p; printf NV02; } | sha256sum
        assert_eq!(first, "5c4d84b79dc3c1c71b82d8ad002433d3e24eb2c086de0853b98d2860502c2f90");
    }

    #[test]
    fn a_consumed_file_is_gone_and_one_taken_away_before_is_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), "").unwrap();
        let reset = BootReset::look(folder.path()).unwrap();
        reset.consume().unwrap();
        assert!(BootReset::look(folder.path()).is_none());
        reset.consume().unwrap();
    }

    #[test]
    fn a_file_that_cannot_be_deleted_is_told_and_known_again() {
        let folder = tempfile::tempdir().unwrap();
        write_at(folder.path(), NAME, "", 1_000);
        let reset = BootReset::look(folder.path()).unwrap();
        // A folder in its place can be deleted as little as a file on a read-only medium.
        fs::remove_file(&reset.path).unwrap();
        fs::create_dir(&reset.path).unwrap();
        let stays = reset.consume().unwrap_err();
        assert!(matches!(&stays, StaffError::ResetStays { path, .. } if *path == reset.path));
        assert!(stays.advice().contains(NAME));
        fs::remove_dir(&reset.path).unwrap();
        write_at(folder.path(), NAME, "", 1_000);
        assert_eq!(BootReset::look(folder.path()).unwrap().digest(), reset.digest());
    }

    proptest! {
        #[test]
        fn no_content_is_too_odd(content in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Whose::Codes(codes) = whose(&content) {
                prop_assert!(codes.len() <= content.len());
                prop_assert!(content.iter().any(|byte| !byte.is_ascii_whitespace()));
            }
        }
    }
}
