//! The Vietnamese words of exports, and of the form that is filled in by pen, for everything the
//! event catalogue can say.
//!
//! Chosen so that no spreadsheet takes them for something else: "14–59" or "bước 3/5" would become
//! dates.

use crate::event::{
    AgeBand, CardKind, ClosingWay, Correction, CorrectionReason, Count, DismissalReason,
    EnteredNumber, Entry, Fact, Guidance, IntegrationResult, Medium, Moment, Obstacle, RecordUsed,
    ResetWay, Source, StationDay, UnreadableCause, Vouched, What,
};

/// Which document was scanned.
pub(super) fn card(card: CardKind) -> &'static str {
    match card {
        CardKind::Cccd => "thẻ căn cước công dân gắn chip",
        CardKind::CanCuoc => "thẻ căn cước (mẫu từ tháng 7 năm 2024)",
        CardKind::Insurance => "thẻ bảo hiểm y tế",
        CardKind::PersonalNumber => "số định danh cá nhân",
        CardKind::InsuranceNumber => "số bảo hiểm y tế hoặc bảo hiểm xã hội",
        CardKind::Opaque => "mã chưa rõ loại, có thể là mã riêng của VNeID",
    }
}

/// Age band of a visit.
pub(super) fn age(age: AgeBand) -> &'static str {
    match age {
        AgeBand::Under14 => "dưới 14 tuổi",
        AgeBand::From14 => "14 đến 59 tuổi",
        AgeBand::From60 => "60 đến 69 tuổi",
        AgeBand::From70 => "70 tuổi trở lên",
        AgeBand::Unknown => "không rõ tuổi",
    }
}

/// Which record was used.
pub(super) fn used(used: RecordUsed) -> &'static str {
    match used {
        RecordUsed::Vneid => "sổ sức khỏe điện tử trên VNeID",
        RecordUsed::Paper => "sổ giấy",
        RecordUsed::Neither => "chưa có sổ, cần hướng dẫn",
    }
}

/// Whose word a choice is.
pub(super) fn source(source: Source) -> &'static str {
    match source {
        Source::SelfDeclared => "người dân tự khai",
        Source::NurseConfirmed => "nhân viên xác nhận",
    }
}

/// Why a scan was of no use.
pub(super) fn cause(cause: UnreadableCause) -> &'static str {
    match cause {
        UnreadableCause::FieldCount => "mã thiếu thông tin",
        UnreadableCause::BadId => "số trong mã không đúng dạng",
        UnreadableCause::Truncated => "mã bị đứt giữa chừng",
        UnreadableCause::TooLong => "mã dài hơn mọi loại thẻ",
        UnreadableCause::WrongSeparator => "mã dùng sai dấu ngăn cách",
        UnreadableCause::WebAddress => "mã là địa chỉ trang mạng",
        UnreadableCause::Payment => "mã là mã chuyển tiền",
        UnreadableCause::Unknown => "mã loại khác",
    }
}

/// What stands between a patient and VNeID.
pub(crate) fn obstacle(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NoSmartphone => "không có điện thoại thông minh",
        Obstacle::NoVneid => "chưa cài VNeID hoặc bản quá cũ",
        Obstacle::NoLevel2 => "chưa có tài khoản mức 2",
        Obstacle::NotIntegrated => "chưa tích hợp thẻ bảo hiểm y tế",
        Obstacle::NoNetwork => "không có mạng",
        Obstacle::ForgotPassword => "quên mật khẩu",
        Obstacle::PrefersPaper => "muốn dùng sổ giấy",
        Obstacle::Other => "lý do khác",
    }
}

/// How the integration of a BHYT card went.
pub(super) fn integration(result: IntegrationResult) -> &'static str {
    match result {
        IntegrationResult::Already => "đã tích hợp từ trước",
        IntegrationResult::Done => "tích hợp xong tại chỗ",
        IntegrationResult::Sent => "đã gửi, chờ duyệt",
        IntegrationResult::Later => "để làm sau",
        IntegrationResult::ThreeADay => "không được: đã gửi quá 3 lần trong ngày",
        IntegrationResult::AlreadyApproved => "không được: thẻ đã được duyệt trước đó",
        IntegrationResult::SameLastTen => "không được: trùng 10 số cuối với yêu cầu đang xử lý",
        IntegrationResult::WrongNumber => "không được: sai số thẻ",
        IntegrationResult::NumberUnknown => "không được: không nhớ số thẻ",
        IntegrationResult::FailedOtherwise => "không được: lý do khác",
    }
}

