//! The 63 provinces as the first three digits of a personal number mean them.
//! After the merge of 07/2025 some codes name another province; numbers given before keep the old
//! meaning, so this table is frozen. Source: TT 59/2021/TT-BCA (lapsed 01/07/2024).

/// Code and name, sorted by code.
const PROVINCES: [(&str, &str); 63] = [
    ("001", "Hà Nội"),
    ("002", "Hà Giang"),
    ("004", "Cao Bằng"),
    ("006", "Bắc Kạn"),
    ("008", "Tuyên Quang"),
    ("010", "Lào Cai"),
    ("011", "Điện Biên"),
    ("012", "Lai Châu"),
    ("014", "Sơn La"),
    ("015", "Yên Bái"),
    ("017", "Hòa Bình"),
    ("019", "Thái Nguyên"),
    ("020", "Lạng Sơn"),
    ("022", "Quảng Ninh"),
    ("024", "Bắc Giang"),
    ("025", "Phú Thọ"),
    ("026", "Vĩnh Phúc"),
    ("027", "Bắc Ninh"),
    ("030", "Hải Dương"),
    ("031", "Hải Phòng"),
    ("033", "Hưng Yên"),
    ("034", "Thái Bình"),
    ("035", "Hà Nam"),
    ("036", "Nam Định"),
    ("037", "Ninh Bình"),
    ("038", "Thanh Hóa"),
    ("040", "Nghệ An"),
    ("042", "Hà Tĩnh"),
    ("044", "Quảng Bình"),
    ("045", "Quảng Trị"),
    ("046", "Thừa Thiên Huế"),
    ("048", "Đà Nẵng"),
    ("049", "Quảng Nam"),
    ("051", "Quảng Ngãi"),
    ("052", "Bình Định"),
    ("054", "Phú Yên"),
    ("056", "Khánh Hòa"),
    ("058", "Ninh Thuận"),
    ("060", "Bình Thuận"),
    ("062", "Kon Tum"),
    ("064", "Gia Lai"),
    ("066", "Đắk Lắk"),
    ("067", "Đắk Nông"),
    ("068", "Lâm Đồng"),
    ("070", "Bình Phước"),
    ("072", "Tây Ninh"),
    ("074", "Bình Dương"),
    ("075", "Đồng Nai"),
    ("077", "Bà Rịa - Vũng Tàu"),
    ("079", "Hồ Chí Minh"),
    ("080", "Long An"),
    ("082", "Tiền Giang"),
    ("083", "Bến Tre"),
    ("084", "Trà Vinh"),
    ("086", "Vĩnh Long"),
    ("087", "Đồng Tháp"),
    ("089", "An Giang"),
    ("091", "Kiên Giang"),
    ("092", "Cần Thơ"),
    ("093", "Hậu Giang"),
    ("094", "Sóc Trăng"),
    ("095", "Bạc Liêu"),
    ("096", "Cà Mau"),
];

/// The province in which the birth was registered; `None` for a country code or a newer one.
pub(super) fn name(code: &str) -> Option<&'static str> {
    let place = PROVINCES.binary_search_by_key(&code, |(code, _)| code).ok()?;
    PROVINCES.get(place).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_code_is_found() {
        assert!(PROVINCES.is_sorted_by(|a, b| a.0 < b.0));
        for (code, province) in PROVINCES {
            assert_eq!(name(code), Some(province));
        }
    }

    #[test]
    fn a_code_keeps_its_meaning_of_before_the_merge() {
        for (code, province) in [
            ("001", "Hà Nội"),
            ("015", "Yên Bái"),
            ("024", "Bắc Giang"),
            ("052", "Bình Định"),
            ("080", "Long An"),
            ("082", "Tiền Giang"),
            ("091", "Kiên Giang"),
            ("096", "Cà Mau"),
        ] {
            assert_eq!(name(code), Some(province));
        }
        for code in ["000", "003", "097", "999", "", "1", "0010"] {
            assert_eq!(name(code), None);
        }
    }
}
