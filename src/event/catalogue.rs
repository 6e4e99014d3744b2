//! The closed catalogue of events. A variant or field, once released, keeps its name and meaning:
//! journals of years ago must still be counted right.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Role, StaffCode, StationDay, VisitNo};

/// What happened. Kept in the database as `kind` and JSON, in exports as one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "kebab-case")]
pub enum What {
    /// A patient arrived: the first event of a visit.
    Arrived(Arrival),
    /// The same patient's card was read again on the same station day. Counts nothing new.
    ScannedAgain,
    /// The patient showed another document, during the visit or later on the day. Counts nothing new.
    AlsoShown(ShownDocument),
    /// The patient (or later a nurse) said which record is used. The last choice of a visit counts.
    Chose(Choice),
    /// The patient left a guide, at its end or before.
    Guided(Guidance),
    /// The patient said why VNeID is not used.
    Hindered(Hindrance),
    /// The patient said how the integration of the BHYT card went.
    Integrated(Integration),
    /// Somebody answers for the patient: a child's parent, a guardian.
    Accompanied,
    /// A nurse taught the patient.
    GuidedByStaff,
    /// A nurse came to a patient who had called; without a visit, to one who called from the idle page.
    Helped,
    /// What was recorded of a visit was wrong. Nothing is erased: this comes on top (product rule 5).
    Corrected(Correction),
    /// "Gọi nhân viên" was pressed.
    StaffCalled,
    /// The loudspeaker was heard for a call that nobody had taken yet. Once a call.
    CallRung,
    /// Somebody of the staff said "Tôi đến" to a call.
    CallTaken,
    /// The reader sent something that is no usable card. No visit.
    Unreadable {
        /// Why, as far as the bytes tell.
        cause: UnreadableCause,
    },
    /// The reader sent without end what is no code, faster than people can be: so much of it within
    /// the last minute, beyond what was recorded one by one. No visit.
    ReaderBabbled {
        /// So many records that could not be read.
        records: u64,
        /// So many bytes that came too fast to be read at all.
        bytes: u64,
    },
    /// The reader stopped answering.
    ReaderLost,
    /// The reader is back.
    ReaderFound,
    /// Somebody typed a PIN.
    PinTried {
        /// Whose PIN it was meant to be.
        staff: StaffCode,
        /// Whether it was right.
        right: bool,
    },
    /// Somebody chose a new PIN.
    PinChosen {
        /// Whose.
        staff: StaffCode,
    },
    /// A PIN no longer holds; a new one is chosen at the next sign-in.
    PinReset {
        /// Whose.
        staff: StaffCode,
        /// How that came about.
        way: ResetWay,
        /// SHA-256 of the file on the boot partition, in hexadecimal, where it could not be deleted
        /// and must not be obeyed again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
    },
    /// A new member of staff.
    StaffAdded {
        /// The code, never given before.
        staff: StaffCode,
        /// What they may do.
        role: Role,
    },
    /// Somebody is no longer of the staff.
    StaffRemoved {
        /// The code, never to be given again.
        staff: StaffCode,
    },
    /// A member of staff is at the desk from now on.
    DutyBegan {
        /// Who.
        staff: StaffCode,
    },
    /// A member of staff has left the desk.
    DutyEnded {
        /// Who.
        staff: StaffCode,
    },
    /// The day's figures were signed; the day's key was destroyed.
    DayClosed {
        /// Which closing of that day, from 1: what came later is closed again.
        number: u32,
        /// Whether somebody did it.
        way: ClosingWay,
    },
    /// Files were written and checked.
    Exported {
        /// First day.
        from: StationDay,
        /// Last day.
        to: StationDay,
        /// Where to.
        medium: Medium,
        /// SHA-256 of the manifest, in hexadecimal; empty where there is none.
        manifest: String,
    },
    /// An export failed.
    ExportFailed {
        /// Where to.
        medium: Medium,
    },
    /// The database was damaged; the newest good backup took its place.
    Restored {
        /// Events of the backup.
        kept: u64,
        /// Events read back from the side log.
        replayed: u64,
    },
    /// A member of staff entered a number that somebody else counted, such as accounts the police
    /// issued. It stands for the event's day; the last of a day counts.
    NumberEntered(EnteredNumber),
    /// A report that a plan wants is not reminded of any more: it is not handed in from here.
    ReportDismissed {
        /// The campaign, by the name of its file.
        campaign: String,
        /// The first day the report tells of.
        from: StationDay,
        /// The last.
        to: StationDay,
        /// Why.
        reason: DismissalReason,
    },
    /// The program started.
    Started {
        /// Version of the program.
        version: String,
        /// Name of the station at that time, for exports made without its configuration.
        station_name: String,
        /// Name of the desk at that time.
        point_name: String,
    },
    /// The program ended in order.
    Stopped,
    /// What time it is became known, or known better; the moment of this event is the first by it.
    ClockKnown {
        /// Who vouches for it.
        way: Vouched,
        /// What this machine would have told then without it, milliseconds since 1970-01-01 UTC.
        told_ms: i64,
    },
    /// The clock was not sure when this visit began. Now it is known when, and the day was right.
    Dated {
        /// When it began, milliseconds since 1970-01-01 UTC.
        wall_ms: i64,
    },
    /// The clock was wrong: this visit counts for another day, and there under another id.
    MovedTo {
        /// The day it counts for.
        day: StationDay,
        /// Its number of that day.
        number: VisitNo,
    },
    /// The events of this visit before this one stood in another day, because the clock was wrong.
    /// They tell when they happened, as is known now.
    MovedFrom {
        /// The day they stood in, where they still are and no longer count.
        day: StationDay,
        /// The visit's number of that day.
        number: VisitNo,
    },
    /// A row whose kind or body this version cannot read: a later version wrote it, or it is
    /// damaged. Only read, never recorded; it costs its own meaning and nothing else.
    #[serde(skip)]
    NotUnderstood,
}

