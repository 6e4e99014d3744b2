//! Eyes: the pixels of the screen as the display server itself holds them.
//!
//! Xvfb draws into a file that it maps into its memory (`-fbdir`), so a plain read of that file
//! sees a pixel at the moment it is drawn. It costs a microsecond, asks nothing of the server and
//! so does not disturb what is measured, unlike `GetImage` or MIT-SHM, which wait in its queue. Servers
//! without such a file are asked for the image; nothing is measured there.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

use super::until;

/// What X11 calls ZPixmap of depth 24: blue, green, red, nothing.
const BYTES_PER_PIXEL: usize = 4;

/// A picture that has not changed for so long is complete: several frames at 60 Hz, and longer
/// than a debug build takes to draw one.
const STILL: Duration = Duration::from_millis(150);

/// The screen of a display server.
pub(crate) struct Framebuffer(Source);

enum Source {
    File { file: File, pixels_at: usize, bytes_per_row: usize },
    Server { connection: Box<RustConnection>, root: Window },
}

/// A part of the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: u16,
    pub(crate) y: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

/// What an area showed at one moment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    area: Area,
    bytes: Vec<u8>,
}

impl Framebuffer {
    /// Opens the file in XWD format that Xvfb draws into.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        /// Words of the header, each of four bytes, the highest first: see X11/XWDFile.h.
        const HEADER_SIZE: u64 = 0;
        const BITS_PER_PIXEL: u64 = 11;
        const BYTES_PER_LINE: u64 = 12;
        const COLORS: u64 = 19;
        const BYTES_PER_COLOR: usize = 12;

        let file = File::open(path).with_context(|| format!("{} is missing", path.display()))?;
        let word = |at: u64| -> anyhow::Result<usize> {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, at * 4)?;
            Ok(usize::try_from(u32::from_be_bytes(bytes))?)
        };
        ensure!(word(BITS_PER_PIXEL)? == BYTES_PER_PIXEL * 8, "not a screen of 24 bits");
        Ok(Self(Source::File {
            pixels_at: word(HEADER_SIZE)? + word(COLORS)? * BYTES_PER_COLOR,
            bytes_per_row: word(BYTES_PER_LINE)?,
            file,
        }))
    }

    /// The screen of a server that has no such file.
    pub(super) fn of_server(display: &str) -> anyhow::Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(display))?;
        let screen = connection.setup().roots.get(screen).context("the display has no screen")?;
        ensure!(screen.root_depth == 24, "not a screen of 24 bits");
        let root = screen.root;
        Ok(Self(Source::Server { connection: Box::new(connection), root }))
    }

    /// What `area` shows now.
    pub(crate) fn look(&self, area: Area) -> anyhow::Result<Picture> {
        let row_bytes = usize::from(area.width) * BYTES_PER_PIXEL;
        match &self.0 {
            Source::File { file, pixels_at, bytes_per_row } => {
                let mut bytes = vec![0; row_bytes * usize::from(area.height)];
                for (y, row) in (usize::from(area.y)..).zip(bytes.chunks_exact_mut(row_bytes)) {
                    let at = pixels_at + y * bytes_per_row + usize::from(area.x) * BYTES_PER_PIXEL;
                    file.read_exact_at(row, u64::try_from(at)?)?;
                }
                Ok(Picture { area, bytes })
            }
            Source::Server { connection, root } => {
                let Area { x, y, width, height } = area;
                let (x, y) = (i16::try_from(x)?, i16::try_from(y)?);
                let image = connection
                    .get_image(ImageFormat::Z_PIXMAP, *root, x, y, width, height, !0)?
                    .reply()?;
                ensure!(image.data.len() == row_bytes * usize::from(height), "not 32 bits a pixel");
                Ok(Picture { area, bytes: image.data })
            }
        }
    }

    /// What `area` shows once it is `wanted` and has stopped changing; `what` for the message
    /// when that does not happen.
    pub(crate) fn wait(
        &self,
        what: &str,
        area: Area,
        patience: Duration,
        wanted: impl Fn(&Picture) -> bool,
    ) -> anyhow::Result<Picture> {
        let mut since = Instant::now();
        let mut last = self.look(area)?;
        until(what, patience, || {
            let now = self.look(area)?;
            if now != last {
                since = Instant::now();
                last = now;
            }
            Ok((since.elapsed() >= STILL && wanted(&last)).then(|| last.clone()))
        })
    }
}

impl Picture {
    /// Which part of the pixels differs from `other`, of the same area: 0 to 1.
    pub(crate) fn difference(&self, other: &Self) -> f64 {
        let pixels = self.bytes.chunks_exact(BYTES_PER_PIXEL);
        let count = pixels.len();
        let changed = pixels.zip(other.bytes.chunks_exact(BYTES_PER_PIXEL)).filter(|(a, b)| a != b);
        changed.count() as f64 / count as f64
    }

    /// Whether all pixels are the same, as before anything is drawn.
    pub(crate) fn is_blank(&self) -> bool {
        let mut pixels = self.bytes.chunks_exact(BYTES_PER_PIXEL);
        let first = pixels.next();
        pixels.all(|pixel| Some(pixel) == first)
    }

    /// The rows that differ from `other`, of the same area.
    pub(crate) fn rows_unlike<'p>(&'p self, other: &'p Self) -> impl Iterator<Item = u16> + 'p {
        let row_bytes = usize::from(self.area.width) * BYTES_PER_PIXEL;
        let rows = self.bytes.chunks_exact(row_bytes).zip(other.bytes.chunks_exact(row_bytes));
        (self.area.y..).zip(rows).filter_map(|(y, (mine, theirs))| (mine != theirs).then_some(y))
    }
}
