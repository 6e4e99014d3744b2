//! A signature, and its one written form.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding as _};

/// An Ed25519 signature of a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(pub(super) ed25519_dalek::Signature);

impl Signature {
    /// The bytes of a signature, as a database keeps them.
    pub fn to_bytes(self) -> [u8; ed25519_dalek::SIGNATURE_LENGTH] {
        self.0.to_bytes()
    }

    /// The signature of these bytes, whether it is anybody's or not.
    pub fn from_bytes(bytes: [u8; ed25519_dalek::SIGNATURE_LENGTH]) -> Self {
        Self(ed25519_dalek::Signature::from_bytes(&bytes))
    }
}

impl fmt::Display for Signature {
    /// Base64 with padding: what `openssl base64 -d` undoes on any computer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0.to_bytes()))
    }
}

/// A text that is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an Ed25519 signature in base64")]
pub struct IllFormedSignature(pub String);

impl FromStr for Signature {
    type Err = IllFormedSignature;

    /// Takes exactly what `Display` writes, so that no two texts are the same signature.
    fn from_str(text: &str) -> Result<Self, IllFormedSignature> {
        let mut bytes = [0; ed25519_dalek::SIGNATURE_LENGTH];
        match Base64::decode(text, &mut bytes).map(<[u8]>::len) {
            Ok(ed25519_dalek::SIGNATURE_LENGTH) => {
                Ok(Self(ed25519_dalek::Signature::from_bytes(&bytes)))
            }
            Ok(_) | Err(_) => Err(IllFormedSignature(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_signature_has_one_text_and_a_text_one_signature(
            bytes in prop::array::uniform32(any::<u8>()),
            at in 0_usize..88,
            other in any::<u8>(),
        ) {
            let mut both = [0; 64];
            both[..32].copy_from_slice(&bytes);
            let signature = Signature(ed25519_dalek::Signature::from_bytes(&both));
            let text = signature.to_string();
            prop_assert_eq!(text.parse(), Ok(signature));
            let mut changed = text.clone().into_bytes();
            changed[at] = other;
            if let Ok(changed) = String::from_utf8(changed) && changed != text {
                prop_assert_ne!(changed.parse(), Ok(signature));
            }
        }
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let good = Signature(ed25519_dalek::Signature::from_bytes(&[7; 64])).to_string();
        let short = good.trim_end_matches('=').to_owned();
        let long = format!("{good}AAAA");
        let line = format!("{good}\n");
        for bad in ["", "AAAA", "chữ ký", &short, &long, &line] {
            assert_eq!(bad.parse::<Signature>(), Err(IllFormedSignature(bad.to_owned())));
        }
    }
}
