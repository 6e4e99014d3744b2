//! Every screen with something on it, for pictures: reached by the same steps as at the desk.

use std::time::Duration;

use chrono::NaiveDate;
use uuid::Uuid;

mod staff;

use super::demo::patient;
use crate::call::{Shown, Standing};
use crate::card::decode;
use crate::desk::{Earlier, Effect, Env, Event, Look, Offer, Press, State, Written, step};
use crate::event::{Moment, Origin, RecordUsed, VisitId, VisitNo};
use crate::figures::Share;
use crate::reception::View;
use crate::screen::{HallNumber, Screen};
use crate::station::Timing;

/// One picture.
pub struct Exhibit {
    /// Name of its file, without ending.
    pub name: String,
    /// What the desk shows.
    pub state: State,
    /// What stands on the staff's pages.
    pub staff: View,
    /// What stands in the hall's place of the idle page.
    pub hall: HallNumber,
    /// How the calls stand.
    pub call: Shown,
}

impl Exhibit {
    /// Puts it on the screen.
    pub fn show_on(&self, screen: &Screen) {
        screen.show(&self.state);
        screen.show_call(self.call);
        screen.show_staff(&self.staff);
        screen.show_hall(&self.hall);
    }
}

/// All pictures of a kiosk with this timing, these guides and this look, in the order a patient
/// meets them.
pub fn exhibits(timing: &Timing, offer: &Offer, look: Look, morning: Moment) -> Vec<Exhibit> {
    let today = morning.station_day().0;
    let desk = || Visit::begin(timing, offer, look, today);
    let earlier = Earlier { arrived: morning, used: Some(RecordUsed::Paper) };
    let card = patient(0).citizen_card();
    let newer = patient(0).insurance_card_with_personal_number();
    let another = patient(1).citizen_card();
    let mut exhibits = Vec::new();
    let mut show = |name: &str, visit: Visit<'_>| {
        let staff = View::default();
        let hall = HallNumber::Today;
        let Visit { state, call, .. } = visit;
        exhibits.push(Exhibit { name: name.to_owned(), state, staff, hall, call });
    };

    show("idle", desk());
    show("idle-reader-missing", desk().then(Event::ReaderLost));
    show("idle-staff-called", desk().calls(Standing::Ringing));
    show("idle-staff-coming", desk().calls(Standing::Coming));
    show("idle-card-first", desk().scan(b"TIEPDON:VNEID"));
    show("notice", desk().press(Press::ShowNotice));
    show("display", desk().press(Press::ShowDisplay));
    let greeted = || desk().scan(&card).arrived(None);
    show("choice", greeted());
    show("choice-long-name", desk().scan(LONG_NAME.as_bytes()).arrived(None));
    show("choice-without-card", desk().press(Press::ContinueWithoutScan).arrived(None));
    show("choice-again", desk().scan(&card).arrived(Some(earlier)));
    show("choice-staff-called", greeted().calls(Standing::Ringing));
    show("choice-still-calling", greeted().calls(Standing::StillRinging));
    show("choice-staff-coming", greeted().calls(Standing::Coming));
    show("choice-of-another-than-called", greeted().after_a_call());
    show("are-you-there", greeted().then(Event::TimedOut));
    show("reason", greeted().press(Press::ChoosePaper));
    let preparing = || greeted().press(Press::ChooseGuide);
    show("prepare", preparing());
    show("bring-level2", preparing().press(Press::Answer(3)));
    show("bring-smartphone", preparing().press(Press::Answer(4)));
    let without = Offer { install: None, ..offer.clone() };
    let no_guide = Visit::begin(timing, &without, look, today).scan(&card).arrived(None);
    show("bring-vneid", no_guide.press(Press::ChooseGuide).press(Press::Answer(2)));
    let picking = || preparing().press(Press::Answer(1));
    show("guides", picking());
    for (guide, number) in offer.guides.iter().zip(1_u8..) {
        for step in 1..=guide.steps {
            let opened = picking().press(Press::Answer(number));
            let at_step = (1..step).fold(opened, |visit, _| visit.press(Press::NextStep));
            show(&format!("guide-{number}-{step}"), at_step);
        }
    }
    let checking = || picking().press(Press::CheckNumber);
    show("check-number", checking());
    show("check-number-second-letter", checking().types("G"));
    show("check-number-digits", checking().types("GD"));
    show("check-number-wrong", checking().types("GD8"));
    show("check-number-wrong-called", checking().types("GD8").calls(Standing::Ringing));
    show("check-number-wrong-unit", checking().types("GD497"));
    show("check-number-short", checking().types("00000"));
    show("check-number-right", checking().types(NUMBER_OF_A_CARD));
    show("check-number-beside", checking().types("GD").scan_beside(&another));
    show("check-number-citizen", checking().types(NUMBER_OF_A_CITIZEN));
    show("check-number-unknown-form", checking().scan(&newer));
    show("check-number-too-long", checking().types(NUMBER_OF_A_CARD).types("9"));
    show("check-number-citizen-card", checking().types("GD40").scan(&card));
    let copying = || checking().types(NUMBER_OF_A_CARD).press(Press::NextStep);
    show("copy-number", copying());
    show("copy-number-beside", copying().scan_beside(&another));
    let in_guide = || picking().press(Press::Answer(1)).press(Press::CheckNumber);
    let copying_in_guide = || in_guide().types(NUMBER_OF_A_CARD).press(Press::NextStep);
    show("copy-number-in-guide", copying_in_guide());
    show("copy-number-once-more", copying().press(Press::SendFailed));
    let thrice = (0..3).fold(copying(), |visit, _| visit.press(Press::SendFailed));
    show("copy-number-tomorrow", thrice);
    let result = || {
        let steps = offer.guides.first().map_or(0, |guide| guide.steps);
        let first = picking().press(Press::Answer(1));
        (0..steps).fold(first, |visit, _| visit.press(Press::NextStep))
    };
    show("result", result());
    show("cause", result().press(Press::Answer(3)));
    let chose = |press| greeted().press(press);
    show("saving", chose(Press::ChooseVneid));
    show("done-vneid", chose(Press::ChooseVneid).answered());
    show("done-paper", chose(Press::ChoosePaper).press(Press::Finish).answered());
    show("done-not-yet", preparing().press(Press::Finish).answered());
    show("done-staff-coming", chose(Press::ChooseVneid).answered().calls(Standing::Coming));
    show("done-guided", result().press(Press::Answer(2)).answered());
    let again = desk().scan(&card).arrived(Some(earlier)).press(Press::ChooseVneid);
    show("done-again", again.answered());
    for (name, record) in [
        ("unreadable-damaged", &b"089150000001|x"[..]),
        ("unreadable-not-a-card", b"8934563138165"),
        ("unreadable-web-address", b"https://example.vn"),
        ("unreadable-payment", b"00020101021138000000000000000000"),
        ("unreadable-reader-settings", b"089150900000;x;A;01011950;Nam;B;01012021"),
        ("unreadable-reader-code-id", b"ABCDEFGH089150900000||A|01011951|Nam|B|01012021"),
        ("unreadable-reader-mode", b"\x0b\xf3\x00\x00\x01089150900000|"),
    ] {
        show(name, desk().scan(record));
    }
    show("not-recorded", chose(Press::ChooseVneid).then(Event::TimedOut));
    exhibits
}

