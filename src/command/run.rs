//! `tiepdon run`: the kiosk, for real.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, io, process, thread};

use anyhow::Context as _;
use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use slint::{Timer, TimerMode};

use super::kiosk::{self, Ended, Setup};
use super::{display, own_memory, window_size};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::export::{Machine, Platform, SimulatedMachine};
use crate::screen::Headless;
use crate::service::{self, Beginnings, Console, Reason};
use crate::station::Device;
use crate::voice::{APLAY, Player};

/// Arguments of `tiepdon run`.
#[derive(Args)]
pub struct Run {
    /// Thư mục cấu hình, có tệp station.toml.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: PathBuf,
    /// Thư mục dữ liệu; tự tạo nếu chưa có.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Cổng của máy quét, thay cho cổng ghi trong station.toml.
    #[arg(long, value_name = "CỔNG")]
    scanner: Option<PathBuf>,
    /// Mở trong cửa sổ cỡ này, ví dụ 1280x800; bỏ trống thì phủ kín màn hình.
    #[arg(long, value_name = "RỘNGxCAO", value_parser = window_size)]
    windowed: Option<(u32, u32)>,
    /// Phân vùng khởi động: nơi đặt tệp tiepdon-reset-pin khi quên mã PIN của trưởng trạm.
    #[arg(long, value_name = "THƯ_MỤC", default_value = "/boot/firmware")]
    boot: PathBuf,
    /// Vẽ vào bộ nhớ, không cần màn hình; để kiểm thử.
    #[arg(long, value_name = "RỘNGxCAO", value_parser = window_size, conflicts_with = "windowed")]
    headless: Option<(u32, u32)>,
}

impl Run {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        service::starting();
        let platform = usb_ports();
        let mut configuration = Configuration::load(&self.config)?;
        for doubt in configuration.doubts.iter() {
            tracing::warn!(%doubt, "the configuration should be looked at");
        }
        if let Some(path) = self.scanner {
            configuration.station.reader.device = Device::Path(path);
        }
        match self.headless {
            Some((width, height)) => Headless::install(width, height)?,
            None => display::choose()?,
        }
        own_memory::keep_out_of_swap();
        let asked = quit_on_signals().context("không bắt được tín hiệu tắt máy")?;
        let owns_display = self.headless.is_none() && !display::has_desktop();
        let console = owns_display.then(|| Console::take(io::stdin())).flatten();
        let _pulse = signs_of_life();
        let (begun_again, clock) = (Beginnings::so_far(), Clock::system());
        let setup = Setup {
            begun_again: begun_again.clone(),
            configuration,
            data: self.data,
            clock: clock.clone(),
            windowed: self.windowed.or(self.headless),
            sounds: self.config.join("audio"),
            player: Some(Player::new(APLAY)),
            boot: self.boot,
            platform,
        };
        let mut shown = None;
        let ended = kiosk::serve(
            setup,
            Box::new(move |_, state| {
                let number = state.acknowledged();
                if let Some(number) = number.filter(|_| number != shown) {
                    tracing::info!(%number, "recorded");
                }
                shown = number;
            }),
        )?;
        // Where Slint itself has the keyboard, Ctrl+Alt+Del and Ctrl+Alt+Backspace end its event loop,
        // which it cannot run a second time.
        let by_keys = owns_display && !asked.load(Ordering::Acquire);
        if ended == Ended::Quit && !by_keys {
            return Ok(());
        }
        drop(console);
        let reason = if ended == Ended::ToHeal { Reason::Damage } else { Reason::Other };
        let uptime = Duration::from_millis(clock.now().uptime_ms);
        // Ended so that the service manager sees it: it counts failures, and goes on elsewhere.
        let begun = begun_again.again(reason, uptime).context(
            "chương trình đã tự chạy lại quá nhiều lần trong mười phút; systemd sẽ xử lý tiếp",
        )?;
        service::starting_again();
        start_again(&begun)
    }
}

/// Tells the service manager that the event loop runs, from within it, for as long as what is
/// returned is kept. Timers run on monotonic time: a clock that is set stops no sign of life.
fn signs_of_life() -> Timer {
    Timer::single_shot(Duration::ZERO, service::ready);
    let pulse = Timer::default();
    if let Some(interval) = service::pulse() {
        pulse.start(TimerMode::Repeated, interval, service::alive);
    }
    pulse
}

/// Begins anew in place of this program, with the same arguments: windows, threads and files are
/// gone, and the start opens the journal, and restores it where it must.
fn start_again(begun: &Beginnings) -> anyhow::Result<()> {
    tracing::warn!(?begun, "starting again");
    let program = env::current_exe().context("không tìm thấy chương trình để chạy lại")?;
    let (variable, told) = begun.for_the_next();
    let error =
        process::Command::new(program).args(env::args_os().skip(1)).env(variable, told).exec();
    Err(error).context("không chạy lại được")
}

/// What sticks are plugged into. Where that cannot be watched there are no sticks, and everything
/// else goes on.
fn usb_ports() -> Arc<dyn Platform + Send + Sync> {
    match Machine::new() {
        Ok(machine) => Arc::new(machine),
        Err(error) => {
            tracing::error!(%error, "cannot watch for sticks");
            Arc::new(SimulatedMachine::default())
        }
    }
}

/// Ends the event loop when systemd or a person asks for it, and then says so in what is returned.
/// Real handlers, because serialport waits with an empty signal mask: a blocked signal would kill the
/// process there.
fn quit_on_signals() -> io::Result<Arc<AtomicBool>> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let asked = Arc::new(AtomicBool::new(false));
    let told = asked.clone();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            told.store(true, Ordering::Release);
            match slint::quit_event_loop() {
                Ok(()) => service::stopping(),
                // Before the loop runs there is nothing to end yet; the next signal will.
                Err(_) => tracing::warn!("asked to end before the window was open"),
            }
        }
    })?;
    Ok(asked)
}
