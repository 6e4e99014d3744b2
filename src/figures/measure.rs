//! What the targets and columns of a campaign are measured by, each defined once.
//!
//! One rule stands above all of them: what is not known is never a success. A visit without a
//! choice, a result or an age stays in the denominator wherever its group does not ask for just
//! that, so a rate says no more than the desk can answer for ("tính thực chất").

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Share, Tally, Visit};
use crate::event::{
    AgeBand, CardKind, Choice, Entry, IntegrationResult, Obstacle, RecordUsed, Source,
};

/// One thing that can be measured. Unless a comment says otherwise the denominator is all visits
/// of the day (÷ arrivals) and the numerator those visits that the comment names. Its name, once
/// released, keeps its meaning: campaign files of years ago hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// How many patients came: visits that began and were not struck out. A count. Every plan.
    Arrivals,
    /// How often something of a visit was put right, also of visits struck out later. A count of
    /// corrections, not of visits. Hải Phòng: who reports answers for the figures.
    Corrections,
    /// Opening minutes with somebody of the staff on duty ÷ opening minutes. Tri Tôn: at least one
    /// health worker at the reception area.
    DeskCovered,
    /// Visits without a choice: the patient walked away or did not say.
    Unfinished,
    /// Visits recorded while the clock was not known to be right, so that their day is unsure.
    UnsureClock,
    /// Visits that staff recorded: helped check-ins, second visits, those from the paper sheet.
    EnteredByStaff,

    /// Visits whose last choice is the SSKĐT on VNeID, whoever says so. Hải Phòng (5).
    VneidUsed,
    /// The part of [`Self::VneidUsed`] on the patient's word alone.
    VneidSelfDeclared,
    /// The part of [`Self::VneidUsed`] that a nurse has seen. Like it ÷ all arrivals: a low rate says
    /// that few were seen, not that few used it.
    VneidConfirmed,
    /// [`Self::VneidConfirmed`] ÷ [`Self::VneidUsed`]: how much of what was told a nurse has seen.
    VneidConfirmedOfUsers,
    /// Visits whose last choice is the paper book.
    PaperUsed,
    /// Visits whose last choice is neither: no SSKĐT yet, guidance wanted.
    NeitherUsed,
    /// No paper book, the wide reading of Tri Tôn's annex row 7 ("không sử dụng sổ khám bệnh
    /// giấy"): visits whose last choice is VNeID or neither. Who chose "neither" could have chosen
    /// paper beside it and did not. Unfinished visits are not in the numerator.
    NoPaperBook,
    /// No paper book, the strict reading of the same row ("sử dụng căn cước/CCCD, SSKĐT – không sử
    /// dụng sổ khám bệnh giấy"): visits whose last choice is VNeID, or neither after a citizen card,
    /// its number or VNeID's own code was scanned. "Neither" without a scan or with a BHYT card, and
    /// unfinished visits, are not in the numerator. Who wants the SSKĐT alone takes
    /// [`Self::VneidUsed`], who wants it seen takes [`Self::VneidConfirmed`].
    NoPaperBookStrict,

    /// Visits that were taught, by the kiosk or by a nurse. Who uses the SSKĐT already and was not
    /// taught stays in the denominator: Hợp Tiến (6) says 100 % of all who come.
    Guided,
    /// Visits that opened a guide on the kiosk.
    GuidedByKiosk,
    /// Visits that a nurse taught. Hợp Tiến (2).
    GuidedByNurse,
    /// Visits that followed a guide of the kiosk to its end ÷ visits that opened one. Hải Phòng:
    /// whether the guidance is real.
    GuideFinished,
    /// Guided visits of which any result of the integration is recorded, "later" too ÷
    /// [`Self::Guided`]: whether it is known what came of the guidance.
    GuidedResultKnown,

    /// Visits whose BHYT card is integrated by the end of the visit: before ("already"), at the desk
    /// ("done"), or refused because an approved record exists, which says the same. A request that
    /// waits is not in the numerator.
    Integrated,
    /// The numerator of [`Self::Integrated`] ÷ visits that told any result, "later" too. Who was not
    /// asked, or did not say, is in neither: more than all arrivals allow.
    IntegratedAsked,
    /// Visits whose request failed and whose card is not integrated: the failures but
    /// "already approved".
    IntegrationFailed,
    /// Visits with just this result. The ten of them sum to the visits that told one.
    Integration(IntegrationResult),

    /// [`Self::Integrated`] ÷ visits of people who are known to have a BHYT card: one was scanned, a
    /// result was told, or "not integrated" was the obstacle. Đăk Rve: at least 80 %.
    IntegratedBhyt,
    /// The same among those of known age of 14 years and more. Tri Tôn, annex row 5: a card that is
    /// integrated was verified on VNeID.
    Integrated14Bhyt,
    /// Visits that used the SSKĐT on VNeID ÷ the same group. Tri Tôn, annex row 6: who shows it has
    /// it; who has it and does not show it is not seen at a desk.
    Vneid14Bhyt,

    /// Visits nothing tells to lack a level-2 account in use: not hindered by "no level 2" or "no
    /// VNeID", or shown to have one by using the SSKĐT or sending a request. An upper bound, and so
    /// the rates of this group are lower ones.
    Level2,
    /// [`Self::Guided`] ÷ visits of [`Self::Level2`]. Hải Phòng (1).
    Level2Guided,
    /// [`Self::Integrated`] ÷ visits of [`Self::Level2`]. Hợp Tiến (4); Đăk Rve: 100 % of those who
    /// use VNeID.
    Level2Integrated,
    /// Visits nothing tells to lack a smartphone: not hindered by it, or shown to have one as above.
    Smartphone,
    /// [`Self::Integrated`] ÷ visits with a BHYT card, a level-2 account and a smartphone, each as
    /// above. Dân Tiến.
    BhytLevel2SmartphoneIntegrated,

    /// Visits of people below 14.
    Under14,
    /// Visits of people of 60 and more ("người cao tuổi").
    From60,
    /// Visits of people of 70 and more. The plans say "over 70"; the desk knows bands, and this one
    /// holds those who are just 70.
    From70,
    /// Visits with somebody who answers for the patient.
    Accompanied,
    /// The same among those below 14.
    Under14Accompanied,
    /// The same among those of 70 and more.
    From70Accompanied,
    /// Visits with somebody who answers for the patient and an integrated card ÷ visits of people
    /// below 14 or of 70 and more. Đăk Rve: from 50 % in the guardian's account; whose account it
    /// was the desk does not ask.
    GuardianIntegrated,
    /// Visits of people of 60 and more that a nurse taught, came to, or recorded as they happened ÷
    /// visits of people of 60 and more. Being helped is not yet being taught. Hải Phòng: "cầm tay chỉ
    /// việc".
    ElderlyAssisted,
    /// Visits of people of 60 and more that a nurse taught ÷ visits of people of 60 and more.
    From60GuidedByNurse,

    /// Visits with this as the last reason told why VNeID is not used.
    Obstacle(Obstacle),
    /// Visits that began with a chip CCCD or a thẻ Căn cước, or the same string out of VNeID.
    CitizenCard,
    /// Visits that began with a scan of just this; `None` without a scan. The seven of them sum to
    /// the arrivals.
    Card(Option<CardKind>),
}

