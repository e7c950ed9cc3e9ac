//! Many tries at once: what a batch of acceptances or receipts changes in their rows, a few statements for all.
//!
//! One at a time stands in [`message`](super::message).

use std::collections::HashSet;

use super::db::{DbError, Tx, sql};
use crate::domain::id::{AttemptId, MessageId};

/// Rows in one statement. Joined to a list of values, more of them cost more each.
pub const AT_ONCE: usize = 64;

/// A try that a gateway accepted under its own id.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// The message.
    pub message: MessageId,
    /// Which try it was.
    pub n: i64,
    /// The gateway's id for it.
    pub provider_id: &'a str,
}

/// Which of these provider ids some try of this account has already.
///
/// # Errors
/// As the database has it.
pub async fn taken(tx: &mut Tx, account: &str, ids: &[&str]) -> Result<HashSet<String>, DbError> {
    let query = sql("select provider_id from attempt where account = $1 and provider_id in (").bind(account);
    tx.all(query.list(ids.iter().copied()).push(")")).await?.iter().map(|row| row.get(0)).collect()
}

/// Notes that these tries were accepted; exactly these, or an error. At most [`AT_ONCE`].
///
/// # Errors
/// As the database has it.
pub async fn accept_all(tx: &mut Tx, all: &[Accepted<'_>], now_ms: i64) -> Result<(), DbError> {
    let rows = all.iter().map(|a| [a.message.into(), a.n.into(), a.provider_id.into()]);
    let query = sql("update attempt set verdict = 'accepted', settled_at = $1, provider_id = v.column3 from (values ")
        .bind(now_ms)
        .rows(rows)
        .push(") as v where attempt.message_id = v.column1 and attempt.n = v.column2");
    tx.run_exactly(all.len() as u64, "acceptance", query).await
}

/// A try, found by the token that went out with it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its id.
    pub id: AttemptId,
    /// The message.
    pub message: MessageId,
    /// Which try it was.
    pub n: i64,
    /// Its token.
    pub token: String,
    /// The gateway's id for it, once it is known.
    pub provider_id: Option<String>,
}

/// The tries of an account that carried these tokens.
///
/// # Errors
/// As the database has it.
pub async fn by_tokens(tx: &mut Tx, account: &str, tokens: &[&str]) -> Result<Vec<Known>, DbError> {
    let query = sql("select id, message_id, n, token, provider_id from attempt where account = $1 and token in (")
        .bind(account);
    let rows = tx.all(query.list(tokens.iter().copied()).push(")")).await?;
    rows.iter()
        .map(|row| {
            Ok(Known {
                id: row.id(0)?,
                message: row.id(1)?,
                n: row.int(2)?,
                token: row.get(3)?,
                provider_id: row.get(4)?,
            })
        })
        .collect()
}

/// Notes the same news of many tries.
///
/// # Errors
/// As the database has it.
pub async fn note_all(tx: &mut Tx, all: &[AttemptId], verdict: &'static str, now_ms: i64) -> Result<(), DbError> {
    let query = sql("update attempt set verdict = $1, settled_at = $2 where id in (").bind(verdict).bind(now_ms);
    tx.run_exactly(all.len() as u64, "news of tries", query.list(all.iter().copied()).push(")")).await
}
