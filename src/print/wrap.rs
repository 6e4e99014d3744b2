//! Words into lines.

use unicode_normalization::char::is_combining_mark;

/// Breaks `words` at their blanks into lines at most `room` wide, as few as possible. A word that
/// is wider alone is broken inside. A no-break space breaks no line.
pub(super) fn wrap(words: &str, room: f32, width_of: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(is_blank).filter(|word| !word.is_empty()) {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if width_of(&longer) <= room {
                *line = longer;
                continue;
            }
        }
        if width_of(word) <= room {
            lines.push(word.to_owned());
        } else {
            lines.extend(broken(word, room, &width_of));
        }
    }
    lines
}

/// As [`wrap`], with lines about as long as each other, so that no last line is one lonely word.
pub(super) fn wrap_evenly(words: &str, room: f32, width_of: impl Fn(&str) -> f32) -> Vec<String> {
    /// Halvings on the way to the narrowest room: to less than a part in a hundred.
    const HALVINGS: usize = 7;
    let mut best = wrap(words, room, &width_of);
    let count = best.len();
    if count < 2 {
        return best;
    }
    // Narrower than its widest word would break that word inside.
    let widest = words.split(is_blank).map(&width_of).fold(room / 2.0, f32::max);
    let (mut too_narrow, mut enough) = (widest.min(room), room);
    for _ in 0..HALVINGS {
        let tried = f32::midpoint(too_narrow, enough);
        let lines = wrap(words, tried, &width_of);
        if lines.len() == count {
            (best, enough) = (lines, tried);
        } else {
            too_narrow = tried;
        }
    }
    best
}

/// Where a line may break.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() && letter != '\u{a0}'
}

/// A word in parts at most `room` wide, each of one letter at least.
fn broken(word: &str, room: f32, width_of: impl Fn(&str) -> f32) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for letter in word.chars() {
        if let Some(part) = parts.last_mut() {
            let longer = format!("{part}{letter}");
            // An accent stays with its letter.
            if is_combining_mark(letter) || width_of(&longer) <= room {
                *part = longer;
                continue;
            }
        }
        parts.push(letter.to_string());
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every letter is one wide.
    fn count(words: &str) -> f32 {
        words.chars().count() as f32
    }

    #[test]
    fn lines_break_at_blanks_and_use_the_room() {
        let lines = |room| wrap("Mời ông bà hỏi nhân viên", room, count);
        assert_eq!(lines(100.0), ["Mời ông bà hỏi nhân viên"]);
        assert_eq!(lines(24.0), ["Mời ông bà hỏi nhân viên"]);
        assert_eq!(lines(23.0), ["Mời ông bà hỏi nhân", "viên"]);
        assert_eq!(lines(10.0), ["Mời ông bà", "hỏi nhân", "viên"]);
    }

    #[test]
    fn blanks_at_the_ends_and_in_a_row_are_one() {
        assert_eq!(wrap("  hai \n chữ ", 100.0, count), ["hai chữ"]);
        assert!(wrap(" ", 100.0, count).is_empty());
        assert!(wrap("", 100.0, count).is_empty());
    }

    #[test]
    fn a_no_break_space_holds_its_words_together() {
        assert_eq!(wrap("đúng 10\u{a0}số", 7.0, count), ["đúng", "10\u{a0}số"]);
    }

    #[test]
    fn a_word_wider_than_the_room_is_broken_inside_and_keeps_its_accents() {
        assert_eq!(wrap("xin abcdefgh đi", 3.0, count), ["xin", "abc", "def", "gh", "đi"]);
        assert_eq!(wrap("ae\u{302}\u{323}o", 1.0, count), ["a", "e\u{302}\u{323}", "o"]);
        for none in [0.0, -1.0, f32::NAN] {
            assert_eq!(wrap("ab c", none, count), ["a", "b", "c"]);
        }
    }

    #[test]
    fn even_lines_leave_no_word_alone() {
        let words = "Mời ông bà hỏi nhân viên";
        assert_eq!(wrap_evenly(words, 23.0, count), ["Mời ông bà", "hỏi nhân viên"]);
        assert_eq!(wrap_evenly(words, 24.0, count), [words]);
        assert_eq!(wrap_evenly("viên", 24.0, count), ["viên"]);
        assert_eq!(wrap_evenly("Dưới 14", 6.0, count), ["Dưới", "14"], "no word is broken for it");
        assert_eq!(wrap_evenly("Nghiêng đi", 9.0, count), ["Nghiêng", "đi"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_letter_is_lost(words in "[a-zạ ]{0,80}", room in 1_u8..40) {
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            let room = f32::from(room);
            let greedy = wrap(&words, room, count);
            let even = wrap_evenly(&words, room, count);
            prop_assert_eq!(greedy.len(), even.len());
            for lines in [greedy, even] {
                prop_assert!(lines.iter().all(|line| count(line) <= room));
                prop_assert_eq!(letters(&lines.concat()), letters(&words));
            }
        }
    }
}
