//! Displays made of files. The EDIDs are invented, byte by byte.

use tempfile::TempDir;

use super::*;

/// An EDID with these pixels, and this size once exactly and once in centimetres.
pub(crate) fn edid(pixels: (u16, u16), millimetres: (u16, u16), centimetres: (u8, u8)) -> Vec<u8> {
    let mut block = vec![0_u8; 128];
    block[..8].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 0]);
    (block[21], block[22]) = centimetres;
    let low = |number: u16| (number & 0xff) as u8;
    let high = |number: u16| (number >> 8) as u8;
    let timing = &mut block[54..72];
    // 74.25 MHz.
    (timing[0], timing[1]) = (0x01, 0x1d);
    (timing[2], timing[4]) = (low(pixels.0), high(pixels.0) << 4);
    (timing[5], timing[7]) = (low(pixels.1), high(pixels.1) << 4);
    (timing[12], timing[13]) = (low(millimetres.0), low(millimetres.1));
    timing[14] = high(millimetres.0) << 4 | high(millimetres.1);
    sealed(block)
}

/// With the check sum that makes it whole.
fn sealed(mut block: Vec<u8>) -> Vec<u8> {
    block[127] = 0;
    let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    block[127] = 0_u8.wrapping_sub(sum);
    block
}

fn density(edid: &[u8]) -> Option<f32> {
    Panel::read(edid).map(|panel| (panel.px_per_mm() * 100.0).round() / 100.0)
}

#[test]
fn a_display_that_tells_its_size_is_believed() {
    assert_eq!(density(&edid((1920, 1080), (344, 194), (34, 19))), Some(5.57));
    assert_eq!(density(&edid((1366, 768), (344, 194), (34, 19))), Some(3.96));
    assert_eq!(density(&edid((1280, 800), (217, 136), (22, 14))), Some(5.89));
    assert_eq!(density(&edid((720, 1280), (88, 156), (9, 16))), Some(8.19));
    // Wide pixels, as on many panels of this size.
    assert_eq!(density(&edid((800, 480), (154, 86), (15, 9))), Some(5.38));
}

#[test]
fn the_centimetres_count_where_the_millimetres_are_missing_or_a_lie() {
    assert_eq!(density(&edid((1920, 1080), (0, 0), (34, 19))), Some(5.67));
    assert_eq!(density(&edid((1920, 1080), (160, 90), (34, 19))), Some(5.67));
    assert_eq!(density(&edid((1366, 768), (16, 9), (34, 19))), Some(4.03));
}

#[test]
fn a_size_that_cannot_be_true_is_no_size() {
    for (what, told) in [
        ("nothing", edid((1920, 1080), (0, 0), (0, 0))),
        ("the shape in millimetres", edid((1024, 600), (160, 90), (0, 0))),
        ("the shape in tens of millimetres", edid((1920, 1080), (1600, 900), (0, 0))),
        ("the shape in centimetres", edid((1024, 600), (0, 0), (16, 9))),
        ("the other shape in centimetres", edid((1280, 800), (0, 0), (16, 10))),
        ("a projector: one side is missing", edid((1024, 768), (0, 0), (40, 0))),
        ("a television behind a 7-inch panel", edid((1024, 600), (708, 398), (71, 40))),
        ("a size that stands up for pixels that lie", edid((1920, 1080), (194, 344), (19, 34))),
        ("a stamp", edid((1920, 1080), (60, 34), (6, 3))),
    ] {
        assert_eq!(density(&told), None, "{what}");
    }
}

#[test]
fn bytes_that_are_no_whole_edid_tell_nothing() {
    let good = edid((1920, 1080), (344, 194), (34, 19));
    assert_eq!(density(&good[..127]), None, "cut off");
    assert_eq!(density(&[]), None, "empty, as of a panel on the DSI port");
    let mut damaged = good.clone();
    damaged[66] ^= 1;
    assert_eq!(density(&damaged), None, "damaged");
    let mut headless = good.clone();
    headless[1] = 0;
    assert_eq!(density(&sealed(headless)), None, "another head");
    let mut text = good.clone();
    text[54..56].fill(0);
    assert_eq!(density(&sealed(text)), None, "a text where the timing belongs");
    let mut longer = good;
    longer.extend([0; 128]);
    assert_eq!(density(&longer), Some(5.57), "with an extension");
}