/// Why a report is not reminded of any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DismissalReason {
    /// It was sent in another way, such as on paper.
    SentOtherwise,
    /// Its days were told in another report.
    ToldElsewhere,
    /// Those who were to get it do not want it.
    NotWanted,
    /// The plan has changed.
    PlanChanged,
    /// Another reason.
    Other,
}

impl DismissalReason {
    /// All of them, in the order in which they are asked for.
    pub const ALL: [Self; 5] =
        [Self::SentOtherwise, Self::ToldElsewhere, Self::NotWanted, Self::PlanChanged, Self::Other];
}

/// The first event of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Running number of the day.
    pub number: VisitNo,
    /// What was scanned; `None` for "Không quét – tiếp tục".
    pub card: Option<CardKind>,
    /// Age on the day of the visit, as a band.
    pub age: AgeBand,
    /// How the visit came into the journal.
    #[serde(default, skip_serializing_if = "Entry::is_usual")]
    pub entry: Entry,
}

/// A further document of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownDocument {
    /// What it is.
    pub card: CardKind,
    /// Age on the day of the visit, as this document tells it.
    pub age: AgeBand,
}

/// How a visit came into the journal.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// As it happened.
    #[default]
    Usual,
    /// A nurse added a second visit of the same person on the same day, on purpose.
    Second,
    /// From the paper sheet, after the machine had stood still ("nhập bù"). When the patient came
    /// is not known, only the day.
    FromPaper,
}

impl Entry {
    fn is_usual(&self) -> bool {
        *self == Self::Usual
    }
}

/// What kind of document the scan came from. A scan proves a card, never VNeID (product rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardKind {
    /// Chip CCCD of 2021–06/2024 (or the same string out of VNeID).
    Cccd,
    /// Thẻ Căn cước since 07/2024 (or the same string out of VNeID).
    CanCuoc,
    /// BHYT card.
    Insurance,
    /// A bare 12-digit personal number.
    PersonalNumber,
    /// A bare BHYT or BHXH number.
    InsuranceNumber,
    /// A token that cannot be read here, most likely VNeID's own changing QR.
    Opaque,
}

