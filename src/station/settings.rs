//! `station.toml`: who the station is, how its reader and display are set, and how long it waits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::document::{Fault, Problems, Reported, Source, Table, rule};
use super::hours::are_in_order;
use super::{CampaignId, GuideId, Hours, Letterhead, OpenSpan};
use crate::event::{Origin, StationDay};

/// The settings of one desk of a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// Code of the station and of the desk; every event carries them.
    pub origin: Origin,
    /// Name of the station on screens and in exports.
    pub name: String,
    /// Name of its commune, for the heading of exports.
    pub commune: String,
    /// Name of its province, for the heading of exports.
    pub province: String,
    /// Name of the desk on screens.
    pub point_name: String,
    /// Pixels per millimetre of the display, because sizes on screen are in millimetres. Without it
    /// the display is asked.
    pub px_per_mm: Option<f32>,
    /// The QR reader.
    pub reader: ReaderSettings,
    /// How long the screens wait.
    pub timing: Timing,
    /// The guide that stands first where guides are offered.
    pub default_guide: GuideId,
    /// The guides behind it, in this order.
    pub more_guides: Vec<GuideId>,
    /// The guide for whoever does not have VNeID; one of those above.
    pub install_guide: Option<GuideId>,
    /// When the station is open.
    pub hours: Hours,
    /// Where the list of today's visits is written every minute, for the day the power stays away.
    pub list_folder: Option<PathBuf>,
    /// What official reports carry around their numbers.
    pub letterhead: Letterhead,
    /// The campaigns that are on, in the order of the screens and reports.
    pub campaigns: Vec<CampaignId>,
}

/// How the QR reader is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderSettings {
    /// Where it is.
    pub device: Device,
    /// Line speed in bits per second. USB readers ignore it; those on a serial line need it.
    pub baud: u32,
    /// A record without an end mark ends after this silence.
    pub gap: Duration,
    /// Whether to raise the line "terminal ready" (DTR), without which some readers keep silent.
    pub dtr: bool,
}

/// Where the QR reader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// Wherever it is plugged in: `/dev/tiepdon-scanner`, else a port in `/dev/serial/by-id`.
    Auto,
    /// This port.
    Path(PathBuf),
}

impl FromStr for Device {
    type Err = RelativePath;

    fn from_str(text: &str) -> Result<Self, RelativePath> {
        if text == "auto" {
            Ok(Self::Auto)
        } else if Path::new(text).is_absolute() && !text.contains(char::is_control) {
            Ok(Self::Path(text.into()))
        } else {
            Err(RelativePath(text.to_owned()))
        }
    }
}

/// A device that is neither "auto" nor a path from the root.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither \"auto\" nor an absolute path")]
pub struct RelativePath(pub String);

/// How long the screens wait for the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Without a touch until the warning is shown.
    pub idle_warning: Duration,
    /// Without a touch until the session is wiped.
    pub idle_wipe: Duration,
    /// The same while a guide is followed, when people look at their phone.
    pub guide_warning: Duration,
    /// The same for the wipe.
    pub guide_wipe: Duration,
    /// How long "Đã ghi nhận" stays.
    pub done: Duration,
}

/// What a key means that is left out. The sample file shows the same values.
mod default {
    use super::{Device, Duration, OpenSpan, ReaderSettings, Timing};

    pub(super) const READER: ReaderSettings = ReaderSettings {
        device: Device::Auto,
        // GM65 and its kind leave the factory so.
        baud: 9600,
        // Longer than the pauses inside one code at 9600 baud, shorter than anyone notices.
        gap: Duration::from_millis(120),
        dtr: true,
    };

    pub(super) const TIMING: Timing = Timing {
        idle_warning: Duration::from_secs(30),
        idle_wipe: Duration::from_secs(45),
        guide_warning: Duration::from_secs(105),
        guide_wipe: Duration::from_secs(120),
        done: Duration::from_secs(6),
    };

    /// Office hours of most stations.
    pub(super) fn hours() -> Vec<OpenSpan> {
        [7 * 60..11 * 60 + 30, 13 * 60 + 30..17 * 60].map(OpenSpan).into()
    }
}

/// Least time between warning and wipe: old people must read it and reach the screen.
const TIME_TO_REACT: Duration = Duration::from_secs(10);

/// Line speeds that the readers know.
const BAUDS: [u32; 8] = [1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200];

