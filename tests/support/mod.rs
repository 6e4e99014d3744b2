//! What it takes to stand in front of the real program in a real window: a display nobody else
//! uses, eyes on its pixels, fingers on its keys and glass, and patience with a limit.

mod framebuffer;
mod glass;
mod hands;
mod kiosk;
mod patience;
mod xvfb;

pub(crate) use framebuffer::{Area, Framebuffer, Picture};
pub(crate) use glass::Glass;
pub(crate) use hands::{Hands, Key};
pub(crate) use kiosk::{Kiosk, Place};
pub(crate) use patience::until;
pub(crate) use xvfb::Xvfb;
