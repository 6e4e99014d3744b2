//! `tiepdon posters`: every guide of the station as a poster for the wall, so that people who wait
//! read what the kiosk would show them, in the same words and with the same numbers.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;

use super::paper_size::PaperSize;
use crate::configuration::Configuration;
use crate::export;
use crate::guide::{Guide, Step, Video};
use crate::print::{
    Align, Area, Format, Ink, Lettering, Paint, Paper, Place, PrintError, Sheet, Stroke, Weight,
};

/// Arguments of `tiepdon posters`.
#[derive(Args)]
pub struct Posters {
    /// Thư mục nhận các tệp PDF, mỗi hướng dẫn một tệp; tệp cũ cùng tên được thay bằng tệp mới.
    #[arg(long, value_name = "THƯ_MỤC")]
    out: PathBuf,
    /// Thư mục cấu hình; bỏ trống thì in các hướng dẫn mẫu, không có tên trạm.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: Option<PathBuf>,
    /// Khổ giấy; khổ A3 có chữ lớn hơn, đọc được từ xa hơn.
    #[arg(long, value_name = "KHỔ", default_value = "a4")]
    paper: PaperSize,
}

impl Posters {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let configuration = match &self.config {
            Some(folder) => Configuration::load(folder)?,
            None => Configuration::embedded()?,
        };
        let station = self.config.is_some().then_some(configuration.station.name.as_str());
        // All are drawn before the first is written: a guide that is too long changes no file.
        let posters = configuration
            .guides
            .iter()
            .map(|lesson| self.poster(&lesson.guide, station))
            .collect::<anyhow::Result<Vec<_>>>()?;
        fs::create_dir_all(&self.out)
            .with_context(|| format!("không tạo được thư mục {}", self.out.display()))?;
        for (path, pdf) in posters {
            export::file(&path, pdf).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
            writeln!(io::stdout(), "{}", path.display())?;
        }
        Ok(())
    }

    /// The poster of a guide, and the file it goes into.
    fn poster(&self, guide: &Guide, station: Option<&str>) -> anyhow::Result<(PathBuf, Vec<u8>)> {
        let pdf = pdf(guide, station, self.paper.format()).map_err(|error| {
            let (id, title) = (guide.id.to_string(), &guide.title);
            anyhow!("không in được hướng dẫn {id} (“{title}”): {} ({error})", error.advice())
        })?;
        let name = format!("huong-dan-{}-{}.pdf", guide.id, self.paper.name());
        Ok((self.out.join(name), pdf))
    }
}

const HELP: &str = "Cần giúp, mời hỏi nhân viên tiếp đón";
const HOW_TO_SCAN: &str = "Mở máy ảnh và đưa vào mã này";

/// White at the edges of the sheet, in mm.
const MARGIN: f32 = 10.0;

/// All that is drawn is in here.
const INSIDE: Area = Area {
    left: MARGIN,
    top: MARGIN,
    width: Sheet::WIDTH - 2.0 * MARGIN,
    height: Sheet::HEIGHT - 2.0 * MARGIN,
};
const RIGHT: f32 = INSIDE.left + INSIDE.width;
const BOTTOM: f32 = INSIDE.top + INSIDE.height;

/// How far letters reach below their base line, as a part of the type size.
const DESCENT: f32 = 0.22;

/// Side of a module of the code in mm: a little more than the print room demands.
const MODULE: f32 = 0.92;

/// Around the quiet zone of the code.
const FRAME: Stroke = Stroke { ink: Ink::LINE, width: 0.4 };

const STATION: Lettering =
    Lettering { weight: Weight::Bold, size: 5.4, ink: Ink::JADE, align: Align::Left };
/// The smallest that is still a heading above the steps; it grows until it fills the line.
const HEADING: Lettering =
    Lettering { weight: Weight::Bold, size: 9.0, ink: Ink::INK, align: Align::Left };
const LARGEST_HEADING: f32 = 15.0;
/// The smallest that people read from 1.5 m; it grows with the room.
const STEP_TITLE: Lettering =
    Lettering { weight: Weight::Bold, size: 6.0, ink: Ink::INK, align: Align::Left };
/// The smallest that people read from 1.5 m; it grows with the room.
const STEP_BODY: Lettering =
    Lettering { weight: Weight::Regular, size: 4.4, ink: Ink::INK, align: Align::Left };
const NUMBER: Lettering =
    Lettering { weight: Weight::Bold, size: 6.0, ink: Ink::WHITE, align: Align::Middle };
/// How much the letters of the steps grow at most, in percent.
const LARGEST_GROWTH: u8 = 190;
const VIDEO_LABEL: Lettering =
    Lettering { weight: Weight::Bold, size: 6.0, ink: Ink::INK, align: Align::Left };
