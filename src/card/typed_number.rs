//! The number of a BHYT card as it is typed: right or wrong at every character, before one of the
//! three requests a day is spent on it.
//!
//! The rule is the annex of the campaign plans (A.5.1): ten digits, or fifteen characters of which
//! the first two are one of [`OBJECT_CODES`], the third is 1–5, the fourth and fifth follow from
//! the issuer and the rest are digits.

use std::fmt;

use zeroize::Zeroizing;

use super::insurance_id::OBJECT_CODES;
use super::secret::InsuranceId;

/// Who issued the card: what VNeID asks for as "Đơn vị cấp thẻ BHYT".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Issuer {
    /// Bảo hiểm xã hội Việt Nam: units 01–99 but for the two below.
    #[default]
    SocialInsurance,
    /// BHXH Công an nhân dân: unit 98.
    Police,
    /// BHXH Bộ Quốc phòng: unit 97.
    Army,
}

/// What may stand at one place of the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible(String);

impl Possible {
    /// Whether `sign` may stand there.
    #[must_use]
    pub fn has(&self, sign: char) -> bool {
        self.0.contains(sign)
    }

    /// All signs that may stand there, in the order of the keys.
    #[must_use]
    pub fn signs(&self) -> &str {
        &self.0
    }
}

/// Why a character cannot stand where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The first two letters are no code of a group of insured people.
    Group,
    /// The third is not a digit from 1 to 5.
    Benefit,
    /// The fourth and fifth are no unit of this issuer.
    Unit,
    /// A letter among the last ten.
    Letter,
}

/// How a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong so far; so many characters are missing to the shortest whole number.
    Incomplete {
        /// How many.
        missing: usize,
    },
    /// One character is wrong.
    Wrong {
        /// Which, from 1.
        position: usize,
        /// Why.
        misfit: Misfit,
    },
    /// VNeID would take it.
    Right,
}

/// A number under the patient's fingers. In memory only, zeroised with the session, and never
/// shown by `Debug`.
#[derive(Default)]
pub struct TypedNumber {
    signs: Zeroizing<String>,
    issuer: Issuer,
}

/// Characters of the long form, which begins with a letter.
const LONG: usize = 15;
/// Characters of the short form, all digits.
const SHORT: usize = 10;

const DIGITS: &str = "1234567890";

impl TypedNumber {
    /// The number read from a card, with the issuer its unit tells.
    pub(super) fn scanned(number: &InsuranceId) -> Self {
        let issuer = match number.unit_code() {
            Some("97") => Issuer::Army,
            Some("98") => Issuer::Police,
            Some(_) | None => Issuer::SocialInsurance,
        };
        Self { signs: Zeroizing::new(number.reveal().to_owned()), issuer }
    }

    /// The characters so far: capital letters and digits.
    #[must_use]
    pub fn signs(&self) -> &str {
        &self.signs
    }

    /// The issuer chosen.
    #[must_use]
    pub fn issuer(&self) -> Issuer {
        self.issuer
    }

    /// Chooses the issuer; the characters stay and are judged anew.
    pub fn set_issuer(&mut self, issuer: Issuer) {
        self.issuer = issuer;
    }

    /// How many characters the number will have: fifteen once it begins with a letter.
    #[must_use]
    pub fn length(&self) -> usize {
        if self.is_long() { LONG } else { SHORT }
    }

    /// Takes a character: in place of the wrong one if there is one, else at the end. Signs that
    /// no number holds, and signs beyond the end, change nothing.
    pub fn put(&mut self, sign: char) {
        let sign = sign.to_ascii_uppercase();
        if !sign.is_ascii_alphanumeric() {
            return;
        }
        let at = self.cursor();
        if at < self.signs.len() {
            let mut signs = Zeroizing::new(String::with_capacity(LONG));
            for (place, old) in self.signs.chars().enumerate() {
                signs.push(if place == at { sign } else { old });
            }
            self.signs = signs;
        } else if self.signs.is_empty() || at < self.length() {
            let room = LONG.saturating_sub(at);
            self.signs.reserve_exact(room);
            self.signs.push(sign);
        }
    }

    /// Takes the last character away.
    pub fn erase(&mut self) {
        self.signs.pop();
    }

    /// Where the next character goes, from 0: the first wrong place, else the end.
    #[must_use]
    pub fn cursor(&self) -> usize {
        match self.verdict() {
            Verdict::Wrong { position, .. } => position - 1,
            Verdict::Incomplete { .. } | Verdict::Right => self.signs.len(),
        }
    }

    /// What may stand at the cursor; nothing once the number is whole.
    #[must_use]
    pub fn possible(&self) -> Possible {
        let at = self.cursor();
        if !self.signs.is_empty() && at >= self.length() {
            return Possible(String::new());
        }
        self.possible_at(at)
    }

