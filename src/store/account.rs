//! Accounts that do not send for now, and why.

use std::collections::BTreeMap;

use super::db::{DbError, Tx, sql};

/// The paused accounts and the reason of each, as of a civil time.
///
/// # Errors
/// As the database has it.
pub async fn paused(tx: &mut Tx, now_ms: i64) -> Result<BTreeMap<String, String>, DbError> {
    let query = sql("select account, reason from account_pause where until_ms is null or until_ms > $1");
    tx.all(query.bind(now_ms)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Pauses an account, until a civil time or until a person resumes it. Returns whether that is news.
///
/// # Errors
/// As the database has it.
pub async fn pause(
    tx: &mut Tx,
    account: &str,
    reason: &str,
    until_ms: Option<i64>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let stale = sql("delete from account_pause where account = $1 and until_ms <= $2");
    tx.run(stale.bind(account).bind(now_ms)).await?;
    let query = sql(
        "insert into account_pause (account, reason, until_ms, at) values ($1, $2, $3, $4) on conflict (account) do nothing",
    );
    Ok(tx.run(query.bind(account).bind(reason).bind(until_ms).bind(now_ms)).await? == 1)
}

/// Lets an account send again; false when it was not paused.
///
/// # Errors
/// As the database has it.
pub async fn resume(tx: &mut Tx, account: &str) -> Result<bool, DbError> {
    Ok(tx.run(sql("delete from account_pause where account = $1").bind(account)).await? > 0)
}