/// Whose visits are the denominator of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Arrivals,
    VneidUsers,
    Asked,
    Guided,
    GuidedByKiosk,
    Bhyt,
    Bhyt14,
    Level2,
    BhytLevel2Smartphone,
    Under14,
    From60,
    From70,
    Under14OrFrom70,
}

/// How a measure is made.
enum Rule {
    Arrivals,
    Corrections,
    DeskMinutes,
    Visits(Group, Box<dyn Fn(&Visit) -> bool>),
}

/// What is known of one station day.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// Its visits.
    pub tally: &'a Tally,
    /// Opening minutes with somebody on duty, of all: [`super::Duty::covered`].
    pub desk: Share,
}

/// What a measure came to, on a day or over several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The count, or the numerator of a rate.
    pub part: u64,
    /// The denominator of a rate; `None` of a count.
    pub whole: Option<u64>,
}

impl Reading {
    /// The rate; `None` of a count.
    pub fn share(self) -> Option<Share> {
        self.whole.map(|whole| Share { part: self.part, whole })
    }

    /// The same measure of this and of other days. A visit belongs to one day, so days add up.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let whole = self.whole.zip(other.whole).map(|(one, other)| one + other);
        Self { part: self.part + other.part, whole }
    }
}

impl Measure {
    /// All of them, those that belong together side by side.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::PLAIN
            .into_iter()
            .chain(IntegrationResult::ALL.map(Self::Integration))
            .chain(Obstacle::ALL.map(Self::Obstacle))
            .chain(Self::CARDS.map(Self::Card))
    }

    const PLAIN: [Self; 40] = [
        Self::Arrivals,
        Self::Corrections,
        Self::DeskCovered,
        Self::Unfinished,
        Self::UnsureClock,
        Self::EnteredByStaff,
        Self::VneidUsed,
        Self::VneidSelfDeclared,
        Self::VneidConfirmed,
        Self::VneidConfirmedOfUsers,
        Self::PaperUsed,
        Self::NeitherUsed,
        Self::NoPaperBook,
        Self::NoPaperBookStrict,
        Self::Guided,
        Self::GuidedByKiosk,
        Self::GuidedByNurse,
        Self::GuideFinished,
        Self::GuidedResultKnown,
        Self::Integrated,
        Self::IntegratedAsked,
        Self::IntegrationFailed,
        Self::IntegratedBhyt,
        Self::Integrated14Bhyt,
        Self::Vneid14Bhyt,
        Self::Level2,
        Self::Level2Guided,
        Self::Level2Integrated,
        Self::Smartphone,
        Self::BhytLevel2SmartphoneIntegrated,
        Self::Under14,
        Self::From60,
        Self::From70,
        Self::Accompanied,
        Self::Under14Accompanied,
        Self::From70Accompanied,
        Self::GuardianIntegrated,
        Self::ElderlyAssisted,
        Self::From60GuidedByNurse,
        Self::CitizenCard,
    ];

    const CARDS: [Option<CardKind>; 7] = [
        None,
        Some(CardKind::Cccd),
        Some(CardKind::CanCuoc),
        Some(CardKind::Insurance),
        Some(CardKind::PersonalNumber),
        Some(CardKind::InsuranceNumber),
        Some(CardKind::Opaque),
    ];

    /// Its reading over these days, in any order.
    pub fn over<'a>(self, days: impl IntoIterator<Item = Observed<'a>>) -> Reading {
        let rule = self.rule();
        let of_day = |day: Observed<'a>| rule.on(&Seen::from(day));
        days.into_iter().map(of_day).fold(self.of_nothing(), Reading::and)
    }

    /// The readings of all measures on one day.
    pub(super) fn all_on(day: Observed<'_>) -> BTreeMap<Self, Reading> {
        let seen = Seen::from(day);
        Self::all().map(|measure| (measure, measure.rule().on(&seen))).collect()
    }

    /// Its reading over no day at all, to which those of days are added.
    pub fn of_nothing(self) -> Reading {
        Reading { part: 0, whole: self.is_rate().then_some(0) }
    }

    /// Whether it is a rate; otherwise it is a count.
    pub fn is_rate(self) -> bool {
        !matches!(self, Self::Arrivals | Self::Corrections)
    }

    /// Whether it is a rate of visits, so that it needs nothing but the visits of a day.
    pub fn is_share_of_visits(self) -> bool {
        matches!(self.rule(), Rule::Visits(..))
    }

    /// What the denominator counts, in Vietnamese; `None` of a count.
    pub fn whole_label(self) -> Option<&'static str> {
        match self.rule() {
            Rule::Arrivals | Rule::Corrections => None,
            Rule::DeskMinutes => Some("Số phút mở cửa"),
            Rule::Visits(group, _) => Some(group.label()),
        }
    }

    fn rule(self) -> Rule {
        use Group::{
            Arrivals, Asked, Bhyt, Bhyt14, BhytLevel2Smartphone, From60, From70, Level2, Under14,
            Under14OrFrom70,
        };
        match self {
            Self::Arrivals => Rule::Arrivals,
            Self::Corrections => Rule::Corrections,
            Self::DeskCovered => Rule::DeskMinutes,
            Self::Unfinished => visits(Arrivals, |visit| visit.choice().is_none()),
            Self::UnsureClock => {
                visits(Arrivals, |visit| visit.arrived().is_some_and(|it| !it.at.sure))
            }
            Self::EnteredByStaff => {
                visits(Arrivals, |visit| visit.arrived().is_some_and(|it| it.by.is_some()))
            }
            Self::VneidUsed => visits(Arrivals, uses_vneid),
            Self::VneidSelfDeclared => {
                visits(Arrivals, |visit| vneid_on_the_word_of(visit, Source::SelfDeclared))
            }
            Self::VneidConfirmed => {
                visits(Arrivals, |visit| vneid_on_the_word_of(visit, Source::NurseConfirmed))
            }
            Self::VneidConfirmedOfUsers => visits(Group::VneidUsers, |visit| {
                vneid_on_the_word_of(visit, Source::NurseConfirmed)
            }),
            Self::PaperUsed => visits(Arrivals, |visit| visit.used() == Some(RecordUsed::Paper)),
            Self::NeitherUsed => {
                visits(Arrivals, |visit| visit.used() == Some(RecordUsed::Neither))
            }
            Self::NoPaperBook => visits(Arrivals, uses_no_paper),
            Self::NoPaperBookStrict => visits(Arrivals, |visit| {
                uses_vneid(visit) || uses_no_paper(visit) && showed_citizen_document(visit)
            }),
            Self::Guided => visits(Arrivals, is_guided),
            Self::GuidedByKiosk => visits(Arrivals, Visit::is_guided_by_kiosk),
            Self::GuidedByNurse => visits(Arrivals, Visit::is_guided_by_staff),
            Self::GuideFinished => visits(Group::GuidedByKiosk, Visit::has_finished_guide),
            Self::GuidedResultKnown => visits(Group::Guided, |visit| visit.integration().is_some()),
            Self::Integrated => visits(Arrivals, is_integrated),
            Self::IntegratedAsked => visits(Asked, is_integrated),
            Self::IntegrationFailed => visits(Arrivals, has_failed),
            Self::Integration(result) => {
                visits(Arrivals, move |visit| visit.integration() == Some(result))
            }
            Self::IntegratedBhyt => visits(Bhyt, is_integrated),
            Self::Integrated14Bhyt => visits(Bhyt14, is_integrated),
            Self::Vneid14Bhyt => visits(Bhyt14, uses_vneid),
            Self::Level2 => visits(Arrivals, may_have_level_2),
            Self::Level2Guided => visits(Level2, is_guided),
            Self::Level2Integrated => visits(Level2, is_integrated),
            Self::Smartphone => visits(Arrivals, may_have_smartphone),
            Self::BhytLevel2SmartphoneIntegrated => visits(BhytLevel2Smartphone, is_integrated),
            Self::Under14 => visits(Arrivals, |visit| Under14.has(visit)),
            Self::From60 => visits(Arrivals, |visit| From60.has(visit)),
            Self::From70 => visits(Arrivals, |visit| From70.has(visit)),
            Self::Accompanied => visits(Arrivals, Visit::is_accompanied),
            Self::Under14Accompanied => visits(Under14, Visit::is_accompanied),
            Self::From70Accompanied => visits(From70, Visit::is_accompanied),
            Self::GuardianIntegrated => {
                visits(Under14OrFrom70, |visit| visit.is_accompanied() && is_integrated(visit))
            }
            Self::ElderlyAssisted => visits(From60, is_assisted),
            Self::From60GuidedByNurse => visits(From60, Visit::is_guided_by_staff),
            Self::Obstacle(obstacle) => {
                visits(Arrivals, move |visit| visit.obstacle() == Some(obstacle))
            }
            Self::CitizenCard => visits(Arrivals, |visit| {
                matches!(scanned(visit), Some(CardKind::Cccd | CardKind::CanCuoc))
            }),
            Self::Card(card) => visits(Arrivals, move |visit| scanned(visit) == card),
        }
    }

    /// Its name in campaign files.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What the count or the numerator counts, in Vietnamese, for reports.
    pub fn label(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Arrivals => ("arrivals", "Tổng số lượt đến khám"),
            Self::Corrections => ("corrections", "Số lần sửa lại"),
            Self::DeskCovered => ("desk-covered", "Số phút có nhân viên trực tiếp đón"),
            Self::Unfinished => ("unfinished", "Lượt chưa chọn"),
            Self::UnsureClock => ("unsure-clock", "Lượt ghi khi chưa chắc ngày giờ"),
            Self::EnteredByStaff => ("entered-by-staff", "Lượt do nhân viên ghi"),
            Self::VneidUsed => ("vneid-used", "Lượt dùng SSKĐT trên VNeID"),
            Self::VneidSelfDeclared => {
                ("vneid-self-declared", "Lượt dùng VNeID, người dân tự khai")
            }
            Self::VneidConfirmed => {
                ("vneid-confirmed", "Lượt dùng VNeID, nhân viên xác nhận, trên tổng lượt đến khám")
            }
            Self::VneidConfirmedOfUsers => {
                ("vneid-confirmed-of-users", "Lượt nhân viên xác nhận, trên số lượt dùng VNeID")
            }
            Self::PaperUsed => ("paper-used", "Lượt dùng sổ giấy"),
            Self::NeitherUsed => ("neither-used", "Lượt chưa có sổ, cần hướng dẫn"),
            Self::NoPaperBook => ("no-paper-book", "Lượt không dùng sổ giấy"),
            Self::NoPaperBookStrict => {
                ("no-paper-book-strict", "Lượt dùng căn cước hoặc SSKĐT, không dùng sổ giấy")
            }
            Self::Guided => ("guided", "Lượt được hướng dẫn"),
            Self::GuidedByKiosk => ("guided-by-kiosk", "Lượt xem hướng dẫn trên máy"),
            Self::GuidedByNurse => ("guided-by-nurse", "Lượt được nhân viên hướng dẫn"),
            Self::GuideFinished => ("guide-finished", "Lượt xem hết một bài hướng dẫn"),
            Self::GuidedResultKnown => (
                "guided-result-known",
                "Lượt được hướng dẫn có ghi kết quả tích hợp, trên số lượt được hướng dẫn",
            ),
            Self::Integrated => ("integrated", "Lượt đã tích hợp thẻ BHYT"),
            Self::IntegratedAsked => (
                "integrated-asked",
                "Lượt đã tích hợp thẻ BHYT, trên số lượt cho biết kết quả tích hợp",
            ),
            Self::IntegrationFailed => ("integration-failed", "Lượt tích hợp không thành công"),
            Self::Integration(result) => match result {
                IntegrationResult::Already => ("integration-already", "Đã tích hợp từ trước"),
                IntegrationResult::Done => ("integration-done", "Tích hợp xong tại chỗ"),
                IntegrationResult::Sent => ("integration-sent", "Đã gửi yêu cầu, chờ duyệt"),
                IntegrationResult::Later => ("integration-later", "Để làm sau"),
                IntegrationResult::ThreeADay => {
                    ("integration-three-a-day", "Không được: quá 3 lần trong ngày")
                }
                IntegrationResult::AlreadyApproved => {
                    ("integration-already-approved", "Không được: thẻ đã được duyệt trước đó")
                }
                IntegrationResult::SameLastTen => {
                    ("integration-same-last-ten", "Không được: trùng 10 số cuối")
                }
                IntegrationResult::WrongNumber => {
                    ("integration-wrong-number", "Không được: sai số thẻ")
                }
                IntegrationResult::NumberUnknown => {
                    ("integration-number-unknown", "Không được: không nhớ số thẻ")
                }
                IntegrationResult::FailedOtherwise => {
                    ("integration-failed-otherwise", "Không được: lý do khác")
                }
            },
            Self::IntegratedBhyt => {
                ("integrated-bhyt", "Lượt đã tích hợp, trong số người có thẻ BHYT")
            }
            Self::Integrated14Bhyt => {
                ("integrated-14-bhyt", "Lượt đã tích hợp, từ đủ 14 tuổi có thẻ BHYT")
            }
            Self::Vneid14Bhyt => {
                ("vneid-14-bhyt", "Lượt dùng SSKĐT trên VNeID, từ đủ 14 tuổi có thẻ BHYT")
            }
            Self::Level2 => ("level-2", "Lượt không vướng tài khoản mức 2"),
            Self::Level2Guided => {
                ("level-2-guided", "Lượt được hướng dẫn, trong số không vướng mức 2")
            }
            Self::Level2Integrated => {
                ("level-2-integrated", "Lượt đã tích hợp, trong số không vướng mức 2")
            }
            Self::Smartphone => ("smartphone", "Lượt không vướng điện thoại thông minh"),
            Self::BhytLevel2SmartphoneIntegrated => (
                "bhyt-level-2-smartphone-integrated",
                "Lượt đã tích hợp, trong số có BHYT, mức 2, điện thoại thông minh",
            ),
            Self::Under14 => ("under-14", "Lượt dưới 14 tuổi"),
            Self::From60 => ("from-60", "Lượt người cao tuổi (từ 60 tuổi)"),
            Self::From70 => ("from-70", "Lượt từ 70 tuổi"),
            Self::Accompanied => ("accompanied", "Lượt có người giám hộ"),
            Self::Under14Accompanied => {
                ("under-14-accompanied", "Lượt dưới 14 tuổi có người giám hộ")
            }
            Self::From70Accompanied => ("from-70-accompanied", "Lượt từ 70 tuổi có người giám hộ"),
            Self::GuardianIntegrated => {
                ("guardian-integrated", "Lượt đã tích hợp, có người giám hộ, dưới 14 và từ 70 tuổi")
            }
            Self::ElderlyAssisted => (
                "elderly-assisted",
                "Lượt từ 60 tuổi được nhân viên giúp, ghi hộ hoặc hướng dẫn, trên số lượt từ 60 tuổi",
            ),
            Self::From60GuidedByNurse => (
                "from-60-guided-by-nurse",
                "Lượt từ 60 tuổi được nhân viên hướng dẫn, trên số lượt từ 60 tuổi",
            ),
            Self::Obstacle(obstacle) => match obstacle {
                Obstacle::NoSmartphone => {
                    ("obstacle-no-smartphone", "Vướng mắc: không có điện thoại thông minh")
                }
                Obstacle::NoVneid => {
                    ("obstacle-no-vneid", "Vướng mắc: chưa cài VNeID hoặc bản quá cũ")
                }
                Obstacle::NoLevel2 => ("obstacle-no-level-2", "Vướng mắc: chưa có tài khoản mức 2"),
                Obstacle::NotIntegrated => {
                    ("obstacle-not-integrated", "Vướng mắc: chưa tích hợp thẻ BHYT")
                }
                Obstacle::NoNetwork => ("obstacle-no-network", "Vướng mắc: không có mạng"),
                Obstacle::ForgotPassword => {
                    ("obstacle-forgot-password", "Vướng mắc: quên mật khẩu")
                }
                Obstacle::PrefersPaper => {
                    ("obstacle-prefers-paper", "Vướng mắc: muốn dùng sổ giấy")
                }
                Obstacle::Other => ("obstacle-other", "Vướng mắc: lý do khác"),
            },
            Self::CitizenCard => ("citizen-card", "Lượt quét thẻ CCCD hoặc thẻ Căn cước"),
            Self::Card(card) => match card {
                None => ("card-none", "Lượt không quét"),
                Some(CardKind::Cccd) => ("card-cccd", "Đã quét: thẻ CCCD gắn chip"),
                Some(CardKind::CanCuoc) => ("card-can-cuoc", "Đã quét: thẻ Căn cước"),
                Some(CardKind::Insurance) => ("card-insurance", "Đã quét: thẻ BHYT"),
                Some(CardKind::PersonalNumber) => {
                    ("card-personal-number", "Đã quét: số định danh cá nhân")
                }
                Some(CardKind::InsuranceNumber) => {
                    ("card-insurance-number", "Đã quét: số thẻ BHYT hoặc số BHXH")
                }
                Some(CardKind::Opaque) => ("card-opaque", "Đã quét: mã chưa rõ loại"),
            },
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no measure has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no measure {0:?}")]
pub struct UnknownMeasure(pub String);

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(name: &str) -> Result<Self, UnknownMeasure> {
        let found = Self::all().find(|measure| measure.name() == name);
        found.ok_or_else(|| UnknownMeasure(name.to_owned()))
    }
}

