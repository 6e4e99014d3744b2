//! What the patient presses, screen by screen.

use super::step::Desk;
use super::{Effect, Missing, Place, Press, Reading, look};
use crate::card::TypedNumber;
use crate::event::{
    Choice, Guidance, Hindrance, IntegrationResult, Obstacle, RecordUsed, Source, What,
};

/// The answers to "Vì sao hôm nay dùng sổ giấy?", in the order of the screen.
pub(super) const REASONS: [Obstacle; 7] = [
    Obstacle::NoSmartphone,
    Obstacle::NoLevel2,
    Obstacle::NotIntegrated,
    Obstacle::NoNetwork,
    Obstacle::ForgotPassword,
    Obstacle::PrefersPaper,
    Obstacle::Other,
];

/// What may be missing, in the order of the screen, after "đã có đủ".
pub(super) const MISSING: [Missing; 3] = [Missing::Vneid, Missing::Level2, Missing::Smartphone];

/// The causes of a failure, in the order of the screen.
pub(super) const CAUSES: [IntegrationResult; 6] = [
    IntegrationResult::ThreeADay,
    IntegrationResult::AlreadyApproved,
    IntegrationResult::SameLastTen,
    IntegrationResult::WrongNumber,
    IntegrationResult::NumberUnknown,
    IntegrationResult::FailedOtherwise,
];

