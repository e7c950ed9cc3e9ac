//! With whom a conversation was opened lately, where the provider counts people and not messages; and its newest word
//! on how many that may be.

use super::db::{DbError, Tx, sql};
use super::meta;
use crate::domain::id::ContactId;
use crate::domain::messaging_limit::{COUNTS_FOR_MS, MessagingLimit};

const LIMIT: &str = "messaging_limit";

/// How many people count as written to first at a civil time.
///
/// # Errors
/// As the database has it.
pub async fn count(tx: &mut Tx, now_ms: i64) -> Result<i64, DbError> {
    let query = sql("select count(*) from opened where at > $1").bind(now_ms - COUNTS_FOR_MS);
    tx.maybe(query).await?.map_or(Ok(0), |row| row.int(0))
}

/// When the first of those who count will not count any more.
///
/// # Errors
/// As the database has it.
pub async fn next_room(tx: &mut Tx, now_ms: i64) -> Result<Option<i64>, DbError> {
    let query = sql("select min(at) from opened where at > $1").bind(now_ms - COUNTS_FOR_MS);
    let oldest: Option<i64> = tx.maybe(query).await?.map(|row| row.get(0)).transpose()?.flatten();
    Ok(oldest.map(|at| at + COUNTS_FOR_MS))
}

/// Notes that people are written to first, from now on.
///
/// # Errors
/// As the database has it.
pub async fn note(tx: &mut Tx, contacts: &[ContactId], now_ms: i64) -> Result<(), DbError> {
    let rows = contacts.iter().map(|contact| vec![contact.to_owned().into(), now_ms.into()]).collect();
    let again = "on conflict (contact_id) do update set at = excluded.at";
    tx.insert("insert into opened (contact_id, at)", rows, again).await.map(drop)
}

/// Forgets who does not count any more: a chunk. How many went.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, now_ms: i64, limit: i64) -> Result<u64, DbError> {
    let query = sql("delete from opened where contact_id in (select contact_id from opened where at <= $1 limit $2)");
    tx.run(query.bind(now_ms - COUNTS_FOR_MS).bind(limit)).await
}

/// The provider's newest word on how many people may be written to first.
///
/// # Errors
/// As the database has it.
pub async fn told(tx: &mut Tx) -> Result<Option<MessagingLimit>, DbError> {
    Ok(meta::get(tx, LIMIT).await?.and_then(|word| MessagingLimit::parse(&word)))
}

/// Notes the provider's newest word.
///
/// # Errors
/// As the database has it.
pub async fn tell(tx: &mut Tx, limit: MessagingLimit) -> Result<(), DbError> {
    meta::set(tx, LIMIT, &limit.to_string()).await
}
