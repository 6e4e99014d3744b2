//! A display that exists only in memory: the demo, the pictures of the handbook and machines
//! without a screen run the real window on Slint's software renderer, without any display server.

use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{
    EventLoopProxy, Platform, WindowAdapter, duration_until_next_timer_update,
    update_timers_and_animations,
};
use slint::{EventLoopError, PhysicalSize, PlatformError, Rgb8Pixel};

use super::{Passage, with_fonts};

/// The loop looks at its timers at least this often.
const LONGEST_NAP: Duration = Duration::from_secs(1);

/// And while something moves, as often as a display shows it.
const BETWEEN_FRAMES: Duration = Duration::from_millis(16);

type Task = Box<dyn FnOnce() + Send>;

/// The display, as a Slint platform.
pub struct Headless {
    window: Rc<MinimalSoftwareWindow>,
    size: PhysicalSize,
    time: Time,
    inbox: Receiver<Wish>,
    outbox: Sender<Wish>,
}

/// What the timers go by.
enum Time {
    /// The time outside, since then.
    Outside(Instant),
    Held(Passage),
}

enum Wish {
    Run(Task),
    Quit,
}

impl Headless {
    /// Makes Slint draw into memory from now on, at `width` × `height` pixels. Once per process.
    ///
    /// # Errors
    /// When a platform was chosen already, and where there is no font.
    pub fn install(width: u32, height: u32) -> Result<(), PlatformError> {
        Self::install_with(width, height, Time::Outside(Instant::now()))
    }

    /// The same with timers that go by `passage`, in the hands of whoever holds it.
    ///
    /// # Errors
    /// As [`Headless::install`].
    pub fn install_in(width: u32, height: u32, passage: Passage) -> Result<(), PlatformError> {
        Self::install_with(width, height, Time::Held(passage))
    }

    fn install_with(width: u32, height: u32, time: Time) -> Result<(), PlatformError> {
        let (outbox, inbox) = channel();
        let platform = Self {
            window: MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer),
            size: PhysicalSize::new(width, height),
            time,
            inbox,
            outbox,
        };
        platform.window.set_size(platform.size);
        with_fonts(|| {
            slint::platform::set_platform(Box::new(platform))
                .map_err(PlatformError::SetPlatformError)
        })
    }

    /// The next wish, or none when a timer may be due.
    fn next_wish(&self) -> Result<Wish, RecvTimeoutError> {
        let longest =
            if self.window.has_active_animations() { BETWEEN_FRAMES } else { LONGEST_NAP };
        let until = duration_until_next_timer_update().unwrap_or(Duration::MAX);
        match &self.time {
            Time::Outside(_) => self.inbox.recv_timeout(until.min(longest)),
            Time::Held(passage) => match passage.nap(until) {
                None => self.inbox.recv_timeout(longest),
                Some(nap) => {
                    let began = Instant::now();
                    let wish = self.inbox.recv_timeout(nap.min(longest));
                    passage.napped(began.elapsed(), until);
                    wish
                }
            },
        }
    }
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        match &self.time {
            Time::Outside(began) => began.elapsed(),
            Time::Held(passage) => passage.now(),
        }
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(Proxy(self.outbox.clone())))
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        let width = usize::try_from(self.size.width).unwrap_or_default();
        let height = usize::try_from(self.size.height).unwrap_or_default();
        let mut pixels = vec![Rgb8Pixel::default(); width * height];
        loop {
            update_timers_and_animations();
            self.window.draw_if_needed(|renderer| {
                renderer.render(&mut pixels, width);
            });
            match self.next_wish() {
                Ok(Wish::Run(task)) => task(),
                Ok(Wish::Quit) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

struct Proxy(Sender<Wish>);

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        self.0.send(Wish::Quit).map_err(|_| EventLoopError::EventLoopTerminated)
    }

    fn invoke_from_event_loop(&self, task: Task) -> Result<(), EventLoopError> {
        self.0.send(Wish::Run(task)).map_err(|_| EventLoopError::EventLoopTerminated)
    }
}
