//! What a campaign's plan wants to be told: its own columns day by day, and how it stands with its
//! targets. A rate stands beside what it is a rate of; a day without visits is a row of zeros.

use super::{Cell, Column, Heading, Table, words};
use crate::campaign::{Bound, Campaign, Days, Face, Fact, Means, Outcome, Shows, Target};
use crate::event::StationDay;
use crate::figures::{Measure, Observed, Reading, Share, Tally};

/// One counted day.
pub struct Counted {
    /// Its visits.
    pub tally: Tally,
    /// Opening minutes with somebody on duty, of all.
    pub desk: Share,
}

/// Columns of a plan's report are as wide as their words are long, between these, in characters.
const NARROWEST: usize = 8;
const WIDEST: usize = 18;

/// A day's own column, and one with words.
const DAY_WIDTH: u8 = 11;
const WORDS_WIDTH: u8 = 30;

/// The two tables of a campaign for `period`: "bao-cao", with the plan's columns, and "chi-tieu",
/// its targets. `days` holds every day from the campaign's first to the period's last, in order.
pub(super) fn tables(
    heading: &Heading,
    campaign: &Campaign,
    period: Days,
    days: &[Counted],
) -> [Table; 2] {
    let report = Report { heading, campaign, period, days };
    [report.by_day(), report.targets()]
}

struct Report<'a> {
    heading: &'a Heading,
    campaign: &'a Campaign,
    period: Days,
    days: &'a [Counted],
}

impl Report<'_> {
    fn about(&self) -> Vec<(&'static str, Cell)> {
        let Heading { station_name, origin, point_name, .. } = self.heading;
        let document = &self.campaign.document;
        let paper = match &document.number {
            Some(number) => format!("{number}, {}", document.issuer),
            None => document.issuer.clone(),
        };
        vec![
            ("Kính gửi", Cell::Text(self.campaign.recipients.join("; "))),
            ("Theo kế hoạch", Cell::Text(paper)),
            ("Đơn vị", Cell::text(station_name)),
            ("Mã trạm", Cell::text(origin.station.as_str())),
            ("Điểm tiếp đón", Cell::text(point_name)),
            ("Mã điểm", Cell::text(origin.point.as_str())),
            ("Từ ngày", Cell::Day(self.period.from)),
            ("Đến ngày", Cell::Day(self.period.to)),
        ]
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.campaign.texts.report.clone();
        notes.push(words::made(self.heading.made_at));
        notes
    }

    fn by_day(&self) -> Table {
        let mut rows: Vec<Vec<Cell>> = (1..)
            .zip(self.period.iter())
            .map(|(number, day)| self.row(Some(number), Days { from: day, to: day }))
            .collect();
        rows.push(self.row(None, self.period));
        Table {
            stem: "bao-cao",
            sheet: "Báo cáo",
            title: self.campaign.title.clone().into(),
            about: self.about(),
            columns: self.campaign.columns.iter().map(column).collect(),
            rows,
            notes: self.notes(),
            made_at: self.heading.made_at,
        }
    }

    /// The row of some days; without a number it is that of all of them.
    fn row(&self, number: Option<u64>, days: Days) -> Vec<Cell> {
        let cell = |column: &crate::campaign::Column| {
            let from = if column.cumulative { self.campaign.days.from } else { days.from };
            let days = Days { from, ..days };
            match &column.shows {
                Shows::Fact(fact) => self.fact(*fact, number, days),
                Shows::Measured(measure, face) => self.number(*measure, *face, days),
                Shows::ByHand(_) => Cell::Blank,
            }
        };
        self.campaign.columns.iter().map(cell).collect()
    }

    fn fact(&self, fact: Fact, number: Option<u64>, days: Days) -> Cell {
        match fact {
            Fact::Row => number.map_or(Cell::Blank, Cell::Number),
            Fact::Day => number.map_or(Cell::text("Cộng"), |_| Cell::Day(days.from)),
            Fact::Station => Cell::text(&self.heading.station_name),
            Fact::Point => Cell::text(&self.heading.point_name),
            Fact::Difficulties => Cell::Text(self.difficulties(days)),
            Fact::Notes => Cell::Blank,
        }
    }

    fn number(&self, measure: Measure, face: Face, days: Days) -> Cell {
        let reading = self.reading(measure, days);
        match (face, reading.share()) {
            (Face::Count, _) | (Face::Whole | Face::Rate, None) => Cell::Number(reading.part),
            (Face::Whole, Some(share)) => Cell::Number(share.whole),
            (Face::Rate, Some(share)) => Cell::Share(share),
        }
    }

    fn of(&self, days: Days) -> impl Iterator<Item = &Counted> {
        self.days.iter().filter(move |counted| days.has(counted.tally.day()))
    }

    fn reading(&self, measure: Measure, days: Days) -> Reading {
        let observed =
            self.of(days).map(|counted| Observed { tally: &counted.tally, desk: counted.desk });
        measure.over(observed)
    }

    /// "quên mật khẩu: 3; không có mạng: 1".
    fn difficulties(&self, days: Days) -> String {
        let mut sum = crate::figures::DayFigures::default();
        for counted in self.of(days) {
            sum.add(&counted.tally.figures());
        }
        let told = sum.obstacles.iter().filter(|(_, count)| **count > 0);
        let told: Vec<String> =
            told.map(|(kind, count)| format!("{}: {count}", words::obstacle(*kind))).collect();
        told.join("; ")
    }

    fn targets(&self) -> Table {
        let columns = [
            ("Chỉ tiêu", 44),
            ("Kỳ này", 10),
            ("Trên tổng", 10),
            ("Tỷ lệ", 9),
            ("Lũy kế", 10),
            ("Trên tổng, lũy kế", 10),
            ("Tỷ lệ lũy kế", 9),
            ("Mức cần đạt", 12),
            ("Kết quả lũy kế", 26),
        ];
        Table {
            stem: "chi-tieu",
            sheet: "Chỉ tiêu",
            title: self.campaign.title.clone().into(),
            about: self.about(),
            columns: columns.map(|(heading, width)| Column::new(heading, width)).into(),
            rows: self.campaign.targets.iter().map(|target| self.target(target)).collect(),
            notes: self.notes(),
            made_at: self.heading.made_at,
        }
    }

    fn target(&self, target: &Target) -> Vec<Cell> {
        let so_far = Days { from: self.campaign.days.from, to: self.period.to };
        let mut cells = vec![Cell::text(&target.label)];
        if let Means::Measured(measure) = target.means {
            for days in [self.period, so_far] {
                let reading = self.reading(measure, days);
                cells.push(Cell::Number(reading.part));
                cells.push(reading.whole.map_or(Cell::Blank, Cell::Number));
                cells.push(reading.share().map_or(Cell::Blank, Cell::Share));
            }
        } else {
            cells.extend(vec![Cell::Blank; 6]);
        }
        cells.push(target.goal.map_or(Cell::Blank, |goal| {
            let bound = match goal.bound {
                Bound::AtLeast => "từ",
                Bound::MoreThan => "trên",
            };
            Cell::Text(format!("{bound} {}{}", goal.number, unit(target)))
        }));
        let outcome = target.outcome(|measure| self.reading(measure, so_far));
        cells.push(Cell::Text(told(target, outcome)));
        cells
    }
}