/// Longest names in characters: what the bar at the top of the screens holds.
const LONGEST_NAME: usize = 50;
const LONGEST_PLACE: usize = 40;

impl Station {
    /// Reads `station.toml`. `guides` and `campaigns` are those there are, sound or not.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read(
        source: &Source,
        guides: &BTreeSet<GuideId>,
        campaigns: &BTreeSet<CampaignId>,
    ) -> Result<Self, Problems> {
        source.read(|root| {
            let station = root.table("station", |station| {
                let code = station.required("code", "\"AG-TRITON\"", code());
                let name = station.required("name", "\"Trạm Y tế xã …\"", rule::text(LONGEST_NAME));
                let commune = station.required("commune", "\"Xã …\"", rule::text(LONGEST_PLACE));
                let province =
                    station.required("province", "\"Tỉnh …\"", rule::text(LONGEST_PLACE));
                Ok((code?, name?, commune?, province?))
            });
            let point = root.table("point", |point| {
                let code = point.required("code", "\"D1\"", code());
                let name = point.required("name", "\"Bàn 1\"", rule::text(LONGEST_PLACE));
                Ok((code?, name?))
            });
            let px_per_mm = root.table("display", |display| {
                // From a 43-inch full HD screen to a small tablet panel.
                display.optional("px-per-mm", rule::decimal(2.0..=16.0))
            });
            let reader = root.table("reader", ReaderSettings::read);
            let timing = root.table("timing", Timing::read);
            let offered = root.table("patient", |patient| Offered::read(patient, guides));
            let hours = root.table("hours", read_hours);
            let list_folder = root.table("list", |list| {
                list.optional(
                    "folder",
                    rule::parsed(
                        "thư mục",
                        "ghi đường dẫn đầy đủ, ví dụ \"/run/tiepdon-usb/sda1\"",
                    ),
                )
            });
            let letter = root.table("letter", Letterhead::read);
            let active = root.table("campaign", |table| active_campaigns(table, campaigns));
            let (station, name, commune, province) = station?;
            let (point, point_name) = point?;
            let Offered { default_guide, more_guides, install_guide } = offered?;
            Ok(Self {
                origin: Origin { station, point },
                name,
                letterhead: letter?.for_commune(&commune),
                commune,
                province,
                point_name,
                px_per_mm: px_per_mm?,
                reader: reader?,
                timing: timing?,
                default_guide,
                more_guides,
                install_guide,
                hours: hours?,
                list_folder: list_folder?.map(|AbsolutePath(path)| path),
                campaigns: active?,
            })
        })
    }
}

/// A path from the root.
struct AbsolutePath(PathBuf);

impl FromStr for AbsolutePath {
    type Err = RelativePath;

    fn from_str(text: &str) -> Result<Self, RelativePath> {
        if Path::new(text).is_absolute() && !text.contains(char::is_control) {
            Ok(Self(text.into()))
        } else {
            Err(RelativePath(text.to_owned()))
        }
    }
}

/// More spans than any station has.
const MOST_SPANS: usize = 4;

/// More days off than a year has weekends and holidays; for some years.
const MOST_DAYS_OFF: usize = 400;

/// The keys of the days of the week, Monday first.
const WEEK: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn read_hours(hours: &mut Table<'_>) -> Result<Hours, Reported> {
    let usual = read_spans(hours, "open");
    let days = WEEK.map(|key| read_spans(hours, key));
    let off = |value: &toml::de::DeValue<'_>| rule::day(value).map(StationDay);
    let days_off = hours.optional("days-off", rule::several(MOST_DAYS_OFF, off));
    let usual = usual?.unwrap_or_else(default::hours);
    let mut week = [(); 7].map(|()| usual.clone());
    for (known, told) in week.iter_mut().zip(days) {
        if let Some(told) = told? {
            *known = told;
        }
    }
    Ok(Hours { week, days_off: days_off?.unwrap_or_default().into_iter().collect() })
}

/// The hours of a kind of day; an empty list is a day on which the station is closed.
fn read_spans(hours: &mut Table<'_>, key: &'static str) -> Result<Option<Vec<OpenSpan>>, Reported> {
    let form = rule::parsed("giờ mở cửa", "ghi từ giờ nào đến giờ nào, ví dụ \"07:00-11:30\"");
    let spans = hours.optional(key, rule::several(MOST_SPANS, form))?;
    if spans.as_deref().is_none_or(are_in_order) {
        return Ok(spans);
    }
    let fault =
        Fault::new("các khoảng giờ phải theo thứ tự, không chồng nhau", "xếp lại từ sớm đến muộn");
    Err(hours.fault(key, fault))
}

