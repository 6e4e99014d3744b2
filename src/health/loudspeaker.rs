//! What rings when a patient calls.

use std::path::Path;

use super::tree::said;
use super::{Finding, Part, Tree};

const WITHOUT: &str = "Xin cắm loa USB, hoặc dùng màn hình có loa và bật tiếng. Khi chưa có loa, có người gọi thì máy \
     chỉ hiện dải vàng trên màn hình.";

/// Where the players of Debian and Raspberry Pi OS are.
const PLAYER: &str = "usr/bin/aplay";

/// Whether there is a loudspeaker, as far as the kernel tells, and whether it was heard.
pub(super) fn finding(tree: &Tree, heard: Option<&Result<(), String>>) -> Finding {
    let part = Part::Loudspeaker;
    let outputs = outputs(tree);
    match (outputs.as_deref(), heard) {
        (_, Some(Ok(()))) => {
            let names = outputs.unwrap_or_default().join(", ");
            Finding::good(part, told("đã phát được âm thanh", &names))
        }
        (Some([]), _) => Finding::bad(part, "không thấy loa", WITHOUT),
        (_, Some(Err(why))) => {
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            Finding::bad(part, format!("không phát được âm thanh{why}"), WITHOUT)
        }
        (None, None) => Finding::unknown(part, "máy này không cho biết"),
        (Some(names), None) if tree.at(PLAYER).exists() => {
            Finding::good(part, told("đã nối", &names.join(", ")))
                .with_advice("Xin nghe thử: tiepdon doctor --sound.")
        }
        (Some(_), None) => Finding::bad(
            part,
            "chưa có chương trình phát âm thanh",
            "Xin báo người phụ trách kỹ thuật cài gói alsa-utils.",
        ),
    }
}

/// Whether the computer can play sounds; `None`: it does not tell.
pub fn has_loudspeaker(root: &Path) -> Option<bool> {
    outputs(&Tree::new(root)).map(|outputs| !outputs.is_empty())
}

fn told(words: &str, names: &str) -> String {
    if names.is_empty() { words.to_owned() } else { format!("{words} ({names})") }
}

/// The sound cards that can play; `None` where the kernel tells nothing about sound.
fn outputs(tree: &Tree) -> Option<Vec<String>> {
    if !tree.at("sys/class").is_dir() {
        return None;
    }
    let entries = tree.entries("sys/class/sound");
    let names = entries.iter().filter_map(|path| path.file_name()?.to_str());
    // pcmC0D0p: card 0, device 0, playback.
    let mut cards: Vec<&str> = names
        .filter_map(|name| name.strip_prefix("pcmC")?.strip_suffix('p')?.split_once('D'))
        .map(|(card, _)| card)
        .collect();
    cards.dedup();
    let id = |card| said(tree.at(&format!("sys/class/sound/card{card}/id")));
    Some(cards.into_iter().map(|card| id(card).unwrap_or_else(|| card.to_owned())).collect())
}