/// All pictures of the staff's pages.
pub fn staff_exhibits(origin: &Origin, morning: Moment) -> Vec<Exhibit> {
    let views = staff::staff_views(origin, morning).into_iter();
    let hall = HallNumber::Today;
    let exhibit = |(name, (staff, band)): (String, (View, Standing))| Exhibit {
        name,
        state: State::default(),
        staff,
        hall: hall.clone(),
        call: Shown { band, callers: 1, patient: band },
    };
    views.map(exhibit).collect()
}

/// What the hall sees of a campaign, in Vietnamese.
pub fn hall_exhibits() -> Vec<Exhibit> {
    let campaign = HallNumber::Campaign {
        share: Share { part: 1240, whole: 1722 },
        label: "không dùng sổ giấy".to_owned(),
        goal: Some(90),
    };
    let line = "Có căn cước hoặc VNeID là khám được; chưa có cũng được tiếp đón.";
    let numbers =
        [("idle-campaign", campaign), ("idle-campaign-line", HallNumber::Line(line.to_owned()))];
    let exhibit = |(name, hall): (&str, _)| Exhibit {
        name: name.to_owned(),
        state: State::default(),
        staff: View::default(),
        hall,
        call: Shown::default(),
    };
    numbers.into_iter().map(exhibit).collect()
}

