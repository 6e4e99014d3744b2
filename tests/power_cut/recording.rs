//! Every change of a folder in the order in which a program made it, what it had made durable by
//! then, and what it had told anybody.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};

use crate::trace::{Argument, Call, Edge, Trace};

/// A file or folder, whatever it is called. The folder that is watched is the first.
pub(crate) type FileId = usize;

pub(crate) const ROOT: FileId = 0;

/// A name in a folder.
pub(crate) type Name = (FileId, OsString);

/// What is kept in SQLite's shared memory is rebuilt at every start and stands for nothing.
const SHARED_MEMORY: &str = "-shm";

/// What is in a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tree {
    pub(crate) names: BTreeMap<Name, FileId>,
    /// `None` is a folder.
    pub(crate) files: BTreeMap<FileId, Option<Vec<u8>>>,
}

/// One step of a program.
#[derive(Debug)]
pub(crate) enum Step {
    /// Bytes of a file.
    Wrote { file: FileId, at: u64, bytes: Vec<u8> },
    /// A file was cut off or made longer.
    Resized { file: FileId, length: u64 },
    /// A file or folder got a name.
    Named { name: Name, file: FileId },
    /// A name was taken away.
    Unnamed { name: Name },
    /// A name became another, in one.
    Renamed { from: Name, to: Name, file: FileId },
    /// A file or folder is on the medium, as it was before the step `before`.
    Synced { file: FileId, before: usize },
    /// Somebody was told a line.
    Said(String),
}

/// What a program did in a folder.
pub(crate) struct Recording {
    pub(crate) before: Tree,
    pub(crate) steps: Vec<Step>,
    /// Which of the files are folders.
    pub(crate) folders: BTreeSet<FileId>,
}

impl Tree {
    /// What is in `root` now.
    pub(crate) fn of(root: &Path) -> Self {
        let mut tree = Self { names: BTreeMap::new(), files: BTreeMap::from([(ROOT, None)]) };
        tree.add(ROOT, root);
        tree
    }

