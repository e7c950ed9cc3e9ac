//! Many messages and tries at once: what a batch of acceptances or receipts changes, a few statements for all.
//!
//! One at a time stands in [`message`](super::message).

use std::collections::HashSet;

use super::db::{DbError, Sql, Tx, sql};
use super::message::Message;
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::{MessageState, ReceiptStatus};

/// Rows in one statement.
pub const AT_ONCE: usize = 256;

/// A try that a gateway accepted under its own id.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// The message, as it was when this try began.
    pub message: &'a Message,
    /// The gateway's id for it.
    pub provider_id: &'a str,
}

/// Notes that these tries of an account were accepted, each under an id of its own; gives back those that were. Left out
/// are tries of messages that are not under way any more, or under way by another try, or another contact's by now, and
/// ids that another try has. At most [`AT_ONCE`]; on PostgreSQL their messages are locked until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn accept_tries<'a>(
    tx: &mut Tx,
    account: &str,
    all: &[Accepted<'a>],
    now_ms: i64,
) -> Result<Vec<Accepted<'a>>, DbError> {
    let lock = tx.lock_clause(" for update");
    let rows = all.iter().map(|Accepted { message: m, provider_id }| {
        [m.id.into(), m.attempt.into(), (*provider_id).into(), m.contact.into()]
    });
    let query = sql("update attempt set verdict = 'accepted', settled_at = $1, provider_id = v.column3 from ")
        .bind(now_ms)
        .values(rows)
        .push(
            " where attempt.message_id = v.column1 and attempt.n = v.column2 \
             and exists (select 1 from message m where m.id = v.column1 and m.state = 'submitting' and m.attempt = v.column2 \
             and m.contact_id = v.column4",
        )
        .push(lock)
        .push(
            ") and not exists (select 1 from attempt o where o.account = attempt.account and o.provider_id = v.column3) \
             and attempt.account = ",
        )
        .list([account]);
    if tx.run(query).await? == all.len() as u64 {
        return Ok(all.to_vec());
    }
    // Seldom: which of them were not is asked then only.
    let query = sql(
        "select m.id, m.attempt, m.contact_id from message m join attempt a on a.message_id = m.id and a.n = m.attempt \
         where m.state = 'submitting' and a.verdict = 'accepted' and m.id in (",
    );
    let rows = tx.all(query.list(all.iter().map(|a| a.message.id)).push(")")).await?;
    let noted: Result<HashSet<_>, DbError> = rows.iter().map(|row| Ok((row.id(0)?, row.int(1)?, row.id(2)?))).collect();
    let noted: HashSet<(MessageId, i64, ContactId)> = noted?;
    let is_noted = |m: &Message| noted.contains(&(m.id, m.attempt, m.contact));
    Ok(all.iter().copied().filter(|accepted| is_noted(accepted.message)).collect())
}

/// Notes the same good news of tries of an account, each by its token and the gateway's id, and moves their messages to what
/// it says. Gives back the tokens of those it was news of: each the newest try of a message in one of the states `from`. Of
/// the others nothing is noted. At most [`AT_ONCE`], no try twice.
///
/// # Errors
/// As the database has it.
pub async fn raise<'a>(
    tx: &mut Tx,
    account: &str,
    told: &[(&'a str, &str)],
    news: ReceiptStatus,
    from: &[MessageState],
    now_ms: i64,
) -> Result<HashSet<&'a str>, DbError> {
    if from.is_empty() {
        return Ok(HashSet::new());
    }
    let lock = tx.lock_clause(" for update");
    let noted = sql("update attempt set verdict = $1, settled_at = $2 from ")
        .bind(news.as_str())
        .bind(now_ms)
        .values(told.iter().map(|(token, provider_id)| [(*token).into(), (*provider_id).into()]))
        .push(
            " where attempt.token = v.column1 and attempt.provider_id = v.column2 and exists \
             (select 1 from message m where m.id = attempt.message_id and m.attempt = attempt.n and m.state in (",
        )
        .list(from.iter().map(|state| state.as_str()))
        .push(")")
        .push(lock)
        .push(") and attempt.account = ")
        .list([account]);
    // Only what is noted by now is moved, so both go to the database at once.
    let moved = sql("update message set state = $1, reason = null, state_at = $2, deadline = null \
         where id in (select a.message_id from attempt a where a.verdict = $3 and a.settled_at = $2 and a.token in (")
    .bind(news.state().as_str())
    .bind(now_ms)
    .bind(news.as_str())
    .list(told.iter().map(|(token, _)| *token))
    .push(")) and state in (")
    .list(from.iter().map(|state| state.as_str()))
    .push(")");
    let all = told.len() as u64;
    match tx.run_all(vec![noted, moved]).await?[..] {
        [noted, moved] if noted == all && moved == all => Ok(told.iter().map(|(token, _)| *token).collect()),
        _ => noted_of(tx, account, told, (news, now_ms)).await,
    }
}

