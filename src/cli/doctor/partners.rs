//! Partners: whether their keys can be read, and whether anything can be exchanged with them.

use super::finding::Findings;
use crate::partner::Book;
use crate::settings::Settings;
use crate::store::{Db, DbError};
use crate::text;
use crate::vault::Vault;

/// Looks at each partner.
pub(super) async fn look(
    db: &Db,
    vault: Option<&Vault>,
    settings: &Settings,
    found: &mut Findings,
) -> Result<(), DbError> {
    let book = match Book::open(settings) {
        Ok(book) => book,
        Err(why) => {
            found.broken(
                "partners",
                why.text(),
                text!(
                    "put the key of the pair there, or take the partner out of lykt.toml",
                    "legg nøkkelen til paret der, eller ta partneren ut av lykt.toml"
                ),
            );
            return Ok(());
        }
    };
    let Some(vault) = vault else { return Ok(()) };
    for pair in book.all() {
        let (name, title) = (&pair.name, &pair.partner.title);
        let theirs = pair.theirs(&mut db.read().await?, vault).await?;
        if theirs.is_some_and(|(_, kept)| kept.accepted) {
            found.ok("partners", text!("{title}: its terms are accepted", "{title}: vilkårene er godtatt"));
        } else {
            found.warning(
                "partners",
                text!(
                    "{title}: nobody has accepted its terms as they are now; nothing is exchanged",
                    "{title}: ingen har godtatt vilkårene slik de er nå; ingenting utveksles"
                ),
                text!(
                    "lykt partner terms {name}, then lykt partner accept {name}",
                    "lykt partner terms {name}, så lykt partner accept {name}"
                ),
            );
        }
        found.about(name);
    }
    Ok(())
}
