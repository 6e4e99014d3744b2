//! A PIN worth choosing. What half the country would try first is refused, with the reason.

use super::pin_entry::{PIN_DIGITS, TypedPin};
use crate::event::StaffCode;

/// A PIN that was judged and found good enough. Wiped when dropped, never shown.
pub struct Pin(TypedPin);

/// Why a PIN is too easy to guess. None of the variants holds a digit of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum WeakPin {
    /// The digits of the staff code: repeated, or after zeros.
    #[error("the PIN is made of the digits of the staff code")]
    OwnCode,
    /// One digit six times.
    #[error("the PIN is one digit six times")]
    OneDigit,
    /// Every digit is one more, or one less, than the one before; 0 and 9 are neighbours.
    #[error("the PIN counts up or down")]
    Run,
    /// Two or three digits repeated, doubled or mirrored: 121212, 123123, 112233, 111222, 123321.
    #[error("the PIN repeats two or three digits")]
    Pattern,
    /// Reads as ddmmyy, or begins or ends with a year of the last or this century.
    #[error("the PIN reads as a date or a year")]
    Date,
}

impl WeakPin {
    /// What to do, for the one who chooses the PIN.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::OwnCode => "PIN trùng với số trong mã của bạn. Hãy chọn 6 số khác.",
            Self::OneDigit => "PIN chỉ có một chữ số lặp lại. Hãy chọn 6 số khác.",
            Self::Run => "PIN là dãy số liên tiếp. Hãy chọn 6 số không theo thứ tự.",
            Self::Pattern => "PIN lặp lại theo quy luật dễ đoán. Hãy chọn 6 số khác.",
            Self::Date => "PIN giống ngày hoặc năm sinh. Hãy chọn 6 số không phải ngày tháng năm.",
        }
    }
}

impl Pin {
    /// Judges what `code` typed as a new PIN.
    ///
    /// # Errors
    /// The first reason of [`WeakPin`] that applies, in the order of its variants. 92 % of all PINs
    /// pass.
    pub fn try_new(typed: TypedPin, code: StaffCode) -> Result<Self, WeakPin> {
        match weakness(typed.reveal(), code) {
            Some(weak) => Err(weak),
            None => Ok(Self(typed)),
        }
    }

    /// Whether the same PIN was typed again, to be sure of it.
    #[must_use]
    pub fn is(&self, again: &TypedPin) -> bool {
        self.0 == *again
    }

    /// The digits as ASCII.
    pub(super) fn reveal(&self) -> &[u8; PIN_DIGITS] {
        self.0.reveal()
    }
}

fn weakness(pin: &[u8; PIN_DIGITS], code: StaffCode) -> Option<WeakPin> {
    let [a, b, c, d, e, f] = *pin;
    if is_own_code(pin, code) {
        Some(WeakPin::OwnCode)
    } else if pin.iter().all(|digit| *digit == a) {
        Some(WeakPin::OneDigit)
    } else if counts(pin.iter()) || counts(pin.iter().rev()) {
        Some(WeakPin::Run)
    } else if (a, b, c, d) == (c, d, e, f)
        || (a, b, c) == (d, e, f)
        || (a, b, c) == (f, e, d)
        || (a, c, e) == (b, d, f)
        || (a, a, d, d) == (b, c, e, f)
    {
        Some(WeakPin::Pattern)
    } else if is_day(a, b) && is_month(c, d) || is_century(a, b) || is_century(c, d) {
        Some(WeakPin::Date)
    } else {
        None
    }
}

fn is_own_code(pin: &[u8; PIN_DIGITS], code: StaffCode) -> bool {
    let digits = || code.as_str().bytes().filter(u8::is_ascii_digit);
    let zeros = PIN_DIGITS.saturating_sub(digits().count());
    digits().next().is_some()
        && (pin.iter().copied().eq(digits().cycle().take(PIN_DIGITS))
            || pin.iter().copied().eq(std::iter::repeat_n(b'0', zeros).chain(digits())))
}

fn counts<'a>(digits: impl Iterator<Item = &'a u8> + Clone) -> bool {
    let next = |digit: &u8| if *digit == b'9' { b'0' } else { digit + 1 };
    digits.clone().skip(1).copied().eq(digits.take(PIN_DIGITS - 1).map(next))
}

/// 01 to 31. Whether the month has that day makes a birthday no harder to guess.
fn is_day(tens: u8, units: u8) -> bool {
    matches!((tens, units), (b'0', b'1'..) | (b'1' | b'2', _) | (b'3', b'0' | b'1'))
}

/// 01 to 12.
fn is_month(tens: u8, units: u8) -> bool {
    matches!((tens, units), (b'0', b'1'..) | (b'1', b'0'..=b'2'))
}