    fn add(&mut self, folder: FileId, path: &Path) {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            if is_shared_memory(&entry.file_name()) {
                continue;
            }
            let file = self.files.len();
            self.names.insert((folder, entry.file_name()), file);
            if entry.file_type().unwrap().is_dir() {
                self.files.insert(file, None);
                self.add(file, &entry.path());
            } else {
                self.files.insert(file, Some(fs::read(entry.path()).unwrap()));
            }
        }
    }

    /// Makes `root`, an empty folder, hold this.
    pub(crate) fn write(&self, root: &Path) {
        self.each(ROOT, Path::new(""), &mut |path, bytes| match bytes {
            Some(bytes) => fs::write(root.join(path), bytes).unwrap(),
            None => fs::create_dir(root.join(path)).unwrap(),
        });
    }

    /// Its files by path, folders as `None`: the same for trees that look the same.
    pub(crate) fn by_path(&self) -> BTreeMap<PathBuf, Option<&[u8]>> {
        let mut found = BTreeMap::new();
        self.each(ROOT, Path::new(""), &mut |path, bytes| {
            found.insert(path.to_owned(), bytes);
        });
        found
    }

    fn each<'t>(
        &'t self,
        folder: FileId,
        path: &Path,
        tell: &mut dyn FnMut(&Path, Option<&'t [u8]>),
    ) {
        let first = (folder, OsString::new());
        for ((_, name), file) in self.names.range(first..).take_while(|((of, _), _)| *of == folder)
        {
            let path = path.join(name);
            if is_shared_memory(name) {
                continue;
            }
            match self.files.get(file) {
                Some(Some(bytes)) => tell(&path, Some(bytes)),
                Some(None) => {
                    tell(&path, None);
                    self.each(*file, &path, tell);
                }
                None => panic!("{} is no file", path.display()),
            }
        }
    }

    /// Takes a step; `Synced` and `Said` change nothing.
    pub(crate) fn take(&mut self, step: &Step) {
        match step {
            Step::Wrote { file, at, bytes } => self.put(*file, *at, bytes),
            Step::Resized { file, length } => {
                self.bytes(*file).resize(usize::try_from(*length).unwrap(), 0);
            }
            Step::Named { name, file } => {
                self.names.insert(name.clone(), *file);
            }
            Step::Unnamed { name } => {
                self.names.remove(name);
            }
            Step::Renamed { from, to, file } => {
                if self.names.get(from) == Some(file) {
                    self.names.remove(from);
                }
                self.names.insert(to.clone(), *file);
            }
            Step::Synced { .. } | Step::Said(_) => {}
        }
    }

    /// Bytes at a place of a file; what lies before them and was never written is zero.
    pub(crate) fn put(&mut self, file: FileId, at: u64, bytes: &[u8]) {
        let at = usize::try_from(at).unwrap();
        let all = self.bytes(file);
        if all.len() < at + bytes.len() {
            all.resize(at + bytes.len(), 0);
        }
        all[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn bytes(&mut self, file: FileId) -> &mut Vec<u8> {
        self.files.get_mut(&file).and_then(Option::as_mut).expect("a file")
    }

    pub(crate) fn length(&self, file: FileId) -> u64 {
        self.files.get(&file).and_then(Option::as_ref).map_or(0, |bytes| bytes.len() as u64)
    }
}

fn is_shared_memory(name: &OsString) -> bool {
    name.as_encoded_bytes().ends_with(SHARED_MEMORY.as_bytes())
}

impl Recording {
    /// What `trace` did in `root`, which held `before`.
    ///
    /// Panics when the program changed files in a way that is not understood here, or when what was
    /// recorded is not what is in `root` now: then something was missed.
    pub(crate) fn of(trace: &Trace, root: &Path, before: Tree) -> Self {
        let mut recorder = Recorder {
            root,
            live: before.clone(),
            open: HashMap::new(),
            steps: Vec::new(),
            syncs: HashMap::new(),
            half_lines: HashMap::new(),
        };
        for edge in &trace.edges {
            match edge {
                Edge::Begins(call) => recorder.begins(*call, &trace.calls[*call]),
                Edge::Ends(call) => recorder.ends(*call, &trace.calls[*call]),
            }
        }
        let Recorder { live, steps, .. } = recorder;
        let there = Tree::of(root);
        let folders = live.files.iter().filter(|(_, content)| content.is_none());
        let folders = folders.map(|(file, _)| *file).collect();
        let (live, there_now) = (live.by_path(), there.by_path());
        let paths = |tree: &BTreeMap<PathBuf, _>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&live), paths(&there_now), "not all names were recorded");
        for (path, bytes) in &live {
            assert!(there_now[path] == *bytes, "{} was not recorded whole", path.display());
        }
        Self { before, steps, folders }
    }

    /// What was said before the step `cut`.
    pub(crate) fn said(&self, cut: usize) -> impl Iterator<Item = (usize, &str)> {
        let steps = self.steps.iter().enumerate().take(cut);
        steps.filter_map(
            |(at, step)| {
                if let Step::Said(line) = step { Some((at, line.as_str())) } else { None }
            },
        )
    }

    pub(crate) fn syncs(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Synced { .. })).count()
    }
}

struct Recorder<'a> {
    root: &'a Path,
    live: Tree,
    open: HashMap<i64, Open>,
    steps: Vec<Step>,
    /// Where a sync under way began, by its call.
    syncs: HashMap<usize, usize>,
    half_lines: HashMap<i64, Vec<u8>>,
}

struct Open {
    file: FileId,
    /// `None` where it may have been moved by reading, which is not recorded.
    position: Option<u64>,
    appends: bool,
}

/// Where a path leads.
enum Way {
    Outside,
    Root,
    Inside(Name),
}

