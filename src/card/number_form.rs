//! The forms that the number of a BHYT card may have, place by place. A rule that changes is a
//! changed file: a guide may bring forms of its own, and [`NumberRule::default`] is what holds where
//! none does.

use std::collections::BTreeSet;
use std::fmt;

use super::insurance_id::OBJECT_CODES;
use super::typed_number::Issuer;

/// As many characters as the page of the number has boxes for.
pub const LONGEST_NUMBER: usize = 15;

/// The digits in the order of the keys.
const DIGITS: &str = "1234567890";

/// What belongs at one place of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Any digit: `9` in a pattern.
    Digit,
    /// Any capital letter: `A`.
    Letter,
    /// The first letter of a group of insured people: the first of `GG`.
    Group,
    /// Its second letter.
    GroupEnd,
    /// The digit of the benefit: `B`.
    Benefit,
    /// The first digit of the issuing unit: the first of `UU`.
    Unit,
    /// Its second digit.
    UnitEnd,
}

/// What belongs at each place of a number: `GGBUU9999999999`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Slot>);

/// Why a pattern says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// No places at all, or more than the page has boxes for.
    #[error("{0} places; there must be 1 to {LONGEST_NUMBER}")]
    Length(usize),
    /// A sign that stands for nothing.
    #[error("{sign:?} at place {place} stands for nothing")]
    Sign {
        /// The sign.
        sign: char,
        /// Where, from 1.
        place: usize,
    },
    /// `G` or `U` alone, or more than two of them: a code has two characters.
    #[error("{0} must stand twice, side by side")]
    Pair(char),
    /// A second benefit.
    #[error("B stands more than once")]
    TwoBenefits,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(text: &str) -> Result<Self, PatternError> {
        let signs: Vec<char> = text.chars().collect();
        if !(1..=LONGEST_NUMBER).contains(&signs.len()) {
            return Err(PatternError::Length(signs.len()));
        }
        let mut slots = Vec::with_capacity(signs.len());
        for (sign, place) in signs.iter().zip(1..) {
            let slot = match sign {
                '9' => Slot::Digit,
                'A' => Slot::Letter,
                'B' if slots.contains(&Slot::Benefit) => return Err(PatternError::TwoBenefits),
                'B' => Slot::Benefit,
                'G' | 'U' => {
                    let [begin, end] = if *sign == 'G' {
                        [Slot::Group, Slot::GroupEnd]
                    } else {
                        [Slot::Unit, Slot::UnitEnd]
                    };
                    if slots.last() == Some(&begin) {
                        end
                    } else if slots.contains(&begin) {
                        return Err(PatternError::Pair(*sign));
                    } else {
                        begin
                    }
                }
                _ => return Err(PatternError::Sign { sign: *sign, place }),
            };
            slots.push(slot);
        }
        for (sign, begin, end) in
            [('G', Slot::Group, Slot::GroupEnd), ('U', Slot::Unit, Slot::UnitEnd)]
        {
            if slots.contains(&begin) && !slots.contains(&end) {
                return Err(PatternError::Pair(sign));
            }
        }
        Ok(Self(slots))
    }

    /// How many characters a number of this form has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// Whether it has a group of insured people.
    #[must_use]
    pub fn has_group(&self) -> bool {
        self.0.contains(&Slot::Group)
    }

    /// Whether it has a benefit.
    #[must_use]
    pub fn has_benefit(&self) -> bool {
        self.0.contains(&Slot::Benefit)
    }

    /// Whether it has an issuing unit.
    #[must_use]
    pub fn has_unit(&self) -> bool {
        self.0.contains(&Slot::Unit)
    }

    /// So many digits and nothing else.
    fn digits(length: usize) -> Self {
        Self(vec![Slot::Digit; length])
    }
}

/// Two signs that stand for something: a group of insured people, or an issuing unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code([char; 2]);

impl Code {
    /// Two capital letters.
    #[must_use]
    pub fn of_group(text: &str) -> Option<Self> {
        Self::of(text, char::is_ascii_uppercase)
    }

    /// Two digits.
    #[must_use]
    pub fn of_unit(text: &str) -> Option<Self> {
        Self::of(text, char::is_ascii_digit)
    }

    fn of(text: &str, fits: impl Fn(&char) -> bool) -> Option<Self> {
        let mut signs = text.chars();
        let code = [signs.next()?, signs.next()?];
        (signs.next().is_none() && code.iter().all(fits)).then_some(Self(code))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([first, second]) = self;
        write!(f, "{first}{second}")
    }
}

