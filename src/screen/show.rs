//! State → properties. One function a page; every page's data is set when it is entered, and the
//! patient's data is emptied when nobody stands there.

use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _};
use slint::{ComponentHandle as _, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};
use tiepdon_ui as ui;
use tiepdon_ui::{Kiosk, Staff};

use super::{HallNumber, Kept, Lists, Screen};
use crate::card::{Code, Issuer, Misfit, NumberForm, ReaderSetting, TypedNumber, Verdict};
use crate::desk::{
    Address, Earlier, Look, Missing, Patience, Patient, Place, Reading, Receipt, Session, State,
    UnreadableScan,
};
use crate::event::{Count, Moment, RecordUsed, UnreadableCause};
use crate::guide::{self, Language, PhoneView, QrPicture, Step, Video};

/// The side of the video's QR on screen, in millimetres: room for a 60-letter address at 0.9 mm a
/// module.
const QR_MM: f32 = 42.0;

impl Screen {
    /// Shows where the desk stands.
    pub fn show(&self, state: &State) {
        let kiosk = self.kiosk();
        let is_seen = self.window.global::<Staff>().get_page() == ui::StaffPage::None;
        if self.finger.holds_patients_page(&self.window, state, is_seen) {
            return;
        }
        self.show_look(state.look);
        kiosk.set_waiting_number(state.waiting_number().map_or(0, |number| to_int(number.0)));
        kiosk.set_card_first(state.card_first);
        kiosk.set_reader(if state.reader_missing {
            ui::ReaderState::Missing
        } else {
            ui::ReaderState::Ready
        });
        match &state.session {
            Some(session) => self.show_session(session),
            None => self.forget_patient(),
        }
        match state.place {
            Place::Guiding(reading) => self.show_step(reading, state.look.language),
            Place::PickingGuide => self.show_guide_titles(state.look.language),
            Place::Bringing(missing) => kiosk.set_missing(match missing {
                Missing::Vneid => ui::Missing::Vneid,
                Missing::Level2 => ui::Missing::Level2,
                Missing::Smartphone => ui::Missing::Smartphone,
            }),
            Place::CheckingNumber(from) | Place::CopyingNumber(from) => {
                if let Some(session) = &state.session {
                    self.show_card_number(session, from.is_some());
                }
            }
            Place::Done(receipt) => kiosk.set_receipt(ui_receipt(receipt)),
            Place::Unreadable(scan) => {
                kiosk.set_unreadable(unreadable(scan));
                kiosk.set_reader_setting(reader_setting(scan.setting));
            }
            Place::NotRecorded => kiosk.set_trouble(ui::Trouble::NotRecorded),
            Place::Idle
            | Place::Notice
            | Place::Display
            | Place::Choosing
            | Place::GivingReason
            | Place::Preparing
            | Place::TellingResult(_)
            | Place::TellingCause(_)
            | Place::Saving => {}
        }
        kiosk.set_page(page(state.place));
        if state.session.is_none() {
            self.forget_words();
        }
    }

    /// A sentence is made anew only when it is asked for, and nobody asks for the greeting of a patient
    /// who has left: it would stay.
    fn forget_words(&self) {
        let words = self.window.global::<ui::Words>();
        let (_, _) = (words.get_greeting(), words.get_born());
    }

    pub(super) fn show_look(&self, look: Look) {
        let kiosk = self.kiosk();
        kiosk.set_large(look.large);
        kiosk.set_contrast(look.contrast);
        kiosk.set_low(look.low);
        kiosk.set_aloud(look.aloud);
        if self.language.replace(Some(look.language)) == Some(look.language) {
            return;
        }
        kiosk.set_language(match look.language {
            Language::Vietnamese => ui::Language::Vietnamese,
            Language::English => ui::Language::English,
            Language::Khmer => ui::Language::Khmer,
        });
        if let Err(error) = slint::select_bundled_translation(translation_of(look.language)) {
            tracing::error!(%error, "the screens stay in their language");
        }
    }

