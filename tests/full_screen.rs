//! The real program on a display that nobody manages: an X server without a window manager, as kiosks
//! have it. "Full screen" is a wish to the window manager; the window must fill the display all the
//! same, to its far corners.

#[expect(dead_code, unused_imports, reason = "windows of a size of their own use the rest")]
mod support;

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tiepdon::reader::FakeReader;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, MapState};
use x11rb::rust_connection::RustConnection;

use support::{Area, Kiosk, Place, Xvfb, until};

/// An unoptimised build on a busy computer starts and draws within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// As large as the ground of the foot is at every size.
const CORNER: u16 = 4;

#[test]
fn without_a_window_manager_the_window_fills_the_display() -> anyhow::Result<()> {
    if Xvfb::is_missing() {
        ensure!(std::env::var_os("CI").is_none(), "Xvfb is not installed");
        // The harness swallows what a test prints, but not this.
        writeln!(io::stderr(), "SKIPPED: Xvfb is not installed; .ci/packages test gets it")?;
        return Ok(());
    }
    for size in [(1024, 768), (480, 800)] {
        fills(size).with_context(|| format!("on a display of {size:?}"))?;
    }
    Ok(())
}

fn fills((width, height): (u16, u16)) -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let (data, link) = (folder.path().join("data"), folder.path().join("reader"));
    let display = Xvfb::of_size(width, height)?;
    let screen = display.framebuffer()?;
    let corners = [(0, 0), (width, 0), (0, height), (width, height)].map(|(x, y)| Area {
        x: x.saturating_sub(CORNER),
        y: y.saturating_sub(CORNER),
        width: CORNER,
        height: CORNER,
    });
    let bare = corners.map(|corner| screen.look(corner));
    let _reader = FakeReader::plug_in(&link)?;
    let place =
        Place { display: display.name(), data: &data, scanner: &link, window: (width, height) };
    let _kiosk = Kiosk::fill_display(&place)?;

    until("a window over the whole display", PATIENCE, || {
        let window = window_on(&display)?;
        Ok((window == Some((0, 0, width, height))).then_some(()))
    })
    .with_context(|| format!("the window is {:?}", window_on(&display)))?;
    let whole = Area { x: 0, y: 0, width, height };
    screen.wait("a page", whole, PATIENCE, |now| !now.is_blank())?;
    for (corner, bare) in corners.into_iter().zip(bare) {
        let changed = screen.look(corner)?.difference(&bare?);
        ensure!(changed == 1.0, "{corner:?} is the bare display still");
    }
    Ok(())
}

/// Where the one visible window stands, and how large it is.
fn window_on(display: &Xvfb) -> anyhow::Result<Option<(i16, i16, u16, u16)>> {
    let (connection, screen) = RustConnection::connect(Some(display.name()))?;
    let root = connection.setup().roots.get(screen).context("the display has no screen")?.root;
    for window in connection.query_tree(root)?.reply()?.children {
        // A window may be gone between the list and the question.
        let Ok(attributes) = connection.get_window_attributes(window)?.reply() else { continue };
        let Ok(geometry) = connection.get_geometry(window)?.reply() else { continue };
        if attributes.map_state == MapState::VIEWABLE {
            return Ok(Some((geometry.x, geometry.y, geometry.width, geometry.height)));
        }
    }
    Ok(None)
}
