//! State → properties. One function a page; every page's data is set when it is entered, and the
//! patient's data is emptied when nobody stands there.

use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _};
use slint::{ComponentHandle as _, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};
use tiepdon_ui as ui;
use tiepdon_ui::Kiosk;

use super::Screen;
use crate::card::ReaderSetting;
use crate::desk::{Address, Earlier, Patience, Patient, Place, Session, State, UnreadableScan};
use crate::event::{Moment, RecordUsed, UnreadableCause};
use crate::guide::{self, PhoneView, QrPicture, Step, Video};

/// The side of the video's QR on screen, in millimetres: room for a 60-letter address at 0.9 mm a
/// module.
const QR_MM: f32 = 42.0;

impl Screen {
    /// Shows where the desk stands.
    pub fn show(&self, state: &State) {
        let kiosk = self.kiosk();
        kiosk.set_staff_called(state.staff_called);
        kiosk.set_reader(if state.reader_missing {
            ui::ReaderState::Missing
        } else {
            ui::ReaderState::Ready
        });
        match &state.place {
            Place::Idle => {
                self.forget_patient();
                kiosk.set_page(ui::Page::Idle);
            }
            Place::Choosing(session) => {
                self.show_session(session);
                kiosk.set_page(ui::Page::Choice);
            }
            Place::Guiding { session, step, .. } => {
                self.show_session(session);
                self.show_step(*step);
                kiosk.set_page(ui::Page::Guide);
            }
            Place::Saving { session, .. } => {
                self.show_session(session);
                kiosk.set_page(ui::Page::Saving);
            }
            Place::Done { session, receipt } => {
                self.show_session(session);
                kiosk.set_receipt(ui::Receipt {
                    number: to_int(receipt.number.0),
                    used: used(receipt.used),
                    guided: receipt.guided,
                    again: receipt.again,
                });
                kiosk.set_page(ui::Page::Done);
            }
            Place::Unreadable(scan) => {
                self.forget_patient();
                kiosk.set_unreadable(unreadable(*scan));
                kiosk.set_reader_setting(reader_setting(scan.setting));
                kiosk.set_page(ui::Page::Unreadable);
            }
            Place::NotRecorded { session, .. } => {
                self.show_session(session);
                kiosk.set_trouble(ui::Trouble::NotRecorded);
                kiosk.set_page(ui::Page::Trouble);
            }
        }
    }

    /// Shows the time, or that nobody knows it.
    pub fn show_clock(&self, now: &Moment) {
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
        let minute = usize::try_from(now.local().minute()).unwrap_or_default();
        let (x, y) = RING.get(minute % RING.len()).copied().unwrap_or_default();
        // Two millimetres: more than a letter's stroke, less than what the frame has to spare.
        let step = (2.0 * self.pixels_per_mm) as i32;
        let kiosk = self.kiosk();
        kiosk.set_shift_x(x * step);
        kiosk.set_shift_y(y * step);
    }

    /// Shows today's figures.
    pub fn show_today(&self, arrivals: u64, vneid: u64) {
        let kiosk = self.kiosk();
        kiosk.set_arrivals_today(i32::try_from(arrivals).unwrap_or(i32::MAX));
        kiosk.set_vneid_today(i32::try_from(vneid).unwrap_or(i32::MAX));
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
        kiosk.set_seconds_left(0);
    }

    fn show_step(&self, number: u32) {
        let guide = &self.guide;
        let index = usize::try_from(number).unwrap_or_default().saturating_sub(1);
        let Some(step) = guide.steps.get(index) else { return };
        let kiosk = self.kiosk();
        kiosk.set_guide_title(guide.title.as_str().into());
        kiosk.set_guide_step(guide_step(step));
        kiosk.set_guide_step_number(to_int(number));
        kiosk.set_guide_step_count(i32::try_from(guide.steps.len()).unwrap_or(i32::MAX));
        self.show_video(guide.video.as_ref());
    }

    fn show_video(&self, video: Option<&Video>) {
        let url = video.map(|video| video.url.as_str().to_owned());
        if *self.video_shown.borrow() == url {
            return;
        }
        self.kiosk().set_video(video.map_or_else(ui::Video::default, |video| self.video(video)));
        *self.video_shown.borrow_mut() = url;
    }

    /// A code that does not fit is left out: the label and the short address still help.
    fn video(&self, video: &Video) -> ui::Video {
        let space = (QR_MM * self.pixels_per_mm) as usize;
        let code = guide::draw(video.url.as_str(), self.pixels_per_mm, space);
        ui::Video {
            present: code.is_ok(),
            label: video.label.as_str().into(),
            address: video.address.as_str().into(),
            code: code.map_or_else(|_| Image::default(), |picture| image(&picture)),
        }
    }
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
        },
        touch: step.touch.as_deref().unwrap_or_default().into(),
    }
}

/// Slint counts in `i32`; nothing on a screen is larger.
fn to_int(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
