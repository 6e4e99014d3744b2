//! The Vietnamese words of the staff's pages for what the program decides. Staff read Vietnamese;
//! words that never change stand in the pages themselves.

use chrono::{Datelike as _, NaiveDateTime, NaiveTime, Timelike as _};

use super::{Handing, NoSuchPeriod, Refusal, ReportDue, Span};
use crate::event::{
    AgeBand, CardKind, CorrectionReason, DismissalReason, IntegrationResult, Moment, Obstacle,
    RecordUsed, Role, StationDay, Vouched,
};
use crate::figures::{Minutes, Share};

/// What staff do when the journal could not write.
pub(super) const JOURNAL_REFUSED: &str =
    "Máy chưa ghi được. Xin ghi vào phiếu giấy và báo người phụ trách kỹ thuật.";

/// A stick without a file system known here, and what to do about it.
pub(super) const STICK_UNREADABLE: &str = "Máy không đọc được USB này";
pub(super) const ANOTHER_STICK: &str =
    "Mời dùng USB khác, hoặc định dạng lại USB kiểu FAT32 trên máy tính.";

/// The age bands that are asked for, in the order of the page.
pub(super) const AGES: [AgeBand; 4] =
    [AgeBand::Under14, AgeBand::From14, AgeBand::From60, AgeBand::From70];

/// The reasons that are asked for, in the order of the page.
pub(super) const REASONS: [CorrectionReason; 7] = [
    CorrectionReason::Mistyped,
    CorrectionReason::ChangedMind,
    CorrectionReason::Checked,
    CorrectionReason::Forgotten,
    CorrectionReason::Trial,
    CorrectionReason::Double,
    CorrectionReason::Other,
];

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Nurse => "Điều dưỡng",
        Role::Head => "Trưởng trạm",
    }
}

/// Short, for a column. In letters of the embedded fonts: "≥" is none of them.
pub(super) fn age_short(age: AgeBand) -> &'static str {
    match age {
        AgeBand::Under14 => "< 14",
        AgeBand::From14 => "14–59",
        AgeBand::From60 => "60–69",
        AgeBand::From70 => "từ 70",
        AgeBand::Unknown => "–",
    }
}

pub(super) fn age(age: AgeBand) -> &'static str {
    match age {
        AgeBand::Under14 => "Dưới 14 tuổi",
        AgeBand::From14 => "14 đến 59 tuổi",
        AgeBand::From60 => "60 đến 69 tuổi",
        AgeBand::From70 => "Từ 70 tuổi",
        AgeBand::Unknown => "Chưa rõ",
    }
}

pub(super) fn card(card: Option<CardKind>) -> &'static str {
    match card {
        None => "Không quét",
        Some(CardKind::Cccd) => "CCCD",
        Some(CardKind::CanCuoc) => "Căn cước",
        Some(CardKind::Insurance) => "Thẻ BHYT",
        Some(CardKind::PersonalNumber) => "Số định danh",
        Some(CardKind::InsuranceNumber) => "Số BHYT",
        Some(CardKind::Opaque) => "Mã VNeID",
    }
}

pub(super) fn used(used: Option<RecordUsed>) -> &'static str {
    match used {
        None => "Chưa chọn",
        Some(RecordUsed::Vneid) => "VNeID",
        Some(RecordUsed::Paper) => "Sổ giấy",
        Some(RecordUsed::Neither) => "Chưa có sổ",
    }
}

pub(super) fn result(result: IntegrationResult) -> &'static str {
    match result {
        IntegrationResult::Already => "Đã tích hợp từ trước",
        IntegrationResult::Done => "Tích hợp xong tại chỗ",
        IntegrationResult::Sent => "Đã gửi, chờ duyệt",
        IntegrationResult::Later => "Để làm sau",
        IntegrationResult::ThreeADay => "Quá 3 lần trong ngày",
        IntegrationResult::AlreadyApproved => "Thẻ đã được duyệt trước",
        IntegrationResult::SameLastTen => "Trùng 10 số cuối",
        IntegrationResult::WrongNumber => "Sai số thẻ",
        IntegrationResult::NumberUnknown => "Không nhớ số thẻ",
        IntegrationResult::FailedOtherwise => "Chưa được, lý do khác",
    }
}

