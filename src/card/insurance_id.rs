//! BHYT and BHXH numbers: `OO B UU NNNNNNNNNN`, or the last ten digits alone on the new form.
//! A wrong code is warned about and never refused: new groups get codes before we hear of them.

use zeroize::Zeroizing;

use super::secret::{InsuranceId, PersonalId};
use super::warning::{Warning, Warnings};

/// The object codes VNeID takes when a BHYT card is integrated (annex of the campaign plans).
pub const OBJECT_CODES: [&str; 43] = [
    "DN", "HX", "CH", "NN", "TK", "HC", "XK", "HT", "TB", "NO", "CT", "XB", "TN", "CS", "QN", "CA",
    "CY", "XN", "MS", "CC", "CK", "CB", "KC", "HD", "TE", "BT", "HN", "DT", "DK", "XD", "TS", "TC",
    "TQ", "TA", "TY", "HG", "LS", "PV", "CN", "HS", "SV", "GB", "GD",
];

/// Length of the number with its codes.
const FULL: usize = 15;

/// Length of the BHXH number alone.
const SHORT: usize = 10;

/// Longest first field that is still taken for a number: old scans carry up to five signs more.
const LONGEST: usize = 20;

impl InsuranceId {
    /// Ten digits, or two letters, a digit and twelve digits or letters (numbers given before the
    /// BHXH codes hold letters), in any case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut number = Zeroizing::new(text.to_owned());
        number.make_ascii_uppercase();
        let good = match number.as_bytes() {
            digits if digits.len() == SHORT => digits.iter().all(u8::is_ascii_digit),
            [a, b, benefit, rest @ ..] if number.len() == FULL => {
                a.is_ascii_uppercase()
                    && b.is_ascii_uppercase()
                    && benefit.is_ascii_digit()
                    && rest.iter().all(u8::is_ascii_alphanumeric)
            }
            _ => false,
        };
        good.then(|| Self::hold(&number))
    }

    /// As [`InsuranceId::parse`], but cuts a longer number to 15 characters as the hospitals'
    /// programs do, with a warning.
    pub(super) fn parse_or_cut(text: &str, warnings: &mut Warnings) -> Option<Self> {
        let longer = text.len() > FULL
            && text.len() <= LONGEST
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !longer {
            return Self::parse(text);
        }
        let number = Self::parse(text.get(..FULL)?)?;
        warnings.add(Warning::NumberCut);
        Some(number)
    }

    /// The personal number in the place of the BHYT number.
    pub(super) fn personal(id: &PersonalId) -> Self {
        Self::hold(id.reveal())
    }

    /// The group of the insured, such as `GD`; `None` on the ten-digit form.
    #[must_use]
    pub fn object_code(&self) -> Option<&str> {
        self.full()?.get(..2)
    }

    /// The benefit digit. No rate is computed from it: since 2025 the rate depends on more.
    #[must_use]
    pub fn benefit_code(&self) -> Option<&str> {
        self.full()?.get(2..3)
    }

    /// The issuing unit: province without its leading zero, 97 army, 98 police.
    #[must_use]
    pub fn unit_code(&self) -> Option<&str> {
        self.full()?.get(3..5)
    }

    /// The ten digits of the BHXH number; `None` in a number from before it existed, and where the
    /// personal number stands in its place.
    #[must_use]
    pub fn bhxh_id(&self) -> Option<&str> {
        Some(self.last_ten())
            .filter(|ten| ten.bytes().all(|byte| byte.is_ascii_digit()))
            .filter(|_| matches!(self.reveal().len(), SHORT | FULL))
    }

    /// The last ten characters, which both forms of a number share.
    pub(super) fn last_ten(&self) -> &str {
        let number = self.reveal();
        number.len().checked_sub(SHORT).and_then(|from| number.get(from..)).unwrap_or(number)
    }

    /// Warns about codes that VNeID would not take.
    pub(super) fn check(&self, warnings: &mut Warnings) {
        if self.object_code().is_some_and(|code| !OBJECT_CODES.contains(&code)) {
            warnings.add(Warning::ObjectCodeUnknown);
        }
        match self.benefit_code() {
            Some("6" | "7") => warnings.add(Warning::LegacyBenefitCode),
            Some("0" | "8" | "9") => warnings.add(Warning::BenefitCodeUnknown),
            Some(_) | None => {}
        }
    }

    /// The number, if it is of the 15-character form.
    fn full(&self) -> Option<&str> {
        Some(self.reveal()).filter(|number| number.len() == FULL)
    }
}

/// Whether a number has codes that were issued; the ten digits alone say nothing of it.
pub(super) fn is_issued(number: &InsuranceId) -> bool {
    number.object_code().is_some_and(|code| OBJECT_CODES.contains(&code))
        && matches!(number.benefit_code(), Some("1" | "2" | "3" | "4" | "5" | "6" | "7"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_number_share_their_last_ten() {
        let full = InsuranceId::parse("gd4010000000051").unwrap();
        assert_eq!(full.reveal(), "GD4010000000051");
        assert_eq!(full.object_code(), Some("GD"));
        assert_eq!(full.benefit_code(), Some("4"));
        assert_eq!(full.unit_code(), Some("01"));
        assert_eq!(full.bhxh_id(), Some("0000000051"));
        let short = InsuranceId::parse("0000000051").unwrap();
        assert_eq!(
            (short.object_code(), short.benefit_code(), short.unit_code()),
            (None, None, None)
        );
        assert_eq!(short.last_ten(), full.last_ten());
    }

    #[test]
    fn an_old_number_with_letters_is_kept_but_has_no_bhxh_number() {
        let old = InsuranceId::parse("DN7010A00000052").unwrap();
        assert_eq!(old.bhxh_id(), None);
        assert_eq!(old.last_ten(), "0A00000052");
    }

    #[test]
    fn a_longer_number_is_cut_only_where_old_scans_have_it() {
        let mut warnings = Warnings::default();
        let cut = InsuranceId::parse_or_cut("GD401000000005112", &mut warnings).unwrap();
        assert_eq!(cut.reveal(), "GD4010000000051");
        assert!(warnings.contains(Warning::NumberCut));
        for text in
            ["GD40100000000511234567", "00000000510000000", "GD4010000000051 1", "GĐ4010000000051"]
        {
            assert!(InsuranceId::parse_or_cut(text, &mut warnings).is_none(), "{text}");
        }
    }

    #[test]
    fn codes_nobody_knows_are_warned_about() {
        for (number, slugs) in [
            ("GD4010000000051", &[][..]),
            ("ZZ4010000000064", &["object-code-unknown"]),
            ("DN7010000000064", &["legacy-benefit-code"]),
            ("XV6010000000064", &["object-code-unknown", "legacy-benefit-code"]),
            ("GD9010000000051", &["benefit-code-unknown"]),
            ("0000000051", &[]),
        ] {
            let mut warnings = Warnings::default();
            InsuranceId::parse(number).unwrap().check(&mut warnings);
            assert_eq!(warnings.iter().map(Warning::slug).collect::<Vec<_>>(), slugs, "{number}");
        }
    }
}
