//! `tiepdon restore`: the journal put back to a backup, with what the side log holds since.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::clock::Clock;
use crate::journal::{Restoration, restore};

/// Arguments of `tiepdon restore`.
#[derive(Args)]
pub struct Restore {
    /// Thư mục dữ liệu của ki-ốt. Ki-ốt phải tắt.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Tệp sao lưu; bỏ trống thì dùng bản tốt mới nhất trong thư mục dữ liệu.
    #[arg(long, value_name = "TỆP")]
    from: Option<PathBuf>,
}

impl Restore {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let Restoration { kept, replayed, is_complete, set_aside } =
            restore(&self.data, self.from.as_deref(), Clock::system().now())
                .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        let mut out = io::stdout().lock();
        writeln!(out, "Đã khôi phục: {kept} sự kiện từ bản sao lưu, {replayed} từ nhật ký phụ.")?;
        if !is_complete {
            writeln!(out, "Có thể thiếu những lượt sau bản sao lưu. Hãy đối chiếu với sổ giấy.")?;
        }
        if let Some(folder) = set_aside {
            writeln!(out, "Dữ liệu cũ được giữ trong {}.", folder.display())?;
        }
        Ok(())
    }
}