/// A box with this display at this connector.
fn plug(root: &TempDir, connector: &str, status: &str, modes: &str, edid: &[u8]) {
    let folder = root.path().join("sys/class/drm").join(format!("card1-{connector}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("status"), format!("{status}\n")).unwrap();
    fs::write(folder.join("modes"), modes).unwrap();
    fs::write(folder.join("edid"), edid).unwrap();
}

#[test]
fn the_display_is_the_first_that_is_plugged_in() {
    let root = TempDir::new().unwrap();
    assert_eq!(plugged_in(root.path(), None), None);
    fs::create_dir_all(root.path().join("sys/class/drm/card1")).unwrap();
    plug(&root, "DSI-1", "disconnected", "", &[]);
    plug(&root, "HDMI-A-1", "connected", "800x480\n640x480\n", &[]);
    let second = edid((1366, 768), (344, 194), (34, 19));
    plug(&root, "HDMI-A-2", "connected", "1366x768\n", &second);
    let found = plugged_in(root.path(), None).unwrap();
    assert_eq!((found.connector.as_str(), found.panel), ("HDMI-A-1", None));
    assert_eq!(found.pixels, Some((800, 480)));

    let named = plugged_in(root.path(), Some("HDMI-A-2")).unwrap();
    assert_eq!((named.connector.as_str(), named.panel.is_some()), ("HDMI-A-2", true));
    assert_eq!(plugged_in(root.path(), Some("DSI-1")), None, "named, but not plugged in");

    // The kernel's numbers go before the names.
    let number = |connector: &str, id: &str| {
        let file = format!("sys/class/drm/card1-{connector}/connector_id");
        fs::write(root.path().join(file), id).unwrap();
    };
    number("HDMI-A-1", "44\n");
    number("HDMI-A-2", "33\n");
    let found = plugged_in(root.path(), None).unwrap();
    assert_eq!(found.connector, "HDMI-A-2");
    assert!(found.panel.is_some());
}

#[test]
fn the_file_goes_before_the_display_and_the_display_before_what_is_usual() {
    let panel = Panel::read(&edid((1366, 768), (344, 194), (34, 19)));
    let telling = Display { connector: "HDMI-A-1".to_owned(), pixels: Some((1366, 768)), panel };
    let silent = Display { panel: None, ..telling.clone() };
    let rounded = |density: f32| (density * 100.0).round() / 100.0;
    let of = |written, display, drawn| rounded(px_per_mm(written, display, drawn));

    assert_eq!(of(Some(4.4), Some(&telling), None), 4.4);
    assert_eq!(of(None, Some(&telling), None), 3.96);
    assert_eq!(of(None, Some(&telling), Some((683, 384))), 1.98, "half the pixels on all of it");
    assert_eq!(of(None, Some(&telling), Some((768, 1366))), 3.96, "a display that stands");
    assert_eq!(of(None, Some(&silent), None), 4.0);
    assert_eq!(of(None, None, Some((480, 800))), 5.2);
    assert_eq!(of(None, None, None), 5.6);
}

#[test]
fn what_is_usual_follows_the_pixels_either_way_up() {
    for (pixels, density) in [
        ((800, 480), 5.2),
        ((480, 800), 5.2),
        ((800, 600), 4.9),
        ((1024, 600), 4.6),
        ((1024, 768), 4.2),
        ((1280, 800), 5.9),
        ((720, 1280), 8.2),
        ((1366, 768), 4.0),
        ((1920, 1080), 5.6),
        ((1080, 1920), 5.6),
        ((1920, 1200), 8.9),
        ((640, 480), 5.2),
        ((3840, 2160), 8.9),
    ] {
        assert_eq!(usual_px_per_mm(Some(pixels)), density, "{pixels:?}");
    }
}