/// The first half of 1900 to 2099.
fn is_century(tens: u8, units: u8) -> bool {
    matches!((tens, units), (b'1', b'9') | (b'2', b'0'))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::pin_entry::typed;
    use super::*;

    fn code(text: &str) -> StaffCode {
        text.parse().unwrap()
    }

    fn judge(digits: &str, of: &str) -> Option<WeakPin> {
        Pin::try_new(typed(digits), code(of)).err()
    }

    #[test]
    fn every_weak_pin_is_refused_for_its_own_reason() {
        let table = [
            (WeakPin::OneDigit, &["000000", "111111", "999999"][..]),
            (WeakPin::Run, &["123456", "456789", "987654", "890123", "210987", "012345", "543210"]),
            (WeakPin::Pattern, &["121212", "123123", "112233", "111222", "123321", "585858"]),
            (
                WeakPin::Date,
                &["150850", "010199", "310250", "195078", "200713", "531950", "152019"],
            ),
            (WeakPin::OwnCode, &["020202", "000002"]),
        ];
        for (weak, pins) in table {
            for pin in pins {
                assert_eq!(judge(pin, "NV02"), Some(weak), "{pin}");
            }
        }
    }

    #[test]
    fn what_only_resembles_a_weak_pin_passes() {
        for pin in ["482915", "123465", "890124", "565657", "112234", "320850", "151350", "001250"]
        {
            assert_eq!(judge(pin, "NV02"), None, "{pin}");
        }
    }

    #[test]
    fn the_digits_of_a_code_are_weak_for_its_owner_only() {
        for (own, pin) in [
            ("NV1473", "147314"),
            ("NV1473", "001473"),
            ("A583947", "583947"),
            ("NV58394", "583945"),
        ] {
            assert_eq!(judge(pin, own), Some(WeakPin::OwnCode), "{own} {pin}");
            assert_eq!(judge(pin, "NV02"), None, "{pin}");
        }
        // Neither no digits nor more than six of them make a rule.
        assert_eq!(judge("000000", "TRAM"), Some(WeakPin::OneDigit));
        assert_eq!(judge("473829", "A4738291"), Some(WeakPin::OwnCode));
        assert_eq!(judge("738291", "A4738291"), None);
    }

    /// The number is exact, so that a rule changed by mistake is seen.
    #[test]
    fn nine_of_ten_pins_pass() {
        let mut found: HashMap<Option<WeakPin>, u32> = HashMap::new();
        for number in 0..1_000_000 {
            let digits: [u8; PIN_DIGITS] = format!("{number:06}").into_bytes().try_into().unwrap();
            *found.entry(weakness(&digits, code("NV02"))).or_default() += 1;
        }
        let expected = HashMap::from([
            (None, 922_760),
            (Some(WeakPin::OwnCode), 2),
            (Some(WeakPin::OneDigit), 10),
            (Some(WeakPin::Run), 20),
            (Some(WeakPin::Pattern), 2_969),
            (Some(WeakPin::Date), 74_239),
        ]);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pin_typed_again_is_the_same_pin_or_not() {
        let pin = Pin::try_new(typed("482915"), code("NV02")).ok().unwrap();
        assert!(pin.is(&typed("482915")));
        assert!(!pin.is(&typed("482951")));
    }

    #[test]
    fn no_refusal_shows_the_pin() {
        for weak in
            [WeakPin::OwnCode, WeakPin::OneDigit, WeakPin::Run, WeakPin::Pattern, WeakPin::Date]
        {
            assert!(weak.advice().starts_with("PIN "), "{weak}");
            assert!(weak.advice().contains("Hãy chọn"), "{weak}");
        }
    }

    proptest! {
        #[test]
        fn every_day_since_1900_is_refused_in_every_way_it_is_written(
            day in 1_u32..=31, month in 1_u32..=12, year in 1900_u32..2100
        ) {
            let ddmmyy = format!("{day:02}{month:02}{:02}", year % 100);
            prop_assert!(judge(&ddmmyy, "NV02").is_some(), "{}", ddmmyy);
            // The years of birth, after a day, a month or both, without zeros in front.
            for head in [format!("{day:02}"), format!("{month:02}"), format!("{}{}", day % 10, month % 10)] {
                let (last, first) = (format!("{head}{year}"), format!("{year}{head}"));
                prop_assert!(judge(&last, "NV02").is_some(), "{}", last);
                prop_assert!(judge(&first, "NV02").is_some(), "{}", first);
            }
        }

        #[test]
        fn a_run_is_refused_wherever_it_begins(first in 0_u8..10, up: bool) {
            let pin: String = (0..6)
                .map(|step| if up { first + step } else { first + 10 - step })
                .map(|digit| char::from(b'0' + digit % 10))
                .collect();
            prop_assert!(judge(&pin, "TT01").is_some(), "{}", pin);
        }

        #[test]
        fn two_or_three_digits_repeated_are_refused(a in "[0-9]{2}", b in "[0-9]{3}") {
            let mirrored: String = b.chars().rev().collect();
            let doubled: String = b.chars().flat_map(|digit| [digit; 2]).collect();
            for pin in [a.repeat(3), b.repeat(2), b.clone() + &mirrored, doubled] {
                prop_assert!(judge(&pin, "TT01").is_some(), "{}", pin);
            }
        }
    }
}
