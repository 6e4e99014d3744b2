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
    fn only_twelve_ascii_digits_are_a_personal_number() {
        for text in
            ["", "00109000001", "0010900000011", "00109000000a", "０01090000", " 01090000001"]
        {
            assert!(PersonalId::parse(text).is_none(), "{text}");
        }
        assert!(PersonalId::parse("999999999999").is_some());
    }
}
