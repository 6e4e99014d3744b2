//! Tiếp Đón
#![forbid(unsafe_code)]
pub mod clock;
pub mod event;
pub mod journal;
