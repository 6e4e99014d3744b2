//! The form for counting by pen, as the nurse meets it when the box is down: made by the program,
//! printed by Poppler, and measured with a ruler.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

#[expect(dead_code, reason = "this paper has no codes")]
mod paper;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::GrayImage;
use paper::{RESOLUTION, assert_printable, pages_of, poppler_is_here, words_of};
use tempfile::TempDir;
use ttf_parser::Face;
use unicode_normalization::is_nfc;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config");

/// What the numbers in the last column mean, as every export says it.
const OBSTACLES: &str = "1. không có điện thoại thông minh 2. chưa cài VNeID hoặc bản quá cũ \
    3. chưa có tài khoản mức 2 4. chưa tích hợp thẻ bảo hiểm y tế 5. không có mạng \
    6. quên mật khẩu 7. muốn dùng sổ giấy 8. lý do khác";

/// Every pixel is the paper or the ink.
const UNSMOOTHED: [&str; 4] = ["-aa", "no", "-aaVector", "no"];
const PAPER: u8 = 255;
const INK: u8 = 0;

fn sheet(out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["sheet", "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// The form, in a folder of its own.
fn made(more: &[&str]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let pdf = dir.path().join("phiếu đếm.pdf");
    let told = sheet(&pdf, more);
    assert!(told.status.success(), "{told:?}");
    assert_eq!(String::from_utf8(told.stdout).unwrap().trim_end(), pdf.to_str().unwrap());
    (dir, pdf)
}

fn pixels(mm: f32) -> u32 {
    (mm * RESOLUTION / 25.4) as u32
}

/// How long the white runs between two places are, in mm, along a row or a column of pixels.
fn white_runs(pixels: impl Iterator<Item = u8>) -> Vec<f32> {
    let pixels: Vec<_> = pixels.collect();
    pixels
        .chunk_by(PartialEq::eq)
        .filter(|run| run.first() == Some(&PAPER))
        .map(|run| run.len() as f32 * 25.4 / RESOLUTION)
        .collect()
}

/// How high the head, the rows and the totals of the table are, in mm, within their lines.
fn heights(page: &GrayImage) -> Vec<f32> {
    /// In the column of the hours, beside its heading.
    const X: f32 = 34.0;
    let (top, bottom) = (pixels(50.0), pixels(254.0));
    white_runs((top..bottom).map(|y| page.get_pixel(pixels(X), y).0[0]))
}

#[test]
fn the_form_asks_what_the_box_asks_and_says_how_to_fill_it_in() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, pdf) = made(&["--config", SAMPLE, "--pages", "1"]);
    let words = words_of(&pdf);
    assert!(is_nfc(&words));
    let mut rest = words.as_str();
    for said in [
        "Trạm Y tế xã Tri Tôn Bàn tiếp đón 1",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Phiếu đếm lượt khám khi máy không chạy",
        "Ngày",
        "Tờ số",
        "Người ghi (mã nhân viên)",
        "Không ghi họ tên, số thẻ của người bệnh.",
        "Mỗi lượt khám một dòng.",
        "Giờ Tuổi Dưới 14 14–59 60–69 Từ 70 Dùng gì VNeID Sổ giấy Chưa có Được hướng dẫn",
        "Tích hợp thẻ BHYT Đã có từ trước Xong tại chỗ Đã gửi Chưa được Người giám hộ",
        "Vướng mắc (số 1–8)",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25",
        "Cộng",
        OBSTACLES,
        "Khi máy chạy lại: mở màn hình nhân viên › Nhập bù từ phiếu giấy.",
        "Đã nhập vào máy: Ngày",
        "mã nhân viên",
    ] {
        let (_, after) = rest.split_once(said).unwrap_or_else(|| panic!("{said} not in {rest}"));
        rest = after;
    }

    let font = fs::read("ui/fonts/NotoSans-Regular.ttf").unwrap();
    let face = Face::parse(&font, 0).unwrap();
    for letter in words.chars() {
        assert!(face.glyph_index(letter).is_some(), "{letter:?} is printed as an empty box");
    }
}

