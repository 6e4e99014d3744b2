//! Mistakes in a campaign file, as people make them, and what they are told.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::figures::{Measure, Reading};
use crate::station::GuideId;
use crate::station::document::{Problems, Source};

const SAMPLES: [(&str, &str); 5] = [
    ("hai-phong-2026", include_str!("../../kiosk-config/campaigns/hai-phong-2026.toml")),
    ("dak-rve-2025", include_str!("../../kiosk-config/campaigns/dak-rve-2025.toml")),
    ("hop-tien-2026", include_str!("../../kiosk-config/campaigns/hop-tien-2026.toml")),
    ("tri-ton-2026", include_str!("../../kiosk-config/campaigns/tri-ton-2026.toml")),
    ("dan-tien-2025", include_str!("../../kiosk-config/campaigns/dan-tien-2025.toml")),
];

/// The least that is a campaign with a report.
pub(super) const SHORT: &str = "\
title = \"Đợt mới\"
recipients = [\"UBND xã\"]
[document]
issuer = \"UBND xã\"
[period]
from = 2026-06-01
to = 2026-06-30
[[target]]
label = \"Được hướng dẫn\"
measure = \"guided\"
at-least = 100
[[report]]
title = \"Báo cáo tuần\"
every = \"week\"
weekday = \"tuesday\"
[[column]]
heading = \"Ngày\"
shows = \"day\"
";

fn guides() -> BTreeSet<GuideId> {
    let guides = [
        "cai-vneid-muc-2",
        "chu-ky-so",
        "mo-so-suc-khoe",
        "tich-hop-bhyt",
        "tre-em",
        "xem-lai-lan-kham",
    ];
    guides.map(|guide| guide.parse().unwrap()).into()
}

pub(super) fn read(text: &str) -> Result<Campaign, Problems> {
    Campaign::read("dot-moi".parse().unwrap(), &Source::new("c.toml", text), &guides())
}

/// One of the campaigns that come with the program.
pub(super) fn sample(name: &str) -> Campaign {
    let (_, text) = SAMPLES.into_iter().find(|(id, _)| *id == name).unwrap();
    let source = Source::new(format!("{name}.toml"), text);
    Campaign::read(name.parse().unwrap(), &source, &guides())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn complaints(text: &str) -> Vec<String> {
    read(text).unwrap_err().to_string().lines().map(str::to_owned).collect()
}

#[test]
fn the_five_plans_and_the_start_of_a_sixth_are_sound() {
    for (name, _) in SAMPLES {
        let campaign = sample(name);
        assert_eq!(campaign.id.as_str(), name);
        assert!(!campaign.recipients.is_empty() && !campaign.guides.is_empty(), "{name}");
        assert!(!campaign.texts.idle.is_empty() && !campaign.texts.report.is_empty(), "{name}");
    }
    assert_eq!(read(start()).map(|campaign| campaign.reports.len()), Ok(1));
}

/// What lies behind a `#` in the start must be right too when the mark is taken away.
#[test]
fn the_examples_in_the_start_are_sound() {
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest)
            if rest.starts_with("[[")
                || rest == "[hall]"
                || rest.split_once(" = ").is_some_and(|(key, _)| {
                    key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                }) =>
        {
            rest.to_owned()
        }
        Some(_) | None => line.to_owned(),
    };
    let text: Vec<_> = start().lines().map(uncomment).collect();
    let campaign = read(&text.join("\n")).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((campaign.phases.len(), campaign.targets.len()), (1, 3));
    assert_eq!(campaign.guides.len(), 2);
}

