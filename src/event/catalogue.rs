//! The closed catalogue of events. A variant or field, once released, keeps its name and meaning:
//! journals of years ago must still be counted right.

use serde::{Deserialize, Serialize};

use super::VisitNo;

/// What happened. Kept in the database as `kind` and JSON, in exports as one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "kebab-case")]
pub enum What {
    /// A patient arrived: the first event of a visit.
    Arrived(Arrival),
    /// The same patient's card was read again on the same station day. Counts nothing new.
    ScannedAgain,
    /// The patient (or later a nurse) said which record is used. The last choice of a visit counts.
    Chose(Choice),
    /// The patient left a guide, at its end or before.
    Guided(Guidance),
    /// "Gọi nhân viên" was pressed.
    StaffCalled,
    /// The reader sent something that is no usable card. No visit.
    Unreadable {
        /// Why, as far as the bytes tell.
        cause: UnreadableCause,
    },
    /// The reader stopped answering.
    ReaderLost,
    /// The reader is back.
    ReaderFound,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// These strings stand in journals in the field: they never change.
    #[test]
    fn the_stored_form_of_every_event_is_pinned() {
        let table = [
            (
                What::Arrived(Arrival {
                    number: VisitNo(38),
                    card: Some(CardKind::CanCuoc),
                    age: AgeBand::From70,
                }),
                r#"{"kind":"arrived","body":{"number":38,"card":"can-cuoc","age":"from70"}}"#,
            ),
            (What::ScannedAgain, r#"{"kind":"scanned-again"}"#),
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
            (What::StaffCalled, r#"{"kind":"staff-called"}"#),
            (
                What::Unreadable { cause: UnreadableCause::WrongSeparator },
                r#"{"kind":"unreadable","body":{"cause":"wrong-separator"}}"#,
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
        ];
        for (what, stored) in table {
            assert_eq!(serde_json::to_string(&what).unwrap(), stored);
            assert_eq!(serde_json::from_str::<What>(stored).unwrap(), what);
        }
    }
}
