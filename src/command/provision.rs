//! `tiepdon provision`: takes over what the storage card or a stick brings, before the kiosk starts
//! and whenever a stick is plugged in. The kiosk itself may not write its configuration.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use rustix::fs::Mode;
use rustix::process::umask;

use crate::provision::{Carrier, KeyOutcome, Outcome, provision, provision_key};

/// Arguments of `tiepdon provision`.
#[derive(Args)]
#[command(after_help = "Mã kết thúc: 0 đã nhận, 1 không có gì mới, 2 chưa nhận được.")]
pub struct Provision {
    /// Thư mục cấu hình, có tệp station.toml.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: PathBuf,
    /// Thư mục dữ liệu của ki-ốt, nơi giữ khóa của trạm.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Phân vùng khởi động: nơi đặt tệp tiepdon-station.toml hoặc thư mục tiepdon.
    #[arg(long, value_name = "THƯ_MỤC", default_value = "/boot/firmware")]
    boot: PathBuf,
    /// Nơi gắn các USB: mỗi thư mục trong đó là một USB.
    #[arg(long, value_name = "THƯ_MỤC")]
    sticks: Option<PathBuf>,
}

/// What came of a carrier; of several, the first of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Taken,
    Trouble,
    Nothing,
}

impl Provision {
    /// Says what came of it, and ends with 0 only when something was taken.
    pub(super) fn execute(self) -> ExitCode {
        // The kiosk, another user, reads what is written here. A key is made for its owner alone.
        umask(Mode::from_raw_mode(0o022));
        let sticks = self.sticks.iter().flat_map(|folder| folders(folder));
        let carriers = [(Carrier::Boot, self.boot.clone())]
            .into_iter()
            .chain(sticks.map(|stick| (Carrier::Stick, stick)));
        let settings = carriers.map(|(carrier, from)| settings(carrier, &from, &self.config));
        let key = key(&self.boot, &self.data);
        match settings.fold(key, Came::min) {
            Came::Taken => ExitCode::SUCCESS,
            Came::Nothing => {
                say("Không có gì mới.");
                ExitCode::from(1)
            }
            Came::Trouble => ExitCode::from(2),
        }
    }
}

/// The folders in a folder, in the order of their names.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn settings(carrier: Carrier, from: &Path, config: &Path) -> Came {
    let place = from.display();
    match provision(carrier, from, config) {
        Ok(Outcome::Nothing) => Came::Nothing,
        Ok(Outcome::Taken(files)) => {
            say(&format!("Đã nhận cấu hình từ {place}: {files} tệp."));
            Came::Taken
        }
        Ok(Outcome::Refused(problems)) => {
            say(&format!(
                "Chưa nhận cấu hình ở {place}. Xin sửa các chỗ sau rồi thử lại:\n{problems}"
            ));
            Came::Trouble
        }
        Ok(Outcome::Differs) => {
            say(&format!(
                "Giữ nguyên cấu hình của máy: cấu hình ở {place} khác, nhưng tệp trong {} đã được \
                 sửa tay.",
                config.display()
            ));
            Came::Trouble
        }
        Err(error) => {
            say(&format!("Chưa nhận được cấu hình ở {place}: {error}. {}", error.advice()));
            Came::Trouble
        }
    }
}

fn key(boot: &Path, data: &Path) -> Came {
    let outcome = provision_key(boot, data);
    let advice = outcome.advice();
    match &outcome {
        KeyOutcome::Nothing => Came::Nothing,
        KeyOutcome::Taken { place, new, stays } => {
            let place = place.display();
            if let Some(fingerprint) = new {
                say(&format!("Đã nhận khóa của trạm từ {place}, dấu khóa {fingerprint}."));
            }
            match stays {
                None => say(&format!("Đã xóa tệp khóa {place}.")),
                Some(error) => say(&format!("Chưa xóa được tệp khóa {place}: {error}. {advice}")),
            }
            match (new, stays) {
                (Some(_), _) => Came::Taken,
                (None, Some(_)) => Came::Trouble,
                (None, None) => Came::Nothing,
            }
        }
        KeyOutcome::Differs(place) => {
            say(&format!("Khóa ở {} khác khóa của máy. {advice}", place.display()));
            Came::Trouble
        }
        KeyOutcome::Refused { place, error } => {
            say(&format!("Chưa nhận khóa ở {}: {error}. {advice}", place.display()));
            Came::Trouble
        }
    }
}

/// Nobody is left to tell when the output is closed; what was taken was taken all the same.
fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
