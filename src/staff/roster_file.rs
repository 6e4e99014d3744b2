//! `staff.json` in the data folder: the list of the staff on disk.
//!
//! It is written beside its place, synced and renamed, so that a power cut leaves the earlier list
//! or the new one; and a file that cannot be understood is never written over.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::disk::{Disk, RealDisk};
use super::{Member, Roster, StaffError};
use crate::plain_file;

/// The version written and known.
const VERSION: u32 = 1;

/// Longer is no list of a station's staff.
const LONGEST: u64 = 1024 * 1024;

/// Where the list of the staff is kept. One program at a time writes it: the one that holds the
/// journal of the same folder.
#[derive(Clone, Debug)]
pub struct RosterFile {
    folder: PathBuf,
}

/// The file as it stands.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    version: u32,
    staff: Cow<'a, [Member]>,
}

/// What every version of the file begins with.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl RosterFile {
    /// The file in this data folder, which must exist. Touches nothing yet.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join("staff.json")
    }

    /// Reads the list; an empty one where there is no file.
    ///
    /// # Errors
    /// [`StaffError::Unreadable`], [`StaffError::Newer`], and for a file that somebody or something
    /// spoilt [`StaffError::Damaged`] or [`StaffError::Twice`].
    pub fn read(&self) -> Result<Roster, StaffError> {
        let path = self.path();
        let bytes = match plain_file::read(&path, LONGEST) {
            Ok(bytes) => bytes,
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
                return Ok(Roster::default());
            }
            Err(source) => return Err(StaffError::Unreadable { path, source }),
        };
        let damaged = |error: serde_json::Error| StaffError::Damaged {
            path: self.path(),
            line: error.line(),
            column: error.column(),
        };
        let Versioned { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if version > VERSION {
            return Err(StaffError::Newer { path, found: version, known: VERSION });
        }
        let Stored { staff, .. } = serde_json::from_slice(&bytes).map_err(damaged)?;
        Roster::from_members(staff.into_owned()).map_err(|code| StaffError::Twice { path, code })
    }

    /// Writes the list in place of the earlier one. After an error the file holds either of the
    /// two, whole.
    ///
    /// # Errors
    /// [`StaffError::Unwritable`]; and all that [`RosterFile::read`] tells of the file in place,
    /// which then stays as it is until it was [set aside](RosterFile::set_aside).
    pub fn write(&self, roster: &Roster) -> Result<(), StaffError> {
        self.write_on(&RealDisk, roster)
    }

    fn write_on(&self, disk: &impl Disk, roster: &Roster) -> Result<(), StaffError> {
        self.read()?;
        let stored = Stored { version: VERSION, staff: roster.members().into() };
        serde_json::to_vec_pretty(&stored)
            .map_err(io::Error::from)
            .and_then(|bytes| self.replace(disk, &bytes))
            .map_err(|source| StaffError::Unwritable { path: self.path(), source })
    }

    fn replace(&self, disk: &impl Disk, bytes: &[u8]) -> io::Result<()> {
        // Always the same name: what a power cut leaves is taken over by the next write.
        let draft = self.folder.join(".staff.json.part");
        let drafted = disk.create(&draft).and_then(|mut file| {
            disk.write(&mut file, bytes)?;
            disk.sync(&file)
        });
        if let Err(failed) = drafted.and_then(|()| disk.rename(&draft, &self.path())) {
            // Of a medium that fails no more can be asked.
            let _ = disk.remove(&draft);
            return Err(failed);
        }
        disk.open_folder(&self.folder).and_then(|folder| disk.sync(&folder))
    }

    /// Puts a damaged file out of the way, as `staff.json.damaged-1` or the next free number, and
    /// tells where it is now. There is no list then: [`Roster::retire`] the codes the journal
    /// knows, and set up a head.
    ///
    /// # Errors
    /// [`StaffError::Unwritable`], also when there is no file.
    pub fn set_aside(&self) -> Result<PathBuf, StaffError> {
        let failed = |source| StaffError::Unwritable { path: self.path(), source };
        for number in 1..=u16::MAX {
            let aside = self.folder.join(format!("staff.json.damaged-{number}"));
            match renameat_with(CWD, self.path(), CWD, &aside, RenameFlags::NOREPLACE) {
                Ok(()) => {
                    let synced = RealDisk.open_folder(&self.folder);
                    synced.and_then(|folder| RealDisk.sync(&folder)).map_err(failed)?;
                    return Ok(aside);
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(failed(errno.into())),
            }
        }
        Err(failed(Errno::EXIST.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::super::pin_hash::sample;
    use super::*;
    use crate::event::{Role, StationDay};

    fn today() -> StationDay {
        "2026-11-24".parse().unwrap()
    }

    fn roster(nurses: usize) -> Roster {
        let mut roster = Roster::default();
        let head = roster.add(Role::Head, today()).unwrap();
        roster.set_pin(head, sample()).unwrap();
        for _ in 0..nurses {
            roster.add(Role::Nurse, today()).unwrap();
        }
        roster
    }

    fn folder() -> (TempDir, RosterFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = RosterFile::in_folder(folder.path());
        (folder, file)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Files of released versions are read for ever.
    #[test]
    fn the_stored_form_is_pinned() {
        let stored = r#"{
  "version": 1,
  "staff": [
    {
      "code": "TT01",
      "role": "head",
      "pin_hash": "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$k+1mX7958akz4XaWqqlI0gUAZKhT8sFx4iaJksBnjI0",
      "since": "2026-11-24"
    },
    {
      "code": "NV01",
      "role": "nurse",
      "pin_hash": null,
      "since": "2026-11-24",
      "removed": "2026-11-24"
    }
  ]
}"#;
        let mut staff = roster(1);
        staff.remove("NV01".parse().unwrap(), today()).unwrap();
        let (_folder, file) = folder();
        fs::write(file.path(), stored).unwrap();
        assert!(file.read().unwrap() == staff);
        file.write(&staff).unwrap();
        assert_eq!(fs::read_to_string(file.path()).unwrap(), stored);
    }

    #[test]
    fn a_list_is_read_back_as_written_and_for_the_owner_alone() {
        let (folder, file) = folder();
        assert!(file.read().unwrap() == Roster::default());
        // Left behind by a power cut, by a version that was careless.
        let draft = folder.path().join(".staff.json.part");
        fs::write(&draft, "{\"version\":").unwrap();
        fs::set_permissions(&draft, Permissions::from_mode(0o644)).unwrap();
        for nurses in 0..3 {
            file.write(&roster(nurses)).unwrap();
            assert!(file.read().unwrap() == roster(nurses));
            let mode = fs::metadata(file.path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(names(folder.path()), ["staff.json"]);
    }

    /// The disk of this machine on which everything fails after some good operations.
    struct FaultyDisk {
        good: Cell<usize>,
        /// Whether one operation fails, or all from then on, as when the power goes.
        once: bool,
    }

    impl FaultyDisk {
        fn next(&self) -> io::Result<()> {
            let left = self.good.get();
            if left == 0 {
                if self.once {
                    self.good.set(usize::MAX);
                }
                return Err(Errno::IO.into());
            }
            self.good.set(left - 1);
            Ok(())
        }
    }

    impl Disk for FaultyDisk {
        fn create(&self, path: &Path) -> io::Result<File> {
            self.next()?;
            RealDisk.create(path)
        }

        fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
            // What fails here fails half-way.
            self.next().or_else(|failed| {
                RealDisk.write(file, &bytes[..bytes.len() / 2])?;
                Err(failed)
            })?;
            RealDisk.write(file, bytes)
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.next()?;
            RealDisk.rename(from, to)
        }

        fn open_folder(&self, folder: &Path) -> io::Result<File> {
            self.next()?;
            RealDisk.open_folder(folder)
        }

        fn sync(&self, file: &File) -> io::Result<()> {
            self.next()?;
            RealDisk.sync(file)
        }

        fn remove(&self, path: &Path) -> io::Result<()> {
            self.next()?;
            RealDisk.remove(path)
        }
    }

    /// create, write, sync, rename, open the folder, sync it.
    const STEPS: usize = 6;
    const STEPS_BEFORE_THE_RENAME: usize = 3;

    #[test]
    fn whichever_step_fails_the_list_is_whole_and_the_next_write_works() {
        for once in [true, false] {
            for good in 0..STEPS {
                let (folder, file) = folder();
                file.write(&roster(1)).unwrap();
                let disk = FaultyDisk { good: Cell::new(good), once };
                let failed = file.write_on(&disk, &roster(2)).unwrap_err();
                assert!(matches!(failed, StaffError::Unwritable { .. }), "{failed}");
                let nurses = if good > STEPS_BEFORE_THE_RENAME { 2 } else { 1 };
                assert!(file.read().unwrap() == roster(nurses), "step {good}");
                if once {
                    assert_eq!(names(folder.path()), ["staff.json"], "step {good}");
                }
                file.write(&roster(3)).unwrap();
                assert!(file.read().unwrap() == roster(3), "step {good}");
                assert_eq!(names(folder.path()), ["staff.json"], "step {good}");
            }
        }
    }

    #[test]
    fn the_first_list_too_is_whole_or_not_there() {
        for good in 0..STEPS {
            let (_folder, file) = folder();
            let disk = FaultyDisk { good: Cell::new(good), once: false };
            file.write_on(&disk, &roster(2)).unwrap_err();
            let is_written = good > STEPS_BEFORE_THE_RENAME;
            assert_eq!(file.read().unwrap().needs_setup(), !is_written, "step {good}");
        }
    }

    #[test]
    fn writing_takes_as_many_steps_as_the_tests_let_fail() {
        let (_folder, file) = folder();
        let disk = FaultyDisk { good: Cell::new(STEPS), once: false };
        file.write_on(&disk, &roster(1)).unwrap();
        assert_eq!(disk.good.get(), 0);
    }

    const TAIL: &str = r#""since":"2026-11-24"}]}"#;

    fn damaged() -> Vec<String> {
        let member = |fields: &str| format!(r#"{{"version":1,"staff":[{{{fields},{TAIL}"#);
        vec![
            String::new(),
            "\0\0\0\0".to_owned(),
            "{}".to_owned(),
            r#"{"version":1}"#.to_owned(),
            r#"{"version":1,"staff":["#.to_owned(),
            r#"{"version":1,"staff":[],"more":1}"#.to_owned(),
            r#"{"version":"1","staff":[]}"#.to_owned(),
            member(r#""code":"nv01","role":"nurse","pin_hash":null"#),
            member(r#""code":"NV01","role":"doctor","pin_hash":null"#),
            member(r#""code":"NV01","role":"nurse","pin_hash":"482915""#),
            member(r#""code":"NV01","role":"nurse","pin_hash":null,"name":"Bưởi""#),
            member(r#""code":"NV01","role":"nurse","pin_hash":null"#).replace("11-24", "11-31"),
        ]
    }

    #[test]
    fn a_damaged_file_is_told_where_and_never_written_over() {
        for content in damaged() {
            let (folder, file) = folder();
            fs::write(file.path(), &content).unwrap();
            let told = file.read().err().unwrap();
            assert!(matches!(told, StaffError::Damaged { .. }), "{content}: {told}");
            assert!(!told.to_string().contains("482915"), "{told}");
            assert!(matches!(file.write(&roster(1)), Err(StaffError::Damaged { .. })), "{content}");
            assert_eq!(fs::read_to_string(file.path()).unwrap(), content);
            assert_eq!(names(folder.path()), ["staff.json"]);
        }
    }

    #[test]
    fn the_place_of_the_damage_is_told() {
        let (_folder, file) = folder();
        let spoilt = "{\n  \"version\": 1,\n  \"staff\": [\n    { \"code\": \"nv01\"";
        fs::write(file.path(), spoilt).unwrap();
        // The version is looked for first, and reads to the end of the file.
        assert!(matches!(file.read(), Err(StaffError::Damaged { line: 4, .. })));
        let (_folder, file) = folder();
        let spoilt = "{\n  \"version\": 1,\n  \"staff\": [\n    { \"code\": \"nv01\" }\n]}";
        fs::write(file.path(), spoilt).unwrap();
        assert!(matches!(file.read(), Err(StaffError::Damaged { line: 4, .. })));
    }

    #[test]
    fn one_code_for_two_people_is_damage() {
        let (_folder, file) = folder();
        let one = r#"{"code":"NV01","role":"nurse","pin_hash":null,"since":"2026-11-24"}"#;
        fs::write(file.path(), format!(r#"{{"version":1,"staff":[{one},{one}]}}"#)).unwrap();
        let told = file.read().err().unwrap();
        assert!(matches!(told, StaffError::Twice { code, .. } if code.as_str() == "NV01"));
    }

    #[test]
    fn the_file_of_a_newer_version_is_left_alone() {
        let (_folder, file) = folder();
        let newer = r#"{"version":2,"people":{}}"#;
        fs::write(file.path(), newer).unwrap();
        for told in [file.read().map(drop), file.write(&roster(1))] {
            let told = told.unwrap_err();
            assert!(matches!(told, StaffError::Newer { found: 2, known: 1, .. }), "{told}");
        }
        assert_eq!(fs::read_to_string(file.path()).unwrap(), newer);
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_missing() {
        let (_folder, file) = folder();
        fs::create_dir(file.path()).unwrap();
        assert!(matches!(file.read(), Err(StaffError::Unreadable { .. })));
        assert!(matches!(file.write(&roster(1)), Err(StaffError::Unreadable { .. })));
    }

    #[test]
    fn damaged_files_are_set_aside_one_beside_the_other() {
        let (folder, file) = folder();
        for number in 1..=3 {
            let content = format!("spoilt {number}");
            fs::write(file.path(), &content).unwrap();
            let aside = file.set_aside().unwrap();
            assert_eq!(aside, folder.path().join(format!("staff.json.damaged-{number}")));
            assert_eq!(fs::read_to_string(aside).unwrap(), content);
            assert!(file.read().unwrap() == Roster::default());
        }
        file.write(&roster(1)).unwrap();
        assert_eq!(names(folder.path()).len(), 4);
        fs::remove_file(file.path()).unwrap();
        assert!(matches!(file.set_aside(), Err(StaffError::Unwritable { .. })));
    }
}