    /// Shows the time, or that nobody knows it.
    pub fn show_clock(&self, now: &Moment) {
        if self.finger.holds(&self.window) {
            return;
        }
        let local = now.local();
        self.kiosk().set_clock(ui::WallClock {
            weekday: to_int(local.weekday().number_from_monday()),
            day: to_int(local.day()),
            month: to_int(local.month()),
            year: local.year(),
            hour: to_int(local.hour()),
            minute: to_int(local.minute()),
            sure: now.sure,
        });
    }

    /// Moves the idle page a little, another way each minute, so that nothing burns in.
    pub fn shift(&self, now: &Moment) {
        const RING: [(i32, i32); 8] =
            [(0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1)];
        if self.finger.holds(&self.window) {
            return;
        }
        let minute = usize::try_from(now.local().minute()).unwrap_or_default();
        let (x, y) = RING.get(minute % RING.len()).copied().unwrap_or_default();
        // Two millimetres: more than a letter's stroke, less than what the frame has to spare.
        let step = (2.0 * self.pixels_per_mm.get()) as i32;
        let kiosk = self.kiosk();
        kiosk.set_shift_x(x * step);
        kiosk.set_shift_y(y * step);
    }

    /// Shows that the reader has begun to send, or that nothing more is heard of it.
    pub fn show_receiving(&self, receiving: bool) {
        self.kiosk().set_receiving(receiving);
    }

    /// Shows today's figures.
    pub fn show_today(&self, arrivals: u64, vneid: u64) {
        if self.finger.holds(&self.window) {
            return;
        }
        let kiosk = self.kiosk();
        kiosk.set_arrivals_today(i32::try_from(arrivals).unwrap_or(i32::MAX));
        kiosk.set_vneid_today(i32::try_from(vneid).unwrap_or(i32::MAX));
    }

    /// Shows this in the place of the hall's number on the idle page.
    pub fn show_hall(&self, number: &HallNumber) {
        if self.finger.holds(&self.window) {
            return;
        }
        let hall = match number {
            HallNumber::Today => ui::Hall::default(),
            HallNumber::Campaign { share, label, goal } => ui::Hall {
                kind: ui::HallKind::Campaign,
                words: label.as_str().into(),
                part: Count(share.part).to_string().into(),
                whole: Count(share.whole).to_string().into(),
                share: share.ratio().unwrap_or_default() as f32,
                goal: goal.map_or(-1, to_int),
            },
            HallNumber::Line(line) => ui::Hall {
                kind: ui::HallKind::Line,
                words: line.as_str().into(),
                ..ui::Hall::default()
            },
        };
        self.kiosk().set_hall(hall);
    }

