//! What people look at, touch and hold their cards to.

use super::tree::said;
use super::{Finding, Part, Tree};
use crate::display;

/// Bit of the input properties: what is touched is what is pointed at (linux/input-event-codes.h,
/// INPUT_PROP_DIRECT).
const DIRECT: u64 = 1 << 1;

/// A ruler and a display that is told apart by whole centimetres may differ so much.
const AS_MUCH: f32 = 1.15;

/// Whether a display is plugged in, as far as the kernel's graphics tell, and as large as the file says.
pub(super) fn display(tree: &Tree, written: Option<f32>) -> Finding {
    let connectors = tree.entries("sys/class/drm").into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?.split_once('-')?.1.to_owned();
        // An output into memory is never plugged in.
        (!name.starts_with("Writeback")).then_some((name, said(path.join("status"))?))
    });
    let connectors: Vec<(String, String)> = connectors.collect();
    let is = |wanted: &str| connectors.iter().find(|(_, status)| status == wanted);
    if let Some((name, _)) = is("connected") {
        let told = display::plugged_in(&tree.at(""), Some(name)).and_then(|display| display.panel);
        let told = told.map(|panel| panel.px_per_mm());
        match (written, told) {
            (Some(written), Some(told)) if (written / told).max(told / written) > AS_MUCH => {
                otherwise_large(name, written, told)
            }
            _ => Finding::good(Part::Display, format!("đã nối ({name})")),
        }
    } else if connectors.is_empty() || is("unknown").is_some() {
        Finding::unknown(Part::Display, "máy này không cho biết")
    } else {
        Finding::bad(
            Part::Display,
            "không thấy màn hình nào",
            "Xin cắm lại dây màn hình và bật màn hình, rồi tắt máy và bật lại.",
        )
    }
}

/// Either may be right: displays lie, and files are copied from other boxes.
fn otherwise_large(name: &str, written: f32, told: f32) -> Finding {
    let words = |px_per_mm: f32| format!("{px_per_mm:.1}").replace('.', ",");
    let (written, told) = (words(written), words(told));
    let text = format!(
        "đã nối ({name}), nhưng px-per-mm trong station.toml là {written}, màn hình tự báo {told}"
    );
    Finding::unknown(Part::Display, text).with_advice(
        "Nút bấm có thể sai cỡ. Xin lấy thước đo chiều ngang hình trên màn hình, lấy số điểm ảnh \
         chia cho số mm. Nếu ra số của màn hình, xin xóa dòng px-per-mm; nếu không, xin ghi số đã đo.",
    )
}

/// Whether there is a touch screen. Command cards do without, so its absence is no alarm; one that
/// udev does not hand on is. Asked for each: what udev found in the initramfs stays, whether or not it
/// still runs.
pub(super) fn touch(tree: &Tree) -> Finding {
    let panels = tree.entries("sys/class/input").into_iter().filter_map(|path| {
        let is_event = path.file_name()?.to_str()?.starts_with("event");
        let mask = said(path.join("device/properties")).filter(|_| is_event)?;
        let is_touched = u64::from_str_radix(&mask, 16).ok()? & DIRECT != 0;
        is_touched.then(|| said(path.join("dev")).unwrap_or_default())
    });
    let panels: Vec<String> = panels.collect();
    if panels.is_empty() {
        Finding::unknown(Part::Touch, "không thấy màn hình cảm ứng")
            .with_advice("Nếu máy không có cảm ứng, xin dùng thẻ lệnh in bằng tiepdon cards.")
    } else if panels.iter().any(|number| tree.at(&format!("run/udev/data/c{number}")).exists()) {
        Finding::good(Part::Touch, "có màn hình cảm ứng")
    } else {
        Finding::bad(
            Part::Touch,
            "có màn hình cảm ứng nhưng chương trình không dùng được",
            "Xin báo người phụ trách kỹ thuật: dịch vụ udev không chạy.",
        )
    }
}

/// Whether the reader is plugged in, and sends what people show it.
pub(super) fn reader(is_there: Option<bool>, babbles: bool) -> Finding {
    match is_there {
        Some(true) | None if babbles => Finding::bad(
            Part::Reader,
            "gửi liên tục dữ liệu vô nghĩa",
            "Xin rút dây máy quét rồi cắm lại. Nếu vẫn vậy, xin thay máy quét.",
        ),
        Some(true) => Finding::good(Part::Reader, "đã cắm"),
        Some(false) => Finding::bad(
            Part::Reader,
            "không thấy máy quét",
            "Xin cắm lại dây máy quét. Nếu vẫn không thấy, xin thử cổng USB khác.",
        ),
        None => Finding::unknown(Part::Reader, "chưa hỏi đến"),
    }
}
