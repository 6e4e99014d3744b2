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

/// The loop looks at its timers at least this often.
const LONGEST_NAP: Duration = Duration::from_secs(1);

type Task = Box<dyn FnOnce() + Send>;

/// The display, as a Slint platform.
pub struct Headless {
    window: Rc<MinimalSoftwareWindow>,
    size: PhysicalSize,
    began: Instant,
    speed: u32,
    inbox: Receiver<Wish>,
    outbox: Sender<Wish>,
}

enum Wish {
    Run(Task),
    Quit,
}

impl Headless {
    /// Makes Slint draw into memory from now on, at `width` × `height` pixels, with timers that
    /// run `speed` times as fast as real time. Once per process.
    ///
    /// # Errors
    /// When a platform was chosen already.
    pub fn install(width: u32, height: u32, speed: u32) -> Result<(), PlatformError> {
        let (outbox, inbox) = channel();
        let platform = Self {
            window: MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer),
            size: PhysicalSize::new(width, height),
            began: Instant::now(),
            speed: speed.max(1),
            inbox,
            outbox,
        };
        platform.window.set_size(platform.size);
        slint::platform::set_platform(Box::new(platform)).map_err(PlatformError::SetPlatformError)
    }

    fn nap(&self) -> Duration {
        let until_timer =
            duration_until_next_timer_update().map_or(LONGEST_NAP, |d| d / self.speed);
        if self.window.has_active_animations() {
            return Duration::from_millis(16);
        }
        until_timer.min(LONGEST_NAP)
    }
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.began.elapsed().saturating_mul(self.speed)
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
            match self.inbox.recv_timeout(self.nap()) {
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
