//! Tasks whose day comes: they fall due, are answered before, lapse, and stand on the day's list until then.

use super::db::{DbError, Tx, sql};
use super::task::{COLUMNS, Task, read};
use crate::domain::id::TaskId;

/// Whether any task may have to be opened, dropped or let go; so that a quiet day writes nothing.
///
/// # Errors
/// As the database has it.
pub async fn any_stirs(tx: &mut Tx, before_ms: i64, now_ms: i64) -> Result<bool, DbError> {
    if any_due(tx, before_ms, now_ms).await? {
        return Ok(true);
    }
    let news = sql("select 1 from task t where t.state = 'open' and ").push(NEWS).push(" limit 1");
    Ok(tx.maybe(news).await?.is_some())
}

/// The same but for open tasks whose contact has answered or come, for which all open ones are looked through.
///
/// # Errors
/// As the database has it.
pub async fn any_due(tx: &mut Tx, before_ms: i64, now_ms: i64) -> Result<bool, DbError> {
    let due = sql(
        "select 1 from task t join contact c on c.id = t.contact_id where t.state = 'planned' and t.due_at < $1 and c.unread = 0 limit 1",
    );
    // Nothing lapses before it is due, and by that the index finds it.
    let late = sql(
        "select 1 from task where state in ('planned', 'open', 'claimed') and due_at <= $1 and lapses_at <= $1 limit 1",
    );
    let over = sql("select 1 from message m cross join task t \
         where t.message_id = m.id and m.channel in ('call', 'manual') and m.state = 'accepted' and t.state in ('dropped', 'lapsed') limit 1");
    for query in [due.bind(before_ms), late.bind(now_ms), over] {
        if tx.maybe(query).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// That a task's contact has answered or come since the message went out.
const NEWS: &str = "(exists (select 1 from reply r where r.contact_id = t.contact_id and r.received_at >= t.made_at) \
     or exists (select 1 from touch v where v.contact_id = t.contact_id and v.kind = 'visit' and v.at >= t.made_at))";

/// Planned tasks that fall due before a civil time, oldest first; the tasks of held contacts wait.
///
/// # Errors
/// As the database has it.
pub async fn due(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<Vec<Task>, DbError> {
    let lock = tx.lock_clause(" for update of t skip locked");
    let query = sql(COLUMNS)
        .push(" join contact c on c.id = t.contact_id where t.state = 'planned' and t.due_at < $1 and c.unread = 0 order by t.due_at, t.id limit $2")
        .push(lock);
    tx.all(query.bind(before_ms).bind(limit)).await?.iter().map(read).collect()
}

/// Open tasks whose contact has answered or come since the message, by id after one of them: a chunk.
///
/// # Errors
/// As the database has it.
pub async fn with_news(tx: &mut Tx, after: Option<TaskId>, limit: i64) -> Result<Vec<Task>, DbError> {
    let lock = tx.lock_clause(" for update of t skip locked");
    let mut query = sql(COLUMNS).push(" where t.state = 'open' and ").push(NEWS);
    if let Some(after) = after {
        query = query.push(" and t.id > $1 order by t.id limit $2").bind(after);
    } else {
        query = query.push(" order by t.id limit $1");
    }
    tx.all(query.bind(limit).push(lock)).await?.iter().map(read).collect()
}

/// Tasks nobody got to in time, in any state before done: a chunk. Claimed ones go when their lease is outside these
/// steady times: it ran out, or stems from before a reboot.
///
/// # Errors
/// As the database has it.
pub async fn lapse(tx: &mut Tx, now_ms: i64, leases: (i64, i64), limit: i64) -> Result<u64, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = sql("update task set state = 'lapsed', done_at = $1 where id in (select id from task where due_at <= $1 and lapses_at <= $1 and (state in ('planned', 'open') or (state = 'claimed' and (lease_until <= $2 or lease_until > $3))) order by id limit $4")
        .push(lock)
        .push(")");
    tx.run(query.bind(now_ms).bind(leases.0).bind(leases.1).bind(limit)).await
}

/// The day's list: open and claimed tasks, overdue first. Tasks of held contacts and of noes are not on it, nor those of
/// campaigns of calls on pause.
///
/// # Errors
/// As the database has it.
pub async fn today(tx: &mut Tx, limit: i64) -> Result<Vec<Task>, DbError> {
    let query = sql(COLUMNS).push(
        " join contact c on c.id = t.contact_id where t.state in ('open', 'claimed') and c.unread = 0 and c.opted_out = false \
         and not exists (select 1 from message m join campaign g on g.name = m.campaign where m.id = t.message_id and m.channel in ('call', 'manual') and g.state = 'paused') \
         order by t.due_at, t.id limit $1",
    );
    tx.all(query.bind(limit)).await?.iter().map(read).collect()
}
