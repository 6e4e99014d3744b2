//! `tiepdon reader`: is the reader plugged in, and set up right?

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::Args;

use crate::card::{self, ReaderSetting, Scan};
use crate::clock::Clock;
use crate::reader::framing::{Ending, FramingOptions, NO_END_SUFFIX, Record};
use crate::reader::{Port, PortKind, Signal, listen, ports};
use crate::station::{Device, ReaderSettings};

/// Arguments of `tiepdon reader`.
#[derive(Args)]
pub struct Reader {
    /// Nghe cổng này và in ra loại mã, độ dài; "auto" để tự tìm máy quét.
    #[arg(long, value_name = "CỔNG")]
    listen: Option<Device>,
    /// In cả nội dung mã: đó là dữ liệu cá nhân.
    #[arg(long, requires = "listen")]
    show: bool,
    /// Tốc độ của cổng nối tiếp thật; máy quét USB không cần.
    #[arg(long, value_name = "BAUD", default_value_t = 9600, requires = "listen")]
    baud: u32,
    /// Dừng sau bấy nhiêu giây; bỏ trống thì nghe đến khi bấm Ctrl-C.
    #[arg(long, value_name = "GIÂY", requires = "listen")]
    seconds: Option<u64>,
}

impl Reader {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        match self.listen.clone() {
            Some(device) => self.listen_to(device),
            None => Ok(list(&ports(), &mut io::stdout())?),
        }
    }

    fn listen_to(&self, device: Device) -> anyhow::Result<()> {
        let settings = ReaderSettings {
            device,
            baud: self.baud,
            gap: FramingOptions::default().gap,
            dtr: true,
        };
        let (tell, signals) = channel();
        listen(settings, Arc::new(AtomicBool::new(false)), move |signal| {
            // Closed only when this command ends.
            let _ = tell.send(signal);
        })
        .context("không mở được luồng máy quét")?;

        let end = self.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let today = Clock::system().now().station_day().0;
        let mut report = Report { out: io::stdout(), show: self.show, today, silent: 0 };
        loop {
            let left =
                end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            match signals.recv_timeout(left) {
                Ok(signal) => report.signal(&signal)?,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}

fn list(ports: &[Port], out: &mut impl Write) -> io::Result<()> {
    if ports.is_empty() {
        return writeln!(out, "Không thấy cổng nối tiếp nào. Cắm máy quét rồi chạy lại.");
    }
    for Port { path, kind } in ports {
        let what = match kind {
            PortKind::KnownReader(name) => format!("máy quét {name}"),
            PortKind::Usb { vendor, product, name } => {
                format!("USB {vendor:04x}:{product:04x} {name}")
            }
            PortKind::Plain => "cổng của máy".to_owned(),
        };
        writeln!(out, "{}  {what}", path.display())?;
    }
    Ok(())
}

/// Tells what comes from the port: kinds and lengths, and content only where it was asked for.
struct Report<W> {
    out: W,
    show: bool,
    today: NaiveDate,
    silent: u32,
}

impl<W: Write> Report<W> {
    fn signal(&mut self, signal: &Signal) -> io::Result<()> {
        match signal {
            Signal::Receiving => Ok(()),
            Signal::TooFast(bytes) => {
                writeln!(self.out, "Máy quét gửi quá nhanh, bỏ {bytes} byte: không phải mã.")
            }
            Signal::Found => writeln!(self.out, "Đã nối với máy quét. Mời quét một mã."),
            Signal::Lost => writeln!(self.out, "Không thấy máy quét. Kiểm tra dây cắm."),
            Signal::Record(record) => self.record(record),
        }?;
        self.out.flush()
    }

    fn record(&mut self, record: &Record) -> io::Result<()> {
        let scan = card::decode(record.bytes(), self.today);
        let ending = match record.ending() {
            Ending::Terminator => "có dấu kết thúc",
            Ending::Shape => "tự nhận ra chỗ hết",
            Ending::Silence => "không có dấu kết thúc",
            Ending::Overflow => "quá dài, đã cắt",
        };
        writeln!(self.out, "{}, {} byte, {ending}", kind(&scan), record.bytes().len())?;
        if self.show {
            let line = serde_json::to_string(&card::json::view(&scan))?;
            writeln!(self.out, "  {line}")?;
        }
        self.silent = if record.ending() == Ending::Silence { self.silent + 1 } else { 0 };
        let suffix = (self.silent >= NO_END_SUFFIX).then_some(ReaderSetting::EndSuffix);
        if let Some(setting) = scan.diagnose().or(suffix) {
            writeln!(self.out, "  {}", setting.advice())?;
        }
        Ok(())
    }
}

fn kind(scan: &Scan) -> &'static str {
    match scan {
        Scan::Citizen(_) => "thẻ căn cước",
        Scan::Insurance(_) => "thẻ bảo hiểm y tế",
        Scan::PersonalNumber(_) => "số định danh cá nhân",
        Scan::InsuranceNumber(_) => "số bảo hiểm y tế",
        Scan::Command(_) => "thẻ lệnh",
        Scan::Opaque(_) => "mã chưa rõ loại",
        Scan::Url => "địa chỉ trang web",
        Scan::Payment => "mã chuyển tiền",
        Scan::Unreadable(_) => "không đọc được",
    }
}
