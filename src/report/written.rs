//! Cells as people in Vietnam write them, for pages that people read: 1.234; 12,5 %; 24/11/2026.
//! A rate has one decimal, as in the workbook; what holds nothing is blank, never zero.

use super::Cell;
use crate::event::Count;
use crate::figures::Share;

/// Stands where a number is not known.
pub(super) const UNKNOWN: &str = "–";

/// The words of a cell.
pub(super) fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Unknown => UNKNOWN.to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Number(count) => Count(*count).to_string(),
        Cell::Decimal(number) => number.to_string(),
        Cell::Share(share) => rate(*share).unwrap_or_default(),
        Cell::Day(day) => day.0.format("%d/%m/%Y").to_string(),
        Cell::Hour(hour) => format!("{hour}\u{a0}giờ"),
    }
}

/// What a rate is a rate of, such as `17/40`; `None` of nothing.
pub(super) fn counts(Share { part, whole }: Share) -> Option<String> {
    (whole > 0).then(|| format!("{}/{}", Count(part), Count(whole)))
}

/// A rate with one decimal, halves rounded up; `None` of nothing.
fn rate(Share { part, whole }: Share) -> Option<String> {
    let doubled = u128::from(part) * 2000 + u128::from(whole);
    let tenths = doubled.checked_div(u128::from(whole) * 2)?;
    let percent = Count(u64::try_from(tenths / 10).unwrap_or(u64::MAX));
    Some(format!("{percent},{}\u{a0}%", tenths % 10))
}

/// Whether the cell is a number, which stands below others by its last digit.
pub(super) fn is_number(cell: &Cell) -> bool {
    match cell {
        Cell::Unknown | Cell::Number(_) | Cell::Decimal(_) | Cell::Share(_) | Cell::Hour(_) => true,
        Cell::Blank | Cell::Text(_) | Cell::Day(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Hundredths;

    #[test]
    fn numbers_are_written_the_vietnamese_way() {
        assert_eq!(cell(&Cell::Number(123_456)), "123.456");
        assert_eq!(cell(&Cell::Decimal(Hundredths(9250))), "92,5");
        assert_eq!(cell(&Cell::Day("2026-11-24".parse().unwrap())), "24/11/2026");
        assert_eq!(cell(&Cell::Hour(7)), "7\u{a0}giờ");
    }

    #[test]
    fn a_rate_has_one_decimal_and_one_of_nothing_is_blank() {
        for (part, whole, written, of) in [
            (0, 40, "0,0\u{a0}%", Some("0/40")),
            (1, 8, "12,5\u{a0}%", Some("1/8")),
            (2, 3, "66,7\u{a0}%", Some("2/3")),
            (1, 2000, "0,1\u{a0}%", Some("1/2.000")),
            (1, 2001, "0,0\u{a0}%", Some("1/2.001")),
            (1999, 2000, "100,0\u{a0}%", Some("1.999/2.000")),
            (u64::MAX, 1, "18.446.744.073.709.551.615,0\u{a0}%", None),
            (0, 0, "", None),
        ] {
            let share = Share { part, whole };
            assert_eq!(cell(&Cell::Share(share)), written, "{part}/{whole}");
            if part < u64::MAX {
                assert_eq!(counts(share).as_deref(), of);
            }
        }
    }
}