/// Age bands of the counting rules; together they give <14, 14–69, ≥60 and ≥70.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum AgeBand {
    /// Below 14 years.
    Under14,
    /// 14 to 59 years.
    From14,
    /// 60 to 69 years ("người cao tuổi").
    From60,
    /// 70 years and more.
    From70,
    /// Not known, and not guessed.
    #[default]
    Unknown,
}

/// Which health book was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordUsed {
    /// The SSKĐT, shown on VNeID.
    Vneid,
    /// The paper book.
    Paper,
    /// Neither: the patient has none yet and asked for guidance.
    Neither,
}

/// Whose word it is. Reports keep the two apart ("tính thực chất").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The patient said so at the kiosk.
    SelfDeclared,
    /// A nurse saw it.
    NurseConfirmed,
}

/// An answer to "Hôm nay ông/bà dùng gì để khám?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The record used.
    pub used: RecordUsed,
    /// Whose word it is.
    pub source: Source,
}

/// How far a patient followed a guide on the kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guidance {
    /// Which guide, by its file name without ending.
    pub guide: String,
    /// Version of the guide's text.
    pub version: u32,
    /// Highest step that was shown, from 1.
    pub reached: u32,
    /// How many steps the guide has.
    pub steps: u32,
    /// Whether the patient pressed the last "Đã xong".
    pub finished: bool,
}

/// A reason ("vướng mắc") why VNeID is not used today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hindrance {
    /// The reason.
    pub obstacle: Obstacle,
    /// Whose word it is.
    pub source: Source,
}

/// What stands between a patient and the SSKĐT on VNeID (union of the campaign plans, A.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// No smartphone, or not with them.
    NoSmartphone,
    /// VNeID is not installed, or older than the SSKĐT needs (2.1.10).
    NoVneid,
    /// No level-2 account.
    NoLevel2,
    /// The BHYT card is not integrated.
    NotIntegrated,
    /// No network.
    NoNetwork,
    /// The password or passcode is forgotten.
    ForgotPassword,
    /// The patient prefers paper.
    PrefersPaper,
    /// Anything else.
    Other,
}

impl Obstacle {
    /// All of them, in the order of the screens.
    pub const ALL: [Self; 8] = [
        Self::NoSmartphone,
        Self::NoVneid,
        Self::NoLevel2,
        Self::NotIntegrated,
        Self::NoNetwork,
        Self::ForgotPassword,
        Self::PrefersPaper,
        Self::Other,
    ];
}

/// How the integration of the BHYT card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// How it went.
    pub result: IntegrationResult,
    /// Whose word it is.
    pub source: Source,
}

/// How a request to integrate the BHYT card went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntegrationResult {
    /// Was integrated before.
    Already,
    /// Done at the desk today.
    Done,
    /// Sent, waiting for approval.
    Sent,
    /// Not done yet: later, at home.
    Later,
    /// Failed: three requests were sent today already.
    ThreeADay,
    /// Failed: an approved record exists.
    AlreadyApproved,
    /// Failed: the last ten characters are those of another request in process.
    SameLastTen,
    /// Failed: the number was wrong.
    WrongNumber,
    /// Failed: the number is not known.
    NumberUnknown,
    /// Failed for another reason.
    FailedOtherwise,
}

impl IntegrationResult {
    /// All of them, in the order of the screens.
    pub const ALL: [Self; 10] = [
        Self::Already,
        Self::Done,
        Self::Sent,
        Self::Later,
        Self::ThreeADay,
        Self::AlreadyApproved,
        Self::SameLastTen,
        Self::WrongNumber,
        Self::NumberUnknown,
        Self::FailedOtherwise,
    ];

    /// Whether a request was refused or could not be made.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Already | Self::Done | Self::Sent | Self::Later => false,
            Self::ThreeADay
            | Self::AlreadyApproved
            | Self::SameLastTen
            | Self::WrongNumber
            | Self::NumberUnknown
            | Self::FailedOtherwise => true,
        }
    }
}

/// One thing of a visit, put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Why.
    pub reason: CorrectionReason,
    /// What is right.
    pub fact: Fact,
}

