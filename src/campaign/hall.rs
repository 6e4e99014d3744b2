//! What the hall sees of a campaign, beside the number of the day.

use crate::figures::Measure;
use crate::station::document::{Fault, Reported, Table, rule};

/// A share on the idle screen: an encouragement, never a scoreboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    /// What is counted; a rate of visits.
    pub measure: Measure,
    /// What it is, in words everybody knows.
    pub label: String,
}

/// Longest label: the panel has one line for it.
const LONGEST_LABEL: usize = 22;

impl Hall {
    /// Reads `[hall]`; nothing is shown without it.
    pub(super) fn read(hall: &mut Table<'_>) -> Result<Option<Self>, Reported> {
        const KEY: &str = "measure";
        let words: Vec<_> = Measure::all().map(|measure| (measure.name(), measure)).collect();
        let where_measures_stand = || "xem tên bằng lệnh: tiepdon campaign measures".to_owned();
        let measure = hall.optional(KEY, rule::word_of_list(&words, where_measures_stand));
        let label = hall.optional("label", rule::text(LONGEST_LABEL));
        let (measure, label) = (measure?, label?);
        let Some(measure) = measure else {
            return match label {
                None => Ok(None),
                Some(_) => {
                    let fault = Fault::new("cần có measure", "thêm measure, hoặc xóa dòng này");
                    Err(hall.fault("label", fault))
                }
            };
        };
        if !measure.is_rate() {
            let fault = Fault::new("phải là một tỷ lệ", "chọn số liệu có tỷ lệ");
            return Err(hall.fault(KEY, fault));
        }
        if !measure.is_share_of_visits() {
            let fault = Fault::new(
                "tính theo phút mở cửa, màn hình chờ chỉ đếm được lượt khám",
                "chọn số liệu đếm lượt",
            );
            return Err(hall.fault(KEY, fault));
        }
        let Some(label) = label else {
            let fault = Fault::new("cần có label đi cùng", "thêm label, vài chữ ai cũng hiểu");
            return Err(hall.fault(KEY, fault));
        };
        Ok(Some(Self { measure, label }))
    }
}
