//! `tiepdon staff`: the list of the staff, for whoever sets up the box.
//!
//! PINs are chosen on the screen by those whose they are, never here: a command line is kept in
//! histories.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand, ValueEnum};

use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::event::{ResetWay, Role, StaffCode, What};
use crate::journal::Journal;
use crate::staff::{Member, Roster, RosterFile, StaffError};

/// Arguments of `tiepdon staff`.
#[derive(Args)]
pub struct Staff {
    #[command(subcommand)]
    task: Task,
    /// Thư mục cấu hình, có tệp station.toml.
    #[arg(long, value_name = "THƯ_MỤC", global = true, default_value = "/etc/tiepdon")]
    config: PathBuf,
    /// Thư mục dữ liệu của ki-ốt.
    #[arg(long, value_name = "THƯ_MỤC", global = true, default_value = "/var/lib/tiepdon")]
    data: PathBuf,
}

#[derive(Subcommand)]
enum Task {
    /// Thêm một người; người đó chọn mã PIN trên màn hình ở lần mở đầu tiên.
    Add {
        /// Vai trò.
        #[arg(long)]
        role: RoleName,
    },
    /// Xem danh sách.
    List,
    /// Hủy mã PIN của một người; người đó chọn mã mới ở lần mở sau.
    ResetPin {
        /// Mã nhân viên, ví dụ NV02.
        code: StaffCode,
    },
    /// Cho một người thôi dùng máy. Mã không cấp lại cho ai khác.
    Remove {
        /// Mã nhân viên, ví dụ NV02.
        code: StaffCode,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    /// Điều dưỡng.
    Nurse,
    /// Trưởng trạm.
    Head,
}

impl Staff {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let file = RosterFile::in_folder(&self.data);
        match self.task {
            Task::List => list(&file.read().map_err(told)?),
            Task::Add { role } => {
                let role = match role {
                    RoleName::Nurse => Role::Nurse,
                    RoleName::Head => Role::Head,
                };
                self.change(|roster, today| {
                    let staff = roster.add(role, today)?;
                    Ok((staff, What::StaffAdded { staff, role }))
                })
            }
            Task::ResetPin { code: staff } => self.change(|roster, _| {
                roster.reset_pin(staff)?;
                Ok((staff, What::PinReset { staff, way: ResetWay::Command, file: None }))
            }),
            Task::Remove { code: staff } => self.change(|roster, today| {
                roster.remove(staff, today)?;
                Ok((staff, What::StaffRemoved { staff }))
            }),
        }
    }

    /// Changes the list and tells the journal. The journal's lock keeps a running kiosk and this
    /// command from writing the list at the same time.
    fn change(
        &self,
        change: impl FnOnce(
            &mut Roster,
            crate::event::StationDay,
        ) -> Result<(StaffCode, What), StaffError>,
    ) -> anyhow::Result<()> {
        let station = Configuration::load(&self.config)?.station;
        let now = Clock::system().now();
        let opened = Journal::open(&self.data, station.origin, now)
            .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        let mut journal = opened.journal;
        let file = RosterFile::in_folder(&self.data);
        let mut roster = file.read().map_err(told)?;
        let (staff, what) = change(&mut roster, now.station_day()).map_err(told)?;
        file.write(&roster).map_err(told)?;
        journal.note(now, None, what)?;
        writeln!(io::stdout(), "{staff}")?;
        Ok(())
    }
}

fn told(error: StaffError) -> anyhow::Error {
    let advice = error.advice();
    anyhow::Error::new(error).context(advice)
}

fn list(roster: &Roster) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for Member { code, role, pin_hash, since, removed } in roster.members() {
        let role = match role {
            Role::Nurse => "điều dưỡng",
            Role::Head => "trưởng trạm",
        };
        let state = match (removed, pin_hash) {
            (Some(day), _) => format!("thôi dùng máy từ {day}"),
            (None, Some(_)) => "đã có mã PIN".to_owned(),
            (None, None) => "sẽ chọn mã PIN ở lần mở tới".to_owned(),
        };
        writeln!(out, "{code}\t{role}\ttừ {since}\t{state}")?;
    }
    Ok(())
}
