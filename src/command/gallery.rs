//! Every screen with something on it, for pictures: reached by the same steps as at the desk.

use std::time::Duration;

use chrono::NaiveDate;
use uuid::Uuid;

use super::demo::patient;
use crate::card::decode;
use crate::desk::{Earlier, Env, Event, GuideOutline, Press, State, Written, step};
use crate::event::{Moment, RecordUsed, VisitId, VisitNo};
use crate::station::Timing;

/// One picture.
pub struct Exhibit {
    /// Name of its file, without ending.
    pub name: String,
    /// What the desk shows.
    pub state: State,
}

/// All pictures of a kiosk with this timing and guide, in the order a patient meets them.
pub fn exhibits(timing: &Timing, guide: &GuideOutline, morning: Moment) -> Vec<Exhibit> {
    let today = morning.station_day().0;
    let desk = || Visit::begin(timing, guide, today);
    let earlier = Earlier { arrived: morning, used: Some(RecordUsed::Paper) };
    let card = patient(0).citizen_card();
    let mut exhibits = Vec::new();
    let mut show = |name: &str, visit: Visit<'_>| {
        exhibits.push(Exhibit { name: name.to_owned(), state: visit.state });
    };

    show("idle", desk());
    show("idle-reader-missing", desk().then(Event::ReaderLost));
    show("idle-staff-called", desk().press(Press::CallStaff));
    show("choice", desk().scan(&card).arrived(None));
    show("choice-without-card", desk().press(Press::ContinueWithoutScan).arrived(None));
    show("choice-again", desk().scan(&card).arrived(Some(earlier)));
    show("choice-staff-called", desk().scan(&card).press(Press::CallStaff));
    show("are-you-there", desk().scan(&card).arrived(None).then(Event::TimedOut));
    for number in 1..=guide.steps {
        let guiding = desk().scan(&card).arrived(None).press(Press::ChooseGuide);
        let at_step = (1..number).fold(guiding, |visit, _| visit.press(Press::NextStep));
        show(&format!("guide-{number}"), at_step);
    }
    show("saving", desk().scan(&card).arrived(None).press(Press::ChooseVneid));
    let chosen = |press| desk().scan(&card).arrived(None).press(press);
    show("done-vneid", chosen(Press::ChooseVneid).written(Written::Choice));
    show("done-paper", chosen(Press::ChoosePaper).written(Written::Choice));
    let last_step =
        (0..guide.steps).fold(chosen(Press::ChooseGuide), |visit, _| visit.press(Press::NextStep));
    show("done-guided", last_step.written(Written::Guidance));
    let again = desk().scan(&card).arrived(Some(earlier)).press(Press::ChooseVneid);
    show("done-again", again.written(Written::Choice));
    for (name, record) in [
        ("unreadable-damaged", &b"089150000001|x"[..]),
        ("unreadable-not-a-card", b"8934563138165"),
        ("unreadable-web-address", b"https://example.vn"),
        ("unreadable-payment", b"00020101021138000000000000000000"),
        ("unreadable-reader-settings", b"089150900000;x;A;01011950;Nam;B;01012021"),
        ("unreadable-reader-mode", b"\x0b\xf3\x00\x00\x01089150900000|"),
    ] {
        show(name, desk().scan(record));
    }
    show("not-recorded", chosen(Press::ChooseVneid).then(Event::TimedOut));
    exhibits
}

/// A desk on the way to a screen, with a journal that always answers.
struct Visit<'a> {
    state: State,
    now: Duration,
    today: NaiveDate,
    timing: &'a Timing,
    guide: &'a GuideOutline,
}

/// The one visit of an exhibit.
const VISIT: VisitId = VisitId(Uuid::from_u128(1));

/// A number with two digits, as on most mornings.
const NUMBER: VisitNo = VisitNo(38);

impl<'a> Visit<'a> {
    fn begin(timing: &'a Timing, guide: &'a GuideOutline, today: NaiveDate) -> Self {
        Self { state: State::default(), now: Duration::ZERO, today, timing, guide }
    }

    fn then(mut self, event: Event) -> Self {
        self.now += Duration::from_secs(1);
        let Self { now, today, timing, guide, .. } = self;
        let env = Env { now, today, fresh: VISIT, timing, guide };
        self.state = step(self.state, event, &env).0;
        self
    }

    fn scan(self, record: &[u8]) -> Self {
        let scan = decode(record, self.today);
        self.then(Event::Scanned(scan))
    }

    fn press(self, press: Press) -> Self {
        self.then(Event::Pressed(press))
    }

    fn arrived(self, earlier: Option<Earlier>) -> Self {
        self.then(Event::Arrived { proposed: VISIT, number: NUMBER, earlier })
    }

    fn written(self, what: Written) -> Self {
        self.then(Event::Recorded { proposed: VISIT, what })
    }
}
