//! A stick as an export sees it, and what an export asks of the machine it is plugged into.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Which block device a file system lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Device {
    /// The kind of device, as the kernel counts them.
    pub major: u32,
    /// The device among its kind.
    pub minor: u32,
}

impl Device {
    pub(super) fn of(number: rustix::fs::Dev) -> Self {
        Self { major: rustix::fs::major(number), minor: rustix::fs::minor(number) }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// A mounted file system of a stick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The folder its content is seen in.
    pub mount_point: PathBuf,
    /// What it lies on: the same mount point may later hold another stick, or none.
    pub device: Device,
    /// Number of this mount: pulled and plugged in again, a stick has another one.
    pub mount: u64,
    /// Kind of file system, in the kernel's words: `vfat`, `exfat`, `fuseblk`, `ext4`.
    pub file_system: String,
    /// Whether nothing can be written.
    pub read_only: bool,
    /// Free space in bytes.
    pub free_bytes: u64,
}

impl Volume {
    /// Whether this is the same stick, plugged in the same time; its free space may differ.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.mount, self.device) == (other.mount, other.device)
            && self.mount_point == other.mount_point
    }

    /// What to call it on the screen: the last name of its folder, which on a desktop is the name
    /// people gave their stick.
    pub fn name(&self) -> String {
        let name = self.mount_point.file_name().unwrap_or(self.mount_point.as_os_str());
        name.to_string_lossy().into_owned()
    }
}

/// What is plugged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plugged {
    /// Sticks that can be used, in the order they were mounted.
    pub volumes: Vec<Volume>,
    /// USB disks of which nothing is mounted, by the kernel's name (`sda`): one that is just being
    /// plugged in, one that was ejected and still sticks, or one without a file system known here.
    pub unmounted: Vec<String>,
}

/// Why a stick whose data is safe could not be let go of.
#[derive(Debug, thiserror::Error)]
pub enum EjectError {
    /// Some program still has a file open on it.
    #[error("{} is in use", .0.display())]
    Busy(PathBuf),
    /// This user may not unmount it.
    #[error("no permission to unmount {}", .0.display())]
    NotAllowed(PathBuf),
    /// It is mounted in one more place that is not for sticks.
    #[error("{0} is still mounted elsewhere")]
    MountedElsewhere(Device),
    /// Any other refusal.
    #[error("cannot unmount {}", .path.display())]
    Other {
        /// Its folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl EjectError {
    /// What to do, in words for the people at the station. The data is on the stick in every case.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Busy(_) => {
                "Số liệu đã nằm trọn trên USB, nhưng có chương trình khác đang dùng USB. Vui lòng \
                 đóng chương trình đó, chờ đèn trên USB tắt hẳn rồi rút."
            }
            Self::NotAllowed(_) | Self::MountedElsewhere(_) | Self::Other { .. } => {
                "Số liệu đã nằm trọn trên USB, nhưng máy không tự ngắt USB được. Vui lòng chờ đèn \
                 trên USB tắt hẳn rồi rút."
            }
        }
    }
}

/// The machine that sticks are plugged into: the real one, or one that a test or a demo plays.
pub trait Platform {
    /// What is plugged in now.
    ///
    /// # Errors
    /// When the machine does not tell.
    fn plugged(&self) -> io::Result<Plugged>;

    /// Returns when something was mounted or unmounted, or after `at_most`.
    ///
    /// # Errors
    /// When the machine does not tell; ask again later.
    fn wait(&self, at_most: Duration) -> io::Result<()>;

    /// Returns when all that was written to the stick is on the medium.
    ///
    /// # Errors
    /// When it is not, as on a stick that was pulled.
    fn flush(&self, volume: &Volume) -> io::Result<()>;

    /// Lets go of a flushed stick: after this it may be pulled.
    ///
    /// # Errors
    /// When it stays mounted. What was flushed is safe all the same.
    fn eject(&self, volume: &Volume) -> Result<(), EjectError>;
}
