//! The page of the box's health: the words for screen and paper.

use super::{Finding, Verdict};

/// All findings, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What all of it comes to.
    pub title: String,
    /// Whether nothing is red.
    pub is_ready: bool,
    /// What must be done stands first.
    pub rows: Vec<Row>,
}

/// One finding, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub name: &'static str,
    /// How it is. Colour alone must not tell: show [`Row::state`] too.
    pub verdict: Verdict,
    /// The verdict in words.
    pub state: &'static str,
    /// How it is, in words.
    pub text: String,
    /// What to do now; may be empty.
    pub advice: String,
}

impl Page {
    /// The page of these findings.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let count = |verdict| findings.iter().filter(|it| it.verdict == verdict).count();
        let title = match (count(Verdict::Bad), count(Verdict::Unknown)) {
            (0, 0) => "Máy sẵn sàng".to_owned(),
            (0, unknown) => format!("Máy sẵn sàng, {unknown} mục không rõ"),
            (bad, _) => format!("Có {bad} mục cần xử lý"),
        };
        let mut rows: Vec<Row> = findings.iter().map(Row::of).collect();
        rows.sort_by_key(|row| row.verdict != Verdict::Bad);
        Self { title, is_ready: count(Verdict::Bad) == 0, rows }
    }
}

impl Row {
    fn of(finding: &Finding) -> Self {
        let Finding { part, verdict, text, advice } = finding;
        let state = match verdict {
            Verdict::Good => "Tốt",
            Verdict::Bad => "Cần xử lý",
            Verdict::Unknown => "Không rõ",
        };
        let (text, advice) = (text.clone(), advice.clone());
        Self { name: part.name(), verdict: *verdict, state, text, advice }
    }
}

/// Bytes as people say them: "12,4 GB".
pub(super) fn bytes(bytes: u64) -> String {
    const MEGA: u64 = 1_000_000;
    const GIGA: u64 = 1000 * MEGA;
    if bytes >= GIGA {
        let tenths = bytes / (GIGA / 10);
        format!("{},{}\u{a0}GB", tenths / 10, tenths % 10)
    } else {
        format!("{}\u{a0}MB", bytes / MEGA)
    }
}