pub(super) fn obstacle(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NoSmartphone => "Không có điện thoại",
        Obstacle::NoVneid => "Chưa cài VNeID",
        Obstacle::NoLevel2 => "Chưa có mức 2",
        Obstacle::NotIntegrated => "Chưa tích hợp thẻ",
        Obstacle::NoNetwork => "Không có mạng",
        Obstacle::ForgotPassword => "Quên mật khẩu",
        Obstacle::PrefersPaper => "Muốn dùng sổ giấy",
        Obstacle::Other => "Lý do khác",
    }
}

pub(super) fn reason(reason: CorrectionReason) -> &'static str {
    match reason {
        CorrectionReason::Mistyped => "Bấm nhầm",
        CorrectionReason::ChangedMind => "Người bệnh đổi ý",
        CorrectionReason::Checked => "Đã hỏi lại người bệnh",
        CorrectionReason::Forgotten => "Lúc trước ghi sót",
        CorrectionReason::Trial => "Quét thử, không phải lượt khám",
        CorrectionReason::Double => "Một lượt ghi hai lần",
        CorrectionReason::Other => "Lý do khác",
    }
}

/// Who vouches for a sure time, for a line.
pub(super) fn vouched(vouched: Option<Vouched>) -> &'static str {
    match vouched {
        Some(Vouched::Network) => "đúng, theo mạng",
        Some(Vouched::ClockChip) => "đúng, theo pin đồng hồ",
        Some(Vouched::Staff) => "đúng, nhân viên đặt",
        None => "đã xác nhận",
    }
}

/// Who vouches for the time, for the page where it is set.
pub(super) fn who_vouches(vouched: Option<Vouched>, sure: bool) -> &'static str {
    match vouched {
        Some(Vouched::Network) => "Máy đã lấy giờ đúng từ mạng. Không cần đặt lại.",
        Some(Vouched::ClockChip) => "Giờ này lấy từ đồng hồ trong máy.",
        Some(Vouched::Staff) => "Giờ này do nhân viên đặt.",
        None if sure => "Giờ này đã được xác nhận.",
        None => "Máy chưa chắc ngày giờ. Mời xem lịch và đồng hồ rồi nhập.",
    }
}

/// Why a date and time are not taken, and what to do.
pub(super) fn refusal(refusal: Refusal, is_head: bool) -> String {
    match refusal {
        Refusal::NoSuchTime => "Không có ngày giờ này. Mời nhập lại.".to_owned(),
        Refusal::NotInUseThen => "Năm này chưa đúng. Mời nhập lại.".to_owned(),
        Refusal::BeforeRecords(day) => {
            let next =
                if is_head { "Mời xem lại lịch." } else { "Mời nhờ trưởng trạm." };
            format!("Máy đã ghi đến ngày {}. {next}", date(day))
        }
        Refusal::NetworkKnows => who_vouches(Some(Vouched::Network), true).to_owned(),
    }
}