/// What happened. `superseded`: a later choice of the same visit counts instead of this one.
pub(super) fn event(what: &What, superseded: bool) -> &'static str {
    match what {
        What::Arrived(_) => "đến khám",
        What::ScannedAgain => "quét lại trong ngày",
        What::AlsoShown(_) => "đưa thêm giấy tờ khác",
        What::Chose(_) if superseded => "chọn sổ khám bệnh, sau đó chọn lại",
        What::Chose(_) => "chọn sổ khám bệnh",
        What::Guided(_) => "xem hướng dẫn",
        What::Hindered(_) => "nói vì sao chưa dùng VNeID",
        What::Integrated(_) => "nói kết quả tích hợp thẻ",
        What::Accompanied => "có người giám hộ đi cùng",
        What::GuidedByStaff => "nhân viên hướng dẫn",
        What::Helped => "nhân viên đã đến giúp",
        What::Corrected(_) => "nhân viên sửa lại",
        What::StaffCalled => "gọi nhân viên",
        What::CallRung => "loa đã gọi",
        What::CallTaken => "nhân viên báo đang đến",
        What::PinTried { .. } => "nhập mã PIN",
        What::PinChosen { .. } => "chọn mã PIN mới",
        What::PinReset { .. } => "hủy mã PIN cũ",
        What::StaffAdded { .. } => "thêm nhân viên",
        What::StaffRemoved { .. } => "nhân viên thôi dùng máy",
        What::DutyBegan { .. } => "vào ca trực",
        What::DutyEnded { .. } => "hết ca trực",
        What::DayClosed { .. } => "chốt sổ ngày",
        What::Exported { .. } => "xuất báo cáo",
        What::ExportFailed { .. } => "xuất báo cáo không thành công",
        What::Restored { .. } => "khôi phục dữ liệu từ bản sao",
        What::NumberEntered(_) => "nhập số liệu do nơi khác đếm",
        What::ReportDismissed { .. } => "thôi nhắc một báo cáo",
        What::Unreadable { cause } if cause.is_of_a_card() => "mã quét không đọc được",
        // Neither the reader nor a card is at fault.
        What::Unreadable { cause: _ } => "mã quét không phải thẻ",
        What::ReaderBabbled { .. } => "đầu đọc mã gửi dữ liệu vô nghĩa",
        What::ReaderLost => "mất kết nối với đầu đọc mã",
        What::ReaderFound => "đầu đọc mã hoạt động trở lại",
        What::Started { .. } => "chương trình bắt đầu chạy",
        What::Stopped => "chương trình dừng đúng cách",
        What::ClockKnown { .. } => "đã biết chắc ngày giờ",
        What::Dated { .. } => "đã rõ giờ đến, đúng ngày",
        What::MovedTo { .. } => "chuyển sang ngày khác",
        What::MovedFrom { .. } => "chuyển từ ngày khác",
        What::NotUnderstood => "phiên bản này không đọc được",
    }
}

/// What a sick reader sent within a minute.
pub(super) fn babbled(records: u64, bytes: u64) -> String {
    let records = format!("{} lần trong một phút", Count(records));
    if bytes == 0 { records } else { format!("{records}, bỏ {} byte", Count(bytes)) }
}

/// Which report is not reminded of any more, and why.
pub(super) fn dismissed(
    campaign: &str,
    from: StationDay,
    to: StationDay,
    reason: DismissalReason,
) -> String {
    let told = |day: StationDay| day.0.format("%d/%m/%Y");
    format!("{campaign}, từ {} đến {}: {}", told(from), told(to), dismissal(reason))
}

/// Why a report is not reminded of any more.
pub(crate) fn dismissal(reason: DismissalReason) -> &'static str {
    match reason {
        DismissalReason::SentOtherwise => "đã gửi bằng cách khác",
        DismissalReason::ToldElsewhere => "đã có trong báo cáo khác",
        DismissalReason::NotWanted => "nơi nhận không cần",
        DismissalReason::PlanChanged => "kế hoạch đã đổi",
        DismissalReason::Other => "lý do khác",
    }
}

/// How a visit came into the journal, where that is not the usual way.
pub(super) fn entry(entry: Entry) -> Option<&'static str> {
    match entry {
        Entry::Usual => None,
        Entry::Second => Some("lượt thứ hai trong ngày"),
        Entry::FromPaper => Some("nhập bù từ phiếu giấy"),
    }
}

