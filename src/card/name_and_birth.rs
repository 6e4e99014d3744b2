//! Name and birth in one form for both kinds of card, to see that two documents are one person's:
//! neither card carries the other's number.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::date::PartialDate;
use super::holder::is_name_doubtful;
use super::person::Sex;
use super::secret::{Identity, Name};
use super::warning::Warnings;

/// What two documents of one person have in common. It lives as long as the session does.
pub struct NameAndBirth {
    /// See [`folded`].
    name: Zeroizing<String>,
    birth: PartialDate,
    sex: Option<Sex>,
}

impl NameAndBirth {
    /// `None` where the name may be damaged or the birth is not known: then nothing is compared.
    pub(super) fn of(
        name: Option<&Name>,
        birth: Option<PartialDate>,
        sex: Option<Sex>,
        warnings: Warnings,
    ) -> Option<Self> {
        if is_name_doubtful(warnings) {
            return None;
        }
        Some(Self { name: folded(name?.reveal()), birth: birth?, sex })
    }

    /// Whether both documents have the same name and the same birth, as precisely as both know it:
    /// one card may have the day where the other has the year.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.birth.may_be(other.birth)
    }

    /// What finds the visit again when the other document is shown later on the day. `None` where
    /// the day of birth or the sex is not known: a year of birth is shared by too many.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        let PartialDate::Day(birth) = self.birth else { return None };
        let sex = match self.sex? {
            Sex::Male => 'm',
            Sex::Female => 'f',
        };
        /// Longer than any date with the signs between.
        const ROOM: usize = 32;
        let mut text = Zeroizing::new(String::with_capacity(self.name.len() + ROOM));
        text.push_str("name:");
        text.push_str(&self.name);
        // Writing to a `String` cannot fail.
        let _ = write!(text, "|{birth}|{sex}");
        Some(Identity::hold(&text))
    }
}

/// The name in capitals, each tone behind its word: cards write "hòa" and "hoà", "NGUYỄN" and
/// "Nguyễn".
fn folded(name: &str) -> Zeroizing<String> {
    // Taken apart and in capitals a text grows to three times its bytes at most.
    let mut folded = Zeroizing::new(String::with_capacity(name.len() * 3));
    let mut tone = None;
    for c in name.nfd().flat_map(char::to_uppercase) {
        match c {
            // Grave, acute, tilde, hook above, dot below.
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tone = Some(c),
            _ if c.is_whitespace() => {
                folded.extend(tone.take());
                folded.push(' ');
            }
            _ => folded.push(c),
        }
    }
    folded.extend(tone);
    folded
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::warning::Warning;
    use super::*;

    fn person(name: &str, birth: PartialDate, sex: Option<Sex>) -> NameAndBirth {
        let mut warnings = Warnings::default();
        let name = Name::judge(name, &mut warnings);
        NameAndBirth::of(name.as_ref(), Some(birth), sex, warnings).unwrap()
    }

    fn day(year: i32, month: u32, day: u32) -> PartialDate {
        PartialDate::Day(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    }

    #[test]
    fn one_name_is_one_name_however_a_card_writes_it() {
        let birth = day(1950, 3, 7);
        for (one, other, same) in [
            ("Nguyễn Thị Bưởi", "NGUYỄN THỊ BƯỞI", true),
            ("Trần Hòa", "Trần Hoà", true),
            ("Lê Thị  Thúy", "LÊ THỊ THUÝ", true),
            ("Đỗ Ý", "đỗ ý", true),
            ("Trần Hoa", "Trần Hòa", false),
            ("Trần Dung", "Trần Đung", false),
            ("Nguyễn Thị Bưởi", "Nguyễn Bưởi", false),
        ] {
            let (one, other) = (person(one, birth, None), person(other, birth, None));
            assert_eq!(one.is_same(&other), same);
        }
    }

    #[test]
    fn births_are_compared_as_precisely_as_both_are_known() {
        for (one, other, same) in [
            (day(1950, 3, 7), day(1950, 3, 7), true),
            (day(1950, 3, 7), day(1950, 3, 8), false),
            (day(1950, 3, 7), PartialDate::Year(1950), true),
            (day(1950, 3, 7), PartialDate::Year(1951), false),
            (PartialDate::Month { year: 1950, month: 4 }, day(1950, 3, 7), false),
        ] {
            let name = "Nguyễn Thị Bưởi";
            let (one, other) = (person(name, one, None), person(name, other, None));
            assert_eq!(one.is_same(&other), same);
            assert_eq!(other.is_same(&one), same);
        }
    }

    #[test]
    fn only_a_full_birth_and_a_sex_find_a_visit_again() {
        let name = "Nguyễn Thị Bưởi";
        let identity = |birth, sex| {
            person(name, birth, sex).identity().map(|identity| identity.reveal().to_owned())
        };
        let woman = identity(day(1950, 3, 7), Some(Sex::Female));
        assert!(woman.is_some());
        assert_ne!(woman, identity(day(1950, 3, 7), Some(Sex::Male)));
        assert_eq!(identity(day(1950, 3, 7), None), None);
        assert_eq!(identity(PartialDate::Year(1950), Some(Sex::Female)), None);
    }

    #[test]
    fn a_damaged_name_is_compared_with_nothing() {
        for warning in [Warning::NameInvalid, Warning::NoDiacritics] {
            let mut warnings = Warnings::default();
            warnings.add(warning);
            let name = Name::hold("NGUYEN THI BUOI");
            let birth = Some(day(1950, 3, 7));
            assert!(NameAndBirth::of(Some(&name), birth, None, warnings).is_none());
        }
    }
}
