//! The 12-digit personal number: province (3), century and sex (1), year of birth (2), random (6).
//! The law now guarantees twelve digits and no more (Luật Căn cước 26/2023, art. 12), so what is
//! read out of them is a hint for warnings and age bands, never a reason to refuse.

use super::date::PartialDate;
use super::person::Sex;
use super::province;
use super::secret::PersonalId;

impl PersonalId {
    /// Exactly twelve ASCII digits; no more is asked, so that nobody is refused.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let twelve_digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        twelve_digits.then(|| Self::hold(text))
    }

    /// Province of birth registration; `None` for a country code or an unknown one.
    #[must_use]
    pub fn province_at_registration(&self) -> Option<&'static str> {
        province::name(self.reveal().get(..3)?)
    }

    /// Sex by the century digit: even is male.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        Some(if self.century()?.is_multiple_of(2) { Sex::Male } else { Sex::Female })
    }

    /// Year of birth by the century digit (0 and 1: 19xx, 2 and 3: 20xx …) and the two after it.
    #[must_use]
    pub fn birth_year(&self) -> Option<PartialDate> {
        let year: i32 = self.reveal().get(4..6)?.parse().ok()?;
        Some(PartialDate::Year(1900 + 100 * i32::from(self.century()? / 2) + year))
    }

    /// Whether these digits alone, without anything of a card around them, can be somebody's number. People
    /// who visit a station were born between 1905 and 2099; and the check digit of goods (UPC-A) in a
    /// number that names no province is a box, not a person. A country code is no province: nine of ten
    /// of those are taken.
    pub(super) fn can_stand_alone(&self) -> bool {
        const BIRTHS: std::ops::RangeInclusive<i32> = 1905..=2099;
        let year = self.birth_year().map(PartialDate::year);
        year.is_some_and(|year| BIRTHS.contains(&year))
            && (self.province_at_registration().is_some() || !self.has_check_digit_of_goods())
    }

    /// UPC-A: three times the digits at odd places and the others are together a multiple of ten.
    fn has_check_digit_of_goods(&self) -> bool {
        let digits = self.reveal().bytes().map(|digit| u32::from(digit.wrapping_sub(b'0')));
        let weighed = digits.zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight);
        weighed.sum::<u32>().is_multiple_of(10)
    }

    /// The digit of century and sex.
    fn century(&self) -> Option<u8> {
        self.reveal().as_bytes().get(3).map(|digit| digit.wrapping_sub(b'0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_century_digit_tells_sex_and_year() {
        for (id, sex, year) in [
            ("001090000001", Sex::Male, 1990),
            ("079185000002", Sex::Female, 1985),
            ("048200000011", Sex::Male, 2000),
            ("001319000014", Sex::Female, 2019),
            ("001905000014", Sex::Female, 2305),
        ] {
            let id = PersonalId::parse(id).unwrap();
            assert_eq!(id.sex(), Some(sex));
            assert_eq!(id.birth_year(), Some(PartialDate::Year(year)));
        }
    }

    #[test]
    fn twelve_digits_that_nobody_can_have_are_no_number_on_their_own() {
        for (digits, can) in [
            ("001090000001", true),
            // Born 126 years ago, and in the year 2105.
            ("001000000001", false),
            ("001405000001", false),
            ("036000291452", false),
            // A code of goods whose first digits name no province; one digit further it is none.
            ("614141000036", false),
            ("614141000037", true),
            ("500090000001", true),
        ] {
            assert_eq!(PersonalId::parse(digits).unwrap().can_stand_alone(), can, "{digits}");
        }
    }

    #[test]
    fn only_twelve_ascii_digits_are_a_personal_number() {
        for text in
            ["", "00109000001", "0010900000011", "00109000000a", "０01090000", " 01090000001"]
        {
            assert!(PersonalId::parse(text).is_none(), "{text}");
        }
        assert!(PersonalId::parse("999999999999").is_some());
    }
}
