//! What a campaign's plan wants to be told: its own columns day by day, how it stands with its
//! targets, what stood in the way, and the closings all this rests on. A rate stands beside what it
//! is a rate of; a closed day without visits is a row of zeros; a day that is not closed, was before
//! anybody counted or is to come has no numbers, and is named with the reason.

use super::{Cell, Chart, ClosedDay, Column, Document, Heading, Letter, Table, gaps, words};
use crate::campaign::{
    Bound, Campaign, Days, Face, Fact, HandCount, HandId, Means, Outcome, Shows, Target,
};
use crate::event::{Hundredths, IntegrationResult, Obstacle, StationDay};
use crate::figures::{Counted, DayFigures, Entered, Gap, Measure, Reading};
use crate::station::Letterhead;

/// What a report rests on.
pub struct Basis<'a> {
    /// Every day of [`days_of_report`], in order, each as far as it is known.
    pub days: &'a [Counted],
    /// Numbers entered by hand on those days.
    pub entered: &'a Entered,
    /// The closings of the period, in order.
    pub closings: &'a [ClosedDay],
}

/// Columns of a plan's report are as wide as their words are long, between these, in characters.
const NARROWEST: usize = 8;
const WIDEST: usize = 18;

/// A day's own column, and one with words.
const DAY_WIDTH: u8 = 11;
const WORDS_WIDTH: u8 = 30;

/// Columns of the period and of the campaign so far, behind what they are about.
const BOTH: [(&str, u8); 6] = [
    ("Kỳ này", 10),
    ("Trên tổng", 10),
    ("Tỷ lệ", 9),
    ("Lũy kế", 10),
    ("Trên tổng, lũy kế", 10),
    ("Tỷ lệ lũy kế", 9),
];

/// The report of a campaign for `period`.
pub(super) fn document(
    heading: &Heading,
    letterhead: &Letterhead,
    campaign: &Campaign,
    period: Days,
    basis: &Basis<'_>,
) -> Document {
    let report = Report { heading, campaign, period, basis };
    Document {
        letter: Letter::new(heading, letterhead, campaign, period),
        by_day: report.by_day(),
        results: report.results(),
        targets: report.targets(),
        difficulties: report.difficulties(),
        closings: report.closings(),
        chart: report.chart(),
        notes: report.notes(),
        made_at: heading.made_at,
    }
}

struct Report<'a> {
    heading: &'a Heading,
    campaign: &'a Campaign,
    period: Days,
    basis: &'a Basis<'a>,
}

