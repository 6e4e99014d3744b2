//! `DOC-TOI.txt`: what somebody reads who finds the stick in a drawer three years later.

use std::fmt::Write as _;

use super::manifest::{Manifest, PUBLIC_KEY};
use super::words;

/// Without it, Windows' Notepad of some years ago shows Vietnamese as garbage.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text for an export, with the names of the station's own files. The same program tells of the
/// same export in the same words.
pub(super) fn text(manifest: &Manifest, names: &[&str]) -> Vec<u8> {
    let Manifest { origin, station_name, point_name, period, .. } = manifest;
    let mut files = String::new();
    for name in names {
        // A String takes everything.
        let _ = writeln!(files, "    {name}\n        {}", about(name));
    }
    let text = format!(
        "\
SỐ LIỆU TIẾP ĐÓN – {station_name}, {point_name}
Mã trạm {station}, mã điểm {point}
{days}
Lập lúc {made}

Thư mục này do máy tiếp đón của trạm lập. Trong đây không có họ tên, số thẻ
hay địa chỉ của người bệnh.

1. TRONG THƯ MỤC NÀY CÓ GÌ
{files}
2. MỞ THẾ NÀO
    Để xem và in: mở tệp .xlsx bằng Excel hoặc LibreOffice.
    Muốn sửa hay ghi chú, xin chép sang chỗ khác rồi sửa bản chép. Sửa ngay trong
    thư mục này thì khi kiểm tra sẽ báo là số liệu không còn nguyên vẹn.

3. KIỂM TRA CÒN NGUYÊN VẸN KHÔNG
    Trên máy có chương trình tiepdon:
        tiepdon verify THƯ_MỤC_NÀY
    Chương trình nói số liệu này của trạm nào, những ngày nào, có tệp nào bị sửa,
    bị xóa, bị thêm hay bị đổi tên không.

    Khóa của trạm có mã:
        {fingerprint}
    Khi cần chắc chắn đúng là trạm này ký, xin gọi điện cho trạm và đọc đối chiếu
    mã trên; hoặc dùng khóa công khai đã nhận từ trước:
        tiepdon verify THƯ_MỤC_NÀY --key KHÓA_ĐÃ_NHẬN.pem

    Không có chương trình tiepdon vẫn kiểm tra được chữ ký bằng openssl:
        openssl base64 -d -A -in MANIFEST.sig -out ../chu-ky
        openssl pkeyutl -verify -pubin -inkey {PUBLIC_KEY} -rawin -in MANIFEST.json -sigfile ../chu-ky
    MANIFEST.json ghi mã SHA-256 của từng tệp.

4. CẦN GIÚP
    Xin hỏi {station_name}, người phụ trách máy tiếp đón.
",
        station = origin.station,
        point = origin.point,
        days = words::period(*period),
        made = words::made(manifest),
        fingerprint = manifest.key.fingerprint(),
    );
    format!("{BYTE_ORDER_MARK}{}", text.replace('\n', "\r\n")).into_bytes()
}

/// What a file is, by how we name them.
fn about(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default();
    match (name.split(['_', '.']).next().unwrap_or_default(), ending) {
        ("chot-so", "json") => "Biên bản chốt sổ một ngày, để máy đọc.",
        ("chot-so", "sig") => "Chữ ký của biên bản chốt sổ cùng tên.",
        ("chot-so", _) => "Biên bản chốt sổ một ngày.",
        ("tong-hop", "xlsx") => "Bảng tổng hợp, mở bằng Excel.",
        ("tong-hop", _) => "Bảng tổng hợp, cho phần mềm khác đọc.",
        ("su-kien", "xlsx") => "Từng sự kiện, không có danh tính, mở bằng Excel.",
        ("su-kien", _) => "Từng sự kiện, không có danh tính, cho phần mềm khác đọc.",
        (_, "xlsx") => "Bảng tính, mở bằng Excel.",
        (_, "csv" | "json") => "Số liệu cho phần mềm khác đọc.",
        (_, _) if name == PUBLIC_KEY => "Khóa công khai của trạm, để kiểm tra chữ ký.",
        (_, _) => "Tệp kèm theo.",
    }
}
