//! When the way in for answers was last known to work, an account at a time, by the steady clock.

use std::collections::BTreeMap;

use super::db::{DbError, Tx, sql};

/// Notes that answers to these accounts reach us at a steady time.
///
/// # Errors
/// As the database has it.
pub async fn note(tx: &mut Tx, accounts: &[&str], steady_ms: i64) -> Result<(), DbError> {
    let rows = accounts.iter().map(|account| vec![(*account).into(), steady_ms.into()]).collect();
    let later = "on conflict (account) do update set at = excluded.at";
    tx.insert("insert into way_in (account, at)", rows, later).await.map(drop)
}

/// How long ago it worked, by account, as of a steady time; what a clock says that began anew since then is not known.
///
/// # Errors
/// As the database has it.
pub async fn ages(tx: &mut Tx, steady_ms: i64) -> Result<BTreeMap<String, i64>, DbError> {
    let rows = tx.all(sql("select account, at from way_in where at <= $1").bind(steady_ms)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, steady_ms - row.int(1)?))).collect()
}
