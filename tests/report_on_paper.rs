//! The longest report a plan asks for, as the one who prints it meets it: written by the program,
//! drawn page by page by Poppler.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

#[expect(dead_code, reason = "this paper has no codes")]
mod paper;

use std::fs;

use image::GrayImage;
use paper::{RESOLUTION, assert_printable, pages_of, poppler_is_here, words_of};
use tiepdon::campaign::Campaign;
use tiepdon::configuration::Configuration;
use tiepdon::event::{
    AgeBand, Arrival, CardKind, Choice, Entry, Event, EventSeq, Hindrance, Moment, Obstacle,
    Origin, RecordUsed, Source, StationDay, VisitId, VisitNo, What,
};
use tiepdon::figures::{Counted, Entered, Observed, Share, Tally};
use tiepdon::report::{self, Basis, Document, Form, Heading, days_of_report};
use tiepdon::station::Letterhead;
use uuid::Uuid;

fn origin() -> Origin {
    Origin { station: "AG-TRITON".parse().unwrap(), point: "D1".parse().unwrap() }
}

/// The visits of a day, up to sixty and each day others.
fn counted(day: StationDay, number: u32) -> Counted {
    let at = |wall_ms| Moment { wall_ms, uptime_ms: 0, boot: Uuid::nil(), sure: true };
    let mut tally = Tally::new(day);
    for visit in 0..number * 7 % 61 {
        let seq = EventSeq(u64::from(number * 10_000 + visit * 10));
        let id = VisitId(Uuid::from_u64_pair(seq.0, 0x8000_0000_0000_0000));
        let card = (visit % 3 == 0).then_some(CardKind::Cccd);
        let arrival =
            Arrival { number: VisitNo(visit + 1), card, age: AgeBand::From14, entry: Entry::Usual };
        let mut whats = vec![What::Arrived(arrival)];
        let used = match visit % 4 {
            0 => Some(RecordUsed::Vneid),
            1 => Some(RecordUsed::Paper),
            2 => Some(RecordUsed::Neither),
            _ => None,
        };
        let source = Source::SelfDeclared;
        whats.extend(used.map(|used| What::Chose(Choice { used, source })));
        let obstacle = match visit % 9 {
            0 => Some(Obstacle::ForgotPassword),
            1 => Some(Obstacle::NoSmartphone),
            2 => Some(Obstacle::NotIntegrated),
            3 => Some(Obstacle::NoNetwork),
            _ => None,
        };
        whats.extend(obstacle.map(|obstacle| What::Hindered(Hindrance { obstacle, source })));
        for (step, what) in (0..).zip(whats) {
            tally.add(&Event {
                seq: EventSeq(seq.0 + step),
                id: Uuid::from_u64_pair(seq.0 + step, u64::MAX),
                origin: origin(),
                day,
                at: at(day.begins_ms() + 8 * 3_600_000),
                visit: Some(id),
                by: None,
                what,
            });
        }
    }
    Observed { tally: &tally, desk: Share { part: 470, whole: 480 } }.into()
}

/// All of a campaign's days.
fn document(campaign: &Campaign) -> Document {
    let made_at = Moment {
        wall_ms: campaign.days.to.begins_ms() + 17 * 3_600_000,
        uptime_ms: 0,
        boot: Uuid::nil(),
        sure: true,
    };
    let heading = Heading {
        station_name: "Trạm Y tế xã Tri Tôn".into(),
        origin: origin(),
        point_name: "Bàn tiếp đón 1".into(),
        made_at,
    };
    let days: Vec<Counted> = days_of_report(campaign, campaign.days)
        .zip(1..)
        .map(|(day, number)| counted(day, number))
        .collect();
    let entered = Entered::default();
    let basis = Basis { days: &days, entered: &entered, closings: &[] };
    report::of_campaign(&heading, &Letterhead::of("Xã Tri Tôn"), campaign, campaign.days, &basis)
}

/// Whether a part of a page, in mm from its left and upper edges, is white.
fn is_white(page: &GrayImage, across: [f32; 2], down: [f32; 2]) -> bool {
    let dots = |mm: f32| (mm / 25.4 * RESOLUTION) as u32;
    let [left, right] = across.map(|mm| dots(mm).min(page.width()));
    let [top, bottom] = down.map(|mm| dots(mm).min(page.height()));
    (top..bottom).all(|y| (left..right).all(|x| page.get_pixel(x, y).0 == [255]))
}

#[test]
fn three_months_in_thirty_three_columns_stand_whole_within_the_margins() {
    if !poppler_is_here() {
        return;
    }
    let configuration = Configuration::embedded().unwrap();
    let campaign = configuration.campaigns.values().find(|it| it.id.as_str() == "tri-ton-2026");
    let campaign = campaign.unwrap();
    let document = document(campaign);
    let dir = tempfile::tempdir().unwrap();
    let pdf = dir.path().join("bao-cao.pdf");
    fs::write(&pdf, &Form::Pdf.files(&document).unwrap().remove(0).bytes).unwrap();

    let pages = pages_of(&pdf, &[]);
    assert!((12..=24).contains(&pages.len()), "{} pages", pages.len());
    assert_printable(&pdf, pages.len(), "A4", &campaign.title);
    for (number, page) in (1..).zip(&pages) {
        for (across, down) in [
            ([0.0, 29.0], [0.0, 297.0]),
            ([196.0, 210.0], [0.0, 297.0]),
            ([0.0, 210.0], [278.0, 297.0]),
            ([0.0, 210.0], [0.0, 8.0]),
        ] {
            assert!(is_white(page, across, down), "page {number} has ink in its margin");
        }
        let bears_a_number = !is_white(page, [105.0, 120.0], [8.0, 15.0]);
        assert_eq!(bears_a_number, number > 1, "page {number}");
    }

    let words = words_of(&pdf);
    for told in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "TRẠM Y TẾ XÃ TRI TÔN",
        "BÁO CÁO",
        "I. Chỉ tiêu",
        "II. Kết quả",
        "III. Khó khăn, vướng mắc",
        "IV. Lượt đến khám theo ngày",
        "V. Chốt sổ",
        "Nơi nhận:",
        "Phụ lục: theo ngày",
        "Cộng",
    ] {
        assert!(words.contains(told), "{told}");
    }
    let last = document.by_day.rows.len() - 1;
    let sum = document.by_day.rows.get(last).unwrap();
    assert!(sum.len() == 33, "{}", sum.len());
    let of_day = |day: StationDay| words.matches(&day.0.format("%d/%m/%Y").to_string()).count();
    let told = of_day("2026-07-23".parse().unwrap());
    assert!(told > 3, "{told}: in the closings, and in each piece of the appendix");
    assert!(campaign.days.iter().skip(20).take(60).all(|day| of_day(day) == told));
}