fn visits(among: Group, which: impl Fn(&Visit) -> bool + 'static) -> Rule {
    Rule::Visits(among, Box::new(which))
}

/// A day as rules look at it.
struct Seen<'a> {
    /// Its visits that count.
    visits: Vec<&'a Visit>,
    /// How often something of its visits was put right, also of those that do not count.
    corrections: u64,
    desk: Share,
}

impl<'a> From<Observed<'a>> for Seen<'a> {
    fn from(Observed { tally, desk }: Observed<'a>) -> Self {
        let mut visits: Vec<_> = tally.visits().map(|(_, visit)| visit).collect();
        let corrections = visits.iter().map(|visit| visit.corrections()).sum();
        visits.retain(|visit| visit.counts());
        Self { visits, corrections, desk }
    }
}

impl Rule {
    fn on(&self, day: &Seen<'_>) -> Reading {
        match self {
            Self::Arrivals => Reading { part: day.visits.len() as u64, whole: None },
            Self::Corrections => Reading { part: day.corrections, whole: None },
            Self::DeskMinutes => Reading { part: day.desk.part, whole: Some(day.desk.whole) },
            Self::Visits(among, which) => {
                let (mut part, mut whole) = (0, 0);
                for visit in day.visits.iter().filter(|visit| among.has(visit)) {
                    whole += 1;
                    part += u64::from(which(visit));
                }
                Reading { part, whole: Some(whole) }
            }
        }
    }
}

