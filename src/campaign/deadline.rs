//! What is due when, and what was handed in.

use chrono::{NaiveDateTime, NaiveTime};

use super::cadence::Due;
use super::{Campaign, Days, Report};
use crate::event::StationDay;

/// One report that is or was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline<'a> {
    /// Which report.
    pub report: &'a Report,
    /// The days it tells of.
    pub days: Days,
    /// It must be handed in before this minute, in local time.
    pub due: NaiveDateTime,
    /// How it stands with it.
    pub standing: Standing,
}

/// How it stands with a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was handed in.
    HandedIn {
        /// When first.
        at: NaiveDateTime,
        /// Whether that was before it was due.
        in_time: bool,
    },
    /// There is still time.
    Open,
    /// It is due and was not handed in.
    Late,
    /// Somebody said that it is not handed in from here.
    Dismissed,
    /// The desk began to count after it was due, or after its last day: another told of it, or none.
    BeforeUs,
}

/// An export that left the station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedIn {
    /// The days it told of.
    pub days: Days,
    /// When, in local time.
    pub at: NaiveDateTime,
}

/// What is known of the reports of a campaign.
#[derive(Clone, Copy, Debug, Default)]
pub struct History<'a> {
    /// The day the desk began to count; none: it is not asked.
    pub began: Option<StationDay>,
    /// What was handed in.
    pub handed_in: &'a [HandedIn],
    /// The days of the reports that somebody dismissed.
    pub dismissed: &'a [Days],
}

/// Every deadline of the campaign, by the time it is due.
///
/// The reports of one cadence follow on one another: each tells of the days since the one before,
/// the first from the first day of the campaign on, the last to its last day, also when it is due
/// after it. So every day is told once. A report that is due once tells of all days until then.
/// Nothing was due before the plan was issued.
///
/// A report counts as handed in when just its days were exported, on the last of them or later: a
/// day may be closed and handed in before midnight, and an export of other days is another report.
///
/// A desk owes no report that was due before it began to count, nor one of days before that.
pub fn deadlines<'a>(
    campaign: &'a Campaign,
    now: NaiveDateTime,
    history: History<'_>,
) -> Vec<Deadline<'a>> {
    let mut all: Vec<_> =
        campaign.reports.iter().flat_map(|report| of_report(campaign, report)).collect();
    for deadline in &mut all {
        deadline.standing = standing(deadline, now, history);
    }
    // Stable: what is due at the same minute keeps the order of the file.
    all.sort_by_key(|deadline| deadline.due);
    all
}

fn of_report<'a>(campaign: &'a Campaign, report: &'a Report) -> Vec<Deadline<'a>> {
    let Days { from, to: last } = campaign.days;
    let issued = campaign.document.date;
    let mut found = Vec::new();
    let mut next = from;
    let is_too_early =
        |due: &Due| issued.is_some_and(|issued| due.at <= issued.0.and_time(NaiveTime::MIN));
    for due in report.due(campaign.days).skip_while(is_too_early) {
        let to = StationDay(due.through).min(last);
        let days = Days { from: next, to };
        // A short month or week may end before anything new is there to tell.
        if days.count() > 0 {
            found.push(Deadline { report, days, due: due.at, standing: Standing::Open });
        }
        if to >= last {
            break;
        }
        if let Some(day) = to.0.succ_opt() {
            next = StationDay(day).max(next);
        }
    }
    found
}

