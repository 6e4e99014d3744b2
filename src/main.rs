//! Arguments → one command → exit code.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;
use tiepdon::command::Command;

fn main() -> ExitCode {
    Command::parse().execute()
}
