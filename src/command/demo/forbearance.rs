//! How long the script waits for a screen: counted in answers of the screen's thread and not in
//! seconds, so that a slow machine has as long as it needs and a screen that never comes is called
//! so within a minute on a usual one.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::bail;

/// How long to wait for what should come.
pub(super) struct Forbearance {
    /// How long to listen before the screen's thread is asked whether it is still there.
    pub(super) pause: Duration,
    /// How often it may answer without anything having come.
    pub(super) answers: u32,
}

impl Forbearance {
    /// What comes next; `None` when nothing came. `ask` returns when the screen's thread has
    /// answered.
    ///
    /// # Errors
    /// Those of `ask`, and that nothing can come any more.
    pub(super) fn next<T>(
        &self,
        coming: &Receiver<T>,
        mut ask: impl FnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<Option<T>> {
        for _ in 0..self.answers {
            match coming.recv_timeout(self.pause) {
                Ok(come) => return Ok(Some(come)),
                Err(RecvTimeoutError::Timeout) => ask()?,
                Err(RecvTimeoutError::Disconnected) => bail!("ki-ốt đã dừng"),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread::sleep;

    use super::*;

    const SHORT: Forbearance = Forbearance { pause: Duration::from_millis(1), answers: 20 };

    #[test]
    fn a_machine_that_answers_late_is_waited_for_as_long_as_it_answers() {
        let (send, coming) = channel();
        let mut asked = 0;
        let come = SHORT.next(&coming, || {
            asked += 1;
            // Twenty times as slow as it should be.
            sleep(SHORT.pause * 20);
            if asked == 19 {
                send.send("done")?;
            }
            Ok(())
        });
        assert_eq!(come.unwrap(), Some("done"));
    }

    #[test]
    fn a_screen_that_never_comes_is_not_waited_for_for_ever() {
        let (_send, coming) = channel::<()>();
        let mut asked = 0;
        let come = SHORT.next(&coming, || {
            asked += 1;
            Ok(())
        });
        assert_eq!((come.unwrap(), asked), (None, SHORT.answers));
        assert!(SHORT.next(&coming, || bail!("no answer")).is_err());
        let (send, coming) = channel::<()>();
        drop(send);
        assert!(SHORT.next(&coming, || Ok(())).is_err());
    }
}
