//! Whether the audit is whole, as far as it was not looked at before.

use super::finding::Findings;
use crate::audit::{Book, anchor_beside, since_anchor};
use crate::settings::Settings;
use crate::store::{Db, DbError};
use crate::text;
use crate::vault::Vault;

/// Looks at what came since the audit was anchored.
pub(super) async fn look(
    db: &Db,
    settings: &Settings,
    vault: Option<&Vault>,
    found: &mut Findings,
) -> Result<(), DbError> {
    // What is wrong with the keys was said before.
    let Some(vault) = vault else { return Ok(()) };
    let clock = crate::cli::app::clock(db, settings).await?;
    let anchor = anchor_beside(&settings.path(&settings.witness.file));
    let verdict = since_anchor(db, Book { vault, clock: &clock }, &anchor).await?;
    let last = verdict.last;
    match verdict.broken {
        Some(broken) => found.broken(
            "audit",
            broken.text(),
            text!(
                "see who could write to the database or that file, keep a copy of both, then: lykt audit verify",
                "se hvem som kunne skrive i databasen eller den filen, ta vare på en kopi av begge, så: lykt audit verify"
            ),
        ),
        None if last == 0 => {}
        None => found.ok("audit", text!("the audit is whole up to entry {last}", "revisjonsloggen er hel til og med oppføring {last}")),
    }
    Ok(())
}
