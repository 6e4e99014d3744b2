//! `campaigns/*.toml`: one plan.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::cadence::recipients;
use super::column::Before;
use super::{Column, Days, HandId, Means, Report, Target};
use crate::event::StationDay;
use crate::station::document::{Fault, Problems, Reported, Source, Table, rule};
use crate::station::{CampaignId, GuideId, guide_name, there_is};

/// One campaign, as its plan sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its name in `station.toml` and in file names.
    pub id: CampaignId,
    /// What the plan calls it.
    pub title: String,
    /// The paper it stands on.
    pub document: Document,
    /// Its days, preparation too.
    pub days: Days,
    /// Parts of it with names of their own; they may touch and overlap.
    pub phases: Vec<Phase>,
    /// To whom reports go ("Kính gửi").
    pub recipients: Vec<String>,
    /// Its targets, in the order of the plan.
    pub targets: Vec<Target>,
    /// The reports it wants; none when the plan sets no time.
    pub reports: Vec<Report>,
    /// The columns of its report, in order.
    pub columns: Vec<Column>,
    /// The guides to offer while it lasts, the first first; none: those of the station.
    pub guides: Vec<GuideId>,
    /// What it has to say.
    pub texts: Texts,
}

/// The paper a campaign stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number, such as `172/KH-UBND`.
    pub number: Option<String>,
    /// Its date. Nothing was due before.
    pub date: Option<StationDay>,
    /// Who issued it.
    pub issuer: String,
}

/// A part of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// What it is called.
    pub name: String,
    /// Its days, all within the campaign.
    pub days: Days,
}

/// What a campaign has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Lines for the idle screen.
    pub idle: Vec<String>,
    /// Sentences below the report.
    pub report: Vec<String>,
}

/// Longest campaign in days: three years and a leap day.
const LONGEST: i64 = 3 * 365 + 1;
/// Longest title in characters; the longest of the five plans has 150.
const LONGEST_TITLE: usize = 240;
/// Longest name of a paper, an issuer or a phase, in characters.
const LONGEST_NAME: usize = 80;
/// Longest line of the idle screen, in characters: two lines of its type.
const LONGEST_IDLE: usize = 90;
/// Most lines on the idle screen.
const MOST_IDLE: usize = 3;
/// Longest sentence below a report, in characters.
const LONGEST_SENTENCE: usize = 300;
/// Most sentences below a report.
const MOST_SENTENCES: usize = 8;
/// As many guides as the list of the kiosk has room for.
const MOST_GUIDES: usize = 7;

impl Campaign {
    /// Reads a campaign. `guides` are the guides there are, sound or not.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read(
        id: CampaignId,
        source: &Source,
        guides: &BTreeSet<GuideId>,
    ) -> Result<Self, Problems> {
        source.read(|root| {
            let title = root.required("title", "\"…\"", rule::text(LONGEST_TITLE));
            let recipients = root.required("recipients", "[\"UBND xã …\"]", recipients());
            let offered = offered(root, guides);
            let document = root.table("document", Document::read);
            let days = root.table("period", read_days);
            let phases = root.tables("phase", 0..=6, |phase| Phase::read(phase, days.ok()));
            let names = RefCell::default();
            let targets = root.tables("target", 1..=40, |target| Target::read(target, &names));
            let reports = root.tables("report", 0..=8, |report| Report::read(report, days.ok()));
            let (names, before) = (names.into_inner(), RefCell::<Before>::default());
            let by_hand = targets.is_ok().then_some(&names);
            let columns =
                root.tables("column", 1..=60, |column| Column::read(column, by_hand, &before));
            let texts = root.table("texts", Texts::read);
            Ok(Self {
                id,
                title: title?,
                document: document?,
                days: days?,
                phases: phases?,
                recipients: recipients?,
                targets: targets?,
                reports: reports?,
                columns: columns?,
                guides: offered?,
                texts: texts?,
            })
        })
    }

    /// Whether several days of this number, which somebody enters, add up.
    pub fn adds_up(&self, number: &HandId) -> bool {
        self.by_hand(number).is_some_and(|(_, adds_up)| adds_up)
    }

    /// What this number, which somebody enters, is called.
    pub fn label_of<'a>(&'a self, number: &'a HandId) -> &'a str {
        self.by_hand(number).map_or(number.as_str(), |(target, _)| target.label.as_str())
    }

    /// The numbers that somebody enters.
    pub fn numbers_by_hand(&self) -> impl Iterator<Item = &HandId> {
        self.targets.iter().filter_map(|target| match &target.means {
            Means::ByHand { id, .. } => Some(id),
            Means::Measured(_) | Means::NotMeasurable(_) => None,
        })
    }

    fn by_hand(&self, number: &HandId) -> Option<(&Target, bool)> {
        self.targets.iter().find_map(|target| match &target.means {
            Means::ByHand { id, adds_up, .. } if id == number => Some((target, *adds_up)),
            Means::ByHand { .. } | Means::Measured(_) | Means::NotMeasurable(_) => None,
        })
    }

    /// To whom this report goes.
    pub fn recipients_of<'a>(&'a self, report: &'a Report) -> &'a [String] {
        if report.to.is_empty() { &self.recipients } else { &report.to }
    }
}

