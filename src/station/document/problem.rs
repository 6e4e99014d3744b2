//! What is wrong in a configuration, in the words of the people who write it.

use std::fmt;
use std::path::PathBuf;

use crate::printable::{printable, printable_path};

/// What is wrong with one value, before its place in the file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in Vietnamese; reads on after the name of the key.
    pub message: String,
    /// What to do about it, in Vietnamese.
    pub fix: String,
}

impl Fault {
    /// A fault and its fix.
    pub fn new(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { message: message.into(), fix: fix.into() }
    }
}

/// One mistake and its place. Prints as `file:line:column: what is wrong; how to fix it`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was opened.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in Vietnamese, on one line.
    pub message: String,
    /// What to do about it, in Vietnamese, on one line.
    pub fix: String,
}

impl Problem {
    /// A problem of a file as a whole: it points at the file's first character.
    pub fn of_file(file: impl Into<PathBuf>, fault: Fault) -> Self {
        let Fault { message, fix } = fault;
        Self { file: file.into(), line: 1, column: 1, message, fix }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, fix } = self;
        write!(f, "{}:{line}:{column}: {message}; {fix}", printable_path(file))
    }
}

/// Every mistake of a configuration, in the order of files and lines; prints one a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems, in the order of files and lines.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        let mut problems = Vec::from_iter(problems);
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Self(problems)
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Longest piece of a file that a message repeats, in characters; the place says the rest.
const LONGEST_QUOTE: usize = 40;

/// A piece of a file for a message: on one line, and not too long.
pub(super) fn shorten(text: &str) -> String {
    let mut short: String = printable(text).chars().take(LONGEST_QUOTE).collect();
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        short.push('…');
    }
    short
}

/// The same between quotation marks.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", shorten(text))
}
