//! One target of a plan: what is to be reached, by whom, and whether it is.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::event::{Hundredths, StationDay};
use crate::figures::{Measure, Reading};
use crate::station::document::{Fault, Reported, Table, rule};
use crate::station::name::plain_name;

/// One target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is to be reached, as the plan says it.
    pub label: String,
    /// How it is known.
    pub means: Means,
    /// What is to be reached; none for a number that the plan only wants to be told.
    pub goal: Option<Goal>,
    /// Whom it is about, as the plan says it.
    pub applies_to: Option<String>,
    /// Its own date, where the plan names one.
    pub until: Option<StationDay>,
}

/// How it is known whether a target is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// The desk counts it.
    Measured(Measure),
    /// Somebody else counts it and tells the number.
    ByHand(HandCount),
    /// A desk cannot know it, for this reason.
    NotMeasurable(String),
}

/// A number that somebody else counts and the staff enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandCount {
    /// The name its numbers are entered under.
    pub id: HandId,
    /// What it is, in the few words a button holds.
    pub short: String,
    /// Who counts.
    pub counted_by: String,
    /// What the number counts; the goal is in this unit too.
    pub unit: String,
    /// Whether each day has its own number, so that several days add up; else the newest number
    /// tells how things stand.
    pub adds_up: bool,
}

plain_name! {
    /// The name of a number that is entered by hand, such as `tai-khoan-muc-2`.
    HandId, IllFormedHandId, "name of a number"
}

/// A number to be reached: percent for a rate, else what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Whether the number itself is enough.
    pub bound: Bound,
    /// The number.
    pub number: u32,
}

/// Which side of the number is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The number itself or more ("từ 50 %", "≥ 80 %", "100 %").
    AtLeast,
    /// More than the number ("> 95 %").
    MoreThan,
}

impl Goal {
    /// Whether an entered number reaches it.
    pub fn is_reached_by_entered(self, number: Hundredths) -> bool {
        let (found, wanted) = (u64::from(number.0), u64::from(self.number) * 100);
        match self.bound {
            Bound::AtLeast => found >= wanted,
            Bound::MoreThan => found > wanted,
        }
    }

    /// Whether a reading reaches it; `None` of a rate of nothing. Compared in whole numbers: 799 of
    /// 1000 is not 80 %.
    pub fn is_reached_by(self, reading: Reading) -> Option<bool> {
        let (found, wanted) = match reading.share() {
            Some(share) if share.whole == 0 => return None,
            Some(share) => {
                let number: u128 = self.number.into();
                (u128::from(share.part) * 100, u128::from(share.whole) * number)
            }
            None => (reading.part.into(), self.number.into()),
        };
        Some(match self.bound {
            Bound::AtLeast => found >= wanted,
            Bound::MoreThan => found > wanted,
        })
    }
}

/// How it stands with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Reached.
    Reached(Reading),
    /// Not reached, or not yet.
    NotReached(Reading),
    /// Nobody came whom it is about: neither reached nor missed.
    NoCase(Reading),
    /// Counted, but the plan sets no number for it.
    NoGoal(Reading),
    /// No day in question has figures: neither reached nor missed.
    NotKnown,
    /// Somebody else counts it, and this was entered; with whether the goal, if any, is reached.
    Entered(Hundredths, Option<bool>),
    /// Somebody else counts it, and nothing was entered.
    NotEntered,
    /// A desk cannot know it.
    NotMeasurable,
}

impl Target {
    /// How it stands. For the days in question `read` gives the reading of a measure, if any of them
    /// is known, and `entered` the number entered by hand: the sum of several days where it adds up, else the newest.
    pub fn outcome(
        &self,
        read: impl FnOnce(Measure) -> Option<Reading>,
        entered: impl FnOnce(&HandCount) -> Option<Hundredths>,
    ) -> Outcome {
        let measure = match &self.means {
            Means::Measured(measure) => *measure,
            Means::ByHand(count) => {
                return entered(count).map_or(Outcome::NotEntered, |number| {
                    let reached = self.goal.map(|goal| goal.is_reached_by_entered(number));
                    Outcome::Entered(number, reached)
                });
            }
            Means::NotMeasurable(_) => return Outcome::NotMeasurable,
        };
        let Some(reading) = read(measure) else { return Outcome::NotKnown };
        match self.goal.map(|goal| goal.is_reached_by(reading)) {
            None => Outcome::NoGoal(reading),
            Some(None) => Outcome::NoCase(reading),
            Some(Some(true)) => Outcome::Reached(reading),
            Some(Some(false)) => Outcome::NotReached(reading),
        }
    }
}

/// Longest wording of a target, in characters: plans are long-winded, cells wrap.
const LONGEST_LABEL: usize = 200;
/// Longest reason, name of who counts, and whom it is about.
const LONGEST_NOTE: usize = 160;
/// Longest short name of a number: a button of a small display holds it.
const LONGEST_SHORT: usize = 40;
/// Longest unit.
const LONGEST_UNIT: usize = 40;

