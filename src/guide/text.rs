//! `guides/*.toml`: the words of a guide.

use std::sync::Arc;

use chrono::NaiveDate;
use toml::de::DeValue;

use super::HttpsUrl;
use super::accepted_form::{AcceptedForm, MOST_FORMS};
use crate::card::NumberRule;
use crate::station::GuideId;
use crate::station::document::{Fault, Problems, Reported, Source, Table, rule};

/// One guide, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// Its name in the journal and in `station.toml`.
    pub id: GuideId,
    /// Version of its words; stands in the journal with every patient who followed it.
    pub version: u32,
    /// The day somebody last went through its steps.
    pub checked_on: NaiveDate,
    /// What it teaches, at most 40 characters.
    pub title: String,
    /// Whether the patient is asked at the end how it went.
    pub asks_result: bool,
    /// Its steps, 1 to 12.
    pub steps: Vec<Step>,
    /// Where to see it again on one's own phone.
    pub video: Option<Video>,
    /// Which forms the number of the BHYT card may have, where a step asks for it. None: those that
    /// the program knows.
    pub number_forms: Vec<AcceptedForm>,
}

/// One step: one thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The thing to do, at most 40 characters.
    pub title: String,
    /// How to do it, at most 160 characters.
    pub body: String,
    /// What the drawing of the phone shows.
    pub view: PhoneView,
    /// The label to touch on the phone, exactly as the app writes it; none when nothing is.
    pub touch: Option<String>,
    /// Whether the number of the BHYT card is needed here, so that the kiosk offers to check it.
    pub check_number: bool,
}

/// What the drawing of the phone shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneView {
    /// The telephone's own start screen with its apps.
    Home,
    /// Logging in.
    Login,
    /// The app's first page, where the wallet ("Ví giấy tờ") is one of the tabs.
    Wallet,
    /// A list to choose from.
    List,
    /// Fields to fill in.
    Form,
    /// The request was sent.
    Sent,
    /// The requests so far ("Lịch sử").
    History,
    /// The app's page in the store.
    Store,
    /// The six digits that guard the wallet and the health book.
    Passcode,
    /// The health book's first page.
    Book,
    /// Past visits and vaccinations.
    Visits,
    /// The people in one's care.
    Family,
    /// No telephone: a desk with a person behind it, to go to.
    Counter,
}

impl PhoneView {
    const WORDS: [(&str, Self); 13] = [
        ("home", Self::Home),
        ("login", Self::Login),
        ("wallet", Self::Wallet),
        ("list", Self::List),
        ("form", Self::Form),
        ("sent", Self::Sent),
        ("history", Self::History),
        ("store", Self::Store),
        ("passcode", Self::Passcode),
        ("book", Self::Book),
        ("visits", Self::Visits),
        ("family", Self::Family),
        ("counter", Self::Counter),
    ];
}

/// A page or video to open on one's own phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Video {
    /// What it is, at most 40 characters.
    pub label: String,
    /// Where it leads, short enough to be read and typed; at most 40 characters.
    pub address: String,
    /// What the QR code holds.
    pub url: HttpsUrl,
}

/// Longest heading in characters: two lines of the guide page's large type.
pub(super) const LONGEST_TITLE: usize = 40;
/// Longest explanation in characters: four lines, and as much as people read while standing.
pub(super) const LONGEST_BODY: usize = 160;
/// Longest label of the app in characters; the longest known one has 41.
const LONGEST_TOUCH: usize = 45;

impl Guide {
    /// Reads a guide.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read(id: GuideId, source: &Source) -> Result<Self, Problems> {
        source.read(|root| {
            let version = root.required("version", "1", rule::whole(1..=9999));
            let checked_on = root.required("checked-on", "2026-11-05", rule::day);
            let title = root.required("title", "\"…\"", rule::text(LONGEST_TITLE));
            let asks_result = root.optional("asks-result", rule::flag);
            let steps = root.tables("step", 1..=12, Step::read);
            let video = root.optional_table("video", Video::read);
            let number_forms = root.tables("number-form", 0..=MOST_FORMS, AcceptedForm::read);
            let steps = steps?;
            let number_forms = number_forms?;
            if !number_forms.is_empty() && !steps.iter().any(|step| step.check_number) {
                return Err(root.fault("number-form", Fault::new(
                    "không dùng đến, vì không bước nào có check-number = true",
                    "thêm check-number = true ở bước nhập số thẻ, hoặc xóa các mục [[number-form]]",
                )));
            }
            Ok(Self {
                id,
                version: version?,
                checked_on: checked_on?,
                title: title?,
                asks_result: asks_result?.unwrap_or_default(),
                steps,
                video: video?,
                number_forms,
            })
        })
    }

    /// What it says of the number of the BHYT card; `None` where it says nothing.
    pub fn number_rule(&self) -> Option<Arc<NumberRule>> {
        NumberRule::of(self.number_forms.iter().map(|accepted| accepted.form.clone())).map(Arc::new)
    }
}

