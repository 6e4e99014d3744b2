//! What a medium holds after the power went: everything that was synced, and of the rest whatever
//! it likes, within the rules of a file system.

use std::collections::{BTreeMap, BTreeSet};

use crate::recording::{FileId, Recording, Step, Tree};

/// What becomes of that which was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// None of it is there.
    Lost,
    /// All of it is there.
    Kept,
    /// As ext4 does with `data=ordered`: names change in the order in which they were changed, up to
    /// some point; each file has a beginning of what was written, the last of it torn in a page.
    InOrder,
    /// A file system and a medium without any order: every name, every page and every cut-off for
    /// itself.
    Pages,
    /// The same by sectors.
    Sectors,
}

const PAGE: u64 = 4096;
const SECTOR: u64 = 512;

impl Fate {
    pub(crate) const ALL: [Self; 5] =
        [Self::Lost, Self::Kept, Self::InOrder, Self::Pages, Self::Sectors];
}

/// A small generator of its own: the same cuts in every run, so that a failure can be repeated.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        // splitmix64: neighbouring seeds have nothing in common.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit.max(1) as u64).unwrap()
    }

    fn coin(&mut self) -> bool {
        self.roll() & 1 == 1
    }
}

/// What is left when the power goes before the step `cut`.
pub(crate) fn after_a_cut(recording: &Recording, cut: usize, fate: Fate, dice: &mut Dice) -> Tree {
    let steps = &recording.steps[..cut];
    let durable = Durable::until(steps);
    let mut tree = recording.before.clone();
    let names_kept = names_kept(steps, &durable, fate, dice);
    let mut data_kept = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Named { .. } | Step::Unnamed { .. } | Step::Renamed { .. } => {
                if let Step::Named { file, .. } = step {
                    let content = recording_kind(recording, *file);
                    tree.files.entry(*file).or_insert(content);
                }
                if names_kept.contains(&at) {
                    tree.take(step);
                }
            }
            Step::Wrote { file, .. } | Step::Resized { file, .. } => {
                if durable.holds(*file, at) {
                    tree.take(step);
                } else {
                    let left = data_kept
                        .entry(*file)
                        .or_insert_with(|| left_of(steps, *file, &durable, fate, dice));
                    take_unsynced(&mut tree, step, fate, left, dice);
                }
            }
            Step::Synced { .. } | Step::Said(_) => {}
        }
    }
    tree
}

/// Folders are `None`; files that come into being are empty.
fn recording_kind(recording: &Recording, file: FileId) -> Option<Vec<u8>> {
    (!recording.folders.contains(&file)).then(Vec::new)
}

/// Up to which step each file and folder is on the medium.
struct Durable(BTreeMap<FileId, usize>);

impl Durable {
    fn until(steps: &[Step]) -> Self {
        let mut until = BTreeMap::new();
        for step in steps {
            if let Step::Synced { file, before } = step {
                let known = until.entry(*file).or_insert(0);
                *known = (*known).max(*before);
            }
        }
        Self(until)
    }

    fn holds(&self, file: FileId, at: usize) -> bool {
        self.0.get(&file).is_some_and(|before| at < *before)
    }
}

/// Which changes of names are there.
fn names_kept(steps: &[Step], durable: &Durable, fate: Fate, dice: &mut Dice) -> BTreeSet<usize> {
    let mut synced = BTreeSet::new();
    let mut others = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let folders = match step {
            Step::Named { name, .. } | Step::Unnamed { name } => [name.0, name.0],
            Step::Renamed { from, to, .. } => [from.0, to.0],
            Step::Wrote { .. } | Step::Resized { .. } | Step::Synced { .. } | Step::Said(_) => {
                continue;
            }
        };
        if folders.iter().any(|folder| durable.holds(*folder, at)) {
            synced.insert(at);
        } else {
            others.push(at);
        }
    }
    match fate {
        Fate::Lost => {}
        Fate::Kept => synced.extend(others),
        Fate::InOrder => {
            // A journal that holds a later change holds every earlier one.
            let last = synced.last().copied().unwrap_or(0);
            let (earlier, later): (Vec<_>, Vec<_>) = others.into_iter().partition(|at| *at < last);
            let more = dice.below(later.len() + 1);
            synced.extend(earlier);
            synced.extend(later.into_iter().take(more));
        }
        Fate::Pages | Fate::Sectors => synced.extend(others.into_iter().filter(|_| dice.coin())),
    }
    synced
}

/// How many unsynced changes of a file are there whole, where they are there in order.
fn left_of(steps: &[Step], file: FileId, durable: &Durable, fate: Fate, dice: &mut Dice) -> usize {
    let is_of_file = |step: &Step| matches!(step, Step::Wrote { file: of, .. } | Step::Resized { file: of, .. } if *of == file);
    let unsynced = steps.iter().enumerate();
    let count = unsynced.filter(|(at, step)| is_of_file(step) && !durable.holds(file, *at)).count();
    match fate {
        Fate::Lost => 0,
        Fate::Kept | Fate::Pages | Fate::Sectors => count,
        Fate::InOrder => dice.below(count + 1),
    }
}