    fn kiosk(&self) -> Kiosk<'_> {
        self.window.global::<Kiosk>()
    }

    fn show_session(&self, session: &Session) {
        let kiosk = self.kiosk();
        kiosk.set_patient(patient(&session.patient));
        kiosk.set_earlier(session.earlier.as_ref().map_or_else(ui::Earlier::default, earlier));
        kiosk.set_seconds_left(match session.patience {
            Patience::Calm => 0,
            Patience::Warned { seconds } => to_int(seconds),
        });
    }

    /// Nothing of a patient stays in the window's properties or its accessible tree.
    fn forget_patient(&self) {
        let kiosk = self.kiosk();
        kiosk.set_patient(ui::Patient::default());
        kiosk.set_earlier(ui::Earlier::default());
        kiosk.set_receipt(ui::Receipt::default());
        self.lists.signs.show([]);
        self.lists.letters.show([]);
        kiosk.set_card_number(ui::CardNumber {
            signs: self.lists.signs.model(),
            letters: self.lists.letters.model(),
            ..ui::CardNumber::default()
        });
        kiosk.set_seconds_left(0);
    }

    fn show_guide_titles(&self, language: Language) {
        let titles = self.guides.iter().map(|lesson| {
            let translation = lesson.translation(language);
            let title = translation.map_or(&lesson.guide.title, |words| &words.title);
            SharedString::from(title.as_str())
        });
        self.lists.guide_titles.show(titles);
    }

    fn show_step(&self, reading: Reading, language: Language) {
        let Some(lesson) = self.guides.iter().nth(reading.guide) else { return };
        let index = usize::try_from(reading.step).unwrap_or_default().saturating_sub(1);
        let Some(step) = lesson.guide.steps.get(index) else { return };
        let words = lesson.translation(language);
        let title = words.map_or(&lesson.guide.title, |words| &words.title);
        let mut shown = guide_step(step);
        if let Some(words) = words.and_then(|words| words.steps.get(index)) {
            shown.title = words.title.as_str().into();
            shown.body = words.body.as_str().into();
        }
        let kiosk = self.kiosk();
        kiosk.set_guide_title(title.as_str().into());
        kiosk.set_guide_step(shown);
        kiosk.set_guide_step_number(to_int(reading.step));
        kiosk.set_guide_step_count(i32::try_from(lesson.guide.steps.len()).unwrap_or(i32::MAX));
        let label = words.and_then(|words| words.video_label.as_deref());
        self.show_video(lesson.guide.video.as_ref(), label);
    }

    fn show_card_number(&self, session: &Session, in_guide: bool) {
        let number = &session.card_number;
        let possible = number.possible();
        *self.possible.borrow_mut() = possible.signs().to_owned();
        let kiosk = self.kiosk();
        kiosk.set_sends(ui::Sends {
            made: session.sends.made.into(),
            spent: session.sends.are_spent(),
            in_guide,
        });
        kiosk.set_card_number(ui::CardNumber {
            citizen_card_shown: session.citizen_card_shown,
            ..card_number(&self.lists, number, possible.signs())
        });
    }

    /// `label`: what it is, in another language than its guide's own.
    fn show_video(&self, video: Option<&Video>, label: Option<&str>) {
        let shown = video
            .map(|video| (video.url.as_str().to_owned(), label.unwrap_or(&video.label).to_owned()));
        if *self.video_shown.borrow() == shown {
            return;
        }
        let drawn = video.map_or_else(ui::Video::default, |video| self.video(video, label));
        self.kiosk().set_video(drawn);
        *self.video_shown.borrow_mut() = shown;
    }

    /// A code that does not fit is left out: the label and the short address still help.
    fn video(&self, video: &Video, label: Option<&str>) -> ui::Video {
        let px_per_mm = self.pixels_per_mm.get();
        let space = (QR_MM * px_per_mm) as usize;
        let code = guide::draw(video.url.as_str(), px_per_mm, space);
        ui::Video {
            present: code.is_ok(),
            label: label.unwrap_or(&video.label).into(),
            address: video.address.as_str().into(),
            code: code.map_or_else(|_| Image::default(), |picture| image(&picture)),
        }
    }
}

fn page(place: Place) -> ui::Page {
    match place {
        Place::Idle => ui::Page::Idle,
        Place::Notice => ui::Page::Notice,
        Place::Display => ui::Page::Display,
        Place::Choosing => ui::Page::Choice,
        Place::GivingReason => ui::Page::Reason,
        Place::Preparing => ui::Page::Prepare,
        Place::Bringing(_) => ui::Page::Bring,
        Place::PickingGuide => ui::Page::Guides,
        Place::Guiding(_) => ui::Page::Guide,
        Place::CheckingNumber(_) => ui::Page::CheckNumber,
        Place::CopyingNumber(_) => ui::Page::CopyNumber,
        Place::TellingResult(_) => ui::Page::Result,
        Place::TellingCause(_) => ui::Page::Cause,
        Place::Saving => ui::Page::Saving,
        Place::Done(_) => ui::Page::Done,
        Place::Unreadable(_) => ui::Page::Unreadable,
        Place::NotRecorded => ui::Page::Trouble,
    }
}