const VIDEO_HINT: Lettering =
    Lettering { weight: Weight::Regular, size: 4.6, ink: Ink::SOFT, align: Align::Left };
const VIDEO_ADDRESS: Lettering =
    Lettering { weight: Weight::Bold, size: 5.4, ink: Ink::JADE, align: Align::Left };
const ASK: Lettering =
    Lettering { weight: Weight::Bold, size: 6.0, ink: Ink::INK, align: Align::Middle };
const VERSION: Lettering =
    Lettering { weight: Weight::Regular, size: 3.4, ink: Ink::SOFT, align: Align::Left };

/// The poster of a guide, headed by the name of the station where it is known.
fn pdf(guide: &Guide, station: Option<&str>, format: Format) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::of(format, &guide.title)?;
    paper.sheet(|sheet| {
        let top = draw_heading(sheet, station, &guide.title);
        let bottom = draw_foot(sheet, guide)?;
        draw_steps(sheet, &guide.steps, top, bottom)
    })?;
    paper.into_pdf()
}

/// Draws what stands above the steps, and tells where they may begin.
fn draw_heading(sheet: &mut Sheet<'_>, station: Option<&str>, title: &str) -> f32 {
    /// From one base line to the next, as a part of the type size: accents need it.
    const LEADING: f32 = 1.2;
    let mut y = INSIDE.top;
    if let Some(station) = station {
        let lettering = sheet.fitted(station, STATION, INSIDE.width);
        y += STATION.capitals();
        sheet.text(station, Place { x: INSIDE.left, y }, &lettering);
    }
    // A hair narrower than the line, so that rounding breaks nothing.
    let one_line = 0.999 * INSIDE.width / sheet.width_of(title, &HEADING);
    let size = (HEADING.size * one_line).clamp(HEADING.size, LARGEST_HEADING);
    let lettering = Lettering { size, ..HEADING };
    for (line, words) in sheet.wrap_evenly(title, &lettering, INSIDE.width).into_iter().enumerate()
    {
        y += if line == 0 { 3.0 + size } else { size * LEADING };
        sheet.text(&words, Place { x: INSIDE.left, y }, &lettering);
    }
    y + 6.0
}

/// Draws what stands below the steps, and tells where they must have ended.
fn draw_foot(sheet: &mut Sheet<'_>, guide: &Guide) -> Result<f32, PrintError> {
    /// Height of the line about help.
    const BAR: f32 = 14.0;
    const GAP: f32 = 3.0;
    /// Between the steps and the foot.
    const ABOVE: f32 = 6.0;
    let left = match &guide.video {
        Some(video) => draw_video(sheet, video)?,
        None => INSIDE.left,
    };
    let version =
        format!("Bản {}, đối chiếu ngày {}", guide.version, guide.checked_on.format("%d/%m/%Y"));
    let base = BOTTOM - VERSION.size * DESCENT;
    sheet.text(&version, Place { x: left, y: base }, &VERSION);
    let bar =
        Area { left, top: base - VERSION.capitals() - GAP - BAR, width: RIGHT - left, height: BAR };
    sheet.rectangle(bar, 3.5, Paint::Fill(Ink::AMBER));
    let ask = sheet.fitted(HELP, ASK, bar.width - BAR);
    let middle = bar.middle();
    sheet.text(HELP, Place { y: middle.y + ask.capitals() / 2.0, ..middle }, &ask);
    let top = match &guide.video {
        Some(video) => code_frame(sheet, video)?.top,
        None => bar.top,
    };
    Ok(top - ABOVE)
}

/// The frame of the code, in the lower left corner.
fn code_frame(sheet: &Sheet<'_>, video: &Video) -> Result<Area, PrintError> {
    let side = sheet.qr_side(video.url.as_str(), MODULE)? + 2.0 * FRAME.width;
    Ok(Area { left: INSIDE.left, top: BOTTOM - side, width: side, height: side })
}

/// Draws the code and what it is beside it, and tells where that begins.
fn draw_video(sheet: &mut Sheet<'_>, video: &Video) -> Result<f32, PrintError> {
    let frame = code_frame(sheet, video)?;
    sheet.rectangle(frame, 3.5, Paint::Edge(FRAME));
    sheet.qr(video.url.as_str(), frame.inset(FRAME.width))?;
    let left = frame.left + frame.width + 6.0;
    let room = RIGHT - left;
    let mut y = frame.top;
    for (words, lettering, above) in
        [(video.label.as_str(), VIDEO_LABEL, 0.0), (HOW_TO_SCAN, VIDEO_HINT, 3.6)]
    {
        let lettering = sheet.fitted(words, lettering, room);
        y += above + lettering.capitals();
        sheet.text(words, Place { x: left, y }, &lettering);
    }
    // It is copied letter by letter: a long one is broken, never made smaller.
    for line in sheet.wrap(&video.address, &VIDEO_ADDRESS, room) {
        y += 3.6 + VIDEO_ADDRESS.capitals();
        sheet.text(&line, Place { x: left, y }, &VIDEO_ADDRESS);
    }
    Ok(left)
}

