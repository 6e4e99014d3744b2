//! Eyes for the paper that the program makes: what Poppler prints of a PDF, reads on it and knows
//! about it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::GrayImage;

/// Dots per inch a page is looked at with: a poor office printer has twice as many.
pub(crate) const RESOLUTION: f32 = 150.0;

/// Whether Poppler's tools are here. In CI they have to be.
pub(crate) fn poppler_is_here() -> bool {
    let here = Command::new("pdftoppm").arg("-v").output().is_ok();
    assert!(here || std::env::var_os("CI").is_none(), "CI must have Poppler (pdftoppm)");
    if !here {
        // Straight to the terminal: what a passing test prints with a macro is not shown.
        let missing = "SKIPPED: no Poppler (pdftoppm); apt install poppler-utils\n";
        std::io::stderr().write_all(missing.as_bytes()).unwrap();
    }
    here
}

/// The words of a PDF in the order they were drawn, the ends of lines as blanks.
pub(crate) fn words_of(pdf: &Path) -> String {
    told_by("pdftotext", &["-raw", "-enc", "UTF-8"], pdf)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The pages of a PDF as pictures; `more` are options of pdftoppm.
pub(crate) fn pages_of(pdf: &Path, more: &[&str]) -> Vec<GrayImage> {
    let dir = tempfile::tempdir().unwrap();
    let drawn = Command::new("pdftoppm")
        .args(["-png", "-gray", "-r"])
        .arg(RESOLUTION.to_string())
        .args(more)
        .arg(pdf)
        .arg(dir.path().join("page"))
        .status()
        .unwrap();
    assert!(drawn.success());
    let mut pages: Vec<PathBuf> =
        fs::read_dir(dir.path()).unwrap().map(|page| page.unwrap().path()).collect();
    // Poppler numbers them with as many digits as the last one has.
    pages.sort();
    pages.iter().map(|page| image::open(page).unwrap().into_luma8()).collect()
}

/// The text of every code in a picture, and the side of its modules in mm.
pub(crate) fn codes_in(picture: &GrayImage) -> Vec<(String, f32)> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        picture.get_pixel(x as u32, y as u32).0[0]
    });
    picture
        .detect_grids()
        .iter()
        .map(|code| {
            let (meta, text) = code.decode().unwrap();
            assert_eq!(meta.ecc_level, 0, "level M");
            let modules = meta.version.to_size() as f32;
            let [left_top, right_top, ..] = code.bounds;
            (text, (right_top.x - left_top.x) as f32 / modules * 25.4 / RESOLUTION)
        })
        .collect()
}

/// Makes sure that a PDF has so many pages of a size and this title, and its letters in it.
pub(crate) fn assert_printable(pdf: &Path, pages: usize, size: &str, title: &str) {
    let about = told_by("pdfinfo", &[], pdf);
    let says = |key: &str, value: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        assert!(line.contains(value), "{key} {value}: {about}");
    };
    says("Pages:", &pages.to_string());
    says("Page size:", size);
    says("Title:", title);
    let fonts = told_by("pdffonts", &[], pdf);
    let fonts: Vec<_> = fonts.lines().filter(|line| line.contains("NotoSans")).collect();
    assert_eq!(fonts.len(), 2, "{fonts:?}");
    for font in fonts {
        assert!(font.contains("yes yes yes"), "embedded, a part of it, searchable: {font}");
    }
}

/// What a tool of Poppler prints about a PDF.
fn told_by(tool: &str, arguments: &[&str], pdf: &Path) -> String {
    // A last "-" is the output of pdftotext; the other tools are not given one.
    let output = (tool == "pdftotext").then_some("-");
    let told = Command::new(tool).args(arguments).arg(pdf).args(output).output().unwrap();
    assert!(told.status.success(), "{told:?}");
    String::from_utf8(told.stdout).unwrap()
}
