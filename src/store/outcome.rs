//! How calls ended, with what each led to, as long as it may have to be taken back or counted.

use serde::{Deserialize, Serialize};

use super::db::{Arg, DbError, Row, Tx, sql};
use super::task::{Task, TaskState};
use crate::domain::id::{ContactId, OutcomeId, TaskId, TouchId};
use crate::domain::outcome::Outcome;

/// A call that ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its id: it is younger than everything that it led to.
    pub id: OutcomeId,
    /// The task.
    pub task: TaskId,
    /// Its entry in the ledger.
    pub touch: TouchId,
    /// How it ended.
    pub outcome: Outcome,
    /// Who called.
    pub actor: String,
    /// When, civil.
    pub at: i64,
    /// Whether it weighed on who called.
    pub heavy: bool,
    /// What it changed.
    pub led_to: LedTo,
}

/// What an outcome changed: how it was before, so that it can be again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedTo {
    /// Where the task stood.
    pub state: String,
    /// When it was due, civil.
    pub due_at: i64,
    /// When it would have lapsed, civil.
    pub lapses_at: i64,
    /// How many tries were left.
    pub attempts_left: i64,
    /// How the try before had ended.
    pub outcome: Option<String>,
    /// The language of the task.
    pub language: Option<String>,
    /// The contact's language before, when it was changed.
    pub contact_language: Option<Was>,
    /// Why the contact had been left out before, when that was changed.
    pub left_out: Option<Was>,
    /// Whether it was the person's no, and news.
    pub no: bool,
    /// Other tasks that were dropped with it.
    pub dropped: Vec<String>,
}

/// What stood in a field, or that nothing did: JSON keeps that apart from a field that was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Was {
    /// The word.
    pub word: Option<String>,
}

const COLUMNS: &str = "select id, task_id, touch_id, word, actor, at, heavy, led_to from outcome";

fn read(row: &Row) -> Result<Ended, DbError> {
    Ok(Ended {
        id: row.id(0)?,
        task: row.id(1)?,
        touch: row.id(2)?,
        outcome: row.word(3, "outcome", Outcome::parse)?,
        actor: row.get(4)?,
        at: row.int(5)?,
        heavy: row.get(6)?,
        led_to: serde_json::from_str(&row.get::<String>(7)?).map_err(|_| DbError::Unknown("outcome"))?,
    })
}

/// Writes down how a call ended.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, ended: &Ended) -> Result<(), DbError> {
    let led_to = serde_json::to_string(&ended.led_to).map_err(|_| DbError::Unknown("outcome"))?;
    let row = vec![
        ended.id.into(),
        ended.task.into(),
        ended.touch.into(),
        ended.outcome.as_str().into(),
        Arg::from(&ended.actor),
        ended.at.into(),
        ended.heavy.into(),
        led_to.into(),
    ];
    let head = "insert into outcome (id, task_id, touch_id, word, actor, at, heavy, led_to)";
    tx.insert(head, vec![row], "").await.map(drop)
}

/// How the calls of a task ended, oldest first; those that were taken back are not among them.
///
/// # Errors
/// As the database has it.
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<Ended>, DbError> {
    let query = sql(COLUMNS).push(" where task_id = $1 and undone_at is null order by id");
    tx.all(query.bind(task)).await?.iter().map(read).collect()
}

/// Notes that an outcome was taken back; false when it was already.
///
/// # Errors
/// As the database has it.
pub async fn take_back(tx: &mut Tx, id: OutcomeId, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update outcome set undone_at = $1 where id = $2 and undone_at is null");
    Ok(tx.run(query.bind(now_ms).bind(id)).await? == 1)
}

