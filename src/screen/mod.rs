//! The desk on a Slint window: [`desk::State`](crate::desk::State) in, presses out.
//!
//! Nothing is decided here and no sentence is made here: the Slint pages hold the words, the
//! `Kiosk` global is the whole border.

mod call;
mod fill;
mod finger;
mod headless;
mod kept;
mod passage;
mod picture;
mod show;
mod staff;
mod typeface;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use slint::platform::WindowEvent;
use slint::winit_030::WinitWindowAccessor as _;
use slint::winit_030::winit::window::Window;
use slint::{ComponentHandle as _, PlatformError, SharedString};
use tiepdon_ui as ui;
use tiepdon_ui::{Kiosk, KioskWindow, Staff};

use finger::Finger;
use kept::Kept;

pub use headless::Headless;
pub use passage::Passage;
pub use picture::PictureError;
pub use typeface::with_fonts;

use crate::card::Issuer;
use crate::configuration::Guides;
use crate::desk::{Change, Press};
use crate::display;
use crate::figures::Share;
use crate::guide::Language;
use crate::station::Station;

/// What stands in the hall's place of the idle page. Vietnamese; other languages see the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HallNumber {
    /// The number of the day.
    Today,
    /// That of the campaign so far.
    Campaign {
        /// The number.
        share: Share,
        /// What it is.
        label: String,
        /// Percent to be reached.
        goal: Option<u32>,
    },
    /// A line of the campaign.
    Line(String),
}

/// Every list of the pages, in its property for as long as the window lives.
#[derive(Default)]
struct Lists {
    guide_titles: Kept<SharedString>,
    /// Of the card's number.
    signs: Kept<SharedString>,
    letters: Kept<SharedString>,
    rows: Kept<ui::ArrivalRow>,
    bars: Kept<f32>,
    due: Kept<ui::Fact>,
    answers: Kept<SharedString>,
    chosen: Kept<bool>,
    facts: Kept<ui::Fact>,
    clock_boxes: Kept<SharedString>,
}

impl Lists {
    /// `signs` and `letters` are part of a struct and set with it.
    fn of(window: &KioskWindow) -> Self {
        let lists = Self::default();
        window.global::<Kiosk>().set_guide_titles(lists.guide_titles.model());
        let staff = window.global::<Staff>();
        staff.set_rows(lists.rows.model());
        staff.set_bars(lists.bars.model());
        staff.set_due(lists.due.model());
        staff.set_answers(lists.answers.model());
        staff.set_chosen(lists.chosen.model());
        staff.set_facts(lists.facts.model());
        staff.set_clock_boxes(lists.clock_boxes.model());
        lists
    }
}

/// The kiosk's window.
pub struct Screen {
    window: KioskWindow,
    guides: Guides,
    pixels_per_mm: Cell<f32>,
    /// The language on screen; `None` before the first.
    language: Cell<Option<Language>>,
    /// Address and label of the video that is drawn, so that paging through a guide does not draw
    /// it again.
    video_shown: RefCell<Option<(String, String)>>,
    /// What may stand at the cursor of the card's number.
    possible: Rc<RefCell<String>>,
    frame: Cell<i32>,
    finger: Finger,
    lists: Lists,
}

impl Screen {
    /// Opens the window; it appears with [`show_window`](Self::show_window).
    ///
    /// # Errors
    /// When there is no display or no renderer for it.
    pub fn open(station: &Station, guides: Guides) -> Result<Self, PlatformError> {
        // Before the window, which measures words as it is made and keeps what it measured.
        typeface::add_fallbacks();
        let window = KioskWindow::new()?;
        let kiosk = window.global::<Kiosk>();
        kiosk.set_station_name(station.name.as_str().into());
        kiosk.set_point_name(station.point_name.as_str().into());
        let pixels_per_mm = display::px_per_mm(station.px_per_mm, None, None);
        kiosk.set_pixels_per_mm(pixels_per_mm);
        let lists = Lists::of(&window);
        let possible = Rc::new(RefCell::new(String::new()));
        let may_stand = possible.clone();
        kiosk.on_may_stand(move |sign| may_stand.borrow().contains(sign.as_str()));
        Ok(Self {
            window,
            guides,
            pixels_per_mm: Cell::new(pixels_per_mm),
            language: Cell::new(None),
            video_shown: RefCell::default(),
            possible,
            frame: Cell::new(0),
            finger: Finger::default(),
            lists,
        })
    }