#[test]
fn rows_are_high_enough_for_a_pen_and_have_all_their_boxes() {
    if !poppler_is_here() {
        return;
    }
    for rows in [25, 10] {
        let (_dir, pdf) = made(&["--config", SAMPLE, "--rows", &rows.to_string()]);
        for page in pages_of(&pdf, &UNSMOOTHED) {
            let heights = heights(&page);
            assert_eq!(heights.len(), rows + 2, "with head and totals: {heights:?}");
            assert!(heights.iter().all(|height| *height > 6.4), "{heights:?}");
            let mut y = 50.0 + heights[0];
            for height in &heights[1..=rows] {
                let row = pixels(y + height / 2.0);
                y += height + 0.4;
                let right_of_hours = pixels(38.0)..pixels(200.0);
                let white = white_runs(right_of_hours.map(|x| page.get_pixel(x, row).0[0]));
                let boxes = white.iter().filter(|width| (3.9..4.3).contains(*width)).count();
                assert_eq!(boxes, 13, "{white:?}");
            }
        }
    }
}

#[test]
fn the_form_is_black_on_white_and_keeps_clear_of_the_edges() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, pdf) = made(&["--config", SAMPLE]);
    for page in pages_of(&pdf, &UNSMOOTHED) {
        assert!(page.pixels().all(|pixel| [PAPER, INK].contains(&pixel.0[0])), "no grey");
        let edge = pixels(9.0);
        let (right, bottom) = (page.width() - edge, page.height() - edge);
        for (x, y, pixel) in page.enumerate_pixels() {
            let inside = (edge..right).contains(&x) && (edge..bottom).contains(&y);
            assert!(inside || pixel.0[0] == PAPER, "ink at {x}, {y}");
        }
    }
}

#[test]
fn the_form_is_on_both_sides_of_one_sheet_or_on_as_many_pages_as_asked() {
    if !poppler_is_here() {
        return;
    }
    let title = "Phiếu đếm lượt khám khi máy không chạy";
    for (more, pages, size) in [
        (&[][..], 2, "(A4)"),
        (&["--paper", "a3"], 2, "(A3)"),
        (&["--pages", "3", "--rows", "20"], 3, "(A4)"),
    ] {
        let (_dir, pdf) = made(more);
        assert_printable(&pdf, pages, size, title);
        let pages = pages_of(&pdf, &[]);
        assert!(pages.iter().all(|page| *page == pages[0]));
    }
}

#[test]
fn what_is_not_known_when_printing_is_left_to_the_pen() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, blank) = made(&["--pages", "1"]);
    let words = words_of(&blank);
    assert!(words.starts_with("Trạm y tế Điểm tiếp đón CỘNG HÒA"), "{words}");
    assert!(words.contains("Ngày / / 20 Tờ số"), "{words}");
    let (_dir, dated) = made(&["--pages", "1", "--day", "2026-11-24"]);
    let words = words_of(&dated);
    assert!(words.contains("Ngày 24/11/2026 Tờ số"), "{words}");
}

#[test]
fn rows_and_pages_out_of_bounds_are_refused_with_the_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let pdf = dir.path().join("the.pdf");
    for (option, wrong, bounds) in [
        ("--rows", "26", "từ 10 đến 25"),
        ("--rows", "9", "từ 10 đến 25"),
        ("--rows", "nhiều", "từ 10 đến 25"),
        ("--pages", "0", "từ 1 đến 100"),
        ("--pages", "999", "từ 1 đến 100"),
    ] {
        let told = sheet(&pdf, &[option, wrong]);
        assert!(!told.status.success());
        let error = String::from_utf8(told.stderr).unwrap();
        assert!(error.contains(bounds), "{error}");
    }
    assert!(!pdf.exists());
}

#[test]
fn a_form_that_cannot_be_written_leaves_the_earlier_one_and_says_what_to_do() {
    let (dir, pdf) = made(&[]);
    let earlier = fs::read(&pdf).unwrap();
    // A folder stands where the form is drafted.
    fs::create_dir(dir.path().join(".phiếu đếm.pdf.part")).unwrap();
    let told = sheet(&pdf, &["--rows", "10"]);
    assert!(!told.status.success());
    let error = String::from_utf8(told.stderr).unwrap();
    assert!(error.contains("Chưa lưu được tệp"), "{error}");
    assert!(fs::read(&pdf).unwrap() == earlier);
}
