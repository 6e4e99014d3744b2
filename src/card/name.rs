//! Names: whether one can be relied on, and what a person is called by.
//! Nobody is greeted by a damaged name; a name that is merely unusual is kept as it is written.

use zeroize::Zeroizing;

use super::charset;
use super::lost_letters;
use super::secret::{Address, GivenName, Name};
use super::warning::{Warning, Warnings};

impl Name {
    /// Judges the text of a name field.
    pub(super) fn judge(field: &str, warnings: &mut Warnings) -> Option<Self> {
        let name = single_spaced(field);
        // No name has a question mark.
        if is_damaged(&name) || name.contains('?') {
            warnings.add(Warning::NameUnreliable);
            return None;
        }
        let has_letter = name.chars().any(char::is_alphabetic);
        if !has_letter || !name.chars().all(belongs_in_a_name) {
            warnings.add(Warning::NameInvalid);
        }
        has_letter.then(|| Self::hold(&name))
    }

    /// What the person is called by: the last word ("Bưởi" of "Nguyễn Thị Bưởi").
    ///
    /// Ê Đê, Gia Rai, M'Nông and others put `Y`, `H'` and the like in front of the given name and
    /// the family name behind: "Y-Thử Byă" is called "Y-Thử", "H' Mẫu Niê" is called "H' Mẫu".
    /// Names in capitals are given back in title case: on a screen capitals shout.
    #[must_use]
    pub fn given(&self) -> GivenName {
        let name = self.reveal();
        let given = match name.split_once(' ') {
            Some((mark, rest)) if is_bare_mark(mark) => {
                let word = rest.split(' ').next().unwrap_or_default();
                name.get(..mark.len() + 1 + word.len()).unwrap_or(name)
            }
            Some((first, _)) if is_marked(first) => first,
            Some(_) | None => name.rsplit(' ').next().unwrap_or(name),
        };
        if given.chars().any(char::is_lowercase) {
            GivenName::hold(given)
        } else {
            GivenName::hold(&title_case(given))
        }
    }
}

impl Address {
    /// Judges the text of an address field. An absent address is the card's business, not ours.
    pub(super) fn judge(field: &str, warnings: &mut Warnings) -> Option<Self> {
        let address = field.trim();
        if is_damaged(address) {
            warnings.add(Warning::AddressUnreliable);
            return None;
        }
        (!address.is_empty()).then(|| Self::hold(address))
    }
}

/// Warns where letters or marks of a name are gone though what is left is good text.
pub(super) fn warn_of_lost_letters(
    name: Option<&Name>,
    address: Option<&Address>,
    warnings: &mut Warnings,
) {
    if lacks_diacritics(name, address) {
        warnings.add(Warning::NoDiacritics);
    } else {
        warn_of_doubtful_name(name, warnings);
    }
}

/// Warns where a name alone shows that something of it is gone.
pub(super) fn warn_of_doubtful_name(name: Option<&Name>, warnings: &mut Warnings) {
    if name.is_some_and(|name| lost_letters::shows_in(name.reveal())) {
        warnings.add(Warning::NameDoubtful);
    }
}

/// Whether Vietnamese letters are gone: nothing outside ASCII in the name nor in the address. A
/// name alone may well be plain ("Mai Lan Anh"), hardly an address with it.
fn lacks_diacritics(name: Option<&Name>, address: Option<&Address>) -> bool {
    name.is_some_and(|name| name.reveal().is_ascii())
        && address.is_none_or(|address| address.reveal().is_ascii())
}

/// Letters were lost: replaced by U+FFFD or `?`, or taken for another character set.
fn is_damaged(text: &str) -> bool {
    text.contains(char::REPLACEMENT_CHARACTER)
        || charset::looks_like_mojibake(text)
        || has_question_mark_for_letter(text)
}

/// A question mark inside a word or at its end stands for a letter; one alone, as in "Thôn 3 (?)",
/// was written.
fn has_question_mark_for_letter(text: &str) -> bool {
    text.contains('?')
        && text.split(|c: char| !c.is_alphabetic() && c != '?').any(|word| {
            word.contains('?')
                && (word.contains(char::is_alphabetic) || word.matches('?').count() > 1)
        })
}

/// Trimmed, and with one space between words.
fn single_spaced(text: &str) -> Zeroizing<String> {
    let mut spaced = Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// Letters of any script with their marks, and the signs in minorities' names.
fn belongs_in_a_name(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, ' ' | '-' | '–' | '.' | '~' | '\u{300}'..='\u{36f}')
        || is_apostrophe(c)
}

/// What stands for an apostrophe on keyboards and cards.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

