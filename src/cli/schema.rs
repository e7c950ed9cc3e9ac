//! `lykt schema`: the JSON schema of a campaign file, for editors. Needs no installation.

use super::{Exit, print};
use crate::campaign::file::schema_for_editors;

/// Runs the command.
///
/// # Errors
/// When it cannot be printed.
pub fn run() -> anyhow::Result<Exit> {
    print(&text()?)
}

/// The schema as it is printed and as `lykt init` writes it.
///
/// # Errors
/// As the writer of JSON has it.
pub(super) fn text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&schema_for_editors()).map(|schema| schema + "\n")
}
