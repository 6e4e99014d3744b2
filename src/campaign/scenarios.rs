//! One invented week at a station of each plan, and what it comes to, counted by hand.

use super::Outcome::{self, NoCase, NoGoal, NotEntered, NotMeasurable, NotReached, Reached};
use super::{Campaign, tests};
use crate::event::{
    AgeBand, CardKind, Choice, CorrectionReason, Fact, Hindrance, Integration, IntegrationResult,
    Obstacle, RecordUsed, Source, StationDay, What,
};
use crate::figures::sample::Desk;
use crate::figures::{Observed, Reading, Share, Tally};

/// Days that are counted.
const WEEK: usize = 7;

/// A visit on the `nth` day from the first, in words.
type Told = (usize, &'static str);

fn card(words: &str) -> Option<CardKind> {
    words.split(' ').find_map(|word| match word {
        "cccd" => Some(CardKind::Cccd),
        "can-cuoc" => Some(CardKind::CanCuoc),
        "bhyt" => Some(CardKind::Insurance),
        "so-bhyt" => Some(CardKind::InsuranceNumber),
        _ => None,
    })
}

fn age(words: &str) -> AgeBand {
    let age = words.split(' ').find_map(|word| match word {
        "<14" => Some(AgeBand::Under14),
        "14+" => Some(AgeBand::From14),
        "60+" => Some(AgeBand::From60),
        "70+" => Some(AgeBand::From70),
        _ => None,
    });
    age.unwrap_or_default()
}

fn comes(desk: &mut Desk, words: &str) {
    let visit = desk.arrives(card(words), age(words));
    let source = Source::SelfDeclared;
    let chose = |used| What::Chose(Choice { used, source });
    let hindered = |obstacle| What::Hindered(Hindrance { obstacle, source });
    let integrated = |result| What::Integrated(Integration { result, source });
    for word in words.split(' ') {
        let what = match word {
            "vneid" => chose(RecordUsed::Vneid),
            "vneid-seen" => {
                let (used, source) = (RecordUsed::Vneid, Source::NurseConfirmed);
                What::Chose(Choice { used, source })
            }
            "paper" => chose(RecordUsed::Paper),
            "neither" => chose(RecordUsed::Neither),
            "already" => integrated(IntegrationResult::Already),
            "already-approved" => integrated(IntegrationResult::AlreadyApproved),
            "done" => integrated(IntegrationResult::Done),
            "sent" => integrated(IntegrationResult::Sent),
            "later" => integrated(IntegrationResult::Later),
            "no-phone" => hindered(Obstacle::NoSmartphone),
            "no-vneid" => hindered(Obstacle::NoVneid),
            "no-level-2" => hindered(Obstacle::NoLevel2),
            "not-integrated" => hindered(Obstacle::NotIntegrated),
            "nurse" => What::GuidedByStaff,
            "guardian" => What::Accompanied,
            "kiosk" => {
                desk.is_guided(visit, 5);
                continue;
            }
            "fixed-to-paper" => {
                desk.corrects(visit, CorrectionReason::Checked, Fact::Used(RecordUsed::Paper));
                continue;
            }
            "trial" => {
                desk.corrects(visit, CorrectionReason::Trial, Fact::Counts(false));
                continue;
            }
            card_or_age => {
                let known = card(card_or_age).is_some() || age(card_or_age) != AgeBand::Unknown;
                assert!(known || card_or_age == "none", "{card_or_age}");
                continue;
            }
        };
        desk.notes(Some(visit), what);
    }
}

/// How the campaign's targets stand after a week from `first` on, with the desk covered for so many
/// of the day's minutes.
fn outcomes(campaign: &Campaign, first: &str, desk: Share, visits: &[Told]) -> Vec<Outcome> {
    let first: StationDay = first.parse().unwrap();
    let days: Vec<_> = first.0.iter_days().map(StationDay).take(WEEK + 1).collect();
    let mut told = Desk::open(first);
    for (nth, words) in visits {
        told.day = days[*nth];
        comes(&mut told, words);
    }
    let week = &days[..WEEK];
    let tallies: Vec<_> = week.iter().map(|day| Tally::of(*day, &told.events)).collect();
    let observed = || tallies.iter().map(|tally| Observed { tally, desk });
    let of =
        |target: &super::Target| target.outcome(|measure| Some(measure.over(observed())), |_| None);
    campaign.targets.iter().map(of).collect()
}

fn of(part: u64, whole: u64) -> Reading {
    Reading { part, whole: Some(whole) }
}

const ALL_DAY: Share = Share { part: 480, whole: 480 };

#[test]
fn a_week_in_tri_ton() {
    let campaign = tests::sample("tri-ton-2026");
    let visits = [
        (0, "can-cuoc 14+ vneid already"),
        (0, "cccd 60+ vneid-seen nurse done"),
        (0, "cccd 70+ neither kiosk sent"),
        (1, "bhyt 14+ paper no-phone"),
        (1, "cccd 14+ neither"),
        (1, "none 60+ neither nurse no-level-2"),
        (2, "cccd <14 paper guardian later"),
        (3, "can-cuoc 14+"),
        (4, "so-bhyt 70+ vneid already-approved"),
        (4, "cccd 14+ vneid already trial"),
        (5, "cccd 14+ vneid already fixed-to-paper"),
        // The next Tuesday is of the next report.
        (7, "cccd 14+ vneid already"),
    ];
    assert_eq!(
        outcomes(&campaign, "2026-07-07", ALL_DAY, &visits),
        [
            NotEntered,
            NotEntered,
            NotEntered,
            NotEntered,
            NotEntered,
            // From 14 with BHYT: visits 1, 2, 3, 4, 9 and 11; integrated: 1, 2, 9 and 11.
            NotReached(of(4, 6)),
            // Of the same six, 1, 2 and 9 used VNeID; 11 was put right to paper.
            NotReached(of(3, 6)),
            // Ten arrivals, the trial is none; VNeID: 1, 2, 9; neither, with a citizen card: 3, 5.
            NotReached(of(5, 10)),
            Reached(of(7 * 480, 7 * 480)),
        ]
    );
    let a_minute_short = Share { part: 479, whole: 480 };
    let outcomes = outcomes(&campaign, "2026-07-07", a_minute_short, &visits);
    assert_eq!(outcomes.last(), Some(&NotReached(of(7 * 479, 7 * 480))));
}

#[test]
fn a_week_in_hai_phong() {
    let visits = [
        (0, "cccd 14+ vneid kiosk"),
        (0, "cccd 70+ paper no-level-2 nurse"),
        (1, "can-cuoc 60+ neither nurse done"),
        (1, "none 14+ vneid-seen nurse"),
        // Had no VNeID, and could send a request after being taught: has level 2 now.
        (2, "cccd 60+ neither no-vneid kiosk sent"),
        (4, "cccd 14+ paper kiosk"),
    ];
    assert_eq!(
        outcomes(&tests::sample("hai-phong-2026"), "2026-03-02", ALL_DAY, &visits),
        [
            // All but the second, and each of them was taught.
            Reached(of(5, 5)),
            NotMeasurable,
            NotMeasurable,
            NotMeasurable,
            // Visits 1 and 4.
            NoGoal(of(2, 6)),
            // From 60: visits 2, 3, 5; the last of them was taught by the kiosk alone.
            NoGoal(of(2, 3)),
            NotEntered,
            NotEntered,
        ]
    );
}

#[test]
fn a_week_in_dak_rve() {
    let visits = [
        (0, "cccd <14 guardian paper done"),
        (0, "none <14 guardian paper no-phone"),
        (1, "cccd 70+ guardian vneid already"),
        (1, "cccd 70+ vneid already"),
        (2, "bhyt 14+ paper no-level-2"),
        (2, "cccd 14+ vneid-seen done"),
        (3, "cccd 14+ neither not-integrated"),
        (4, "cccd 60+ vneid already"),
        (5, "can-cuoc 14+ vneid already"),
        (5, "can-cuoc 14+ vneid already"),
        (6, "can-cuoc 14+ vneid already"),
    ];
    assert_eq!(
        outcomes(&tests::sample("dak-rve-2025"), "2025-09-29", ALL_DAY, &visits),
        [
            // BHYT is known of all but visit 2; of these ten, 5 and 7 are not integrated.
            Reached(of(8, 10)),
            // All but visit 5 may have level 2; of these ten, 2 and 7 are not integrated.
            NotReached(of(8, 10)),
            // Under 14 and from 70: visits 1 to 4; with a guardian and integrated: 1 and 3.
            Reached(of(2, 4)),
            NotEntered,
            NotMeasurable,
            NotMeasurable,
        ]
    );
}

#[test]
fn a_week_in_hop_tien() {
    let mut visits = vec![(0, "cccd 14+ vneid already kiosk"); 19];
    visits.push((3, "cccd 14+ neither nurse sent"));
    visits.push((4, "cccd 14+ paper no-level-2 nurse"));
    let campaign = tests::sample("hop-tien-2026");
    assert_eq!(
        outcomes(&campaign, "2026-06-01", ALL_DAY, &visits),
        [
            NotEntered,
            NotEntered,
            NotMeasurable,
            // 19 of 20 are 95 %, and the plan says more than that.
            NotReached(of(19, 20)),
            NotEntered,
            Reached(of(21, 21)),
            NotEntered,
        ]
    );
    visits.push((5, "cccd 14+ vneid already"));
    let outcomes = outcomes(&campaign, "2026-06-01", ALL_DAY, &visits);
    assert_eq!(outcomes[3], Reached(of(20, 21)));
    assert_eq!(outcomes[5], NotReached(of(21, 22)), "who needs no guide was not guided either");
}

#[test]
fn a_week_in_dan_tien() {
    let campaign = tests::sample("dan-tien-2025");
    let visits = [
        (0, "bhyt 14+ vneid already"),
        (0, "cccd 14+ neither kiosk done"),
        (1, "bhyt 70+ paper no-phone"),
        (2, "so-bhyt 14+ paper no-level-2"),
        (3, "cccd 14+ paper"),
        // Borrowed a telephone, sent a request, waits.
        (4, "bhyt 60+ paper no-phone sent"),
    ];
    assert_eq!(
        outcomes(&campaign, "2025-08-04", ALL_DAY, &visits),
        [
            // BHYT, level 2, smartphone: visits 1, 2 and 6; integrated: 1 and 2.
            NotReached(of(2, 3)),
            NotEntered,
            NotMeasurable,
            NotMeasurable,
        ]
    );
    let nobody = outcomes(&campaign, "2025-08-11", ALL_DAY, &[]);
    assert_eq!(nobody[0], NoCase(of(0, 0)), "a week without visits reaches and misses nothing");
}
