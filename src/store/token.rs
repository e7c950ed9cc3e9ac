//! Tokens of other systems, each known by a digest only. Knows no scope.

use super::db::{DbError, Row, Tx, sql};
use crate::domain::id::TokenId;

/// A token, without what is secret of it.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Its name, which stands in the ledger.
    pub name: String,
    /// Its scopes, with spaces between them.
    pub scopes: String,
    /// When it was made, civil.
    pub made_at: i64,
    /// The last day on which it was used.
    pub used_on: Option<String>,
    /// Since when it is no good any more, civil.
    pub revoked_at: Option<i64>,
}

const COLUMNS: &str = "select id, name, scopes, made_at, used_on, revoked_at from token";

fn read(row: &Row) -> Result<Token, DbError> {
    Ok(Token {
        id: row.id(0)?,
        name: row.get(1)?,
        scopes: row.get(2)?,
        made_at: row.int(3)?,
        used_on: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}

/// All tokens, by name.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx) -> Result<Vec<Token>, DbError> {
    tx.all(sql(COLUMNS).push(" order by name")).await?.iter().map(read).collect()
}

/// The token with this digest, unless it was revoked.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, digest: &[u8; 32]) -> Result<Option<Token>, DbError> {
    let query = sql(COLUMNS).push(" where digest = $1 and revoked_at is null").bind(digest);
    tx.maybe(query).await?.as_ref().map(read).transpose()
}

/// Adds a token; `false` when the name is taken.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, token: &Token, digest: &[u8; 32], by: Option<&str>) -> Result<bool, DbError> {
    let row = vec![
        token.id.into(),
        token.name.as_str().into(),
        digest.into(),
        token.scopes.as_str().into(),
        token.made_at.into(),
        by.into(),
    ];
    let head = "insert into token (id, name, digest, scopes, made_at, made_by)";
    Ok(tx.insert(head, vec![row], "on conflict (name) do nothing").await? == 1)
}

/// Notes the day on which a token is used.
///
/// # Errors
/// As the database has it.
pub async fn used(tx: &mut Tx, id: TokenId, day: &str) -> Result<(), DbError> {
    tx.run(sql("update token set used_on = $1 where id = $2").bind(day).bind(id)).await.map(drop)
}

/// Revokes a token; `None` when there is none with this name that is still good.
///
/// # Errors
/// As the database has it.
pub async fn revoke(tx: &mut Tx, name: &str, now_ms: i64) -> Result<Option<TokenId>, DbError> {
    let query = sql("update token set revoked_at = $1 where name = $2 and revoked_at is null returning id");
    tx.maybe(query.bind(now_ms).bind(name)).await?.map(|row| row.id(0)).transpose()
}
