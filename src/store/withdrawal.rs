//! Messages that are taken out of the queue before anybody sends them, and calls that nobody is to make any more.

use super::db::{DbError, Tx, sql};
use super::task;
use crate::domain::decision::Decision;
use crate::domain::id::{ContactId, MessageId};

/// Withdraws the queued messages of a contact, in all campaigns.
///
/// # Errors
/// As the database has it.
pub async fn of_contact(tx: &mut Tx, contact: ContactId, why: Decision, now_ms: i64) -> Result<u64, DbError> {
    let query = sql(
        "update message set state = 'withdrawn', reason = $1, state_at = $2 where contact_id = $3 and state = 'queued'",
    );
    tx.run(query.bind(why.as_str()).bind(now_ms).bind(contact)).await
}

/// Withdraws queued messages by id; each with the same reason.
///
/// # Errors
/// As the database has it, and when any of them was not queued.
pub async fn of(tx: &mut Tx, ids: &[MessageId], why: Decision, now_ms: i64) -> Result<(), DbError> {
    for chunk in ids.chunks(64) {
        let query = sql(
            "update message set state = 'withdrawn', reason = $1, state_at = $2 where state = 'queued' and id in (",
        )
        .bind(why.as_str())
        .bind(now_ms)
        .list(chunk.iter().copied())
        .push(")");
        tx.run(query.exactly(chunk.len() as u64, "withdrawal")).await?;
    }
    Ok(())
}

/// Withdraws what is left in a campaign's queue, so many at most; a held contact's message says so.
///
/// # Errors
/// As the database has it.
pub async fn of_campaign(tx: &mut Tx, campaign: &str, why: Decision, rows: i64, now_ms: i64) -> Result<u64, DbError> {
    let query =
        sql("update message set state = 'withdrawn', state_at = $1, reason = case when $2 = 'expired' and exists \
         (select 1 from contact c where c.id = message.contact_id and c.unread > 0) then 'held' else $2 end \
         where id in (select id from message where campaign = $3 and state = 'queued' limit $4) and state = 'queued'");
    tx.run(query.bind(now_ms).bind(why.as_str()).bind(campaign).bind(rows)).await
}

/// Drops the calls that a cancelled campaign still has, so many at most; how many it was.
///
/// # Errors
/// As the database has it.
pub async fn calls(tx: &mut Tx, campaign: &str, rows: i64, now_ms: i64) -> Result<u64, DbError> {
    let left = task::left_of_cancelled(tx, campaign, rows).await?;
    match left.is_empty() {
        true => Ok(0),
        false => task::drop_all(tx, &left, Decision::Cancelled.as_str(), now_ms).await,
    }
}