impl Step {
    fn read(step: &mut Table<'_>) -> Result<Self, Reported> {
        let title = step.required("title", "\"…\"", rule::text(LONGEST_TITLE));
        let body = step.required("body", "\"…\"", rule::text(LONGEST_BODY));
        let view = step.required("view", "\"home\"", rule::word(&PhoneView::WORDS));
        let touch = step.optional("touch", rule::text(LONGEST_TOUCH));
        let check_number = step.optional("check-number", rule::flag);
        Ok(Self {
            title: title?,
            body: body?,
            view: view?,
            touch: touch?,
            check_number: check_number?.unwrap_or_default(),
        })
    }
}

impl Video {
    fn read(video: &mut Table<'_>) -> Result<Self, Reported> {
        let label = video.required("label", "\"Xem video\"", rule::text(LONGEST_TITLE));
        let address = video.required("address", "\"example.vn\"", rule::text(LONGEST_TITLE));
        let url = video.required("url", "\"https://…\"", https);
        Ok(Self { label: label?, address: address?, url: url? })
    }
}

fn https(value: &DeValue<'_>) -> Result<HttpsUrl, Fault> {
    rule::string(value)?.parse().map_err(|refused: super::RefusedUrl| {
        Fault::new("không dùng làm mã QR được", refused.advice())
    })
}

#[cfg(test)]
mod tests {
    use super::{Guide, PhoneView, Source};
    use crate::guide::draw;

    const SAMPLE: &str = include_str!("../../kiosk-config/guides/tich-hop-bhyt.toml");

