//! The way to "Rút được rồi": write, check, place, flush, unmount.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ExportError;
use super::bundle::Bundle;
use super::disk::{Disk, RealDisk};
use super::manifest::Digest;
use super::place::place;
use super::progress::{Phase, Progress};
use super::volume::{EjectError, Platform, Volume};
use crate::seal::StationKey;

/// How long the kernel may take to notice what just made a write fail.
const TIME_TO_NOTICE: Duration = Duration::from_secs(2);

/// What Windows starts by itself from a stick, and viruses therefore put there.
const AUTORUN: &str = "autorun.inf";

/// An export that is whole, on the medium, and read back.
#[derive(Debug)]
pub struct Exported {
    /// Its folder on the stick.
    pub folder: PathBuf,
    /// How many files lie in it.
    pub files: usize,
    /// SHA-256 of its manifest: by this the journal remembers it.
    pub manifest: Digest,
    /// Whether the stick may be pulled at once. If not, the data is safe all the same, and
    /// [`EjectError::advice`] says what to do.
    pub ejected: Result<(), EjectError>,
    /// Whether the stick carries an `autorun.inf`. It was left alone.
    pub has_autorun: bool,
}

impl Exported {
    /// What people should know besides, in words for the people at the station.
    pub fn note(&self) -> Option<&'static str> {
        self.has_autorun.then_some(
            "Trên USB có tệp autorun.inf, có thể do vi-rút để lại. Máy tiếp đón không bị ảnh \
             hưởng; vui lòng quét vi-rút USB này trước khi cắm vào máy khác.",
        )
    }
}

/// The stick mounted at `path`.
///
/// # Errors
/// [`ExportError::NotRemovable`] when there is none.
pub fn stick_at(platform: &(impl Platform + ?Sized), path: &Path) -> Result<Volume, ExportError> {
    let plugged = platform.plugged().map_err(|error| ExportError::new(path, error))?;
    let stick = plugged.volumes.into_iter().find(|volume| volume.mount_point == path);
    stick.ok_or_else(|| ExportError::NotRemovable(path.to_owned()))
}

/// Puts `bundle` on a stick and lets go of the stick. An earlier export of the same days is kept
/// beside it as `….cu-1`. Blocks for as long as the stick takes; `tell` hears how far it is.
///
/// # Errors
/// A variant per cause. Then the stick holds what it held before, whole, and still is mounted if it
/// is there.
pub fn to_stick(
    platform: &(impl Platform + ?Sized),
    stick: &Volume,
    bundle: Bundle,
    key: &StationKey,
    tell: &mut dyn FnMut(Progress),
) -> Result<Exported, ExportError> {
    write_and_eject(&RealDisk, platform, stick, bundle, key, tell)
}

/// Puts `bundle` into the existing folder `root`, as it would on a stick, and tells its folder.
///
/// # Errors
/// A variant per cause. Then the folder holds what it held before, whole.
pub fn to_folder(
    root: &Path,
    bundle: Bundle,
    key: &StationKey,
    tell: &mut dyn FnMut(Progress),
) -> Result<PathBuf, ExportError> {
    place(&RealDisk, root, None, &bundle.sign(key)?, tell)
}

fn write_and_eject(
    disk: &impl Disk,
    platform: &(impl Platform + ?Sized),
    stick: &Volume,
    bundle: Bundle,
    key: &StationKey,
    tell: &mut dyn FnMut(Progress),
) -> Result<Exported, ExportError> {
    let root = &stick.mount_point;
    if !is_plugged(platform, stick) {
        return Err(ExportError::Unplugged(root.clone()));
    }
    if stick.read_only {
        return Err(ExportError::ReadOnly(root.clone()));
    }
    let signed = bundle.sign(key)?;
    let files = signed.files.len();
    let mut last = None;
    let mut remember = |progress: Progress| {
        last = Some(progress);
        tell(progress);
    };
    let written = place(disk, root, Some(stick.device), &signed, &mut remember)
        .and_then(|folder| Ok((folder, has_autorun(disk, root)?)));
    let flushed = written.and_then(|written| {
        if let Some(last) = last {
            tell(Progress { phase: Phase::Unmounting, ..last });
        }
        platform.flush(stick).map_err(|error| ExportError::new(root, error))?;
        Ok(written)
    });
    let (folder, has_autorun) = flushed.map_err(|error| blame(platform, stick, error))?;
    let ejected = platform.eject(stick);
    Ok(Exported { folder, files, manifest: signed.manifest, ejected, has_autorun })
}

