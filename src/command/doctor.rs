//! `tiepdon doctor`: is this box ready? The same findings as on the staff's page, on paper.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;

use crate::call::Tone;
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::event::{Moment, StationDay, What};
use crate::health::{Page, Records, Settings, Told, Unsent, Verdict, examine};
use crate::journal::{JournalError, JournalReader};
use crate::reader;
use crate::station::Device;
use crate::station::document::Problems;
use crate::voice::{APLAY, Player};

/// Arguments of `tiepdon doctor`.
#[derive(Args)]
pub struct Doctor {
    /// Thư mục cấu hình, có tệp station.toml.
    #[arg(long, value_name = "THƯ_MỤC")]
    config: Option<PathBuf>,
    /// Thư mục dữ liệu của ki-ốt.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: Option<PathBuf>,
    /// Cổng của máy quét, thay cho cổng ghi trong station.toml.
    #[arg(long, value_name = "CỔNG")]
    scanner: Option<PathBuf>,
    /// In ra dạng JSON, cho chương trình khác đọc.
    #[arg(long)]
    json: bool,
    /// Phát thử một tiếng chuông ra loa.
    #[arg(long)]
    sound: bool,
    /// Where /proc, /run and /sys of the box are, so that tests can play one.
    #[arg(long, default_value = "/", hide = true)]
    root: PathBuf,
}

impl Doctor {
    /// Prints the page; fails when something on it is red.
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let now = Clock::system_at(&self.root).now();
        let configuration = self.config.as_deref().map(Configuration::load);
        let station = configuration
            .as_ref()
            .and_then(|loaded| loaded.as_ref().ok().map(|configuration| &configuration.station));
        let told = Told {
            reader: self
                .scanner
                .map(Device::Path)
                .or_else(|| station.map(|station| station.reader.device.clone()))
                .map(|device| reader::is_plugged_in(&device)),
            reader_babbles: self.data.as_deref().is_some_and(|data| reader_babbles(data, &now)),
            heard: self.sound.then(try_the_loudspeaker),
            px_per_mm: station.and_then(|station| station.px_per_mm),
            now: Some(now),
            records: self.data.as_deref().map(|data| records(data, now.station_day())),
            settings: configuration.as_ref().map(settings),
        };
        let findings = examine(&self.root, self.data.as_deref(), &told);
        let page = Page::of(&findings);
        if self.json {
            let at = now.local().to_rfc3339();
            let ready = page.is_ready;
            let all = serde_json::json!({ "at": at, "ready": ready, "findings": findings });
            writeln!(io::stdout(), "{all:#}")?;
        } else {
            write!(io::stdout(), "{}", printed(&page, &now))?;
        }
        if !page.is_ready {
            bail!("máy chưa sẵn sàng");
        }
        Ok(())
    }
}

/// Plays one chime; whether people hear it, they know.
fn try_the_loudspeaker() -> Result<(), String> {
    let heard = Player::new(APLAY).play_to_the_end(Tone::Call);
    heard.map_err(|error| error.to_string())
}

fn settings(loaded: &Result<Configuration, Problems>) -> Settings {
    match loaded {
        Ok(configuration) => Settings::of(&configuration.station, &configuration.doubts),
        Err(problems) => {
            Settings::Wrong { problems: problems.iter().count(), told: problems.to_string() }
        }
    }
}

/// How the journal is.
pub(super) fn records(data: &Path, today: StationDay) -> Records {
    match read(data, today) {
        Ok(records) => records,
        Err(JournalError::Missing { .. }) => Records::None,
        Err(error) => {
            tracing::error!(%error, "the journal cannot be read");
            Records::Unreadable { advice: error.advice().to_owned() }
        }
    }
}

fn read(data: &Path, today: StationDay) -> Result<Records, JournalError> {
    let reader = JournalReader::open(data)?;
    let verified = reader.verify()?;
    let closed = verified.closings.iter().map(|(closing, _)| (closing.day, closing.seq));
    let unsent = Unsent::of(closed, &reader.staff_events()?, today);
    Ok(Records::Readable { events: verified.events, unsent })
}

/// Whether the reader was sick within the last minutes.
pub(super) fn reader_babbles(data: &Path, now: &Moment) -> bool {
    /// It is recorded once a minute.
    const RECENT_MS: u64 = 5 * 60_000;
    let events = JournalReader::open(data).and_then(|it| it.events_of(now.station_day()));
    // What cannot be read is told by its own finding.
    events.unwrap_or_default().iter().any(|event| {
        matches!(event.what, What::ReaderBabbled { .. })
            && event.at.wall_ms.abs_diff(now.wall_ms) < RECENT_MS
    })
}

fn printed(page: &Page, now: &Moment) -> String {
    let mut text = format!("{}\n{}\n\n", page.title, now.local().format("%H:%M ngày %d/%m/%Y"));
    for row in &page.rows {
        let mark = match row.verdict {
            Verdict::Good => "+",
            Verdict::Bad => "!",
            Verdict::Unknown => "?",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark} {}: {} ({})", row.name, row.text, row.state.to_lowercase());
        for line in row.advice.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}
