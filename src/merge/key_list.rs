//! The keys that whoever joins the exports has been told by telephone or on paper.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::event::Origin;
use crate::seal::{Fingerprint, PublicKey};

/// Ending of a key as `tiepdon key` prints it.
const PEM: &str = "pem";

/// Which keys are known to be whose. A desk may have several: a new machine has a new one.
#[derive(Clone, Debug, Default)]
pub struct KeyList(HashMap<Origin, HashSet<Fingerprint>>);

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It is not there, or cannot be read.
    #[error("không đọc được {}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line says something else than it should.
    #[error("{}, dòng {line}: không hiểu {text:?}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What it says.
        text: String,
    },
    /// A key in a folder of keys does not say whose it is.
    #[error("tên tệp {} không cho biết khóa của điểm nào", .0.display())]
    Nobodys(PathBuf),
    /// A file of a folder of keys is no key.
    #[error("{} không phải khóa công khai", .0.display())]
    NotAKey(PathBuf),
    /// Nothing is listed.
    #[error("{} không ghi gì", .0.display())]
    Empty(PathBuf),
}

impl ListError {
    /// What to do, in words for whoever joins the exports.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "Vui lòng xem lại đường dẫn.",
            Self::Line { .. } => {
                "Mỗi dòng của danh sách điểm ghi mã trạm và mã điểm, ví dụ: AG-TRITON D1. Danh sách \
                 khóa ghi thêm mã khóa mà lệnh tiepdon key in ra. Dòng bắt đầu bằng # được bỏ qua."
            }
            Self::Nobodys(_) => {
                "Vui lòng đặt tên tệp là mã trạm, gạch dưới, mã điểm, ví dụ: AG-TRITON_D1.pem."
            }
            Self::NotAKey(_) => "Vui lòng lưu lại khóa bằng lệnh tiepdon key trên máy của trạm.",
            Self::Empty(_) => {
                "Vui lòng xem lại đường dẫn, hoặc ghi ít nhất một điểm vào danh sách."
            }
        }
    }
}

impl KeyList {
    /// Reads a file with a line `station point fingerprint` for each key, or a folder with keys as
    /// `tiepdon key` prints them, called `STATION_POINT.pem`; more of the same desk
    /// `STATION_POINT_….pem`.
    ///
    /// # Errors
    /// A variant per cause; nothing is left out silently.
    pub fn read(path: &Path) -> Result<Self, ListError> {
        let list = if path.is_dir() { of_folder(path)? } else { of_file(path)? };
        if list.0.is_empty() { Err(ListError::Empty(path.to_owned())) } else { Ok(list) }
    }

    /// Whether this key is known to be the desk's; `None` when no key of the desk is known.
    pub(super) fn knows(&self, origin: &Origin, key: Fingerprint) -> Option<bool> {
        self.0.get(origin).map(|known| known.contains(&key))
    }

    fn add(&mut self, origin: Origin, key: Fingerprint) {
        self.0.entry(origin).or_default().insert(key);
    }
}

fn of_file(path: &Path) -> Result<KeyList, ListError> {
    let mut list = KeyList::default();
    for (line, words) in &lines(path)? {
        let read = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [station, point, key] => origin(station, point).zip(key.parse().ok()),
            _ => None,
        };
        let (origin, key) = read.ok_or_else(|| not_understood(path, *line, words))?;
        list.add(origin, key);
    }
    Ok(list)
}

fn of_folder(folder: &Path) -> Result<KeyList, ListError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| ListError::Unreadable { path, source }
    };
    let mut list = KeyList::default();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_none_or(|ending| ending != PEM) {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let mut parts = name.split('_');
        let whose = parts.next().zip(parts.next());
        let whose = whose.and_then(|(station, point)| origin(station, point));
        let whose = whose.ok_or_else(|| ListError::Nobodys(path.clone()))?;
        let pem = fs::read_to_string(&path).map_err(unreadable(&path))?;
        let key = PublicKey::from_pem(&pem).map_err(|_| ListError::NotAKey(path))?;
        list.add(whose, key.fingerprint());
    }
    Ok(list)
}

/// A desk by its two codes.
pub(super) fn origin(station: &str, point: &str) -> Option<Origin> {
    Some(Origin { station: station.parse().ok()?, point: point.parse().ok()? })
}

/// The lines of a list that say something, numbered from 1, in words.
pub(super) fn lines(path: &Path) -> Result<Vec<(usize, Vec<String>)>, ListError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ListError::Unreadable { path: path.to_owned(), source })?;
    // Windows' Notepad puts a byte order mark first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = (1..).zip(text.lines().map(str::trim));
    let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    Ok(said.map(|(number, line)| (number, words(line))).collect())
}

pub(super) fn not_understood(path: &Path, line: usize, words: &[String]) -> ListError {
    ListError::Line { path: path.to_owned(), line, text: words.join(" ") }
}
