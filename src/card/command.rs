//! Printed command cards: the same choices without a touch screen. The codes stay in the
//! alphanumeric set of QR (upper case, digits, `:` and `-`), which makes the printed squares large.

/// What a command card asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// "Sổ sức khỏe trên VNeID".
    Vneid,
    /// "Sổ giấy".
    Paper,
    /// "Chưa có, cần hướng dẫn".
    Guide,
    /// "Không quét – tiếp tục".
    Skip,
    /// The next step.
    Next,
    /// One step back.
    Back,
    /// Start over.
    StartOver,
    /// "Gọi nhân viên".
    Staff,
    /// "Tôi vẫn ở đây": no, do not wipe the screen.
    Stay,
}

/// What every command code begins with.
const PREFIX: &str = "TIEPDON:";

impl Command {
    /// Every command, in the order of the printed sheet.
    pub const ALL: [Self; 9] = [
        Self::Vneid,
        Self::Paper,
        Self::Guide,
        Self::Skip,
        Self::Next,
        Self::Back,
        Self::StartOver,
        Self::Staff,
        Self::Stay,
    ];

    /// The text in the printed QR. Cards hang on walls for years: it never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vneid => "TIEPDON:VNEID",
            Self::Paper => "TIEPDON:PAPER",
            Self::Guide => "TIEPDON:GUIDE",
            Self::Skip => "TIEPDON:SKIP",
            Self::Next => "TIEPDON:NEXT",
            Self::Back => "TIEPDON:BACK",
            Self::StartOver => "TIEPDON:START-OVER",
            Self::Staff => "TIEPDON:STAFF",
            Self::Stay => "TIEPDON:STAY",
        }
    }

    /// Whether a scan claims to be a command, known or not.
    pub(super) fn claims(text: &str) -> bool {
        text.get(..PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(PREFIX))
    }

    /// The command of a scan. Case does not matter: some readers are set to change it.
    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| text.eq_ignore_ascii_case(command.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_in_any_case_and_fits_alphanumeric_qr() {
        for command in Command::ALL {
            assert!(Command::claims(command.code()));
            assert_eq!(Command::read(command.code()), Some(command));
            assert_eq!(Command::read(&command.code().to_lowercase()), Some(command));
            assert!(
                command
                    .code()
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b':' | b'-'))
            );
        }
    }

    #[test]
    fn an_unknown_code_is_claimed_but_is_no_command() {
        assert!(Command::claims("tiepdon:xyz"));
        assert_eq!(Command::read("tiepdon:xyz"), None);
        assert!(!Command::claims("TIEPDỌN:VNEID"));
        assert!(!Command::claims("TIEPDON"));
    }
}
