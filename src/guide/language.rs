//! The languages of the screens and guides.

/// A language patients can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Tiếng Việt, the language the texts are written in.
    #[default]
    Vietnamese,
    /// English.
    English,
    /// ភាសាខ្មែរ.
    Khmer,
}

impl Language {
    /// Every language, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Vietnamese, Self::English, Self::Khmer];

    /// Its ISO 639-1 code, which also names its folders of texts and sounds.
    pub fn code(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
            Self::Khmer => "km",
        }
    }

    /// The language of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}
