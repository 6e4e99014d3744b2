//! The loudspeaker: "đọc to" plays the sounds the station has recorded, one a screen and language; the
//! [`Bell`] rings for a call.
//!
//! The sounds lie in `audio/<language>/<screen>.wav` beside `station.toml`, spoken by somebody people
//! know; there is no synthetic voice. Where a sound is missing the kiosk stays silent. The player is
//! a program of the system, so that a sound that hangs never holds up a screen.

mod bell;
mod chime;
mod player;

use std::path::PathBuf;
use std::process::Child;

pub use bell::Bell;
pub use chime::chime;
pub use player::{APLAY, Player};

use crate::guide::Language;

/// Speaks one sound at a time.
pub struct Voice {
    folder: PathBuf,
    /// `None`: there is no loudspeaker.
    player: Option<Player>,
    /// What was asked for last, so that a screen is read once.
    last: Option<PathBuf>,
    speaking: Option<Child>,
}

impl Voice {
    /// A voice with the sounds in `folder`, which need not exist.
    pub fn new(folder: PathBuf, player: Option<Player>) -> Self {
        Self { folder, player, last: None, speaking: None }
    }

    /// Reads the screen of this name aloud, unless it is being read already. What was being said
    /// stops.
    pub fn say(&mut self, language: Language, screen: &str) {
        let sound = self.folder.join(language.code()).join(format!("{screen}.wav"));
        if self.last.as_ref() == Some(&sound) {
            return;
        }
        self.hush();
        if let Some(player) = self.player.as_ref().filter(|_| sound.is_file()) {
            match player.play_file(&sound) {
                Ok(child) => self.speaking = Some(child),
                Err(error) => {
                    tracing::warn!(%error, player = %player.program().display(), "no sound is played");
                }
            }
        }
        self.last = Some(sound);
    }

    /// Says no more.
    pub fn hush(&mut self) {
        self.last = None;
        self.give_way();
    }

    /// Stops for another sound, and does not begin this one again.
    pub fn give_way(&mut self) {
        if let Some(mut child) = self.speaking.take() {
            // Fails when it has ended by itself; then there is only its trace to clear away.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Voice {
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

    use super::*;

    /// A player that writes down what it is to play, and then goes on "playing".
    fn voice(folder: &Path) -> Voice {
        let player = folder.join("player");
        let script =
            format!("#!/bin/sh\necho \"$2\" >> {}/played\nexec sleep 60\n", folder.display());
        fs::write(&player, script).unwrap();
        fs::set_permissions(&player, fs::Permissions::from_mode(0o755)).unwrap();
        for sound in ["vi/choice.wav", "vi/done.wav", "km/choice.wav"] {
            let sound = folder.join("audio").join(sound);
            fs::create_dir_all(sound.parent().unwrap()).unwrap();
            fs::write(sound, b"RIFF").unwrap();
        }
        Voice::new(folder.join("audio"), Some(Player::new(player)))
    }

    fn played(folder: &Path, count: usize) -> Vec<String> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let text = fs::read_to_string(folder.join("played")).unwrap_or_default();
            let lines: Vec<String> = text
                .lines()
                .map(|line| line.rsplit("audio/").next().unwrap_or_default().to_owned())
                .collect();
            if lines.len() >= count || Instant::now() > until {
                return lines;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_screen_is_read_once_in_its_language_and_stops_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let mut voice = voice(folder.path());
        voice.say(Language::Vietnamese, "choice");
        voice.say(Language::Vietnamese, "choice");
        assert_eq!(played(folder.path(), 1), ["vi/choice.wav"]);
        voice.say(Language::Khmer, "choice");
        assert_eq!(played(folder.path(), 2), ["vi/choice.wav", "km/choice.wav"]);
        let id = voice.speaking.as_ref().unwrap().id();
        voice.hush();
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "it has ended and is no zombie");
    }

    #[test]
    fn without_a_sound_or_a_player_it_is_silent() {
        let folder = tempfile::tempdir().unwrap();
        let mut voice = voice(folder.path());
        voice.say(Language::English, "choice");
        assert!(voice.speaking.is_none());
        voice.player = Some(Player::new(folder.path().join("no-such-program")));
        voice.say(Language::Vietnamese, "done");
        assert!(voice.speaking.is_none());
        assert!(played(folder.path(), 0).is_empty());
    }
}