impl Target {
    /// Reads a target. `names` are the names of numbers by hand so far.
    pub(super) fn read(
        target: &mut Table<'_>,
        names: &RefCell<BTreeSet<HandId>>,
    ) -> Result<Self, Reported> {
        let label = target.required("label", "\"…\"", rule::text(LONGEST_LABEL));
        let means = Means::read(target, names);
        let at_least = target.optional("at-least", rule::whole(0..=10_000_000));
        let more_than = target.optional("more-than", rule::whole(0..=10_000_000));
        let applies_to = target.optional("applies-to", rule::text(LONGEST_NOTE));
        let until = target.optional("until", rule::day);
        let means = means?;
        let goal = match (at_least?, more_than?) {
            (None, None) => None,
            (Some(number), None) => Some(Goal { bound: Bound::AtLeast, number }),
            (None, Some(number)) => Some(Goal { bound: Bound::MoreThan, number }),
            (Some(_), Some(_)) => {
                let fault = Fault::new(
                    "và at-least không đi cùng nhau",
                    "giữ một: at-least là từ số đó trở lên, more-than là trên số đó",
                );
                return Err(target.fault("more-than", fault));
            }
        };
        if let (Means::Measured(measure), Some(goal)) = (&means, goal) {
            can_be_reached(target, *measure, goal)?;
        }
        Ok(Self {
            label: label?,
            means,
            goal,
            applies_to: applies_to?,
            until: until?.map(StationDay),
        })
    }
}

/// A rate has its goal in percent, and none lies above all.
fn can_be_reached(target: &mut Table<'_>, measure: Measure, goal: Goal) -> Result<(), Reported> {
    let (key, most) = match goal.bound {
        Bound::AtLeast => ("at-least", 100),
        Bound::MoreThan => ("more-than", 99),
    };
    if !measure.is_rate() || goal.number <= most {
        return Ok(());
    }
    let fault = Fault::new(
        format!("là tỷ lệ phần trăm, nhiều nhất {most}, đang là {}", goal.number),
        "ghi một số trong khoảng đó, không có dấu %",
    );
    Err(target.fault(key, fault))
}

impl Means {
    const KEYS: [&str; 3] = ["measure", "by-hand", "not-measurable"];

    fn read(target: &mut Table<'_>, names: &RefCell<BTreeSet<HandId>>) -> Result<Self, Reported> {
        let words: Vec<_> = Measure::all().map(|measure| (measure.name(), measure)).collect();
        let measure = target.optional("measure", rule::word_of_list(&words, where_measures_stand));
        let hand = if target.has("by-hand") {
            HandCount::read(target).map(Some)
        } else {
            HandCount::refuse(target).map(|()| None)
        };
        let reason = target.optional("not-measurable", rule::text(LONGEST_NOTE));
        match (measure?, hand?, reason?) {
            (Some(measure), None, None) => Ok(Self::Measured(measure)),
            (None, Some(count), None) => {
                let id = &count.id;
                if !names.borrow_mut().insert(id.clone()) {
                    let fault = Fault::new(
                        format!("trùng tên \"{id}\" với một chỉ tiêu ở trên"),
                        "mỗi số liệu nhập tay đặt một tên riêng",
                    );
                    return Err(target.fault("by-hand", fault));
                }
                Ok(Self::ByHand(count))
            }
            (None, None, Some(reason)) => Ok(Self::NotMeasurable(reason)),
            (_, _, _) => Err(one_of_three(target)),
        }
    }
}

impl HandCount {
    fn read(target: &mut Table<'_>) -> Result<Self, Reported> {
        let id = target.required(
            "by-hand",
            "\"tai-khoan-muc-2\"",
            rule::parsed::<HandId>(
                "tên số liệu",
                "dùng chữ thường không dấu, số và gạch nối, ví dụ \"tai-khoan-muc-2\"",
            ),
        );
        let short = target.required("short", "\"Tài khoản mức 2\"", rule::text(LONGEST_SHORT));
        let counted_by = target.required("counted-by", "\"Công an xã\"", rule::text(LONGEST_NOTE));
        let unit = target.required("unit", "\"tài khoản\"", rule::text(LONGEST_UNIT));
        let adds_up = target.optional("adds-up", rule::flag);
        Ok(Self {
            id: id?,
            short: short?,
            counted_by: counted_by?,
            unit: unit?,
            adds_up: adds_up?.unwrap_or_default(),
        })
    }

    /// Its keys mean nothing beside another way to know a target.
    fn refuse(target: &mut Table<'_>) -> Result<(), Reported> {
        for key in ["short", "counted-by", "unit", "adds-up"] {
            if target.optional(key, |_| Ok(()))?.is_some() {
                let fault = Fault::new("chỉ đi cùng by-hand", "xóa dòng này, hoặc thêm by-hand");
                return Err(target.fault(key, fault));
            }
        }
        Ok(())
    }
}

/// Where to look for what can be measured.
fn where_measures_stand() -> String {
    "xem tên bằng lệnh: tiepdon campaign measures".to_owned()
}

fn one_of_three(target: &mut Table<'_>) -> Reported {
    let written = Means::KEYS.into_iter().rfind(|key| target.has(key));
    let fix = "ghi đúng một trong ba: measure (máy đếm), by-hand (nhập tay), \
        not-measurable (không đo được, lý do)";
    match written {
        Some(key) => target.fault(key, Fault::new("không đi cùng cách đo khác", fix)),
        None => target.fault("label", Fault::new("chưa nói đo bằng cách nào", fix)),
    }
}
