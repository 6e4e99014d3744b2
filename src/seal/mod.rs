//! The station's own key: it signs what the station hands out, so that an inspector who knows the
//! public half can tell later whose it is and that nobody changed it (product rule: "signed
//! exports").
//!
//! Ed25519, in the forms of everybody: PKCS#8 and SubjectPublicKeyInfo in PEM, signatures in base64.
//! `openssl` alone can check what is signed here. The private half is never shown, logged or
//! exported, and is wiped from memory.

mod error;
mod fingerprint;
mod public_key;
mod signature;
mod station_key;

pub use error::SealError;
pub use fingerprint::{Fingerprint, IllFormedFingerprint};
pub use public_key::{IllFormedPublicKey, PublicKey};
pub use signature::{IllFormedSignature, Signature};
pub use station_key::{StationKey, TakenOver};
