//! A number of things, as people here write it.

use std::fmt;

/// A count. Written with a point between the thousands: `18.245`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 1000, self.0 % 1000) {
            (0, rest) => write!(f, "{rest}"),
            (thousands, rest) => write!(f, "{}.{rest:03}", Self(thousands)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_stands_between_the_thousands() {
        for (count, written) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.000"),
            (18_245, "18.245"),
            (1_000_000, "1.000.000"),
            (1_040_007, "1.040.007"),
            (u64::MAX, "18.446.744.073.709.551.615"),
        ] {
            assert_eq!(Count(count).to_string(), written);
        }
    }
}
