//! The screens of Tiếp Đón, as the Slint compiler generates them from the `.slint` files beside
//! this crate. Nothing is decided here: `tiepdon::screen` fills the [`Kiosk`] global and listens
//! to its callbacks.
//!
//! A crate of its own, so that a change of the program does not compile the screens again.

// Generated code: neither its style nor its documentation is ours to judge.
#[allow(clippy::all, missing_docs)]
mod generated {
    slint::include_modules!();
}

pub use generated::*;
