//! Sessions, and browsers in which somebody signed in before; each known by a digest only. Knows no limit of time.

use super::db::{DbError, Row, Tx, sql};
use crate::domain::id::UserId;
use crate::domain::lang::Lang;
use crate::domain::role::Role;
use crate::domain::span::MINUTE_MS;

/// A session, with what is asked of its user.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language they chose.
    pub lang: Option<Lang>,
    /// When it ends, steady.
    pub ends_at: i64,
    /// When it was last used, steady.
    pub seen_at: i64,
}

fn read(row: &Row) -> Result<Session, DbError> {
    Ok(Session {
        user: row.id(0)?,
        name: row.get(1)?,
        role: row.word(2, "role", Role::parse)?,
        lang: row.get::<Option<String>>(3)?.as_deref().and_then(Lang::parse),
        ends_at: row.int(4)?,
        seen_at: row.int(5)?,
    })
}

/// The session with this digest, of a user who may come in.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, digest: &[u8; 32]) -> Result<Option<Session>, DbError> {
    let query = sql("select u.id, u.name, u.role, u.lang, s.ends_at, s.seen_at from session s \
         join app_user u on u.id = s.user_id where s.digest = $1 and u.disabled_at is null");
    tx.maybe(query.bind(digest)).await?.as_ref().map(read).transpose()
}

/// Begins a session that ends at a steady time; whatever has ended, or would end after the latest that any may, is swept away.
///
/// # Errors
/// As the database has it.
pub async fn begin(
    tx: &mut Tx,
    digest: &[u8; 32],
    user: UserId,
    now: i64,
    (ends_at, latest): (i64, i64),
) -> Result<(), DbError> {
    let ended = sql("delete from session where ends_at <= $1 or ends_at > $2");
    // Somebody else who signs in at the same moment has read a time a little later.
    tx.run(ended.bind(now).bind(latest.saturating_add(MINUTE_MS))).await?;
    let row = vec![digest.into(), user.into(), ends_at.into(), now.into()];
    tx.insert("insert into session (digest, user_id, ends_at, seen_at)", vec![row], "").await.map(drop)
}

/// Notes that a session is used.
///
/// # Errors
/// As the database has it.
pub async fn seen(tx: &mut Tx, digest: &[u8; 32], now: i64) -> Result<(), DbError> {
    tx.run(sql("update session set seen_at = $1 where digest = $2").bind(now).bind(digest)).await.map(drop)
}

/// Ends a session; whether there was one.
///
/// # Errors
/// As the database has it.
pub async fn end(tx: &mut Tx, digest: &[u8; 32]) -> Result<bool, DbError> {
    Ok(tx.run(sql("delete from session where digest = $1").bind(digest)).await? > 0)
}

/// Ends all sessions of a user.
///
/// # Errors
/// As the database has it.
pub async fn end_all(tx: &mut Tx, user: UserId) -> Result<(), DbError> {
    tx.run(sql("delete from session where user_id = $1").bind(user)).await.map(drop)
}

/// Whether a browser signed anybody in before, and whether it was this user.
///
/// # Errors
/// As the database has it.
pub async fn device(tx: &mut Tx, digest: &[u8; 32], user: Option<UserId>) -> Result<(bool, bool), DbError> {
    let query = sql("select user_id from device where digest = $1").bind(digest);
    let users: Vec<UserId> = tx.all(query).await?.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
    Ok((!users.is_empty(), user.is_some_and(|user| users.contains(&user))))
}

/// Notes that a user signed in with a browser; of each user the `keep` latest are known.
///
/// # Errors
/// As the database has it.
pub async fn know_device(tx: &mut Tx, digest: &[u8; 32], user: UserId, now: i64, keep: i64) -> Result<(), DbError> {
    let row = vec![digest.into(), user.into(), now.into()];
    let tail = "on conflict (digest, user_id) do update set seen_at = excluded.seen_at";
    tx.insert("insert into device (digest, user_id, seen_at)", vec![row], tail).await?;
    let old = sql("delete from device where user_id = $1 and digest not in \
         (select digest from device where user_id = $1 order by seen_at desc, digest limit $2)");
    tx.run(old.bind(user).bind(keep)).await.map(drop)
}