/// The letters of the steps at one growth.
#[derive(Clone, Copy)]
struct Type {
    title: Lettering,
    body: Lettering,
    number: Lettering,
}

impl Type {
    fn grown(percent: u8) -> Self {
        let grown = |lettering: Lettering| {
            let size = lettering.size * f32::from(percent) / 100.0;
            Lettering { size, ..lettering }
        };
        Self { title: grown(STEP_TITLE), body: grown(STEP_BODY), number: grown(NUMBER) }
    }

    fn disc(self) -> f32 {
        1.75 * self.title.size
    }

    /// How far the disc reaches above the capitals of the title.
    fn overhang(self) -> f32 {
        (self.disc() - self.title.capitals()) / 2.0
    }

    /// Left side of the words.
    fn left(self) -> f32 {
        INSIDE.left + self.disc() + 0.75 * self.title.size
    }

    /// Width of the words.
    fn room(self) -> f32 {
        RIGHT - self.left()
    }

    fn title_leading(self) -> f32 {
        1.2 * self.title.size
    }

    fn body_leading(self) -> f32 {
        1.32 * self.body.size
    }

    /// From the last base line of the title to the first of the body.
    fn below_title(self) -> f32 {
        1.5 * self.body.size
    }

    /// Between two steps, so that each stands for itself.
    fn gap(self) -> f32 {
        0.72 * self.title.size
    }
}

/// How high a step is. However its words are broken into lines, they are as few as can be.
fn height_of(sheet: &Sheet<'_>, step: &Step, letters: Type) -> f32 {
    let more = |words: &str, lettering: &Lettering| {
        sheet.wrap(words, lettering, letters.room()).len().saturating_sub(1) as f32
    };
    letters.title.capitals()
        + more(&step.title, &letters.title) * letters.title_leading()
        + letters.below_title()
        + more(&step.body, &letters.body) * letters.body_leading()
        + letters.body.size * DESCENT
}

/// The lines of an explanation: each sentence on lines of its own where that takes no line more.
fn body_lines(sheet: &Sheet<'_>, words: &str, lettering: &Lettering, room: f32) -> Vec<String> {
    let least = sheet.wrap(words, lettering, room).len();
    let lines: Vec<_> = sentences(words)
        .into_iter()
        .flat_map(|sentence| sheet.wrap_evenly(sentence, lettering, room))
        .collect();
    if lines.len() <= least { lines } else { sheet.wrap_evenly(words, lettering, room) }
}

/// The sentences of a text, by their last signs and the blank behind them.
fn sentences(words: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut rest = words;
    while let Some(end) = rest
        .match_indices(' ')
        .map(|(at, _)| at)
        .find(|at| rest.get(..*at).is_some_and(|before| before.ends_with(['.', '?', '!'])))
    {
        let (sentence, after) = rest.split_at(end);
        sentences.push(sentence);
        rest = after.trim_start();
    }
    sentences.push(rest);
    sentences
}

/// Draws the steps between two heights, in the largest letters that fit.
fn draw_steps(
    sheet: &mut Sheet<'_>,
    steps: &[Step],
    top: f32,
    bottom: f32,
) -> Result<(), PrintError> {
    /// In ordinary gaps.
    const WIDEST_GAP: f32 = 3.5;
    /// In ordinary gaps, for a guide that fits in the smallest letters only.
    const LEAST_GAP: f32 = 0.7;
    let gaps = steps.len().saturating_sub(1) as f32;
    let lay_out = |percent: u8, gap: f32| {
        let letters = Type::grown(percent);
        let heights: Vec<_> = steps.iter().map(|step| height_of(sheet, step, letters)).collect();
        let spare = bottom - top - letters.overhang() - heights.iter().sum::<f32>();
        (gaps * gap * letters.gap() <= spare).then_some((letters, heights, spare))
    };
    let sizes: Vec<_> = (100..=LARGEST_GROWTH).rev().collect();
    // Larger letters never need less room.
    let largest = sizes.partition_point(|percent| lay_out(*percent, 1.0).is_none());
    let laid_out = match sizes.get(largest) {
        Some(percent) => lay_out(*percent, 1.0),
        None => lay_out(100, LEAST_GAP),
    };
    let (letters, heights, spare) = laid_out.ok_or(PrintError::Overfull)?;
    // What is left over goes between the steps; of what a few steps leave, a third goes above.
    let gap = (spare / gaps.max(1.0)).min(WIDEST_GAP * letters.gap());
    let mut y = top + letters.overhang() + (spare - gaps * gap) / 3.0;
    for (index, (step, height)) in steps.iter().zip(heights).enumerate() {
        draw_step(sheet, index + 1, step, letters, y);
        y += height + gap;
    }
    Ok(())
}

