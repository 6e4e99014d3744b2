//! The PIN under somebody's fingers.
//!
//! The digits lie on the heap, where moving them leaves no copy behind, are wiped when dropped, and
//! have no `Debug` and no `Display`.

use zeroize::Zeroizing;

/// As many as bank cards have taught everyone.
pub(super) const PIN_DIGITS: usize = 6;

/// Six digits as somebody typed them: to be compared with a hash, or judged as a new PIN.
#[derive(PartialEq, Eq)]
pub struct TypedPin(Box<Zeroizing<[u8; PIN_DIGITS]>>);

impl TypedPin {
    /// The digits as ASCII.
    pub(super) fn reveal(&self) -> &[u8; PIN_DIGITS] {
        &self.0
    }
}

/// What is typed so far.
#[derive(Default)]
pub struct PinEntry {
    digits: Box<Zeroizing<[u8; PIN_DIGITS]>>,
    len: usize,
}

impl PinEntry {
    /// Takes the key of a digit, 0 to 9. Anything else, and a seventh digit, changes nothing.
    pub fn push(&mut self, digit: u8) {
        if digit <= 9
            && let Some(place) = self.digits.get_mut(self.len)
        {
            *place = b'0' + digit;
            self.len += 1;
        }
    }

    /// Takes the last digit away.
    pub fn erase(&mut self) {
        self.len = self.len.saturating_sub(1);
        if let Some(place) = self.digits.get_mut(self.len) {
            *place = 0;
        }
    }

    /// How many digits are typed, for as many dots on the screen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Hands over the digits once there are six, and begins anew; before that, changes nothing.
    pub fn take(&mut self) -> Option<TypedPin> {
        (self.len == PIN_DIGITS).then(|| TypedPin(std::mem::take(self).digits))
    }
}

#[cfg(test)]
pub(crate) fn typed(digits: &str) -> TypedPin {
    let mut entry = PinEntry::default();
    for digit in digits.bytes() {
        entry.push(digit - b'0');
    }
    entry.take().unwrap()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn six_digits_are_handed_over_once_and_the_entry_begins_anew() {
        let mut entry = PinEntry::default();
        for (typed_before, digit) in [4, 8, 2, 9, 1, 5].into_iter().enumerate() {
            assert_eq!(entry.len(), typed_before);
            assert!(entry.take().is_none());
            entry.push(digit);
        }
        entry.push(7);
        assert_eq!(entry.take().unwrap().reveal(), b"482915");
        assert!(entry.is_empty());
        assert!(entry.take().is_none());
    }

    #[test]
    fn an_erased_digit_is_wiped_at_once() {
        let mut entry = PinEntry::default();
        entry.erase();
        entry.push(4);
        entry.push(8);
        entry.erase();
        assert_eq!(**entry.digits, [b'4', 0, 0, 0, 0, 0]);
        entry.erase();
        entry.erase();
        assert_eq!(**entry.digits, [0; PIN_DIGITS]);
        assert!(entry.is_empty());
    }

    proptest! {
        /// `None` is the key that erases.
        #[test]
        fn whatever_is_pressed_the_entry_holds_what_a_text_would(
            keys in prop::collection::vec(prop::option::of(0_u8..16), 0..40)
        ) {
            let mut entry = PinEntry::default();
            let mut text = String::new();
            for key in keys {
                match key {
                    Some(digit) => {
                        entry.push(digit);
                        if digit <= 9 && text.len() < PIN_DIGITS {
                            text.push(char::from(b'0' + digit));
                        }
                    }
                    None => {
                        entry.erase();
                        text.pop();
                    }
                }
                prop_assert_eq!(entry.len(), text.len());
            }
            let taken = entry.take().map(|pin| pin.reveal().to_vec());
            prop_assert_eq!(taken, (text.len() == PIN_DIGITS).then(|| text.into_bytes()));
        }
    }
}
