//! `lykt schema`: the JSON schema of a campaign file, or of a file beside campaigns, for editors. Needs no installation.

use clap::Args;

use super::{Exit, print};
use crate::campaign::file::practice::Kind;
use crate::campaign::file::schema_for_editors;

/// Of which files.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Files beside campaigns: routines, services, platforms or questions. Without it: campaigns.
    #[arg(value_name = "FILES", value_parser = kind)]
    kind: Option<Kind>,
}

fn kind(word: &str) -> Result<Kind, String> {
    let words = Kind::ALL.map(Kind::folder).join(", ");
    Kind::ALL.into_iter().find(|kind| kind.folder() == word).ok_or_else(|| format!("write one of {words}"))
}

/// Runs the command.
///
/// # Errors
/// When it cannot be printed.
pub fn run(args: &SchemaArgs) -> anyhow::Result<Exit> {
    match args.kind {
        Some(kind) => print(&(serde_json::to_string_pretty(&kind.schema_for_editors())? + "\n")),
        None => print(&text()?),
    }
}

/// The schema as it is printed and as `lykt init` writes it.
///
/// # Errors
/// As the writer of JSON has it.
pub(super) fn text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&schema_for_editors()).map(|schema| schema + "\n")
}