fn offered(root: &mut Table<'_>, guides: &BTreeSet<GuideId>) -> Result<Vec<GuideId>, Reported> {
    const KEY: &str = "guides";
    let named = root.optional(KEY, rule::several(MOST_GUIDES, guide_name()))?;
    let named = named.unwrap_or_default();
    named.into_iter().map(|guide| there_is(root, KEY, guide, guides)).collect()
}

impl Document {
    fn read(document: &mut Table<'_>) -> Result<Self, Reported> {
        let number = document.optional("number", rule::text(LONGEST_NAME));
        let date = document.optional("date", rule::day);
        let issuer = document.required("issuer", "\"UBND xã …\"", rule::text(LONGEST_NAME));
        Ok(Self { number: number?, date: date?.map(StationDay), issuer: issuer? })
    }
}

/// The two ends of a period, in their order.
fn read_days(table: &mut Table<'_>) -> Result<Days, Reported> {
    let from = table.required("from", "2026-06-25", rule::day);
    let to = table.required("to", "2026-09-15", rule::day);
    let days = Days { from: StationDay(from?), to: StationDay(to?) };
    if days.count() == 0 {
        let message = format!("là {}, trước from = {}", days.to, days.from);
        return Err(table.fault("to", Fault::new(message, "ghi ngày cuối từ ngày đầu trở đi")));
    }
    if days.count() > LONGEST {
        let message = format!("cách from = {} hơn 3 năm", days.from);
        return Err(table.fault("to", Fault::new(message, "kiểm tra lại năm")));
    }
    Ok(days)
}

impl Phase {
    fn read(phase: &mut Table<'_>, campaign: Option<Days>) -> Result<Self, Reported> {
        let name = phase.required("name", "\"Cao điểm\"", rule::text(LONGEST_NAME));
        let days = read_days(phase)?;
        for (key, day) in [("from", days.from), ("to", days.to)] {
            if let Some(campaign) = campaign.filter(|campaign| !campaign.has(day)) {
                let Days { from, to } = campaign;
                let message = format!("là {day}, ngoài [period] từ {from} đến {to}");
                let fix = "sửa ngày này, hoặc nới [period]";
                return Err(phase.fault(key, Fault::new(message, fix)));
            }
        }
        Ok(Self { name: name?, days })
    }
}

impl Texts {
    fn read(texts: &mut Table<'_>) -> Result<Self, Reported> {
        let idle = texts.optional("idle", rule::several(MOST_IDLE, rule::text(LONGEST_IDLE)));
        let report =
            texts.optional("report", rule::several(MOST_SENTENCES, rule::text(LONGEST_SENTENCE)));
        Ok(Self { idle: idle?.unwrap_or_default(), report: report?.unwrap_or_default() })
    }
}
