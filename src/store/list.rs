//! The day's list as one person sees it: what is theirs, what anybody may take, and how much there is.

use std::collections::HashMap;

use super::db::{DbError, Sql, Tx, sql};
use super::task::{COLUMNS, Task, read};
use crate::domain::id::{ContactId, MessageId, TaskId};
use crate::domain::message::MessageState;

/// Tasks on the list: not those of held contacts and of noes, nor of campaigns of calls on pause. The tasks come first, in
/// the order of their index, and only as many contacts are looked at as a page needs.
const LISTED: &str = " cross join contact c where c.id = t.contact_id and c.unread = 0 and c.opted_out = false \
     and not exists (select 1 from message m join campaign g on g.name = m.campaign where m.id = t.message_id and m.channel in ('call', 'manual') and g.state = 'paused')";

/// Tasks that are meant for one of some people.
const OWNED: &str = " and t.owner in (";

/// Free tasks that somebody took and let go of by time: as many as there are people, and not thousands.
const LEFT: &str = " and t.state = 'claimed' and (t.lease_until <= $1 or t.lease_until > $2)";

/// What a person holds, and what is meant for them or whom they stand in for, in the order in which it falls due.
///
/// # Errors
/// As the database has it.
pub async fn mine(
    tx: &mut Tx,
    who: &str,
    whose: &[String],
    leases: (i64, i64),
    limit: i64,
) -> Result<Vec<Task>, DbError> {
    let held = " and t.state = 'claimed' and t.claimed_by = $1 and t.lease_until > $2 and t.lease_until <= $3 order by t.due_at limit $4";
    let held = sql(COLUMNS).push(LISTED).push(held).bind(who).bind(leases.0).bind(leases.1).bind(limit);
    let mut mine = tx.all(held).await?;
    for query in [left(COLUMNS, leases), open(COLUMNS, leases)] {
        let query = query.bind(limit).push(OWNED).list(whose).push(") order by t.due_at limit $3");
        mine.extend(tx.all(query).await?);
    }
    let mut mine = mine.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    mine.sort_by_key(|task| (task.due_at, task.id));
    mine.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(mine)
}

/// What anybody may take: first what somebody let go of, then all others in the order in which they fall due.
///
/// # Errors
/// As the database has it.
pub async fn pool(tx: &mut Tx, leases: (i64, i64), skip: i64, limit: i64) -> Result<Vec<Task>, DbError> {
    let left = left(COLUMNS, leases).push(" and t.owner is null order by t.due_at");
    let left = tx.all(left).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let before = left.len() as i64;
    let mut pool: Vec<Task> = left.into_iter().skip(usize::try_from(skip).unwrap_or_default()).collect();
    let open = open(COLUMNS, leases)
        .push(" and t.owner is null order by t.due_at limit $3 offset $4")
        .bind(limit)
        .bind((skip - before).max(0));
    for row in tx.all(open).await? {
        pool.push(read(&row)?);
    }
    pool.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(pool)
}

/// What a person may take now, first what is meant for them, and then from the pool if they take from there; without
/// calls only what is written by hand.
///
/// # Errors
/// As the database has it.
pub async fn next(
    tx: &mut Tx,
    whose: &[String],
    from_pool: bool,
    calls: bool,
    leases: (i64, i64),
    now_ms: i64,
    limit: i64,
) -> Result<Vec<TaskId>, DbError> {
    let mut ids = Vec::new();
    let kind = if calls { "" } else { " and t.kind = 'manual'" };
    let due = " and t.due_at <= $3 order by t.due_at limit $4";
    for query in [left(ID, leases), open(ID, leases)] {
        let query = query.bind(now_ms).bind(limit).push(kind).push(OWNED).list(whose).push(")").push(due);
        ids.extend(tx.all(query).await?);
    }
    for query in [left(ID, leases), open(ID, leases)].into_iter().filter(|_| from_pool) {
        let query = query.push(kind).push(" and t.owner is null").push(due).bind(now_ms).bind(limit);
        ids.extend(tx.all(query).await?);
    }
    ids.iter().map(|row| row.id(0)).collect()
}