impl ReaderSettings {
    fn read(reader: &mut Table<'_>) -> Result<Self, Reported> {
        let device = reader.optional(
            "device",
            rule::parsed("cổng", "ghi \"auto\" hoặc đường dẫn đầy đủ, ví dụ \"/dev/ttyACM0\""),
        );
        let baud = reader.optional("baud", rule::one_of(&BAUDS));
        let gap = reader.optional("gap-ms", rule::millis(50..=500));
        let dtr = reader.optional("dtr", rule::flag);
        Ok(Self {
            device: device?.unwrap_or(default::READER.device),
            baud: baud?.unwrap_or(default::READER.baud),
            gap: gap?.unwrap_or(default::READER.gap),
            dtr: dtr?.unwrap_or(default::READER.dtr),
        })
    }
}

impl Timing {
    fn read(timing: &mut Table<'_>) -> Result<Self, Reported> {
        // The upper ends keep a patient's name from standing there for the next one to read.
        let idle_warning = timing.optional("idle-warning-s", rule::seconds(15..=170));
        let idle_wipe = timing.optional("idle-wipe-s", rule::seconds(25..=180));
        let guide_warning = timing.optional("guide-warning-s", rule::seconds(30..=590));
        let guide_wipe = timing.optional("guide-wipe-s", rule::seconds(40..=600));
        let done = timing.optional("done-s", rule::seconds(3..=30));
        let idle = pair(
            timing,
            ("idle-warning-s", idle_warning, default::TIMING.idle_warning),
            ("idle-wipe-s", idle_wipe, default::TIMING.idle_wipe),
        );
        let guide = pair(
            timing,
            ("guide-warning-s", guide_warning, default::TIMING.guide_warning),
            ("guide-wipe-s", guide_wipe, default::TIMING.guide_wipe),
        );
        let (idle_warning, idle_wipe) = idle?;
        let (guide_warning, guide_wipe) = guide?;
        let done = done?.unwrap_or(default::TIMING.done);
        Ok(Self { idle_warning, idle_wipe, guide_warning, guide_wipe, done })
    }
}

