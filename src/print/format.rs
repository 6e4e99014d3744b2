//! The sizes of paper.

/// Paper, upright. The papers of ISO 216 have one shape: what is drawn for A4 fits on all of them,
/// and is only larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 210 × 297 mm.
    A4,
    /// 297 × 420 mm: everything is √2 times as large as on A4.
    A3,
}

impl Format {
    /// Width and height in mm.
    pub(super) const fn size_mm(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::A3 => (297.0, 420.0),
        }
    }
}
