//! A call on the screen: the band for the staff, the answer for the patient.

use slint::ComponentHandle as _;
use tiepdon_ui as ui;
use tiepdon_ui::Kiosk;

use super::Screen;
use crate::call::{Event, Shown, Standing};

impl Screen {
    /// Shows how the calls stand.
    pub fn show_call(&self, shown: Shown) {
        if self.finger.holds(&self.window) {
            return;
        }
        let kiosk = self.window.global::<Kiosk>();
        kiosk.set_call(call(shown.band));
        kiosk.set_callers(i32::try_from(shown.callers).unwrap_or(i32::MAX));
        kiosk.set_called(call(shown.patient));
    }

    /// Whether the band is there.
    pub fn shows_a_call(&self) -> bool {
        self.window.global::<Kiosk>().get_call() != ui::Call::None
    }

    /// Calls `answer` when staff touch the band.
    pub fn listen_for_answers(&self, answer: impl Fn(Event) + Clone + 'static) {
        let kiosk = self.window.global::<Kiosk>();
        let comes = answer.clone();
        kiosk.on_take_call(move || comes(Event::Taken));
        kiosk.on_end_call(move || answer(Event::Helped));
    }
}

fn call(standing: Standing) -> ui::Call {
    match standing {
        Standing::None => ui::Call::None,
        Standing::Ringing => ui::Call::Ringing,
        Standing::StillRinging => ui::Call::StillRinging,
        Standing::Coming => ui::Call::Coming,
    }
}