/// A time as it was read, with its key and its default.
type Written = (&'static str, Result<Option<Duration>, Reported>, Duration);

/// A warning and its wipe, which must leave time to react.
fn pair(
    timing: &mut Table<'_>,
    (warning_key, warning, warning_default): Written,
    (wipe_key, wipe, wipe_default): Written,
) -> Result<(Duration, Duration), Reported> {
    let warning = warning?.unwrap_or(warning_default);
    let wipe = wipe?.unwrap_or(wipe_default);
    if wipe >= warning + TIME_TO_REACT {
        return Ok((warning, wipe));
    }
    let (warning, wipe, react) = (warning.as_secs(), wipe.as_secs(), TIME_TO_REACT.as_secs());
    // Told where it is written: the other time may be the default.
    let (key, message, fix) = if timing.has(wipe_key) {
        let message =
            format!("phải sau {warning_key} = {warning} ít nhất {react} giây, đang là {wipe}");
        (wipe_key, message, format!("ghi {} trở lên, bà con mới kịp bấm", warning + react))
    } else {
        let message =
            format!("phải trước {wipe_key} = {wipe} ít nhất {react} giây, đang là {warning}");
        let fix = format!("ghi {} trở xuống, bà con mới kịp bấm", wipe.saturating_sub(react));
        (warning_key, message, fix)
    };
    Err(timing.fault(key, Fault::new(message, fix)))
}

/// Which guides a patient is offered.
struct Offered {
    default_guide: GuideId,
    more_guides: Vec<GuideId>,
    install_guide: Option<GuideId>,
}

impl Offered {
    /// Behind the first: the list has room for eight, and the last place is the number check's.
    const MOST_BEHIND_THE_FIRST: usize = 6;

    fn read(patient: &mut Table<'_>, guides: &BTreeSet<GuideId>) -> Result<Self, Reported> {
        let default_guide = default_guide(patient, guides);
        let more_guides = more_guides(patient, guides);
        let install_guide = install_guide(patient, guides);
        let (default_guide, mut more_guides) = (default_guide?, more_guides?);
        more_guides.retain(|guide| *guide != default_guide);
        let is_offered = |guide: &GuideId| default_guide == *guide || more_guides.contains(guide);
        let install_guide = install_guide?.filter(is_offered);
        Ok(Self { default_guide, more_guides, install_guide })
    }
}

pub(crate) fn guide_name() -> impl Fn(&toml::de::DeValue<'_>) -> Result<GuideId, Fault> {
    rule::parsed(
        "tên hướng dẫn",
        "dùng chữ thường không dấu, số và gạch nối, ví dụ \"tich-hop-bhyt\"",
    )
}

fn default_guide(patient: &mut Table<'_>, guides: &BTreeSet<GuideId>) -> Result<GuideId, Reported> {
    const KEY: &str = "default-guide";
    let guide = patient.optional(KEY, guide_name())?.unwrap_or_else(GuideId::of_the_sample);
    there_is(patient, KEY, guide, guides)
}

/// Left out, they are those of the sample file that are there.
fn more_guides(
    patient: &mut Table<'_>,
    guides: &BTreeSet<GuideId>,
) -> Result<Vec<GuideId>, Reported> {
    const KEY: &str = "more-guides";
    let rule = rule::several(Offered::MOST_BEHIND_THE_FIRST, guide_name());
    match patient.optional(KEY, rule)? {
        Some(named) => {
            named.into_iter().map(|guide| there_is(patient, KEY, guide, guides)).collect()
        }
        None => {
            let sample = GuideId::behind_the_first_of_the_sample();
            Ok(sample.into_iter().filter(|guide| guides.contains(guide)).collect())
        }
    }
}

fn install_guide(
    patient: &mut Table<'_>,
    guides: &BTreeSet<GuideId>,
) -> Result<Option<GuideId>, Reported> {
    const KEY: &str = "install-guide";
    match patient.optional(KEY, guide_name())? {
        Some(guide) => there_is(patient, KEY, guide, guides).map(Some),
        None => Ok(Some(GuideId::of_the_install_sample())),
    }
}

/// `guide`, if there is a file of that name.
pub(crate) fn there_is(
    patient: &mut Table<'_>,
    key: &'static str,
    guide: GuideId,
    guides: &BTreeSet<GuideId>,
) -> Result<GuideId, Reported> {
    if guides.contains(&guide) {
        return Ok(guide);
    }
    let there: Vec<_> = guides.iter().map(GuideId::as_str).collect();
    let fix = if there.is_empty() {
        "chép thư mục mẫu guides vào cạnh station.toml".to_owned()
    } else {
        format!("chọn một hướng dẫn đang có: {}", there.join(", "))
    };
    let message = format!("chỉ đến tệp guides/{guide}.toml nhưng không có tệp đó");
    Err(patient.fault(key, Fault::new(message, fix)))
}

/// More campaigns than a station ever has at once.
const MOST_CAMPAIGNS: usize = 4;

fn active_campaigns(
    campaign: &mut Table<'_>,
    campaigns: &BTreeSet<CampaignId>,
) -> Result<Vec<CampaignId>, Reported> {
    const KEY: &str = "active";
    let name = rule::parsed(
        "tên chiến dịch",
        "dùng chữ thường không dấu, số và gạch nối, ví dụ \"tri-ton-2026\"",
    );
    let named: Vec<CampaignId> =
        campaign.optional(KEY, rule::several(MOST_CAMPAIGNS, name))?.unwrap_or_default();
    let mut active = Vec::new();
    for id in named {
        if !campaigns.contains(&id) {
            let there: Vec<_> = campaigns.iter().map(CampaignId::as_str).collect();
            let fix = if there.is_empty() {
                "chép thư mục mẫu campaigns vào cạnh station.toml".to_owned()
            } else {
                format!("chọn một chiến dịch đang có: {}", there.join(", "))
            };
            let message = format!("chỉ đến tệp campaigns/{id}.toml nhưng không có tệp đó");
            return Err(campaign.fault(KEY, Fault::new(message, fix)));
        }
        if !active.contains(&id) {
            active.push(id);
        }
    }
    Ok(active)
}

/// A code for file names on sticks. The words repeat the rule of `event::StationCode`.
fn code<T: FromStr>() -> impl Fn(&toml::de::DeValue<'_>) -> Result<T, Fault> {
    rule::parsed(
        "mã",
        "dùng chữ in hoa không dấu, số và gạch nối, nhiều nhất 24 ký tự, ví dụ \"AG-TRITON\"",
    )
}
