//! `tiepdon merge`: the exports of many desks and stations as one report.

use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{anyhow, bail};
use clap::Args;

use crate::clock::Clock;
use crate::event::StationDay;
use crate::export::{Period, days_in_words};
use crate::merge::{
    self, Conflict, Expected, Gap, KeyList, ListError, Merged, OtherKey, Refused, Request,
};

/// Arguments of `tiepdon merge`.
#[derive(Args)]
pub struct Merge {
    /// Bản xuất, USB, hoặc thư mục chứa bản xuất của nhiều trạm.
    #[arg(value_name = "BẢN_XUẤT", required = true)]
    inputs: Vec<PathBuf>,
    /// Thư mục nhận kết quả; chưa có thì được tạo.
    #[arg(long, value_name = "THƯ_MỤC")]
    out: PathBuf,
    /// Khóa đã biết của các điểm: tệp có mỗi dòng mã trạm, mã điểm, mã khóa; hoặc thư mục có các tệp
    /// như AG-TRITON_D1.pem do lệnh tiepdon key in ra. Bỏ trống thì tin khóa đi kèm bản xuất.
    #[arg(long, value_name = "DANH_SÁCH")]
    keys: Option<PathBuf>,
    /// Các điểm phải gửi: tệp có mỗi dòng mã trạm, mã điểm. Điểm nào chưa gửi thì báo thiếu.
    #[arg(long, value_name = "TỆP")]
    expected: Option<PathBuf>,
    /// Kỳ tổng hợp, TỪ..ĐẾN như 2026-11-01..2026-11-30; bỏ trống thì lấy mọi ngày đã xuất.
    #[arg(long, value_name = "TỪ..ĐẾN")]
    period: Option<Days>,
    /// Có bản nào bị từ chối thì không tổng hợp gì.
    #[arg(long)]
    strict: bool,
}

/// A period as it is written here.
#[derive(Clone, Copy, Debug)]
struct Days(Period);

impl FromStr for Days {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let days = text
            .split_once("..")
            .and_then(|(from, to)| Period::new(from.parse::<StationDay>().ok()?, to.parse().ok()?));
        days.map(Self).ok_or_else(|| "hãy ghi hai ngày như 2026-11-01..2026-11-30".to_owned())
    }
}

impl Merge {
    /// Fails, and so ends with exit code 1, when anything was refused, even if the rest was joined.
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let told = |error: ListError| anyhow!("{error}. {}", error.advice());
        let request = Request {
            keys: self.keys.as_deref().map(KeyList::read).transpose().map_err(told)?,
            expected: self.expected.as_deref().map(Expected::read).transpose().map_err(told)?,
            period: self.period.map(|Days(period)| period),
            strict: self.strict,
            made_at: Clock::system().now(),
            inputs: self.inputs,
        };
        let mut out = io::stdout().lock();
        let merged = match merge::merge(&request, &self.out) {
            Ok(merged) => merged,
            Err(error) => {
                tell_refused(&mut out, error.refused())?;
                tell_conflicts(&mut out, error.conflicts())?;
                bail!("{error}. {}", error.advice());
            }
        };
        tell(&mut out, &request, &merged)?;
        let Merged { refused, conflicts, .. } = &merged;
        match (refused.len(), conflicts.len()) {
            (0, 0) => Ok(()),
            (exports, 0) => bail!("{exports} bản xuất bị từ chối, không tính vào kết quả"),
            (0, days) => bail!("{days} ngày có bản chốt trái nhau, không tính vào kết quả"),
            (exports, days) => bail!(
                "{exports} bản xuất bị từ chối và {days} ngày có bản chốt trái nhau, không tính \
                 vào kết quả"
            ),
        }
    }
}

