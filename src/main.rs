//! Parses the command line, starts telemetry and dispatches; nothing else.

fn main() -> std::process::ExitCode {
    lykt::cli::run()
}