impl Report<'_> {
    fn table(
        &self,
        (stem, sheet): (&'static str, &'static str),
        columns: Vec<Column>,
        rows: Vec<Vec<Cell>>,
    ) -> Table {
        Table {
            stem,
            sheet,
            title: self.campaign.title.clone().into(),
            about: self.about(),
            columns,
            rows,
            sum: None,
            notes: self.notes(),
            made_at: self.heading.made_at,
        }
    }

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
        let mut notes = Vec::new();
        let nobody_came = |figures: &&DayFigures| figures.arrivals + figures.struck_out == 0;
        let of_period = self.of(self.period).filter_map(Counted::figures);
        let empty = of_period.filter(nobody_came).count();
        if empty > 0 {
            notes.push(format!("Trong kỳ có {empty} ngày không có lượt đến khám nào."));
        }
        let (in_period, so_far) = (self.gaps(self.period), self.gaps(self.so_far()));
        notes.extend(gaps::sentence(self.period.count(), &in_period));
        if gaps::count(&so_far) > gaps::count(&in_period) {
            let days = self.so_far().count();
            notes.push(format!(
                "Lũy kế chỉ cộng {} trên {days} ngày có số liệu; chưa có số liệu: {}.",
                days - gaps::count(&so_far),
                gaps::in_words(&so_far)
            ));
        }
        let unsure = self.reading(Measure::UnsureClock, self.period).map_or(0, |it| it.part);
        if unsure > 0 {
            notes.push(format!(
                "Trong kỳ có {unsure} lượt ghi khi máy chưa chắc ngày giờ: ngày của các lượt này \
                 cần đối chiếu."
            ));
        }
        notes.extend(self.campaign.texts.report.iter().cloned());
        notes.push(words::made(self.heading.made_at));
        notes
    }

    /// The days among `days` that have no figures.
    fn gaps(&self, days: Days) -> Vec<(Days, Gap)> {
        gaps::runs(self.of(days).map(|counted| (counted.day(), counted.gap())))
    }

    /// From the campaign's first day to the period's last.
    fn so_far(&self) -> Days {
        Days { from: self.campaign.days.from, to: self.period.to }
    }

    fn by_day(&self) -> Table {
        let rows: Vec<Vec<Cell>> = (1..)
            .zip(self.period.iter())
            .map(|(number, day)| self.row(Some(number), Days { from: day, to: day }))
            .collect();
        let columns = self.campaign.columns.iter().map(column).collect();
        let table = self.table(("bao-cao", "Báo cáo"), columns, rows);
        Table { sum: Some(self.row(None, self.period)), ..table }
    }

    /// The row of some days; without a number it is that of all of them.
    fn row(&self, number: Option<u64>, days: Days) -> Vec<Cell> {
        let gap = number.and_then(|_| self.of(days).find_map(Counted::gap));
        let cell = |column: &crate::campaign::Column| {
            let from = if column.cumulative { self.campaign.days.from } else { days.from };
            let days = Days { from, ..days };
            match &column.shows {
                Shows::Fact(fact) => self.fact(*fact, number, days),
                // What had come together before says nothing of a day without figures.
                Shows::Measured(..) if gap.is_some() => Cell::Unknown,
                Shows::Measured(measure, face) => self.number(*measure, *face, days),
                Shows::ByHand(id) => {
                    let Some((_, count)) = self.hand_count(id) else { return Cell::Blank };
                    let is_one_day = number.is_some() && !column.cumulative;
                    let days = if is_one_day { days } else { self.reaching_back(count, days) };
                    entered(self.by_hand(count, days))
                }
            }
        };
        self.campaign.columns.iter().map(cell).collect()
    }

    fn fact(&self, fact: Fact, number: Option<u64>, days: Days) -> Cell {
        match fact {
            Fact::Row => number.map_or(Cell::Blank, Cell::Number),
            Fact::Day => number.map_or_else(|| self.sum_of(days), |_| Cell::Day(days.from)),
            Fact::Station => Cell::text(&self.heading.station_name),
            Fact::Point => Cell::text(&self.heading.point_name),
            Fact::Difficulties => self.obstacles(days),
            Fact::Notes => match self.of(days).find_map(Counted::gap) {
                Some(gap) if number.is_some() => Cell::Text(gap.to_string()),
                Some(_) | None => Cell::Blank,
            },
        }
    }

    /// What stands before the sum: of how many days it is where some have no figures.
    fn sum_of(&self, days: Days) -> Cell {
        let (all, missing) = (days.count(), gaps::count(&self.gaps(days)));
        if missing == 0 {
            Cell::text("Cộng")
        } else {
            Cell::Text(format!("Cộng {} trên {all} ngày có số liệu", all - missing))
        }
    }

    fn number(&self, measure: Measure, face: Face, days: Days) -> Cell {
        let Some(reading) = self.reading(measure, days) else { return Cell::Unknown };
        match (face, reading.share()) {
            (Face::Count, _) | (Face::Whole | Face::Rate, None) => Cell::Number(reading.part),
            (Face::Whole, Some(share)) => Cell::Number(share.whole),
            (Face::Rate, Some(share)) => Cell::Share(share),
        }
    }

    fn of(&self, days: Days) -> impl Iterator<Item = &Counted> {
        let all = self.basis.days;
        let first = all.first().map_or(days.from, Counted::day);
        let nth = |day: StationDay| usize::try_from((day.0 - first.0).num_days()).unwrap_or(0);
        let wanted = nth(days.from)..all.len().min(nth(days.to) + 1);
        all.get(wanted).unwrap_or_default().iter()
    }

    /// Over those of the days that have figures; `None` where none has.
    fn reading(&self, measure: Measure, days: Days) -> Option<Reading> {
        self.of(days).filter_map(|counted| counted.reading(measure)).reduce(Reading::and)
    }

    /// The sum of those of the days that have figures; `None` where none has.
    fn figures(&self, days: Days) -> Option<DayFigures> {
        let mut known = self.of(days).filter_map(Counted::figures);
        let mut sum = known.next()?.clone();
        for figures in known {
            sum.add(figures);
        }
        Some(sum)
    }

    fn hand_count(&self, id: &HandId) -> Option<(&Target, &HandCount)> {
        self.campaign.hand_counts().find(|(_, count)| count.id == *id)
    }

    /// What was entered of a number that somebody else counts: the sum of several days, or the
    /// newest.
    fn by_hand(&self, count: &HandCount, days: Days) -> Option<Hundredths> {
        let (id, Days { from, to }) = (count.id.as_str(), days);
        let entered = self.basis.entered;
        if count.adds_up { entered.sum(id, from, to) } else { entered.last(id, from, to) }
    }

    /// What does not add up stands until a newer number is entered: one of an earlier week still
    /// tells how things stand.
    fn reaching_back(&self, count: &HandCount, days: Days) -> Days {
        if count.adds_up { days } else { Days { from: self.campaign.days.from, ..days } }
    }

    /// "quên mật khẩu: 3; không có mạng: 1".
    fn obstacles(&self, days: Days) -> Cell {
        let Some(sum) = self.figures(days) else { return Cell::Unknown };
        let told = sum.obstacles.iter().filter(|(_, count)| **count > 0);
        let told: Vec<String> =
            told.map(|(kind, count)| format!("{}: {count}", words::obstacle(*kind))).collect();
        Cell::Text(told.join("; "))
    }

    /// Each number of the plan's columns once.
    fn results(&self) -> Table {
        let mut told: Vec<&Shows> = Vec::new();
        let mut rows = Vec::new();
        for column in &self.campaign.columns {
            let is_told = told.iter().any(|shows| match (shows, &column.shows) {
                (Shows::Measured(one, _), Shows::Measured(other, _)) => one == other,
                (one, other) => *one == other,
            });
            if is_told {
                continue;
            }
            told.push(&column.shows);
            match &column.shows {
                Shows::Fact(_) => {}
                Shows::Measured(measure, _) => {
                    let mut row = vec![Cell::text(measure.label())];
                    row.extend(self.both(*measure));
                    rows.push(row);
                }
                Shows::ByHand(id) => {
                    if let Some((target, count)) = self.hand_count(id) {
                        let mut row = vec![Cell::text(&target.label)];
                        row.extend(self.both_by_hand(count));
                        rows.push(row);
                    }
                }
            }
        }
        self.table(("ket-qua", "Kết quả"), headed(("Nội dung", 44), &[]), rows)
    }

    /// The period's numbers of a measure and those since the campaign began.
    fn both(&self, measure: Measure) -> Vec<Cell> {
        let mut cells = Vec::new();
        for days in [self.period, self.so_far()] {
            let Some(reading) = self.reading(measure, days) else {
                let of_rate = if measure.is_rate() { Cell::Unknown } else { Cell::Blank };
                cells.extend([Cell::Unknown, of_rate.clone(), of_rate]);
                continue;
            };
            cells.push(Cell::Number(reading.part));
            cells.push(reading.whole.map_or(Cell::Blank, Cell::Number));
            cells.push(reading.share().map_or(Cell::Blank, Cell::Share));
        }
        cells
    }

    fn both_by_hand(&self, count: &HandCount) -> Vec<Cell> {
        let mut cells = Vec::new();
        for days in [self.reaching_back(count, self.period), self.so_far()] {
            cells.extend([entered(self.by_hand(count, days)), Cell::Blank, Cell::Blank]);
        }
        cells
    }

    fn targets(&self) -> Table {
        let columns = headed(("Chỉ tiêu", 44), &[("Mức cần đạt", 12), ("Kết quả lũy kế", 26)]);
        let rows = self.campaign.targets.iter().map(|target| self.target(target)).collect();
        self.table(("chi-tieu", "Chỉ tiêu"), columns, rows)
    }

    fn target(&self, target: &Target) -> Vec<Cell> {
        let mut cells = vec![Cell::text(&target.label)];
        match &target.means {
            Means::Measured(measure) => cells.extend(self.both(*measure)),
            Means::ByHand(count) => cells.extend(self.both_by_hand(count)),
            Means::NotMeasurable(_) => cells.extend(vec![Cell::Blank; BOTH.len()]),
        }
        cells.push(target.goal.map_or(Cell::Blank, |goal| {
            let bound = match goal.bound {
                Bound::AtLeast => "từ",
                Bound::MoreThan => "trên",
            };
            Cell::Text(format!("{bound} {}{}", goal.number, unit(target)))
        }));
        let so_far = self.so_far();
        let outcome = target
            .outcome(|measure| self.reading(measure, so_far), |count| self.by_hand(count, so_far));
        cells.push(Cell::Text(told(target, outcome)));
        cells
    }

    /// Obstacles and failed requests, the most frequent first.
    fn difficulties(&self) -> Table {
        let sums = [self.figures(self.period), self.figures(self.so_far())];
        let of_each =
            |of: &dyn Fn(&DayFigures) -> u64| sums.each_ref().map(|it| it.as_ref().map(of));
        let obstacles = Obstacle::ALL.into_iter().map(|kind| {
            let of = |sum: &DayFigures| sum.obstacles.get(&kind).copied().unwrap_or_default();
            (words::obstacle(kind).to_owned(), of_each(&of))
        });
        let failures = IntegrationResult::ALL.into_iter().filter(|result| result.is_failure());
        let failures = failures.map(|result| {
            let of = |sum: &DayFigures| sum.integration.get(&result).copied().unwrap_or_default();
            (format!("tích hợp thẻ {}", words::integration(result)), of_each(&of))
        });
        let is_met = |(_, counts): &(String, [Option<u64>; 2])| {
            counts.iter().any(|count| count.is_some_and(|count| count > 0))
        };
        let mut met: Vec<_> = obstacles.chain(failures).filter(is_met).collect();
        met.sort_by_key(|(_, counts)| std::cmp::Reverse(*counts));
        if met.is_empty() {
            let what = if sums.iter().all(Option::is_none) {
                "chưa có ngày nào có số liệu"
            } else {
                "chưa ghi nhận khó khăn, vướng mắc nào"
            };
            met.push((what.to_owned(), of_each(&|_| 0)));
        }
        let number = |count: Option<u64>| count.map_or(Cell::Unknown, Cell::Number);
        let rows = met
            .into_iter()
            .map(|(what, [period, so_far])| vec![Cell::Text(what), number(period), number(so_far)])
            .collect();
        let columns = [("Khó khăn, vướng mắc", 60), ("Số lượt kỳ này", 14), ("Lũy kế", 14)];
        self.table(
            ("vuong-mac", "Khó khăn, vướng mắc"),
            columns.map(|(heading, width)| Column::fixed(heading, width)).into(),
            rows,
        )
    }

    /// Every closing of the period, and the days without one.
    fn closings(&self) -> Table {
        let mut rows = Vec::new();
        for day in self.period.iter() {
            let of_day: Vec<_> =
                self.basis.closings.iter().filter(|closing| closing.day == day).collect();
            if of_day.is_empty() {
                let gap = self.of(Days { from: day, to: day }).find_map(Counted::gap);
                let gap = gap.unwrap_or(Gap::NotClosed).to_string();
                let mut row = vec![Cell::Day(day), Cell::Blank, Cell::Text(gap)];
                row.extend(vec![Cell::Blank; 3]);
                rows.push(row);
            }
            rows.extend(of_day.into_iter().map(ClosedDay::cells));
        }
        let columns = [
            ("Ngày", 12),
            ("Lần chốt", 8),
            ("Chốt lúc", 20),
            ("Người chốt", 14),
            ("Đồng hồ", 12),
            ("Dấu vân tay của sổ đã ký (SHA-256)", 66),
        ];
        self.table(
            ("chot-so", "Chốt sổ"),
            columns.map(|(heading, width)| Column::fixed(heading, width)).into(),
            rows,
        )
    }

    fn chart(&self) -> Chart {
        let parts = |counted: &Counted| {
            let used = counted.figures().map(|figures| figures.used);
            let parts = used.map(|used| [used.vneid(), used.paper, used.neither, used.unfinished]);
            (counted.day(), parts)
        };
        Chart {
            title: "Lượt đến khám theo ngày".to_owned(),
            days: self.of(self.period).map(parts).collect(),
            about: self.about(),
            made_at: self.heading.made_at,
        }
    }
}

