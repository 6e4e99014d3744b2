//! The number of a BHYT card as it is typed: fit or unfit at every character, before one of the
//! three requests a day is spent on it.
//!
//! What may stand where is a [`NumberRule`]. Nobody here can tell whose number it is: a number of the
//! right form is just that.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::number_form::{LONGEST_NUMBER, NumberForm, NumberRule, Slot};

/// Who issued the card: what VNeID asks for as "Đơn vị cấp thẻ BHYT".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Issuer {
    /// Bảo hiểm xã hội Việt Nam: all units but those of the two below.
    #[default]
    SocialInsurance,
    /// BHXH Công an nhân dân: unit 98.
    Police,
    /// BHXH Bộ Quốc phòng: unit 97.
    Army,
}

impl Issuer {
    /// All of them, in the order of the screen.
    const ALL: [Self; 3] = [Self::SocialInsurance, Self::Police, Self::Army];
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
    /// The two letters are no code of a group of insured people.
    Group,
    /// It is no digit of a benefit.
    Benefit,
    /// The two digits are no unit of this issuer.
    Unit,
    /// A letter where a digit belongs.
    Letter,
    /// A digit where a letter belongs.
    Digit,
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
    /// Every character fits, but there are more than a number has.
    TooLong {
        /// How many there may be.
        length: usize,
        /// Whether it may be the number of a citizen card: digits alone, and no more than twelve.
        is_personal: bool,
    },
    /// VNeID would take it. Whose number it is, nobody here knows.
    Right,
}

/// A number under the patient's fingers. In memory only, zeroised with the session, and never
/// shown by `Debug`.
#[derive(Default)]
pub struct TypedNumber {
    signs: Zeroizing<String>,
    issuer: Issuer,
    rule: Arc<NumberRule>,
    /// As it stands on a card: nobody mistyped it.
    is_scanned: bool,
}

/// Most characters that are kept: one more than any number has, so that it is seen to be too long.
const MOST: usize = LONGEST_NUMBER + 1;

/// Digits of a personal number.
const PERSONAL: usize = 12;

/// A number as a card tells it, for the page that asks for one. Zeroised, and never shown.
pub struct ScannedNumber(Zeroizing<String>);

impl ScannedNumber {
    fn of(text: &str) -> Self {
        Self(Zeroizing::new(text.get(..MOST).unwrap_or(text).to_owned()))
    }
}

impl super::Scan {
    /// The number of a BHYT card.
    #[must_use]
    pub fn insurance_number(&self) -> Option<ScannedNumber> {
        match self {
            Self::Insurance(card) => Some(ScannedNumber::of(card.number.reveal())),
            Self::InsuranceNumber(number) => Some(ScannedNumber::of(number.reveal())),
            Self::Citizen(_)
            | Self::PersonalNumber(_)
            | Self::Command(_)
            | Self::Opaque(_)
            | Self::Url
            | Self::Payment
            | Self::Unreadable(_) => None,
        }
    }

    /// The number of a citizen card, which people take for that of their BHYT card.
    #[must_use]
    pub fn personal_number(&self) -> Option<ScannedNumber> {
        match self {
            Self::Citizen(card) => Some(ScannedNumber::of(card.personal_id.reveal())),
            Self::PersonalNumber(number) => Some(ScannedNumber::of(number.reveal())),
            Self::Insurance(_)
            | Self::InsuranceNumber(_)
            | Self::Command(_)
            | Self::Opaque(_)
            | Self::Url
            | Self::Payment
            | Self::Unreadable(_) => None,
        }
    }
}

impl TypedNumber {
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

    /// Judges by this rule from now on; the characters stay.
    pub fn set_rule(&mut self, rule: Arc<NumberRule>) {
        self.rule = rule;
    }

    /// Takes the characters of a number that was scanned, and the issuer whose unit stands in it:
    /// the one that is chosen, if it may.
    pub fn fill(&mut self, scanned: &ScannedNumber) {
        let ScannedNumber(signs) = scanned;
        self.signs = signs.clone();
        self.is_scanned = true;
        let mut issuers = std::iter::once(self.issuer).chain(Issuer::ALL);
        let fitting = issuers.find(|issuer| self.is_whole(signs, *issuer));
        self.issuer = fitting.unwrap_or_default();
    }