/// When the first task falls due that this person may take.
///
/// # Errors
/// As the database has it.
pub async fn soonest(
    tx: &mut Tx,
    whose: &[String],
    from_pool: bool,
    leases: (i64, i64),
) -> Result<Option<i64>, DbError> {
    let free = if from_pool { " and (t.owner is null or t.owner in (" } else { " and (t.owner in (" };
    let mut soonest: Option<i64> = None;
    for query in [left(DUE, leases), open(DUE, leases)] {
        let query = query.push(free).list(whose).push(")) order by t.due_at limit 1");
        if let Some(row) = tx.maybe(query).await? {
            let due = row.int(0)?;
            soonest = Some(soonest.map_or(due, |earlier| earlier.min(due)));
        }
    }
    Ok(soonest)
}

const ID: &str = "select t.id from task t";
const DUE: &str = "select t.due_at from task t";

fn left(what: &'static str, leases: (i64, i64)) -> Sql {
    sql(what).push(LISTED).push(LEFT).bind(leases.0).bind(leases.1)
}

/// Takes the same parameters as the other.
fn open(what: &'static str, leases: (i64, i64)) -> Sql {
    sql(what).push(LISTED).push(" and t.state = 'open' and $1 <= $2").bind(leases.0).bind(leases.1)
}

/// How many tasks wait for somebody, and how many of them fell due before a civil time. Those of held contacts count.
///
/// # Errors
/// As the database has it.
pub async fn tally(tx: &mut Tx, before_ms: i64) -> Result<(i64, i64), DbError> {
    let query = sql("select count(*), cast(coalesce(sum(case when due_at < $1 then 1 else 0 end), 0) as bigint) \
         from task where state in ('open', 'claimed')");
    let row = tx.maybe(query.bind(before_ms)).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Where messages stand, and how they travel.
///
/// # Errors
/// As the database has it.
pub async fn messages(tx: &mut Tx, ids: &[MessageId]) -> Result<HashMap<MessageId, (MessageState, String)>, DbError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let query = sql("select id, state, channel from message where id in (").list(chunk.iter().copied()).push(")");
        for row in tx.all(query).await? {
            found.insert(row.id(0)?, (row.word(1, "message state", MessageState::parse)?, row.get(2)?));
        }
    }
    Ok(found)
}

/// When contacts answered last; those that never did are not among them.
///
/// # Errors
/// As the database has it.
pub async fn answers(tx: &mut Tx, contacts: &[ContactId]) -> Result<HashMap<ContactId, i64>, DbError> {
    let mut found = HashMap::new();
    for chunk in contacts.chunks(500) {
        let query = sql("select contact_id, max(received_at) from reply where contact_id in (")
            .list(chunk.iter().copied())
            .push(") group by contact_id");
        for row in tx.all(query).await? {
            found.insert(row.id(0)?, row.int(1)?);
        }
    }
    Ok(found)
}

/// Makes a task wait until a civil time, on the list or not yet, and lets go of it. False when this person does not
/// hold it.
///
/// # Errors
/// As the database has it.
pub async fn snooze(tx: &mut Tx, id: TaskId, who: &str, due_at: i64, listed: bool) -> Result<bool, DbError> {
    let query = sql("update task set state = $1, due_at = $2, claimed_by = null, lease_until = null \
         where id = $3 and state = 'claimed' and claimed_by = $4");
    let state = if listed { "open" } else { "planned" };
    Ok(tx.run(query.bind(state).bind(due_at).bind(id).bind(who)).await? == 1)
}

/// Says whom a task is meant for, and frees it from who held it.
///
/// # Errors
/// As the database has it.
pub async fn mean_for(tx: &mut Tx, id: TaskId, owner: Option<&str>) -> Result<(), DbError> {
    let query = sql("update task set owner = $1, claimed_by = null, lease_until = null, \
         state = case when state = 'claimed' then 'open' else state end where id = $2 and state in ('planned', 'open', 'claimed')");
    tx.run(query.bind(owner).bind(id).exactly(1, "task")).await.map(drop)
}

/// The platform on which each of these contacts has a nickname, if one has; the newest of several.
///
/// # Errors
/// As the database has it.
pub async fn platforms(tx: &mut Tx, contacts: &[ContactId]) -> Result<HashMap<ContactId, String>, DbError> {
    let mut found = HashMap::new();
    for chunk in contacts.chunks(500) {
        let query = sql("select contact_id, kind from address where kind <> 'phone' and contact_id in (");
        for row in tx.all(query.list(chunk.iter().copied()).push(") order by id")).await? {
            found.insert(row.id(0)?, row.get(1)?);
        }
    }
    Ok(found)
}