fn draw_step(sheet: &mut Sheet<'_>, number: usize, step: &Step, letters: Type, top: f32) {
    let side = letters.disc();
    let capitals = letters.title.capitals();
    let disc = Area { left: INSIDE.left, top: top - letters.overhang(), width: side, height: side };
    sheet.rectangle(disc, side / 2.0, Paint::Fill(Ink::JADE));
    let middle = disc.middle();
    let base = Place { y: middle.y + letters.number.capitals() / 2.0, ..middle };
    sheet.text(&number.to_string(), base, &letters.number);

    let x = letters.left();
    let mut y = top + capitals;
    let title = sheet.wrap_evenly(&step.title, &letters.title, letters.room());
    for (line, words) in title.iter().enumerate() {
        y += if line == 0 { 0.0 } else { letters.title_leading() };
        sheet.text(words, Place { x, y }, &letters.title);
    }
    y += letters.below_title();
    let body = body_lines(sheet, &step.body, &letters.body, letters.room());
    for (line, words) in body.iter().enumerate() {
        y += if line == 0 { 0.0 } else { letters.body_leading() };
        sheet.text(words, Place { x, y }, &letters.body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::document::Source;

    /// A guide with steps of one length, in letters.
    fn guide(steps: usize, title: usize, body: usize) -> Guide {
        let words = |length: usize| "nhập số thẻ ".chars().cycle().take(length).collect::<String>();
        let step = format!(
            "[[step]]\ntitle = \"{}\"\nbody = \"{}.\"\nview = \"home\"\n",
            words(title).trim_end(),
            words(body - 1).trim_end(),
        );
        let url = format!("https://example.vn/{}", "a".repeat(100));
        let text = format!(
            "version = 2\nchecked-on = 2026-11-22\ntitle = \"Mở sổ sức khỏe điện tử\"\n{}\
             [video]\nlabel = \"Xem lại\"\naddress = \"example.vn\"\nurl = \"{url}\"\n",
            step.repeat(steps),
        );
        let source = Source::new("g.toml", text.as_str());
        Guide::read("mo-so".parse().unwrap(), &source)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())
            .unwrap()
    }

    #[test]
    fn one_step_to_nine_steps_fit_and_more_only_when_they_are_short() {
        let station = Some("Trạm Y tế xã Tri Tôn");
        for steps in 1..=9 {
            pdf(&guide(steps, 36, 130), station, Format::A4).unwrap();
        }
        pdf(&guide(6, 40, 160), station, Format::A4).unwrap();
        pdf(&guide(10, 36, 60), station, Format::A4).unwrap();
        for format in [Format::A4, Format::A3] {
            let refused = pdf(&guide(12, 36, 130), station, format);
            assert!(matches!(refused, Err(PrintError::Overfull)), "{format:?}");
        }
    }

    #[test]
    fn a_guide_that_is_too_long_is_named() {
        let posters = Posters { out: "out".into(), config: None, paper: PaperSize::A4 };
        let (path, _) = posters.poster(&guide(3, 20, 80), None).unwrap();
        assert_eq!(path, PathBuf::from("out/huong-dan-mo-so-a4.pdf"));
        let told = posters.poster(&guide(12, 40, 160), None).unwrap_err().to_string();
        for words in ["mo-so", "“Mở sổ sức khỏe điện tử”", "viết ngắn lại"] {
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn sentences_end_where_a_sign_is_followed_by_a_blank() {
        assert_eq!(sentences("Một câu."), ["Một câu."]);
        assert_eq!(
            sentences("Có chưa? Từ bản 2.1.10. Xong"),
            ["Có chưa?", "Từ bản 2.1.10.", "Xong"]
        );
        assert_eq!(sentences(""), [""]);
    }

    #[test]
    fn sentences_have_their_own_lines_only_where_that_costs_none() {
        let mut paper = Paper::new("Thử").unwrap();
        paper
            .sheet(|sheet| {
                let lines = |words: &str, room| body_lines(sheet, words, &STEP_BODY, room);
                let two = "Ông/bà mở máy. Mời hỏi nhân viên.";
                assert_eq!(lines(two, 170.0), [two]);
                assert_eq!(lines(two, 60.0), ["Ông/bà mở máy.", "Mời hỏi nhân viên."]);
                Ok(())
            })
            .unwrap();
    }
}
