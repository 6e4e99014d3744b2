//! What stands around the numbers of an official report (Nghị định 30/2020/NĐ-CP): who writes to
//! whom, on what ground, and who signs.

use super::Heading;
use crate::campaign::{Campaign, Days};
use crate::event::StationDay;
use crate::station::Letterhead;

/// The country's name, above every official letter.
pub const COUNTRY: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
/// The motto below it.
pub const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";

/// The frame of one report. Its number is left open: the office gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The authority above the station, in capitals.
    pub authority: String,
    /// The station, in capitals.
    pub station: String,
    /// "Số:        /BC-TYT".
    pub number: String,
    /// "Tri Tôn, ngày 24 tháng 11 năm 2026".
    pub place_and_date: String,
    /// What is reported.
    pub subject: String,
    /// "Từ ngày 17/11/2026 đến ngày 23/11/2026".
    pub period: String,
    /// To whom it goes.
    pub recipients: Vec<String>,
    /// The paper the campaign stands on, and the desk that counted.
    pub ground: String,
    /// Who signs, in capitals.
    pub signer: String,
}

impl Letter {
    /// What stands above what is reported.
    pub const KIND: &str = "BÁO CÁO";
    /// Above the list of those who are sent the report.
    pub const COPIES: &str = "Nơi nhận:";
    /// That list.
    pub const COPIED: [&str; 2] = ["- Như trên;", "- Lưu: VT."];

    /// "Kính gửi: Sở Y tế tỉnh An Giang; UBND xã Tri Tôn".
    pub fn addressed(&self) -> String {
        format!("Kính gửi: {}", self.recipients.join("; "))
    }

    pub(super) fn new(
        heading: &Heading,
        letterhead: &Letterhead,
        campaign: &Campaign,
        period: Days,
    ) -> Self {
        let Letterhead { authority, place, series, signer } = letterhead;
        let made = heading.made_at.local().format("ngày %d tháng %m năm %Y");
        let document = &campaign.document;
        let of_date = document.date.map(|day| format!(" ngày {}", told(day))).unwrap_or_default();
        let paper = match &document.number {
            Some(number) => format!("Kế hoạch số {number}{of_date} của {}", document.issuer),
            None => format!("kế hoạch{of_date} của {}", document.issuer),
        };
        let Days { from, to } = period;
        Self {
            authority: authority.to_uppercase(),
            station: heading.station_name.to_uppercase(),
            number: format!("Số:          /{series}"),
            place_and_date: format!("{place}, {made}"),
            subject: format!("Kết quả thực hiện {}", campaign.title),
            period: if from == to {
                format!("Ngày {}", told(from))
            } else {
                format!("Từ ngày {} đến ngày {}", told(from), told(to))
            },
            recipients: campaign.recipients.clone(),
            ground: format!(
                "Thực hiện {paper}, {} báo cáo số liệu ghi nhận tại {} (mã {}/{}) như sau:",
                heading.station_name,
                heading.point_name,
                heading.origin.station,
                heading.origin.point,
            ),
            signer: signer.to_uppercase(),
        }
    }
}

fn told(day: StationDay) -> impl std::fmt::Display {
    day.0.format("%d/%m/%Y")
}