/// Those of these tries of which the news was just noted, and whose messages have moved. Seldom asked.
async fn noted_of<'a>(
    tx: &mut Tx,
    account: &str,
    told: &[(&'a str, &str)],
    (news, now_ms): (ReceiptStatus, i64),
) -> Result<HashSet<&'a str>, DbError> {
    let query = sql("select a.token, a.provider_id from attempt a join message m on m.id = a.message_id \
         and m.attempt = a.n where a.account = $1 and a.verdict = $2 and a.settled_at = $3 and m.state = $4 and a.token in (")
    .bind(account)
    .bind(news.as_str())
    .bind(now_ms)
    .bind(news.state().as_str())
    .list(told.iter().map(|(token, _)| *token))
    .push(")");
    let rows = tx.all(query).await?;
    let noted: Result<HashSet<(String, String)>, DbError> =
        rows.iter().map(|row| Ok((row.get(0)?, row.get::<Option<String>>(1)?.unwrap_or_default()))).collect();
    let noted = noted?;
    let is_noted = |(token, id): &&(&str, &str)| noted.contains(&((*token).to_owned(), (*id).to_owned()));
    Ok(told.iter().filter(is_noted).map(|(token, _)| *token).collect())
}

/// A try, found by the token that went out with it.
#[derive(Clone, Debug)]
pub struct Known {
    /// The message.
    pub message: MessageId,
    /// Where the message stands.
    pub state: MessageState,
    /// The message's newest try.
    pub newest: i64,
    /// Which try it was.
    pub n: i64,
    /// Its token.
    pub token: String,
    /// The gateway's id for it, once it is known.
    pub provider_id: Option<String>,
}

/// The tries of an account that carried these tokens, in the order of their messages, which are locked on PostgreSQL until
/// the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn tries(tx: &mut Tx, account: &str, tokens: &[&str]) -> Result<Vec<Known>, DbError> {
    let lock = tx.lock_clause(" for update of m");
    let query = sql("select m.id, m.state, m.attempt, a.n, a.token, a.provider_id \
         from attempt a join message m on m.id = a.message_id where a.account = $1 and a.token in (")
    .bind(account);
    let rows = tx.all(query.list(tokens.iter().copied()).push(") order by m.id").push(lock)).await?;
    rows.iter()
        .map(|row| {
            Ok(Known {
                message: row.id(0)?,
                state: row.word(1, "message state", MessageState::parse)?,
                newest: row.int(2)?,
                n: row.int(3)?,
                token: row.get(4)?,
                provider_id: row.get(5)?,
            })
        })
        .collect()
}

/// Notes the same news of many tries, by their tokens.
///
/// # Errors
/// As the database has it.
pub async fn note_tries(tx: &mut Tx, all: &[&str], verdict: &'static str, now_ms: i64) -> Result<(), DbError> {
    let query = sql("update attempt set verdict = $1, settled_at = $2 where token in (").bind(verdict).bind(now_ms);
    tx.run(query.list(all.iter().copied()).push(")").exactly(all.len() as u64, "news of tries")).await.map(drop)
}

/// Messages that were under way are `accepted`; exactly these, or an error.
pub fn accepted(all: &[&Message], now_ms: i64) -> Sql {
    let query = sql("update message set state = 'accepted', reason = null, state_at = $1, deadline = null \
         where state = 'submitting' and id in (");
    query.bind(now_ms).list(all.iter().map(|m| m.id)).push(")").exactly(all.len() as u64, "acceptance")
}

/// Moves messages that were just read in this transaction to another state; exactly these, or an error.
///
/// # Errors
/// As the database has it.
pub async fn move_messages(tx: &mut Tx, ids: &[MessageId], to: MessageState, now_ms: i64) -> Result<(), DbError> {
    let query = sql("update message set state = $1, reason = null, state_at = $2, deadline = null where id in (")
        .bind(to.as_str())
        .bind(now_ms)
        .list(ids.iter().copied())
        .push(")");
    tx.run(query.exactly(ids.len() as u64, "new state")).await.map(drop)
}