/// An invented personal number.
const NUMBER_OF_A_CITIZEN: &str = "089150900001";

/// An invented number of a BHYT card.
const NUMBER_OF_A_CARD: &str = "GD4010000000051";

/// The card of somebody whose name is long, as many are in the south.
const LONG_NAME: &str =
    "089150000009||Danh Thị Sereyvathanakmealy|02011950|Nữ|Khóm Thử, Tri Tôn, An Giang|15042021";

/// A desk on the way to a screen, with a journal that always answers.
struct Visit<'a> {
    state: State,
    now: Duration,
    today: NaiveDate,
    timing: &'a Timing,
    offer: &'a Offer,
    /// What the journal has been asked to write.
    asked: Vec<Written>,
    call: Shown,
}

/// The one visit of an exhibit.
const VISIT: VisitId = VisitId(Uuid::from_u128(1));

/// A number with two digits, as on most mornings.
const NUMBER: VisitNo = VisitNo(38);

impl<'a> Visit<'a> {
    fn begin(timing: &'a Timing, offer: &'a Offer, look: Look, today: NaiveDate) -> Self {
        Self {
            state: State::with_look(look),
            now: Duration::ZERO,
            today,
            timing,
            offer,
            asked: Vec::new(),
            call: Shown::default(),
        }
    }

    /// The patient has called.
    fn calls(self, standing: Standing) -> Self {
        Self { call: Shown { band: standing, callers: 1, patient: standing }, ..self }
    }

    /// Two patients before have called and are not helped yet.
    fn after_a_call(self) -> Self {
        let band = Standing::StillRinging;
        Self { call: Shown { band, callers: 2, patient: Standing::None }, ..self }
    }

    fn then(self, event: Event) -> Self {
        self.then_of(VISIT, event)
    }

    /// `fresh`: the visit that may begin by it.
    fn then_of(mut self, fresh: VisitId, event: Event) -> Self {
        self.now += Duration::from_secs(1);
        let Self { now, today, timing, offer, .. } = self;
        let env = Env { now, today: today.into(), fresh, timing, offer };
        let (state, effects) = step(self.state, event, &env);
        self.state = state;
        for effect in effects {
            if let Effect::Record { what, .. } = effect {
                self.asked.push(Written::of(&what));
            }
        }
        self
    }

    fn scan(self, record: &[u8]) -> Self {
        let scan = decode(record, self.today);
        self.then(Event::Scanned(scan))
    }

    /// The next patient scans, whoever stands there.
    fn scan_beside(self, record: &[u8]) -> Self {
        let (proposed, number) = (VisitId(Uuid::from_u128(2)), VisitNo(NUMBER.0 + 1));
        let scan = decode(record, self.today);
        self.then_of(proposed, Event::Scanned(scan)).then(Event::Arrived {
            proposed,
            number,
            earlier: None,
        })
    }

    fn press(self, press: Press) -> Self {
        self.then(Event::Pressed(press))
    }

    fn types(self, signs: &str) -> Self {
        signs.chars().fold(self, |visit, sign| visit.press(Press::Type(sign)))
    }

    fn arrived(self, earlier: Option<Earlier>) -> Self {
        self.then(Event::Arrived { proposed: VISIT, number: NUMBER, earlier })
    }

    /// The journal answers for everything so far.
    fn answered(mut self) -> Self {
        for what in std::mem::take(&mut self.asked) {
            self = self.then(Event::Recorded { proposed: VISIT, what });
        }
        self
    }
}

#[cfg(test)]
mod presses;
#[cfg(test)]
mod tests;
