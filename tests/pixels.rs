//! The pages as pixels, drawn by the real renderer with the real fonts at four of the sizes of the
//! field: nothing blank, the code of the guide readable, no page like another.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use image::{GrayImage, RgbaImage};
use tiepdon::configuration::Configuration;

/// Pixels across and down, and pixels per millimetre: 15.6 inch, 10.1 inch, 7 inch, and the
/// portrait panel of the Pi.
const DISPLAYS: [(u32, u32, f32); 4] =
    [(1920, 1080, 5.6), (1280, 800, 5.9), (800, 480, 5.2), (720, 1280, 8.2)];

type Pages = BTreeMap<String, RgbaImage>;

/// The program drawing its pages into `folder`, with more arguments and variables.
fn drawing((width, height, px_per_mm): (u32, u32, f32), folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tiepdon"));
    program
        .args(["screens", "--size", &format!("{width}x{height}")])
        .args(["--px-per-mm", &px_per_mm.to_string()])
        .arg("--out")
        .arg(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    program
}

fn draw(display: (u32, u32, f32)) -> Pages {
    drawn_by(display, |program| program.output().unwrap())
}

fn drawn_by(display: (u32, u32, f32), draw: impl FnOnce(&mut Command) -> Output) -> Pages {
    let (width, height, _) = display;
    let folder = tempfile::tempdir().unwrap();
    let output = draw(&mut drawing(display, folder.path()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pages: Pages = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (name(&path), image::open(&path).unwrap().to_rgba8())
        })
        .collect();
    for (name, page) in &pages {
        assert_eq!(page.dimensions(), (width, height), "{name}");
    }
    pages
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn every_page_is_drawn_at_every_size_and_is_like_no_other() {
    for display in DISPLAYS {
        let pages = draw(display);
        assert!(pages.len() >= 70, "{} pages", pages.len());
        let mut seen: BTreeMap<&[u8], &str> = BTreeMap::new();
        for (name, page) in &pages {
            let ink = page.pixels().filter(|pixel| pixel.0[1] < 0x60).count();
            assert!(ink > 500, "{name} at {display:?} is blank");
            for edge in [0, display.1 - 1] {
                let first = page.get_pixel(0, edge);
                let clean = (0..display.0).all(|x| page.get_pixel(x, edge) == first);
                assert!(clean, "{name} at {display:?} is cut off at line {edge}");
            }
            // Small and upright displays have no place for the hall's number.
            let has_hall = display.0 > 1000;
            if !has_hall && name.starts_with("idle-campaign") {
                continue;
            }
            if let Some(twin) = seen.insert(page.as_raw(), name) {
                panic!("{name} at {display:?} looks like {twin}");
            }
        }
    }
}

/// Words that are measured before the letters of their script are known stay blank.
#[test]
fn khmer_words_stand_in_the_bar_from_the_first_page_on() {
    let display = DISPLAYS[0];
    let pages = draw(display);
    let bar = |name: &str| {
        image::imageops::crop_imm(&pages[name], 0, 0, display.0, display.1 / 11).to_image()
    };
    // Drawn first and drawn last; their bars say the same.
    assert!(bar("idle") == bar("idle-campaign"), "the first page lacks letters");
}

#[test]
fn every_picture_of_the_handbook_is_of_a_page_there_is() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let handbook = fs::read_to_string(docs.join("handbook.md")).unwrap();
    let pages = draw(DISPLAYS[1]);
    let named: Vec<&str> = handbook
        .split("(pictures/")
        .skip(1)
        .filter_map(|rest| rest.split_once(".png)").map(|(name, _)| name))
        .collect();
    assert!(named.len() >= 10, "{named:?}");
    for name in named {
        assert!(pages.contains_key(name), "no page is called {name}");
        let picture = image::open(docs.join(format!("pictures/{name}.png"))).unwrap();
        let size = (picture.width(), picture.height());
        assert_eq!(size, (DISPLAYS[1].0, DISPLAYS[1].1), "{name}: run `make handbook`");
    }
}

#[test]
fn the_code_beside_a_guide_opens_the_address_of_its_file() {
    let configuration = Configuration::embedded().unwrap();
    let video = configuration.guides.default_guide().video.clone().unwrap();
    for display in DISPLAYS {
        let grey: GrayImage = image::imageops::grayscale(&draw(display)["guide-1-1"]);
        let (width, height) = grey.dimensions();
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
                grey.get_pixel(x as u32, y as u32).0[0]
            });
        let codes: Vec<_> = picture.detect_grids().iter().map(rqrr::Grid::decode).collect();
        let opened = codes.iter().flatten().any(|(_, text)| text == video.url.as_str());
        assert!(opened, "no readable code at {display:?}: {codes:?}");
    }
}

/// The package's configuration and font, laid into a folder as into /usr/share, and nothing else: no
/// font of another package, no settings of the system.
#[test]
fn with_no_font_but_the_packages_own_every_page_looks_the_same() {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    let share = tempfile::tempdir().unwrap();
    let installed = fs::read_to_string(packaging.join("debian/tiepdon.install")).unwrap();
    let mut configuration = None;
    for line in installed.lines() {
        let Some((from, to)) = line.split_once(" usr/share/") else { continue };
        // As packaging/build lays them beside each other.
        let folder = if from.starts_with("fonts/") { "../ui" } else { "" };
        let to = share.path().join(to);
        fs::create_dir_all(&to).unwrap();
        let name = Path::new(from).file_name().unwrap();
        fs::copy(packaging.join(folder).join(from), to.join(name)).unwrap();
        if name == "fonts.conf" {
            configuration = Some(to.join(name));
        }
    }
    let configuration = configuration.unwrap();

    for language in ["vi", "km"] {
        let usual = drawn_by(DISPLAYS[2], |it| it.args(["--lang", language]).output().unwrap());
        let bare = drawn_by(DISPLAYS[2], |it| {
            it.args(["--lang", language]).env("FONTCONFIG_FILE", &configuration).output().unwrap()
        });
        assert!(usual.keys().eq(bare.keys()));
        for (name, page) in &usual {
            assert!(bare[name] == *page, "{name} in {language} needs a font of the system");
        }
    }
}

#[test]
fn a_system_without_any_font_is_named_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("fonts.conf");
    fs::write(&configuration, "<fontconfig><cachedir>/nonexistent</cachedir></fontconfig>")
        .unwrap();
    let mut program = drawing(DISPLAYS[2], &folder.path().join("pages"));
    let output = program.env("FONTCONFIG_FILE", &configuration).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("tiepdon: máy không có phông chữ nào; xin "), "{said}");
}
