//! Whether what is written can be read again: a small file goes to the card and comes back.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use rustix::fs::{Advice, fadvise};

use super::{Finding, Part};

const NAME: &str = ".ghi-thu";

/// A few blocks of any card.
const LENGTH: usize = 64 * 1024;

pub(super) fn finding(data: &Path) -> Finding {
    if !data.is_dir() {
        return Finding::unknown(Part::Writing, "chưa có nơi để ghi");
    }
    let written = pattern();
    let path = data.join(NAME);
    let read = write_and_read(&path, &written);
    // What is left of it is overwritten next time.
    let _ = fs::remove_file(&path);
    judge(&written, read)
}

fn write_and_read(path: &Path, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let mut read = Vec::new();
    let file = File::open(path)?;
    // Otherwise the memory answers for the card. Not every file system can.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    file.take(u64::MAX).read_to_end(&mut read)?;
    Ok(read)
}

fn judge(written: &[u8], read: io::Result<Vec<u8>>) -> Finding {
    match read {
        Ok(read) if read == written => Finding::good(Part::Writing, "ghi rồi đọc lại đúng"),
        Ok(_) => Finding::bad(
            Part::Writing,
            "đọc lại không giống lúc ghi",
            "Xin xuất số liệu ra USB ngay hôm nay, rồi báo người phụ trách kỹ thuật thay thẻ nhớ.",
        ),
        Err(error) => refused(error.kind()),
    }
}

fn refused(why: io::ErrorKind) -> Finding {
    if matches!(why, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        Finding::bad(
            Part::Writing,
            "bộ nhớ đã đầy",
            "Xin xuất số liệu ra USB, rồi báo người phụ trách kỹ thuật dọn bộ nhớ.",
        )
    } else if why == io::ErrorKind::PermissionDenied {
        // Another user's doctor tells nothing of what the kiosk may do.
        Finding::unknown(Part::Writing, "người dùng này không được ghi vào đây")
            .with_advice("Xin chạy lại bằng người dùng của ki-ốt.")
    } else {
        Finding::bad(
            Part::Writing,
            "không ghi được",
            "Xin tắt máy và bật lại. Nếu vẫn vậy, xin báo người phụ trách kỹ thuật thay thẻ nhớ.",
        )
    }
}

/// Bytes that differ from place to place and do not compress.
fn pattern() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes().first().copied().unwrap_or_default()
    };
    (0..LENGTH).map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Verdict;

    #[test]
    fn what_comes_back_decides() {
        let kind = |kind: io::ErrorKind| Err(io::Error::from(kind));
        for (read, verdict, text) in [
            (Ok(b"abc".to_vec()), Verdict::Good, "ghi rồi đọc lại đúng"),
            (Ok(b"abd".to_vec()), Verdict::Bad, "đọc lại không giống lúc ghi"),
            (Ok(b"ab".to_vec()), Verdict::Bad, "đọc lại không giống lúc ghi"),
            (kind(io::ErrorKind::StorageFull), Verdict::Bad, "bộ nhớ đã đầy"),
            (kind(io::ErrorKind::ReadOnlyFilesystem), Verdict::Bad, "không ghi được"),
            (Err(io::Error::from_raw_os_error(5)), Verdict::Bad, "không ghi được"),
            (
                kind(io::ErrorKind::PermissionDenied),
                Verdict::Unknown,
                "người dùng này không được ghi vào đây",
            ),
        ] {
            let finding = judge(b"abc", read);
            assert_eq!((finding.verdict, finding.text.as_str()), (verdict, text));
            assert_eq!(finding.advice.is_empty(), verdict == Verdict::Good, "{text}");
        }
    }

    #[test]
    fn a_folder_that_can_be_written_is_as_it_was_afterwards() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(NAME), "left by a power cut").unwrap();
        assert_eq!(finding(data.path()).verdict, Verdict::Good);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_pattern_is_no_run_of_one_byte() {
        let pattern = pattern();
        let zeros = pattern.iter().filter(|byte| **byte == 0).count();
        assert_eq!(pattern.len(), LENGTH);
        assert!(zeros < LENGTH / 64, "{zeros}");
    }
}