    /// Whether it stands as it was scanned. Where such a number does not fit, the rule may be older
    /// than the card.
    #[must_use]
    pub fn is_scanned(&self) -> bool {
        self.is_scanned
    }

    /// Whether the rule takes a number such as this one at all.
    #[must_use]
    pub fn would_take(&self, scanned: &ScannedNumber) -> bool {
        let ScannedNumber(signs) = scanned;
        Issuer::ALL.into_iter().any(|issuer| self.is_whole(signs, issuer))
    }

    /// How many characters the number will have, as far as they tell: those of the shortest form
    /// they fit.
    #[must_use]
    pub fn length(&self) -> usize {
        self.form().length()
    }

    /// The most characters of any form.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.rule.forms().map(NumberForm::length).max().unwrap_or_default()
    }

    /// The form it is judged by.
    #[must_use]
    pub fn form(&self) -> &NumberForm {
        let fits = |form: &&NumberForm| self.signs.len() <= form.length() && self.fits(form);
        let shortest = self.rule.forms().filter(fits).min_by_key(|form| form.length());
        shortest.unwrap_or_else(|| self.nearest_form())
    }

    /// Takes a character: in place of the wrong one if there is one, else at the end, also beyond the
    /// end of a whole number, so that it is seen to be too long. Signs that no number holds change
    /// nothing.
    pub fn put(&mut self, sign: char) {
        let sign = sign.to_ascii_uppercase();
        if !sign.is_ascii_alphanumeric() {
            return;
        }
        self.is_scanned = false;
        let at = self.cursor();
        if at < self.signs.len() {
            let mut signs = Zeroizing::new(String::with_capacity(MOST));
            for (place, old) in self.signs.chars().enumerate() {
                signs.push(if place == at { sign } else { old });
            }
            self.signs = signs;
        } else if at < MOST {
            self.signs.reserve_exact(MOST - at);
            self.signs.push(sign);
        }
    }

    /// Takes the last character away.
    pub fn erase(&mut self) {
        self.is_scanned = false;
        self.signs.pop();
    }

    /// Takes all characters away.
    pub fn erase_all(&mut self) {
        self.is_scanned = false;
        self.signs = Zeroizing::default();
    }

    /// Where the next character goes, from 0: the first wrong place, else the end.
    #[must_use]
    pub fn cursor(&self) -> usize {
        match self.verdict() {
            Verdict::Wrong { position, .. } => position - 1,
            Verdict::Incomplete { .. } | Verdict::TooLong { .. } | Verdict::Right => {
                self.signs.len()
            }
        }
    }

    /// What may stand at the cursor; nothing once the number is whole.
    #[must_use]
    pub fn possible(&self) -> Possible {
        let at = self.cursor();
        let before = at.checked_sub(1).and_then(|at| self.sign(at));
        let agree = |form: &&NumberForm| {
            self.signs.chars().take(at).enumerate().all(|(at, sign)| self.may_stand(form, at, sign))
        };
        let mut signs = String::new();
        for form in self.rule.forms().filter(agree) {
            for sign in form.signs_at(at, before, self.issuer).chars() {
                if !signs.contains(sign) {
                    signs.push(sign);
                }
            }
        }
        // Letters first, as on the keys.
        let (letters, digits): (String, String) =
            signs.chars().partition(char::is_ascii_alphabetic);
        Possible(letters + &digits)
    }

    /// Judges the number as far as it goes: the first wrong character counts.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let form = self.form();
        if let Some(at) = misfit_in(form, &self.signs, self.issuer) {
            let is_letter = self.sign(at).is_some_and(|sign| sign.is_ascii_alphabetic());
            return Verdict::Wrong { position: at + 1, misfit: misfit_at(form, at, is_letter) };
        }
        let (typed, length) = (self.signs.len(), form.length());
        if typed > length {
            let is_personal = typed <= PERSONAL
                && form.is_all_digits()
                && self.signs.bytes().all(|sign| sign.is_ascii_digit());
            return Verdict::TooLong { length, is_personal };
        }
        match length - typed {
            0 => Verdict::Right,
            missing => Verdict::Incomplete { missing },
        }
    }

    /// The number for copying, in two parts: the codes one by one (`GD 4 01`; none in a number that
    /// is all digits), and the rest in two halves (`00000 00051`).
    #[must_use]
    pub fn parts(&self) -> [Zeroizing<String>; 2] {
        let form = self.form();
        let (gaps, rest) = (form.gaps(), form.rest());
        let part = || Zeroizing::new(String::with_capacity(2 * MOST));
        let [mut codes, mut digits] = [part(), part()];
        for (at, sign) in self.signs.chars().enumerate() {
            let part = if at < rest { &mut codes } else { &mut digits };
            if gaps.contains(&at) && !part.is_empty() {
                part.push(' ');
            }
            part.push(sign);
        }
        [codes, digits]
    }

    fn is_whole(&self, signs: &str, issuer: Issuer) -> bool {
        self.rule
            .forms()
            .any(|form| form.length() == signs.len() && misfit_in(form, signs, issuer).is_none())
    }

    fn fits(&self, form: &NumberForm) -> bool {
        misfit_in(form, &self.signs, self.issuer).is_none()
    }

    /// The form that is meant where none fits: the one that goes furthest, and of those that go
    /// equally far one that asks for the same kind of sign, letter or digit.
    fn nearest_form(&self) -> &NumberForm {
        let far = |form: &NumberForm| {
            let at = misfit_in(form, &self.signs, self.issuer)
                .unwrap_or_else(|| self.signs.len().min(form.length()));
            let kind = self.sign(at).is_some_and(|sign| asks_for_kind(form, at, sign));
            (at, kind)
        };
        let mut nearest = self.rule.first();
        for form in self.rule.forms() {
            if far(form) > far(nearest) {
                nearest = form;
            }
        }
        nearest
    }

    fn may_stand(&self, form: &NumberForm, at: usize, sign: char) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.sign(at));
        form.signs_at(at, before, self.issuer).contains(sign)
    }

    fn sign(&self, at: usize) -> Option<char> {
        self.signs.chars().nth(at)
    }
}

