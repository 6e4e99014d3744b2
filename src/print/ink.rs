//! The colours of the screens, on paper.

use krilla::color::rgb;

/// A colour to print with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink {
    red: u8,
    green: u8,
    blue: u8,
}

impl Ink {
    /// For what readers and worn-out copiers must not lose: the strongest contrast.
    pub const BLACK: Self = Self::new(0x00, 0x00, 0x00);
    /// Letters on a dark ground.
    pub const WHITE: Self = Self::new(0xff, 0xff, 0xff);
    /// Letters.
    pub const INK: Self = Self::new(0x12, 0x31, 0x2b);
    /// Letters of less weight.
    pub const SOFT: Self = Self::new(0x3d, 0x54, 0x4d);
    /// Hairlines.
    pub const LINE: Self = Self::new(0xd9, 0xde, 0xd6);
    /// "Go on", VNeID.
    pub const JADE: Self = Self::new(0x09, 0x5c, 0x47);
    /// A human helps.
    pub const AMBER: Self = Self::new(0xff, 0xc2, 0x4b);
    /// "Teach me".
    pub const BLUE: Self = Self::new(0x17, 0x4e, 0x8c);
    /// The paper book.
    pub const SLATE: Self = Self::new(0x4e, 0x5b, 0x57);

    /// A colour as 0xRRGGBB.
    pub const fn of(colour: u32) -> Self {
        let [_, red, green, blue] = colour.to_be_bytes();
        Self::new(red, green, blue)
    }

    const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    pub(super) fn color(self) -> rgb::Color {
        rgb::Color::new(self.red, self.green, self.blue)
    }
}
