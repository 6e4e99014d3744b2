//! A public key in a form that two people can compare over the telephone.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// 160 bits: nobody can make a second key with the same ones, and they still fit on one line.
const BYTES: usize = 20;

/// Two bytes are four signs, as many as are read out in one breath.
const BYTES_OF_A_GROUP: usize = 2;

/// The first 20 bytes of SHA-256 over a public key in DER (SubjectPublicKeyInfo).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// A text that is no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a fingerprint: ten groups of four of 0-9 and A-F, with hyphens between")]
pub struct IllFormedFingerprint(pub String);

impl FromStr for Fingerprint {
    type Err = IllFormedFingerprint;

    /// Takes what `Display` writes, in small letters too, because people copy it by hand.
    fn from_str(text: &str) -> Result<Self, IllFormedFingerprint> {
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
        let mut bytes = [0; BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let value = str::from_utf8(pair).ok().and_then(|it| u8::from_str_radix(it, 16).ok());
            *byte = value.unwrap_or_default();
        }
        // Whatever was misread above is not written the same way again.
        let found = Self(bytes);
        if found.to_string().eq_ignore_ascii_case(text) {
            Ok(found)
        } else {
            Err(IllFormedFingerprint(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written_and_in_small_letters() {
        let one = Fingerprint::of(b"a key");
        let text = one.to_string();
        assert_eq!((text.len(), text.matches('-').count()), (49, 9));
        assert_eq!(text.parse(), Ok(one));
        assert_eq!(text.to_lowercase().parse(), Ok(one));
        let unbroken = text.replace('-', "");
        let foreign = text.replacen(|sign: char| sign != '-', "g", 1);
        let signed = text.replacen(|sign: char| sign != '-', "+", 1);
        let short: String = text.chars().take(44).collect();
        let long = format!("{text}-0000");
        for bad in ["", "-", &unbroken, &foreign, &signed, &short, &long, &format!("{text} ")] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(IllFormedFingerprint(bad.to_owned())));
        }
    }
}
