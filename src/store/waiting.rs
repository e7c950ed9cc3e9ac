//! Messages that wait in a campaign's queue: whether there are any, while its plan is replaced by another, and those that
//! come back to it.

use std::collections::HashMap;

use super::db::{DbError, Tx, sql};
use super::message::Message;
use crate::domain::channel::Channel;
use crate::domain::decision::Decision;
use crate::domain::id::{ContactId, MessageId, PlanId};
use crate::domain::message::MessageState;

/// A message that waits.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// The message.
    pub id: MessageId,
    /// The plan it came from.
    pub plan: PlanId,
}

/// What a message that waits says from now on.
#[derive(Debug)]
pub struct Rewritten {
    /// The message.
    pub id: MessageId,
    /// How it travels.
    pub channel: String,
    /// By which account.
    pub account: String,
    /// Which version.
    pub variant: String,
    /// In which language.
    pub language: String,
    /// Not before this civil time; one that was put off stays so.
    pub not_before: i64,
    /// The letter, sealed for this id.
    pub sealed: Vec<u8>,
}

/// A place in a queue: after the message with this time and id.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    not_before: i64,
    id: MessageId,
}

impl Default for Place {
    fn default() -> Self {
        Self { not_before: i64::MIN, id: MessageId(uuid::Uuid::nil()) }
    }
}

/// The messages of a campaign that wait for these contacts.
///
/// # Errors
/// As the database has it.
pub async fn of(tx: &mut Tx, campaign: &str, contacts: Vec<ContactId>) -> Result<HashMap<ContactId, Waits>, DbError> {
    let mut found = HashMap::new();
    for chunk in contacts.chunks(500) {
        // Asked for what is queued, SQLite would look through everything that is, for each chunk anew.
        let query = sql("select contact_id, id, plan_id, state from message where campaign = $1 and contact_id in (")
            .bind(campaign)
            .list(chunk.iter().copied())
            .push(")");
        for row in tx.all(query).await? {
            if row.word(3, "message state", MessageState::parse)? == MessageState::Queued {
                found.insert(row.id(0)?, Waits { id: row.id(1)?, plan: row.id(2)? });
            }
        }
    }
    Ok(found)
}

/// Gives a message that still waits its new letter; one that does not wait any more keeps the old one.
///
/// # Errors
/// As the database has it.
pub async fn rewrite(tx: &mut Tx, plan: PlanId, message: Rewritten) -> Result<bool, DbError> {
    let query =
        sql("update message set plan_id = $1, channel = $2, account = $3, variant = $4, language = $5, sealed = $6, \
         not_before = case when attempt = 0 or not_before < $7 then $7 else not_before end \
         where id = $8 and state = 'queued'");
    let Rewritten { id, channel, account, variant, language, not_before, sealed } = message;
    let query = query.bind(plan).bind(channel).bind(account).bind(variant).bind(language).bind(sealed);
    Ok(tx.run(query.bind(not_before).bind(id)).await? == 1)
}

/// Messages of a campaign that wait after a place and came from a plan of an earlier definition, and where to go on.
///
/// # Errors
/// As the database has it.
pub async fn of_earlier(
    tx: &mut Tx,
    campaign: &str,
    plan: PlanId,
    from: Place,
    limit: i64,
) -> Result<(Vec<MessageId>, Option<Place>), DbError> {
    let query = sql("select not_before, id from message where state = 'queued' and campaign = $1 \
         and (not_before, id) > ($2, $3) and plan_id not in (select p.id from plan p join plan q \
         on coalesce(q.supplement_to, q.id) = coalesce(p.supplement_to, p.id) where q.id = $4 and p.campaign = $1) \
         order by not_before, id limit $5");
    let rows = tx.all(query.bind(campaign).bind(from.not_before).bind(from.id).bind(plan).bind(limit)).await?;
    let next =
        rows.last().map(|row| Ok::<_, DbError>(Place { not_before: row.int(0)?, id: row.id(1)? })).transpose()?;
    Ok((rows.iter().map(|row| row.id(1)).collect::<Result<_, _>>()?, next))
}

/// Withdraws messages that still wait, each with its reason.
///
/// # Errors
/// As the database has it.
pub async fn withdraw(tx: &mut Tx, messages: &[(MessageId, Decision)], now_ms: i64) -> Result<(), DbError> {
    for (id, why) in messages {
        let query = sql(
            "update message set state = 'withdrawn', reason = $1, state_at = $2 where id = $3 and state = 'queued'",
        );
        tx.run(query.bind(why.as_str()).bind(now_ms).bind(id.to_owned())).await?;
    }
    Ok(())
}

/// Whether any message of a campaign is under way.
///
/// # Errors
/// As the database has it.
pub async fn any_under_way(tx: &mut Tx, campaign: &str) -> Result<bool, DbError> {
    let query = sql("select 1 from message where state = 'submitting' and campaign = $1 limit 1");
    Ok(tx.maybe(query.bind(campaign)).await?.is_some())
}

