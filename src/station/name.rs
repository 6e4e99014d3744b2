//! Names that are file names without their ending: short, plain, the same on every system.

/// Makes a name of 1 to 40 of a-z, 0-9 and hyphen, and the error that refuses others.
macro_rules! plain_name {
    ($(#[$doc:meta])* $name:ident, $refused:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        /// A name that was refused.
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error("{0:?} is no {what}: 1 to {longest} of a-z, 0-9 and hyphen", what = $what, longest = $name::LONGEST)]
        pub struct $refused(pub String);

        impl $name {
            /// Longest name in bytes: it stands in events and in names of files.
            pub const LONGEST: usize = 40;

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $refused;

            fn from_str(text: &str) -> Result<Self, $refused> {
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(plain) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($refused(text.to_owned()))
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use plain_name;