/// "%" of a rate, the unit of what is counted by hand.
fn unit(target: &Target) -> String {
    match &target.means {
        Means::Measured(measure) if measure.is_rate() => "%".to_owned(),
        Means::ByHand { unit, .. } => format!(" {unit}").replace(" %", "%"),
        Means::Measured(_) | Means::NotMeasurable(_) => String::new(),
    }
}

fn told(target: &Target, outcome: Outcome) -> String {
    match (outcome, &target.means) {
        (Outcome::Reached(_), _) => "đạt".to_owned(),
        (Outcome::NotReached(_), _) => "chưa đạt".to_owned(),
        (Outcome::NoCase(_), _) => "chưa có lượt nào thuộc nhóm này".to_owned(),
        (Outcome::NoGoal(_), _) => String::new(),
        (Outcome::ByHand, Means::ByHand { counted_by, .. }) => format!("do {counted_by} đếm"),
        (_, Means::NotMeasurable(reason)) => format!("không đo được ở bàn tiếp đón: {reason}"),
        (Outcome::ByHand | Outcome::NotMeasurable, _) => String::new(),
    }
}

fn column(column: &crate::campaign::Column) -> Column {
    let width = match column.shows {
        Shows::Fact(Fact::Day) => DAY_WIDTH,
        Shows::Fact(Fact::Difficulties | Fact::Notes) => WORDS_WIDTH,
        Shows::Fact(Fact::Row | Fact::Station | Fact::Point)
        | Shows::Measured(..)
        | Shows::ByHand(_) => {
            let longest = column.heading.split_whitespace().map(|word| word.chars().count()).max();
            let half = column.heading.chars().count() / 3;
            let width = longest.unwrap_or_default().max(half).clamp(NARROWEST, WIDEST);
            u8::try_from(width).unwrap_or(u8::MAX)
        }
    };
    Column::new(column.heading.clone(), width)
}

