//! The people behind the desk: who they are by code and role, and the PINs that let them in.
//!
//! Rules kept: a nurse or head is a code, never a name (product rule 2); a code, once given, is
//! given to nobody else, because events refer to it (rule 5); neither a clock that was set nor a
//! restart shortens the wait after wrong PINs (rule 6); and a forgotten PIN or a damaged file is
//! never the end (rule 4): a head resets the PINs of others, and a file on the boot partition
//! those of heads.
//!
//! Six digits do not withstand whoever takes the storage card home: Argon2id makes a million tries
//! slow, not impossible. The PIN keeps patients and passers-by away from the desk's screens; it
//! encrypts nothing.

mod boot_reset;
mod disk;
mod error;
mod lockout;
mod pin;
mod pin_entry;
mod pin_hash;
mod roster;
mod roster_file;

pub use boot_reset::{BootReset, Whose};
pub use error::StaffError;
pub use lockout::Lockout;
pub use pin::{Pin, WeakPin};
#[cfg(test)]
pub(crate) use pin_entry::typed;
pub use pin_entry::{PinEntry, TypedPin};
#[cfg(test)]
pub(crate) use pin_hash::sample as hash_of_482915;
pub use pin_hash::{IllFormedPinHash, PinHash};
pub use roster::{Member, Roster};
pub use roster_file::RosterFile;