/// What the papers of the plans set, and so must stand in which file.
#[test]
fn the_samples_say_what_the_plans_say() {
    let day = |text: &str| text.parse().unwrap();
    let weekly = |weekday| (Cadence::Weekly(weekday), "24:00");
    let at = |text: &str| (Cadence::Once(day(text)), "00:00");
    use chrono::Weekday::{Fri, Tue};
    #[rustfmt::skip]
    let plans = [
        ("hai-phong-2026", Some("58/KH-UBND"), "2026-03-01", "2026-03-31", vec![(Cadence::Daily, "24:00"), at("2026-04-10")]),
        ("dak-rve-2025", Some("50/KH-UBND"), "2025-09-29", "2025-10-20", vec![]),
        ("hop-tien-2026", None, "2026-06-01", "2026-06-30", vec![(Cadence::Daily, "24:00"), weekly(Fri)]),
        ("tri-ton-2026", Some("172/KH-UBND"), "2026-06-15", "2026-09-15", vec![(Cadence::Weekly(Tue), "15:00"), (Cadence::Monthly { day: 10, through: None }, "00:00"), at("2026-09-10")]),
        ("dan-tien-2025", Some("23/KH-UBND"), "2025-07-30", "2025-09-30", vec![weekly(Fri)]),
    ];
    for (name, number, from, to, reports) in plans {
        let campaign = sample(name);
        assert_eq!(campaign.document.number.as_deref(), number);
        assert_eq!(campaign.days, Days { from: day(from), to: day(to) }, "{name}");
        let wanted: Vec<_> = reports
            .into_iter()
            .map(|(cadence, before)| (cadence, before.parse().unwrap()))
            .collect();
        let found: Vec<_> = campaign.reports.iter().map(|it| (it.cadence, it.before)).collect();
        assert_eq!(found, wanted, "{name}");
    }
    let tri_ton = sample("tri-ton-2026");
    assert_eq!(tri_ton.recipients, ["Sở Y tế tỉnh An Giang", "UBND xã Tri Tôn"]);
    let hai_phong = sample("hai-phong-2026");
    let [daily, last] = hai_phong.reports.as_slice() else { panic!("two reports") };
    assert_eq!(hai_phong.recipients_of(daily), hai_phong.recipients);
    assert_eq!(hai_phong.recipients_of(last), ["UBND thành phố Hải Phòng (qua Sở Y tế)"]);
}

#[test]
fn every_value_of_the_file_arrives() {
    let text = format!("guides = ['tre-em', 'tich-hop-bhyt']\n{}", SHORT)
        .replace("issuer", "number = '7/KH-UBND'\ndate = 2026-05-20\nissuer")
        .replace("[[target]]", "[[phase]]\nname = 'Cao điểm'\nfrom = 2026-06-10\nto = 2026-06-10\n[[target]]")
        .replace("[[report]]", "applies-to = 'Người đến khám'\nuntil = 2026-06-20\n\
            [[target]]\nlabel = 'Tài khoản'\nby-hand = 'tai-khoan'\nshort = 'Mức 2'\ncounted-by = 'Công an'\nunit = 'tài khoản'\nadds-up = true\nmore-than = 500\n\
            [[target]]\nlabel = 'Thôn'\nnot-measurable = 'Việc của thôn'\n[[report]]\nto = ['Sở Y tế']")
        + "[[column]]\nheading = 'Tỷ lệ'\nshows = 'guided'\nas = 'rate'\ncumulative = true\n\
           [[column]]\nheading = 'Tài khoản'\nshows = 'tai-khoan'\n\
           [texts]\nidle = ['Một', 'Hai']\nreport = ['Ba']\n";
    let campaign = read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(campaign.document.date, Some(day("2026-05-20")));
    assert_eq!(campaign.document.issuer, "UBND xã");
    let guides: Vec<_> = campaign.guides.iter().map(GuideId::as_str).collect();
    assert_eq!(guides, ["tre-em", "tich-hop-bhyt"]);
    let one_day = Days { from: day("2026-06-10"), to: day("2026-06-10") };
    assert_eq!(campaign.phases, [Phase { name: "Cao điểm".into(), days: one_day }]);
    let [guided, accounts, villages] = campaign.targets.as_slice() else { panic!("three") };
    assert_eq!(guided.means, Means::Measured(Measure::Guided));
    assert_eq!(guided.goal, Some(Goal { bound: Bound::AtLeast, number: 100 }));
    assert_eq!(guided.applies_to.as_deref(), Some("Người đến khám"));
    assert_eq!(guided.until, Some(day("2026-06-20")));
    let id: HandId = "tai-khoan".parse().unwrap();
    let count = HandCount {
        id: id.clone(),
        short: "Mức 2".into(),
        counted_by: "Công an".into(),
        unit: "tài khoản".into(),
        adds_up: true,
    };
    assert_eq!(accounts.means, Means::ByHand(count));
    assert_eq!(accounts.goal, Some(Goal { bound: Bound::MoreThan, number: 500 }));
    assert_eq!(villages.means, Means::NotMeasurable("Việc của thôn".into()));
    let shows: Vec<_> = campaign.columns.iter().map(|it| (&it.shows, it.cumulative)).collect();
    assert_eq!(
        shows,
        [
            (&Shows::Fact(Fact::Day), false),
            (&Shows::Measured(Measure::Guided, Face::Rate), true),
            (&Shows::ByHand(id), false),
        ]
    );
    assert_eq!(campaign.recipients_of(&campaign.reports[0]), ["Sở Y tế"]);
    assert_eq!(
        campaign.texts,
        Texts { idle: vec!["Một".into(), "Hai".into()], report: vec!["Ba".into()] }
    );
}

