//! `[letter]`: what stands around the numbers of an official report.

use super::document::{Reported, Table, rule};

/// What an official letter of the station carries, by Nghị định 30/2020/NĐ-CP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// The authority above the station, such as `UBND xã Tri Tôn`.
    pub authority: String,
    /// Name of the place before the date, such as `Tri Tôn`.
    pub place: String,
    /// What stands behind the letter's number, such as `BC-TYT`.
    pub series: String,
    /// Who signs, such as `Giám đốc`. A title, never a name.
    pub signer: String,
}

/// Longest name of an authority, in characters.
const LONGEST_AUTHORITY: usize = 50;
/// Longest name of a place, title or series.
const LONGEST: usize = 40;

/// The kinds of commune, which stand before its name but not before a date.
const KINDS: [&str; 4] = ["Xã ", "Phường ", "Đặc khu ", "Thị trấn "];

impl Letterhead {
    /// Reads `[letter]`; what it leaves out follows from the commune.
    pub(super) fn read(letter: &mut Table<'_>) -> Result<Given, Reported> {
        let authority = letter.optional("authority", rule::text(LONGEST_AUTHORITY));
        let place = letter.optional("place", rule::text(LONGEST));
        let series = letter.optional("series", rule::text(LONGEST));
        let signer = letter.optional("signer", rule::text(LONGEST));
        Ok(Given { authority: authority?, place: place?, series: series?, signer: signer? })
    }

    /// The letterhead of a station of `commune` without any setting. A station is led by its giám
    /// đốc (Thông tư 43/2025/TT-BYT).
    pub fn of(commune: &str) -> Self {
        let kind = KINDS.into_iter().find(|kind| commune.starts_with(kind));
        let place = kind.and_then(|kind| commune.strip_prefix(kind)).unwrap_or(commune);
        let authority = match kind {
            Some(kind) => format!("UBND {}{place}", kind.to_lowercase()),
            None => format!("UBND {commune}"),
        };
        Self {
            authority,
            place: place.to_owned(),
            series: "BC-TYT".to_owned(),
            signer: "Giám đốc".to_owned(),
        }
    }
}

/// What `[letter]` says.
#[derive(Default)]
pub(super) struct Given {
    authority: Option<String>,
    place: Option<String>,
    series: Option<String>,
    signer: Option<String>,
}

impl Given {
    /// The letterhead of a station of `commune`.
    pub(super) fn for_commune(self, commune: &str) -> Letterhead {
        let usual = Letterhead::of(commune);
        Letterhead {
            authority: self.authority.unwrap_or(usual.authority),
            place: self.place.unwrap_or(usual.place),
            series: self.series.unwrap_or(usual.series),
            signer: self.signer.unwrap_or(usual.signer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commune_names_the_authority_and_the_place() {
        for (commune, authority, place) in [
            ("Xã Tri Tôn", "UBND xã Tri Tôn", "Tri Tôn"),
            ("Phường Hồng Bàng", "UBND phường Hồng Bàng", "Hồng Bàng"),
            ("Đặc khu Lý Sơn", "UBND đặc khu Lý Sơn", "Lý Sơn"),
            ("Hợp Tiến", "UBND Hợp Tiến", "Hợp Tiến"),
        ] {
            let letterhead = Letterhead::of(commune);
            assert_eq!(letterhead.authority, authority);
            assert_eq!(letterhead.place, place);
        }
    }
}
