//! A machine without USB ports, for tests and for the demo: a stick is a folder, and is plugged in
//! and pulled by calling.

use std::io;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::io::Errno;

use super::volume::{Device, EjectError, Platform, Plugged, Volume};

/// A machine whose sticks are folders.
#[derive(Debug, Default)]
pub struct SimulatedMachine {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    plugged: Plugged,
    /// Counts changes, so that one between two waits is not missed.
    changes: u64,
    waited_for: u64,
    mounts: u64,
    flushed: Vec<u64>,
    holds_on: bool,
}

impl SimulatedMachine {
    /// Plugs in a stick whose content is the folder `content`, and tells how it is seen.
    ///
    /// # Errors
    /// When the folder is not there.
    pub fn insert(&self, content: &Path, read_only: bool) -> io::Result<Volume> {
        let found = rustix::fs::stat(content)?;
        let space = rustix::fs::statvfs(content)?;
        let volume = self.change(|state| {
            state.mounts += 1;
            let volume = Volume {
                mount_point: content.to_owned(),
                device: Device::of(found.st_dev),
                mount: state.mounts,
                file_system: "vfat".to_owned(),
                read_only,
                free_bytes: space.f_bavail.saturating_mul(space.f_frsize),
            };
            state.plugged.volumes.push(volume.clone());
            volume
        });
        Ok(volume)
    }

    /// Plugs in a stick of which nothing can be mounted.
    pub fn insert_unreadable(&self, disk: &str) {
        self.change(|state| state.plugged.unmounted.push(disk.to_owned()));
    }

    /// Pulls whatever stick shows its content there, or bears that disk's name.
    pub fn pull(&self, stick: &Path) {
        self.change(|state| {
            state.plugged.volumes.retain(|volume| volume.mount_point != stick);
            state.plugged.unmounted.retain(|disk| Path::new(disk) != stick);
        });
    }

    /// From now on no stick is let go of, as where the program may not unmount.
    pub fn hold_on(&self) {
        self.change(|state| state.holds_on = true);
    }

    /// Whether all that was written to this stick was flushed.
    pub fn was_flushed(&self, volume: &Volume) -> bool {
        self.state().flushed.contains(&volume.mount)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let told = change(&mut state);
        state.changes += 1;
        self.changed.notify_all();
        told
    }
}

impl Platform for SimulatedMachine {
    fn plugged(&self) -> io::Result<Plugged> {
        Ok(self.state().plugged.clone())
    }

    fn wait(&self, at_most: Duration) -> io::Result<()> {
        let nothing_new = |state: &mut State| state.changes == state.waited_for;
        let waited = self.changed.wait_timeout_while(self.state(), at_most, nothing_new);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waited_for = state.changes;
        Ok(())
    }

    fn flush(&self, volume: &Volume) -> io::Result<()> {
        let mut state = self.state();
        if !state.plugged.volumes.contains(volume) {
            return Err(Errno::NODEV.into());
        }
        state.flushed.push(volume.mount);
        Ok(())
    }

    fn eject(&self, volume: &Volume) -> Result<(), EjectError> {
        if self.state().holds_on {
            return Err(EjectError::NotAllowed(volume.mount_point.clone()));
        }
        self.change(|state| state.plugged.volumes.retain(|known| known != volume));
        Ok(())
    }
}
