//! The TOML reader's errors in the words of the people who make them.

use toml::de::Error;

use super::problem::{Fault, quote};

/// Where an error stands, as a byte offset.
pub(super) fn offset(error: &Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// Whether what the line says is lost with the error. Of a key written twice the first stays.
pub(super) fn loses_its_line(error: &Error) -> bool {
    error.message() != "duplicate key"
}

/// What is wrong and how to write it, for the mistakes that people make.
pub(super) fn explain(error: &Error, text: &str) -> Fault {
    let message = error.message();
    let found = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    let begins = |start: &str| message.starts_with(start);
    if begins("duplicate key") {
        Fault::new(format!("{} đã ghi ở trên rồi", quote(found)), "chỉ giữ lại một chỗ")
    } else if begins("string values must be quoted") {
        unquoted(found)
    } else if message.contains(" string, expected `\"`")
        || message.contains(" string, expected `'`")
    {
        Fault::new("thiếu dấu nháy đóng", "thêm dấu nháy ở cuối phần chữ")
    } else if begins("missing escaped value") {
        Fault::new("dấu \\ đứng lẻ trong phần chữ", "viết hai lần: \\\\")
    } else if begins("unexpected key or value") {
        Fault::new(
            "thừa ký tự sau giá trị",
            "mỗi dòng chỉ ghi một khóa = giá trị; số lẻ viết dấu chấm, ví dụ 5.6",
        )
    } else if begins("key with no value") {
        Fault::new("thiếu dấu = và giá trị", "viết khóa = giá trị; dòng ghi chú bắt đầu bằng #")
    } else if begins("invalid unquoted key") || begins("unquoted keys") {
        Fault::new(
            "tên khóa chỉ gồm chữ không dấu, số và dấu gạch nối",
            "viết khóa như trong tệp mẫu; dòng ghi chú bắt đầu bằng #",
        )
    } else if begins("unclosed table") || begins("unclosed array table") {
        Fault::new("thiếu dấu ] đóng tên bảng", "viết tên bảng trong ngoặc vuông, ví dụ [station]")
    } else if begins("invalid boolean") {
        Fault::new(format!("{} không phải giá trị", quote(found)), "viết true hoặc false")
    } else if begins("invalid date") {
        Fault::new(
            format!("{} không phải một ngày", quote(found)),
            "viết năm-tháng-ngày đủ số, ví dụ 2026-11-05",
        )
    } else {
        Fault::new(
            format!("sai cách viết TOML ({message})"),
            "viết lại dòng này theo tệp mẫu cùng tên",
        )
    }
}

fn unquoted(found: &str) -> Fault {
    if found.trim().is_empty() {
        Fault::new(
            "thiếu giá trị sau dấu =",
            "ghi giá trị, hoặc xóa cả dòng để dùng giá trị mặc định",
        )
    } else if found.contains(['“', '”', '‘', '’']) {
        // Word processors bend them on their own.
        Fault::new("dấu nháy cong không dùng được", "thay bằng dấu nháy thẳng \"")
    } else if found.contains('/') && found.chars().all(|c| c.is_ascii_digit() || c == '/') {
        Fault::new(
            format!("{} không phải cách viết ngày", quote(found)),
            "viết năm-tháng-ngày đủ số, ví dụ 2026-11-05",
        )
    } else {
        Fault::new(
            format!("{} không phải giá trị", quote(found)),
            "phần chữ phải nằm trong dấu nháy kép, ví dụ name = \"Bàn 1\"",
        )
    }
}