    /// Judges the number as far as it goes: the first wrong character counts.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let wrong =
            self.signs.chars().enumerate().find(|(at, sign)| !self.possible_at(*at).has(*sign));
        if let Some((at, _)) = wrong {
            return Verdict::Wrong { position: at + 1, misfit: self.misfit_at(at) };
        }
        match self.length().saturating_sub(self.signs.len()) {
            0 => Verdict::Right,
            missing => Verdict::Incomplete { missing },
        }
    }

    /// The number in groups for copying: `GD 4 01 0000000051` with the last ten in fives.
    #[must_use]
    pub fn grouped(&self) -> Zeroizing<String> {
        let gaps: &[usize] = if self.is_long() { &[2, 3, 5, 10] } else { &[5] };
        let mut grouped = Zeroizing::new(String::with_capacity(LONG + gaps.len()));
        for (at, sign) in self.signs.chars().enumerate() {
            if gaps.contains(&at) {
                grouped.push(' ');
            }
            grouped.push(sign);
        }
        grouped
    }

    fn is_long(&self) -> bool {
        self.signs.starts_with(|sign: char| sign.is_ascii_alphabetic())
    }

    fn possible_at(&self, at: usize) -> Possible {
        if at > 0 && !self.is_long() {
            return Possible(DIGITS.to_owned());
        }
        let signs = match at {
            0 => {
                let mut signs = first_letters();
                signs.push_str(DIGITS);
                signs
            }
            1 => second_letters(self.sign(0)),
            2 => "12345".to_owned(),
            3 => match self.issuer {
                Issuer::SocialInsurance => DIGITS.to_owned(),
                Issuer::Police | Issuer::Army => "9".to_owned(),
            },
            4 => match (self.issuer, self.sign(3)) {
                (Issuer::Police, _) => "8".to_owned(),
                (Issuer::Army, _) => "7".to_owned(),
                (Issuer::SocialInsurance, Some('0')) => "123456789".to_owned(),
                (Issuer::SocialInsurance, Some('9')) => "12345690".to_owned(),
                (Issuer::SocialInsurance, _) => DIGITS.to_owned(),
            },
            _ => DIGITS.to_owned(),
        };
        Possible(signs)
    }

    fn misfit_at(&self, at: usize) -> Misfit {
        if !self.is_long() {
            return Misfit::Letter;
        }
        match at {
            0 | 1 => Misfit::Group,
            2 => Misfit::Benefit,
            3 | 4 => Misfit::Unit,
            _ => Misfit::Letter,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        self.signs.chars().nth(at)
    }
}

impl fmt::Debug for TypedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypedNumber({} characters, {:?})", self.signs.len(), self.issuer)
    }
}

fn first_letters() -> String {
    sorted(OBJECT_CODES.iter().filter_map(|code| code.chars().next()))
}

fn second_letters(first: Option<char>) -> String {
    let begins = |code: &&str| first.is_some_and(|first| code.starts_with(first));
    sorted(OBJECT_CODES.into_iter().filter(begins).filter_map(|code| code.chars().nth(1)))
}

