//! Letters for every language, on a box that has no fonts of its own.
//!
//! The pages embed Noto Sans, which has all Latin letters with their marks. Khmer words, even amid
//! Vietnamese labels, fall back to Noto Sans Khmer.

use std::sync::Arc;

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
