//! What systemd is told, over the socket it names in `NOTIFY_SOCKET` (sd_notify(3)).

use std::time::Duration;

use sd_notify::NotifyState;

/// An old card may need so long to read a journal back from its backup and its side log. A start
/// that is cut short begins again, and would never end.
const LONGEST_RESTORATION_US: u32 = 15 * 60 * 1_000_000;

/// The program has begun. Opening the journal may take longer than a start usually may.
pub fn starting() {
    tell(&[NotifyState::ExtendTimeoutUsec(LONGEST_RESTORATION_US)]);
}

/// The window is open and its event loop runs.
pub fn ready() {
    let mut news = vec![NotifyState::Ready, NotifyState::Status("Đang phục vụ.")];
    // `starting_again` may have changed it.
    let limit = watchdog().and_then(|limit| u32::try_from(limit.as_micros()).ok());
    news.extend(limit.map(NotifyState::WatchdogUsec));
    tell(&news);
}

/// How often [`alive`] must be called: twice in the time systemd waits, as it advises. `None` when
/// nobody waits.
#[must_use]
pub fn pulse() -> Option<Duration> {
    watchdog().map(|limit| limit / 2)
}

/// The event loop has come round. To be called from nowhere else: a thread of its own would still
/// be alive while the screen hangs.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// The event loop has ended, and with it the signs of life; what is left to write is being written.
pub fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("Đang ghi nốt dữ liệu để tắt.")]);
}

/// The program begins anew in the same process, perhaps to restore the journal: no end, and no sign of
/// life for as long as that takes.
pub fn starting_again() {
    tell(&[
        NotifyState::WatchdogUsec(LONGEST_RESTORATION_US),
        NotifyState::Watchdog,
        NotifyState::Status("Đang khởi động lại."),
    ]);
}

fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().filter(|limit| !limit.is_zero())
}

/// A kiosk that cannot reach systemd goes on: patients are counted all the same.
fn tell(news: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(news) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}
