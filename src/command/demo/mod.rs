//! `tiepdon demo`: the main job on invented patients, with nothing to plug in.
//!
//! With a display it is the kiosk in a window beside a simulated reader. Without one it is a
//! whole morning in accelerated time through the same threads, port, journal and screens, and
//! leaves pictures, data, the day's signed export and the report of a plan behind.

mod campaign;
mod forbearance;
mod morning;
mod patients;
mod summary;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::Context as _;
use clap::Args;
use slint::{ComponentHandle as _, ModelRc, SharedString, VecModel};
use tiepdon_ui::SimulatedReader;

pub use patients::{Patient, patient};

use super::display;
use super::kiosk::{self, Setup};
use crate::card::Command;
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::export::SimulatedMachine;
use crate::reader::FakeReader;
use crate::service::Beginnings;
use crate::station::Device;
use crate::voice::{APLAY, Player};

/// Arguments of `tiepdon demo`.
#[derive(Args)]
pub struct Demo {
    /// Thư mục nhận kết quả; dữ liệu của lần chạy thử trước ở đó bị thay thế.
    #[arg(long, value_name = "THƯ_MỤC", default_value = "demo-out")]
    out: PathBuf,
    /// Không mở cửa sổ dù có màn hình.
    #[arg(long)]
    headless: bool,
}

/// Where the demo leaves what.
struct Folders {
    data: PathBuf,
    export: PathBuf,
    report: PathBuf,
    pictures: PathBuf,
    reader: PathBuf,
}

impl Demo {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let folders = Folders::fresh(&self.out)
            .with_context(|| format!("không chuẩn bị được thư mục {}", self.out.display()))?;
        let mut configuration = Configuration::embedded()?;
        configuration.station.reader.device = Device::Path(folders.reader.clone());
        if self.headless || !display::has_desktop() {
            morning::play(configuration, &folders)
        } else {
            in_a_window(configuration, &folders)
        }
    }
}

impl Folders {
    /// Replaces what an earlier demo left, and nothing else.
    fn fresh(out: &Path) -> std::io::Result<Self> {
        let folder = |name: &str| {
            let folder = out.join(name);
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            fs::create_dir_all(&folder)?;
            fs::canonicalize(folder)
        };
        Ok(Self {
            data: folder("data")?,
            export: folder("export")?,
            report: folder("report")?,
            pictures: folder("screens")?,
            reader: folder("port")?.join("reader"),
        })
    }
}

fn in_a_window(mut configuration: Configuration, folders: &Folders) -> anyhow::Result<()> {
    const WINDOW: (u32, u32) = (1280, 800);
    display::choose()?;
    campaign::begin(&mut configuration, Clock::system().now().station_day())?;
    let samples = samples();
    let mut reader = FakeReader::plug_in(&folders.reader)?;
    let (order, orders) = mpsc::channel::<usize>();

    let control = SimulatedReader::new()?;
    let names: VecModel<SharedString> = samples.iter().map(|(name, _)| name.into()).collect();
    control.set_samples(ModelRc::new(names));
    control.on_send(move |index| {
        // The thread that sends ends with the window; there is nobody left to tell.
        let _ = order.send(usize::try_from(index).unwrap_or_default());
    });
    control.show()?;
    thread::Builder::new().name("simulated-reader".to_owned()).spawn(move || {
        for index in orders {
            if let Some((_, bytes)) = samples.get(index)
                && let Err(error) = reader.send(bytes)
            {
                tracing::warn!(%error, "the simulated reader could not send");
            }
        }
    })?;
    let setup = Setup {
        begun_again: Beginnings::default(),
        configuration,
        data: folders.data.clone(),
        // A developer's machine may have nobody to vouch for its time; a demo need not say so.
        clock: Clock::simulated(Clock::system().now().wall_ms, 1),
        windowed: Some(WINDOW),
        sounds: folders.data.join("audio"),
        player: Some(Player::new(APLAY)),
        boot: folders.data.join("boot"),
        platform: Arc::new(SimulatedMachine::default()),
    };
    kiosk::serve(setup, Box::new(|_, _| {}))?;
    Ok(())
}

/// What the buttons of the simulated reader send, and what stands on them.
fn samples() -> Vec<(String, Vec<u8>)> {
    let people = [4, 5, 6].map(|index| {
        let person = patient(index);
        (format!("Thẻ căn cước: {}", person.name), person.citizen_card())
    });
    let others: [(&str, Vec<u8>); 7] = [
        ("Thẻ bảo hiểm y tế", patient(8).insurance_card()),
        ("Mã VNeID máy không đọc được", morning::OPAQUE.to_vec()),
        ("Mã của một trang web", b"https://example.vn/khuyen-mai\r".to_vec()),
        ("Mã hỏng", b"089150|ABC\r".to_vec()),
        ("Thẻ lệnh: dùng VNeID", line(Command::Vneid)),
        ("Thẻ lệnh: gọi nhân viên", line(Command::Staff)),
        ("Thẻ lệnh: nhân viên đến", line(Command::Coming)),
    ];
    people.into_iter().chain(others.map(|(name, bytes)| (name.to_owned(), bytes))).collect()
}

fn line(command: Command) -> Vec<u8> {
    format!("{}\r", command.code()).into_bytes()
}
