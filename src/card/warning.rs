//! Everything that can be odd about a card that is read all the same. A warning never refuses:
//! it tells the IT officer what to look at and the desk what not to rely on. No personal data.

/// One oddity of a decoded card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The card carries no address.
    AddressMissing,
    /// The address holds letters that were lost on the way; it is left out.
    AddressUnreliable,
    /// The address is no readable hex; it is left out.
    AddressUndecodable,
    /// More or fewer fields than the known layouts have, or in other places.
    UnknownFieldCount,
    /// The card carries no date of birth.
    BirthMissing,
    /// The date of birth is no date; it is left out.
    BirthInvalid,
    /// The date of birth lies after today.
    BirthInFuture,
    /// Day or month of birth is written `00`: only the rest is known.
    BirthDayMonthZero,
    /// The card carries no date of issue.
    IssuedMissing,
    /// The date of issue is no date; it is left out.
    IssuedInvalid,
    /// A date of validity is no date; it is left out.
    ValidityInvalid,
    /// A date is written in another way than this card writes dates.
    NonstandardDate,
    /// The sex is missing or not understood.
    SexUnknown,
    /// The sex on the card is not the one in the personal number.
    IdSexMismatch,
    /// The year of birth on the card is not the one in the personal number.
    IdYearMismatch,
    /// The first three digits of the personal number are no province of the 63.
    ProvinceUnknown,
    /// The old number is neither 9 nor 12 digits; it is left out.
    OldIdInvalid,
    /// UTF-8 that had been taken for Latin-1 or windows-1252 was put right.
    MojibakeRepaired,
    /// The text was windows-1258, not UTF-8.
    DecodedWindows1258,
    /// The reader puts a symbology mark (`]Q1`) or the mark of a character set (`\000026`) into the
    /// code; it was taken off.
    SymbologyMark,
    /// The name holds letters that were lost on the way; it is left out.
    NameUnreliable,
    /// The name is missing or holds signs that no name has.
    NameInvalid,
    /// The name is no readable hex; it is left out.
    NameUndecodable,
    /// All Vietnamese marks are gone from name and address.
    NoDiacritics,
    /// A Telex input method had changed the hex; it was put right.
    ImeRepaired,
    /// The BHYT card ran out before today.
    CardExpired,
    /// The BHYT card begins after today.
    CardNotYetValid,
    /// The BHYT code does not end in `$`.
    EndMarkMissing,
    /// The BHYT number was longer than 15 characters and was cut.
    NumberCut,
    /// The object code is none of the 43 that VNeID takes.
    ObjectCodeUnknown,
    /// Benefit digit 6 or 7: a card converted from the numbers before 2015.
    LegacyBenefitCode,
    /// The benefit digit is none that was ever issued.
    BenefitCodeUnknown,
    /// The facility code is not five characters; it is left out.
    FacilityInvalid,
    /// The reader puts a code id (`s`, `P01`) before or behind the code; it was taken off.
    CodeId,
    /// The name looks as if letters or marks of it were lost; it is kept and nobody is called by it.
    NameDoubtful,
}

impl Warning {
    /// Every warning, in the order in which they are listed for people.
    pub const ALL: [Self; 35] = [
        Self::AddressMissing,
        Self::AddressUnreliable,
        Self::AddressUndecodable,
        Self::UnknownFieldCount,
        Self::BirthMissing,
        Self::BirthInvalid,
        Self::BirthInFuture,
        Self::BirthDayMonthZero,
        Self::IssuedMissing,
        Self::IssuedInvalid,
        Self::ValidityInvalid,
        Self::NonstandardDate,
        Self::SexUnknown,
        Self::IdSexMismatch,
        Self::IdYearMismatch,
        Self::ProvinceUnknown,
        Self::OldIdInvalid,
        Self::MojibakeRepaired,
        Self::DecodedWindows1258,
        Self::SymbologyMark,
        Self::NameUnreliable,
        Self::NameInvalid,
        Self::NameUndecodable,
        Self::NoDiacritics,
        Self::ImeRepaired,
        Self::CardExpired,
        Self::CardNotYetValid,
        Self::EndMarkMissing,
        Self::NumberCut,
        Self::ObjectCodeUnknown,
        Self::LegacyBenefitCode,
        Self::BenefitCodeUnknown,
        Self::FacilityInvalid,
        Self::CodeId,
        Self::NameDoubtful,
    ];

    /// The word for it in the output of `tiepdon decode`; never changes.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::AddressMissing => "address-missing",
            Self::AddressUnreliable => "address-unreliable",
            Self::AddressUndecodable => "address-undecodable",
            Self::UnknownFieldCount => "unknown-field-count",
            Self::BirthMissing => "birth-missing",
            Self::BirthInvalid => "birth-invalid",
            Self::BirthInFuture => "birth-in-future",
            Self::BirthDayMonthZero => "birth-day-month-zero",
            Self::IssuedMissing => "issued-missing",
            Self::IssuedInvalid => "issued-invalid",
            Self::ValidityInvalid => "validity-invalid",
            Self::NonstandardDate => "nonstandard-date",
            Self::SexUnknown => "sex-unknown",
            Self::IdSexMismatch => "id-sex-mismatch",
            Self::IdYearMismatch => "id-year-mismatch",
            Self::ProvinceUnknown => "province-unknown",
            Self::OldIdInvalid => "old-id-invalid",
            Self::MojibakeRepaired => "mojibake-repaired",
            Self::DecodedWindows1258 => "decoded-windows-1258",
            Self::SymbologyMark => "symbology-mark",
            Self::NameUnreliable => "name-unreliable",
            Self::NameInvalid => "name-invalid",
            Self::NameUndecodable => "name-undecodable",
            Self::NoDiacritics => "no-diacritics",
            Self::ImeRepaired => "ime-repaired",
            Self::CardExpired => "card-expired",
            Self::CardNotYetValid => "card-not-yet-valid",
            Self::EndMarkMissing => "end-mark-missing",
            Self::NumberCut => "number-cut",
            Self::ObjectCodeUnknown => "object-code-unknown",
            Self::LegacyBenefitCode => "legacy-benefit-code",
            Self::BenefitCodeUnknown => "benefit-code-unknown",
            Self::FacilityInvalid => "facility-invalid",
            Self::CodeId => "code-id",
            Self::NameDoubtful => "name-doubtful",
        }
    }

    /// This warning's place in the set.
    const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// A set of warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warnings(u64);

impl Warnings {
    /// Adds one; adding it twice is no different.
    pub(super) const fn add(&mut self, warning: Warning) {
        self.0 |= warning.bit();
    }

    /// Adds all of another set.
    pub(super) const fn add_all(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether this warning was given.
    #[must_use]
    pub const fn contains(self, warning: Warning) -> bool {
        self.0 & warning.bit() != 0
    }

    /// Whether there is nothing odd at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All warnings given, in the order of [`Warning::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Warning> {
        Warning::ALL.into_iter().filter(move |warning| self.contains(*warning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_has_its_own_place_and_its_own_word() {
        let mut all = Warnings::default();
        for (place, warning) in Warning::ALL.into_iter().enumerate() {
            assert_eq!(warning as usize, place);
            assert!(!all.contains(warning));
            all.add(warning);
            assert!(all.contains(warning));
        }
        assert_eq!(all.iter().count(), Warning::ALL.len());
        let mut slugs: Vec<_> = Warning::ALL.map(Warning::slug).to_vec();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Warning::ALL.len());
    }
}