/// The first place, from 0, where a number does not fit a form. What goes beyond its end is no
/// misfit.
fn misfit_in(form: &NumberForm, signs: &str, issuer: Issuer) -> Option<usize> {
    let mut before = None;
    for (at, sign) in signs.chars().take(form.length()).enumerate() {
        if !form.signs_at(at, before, issuer).contains(sign) {
            return Some(at);
        }
        before = Some(sign);
    }
    None
}

/// Why a letter or a digit does not fit there.
fn misfit_at(form: &NumberForm, at: usize, is_letter: bool) -> Misfit {
    match form.slot(at) {
        Some(Slot::Group | Slot::GroupEnd) => Misfit::Group,
        Some(Slot::Benefit) => Misfit::Benefit,
        Some(Slot::Unit | Slot::UnitEnd) => Misfit::Unit,
        Some(Slot::Letter) if !is_letter => Misfit::Digit,
        Some(Slot::Digit | Slot::Letter) | None => Misfit::Letter,
    }
}

/// Whether a letter belongs where there is a letter, or a digit where there is a digit.
fn asks_for_kind(form: &NumberForm, at: usize, sign: char) -> bool {
    form.slot(at).is_some_and(|slot| match slot {
        Slot::Letter | Slot::Group | Slot::GroupEnd => sign.is_ascii_alphabetic(),
        Slot::Digit | Slot::Benefit | Slot::Unit | Slot::UnitEnd => sign.is_ascii_digit(),
    })
}