/// One line put into the sound file in place of another, and the one line that is printed.
#[test]
fn a_mistake_is_told_with_its_place_and_its_fix() {
    let goal = "at-least = 100";
    let measure = "measure = \"guided\"";
    let every = "every = \"week\"\nweekday = \"tuesday\"";
    let shows = "shows = \"day\"";
    let hand = "by-hand = \"so\"\nshort = \"Số\"\ncounted-by = \"Công an\"\nunit = \"lượt\"";
    #[rustfmt::skip]
    let table: &[(&str, &str, &str)] = &[
        ("title = \"Đợt mới\"\n", "", "1:1: tệp này thiếu khóa title; thêm dòng title = \"…\""),
        ("title", "tilte", "1:1: tệp này không có khóa \"tilte\"; sửa thành title"),
        ("recipients = [\"UBND xã\"]\n", "", "1:1: tệp này thiếu khóa recipients; thêm dòng recipients = [\"UBND xã …\"]"),
        ("[\"UBND xã\"]", "\"UBND xã\"", "2:14: recipients phải là danh sách, đang là chữ; viết trong ngoặc vuông, cách nhau dấu phẩy"),
        ("[\"UBND xã\"]", "[]", "2:14: recipients đang để trống; ghi ít nhất một nơi nhận, ví dụ [\"UBND xã …\"]"),
        ("[document]", "guides = [\"khong-co\"]\n[document]", "3:10: guides chỉ đến tệp guides/khong-co.toml nhưng không có tệp đó; chọn một hướng dẫn đang có: cai-vneid-muc-2, chu-ky-so, mo-so-suc-khoe, tich-hop-bhyt, tre-em, xem-lai-lan-kham"),
        ("issuer = \"UBND xã\"\n", "", "3:1: [document] thiếu khóa issuer; thêm dòng issuer = \"UBND xã …\""),
        ("from = 2026-06-01\n", "", "5:1: [period] thiếu khóa from; thêm dòng from = 2026-06-25"),
        ("2026-06-30", "2026-05-31", "7:6: to là 2026-05-31, trước from = 2026-06-01; ghi ngày cuối từ ngày đầu trở đi"),
        ("2026-06-30", "2029-06-30", "7:6: to cách from = 2026-06-01 hơn 3 năm; kiểm tra lại năm"),
        ("2026-06-01", "01/6/2026", "6:8: \"01/6/2026\" không phải cách viết ngày; viết năm-tháng-ngày đủ số, ví dụ 2026-11-05"),
        ("2026-06-30", "2026-06-31", "7:6: \"2026-06-31\" không phải một ngày; viết năm-tháng-ngày đủ số, ví dụ 2026-11-05"),
        ("[[target]]", "[[phase]]\nname = \"Cao điểm\"\nfrom = 2026-06-10\nto = 2026-07-01\n[[target]]", "11:6: to là 2026-07-01, ngoài [period] từ 2026-06-01 đến 2026-06-30; sửa ngày này, hoặc nới [period]"),
        ("[[target]]", "[[phase]]\nname = \"Cao điểm\"\nfrom = 2026-06-10\nto = 2026-06-09\n[[target]]", "11:6: to là 2026-06-09, trước from = 2026-06-10; ghi ngày cuối từ ngày đầu trở đi"),
        ("[[target]]", "[phase]\n[[target]]", "8:1: phase phải là một danh sách; viết mỗi mục dưới một dòng [[phase]], hai lần ngoặc vuông"),
        (measure, "measure = \"giuded\"", "10:11: measure không có giá trị \"giuded\"; sửa thành \"guided\""),
        (measure, "measure = \"tỷ lệ\"", "10:11: measure không có giá trị \"tỷ lệ\"; xem tên bằng lệnh: tiepdon campaign measures"),
        (measure, "", "9:9: label chưa nói đo bằng cách nào; ghi đúng một trong ba: measure (máy đếm), by-hand (nhập tay), not-measurable (không đo được, lý do)"),
        (measure, "measure = \"guided\"\nnot-measurable = \"không\"", "11:18: not-measurable không đi cùng cách đo khác; ghi đúng một trong ba: measure (máy đếm), by-hand (nhập tay), not-measurable (không đo được, lý do)"),
        (measure, "by-hand = \"so\"\nshort = \"Số\"\nunit = \"lượt\"", "8:1: [[target]] thiếu khóa counted-by; thêm dòng counted-by = \"Công an xã\""),
        (measure, "by-hand = \"Số\"\nshort = \"Số\"\ncounted-by = \"Công an\"\nunit = \"lượt\"", "10:11: by-hand không đúng dạng tên số liệu: \"Số\"; dùng chữ thường không dấu, số và gạch nối, ví dụ \"tai-khoan-muc-2\""),
        (measure, "measure = \"guided\"\nunit = \"%\"", "11:8: unit chỉ đi cùng by-hand; xóa dòng này, hoặc thêm by-hand"),
        (goal, "at-least = 101", "11:12: at-least là tỷ lệ phần trăm, nhiều nhất 100, đang là 101; ghi một số trong khoảng đó, không có dấu %"),
        (goal, "more-than = 100", "11:13: more-than là tỷ lệ phần trăm, nhiều nhất 99, đang là 100; ghi một số trong khoảng đó, không có dấu %"),
        (goal, "at-least = \"100%\"", "11:12: at-least phải là số nguyên, đang là chữ; viết không có dấu nháy"),
        (goal, "at-least = 95\nmore-than = 95", "12:13: more-than và at-least không đi cùng nhau; giữ một: at-least là từ số đó trở lên, more-than là trên số đó"),
        (goal, "at-least = 95.5", "11:12: at-least phải là số nguyên, đang là số lẻ; viết không có dấu nháy"),
        (goal, "until = \"15/9/2026\"", "11:9: until phải là một ngày, đang là chữ; viết năm-tháng-ngày, không có dấu nháy, ví dụ 2026-11-05"),
        (goal, "at_least = 100", "11:1: [[target]] không có khóa \"at_least\"; sửa thành at-least"),
        ("[[report]]", &format!("[[target]]\nlabel = \"A\"\n{hand}\n[[target]]\nlabel = \"B\"\n{hand}\n[[report]]"), "20:11: by-hand trùng tên \"so\" với một chỉ tiêu ở trên; mỗi số liệu nhập tay đặt một tên riêng"),
        (every, "every = \"week\"", "12:1: [[report]] thiếu khóa weekday; thêm dòng weekday = \"tuesday\""),
        (every, "every = \"weekly\"\nweekday = \"tuesday\"", "14:9: every không có giá trị \"weekly\"; sửa thành \"week\""),
        (every, "every = \"tuần\"", "14:9: every không có giá trị \"tuần\"; dùng một trong: day, week, month, days, once"),
        (every, "every = \"week\"\nweekday = \"thứ ba\"", "15:11: weekday không có giá trị \"thứ ba\"; dùng một trong: monday, tuesday, wednesday, thursday, friday, saturday, sunday"),
        (every, "every = \"day\"\nweekday = \"tuesday\"", "15:1: [[report]] không có khóa \"weekday\"; xóa đi hoặc chuyển về đúng chỗ; ở đây có: title, every, before, to"),
        (every, "every = \"month\"\nday = 32", "15:7: day phải từ 1 đến 31, đang là 32; ghi một số trong khoảng đó"),
        (every, "every = \"month\"", "12:1: [[report]] thiếu khóa day; thêm dòng day = 10"),
        (every, "every = \"days\"\ndays = 1", "15:8: days phải từ 2 đến 366, đang là 1; ghi một số trong khoảng đó"),
        (every, "every = \"once\"", "12:1: [[report]] thiếu khóa date; thêm dòng date = 2026-09-10"),
        (every, "every = \"once\"\ndate = 2026-06-01", "15:8: date không sau ngày bắt đầu chiến dịch 2026-06-01, nên chưa có gì để báo cáo; sửa lại ngày"),
        (every, "every = \"day\"\nbefore = \"15h\"", "15:10: before không đúng dạng giờ: \"15h\"; ghi giờ và phút, ví dụ \"15:00\"; hết ngày là \"24:00\""),
        (every, "every = \"day\"\nbefore = 15:00", "15:10: before phải là chữ, đang là ngày giờ; viết trong dấu nháy kép, ví dụ \"Bàn 1\""),
        (every, "every = \"day\"\nno = 1", "15:1: [[report]] không có khóa \"no\"; xóa đi hoặc chuyển về đúng chỗ; ở đây có: title, every, before, to"),
        (shows, "shows = \"arival\"", "18:9: shows không có giá trị \"arival\"; sửa thành \"arrivals\""),
        (shows, "shows = \"so-nhap-tay\"", "18:9: shows không có giá trị \"so-nhap-tay\"; ghi row, day, station, point, difficulties, notes, tên số liệu nhập tay, hoặc tên trong: tiepdon campaign measures"),
        (shows, "shows = \"day\"\nas = \"rate\"", "19:6: as chỉ dùng cho số liệu có tỷ lệ; xóa dòng này, hoặc chọn số liệu khác ở shows"),
        (shows, "shows = \"arrivals\"\nas = \"rate\"", "19:6: as chỉ dùng cho số liệu có tỷ lệ; xóa dòng này, hoặc chọn số liệu khác ở shows"),
        (shows, "shows = \"guided\"\nas = \"tỷ lệ\"", "19:6: as không có giá trị \"tỷ lệ\"; dùng một trong: count, whole, rate"),
        (shows, "shows = \"day\"\ncumulative = true", "19:14: cumulative chỉ dùng cho cột số; xóa dòng này"),
        (shows, "shows = \"guided\"\n[[column]]\nheading = \"Hướng dẫn\"\nshows = \"guided\"\nas = \"count\"", "21:9: shows đã có ở cột \"Ngày\"; bỏ một cột, hoặc đổi as, cumulative"),
        (shows, "shows = \"day\"\n[[column]]\nheading = \"Ngày\"\nshows = \"guided\"", "20:11: heading trùng với tiêu đề một cột ở trên; đặt tiêu đề khác"),
        ("[[column]]\nheading = \"Ngày\"\nshows = \"day\"\n", "", "1:1: tệp này thiếu mục [[column]]; thêm ít nhất 1 mục [[column]]"),
        (shows, "shows = \"day\"\n[texts]\nidle = [\"1\", \"2\", \"3\", \"4\"]", "20:8: idle có 4 mục, màn hình chỉ đủ chỗ cho 3; bớt đi cho đủ"),
        (shows, "shows = \"day\"\n[hall]\nmeasure = \"arrivals\"\nlabel = \"lượt đến\"", "20:11: measure phải là một tỷ lệ; chọn số liệu có tỷ lệ"),
        (shows, "shows = \"day\"\n[hall]\nmeasure = \"desk-covered\"\nlabel = \"bàn có người\"", "20:11: measure tính theo phút mở cửa, màn hình chờ chỉ đếm được lượt khám; chọn số liệu đếm lượt"),
        (shows, "shows = \"day\"\n[texts]\nidel = []", "20:1: [texts] không có mục \"[[idel]]\"; sửa thành idle"),
    ];
    for (sound, broken, complaint) in table {
        assert!(SHORT.contains(sound));
        let text = SHORT.replacen(sound, broken, 1);
        assert_eq!(complaints(&text), [format!("c.toml:{complaint}")], "{text}");
    }
}

