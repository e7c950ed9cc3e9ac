//! The blind index of an address: how it is read from a column, and with which link of its key it is made.

use super::db::{DbError, Row, Tx};
use super::meta;
use crate::vault::Vault;

/// The blind index of an address.
pub type Blind = [u8; 32];

/// How many links an index has; one when it was never said.
const LINKS: &str = "keys.links";

/// Reads a blind index from a column.
///
/// # Errors
/// When the column holds something else.
pub fn blind(row: &Row, column: usize) -> Result<Blind, DbError> {
    row.get::<Vec<u8>>(column)?.try_into().map_err(|_| DbError::Unknown("blind index"))
}

/// Makes sure that what was just written with these keys is found by those who read it: the key of the index may have been
/// replaced meanwhile. Asked after the writing, which waits for the replacing.
///
/// # Errors
/// When it was, or as the database has it.
pub async fn in_step(tx: &mut Tx, vault: &Vault) -> Result<(), DbError> {
    let links = meta::number(tx, LINKS).await?.unwrap_or(1);
    if usize::try_from(links).is_ok_and(|links| links == vault.links()) { Ok(()) } else { Err(DbError::IndexReplaced) }
}

/// Notes how many links an index has from now on; that it has one is not said.
///
/// # Errors
/// As the database has it.
pub async fn note(tx: &mut Tx, vault: &Vault) -> Result<(), DbError> {
    match vault.links() {
        1 => Ok(()),
        links => meta::set(tx, LINKS, &links.to_string()).await,
    }
}