/// "07:42".
pub(super) fn time(at: &Moment) -> String {
    let local = at.local();
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// "07:05" of a minute of the day.
pub(super) fn minute(minute: Minutes) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// "24/11/2026".
pub(super) fn date(day: StationDay) -> String {
    let StationDay(date) = day;
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// "Thứ Ba 24/11".
pub(super) fn weekday(day: StationDay) -> String {
    let StationDay(date) = day;
    let name = match date.weekday() {
        chrono::Weekday::Mon => "Thứ Hai",
        chrono::Weekday::Tue => "Thứ Ba",
        chrono::Weekday::Wed => "Thứ Tư",
        chrono::Weekday::Thu => "Thứ Năm",
        chrono::Weekday::Fri => "Thứ Sáu",
        chrono::Weekday::Sat => "Thứ Bảy",
        chrono::Weekday::Sun => "Chủ nhật",
    };
    format!("{name} {:02}/{:02}", date.day(), date.month())
}

/// "24–30/11", "28/11–04/12", "24/11"; with the year where it is another than today's.
pub(super) fn span(span: Span, today: StationDay) -> String {
    let Span { from: StationDay(from), to: StationDay(to) } = span;
    let short = |date: chrono::NaiveDate| format!("{:02}/{:02}", date.day(), date.month());
    let year = |date: chrono::NaiveDate| format!("/{}", date.year());
    let is_this_year = from.year() == today.0.year() && to.year() == today.0.year();
    let of_to = if is_this_year { String::new() } else { year(to) };
    if from == to {
        format!("{}{of_to}", short(to))
    } else if (from.year(), from.month()) == (to.year(), to.month()) {
        format!("{:02}–{}{of_to}", from.day(), short(to))
    } else {
        let of_from = if from.year() == to.year() { String::new() } else { year(from) };
        format!("{}{of_from}–{}{of_to}", short(from), short(to))
    }
}

/// What a period of these days is called where no plan names it.
pub(super) fn usual(days: Span, today: StationDay) -> String {
    let Span { from, to } = days;
    let told = span(days, today);
    let length = (to.0 - from.0).num_days() + 1;
    let is_month =
        from.0.day() == 1 && (from.0.year(), from.0.month()) == (to.0.year(), to.0.month());
    if from == today && to == today {
        format!("Hôm nay {told}")
    } else if to == today && length == 7 {
        format!("7 ngày qua, {told}")
    } else if is_month && (to == today || to.0.succ_opt().is_some_and(|day| day.day() == 1)) {
        format!("Tháng {}, {told}", from.0.month())
    } else if from == to {
        format!("Ngày {told}")
    } else {
        format!("Các ngày {told}")
    }
}

/// What is handed out.
pub(super) fn handing(days: Span, report: Option<&ReportDue>, today: StationDay) -> Handing {
    let title = match report {
        Some(report) => format!("{} {}", report.title, span(days, today)),
        None => usual(days, today),
    };
    let recipients = report.map(|report| report.recipients.join("; ")).unwrap_or_default();
    Handing { span: days, title, recipients }
}

/// "hạn 15:00 hôm nay", "trễ, hạn 15:00 Thứ Ba 24/11".
pub(super) fn deadline(report: &ReportDue, today: StationDay) -> String {
    let when = due(report.due, today);
    if report.late { format!("trễ, hạn {when}") } else { format!("hạn {when}") }
}

/// The same words at the beginning of a line.
pub(super) fn begun(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why a report is not handed in from here.
pub(super) fn dismissal(reason: DismissalReason) -> &'static str {
    match reason {
        DismissalReason::SentOtherwise => "Đã gửi bằng cách khác",
        DismissalReason::ToldElsewhere => "Đã có trong báo cáo khác",
        DismissalReason::NotWanted => "Nơi nhận không cần",
        DismissalReason::PlanChanged => "Kế hoạch đã đổi",
        DismissalReason::Other => "Lý do khác",
    }
}

/// Why days cannot be handed out.
pub(super) fn no_such_period(why: NoSuchPeriod) -> &'static str {
    match why {
        NoSuchPeriod::NoSuchDay => "Lịch không có ngày này. Mời xem lại.",
        NoSuchPeriod::Reversed => "Ngày cuối đang trước ngày đầu. Mời xem lại.",
        NoSuchPeriod::ToCome => "Ngày cuối chưa đến. Mời chọn đến hôm nay.",
        NoSuchPeriod::TooLong => "Kỳ dài hơn một năm. Mời chia làm hai lần.",
    }
}

/// The last day on which something that is due then is in time.
pub(super) fn due_day(at: NaiveDateTime) -> StationDay {
    let day = StationDay(at.date());
    // "Before 0:00 of the 10th" is the whole of the 9th.
    if at.time() == NaiveTime::MIN { at.date().pred_opt().map_or(day, StationDay) } else { day }
}

/// "15:00 hôm nay", "15:00 Thứ Ba 24/11"; the end of a day is the day alone.
pub(super) fn due(at: NaiveDateTime, today: StationDay) -> String {
    let (day, time) = (due_day(at), at.time());
    let clock = if time == NaiveTime::MIN {
        "hết ".to_owned()
    } else {
        format!("{:02}:{:02} ", time.hour(), time.minute())
    };
    let day = if day == today { "hôm nay".to_owned() } else { weekday(day) };
    format!("{clock}{day}")
}

/// "46/52 (88%)", and without the rate where there is none.
pub(super) fn share(share: Share) -> String {
    let Share { part, whole } = share;
    share
        .percent()
        .map_or_else(|| format!("{part}/{whole}"), |percent| format!("{part}/{whole} ({percent}%)"))
}

/// Bytes as people say them: "12,4 GB".
pub(super) fn bytes(bytes: u64) -> String {
    const MEGA: u64 = 1_000_000;
    const GIGA: u64 = 1000 * MEGA;
    if bytes >= GIGA {
        let tenths = bytes / (GIGA / 10);
        format!("{},{} GB", tenths / 10, tenths % 10)
    } else {
        format!("{} MB", bytes / MEGA)
    }
}
