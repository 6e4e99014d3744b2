//! The half of the key that everybody may have.

use std::fmt;

use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use ed25519_dalek::pkcs8::spki::der::pem::{LineEnding, encode_string};

use super::{Fingerprint, Signature};

/// Everything before the 32 bytes of an Ed25519 key in SubjectPublicKeyInfo (RFC 8410, section 4).
const DER_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What stands between the dashes of the PEM.
const LABEL: &str = "PUBLIC KEY";

/// A station's public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub(super) VerifyingKey);

/// A text that is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key in PEM (SubjectPublicKeyInfo)")]
pub struct IllFormedPublicKey;

impl PublicKey {
    /// Reads a key from its PEM, as it lies on a stick beside an export.
    ///
    /// # Errors
    /// When it is no Ed25519 key in that form.
    pub fn from_pem(pem: &str) -> Result<Self, IllFormedPublicKey> {
        VerifyingKey::from_public_key_pem(pem).map(Self).map_err(|_| IllFormedPublicKey)
    }

    /// The key in PEM (SubjectPublicKeyInfo), which `openssl` reads.
    pub fn to_pem(&self) -> String {
        // Only a buffer that is too small makes this fail, and this one grows.
        encode_string(LABEL, LineEnding::LF, &self.der()).unwrap_or_default()
    }

    /// Whether `signature` was made by this key's other half over exactly these bytes.
    pub fn verify(&self, bytes: &[u8], signature: &Signature) -> bool {
        // Strict: a signature that some programs take and others refuse is refused.
        self.0.verify_strict(bytes, &signature.0).is_ok()
    }

    /// What two people compare over the telephone.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.der())
    }

    fn der(&self) -> Vec<u8> {
        [DER_PREFIX.as_slice(), self.0.as_bytes().as_slice()].concat()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}
