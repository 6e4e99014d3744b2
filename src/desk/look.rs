//! How the screens look and speak: chosen by whoever stands there, gone when they are.

use crate::guide::Language;

/// How the screens look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// In which language.
    pub language: Language,
    /// "Chữ to".
    pub large: bool,
    /// "Tương phản mạnh": black on white.
    pub contrast: bool,
    /// "Nút ở thấp": everything to touch in the lower part, for a wheelchair or a child.
    pub low: bool,
    /// "Đọc to": the station's recorded sounds are played.
    pub aloud: bool,
}

/// A wish about the look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another language.
    Language(Language),
    /// Larger letters, or not.
    Large,
    /// More contrast, or not.
    Contrast,
    /// Everything lower, or not.
    Low,
    /// Read aloud, or not.
    Aloud,
}

impl Look {
    /// This look with one thing changed.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        match change {
            Change::Language(language) => self.language = language,
            Change::Large => self.large = !self.large,
            Change::Contrast => self.contrast = !self.contrast,
            Change::Low => self.low = !self.low,
            Change::Aloud => self.aloud = !self.aloud,
        }
        self
    }
}
