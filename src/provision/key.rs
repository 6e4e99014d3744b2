//! The station's key, for a box that has none yet: the copy that was kept in a safe, on the boot
//! partition of the new storage card.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::carrier::{FOLDER, entry};
use crate::seal::{Fingerprint, SealError, StationKey, TakenOver};

/// What came of a copy of the key.
#[derive(Debug)]
pub enum KeyOutcome {
    /// None is offered.
    Nothing,
    /// The station signs with it.
    Taken {
        /// Where the copy is, or was.
        place: PathBuf,
        /// Whose key it is, where the station had none before.
        new: Option<Fingerprint>,
        /// Why the copy is still there: somebody has to remove it.
        stays: Option<io::Error>,
    },
    /// The station has another key. Both stay.
    Differs(PathBuf),
    /// The copy, or the station's own key, is no key. Both stay.
    Refused {
        /// Where the copy is.
        place: PathBuf,
        /// What is wrong with which of the two.
        error: SealError,
    },
}

impl KeyOutcome {
    /// What to do now, for the people at the station; empty where there is nothing to do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Nothing | Self::Taken { stays: None, .. } => "",
            Self::Taken { stays: Some(_), .. } => {
                "Xin xóa tệp này khỏi thẻ nhớ bằng một máy tính: ai có nó thì ký được thay trạm."
            }
            Self::Differs(_) => {
                "Máy vẫn dùng khóa đang có. Nếu trạm phải dùng lại khóa cũ, xin báo người phụ trách \
                 kỹ thuật trước khi chốt sổ. Nếu không, xin xóa tệp này khỏi thẻ nhớ."
            }
            Self::Refused { place, error: SealError::Damaged(path) } if place == path => {
                "Xin chép lại tệp khóa từ bản giữ trong két của trạm, nguyên vẹn từng chữ, rồi bật \
                 lại máy."
            }
            Self::Refused { error, .. } => error.advice(),
        }
    }
}

/// Looks at the boot partition for a copy of the key, and takes it to the folder `data` if the rule
/// says so.
#[must_use]
pub fn provision_key(boot: &Path, data: &Path) -> KeyOutcome {
    let found = entry(boot, FOLDER).and_then(|folder| entry(&folder, StationKey::FILE));
    let Some(place) = found.filter(|path| path.is_file()) else { return KeyOutcome::Nothing };
    let new = match StationKey::take_over(&place, data) {
        Ok(TakenOver::Now(key)) => Some(key.fingerprint()),
        Ok(TakenOver::Already) => None,
        Ok(TakenOver::HasAnother) => return KeyOutcome::Differs(place),
        Err(error) => return KeyOutcome::Refused { place, error },
    };
    let stays = remove(&place).err();
    KeyOutcome::Taken { place, new, stays }
}

/// For good.
fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
