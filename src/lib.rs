//! Tiếp Đón: kiosk and reception-desk software for Vietnamese commune health stations.
//!
//! `docs/architecture.md` is the map of the rooms: who does what, and who may use whom.
#![forbid(unsafe_code)]

pub mod call;
pub mod campaign;
pub mod card;
pub mod clock;
pub mod command;
pub mod configuration;
pub mod desk;
pub mod display;
pub mod event;
pub mod export;
pub mod figures;
pub mod guide;
pub mod health;
pub mod journal;
pub mod merge;
mod plain_file;
pub mod print;
pub mod printable;
pub mod provision;
pub mod reader;
pub mod reception;
pub mod report;
pub mod screen;
pub mod seal;
pub mod service;
pub mod staff;
pub mod station;
pub mod voice;
