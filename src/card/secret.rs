//! Text of a person. It lives in memory only and leaves no trace there: wiped when dropped, never
//! grown (growing would leave an unwiped copy behind), and without `Debug`, `Display`, `Clone` or
//! `Serialize`, so that it cannot slip into a log, an error or an export. `reveal` is the one way
//! to it, and easy to search for.

use zeroize::Zeroizing;

/// Declares types of secret text that must not be mixed up with each other.
macro_rules! secret_text {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Keeps a copy of exactly this text.
            pub(super) fn hold(text: &str) -> Self {
                Self(Zeroizing::new(text.to_owned()))
            }

            /// The text itself: to show it to the person it belongs to, nothing else.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }
    )+};
}

secret_text! {
    /// Full name as the card writes it, NFC, with single spaces.
    Name;
    /// The name a person is called by.
    GivenName;
    /// Address as the card writes it, NFC.
    Address;
    /// Number of an older document: CMND (9 digits) or an earlier personal number (12 digits).
    OldId;
    /// The 12-digit personal number (số định danh cá nhân).
    PersonalId;
    /// A BHYT number of 15 characters, a BHXH number of 10 digits, or on a BHYT card the personal
    /// number of 12 digits that stands in its place.
    InsuranceId;
    /// What tells two people apart on one day: input of the day's HMAC and of nothing else.
    Identity;
}

impl Identity {
    /// Which numbers it is one of: `cccd`, `bhxh`, or `code`. Two different numbers of one register
    /// are two people's; codes change.
    #[must_use]
    pub fn register(&self) -> &str {
        self.reveal().split(':').next().unwrap_or_default()
    }
}