/// One form that a number may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberForm {
    /// What belongs where.
    pub pattern: Pattern,
    /// The groups of insured people; read where the pattern has one.
    pub groups: Vec<Code>,
    /// The least and the greatest benefit.
    pub benefits: (char, char),
    /// The units of the police.
    pub police_units: Vec<Code>,
    /// The units of the army. All other units are those of social insurance.
    pub army_units: Vec<Code>,
}

impl NumberForm {
    /// How many characters it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.pattern.length()
    }

    /// The units that only the police or the army have: all but these are social insurance's.
    pub fn reserved_units(&self) -> impl Iterator<Item = Code> {
        let reserved: BTreeSet<Code> =
            self.police_units.iter().chain(&self.army_units).copied().collect();
        reserved.into_iter()
    }

    /// The place of the unit's first digit, from 1.
    #[must_use]
    pub fn unit_place(&self) -> Option<usize> {
        self.pattern.0.iter().position(|slot| *slot == Slot::Unit).map(|at| at + 1)
    }

    /// Whether a number of this form is all digits.
    pub(super) fn is_all_digits(&self) -> bool {
        self.pattern.0.iter().all(|slot| match slot {
            Slot::Digit | Slot::Benefit | Slot::Unit | Slot::UnitEnd => true,
            Slot::Letter | Slot::Group | Slot::GroupEnd => false,
        })
    }

    /// What belongs at a place, from 0.
    pub(super) fn slot(&self, at: usize) -> Option<Slot> {
        self.pattern.0.get(at).copied()
    }

    /// What may stand at a place, from 0, after `before`; nothing beyond the end.
    pub(super) fn signs_at(&self, at: usize, before: Option<char>, issuer: Issuer) -> String {
        let Some(slot) = self.slot(at) else { return String::new() };
        match slot {
            Slot::Digit => DIGITS.to_owned(),
            Slot::Letter => ('A'..='Z').collect(),
            Slot::Group => in_order(self.groups.iter().map(|code| first(*code))),
            Slot::GroupEnd => in_order(ends(self.groups.iter().copied(), before)),
            Slot::Benefit => {
                let (least, most) = self.benefits;
                (least..=most).collect()
            }
            Slot::Unit => as_keys(self.units(issuer).map(first)),
            Slot::UnitEnd => as_keys(ends(self.units(issuer), before)),
        }
    }

    /// Where a number is parted for copying, from 0: after each code, and the rest in two halves.
    pub(super) fn gaps(&self) -> Vec<usize> {
        let mut gaps: Vec<usize> = self.turns().collect();
        let rest = self.rest();
        let half = (self.length() - rest) / 2;
        if half > 2 {
            gaps.push(rest + half);
        }
        gaps
    }

    /// Where the boxes of the page are parted, from 0: after each code; a number of digits alone in
    /// its middle. 0 where they are not.
    #[must_use]
    pub fn box_gaps(&self) -> [usize; 3] {
        let mut turns = self.turns().peekable();
        let middle = if turns.peek().is_none() { self.length() / 2 } else { 0 };
        let first = turns.next().unwrap_or(middle);
        [first, turns.next().unwrap_or_default(), turns.next().unwrap_or_default()]
    }

    /// Where the codes end and the rest begins, from 0.
    pub(super) fn rest(&self) -> usize {
        self.turns().last().unwrap_or_default()
    }

    /// The places, from 0, before which something else stands.
    fn turns(&self) -> impl Iterator<Item = usize> {
        let pairs = (1..).zip(self.pattern.0.windows(2));
        pairs.filter_map(|(at, pair)| match pair {
            [Slot::Group, Slot::GroupEnd] | [Slot::Unit, Slot::UnitEnd] => None,
            [before, after] => (before != after).then_some(at),
            _ => None,
        })
    }

    fn units(&self, issuer: Issuer) -> impl Iterator<Item = Code> {
        let own = match issuer {
            Issuer::SocialInsurance => None,
            Issuer::Police => Some(&self.police_units),
            Issuer::Army => Some(&self.army_units),
        };
        let all = (1..=99_u8).filter_map(|unit| Code::of_unit(&format!("{unit:02}")));
        all.filter(move |unit| match own {
            Some(own) => own.contains(unit),
            None => !self.police_units.contains(unit) && !self.army_units.contains(unit),
        })
    }
}

/// The forms that are accepted; there is always one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRule {
    first: NumberForm,
    others: Vec<NumberForm>,
}

