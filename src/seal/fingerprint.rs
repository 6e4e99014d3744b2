//! A public key in a form that two people can compare over the telephone.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// 160 bits: nobody can make a second key with the same ones, and they still fit on one line.
const BYTES: usize = 20;

/// Two bytes are four signs, as many as are read out in one breath.
const BYTES_OF_A_GROUP: usize = 2;

/// The first 20 bytes of SHA-256 over a public key in DER (SubjectPublicKeyInfo).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; BYTES]);

impl Fingerprint {
    pub(super) fn of(der: &[u8]) -> Self {
        let mut first = [0; BYTES];
        for (to, from) in first.iter_mut().zip(Sha256::digest(der)) {
            *to = from;
        }
        Self(first)
    }
}

impl fmt::Display for Fingerprint {
    /// `AB12-CD34-…`, ten groups of four.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.0.chunks(BYTES_OF_A_GROUP).enumerate() {
            if index > 0 {
                f.write_str("-")?;
            }
            for byte in group {
                write!(f, "{byte:02X}")?;
            }
        }
        Ok(())
    }
}
