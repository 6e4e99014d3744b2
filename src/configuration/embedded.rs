//! The sample files of `kiosk-config/`, so that the demo needs no folder.

/// Name and text of a sample file.
macro_rules! sample {
    ($file:literal) => {
        ($file, include_str!(concat!("../../kiosk-config/", $file)))
    };
}

/// Name and text of `station.toml`.
pub(super) const STATION: (&str, &str) = sample!("station.toml");

/// Names and texts of the campaigns.
pub(super) const CAMPAIGNS: [(&str, &str); 5] = [
    sample!("campaigns/dak-rve-2025.toml"),
    sample!("campaigns/dan-tien-2025.toml"),
    sample!("campaigns/hai-phong-2026.toml"),
    sample!("campaigns/hop-tien-2026.toml"),
    sample!("campaigns/tri-ton-2026.toml"),
];

/// Names and texts of the guides.
pub(super) const GUIDES: [(&str, &str); 7] = [
    sample!("guides/cai-vneid-muc-2.toml"),
    sample!("guides/chu-ky-so.toml"),
    sample!("guides/mo-so-suc-khoe.toml"),
    sample!("guides/tai-khoan-an-sinh.toml"),
    sample!("guides/tich-hop-bhyt.toml"),
    sample!("guides/tre-em.toml"),
    sample!("guides/xem-lai-lan-kham.toml"),
];

/// Names and texts of their translations.
pub(super) const TRANSLATIONS: [(&str, &str); 14] = [
    sample!("guides/en/cai-vneid-muc-2.toml"),
    sample!("guides/en/chu-ky-so.toml"),
    sample!("guides/en/mo-so-suc-khoe.toml"),
    sample!("guides/en/tai-khoan-an-sinh.toml"),
    sample!("guides/en/tich-hop-bhyt.toml"),
    sample!("guides/en/tre-em.toml"),
    sample!("guides/en/xem-lai-lan-kham.toml"),
    sample!("guides/km/cai-vneid-muc-2.toml"),
    sample!("guides/km/chu-ky-so.toml"),
    sample!("guides/km/mo-so-suc-khoe.toml"),
    sample!("guides/km/tai-khoan-an-sinh.toml"),
    sample!("guides/km/tich-hop-bhyt.toml"),
    sample!("guides/km/tre-em.toml"),
    sample!("guides/km/xem-lai-lan-kham.toml"),
];
