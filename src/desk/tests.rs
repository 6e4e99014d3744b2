//! The desk played through, event by event.

mod anything;
mod card_first;
mod choosing;
mod documents;
mod graph;
mod guiding;
mod number;
mod queue;
mod trouble;
mod waiting;
mod writing;

use std::time::Duration;

use chrono::NaiveDate;
use uuid::Uuid;

use super::*;
use crate::card::{Issuer, decode};
use crate::event::{
    Choice, Guidance, Hindrance, Integration, IntegrationResult, Obstacle, RecordUsed, Source,
    UnreadableCause,
};
use crate::guide::Language;

const BUOI: &[u8] =
    "089150000001||Nguyễn Thị Bưởi|02011950|Nữ|Khóm Thử, Tri Tôn, An Giang|15042021".as_bytes();
const NUI: &[u8] =
    "089090000002||Trần Văn Núi|28021990|Nam|Khóm Thử, Tri Tôn, An Giang|04102024||||".as_bytes();

/// Her BHYT card.
const HER_BHYT: &[u8] =
    b"GD4890000000051|4e677579e1bb856e205468e1bb8b2042c6b0e1bb9f69|02/01/1950|2|416e204769616e67|\
      89 - 001|01/01/2025|-|20/12/2024|89000000000051|-|4|01/01/2029|00000000000000aa-7102|$";
/// Of the kind VNeID shows.
const CODE: &[u8] = b"VN1:c2FtcGxlLXRva2VuLW9mLW5vYm9keS0wMDAwMQ==";

const TIMING: Timing = Timing {
    idle_warning: Duration::from_secs(30),
    idle_wipe: Duration::from_secs(45),
    guide_warning: Duration::from_secs(105),
    guide_wipe: Duration::from_secs(120),
    done: Duration::from_secs(6),
};

const STEPS: u32 = 3;

const CARD: &[u8] = b"GD4010000000051";

/// A guide that asks how it went, and one that installs VNeID.
fn offer() -> Offer {
    let guide = |id: &str, asks_result| GuideOutline {
        id: id.to_owned(),
        version: 2,
        steps: STEPS,
        asks_result,
        number_rule: None,
    };
    Offer {
        guides: vec![guide("tich-hop-bhyt", true), guide("cai-vneid-muc-2", false)],
        install: Some(1),
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// A desk with a journal that answers when told to.
struct Play {
    state: State,
    now: Duration,
    visits: u128,
    recorded: Vec<(Option<VisitId>, What)>,
    arrivals: Vec<(VisitId, Option<CardKind>, AgeBand)>,
    also_shown: Vec<(VisitId, CardKind)>,
    calls: Vec<Option<VisitId>>,
    wake: Option<Duration>,
    offer: Offer,
    /// How many of the recorded events the journal has answered for.
    answered: usize,
}

impl Play {
    fn begin() -> Self {
        Self {
            state: State::default(),
            now: Duration::ZERO,
            visits: 0,
            recorded: Vec::new(),
            arrivals: Vec::new(),
            also_shown: Vec::new(),
            calls: Vec::new(),
            wake: None,
            offer: offer(),
            answered: 0,
        }
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.now += Duration::from_secs(1);
        self.event_at_once(event)
    }

    fn event_at_once(&mut self, event: Event) -> &mut Self {
        self.visits += 1;
        let env = Env {
            now: self.now,
            today: today().into(),
            fresh: VisitId(Uuid::from_u128(self.visits)),
            timing: &TIMING,
            offer: &self.offer,
        };
        let (state, effects) = step(std::mem::take(&mut self.state), event, &env);
        self.state = state;
        for effect in effects {
            match effect {
                Effect::Arrive { visit, card, age, .. } => self.arrivals.push((visit, card, age)),
                Effect::AlsoShow { visit, card, .. } => self.also_shown.push((visit, card)),
                Effect::Record { visit, what } => self.recorded.push((visit, what)),
                Effect::CallStaff { visit } => self.calls.push(visit),
                Effect::Wake(after) => self.wake = Some(after),
                Effect::Rest => self.wake = None,
            }
        }
        self
    }

    fn scan(&mut self, record: &[u8]) -> &mut Self {
        self.event(Event::Scanned(decode(record, today())))
    }

    fn press(&mut self, press: Press) -> &mut Self {
        self.event(Event::Pressed(press))
    }

    fn visit(&self) -> VisitId {
        self.arrivals.last().unwrap().0
    }

    fn arrived(&mut self, number: u32, earlier: Option<Earlier>) -> &mut Self {
        let proposed = self.visit();
        self.event(Event::Arrived { proposed, number: VisitNo(number), earlier })
    }

    fn written(&mut self, what: Written) -> &mut Self {
        let proposed = self.visit();
        self.event(Event::Recorded { proposed, what })
    }

    fn wait(&mut self) -> &mut Self {
        self.now += self.wake.expect("the desk waits for something");
        self.event_at_once(Event::TimedOut)
    }

    /// The journal answers for everything it was asked and has not answered.
    fn answered(&mut self) -> &mut Self {
        let Some((proposed, ..)) = self.arrivals.last().copied() else { return self };
        let whats: Vec<Written> = self
            .recorded
            .iter()
            .skip(self.answered)
            .filter(|(visit, _)| *visit == Some(proposed))
            .map(|(_, what)| Written::of(what))
            .collect();
        self.answered = self.recorded.len();
        for what in whats {
            self.event_at_once(Event::Recorded { proposed, what });
        }
        self
    }

    /// Scanned, numbered, and in need of guidance with everything it takes.
    fn at_the_guides() -> Self {
        let mut play = Self::begin();
        play.scan(BUOI).arrived(1, None).press(Press::ChooseGuide).press(Press::Answer(1));
        play
    }

    fn name(&self) -> &'static str {
        self.state.place.name()
    }

    fn step(&self) -> u32 {
        if let Place::Guiding(reading) = self.state.place { reading.step } else { 0 }
    }

    fn session(&self) -> &Session {
        self.state.session.as_ref().expect("somebody is at the desk")
    }

    fn whats(&self) -> Vec<&What> {
        self.recorded.iter().map(|(_, what)| what).collect()
    }
}

/// Something done at the desk.
type Act = fn(&mut Play);

fn chose(used: RecordUsed) -> What {
    What::Chose(Choice { used, source: Source::SelfDeclared })
}

fn guided(guide: &str, reached: u32, finished: bool) -> What {
    let guide = guide.to_owned();
    What::Guided(Guidance { guide, version: 2, reached, steps: STEPS, finished })
}

fn hindered(obstacle: Obstacle) -> What {
    What::Hindered(Hindrance { obstacle, source: Source::SelfDeclared })
}

fn integrated(result: IntegrationResult) -> What {
    What::Integrated(Integration { result, source: Source::SelfDeclared })
}
