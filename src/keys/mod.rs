//! The life of the keys: they belong to this database; a new sealing key takes the place of the old one while everything
//! goes on, which goes when nothing needs it any more; a new key of the index is added while nothing runs.
//!
//! New rows are sealed with the newest key at once. The older ones are sealed anew a few at a time, by the daemon.

mod check;
mod index;

use std::collections::BTreeMap;

use uuid::Uuid;

pub use check::{fits, note};
pub use index::{IndexError, forward};

use crate::domain::id::PlanId;
use crate::store::sealed::{self, COLUMNS, Versions};
use crate::store::{Db, DbError, Tx, meta};
use crate::vault::Vault;

/// Rows in one transaction.
const CHUNK: i64 = 200;
/// The version with which everything is known to be sealed.
const SEALED_WITH: &str = "keys.sealed_with";

/// Seals with the newest key what is sealed with an older one. Whether there was anything to do.
///
/// # Errors
/// As the database has it, and when a row does not open.
pub async fn step(db: &Db, vault: &Vault) -> Result<bool, DbError> {
    vault.refresh();
    let newest = vault.newest();
    let mut tx = db.read().await?;
    if meta::number(&mut tx, SEALED_WITH).await? == Some(newest.into()) {
        return Ok(false);
    }
    drop(tx);
    for column in &COLUMNS {
        let mut after = Some(Uuid::nil());
        while let Some(last) = after {
            let mut tx = db.begin().await?;
            after = sealed::reseal(&mut tx, vault, column, last, CHUNK).await?;
            tx.commit().await?;
        }
    }
    let mut after = Some((PlanId(Uuid::nil()), -1));
    while let Some(last) = after {
        let mut tx = db.begin().await?;
        after = sealed::reseal_targets(&mut tx, vault, last, CHUNK).await?;
        tx.commit().await?;
    }
    let mut tx = db.begin().await?;
    check::renew(&mut tx, vault).await?;
    meta::set(&mut tx, SEALED_WITH, &newest.to_string()).await?;
    tx.commit().await?;
    Ok(true)
}

/// How many rows of each table are sealed with each version; words of the house itself count as table `meta`.
///
/// # Errors
/// As the database has it.
pub async fn in_use(tx: &mut Tx) -> Result<BTreeMap<&'static str, Versions>, DbError> {
    let mut all = sealed::versions(tx).await?;
    all.insert("meta", check::versions(tx).await?);
    Ok(all)
}

/// Makes the daemon look at every row again: one was found that is sealed with an older key.
///
/// # Errors
/// As the database has it.
pub async fn look_again(tx: &mut Tx) -> Result<(), DbError> {
    meta::set(tx, SEALED_WITH, "").await
}