fn headed(first: (&'static str, u8), last: &[(&'static str, u8)]) -> Vec<Column> {
    let all = [&[first], BOTH.as_slice(), last].concat();
    let column = |(heading, width): (&'static str, u8)| {
        if heading.starts_with("Tỷ lệ") {
            Column::percent(heading, width)
        } else {
            Column::fixed(heading, width)
        }
    };
    all.into_iter().map(column).collect()
}

fn entered(number: Option<Hundredths>) -> Cell {
    number.map_or(Cell::Blank, Cell::Decimal)
}

/// "%" of a rate, the unit of what is counted by hand.
fn unit(target: &Target) -> String {
    match &target.means {
        Means::Measured(measure) if measure.is_rate() => "%".to_owned(),
        Means::ByHand(HandCount { unit, .. }) => format!(" {unit}").replace(" %", "%"),
        Means::Measured(_) | Means::NotMeasurable(_) => String::new(),
    }
}

fn told(target: &Target, outcome: Outcome) -> String {
    match (outcome, &target.means) {
        (Outcome::Reached(_) | Outcome::Entered(_, Some(true)), _) => "đạt".to_owned(),
        (Outcome::NotReached(_) | Outcome::Entered(_, Some(false)), _) => "chưa đạt".to_owned(),
        (Outcome::NoCase(_), _) => "chưa có lượt nào thuộc nhóm này".to_owned(),
        (Outcome::NotKnown, _) => "chưa có ngày nào có số liệu".to_owned(),
        (Outcome::NoGoal(_) | Outcome::Entered(_, None), _) => String::new(),
        (Outcome::NotEntered, Means::ByHand(HandCount { counted_by, .. })) => {
            format!("do {counted_by} đếm, chưa nhập số")
        }
        (_, Means::NotMeasurable(reason)) => format!("không đo được ở bàn tiếp đón: {reason}"),
        (Outcome::NotEntered | Outcome::NotMeasurable, _) => String::new(),
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
    match column.shows {
        Shows::Measured(measure, Face::Rate) if measure.is_rate() => {
            Column::rate(column.heading.clone(), width)
        }
        Shows::Fact(_) | Shows::Measured(..) | Shows::ByHand(_) => {
            Column::new(column.heading.clone(), width)
        }
    }
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
        AgeBand, CardKind, EnteredNumber, Hindrance, Obstacle, RecordUsed, Source, StationDay, What,
    };
    use crate::figures::sample::Desk;
    use crate::figures::{Known, Observed, Share, Tally};
    use crate::report::Form;
    use crate::report::sample::heading;

    fn day(text: &str) -> StationDay {
        text.parse().unwrap()
    }

    /// Two days of Hợp Tiến: three visits, of whom two are taught; and a day without any.
    fn report() -> Document {
        report_of(&Known {
            began: Some(day("2026-06-01")),
            closed: ["2026-06-01", "2026-06-02", "2026-06-03"].map(day).into(),
            today: day("2026-06-03"),
        })
    }

    /// The same, as far as it is known.
    fn report_of(known: &Known) -> Document {
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
            .map(|day| {
                let tally = Tally::of(day, &desk.events);
                let observed = Observed { tally: &tally, desk: Share { part: 300, whole: 480 } };
                Counted::from(observed).as_known(known)
            })
            .collect();
        assert_eq!(days.len(), 3, "from the campaign's first day");
        let number =
            EnteredNumber { figure: "can-bo-tich-hop".into(), number: Some(Hundredths(9250)) };
        desk.notes(None, What::NumberEntered(number));
        let entered = Entered::of(&desk.events);
        let basis = Basis { days: &days, entered: &entered, closings: &[] };
        document(&heading(), &Letterhead::of("Xã Hợp Tiến"), campaign, period, &basis)
    }

    fn cell<'a>(table: &'a Table, row: usize, heading: &str) -> &'a Cell {
        let column = table.columns.iter().position(|column| column.heading == heading);
        let headings: Vec<_> = table.columns.iter().map(|column| &column.heading).collect();
        &table.lines().nth(row).unwrap()
            [column.unwrap_or_else(|| panic!("{heading} among {headings:?}"))]
    }

    #[test]
    fn a_plans_report_has_a_row_a_day_zeros_too_and_their_sum() {
        let by_day = report().by_day;
        assert_eq!(by_day.lines().count(), 3);
        assert!(by_day.lines().all(|row| row.len() == by_day.columns.len()));
        let arrivals: Vec<&Cell> =
            (0..3).map(|row| cell(&by_day, row, "Tổng lượt đến khám")).collect();
        assert_eq!(arrivals, [&Cell::Number(3), &Cell::Number(0), &Cell::Number(3)]);
        let told = by_day.rows[0].iter().any(|cell| *cell == Cell::text("quên mật khẩu: 1"));
        assert!(told, "{:?}", by_day.rows[0]);
    }

    #[test]
    fn a_target_stands_beside_its_numbers_and_what_is_to_be_reached() {
        let targets = report().targets;
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

    /// Whether some cell of the table holds a number of visits.
    fn counts(table: &Table) -> bool {
        let holds = |cell: &Cell| matches!(cell, Cell::Share(_) | Cell::Number(_));
        // The number of the row, and numbers entered by hand, are none.
        table.lines().any(|row| row.iter().skip(1).any(holds))
    }

    #[test]
    fn what_is_not_known_is_no_zero_in_any_table_or_sentence() {
        let known = |closed: &[&str]| Known {
            began: Some(day("2026-06-02")),
            closed: closed.iter().map(|text| day(text)).collect(),
            today: day("2026-06-02"),
        };
        let nothing = report_of(&known(&[]));
        for table in nothing.tables().into_iter().chain([&nothing.chart.table()]) {
            assert!(!counts(table), "{}: {:?}", table.stem, table.rows);
        }
        let told = nothing.notes.join(" ");
        assert!(!told.contains("không có lượt"), "{told}");
        assert!(
            told.contains(
                "Trong kỳ có 2 trên 2 ngày chưa có số liệu, để trống chứ không phải 0: 02/06/2026 \
                 (chưa chốt sổ); 03/06/2026 (chưa đến)."
            ),
            "{told}"
        );
        assert!(told.contains("Lũy kế chỉ cộng 0 trên 3 ngày có số liệu"), "{told}");
        let standing = |report: &Document| {
            let is_rate = |row: &&Vec<Cell>| matches!(&row[0], Cell::Text(label) if label.contains("đến khám"));
            report.targets.rows.iter().find(is_rate).unwrap()[8].clone()
        };
        assert_eq!(standing(&nothing), Cell::text("chưa có ngày nào có số liệu"));
        assert_eq!(nothing.difficulties.rows[0][0], Cell::text("chưa có ngày nào có số liệu"));

        let one = report_of(&known(&["2026-06-02"]));
        let arrivals = (0..3).map(|row| cell(&one.by_day, row, "Tổng lượt đến khám").clone());
        let three = Cell::Number(3);
        assert_eq!(arrivals.collect::<Vec<_>>(), [three.clone(), Cell::Unknown, three]);
        assert!(
            one.by_day
                .lines()
                .any(|row| { row.contains(&Cell::text("Cộng 1 trên 2 ngày có số liệu")) })
        );
        assert_eq!(standing(&one), Cell::text("chưa đạt"));
        assert_eq!(one.chart.days[1].1, None);
        assert_eq!(one.closings.rows[1][2], Cell::text("chưa đến"));
    }

    #[test]
    fn every_plan_can_be_written_in_every_form() {
        let configuration = Configuration::embedded().unwrap();
        assert_eq!(configuration.campaigns.len(), 5);
        for campaign in configuration.campaigns.values() {
            let period = campaign.days;
            let days: Vec<Counted> = days_of_report(campaign, period)
                .map(|day| Observed { tally: &Tally::new(day), desk: Share::default() }.into())
                .collect();
            let entered = Entered::default();
            let basis = Basis { days: &days, entered: &entered, closings: &[] };
            let letterhead = Letterhead::of("Xã Tri Tôn");
            let document = document(&heading(), &letterhead, campaign, period, &basis);
            for form in Form::ALL {
                let files = form.files(&document).unwrap();
                assert!(files.iter().all(|file| !file.bytes.is_empty()));
            }
        }
    }
}
