//! The printed command cards, as a reader and a person meet them: the sheet is made by the program,
//! printed into a picture by Poppler, and every code on it is read back.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod paper;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::GrayImage;
use image::imageops::crop_imm;
use paper::{RESOLUTION, assert_printable, codes_in, pages_of, poppler_is_here, words_of};
use tiepdon::card;
use unicode_normalization::is_nfc;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-config");

/// What the cards say, in the order of `card::Command::all`; the first are buttons of the kiosk.
const LABELS: [&str; 28] = [
    "Sổ sức khỏe trên VNeID",
    "Sổ khám bệnh bằng giấy",
    "Chưa có, cần hướng dẫn",
    "Không quét – tiếp tục",
    "Đã xong, bước tiếp",
    "Quay lại",
    "Xong, vào khám",
    "Làm lại từ đầu",
    "Gọi nhân viên",
    "Tôi vẫn ở đây",
    "Ô số 1",
    "Ô số 2",
    "Ô số 3",
    "Ô số 4",
    "Ô số 5",
    "Ô số 6",
    "Ô số 7",
    "Ô số 8",
    "Kiểm tra số thẻ",
    "Gửi chưa được",
    "Tiếng Việt",
    "English",
    "Tiếng Khmer",
    "Chữ to",
    "Đen trắng rõ nét",
    "Thông tin được giữ kín",
    "Nhân viên: tôi đến",
    "Nhân viên: giúp xong",
];

/// Cards on one sheet.
const A_SHEET: usize = 9;

fn cards(out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tiepdon"))
        .args(["cards", "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// The sheet of the sample station, in a folder of its own.
fn sheet() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let pdf = dir.path().join("the.pdf");
    let told = cards(&pdf, &["--config", SAMPLE]);
    assert!(told.status.success(), "{told:?}");
    assert_eq!(String::from_utf8(told.stdout).unwrap().trim_end(), pdf.to_str().unwrap());
    (dir, pdf)
}

/// The cards of a sheet, row by row, cut where its marks say.
fn cut_apart(sheet: &GrayImage) -> Vec<GrayImage> {
    /// Of the left and upper card, in mm; then the size of each.
    const CORNER: (f32, f32) = (10.0, 42.0);
    const CARD: (f32, f32) = (190.0 / 3.0, 80.0);
    let px = |mm: f32| (mm * RESOLUTION / 25.4) as u32;
    (0..9_u8)
        .map(|index| {
            let (row, column) = (f32::from(index / 3), f32::from(index % 3));
            let (left, top) = (CORNER.0 + column * CARD.0, CORNER.1 + row * CARD.1);
            crop_imm(sheet, px(left), px(top), px(CARD.0), px(CARD.1)).to_image()
        })
        .collect()
}

/// The text of the only code on a card.
fn read_code(card: &GrayImage) -> String {
    let [(text, module_mm)] = <[_; 1]>::try_from(codes_in(card)).unwrap();
    assert!(module_mm >= 0.9, "modules of {module_mm} mm");
    text
}

#[test]
fn every_code_is_read_from_the_printed_sheet_in_the_order_of_the_cards() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, pdf) = sheet();
    let expected: Vec<_> = card::Command::all().map(|(_, code)| code).collect();
    let mut read = Vec::new();
    let sheets = pages_of(&pdf, &[]);
    for (sheet, codes) in sheets.iter().zip(expected.chunks(A_SHEET)) {
        read.extend(cut_apart(sheet).iter().take(codes.len()).map(read_code));
    }
    assert_eq!(read, expected);
}

#[test]
fn every_card_says_in_vietnamese_what_it_does() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, pdf) = sheet();
    let words = words_of(&pdf);
    assert!(is_nfc(&words));
    assert!(words.contains("Trạm Y tế xã Tri Tôn"), "{words}");
    assert!(words.contains("đưa mã trên thẻ vào máy quét"), "{words}");
    let mut rest = words.as_str();
    for label in LABELS {
        let (_, after) = rest.split_once(label).unwrap_or_else(|| panic!("{label} not in {rest}"));
        rest = after;
    }
}

#[test]
fn every_card_says_what_a_button_of_the_kiosk_says() {
    let mut screens = String::new();
    for folder in ["ui/pages", "ui/parts"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for file in fs::read_dir(folder).unwrap() {
            screens += &fs::read_to_string(file.unwrap().path()).unwrap();
        }
    }
    let screens = screens.replace("\\n", " ");
    let named_otherwise = ["Ô số", "Tiếng Việt", "English", "Tiếng Khmer"];
    for label in LABELS {
        if named_otherwise.iter().any(|name| label.starts_with(name)) {
            continue;
        }
        // Staff read Vietnamese.
        let button = if label.starts_with("Nhân viên: ") {
            format!("\"{label}\"")
        } else {
            format!("@tr(\"{label}\")")
        };
        assert!(screens.contains(&button), "no button says {label}");
    }
}

#[test]
fn the_sheets_are_pages_of_a4_with_their_letters_in_them() {
    if !poppler_is_here() {
        return;
    }
    let (_dir, pdf) = sheet();
    assert_printable(&pdf, 4, "(A4)", "Thẻ thay nút bấm");
}

#[test]
fn without_a_configuration_the_sheet_names_no_station() {
    if !poppler_is_here() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let pdf = dir.path().join("the.pdf");
    assert!(cards(&pdf, &[]).status.success());
    let words = words_of(&pdf);
    assert!(words.starts_with("Thẻ thay nút bấm"), "{words}");
    assert!(LABELS.into_iter().all(|label| words.contains(label)), "{words}");
}

#[test]
fn a_sheet_that_cannot_be_written_leaves_the_earlier_one_and_says_what_to_do() {
    let (dir, pdf) = sheet();
    let earlier = fs::read(&pdf).unwrap();
    // A folder stands where the sheet is drafted.
    fs::create_dir(dir.path().join(".the.pdf.part")).unwrap();
    let told = cards(&pdf, &[]);
    assert!(!told.status.success());
    let error = String::from_utf8(told.stderr).unwrap();
    assert!(error.contains("Chưa lưu được tệp"), "{error}");
    assert!(fs::read(&pdf).unwrap() == earlier);
}