/// What can be put right of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The record used.
    Used(RecordUsed),
    /// The age band.
    Age(AgeBand),
    /// Whether somebody answered for the patient.
    Accompanied(bool),
    /// Whether a nurse taught the patient.
    GuidedByStaff(bool),
    /// How the integration went; `None`: nothing was tried.
    Integration(Option<IntegrationResult>),
    /// Why VNeID was not used; `None`: for no reason told.
    Obstacle(Option<Obstacle>),
    /// Whether it is a visit at all: a trial scan is none.
    Counts(bool),
}

/// Why something was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionReason {
    /// A wrong button was pressed.
    Mistyped,
    /// The patient changed their mind.
    ChangedMind,
    /// It was forgotten.
    Forgotten,
    /// Checked again with the patient.
    Checked,
    /// It was a trial, no patient.
    Trial,
    /// The same visit stands there twice.
    Double,
    /// Anything else.
    Other,
}

/// A number that somebody else counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnteredNumber {
    /// Which, by its name in the campaign's file.
    pub figure: String,
    /// The number; `None` takes back what was entered before.
    pub number: Option<Hundredths>,
}

/// A number with at most two decimals, in hundredths: counts and percentages alike, without the
/// rounding of binary fractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hundredths(pub u32);

impl fmt::Display for Hundredths {
    /// The Vietnamese way, as short as it can be: `1.250`, `92,4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match (whole / 1000, whole % 1000) {
            (0, rest) => write!(f, "{rest}")?,
            (thousands, rest) => match (thousands / 1000, thousands % 1000) {
                (0, thousands) => write!(f, "{thousands}.{rest:03}")?,
                (millions, thousands) => write!(f, "{millions}.{thousands:03}.{rest:03}")?,
            },
        }
        match (part / 10, part % 10) {
            (0, 0) => Ok(()),
            (tenths, 0) => write!(f, ",{tenths}"),
            (tenths, hundredths) => write!(f, ",{tenths}{hundredths}"),
        }
    }
}

/// How a PIN came to hold no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetWay {
    /// The head did it on the screen.
    Head,
    /// `tiepdon staff reset-pin`.
    Command,
    /// The file on the boot partition.
    BootFile,
}

/// Who closed a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosingWay {
    /// The head.
    Head,
    /// The machine, after midnight or at the next start.
    Itself,
}

/// Where an export went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    /// A USB stick.
    Stick,
    /// A folder.
    Folder,
}

/// Why a scan was of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreadableCause {
    /// Too few fields for the card it seems to be.
    FieldCount,
    /// The number in it is not of the right form.
    BadId,
    /// The record ended too early.
    Truncated,
    /// Longer than any card.
    TooLong,
    /// Fields parted by something else than `|`.
    WrongSeparator,
    /// A web address.
    WebAddress,
    /// A payment code.
    Payment,
    /// Anything else.
    Unknown,
}

impl UnreadableCause {
    /// Whether it was a card, as far as the bytes tell, and something went wrong with it or on its way;
    /// else it was another code, which was read well and is of no use here.
    pub fn is_of_a_card(self) -> bool {
        match self {
            Self::FieldCount | Self::BadId | Self::Truncated | Self::WrongSeparator => true,
            Self::TooLong | Self::WebAddress | Self::Payment | Self::Unknown => false,
        }
    }
}

