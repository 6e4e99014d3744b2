//! Putting a whole folder in place of an earlier one.
//!
//! Everything is written into a draft folder beside its place, synced, read back and compared; then
//! an earlier export of the same days steps aside, and the draft takes its name. A stick pulled at
//! any moment holds the earlier export whole, under its own name or as `….cu-1`; the new one is
//! whole or still a draft, whose name no reader takes for an export. Only renames within one folder
//! are used, which FAT and exFAT have too. Nothing earlier is ever removed but drafts.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::ExportError;
use super::bundle::Signed;
use super::disk::{Disk, Kind};
use super::draft::{Draft, total_bytes, write_drafts};
use super::progress::{Course, Phase, Progress};
use super::volume::Device;

/// The folder on a stick that all exports lie in.
pub(super) const TOP: &str = "TIEPDON";

/// Between the name of an export and the number of the later one that took its place.
pub(super) const ASIDE: &str = ".cu-";

/// Room for folders and their entries, in blocks.
const SPARE_BLOCKS: u64 = 8;

/// Writes `signed` into `root/TIEPDON` and tells the folder it is in. `device` is the device that
/// `root` must lie on, so that what was meant for a stick never fills the place it was mounted on.
pub(super) fn place(
    disk: &impl Disk,
    root: &Path,
    device: Option<Device>,
    signed: &Signed,
    tell: &mut dyn FnMut(Progress),
) -> Result<PathBuf, ExportError> {
    let failed = |error| ExportError::new(root, error);
    let open = disk.enter(root).map_err(failed)?;
    if let Some(device) = device
        && disk.device(&open).map_err(failed)? != device
    {
        return Err(ExportError::Unplugged(root.to_owned()));
    }
    let top = enter_or_make(disk, &open, root)?;
    let at = root.join(TOP);
    let drafts: Vec<Draft<'_>> = signed
        .files
        .iter()
        .map(|file| Draft { name: file.name.clone(), bytes: &file.bytes })
        .collect();
    let mut course = Course::new(total_bytes(&drafts), tell);
    let site = Site { disk, top: &top, at: &at, name: &signed.folder };
    site.clear_draft()?;
    site.is_free()?;
    site.has_room(&drafts)?;
    let placed = site.write_draft(&drafts, &mut course).and_then(|()| site.step_in(&mut course));
    if placed.is_err() {
        // Of a medium that fails no more can be asked; the next export tidies up.
        let _ = site.clear_draft();
    }
    let synced = disk.sync(&top).map_err(|error| ExportError::new(&at, error));
    placed.and(synced).map(|()| at.join(&signed.folder))
}

fn enter_or_make(disk: &impl Disk, root: &File, path: &Path) -> Result<File, ExportError> {
    let at = path.join(TOP);
    let failed = |error| ExportError::new(&at, error);
    if disk.kind(root, TOP).map_err(failed)?.is_none() {
        disk.make_folder(root, TOP).map_err(failed)?;
        disk.sync(root).map_err(failed)?;
    }
    disk.descend(root, TOP).map_err(failed)
}

/// Where one export goes.
struct Site<'a, D> {
    disk: &'a D,
    /// The open folder of all exports.
    top: &'a File,
    /// Its path, for words.
    at: &'a Path,
    /// The name of the export's own folder.
    name: &'a str,
}