fn sorted(letters: impl Iterator<Item = char>) -> String {
    letters.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(text: &str, issuer: Issuer) -> TypedNumber {
        let mut number = TypedNumber::default();
        number.set_issuer(issuer);
        // As it would stand if nothing were replaced.
        number.signs = Zeroizing::new(text.to_owned());
        number
    }

    fn wrong(position: usize, misfit: Misfit) -> Verdict {
        Verdict::Wrong { position, misfit }
    }

    /// Every position by the rule of the annex.
    #[test]
    fn every_character_is_judged_where_it_stands() {
        use Issuer::{Army, Police, SocialInsurance as Social};
        let missing = |missing| Verdict::Incomplete { missing };
        #[rustfmt::skip]
        let table = [
            ("", Social, missing(10)),
            ("0", Social, missing(9)),
            ("0000000051", Social, Verdict::Right),
            ("0000000051", Police, Verdict::Right),
            ("00A", Social, wrong(3, Misfit::Letter)),
            ("G", Social, missing(14)),
            ("A", Social, wrong(1, Misfit::Group)),
            ("GA", Social, wrong(2, Misfit::Group)),
            ("G1", Social, wrong(2, Misfit::Group)),
            ("GD", Social, missing(13)),
            ("GD0", Social, wrong(3, Misfit::Benefit)),
            ("GD6", Social, wrong(3, Misfit::Benefit)),
            ("GD8010000000051", Social, wrong(3, Misfit::Benefit)),
            ("GDA", Social, wrong(3, Misfit::Benefit)),
            ("GD400", Social, wrong(5, Misfit::Unit)),
            ("GD497", Social, wrong(5, Misfit::Unit)),
            ("GD498", Social, wrong(5, Misfit::Unit)),
            ("GD499", Social, missing(10)),
            ("GD401", Social, missing(10)),
            ("GD401", Police, wrong(4, Misfit::Unit)),
            ("CA598", Police, missing(10)),
            ("CA597", Police, wrong(5, Misfit::Unit)),
            ("QN597", Army, missing(10)),
            ("QN598", Army, wrong(5, Misfit::Unit)),
            ("GD40A", Social, wrong(5, Misfit::Unit)),
            ("GD4010000A00051", Social, wrong(10, Misfit::Letter)),
            ("GD401000000005", Social, missing(1)),
            ("GD4010000000051", Social, Verdict::Right),
        ];
        for (text, issuer, verdict) in table {
            assert_eq!(typed(text, issuer).verdict(), verdict, "{text} {issuer:?}");
        }
    }

    #[test]
    fn all_43_groups_can_be_typed_and_no_other() {
        let mut accepted = 0;
        for first in 'A'..='Z' {
            for second in 'A'..='Z' {
                let code = format!("{first}{second}");
                let fits = !matches!(
                    typed(&code, Issuer::SocialInsurance).verdict(),
                    Verdict::Wrong { .. }
                );
                assert_eq!(fits, OBJECT_CODES.contains(&code.as_str()), "{code}");
                accepted += usize::from(fits);
            }
        }
        assert_eq!(accepted, 43);
    }

    #[test]
    fn the_next_key_mends_the_wrong_character() {
        let mut number = typed("GD8010000000051", Issuer::SocialInsurance);
        assert_eq!(number.cursor(), 2);
        assert_eq!(number.possible().signs(), "12345");
        number.put('4');
        assert_eq!(number.signs(), "GD4010000000051");
        assert_eq!(number.verdict(), Verdict::Right);
        number.put('9');
        assert_eq!(number.signs(), "GD4010000000051", "a whole number takes no more");
    }

    #[test]
    fn a_wrong_first_sign_may_become_the_other_form() {
        let mut number = TypedNumber::default();
        number.put('A');
        number.put('0');
        assert_eq!(number.signs(), "0");
        assert_eq!(number.verdict(), Verdict::Incomplete { missing: 9 });
        number.erase();
        number.put('g');
        assert_eq!((number.signs(), number.length()), ("G", 15));
    }

    #[test]
    fn the_issuer_is_judged_again() {
        let mut number = typed("GD4010000000051", Issuer::SocialInsurance);
        number.set_issuer(Issuer::Army);
        assert_eq!(number.verdict(), wrong(4, Misfit::Unit));
        number.put('9');
        assert_eq!(number.verdict(), wrong(5, Misfit::Unit));
        number.put('7');
        assert_eq!(number.verdict(), Verdict::Right);
    }

    #[test]
    fn a_number_is_grouped_for_copying() {
        let long = typed("GD4010000000051", Issuer::SocialInsurance);
        assert_eq!(long.grouped().as_str(), "GD 4 01 00000 00051");
        assert_eq!(typed("0000000051", Issuer::Army).grouped().as_str(), "00000 00051");
    }

    #[test]
    fn a_scanned_card_brings_its_issuer() {
        for (text, issuer) in [
            ("CA5980000000051", Issuer::Police),
            ("QN5970000000051", Issuer::Army),
            ("GD4010000000051", Issuer::SocialInsurance),
            ("0000000051", Issuer::SocialInsurance),
        ] {
            let number = TypedNumber::scanned(&InsuranceId::parse(text).unwrap());
            assert_eq!((number.issuer(), number.verdict()), (issuer, Verdict::Right), "{text}");
        }
    }

    #[test]
    fn no_number_stands_in_debug_output() {
        let shown = format!("{:?}", typed("GD4010000000051", Issuer::Army));
        assert!(!shown.contains("0000"), "{shown}");
    }

    proptest! {
        /// Whoever presses only possible keys arrives at a right number and nowhere else.
        #[test]
        fn possible_keys_lead_to_a_right_number(picks in prop::collection::vec(any::<u8>(), 15), issuer in 0..3) {
            let mut number = TypedNumber::default();
            number.set_issuer([Issuer::SocialInsurance, Issuer::Police, Issuer::Army][issuer as usize]);
            for pick in picks {
                let possible = number.possible();
                let signs: Vec<char> = possible.signs().chars().collect();
                if signs.is_empty() {
                    break;
                }
                number.put(signs[usize::from(pick) % signs.len()]);
                let wrong = matches!(number.verdict(), Verdict::Wrong { .. });
                prop_assert!(!wrong, "{:?}", number.signs());
            }
            prop_assert_eq!(number.verdict(), Verdict::Right);
        }

        /// Any keys in any order: never longer than a number, never a panic.
        #[test]
        fn no_key_breaks_it(keys in "[A-Za-z0-9ệ \\-]{0,60}") {
            let mut number = TypedNumber::default();
            for key in keys.chars() {
                if key == ' ' { number.erase() } else { number.put(key) }
                prop_assert!(number.signs().len() <= LONG);
                let _ = number.grouped();
            }
        }
    }
}
