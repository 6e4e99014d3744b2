//! The Vietnamese words of exports for everything the event catalogue can say.
//!
//! Chosen so that no spreadsheet takes them for something else: "14–59" or "bước 3/5" would become
//! dates.

use crate::event::{
    AgeBand, CardKind, Guidance, IntegrationResult, Moment, Obstacle, RecordUsed, Source,
    UnreadableCause, What,
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
        UnreadableCause::Unknown => "mã không rõ loại",
    }
}

/// What stands between a patient and VNeID.
pub(super) fn obstacle(obstacle: Obstacle) -> &'static str {
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
        What::Chose(_) if superseded => "chọn sổ khám bệnh, sau đó chọn lại",
        What::Chose(_) => "chọn sổ khám bệnh",
        What::Guided(_) => "xem hướng dẫn",
        What::Hindered(_) => "nói vì sao chưa dùng VNeID",
        What::Integrated(_) => "nói kết quả tích hợp thẻ",
        What::StaffCalled => "gọi nhân viên",
        What::Unreadable { cause: _ } => "mã quét không đọc được",
        What::ReaderLost => "mất kết nối với đầu đọc mã",
        What::ReaderFound => "đầu đọc mã hoạt động trở lại",
        What::Started { .. } => "chương trình bắt đầu chạy",
        What::Stopped => "chương trình dừng đúng cách",
    }
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