fn take_unsynced(tree: &mut Tree, step: &Step, fate: Fate, left: &mut usize, dice: &mut Dice) {
    let is_last = *left == 1;
    if *left == 0 {
        return;
    }
    *left -= 1;
    match (fate, step) {
        (Fate::Lost, _) => {}
        (Fate::Kept, _) => tree.take(step),
        (Fate::InOrder, Step::Wrote { file, at, bytes }) if is_last => {
            let pieces = pieces(*at, bytes, PAGE);
            let whole = dice.below(pieces.len() + 1);
            for (at, piece) in pieces.into_iter().take(whole) {
                tree.put(*file, at, piece);
            }
        }
        (Fate::InOrder, _) => tree.take(step),
        (Fate::Pages | Fate::Sectors, Step::Wrote { file, at, bytes }) => {
            let size = if fate == Fate::Pages { PAGE } else { SECTOR };
            if dice.coin() {
                // The file has its new length, whatever of its content is there.
                let length = tree.length(*file).max(at + bytes.len() as u64);
                tree.take(&Step::Resized { file: *file, length });
            }
            for (at, piece) in pieces(*at, bytes, size) {
                if dice.coin() {
                    tree.put(*file, at, piece);
                }
            }
        }
        (Fate::Pages | Fate::Sectors, _) => {
            if dice.coin() {
                tree.take(step);
            }
        }
    }
}

/// Bytes as they lie in blocks of `size`.
fn pieces(at: u64, bytes: &[u8], size: u64) -> Vec<(u64, &[u8])> {
    let mut pieces = Vec::new();
    let (mut at, mut rest) = (at, bytes);
    while !rest.is_empty() {
        let room = usize::try_from(size - at % size).unwrap().min(rest.len());
        let (piece, more) = rest.split_at(room);
        pieces.push((at, piece));
        at += room as u64;
        rest = more;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::recording::ROOT;

    const FILE: FileId = 1;

    fn named(name: &str) -> Step {
        Step::Named { name: (ROOT, OsString::from(name)), file: FILE }
    }

    fn wrote(at: u64, byte: u8, count: usize) -> Step {
        Step::Wrote { file: FILE, at, bytes: vec![byte; count] }
    }

    fn recording(steps: Vec<Step>) -> Recording {
        let before = Tree { names: BTreeMap::new(), files: BTreeMap::from([(ROOT, None)]) };
        Recording { before, steps, folders: BTreeSet::from([ROOT]) }
    }

    /// What 200 cuts at the end leave of the one file.
    fn left(steps: Vec<Step>, fate: Fate) -> BTreeSet<Option<Vec<u8>>> {
        let recording = recording(steps);
        let cut = recording.steps.len();
        (0..200)
            .map(|seed| {
                let tree = after_a_cut(&recording, cut, fate, &mut Dice(seed));
                let there = tree.by_path();
                there.values().next().map(|bytes| bytes.unwrap().to_vec())
            })
            .collect()
    }

    #[test]
    fn what_was_synced_before_the_cut_is_there_whatever_happens() {
        for fate in Fate::ALL {
            let steps = vec![
                named("a"),
                wrote(0, 7, 9000),
                Step::Synced { file: FILE, before: 2 },
                Step::Synced { file: ROOT, before: 3 },
            ];
            assert_eq!(left(steps, fate), BTreeSet::from([Some(vec![7; 9000])]), "{fate:?}");
        }
    }

    #[test]
    fn a_sync_that_was_asked_for_before_a_write_does_not_cover_it() {
        let steps = vec![
            named("a"),
            Step::Synced { file: ROOT, before: 1 },
            wrote(0, 7, 9),
            Step::Synced { file: FILE, before: 2 },
        ];
        assert_eq!(left(steps, Fate::Lost), BTreeSet::from([Some(Vec::new())]));
    }

    #[test]
    fn a_name_that_was_not_synced_may_be_missing_though_its_file_was() {
        let steps = || vec![named("a"), wrote(0, 7, 9), Step::Synced { file: FILE, before: 2 }];
        assert_eq!(left(steps(), Fate::Lost), BTreeSet::from([None]));
        let whole = Some(vec![7; 9]);
        for fate in [Fate::InOrder, Fate::Pages, Fate::Sectors] {
            assert_eq!(left(steps(), fate), BTreeSet::from([None, whole.clone()]), "{fate:?}");
        }
    }

    #[test]
    fn a_write_is_torn_where_blocks_end() {
        let steps =
            || vec![named("a"), Step::Synced { file: ROOT, before: 1 }, wrote(0, 7, 2 * 4096)];
        let (none, half, all) = (Some(Vec::new()), Some(vec![7; 4096]), Some(vec![7; 2 * 4096]));
        let in_order = BTreeSet::from([none.clone(), half.clone(), all.clone()]);
        assert_eq!(left(steps(), Fate::InOrder), in_order);
        let pages = left(steps(), Fate::Pages);
        let second = Some([vec![0; 4096], vec![7; 4096]].concat());
        assert!(pages.is_superset(&in_order) && pages.contains(&second));
        assert!(left(steps(), Fate::Sectors).len() > 100);
    }
}
