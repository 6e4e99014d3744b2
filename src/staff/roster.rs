//! The list of the staff.
//!
//! Whoever leaves stays listed as removed: events refer to the code, so it is never given again
//! (product rule 5). Nothing here touches the disk; [`RosterFile`](super::RosterFile) does.

use serde::{Deserialize, Serialize};

use super::{BootReset, PinHash, StaffError, Whose};
use crate::event::{Role, StaffCode, StationDay};

/// One of the staff, present or past.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The code, unique for ever.
    pub code: StaffCode,
    /// What they may do.
    pub role: Role,
    /// What is kept of the PIN; `None`: a new one is chosen at the next sign-in.
    pub pin_hash: Option<PinHash>,
    /// The day they were added, as the kiosk's clock had it.
    pub since: StationDay,
    /// The day they were removed; they cannot sign in any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<StationDay>,
}

/// All of the staff, in the order they were added.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Roster {
    members: Vec<Member>,
}

impl Roster {
    /// The list as it was kept.
    ///
    /// # Errors
    /// The first code that stands there twice.
    pub(super) fn from_members(members: Vec<Member>) -> Result<Self, StaffCode> {
        let mut roster = Self::default();
        for member in members {
            if roster.member(member.code).is_some() {
                return Err(member.code);
            }
            roster.members.push(member);
        }
        Ok(roster)
    }

    /// Everybody, the removed too.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whoever can sign in.
    pub fn active(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.removed.is_none())
    }

    /// Whoever has or had this code.
    #[must_use]
    pub fn member(&self, code: StaffCode) -> Option<&Member> {
        self.members.iter().find(|member| member.code == code)
    }

    /// Whether there is no head yet: the first thing to do is to add one.
    #[must_use]
    pub fn needs_setup(&self) -> bool {
        self.heads() == 0
    }

    /// Adds somebody under the next number of their role. The PIN is chosen at the first sign-in.
    ///
    /// # Errors
    /// [`StaffError::NoCodeLeft`] when the numbers are used up.
    pub fn add(&mut self, role: Role, today: StationDay) -> Result<StaffCode, StaffError> {
        let same_role = self.members.iter().filter(|member| member.role == role);
        let highest = same_role.filter_map(|member| number(member.code)).max().unwrap_or(0);
        let code = (highest..=u16::MAX)
            .skip(1)
            .map(|number| StaffCode::numbered(role, number))
            .find(|code| self.member(*code).is_none())
            .ok_or(StaffError::NoCodeLeft(role))?;
        self.members.push(Member { code, role, pin_hash: None, since: today, removed: None });
        Ok(code)
    }

    /// Lists a code that the journal knows and this list does not as removed, so that it is not
    /// given again after the file was lost.
    pub fn retire(&mut self, code: StaffCode, role: Role, today: StationDay) {
        if self.member(code).is_none() {
            let removed = Some(today);
            self.members.push(Member { code, role, pin_hash: None, since: today, removed });
        }
    }

    /// Removes somebody; their PIN hash goes, the code stays.
    ///
    /// # Errors
    /// [`StaffError::Unknown`], and [`StaffError::LastHead`] for the only head.
    pub fn remove(&mut self, code: StaffCode, today: StationDay) -> Result<(), StaffError> {
        let heads = self.heads();
        let member = self.active_mut(code)?;
        if member.role == Role::Head && heads == 1 {
            return Err(StaffError::LastHead(code));
        }
        member.removed = Some(today);
        member.pin_hash = None;
        Ok(())
    }

    /// Keeps the hash of a newly chosen PIN.
    ///
    /// # Errors
    /// [`StaffError::Unknown`].
    pub fn set_pin(&mut self, code: StaffCode, hash: PinHash) -> Result<(), StaffError> {
        self.active_mut(code)?.pin_hash = Some(hash);
        Ok(())
    }

    /// Lets somebody choose a new PIN at the next sign-in; the old one no longer holds.
    ///
    /// # Errors
    /// [`StaffError::Unknown`].
    pub fn reset_pin(&mut self, code: StaffCode) -> Result<(), StaffError> {
        self.active_mut(code)?.pin_hash = None;
        Ok(())
    }

    /// Does what a reset file asks for, and tells whose PINs were reset. Codes of nobody here are
    /// passed over.
    pub fn obey(&mut self, reset: &BootReset) -> Vec<StaffCode> {
        let mut codes = Vec::new();
        for member in self.members.iter_mut().filter(|member| member.removed.is_none()) {
            let is_meant = match reset.whose() {
                Whose::AllHeads => member.role == Role::Head,
                Whose::Codes(codes) => codes.contains(&member.code),
            };
            if is_meant {
                member.pin_hash = None;
                codes.push(member.code);
            }
        }
        codes
    }

    fn heads(&self) -> usize {
        self.active().filter(|member| member.role == Role::Head).count()
    }

    fn active_mut(&mut self, code: StaffCode) -> Result<&mut Member, StaffError> {
        self.members
            .iter_mut()
            .find(|member| member.code == code && member.removed.is_none())
            .ok_or(StaffError::Unknown(code))
    }
}