/// Who vouches for the time of a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vouched {
    /// A time server of the network.
    Network,
    /// The computer's own clock chip with its battery.
    ClockChip,
    /// Somebody of the staff looked at a watch and a calendar.
    Staff,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These strings stand in journals in the field: they never change.
    #[test]
    fn the_stored_form_of_every_event_is_pinned() {
        let nurse = StaffCode::numbered(Role::Nurse, 2);
        let table = [
            (
                What::Arrived(Arrival {
                    number: VisitNo(38),
                    card: Some(CardKind::CanCuoc),
                    age: AgeBand::From70,
                    entry: Entry::Usual,
                }),
                r#"{"kind":"arrived","body":{"number":38,"card":"can-cuoc","age":"from70"}}"#,
            ),
            (
                What::Arrived(Arrival {
                    number: VisitNo(39),
                    card: None,
                    age: AgeBand::Unknown,
                    entry: Entry::FromPaper,
                }),
                r#"{"kind":"arrived","body":{"number":39,"card":null,"age":"unknown","entry":"from-paper"}}"#,
            ),
            (What::Accompanied, r#"{"kind":"accompanied"}"#),
            (What::GuidedByStaff, r#"{"kind":"guided-by-staff"}"#),
            (What::Helped, r#"{"kind":"helped"}"#),
            (
                What::Corrected(Correction {
                    reason: CorrectionReason::Mistyped,
                    fact: Fact::Used(RecordUsed::Paper),
                }),
                r#"{"kind":"corrected","body":{"reason":"mistyped","fact":{"used":"paper"}}}"#,
            ),
            (
                What::Corrected(Correction {
                    reason: CorrectionReason::Trial,
                    fact: Fact::Counts(false),
                }),
                r#"{"kind":"corrected","body":{"reason":"trial","fact":{"counts":false}}}"#,
            ),
            (
                What::Corrected(Correction {
                    reason: CorrectionReason::Checked,
                    fact: Fact::Obstacle(None),
                }),
                r#"{"kind":"corrected","body":{"reason":"checked","fact":{"obstacle":null}}}"#,
            ),
            (
                What::PinTried { staff: nurse, right: false },
                r#"{"kind":"pin-tried","body":{"staff":"NV02","right":false}}"#,
            ),
            (What::PinChosen { staff: nurse }, r#"{"kind":"pin-chosen","body":{"staff":"NV02"}}"#),
            (
                What::PinReset { staff: nurse, way: ResetWay::BootFile, file: None },
                r#"{"kind":"pin-reset","body":{"staff":"NV02","way":"boot-file"}}"#,
            ),
            (
                What::StaffAdded { staff: nurse, role: Role::Nurse },
                r#"{"kind":"staff-added","body":{"staff":"NV02","role":"nurse"}}"#,
            ),
            (
                What::StaffRemoved { staff: nurse },
                r#"{"kind":"staff-removed","body":{"staff":"NV02"}}"#,
            ),
            (What::DutyBegan { staff: nurse }, r#"{"kind":"duty-began","body":{"staff":"NV02"}}"#),
            (What::DutyEnded { staff: nurse }, r#"{"kind":"duty-ended","body":{"staff":"NV02"}}"#),
            (
                What::DayClosed { number: 1, way: ClosingWay::Itself },
                r#"{"kind":"day-closed","body":{"number":1,"way":"itself"}}"#,
            ),
            (
                What::Exported {
                    from: "2026-11-23".parse().unwrap(),
                    to: "2026-11-24".parse().unwrap(),
                    medium: Medium::Stick,
                    manifest: "00ff".into(),
                },
                r#"{"kind":"exported","body":{"from":"2026-11-23","to":"2026-11-24","medium":"stick","manifest":"00ff"}}"#,
            ),
            (
                What::ExportFailed { medium: Medium::Stick },
                r#"{"kind":"export-failed","body":{"medium":"stick"}}"#,
            ),
            (
                What::Restored { kept: 900, replayed: 12 },
                r#"{"kind":"restored","body":{"kept":900,"replayed":12}}"#,
            ),
            (
                What::NumberEntered(EnteredNumber {
                    figure: "tai-khoan-muc-2".into(),
                    number: Some(Hundredths(1250)),
                }),
                r#"{"kind":"number-entered","body":{"figure":"tai-khoan-muc-2","number":1250}}"#,
            ),
            (
                What::NumberEntered(EnteredNumber { figure: "tai-khoan".into(), number: None }),
                r#"{"kind":"number-entered","body":{"figure":"tai-khoan","number":null}}"#,
            ),
            (
                What::ReportDismissed {
                    campaign: "tri-ton-2026".into(),
                    from: "2026-11-17".parse().unwrap(),
                    to: "2026-11-23".parse().unwrap(),
                    reason: DismissalReason::SentOtherwise,
                },
                r#"{"kind":"report-dismissed","body":{"campaign":"tri-ton-2026","from":"2026-11-17","to":"2026-11-23","reason":"sent-otherwise"}}"#,
            ),
            (What::ScannedAgain, r#"{"kind":"scanned-again"}"#),
            (
                What::AlsoShown(ShownDocument { card: CardKind::Insurance, age: AgeBand::From70 }),
                r#"{"kind":"also-shown","body":{"card":"insurance","age":"from70"}}"#,
            ),
            (
                What::Chose(Choice { used: RecordUsed::Vneid, source: Source::SelfDeclared }),
                r#"{"kind":"chose","body":{"used":"vneid","source":"self-declared"}}"#,
            ),
            (
                What::Guided(Guidance {
                    guide: "tich-hop-bhyt".into(),
                    version: 1,
                    reached: 3,
                    steps: 5,
                    finished: false,
                }),
                r#"{"kind":"guided","body":{"guide":"tich-hop-bhyt","version":1,"reached":3,"steps":5,"finished":false}}"#,
            ),
            (
                What::Hindered(Hindrance {
                    obstacle: Obstacle::NoLevel2,
                    source: Source::SelfDeclared,
                }),
                r#"{"kind":"hindered","body":{"obstacle":"no-level2","source":"self-declared"}}"#,
            ),
            (
                What::Integrated(Integration {
                    result: IntegrationResult::SameLastTen,
                    source: Source::SelfDeclared,
                }),
                r#"{"kind":"integrated","body":{"result":"same-last-ten","source":"self-declared"}}"#,
            ),
            (What::StaffCalled, r#"{"kind":"staff-called"}"#),
            (What::CallRung, r#"{"kind":"call-rung"}"#),
            (What::CallTaken, r#"{"kind":"call-taken"}"#),
            (
                What::Unreadable { cause: UnreadableCause::WrongSeparator },
                r#"{"kind":"unreadable","body":{"cause":"wrong-separator"}}"#,
            ),
            (
                What::ReaderBabbled { records: 7_900, bytes: 0 },
                r#"{"kind":"reader-babbled","body":{"records":7900,"bytes":0}}"#,
            ),
            (What::ReaderLost, r#"{"kind":"reader-lost"}"#),
            (What::ReaderFound, r#"{"kind":"reader-found"}"#),
            (
                What::Started {
                    version: "0.1.0".into(),
                    station_name: "Trạm Y tế".into(),
                    point_name: "Bàn 1".into(),
                },
                r#"{"kind":"started","body":{"version":"0.1.0","station_name":"Trạm Y tế","point_name":"Bàn 1"}}"#,
            ),
            (What::Stopped, r#"{"kind":"stopped"}"#),
            (
                What::ClockKnown { way: Vouched::ClockChip, told_ms: 1_793_491_200_000 },
                r#"{"kind":"clock-known","body":{"way":"clock-chip","told_ms":1793491200000}}"#,
            ),
            (
                What::Dated { wall_ms: 1_793_491_200_000 },
                r#"{"kind":"dated","body":{"wall_ms":1793491200000}}"#,
            ),
            (
                What::MovedTo { day: "2026-11-24".parse().unwrap(), number: VisitNo(12) },
                r#"{"kind":"moved-to","body":{"day":"2026-11-24","number":12}}"#,
            ),
            (
                What::MovedFrom { day: "2026-11-25".parse().unwrap(), number: VisitNo(3) },
                r#"{"kind":"moved-from","body":{"day":"2026-11-25","number":3}}"#,
            ),
        ];
        for (what, stored) in table {
            assert_eq!(serde_json::to_string(&what).unwrap(), stored);
            assert_eq!(serde_json::from_str::<What>(stored).unwrap(), what);
        }
    }

    #[test]
    fn a_number_is_shown_the_vietnamese_way() {
        for (hundredths, shown) in [
            (0, "0"),
            (7, "0,07"),
            (9240, "92,4"),
            (100_000, "1.000"),
            (125_050, "1.250,5"),
            (100_000_000, "1.000.000"),
            (u32::MAX, "42.949.672,95"),
        ] {
            assert_eq!(Hundredths(hundredths).to_string(), shown);
        }
    }
}
