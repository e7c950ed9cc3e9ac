//! What waits too long, or never came: counts and times for `doctor`. Reads only, and opens no sealed field.

use super::db::{DbError, Sql, Tx, sql};

/// Webhooks whose time came before a civil time and that nobody worked on.
///
/// # Errors
/// As the database has it.
pub async fn late_hooks(tx: &mut Tx, before_ms: i64) -> Result<i64, DbError> {
    number(tx, sql("select count(*) from hook where done_at is null and due_at < $1").bind(before_ms)).await
}

/// Webhooks with which something was wrong.
///
/// # Errors
/// As the database has it.
pub async fn bad_hooks(tx: &mut Tx) -> Result<i64, DbError> {
    number(tx, sql("select count(*) from hook where problem is not null")).await
}

/// Whether an account's messages went out before a civil time, and whether any webhook ever came to it.
///
/// # Errors
/// As the database has it.
pub async fn hooks_of(tx: &mut Tx, account: &str, before_ms: i64) -> Result<(bool, bool), DbError> {
    let out = sql("select 1 from message where account = $1 and state_at < $2 \
         and state in ('accepted', 'sent', 'undelivered', 'delivered', 'read') limit 1");
    let out = tx.maybe(out.bind(account).bind(before_ms)).await?.is_some();
    let came = tx.maybe(sql("select 1 from hook where account = $1 limit 1").bind(account)).await?.is_some();
    Ok((out, came))
}

/// How many messages have been in doubt since before a civil time.
///
/// # Errors
/// As the database has it.
pub async fn old_doubts(tx: &mut Tx, before_ms: i64) -> Result<i64, DbError> {
    number(tx, sql("select count(*) from message where state = 'in_doubt' and state_at < $1").bind(before_ms)).await
}

/// Answers nobody has read: how many, and when the oldest came.
///
/// # Errors
/// As the database has it.
pub async fn unread(tx: &mut Tx) -> Result<(i64, Option<i64>), DbError> {
    let row = tx.maybe(sql("select count(*), min(received_at) from reply where read_at is null")).await?;
    row.map_or(Ok((0, None)), |row| Ok((row.int(0)?, row.get(1)?)))
}

/// Notices to staff that could not be mailed so far.
///
/// # Errors
/// As the database has it.
pub async fn failed_notices(tx: &mut Tx) -> Result<i64, DbError> {
    number(tx, sql("select count(*) from notice where sent_at is null and tries > 0")).await
}

async fn number(tx: &mut Tx, query: Sql) -> Result<i64, DbError> {
    tx.maybe(query).await?.map_or(Ok(0), |row| row.int(0))
}
