//! Command cards: what the printed codes do. Where nobody has begun, most of them have nobody to speak
//! for: then the screen says what comes first instead of keeping silent.

use std::time::Duration;

use super::step::Desk;
use super::{Change, Effect, Place, Press};
use crate::card::Command;
use crate::guide::Language;

/// Long enough to read one sentence, and to look for the card.
pub(super) const CARD_FIRST_SHOWN: Duration = Duration::from_secs(8);

impl Desk<'_> {
    /// A card is scanned on purpose: nothing trembles here.
    pub(super) fn obey(&mut self, command: Command) {
        if self.needs_a_card_first(command) {
            self.enter(Place::Idle);
            self.state.card_first = true;
            self.effects.push(Effect::Wake(CARD_FIRST_SHOWN));
        } else if let Some(press) = press_of(command) {
            self.press(press);
        }
    }

    fn needs_a_card_first(&self, command: Command) -> bool {
        let is_open_to_all =
            matches!(self.state.place, Place::Notice | Place::Display | Place::Unreadable(_));
        match command {
            Command::Vneid
            | Command::Paper
            | Command::Guide
            | Command::Answer(_)
            | Command::CheckNumber
            | Command::SendFailed => self.state.place == Place::Idle || is_open_to_all,
            // On a page that one reads, these lead away from it.
            Command::Next | Command::Back | Command::Finish => self.state.place == Place::Idle,
            Command::Skip
            | Command::Vietnamese
            | Command::English
            | Command::Khmer
            | Command::Large
            | Command::Contrast
            | Command::Notice
            | Command::StartOver
            | Command::Staff
            | Command::Coming
            | Command::Helped
            | Command::Stay => false,
        }
    }
}

/// What a card says to the desk; those of the staff about calls say nothing to it.
fn press_of(command: Command) -> Option<Press> {
    Some(match command {
        Command::Vneid => Press::ChooseVneid,
        Command::Paper => Press::ChoosePaper,
        Command::Guide => Press::ChooseGuide,
        Command::Skip => Press::ContinueWithoutScan,
        Command::Answer(number) => Press::Answer(number),
        Command::Next => Press::NextStep,
        Command::Back => Press::Back,
        Command::Finish => Press::Finish,
        Command::CheckNumber => Press::CheckNumber,
        Command::SendFailed => Press::SendFailed,
        Command::Vietnamese => Press::Look(Change::Language(Language::Vietnamese)),
        Command::English => Press::Look(Change::Language(Language::English)),
        Command::Khmer => Press::Look(Change::Language(Language::Khmer)),
        Command::Large => Press::Look(Change::Large),
        Command::Contrast => Press::Look(Change::Contrast),
        Command::Notice => Press::ShowNotice,
        Command::StartOver => Press::StartOver,
        Command::Staff => Press::CallStaff,
        Command::Stay => Press::Stay,
        Command::Coming | Command::Helped => return None,
    })
}
