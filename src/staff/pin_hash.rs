//! What is kept of a PIN: Argon2id in the PHC string format, with its own random salt.

use argon2::password_hash::{Error as HashError, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use serde::{Deserialize, Serialize};

use super::{Pin, StaffError, TypedPin};

/// The least that OWASP's Password Storage Cheat Sheet asks of Argon2id: 19 MiB, two passes, one
/// lane. More would let a nurse on a Raspberry Pi wait without saving a PIN of six digits from
/// whoever has the file.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A damaged number in the file must not ask for all memory, or for hours. Leaves room for stronger
/// parameters of later versions.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
const MOST_PASSES: u32 = 16;

/// The hash of a PIN. Whoever has it finds the six digits in hours, so it is shown to nobody: no
/// `Debug`, no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PinHash(String);

/// A text that is no hash of a PIN. It is not repeated here: it may be one that lost a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Argon2id hash of a PIN")]
pub struct IllFormedPinHash;

impl PinHash {
    /// Hashes a PIN under a new salt. Takes 19 MiB, 20 to 45 ms on a desktop and several times as
    /// long on a Raspberry Pi: not for the screen's thread.
    ///
    /// # Errors
    /// When the system has no memory or no randomness left.
    pub fn of(pin: &Pin) -> Result<Self, StaffError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(HashError::from)?;
        let hash =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(pin.reveal())?;
        Ok(Self(hash.to_string()))
    }

    /// Whether this PIN was typed. Takes as long as [`PinHash::of`], and no less for a PIN that is
    /// nearly right.
    ///
    /// # Errors
    /// When the system has no memory left.
    pub fn matches(&self, typed: &TypedPin) -> Result<bool, StaffError> {
        match Argon2::default().verify_password(typed.reveal(), self.0.as_str()) {
            Ok(()) => Ok(true),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(failed) => Err(failed.into()),
        }
    }
}

impl TryFrom<String> for PinHash {
    type Error = IllFormedPinHash;

    fn try_from(text: String) -> Result<Self, IllFormedPinHash> {
        let hash = PasswordHash::new(&text).map_err(|_| IllFormedPinHash)?;
        let params = Params::try_from(&hash).map_err(|_| IllFormedPinHash)?;
        let is_ours = hash.algorithm == argon2::ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && hash.salt.is_some()
            && hash.hash.is_some()
            && params.m_cost() <= MOST_MEMORY_KIB
            && params.t_cost() <= MOST_PASSES;
        if is_ours { Ok(Self(text)) } else { Err(IllFormedPinHash) }
    }
}

impl From<PinHash> for String {
    fn from(hash: PinHash) -> Self {
        hash.0
    }
}

/// Made of "482915" and the salt 00 01 … 0f by the reference implementation (argon2-cffi).
#[cfg(test)]
const STORED: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw\
                      $k+1mX7958akz4XaWqqlI0gUAZKhT8sFx4iaJksBnjI0";

#[cfg(test)]
pub(crate) fn sample() -> PinHash {
    PinHash(STORED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::pin_entry::typed;
    use super::*;

    fn hash_of(digits: &str) -> PinHash {
        let pin = Pin::try_new(typed(digits), "NV02".parse().unwrap()).ok().unwrap();
        PinHash::of(&pin).unwrap()
    }

    #[test]
    fn the_reference_implementation_and_this_one_agree() {
        let stored = PinHash::try_from(STORED.to_owned()).ok().unwrap();
        assert!(stored.matches(&typed("482915")).unwrap());
        assert!(!stored.matches(&typed("482916")).unwrap());
    }

    #[test]
    fn the_same_pin_has_another_hash_each_time_and_all_match() {
        let [first, second] = [(); 2].map(|()| hash_of("482915"));
        assert!(first != second);
        for hash in [first, second] {
            let text = String::from(hash.clone());
            assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
            assert!(!text.contains("482915"), "{text}");
            assert!(PinHash::try_from(text) == Ok(hash.clone()));
            assert!(hash.matches(&typed("482915")).unwrap());
            assert!(!hash.matches(&typed("519284")).unwrap());
        }
    }

    #[test]
    fn what_is_no_hash_of_ours_is_refused_before_it_costs_anything() {
        let changed = |from: &str, to: &str| STORED.replacen(from, to, 1);
        for text in [
            String::new(),
            "482915".to_owned(),
            STORED.split('$').take(5).collect::<Vec<_>>().join("$"),
            changed("argon2id", "argon2d"),
            changed("v=19", "v=16"),
            changed("v=19$", ""),
            changed("m=19456", "m=4194304"),
            changed("m=19456", "m=7"),
            changed("t=2", "t=4000000000"),
            changed("$k+1m", "$k 1m"),
        ] {
            assert!(PinHash::try_from(text.clone()) == Err(IllFormedPinHash), "{text}");
        }
    }
}