fn tell(out: &mut impl Write, request: &Request, merged: &Merged) -> io::Result<()> {
    let Merged { period, stations, desks, closings, sum, gaps, doubles, .. } = merged;
    let [from, to] = [period.from(), period.to()].map(|day| day.0.format("%d/%m/%Y").to_string());
    writeln!(out, "Số liệu    từ ngày {from} đến hết ngày {to}")?;
    writeln!(out, "Gồm        {stations} trạm, {desks} điểm, {closings} ngày đã chốt")?;
    writeln!(out, "Lượt đến   {}", sum.arrivals)?;
    let missing: u64 = gaps.iter().map(Gap::days).sum();
    if missing > 0 {
        writeln!(out, "Thiếu      {missing} ngày của các điểm; xem bảng Thiếu")?;
    }
    if !doubles.is_empty() {
        writeln!(out, "Trùng      có bản chốt trùng hoặc chốt lại; xem bảng Trùng")?;
    }
    if request.keys.is_some() {
        writeln!(out, "Khóa ký    đã đối chiếu với danh sách khóa")?;
    } else {
        writeln!(
            out,
            "Khóa ký    CHƯA đối chiếu với danh sách khóa nào. Muốn chắc đúng trạm ký, xin tổng hợp \
             lại với --keys."
        )?;
    }
    tell_other_keys(out, &merged.other_keys)?;
    tell_refused(out, &merged.refused)?;
    tell_conflicts(out, &merged.conflicts)?;
    writeln!(out, "Kết quả    {}", merged.folder.display())
}

fn tell_other_keys(out: &mut impl Write, others: &[OtherKey]) -> io::Result<()> {
    for OtherKey { origin, key, is_listed, days, place } in others {
        let (station, point, days) = (&origin.station, &origin.point, days_in_words(days));
        writeln!(out, "Khóa khác  {station} {point}, bản chốt ngày {days} do khóa khác ký: {key}")?;
        writeln!(out, "           {place}")?;
        let advice = if *is_listed {
            "Khóa này có trong danh sách khóa."
        } else {
            "Trạm đổi khóa thì có khóa cũ như vậy. Xin gọi điện cho trạm, đọc đối chiếu mã khóa này."
        };
        writeln!(out, "           {advice}")?;
    }
    Ok(())
}

fn tell_refused(out: &mut impl Write, refused: &[Refused]) -> io::Result<()> {
    for Refused { place, origin: _, why } in refused {
        writeln!(out, "Từ chối    {place}")?;
        writeln!(out, "           {why} {}", why.advice())?;
    }
    Ok(())
}

fn tell_conflicts(out: &mut impl Write, conflicts: &[Conflict]) -> io::Result<()> {
    for Conflict { origin, day, number, places: [one, other] } in conflicts {
        let day = day.0.format("%d/%m/%Y");
        writeln!(
            out,
            "Trái nhau  {} {}, ngày {day}, chốt lần {number}: không tính ngày này",
            origin.station, origin.point
        )?;
        writeln!(out, "           {one}\n           {other}")?;
        writeln!(out, "           Xin trạm cho biết bản nào đúng.")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::export::sample::{bundle, key};
    use crate::export::to_folder;

    fn run(inputs: &[&Path], out: &Path, strict: bool) -> anyhow::Result<()> {
        let inputs = inputs.iter().map(|path| path.to_path_buf()).collect();
        let out = out.to_owned();
        Merge { inputs, out, keys: None, expected: None, period: None, strict }.execute()
    }

    #[test]
    fn a_period_is_two_days() {
        let Days(period) = "2026-11-01..2026-11-30".parse().unwrap();
        assert_eq!(period.days().count(), 30);
        for bad in ["", "2026-11-01", "2026-11-30..2026-11-01", "2026-11-1..2026-11-30"] {
            assert!(bad.parse::<Days>().is_err(), "{bad}");
        }
    }

    /// The sample's closing has no figures.
    #[test]
    fn nothing_usable_is_a_failure_and_leaves_no_result() {
        let [stick, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        let error = run(&[stick.path()], out.path(), false).unwrap_err().to_string();
        assert!(error.starts_with("không có bản xuất nào dùng được. "), "{error}");
        let error = run(&[out.path()], out.path(), true).unwrap_err().to_string();
        assert!(error.starts_with("không thấy bản xuất nào. "), "{error}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }
}
