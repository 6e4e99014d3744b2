//! Rings for a call: one chime at a time, through the player.

use std::process::Child;

use super::Player;
use crate::call::Tone;

/// The kiosk's loudspeaker, as far as a call uses it.
pub struct Bell {
    /// `None`: there is none.
    player: Option<Player>,
    playing: Option<Child>,
    /// How the last chime went, until somebody asks.
    went: Option<bool>,
}

impl Bell {
    /// A bell that rings through `player`; without one it is silent.
    pub fn new(player: Option<Player>) -> Self {
        Self { player, playing: None, went: None }
    }

    /// Plays the chime; what still plays stops.
    pub fn ring(&mut self, tone: Tone) {
        self.hush();
        let Some(player) = &self.player else {
            self.went = Some(false);
            return;
        };
        match player.chime(tone) {
            Ok(child) => self.playing = Some(child),
            Err(error) => {
                tracing::warn!(%error, player = %player.program().display(), "no chime is played");
                self.went = Some(false);
            }
        }
    }

    /// Plays no more. What was being played was heard.
    pub fn hush(&mut self) {
        self.look();
        if let Some(mut child) = self.playing.take() {
            // Fails when it has ended by itself; then there is only its trace to clear away.
            let _ = child.kill();
            let _ = child.wait();
            self.went = Some(true);
        }
    }

    /// Whether the chime that was played last was heard, as far as its player tells; told once.
    /// `None` while it plays.
    pub fn outcome(&mut self) -> Option<bool> {
        self.look();
        self.went.take()
    }

    /// Whether something is being played.
    pub fn is_sounding(&mut self) -> bool {
        self.look();
        self.playing.is_some()
    }

    fn look(&mut self) {
        let Some(child) = &mut self.playing else { return };
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => {
                if !status.success() {
                    tracing::warn!(%status, "the player of the chime failed");
                }
                self.went = Some(status.success());
                self.playing = None;
            }
            Err(error) => {
                tracing::warn!(%error, "nothing is known of the player of the chime");
                self.playing = None;
            }
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.hush();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::super::chime;
    use super::*;

    /// A bell whose player does this with what it is handed.
    fn bell(folder: &Path, then: &str) -> Bell {
        let program = folder.join("player");
        let script = format!("#!/bin/sh\ncat > {}/heard.wav\n{then}\n", folder.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Bell::new(Some(Player::new(program)))
    }

    fn outcome(bell: &mut Bell) -> bool {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(went) = bell.outcome() {
                return went;
            }
            assert!(Instant::now() < until, "the player does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn the_player_is_handed_the_whole_chime_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut bell = bell(folder.path(), "exit 0");
        for tone in [Tone::Call, Tone::Call, Tone::Still] {
            bell.ring(tone);
            assert!(outcome(&mut bell));
            assert_eq!(bell.outcome(), None, "told once");
            assert_eq!(fs::read(folder.path().join("heard.wav")).unwrap(), chime(tone));
        }
    }

    #[test]
    fn it_stops_at_once_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut bell = bell(folder.path(), "exec sleep 60");
        bell.ring(Tone::Call);
        let id = bell.playing.as_ref().unwrap().id();
        assert!(bell.is_sounding());
        bell.hush();
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "it has ended and is no zombie");
        assert_eq!(bell.outcome(), Some(true), "it was being heard");
    }

    #[test]
    fn a_player_that_fails_or_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut bell = bell(folder.path(), "exit 1");
        bell.ring(Tone::Call);
        assert!(!outcome(&mut bell));
        for mut bell in [Bell::new(None), Bell::new(Some(Player::new(folder.path().join("none"))))]
        {
            bell.ring(Tone::Call);
            assert_eq!(bell.outcome(), Some(false));
        }
    }
}
