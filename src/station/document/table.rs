//! Walking through the tables of a file: what must be there, what may, and what must not.

use std::ops::RangeInclusive;

use toml::de::{DeTable, DeValue};

use super::problem::{Fault, Problem, quote};
use super::rule::list;
use super::source::Source;

/// Stands for a value that could not be had: its problem is told already. Only a table makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    _by_a_table: (),
}

const REPORTED: Reported = Reported { _by_a_table: () };

/// One table of a file. Every key that is read is a known one; all others are problems.
#[derive(Debug)]
pub struct Table<'a> {
    source: &'a Source,
    /// As people write it: `[station]`.
    title: String,
    /// Where its head stands, as a byte offset.
    head: usize,
    entries: &'a DeTable<'a>,
    /// Whether the file has no line that could not be read.
    whole: bool,
    asked: Vec<&'static str>,
    /// What is missing, by key: told at the end, unless the key is only misspelt.
    missing: Vec<(&'static str, Vec<Problem>)>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Table<'a> {
    pub(super) fn root(
        source: &'a Source,
        entries: &'a DeTable<'a>,
        whole: bool,
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        let (title, head) = ("tệp này".to_owned(), 0);
        let (asked, missing) = (Vec::new(), Vec::new());
        Self { source, title, head, entries, whole, asked, missing, problems }
    }

    /// Reads the table to its end, then tells what is missing and what does not belong here.
    pub(super) fn walk<T>(
        mut self,
        read: impl FnOnce(&mut Table<'_>) -> Result<T, Reported>,
    ) -> Result<T, Reported> {
        let value = read(&mut self);
        self.finish();
        value
    }

    /// The value of a key that must be there; `example` is shown when it is not, as TOML.
    ///
    /// # Errors
    /// When it is missing or breaks the rule.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        example: &str,
        rule: impl Fn(&DeValue<'_>) -> Result<T, Fault>,
    ) -> Result<T, Reported> {
        if let Some(value) = self.optional(key, rule)? {
            return Ok(value);
        }
        let fault = Fault::new(
            format!("{} thiếu khóa {key}", self.title),
            format!("thêm dòng {key} = {example}"),
        );
        self.missing.push((key, vec![self.source.problem(self.head, fault)]));
        Err(REPORTED)
    }

    /// The value of a key that may be left out.
    ///
    /// # Errors
    /// When it is there and breaks the rule.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        rule: impl Fn(&DeValue<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Reported> {
        self.asked.push(key);
        let entries = self.entries;
        entries
            .get(key)
            .map(|value| rule(value.get_ref()).map_err(|fault| self.fault(key, fault)))
            .transpose()
    }

    /// A table below this one. When it is left out it is read as an empty one.
    ///
    /// # Errors
    /// When it is no table, or `read` fails.
    pub fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Table<'_>) -> Result<T, Reported>,
    ) -> Result<T, Reported> {
        if self.entries.contains_key(key) {
            return self.present(key, read);
        }
        self.asked.push(key);
        let (nothing, mut missing) = (DeTable::new(), Vec::new());
        let mut empty = Table::root(self.source, &nothing, self.whole, &mut missing);
        empty.title = format!("[{key}]");
        let value = empty.walk(read);
        self.missing.push((key, missing));
        value
    }

    /// A table below this one that may be left out.
    ///
    /// # Errors
    /// When it is there but is no table, or `read` fails.
    pub fn optional_table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Table<'_>) -> Result<T, Reported>,
    ) -> Result<Option<T>, Reported> {
        if self.entries.contains_key(key) {
            return self.present(key, read).map(Some);
        }
        self.asked.push(key);
        Ok(None)
    }

    /// The tables of a list, written `[[key]]` each.
    ///
    /// # Errors
    /// When there are too few or too many, or `read` fails for one of them. None at all is no
    /// error where `count` begins at 0.
    pub fn tables<T>(
        &mut self,
        key: &'static str,
        count: RangeInclusive<usize>,
        mut read: impl FnMut(&mut Table<'_>) -> Result<T, Reported>,
    ) -> Result<Vec<T>, Reported> {
        self.asked.push(key);
        if *count.start() == 0 && !self.has(key) {
            return Ok(Vec::new());
        }
        let title = format!("[[{key}]]");
        let Some(value) = self.entries.get(key) else {
            let fault = Fault::new(
                format!("{} thiếu mục {title}", self.title),
                format!("thêm ít nhất {} mục {title}", count.start()),
            );
            self.missing.push((key, vec![self.source.problem(self.head, fault)]));
            return Err(REPORTED);
        };
        let fix = format!("viết mỗi mục dưới một dòng {title}, hai lần ngoặc vuông");
        let Some(array) = value.get_ref().as_array() else {
            return Err(self.fault(key, Fault::new("phải là một danh sách", fix)));
        };
        let mut items = Vec::new();
        for item in array {
            items.push(match item.get_ref().as_table() {
                Some(entries) => {
                    self.below(title.clone(), item.span().start, entries).walk(&mut read)
                }
                None => Err(self.fault(key, Fault::new("có mục không phải là bảng", fix.clone()))),
            });
        }
        if !count.contains(&items.len()) {
            let (least, most) = count.into_inner();
            let fault = Fault::new(
                format!("có {} mục, phải từ {least} đến {most}", items.len()),
                "thêm bớt cho đủ",
            );
            return Err(self.fault(key, fault));
        }
        items.into_iter().collect()
    }

    /// Tells a fault at the value of a key, or at the head of the table when the key is left out.
    pub fn fault(&mut self, key: &str, fault: Fault) -> Reported {
        let at = self.entries.get(key).map_or(self.head, |value| value.span().start);
        let fault = Fault::new(format!("{key} {}", fault.message), fault.fix);
        self.problems.push(self.source.problem(at, fault));
        REPORTED
    }

    /// Whether a key is written in this table.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    fn present<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Table<'_>) -> Result<T, Reported>,
    ) -> Result<T, Reported> {
        self.asked.push(key);
        let value = self.entries.get(key);
        let table = value.and_then(|value| Some((value.span().start, value.get_ref().as_table()?)));
        let Some((head, entries)) = table else {
            let fix = format!("viết [{key}] trên một dòng riêng");
            return Err(self.fault(key, Fault::new("phải là một bảng", fix)));
        };
        self.below(format!("[{key}]"), head, entries).walk(read)
    }

    fn below<'b>(&'b mut self, title: String, head: usize, entries: &'b DeTable<'b>) -> Table<'b> {
        let mut table = Table::root(self.source, entries, self.whole, self.problems);
        table.title = title;
        table.head = head;
        table
    }

    fn finish(self) {
        let mut misspelt = Vec::new();
        for (key, value) in self.entries {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let (kind, shown) = if value.get_ref().is_table() {
                ("bảng", format!("[{name}]"))
            } else if value.get_ref().is_array() {
                ("mục", format!("[[{name}]]"))
            } else {
                ("khóa", name.to_owned())
            };
            let near = nearest(name, self.asked.iter().copied());
            let fix = near.map_or_else(
                || format!("xóa đi hoặc chuyển về đúng chỗ; ở đây có: {}", list(&self.asked)),
                |near| format!("sửa thành {near}"),
            );
            misspelt.extend(near);
            let fault =
                Fault::new(format!("{} không có {kind} {}", self.title, quote(&shown)), fix);
            self.problems.push(self.source.problem(key.span().start, fault));
        }
        // A line that could not be read may have held what is missing.
        if self.whole {
            let missing = self.missing.into_iter().filter(|(key, _)| !misspelt.contains(key));
            self.problems.extend(missing.flat_map(|(_, problems)| problems));
        }
    }
}

/// Jaro-Winkler likeness from which a word is taken for a misspelt one. Below it, suggestions
/// such as `code` for `commune` would only confuse.
const ALIKE: f64 = 0.8;

/// The known word that is most like this one, if any is.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&word, known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
