//! Texts whose time is over: found a chunk at a time, and taken out of rows that stay. An empty `sealed` is a text that
//! is gone.

use uuid::Uuid;

use super::db::{Arg, DbError, Tx, sql};
use crate::domain::id::PlanId;

/// Whose texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Campaigns' messages; not those that may still go, that nobody knows the end of, or that a person has yet to do.
    Messages,
    /// Answers that a person has read.
    Replies,
    /// What people sent by hand.
    Directs,
}

impl Texts {
    /// All of them.
    pub const ALL: [Texts; 3] = [Texts::Messages, Texts::Replies, Texts::Directs];

    fn table(self) -> &'static str {
        match self {
            Texts::Messages => "message",
            Texts::Replies => "reply",
            Texts::Directs => "direct",
        }
    }

    /// Which rows' texts may go that are from before `$1`.
    fn over(self) -> &'static str {
        match self {
            Texts::Messages => {
                "state_at < $1 and state not in ('queued', 'submitting', 'in_doubt') and not exists (select 1 from task k \
                 where k.message_id = message.id and k.state in ('planned', 'open', 'claimed')) and length(sealed) > 0"
            }
            Texts::Replies => "received_at < $1 and read_at is not null and length(sealed) > 0",
            Texts::Directs => {
                "made_at < $1 and state not in ('queued', 'submitting', 'in_doubt') and length(sealed) > 0"
            }
        }
    }
}

/// Rows behind `after` whose text stands and is from before a civil time, in the order of their ids.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, texts: Texts, before_ms: i64, after: Uuid, limit: i64) -> Result<Vec<Uuid>, DbError> {
    let query = sql("select id from ").push(texts.table()).push(" where ").push(texts.over());
    let query = query.push(" and id > $2 order by id limit $3");
    let rows = tx.all(query.bind(before_ms).bind(Arg::Uuid(Some(after))).bind(limit)).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Those of these rows whose text may still go, locked on PostgreSQL.
///
/// # Errors
/// As the database has it.
pub async fn still(tx: &mut Tx, texts: Texts, before_ms: i64, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let lock = tx.lock_clause(" for update");
    let query = sql("select id from ").push(texts.table()).push(" where ").push(texts.over());
    let query = query.push(" and id in (").bind(before_ms).list(ids.iter().map(|id| Arg::Uuid(Some(*id)))).push(")");
    tx.all(query.push(lock)).await?.iter().map(|row| row.get(0)).collect()
}

/// Takes the text out of those of these rows that it may still go from; how many.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, texts: Texts, before_ms: i64, ids: &[Uuid]) -> Result<u64, DbError> {
    // Nothing of it, which both databases write alike only so.
    let query = sql("update ").push(texts.table()).push(" set sealed = substr(sealed, 1, 0) where ").push(texts.over());
    let query = query.push(" and id in (").bind(before_ms).list(ids.iter().map(|id| Arg::Uuid(Some(*id)))).push(")");
    tx.run(query).await
}

/// How many answers from before a civil time keep their text, because nobody has read them.
///
/// # Errors
/// As the database has it.
pub async fn unread(tx: &mut Tx, before_ms: i64) -> Result<u64, DbError> {
    let query = sql("select count(*) from reply where read_at is null and received_at < $1").bind(before_ms);
    let row = tx.maybe(query).await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
}

/// A plan that waits for its yes, or is on its way into the outbox, still needs what its rows say.
const IS_NEEDED: &str = "exists (select 1 from campaign c where c.supplement_id = plan.id \
     or (c.plan_id = plan.id and c.state in ('planned', 'approved')))";

/// Plans from before a civil time whose rows still have texts that nothing needs, each with its last such row.
///
/// # Errors
/// As the database has it.
pub async fn plans(tx: &mut Tx, before_ms: i64) -> Result<Vec<(PlanId, i64)>, DbError> {
    let query = sql("select plan.id, max(t.n) from plan join target t on t.plan_id = plan.id \
         where plan.made_at < $1 and t.sealed is not null and not ");
    let query = query.push(IS_NEEDED).push(" group by plan.id");
    tx.all(query.bind(before_ms)).await?.iter().map(|row| Ok((row.id(0)?, row.int(1)?))).collect()
}

/// Takes address and text out of a plan's rows `from..until`; how many.
///
/// # Errors
/// As the database has it.
pub async fn blank(tx: &mut Tx, plan: PlanId, from: i64, until: i64) -> Result<u64, DbError> {
    let query =
        sql("update target set sealed = null where plan_id = $1 and n >= $2 and n < $3 and sealed is not null \
         and not exists (select 1 from plan where plan.id = target.plan_id and ");
    tx.run(query.push(IS_NEEDED).push(")").bind(plan).bind(from).bind(until)).await
}