impl Desk<'_> {
    pub(super) fn press(&mut self, press: Press) {
        self.calm();
        match press {
            Press::ContinueWithoutScan => {
                if matches!(self.state.place, Place::Idle | Place::Notice | Place::Unreadable(_)) {
                    self.begin_without_card();
                }
            }
            Press::ChooseVneid => self.choose(RecordUsed::Vneid),
            Press::ChoosePaper => self.choose(RecordUsed::Paper),
            Press::ChooseGuide => self.choose(RecordUsed::Neither),
            Press::Answer(number) => self.answer(number),
            Press::NextStep => self.go_on(),
            Press::Back => self.back(),
            Press::Finish => self.finish(),
            Press::CheckNumber => self.check_number(),
            Press::Type(sign) => self.edit_number(|number| number.put(sign)),
            Press::Erase => self.edit_number(TypedNumber::erase),
            Press::EraseAll => self.edit_number(TypedNumber::erase_all),
            Press::Issuer(issuer) => self.edit_number(|number| number.set_issuer(issuer)),
            Press::SendFailed => self.send_failed(),
            Press::ShowNotice => self.show_for_everyone(Place::Notice),
            Press::ShowDisplay => self.show_for_everyone(Place::Display),
            Press::Look(change) => self.change_look(change),
            Press::StartOver => {
                self.leave();
                if matches!(self.state.place, Place::Done(_)) {
                    self.forget_look();
                }
                self.enter(Place::Idle);
            }
            Press::CallStaff => self.call_staff(),
            Press::Stay => {}
            Press::ServeNext => self.let_next_go_first(),
        }
    }

    /// The answer of this number, from 1, on a screen that asks.
    fn answer(&mut self, number: u8) {
        let index = usize::from(number).wrapping_sub(1);
        match self.state.place {
            Place::Choosing => match number {
                1 => self.choose(RecordUsed::Vneid),
                2 => self.choose(RecordUsed::Paper),
                3 => self.choose(RecordUsed::Neither),
                _ => {}
            },
            Place::GivingReason => {
                if let Some(obstacle) = REASONS.get(index) {
                    self.record_obstacle(*obstacle);
                    self.enter(Place::Saving);
                }
            }
            Place::Preparing => match index.checked_sub(1) {
                None => self.enter(Place::PickingGuide),
                Some(index) => {
                    if let Some(missing) = MISSING.get(index) {
                        self.lacks(*missing);
                    }
                }
            },
            Place::PickingGuide => {
                if index < self.env.offer.guides.len() {
                    self.open_guide(index);
                } else if index == self.env.offer.guides.len() {
                    self.check_number();
                }
            }
            Place::TellingResult(reading) => match number {
                1 => self.tell_result(IntegrationResult::Done),
                2 => self.tell_result(IntegrationResult::Sent),
                3 => self.enter(Place::TellingCause(reading)),
                4 => self.tell_result(IntegrationResult::Already),
                5 => self.tell_result(IntegrationResult::Later),
                _ => {}
            },
            Place::TellingCause(_) => {
                if let Some(cause) = CAUSES.get(index) {
                    self.tell_result(*cause);
                }
            }
            Place::Idle
            | Place::Notice
            | Place::Display
            | Place::Bringing(_)
            | Place::Guiding(_)
            | Place::CheckingNumber(_)
            | Place::CopyingNumber(_)
            | Place::Saving
            | Place::Done(_)
            | Place::Unreadable(_)
            | Place::NotRecorded => {}
        }
    }

    /// What is used is recorded at once: whoever walks away afterwards counts too.
    fn choose(&mut self, used: RecordUsed) {
        if self.state.place != Place::Choosing {
            return;
        }
        self.record_choice(used);
        self.enter(match used {
            RecordUsed::Vneid => Place::Saving,
            RecordUsed::Paper => Place::GivingReason,
            RecordUsed::Neither => Place::Preparing,
        });
    }

    /// No blame and no dead end: the guide that helps, else what to bring and where to go.
    fn lacks(&mut self, missing: Missing) {
        self.record_obstacle(missing.obstacle());
        match (missing, self.env.offer.install) {
            (Missing::Vneid, Some(guide)) => self.open_guide(guide),
            (Missing::Vneid | Missing::Level2 | Missing::Smartphone, _) => {
                self.enter(Place::Bringing(missing));
            }
        }
    }

    fn open_guide(&mut self, guide: usize) {
        if let Some(session) = &mut self.state.session {
            session.guided = true;
        }
        self.enter(Place::Guiding(Reading { guide, step: 1, reached: 1 }));
    }

    /// "Bước tiếp", and the way on of every other screen that has one.
    pub(super) fn go_on(&mut self) {
        match self.state.place {
            Place::Guiding(reading) => {
                let Some(guide) = self.env.offer.guides.get(reading.guide) else { return };
                if reading.step < guide.steps {
                    self.enter(Place::Guiding(reading.at(reading.step + 1)));
                } else {
                    let asks_result = guide.asks_result;
                    self.record_guidance(reading, true);
                    self.enter(if asks_result {
                        Place::TellingResult(reading)
                    } else {
                        Place::Saving
                    });
                }
            }
            Place::CheckingNumber(_) => self.copy_number(),
            Place::CopyingNumber(_) => self.sent(),
            Place::GivingReason
            | Place::Bringing(_)
            | Place::Preparing
            | Place::PickingGuide
            | Place::TellingResult(_)
            | Place::TellingCause(_) => self.finish(),
            Place::Idle | Place::Notice | Place::Unreadable(_) => self.begin_without_card(),
            Place::Display => self.enter(Place::Idle),
            Place::Choosing | Place::Saving | Place::Done(_) | Place::NotRecorded => {}
        }
    }

    fn back(&mut self) {
        match self.state.place {
            Place::Guiding(reading) if reading.step > 1 => {
                self.enter(Place::Guiding(reading.at(reading.step - 1)));
            }
            Place::Guiding(reading) => {
                self.record_guidance(reading, false);
                self.enter(Place::PickingGuide);
            }
            Place::GivingReason | Place::Preparing => self.enter(Place::Choosing),
            Place::Bringing(_) | Place::PickingGuide => self.enter(Place::Preparing),
            Place::CheckingNumber(Some(reading)) => self.enter(Place::Guiding(reading)),
            Place::CheckingNumber(None) => self.enter(Place::PickingGuide),
            Place::CopyingNumber(from) => self.enter(Place::CheckingNumber(from)),
            Place::TellingResult(reading) => self.enter(Place::Guiding(reading)),
            Place::TellingCause(reading) => self.enter(Place::TellingResult(reading)),
            Place::Choosing | Place::Notice | Place::Display | Place::Unreadable(_) => {
                self.enter(Place::Idle);
            }
            // What is on its way to the disk is not called back.
            Place::Idle | Place::Saving | Place::Done(_) | Place::NotRecorded => {}
        }
    }

    /// "Xong, vào khám": the patient has what they came for, or wants no more.
    pub(super) fn finish(&mut self) {
        match self.state.place {
            Place::GivingReason
            | Place::Preparing
            | Place::Bringing(_)
            | Place::PickingGuide
            | Place::CopyingNumber(None)
            | Place::CheckingNumber(None)
            | Place::TellingResult(_)
            | Place::TellingCause(_) => self.enter(Place::Saving),
            Place::Guiding(reading)
            | Place::CheckingNumber(Some(reading))
            | Place::CopyingNumber(Some(reading)) => {
                self.record_guidance(reading, false);
                self.enter(Place::Saving);
            }
            Place::Notice | Place::Display | Place::Done(_) | Place::NotRecorded => {
                self.enter(Place::Idle);
            }
            Place::Idle | Place::Choosing | Place::Saving | Place::Unreadable(_) => {}
        }
    }

    fn tell_result(&mut self, result: IntegrationResult) {
        self.record_integration(result);
        self.enter(Place::Saving);
    }

    /// Screens for everyone open from the idle one only: nobody is thrown out of a session.
    fn show_for_everyone(&mut self, place: Place) {
        if matches!(self.state.place, Place::Idle | Place::Notice | Place::Display) {
            self.enter(place);
        }
    }

    fn change_look(&mut self, change: look::Change) {
        self.state.look = self.state.look.with(change);
        if self.state.place == Place::Idle {
            // Whoever comes next finds the usual screen.
            self.enter(Place::Idle);
        }
    }

    /// Whether somebody was called already, and who comes, is not the desk's to know.
    fn call_staff(&mut self) {
        let visit = self.state.session.as_ref().map(|session| session.visit);
        self.effects.push(Effect::CallStaff { visit });
    }

    pub(super) fn record_choice(&mut self, used: RecordUsed) {
        if let Some(session) = &mut self.state.session {
            session.used = Some(used);
        }
        self.record_visit(What::Chose(Choice { used, source: Source::SelfDeclared }));
    }

    fn record_obstacle(&mut self, obstacle: Obstacle) {
        let source = Source::SelfDeclared;
        self.record_visit(What::Hindered(Hindrance { obstacle, source }));
    }

    pub(super) fn record_guidance(&mut self, reading: Reading, finished: bool) {
        let Some(guide) = self.env.offer.guides.get(reading.guide) else { return };
        let guidance = Guidance {
            guide: guide.id.clone(),
            version: guide.version,
            reached: reading.reached,
            steps: guide.steps,
            finished,
        };
        self.record_visit(What::Guided(guidance));
    }
}

impl Reading {
    fn at(self, step: u32) -> Self {
        Self { step, reached: self.reached.max(step), ..self }
    }
}
