//! How the machine is.

use super::super::state::Examination;
use super::super::{Env, Health, words};
use super::{FactLine, Mark, View, ViewPage};
use crate::event::Count;
use crate::health::{Row, Verdict};

pub(super) fn tell_health(view: &mut View, env: &Env<'_>) {
    view.page = ViewPage::Facts;
    view.facts_title = "Tình trạng máy".to_owned();
    let health = env.health;
    let reader = match (health.reader_missing, health.reader_babbles) {
        (true, _) => "không thấy, kiểm tra dây",
        (false, true) => "gửi dữ liệu vô nghĩa, rút ra cắm lại",
        (false, false) => "tốt",
    };
    let journal = if health.journal_refused { "không ghi được" } else { "tốt" };
    let clock = if env.now.sure { words::vouched(health.vouched) } else { "chưa chắc đúng" };
    let free = health.free_bytes.map_or_else(|| "không rõ".to_owned(), words::bytes);
    view.facts = vec![
        FactLine::new("Máy quét", reader).alarm_if(health.reader_missing || health.reader_babbles),
        loudspeaker(health),
        FactLine::new("Ghi dữ liệu", journal).alarm_if(health.journal_refused),
        FactLine::new("Giờ của máy", clock).alarm_if(!env.now.sure),
        FactLine::new(
            "Đồng hồ trong máy",
            if health.clock_stepped { "bị nhảy" } else { "chạy đều" },
        )
        .alarm_if(health.clock_stepped),
        FactLine::new("Chỗ trống", free),
        FactLine::new("Sự kiện đã ghi", Count(health.events).to_string()),
        FactLine::new("USB", if health.stick { "đã cắm" } else { "chưa cắm" }),
        FactLine::new("Phiên bản", health.version.clone()),
        FactLine::new("Dấu khóa của trạm", health.fingerprint.clone()),
    ];
    view.facts_note = health.notices.join(" ");
    view.facts_alarm = !health.notices.is_empty();
    view.facts_on = "Kiểm tra cả máy";
}

/// What a call rings with. A call is seen without it too.
fn loudspeaker(health: &Health) -> FactLine {
    let (words, alarm) = match (health.loudspeaker, health.bell_fails) {
        (Some(false), _) => ("không thấy, xin cắm loa", true),
        (_, true) => ("không kêu khi có người gọi", true),
        (Some(true), false) => ("đã nối", false),
        (None, false) => ("không rõ", false),
    };
    FactLine::new("Loa", words).alarm_if(alarm)
}

pub(super) fn tell_examination(view: &mut View, examination: &Examination) {
    view.page = ViewPage::Facts;
    let Some(found) = &examination.found else {
        view.facts_title = "Đang kiểm tra máy".to_owned();
        view.facts_note = "Xin đợi một chút.".to_owned();
        return;
    };
    let to_do = examination.to_do().count();
    let read =
        examination.advice.and_then(|number| Some((number, examination.to_do().nth(number)?)));
    let Some((number, row)) = read else {
        view.facts_title.clone_from(&found.title);
        view.facts = found.rows.iter().map(finding).collect();
        view.facts_on = if to_do > 0 { "Xem cách xử lý" } else { "" };
        return;
    };
    view.facts_title = format!("Việc cần làm {}/{to_do}", number + 1);
    view.facts = vec![finding(row)];
    view.facts_note.clone_from(&row.advice);
    view.facts_on = if number + 1 < to_do { "Việc tiếp theo" } else { "Xem lại tất cả" };
}

pub(super) fn finding(row: &Row) -> FactLine {
    let mark = match row.verdict {
        Verdict::Good => Mark::Good,
        Verdict::Bad => Mark::Alarm,
        Verdict::Unknown => Mark::Unknown,
    };
    FactLine { mark, ..FactLine::new(row.name, row.text.clone()) }
}