    fn read(text: &str) -> Result<Guide, Vec<String>> {
        Guide::read("tich-hop-bhyt".parse().unwrap(), &Source::new("g.toml", text))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    const STEP: &str = "\
[[step]]
title = \"Bấm vào VNeID\"
body = \"Ứng dụng có hình màu đỏ.\"
view = \"home\"
";

    /// The least that is a guide.
    fn short() -> String {
        format!("version = 3\nchecked-on = 2026-11-05\ntitle = \"Mở VNeID\"\n{STEP}")
    }

    #[test]
    fn a_guide_without_a_video_is_whole() {
        let guide = read(&short()).unwrap();
        assert_eq!(guide.version, 3);
        assert_eq!(guide.checked_on.to_string(), "2026-11-05");
        assert_eq!(guide.title, "Mở VNeID");
        let [step] = guide.steps.as_slice() else { panic!("one step") };
        assert_eq!(step.title, "Bấm vào VNeID");
        assert_eq!(step.body, "Ứng dụng có hình màu đỏ.");
        assert_eq!(step.view, PhoneView::Home);
        assert_eq!((&step.touch, &guide.video), (&None, &None));
        assert!(!guide.asks_result && !step.check_number);
    }

    /// The annex of plan 23/KH-UBND: what must stand in which step.
    #[test]
    fn the_sample_says_all_that_the_annex_says() {
        let guide = read(SAMPLE).unwrap();
        let annex: [&[&str]; 7] = [
            &["VNeID", "đã tích hợp rồi thì không gửi lại"],
            &["Đăng nhập", "mức 2", "căn cước"],
            &["“Ví giấy tờ”", "“Tích hợp thông tin”", "“Tạo mới yêu cầu”", "“Thẻ bảo hiểm y tế”"],
            &[
                "“Đơn vị cấp thẻ BHYT”",
                "“Số thẻ BHYT”",
                "10 số hoặc 15 ký tự",
                "“Tôi xác nhận các thông tin ở trên là đúng”",
            ],
            &["“Gửi yêu cầu”", "3 lần", "“Gửi yêu cầu thành công”", "“Lịch sử”"],
            &["“Lịch sử”", "“Tích hợp thêm thông tin khác”"],
            &["được duyệt", "10", "“quá số lần quy định”"],
        ];
        assert_eq!(guide.steps.len(), annex.len());
        for (step, words) in guide.steps.iter().zip(annex) {
            let said = format!("{} {}", step.title, step.body);
            for word in words {
                assert!(said.contains(word), "{word:?} in {said:?}");
            }
            assert!(step.title.split_whitespace().count() <= 6, "{}", step.title);
            assert!(step.body.matches(". ").count() <= 1, "two sentences: {}", step.body);
        }
    }

    #[test]
    fn the_link_of_the_sample_fits_beside_a_step() {
        let video = read(SAMPLE).unwrap().video.unwrap();
        assert!(video.url.as_str().contains(&video.address), "people see where it leads");
        // A third of the height of a full HD screen of 15.6 inches.
        let picture = draw(video.url.as_str(), 5.6, 360).unwrap();
        assert!(picture.side_px >= 300);
    }

    #[test]
    fn a_mistake_in_a_guide_is_told_with_its_place_and_its_fix() {
        let video =
            "[video]\nlabel = \"Xem\"\naddress = \"example.vn\"\nurl = \"https://example.vn\"";
        let short = short();
        assert!(read(&format!("{short}{video}")).is_ok());
        let http = video.replace("https", "http");
        let no_url = video.replace("url = \"https://example.vn\"", "");
        let thirteen = STEP.repeat(13);
        let long = format!("body = \"{}\"", "ạ".repeat(161));
        #[rustfmt::skip]
        let table: &[(&str, &str, &str)] = &[
            ("2026-11-05", "\"2026-11-05\"", "2:14: checked-on phải là một ngày, đang là chữ; viết năm-tháng-ngày, không có dấu nháy, ví dụ 2026-11-05"),
            ("2026-11-05", "2026-02-30", "2:14: \"2026-02-30\" không phải một ngày; viết năm-tháng-ngày đủ số, ví dụ 2026-11-05"),
            ("2026-11-05", "2026-11-05T07:00:00", "2:14: checked-on phải là một ngày, đang là ngày giờ; viết năm-tháng-ngày, không có dấu nháy, ví dụ 2026-11-05"),
            ("version = 3\n", "", "1:1: tệp này thiếu khóa version; thêm dòng version = 1"),
            ("\"home\"", "\"hom\"", "7:8: view không có giá trị \"hom\"; sửa thành \"home\""),
            ("\"home\"", "\"bìa\"", "7:8: view không có giá trị \"bìa\"; dùng một trong: home, login, wallet, list, form, sent, history, store, passcode, book, visits, family, counter"),
            ("view = \"home\"\n", "", "4:1: [[step]] thiếu khóa view; thêm dòng view = \"home\""),
            ("view = \"home\"\n", "view = \"home\"\ntuoch = \"VNeID\"", "8:1: [[step]] không có khóa \"tuoch\"; sửa thành touch"),
            ("[[step]]", "[step]", "4:1: step phải là một danh sách; viết mỗi mục dưới một dòng [[step]], hai lần ngoặc vuông"),
            ("[[step]]", "[[steps]]", "4:3: tệp này không có mục \"[[steps]]\"; sửa thành step"),
            (STEP, "", "1:1: tệp này thiếu mục [[step]]; thêm ít nhất 1 mục [[step]]"),
            (STEP, "step = []", "4:8: step có 0 mục, phải từ 1 đến 12; thêm bớt cho đủ"),
            (STEP, "step = [1]", "4:8: step có mục không phải là bảng; viết mỗi mục dưới một dòng [[step]], hai lần ngoặc vuông"),
            (STEP, &thirteen, "4:1: step có 13 mục, phải từ 1 đến 12; thêm bớt cho đủ"),
            ("body = \"Ứng dụng có hình màu đỏ.\"", &long, "6:8: body dài 161 ký tự, màn hình chỉ đủ chỗ cho 160; viết ngắn lại"),
            ("[[step]]", &format!("{http}\n[[step]]"), "7:7: url không dùng làm mã QR được; địa chỉ phải bắt đầu bằng https://"),
            ("[[step]]", &format!("{no_url}\n[[step]]"), "4:1: [video] thiếu khóa url; thêm dòng url = \"https://…\""),
            ("version", "video = true\nversion", "1:9: video phải là một bảng; viết [video] trên một dòng riêng"),
        ];
        for (sound, broken, complaint) in table {
            assert!(short.contains(sound));
            let text = short.replacen(sound, broken, 1);
            assert_eq!(read(&text), Err(vec![format!("g.toml:{complaint}")]), "{text}");
        }
    }
}
