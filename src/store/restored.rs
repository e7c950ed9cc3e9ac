//! What a restored database is told of the time that it lost.

use super::db::{DbError, Tx, sql};
use super::message::{COLUMNS, Message, read};
use crate::domain::id::ContactId;

/// Notes a try of a message that waits, which the provider's list has shown; false when the message waits no more. The
/// token is nobody's: it was never sent.
///
/// # Errors
/// As the database has it.
pub async fn add_try(tx: &mut Tx, m: &Message, token: &str, at: i64) -> Result<bool, DbError> {
    let moved = sql("update message set attempt = attempt + 1 where id = $1 and state = 'queued' and attempt = $2");
    if tx.run(moved.bind(m.id).bind(m.attempt)).await? == 0 {
        return Ok(false);
    }
    let row = vec![m.id.into(), (m.attempt + 1).into(), (&m.account).into(), token.into(), at.into()];
    tx.insert("insert into attempt (message_id, n, account, token, began_at)", vec![row], "").await?;
    Ok(true)
}

/// Messages of campaigns that live, which wait to go by one account: the next in the order of their ids.
///
/// # Errors
/// As the database has it.
pub async fn waiting_by(tx: &mut Tx, account: &str, limit: i64) -> Result<Vec<Message>, DbError> {
    let query = sql("select ").push(COLUMNS).push(
        " from message m where m.state = 'queued' and m.account = $1 and m.campaign in \
         (select name from campaign where state in ('approved', 'running', 'paused')) order by m.id limit $2",
    );
    tx.all(query.bind(account).bind(limit)).await?.iter().map(read).collect()
}

/// The contacts one of whose addresses has a no, and who are not known to have said one.
///
/// # Errors
/// As the database has it.
pub async fn unheard(tx: &mut Tx) -> Result<Vec<ContactId>, DbError> {
    let query = sql(
        "select distinct c.id from no n join address a on a.blind = n.blind join contact c on c.id = a.contact_id \
         where c.opted_out = false",
    );
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}

/// Drops calls and messages by hand that were due by now: somebody may have done them.
///
/// # Errors
/// As the database has it.
pub async fn drop_due(tx: &mut Tx, reason: &str, now: i64) -> Result<u64, DbError> {
    let query = sql("update task set state = 'dropped', reason = $1, done_at = $2 \
         where state in ('planned', 'open', 'claimed') and due_at <= $2");
    tx.run(query.bind(reason).bind(now)).await
}

/// Since when everything is known of an account's list of answers; `None` when it was never asked.
///
/// # Errors
/// As the database has it.
pub async fn answers_known(tx: &mut Tx, account: &str) -> Result<Option<i64>, DbError> {
    let query = sql("select since from listing where account = $1 and what = 'replies'");
    tx.maybe(query.bind(account)).await?.map_or(Ok(None), |row| row.get(0))
}
