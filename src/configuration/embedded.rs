//! The sample files of `kiosk-config/`, so that the demo needs no folder.

/// Name and text of `station.toml`.
pub(super) const STATION: (&str, &str) =
    ("station.toml", include_str!("../../kiosk-config/station.toml"));

/// Names and texts of the guides.
pub(super) const GUIDES: [(&str, &str); 1] =
    [("guides/tich-hop-bhyt.toml", include_str!("../../kiosk-config/guides/tich-hop-bhyt.toml"))];
