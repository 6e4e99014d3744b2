//! Printed command cards: the same choices without a touch screen. The codes stay in the
//! alphanumeric set of QR (upper case, digits, `:` and `-`), which makes the printed squares large.

use super::marks;

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
    /// The answer of this number on the screen, from 1 to 8.
    Answer(u8),
    /// The next step.
    Next,
    /// One step back.
    Back,
    /// "Xong, vào khám".
    Finish,
    /// "Kiểm tra số thẻ".
    CheckNumber,
    /// "Gửi chưa được".
    SendFailed,
    /// The screens in Vietnamese.
    Vietnamese,
    /// The screens in English.
    English,
    /// The screens in Khmer.
    Khmer,
    /// "Chữ to", or not.
    Large,
    /// "Tương phản mạnh", or not.
    Contrast,
    /// "Thông tin được giữ kín".
    Notice,
    /// Start over.
    StartOver,
    /// "Gọi nhân viên".
    Staff,
    /// "Tôi vẫn ở đây": no, do not wipe the screen.
    Stay,
    /// "Tôi đến": somebody of the staff takes the call.
    Coming,
    /// "Đã giúp xong": the call is over.
    Helped,
}

/// What every command code begins with.
const PREFIX: &str = "TIEPDON:";

/// Every command with the text in its printed QR, in the order of the printed sheet. Cards hang on
/// walls for years: a text never changes.
const CODES: [(Command, &str); 28] = [
    (Command::Vneid, "TIEPDON:VNEID"),
    (Command::Paper, "TIEPDON:PAPER"),
    (Command::Guide, "TIEPDON:GUIDE"),
    (Command::Skip, "TIEPDON:SKIP"),
    (Command::Next, "TIEPDON:NEXT"),
    (Command::Back, "TIEPDON:BACK"),
    (Command::Finish, "TIEPDON:FINISH"),
    (Command::StartOver, "TIEPDON:START-OVER"),
    (Command::Staff, "TIEPDON:STAFF"),
    (Command::Stay, "TIEPDON:STAY"),
    (Command::Answer(1), "TIEPDON:1"),
    (Command::Answer(2), "TIEPDON:2"),
    (Command::Answer(3), "TIEPDON:3"),
    (Command::Answer(4), "TIEPDON:4"),
    (Command::Answer(5), "TIEPDON:5"),
    (Command::Answer(6), "TIEPDON:6"),
    (Command::Answer(7), "TIEPDON:7"),
    (Command::Answer(8), "TIEPDON:8"),
    (Command::CheckNumber, "TIEPDON:CHECK-NUMBER"),
    (Command::SendFailed, "TIEPDON:SEND-FAILED"),
    (Command::Vietnamese, "TIEPDON:VI"),
    (Command::English, "TIEPDON:EN"),
    (Command::Khmer, "TIEPDON:KM"),
    (Command::Large, "TIEPDON:LARGE"),
    (Command::Contrast, "TIEPDON:CONTRAST"),
    (Command::Notice, "TIEPDON:NOTICE"),
    (Command::Coming, "TIEPDON:COMING"),
    (Command::Helped, "TIEPDON:HELPED"),
];

impl Command {
    /// Every command with its code, in the order of the printed sheet.
    pub fn all() -> impl Iterator<Item = (Self, &'static str)> {
        CODES.into_iter()
    }

    /// The text in its printed QR.
    #[must_use]
    pub fn code(self) -> &'static str {
        // A number no card has cannot be printed either: the bare prefix is no command.
        Self::all().find(|(command, _)| *command == self).map_or(PREFIX, |(_, code)| code)
    }

    /// The command of a scan, also with a code id before or behind it; `Some(None)` for one that
    /// claims to be a command and is none.
    pub(super) fn find(text: &str) -> Option<Option<Self>> {
        let claim = marks::behind_code_id(text).find(|text| Self::claims(text))?;
        let behind = || marks::without_code_id_behind(claim).find_map(Self::read);
        Some(Self::read(claim).or_else(behind))
    }

    /// Whether bytes are the beginning of a command: `Some(true)` for a whole one.
    pub(super) fn begun(code: &[u8]) -> Option<bool> {
        let is_here = |whole: &str| {
            let whole = whole.as_bytes();
            whole.get(..code.len()).is_some_and(|head| head.eq_ignore_ascii_case(code))
        };
        let mut begun = Self::all().filter(|(_, whole)| is_here(whole)).peekable();
        begun.peek()?;
        Some(begun.any(|(_, whole)| whole.len() == code.len()))
    }

    /// Whether a scan claims to be a command, known or not.
    pub(super) fn claims(text: &str) -> bool {
        text.get(..PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(PREFIX))
    }

    /// The command of a scan. Case does not matter: some readers are set to change it.
    pub(super) fn read(text: &str) -> Option<Self> {
        Self::all().find(|(_, code)| text.eq_ignore_ascii_case(code)).map(|(command, _)| command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_in_any_case_and_fits_alphanumeric_qr() {
        for (command, code) in Command::all() {
            assert!(Command::claims(code));
            assert_eq!(Command::read(code), Some(command));
            assert_eq!(Command::read(&code.to_lowercase()), Some(command));
            assert!(code.bytes().all(|byte| {
                byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b':' | b'-')
            }));
        }
    }

    /// Printed cards hang on walls for years.
    #[test]
    fn the_cards_of_the_staff_are_pinned() {
        assert_eq!(Command::read("TIEPDON:COMING"), Some(Command::Coming));
        assert_eq!(Command::read("TIEPDON:HELPED"), Some(Command::Helped));
    }

    #[test]
    fn an_unknown_code_is_claimed_but_is_no_command() {
        assert!(Command::claims("tiepdon:xyz"));
        assert_eq!(Command::read("tiepdon:xyz"), None);
        assert!(!Command::claims("TIEPDỌN:VNEID"));
        assert!(!Command::claims("TIEPDON"));
    }
}
