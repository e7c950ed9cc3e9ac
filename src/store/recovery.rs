//! Recovery codes, each known by a digest only; one that was used is not there any more. Knows not how they are drawn.

use super::db::{DbError, Tx, sql};
use crate::domain::id::UserId;

/// Gives a user these codes; those they had are no good any more.
///
/// # Errors
/// As the database has it.
pub async fn replace(tx: &mut Tx, user: UserId, digests: &[[u8; 32]], now: i64) -> Result<(), DbError> {
    forget(tx, user).await?;
    let rows = digests.iter().map(|digest| vec![digest.into(), user.into(), now.into()]).collect();
    tx.insert("insert into recovery (digest, user_id, made_at)", rows, "").await.map(drop)
}

/// Takes a code of a user; `false` when it is none of theirs, or was taken before.
///
/// # Errors
/// As the database has it.
pub async fn take(tx: &mut Tx, user: UserId, digest: &[u8; 32]) -> Result<bool, DbError> {
    let query = sql("delete from recovery where digest = $1 and user_id = $2");
    Ok(tx.run(query.bind(digest).bind(user)).await? == 1)
}

/// How many codes a user has left.
///
/// # Errors
/// As the database has it.
pub async fn left(tx: &mut Tx, user: UserId) -> Result<i64, DbError> {
    let row = tx.maybe(sql("select count(*) from recovery where user_id = $1").bind(user)).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Forgets all codes of a user.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, user: UserId) -> Result<(), DbError> {
    tx.run(sql("delete from recovery where user_id = $1").bind(user)).await.map(drop)
}
