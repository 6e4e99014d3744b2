//! Letters for every language, on a box that has no fonts of its own.
//!
//! The pages embed Noto Sans, which has all Latin letters with their marks. Khmer words, even amid
//! Vietnamese labels, fall back to Noto Sans Khmer. Slint asks fontconfig all the same, and there must
//! be one font that it finds: the package brings it along (`packaging/system/fonts.conf`).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use slint::PlatformError;
use slint::fontique_011::fontique::{Blob, FallbackKey, Script};
use slint::fontique_011::shared_collection;

const KHMER: [&[u8]; 2] = [
    include_bytes!("../../ui/fonts/NotoSansKhmer-Regular.ttf"),
    include_bytes!("../../ui/fonts/NotoSansKhmer-Bold.ttf"),
];

/// For the windows of this thread; once more does no harm.
pub(super) fn add_fallbacks() {
    let mut fonts = shared_collection();
    let khmer = FallbackKey::new(Script::from_bytes(*b"Khmr"), None);
    for font in KHMER {
        let families = fonts.register_fonts(Blob::new(Arc::new(font)), None);
        fonts.append_fallbacks(khmer, families.iter().map(|(family, _)| *family));
    }
}

/// What fontique panics with where fontconfig finds nothing at all.
const NOTHING_FOUND: &str = "NoMatch";

/// Has Slint open a display, which is when it looks for fonts.
///
/// # Errors
/// Those of `open`, and one that says so where the system has not a single font.
pub fn with_fonts<T>(open: impl FnOnce() -> Result<T, PlatformError>) -> Result<T, PlatformError> {
    // Nothing is used again after an unwinding: the program ends with the error.
    catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|panic| {
        if panic.downcast_ref::<String>().is_some_and(|said| said.contains(NOTHING_FOUND)) {
            let advice =
                "máy không có phông chữ nào; xin cài lại gói tiepdon hoặc fonts-dejavu-core";
            return Err(PlatformError::Other(advice.to_owned()));
        }
        resume_unwind(panic)
    })
}
