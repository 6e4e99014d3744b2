//! The address a QR code may lead to.

use std::str::FromStr;

/// An `https` address without surprises: plain ASCII, a real host, no name or password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsUrl(String);

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedUrl {
    /// Another scheme, or none.
    #[error("the address does not start with https://")]
    NotHttps,
    /// A longer one makes a QR code too dense for the phones of old people.
    #[error("the address is longer than {} bytes", HttpsUrl::LONGEST)]
    TooLong,
    /// Letters with accents or blanks: phones disagree on what they mean.
    #[error("the address holds a blank or a letter beyond ASCII")]
    NotPlain,
    /// No host such as `example.vn`, or something before or after it that hides where it leads.
    #[error("the address has no plain host")]
    NoPlainHost,
}

impl RefusedUrl {
    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::NotHttps => "địa chỉ phải bắt đầu bằng https://",
            Self::TooLong => "dùng địa chỉ ngắn hơn, nhiều nhất 200 ký tự",
            Self::NotPlain => "chép lại địa chỉ từ trình duyệt, không có dấu cách và chữ có dấu",
            Self::NoPlainHost => "ghi đủ tên trang, ví dụ https://example.vn/video",
        }
    }
}

impl HttpsUrl {
    /// Longest address in bytes: at error level M a code of 65 modules with its margin.
    pub const LONGEST: usize = 200;

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HttpsUrl {
    type Err = RefusedUrl;

    fn from_str(text: &str) -> Result<Self, RefusedUrl> {
        let rest = text.strip_prefix("https://").ok_or(RefusedUrl::NotHttps)?;
        if text.len() > Self::LONGEST {
            return Err(RefusedUrl::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(RefusedUrl::NotPlain);
        }
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.contains('.') && host.split('.').all(is_label) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RefusedUrl::NoPlainHost)
        }
    }
}

/// One part of a host name between its dots.
fn is_label(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::{HttpsUrl, RefusedUrl};

    #[test]
    fn only_plain_https_addresses_become_a_qr_code() {
        for good in ["https://example.vn", "https://a-b.example.vn/video?v=1#t=2&x=@y"] {
            assert_eq!(good.parse::<HttpsUrl>().unwrap().as_str(), good);
        }
        let longest = format!("https://example.vn/{}", "a".repeat(200 - 19));
        assert!(longest.parse::<HttpsUrl>().is_ok());
        let too_long = format!("{longest}a");
        let table = [
            (too_long.as_str(), RefusedUrl::TooLong),
            ("http://example.vn", RefusedUrl::NotHttps),
            ("HTTPS://example.vn", RefusedUrl::NotHttps),
            ("javascript:alert(1)", RefusedUrl::NotHttps),
            ("example.vn", RefusedUrl::NotHttps),
            ("https://example.vn/tích-hợp", RefusedUrl::NotPlain),
            ("https://example.vn/a b", RefusedUrl::NotPlain),
            ("https://", RefusedUrl::NoPlainHost),
            ("https://localhost/x", RefusedUrl::NoPlainHost),
            ("https://vneid.gov.vn@example.com/", RefusedUrl::NoPlainHost),
            ("https://example..vn/", RefusedUrl::NoPlainHost),
            ("https://example.vn:8443/", RefusedUrl::NoPlainHost),
        ];
        for (bad, why) in table {
            assert_eq!(bad.parse::<HttpsUrl>(), Err(why), "{bad}");
        }
    }
}
