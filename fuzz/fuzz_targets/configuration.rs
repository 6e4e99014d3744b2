//! Any bytes as `station.toml` and as a guide.
#![no_main]

#[path = "../invariants/configuration.rs"]
mod configuration;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| configuration::check(bytes));
