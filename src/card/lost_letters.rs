//! Signs that a name lost letters or marks on its way, though what is left is good text: "Nguyn Th
//! Bi" and "NGUYEN THI BUOI" of a Mrs Nguyễn Thị Bưởi. Rather nobody is called by a sound name
//! than a patient by half of one.

/// Words of Vietnamese names that are never written without marks: family names, and `Thị`, `Văn`
/// and the like, which are hardly ever given names. Toneless ones ("Phan Anh Minh") are not here.
const ALWAYS_MARKED: [&str; 44] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Võ", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương", "Lý", "Đinh", "Đào", "Đoàn", "Lương", "Trương", "Trịnh", "Tô", "Tạ", "Hà", "Lưu",
    "Mạc", "Vương", "Phùng", "Quách", "Tống", "Thạch", "Lâm", "Đàm", "Triệu", "Nông", "Lò", "Bế",
    "Sầm", "Thị", "Văn", "Đức", "Hữu", "Đình", "Ngọc",
];

/// Whether a name shows one of the signs.
pub(super) fn shows_in(name: &str) -> bool {
    let is_ascii = name.is_ascii();
    // What is left of a word is plain: a word with a mark has lost nothing that would show here.
    name.split(' ').enumerate().filter(|(_, word)| word.is_ascii()).any(|(place, word)| {
        is_without_vowel(word, place)
            || ALWAYS_MARKED.iter().any(|marked| {
                is_left_of(word, marked)
                    // Toneless words may be somebody's given name beside words with marks.
                    || is_ascii && place < 2 && is_plain_form(word, marked)
            })
    })
}

/// A word of two consonants or more and no vowel, or a single consonant as family name; `Y`, `H`
/// and `K` alone, and with an apostrophe, are marks in the names of several peoples.
fn is_without_vowel(word: &str, place: usize) -> bool {
    let letters = word.len();
    word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !word.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y'])
        && (letters > 1 || letters == 1 && place == 0 && !word.contains(['H', 'K', 'h', 'k']))
}

/// Whether a word is what stays of another when its letters with marks are lost, and differs from
/// it in nothing else. What stays of a short word can be a word too.
fn is_left_of(word: &str, marked: &str) -> bool {
    let left = marked.chars().filter(char::is_ascii);
    left.clone().count() >= 3
        && word.chars().map(|c| c.to_ascii_lowercase()).eq(left.map(|c| c.to_ascii_lowercase()))
}

/// Whether a word is another without its marks.
fn is_plain_form(word: &str, marked: &str) -> bool {
    use unicode_normalization::UnicodeNormalization as _;
    let plain = marked.nfd().filter_map(|c| match c {
        'Đ' => Some('d'),
        'đ' => Some('d'),
        c => c.is_ascii().then_some(c.to_ascii_lowercase()),
    });
    word.chars().map(|c| c.to_ascii_lowercase()).eq(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_lost_letters_shows_it() {
        for name in [
            "Nguyn Th Bi",
            "NGUYN TH BI",
            "NGUYEN THI BUOI",
            "Nguyen Thi Buoi",
            "Tran Van Hoa",
            "Trn Vn Hòa",
            "Phm Thị Hà",
            "L Bi",
            "Le Thi Hong",
            "Do Mau",
            "Hunh Anh",
            "Dang Minh",
        ] {
            assert!(shows_in(name), "{name}");
        }
    }

    #[test]
    fn sound_names_do_not() {
        for name in [
            "Phan Anh Minh",
            "PHAN ANH MINH",
            "Mai Lan Anh",
            "Cao Thanh Minh",
            "Nguyễn Thị Bưởi",
            "Nguyễn Văn Ho",
            "Y-Thử Byă",
            "Y Thử Niê Kđăm",
            "H' Mẫu Niê",
            "H'Mẫu Niê",
            "H Mẫu Niê",
            "K'Thử",
            "Ksor Minh",
            "Siu Thu",
            "Y Bhiu",
            "Rmah Lan",
            "Čil Ŭñ Kơ̆p",
            "A.B. Thử",
            "Lã",
            "Trương Anh",
            "",
        ] {
            assert!(!shows_in(name), "{name}");
        }
    }
}