/// Lets messages wait in the queue until a civil time.
///
/// # Errors
/// As the database has it.
pub async fn put_off(tx: &mut Tx, ids: &[MessageId], until_ms: i64) -> Result<(), DbError> {
    for chunk in ids.chunks(64) {
        let query = sql("update message set not_before = $1 where state = 'queued' and id in (").bind(until_ms);
        tx.run(query.list(chunk.iter().copied()).push(")")).await?;
    }
    Ok(())
}

/// Puts a message back in the queue, not before a civil time; a compare-and-set as [`move_state`](super::message::move_state). When the campaign says
/// something else by now, nobody approved this letter any more: it is withdrawn instead.
///
/// # Errors
/// As the database has it.
pub async fn requeue(tx: &mut Tx, message: &Message, not_before: i64, now_ms: i64) -> Result<bool, DbError> {
    let lock = tx.lock_clause(" for no key update of c");
    let stands = sql("select 1 from campaign c join plan p on p.id = c.plan_id join plan q on q.id = $1 \
         where c.name = $2 and coalesce(p.supplement_to, p.id) = coalesce(q.supplement_to, q.id)")
    .push(lock);
    let (to, reason) = match tx.maybe(stands.bind(message.plan).bind(&message.campaign)).await? {
        Some(_) => (MessageState::Queued, None),
        None => (MessageState::Withdrawn, Some(Decision::Cancelled.as_str())),
    };
    let query = sql("update message set state = $1, reason = coalesce($2, reason), not_before = $3, state_at = $4, deadline = null, doubt_at = null where id = $5 and state = $6 and attempt = $7")
        .bind(to.as_str())
        .bind(reason)
        .bind(not_before)
        .bind(now_ms)
        .bind(message.id)
        .bind(message.state.as_str())
        .bind(message.attempt);
    Ok(tx.run(query).await? == 1)
}

/// Puts a message that failed back in the queue of another channel, with its letter for that; a compare-and-set. It
/// counts as a try that was not made, so that more bad news of the one before says nothing of the next.
///
/// # Errors
/// As the database has it.
pub async fn reroute(
    tx: &mut Tx,
    message: &Message,
    to: (&str, &str),
    sealed: &[u8],
    now_ms: i64,
) -> Result<bool, DbError> {
    let query = sql("update message set state = 'queued', reason = null, attempt = attempt + 1, channel = $1, account = $2, sealed = $3, \
         not_before = $4, state_at = $4, deadline = null where id = $5 and state = $6 and attempt = $7")
        .bind(to.0)
        .bind(to.1)
        .bind(sealed.to_vec())
        .bind(now_ms)
        .bind(message.id)
        .bind(message.state.as_str())
        .bind(message.attempt);
    Ok(tx.run(query).await? == 1)
}

/// The newest message to a contact, with its sealed letter.
///
/// # Errors
/// As the database has it.
pub async fn newest(tx: &mut Tx, contact: ContactId) -> Result<Option<(MessageId, Vec<u8>)>, DbError> {
    let query = sql("select id, sealed from message where contact_id = $1 order by id desc limit 1").bind(contact);
    tx.maybe(query).await?.map(|row| Ok((row.id(0)?, row.get(1)?))).transpose()
}

/// The sealed letter of a message.
///
/// # Errors
/// As the database has it, and when the message is not there any more.
pub async fn letter(tx: &mut Tx, id: MessageId) -> Result<Vec<u8>, DbError> {
    let row = tx.maybe(sql("select sealed from message where id = $1").bind(id)).await?;
    row.ok_or(DbError::Unknown("message"))?.get(0)
}

/// Whether anything waits in a campaign's queue.
///
/// # Errors
/// As the database has it.
pub async fn waits(tx: &mut Tx, campaign: &str) -> Result<bool, DbError> {
    let query = sql("select 1 from message where campaign = $1 and state = 'queued' limit 1");
    Ok(tx.maybe(query.bind(campaign)).await?.is_some())
}

/// Whether anything of a campaign can still lead to something of its own accord.
///
/// # Errors
/// As the database has it.
pub async fn any_open(tx: &mut Tx, campaign: &str) -> Result<bool, DbError> {
    let query =
        sql("select 1 from message where campaign = $1 and state in ('queued', 'submitting', 'in_doubt') limit 1");
    Ok(tx.maybe(query.bind(campaign)).await?.is_some())
}

/// Whether a message of a campaign waits for its turn by a channel.
///
/// # Errors
/// As the database has it.
pub async fn waits_by(tx: &mut Tx, campaign: &str, channel: Channel) -> Result<bool, DbError> {
    let query = sql("select 1 from message where campaign = $1 and channel = $2 and state = 'queued' limit 1");
    Ok(tx.maybe(query.bind(campaign).bind(channel.as_str())).await?.is_some())
}
