//! What lies in this program's memory stays there: no core dump, no look from another program of the
//! same user, no swap (product rule 2).
//!
//! What is let go of on the heap is overwritten by the allocator (`main.rs`), also what libraries held,
//! such as the words on a page. A stack is not: what a function had there is overwritten by the next,
//! or by [`overwrite_stack`].

use std::io;

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};
use rustix::thread::{CapabilitySet, capabilities};
use zeroize::Zeroize as _;

/// Neither a core dump nor another program of this user gets to see it. What fails is told: nobody is
/// refused for it.
pub(super) fn hide() {
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, nothing) {
        tracing::error!(%error, "a core dump would hold the patient at the desk");
    }
    // Some systems hand a dump to a program whatever its limit is.
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::error!(%error, "other programs can look into the memory of this one");
    }
}

/// Keeps it out of the swap, where the system lets it. Only pages in use are kept: a program that
/// reserves more than it needs takes no room by it.
///
/// With a limit, what does not fit in it would be refused later, in the middle of a morning. So only
/// a program without one does it: the kiosk's unit says so.
pub(super) fn keep_out_of_swap() {
    let is_free = capabilities(None).is_ok_and(|of| of.effective.contains(CapabilitySet::IPC_LOCK));
    if !is_free && getrlimit(Resource::Memlock).current.is_some() {
        tracing::debug!("the memory of this program may reach the swap: it may not keep it");
        return;
    }
    let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
    if let Err(error) = mlockall(all).map_err(io::Error::from) {
        tracing::warn!(%error, "the memory of this program may reach the swap");
    }
}

/// Overwrites what functions that have returned left on the stack of this thread: letters of a name,
/// eight at a time, as they were compared.
#[inline(never)]
pub(super) fn overwrite_stack() {
    /// More than reading a card takes, and a fraction of what a thread has.
    const DEEPEST: usize = 128 * 1024;
    let mut room = [0_u8; DEEPEST];
    room.zeroize();
    std::hint::black_box(&room);
}

#[cfg(test)]
mod tests {
    use rustix::process::dumpable_behavior;

    use super::*;

    #[test]
    fn a_program_that_hides_can_neither_be_dumped_nor_looked_into() {
        hide();
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
