//! Routines: how far their slots have been looked at, and the tasks that they became. Names no contact.

use std::collections::{BTreeMap, BTreeSet};

use super::db::{DbError, Row, Tx, sql};
use crate::clock::new_id;
use crate::domain::id::TaskId;
use crate::domain::task::TaskState;

/// A task of a routine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutineTask {
    /// Its id.
    pub id: TaskId,
    /// The routine's name.
    pub routine: String,
    /// When it came up, civil.
    pub slot: i64,
    /// Where it stands.
    pub state: TaskState,
    /// When it counts as missed, civil; never without.
    pub lapses_at: Option<i64>,
    /// Who has taken it.
    pub claimed_by: Option<String>,
    /// Who did it.
    pub done_by: Option<String>,
    /// When, civil.
    pub done_at: Option<i64>,
}

/// How far the slots of a routine have been looked at, civil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Since when it is known.
    pub since: i64,
    /// The last slot that became a task, or when it was first seen.
    pub upto: i64,
}

/// What became of a routine's tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// When it was last done, and by whom.
    pub done: Option<(i64, String)>,
    /// The slots that were missed since then.
    pub missed: i64,
    /// The newest of them.
    pub last_missed: Option<i64>,
}

const COLUMNS: &str = "select id, routine, slot, state, lapses_at, claimed_by, done_by, done_at from routine_task";

fn read(row: &Row) -> Result<RoutineTask, DbError> {
    Ok(RoutineTask {
        id: row.id(0)?,
        routine: row.get(1)?,
        slot: row.int(2)?,
        state: row.word(3, "task state", TaskState::parse)?,
        lapses_at: row.get(4)?,
        claimed_by: row.get(5)?,
        done_by: row.get(6)?,
        done_at: row.get(7)?,
    })
}

/// How far each routine has come.
///
/// # Errors
/// As the database has it.
pub async fn progress(tx: &mut Tx) -> Result<BTreeMap<String, Progress>, DbError> {
    let rows = tx.all(sql("select name, since, upto from routine")).await?;
    rows.iter().map(|row| Ok((row.get(0)?, Progress { since: row.int(1)?, upto: row.int(2)? }))).collect()
}

/// Notes that a routine is known from now on; one that was known stays as it was.
///
/// # Errors
/// As the database has it.
pub async fn begin(tx: &mut Tx, name: &str, now_ms: i64) -> Result<(), DbError> {
    let query = sql("insert into routine (name, since, upto) values ($1, $2, $2) on conflict (name) do nothing");
    tx.run(query.bind(name).bind(now_ms)).await.map(drop)
}

/// Moves on from one slot to another; false when another node has.
///
/// # Errors
/// As the database has it.
pub async fn move_on(tx: &mut Tx, name: &str, from: i64, to: i64) -> Result<bool, DbError> {
    let query = sql("update routine set upto = $1 where name = $2 and upto = $3");
    Ok(tx.run(query.bind(to).bind(name).bind(from)).await? == 1)
}

/// A slot that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSlot {
    /// When, civil.
    pub at: i64,
    /// Open, or missed already.
    pub state: TaskState,
    /// When it counts as missed, civil; never without.
    pub lapses_at: Option<i64>,
}

/// Makes the tasks of some slots; a slot that has its task keeps it. How many are new.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, routine: &str, slots: &[NewSlot]) -> Result<u64, DbError> {
    let row = |slot: &NewSlot| {
        let id: TaskId = new_id();
        vec![id.into(), routine.into(), slot.at.into(), slot.state.as_str().into(), slot.lapses_at.into()]
    };
    let head = "insert into routine_task (id, routine, slot, state, lapses_at)";
    tx.insert(head, slots.iter().map(row).collect(), "on conflict (routine, slot) do nothing").await
}

/// Counts as missed what nobody did in time.
///
/// # Errors
/// As the database has it.
pub async fn lapse(tx: &mut Tx, now_ms: i64) -> Result<u64, DbError> {
    let query = sql(
        "update routine_task set state = 'lapsed', claimed_by = null where state in ('open', 'claimed') and lapses_at <= $1",
    );
    tx.run(query.bind(now_ms)).await
}

/// Whether something is to be counted as missed.
///
/// # Errors
/// As the database has it.
pub async fn any_to_lapse(tx: &mut Tx, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("select 1 from routine_task where state in ('open', 'claimed') and lapses_at <= $1 limit 1");
    Ok(tx.maybe(query.bind(now_ms)).await?.is_some())
}

/// Drops the open tasks of a routine but for one slot: they are not needed any more.
///
/// # Errors
/// As the database has it.
pub async fn drop_others(tx: &mut Tx, routine: &str, slot: i64) -> Result<u64, DbError> {
    let query = sql(
        "update routine_task set state = 'dropped', claimed_by = null where routine = $1 and slot <> $2 and state in ('open', 'claimed')",
    );
    tx.run(query.bind(routine).bind(slot)).await
}

/// What is to be done, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn open(tx: &mut Tx) -> Result<Vec<RoutineTask>, DbError> {
    let query = sql(COLUMNS).push(" where state in ('open', 'claimed') order by slot, routine limit 1000");
    tx.all(query).await?.iter().map(read).collect()
}