fn standing(deadline: &Deadline<'_>, now: NaiveDateTime, history: History<'_>) -> Standing {
    let is_this =
        |done: &&HandedIn| done.days == deadline.days && done.at.date() >= deadline.days.to.0;
    let first = history.handed_in.iter().filter(is_this).map(|done| done.at).min();
    let is_before_us = |began: StationDay| {
        deadline.days.to < began || deadline.due <= began.0.and_time(NaiveTime::MIN)
    };
    match first {
        Some(at) => Standing::HandedIn { at, in_time: at < deadline.due },
        None if history.dismissed.contains(&deadline.days) => Standing::Dismissed,
        None if history.began.is_some_and(is_before_us) => Standing::BeforeUs,
        None if now < deadline.due => Standing::Open,
        None => Standing::Late,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::campaign::tests::{SHORT, read, sample};

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn days(text: &str) -> Days {
        let (from, to) = text.split_once("..").unwrap();
        Days { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    /// `due: first day..last day` of every deadline, of the reports whose title begins so.
    fn dues(campaign: &Campaign, title: &str) -> Vec<String> {
        deadlines(campaign, at("2000-01-01 00:00"), History::default())
            .iter()
            .filter(|it| it.report.title.starts_with(title))
            .map(|it| {
                format!("{}: {}..{}", it.due.format("%Y-%m-%d %H:%M"), it.days.from, it.days.to)
            })
            .collect()
    }

    /// The short campaign with these days and this report.
    fn with(from: &str, to: &str, report: &str) -> Campaign {
        let text = SHORT
            .replace("2026-06-01", from)
            .replace("2026-06-30", to)
            .replace("every = \"week\"\nweekday = \"tuesday\"", report);
        read(&text).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn tri_ton_reports_on_tuesdays_before_the_tenth_and_once_before_its_end() {
        let tri_ton = sample("tri-ton-2026");
        assert_eq!(
            dues(&tri_ton, "Báo cáo tuần"),
            [
                // The plan was signed on Wednesday 1 July: nothing was due on 16, 23 and 30 June.
                "2026-07-07 15:00: 2026-06-15..2026-07-06",
                "2026-07-14 15:00: 2026-07-07..2026-07-13",
                "2026-07-21 15:00: 2026-07-14..2026-07-20",
                "2026-07-28 15:00: 2026-07-21..2026-07-27",
                "2026-08-04 15:00: 2026-07-28..2026-08-03",
                "2026-08-11 15:00: 2026-08-04..2026-08-10",
                "2026-08-18 15:00: 2026-08-11..2026-08-17",
                "2026-08-25 15:00: 2026-08-18..2026-08-24",
                "2026-09-01 15:00: 2026-08-25..2026-08-31",
                "2026-09-08 15:00: 2026-09-01..2026-09-07",
                "2026-09-15 15:00: 2026-09-08..2026-09-14",
                // Its last day is a Tuesday: that day is told a week later.
                "2026-09-22 15:00: 2026-09-15..2026-09-15",
            ]
        );
        assert_eq!(
            dues(&tri_ton, "Báo cáo tháng"),
            [
                "2026-07-10 00:00: 2026-06-15..2026-06-30",
                "2026-08-10 00:00: 2026-07-01..2026-07-31",
                "2026-09-10 00:00: 2026-08-01..2026-08-31",
                "2026-10-10 00:00: 2026-09-01..2026-09-15",
            ]
        );
        let last = ["2026-09-10 00:00: 2026-06-15..2026-09-09"];
        assert_eq!(dues(&tri_ton, "Báo cáo tổng kết"), last, "5 days before the campaign ends");
    }

    #[test]
    fn hai_phong_reports_every_day_and_once_after_its_end() {
        let hai_phong = sample("hai-phong-2026");
        let daily = dues(&hai_phong, "Báo cáo ngày");
        assert_eq!(daily.len(), 31);
        assert_eq!(daily.first().unwrap(), "2026-03-02 00:00: 2026-03-01..2026-03-01");
        assert_eq!(daily.last().unwrap(), "2026-04-01 00:00: 2026-03-31..2026-03-31");
        let last = ["2026-04-10 00:00: 2026-03-01..2026-03-31"];
        assert_eq!(dues(&hai_phong, "Báo cáo tổng kết"), last);
    }

    #[test]
    fn dak_rve_sets_no_deadline() {
        assert_eq!(dues(&sample("dak-rve-2025"), ""), [""; 0]);
    }

    #[test]
    fn hop_tien_reports_every_day_and_every_week() {
        let hop_tien = sample("hop-tien-2026");
        assert_eq!(dues(&hop_tien, "Báo cáo ngày").len(), 30);
        assert_eq!(
            dues(&hop_tien, "Báo cáo tuần"),
            [
                "2026-06-06 00:00: 2026-06-01..2026-06-05",
                "2026-06-13 00:00: 2026-06-06..2026-06-12",
                "2026-06-20 00:00: 2026-06-13..2026-06-19",
                "2026-06-27 00:00: 2026-06-20..2026-06-26",
                "2026-07-04 00:00: 2026-06-27..2026-06-30",
            ]
        );
    }

    #[test]
    fn dan_tien_reports_every_week() {
        let weekly = dues(&sample("dan-tien-2025"), "");
        assert_eq!(weekly.len(), 10);
        assert_eq!(weekly[0], "2025-08-02 00:00: 2025-07-30..2025-08-01");
        assert_eq!(weekly[1], "2025-08-09 00:00: 2025-08-02..2025-08-08");
        assert_eq!(weekly[9], "2025-10-04 00:00: 2025-09-27..2025-09-30");
    }

    #[test]
    fn months_end_where_they_end() {
        let evening = with("2027-12-15", "2028-03-31", "every = \"month\"\nday = 31");
        assert_eq!(
            dues(&evening, ""),
            [
                "2028-01-01 00:00: 2027-12-15..2027-12-31",
                "2028-02-01 00:00: 2028-01-01..2028-01-31",
                "2028-03-01 00:00: 2028-02-01..2028-02-29",
                "2028-04-01 00:00: 2028-03-01..2028-03-31",
            ]
        );
        // In the afternoon of its last day a month is not over.
        let report = "every = \"month\"\nday = 31\nbefore = \"15:00\"";
        assert_eq!(
            dues(&with("2027-12-15", "2028-03-31", report), ""),
            [
                "2028-01-31 15:00: 2027-12-15..2027-12-31",
                "2028-02-29 15:00: 2028-01-01..2028-01-31",
                "2028-03-31 15:00: 2028-02-01..2028-02-29",
                "2028-04-30 15:00: 2028-03-01..2028-03-31",
            ]
        );
    }

    #[test]
    fn a_months_report_can_tell_of_the_plans_own_month() {
        // Nghị định 09/2019/NĐ-CP counts from the 15th to the 14th.
        let report = "every = \"month\"\nday = 20\nthrough = 14\nbefore = \"15:00\"";
        assert_eq!(
            dues(&with("2026-10-05", "2026-12-31", report), ""),
            [
                "2026-10-20 15:00: 2026-10-05..2026-10-14",
                "2026-11-20 15:00: 2026-10-15..2026-11-14",
                "2026-12-20 15:00: 2026-11-15..2026-12-14",
                "2027-01-20 15:00: 2026-12-15..2026-12-31",
            ]
        );
        // In the morning of the very day it ends with, that day is not over.
        let report = "every = \"month\"\nday = 31\nthrough = 31\nbefore = \"08:00\"";
        assert_eq!(
            dues(&with("2028-01-15", "2028-03-31", report), "")[..2],
            [
                "2028-02-29 08:00: 2028-01-15..2028-01-31",
                "2028-03-31 08:00: 2028-02-01..2028-02-29",
            ]
        );
    }

    #[test]
    fn days_and_weeks_pass_the_leap_day_and_the_ends_of_the_campaign() {
        let table: [(&str, &str, &str, &[&str]); 6] = [
            (
                "2028-02-28",
                "2028-03-01",
                "every = \"day\"\nbefore = \"08:00\"",
                &[
                    "2028-02-29 08:00: 2028-02-28..2028-02-28",
                    "2028-03-01 08:00: 2028-02-29..2028-02-29",
                    "2028-03-02 08:00: 2028-03-01..2028-03-01",
                ],
            ),
            (
                "2026-06-01",
                "2026-06-05",
                "every = \"days\"\ndays = 2",
                &[
                    "2026-06-03 00:00: 2026-06-01..2026-06-02",
                    "2026-06-05 00:00: 2026-06-03..2026-06-04",
                    "2026-06-07 00:00: 2026-06-05..2026-06-05",
                ],
            ),
            // A campaign of one Tuesday, told that evening, or the next Tuesday before 15:00.
            (
                "2026-06-02",
                "2026-06-02",
                "every = \"week\"\nweekday = \"tuesday\"",
                &["2026-06-03 00:00: 2026-06-02..2026-06-02"],
            ),
            (
                "2026-06-02",
                "2026-06-02",
                "every = \"week\"\nweekday = \"tuesday\"\nbefore = \"15:00\"",
                &["2026-06-09 15:00: 2026-06-02..2026-06-02"],
            ),
            (
                "2026-06-10",
                "2026-07-20",
                "every = \"month\"\nday = 10\nbefore = \"00:00\"",
                &[
                    "2026-07-10 00:00: 2026-06-10..2026-06-30",
                    "2026-08-10 00:00: 2026-07-01..2026-07-20",
                ],
            ),
            (
                "2026-06-02",
                "2026-06-20",
                "every = \"once\"\ndate = 2026-06-20",
                &["2026-06-21 00:00: 2026-06-02..2026-06-20"],
            ),
        ];
        for (from, to, report, wanted) in table {
            assert_eq!(dues(&with(from, to, report), ""), wanted, "{report}");
        }
    }

    #[test]
    fn nothing_was_due_before_the_plan_was_issued() {
        let first = |report: &str, issued: &str| {
            let mut campaign = with("2026-06-01", "2026-06-30", report);
            campaign.document.date = Some(issued.parse().unwrap());
            dues(&campaign, "").first().cloned()
        };
        let weekly = "every = \"week\"\nweekday = \"tuesday\"";
        let [second, ninth] = [
            "2026-06-03 00:00: 2026-06-01..2026-06-02",
            "2026-06-10 00:00: 2026-06-01..2026-06-09",
        ];
        assert_eq!(first(weekly, "2026-06-02").as_deref(), Some(second), "that very evening");
        assert_eq!(first(weekly, "2026-06-03").as_deref(), Some(ninth), "the evening before");
        assert_eq!(first("every = \"once\"\ndate = 2026-06-09", "2026-07-01"), None);
    }

    #[test]
    fn a_deadline_is_late_from_its_very_minute_on() {
        let report = "every = \"week\"\nweekday = \"tuesday\"\nbefore = \"15:00\"";
        let campaign = with("2026-06-01", "2026-06-08", report);
        let standing = |now: &str, handed_in: &[HandedIn]| {
            let found = deadlines(&campaign, at(now), History { handed_in, ..History::default() });
            found.into_iter().map(|it| it.standing).collect::<Vec<_>>()
        };
        use Standing::{Late, Open};
        assert_eq!(standing("2026-05-01 12:00", &[]), [Open, Open], "before the campaign");
        assert_eq!(standing("2026-06-02 14:59", &[]), [Open, Open]);
        assert_eq!(standing("2026-06-02 15:00", &[]), [Late, Open]);
        assert_eq!(standing("2026-12-01 12:00", &[]), [Late, Late], "after the campaign");
        let first = days("2026-06-01..2026-06-01");
        let handed = |days, when| HandedIn { days, at: at(when) };
        let done = |when, in_time| Standing::HandedIn { at: at(when), in_time };
        let now = "2026-06-02 16:00";
        for (handed_in, wanted) in [
            (handed(first, "2026-06-02 14:59"), done("2026-06-02 14:59", true)),
            (handed(first, "2026-06-02 15:00"), done("2026-06-02 15:00", false)),
            (handed(first, "2026-06-01 17:00"), done("2026-06-01 17:00", true)),
            (handed(first, "2026-05-31 17:00"), Late),
            (handed(days("2026-06-01..2026-06-02"), "2026-06-02 14:00"), Late),
        ] {
            assert_eq!(standing(now, &[handed_in])[0], wanted, "{handed_in:?}");
        }
        let twice = [handed(first, "2026-06-02 15:30"), handed(first, "2026-06-02 09:00")];
        assert_eq!(standing(now, &twice)[0], done("2026-06-02 09:00", true), "the first counts");
        let week = handed(days("2026-06-02..2026-06-08"), "2026-06-09 10:00");
        assert_eq!(standing(now, &[week])[1], done("2026-06-09 10:00", true));
    }

    #[test]
    fn a_new_desk_owes_no_report_of_before_its_first_day_and_a_dismissed_one_is_not_late() {
        let report = "every = \"week\"\nweekday = \"tuesday\"\nbefore = \"15:00\"";
        let campaign = with("2026-06-01", "2026-06-22", report);
        let standing = |began: &str, dismissed: &[Days]| {
            let began = Some(began.parse().unwrap());
            let history = History { began, dismissed, ..History::default() };
            let found = deadlines(&campaign, at("2026-12-01 12:00"), history);
            found.into_iter().map(|it| it.standing).collect::<Vec<_>>()
        };
        use Standing::{BeforeUs, Dismissed, Late};
        // Due 2/6 of 1/6; 9/6 of 2/6–8/6; 16/6 of 9/6–15/6; 23/6 of 16/6–22/6.
        assert_eq!(standing("2026-05-01", &[]), [Late; 4]);
        assert_eq!(standing("2026-06-02", &[]), [BeforeUs, Late, Late, Late], "its day was before");
        assert_eq!(standing("2026-06-08", &[])[..2], [BeforeUs, Late], "one day of it is ours");
        assert_eq!(standing("2026-07-01", &[]), [BeforeUs; 4]);
        let second = days("2026-06-02..2026-06-08");
        assert_eq!(standing("2026-05-01", &[second]), [Late, Dismissed, Late, Late]);
    }

    #[test]
    fn what_is_due_stands_in_the_order_of_its_time() {
        let found = sample("tri-ton-2026");
        let found = deadlines(&found, at("2026-09-12 08:00"), History::default());
        assert!(found.is_sorted_by_key(|it| it.due));
        let same_minute: Vec<_> = found
            .iter()
            .filter(|it| it.due == at("2026-09-10 00:00"))
            .map(|it| it.report.title.as_str())
            .collect();
        assert_eq!(same_minute, ["Báo cáo tháng", "Báo cáo tổng kết"]);
        assert_eq!(found.iter().filter(|it| it.standing == Standing::Open).count(), 3);
    }

    proptest! {
        #[test]
        fn every_day_is_told_by_exactly_one_report_of_a_cadence_and_after_it_is_over(
            first in 0..2000_i64,
            length in 0..200_i64,
            issued in prop::option::of(0..2200_i64),
            report in prop::sample::select(vec![
                "every = 'day'".to_owned(),
                "every = 'days'\ndays = 2".to_owned(),
                "every = 'days'\ndays = 45".to_owned(),
                "every = 'week'\nweekday = 'tuesday'".to_owned(),
                "every = 'week'\nweekday = 'sunday'".to_owned(),
                "every = 'month'\nday = 1".to_owned(),
                "every = 'month'\nday = 10".to_owned(),
                "every = 'month'\nday = 31".to_owned(),
            ]),
            before in prop::sample::select(vec!["00:00", "15:00", "24:00"]),
        ) {
            let epoch = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
            let day = |nth: i64| epoch + chrono::TimeDelta::days(nth);
            let (from, to) = (day(first), day(first + length));
            let report = format!("{report}\nbefore = '{before}'");
            let mut campaign = with(&from.to_string(), &to.to_string(), &report);
            campaign.document.date = issued.map(|nth| StationDay(day(nth)));
            let found = deadlines(&campaign, at("2026-06-02 14:59"), History::default());
            for station_day in campaign.days.iter() {
                let telling = found.iter().filter(|it| it.days.has(station_day)).count();
                prop_assert_eq!(telling, 1, "{}", station_day);
            }
            for deadline in &found {
                prop_assert!(deadline.days.count() > 0);
                prop_assert!(deadline.due.date() > deadline.days.to.0);
            }
            if report.starts_with("every = 'day'") && issued.is_none() {
                prop_assert!(found.iter().all(|it| it.days.count() == 1));
            }
        }
    }
}