impl NumberRule {
    /// These forms; `None` when there is none.
    #[must_use]
    pub fn of(forms: impl IntoIterator<Item = NumberForm>) -> Option<Self> {
        let mut forms = forms.into_iter();
        Some(Self { first: forms.next()?, others: forms.collect() })
    }

    /// The forms, in the order of the file.
    pub fn forms(&self) -> impl Iterator<Item = &NumberForm> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The form that stands first.
    pub(super) fn first(&self) -> &NumberForm {
        &self.first
    }
}

impl Default for NumberRule {
    /// The annex of the campaign plans (A.5.1): ten digits, or fifteen characters of which the first
    /// two are one of [`OBJECT_CODES`], the third is 1–5, the fourth and fifth are the issuer's unit
    /// and the rest are digits.
    fn default() -> Self {
        let form = |pattern| NumberForm {
            pattern,
            groups: Vec::new(),
            benefits: ('1', '5'),
            police_units: Vec::new(),
            army_units: Vec::new(),
        };
        let mut long = vec![Slot::Group, Slot::GroupEnd, Slot::Benefit, Slot::Unit, Slot::UnitEnd];
        long.extend([Slot::Digit; 10]);
        let long = NumberForm {
            groups: OBJECT_CODES.into_iter().filter_map(Code::of_group).collect(),
            police_units: Code::of_unit("98").into_iter().collect(),
            army_units: Code::of_unit("97").into_iter().collect(),
            ..form(Pattern(long))
        };
        Self { first: form(Pattern::digits(10)), others: vec![long] }
    }
}

fn first(code: Code) -> char {
    let Code([first, _]) = code;
    first
}

/// What may follow `before`.
fn ends(codes: impl Iterator<Item = Code>, before: Option<char>) -> impl Iterator<Item = char> {
    codes.filter_map(move |Code([first, second])| (before == Some(first)).then_some(second))
}

fn in_order(letters: impl Iterator<Item = char>) -> String {
    letters.collect::<BTreeSet<_>>().into_iter().collect()
}

fn as_keys(digits: impl Iterator<Item = char>) -> String {
    let there: BTreeSet<char> = digits.collect();
    DIGITS.chars().filter(|digit| there.contains(digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_every_place() {
        for (text, length) in [("9999999999", 10), ("GGBUU9999999999", 15), ("A99", 3), ("9", 1)] {
            assert_eq!(Pattern::read(text).unwrap().length(), length, "{text}");
        }
        let long = Pattern::read("GGBUU9999999999").unwrap();
        assert!(long.has_group() && long.has_benefit() && long.has_unit());
        assert_eq!(NumberRule::default().others[0].pattern, long);
        assert_eq!(NumberRule::default().first.pattern, Pattern::read("9999999999").unwrap());
    }

    #[test]
    fn a_pattern_that_says_nothing_is_refused() {
        for (text, error) in [
            ("", PatternError::Length(0)),
            ("9999999999999999", PatternError::Length(16)),
            ("99x9", PatternError::Sign { sign: 'x', place: 3 }),
            ("GG1", PatternError::Sign { sign: '1', place: 3 }),
            ("G99", PatternError::Pair('G')),
            ("GGG", PatternError::Pair('G')),
            ("G9G", PatternError::Pair('G')),
            ("GGBU9", PatternError::Pair('U')),
            ("UU9UU", PatternError::Pair('U')),
            ("B9B", PatternError::TwoBenefits),
        ] {
            assert_eq!(Pattern::read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_number_is_parted_after_its_codes_and_in_the_middle_of_the_rest() {
        for (pattern, gaps) in [
            ("9999999999", &[5][..]),
            ("999999999999", &[6]),
            ("GGBUU9999999999", &[2, 3, 5, 10]),
            ("GG9999", &[2]),
            ("9999", &[]),
        ] {
            let pattern = Pattern::read(pattern).unwrap();
            let form = NumberForm { pattern, ..NumberRule::default().others[0].clone() };
            assert_eq!(form.gaps(), gaps);
        }
    }

    #[test]
    fn the_units_of_an_issuer_are_its_own() {
        let rule = NumberRule::default();
        let long = &rule.others[0];
        for (issuer, count) in
            [(Issuer::SocialInsurance, 97), (Issuer::Police, 1), (Issuer::Army, 1)]
        {
            assert_eq!(long.units(issuer).count(), count, "{issuer:?}");
        }
        assert_eq!(long.unit_place(), Some(4));
        assert_eq!(
            long.reserved_units().map(|unit| unit.to_string()).collect::<Vec<_>>(),
            ["97", "98"]
        );
    }
}