/// The folder of translations; Vietnamese stands in the pages themselves.
fn translation_of(language: Language) -> &'static str {
    match language {
        Language::Vietnamese => "",
        Language::English | Language::Khmer => language.code(),
    }
}

fn ui_receipt(receipt: Receipt) -> ui::Receipt {
    ui::Receipt {
        number: to_int(receipt.number.0),
        used: used(receipt.used),
        guided: receipt.guided,
        again: receipt.again,
    }
}

fn card_number(lists: &Lists, number: &TypedNumber, possible: &str) -> ui::CardNumber {
    let count = |count: usize| i32::try_from(count).unwrap_or_default();
    let strings = |list: &Kept<SharedString>, text: &str| {
        list.show(text.chars().map(SharedString::from));
        list.model()
    };
    let letters: String = possible.chars().filter(char::is_ascii_alphabetic).collect();
    let verdict = number.verdict();
    let form = number.form();
    let [codes, digits] = number.parts();
    let [first_gap, second_gap, third_gap] = form.box_gaps().map(count);
    let (least, greatest) = form.benefits;
    // Before the first character nobody knows which form it will be.
    let typed = number.signs().len();
    let length = if typed == 0 { number.longest() } else { number.length().max(typed) };
    ui::CardNumber {
        signs: strings(&lists.signs, number.signs()),
        length: count(length),
        missing: match verdict {
            Verdict::Incomplete { missing } => count(missing),
            Verdict::Wrong { .. } | Verdict::TooLong { .. } | Verdict::Right => 0,
        },
        first_gap,
        second_gap,
        third_gap,
        too_long: match verdict {
            Verdict::TooLong { length, .. } => count(length),
            Verdict::Wrong { .. } | Verdict::Incomplete { .. } | Verdict::Right => 0,
        },
        personal: matches!(verdict, Verdict::TooLong { is_personal: true, .. }),
        scanned: number.is_scanned(),
        citizen_card_shown: false,
        cursor: count(number.cursor()),
        misfit: match verdict {
            Verdict::Wrong { misfit: Misfit::Group, .. } => ui::Misfit::Group,
            Verdict::Wrong { misfit: Misfit::Benefit, .. } => ui::Misfit::Benefit,
            Verdict::Wrong { misfit: Misfit::Unit, .. } => ui::Misfit::Unit,
            Verdict::Wrong { misfit: Misfit::Letter, .. } => ui::Misfit::Letter,
            Verdict::Wrong { misfit: Misfit::Digit, .. } => ui::Misfit::Digit,
            Verdict::Incomplete { .. } | Verdict::TooLong { .. } | Verdict::Right => {
                ui::Misfit::None
            }
        },
        least_benefit: least.to_string().into(),
        greatest_benefit: greatest.to_string().into(),
        unit_place: count(form.unit_place().unwrap_or_default()),
        units: units(form, number.issuer()).into(),
        right: verdict == Verdict::Right,
        issuer: match number.issuer() {
            Issuer::SocialInsurance => ui::Issuer::SocialInsurance,
            Issuer::Police => ui::Issuer::Police,
            Issuer::Army => ui::Issuer::Army,
        },
        letters: strings(&lists.letters, &letters),
        group_codes: codes.as_str().into(),
        group_digits: digits.as_str().into(),
    }
}

/// The units of an issuer; of social insurance, which has all others, those it has not.
fn units(form: &NumberForm, issuer: Issuer) -> String {
    let codes: Vec<Code> = match issuer {
        Issuer::Police => form.police_units.clone(),
        Issuer::Army => form.army_units.clone(),
        Issuer::SocialInsurance => form.reserved_units().collect(),
    };
    codes.iter().map(Code::to_string).collect::<Vec<_>>().join(", ")
}

fn image(picture: &QrPicture) -> Image {
    let side = u32::try_from(picture.side_px).unwrap_or_default();
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (pixel, luma) in buffer.make_mut_slice().iter_mut().zip(&picture.pixels) {
        *pixel = Rgb8Pixel { r: *luma, g: *luma, b: *luma };
    }
    Image::from_rgb8(buffer)
}