/// The days a report of `campaign` must know to tell of `period`: from its first day on.
pub fn days_of_report(campaign: &Campaign, period: Days) -> impl Iterator<Item = StationDay> {
    Days { from: campaign.days.from.min(period.from), to: period.to }.iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Configuration;
    use crate::event::{
        AgeBand, CardKind, Hindrance, Obstacle, RecordUsed, Source, StationDay, What,
    };
    use crate::figures::sample::Desk;
    use crate::report::Format;
    use crate::report::sample::heading;

    fn day(text: &str) -> StationDay {
        text.parse().unwrap()
    }

    /// Two days of Hợp Tiến: three visits, of whom two are taught; and a day without any.
    fn report() -> [Table; 2] {
        let configuration = Configuration::embedded().unwrap();
        let campaign = configuration
            .campaigns
            .values()
            .find(|one| one.id.as_str() == "hop-tien-2026")
            .unwrap();
        let mut desk = Desk::open(day("2026-06-02"));
        let first = desk.arrives(Some(CardKind::Cccd), AgeBand::From70);
        desk.chooses(first, RecordUsed::Neither, Source::SelfDeclared);
        desk.is_guided(first, 5);
        let second = desk.arrives(None, AgeBand::Unknown);
        desk.chooses(second, RecordUsed::Vneid, Source::NurseConfirmed);
        desk.notes(Some(second), What::GuidedByStaff);
        let third = desk.arrives(None, AgeBand::Unknown);
        desk.chooses(third, RecordUsed::Paper, Source::SelfDeclared);
        let (obstacle, source) = (Obstacle::ForgotPassword, Source::SelfDeclared);
        desk.notes(Some(third), What::Hindered(Hindrance { obstacle, source }));
        let period = Days { from: day("2026-06-02"), to: day("2026-06-03") };
        let days: Vec<Counted> = days_of_report(campaign, period)
            .map(|day| Counted {
                tally: Tally::of(day, &desk.events),
                desk: Share { part: 300, whole: 480 },
            })
            .collect();
        assert_eq!(days.len(), 3, "from the campaign's first day");
        super::super::of_campaign(&heading(), campaign, period, &days)
    }

    fn cell<'a>(table: &'a Table, row: usize, heading: &str) -> &'a Cell {
        let column = table.columns.iter().position(|column| column.heading == heading);
        let headings: Vec<_> = table.columns.iter().map(|column| &column.heading).collect();
        &table.rows[row][column.unwrap_or_else(|| panic!("{heading} among {headings:?}"))]
    }

    #[test]
    fn a_plans_report_has_a_row_a_day_zeros_too_and_their_sum() {
        let [by_day, _] = report();
        assert_eq!(by_day.rows.len(), 3);
        assert!(by_day.rows.iter().all(|row| row.len() == by_day.columns.len()));
        let arrivals: Vec<&Cell> =
            (0..3).map(|row| cell(&by_day, row, "Tổng lượt đến khám")).collect();
        assert_eq!(arrivals, [&Cell::Number(3), &Cell::Number(0), &Cell::Number(3)]);
        let told = by_day.rows[0].iter().any(|cell| *cell == Cell::text("quên mật khẩu: 1"));
        assert!(told, "{:?}", by_day.rows[0]);
    }

    #[test]
    fn a_target_stands_beside_its_numbers_and_what_is_to_be_reached() {
        let [_, targets] = report();
        let guided = targets
            .rows
            .iter()
            .find(|row| matches!(&row[0], Cell::Text(label) if label.contains("đến khám")))
            .unwrap();
        assert_eq!(guided[1..3], [Cell::Number(2), Cell::Number(3)]);
        assert_eq!(guided[6], Cell::Share(Share { part: 2, whole: 3 }));
        assert_eq!(guided[7], Cell::text("từ 100%"));
        assert_eq!(guided[8], Cell::text("chưa đạt"));
        let reasons = targets.rows.iter().filter(|row| {
            matches!(&row[8], Cell::Text(told) if told.starts_with("không đo được") || told.starts_with("do "))
        });
        assert!(reasons.count() >= 2, "what a desk cannot count says so");
    }

    #[test]
    fn every_plan_can_be_written_in_every_form() {
        let configuration = Configuration::embedded().unwrap();
        assert_eq!(configuration.campaigns.len(), 5);
        for campaign in configuration.campaigns.values() {
            let period = campaign.days;
            let days: Vec<Counted> = days_of_report(campaign, period)
                .map(|day| Counted { tally: Tally::new(day), desk: Share::default() })
                .collect();
            for table in super::super::of_campaign(&heading(), campaign, period, &days) {
                for format in Format::ALL {
                    let mut bytes = Vec::new();
                    format.write(&table, &mut bytes).unwrap();
                    assert!(!bytes.is_empty());
                }
            }
        }
    }
}