impl Group {
    fn has(self, visit: &Visit) -> bool {
        match self {
            Self::Arrivals => true,
            Self::VneidUsers => uses_vneid(visit),
            Self::Asked => visit.integration().is_some(),
            Self::Guided => is_guided(visit),
            Self::GuidedByKiosk => visit.is_guided_by_kiosk(),
            Self::Bhyt => has_bhyt(visit),
            Self::Bhyt14 => {
                let is_known_to_be_14 = match visit.age() {
                    AgeBand::From14 | AgeBand::From60 | AgeBand::From70 => true,
                    AgeBand::Under14 | AgeBand::Unknown => false,
                };
                is_known_to_be_14 && has_bhyt(visit)
            }
            Self::Level2 => may_have_level_2(visit),
            Self::BhytLevel2Smartphone => {
                has_bhyt(visit) && may_have_level_2(visit) && may_have_smartphone(visit)
            }
            Self::Under14 => visit.age() == AgeBand::Under14,
            Self::From60 => matches!(visit.age(), AgeBand::From60 | AgeBand::From70),
            Self::From70 => visit.age() == AgeBand::From70,
            Self::Under14OrFrom70 => matches!(visit.age(), AgeBand::Under14 | AgeBand::From70),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Arrivals => "Tổng số lượt đến khám",
            Self::VneidUsers => "Lượt dùng SSKĐT trên VNeID",
            Self::Asked => "Lượt cho biết kết quả tích hợp",
            Self::Guided => "Lượt được hướng dẫn",
            Self::GuidedByKiosk => "Lượt xem hướng dẫn trên máy",
            Self::Bhyt => "Lượt biết là có thẻ BHYT",
            Self::Bhyt14 => "Lượt từ đủ 14 tuổi, biết là có thẻ BHYT",
            Self::Level2 => "Lượt không vướng tài khoản mức 2",
            Self::BhytLevel2Smartphone => {
                "Lượt biết là có thẻ BHYT, không vướng mức 2 và điện thoại thông minh"
            }
            Self::Under14 => "Lượt dưới 14 tuổi",
            Self::From60 => "Lượt người cao tuổi (từ 60 tuổi)",
            Self::From70 => "Lượt từ 70 tuổi",
            Self::Under14OrFrom70 => "Lượt dưới 14 tuổi và từ 70 tuổi",
        }
    }
}