fn patient(patient: &Patient) -> ui::Patient {
    ui::Patient {
        address: match patient.address {
            Address::Neutral => ui::Address::Neutral,
            Address::Grandfather => ui::Address::Grandfather,
            Address::Grandmother => ui::Address::Grandmother,
            Address::Brother => ui::Address::Brother,
            Address::Sister => ui::Address::Sister,
            Address::Child => ui::Address::Child,
        },
        given_name: patient
            .given_name
            .as_ref()
            .map_or_else(SharedString::default, |name| SharedString::from(name.reveal())),
        birth_year: patient.birth_year.unwrap_or_default(),
    }
}

fn earlier(earlier: &Earlier) -> ui::Earlier {
    let arrived: DateTime<FixedOffset> = earlier.arrived.local();
    ui::Earlier {
        known: true,
        sure: earlier.arrived.sure,
        hour: to_int(arrived.hour()),
        minute: to_int(arrived.minute()),
        chosen: earlier.used.is_some(),
        used: used(earlier.used.unwrap_or(RecordUsed::Neither)),
    }
}

fn used(record: RecordUsed) -> ui::Used {
    match record {
        RecordUsed::Vneid => ui::Used::Vneid,
        RecordUsed::Paper => ui::Used::Paper,
        RecordUsed::Neither => ui::Used::Neither,
    }
}

fn unreadable(scan: UnreadableScan) -> ui::Unreadable {
    if scan.setting.is_some() {
        return ui::Unreadable::ReaderSettings;
    }
    match scan.cause {
        UnreadableCause::FieldCount | UnreadableCause::Truncated | UnreadableCause::BadId => {
            ui::Unreadable::Damaged
        }
        UnreadableCause::WrongSeparator => ui::Unreadable::ReaderSettings,
        UnreadableCause::WebAddress => ui::Unreadable::WebAddress,
        UnreadableCause::Payment => ui::Unreadable::Payment,
        UnreadableCause::TooLong | UnreadableCause::Unknown => ui::Unreadable::NotACard,
    }
}

fn reader_setting(setting: Option<ReaderSetting>) -> ui::ReaderSetting {
    match setting {
        None => ui::ReaderSetting::Unknown,
        Some(ReaderSetting::SerialMode) => ui::ReaderSetting::SerialMode,
        Some(ReaderSetting::Utf8Output) => ui::ReaderSetting::Utf8Output,
        Some(ReaderSetting::PlainData) => ui::ReaderSetting::PlainData,
        Some(ReaderSetting::NoCodeId) => ui::ReaderSetting::NoCodeId,
        Some(ReaderSetting::EndSuffix) => ui::ReaderSetting::EndSuffix,
    }
}

fn guide_step(step: &Step) -> ui::GuideStep {
    ui::GuideStep {
        title: step.title.as_str().into(),
        body: step.body.as_str().into(),
        view: match step.view {
            PhoneView::Home => ui::PhoneView::Home,
            PhoneView::Login => ui::PhoneView::Login,
            PhoneView::Wallet => ui::PhoneView::Wallet,
            PhoneView::List => ui::PhoneView::List,
            PhoneView::Form => ui::PhoneView::Form,
            PhoneView::Sent => ui::PhoneView::Sent,
            PhoneView::History => ui::PhoneView::History,
            PhoneView::Store => ui::PhoneView::Store,
            PhoneView::Passcode => ui::PhoneView::Passcode,
            PhoneView::Book => ui::PhoneView::Book,
            PhoneView::Visits => ui::PhoneView::Visits,
            PhoneView::Family => ui::PhoneView::Family,
            PhoneView::Counter => ui::PhoneView::Counter,
        },
        touch: step.touch.as_deref().unwrap_or_default().into(),
        check_number: step.check_number,
    }
}

/// Slint counts in `i32`; nothing on a screen is larger.
fn to_int(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