impl fmt::Debug for TypedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypedNumber({} characters, {:?})", self.signs.len(), self.issuer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::insurance_id::OBJECT_CODES;
    use super::super::number_form::{NumberForm, Pattern};
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
        let too_long = Verdict::TooLong { length: 15, is_personal: false };
        assert_eq!((number.signs(), number.verdict()), ("GD40100000000519", too_long));
        number.erase();
        assert_eq!(number.verdict(), Verdict::Right, "what was too much is gone");
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
        assert_eq!(long.parts().each_ref().map(|part| part.as_str()), ["GD 4 01", "00000 00051"]);
        let short = typed("0000000051", Issuer::Army);
        assert_eq!(short.parts().each_ref().map(|part| part.as_str()), ["", "00000 00051"]);
    }

    #[test]
    fn a_scanned_card_brings_its_issuer() {
        for (text, issuer) in [
            ("CA5980000000051", Issuer::Police),
            ("QN5970000000051", Issuer::Army),
            ("GD4010000000051", Issuer::SocialInsurance),
            ("0000000051", Issuer::SocialInsurance),
        ] {
            let mut number = TypedNumber::default();
            number.fill(&ScannedNumber::of(text));
            assert_eq!((number.issuer(), number.verdict()), (issuer, Verdict::Right), "{text}");
        }
    }

    /// One key after the other, as a finger does.
    fn keyed(text: &str, rule: &Arc<NumberRule>) -> TypedNumber {
        let mut number = TypedNumber::default();
        number.set_rule(rule.clone());
        text.chars().for_each(|sign| number.put(sign));
        number
    }

    /// Today's rule, and numbers of twelve digits as a file may allow them.
    fn with_twelve_digits() -> Arc<NumberRule> {
        let today = NumberRule::default();
        let twelve = NumberForm {
            pattern: Pattern::read("999999999999").unwrap(),
            ..today.forms().next().unwrap().clone()
        };
        Arc::new(NumberRule::of(today.forms().cloned().chain([twelve])).unwrap())
    }

    #[test]
    fn the_eleventh_digit_is_told_and_kept_in_sight() {
        let rule = Arc::new(NumberRule::default());
        for (text, verdict) in [
            ("089150000001", Verdict::TooLong { length: 10, is_personal: true }),
            ("08915000000", Verdict::TooLong { length: 10, is_personal: true }),
            ("0891500000012", Verdict::TooLong { length: 10, is_personal: false }),
            ("0891500000A", Verdict::TooLong { length: 10, is_personal: false }),
            ("GD40100000000512", Verdict::TooLong { length: 15, is_personal: false }),
        ] {
            let number = keyed(text, &rule);
            assert_eq!((number.signs(), number.verdict()), (text, verdict));
            assert_eq!(number.possible().signs(), "", "{text}");
        }
        let mut longer = keyed("08915000000123456789", &rule);
        assert_eq!(longer.signs().len(), MOST);
        assert!(matches!(longer.verdict(), Verdict::TooLong { .. }));
        longer.erase_all();
        assert_eq!((longer.signs(), longer.verdict()), ("", Verdict::Incomplete { missing: 10 }));
    }

    #[test]
    fn a_file_that_allows_twelve_digits_makes_them_right() {
        let rule = with_twelve_digits();
        for (text, verdict) in [
            ("0000000051", Verdict::Right),
            ("08915000000", Verdict::Incomplete { missing: 1 }),
            ("089150000001", Verdict::Right),
            ("0891500000012", Verdict::TooLong { length: 12, is_personal: false }),
            ("GD4010000000051", Verdict::Right),
            ("GD8", wrong(3, Misfit::Benefit)),
        ] {
            assert_eq!(keyed(text, &rule).verdict(), verdict, "{text}");
        }
        let twelve = keyed("089150000001", &rule);
        assert_eq!(twelve.parts().each_ref().map(|part| part.as_str()), ["", "089150 000001"]);
        let citizen = ScannedNumber::of("089150000001");
        assert!(twelve.would_take(&citizen));
        assert!(!TypedNumber::default().would_take(&citizen));
    }

    #[test]
    fn a_rule_of_another_shape_is_judged_place_by_place() {
        let long = NumberRule::default().forms().nth(1).unwrap().clone();
        let form =
            NumberForm { pattern: Pattern::read("AUUB999").unwrap(), benefits: ('6', '7'), ..long };
        let rule = Arc::new(NumberRule::of([form]).unwrap());
        for (text, verdict) in [
            ("X016123", Verdict::Right),
            ("1", wrong(1, Misfit::Digit)),
            ("X98", wrong(3, Misfit::Unit)),
            ("X018", wrong(4, Misfit::Benefit)),
            ("X016A", wrong(5, Misfit::Letter)),
        ] {
            assert_eq!(keyed(text, &rule).verdict(), verdict, "{text}");
        }
    }

    #[test]
    fn a_scanned_number_keeps_the_issuer_that_was_chosen_if_it_may() {
        let mut number = TypedNumber::default();
        number.set_issuer(Issuer::Police);
        number.fill(&ScannedNumber::of("0000000051"));
        assert_eq!(number.issuer(), Issuer::Police);
        number.fill(&ScannedNumber::of("GD4010000000051"));
        assert_eq!(number.issuer(), Issuer::SocialInsurance);
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
                prop_assert!(number.signs().len() <= MOST);
                let _ = number.parts();
            }
        }
    }
}