impl<D: Disk> Site<'_, D> {
    /// No reader takes this for an export, and no list of a desktop shows it.
    fn draft(&self) -> String {
        format!(".{}.part", self.name)
    }

    /// Removes what an earlier attempt left behind.
    fn clear_draft(&self) -> Result<(), ExportError> {
        let draft = self.draft();
        let path = self.at.join(&draft);
        let failed = |error| ExportError::new(&path, error);
        match self.disk.kind(self.top, &draft).map_err(failed)? {
            None => return Ok(()),
            Some(Kind::Folder) => {}
            Some(Kind::Link) => return Err(ExportError::SymLink(path)),
            Some(Kind::File | Kind::Other) => return Err(ExportError::NotAFolder(path)),
        }
        let folder = self.disk.descend(self.top, &draft).map_err(failed)?;
        for name in self.disk.names(&folder).map_err(failed)? {
            // We wrote plain names only; others are not ours to remove, and stop us below.
            if let Some(name) = name.to_str() {
                self.disk.remove(&folder, name).map_err(failed)?;
            }
        }
        drop(folder);
        self.disk.remove_folder(self.top, &draft).map_err(failed)
    }

    /// A link or a file that bears the name of our folder is not ours to move.
    fn is_free(&self) -> Result<(), ExportError> {
        let path = self.at.join(self.name);
        match self.disk.kind(self.top, self.name) {
            Ok(None | Some(Kind::Folder)) => Ok(()),
            Ok(Some(Kind::Link)) => Err(ExportError::SymLink(path)),
            Ok(Some(Kind::File | Kind::Other)) => Err(ExportError::NotAFolder(path)),
            Err(error) => Err(ExportError::new(&path, error)),
        }
    }

    /// Says before a long wait, and not after it, that there is no room.
    fn has_room(&self, drafts: &[Draft<'_>]) -> Result<(), ExportError> {
        let space = self.disk.space(self.top).map_err(|error| ExportError::new(self.at, error))?;
        let block = space.block_bytes.max(1);
        let blocks: u64 = drafts
            .iter()
            .map(|draft| u64::try_from(draft.bytes.len()).unwrap_or(u64::MAX).div_ceil(block))
            .sum();
        let needed = blocks.saturating_add(SPARE_BLOCKS).saturating_mul(block);
        if needed > space.free_bytes {
            return Err(ExportError::NoSpace(self.at.join(self.name)));
        }
        Ok(())
    }

    fn write_draft(
        &self,
        drafts: &[Draft<'_>],
        course: &mut Course<'_>,
    ) -> Result<(), ExportError> {
        let draft = self.draft();
        let path = self.at.join(&draft);
        let failed = |error| ExportError::new(&path, error);
        self.disk.make_folder(self.top, &draft).map_err(failed)?;
        let folder = self.disk.descend(self.top, &draft).map_err(failed)?;
        write_drafts(self.disk, &folder, &path, drafts, course)?;
        self.disk.sync(&folder).map_err(failed)
    }

    fn step_in(&self, course: &mut Course<'_>) -> Result<(), ExportError> {
        course.enter(Phase::Placing);
        let path = self.at.join(self.name);
        let failed = |error| ExportError::new(&path, error);
        let earlier = self.disk.kind(self.top, self.name).map_err(failed)?;
        let aside = match earlier {
            None => None,
            Some(_) => {
                let aside = self.aside()?;
                self.disk.rename(self.top, self.name, &aside).map_err(failed)?;
                Some(aside)
            }
        };
        // The names must reach the medium in this order, or a pull might leave neither.
        let placed = self
            .disk
            .sync(self.top)
            .and_then(|()| self.disk.rename(self.top, &self.draft(), self.name));
        if let (Err(_), Some(aside)) = (&placed, aside) {
            // Of a medium that fails no more can be asked; readers know the name it has now.
            let _ = self.disk.rename(self.top, &aside, self.name);
        }
        placed.map_err(failed)
    }

    /// A name for the earlier export, one number above all there are.
    fn aside(&self) -> Result<String, ExportError> {
        let names = self.disk.names(self.top).map_err(|error| ExportError::new(self.at, error))?;
        let number = |name: &str| name.strip_prefix(self.name)?.strip_prefix(ASIDE)?.parse().ok();
        let highest: u32 =
            names.iter().filter_map(|name| number(name.to_str()?)).max().unwrap_or_default();
        Ok(format!("{}{ASIDE}{}", self.name, highest.saturating_add(1)))
    }
}