impl Recorder<'_> {
    fn step(&mut self, step: Step) {
        self.live.take(&step);
        self.steps.push(step);
    }

    /// What counts from the beginning of a call: a descriptor may be given anew before closing has
    /// returned; what is told may be heard; a sync covers what was done before it was asked for.
    fn begins(&mut self, number: usize, call: &Call) {
        match call.name.as_str() {
            "close" => {
                self.open.remove(&call.arguments[0].number());
            }
            "fsync" | "fdatasync" => {
                self.syncs.insert(number, self.steps.len());
            }
            "write" | "writev" => {
                let to = call.arguments[0].number();
                if matches!(to, 1 | 2) && !self.open.contains_key(&to) {
                    self.said(to, call.arguments[1].bytes());
                }
            }
            _ => {}
        }
    }

    fn said(&mut self, to: i64, bytes: &[u8]) {
        let line = self.half_lines.entry(to).or_default();
        line.extend(bytes);
        let mut lines = Vec::new();
        while let Some(end) = line.iter().position(|sign| *sign == b'\n') {
            let whole: Vec<u8> = line.drain(..=end).collect();
            lines.push(Step::Said(String::from_utf8_lossy(&whole).trim_end().to_owned()));
        }
        self.steps.extend(lines);
    }

    fn ends(&mut self, number: usize, call: &Call) {
        let Call { name, arguments, result } = call;
        if *result < 0 {
            return;
        }
        match name.as_str() {
            "close" => {}
            "openat" => {
                self.opened(Some(&arguments[0]), arguments[1].bytes(), &arguments[2], *result);
            }
            "open" => self.opened(None, arguments[0].bytes(), &arguments[1], *result),
            "fork" | "vfork" => panic!("{name}: whose descriptors are these?"),
            "clone" | "clone3" => {
                let flags: String =
                    arguments.iter().map(|argument| format!("{argument:?}")).collect();
                assert!(flags.contains("CLONE_FILES"), "{flags}: whose descriptors are these?");
            }
            "dup" | "dup2" | "dup3" | "splice" => {
                assert!(!self.open.contains_key(&arguments[0].number()), "{name} of a file");
            }
            "lseek" => {
                if let Some(open) = self.open.get_mut(&arguments[0].number()) {
                    open.position = u64::try_from(*result).ok();
                }
            }
            "write" | "writev" => self.wrote(arguments, *result, None),
            "pwrite64" | "pwritev" | "pwritev2" => {
                self.wrote(arguments, *result, u64::try_from(arguments[3].number()).ok());
            }
            "copy_file_range" => {
                let whole = arguments[1].word() == "NULL" && arguments[3].word() == "NULL";
                assert!(whole, "a copy of a part");
                self.copied(arguments[0].number(), arguments[2].number(), *result);
            }
            "sendfile" => {
                assert_eq!(arguments[2].word(), "NULL", "a copy of a part");
                self.copied(arguments[1].number(), arguments[0].number(), *result);
            }
            "ftruncate" => {
                if let Some(open) = self.open.get(&arguments[0].number()) {
                    let length = u64::try_from(arguments[1].number()).unwrap();
                    self.step(Step::Resized { file: open.file, length });
                }
            }
            "fallocate" => {
                if let Some(open) = self.open.get(&arguments[0].number()) {
                    assert_eq!(arguments[1].word(), "0", "a way to allocate");
                    let until = arguments[2].number() + arguments[3].number();
                    let length = u64::try_from(until).unwrap().max(self.live.length(open.file));
                    self.step(Step::Resized { file: open.file, length });
                }
            }
            "mmap" => self.mapped(arguments),
            "fsync" | "fdatasync" => {
                let before = self.syncs.remove(&number).unwrap();
                if let Some(open) = self.open.get(&arguments[0].number()) {
                    self.step(Step::Synced { file: open.file, before });
                }
            }
            "mkdir" => self.made_folder(None, arguments[0].bytes()),
            "mkdirat" => self.made_folder(Some(&arguments[0]), arguments[1].bytes()),
            "unlink" | "rmdir" => self.removed(None, arguments[0].bytes()),
            "unlinkat" => self.removed(Some(&arguments[0]), arguments[1].bytes()),
            "rename" => self.renamed((None, &arguments[0]), (None, &arguments[1])),
            "renameat" | "renameat2" => {
                let flags = arguments.get(4).map_or("0", Argument::word);
                assert!(matches!(flags, "0" | "RENAME_NOREPLACE"), "{flags}");
                let (from, to) = (Some(&arguments[0]), Some(&arguments[2]));
                self.renamed((from, &arguments[1]), (to, &arguments[3]));
            }
            "truncate" | "link" | "linkat" | "symlink" | "symlinkat" => {
                for path in arguments.iter().filter(|one| matches!(one, Argument::Bytes(_))) {
                    let path = PathBuf::from(OsString::from_vec(path.bytes().to_vec()));
                    assert!(!path.starts_with(self.root), "{name} {}", path.display());
                }
            }
            other => panic!("{other} is not understood"),
        }
    }

    fn way(&self, folder: Option<&Argument>, path: &[u8]) -> Way {
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        let mut at = ROOT;
        let mut rest = Vec::new();
        let inside = if path.is_absolute() {
            match path.strip_prefix(self.root) {
                Ok(inside) => inside.to_owned(),
                Err(_) => return Way::Outside,
            }
        } else {
            let folder = folder.map_or("AT_FDCWD", Argument::word);
            match folder.parse().ok().and_then(|number: i64| self.open.get(&number)) {
                Some(open) => at = open.file,
                None => return Way::Outside,
            }
            path
        };
        for part in inside.components() {
            match part {
                Component::Normal(name) => rest.push(name.to_owned()),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    panic!("{} is not understood", inside.display())
                }
            }
        }
        let Some(last) = rest.pop() else { return Way::Root };
        for name in rest {
            let next = self.live.names.get(&(at, name));
            at = *next.unwrap_or_else(|| panic!("{} leads nowhere", inside.display()));
        }
        Way::Inside((at, last))
    }

    fn opened(&mut self, folder: Option<&Argument>, path: &[u8], flags: &Argument, number: i64) {
        self.open.remove(&number);
        let flags = flags.word();
        let has = |flag: &str| flags.split('|').any(|one| one == flag);
        let file = match self.way(folder, path) {
            Way::Outside => return,
            Way::Root => ROOT,
            Way::Inside(name) => match self.live.names.get(&name) {
                Some(file) => *file,
                None => {
                    assert!(has("O_CREAT") && !has("O_TMPFILE"), "{name:?} came from nowhere");
                    let file = self.new_file(Some(Vec::new()));
                    self.step(Step::Named { name, file });
                    file
                }
            },
        };
        if has("O_TRUNC") && self.live.length(file) > 0 {
            self.step(Step::Resized { file, length: 0 });
        }
        let position = (!has("O_RDWR")).then_some(0);
        self.open.insert(number, Open { file, position, appends: has("O_APPEND") });
    }

    fn new_file(&mut self, content: Option<Vec<u8>>) -> FileId {
        let file = self.live.files.len();
        self.live.files.insert(file, content);
        file
    }

    fn wrote(&mut self, arguments: &[Argument], count: i64, at: Option<u64>) {
        let Some(open) = self.open.get_mut(&arguments[0].number()) else { return };
        let bytes = arguments[1].bytes()[..usize::try_from(count).unwrap()].to_vec();
        let at = match at {
            Some(at) => at,
            None => {
                let from =
                    if open.appends { Some(self.live.length(open.file)) } else { open.position };
                let from = from.expect("where this is written is known");
                open.position = Some(from + bytes.len() as u64);
                from
            }
        };
        let file = open.file;
        if !bytes.is_empty() {
            self.step(Step::Wrote { file, at, bytes });
        }
    }

    fn copied(&mut self, from: i64, to: i64, count: i64) {
        let count = u64::try_from(count).unwrap();
        let Some(source) = self.open.get_mut(&from) else {
            assert!(!self.open.contains_key(&to), "a copy from elsewhere");
            return;
        };
        let start = source.position.expect("where this is read is known");
        source.position = Some(start + count);
        let range = usize::try_from(start).unwrap()..usize::try_from(start + count).unwrap();
        let bytes = self.live.bytes(source.file)[range].to_vec();
        let Some(target) = self.open.get_mut(&to) else { return };
        let at = target.position.expect("where this is written is known");
        target.position = Some(at + count);
        let file = target.file;
        if !bytes.is_empty() {
            self.step(Step::Wrote { file, at, bytes });
        }
    }

    /// What is written through memory is not seen here; only SQLite's shared memory may be.
    fn mapped(&self, arguments: &[Argument]) {
        let is_written = arguments[2].word().contains("PROT_WRITE")
            && arguments[3].word().contains("MAP_SHARED");
        let Some(open) = self.open.get(&arguments[4].number()).filter(|_| is_written) else {
            return;
        };
        let named = |(_, name): &Name| is_shared_memory(name);
        let mut names = self.live.names.iter().filter(|(_, file)| **file == open.file);
        assert!(names.all(|(name, _)| named(name)), "a file is written through memory");
    }

    fn made_folder(&mut self, folder: Option<&Argument>, path: &[u8]) {
        if let Way::Inside(name) = self.way(folder, path) {
            let file = self.new_file(None);
            self.step(Step::Named { name, file });
        }
    }

    fn removed(&mut self, folder: Option<&Argument>, path: &[u8]) {
        if let Way::Inside(name) = self.way(folder, path) {
            self.step(Step::Unnamed { name });
        }
    }

    fn renamed(
        &mut self,
        (from_folder, from): (Option<&Argument>, &Argument),
        (to_folder, to): (Option<&Argument>, &Argument),
    ) {
        match (self.way(from_folder, from.bytes()), self.way(to_folder, to.bytes())) {
            (Way::Inside(from), Way::Inside(to)) => {
                let file = self.live.names[&from];
                self.step(Step::Renamed { from, to, file });
            }
            (Way::Outside, Way::Outside) => {}
            _ => panic!("something came from outside or went there"),
        }
    }
}
