//! An invented heading for tests.

use super::Heading;
use crate::event::Moment;
use crate::figures::sample::Desk;

/// 24/11/2026 17:05 in Vietnam.
const MADE_AT_MS: i64 = 1_795_514_700_000;

pub(crate) fn heading() -> Heading {
    Heading {
        station_name: "Trạm y tế xã Tri Tôn".into(),
        origin: Desk::origin(),
        point_name: "Bàn tiếp đón số 1".into(),
        made_at: Moment { wall_ms: MADE_AT_MS, uptime_ms: 0, boot: uuid::Uuid::nil(), sure: true },
    }
}