fn scanned(visit: &Visit) -> Option<CardKind> {
    visit.arrived().and_then(|arrived| arrived.card)
}

fn showed_citizen_document(visit: &Visit) -> bool {
    match scanned(visit) {
        Some(CardKind::Cccd | CardKind::CanCuoc | CardKind::PersonalNumber | CardKind::Opaque) => {
            true
        }
        Some(CardKind::Insurance | CardKind::InsuranceNumber) | None => false,
    }
}

fn uses_vneid(visit: &Visit) -> bool {
    visit.used() == Some(RecordUsed::Vneid)
}

fn vneid_on_the_word_of(visit: &Visit, source: Source) -> bool {
    visit.choice() == Some(Choice { used: RecordUsed::Vneid, source })
}

fn uses_no_paper(visit: &Visit) -> bool {
    matches!(visit.used(), Some(RecordUsed::Vneid | RecordUsed::Neither))
}

fn is_guided(visit: &Visit) -> bool {
    visit.is_guided_by_kiosk() || visit.is_guided_by_staff()
}

fn is_assisted(visit: &Visit) -> bool {
    // What is entered from the paper sheet afterwards says nothing of help at the desk.
    let entered_at_the_desk = |visit: &Visit| {
        visit.arrived().is_some_and(|it| it.by.is_some() && it.entry != Entry::FromPaper)
    };
    visit.is_guided_by_staff() || visit.was_helped() || entered_at_the_desk(visit)
}

