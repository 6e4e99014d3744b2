//! Addresses on the web and in apps.

/// Whether a text is an address that a browser or an app would open: with a scheme (`https://`,
/// `zalo://`), or the name of a host with or without a path (`www.example.vn`, `example.vn/abc`).
pub(super) fn is_link(text: &str) -> bool {
    has_scheme(text) || is_host(text)
}

/// `scheme://` of RFC 3986.
fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// Labels parted by dots of which the last has letters only, then nothing, a port or a path.
fn is_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let Some((name, end)) = host.rsplit_once('.') else { return false };
    text.bytes().all(|byte| byte.is_ascii_graphic())
        && (2..=10).contains(&end.len())
        && end.bytes().all(|byte| byte.is_ascii_alphabetic())
        && name.split('.').all(is_label)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for text in [
            "http://example.invalid/a",
            "HTTPS://EXAMPLE.INVALID",
            "zalo://qr/p/abcdefgh1234567890xyz",
            "otpauth://totp/Tram:nv01?secret=JBSWY3DPEHPK3PXP",
            "intent://scan/#Intent;scheme=zxing;end",
            "market://details?id=vn.example",
            "www.example.invalid",
            "example.vn",
            "example.com.vn/abc?x=1",
            "EXAMPLE.VN:8080/A",
        ] {
            assert!(is_link(text), "{text}");
        }
        for text in [
            "",
            "example",
            "1.5",
            "a@example.vn",
            "tel:+84900000000",
            "Trạm y tế.vn",
            "Xã Thử. Hà Nội",
            "://x",
            ".vn",
            "a..vn",
            "10.0.0.1",
        ] {
            assert!(!is_link(text), "{text}");
        }
    }
}