#[test]
fn a_form_may_leave_several_columns_to_write_in() {
    let empty = |heading: &str| format!("[[column]]\nheading = '{heading}'\nshows = 'notes'\n");
    let campaign = read(&format!("{SHORT}{}{}", empty("Đề xuất"), empty("Ghi chú"))).unwrap();
    assert_eq!(campaign.columns.len(), 3);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    let text = SHORT
        .replace("2026-06-30", "2026-05-30")
        .replace("\"guided\"", "\"guidde\"")
        .replace("\"tuesday\"", "\"thứ ba\"")
        .replace("\"day\"", "\"so-nhap-tay\"");
    let places: Vec<_> =
        complaints(&text).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(places, ["c.toml:7:6:", "c.toml:10:11:", "c.toml:15:11:"], "no echo at the column");
}

#[test]
fn a_goal_is_compared_in_whole_numbers_and_never_with_nothing() {
    let goal = |bound, number| Goal { bound, number };
    let rate = |part, whole| Reading { part, whole: Some(whole) };
    let count = |part| Reading { part, whole: None };
    for (goal, reading, reached) in [
        (goal(Bound::AtLeast, 80), rate(4, 5), Some(true)),
        (goal(Bound::AtLeast, 80), rate(799, 1000), Some(false)),
        (goal(Bound::MoreThan, 95), rate(95, 100), Some(false)),
        (goal(Bound::MoreThan, 95), rate(951, 1000), Some(true)),
        (goal(Bound::AtLeast, 100), rate(999, 1000), Some(false)),
        (goal(Bound::AtLeast, 100), rate(7, 7), Some(true)),
        (goal(Bound::AtLeast, 0), rate(0, 0), None),
        (goal(Bound::AtLeast, 100), rate(u64::MAX, u64::MAX), Some(true)),
        (goal(Bound::AtLeast, 500), count(500), Some(true)),
        (goal(Bound::MoreThan, 500), count(500), Some(false)),
    ] {
        assert_eq!(goal.is_reached_by(reading), reached, "{goal:?} {reading:?}");
    }
}

