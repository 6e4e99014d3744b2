//! `tiepdon screens`: a picture of every screen, for the handbook and for looking at them.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::gallery::{exhibits, hall_exhibits, staff_exhibits};
use super::window_size;
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::desk::{Look, Offer};
use crate::display::px_per_mm;
use crate::guide::Language;
use crate::screen::{Headless, Screen};

/// 07:42 in Vietnam on 24 November 2026: pictures do not change with the day they are taken.
const MORNING_MS: i64 = 1_795_480_920_000;

/// Arguments of `tiepdon screens`.
#[derive(Args)]
pub struct Screens {
    /// Thư mục nhận ảnh PNG.
    #[arg(long, value_name = "THƯ_MỤC")]
    out: PathBuf,
    /// Cỡ màn hình.
    #[arg(long, value_name = "RỘNGxCAO", value_parser = window_size, default_value = "1920x1080")]
    size: (u32, u32),
    /// Số điểm ảnh trên một milimét, thay cho số trong station.toml; bỏ trống cả hai thì lấy theo
    /// màn hình thường gặp của cỡ đó.
    #[arg(long, value_name = "SỐ")]
    px_per_mm: Option<f32>,
    /// Ngôn ngữ của màn hình.
    #[arg(long, value_name = "vi|en|km", value_parser = language, default_value = "vi")]
    lang: Language,
    /// Chữ to.
    #[arg(long)]
    large: bool,
    /// Đen trắng rõ nét.
    #[arg(long)]
    contrast: bool,
    /// Nút ở thấp.
    #[arg(long)]
    low: bool,
    /// Thư mục cấu hình; bỏ trống thì dùng cấu hình mẫu.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: Option<PathBuf>,
}

impl Screens {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let mut configuration = match &self.config {
            Some(folder) => Configuration::load(folder)?,
            None => Configuration::embedded()?,
        };
        let written = self.px_per_mm.or(configuration.station.px_per_mm);
        configuration.station.px_per_mm = Some(px_per_mm(written, None, Some(self.size)));
        fs::create_dir_all(&self.out)
            .with_context(|| format!("không tạo được thư mục {}", self.out.display()))?;
        let (width, height) = self.size;
        Headless::install(width, height)?;

        let offer = Offer::from(&configuration.guides);
        let look = Look {
            language: self.lang,
            large: self.large,
            contrast: self.contrast,
            low: self.low,
            aloud: false,
        };
        let screen = Screen::open(&configuration.station, configuration.guides)?;
        screen.show_window(Some(self.size))?;
        let morning = Clock::simulated(MORNING_MS, 1).now();
        screen.show_clock(&morning);
        screen.show_today(52, 37);
        let mut exhibits = exhibits(&configuration.station.timing, &offer, look, morning);
        // Staff read Vietnamese.
        if self.lang == Language::Vietnamese {
            exhibits.extend(staff_exhibits(&configuration.station.origin, morning));
            exhibits.extend(hall_exhibits());
        }
        for exhibit in &exhibits {
            exhibit.show_on(&screen);
            screen.save_picture(&self.out.join(format!("{}.png", exhibit.name)))?;
        }
        writeln!(io::stdout(), "{} ảnh trong {}", exhibits.len(), self.out.display())?;
        Ok(())
    }
}

fn language(code: &str) -> Result<Language, String> {
    Language::of_code(code).ok_or_else(|| format!("không có ngôn ngữ {code}; dùng vi, en hoặc km"))
}
