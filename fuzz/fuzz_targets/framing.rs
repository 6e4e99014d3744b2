//! Any bytes, in any pieces, with any pauses and losses of the port.
#![no_main]

#[path = "../invariants/framing.rs"]
mod framing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framing::check(bytes));
