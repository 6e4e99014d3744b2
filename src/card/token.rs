//! What VNeID's changing code looks like, as far as anybody outside knows. `docs/ma-vneid.md` says
//! what is known and what is guessed. The guess stands here alone, so that it is easy to change.
//!
//! A code that is taken for VNeID's is a visit of somebody; one that is not disturbs nobody. So
//! nothing else that hangs on walls or stands on boxes may pass.

/// Fewest signs of a Base64 text without a label: more than any key or digest (32 bytes) has. The
/// code is signed, and a signature alone has 64 bytes.
const FEWEST_SIGNS: usize = 64;

/// Fewest signs where a label says that it is VNeID's.
const FEWEST_SIGNS_WITH_LABEL: usize = 24;

/// Fewest signs of a hexadecimal text: more than the longest digest has.
const FEWEST_HEX_SIGNS: usize = 130;

/// Longest label, such as `VN1:` or `VNEID.`.
const LONGEST_LABEL: usize = 8;

/// Whether a text without fields looks like VNeID's code.
pub(super) fn is_like_vneid(text: &str) -> bool {
    is_signed_json(text)
        || is_base64(text, FEWEST_SIGNS)
        || is_long_hex(text)
        || behind_label(text).is_some_and(|rest| {
            is_signed_json(rest) || is_base64(rest, FEWEST_SIGNS_WITH_LABEL) || is_long_hex(rest)
        })
}

/// Whether bytes are the beginning of signed JSON that lacks parts.
pub(super) fn is_begun(code: &[u8]) -> bool {
    let dots = code.iter().filter(|byte| **byte == b'.').count();
    code.starts_with(b"eyJ")
        && code.iter().all(|byte| is_base64_sign(*byte) || *byte == b'.')
        && (dots < 2 || dots == 3 || code.ends_with(b"."))
}

/// JSON that is signed (three parts) or encrypted (five parts) in the compact form of RFC 7515 and
/// RFC 7516. It begins with `{"` in Base64.
fn is_signed_json(text: &str) -> bool {
    let mut parts = text.split('.');
    matches!(parts.clone().count(), 3 | 5)
        && text.starts_with("eyJ")
        && text.len() >= FEWEST_SIGNS_WITH_LABEL
        && parts.all(|part| part.bytes().all(is_base64_sign))
        && !text.ends_with('.')
}

/// Base64 of either alphabet, in one piece or several that are padded each.
fn is_base64(text: &str, fewest: usize) -> bool {
    let signs = text.bytes().filter(|byte| *byte != b'=').count();
    let has = |class: fn(&u8) -> bool| text.bytes().any(|byte| class(&byte));
    // Words, numbers in capitals, digests in hex: none has all three.
    let is_mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    signs >= fewest
        && is_mixed
        && text.bytes().all(|byte| is_base64_sign(byte) || byte == b'=')
        && text.split_inclusive("==").flat_map(|part| part.split_inclusive('=')).all(|piece| {
            // One sign alone in the last four holds no byte.
            piece.bytes().filter(|byte| *byte != b'=').count() % 4 != 1
        })
}

const fn is_base64_sign(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn is_long_hex(text: &str) -> bool {
    text.len() >= FEWEST_HEX_SIGNS
        && text.len().is_multiple_of(2)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// What follows a label of VNeID's: `VN`, then letters and digits, then `:` or `.`, or nothing.
fn behind_label(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("VN")?;
    let end = rest.find([':', '.']).filter(|end| *end + 2 < LONGEST_LABEL);
    match end.and_then(|end| rest.split_at_checked(end)) {
        Some((label, behind)) if label.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            behind.get(1..)
        }
        Some(_) | None => {
            Some(rest.strip_prefix("ID").or(rest.strip_prefix("eID")).unwrap_or(rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_json_and_long_base64_may_be_vneids() {
        for text in [
            "eyJhbGciOiJub25lIn0.e30.c3ludGhldGlj",
            "VN1:Zm9vYmFyLXN5bnRoZXRpYy10b2tlbg==",
            "VNEID.eyJhbGciOiJub25lIn0.e30.c3ludGhldGlj",
            "VNIDQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=",
            "Zm9vYmFyLXN5bnRoZXRpYy10b2tlbi0wMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw",
            "Zm9vYmFyLXN5bnRoZXRpYy10b2tlbi0_MDAwMDAwMDAw-DAwMDAwMDAwMDAwMDAwMDAwMDAw",
            &"0123456789abcdef".repeat(9),
        ] {
            assert!(is_like_vneid(text), "{text}");
        }
    }

    #[test]
    fn codes_of_things_are_not() {
        for text in [
            "",
            "VN",
            "VN1:kurz",
            "VN2026HD00012345678901234567890",
            "WIFI:S:TramYTe;T:WPA;P:matkhau2026;;",
            "IDVNM0900000115048090000011<<3",
            "NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<",
            "550e8400-e29b-41d4-a716-446655440000",
            "d41d8cd98f00b204e9800998ecf8427e",
            &"0123456789abcdef".repeat(8),
            "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
            "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
            "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DP",
            "01089385059740117270123110LOTAB12",
            "(01)08938505974011(17)270123(10)LOTAB12",
            "tran.van.mau.y.te.xa.thu@example-tram-y-te-xa-thu.vn",
            "{\"id\":\"Zm9vYmFyLXN5bnRoZXRpYy10b2tlbi0wMDAwMDAwMDAwMDAwMDAw\"}",
            "eyJhbGciOiJub25lIn0.e30.",
            "eyJhbGciOiJub25lIn0",
        ] {
            assert!(!is_like_vneid(text), "{text}");
        }
    }
}