/// What was put right, and why.
pub(super) fn correction(correction: &Correction) -> String {
    let reason = match correction.reason {
        CorrectionReason::Mistyped => "bấm nhầm",
        CorrectionReason::ChangedMind => "người bệnh đổi ý",
        CorrectionReason::Forgotten => "ghi sót",
        CorrectionReason::Checked => "đã hỏi lại người bệnh",
        CorrectionReason::Trial => "quét thử",
        CorrectionReason::Double => "ghi hai lần",
        CorrectionReason::Other => "lý do khác",
    };
    let fact = match correction.fact {
        Fact::Used(record) => used(record),
        Fact::Age(band) => age(band),
        Fact::Accompanied(true) => "có người giám hộ",
        Fact::Accompanied(false) => "không có người giám hộ",
        Fact::GuidedByStaff(true) => "có nhân viên hướng dẫn",
        Fact::GuidedByStaff(false) => "không có nhân viên hướng dẫn",
        Fact::Integration(result) => result.map_or("không tích hợp thẻ", integration),
        Fact::Obstacle(kind) => kind.map_or("không có vướng mắc", obstacle),
        Fact::Counts(true) => "vẫn tính là lượt khám",
        Fact::Counts(false) => "không tính là lượt khám",
    };
    format!("{reason}; sửa thành: {fact}")
}

/// How a PIN came to hold no longer.
pub(super) fn reset(way: ResetWay) -> &'static str {
    match way {
        ResetWay::Head => "do trưởng trạm",
        ResetWay::Command => "bằng lệnh trên máy",
        ResetWay::BootFile => "bằng tệp trên thẻ nhớ",
    }
}

/// Which closing of the day, and who did it.
pub(super) fn closing(number: u32, way: ClosingWay) -> String {
    let who = match way {
        ClosingWay::Head => "do trưởng trạm",
        ClosingWay::Itself => "máy tự chốt",
    };
    format!("lần {number}, {who}")
}

/// What was exported, and where to.
pub(super) fn exported(from: StationDay, to: StationDay, medium: Medium) -> String {
    let where_to = match medium {
        Medium::Stick => "ra USB",
        Medium::Folder => "ra thư mục",
    };
    let [from, to] = [from, to].map(|day| day.0.format("%d/%m/%Y").to_string());
    if from == to {
        format!("{where_to}, ngày {from}")
    } else {
        format!("{where_to}, từ ngày {from} đến ngày {to}")
    }
}

/// Which number was entered, and what it is.
pub(super) fn entered(entered: &EnteredNumber) -> String {
    let EnteredNumber { figure, number } = entered;
    match number {
        Some(number) => format!("{figure}: {number}"),
        None => format!("{figure}: bỏ số đã nhập"),
    }
}

/// Who vouches for the time.
pub(super) fn vouched(way: Vouched) -> &'static str {
    match way {
        Vouched::Network => "theo mạng",
        Vouched::ClockChip => "theo đồng hồ trong máy",
        Vouched::Staff => "do nhân viên đặt",
    }
}

/// The day that a visit counts for now, and why not this one.
pub(super) fn moved_to(day: StationDay) -> String {
    format!("chuyển sang ngày {} vì ngày giờ máy sai", day.0.format("%d/%m/%Y"))
}

/// The day that a visit stood in, and why not any more.
pub(super) fn moved_from(day: StationDay) -> String {
    format!("chuyển từ ngày {} vì ngày giờ máy sai", day.0.format("%d/%m/%Y"))
}

/// How far a guide was followed.
pub(super) fn reached(guidance: &Guidance) -> String {
    let Guidance { guide: _, version: _, reached, steps, finished } = guidance;
    if *finished {
        "xem hết".to_owned()
    } else {
        format!("đến bước {reached} trong {steps} bước")
    }
}

/// Whether the hour beside it can be trusted.
pub(super) fn clock(at: Moment) -> &'static str {
    if at.sure { "chắc chắn" } else { "chưa chắc" }
}

/// When a report was made, as a sentence.
pub(super) fn made(at: Moment) -> String {
    let when = at.local().format("%H:%M ngày %d/%m/%Y");
    let doubt =
        if at.sure { "" } else { " Khi đó đồng hồ của máy chưa chắc đúng giờ." };
    format!("Lập tại máy tiếp đón lúc {when}.{doubt}")
}