fn is_integrated(visit: &Visit) -> bool {
    match visit.integration() {
        Some(
            IntegrationResult::Already
            | IntegrationResult::Done
            | IntegrationResult::AlreadyApproved,
        ) => true,
        Some(
            IntegrationResult::Sent
            | IntegrationResult::Later
            | IntegrationResult::ThreeADay
            | IntegrationResult::SameLastTen
            | IntegrationResult::WrongNumber
            | IntegrationResult::NumberUnknown
            | IntegrationResult::FailedOtherwise,
        )
        | None => false,
    }
}

fn has_failed(visit: &Visit) -> bool {
    match visit.integration() {
        Some(
            IntegrationResult::ThreeADay
            | IntegrationResult::SameLastTen
            | IntegrationResult::WrongNumber
            | IntegrationResult::NumberUnknown
            | IntegrationResult::FailedOtherwise,
        ) => true,
        Some(
            IntegrationResult::Already
            | IntegrationResult::Done
            | IntegrationResult::AlreadyApproved
            | IntegrationResult::Sent
            | IntegrationResult::Later,
        )
        | None => false,
    }
}

/// Only a level-2 account can send a request or open the SSKĐT, and only on a smartphone.
fn was_seen_in_vneid(visit: &Visit) -> bool {
    let sent_a_request = match visit.integration() {
        Some(
            IntegrationResult::Already
            | IntegrationResult::Done
            | IntegrationResult::Sent
            | IntegrationResult::ThreeADay
            | IntegrationResult::AlreadyApproved
            | IntegrationResult::SameLastTen,
        ) => true,
        // A number can be wrong or unknown before anything is sent.
        Some(
            IntegrationResult::Later
            | IntegrationResult::WrongNumber
            | IntegrationResult::NumberUnknown
            | IntegrationResult::FailedOtherwise,
        )
        | None => false,
    };
    sent_a_request || uses_vneid(visit)
}

fn may_have_level_2(visit: &Visit) -> bool {
    let lacks = matches!(visit.obstacle(), Some(Obstacle::NoLevel2 | Obstacle::NoVneid));
    !lacks || was_seen_in_vneid(visit)
}

fn may_have_smartphone(visit: &Visit) -> bool {
    visit.obstacle() != Some(Obstacle::NoSmartphone) || was_seen_in_vneid(visit)
}

fn has_bhyt(visit: &Visit) -> bool {
    matches!(scanned(visit), Some(CardKind::Insurance | CardKind::InsuranceNumber))
        || visit.integration().is_some()
        || visit.obstacle() == Some(Obstacle::NotIntegrated)
}

#[cfg(test)]
mod tests;
