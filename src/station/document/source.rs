//! One configuration file: its text, and the places in it.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Fault, Problem, Problems};
use super::syntax;
use super::table::{Reported, Table};

/// Largest file that is read, in bytes. The sample files have 5 KiB; what is larger is no
/// configuration but, say, a video that was copied to the wrong folder.
const LARGEST_FILE: u64 = 64 * 1024;

/// The text of one configuration file.
#[derive(Clone, Debug)]
pub struct Source {
    file: PathBuf,
    text: String,
    /// Where each line begins, as a byte offset.
    lines: Vec<usize>,
}

impl Source {
    /// A text under the name that its problems are told with.
    pub fn new(file: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let (file, text) = (file.into(), text.into());
        let after_newlines = text.match_indices('\n').map(|(newline, _)| newline + 1);
        let lines = std::iter::once(0).chain(after_newlines).collect();
        Self { file, text, lines }
    }

    /// The file, as it was opened.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is larger than 64 KiB or is not UTF-8.
    pub fn load(file: &Path) -> Result<Self, Problem> {
        let mut bytes = Vec::new();
        // A pipe would wait for a writer.
        let waits_for_nobody = OFlags::NONBLOCK.bits().cast_signed();
        let open = OpenOptions::new().read(true).custom_flags(waits_for_nobody).open(file);
        let told = |error: io::Error| Problem::of_file(file, unreadable(&error));
        let open = open.map_err(told)?;
        if !open.metadata().map_err(told)?.is_file() {
            let fault = Fault::new(
                "không phải tệp (là thư mục, ống hoặc thiết bị)",
                "xóa nó, chép tệp mẫu cùng tên vào đây",
            );
            return Err(Problem::of_file(file, fault));
        }
        open.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(told)?;
        if bytes.len() as u64 > LARGEST_FILE {
            let fault = Fault::new(
                format!("tệp lớn hơn {} KiB, không phải tệp cài đặt", LARGEST_FILE / 1024),
                "chép lại tệp mẫu cùng tên",
            );
            return Err(Problem::of_file(file, fault));
        }
        Self::from_bytes(file, bytes)
    }

    /// Takes bytes as the content of a file.
    ///
    /// # Errors
    /// When they are not UTF-8; the problem points at the first wrong byte.
    pub fn from_bytes(file: &Path, bytes: Vec<u8>) -> Result<Self, Problem> {
        String::from_utf8(bytes).map(|text| Self::new(file, text)).map_err(|error| {
            let sound = error.utf8_error().valid_up_to();
            let fault = Fault::new(
                "chữ trong tệp không theo bảng mã UTF-8",
                "mở bằng trình soạn thảo rồi lưu lại với bảng mã (Encoding) UTF-8",
            );
            Self::new(file, String::from_utf8_lossy(error.as_bytes())).problem(sound, fault)
        })
    }

    /// Reads the file from its top table to its end.
    ///
    /// # Errors
    /// Every problem of the file. After an error of syntax the values on the sound lines are
    /// still checked; only what a lost line may have held is not missed.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Table<'_>) -> Result<T, Reported>,
    ) -> Result<T, Problems> {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        let mut problems: Vec<Problem> = Vec::new();
        let mut lost_lines = BTreeSet::new();
        for error in &errors {
            let problem = self.problem(syntax::offset(error), syntax::explain(error, &self.text));
            // What follows on the same line is mostly an echo of the first error.
            if !syntax::loses_its_line(error) || lost_lines.insert(problem.line) {
                problems.push(problem);
            }
        }
        if lost_lines.iter().any(|line| self.is_header(*line)) {
            // Nobody knows which table the keys below belong to.
            return Err(problems.into_iter().collect());
        }
        let mut told = Vec::new();
        let value = Table::root(self, root.get_ref(), lost_lines.is_empty(), &mut told).walk(read);
        problems.extend(told.into_iter().filter(|problem| !lost_lines.contains(&problem.line)));
        match value {
            Ok(value) if problems.is_empty() => Ok(value),
            Ok(_) | Err(Reported { .. }) => Err(problems.into_iter().collect()),
        }
    }

    /// Looks at every single value of a sound file, with the keys that lead to it, and tells what `doubt`
    /// finds questionable there. The keys of a list are those of each of its items.
    pub fn look_at_values(
        &self,
        mut doubt: impl FnMut(&[&str], &DeValue<'_>) -> Option<Fault>,
    ) -> Vec<Problem> {
        let (root, _) = DeTable::parse_recoverable(&self.text);
        let mut doubts = Vec::new();
        for (key, value) in root.get_ref() {
            self.look_below(&mut vec![key.get_ref()], value, &mut doubt, &mut doubts);
        }
        doubts
    }

    fn look_below<'v>(
        &self,
        keys: &mut Vec<&'v str>,
        value: &'v Spanned<DeValue<'_>>,
        doubt: &mut impl FnMut(&[&str], &DeValue<'_>) -> Option<Fault>,
        doubts: &mut Vec<Problem>,
    ) {
        match value.get_ref() {
            DeValue::Table(table) => {
                for (key, value) in table {
                    keys.push(key.get_ref());
                    self.look_below(keys, value, doubt, doubts);
                    keys.pop();
                }
            }
            DeValue::Array(array) => {
                for item in array {
                    self.look_below(keys, item, doubt, doubts);
                }
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {
                if let Some(fault) = doubt(keys, value.get_ref()) {
                    let key = keys.last().copied().unwrap_or_default();
                    let fault = Fault::new(format!("{key} {}", fault.message), fault.fix);
                    doubts.push(self.problem(value.span().start, fault));
                }
            }
        }
    }

    /// A fault at the byte `offset` of the text.
    pub(super) fn problem(&self, offset: usize, fault: Fault) -> Problem {
        let line = self.lines.partition_point(|start| *start <= offset);
        let end = self.text.floor_char_boundary(offset);
        let before = self.line_start(line).and_then(|start| self.text.get(start..end));
        // Windows editors put a byte order mark first; people see no character there.
        let column = before.unwrap_or_default().trim_start_matches('\u{feff}').chars().count() + 1;
        let Fault { message, fix } = fault;
        Problem { file: self.file.clone(), line, column, message, fix }
    }

    /// Where a line (from 1) begins, as a byte offset.
    fn line_start(&self, line: usize) -> Option<usize> {
        self.lines.get(line.checked_sub(1)?).copied()
    }

    /// Whether a line (from 1) is the head of a table.
    fn is_header(&self, line: usize) -> bool {
        let from_there = self.line_start(line).and_then(|start| self.text.get(start..));
        from_there.is_some_and(|text| text.trim_start_matches([' ', '\t']).starts_with('['))
    }
}

fn unreadable(error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::NotFound {
        Fault::new(
            "không có tệp này",
            "chép tệp mẫu cùng tên trong kiosk-config vào đây, hoặc sửa đường dẫn sau --config",
        )
    } else if error.kind() == io::ErrorKind::PermissionDenied {
        Fault::new("không có quyền đọc tệp này", "cấp quyền đọc cho người dùng chạy tiepdon")
    } else {
        Fault::new(format!("không đọc được tệp này ({error})"), "kiểm tra thẻ nhớ, chép lại tệp")
    }
}