/// The number in a code: 2 in `NV02`.
fn number(code: StaffCode) -> Option<u16> {
    code.as_str().trim_start_matches(|sign: char| sign.is_ascii_alphabetic()).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::pin_hash::sample;
    use super::*;

    fn day(text: &str) -> StationDay {
        text.parse().unwrap()
    }

    fn today() -> StationDay {
        day("2026-11-24")
    }

    fn code(text: &str) -> StaffCode {
        text.parse().unwrap()
    }

    fn station() -> Roster {
        let mut roster = Roster::default();
        for role in [Role::Head, Role::Nurse, Role::Nurse] {
            let code = roster.add(role, today()).unwrap();
            roster.set_pin(code, sample()).unwrap();
        }
        roster
    }

    fn without_pin(roster: &Roster) -> Vec<&str> {
        let reset = roster.active().filter(|member| member.pin_hash.is_none());
        reset.map(|member| member.code.as_str()).collect()
    }

    #[test]
    fn nobody_at_all_and_nurses_alone_need_setup() {
        let mut roster = Roster::default();
        assert!(roster.needs_setup());
        roster.add(Role::Nurse, today()).unwrap();
        assert!(roster.needs_setup());
        roster.add(Role::Head, today()).unwrap();
        assert!(!roster.needs_setup());
    }

    #[test]
    fn codes_number_on_and_are_never_given_again() {
        let mut roster = station();
        roster.remove(code("NV02"), day("2026-11-25")).unwrap();
        assert_eq!(roster.add(Role::Nurse, today()).unwrap(), code("NV03"));
        assert_eq!(roster.add(Role::Head, today()).unwrap(), code("TT02"));
        let gone = roster.member(code("NV02")).unwrap();
        assert_eq!(gone.removed, Some(day("2026-11-25")));
        assert!(gone.pin_hash.is_none());
        assert!(roster.active().all(|member| member.code != code("NV02")));
    }

    #[test]
    fn codes_of_a_lost_file_are_retired_and_not_given_again() {
        let mut roster = Roster::default();
        roster.retire(code("NV07"), Role::Nurse, today());
        roster.retire(code("TT01"), Role::Head, today());
        assert!(roster.needs_setup());
        assert_eq!(roster.add(Role::Head, today()).unwrap(), code("TT02"));
        assert_eq!(roster.add(Role::Nurse, today()).unwrap(), code("NV08"));
        roster.retire(code("TT02"), Role::Head, today());
        assert!(!roster.needs_setup(), "whoever is listed stays as they are");
        assert_eq!(roster.members().len(), 4);
    }

    #[test]
    fn a_used_up_or_odd_number_never_makes_a_second_of_a_code() {
        let mut roster = Roster::default();
        roster.retire(code("NV08"), Role::Head, today());
        roster.retire(code("B7"), Role::Nurse, today());
        assert_eq!(roster.add(Role::Nurse, today()).unwrap(), code("NV09"));
        roster.retire(code("NV65535"), Role::Nurse, today());
        let full = roster.add(Role::Nurse, today()).unwrap_err();
        assert!(matches!(full, StaffError::NoCodeLeft(Role::Nurse)), "{full}");
    }

    #[test]
    fn the_last_head_cannot_be_removed() {
        let mut roster = station();
        let last = roster.remove(code("TT01"), today()).unwrap_err();
        assert!(matches!(last, StaffError::LastHead(_)), "{last}");
        assert!(roster == station());
        roster.add(Role::Head, today()).unwrap();
        roster.remove(code("TT01"), today()).unwrap();
        let last = roster.remove(code("TT02"), today()).unwrap_err();
        assert!(matches!(last, StaffError::LastHead(_)), "{last}");
    }

    #[test]
    fn whoever_is_unknown_or_removed_gets_no_pin() {
        let mut roster = station();
        roster.remove(code("NV01"), today()).unwrap();
        let before = roster.clone();
        for stranger in ["NV01", "NV99"].map(code) {
            for refused in [
                roster.set_pin(stranger, sample()),
                roster.reset_pin(stranger),
                roster.remove(stranger, today()),
            ] {
                assert!(matches!(refused, Err(StaffError::Unknown(of)) if of == stranger));
            }
        }
        assert!(roster == before);
    }

    #[test]
    fn a_reset_pin_is_chosen_anew_and_nobody_else_s() {
        let mut roster = station();
        roster.reset_pin(code("NV01")).unwrap();
        assert_eq!(without_pin(&roster), ["NV01"]);
        roster.set_pin(code("NV01"), sample()).unwrap();
        assert!(without_pin(&roster).is_empty());
    }

    #[test]
    fn a_reset_file_resets_all_heads_or_those_it_names() {
        let folder = tempfile::tempdir().unwrap();
        for (content, reset) in [
            ("", &["TT01", "TT02"][..]),
            ("NV02\n", &["NV02"]),
            ("NV02\nNV98\nTT01\n", &["TT01", "NV02"]),
            ("NV01\n", &[]),
            ("NV98\n", &[]),
        ] {
            std::fs::write(folder.path().join("tiepdon-reset-pin"), content).unwrap();
            let file = BootReset::look(folder.path()).unwrap();
            let mut roster = station();
            let second = roster.add(Role::Head, today()).unwrap();
            roster.set_pin(second, sample()).unwrap();
            roster.remove(code("NV01"), today()).unwrap();
            let told = roster.obey(&file);
            let told: Vec<_> = told.iter().map(StaffCode::as_str).collect();
            assert_eq!(told, reset, "{content:?}");
            assert_eq!(without_pin(&roster), reset, "{content:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_codes_stay_unique_and_a_head_stays(
            steps in prop::collection::vec((0_u8..3, 0_usize..12, any::<bool>()), 0..40)
        ) {
            let mut roster = station();
            let mut given: BTreeSet<_> = roster.members().iter().map(|member| member.code).collect();
            for (step, which, is_head) in steps {
                let role = if is_head { Role::Head } else { Role::Nurse };
                let of = roster.members().get(which).map(|member| member.code);
                match (step, of) {
                    (0, _) => prop_assert!(given.insert(roster.add(role, today()).unwrap())),
                    (1, Some(code)) => drop(roster.remove(code, today())),
                    (_, Some(code)) => drop(roster.reset_pin(code)),
                    (_, None) => {}
                }
                prop_assert!(!roster.needs_setup());
                prop_assert_eq!(roster.members().len(), given.len());
            }
        }
    }
}
