//! Every input that fuzzing found worth keeping, through what must hold of every input. The targets
//! in `fuzz/` run the very same code on more inputs than anyone can keep; this runs everywhere.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test ends where it meets something it did not expect"
)]

#[path = "../fuzz/invariants/configuration.rs"]
mod configuration;
#[path = "../fuzz/invariants/decode.rs"]
mod decode;
#[path = "../fuzz/invariants/framing.rs"]
mod framing;

use std::fs;
use std::path::Path;

/// Checks every input of a target's corpus; the test's output names the one that was under way.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    inputs.sort();
    assert!(inputs.len() >= 20, "the corpus of {target} is not all there");
    for input in inputs {
        println!("{}", input.display());
        check(&fs::read(input).unwrap());
    }
}

#[test]
fn what_holds_of_framing_holds_for_its_corpus() {
    replay("framing", framing::check);
}

#[test]
fn what_holds_of_decoding_holds_for_its_corpus() {
    replay("decode", decode::check);
}

#[test]
fn what_holds_of_configurations_holds_for_their_corpus() {
    replay("configuration", configuration::check);
}
