//! A rate that keeps what it was made of.

/// A part of a whole, such as 17 of 40 visits. Never a bare percent: who reads a rate must be able
/// to see how many people stand behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// How many of `whole`.
    pub part: u64,
    /// How many there were; 0 on a day without visits.
    pub whole: u64,
}

impl Share {
    /// The rate from 0 to 1; `None` of nothing, since no visit is neither 0 % nor 100 %.
    pub fn ratio(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// The rate in tenths of a percent, halves rounded up; `None` of nothing.
    pub fn tenths(self) -> Option<u64> {
        let doubled = u128::from(self.part) * 2000 + u128::from(self.whole);
        let tenths = doubled.checked_div(u128::from(self.whole) * 2)?;
        Some(u64::try_from(tenths).unwrap_or(u64::MAX))
    }

    /// The rate in whole percent, halves rounded up; `None` of nothing.
    pub fn percent(self) -> Option<u64> {
        let doubled = self.part.saturating_mul(200).saturating_add(self.whole);
        doubled.checked_div(self.whole.saturating_mul(2))
    }
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn a_share_is_rounded_to_whole_percent_with_halves_up() {
        for (part, whole, percent) in [
            (0, 40, Some(0)),
            (40, 40, Some(100)),
            (1, 3, Some(33)),
            (2, 3, Some(67)),
            (1, 200, Some(1)),
            (1, 201, Some(0)),
            (0, 0, None),
        ] {
            assert_eq!(Share { part, whole }.percent(), percent, "{part}/{whole}");
        }
    }

    #[test]
    fn a_share_of_nothing_has_no_rate() {
        assert_eq!(Share { part: 0, whole: 0 }.ratio(), None);
        assert_eq!(Share { part: 17, whole: 40 }.ratio(), Some(0.425));
    }
}
