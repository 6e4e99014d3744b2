//! What the kernel tells in its small files, below a root.

use std::fs;
use std::path::{Path, PathBuf};

/// A root with `sys`, `proc` and `run` below it.
pub(super) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where `path`, written without its leading slash, is.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The folders and files in a folder, in the order of their names; none where there is none.
    pub(super) fn entries(&self, folder: &str) -> Vec<PathBuf> {
        entries(&self.at(folder))
    }
}

pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// What a small file says, without the line end; `None` where it cannot be read.
pub(super) fn said(path: impl AsRef<Path>) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}
