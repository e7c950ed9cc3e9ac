//! Each try to send a message: the intent that begins it, whose it was, and how it ended.

use std::collections::HashMap;

use super::batch::AT_ONCE;
use super::db::{Arg, DbError, Sql, Tx, sql};
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::ReceiptStatus;

/// A try that is about to begin.
#[derive(Debug)]
pub struct NewAttempt {
    /// The message.
    pub message: MessageId,
    /// Which try it is, from 1.
    pub n: i64,
    /// Our token; goes out with it.
    pub token: String,
}

/// The intent: queued messages are `submitting`, and their tries are written. Exactly these, or an error: also when any of
/// them was not `queued` any more.
pub fn begun(account: &str, new: &[NewAttempt], fence: i64, deadline: i64, now_ms: i64) -> Vec<Sql> {
    let begun = |chunk: &[NewAttempt]| {
        let count = chunk.len() as u64;
        let rows = chunk.iter().map(|a| [a.message.into(), a.n.into(), Arg::from(&a.token)]);
        let tries = sql("insert into attempt (account, began_at, message_id, n, token) \
             select $1, $2, v.column1, v.column2, v.column3 from ")
        .bind(account)
        .bind(now_ms)
        .values(rows)
        .push(" where v.column1 is not null");
        let moved = sql("update message set state = 'submitting', attempt = attempt + 1, fence = $1, deadline = $2, state_at = $3 where state = 'queued' and id in (")
            .bind(fence)
            .bind(deadline)
            .bind(now_ms)
            .list(chunk.iter().map(|a| a.message))
            .push(")");
        [tries.exactly(count, "try"), moved.exactly(count, "intent")]
    };
    new.chunks(AT_ONCE).flat_map(begun).collect()
}

/// The try that carried a token, or that the provider gave this id: its message, and which try it was.
///
/// # Errors
/// As the database has it.
pub async fn find(
    tx: &mut Tx,
    account: &str,
    token: Option<&str>,
    provider_id: &str,
) -> Result<Option<(MessageId, i64)>, DbError> {
    let query = match token {
        Some(token) => {
            sql("select message_id, n from attempt where token = $1 and account = $2").bind(token).bind(account)
        }
        None => sql("select message_id, n from attempt where account = $1 and provider_id = $2")
            .bind(account)
            .bind(provider_id),
    };
    tx.maybe(query).await?.map(|row| Ok((row.id(0)?, row.int(1)?))).transpose()
}

/// The contacts to whose messages these tokens of an account belong, by token.
///
/// # Errors
/// As the database has it.
pub async fn contacts(tx: &mut Tx, account: &str, tokens: &[&str]) -> Result<HashMap<String, ContactId>, DbError> {
    let mut found = HashMap::with_capacity(tokens.len());
    for chunk in tokens.chunks(AT_ONCE) {
        let query =
            sql("select a.token, coalesce(c.shadow_of, c.id) from attempt a join message m on m.id = a.message_id \
             join contact c on c.id = m.contact_id where a.account = $1 and a.token in (")
            .bind(account);
        for row in tx.all(query.list(chunk.iter().copied()).push(")")).await? {
            found.insert(row.get(0)?, row.id(1)?);
        }
    }
    Ok(found)
}

/// The contact to whose message a token belongs, or this id of the provider's.
///
/// # Errors
/// As the database has it.
pub async fn contact(
    tx: &mut Tx,
    account: &str,
    token: Option<&str>,
    provider_id: &str,
) -> Result<Option<ContactId>, DbError> {
    let query = sql("select coalesce(c.shadow_of, c.id) from attempt a join message m on m.id = a.message_id \
         join contact c on c.id = m.contact_id where a.account = $1 and ")
    .bind(account);
    let query = match token {
        Some(token) => query.push("a.token = $2").bind(token),
        None => query.push("a.provider_id = $2").bind(provider_id),
    };
    tx.maybe(query).await?.map(|row| row.id(0)).transpose()
}

/// Notes how a try ended, and returns the provider's id of it; `None` when a receipt told as much of it before, and then
/// nothing is noted. The first id to come is kept; one that is already another try's says nothing of this one, and is not.
///
/// # Errors
/// As the database has it.
pub async fn settle(
    tx: &mut Tx,
    message: MessageId,
    n: i64,
    verdict: &str,
    provider_id: Option<&str>,
    code: Option<&str>,
    now_ms: i64,
) -> Result<Option<Option<String>>, DbError> {
    // Our own words prove no more than that the provider has it.
    let news = ReceiptStatus::parse(verdict).unwrap_or(ReceiptStatus::Accepted);
    let told = ReceiptStatus::ALL.into_iter().filter(|told| !news.adds_to(*told)).map(ReceiptStatus::as_str);
    let query = sql("update attempt set verdict = $1, provider_id = case when exists (select 1 from attempt o \
         where o.account = attempt.account and o.provider_id = $2) then provider_id else coalesce(provider_id, $2) end, \
         code = coalesce($3, code), settled_at = $4 where message_id = $5 and n = $6 and coalesce(verdict, '') not in (")
        .bind(verdict)
        .bind(provider_id)
        .bind(code)
        .bind(now_ms)
        .bind(message)
        .bind(n)
        .list(told)
        .push(") returning provider_id");
    tx.maybe(query).await?.map(|row| row.get(0)).transpose()
}

/// Notes that the provider would not send a try for a day; false when it has said so of this message before.
///
/// # Errors
/// As the database has it.
pub async fn cap(tx: &mut Tx, message: MessageId, n: i64) -> Result<bool, DbError> {
    let query = sql("update attempt set capped = true where message_id = $1 and n = $2 \
         and not exists (select 1 from attempt o where o.message_id = $1 and o.capped = true)");
    Ok(tx.run(query.bind(message).bind(n)).await? == 1)
}
