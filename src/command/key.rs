//! `tiepdon key`: the public half of the station's key, for whoever will check what it signs.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::seal::StationKey;

/// Arguments of `tiepdon key`.
#[derive(Args)]
pub struct Key {
    /// Thư mục dữ liệu của ki-ốt.
    #[arg(long, value_name = "THƯ_MỤC")]
    data: PathBuf,
    /// Tạo khóa nếu trạm chưa có. Không ghi thì chỉ đọc.
    #[arg(long)]
    make: bool,
}

impl Key {
    /// The fingerprint goes to stderr, so that the key alone can be written into a file.
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let open = if self.make { StationKey::open_or_make } else { StationKey::open };
        let key = open(&self.data).map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        writeln!(io::stderr(), "Dấu khóa của trạm: {}", key.public().fingerprint())?;
        write!(io::stdout(), "{}", key.public().to_pem())?;
        Ok(())
    }
}