/// What was done since a moment, newest first.
///
/// # Errors
/// As the database has it.
pub async fn done_since(tx: &mut Tx, since: i64) -> Result<Vec<RoutineTask>, DbError> {
    let query = sql(COLUMNS).push(" where state = 'done' and done_at >= $1 order by done_at desc limit 1000");
    tx.all(query.bind(since)).await?.iter().map(read).collect()
}

/// The names of the routines that came up since a moment, whatever became of it.
///
/// # Errors
/// As the database has it.
pub async fn came_since(tx: &mut Tx, since: i64) -> Result<BTreeSet<String>, DbError> {
    let query = sql("select distinct routine from routine_task where slot >= $1").bind(since);
    tx.all(query).await?.iter().map(|row| row.get(0)).collect()
}

/// One task.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: TaskId) -> Result<Option<RoutineTask>, DbError> {
    tx.maybe(sql(COLUMNS).push(" where id = $1").bind(id)).await?.as_ref().map(read).transpose()
}

/// The ids of what is to be done, or was done since a moment.
///
/// # Errors
/// As the database has it.
pub async fn ids(tx: &mut Tx, since: i64) -> Result<Vec<TaskId>, DbError> {
    let query = sql("select id from routine_task where state in ('open', 'claimed') or done_at >= $1");
    tx.all(query.bind(since)).await?.iter().map(|row| row.id(0)).collect()
}

/// Takes a task; false when somebody else has it, or it is over.
///
/// # Errors
/// As the database has it.
pub async fn claim(tx: &mut Tx, id: TaskId, by: &str) -> Result<bool, DbError> {
    let query = sql("update routine_task set state = 'claimed', claimed_by = $1 where id = $2 and \
         (state = 'open' or (state = 'claimed' and claimed_by = $1))");
    Ok(tx.run(query.bind(by).bind(id)).await? == 1)
}

/// Gives a task back; false when this person does not have it.
///
/// # Errors
/// As the database has it.
pub async fn release(tx: &mut Tx, id: TaskId, by: &str) -> Result<bool, DbError> {
    let query = sql(
        "update routine_task set state = 'open', claimed_by = null where id = $1 and state = 'claimed' and claimed_by = $2",
    );
    Ok(tx.run(query.bind(id).bind(by)).await? == 1)
}

/// Ends a task, whoever had taken it: what was done was done. False when it is over.
///
/// # Errors
/// As the database has it.
pub async fn done(tx: &mut Tx, id: TaskId, by: &str, now_ms: i64) -> Result<bool, DbError> {
    let query = sql(
        "update routine_task set state = 'done', done_by = $1, done_at = $2, claimed_by = null where id = $3 and state in ('open', 'claimed', 'lapsed')",
    );
    Ok(tx.run(query.bind(by).bind(now_ms).bind(id)).await? == 1)
}

/// Opens a task again that this person said was done since a moment; false when there is no such.
///
/// # Errors
/// As the database has it.
pub async fn undo(tx: &mut Tx, id: TaskId, by: &str, since: i64) -> Result<bool, DbError> {
    let query = sql(
        "update routine_task set state = 'open', done_by = null, done_at = null where id = $1 and state = 'done' and done_by = $2 and done_at >= $3",
    );
    Ok(tx.run(query.bind(id).bind(by).bind(since)).await? == 1)
}

/// What became of each routine's tasks: last done, and missed since.
///
/// # Errors
/// As the database has it.
pub async fn past(tx: &mut Tx) -> Result<BTreeMap<String, Past>, DbError> {
    let mut all: BTreeMap<String, Past> = BTreeMap::new();
    let done = sql(
        "select t.routine, t.done_at, min(t.done_by) from routine_task t where t.state = 'done' and t.done_at = \
         (select max(o.done_at) from routine_task o where o.routine = t.routine and o.state = 'done') group by t.routine, t.done_at",
    );
    for row in tx.all(done).await? {
        let name: String = row.get(0)?;
        all.entry(name).or_default().done = Some((row.int(1)?, row.get(2)?));
    }
    let missed = sql(
        "select t.routine, count(*), max(t.slot) from routine_task t where t.state = 'lapsed' and t.slot > \
         coalesce((select max(o.slot) from routine_task o where o.routine = t.routine and o.state = 'done'), 0) group by t.routine",
    );
    for row in tx.all(missed).await? {
        let past = all.entry(row.get(0)?).or_default();
        (past.missed, past.last_missed) = (row.int(1)?, Some(row.int(2)?));
    }
    Ok(all)
}

/// How many slots since a moment were missed.
///
/// # Errors
/// As the database has it.
pub async fn missed_since(tx: &mut Tx, since: i64) -> Result<i64, DbError> {
    let query = sql("select count(*) from routine_task where state = 'lapsed' and lapses_at > $1");
    tx.maybe(query.bind(since)).await?.map_or(Ok(0), |row| row.int(0))
}

/// Removes what came up before a moment and is over: a chunk.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, before: i64, limit: i64) -> Result<u64, DbError> {
    let query = sql(
        "delete from routine_task where id in (select id from routine_task where slot < $1 and state not in ('open', 'claimed') order by slot limit $2)",
    );
    tx.run(query.bind(before).bind(limit)).await
}