/// Bytes as `check` meets them: a value, or problems that each stand in the file. What is read can
/// be asked for its deadlines.
fn survives(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
    let Ok(source) = Source::from_bytes(Path::new("c.toml"), bytes) else { return Ok(()) };
    match Campaign::read("c".parse().unwrap(), &source, &guides()) {
        Ok(campaign) => {
            let now = campaign.days.from.0.and_time(chrono::NaiveTime::MIN);
            let found = deadlines(&campaign, now, History::default());
            prop_assert!(found.iter().all(|it| it.days.count() > 0));
        }
        Err(problems) => {
            prop_assert!(problems.iter().count() > 0);
            for problem in problems.iter() {
                prop_assert!((1..=lines).contains(&problem.line), "{}", problem);
                prop_assert_eq!(problem.to_string().lines().count(), 1);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        survives(bytes)?;
    }

    #[test]
    fn any_toml_like_text_is_read_without_panic(
        text in "([a-z\\[\\]{}.,=\"'#\\\\0-9 ạ“-]|\\[\\[target\\]\\]|\\[\\[column\\]\\]|shows = |every = |\n){0,60}"
    ) {
        survives(text.into_bytes())?;
    }

    #[test]
    fn the_samples_with_any_damage_are_read_without_panic(
        which in 0..SAMPLES.len(),
        at in any::<prop::sample::Index>(),
        lost in 0..40_usize,
        put in "[\\[\\]{}=\"'\n.#0-9a-zạ]{0,6}",
    ) {
        let mut bytes = SAMPLES[which].1.as_bytes().to_vec();
        let at = at.index(bytes.len());
        let end = (at + lost).min(bytes.len());
        bytes.splice(at..end, put.into_bytes());
        survives(bytes)?;
    }

    /// Any days and any cadence, at the ends of the calendar too.
    #[test]
    fn any_days_are_read_without_panic(
        years in (0..=9999_u32, 0..3_u32),
        months in (1..=12_u32, 1..=12_u32),
        days in (1..=31_u32, 1..=31_u32),
        every in prop::sample::select(vec![
            "every = 'day'", "every = 'week'\nweekday = 'sunday'", "every = 'month'\nday = 31",
            "every = 'days'\ndays = 366", "every = 'once'\ndate = 9999-12-31",
        ]),
        before in prop::sample::select(vec!["00:00", "15:00", "24:00"]),
    ) {
        let date = |year: u32, month: u32, day: u32| format!("{year:04}-{month:02}-{day:02}");
        let text = SHORT
            .replace("2026-06-01", &date(years.0, months.0, days.0))
            .replace("2026-06-30", &date((years.0 + years.1).min(9999), months.1, days.1))
            .replace("every = \"week\"\nweekday = \"tuesday\"", &format!("{every}\nbefore = '{before}'"));
        survives(text.into_bytes())?;
    }
}
