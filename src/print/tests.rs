use proptest::prelude::*;

use super::qr::dark_areas;
use super::*;

/// Every letter that Vietnamese adds to ASCII.
const VIETNAMESE: &str = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀề\
    ỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ";

const BOLD: Lettering =
    Lettering { weight: Weight::Bold, size: 10.0, ink: Ink::INK, align: Align::Left };

fn square(side: f32) -> Area {
    Area { left: 20.0, top: 30.0, width: side, height: side }
}

/// A PDF with one sheet.
fn drawn(draw: impl FnOnce(&mut Sheet<'_>) -> Result<(), PrintError>) -> Vec<u8> {
    let mut paper = Paper::new("Thử").unwrap();
    paper.sheet(draw).unwrap();
    paper.into_pdf().unwrap()
}

#[test]
fn every_vietnamese_letter_is_in_both_weights_and_stands_for_itself() {
    let typefaces = Typefaces::embedded().unwrap();
    for weight in [Weight::Regular, Weight::Bold] {
        let glyphs = typefaces.of(weight).shape(VIETNAMESE);
        assert_eq!(glyphs.len(), VIETNAMESE.chars().count());
        for (glyph, (start, letter)) in glyphs.iter().zip(VIETNAMESE.char_indices()) {
            assert_ne!(glyph.glyph_id.to_u32(), 0, "no {letter} in {weight:?}");
            assert_eq!(glyph.text_range, start..start + letter.len_utf8());
        }
    }
}

#[test]
fn words_are_as_wide_as_their_letters_and_grow_with_the_type() {
    drawn(|sheet| {
        let double = Lettering { size: 2.0 * BOLD.size, ..BOLD };
        let regular = Lettering { weight: Weight::Regular, ..BOLD };
        let words = "Sổ khám bệnh";
        let width = sheet.width_of(words, &BOLD);
        assert!((60.0..80.0).contains(&width), "{width} mm");
        assert!((sheet.width_of(words, &double) - 2.0 * width).abs() < 0.001);
        assert!(sheet.width_of(words, &regular) < width);
        assert!(sheet.width_of("AV", &BOLD) < sheet.width_of("A", &BOLD) * 2.0, "kerned");
        // Accents that were typed apart are put together.
        let apart = sheet.width_of("e\u{302}\u{323}", &BOLD);
        assert!((apart - sheet.width_of("ệ", &BOLD)).abs() < 0.001);
        Ok(())
    });
}

#[test]
fn words_too_wide_for_their_room_are_set_smaller_and_others_as_they_are() {
    drawn(|sheet| {
        let name = "Ươ".repeat(25);
        assert!(sheet.width_of(&name, &BOLD) > 190.0);
        let smaller = sheet.fitted(&name, BOLD, 190.0);
        assert!((sheet.width_of(&name, &smaller) - 190.0).abs() < 0.001);
        assert!((smaller.capitals() / smaller.size - BOLD.capitals() / BOLD.size).abs() < 0.001);
        for short in ["Trạm Y tế xã Tri Tôn", ""] {
            assert_eq!(sheet.fitted(short, BOLD, 190.0), BOLD);
        }
        Ok(())
    });
}

#[test]
fn a_code_fills_its_square_but_for_the_quiet_zone() {
    // 21 modules and the quiet zone: 29.
    for side in [29.0, 58.0] {
        let module = side / 29.0;
        let code = square(side).inset(4.0 * module);
        let areas = dark_areas("TIEPDON:NEXT", square(side)).unwrap();
        let near = |one: f32, other: f32| (one - other).abs() < 0.001;
        let right = code.left + code.width;
        let bottom = code.top + code.height;
        for area in &areas {
            assert!(area.left > code.left - 0.001 && area.left + area.width < right + 0.001);
            assert!(area.top > code.top - 0.001 && area.top + area.height < bottom + 0.001);
            assert!(near(area.height, module));
        }
        assert!(near(areas[0].left, code.left) && near(areas[0].top, code.top));
        assert!(near(areas[0].width, 7.0 * module), "the edge of a finder pattern is one area");
        assert!(areas.iter().any(|area| near(area.left + area.width, right)));
        assert!(areas.iter().any(|area| near(area.top + area.height, bottom)));
    }
}

#[test]
fn a_code_too_fine_for_readers_is_refused() {
    let code = |text: &str, side| dark_areas(text, square(side));
    assert!(code("TIEPDON:NEXT", 29.0 * 0.91).is_ok());
    for side in [29.0 * 0.89, 0.0, -5.0, f32::NAN] {
        let refused = code("TIEPDON:NEXT", side);
        assert!(matches!(refused, Err(PrintError::QrTooFine { .. })), "{side} mm");
    }
    assert!(matches!(code(&"a".repeat(3000), 200.0), Err(PrintError::QrTooLong)));
}

#[test]
fn the_side_of_a_code_follows_from_its_modules() {
    drawn(|sheet| {
        let side = sheet.qr_side("TIEPDON:NEXT", 0.95)?;
        assert!((side - 29.0 * 0.95).abs() < 0.001, "{side} mm");
        assert!(matches!(sheet.qr_side(&"a".repeat(3000), 1.0), Err(PrintError::QrTooLong)));
        sheet.qr("TIEPDON:NEXT", square(side))
    });
}

#[test]
fn lines_are_broken_by_the_width_of_their_letters() {
    drawn(|sheet| {
        let words = "Cần giúp, mời hỏi nhân viên tiếp đón";
        let width = sheet.width_of(words, &BOLD);
        assert_eq!(sheet.wrap(words, &BOLD, width), [words]);
        let lines = sheet.wrap(words, &BOLD, width * 0.99);
        assert_eq!(lines, ["Cần giúp, mời hỏi nhân viên tiếp", "đón"]);
        let even = sheet.wrap_evenly(words, &BOLD, width * 0.99);
        assert_eq!(even, ["Cần giúp, mời hỏi", "nhân viên tiếp đón"]);
        Ok(())
    });
}

#[test]
fn every_format_has_the_shape_of_a4() {
    let shape = |format: Format| format.size_mm().1 / format.size_mm().0;
    assert!((shape(Format::A3) - shape(Format::A4)).abs() < 0.001);
    for (format, media_box) in [(Format::A4, "595.27"), (Format::A3, "841.88")] {
        let mut paper = Paper::of(format, "Thử").unwrap();
        paper
            .sheet(|sheet| {
                assert_eq!((Sheet::WIDTH, Sheet::HEIGHT), (210.0, 297.0));
                sheet.text("Mời", Place { x: 10.0, y: 20.0 }, &BOLD);
                Ok(())
            })
            .unwrap();
        let pdf = paper.into_pdf().unwrap();
        let pdf = String::from_utf8_lossy(&pdf);
        assert!(pdf.contains(&format!("/MediaBox[0 0 {media_box}")), "{format:?}");
    }
}

#[test]
fn the_same_drawing_gives_the_same_bytes() {
    let [first, second] = [(); 2].map(|()| {
        drawn(|sheet| {
            sheet.text(VIETNAMESE, Place { x: 10.0, y: 20.0 }, &BOLD);
            sheet.rectangle(square(40.0), 5.0, Paint::Fill(Ink::AMBER));
            sheet.qr("TIEPDON:NEXT", square(40.0))
        })
    });
    assert!(first.starts_with(b"%PDF-"));
    assert!(first == second);
}

#[test]
fn only_the_letters_in_use_are_embedded() {
    let pdf = drawn(|sheet| {
        sheet.text("Mời ông/bà", Place { x: 10.0, y: 20.0 }, &BOLD);
        Ok(())
    });
    assert!(pdf.len() < 20_000, "{} bytes; the whole typeface has 500,000", pdf.len());
}

#[test]
fn what_has_no_extent_is_drawn_as_nothing() {
    let nothing = Area { width: 0.0, height: 0.0, ..square(0.0) };
    drawn(|sheet| {
        let stroke = Stroke { ink: Ink::LINE, width: 0.3 };
        sheet.text("", Place { x: 0.0, y: 0.0 }, &BOLD);
        sheet.line(nothing.middle(), nothing.middle(), stroke);
        sheet.rectangle(nothing, 3.0, Paint::Fill(Ink::INK));
        sheet.rectangle(nothing, 3.0, Paint::Edge(stroke));
        Ok(())
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_can_be_printed(words in any::<String>()) {
        drawn(|sheet| {
            let lettering = Lettering { align: Align::Middle, ..BOLD };
            sheet.text(&words, Place { x: 105.0, y: 50.0 }, &lettering);
            Ok(())
        });
    }
}