    /// Calls `press` for everything the patient presses and `touch` for every other touch or key.
    pub fn listen(&self, press: impl Fn(Press) + Clone + 'static, touch: impl Fn() + 'static) {
        let kiosk = self.window.global::<Kiosk>();
        let pressing = |what: Press| {
            let press = press.clone();
            move || press(what)
        };
        kiosk.on_continue_without_scan(pressing(Press::ContinueWithoutScan));
        kiosk.on_next_step(pressing(Press::NextStep));
        kiosk.on_back(pressing(Press::Back));
        kiosk.on_check_number(pressing(Press::CheckNumber));
        kiosk.on_erase(pressing(Press::Erase));
        kiosk.on_erase_all(pressing(Press::EraseAll));
        kiosk.on_send_failed(pressing(Press::SendFailed));
        kiosk.on_show_notice(pressing(Press::ShowNotice));
        kiosk.on_show_display(pressing(Press::ShowDisplay));
        kiosk.on_toggle_large(pressing(Press::Look(Change::Large)));
        kiosk.on_toggle_contrast(pressing(Press::Look(Change::Contrast)));
        kiosk.on_toggle_low(pressing(Press::Look(Change::Low)));
        kiosk.on_toggle_aloud(pressing(Press::Look(Change::Aloud)));
        kiosk.on_start_over(pressing(Press::StartOver));
        kiosk.on_call_staff(pressing(Press::CallStaff));
        kiosk.on_stay(pressing(Press::Stay));
        kiosk.on_serve_next(pressing(Press::ServeNext));
        let answered = press.clone();
        kiosk.on_answer(move |number| {
            if let Ok(number) = u8::try_from(number) {
                answered(Press::Answer(number));
            }
        });
        let typed = press.clone();
        kiosk.on_type(move |text| {
            if let Some(sign) = text.chars().next() {
                typed(Press::Type(sign));
            }
        });
        let chosen = press.clone();
        kiosk.on_choose_issuer(move |issuer| {
            chosen(Press::Issuer(match issuer {
                ui::Issuer::SocialInsurance => Issuer::SocialInsurance,
                ui::Issuer::Police => Issuer::Police,
                ui::Issuer::Army => Issuer::Army,
            }));
        });
        kiosk.on_choose_language(move |language| {
            press(Press::Look(Change::Language(match language {
                ui::Language::Vietnamese => Language::Vietnamese,
                ui::Language::English => Language::English,
                ui::Language::Khmer => Language::Khmer,
            })));
        });
        kiosk.on_touched(touch);
    }

    /// Calls `again` when a finger is lifted from a page that it kept from being shown anew: all that
    /// was to be shown is to be shown then.
    pub fn when_lifted(&self, again: impl Fn() + 'static) {
        self.finger.when_lifted(&self.window, again);
    }

    /// Draws in millimetres of this many pixels from now on.
    pub fn set_pixels_per_mm(&self, pixels: f32) {
        self.pixels_per_mm.set(pixels);
        self.window.global::<Kiosk>().set_pixels_per_mm(pixels);
        // Its code was drawn for other millimetres.
        self.video_shown.borrow_mut().take();
    }

    /// Shows the window, over the whole display or at a size of its own.
    ///
    /// # Errors
    /// When the display refuses it.
    pub fn show_window(&self, size: Option<(u32, u32)>) -> Result<(), PlatformError> {
        match size {
            Some((width, height)) => {
                self.window.window().set_size(slint::PhysicalSize::new(width, height));
            }
            None => self.window.window().set_fullscreen(true),
        }
        self.window.show()
    }

    /// Draws what changed without waiting for the next refresh.
    ///
    /// Under X11 Slint draws a change one refresh interval late (its frame throttle starts a timer
    /// first); a scan must be seen at once, so the window itself is asked. Elsewhere this does
    /// nothing, and Slint's own redraw is prompt.
    pub fn redraw_now(&self) {
        self.window.window().with_winit_window(Window::request_redraw);
    }

    /// Calls `drawn` once, when the next frame is on its way to the display.
    pub fn on_next_frame(&self, drawn: impl FnOnce() + 'static) {
        let kiosk = self.window.global::<Kiosk>();
        let frame = self.frame.get().wrapping_add(1);
        self.frame.set(frame);
        let waiting = Cell::new(Some(drawn));
        let paper = kiosk.invoke_drawn(frame);
        kiosk.on_drawn(move |_| {
            if let Some(drawn) = waiting.take() {
                drawn();
            }
            paper
        });
        kiosk.set_frame(frame);
    }

    /// The window itself, for tests that look into its accessible tree.
    pub fn window(&self) -> &KioskWindow {
        &self.window
    }

    /// A keyboard for this window, usable from any thread.
    pub fn keyboard(&self) -> Keyboard {
        Keyboard(self.window.as_weak())
    }
}

/// Presses keys as a person would.
pub struct Keyboard(slint::Weak<KioskWindow>);

impl Keyboard {
    /// Presses and releases a key.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn press(&self, key: impl Into<SharedString>) -> Result<(), slint::EventLoopError> {
        let text = key.into();
        self.0.upgrade_in_event_loop(move |window| {
            let window = window.window();
            window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
            window.dispatch_event(WindowEvent::KeyReleased { text });
        })
    }
}
