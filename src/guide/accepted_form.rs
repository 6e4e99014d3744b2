//! `[[number-form]]` in a guide that asks for the number of the BHYT card: which forms are taken,
//! who said so, and when somebody last looked. A changed rule is a changed file.

use chrono::NaiveDate;
use toml::de::DeValue;

use crate::card::{Code, LONGEST_NUMBER, NumberForm, Pattern, PatternError};
use crate::station::document::{Fault, Reported, Table, quote, rule};

/// One form that the number may have, as its guide tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedForm {
    /// What it is called, at most 40 characters.
    pub name: String,
    /// What belongs at every place.
    pub form: NumberForm,
    /// Who says so, at most 160 characters.
    pub source: String,
    /// The day somebody last looked there.
    pub checked_on: NaiveDate,
}

/// As many forms as a guide may have.
pub(super) const MOST_FORMS: usize = 8;

/// More groups than anyone has counted; there are 43 today.
const MOST_GROUPS: usize = 200;
/// Units of police or army; there is one each today.
const MOST_UNITS: usize = 20;
const LONGEST_NAME: usize = 40;
const LONGEST_SOURCE: usize = 160;

const GROUPS: &str = "[\"DN\", \"GD\"]";

impl AcceptedForm {
    pub(super) fn read(table: &mut Table<'_>) -> Result<Self, Reported> {
        let name = table.required("name", "\"10 chữ số\"", rule::text(LONGEST_NAME));
        let longest = u32::try_from(LONGEST_NUMBER).unwrap_or(u32::MAX);
        let length = table.required("length", "10", rule::whole(1..=longest));
        let read = table.required("pattern", "\"9999999999\"", pattern);
        let has = |asked: fn(&Pattern) -> bool| read.as_ref().ok().map(asked);
        let groups = part(table, "groups", GROUPS, has(Pattern::has_group), codes_of_groups);
        let benefits = part(table, "benefits", "\"1-5\"", has(Pattern::has_benefit), benefits);
        let police =
            part(table, "police-units", "[\"98\"]", has(Pattern::has_unit), codes_of_units);
        let army = part(table, "army-units", "[\"97\"]", has(Pattern::has_unit), codes_of_units);
        let source = table.required("source", "\"Công văn số …\"", rule::text(LONGEST_SOURCE));
        let checked_on = table.required("checked-on", "2026-11-05", rule::day);
        let (length, pattern) = (length?, read?);
        let places = pattern.length();
        if usize::try_from(length) != Ok(places) {
            return Err(table.fault(
                "length",
                Fault::new(
                    format!("là {length}, mà pattern có {places} chỗ"),
                    "đếm lại số ký tự trên thẻ rồi sửa một trong hai",
                ),
            ));
        }
        Ok(Self {
            name: name?,
            form: NumberForm {
                pattern,
                groups: groups?.unwrap_or_default(),
                benefits: benefits?.unwrap_or(('1', '5')),
                police_units: police?.unwrap_or_default(),
                army_units: army?.unwrap_or_default(),
            },
            source: source?,
            checked_on: checked_on?,
        })
    }
}

/// What a part of the pattern needs: it must be there if the pattern has that part, and must not if
/// it has none. `needed` is not known while the pattern is wrong.
fn part<T>(
    table: &mut Table<'_>,
    key: &'static str,
    example: &str,
    needed: Option<bool>,
    rule: impl Fn(&DeValue<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Reported> {
    if needed == Some(true) {
        return table.required(key, example, rule).map(Some);
    }
    let value = table.optional(key, rule)?;
    if needed == Some(false) && value.is_some() {
        let fault =
            Fault::new("thừa, vì pattern không có phần ấy", "xóa dòng này hoặc sửa pattern");
        return Err(table.fault(key, fault));
    }
    Ok(value)
}

fn pattern(value: &DeValue<'_>) -> Result<Pattern, Fault> {
    Pattern::read(rule::string(value)?).map_err(|error| match error {
        PatternError::Length(places) => Fault::new(
            format!("có {places} chỗ, phải từ 1 đến {LONGEST_NUMBER}"),
            "mỗi ký tự của số thẻ là một chữ trong pattern",
        ),
        PatternError::Sign { sign, place } => Fault::new(
            format!("có chữ lạ {} ở chỗ thứ {place}", quote(&sign.to_string())),
            "chỉ dùng: 9 chữ số, A chữ cái, GG mã đối tượng, B mức hưởng, UU đơn vị cấp thẻ",
        ),
        PatternError::Pair(sign) => Fault::new(
            format!("phải có đúng hai chữ {sign} đứng liền nhau"),
            format!("viết {sign}{sign}, chỉ một lần"),
        ),
        PatternError::TwoBenefits => {
            Fault::new("có nhiều hơn một chữ B", "mức hưởng chỉ có một ký tự: giữ lại một chữ B")
        }
    })
}

fn codes_of_groups(value: &DeValue<'_>) -> Result<Vec<Code>, Fault> {
    let code = |value: &DeValue<'_>| {
        let text = rule::string(value)?;
        Code::of_group(text).ok_or_else(|| {
            Fault::new(
                format!("có mã {} không đúng dạng", quote(text)),
                "mỗi mã là hai chữ in hoa không dấu, ví dụ \"GD\"",
            )
        })
    };
    filled(rule::several(MOST_GROUPS, code)(value)?)
}

fn codes_of_units(value: &DeValue<'_>) -> Result<Vec<Code>, Fault> {
    let code = |value: &DeValue<'_>| {
        let text = rule::string(value)?;
        Code::of_unit(text).ok_or_else(|| {
            Fault::new(
                format!("có đơn vị {} không đúng dạng", quote(text)),
                "mỗi đơn vị là hai chữ số trong dấu nháy, ví dụ \"97\"",
            )
        })
    };
    filled(rule::several(MOST_UNITS, code)(value)?)
}

