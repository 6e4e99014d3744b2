//! A file where a file should be: whatever else stands there is not opened.
//!
//! A link may lead anywhere, a pipe lets whoever opens it wait for ever, and a folder cannot be read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

/// Opens a file by `options`, following no link and waiting for nobody.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] where something else than a file stands; the system's otherwise.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = options.custom_flags(i32::try_from(flags).unwrap_or_default()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_file()) }
}

/// Reads a file as [`open`] opens it, and no more than `most` bytes.
///
/// # Errors
/// As [`open`]; [`io::ErrorKind::FileTooLarge`] where it holds more.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path, OpenOptions::new().read(true))?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

/// Whether something else than a file stands there, or a file that this program may not use, or that
/// the card no longer gives back. What touches the whole disk – no room, written protected – is told
/// of no single file.
pub(crate) fn is_unusable(path: &Path) -> bool {
    match open(path, OpenOptions::new().read(true).write(true)) {
        Ok(_) => false,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => is_of_the_file(&error),
    }
}

/// Whether an error is of the one file, so that another one in its place may be better.
pub(crate) fn is_of_the_file(error: &io::Error) -> bool {
    const OF_THE_FILE: [Errno; 8] = [
        Errno::ACCESS,
        Errno::PERM,
        Errno::IO,
        Errno::UCLEAN,
        Errno::LOOP,
        Errno::ISDIR,
        Errno::NXIO,
        Errno::NOTDIR,
    ];
    let kind = error.kind();
    matches!(kind, io::ErrorKind::InvalidInput | io::ErrorKind::FileTooLarge)
        || OF_THE_FILE.iter().any(|known| error.raw_os_error() == Some(known.raw_os_error()))
}

/// Whether anything stands there, also a link to nothing.
pub(crate) fn is_something_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn no_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is no file")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn what_is_no_file_is_neither_opened_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), b"12345").unwrap();
        fs::create_dir(at("folder")).unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink(at("nothing"), at("broken")).unwrap();
        mknodat(CWD, at("pipe"), FileType::Fifo, Mode::RWXU, 0).unwrap();
        assert_eq!(read(&at("file"), 5).unwrap(), b"12345");
        assert_eq!(read(&at("file"), 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        for name in ["folder", "link", "broken", "pipe"] {
            assert!(is_of_the_file(&read(&at(name), 5).unwrap_err()), "{name}");
            assert!(is_unusable(&at(name)), "{name}");
            assert!(is_something_there(&at(name)), "{name}");
        }
        assert!(!is_unusable(&at("file")) && !is_unusable(&at("nothing")));
    }
}