/// A pulled stick fails with whatever error comes first, and FAT without a stick calls itself
/// protected; what people must hear is that it is gone.
fn blame(platform: &(impl Platform + ?Sized), stick: &Volume, error: ExportError) -> ExportError {
    let may_be_gone = matches!(
        error,
        ExportError::Other { .. } | ExportError::Missing(_) | ExportError::ReadOnly(_)
    );
    if may_be_gone && is_plugged(platform, stick) {
        // A machine that does not tell is asked once more all the same.
        let _ = platform.wait(TIME_TO_NOTICE);
    }
    if may_be_gone && !is_plugged(platform, stick) {
        return ExportError::Unplugged(stick.mount_point.clone());
    }
    error
}

fn is_plugged(platform: &(impl Platform + ?Sized), stick: &Volume) -> bool {
    let plugged = platform.plugged();
    plugged.is_ok_and(|plugged| plugged.volumes.iter().any(|volume| volume.is_same(stick)))
}

fn has_autorun(disk: &impl Disk, root: &Path) -> Result<bool, ExportError> {
    let names = disk.enter(root).and_then(|open| disk.names(&open));
    let names = names.map_err(|error| ExportError::new(root, error))?;
    Ok(names.iter().any(|name| name.eq_ignore_ascii_case(AUTORUN)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use rustix::io::Errno;

    use super::*;
    use crate::export::faulty::{Fault, FaultyDisk};
    use crate::export::sample::{bundle, key};
    use crate::export::simulated::SimulatedMachine;
    use crate::export::verify::verify;

    const FOLDER: &str = "TIEPDON/AG-TRITON_D1_2026-11-23_2026-11-24";

    /// A machine with a stick in it that carries an earlier export.
    struct Desk {
        stick: tempfile::TempDir,
        machine: SimulatedMachine,
        volume: Volume,
    }

    impl Desk {
        fn empty() -> Self {
            let stick = tempfile::tempdir().unwrap();
            let machine = SimulatedMachine::default();
            let volume = machine.insert(stick.path(), false).unwrap();
            Self { stick, machine, volume }
        }

        fn with_an_earlier_export() -> Self {
            let desk = Self::empty();
            to_folder(desk.stick.path(), bundle("earlier"), &key(), &mut |_| {}).unwrap();
            desk
        }

        fn export(&self) -> Result<Exported, ExportError> {
            to_stick(&self.machine, &self.volume, bundle("newer"), &key(), &mut |_| {})
        }

        fn export_to(&self, disk: &impl Disk) -> Result<Exported, ExportError> {
            let bundle = bundle("newer");
            write_and_eject(disk, &self.machine, &self.volume, bundle, &key(), &mut |_| {})
        }

        /// The exports that a reader finds, by folder, each with its version. All must be whole.
        fn exports(&self) -> BTreeMap<String, String> {
            let Ok(found) = verify(self.stick.path(), &[key().public()]) else {
                return BTreeMap::new();
            };
            let version = |folder: &Path| fs::read_to_string(folder.join("tong-hop.csv")).unwrap();
            found
                .iter()
                .map(|one| {
                    assert_eq!(one.faults, [], "{}", one.folder.display());
                    let name = one.folder.file_name().unwrap().to_str().unwrap().to_owned();
                    (name, version(&one.folder).lines().next().unwrap().to_owned())
                })
                .collect()
        }
    }

    #[test]
    fn a_stick_gets_everything_and_may_be_pulled() {
        let desk = Desk::empty();
        let exported = desk.export().unwrap();
        assert_eq!(exported.folder, desk.stick.path().join(FOLDER));
        assert!(exported.ejected.is_ok() && exported.note().is_none());
        assert!(desk.machine.was_flushed(&desk.volume));
        assert_eq!(desk.machine.plugged().unwrap().volumes, []);
        let mut names: Vec<String> = fs::read_dir(&exported.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "DOC-TOI.txt",
                "MANIFEST.json",
                "MANIFEST.sig",
                "chot-so_2026-11-23.json",
                "chot-so_2026-11-23.sig",
                "khoa-cong-khai.pem",
                "su-kien.json",
                "tong-hop.csv",
                "tong-hop.xlsx",
            ]
        );
    }

    #[test]
    fn the_bar_goes_through_every_phase_and_never_back() {
        let desk = Desk::empty();
        let mut told: Vec<Progress> = Vec::new();
        let mut tell = |progress| told.push(progress);
        to_stick(&desk.machine, &desk.volume, bundle("newer"), &key(), &mut tell).unwrap();
        let total = told[0].total_bytes;
        assert!(told.iter().all(|one| one.total_bytes == total && one.done_bytes <= total));
        assert!(told.is_sorted_by_key(|one| (one.phase, one.done_bytes)), "{told:?}");
        for phase in [Phase::Writing, Phase::Checking, Phase::Placing, Phase::Unmounting] {
            let last = told.iter().rfind(|one| one.phase == phase).unwrap();
            assert_eq!(last.done_bytes, total, "{phase:?}");
        }
        // The sample holds one file of more than a chunk.
        let between = |phase| {
            let of_it = told.iter().filter(|one| one.phase == phase);
            of_it.filter(|one| (1..total).contains(&one.done_bytes)).count()
        };
        assert!(between(Phase::Writing) > 8 && between(Phase::Checking) > 8);
    }

    #[test]
    fn a_later_export_of_the_same_days_lets_the_earlier_one_step_aside() {
        let desk = Desk::with_an_earlier_export();
        let name = FOLDER.rsplit('/').next().unwrap();
        let version = |suffix: &str| desk.exports().get(&format!("{name}{suffix}")).cloned();
        for number in 1..=3 {
            let again = bundle(&format!("later {number}"));
            to_folder(desk.stick.path(), again, &key(), &mut |_| {}).unwrap();
        }
        assert_eq!(version("").as_deref(), Some("later 3"));
        assert_eq!(version(".cu-1").as_deref(), Some("earlier"));
        assert_eq!(version(".cu-2").as_deref(), Some("later 1"));
        assert_eq!(version(".cu-3").as_deref(), Some("later 2"));
        assert_eq!(desk.exports().len(), 4);
    }

    /// How many operations an export takes.
    fn steps(desk: &Desk) -> usize {
        const MANY: usize = 100_000;
        let disk = FaultyDisk::new(Fault::FromThenOn(Errno::IO), MANY);
        desk.export_to(&disk).unwrap();
        MANY - disk.left()
    }

    #[test]
    fn whichever_step_fails_the_earlier_export_stays_and_nothing_half_is_taken_for_whole() {
        let all = steps(&Desk::with_an_earlier_export());
        assert!(all > 60, "{all} steps are fewer than eight files need");
        for step in 0..all {
            let desk = Desk::with_an_earlier_export();
            let disk = FaultyDisk::new(Fault::Once(Errno::NOSPC), step);
            // One failure while tidying up may pass; no failure may tell of success wrongly.
            let told = desk.export_to(&disk);
            let exports = desk.exports();
            assert!(exports.values().any(|version| version == "earlier"), "step {step}");
            match told {
                Ok(_) => assert!(exports.values().any(|version| version == "newer")),
                Err(error) => {
                    assert!(matches!(error, ExportError::NoSpace(_)), "step {step}: {error}");
                    let top = fs::read_dir(desk.stick.path().join("TIEPDON")).unwrap();
                    let drafts = top.filter(|one| {
                        one.as_ref().unwrap().file_name().as_encoded_bytes()[0] == b'.'
                    });
                    assert_eq!(drafts.count(), 0, "step {step}");
                }
            }
        }
    }

    #[test]
    fn a_stick_pulled_at_any_step_holds_whole_exports_and_the_next_export_tidies_up() {
        let all = steps(&Desk::with_an_earlier_export());
        for step in 0..all {
            let desk = Desk::with_an_earlier_export();
            let disk = FaultyDisk::new(Fault::FromThenOn(Errno::NODEV), step);
            let error = desk.export_to(&disk).unwrap_err();
            assert!(matches!(error, ExportError::Unplugged(_)), "step {step}: {error}");
            let exports = desk.exports();
            assert!(
                exports.values().any(|version| version == "earlier"),
                "step {step}: {exports:?}"
            );
            let volume = desk.machine.insert(desk.stick.path(), false).unwrap();
            to_stick(&desk.machine, &volume, bundle("newest"), &key(), &mut |_| {}).unwrap();
            let exports = desk.exports();
            assert_eq!(exports[FOLDER.rsplit('/').next().unwrap()], "newest", "step {step}");
            assert!(
                exports.values().any(|version| version == "earlier"),
                "step {step}: {exports:?}"
            );
            let top = fs::read_dir(desk.stick.path().join("TIEPDON")).unwrap();
            assert_eq!(top.count(), exports.len(), "step {step}: something else is left");
        }
    }

    #[test]
    fn a_pull_is_called_a_pull_whatever_the_first_error_was() {
        for errno in [Errno::IO, Errno::ROFS, Errno::NOENT, Errno::NODEV] {
            let desk = Desk::empty();
            let disk = FaultyDisk::new(Fault::FromThenOn(errno), 20);
            let mut pull = |progress: Progress| {
                if progress.done_bytes > 0 {
                    desk.machine.pull(desk.stick.path());
                }
            };
            let (machine, volume) = (&desk.machine, &desk.volume);
            let told = write_and_eject(&disk, machine, volume, bundle("newer"), &key(), &mut pull);
            let error = told.unwrap_err();
            assert!(matches!(error, ExportError::Unplugged(_)), "{error}");
            assert!(error.advice().contains("bị rút"), "{}", error.advice());
        }
        // A stick that is there and broken is another matter.
        let desk = Desk::empty();
        let disk = FaultyDisk::new(Fault::FromThenOn(Errno::IO), 20);
        let error = desk.export_to(&disk).unwrap_err();
        assert!(matches!(error, ExportError::Other { .. }), "{error}");
    }

    #[test]
    fn a_stick_pulled_after_the_last_write_is_not_called_saved() {
        let desk = Desk::empty();
        let mut pull = |progress: Progress| {
            if progress.phase == Phase::Unmounting {
                desk.machine.pull(desk.stick.path());
            }
        };
        let error = to_stick(&desk.machine, &desk.volume, bundle("newer"), &key(), &mut pull);
        assert!(matches!(error.unwrap_err(), ExportError::Unplugged(_)));
    }

    #[test]
    fn a_stick_that_lies_is_not_believed() {
        let desk = Desk::with_an_earlier_export();
        let error = desk.export_to(&FaultyDisk::new(Fault::Forgery, 0)).unwrap_err();
        assert!(matches!(error, ExportError::Unfaithful(_)), "{error}");
        assert_eq!(desk.exports().into_values().collect::<Vec<_>>(), ["earlier"]);
    }

    #[test]
    fn a_stick_that_cannot_be_let_go_of_is_saved_all_the_same() {
        let desk = Desk::empty();
        desk.machine.hold_on();
        let exported = desk.export().unwrap();
        let error = exported.ejected.unwrap_err();
        assert!(matches!(error, EjectError::NotAllowed(_)));
        assert!(error.advice().contains("chờ đèn"), "{}", error.advice());
        assert_eq!(desk.exports().into_values().collect::<Vec<_>>(), ["newer"]);
    }

    #[test]
    fn a_protected_stick_one_that_is_gone_and_a_plain_folder_are_refused_before_writing() {
        let desk = Desk::empty();
        let protected = Volume { read_only: true, ..desk.volume.clone() };
        let refused = |volume: &Volume| {
            to_stick(&desk.machine, volume, bundle("newer"), &key(), &mut |_| {}).unwrap_err()
        };
        assert!(matches!(refused(&protected), ExportError::ReadOnly(_)));
        desk.machine.pull(desk.stick.path());
        assert!(matches!(refused(&desk.volume), ExportError::Unplugged(_)));
        let no_stick = stick_at(&desk.machine, desk.stick.path()).unwrap_err();
        assert!(matches!(no_stick, ExportError::NotRemovable(_)), "{no_stick}");
        assert_eq!(fs::read_dir(desk.stick.path()).unwrap().count(), 0);
        let again = desk.machine.insert(desk.stick.path(), false).unwrap();
        assert_eq!(stick_at(&desk.machine, desk.stick.path()).unwrap(), again);
    }

    /// The folder a stick was mounted on is still there when the stick is not.
    #[test]
    fn nothing_is_written_where_another_device_is_mounted_now() {
        let desk = Desk::empty();
        let device = crate::export::volume::Device { major: 8, minor: 1 };
        let signed = bundle("newer").sign(&key()).unwrap();
        let told = place(&RealDisk, desk.stick.path(), Some(device), &signed, &mut |_| {});
        assert!(matches!(told.unwrap_err(), ExportError::Unplugged(_)));
        assert_eq!(fs::read_dir(desk.stick.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_link_anywhere_below_the_stick_is_not_followed() {
        let draft = "TIEPDON/.AG-TRITON_D1_2026-11-23_2026-11-24.part";
        for link in ["TIEPDON", FOLDER, draft] {
            let desk = Desk::empty();
            let outside = tempfile::tempdir().unwrap();
            fs::write(outside.path().join("letter.txt"), "mine").unwrap();
            let place = desk.stick.path().join(link);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            symlink(outside.path(), &place).unwrap();
            let error = desk.export().unwrap_err();
            assert!(matches!(&error, ExportError::SymLink(path) if *path == place), "{error}");
            assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "{link}");
            assert!(place.is_symlink());
        }
    }

    #[test]
    fn links_in_what_an_earlier_attempt_left_are_removed_and_not_followed() {
        let desk = Desk::empty();
        let draft = desk.stick.path().join("TIEPDON/.AG-TRITON_D1_2026-11-23_2026-11-24.part");
        let letter = tempfile::NamedTempFile::new().unwrap();
        fs::write(letter.path(), "mine").unwrap();
        fs::create_dir_all(&draft).unwrap();
        symlink(letter.path(), draft.join("tong-hop.csv")).unwrap();
        desk.export().unwrap();
        assert_eq!(fs::read_to_string(letter.path()).unwrap(), "mine");
        assert!(!draft.exists());
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_stops_the_export() {
        for name in ["TIEPDON", FOLDER] {
            let desk = Desk::empty();
            let place = desk.stick.path().join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, "mine").unwrap();
            let error = desk.export().unwrap_err();
            assert!(matches!(&error, ExportError::NotAFolder(path) if *path == place), "{error}");
            assert_eq!(fs::read_to_string(&place).unwrap(), "mine");
        }
    }

    #[test]
    fn an_autorun_is_left_alone_and_told() {
        let desk = Desk::empty();
        fs::write(desk.stick.path().join("AutoRun.inf"), "[autorun]\r\nopen=x.exe\r\n").unwrap();
        let exported = desk.export().unwrap();
        assert!(exported.note().unwrap().contains("autorun.inf"));
        assert!(desk.stick.path().join("AutoRun.inf").exists());
    }

    #[test]
    fn names_that_fat_cannot_keep_apart_are_refused() {
        let named = |names: &[&str]| {
            let file =
                |name: &&str| super::super::NewFile { name: (*name).into(), bytes: Vec::new() };
            let bundle = Bundle { files: names.iter().map(file).collect(), ..bundle("x") };
            bundle.sign(&key()).map(drop)
        };
        assert!(named(&["a.csv", "b.csv"]).is_ok());
        for bad in
            [&["a.csv", "A.CSV"] as &[&str], &["manifest.JSON"], &["../a"], &["số.csv"], &[""]]
        {
            assert!(matches!(named(bad), Err(ExportError::NotAName(_))), "{bad:?}");
        }
    }

    #[test]
    fn everybody_may_read_what_is_on_the_stick() {
        let desk = Desk::empty();
        let folder = desk.export().unwrap().folder;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("tong-hop.csv"))), (0o755, 0o644));
    }
}
