//! Parses the command line, starts telemetry and dispatches; nothing else.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = lykt::cli::parse();
    let level = if cli.is_daemon() { "info,sqlx=warn" } else { "error,sqlx=off" };
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("LYKT_LOG").unwrap_or_else(|_| EnvFilter::new(level)))
        .with_writer(std::io::stderr)
        // A log that cannot be written, on a full disk or without a reader, must not end what is being logged.
        .log_internal_errors(false)
        .with_ansi(cli.colours(&std::io::stderr()))
        .init();
    cli.run()
}
