//! What several folders of tests stand on.

pub mod postgres;
pub mod project;
pub mod source;
pub mod tally;

/// Says how it went, straight to the terminal or the log: the test runner keeps what is printed in tests that pass.
pub fn say(line: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{line}").unwrap();
}
