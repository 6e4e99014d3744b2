//! The paper that people ask for, as it is called on the command line and in the names of files.

use clap::ValueEnum;

use crate::print::Format;

/// A size of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PaperSize {
    A4,
    A3,
}

impl PaperSize {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::A3 => "a3",
        }
    }

    pub(super) fn format(self) -> Format {
        match self {
            Self::A4 => Format::A4,
            Self::A3 => Format::A3,
        }
    }
}
