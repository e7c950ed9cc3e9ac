//! Campaigns of calls and by hand: whose task is about to be done, and which messages wait for the end of theirs.

use super::db::{DbError, Tx, sql};
use crate::domain::id::{ContactId, MessageId, TaskId};

/// Marks contacts as about to be called by a campaign, and their messages as handed over. Exactly these, or an error.
///
/// # Errors
/// As the database has it, and when any of them is being called or was not queued any more.
pub async fn begin(tx: &mut Tx, campaign: &str, people: &[(MessageId, ContactId)], now_ms: i64) -> Result<(), DbError> {
    for chunk in people.chunks(64) {
        let contacts = sql("update contact set calling = $1 where calling is null and id in (")
            .bind(campaign)
            .list(chunk.iter().map(|(_, contact)| *contact))
            .push(")");
        tx.run(contacts.exactly(chunk.len() as u64, "calling")).await?;
        let messages =
            sql("update message set state = 'accepted', state_at = $1 where state = 'queued' and channel in ('call', 'manual') and id in (")
                .bind(now_ms)
                .list(chunk.iter().map(|(message, _)| *message))
                .push(")");
        tx.run(messages.exactly(chunk.len() as u64, "hand-over")).await?;
    }
    Ok(())
}

/// Marks a contact as about to be called again; false when another campaign is about to.
///
/// # Errors
/// As the database has it.
pub async fn resume(tx: &mut Tx, contact: ContactId, campaign: &str) -> Result<bool, DbError> {
    let query = sql("update contact set calling = $1 where id = $2 and (calling is null or calling = $1)");
    Ok(tx.run(query.bind(campaign).bind(contact)).await? == 1)
}

/// Notes that a campaign is done with calling a contact.
///
/// # Errors
/// As the database has it.
pub async fn end(tx: &mut Tx, contact: ContactId, campaign: &str) -> Result<(), DbError> {
    let query = sql("update contact set calling = null where id = $1 and calling = $2");
    tx.run(query.bind(contact).bind(campaign)).await.map(drop)
}

// What people do themselves is few, what ended is a year's: a cross join keeps that order on SQLite.
const OVER: &str = "select t.id from message m cross join task t \
    where t.message_id = m.id and m.channel in ('call', 'manual') and m.state = 'accepted' and t.state in ('dropped', 'lapsed') order by t.id";

/// Tasks of campaigns of calls that are over without a call, and whose messages do not know it yet: a chunk.
///
/// # Errors
/// As the database has it.
pub async fn over(tx: &mut Tx, limit: i64) -> Result<Vec<TaskId>, DbError> {
    let query = sql(OVER).push(" limit $1").bind(limit);
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}
