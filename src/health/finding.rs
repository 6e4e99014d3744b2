//! One thing about the box, and how it is.

use serde::Serialize;

/// What a finding is about, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The display.
    Display,
    /// The touch screen.
    Touch,
    /// The QR reader.
    Reader,
    /// What rings when a patient calls.
    Loudspeaker,
    /// Whether the power supply is strong enough.
    Power,
    /// How hot the processor is.
    Temperature,
    /// Whether what is written stays.
    Folder,
    /// Room for what is to come.
    Space,
    /// Errors the file system has met.
    CardErrors,
    /// How worn the storage is.
    CardWear,
    /// Whether what is written can be read again.
    Writing,
    /// Whether the time can be believed.
    Clock,
    /// The journal.
    Records,
    /// Whether closed days were handed out.
    Export,
    /// The configuration.
    Configuration,
}

impl Part {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Display => "Màn hình",
            Self::Touch => "Cảm ứng",
            Self::Reader => "Máy quét",
            Self::Loudspeaker => "Loa",
            Self::Power => "Nguồn điện",
            Self::Temperature => "Nhiệt độ",
            Self::Folder => "Nơi lưu dữ liệu",
            Self::Space => "Chỗ trống",
            Self::CardErrors => "Lỗi thẻ nhớ",
            Self::CardWear => "Độ mòn bộ nhớ",
            Self::Writing => "Ghi thử",
            Self::Clock => "Ngày giờ",
            Self::Records => "Dữ liệu lượt khám",
            Self::Export => "Xuất số liệu",
            Self::Configuration => "Cấu hình",
        }
    }
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Somebody has to do something.
    Bad,
    /// This box does not tell. No reason to worry.
    Unknown,
}

/// How one part of the box is, in words for the people at the station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub part: Part,
    /// How it is.
    pub verdict: Verdict,
    /// How it is, in words; reads on after the name of the part.
    pub text: String,
    /// What to do now; empty where there is nothing to do.
    pub advice: String,
}

impl Finding {
    /// Nothing to do.
    pub fn good(part: Part, text: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Good, text: text.into(), advice: String::new() }
    }

    /// Something to do.
    pub fn bad(part: Part, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Bad, text: text.into(), advice: advice.into() }
    }

    /// Nothing known.
    pub fn unknown(part: Part, text: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Unknown, text: text.into(), advice: String::new() }
    }

    /// The same, with something people may want to know.
    #[must_use]
    pub fn with_advice(self, advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), ..self }
    }
}
