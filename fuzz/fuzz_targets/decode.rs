//! Any bytes as one record.
#![no_main]

#[path = "../invariants/decode.rs"]
mod decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decode::check(bytes));
