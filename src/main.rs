//! Arguments → one command → exit code.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser as _;
use tiepdon::command::Command;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites whatever is let go of: no patient stays behind in memory that nobody uses any more.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    Command::parse().execute()
}
