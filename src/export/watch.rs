//! Noticing that a stick comes and goes.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

use super::volume::{Platform, Plugged, Volume};

/// How long a USB disk may stay without a mounted part before people are told that it cannot be
/// used: checking a large FAT after an unclean pull takes most of this.
pub const TIME_TO_MOUNT: Duration = Duration::from_secs(12);

/// What happened to a stick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A stick can be used.
    Inserted(Volume),
    /// A stick is gone: pulled, or ejected by us.
    Removed(Volume),
    /// A USB disk is there, but nothing on it can be used: not formatted, or broken. By the
    /// kernel's name.
    Unreadable(String),
}

/// Turns looks at a machine into changes.
#[derive(Debug)]
pub struct Watch {
    seen: Vec<Volume>,
    time_to_mount: Duration,
    /// The USB disks without a mounted part.
    unmounted: HashMap<String, Since>,
}

/// What is known of a disk without a mounted part.
#[derive(Clone, Copy, Debug)]
enum Since {
    /// Nothing was said yet; it was first seen then.
    Seen(Instant),
    /// It was said, or needs no words.
    Told,
}

impl Watch {
    /// A watch that has seen nothing: sticks that are already there come as inserted.
    pub fn new(time_to_mount: Duration) -> Self {
        Self { seen: Vec::new(), time_to_mount, unmounted: HashMap::new() }
    }

    /// Waits until something changes, `at_most` so long, and tells what; nothing when time is up.
    /// That a disk is unreadable is seen only by looking again, so wait for seconds, not for hours.
    ///
    /// # Errors
    /// When the machine does not tell; ask again later.
    pub fn next(
        &mut self,
        platform: &(impl Platform + ?Sized),
        at_most: Duration,
    ) -> io::Result<Vec<Change>> {
        let changes = self.compare(platform.plugged()?);
        if !changes.is_empty() {
            return Ok(changes);
        }
        platform.wait(at_most)?;
        Ok(self.compare(platform.plugged()?))
    }

    fn compare(&mut self, now: Plugged) -> Vec<Change> {
        let is_in = |all: &[Volume], one: &Volume| all.iter().any(|other| one.is_same(other));
        let gone = self.seen.iter().filter(|old| !is_in(&now.volumes, old)).cloned();
        let mut changes: Vec<Change> = gone.map(Change::Removed).collect();
        let come = now.volumes.iter().filter(|new| !is_in(&self.seen, new)).cloned();
        changes.extend(come.map(Change::Inserted));
        let was_ejected = changes.iter().any(|change| matches!(change, Change::Removed(_)));
        self.seen = now.volumes;

        self.unmounted.retain(|disk, _| now.unmounted.contains(disk));
        for disk in now.unmounted {
            // A disk that loses its mount was usable: people need not be told that it is not.
            let first = if was_ejected { Since::Told } else { Since::Seen(Instant::now()) };
            let since = self.unmounted.entry(disk.clone()).or_insert(first);
            if let Since::Seen(first) = *since
                && first.elapsed() >= self.time_to_mount
            {
                *since = Since::Told;
                changes.push(Change::Unreadable(disk));
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::thread;

    use super::*;
    use crate::export::simulated::SimulatedMachine;

    const SOON: Duration = Duration::from_millis(1);
    const LATER: Duration = Duration::from_secs(30);

    #[test]
    fn a_stick_comes_goes_and_comes_again() {
        let stick = tempfile::tempdir().unwrap();
        let machine = SimulatedMachine::default();
        let mut watch = Watch::new(TIME_TO_MOUNT);
        assert_eq!(watch.next(&machine, SOON).unwrap(), []);
        let first = machine.insert(stick.path(), false).unwrap();
        assert_eq!(watch.next(&machine, SOON).unwrap(), [Change::Inserted(first.clone())]);
        assert_eq!(watch.next(&machine, SOON).unwrap(), []);
        machine.pull(stick.path());
        assert_eq!(watch.next(&machine, SOON).unwrap(), [Change::Removed(first.clone())]);
        let again = machine.insert(stick.path(), false).unwrap();
        assert_ne!(again, first);
        assert_eq!(watch.next(&machine, SOON).unwrap(), [Change::Inserted(again)]);
    }

    #[test]
    fn a_stick_pulled_and_plugged_in_between_two_looks_is_seen_to_do_both() {
        let stick = tempfile::tempdir().unwrap();
        let machine = SimulatedMachine::default();
        let mut watch = Watch::new(TIME_TO_MOUNT);
        let first = machine.insert(stick.path(), false).unwrap();
        watch.next(&machine, SOON).unwrap();
        machine.pull(stick.path());
        let again = machine.insert(stick.path(), false).unwrap();
        assert_eq!(
            watch.next(&machine, SOON).unwrap(),
            [Change::Removed(first), Change::Inserted(again)]
        );
    }

    #[test]
    fn two_sticks_at_once_are_two() {
        let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let machine = SimulatedMachine::default();
        let mut watch = Watch::new(TIME_TO_MOUNT);
        let one = machine.insert(one.path(), false).unwrap();
        let two = machine.insert(two.path(), true).unwrap();
        assert_eq!(
            watch.next(&machine, SOON).unwrap(),
            [Change::Inserted(one.clone()), Change::Inserted(two)]
        );
        machine.pull(&one.mount_point.clone());
        assert_eq!(watch.next(&machine, SOON).unwrap(), [Change::Removed(one)]);
    }

    #[test]
    fn insertion_ends_the_waiting() {
        let stick = tempfile::tempdir().unwrap();
        let machine = SimulatedMachine::default();
        let mut watch = Watch::new(TIME_TO_MOUNT);
        let began = Instant::now();
        let changes = thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(20));
                machine.insert(stick.path(), false).unwrap();
            });
            watch.next(&machine, LATER).unwrap()
        });
        assert!(matches!(changes.as_slice(), [Change::Inserted(_)]), "{changes:?}");
        assert!(began.elapsed() < LATER);
    }

    #[test]
    fn a_stick_that_nobody_can_mount_is_told_once_and_only_after_a_while() {
        let machine = SimulatedMachine::default();
        let mut patient = Watch::new(TIME_TO_MOUNT);
        let mut hasty = Watch::new(Duration::ZERO);
        machine.insert_unreadable("sda");
        assert_eq!(patient.next(&machine, SOON).unwrap(), []);
        assert_eq!(hasty.next(&machine, SOON).unwrap(), [Change::Unreadable("sda".into())]);
        assert_eq!(hasty.next(&machine, SOON).unwrap(), []);
        machine.pull(Path::new("sda"));
        assert_eq!(hasty.next(&machine, SOON).unwrap(), []);
        machine.insert_unreadable("sda");
        assert_eq!(hasty.next(&machine, SOON).unwrap(), [Change::Unreadable("sda".into())]);
    }

    #[test]
    fn a_stick_that_was_ejected_and_still_sticks_is_not_called_unreadable() {
        let stick = tempfile::tempdir().unwrap();
        let machine = SimulatedMachine::default();
        let mut watch = Watch::new(Duration::ZERO);
        let volume = machine.insert(stick.path(), false).unwrap();
        watch.next(&machine, SOON).unwrap();
        machine.eject(&volume).unwrap();
        machine.insert_unreadable("sda");
        assert_eq!(watch.next(&machine, SOON).unwrap(), [Change::Removed(volume)]);
        assert_eq!(watch.next(&machine, SOON).unwrap(), []);
    }
}
