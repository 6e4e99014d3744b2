//! Undoes what a Telex input method does to hex. A reader in keyboard mode types the hex of a BHYT
//! name; Unikey turns `aa` into `â`, `ee` into `ê`, `dd` into `đ` and an `f` into a grave accent
//! on a vowel before it. Every Vietnamese ấ ầ ẩ ẫ ậ has `aa` in its hex, so every such card comes
//! out damaged. Where the `f` was is not told by the result: the place that gives UTF-8 is taken.

use std::str;

use zeroize::Zeroizing;

/// Longest run of letters that is tried: UTF-8 of Vietnamese has no longer one than six.
const LONGEST_RUN: usize = 8;

/// What was typed to get a letter: the keys, and whether an `f` belongs to it.
fn keys(c: char) -> Option<(&'static [u8], bool)> {
    Some(match c {
        'a' => (b"a", false),
        'b' => (b"b", false),
        'c' => (b"c", false),
        'd' => (b"d", false),
        'e' => (b"e", false),
        'f' => (b"f", false),
        'â' => (b"aa", false),
        'ê' => (b"ee", false),
        'đ' => (b"dd", false),
        'à' => (b"a", true),
        'è' => (b"e", true),
        'ầ' => (b"aa", true),
        'ề' => (b"ee", true),
        _ => return None,
    })
}

/// The lower-case form of a letter, which for these is one letter.
fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether hex that went through Telex can hold this character.
pub(super) fn is_possible(c: char) -> bool {
    c.is_ascii_digit() || keys(lower(c)).is_some()
}

/// The hex that was typed, in lower case; `None` if no UTF-8 can have been behind it.
pub(super) fn restore(damaged: &str) -> Option<Zeroizing<Vec<u8>>> {
    // No letter stands for more than three keys (ầ: `aaf`), nor is any shorter than one byte.
    let mut hex = Hex { digits: Zeroizing::new(Vec::with_capacity(damaged.len() * 3)), settled: 0 };
    let mut rest = damaged;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            hex.digits.push(u8::try_from(first).ok()?);
            rest = rest.get(1..)?;
        } else {
            let run = rest.split(|c: char| c.is_ascii_digit()).next()?;
            hex.push_run(run)?;
            rest = rest.get(run.len()..)?;
        }
    }
    Some(hex.digits)
}

/// Hex restored so far.
struct Hex {
    digits: Zeroizing<Vec<u8>>,
    /// So many digits are whole letters of UTF-8 and need no second look.
    settled: usize,
}

impl Hex {
    /// Adds the keys of a run of letters, with an `f` where it gives UTF-8.
    fn push_run(&mut self, run: &str) -> Option<()> {
        let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST_RUN * 3));
        let mut accent = None;
        let mut before = None;
        for (place, c) in run.chars().map(lower).enumerate() {
            let (keys, accented) = keys(c)?;
            if place == LONGEST_RUN {
                return None;
            }
            typed.extend_from_slice(keys);
            // A double letter that was not composed was typed three times, which undoes it.
            if keys.len() == 1 && before == keys.first().copied() && matches!(c, 'a' | 'd' | 'e') {
                typed.extend_from_slice(keys);
                before = None;
            } else {
                before = (keys.len() == 1).then(|| keys.first().copied()).flatten();
            }
            if accented {
                accent = Some(typed.len());
            }
        }
        match accent {
            None => self.push_if_utf8(&typed),
            Some(vowel) => (vowel..=typed.len()).find_map(|place| {
                let (head, tail) = typed.split_at_checked(place)?;
                let mut keys = Zeroizing::new(Vec::with_capacity(typed.len() + 1));
                keys.extend_from_slice(head);
                keys.push(b'f');
                keys.extend_from_slice(tail);
                self.push_if_utf8(&keys)
            }),
        }
    }

    /// Adds keys if everything so far can be the beginning of visible UTF-8.
    fn push_if_utf8(&mut self, keys: &[u8]) -> Option<()> {
        let length = self.digits.len();
        self.digits.extend_from_slice(keys);
        match self.whole_letters() {
            Some(letters) => {
                self.settled += 2 * letters;
                Some(())
            }
            None => {
                self.digits.truncate(length);
                None
            }
        }
    }

    /// How many bytes after the settled ones are whole letters; `None` if they can be none.
    fn whole_letters(&self) -> Option<usize> {
        let open = self.digits.get(self.settled..)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(open.len() / 2));
        for pair in open.chunks_exact(2) {
            bytes.push(byte(pair)?);
        }
        let letters = match str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
            }
            Err(_) => return None,
        };
        (!letters.chars().any(char::is_control)).then_some(letters.len())
    }
}

/// The byte of two hex digits.
pub(super) fn byte(pair: &[u8]) -> Option<u8> {
    let &[high, low] = pair else { return None };
    let digit = |key: u8| char::from(key).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to_hex(text: &str) -> String {
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Types keys through Telex. A tone key works on the last vowel of the word so far; digits
    /// end a word.
    fn telex(keys: &str) -> String {
        let mut word: Vec<char> = Vec::new();
        let mut typed = String::new();
        for key in keys.chars() {
            if key.is_ascii_digit() {
                typed.extend(word.drain(..));
                typed.push(key);
                continue;
            }
            match (key, word.last().copied()) {
                ('a', Some('a')) => *word.last_mut().unwrap() = 'â',
                ('e', Some('e')) => *word.last_mut().unwrap() = 'ê',
                ('d', Some('d')) => *word.last_mut().unwrap() = 'đ',
                ('a', Some('â')) => {
                    word.pop();
                    word.extend(['a', 'a']);
                }
                ('e', Some('ê')) => {
                    word.pop();
                    word.extend(['e', 'e']);
                }
                ('f', _) => match word.iter_mut().rev().find(|c| "aâeê".contains(**c)) {
                    Some(vowel) => {
                        *vowel = match *vowel {
                            'a' => 'à',
                            'â' => 'ầ',
                            'e' => 'è',
                            _ => 'ề',
                        }
                    }
                    None => word.push('f'),
                },
                _ => word.push(key),
            }
        }
        typed.extend(word);
        typed
    }

    fn restored(damaged: &str) -> Option<String> {
        restore(damaged).map(|hex| String::from_utf8(hex.to_vec()).unwrap())
    }

    #[test]
    fn every_letter_with_every_neighbour_survives_telex() {
        let letters: Vec<char> =
            " abnouĂăÂâĐđÊêÔôƠơƯưÀàÁáÃãÈèÉéÌìÍíÒòÓóÕõÙùÚúÝýĨĩŨũ".chars().chain('Ạ'..='ỹ').collect();
        for &first in &letters {
            for &second in &letters {
                let hex = to_hex(&format!("n{first}{second}m"));
                assert_eq!(restored(&telex(&hex)), Some(hex.clone()), "{first}{second} {hex}");
                assert_eq!(restored(&telex(&hex).to_uppercase()), Some(hex));
            }
        }
    }

    #[test]
    fn what_is_no_damaged_hex_is_not_restored() {
        for text in ["Nguyễn", "4e6g", "c3câ9", "bàb", "aaaaaaaaaaaaaaaa", "ưa"] {
            assert_eq!(restored(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whole_names_survive_telex(name in "[A-ZÀ-ÃĐÊÔẠ-Ỹ][a-zà-ãđêôơưạ-ỹ ]{0,40}") {
            let hex = to_hex(&name);
            prop_assert_eq!(restored(&telex(&hex)), Some(hex));
        }

        #[test]
        fn nothing_panics(text in "[0-9a-fâêđàèầềÂĐ]{0,60}") {
            restore(&text);
        }
    }
}
