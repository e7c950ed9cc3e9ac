//! Parses the command line, starts telemetry and dispatches; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    lykt::cli::run()
}
