//! A number that somebody else counted, under the fingers of whoever enters it.

use crate::event::{Hundredths, StationDay};

/// Most digits before the comma: above ten million nothing is counted in a commune.
const MOST_DIGITS: usize = 7;
/// Most digits behind it.
const MOST_DECIMALS: usize = 2;

/// A number the running campaigns want to be told, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedNumber {
    /// Its name in events.
    pub figure: String,
    /// What it is, in few words.
    pub label: String,
    /// Who counts it.
    pub counted_by: String,
    /// What it counts.
    pub unit: String,
    /// What was entered for the last days, the newest last.
    pub known: Vec<(StationDay, Hundredths)>,
}

/// What is typed of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberEntry {
    digits: String,
    decimals: Option<String>,
}

impl NumberEntry {
    /// Takes a digit, 0 to 9, if there is room for it.
    pub(super) fn push(&mut self, digit: u8) {
        let Some(digit) = char::from_digit(digit.into(), 10) else { return };
        let (part, most) = match &mut self.decimals {
            Some(decimals) => (decimals, MOST_DECIMALS),
            None => (&mut self.digits, MOST_DIGITS),
        };
        if part.len() < most {
            // A number does not begin with zeros.
            if part == "0" && most == MOST_DIGITS {
                part.clear();
            }
            part.push(digit);
        }
    }

    /// What follows are decimals.
    pub(super) fn comma(&mut self) {
        if self.decimals.is_none() && !self.digits.is_empty() {
            self.decimals = Some(String::new());
        }
    }

    /// Takes the last sign back.
    pub(super) fn erase(&mut self) {
        match &mut self.decimals {
            Some(decimals) if decimals.is_empty() => self.decimals = None,
            Some(decimals) => {
                decimals.pop();
            }
            None => {
                self.digits.pop();
            }
        }
    }

    /// Whether nothing is typed.
    pub(super) fn is_empty(&self) -> bool {
        self.digits.is_empty()
    }

    /// The number; `None` before the first digit.
    pub(super) fn value(&self) -> Option<Hundredths> {
        let whole: u32 = self.digits.parse().ok()?;
        let decimals = self.decimals.as_deref().unwrap_or_default();
        let part: u32 = format!("{decimals:0<2}").parse().ok()?;
        Some(Hundredths(whole * 100 + part))
    }

    /// As it is typed: `1.250`, `92,`.
    pub(super) fn shown(&self) -> String {
        let Ok(whole) = self.digits.parse::<u32>() else { return String::new() };
        let whole = Hundredths(whole * 100).to_string();
        match &self.decimals {
            Some(decimals) => format!("{whole},{decimals}"),
            None => whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> NumberEntry {
        let mut entry = NumberEntry::default();
        for key in keys.chars() {
            match key {
                ',' => entry.comma(),
                '<' => entry.erase(),
                digit => entry.push(u8::try_from(digit.to_digit(10).unwrap()).unwrap()),
            }
        }
        entry
    }

    #[test]
    fn a_number_is_what_was_typed() {
        for (keys, shown, value) in [
            ("", "", None),
            ("0", "0", Some(0)),
            ("007", "7", Some(700)),
            ("1250", "1.250", Some(125_000)),
            ("92,4", "92,4", Some(9240)),
            ("92,45", "92,45", Some(9245)),
            ("92,456", "92,45", Some(9245)),
            ("92,", "92,", Some(9200)),
            ("92,<", "92", Some(9200)),
            ("92,4<<<", "9", Some(900)),
            (",5", "5", Some(500)),
            ("5,,5", "5,5", Some(550)),
            ("123456789", "1.234.567", Some(123_456_700)),
            ("<", "", None),
        ] {
            assert_eq!(typed(keys).shown(), shown, "{keys}");
            assert_eq!(typed(keys).value(), value.map(Hundredths), "{keys}");
        }
    }
}
