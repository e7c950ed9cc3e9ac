//! What providers are asked to delete, until they have: account and the provider's own id, and nothing of a person.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::db::{Arg, DbError, Tx, sql};
use super::old::Old;
use super::texts::Texts;
use crate::domain::id::ContactId;

/// Something a provider is asked to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The account.
    pub account: String,
    /// The provider's name for it.
    pub provider_id: String,
    /// Since when, civil.
    pub asked_at: i64,
    /// How often it was tried.
    pub tries: i64,
}

/// What providers have of some rows that still have their text: of each try, of an answer, of what was sent by hand.
fn held(texts: Texts) -> &'static str {
    match texts {
        Texts::Messages => {
            "select a.account, a.provider_id, $1, $1 from attempt a join message r on r.id = a.message_id \
             where a.provider_id is not null and length(r.sealed) > 0 and "
        }
        Texts::Replies => "select r.account, r.provider_id, $1, $1 from reply r where length(r.sealed) > 0 and ",
        Texts::Directs => {
            "select r.account, r.provider_id, $1, $1 from direct r \
             where r.provider_id is not null and length(r.sealed) > 0 and "
        }
    }
}

async fn add(tx: &mut Tx, texts: Texts, column: &'static str, ids: Vec<Arg>, now_ms: i64) -> Result<u64, DbError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let query = sql("insert into erasure (account, provider_id, asked_at, next_at) ").push(held(texts)).push(column);
    let query = query.push(" in (").bind(now_ms).list(ids).push(") on conflict (account, provider_id) do nothing");
    tx.run(query).await
}

/// Asks for what providers have of these rows, which are about to go or to lose their text.
///
/// # Errors
/// As the database has it.
pub async fn ask(tx: &mut Tx, texts: Texts, ids: &[Uuid], now_ms: i64) -> Result<u64, DbError> {
    add(tx, texts, "r.id", ids.iter().map(|id| Arg::Uuid(Some(*id))).collect(), now_ms).await
}

/// The same for rows that go altogether.
///
/// # Errors
/// As the database has it.
pub async fn ask_of(tx: &mut Tx, texts: Texts, rows: &[Old], now_ms: i64) -> Result<u64, DbError> {
    add(tx, texts, "r.id", rows.iter().map(|row| Arg::Uuid(Some(row.id))).collect(), now_ms).await
}

/// Asks for everything that providers have of a contact; how much, by account.
///
/// # Errors
/// As the database has it.
pub async fn ask_all(tx: &mut Tx, contact: ContactId, now_ms: i64) -> Result<BTreeMap<String, u64>, DbError> {
    let mut asked = BTreeMap::new();
    for texts in Texts::ALL {
        let query = sql("select t.account, count(*) from (").push(held(texts)).push("r.contact_id in (").bind(now_ms);
        let query = query.list([contact]).push(")) as t group by t.account");
        for row in tx.all(query).await? {
            *asked.entry(row.get(0)?).or_default() += row.int(1)?.unsigned_abs();
        }
        add(tx, texts, "r.contact_id", vec![contact.into()], now_ms).await?;
    }
    Ok(asked)
}

/// What is due by a civil time, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn due(tx: &mut Tx, now_ms: i64, limit: i64) -> Result<Vec<Asked>, DbError> {
    let query = sql("select account, provider_id, asked_at, tries from erasure where next_at <= $1 \
         order by next_at, account, provider_id limit $2");
    let rows = tx.all(query.bind(now_ms).bind(limit)).await?;
    rows.iter()
        .map(|row| {
            Ok(Asked { account: row.get(0)?, provider_id: row.get(1)?, asked_at: row.int(2)?, tries: row.int(3)? })
        })
        .collect()
}

/// Forgets one that is done, or that nobody can do.
///
/// # Errors
/// As the database has it.
pub async fn done(tx: &mut Tx, asked: &Asked) -> Result<(), DbError> {
    let query = sql("delete from erasure where account = $1 and provider_id = $2");
    tx.run(query.bind(&asked.account).bind(&asked.provider_id)).await.map(drop)
}

/// Puts one off until a civil time.
///
/// # Errors
/// As the database has it.
pub async fn later(tx: &mut Tx, asked: &Asked, next_at: i64) -> Result<(), DbError> {
    let query = sql("update erasure set tries = tries + 1, next_at = $1 where account = $2 and provider_id = $3");
    tx.run(query.bind(next_at).bind(&asked.account).bind(&asked.provider_id)).await.map(drop)
}
