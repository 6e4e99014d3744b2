//! The commented file that a new plan starts from.

/// What a new campaign file says before anybody has filled it in. It is sound, so that
/// `tiepdon check` tells only mistakes that were made since.
pub fn start() -> &'static str {
    include_str!("start.toml")
}