/// The part after the leading `Y` or `H`, if a word begins with one.
fn after_mark(word: &str) -> Option<&str> {
    word.strip_prefix(['Y', 'H', 'y', 'h'])
}

/// `Y`, `H`, `H'`, `Y-` standing alone: the name comes as the next word.
fn is_bare_mark(word: &str) -> bool {
    after_mark(word).is_some_and(|rest| rest.chars().all(joins_mark))
}

/// `Y-Thử`, `H'Mẫu`, `H’Mẫu`: mark and name in one word.
fn is_marked(word: &str) -> bool {
    after_mark(word).is_some_and(|rest| rest.starts_with(joins_mark))
}

/// What stands between the mark and the name.
fn joins_mark(c: char) -> bool {
    matches!(c, '-' | '–') || is_apostrophe(c)
}

/// "Y-THỬ" → "Y-Thử".
fn title_case(capitals: &str) -> Zeroizing<String> {
    // A lower-case letter can be longer in UTF-8 than its capital, at most by half.
    let mut title = Zeroizing::new(String::with_capacity(capitals.len() * 2));
    let mut inside_word = false;
    for c in capitals.chars() {
        if inside_word {
            title.extend(c.to_lowercase());
        } else {
            title.push(c);
        }
        inside_word = c.is_alphabetic();
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(field: &str) -> (Option<String>, Vec<&'static str>) {
        let mut warnings = Warnings::default();
        let name = Name::judge(field, &mut warnings);
        (name.map(|name| name.reveal().to_owned()), warnings.iter().map(Warning::slug).collect())
    }

    #[test]
    fn people_are_called_by_the_name_their_custom_gives() {
        for (name, given) in [
            ("Nguyễn Thị Bưởi", "Bưởi"),
            ("NGUYỄN THỊ BƯỞI", "Bưởi"),
            ("Mẫu", "Mẫu"),
            ("Y-Thử Byă", "Y-Thử"),
            ("Y-THỬ BYĂ", "Y-Thử"),
            ("Y Thử Niê Kđăm", "Y Thử"),
            ("Y Thử", "Y Thử"),
            ("H'Mẫu Niê", "H'Mẫu"),
            ("H’Mẫu Niê", "H’Mẫu"),
            ("H-Mẫu Niê", "H-Mẫu"),
            ("H Mẫu Niê", "H Mẫu"),
            ("H' Mẫu Niê", "H' Mẫu"),
            ("Hồ Văn Mẫu", "Mẫu"),
            ("Ya Thử Mẫu", "Mẫu"),
            ("Y", "Y"),
            ("K'Thử", "K'Thử"),
        ] {
            assert_eq!(Name::hold(name).given().reveal(), given, "{name}");
        }
    }

    #[test]
    fn a_damaged_name_is_left_out_and_an_odd_one_is_kept() {
        for damaged in ["Nguy\u{fffd}n", "Nguy?n V?n M?u", "Nguyá»…n", "Váº", "Ä\u{fffd}"] {
            assert_eq!(judged(damaged), (None, vec!["name-unreliable"]), "{damaged}");
        }
        for empty in ["", "  ", "-", "12345", "'"] {
            assert_eq!(judged(empty), (None, vec!["name-invalid"]), "{empty}");
        }
        assert_eq!(judged("Mẫu 2").1, ["name-invalid"]);
        for good in ["Y-Thử Byă", "H’Mẫu Niê", "Đinh Nhơ̆t", "Čil Ŭ Ñ", "Lã", "A.B. Thử", "LÃ VÂN"]
        {
            assert_eq!(judged(good), (Some(good.to_owned()), vec![]), "{good}");
        }
    }

    #[test]
    fn spaces_in_names_are_single() {
        assert_eq!(judged("  Nguyễn \t Văn\u{a0} Mẫu ").0.unwrap(), "Nguyễn Văn Mẫu");
    }

    #[test]
    fn lost_marks_are_seen_only_when_the_address_lost_them_too() {
        let name = |text| Some(Name::hold(text));
        let address = |text| Some(Address::hold(text));
        let lacks = |n: Option<Name>, a: Option<Address>| lacks_diacritics(n.as_ref(), a.as_ref());
        assert!(lacks(name("NGUYEN THI MAU"), address("Ha Noi")));
        assert!(lacks(name("NGUYEN THI MAU"), None));
        assert!(!lacks(name("Mai Lan Anh"), address("Hà Nội")));
        assert!(!lacks(name("Nguyễn"), address("Ha Noi")));
        assert!(!lacks(None, address("Ha Noi")));
    }
}
