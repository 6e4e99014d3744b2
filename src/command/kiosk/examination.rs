//! The whole box looked at, for the staff's page: what `tiepdon doctor` prints.

use std::path::Path;

use super::super::doctor;
use super::{Kiosk, Message, tell};
use crate::health::{Page, Settings, Told, examine};

impl Kiosk {
    /// On a thread of its own: all events are read, and something is written to the card.
    pub(super) fn examine(&self) {
        let (data, mailbox) = (self.data.clone(), self.mailbox.clone());
        let (now, has_reader) = (self.clock.now(), !self.state.reader_missing);
        let babbles = self.staff.health.reader_babbles;
        let heard = self.staff.health.bell_fails.then(|| Err("khi có người gọi".to_owned()));
        // With mistakes in them the kiosk would not have begun.
        let settings = Settings::of(&self.station, &self.doubts);
        let px_per_mm = self.station.px_per_mm;
        self.on_a_thread("examination", move || {
            let records = doctor::records(&data, now.station_day());
            let told = Told {
                reader: Some(has_reader),
                reader_babbles: babbles,
                heard,
                px_per_mm,
                now: Some(now),
                records: Some(records),
                settings: Some(settings),
            };
            let findings = examine(Path::new("/"), Some(&data), &told);
            tell(&mailbox, Message::Examined(Box::new(Page::of(&findings))));
        });
    }
}
