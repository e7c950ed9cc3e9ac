//! The word that shows whether keys and database belong together, and whatever else the house has sealed for itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::ledger::quarantine;
use crate::store::sealed::Versions;
use crate::store::{DbError, Tx, blind, meta};
use crate::vault::{Place, Vault};

/// Where the word stands.
const CHECK: Place<'_> = Place { table: "meta", column: "value", row: b"keys.check" };
const KEY: &str = "keys.check";

/// What only these keys can make: a digest under the keys of the index, and a word sealed with the newest key.
///
/// # Errors
/// When there is no randomness.
fn check(vault: &Vault) -> Result<String, DbError> {
    Ok(format!("{}.{}", digest(vault, vault.links()), STANDARD.encode(vault.seal(CHECK, b"lykt")?)))
}

fn belongs(vault: &Vault, told: &str) -> bool {
    let Some((told, sealed)) = told.split_once('.') else { return false };
    let opens = STANDARD.decode(sealed).is_ok_and(|sealed| vault.open(CHECK, &sealed).is_ok());
    let links = (1..=vault.known_links()).find(|links| digest(vault, *links) == told);
    links.into_iter().for_each(|links| vault.use_links(links));
    opens && links.is_some()
}

fn digest(vault: &Vault, links: usize) -> String {
    STANDARD.encode(vault.forward(vault.keyed(b"check", b"lykt"), 1, links))
}

/// Notes in the database which keys it belongs to.
///
/// # Errors
/// When there is no randomness, or as the database has it.
pub async fn note(tx: &mut Tx, vault: &Vault) -> Result<(), DbError> {
    meta::set(tx, KEY, &check(vault)?).await?;
    blind::note(tx, vault).await
}

/// Whether these keys made the word that stands in the database; `None` when it has none yet. From now on the index has as
/// many links as it had then.
///
/// # Errors
/// As the database has it.
pub async fn fits(tx: &mut Tx, vault: &Vault) -> Result<Option<bool>, DbError> {
    Ok(meta::get(tx, KEY).await?.map(|told| belongs(vault, &told)))
}

/// Seals the words with the newest key.
pub(super) async fn renew(tx: &mut Tx, vault: &Vault) -> Result<(), DbError> {
    if meta::get(tx, KEY).await?.is_some() {
        note(tx, vault).await?;
    }
    quarantine::reseal(tx, vault).await
}

/// The versions that the words are sealed with.
pub(super) async fn versions(tx: &mut Tx) -> Result<Versions, DbError> {
    let check = meta::get(tx, KEY).await?.and_then(|told| told.split_once('.').map(|(_, sealed)| sealed.to_owned()));
    let mut versions = Versions::new();
    for sealed in [check, quarantine::sealed(tx).await?].into_iter().flatten() {
        let version = STANDARD.decode(sealed).ok().and_then(|bytes| bytes.first().copied());
        *versions.entry(version.unwrap_or_default()).or_default() += 1;
    }
    Ok(versions)
}
