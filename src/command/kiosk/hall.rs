//! What the hall sees while nobody stands there: the day, the campaign so far, its lines – one a
//! minute, in one place of the idle page.

use std::path::Path;

use crate::campaign::{Campaign, Days, Hall};
use crate::event::{Moment, StationDay};
use crate::figures::{Measure, Observed, Share, Tally};
use crate::journal::{JournalError, JournalReader};
use crate::screen::HallNumber;

/// What there is to show beside the number of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HallScreen {
    campaign: Option<SoFar>,
    lines: Vec<String>,
}

/// How a campaign stood this morning.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SoFar {
    measure: Measure,
    label: String,
    goal: Option<u32>,
    /// Of the days before today.
    before: Share,
}

impl HallScreen {
    /// Counts the days before today of the campaign that runs; walks through all their events.
    ///
    /// # Errors
    /// What the journal says.
    pub(super) fn read(
        data: &Path,
        campaigns: &[Campaign],
        now: &Moment,
    ) -> Result<Self, JournalError> {
        let today = now.station_day();
        let running = || campaigns.iter().filter(|campaign| campaign.days.has(today));
        let lines = running().flat_map(|campaign| campaign.texts.idle.iter().cloned()).collect();
        let hall = running().find_map(|campaign| Some((campaign, campaign.hall.as_ref()?)));
        let Some((campaign, Hall { measure, label })) = hall else {
            return Ok(Self { campaign: None, lines });
        };
        let mut before = Share::default();
        if let Some(yesterday) = today.0.pred_opt().map(StationDay) {
            let days = Days { from: campaign.days.from, to: yesterday };
            before = share_of(&JournalReader::open(data)?, *measure, days)?;
        }
        let (label, goal) = (label.clone(), campaign.goal_of(*measure));
        Ok(Self { campaign: Some(SoFar { measure: *measure, label, goal, before }), lines })
    }

    /// What stands there in this minute.
    pub(super) fn shown(&self, now: &Moment, today: &Tally) -> HallNumber {
        let minute = usize::try_from(now.wall_ms.div_euclid(60_000)).unwrap_or_default();
        let campaign = self.campaign.as_ref().map(|so_far| so_far.with(today));
        let campaign = campaign.filter(|number| !matches!(number, HallNumber::Today));
        let lines = self.lines.iter().map(|line| HallNumber::Line(line.clone()));
        let mut all: Vec<_> =
            std::iter::once(HallNumber::Today).chain(campaign).chain(lines).collect();
        all.swap_remove(minute % all.len())
    }
}

impl SoFar {
    fn with(&self, today: &Tally) -> HallNumber {
        // Minutes of duty are no number for the hall: no measure of visits looks at the desk.
        let desk = Share::default();
        let of_today = self.measure.over([Observed { tally: today, desk }]).share();
        let Share { part, whole } = of_today.unwrap_or_default();
        let share = Share { part: self.before.part + part, whole: self.before.whole + whole };
        if share.whole == 0 {
            return HallNumber::Today;
        }
        HallNumber::Campaign { share, label: self.label.clone(), goal: self.goal }
    }
}

fn share_of(journal: &JournalReader, measure: Measure, days: Days) -> Result<Share, JournalError> {
    let mut sum = Share::default();
    let mut tally: Option<Tally> = None;
    let mut add = |tally: Option<Tally>| {
        let Some(tally) = tally else { return };
        let observed = Observed { tally: &tally, desk: Share::default() };
        let Share { part, whole } = measure.over([observed]).share().unwrap_or_default();
        sum.part += part;
        sum.whole += whole;
    };
    journal.events_between(days.from, days.to, &mut |event| {
        if tally.as_ref().is_none_or(|tally| tally.day() != event.day) {
            add(tally.replace(Tally::new(event.day)));
        }
        if let Some(tally) = &mut tally {
            tally.add(&event);
        }
    })?;
    add(tally);
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AgeBand, RecordUsed, Source};
    use crate::figures::sample::{Desk, TODAY};

    fn at_minute(minute: i64) -> Moment {
        let wall_ms = TODAY.begins_ms() + minute * 60_000;
        Moment { wall_ms, uptime_ms: 0, boot: uuid::Uuid::nil(), sure: true }
    }

    #[test]
    fn day_campaign_and_lines_take_turns_minute_by_minute() {
        let mut desk = Desk::open(TODAY);
        let visit = desk.arrives(None, AgeBand::Unknown);
        desk.chooses(visit, RecordUsed::Vneid, Source::SelfDeclared);
        let today = Tally::of(TODAY, &desk.events);
        let before = Share { part: 71, whole: 99 };
        let (measure, label) = (Measure::VneidUsed, "dùng VNeID".to_owned());
        let campaign = Some(SoFar { measure, label: label.clone(), goal: Some(90), before });
        let lines = vec!["Một".to_owned(), "Hai".to_owned()];
        let hall = HallScreen { campaign, lines };
        let shown: Vec<_> = (0..5).map(|minute| hall.shown(&at_minute(minute), &today)).collect();
        let share = Share { part: 72, whole: 100 };
        let campaign = HallNumber::Campaign { share, label, goal: Some(90) };
        let wanted = [
            HallNumber::Today,
            campaign,
            HallNumber::Line("Một".to_owned()),
            HallNumber::Line("Hai".to_owned()),
            HallNumber::Today,
        ];
        // Whichever of them the day begins with.
        let first = wanted.iter().position(|number| *number == shown[0]).unwrap();
        for (minute, number) in shown.iter().enumerate() {
            assert_eq!(*number, wanted[(first + minute) % 4]);
        }
    }

    #[test]
    fn without_a_campaign_only_the_day_is_shown() {
        let today = Tally::new(TODAY);
        for minute in 0..5 {
            let shown = HallScreen::default().shown(&at_minute(minute), &today);
            assert_eq!(shown, HallNumber::Today);
        }
    }
}
