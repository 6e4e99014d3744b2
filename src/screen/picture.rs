//! Pictures of the screen, taken by the program itself: for the demo, the handbook and the tests.

use std::path::{Path, PathBuf};

use slint::ComponentHandle as _;

use super::Screen;

/// A picture could not be taken or saved.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The renderer gave no pixels.
    #[error("the screen cannot be pictured: {0}")]
    Snapshot(#[from] slint::PlatformError),
    /// The file could not be written.
    #[error("{} cannot be written: {source}", path.display())]
    Save {
        /// The file.
        path: PathBuf,
        /// Why.
        source: image::ImageError,
    },
}

impl Screen {
    /// Saves what the window shows now as a PNG.
    ///
    /// # Errors
    /// See [`PictureError`].
    pub fn save_picture(&self, path: &Path) -> Result<(), PictureError> {
        let picture = self.window.window().take_snapshot()?;
        image::save_buffer(
            path,
            picture.as_bytes(),
            picture.width(),
            picture.height(),
            image::ExtendedColorType::Rgba8,
        )
        .map_err(|source| PictureError::Save { path: path.to_owned(), source })
    }
}
