//! The answers of a reader's module to commands (GROW GM65, GM67, GM805 and kin). Nobody here sends
//! commands, but a set-up sheet or a module that has just started makes it answer, and the next
//! code follows at once. Form: `02 00` or `03 00`, kind 0, length, data, checksum.

/// The longest answer is a page of settings; more is no answer.
const LONGEST_DATA: usize = 64;

/// Bytes before the data.
const HEAD: usize = 4;

/// Bytes of the checksum.
const CHECKSUM: usize = 2;

/// What the bytes so far are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The beginning of an answer, as far as can be told.
    Begun,
    /// An answer of so many bytes, perhaps with something behind it.
    Whole(usize),
    /// Something else.
    None,
}

/// Whether bytes are an answer.
#[must_use]
pub fn of(bytes: &[u8]) -> Answer {
    match *bytes {
        [2 | 3] | [2 | 3, 0] | [2 | 3, 0, 0] => Answer::Begun,
        [2 | 3, 0, 0, length, ..] if (1..=LONGEST_DATA).contains(&usize::from(length)) => {
            let end = HEAD + usize::from(length);
            match bytes.get(end..end + CHECKSUM) {
                None => Answer::Begun,
                Some([high, low])
                    if bytes.get(2..end).map(checksum)
                        == Some(u16::from_be_bytes([*high, *low])) =>
                {
                    Answer::Whole(end + CHECKSUM)
                }
                Some(_) => Answer::None,
            }
        }
        _ => Answer::None,
    }
}

/// What follows the answers at the head of a record.
pub(super) fn without_answers(mut record: &[u8]) -> &[u8] {
    while let Answer::Whole(length) = of(record) {
        record = record.get(length..).unwrap_or_default();
    }
    record
}

/// CRC-CCITT as these modules reckon it: polynomial 0x1021, beginning with 0.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| {
            if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Done", as the manuals print it.
    const DONE: [u8; 7] = [2, 0, 0, 1, 0, 0x33, 0x31];

    #[test]
    fn an_answer_is_known_by_its_checksum() {
        for length in 1..DONE.len() {
            assert_eq!(of(&DONE[..length]), Answer::Begun, "{length}");
        }
        assert_eq!(of(&DONE), Answer::Whole(7));
        assert_eq!(of(&[3, 0, 0, 1, 0, 0x33, 0x31]), Answer::Whole(7));
        assert_eq!(of(&[2, 0, 0, 1, 0, 0x33, 0x32]), Answer::None);
        for other in [&b"\x02001090000001"[..], b"", b"001", b"\x02\0\x01\x01", b"\x02\0\0\0"] {
            assert_eq!(of(other), Answer::None, "{other:?}");
        }
        assert_eq!(without_answers(&[&DONE[..], &DONE, b"x"].concat()), b"x");
    }
}
