//! What the desk may know of the person who scanned: enough to greet them, to find their age band
//! and to see the same person again on the same day. Nothing else leaves this room for the desk.

use zeroize::Zeroizing;

use super::citizen::CitizenCard;
use super::date::PartialDate;
use super::insurance::InsuranceCard;
use super::name_and_birth::NameAndBirth;
use super::person::Sex;
use super::secret::{GivenName, Identity, Name};
use super::warning::{Warning, Warnings};
use super::{InsuranceId, PersonalId, Scan};

/// The person a card belongs to, who need not be the one who holds it.
pub struct Holder {
    /// What to call them; `None` if the card does not say it reliably.
    pub given: Option<GivenName>,
    /// Date of birth, as precise as known: the card's, or the year in the personal number where the
    /// card's was lost. It may lie in the future, where the day of today is wrong.
    pub birth: Option<PartialDate>,
    /// Sex.
    pub sex: Option<Sex>,
}

impl Scan {
    /// Who the card belongs to. A bare personal number tells sex and year of birth, a bare BHYT
    /// number nothing, and all else has no holder.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        match self {
            Self::Citizen(card) => Some(card.holder()),
            Self::Insurance(card) => Some(card.holder()),
            Self::PersonalNumber(id) => {
                Some(Holder { given: None, birth: id.birth_year(), sex: id.sex() })
            }
            Self::InsuranceNumber(_)
            | Self::Command(_)
            | Self::Opaque(_)
            | Self::Url
            | Self::Payment
            | Self::Unreadable(_) => None,
        }
    }

    /// What makes two scans of a day the same person: `cccd:` and the personal number, or `bhxh:`
    /// and the last ten characters, which both forms of a BHYT number share. Neither card carries
    /// the other's number, unless it is a BHYT card with the personal number: what joins them is
    /// [`Scan::name_and_birth`]. A code that cannot be read is `code:` and the code itself.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        match self {
            Self::Citizen(card) => Some(by_personal_id(&card.personal_id)),
            Self::PersonalNumber(id) => Some(by_personal_id(id)),
            Self::Insurance(card) => Some(match &card.personal_id {
                Some(id) => by_personal_id(id),
                None => by_insurance_id(&card.number),
            }),
            Self::InsuranceNumber(id) => Some(by_insurance_id(id)),
            Self::Opaque(code) => Some(Identity::hold(code.reveal())),
            Self::Command(_) | Self::Url | Self::Payment | Self::Unreadable(_) => None,
        }
    }

    /// What two documents of one person have in common.
    #[must_use]
    pub fn name_and_birth(&self) -> Option<NameAndBirth> {
        match self {
            Self::Citizen(card) => {
                NameAndBirth::of(card.name.as_ref(), card.birth, card.sex, card.warnings)
            }
            Self::Insurance(card) => {
                NameAndBirth::of(card.name.as_ref(), card.birth, card.sex, card.warnings)
            }
            Self::PersonalNumber(_)
            | Self::InsuranceNumber(_)
            | Self::Command(_)
            | Self::Opaque(_)
            | Self::Url
            | Self::Payment
            | Self::Unreadable(_) => None,
        }
    }
}

impl CitizenCard {
    fn holder(&self) -> Holder {
        Holder {
            given: given(self.name.as_ref(), self.warnings),
            birth: self.birth.or_else(|| self.personal_id.birth_year()),
            sex: self.sex.or_else(|| self.personal_id.sex()),
        }
    }
}

impl InsuranceCard {
    fn holder(&self) -> Holder {
        let id = self.personal_id.as_ref();
        Holder {
            given: given(self.name.as_ref(), self.warnings),
            birth: self.birth.or_else(|| id.and_then(PersonalId::birth_year)),
            sex: self.sex.or_else(|| id.and_then(PersonalId::sex)),
        }
    }
}

/// The given name, unless something says that the name did not come as it was written: nobody is
/// spoken to by half a name.
fn given(name: Option<&Name>, warnings: Warnings) -> Option<GivenName> {
    name.filter(|_| !is_name_doubtful(warnings)).map(Name::given)
}

/// Whether the name may not have come as it was written.
pub(super) fn is_name_doubtful(warnings: Warnings) -> bool {
    [Warning::NameInvalid, Warning::NameDoubtful, Warning::NoDiacritics]
        .into_iter()
        .any(|warning| warnings.contains(warning))
}

fn by_personal_id(id: &PersonalId) -> Identity {
    prefixed("cccd:", id.reveal())
}

/// The same code again is the same person; another one may be the same person's too.
pub(super) fn by_code(code: &str) -> Identity {
    prefixed("code:", code)
}

fn by_insurance_id(id: &InsuranceId) -> Identity {
    prefixed("bhxh:", id.last_ten())
}

/// Prefix and number in one buffer that is never grown.
fn prefixed(prefix: &str, number: &str) -> Identity {
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + number.len()));
    text.push_str(prefix);
    text.push_str(number);
    Identity::hold(&text)
}
