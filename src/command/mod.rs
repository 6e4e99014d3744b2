//! The commands, one file each. Only here threads and channels are made and rooms are joined.

mod campaign;
mod cards;
mod check;
mod decode;
pub mod demo;
mod display;
mod doctor;
mod export;
pub mod gallery;
mod handout;
mod key;
mod kiosk;
mod merge;
mod opening_hours;
mod own_memory;
mod paper_size;
mod posters;
mod provision;
mod reader;
mod report;
mod restore;
mod run;
mod screens;
mod sheet;
mod staff;
mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::configuration::Guides;
use crate::desk::{GuideOutline, Offer};
use crate::printable::printable;

use clap::Parser;
use rustix::fs::Mode;
use rustix::process::umask;
use tracing_subscriber::EnvFilter;

/// The variable that turns the log up: `TIEPDON_LOG=debug`.
const LOG_VARIABLE: &str = "TIEPDON_LOG";

/// Tiếp Đón: quầy tiếp đón và ki-ốt hướng dẫn Sổ sức khỏe điện tử cho trạm y tế.
#[derive(Parser)]
#[command(name = "tiepdon", version, arg_required_else_help = true)]
pub enum Command {
    /// Chạy ki-ốt.
    Run(run::Run),
    /// Chạy thử với đầu đọc giả và người bệnh giả; không có màn hình thì ghi kết quả ra thư mục.
    Demo(demo::Demo),
    /// Xuất số liệu một ngày ra XLSX và CSV.
    Export(export::Export),
    /// Giải mã các mã quét đọc từ đầu vào chuẩn. In ra dữ liệu cá nhân: chỉ dùng để kiểm tra máy quét.
    Decode(decode::Decode),
    /// Liệt kê các cổng nối tiếp, hoặc xem máy quét đang gửi gì.
    Reader(reader::Reader),
    /// In các thẻ lệnh ra tệp PDF khổ A4, để dùng thay cho chạm màn hình.
    Cards(cards::Cards),
    /// In tờ hướng dẫn treo tường ra tệp PDF, khổ A4 hoặc A3.
    Posters(posters::Posters),
    /// In phiếu đếm lượt khám bằng tay ra tệp PDF, để dùng khi máy không chạy.
    Sheet(sheet::TallySheet),
    /// Lập báo cáo theo kế hoạch của chiến dịch.
    Report(report::Report),
    /// Lập, xem và sửa danh sách nhân viên.
    Staff(staff::Staff),
    /// In khóa công khai của trạm, để người khác kiểm tra được chữ ký.
    Key(key::Key),
    /// Kiểm tra một bản xuất: của ai, ngày nào, có nguyên vẹn không.
    Verify(verify::Verify),
    /// Tổng hợp bản xuất của nhiều điểm, nhiều trạm thành một báo cáo.
    Merge(merge::Merge),
    /// Khôi phục dữ liệu từ bản sao lưu, khi ki-ốt đang tắt.
    Restore(restore::Restore),
    /// Tạo tệp cho chiến dịch mới, liệt kê chiến dịch và các số liệu máy đếm được.
    Campaign(campaign::Campaign),
    /// Nhận cấu hình và khóa của trạm từ thẻ nhớ hoặc USB, khỏi phải gõ trên máy.
    Provision(provision::Provision),
    /// Kiểm tra thư mục cấu hình và nói rõ từng chỗ sai.
    Check(check::Check),
    /// Khám máy: màn hình, máy quét, thẻ nhớ, nguồn điện, ngày giờ có tốt không.
    Doctor(doctor::Doctor),
    /// Vẽ mọi màn hình ra ảnh PNG, không cần màn hình.
    Screens(screens::Screens),
}

impl Command {
    /// Carries the command out. A failure is told on stderr, with all its causes.
    pub fn execute(self) -> ExitCode {
        log_to_stderr();
        // Whatever the shell or the service says: records, keys and reports are their owner's alone.
        umask(Mode::RWXG | Mode::RWXO);
        own_memory::hide();
        let result = match self {
            Self::Run(run) => run.execute(),
            Self::Demo(demo) => demo.execute(),
            Self::Export(export) => export.execute(),
            Self::Decode(decode) => decode.execute(),
            Self::Reader(reader) => reader.execute(),
            Self::Cards(cards) => cards.execute(),
            Self::Posters(posters) => posters.execute(),
            Self::Sheet(sheet) => sheet.execute(),
            Self::Report(report) => report.execute(),
            Self::Staff(staff) => staff.execute(),
            Self::Key(key) => key.execute(),
            Self::Verify(verify) => verify.execute(),
            Self::Merge(merge) => merge.execute(),
            Self::Restore(restore) => restore.execute(),
            Self::Campaign(campaign) => campaign.execute(),
            Self::Provision(provision) => return provision.execute(),
            Self::Check(check) => check.execute(),
            Self::Doctor(doctor) => doctor.execute(),
            Self::Screens(screens) => screens.execute(),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // Nobody is left to tell when stderr is closed.
                let told = format!("{error:#}");
                let lines: Vec<String> = told.lines().map(printable).collect();
                let _ = writeln!(io::stderr(), "tiepdon: {}", lines.join("\n"));
                ExitCode::FAILURE
            }
        }
    }
}

impl From<&Guides> for Offer {
    /// What the desk needs to know of the guides of a configuration.
    fn from(guides: &Guides) -> Self {
        let outlines = guides.iter().map(|lesson| GuideOutline::of(&lesson.guide));
        Self { guides: outlines.collect(), install: guides.install() }
    }
}

/// systemd keeps what goes to stderr. No line ever holds what a reader sent.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE)
        .unwrap_or_else(|_| EnvFilter::new("warn,tiepdon=info"));
    // Fails only when a log was set up before, as in tests.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .without_time()
        .try_init();
}

/// A size such as `1280x800`, in pixels.
fn window_size(text: &str) -> Result<(u32, u32), String> {
    /// Larger than any display; keeps a slip of the finger from asking for gigabytes.
    const LARGEST: u32 = 8192;
    let side = |text: &str| text.parse().ok().filter(|side| (1..=LARGEST).contains(side));
    text.split_once('x')
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .ok_or_else(|| "hãy ghi rộng x cao bằng điểm ảnh, ví dụ 1280x800".to_owned())
}