/// How many calls a person has made since a civil time, or has taken and holds by a lease between these steady times; by
/// the name in small letters, however it was spelt.
///
/// # Errors
/// As the database has it.
pub async fn calls_of(tx: &mut Tx, folded: &str, from_ms: i64, leases: (i64, i64)) -> Result<i64, DbError> {
    let names = spellings(tx, folded).await?;
    let made = match names.is_empty() {
        true => 0,
        false => {
            // What is written by hand is no call.
            let query = sql("select count(*) from outcome o where o.at >= $1 and o.undone_at is null \
                 and exists (select 1 from task t where t.id = o.task_id and t.kind = 'call') and o.actor in (");
            let row = tx.maybe(query.bind(from_ms).list(names).push(")")).await?;
            row.map_or(Ok(0), |row| row.int(0))?
        }
    };
    let held = sql("select claimed_by, count(*) from task where kind = 'call' and state = 'claimed' \
         and lease_until > $1 and lease_until <= $2 and claimed_by is not null group by claimed_by");
    let mut calls = made;
    for row in tx.all(held.bind(leases.0).bind(leases.1)).await? {
        calls += if is(&row.get::<String>(0)?, folded) { row.int(1)? } else { 0 };
    }
    Ok(calls)
}

/// The spellings of a name under which calls were made.
async fn spellings(tx: &mut Tx, folded: &str) -> Result<Vec<String>, DbError> {
    // From name to name in the index: names are few, and each has many rows.
    let query = sql("with recursive known (name) as (select min(actor) from outcome union all \
         select (select min(o.actor) from outcome o where o.actor > known.name) from known where known.name is not null) \
         select name from known where name is not null");
    let names = tx.all(query).await?.iter().map(|row| row.get(0)).collect::<Result<Vec<String>, _>>()?;
    Ok(names.into_iter().filter(|name| is(name, folded)).collect())
}

fn is(name: &str, folded: &str) -> bool {
    name.trim().to_lowercase() == folded
}

/// How many calls a person has made since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn made_by(tx: &mut Tx, actor: &str, from_ms: i64) -> Result<i64, DbError> {
    let query = sql("select count(*) from outcome where actor = $1 and at >= $2 and undone_at is null");
    tx.maybe(query.bind(actor).bind(from_ms)).await?.map_or(Ok(0), |row| row.int(0))
}

/// Brings a task back to where it stood: held until a steady time by who gets it again, else open, else as it was.
///
/// # Errors
/// As the database has it, and when the task is not there any more.
pub async fn restore(tx: &mut Tx, ended: &Ended, again: Option<(&str, i64)>) -> Result<(), DbError> {
    let was = &ended.led_to;
    let over = was.state != TaskState::Claimed.as_str();
    let (state, by, until) = match again {
        _ if over => (was.state.as_str(), Some(ended.actor.as_str()), None),
        Some((by, until)) => (TaskState::Claimed.as_str(), Some(by), Some(until)),
        None => (TaskState::Open.as_str(), None, None),
    };
    let query = sql(
        "update task set state = $1, claimed_by = $2, lease_until = $3, due_at = $4, lapses_at = $5, attempts_left = $6, \
         outcome = $7, language = $8, done_by = null, done_at = $9 where id = $10",
    );
    let query = query.bind(state).bind(by).bind(until).bind(was.due_at).bind(was.lapses_at).bind(was.attempts_left);
    let query = query.bind(was.outcome.clone()).bind(was.language.clone()).bind(over.then_some(ended.at));
    tx.run(query.bind(ended.task).exactly(1, "task")).await.map(drop)
}

/// Plans other tasks again that had been dropped with an outcome.
///
/// # Errors
/// As the database has it.
pub async fn restore_dropped(tx: &mut Tx, led_to: &LedTo) -> Result<u64, DbError> {
    let mut back = 0;
    for id in led_to.dropped.iter().filter_map(|id| id.parse::<TaskId>().ok()) {
        let query = sql(
            "update task set state = 'planned', reason = null, done_at = null, claimed_by = null, lease_until = null where id = $1 and state = 'dropped'",
        );
        back += tx.run(query.bind(id)).await?;
    }
    Ok(back)
}

/// The open tasks of a contact but one.
///
/// # Errors
/// As the database has it.
pub async fn others(tx: &mut Tx, contact: ContactId, but: TaskId) -> Result<Vec<Task>, DbError> {
    let all = super::task::of_contact(tx, contact).await?;
    Ok(all.into_iter().filter(|task| task.id != but && task.state.is_open()).collect())
}

/// Notes the language in which a task goes on.
///
/// # Errors
/// As the database has it.
pub async fn set_language(tx: &mut Tx, task: TaskId, language: &str) -> Result<(), DbError> {
    tx.run(sql("update task set language = $1 where id = $2").bind(language).bind(task)).await.map(drop)
}