/// A list without anything in it would let no number through.
fn filled(codes: Vec<Code>) -> Result<Vec<Code>, Fault> {
    if codes.is_empty() {
        return Err(Fault::new("đang để trống", "ghi ít nhất một mã"));
    }
    Ok(codes)
}

/// The least and the greatest benefit: `1-5`.
fn benefits(value: &DeValue<'_>) -> Result<(char, char), Fault> {
    let text = rule::string(value)?;
    let signs: Vec<char> = text.chars().collect();
    match signs.as_slice() {
        [least, '-', most] if least.is_ascii_digit() && most.is_ascii_digit() && least <= most => {
            Ok((*least, *most))
        }
        _ => Err(Fault::new(
            format!("không đúng dạng: {}", quote(text)),
            "ghi số nhỏ nhất, gạch nối, số lớn nhất, ví dụ \"1-5\"",
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::card::{Issuer, NumberRule, TypedNumber, Verdict};
    use crate::guide::Guide;
    use crate::station::document::Source;

    const SAMPLE: &str = include_str!("../../kiosk-config/guides/tich-hop-bhyt.toml");

    const STEP: &str = "\
[[step]]
title = \"Nhập số thẻ\"
body = \"Nhập đúng số trên thẻ.\"
view = \"form\"
check-number = true
";

    const LONG: &str = "\
[[number-form]]
name = \"15 ký tự\"
length = 15
pattern = \"GGBUU9999999999\"
groups = [\"GD\", \"DN\"]
benefits = \"1-5\"
police-units = [\"98\"]
army-units = [\"97\"]
source = \"Phụ lục\"
checked-on = 2026-11-22
";

    const TWELVE: &str = "\
[[number-form]]
name = \"12 chữ số\"
length = 12
pattern = \"999999999999\"
source = \"Công văn thử\"
checked-on = 2026-11-22
";

    fn read(text: &str) -> Result<Guide, Vec<String>> {
        Guide::read("tich-hop-bhyt".parse().unwrap(), &Source::new("g.toml", text))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    fn guide(forms: &str) -> String {
        format!("version = 3\nchecked-on = 2026-11-05\ntitle = \"Mở VNeID\"\n{forms}{STEP}")
    }

    fn verdict(guide: &Guide, issuer: Issuer, text: &str) -> Verdict {
        let mut number = TypedNumber::default();
        number.set_rule(guide.number_rule().unwrap());
        number.set_issuer(issuer);
        text.chars().for_each(|sign| number.put(sign));
        number.verdict()
    }

    #[test]
    fn the_sample_says_what_holds_without_a_file() {
        let guide = read(SAMPLE).unwrap();
        assert_eq!(*guide.number_rule().unwrap(), NumberRule::default());
        assert!(guide.number_forms.iter().all(|form| form.source.contains("23/KH-UBND")));
    }

    #[test]
    fn a_guide_without_forms_leaves_the_rule_to_the_program() {
        assert_eq!(read(&guide("")).unwrap().number_rule(), None);
    }

    #[test]
    fn a_file_that_allows_twelve_digits_is_followed_and_one_that_does_not_is_too() {
        let social = Issuer::SocialInsurance;
        let both = read(&guide(&format!("{LONG}{TWELVE}"))).unwrap();
        assert_eq!(verdict(&both, social, "089150000001"), Verdict::Right);
        assert_eq!(verdict(&both, social, "GD4010000000051"), Verdict::Right);
        assert_eq!(verdict(&both, social, "0891500000"), Verdict::Incomplete { missing: 2 });
        let long = read(&guide(LONG)).unwrap();
        assert!(matches!(verdict(&long, social, "0"), Verdict::Wrong { position: 1, .. }));
        assert!(matches!(verdict(&long, social, "HS"), Verdict::Wrong { position: 1, .. }));
    }

    #[test]
    fn a_mistake_in_a_form_is_told_with_its_place_and_its_fix() {
        assert!(read(&guide(LONG)).is_ok());
        let twice = LONG.replace("[\"GD\", \"DN\"]", "[]");
        #[rustfmt::skip]
        let table: &[(&str, &str, &str)] = &[
            ("length = 15", "length = 14", "6:10: length là 14, mà pattern có 15 chỗ; đếm lại số ký tự trên thẻ rồi sửa một trong hai"),
            ("length = 15", "length = 16", "6:10: length phải từ 1 đến 15, đang là 16; ghi một số trong khoảng đó"),
            ("GGBUU9999999999", "GGBUU99999x9999", "7:11: pattern có chữ lạ \"x\" ở chỗ thứ 11; chỉ dùng: 9 chữ số, A chữ cái, GG mã đối tượng, B mức hưởng, UU đơn vị cấp thẻ"),
            ("GGBUU9999999999", "GBUU99999999999", "7:11: pattern phải có đúng hai chữ G đứng liền nhau; viết GG, chỉ một lần"),
            ("GGBUU9999999999", "GGBBUU999999999", "7:11: pattern có nhiều hơn một chữ B; mức hưởng chỉ có một ký tự: giữ lại một chữ B"),
            ("GGBUU9999999999", "", "7:11: pattern có 0 chỗ, phải từ 1 đến 15; mỗi ký tự của số thẻ là một chữ trong pattern"),
            ("GGBUU9999999999", "GGAUU9999999999", "9:12: benefits thừa, vì pattern không có phần ấy; xóa dòng này hoặc sửa pattern"),
            ("groups = [\"GD\", \"DN\"]\n", "", "4:1: [[number-form]] thiếu khóa groups; thêm dòng groups = [\"DN\", \"GD\"]"),
            ("[\"GD\", \"DN\"]", "[\"GD\", \"dn\"]", "8:10: groups có mã \"dn\" không đúng dạng; mỗi mã là hai chữ in hoa không dấu, ví dụ \"GD\""),
            (LONG, &twice, "8:10: groups đang để trống; ghi ít nhất một mã"),
            ("\"1-5\"", "\"5-1\"", "9:12: benefits không đúng dạng: \"5-1\"; ghi số nhỏ nhất, gạch nối, số lớn nhất, ví dụ \"1-5\""),
            ("\"1-5\"", "5", "9:12: benefits phải là chữ, đang là số nguyên; viết trong dấu nháy kép, ví dụ \"Bàn 1\""),
            ("[\"97\"]", "[97]", "11:14: army-units phải là chữ, đang là số nguyên; viết trong dấu nháy kép, ví dụ \"Bàn 1\""),
            ("[\"97\"]", "[\"7\"]", "11:14: army-units có đơn vị \"7\" không đúng dạng; mỗi đơn vị là hai chữ số trong dấu nháy, ví dụ \"97\""),
            ("source = \"Phụ lục\"\n", "", "4:1: [[number-form]] thiếu khóa source; thêm dòng source = \"Công văn số …\""),
            ("checked-on = 2026-11-22\n", "", "4:1: [[number-form]] thiếu khóa checked-on; thêm dòng checked-on = 2026-11-05"),
            ("[[number-form]]", "[[number-forms]]", "4:3: tệp này không có mục \"[[number-forms]]\"; sửa thành number-form"),
            ("check-number = true\n", "", "4:1: number-form không dùng đến, vì không bước nào có check-number = true; thêm check-number = true ở bước nhập số thẻ, hoặc xóa các mục [[number-form]]"),
        ];
        for (sound, broken, complaint) in table {
            let whole = guide(LONG);
            assert!(whole.contains(sound), "{sound}");
            let text = whole.replacen(sound, broken, 1);
            assert_eq!(read(&text), Err(vec![format!("g.toml:{complaint}")]), "{text}");
        }
    }
}
