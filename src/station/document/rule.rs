//! What a single value must be. A rule takes a value and gives what it means, or what is wrong.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use chrono::NaiveDate;
use toml::de::DeValue;
use unicode_normalization::UnicodeNormalization as _;

use super::problem::{Fault, quote, shorten};
use super::table::nearest;

/// Text on one line, not empty, of at most `longest` characters. Comes back in NFC and trimmed:
/// some keyboards write Vietnamese letters in pieces, which count double and sort apart.
pub fn text(longest: usize) -> impl Fn(&DeValue<'_>) -> Result<String, Fault> {
    move |value| {
        let text: String = string(value)?.trim().nfc().collect();
        let length = text.chars().count();
        if text.is_empty() {
            Err(Fault::new("đang để trống", "ghi ít nhất một chữ"))
        } else if text.contains(char::is_control) {
            Err(Fault::new("có dấu xuống dòng hoặc ký tự lạ", "viết trên một dòng"))
        } else if length > longest {
            Err(Fault::new(
                format!("dài {length} ký tự, màn hình chỉ đủ chỗ cho {longest}"),
                "viết ngắn lại",
            ))
        } else {
            Ok(text)
        }
    }
}

/// Text that must have a form of its own, such as a code; `form` tells it, reading on after
/// "không đúng dạng", and `fix` how to write it.
pub fn parsed<T: FromStr>(form: &str, fix: &str) -> impl Fn(&DeValue<'_>) -> Result<T, Fault> {
    move |value| {
        let text = string(value)?;
        text.parse()
            .map_err(|_| Fault::new(format!("không đúng dạng {form}: {}", quote(text)), fix))
    }
}

/// One of a few words, each with its meaning.
pub fn word<T: Clone>(words: &[(&str, T)]) -> impl Fn(&DeValue<'_>) -> Result<T, Fault> {
    word_of_list(words, || format!("dùng một trong: {}", list(words.iter().map(|(word, _)| *word))))
}

/// One of more words than a message can name; `fix` tells where they stand.
pub fn word_of_list<T: Clone>(
    words: &[(&str, T)],
    fix: impl Fn() -> String,
) -> impl Fn(&DeValue<'_>) -> Result<T, Fault> {
    move |value| {
        let text = string(value)?;
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| meaning.clone()).ok_or_else(|| {
            let known = words.iter().map(|(word, _)| *word);
            let fix =
                nearest(text, known).map_or_else(&fix, |word| format!("sửa thành \"{word}\""));
            Fault::new(format!("không có giá trị {}", quote(text)), fix)
        })
    }
}

/// A list of at most `longest` values of one rule.
pub fn several<T>(
    longest: usize,
    rule: impl Fn(&DeValue<'_>) -> Result<T, Fault>,
) -> impl Fn(&DeValue<'_>) -> Result<Vec<T>, Fault> {
    move |value| {
        let array = value.as_array().ok_or_else(|| {
            wrong_type(value, "danh sách", "trong ngoặc vuông, cách nhau dấu phẩy")
        })?;
        if array.len() > longest {
            let message = format!("có {} mục, màn hình chỉ đủ chỗ cho {longest}", array.len());
            return Err(Fault::new(message, "bớt đi cho đủ"));
        }
        array.iter().map(|item| rule(item.get_ref())).collect()
    }
}

/// A whole number within a range.
pub fn whole(range: RangeInclusive<u32>) -> impl Fn(&DeValue<'_>) -> Result<u32, Fault> {
    move |value| {
        let integer = value
            .as_integer()
            .ok_or_else(|| wrong_type(value, "số nguyên", "không có dấu nháy"))?;
        u32::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| out_of_range(&integer.to_string(), range.start(), range.end()))
    }
}

/// One of a few whole numbers.
pub fn one_of(numbers: &[u32]) -> impl Fn(&DeValue<'_>) -> Result<u32, Fault> {
    move |value| {
        let number = whole(0..=u32::MAX)(value)?;
        if numbers.contains(&number) {
            Ok(number)
        } else {
            let fix = format!("dùng một trong: {}", list(numbers));
            Err(Fault::new(format!("không dùng được giá trị {number}"), fix))
        }
    }
}

/// A whole number of seconds within a range.
pub fn seconds(range: RangeInclusive<u32>) -> impl Fn(&DeValue<'_>) -> Result<Duration, Fault> {
    let rule = whole(range);
    move |value| Ok(Duration::from_secs(rule(value)?.into()))
}

/// A whole number of milliseconds within a range.
pub fn millis(range: RangeInclusive<u32>) -> impl Fn(&DeValue<'_>) -> Result<Duration, Fault> {
    let rule = whole(range);
    move |value| Ok(Duration::from_millis(rule(value)?.into()))
}

/// A number within a range, whole or with a decimal point.
pub fn decimal(range: RangeInclusive<f32>) -> impl Fn(&DeValue<'_>) -> Result<f32, Fault> {
    move |value| {
        let written = match (value.as_float(), value.as_integer()) {
            (Some(float), _) => float.as_str(),
            (None, Some(integer)) if integer.radix() == 10 => integer.as_str(),
            (None, _) => return Err(wrong_type(value, "số", "không có dấu nháy, ví dụ 5.6")),
        };
        written
            .parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| out_of_range(written, range.start(), range.end()))
    }
}

/// `true` or `false`.
pub fn flag(value: &DeValue<'_>) -> Result<bool, Fault> {
    value.as_bool().ok_or_else(|| {
        wrong_type(value, "true (có) hoặc false (không)", "chữ thường, không có dấu nháy")
    })
}

/// A calendar day without a time.
pub fn day(value: &DeValue<'_>) -> Result<NaiveDate, Fault> {
    value
        .as_datetime()
        .filter(|moment| moment.time.is_none())
        .and_then(|moment| moment.date)
        .and_then(|day| NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into()))
        .ok_or_else(|| {
            wrong_type(value, "một ngày", "năm-tháng-ngày, không có dấu nháy, ví dụ 2026-11-05")
        })
}

/// The text of a value.
///
/// # Errors
/// When the value is no text.
pub fn string<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Fault> {
    value.as_str().ok_or_else(|| wrong_type(value, "chữ", "trong dấu nháy kép, ví dụ \"Bàn 1\""))
}

/// Things in a row, for a message.
pub(super) fn list(things: impl IntoIterator<Item: Display>) -> String {
    let things: Vec<_> = things.into_iter().map(|thing| thing.to_string()).collect();
    things.join(", ")
}

fn wrong_type(value: &DeValue<'_>, wanted: &str, how: &str) -> Fault {
    let found = match value {
        DeValue::String(_) => "chữ",
        DeValue::Integer(_) => "số nguyên",
        DeValue::Float(_) => "số lẻ",
        DeValue::Boolean(_) => "true/false",
        DeValue::Datetime(_) => "ngày giờ",
        DeValue::Array(_) => "danh sách",
        DeValue::Table(_) => "bảng",
    };
    Fault::new(format!("phải là {wanted}, đang là {found}"), format!("viết {how}"))
}

fn out_of_range(found: &str, least: impl Display, most: impl Display) -> Fault {
    Fault::new(
        format!("phải từ {least} đến {most}, đang là {}", shorten(found)),
        "ghi một số trong khoảng đó",
    )
}
